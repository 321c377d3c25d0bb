package terrain

import "github.com/paulmach/orb"

// Mosaic is the ground of several grids in one unit. Where they overlap the
// first that knows the height tells it.
type Mosaic []*Grid

// At returns the height of a place in metres, as Grid.At does.
func (m Mosaic) At(x, y float64) (metres float64, known bool) {
	for _, g := range m {
		if metres, known = g.At(x, y); known {
			return metres, true
		}
	}
	return 0, false
}

// Smoothed smooths every grid by itself (see Grid.Smoothed).
func (m Mosaic) Smoothed(metres float64) Mosaic {
	smooth := make(Mosaic, len(m))
	for i, g := range m {
		smooth[i] = g.Smoothed(metres)
	}
	return smooth
}

// Bound is the ground around all grids, gaps between them included.
func (m Mosaic) Bound() orb.Bound {
	if len(m) == 0 {
		return orb.Bound{Min: orb.Point{1, 1}, Max: orb.Point{-1, -1}} // empty
	}
	b := m[0].Bound()
	for _, g := range m[1:] {
		b = b.Union(g.Bound())
	}
	return b
}

// Meets tells whether any grid has ground within a bound: an elevation model of
// somewhere else has none.
func (m Mosaic) Meets(b orb.Bound) bool {
	for _, g := range m {
		if g.Bound().Intersects(b) {
			return true
		}
	}
	return false
}
