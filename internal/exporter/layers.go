package exporter

import (
	"time"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/areaplan"
	"github.com/lianpian/lianpian/internal/geofile"
	"github.com/lianpian/lianpian/internal/zone"
)

// Layers are a plan as layers of features with Chinese titles, styles and short
// names, in lon/lat degrees: zones, communities, those without an outline as
// points, buildings, facilities, strings, gaps, and the tables of projects, items
// and coverage scores. Layers without a row are there, too.
func Layers(p *areaplan.Plan) []geofile.Layer {
	layers := []geofile.Layer{zoneLayer(p), communityLayer.layer(p.Communities)}
	if points := pointsOnly(p.Communities); len(points) > 0 {
		layers = append(layers, communityPoints.layer(points))
	}
	return append(layers,
		buildingLayer.layer(p.Buildings), facilityLayer.layer(p.Facilities),
		stringLayer.layer(stringRows(p)), gapLayer.layer(gapRows(p)),
		projectLayer(p), itemLayer.layer(p.Items), scoreLayer.layer(scoreRows(p)))
}

const generatedNote = "列出的字段为演示数据（生成），不能用于实际工作"

func zoneLayer(p *areaplan.Plan) geofile.Layer {
	type z = areaplan.Zone
	names := map[string]string{}
	for _, s := range p.Surroundings.Subdistricts {
		names[s.Code] = s.Name
	}
	for i := range p.Communities {
		names[p.Communities[i].SubdistrictCode] = p.Communities[i].SubdistrictName
	}
	whole := func(of func(t zone.Totals) int64) func(*z) *int64 {
		return func(r *z) *int64 { return this(of(r.Totals)) }
	}
	return sheetOf[z]{
		name: "zones", title: "片区", shape: geofile.Areas,
		style: geofile.Style{Fill: "#c4155f", Stroke: "#c4155f", Width: 0.7, Opacity: 0.08, Label: "name"},
		place: func(r *z) orb.Geometry { return shapeOf(r.Outline) },
		attributes: []attribute[z]{
			texts("code", "片区编号", "CODE", func(r *z) string { return r.Code }),
			texts("name", "片区名称", "NAME", func(r *z) string { return r.Name }),
			texts("subdistrict_name", "街道", "SUBDIST", func(r *z) string {
				said := make([]string, 0, len(r.SubdistrictCodes))
				for _, code := range r.SubdistrictCodes {
					if name := names[code]; name != "" {
						said = append(said, name)
						continue
					}
					said = append(said, code)
				}
				return listed(said)
			}),
			counts("year", "实施年度", "YEAR", "年", func(r *z) *int64 { return wide(r.Year) }),
			figures("area_m2", "用地面积", "AREA_M2", "平方米", func(r *z) *float64 { return &r.Totals.AreaM2 }).noted("椭球面积"),
			counts("communities", "小区数", "COMMS", "个", whole(func(t zone.Totals) int64 { return t.Communities })),
			counts("buildings", "楼栋数", "BLDGS", "栋", whole(func(t zone.Totals) int64 { return t.Buildings })),
			counts("households", "户数", "HOUSEHOLDS", "户", whole(func(t zone.Totals) int64 { return t.Households })),
			figures("floor_area_m2", "建筑面积", "FLOOR_M2", "平方米", func(r *z) *float64 { return &r.Totals.FloorAreaM2 }),
			counts("eligible_communities", "纳入范围的小区数", "ELIG_COMMS", "个", whole(func(t zone.Totals) int64 { return t.EligibleCommunities })),
			counts("eligible_households", "纳入范围的户数", "ELIG_HH", "户", whole(func(t zone.Totals) int64 { return t.EligibleHouseholds })),
			figures("eligible_share", "纳入占比", "ELIG_SHARE", "", func(r *z) *float64 { return &r.Totals.EligibleShare }).noted("0–1，按户数；没有户数时按小区数"),
			counts("parts", "连片部分数", "PARTS", "个", func(r *z) *int64 { return this(int64(r.Parts)) }).noted("1 为连片"),
			figures("string_m", "串线长度", "STRING_M", "米", func(r *z) *float64 {
				sum := 0.0
				for _, s := range r.Strings {
					sum += s.LengthM
				}
				return this(cents(sum))
			}),
			figures("cost_yuan", "投资", "COST_YUAN", "元", func(r *z) *float64 {
				if r.CostBasis == "none" {
					return nil
				}
				return this(cents(r.CostYuan))
			}),
			texts("cost_basis", "投资依据", "COST_BASIS", func(r *z) string {
				return map[string]string{"items": "改造内容", "estimate": "估算"}[r.CostBasis]
			}),
			counts("version", "版本", "VERSION", "", func(r *z) *int64 { return this(int64(r.Version)) }),
			texts("note", "备注", "NOTE", func(r *z) string { return r.Note }),
		},
	}.layer(p.Zones)
}

