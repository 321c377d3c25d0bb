package network_test

import (
	"context"
	"math"
	"testing"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"

	"github.com/lianpian/lianpian/internal/engine/network"
)

func TestSurroundingsAreExactWhereASourceIsHardlyFartherThanTheNearest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		town := drawTown(t)
		sources, places := town.net.Doors(town.sources), town.net.Doors(town.places)
		slack := rapid.SampledFrom([]float64{0, 10, 40, math.Inf(1)}).Draw(t, "slack")
		limit := rapid.SampledFrom([]float64{60, math.Inf(1)}).Draw(t, "limit")
		var paths []*network.Drawn
		if path, err := town.g.Draw(orb.LineString{{5, 5}, {rapid.Float64Range(0, 170).Draw(t, "x"), 70}}, network.DrawnFootpath, network.TieRules{Reach: 40}); err == nil && rapid.Bool().Draw(t, "drawn") {
			paths = append(paths, path)
		}
		for _, dir := range directions {
			field, err := town.net.Nearest(context.Background(), sources, dir, math.Inf(1))
			if err != nil {
				t.Fatal(err)
			}
			overlay := field.Overlay()
			overlay.Draw(paths...)
			s := town.net.Surroundings()
			for i := range town.sources.Len() {
				for _, search := range []func(){
					func() { s.Explore(sources, i, overlay, limit, slack) },
					func() { s.ExploreSource(overlay, i, limit, slack) },
				} {
					search()
					alone := onlySource(t, &town, i, dir, paths)
					for j := range town.places.Len() {
						_, nearest := overlay.Cost(places, j)
						_, want := alone.Cost(places, j)
						if want > limit || want > nearest+slack {
							continue // may be found or not
						}
						if _, got := s.Cost(places, j); got != want {
							t.Fatalf("direction %d, source %d, place %d: %v, want %v", dir, i, j, got, want)
						}
					}
				}
			}
		}
	})
}

// onlySource is the overlay of a field with one of the sources.
func onlySource(t *rapid.T, town *trialTown, i int, dir network.Direction, paths []*network.Drawn) *network.Overlay {
	t.Helper()
	doors := town.net.Doors(town.g.Tie([]orb.Point{town.sources.Place(i)}, network.TieRules{Reach: 40, Near: 15}))
	field, err := town.net.Nearest(context.Background(), doors, dir, math.Inf(1))
	if err != nil {
		t.Fatal(err)
	}
	o := field.Overlay()
	o.Draw(paths...)
	return o
}

func TestNoWayIsCheaperThanTheLeastPace(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		town := drawTown(t)
		sources, places := town.net.Doors(town.sources), town.net.Doors(town.places)
		field, err := town.net.Nearest(context.Background(), sources, network.ToSource, math.Inf(1))
		if err != nil {
			t.Fatal(err)
		}
		for j := range town.places.Len() {
			source, cost := field.Cost(places, j)
			if source < 0 {
				continue
			}
			a, b := town.places.Place(j), town.sources.Place(source)
			if straight := math.Hypot(a[0]-b[0], a[1]-b[1]); cost+0.01 < straight*town.net.LeastPace() {
				t.Fatalf("%v from place %d over %v straight metres, of which each costs %v", cost, j, straight, town.net.LeastPace())
			}
		}
	})
}
