package httpapi

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/coverage"
	"github.com/lianpian/lianpian/internal/geo"
	"github.com/lianpian/lianpian/internal/link"
	"github.com/lianpian/lianpian/internal/phase"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/proposal"
	"github.com/lianpian/lianpian/internal/registry"
	"github.com/lianpian/lianpian/internal/site"
	"github.com/lianpian/lianpian/internal/tile"
	"github.com/lianpian/lianpian/internal/zone"
)

// Problem is an RFC 9457 problem document. Its type is stable; detail is a
// sentence for the person, in Chinese unless English is preferred.
type Problem struct {
	Type      string        `json:"type" doc:"stable identifier of the kind of problem" example:"urn:lianpian:problem:stale"`
	Title     string        `json:"title"`
	Status    int           `json:"status"`
	Detail    string        `json:"detail" doc:"a sentence for people"`
	Errors    []ProblemPart `json:"errors,omitempty" doc:"the fields at fault"`
	Current   any           `json:"current,omitempty" doc:"the resource as it is now, where somebody else saved it in the meantime"`
	RequestID string        `json:"request_id,omitempty" doc:"to be found in the service's log"`

	english string
	headers http.Header
}

// ProblemPart is one field at fault.
type ProblemPart struct {
	Location string `json:"location,omitempty" doc:"e.g. body.geometry"`
	Message  string `json:"message"`
	Value    any    `json:"value,omitempty" doc:"the value at fault; for a geometry {kind, at: [longitude, latitude]}"`

	english string
}

// Kinds of problems; the last part of a problem's type.
const (
	kindNotSignedIn  = "not-signed-in"
	kindNotPermitted = "not-permitted"
	kindNotFound     = "not-found"
	kindStale        = "stale"
	kindNoVersion    = "version-missing"
	kindConflict     = "conflict"
	kindInvalid      = "invalid"
	kindGeometry     = "invalid-geometry"
	kindTooLarge     = "too-large"
	kindThrottled    = "throttled"
	kindCrossOrigin  = "cross-origin"
	kindBusy         = "busy"
	kindInternal     = "internal"
	kindUnknown      = "unknown-outcome"
	kindNoRoom       = "no-room"
)

// newProblem makes a problem with its sentence in both languages.
func newProblem(status int, kind, chinese, english string) *Problem {
	return &Problem{
		Type: "urn:lianpian:problem:" + kind, Title: http.StatusText(status), Status: status,
		Detail: sentence(chinese), english: sentence(english),
	}
}

// longestSentence bounds what is said to a person, in characters: it may quote
// what they sent.
const longestSentence = 500

func sentence(text string) string {
	if len(text) <= longestSentence {
		return text
	}
	if runes := []rune(text); len(runes) > longestSentence {
		return string(runes[:longestSentence]) + "…"
	}
	return text
}

// Error implements error.
func (p *Problem) Error() string { return fmt.Sprintf("%d %s", p.Status, p.english) }

// GetStatus implements huma.StatusError.
func (p *Problem) GetStatus() int { return p.Status }

// GetHeaders implements huma.HeadersError.
func (p *Problem) GetHeaders() http.Header { return p.headers }

// ContentType implements huma.ContentTypeFilter.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

// with adds a field at fault.
func (p *Problem) with(location, message string, value any) *Problem {
	p.Errors = append(p.Errors, ProblemPart{Location: location, Message: sentence(message), english: sentence(message), Value: brief(value)})
	return p
}

func (p *Problem) header(name, value string) *Problem {
	if p.headers == nil {
		p.headers = http.Header{}
	}
	p.headers.Set(name, value)
	return p
}

// in returns the problem in the language that the request prefers.
func (p *Problem) in(acceptLanguage string) *Problem {
	if !prefersEnglish(acceptLanguage) {
		return p
	}
	said := *p
	if said.english != "" {
		said.Detail = said.english
	}
	said.Errors = slices.Clone(said.Errors)
	for i := range said.Errors {
		if said.Errors[i].english != "" {
			said.Errors[i].Message = said.Errors[i].english
		}
	}
	return &said
}

// prefersEnglish looks only at the first language: browsers put it first.
func prefersEnglish(acceptLanguage string) bool {
	first, _, _ := strings.Cut(acceptLanguage, ",")
	return strings.HasPrefix(strings.ToLower(strings.TrimSpace(first)), "en")
}

