package network_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"
	"pgregory.net/rapid"

	"github.com/lianpian/lianpian/internal/engine/network"
)

// street is a walkable road through some points, x and y by turns.
func street(name string, xy ...float64) network.Road {
	var line orb.LineString
	for i := 0; i+1 < len(xy); i += 2 {
		line = append(line, orb.Point{xy[i], xy[i+1]})
	}
	return network.Road{Line: line, Walkable: true, Name: name, Class: "residential"}
}

// at is the foot nearest to a point.
func at(t testing.TB, g *network.Graph, x, y float64) network.Feet {
	t.Helper()
	feet := g.Nearest(orb.Point{x, y}, 1e6)
	if len(feet) == 0 {
		t.Fatalf("nothing near %v, %v", x, y)
	}
	return g.Feet(feet[:1])
}

func walk(t testing.TB, g *network.Graph, from, to network.Feet) (float64, network.Path) {
	t.Helper()
	s := g.Searcher()
	r := s.ToMany(from, []network.Feet{to}, 1e6)[0]
	p, found := s.Path(0)
	if found != r.Found() {
		t.Fatalf("route found: %v, path found: %v", r.Found(), found)
	}
	return r.Metres, p
}

func near(a, b float64) bool {
	return a == b || math.Abs(a-b) <= 1e-6*max(1, math.Abs(a), math.Abs(b))
}

func TestWalksAlongStreetsCountPartsOfEdges(t *testing.T) {
	// A square block of 100 m with a street across its upper half.
	g := network.Build([]network.Road{
		street("南街", 0, 0, 100, 0),
		street("东街", 100, 0, 100, 50, 100, 100),
		street("北街", 100, 100, 0, 100),
		street("西街", 0, 100, 0, 50, 0, 0),
		street("横街", 0, 50, 100, 50),
	})
	if g.Nodes() != 6 || g.Edges() != 7 {
		t.Fatalf("%d nodes and %d edges", g.Nodes(), g.Edges())
	}
	cases := []struct {
		name         string
		x1, y1       float64
		x2, y2, want float64
		streets      []network.Street
	}{
		{"along one edge", 10, 0, 70, 0, 60, []network.Street{{"南街", 60}}},
		{"back along one edge", 70, 0, 10, 0, 60, []network.Street{{"南街", 60}}},
		{"round a corner", 90, 0, 100, 20, 30, []network.Street{{"南街", 10}, {"东街", 20}}},
		{"over the street across", 0, 60, 100, 60, 120, []network.Street{{"西街", 10}, {"横街", 100}, {"东街", 10}}},
		{"from beside the street", 40, -8, 40, 48, 140, []network.Street{{"南街", 40}, {"西街", 50}, {"横街", 40}}},
		{"nowhere", 30, 0, 30, 0, 0, []network.Street{{"南街", 0}}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got, path := walk(t, g, at(t, g, c.x1, c.y1), at(t, g, c.x2, c.y2))
			if !near(got, c.want) {
				t.Errorf("%v m, want %v", got, c.want)
			}
			if diff := cmp.Diff(c.streets, path.Streets, cmp.Comparer(near)); diff != "" {
				t.Error(diff)
			}
			if l := length(path.Line); !near(l, got) {
				t.Errorf("the line is %v m long, the way %v", l, got)
			}
		})
	}
}

func length(line orb.LineString) (sum float64) {
	for i := 1; i < len(line); i++ {
		sum += math.Hypot(line[i][0]-line[i-1][0], line[i][1]-line[i-1][1])
	}
	return sum
}

