package exporter

import (
	"fmt"
	"strings"

	"github.com/xuri/excelize/v2"

	"github.com/lianpian/lianpian/internal/coverage"
	"github.com/lianpian/lianpian/internal/policy"
	"github.com/lianpian/lianpian/internal/zone"
)

// words are the Chinese names of stored values.
var words = map[string]string{
	"in": "纳入", "out": "不纳入", "borderline": "待定",
	"professional": "专业物业企业", "service_centre": "社区物业服务中心", "self_managed": "居民自治管理",
	"compound": "小区", "single_building": "独栋", "community": "社区",
	"residential": "住宅", "commercial": "商业", "public": "公共", "industrial": "工业", "mixed": "商住",
	"items": "改造内容", "estimate": "估算", "none": "没有数据",
	"comprehensive": "综合改造项目库", "management": "管理提升项目库",
	"applied": "已申请", "accepted": "已受理", "confirmed": "已入库", "returned": "已退回", "withdrawn": "已撤回", "closed": "已结项",
	"reserve": "储备", "plan": "谋划", "implement": "实施",
	"do": "实施", "not_needed": "不需要", "cannot": "无法实施",
	"residents": "居民自筹", "pipelines": "管线单位", "society": "社会资金", "central": "中央财政", "municipal": "市级财政",
	"district": "区级财政", "bonds": "地方政府专项债券",
	"single_item": "做过单项改造", "partial": "做过局部改造",
	coverage.MethodRadius: "直线距离", coverage.MethodWalk: "步行距离", coverage.MethodWalkSlope: "步行时间（计坡度）",
}

// word translates a stored value; one that has no Chinese name stays as it is.
func word(s string) string {
	if zh, ok := words[s]; ok {
		return zh
	}
	return s
}

// line is a row of a sheet of two or three columns.
type line struct {
	label  string
	value  any
	format format
	unit   string
	made   bool   // rests on generated demo data
	sum    string // a formula whose present value the value is
}

func (b *book) lines(name, title string, paper int, header []string, widths []float64, lines []line) error {
	out, err := b.sheet(name, title, paper, 0, 0, widths)
	if err != nil {
		return err
	}
	head, err := b.style(style{header: true})
	if err != nil {
		return err
	}
	if err := out.SetRow("A1", styled(head, header), height(1)); err != nil {
		return err
	}
	for i, l := range lines {
		label, err := b.style(style{format: text})
		if err != nil {
			return err
		}
		value, err := b.style(style{format: l.format, generated: l.made})
		if err != nil {
			return err
		}
		cells := styled(label, []string{l.label, "", l.unit})[:len(header)]
		cells[1] = excelize.Cell{StyleID: value, Value: plain(l.value), Formula: l.sum}
		tall := 1
		if l.format == wrapped {
			tall = linesOf(plain(l.value), widths[1])
		}
		if err := out.SetRow(cell(1, i+2), cells, height(tall)); err != nil {
			return err
		}
	}
	if err := b.printArea(name, len(header), len(lines)+1); err != nil {
		return err
	}
	return out.Flush()
}

func (b *book) summary(p Plan) error {
	t := p.Zone.Totals
	lines := []line{
		{label: "区", value: p.District.Name},
		{label: "片区名称", value: p.Zone.Name},
		{label: "片区编号", value: p.Zone.Code},
		{label: "版本", value: int64(p.Zone.Version), format: count},
		{label: "街道（镇）", value: strings.Join(p.Subdistricts, "、"), format: wrapped},
		{label: "片区用地面积", value: &t.AreaM2, format: area, unit: "平方米"},
		{label: "小区数", value: t.Communities, format: count, unit: "个"},
		{label: "楼栋数", value: t.Buildings, format: count, unit: "栋"},
		{label: "户数", value: t.Households, format: count, unit: "户", made: t.Generated},
		{label: "建筑面积", value: &t.FloorAreaM2, format: area, unit: "平方米", made: t.Generated},
		{label: "纳入范围的小区数", value: t.EligibleCommunities, format: count, unit: "个", made: t.Generated},
		{label: "纳入范围的户数", value: t.EligibleHouseholds, format: count, unit: "户", made: t.Generated},
		{label: "纳入占比", value: t.EligibleShare, format: share, made: t.Generated},
		{label: "最后修改", value: p.Zone.UpdatedAt, format: date},
		{label: "修改人", value: p.Zone.UpdatedBy},
		{label: "备注", value: p.Zone.Note, format: wrapped},
	}
	for i := range lines {
		if lines[i].made {
			lines[i].unit = strings.TrimSpace(lines[i].unit + "（演示数据：生成）")
		}
	}
	return b.lines("片区汇总", p.Zone.Name+" 片区汇总", paperA4, []string{"项目", "数值", "单位"}, []float64{24, 44, 30}, lines)
}

