package exporter

import (
	"errors"

	"github.com/jackc/pgx/v5"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/geofile"
	"github.com/lianpian/lianpian/internal/postgis"
)

var errNoDistrict = postgis.ErrNotFound

func noDistrict(err error) error {
	if errors.Is(err, pgx.ErrNoRows) {
		return errNoDistrict
	}
	return err
}

// Fields of the register. Names are those that files may bring in again; a field
// without an expression is the column of its name.
func field(kind geofile.Kind, name, title, short, unit, sql string) registerField {
	if sql == "" {
		sql = "t." + name
	}
	return registerField{Field: geofile.Field{Name: name, Title: title, Short: short, Kind: kind, Unit: unit}, sql: sql}
}

func textField(name, title, short string) registerField {
	return field(geofile.Text, name, title, short, "", "")
}

func countField(name, title, short, unit string) registerField {
	return field(geofile.Integer, name, title, short, unit, "")
}

func realField(name, title, short, unit string) registerField {
	return field(geofile.Real, name, title, short, unit, "")
}

func yesField(name, title, short string) registerField {
	return field(geofile.Boolean, name, title, short, "", "")
}

// of takes the value from another expression.
func (f registerField) of(sql string) registerField { f.sql = sql; return f }

// inWords gives stored values their Chinese names.
func (f registerField) inWords() registerField { f.say = word; return f }

// asFacilities gives keys of facility types their names in the standards.
func (f registerField) asFacilities() registerField { f.say = facilityName; return f }

// missing is a list of what is missing: "" where nobody looked.
func missing(column string) string {
	return `case when ` + column + ` = '{}' then '` + nothingMissing + `' else array_to_string(` + column + `, '、') end`
}

func (f registerField) noted(note string) registerField { f.Note = note; return f }

// The fields that end most layers.
var (
	generatedField = textField("generated", "演示字段", "GENERATED").of(`array_to_string(t.generated, '、')`).noted(generatedNote)
	sourceField    = textField("source", "来源", "SOURCE")
	updatedField   = field(geofile.Date, "updated_at", "更新日期", "UPDATED", "", `(t.updated_at at time zone 'Asia/Shanghai')`)
	subdistrict    = textField("subdistrict_code", "镇街编码", "SUB_CODE")
	subdistrictOf  = textField("subdistrict_name", "镇街", "SUBDIST").of(`s.name`)
)

const joinSubdistrict = ` left join published_subdistrict s on s.district_code = t.district_code and s.code = t.subdistrict_code`

// The predicates of a scope, as the register reads by them.
const (
	inDistrict     = ` where t.district_code = @district`
	inSubdistricts = inDistrict + ` and (@subs::text[] is null or t.subdistrict_code = any(@subs))`
	communityScope = inSubdistricts + ` and (@zones::bigint[] is null or t.id in (
		select zc.community_id from published_zone_community zc where zc.zone_id = any(@zones)))`
	buildingScope = inSubdistricts + ` and (@zones::bigint[] is null
		or t.community_id in (select zc.community_id from published_zone_community zc where zc.zone_id = any(@zones))
		or t.community_id is null and exists (select from published_zone z
			where z.id = any(@zones) and z.district_code = @district and ST_Intersects(z.geom, t.point)))`
	zoneScope = inDistrict + ` and t.main and (@subs::text[] is null or t.subdistrict_codes && @subs)
		and (@zones::bigint[] is null or t.id = any(@zones))`
)

// placeScope keeps things with a place to a scope.
func placeScope(place string) string {
	return inSubdistricts + ` and (@zones::bigint[] is null or exists (select from published_zone z
		where z.id = any(@zones) and z.district_code = @district and ST_Intersects(z.geom, ` + place + `)))`
}

const communityFrom = `published_community t
	join published_community_condition k on k.id = t.id
	join published_community_history f on f.id = t.id` + joinSubdistrict

