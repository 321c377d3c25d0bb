package survey

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/lianpian/lianpian/internal/privacy"
)

const (
	maxRows       = 5000
	maxHouseholds = 1_000_000
	maxText       = 200
)

// checkRows refuses counts that contradict each other, with a sentence for the
// first fault. known are the buildings that rows may name.
func checkRows(rows []CountDraft, known map[string]string) error {
	if len(rows) == 0 {
		return &InvalidError{"counts", "至少要有一行：一栋楼，或者整个小区"}
	}
	if len(rows) > maxRows {
		return &InvalidError{"counts", fmt.Sprintf("最多 %d 行", maxRows)}
	}
	seen := map[[2]string]bool{}
	kinds := map[string]bool{} // of a building: divided into stairwells or not
	for i, r := range rows {
		name, ok := known[r.BuildingCode]
		if !ok {
			return fault(i, "building_code", "楼栋 %s 不属于这个小区", brief(r.BuildingCode))
		}
		at := where(name, r.Stairwell)
		key := [2]string{r.BuildingCode, r.Stairwell}
		if seen[key] {
			return fault(i, "stairwell", "%s出现了两次，每户只能统计一次", at)
		}
		seen[key] = true
		if divided, before := kinds[r.BuildingCode]; before && divided != (r.Stairwell != "") {
			return fault(i, "stairwell", "%s既整栋统计又分单元统计，会重复计户", name)
		}
		kinds[r.BuildingCode] = r.Stairwell != ""
		if err := r.check(i, at); err != nil {
			return err
		}
	}
	if _, whole := kinds[""]; whole && len(kinds) > 1 {
		return &InvalidError{"counts", "已经按楼栋统计，不能再有整个小区的一行"}
	}
	return nil
}

func (r CountDraft) check(i int, at string) error {
	switch {
	case r.Stairwell != strings.TrimSpace(r.Stairwell) || len([]rune(r.Stairwell)) > 40:
		return fault(i, "stairwell", "%s：单元名称过长或带有空格", at)
	case privacy.PersonalNumbers(r.Stairwell):
		return fault(i, "stairwell", personal)
	case r.Households < 0 || r.Households > maxHouseholds:
		return fault(i, "households", "%s：户数应在 0 到 %d 之间", at, maxHouseholds)
	case r.Asked < 0 || r.Agreed < 0 || r.Disagreed < 0:
		return fault(i, "asked", "%s：户数不能是负数", at)
	case r.Asked > r.Households:
		return fault(i, "asked", "%s：已征询 %d 户多于总户数 %d 户", at, r.Asked, r.Households)
	case r.Agreed > r.Asked:
		return fault(i, "agreed", "%s：同意 %d 户多于已征询的 %d 户", at, r.Agreed, r.Asked)
	case r.Agreed+r.Disagreed > r.Asked:
		return fault(i, "disagreed", "%s：同意与不同意共 %d 户，多于已征询的 %d 户", at, r.Agreed+r.Disagreed, r.Asked)
	case !areaFits(r.FloorAreaM2):
		return fault(i, "floor_area_m2", "%s：面积应是不小于 0 的数（平方米）", at)
	case !areaFits(r.AgreedAreaM2):
		return fault(i, "agreed_area_m2", "%s：同意面积应是不小于 0 的数（平方米）", at)
	case r.AgreedAreaM2 != nil && r.FloorAreaM2 != nil && *r.AgreedAreaM2 > *r.FloorAreaM2:
		return fault(i, "agreed_area_m2", "%s：同意面积 %s 平方米大于总面积 %s 平方米", at, figure(*r.AgreedAreaM2), figure(*r.FloorAreaM2))
	case r.AgreedAreaM2 != nil && *r.AgreedAreaM2 > 0 && r.Agreed == 0:
		return fault(i, "agreed_area_m2", "%s：没有同意的户，却有同意面积", at)
	}
	return nil
}

const personal = "含有身份证号码或手机号码：居民个人信息不得录入系统"

func fault(row int, field, format string, args ...any) error {
	return &InvalidError{fmt.Sprintf("counts[%d].%s", row, field), fmt.Sprintf(format, args...)}
}

func areaFits(v *float64) bool {
	return v == nil || *v >= 0 && *v < 1e9 && !math.IsNaN(*v)
}

// where names a row for people.
func where(building, stairwell string) string {
	if building == "" && stairwell == "" {
		return "小区"
	}
	return At(building, stairwell)
}

// At joins the names of a building and a stairwell: 2幢1单元, but B2 1单元.
func At(building, stairwell string) string {
	if building != "" && stairwell != "" && building[len(building)-1] < utf8.RuneSelf && stairwell[0] < utf8.RuneSelf {
		return building + " " + stairwell
	}
	return building + stairwell
}

func brief(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}

// checkTexts cleans a list of texts, and refuses personal numbers.
func checkTexts(field string, texts *[]string) ([]string, error) {
	out := []string{}
	if texts == nil {
		return out, nil
	}
	for _, t := range *texts {
		t = strings.TrimSpace(t)
		if err := checkText(field, t, maxText); err != nil {
			return nil, err
		}
		if t != "" && !slices.Contains(out, t) {
			out = append(out, t)
		}
	}
	return out, nil
}

func checkText(field, text string, longest int) error {
	switch {
	case privacy.PersonalNumbers(text):
		return &InvalidError{field, personal}
	case len([]rune(text)) > longest:
		return &InvalidError{field, fmt.Sprintf("最多 %d 个字", longest)}
	}
	return nil
}

// day reads a date of a request; "" is none.
func day(field, text string) (*time.Time, error) {
	if text == "" {
		return nil, nil
	}
	t, err := time.Parse(time.DateOnly, text)
	if err != nil || t.Year() < 1990 || t.Year() > 2200 {
		return nil, &InvalidError{field, "日期应写成 2026-11-25 的样子"}
	}
	return &t, nil
}
