package exporter

import (
	"slices"
	"strings"

	"github.com/lianpian/lianpian/internal/areaplan"
)

// attribution is what the licence of OpenStreetMap's data asks to be shown.
const attribution = "© OpenStreetMap contributors，依据开放数据库许可（ODbL 1.0）使用，https://www.openstreetmap.org/copyright"

// crs says which coordinates a plan has.
const crs = "CGCS2000 经纬度（EPSG:4490），在本图精度内与 WGS 84 相同"

// generated lists the fields of which some value is generated demo data.
func generated[T any](rows []T, of func(*T) []string) map[string]bool {
	fields := map[string]bool{}
	for i := range rows {
		for _, field := range of(&rows[i]) {
			fields[field] = true
		}
	}
	return fields
}

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

// sourcesOf lists where the rows of a plan come from, each once.
func sourcesOf(p *areaplan.Plan) []string {
	var list []string
	add := func(source string) {
		if source != "" && !slices.Contains(list, source) {
			list = append(list, source)
		}
	}
	for i := range p.Communities {
		add(p.Communities[i].Source)
	}
	for i := range p.Buildings {
		add(p.Buildings[i].Source)
	}
	for i := range p.Facilities {
		add(p.Facilities[i].Source)
	}
	slices.Sort(list)
	return list
}

// fromOpenStreetMap tells whether some row of a plan, or its base map, comes from
// OpenStreetMap.
func fromOpenStreetMap(p *areaplan.Plan) bool {
	if strings.Contains(strings.ToLower(p.District.Notice), "openstreetmap") || len(p.Surroundings.Roads)+len(p.Surroundings.Water)+len(p.Surroundings.Green) > 0 {
		return true
	}
	return slices.ContainsFunc(sourcesOf(p), func(s string) bool {
		s = strings.ToLower(s)
		return strings.Contains(s, "osm") || strings.Contains(s, "openstreetmap")
	})
}
