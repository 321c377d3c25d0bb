package main

import (
	"context"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/paulmach/orb"
)

func TestASmallDistrictIsMeasured(t *testing.T) {
	var out strings.Builder
	o := options{buildings: 3_000, nodes: 2_000, facilities: 40, types: 4, moves: 8, runs: 1, seed: 3, peers: true}
	if err := run(context.Background(), o, &out); err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{"method walk,", "method walk_slope,", "all 4 types", "a facility moved: worst", "peer: textbook", "peer: straight lines", "memory: heap"} {
		if !strings.Contains(out.String(), line) {
			t.Errorf("no %q in:\n%s", line, out.String())
		}
	}
}

func TestTheTreeFindsTheNearest(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 1))
	points := make([]orb.Point, 200)
	for i := range points {
		points[i] = orb.Point{random.Float64(), random.Float64()}
	}
	tree := newTree(points)
	for range 500 {
		p := orb.Point{random.Float64() * 1.2, random.Float64() * 1.2}
		want := math.Inf(1)
		for _, q := range points {
			want = min(want, math.Hypot(p[0]-q[0], p[1]-q[1]))
		}
		if got := tree.nearest(p); math.Abs(got-want) > 1e-12 {
			t.Fatalf("%v from %v, want %v", got, p, want)
		}
	}
}
