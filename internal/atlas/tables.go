package atlas

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/lianpian/lianpian/internal/areaplan"
	"github.com/lianpian/lianpian/internal/clock"
	"github.com/lianpian/lianpian/internal/coverage"
	"github.com/lianpian/lianpian/internal/zone"
)

// tables are what stands below the legend of a sheet. Every figure is one of the
// plan.
func (a *atlas) tables(sh sheet) []grid {
	switch sh.Kind {
	case Overview:
		return []grid{a.zonesTable()}
	case Existing:
		return []grid{a.stateTable(sh)}
	case Zone:
		return []grid{a.totalsTable(&a.plan.Zones[sh.zone]), a.verdictTable(sh)}
	case Coverage:
		if len(a.plan.Coverage) > 0 {
			return a.coverageTables(sh)
		}
	case Phasing:
		if g := a.projectsTable(sh); len(g.rows) > 0 {
			return []grid{g, a.yearsTable(sh)}
		}
		return []grid{a.yearsTable(sh)}
	case Facility:
		return []grid{a.runTable(&a.plan.Coverage[sh.coverage]), a.sharesTable(&a.plan.Coverage[sh.coverage])}
	}
	return nil
}

func made(t zone.Totals) string {
	if t.Generated {
		return "（含演示数据：生成）"
	}
	return ""
}

func (a *atlas) totalsTable(z *areaplan.Zone) grid {
	t := z.Totals
	contiguous := "是"
	if z.Parts > 1 {
		contiguous = fmt.Sprintf("否，分为%d部分", z.Parts)
	}
	cost := "—"
	if z.CostBasis != "" && z.CostBasis != "none" {
		cost = rounded(z.CostYuan/10_000, 2)
	}
	return grid{
		title: "片区主要指标" + made(t), shares: []float64{0.62, 0.38}, right: []bool{false, true}, unit: "项",
		rows: [][]string{
			{"片区用地面积（平方米）", rounded(t.AreaM2, 0)},
			{"小区数（个）", counted(t.Communities)},
			{"楼栋数（栋）", counted(t.Buildings)},
			{"户数（户）", counted(t.Households)},
			{"建筑面积（平方米）", rounded(t.FloorAreaM2, 0)},
			{"纳入改造范围的小区（个）", counted(t.EligibleCommunities)},
			{"纳入改造范围的户数（户）", counted(t.EligibleHouseholds)},
			{"是否连片", contiguous},
			{"投资（万元）" + costBasis(z.CostBasis), cost},
		},
	}
}

func costBasis(basis string) string {
	switch basis {
	case "items":
		return "，按改造内容"
	case "estimate":
		return "，估算"
	}
	return ""
}

func (a *atlas) stateTable(sh sheet) grid {
	g := grid{
		title: "小区现状" + made(a.plan.Zones[sh.zone].Totals), head: []string{"小区", "建成", "楼栋", "户数", "建筑面积㎡"},
		shares: []float64{0.38, 0.13, 0.12, 0.14, 0.23}, right: []bool{false, true, true, true, true}, unit: "个小区",
	}
	for _, c := range a.ground.inZone[sh.Zone] {
		p := &a.plan.Communities[c]
		g.rows = append(g.rows, []string{a.typo.clean(p.Name), yearText(p.BuiltYear), counted(p.Buildings), count(p.Households), figure(p.FloorAreaM2, 0)})
	}
	t := a.plan.Zones[sh.zone].Totals
	if row := a.looseRow(sh, t); row != nil {
		g.rows = append(g.rows, row)
	}
	g.total = []string{"合计", "", counted(t.Buildings), counted(t.Households), rounded(t.FloorAreaM2, 0)}
	return g
}

// looseRow is what the totals of a zone hold beside its communities: buildings of
// no community; nil for nothing. Counts that would give away masked ones are left
// out.
func (a *atlas) looseRow(sh sheet, t zone.Totals) []string {
	buildings, households, area, known := t.Buildings, t.Households, t.FloorAreaM2, true
	for _, c := range a.ground.inZone[sh.Zone] {
		p := &a.plan.Communities[c]
		buildings -= p.Buildings
		known = known && !p.CountsMasked
		if p.Households != nil {
			households -= *p.Households
		}
		if p.FloorAreaM2 != nil {
			area -= *p.FloorAreaM2
		}
	}
	if buildings <= 0 {
		return nil
	}
	if !known {
		return []string{"不属小区的楼栋", "", counted(buildings), "—", "—"}
	}
	return []string{"不属小区的楼栋", "", counted(buildings), counted(max(households, 0)), rounded(math.Max(area, 0), 0)}
}

