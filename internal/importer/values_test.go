package importer

import (
	"math"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestYearsAreReadAsLedgersWriteThem(t *testing.T) {
	tests := []struct {
		text  string
		year  int // 0: unknown
		fixed bool
		fault bool
	}{
		{"1998", 1998, false, false},
		{" 1998 ", 1998, false, false},
		{"1998年", 1998, true, false},
		{"2009年建成", 2009, true, false},
		{"建于1985年", 1985, true, false},
		{"约1990年", 1990, true, false},
		{"１９９８", 1998, true, false},
		{"1998-06", 1998, true, false},
		{"1998.6", 1998, true, false},
		{"1998年6月", 1998, true, false},
		{"1998/6/1", 1998, true, false},
		{"1998-06-01 00:00:00", 1998, true, false},
		{"1998.0", 1998, true, false},
		{"暂无数据", 0, false, false},
		{"不详", 0, false, false},
		{"", 0, false, false},
		{"/", 0, false, false},
		{"1890", 0, false, true},
		{"1890年", 0, false, true},
		{"2090", 0, false, true},
		{"80年代", 0, false, true},
		{"1995-1998", 0, false, true},
		{"二〇〇〇年", 0, false, true},
		{"98", 0, false, true},
		{"19980", 0, false, true},
	}
	for _, tt := range tests {
		t.Run(tt.text, func(t *testing.T) {
			got := cell(tt.text).year(2027)
			if (got.fault != "") != tt.fault || got.fixed != tt.fixed || value(got.value) != tt.year {
				t.Errorf("got %d, fixed %v, fault %q", value(got.value), got.fixed, got.fault)
			}
		})
	}
}

func TestCountsAndAreasAreReadWithTheirUnits(t *testing.T) {
	counts := []struct {
		text  string
		count int
		fixed bool
		fault bool
	}{
		{"1124", 1124, false, false},
		{"1124户", 1124, true, false},
		{"1,124", 1124, false, false},
		{"１１２４户", 1124, true, false},
		{"约300户", 300, true, false},
		{"1.2千户", 1200, true, false},
		{"0", 0, false, false},
		{"暂无数据", 0, false, false},
		{"12.5", 0, false, true},
		{"-3", 0, false, true},
		{"300栋", 0, false, true},
		{"三百户", 0, false, true},
		{"1e300", 0, false, true},
	}
	for _, tt := range counts {
		t.Run(tt.text, func(t *testing.T) {
			got := cell(tt.text).count("户")
			if (got.fault != "") != tt.fault || got.fixed != tt.fixed || value(got.value) != tt.count {
				t.Errorf("got %d, fixed %v, fault %q", value(got.value), got.fixed, got.fault)
			}
		})
	}
	areas := []struct {
		text         string
		tenThousands bool
		m2           float64
		fault        bool
	}{
		{"52300", false, 52300, false},
		{"5.23", true, 52300, false},
		{"5.23万平方米", false, 52300, false},
		{"5.23万㎡", true, 52300, false},
		{"52300平方米", true, 52300, false},
		{"52300 m2", true, 52300, false},
		{"52,300.50㎡", false, 52300.5, false},
		{"5亩", false, 0, true},
		{"-1", false, 0, true},
		{"NaN", false, 0, false}, // a program's way of saying unknown
		{"Infinity", false, 0, true},
	}
	for _, tt := range areas {
		t.Run(tt.text, func(t *testing.T) {
			got := cell(tt.text).floorArea(tt.tenThousands)
			if (got.fault != "") != tt.fault || math.Abs(value(got.value)-tt.m2) > 1e-6 {
				t.Errorf("got %v, fault %q", value(got.value), got.fault)
			}
		})
	}
}

func value[T any](p *T) (v T) {
	if p != nil {
		v = *p
	}
	return v
}

func TestWordsOfAFixedSetAreRecognised(t *testing.T) {
	for text, want := range map[string]string{
		"单栋住宅楼": "single_building", "住宅小区": "compound", "独栋": "single_building", "": "",
	} {
		if got := value(cell(text).oneOf(unitKinds).value); got != want {
			t.Errorf("unit kind %q: got %q, want %q", text, got, want)
		}
	}
	for text, want := range map[string]string{
		"专业物业": "professional", "社区物业服务中心": "service_centre", "居民自治": "self_managed", "无": "", "有物业": "professional", "业主自管": "self_managed", "无物业": "self_managed",
	} {
		if got := value(cell(text).oneOf(managementModes).value); got != want {
			t.Errorf("management %q: got %q, want %q", text, got, want)
		}
	}
	if got := cell("飞船").oneOf(unitKinds); got.fault == "" {
		t.Error("an unknown word was taken")
	}
	if got := cell("供水、供电；道路").list(); !slices.Equal(*got.value, []string{"供水", "供电", "道路"}) {
		t.Errorf("got %v", *got.value)
	}
	if got := cell("无").list(); got.value == nil || len(*got.value) != 0 {
		t.Error("无 must be an empty list")
	}
	if got := cell("不详").list(); got.value != nil {
		t.Error("不详 must be unknown")
	}
}

func TestPersonalNumbersAreTakenOutOfFreeText(t *testing.T) {
	tests := []struct{ text, want string }{
		{"联系张三13812345678", "联系张三（已略去）"},
		{"身份证50011019800101123X，已迁出", "身份证（已略去），已迁出"},
		{"编号 500110001，户数 300", "编号 500110001，户数 300"},
	}
	for _, tt := range tests {
		if got, found := withoutPersons(tt.text); got != tt.want || found != (tt.text != tt.want) {
			t.Errorf("%q became %q (%v)", tt.text, got, found)
		}
	}
}

func FuzzCellValues(f *testing.F) {
	for _, s := range []string{"1998年", "1,124户", "5.23万㎡", "E106.93°", "是", "供水、供电", "\xff\xfe", "1e309", "１２３", strings.Repeat("9", 400)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		c := cell(s)
		if y := c.year(2027).value; y != nil && (*y < 1900 || *y > 2027) {
			t.Errorf("year %d", *y)
		}
		if n := c.count("户").value; n != nil && (*n < 0 || *n > 1e7) {
			t.Errorf("count %d", *n)
		}
		if a := c.floorArea(true).value; a != nil && !(*a >= 0 && *a <= 1e9) {
			t.Errorf("area %v", *a)
		}
		if d := c.degrees().value; d != nil && (math.IsNaN(*d) || math.IsInf(*d, 0)) {
			t.Errorf("degrees %v", *d)
		}
		c.yes()
		c.oneOf(priorWorks)
		if l := c.list().value; l != nil {
			for _, w := range *l {
				if !utf8.ValidString(w) || strings.ContainsRune(w, 0) {
					t.Errorf("the database would refuse %q", w)
				}
			}
		}
		if w := c.words(100); !utf8.ValidString(w) || utf8.RuneCountInString(w) > 101 || strings.ContainsRune(w, 0) {
			t.Errorf("the database would refuse %q", w)
		}
		withoutPersons(s)
	})
}
