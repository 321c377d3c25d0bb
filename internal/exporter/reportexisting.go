package exporter

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/lianpian/lianpian/internal/areaplan"
	"github.com/lianpian/lianpian/internal/exporter/docx"
)

// existing is the first chapter: the zones and what is in them.
func (r *report) existing() {
	r.Chapter("现状概况")
	r.Part("方案范围")
	r.scope()
	r.Part("小区和楼栋")
	r.communities()
	r.Part("服务设施")
	r.facilities()
}

func (r *report) scope() {
	p, t := r.plan, &r.plan.Totals
	zones := make([]string, len(p.Zones))
	for i := range p.Zones {
		zones[i] = p.Zones[i].Name
	}
	where := p.District.Name
	if in := named(subdistrictsOf(p), r.names.subdistricts); in != "" {
		where += in
	}
	r.Paragraph(fmt.Sprintf("本方案位于%s，包括%s %d 个片区，用地面积 %s 平方米，共有小区 %d 个、楼栋 %d 栋、户数 %d 户、建筑面积 %s 平方米%s。",
		where, some(zones, 6), len(zones), said(t.AreaM2), t.Communities, t.Buildings, t.Households, said(t.FloorAreaM2), madeUp(t.Generated)))
	if p.Scenario.Name != "" {
		r.Paragraph(fmt.Sprintf("取自方案“%s”第 %d 版。", p.Scenario.Name, p.Scenario.Revision))
	}
	if t.Partial {
		r.Paragraph("片区有一部分在编制人的权限范围之外，本报告只统计其权限范围之内的数据。")
	}
	rows := make([][]string, 0, len(p.Zones)+1)
	overlap := false
	sum := int64(0)
	for i := range p.Zones {
		z := &p.Zones[i]
		rows = append(rows, []string{
			z.Name, named(z.SubdistrictCodes, r.names.subdistricts), said(z.Totals.AreaM2), strconv.FormatInt(z.Totals.Communities, 10),
			strconv.FormatInt(z.Totals.Buildings, 10), strconv.FormatInt(z.Totals.Households, 10), said(z.Totals.FloorAreaM2), orDash(z.Year),
		})
		sum += z.Totals.Communities
	}
	overlap = sum != t.Communities
	rows = append(rows, []string{
		"合计", "", said(t.AreaM2), strconv.FormatInt(t.Communities, 10), strconv.FormatInt(t.Buildings, 10),
		strconv.FormatInt(t.Households, 10), said(t.FloorAreaM2), "",
	})
	r.Table("片区概况", docx.Table{Columns: []docx.Column{
		{Title: "片区", Width: 18},
		{Title: "街道（镇）", Width: 15},
		{Title: "用地面积（平方米）", Width: 15, Right: true},
		{Title: "小区（个）", Width: 9, Right: true},
		{Title: "楼栋（栋）", Width: 9, Right: true},
		{Title: "户数（户）", Width: 9, Right: true},
		{Title: "建筑面积（平方米）", Width: 15, Right: true},
		{Title: "实施年度", Width: 10},
	}, Rows: rows, Total: true})
	if overlap {
		r.Note("注：属于几个片区的小区和楼栋，在合计中只计一次。")
	}
}

func (r *report) communities() {
	p, t := r.plan, &r.plan.Totals
	if len(p.Communities) == 0 {
		r.Paragraph("片区内没有小区。")
		return
	}
	before := p.Before
	if before != "" {
		before = "（" + before + "建成等条款）"
	}
	r.Paragraph(fmt.Sprintf("按实施方案的范围条款%s判定，纳入改造范围的小区 %d 个、%d 户，占片区户数的 %s%s。",
		before, t.EligibleCommunities, t.EligibleHouseholds, percentSaid(t.EligibleShare), madeUp(t.Generated)))
	r.Paragraph(builtText(p.Communities))
	decades := []string{"1979 年及以前", "1980—1989 年", "1990—1999 年", "2000 年及以后", "未知"}
	number, households, buildings := make([]int, 5), make([]int64, 5), make([]int64, 5)
	for i := range p.Communities {
		c := &p.Communities[i]
		at := decadeOf(c.BuiltYear)
		number[at]++
		buildings[at] += c.Buildings
		if c.Households != nil {
			households[at] += *c.Households
		}
	}
	var rows [][]string
	for i, name := range decades {
		if number[i] > 0 {
			rows = append(rows, []string{name, strconv.Itoa(number[i]), strconv.FormatInt(buildings[i], 10), strconv.FormatInt(households[i], 10)})
		}
	}
	r.Table("小区建成年代", docx.Table{Columns: []docx.Column{
		{Title: "建成年代", Width: 30}, {Title: "小区（个）", Width: 20, Right: true}, {Title: "楼栋（栋）", Width: 20, Right: true}, {Title: "户数（户）", Width: 20, Right: true},
	}, Rows: rows})
	r.Paragraph(managementText(p.Communities))
	if loose := looseOf(p); loose != nil {
		text := fmt.Sprintf("另有不属于任何小区的楼栋 %d 栋", loose.Buildings)
		if loose.Households != nil {
			text += fmt.Sprintf("、%d 户", *loose.Households)
		}
		if loose.FloorAreaM2 != nil {
			text += fmt.Sprintf("，已登记的建筑面积 %s 平方米", said(*loose.FloorAreaM2))
		}
		r.Paragraph(text + "，已计入片区合计。")
	}
}

