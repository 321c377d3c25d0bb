package network_test

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/engine/network"
)

// stairs, crossing, onBridge make a road what their name says.
func stairs(r network.Road) network.Road   { r.Stairs = true; return r }
func crossing(r network.Road) network.Road { r.Crossing = true; return r }
func barred(r network.Road) network.Road   { r.Barred = true; return r }
func onBridge(r network.Road) network.Road { r.Bridge, r.Level = true, 1; return r }

func TestRoadsAreCleaned(t *testing.T) {
	cases := []struct {
		name         string
		roads        []network.Road
		closed       []orb.Point
		nodes, edges int
		want         network.Cleaned
		from, to     orb.Point
		metres       float64
	}{
		{
			name:  "a vertex written twice, 3 cm apart",
			roads: []network.Road{street("", 0, 0, 50, 0, 100, 0), street("", 50, 100, 50.03, 0, 50, -100)},
			nodes: 5, edges: 4, want: network.Cleaned{Roads: 2, Merged: 1}, from: orb.Point{0, 0}, to: orb.Point{50, 100}, metres: 150,
		},
		{
			name:  "not with that of a bridge above",
			roads: []network.Road{street("", 0, 0, 50, 0, 100, 0), onBridge(street("", 50, 100, 50.03, 0, 50, -100))},
			nodes: 4, edges: 2, want: network.Cleaned{Roads: 2}, from: orb.Point{0, 0}, to: orb.Point{50, 100}, metres: math.Inf(1),
		},
		{
			name:  "an end 40 cm short of a road",
			roads: []network.Road{street("", 0, 0, 100, 0), street("", 50, 100, 50, 0.4)},
			nodes: 4, edges: 3, want: network.Cleaned{Roads: 2, Gaps: 1}, from: orb.Point{0, 0}, to: orb.Point{50, 100}, metres: 150,
		},
		{
			name:  "a road drawn twice, the second time backwards and as stairs",
			roads: []network.Road{stairs(street("梯", 100, 0, 50, 10, 0, 0)), street("街", 0, 0, 50, 10, 100, 0)},
			nodes: 3, edges: 2, want: network.Cleaned{Roads: 2, Twice: 2}, from: orb.Point{0, 0}, to: orb.Point{100, 0}, metres: 2 * math.Hypot(50, 10),
		},
		{
			name:  "two ways round between the same nodes stay",
			roads: []network.Road{street("", 0, 0, 50, 10, 100, 0), street("", 0, 0, 50, -10, 100, 0)},
			nodes: 2, edges: 2, want: network.Cleaned{Roads: 2}, from: orb.Point{0, 0}, to: orb.Point{100, 0}, metres: 2 * math.Hypot(50, 10),
		},
		{
			name:  "a road of no length and one that is not finite",
			roads: []network.Road{street("", 0, 0, 0, 0), street("", 1, 1, math.NaN(), 0), street("", 5, 5, 5.01, 5), street("", 0, 0, 10, 0)},
			nodes: 2, edges: 1, want: network.Cleaned{Roads: 4, LeftOut: 3, Merged: 1}, from: orb.Point{0, 0}, to: orb.Point{10, 0}, metres: 10,
		},
		{
			name:  "a closed gate at a vertex",
			roads: []network.Road{street("", 0, 0, 50, 0, 100, 0)}, closed: []orb.Point{{50, 0.02}},
			nodes: 4, edges: 2, want: network.Cleaned{Roads: 1, Closed: 1}, from: orb.Point{0, 0}, to: orb.Point{100, 0}, metres: math.Inf(1),
		},
		{
			name:  "a closed gate between vertices",
			roads: []network.Road{street("", 0, 0, 100, 0)}, closed: []orb.Point{{30, 0.2}},
			nodes: 4, edges: 2, want: network.Cleaned{Roads: 1, Closed: 1}, from: orb.Point{0, 0}, to: orb.Point{100, 0}, metres: math.Inf(1),
		},
		{
			name:  "a closed gate where roads meet",
			roads: []network.Road{street("", 0, 0, 50, 0), street("", 50, 0, 100, 0), street("", 50, 0, 50, 50)}, closed: []orb.Point{{50, 0}},
			nodes: 6, edges: 3, want: network.Cleaned{Roads: 3, Closed: 1}, from: orb.Point{0, 0}, to: orb.Point{50, 50}, metres: math.Inf(1),
		},
		{
			name:  "a closed gate that is on no road, and one that is nowhere",
			roads: []network.Road{street("", 0, 0, 100, 0)}, closed: []orb.Point{{30, 5}, {math.NaN(), 0}},
			nodes: 2, edges: 1, want: network.Cleaned{Roads: 1}, from: orb.Point{0, 0}, to: orb.Point{100, 0}, metres: 100,
		},
		{
			name:  "a closed gate under a bridge leaves the bridge open",
			roads: []network.Road{onBridge(street("", 0, 0, 100, 0)), street("", 50, -50, 50, 0.1, 50, 50)}, closed: []orb.Point{{50, 0.1}},
			nodes: 6, edges: 3, want: network.Cleaned{Roads: 2, Closed: 1}, from: orb.Point{0, 0}, to: orb.Point{100, 0}, metres: 100,
		},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			g := network.BuildClean(c.roads, network.Cleaning{Closed: c.closed})
			if g.Nodes() != c.nodes || g.Edges() != c.edges {
				t.Errorf("%d nodes and %d edges, want %d and %d", g.Nodes(), g.Edges(), c.nodes, c.edges)
			}
			if diff := cmp.Diff(c.want, g.Cleaned()); diff != "" {
				t.Error(diff)
			}
			got, _ := walk(t, g, at(t, g, c.from[0], c.from[1]), at(t, g, c.to[0], c.to[1]))
			if math.Abs(got-c.metres) > 0.5 && got != c.metres {
				t.Errorf("%v m, want %v", got, c.metres)
			}
		})
	}
}