func TestRoadsJoinWhereTheyShareAVertexOfOneHeight(t *testing.T) {
	bridge := street("桥", -100, 0, 0, 0, 100, 0)
	bridge.Bridge, bridge.Level = true, 1
	tunnel := street("隧道", -100, 0, 0, 0, 100, 0)
	tunnel.Tunnel, tunnel.Level = true, -1
	below := street("路", 0, -100, 0, 0, 0, 100)
	foot := street("引道", 100, 0, 100, 100)
	closed := street("封闭", -100, 0, 0, 0, 100, 0)
	closed.Walkable = false
	cases := []struct {
		name  string
		roads []network.Road
		to    orb.Point // from -100, 0
		want  float64
	}{
		{"a crossing on the ground", []network.Road{street("街", -100, 0, 0, 0, 100, 0), below}, orb.Point{0, 100}, 200},
		{"lines that cross without a vertex", []network.Road{street("街", -100, 0, 100, 0), below}, orb.Point{0, 100}, math.Inf(1)},
		{"a bridge over a road", []network.Road{bridge, below}, orb.Point{0, 100}, math.Inf(1)},
		{"a tunnel under a road", []network.Road{tunnel, below}, orb.Point{0, 100}, math.Inf(1)},
		{"the end of a bridge", []network.Road{bridge, foot}, orb.Point{100, 100}, 300},
		{"stairs from the road up to the bridge", []network.Road{bridge, below, street("梯", 0, 0, 5, 5)}, orb.Point{0, 100}, 200},
		{"a road that nobody may walk", []network.Road{closed, street("", -100, 0, -100, 5), below}, orb.Point{0, 100}, math.Inf(1)},
		{"two parts that do not meet", []network.Road{street("", -100, 0, -50, 0), below}, orb.Point{0, 100}, math.Inf(1)},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			g := network.Build(c.roads)
			got, _ := walk(t, g, at(t, g, -100, 0), at(t, g, c.to[0], c.to[1]))
			if !near(got, c.want) {
				t.Errorf("%v m, want %v", got, c.want)
			}
		})
	}
}

func TestLooseEndsAreJoined(t *testing.T) {
	high := street("桥", 0, 0.3, 50, 0.3)
	high.Bridge, high.Level = true, 1
	cases := []struct {
		name  string
		roads []network.Road
		from  orb.Point
		to    orb.Point
		want  float64
	}{
		{"to the end of another", []network.Road{street("", 0, 0, 99.8, 0), street("", 100, 0, 200, 0)}, orb.Point{0, 0}, orb.Point{200, 0}, 200},
		{"to the middle of another", []network.Road{street("", 50, 100, 50, 0.4), street("", 0, 0, 100, 0)}, orb.Point{50, 100}, orb.Point{100, 0}, 150},
		{"both to a vertex", []network.Road{street("", 0, 0.2, -50, 0.2), street("", 0, -0.2, 0, -50), street("", 0, 0, 50, 0)}, orb.Point{-50, 0.2}, orb.Point{0, -50}, 100},
		{"two to one stretch", []network.Road{street("", 0, 0, 100, 0), street("", 30, 40, 30, 0.1), street("", 70, -40, 70, -0.1)}, orb.Point{30, 40}, orb.Point{70, -40}, 120},
		{"not from half a metre on", []network.Road{street("", 0, 0, 99.4, 0), street("", 100, 0, 200, 0)}, orb.Point{0, 0}, orb.Point{200, 0}, math.Inf(1)},
		{"not onto the side of a bridge", []network.Road{high, street("", 25, -50, 25, 0.1)}, orb.Point{0, 0.3}, orb.Point{25, -50}, math.Inf(1)},
		{"not a road to itself", []network.Road{street("", 0, 0, 0.3, 0, 0.6, 0), street("", 10, 0, 20, 0)}, orb.Point{0, 0}, orb.Point{20, 0}, math.Inf(1)},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			g := network.Build(c.roads)
			got, _ := walk(t, g, at(t, g, c.from[0], c.from[1]), at(t, g, c.to[0], c.to[1]))
			if math.Abs(got-c.want) > 0.5 && !(math.IsInf(got, 1) && math.IsInf(c.want, 1)) {
				t.Errorf("%v m, want %v", got, c.want)
			}
		})
	}
}

func TestWhatIsNoRoadIsLeftOut(t *testing.T) {
	g := network.Build([]network.Road{
		street("", 0, 0, 0, 0), street("", 5, 5), street(""),
		street("", 0, 0, math.NaN(), 1), street("", 0, 0, math.Inf(1), 1),
		street("环", 10, 10, 20, 10, 20, 20, 10, 10),
		street("重", 1, 0, 1, 0, 2, 0, 2, 0),
	})
	if g.Edges() != 2 || g.Nodes() != 3 {
		t.Errorf("%d edges, %d nodes", g.Edges(), g.Nodes())
	}
	if got, _ := walk(t, g, at(t, g, 15, 10), at(t, g, 20, 15)); !near(got, 10) {
		t.Errorf("along a ring: %v m", got)
	}
	if got, _ := walk(t, g, at(t, g, 11, 10), at(t, g, 11, 11)); !near(got, 1+math.Sqrt2) {
		t.Errorf("over the seam of a ring: %v m", got)
	}
	empty := network.Build(nil)
	if feet := empty.FeetOf(orb.Point{1, 1}, network.Access{Free: 30, Far: 150}); !feet.Empty() {
		t.Errorf("feet on nothing: %v", feet.List())
	}
	if r := empty.Searcher().ToMany(network.Feet{}, []network.Feet{{}}, 100); r[0].Found() {
		t.Error("a way through nothing")
	}
}

