package faults

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/lianpian/lianpian/demo"
	"github.com/lianpian/lianpian/internal/app/apptest"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/postgis/postgistest"
)

// TestTwoFirstStartsLoadOneDemo starts two services at once on a database that is
// empty: both come up without an error, and there is one demo district, as one
// start makes it.
func TestTwoFirstStartsLoadOneDemo(t *testing.T) {
	url, files := postgistest.Empty(t), apptest.DataDir(t)
	var both []*apptest.Service
	for _, name := range []string{"left", "right"} {
		s := apptest.New(t, name, url, files, "--demo")
		s.Launch()
		both = append(both, s)
	}
	for _, s := range both {
		s.AwaitReady(3 * time.Minute)
	}
	w := &world{t: t, pool: open(t, url).Pool}
	if districts := texts(w, `select code from district`); len(districts) != 1 || districts[0] != demo.DistrictCode {
		t.Errorf("districts: %v", districts)
	}
	if n := one[int](w, `select count(*) from audit_entry where action = 'district.create'`); n > 1 {
		t.Errorf("the district was founded %d times", n)
	}
	eventually(t, time.Minute, "the months are closed", func() bool {
		return one[int](w, `select count(distinct month) from month_report where state = 'frozen'`) > 0
	})
	for _, s := range both {
		said, err := os.ReadFile(s.Log)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(said)) {
			if strings.Contains(line, "level=ERROR") {
				t.Errorf("%s", strings.TrimSpace(line))
			}
		}
		s.Stop()
	}
}

// TestNewerDatabaseIsRefused starts a service on a database that a newer version
// has changed: it ends with one sentence and loads nothing.
func TestNewerDatabaseIsRefused(t *testing.T) {
	db := postgistest.New(t)
	known, err := postgis.NewestSchema()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Pool.Exec(t.Context(), `insert into goose_db_version (version_id, is_applied) values ($1, true)`, known+1); err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, pool: db.Pool}
	older := apptest.New(t, "older", db.URL(), apptest.DataDir(t), "--demo")
	older.With("--log-level", "warn")
	older.Launch()
	select {
	case <-older.Exited():
	case <-time.After(30 * time.Second):
		t.Fatal("it starts")
	}
	code := older.ExitCode()
	said, err := os.ReadFile(older.Log)
	if err != nil {
		t.Fatal(err)
	}
	want := fmt.Sprintf("lianpian: the database was changed by a newer version of Lianpian (its version is %d, this one knows %d): start the newer version\n", known+1, known)
	if string(said) != want || code != 2 {
		t.Errorf("it ended with %d and said %q", code, said)
	}
	if n := one[int](w, `select count(*) from district`); n != 0 {
		t.Errorf("it loaded %d districts", n)
	}
}
