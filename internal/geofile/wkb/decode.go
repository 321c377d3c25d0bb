package wkb

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"github.com/paulmach/orb"
)

// Limits bound what one geometry may hold.
type Limits struct {
	Points int // and empty members; 0 is not bounded but by the bytes
	Depth  int // of collections in collections; 0 allows 32
}

// Extra tells what a geometry had beside X and Y; it is left away.
type Extra struct{ Z, M bool }

// What Decode refuses beside a FormatError.
var (
	ErrTooManyPoints = errors.New("the geometry has too many points")
	ErrTooDeep       = errors.New("the geometry is nested too deeply")
)

// UnsupportedError is a type of geometry that no register holds: a curve, a solid.
type UnsupportedError struct{ Type uint32 }

func (e *UnsupportedError) Error() string {
	return fmt.Sprintf("geometries of type %d are not supported", e.Type)
}

// ErrFormat says that bytes are no well-known binary.
var ErrFormat = errors.New("not well-known binary")

// Decode reads one geometry: ISO and extended well-known binary, either byte
// order, with Z and M. An empty geometry is one of its type without points; the
// empty point is an empty MultiPoint.
func Decode(b []byte, l Limits) (orb.Geometry, Extra, error) {
	if l.Points <= 0 {
		l.Points = math.MaxInt
	}
	if l.Depth <= 0 {
		l.Depth = 32
	}
	d := decoder{b: b, left: l.Points, depth: l.Depth}
	g := d.geometry(0)
	if d.err != nil {
		return nil, d.extra, d.err
	}
	return g, d.extra, nil
}

type decoder struct {
	b     []byte
	order binary.ByteOrder
	left  int // points
	depth int
	extra Extra
	err   error
}

func (d *decoder) fail(err error) {
	if d.err == nil {
		d.err = err
	}
	d.b = nil
}

// header reads the byte order and the type, and returns the type without its
// flags and the bytes of one position.
func (d *decoder) header() (kind uint32, width int) {
	if len(d.b) < 5 || d.b[0] > 1 {
		d.fail(ErrFormat)
		return 0, 0
	}
	d.order = binary.ByteOrder(binary.BigEndian)
	if d.b[0] == 1 {
		d.order = binary.LittleEndian
	}
	kind = d.order.Uint32(d.b[1:])
	d.b = d.b[5:]
	z, m := kind&0x80000000 != 0, kind&0x40000000 != 0
	if kind&0x20000000 != 0 { // an SRID follows
		if len(d.b) < 4 {
			d.fail(ErrFormat)
			return 0, 0
		}
		d.b = d.b[4:]
	}
	kind &= 0x1fffffff
	switch thousand := kind / 1000; thousand {
	case 1:
		z = true
	case 2:
		m = true
	case 3:
		z, m = true, true
	}
	width = 16
	if z {
		d.extra.Z = true
		width += 8
	}
	if m {
		d.extra.M = true
		width += 8
	}
	if kind < 4000 {
		kind %= 1000
	}
	return kind, width
}

func (d *decoder) geometry(depth int) orb.Geometry {
	if depth > d.depth {
		d.fail(ErrTooDeep)
	}
	kind, width := d.header()
	if d.err != nil {
		return nil
	}
	switch kind {
	case point:
		p, empty := d.point(width)
		if empty {
			return orb.MultiPoint{}
		}
		return p
	case lineString:
		return orb.LineString(d.points(width))
	case polygon:
		return d.polygon(width)
	case multiPoint:
		return orb.MultiPoint(members(d, d.memberPoint))
	case multiLineString:
		return orb.MultiLineString(members(d, func() (orb.LineString, bool) {
			return orb.LineString(d.points(d.member(lineString))), true
		}))
	case multiPolygon:
		return orb.MultiPolygon(members(d, func() (orb.Polygon, bool) {
			return d.polygon(d.member(polygon)), true
		}))
	case collection:
		return orb.Collection(members(d, func() (orb.Geometry, bool) { return d.geometry(depth + 1), true }))
	}
	d.fail(&UnsupportedError{kind})
	return nil
}

// member reads the header of a member that has to be of one type.
func (d *decoder) member(want uint32) (width int) {
	kind, width := d.header()
	if d.err == nil && kind != want {
		d.fail(ErrFormat)
	}
	return width
}

func (d *decoder) memberPoint() (p orb.Point, keep bool) {
	p, empty := d.point(d.member(point))
	return p, !empty
}

// members reads a count and so many members, each of at least five bytes.
func members[T any](d *decoder, read func() (T, bool)) []T {
	n := d.count(5)
	out := make([]T, 0, min(n, 1024))
	for i := 0; i < n && d.err == nil; i++ {
		before := d.left
		m, keep := read()
		if d.left == before { // an empty member takes memory, too
			if d.left--; d.left < 0 {
				d.fail(ErrTooManyPoints)
			}
		}
		if keep && d.err == nil {
			out = append(out, m)
		}
	}
	return out
}

// count reads how many things follow, each of at least size bytes.
func (d *decoder) count(size int) int {
	if d.err != nil || len(d.b) < 4 {
		d.fail(ErrFormat)
		return 0
	}
	n := d.order.Uint32(d.b)
	d.b = d.b[4:]
	if uint64(n)*uint64(size) > uint64(len(d.b)) {
		d.fail(ErrFormat)
		return 0
	}
	return int(n)
}

func (d *decoder) point(width int) (p orb.Point, empty bool) {
	if d.err != nil || width == 0 || len(d.b) < width {
		d.fail(ErrFormat)
		return p, true
	}
	p = d.position(d.b)
	d.b = d.b[width:]
	if d.left--; d.left < 0 {
		d.fail(ErrTooManyPoints)
	}
	return p, math.IsNaN(p[0]) && math.IsNaN(p[1])
}

func (d *decoder) position(b []byte) orb.Point {
	return orb.Point{math.Float64frombits(d.order.Uint64(b)), math.Float64frombits(d.order.Uint64(b[8:]))}
}

func (d *decoder) points(width int) []orb.Point {
	n := d.count(width)
	if d.err != nil {
		return nil
	}
	if d.left -= n; d.left < 0 {
		d.fail(ErrTooManyPoints)
		return nil
	}
	out := make([]orb.Point, n)
	for i := range out {
		out[i] = d.position(d.b[i*width:])
	}
	d.b = d.b[n*width:]
	return out
}

func (d *decoder) polygon(width int) orb.Polygon {
	n := d.count(4)
	out := make(orb.Polygon, 0, min(n, 1024))
	for i := 0; i < n && d.err == nil; i++ {
		before := d.left
		out = append(out, d.points(width))
		if d.left == before {
			if d.left--; d.left < 0 {
				d.fail(ErrTooManyPoints)
			}
		}
	}
	return out
}
