// Command links measures how long the links of a district take to compute: all
// of them, and those of one community that was edited, beside a limit in the
// same run: the bare query for the pairs of outlines that are near enough, with
// nothing said of what lies between and no walking.
//
// The method: a generated city of 30 by 30 km with 60,000 road segments and as
// many communities as asked for; the edits go through the register, one after
// the other, and each is timed from its answer until the links are right again.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/bench/district"
	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/link"
	"github.com/lianpian/lianpian/internal/policy"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/registry"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	communities := flag.Int("communities", 10_000, "communities of the generated district")
	edits := flag.Int("edits", 30, "communities that are edited")
	flag.Parse()
	if err := run(ctx, *communities, *edits, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "bench-links:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, communities, edits int, out io.Writer) error {
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
	size := district.Full
	size.Communities = communities
	fmt.Fprintf(out, "filling a district of %d communities …\n", communities)
	if err := district.Load(ctx, db, district.New(size, district.Seed)); err != nil {
		return err
	}
	return measure(ctx, db, edits, out)
}

func measure(ctx context.Context, db *postgis.DB, edits int, out io.Writer) error {
	began := time.Now()
	pairs, err := barePairs(ctx, db)
	if err != nil {
		return fmt.Errorf("the bare pairs: %w", err)
	}
	bare := time.Since(began)
	fmt.Fprintf(out, "%-34s %8.2f s  %d pairs\n", "bare query for the pairs", bare.Seconds(), pairs)

	links := link.New(db, slog.New(slog.DiscardHandler))
	began = time.Now()
	if err := links.Refresh(ctx, district.Code); err != nil {
		return err
	}
	all := time.Since(began)
	var count, walked int
	if err := db.Pool.QueryRow(ctx, `select count(*), count(walk_m) from published_link`).Scan(&count, &walked); err != nil {
		return err
	}
	fmt.Fprintf(out, "%-34s %8.2f s  %d links, %d with a path  (%.1f times the bare query)\n", "all links", all.Seconds(), count, walked, all.Seconds()/bare.Seconds())
	return measureEdits(ctx, db, links, edits, out)
}

// barePairs counts the pairs in the best way that the database has: outlines in
// metres, in a table of their own with an index.
func barePairs(ctx context.Context, db *postgis.DB) (pairs int, err error) {
	err = pgx.BeginFunc(ctx, db.Pool, func(tx pgx.Tx) error {
		for _, sql := range []string{
			`create temp table place on commit drop as
			 select c.id, ST_Transform(c.geom, d.gk_srid) as geom
			 from published_community c join published_district d on d.code = c.district_code`,
			`create index on place using gist (geom)`,
			`analyze place`,
		} {
			if _, err := tx.Exec(ctx, sql); err != nil {
				return err
			}
		}
		return tx.QueryRow(ctx, `
			select count(*) from place a join place b on b.id > a.id and ST_DWithin(a.geom, b.geom, $1)`, float64(link.GapMetres)).Scan(&pairs)
	})
	return pairs, err
}

func measureEdits(ctx context.Context, db *postgis.DB, links *link.Store, edits int, out io.Writer) error {
	library, err := policy.Load()
	if err != nil {
		return err
	}
	register := registry.New(db, library)
	register.Follow(links.CommunitiesMoved)
	page, err := register.Communities(ctx, account.Everything, district.Code, registry.CommunityFilter{Limit: 5000})
	if err != nil {
		return err
	}
	random := rand.New(rand.NewPCG(district.Seed, 2))
	var took []time.Duration
	for range edits {
		c := page.Items[random.IntN(len(page.Items))]
		c, err := register.Community(ctx, account.Everything, district.Code, c.Code)
		if err != nil {
			return err
		}
		var moved postgis.Geom
		err = db.Pool.QueryRow(ctx, `
			select ST_Translate(geom, 0.0002, -0.0001) from published_community where district_code = $1 and code = $2`, district.Code, c.Code).Scan(&moved)
		if err != nil {
			return err
		}
		outline, _ := moved.Geometry.(orb.MultiPolygon)
		_, err = register.UpdateCommunity(ctx, account.Everything, district.Code, c.Code, c.Version, registry.CommunityPatch{Geometry: outline})
		if err != nil {
			return err
		}
		began := time.Now()
		if err := links.Refresh(ctx, district.Code); err != nil {
			return err
		}
		took = append(took, time.Since(began))
	}
	if len(took) > 0 {
		slices.Sort(took)
		fmt.Fprintf(out, "%-34s %8.0f ms median, %.0f ms longest of %d\n", "links of an edited community",
			took[len(took)/2].Seconds()*1000, took[len(took)-1].Seconds()*1000, len(took))
	}
	return nil
}
