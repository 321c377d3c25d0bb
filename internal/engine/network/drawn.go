package network

import (
	"cmp"
	"errors"
	"math"
	"slices"

	"github.com/paulmach/orb"
)

// DrawnKind says what is drawn.
type DrawnKind int8

const (
	DrawnFootpath DrawnKind = iota // joins the ways on the ground that it crosses
	DrawnStairs                    // so do stairs
	DrawnBridge                    // joins ways at its ends only
)

// Drawn is a path that does not exist yet, cut where it joins the network. It
// does not change.
type Drawn struct {
	kind  DrawnKind
	joint []jointAt
	line  []orb.LineString // between each joint and the next
}

// jointAt is where a drawn path joins an edge, or ends on open ground.
type jointAt struct {
	edge int32 // -1: open ground
	at   float64
}

// ErrDrawn is the error of a line that is no path.
var ErrDrawn = errors.New("a path needs at least two different points")

// Draw cuts a drawn line where it joins the network: its ends at the nearest
// edge within reach (metres) that rules allow, going on straight to it, and in
// between every way on the ground that it crosses. Bridges join nothing on their
// way. An end with no edge within reach leads nowhere, unless another drawn path
// ends there, too.
func (g *Graph) Draw(line orb.LineString, kind DrawnKind, rules TieRules) (*Drawn, error) {
	line = slices.Compact(slices.Clone(line))
	if len(line) < 2 || !finite(line) {
		return nil, ErrDrawn
	}
	d := &Drawn{kind: kind}
	rules.Island = -1 // a drawn path may well lead to a part that hung by nothing
	first, firstFound := g.Foot(line[0], rules)
	last, lastFound := g.Foot(line[len(line)-1], rules)
	if firstFound {
		line = slices.Compact(append(orb.LineString{g.at(int32(first.Edge), first.At)}, line...))
	}
	if lastFound {
		line = slices.Compact(append(line, g.at(int32(last.Edge), last.At)))
	}
	if len(line) < 2 {
		return nil, ErrDrawn
	}
	crossings := []crossing{{0, g.jointOf(first, firstFound)}}
	if kind != DrawnBridge {
		crossings = append(crossings, g.crossings(line)...)
	}
	crossings = append(crossings, crossing{lengthOf(line), g.jointOf(last, lastFound)})
	crossings = slices.CompactFunc(crossings, g.sameCrossing)
	for k, c := range crossings {
		d.joint = append(d.joint, c.jointAt)
		if k > 0 {
			d.line = append(d.line, part(line, crossings[k-1].along, c.along))
		}
	}
	if len(d.line) == 0 {
		return nil, ErrDrawn // from a place of a street to the same place
	}
	return d, nil
}

func (g *Graph) jointOf(f Foot, found bool) jointAt {
	if !found {
		return jointAt{edge: -1}
	}
	return jointAt{int32(f.Edge), f.At}
}

// crossing is where a line meets an edge, in metres along the line.
type crossing struct {
	along float64
	jointAt
}

// sameCrossing tells whether two crossings are at one place of the network.
func (g *Graph) sameCrossing(a, b crossing) bool {
	if math.Abs(a.along-b.along) > 1e-6 || a.edge < 0 || b.edge < 0 {
		return false
	}
	return a.edge == b.edge && math.Abs(a.at-b.at) < 1e-6 || g.sameNode(tie{edge: a.edge, at: a.at}, tie{edge: b.edge, at: b.at})
}

// crossings returns where a line meets ways on the ground, in order.
func (g *Graph) crossings(line orb.LineString) (found []crossing) {
	walked := 0.0
	for i := 1; i < len(line); i++ {
		a, b := line[i-1], line[i]
		g.near.around(orb.MultiPoint{a, b}.Bound(), func(k int32) {
			e, v := g.owner[k], g.vertex[k]
			c, d := g.shape[v], g.shape[v+1]
			if g.road[g.edge[e].road].aloft() || !meet(a, b, c, d) {
				return
			}
			across := side(c, d, a) - side(c, d, b)
			if across == 0 {
				return // along the way: the line joins it before and after
			}
			t := min(1, max(0, side(c, d, a)/across))
			at := g.along[v] + project(between(a, b, t), c, d)*(g.along[v+1]-g.along[v])
			found = append(found, crossing{walked + t*metres(a, b), jointAt{e, at}})
		})
		walked += metres(a, b)
	}
	slices.SortFunc(found, func(a, b crossing) int {
		return cmp.Or(cmp.Compare(a.along, b.along), cmp.Compare(a.edge, b.edge), cmp.Compare(a.at, b.at))
	})
	return found
}

func lengthOf(line orb.LineString) (sum float64) {
	for i := 1; i < len(line); i++ {
		sum += metres(line[i-1], line[i])
	}
	return sum
}

// part returns the vertices of a line between two of its points.
func part(line orb.LineString, from, to float64) orb.LineString {
	cut := orb.LineString{}
	walked := 0.0
	for i := 1; i < len(line); i++ {
		span := metres(line[i-1], line[i])
		at := func(m float64) orb.Point { return between(line[i-1], line[i], min(1, max(0, (m-walked)/span))) }
		if walked+span >= from && len(cut) == 0 {
			cut = append(cut, at(from))
		}
		if len(cut) > 0 && walked+span >= to || i == len(line)-1 {
			return append(cut, at(to))
		}
		if len(cut) > 0 {
			cut = append(cut, line[i])
		}
		walked += span
	}
	return cut
}

// Metres returns the length of a drawn path, to the edges at its ends.
func (d *Drawn) Metres() (sum float64) {
	for _, line := range d.line {
		sum += lengthOf(line)
	}
	return sum
}

// Joins returns how many edges the path joins. With fewer than two it shortens no
// way through the network, but places beside it may step onto it.
func (d *Drawn) Joins() (n int) {
	for _, j := range d.joint {
		if j.edge >= 0 {
			n++
		}
	}
	return n
}
