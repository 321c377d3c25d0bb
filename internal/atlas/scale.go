package atlas

import (
	"math"
	"strconv"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/geo"
)

// series are the scales of the sheets: those of planning maps, and smaller ones
// for overviews of large districts.
var series = []int{500, 1_000, 2_000, 5_000, 10_000, 15_000, 20_000, 25_000, 50_000, 100_000, 200_000, 500_000, 1_000_000, 2_000_000, 5_000_000}

// keySeries are the scales of key maps, which nothing is measured on.
var keySeries = []int{1_000, 1_500, 2_000, 2_500, 3_000, 4_000, 5_000, 6_000, 8_000, 10_000, 12_500, 15_000, 20_000, 25_000, 30_000, 40_000, 50_000, 60_000, 80_000, 100_000, 150_000, 200_000, 300_000, 500_000, 1_000_000, 2_000_000, 5_000_000}

// contentMargin is what is kept free around the content, in millimetres.
const contentMargin = 4.0

// fitting is the largest scale of a series at which a box of metres fits into
// millimetres of paper.
func fitting(series []int, content orb.Bound, width, height float64) int {
	for _, scale := range series {
		mm := 1000 / float64(scale)
		if (content.Max[0]-content.Min[0])*mm <= width && (content.Max[1]-content.Min[1])*mm <= height {
			return scale
		}
	}
	return series[len(series)-1]
}

// scaleText writes a scale as maps do: 1:2 000.
func scaleText(scale int) string { return "1:" + grouped(int64(scale)) }

// grouped writes a number with a space between groups of three digits.
func grouped(v int64) string {
	s := strconv.FormatInt(v, 10)
	for at := len(s) - 3; at > 0 && s[at-1] != '-'; at -= 3 {
		s = s[:at] + " " + s[at:]
	}
	return s
}

// view takes metres on the ground to millimetres of paper.
type view struct {
	frame  orb.Bound // inner neat line, millimetres, y downwards
	centre orb.Point // of the frame, metres
	scale  int
	gk     geo.GaussKruger
}

func (v view) paper(p orb.Point) orb.Point {
	k, middle := 1000/float64(v.scale), v.frame.Center()
	return orb.Point{middle[0] + (p[0]-v.centre[0])*k, middle[1] - (p[1]-v.centre[1])*k}
}

// ground is the inverse of paper.
func (v view) ground(p orb.Point) orb.Point {
	k, middle := float64(v.scale)/1000, v.frame.Center()
	return orb.Point{v.centre[0] + (p[0]-middle[0])*k, v.centre[1] - (p[1]-middle[1])*k}
}

// extent is what the frame shows, in metres.
func (v view) extent() orb.Bound {
	a, b := v.ground(v.frame.Min), v.ground(v.frame.Max)
	return orb.Bound{Min: orb.Point{a[0], b[1]}, Max: orb.Point{b[0], a[1]}}
}

// viewOf shows content at the largest scale of a series that fits.
func viewOf(frame, content orb.Bound, series []int, gk geo.GaussKruger) view {
	if !(content.Min[0] <= content.Max[0]) {
		content = orb.Bound{}
	}
	return view{
		frame: frame, centre: content.Center(), gk: gk,
		scale: fitting(series, content, frame.Max[0]-frame.Min[0]-2*contentMargin, frame.Max[1]-frame.Min[1]-2*contentMargin),
	}
}

// convergence is the angle in degrees from grid north to true north at a place,
// positive where true north lies west of grid north: east of the central
// meridian on the northern half. It is measured on the projected meridian, and
// equals arctan(tan(λ−λ₀)·sin φ) but for terms of the ellipsoid.
func convergence(gk geo.GaussKruger, east, north float64) float64 {
	p := gk.Inverse(east, north)
	const step = 1e-4 // degrees of latitude, some 11 m
	e1, n1 := gk.Forward(orb.Point{p[0], p[1] - step})
	e2, n2 := gk.Forward(orb.Point{p[0], p[1] + step})
	return -math.Atan2(e2-e1, n2-n1) * 180 / math.Pi
}

// toward moves a view so that it shows as much as possible of what is known
// around the content, and as little as possible of the blank beyond; the content
// stays inside.
func (v view) toward(known, content orb.Bound) view {
	if !(known.Min[0] <= known.Max[0]) || !(content.Min[0] <= content.Max[0]) {
		return v
	}
	extent, margin := v.extent(), contentMargin*float64(v.scale)/1000
	for axis := range 2 {
		low, high := known.Min[axis]-extent.Min[axis], known.Max[axis]-extent.Max[axis]
		var shift float64
		switch {
		case low > 0 && high < 0: // wider than what is known
			shift = (low + high) / 2
		case low > 0:
			shift = math.Min(low, high)
		case high < 0:
			shift = math.Max(high, low)
		}
		least, most := content.Max[axis]+margin-extent.Max[axis], content.Min[axis]-margin-extent.Min[axis]
		// The content stays near the middle, too.
		quarter := (extent.Max[axis] - extent.Min[axis]) / 4
		shift = math.Max(-quarter, math.Min(quarter, shift))
		if least <= most {
			v.centre[axis] += math.Max(least, math.Min(most, shift))
		}
	}
	return v
}

// gridStep is the distance of grid lines in metres: a round one that is at least
// 35 mm on paper.
func gridStep(scale int) float64 {
	for _, step := range []float64{20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000} {
		if step*1000/float64(scale) >= 35 {
			return step
		}
	}
	return 100_000
}
