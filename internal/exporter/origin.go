package exporter

import (
	"strings"

	"github.com/lianpian/lianpian/internal/areaplan"
)

// Origin says in sentences where a plan's data come from: what the licence of
// OpenStreetMap asks to be shown, and what is generated.
func Origin(p *areaplan.Plan) []string {
	said := []string{"数据来源：" + strings.Join(sourcesOf(p), "、")}
	if fromOpenStreetMap(p) {
		said = append(said, attribution)
	}
	if p.District.Notice != "" {
		said = append(said, p.District.Notice)
	}
	if p.District.Demo || p.Totals.Generated {
		said = append(said, "部分数据为演示数据（生成），不能用于实际工作。")
	}
	return said
}