var eligibilityWords = map[string]string{"in": "纳入", "out": "不纳入", "borderline": "待定"}

func (a *atlas) verdictTable(sh sheet) grid {
	g := grid{
		title: "小区一览", head: []string{"小区", "建成", "户数", "纳入范围"},
		shares: []float64{0.46, 0.16, 0.16, 0.22}, right: []bool{false, true, true, false}, unit: "个小区",
	}
	for _, c := range a.ground.inZone[sh.Zone] {
		p := &a.plan.Communities[c]
		word, known := eligibilityWords[p.Eligibility]
		if !known {
			word = "—"
		}
		g.rows = append(g.rows, []string{a.typo.clean(p.Name), yearText(p.BuiltYear), count(p.Households), word})
	}
	return g
}

func (a *atlas) zonesTable() grid {
	g := grid{
		title: "片区一览" + made(a.plan.Totals), head: []string{"片区", "小区", "楼栋", "户数", "建筑面积㎡", "年度"},
		shares: []float64{0.28, 0.11, 0.12, 0.14, 0.21, 0.14}, right: []bool{false, true, true, true, true, true}, unit: "个片区",
	}
	for i := range a.plan.Zones {
		z := &a.plan.Zones[i]
		t := z.Totals
		g.rows = append(g.rows, []string{a.typo.clean(z.Name), counted(t.Communities), counted(t.Buildings), counted(t.Households), rounded(t.FloorAreaM2, 0), yearText(z.Year)})
	}
	t := a.plan.Totals
	g.total = []string{"合计", counted(t.Communities), counted(t.Buildings), counted(t.Households), rounded(t.FloorAreaM2, 0), ""}
	return g
}

var methodWords = map[string]string{coverage.MethodRadius: "直线距离", coverage.MethodWalk: "步行距离", coverage.MethodWalkSlope: "步行时间（计坡度）"}

// limitText says what counts as covered: 步行距离 300米.
func limitText(r *coverage.Run) string {
	text := methodWords[r.Method]
	if r.Limit.Metres != nil {
		text += " " + rounded(*r.Limit.Metres, 0) + "米"
	}
	if r.Limit.Minutes != nil {
		text += " " + rounded(*r.Limit.Minutes, 1) + "分钟"
	}
	return strings.TrimSpace(text)
}

// coverageTables show for each facility type and community of a zone which share
// of its households is covered; of many communities only the types.
func (a *atlas) coverageTables(sh sheet) []grid {
	members := a.ground.inZone[sh.Zone]
	types := grid{title: "评价的设施类型", head: []string{"设施类型", "标准", "未覆盖楼栋"}, shares: []float64{0.4, 0.36, 0.24}, right: []bool{false, false, true}, unit: "类设施"}
	for i := range a.plan.Coverage {
		c := &a.plan.Coverage[i]
		missing := 0
		for _, b := range a.ground.buildingOf[sh.Zone] {
			if covered, known := c.Covered[a.plan.Buildings[b].Code]; known && !covered {
				missing++
			}
		}
		types.rows = append(types.rows, []string{shortTitle(facilityName(c)), limitText(&c.Run), counted(int64(missing))})
	}
	if len(a.plan.Coverage) > 1 {
		return []grid{types, a.lowestTable(members)}
	}
	return []grid{types, a.zoneShares(&a.plan.Coverage[0], members)}
}

// lowestTable lists the worst covered pairs of community and facility type.
func (a *atlas) lowestTable(members []int) grid {
	g := grid{title: "覆盖率较低的小区与设施", head: []string{"小区", "设施类型", "户覆盖率"}, shares: []float64{0.4, 0.38, 0.22}, right: []bool{false, false, true}, unit: "项"}
	type pair struct {
		row   []string
		share float64
	}
	var pairs []pair
	for _, m := range members {
		for i := range a.plan.Coverage {
			c := &a.plan.Coverage[i]
			at := slices.IndexFunc(c.Communities, func(one areaplan.CommunityCoverage) bool { return one.Code == a.plan.Communities[m].Code })
			if at >= 0 && c.Communities[at].Share != nil && *c.Communities[at].Share < 1 {
				share := c.Communities[at].Share
				pairs = append(pairs, pair{[]string{a.typo.clean(a.plan.Communities[m].Name), shortTitle(facilityName(c)), percent(share)}, *share})
			}
		}
	}
	slices.SortStableFunc(pairs, func(x, y pair) int { return cmp.Compare(x.share, y.share) })
	for _, p := range pairs {
		g.rows = append(g.rows, p.row)
	}
	if len(g.rows) == 0 {
		g.rows = [][]string{{"各小区均已覆盖", "", ""}}
	}
	return g
}

