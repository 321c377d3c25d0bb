package network_test

import (
	"context"
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"
	"pgregory.net/rapid"

	"github.com/lianpian/lianpian/internal/engine/network"
)

// draw adds a drawn path to the oracle: it joins ways at its ends and where it
// crosses them.
func (o *oracle) draw(line orb.LineString, kind network.DrawnKind, rules network.TieRules) {
	type stop struct {
		along float64
		node  int // -1: open ground
	}
	end := func(p orb.Point) (orb.LineString, int) {
		f, found := o.g.Foot(p, rules)
		if !found {
			return nil, -1
		}
		return orb.LineString{pointAt(o.g.Line(f.Edge), f.At)}, o.spot(f.Edge, f.At)
	}
	first, from := end(line[0])
	last, to := end(line[len(line)-1])
	line = slices.Compact(slices.Concat(first, line, last))
	var stops []stop
	along := 0.0
	for i := 1; i < len(line); i++ {
		a, b := line[i-1], line[i]
		span := math.Hypot(b[0]-a[0], b[1]-a[1])
		for e := range o.g.Edges() {
			at := 0.0
			shape := o.g.Line(e)
			for k := 1; k < len(shape) && kind != network.DrawnBridge; k++ {
				c, d := shape[k-1], shape[k]
				piece := math.Hypot(d[0]-c[0], d[1]-c[1])
				det := (b[0]-a[0])*(d[1]-c[1]) - (b[1]-a[1])*(d[0]-c[0])
				if det != 0 {
					t := ((c[0]-a[0])*(d[1]-c[1]) - (c[1]-a[1])*(d[0]-c[0])) / det
					u := ((c[0]-a[0])*(b[1]-a[1]) - (c[1]-a[1])*(b[0]-a[0])) / det
					if t >= 0 && t <= 1 && u >= 0 && u <= 1 {
						stops = append(stops, stop{along + t*span, o.spot(e, at+u*piece)})
					}
				}
				at += piece
			}
		}
		along += span
	}
	stops = append(stops, stop{0, from}, stop{along, to})
	slices.SortStableFunc(stops, func(a, b stop) int { return int(math.Copysign(1, a.along-b.along)) })
	stops = slices.DeleteFunc(stops, func(s stop) bool { return s.node < 0 })
	// Pieces of the path have slopes of their own, whatever they lead over.
	for k := 1; k < len(stops); k++ {
		a, b := stops[k-1], stops[k]
		there, back := o.pathCost(line, a.along, b.along, kind)
		o.links = append(o.links, pencil{a.node, b.node, there, back})
	}
}

func (o *oracle) pathCost(line orb.LineString, from, to float64, kind network.DrawnKind) (there, back float64) {
	length := to - from
	if o.walker == nil {
		return length, length
	}
	piece := orb.LineString{pointAt(line, from)}
	along := 0.0
	for i, p := range line {
		if i > 0 {
			along += math.Hypot(p[0]-line[i-1][0], p[1]-line[i-1][1])
		}
		if along > from && along < to {
			piece = append(piece, p)
		}
	}
	piece = append(piece, pointAt(line, to))
	n := math.Max(1, math.Floor(length/30))
	for k := range int(n) {
		slope := 0.0
		if kind == network.DrawnBridge && length >= 30 && o.hills != nil {
			h1, known1 := o.hills.Height(piece[0])
			h2, known2 := o.hills.Height(piece[len(piece)-1])
			if known1 && known2 {
				slope = math.Max(-0.3, math.Min(0.3, (h2-h1)/length))
			}
		} else {
			slope = o.slopeOf(piece, length, (float64(k)+0.5)*length/n)
		}
		up, down := tobler(o.walker, slope), tobler(o.walker, -slope)
		if kind == network.DrawnStairs {
			up, down = 1/o.walker.StairsMS, 1/o.walker.StairsMS
		}
		if o.walker.StepFree && (kind == network.DrawnStairs || math.Abs(slope) > 1.0/12) {
			return math.Inf(1), math.Inf(1)
		}
		there, back = there+up*length/n, back+down*length/n
	}
	return there, back
}

// trial is an overlay and what the oracle has to know of it.
type trial struct {
	town    trialTown
	dir     network.Direction
	field   *network.Field
	overlay *network.Overlay
	sources [][]network.Foot // nil: taken away
}