// writeProblem answers a request of a plain handler.
func writeProblem(w http.ResponseWriter, r *http.Request, p *Problem) {
	for name, values := range p.headers {
		w.Header()[name] = values
	}
	w.Header().Set("Content-Type", "application/problem+json")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Del("ETag")
	w.WriteHeader(p.Status)
	_ = json.NewEncoder(w).Encode(p.in(r.Header.Get("Accept-Language")))
}

// problemOf translates what the nouns report. What it does not know is an
// internal error: the person gets its number, the log gets the rest.
func (s *Server) problemOf(ctx context.Context, err error) *Problem {
	var p *Problem
	if errors.As(err, &p) {
		return p
	}
	if p := problemOfAccount(err); p != nil {
		return p
	}
	if p := problemOfProvider(err); p != nil {
		return p
	}
	if p := problemOfNoun(err); p != nil {
		return p
	}
	if p := problemOfTurn(err); p != nil {
		return p
	}
	var tooLarge *http.MaxBytesError
	switch {
	case errors.Is(err, postgis.ErrUnknown), postgis.Lost(err) && postgis.Committed(ctx):
		s.log.ErrorContext(ctx, "it is not known whether a write was made", "request", requestID(ctx), "error", err)
		return newProblem(http.StatusServiceUnavailable, kindUnknown, "数据库在保存时中断，不能确定是否已保存；请刷新后核对，再决定是否重试",
			"The database went away while this was being saved; look whether it was before you try again.")
	case postgis.Full(err):
		s.log.ErrorContext(ctx, "a disk is full", "request", requestID(ctx), "error", err)
		return newProblem(http.StatusInsufficientStorage, kindNoRoom, "服务器磁盘空间不足，没有保存；请联系管理员清理磁盘",
			"The server's disk is full; nothing was saved. Tell the administrator.")
	case postgis.Lost(err):
		s.log.WarnContext(ctx, "the database does not answer", "request", requestID(ctx), "error", err)
		return newProblem(http.StatusServiceUnavailable, kindBusy, "数据库暂时不可用，没有保存任何修改，请稍后再试",
			"The database does not answer at the moment; nothing was saved. Try again later.").header("Retry-After", "2")
	case errors.Is(err, context.Canceled):
		return newProblem(statusClientGone, kindBusy, "请求已取消", "The request was cancelled.")
	case errors.Is(err, context.DeadlineExceeded):
		return busy()
	case postgis.Overtaken(err):
		if errors.Is(ctx.Err(), context.Canceled) {
			return newProblem(statusClientGone, kindBusy, "请求已取消", "The request was cancelled.")
		}
		return busy()
	case postgis.Dangling(err):
		s.log.WarnContext(ctx, "what a write refers to was deleted meanwhile", "request", requestID(ctx), "error", err)
		return newProblem(http.StatusConflict, kindConflict, "相关的数据刚被他人删除，没有保存；请刷新后重试",
			"Something that this refers to was just deleted; nothing was saved. Look again and retry.")
	case errors.As(err, &tooLarge):
		return bodyTooLarge(tooLarge.Limit)
	case postgis.Unreadable(err):
		return newProblem(http.StatusUnprocessableEntity, kindInvalid, "含有不能识别的字符", "Some characters can't be read.")
	}
	s.log.ErrorContext(ctx, "a request failed", "request", requestID(ctx), "error", err)
	p = newProblem(http.StatusInternalServerError, kindInternal,
		"服务内部错误，未能完成操作；请把编号告诉管理员", "An internal error kept this from being done; tell the administrator the request's number.")
	p.RequestID = requestID(ctx)
	return p
}

// statusClientGone is what a request is logged with whose client went away.
const statusClientGone = 499

func busy() *Problem {
	return newProblem(http.StatusServiceUnavailable, kindBusy, "服务繁忙，请稍后再试", "The service is busy; try again later.").
		header("Retry-After", "2")
}

func bodyTooLarge(limit int64) *Problem {
	return newProblem(http.StatusRequestEntityTooLarge, kindTooLarge,
		fmt.Sprintf("内容过大，最多 %s", bytesText(limit)), fmt.Sprintf("The content is too large; at most %s.", bytesText(limit)))
}

// uploadTooLarge names the setting, so that an operator knows what to change.
func uploadTooLarge(limit int64) *Problem {
	return newProblem(http.StatusRequestEntityTooLarge, kindTooLarge,
		fmt.Sprintf("文件超过上传上限 %s（由 LIANPIAN_UPLOAD_LIMIT 设定，单位 MiB）", bytesText(limit)),
		fmt.Sprintf("The file is larger than the upload limit of %s (set by LIANPIAN_UPLOAD_LIMIT, in MiB).", bytesText(limit)))
}

