// Command tiles measures how quickly vector tiles are made and served, beside
// the two limits of its kind in the same run: the bare ST_AsMVT query of the
// database, and a plain net/http server that returns the same bytes from
// memory. Absolute figures are those of the machine; the ratios count.
//
// The method: a generated district of 300,000 buildings, a fixed list of 430
// distinct tiles of zoom 14 to 17 weighted by density, each asked for once in a
// pass, by 1, 8 and 32 clients without a pause, over HTTP on the loopback. After
// the race, what ordinary tiles take beside 20 clients who ask for the heaviest.
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

// databaseVariable names a server to throw away, as "lianpian with-database"
// sets it. DATABASE_URL is not read: people work with what it names.
const databaseVariable = "LIANPIAN_TEST_DATABASE_URL"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	var o options
	flag.StringVar(&o.database, "database", os.Getenv(databaseVariable), "address of an empty PostGIS database, or one that an earlier run filled ($"+databaseVariable+"); empty: a private server in a temporary folder")
	flag.IntVar(&o.buildings, "buildings", district.Full.Buildings, "buildings of the generated district")
	flag.IntVar(&o.tiles, "tiles", 430, "distinct tiles in the list")
	flag.StringVar(&o.layers, "layers", "buildings", "layers of a tile")
	flag.BoolVar(&o.onlyFair, "only-fairness", false, "leave the race out")
	flag.DurationVar(&o.atLeast, "at-least", 3*time.Second, "whole passes are repeated for so long")
	flag.Parse()
	if err := run(ctx, o, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "bench-tiles:", err)
		os.Exit(1)
	}
}

type options struct {
	database  string
	buildings int
	tiles     int
	layers    string
	atLeast   time.Duration
	onlyFair  bool
}

func run(ctx context.Context, o options, out io.Writer) error {
	db, closeDB, err := openDatabase(ctx, o.database)
	if err != nil {
		return err
	}
	defer closeDB()
	if err := fill(ctx, db, o.buildings, out); err != nil {
		return err
	}
	if o.onlyFair {
		return fairness(ctx, db, o, out)
	}
	if err := layPeers(ctx, db); err != nil {
		return err
	}
	list, err := tileList(ctx, db, o.tiles)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%d buildings, %d distinct tiles of zoom %d to %d, layers: %s\n\n", o.buildings, len(list), shallowest, deepest, o.layers)
	results, err := race(ctx, db, o, list)
	if err != nil {
		return err
	}
	report(out, results)
	return fairness(ctx, db, o, out)
}

// openDatabase connects, to a server of its own when no address is given.
func openDatabase(ctx context.Context, address string) (*postgis.DB, func(), error) {
	log := slog.New(slog.DiscardHandler)
	stop := func() {}
	if address == "" {
		folder, err := os.MkdirTemp("", "lianpian-bench-")
		if err != nil {
			return nil, nil, err
		}
		// The database server runs as somebody else when this runs as root.
		if err := os.Chmod(folder, 0o755); err != nil {
			return nil, nil, err
		}
		server, err := postgis.StartServer(ctx, filepath.Join(folder, "cluster"), log)
		if err != nil {
			os.RemoveAll(folder)
			return nil, nil, fmt.Errorf("start a database server: %w", err)
		}
		address = server.URL()
		stop = func() {
			server.Stop()
			os.RemoveAll(folder)
		}
	}
	if err := postgis.Migrate(ctx, address, log); err != nil {
		stop()
		return nil, nil, err
	}
	db, err := postgis.Open(ctx, address, log)
	if err != nil {
		stop()
		return nil, nil, err
	}
	return db, func() {
		db.Close()
		stop()
	}, nil
}

// fill generates the district unless an earlier run left it there.
func fill(ctx context.Context, db *postgis.DB, buildings int, out io.Writer) error {
	var there int
	if err := db.Pool.QueryRow(ctx, `select count(*) from building where district_code = $1`, district.Code).Scan(&there); err != nil {
		return fmt.Errorf("count the buildings: %w", err)
	}
	switch there {
	case buildings:
		return nil
	case 0:
	default:
		return fmt.Errorf("the database holds a generated district of %d buildings", there)
	}
	began := time.Now()
	if err := district.Load(ctx, db, district.New(district.Scaled(buildings), district.Seed)); err != nil {
		return err
	}
	if _, err := db.Pool.Exec(ctx, `vacuum analyze`); err != nil {
		return fmt.Errorf("vacuum: %w", err)
	}
	fmt.Fprintf(out, "generated the district in %s\n", time.Since(began).Round(time.Second))
	return nil
}
