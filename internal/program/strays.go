package program

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/policy"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/registry"
)

// Stray is a community that left the scope of the plan, or may have, while a live
// project renovates it. The project goes on and the community stays in it: people
// decide what becomes of both.
type Stray struct {
	Project     StrayProject    `json:"project"`
	Code        string          `json:"code" doc:"of the community"`
	Name        string          `json:"name"`
	Location    *orb.Point      `json:"location"`
	Eligibility policy.Verdict  `json:"eligibility" enum:"out,borderline"`
	Overridden  bool            `json:"overridden" doc:"decided by a person"`
	Reasons     []policy.Reason `json:"reasons" doc:"what is in the way, with its clause"`
}

// StrayProject is the project that a stray is in.
type StrayProject struct {
	Code  string `json:"code"`
	Name  string `json:"name"`
	State State  `json:"state" enum:"applied,accepted,confirmed,returned,withdrawn"`
	Phase *Phase `json:"phase" enum:"reserve,plan,implement"`
	Year  *int   `json:"year"`
}

// strayScope is the predicate by which reads of published_project keep to a scope.
const strayScope = `p.district_code = @district and p.live
	and (@subs::text[] is null or c.subdistrict_code = any(@subs))
	and (@zones::bigint[] is null or p.zone_id = any(@zones))`

// Strays lists the communities of live projects that are out of the scope of the
// district's plan or borderline, with what is in the way.
func (s *Store) Strays(ctx context.Context, scope account.Scope, district string) ([]Stray, error) {
	if scope.District != "" && scope.District != district {
		return nil, fmt.Errorf("district %q: %w", district, postgis.ErrNotFound)
	}
	rows, err := s.db.Pool.Query(ctx, `
		select p.code as project_code, p.name as project_name, p.state, p.phase, p.year,
		       c.code, c.name, c.eligibility, c.override_verdict is not null as overridden, c.verdict_proof as reasons,
		       case when c.location is not null then json_build_array(ST_X(c.location), ST_Y(c.location)) end as location
		from published_project p
		join published_project_community pc on pc.project_id = p.id and pc.live
		join published_community c on c.id = pc.community_id
		where `+strayScope+` and c.eligibility <> 'in'
		order by c.eligibility = 'borderline', p.code collate "C", c.code collate "C"`,
		pgx.NamedArgs{"district": district, "subs": scope.Subdistricts, "zones": scope.Zones})
	if err != nil {
		return nil, fmt.Errorf("list the strays of %s: %w", district, err)
	}
	type row struct {
		ProjectCode, ProjectName string
		State                    State
		Phase                    *Phase
		Year                     *int
		Code, Name               string
		Location                 *orb.Point
		Eligibility              policy.Verdict
		Overridden               bool
		Reasons                  []policy.Reason
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByName[row])
	if err != nil {
		return nil, fmt.Errorf("list the strays of %s: %w", district, err)
	}
	counts := account.SeesCounts(ctx)
	list := make([]Stray, 0, len(found))
	for _, r := range found {
		list = append(list, Stray{
			Project: StrayProject{Code: r.ProjectCode, Name: r.ProjectName, State: r.State, Phase: r.Phase, Year: r.Year},
			Code:    r.Code, Name: r.Name, Location: r.Location, Eligibility: r.Eligibility, Overridden: r.Overridden,
			Reasons: inTheWay(r.Reasons, counts),
		})
	}
	return list, nil
}

// inTheWay keeps the lines of a proof that are not met; without counts, those of
// residents who agreed are not told.
func inTheWay(proof []policy.Reason, counts bool) []policy.Reason {
	out := []policy.Reason{}
	if !counts {
		proof = policy.WithoutCounts(proof)
	}
	for _, r := range proof {
		if r.Outcome != policy.Met {
			out = append(out, r)
		}
	}
	return out
}

// PolicyDiff is what another plan or other readings would change, with the live
// projects that would lose their ground.
type PolicyDiff struct {
	registry.PolicyDiff
	Projects []ShakenProject `json:"projects" doc:"live projects with communities that would leave the scope or become borderline"`
}

// ShakenProject is a live project some of whose communities would no longer be
// in the scope.
type ShakenProject struct {
	StrayProject
	Communities []ShakenCommunity `json:"communities"`
}

// ShakenCommunity is a community that would leave the scope under a project.
type ShakenCommunity struct {
	Code   string         `json:"code"`
	Name   string         `json:"name"`
	Before policy.Verdict `json:"before" enum:"in,out,borderline"`
	After  policy.Verdict `json:"after" enum:"in,out,borderline"`
}

// DiffPolicy is the register's with the live projects that rest on what flips.
// Communities whose eligibility a person has decided are no loss.
func (s *Store) DiffPolicy(ctx context.Context, scope account.Scope, district string, d registry.PolicyDraft) (PolicyDiff, error) {
	diff, err := s.reg.DiffPolicy(ctx, scope, district, d)
	if err != nil {
		return PolicyDiff{}, err
	}
	out := PolicyDiff{PolicyDiff: diff, Projects: []ShakenProject{}}
	lost := map[string]ShakenCommunity{}
	codes := []string{}
	for _, f := range diff.Flips {
		if f.After != policy.In && f.Override == nil && worth[f.After] < worth[f.Before] {
			lost[f.Code] = ShakenCommunity{Code: f.Code, Name: f.Name, Before: f.Before, After: f.After}
			codes = append(codes, f.Code)
		}
	}
	if len(codes) == 0 {
		return out, nil
	}
	rows, err := s.db.Pool.Query(ctx, `
		select p.code, p.name, p.state, p.phase, p.year, c.code
		from published_project p
		join published_project_community pc on pc.project_id = p.id and pc.live
		join published_community c on c.id = pc.community_id
		where `+strayScope+` and c.code = any(@codes)
		order by p.code collate "C", c.code collate "C"`,
		pgx.NamedArgs{"district": district, "subs": scope.Subdistricts, "zones": scope.Zones, "codes": codes})
	if err != nil {
		return out, fmt.Errorf("find the projects that a diff shakes in %s: %w", district, err)
	}
	var p StrayProject
	var code string
	_, err = pgx.ForEachRow(rows, []any{&p.Code, &p.Name, &p.State, &p.Phase, &p.Year, &code}, func() error {
		i := len(out.Projects) - 1 // they come in their order
		if i < 0 || out.Projects[i].Code != p.Code {
			i++
			out.Projects = append(out.Projects, ShakenProject{StrayProject: p})
		}
		out.Projects[i].Communities = append(out.Projects[i].Communities, lost[code])
		return nil
	})
	if err != nil {
		return out, fmt.Errorf("find the projects that a diff shakes in %s: %w", district, err)
	}
	return out, nil
}

var worth = map[policy.Verdict]int{policy.Out: 0, policy.Borderline: 1, policy.In: 2}