func bytesText(n int64) string {
	if n >= 1<<30 && n%(1<<30) == 0 {
		return strconv.FormatInt(n>>30, 10) + " GiB"
	}
	return strconv.FormatInt(n>>20, 10) + " MiB"
}

func notSignedIn() *Problem {
	return newProblem(http.StatusUnauthorized, kindNotSignedIn, "请先登录", "Sign in first.")
}

func notPermitted() *Problem {
	return newProblem(http.StatusForbidden, kindNotPermitted, "没有权限执行此操作，或超出了所辖范围",
		"Your role or your area does not permit this.")
}

// sessionOnly refuses programs what only the person may do.
func sessionOnly() *Problem {
	return newProblem(http.StatusForbidden, kindNotPermitted, "访问令牌不能用于此操作，请登录后在网页上进行",
		"A token does not open this; sign in and do it in the browser.")
}

// readsOnly refuses writes by a token that only reads.
func readsOnly() *Problem {
	return newProblem(http.StatusForbidden, kindNotPermitted, "此访问令牌只能读取", "This token only reads.")
}

func notFound() *Problem {
	return newProblem(http.StatusNotFound, kindNotFound, "没有找到所请求的内容", "There is no such thing.")
}

// stale says that somebody else saved the thing, and how it is now.
func stale(current any) *Problem {
	p := newProblem(http.StatusPreconditionFailed, kindStale, "其他人已保存过修改，请核对最新内容后再保存",
		"Somebody else saved this in the meantime; look at it as it is now and save again.")
	p.Current = current
	return p
}

func invalid(location, detail string, value any) *Problem {
	return newProblem(http.StatusUnprocessableEntity, kindInvalid, detail, detail).with(location, detail, value)
}

func faultyGeometry(location string, f *geo.Fault) *Problem {
	p := newProblem(http.StatusUnprocessableEntity, kindGeometry, f.Detail, fmt.Sprintf("The geometry is not valid: %s.", strings.ReplaceAll(string(f.Kind), "_", " ")))
	p.Errors = []ProblemPart{{Location: location, Message: f.Detail, english: p.english, Value: map[string]any{"kind": f.Kind, "at": f.At}}}
	return p
}

func problemOfAccount(err error) *Problem {
	var throttled *account.ThrottledError
	var wrong *account.InvalidError
	var outside *account.OutsideError
	switch {
	case errors.Is(err, account.ErrNoSession):
		return notSignedIn()
	case errors.Is(err, account.ErrCredentials):
		return newProblem(http.StatusUnauthorized, "credentials", "用户名或口令不正确", "Name or password is wrong.")
	case errors.Is(err, account.ErrLink):
		return newProblem(http.StatusUnauthorized, "link", "登录链接已失效或已被使用，请向管理员索取新的链接",
			"This link has expired or was used; ask the administrator for a new one.")
	case errors.Is(err, account.ErrLocked):
		return newProblem(http.StatusForbidden, "locked", "账户已被管理员锁定，请联系管理员", "The account is locked; ask the administrator.")
	case errors.Is(err, account.ErrOnlyWay):
		return newProblem(http.StatusConflict, kindConflict, "账号没有密码，解除关联后您将无法登录；请联系管理员",
			"The account has no password and you could not sign in again; ask the administrator.")
	case errors.Is(err, account.ErrLastAdministrator):
		return newProblem(http.StatusConflict, kindConflict, "至少要保留一名管理员", "One administrator has to remain.")
	case errors.As(err, &throttled):
		return newProblem(http.StatusTooManyRequests, kindThrottled, "失败次数过多，请稍后再试", "Too many failures; wait a little.").
			header("Retry-After", strconv.Itoa(1+int(throttled.Wait.Seconds())))
	case errors.As(err, &wrong):
		return invalid("body."+wrong.Field, wrong.Reason, nil)
	case errors.As(err, &outside):
		return notPermitted()
	}
	return nil
}

