package ogc

import (
	"encoding/json"
	"fmt"
	"math"
	"net/url"
	"slices"

	"github.com/paulmach/orb"
)

const (
	webMercatorQuad = "http://www.opengis.net/def/tilematrixset/OGC/1.0/WebMercatorQuad"
	mercatorURI     = epsg + "3857"
	schemeRel       = "http://www.opengis.net/def/rel/ogc/1.0/tiling-scheme"
)

// MapLayers are the layers of internal/tile that a district's tiles and styles have.
var MapLayers = []string{
	"base", "subdistricts", "subdistrict_points", "communities", "community_points", "buildings", "zones", "zone_points", "facilities", "idle_buildings",
}

// TileSet describes tiles, as OGC API Tiles does.
type TileSet struct {
	Title            string      `json:"title"`
	DataType         string      `json:"dataType"`
	CRS              string      `json:"crs"`
	TileMatrixSet    string      `json:"tileMatrixSetURI"`
	MediaTypes       []string    `json:"mediaTypes,omitempty"`
	BoundingBox      *TileBox    `json:"boundingBox,omitempty"`
	Limits           []Limits    `json:"tileMatrixSetLimits,omitempty"`
	Layers           []TileLayer `json:"layers,omitempty"`
	CenterPoint      *TileCenter `json:"centerPoint,omitempty"`
	Links            []Link      `json:"links"`
	TileMatrixSetDef any         `json:"tileMatrixSetDefinition,omitempty"`
}

// TileBox is where tiles have something.
type TileBox struct {
	LowerLeft  [2]float64 `json:"lowerLeft"`
	UpperRight [2]float64 `json:"upperRight"`
	CRS        string     `json:"crs"`
}

// TileCenter is where to look first.
type TileCenter struct {
	Coordinates [2]float64 `json:"coordinates"`
	CRS         string     `json:"crs"`
	TileMatrix  string     `json:"tileMatrix"`
}

// Limits are the tiles of a matrix that have something.
type Limits struct {
	TileMatrix string `json:"tileMatrix"`
	MinRow     int    `json:"minTileRow"`
	MaxRow     int    `json:"maxTileRow"`
	MinCol     int    `json:"minTileCol"`
	MaxCol     int    `json:"maxTileCol"`
}

// TileLayer is a layer inside of the tiles.
type TileLayer struct {
	ID       string `json:"id"`
	DataType string `json:"dataType"`
}

// TileSets is a list of them.
type TileSets struct {
	TileSets []TileSet `json:"tilesets"`
	Links    []Link    `json:"links"`
}

// mostZoom is the deepest matrix that is described.
const mostZoom = 20

func (v Voice) tileSet(title, path, tiles string, d District, layers []string) TileSet {
	t := TileSet{
		Title: title, DataType: "vector", CRS: mercatorURI, TileMatrixSet: webMercatorQuad, MediaTypes: []string{MVT},
		BoundingBox: &TileBox{LowerLeft: d.Bound.Min, UpperRight: d.Bound.Max, CRS: CRS84.URI},
		Links: append(v.selves(path, JSON),
			Link{Href: v.Base + tiles + "/{tileMatrix}/{tileRow}/{tileCol}", Rel: "item", Type: MVT, Templated: true, Title: v.Say("瓦片", "tiles")},
			v.link("/tileMatrixSets/WebMercatorQuad", schemeRel, JSON, "WebMercatorQuad"),
		),
	}
	center := d.Bound.Center()
	zoom := 9
	for width := d.Bound.Max[0] - d.Bound.Min[0]; zoom < 15 && width*math.Exp2(float64(zoom+1))/360 < 2; {
		zoom++
	}
	t.CenterPoint = &TileCenter{Coordinates: center, CRS: CRS84.URI, TileMatrix: itoa(zoom)}
	for z := 0; z <= mostZoom; z++ {
		west, north := tileOf(orb.Point{d.Bound.Min[0], d.Bound.Max[1]}, z)
		east, south := tileOf(orb.Point{d.Bound.Max[0], d.Bound.Min[1]}, z)
		t.Limits = append(t.Limits, Limits{itoa(z), north, south, west, east})
	}
	for _, name := range layers {
		t.Layers = append(t.Layers, TileLayer{name, "vector"})
	}
	return t
}

func tileOf(p orb.Point, zoom int) (col, row int) {
	n := math.Exp2(float64(zoom))
	lat := p[1] * math.Pi / 180
	hold := func(f float64) int { return int(max(0, min(n-1, math.Floor(f*n)))) }
	return hold((p[0] + 180) / 360), hold((1 - math.Asinh(math.Tan(lat))/math.Pi) / 2)
}

// DistrictTiles describes the tiles of a district with all layers of the map.
func (v Voice) DistrictTiles(d District, layers []string) TileSet {
	path := "/tiles/" + url.PathEscape(d.Code)
	return v.tileSet(d.Name, path, path, d, layers)
}

// LayerTiles describes the tiles of a collection.
func (v Voice) LayerTiles(d District, l Layer) TileSet {
	path := "/collections/" + url.PathEscape(CollectionID(d.Code, l)) + "/tiles/WebMercatorQuad"
	return v.tileSet(v.Collection(d, l).Title, path, path, d, l.Tiles)
}

