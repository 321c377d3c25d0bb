package network_test

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"
	"pgregory.net/rapid"

	"github.com/lianpian/lianpian/internal/engine/network"
)

// block is a square of streets of 100 m with a remnant of a path inside.
func block() *network.Graph {
	return network.BuildClean([]network.Road{
		street("南街", 0, 0, 100, 0), street("东街", 100, 0, 100, 100),
		street("北街", 100, 100, 0, 100), street("西街", 0, 100, 0, 0),
		street("残径", 45, 50, 55, 50),
	}, network.Cleaning{})
}

func TestPlacesAreTiedToTheEdgesNearThem(t *testing.T) {
	g := block()
	type foot struct {
		street   string
		at, cost float64
	}
	cases := []struct {
		name  string
		place orb.Point
		rules network.TieRules
		want  []foot
	}{
		{"beside one street", orb.Point{30, 8}, network.TieRules{Reach: 100}, []foot{{"南街", 30, 8}}},
		{"near a corner", orb.Point{90, 15}, network.TieRules{Reach: 100}, []foot{{"东街", 15, 10}, {"南街", 90, 15}}},
		{"the corner itself is one foot", orb.Point{103, -4}, network.TieRules{Reach: 100}, []foot{{"", 0, 5}}},
		{"the nearest only", orb.Point{90, 15}, network.TieRules{Reach: 100, Most: 1}, []foot{{"东街", 15, 10}}},
		{"not much farther than the nearest", orb.Point{90, 15}, network.TieRules{Reach: 100, Near: 4}, []foot{{"东街", 15, 10}}},
		{"no remnant, though it is nearer", orb.Point{51, 46}, network.TieRules{Reach: 60}, []foot{{"南街", 51, 46}, {"东街", 46, 49}, {"西街", 54, 51}, {"北街", 49, 54}}},
		{"a remnant where nothing else is within reach", orb.Point{50, 46}, network.TieRules{Reach: 20}, []foot{{"残径", 5, 4}}},
		{"a remnant that counts", orb.Point{50, 46}, network.TieRules{Reach: 20, Island: -1}, []foot{{"残径", 5, 4}}},
		{"out of reach", orb.Point{30, -41}, network.TieRules{Reach: 40}, nil},
		{"just within reach", orb.Point{30, -40}, network.TieRules{Reach: 40}, []foot{{"南街", 30, 40}}},
		{"no reach", orb.Point{30, 0}, network.TieRules{}, nil},
		{"nowhere", orb.Point{math.NaN(), 0}, network.TieRules{Reach: 100}, nil},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			ties := g.Tie([]orb.Point{c.place}, c.rules)
			var got []foot
			for _, f := range ties.Feet(0) {
				at := foot{g.Way(f.Edge).Name, f.At, f.Cost}
				if f.At == 0 || f.At == g.Length(f.Edge) {
					at.street, at.at = "", 0 // of a node, whichever street
				}
				got = append(got, at)
			}
			if diff := cmp.Diff(c.want, got, cmp.Comparer(near), cmp.AllowUnexported(foot{})); diff != "" {
				t.Error(diff)
			}
			if ties.Reached(0) != (len(c.want) > 0) {
				t.Errorf("reached: %v", ties.Reached(0))
			}
		})
	}
}

// A street that bends back towards a place is reached once, where it is nearest,
// whichever of the streets at that corner is counted first.
func TestFeetDoNotDependOnTheOrderOfTheStreets(t *testing.T) {
	straight := street("直街", 0, 0, 300, 0)
	bent := street("弯街", 0, 0, 10, -15)
	bent.Line = append(bent.Line, orb.Point{-25, -15}, orb.Point{-25, -300})
	for _, roads := range [][]network.Road{{straight, bent}, {bent, straight}} {
		feet := network.Build(roads).Tie([]orb.Point{{-1, 5}}, network.TieRules{Reach: 100}).Feet(0)
		if len(feet) != 1 || !near(feet[0].Cost, math.Sqrt(26)) {
			t.Errorf("%s first: %v", roads[0].Name, feet)
		}
	}
}

