package exporter

import (
	"fmt"
	"math"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/areaplan"
	"github.com/lianpian/lianpian/internal/geofile"
)

// stringRow is a string with its zone.
type stringRow struct {
	zone *areaplan.Zone
	*areaplan.String
}

func stringRows(p *areaplan.Plan) []stringRow {
	var rows []stringRow
	for i := range p.Zones {
		z := &p.Zones[i]
		for k := range z.Strings {
			rows = append(rows, stringRow{z, &z.Strings[k]})
		}
	}
	return rows
}

var stringLayer = func() sheetOf[stringRow] {
	type s = stringRow
	return sheetOf[s]{
		name: "strings", title: "串线", shape: geofile.Lines,
		style: geofile.Style{Stroke: "#8f0f45", Width: 0.8, Label: "name"},
		place: func(r *s) orb.Geometry {
			if len(r.Path) < 2 {
				return nil
			}
			return r.Path
		},
		attributes: []attribute[s]{
			texts("zone_code", "片区编号", "ZONE_CODE", func(r *s) string { return r.zone.Code }),
			texts("zone_name", "片区名称", "ZONE_NAME", func(r *s) string { return r.zone.Name }),
			texts("name", "街道名称", "NAME", func(r *s) string { return r.Name }).noted("串线主要沿着的道路"),
			texts("from_code", "小区编号", "FROM_CODE", func(r *s) string { return r.From }),
			texts("from_name", "小区名称", "FROM_NAME", func(r *s) string { return r.FromName }),
			texts("to_code", "相邻小区编号", "TO_CODE", func(r *s) string { return r.To }),
			texts("to_name", "相邻小区名称", "TO_NAME", func(r *s) string { return r.ToName }),
			figures("length_m", "长度", "LENGTH_M", "米", func(r *s) *float64 { return this(cents(r.LengthM)) }),
			texts("streets", "沿线道路", "STREETS", func(r *s) string { return r.Streets }),
			whethers("straight", "直线", "STRAIGHT", func(r *s) *bool { return &r.Straight }).noted("沿线道路未知，以直线表示"),
		},
	}
}()

// gapRow is a patch of homes that a type of facility does not reach.
type gapRow struct {
	of    *areaplan.Coverage
	no    int64
	shape orb.MultiPolygon
}

func gapRows(p *areaplan.Plan) []gapRow {
	var rows []gapRow
	for i := range p.Coverage {
		c := &p.Coverage[i]
		for k := range c.Gaps {
			rows = append(rows, gapRow{c, int64(k + 1), c.Gaps[k]})
		}
	}
	return rows
}

var gapLayer = func() sheetOf[gapRow] {
	type g = gapRow
	return sheetOf[g]{
		name: "gaps", title: "服务盲区", shape: geofile.Areas,
		style: geofile.Style{Fill: "#b2182b", Stroke: "#b2182b", Width: 0.3, Opacity: 0.25, Label: "type_name"},
		place: func(r *g) orb.Geometry { return shapeOf(r.shape) },
		attributes: []attribute[g]{
			texts("facility_type", "设施类型代码", "TYPE", func(r *g) string { return r.of.Run.FacilityType }),
			texts("type_name", "设施类型", "TYPE_NAME", func(r *g) string { return r.of.Run.FacilityName }),
			counts("no", "序号", "NO", "", func(r *g) *int64 { return &r.no }),
			texts("method", "计算方法", "METHOD", func(r *g) string { return word(r.of.Run.Method) }),
			texts("limit", "限值", "LIMIT", func(r *g) string { return r.of.Run.Limit.Words() }),
			texts("run", "计算编号", "RUN", func(r *g) string { return r.of.Run.ID.String() }),
		},
	}
}()

