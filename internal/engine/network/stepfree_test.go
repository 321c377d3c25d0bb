package network_test

import (
	"context"
	"math"
	"testing"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/engine/network"
)

// hump is flat but for 1:5 up between 60 and 90 m to the east and as much down
// between 150 and 180 m; to the south of it all is flat.
func hump(p orb.Point) (float64, bool) {
	if p[1] < -50 {
		return 300, true
	}
	return 300 + 0.2*(math.Max(0, math.Min(30, p[0]-60))-math.Max(0, math.Min(30, p[0]-150))), true
}

// A street of 240 m over the hump, in eight pieces of 30 m, between two squares
// that hang together the long way round.
func overTheHump() *network.Graph {
	return network.BuildClean([]network.Road{
		street("坡街", 0, 0, 240, 0), street("绕行路", 0, 0, 0, -100, 240, -100, 240, 0),
	}, network.Cleaning{})
}

func TestOnlySteepPiecesAreShutToWheels(t *testing.T) {
	g := overTheHump()
	net, err := g.BySeconds(wheel, ground(hump)) // 1 m/s on the flat
	if err != nil {
		t.Fatal(err)
	}
	at := func(x float64) orb.Point { // 4 m beside the street, or in the middle of a square
		if x == 0 || x == 240 {
			return orb.Point{x, 0}
		}
		return orb.Point{x, 4}
	}
	rules := network.TieRules{Reach: 10}
	inf := math.Inf(1)
	for _, c := range []struct {
		name     string
		from, to float64
		want     float64
	}{
		{"from the flat beginning to the square there", 40, 0, 44},
		{"along the flat beginning", 10, 50, 48},
		{"from the flat end to the square there", 200, 240, 44},
		{"from end to end the long way round", 20, 220, 20 + 440 + 20 + 8},
		{"up to where it gets steep", 60, 10, 58},
		{"on the flat top", 100, 140, 48},
		{"from the top nowhere else", 120, 0, inf},
		{"nor from elsewhere to the top", 30, 120, inf},
		{"nobody stands on the steep piece", 70, 50, inf},
		{"not even to go to the next house", 70, 75, inf},
	} {
		t.Run(c.name, func(t *testing.T) {
			places := g.Tie([]orb.Point{at(c.from), at(c.to)}, rules)
			doors := net.Doors(places)
			for _, dir := range directions {
				field, err := net.Nearest(context.Background(), net.Doors(g.Tie([]orb.Point{places.Place(1)}, rules)), dir, inf)
				if err != nil {
					t.Fatal(err)
				}
				if _, got := field.Cost(doors, 0); !about(got, c.want) {
					t.Errorf("direction %d: %v s, want %v", dir, got, c.want)
				}
			}
			w, found := net.Route(doors, 0, doors, 1)
			if found != (c.want < inf) || found && (!about(w.Cost, c.want) || !about(length(w.Line), w.Metres) || w.Climb != 0) {
				t.Errorf("a walk (%v) of %v s, %v m along %v", found, w.Cost, w.Metres, w.Line)
			}
		})
	}
}

func TestWheelsReachWhatDoesNotStandOnASteepPiece(t *testing.T) {
	g := network.BuildClean([]network.Road{
		street("坡街", 0, 0, 240, 0), stairs(street("梯道", 240, 0, 300, 0)),
	}, network.Cleaning{})
	rules := network.TieRules{Reach: 10}
	homes := g.Tie([]orb.Point{{30, 5}, {70, 5}, {120, 5}, {170, 5}, {210, 5}, {270, 5}, {300, 5}}, rules)
	for _, c := range []struct {
		name string
		w    network.Walker
		want []bool
	}{
		{"on foot", adult, []bool{true, true, true, true, true, true, true}},
		{"on wheels", wheel, []bool{true, false, true, false, true, false, true}}, // the last one at the foot of the stairs
	} {
		net, err := g.BySeconds(c.w, ground(hump))
		if err != nil {
			t.Fatal(err)
		}
		doors := net.Doors(homes)
		for i, want := range c.want {
			if got := doors.Reached(i); got != want {
				t.Errorf("%s, home %d: %v, want %v", c.name, i, got, want)
			}
		}
	}
}

func TestADrawnPathOpensTheFlatTopToWheels(t *testing.T) {
	g := overTheHump()
	net, err := g.BySeconds(wheel, ground(hump))
	if err != nil {
		t.Fatal(err)
	}
	rules := network.TieRules{Reach: 10}
	homes := net.Doors(g.Tie([]orb.Point{{110, 4}, {88, 4}}, rules))
	field, err := net.Nearest(context.Background(), net.Doors(g.Tie([]orb.Point{{120, -100}}, rules)), network.ToSource, math.Inf(1))
	if err != nil {
		t.Fatal(err)
	}
	o := field.Overlay()
	for _, c := range []struct {
		name      string
		x         float64 // of a bridge from the street to the long way round
		top, side float64
	}{
		{"from the top", 125, 4 + 15 + 100*wheel.Pace(-0.06) + 5, math.Inf(1)},
		{"from a steep piece, where nobody gets to it", 63, math.Inf(1), math.Inf(1)},
	} {
		path, err := g.Draw(orb.LineString{{c.x, 0}, {c.x, -100}}, network.DrawnBridge, rules)
		if err != nil {
			t.Fatal(err)
		}
		o.Undo()
		o.Draw(path)
		for home, want := range []float64{c.top, c.side} {
			if got := o.Of(homes, home); !about(got.Cost, want) {
				t.Errorf("%s, home %d: %v s, want %v", c.name, home, got.Cost, want)
			}
		}
	}
}
