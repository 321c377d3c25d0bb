package exporter

import (
	"fmt"
	"slices"
	"strings"

	"github.com/lianpian/lianpian/internal/areaplan"
	"github.com/lianpian/lianpian/internal/geo"
)

// aboutPlan is what one must know to read a file of the plan.
func aboutPlan(p *areaplan.Plan) []line {
	document := p.Versions.Policy
	if document == "" {
		document = p.District.PolicyKey + "@" + p.District.PolicyVersion
	}
	if p.District.PolicyTitle != "" {
		document = p.District.PolicyTitle + "，" + document
	}
	standards := p.District.ProfileName
	if p.Versions.Profile != "" {
		standards += "，" + p.Versions.Profile
	}
	zones := make([]string, len(p.Zones))
	for i := range p.Zones {
		zones[i] = fmt.Sprintf("%s（%s，版本 %d）", p.Zones[i].Name, p.Zones[i].Code, p.Zones[i].Version)
	}
	lines := []line{
		{label: "数据时间", value: p.At.In(beijing).Format("2006-01-02 15:04:05") + "（北京时间）"},
		{label: "导出时间", value: p.At.In(beijing).Format("2006-01-02 15:04:05") + "（北京时间）"},
		{label: "导出人", value: p.By},
		{label: "软件版本", value: p.Versions.Software},
		{label: "区", value: p.District.Name + "（" + p.District.Code + "）"},
		{label: "情景", value: fmt.Sprintf("%s（编号 %s，第 %d 版）", p.Scenario.Name, p.Scenario.Code, p.Scenario.Revision)},
		{label: "片区", value: strings.Join(zones, "\n")},
		{label: "实施方案", value: document},
		{label: "设施标准", value: standards},
		{label: "坐标系", value: "经纬度为 " + crs + "；投影为 " + planeName(p)},
		{label: "片区成员", value: "按片区设定的规则（全部在内、一半以上在内、相接或人工选定）；没有多边形的小区看位置点。楼栋为这些小区的楼栋，以及位置在片区内、不属于任何小区的楼栋。"},
		{label: "户数和建筑面积", value: "以小区填报的数值为准；小区没有填报的，取其楼栋之和。属于几个片区的小区和楼栋，在合计中只计一次。"},
		{label: "面积", value: "用地面积和基底面积按 CGCS2000 椭球面计算。"},
		{label: "纳入范围", value: "按实施方案的范围条款逐项判定；人工认定的写明认定人和理由。"},
		{label: "投资", value: "改造内容的投资为数量乘单价之和；没有列明的取项目填报的估算，其次按情景的估算规则。"},
		{label: "设施覆盖", value: coverageText(p)},
		{label: "数据来源", value: sourceText(p)},
	}
	return append(lines, cautions(p)...)
}

// cautions are what restricts the use of the figures.
func cautions(p *areaplan.Plan) []line {
	var lines []line
	if fromOpenStreetMap(p) {
		lines = append(lines, line{label: "地图数据署名", value: attribution})
	}
	if p.District.Notice != "" {
		lines = append(lines, line{label: "本区说明", value: p.District.Notice})
	}
	if p.District.Demo || p.Totals.Generated {
		lines = append(lines, line{label: "演示数据", value: "标有“（演示数据：生成）”的数值含有生成的演示数据，不能用于实际工作。"})
	}
	if p.Totals.Partial {
		lines = append(lines, line{label: "数据范围", value: "片区有一部分在导出人的权限范围之外，本文件只包含并只统计其权限范围之内的数据。"})
	}
	if slices.ContainsFunc(p.Communities, func(c areaplan.Community) bool { return c.CountsMasked }) {
		lines = append(lines, line{label: "不显示的数值", value: "为保护住户，户数过少的征求意见数值不显示。"})
	}
	return lines
}

// sourceText lists where the rows of a plan come from, in words.
func sourceText(p *areaplan.Plan) string {
	var said []string
	for _, source := range sourcesOf(p) {
		said = append(said, word(source))
	}
	return joined(said)
}

// planeName is the plane coordinate system of the district.
func planeName(p *areaplan.Plan) string {
	if c, ok := geo.NewCRS(p.District.SRID); ok {
		if zone, plane := c.Zone(); plane {
			return fmt.Sprintf("CGCS2000 / 3 度带高斯-克吕格，中央经线 %g°E（EPSG:%d）", zone.CentralMeridian, p.District.SRID)
		}
	}
	return "未设定"
}

// coverageText says how coverage was measured.
func coverageText(p *areaplan.Plan) string {
	if len(p.Coverage) == 0 {
		return "本方案没有设施覆盖计算结果。"
	}
	said := make([]string, len(p.Coverage))
	for i := range p.Coverage {
		r := &p.Coverage[i].Run
		said[i] = fmt.Sprintf("%s：%s ≤ %s，%s计算", r.FacilityName, word(r.Method), r.Limit.Words(), r.CreatedAt.In(beijing).Format("2006-01-02"))
		if r.Inputs.Profile != "" {
			said[i] += "，标准 " + r.Inputs.Profile
		}
	}
	return strings.Join(said, "\n")
}

func (z *zoneBook) notes() error {
	lines := append(aboutPlan(z.plan),
		line{label: "合计", value: "合计为公式并带有当前数值；有数值不显示或重复计数时，合计为方案的数值，不带公式。"},
		line{label: "斜体", value: "斜体的单元格含有生成的演示数据；没有斜体的为登记的数据。"},
	)
	for i := range lines {
		lines[i].format = wrapped
	}
	return z.lines("说明", z.plan.Title+" 说明", paperA4, []string{"项目", "内容"}, []float64{18, 110}, lines)
}

// sheetSources say where the figures of a sheet come from.
var sheetSources = map[string]string{
	"片区": "片区方案", "小区": "小区台账", "楼栋": "楼栋台账", "串线": "片区串线", "服务设施": "设施台账、情景的规划设施",
	"覆盖": "设施覆盖计算", "覆盖评分": "设施覆盖计算", "改造内容": "项目改造内容", "投资与分摊": "项目库、资金分摊",
}

// fields is the dictionary of the book's columns.
func (z *zoneBook) fields() error {
	rows := z.dictionary
	columns := []column[fieldNote]{
		{title: "工作表", width: 14, value: func(f *fieldNote) any { return f.sheet }},
		{title: "字段", width: 36, format: wrapped, value: func(f *fieldNote) any { return f.title }},
		{title: "单位", width: 12, value: func(f *fieldNote) any { return f.unit }},
		{title: "含义", width: 60, format: wrapped, value: func(f *fieldNote) any { return f.note }},
		{title: "来源", width: 30, format: wrapped, value: func(f *fieldNote) any { return sheetSources[f.sheet] }},
	}
	_, err := tableOf(z.book, "字段说明", z.plan.Title+" 字段说明", paperA4, 0, "", columns, rows, func(*fieldNote) []string { return nil })
	return err
}
