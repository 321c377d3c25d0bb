package catchment_test

import (
	"context"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"
	"pgregory.net/rapid"

	"github.com/lianpian/lianpian/internal/engine/catchment"
	"github.com/lianpian/lianpian/internal/engine/network"
)

func TestMetresAreThoseOfTheWayThatCounts(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		steepness := rapid.SampledFrom([]float64{0, 1, 2}).Draw(rt, "steepness")
		town := newTown(rapid.Uint64().Draw(rt, "seed"), rapid.IntRange(2, 9).Draw(rt, "side"), 60, rapid.IntRange(0, 6).Draw(rt, "facilities"), steepness)
		c, err := catchment.NewHomes(town.net, town.homes).Cover(context.Background(), catchment.Question{Facilities: town.facilities, Limit: 300})
		if err != nil {
			rt.Fatal(err)
		}
		got, err := c.Metres(context.Background())
		if err != nil {
			rt.Fatal(err)
		}
		homes, facilities := town.net.Doors(town.homes), town.net.Doors(town.facilities)
		for h := range c.Len() {
			n := c.Of(h)
			if !n.Found() {
				if !math.IsInf(got[h], 1) {
					rt.Fatalf("home %d has no facility, but a way of %v m", h, got[h])
				}
				continue
			}
			from, i, to, j := homes, h, facilities, int(n.Facility)
			if n.Back > n.There {
				from, i, to, j = to, j, from, i
			}
			way, found := town.net.Route(from, i, to, j)
			// Of several ways of the same cost any may be told, and costs are rounded.
			if !found || math.Abs(way.Cost-n.Cost()) > 1e-9 || steepness == 0 && math.Abs(got[h]-way.Metres) > 0.01 || math.Abs(got[h]-way.Metres) > 0.01*way.Metres {
				rt.Fatalf("home %d with %+v: %v m, the way is %v m at a cost of %v", h, n, got[h], way.Metres, way.Cost)
			}
		}
	})
}

func TestRangesAreThereAndBack(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		steepness := rapid.SampledFrom([]float64{0, 1, 2}).Draw(rt, "steepness")
		town := newTown(rapid.Uint64().Draw(rt, "seed"), rapid.IntRange(2, 9).Draw(rt, "side"), 60, rapid.IntRange(0, 6).Draw(rt, "facilities"), steepness)
		limit := rapid.Float64Range(50, 900).Draw(rt, "limit")
		r, err := catchment.NewHomes(town.net, town.homes).Ranges(context.Background(), catchment.Question{Facilities: town.facilities, Limit: limit})
		if err != nil {
			rt.Fatal(err)
		}
		alone := town.alone(rt, town.net, points(town.facilities))
		for h := range r.Homes() {
			want := []catchment.Option{}
			for f := range alone.there {
				if cost := max(alone.there[f][h], alone.back[f][h]); cost <= limit {
					want = append(want, catchment.Option{Facility: int32(f), Cost: cost})
				}
			}
			if diff := cmp.Diff(want, r.Of(h)); diff != "" {
				rt.Fatalf("home %d (-want +got):\n%s", h, diff)
			}
		}
	})
}

// Two rows of homes, a river between them, and a facility on the far side.
func TestABridgeThatGainsMoreComesFirst(t *testing.T) {
	graph := network.Build([]network.Road{
		{Line: orb.LineString{{0, 0}, {2000, 0}}, Walkable: true},
		{Line: orb.LineString{{0, 200}, {2000, 200}}, Walkable: true},
		{Line: orb.LineString{{2000, 0}, {2600, 100}, {2000, 200}}, Walkable: true}, // the only way round
	})
	var places []orb.Point
	for x := 50.0; x < 2000; x += 100 {
		places = append(places, orb.Point{x, -10})
	}
	homes := catchment.NewHomes(graph.ByMetres(), graph.Tie(places, rules))
	c, err := homes.Cover(context.Background(), catchment.Question{Facilities: graph.Tie([]orb.Point{{500, 200}}, rules), Limit: 460})
	if err != nil {
		t.Fatal(err)
	}
	bridge := func(x float64) *network.Drawn {
		d, err := graph.Draw(orb.LineString{{x, 10}, {x, 190}}, network.DrawnBridge, rules)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	sizes := make([]catchment.Size, len(places))
	for i := range sizes {
		sizes[i] = catchment.Size{Households: 10, FloorArea: 900}
	}
	alone, together, err := c.Gains(context.Background(), []*network.Drawn{bridge(1900), bridge(1000), bridge(500)}, sizes)
	if err != nil {
		t.Fatal(err)
	}
	type gain struct {
		Path   int
		Gained catchment.Amount
	}
	amount := func(homes int) catchment.Amount {
		return catchment.Amount{Homes: homes, Size: catchment.Size{Households: 10 * float64(homes), FloorArea: 900 * float64(homes)}}
	}
	// 10 m to the street, 200 m over the bridge, so 250 m along the streets: the
	// last home on either side is just covered.
	want := []gain{{2, amount(6)}, {1, amount(0)}, {0, amount(0)}}
	var got []gain
	for _, g := range alone {
		got = append(got, gain{g.Path, g.Gained})
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("gains alone (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(amount(6), together.Gained); diff != "" {
		t.Errorf("gained together (-want +got):\n%s", diff)
	}
	if alone[1].Saved <= alone[2].Saved || together.Saved < alone[0].Saved {
		t.Errorf("saved %v, %v and %v alone, %v together", alone[0].Saved, alone[1].Saved, alone[2].Saved, together.Saved)
	}
}

func TestClosingTheOnlyFacilityLosesAll(t *testing.T) {
	town := newTown(3, 6, 50, 1, 1)
	trial := newTrials(t, town, 0)
	trial.trial.Close(0)
	e := trial.trial.Effect(nil)
	covered := 0
	for h := range trial.cover.Len() {
		if trial.cover.Status(h) == catchment.Covered {
			covered++
		}
	}
	if e.Lost.Homes != covered || e.Gained.Homes != 0 || e.Nearer.Homes != 0 || len(e.Changes) != e.Farther.Homes {
		t.Errorf("%d covered; lost %+v, gained %+v, nearer %+v, farther %+v of %d changes", covered, e.Lost, e.Gained, e.Nearer, e.Farther, len(e.Changes))
	}
}
