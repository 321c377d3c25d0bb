package kml

import (
	"encoding/xml"
	"fmt"
	"strconv"
	"strings"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/geofile"
)

func isGeometry(name string) bool {
	switch name {
	case "Point", "LineString", "LinearRing", "Polygon", "MultiGeometry", "Track", "MultiTrack", "Model":
		return true
	}
	return false
}

// geometry reads an element that is a geometry, and what is wrong with it.
func (w *walker) geometry(name string, depth int) (g orb.Geometry, fault string, err error) {
	if depth > w.limits.Depth {
		return nil, "几何嵌套过深。", w.skip()
	}
	switch name {
	case "Point":
		points, fault, err := w.coordinates()
		if len(points) == 0 {
			return nil, fault, err
		}
		return points[0], fault, err
	case "LineString":
		points, fault, err := w.coordinates()
		return orb.LineString(points), fault, err
	case "LinearRing":
		points, fault, err := w.coordinates()
		return orb.LineString(points), fault, err
	case "Polygon":
		return w.polygon()
	case "MultiGeometry", "MultiTrack":
		return w.several(depth)
	case "Track":
		return w.track()
	}
	return nil, "不支持三维模型。", w.skip()
}

// coordinates reads the element of this name within a geometry.
func (w *walker) coordinates() (points []orb.Point, fault string, err error) {
	err = w.inside(func(e xml.StartElement) error {
		if e.Name.Local != "coordinates" {
			return w.skip()
		}
		text, err := w.text(int(w.longest))
		if err != nil {
			return err
		}
		points, fault = w.parse(text)
		return nil
	})
	return points, fault, err
}

func (w *walker) polygon() (orb.Geometry, string, error) {
	var p orb.Polygon
	outer, fault := 0, ""
	err := w.inside(func(e xml.StartElement) error {
		name := e.Name.Local
		if name != "outerBoundaryIs" && name != "innerBoundaryIs" {
			return w.skip()
		}
		return w.inside(func(e xml.StartElement) error {
			if e.Name.Local != "LinearRing" {
				return w.skip()
			}
			points, wrong, err := w.coordinates()
			if wrong != "" {
				fault = wrong
			}
			if name == "outerBoundaryIs" {
				p = append(orb.Polygon{points}, p...)
				outer++
			} else {
				p = append(p, points)
			}
			return err
		})
	})
	if outer != 1 && fault == "" && len(p) > 0 {
		fault = "面应有且只有一个外环。"
	}
	return p, fault, err
}

// track reads gx:Track as a line.
func (w *walker) track() (orb.Geometry, string, error) {
	var line orb.LineString
	fault := ""
	err := w.inside(func(e xml.StartElement) error {
		if e.Name.Local != "coord" {
			return w.skip()
		}
		text, err := w.text(maxText)
		if err != nil {
			return err
		}
		points, wrong := w.parse(strings.Join(strings.Fields(text), ","))
		if wrong != "" {
			fault = wrong
		}
		line = append(line, points...)
		return nil
	})
	return line, fault, err
}

func (w *walker) several(depth int) (orb.Geometry, string, error) {
	var members orb.Collection
	fault := ""
	err := w.inside(func(e xml.StartElement) error {
		if !isGeometry(e.Name.Local) {
			return w.skip()
		}
		if w.left--; w.left < 0 { // also empty members take memory
			fault = w.tooMany()
			return w.skip()
		}
		g, wrong, err := w.geometry(e.Name.Local, depth+1)
		if wrong != "" {
			fault = wrong
		}
		if g != nil {
			members = append(members, g)
		}
		return err
	})
	if err != nil || fault != "" {
		return nil, fault, err
	}
	g, fault := w.join(members)
	return g, fault, nil
}

// join makes members one geometry of several parts. A single point beside areas
// or lines is where a program put its label.
func (w *walker) join(members orb.Collection) (orb.Geometry, string) {
	var points orb.MultiPoint
	var lines orb.MultiLineString
	var areas orb.MultiPolygon
	for _, m := range members {
		switch m := m.(type) {
		case orb.Point:
			points = append(points, m)
		case orb.MultiPoint:
			points = append(points, m...)
		case orb.LineString:
			lines = append(lines, m)
		case orb.MultiLineString:
			lines = append(lines, m...)
		case orb.Polygon:
			areas = append(areas, m)
		case orb.MultiPolygon:
			areas = append(areas, m...)
		}
	}
	if len(points) == 1 && len(lines)+len(areas) > 0 && (len(lines) == 0 || len(areas) == 0) {
		points = nil
		w.tally.labels++
	}
	switch {
	case len(lines) == 0 && len(areas) == 0 && len(points) > 0:
		return points, ""
	case len(points) == 0 && len(areas) == 0 && len(lines) > 0:
		return lines, ""
	case len(points) == 0 && len(lines) == 0 && len(areas) > 0:
		return areas, ""
	case len(members) == 0:
		return nil, ""
	}
	return members, "一个要素里有不同类型的几何，不能作为一个要素。"
}

func (w *walker) tooMany() string {
	return fmt.Sprintf("几何超过 %d 个坐标点的上限。", w.limits.Points)
}

const notNumbers = "坐标不是数。"

// parse reads tuples of lon,lat[,alt]. Blanks separate tuples, but not where a
// comma stands beside them, as some programs write it.
func (w *walker) parse(text string) ([]orb.Point, string) {
	var points []orb.Point
	rest := strings.TrimSpace(text)
	for rest != "" {
		var tuple [3]float64
		n := 0
		for {
			end := strings.IndexFunc(rest, func(r rune) bool { return !strings.ContainsRune("+-.0123456789eE", r) })
			if end < 0 {
				end = len(rest)
			}
			v, err := strconv.ParseFloat(rest[:end], 64)
			if err != nil || n >= len(tuple) {
				return nil, notNumbers
			}
			tuple[n] = v
			n++
			rest = strings.TrimLeft(rest[end:], " \t\r\n")
			more := strings.HasPrefix(rest, ",")
			if !more {
				break
			}
			rest = strings.TrimLeft(rest[1:], " \t\r\n")
			if rest == "" { // a comma at the end
				break
			}
		}
		if n < 2 {
			return nil, notNumbers
		}
		if tuple[2] != 0 {
			w.tally.heights++
		}
		if w.left--; w.left < 0 {
			return nil, w.tooMany()
		}
		points = append(points, orb.Point{tuple[0], tuple[1]})
	}
	return points, ""
}

// empty takes a geometry without points for none.
func empty(g orb.Geometry) orb.Geometry {
	if geofile.CountPoints(g) == 0 {
		return nil
	}
	return g
}
