package flatgeobuf

import (
	"encoding/binary"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/geofile"
)

// decoder reads features of a layer.
type decoder struct {
	layer *layer
	meter *geofile.Meter
	z, m  bool
	own   bool // features with fields of their own
	left  int  // points of the geometry
	many  bool
	curve bool
}

func (d *decoder) say(find func(geofile.Finding)) {
	if d.z || d.m {
		find(geofile.Finding{Kind: "dimensions_dropped", Layer: d.layer.name, Detail: "几何含高程（Z）或量测值（M），已舍去。"})
	}
	if d.own {
		find(geofile.Finding{Kind: "fields_dropped", Layer: d.layer.name, Detail: "有要素自带另外的字段定义，其属性未读取。"})
	}
}

// row reads a feature. The error is of the meter; what is wrong with the feature
// is its fault.
func (d *decoder) row(number int64, content []byte) (geofile.Row, error) {
	row := geofile.Row{Number: number, Values: make([]any, len(d.layer.fields))}
	f := &flat{b: content}
	feature := f.root()
	shape := f.child(feature, 0)
	if f.err != nil {
		row.Fault = "要素已损坏，无法读取。"
		return row, nil
	}
	if shape != 0 {
		d.left, d.many, d.curve = d.layer.limits.Points, false, false
		g := d.geometry(f, shape, d.layer.kind, 0)
		switch {
		case d.many:
			row.Fault = fmt.Sprintf("几何超过 %d 个坐标点的上限。", d.layer.limits.Points)
		case d.curve:
			row.Fault = "不支持曲线或曲面类型的几何。"
		case f.err != nil:
			row.Fault = "几何已损坏，无法读取。"
		case geofile.CountPoints(g) > 0:
			row.Geometry = g
		}
		if c, ok := row.Geometry.(orb.Collection); ok {
			row.Fault = "几何集合（GeometryCollection）不能作为一个要素。"
			if len(c) == 1 {
				row.Geometry, row.Fault = c[0], ""
			}
		}
		if err := d.meter.Points(d.layer.limits.Points - max(0, d.left)); err != nil {
			return row, err
		}
	}
	f.err = nil
	if f.slot(feature, 2) != 0 {
		d.own = true
		return row, nil
	}
	at, count := f.vector(feature, 1, 1)
	if !d.values(content[at:at+count], row.Values) && row.Fault == "" {
		row.Fault = "属性已损坏，未全部读取。"
	}
	return row, nil
}

// take counts points and empty parts.
func (d *decoder) take(n int) bool {
	if d.left -= max(n, 1); d.left < 0 {
		d.many = true
	}
	return !d.many
}

func (d *decoder) geometry(f *flat, t table, otherwise byte, depth int) orb.Geometry {
	if depth > d.layer.limits.Depth {
		f.fail()
		return nil
	}
	kind := f.u8(t, 6, anyType)
	if kind == anyType {
		kind = otherwise
	}
	if f.slot(t, 2) != 0 {
		d.z = true
	}
	if f.slot(t, 3) != 0 {
		d.m = true
	}
	switch kind {
	case pointType:
		points := d.points(f, t)
		if len(points) != 1 {
			return nil
		}
		return points[0]
	case multiPointType:
		return orb.MultiPoint(d.points(f, t))
	case lineStringType:
		return orb.LineString(d.points(f, t))
	case multiLineStringType:
		lists := d.lists(f, t)
		lines := make(orb.MultiLineString, len(lists))
		for i := range lists {
			lines[i] = lists[i]
		}
		return lines
	case polygonType:
		return d.polygon(f, t)
	case multiPolygonType:
		return d.polygons(f, t)
	case collectionType:
		return d.collection(f, t, depth)
	}
	d.curve = true
	return nil
}

func (d *decoder) polygon(f *flat, t table) orb.Polygon {
	lists := d.lists(f, t)
	p := make(orb.Polygon, len(lists))
	for i := range lists {
		p[i] = lists[i]
	}
	return p
}

func (d *decoder) polygons(f *flat, t table) orb.Geometry {
	at, count := f.vector(t, 7, 4)
	if count == 0 && f.slot(t, 1) != 0 { // as a polygon in itself
		return orb.MultiPolygon{d.polygon(f, t)}
	}
	var out orb.MultiPolygon
	for i := 0; i < count && f.err == nil && d.take(0); i++ {
		out = append(out, d.polygon(f, table(f.follow(at+4*i))))
	}
	return out
}

