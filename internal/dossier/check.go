package dossier

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/policy"
	"github.com/lianpian/lianpian/internal/postgis"
)

// Kinds of checks.
const (
	OfItem       = "item"       // of the catalogue of works
	OfManagement = "management" // of the management improvement standard
)

// Results of a check. Unchecked is where nobody looked.
const (
	OK            = "ok"
	Faulty        = "faulty"
	Missing       = "missing"
	NotApplicable = "not_applicable"
	Unchecked     = "unchecked"
)

// FileCheck is a line of the condition checklist with what was found.
type FileCheck struct {
	Kind      string          `json:"kind" enum:"item,management"`
	No        string          `json:"no" doc:"number of the item; group.check of the management standard"`
	Name      string          `json:"name"`
	Group     string          `json:"group" doc:"category of the item, or group of the standard"`
	Nature    string          `json:"nature" doc:"key: basic, extra, overall; empty where the plan has none"`
	Clause    string          `json:"clause"`
	Content   string          `json:"content"`
	Standard  string          `json:"standard"`
	Fact      string          `json:"fact" doc:"municipal_missing or service_missing: where a missing one counts"`
	Result    string          `json:"result" enum:"ok,faulty,missing,not_applicable,unchecked"`
	Note      string          `json:"note"`
	CheckedOn *string         `json:"checked_on" format:"date"`
	By        string          `json:"by"`
	Evidence  []CheckEvidence `json:"evidence" doc:"what the newest coverage runs say of the item's facilities here"`

	facilities []string // facility types that the item puts in place
}

// CheckResult is what somebody found.
type CheckResult struct {
	Kind      string `json:"kind" enum:"item,management"`
	No        string `json:"no" maxLength:"10"`
	Result    string `json:"result" enum:"ok,faulty,missing,not_applicable,unchecked"`
	Note      string `json:"note,omitempty" maxLength:"500"`
	CheckedOn string `json:"checked_on,omitempty" format:"date" doc:"today where omitted"`
}

// checklist are the lines that a policy asks for.
func checklist(p *policy.Policy) []FileCheck {
	names := map[string]string{}
	for _, c := range p.Categories {
		names[c.Key] = c.Name
	}
	var lines []FileCheck
	for _, item := range p.Items {
		lines = append(lines, FileCheck{
			Kind: OfItem, No: strconv.Itoa(item.No), Name: item.Name, Group: names[item.Category], Nature: item.Nature,
			Clause: item.Clause, Content: item.Content, Standard: item.Standard, Fact: p.MissingFact(item), Result: Unchecked,
			facilities: item.Facilities,
		})
	}
	for _, g := range p.ManagementChecks {
		for i, name := range g.Checks {
			lines = append(lines, FileCheck{
				Kind: OfManagement, No: fmt.Sprintf("%d.%d", g.No, i+1), Name: name, Group: g.Name, Clause: g.Clause, Result: Unchecked,
			})
		}
	}
	return lines
}

func (s *Store) readChecks(ctx context.Context, f *File, h held, choice policy.Choice) error {
	found, err := checkResults(ctx, s.db.Pool, h.ID, choice.Policy.Key)
	if err != nil {
		return err
	}
	evidence, err := s.evidence(ctx, h)
	if err != nil {
		return err
	}
	f.Checks = checklist(choice.Policy)
	for i := range f.Checks {
		c := &f.Checks[i]
		c.Evidence = []CheckEvidence{}
		if r, ok := found[c.Kind+" "+c.No]; ok {
			on := r.on.Format(time.DateOnly)
			c.Result, c.Note, c.CheckedOn, c.By = r.result, r.note, &on, r.by
		}
		if c.Kind == OfItem {
			c.Evidence = s.evidenceFor(choice.Policy, choice.Policy.Items[i], evidence)
		}
	}
	f.TakeOver = takeOver(f.Checks, f.Community.MunicipalMissing, f.Community.ServiceMissing)
	return nil
}

type found struct {
	result, note, by string
	on               time.Time
}

func checkResults(ctx context.Context, q querier, community int64, policyKey string) (map[string]found, error) {
	rows, err := q.Query(ctx, `
		select kind || ' ' || no, result, note, by, checked_on from condition_check
		where community_id = $1 and policy_key = $2`, community, policyKey)
	if err != nil {
		return nil, err
	}
	results := map[string]found{}
	var key string
	var r found
	_, err = pgx.ForEachRow(rows, []any{&key, &r.result, &r.note, &r.by, &r.on}, func() error {
		results[key] = r
		return nil
	})
	return results, err
}

// SetChecks writes down what was found on the ground, many lines at once.
// Unchecked takes a line back.
func (s *Store) SetChecks(ctx context.Context, scope account.Scope, district, code string, version int, results []CheckResult) error {
	choice, err := s.reg.Policy(ctx, district)
	if err != nil {
		return err
	}
	lines := checklist(choice.Policy)
	columns := checkColumns{}
	for _, r := range results {
		if err := s.gatherCheck(&columns, lines, r); err != nil {
			return err
		}
	}
	return s.change(ctx, scope, district, code, version, "dossier.checks", func(ctx context.Context, tx *postgis.Tx, h held) (any, any, error) {
		_, err := tx.Exec(ctx, `
			delete from condition_check k using unnest($3::text[], $4::text[]) as gone (kind, no)
			where k.community_id = $1 and k.policy_key = $2 and k.kind = gone.kind and k.no = gone.no`,
			h.ID, choice.Policy.Key, columns.kinds, columns.nos)
		if err != nil {
			return nil, nil, fmt.Errorf("take back checks: %w", err)
		}
		_, err = tx.Exec(ctx, `
			insert into condition_check (community_id, policy_key, kind, no, result, note, checked_on, by, district_code)
			select $1, $2, kind, no, result, note, checked_on, $8, $9
			from unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::date[]) as found (kind, no, result, note, checked_on)
			where result <> 'unchecked'`,
			h.ID, choice.Policy.Key, columns.kinds, columns.nos, columns.results, columns.notes, columns.days, account.Name(ctx), h.District)
		if err != nil {
			return nil, nil, fmt.Errorf("write checks: %w", err)
		}
		return nil, results, nil
	})
}

// checkColumns are check results as parallel columns, ready for unnest.
type checkColumns struct {
	kinds, nos, results, notes []string
	days                       []time.Time
}

func (s *Store) gatherCheck(c *checkColumns, lines []FileCheck, r CheckResult) error {
	i := slices.IndexFunc(lines, func(l FileCheck) bool { return l.Kind == r.Kind && l.No == r.No })
	if i < 0 {
		return invalid("checks", "本区的实施方案没有第 %s 项检查", shorten(r.No, 10))
	}
	if !slices.Contains([]string{OK, Faulty, Missing, NotApplicable, Unchecked}, r.Result) {
		return invalid("checks", "“%s”的结果应为完好、破损、缺失、不适用或未查", lines[i].Name)
	}
	for j := range c.kinds {
		if c.kinds[j] == r.Kind && c.nos[j] == r.No {
			return invalid("checks", "“%s”写了两次", lines[i].Name)
		}
	}
	if err := clean("checks", r.Note, 500); err != nil {
		return err
	}
	on, err := day("checks", r.CheckedOn, s.now())
	if err != nil {
		return err
	}
	if err := s.notLater("checks", on); err != nil {
		return err
	}
	c.kinds, c.nos = append(c.kinds, r.Kind), append(c.nos, r.No)
	c.results, c.notes, c.days = append(c.results, r.Result), append(c.notes, strings.TrimSpace(r.Note)), append(c.days, on)
	return nil
}

func shorten(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}
