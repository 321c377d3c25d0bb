package httpapi

import (
	"errors"
	"net/http"
	"regexp"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// libraryProblem makes a problem of what the API library refuses by itself: a
// body that is no JSON, a missing field, a number out of range.
func libraryProblem(status int, message string, errs []error) *Problem {
	kind, chinese := kindInvalid, "请求内容不符合要求"
	switch status {
	case http.StatusRequestEntityTooLarge:
		return bodyTooLarge(jsonLimit)
	case http.StatusRequestTimeout:
		kind, chinese = kindBusy, "上传过慢，已超时"
	case http.StatusUnsupportedMediaType:
		chinese = "不支持的内容类型"
	case http.StatusNotAcceptable:
		chinese = "无法以所要求的格式回答"
	case http.StatusInternalServerError:
		kind, chinese = kindInternal, "服务内部错误，未能完成操作"
	}
	p := newProblem(status, kind, chinese, strings.ToUpper(message[:min(1, len(message))])+message[min(1, len(message)):]+".")
	for _, err := range errs {
		if err == nil {
			continue
		}
		if len(p.Errors) == maxParts {
			break
		}
		part := ProblemPart{Message: err.Error()}
		var detailer huma.ErrorDetailer
		if errors.As(err, &detailer) {
			d := detailer.ErrorDetail()
			part = ProblemPart{Location: d.Location, Message: d.Message, Value: brief(d.Value)}
		}
		if status == http.StatusInternalServerError {
			continue // what went wrong inside is for the log
		}
		if strings.HasPrefix(part.Message, "json: ") { // speaks of the program's types
			part.Message = "a value has the wrong type or is out of range"
		}
		part.english = part.Message
		part.Message = inChinese(part.Message)
		p.Errors = append(p.Errors, part)
	}
	if status == http.StatusBadRequest && len(p.Errors) > 0 {
		p.Detail = "内容不是有效的 JSON"
	}
	return p
}

// maxParts bounds the fields that a problem lists.
const maxParts = 20

type phrase struct {
	english *regexp.Regexp
	chinese string
}

// phrases are the library's messages and what they are in Chinese.
var phrases = []phrase{
	{regexp.MustCompile(`^expected required property (.+) to be present$`), "缺少必填项 $1"},
	{regexp.MustCompile(`^required (\w+) parameter is missing$`), "缺少必填参数"},
	{regexp.MustCompile(`^unexpected property$`), "不认识的字段"},
	{regexp.MustCompile(`^expected value to be one of "(.+)"$`), "只能是以下之一：$1"},
	{regexp.MustCompile(`^expected number >= (.+)$`), "不能小于 $1"},
	{regexp.MustCompile(`^expected number > (.+)$`), "必须大于 $1"},
	{regexp.MustCompile(`^expected number <= (.+)$`), "不能大于 $1"},
	{regexp.MustCompile(`^expected number < (.+)$`), "必须小于 $1"},
	{regexp.MustCompile(`^expected length >= (\d+)$`), "至少 $1 个字符"},
	{regexp.MustCompile(`^expected length <= (\d+)$`), "最多 $1 个字符"},
	{regexp.MustCompile(`^expected array length >= (\d+)$`), "至少 $1 项"},
	{regexp.MustCompile(`^expected array length <= (\d+)$`), "最多 $1 项"},
	{regexp.MustCompile(`^expected string to match pattern (.+)$`), "格式不符：$1"},
	{regexp.MustCompile(`^expected string to be RFC 4122 uuid.*$`), "应为 UUID"},
	{regexp.MustCompile(`^invalid UUID.*$`), "应为 UUID"},
	{regexp.MustCompile(`^expected (number|integer)$|^invalid (integer|number|float).*$`), "应为数字"},
	{regexp.MustCompile(`^expected string$`), "应为文字"},
	{regexp.MustCompile(`^expected boolean$|^invalid boolean.*$`), "应为 true 或 false"},
	{regexp.MustCompile(`^expected array$`), "应为列表"},
	{regexp.MustCompile(`^expected object$`), "应为对象"},
	{regexp.MustCompile(`^request body is required$`), "缺少请求内容"},
	{regexp.MustCompile(`^a value has the wrong type or is out of range$`), "有的值类型不对或超出范围"},
}

func inChinese(message string) string {
	for _, p := range phrases {
		if p.english.MatchString(message) {
			return p.english.ReplaceAllString(message, p.chinese)
		}
	}
	return message
}
