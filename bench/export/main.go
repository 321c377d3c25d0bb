// Command export measures the export of a register to a GeoPackage beside
// ogr2ogr's (Debian's gdal-bin) of the same rows out of the same tables, in one
// run: wall time, peak memory of the exporting process, and the ratio. Each runs
// as a process of its own, in turns, and the best of its runs counts.
//
// The method: a generated district of 300,000 buildings; the layer of buildings
// with all the columns that the product exports, in degrees and in the metres of
// the district's Gauss-Krüger zone, with an index. ogr2ogr gets the columns by
// the same joins. The numbers of features and their extents have to be the same.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/lianpian/lianpian/bench/district"
	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/exporter"
	"github.com/lianpian/lianpian/internal/geo"
	"github.com/lianpian/lianpian/internal/geofile"
	"github.com/lianpian/lianpian/internal/geofile/geopackage"
	"github.com/lianpian/lianpian/internal/policy"
	"github.com/lianpian/lianpian/internal/postgis"
)

const (
	database = "bench_export"
	// targets of the product
	mostMiB   = 300
	mostTimes = 1.0
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	buildings := flag.Int("buildings", district.Full.Buildings, "buildings of the generated district")
	rounds := flag.Int("rounds", 2, "runs of each")
	crs := flag.String("crs", "", "only write the buildings to the file named by the argument, in this system")
	flag.Parse()
	server := os.Getenv("LIANPIAN_TEST_DATABASE_URL")
	var err error
	switch {
	case server == "":
		err = errors.New("run this through `lianpian with-database`")
	case *crs != "":
		err = export(ctx, postgis.OnDatabase(server, database), *crs, flag.Arg(0))
	default:
		err = run(ctx, server, *buildings, *rounds)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench/export:", err)
		os.Exit(1)
	}
}

// export is what the measured process does.
func export(ctx context.Context, address, system, name string) error {
	db, err := postgis.Open(ctx, address, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	defer db.Close()
	c, err := geo.ParseCRS(system)
	if err != nil {
		return err
	}
	lib, err := policy.Load()
	if err != nil {
		return err
	}
	r, err := exporter.New(db, lib).OpenRegister(ctx, account.Everything, district.Code, []string{"buildings"})
	if err != nil {
		return err
	}
	defer r.Close(ctx)
	file, err := os.Create(name)
	if err != nil {
		return err
	}
	return errors.Join(geopackage.Write(ctx, file, []geofile.Layer{r.Layers[0].Projected(c)}, geopackage.Options{At: time.Now(), Dir: filepath.Dir(name)}), file.Close())
}

// same is the layer of buildings as ogr2ogr asks for it.
const same = `
	select t.geom, t.code, t.name, c.code as community_code, c.name as community_name, t.subdistrict_code, s.name as subdistrict_name,
	       t.use, t.storeys::bigint, t.height_m, t.built_year::bigint, t.households::bigint, t.floor_area_m2, t.footprint_m2,
	       array_to_string(t.generated, '、') as generated, t.source, (t.updated_at at time zone 'Asia/Shanghai')::date as updated_at
	from published_building t
	left join published_community c on c.id = t.community_id
	left join published_subdistrict s on s.district_code = t.district_code and s.code = t.subdistrict_code
	where t.district_code = '` + district.Code + `'
	order by t.code`

type measurement struct {
	seconds, mib float64
}

func run(ctx context.Context, server string, buildings, rounds int) error {
	dir, err := os.MkdirTemp("", "bench-export-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	address, err := fill(ctx, server, buildings)
	if err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	failed := false
	fmt.Printf("%d buildings to a GeoPackage with an index, the best of %d runs\n", buildings, rounds)
	for _, system := range []string{"EPSG:4490", "EPSG:4545"} {
		ours, peer := filepath.Join(dir, "ours.gpkg"), filepath.Join(dir, "ogr.gpkg")
		var us, they measurement
		for i := range rounds {
			mine, err := measure(ctx, self, "-crs", system, ours)
			if err != nil {
				return err
			}
			_ = os.Remove(peer)
			theirs, err := measure(ctx, "ogr2ogr", "-q", "-f", "GPKG", "-nln", "buildings", "-t_srs", system, "--config", "PGCLIENTENCODING", "UTF8",
				peer, "PG:"+keywords(address), "-sql", same)
			if err != nil {
				return err
			}
			if i == 0 || mine.seconds < us.seconds {
				us = mine
			}
			if i == 0 || theirs.seconds < they.seconds {
				they = theirs
			}
		}
		if err := alike(ctx, ours, peer); err != nil {
			return err
		}
		fmt.Printf("  %s  lianpian %6.2f s %5.0f MiB   ogr2ogr %6.2f s %5.0f MiB   %.2f × its time (at most %.1f; memory at most %d MiB)\n",
			system, us.seconds, us.mib, they.seconds, they.mib, us.seconds/they.seconds, mostTimes, mostMiB)
		failed = failed || us.seconds > mostTimes*they.seconds || us.mib > mostMiB
	}
	if failed {
		return errors.New("a target is missed")
	}
	return nil
}

func fill(ctx context.Context, server string, buildings int) (string, error) {
	base, err := postgis.Open(ctx, server, slog.New(slog.DiscardHandler))
	if err != nil {
		return "", err
	}
	_, err = base.Pool.Exec(ctx, `create database `+database)
	base.Close()
	if err != nil {
		return "", err
	}
	address := postgis.OnDatabase(server, database)
	if err := postgis.Migrate(ctx, address, slog.New(slog.DiscardHandler)); err != nil {
		return "", err
	}
	db, err := postgis.Open(ctx, address, slog.New(slog.DiscardHandler))
	if err != nil {
		return "", err
	}
	defer db.Close()
	return address, district.Load(ctx, db, district.New(district.Scaled(buildings), 1))
}

func measure(ctx context.Context, program string, arguments ...string) (measurement, error) {
	cmd := exec.CommandContext(ctx, program, arguments...)
	begun := time.Now()
	if out, err := cmd.CombinedOutput(); err != nil {
		return measurement{}, fmt.Errorf("%s: %w\n%s", filepath.Base(program), err, out)
	}
	m := measurement{seconds: time.Since(begun).Seconds()}
	if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		m.mib = float64(usage.Maxrss) / 1024
	}
	return m, nil
}

// alike compares what ogrinfo says of both files.
func alike(ctx context.Context, files ...string) error {
	var said []string
	for _, f := range files {
		out, err := exec.CommandContext(ctx, "ogrinfo", "-ro", "-so", f, "buildings").Output()
		if err != nil {
			return err
		}
		var kept []string
		for line := range strings.Lines(string(out)) {
			if strings.HasPrefix(line, "Feature Count") || strings.HasPrefix(line, "Extent") {
				kept = append(kept, strings.TrimSpace(line))
			}
		}
		said = append(said, strings.Join(kept, " "))
	}
	if said[0] != said[1] || said[0] == "" {
		_, _ = io.WriteString(os.Stderr, strings.Join(said, "\n")+"\n")
		return errors.New("the two files do not hold the same")
	}
	return nil
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
