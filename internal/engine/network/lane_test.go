package network_test

import (
	"cmp"
	"math"
	"slices"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/engine/network"
)

// lane is a drawn path of the oracle, in pieces between its stops: its ends and
// where it joins edges. Pieces have slopes of their own, whatever they lead over.
type lane struct {
	line  orb.LineString
	kind  network.DrawnKind
	stops []stop
}

type stop struct {
	along float64 // from the start of the lane
	node  int     // of the oracle
	open  bool    // on open ground
}

// draw adds a drawn path to the oracle: it joins ways at its ends and where it
// crosses them. One that ends within a metre or so of another is not added: whether
// they go on from each other is tested elsewhere.
func (o *oracle) draw(line orb.LineString, kind network.DrawnKind, rules network.TieRules) bool {
	first, firstFound := o.g.Foot(line[0], rules)
	last, lastFound := o.g.Foot(line[len(line)-1], rules)
	if firstFound {
		line = slices.Concat(orb.LineString{pointAt(o.g.Line(first.Edge), first.At)}, line)
	}
	if lastFound {
		line = append(slices.Clone(line), pointAt(o.g.Line(last.Edge), last.At))
	}
	l := lane{line: slices.Compact(line), kind: kind}
	for _, other := range o.lanes {
		for _, a := range []orb.Point{l.line[0], l.line[len(l.line)-1]} {
			for _, b := range []orb.Point{other.line[0], other.line[len(other.line)-1]} {
				if math.Hypot(a[0]-b[0], a[1]-b[1]) < 1.1 {
					return false
				}
			}
		}
	}
	n := len(o.lanes)
	end := func(f network.Foot, found bool, along float64) stop {
		if found {
			return stop{along, o.joint(f.Edge, f.At), false}
		}
		return stop{along, o.spot(-1-n, along), true}
	}
	l.stops = append(l.stops, end(first, firstFound, 0))
	if kind != network.DrawnBridge {
		l.stops = append(l.stops, o.crossings(l.line)...)
	}
	l.stops = append(l.stops, end(last, lastFound, length(l.line)))
	slices.SortStableFunc(l.stops, func(a, b stop) int { return cmp.Compare(a.along, b.along) })
	o.lanes = append(o.lanes, l)
	return true
}

// joint is the spot of a joint, one of those at one place.
func (o *oracle) joint(edge int, at float64) int {
	for _, s := range o.spots {
		if s.edge == edge && math.Abs(s.at-at) < 1e-6 {
			at = s.at
		}
	}
	return o.spot(edge, at)
}

func (o *oracle) crossings(line orb.LineString) (stops []stop) {
	along := 0.0
	for i := 1; i < len(line); i++ {
		a, b := line[i-1], line[i]
		for e := range o.g.Edges() {
			at, shape := 0.0, o.g.Line(e)
			for k := 1; k < len(shape); k++ {
				c, d := shape[k-1], shape[k]
				det := (b[0]-a[0])*(d[1]-c[1]) - (b[1]-a[1])*(d[0]-c[0])
				t := ((c[0]-a[0])*(d[1]-c[1]) - (c[1]-a[1])*(d[0]-c[0])) / det
				u := ((c[0]-a[0])*(b[1]-a[1]) - (c[1]-a[1])*(b[0]-a[0])) / det
				if det != 0 && t >= 0 && t <= 1 && u >= 0 && u <= 1 {
					stops = append(stops, stop{along + t*math.Hypot(b[0]-a[0], b[1]-a[1]), o.joint(e, at+u*math.Hypot(d[0]-c[0], d[1]-c[1])), false})
				}
				at += math.Hypot(d[0]-c[0], d[1]-c[1])
			}
		}
		along += math.Hypot(b[0]-a[0], b[1]-a[1])
	}
	return stops
}