func decadeOf(year *int) int {
	switch {
	case year == nil:
		return 4
	case *year < 1980:
		return 0
	case *year < 1990:
		return 1
	case *year < 2000:
		return 2
	}
	return 3
}

func builtText(list []areaplan.Community) string {
	first, last, unknown := 0, 0, 0
	for i := range list {
		y := list[i].BuiltYear
		if y == nil {
			unknown++
			continue
		}
		if first == 0 || *y < first {
			first = *y
		}
		last = max(last, *y)
	}
	var text string
	switch {
	case first == 0:
		return "小区的建成年份均未登记。"
	case first == last:
		text = fmt.Sprintf("已登记建成年份的小区建成于 %d 年", first)
	default:
		text = fmt.Sprintf("小区最早建成于 %d 年，最晚建成于 %d 年", first, last)
	}
	if unknown > 0 {
		text += fmt.Sprintf("，%d 个小区的建成年份未登记", unknown)
	}
	return text + "。"
}

func managementText(list []areaplan.Community) string {
	number := map[string]int{}
	for i := range list {
		number[list[i].ManagementMode]++
	}
	var parts []string
	for _, mode := range []string{"professional", "service_centre", "self_managed"} {
		if number[mode] > 0 {
			parts = append(parts, fmt.Sprintf("%s %d 个", word(mode), number[mode]))
		}
	}
	if number[""] > 0 {
		parts = append(parts, fmt.Sprintf("未登记 %d 个", number[""]))
	}
	return "按物业管理方式，" + strings.Join(parts, "、") + "。"
}

func (r *report) facilities() {
	p := r.plan
	if len(p.Facilities) == 0 {
		r.Paragraph("片区内和周边没有登记的服务设施。")
		return
	}
	type tally struct {
		name                     string
		inside, around, proposed int
	}
	var list []*tally
	of := map[string]*tally{}
	inside, proposed := 0, 0
	for i := range p.Facilities {
		f := &p.Facilities[i]
		one := of[f.FacilityType]
		if one == nil {
			one = &tally{name: r.names.typeName(f)}
			of[f.FacilityType], list = one, append(list, one)
		}
		switch {
		case f.Proposed:
			one.proposed++
			proposed++
		case f.Inside:
			one.inside++
			inside++
		default:
			one.around++
		}
	}
	r.Paragraph(fmt.Sprintf("片区内现有服务设施 %d 处，周边现有 %d 处，本方案规划 %d 处，分类见下表。", inside, len(p.Facilities)-inside-proposed, proposed))
	rows := make([][]string, len(list))
	for i, t := range list {
		rows[i] = []string{t.name, strconv.Itoa(t.inside), strconv.Itoa(t.around), strconv.Itoa(t.proposed)}
	}
	rows = append(rows, []string{"合计", strconv.Itoa(inside), strconv.Itoa(len(p.Facilities) - inside - proposed), strconv.Itoa(proposed)})
	r.Table("服务设施", docx.Table{Columns: []docx.Column{
		{Title: "设施类型", Width: 46}, {Title: "片区内（处）", Width: 18, Right: true}, {Title: "周边（处）", Width: 18, Right: true}, {Title: "规划（处）", Width: 18, Right: true},
	}, Rows: rows, Total: true})
}