func (b *book) communities(p Plan) error {
	rows := p.Communities
	if loose := p.loose(); loose != nil {
		rows = append(rows[:len(rows):len(rows)], *loose)
	}
	type c = Community
	columns := []column[c]{
		{title: "小区编号", width: 16, value: func(c *c) any { return c.Code }},
		{title: "小区名称", width: 24, field: "name", value: func(c *c) any { return c.Name }},
		{title: "街道（镇）", width: 14, value: func(c *c) any { return c.SubdistrictName }},
		{title: "地址", width: 26, format: wrapped, field: "address", value: func(c *c) any { return c.Address }},
		{title: "类型", width: 8, value: func(c *c) any { return word(c.UnitKind) }},
		{title: "建成年份", width: 10, format: year, field: "built_year", value: func(c *c) any { return c.BuiltYear }},
		{title: "楼栋数（栋）", width: 13, format: count, sum: true, value: func(c *c) any { return c.Buildings }},
		{title: "户数（户）", width: 10, format: count, field: "households", sum: true, value: func(c *c) any { return c.Households }},
		{title: "建筑面积（平方米）", width: 19, format: area, field: "floor_area_m2", sum: true, value: func(c *c) any { return c.FloorAreaM2 }},
		{title: "用地面积（平方米）", width: 19, format: area, sum: true, value: func(c *c) any { return c.LandAreaM2 }},
		{title: "管理方式", width: 16, field: "management_mode", value: func(c *c) any { return word(c.ManagementMode) }},
		{title: "纳入范围", width: 10, value: func(c *c) any { return word(c.Eligibility) }},
		{title: "判定依据", width: 44, format: wrapped, value: func(c *c) any { return proof(c) }},
		{title: "备注", width: 20, format: wrapped, field: "remark", value: func(c *c) any { return c.Remark }},
		{title: "数据来源", width: 16, value: func(c *c) any { return c.Source }},
		{title: "更新日期", width: 12, format: date, value: func(c *c) any {
			if c.UpdatedAt.IsZero() {
				return nil
			}
			return c.UpdatedAt
		}},
	}
	return table(b, "小区", p.Zone.Name+" 小区清单", paperA3, columns, rows, (*Community).generated)
}