func TestOfRoadsThatCoverEachOtherTheEasiestStays(t *testing.T) {
	for _, roads := range [][]network.Road{
		{stairs(street("梯", 0, 0, 100, 0)), street("街", 100, 0, 0, 0)},
		{street("街", 0, 0, 100, 0), barred(street("槛", 0, 0, 100, 0))},
	} {
		g := network.BuildClean(roads, network.Cleaning{})
		if g.Edges() != 1 || g.Way(0).Name != "街" {
			t.Errorf("%d edges, of %s", g.Edges(), g.Way(0).Name)
		}
	}
}

func TestPeopleWalkOneWayStreetsBothWays(t *testing.T) {
	// However the line of a one-way street runs, it is walked there and back.
	g := network.BuildClean([]network.Road{street("单行", 0, 0, 100, 0), street("", 200, 0, 100, 0)}, network.Cleaning{})
	for _, c := range [][2]float64{{10, 190}, {190, 10}} {
		if got, _ := walk(t, g, at(t, g, c[0], 0), at(t, g, c[1], 0)); !near(got, 180) {
			t.Errorf("from %v to %v: %v m, want 180", c[0], c[1], got)
		}
	}
}

func TestIslandsAreTold(t *testing.T) {
	g := network.BuildClean([]network.Road{
		street("", 0, 0, 100, 0), street("", 100, 0, 100, 50),
		street("岛", 500, 500, 530, 500),
		street("环", 300, 0, 310, 0, 310, 10, 300, 0),
	}, network.Cleaning{})
	want := map[network.Island]bool{{Nodes: 3, Edges: 2, Metres: 150}: true, {Nodes: 2, Edges: 1, Metres: 30}: true, {Nodes: 1, Edges: 1, Metres: 20 + 10*math.Sqrt2}: true}
	got := map[network.Island]bool{}
	for _, island := range g.Islands() {
		got[island] = true
	}
	if diff := cmp.Diff(want, got, cmp.Comparer(near)); diff != "" {
		t.Error(diff)
	}
	for e := range g.Edges() {
		from, to := g.Ends(e)
		if g.Island(from) != g.Island(to) {
			t.Errorf("edge %d leads from one island to another", e)
		}
	}
}

func TestTheCurveKeepsNeighboursTogether(t *testing.T) {
	var points []orb.Point
	for i := range 64 * 64 {
		points = append(points, orb.Point{float64(i * 37 % 64), float64(i * 37 / 64 % 64)})
	}
	seen := make([]bool, len(points))
	order := network.Curve(points)
	for k, i := range order {
		if seen[i] {
			t.Fatalf("point %d comes twice", i)
		}
		seen[i] = true
		if k > 0 {
			a, b := points[order[k-1]], points[i]
			if step := math.Abs(a[0]-b[0]) + math.Abs(a[1]-b[1]); step != 1 {
				t.Fatalf("from %v to %v", a, b)
			}
		}
	}
	if len(network.Curve(nil)) != 0 || len(network.Curve([]orb.Point{{5, 5}, {5, 5}})) != 2 {
		t.Error("no points, and points at one place, have an order, too")
	}
}
