// Package geojson reads and writes GeoJSON (RFC 7946): one collection of
// features, also a bare geometry, one feature a line, and coordinates in metres
// with the "crs" member of the format's first version. It must never hold a file
// in memory, and never drop a feature without saying so.
package geojson

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"time"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/geo"
	"github.com/lianpian/lianpian/internal/geofile"
)

// Options say how a file is written.
type Options struct {
	Description string // attribution and notices
}

// ErrOneLayer says that a file of this format holds one layer.
var ErrOneLayer = errors.New("a GeoJSON file holds exactly one layer")

// Decimals keep coordinates to a tenth of a millimetre.
const (
	decimalsOfDegrees = 9
	decimalsOfMetres  = 4
)

// fieldText is a field as the foreign member "fields" has it, so that names, kinds
// and units come back.
type fieldText struct {
	Name  string `json:"name"`
	Title string `json:"title,omitempty"`
	Kind  string `json:"kind"`
	Unit  string `json:"unit,omitempty"`
	Note  string `json:"note,omitempty"`
}

// Write writes the one layer as a FeatureCollection. Coordinates of any system
// but EPSG:4326 come with a "crs" member, as GDAL and QGIS read it; rings are wound
// as RFC 7946 wants them.
func Write(ctx context.Context, w io.Writer, layers []geofile.Layer, o Options) error {
	if len(layers) != 1 {
		return ErrOneLayer
	}
	l := layers[0]
	out := &encoder{w: bufio.NewWriterSize(w, 256<<10), decimals: decimalsOfMetres, fields: l.Fields}
	if l.CRS.Geographic() {
		out.decimals = decimalsOfDegrees
	}
	if err := out.head(l, o); err != nil {
		return fmt.Errorf("write GeoJSON: layer %s: %w", l.Name, err)
	}
	row := 0
	for f, err := range l.Features {
		if err == nil {
			err = ctx.Err()
		}
		if err == nil {
			row++
			err = out.feature(row, f)
		}
		if err != nil {
			return fmt.Errorf("write GeoJSON: layer %s: row %d: %w", l.Name, row, err)
		}
	}
	_, _ = out.w.WriteString("\n]}\n") // bufio keeps its first error for Flush
	if err := out.w.Flush(); err != nil {
		return fmt.Errorf("write GeoJSON: %w", err)
	}
	return nil
}

// crsName names a system in the "crs" member: a URN, or the well-known text of a
// zone of a town's own.
func crsName(c geo.CRS) string {
	if c.SRID() == 0 {
		return c.WKT()
	}
	return "urn:ogc:def:crs:EPSG::" + strconv.Itoa(c.SRID())
}

// encoder writes features.
type encoder struct {
	w        *bufio.Writer
	b        []byte
	names    [][]byte // "name": of each field
	fields   []geofile.Field
	decimals int
}

func (e *encoder) head(l geofile.Layer, o Options) error {
	type named struct {
		Type       string            `json:"type"`
		Properties map[string]string `json:"properties"`
	}
	head := struct {
		Type        string      `json:"type"`
		Name        string      `json:"name"`
		Title       string      `json:"title,omitempty"`
		Description string      `json:"description,omitempty"`
		CRS         *named      `json:"crs,omitempty"`
		Fields      []fieldText `json:"fields"`
	}{Type: "FeatureCollection", Name: l.Name, Title: l.Title, Description: o.Description, Fields: []fieldText{}}
	if l.CRS.SRID() != geo.SRIDWGS84 {
		head.CRS = &named{"name", map[string]string{"name": crsName(l.CRS)}}
	}
	for _, f := range l.Fields {
		head.Fields = append(head.Fields, fieldText{f.Name, f.Title, string(f.Kind), f.Unit, f.Note})
		e.names = append(e.names, append(appendText(nil, f.Name), ':'))
	}
	text, err := json.Marshal(head)
	if err != nil {
		return err
	}
	_, _ = e.w.Write(text[:len(text)-1])
	_, _ = e.w.WriteString(`,"features":[`)
	return nil
}