var communityFields = []registerField{
	textField("code", "小区编码", "CODE"), textField("name", "小区名称", "NAME"), textField("address", "地址", "ADDRESS"),
	subdistrict, subdistrictOf, textField("neighborhood_code", "社区编码", "NEIGHBOR"),
	textField("unit_kind", "单位类型", "UNIT_KIND").inWords(), countField("built_year", "建成年份", "BUILT_YEAR", "年"),
	countField("households", "户数", "HOUSEHOLDS", "户"), countField("building_count", "楼栋数", "BLDGS", "栋"),
	realField("floor_area_m2", "建筑面积", "FLOOR_M2", "m²"), realField("land_area_m2", "占地面积", "LAND_M2", "m²"),
	textField("management_mode", "物业管理", "MGMT_MODE").inWords(),
	yesField("neglected", "失养失修失管", "NEGLECTED").of(`k.neglected`),
	textField("municipal_missing", "市政配套缺失", "MUN_MISS").of(missing("k.municipal_missing")).noted(missingNote),
	textField("service_missing", "公共服务缺失", "SRV_MISS").of(missing("k.service_missing")).asFacilities().noted(missingNote),
	countField("households_agreed", "同意户数", "HH_AGREED", "户").of(`k.households_agreed`),
	realField("floor_area_agreed_m2", "同意建筑面积", "M2_AGREED", "m²").of(`k.floor_area_agreed_m2`),
	textField("prior_works", "既往改造", "PRIOR").of(`case f.prior_works when 'none' then '未改造' when 'single_item' then '单项改造'
		when 'partial' then '部分改造' when 'full' then '全面改造' else f.prior_works end`),
	yesField("in_shantytown_plan", "是否纳入棚改", "SHANTYTOWN").of(`f.in_shantytown_plan`),
	yesField("demolish_rebuild", "是否拆除重建", "REBUILD").of(`f.demolish_rebuild`),
	yesField("self_built_majority", "是否自建房为主", "SELF_BUILT").of(`f.self_built_majority`),
	yesField("urban_village", "是否城中村", "URBAN_VILL").of(`f.urban_village`),
	yesField("poor_conditions", "居住条件较差", "POOR_COND").of(`k.poor_conditions`),
	textField("eligibility", "纳入情况", "ELIGIBLE").inWords().noted("纳入、待定或不纳入，含人工认定"),
	textField("remark", "备注", "REMARK"), generatedField, sourceField, updatedField,
}

// maskAgreed hides from those who are not shown small counts how many households
// agreed, where that, or how many did not, is one.
func maskAgreed(index map[string]int, values []any) {
	agreed, known := values[index["households_agreed"]].(int64)
	if !known {
		return
	}
	all, counted := values[index["households"]].(int64)
	if account.SmallCount(int(agreed)) || counted && account.SmallCount(int(all-agreed)) {
		values[index["households_agreed"]], values[index["floor_area_agreed_m2"]] = nil, nil
	}
}

var idleFields = []registerField{
	textField("code", "编码", "CODE"), textField("name", "名称", "NAME"), textField("address", "地址", "ADDRESS"), subdistrict, subdistrictOf,
	realField("floor_area_m2", "建筑面积", "FLOOR_M2", "m²"), countField("storeys", "层数", "STOREYS", "层"),
	textField("owner_kind", "权属", "OWNER_KIND").of(`case t.owner_kind when 'state' then '国有' when 'collective' then '集体'
		when 'private' then '私有' when 'mixed' then '混合' else t.owner_kind end`),
	textField("use_before", "原用途", "USE_BEFORE"), field(geofile.Date, "available_from", "可用时间", "AVAILABLE", "", ""),
	textField("remark", "备注", "REMARK"), generatedField, sourceField, updatedField,
}

var baseFields = []registerField{
	textField("source_ref", "来源编号", "SOURCE_REF"), textField("name", "名称", "NAME"), textField("class", "类型", "CLASS"),
}

func baseSheet(name, title, view string, shape geofile.Shape, style geofile.Style, more ...registerField) registerSheet {
	fields := append(append([]registerField{}, baseFields...), more...)
	return registerSheet{name: name, title: title, shape: shape, style: style, geometry: "t.geom", from: view + " t" + inDistrict, fields: fields}
}

