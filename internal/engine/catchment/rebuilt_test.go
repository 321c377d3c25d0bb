package catchment_test

import (
	"cmp"
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"

	"github.com/lianpian/lianpian/internal/engine/catchment"
	"github.com/lianpian/lianpian/internal/engine/network"
)

// site is a town of straight streets on an even slope, with walls that bar the way
// to them, in which paths are drawn and then built.
type site struct {
	random *rand.Rand
	side   float64
	roads  []network.Road
	walls  *network.Lines
	walker network.Walker // of speed 0: costs are metres
	slope  evenly
}

type evenly [2]float64

func (s evenly) Height(p orb.Point) (float64, bool) { return 500 + s[0]*p[0] + s[1]*p[1], true }

func newBuildingSite(seed uint64, side int, timed bool) *site {
	s := &site{random: rand.New(rand.NewPCG(seed, 9)), side: 90 * float64(side)}
	if timed {
		s.walker = network.Walker{SpeedMS: 1, StairsMS: 0.5, CrossingS: 20, StepFree: s.random.IntN(3) == 0}
		s.slope = evenly{0.14 * (s.random.Float64() - 0.5), 0.14 * (s.random.Float64() - 0.5)}
	}
	corner := func(col, row int) orb.Point {
		return orb.Point{90*float64(col) + 20*math.Sin(float64(7*row+col)), 90*float64(row) + 20*math.Cos(float64(5*col+row))}
	}
	add := func(a, b orb.Point) {
		if s.random.Float64() < 0.6 {
			s.roads = append(s.roads, network.Road{Line: orb.LineString{a, b}, Walkable: true, Stairs: s.random.IntN(12) == 0, Crossing: s.random.IntN(12) == 0})
		}
	}
	for row := range side {
		for col := range side {
			add(corner(col, row), corner(col+1, row))
			add(corner(col, row), corner(col, row+1))
		}
	}
	walls := make([]orb.LineString, s.random.IntN(4))
	for i := range walls {
		walls[i] = orb.LineString{s.point(), s.point()}
	}
	s.walls = network.IndexLines(walls)
	return s
}

func (s *site) point() orb.Point {
	return orb.Point{s.random.Float64()*(s.side+40) - 20, s.random.Float64()*(s.side+40) - 20}
}

func (s *site) points(n int) []orb.Point {
	list := make([]orb.Point, n)
	for i := range list {
		list[i] = s.point()
	}
	return list
}

// network is the town's, with the rules by which one steps onto it.
func (s *site) network(tb rapid.TB, roads []network.Road) (*network.Net, network.TieRules) {
	tb.Helper()
	g := network.Build(roads)
	net := g.ByMetres()
	if s.walker.SpeedMS > 0 {
		var err error
		if net, err = g.BySeconds(s.walker, s.slope); err != nil {
			tb.Fatal(err)
		}
	}
	return net, network.TieRules{
		Reach: 120, Usable: func(edge int) bool { return !g.Way(edge).Bridge },
		Clear: func(from, to orb.Point) (clear bool) {
			clear = true
			s.walls.Met(from, to, func(int, orb.Point, orb.Point) bool {
				clear = false
				return false
			})
			return clear
		},
	}
}

// built are the roads with a path that begins and ends at some points of streets
// or on open ground: cut, as is the path, where the two meet. Only the first
// streets are there for the path; the others are paths that were drawn before.
func built(roads []network.Road, streets int, line orb.LineString, kind network.DrawnKind, first, last bool) []network.Road {
	type cut struct {
		at float64
		p  orb.Point
	}
	cuts := make([][]cut, len(roads))
	path := network.Road{Walkable: true, Stairs: kind == network.DrawnStairs, Bridge: kind == network.DrawnBridge}
	for i := 1; i < len(line); i++ {
		a, b := line[i-1], line[i]
		on := []cut{{0, a}, {1, b}}
		for r := range streets {
			for k := 1; k < len(roads[r].Line) && kind != network.DrawnBridge; k++ {
				c, d := roads[r].Line[k-1], roads[r].Line[k]
				det := (b[0]-a[0])*(d[1]-c[1]) - (b[1]-a[1])*(d[0]-c[0])
				t := ((c[0]-a[0])*(d[1]-c[1]) - (c[1]-a[1])*(d[0]-c[0])) / det
				u := ((c[0]-a[0])*(b[1]-a[1]) - (c[1]-a[1])*(b[0]-a[0])) / det
				if t > 1e-9 && t < 1-1e-9 && u > 0 && u < 1 {
					p := orb.Point{c[0] + u*(d[0]-c[0]), c[1] + u*(d[1]-c[1])}
					on, cuts[r] = append(on, cut{t, p}), append(cuts[r], cut{float64(k) + u, p})
				}
			}
		}
		slices.SortFunc(on, func(x, y cut) int { return cmp.Compare(x.at, y.at) })
		for _, c := range on {
			path.Line = append(path.Line, c.p)
		}
	}
	for end, joined := range []bool{first, last} {
		p := line[end*(len(line)-1)]
		best, near, at := -1, 1e-6, 0.0
		for r := range streets {
			for k := 1; k < len(roads[r].Line) && joined; k++ {
				if u, m := nearest(p, roads[r].Line[k-1], roads[r].Line[k]); m < near {
					best, near, at = r, m, float64(k)+u
				}
			}
		}
		if best >= 0 {
			cuts[best] = append(cuts[best], cut{at, p})
		}
	}
	list := slices.Clone(roads)
	for r := range list {
		slices.SortFunc(cuts[r], func(x, y cut) int { return cmp.Compare(x.at, y.at) })
		var longer orb.LineString
		for k, p := range list[r].Line {
			longer = append(longer, p)
			for _, c := range cuts[r] {
				if c.at > float64(k+1) && c.at <= float64(k+2) {
					longer = append(longer, c.p)
				}
			}
		}
		list[r].Line = longer
	}
	return append(list, path)
}

