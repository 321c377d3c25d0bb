// Command programme measures, at the server, how long every list of the
// programme and the bureau's board take in a district of 3,000 communities and
// 500 projects with surveys, works, money, approvals and 24 months of reports.
// Beside each stands the promise: 200 ms.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"time"

	"github.com/lianpian/lianpian/bench/district"
	"github.com/lianpian/lianpian/internal/postgis"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	projects := flag.Int("projects", 500, "projects of the generated programme")
	times := flag.Int("times", 20, "how often each address is asked")
	flag.Parse()
	if err := run(ctx, *projects, *times, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "bench-programme:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, projects, times int, out io.Writer) error {
	folder, err := os.MkdirTemp("", "lianpian-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	// The database server runs as somebody else when this runs as root.
	if err := os.Chmod(folder, 0o755); err != nil {
		return err
	}
	quiet := slog.New(slog.DiscardHandler)
	server, err := postgis.StartServer(ctx, filepath.Join(folder, "cluster"), quiet)
	if err != nil {
		return err
	}
	defer server.Stop()
	if err := postgis.Migrate(ctx, server.URL(), quiet); err != nil {
		return err
	}
	db, err := postgis.Open(ctx, server.URL(), quiet)
	if err != nil {
		return err
	}
	defer db.Close()
	size := district.Size{Buildings: 60_000, Communities: 3_000, Roads: 6_000, Facilities: 1_000}
	began := time.Now()
	made, err := fill(ctx, db, size, projects, time.Now())
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "a district of %d communities, filled in %.1f s: %+v\n", size.Communities, time.Since(began).Seconds(), made)
	c, err := serve(ctx, db, folder)
	if err != nil {
		return err
	}
	defer c.stop()
	return c.measure(ctx, addresses, times, out)
}

// addresses are the lists of the programme.
var addresses = []string{
	"dashboard", "dashboard/map", "tasks", "duties", "policy", "policy/readings", "policy/strays",
}