func TestSearchKeepsToItsLimit(t *testing.T) {
	g := network.Build([]network.Road{street("", 0, 0, 100, 0), street("", 100, 0, 200, 0)})
	s := g.Searcher()
	from, to := at(t, g, 0, 0), []network.Feet{at(t, g, 150, 0), at(t, g, 50, 0), {}}
	for _, c := range []struct {
		limit float64
		want  []bool
	}{{150, []bool{true, true, false}}, {149.9, []bool{false, true, false}}, {10, []bool{false, false, false}}} {
		var got []bool
		for _, r := range s.ToMany(from, to, c.limit) {
			got = append(got, r.Found())
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("within %v m: %v", c.limit, got)
		}
	}
}

func box(w, s, e, n float64) orb.Polygon {
	return orb.Polygon{{{w, s}, {e, s}, {e, n}, {w, n}, {w, s}}}
}

func TestAPlaceReachesTheStreetsAroundIt(t *testing.T) {
	// The compound stands 10 m north of a street that goes on for long.
	g := network.Build([]network.Road{street("南街", -500, 0, 500, 0), street("远街", -500, 200, 500, 200)})
	open := network.Access{Free: 30, Far: 150}
	yard := g.FeetOf(box(-50, 10, 50, 60), open)
	reach := math.Sqrt(30*30 - 10*10) // past the corner, straight to where 30 m of open ground end
	for _, c := range []struct{ x, want float64 }{
		{0, 10}, {50, 10}, {50 + 10, math.Hypot(10, 10)}, {50 + reach, 30}, {200, 30 + 200 - 50 - reach}, {-200, 30 + 200 - 50 - reach},
	} {
		if got, path := walk(t, g, yard, at(t, g, c.x, 0)); math.Abs(got-c.want) > 0.02 {
			t.Errorf("to %v, 0: %v m, want %v", c.x, got, c.want)
		} else if l := length(path.Line); math.Abs(l-got) > 1e-6 {
			t.Errorf("to %v, 0: the line is %v m long, the way %v", c.x, l, got)
		}
	}
	for _, f := range yard.List() {
		if f.Cost > 30 || g.Way(f.Edge).Name != "南街" {
			t.Errorf("a foot on %s, %v m away", g.Way(f.Edge).Name, f.Cost)
		}
	}
	across := g.FeetOf(box(20, -40, 120, -5), open)
	if got, _ := walk(t, g, yard, across); math.Abs(got-15) > 1e-6 {
		t.Errorf("over the street: %v m, want 15", got)
	}
	far := g.FeetOf(box(-10, 80, 10, 110), open)
	if list := far.List(); len(list) != 1 || math.Abs(list[0].Cost-80) > 1e-9 {
		t.Errorf("the nearest street within 150 m: %v", list)
	}
	if lost := g.FeetOf(orb.Point{0, 1000}, open); !lost.Empty() {
		t.Errorf("a place without streets: %v", lost.List())
	}
	if inside := g.FeetOf(box(-10, -10, 10, 10), open); slices.IndexFunc(inside.List(), func(f network.Foot) bool { return f.Cost == 0 }) < 0 {
		t.Error("a street inside is not at the place")
	}
}

func TestWhatBarsTheWayIsNotStepped(t *testing.T) {
	g := network.Build([]network.Road{street("对岸", -100, 0, 100, 0), street("此岸", -100, 100, 100, 100)})
	river := network.IndexLines([]orb.LineString{{{-200, 10}, {200, 10}}})
	dry := func(from, to orb.Point) bool {
		clear := true
		river.Met(from, to, func(int, orb.Point, orb.Point) bool { clear = false; return false })
		return clear
	}
	feet := g.FeetOf(box(-20, 20, 20, 40), network.Access{Free: 30, Far: 150, Clear: dry})
	if list := feet.List(); len(list) != 1 || g.Way(list[0].Edge).Name != "此岸" {
		t.Errorf("feet %v", list)
	}
	none := g.FeetOf(box(-20, 20, 20, 40), network.Access{Free: 30, Far: 150, Clear: dry, Usable: func(e int) bool { return g.Way(e).Name != "此岸" }})
	if !none.Empty() {
		t.Errorf("feet %v", none.List())
	}
}

