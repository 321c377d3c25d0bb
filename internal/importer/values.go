package importer

import (
	"math"
	"regexp"
	"strconv"
	"strings"

	"golang.org/x/text/width"

	"github.com/lianpian/lianpian/internal/privacy"
)

// cell is a text of a ledger as it stands there, with the reader of values.
type cell string

// plain is the text with full-width letters and digits made narrow and all
// space at the ends and around it gone.
func (c cell) plain() string {
	s := width.Fold.String(cleanText(string(c)))
	return strings.TrimSpace(strings.ReplaceAll(s, "\u00a0", " "))
}

// empties are the ways of writing that nothing is known.
var empties = map[string]bool{
	"": true, "-": true, "--": true, "—": true, "——": true, "/": true, "\\": true, "无": true, "暂无": true, "暂无数据": true, "暂无信息": true,
	"不详": true, "未知": true, "不明": true, "待定": true, "待查": true, "待补充": true, "未统计": true, "null": true, "NULL": true, "N/A": true,
	"n/a": true, "NA": true, "#N/A": true, "None": true, "nan": true, "NaN": true, "?": true, "无数据": true,
}

// unknown tells whether the cell says that nothing is known.
func (c cell) unknown() bool { return empties[strings.Trim(c.plain(), "()")] }

// reading is a value out of a cell.
type reading[T any] struct {
	value *T     // nil: unknown
	fixed bool   // the text was more than the bare value: worth reporting
	fault string // the cell cannot be read, in words
}

var yearPattern = regexp.MustCompile(`^(?:约|大约|始建于|建于|建成于)?\s*([0-9]{4})\s*` +
	`(?:年|[-./年]\s*(?:1[0-2]|0?[1-9])\s*月?\s*(?:[-./月]?\s*(?:[12][0-9]|3[01]|0?[1-9])\s*(?:日|号)?(?:[ T][0-9:]+)?)?|(?:1[0-2]|0[1-9])(?:[0-2][0-9]|3[01])?)?` +
	`\s*(?:建成|竣工|建|建造|交付|投用|完工|左右|前后)?$`)

// year reads a year of building: 1998, 1998年, 2009年建成, 1998-06-01. What is no
// single year (80年代, 1995-1998) is a fault, and so is a year before 1900 or
// after last.
func (c cell) year(last int) reading[int] {
	if c.unknown() {
		return reading[int]{}
	}
	s := c.plain()
	s = strings.TrimSuffix(s, ".0")
	m := yearPattern.FindStringSubmatch(s)
	if m == nil {
		return reading[int]{fault: "不是一个年份"}
	}
	y, err := strconv.Atoi(m[1])
	if err != nil {
		return reading[int]{fault: "不是一个年份"}
	}
	if y < 1900 || y > last {
		return reading[int]{fault: "年份不在 1900–" + strconv.Itoa(last) + " 之间"}
	}
	return reading[int]{value: &y, fixed: m[1] != strings.TrimSpace(string(c))}
}

var numberPattern = regexp.MustCompile(`^(约|大约|共|合计|计)?\s*([-+]?[0-9][0-9,，]*(?:\.[0-9]*)?(?:[eE][-+]?[0-9]{1,3})?|[-+]?\.[0-9]+)\s*(万|千|亿)?\s*([^0-9].*)?$`)

// number reads a number with one of the units given behind it or none. "" among
// the units is not needed.
func (c cell) number(units ...string) reading[float64] {
	if c.unknown() {
		return reading[float64]{}
	}
	s := c.plain()
	m := numberPattern.FindStringSubmatch(s)
	if m == nil {
		return reading[float64]{fault: "不是数字"}
	}
	v, err := strconv.ParseFloat(strings.NewReplacer(",", "", "，", "").Replace(m[2]), 64)
	if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
		return reading[float64]{fault: "不是数字"}
	}
	unit := strings.TrimSpace(m[4])
	if unit != "" && !matchesUnit(unit, units) {
		return reading[float64]{fault: "单位“" + shorten(unit, 10) + "”不认识"}
	}
	switch m[3] {
	case "千":
		v *= 1e3
	case "万":
		v *= 1e4
	case "亿":
		v *= 1e8
	}
	return reading[float64]{value: &v, fixed: m[1] != "" || m[3] != "" || unit != "" || strings.ContainsAny(string(c), "０１２３４５６７８９，．")}
}

func matchesUnit(unit string, units []string) bool {
	unit = strings.Trim(unit, "()（）左右余多 ")
	for _, u := range units {
		if strings.EqualFold(unit, u) {
			return true
		}
	}
	return unit == ""
}

// count reads a whole number of things.
func (c cell) count(units ...string) reading[int] {
	r := c.number(units...)
	if r.value == nil {
		return reading[int]{fault: r.fault}
	}
	v := math.Round(*r.value)
	switch {
	case math.Abs(*r.value-v) > 1e-6:
		return reading[int]{fault: "不是整数"}
	case v < 0 || v > 1e7:
		return reading[int]{fault: "数量不合理"}
	}
	n := int(v)
	return reading[int]{value: &n, fixed: r.fixed}
}

