// Package ogc gives the layers of the districts to programs of others, as the
// OGC APIs Features and Tiles describe it: collections with what may be asked of
// them, requests read and refused, pages of features that lose and double no
// row, and the documents about all this. It reads published views, within the
// scope of the person who asks, and must never write to the database; zones are
// written by their own noun.
package ogc

import (
	"slices"
	"strings"

	"github.com/lianpian/lianpian/internal/cql"
)

// Layer is a kind of things that every district has a collection of.
type Layer struct {
	Name           string // as in the collection's id: 500110-communities
	Chinese, Title string
	Shape          string // of GeoJSON, of its geometries
	Properties     []Property
	Tiles          []string // of internal/tile; none has no tiles
	Writable       bool     // through zone.Store
	Scenario       bool     // has the features of one scenario

	from  string // SQL; t is the feature's row
	scope string // SQL condition, with @district, @subs, @zones and @scenario
	id    string // SQL, text: unique within the collection, for ever
	keys  []key  // an order that no edit of a feature changes
	geom  string // SQL, stored geometry
	near  string // SQL condition with @bound, true wherever the geometry's box touches it
	time  string // name of the property that datetime is about; "" has none
}

// key is a column of the order in which features are paged through.
type key struct{ sql, sqlType string }

// Property is an attribute of a layer's features.
type Property struct {
	Name           string
	Kind           cql.Kind
	Whole          bool // a number without a fraction
	Chinese, Title string
	Values         []string // where there are only these
	Written        bool     // may be sent
	sql            string
}

func text(name, chinese, title string) Property {
	return Property{Name: name, Kind: cql.Text, Chinese: chinese, Title: title, sql: "t." + name}
}

func known(name, chinese, title string) Property { // "" where it is not known
	p := text(name, chinese, title)
	p.sql = "nullif(t." + name + ", '')"
	return p
}

func number(name, chinese, title string) Property {
	return Property{Name: name, Kind: cql.Number, Chinese: chinese, Title: title, sql: "t." + name}
}

func whole(name, chinese, title string) Property {
	p := number(name, chinese, title)
	p.Whole = true
	return p
}

func flag(name, chinese, title string) Property {
	return Property{Name: name, Kind: cql.Boolean, Chinese: chinese, Title: title, sql: "t." + name}
}

func texts(name, chinese, title string) Property {
	return Property{Name: name, Kind: cql.Texts, Chinese: chinese, Title: title, sql: "t." + name}
}

func (p Property) of(sql string) Property        { p.sql = sql; return p }
func (p Property) among(v ...string) Property    { p.Values = v; return p }
func (p Property) written() Property             { p.Written = true; return p }
func stamp(name, chinese, title string) Property { return timed(cql.Timestamp, name, chinese, title) }

func timed(k cql.Kind, name, chinese, title string) Property {
	return Property{Name: name, Kind: k, Chinese: chinese, Title: title, sql: "t." + name}
}

// What every thing of the register says at its end.
func origin(properties ...Property) []Property {
	return append(properties,
		texts("generated", "生成的字段", "fields whose values are generated demo data"),
		known("source", "来源", "source"),
		whole("version", "版本", "version, counts the saves"),
		stamp("updated_at", "更新时间", "time of the last change"),
	)
}

const (
	ofSubdistrict = ` left join published_subdistrict s on s.district_code = t.district_code and s.code = t.subdistrict_code`
	byID          = "t.id"

	communityScope = `t.district_code = @district
		and (@subs is null or t.subdistrict_code = any(@subs))
		and (@zones is null or t.id in (select zc.community_id from published_zone_community zc where zc.zone_id = any(@zones)))`
	pointScope = `t.district_code = @district
		and (@subs is null or t.subdistrict_code = any(@subs))
		and (@zones is null or exists (
			select from published_zone z where z.id = any(@zones) and z.district_code = @district and ST_Intersects(z.geom, %s)))`
	nearBuilding = `in (select m.id from map_building m where m.district_code = @district and m.geom_3857 && ST_Transform(@bound, 3857))`
)

var numbered = []key{{byID, "bigint"}}

