package catchment_test

import (
	"context"
	"errors"
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"
	"pgregory.net/rapid"

	"github.com/lianpian/lianpian/internal/engine/catchment"
	"github.com/lianpian/lianpian/internal/engine/network"
)

// toBorder is how far a point is from the border of an area.
func toBorder(area orb.MultiPolygon, p orb.Point) float64 {
	least := math.Inf(1)
	for _, polygon := range area {
		for _, ring := range polygon {
			least = min(least, planar.DistanceFrom(orb.LineString(ring), p))
		}
	}
	return least
}

// inPocket tells whether a point lies in a pocket that is smaller than a cell: the
// samples around it are all of the other kind.
func inPocket(t rapid.TB, g catchment.Ground, p orb.Point, limit float64, covered bool) bool {
	t.Helper()
	x, y := math.Floor(p[0]/g.Cell)*g.Cell, math.Floor(p[1]/g.Cell)*g.Cell
	costs := make([]float64, 4)
	if err := g.Costs(context.Background(), []orb.Point{{x, y}, {x + g.Cell, y}, {x, y + g.Cell}, {x + g.Cell, y + g.Cell}}, costs); err != nil {
		t.Fatal(err)
	}
	return !slices.ContainsFunc(costs, func(cost float64) bool { return cost <= limit == covered })
}

func TestAHomeIsCoveredWhereTheGroundIsWithinReach(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		steepness := rapid.SampledFrom([]float64{0, 0.5, 1.5}).Draw(rt, "steepness")
		town := newTown(rapid.Uint64().Draw(rt, "seed"), rapid.IntRange(3, 6).Draw(rt, "side"), 80, rapid.IntRange(1, 4).Draw(rt, "facilities"), steepness)
		limit := rapid.Float64Range(100, 600).Draw(rt, "limit")
		c, err := catchment.NewHomes(town.net, town.homes).Cover(context.Background(), catchment.Question{Facilities: town.facilities, Limit: limit})
		if err != nil {
			rt.Fatal(err)
		}
		g, err := c.Ground(rules, limit)
		if err != nil {
			rt.Fatal(err)
		}
		g.Cell = 8
		i := isochrones(rt, g, limit)[0]
		for h := range c.Len() {
			p := town.homes.Place(h)
			covered := c.Status(h) == catchment.Covered
			if covered != planar.MultiPolygonContains(i.Area, p) && toBorder(i.Area, p) > math.Sqrt2*i.Cell && !inPocket(rt, g, p, limit, covered) {
				rt.Fatalf("home %d at %v with %+v is on the wrong side of the border, %.1f m from it", h, p, c.Of(h), toBorder(i.Area, p))
			}
		}
	})
}

func TestGroundIsNotLookedForBeyondReach(t *testing.T) {
	town := newTown(1, 4, 20, 2, 0)
	c, err := catchment.NewHomes(town.net, town.homes).Cover(context.Background(), catchment.Question{Facilities: town.facilities, Limit: 200, Reach: 300})
	if err != nil {
		t.Fatal(err)
	}
	var bad *catchment.InputError
	if _, err := c.Ground(rules, 301); !errors.As(err, &bad) {
		t.Errorf("error %v, want that the limit is too high", err)
	}
}

func TestWhereNoFacilityIsTiedNoGroundIsReached(t *testing.T) {
	town := newTown(1, 4, 20, 0, 0)
	town.facilities = town.graph.Tie([]orb.Point{{0, 5000}}, rules)
	c, err := catchment.NewHomes(town.net, town.homes).Cover(context.Background(), catchment.Question{Facilities: town.facilities, Limit: 200})
	if err != nil {
		t.Fatal(err)
	}
	g, err := c.Ground(rules, 200)
	if err != nil {
		t.Fatal(err)
	}
	if area := isochrones(t, g, 200)[0].Area; len(area) != 0 {
		t.Errorf("%v is reached", area)
	}
}

func TestAWayPartlyWithinReachIsDrawnThatFar(t *testing.T) {
	graph := network.Build([]network.Road{{Line: orb.LineString{{0, 0}, {5000, 0}}, Walkable: true}})
	homes := graph.Tie(nil, rules)
	c, err := catchment.NewHomes(graph.ByMetres(), homes).Cover(context.Background(), catchment.Question{Facilities: graph.Tie([]orb.Point{{2000, 0}}, rules), Limit: 500})
	if err != nil {
		t.Fatal(err)
	}
	g, err := c.Ground(rules, 500)
	if err != nil {
		t.Fatal(err)
	}
	g.Cell = 10
	area := isochrones(t, g, 500)[0].Area
	for _, x := range []struct {
		p  orb.Point
		in bool
	}{
		{orb.Point{2000, 100}, true},
		{orb.Point{2000, 135}, false}, // no way is within 120 m
		{orb.Point{2490, 0}, true},
		{orb.Point{2510, 0}, false},
		{orb.Point{1505, 0}, true},
		{orb.Point{2395, 100}, true},
		{orb.Point{2410, 100}, false}, // across open ground to the way first
	} {
		if got := planar.MultiPolygonContains(area, x.p); got != x.in {
			t.Errorf("%v is within: %v, want %v", x.p, got, x.in)
		}
	}
	if diff := cmp.Diff(1, len(area)); diff != "" {
		t.Errorf("polygons (-want +got):\n%s", diff)
	}
}