func projectLayer(p *areaplan.Plan) geofile.Layer {
	type j = areaplan.Project
	names := map[string]string{}
	for i := range p.Communities {
		names[p.Communities[i].Code] = p.Communities[i].Name
	}
	libraries := map[string]string{"comprehensive": "综合改造", "management": "管理提升"}
	states := map[string]string{"applied": "已申请", "accepted": "已受理", "confirmed": "已入库", "closed": "已结项"}
	phases := map[string]string{"reserve": "储备", "plan": "谋划", "implement": "实施"}
	return sheetOf[j]{
		name: "projects", title: "项目",
		attributes: []attribute[j]{
			texts("code", "项目编号", "CODE", func(r *j) string { return r.Code }),
			texts("name", "项目名称", "NAME", func(r *j) string { return r.Name }),
			texts("library", "项目库", "LIBRARY", func(r *j) string { return libraries[r.Library] }),
			texts("state", "状态", "STATE", func(r *j) string { return states[r.State] }),
			texts("phase", "批次", "PHASE", func(r *j) string { return phases[r.Phase] }),
			counts("year", "年度", "YEAR", "年", func(r *j) *int64 { return wide(r.Year) }),
			texts("zone_code", "片区编号", "ZONE_CODE", func(r *j) string { return r.ZoneCode }),
			counts("communities", "小区数", "COMMS", "个", func(r *j) *int64 { return this(int64(len(r.Communities))) }),
			texts("community_names", "小区", "COMM_NAMES", func(r *j) string {
				said, outside := make([]string, 0, len(r.Communities)), 0
				for _, code := range r.Communities {
					if name := names[code]; name != "" {
						said = append(said, name)
					} else {
						outside++
					}
				}
				if outside > 0 {
					said = append(said, fmt.Sprintf("另有 %d 个小区不在本次片区内", outside))
				}
				return listed(said)
			}),
			figures("estimated_wan", "预计投资", "EST_WAN", "万元", func(r *j) *float64 { return r.EstimatedWan }),
			figures("cost_yuan", "改造内容造价", "COST_YUAN", "元", func(r *j) *float64 { return r.CostYuan }),
			texts("progress", "进展情况", "PROGRESS", func(r *j) string { return r.Progress }),
			whethers("central_subsidy", "中央补助", "CENTRAL", func(r *j) *bool { return &r.Central }),
			texts("generated", "演示字段", "GENERATED", func(r *j) string { return fieldList(r.Generated) }).noted(generatedNote),
		},
	}.layer(p.Projects)
}

var itemLayer = func() sheetOf[areaplan.Item] {
	type i = areaplan.Item
	answers := map[string]string{"do": "实施", "not_needed": "不需要", "cannot": "不具备条件"}
	return sheetOf[i]{
		name: "items", title: "改造内容",
		attributes: []attribute[i]{
			texts("project_code", "项目编号", "PROJ_CODE", func(r *i) string { return r.ProjectCode }),
			texts("community_code", "小区编号", "COMM_CODE", func(r *i) string { return r.CommunityCode }).noted("空为整个项目"),
			counts("no", "改造内容序号", "NO", "", func(r *i) *int64 { return this(int64(r.No)) }),
			texts("category", "类别", "CATEGORY", func(r *i) string { return r.Category }),
			texts("name", "改造内容", "NAME", func(r *i) string { return r.Name }),
			texts("nature", "性质", "NATURE", func(r *i) string { return r.Nature }),
			texts("answer", "是否实施", "ANSWER", func(r *i) string { return answers[r.Answer] }),
			texts("reason", "不实施的理由", "REASON", func(r *i) string { return r.Reason }),
			figures("quantity", "数量", "QUANTITY", "", func(r *i) *float64 { return r.Quantity }),
			texts("unit", "单位", "UNIT", func(r *i) string { return r.Unit }),
			figures("price_yuan", "单价", "PRICE_YUAN", "元", func(r *i) *float64 { return r.PriceYuan }),
			figures("amount_yuan", "金额", "AMOUNT", "元", func(r *i) *float64 { return r.AmountYuan }),
			texts("evidence", "依据", "EVIDENCE", func(r *i) string { return r.Evidence }),
		},
	}
}()