var eligibilityClasses = []geofile.Class{
	{Value: "纳入", Title: "纳入改造", Fill: "#2b7bba", Stroke: "#1f639b"},
	{Value: "待定", Title: "待定", Fill: "#f0a92b", Stroke: "#b97a08"},
	{Value: "不纳入", Title: "不纳入", Fill: "#9b9b9b", Stroke: "#808080"},
}

var communityLayer = sheetOf[areaplan.Community]{
	name: "communities", title: "小区", shape: geofile.Areas,
	style: geofile.Style{
		Fill: "#9b9b9b", Stroke: "#808080", Width: 0.35, Opacity: 0.35, Label: "name", By: "eligibility", Classes: eligibilityClasses,
	},
	place:      func(r *areaplan.Community) orb.Geometry { return shapeOf(r.Outline) },
	attributes: communityAttributes,
}

// communityPoints are communities of which only the place is known.
var communityPoints = sheetOf[areaplan.Community]{
	name: "community_points", title: "小区位置（无边界）", shape: geofile.Points,
	style: geofile.Style{
		Fill: "#9b9b9b", Stroke: "#ffffff", Width: 1.5, Label: "name", By: "eligibility", Classes: eligibilityClasses,
	},
	place: func(r *areaplan.Community) orb.Geometry { return *r.Location },
	attributes: []attribute[areaplan.Community]{
		texts("code", "小区编号", "CODE", func(r *areaplan.Community) string { return r.Code }),
		texts("name", "小区名称", "NAME", func(r *areaplan.Community) string { return r.Name }),
		texts("eligibility", "纳入情况", "ELIGIBLE", func(r *areaplan.Community) string { return word(r.Eligibility) }),
	},
}

func pointsOnly(list []areaplan.Community) []areaplan.Community {
	var kept []areaplan.Community
	for i := range list {
		if len(list[i].Outline) == 0 && list[i].Location != nil {
			kept = append(kept, list[i])
		}
	}
	return kept
}

var communityAttributes = func() []attribute[areaplan.Community] {
	type c = areaplan.Community
	return []attribute[c]{
		texts("code", "小区编号", "CODE", func(r *c) string { return r.Code }),
		texts("name", "小区名称", "NAME", func(r *c) string { return r.Name }),
		texts("address", "地址", "ADDRESS", func(r *c) string { return r.Address }),
		texts("subdistrict_name", "街道", "SUBDIST", func(r *c) string { return r.SubdistrictName }),
		texts("neighborhood_name", "社区", "NEIGHBOR", func(r *c) string { return r.NeighborhoodName }),
		texts("unit_kind", "单位类型", "UNIT_KIND", func(r *c) string { return word(r.UnitKind) }),
		counts("built_year", "建成年份", "BUILT_YEAR", "年", func(r *c) *int64 { return wide(r.BuiltYear) }),
		counts("building_count", "楼栋数", "BLDGS", "栋", func(r *c) *int64 { return &r.Buildings }),
		counts("households", "户数", "HOUSEHOLDS", "户", func(r *c) *int64 { return r.Households }),
		figures("floor_area_m2", "建筑面积", "FLOOR_M2", "平方米", func(r *c) *float64 { return r.FloorAreaM2 }),
		figures("land_area_m2", "占地面积", "LAND_M2", "平方米", func(r *c) *float64 { return r.LandAreaM2 }),
		texts("management_mode", "物业管理", "MGMT_MODE", func(r *c) string { return word(r.ManagementMode) }),
		texts("eligibility", "纳入情况", "ELIGIBLE", func(r *c) string { return word(r.Eligibility) }).noted("纳入、待定或不纳入，含人工认定"),
		texts("override_reason", "人工认定理由", "OVERRIDE", func(r *c) string { return r.OverrideReason }),
		texts("municipal_missing", "市政配套缺失", "MUN_MISS", func(r *c) string { return missingSaid(r.MunicipalMissing) }).noted(missingNote),
		texts("service_missing", "公共服务缺失", "SRV_MISS", func(r *c) string { return missingSaid(r.ServiceMissing) }).noted(missingNote),
		texts("prior_works", "既往改造", "PRIOR", func(r *c) string { return priorWorks[r.PriorWorks] }),
		whethers("in_shantytown_plan", "是否棚改", "SHANTYTOWN", func(r *c) *bool { return r.InShantytownPlan }),
		whethers("self_built_majority", "是否自建房为主", "SELF_BUILT", func(r *c) *bool { return r.SelfBuilt }),
		counts("households_agreed", "同意户数", "HH_AGREED", "户", func(r *c) *int64 { return r.HouseholdsAgreed }).noted("1–4 户不显示"),
		figures("floor_area_agreed_m2", "同意建筑面积", "M2_AGREED", "平方米", func(r *c) *float64 { return r.AreaAgreedM2 }),
		texts("remark", "备注", "REMARK", func(r *c) string { return r.Remark }),
		texts("generated", "演示字段", "GENERATED", func(r *c) string { return fieldList(r.Generated) }).noted(generatedNote),
		texts("source", "来源", "SOURCE", func(r *c) string { return r.Source }),
		days("updated_at", "更新日期", "UPDATED", func(r *c) time.Time { return r.UpdatedAt }),
	}
}()

