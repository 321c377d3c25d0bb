// Package hilbert orders places along a Hilbert curve, so that what lies near
// each other comes near each other in a file. It must never fail: places that
// cannot be ordered come first.
package hilbert

import (
	"math"

	"github.com/paulmach/orb"
)

const (
	bits = 16
	most = 1<<bits - 1
)

// Order is a curve through a box, 65,536 cells each way.
type Order struct {
	min  orb.Point
	unit orb.Point // cells per unit of the coordinates
}

// NewOrder returns the curve through a box.
func NewOrder(b orb.Bound) Order {
	o := Order{min: b.Min}
	for i := range o.unit {
		if width := b.Max[i] - b.Min[i]; width > 0 && !math.IsInf(width, 0) {
			o.unit[i] = most / width
		}
	}
	return o
}

// Of is the place of a point along the curve.
func (o Order) Of(p orb.Point) uint32 {
	x, y := o.cell(p, 0), o.cell(p, 1)
	var d uint32
	for s := uint32(1) << (bits - 1); s > 0; s >>= 1 {
		var right, up uint32
		if x&s != 0 {
			right = 1
		}
		if y&s != 0 {
			up = 1
		}
		d += s * s * ((3 * right) ^ up)
		// turn the quadrant so that the curve enters and leaves it where it has to
		if up == 0 {
			if right == 1 {
				x, y = most-x, most-y
			}
			x, y = y, x
		}
	}
	return d
}

func (o Order) cell(p orb.Point, axis int) uint32 {
	v := (p[axis] - o.min[axis]) * o.unit[axis]
	if !(v > 0) {
		return 0
	}
	return uint32(min(v, most))
}