func (a *atlas) zoneShares(c *areaplan.Coverage, members []int) grid {
	only := map[string]bool{}
	for _, m := range members {
		only[a.plan.Communities[m].Code] = true
	}
	return a.shares(c, func(code string) bool { return only[code] })
}

func (a *atlas) sharesTable(c *areaplan.Coverage) grid {
	return a.shares(c, func(string) bool { return true })
}

// shares lists communities by the share of their households that is covered, the
// lowest first.
func (a *atlas) shares(c *areaplan.Coverage, want func(code string) bool) grid {
	g := grid{title: "小区户覆盖率（由低到高）", head: []string{"小区", "户覆盖率", "平均（米）"}, shares: []float64{0.5, 0.25, 0.25}, right: []bool{false, true, true}, unit: "个小区"}
	list := slices.Clone(c.Communities)
	slices.SortStableFunc(list, func(x, y areaplan.CommunityCoverage) int {
		return cmp.Compare(shareOr(x.Share, 2), shareOr(y.Share, 2))
	})
	for _, one := range list {
		at, known := a.ground.communityAt[one.Code]
		if known && want(one.Code) {
			g.rows = append(g.rows, []string{a.typo.clean(a.plan.Communities[at].Name), percent(one.Share), figure(one.NearestM, 0)})
		}
	}
	return g
}

func shareOr(v *float64, unknown float64) float64 {
	if v == nil {
		return unknown
	}
	return *v
}

func (a *atlas) runTable(c *areaplan.Coverage) grid {
	rows := [][]string{
		{"评价标准", limitText(&c.Run)},
		{"计算日期", c.Run.CreatedAt.In(clock.China).Format("2006-01-02")},
		{"参与计算的户数（户）", counted(c.Households)},
		{"已覆盖户数（户）", counted(c.HouseholdsCovered)},
	}
	if c.Run.CreatedAt.IsZero() {
		rows = slices.Delete(rows, 1, 2)
	}
	return grid{title: "评价结果", shares: []float64{0.5, 0.5}, right: []bool{false, true}, rows: rows, unit: "项"}
}

var phaseWords = map[string]string{"implement": "实施一批", "plan": "谋划一批", "reserve": "储备一批"}

// projectsTable lists the projects that hold a community of a zone.
func (a *atlas) projectsTable(sh sheet) grid {
	g := grid{title: "改造项目", head: []string{"项目", "批次", "年度", "投资（万元）"}, shares: []float64{0.4, 0.22, 0.14, 0.24}, right: []bool{false, false, true, true}, unit: "个项目"}
	members := map[string]bool{}
	for _, c := range a.ground.inZone[sh.Zone] {
		members[a.plan.Communities[c].Code] = true
	}
	for _, p := range a.plan.Projects {
		if !slices.ContainsFunc(p.Communities, func(code string) bool { return members[code] }) {
			continue
		}
		cost := figure(p.EstimatedWan, 2)
		if p.CostYuan != nil {
			cost = rounded(*p.CostYuan/10_000, 2)
		}
		phase, known := phaseWords[p.Phase]
		if !known {
			phase = p.Phase
		}
		g.rows = append(g.rows, []string{a.typo.clean(p.Name), phase, yearText(p.Year), cost})
	}
	return g
}

// yearsTable lists the communities of a zone with their years.
func (a *atlas) yearsTable(sh sheet) grid {
	g := grid{title: "小区实施年度", head: []string{"小区", "户数", "年度"}, shares: []float64{0.6, 0.2, 0.2}, right: []bool{false, true, true}, unit: "个小区"}
	for _, c := range a.ground.inZone[sh.Zone] {
		p := &a.plan.Communities[c]
		g.rows = append(g.rows, []string{a.typo.clean(p.Name), count(p.Households), yearText(a.ground.yearOf[p.Code])})
	}
	return g
}
