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

// trial is an overlay and what the oracle has to know of it.
type trial struct {
	town    trialTown
	dir     network.Direction
	field   *network.Field
	overlay *network.Overlay
	sources []source
}

type source struct {
	at   orb.Point
	gone bool
}

// begin puts the sources where they were at first.
func (tr *trial) begin() {
	tr.sources, tr.town.oracle.lanes = nil, nil
	for i := range tr.town.sources.Len() {
		tr.sources = append(tr.sources, source{at: tr.town.sources.Place(i)})
	}
}

func (tr *trial) check(t *rapid.T, limit float64) {
	o := tr.town.oracle
	var feet, sources [][]stand
	for i := range tr.town.places.Len() {
		feet = append(feet, o.feet(tr.town.places.Place(i), townRules))
	}
	for _, s := range tr.sources {
		sources = append(sources, nil)
		if !s.gone {
			sources[len(sources)-1] = o.feet(s.at, townRules)
		}
	}
	o.solve()
	places := tr.town.net.Doors(tr.town.places)
	changed := tr.overlay.Changed(places)
	for i := range tr.town.places.Len() {
		got, want := tr.overlay.Of(places, i), math.Inf(1)
		for _, s := range sources {
			if tr.dir == network.ToSource {
				want = math.Min(want, o.way(feet[i], s))
			} else {
				want = math.Min(want, o.way(s, feet[i]))
			}
		}
		if want > limit {
			want = math.Inf(1)
		}
		if !about(got.Cost, want) && math.Abs(min(want, got.Cost)-limit) > 0.01 {
			t.Fatalf("direction %d, place %d: %v, want %v", tr.dir, i, got.Cost, want)
		}
		source, before := tr.field.Cost(places, i)
		if (source != got.Source || before != got.Cost) && !slices.Contains(changed, int32(i)) {
			t.Fatalf("place %d went from %v (%d) to %v (%d) without being told of", i, before, source, got.Cost, got.Source)
		}
		if reached := slices.ContainsFunc(feet[i], func(s stand) bool { return s.stands }); reached != tr.overlay.Reached(places, i) {
			t.Fatalf("place %d is reached: %v, want %v", i, !reached, reached)
		}
		if !got.Found() {
			continue
		}
		if tr.sources[got.Source].gone {
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
		tr.begin()
		rules := network.TieRules{Reach: 15, Island: -1}
		for range rapid.IntRange(1, 6).Draw(t, "changes") {
			switch rapid.IntRange(0, 4).Draw(t, "change") {
			case 0, 1:
				i := rapid.IntRange(0, tr.town.places.Len()-1).Draw(t, "new source")
				if got := tr.overlay.Add(places, i); got != len(tr.sources) {
					t.Fatalf("source %d, want %d", got, len(tr.sources))
				}
				tr.sources = append(tr.sources, source{at: tr.town.places.Place(i)})
			case 2:
				s := rapid.IntRange(0, len(tr.sources)-1).Draw(t, "closed")
				tr.overlay.Remove(s)
				tr.sources[s].gone = true
			case 3:
				kind := rapid.SampledFrom([]network.DrawnKind{network.DrawnFootpath, network.DrawnStairs, network.DrawnBridge}).Draw(t, "kind")
				var line orb.LineString
				for range rapid.IntRange(2, 3).Draw(t, "vertices") {
					line = append(line, orb.Point{uneven(t, "x", -5, 170) + 0.021, uneven(t, "y", -5, 77) + 0.037})
				}
				path, err := tr.town.g.Draw(line, kind, rules)
				if err != nil || line[0] == line[len(line)-1] || !tr.town.oracle.draw(line, kind, rules) {
					continue // there and back on one line is as ambiguous as a path to nowhere
				}
				tr.overlay.Draw(path)
			case 4:
				tr.overlay.Undo()
				tr.begin()
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