// linkLane links all spots of each piece of a lane.
func (o *oracle) linkLane(n int, lower func(a, b int, cost float64)) {
	l := &o.lanes[n]
	for k := 1; k < len(l.stops); k++ {
		begin, end := l.stops[k-1], l.stops[k]
		on := []stop{begin, end}
		for i, s := range o.spots {
			if s.edge == -1-n && s.at > begin.along && s.at < end.along {
				on = append(on, stop{s.at, o.g.Nodes() + i, false})
			}
		}
		for _, a := range on {
			for _, b := range on {
				lower(a.node, b.node, o.laneCost(l, begin.along, end.along, a.along, b.along))
			}
		}
	}
}

// laneCost is the cost of walking on the piece of a lane between two stops from one
// point to another.
func (o *oracle) laneCost(l *lane, begin, end, from, to float64) float64 {
	if o.walker == nil {
		return math.Abs(to - from)
	}
	length := end - begin
	piece := orb.LineString{pointAt(l.line, begin)}
	along := 0.0
	for i, p := range l.line {
		if i > 0 {
			along += math.Hypot(p[0]-l.line[i-1][0], p[1]-l.line[i-1][1])
		}
		if along > begin && along < end {
			piece = append(piece, p)
		}
	}
	piece = append(piece, pointAt(l.line, end))
	low, high := math.Min(from, to)-begin, math.Max(from, to)-begin
	if o.walker.StepFree && l.kind == network.DrawnStairs && low < length && high > 0 {
		return math.Inf(1)
	}
	n, cost := math.Max(1, math.Floor(length/30)), 0.0
	for k := range int(n) {
		slope := 0.0
		if l.kind == network.DrawnBridge && length >= 30 && o.hills != nil {
			h1, known1 := o.hills.Height(piece[0])
			h2, known2 := o.hills.Height(piece[len(piece)-1])
			if known1 && known2 {
				slope = math.Max(-0.3, math.Min(0.3, (h2-h1)/length))
			}
		} else if length > 0 {
			slope = o.slopeOf(piece, length, (float64(k)+0.5)*length/n)
		}
		first, last := float64(k)*length/n, float64(k+1)*length/n
		if k == int(n)-1 {
			last = length
		}
		if o.walker.StepFree && math.Abs(slope) > 1.0/12 && low < last && first < high {
			return math.Inf(1)
		}
		if to < from {
			slope = -slope
		}
		pace := tobler(o.walker, slope)
		if l.kind == network.DrawnStairs {
			pace = 1 / o.walker.StairsMS
		}
		cost += pace * math.Max(0, math.Min(high, last)-math.Max(low, first))
	}
	return cost
}

// stand is a foot of the oracle.
type stand struct {
	node   int
	cost   float64 // of the way to it
	stands bool    // the walker can stand there
}

// way is the least cost between two places.
func (o *oracle) way(from, to []stand) float64 {
	best := math.Inf(1)
	for _, a := range from {
		for _, b := range to {
			if a.stands && b.stands {
				best = math.Min(best, a.cost+o.dist[a.node][b.node]+b.cost)
			}
		}
	}
	return best
}

// stretch is what a place may step onto: an edge, cut where paths join it, or a
// piece of a path that is no bridge.
type stretch struct {
	line       orb.LineString
	edge       int // or lane
	begin, end float64
	part       int // of what hangs together
}