func problemOfNoun(err error) *Problem {
	var fault *geo.Fault
	var wrongRow *registry.InvalidError
	var duplicate *registry.DuplicateError
	var wrongZone *zone.InvalidError
	var nameTaken *zone.NameTakenError
	var wrongRun *coverage.InvalidError
	var wrongSiting *site.InvalidError
	var wrongAsk *proposal.InvalidError
	var contradictory *proposal.ContradictoryError
	var wrongPhase *phase.InvalidError
	var contradictorySettings *phase.ContradictoryError
	var wrongLink *link.InvalidError
	if p := problemOfProgram(err); p != nil {
		return p
	}
	switch {
	case errors.As(err, &fault):
		return faultyGeometry("body.geometry", fault)
	case errors.As(err, &wrongZone):
		p := invalid("body."+wrongZone.Field, wrongZone.Detail, nil)
		if wrongZone.At != nil {
			p.Type = "urn:lianpian:problem:" + kindGeometry
			p.Errors[0].Value = map[string]any{"at": *wrongZone.At}
		}
		return p
	case errors.As(err, &wrongAsk):
		return invalid("body."+wrongAsk.Field, wrongAsk.Detail, nil)
	case errors.As(err, &contradictory):
		return contradiction(contradictory.Contradictions, proposal.Contradiction.Sentence)
	case errors.As(err, &wrongPhase):
		return invalid("body."+wrongPhase.Field, wrongPhase.Detail, nil)
	case errors.As(err, &contradictorySettings):
		return contradiction(contradictorySettings.Contradictions, phase.Contradiction.Sentence)
	case errors.As(err, &wrongSiting):
		return invalid("body."+wrongSiting.Field, wrongSiting.Detail, nil)
	case errors.As(err, &wrongRun):
		return invalid("body."+wrongRun.Field, wrongRun.Detail, nil)
	case errors.As(err, &wrongLink):
		return invalid("body."+wrongLink.Field, wrongLink.Detail, nil)
	case errors.As(err, &wrongRow):
		if wrongRow.Field == "sort" || wrongRow.Field == "cursor" || wrongRow.Field == "q" {
			return newProblem(http.StatusBadRequest, kindInvalid, wrongRow.Detail, wrongRow.Error()).with("query."+wrongRow.Field, wrongRow.Detail, wrongRow.Value)
		}
		return invalid("body."+wrongRow.Field, wrongRow.Detail, wrongRow.Value)
	case errors.As(err, &nameTaken):
		return newProblem(http.StatusConflict, kindConflict, nameTaken.Error(), "The district has a zone of this name already.").with("body.name", nameTaken.Error(), nameTaken.Name)
	case errors.As(err, &duplicate):
		return newProblem(http.StatusConflict, kindConflict, "编号已存在", duplicate.Error()).with("body."+duplicate.Field, "编号已存在", duplicate.Codes)
	case errors.Is(err, tile.ErrNoTile):
		return newProblem(http.StatusBadRequest, kindInvalid, "瓦片坐标无效", "There is no tile with these coordinates.")
	case errors.Is(err, tile.ErrNoLayer):
		return newProblem(http.StatusNotFound, kindNotFound, "没有这个图层", "There is no such layer.")
	case errors.Is(err, tile.ErrBusy):
		return busy()
	case errors.Is(err, postgis.ErrNotFound):
		return notFound()
	case errors.Is(err, postgis.ErrVersion):
		return stale(nil)
	case errors.Is(err, zone.ErrBusy):
		return newProblem(http.StatusServiceUnavailable, kindBusy, "本区正在导入小区数据，请稍后再保存片区",
			"Communities of this district are being imported; save the zone a little later.").header("Retry-After", "10")
	case errors.Is(err, postgis.ErrConflict) && !postgis.Overtaken(err):
		return newProblem(http.StatusConflict, kindConflict, "名称或编号已存在", "The name or code is taken.")
	}
	return nil
}

// contradiction says that what was asked for contradicts itself, so that no work
// was begun; its parts name every contradiction.
func contradiction[C any](found []C, sentence func(C) string) *Problem {
	p := newProblem(http.StatusUnprocessableEntity, "contradictory", "要求互相矛盾，没有开始计算", "The request contradicts itself; nothing was computed.")
	for _, c := range found {
		p.with("body", sentence(c), nil)
	}
	p.Current = found
	return p
}

// brief keeps what a problem echoes small: a person needs the value that they
// mistyped, not the megabytes that they sent.
func brief(value any) any {
	switch v := value.(type) {
	case nil, bool, int, int64:
		return v
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return fmt.Sprint(v) // JSON has no number for it
		}
		return v
	case string:
		if r := []rune(v); len(r) > 100 {
			return string(r[:100]) + "…"
		}
		return strings.ToValidUTF8(v, "\uFFFD")
	case []string:
		return v[:min(len(v), 10)]
	}
	return nil
}

// The library makes its own errors, before a handler runs, through this
// variable; and schemas of lists say through the other one whether null stands
// for an empty list, which it never does here.
func init() {
	huma.NewError = func(status int, msg string, errs ...error) huma.StatusError {
		return libraryProblem(status, msg, errs)
	}
	huma.DefaultArrayNullable = false
}