// town is a random network of straight edges between points of a small lattice,
// where roads share ends often.
func town(t *rapid.T) []network.Road {
	point := rapid.Custom(func(t *rapid.T) orb.Point {
		return orb.Point{float64(rapid.IntRange(0, 3).Draw(t, "x")) * 10, float64(rapid.IntRange(0, 3).Draw(t, "y")) * 7}
	})
	roads := []network.Road{}
	for range rapid.IntRange(1, 14).Draw(t, "roads") {
		roads = append(roads, network.Road{Walkable: true, Line: rapid.SliceOfN(point, 2, 4).Draw(t, "line")})
	}
	return roads
}

func TestShortestWaysAreThoseOfFloydAndWarshall(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := network.Build(town(t))
		if g.Edges() == 0 {
			return
		}
		draw := func(label string) []network.Foot {
			var feet []network.Foot
			for i := range rapid.IntRange(1, 3).Draw(t, label) {
				e := rapid.IntRange(0, g.Edges()-1).Draw(t, fmt.Sprint(label, i))
				feet = append(feet, network.Foot{
					Edge: e, At: rapid.Float64Range(0, 1).Draw(t, "part") * g.Length(e), Cost: rapid.Float64Range(0, 20).Draw(t, "cost"),
				})
			}
			return feet
		}
		limit := rapid.SampledFrom([]float64{15, 40, 1000}).Draw(t, "limit")
		places := [][]network.Foot{draw("from"), draw("to"), draw("or")}

		between := allPairs(g)
		s := g.Searcher()
		for range 2 { // the second time with used memory
			var targets []network.Feet
			for _, feet := range places[1:] {
				targets = append(targets, g.Feet(feet))
			}
			for i, r := range s.ToMany(g.Feet(places[0]), targets, limit) {
				want := best(g, between, places[0], places[1+i])
				if want > limit {
					want = math.Inf(1)
				}
				if !near(r.Metres, want) {
					t.Fatalf("to place %d: %v m, want %v", i, r.Metres, want)
				}
				checkPath(t, g, s, i, r.Metres, places[0], places[1+i])
			}
		}
	})
}

// allPairs are the distances between all nodes, by Floyd and Warshall.
func allPairs(g *network.Graph) [][]float64 {
	d := make([][]float64, g.Nodes())
	for i := range d {
		d[i] = make([]float64, g.Nodes())
		for k := range d[i] {
			if i != k {
				d[i][k] = math.Inf(1)
			}
		}
	}
	for e := range g.Edges() {
		a, b := g.Ends(e)
		d[a][b] = min(d[a][b], g.Length(e))
		d[b][a] = d[a][b]
	}
	for k := range d {
		for i := range d {
			for j := range d {
				d[i][j] = min(d[i][j], d[i][k]+d[k][j])
			}
		}
	}
	return d
}

func best(g *network.Graph, between [][]float64, from, to []network.Foot) float64 {
	shortest := math.Inf(1)
	for _, f := range from {
		for _, h := range to {
			if f.Edge == h.Edge {
				shortest = min(shortest, f.Cost+math.Abs(f.At-h.At)+h.Cost)
			}
			a1, b1 := g.Ends(f.Edge)
			a2, b2 := g.Ends(h.Edge)
			l1, l2 := g.Length(f.Edge), g.Length(h.Edge)
			for _, out := range []struct {
				n int
				d float64
			}{{a1, f.At}, {b1, l1 - f.At}} {
				for _, in := range []struct {
					n int
					d float64
				}{{a2, h.At}, {b2, l2 - h.At}} {
					shortest = min(shortest, f.Cost+out.d+between[out.n][in.n]+in.d+h.Cost)
				}
			}
		}
	}
	return shortest
}