// touches tells whether a line passes so near to where a street ends, or ends so
// near to one, that only building it, or only drawing it, joins the two.
func touches(roads []network.Road, line orb.LineString) bool {
	ends := func(line orb.LineString) []orb.Point { return []orb.Point{line[0], line[len(line)-1]} }
	for _, r := range roads {
		for _, pair := range [][2]orb.LineString{{ends(r.Line), line}, {ends(line), r.Line}} {
			for _, p := range pair[0] {
				for i := 1; i < len(pair[1]); i++ {
					if _, m := nearest(p, pair[1][i-1], pair[1][i]); m < 1.1 && m > 1e-6 {
						return true
					}
				}
			}
		}
	}
	return false
}

// nearest is which part of a segment is nearest to a point, and how near.
func nearest(p, a, b orb.Point) (part, metres float64) {
	if a != b {
		part = ((p[0]-a[0])*(b[0]-a[0]) + (p[1]-a[1])*(b[1]-a[1])) / (math.Pow(b[0]-a[0], 2) + math.Pow(b[1]-a[1], 2))
		part = min(1, max(0, part))
	}
	return part, math.Hypot(a[0]+part*(b[0]-a[0])-p[0], a[1]+part*(b[1]-a[1])-p[1])
}

// draw draws a random path in a trial and builds it, unless what comes of the two
// need not be the same.
func (s *site) draw(rt *rapid.T, net *network.Net, rules network.TieRules, roads []network.Road) (*network.Drawn, []network.Road) {
	g := net.Graph()
	kind := rapid.SampledFrom([]network.DrawnKind{network.DrawnFootpath, network.DrawnStairs, network.DrawnBridge}).Draw(rt, "kind")
	line := s.points(rapid.IntRange(2, 3).Draw(rt, "points"))
	rules.Reach, rules.Island = 30, -1
	path, err := g.Draw(line, kind, rules)
	if err != nil {
		return nil, roads
	}
	first, firstFound := g.Foot(line[0], rules)
	last, lastFound := g.Foot(line[len(line)-1], rules)
	at := func(f network.Foot) orb.Point {
		return g.LineOf(network.Part{Edge: f.Edge, From: f.At, To: f.At})[0]
	}
	if firstFound {
		line = append([]orb.Point{at(first)}, line...)
	}
	if lastFound {
		line = append(line, at(last))
	}
	if touches(append(roads[:len(roads):len(roads)], network.Road{Line: line}), line) {
		return nil, roads
	}
	return path, built(roads, len(s.roads), line, kind, firstFound, lastFound)
}

func TestATrialIsAsIfThePathsWereBuilt(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := newBuildingSite(rapid.Uint64().Draw(rt, "seed"), rapid.IntRange(1, 6).Draw(rt, "side"), rapid.Bool().Draw(rt, "timed"))
		net, rules := s.network(rt, s.roads)
		homes, facilities := s.points(60), s.points(rapid.IntRange(1, 6).Draw(rt, "facilities"))
		question := func(net *network.Net, rules network.TieRules, facilities []orb.Point) *catchment.Cover {
			g := net.Graph()
			c, err := catchment.NewHomes(net, g.Tie(homes, rules)).Cover(context.Background(), catchment.Question{Facilities: g.Tie(facilities, rules), Limit: 300})
			if err != nil {
				rt.Fatal(err)
			}
			return c
		}
		cover := question(net, rules, facilities)
		trial := cover.Trial()
		sites := catchment.NewHomes(net, net.Graph().Tie(homes, rules))
		roads := s.roads
		for range rapid.IntRange(1, 4).Draw(rt, "changes") {
			switch rapid.SampledFrom([]string{"draw", "draw", "add", "close"}).Draw(rt, "change") {
			case "draw":
				var path *network.Drawn
				if path, roads = s.draw(rt, net, rules, roads); path != nil {
					trial.Draw(path)
				}
			case "add":
				facilities = append(facilities, s.point())
				trial.Add(sites.Site(facilities[len(facilities)-1], rules))
			case "close":
				f := s.random.IntN(len(facilities))
				trial.Close(f)
				facilities[f] = orb.Point{1e6, 1e6}
			}
		}
		got := all(cover)
		for _, x := range trial.Effect(nil).Changes {
			got[x.Home] = x.After
		}
		anew, anewRules := s.network(rt, roads)
		for h, want := range all(question(anew, anewRules, facilities)) {
			// Costs are rounded for each edge, and there are more of them.
			about := func(a, b float64) bool { return a == b || math.Abs(a-b) < 5e-3 }
			same := got[h].Facility == want.Facility && about(got[h].There, want.There) && about(got[h].Back, want.Back)
			if !same && !(got[h].Found() && want.Found() && about(got[h].Cost(), want.Cost())) {
				rt.Fatalf("home %d at %v has %+v, with the paths built %+v, before %+v", h, homes[h], got[h], want, cover.Of(h))
			}
		}
	})
}
