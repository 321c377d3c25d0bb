package exporter

import (
	"fmt"
	"slices"
	"strings"

	"github.com/lianpian/lianpian/internal/areaplan"
	"github.com/lianpian/lianpian/internal/clock"
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
		{label: "数据时间", value: p.At.In(clock.China).Format("2006-01-02 15:04:05") + "（北京时间）"},
		{label: "导出时间", value: p.At.In(clock.China).Format("2006-01-02 15:04:05") + "（北京时间）"},
		{label: "导出人", value: p.By},
		{label: "软件版本", value: p.Versions.Software},
		{label: "区", value: p.District.Name + "（" + p.District.Code + "）"},
		{label: "方案", value: fmt.Sprintf("%s（编号 %s，第 %d 版）", p.Scenario.Name, p.Scenario.Code, p.Scenario.Revision)},
		{label: "片区", value: strings.Join(zones, "\n")},
		{label: "实施方案", value: document},
		{label: "设施标准", value: standards},
		{label: "坐标系", value: "经纬度为 " + crs + "；投影为 " + planeName(p)},
		{label: "片区成员", value: "按片区设定的规则（全部在内、一半以上在内、相接或人工选定）；没有多边形的小区看位置点。楼栋为这些小区的楼栋，以及位置在片区内、不属于任何小区的楼栋。"},
		{label: "户数和建筑面积", value: "以小区填报的数值为准；小区没有填报的，取其楼栋之和。属于几个片区的小区和楼栋，在合计中只计一次。"},
		{label: "面积", value: "用地面积和基底面积按 CGCS2000 椭球面计算。"},
		{label: "纳入范围", value: "按实施方案的范围条款逐项判定；人工认定的写明认定人和理由。"},
		{label: "投资", value: "改造内容的投资为数量乘单价之和；没有列明的取项目填报的估算，其次按方案的估算规则。"},
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
		said[i] = fmt.Sprintf("%s：%s ≤ %s，%s计算", r.FacilityName, word(r.Method), r.Limit.Words(), r.CreatedAt.In(clock.China).Format("2006-01-02"))
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
	"片区": "片区方案", "小区": "小区台账", "楼栋": "楼栋台账", "串线": "片区串线", "服务设施": "设施台账、方案的规划设施",
	"覆盖": "设施覆盖计算", "覆盖评分": "设施覆盖计算", "改造内容": "项目改造内容", "投资与分摊": "项目库、资金分摊",
}

// commonNotes say what the columns of the same name in several sheets are.
var commonNotes = map[string]string{
	"片区编号": "系统给定，改名后不变", "片区名称": "方案内不重复", "片区": "所属片区的名称，可有几个", "小区编号": "台账编号", "小区名称": "台账名称",
	"相邻小区编号": "台账编号", "相邻小区名称": "台账名称", "小区": "小区名称", "楼栋编号": "台账编号", "楼栋名称": "栋号或名称", "设施编号": "台账编号；规划设施为方案内的编号",
	"项目编号": "项目库编号", "项目名称": "项目库名称", "街道（镇）": "所在街道或镇", "社区": "所在社区", "地址": "台账登记的地址", "类型": "小区、独栋或社区",
	"建成年份": "公元年；空格为没有登记", "实施年度": "公元年；空格为没有安排", "楼栋数": "在册楼栋", "户数": "以小区填报为准，没有填报的取楼栋之和",
	"建筑面积": "以小区填报为准，没有填报的取楼栋之和", "小区数": "属于片区的小区", "纳入范围的小区": "判定为纳入改造范围的小区", "纳入范围的户数": "判定为纳入的小区的户数",
	"投资依据": "改造内容：按列明的内容；估算：按项目或方案的估算", "版本": "每次保存加一", "最后修改": "北京时间", "更新日期": "最近一次修改，北京时间", "备注": "登记的备注",
	"数据来源": "数值从哪里来", "管理方式": "物业管理方式", "判定依据": "起作用的条款和事实", "用途": "住宅、商业、公共、工业、商住", "层数": "地上层数", "高度": "地面以上",
	"设施类型": "设施标准的类型名称", "设施名称": "台账名称", "计算方法": "直线距离、步行距离或步行时间", "限值": "设施允许的最远距离或时间", "限值的依据": "标准的条款；没有标准的为用户填写",
	"本方案户数": "参与计算的户数", "本方案覆盖户数": "限值以内至少有一处设施的户数", "计算日期": "北京时间", "计算时的片区版本": "片区此后可能修改过", "沿线街道": "串线所沿的街道",
	"经过的街道": "依次经过的街道和长度", "说明": "阅读数值须知", "位置": "在片区之内或周边", "类别": "实施方案附件 1 的类别", "改造内容": "实施方案附件 1 的项目名称",
	"性质": "基础项、增加项或统筹实施项", "改造标准": "实施方案附件 1 的标准", "答复": "实施、不需要或无法实施", "不实施的理由": "填报的理由", "数量": "填报的数量", "计量单位": "数量的单位",
	"单价": "填报的单价", "项目库": "综合改造或管理提升", "状态": "入库的进度", "阶段": "储备、谋划或实施", "进展情况": "按实施方案附件 5 的说法",
}

// fields is the dictionary of the book's columns.
func (z *zoneBook) fields() error {
	rows := z.dictionary
	columns := []column[fieldNote]{
		{title: "工作表", width: 14, value: func(f *fieldNote) any { return f.sheet }},
		{title: "字段", width: 36, format: wrapped, value: func(f *fieldNote) any { return f.title }},
		{title: "单位", width: 12, value: func(f *fieldNote) any { return f.unit }},
		{title: "含义", width: 60, format: wrapped, value: func(f *fieldNote) any {
			if f.note == "" {
				return commonNotes[f.title]
			}
			return f.note
		}},
		{title: "来源", width: 30, format: wrapped, value: func(f *fieldNote) any { return sheetSources[f.sheet] }},
	}
	_, err := tableOf(z.book, "字段说明", z.plan.Title+" 字段说明", paperA4, 0, "", columns, rows, func(*fieldNote) []string { return nil })
	return err
}
