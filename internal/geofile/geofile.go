// Package geofile holds what the geographic files of planners have in common:
// layers of features with fields. A package below it reads and writes each
// format: bytes to features and back. It must never touch a database or HTTP,
// store anything, or repair silently: what is odd in a file is a Finding.
package geofile

import (
	"context"
	"iter"

	"github.com/lianpian/lianpian/internal/seal"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/geo"
)

// Kind is the type of a field's values.
type Kind string

// The kinds, and the Go types of their values. nil is unknown in every kind.
const (
	Text    Kind = "text"    // string
	Integer Kind = "integer" // int64
	Real    Kind = "real"    // float64, finite
	Boolean Kind = "boolean" // bool
	Date    Kind = "date"    // time.Time, a day in UTC
)

// Field is a column of a layer.
type Field struct {
	Name   string // the glossary's identifier: floor_area_m2
	Title  string // the Chinese name: 建筑面积
	Short  string // at most 10 bytes of ASCII for Shapefiles: "" makes one
	Kind   Kind
	Unit   string // m², 户 …
	Note   string // for the dictionary of fields
	Length int    // of texts, in characters; 0 is not bounded
}

// Shape is the one type of geometry that a layer has.
type Shape string

// The shapes of layers. Areas and lines may have several parts.
const (
	NoShape Shape = ""
	Points  Shape = "point"
	Lines   Shape = "line"
	Areas   Shape = "area"
	Mixed   Shape = "mixed"
)

// Feature is a row of a layer. Values stand in the order of the layer's fields.
type Feature struct {
	ID       int64
	Geometry orb.Geometry // nil: none. Point, MultiPoint, LineString, MultiLineString, Polygon, MultiPolygon
	Values   []any
}

// Layer is what a writer writes. Features may be run through once or more
// often; an error ends them.
type Layer struct {
	Name     string // the glossary's identifier, plural: communities
	Title    string // the Chinese name: 小区
	Shape    Shape
	Fields   []Field
	CRS      geo.CRS // of the geometries
	Count    int64   // features, -1: not known
	Bound    orb.Bound
	Style    Style
	Features iter.Seq2[Feature, error]
}

// Style says how a layer is drawn in programs that take a style along: QGIS, KML,
// DXF. Colours are #rrggbb.
type Style struct {
	Fill, Stroke string  // "" draws none
	Width        float64 // of strokes and half the size of points, mm on paper
	Opacity      float64 // of fills, 0 is 1
	Label        string  // name of the field that labels, "" for none
	By           string  // name of the field whose values have classes of their own
	Classes      []Class
}

// Class is the style of the features with one value of a field.
type Class struct {
	Value  any
	Title  string
	Fill   string
	Stroke string
}

// Projected returns the layer in another system; its features must be in lon/lat
// degrees.
func (l Layer) Projected(c geo.CRS) Layer {
	from := l.Features
	l.CRS = c
	if c.Geographic() {
		return l
	}
	l.Bound = projectBound(l.Bound, c)
	l.Features = func(yield func(Feature, error) bool) {
		for f, err := range from {
			if err == nil {
				f.Geometry = Transform(f.Geometry, c.Forward)
			}
			if !yield(f, err) {
				return
			}
		}
	}
	return l
}

// Finding is something odd in a file, found while reading. The kinds are stable
// and shown to programs; Detail is a sentence for people.
type Finding struct {
	Kind     string   `json:"kind"`
	Layer    string   `json:"layer,omitempty"`
	Row      int64    `json:"row,omitempty"` // as Row.Number; 0 is the layer or file as a whole
	Detail   string   `json:"detail"`
	Severity Severity `json:"severity" enum:"info,warning,error" doc:"info: nothing is lost; warning: look whether it is meant; error: something of the file is lost"`
}

// RefusedError says that a file cannot be read at all, or must not be; Detail is
// one sentence for the person.
type RefusedError struct{ Detail string }

func (e *RefusedError) Error() string { return e.Detail }

// Dataset is an opened file. Close it.
type Dataset struct {
	Format   string // shapefile, geopackage, geojson, kml, dxf, flatgeobuf, csv, xlsx
	Layers   []Source
	Findings []Finding
	Close    func() error
}

// Source is a layer as a file has it, before anything is mended.
type Source struct {
	Name     string
	Shape    Shape
	Fields   []Field  // Name as the file has it
	Count    int64    // -1: not known
	CRS      *geo.CRS // nil: the file does not say, or it is not known here
	CRSText  string   // what the file says, "" for nothing
	Encoding string   // of its texts: UTF-8, GB18030 …, "" where the format leaves no choice
	Columns  Columns  // of tables: where the coordinates stand, as told or found
	// Rows reads the layer from its beginning and may be called again. What is
	// odd is told to find. It ends at the first error, also one of yield.
	Rows func(ctx context.Context, find func(Finding), yield func(Row) error) error
}

// Row is a feature as a file has it.
type Row struct {
	Number   int64        // as people count: from 1, or the line of a table
	Geometry orb.Geometry // in the file's own coordinates, without Z and M; nil: none
	Values   []any        // texts as they stand there, decoded
	Fault    string       // why the geometry cannot be read, for people
}

// Limits bound what is read. The zero value of each means its default.
type Limits struct {
	Bytes     int64   // of all unpacked content; 2 GiB
	Entries   int     // of an archive; 2,000
	Ratio     float64 // of unpacked to packed; 200, looked at above 1 MiB
	Rows      int64   // of all layers; 2,000,000
	Points    int     // of one geometry; geo.MaxImportPoints
	AllPoints int64   // of the file; 50,000,000
	Depth     int     // of nested collections, elements and blocks; 32
}

// Options say how to open a file.
type Options struct {
	Name     string // of the file as its sender calls it; "" is that of the path
	Encoding string // of texts; "" finds it
	Limits   Limits
	Columns  Columns   // of tables: where the coordinates stand; the zero value finds them
	Key      *seal.Key // opens a sealed file; nil: the file is plain
	Gap      float64   // of DXF: ends of a line that lie so near close it, in the file's units; 0 is a hundredth of a metre
}

// Columns say which fields of a table hold its coordinates, by their names.
// Either Geometry is given, or X and Y.
type Columns struct {
	X        string `json:"x,omitempty"`        // longitude or easting
	Y        string `json:"y,omitempty"`        // latitude or northing
	Geometry string `json:"geometry,omitempty"` // well-known text or GeoJSON
	Angles   string `json:"angles,omitempty"`   // how X and Y write degrees; "" looks at each
	None     bool   `json:"none,omitempty"`     // the table has no coordinates, whatever its names
}

// The ways to write degrees in X and Y of tables.
const (
	DecimalDegrees = "decimal" // 106.9303
	SexagesimalDMS = "dms"     // 106°55′48.9″
	PackedDMS      = "packed"  // 106.55489 for 106°55′48.9″: never taken unless told
)