// proof says in sentences what the verdict rests on: the clauses that decided
// and, where a person decided otherwise, who and why.
func proof(c *Community) string {
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

func (b *book) buildings(p Plan) error {
	type c = Building
	columns := []column[c]{
		{title: "楼栋编号", width: 18, value: func(b *c) any { return b.Code }},
		{title: "楼栋名称", width: 18, field: "name", value: func(b *c) any { return b.Name }},
		{title: "小区编号", width: 16, value: func(b *c) any { return b.CommunityCode }},
		{title: "小区名称", width: 24, value: func(b *c) any { return b.CommunityName }},
		{title: "街道（镇）", width: 14, value: func(b *c) any { return b.SubdistrictName }},
		{title: "用途", width: 10, field: "use", value: func(b *c) any { return word(b.Use) }},
		{title: "层数（层）", width: 9, format: count, field: "storeys", value: func(b *c) any { return b.Storeys }},
		{title: "高度（米）", width: 10, format: area, field: "height_m", value: func(b *c) any { return b.HeightM }},
		{title: "建成年份", width: 10, format: year, field: "built_year", value: func(b *c) any { return b.BuiltYear }},
		{title: "户数（户）", width: 10, format: count, field: "households", sum: true, value: func(b *c) any { return b.Households }},
		{title: "建筑面积（平方米）", width: 19, format: area, field: "floor_area_m2", sum: true, value: func(b *c) any { return b.FloorAreaM2 }},
		{title: "基底面积（平方米）", width: 19, format: area, field: "footprint_m2", sum: true, value: func(b *c) any { return b.FootprintM2 }},
		{title: "数据来源", width: 16, value: func(b *c) any { return b.Source }},
		{title: "更新日期", width: 12, format: date, value: func(b *c) any { return b.UpdatedAt }},
	}
	return table(b, "楼栋", p.Zone.Name+" 楼栋清单", paperA3, columns, p.Buildings, (*Building).generated)
}

// strings lists the streets that tie the zone's communities together.
func (b *book) strings(p Plan) error {
	if len(p.Strings) == 0 {
		return nil
	}
	type c = zone.String
	columns := []column[c]{
		{title: "沿线街道", width: 24, value: func(s *c) any {
			if s.Name == "" {
				return "无名路"
			}
			return s.Name
		}},
		{title: "小区编号", width: 16, value: func(s *c) any { return s.A }},
		{title: "小区名称", width: 24, value: func(s *c) any { return s.AName }},
		{title: "相邻小区编号", width: 16, value: func(s *c) any { return s.B }},
		{title: "相邻小区名称", width: 24, value: func(s *c) any { return s.BName }},
		{title: "长度（米）", width: 12, format: area, sum: true, value: func(s *c) any { return s.LengthM }},
		{title: "经过的街道", width: 44, format: wrapped, value: func(s *c) any { return zone.StreetsText(s.Streets) }},
		{title: "说明", width: 24, format: wrapped, value: func(s *c) any {
			if s.Straight {
				return "直线，沿线道路未知"
			}
			return ""
		}},
	}
	return table(b, "串线", p.Zone.Name+" 串线清单", paperA4, columns, p.Strings, func(*c) []string { return nil })
}

func (b *book) runs(p Plan) error {
	if len(p.Runs) == 0 {
		return nil
	}
	type c = coverage.Run
	part := func(covered, all int64) any {
		if all == 0 {
			return nil
		}
		return float64(covered) / float64(all)
	}
	columns := []column[c]{
		{title: "设施类型", width: 24, value: func(r *c) any { return r.FacilityName }},
		{title: "计算方法", width: 10, value: func(r *c) any { return word(r.Method) }},
		{title: "限值（米）", width: 10, format: count, value: func(r *c) any { return r.Limit.Metres }},
		{title: "限值（分钟）", width: 10, format: count, value: func(r *c) any { return r.Limit.Minutes }},
		{title: "限值的依据", width: 30, format: wrapped, value: func(r *c) any {
			if r.Standard == nil {
				return "用户填写"
			}
			return fmt.Sprintf("%s %s（核对程度 %s）", r.Standard.Source, r.Standard.Clause, r.Standard.Mark)
		}},
		{title: "楼栋（栋）", width: 10, format: count, value: func(r *c) any { return r.Summary.Buildings }},
		{title: "覆盖楼栋（栋）", width: 15, format: count, value: func(r *c) any { return r.Summary.CoveredBuildings }},
		{title: "户数（户）", width: 10, format: count, value: func(r *c) any { return r.Summary.Households }},
		{title: "覆盖户数（户）", width: 15, format: count, value: func(r *c) any { return r.Summary.CoveredHouseholds }},
		{title: "户数覆盖率", width: 12, format: share, value: func(r *c) any {
			return part(r.Summary.CoveredHouseholds, r.Summary.Households)
		}},
		{title: "计算时的片区版本", width: 17, format: count, value: func(r *c) any { return r.Inputs.ZoneVersion }},
		{title: "计算日期", width: 12, format: date, value: func(r *c) any { return r.CreatedAt }},
		{title: "说明", width: 50, format: wrapped, value: func(r *c) any { return strings.Join(r.Notes, "\n") }},
	}
	return table(b, "覆盖", p.Zone.Name+" 设施覆盖", paperA4, columns, p.Runs, func(r *c) []string { return nil })
}

func (b *book) notes(p Plan) error {
	policyName := p.District.PolicyKey + "（版本 " + p.District.PolicyVersion + "）"
	if p.District.PolicyTitle != "" {
		policyName = p.District.PolicyTitle + "，" + policyName
	}
	lines := []line{
		{label: "导出时间", value: p.At.In(beijing).Format("2006-01-02 15:04:05") + "（北京时间）"},
		{label: "导出人", value: p.By},
		{label: "区", value: p.District.Name + "（" + p.District.Code + "）"},
		{label: "片区", value: fmt.Sprintf("%s（%s，版本 %d）", p.Zone.Name, p.Zone.Code, p.Zone.Version)},
		{label: "实施方案", value: policyName},
		{label: "设施标准", value: p.District.ProfileName},
		{label: "坐标系", value: crs},
		{label: "片区成员", value: "小区多边形一半以上位于片区内（没有多边形的看位置点）即属于片区；楼栋为这些小区的楼栋，以及位置在片区内、不属于任何小区的楼栋。"},
		{label: "户数和建筑面积", value: "以小区填报的数值为准；小区没有填报的，取其楼栋之和。"},
		{label: "面积", value: "用地面积和基底面积按 CGCS2000 椭球面计算。"},
		{label: "数据来源", value: strings.Join(p.sources(), "；")},
	}
	if p.openStreetMap() {
		lines = append(lines, line{label: "地图数据署名", value: attribution})
	}
	if p.District.Notice != "" {
		lines = append(lines, line{label: "本区说明", value: p.District.Notice})
	}
	if p.Zone.Totals.Generated {
		lines = append(lines, line{label: "演示数据", value: "表头标有“（演示数据：生成）”的列含有生成的演示数据，这些单元格用斜体标出，不能用于实际工作。"})
	}
	if p.Zone.Totals.Partial {
		lines = append(lines, line{label: "数据范围", value: "片区有一部分在导出人的权限范围之外，本文件只包含并只统计其权限范围之内的数据。"})
	}
	for i := range lines {
		lines[i].format = wrapped
	}
	return b.lines("说明", p.Zone.Name+" 说明", paperA4, []string{"项目", "内容"}, []float64{18, 110}, lines)
}
