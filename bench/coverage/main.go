// Command coverage measures the coverage engine on a generated district of
// 300,000 buildings, 200,000 nodes and 2,000 facilities of 12 types: who is
// covered by one type and by all, what a moved facility or a drawn path changes,
// capacities, scores, patches and isochrones, beside limits, and beside two peers
// in the same run: the textbook's Dijkstra from every facility, which must cover
// the same homes, and straight lines by a k-d tree. The town is the same every
// time.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"time"

	"github.com/lianpian/lianpian/internal/engine/catchment"
	"github.com/lianpian/lianpian/internal/engine/network"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	var o options
	flag.IntVar(&o.buildings, "buildings", 300_000, "of the generated district")
	flag.IntVar(&o.nodes, "nodes", 200_000, "of its walking network")
	flag.IntVar(&o.facilities, "facilities", 2_000, "of all types")
	flag.IntVar(&o.types, "types", 12, "of facilities")
	flag.IntVar(&o.moves, "moves", 100, "facilities that are moved")
	flag.IntVar(&o.runs, "runs", 5, "of which the shortest counts")
	flag.Uint64Var(&o.seed, "seed", 20240607, "of the district")
	flag.BoolVar(&o.peers, "peers", true, "measure the peers, too")
	flag.Parse()
	if err := run(ctx, o, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "bench-coverage:", err)
		os.Exit(1)
	}
}

type options struct {
	buildings, nodes, facilities, types, moves, runs int
	seed                                             uint64
	peers                                            bool
}

// limits of the figures, of a machine with two cores; a trial uses one.
var (
	oneLimit  = limit{150 * time.Millisecond, 2}
	allLimit  = limit{1500 * time.Millisecond, 2}
	moveLimit = limit{30 * time.Millisecond, 1}
)

const memoryLimit = 1 << 30 // bytes

// rules tie homes and facilities to the network.
var rules = network.TieRules{Reach: 200}

// method is a way to count: what the walker's net is and how far is near enough.
type method struct {
	name  string
	net   *network.Net
	limit float64 // metres or seconds
}

// bench is a town with what is measured in it.
type bench struct {
	options
	town  *town
	graph *network.Graph
	homes *network.Ties
	types []*network.Ties
	sizes []catchment.Size
	out   io.Writer
}

func run(ctx context.Context, o options, out io.Writer) error {
	b, methods, err := prepare(o, out)
	if err != nil {
		return err
	}
	for _, m := range methods {
		fmt.Fprintf(out, "\nmethod %s, limit %.0f\n", m.name, m.limit)
		covers, homes, err := b.cover(ctx, m)
		if err != nil {
			return err
		}
		b.memory()
		if err := b.trials(ctx, homes, covers[0]); err != nil {
			return err
		}
		if err := b.capacities(ctx, homes, m); err != nil {
			return err
		}
		if err := b.shapes(ctx, homes, covers[0], m); err != nil {
			return err
		}
		if o.peers && m.net.Symmetric() {
			if err := b.beside(covers[0], m); err != nil {
				return err
			}
		}
	}
	return nil
}

// prepare generates the town and builds its network.
func prepare(o options, out io.Writer) (*bench, []method, error) {
	b := &bench{options: o, town: build(o.buildings, o.nodes, o.facilities, o.types, o.seed), out: out}
	began := time.Now()
	b.graph = network.Build(b.town.roads)
	built := time.Since(began)
	began = time.Now()
	b.homes = b.graph.Tie(b.town.homes, rules)
	fmt.Fprintf(out, "%d homes, %d nodes, %d edges, %d facilities of %d types; network built in %v, homes tied in %v\n",
		len(b.town.homes), b.graph.Nodes(), b.graph.Edges(), o.facilities, o.types, built.Round(time.Millisecond), time.Since(began).Round(time.Millisecond))
	for _, places := range b.town.facilities {
		b.types = append(b.types, b.graph.Tie(places, rules))
	}
	for _, n := range b.town.households {
		b.sizes = append(b.sizes, catchment.Size{Households: n, FloorArea: 90 * n})
	}
	elder, err := b.graph.BySeconds(network.Walker{SpeedMS: 1, StairsMS: 0.5}, hills{})
	if err != nil {
		return nil, nil, fmt.Errorf("price the hills: %w", err)
	}
	b.town.roads = nil
	return b, []method{{"walk", b.graph.ByMetres(), 1000}, {"walk_slope", elder, 15 * 60}}, nil
}
