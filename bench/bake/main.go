// Command bake measures how long it takes to write the tiles of a large district to
// one file, beside the goal of 15 s on two cores: wall time, the load of the machine
// before it, the file's size, and the peak memory of the process that bakes.
//
// The method: a generated district of 300,000 buildings; the layers that any server
// in front of these tables would have (communities, buildings, roads, facilities),
// zooms 10 to 17, every tile that meets the district's bound. The baking runs as a
// process of its own, several times, and the best of its runs counts; the files have
// to be the same. The database runs on the same machine.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime/pprof"
	"strings"
	"syscall"
	"time"

	"github.com/lianpian/lianpian/bench/district"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/tile"
)

const (
	database           = "bench_bake"
	shallowest, mostAt = 10, 17
	// goal is for the full district.
	goal = 15 * time.Second
)

type options struct {
	server    string
	buildings int
	rounds    int
	layers    string
	profile   string
	bake      string
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	var o options
	flag.StringVar(&o.server, "database", os.Getenv("LIANPIAN_TEST_DATABASE_URL"), "a PostGIS server to throw away, as `lianpian with-database` names it; what an earlier run left there is used again")
	flag.IntVar(&o.buildings, "buildings", district.Full.Buildings, "buildings of the generated district")
	flag.IntVar(&o.rounds, "rounds", 2, "runs")
	flag.StringVar(&o.layers, "layers", "communities,buildings,road,facilities", "layers of a tile")
	flag.StringVar(&o.profile, "profile", "", "write a profile of the processor's time to this file")
	flag.StringVar(&o.bake, "bake", "", "only bake, to this file")
	flag.Parse()
	var err error
	switch {
	case o.server == "":
		err = errors.New("run this through `lianpian with-database`")
	case o.bake != "":
		err = bake(ctx, o, os.Stdout)
	default:
		err = run(ctx, o, os.Stdout)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench/bake:", err)
		os.Exit(1)
	}
}

// baked is what the measured process says.
type baked struct {
	Tiles, Asked int64
	Seconds      float64
}

// bake is what the measured process does.
func bake(ctx context.Context, o options, out io.Writer) error {
	log := slog.New(slog.DiscardHandler)
	db, err := postgis.Open(ctx, postgis.OnDatabase(o.server, database), log)
	if err != nil {
		return err
	}
	defer db.Close()
	server, err := tile.New(db, tile.Config{CacheBytes: -1, QueryTimeout: time.Minute}, log)
	if err != nil {
		return err
	}
	defer server.Close()
	layers, err := server.ParseLayers(o.layers)
	if err != nil {
		return err
	}
	if o.profile != "" {
		file, err := os.Create(o.profile)
		if err != nil {
			return err
		}
		defer file.Close()
		if err := pprof.StartCPUProfile(file); err != nil {
			return err
		}
		defer pprof.StopCPUProfile()
	}
	began := time.Now()
	b := tile.Baking{District: district.Code, Layers: layers, MinZoom: shallowest, MaxZoom: mostAt, Path: o.bake, At: time.Unix(0, 0)}
	made, err := server.Bake(ctx, b, func(int64) {}, func(int64) {})
	if err != nil {
		return err
	}
	return json.NewEncoder(out).Encode(baked{Tiles: int64(made.Tiles), Asked: made.Asked, Seconds: time.Since(began).Seconds()})
}

func run(ctx context.Context, o options, out io.Writer) error {
	if err := fill(ctx, o.server, o.buildings); err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "bench-bake-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	fmt.Fprintf(out, "%d buildings, zooms %d to %d, layers: %s\n", o.buildings, shallowest, mostAt, o.layers)
	var best baked
	var first []byte
	for i := range o.rounds {
		file := filepath.Join(dir, fmt.Sprintf("%d.pmtiles", i))
		b, mib, err := measure(ctx, o, file)
		if err != nil {
			return err
		}
		written, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		if i == 0 {
			first = written
		} else if !bytes.Equal(first, written) {
			return errors.New("two runs have written different files")
		}
		if i == 0 || b.Seconds < best.Seconds {
			best = b
		}
		fmt.Fprintf(out, "  %d tiles (%d asked for)  %6.1f s  %6.1f MB  %4.0f MiB at most  load before it: %s\n",
			b.Tiles, b.Asked, b.Seconds, float64(len(written))/1e6, mib.most, mib.load)
	}
	fmt.Fprintf(out, "  the best: %.1f s, %.0f tiles a second (goal of the full district: %s)\n", best.Seconds, float64(best.Tiles)/best.Seconds, goal)
	if o.buildings == district.Full.Buildings && best.Seconds > goal.Seconds() {
		return errors.New("the goal is missed")
	}
	return nil
}

// burden is what a run cost the machine, and what the machine did before it.
type burden struct {
	most float64 // resident memory, MiB
	load string  // of the last minute, as the kernel counts it
}

func measure(ctx context.Context, o options, file string) (b baked, of burden, err error) {
	self, err := os.Executable()
	if err != nil {
		return b, of, err
	}
	of.load = load()
	cmd := exec.CommandContext(ctx, self, "-database", o.server, "-layers", o.layers, "-profile", o.profile, "-bake", file)
	cmd.Stderr = os.Stderr
	said, err := cmd.Output()
	if err != nil {
		return b, of, fmt.Errorf("bake: %w", err)
	}
	if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		of.most = float64(usage.Maxrss) / 1024
	}
	return b, of, json.Unmarshal(said, &b)
}

func load() string {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "not known"
	}
	first, _, _ := strings.Cut(string(text), " ")
	return first
}

// fill generates the district unless an earlier run left it there.
func fill(ctx context.Context, server string, buildings int) error {
	log := slog.New(slog.DiscardHandler)
	base, err := postgis.Open(ctx, server, log)
	if err != nil {
		return err
	}
	defer base.Close()
	var there bool
	if err := base.Pool.QueryRow(ctx, `select exists (select from pg_database where datname = $1)`, database).Scan(&there); err != nil {
		return fmt.Errorf("look for the district of an earlier run: %w", err)
	}
	if !there {
		if _, err := base.Pool.Exec(ctx, `create database `+database); err != nil {
			return fmt.Errorf("make a database: %w", err)
		}
	}
	address := postgis.OnDatabase(server, database)
	if err := postgis.Migrate(ctx, address, log); err != nil {
		return err
	}
	db, err := postgis.Open(ctx, address, log)
	if err != nil {
		return err
	}
	defer db.Close()
	var count int
	if err := db.Pool.QueryRow(ctx, `select count(*) from building where district_code = $1`, district.Code).Scan(&count); err != nil {
		return fmt.Errorf("count the buildings: %w", err)
	}
	switch count {
	case buildings:
		return nil
	case 0:
	default:
		return fmt.Errorf("the database holds a generated district of %d buildings", count)
	}
	if err := district.Load(ctx, db, district.New(district.Scaled(buildings), district.Seed)); err != nil {
		return err
	}
	_, err = db.Pool.Exec(ctx, `vacuum analyze`)
	return err
}