// feet ties a place again, by the rules and by looking at everything.
func (o *oracle) feet(p orb.Point, rules network.TieRules) (feet []stand) {
	stretches, metres := o.stretches()
	type foot struct {
		stretch
		metres, at float64
		where      orb.Point
	}
	var found []foot
	for _, s := range stretches {
		f := foot{stretch: s, metres: math.Inf(1)}
		along := 0.0
		for i := 1; i < len(s.line); i++ {
			a, b := s.line[i-1], s.line[i]
			span := math.Hypot(b[0]-a[0], b[1]-a[1])
			low, high := math.Max(0, (s.begin-along)/span), math.Min(1, (s.end-along)/span)
			if low <= high {
				t := ((p[0]-a[0])*(b[0]-a[0]) + (p[1]-a[1])*(b[1]-a[1])) / (span * span)
				t = math.Max(low, math.Min(high, t))
				q := orb.Point{a[0] + t*(b[0]-a[0]), a[1] + t*(b[1]-a[1])}
				if m := math.Hypot(q[0]-p[0], q[1]-p[1]); m < f.metres {
					f.metres, f.at, f.where = m, along+t*span, q
				}
			}
			along += span
		}
		if f.metres <= rules.Reach {
			found = append(found, f)
		}
	}
	slices.SortStableFunc(found, func(a, b foot) int { return cmp.Compare(a.metres, b.metres) })
	junctions := map[orb.Point]bool{}
	for _, remnants := range []bool{false, true} {
		nearest := math.Inf(1)
		for _, f := range found {
			if len(feet) == 4 || f.metres > nearest+rules.Near || (metres[f.part] < 200) != remnants {
				continue
			}
			atEnd := f.at < f.begin+1e-6 || f.at > f.end-1e-6
			where := orb.Point{math.Round(f.where[0] * 1e5), math.Round(f.where[1] * 1e5)}
			if atEnd && junctions[where] {
				continue
			}
			junctions[where] = junctions[where] || atEnd
			nearest = math.Min(nearest, f.metres)
			feet = append(feet, o.stand(f.edge, f.at, o.access(f.metres)))
		}
		if len(feet) > 0 {
			break
		}
	}
	return feet
}

// stand is a foot at a place of an edge or lane. One at a joint is at a junction.
func (o *oracle) stand(edge int, at, cost float64) stand {
	for n, l := range o.lanes {
		for k, s := range l.stops {
			if s.node < o.g.Nodes() || edge != -1-n && o.spots[s.node-o.g.Nodes()].edge != edge {
				continue
			}
			here := s.along
			if edge >= 0 {
				here = o.spots[s.node-o.g.Nodes()].at
			}
			if math.Abs(here-at) < 1e-6 {
				return stand{s.node, cost, true}
			}
			if edge == -1-n && k > 0 && at > l.stops[k-1].along && at < s.along {
				shut := math.IsInf(o.laneCost(&l, l.stops[k-1].along, s.along, at, at), 1)
				return stand{o.spot(edge, at), cost, !shut}
			}
		}
	}
	return stand{o.spot(edge, at), cost, !math.IsInf(o.cost(edge, at, at), 1)}
}

// stretches returns all of them, and how many metres hang together with each part
// of the network.
func (o *oracle) stretches() (list []stretch, metres map[int]float64) {
	root := map[int]int{}
	var find func(n int) int
	find = func(n int) int {
		if r, known := root[n]; known && r != n {
			return find(r)
		}
		return n
	}
	cuts := map[int][]float64{}
	for _, l := range o.lanes {
		for k, s := range l.stops {
			if on := o.spots[s.node-o.g.Nodes()]; on.edge >= 0 {
				cuts[on.edge] = append(cuts[on.edge], on.at)
				from, _ := o.g.Ends(on.edge)
				root[find(s.node)] = find(from)
			}
			if k > 0 {
				root[find(s.node)] = find(l.stops[k-1].node)
			}
		}
	}
	for e := range o.g.Edges() {
		from, to := o.g.Ends(e)
		root[find(from)] = find(to)
	}
	metres = map[int]float64{}
	for e := range o.g.Edges() {
		from, _ := o.g.Ends(e)
		metres[find(from)] += o.g.Length(e)
		at := append([]float64{0}, cuts[e]...)
		slices.Sort(at)
		at = append(at, o.g.Length(e))
		for k := 1; k < len(at); k++ {
			if at[k] > at[k-1]+1e-6 {
				list = append(list, stretch{o.g.Line(e), e, at[k-1], at[k], find(from)})
			}
		}
	}
	for n, l := range o.lanes {
		metres[find(l.stops[0].node)] += length(l.line)
		for k := 1; k < len(l.stops) && l.kind != network.DrawnBridge; k++ {
			if begin, end := l.stops[k-1].along, l.stops[k].along; end > begin+1e-6 {
				list = append(list, stretch{l.line, -1 - n, begin, end, find(l.stops[0].node)})
			}
		}
	}
	return list, metres
}
