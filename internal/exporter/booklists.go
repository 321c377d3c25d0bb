package exporter

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/lianpian/lianpian/internal/areaplan"
	"github.com/lianpian/lianpian/internal/policy"
)

// Titles of columns that other sheets point at.
const (
	titleBuildings  = "楼栋数（栋）"
	titleHouseholds = "户数（户）"
	titleFloorArea  = "建筑面积（平方米）"
)

// day leaves a time that nobody gave out.
func day(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t
}

// communityRows are the plan's communities, and last what is in no community but
// counts, too.
func (z *zoneBook) communityRows() []areaplan.Community {
	rows := z.plan.Communities
	if loose := looseOf(z.plan); loose != nil {
		rows = append(rows[:len(rows):len(rows)], *loose)
	}
	return rows
}

// looseOf sums up the buildings of no community, which the totals count, too. It
// is nil where there are none.
func looseOf(p *areaplan.Plan) *areaplan.Community {
	var sum *areaplan.Community
	for i := range p.Buildings {
		b := &p.Buildings[i]
		if b.CommunityCode != "" {
			continue
		}
		if sum == nil {
			sum = &areaplan.Community{Name: "（不属于小区的楼栋）"}
		}
		sum.Buildings++
		sum.Households, sum.FloorAreaM2 = plus(sum.Households, b.Households), plus(sum.FloorAreaM2, b.FloorAreaM2)
		for _, field := range b.Generated {
			if !slices.Contains(sum.Generated, field) {
				sum.Generated = append(sum.Generated, field)
			}
		}
	}
	return sum
}

// plus adds a figure to a sum; a sum of nothing known is not known.
func plus[T int64 | float64](sum, x *T) *T {
	if x == nil {
		return sum
	}
	if sum == nil {
		sum = new(T)
	}
	*sum += *x
	return sum
}

func (z *zoneBook) communityColumns() []column[areaplan.Community] {
	t := &z.plan.Totals
	buildings, households := float64(t.Buildings), float64(t.Households)
	type c = areaplan.Community
	own := "小区填报的数值；没有填报的取其楼栋之和"
	return []column[c]{
		{title: "小区编号", width: 15, value: func(c *c) any { return c.Code }},
		{title: "小区名称", width: 18, field: "name", format: wrapped, value: func(c *c) any { return c.Name }},
		{title: "片区", width: 14, format: wrapped, value: func(c *c) any { return named(c.Zones, z.names.zones) }},
		{title: "街道（镇）", width: 11, format: wrapped, value: func(c *c) any { return c.SubdistrictName }},
		{title: "社区", width: 11, format: wrapped, value: func(c *c) any { return c.NeighborhoodName }},
		{title: "地址", width: 20, format: wrapped, field: "address", value: func(c *c) any { return c.Address }},
		{title: "类型", width: 7, value: func(c *c) any { return word(c.UnitKind) }},
		{title: "建成年份", width: 10, format: year, field: "built_year", value: func(c *c) any { return c.BuiltYear }},
		{title: titleBuildings, width: 9, format: count, sum: true, total: &buildings, value: func(c *c) any { return c.Buildings }},
		{title: titleHouseholds, width: 10, format: count, field: "households", sum: true, total: &households, note: own, value: func(c *c) any { return c.Households }},
		{title: titleFloorArea, width: 14, format: area, field: "floor_area_m2", sum: true, total: &t.FloorAreaM2, note: own, value: func(c *c) any { return c.FloorAreaM2 }},
		{title: "用地面积（平方米）", width: 14, format: area, sum: true, note: "小区边界按 CGCS2000 椭球面计算", value: func(c *c) any { return c.LandAreaM2 }},
		{title: "管理方式", width: 12, format: wrapped, field: "management_mode", value: func(c *c) any { return word(c.ManagementMode) }},
		{title: "纳入范围", width: 10, note: "按实施方案的范围条款判定，人工认定的以认定为准", value: func(c *c) any { return word(c.Eligibility) }},
		{title: "判定依据", width: 36, format: wrapped, value: func(c *c) any { return proofOf(c) }},
		{title: "市政配套缺失", width: 18, format: wrapped, field: "municipal_missing", note: "台账登记的缺失项；空格为没有调查", value: func(c *c) any { return textOrNil(missingSaid(c.MunicipalMissing)) }},
		{title: "公共服务缺失", width: 18, format: wrapped, field: "service_missing", note: "台账登记的缺失项；空格为没有调查", value: func(c *c) any { return textOrNil(missingSaid(c.ServiceMissing)) }},
		{title: "同意改造户数（户）", width: 11, format: count, field: "households_agreed", note: "最近一次征求意见；户数过少的不显示", value: func(c *c) any { return c.HouseholdsAgreed }},
		{title: "备注", width: 16, format: wrapped, field: "remark", value: func(c *c) any { return c.Remark }},
		{title: "数据来源", width: 13, value: func(c *c) any { return word(c.Source) }},
		{title: "更新日期", width: 12, format: date, value: func(c *c) any { return day(c.UpdatedAt) }},
	}
}

