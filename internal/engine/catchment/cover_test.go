package catchment_test

import (
	"context"
	"errors"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"
	"pgregory.net/rapid"

	"github.com/lianpian/lianpian/internal/engine/catchment"
	"github.com/lianpian/lianpian/internal/engine/network"
)

// single is what every facility alone costs every home, there and back.
type single struct{ there, back [][]float64 }

// alone asks the network about one facility after the other.
func (t *town) alone(tb rapid.TB, net *network.Net, facilities []orb.Point) single {
	tb.Helper()
	var s single
	homes := net.Doors(t.homes)
	for _, p := range facilities {
		doors := net.Doors(t.graph.Tie([]orb.Point{p}, rules))
		for _, way := range []struct {
			dir  network.Direction
			into *[][]float64
		}{{network.ToSource, &s.there}, {network.FromSource, &s.back}} {
			field, err := net.Nearest(context.Background(), doors, way.dir, math.Inf(1))
			if err != nil {
				tb.Fatal(err)
			}
			row := make([]float64, t.homes.Len())
			for h := range row {
				_, row[h] = field.Cost(homes, h)
			}
			*way.into = append(*way.into, row)
		}
	}
	return s
}

// best is the walk that a home should have.
func (s single) best(home int, reach float64) catchment.Nearest {
	n := catchment.Nearest{Facility: -1, There: math.Inf(1), Back: math.Inf(1)}
	for j := range s.there {
		there, back := s.there[j][home], s.back[j][home]
		if cost := max(there, back); cost <= reach && cost < n.Cost() {
			n = catchment.Nearest{Facility: int32(j), There: there, Back: back}
		}
	}
	return n
}

func points(t *network.Ties) []orb.Point {
	list := make([]orb.Point, t.Len())
	for i := range list {
		list[i] = t.Place(i)
	}
	return list
}

func all(c *catchment.Cover) []catchment.Nearest {
	list := make([]catchment.Nearest, c.Len())
	for i := range list {
		list[i] = c.Of(i)
	}
	return list
}

func TestTheNearestFacilityIsThatOfAllAlone(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		steepness := rapid.SampledFrom([]float64{0, 0.3, 1, 2}).Draw(rt, "steepness")
		town := newTown(rapid.Uint64().Draw(rt, "seed"), rapid.IntRange(2, 9).Draw(rt, "side"), 60, rapid.IntRange(0, 9).Draw(rt, "facilities"), steepness)
		reach := rapid.SampledFrom([]float64{0, 500}).Draw(rt, "reach")
		c, err := catchment.NewHomes(town.net, town.homes).Cover(context.Background(), catchment.Question{Facilities: town.facilities, Limit: 300, Reach: reach})
		if err != nil {
			rt.Fatal(err)
		}
		if reach == 0 {
			reach = math.Inf(1)
		}
		alone := town.alone(rt, town.net, points(town.facilities))
		for h, got := range all(c) {
			if diff := cmp.Diff(alone.best(h, reach), got); diff != "" {
				rt.Fatalf("home %d (-want +got):\n%s", h, diff)
			}
		}
	})
}

func TestStatusOfHomes(t *testing.T) {
	roads := []network.Road{
		{Line: orb.LineString{{0, 0}, {2000, 0}}, Walkable: true},
		{Line: orb.LineString{{0, 900}, {900, 900}}, Walkable: true}, // an island
	}
	graph := network.Build(roads)
	homes := graph.Tie([]orb.Point{{100, 10}, {600, 0}, {601, 0}, {1900, 10}, {500, 905}, {500, 450}}, rules)
	facilities := graph.Tie([]orb.Point{{100, 0}, {100, 450}}, rules) // the second one is nowhere near a street
	c, err := catchment.NewHomes(graph.ByMetres(), homes).Cover(context.Background(), catchment.Question{Facilities: facilities, Limit: 500})
	if err != nil {
		t.Fatal(err)
	}
	want := []catchment.Status{catchment.Covered, catchment.Covered, catchment.Beyond, catchment.Beyond, catchment.CutOff, catchment.Unreached}
	for h, w := range want {
		if got := c.Status(h); got != w {
			t.Errorf("home %d is %v with %+v, want %v", h, got, c.Of(h), w)
		}
	}
	if got, want := c.Of(3), (catchment.Nearest{Facility: 0, There: 1810, Back: 1810}); got != want {
		t.Errorf("home 3 has %+v, want %+v", got, want)
	}
}

func TestWithoutFacilitiesNothingIsCovered(t *testing.T) {
	town := newTown(1, 4, 20, 0, 0)
	c, err := catchment.NewHomes(town.net, town.homes).Cover(context.Background(), catchment.Question{Facilities: town.facilities, Limit: 500})
	if err != nil {
		t.Fatal(err)
	}
	for h, n := range all(c) {
		if s := c.Status(h); n.Facility != -1 || s != catchment.CutOff && s != catchment.Unreached {
			t.Errorf("home %d is %v with %+v", h, s, n)
		}
	}
}

func TestALimitMustBeAboveZero(t *testing.T) {
	town := newTown(1, 4, 20, 2, 0)
	for _, limit := range []float64{0, -300, math.NaN(), math.Inf(1)} {
		_, err := catchment.NewHomes(town.net, town.homes).Cover(context.Background(), catchment.Question{Facilities: town.facilities, Limit: limit})
		var bad *catchment.InputError
		if !errors.As(err, &bad) || bad.What != "limit" {
			t.Errorf("limit %v: %v", limit, err)
		}
	}
}

func TestAllTypesTogetherAreAsEachAlone(t *testing.T) {
	for _, steepness := range []float64{0, 1} {
		town := newTown(5, 9, 200, 0, steepness)
		homes := catchment.NewHomes(town.net, town.homes)
		var questions []catchment.Question
		for n := range 6 {
			questions = append(questions, catchment.Question{Facilities: town.graph.Tie(town.points(n), rules), Limit: 200 + 50*float64(n)})
		}
		together, err := homes.CoverAll(context.Background(), questions)
		if err != nil {
			t.Fatal(err)
		}
		for i, q := range questions {
			alone, err := homes.Cover(context.Background(), q)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(all(alone), all(together[i])); diff != "" {
				t.Errorf("type %d (-alone +together):\n%s", i, diff)
			}
		}
	}
}

func TestCoverEndsWhenItIsCancelled(t *testing.T) {
	town := newTown(1, 9, 20, 2, 1)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := catchment.NewHomes(town.net, town.homes).CoverAll(ctx, []catchment.Question{{Facilities: town.facilities, Limit: 500}})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want that it was cancelled", err)
	}
}