// short is how a tileset stands in a list.
func (t TileSet) short() TileSet {
	return TileSet{Title: t.Title, DataType: t.DataType, CRS: t.CRS, TileMatrixSet: t.TileMatrixSet, Links: t.Links}
}

// TileSets lists the tiles of districts.
func (v Voice) TileSets(districts []District) TileSets {
	list := TileSets{TileSets: []TileSet{}, Links: v.selves("/tiles", JSON)}
	for _, d := range districts {
		list.TileSets = append(list.TileSets, v.DistrictTiles(d, nil).short())
	}
	return list
}

// LayerTileSets lists the tilesets of a collection: there is one.
func (v Voice) LayerTileSets(d District, l Layer) TileSets {
	path := "/collections/" + url.PathEscape(CollectionID(d.Code, l)) + "/tiles"
	return TileSets{TileSets: []TileSet{v.LayerTiles(d, l).short()}, Links: v.selves(path, JSON)}
}

// TileMatrixSets lists the one that there is.
func (v Voice) TileMatrixSets() map[string]any {
	return object{
		"tileMatrixSets": []any{object{
			"id": "WebMercatorQuad", "title": "Google Maps Compatible for the World", "uri": webMercatorQuad, "crs": mercatorURI,
			"links": []Link{v.link("/tileMatrixSets/WebMercatorQuad", "self", JSON, "WebMercatorQuad")},
		}},
		"links": v.selves("/tileMatrixSets", JSON),
	}
}

// WebMercatorQuad is the tile matrix set of OGC 17-083r4, annex D.1, as far as
// tiles are made.
func (v Voice) WebMercatorQuad() map[string]any {
	const half = math.Pi * 6378137
	matrices := []any{}
	for z := 0; z <= mostZoom; z++ {
		cell := 2 * half / 256 / math.Exp2(float64(z))
		matrices = append(matrices, object{
			"id": itoa(z), "scaleDenominator": cell / 0.00028, "cellSize": cell, "cornerOfOrigin": "topLeft",
			"pointOfOrigin": [2]float64{-half, half}, "tileWidth": 256, "tileHeight": 256, "matrixWidth": 1 << z, "matrixHeight": 1 << z,
		})
	}
	return object{
		"id": "WebMercatorQuad", "title": "Google Maps Compatible for the World", "uri": webMercatorQuad, "crs": mercatorURI,
		"orderedAxes": []string{"X", "Y"}, "wellKnownScaleSet": "http://www.opengis.net/def/wkss/OGC/1.0/GoogleMapsCompatible",
		"tileMatrices": matrices, "links": v.selves("/tileMatrixSets/WebMercatorQuad", JSON),
	}
}

// StyleID is the id of a district's style in a theme of internal/tile.
func StyleID(district, theme string) string { return district + "-" + theme }

// Themes are those of internal/tile.
var Themes = []string{"light", "dark"}

// ParseStyleID is the inverse of StyleID.
func ParseStyleID(id string) (district, theme string, ok bool) {
	for _, t := range Themes {
		if n := len(id) - len(t) - 1; n > 0 && id[n:] == "-"+t {
			return id[:n], t, true
		}
	}
	return "", "", false
}

// Theme is what people call a theme.
func (v Voice) Theme(theme string) string {
	switch theme {
	case "light":
		return v.Say("浅色", theme)
	case "dark":
		return v.Say("深色", theme)
	}
	return theme
}

// Styles lists the styles of districts.
func (v Voice) Styles(districts []District) map[string]any {
	styles := []any{}
	for _, d := range districts {
		for _, t := range Themes {
			id := StyleID(d.Code, t)
			styles = append(styles, object{
				"id": id, "title": d.Name + " · " + v.Theme(t),
				"links": []Link{v.link("/styles/"+url.PathEscape(id), "stylesheet", Style, v.Say("MapLibre 样式", "MapLibre style"))},
			})
		}
	}
	return object{"styles": styles, "links": v.selves("/styles", JSON)}
}

// OneSource puts the tiles of this service, which carry all layers, into a style
// of internal/tile in the place of its several sources: software that knows one
// tileset for one layer of its map draws everything then.
func (v Voice) OneSource(style []byte, d District) ([]byte, error) {
	var s map[string]json.RawMessage
	if err := json.Unmarshal(style, &s); err != nil {
		return nil, fmt.Errorf("read the style: %w", err)
	}
	var layers []map[string]json.RawMessage
	if err := json.Unmarshal(s["layers"], &layers); err != nil {
		return nil, fmt.Errorf("read the layers of the style: %w", err)
	}
	const name = "lianpian"
	for _, l := range layers {
		if l["source"] != nil {
			l["source"] = json.RawMessage(`"` + name + `"`)
		}
	}
	tiles := v.Base + "/tiles/" + url.PathEscape(d.Code) + "/{z}/{y}/{x}"
	out := map[string]any{}
	for key, value := range s {
		out[key] = value
	}
	out["layers"] = layers
	out["sources"] = object{name: object{
		"type": "vector", "tiles": []string{tiles}, "minzoom": 0, "maxzoom": 17, "attribution": "© OpenStreetMap contributors",
		"bounds": slices.Concat(d.Bound.Min[:], d.Bound.Max[:]),
	}}
	text, err := json.Marshal(out)
	if err != nil {
		return nil, fmt.Errorf("write the style: %w", err)
	}
	return text, nil
}
