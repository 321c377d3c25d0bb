package exporter

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/lianpian/lianpian/internal/areaplan"
	"github.com/lianpian/lianpian/internal/exporter/docx"
	"github.com/lianpian/lianpian/internal/policy"
)

// problems is the second chapter: what the register, the coverage runs and the
// rules of the plan's document say is wrong.
func (r *report) problems() {
	r.Chapter("存在问题")
	r.Part("市政配套设施")
	r.missing("市政配套设施", func(c *areaplan.Community) []string { return c.MunicipalMissing })
	r.Part("公共服务设施")
	r.missing("公共服务设施", func(c *areaplan.Community) []string { return c.ServiceMissing })
	r.gaps()
	r.Part("纳入范围有待核实的小区")
	r.doubts()
	r.Part("连片条件")
	r.apart()
	r.Part("居民意愿")
	r.consent()
}

// missing lists what communities lack, what most lack first.
func (r *report) missing(what string, of func(*areaplan.Community) []string) {
	type lack struct {
		name        string
		communities []string
	}
	var list []*lack
	at := map[string]*lack{}
	unknown, whole := 0, 0
	for i := range r.plan.Communities {
		c := &r.plan.Communities[i]
		items := of(c)
		switch {
		case items == nil:
			unknown++
		case len(items) == 0:
			whole++
		}
		for _, key := range items {
			name := facilityName(key)
			if at[name] == nil {
				at[name] = &lack{name: name}
				list = append(list, at[name])
			}
			at[name].communities = append(at[name].communities, c.Name)
		}
	}
	slices.SortStableFunc(list, func(a, b *lack) int { return cmp.Compare(len(b.communities), len(a.communities)) })
	total := len(r.plan.Communities)
	switch {
	case total == 0:
		r.Paragraph("片区内没有小区。")
		return
	case unknown == total:
		r.Paragraph(fmt.Sprintf("片区的 %d 个小区均未登记%s的调查结果。", total, what))
		return
	case len(list) == 0:
		r.Paragraph(fmt.Sprintf("已调查的 %d 个小区没有登记%s缺失。", total-unknown, what))
	default:
		r.Paragraph(fmt.Sprintf("已调查的 %d 个小区中，%d 个缺少%s，具体如下：", total-unknown, total-unknown-whole, what))
		rows := make([]string, len(list))
		for i, l := range list {
			rows[i] = fmt.Sprintf("%s：%d 个小区缺失，为%s。", l.name, len(l.communities), some(l.communities, 8))
		}
		r.List(rows)
	}
	if unknown > 0 {
		r.Paragraph(fmt.Sprintf("另有 %d 个小区未登记调查结果。", unknown))
	}
}

// gaps says what coverage does not reach.
func (r *report) gaps() {
	var rows []string
	for i := range r.plan.Coverage {
		c := &r.plan.Coverage[i]
		if c.HouseholdsCovered >= c.Households && len(c.Gaps) == 0 {
			continue
		}
		line := fmt.Sprintf("%s：%d 户未覆盖", c.Run.FacilityName, c.Households-c.HouseholdsCovered)
		if c.Households > 0 {
			line += fmt.Sprintf("，占 %s", percentSaid(float64(c.Households-c.HouseholdsCovered)/float64(c.Households)))
		}
		if len(c.Gaps) > 0 {
			line += fmt.Sprintf("，形成 %d 处缺口", len(c.Gaps))
		}
		rows = append(rows, line+"。")
	}
	switch {
	case len(r.plan.Coverage) == 0:
		r.Paragraph("尚未计算服务设施覆盖，缺口有待核实。")
	case len(rows) == 0:
		r.Paragraph("已计算的各类服务设施覆盖了片区的全部住户。")
	default:
		r.Paragraph("按服务设施覆盖计算，存在以下缺口：")
		r.List(rows)
	}
}

// doubts lists the communities that are not in the scope, or not surely.
func (r *report) doubts() {
	var rows [][]string
	for i := range r.plan.Communities {
		c := &r.plan.Communities[i]
		if c.Eligibility == "in" {
			continue
		}
		rows = append(rows, []string{c.Name, word(c.Eligibility), doubtOf(c)})
	}
	if len(rows) == 0 {
		if len(r.plan.Communities) == 0 {
			r.Paragraph("片区内没有小区。")
		} else {
			r.Paragraph("片区的小区全部纳入改造范围。")
		}
		return
	}
	r.Paragraph(fmt.Sprintf("有 %d 个小区不纳入或尚不能判定是否纳入改造范围，原因见下表。", len(rows)))
	r.Table("未纳入和待定的小区", docx.Table{Columns: []docx.Column{{Title: "小区", Width: 24}, {Title: "判定", Width: 11}, {Title: "依据", Width: 65}}, Rows: rows})
}

func doubtOf(c *areaplan.Community) string {
	if c.OverrideReason != "" {
		return "人工认定：" + c.OverrideReason
	}
	var parts []string
	for _, reason := range c.Proof {
		if reason.Outcome != policy.Met {
			parts = append(parts, reason.Text)
		}
	}
	if len(parts) == 0 {
		return "没有判定依据"
	}
	return join(parts)
}

// join puts sentences behind one another.
func join(sentences []string) string {
	out := ""
	for _, s := range sentences {
		out += s
	}
	return out
}

func (r *report) apart() {
	var rows []string
	for i := range r.plan.Zones {
		if z := &r.plan.Zones[i]; z.Parts > 1 {
			rows = append(rows, fmt.Sprintf("%s：小区分为 %d 个互不相连的部分。", z.Name, z.Parts))
		}
	}
	switch {
	case len(r.plan.Communities) == 0:
		r.Paragraph("片区内没有小区。")
		return
	case len(rows) == 0:
		r.Paragraph("各片区的小区都连成一片。")
		return
	}
	r.Paragraph("以下片区的小区没有连成一片，需要调整边界或说明理由：")
	r.List(rows)
}

func (r *report) consent() {
	known, hidden := 0, 0
	agreed, asked := int64(0), int64(0)
	for i := range r.plan.Communities {
		c := &r.plan.Communities[i]
		switch {
		case c.HouseholdsAgreed != nil:
			known++
			agreed += *c.HouseholdsAgreed
			if c.Households != nil {
				asked += *c.Households
			}
		case c.CountsMasked:
			hidden++
		}
	}
	switch {
	case known == 0 && hidden == 0:
		r.Paragraph("片区的小区尚未登记征求意见的结果。")
	case known == 0:
		r.Paragraph(fmt.Sprintf("%d 个小区已征求意见，户数过少，为保护住户不显示。", hidden))
	default:
		text := fmt.Sprintf("已登记征求意见结果的小区 %d 个，同意改造的 %d 户（这些小区共 %d 户）", known, agreed, asked)
		if rest := len(r.plan.Communities) - known - hidden; rest > 0 {
			text += fmt.Sprintf("，%d 个小区尚未登记", rest)
		}
		if hidden > 0 {
			text += fmt.Sprintf("，%d 个小区因户数过少不显示", hidden)
		}
		r.Paragraph(text + "。")
	}
}
