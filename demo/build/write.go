package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"

	"github.com/klauspost/compress/gzip"
	"github.com/peterstace/simplefeatures/geom"
)

// props are a row's columns; JSON writes them in alphabetical order.
type props map[string]any

// row is one feature: a shape on the plane and its columns.
type row struct {
	shape geom.Geometry
	props props
}

type table struct {
	name string
	rows []row
}

// writeTables writes data/<table>.geojson.gz and gives the total size in bytes.
func writeTables(dir string, tables []table) (int, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return 0, err
	}
	total := 0
	for _, t := range tables {
		body, err := encodeTable(t)
		if err != nil {
			return 0, fmt.Errorf("encode %s: %w", t.name, err)
		}
		var packed bytes.Buffer
		z, err := gzip.NewWriterLevel(&packed, gzip.BestCompression) // no name, no time: same bytes
		if err != nil {
			return 0, err
		}
		if _, err := z.Write(body); err != nil {
			return 0, err
		}
		if err := z.Close(); err != nil {
			return 0, err
		}
		if err := os.WriteFile(filepath.Join(dir, t.name+".geojson.gz"), packed.Bytes(), 0o644); err != nil {
			return 0, err
		}
		total += packed.Len()
	}
	return total, nil
}

func encodeTable(t table) ([]byte, error) {
	var b bytes.Buffer
	fmt.Fprintf(&b, `{"type":"FeatureCollection","name":%q,"features":[`, t.name)
	for i, r := range t.rows {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('\n')
		if err := encodeRow(&b, r); err != nil {
			return nil, fmt.Errorf("row %d (%v): %w", i, r.props["source_ref"], err)
		}
	}
	b.WriteString("\n]}\n")
	return b.Bytes(), nil
}

func encodeRow(b *bytes.Buffer, r row) error {
	g, err := final(r.shape)
	if err != nil {
		return err
	}
	p, err := marshal(r.props)
	if err != nil {
		return err
	}
	b.WriteString(`{"type":"Feature","properties":`)
	b.Write(p)
	b.WriteString(`,"geometry":`)
	b.Write(appendGeometry(nil, g))
	b.WriteByte('}')
	return nil
}

// marshal is json.Marshal without escapes for HTML.
func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimRight(b.Bytes(), "\n"), nil
}

// final is the shape as it is written: in degrees, on the 1 cm grid, valid,
// areas as multi-polygons with counter-clockwise outer rings (RFC 7946).
func final(g geom.Geometry) (geom.Geometry, error) {
	g = toDegrees(g)
	if g.Dimension() < 2 {
		return g, g.Validate()
	}
	g = multi(polygons(g))
	if g.Validate() != nil { // rounding can make a ring touch itself
		cleaned, err := geom.Buffer(g, 0)
		if err != nil {
			return g, err
		}
		g = multi(polygons(toDegrees(toPlane(cleaned))))
	}
	if g.IsEmpty() {
		return g, fmt.Errorf("nothing is left of the shape")
	}
	return g.ForceCCW(), g.Validate()
}

func appendGeometry(b []byte, g geom.Geometry) []byte {
	b = append(b, `{"type":"`...)
	b = append(b, g.Type().String()...)
	b = append(b, `","coordinates":`...)
	switch g.Type() {
	case geom.TypePoint:
		p, _ := g.MustAsPoint().XY()
		b = appendXY(b, p)
	case geom.TypeLineString:
		b = appendSequence(b, g.MustAsLineString().Coordinates())
	case geom.TypeMultiPolygon:
		mp := g.MustAsMultiPolygon()
		b = append(b, '[')
		for i := range mp.NumPolygons() {
			b = comma(b, i)
			b = append(b, '[')
			for j, ring := range mp.PolygonN(i).DumpRings() {
				b = comma(b, j)
				b = appendSequence(b, ring.Coordinates())
			}
			b = append(b, ']')
		}
		b = append(b, ']')
	}
	return append(b, '}')
}

func appendSequence(b []byte, s geom.Sequence) []byte {
	b = append(b, '[')
	for i := range s.Length() {
		b = comma(b, i)
		b = appendXY(b, s.GetXY(i))
	}
	return append(b, ']')
}

func appendXY(b []byte, p geom.XY) []byte {
	b = append(b, '[')
	b = strconv.AppendFloat(b, p.X, 'f', -1, 64)
	b = append(b, ',')
	b = strconv.AppendFloat(b, p.Y, 'f', -1, 64)
	return append(b, ']')
}

func comma(b []byte, i int) []byte {
	if i > 0 {
		return append(b, ',')
	}
	return b
}
