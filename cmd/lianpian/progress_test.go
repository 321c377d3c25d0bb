package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/lianpian/lianpian/internal/app"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/postgis/postgistest"
)

// write makes a file in the place and returns its path.
func (p place) write(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(p.dir, name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// elsewhere is the same data directory with a database that is not there yet.
func (p place) elsewhere(t *testing.T) place {
	t.Helper()
	name := fmt.Sprintf("restored_%d", time.Now().UnixNano())
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		conn, err := pgx.Connect(ctx, postgis.OnDatabase(p.database, "postgres"))
		if err != nil {
			return
		}
		defer conn.Close(ctx)
		_, _ = conn.Exec(ctx, `drop database if exists `+name+` with (force)`)
	})
	return place{postgis.OnDatabase(p.database, name), t.TempDir()}
}

func (p place) communities(t *testing.T) {
	t.Helper()
	conn := postgistest.Connect(t, p.database)
	_, err := conn.Exec(t.Context(), `
		insert into community (district_code, code, name, subdistrict_code, households, built_year, floor_area_m2, geom, source)
		select '500110', 'c' || n, n || '号院', '500110001', 100 + n, 1990, 8000,
		       ST_Multi(ST_MakeEnvelope(106.9 + n * 0.002, 28.95, 106.9015 + n * 0.002, 28.9515, 4490)), 'test'
		from generate_series(0, 5) n`)
	if err != nil {
		t.Fatal(err)
	}
}

func TestScriptsFollowLongWorkByLinesOfJSON(t *testing.T) {
	p := newPlace(t)
	p.communities(t)
	kept := filepath.Join(p.dir, "one.lpb")
	request := p.write(t, "request.json", `{"eligibility": ["in", "out", "borderline"], "max_diameter_m": 5000}`)
	ledger := p.write(t, "ledger.csv", "小区编码,小区名称,户数,街道\nx-1,一院,30,万盛街道\nx-2,二院,40,万盛街道\n")
	for _, c := range []struct {
		in   place
		args []string
	}{
		{p, []string{"import", "--district=500110", ledger}},
		{p, []string{"export", "--district=500110", filepath.Join(p.dir, "register.gpkg")}},
		{p, []string{"propose", "--district=500110", "--seconds=1", "--request=" + request}},
		{p, []string{"cover", "--district=500110", "--type=health_station"}},
		{p, []string{"backup", kept}},
		{p.elsewhere(t), []string{"restore", kept}},
	} {
		t.Run(c.args[0], func(t *testing.T) {
			a := c.in.run(t, append(c.args, "--json")...)
			document[map[string]any](t, a)
			lines := strings.Split(strings.TrimSuffix(a.messages, "\n"), "\n")
			for _, line := range lines {
				var said struct {
					Progress *struct {
						Phase, Unit string
						Done, Total int64
					}
				}
				if err := json.Unmarshal([]byte(line), &said); err != nil || said.Progress == nil || said.Progress.Phase == "" {
					t.Errorf("not a line of progress: %q, %v", line, err)
				} else if one := *said.Progress; one.Done < 0 || one.Total > 0 && one.Done > one.Total {
					t.Errorf("%q", line)
				}
			}
		})
	}
	if a := p.run(t, "export", "--district=500110", "--json", "--quiet", filepath.Join(p.dir, "quiet.gpkg")); a.code != 0 || a.messages != "" {
		t.Errorf("told although it was to be quiet: %+v", a)
	}
	if a := p.run(t, "export", "--district=500110", filepath.Join(p.dir, "plain.gpkg")); a.code != 0 || a.messages != "" {
		t.Errorf("a log is told about progress: %+v", a)
	}
}

