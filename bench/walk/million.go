package main

import (
	"context"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"time"

	"github.com/lianpian/lianpian/internal/engine/network"
)

const (
	millionSide  = 1000
	millionLimit = 150 * time.Millisecond
	nearbyLimit  = 100 * time.Microsecond
)

// measureMillion searches a lattice of a million nodes and four million arcs.
func measureMillion(ctx context.Context, out io.Writer) error {
	began := time.Now()
	g := network.BuildClean(town(millionSide, 60, 1, 7), network.Cleaning{})
	net := g.ByMetres()
	fmt.Fprintf(out, "a town of %d nodes and %d arcs, built in %.1f s\n", g.Nodes(), 2*g.Edges(), time.Since(began).Seconds())
	random := rand.New(rand.NewPCG(3, 3))
	from := make([]int, 9)
	for i := range from {
		from[i] = random.IntN(g.Nodes())
	}

	var sum float64
	pass := timed(5, func(int) {
		for n := range g.Nodes() {
			sum += float64(n)
		}
	})
	_ = pass
	var ours []float64
	var err error
	took := timed(len(from), func(run int) {
		if ours, err = net.OneToAll(ctx, from[run], network.FromSource); err != nil {
			return
		}
	})
	if err != nil {
		return err
	}
	peer := newTextbook(g)
	var theirs []float64
	slow := timed(1, func(int) { theirs = peer.oneToAll(from[len(from)-1]) })
	worst := 0.0
	for n := range theirs {
		worst = max(worst, math.Abs(theirs[n]-ours[n]))
	}
	row(out, "one to all, one core", took, "limit %v; %.1f times the textbook's Dijkstra; furthest apart %.4f m", millionLimit, slow.Seconds()/took.Seconds(), worst)
	row(out, "one to all, textbook's Dijkstra", slow, "")
	return nil
}
