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
	s := lattice(millionSide, 60, 1, 7)
	plain, curved := s.arcs(true), s.arcs(false)
	net, err := network.NewNet(curved.first, curved.to, curved.cost)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "a town of %d nodes and %d arcs\n", net.Nodes(), len(curved.to))

	from := rand.New(rand.NewPCG(3, 3)).IntN(len(s.at))
	var ours []float64
	search := func() { ours, err = net.OneToAll(ctx, int(curved.number[from]), network.FromSource) }
	took, used := best(15, search), processor(15, search)
	if err != nil {
		return err
	}
	var theirs []float64
	slow := best(3, func() { theirs = plain.oneToAll(int(plain.number[from])) })
	ordered := best(3, func() { curved.oneToAll(int(curved.number[from])) })
	pass := best(5, func() { curved.pass() })
	worst := 0.0
	for i := range s.at {
		worst = max(worst, math.Abs(theirs[plain.number[i]]-ours[curved.number[i]]))
	}
	row(out, "one to all, one core", took, "limit %v; %.1f ms of processor time; furthest apart from the textbook's %.4f m", millionLimit, float64(used)/1e6, worst)
	row(out, "the textbook's Dijkstra, nodes as they come", slow, "%.1f times as long", slow.Seconds()/took.Seconds())
	row(out, "the textbook's Dijkstra, nodes along the curve", ordered, "%.1f times as long", ordered.Seconds()/took.Seconds())
	row(out, "a mere look at every arc and its end", pass, "one to all takes %.1f times as long", took.Seconds()/pass.Seconds())
	if worst > sameMetres {
		return fmt.Errorf("distances are up to %v m apart from the textbook's", worst)
	}

	random := rand.New(rand.NewPCG(4, 4))
	nearby := net.Vicinity()
	nodes := 0
	near := median(2000, func(int) {
		nearby.ExploreNode(random.IntN(net.Nodes()), network.FromSource, 1000)
		nodes += len(nearby.Nodes())
	})
	row(out, "search within 1 km", near, "limit %v; %d nodes on average", nearbyLimit, nodes/2000)
	return nil
}
