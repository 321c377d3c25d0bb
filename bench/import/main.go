// Command import measures the import of an OpenStreetMap extract beside
// ogr2ogr's (Debian's gdal-bin) of the same file into the same server, in one
// run: wall time, peak memory of the importing process, and the ratio.
//
//	make bench-import FILE=extract.osm.pbf
//
// ogr2ogr copies geometries and tags into five tables. Lianpian also assembles
// areas by its own rules, classifies, checks every shape, attaches buildings,
// and fills the columns and indexes that tiles are made from: what is compared
// is the wait of a person, not the same work.
package main

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/lianpian/lianpian/internal/postgis"
)

func main() {
	if len(os.Args) != 2 || os.Args[1] == "" {
		fmt.Fprintln(os.Stderr, "usage: make bench-import FILE=extract.osm.pbf")
		os.Exit(2)
	}
	if err := run(context.Background(), os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "bench/import:", err)
		os.Exit(1)
	}
}

type measurement struct {
	what    string
	seconds float64
	mib     float64
}

func run(ctx context.Context, file string) error {
	server := os.Getenv("LIANPIAN_TEST_DATABASE_URL")
	if server == "" {
		return fmt.Errorf("run this through `lianpian with-database`")
	}
	info, err := os.Stat(file)
	if err != nil {
		return err
	}
	for _, statement := range []string{`create database bench_ours`, `create database bench_ogr`} {
		if err := execute(ctx, server, statement); err != nil {
			return err
		}
	}
	ours, ogr := postgis.OnDatabase(server, "bench_ours"), postgis.OnDatabase(server, "bench_ogr")
	if err := execute(ctx, ogr, `create extension postgis`); err != nil {
		return err
	}
	quiet := append(os.Environ(), "LIANPIAN_LOG_LEVEL=warn", "DATABASE_URL="+ours)
	if _, err := measure("migrate", quiet, "bin/lianpian", "migrate"); err != nil {
		return err
	}
	var results []measurement
	for _, step := range []struct {
		what    string
		command []string
	}{
		{"lianpian import", []string{"bin/lianpian", "import", file}},
		{"lianpian import, the same file again", []string{"bin/lianpian", "import", file}},
		{"ogr2ogr -f PostgreSQL", []string{"ogr2ogr", "-q", "-f", "PostgreSQL", "PG:" + keywords(ogr), file, "-lco", "GEOMETRY_NAME=geom"}},
	} {
		m, err := measure(step.what, quiet, step.command...)
		if err != nil {
			return err
		}
		results = append(results, m)
	}
	peer := results[len(results)-1]
	fmt.Printf("%s, %.1f MB\n", filepath.Base(file), float64(info.Size())/1e6)
	for _, m := range results {
		fmt.Printf("  %-38s %7.1f s %7.0f MiB   %.2f × ogr2ogr's time\n", m.what, m.seconds, m.mib, m.seconds/peer.seconds)
	}
	return nil
}

func measure(what string, env []string, command ...string) (measurement, error) {
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Env = env
	begun := time.Now()
	out, err := cmd.CombinedOutput()
	if err != nil {
		return measurement{}, fmt.Errorf("%s: %w\n%s", what, err, out)
	}
	m := measurement{what: what, seconds: time.Since(begun).Seconds()}
	if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		m.mib = float64(usage.Maxrss) / 1024
	}
	return m, nil
}

func execute(ctx context.Context, address, statement string) error {
	conn, err := pgx.Connect(ctx, address)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	_, err = conn.Exec(ctx, statement)
	return err
}

// keywords writes an address the way GDAL wants it.
func keywords(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	q := u.Query()
	return fmt.Sprintf("host=%s user=%s dbname=%s", q.Get("host"), q.Get("user"), q.Get("dbname"))
}