var areaUnits = []string{"㎡", "m2", "m²", "平方米", "平米", "平", "方"}

// floorArea reads an area in m². tenThousands is the header's unit 万平方米; a unit
// in the cell itself outweighs it.
func (c cell) floorArea(tenThousands bool) reading[float64] {
	r := c.number(areaUnits...)
	if r.value == nil {
		return r
	}
	v := *r.value
	if tenThousands && !unitInside(c.plain()) {
		v *= 1e4
		r.fixed = true
	}
	v = math.Round(v*100) / 100
	if v < 0 || v > 1e9 {
		return reading[float64]{fault: "面积不合理"}
	}
	r.value = &v
	return r
}

func unitInside(s string) bool {
	if strings.ContainsAny(s, "万亿千") {
		return true
	}
	for _, u := range areaUnits {
		if strings.Contains(strings.ToLower(s), u) {
			return true
		}
	}
	return false
}

// degrees reads a longitude or latitude: 106.9301, 106.9301°, E106.9301.
func (c cell) degrees() reading[float64] {
	if c.unknown() {
		return reading[float64]{}
	}
	s := strings.Trim(c.plain(), "°度EeNn东北经纬: ")
	v, err := strconv.ParseFloat(s, 64)
	if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
		return reading[float64]{fault: "不是经纬度（应为十进制度数）"}
	}
	return reading[float64]{value: &v, fixed: s != strings.TrimSpace(string(c))}
}

// yes reads 是 and 否.
func (c cell) yes() reading[bool] {
	yes, no := true, false
	s := c.plain()
	switch strings.ToLower(s) {
	case "是", "有", "y", "yes", "true", "1", "√", "✓", "对", "已纳入", "纳入", "属于":
		return reading[bool]{value: &yes}
	case "否", "无", "没有", "不是", "n", "no", "false", "0", "×", "✗", "x", "未纳入", "不属于", "不":
		return reading[bool]{value: &no}
	}
	if c.unknown() {
		return reading[bool]{}
	}
	return reading[bool]{fault: "应为“是”或“否”"}
}

// list reads several words: 供水、供电；道路. 无 is an empty list: nothing is missing.
func (c cell) list() reading[[]string] {
	s := c.plain()
	switch s {
	case "无", "齐全", "完善", "没有", "无缺失":
		return reading[[]string]{value: &[]string{}}
	}
	if c.unknown() {
		return reading[[]string]{}
	}
	words := []string{}
	for _, w := range strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune("、,，;；/|\n", r) }) {
		if w = strings.TrimSpace(w); w != "" {
			words = append(words, shorten(w, 50))
		}
	}
	return reading[[]string]{value: &words}
}

// words reads a text of at most n characters.
func (c cell) words(n int) string {
	s := strings.TrimSpace(cleanText(string(c)))
	if empties[s] {
		return ""
	}
	return shorten(s, n)
}

// oneOf reads a word of a fixed set by what it contains.
func (c cell) oneOf(set []choice) reading[string] {
	if c.unknown() {
		return reading[string]{}
	}
	s := strings.ToLower(c.plain())
	for _, option := range set {
		for _, word := range option.words {
			if strings.Contains(s, word) {
				return reading[string]{value: &option.key, fixed: s != option.key && s != option.words[0]}
			}
		}
	}
	names := make([]string, 0, len(set))
	for _, option := range set {
		names = append(names, option.words[0])
	}
	return reading[string]{fault: "应为" + strings.Join(names, "、") + "之一"}
}

type choice struct {
	key   string
	words []string // the first is the one shown to people
}

var (
	unitKinds = []choice{
		{"single_building", []string{"单栋住宅楼", "独栋", "单栋", "单体楼", "单幢", "single_building"}},
		{"community", []string{"社区", "community"}},
		{"compound", []string{"住宅小区", "小区", "院落", "楼院", "家属院", "compound"}},
	}
	managementModes = []choice{
		{"service_centre", []string{"社区物业服务中心", "服务中心", "社区托管", "社区代管", "准物业", "service_centre"}},
		{"self_managed", []string{"居民自治", "自治", "自管", "自行管理", "业主自管", "无物业", "self_managed"}},
		{"professional", []string{"专业物业", "物业公司", "物业服务", "物业企业", "有物业", "professional", "物业"}},
	}
	priorWorks = []choice{
		{"none", []string{"未改造", "没有改造", "无改造", "none"}},
		{"single_item", []string{"单项改造", "单项", "single_item"}},
		{"partial", []string{"部分改造", "部分", "partial"}},
		{"full", []string{"全面改造", "综合改造", "已改造", "全部", "full"}},
	}
)

// withoutPersons takes telephone and identity numbers out of free text:
// personal data of residents is not stored.
func withoutPersons(s string) (clean string, found bool) {
	return privacy.WithoutPersonalNumbers(s)
}
