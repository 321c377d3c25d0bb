package registry

import "github.com/lianpian/lianpian/internal/geofile"

// shortNames are the names of fields in Shapefiles, as exports write them.
var shortNames = map[string]string{
	"address":              "ADDRESS",
	"available_from":       "AVAILABLE",
	"bridge":               "BRIDGE",
	"building_count":       "BLDGS",
	"built_year":           "BUILT_YEAR",
	"capacity":             "CAPACITY",
	"class":                "CLASS",
	"code":                 "CODE",
	"community_code":       "COMM_CODE",
	"demolish_rebuild":     "REBUILD",
	"facility_type":        "TYPE",
	"floor_area_agreed_m2": "M2_AGREED",
	"floor_area_m2":        "FLOOR_M2",
	"height_m":             "HEIGHT_M",
	"households":           "HOUSEHOLDS",
	"households_agreed":    "HH_AGREED",
	"in_shantytown_plan":   "SHANTYTOWN",
	"level":                "LEVEL",
	"management_mode":      "MGMT_MODE",
	"municipal_missing":    "MUN_MISS",
	"name":                 "NAME",
	"neglected":            "NEGLECTED",
	"neighborhood_code":    "NEIGHBOR",
	"oneway":               "ONEWAY",
	"owner_kind":           "OWNER_KIND",
	"poor_conditions":      "POOR_COND",
	"prior_works":          "PRIOR",
	"remark":               "REMARK",
	"self_built_majority":  "SELF_BUILT",
	"service_missing":      "SRV_MISS",
	"source":               "SOURCE",
	"source_ref":           "SOURCE_REF",
	"stairs":               "STAIRS",
	"storeys":              "STOREYS",
	"subdistrict_code":     "SUB_CODE",
	"tunnel":               "TUNNEL",
	"unit_kind":            "UNIT_KIND",
	"urban_village":        "URBAN_VILL",
	"use":                  "USE",
	"use_before":           "USE_BEFORE",
	"walkable":             "WALKABLE",
}

func importLayers() []ImportLayer {
	layers := longLayers()
	for _, l := range layers {
		for i := range l.Fields {
			l.Fields[i].Short = shortNames[l.Fields[i].Name]
		}
	}
	return layers
}

func longLayers() []ImportLayer {
	text := func(name, title string) geofile.Field {
		return geofile.Field{Name: name, Title: title, Kind: geofile.Text}
	}
	whole := func(name, title, unit string) geofile.Field {
		return geofile.Field{Name: name, Title: title, Kind: geofile.Integer, Unit: unit}
	}
	real := func(name, title, unit string) geofile.Field {
		return geofile.Field{Name: name, Title: title, Kind: geofile.Real, Unit: unit}
	}
	yes := func(name, title string) geofile.Field {
		return geofile.Field{Name: name, Title: title, Kind: geofile.Boolean}
	}
	list := func(name, title string) geofile.Field {
		return geofile.Field{Name: name, Title: title, Kind: geofile.Text, Note: "多项之间用顿号分隔"}
	}
	areas, points, lines := geofile.Areas, geofile.Points, geofile.Lines
	return []ImportLayer{
		{Name: "communities", Title: "小区", Shapes: []geofile.Shape{areas, points}, Bare: true, Fields: []geofile.Field{
			text("code", "小区编码"), text("name", "小区名称"), text("address", "地址"),
			text("subdistrict_code", "镇街"), text("neighborhood_code", "社区"), text("unit_kind", "单位类型"),
			whole("built_year", "建成年份", "年"), whole("households", "户数", "户"), whole("building_count", "楼栋数", "栋"),
			real("floor_area_m2", "建筑面积", "m²"), text("management_mode", "物业管理"),
			yes("neglected", "失养失修失管"), list("municipal_missing", "市政配套缺失"), list("service_missing", "公共服务缺失"),
			whole("households_agreed", "同意户数", "户"), real("floor_area_agreed_m2", "同意建筑面积", "m²"),
			text("prior_works", "既往改造"), yes("in_shantytown_plan", "是否纳入棚改"), yes("demolish_rebuild", "是否拆除重建"),
			yes("self_built_majority", "是否自建房为主"), yes("urban_village", "是否城中村"), yes("poor_conditions", "居住条件较差"),
			text("remark", "备注"), text("source", "来源"), text("source_ref", "来源编号"),
		}},
		{Name: "buildings", Title: "楼栋", Shapes: []geofile.Shape{areas}, Fields: []geofile.Field{
			text("code", "楼栋编码"), text("name", "楼栋名称"), text("community_code", "小区编码"), text("subdistrict_code", "镇街"),
			text("use", "用途"), whole("storeys", "层数", "层"), real("height_m", "高度", "m"), whole("built_year", "建成年份", "年"),
			whole("households", "户数", "户"), real("floor_area_m2", "建筑面积", "m²"), text("source", "来源"), text("source_ref", "来源编号"),
		}},
		{Name: "facilities", Title: "服务设施", Shapes: []geofile.Shape{points, areas}, Fields: []geofile.Field{
			text("code", "设施编码"), text("facility_type", "设施类型"), text("name", "设施名称"), text("address", "地址"),
			whole("capacity", "容量", ""), text("subdistrict_code", "镇街"), text("source", "来源"), text("source_ref", "来源编号"),
		}},
		{Name: "neighborhoods", Title: "社区", Shapes: []geofile.Shape{areas}, Bare: true, Fields: []geofile.Field{
			text("code", "社区编码"), text("name", "社区名称"), text("subdistrict_code", "镇街"),
		}},
		{Name: "idle_buildings", Title: "闲置用房", Shapes: []geofile.Shape{areas, points}, Fields: []geofile.Field{
			text("code", "编码"), text("name", "名称"), text("address", "地址"), text("subdistrict_code", "镇街"),
			real("floor_area_m2", "建筑面积", "m²"), whole("storeys", "层数", "层"), text("owner_kind", "权属"),
			text("use_before", "原用途"),
			{Name: "available_from", Title: "可用时间", Kind: geofile.Date},
			text("remark", "备注"), text("source", "来源"), text("source_ref", "来源编号"),
		}},
		{Name: "roads", Title: "道路", Shapes: []geofile.Shape{lines}, Base: true, Fields: []geofile.Field{
			text("source_ref", "来源编号"), text("name", "道路名称"), text("class", "道路等级"),
			yes("walkable", "可步行"), yes("stairs", "台阶"), yes("bridge", "桥"), yes("tunnel", "隧道"),
			whole("level", "层", ""), yes("oneway", "单行"),
		}},
		{Name: "barriers", Title: "阻隔", Shapes: []geofile.Shape{lines}, Base: true, Fields: []geofile.Field{
			text("source_ref", "来源编号"), text("name", "名称"), text("class", "类型"),
		}},
	}
}
