package exporter

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"

	"github.com/lianpian/lianpian/internal/areaplan"
	"github.com/lianpian/lianpian/internal/policy"
)

// Book writes the plan as a workbook: what is planned, community by community,
// building by building, and what one must know to read it. Sums are formulas with
// their present values, which are the plan's totals. Text is always text: nothing
// that a person typed can become a formula.
func Book(w io.Writer, p *areaplan.Plan) error {
	b, err := newBook(p.Title, "片区方案", p.By, p.At)
	if err != nil {
		return fmt.Errorf("write a zone book: %w", err)
	}
	defer b.file.Close()
	z := zoneBook{book: b, plan: p, names: namesOf(p)}
	for _, write := range []func() error{
		z.summary, z.zones, z.communities, z.buildings, z.strings, z.facilities, z.runs, z.scores, z.items, z.money, z.notes, z.fields,
	} {
		if err := write(); err != nil {
			return fmt.Errorf("write a zone book: %w", err)
		}
	}
	if err := b.save(w); err != nil {
		return fmt.Errorf("write a zone book: %w", err)
	}
	return nil
}

// zoneBook is the workbook of a plan in the making.
type zoneBook struct {
	*book
	plan  *areaplan.Plan
	names names
}

// names are the names of things by their codes; a code without a name stands for
// itself.
type names struct {
	zones, communities, subdistricts, projects map[string]string
}

func namesOf(p *areaplan.Plan) names {
	n := names{
		zones: map[string]string{}, communities: map[string]string{}, subdistricts: map[string]string{}, projects: map[string]string{},
	}
	for i := range p.Surroundings.Subdistricts {
		n.subdistricts[p.Surroundings.Subdistricts[i].Code] = p.Surroundings.Subdistricts[i].Name
	}
	for i := range p.Surroundings.Communities {
		n.communities[p.Surroundings.Communities[i].Code] = p.Surroundings.Communities[i].Name
	}
	for i := range p.Communities {
		c := &p.Communities[i]
		n.communities[c.Code], n.subdistricts[c.SubdistrictCode] = c.Name, c.SubdistrictName
	}
	for i := range p.Zones {
		n.zones[p.Zones[i].Code] = p.Zones[i].Name
	}
	for i := range p.Projects {
		n.projects[p.Projects[i].Code] = p.Projects[i].Name
	}
	return n
}

// facilityNames are the names of the facility types of the standards, which are part
// of the program, by their keys.
var facilityNames = sync.OnceValue(func() map[string]string {
	names := map[string]string{}
	if lib, err := policy.Load(); err == nil {
		for _, t := range lib.FacilityTypes() {
			names[t.Key] = t.Name
		}
	}
	return names
})

// facilityName is the name of a facility type, or what stands in its place: what
// people noted as missing may be a name already.
func facilityName(key string) string {
	if name := facilityNames()[key]; name != "" {
		return name
	}
	return key
}

func named(codes []string, names map[string]string) string {
	said := make([]string, 0, len(codes))
	for _, code := range codes {
		if name := names[code]; name != "" {
			said = append(said, name)
		} else {
			said = append(said, code)
		}
	}
	return strings.Join(said, "、")
}

// subdistrictsOf are the codes of the subdistricts that the plan's zones lie in.
func subdistrictsOf(p *areaplan.Plan) []string {
	var codes []string
	for i := range p.Zones {
		for _, code := range p.Zones[i].SubdistrictCodes {
			if !slices.Contains(codes, code) {
				codes = append(codes, code)
			}
		}
	}
	slices.Sort(codes)
	return codes
}

