package program

import (
	"context"
	"fmt"
	"slices"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/policy"
	"github.com/lianpian/lianpian/internal/registry"
)

// ProjectFile is a project with its communities, the conditions of entry, its
// priority, and what can be done next.
type ProjectFile struct {
	Project
	BBox            *registry.BBox   `json:"bbox" doc:"west, south, east, north of its communities in the person's area"`
	Policy          string           `json:"policy" doc:"key@version of the policy that it is judged by"`
	Members         []ProjectMember  `json:"members" doc:"communities that the person's area holds"`
	Hidden          int              `json:"hidden" doc:"communities outside the person's area"`
	Conditions      []EntryCondition `json:"conditions" doc:"of entry into its library"`
	EntryOverride   string           `json:"entry_override" doc:"why it was confirmed although a condition did not hold"`
	EntryOverrideBy string           `json:"entry_override_by"`
	Priority        ProjectPriority  `json:"priority"`
	Steps           []ProjectStep    `json:"steps" doc:"what the person may do next"`
	Warnings        []string         `json:"warnings" doc:"sentences"`
	Rules           []string         `json:"rules" doc:"what the plan says of projects of its library"`
	AcceptedWorks   bool             `json:"accepted_works" doc:"the works passed acceptance"`
}

// ProjectMember is a community of a project.
type ProjectMember struct {
	Code             string         `json:"code"`
	Name             string         `json:"name"`
	SubdistrictCode  string         `json:"subdistrict_code"`
	NeighborhoodCode string         `json:"neighborhood_code"`
	Households       int            `json:"households"`
	BuildingCount    int            `json:"building_count"`
	FloorAreaM2      float64        `json:"floor_area_m2"`
	Eligibility      policy.Verdict `json:"eligibility" enum:"in,out,borderline"`
	Because          string         `json:"because" doc:"why it is not in, with the clauses; empty where it is"`
	ManagementMode   string         `json:"management_mode"`
	Consent          Outcome        `json:"consent" enum:"holds,fails,unknown"`
	ConsentSaid      string         `json:"consent_said"`
	Surveyed         bool           `json:"surveyed" doc:"the consent is a survey's, else the register's"`
}

// ProjectStep is what a person may do next to a project.
type ProjectStep struct {
	Step        string `json:"step" enum:"accept,confirm,return,withdraw,reapply,close,phase,communities,promote,follow"`
	NeedsReason bool   `json:"needs_reason"`
}

// groundOf gathers what a project is judged by.
func (s *Store) groundOf(ctx context.Context, q querier, choice policy.Choice, id int64, library Library, counts bool) (ground, error) {
	g := ground{choice: choice, library: library, counts: counts}
	found, err := gather(ctx, q, []int64{id})
	if err != nil {
		return g, err
	}
	g.communities = found[id]
	g.answers, err = readiness(ctx, q, id)
	return g, err
}

// File returns a project as people work on it.
func (s *Store) File(ctx context.Context, scope account.Scope, district, code string) (ProjectFile, error) {
	r, err := s.read(ctx, s.db.Pool, scope, district, code)
	if err != nil {
		return ProjectFile{}, err
	}
	choice, err := s.choice(ctx, scope, district)
	if err != nil {
		return ProjectFile{}, err
	}
	h, err := s.Find(ctx, scope, district, code)
	if err != nil {
		return ProjectFile{}, err
	}
	g, err := s.groundOf(ctx, s.db.Pool, choice, r.ID, r.Library, may(ctx, account.SeeCounts, h.Place()))
	if err != nil {
		return ProjectFile{}, err
	}
	f := ProjectFile{Project: r.Project, Policy: choice.Policy.ID(), Members: []ProjectMember{}, Warnings: []string{}}
	for _, e := range g.communities {
		if scope.Subdistricts != nil && !slices.Contains(scope.Subdistricts, e.subdistrict) {
			f.Hidden++
			continue
		}
		f.Members = append(f.Members, g.member(e))
	}
	f.Conditions, f.Priority = g.entry(r.Library), g.priority()
	err = s.db.Pool.QueryRow(ctx, `select entry_override, entry_override_by from project where id = $1`, r.ID).Scan(&f.EntryOverride, &f.EntryOverrideBy)
	if err != nil {
		return f, fmt.Errorf("read project %s: %w", code, err)
	}
	if f.BBox, err = s.extent(ctx, scope, r.ID); err != nil {
		return f, err
	}
	if f.AcceptedWorks, err = passed(ctx, s.db.Pool, r.ID); err != nil {
		return f, err
	}
	f.Steps, f.Rules = f.steps(ctx, choice, h), []string{}
	if library, ok := choice.Policy.Library(string(r.Library)); ok {
		f.Rules = append(f.Rules, library.Rules...)
	}
	f.Warnings, err = s.warnings(ctx, district, g, r.Project)
	return f, err
}

