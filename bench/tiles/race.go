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

// race lets the contenders run one after the other, again and again.
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
	contenders := make([]contender, 0, len(starts))
	defer func() {
		for _, c := range contenders {
			c.close()
		}
	}()
	for _, start := range starts {
		c, err := start()
		if err != nil {
			return nil, err
		}
		contenders = append(contenders, c)
		// One pass for the database's own caches and prepared statements, and
		// for the warm cache.
		if _, err := pass(ctx, c, list, 8); err != nil {
			return nil, err
		}
	}
	results := make([]result, 0, len(contenders)*len(clientCounts))
	for _, clients := range clientCounts {
		heats, err := heat(ctx, contenders, list, clients, o.atLeast)
		if err != nil {
			return nil, err
		}
		results = append(results, heats...)
	}
	return results, nil
}

// heat lets the contenders ask for the whole list in turn, pass by pass, until each
// has run for at least so long: what else the machine does meets all of them. A quick
// one makes several passes in its turn.
func heat(ctx context.Context, contenders []contender, list []maptile.Tile, clients int, atLeast time.Duration) ([]result, error) {
	const turn = 500 * time.Millisecond
	runs := make([]laps, len(contenders))
	for ran := false; ; ran = true {
		done := ran
		for i, c := range contenders {
			if runs[i].total >= atLeast && ran {
				continue
			}
			done = false
			for spent := time.Duration(0); spent < min(turn, atLeast) || spent == 0; {
				one, err := pass(ctx, c, list, clients)
				if err != nil {
					return nil, err
				}
				runs[i].add(one)
				spent += one.total
			}
		}
		if done {
			break
		}
	}
	results := make([]result, len(contenders))
	for i, c := range contenders {
		results[i] = runs[i].result(c.name, clients)
	}
	return results, nil
}

// laps is what one contender took, in one or more passes.
type laps struct {
	took  []time.Duration
	bytes int64
	total time.Duration
}

func (r *laps) add(other laps) {
	r.took = append(r.took, other.took...)
	r.bytes += other.bytes
	r.total += other.total
}

func (r *laps) result(name string, clients int) result {
	slices.Sort(r.took)
	return result{
		contender: name,
		clients:   clients,
		perSecond: float64(len(r.took)) / r.total.Seconds(),
		median:    r.took[len(r.took)/2],
		p99:       r.took[len(r.took)*99/100],
		meanBytes: int(r.bytes) / len(r.took),
	}
}

// pass asks for the whole list once.
func pass(ctx context.Context, c contender, list []maptile.Tile, clients int) (laps, error) {
	var (
		next  atomic.Int64
		bytes atomic.Int64
		fault atomic.Pointer[error]
		took  = make([]time.Duration, len(list))
		began = time.Now()
	)
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
				took[i] = time.Since(asked)
				bytes.Add(int64(n))
			}
		})
	}
	people.Wait()
	if err := fault.Load(); err != nil {
		return laps{}, *err
	}
	return laps{took: took, bytes: bytes.Load(), total: time.Since(began)}, nil
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
