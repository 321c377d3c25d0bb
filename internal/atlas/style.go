package atlas

import (
	"fmt"
	"math"

	"github.com/lianpian/lianpian/internal/atlas/paper"
)

// style says how one class of things is drawn. Its key is unique in a sheet, and
// its title is what the legend says. Classes of one theme differ in lightness and
// hatch, too, so that they can be told apart without colours.
type style struct {
	key, title string
	form       form
	fill       string // #rrggbb, "" for none
	stroke     string
	width      float64 // of the stroke, mm
	dash       []float64
	hatch      paper.Hatch
	ink        string  // of the hatch
	casing     string  // colour of a wider line below a line
	metres     float64 // true width of a road
	mark       mark
	order      int // place in the legend
}

type form int

const (
	areal form = iota
	linear
	punctual
)

// mark is the symbol of a facility.
type mark struct {
	char     string
	colour   string
	proposed bool
}

// sized is a style for a paper whose texts are k times those of A3: lines grow
// and shrink with it, but not as much.
func (st style) sized(k float64) style {
	k = math.Max(0.85, math.Min(k, 1.7))
	st.width *= k
	st.hatch.Spacing *= k
	dash := make([]float64, len(st.dash))
	for i, d := range st.dash {
		dash[i] = d * k
	}
	if st.dash != nil {
		st.dash = dash
	}
	return st
}

// Base map.
var (
	waterStyle        = style{key: "water", title: "水域", form: areal, fill: "#cfe3ef", stroke: "#8fb8d0", width: 0.15, hatch: paper.Hatch{Angle: 0, Spacing: 2.2}, ink: "#a9cce0", order: 900}
	waterwayStyle     = style{key: "waterway", title: "河流、水渠", form: linear, stroke: "#8fb8d0", width: 0.5, order: 901}
	greenStyle        = style{key: "green", title: "绿地", form: areal, fill: "#e3efd9", stroke: "#b9d3a5", width: 0.12, order: 902}
	otherBuilding     = style{key: "other_building", title: "片区外楼栋", form: areal, fill: "#eeeeec", stroke: "#bdbdb8", width: 0.12, order: 890}
	otherCommunity    = style{key: "other_community", title: "片区外小区", form: areal, stroke: "#9a9a94", width: 0.18, dash: []float64{1.2, 0.8}, order: 891}
	subdistrictLine   = style{key: "subdistrict", title: "街道（镇）界", form: linear, stroke: "#6f6a7d", width: 0.35, dash: []float64{4, 1.2, 0.6, 1.2}, order: 910}
	neighborLine      = style{key: "neighborhood", title: "社区界", form: linear, stroke: "#8b8794", width: 0.22, dash: []float64{2, 1.2}, order: 911}
	railwayStyle      = style{key: "railway", title: "铁路、轨道交通", form: linear, stroke: "#6a6a6a", width: 0.45, dash: []float64{2.4, 1.4}, order: 905}
	zoneLine          = style{key: "zone", title: "片区范围", form: areal, stroke: "#b3261e", width: 0.9, dash: []float64{5, 1.4, 1.2, 1.4}, casing: "#ffffff", order: 1}
	otherZoneLine     = style{key: "other_zone", title: "其他片区范围", form: areal, stroke: "#b3261e", width: 0.4, dash: []float64{2.5, 1.5}, order: 2}
	communityLine     = style{key: "community", title: "小区范围", form: areal, stroke: "#4a4a46", width: 0.3, order: 10}
	otherZoneBuilding = style{key: "zone_building", title: "其他片区楼栋", form: areal, fill: "#ecebe6", stroke: "#a8a59c", width: 0.12, order: 889}
	plainBuilding     = style{key: "building", title: "楼栋", form: areal, fill: "#e2ddd2", stroke: "#6b665c", width: 0.15, order: 20}
	stringStyle       = style{key: "string", title: "连线（串点成线）", form: linear, stroke: "#c2410c", width: 1.1, casing: "#ffffff", order: 5}
	straightStyle     = style{key: "straight", title: "连线（直线示意）", form: linear, stroke: "#c2410c", width: 0.7, dash: []float64{2.2, 1.2}, casing: "#ffffff", order: 5}
	nodeStyle         = style{key: "node", title: "连线的小区", form: punctual, order: 6}
	gapStyle          = style{key: "gap", title: "服务盲区", form: areal, stroke: "#8f1d14", width: 0.4, dash: []float64{1.6, 0.9}, hatch: paper.Hatch{Angle: 135, Spacing: 2.4}, ink: "#c96a60", order: 30}
	reachStyle        = style{key: "reach", title: "服务可达范围", form: areal, fill: "#edf4e8", stroke: "#4d8a45", width: 0.35, dash: []float64{3, 1}, order: 31}
	sheetFrameStyle   = style{key: "sheet_frame", title: "分幅范围（图号）", form: areal, stroke: "#1f4e79", width: 0.35, order: 3}
)

