package network_test

import (
	"context"
	"errors"
	"math"
	"testing"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/engine/network"
)

func TestDrawnPathsShortenWays(t *testing.T) {
	// Two streets 60 m apart that meet 300 m away, and a blind lane between them.
	g := network.BuildClean([]network.Road{
		street("北街", 0, 60, 300, 60), street("东街", 300, 60, 300, 30, 300, 0), street("南街", 300, 0, 0, 0),
		street("巷", 300, 30, 50, 30),
	}, network.Cleaning{})
	rules := network.TieRules{Reach: 10}
	cases := []struct {
		name   string
		line   orb.LineString
		kind   network.DrawnKind
		home   orb.Point
		metres float64 // to the facility at 100, 0
		joins  int
	}{
		{"none", nil, 0, orb.Point{100, 60}, 200 + 60 + 200, 0},
		{"a footpath straight across", orb.LineString{{100, 60}, {100, 0}}, network.DrawnFootpath, orb.Point{100, 60}, 60, 3},
		{"it joins the lane that it crosses", orb.LineString{{120, 60}, {120, 0}}, network.DrawnFootpath, orb.Point{150, 30}, 30 + 30 + 20, 3},
		{"a bridge does not", orb.LineString{{120, 60}, {120, 0}}, network.DrawnBridge, orb.Point{150, 30}, 150 + 30 + 200, 2},
		{"its ends go on to the street", orb.LineString{{100, 52}, {100, 4}}, network.DrawnStairs, orb.Point{100, 60}, 60, 3},
		{"one that leads nowhere gains nothing", orb.LineString{{100, 60}, {100, 45}}, network.DrawnFootpath, orb.Point{100, 60}, 460, 1},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			net := g.ByMetres()
			homes := net.Doors(g.Tie([]orb.Point{c.home}, rules))
			facility := net.Doors(g.Tie([]orb.Point{{100, 0}}, rules))
			field, err := net.Nearest(context.Background(), facility, network.ToSource, math.Inf(1))
			if err != nil {
				t.Fatal(err)
			}
			o := field.Overlay()
			if c.line != nil {
				path, err := g.Draw(c.line, c.kind, rules)
				if err != nil {
					t.Fatal(err)
				}
				if path.Joins() != c.joins {
					t.Errorf("%d joints, want %d", path.Joins(), c.joins)
				}
				o.Draw(path)
			}
			got := o.Of(homes, 0)
			if !about(got.Cost, c.metres) {
				t.Errorf("%v m, want %v", got.Cost, c.metres)
			}
			if w, _ := o.Walk(homes, 0); !about(length(w.Line), c.metres) {
				t.Errorf("a walk along %v", w.Line)
			}
		})
	}
}

func TestDrawnStairsAndSlopesCountForTheWalker(t *testing.T) {
	g := network.BuildClean([]network.Road{street("北街", 0, 60, 300, 60), street("南街", 300, 0, 0, 0)}, network.Cleaning{})
	uphill := ground(func(p orb.Point) (float64, bool) { return 100 + 0.1*p[1], true }) // to the north
	rules := network.TieRules{Reach: 5}
	for _, c := range []struct {
		name  string
		kind  network.DrawnKind
		w     network.Walker
		want  float64 // from the south up to the north
		climb float64
		steps float64
	}{
		{"a path", network.DrawnFootpath, adult, 60 * adult.Pace(0.1), 6, 0},
		{"stairs", network.DrawnStairs, adult, 120, 6, 60},
		{"a bridge", network.DrawnBridge, adult, 60 * adult.Pace(0.1), 6, 0},
		{"a path too steep for wheels", network.DrawnFootpath, wheel, math.Inf(1), 0, 0},
		{"stairs for wheels", network.DrawnStairs, wheel, math.Inf(1), 0, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			net, err := g.BySeconds(c.w, uphill)
			if err != nil {
				t.Fatal(err)
			}
			ends := net.Doors(g.Tie([]orb.Point{{100, 0}, {100, 60}}, rules))
			field, err := net.Nearest(context.Background(), net.Doors(g.Tie([]orb.Point{{100, 60}}, rules)), network.ToSource, math.Inf(1))
			if err != nil {
				t.Fatal(err)
			}
			path, err := g.Draw(orb.LineString{{100, 60}, {100, 0}}, c.kind, rules)
			if err != nil {
				t.Fatal(err)
			}
			o := field.Overlay()
			o.Draw(path)
			if got := o.Of(ends, 0); !about(got.Cost, c.want) {
				t.Errorf("%v s, want %v", got.Cost, c.want)
			}
			if w, found := o.Walk(ends, 0); found && (!about(w.Climb, c.climb) || !about(w.StairsMetres, c.steps) || !about(w.Metres, 60)) {
				t.Errorf("%v m up and %v m of stairs in %v m", w.Climb, w.StairsMetres, w.Metres)
			}
		})
	}
}

