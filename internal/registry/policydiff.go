package registry

import (
	"context"
	"fmt"
	"maps"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/policy"
)

// PolicyDiff is what another plan or other readings would change (换一种读法，哪些
// 小区会变). Nothing of it is stored.
type PolicyDiff struct {
	Before PolicyRef     `json:"before"`
	After  PolicyRef     `json:"after"`
	Judged int           `json:"judged" doc:"communities"`
	Moves  []VerdictMove `json:"moves" doc:"all communities by verdict before and after"`
	Flips  []Flip        `json:"flips" doc:"communities whose verdict changes"`
}

// PolicyRef names a plan and how it is read.
type PolicyRef struct {
	PolicyKey     string         `json:"policy_key"`
	PolicyVersion string         `json:"policy_version"`
	ShortTitle    string         `json:"short_title"`
	Params        map[string]any `json:"params" doc:"overrides"`
}

// VerdictMove counts the communities that go from one verdict to another, or
// stay.
type VerdictMove struct {
	From        policy.Verdict `json:"from" enum:"in,out,borderline"`
	To          policy.Verdict `json:"to" enum:"in,out,borderline"`
	Communities int            `json:"communities"`
	Households  int            `json:"households"`
	FloorAreaM2 float64        `json:"floor_area_m2"`
}

// Flip is a community whose verdict changes, and why.
type Flip struct {
	Code            string          `json:"code"`
	Name            string          `json:"name"`
	SubdistrictName string          `json:"subdistrict_name"`
	Location        *orb.Point      `json:"location"`
	Households      *int            `json:"households"`
	Before          policy.Verdict  `json:"before" enum:"in,out,borderline"`
	After           policy.Verdict  `json:"after" enum:"in,out,borderline"`
	Override        *policy.Verdict `json:"override" enum:"in,out,borderline" doc:"decided by a person: holds whatever the verdict"`
	Reasons         []FlipReason    `json:"reasons"`
}

// FlipReason is a line of the proof that differs.
type FlipReason struct {
	Rule       string         `json:"rule"`
	Clause     string         `json:"clause"`
	Fact       string         `json:"fact"`
	Before     policy.Outcome `json:"before" doc:"empty: not asked"`
	After      policy.Outcome `json:"after" doc:"empty: not asked"`
	TextBefore string         `json:"text_before"`
	TextAfter  string         `json:"text_after"`
	Ambiguity  string         `json:"ambiguity,omitempty"`
}

// judged is a community as far as a trial of readings needs it.
type judged struct {
	Code            string
	Name            string
	SubdistrictName string
	Location        *orb.Point
	OverrideVerdict *policy.Verdict
	policy.Facts
}

