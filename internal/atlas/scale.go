package atlas

import (
	"math"
	"strconv"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/geo"
)

// series are the scales of the sheets: those of planning maps, and smaller ones
// for overviews of large districts.
var series = []int{500, 1_000, 2_000, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000}

// fitting is the largest scale of the series at which a box of metres fits into
// millimetres of paper.
func fitting(content orb.Bound, width, height float64) int {
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

// viewOf shows content, with a margin of a share of it on each side, at the
// largest scale that fits.
func viewOf(frame, content orb.Bound, margin float64, gk geo.GaussKruger) view {
	if !(content.Min[0] <= content.Max[0]) {
		content = orb.Bound{}
	}
	dx, dy := margin*(content.Max[0]-content.Min[0]), margin*(content.Max[1]-content.Min[1])
	wide := orb.Bound{Min: orb.Point{content.Min[0] - dx, content.Min[1] - dy}, Max: orb.Point{content.Max[0] + dx, content.Max[1] + dy}}
	return view{
		frame: frame, centre: content.Center(), gk: gk,
		scale: fitting(wide, frame.Max[0]-frame.Min[0], frame.Max[1]-frame.Min[1]),
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