func TestAPathGoesOnWhereAnotherEnds(t *testing.T) {
	g := network.BuildClean([]network.Road{street("北街", 0, 60, 300, 60), street("南街", 300, 0, 0, 0)}, network.Cleaning{})
	net := g.ByMetres()
	rules := network.TieRules{Reach: 5}
	home := net.Doors(g.Tie([]orb.Point{{100, 0}}, rules))
	field, err := net.Nearest(context.Background(), net.Doors(g.Tie([]orb.Point{{100, 60}}, rules)), network.ToSource, math.Inf(1))
	if err != nil {
		t.Fatal(err)
	}
	draw := func(kind network.DrawnKind, line ...orb.Point) *network.Drawn {
		path, err := g.Draw(line, kind, rules)
		if err != nil {
			t.Fatal(err)
		}
		return path
	}
	up := draw(network.DrawnStairs, orb.Point{100, 0}, orb.Point{100, 20})
	over := draw(network.DrawnBridge, orb.Point{100, 20.5}, orb.Point{100, 60})
	elsewhere := draw(network.DrawnBridge, orb.Point{102, 20}, orb.Point{102, 60})
	o := field.Overlay()
	for _, c := range []struct {
		name  string
		paths []*network.Drawn
		want  float64
	}{
		{"stairs into the air", []*network.Drawn{up}, math.Inf(1)},
		{"and a bridge from there", []*network.Drawn{up, over}, 60},
		{"the other way round", []*network.Drawn{over, up}, 60},
		{"a bridge from somewhere else", []*network.Drawn{up, elsewhere}, math.Inf(1)},
	} {
		o.Undo()
		o.Draw(c.paths...)
		if _, got := o.Cost(home, 0); !about(got, c.want) {
			t.Errorf("%s: %v m, want %v", c.name, got, c.want)
		}
		if w, found := o.Walk(home, 0); found && (!about(length(w.Line), c.want) || !about(w.StairsMetres, 20)) {
			t.Errorf("%s: along %v, %v m of stairs", c.name, w.Line, w.StairsMetres)
		}
	}
}

func TestWhatIsNoPathIsNotDrawn(t *testing.T) {
	g := block()
	for _, line := range []orb.LineString{nil, {{1, 1}}, {{1, 1}, {1, 1}}, {{1, 1}, {math.NaN(), 2}}} {
		if _, err := g.Draw(line, network.DrawnFootpath, network.TieRules{Reach: 10}); !errors.Is(err, network.ErrDrawn) {
			t.Errorf("%v: %v", line, err)
		}
	}
	alone, err := g.Draw(orb.LineString{{500, 500}, {510, 500}}, network.DrawnFootpath, network.TieRules{Reach: 10})
	if err != nil || alone.Joins() != 0 || alone.Metres() != 10 {
		t.Errorf("a path on its own: %v, %v", alone, err)
	}
}

func TestClosingAndMovingAFacility(t *testing.T) {
	g := network.BuildClean([]network.Road{street("街", 0, 0, 1000, 0)}, network.Cleaning{})
	net := g.ByMetres()
	rules := network.TieRules{Reach: 10}
	homes := net.Doors(g.Tie([]orb.Point{{100, 0}, {480, 0}, {900, 0}}, rules))
	field, err := net.Nearest(context.Background(), net.Doors(g.Tie([]orb.Point{{0, 0}, {1000, 0}}, rules)), network.ToSource, math.Inf(1))
	if err != nil {
		t.Fatal(err)
	}
	o := field.Overlay()
	costs := func() (all [3]float64) {
		for i := range all {
			_, all[i] = o.Cost(homes, i)
		}
		return all
	}
	o.Remove(0)
	if got := costs(); got != [3]float64{900, 520, 100} {
		t.Errorf("without the first: %v", got)
	}
	moved := o.Add(net.Doors(g.Tie([]orb.Point{{400, 3}}, rules)), 0)
	if got := costs(); moved != 2 || got != [3]float64{303, 83, 100} {
		t.Errorf("moved: %v, number %d", got, moved)
	}
	o.Remove(1)
	o.Remove(1)
	o.Remove(-1)
	o.Remove(99)
	if got := costs(); got != [3]float64{303, 83, 503} {
		t.Errorf("only the moved one: %v", got)
	}
	o.Remove(moved)
	if got := costs(); !math.IsInf(got[0], 1) || !math.IsInf(got[2], 1) {
		t.Errorf("none: %v", got)
	}
	o.Undo()
	if got := costs(); got != [3]float64{100, 480, 100} {
		t.Errorf("as at first: %v", got)
	}
}
