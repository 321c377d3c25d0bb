package catchment_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/wkb"
	"github.com/paulmach/orb/planar"
	"github.com/peterstace/simplefeatures/geom"
	"pgregory.net/rapid"

	"github.com/lianpian/lianpian/internal/engine/catchment"
)

// checkArea tells whether a multipolygon is valid by the rules of OGC Simple
// Features (an oracle of its own) and its rings run as RFC 7946 wants them.
func checkArea(t rapid.TB, area orb.MultiPolygon) {
	t.Helper()
	for _, polygon := range area {
		for i, ring := range polygon {
			if len(ring) < 4 || ring[0] != ring[len(ring)-1] {
				t.Fatalf("a ring of %d points, from %v to %v", len(ring), ring[0], ring[len(ring)-1])
			}
			want := orb.CW
			if i == 0 {
				want = orb.CCW
			}
			if ring.Orientation() != want {
				t.Fatalf("ring %d runs the wrong way", i)
			}
		}
	}
	if len(area) == 0 {
		return
	}
	bytes, err := wkb.Marshal(area)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := geom.UnmarshalWKB(bytes); err != nil { // validates
		t.Fatalf("not valid: %v", err)
	}
}

// ground is a field that a function tells.
func ground(bound orb.Bound, cell float64, cost func(p orb.Point) float64) catchment.Ground {
	return catchment.Ground{Bound: bound, Cell: cell, Costs: func(_ context.Context, points []orb.Point, costs []float64) error {
		for i, p := range points {
			costs[i] = cost(p)
		}
		return nil
	}}
}

func isochrones(t rapid.TB, g catchment.Ground, limits ...float64) []catchment.Isochrone {
	t.Helper()
	list, err := catchment.Isochrones(context.Background(), g, limits)
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range list {
		checkArea(t, i.Area)
	}
	return list
}

func square(side float64) orb.Bound {
	return orb.Bound{Min: orb.Point{-side, -side}, Max: orb.Point{side, side}}
}

func TestIsochronesOfAnOpenField(t *testing.T) {
	list := isochrones(t, ground(square(600), 10, func(p orb.Point) float64 { return math.Hypot(p[0], p[1]) }), 100, 300, 500)
	for _, i := range list {
		if len(i.Area) != 1 || len(i.Area[0]) != 1 {
			t.Fatalf("within %v: %d polygons, want one without holes", i.Limit, len(i.Area))
		}
		want := math.Pi * i.Limit * i.Limit
		if area := planar.Area(i.Area); math.Abs(area-want) > 0.01*want {
			t.Errorf("within %v: %.0f m², want %.0f", i.Limit, area, want)
		}
	}
}

func TestAPocketThatIsNotReachedIsAHole(t *testing.T) {
	list := isochrones(t, ground(square(300), 10, func(p orb.Point) float64 {
		switch r := math.Hypot(p[0], p[1]); {
		case r < 55:
			return math.Inf(1) // a pond
		case r < 95 && p[0] > 0 && math.Abs(p[1]) < 25:
			return 20 // a pier in it is joined to the shore
		default:
			return r
		}
	}), 200)
	if len(list[0].Area) != 1 || len(list[0].Area[0]) != 2 {
		t.Fatalf("%d polygons, want one with a hole", len(list[0].Area))
	}
	if planar.MultiPolygonContains(list[0].Area, orb.Point{0, 0}) {
		t.Error("the pond is within reach")
	}
	if !planar.MultiPolygonContains(list[0].Area, orb.Point{150, 0}) {
		t.Error("the shore is not within reach")
	}
}

func TestAnIslandInAPocketIsAPolygonOfItsOwn(t *testing.T) {
	list := isochrones(t, ground(square(300), 5, func(p orb.Point) float64 {
		if r := math.Hypot(p[0], p[1]); r > 40 && r < 100 {
			return math.Inf(1)
		}
		return 1
	}), 200)
	if len(list[0].Area) != 2 || len(list[0].Area[0]) != 2 || len(list[0].Area[1]) != 1 {
		t.Errorf("polygons %v, want one with a hole and one in it", list[0].Area)
	}
}

func TestGroundReachedUpToTheEdgeIsClosedThere(t *testing.T) {
	list := isochrones(t, ground(square(50), 10, func(orb.Point) float64 { return 1 }), 5)
	if area := planar.Area(list[0].Area); area < 100*100 || area > 110*110 {
		t.Errorf("%v m², want the bound with at most half a cell around it", area)
	}
}

func TestGroundOutOfReachIsNoPolygon(t *testing.T) {
	list := isochrones(t, ground(square(50), 10, func(orb.Point) float64 { return math.NaN() }), 5)
	if len(list[0].Area) != 0 {
		t.Errorf("%v, want nothing", list[0].Area)
	}
}

