package exporter

import (
	"fmt"
	"math"
	"strings"

	"github.com/lianpian/lianpian/internal/areaplan"
)

// runs says how each facility type was measured, and what came out.
func (z *zoneBook) runs() error {
	type c = areaplan.Coverage
	columns := []column[c]{
		{title: "设施类型", width: 24, format: wrapped, value: func(r *c) any { return r.Run.FacilityName }},
		{title: "计算范围", width: 18, format: wrapped, note: "计算时选定的范围，可以大于本方案", value: func(r *c) any { return areaName(r) }},
		{title: "计算方法", width: 14, value: func(r *c) any { return word(r.Run.Method) }},
		{title: "限值（米）", width: 10, format: count, value: func(r *c) any { return r.Run.Limit.Metres }},
		{title: "限值（分钟）", width: 10, format: count, value: func(r *c) any { return r.Run.Limit.Minutes }},
		{title: "限值的依据", width: 30, format: wrapped, value: func(r *c) any { return standardOf(r) }},
		{title: "本方案户数（户）", width: 13, format: count, value: func(r *c) any { return r.Households }},
		{title: "本方案覆盖户数（户）", width: 15, format: count, value: func(r *c) any { return r.HouseholdsCovered }},
		{title: "户数覆盖率", width: 12, format: share, note: "覆盖户数除以户数", value: func(r *c) any { return shareOf(r.HouseholdsCovered, r.Households) }},
		{title: "缺口（处）", width: 10, format: count, note: "没有覆盖的楼栋连成的地块", value: func(r *c) any { return len(r.Gaps) }},
		{title: "计算时的片区版本", width: 17, format: count, value: func(r *c) any {
			if r.Run.Inputs.ZoneVersion == 0 {
				return nil
			}
			return r.Run.Inputs.ZoneVersion
		}},
		{title: "计算日期", width: 12, format: date, value: func(r *c) any { return day(r.Run.CreatedAt) }},
		{title: "说明", width: 50, format: wrapped, value: func(r *c) any { return strings.Join(r.Run.Notes, "\n") }},
	}
	_, err := tableOf(z.book, "覆盖", z.plan.Title+" 设施覆盖", paperA3, 1, "片区没有设施覆盖计算结果。", columns, z.plan.Coverage, func(*c) []string { return nil })
	return err
}

func areaName(r *areaplan.Coverage) string {
	if r.Run.Area.Name != "" {
		return r.Run.Area.Name
	}
	return map[string]string{"district": "全区", "subdistrict": "街道（镇）", "neighborhood": "社区", "zone": "片区", "polygon": "自选范围"}[r.Run.Area.Kind]
}

func standardOf(r *areaplan.Coverage) string {
	if r.Run.Standard == nil {
		return "用户填写"
	}
	return fmt.Sprintf("%s %s（核对程度 %s）", r.Run.Standard.Source, r.Run.Standard.Clause, r.Run.Standard.Mark)
}

// shareOf is nil where there is nothing to have a share of.
func shareOf(part, whole int64) any {
	if whole == 0 {
		return nil
	}
	return float64(part) / float64(whole)
}

// scores is a row for each community and two columns for each facility type: how
// many of its households are covered, and which share that is. What is in no
// community comes last, so that the sums are the plan's.
func (z *zoneBook) scores() error {
	type c = areaplan.Community
	columns := []column[c]{
		{title: "小区编号", width: 16, value: func(c *c) any { return c.Code }},
		{title: "小区名称", width: 24, format: wrapped, value: func(c *c) any { return c.Name }},
		{title: "街道（镇）", width: 14, value: func(c *c) any { return c.SubdistrictName }},
	}
	for i := range z.plan.Coverage {
		columns = append(columns, scoreColumns(&z.plan.Coverage[i])...)
	}
	var rows []areaplan.Community
	if len(z.plan.Coverage) > 0 {
		rows = z.communityRows()
	}
	_, err := tableOf(z.book, "覆盖评分", z.plan.Title+" 小区覆盖评分", paperA3, 2, "片区没有设施覆盖计算结果。", columns, rows, func(*c) []string { return nil })
	return err
}

// scoreColumns are the two columns of a facility type.
func scoreColumns(r *areaplan.Coverage) []column[areaplan.Community] {
	of := map[string]areaplan.CommunityCoverage{}
	loose := areaplan.CommunityCoverage{Households: r.Households, HouseholdsCovered: r.HouseholdsCovered}
	for _, one := range r.Communities {
		of[one.Code] = one
		loose.Households -= one.Households
		loose.HouseholdsCovered -= one.HouseholdsCovered
	}
	if loose.Households > 0 && loose.HouseholdsCovered >= 0 {
		share := float64(loose.HouseholdsCovered) / float64(loose.Households)
		loose.Share = &share
		of[""] = loose // the row of the buildings of no community
	}
	name := fmt.Sprintf("%s\n≤ %s\n", r.Run.FacilityName, r.Run.Limit.Words())
	covered := float64(r.HouseholdsCovered)
	return []column[areaplan.Community]{
		{title: name + "覆盖户数", width: 16, format: count, sum: true, total: &covered, note: word(r.Run.Method) + "，依据 " + standardOf(r), value: func(c *areaplan.Community) any {
			if one, ok := of[c.Code]; ok {
				return one.HouseholdsCovered
			}
			return nil
		}},
		{title: name + "覆盖率", width: 16, format: share, note: "覆盖户数除以户数，没有户数的按楼栋；空格为没有计算", value: func(c *areaplan.Community) any {
			if one, ok := of[c.Code]; ok {
				return one.Share
			}
			return nil
		}},
	}
}

// same tells whether two sums are the same to the half of what is shown.
func same(a, b float64) bool { return math.Abs(a-b) < 0.005 }
