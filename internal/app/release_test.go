package app

import (
	"compress/gzip"
	"context"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/checkup"
	"github.com/lianpian/lianpian/internal/delivery"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/postgis/postgistest"
)

// mayShrink are the tables whose rows a migration takes away on purpose.
var mayShrink = map[string]string{
	"river_leader": "who leads the queue is of the moment",
	"change_log":   "changes of the older form are told as one change of everything",
}

func TestEveryEarlierReleaseIsTakenOver(t *testing.T) {
	dumps, err := filepath.Glob("testdata/releases/*.sql.gz")
	if err != nil || len(dumps) == 0 {
		t.Fatalf("no dumps of earlier releases: %v", err)
	}
	for _, dump := range dumps {
		t.Run(strings.TrimSuffix(filepath.Base(dump), ".sql.gz"), func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
			defer cancel()
			address := restored(ctx, t, dump)
			before := rowsOf(ctx, t, address)
			log := slog.New(slog.DiscardHandler)
			if err := postgis.Migrate(ctx, address, log); err != nil {
				t.Fatal(err)
			}
			after := rowsOf(ctx, t, address)
			filled := 0
			for table, rows := range before {
				if rows > 0 {
					filled++
				}
				if now, ok := after[table]; mayShrink[table] == "" && (!ok || now < rows) {
					t.Errorf("%s had %d rows and has %d", table, rows, now)
				}
			}
			t.Logf("%d tables, %d of them with rows", len(before), filled)
			readAll(ctx, t, address, before)
		})
	}
}

// restored is a new database with a dump in it.
func restored(ctx context.Context, t *testing.T, dump string) string {
	t.Helper()
	address := postgistest.Empty(t)
	_, major, err := postgis.ServerVersion(ctx, address)
	if err != nil {
		t.Fatal(err)
	}
	program, err := postgis.Program(ctx, "psql", major)
	if err != nil {
		t.Fatal(err)
	}
	dbname, environment, err := postgis.ProgramAccess(address)
	if err != nil {
		t.Fatal(err)
	}
	file, err := os.Open(dump)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	unpacked, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(ctx, program, "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--dbname="+dbname)
	cmd.Env, cmd.Stdin = environment, unpacked
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("restore %s: %v: %s", dump, err, out)
	}
	return address
}

func rowsOf(ctx context.Context, t *testing.T, address string) map[string]int64 {
	t.Helper()
	conn := postgistest.Connect(t, address)
	rows, err := conn.Query(ctx, `
		select c.relname, (xpath('/row/n/text()', query_to_xml(format('select count(*) as n from %I', c.relname), false, true, '')))[1]::text::bigint
		from pg_class c
		where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and c.relname not like 'goose%'
		  and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')`)
	if err != nil {
		t.Fatal(err)
	}
	counts := map[string]int64{}
	var name string
	var count int64
	if _, err := pgx.ForEachRow(rows, []any{&name, &count}, func() error { counts[name] = count; return nil }); err != nil {
		t.Fatal(err)
	}
	return counts
}

// readAll opens a taken-over database as the service does and reads what people
// see.
func readAll(ctx context.Context, t *testing.T, address string, before map[string]int64) {
	t.Helper()
	c := Config{DatabaseURL: address, DataDir: t.TempDir(), PackageDays: 30, LogLevel: "error", LogFormat: "text"}
	n, err := openNouns(ctx, c, time.Hour, address, nil, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer n.db.Close()
	if err := n.registry.FollowPolicies(ctx); err != nil {
		t.Fatal(err)
	}
	districts, err := n.registry.Districts(ctx, account.Everything)
	if err != nil || len(districts) != int(before["district"]) {
		t.Fatalf("%d districts, %v", len(districts), err)
	}
	for _, d := range districts {
		if int64(d.Counts.Communities) != before["community"] || int64(d.Counts.Buildings) != before["building"] || d.Counts.Communities == 0 {
			t.Errorf("%s has %+v, had %d communities and %d buildings", d.Code, d.Counts, before["community"], before["building"])
		}
		file := filepath.Join(c.DataDir, "register.gpkg")
		if err := Export(ctx, c, ExportConfig{Out: file, District: d.Code, Format: "gpkg", CRS: "EPSG:4490", Encoding: "utf-8"}, io.Discard, io.Discard, nil); err != nil {
			t.Errorf("the register of %s cannot be read: %v", d.Code, err)
		}
		cover := CoverConfig{District: d.Code, Type: "health_station", Method: "walk", NearM: 100}
		if err := Cover(ctx, c, cover, io.Discard, nil); err != nil {
			t.Errorf("coverage of %s: %v", d.Code, err)
		}
		if _, err := n.coverage.List(ctx, account.Everything, d.Code, 10); err != nil {
			t.Error(err)
		}
		if _, err := n.proposals.List(ctx, account.Everything, d.Code, 10); err != nil {
			t.Error(err)
		}
		scenarios, err := n.zones.Scenarios(ctx, account.Everything, d.Code)
		if err != nil || len(scenarios) == 0 {
			t.Errorf("%d scenarios of %s, %v", len(scenarios), d.Code, err)
		}
		zones, err := n.zones.List(ctx, account.Everything, d.Code, "")
		if err != nil {
			t.Error(err)
		}
		for _, z := range zones {
			if _, err := n.delivery.Single(ctx, account.Everything, d.Code, delivery.Order{Zones: []string{z.Code}}, "xlsx"); err != nil {
				t.Errorf("zone %s: %v", z.Code, err)
			}
		}
	}
	if people, err := n.accounts.Accounts(ctx, ""); err != nil || len(people) != int(before["account"]) {
		t.Errorf("%d accounts, had %d, %v", len(people), before["account"], err)
	}
	report := checkup.Look(ctx, checkup.Installation{Database: address, DataDir: c.DataDir, Shapes: true, Now: time.Now})
	for _, f := range report.Findings {
		if f.State == checkup.Fault {
			t.Errorf("%s: %s", f.Check, f.Detail)
		}
	}
	if err := os.RemoveAll(c.DataDir); err != nil {
		t.Error(err)
	}
}