// summary says what the plan is and how much it holds. Its totals are formulas
// over the sheet of communities, which is written after it under the same rule.
func (z *zoneBook) summary() error {
	p, t := z.plan, &z.plan.Totals
	var zones, codes, notes []string
	for i := range p.Zones {
		zones, codes = append(zones, p.Zones[i].Name), append(codes, p.Zones[i].Code)
		if p.Zones[i].Note != "" {
			notes = append(notes, p.Zones[i].Note)
		}
	}
	sums := z.communitySums()
	lines := []line{
		{label: "项目名称", value: p.Title, format: wrapped},
		{label: "编制单位", value: p.Author, format: wrapped},
		{label: "规划期限", value: p.Period},
		{label: "方案", value: scenarioText(p), format: wrapped},
		{label: "片区名称", value: strings.Join(zones, "、"), format: wrapped},
		{label: "片区编号", value: strings.Join(codes, "\n"), format: wrapped},
		{label: "街道（镇）", value: named(subdistrictsOf(p), z.names.subdistricts), format: wrapped},
		{label: "片区数", value: len(p.Zones), format: count, unit: "个"},
		{label: "片区用地面积", value: &t.AreaM2, format: area, unit: "平方米"},
		{label: "小区数", value: t.Communities, format: count, unit: "个"},
		{label: "楼栋数", value: t.Buildings, format: count, unit: "栋", sum: sums[titleBuildings]},
		{label: "户数", value: t.Households, format: count, unit: "户", made: t.Generated, sum: sums[titleHouseholds]},
		{label: "建筑面积", value: &t.FloorAreaM2, format: area, unit: "平方米", made: t.Generated, sum: sums[titleFloorArea]},
		{label: "纳入范围的小区数", value: t.EligibleCommunities, format: count, unit: "个", made: t.Generated},
		{label: "纳入范围的户数", value: t.EligibleHouseholds, format: count, unit: "户", made: t.Generated},
		{label: "纳入占比", value: t.EligibleShare, format: share, made: t.Generated},
		{label: "项目数", value: len(p.Projects), format: count, unit: "个"},
		{label: "备注", value: strings.Join(notes, "\n"), format: wrapped},
	}
	for i := range lines {
		if lines[i].made {
			lines[i].unit = strings.TrimSpace(lines[i].unit + "（演示数据：生成）")
		}
	}
	return z.lines("片区汇总", p.Title+" 片区汇总", paperA4, []string{"项目", "数值", "单位"}, []float64{24, 54, 30}, lines)
}

func scenarioText(p *areaplan.Plan) string {
	if p.Scenario.Code == "" && p.Scenario.Name == "" {
		return ""
	}
	return fmt.Sprintf("%s（第 %d 版）", p.Scenario.Name, p.Scenario.Revision)
}

// zones has a row for each zone. Communities and buildings of several zones count
// once in the sums, which then are not those of the rows.
func (z *zoneBook) zones() error {
	t := &z.plan.Totals
	buildings, communities, households := float64(t.Buildings), float64(t.Communities), float64(t.Households)
	eligible, eligibleHouseholds := float64(t.EligibleCommunities), float64(t.EligibleHouseholds)
	type r = areaplan.Zone
	columns := []column[r]{
		{title: "片区编号", width: 38, value: func(r *r) any { return r.Code }},
		{title: "片区名称", width: 22, format: wrapped, value: func(r *r) any { return r.Name }},
		{title: "街道（镇）", width: 18, format: wrapped, value: func(r *r) any { return named(r.SubdistrictCodes, z.names.subdistricts) }},
		{title: "实施年度", width: 10, format: year, note: "片区计划实施的年度", value: func(r *r) any { return r.Year }},
		{title: "用地面积（平方米）", width: 18, format: area, sum: true, total: &t.AreaM2, note: "片区边界按 CGCS2000 椭球面计算", value: func(r *r) any { return &r.Totals.AreaM2 }},
		{title: "小区数（个）", width: 12, format: count, sum: true, total: &communities, value: func(r *r) any { return r.Totals.Communities }},
		{title: titleBuildings, width: 12, format: count, sum: true, total: &buildings, value: func(r *r) any { return r.Totals.Buildings }},
		{title: titleHouseholds, width: 12, format: count, sum: true, total: &households, value: func(r *r) any { return r.Totals.Households }},
		{title: titleFloorArea, width: 18, format: area, sum: true, total: &t.FloorAreaM2, value: func(r *r) any { return &r.Totals.FloorAreaM2 }},
		{title: "纳入范围的小区（个）", width: 14, format: count, sum: true, total: &eligible, value: func(r *r) any { return r.Totals.EligibleCommunities }},
		{title: "纳入范围的户数（户）", width: 14, format: count, sum: true, total: &eligibleHouseholds, value: func(r *r) any { return r.Totals.EligibleHouseholds }},
		{title: "纳入占比", width: 10, format: share, note: "纳入范围的户数占片区户数；没有户数的按小区个数", value: func(r *r) any { return r.Totals.EligibleShare }},
		{title: "连通部分数", width: 11, format: count, note: "1 表示片区内小区连成一片", value: func(r *r) any { return r.Parts }},
		{title: "投资（万元）", width: 14, format: area, note: "片区内项目的改造内容之和；没有列明的取估算", value: func(r *r) any {
			if r.CostBasis == "" || r.CostBasis == "none" {
				return nil
			}
			return r.CostYuan / yuanPerWan
		}},
		{title: "投资依据", width: 14, value: func(r *r) any { return word(r.CostBasis) }},
		{title: "版本", width: 8, format: count, value: func(r *r) any { return r.Version }},
		{title: "最后修改", width: 12, format: date, value: func(r *r) any { return day(r.UpdatedAt) }},
		{title: "备注", width: 26, format: wrapped, value: func(r *r) any { return r.Note }},
	}
	_, err := tableOf(z.book, "片区", z.plan.Title+" 片区清单", paperA3, 2, "", columns, z.plan.Zones, func(*r) []string { return nil })
	return err
}
