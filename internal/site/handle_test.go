package site_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"

	"github.com/google/uuid"
	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/coverage"
	"github.com/lianpian/lianpian/internal/policy"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/site"
)

// stopped is a context that ends once it has been asked a few times after a
// place of the computation was passed, on any machine the same.
type stopped struct {
	context.Context
	left *atomic.Int64
}

func (s stopped) Err() error {
	if s.left.Add(-1) < 0 {
		return context.Canceled
	}
	return s.Context.Err()
}

// passing tells when the candidates have been read: the ways and the search come
// after that.
type passing struct {
	*coverage.Store
	left *atomic.Int64
}

func (p passing) Junctions(ctx context.Context, district string) ([]orb.Point, error) {
	list, err := p.Store.Junctions(ctx, district)
	p.left.Store(5) // for the ways and the beginning of the search
	return list, err
}

// Stopped in the middle of the search, the best so far is kept with a bound.
func TestTheBestSoFarStaysWhenAJobIsStopped(t *testing.T) {
	w := newSmall(t, 4)
	for i := range 300 {
		w.home(name("more", i), float64(i*29%3000), 10, 1+i%37)
	}
	w.street(1000, 500, 1000, 0) // a junction
	lib, err := policy.Load()
	if err != nil {
		t.Fatal(err)
	}
	left := new(atomic.Int64)
	w.sites = site.New(w.db, lib, passing{w.runs, left})
	r := w.request(site.LeastWalk, coverage.MethodRadius, 3, false)
	r.Candidates = []string{site.Points, site.Buildings, site.Junctions}
	q := w.ask(r)
	left.Store(1 << 40)
	if err := w.work(stopped{t.Context(), left}, q.ID, nil); !errors.Is(err, context.Canceled) {
		t.Fatalf("stopped: %v", err)
	}
	a := w.get(q.ID).Answer
	if a == nil || len(a.Sites) == 0 || len(a.Sites) > 3 || !(a.Bound <= a.Value) || len(a.Curve) != 0 || a.Sentence == "" || a.Proven != (a.GapPercent == 0) {
		t.Fatalf("the best so far: %+v", a)
	}
	if err := w.work(t.Context(), q.ID, nil); err != nil {
		t.Fatal(err)
	}
	if b := w.get(q.ID).Answer; !b.Proven || b.Value > a.Value || b.Value < a.Bound-1e-9 || len(b.Curve) == 0 {
		t.Errorf("when it is done again %+v, before that %+v", b, a)
	}
}

// A job that is done again, as after a crash, comes to the same answer.
func TestAJobIsDoneAgain(t *testing.T) {
	w := village(t)
	q := w.solve(w.request(2, site.Stock, site.Junctions))
	if err := w.work(t.Context(), q.ID, nil); err != nil {
		t.Fatal(err)
	}
	if a, b := text(t, q.Answer), text(t, w.get(q.ID).Answer); a != b {
		t.Errorf("first %s\nthen %s", a, b)
	}
}

func TestWhoReadsASiting(t *testing.T) {
	w := village(t)
	q := w.solve(w.request(1, site.Stock))
	for name, c := range map[string]struct {
		role  account.Role
		scope account.Scope
		may   bool
	}{
		"viewer":            {account.Viewer, account.Scope{}, true},
		"officer":           {account.Officer, account.Scope{Subdistricts: []string{west}}, true},
		"officer elsewhere": {account.Officer, account.Scope{Subdistricts: []string{east}}, false},
		"contractor":        {account.Contractor, account.Scope{Zones: []int64{1}}, false},
	} {
		ctx, scope := w.as(c.role, c.scope)
		_, err := w.sites.Get(ctx, scope, w.district, q.ID)
		list, e := w.sites.List(ctx, scope, w.district, 10)
		if c.may != (err == nil) || !c.may && !errors.Is(err, postgis.ErrNotFound) || e != nil || (len(list) == 1) != c.may {
			t.Errorf("%s: %v, %d listed, %v", name, err, len(list), e)
		}
	}
	for _, scope := range []account.Scope{{District: "500152"}} {
		if _, err := w.sites.Get(t.Context(), scope, w.district, q.ID); !errors.Is(err, postgis.ErrNotFound) {
			t.Errorf("another district: %v", err)
		}
	}
	if _, err := w.sites.Get(t.Context(), everything, w.district, uuid.New()); !errors.Is(err, postgis.ErrNotFound) {
		t.Errorf("no such siting: %v", err)
	}
}

func TestOldSitingsAreDeleted(t *testing.T) {
	w := village(t)
	old := w.ask(w.request(1, site.Stock))
	w.exec(`update siting set created_at = now() - interval '1 year'`)
	w.exec(`
		insert into siting (id, district_code, scenario_code, facility_type, request, resolved, subdistrict_codes, created_by, created_at)
		select gen_random_uuid(), $1, 'x', 'wet_market', '{}', '{}', '{}', '', now() - i * interval '1 day' from generate_series(1, 99) i`, w.district)
	latest := w.ask(w.request(1, site.Stock))
	list, err := w.sites.List(t.Context(), everything, w.district, 1000)
	if err != nil || len(list) != 100 || list[0].ID != latest.ID {
		t.Errorf("%d sitings, %v", len(list), err)
	}
	if _, err := w.sites.Get(t.Context(), everything, w.district, old.ID); !errors.Is(err, postgis.ErrNotFound) {
		t.Errorf("the oldest of 101: %v", err)
	}
}

func TestASitingThatWaitsForItsJobIsKeptHoweverManyAreNewer(t *testing.T) {
	for state, kept := range map[string]bool{"queued": true, "running": true, "done": false} {
		t.Run(state, func(t *testing.T) {
			w := village(t)
			old := w.ask(w.request(1, site.Stock))
			w.exec(`
				with work as (insert into job (id, district_code, kind, title, args, created_by, state) values (gen_random_uuid(), $1, 'siting', '', '{}', '', $2) returning id)
				update siting set created_at = now() - interval '1 year', job_id = (select id from work)`, w.district, state)
			w.exec(`
				insert into siting (id, district_code, scenario_code, facility_type, request, resolved, subdistrict_codes, created_by, created_at)
				select gen_random_uuid(), $1, 'x', 'wet_market', '{}', '{}', '{}', '', now() - i * interval '1 day' from generate_series(1, 99) i`, w.district)
			w.ask(w.request(1, site.Stock))
			if _, err := w.sites.Get(t.Context(), everything, w.district, old.ID); errors.Is(err, postgis.ErrNotFound) == kept {
				t.Errorf("the oldest of 101: %v", err)
			}
		})
	}
}