func (d *decoder) collection(f *flat, t table, depth int) orb.Geometry {
	at, count := f.vector(t, 7, 4)
	var out orb.Collection
	for i := 0; i < count && f.err == nil && d.take(0); i++ {
		out = append(out, d.geometry(f, table(f.follow(at+4*i)), anyType, depth+1))
	}
	return out
}

func (d *decoder) points(f *flat, t table) []orb.Point {
	at, count := f.vector(t, 1, 8)
	if f.err != nil || !d.take(count/2) {
		return nil
	}
	out := make([]orb.Point, count/2)
	for i := range out {
		out[i] = orb.Point{math.Float64frombits(f.u64(at + 16*i)), math.Float64frombits(f.u64(at + 16*i + 8))}
	}
	return out
}

// lists are the points of a geometry by its ends.
func (d *decoder) lists(f *flat, t table) [][]orb.Point {
	points := d.points(f, t)
	at, count := f.vector(t, 0, 4)
	if count == 0 {
		if len(points) == 0 {
			return nil
		}
		return [][]orb.Point{points}
	}
	if !d.take(count) {
		return nil
	}
	out := make([][]orb.Point, 0, count)
	from := 0
	for i := range count {
		to := int(f.u32(at + 4*i))
		if to < from || to > len(points) {
			f.fail()
			return nil
		}
		out = append(out, points[from:to:to])
		from = to
	}
	return out
}

// values reads the pairs of column and value.
func (d *decoder) values(b []byte, into []any) bool {
	for len(b) > 0 {
		if len(b) < 2 {
			return false
		}
		i := int(binary.LittleEndian.Uint16(b))
		if i >= len(into) {
			return false
		}
		v, size := value(d.layer.columns[i], b[2:])
		if size < 0 {
			return false
		}
		into[i] = v
		b = b[2+size:]
	}
	return true
}

var widths = map[byte]int{
	byteColumn: 1, ubyteColumn: 1, boolColumn: 1, shortColumn: 2, ushortColumn: 2, intColumn: 4, uintColumn: 4,
	longColumn: 8, ulongColumn: 8, floatColumn: 4, doubleColumn: 8,
}

// value reads one value and tells its bytes; -1 where they do not fit.
func value(column byte, b []byte) (any, int) {
	width, fixed := widths[column]
	if !fixed {
		return longValue(column, b)
	}
	if len(b) < width {
		return nil, -1
	}
	switch column {
	case byteColumn:
		return int64(int8(b[0])), width
	case ubyteColumn:
		return int64(b[0]), width
	case boolColumn:
		return b[0] != 0, width
	case shortColumn:
		return int64(int16(binary.LittleEndian.Uint16(b))), width
	case ushortColumn:
		return int64(binary.LittleEndian.Uint16(b)), width
	case intColumn:
		return int64(int32(binary.LittleEndian.Uint32(b))), width
	case uintColumn:
		return int64(binary.LittleEndian.Uint32(b)), width
	case longColumn:
		return int64(binary.LittleEndian.Uint64(b)), width
	case ulongColumn:
		n := binary.LittleEndian.Uint64(b)
		if n > math.MaxInt64 {
			return strconv.FormatUint(n, 10), width
		}
		return int64(n), width
	case floatColumn:
		return finite(float64(math.Float32frombits(binary.LittleEndian.Uint32(b)))), width
	}
	return finite(math.Float64frombits(binary.LittleEndian.Uint64(b))), width
}

func finite(v float64) any {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return nil
	}
	return v
}

func longValue(column byte, b []byte) (any, int) {
	if len(b) < 4 {
		return nil, -1
	}
	size := uint64(binary.LittleEndian.Uint32(b))
	if size > uint64(len(b)-4) {
		return nil, -1
	}
	text := strings.ToValidUTF8(string(b[4:4+size]), "�")
	switch column {
	case binaryColumn:
		return nil, 4 + int(size)
	case dateTimeColumn:
		if day, err := time.Parse(time.DateOnly, strings.TrimSuffix(text, "T00:00:00")); err == nil { // GDAL's way of writing days
			return day, 4 + int(size)
		}
	case stringColumn, jsonColumn:
	default:
		return nil, -1
	}
	return text, 4 + int(size)
}
