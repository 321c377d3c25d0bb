package dashboard_test

import (
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/lianpian/lianpian/bench/district"
	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/dashboard"
	"github.com/lianpian/lianpian/internal/importer/programme"
	"github.com/lianpian/lianpian/internal/policy"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/postgis/postgistest"
	"github.com/lianpian/lianpian/internal/registry"
)

var today = time.Date(2026, 11, 30, 9, 0, 0, 0, time.UTC)

// town is a generated district with a programme, and the store that looks at it.
func town(t *testing.T) (*postgis.DB, *dashboard.Store) {
	t.Helper()
	db := postgistest.New(t)
	size := district.Size{Buildings: 2_000, Communities: 200, Roads: 100, Facilities: 20}
	if err := district.Load(t.Context(), db, district.New(size, district.Seed)); err != nil {
		t.Fatal(err)
	}
	_, err := db.Pool.Exec(t.Context(), `
		update community set verdict = (array['in', 'in', 'in', 'borderline', 'out'])[1 + id % 5], floor_area_m2 = households * 80,
		       households_agreed = households * 7 / 10, municipal_missing = array['供水管网'], service_missing = array['health_station']`)
	if err != nil {
		t.Fatal(err)
	}
	lib, err := policy.Load()
	if err != nil {
		t.Fatal(err)
	}
	p, err := lib.Policy("wansheng-2020")
	if err != nil {
		t.Fatal(err)
	}
	err = pgx.BeginFunc(t.Context(), db.Pool, func(tx pgx.Tx) error {
		_, err := programme.Invent(t.Context(), tx, programme.Options{
			District: district.Code, Policy: p, Projects: 40, Months: 14, Surveyed: 0.5, Now: today, Seed: 1,
		})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return db, dashboard.New(db, registry.New(db, lib), lib, func() time.Time { return today })
}

func board(t *testing.T, s *dashboard.Store, scope account.Scope, counts bool) dashboard.Board {
	t.Helper()
	b, err := s.Board(t.Context(), scope, district.Code, 0, counts)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestDump(t *testing.T) {
	_, s := town(t)
	b := board(t, s, account.Everything, true)
	t.Logf("%+v", b)
	m, err := s.Map(t.Context(), account.Everything, district.Code)
	t.Log(err, m.Width, m.Height, len(m.Communities), m.Communities[0], m.Subdistricts[0])
	for _, role := range account.Roles() {
		k, err := s.Tasks(t.Context(), account.Person{Role: role}, district.Code)
		t.Logf("%v %+v", err, k.Sentence)
		for _, x := range k.Tasks {
			t.Log(x.Whose, x.Kind, x.Text, x.Clause)
		}
	}
	d, err := s.Duties(t.Context(), account.Everything, district.Code)
	t.Log(err, len(d.Bodies), d.Roles)
}