func communityProperties() []Property {
	return origin(
		text("code", "编号", "code"), text("name", "名称", "name"), known("address", "地址", "address"),
		text("subdistrict_code", "街道编号", "code of the subdistrict"), text("subdistrict", "街道", "subdistrict").of("s.name"),
		text("neighborhood_code", "社区编号", "code of the neighborhood"),
		text("unit_kind", "类别", "kind of unit").among("compound", "single_building", "community"),
		whole("built_year", "建成年份", "year built"), whole("households", "户数", "households"),
		whole("building_count", "楼栋数", "buildings"), number("floor_area_m2", "建筑面积", "floor area, m²"),
		number("land_area_m2", "占地面积", "land area, m²"),
		known("management_mode", "物业管理", "how it is managed").among("professional", "service_centre", "self_managed"),
		text("eligibility", "纳入范围", "eligibility: the override where there is one, else the verdict").among("in", "out", "borderline"),
		text("verdict", "判定", "computed verdict").among("in", "out", "borderline"),
		known("remark", "备注", "remark"),
	)
}

// Layers are the layers in the order in which they are listed.
func Layers() []Layer { return layers }

var layers = []Layer{
	{
		Name: "communities", Chinese: "小区", Title: "communities", Shape: "MultiPolygon",
		from: "published_community t" + ofSubdistrict, scope: communityScope, id: "t.code", keys: numbered, geom: "t.geom",
		near: "t.geom && @bound", time: "updated_at", Properties: communityProperties(), Tiles: []string{"communities"},
	},
	{
		Name: "community-points", Chinese: "小区（点）", Title: "communities, as points", Shape: "Point",
		from: "published_community t" + ofSubdistrict, scope: communityScope + " and t.location is not null", id: "t.code", keys: numbered, geom: "t.location",
		near: "t.location && @bound", time: "updated_at", Properties: communityProperties(), Tiles: []string{"community_points"},
	},
	{
		Name: "buildings", Chinese: "楼栋", Title: "buildings", Shape: "MultiPolygon",
		from: `published_building t left join published_community c on c.district_code = t.district_code and c.id = t.community_id` + ofSubdistrict,
		scope: `t.district_code = @district
			and (@subs is null or t.subdistrict_code = any(@subs))
			and (@zones is null
				or t.community_id in (select zc.community_id from published_zone_community zc where zc.zone_id = any(@zones))
				or t.community_id is null and exists (
					select from published_zone z where z.id = any(@zones) and z.district_code = @district and ST_Intersects(z.geom, t.point)))`,
		id: "t.code", keys: numbered, geom: "t.geom", near: "t.id " + nearBuilding, time: "updated_at", Tiles: []string{"buildings"},
		Properties: origin(
			text("code", "编号", "code"), known("name", "名称", "name"),
			text("community_code", "小区编号", "code of the community").of("c.code"), text("community", "小区", "community").of("c.name"),
			text("subdistrict_code", "街道编号", "code of the subdistrict"), text("subdistrict", "街道", "subdistrict").of("s.name"),
			known("use", "用途", "use"), whole("storeys", "层数", "storeys above ground"), number("height_m", "高度", "height, m"),
			whole("built_year", "建成年份", "year built"), whole("households", "户数", "households"),
			number("floor_area_m2", "建筑面积", "floor area, m²"), number("footprint_m2", "基底面积", "footprint, m²"),
		),
	},
	{
		Name: "facilities", Chinese: "服务设施", Title: "facilities", Shape: "Point",
		from: "published_facility t" + ofSubdistrict, scope: strings.Replace(pointScope, "%s", "t.geom", 1), id: "t.code", keys: numbered, geom: "t.geom",
		near: "t.geom && @bound", time: "updated_at", Tiles: []string{"facilities"},
		Properties: origin(
			text("code", "编号", "code"), text("facility_type", "设施类型", "facility type"), known("name", "名称", "name"), known("address", "地址", "address"),
			whole("capacity", "容量", "capacity"), text("subdistrict_code", "街道编号", "code of the subdistrict"), text("subdistrict", "街道", "subdistrict").of("s.name"),
		),
	},
	{
		Name: "zones", Chinese: "片区", Title: "zones", Shape: "MultiPolygon", Writable: true, Scenario: true,
		from: "published_zone_record t",
		scope: `t.district_code = @district and case when @scenario = '' then t.main else t.scenario_code = @scenario end
			and (@subs is null or t.subdistrict_codes && @subs)
			and (@zones is null or t.id = any(@zones))`,
		id: "t.code", keys: numbered, geom: "t.geom", near: "t.geom && @bound", time: "updated_at", Tiles: []string{"zones", "zone_points"},
		Properties: []Property{
			text("code", "编号", "code"), text("name", "名称", "name; unique in its scenario").written(), text("note", "备注", "note").written(),
			text("scenario", "方案编号", "code of the scenario").of("t.scenario_code"),
			text("membership", "归属规则", "which communities belong to it").among("within", "majority", "touched", "by_hand").written(),
			text("boundary_rule", "边界来源", "where the boundary comes from").among("drawn", "derived"),
			whole("communities", "小区数", "communities").of("(select count(*) from published_zone_community zc where zc.zone_id = t.id)"),
			number("area_m2", "面积", "area, m²"), texts("subdistrict_codes", "街道编号", "codes of its subdistricts"),
			whole("year", "年度", "year in which it is to be done"), flag("year_locked", "年度锁定", "no proposal may change the year"),
			whole("version", "版本", "version, counts the saves").written(), stamp("created_at", "创建时间", "time when it was made"),
			stamp("updated_at", "更新时间", "time of the last change"),
		},
	},
	{
		Name: "neighborhoods", Chinese: "社区", Title: "neighborhoods", Shape: "MultiPolygon",
		from: "published_neighborhood t",
		scope: `t.district_code = @district and (@subs is null or t.subdistrict_code = any(@subs))
			and (@zones is null or exists (
				select from published_community c join published_zone_community zc on zc.community_id = c.id
				where c.district_code = @district and c.neighborhood_code = t.code and zc.zone_id = any(@zones)))`,
		id: "t.code", keys: []key{{`t.code collate "C"`, "text"}}, geom: "t.geom", near: "t.geom && @bound",
		Properties: []Property{text("code", "编号", "code"), text("name", "名称", "name"), text("subdistrict_code", "街道编号", "code of the subdistrict")},
	},
	{
		Name: "subdistricts", Chinese: "街道 / 镇", Title: "subdistricts", Shape: "MultiPolygon",
		from: "published_subdistrict t",
		scope: `t.district_code = @district and (@subs is null or t.code = any(@subs))
			and (@zones is null or exists (
				select from published_community c join published_zone_community zc on zc.community_id = c.id
				where c.district_code = @district and c.subdistrict_code = t.code and zc.zone_id = any(@zones)))`,
		id: "t.code", keys: []key{{`t.code collate "C"`, "text"}}, geom: "t.geom", near: "t.geom && @bound", Tiles: []string{"subdistricts", "subdistrict_points"},
		Properties: []Property{text("code", "编号", "code"), text("name", "名称", "name")},
	},
	{
		Name: "roads", Chinese: "道路", Title: "roads", Shape: "LineString",
		from: "published_road t", scope: "t.district_code = @district", id: "t.source_ref", keys: numbered, geom: "t.geom", near: "t.geom && @bound",
		Tiles: []string{"road"},
		Properties: []Property{
			text("class", "等级", "OpenStreetMap highway value"), known("name", "名称", "name"), flag("walkable", "可步行", "pedestrians may use it"),
			flag("stairs", "梯道", "a flight of stairs"), flag("bridge", "桥", "on a bridge"), flag("tunnel", "隧道", "in a tunnel"),
			whole("level", "层位", "drawing level"), flag("oneway", "单行", "one way"),
		},
	},
	{
		Name: "barriers", Chinese: "阻隔", Title: "barriers", Shape: "LineString",
		from: "published_barrier t", scope: "t.district_code = @district", id: "t.source_ref", keys: numbered, geom: "t.geom", near: "t.geom && @bound",
		Properties: []Property{text("class", "类别", "class"), known("name", "名称", "name")},
	},
	{
		Name: "idle-buildings", Chinese: "闲置用房", Title: "idle buildings", Shape: "Point",
		from: "published_idle_building t" + ofSubdistrict, scope: strings.Replace(pointScope, "%s", "t.location", 1), id: "t.code", keys: numbered, geom: "t.location",
		near: "t.location && @bound", time: "updated_at", Tiles: []string{"idle_buildings"},
		Properties: origin(
			text("code", "编号", "code"), known("name", "名称", "name"), known("address", "地址", "address"),
			text("subdistrict_code", "街道编号", "code of the subdistrict"), text("subdistrict", "街道", "subdistrict").of("s.name"),
			number("floor_area_m2", "建筑面积", "floor area, m²"), whole("storeys", "层数", "storeys"),
			known("owner_kind", "权属", "who owns it").among("state", "collective", "private", "mixed"), known("use_before", "原用途", "what it was used for"),
			timed(cql.Date, "available_from", "可用日期", "date from which it may be used"), known("remark", "备注", "remark"),
		),
	},
	{
		// Of the newest run of each facility type that the person may read.
		Name: "gaps", Chinese: "盲区", Title: "gaps: homes that the newest coverage run of a facility type found without it", Shape: "MultiPolygon",
		from: "published_gap t left join published_community c on c.district_code = t.district_code and c.id = t.community_id",
		scope: `t.district_code = @district and t.run_id in (
			select distinct on (r.facility_type) r.id
			from published_coverage_record r
			where r.district_code = @district and r.detailed and r.batch_id is null
			  and (@subs is null or r.subdistrict_codes <@ @subs)
			  and (@zones is null or r.area_kind = 'zone' and exists (
			      select from published_zone z where z.district_code = @district and z.code = r.area_code and z.id = any(@zones)))
			order by r.facility_type, r.created_at desc, r.id desc)`,
		id: "t.facility_type || ':' || t.building_code", keys: []key{{`t.facility_type collate "C"`, "text"}, {"t.building_id", "bigint"}},
		geom: "t.geom", near: "t.building_id " + nearBuilding, time: "created_at",
		Properties: []Property{
			text("facility_type", "设施类型", "facility type"), text("building_code", "楼栋编号", "code of the building"),
			text("community_code", "小区编号", "code of the community").of("c.code"), text("community", "小区", "community").of("c.name"),
			text("subdistrict_code", "街道编号", "code of the subdistrict"),
			text("status", "状态", "uncovered, cut off from the network, or not reached").among("uncovered", "cut_off", "unreached"),
			whole("households", "户数", "households"), number("distance_m", "距离", "distance to the nearest facility, m"),
			number("minutes", "步行时间", "walk to the nearest facility, min"), text("method", "计算方法", "method").among("radius", "walk", "walk_slope"),
			number("radius_m", "服务半径", "limit, m"), number("limit_minutes", "步行时限", "limit, min"),
			text("run", "分析编号", "id of the coverage run").of("t.run_id::text"), stamp("created_at", "分析时间", "time of the run"),
		},
	},
}

// Find returns the layer of a name.
func Find(name string) (Layer, bool) {
	i := slices.IndexFunc(layers, func(l Layer) bool { return l.Name == name })
	if i < 0 {
		return Layer{}, false
	}
	return layers[i], true
}

// ParseID takes the id of a collection apart.
func ParseID(id string) (district string, l Layer, ok bool) {
	district, name, _ := strings.Cut(id, "-")
	l, ok = Find(name)
	return district, l, ok && district != ""
}

// Property returns a property of the layer by its name.
func (l Layer) Property(name string) (Property, bool) {
	i := slices.IndexFunc(l.Properties, func(p Property) bool { return p.Name == name })
	if i < 0 {
		return Property{}, false
	}
	return l.Properties[i], true
}

func (p Property) queryable() cql.Property {
	return cql.Property{Name: p.Name, Kind: p.Kind, SQL: p.sql}
}

// queryables are what a filter may ask about: every property, and the geometry.
func (l Layer) queryables() []cql.Property {
	all := make([]cql.Property, 0, len(l.Properties)+1)
	for _, p := range l.Properties {
		all = append(all, p.queryable())
	}
	return append(all, cql.Property{Name: "geometry", Kind: cql.Geometry, SQL: l.geom})
}
