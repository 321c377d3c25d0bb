package mvt

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
)

// ErrShape says that bytes are no shape that can be drawn.
var ErrShape = errors.New("not a shape in EWKB")

// The kinds of shapes, as WKB numbers them.
const (
	kindPoint           = 1
	kindLineString      = 2
	kindPolygon         = 3
	kindMultiPoint      = 4
	kindMultiLineString = 5
	kindMultiPolygon    = 6
	kindCollection      = 7

	flagZ, flagM, flagSRID = 0x8000_0000, 0x4000_0000, 0x2000_0000

	// deepest is how far collections may hold collections.
	deepest = 8
)

// reader reads EWKB in place.
type reader struct {
	data  []byte
	order binary.ByteOrder
}

// header reads the beginning of a shape: its kind and the bytes of one place.
func (r *reader) header() (kind uint32, stride int, err error) {
	if len(r.data) < 5 {
		return 0, 0, fmt.Errorf("%w: it ends early", ErrShape)
	}
	switch r.data[0] {
	case 0:
		r.order = binary.BigEndian
	case 1:
		r.order = binary.LittleEndian
	default:
		return 0, 0, fmt.Errorf("%w: byte order %d", ErrShape, r.data[0])
	}
	kind = r.order.Uint32(r.data[1:])
	r.data = r.data[5:]
	stride = 16
	if kind&flagZ != 0 {
		stride += 8
	}
	if kind&flagM != 0 {
		stride += 8
	}
	if kind&flagSRID != 0 {
		if len(r.data) < 4 {
			return 0, 0, fmt.Errorf("%w: it ends early", ErrShape)
		}
		r.data = r.data[4:]
	}
	kind &= 0x0fff_ffff
	switch { // the numbers of ISO
	case kind > 3000:
		kind, stride = kind-3000, 32
	case kind > 1000:
		kind, stride = kind%1000, 24
	}
	return kind, stride, nil
}

// count reads how many of something follow, each of at least so many bytes.
func (r *reader) count(atLeast int) (int, error) {
	if len(r.data) < 4 {
		return 0, fmt.Errorf("%w: it ends early", ErrShape)
	}
	n := r.order.Uint32(r.data)
	r.data = r.data[4:]
	if int64(n)*int64(atLeast) > int64(len(r.data)) {
		return 0, fmt.Errorf("%w: it says more than it holds", ErrShape)
	}
	return int(n), nil
}

// places appends n places in units of the frame, and what they cover.
func (r *reader) places(to []point, n, stride int, f *Frame) ([]point, box, error) {
	covered := nothing
	if len(r.data) < n*stride {
		return to, covered, fmt.Errorf("%w: it ends early", ErrShape)
	}
	scale := float64(f.Extent) / f.Side
	data := r.data[:n*stride]
	r.data = r.data[n*stride:]
	little := r.order == binary.LittleEndian
	for ; len(data) >= 16; data = data[stride:] {
		var x, y uint64
		if little {
			x, y = binary.LittleEndian.Uint64(data), binary.LittleEndian.Uint64(data[8:])
		} else {
			x, y = binary.BigEndian.Uint64(data), binary.BigEndian.Uint64(data[8:])
		}
		p := point{(math.Float64frombits(x) - f.West) * scale, (f.North - math.Float64frombits(y)) * scale}
		if p.x-p.x != 0 || p.y-p.y != 0 {
			return to, covered, fmt.Errorf("%w: a place that is no number", ErrShape)
		}
		covered.add(p)
		to = append(to, p)
	}
	return to, covered, nil
}
