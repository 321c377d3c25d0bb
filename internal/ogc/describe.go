package ogc

import (
	"net/url"

	"github.com/lianpian/lianpian/internal/cql"
)

// Media types of what is answered.
const (
	JSON    = "application/json"
	GeoJSON = "application/geo+json"
	HTML    = "text/html"
	Schema  = "application/schema+json"
	OpenAPI = "application/vnd.oai.openapi+json;version=3.0"
	MVT     = "application/vnd.mapbox-vector-tile"
	Style   = "application/vnd.mapbox.style+json"
)

// Link leads from one resource to another.
type Link struct {
	Href      string `json:"href"`
	Rel       string `json:"rel"`
	Type      string `json:"type,omitempty"`
	Title     string `json:"title,omitempty"`
	Templated bool   `json:"templated,omitempty"`
}

// Voice says things in one of the two languages, about a service at an address.
type Voice struct {
	Base    string // address of the landing page, without a slash at its end
	English bool
}

// Say picks the language.
func (v Voice) Say(chinese, english string) string {
	if v.English {
		return english
	}
	return chinese
}

// Root makes the address of a resource below the landing page.
func (v Voice) Root(path string) string { return v.Base + path }

func (v Voice) link(path, rel, media, title string) Link {
	return Link{Href: v.Base + path, Rel: rel, Type: media, Title: title}
}

// selves are the links of a resource to itself and to its page for people.
func (v Voice) selves(path, media string) []Link {
	return []Link{
		v.link(path, "self", media, v.Say("本文档", "this document")),
		v.link(path+"?f=html", "alternate", HTML, v.Say("网页", "as a page")),
	}
}

// Conformance lists the requirements that are met, as the OGC names them.
var Conformance = []string{
	"http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/core",
	"http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/json",
	"http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/html",
	"http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/oas30",
	"http://www.opengis.net/spec/ogcapi-common-2/1.0/conf/collections",
	"http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core",
	"http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/oas30",
	"http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson",
	"http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/html",
	"http://www.opengis.net/spec/ogcapi-features-2/1.0/conf/crs",
	"http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/queryables",
	"http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/queryables-query-parameters",
	"http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/filter",
	"http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/features-filter",
	"http://www.opengis.net/spec/ogcapi-features-4/1.0/conf/create-replace-delete",
	"http://www.opengis.net/spec/ogcapi-features-4/1.0/conf/update",
	"http://www.opengis.net/spec/ogcapi-features-4/1.0/conf/optimistic-locking-etags",
	"http://www.opengis.net/spec/ogcapi-features-4/1.0/conf/features",
	"http://www.opengis.net/spec/cql2/1.0/conf/cql2-text",
	"http://www.opengis.net/spec/cql2/1.0/conf/basic-cql2",
	"http://www.opengis.net/spec/cql2/1.0/conf/advanced-comparison-operators",
	"http://www.opengis.net/spec/cql2/1.0/conf/case-insensitive-comparison",
	"http://www.opengis.net/spec/cql2/1.0/conf/basic-spatial-functions",
	"http://www.opengis.net/spec/cql2/1.0/conf/basic-spatial-functions-plus",
	"http://www.opengis.net/spec/cql2/1.0/conf/spatial-functions",
	"http://www.opengis.net/spec/cql2/1.0/conf/temporal-functions",
	"http://www.opengis.net/spec/cql2/1.0/conf/array-functions",
	"http://www.opengis.net/spec/cql2/1.0/conf/property-property",
	"http://www.opengis.net/spec/cql2/1.0/conf/arithmetic",
	"http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/core",
	"http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/tileset",
	"http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/tilesets-list",
	"http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/dataset-tilesets",
	"http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/geodata-tilesets",
	"http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/mvt",
	"http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/oas30",
	"http://www.opengis.net/spec/tms/2.0/conf/tilematrixset",
	"http://www.opengis.net/spec/tms/2.0/conf/json-tilematrixset",
	"http://www.opengis.net/spec/ogcapi-styles-1/0.0/conf/core",
	"http://www.opengis.net/spec/ogcapi-styles-1/0.0/conf/mapbox-styles",
}