var buildingLayer = func() sheetOf[areaplan.Building] {
	type b = areaplan.Building
	return sheetOf[b]{
		name: "buildings", title: "楼栋", shape: geofile.Areas,
		style: geofile.Style{Fill: "#d8d5d0", Stroke: "#98928a", Width: 0.2, Opacity: 1, By: "use", Classes: []geofile.Class{
			{Value: "住宅", Title: "住宅", Fill: "#f2d7a0", Stroke: "#98928a"},
			{Value: "商住", Title: "商住", Fill: "#e8b98a", Stroke: "#98928a"},
			{Value: "商业", Title: "商业", Fill: "#e39a94", Stroke: "#98928a"},
			{Value: "公共", Title: "公共", Fill: "#b9a3cf", Stroke: "#98928a"},
			{Value: "工业", Title: "工业", Fill: "#b9a691", Stroke: "#98928a"},
		}},
		place: func(r *b) orb.Geometry { return shapeOf(r.Outline) },
		attributes: []attribute[b]{
			texts("code", "楼栋编号", "CODE", func(r *b) string { return r.Code }),
			texts("name", "楼栋名称", "NAME", func(r *b) string { return r.Name }),
			texts("community_code", "小区编号", "COMM_CODE", func(r *b) string { return r.CommunityCode }),
			texts("community_name", "小区名称", "COMM_NAME", func(r *b) string { return r.CommunityName }),
			texts("subdistrict_name", "街道", "SUBDIST", func(r *b) string { return r.SubdistrictName }),
			texts("use", "用途", "USE", func(r *b) string { return word(r.Use) }),
			counts("storeys", "层数", "STOREYS", "层", func(r *b) *int64 { return wide(r.Storeys) }),
			figures("height_m", "高度", "HEIGHT_M", "米", func(r *b) *float64 { return r.HeightM }),
			counts("built_year", "建成年份", "BUILT_YEAR", "年", func(r *b) *int64 { return wide(r.BuiltYear) }),
			counts("households", "户数", "HOUSEHOLDS", "户", func(r *b) *int64 { return r.Households }),
			figures("floor_area_m2", "建筑面积", "FLOOR_M2", "平方米", func(r *b) *float64 { return r.FloorAreaM2 }),
			figures("footprint_m2", "基底面积", "FOOT_M2", "平方米", func(r *b) *float64 { return r.FootprintM2 }),
			texts("generated", "演示字段", "GENERATED", func(r *b) string { return fieldList(r.Generated) }).noted(generatedNote),
			texts("source", "来源", "SOURCE", func(r *b) string { return r.Source }),
			days("updated_at", "更新日期", "UPDATED", func(r *b) time.Time { return r.UpdatedAt }),
		},
	}
}()

var facilityLayer = func() sheetOf[areaplan.Facility] {
	type f = areaplan.Facility
	return sheetOf[f]{
		name: "facilities", title: "服务设施", shape: geofile.Points,
		style: geofile.Style{Fill: "#0f6b62", Stroke: "#ffffff", Width: 1.4, Label: "name", By: "state", Classes: []geofile.Class{
			{Value: "现状", Title: "现状设施", Fill: "#0f6b62", Stroke: "#ffffff"}, {Value: "规划新增", Title: "规划新增设施", Fill: "#c4155f", Stroke: "#ffffff"},
		}},
		place: func(r *f) orb.Geometry { return r.Location },
		attributes: []attribute[f]{
			texts("code", "设施编号", "CODE", func(r *f) string { return r.Code }),
			texts("name", "设施名称", "NAME", func(r *f) string { return r.Name }),
			texts("facility_type", "设施类型代码", "TYPE", func(r *f) string { return r.FacilityType }),
			texts("type_name", "设施类型", "TYPE_NAME", func(r *f) string { return r.TypeName }),
			texts("state", "现状或规划", "STATE", func(r *f) string {
				if r.Proposed {
					return "规划新增"
				}
				return "现状"
			}),
			whethers("inside", "片区内", "INSIDE", func(r *f) *bool { return &r.Inside }),
			texts("address", "地址", "ADDRESS", func(r *f) string { return r.Address }),
			counts("capacity", "容量", "CAPACITY", "", func(r *f) *int64 { return wide(r.Capacity) }),
			texts("generated", "演示字段", "GENERATED", func(r *f) string { return fieldList(r.Generated) }).noted(generatedNote),
			texts("source", "来源", "SOURCE", func(r *f) string { return r.Source }),
		},
	}
}()

// priorWorks are the words that ledgers have for earlier works.
var priorWorks = map[string]string{"none": "未改造", "single_item": "单项改造", "partial": "部分改造", "full": "全面改造"}
