package program_test

import (
	"context"
	"testing"
	"time"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/policy"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/postgis/postgistest"
	"github.com/lianpian/lianpian/internal/program"
	"github.com/lianpian/lianpian/internal/registry"
)

// strays is a district of two communities, both in the scope, each in a project.
type strays struct {
	*program.Store
	t        *testing.T
	db       *postgis.DB
	reg      *registry.Store
	district string
}

func newStrays(t *testing.T) strays {
	t.Helper()
	lib, err := policy.Load()
	if err != nil {
		t.Fatal(err)
	}
	db := postgistest.New(t)
	s := strays{t: t, db: db, reg: registry.New(db, lib), district: postgistest.District(t, db)}
	s.Store = program.New(db, s.reg, lib, time.Now)
	yes, no := true, false
	year, households, agreed, none := 1990, 100, 95, "none"
	rows := []registry.CommunityRow{}
	for _, code := range []string{"a", "b"} {
		rows = append(rows, registry.CommunityRow{
			Code: code, Name: "小区" + code, UnitKind: "compound", BuiltYear: &year, Households: &households, HouseholdsAgreed: &agreed,
			Neglected: &yes, MunicipalMissing: &[]string{"雨污管网"}, ServiceMissing: &[]string{"卫生服务站"}, PriorWorks: &none,
			InShantytownPlan: &no, DemolishRebuild: &no, SelfBuiltMajority: &no, UrbanVillage: &no, Source: "测试台账",
		})
	}
	err = db.Write(t.Context(), func(ctx context.Context, tx *postgis.Tx) error {
		_, err := s.reg.UpsertCommunities(ctx, tx, s.district, rows)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range []struct{ code, community, state string }{{"P1", "a", "confirmed"}, {"P2", "b", "applied"}, {"P0", "a", "withdrawn"}} {
		s.sql(`with p as (
				insert into project (district_code, code, name, library, state, phase, year)
				values ($1, $2, '项目 ' || $2, 'comprehensive', $4, case when $4 = 'confirmed' then 'implement' end, 2026) returning id, live)
			insert into project_community (project_id, community_id, live)
			select p.id, c.id, p.live from p, community c where c.district_code = $1 and c.code = $3`, s.district, p.code, p.community, p.state)
	}
	return s
}

func (s strays) sql(query string, args ...any) {
	s.t.Helper()
	if _, err := s.db.Pool.Exec(s.t.Context(), query, args...); err != nil {
		s.t.Fatal(err)
	}
}

func (s strays) list(ctx context.Context) []program.Stray {
	s.t.Helper()
	list, err := s.Strays(ctx, account.Everything, s.district)
	if err != nil {
		s.t.Fatal(err)
	}
	return list
}

func TestACommunityThatLeavesTheScopeWhileItsProjectRunsIsNoticed(t *testing.T) {
	s := newStrays(t)
	if list := s.list(t.Context()); len(list) != 0 {
		t.Fatalf("strays before anything happened: %+v", list)
	}
	c, err := s.reg.Community(t.Context(), account.Everything, s.district, "a")
	if err != nil {
		t.Fatal(err)
	}
	year, agreed := 2003, 3
	if _, err := s.reg.UpdateCommunity(t.Context(), account.Everything, s.district, "a", c.Version,
		registry.CommunityPatch{BuiltYear: &year, HouseholdsAgreed: &agreed}); err != nil {
		t.Fatalf("the project kept the community from being corrected: %v", err)
	}
	list := s.list(t.Context())
	if len(list) != 1 || list[0].Code != "a" || list[0].Project.Code != "P1" || list[0].Eligibility != policy.Out || *list[0].Project.Phase != program.Implement {
		t.Fatalf("strays %+v", list)
	}
	rules := map[string]policy.Outcome{}
	for _, r := range list[0].Reasons {
		rules[r.Rule] = r.Outcome
		if r.Clause == "" || r.Text == "" {
			t.Errorf("a reason without clause or text: %+v", r)
		}
	}
	if len(rules) != 2 || rules["S1"] != policy.Failed || rules["S5"] != policy.Failed {
		t.Errorf("reasons %v", rules)
	}
	var live int
	if err := s.db.Pool.QueryRow(t.Context(), `select count(*) from published_project_community where live`).Scan(&live); err != nil || live != 2 {
		t.Errorf("%d communities in live projects, %v: the project lost one", live, err)
	}
	// Those who need no detail do not see how few agreed.
	viewer := account.With(t.Context(), account.Person{Name: "viewer", Role: account.Viewer, District: s.district, Scope: account.Scope{District: s.district}})
	for _, r := range s.list(viewer)[0].Reasons {
		if r.Rule == "S5" && r.Text != "居民改造意愿不足或尚不明确；户数不公开。" {
			t.Errorf("a viewer reads %q", r.Text)
		}
	}
	if other, err := s.Strays(t.Context(), account.Scope{District: s.district, Subdistricts: []string{"500110009"}}, s.district); err != nil || len(other) != 0 {
		t.Errorf("outside the scope: %+v, %v", other, err)
	}
}

func TestADiffNamesTheProjectsThatLoseTheirGround(t *testing.T) {
	s := newStrays(t)
	diff, err := s.DiffPolicy(t.Context(), account.Everything, s.district, registry.PolicyDraft{Params: map[string]any{"consent_share": 0.97}})
	if err != nil {
		t.Fatal(err)
	}
	if len(diff.Flips) != 2 || len(diff.Projects) != 2 || diff.Projects[0].Code != "P1" || diff.Projects[1].Code != "P2" {
		t.Fatalf("%d flips, projects %+v", len(diff.Flips), diff.Projects)
	}
	if c := diff.Projects[0].Communities; len(c) != 1 || c[0].Code != "a" || c[0].Before != policy.In || c[0].After != policy.Out {
		t.Errorf("communities of P1: %+v", c)
	}
	if diff.Projects[0].Phase == nil || diff.Projects[1].Phase != nil {
		t.Errorf("phases %v %v", diff.Projects[0].Phase, diff.Projects[1].Phase)
	}
	same, err := s.DiffPolicy(t.Context(), account.Everything, s.district, registry.PolicyDraft{})
	if err != nil || len(same.Flips) != 0 || len(same.Projects) != 0 {
		t.Errorf("the same readings change %+v, %v", same, err)
	}
}
