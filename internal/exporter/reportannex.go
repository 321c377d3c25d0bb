package exporter

import (
	"fmt"
	"strconv"

	"github.com/lianpian/lianpian/internal/areaplan"
	"github.com/lianpian/lianpian/internal/exporter/docx"
)

type project = areaplan.Project

// sheets are the map sheets, each on a page of its own.
func (r *report) sheets(pictures []Picture) error {
	r.Appendix("附图")
	if len(pictures) == 0 {
		r.Paragraph("本报告没有附图。")
		r.EndSection(true)
		return nil
	}
	for i, p := range pictures {
		title := p.Caption
		if p.Number != "" {
			title += "（图号 " + p.Number + "）"
		}
		if _, err := r.Picture(title, p.PNG); err != nil {
			return fmt.Errorf("picture %d: %w", i+1, err)
		}
	}
	r.EndSection(true)
	return nil
}

// lists are the communities and the works line by line.
func (r *report) lists() {
	p := r.plan
	r.Appendix("附表")
	if len(p.Communities) == 0 {
		r.Paragraph("片区内没有小区。")
	} else {
		r.communityTable()
	}
	if len(p.Items) == 0 {
		r.Paragraph("片区的项目还没有填报改造内容。")
	} else {
		r.itemTable()
	}
	if len(p.Projects) == 0 {
		r.Paragraph("片区内没有项目。")
	} else {
		r.projectTable()
	}
	r.EndSection(true)
}

func (r *report) communityTable() {
	p, t := r.plan, &r.plan.Totals
	rows := make([][]string, 0, len(p.Communities)+2)
	list := p.Communities
	if loose := looseOf(p); loose != nil {
		list = append(list[:len(list):len(list)], *loose)
	}
	generated := false
	for i := range list {
		c := &list[i]
		rows = append(rows, []string{
			c.Code, c.Name, named(c.Zones, r.names.zones), c.SubdistrictName, orDash(c.BuiltYear), strconv.FormatInt(c.Buildings, 10),
			orDash(c.Households), areaOrDash(c.FloorAreaM2), word(c.Eligibility), word(c.ManagementMode),
		})
		generated = generated || len(c.Generated) > 0
	}
	rows = append(rows, []string{
		"合计", "", "", "", "", strconv.FormatInt(t.Buildings, 10), strconv.FormatInt(t.Households, 10), said(t.FloorAreaM2), "", "",
	})
	r.Table("小区清单"+madeUp(generated), docx.Table{Columns: []docx.Column{
		{Title: "小区编号", Width: 11},
		{Title: "小区名称", Width: 17},
		{Title: "片区", Width: 16},
		{Title: "街道（镇）", Width: 11},
		{Title: "建成年份", Width: 8},
		{Title: "楼栋（栋）", Width: 8, Right: true},
		{Title: "户数（户）", Width: 8, Right: true},
		{Title: "建筑面积（平方米）", Width: 12, Right: true},
		{Title: "纳入范围", Width: 8},
		{Title: "管理方式", Width: 12},
	}, Rows: rows, Total: true})
}

func (r *report) itemTable() {
	total := 0.0
	var rows [][]string
	for i := range r.plan.Items {
		item := &r.plan.Items[i]
		where := "整个项目"
		if item.CommunityCode != "" {
			where = named(one(item.CommunityCode), r.names.communities)
		}
		quantity, amount := "—", "—"
		if item.Quantity != nil {
			quantity = said(*item.Quantity) + item.Unit
		}
		if item.AmountYuan != nil {
			amount = wanYuan(*item.AmountYuan)
			total += *item.AmountYuan
		}
		rows = append(rows, []string{
			r.names.projects[item.ProjectCode], where, strconv.Itoa(item.No), item.Name, item.Nature, word(item.Answer), quantity, areaOrDash(item.PriceYuan), amount,
		})
	}
	rows = append(rows, []string{"合计", "", "", "", "", "", "", "", wanYuan(total)})
	r.Table("改造内容清单", docx.Table{Columns: []docx.Column{
		{Title: "项目", Width: 18},
		{Title: "小区", Width: 15},
		{Title: "序号", Width: 6},
		{Title: "改造内容", Width: 22},
		{Title: "性质", Width: 9},
		{Title: "答复", Width: 8},
		{Title: "数量", Width: 11, Right: true},
		{Title: "单价（元）", Width: 11, Right: true},
		{Title: "金额（万元）", Width: 11, Right: true},
	}, Rows: rows, Total: true})
}

func (r *report) projectTable() {
	p := r.plan
	sources := payersOf(p)
	columns := []docx.Column{
		{Title: "项目名称", Width: 22}, {Title: "年度", Width: 8}, {Title: "预计投资额（万元）", Width: 12, Right: true}, {Title: "改造内容投资（万元）", Width: 12, Right: true},
	}
	sums := make([]float64, 2+len(sources))
	for _, source := range sources {
		columns = append(columns, docx.Column{Title: word(source) + "（万元）", Width: 11, Right: true})
	}
	var rows [][]string
	for i := range p.Projects {
		x := &p.Projects[i]
		row := []string{x.Name + madeUp(len(x.Generated) > 0), orDash(x.Year), areaOrDash(x.EstimatedWan), "—"}
		if x.EstimatedWan != nil {
			sums[0] += *x.EstimatedWan
		}
		if x.CostYuan != nil {
			row[3] = wanYuan(*x.CostYuan)
			sums[1] += *x.CostYuan / yuanPerWan
		}
		for j, source := range sources {
			cell := "—"
			if yuan, ok := x.Shares[source]; ok {
				cell = wanYuan(yuan)
				sums[2+j] += yuan / yuanPerWan
			}
			row = append(row, cell)
		}
		rows = append(rows, row)
	}
	total := []string{"合计", ""}
	for _, sum := range sums {
		total = append(total, said(sum))
	}
	r.Table("项目投资与资金分摊", docx.Table{Columns: columns, Rows: append(rows, total), Total: true})
}

// about is what one must know to read the report.
func (r *report) about() {
	r.Appendix("编制说明")
	var rows [][]string
	for _, l := range aboutPlan(r.plan) {
		rows = append(rows, []string{l.label, fmt.Sprint(l.value)})
	}
	r.Table("数据说明", docx.Table{Columns: []docx.Column{{Title: "项目", Width: 20}, {Title: "内容", Width: 80}}, Rows: rows})
	r.EndSection(false)
}