// roadStyles are the streets: drawn in their true width where the scale allows it.
var roadStyles = []struct {
	classes []string
	style   style
}{
	{[]string{"motorway", "motorway_link", "trunk", "trunk_link"}, style{key: "road_fast", title: "高速公路、快速路", form: linear, stroke: "#f6dfc0", casing: "#b89a6b", metres: 16, width: 0.9, order: 920}},
	{[]string{"primary", "primary_link", "secondary", "secondary_link"}, style{key: "road_main", title: "主、次干路", form: linear, stroke: "#fdf6e6", casing: "#b5ab97", metres: 12, width: 0.7, order: 921}},
	{[]string{"tertiary", "tertiary_link", "unclassified", "residential", "living_street", "pedestrian", "road"}, style{key: "road_side", title: "支路、街巷", form: linear, stroke: "#ffffff", casing: "#bcbab3", metres: 7, width: 0.45, order: 922}},
	{[]string{"service", "track", "busway"}, style{key: "road_service", title: "内部道路", form: linear, stroke: "#ffffff", casing: "#cfcdc7", metres: 4, width: 0.25, order: 923}},
	{nil, style{key: "road_path", title: "步行道、台阶", form: linear, stroke: "#9b948a", width: 0.18, dash: []float64{0.9, 0.6}, order: 924}},
}

// roadStyle is the style of a class of the base map: what is not known as a
// street for vehicles is a path.
func roadStyle(class string) style {
	for _, r := range roadStyles {
		for _, c := range r.classes {
			if c == class {
				return r.style
			}
		}
	}
	return roadStyles[len(roadStyles)-1].style
}

// ageStyles are residential buildings by the year they were built, the oldest
// darkest.
var ageStyles = []struct {
	before int // year
	style  style
}{
	{1980, style{key: "age_1979", title: "住宅：1979年及以前", form: areal, fill: "#b5653f", stroke: "#5d3420", width: 0.15, hatch: paper.Hatch{Angle: 45, Spacing: 0.8, Crossed: true}, ink: "#7a3d20", order: 40}},
	{1990, style{key: "age_1980", title: "住宅：1980–1989年", form: areal, fill: "#d3925c", stroke: "#6b4526", width: 0.15, hatch: paper.Hatch{Angle: 45, Spacing: 0.9}, ink: "#8a5227", order: 41}},
	{2001, style{key: "age_1990", title: "住宅：1990–2000年", form: areal, fill: "#ecc68f", stroke: "#7b6138", width: 0.15, order: 42}},
	{9999, style{key: "age_2001", title: "住宅：2001年及以后", form: areal, fill: "#faefd2", stroke: "#8d8058", width: 0.15, hatch: paper.Hatch{Angle: 135, Spacing: 2}, ink: "#d9c48f", order: 43}},
}

var (
	ageUnknown = style{key: "age_unknown", title: "住宅：年份不详", form: areal, fill: "#ffffff", stroke: "#7d7d78", width: 0.18, hatch: paper.Hatch{Angle: 45, Spacing: 1.8}, ink: "#b5b5ae", order: 44}
	useStyles  = map[string]style{
		"commercial": {key: "use_commercial", title: "商业", form: areal, fill: "#e7a6a0", stroke: "#7c3f3a", width: 0.15, hatch: paper.Hatch{Angle: 135, Spacing: 1.1}, ink: "#b0544c", order: 45},
		"public":     {key: "use_public", title: "公共服务", form: areal, fill: "#cfb3d6", stroke: "#5e4467", width: 0.15, hatch: paper.Hatch{Angle: 90, Spacing: 1.1}, ink: "#8b6597", order: 46},
		"industrial": {key: "use_industrial", title: "工业", form: areal, fill: "#c3b5a4", stroke: "#574c3f", width: 0.15, hatch: paper.Hatch{Angle: 0, Spacing: 1.1}, ink: "#7d6d5a", order: 47},
		"mixed":      {key: "use_mixed", title: "商住", form: areal, fill: "#f0c3a0", stroke: "#7d5234", width: 0.15, hatch: paper.Hatch{Angle: 0, Spacing: 1.4, Crossed: true}, ink: "#c48a60", order: 48},
	}
	useOther = style{key: "use_other", title: "其他用途", form: areal, fill: "#dcdcd8", stroke: "#75756f", width: 0.15, order: 49}
)