func TestBackupsAndRestoresAreInTheAuditTrail(t *testing.T) {
	p := newPlace(t)
	back := p.elsewhere(t)
	kept := filepath.Join(p.dir, "one.lpb")
	p.exits(t, app.Done, "", "--as=夜间备份", "backup", kept)
	back.exits(t, app.Done, "", "--as=值班员", "restore", kept)
	entry := func(p place, action string) (by, code string, n int) {
		t.Helper()
		const asks = `select coalesce(min(account_name), ''), coalesce(min(entity_code), ''), count(*) from audit_entry where action = $1`
		if err := postgistest.Connect(t, p.database).QueryRow(t.Context(), asks, action).Scan(&by, &code, &n); err != nil {
			t.Fatal(err)
		}
		return by, code, n
	}
	if by, code, n := entry(p, "backup.make"); by != "夜间备份" || code != "one.lpb" || n != 1 {
		t.Errorf("the backup: %d entries, by %q, of %q", n, by, code)
	}
	if by, code, n := entry(back, "backup.restore"); by != "值班员" || code != "one.lpb" || n != 1 {
		t.Errorf("the restore: %d entries, by %q, of %q", n, by, code)
	}
	if _, _, n := entry(p, "backup.restore"); n != 0 {
		t.Error("the restore is noted where nothing was restored")
	}
	// A backup that was refused is none.
	p.exits(t, app.Conflict, kept, "backup", kept)
	if _, _, n := entry(p, "backup.make"); n != 1 {
		t.Errorf("%d backups are noted, one was made", n)
	}
	if a := back.run(t, "audit", "verify"); a.code != 0 || !strings.Contains(a.out, "is whole") {
		t.Errorf("the trail after a restore: %+v", a)
	}
}

func TestARecoveryToAMomentIsInTheAuditTrail(t *testing.T) {
	dir, err := os.MkdirTemp(postgis.Scratch(), fmt.Sprintf("lianpian-test-%d-", os.Getpid()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	own, base := place{dir: dir}, filepath.Join(t.TempDir(), "base") // the private server
	own.exits(t, app.Done, "", "migrate", "--wal-archive="+filepath.Join(dir, "archive"))
	own.exits(t, app.Done, "", "backup", "base", base)
	own.exits(t, app.Done, "", "--as=值班员", "restore", "--base="+base, "--replace")
	server, err := postgis.StartServer(t.Context(), filepath.Join(dir, "postgres"), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer server.Stop()
	var by string
	conn := postgistest.Connect(t, server.URL())
	if err := conn.QueryRow(t.Context(), `select account_name from audit_entry where action = 'backup.recover'`).Scan(&by); err != nil || by != "值班员" {
		t.Errorf("by %q, %v", by, err)
	}
}

func TestDoctorLooksWhoListensOnTheAddress(t *testing.T) {
	p := newPlace(t)
	server := func(id string) string {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			if id != "" {
				w.Header().Set("X-Request-Id", id)
			}
			fmt.Fprintln(w, "ok")
		}))
		t.Cleanup(s.Close)
		return s.Listener.Addr().String()
	}
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	free.Close()
	for name, c := range map[string]struct {
		address, state, says string
		exit                 app.Exit
	}{
		"free":                        {free.Addr().String(), "ok", "free", app.Done},
		"the service's own":           {server("r1"), "ok", "answers", app.Done},
		"another program's":           {server(""), "fault", "another program", app.Unhealthy},
		"none of this machine":        {"192.0.2.1:8080", "fault", "cannot listen", app.Unhealthy},
		"no address, but a word only": {"here", "fault", "cannot listen", app.Unhealthy},
	} {
		t.Run(name, func(t *testing.T) {
			a := p.run(t, "doctor", "--no-shapes", "--json", "--listen="+c.address)
			var report struct {
				Findings []struct{ Check, State, Detail, Remedy string }
			}
			if err := json.Unmarshal([]byte(a.out), &report); err != nil || a.code != int(c.exit) {
				t.Fatalf("ended with %d, %v: %s", a.code, err, a.messages)
			}
			found := 0
			for _, f := range report.Findings {
				if f.Check != "address" {
					continue
				}
				found++
				if f.State != c.state || !strings.Contains(f.Detail, c.says) || (f.State == "fault") != strings.Contains(f.Remedy, "LIANPIAN_LISTEN") {
					t.Errorf("%+v", f)
				}
			}
			if found != 1 {
				t.Errorf("%d findings about the address", found)
			}
		})
	}
}
