// Command region measures what is asked about a broken zone: whether it is
// contiguous, its parts, the communities that hold them together and the
// cheapest connection, for zones of 500 communities in a district of 10,000,
// beside the limit of 20 ms for all four. In the same run the parts alone are
// found by the database with a recursive query over the same links.
//
// The method: a generated district (fixed seed, some 8 links for each
// community), zones in 2 to 20 parts that lie near each other (in a third of
// the district's width) or anywhere in it; every zone is asked about several
// times in turn, and the best time of each counts, because other work on the
// machine only ever adds.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"text/tabwriter"
	"time"

	"github.com/lianpian/lianpian/internal/engine/region"
	"github.com/lianpian/lianpian/internal/engine/region/regiontest"
)

// limit is what all questions about one zone may take.
const limit = 20 * time.Millisecond

// databaseVariable names a server to throw away, as "lianpian with-database"
// sets it.
const databaseVariable = "LIANPIAN_TEST_DATABASE_URL"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	var o options
	flag.StringVar(&o.database, "database", os.Getenv(databaseVariable), "address of a PostgreSQL database ($"+databaseVariable+"); empty: a private server in a temporary folder")
	flag.IntVar(&o.communities, "communities", 10_000, "communities of the generated district")
	flag.IntVar(&o.zone, "zone", 500, "communities of a zone")
	flag.IntVar(&o.zones, "zones", 20, "zones of each kind")
	flag.IntVar(&o.times, "times", 5, "times each zone is asked about")
	flag.Uint64Var(&o.seed, "seed", 1, "of the district and its zones")
	flag.Parse()
	if err := run(ctx, o, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "bench-region:", err)
		os.Exit(1)
	}
}

type options struct {
	database          string
	communities, zone int
	zones, times      int
	seed              uint64
}

func run(ctx context.Context, o options, out io.Writer) error {
	d, err := regiontest.New(o.communities, o.seed)
	if err != nil {
		return err
	}
	peer, err := openPeer(ctx, o.database, d)
	if err != nil {
		return err
	}
	defer peer.close()
	fmt.Fprintf(out, "%d communities, %d links, %d zones of each kind with %d communities; limit %v\n\n", o.communities, len(d.Links), o.zones, o.zone, limit)
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "parts\tplace\tparts in SQL\tparts\tarticulations\tconnection\tall: median\tall: worst\tof the limit\texact\tworst gap\t")
	for _, kind := range []struct {
		place string
		share float64
	}{{"near", 1.0 / 3}, {"anywhere", 1}} {
		for _, parts := range []int{2, 6, 8, 12, 20} {
			var results []result
			for i := range o.zones {
				r, err := ask(ctx, d, peer, d.Zone(parts, o.zone, kind.share, o.seed+uint64(i)), o.times)
				if err != nil {
					return fmt.Errorf("zone %d in %d parts: %w", i, parts, err)
				}
				results = append(results, r)
			}
			s := sum(results)
			fmt.Fprintf(table, "%d\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%.2f\t%d of %d\t%.2f %%\t\n", parts, kind.place,
				millis(s.sql), millis(s.parts), millis(s.articulations), millis(s.connection), millis(s.all), millis(s.worst),
				float64(s.worst)/float64(limit), s.exact, len(results), 100*s.gap)
		}
	}
	return table.Flush()
}

func millis(d time.Duration) string {
	return fmt.Sprintf("%.2f ms", float64(d)/float64(time.Millisecond))
}

// result is the best time of each question about one zone.
type result struct {
	sql, parts, articulations, connection, all time.Duration
	gap                                        float64 // of the cost above the bound, a share of the cost
	exact                                      bool
}

// ask puts all questions about a zone, some times over, and the one for the
// parts to the database as well. Answers that differ are an error.
func ask(ctx context.Context, d *regiontest.District, peer *peer, zone []int32, times int) (result, error) {
	var r result
	least := func(into *time.Duration, took time.Duration) {
		if *into == 0 || took < *into {
			*into = took
		}
	}
	g, price := d.Graph, d.Price()
	var parts [][]int32
	for range times {
		began := time.Now()
		contiguous := g.Contiguous(zone)
		parts = g.Parts(zone)
		afterParts := time.Now()
		g.Articulations(zone)
		afterArticulations := time.Now()
		c, err := g.Connect(zone, price)
		if err != nil {
			return r, err
		}
		end := time.Now()
		if contiguous != (len(parts) == 1) {
			return r, fmt.Errorf("contiguous with %d parts", len(parts))
		}
		least(&r.parts, afterParts.Sub(began))
		least(&r.articulations, afterArticulations.Sub(afterParts))
		least(&r.connection, end.Sub(afterArticulations))
		least(&r.all, end.Sub(began))
		r.exact = c.Exact
		if c.Cost > 0 {
			r.gap = 1 - c.LowerBound/c.Cost
		}
		if err := joins(g, zone, c); err != nil {
			return r, err
		}
	}
	for range 2 {
		began := time.Now()
		sizes, err := peer.parts(ctx, zone)
		if err != nil {
			return r, err
		}
		least(&r.sql, time.Since(began))
		if !slices.EqualFunc(sizes, parts, func(size int, part []int32) bool { return size == len(part) }) {
			return r, fmt.Errorf("the database finds parts of %v communities, the engine %d parts", sizes, len(parts))
		}
	}
	return r, nil
}

// joins checks that the set with the connection is one.
func joins(g *region.Graph, zone []int32, c region.Connection) error {
	all := slices.Concat(zone, c.Communities)
	var links []region.Link
	for i := range int32(g.Links()) {
		if _, bought := slices.BinarySearch(c.Links, i); bought || g.Link(i).Usable {
			l := g.Link(i)
			l.Usable = true
			links = append(links, l)
		}
	}
	with, err := region.NewGraph(g.Communities(), links)
	if err != nil {
		return err
	}
	if !with.Contiguous(all) {
		return fmt.Errorf("the connection joins only to %d parts", len(with.Parts(all)))
	}
	return nil
}

type summary struct {
	sql, parts, articulations, connection, all, worst time.Duration
	gap                                               float64
	exact                                             int
}

// sum takes the median of every time, and the worst of all questions together.
func sum(results []result) (s summary) {
	median := func(of func(result) time.Duration) time.Duration {
		list := make([]time.Duration, len(results))
		for i, r := range results {
			list[i] = of(r)
		}
		slices.Sort(list)
		return list[len(list)/2]
	}
	s.sql = median(func(r result) time.Duration { return r.sql })
	s.parts = median(func(r result) time.Duration { return r.parts })
	s.articulations = median(func(r result) time.Duration { return r.articulations })
	s.connection = median(func(r result) time.Duration { return r.connection })
	s.all = median(func(r result) time.Duration { return r.all })
	for _, r := range results {
		s.worst = max(s.worst, r.all)
		s.gap = max(s.gap, r.gap)
		if r.exact {
			s.exact++
		}
	}
	return s
}
