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
	if err := closeMonths(ctx, db, time.Now()); err != nil {
		return err
	}
	fmt.Fprintf(out, "a district of %d communities, filled in %.1f s: %+v\n", size.Communities, time.Since(began).Seconds(), made)
	c, err := serve(ctx, db, folder)
	if err != nil {
		return err
	}
	defer c.stop()
	paths, err := addresses(ctx, db)
	if err != nil {
		return err
	}
	return c.measure(ctx, paths, times, out)
}

// addresses are the lists of the programme, and the files of its largest project
// and community.
func addresses(ctx context.Context, db *postgis.DB) ([]string, error) {
	var project, community string
	err := db.Pool.QueryRow(ctx, `
		select p.code, c.code
		from published_project p
		join published_project_community pc on pc.project_id = p.id
		join published_community c on c.id = pc.community_id
		where p.district_code = $1 and p.phase = 'implement'
		order by p.year desc, c.households desc, p.code limit 1`, district.Code).Scan(&project, &community)
	if err != nil {
		return nil, fmt.Errorf("find the largest project: %w", err)
	}
	now := time.Now()
	return []string{
		"dashboard", "dashboard/map", "tasks", "duties",
		"projects", "projects?limit=500&sort=-year", "projects-overview", "project-priorities", "project-groups", "project-groups?by=zone",
		"projects/" + project, "projects/" + project + "/works", "projects/" + project + "/money", "projects/" + project + "/approval", "projects/" + project + "/progress",
		"communities?limit=100", "files", "files?limit=5000", "communities/" + community + "/file", "communities/" + community + "/surveys",
		"surveys", "surveys?limit=500", "surveys?state=open", "survey-shares", "survey-statistics",
		"fund-pool", fmt.Sprintf("fund-pool?year=%d", now.Year()), "prices",
		"approval-steps", "approval-steps?state=late", "opinions", "opinions?open=true",
		"progress", fmt.Sprintf("targets?year=%d", now.Year()), fmt.Sprintf("months?year=%d", now.Year()), "months/" + now.Format("2006-01"), "months/" + now.Format("2006-01") + "/rollup/annex6",
		"policy", "policy/readings", "policy/strays", `policy/diff {"params":{"built_2000":"in"}}`,
	}, nil
}
