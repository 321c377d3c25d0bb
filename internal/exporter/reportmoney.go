package exporter

import (
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/lianpian/lianpian/internal/exporter/docx"
)

// investment is the fifth chapter: what it costs, who pays and when.
func (r *report) investment() {
	r.Chapter("投资估算与分期")
	r.Part("投资估算")
	r.costs()
	r.Part("资金分摊")
	r.shares()
	r.Part("分期实施")
	r.phases()
}

func (r *report) costs() {
	p := r.plan
	var zones [][]string
	for i := range p.Zones {
		z := &p.Zones[i]
		cost := "—"
		if z.CostBasis != "" && z.CostBasis != "none" {
			cost = wanYuan(z.CostYuan)
		}
		zones = append(zones, []string{z.Name, cost, word(z.CostBasis), orDash(z.Year)})
	}
	estimated, works, estimates, costed := 0.0, 0.0, 0, 0
	for i := range p.Projects {
		if x := p.Projects[i].EstimatedWan; x != nil {
			estimated += *x
			estimates++
		}
		if x := p.Projects[i].CostYuan; x != nil {
			works += *x
			costed++
		}
	}
	switch {
	case len(p.Projects) == 0:
		r.Paragraph("片区内没有项目，投资只能按方案的估算规则估算。")
	default:
		r.Paragraph(fmt.Sprintf("片区的 %d 个项目中，%d 个填报了预计投资额，合计 %s 万元；%d 个按改造内容列明了投资，合计 %s 万元%s。",
			len(p.Projects), estimates, said(estimated), costed, wanYuan(works), madeUp(slices.ContainsFunc(p.Projects, func(x project) bool { return len(x.Generated) > 0 }))))
	}
	r.Table("片区投资", docx.Table{Columns: []docx.Column{
		{Title: "片区", Width: 40}, {Title: "投资（万元）", Width: 20, Right: true}, {Title: "依据", Width: 20}, {Title: "实施年度", Width: 20},
	}, Rows: zones})
	r.Note("注：投资取片区内项目的改造内容之和；没有列明的取项目填报的估算，没有项目的按方案的估算规则。没有数据的为“—”。")
}

func (r *report) shares() {
	p := r.plan
	sums := map[string]float64{}
	total := 0.0
	for i := range p.Projects {
		for _, source := range slices.Sorted(maps.Keys(p.Projects[i].Shares)) {
			sums[source] += p.Projects[i].Shares[source]
			total += p.Projects[i].Shares[source]
		}
	}
	if len(sums) == 0 {
		r.Paragraph("项目还没有落实资金分摊。")
		return
	}
	rows := [][]string{}
	for _, source := range payersOf(p) {
		share := "—"
		if total > 0 {
			share = percentSaid(sums[source] / total)
		}
		rows = append(rows, []string{word(source), wanYuan(sums[source]), share})
	}
	rows = append(rows, []string{"合计", wanYuan(total), ""})
	r.Paragraph(fmt.Sprintf("已安排资金 %s 万元，按来源见下表。", wanYuan(total)))
	r.Table("资金来源", docx.Table{Columns: []docx.Column{{Title: "来源", Width: 40}, {Title: "金额（万元）", Width: 30, Right: true}, {Title: "占比", Width: 30, Right: true}}, Rows: rows, Total: true})
}

// phases are the years of the zones and of the projects.
func (r *report) phases() {
	p := r.plan
	type batch struct {
		zones, projects       []string
		communities, building int64
		households            int64
	}
	byYear := map[int]*batch{}
	at := func(year *int) *batch {
		key := 0 // not planned yet: printed last
		if year != nil {
			key = *year
		}
		if byYear[key] == nil {
			byYear[key] = &batch{}
		}
		return byYear[key]
	}
	planned := false
	for i := range p.Zones {
		z := &p.Zones[i]
		b := at(z.Year)
		b.zones = append(b.zones, z.Name)
		b.communities += z.Totals.Communities
		b.building += z.Totals.Buildings
		b.households += z.Totals.Households
		planned = planned || z.Year != nil
	}
	for i := range p.Projects {
		x := &p.Projects[i]
		at(x.Year).projects = append(at(x.Year).projects, x.Name)
		planned = planned || x.Year != nil
	}
	if !planned {
		r.Paragraph("片区和项目还没有安排实施年度。")
		return
	}
	years := slices.Sorted(maps.Keys(byYear))
	if years[0] == 0 {
		years = append(years[1:], 0)
	}
	var rows [][]string
	for _, year := range years {
		name, b := strconv.Itoa(year)+" 年", byYear[year]
		if year == 0 {
			name = "未安排"
		}
		rows = append(rows, []string{name, orNone(b.zones), strconv.FormatInt(b.communities, 10), strconv.FormatInt(b.building, 10), strconv.FormatInt(b.households, 10), orNone(b.projects)})
	}
	period := ""
	if p.Period != "" {
		period = "规划期限为 " + p.Period + "，"
	}
	r.Paragraph(period + "按片区和项目的实施年度安排如下。小区、楼栋和户数按片区的年度统计。")
	r.Table("分期实施", docx.Table{Columns: []docx.Column{
		{Title: "年度", Width: 11}, {Title: "片区", Width: 25}, {Title: "小区（个）", Width: 10, Right: true}, {Title: "楼栋（栋）", Width: 10, Right: true}, {Title: "户数（户）", Width: 11, Right: true}, {Title: "项目", Width: 33},
	}, Rows: rows})
}

func orNone(names []string) string {
	if len(names) == 0 {
		return "—"
	}
	return some(names, 8)
}