func (tr *trial) check(t *rapid.T, limit float64) {
	tr.town.oracle.solve()
	places := tr.town.net.Doors(tr.town.places)
	changed := tr.overlay.Changed(places)
	for i := range tr.town.places.Len() {
		got := tr.overlay.Of(places, i)
		want := tr.town.oracle.nearest(tr.town.places.Feet(i), tr.sources, tr.dir, limit)
		if !about(got.Cost, want) && math.Abs(want-limit) > 0.01 {
			t.Fatalf("direction %d, place %d: %v, want %v", tr.dir, i, got.Cost, want)
		}
		source, before := tr.field.Cost(places, i)
		if (source != got.Source || before != got.Cost) && !slices.Contains(changed, int32(i)) {
			t.Fatalf("place %d went from %v (%d) to %v (%d) without being told of", i, before, source, got.Cost, got.Source)
		}
		if !got.Found() {
			continue
		}
		if tr.sources[got.Source] == nil {
			t.Fatalf("place %d goes to source %d, which is gone", i, got.Source)
		}
		w, _ := tr.overlay.Walk(places, i)
		if l := length(w.Line); w.Cost != got.Cost || !about(w.Metres, got.Metres) || !about(l, w.Metres) {
			t.Fatalf("a walk of %v, %v m, with a line of %v m; want %v, %v m", w.Cost, w.Metres, l, got.Cost, got.Metres)
		}
	}
}

func TestOverlaysAreWhatAFullSearchFinds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		tr := trial{town: drawTown(t), dir: rapid.SampledFrom(directions).Draw(t, "direction")}
		limit := rapid.SampledFrom([]float64{80, math.Inf(1)}).Draw(t, "limit")
		net := tr.town.net
		doors, places := net.Doors(tr.town.sources), net.Doors(tr.town.places)
		var err error
		if tr.field, err = net.Nearest(context.Background(), doors, tr.dir, limit); err != nil {
			t.Fatal(err)
		}
		tr.overlay = tr.field.Overlay()
		tr.sources = tr.town.sourceFeet()
		rules := network.TieRules{Reach: 15, Island: -1}
		for range rapid.IntRange(1, 6).Draw(t, "changes") {
			switch rapid.IntRange(0, 4).Draw(t, "change") {
			case 0, 1:
				i := rapid.IntRange(0, tr.town.places.Len()-1).Draw(t, "new source")
				if got := tr.overlay.Add(places, i); got != len(tr.sources) {
					t.Fatalf("source %d, want %d", got, len(tr.sources))
				}
				tr.sources = append(tr.sources, append([]network.Foot{}, tr.town.places.Feet(i)...))
			case 2:
				s := rapid.IntRange(0, len(tr.sources)-1).Draw(t, "closed")
				tr.overlay.Remove(s)
				tr.sources[s] = nil
			case 3:
				kind := rapid.SampledFrom([]network.DrawnKind{network.DrawnFootpath, network.DrawnStairs, network.DrawnBridge}).Draw(t, "kind")
				var line orb.LineString
				for range rapid.IntRange(2, 3).Draw(t, "vertices") {
					line = append(line, orb.Point{rapid.Float64Range(-5, 170).Draw(t, "x"), rapid.Float64Range(-5, 77).Draw(t, "y")})
				}
				path, err := tr.town.g.Draw(line, kind, rules)
				if err != nil {
					continue
				}
				tr.overlay.Draw(path)
				tr.town.oracle.draw(line, kind, rules)
			case 4:
				tr.overlay.Undo()
				tr.sources, tr.town.oracle.links = tr.town.sourceFeet(), nil
				if left := tr.overlay.Touched(); len(left) > 0 || len(tr.overlay.Changed(places)) > 0 {
					t.Fatalf("left after undoing: %v", left)
				}
			}
			tr.check(t, limit)
		}
	})
}

func TestOverlaysHaveTheLabelsOfAFullSearch(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		town := drawTown(t)
		dir := rapid.SampledFrom(directions).Draw(t, "direction")
		all := town.net.Doors(town.sources)
		n := town.sources.Len()
		find := func(sources *network.Doors) *network.Field {
			f, err := town.net.Nearest(context.Background(), sources, dir, math.Inf(1))
			if err != nil {
				t.Fatal(err)
			}
			return f
		}
		labels := func(node func(int) (int, float64)) (list []any) {
			for v := range town.net.Nodes() {
				source, cost := node(v)
				list = append(list, []any{source, cost})
			}
			return list
		}
		var first []orb.Point
		k := rapid.IntRange(0, n-1).Draw(t, "of them at first")
		for i := range k {
			first = append(first, town.sources.Place(i))
		}
		// The rest is added: as if all had been there.
		o := find(town.net.Doors(town.g.Tie(first, network.TieRules{Reach: 40, Near: 15}))).Overlay()
		for i := k; i < n; i++ {
			o.Add(all, i)
		}
		field := find(all)
		if diff := cmp.Diff(labels(field.Node), labels(o.Node)); diff != "" {
			t.Fatalf("all added: %s", diff)
		}
		// What was added goes again: as if only the first had been there.
		for i := n - 1; i >= k; i-- {
			o.Remove(i)
		}
		left := field.Overlay()
		for i := k; i < n; i++ {
			left.Remove(i)
		}
		if diff := cmp.Diff(labels(o.Node), labels(left.Node)); diff != "" {
			t.Fatalf("taken away: %s", diff)
		}
		if len(o.Touched()) > 0 {
			t.Fatalf("another field than at first: %v", o.Touched())
		}
	})
}