func TestPlacesAreTiedOnlyWhereTheWayIsClearAndTheEdgeUsable(t *testing.T) {
	g := block()
	wall := network.IndexLines([]orb.LineString{{{-10, 5}, {110, 5}}})
	clear := func(from, to orb.Point) bool {
		free := true
		wall.Met(from, to, func(int, orb.Point, orb.Point) bool { free = false; return false })
		return free
	}
	feet := g.Tie([]orb.Point{{50, 10}}, network.TieRules{Reach: 200, Most: 1, Clear: clear}).Feet(0)
	if len(feet) != 1 || g.Way(feet[0].Edge).Name == "南街" || !near(feet[0].Cost, 50) {
		t.Errorf("over a wall: %v", feet)
	}
	feet = g.Tie([]orb.Point{{50, 10}}, network.TieRules{Reach: 200, Most: 1, Usable: func(e int) bool { return g.Way(e).Name == "北街" }}).Feet(0)
	if len(feet) != 1 || !near(feet[0].Cost, 90) {
		t.Errorf("onto the one usable street: %v", feet)
	}
	if ties := g.Tie([]orb.Point{{50, 10}}, network.TieRules{Reach: 200, Usable: func(int) bool { return false }}); ties.Reached(0) {
		t.Errorf("onto no street: %v", ties.Feet(0))
	}
	if foot, found := g.Foot(orb.Point{30, 8}, network.TieRules{Reach: 20}); !found || foot.Place != (orb.Point{30, 8}) || !near(foot.Cost, 8) {
		t.Errorf("the foot of a click: %v", foot)
	}
	if _, found := g.Foot(orb.Point{30, 50}, network.TieRules{Reach: 10}); found {
		t.Error("a click far from all has a foot")
	}
}

func TestTiesAreThoseOfLookingAtEveryEdge(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := network.BuildClean(bigTown(t), network.Cleaning{})
		rules := network.TieRules{
			Reach: rapid.SampledFrom([]float64{20, 60, 300}).Draw(t, "reach"), Near: 20, Most: 3, Island: 150,
			Usable: func(e int) bool { return !g.Way(e).Stairs },
		}
		var places []orb.Point
		for range rapid.IntRange(1, 5).Draw(t, "places") {
			places = append(places, orb.Point{rapid.Float64Range(-80, 250).Draw(t, "x"), rapid.Float64Range(-80, 150).Draw(t, "y")})
		}
		ties := g.Tie(places, rules)
		on := map[int][]int{}
		for i, p := range places {
			var costs []float64
			for _, f := range ties.Feet(i) {
				costs = append(costs, f.Cost)
				on[f.Edge] = append(on[f.Edge], i)
				q := pointAt(g.Line(f.Edge), f.At)
				if d := math.Hypot(p[0]-q[0], p[1]-q[1]); !about(d, f.Cost) {
					t.Fatalf("place %d: a foot %v m away is said to be at %v m", i, d, f.Cost)
				}
			}
			nearest := math.Inf(1)
			for _, main := range []bool{true, false} {
				for e := range g.Edges() {
					from, _ := g.Ends(e)
					d := away(p, g.Line(e))
					if (g.Islands()[g.Island(from)].Metres >= 150) == main && !g.Way(e).Stairs && d <= rules.Reach {
						nearest = min(nearest, d)
					}
				}
				if !math.IsInf(nearest, 1) {
					break
				}
			}
			if (len(costs) > 0) == math.IsInf(nearest, 1) || len(costs) > 0 && !about(costs[0], nearest) {
				t.Fatalf("place %d: feet at %v m, the nearest edge is %v m away", i, costs, nearest)
			}
			if !slices.IsSorted(costs) || len(costs) > 3 || len(costs) > 0 && costs[len(costs)-1] > costs[0]+20 {
				t.Fatalf("place %d: feet at %v m", i, costs)
			}
		}
		for e := range g.Edges() {
			var got []int
			ties.On(e, func(place int) { got = append(got, place) })
			if diff := cmp.Diff(on[e], got); diff != "" {
				t.Fatalf("edge %d: %s", e, diff)
			}
		}
	})
}