var registerSheets = []registerSheet{
	{
		name: "communities", title: "小区", shape: geofile.Areas, style: communityLayer.style, fields: communityFields, mask: maskAgreed,
		geometry: "t.geom", from: communityFrom + communityScope + ` and (t.geom is not null or t.location is null)`,
	},
	{
		name: "community_points", title: "小区位置（无边界）", shape: geofile.Points, style: communityPoints.style, fields: communityFields, mask: maskAgreed, optional: true,
		geometry: "t.location", from: communityFrom + communityScope + ` and t.geom is null and t.location is not null`,
	},
	{
		name: "buildings", title: "楼栋", shape: geofile.Areas, style: buildingLayer.style,
		geometry: "t.geom", from: `published_building t left join published_community c on c.id = t.community_id` + joinSubdistrict + buildingScope,
		fields: []registerField{
			textField("code", "楼栋编码", "CODE"), textField("name", "楼栋名称", "NAME"), textField("community_code", "小区编码", "COMM_CODE").of(`c.code`),
			textField("community_name", "小区名称", "COMM_NAME").of(`c.name`), subdistrict, subdistrictOf,
			textField("use", "用途", "USE").inWords(), countField("storeys", "层数", "STOREYS", "层"), realField("height_m", "高度", "HEIGHT_M", "m"),
			countField("built_year", "建成年份", "BUILT_YEAR", "年"), countField("households", "户数", "HOUSEHOLDS", "户"),
			realField("floor_area_m2", "建筑面积", "FLOOR_M2", "m²"), realField("footprint_m2", "基底面积", "FOOT_M2", "m²"),
			generatedField, sourceField, updatedField,
		},
	},
	{
		name: "facilities", title: "服务设施", shape: geofile.Points,
		style:    geofile.Style{Fill: "#0f6b62", Stroke: "#ffffff", Width: 1.4, Label: "name"},
		geometry: "t.geom", from: `published_facility t` + joinSubdistrict + placeScope("t.geom"),
		fields: []registerField{
			textField("code", "设施编码", "CODE"), textField("facility_type", "设施类型", "TYPE"),
			textField("type_name", "设施类型名称", "TYPE_NAME").of(`t.facility_type`).asFacilities(), textField("name", "设施名称", "NAME"),
			textField("address", "地址", "ADDRESS"), countField("capacity", "容量", "CAPACITY", ""), subdistrict, subdistrictOf,
			generatedField, sourceField, updatedField,
		},
	},
	{
		name: "idle_buildings", title: "闲置用房", shape: geofile.Areas, optional: true, fields: idleFields,
		style:    geofile.Style{Fill: "#c08a2d", Stroke: "#8a5f17", Width: 0.3, Opacity: 0.6, Label: "name"},
		geometry: "t.geom", from: `published_idle_building t` + joinSubdistrict + placeScope("t.location") + ` and t.geom is not null`,
	},
	{
		name: "idle_building_points", title: "闲置用房位置（无边界）", shape: geofile.Points, optional: true, fields: idleFields,
		style:    geofile.Style{Fill: "#c08a2d", Stroke: "#ffffff", Width: 1.4, Label: "name"},
		geometry: "t.location", from: `published_idle_building t` + joinSubdistrict + placeScope("t.location") + ` and t.geom is null`,
	},
	{
		name: "zones", title: "片区", shape: geofile.Areas,
		style:    geofile.Style{Fill: "#c4155f", Stroke: "#c4155f", Width: 0.7, Opacity: 0.08, Label: "name"},
		geometry: "t.geom", from: `published_zone t` + zoneScope,
		fields: []registerField{
			textField("code", "片区编号", "CODE"), textField("name", "片区名称", "NAME"), countField("year", "实施年度", "YEAR", "年"),
			realField("area_m2", "用地面积", "AREA_M2", "m²").noted("椭球面积"), countField("version", "版本", "VERSION", ""), updatedField,
		},
	},
	{
		name: "neighborhoods", title: "社区", shape: geofile.Areas, style: geofile.Style{Stroke: "#7a6a8f", Width: 0.3, Label: "name"},
		geometry: "t.geom", from: `published_neighborhood t` + joinSubdistrict + inDistrict,
		fields: []registerField{textField("code", "社区编码", "CODE"), textField("name", "社区名称", "NAME"), subdistrict, subdistrictOf},
	},
	{
		name: "subdistricts", title: "镇街", shape: geofile.Areas, style: geofile.Style{Stroke: "#5b4b70", Width: 0.5, Label: "name"},
		geometry: "t.geom", from: `published_subdistrict t` + inDistrict,
		fields: []registerField{textField("code", "镇街编码", "CODE"), textField("name", "镇街名称", "NAME")},
	},
	baseSheet("roads", "道路", "published_road", geofile.Lines, geofile.Style{Stroke: "#8c8a86", Width: 0.4, Label: "name"},
		yesField("walkable", "可步行", "WALKABLE"), yesField("stairs", "台阶", "STAIRS"), yesField("bridge", "桥", "BRIDGE"),
		yesField("tunnel", "隧道", "TUNNEL"), countField("level", "层", "LEVEL", ""), yesField("oneway", "单行", "ONEWAY")),
	baseSheet("railways", "铁路", "published_railway", geofile.Lines, geofile.Style{Stroke: "#4d4d4d", Width: 0.4},
		yesField("bridge", "桥", "BRIDGE"), yesField("tunnel", "隧道", "TUNNEL"), countField("level", "层", "LEVEL", "")),
	baseSheet("waterways", "水道", "published_waterway", geofile.Lines, geofile.Style{Stroke: "#6ba3c7", Width: 0.4, Label: "name"},
		yesField("tunnel", "隧道", "TUNNEL")),
	baseSheet("water", "水面", "published_water", geofile.Areas, geofile.Style{Fill: "#b8d4e3", Stroke: "#6ba3c7", Width: 0.2},
		realField("area_m2", "面积", "AREA_M2", "m²")),
	baseSheet("green", "绿地", "published_green", geofile.Areas, geofile.Style{Fill: "#cfe3c0", Stroke: "#9dbb88", Width: 0.2},
		realField("area_m2", "面积", "AREA_M2", "m²")),
	baseSheet("barriers", "阻隔", "published_barrier", geofile.Lines, geofile.Style{Stroke: "#b2182b", Width: 0.5}),
	baseSheet("gates", "出入口", "published_gate", geofile.Points, geofile.Style{Fill: "#444444", Stroke: "#ffffff", Width: 1},
		yesField("passable", "可通行", "PASSABLE")),
	baseSheet("crossings", "过街点", "published_crossing", geofile.Points, geofile.Style{Fill: "#e08a2b", Stroke: "#ffffff", Width: 1}),
}