// Landing is the page that everything is found from.
type Landing struct {
	Title       string `json:"title"`
	Description string `json:"description"`
	Attribution string `json:"attribution"`
	Links       []Link `json:"links"`
}

// Landing describes the service.
func (v Voice) Landing() Landing {
	return Landing{
		Title: v.Say("连片 · OGC API", "Lianpian · OGC API"),
		Description: v.Say("城镇老旧小区连片改造：小区、楼栋、片区、服务设施等图层，供 QGIS、GDAL 等软件读取；片区可以编辑。",
			"Renewal of old residential communities: communities, buildings, zones, facilities and more for QGIS, GDAL and other software; zones can be edited."),
		Attribution: "© OpenStreetMap contributors",
		Links: append(v.selves("/", JSON),
			v.link("/api", "service-desc", OpenAPI, v.Say("接口描述（OpenAPI 3.0）", "API description (OpenAPI 3.0)")),
			v.link("/api?f=html", "service-doc", HTML, v.Say("接口说明", "API documentation")),
			v.link("/conformance", "conformance", JSON, v.Say("符合的标准", "conformance classes")),
			v.link("/conformance", "http://www.opengis.net/def/rel/ogc/1.0/conformance", JSON, v.Say("符合的标准", "conformance classes")),
			v.link("/collections", "data", JSON, v.Say("图层", "collections")),
			v.link("/collections", "http://www.opengis.net/def/rel/ogc/1.0/data", JSON, v.Say("图层", "collections")),
			v.link("/tiles", "http://www.opengis.net/def/rel/ogc/1.0/tilesets-vector", JSON, v.Say("矢量瓦片", "vector tiles")),
			v.link("/tileMatrixSets", "http://www.opengis.net/def/rel/ogc/1.0/tiling-schemes", JSON, v.Say("切片方案", "tile matrix sets")),
			v.link("/styles", "http://www.opengis.net/def/rel/ogc/1.0/styles", JSON, v.Say("样式", "styles")),
		),
	}
}

// Collection describes a collection, as the OGC APIs do.
type Collection struct {
	ID          string   `json:"id"`
	Title       string   `json:"title"`
	Description string   `json:"description"`
	ItemType    string   `json:"itemType"`
	Extent      Extent   `json:"extent"`
	CRS         []string `json:"crs"`
	StorageCRS  string   `json:"storageCrs"`
	Links       []Link   `json:"links"`
}

// Extent is where and when a collection's features are.
type Extent struct {
	Spatial struct {
		BBox [][4]float64 `json:"bbox"`
		CRS  string       `json:"crs"`
	} `json:"spatial"`
	Temporal struct {
		Interval [][2]*string `json:"interval"`
	} `json:"temporal"`
}

// Collections is the list of them.
type Collections struct {
	Links       []Link       `json:"links"`
	Collections []Collection `json:"collections"`
}

// CollectionID is the id of a district's collection of a layer.
func CollectionID(district string, l Layer) string { return district + "-" + l.Name }

