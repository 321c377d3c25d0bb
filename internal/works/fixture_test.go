package works_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/policy"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/postgis/postgistest"
	"github.com/lianpian/lianpian/internal/program"
	"github.com/lianpian/lianpian/internal/registry"
	"github.com/lianpian/lianpian/internal/works"
)

const (
	district = "500110"
	wanSheng = "500110001"
	dongLin  = "500110002"
	project  = "2027-综-001"
)

// bench is a district with a project of two communities.
type bench struct {
	t     *testing.T
	db    *postgis.DB
	works *works.Store
	now   time.Time
}

func newBench(t *testing.T) *bench {
	t.Helper()
	db := postgistest.New(t)
	postgistest.District(t, db)
	lib, err := policy.Load()
	if err != nil {
		t.Fatal(err)
	}
	reg := registry.New(db, lib)
	b := &bench{t: t, db: db, now: time.Date(2026, 11, 30, 9, 0, 0, 0, time.UTC)}
	clock := func() time.Time { return b.now }
	b.works = works.New(db, program.New(db, reg, lib, clock), reg, lib, clock)
	b.community("A", 100, 8000)
	b.community("B", 60, 4000)
	b.project(project, 2027, wanSheng, "A", "B")
	return b
}

func (b *bench) exec(sql string, args ...any) {
	b.t.Helper()
	if _, err := b.db.Pool.Exec(context.Background(), sql, args...); err != nil {
		b.t.Fatal(err)
	}
}

func (b *bench) community(code string, households int, area float64) {
	b.t.Helper()
	b.exec(`insert into community (district_code, code, name, subdistrict_code, households, building_count, floor_area_m2)
		values ($1, $2, '小区' || $2, $3, $4, 3, $5)`, district, code, wanSheng, households, area)
}

// project adds a confirmed project of a year.
func (b *bench) project(code string, year int, subdistrict string, communities ...string) {
	b.t.Helper()
	b.exec(`insert into project (district_code, code, name, library, state, phase, year, subdistrict_codes, applied_on)
		values ($1, $2, '项目' || $2, 'comprehensive', 'confirmed', 'implement', $3, array[$4], '2026-01-01')`, district, code, year, subdistrict)
	b.exec(`insert into project_community (project_id, community_id, live)
		select p.id, c.id, true from project p, community c where p.code = $1 and c.code = any($2)`, code, communities)
}

func (b *bench) save(version int, lines ...works.LineDraft) works.Works {
	b.t.Helper()
	w, err := b.works.Save(b.t.Context(), account.Everything, district, project, version, lines)
	if err != nil {
		b.t.Fatal(err)
	}
	return w
}

func (b *bench) read() works.Works {
	b.t.Helper()
	w, err := b.works.Works(b.t.Context(), account.Everything, district, project)
	if err != nil {
		b.t.Fatal(err)
	}
	return w
}

// done is an item that is to be done.
func done(no int, quantity, price float64) works.LineDraft {
	return works.LineDraft{ItemNo: no, Answer: works.Do, Quantity: &quantity, Unit: "户", PriceYuan: &price}
}

func notNeeded(no int) works.LineDraft {
	return works.LineDraft{ItemNo: no, Answer: works.NotNeeded, Reason: "现状完好"}
}

// refused wants an *InvalidError of a field whose sentence holds some words.
func refused(t *testing.T, err error, field, says string) {
	t.Helper()
	var invalid *works.InvalidError
	if !errors.As(err, &invalid) || !strings.HasPrefix(invalid.Field, field) || !strings.Contains(invalid.Detail, says) {
		t.Errorf("got %v, want a fault of %s that says %q", err, field, says)
	}
}

func evidence(w works.Works, no int) (texts []string) {
	for _, e := range w.Items[no-1].Evidence {
		texts = append(texts, e.Speaks+" "+e.Text)
	}
	return texts
}
