package exporter

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/lianpian/lianpian/internal/areaplan"
	"github.com/lianpian/lianpian/internal/exporter/docx"
	"github.com/lianpian/lianpian/internal/works"
)

// workSum is an item of the catalogue over all projects of the plan.
type workSum struct {
	no                           int
	category, name, nature, unit string
	quantity, yuan               float64
	counted, priced, lines       int
}

// workSums adds up what is to be done, by the numbers of the catalogue.
func workSums(p *areaplan.Plan) []workSum {
	var list []workSum
	for i := range p.Items {
		item := &p.Items[i]
		if item.Answer != works.Do {
			continue
		}
		at := slices.IndexFunc(list, func(w workSum) bool { return w.no == item.No && w.name == item.Name && w.unit == item.Unit })
		if at < 0 {
			at = len(list)
			list = append(list, workSum{no: item.No, category: item.Category, name: item.Name, nature: item.Nature, unit: item.Unit})
		}
		w := &list[at]
		w.lines++
		if item.Quantity != nil {
			w.quantity += *item.Quantity
			w.counted++
		}
		if item.AmountYuan != nil {
			w.yuan += *item.AmountYuan
			w.priced++
		}
	}
	slices.SortStableFunc(list, func(a, b workSum) int { return a.no - b.no })
	return list
}

// content is the third chapter: what is to be renovated.
func (r *report) content() {
	r.Chapter("改造内容")
	r.Part("项目")
	r.projects()
	r.Part("改造内容汇总")
	sums := workSums(r.plan)
	if len(sums) == 0 {
		r.Paragraph("片区的项目还没有填报要实施的改造内容。")
	} else {
		r.workTable(sums)
	}
	r.Part("不实施的内容")
	r.refused()
}

func (r *report) projects() {
	p := r.plan
	if len(p.Projects) == 0 {
		r.Paragraph("片区内还没有项目入库或申请。")
		return
	}
	library := map[string]int{}
	for i := range p.Projects {
		library[p.Projects[i].Library]++
	}
	var parts []string
	for _, key := range []string{"comprehensive", "management"} {
		if library[key] > 0 {
			parts = append(parts, fmt.Sprintf("%s %d 个", word(key), library[key]))
		}
	}
	r.Paragraph(fmt.Sprintf("片区共有项目 %d 个，其中%s。", len(p.Projects), strings.Join(parts, "、")))
	rows := make([][]string, len(p.Projects))
	for i := range p.Projects {
		x := &p.Projects[i]
		names := make([]string, len(x.Communities))
		for j, code := range x.Communities {
			names[j] = named(one(code), r.names.communities)
		}
		rows[i] = []string{x.Name + madeUp(len(x.Generated) > 0), word(x.Library), word(x.State), some(names, 6), x.Progress}
	}
	r.Table("项目", docx.Table{Columns: []docx.Column{
		{Title: "项目名称", Width: 26}, {Title: "项目库", Width: 15}, {Title: "状态", Width: 10}, {Title: "小区", Width: 33}, {Title: "进展情况", Width: 16},
	}, Rows: rows})
}

func (r *report) workTable(sums []workSum) {
	total, unpriced := 0.0, 0
	var rows [][]string
	for _, w := range sums {
		quantity, yuan := "—", "—"
		if w.counted > 0 {
			quantity = said(w.quantity) + w.unit
		}
		if w.priced > 0 {
			yuan = wanYuan(w.yuan)
		}
		total += w.yuan
		unpriced += w.lines - w.priced
		rows = append(rows, []string{strconv.Itoa(w.no), w.category, w.name, w.nature, quantity, yuan})
	}
	rows = append(rows, []string{"合计", "", "", "", "", wanYuan(total)})
	text := fmt.Sprintf("各项目要实施的改造内容共 %d 项，按已填数量和单价计算，投资合计 %s 万元", len(sums), wanYuan(total))
	if unpriced > 0 {
		text += fmt.Sprintf("；另有 %d 条没有填数量或单价，未计入", unpriced)
	}
	r.Paragraph(text + "。")
	r.Table("改造内容汇总", docx.Table{Columns: []docx.Column{
		{Title: "序号", Width: 8}, {Title: "类别", Width: 22}, {Title: "改造内容", Width: 28}, {Title: "性质", Width: 13}, {Title: "数量", Width: 14, Right: true}, {Title: "投资（万元）", Width: 15, Right: true},
	}, Rows: rows, Total: true})
}

// refused lists what was answered with no.
func (r *report) refused() {
	var rows []string
	answered := false
	for i := range r.plan.Items {
		item := &r.plan.Items[i]
		answered = true
		if item.Answer == works.Do {
			continue
		}
		where := r.names.projects[item.ProjectCode]
		if item.CommunityCode != "" {
			where = named(one(item.CommunityCode), r.names.communities)
		}
		reason := item.Reason
		if reason == "" {
			reason = "没有写明理由"
		}
		rows = append(rows, fmt.Sprintf("%s（%s）：%s，%s。", item.Name, where, word(item.Answer), reason))
	}
	switch {
	case !answered:
		r.Paragraph("尚未填报。")
	case len(rows) == 0:
		r.Paragraph("已答复的内容全部实施。")
	default:
		r.Paragraph("以下内容经核实不实施：")
		r.List(rows)
	}
}