// scoreRow is how far a type of facility reaches a community.
type scoreRow struct {
	of   *areaplan.Coverage
	name string
	areaplan.CommunityCoverage
}

func scoreRows(p *areaplan.Plan) []scoreRow {
	names := map[string]string{}
	for i := range p.Communities {
		names[p.Communities[i].Code] = p.Communities[i].Name
	}
	var rows []scoreRow
	for i := range p.Coverage {
		for _, c := range p.Coverage[i].Communities {
			rows = append(rows, scoreRow{&p.Coverage[i], names[c.Code], c})
		}
	}
	return rows
}

var scoreLayer = func() sheetOf[scoreRow] {
	type s = scoreRow
	return sheetOf[s]{
		name: "coverage", title: "覆盖评分",
		attributes: []attribute[s]{
			texts("community_code", "小区编号", "COMM_CODE", func(r *s) string { return r.Code }),
			texts("community_name", "小区名称", "COMM_NAME", func(r *s) string { return r.name }),
			texts("facility_type", "设施类型代码", "TYPE", func(r *s) string { return r.of.Run.FacilityType }),
			texts("type_name", "设施类型", "TYPE_NAME", func(r *s) string { return r.of.Run.FacilityName }),
			counts("households", "户数", "HOUSEHOLDS", "户", func(r *s) *int64 { return &r.Households }),
			counts("households_covered", "覆盖户数", "HH_COVERED", "户", func(r *s) *int64 { return &r.HouseholdsCovered }),
			figures("share", "覆盖占比", "SHARE", "", func(r *s) *float64 { return r.Share }).noted("0–1，按户数；没有户数时按楼栋数"),
			figures("nearest_m", "平均距离", "NEAREST_M", "米", func(r *s) *float64 { return r.NearestM }).noted("到最近设施，按户数平均"),
			texts("method", "计算方法", "METHOD", func(r *s) string { return word(r.of.Run.Method) }),
			texts("limit", "限值", "LIMIT", func(r *s) string { return r.of.Run.Limit.Words() }),
		},
	}
}()

func cents(x float64) float64 { return math.Round(x*100) / 100 }

// fieldList names fields, in Chinese where there is a word.
func fieldList(fields []string) string {
	said := make([]string, len(fields))
	for i, f := range fields {
		said[i] = f
		if title, ok := fieldNames[f]; ok {
			said[i] = title
		}
	}
	return listed(said)
}

var fieldNames = map[string]string{
	"households": "户数", "floor_area_m2": "建筑面积", "land_area_m2": "占地面积", "built_year": "建成年份", "storeys": "层数",
	"height_m": "高度", "use": "用途", "name": "名称", "address": "地址", "remark": "备注", "geometry": "边界", "capacity": "容量",
	"management_mode": "物业管理", "building_count": "楼栋数", "households_agreed": "同意户数", "floor_area_agreed_m2": "同意建筑面积",
	"municipal_missing": "市政配套缺失", "service_missing": "公共服务缺失", "prior_works": "既往改造", "in_shantytown_plan": "是否棚改",
	"self_built_majority": "是否自建房为主", "facility_type": "设施类型", "community_code": "小区",
	"code": "编号", "unit_kind": "类型", "subdistrict_code": "镇街", "neighborhood_code": "社区", "neglected": "失养失修失管",
	"demolish_rebuild": "是否拆除重建", "urban_village": "是否城中村", "poor_conditions": "居住条件差", "location": "位置",
	"applicant": "申请单位", "applied_on": "申请日期", "phase": "批次", "year": "年度", "owner": "业主单位", "library": "项目库",
	"state": "状态", "estimated_wan": "预计投资", "demonstration": "示范项目", "central_subsidy": "中央补助", "communities": "小区",
}
