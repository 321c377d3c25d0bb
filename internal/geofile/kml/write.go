// Package kml reads and writes KML 2.2 (OGC 07-147r2) and KMZ: folders of
// placemarks in lon/lat degrees, with typed fields and styles. It must never
// follow a link of a file, expand entities that a file defines, or hold a file in
// memory.
package kml

import (
	"archive/zip"
	"bufio"
	"context"
	"encoding/xml"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/geo"
	"github.com/lianpian/lianpian/internal/geofile"
)

// Options say how a file is written.
type Options struct {
	Name        string    // of the document
	Description string    // attribution and notices
	At          time.Time // of the entry of a KMZ
}

// Write writes layers as documents within one, each with its own styles and fields:
// GDAL does not find those of the whole in a KMZ. Coordinates of plane systems are taken back to
// lon/lat, which is all that the format knows.
func Write(ctx context.Context, w io.Writer, layers []geofile.Layer, o Options) error {
	e := &encoder{w: bufio.NewWriterSize(w, 256<<10)}
	e.text(xml.Header + `<kml xmlns="http://www.opengis.net/kml/2.2"><Document>` + "\n")
	e.element("name", o.Name)
	e.element("description", o.Description)
	for i, l := range layers {
		if err := e.layer(ctx, i, l); err != nil {
			return fmt.Errorf("write KML: layer %s: %w", l.Name, err)
		}
	}
	e.text("</Document></kml>\n")
	if err := e.w.Flush(); err != nil { // bufio keeps its first error
		return fmt.Errorf("write KML: %w", err)
	}
	return nil
}

// WriteKMZ writes the same as Write, packed.
func WriteKMZ(ctx context.Context, w io.Writer, layers []geofile.Layer, o Options) error {
	pack := zip.NewWriter(w)
	entry, err := pack.CreateHeader(&zip.FileHeader{Name: "doc.kml", Method: zip.Deflate, Modified: o.At.UTC()})
	if err != nil {
		return fmt.Errorf("write KMZ: %w", err)
	}
	if err := Write(ctx, entry, layers, o); err != nil {
		return err
	}
	if err := pack.Close(); err != nil {
		return fmt.Errorf("write KMZ: %w", err)
	}
	return nil
}

// encoder writes XML by hand: a document of elements would fill the memory.
type encoder struct {
	w *bufio.Writer
	b []byte
}

func (e *encoder) text(s string) { _, _ = e.w.WriteString(s) }

func (e *encoder) element(name, content string) {
	if content != "" {
		e.text("<" + name + ">" + escape(content) + "</" + name + ">\n")
	}
}

// escape is a text as it may stand in an element or attribute; what XML cannot
// hold becomes U+FFFD.
func escape(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s)) // a strings.Builder takes everything
	return b.String()
}

// schema declares the fields (clause 9.3).
func (e *encoder) schema(i int, l geofile.Layer) {
	e.text(fmt.Sprintf(`<Schema name="%s" id="%s">`, escape(l.Name), schemaID(i)))
	for _, f := range l.Fields {
		kind := map[geofile.Kind]string{geofile.Integer: "int", geofile.Real: "double", geofile.Boolean: "bool"}[f.Kind]
		if kind == "" {
			kind = "string"
		}
		title := f.Title
		if f.Unit != "" {
			title += "（" + f.Unit + "）"
		}
		e.text(fmt.Sprintf(`<SimpleField type="%s" name="%s"><displayName>%s</displayName></SimpleField>`, kind, escape(f.Name), escape(title)))
	}
	e.text("</Schema>\n")
}

func schemaID(layer int) string { return "fields" + strconv.Itoa(layer+1) }

func (e *encoder) layer(ctx context.Context, i int, l geofile.Layer) error {
	title := l.Title
	if title == "" {
		title = l.Name
	}
	e.text("<Document>")
	e.element("name", title)
	e.styles(i, l)
	e.schema(i, l)
	// GDAL takes the element name for a field of that name
	label, by := fieldIndex(l, "name"), fieldIndex(l, l.Style.By)
	if label < 0 {
		label = fieldIndex(l, l.Style.Label)
	}
	row := 0
	for f, err := range l.Features {
		if err == nil {
			err = ctx.Err()
		}
		if err == nil && len(f.Values) != len(l.Fields) {
			err = fmt.Errorf("%d values for %d fields", len(f.Values), len(l.Fields))
		}
		if err == nil {
			row++
			err = e.placemark(i, l, f, label, by)
		}
		if err != nil {
			return fmt.Errorf("row %d: %w", row, err)
		}
	}
	e.text("</Document>\n")
	return nil
}

