package areaplan

import (
	"fmt"
	"math"

	"github.com/paulmach/orb"
)

// finish makes the texts that nobody gave.
func (g *gathering) finish() {
	if g.Title == "" {
		g.Title = g.District.Name + "老旧小区改造片区方案"
		if len(g.Zones) == 1 {
			g.Title = g.District.Name + g.Zones[0].Name + "片区方案"
		}
	}
	if g.Period == "" {
		g.Period = g.period()
	}
}

// period is the years of the zones and of their projects; "" where none is known.
func (g *gathering) period() string {
	first, last := math.MaxInt, 0
	take := func(year *int) {
		if year != nil {
			first, last = min(first, *year), max(last, *year)
		}
	}
	for i := range g.Zones {
		take(g.Zones[i].Year)
	}
	for i := range g.Projects {
		take(g.Projects[i].Year)
	}
	switch {
	case last == 0:
		return ""
	case first == last:
		return fmt.Sprintf("%d年", first)
	default:
		return fmt.Sprintf("%d–%d年", first, last)
	}
}

// sheetMargin is how far a map sheet of a box can reach beyond it, in metres: its
// scale is one of a series, of which each is up to two and a half times the one
// before, and its paper is wider than many boxes are.
func sheetMargin(b orb.Bound) float64 {
	height := (b.Max[1] - b.Min[1]) * perDegree
	width := (b.Max[0] - b.Min[0]) * perDegree * math.Cos(b.Center()[1]*math.Pi/180)
	return math.Max(margin, math.Max(width, height))
}

// perDegree is how many metres a degree of latitude has.
const perDegree = 111_320

// around is a box in degrees with so many metres more on each side.
func around(b orb.Bound, metres float64) orb.Bound {
	lat := metres / perDegree
	lon := lat / math.Max(0.1, math.Cos(b.Center()[1]*math.Pi/180))
	return orb.Bound{Min: orb.Point{b.Min[0] - lon, b.Min[1] - lat}, Max: orb.Point{b.Max[0] + lon, b.Max[1] + lat}}
}
