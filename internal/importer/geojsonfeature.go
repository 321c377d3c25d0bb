package importer

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/paulmach/orb"
	orbgeo "github.com/paulmach/orb/geo"
)

// feature is one GeoJSON feature, its properties as a row of cells.
type feature struct {
	keys     []string // sorted
	cells    []string
	geometry json.RawMessage // nil: none
}

// decodeFeature reads a feature. fault is the reason why it cannot be taken.
func decodeFeature(raw []byte) (f feature, fault string) {
	if raw == nil {
		return f, fmt.Sprintf("要素超过 %d MB", maxFeatureBytes>>20)
	}
	var document struct {
		Type       string                     `json:"type"`
		Properties map[string]json.RawMessage `json:"properties"`
		Geometry   json.RawMessage            `json:"geometry"`
	}
	if err := json.Unmarshal(raw, &document); err != nil {
		if notFinite(raw) {
			return f, "坐标或属性里有 NaN 或 Infinity，不是有效的数字"
		}
		return f, "不是有效的 GeoJSON 要素"
	}
	if document.Type != "Feature" {
		return f, fmt.Sprintf("类型是“%s”，不是 Feature", shorten(document.Type, 30))
	}
	for key := range document.Properties {
		f.keys = append(f.keys, key)
	}
	slices.Sort(f.keys)
	for _, key := range f.keys {
		f.cells = append(f.cells, cellText(document.Properties[key]))
	}
	if string(document.Geometry) != "null" && len(document.Geometry) > 0 {
		f.geometry = document.Geometry
	}
	return f, ""
}

// notFinite finds a bare NaN or Infinity, which JSON does not know.
func notFinite(raw []byte) bool {
	inText := false
	for i := 0; i < len(raw); i++ {
		switch c := raw[i]; {
		case inText && c == '\\':
			i++
		case c == '"':
			inText = !inText
		case !inText && (c == 'N' || c == 'I') && (bytes.HasPrefix(raw[i:], []byte("NaN")) || bytes.HasPrefix(raw[i:], []byte("Inf"))):
			return true
		}
	}
	return false
}

// cellText is a property as a ledger would have it.
func cellText(raw json.RawMessage) string {
	var v any
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	if d.Decode(&v) != nil {
		return ""
	}
	switch v := v.(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	case bool:
		if v {
			return "是"
		}
		return "否"
	case []any:
		if len(v) == 0 {
			return "无"
		}
		var words []string
		for _, word := range v {
			if s, ok := word.(string); ok {
				words = append(words, s)
			}
		}
		return strings.Join(words, "、")
	}
	return ""
}

// firstPosition is the first coordinate of a feature, found without decoding it.
func firstPosition(raw []byte) (orb.Point, bool) {
	i := bytes.Index(raw, []byte(`"coordinates"`))
	if i < 0 {
		return orb.Point{}, false
	}
	rest := bytes.TrimLeft(raw[i+len(`"coordinates"`):], " \t\r\n:[")
	var p orb.Point
	for k := range p {
		n := bytes.IndexAny(rest, ",] \t\r\n")
		if n <= 0 {
			return p, false
		}
		v, err := strconv.ParseFloat(string(rest[:n]), 64)
		if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
			return p, false
		}
		p[k] = v
		rest = bytes.TrimLeft(rest[n:], ", \t\r\n")
	}
	return p, true
}

// hasZ tells whether the first coordinate has a third number.
func hasZ(geometry []byte) bool {
	i := bytes.Index(geometry, []byte(`"coordinates"`))
	if i < 0 {
		return false
	}
	rest := bytes.TrimLeft(geometry[i+len(`"coordinates"`):], " \t\r\n:[")
	end := bytes.IndexByte(rest, ']')
	return end > 0 && bytes.Count(rest[:end], []byte(",")) >= 2
}

// closeGap is the largest gap, in metres, over which a ring is closed silently
// enough: rounding makes such gaps. A ring with a side missing is refused.
const closeGap = 1.0

// closeRings closes rings whose ends nearly meet and tells how many it closed.
func closeRings(area orb.MultiPolygon) int {
	closed := 0
	for _, polygon := range area {
		for i, ring := range polygon {
			if n := len(ring); n >= 3 && ring[0] != ring[n-1] && orbgeo.Distance(ring[0], ring[n-1]) <= closeGap {
				if n >= 4 {
					ring[n-1] = ring[0]
				} else {
					polygon[i] = append(ring, ring[0])
				}
				closed++
			}
		}
	}
	return closed
}

// areaOf takes the area out of a geometry. merged tells that it came out of a
// collection; fault is the reason why there is none.
func areaOf(g orb.Geometry) (area orb.MultiPolygon, merged bool, fault string) {
	switch g := g.(type) {
	case orb.Polygon:
		return orb.MultiPolygon{g}, false, ""
	case orb.MultiPolygon:
		return g, false, ""
	case orb.Collection:
		for _, member := range g {
			part, _, fault := areaOf(member)
			if fault != "" {
				return nil, false, "几何集合（GeometryCollection）里有不是面的成员"
			}
			area = append(area, part...)
		}
		if len(area) == 0 {
			return nil, false, "几何集合是空的"
		}
		return area, true, ""
	}
	return nil, false, "图形是" + typeName(g) + "，应为面"
}

func typeName(g orb.Geometry) string {
	switch g.(type) {
	case orb.Point, orb.MultiPoint:
		return "点"
	case orb.LineString, orb.MultiLineString:
		return "线"
	case orb.Polygon, orb.MultiPolygon:
		return "面"
	}
	return "几何集合"
}

// shapeHash is the identity of a shape from a source that gives none: rounding
// makes it the same for the same shape written with other digits.
func shapeHash(g orb.Geometry) string {
	var b strings.Builder
	write := func(p orb.Point) { fmt.Fprintf(&b, "%d,%d;", int64(math.Round(p[0]*1e7)), int64(math.Round(p[1]*1e7))) }
	switch g := g.(type) {
	case orb.Point:
		write(g)
	case orb.MultiPolygon:
		for _, polygon := range g {
			for _, ring := range polygon {
				for _, p := range ring {
					write(p)
				}
				b.WriteByte('/')
			}
			b.WriteByte('|')
		}
	}
	return shortHash(b.String())
}
