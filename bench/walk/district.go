package main

import (
	"context"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"runtime"
	"time"

	"github.com/lianpian/lianpian/internal/engine/network"
)

const (
	districtSide    = 450
	districtSpacing = 67.0
	homes           = 300_000
	facilities      = 167 // 2,000 of 12 types
	moves           = 200
)

// measureDistrict goes from the roads of a district of 200,000 nodes to what a
// moved facility changes for 300,000 homes.
func measureDistrict(ctx context.Context, out io.Writer) (*network.Graph, error) {
	roads := lattice(districtSide, districtSpacing, 0.62, 7).roads()
	before := memory()
	var g *network.Graph
	took, worked := once(func() { g = network.BuildClean(roads, network.Cleaning{}) })
	row(out, "build the network of a district", took, "%.0f ms of processor time; %d nodes, %d edges, %.0f MiB",
		float64(worked)/1e6, g.Nodes(), g.Edges(), memory()-before)
	runtime.KeepAlive(roads)

	rules := network.TieRules{Reach: 150}
	var ties *network.Ties
	took, worked = once(func() { ties = g.Tie(places(homes, districtSide, districtSpacing, 1), rules) })
	reached, feet := 0, 0
	for i := range ties.Len() {
		feet += len(ties.Feet(i))
		if ties.Reached(i) {
			reached++
		}
	}
	row(out, "tie the homes, all cores", took, "%.0f ms of processor time; %d homes, %d reached, %.1f feet each",
		float64(worked)/1e6, homes, reached, float64(feet)/homes)
	facilityTies := g.Tie(places(facilities, districtSide, districtSpacing, 2), rules)

	began := time.Now()
	byMetres := g.ByMetres()
	row(out, "price it by metres", time.Since(began), "")
	began = time.Now()
	bySeconds, err := g.BySeconds(network.Walker{SpeedMS: 1, StairsMS: 0.5, CrossingS: 20}, hills{})
	if err != nil {
		return nil, err
	}
	row(out, "price it by seconds on slopes", time.Since(began), "%d of %d edges measured", bySeconds.Report().Measured, g.Edges())
	for _, c := range []struct {
		name  string
		net   *network.Net
		limit float64
	}{{"metres", byMetres, 1000}, {"seconds", bySeconds, 900}} {
		if err := measureNet(ctx, out, c.name, c.net, ties, facilityTies, rules, c.limit); err != nil {
			return nil, err
		}
	}
	fmt.Fprintf(out, "in use at the end: %.0f MiB\n", memory())
	runtime.KeepAlive(ties)
	return g, nil
}

func measureNet(ctx context.Context, out io.Writer, name string, net *network.Net, ties, facilityTies *network.Ties, rules network.TieRules, limit float64) error {
	began := time.Now()
	doors := net.Doors(ties)
	row(out, name+": price the ways to the homes", time.Since(began), "")
	sources := net.Doors(facilityTies)
	var field *network.Field
	var err error
	took := best(9, func() { field, err = net.Nearest(ctx, sources, network.ToSource, math.Inf(1)) })
	if err != nil {
		return err
	}
	row(out, fmt.Sprintf("%s: nearest of %d facilities for all nodes", name, facilities), took, "one core")
	sum := 0.0
	took = best(5, func() {
		for i := range homes {
			if _, cost := field.Cost(doors, i); cost < limit {
				sum += cost
			}
		}
	})
	row(out, name+": cost for all homes", took, "one core")
	took = best(5, func() {
		for i := range homes {
			sum += field.Of(doors, i).Metres
		}
	})
	row(out, name+": cost and metres for all homes", took, "one core")

	random := rand.New(rand.NewPCG(5, 5))
	nearby := net.Vicinity()
	nodes := 0
	took = median(1000, func(int) {
		nearby.ExploreNode(random.IntN(net.Nodes()), network.FromSource, limit)
		nodes += len(nearby.Nodes())
	})
	row(out, fmt.Sprintf("%s: search within %.0f", name, limit), took, "limit %v; %d nodes on average", nearbyLimit, nodes/1000)

	overlay := field.Overlay()
	to := net.Doors(net.Graph().Tie(places(moves, districtSide, districtSpacing, 3), rules))
	changed := 0
	took = median(moves, func(run int) {
		overlay.Undo()
		overlay.Remove(run % facilities)
		overlay.Add(to, run)
		for _, i := range overlay.Changed(doors) {
			overlay.Cost(doors, int(i))
			changed++
		}
	})
	row(out, name+": move a facility", took, "limit 30ms; %d homes looked at on average", changed/moves)
	routes, climb := 0, 0.0
	took = median(200, func(run int) {
		if w, found := field.Walk(doors, run*1000); found {
			routes++
			climb += w.Climb
		}
	})
	row(out, name+": certificate of one walk", took, "%d found", routes)
	return ctx.Err()
}