// away is how far a point is from a line.
func away(p orb.Point, line orb.LineString) float64 {
	best := math.Inf(1)
	for i := 1; i < len(line); i++ {
		a, b := line[i-1], line[i]
		t := ((p[0]-a[0])*(b[0]-a[0]) + (p[1]-a[1])*(b[1]-a[1])) / (math.Pow(b[0]-a[0], 2) + math.Pow(b[1]-a[1], 2))
		t = math.Max(0, math.Min(1, t))
		best = math.Min(best, math.Hypot(p[0]-a[0]-t*(b[0]-a[0]), p[1]-a[1]-t*(b[1]-a[1])))
	}
	return best
}

func TestAPlaceOutOfReachIsReachedByNobody(t *testing.T) {
	g := block()
	net := g.ByMetres()
	homes := net.Doors(g.Tie([]orb.Point{{50, -10}, {50, -500}}, network.TieRules{Reach: 50}))
	facilities := net.Doors(g.Tie([]orb.Point{{800, 800}, {50, 110}}, network.TieRules{Reach: 50}))
	if !homes.Reached(0) || homes.Reached(1) || facilities.Reached(0) || !facilities.Reached(1) {
		t.Error("who is reached is not told")
	}
	field, err := net.Nearest(context.Background(), facilities, network.ToSource, math.Inf(1))
	if err != nil {
		t.Fatal(err)
	}
	if got := field.Of(homes, 0); got.Source != 1 || !near(got.Cost, 10+50+100+50+10) || !near(got.Metres, got.Cost) {
		t.Errorf("round the block: %v", got)
	}
	if got := field.Of(homes, 1); got.Found() || !math.IsInf(got.Cost, 1) || !math.IsInf(got.Metres, 1) {
		t.Errorf("a home out of reach: %v", got)
	}
	if w, found := field.Walk(homes, 1); found {
		t.Errorf("a walk from a home out of reach: %v", w)
	}
	if w, found := net.Route(homes, 0, facilities, 0); found {
		t.Errorf("a walk to a facility out of reach: %v", w)
	}
}

func TestNoFacilitiesReachNobody(t *testing.T) {
	g := block()
	net := g.ByMetres()
	homes := net.Doors(g.Tie([]orb.Point{{50, -10}}, network.TieRules{Reach: 50}))
	field, err := net.Nearest(context.Background(), net.Doors(g.Tie(nil, network.TieRules{Reach: 50})), network.FromSource, math.Inf(1))
	if err != nil {
		t.Fatal(err)
	}
	if got := field.Of(homes, 0); got.Found() {
		t.Errorf("reached by nobody: %v", got)
	}
	o := field.Overlay()
	o.Add(homes, 0)
	if got := o.Of(homes, 0); got.Source != 0 {
		t.Errorf("the first facility of all: %v", got)
	}
}

func TestASearchEndsWithItsContext(t *testing.T) {
	var roads []network.Road
	for i := range 200 {
		for k := range 200 {
			x, y := float64(i)*50, float64(k)*50
			roads = append(roads, street("", x, y, x+50, y), street("", x, y, x, y+50))
		}
	}
	g := network.BuildClean(roads, network.Cleaning{})
	net := g.ByMetres()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := net.OneToAll(ctx, 0, network.FromSource); err == nil {
		t.Error("a search went on without its context")
	}
	costs, err := net.OneToAll(context.Background(), 0, network.FromSource)
	if err != nil {
		t.Fatal(err)
	}
	for n, cost := range costs {
		a, b := g.Node(0), g.Node(n)
		if want := math.Abs(a[0]-b[0]) + math.Abs(a[1]-b[1]); !about(cost, want) {
			t.Fatalf("after a search that was cut short: node %d at %v, want %v", n, cost, want)
		}
	}
}

func TestARuleThatPanicsDoesSoWhereItIsAskedFor(t *testing.T) {
	g := block()
	defer func() {
		if broken := recover(); !strings.Contains(fmt.Sprint(broken), "a nil edge") {
			t.Errorf("caught %v", broken)
		}
	}()
	g.Tie(make([]orb.Point, 5000), network.TieRules{Reach: 200, Usable: func(int) bool { panic("a nil edge") }})
	t.Error("nothing panicked")
}
