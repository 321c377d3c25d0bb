package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/jackc/pgx/v5"

	"github.com/lianpian/lianpian/internal/engine/region/regiontest"
	"github.com/lianpian/lianpian/internal/postgis"
)

// peer finds parts with a recursive query. It keeps the links in a temporary
// table of its own connection and leaves nothing behind.
type peer struct {
	conn *pgx.Conn
	stop func()
}

func (p *peer) close() {
	p.conn.Close(context.Background())
	p.stop()
}

// openPeer connects, to a server of its own when no address is given, and
// fills the table of usable links, both ways, with an index.
func openPeer(ctx context.Context, address string, d *regiontest.District) (*peer, error) {
	stop := func() {}
	if address == "" {
		folder, err := os.MkdirTemp("", "lianpian-bench-")
		if err != nil {
			return nil, err
		}
		stop = func() { os.RemoveAll(folder) }
		// The database server runs as somebody else when this runs as root.
		if err := os.Chmod(folder, 0o755); err != nil {
			stop()
			return nil, err
		}
		server, err := postgis.StartServer(ctx, filepath.Join(folder, "cluster"), slog.New(slog.DiscardHandler))
		if err != nil {
			stop()
			return nil, fmt.Errorf("start a database server: %w", err)
		}
		address = server.URL()
		stop = func() {
			server.Stop()
			os.RemoveAll(folder)
		}
	}
	conn, err := pgx.Connect(ctx, address)
	if err != nil {
		stop()
		return nil, fmt.Errorf("connect to the database: %w", err)
	}
	p := &peer{conn, stop}
	if err := p.fill(ctx, d); err != nil {
		p.close()
		return nil, fmt.Errorf("fill the table of links: %w", err)
	}
	return p, nil
}

func (p *peer) fill(ctx context.Context, d *regiontest.District) error {
	if _, err := p.conn.Exec(ctx, `create temporary table bench_link (a int not null, b int not null)`); err != nil {
		return err
	}
	var rows [][]any
	for _, l := range d.Links {
		if l.Usable {
			rows = append(rows, []any{l.A, l.B}, []any{l.B, l.A})
		}
	}
	if _, err := p.conn.CopyFrom(ctx, pgx.Identifier{"bench_link"}, []string{"a", "b"}, pgx.CopyFromRows(rows)); err != nil {
		return err
	}
	for _, statement := range []string{`create index on bench_link (a, b)`, `analyze bench_link`} {
		if _, err := p.conn.Exec(ctx, statement); err != nil {
			return err
		}
	}
	return nil
}

// parts returns the sizes of the parts of a set, smallest first: from every
// community all that can be reached, of which the lowest names the part.
func (p *peer) parts(ctx context.Context, members []int32) ([]int, error) {
	rows, err := p.conn.Query(ctx, `
		with recursive reached (start, community) as (
		    select c, c from unnest($1::int[]) as c
		    union
		    select r.start, l.b
		    from reached r
		    join bench_link l on l.a = r.community
		    where l.b = any ($1::int[])
		), part as (
		    select start, min(community) as name from reached group by start
		)
		select count(*)::int as size from part group by name order by size, name`, members)
	if err != nil {
		return nil, fmt.Errorf("find parts in the database: %w", err)
	}
	sizes, err := pgx.CollectRows(rows, pgx.RowTo[int])
	if err != nil {
		return nil, fmt.Errorf("find parts in the database: %w", err)
	}
	return sizes, nil
}