func fieldIndex(l geofile.Layer, name string) int {
	for i, f := range l.Fields {
		if f.Name == name && name != "" {
			return i
		}
	}
	return -1
}

func (e *encoder) placemark(i int, l geofile.Layer, f geofile.Feature, label, by int) error {
	e.text("<Placemark>")
	if label >= 0 && f.Values[label] != nil {
		text, err := valueText(f.Values[label])
		if err != nil {
			return err
		}
		e.element("name", text)
	}
	class := -1
	if by >= 0 {
		class = classOf(l.Style.Classes, f.Values[by])
	}
	e.text("<styleUrl>#" + styleID(i, class) + `</styleUrl><ExtendedData><SchemaData schemaUrl="#` + schemaID(i) + `">`)
	for j, v := range f.Values {
		if v == nil {
			continue
		}
		text, err := valueText(v)
		if err != nil {
			return fmt.Errorf("field %s: %w", l.Fields[j].Name, err)
		}
		e.text(`<SimpleData name="` + escape(l.Fields[j].Name) + `">` + escape(text) + `</SimpleData>`)
	}
	e.text("</SchemaData></ExtendedData>")
	if err := e.shape(f.Geometry, l.CRS); err != nil {
		return err
	}
	e.text("</Placemark>\n")
	return nil
}

func classOf(classes []geofile.Class, value any) int {
	for i, c := range classes {
		if c.Value == value {
			return i
		}
	}
	return -1
}

func valueText(v any) (string, error) {
	switch v := v.(type) {
	case string:
		return v, nil
	case int64:
		return strconv.FormatInt(v, 10), nil
	case bool:
		return map[bool]string{true: "1", false: "0"}[v], nil
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return "", nil
		}
		return strconv.FormatFloat(v, 'g', -1, 64), nil
	case time.Time:
		return v.Format(time.DateOnly), nil
	}
	return "", fmt.Errorf("values of type %T cannot be written", v)
}

// shape writes a geometry, in lon/lat degrees.
func (e *encoder) shape(g orb.Geometry, c geo.CRS) error {
	if geofile.CountPoints(g) == 0 {
		return nil
	}
	if !c.Geographic() {
		g = geofile.Transform(g, c.Inverse)
	}
	e.b = e.b[:0]
	if err := e.geometry(g); err != nil {
		return err
	}
	_, err := e.w.Write(e.b)
	return err
}

func (e *encoder) geometry(g orb.Geometry) error {
	switch g := g.(type) {
	case orb.Point:
		e.points("Point", []orb.Point{g})
	case orb.LineString:
		e.points("LineString", g)
	case orb.Polygon:
		e.polygon(g)
	case orb.Ring:
		e.polygon(orb.Polygon{g})
	case orb.Bound:
		e.polygon(g.ToPolygon())
	case orb.MultiPoint:
		return e.several(len(g), func(i int) orb.Geometry { return g[i] })
	case orb.MultiLineString:
		return e.several(len(g), func(i int) orb.Geometry { return g[i] })
	case orb.MultiPolygon:
		return e.several(len(g), func(i int) orb.Geometry { return g[i] })
	case orb.Collection:
		return e.several(len(g), func(i int) orb.Geometry { return g[i] })
	default:
		return fmt.Errorf("geometry of type %T cannot be written", g)
	}
	return nil
}

func (e *encoder) several(n int, part func(int) orb.Geometry) error {
	if n == 1 {
		return e.geometry(part(0))
	}
	e.b = append(e.b, "<MultiGeometry>"...)
	for i := range n {
		if err := e.geometry(part(i)); err != nil {
			return err
		}
	}
	e.b = append(e.b, "</MultiGeometry>"...)
	return nil
}

func (e *encoder) polygon(p orb.Polygon) {
	e.b = append(e.b, "<Polygon>"...)
	for i, r := range geo.Rewind(orb.MultiPolygon{p})[0] {
		side := "outerBoundaryIs"
		if i > 0 {
			side = "innerBoundaryIs"
		}
		e.b = append(e.b, "<"+side+">"...)
		e.points("LinearRing", r)
		e.b = append(e.b, "</"+side+">"...)
	}
	e.b = append(e.b, "</Polygon>"...)
}

func (e *encoder) points(name string, points []orb.Point) {
	e.b = append(e.b, "<"+name+"><coordinates>"...)
	for i, p := range points {
		if i > 0 {
			e.b = append(e.b, ' ')
		}
		e.b = strconv.AppendFloat(e.b, p[0], 'f', 9, 64) // a tenth of a millimetre
		e.b = append(e.b, ',')
		e.b = strconv.AppendFloat(e.b, p[1], 'f', 9, 64)
	}
	e.b = append(e.b, "</coordinates></"+name+">"...)
}
