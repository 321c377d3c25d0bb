package ogc

import (
	"net/url"
	"strconv"
)

type object = map[string]any

// OpenAPI is the description of the service in OpenAPI 3.0, with a path for
// every collection of the districts: clients learn from those which properties
// they may ask about, and from components.parameters.limit how large a page is.
func (v Voice) OpenAPI(districts []District) map[string]any {
	parameters, ref := v.parameters()
	one := func(summary, media string, takes ...any) object {
		return object{"get": v.operation(summary, media, takes...)}
	}
	paths := object{
		"/":            one(v.Say("首页", "landing page"), JSON, ref("f")),
		"/conformance": one(v.Say("符合的标准", "conformance classes"), JSON, ref("f")),
		"/api":         one(v.Say("接口描述", "API description"), OpenAPI, ref("f")),
		"/collections": one(v.Say("图层", "collections"), JSON, ref("f")),
		"/tiles":       one(v.Say("各区的瓦片集", "tilesets of the districts"), JSON, ref("f")),
		"/tiles/{district}": object{"get": v.operation(v.Say("瓦片集", "a tileset"), JSON, ref("f"),
			v.inPath("district", v.Say("区代码", "code of the district")))},
		"/tiles/{district}/{tileMatrix}/{tileRow}/{tileCol}": object{"get": v.operation(v.Say("瓦片", "a tile"), MVT,
			v.inPath("district", v.Say("区代码", "code of the district")), ref("tileMatrix"), ref("tileRow"), ref("tileCol"))},
		"/tileMatrixSets":                    one(v.Say("切片方案", "tile matrix sets"), JSON, ref("f")),
		"/tileMatrixSets/WebMercatorQuad":    one("WebMercatorQuad", JSON, ref("f")),
		"/styles":                            one(v.Say("样式", "styles"), JSON, ref("f")),
		"/styles/{styleId}":                  one(v.Say("样式", "a style"), Style, v.inPath("styleId", v.Say("样式编号", "id of the style"))),
		"/collections/{collectionId}":        one(v.Say("图层", "a collection"), JSON, ref("collectionId"), ref("f")),
		"/collections/{collectionId}/schema": one(v.Say("属性说明", "its schema"), Schema, ref("collectionId"), ref("f")),
	}
	for _, d := range districts {
		for _, l := range layers {
			v.describe(paths, parameters, d, l, ref)
		}
	}
	return object{
		"openapi": "3.0.3",
		"info": object{
			"title": v.Landing().Title, "description": v.Landing().Description, "version": "1",
			"contact": object{"name": "Lianpian", "url": v.Base, "email": ""},
		},
		"servers":  []any{object{"url": v.Base}},
		"security": []any{object{"token": []any{}}, object{"basic": []any{}}, object{"session": []any{}}},
		"paths":    paths,
		"components": object{
			"parameters": parameters,
			"securitySchemes": object{
				"token":   object{"type": "http", "scheme": "bearer"},
				"basic":   object{"type": "http", "scheme": "basic", "description": v.Say("口令为访问令牌", "the password is an access token")},
				"session": object{"type": "apiKey", "in": "cookie", "name": "lianpian_session"},
			},
			"responses": object{
				"Problem": object{"description": v.Say("错误", "error"), "content": object{"application/problem+json": object{"schema": object{"type": "object"}}}},
			},
			"schemas": object{
				"feature": object{"type": "object", "required": []string{"type", "geometry", "properties"}, "properties": object{
					"type":       object{"type": "string", "enum": []string{"Feature"}},
					"geometry":   object{"type": "object", "nullable": true},
					"properties": object{"type": "object"},
				}},
			},
		},
	}
}

