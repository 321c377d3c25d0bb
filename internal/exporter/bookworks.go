package exporter

import (
	"slices"

	"github.com/lianpian/lianpian/internal/areaplan"
)

// items is the renovation content of the projects.
func (z *zoneBook) items() error {
	type c = areaplan.Item
	columns := []column[c]{
		{title: "项目编号", width: 16, value: func(i *c) any { return i.ProjectCode }},
		{title: "项目名称", width: 24, format: wrapped, value: func(i *c) any { return z.names.projects[i.ProjectCode] }},
		{title: "小区", width: 20, format: wrapped, note: "空格为整个项目", value: func(i *c) any { return named(one(i.CommunityCode), z.names.communities) }},
		{title: "目录序号", width: 9, format: count, note: "实施方案附件 1 的序号", value: func(i *c) any { return i.No }},
		{title: "类别", width: 20, format: wrapped, value: func(i *c) any { return word(i.Category) }},
		{title: "改造内容", width: 26, format: wrapped, value: func(i *c) any { return i.Name }},
		{title: "性质", width: 11, value: func(i *c) any { return word(i.Nature) }},
		{title: "改造标准", width: 30, format: wrapped, value: func(i *c) any { return i.Standard }},
		{title: "答复", width: 10, value: func(i *c) any { return word(i.Answer) }},
		{title: "不实施的理由", width: 22, format: wrapped, value: func(i *c) any { return i.Reason }},
		{title: "数量", width: 11, format: area, value: func(i *c) any { return i.Quantity }},
		{title: "计量单位", width: 9, value: func(i *c) any { return i.Unit }},
		{title: "单价（元）", width: 13, format: area, value: func(i *c) any { return i.PriceYuan }},
		{title: "金额（元）", width: 16, format: area, sum: true, note: "数量乘单价；缺一项的为空格", value: func(i *c) any { return i.AmountYuan }},
		{title: "依据", width: 40, format: wrapped, note: "现场核对、覆盖计算、台账缺失项", value: func(i *c) any { return i.Evidence }},
	}
	_, err := tableOf(z.book, "改造内容", z.plan.Title+" 改造内容", paperA3, 2, "片区的项目还没有填报改造内容。", columns, z.plan.Items, func(*c) []string { return nil })
	return err
}

func one(code string) []string {
	if code == "" {
		return nil
	}
	return []string{code}
}

// payers are the sources of money in the order in which plans name them.
var payers = []string{"residents", "pipelines", "society", "central", "municipal", "district", "bonds"}

// payersOf are the sources of the plan's projects.
func payersOf(p *areaplan.Plan) []string {
	var found []string
	for i := range p.Projects {
		for source := range p.Projects[i].Shares {
			if !slices.Contains(found, source) {
				found = append(found, source)
			}
		}
	}
	slices.SortFunc(found, func(a, b string) int {
		x, y := slices.Index(payers, a), slices.Index(payers, b)
		switch {
		case x >= 0 && y >= 0:
			return x - y
		case x >= 0:
			return -1
		case y >= 0:
			return 1
		case a < b:
			return -1
		}
		return 1
	})
	return found
}

// money is what the projects cost and who pays for them.
func (z *zoneBook) money() error {
	type c = areaplan.Project
	columns := []column[c]{
		{title: "项目编号", width: 16, value: func(r *c) any { return r.Code }},
		{title: "项目名称", width: 26, format: wrapped, field: "name", value: func(r *c) any { return r.Name }},
		{title: "项目库", width: 16, value: func(r *c) any { return word(r.Library) }},
		{title: "状态", width: 9, value: func(r *c) any { return word(r.State) }},
		{title: "阶段", width: 8, value: func(r *c) any { return word(r.Phase) }},
		{title: "实施年度", width: 10, format: year, field: "year", value: func(r *c) any { return r.Year }},
		{title: "片区", width: 18, format: wrapped, value: func(r *c) any { return named(one(r.ZoneCode), z.names.zones) }},
		{title: "小区", width: 30, format: wrapped, value: func(r *c) any { return named(r.Communities, z.names.communities) }},
		{title: "中央补助", width: 9, note: "是：填附件 5、6；否：填附件 7", value: func(r *c) any { return yesNo(r.Central) }},
		{title: "进展情况", width: 18, format: wrapped, value: func(r *c) any { return r.Progress }},
		{title: "预计投资额（万元）", width: 16, format: area, field: "estimated_wan", sum: true, note: "项目填报的估算", value: func(r *c) any { return r.EstimatedWan }},
		{title: "改造内容投资（万元）", width: 16, format: area, sum: true, note: "改造内容的金额之和；空格为没有列明", value: func(r *c) any {
			if r.CostYuan == nil {
				return nil
			}
			return *r.CostYuan / yuanPerWan
		}},
	}
	for _, source := range payersOf(z.plan) {
		columns = append(columns, column[c]{
			title: word(source) + "（万元）", width: 14, format: area, sum: true, note: "资金分摊", value: func(r *c) any {
				if yuan, ok := r.Shares[source]; ok {
					return yuan / yuanPerWan
				}
				return nil
			},
		})
	}
	_, err := tableOf(z.book, "投资与分摊", z.plan.Title+" 投资与分摊", paperA3, 2, "片区内没有项目。", columns, z.plan.Projects, func(r *c) []string { return r.Generated })
	return err
}

func yesNo(yes bool) string {
	if yes {
		return "是"
	}
	return "否"
}