// communitySums are the sums of the sheet of communities, as formulas.
func (z *zoneBook) communitySums() sums {
	rows, where := z.communityRows(), sums{}
	for i, c := range z.communityColumns() {
		added := 0.0
		for r := range rows {
			if x, ok := number(plain(c.value(&rows[r]))); ok {
				added += x
			}
		}
		if c.total != nil && len(rows) > 0 && same(added, *c.total) {
			where[c.title] = fmt.Sprintf("SUM('小区'!%s:%s)", cell(i+1, 2), cell(i+1, len(rows)+1))
		}
	}
	return where
}

func (z *zoneBook) communities() error {
	_, err := tableOf(z.book, "小区", z.plan.Title+" 小区清单", paperA3, 2, "片区内没有小区。",
		z.communityColumns(), z.communityRows(), func(c *areaplan.Community) []string { return c.Generated })
	return err
}

// nothingMissing is said where somebody looked and found nothing missing.
const (
	nothingMissing = "无缺失"
	missingNote    = "没有调查的为空"
)

// missingSaid lists what is missing in one line; "" where nobody looked.
func missingSaid(list []string) string {
	switch {
	case list == nil:
		return ""
	case len(list) == 0:
		return nothingMissing
	}
	said := make([]string, len(list))
	for i, s := range list {
		said[i] = facilityName(s)
	}
	return strings.Join(said, "、")
}

func textOrNil(text string) any {
	if text == "" {
		return nil
	}
	return text
}

// proofOf says in sentences what the verdict rests on: the clauses that decided
// and, where a person decided otherwise, who and why.
func proofOf(c *areaplan.Community) string {
	var parts []string
	if c.OverrideReason != "" {
		parts = append(parts, fmt.Sprintf("人工认定（%s）：%s", c.OverrideBy, c.OverrideReason))
	}
	for _, r := range c.Proof {
		if r.Outcome == policy.Met && c.Verdict != "in" {
			continue // does not explain why it is not in
		}
		parts = append(parts, fmt.Sprintf("%s：%s", r.Clause, r.Text))
	}
	return strings.Join(parts, "\n")
}

func (z *zoneBook) buildings() error {
	type c = areaplan.Building
	columns := []column[c]{
		{title: "楼栋编号", width: 18, value: func(b *c) any { return b.Code }},
		{title: "楼栋名称", width: 18, field: "name", value: func(b *c) any { return b.Name }},
		{title: "小区编号", width: 16, value: func(b *c) any { return b.CommunityCode }},
		{title: "小区名称", width: 24, format: wrapped, value: func(b *c) any { return b.CommunityName }},
		{title: "街道（镇）", width: 14, value: func(b *c) any { return b.SubdistrictName }},
		{title: "用途", width: 10, field: "use", value: func(b *c) any { return word(b.Use) }},
		{title: "层数（层）", width: 9, format: count, field: "storeys", value: func(b *c) any { return b.Storeys }},
		{title: "高度（米）", width: 10, format: area, field: "height_m", value: func(b *c) any { return b.HeightM }},
		{title: "建成年份", width: 10, format: year, field: "built_year", value: func(b *c) any { return b.BuiltYear }},
		{title: titleHouseholds, width: 10, format: count, field: "households", sum: true, note: "楼栋填报的户数；小区另有填报的，以小区为准，两者可以不同", value: func(b *c) any { return b.Households }},
		{title: titleFloorArea, width: 19, format: area, field: "floor_area_m2", sum: true, note: "楼栋填报的建筑面积；小区另有填报的，以小区为准，两者可以不同", value: func(b *c) any { return b.FloorAreaM2 }},
		{title: "基底面积（平方米）", width: 19, format: area, field: "footprint_m2", sum: true, note: "楼栋轮廓按 CGCS2000 椭球面计算", value: func(b *c) any { return b.FootprintM2 }},
		{title: "数据来源", width: 16, value: func(b *c) any { return word(b.Source) }},
		{title: "更新日期", width: 12, format: date, value: func(b *c) any { return day(b.UpdatedAt) }},
	}
	_, err := tableOf(z.book, "楼栋", z.plan.Title+" 楼栋清单", paperA3, 2, "片区内没有楼栋。", columns, z.plan.Buildings, func(b *c) []string { return b.Generated })
	return err
}