// Collection describes the collection of a layer in a district.
func (v Voice) Collection(d District, l Layer) Collection {
	id := CollectionID(d.Code, l)
	path := "/collections/" + url.PathEscape(id)
	c := Collection{
		ID: id, Title: d.Name + " · " + v.Say(l.Chinese, l.Title), ItemType: "feature", CRS: SystemURIs(), StorageCRS: StorageCRS,
		Description: v.Say(d.Name+"的"+l.Chinese, "The "+l.Title+" of "+d.Name),
		Links: append(v.selves(path, JSON),
			v.link(path+"/items", "items", GeoJSON, v.Say("要素", "features")),
			v.link(path+"/items?f=html", "items", HTML, v.Say("要素（网页）", "features as a page")),
			v.link(path+"/queryables", "http://www.opengis.net/def/rel/ogc/1.0/queryables", Schema, v.Say("可筛选的属性", "what may be asked about")),
			v.link(path+"/queryables", "queryables", Schema, v.Say("可筛选的属性", "what may be asked about")),
			v.link(path+"/schema", "describedby", Schema, v.Say("属性说明", "schema")),
			v.link(path+"/schema", "describedBy", Schema, v.Say("属性说明", "schema")),
		),
	}
	if len(l.Tiles) > 0 {
		c.Links = append(c.Links, v.link(path+"/tiles", "http://www.opengis.net/def/rel/ogc/1.0/tilesets-vector", JSON, v.Say("矢量瓦片", "vector tiles")))
	}
	if l.Scenario {
		c.Description += v.Say("；默认为现行方案，scenario=编号 为其他方案", "; of the main scenario, or of another with scenario=CODE")
	}
	c.Extent.Spatial.BBox = [][4]float64{{d.Bound.Min[0], d.Bound.Min[1], d.Bound.Max[0], d.Bound.Max[1]}}
	c.Extent.Spatial.CRS = CRS84.URI
	c.Extent.Temporal.Interval = [][2]*string{{nil, nil}}
	return c
}

// Collections lists the collections of districts.
func (v Voice) Collections(districts []District) Collections {
	list := Collections{Links: v.selves("/collections", JSON), Collections: []Collection{}}
	for _, d := range districts {
		for _, l := range layers {
			list.Collections = append(list.Collections, v.Collection(d, l))
		}
	}
	return list
}

// schema of a property in JSON Schema.
func (v Voice) schema(p Property) map[string]any {
	s := map[string]any{"title": v.Say(p.Chinese, p.Title)}
	switch p.Kind {
	case cql.Number:
		s["type"] = "number"
		if p.Whole {
			s["type"] = "integer"
		}
	case cql.Boolean:
		s["type"] = "boolean"
	case cql.Texts:
		s["type"], s["items"] = "array", map[string]any{"type": "string"}
	case cql.Timestamp:
		s["type"], s["format"] = "string", "date-time"
	case cql.Date:
		s["type"], s["format"] = "string", "date"
	default:
		s["type"] = "string"
	}
	if p.Values != nil {
		s["enum"] = p.Values
	}
	return s
}

// Queryables is the JSON Schema of what a filter may ask about.
func (v Voice) Queryables(d District, l Layer) map[string]any {
	c := v.Collection(d, l)
	properties := map[string]any{
		"geometry": map[string]any{"$ref": "https://geojson.org/schema/" + l.Shape + ".json", "title": v.Say("图形", "geometry"), "format": "geometry-any"},
	}
	for _, p := range l.Properties {
		properties[p.Name] = v.schema(p)
	}
	return map[string]any{
		"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": v.Root("/collections/" + url.PathEscape(c.ID) + "/queryables"),
		"type": "object", "title": c.Title, "properties": properties, "additionalProperties": false,
	}
}

// FeatureSchema is the JSON Schema of a collection's features.
func (v Voice) FeatureSchema(d District, l Layer) map[string]any {
	c := v.Collection(d, l)
	properties := map[string]any{}
	for _, p := range l.Properties {
		s := v.schema(p)
		if !p.Written {
			s["readOnly"] = true
		}
		properties[p.Name] = s
	}
	return map[string]any{
		"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": v.Root("/collections/" + url.PathEscape(c.ID) + "/schema"),
		"type": "object", "title": c.Title, "required": []string{"type", "geometry", "properties"},
		"properties": map[string]any{
			"type":       map[string]any{"type": "string", "enum": []string{"Feature"}},
			"id":         map[string]any{"type": "string"},
			"geometry":   map[string]any{"$ref": "https://geojson.org/schema/" + l.Shape + ".json"},
			"properties": map[string]any{"type": "object", "properties": properties},
		},
	}
}
