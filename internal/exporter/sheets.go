package exporter

import (
	"github.com/xuri/excelize/v2"

	"github.com/lianpian/lianpian/internal/coverage"
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
	"openstreetmap": "OpenStreetMap", "osm": "OpenStreetMap", "generated": "演示数据（生成）",
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
