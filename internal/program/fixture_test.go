package program_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/policy"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/postgis/postgistest"
	"github.com/lianpian/lianpian/internal/program"
	"github.com/lianpian/lianpian/internal/registry"
)

// world is a district with a register and project libraries on a fixed day.
type world struct {
	t        *testing.T
	db       *postgis.DB
	reg      *registry.Store
	store    *program.Store
	district string
	count    int
}

const west, east = "500110001", "500110002"

var today = time.Date(2026, 11, 30, 9, 0, 0, 0, time.FixedZone("", 8*60*60))

func newWorld(t *testing.T) *world {
	t.Helper()
	db := postgistest.New(t)
	w := &world{t: t, db: db, district: postgistest.District(t, db)}
	lib, err := policy.Load()
	w.must(err)
	w.reg = registry.New(db, lib)
	w.store = program.New(db, w.reg, lib, func() time.Time { return today })
	w.reg.Follow(w.store.CommunitiesMoved)
	return w
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) sql(query string, args ...any) {
	w.t.Helper()
	_, err := w.db.Pool.Exec(context.Background(), query, args...)
	w.must(err)
}

// planner and officer act in the whole district and in the west.
func (w *world) planner() (context.Context, account.Scope) {
	scope := account.Scope{District: w.district}
	p := account.Person{ID: uuid.New(), Name: "planner", Role: account.Planner, District: w.district, Scope: scope}
	return account.With(w.t.Context(), p), scope
}

func (w *world) officer() (context.Context, account.Scope) {
	scope := account.Scope{District: w.district, Subdistricts: []string{west}}
	p := account.Person{ID: uuid.New(), Name: "officer", Role: account.Officer, District: w.district, Scope: scope}
	return account.With(w.t.Context(), p), scope
}

// community is one that the policy takes in: change may alter it.
func (w *world) community(name, subdistrict string, change func(*registry.CommunityPatch)) registry.Community {
	w.t.Helper()
	w.count++
	x := 106.82
	if subdistrict == east {
		x = 106.97
	}
	at := orb.Point{x + float64(w.count%40)*0.002, 28.95 + float64(w.count/40)*0.002}
	patch := registry.CommunityPatch{
		Name: &name, SubdistrictCode: &subdistrict, BuiltYear: ptr(1985), Households: ptr(100), BuildingCount: ptr(4), FloorAreaM2: ptr(8000.0),
		Neglected: ptr(true), MunicipalMissing: &[]string{"供水管网"}, ServiceMissing: &[]string{"养老"},
		HouseholdsAgreed: ptr(80), FloorAreaAgreedM2: ptr(6400.0), PriorWorks: ptr("none"),
		InShantytownPlan: ptr(false), DemolishRebuild: ptr(false), SelfBuiltMajority: ptr(false), UrbanVillage: ptr(false),
		Location: &at,
	}
	if change != nil {
		change(&patch)
	}
	c, err := w.reg.CreateCommunity(w.t.Context(), account.Everything, w.district, registry.NewCommunity{
		Code: fmt.Sprintf("c%03d", w.count), CommunityPatch: patch,
	})
	w.must(err)
	return c
}

// in is a community that the policy takes in.
func (w *world) in(name string) registry.Community {
	w.t.Helper()
	c := w.community(name, west, nil)
	if c.Eligibility != policy.In {
		w.t.Fatalf("the fixture's community is %s: %+v", c.Eligibility, c.VerdictProof)
	}
	return c
}

func application(library program.Library, communities ...registry.Community) program.NewProject {
	n := program.NewProject{Library: library, Applicant: "万盛社区居民委员会", AppliedOn: "2026-11-01"}
	for _, c := range communities {
		n.Communities = append(n.Communities, c.Code)
	}
	return n
}

func (w *world) project(library program.Library, communities ...registry.Community) program.Project {
	w.t.Helper()
	ctx, scope := w.planner()
	p, err := w.store.Create(ctx, scope, w.district, application(library, communities...))
	w.must(err)
	return p
}

// step takes a step as the planner.
func (w *world) step(p program.Project, step program.Step, ask program.StepAsk) program.Project {
	w.t.Helper()
	ctx, scope := w.planner()
	p, err := w.store.Step(ctx, scope, w.district, p.Code, p.Version, step, ask)
	w.must(err)
	return p
}

// confirmed is a project that is in its library, by a reason.
func (w *world) confirmed(library program.Library, communities ...registry.Community) program.Project {
	w.t.Helper()
	p := w.step(w.project(library, communities...), program.Accept, program.StepAsk{})
	return w.step(p, program.Confirm, program.StepAsk{Reason: "局务会议决定"})
}

func (w *world) file(code string) program.ProjectFile {
	w.t.Helper()
	ctx, scope := w.planner()
	f, err := w.store.File(ctx, scope, w.district, code)
	w.must(err)
	return f
}

func ptr[T any](v T) *T { return &v }
