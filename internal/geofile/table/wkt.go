package table

import (
	"encoding/json"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"

	"github.com/lianpian/lianpian/internal/geofile"
)

const geoJSONWord = "GEOJSON"

var wktHead = regexp.MustCompile(`(?i)^\s*(?:SRID\s*=\s*\d+\s*;)?\s*(POINT|LINESTRING|POLYGON|MULTIPOINT|MULTILINESTRING|MULTIPOLYGON|GEOMETRYCOLLECTION)\s*(ZM|Z|M)?\s*(\(|EMPTY)`)

// geometryWord tells the type of a geometry in well-known text, GEOJSON for one in
// GeoJSON, "" for other texts.
func geometryWord(cell string) string {
	if m := wktHead.FindStringSubmatch(cell[:min(len(cell), 100)]); m != nil {
		return strings.ToUpper(m[1])
	}
	if text := strings.TrimSpace(cell); strings.HasPrefix(text, "{") && strings.Contains(text, `"coordinates"`) {
		return geoJSONWord
	}
	return ""
}

// shapeSet gathers the types of geometry in a column.
type shapeSet map[geofile.Shape]bool

func (s *shapeSet) add(cell string) {
	if *s == nil {
		*s = shapeSet{}
	}
	word := geometryWord(cell)
	if word == geoJSONWord {
		var head struct {
			Type string `json:"type"`
		}
		_ = json.Unmarshal([]byte(cell), &head)
		word = strings.ToUpper(head.Type)
	} else if _, ok := pair(cell); word == "" && ok {
		word = "POINT"
	}
	switch strings.TrimPrefix(word, "MULTI") {
	case "POINT":
		(*s)[geofile.Points] = true
	case "LINESTRING":
		(*s)[geofile.Lines] = true
	case "POLYGON":
		(*s)[geofile.Areas] = true
	}
}

func (s shapeSet) shape() geofile.Shape {
	if len(s) > 1 {
		return geofile.Mixed
	}
	for shape := range s {
		return shape
	}
	return geofile.NoShape
}

// fromGeoJSON reads a geometry; heights are left away.
func fromGeoJSON(text string, limits geofile.Limits) (g orb.Geometry, fault string, points int) {
	if strings.Count(text, "[") > 4*limits.Points {
		return nil, tooManyPoints(limits.Points), 0
	}
	parsed, err := geojson.UnmarshalGeometry([]byte(text))
	if err != nil || parsed.Coordinates == nil { // collections have none
		return nil, "不是合法的 GeoJSON 几何图形", 0
	}
	geofile.Transform(parsed.Coordinates, func(p orb.Point) orb.Point { points++; return p })
	if points > limits.Points {
		return nil, tooManyPoints(limits.Points), 0
	}
	return parsed.Coordinates, "", points
}

func tooManyPoints(limit int) string { return fmt.Sprintf("图形超过 %d 个点的上限", limit) }

// fromWKT reads well-known text (OGC 06-103r4); heights and measures are left away.
func fromWKT(text string, limits geofile.Limits) (g orb.Geometry, fault string, points int) {
	m := wktHead.FindStringSubmatchIndex(text[:min(len(text), 100)])
	if m == nil {
		return nil, "不是合法的 WKT 几何图形", 0
	}
	p := &wktParser{rest: text[m[6]:], most: limits.Points}
	word := strings.ToUpper(text[m[2]:m[3]])
	if strings.HasPrefix(strings.ToUpper(p.rest), "EMPTY") {
		return nil, "", 0
	}
	if word == "GEOMETRYCOLLECTION" {
		return nil, "几何集合不能作为一个图形读取", 0
	}
	g = p.geometry(word)
	switch {
	case p.points > limits.Points:
		return nil, tooManyPoints(limits.Points), 0
	case p.bad || strings.Trim(p.rest, " \t\r\n;") != "":
		return nil, "不是合法的 WKT 几何图形", 0
	}
	return g, "", p.points
}

type wktParser struct {
	rest   string
	bad    bool
	points int
	most   int
}

func (p *wktParser) geometry(word string) orb.Geometry {
	switch word {
	case "POINT":
		points := p.line()
		if len(points) != 1 {
			p.bad = true
			return nil
		}
		return points[0]
	case "LINESTRING":
		return orb.LineString(p.line())
	case "POLYGON":
		return p.polygon()
	case "MULTIPOINT":
		return orb.MultiPoint(p.multiPoint())
	case "MULTILINESTRING":
		var out orb.MultiLineString
		p.list(func() { out = append(out, p.line()) })
		return out
	}
	var out orb.MultiPolygon
	p.list(func() { out = append(out, p.polygon()) })
	return out
}

func (p *wktParser) polygon() orb.Polygon {
	var out orb.Polygon
	p.list(func() { out = append(out, orb.Ring(p.line())) })
	return out
}

// multiPoint reads points with brackets of their own or without.
func (p *wktParser) multiPoint() []orb.Point {
	var out []orb.Point
	p.list(func() {
		if p.space(); strings.HasPrefix(p.rest, "(") {
			out = append(out, p.line()...)
		} else {
			out = append(out, p.point())
		}
	})
	return out
}

func (p *wktParser) line() []orb.Point {
	var out []orb.Point
	p.list(func() { out = append(out, p.point()) })
	return out
}

// list reads (item, item …).
func (p *wktParser) list(item func()) {
	if !p.sign('(') {
		p.bad = true
	}
	for !p.bad {
		item()
		if p.sign(',') {
			continue
		}
		p.bad = p.bad || !p.sign(')')
		return
	}
}

func (p *wktParser) space() { p.rest = strings.TrimLeft(p.rest, " \t\r\n") }

func (p *wktParser) sign(c byte) bool {
	if p.space(); p.rest == "" || p.rest[0] != c {
		return false
	}
	p.rest = p.rest[1:]
	return true
}

// point reads two numbers, and leaves out up to two more.
func (p *wktParser) point() orb.Point {
	var out orb.Point
	for i := 0; ; i++ {
		p.space()
		end := strings.IndexAny(p.rest, " \t\r\n,()")
		if end <= 0 {
			p.bad = p.bad || i < 2
			break
		}
		v, err := strconv.ParseFloat(p.rest[:end], 64)
		if err != nil || math.IsInf(v, 0) || i < 2 && math.IsNaN(v) || i > 3 {
			p.bad = true
			break
		}
		if i < 2 {
			out[i] = v
		}
		p.rest = p.rest[end:]
	}
	if p.points++; p.points > p.most {
		p.bad = true
	}
	return out
}