// checkPath adds a path up: its parts join, and they are as long as the route.
func checkPath(t *rapid.T, g *network.Graph, s *network.Searcher, target int, metres float64, from, to []network.Foot) {
	path, found := s.Path(target)
	if !found {
		return
	}
	sum, streets := 0.0, 0.0
	var last orb.Point
	for i, part := range path.Parts {
		line := g.LineOf(part)
		if i > 0 && math.Hypot(line[0][0]-last[0], line[0][1]-last[1]) > 1e-9 {
			t.Fatalf("part %d starts at %v, the one before ends at %v", i, line[0], last)
		}
		last = line[len(line)-1]
		sum += math.Abs(part.To - part.From)
		if math.Abs(length(line)-math.Abs(part.To-part.From)) > 1e-9 {
			t.Fatalf("part %v has a line of %v m", part, length(line))
		}
	}
	for _, street := range path.Streets {
		streets += street.Metres
	}
	costs := math.Inf(1)
	for _, f := range from {
		for _, h := range to {
			if c := f.Cost + h.Cost; math.Abs(c+sum-metres) < math.Abs(costs+sum-metres) || math.IsInf(costs, 1) {
				costs = c
			}
		}
	}
	if !near(sum, streets) || math.Abs(costs+sum-metres) > 1e-6 || path.Metres != metres {
		t.Fatalf("parts of %v m, streets of %v m, feet of %v m; the route has %v m", sum, streets, costs, metres)
	}
}

func TestNeverShorterThanStraight(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := network.Build(town(t))
		coordinate := rapid.Float64Range(-40, 60)
		place := func(label string) orb.Polygon {
			w, s := coordinate.Draw(t, label+" x"), coordinate.Draw(t, label+" y")
			return box(w, s, w+rapid.Float64Range(1, 20).Draw(t, "width"), s+rapid.Float64Range(1, 20).Draw(t, "height"))
		}
		a, b := place("a"), place("b")
		access := network.Access{Free: 15, Far: 60}
		s := g.Searcher()
		there := s.ToMany(g.FeetOf(a, access), []network.Feet{g.FeetOf(b, access)}, 1e6)[0]
		back := s.ToMany(g.FeetOf(b, access), []network.Feet{g.FeetOf(a, access)}, 1e6)[0]
		if !near(there.Metres, back.Metres) {
			t.Fatalf("%v m there, %v m back", there.Metres, back.Metres)
		}
		if gap := apart(a.Bound(), b.Bound()); there.Metres < gap-1e-6 {
			t.Fatalf("%v m on foot, %v m straight", there.Metres, gap)
		}
	})
}

func apart(a, b orb.Bound) float64 {
	dx := max(0, a.Min[0]-b.Max[0], b.Min[0]-a.Max[0])
	dy := max(0, a.Min[1]-b.Max[1], b.Min[1]-a.Max[1])
	return math.Hypot(dx, dy)
}

func TestLinesTellWhatASegmentMeets(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		point := rapid.Custom(func(t *rapid.T) orb.Point {
			return orb.Point{float64(rapid.IntRange(0, 300).Draw(t, "x")), float64(rapid.IntRange(0, 300).Draw(t, "y"))}
		})
		lines := []orb.LineString{}
		for range rapid.IntRange(0, 12).Draw(t, "lines") {
			lines = append(lines, rapid.SliceOfN(point, 0, 5).Draw(t, "line"))
		}
		a, b := point.Draw(t, "a"), point.Draw(t, "b")
		want := map[int]bool{}
		for n, line := range lines {
			for i := 1; i < len(line); i++ {
				if cross(a, b, line[i-1], line[i]) {
					want[n] = true
				}
			}
		}
		got := map[int]bool{}
		network.IndexLines(lines).Met(a, b, func(line int, c, d orb.Point) bool {
			got[line] = cross(a, b, c, d)
			return true
		})
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatal(diff)
		}
	})
}

// cross solves for the common point in whole numbers.
func cross(a, b, c, d orb.Point) bool {
	on := func(p, q, r orb.Point) bool { // r on the segment p q, where it is on its line
		return min(p[0], q[0]) <= r[0] && r[0] <= max(p[0], q[0]) && min(p[1], q[1]) <= r[1] && r[1] <= max(p[1], q[1])
	}
	turn := func(p, q, r orb.Point) int {
		v := int64(q[0]-p[0])*int64(r[1]-p[1]) - int64(q[1]-p[1])*int64(r[0]-p[0])
		switch {
		case v > 0:
			return 1
		case v < 0:
			return -1
		}
		return 0
	}
	t1, t2, t3, t4 := turn(a, b, c), turn(a, b, d), turn(c, d, a), turn(c, d, b)
	if t1 != t2 && t3 != t4 {
		return true
	}
	return t1 == 0 && on(a, b, c) || t2 == 0 && on(a, b, d) || t3 == 0 && on(c, d, a) || t4 == 0 && on(c, d, b)
}
