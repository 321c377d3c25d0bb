package flatgeobuf

import (
	"encoding/binary"
	"fmt"
	"math"
	"time"

	flatbuffers "github.com/google/flatbuffers/go"
	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/geofile"
)

// Types of geometries (header.fbs).
const (
	anyType = iota
	pointType
	lineStringType
	polygonType
	multiPointType
	multiLineStringType
	multiPolygonType
	collectionType
)

// Types of columns (header.fbs).
const (
	byteColumn = iota
	ubyteColumn
	boolColumn
	shortColumn
	ushortColumn
	intColumn
	uintColumn
	longColumn
	ulongColumn
	floatColumn
	doubleColumn
	stringColumn
	jsonColumn
	dateTimeColumn
	binaryColumn
)

func columnOf(k geofile.Kind) byte {
	switch k {
	case geofile.Integer:
		return longColumn
	case geofile.Real:
		return doubleColumn
	case geofile.Boolean:
		return boolColumn
	case geofile.Date:
		return dateTimeColumn
	}
	return stringColumn
}

func typeOf(s geofile.Shape) byte {
	switch s {
	case geofile.Points:
		return pointType
	case geofile.Lines:
		return multiLineStringType
	case geofile.Areas:
		return multiPolygonType
	}
	return anyType
}

// header is the table Header with its size before it.
func header(l geofile.Layer, o Options, bound orb.Bound, count int, indexed bool) []byte {
	b := flatbuffers.NewBuilder(4096)
	columns := make([]flatbuffers.UOffsetT, len(l.Fields))
	for i, f := range l.Fields {
		columns[i] = column(b, f)
	}
	b.StartVector(4, len(columns), 4)
	for i := len(columns) - 1; i >= 0; i-- {
		b.PrependUOffsetT(columns[i])
	}
	columnVector := b.EndVector(len(columns))
	envelope := flatbuffers.UOffsetT(0)
	if !bound.IsEmpty() {
		envelope = doubles(b, []orb.Point{bound.Min, bound.Max})
	}
	crs := system(b, l)
	name, title, description := b.CreateString(l.Name), b.CreateString(l.Title), b.CreateString(o.Description)
	b.StartObject(14)
	b.PrependUOffsetTSlot(0, name, 0)
	b.PrependUOffsetTSlot(1, envelope, 0)
	b.PrependByteSlot(2, typeOf(l.Shape), 0)
	b.PrependUOffsetTSlot(7, columnVector, 0)
	b.PrependUint64Slot(8, uint64(count), 0)
	if !indexed {
		b.PrependUint16(0) // a slot would leave the default of 16 away
		b.Slot(9)
	}
	b.PrependUOffsetTSlot(10, crs, 0)
	b.PrependUOffsetTSlot(11, title, 0)
	b.PrependUOffsetTSlot(12, description, 0)
	b.FinishSizePrefixed(b.EndObject())
	return b.FinishedBytes()
}

func column(b *flatbuffers.Builder, f geofile.Field) flatbuffers.UOffsetT {
	note := f.Note
	if f.Unit != "" {
		note = "单位：" + f.Unit + map[bool]string{true: "；"}[note != ""] + note
	}
	name, title, description := b.CreateString(f.Name), b.CreateString(f.Title), b.CreateString(note)
	b.StartObject(11)
	b.PrependUOffsetTSlot(0, name, 0)
	b.PrependByteSlot(1, columnOf(f.Kind), 0)
	b.PrependUOffsetTSlot(2, title, 0)
	b.PrependUOffsetTSlot(3, description, 0)
	if f.Length > 0 && f.Kind == geofile.Text {
		b.PrependInt32Slot(4, int32(f.Length), -1)
	}
	return b.EndObject()
}

func system(b *flatbuffers.Builder, l geofile.Layer) flatbuffers.UOffsetT {
	org := flatbuffers.UOffsetT(0)
	if l.CRS.SRID() != 0 {
		org = b.CreateString("EPSG")
	}
	name, wkt := b.CreateString(l.CRS.Name()), b.CreateString(l.CRS.WKT())
	b.StartObject(6)
	b.PrependUOffsetTSlot(0, org, 0)
	b.PrependInt32Slot(1, int32(l.CRS.SRID()), 0)
	b.PrependUOffsetTSlot(2, name, 0)
	b.PrependUOffsetTSlot(4, wkt, 0)
	return b.EndObject()
}

// encoder makes features of a layer into bytes.
type encoder struct {
	l          geofile.Layer
	b          *flatbuffers.Builder
	properties []byte
}

func newEncoder(l geofile.Layer) *encoder { return &encoder{l: l, b: flatbuffers.NewBuilder(4096)} }

// feature is the table Feature with its size before it; valid until the next one.
func (e *encoder) feature(f geofile.Feature) ([]byte, error) {
	if len(f.Values) != len(e.l.Fields) {
		return nil, fmt.Errorf("%d values for %d fields", len(f.Values), len(e.l.Fields))
	}
	e.b.Reset()
	properties, err := e.values(f.Values)
	if err != nil {
		return nil, err
	}
	vector := flatbuffers.UOffsetT(0)
	if len(properties) > 0 {
		vector = e.b.CreateByteVector(properties)
	}
	shape := flatbuffers.UOffsetT(0)
	if geofile.CountPoints(f.Geometry) > 0 {
		g := f.Geometry
		if e.l.Shape == geofile.Areas || e.l.Shape == geofile.Lines {
			g = geofile.Multi(g)
		}
		if shape, err = geometry(e.b, g); err != nil {
			return nil, err
		}
	}
	e.b.StartObject(3)
	e.b.PrependUOffsetTSlot(0, shape, 0)
	e.b.PrependUOffsetTSlot(1, vector, 0)
	e.b.FinishSizePrefixed(e.b.EndObject())
	return e.b.FinishedBytes(), nil
}