// extent is the ground that the communities of a project take up.
func (s *Store) extent(ctx context.Context, scope account.Scope, project int64) (*registry.BBox, error) {
	var west, south, east, north *float64
	err := s.db.Pool.QueryRow(ctx, `
		select ST_XMin(e), ST_YMin(e), ST_XMax(e), ST_YMax(e)
		from (select ST_Extent(coalesce(c.geom, c.location)) as e
		      from project_community pc
		      join published_community c on c.id = pc.community_id
		      where pc.project_id = $1 and ($2::text[] is null or c.subdistrict_code = any($2))) found`,
		project, scope.Subdistricts).Scan(&west, &south, &east, &north)
	if err != nil {
		return nil, fmt.Errorf("find where a project lies: %w", err)
	}
	if west == nil {
		return nil, nil
	}
	return &registry.BBox{*west, *south, *east, *north}, nil
}

func may(ctx context.Context, c account.Capability, at account.Place) bool {
	return account.Demand(ctx, c, at) == nil
}

// because says what the verdict of a community rests on, without counts to those
// who may not see them.
func (g ground) because(e evidence) string {
	if !g.counts {
		return because(policy.WithoutCounts(e.reasons), e.override)
	}
	return because(e.reasons, e.override)
}

func (g ground) member(e evidence) ProjectMember {
	verdict := g.choice.Consent(e.asked)
	m := ProjectMember{
		Code: e.code, Name: e.name, SubdistrictCode: e.subdistrict, NeighborhoodCode: e.neighborhood,
		Households: e.households, BuildingCount: e.buildings, FloorAreaM2: e.floorAreaM2, Eligibility: e.eligibility,
		ManagementMode: e.mode, Consent: consentOutcome(verdict), ConsentSaid: e.said(verdict, g.counts), Surveyed: e.surveyed,
	}
	if e.eligibility != policy.In {
		m.Because = g.because(e)
	}
	return m
}

// steps are what the person may do next.
func (f ProjectFile) steps(ctx context.Context, choice policy.Choice, h Held) []ProjectStep {
	out := []ProjectStep{}
	if !may(ctx, account.EditProgram, h.Place()) {
		return out
	}
	for _, step := range Steps() {
		r := rules[step]
		if !slices.Contains(r.from, h.State) || !may(ctx, r.who(choice, h.State), h.Place()) || step == Close && h.Library == Comprehensive {
			continue
		}
		needsReason := r.reason(h.State) || step == Confirm && len(unmet(f.Conditions)) > 0
		out = append(out, ProjectStep{string(step), needsReason})
	}
	decides := may(ctx, account.DecideProgram, h.Place())
	if h.State == Confirmed && decides {
		out = append(out, ProjectStep{"phase", false})
	}
	if h.State == Applied || h.Live && decides {
		out = append(out, ProjectStep{"communities", h.State != Applied})
	}
	if h.State == Confirmed && may(ctx, taker(Confirm)(choice, Accepted), h.Place()) {
		switch {
		case h.Library == Management:
			out = append(out, ProjectStep{"promote", false})
		case f.AcceptedWorks:
			out = append(out, ProjectStep{"follow", false})
		}
	}
	return out
}

// warnings say what a person should look at: communities that left the scope or
// are borderline, a year without a budget.
func (s *Store) warnings(ctx context.Context, district string, g ground, p Project) ([]string, error) {
	out := []string{}
	for _, e := range g.communities {
		switch {
		case !p.Live:
		case e.eligibility == policy.Out:
			out = append(out, "“"+e.name+"”已不在改造范围："+g.because(e))
		case e.eligibility == policy.Borderline:
			out = append(out, "“"+e.name+"”是否纳入尚待认定："+g.because(e))
		}
	}
	if p.Live && p.Phase != nil && *p.Phase == Implement && p.Year != nil {
		var budgeted bool
		err := s.db.Pool.QueryRow(ctx, `select exists (select from published_fund where district_code = $1 and year = $2)`, district, *p.Year).Scan(&budgeted)
		if err != nil {
			return out, fmt.Errorf("look the budget of %d up: %w", *p.Year, err)
		}
		if !budgeted {
			out = append(out, fmt.Sprintf("%d 年没有登记资金，项目尚无预算", *p.Year))
		}
	}
	return out, nil
}