func (s *Store) judgedCommunities(ctx context.Context, scope account.Scope, district string) ([]judged, error) {
	rows, err := s.db.Pool.Query(ctx, `
		select c.code, c.name, coalesce(s.name, '') as subdistrict_name, `+pointOf("c.location")+` as location, c.override_verdict,
		       c.unit_kind, c.built_year, c.neglected, c.municipal_missing, c.service_missing, c.households, c.households_agreed,
		       c.floor_area_m2, c.floor_area_agreed_m2, c.prior_works, c.in_shantytown_plan, c.demolish_rebuild,
		       c.self_built_majority, c.urban_village, c.poor_conditions
		from `+communityTables+`
		where `+communityInScope+`
		order by c.code collate "C"`, scopeArgs(scope, district))
	if err != nil {
		return nil, fmt.Errorf("read the facts of %s: %w", district, err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[judged])
	if err != nil {
		return nil, fmt.Errorf("read the facts of %s: %w", district, err)
	}
	return list, nil
}

// DiffPolicy says which communities in scope would have another verdict with the
// draft than with what the district has chosen, and why. A wrong value is an
// *InvalidError.
func (s *Store) DiffPolicy(ctx context.Context, scope account.Scope, district string, d PolicyDraft) (PolicyDiff, error) {
	if err := inDistrict(scope, district); err != nil {
		return PolicyDiff{}, err
	}
	before, err := s.Policy(ctx, district)
	if err != nil {
		return PolicyDiff{}, err
	}
	after, err := s.drafted(district, before.Policy.Key, d)
	if err != nil {
		return PolicyDiff{}, err
	}
	list, err := s.judgedCommunities(ctx, scope, district)
	if err != nil {
		return PolicyDiff{}, err
	}
	diff := PolicyDiff{Before: refOf(before), After: refOf(after), Judged: len(list), Moves: []VerdictMove{}, Flips: []Flip{}}
	moves := map[[2]policy.Verdict]VerdictMove{}
	for _, c := range list {
		from, to := before.Verdict(c.Facts), after.Verdict(c.Facts)
		m := moves[[2]policy.Verdict{from, to}]
		m.From, m.To = from, to
		m.Communities++
		if c.Households != nil {
			m.Households += *c.Households
		}
		if c.FloorAreaM2 != nil {
			m.FloorAreaM2 += *c.FloorAreaM2
		}
		moves[[2]policy.Verdict{from, to}] = m
		if from != to {
			diff.Flips = append(diff.Flips, flip(c, before, after))
		}
	}
	for _, from := range verdictOrder {
		for _, to := range verdictOrder {
			if m, ok := moves[[2]policy.Verdict{from, to}]; ok {
				diff.Moves = append(diff.Moves, m)
			}
		}
	}
	return diff, nil
}

var verdictOrder = []policy.Verdict{policy.In, policy.Borderline, policy.Out}

func refOf(c policy.Choice) PolicyRef {
	params := maps.Clone(c.Params)
	if params == nil {
		params = map[string]any{}
	}
	return PolicyRef{PolicyKey: c.Policy.Key, PolicyVersion: c.Policy.Version, ShortTitle: c.Policy.ShortTitle, Params: params}
}

func flip(c judged, before, after policy.Choice) Flip {
	f := Flip{
		Code: c.Code, Name: c.Name, SubdistrictName: c.SubdistrictName, Location: c.Location, Households: c.Households, Override: c.OverrideVerdict,
	}
	var old, now []policy.Reason
	f.Before, old = before.Policy.Judge(c.Facts, before.Params)
	f.After, now = after.Policy.Judge(c.Facts, after.Params)
	f.Reasons = differing(old, now)
	return f
}

// differing pairs two proofs line by line and keeps what is not the same. What
// stands in one proof only is kept where it is in the way of "in".
func differing(old, now []policy.Reason) []FlipReason {
	type key struct{ rule, route, fact string }
	earlier := map[key]policy.Reason{}
	for _, r := range old {
		earlier[key{r.Rule, r.Route, r.Fact}] = r
	}
	out := []FlipReason{}
	for _, r := range now {
		k := key{r.Rule, r.Route, r.Fact}
		was, known := earlier[k]
		delete(earlier, k)
		if known && was.Outcome == r.Outcome || !known && r.Outcome == policy.Met {
			continue
		}
		line := FlipReason{Rule: r.Rule, Clause: r.Clause, Fact: r.Fact, After: r.Outcome, TextAfter: r.Text, Ambiguity: r.Ambiguity}
		if known {
			line.Before, line.TextBefore = was.Outcome, was.Text
			if line.Ambiguity == "" {
				line.Ambiguity = was.Ambiguity
			}
		}
		out = append(out, line)
	}
	for _, r := range old {
		if _, gone := earlier[key{r.Rule, r.Route, r.Fact}]; gone && r.Outcome != policy.Met {
			out = append(out, FlipReason{Rule: r.Rule, Clause: r.Clause, Fact: r.Fact, Before: r.Outcome, TextBefore: r.Text, Ambiguity: r.Ambiguity})
		}
	}
	return out
}

// ParameterEffect puts the readings of a parameter side by side.
type ParameterEffect struct {
	Key       string          `json:"key"`
	Name      string          `json:"name"`
	Clause    string          `json:"clause"`
	Ambiguity string          `json:"ambiguity"`
	Readings  []ReadingEffect `json:"readings"`
}

// ReadingEffect is how many communities would be in the scope with a reading,
// the other parameters as chosen.
type ReadingEffect struct {
	Value      any    `json:"value"`
	Text       string `json:"text"`
	Chosen     bool   `json:"chosen"`
	In         int    `json:"in"`
	Borderline int    `json:"borderline"`
	Out        int    `json:"out"`
	Flips      int    `json:"flips" doc:"communities whose verdict is another than now"`
}

// Readings says for each parameter that verdicts depend on and that has readings
// what each reading would make of the communities in scope.
func (s *Store) Readings(ctx context.Context, scope account.Scope, district string) ([]ParameterEffect, error) {
	if err := inDistrict(scope, district); err != nil {
		return nil, err
	}
	chosen, err := s.Policy(ctx, district)
	if err != nil {
		return nil, err
	}
	list, err := s.judgedCommunities(ctx, scope, district)
	if err != nil {
		return nil, err
	}
	now := verdictsBy(chosen, list)
	effects := []ParameterEffect{}
	for _, key := range chosen.Policy.EligibilityParameters() {
		q, _ := chosen.Policy.Parameter(key)
		if len(q.Readings) == 0 {
			continue
		}
		e := ParameterEffect{Key: q.Key, Name: q.Name, Clause: q.Clause, Ambiguity: q.Ambiguity}
		for _, r := range q.Readings {
			one := ReadingEffect{Value: r.Value, Text: r.Text, Chosen: policy.SameValue(r.Value, chosen.Value(key))}
			then := now
			if !one.Chosen {
				then = verdictsBy(with(chosen, key, r.Value), list)
			}
			one.count(now, then)
			e.Readings = append(e.Readings, one)
		}
		effects = append(effects, e)
	}
	return effects, nil
}

func (e *ReadingEffect) count(now, then []policy.Verdict) {
	for i, v := range then {
		switch v {
		case policy.In:
			e.In++
		case policy.Out:
			e.Out++
		default:
			e.Borderline++
		}
		if v != now[i] {
			e.Flips++
		}
	}
}

func verdictsBy(c policy.Choice, list []judged) []policy.Verdict {
	out := make([]policy.Verdict, len(list))
	for i, one := range list {
		out[i] = c.Verdict(one.Facts)
	}
	return out
}

func with(c policy.Choice, key string, value any) policy.Choice {
	params := maps.Clone(c.Params)
	if params == nil {
		params = map[string]any{}
	}
	params[key] = value
	return policy.Choice{Policy: c.Policy, Params: params}
}
