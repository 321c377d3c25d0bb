package registry

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/policy"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/privacy"
)

// PolicyChoice is the plan that a district follows, with every parameter: how
// the document may be read, how the district reads it, and who decided so.
type PolicyChoice struct {
	PolicyKey     string            `json:"policy_key"`
	PolicyVersion string            `json:"policy_version" doc:"of the plan's data"`
	Title         string            `json:"title"`
	ShortTitle    string            `json:"short_title"`
	DocumentNo    string            `json:"document_no"`
	Parameters    []ChosenParameter `json:"parameters"`
	History       []PolicyChange    `json:"history" doc:"the newest first, at most 50"`
	Version       int               `json:"version"`
}

// ChosenParameter is a parameter of the plan as the district reads it.
type ChosenParameter struct {
	policy.Parameter
	Issue      string     `json:"issue" doc:"what the document leaves open"`
	Handling   string     `json:"handling"`
	Value      any        `json:"value" doc:"null: not set"`
	Overridden bool       `json:"overridden" doc:"not the plan's default"`
	Affects    bool       `json:"affects_eligibility"`
	ChangedBy  string     `json:"changed_by" doc:"empty: never changed"`
	ChangedAt  *time.Time `json:"changed_at"`
}

// PolicyChange is an earlier decision about the plan or its readings.
type PolicyChange struct {
	At      time.Time         `json:"at"`
	By      string            `json:"by"`
	From    string            `json:"from" doc:"key of the plan; empty where the district was founded"`
	To      string            `json:"to"`
	Reason  string            `json:"reason"`
	Changes []ParameterChange `json:"changes"`
}

// ParameterChange is a parameter that a decision set.
type ParameterChange struct {
	Key  string `json:"key"`
	Name string `json:"name"`
	From any    `json:"from" doc:"null: the default"`
	To   any    `json:"to" doc:"null: the default"`
}

// PolicyDraft is a plan with readings that a district may choose.
type PolicyDraft struct {
	PolicyKey string         `json:"policy_key,omitempty" maxLength:"64" doc:"absent: the district's own"`
	Params    map[string]any `json:"params,omitempty" doc:"every parameter that is not to have its default, by key"`
	Reason    string         `json:"reason,omitempty" maxLength:"500" doc:"for the audit trail"`
}

// decided is what the audit trail keeps of a decision.
type decided struct {
	PolicyKey     string         `json:"policy_key"`
	PolicyVersion string         `json:"policy_version"`
	PolicyParams  map[string]any `json:"policy_params"`
	Reason        string         `json:"reason,omitempty"`
}

// PolicyChoice returns the plan that a district follows and how it reads it, or
// postgis.ErrNotFound.
func (s *Store) PolicyChoice(ctx context.Context, scope account.Scope, district string) (PolicyChoice, error) {
	if err := inDistrict(scope, district); err != nil {
		return PolicyChoice{}, err
	}
	now, version, err := s.decision(ctx, s.db.Pool, district, "")
	if err != nil {
		return PolicyChoice{}, err
	}
	p, err := s.lib.Policy(now.PolicyKey)
	if err != nil {
		return PolicyChoice{}, fmt.Errorf("policy of district %s: %w", district, err)
	}
	history, err := s.policyHistory(ctx, district)
	if err != nil {
		return PolicyChoice{}, err
	}
	c := PolicyChoice{
		PolicyKey: p.Key, PolicyVersion: p.Version, Title: p.Title, ShortTitle: p.ShortTitle, DocumentNo: p.DocumentNo,
		History: history, Version: version,
	}
	affects := p.EligibilityParameters()
	choice := policy.Choice{Policy: p, Params: now.PolicyParams}
	for _, q := range p.Parameters {
		one := ChosenParameter{Parameter: q, Value: choice.Value(q.Key), Affects: slices.Contains(affects, q.Key)}
		_, one.Overridden = now.PolicyParams[q.Key]
		for _, a := range p.Ambiguities {
			if a.ID == q.Ambiguity {
				one.Issue, one.Handling = a.Issue, a.Handling
			}
		}
		for _, change := range history {
			if change.To == p.Key && slices.ContainsFunc(change.Changes, func(c ParameterChange) bool { return c.Key == q.Key }) {
				at := change.At
				one.ChangedBy, one.ChangedAt = change.By, &at
				break
			}
		}
		c.Parameters = append(c.Parameters, one)
	}
	return c, nil
}

// decision reads what a district has decided and the version of its row.
func (s *Store) decision(ctx context.Context, q querier, district, lock string) (d decided, version int, err error) {
	err = q.QueryRow(ctx, `select policy_key, policy_version, policy_params, version from district where code = $1 `+lock, district).
		Scan(&d.PolicyKey, &d.PolicyVersion, &d.PolicyParams, &version)
	if errors.Is(err, pgx.ErrNoRows) {
		return d, 0, fmt.Errorf("district %s: %w", district, postgis.ErrNotFound)
	}
	if err != nil {
		return d, 0, fmt.Errorf("read the policy of %s: %w", district, err)
	}
	return d, version, nil
}

