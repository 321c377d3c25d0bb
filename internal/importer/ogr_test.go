package importer

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// The extract in LIANPIAN_EXTRACT (Monaco without it) is imported beside ogr2ogr,
// into the same database server, and both times are printed. ogr2ogr checks and
// classifies nothing, so the ratio says what that costs.
func TestImportBesideOgr2ogr(t *testing.T) {
	path := os.Getenv("LIANPIAN_EXTRACT")
	if path == "" {
		path, _ = filepath.Abs(monaco)
	}
	b := newBench(t)
	b.now = time.Now
	report := b.bring(Args{Path: path})
	peak := peakMemory(t)
	again := b.bring(Args{Path: path})
	t.Logf("%s: %d rows in %.2f s, again in %.2f s; peak memory %d MB", filepath.Base(path), report.RowsTaken, report.Seconds, again.Seconds, peak>>20)
	if peak > 2<<30 {
		t.Errorf("the import used %d MB, the limit is 2 GiB", peak>>20)
	}
	ogr, err := exec.LookPath("ogr2ogr")
	if err != nil {
		t.Log("ogr2ogr is not installed: no comparison")
		return
	}
	if _, err := b.db.Pool.Exec(t.Context(), `create schema ogr`); err != nil {
		t.Fatal(err)
	}
	for _, target := range []struct{ name, format, to string }{
		{"PostgreSQL", "PostgreSQL", "PG:" + keyValues(t, b.db.URL())},
		{"GPKG", "GPKG", filepath.Join(t.TempDir(), "x.gpkg")},
	} {
		args := []string{"-q", "-f", target.format, target.to, path, "-gt", "65536", "--config", "PG_USE_COPY", "YES"}
		if target.format == "PostgreSQL" {
			args = append(args, "-lco", "SCHEMA=ogr")
		}
		started := time.Now()
		out, err := exec.CommandContext(t.Context(), ogr, args...).CombinedOutput()
		took := time.Since(started).Seconds()
		if err != nil {
			t.Logf("ogr2ogr to %s failed: %v: %s", target.name, err, shorten(string(out), 300))
			continue
		}
		t.Logf("ogr2ogr to %s: %.2f s; ours takes %.2f times that", target.name, took, report.Seconds/took)
	}
}

// peakMemory is the most memory that this process has had, in bytes.
func peakMemory(t *testing.T) int64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Skip("no /proc here")
	}
	for _, line := range strings.Split(string(status), "\n") {
		var kb int64
		if _, err := fmt.Sscanf(line, "VmHWM: %d kB", &kb); err == nil {
			return kb << 10
		}
	}
	return 0
}

// keyValues writes a database address the way GDAL understands.
func keyValues(t *testing.T, address string) string {
	config, err := pgx.ParseConfig(address)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("dbname='%s' host='%s' port='%d' user='%s' password='%s'", config.Database, config.Host, config.Port, config.User, config.Password)
}