// describe adds the paths of a collection.
func (v Voice) describe(paths, parameters object, d District, l Layer, ref func(string) any) {
	id := CollectionID(d.Code, l)
	path := "/collections/" + url.PathEscape(id)
	takes := []any{ref("limit"), ref("bbox"), ref("bbox-crs"), ref("crs"), ref("datetime"), ref("properties"), ref("filter"), ref("filter-lang"), ref("filter-crs"), ref("cursor"), ref("f")}
	kept := []any{ref("crs"), ref("properties"), ref("f")}
	if l.Scenario {
		takes, kept = append(takes, ref("scenario")), append(kept, ref("scenario"))
	}
	for _, p := range l.Properties {
		if p.Name == "scenario" {
			continue
		}
		name := l.Name + "." + p.Name
		if parameters[name] == nil {
			schema := v.schema(p)
			delete(schema, "title")
			parameters[name] = object{"name": p.Name, "in": "query", "description": v.Say(p.Chinese, p.Title), "schema": schema}
		}
		takes = append(takes, ref(name))
	}
	items := object{"get": v.operation(v.Say("要素", "features"), GeoJSON, takes...)}
	item := object{"get": v.operation(v.Say("一个要素", "a feature"), GeoJSON, append([]any{ref("featureId")}, kept...)...)}
	if l.Writable {
		body := object{"required": true, "content": object{GeoJSON: object{"schema": object{"$ref": "#/components/schemas/feature"}}}}
		write := func(summary, status string, takes ...any) object {
			op := object{"summary": summary, "parameters": takes, "responses": object{status: object{"description": summary}, "default": object{"$ref": "#/components/responses/Problem"}}}
			if status != "204" {
				op["requestBody"] = body
			}
			return op
		}
		items["post"] = write(v.Say("新建", "create"), "201", ref("scenario"), ref("Content-Crs"))
		item["put"] = write(v.Say("替换", "replace"), "200", ref("featureId"), ref("If-Match"), ref("Content-Crs"))
		item["patch"] = write(v.Say("修改", "change"), "200", ref("featureId"), ref("If-Match"), ref("Content-Crs"))
		item["delete"] = write(v.Say("删除", "delete"), "204", ref("featureId"), ref("If-Match"))
	}
	paths[path+"/items"] = items
	paths[path+"/items/{featureId}"] = item
	paths[path+"/queryables"] = object{"get": v.operation(v.Say("可筛选的属性", "what may be asked about"), Schema, ref("f"))}
	if len(l.Tiles) > 0 {
		paths[path+"/tiles"] = object{"get": v.operation(v.Say("瓦片集", "tilesets"), JSON, ref("f"))}
		paths[path+"/tiles/WebMercatorQuad"] = object{"get": v.operation(v.Say("瓦片集", "a tileset"), JSON, ref("f"))}
		paths[path+"/tiles/WebMercatorQuad/{tileMatrix}/{tileRow}/{tileCol}"] = object{"get": v.operation(v.Say("瓦片", "a tile"), MVT, ref("tileMatrix"), ref("tileRow"), ref("tileCol"))}
	}
}

func (v Voice) operation(summary, media string, takes ...any) object {
	if takes == nil {
		takes = []any{}
	}
	return object{
		"summary": summary, "parameters": takes,
		"responses": object{
			"200":     object{"description": summary, "content": object{media: object{"schema": object{"type": "object"}}}},
			"default": object{"$ref": "#/components/responses/Problem"},
		},
	}
}

func (v Voice) inPath(name, description string) object {
	return object{"name": name, "in": "path", "required": true, "description": description, "schema": object{"type": "string"}}
}

// parameters are those that several paths share, and how they are referred to.
func (v Voice) parameters() (all object, ref func(string) any) {
	query := func(name, chinese, english string, schema object) object {
		return object{"name": name, "in": "query", "description": v.Say(chinese, english), "schema": schema, "style": "form", "explode": false}
	}
	text := func() object { return object{"type": "string"} }
	system := func() object { return object{"type": "string", "format": "uri", "default": CRS84.URI} }
	box := query("bbox", "范围：最小两轴，最大两轴", "box: the least of both axes, then the greatest",
		object{"type": "array", "minItems": 4, "maxItems": 6, "items": object{"type": "number"}})
	all = object{
		"f":            query("f", "格式", "format", object{"type": "string", "enum": []string{"json", "html"}}),
		"limit":        query("limit", "每页要素数", "features of a page", object{"type": "integer", "minimum": 1, "maximum": MaxLimit, "default": DefaultLimit}),
		"bbox":         box,
		"bbox-crs":     query("bbox-crs", "bbox 的坐标系", "system of bbox", system()),
		"crs":          query("crs", "返回坐标的坐标系", "system of the answer", system()),
		"datetime":     query("datetime", "时刻或时段", "a time or an interval", text()),
		"properties":   query("properties", "只要这些属性", "only these properties", object{"type": "array", "items": text()}),
		"filter":       query("filter", "筛选条件（CQL2 文本）", "filter in CQL2 text", text()),
		"filter-lang":  query("filter-lang", "筛选语言；cql-text 供旧版软件使用", "language of the filter; cql-text is what clients of the draft call it", object{"type": "string", "enum": []string{"cql2-text", "cql-text"}, "default": "cql2-text"}),
		"filter-crs":   query("filter-crs", "筛选条件中坐标的坐标系", "system of the filter's coordinates", system()),
		"cursor":       query("cursor", "下一页的游标，来自 next 链接", "of the next page, from its link", text()),
		"scenario":     query("scenario", "方案编号", "code of the scenario", text()),
		"collectionId": v.inPath("collectionId", v.Say("图层编号", "id of the collection")),
		"featureId":    v.inPath("featureId", v.Say("要素编号", "id of the feature")),
		"If-Match":     object{"name": "If-Match", "in": "header", "description": v.Say("所依据版本的 ETag", "ETag of what was seen"), "schema": text()},
		"Content-Crs":  object{"name": "Content-Crs", "in": "header", "description": v.Say("所发坐标的坐标系", "system of the coordinates that are sent"), "schema": text()},
	}
	for _, name := range []string{"tileMatrix", "tileRow", "tileCol"} {
		all[name] = object{"name": name, "in": "path", "required": true, "schema": object{"type": "integer", "minimum": 0}}
	}
	return all, func(name string) any { return object{"$ref": "#/components/parameters/" + name} }
}

// itoa is short for those who make addresses.
func itoa(n int) string { return strconv.Itoa(n) }