func (e *encoder) feature(row int, f geofile.Feature) error {
	if len(f.Values) != len(e.names) {
		return fmt.Errorf("%d values for %d fields", len(f.Values), len(e.names))
	}
	b := e.b[:0]
	if row > 1 {
		b = append(b, ',')
	}
	b = append(b, '\n')
	b = append(b, `{"type":"Feature","properties":{`...)
	for i, v := range f.Values {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, e.names[i]...)
		var err error
		if b, err = appendValue(b, v); err != nil {
			return fmt.Errorf("field %s: %w", e.fields[i].Name, err)
		}
	}
	b = append(b, `},"geometry":`...)
	b, err := e.geometry(b, f.Geometry)
	if err != nil {
		return err
	}
	b = append(b, '}')
	e.b = b
	_, err = e.w.Write(b)
	return err
}

func appendValue(b []byte, v any) ([]byte, error) {
	switch v := v.(type) {
	case nil:
		return append(b, "null"...), nil
	case string:
		return appendText(b, v), nil
	case int64:
		return strconv.AppendInt(b, v, 10), nil
	case bool:
		return strconv.AppendBool(b, v), nil
	case time.Time:
		return append(v.AppendFormat(append(b, '"'), time.DateOnly), '"'), nil
	case float64:
		switch {
		case math.IsNaN(v) || math.IsInf(v, 0):
			return append(b, "null"...), nil
		case v == math.Trunc(v) && math.Abs(v) < 1e15: // readers take the kind from the first values
			return strconv.AppendFloat(b, v, 'f', 1, 64), nil
		}
		return strconv.AppendFloat(b, v, 'g', -1, 64), nil
	}
	return b, fmt.Errorf("values of type %T cannot be written", v)
}

func appendText(b []byte, s string) []byte {
	text, _ := json.Marshal(s) // of a string never fails
	return append(b, text...)
}

func (e *encoder) geometry(b []byte, g orb.Geometry) ([]byte, error) {
	if geofile.CountPoints(g) == 0 {
		return append(b, "null"...), nil
	}
	switch shape := g.(type) {
	case orb.Ring:
		g = orb.Polygon{shape}
	case orb.Bound:
		g = shape.ToPolygon()
	}
	b = append(b, `{"type":"`...)
	b = append(b, g.GeoJSONType()...)
	if c, ok := g.(orb.Collection); ok {
		b = append(b, `","geometries":[`...)
		for i, member := range c {
			if i > 0 {
				b = append(b, ',')
			}
			var err error
			if b, err = e.geometry(b, member); err != nil {
				return b, err
			}
		}
		return append(b, "]}"...), nil
	}
	b = append(b, `","coordinates":`...)
	switch g := g.(type) {
	case orb.Point:
		b = e.position(b, g)
	case orb.MultiPoint:
		b = e.positions(b, g)
	case orb.LineString:
		b = e.positions(b, g)
	case orb.MultiLineString:
		b = list(b, g, func(b []byte, l orb.LineString) []byte { return e.positions(b, l) })
	case orb.Polygon:
		b = e.polygon(b, geo.Rewind(orb.MultiPolygon{g})[0])
	case orb.MultiPolygon:
		b = list(b, geo.Rewind(g), e.polygon)
	default:
		return b, fmt.Errorf("geometry of type %T cannot be written", g)
	}
	return append(b, '}'), nil
}

func (e *encoder) polygon(b []byte, p orb.Polygon) []byte {
	return list(b, p, func(b []byte, r orb.Ring) []byte { return e.positions(b, r) })
}

func (e *encoder) positions(b []byte, points []orb.Point) []byte { return list(b, points, e.position) }

func list[T any](b []byte, members []T, each func([]byte, T) []byte) []byte {
	b = append(b, '[')
	for i, m := range members {
		if i > 0 {
			b = append(b, ',')
		}
		b = each(b, m)
	}
	return append(b, ']')
}

func (e *encoder) position(b []byte, p orb.Point) []byte {
	b = append(b, '[')
	b = e.ordinate(b, p[0])
	b = append(b, ',')
	b = e.ordinate(b, p[1])
	return append(b, ']')
}

func (e *encoder) ordinate(b []byte, v float64) []byte {
	begin := len(b)
	b = strconv.AppendFloat(b, v, 'f', e.decimals, 64)
	for b[len(b)-1] == '0' {
		b = b[:len(b)-1]
	}
	if b[len(b)-1] == '.' {
		b = b[:len(b)-1]
	}
	if string(b[begin:]) == "-0" {
		b = append(b[:begin], '0')
	}
	return b
}