func TestTheCellFollowsTheExtent(t *testing.T) {
	for _, c := range []struct {
		side, cell, atLeast, atMost float64
		most                        int
	}{
		{side: 300, atLeast: 5, atMost: 5},
		{side: 1500, atLeast: 5.1, atMost: 20},
		{side: 15_000, atLeast: 20, atMost: 60},
		{side: 15_000, most: 10_000, atLeast: 300, atMost: 400},
		{side: 300, cell: 12, atLeast: 12, atMost: 12},
		{side: 1e7, cell: 1, atLeast: 30_000, atMost: 50_000},
	} {
		g := ground(square(c.side), c.cell, func(orb.Point) float64 { return 1 })
		g.Most = c.most
		if cell := isochrones(t, g, 5)[0].Cell; cell < c.atLeast || cell > c.atMost {
			t.Errorf("%+v: a cell of %v", c, cell)
		}
	}
}

// Random fields have every sort of corner: saddles, samples right at the limit,
// single samples, holes in holes.
func TestIsochronesAreValidAndContainOneAnother(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		random := rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "seed"), 1))
		side := rapid.IntRange(1, 12).Draw(rt, "side")
		values := rapid.SampledFrom([][]float64{{0, 9}, {1, 2, 3, 4, 5}, {1, 3, 9, math.Inf(1)}}).Draw(rt, "values")
		field := map[orb.Point]float64{}
		g := ground(orb.Bound{Min: orb.Point{36_500_000, 3_200_000}, Max: orb.Point{36_500_000 + 10*float64(side), 3_200_000 + 10*float64(side)}}, 10, func(p orb.Point) float64 {
			field[p] = values[random.IntN(len(values))]
			return field[p]
		})
		list := isochrones(rt, g, 2, 3, 8)
		for _, i := range list {
			for p, v := range field {
				if in := planar.MultiPolygonContains(i.Area, p); in != (v <= i.Limit) {
					rt.Fatalf("within %v: %v with a cost of %v is within: %v", i.Limit, p, v, in)
				}
			}
		}
		for k := 1; k < len(list); k++ {
			for _, polygon := range list[k-1].Area {
				for _, p := range polygon[0] {
					// A point of the one border may lie on the other.
					toMiddle := orb.Point{p[0] + (nearestSample(p)[0]-p[0])*1e-6, p[1] + (nearestSample(p)[1]-p[1])*1e-6}
					if !planar.MultiPolygonContains(list[k-1].Area, toMiddle) {
						continue
					}
					if !planar.MultiPolygonContains(list[k].Area, toMiddle) {
						rt.Fatalf("%v is within %v and not within %v", p, list[k-1].Limit, list[k].Limit)
					}
				}
			}
		}
	})
}

func nearestSample(p orb.Point) orb.Point {
	return orb.Point{math.Round(p[0]/10) * 10, math.Round(p[1]/10) * 10}
}

func TestIsochronesRefuseWhatIsNoGround(t *testing.T) {
	open := func(orb.Point) float64 { return 1 }
	for _, c := range []struct {
		what   string
		ground catchment.Ground
		limit  float64
	}{
		{"limit", ground(square(50), 10, open), 0},
		{"limit", ground(square(50), 10, open), math.NaN()},
		{"bound", ground(square(math.Inf(1)), 10, open), 5},
		{"bound", ground(orb.Bound{Min: orb.Point{1, 1}}, 10, open), 5},
		{"cell", ground(square(50), -1, open), 5},
	} {
		var bad *catchment.InputError
		if _, err := catchment.Isochrones(context.Background(), c.ground, []float64{c.limit}); !errors.As(err, &bad) || bad.What != c.what {
			t.Errorf("%s: %v", c.what, err)
		}
	}
	fault := fmt.Errorf("no network")
	g := catchment.Ground{Bound: square(50), Costs: func(context.Context, []orb.Point, []float64) error { return fault }}
	if _, err := catchment.Isochrones(context.Background(), g, []float64{5}); !errors.Is(err, fault) {
		t.Errorf("error %v, want %v", err, fault)
	}
}

func TestIsochronesAreTheSameEveryTime(t *testing.T) {
	g := ground(square(200), 0, func(p orb.Point) float64 { return 100 + 50*math.Sin(p[0]/17)*math.Cos(p[1]/23) })
	if diff := cmp.Diff(isochrones(t, g, 90, 120), isochrones(t, g, 90, 120)); diff != "" {
		t.Errorf("another answer the second time:\n%s", diff)
	}
}