// existingStyle is the style of a building by use and, for housing, by age.
func existingStyle(use string, year *int) style {
	if use != "" && use != "residential" {
		if s, known := useStyles[use]; known {
			return s
		}
		return useOther
	}
	if year == nil {
		return ageUnknown
	}
	for _, a := range ageStyles {
		if *year < a.before {
			return a.style
		}
	}
	return ageUnknown
}

// eligibilityStyles are communities by what the policy says of them.
var eligibilityStyles = map[string]style{
	"in":         {key: "eligible_in", title: "小区：纳入改造范围", form: areal, fill: "#d3e4c4", stroke: "#3f5a2c", width: 0.3, order: 11},
	"borderline": {key: "eligible_borderline", title: "小区：待定", form: areal, fill: "#f6e7b8", stroke: "#7a6522", width: 0.3, hatch: paper.Hatch{Angle: 45, Spacing: 2}, ink: "#cdb15c", order: 12},
	"out":        {key: "eligible_out", title: "小区：不纳入", form: areal, fill: "#e9e9e6", stroke: "#6e6e68", width: 0.3, hatch: paper.Hatch{Angle: 135, Spacing: 3}, ink: "#bdbdb6", order: 13},
}

// coverageStyles are buildings by how many of the facility types reach them.
var (
	coveredStyle   = style{key: "covered", title: "已覆盖楼栋", form: areal, fill: "#c4dcb9", stroke: "#3f6b36", width: 0.15, order: 25}
	missingOne     = style{key: "missing_1", title: "缺1–2类服务的楼栋", form: areal, fill: "#f4dd9b", stroke: "#80661c", width: 0.15, hatch: paper.Hatch{Angle: 45, Spacing: 1.4}, ink: "#c29a3a", order: 26}
	missingSome    = style{key: "missing_3", title: "缺3类及以上服务的楼栋", form: areal, fill: "#e2a07c", stroke: "#7d3c1d", width: 0.15, hatch: paper.Hatch{Angle: 45, Spacing: 0.9}, ink: "#9c4d26", order: 27}
	uncoveredStyle = style{key: "uncovered", title: "未覆盖楼栋", form: areal, fill: "#d3705a", stroke: "#6b1f12", width: 0.15, hatch: paper.Hatch{Angle: 45, Spacing: 0.9}, ink: "#8f2f1e", order: 28}
	notJudged      = style{key: "not_judged", title: "未参与计算的楼栋", form: areal, fill: "#f4f4f2", stroke: "#9b9b95", width: 0.15, order: 29}
)

// phaseStyle is the style of what is done in the n-th year of a plan.
func phaseStyle(year, n int) style {
	looks := []style{
		{fill: "#6ea3c0", ink: "#3a708f", hatch: paper.Hatch{Angle: 45, Spacing: 1.3, Crossed: true}},
		{fill: "#a3c9d6", ink: "#5b95aa", hatch: paper.Hatch{Angle: 45, Spacing: 1.6}},
		{fill: "#cfe4e6"},
		{fill: "#e9f2ee", ink: "#93b9b6", hatch: paper.Hatch{Angle: 135, Spacing: 2.6}},
		{fill: "#efe6cf", ink: "#c3ab6c", hatch: paper.Hatch{Angle: 0, Spacing: 2}},
		{fill: "#e5d0b8", ink: "#a37c4f", hatch: paper.Hatch{Angle: 90, Spacing: 1.6}},
	}
	s := looks[min(n, len(looks)-1)]
	s.key, s.title, s.form = fmt.Sprintf("year_%d", year), fmt.Sprintf("%d年实施", year), areal
	s.stroke, s.width, s.order = "#2f4858", 0.3, 60+n
	return s
}

var noYear = style{key: "year_none", title: "未定年度", form: areal, fill: "#ffffff", stroke: "#6e6e68", width: 0.3, dash: []float64{1.4, 0.8}, order: 99}
