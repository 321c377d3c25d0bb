package exporter

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/lianpian/lianpian/internal/areaplan"
	"github.com/lianpian/lianpian/internal/exporter/docx"
)

// coverage is the fourth chapter: whom the services reach.
func (r *report) coverage() {
	r.Chapter("服务设施覆盖分析")
	p := r.plan
	if len(p.Coverage) == 0 {
		r.Paragraph("片区没有服务设施覆盖的计算结果，无法分析覆盖情况。")
		return
	}
	r.Part("覆盖情况")
	standard := ""
	if p.District.ProfileName != "" {
		standard = "本区采用“" + p.District.ProfileName + "”，"
	}
	r.Paragraph(fmt.Sprintf("%s对 %d 类设施计算了覆盖，限值及其出处见下表。覆盖户数是限值以内至少有一处设施的户数。", standard, len(p.Coverage)))
	rows := make([][]string, len(p.Coverage))
	generated := false
	for i := range p.Coverage {
		c := &p.Coverage[i]
		share := "—"
		if c.Households > 0 {
			share = percentSaid(float64(c.HouseholdsCovered) / float64(c.Households))
		}
		generated = generated || c.Run.Summary.Generated
		rows[i] = []string{
			c.Run.FacilityName, word(c.Run.Method) + " ≤ " + c.Run.Limit.Words(), standardOf(c),
			strconv.FormatInt(c.Households, 10), strconv.FormatInt(c.HouseholdsCovered, 10), share, strconv.Itoa(len(c.Gaps)),
		}
	}
	r.Table("服务设施覆盖"+madeUp(generated), docx.Table{Columns: []docx.Column{
		{Title: "设施类型", Width: 18},
		{Title: "方法和限值", Width: 17},
		{Title: "依据", Width: 21},
		{Title: "户数（户）", Width: 10, Right: true},
		{Title: "覆盖户数（户）", Width: 13, Right: true},
		{Title: "覆盖率", Width: 11, Right: true},
		{Title: "缺口（处）", Width: 10, Right: true},
	}, Rows: rows})
	r.Part("覆盖不足的小区")
	r.weak()
	r.Part("设施补充")
	r.remedies()
}

// weak lists for each type the communities that it reaches less than half of.
func (r *report) weak() {
	var rows []string
	for i := range r.plan.Coverage {
		c := &r.plan.Coverage[i]
		weak := slices.DeleteFunc(slices.Clone(c.Communities), func(x areaplan.CommunityCoverage) bool { return x.Share == nil || *x.Share >= 0.5 })
		if len(weak) == 0 {
			continue
		}
		slices.SortStableFunc(weak, func(a, b areaplan.CommunityCoverage) int {
			return cmp.Or(cmp.Compare(*a.Share, *b.Share), cmp.Compare(a.Code, b.Code))
		})
		names := make([]string, len(weak))
		for j, x := range weak {
			names[j] = fmt.Sprintf("%s（%s）", named(one(x.Code), r.names.communities), percentSaid(*x.Share))
		}
		rows = append(rows, fmt.Sprintf("%s：%s。", c.Run.FacilityName, some(names, 8)))
	}
	if len(rows) == 0 {
		r.Paragraph("各类设施在有计算结果的小区都覆盖了一半以上。")
		return
	}
	r.Paragraph("以下小区的覆盖率不到一半：")
	r.List(rows)
}

// remedies are the items of the catalogue that answer a gap, and what the
// scenario proposes.
func (r *report) remedies() {
	var rows []string
	for i := range r.plan.Coverage {
		c := &r.plan.Coverage[i]
		if c.HouseholdsCovered >= c.Households || len(c.Run.Items) == 0 {
			continue
		}
		names := make([]string, len(c.Run.Items))
		for j, item := range c.Run.Items {
			names[j] = fmt.Sprintf("%s（%s）", item.Name, item.Clause)
		}
		rows = append(rows, fmt.Sprintf("%s有缺口，对应的改造内容为%s。", c.Run.FacilityName, strings.Join(names, "、")))
	}
	for i := range r.plan.Facilities {
		if f := &r.plan.Facilities[i]; f.Proposed {
			line := fmt.Sprintf("规划%s“%s”", r.names.typeName(f), f.Name)
			if f.Capacity != nil {
				line += fmt.Sprintf("，规模 %d", *f.Capacity)
			}
			rows = append(rows, line+"。")
		}
	}
	if len(rows) == 0 {
		r.Paragraph("本方案没有规划新的服务设施，也没有对应缺口的改造内容。")
		return
	}
	r.Paragraph("针对缺口，提出以下补充：")
	r.List(rows)
}
