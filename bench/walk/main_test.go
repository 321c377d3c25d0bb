package main

import (
	"context"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lianpian/lianpian/internal/engine/network"
)

func TestTheTextbookAndTheNetworkAgreeOnASmallTown(t *testing.T) {
	s := lattice(40, 60, 0.8, 1)
	plain, curved := s.arcs(true), s.arcs(false)
	net, err := network.NewNet(curved.first, curved.to, curved.cost)
	if err != nil {
		t.Fatal(err)
	}
	ours, err := net.OneToAll(context.Background(), int(curved.number[3]), network.FromSource)
	if err != nil {
		t.Fatal(err)
	}
	theirs := plain.oneToAll(int(plain.number[3]))
	for i := range s.at {
		a, b := ours[curved.number[i]], theirs[plain.number[i]]
		if a != b && math.Abs(a-b) > 1e-6 {
			t.Fatalf("crossing %d: %v m here, %v m in the textbook", i, a, b)
		}
	}
}

func TestTheTownIsTheSameEveryTime(t *testing.T) {
	a, b := lattice(20, 60, 0.7, 5), lattice(20, 60, 0.7, 5)
	if diff := cmp.Diff(a.roads(), b.roads()); diff != "" {
		t.Error(diff)
	}
	g := network.BuildClean(a.roads(), network.Cleaning{})
	if g.Edges() != len(a.ends) {
		t.Errorf("%d edges of %d streets", g.Edges(), len(a.ends))
	}
}

// found is a search that found what it says.
type found struct {
	cost []float64
	net  *network.Net
}

func (f found) Node(n int) (int, float64) { return 0, f.cost[n] }
func (f found) Net() *network.Net         { return f.net }

func TestDistancesThatDifferAreNoticed(t *testing.T) {
	net, err := network.NewNet([]int32{0, 0, 0}, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	far := math.Inf(1)
	for _, c := range []struct {
		name   string
		theirs map[int]float64
		ours   []float64
		worst  float64
		fails  bool
	}{
		{"the same", map[int]float64{0: 0, 1: 500}, []float64{0, 500}, 0, false},
		{"a little apart", map[int]float64{0: 0, 1: 500}, []float64{0, 500.25}, 0.25, false},
		{"found here only", map[int]float64{0: 0}, []float64{0, 500}, 0, true},
		{"found there only", map[int]float64{0: 0, 1: 500}, []float64{0, far}, 0, true},
		{"on the limit", map[int]float64{0: 0, 1: 999.999}, []float64{0, far}, 0, false},
	} {
		worst, err := compare(c.theirs, found{c.ours, net})
		if worst != c.worst || (err != nil) != c.fails {
			t.Errorf("%s: %v m apart, %v", c.name, worst, err)
		}
	}
}
