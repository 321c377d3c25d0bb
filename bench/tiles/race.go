package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"text/tabwriter"
	"time"

	"github.com/paulmach/orb/maptile"

	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/tile"
)

var clientCounts = []int{1, 8, 32}

// result is what one contender reached with one number of clients.
type result struct {
	contender string
	clients   int
	perSecond float64
	median    time.Duration
	p99       time.Duration
	meanBytes int
}

// race lets the contenders run one after the other.
func race(ctx context.Context, db *postgis.DB, o options, list []maptile.Tile) ([]result, error) {
	// Every contender gets as many connections as the service has of its own.
	const connections = 4
	url := db.URL()
	off := tile.Config{CacheBytes: -1, Workers: connections, QueryTimeout: time.Minute}
	starts := []func() (contender, error){
		func() (contender, error) { return pgTileserv(ctx, "pg_tileserv's query", url, connections, "2") },
		func() (contender, error) { return pgTileserv(ctx, "…, parallel off", url, connections, "0") },
		func() (contender, error) { return martin(ctx, url, connections) },
		func() (contender, error) { return floor(ctx, url, connections) },
		func() (contender, error) { return service("Lianpian, cache off", "identity", db, off, o.layers) },
		func() (contender, error) { return service("…, gzip", "gzip", db, off, o.layers) },
		func() (contender, error) { return service("…, zstd", "zstd", db, off, o.layers) },
		func() (contender, error) {
			return service("Lianpian, cache warm", "gzip", db, tile.Config{Workers: connections, QueryTimeout: time.Minute}, o.layers)
		},
		func() (contender, error) { return plain(ctx, db, o.layers, list) },
	}
	var results []result
	for _, start := range starts {
		c, err := start()
		if err != nil {
			return nil, err
		}
		// One pass for the database's own caches and prepared statements, and
		// for the warm cache.
		if _, err := measure(ctx, c, list, 8, 0); err != nil {
			c.close()
			return nil, err
		}
		for _, clients := range clientCounts {
			r, err := measure(ctx, c, list, clients, o.atLeast)
			if err != nil {
				c.close()
				return nil, err
			}
			results = append(results, r)
		}
		c.close()
	}
	return results, nil
}

// measure asks for the whole list, in passes, for at least so long.
func measure(ctx context.Context, c contender, list []maptile.Tile, clients int, atLeast time.Duration) (result, error) {
	var (
		took  []time.Duration
		bytes atomic.Int64
		fault atomic.Pointer[error]
		began = time.Now()
	)
	for pass := 0; pass == 0 || time.Since(began) < atLeast; pass++ {
		var next atomic.Int64
		times := make([]time.Duration, len(list))
		var people sync.WaitGroup
		for range clients {
			people.Go(func() {
				for {
					i := int(next.Add(1)) - 1
					if i >= len(list) || fault.Load() != nil {
						return
					}
					asked := time.Now()
					n, err := c.fetch(ctx, list[i])
					if err != nil {
						err = fmt.Errorf("%s: tile %v: %w", c.name, list[i], err)
						fault.Store(&err)
						return
					}
					times[i] = time.Since(asked)
					bytes.Add(int64(n))
				}
			})
		}
		people.Wait()
		if err := fault.Load(); err != nil {
			return result{}, *err
		}
		took = append(took, times...)
	}
	total := time.Since(began)
	slices.Sort(took)
	return result{
		contender: c.name,
		clients:   clients,
		perSecond: float64(len(took)) / total.Seconds(),
		median:    took[len(took)/2],
		p99:       took[len(took)*99/100],
		meanBytes: int(bytes.Load()) / len(took),
	}, nil
}

// get reads a whole answer as it came, compressed.
func get(ctx context.Context, client *http.Client, address, encoding string) (int, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return 0, err
	}
	request.Header.Set("Accept-Encoding", encoding)
	answer, err := client.Do(request)
	if err != nil {
		return 0, err
	}
	defer answer.Body.Close()
	n, err := io.Copy(io.Discard, answer.Body)
	if err == nil && answer.StatusCode != http.StatusOK {
		err = fmt.Errorf("status %s", answer.Status)
	}
	return int(n), err
}

// report prints the table and the two ratios that count.
func report(out io.Writer, results []result) {
	find := func(contender string, clients int) result {
		for _, r := range results {
			if r.contender == contender && r.clients == clients {
				return r
			}
		}
		return result{}
	}
	var names []string
	for _, r := range results {
		if !slices.Contains(names, r.contender) {
			names = append(names, r.contender)
		}
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "requests/s\t1 client\t8 clients\t32 clients\tmedian at 8\tp99 at 8\tbytes a tile\t")
	for _, name := range names {
		eight := find(name, 8)
		fmt.Fprintf(w, "%s\t%.0f\t%.0f\t%.0f\t%s\t%s\t%d\t\n", name,
			find(name, 1).perSecond, eight.perSecond, find(name, 32).perSecond,
			milliseconds(eight.median), milliseconds(eight.p99), eight.meanBytes)
	}
	w.Flush()
	fmt.Fprintln(out)
	ratio := func(text, of, to string, goal float64) {
		fmt.Fprintf(out, "%-46s", text)
		for _, clients := range clientCounts {
			fmt.Fprintf(out, "  %5.2f at %d", find(of, clients).perSecond/find(to, clients).perSecond, clients)
		}
		fmt.Fprintf(out, "   (goal: %.1f at 8)\n", goal)
	}
	ratio("cache off, of pg_tileserv's query:", "Lianpian, cache off", "pg_tileserv's query", 6)
	ratio("cache off, of it with parallel query off:", "Lianpian, cache off", "…, parallel off", 4)
	ratio("cache off, of the SQL floor:", "Lianpian, cache off", "SQL floor", 3)
	ratio("cache warm, of the plain memory server:", "Lianpian, cache warm", "plain memory server", 0.8)
	fmt.Fprintf(out, "%-46s  %5.2f at 8   (goal: below 0.20)\n", "p99 cache off, of pg_tileserv's query:",
		find("Lianpian, cache off", 8).p99.Seconds()/find("pg_tileserv's query", 8).p99.Seconds())
}

func milliseconds(d time.Duration) string {
	return fmt.Sprintf("%.1f ms", float64(d.Microseconds())/1000)
}