func (e *encoder) values(values []any) ([]byte, error) {
	out := e.properties[:0]
	for i, v := range values {
		if v == nil {
			continue
		}
		if f, ok := v.(float64); ok && (math.IsNaN(f) || math.IsInf(f, 0)) {
			continue
		}
		out = binary.LittleEndian.AppendUint16(out, uint16(i))
		fits := false
		switch v := v.(type) {
		case string:
			fits = e.l.Fields[i].Kind == geofile.Text
			out = text(out, v)
		case int64:
			fits = e.l.Fields[i].Kind == geofile.Integer
			out = binary.LittleEndian.AppendUint64(out, uint64(v))
		case float64:
			fits = e.l.Fields[i].Kind == geofile.Real
			out = binary.LittleEndian.AppendUint64(out, math.Float64bits(v))
		case bool:
			fits = e.l.Fields[i].Kind == geofile.Boolean
			out = append(out, map[bool]byte{true: 1}[v])
		case time.Time:
			fits = e.l.Fields[i].Kind == geofile.Date
			out = text(out, v.Format(time.DateOnly))
		}
		if !fits {
			return nil, fmt.Errorf("field %s of kind %s: values of type %T cannot be written", e.l.Fields[i].Name, e.l.Fields[i].Kind, v)
		}
	}
	e.properties = out
	return out, nil
}

func text(out []byte, s string) []byte {
	return append(binary.LittleEndian.AppendUint32(out, uint32(len(s))), s...)
}

func geometry(b *flatbuffers.Builder, g orb.Geometry) (flatbuffers.UOffsetT, error) {
	switch g := g.(type) {
	case orb.Point:
		return simple(b, pointType, nil, []orb.Point{g}), nil
	case orb.MultiPoint:
		return simple(b, multiPointType, nil, g), nil
	case orb.LineString:
		return simple(b, lineStringType, nil, g), nil
	case orb.MultiLineString:
		lines := make([][]orb.Point, len(g))
		for i := range g {
			lines[i] = g[i]
		}
		return lists(b, multiLineStringType, lines), nil
	case orb.Polygon:
		return lists(b, polygonType, ringsOf(g)), nil
	case orb.MultiPolygon:
		parts := make([]flatbuffers.UOffsetT, len(g))
		for i := range g {
			parts[i] = lists(b, polygonType, ringsOf(g[i]))
		}
		return collect(b, multiPolygonType, parts), nil
	case orb.Collection:
		parts := make([]flatbuffers.UOffsetT, len(g))
		for i := range g {
			var err error
			if parts[i], err = geometry(b, g[i]); err != nil {
				return 0, err
			}
		}
		return collect(b, collectionType, parts), nil
	case orb.Ring:
		return geometry(b, orb.Polygon{g})
	case orb.Bound:
		return geometry(b, g.ToPolygon())
	}
	return 0, fmt.Errorf("geometry of type %T cannot be written", g)
}

func ringsOf(p orb.Polygon) [][]orb.Point {
	out := make([][]orb.Point, len(p))
	for i := range p {
		out[i] = p[i]
	}
	return out
}

func lists(b *flatbuffers.Builder, kind byte, parts [][]orb.Point) flatbuffers.UOffsetT {
	var points []orb.Point
	ends := make([]uint32, len(parts))
	for i, p := range parts {
		points = append(points, p...)
		ends[i] = uint32(len(points))
	}
	return simple(b, kind, ends, points)
}

func simple(b *flatbuffers.Builder, kind byte, ends []uint32, points []orb.Point) flatbuffers.UOffsetT {
	vector := flatbuffers.UOffsetT(0)
	if len(ends) > 1 || kind == multiLineStringType { // one ring needs no end; GDAL wants that of one line
		b.StartVector(4, len(ends), 4)
		for i := len(ends) - 1; i >= 0; i-- {
			b.PrependUint32(ends[i])
		}
		vector = b.EndVector(len(ends))
	}
	xy := doubles(b, points)
	b.StartObject(8)
	b.PrependUOffsetTSlot(0, vector, 0)
	b.PrependUOffsetTSlot(1, xy, 0)
	b.PrependByteSlot(6, kind, 0)
	return b.EndObject()
}

func collect(b *flatbuffers.Builder, kind byte, parts []flatbuffers.UOffsetT) flatbuffers.UOffsetT {
	b.StartVector(4, len(parts), 4)
	for i := len(parts) - 1; i >= 0; i-- {
		b.PrependUOffsetT(parts[i])
	}
	vector := b.EndVector(len(parts))
	b.StartObject(8)
	b.PrependByteSlot(6, kind, 0)
	b.PrependUOffsetTSlot(7, vector, 0)
	return b.EndObject()
}

func doubles(b *flatbuffers.Builder, points []orb.Point) flatbuffers.UOffsetT {
	b.StartVector(8, 2*len(points), 8)
	for i := len(points) - 1; i >= 0; i-- {
		b.PrependFloat64(points[i][1])
		b.PrependFloat64(points[i][0])
	}
	return b.EndVector(2 * len(points))
}
