package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/engine/network"
	"github.com/lianpian/lianpian/internal/postgis"
)

const (
	routingLimit  = 1000.0 // metres
	routingStarts = 50     // of a search of many starts
	routingTimes  = 100    // so many times faster is the goal
	sameMetres    = 0.01
)

// drivingDistance asks pgRouting for everything within a limit of some starts.
// The window keeps the edges that it loads to those that can matter, as its
// manual advises; without it every search loads the whole table.
const (
	everyEdge = `select id, source, target, cost from edge`
	inWindow  = everyEdge + ` where x between %[1]f and %[3]f and y between %[2]f and %[4]f`
)

// measureRouting searches the same graph with pgRouting and compares distances
// and times.
func measureRouting(ctx context.Context, g *network.Graph, out io.Writer) error {
	folder, err := os.MkdirTemp("", "lianpian-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	// The database server runs as somebody else when this runs as root.
	if err := os.Chmod(folder, 0o755); err != nil {
		return err
	}
	server, err := postgis.StartServer(ctx, filepath.Join(folder, "cluster"), slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	defer server.Stop()
	db, err := pgx.Connect(ctx, server.URL())
	if err != nil {
		return fmt.Errorf("connect to the bench's database: %w", err)
	}
	defer db.Close(ctx)
	if _, err := db.Exec(ctx, `create extension pgrouting cascade`); err != nil {
		fmt.Fprintf(out, "pgRouting is not installed beside this PostgreSQL: not measured (make bench-walk installs it): %v\n", err)
		return nil
	}
	if err := loadEdges(ctx, db, g); err != nil {
		return err
	}
	r := routing{db, g, g.ByMetres()}
	random := rand.New(rand.NewPCG(9, 9))
	starts := make([]int, routingStarts)
	for i := range starts {
		starts[i] = random.IntN(g.Nodes())
	}
	if err := r.one(ctx, out, "the whole table", starts[:3], func(int) string { return everyEdge }); err != nil {
		return err
	}
	err = r.one(ctx, out, "the edges of a window", starts[:20], func(from int) string {
		p := g.Node(from)
		return fmt.Sprintf(inWindow, p[0]-routingLimit-200, p[1]-routingLimit-200, p[0]+routingLimit+200, p[1]+routingLimit+200)
	})
	if err != nil {
		return err
	}
	return r.many(ctx, out, starts)
}

func loadEdges(ctx context.Context, db *pgx.Conn, g *network.Graph) error {
	_, err := db.Exec(ctx, `create table edge (id bigint primary key, source bigint, target bigint, cost float8, x float8, y float8)`)
	if err != nil {
		return fmt.Errorf("make a table of edges: %w", err)
	}
	_, err = db.CopyFrom(ctx, pgx.Identifier{"edge"}, []string{"id", "source", "target", "cost", "x", "y"},
		pgx.CopyFromSlice(g.Edges(), func(e int) ([]any, error) {
			a, b := g.Ends(e)
			return []any{e, a, b, g.Length(e), g.Node(a)[0], g.Node(a)[1]}, nil
		}))
	if err != nil {
		return fmt.Errorf("copy %d edges: %w", g.Edges(), err)
	}
	for _, sql := range []string{`create index on edge (x, y)`, `vacuum analyze edge`} {
		if _, err := db.Exec(ctx, sql); err != nil {
			return fmt.Errorf("prepare the table of edges: %w", err)
		}
	}
	return nil
}

type routing struct {
	db  *pgx.Conn
	g   *network.Graph
	net *network.Net
}

// one searches from single starts.
func (r routing) one(ctx context.Context, out io.Writer, what string, starts []int, edges func(from int) string) error {
	theirs := make([]map[int]float64, len(starts))
	var err error
	slow := median(len(starts), func(i int) {
		var found map[int]float64
		if found, err = r.ask(ctx, edges(starts[i]), []int{starts[i]}); err == nil {
			theirs[i] = found
		}
	})
	if err != nil {
		return err
	}
	nearby := r.net.Vicinity()
	random := rand.New(rand.NewPCG(8, 8)) // somewhere else every time, as nothing is kept ready
	fast := median(1000, func(int) {
		nearby.ExploreNode(random.IntN(r.g.Nodes()), network.FromSource, routingLimit)
	})
	worst, nodes := 0.0, 0
	for i, from := range starts {
		nearby.ExploreNode(from, network.FromSource, routingLimit)
		apart, err := compare(theirs[i], nearby)
		if err != nil {
			return fmt.Errorf("from node %d: %w", from, err)
		}
		worst, nodes = max(worst, apart), nodes+len(theirs[i])
	}
	row(out, "pgr_drivingDistance, 1 km, "+what, slow, "%d nodes on average", nodes/len(starts))
	row(out, "the same search here", fast, "%.0f times as fast (goal %d); furthest apart %.4f m", slow.Seconds()/fast.Seconds(), routingTimes, worst)
	return check(worst, slow, fast)
}

func check(worst float64, slow, fast time.Duration) error {
	switch {
	case worst > sameMetres:
		return fmt.Errorf("distances are up to %v m apart", worst)
	case slow < routingTimes*fast:
		return fmt.Errorf("only %.0f times as fast as pgRouting", slow.Seconds()/fast.Seconds())
	}
	return nil
}

// ask returns the distances that pgRouting finds, to the nearest of the starts.
func (r routing) ask(ctx context.Context, edges string, starts []int) (map[int]float64, error) {
	rows, err := r.db.Query(ctx, `
		select node, min(agg_cost) from pgr_drivingDistance($1::text, $2::bigint[], $3::float8, false) group by node`,
		edges, starts, routingLimit)
	if err != nil {
		return nil, fmt.Errorf("ask pgRouting: %w", err)
	}
	found := map[int]float64{}
	var node int
	var metres float64
	_, err = pgx.ForEachRow(rows, []any{&node, &metres}, func() error {
		found[node] = metres
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("ask pgRouting: %w", err)
	}
	return found, nil
}

// labelled is what has a cost for each node.
type labelled interface {
	Node(n int) (source int, cost float64)
	Net() *network.Net
}

// compare returns by how much distances are apart. A node within a centimetre of
// the limit may be in one and not in the other.
func compare(theirs map[int]float64, ours labelled) (worst float64, err error) {
	for n := range ours.Net().Nodes() {
		_, here := ours.Node(n)
		there, found := theirs[n]
		switch {
		case found && !math.IsInf(here, 1):
			worst = max(worst, math.Abs(here-there))
		case found && there < routingLimit-sameMetres, !math.IsInf(here, 1) && here < routingLimit-sameMetres:
			return 0, fmt.Errorf("node %d is at %v m here and at %v m (%v) there", n, here, there, found)
		}
	}
	return worst, nil
}

// many searches from many starts at once, as for coverage.
func (r routing) many(ctx context.Context, out io.Writer, starts []int) error {
	began := time.Now()
	theirs, err := r.ask(ctx, everyEdge, starts)
	if err != nil {
		return err
	}
	slow := time.Since(began)
	places := make([]orb.Point, len(starts))
	for i, n := range starts {
		places[i] = r.g.Node(n)
	}
	sources := r.net.Doors(r.g.Tie(places, network.TieRules{Reach: 1, Island: -1}))
	var field *network.Field
	fast := best(9, func() { field, err = r.net.Nearest(ctx, sources, network.FromSource, routingLimit) })
	if err != nil {
		return err
	}
	worst, err := compare(theirs, field)
	if err != nil {
		return err
	}
	row(out, fmt.Sprintf("pgr_drivingDistance, 1 km, %d starts", len(starts)), slow, "%d nodes", len(theirs))
	row(out, "the same search here", fast, "%.0f times as fast (goal %d); furthest apart %.4f m", slow.Seconds()/fast.Seconds(), routingTimes, worst)
	return check(worst, slow, fast)
}