// zoneString is a string with the zone that it belongs to.
type zoneString struct {
	zone string
	areaplan.String
}

// strings lists the streets that tie the zones' communities together.
func (z *zoneBook) strings() error {
	var rows []zoneString
	for i := range z.plan.Zones {
		for _, s := range z.plan.Zones[i].Strings {
			rows = append(rows, zoneString{z.plan.Zones[i].Name, s})
		}
	}
	columns := []column[zoneString]{
		{title: "沿线街道", width: 24, format: wrapped, value: func(s *zoneString) any { return streetName(s.Name) }},
		{title: "片区", width: 18, format: wrapped, value: func(s *zoneString) any { return s.zone }},
		{title: "小区编号", width: 16, value: func(s *zoneString) any { return s.From }},
		{title: "小区名称", width: 24, format: wrapped, value: func(s *zoneString) any { return z.nameOf(s.FromName, s.From) }},
		{title: "相邻小区编号", width: 16, value: func(s *zoneString) any { return s.To }},
		{title: "相邻小区名称", width: 24, format: wrapped, value: func(s *zoneString) any { return z.nameOf(s.ToName, s.To) }},
		{title: "长度（米）", width: 12, format: area, sum: true, note: "两个小区之间沿街道的距离", value: func(s *zoneString) any { return &s.LengthM }},
		{title: "经过的街道", width: 44, format: wrapped, value: func(s *zoneString) any { return s.Streets }},
		{title: "说明", width: 24, format: wrapped, value: func(s *zoneString) any {
			if s.Straight {
				return "直线，沿线道路未知"
			}
			return ""
		}},
	}
	_, err := tableOf(z.book, "串线", z.plan.Title+" 串线清单", paperA3, 0, "片区内没有串线。", columns, rows, func(*zoneString) []string { return nil })
	return err
}

func streetName(name string) string {
	if name == "" {
		return "无名路"
	}
	return name
}

func (z *zoneBook) nameOf(name, code string) string {
	if name != "" {
		return name
	}
	return z.names.communities[code]
}

func (z *zoneBook) facilities() error {
	type c = areaplan.Facility
	columns := []column[c]{
		{title: "设施编号", width: 16, value: func(f *c) any { return f.Code }},
		{title: "设施名称", width: 28, format: wrapped, field: "name", value: func(f *c) any { return f.Name }},
		{title: "设施类型", width: 26, format: wrapped, value: func(f *c) any { return z.names.typeName(f) }},
		{title: "状态", width: 8, note: "规划：本方案提出的设施", value: func(f *c) any { return stateOf(f) }},
		{title: "位置", width: 10, value: func(f *c) any {
			if f.Inside {
				return "片区内"
			}
			return "片区周边"
		}},
		{title: "地址", width: 30, format: wrapped, field: "address", value: func(f *c) any { return f.Address }},
		{title: "规模", width: 10, format: count, field: "capacity", note: "床位、车位、学位等，按设施类型", value: func(f *c) any { return f.Capacity }},
		{title: "经度（度）", width: 13, format: degrees, field: "location", note: "CGCS2000", value: func(f *c) any { return f.Location[0] }},
		{title: "纬度（度）", width: 13, format: degrees, field: "location", note: "CGCS2000", value: func(f *c) any { return f.Location[1] }},
		{title: "数据来源", width: 16, value: func(f *c) any { return word(f.Source) }},
	}
	_, err := tableOf(z.book, "服务设施", z.plan.Title+" 服务设施清单", paperA3, 2, "片区内和周边没有登记的服务设施。",
		columns, z.plan.Facilities, func(f *c) []string { return f.Generated })
	return err
}

func (n names) typeName(f *areaplan.Facility) string {
	if f.TypeName != "" {
		return f.TypeName
	}
	return facilityName(f.FacilityType)
}

func stateOf(f *areaplan.Facility) string {
	if f.Proposed {
		return "规划"
	}
	return "现状"
}
