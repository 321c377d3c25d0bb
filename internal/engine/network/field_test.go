package network_test

import (
	"context"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/lianpian/lianpian/internal/engine/network"
)

var directions = []network.Direction{network.ToSource, network.FromSource}

func TestNearestSourcesAreThoseOfFloydAndWarshall(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		town := drawTown(t)
		limit := rapid.SampledFrom([]float64{60, 200, math.Inf(1)}).Draw(t, "limit")
		town.oracle.solve()
		sources, places := town.net.Doors(town.sources), town.net.Doors(town.places)
		for _, dir := range directions {
			field, err := town.net.Nearest(context.Background(), sources, dir, limit)
			if err != nil {
				t.Fatal(err)
			}
			for n := range town.net.Nodes() {
				if _, cost := field.Node(n); cost > limit && !math.IsInf(cost, 1) {
					t.Fatalf("node %d at %v was searched beyond the limit", n, cost)
				}
			}
			for i := range town.places.Len() {
				feet := town.places.Feet(i)
				want := town.oracle.nearest(feet, town.sourceFeet(), dir, limit)
				got := field.Of(places, i)
				if !about(got.Cost, want) && math.Abs(want-limit) > 0.01 {
					t.Fatalf("direction %d, place %d: %v, want %v", dir, i, got.Cost, want)
				}
				if !got.Found() {
					continue
				}
				by := town.oracle.nearest(feet, [][]network.Foot{town.sources.Feet(got.Source)}, dir, math.Inf(1))
				if !about(by, got.Cost) {
					t.Fatalf("direction %d, place %d: source %d is at %v, not %v", dir, i, got.Source, by, got.Cost)
				}
				w, _ := field.Walk(places, i)
				checkWalk(t, &town, w, got, feet, town.sources.Feet(got.Source), dir)
			}
		}
	})
}

// checkWalk adds a certificate up: its parts are a way from the one place to the
// other that costs what the field says and is as long.
func checkWalk(t *rapid.T, town *trialTown, w network.Walk, r network.Reached, place, source []network.Foot, dir network.Direction) {
	from, to := place, source
	if dir == network.FromSource {
		from, to = source, place
	}
	cost, metres, streets := 0.0, 0.0, 0.0
	for _, p := range w.Parts {
		cost += town.oracle.cost(p.Edge, p.From, p.To)
		metres += math.Abs(p.To - p.From)
	}
	for _, s := range w.Streets {
		streets += s.Metres
	}
	open := w.Metres - metres
	if !about(cost+town.oracle.access(open), w.Cost) || !about(w.Cost, r.Cost) || !about(w.Metres, r.Metres) || !about(streets, metres) {
		t.Fatalf("parts cost %v and are %v m, streets %v m, %v m of open ground; the walk says %v, %v m; the field %v, %v m",
			cost, metres, streets, open, w.Cost, w.Metres, r.Cost, r.Metres)
	}
	if !slices.ContainsFunc(from, func(a network.Foot) bool {
		return slices.ContainsFunc(to, func(b network.Foot) bool { return near(a.Cost+b.Cost, open) })
	}) {
		t.Fatalf("%v m of open ground are not those of any feet", open)
	}
	if len(w.Line) < 2 || w.Line[0] != from[0].Place || w.Line[len(w.Line)-1] != to[0].Place {
		t.Fatalf("the line %v does not lead from %v to %v", w.Line, from[0].Place, to[0].Place)
	}
	if l := length(w.Line); !about(l, w.Metres) {
		t.Fatalf("the line is %v m long, the walk %v", l, w.Metres)
	}
}

func TestVicinitiesAndRoutesAreThoseOfFloydAndWarshall(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		town := drawTown(t)
		town.oracle.solve()
		limit := rapid.SampledFrom([]float64{60, math.Inf(1)}).Draw(t, "limit")
		sources, places := town.net.Doors(town.sources), town.net.Doors(town.places)
		v := town.net.Vicinity()
		for i := range town.sources.Len() { // one after the other, with used memory
			for _, dir := range directions {
				v.Explore(sources, i, dir, limit)
				for j := range town.places.Len() {
					want := town.oracle.nearest(town.places.Feet(j), [][]network.Foot{town.sources.Feet(i)}, dir, limit)
					got := v.Of(places, j)
					if !about(got.Cost, want) && math.Abs(want-limit) > 0.01 {
						t.Fatalf("direction %d, from %d to place %d: %v, want %v", dir, i, j, got.Cost, want)
					}
				}
			}
			for j := range town.places.Len() {
				want := town.oracle.between(town.places.Feet(j), town.sources.Feet(i))
				w, found := town.net.Route(places, j, sources, i)
				if found == math.IsInf(want, 1) || found && !about(w.Cost, want) {
					t.Fatalf("route from place %d to %d: %v, want %v", j, i, w.Cost, want)
				}
				if found {
					checkWalk(t, &town, w, network.Reached{Cost: want, Metres: w.Metres}, town.places.Feet(j), town.sources.Feet(i), network.ToSource)
				}
			}
		}
	})
}

func TestOneToAllIsThatOfFloydAndWarshall(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		town := drawTown(t)
		town.oracle.solve()
		from := rapid.IntRange(0, town.g.Nodes()-1).Draw(t, "from")
		for _, dir := range directions {
			costs, err := town.net.OneToAll(context.Background(), from, dir)
			if err != nil {
				t.Fatal(err)
			}
			for n, got := range costs {
				want := town.oracle.dist[from][n]
				if dir == network.ToSource {
					want = town.oracle.dist[n][from]
				}
				if !about(got, want) {
					t.Fatalf("direction %d, from %d to %d: %v, want %v", dir, from, n, got, want)
				}
			}
		}
	})
}
