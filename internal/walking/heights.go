package walking

import (
	"math"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/engine/terrain"
)

const (
	// smoothMetres is over how much ground heights are smoothed at least. A model
	// of coarser samples is smoothed over one of its steps: its noise is that of
	// single samples.
	smoothMetres = 60
	// smallVoid is how many samples in a patch may be unknown for the ground there
	// to be taken from around it.
	smallVoid = 9
)

// heights tells the height of the ground at places of a plane. It implements
// network.Heights.
type heights struct {
	plane  Plane
	mosaic terrain.Mosaic // degrees, the finest model first
}

// newHeights prepares the elevation models of a district. It is nil where there
// are none.
func newHeights(plane Plane, models terrain.Mosaic) *heights {
	if len(models) == 0 {
		return nil
	}
	h := &heights{plane: plane}
	for _, g := range models {
		const degree = 111_195 // metres of a great circle
		h.mosaic = append(h.mosaic, g.Filled(smallVoid).Smoothed(math.Max(smoothMetres, g.StepY*degree)))
	}
	return h
}

// Height is the height of the ground in metres.
func (h *heights) Height(p orb.Point) (metres float64, known bool) {
	at := h.plane.Degrees(p)
	return h.mosaic.At(at[0], at[1])
}