// policyHistory reads the decisions of a district from the audit trail.
func (s *Store) policyHistory(ctx context.Context, district string) ([]PolicyChange, error) {
	rows, err := s.db.Pool.Query(ctx, `
		select at, account_name, before, after
		from published_audit_entry
		where district_code = $1 and entity = 'district' and entity_code = $1 and action = 'district.policy'
		order by id desc
		limit 50`, district)
	if err != nil {
		return nil, fmt.Errorf("read the decisions of %s: %w", district, err)
	}
	history := []PolicyChange{}
	var at time.Time
	var by string
	var before, after decided
	_, err = pgx.ForEachRow(rows, []any{&at, &by, &before, &after}, func() error {
		history = append(history, s.changeOf(at, by, before, after))
		before, after = decided{}, decided{}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read the decisions of %s: %w", district, err)
	}
	return history, nil
}

func (s *Store) changeOf(at time.Time, by string, before, after decided) PolicyChange {
	change := PolicyChange{At: at, By: by, From: before.PolicyKey, To: after.PolicyKey, Reason: after.Reason, Changes: []ParameterChange{}}
	old := before.PolicyParams
	if before.PolicyKey != after.PolicyKey { // readings of another plan are none of this one
		old = nil
	}
	p, err := s.lib.Policy(after.PolicyKey)
	if err != nil { // a plan that the library no longer has: its parameters have no names
		return change
	}
	for _, q := range p.Parameters {
		from, was := old[q.Key]
		to, is := after.PolicyParams[q.Key]
		if was != is || !policy.SameValue(from, to) {
			change.Changes = append(change.Changes, ParameterChange{Key: q.Key, Name: q.Name, From: from, To: to})
		}
	}
	return change
}

// SavePolicy lets a district follow a plan with the readings of the draft, and
// judges all its communities anew. It returns how many verdicts or proofs
// changed. An old version is postgis.ErrVersion, a wrong value an *InvalidError.
func (s *Store) SavePolicy(ctx context.Context, scope account.Scope, district string, version int, d PolicyDraft) (c PolicyChoice, changed int64, err error) {
	if err := inDistrict(scope, district); err != nil {
		return c, 0, err
	}
	if err := account.Demand(ctx, account.ChoosePolicy, account.Place{District: district}); err != nil {
		return c, 0, err
	}
	if privacy.PersonalNumbers(d.Reason) {
		return c, 0, &InvalidError{Entity: "district", Code: district, Field: "reason", Row: -1, Detail: "理由中含有身份证号码或手机号码，个人信息不入库，请删去"}
	}
	if changed, err = s.choose(ctx, district, &version, d); err != nil {
		return c, 0, err
	}
	c, err = s.PolicyChoice(ctx, scope, district)
	return c, changed, err
}

// ChoosePolicy is SavePolicy for the service itself, whatever the version.
func (s *Store) ChoosePolicy(ctx context.Context, district, key string, params map[string]any) (changed int64, err error) {
	return s.choose(ctx, district, nil, PolicyDraft{PolicyKey: key, Params: params})
}

func (s *Store) choose(ctx context.Context, district string, version *int, d PolicyDraft) (changed int64, err error) {
	err = s.db.Write(ctx, func(ctx context.Context, tx *postgis.Tx) error {
		before, at, err := s.decision(ctx, tx, district, "for update")
		if err != nil {
			return err
		}
		if version != nil && *version != at {
			return fmt.Errorf("the policy of %s is at version %d, not %d: %w", district, at, *version, postgis.ErrVersion)
		}
		choice, err := s.drafted(district, before.PolicyKey, d)
		if err != nil {
			return err
		}
		after := decided{choice.Policy.Key, choice.Policy.Version, choice.Params, strings.TrimSpace(d.Reason)}
		if before.PolicyKey == after.PolicyKey && before.PolicyVersion == after.PolicyVersion &&
			maps.EqualFunc(before.PolicyParams, after.PolicyParams, policy.SameValue) {
			return nil
		}
		_, err = tx.Exec(ctx, `
			update district set policy_key = $2, policy_version = $3, policy_params = $4, version = version + 1 where code = $1`,
			district, after.PolicyKey, after.PolicyVersion, after.PolicyParams)
		if err != nil {
			return fmt.Errorf("store the policy of %s: %w", district, err)
		}
		if changed, err = s.rejudge(ctx, tx, district, nil, raiseVersion); err != nil {
			return err
		}
		tx.Changed(postgis.Change{District: district, Layer: "policy", Everybody: true})
		return account.Record(ctx, tx, account.Entry{
			Action: "district.policy", Entity: "district", Code: district, District: district, Before: before, After: after,
		})
	})
	return changed, err
}

// drafted is the choice of a draft: overrides that say what the plan says anyway
// are left out. A wrong value is an *InvalidError.
func (s *Store) drafted(district, current string, d PolicyDraft) (policy.Choice, error) {
	if d.PolicyKey == "" {
		d.PolicyKey = current
	}
	p, err := s.lib.Policy(d.PolicyKey)
	if err != nil {
		return policy.Choice{}, &InvalidError{Entity: "district", Code: district, Field: "policy_key", Row: -1, Value: d.PolicyKey, Detail: "实施方案不存在"}
	}
	if err := p.CheckParams(d.Params); err != nil {
		var wrong *policy.ParameterError
		if errors.As(err, &wrong) {
			return policy.Choice{}, &InvalidError{Entity: "district", Code: district, Field: "params." + wrong.Key, Row: -1, Value: d.Params[wrong.Key], Detail: wrong.Detail}
		}
		return policy.Choice{}, err
	}
	params := map[string]any{}
	for key, value := range d.Params {
		if q, _ := p.Parameter(key); !policy.SameValue(q.Default, value) {
			params[key] = value
		}
	}
	return policy.Choice{Policy: p, Params: params}, nil
}
