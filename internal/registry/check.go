package registry

import (
	"math"
	"slices"
	"strings"
	"sync"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/privacy"
)

const (
	firstYear, lastYear = 1900, 2100
	maxCount            = 10_000_000
	maxArea             = 1e12   // m²; the Earth's land is 1.5e14
	maxText             = 20_000 // bytes
	maxName             = 1_000
)

func (v *checker) text(field, value string, required bool) {
	switch {
	case required && strings.TrimSpace(value) == "":
		v.refuse(field, value, "%s必须填写", titleOf(v.entity, field))
	case !storable(value):
		v.refuse(field, strings.ToValidUTF8(value, "?"), "含有无法存储的字符")
	case len(value) > maxText:
		v.refuse(field, nil, "文字过长（%d 字节，最多 %d）", len(value), maxText)
	}
}

// titles are the Chinese names of fields, by entity and field.
var titles = sync.OnceValue(func() map[string]string {
	out := map[string]string{}
	for _, l := range importLayers() {
		for _, f := range l.Fields {
			out[strings.TrimSuffix(strings.Replace(l.Name, "ies", "y", 1), "s")+"."+f.Name] = f.Title
		}
	}
	return out
})

// titleOf is a field in quotes as people call it, "" where they do not.
func titleOf(entity, field string) string {
	title, known := titles()[entity+"."+field]
	switch {
	case known:
	case field == "name":
		title = "名称"
	case field == "code" || field == "source_ref":
		title = "编号"
	default:
		return ""
	}
	return "“" + title + "”"
}

// name is a text that an index holds, which limits its length.
func (v *checker) name(field, value string, required bool) {
	v.text(field, value, required)
	if len(value) > maxName {
		v.refuse(field, nil, "文字过长（%d 字节，最多 %d）", len(value), maxName)
	}
}

// names refuses codes of other things that cannot be looked up.
func (v *checker) names(codes ...string) {
	for _, code := range codes {
		v.text("code", code, false)
	}
}

// private refuses a text that a person wrote for a number of a person in it. The
// number is not said again.
func (v *checker) private(field string, value *string) {
	if value != nil && privacy.PersonalNumbers(*value) {
		v.refuse(field, nil, privacy.Refusal)
	}
}

func (v *checker) allPrivate(field string, values *[]string) {
	if values == nil {
		return
	}
	for i := range *values {
		v.private(field, &(*values)[i])
	}
}

func (v *checker) level(field string, value int) {
	if value < -1000 || value > 1000 {
		v.refuse(field, value, "层级 %d 不合理", value)
	}
}

func (v *checker) texts(field string, values *[]string) {
	if values == nil {
		return
	}
	for _, value := range *values {
		v.text(field, value, true)
	}
}

func (v *checker) oneOf(field, value string, allowed ...string) {
	if !slices.Contains(allowed, value) {
		v.refuse(field, value, "“%s”不是允许的值（%s）", strings.ToValidUTF8(value, "?"),
			strings.Trim(strings.Join(allowed, "、"), "、"))
	}
}

func (v *checker) year(field string, value *int) {
	if value != nil && (*value < firstYear || *value > lastYear) {
		v.refuse(field, *value, "年份 %d 不在 %d–%d 之间", *value, firstYear, lastYear)
	}
}

func (v *checker) count(field string, value *int) {
	if value != nil && (*value < 0 || *value > maxCount) {
		v.refuse(field, *value, "%d 不是合理的数量", *value)
	}
}

func (v *checker) area(field string, value *float64) {
	if value != nil && !(*value >= 0 && *value <= maxArea) { // also refuses NaN
		v.refuse(field, nil, "面积必须是不小于 0 的数值")
	}
}

func (v *checker) between(field string, value *float64, above, below float64) {
	if value != nil && !(*value > above && *value < below) {
		v.refuse(field, nil, "数值必须大于 %g 且小于 %g", above, below)
	}
}

func (v *checker) point(field string, p orb.Point) {
	finite := !math.IsNaN(p[0]) && !math.IsNaN(p[1])
	if !finite || math.Abs(p[0]) > 180 || math.Abs(p[1]) > 90 {
		v.refuse(field, nil, "坐标不是有效的经纬度")
	}
}

// identifier refuses what cannot stand in an address: a code is part of one.
func (v *checker) identifier(field, value string) {
	v.text(field, value, true)
	if len(value) > 200 {
		v.refuse(field, nil, "编号过长（最多 200 字节）")
	}
	if strings.ContainsAny(value, "/\\?#%") || strings.ContainsFunc(value, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		v.refuse(field, value, "编号不能含有 / \\ ? # %% 或控制字符")
	}
}
