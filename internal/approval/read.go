package approval

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/policy"
	"github.com/lianpian/lianpian/internal/program"
)

// File returns the approval of a project that the scope reaches, or
// postgis.ErrNotFound. One that was never saved is made from what is known.
func (s *Store) File(ctx context.Context, scope account.Scope, district, code string) (File, error) {
	held, err := s.projects.Find(ctx, scope, district, code)
	if err != nil {
		return File{}, err
	}
	return s.file(ctx, s.db.Pool, held)
}

func (s *Store) file(ctx context.Context, q querier, held program.Held) (File, error) {
	choice, err := s.reg.Policy(ctx, held.District)
	if err != nil {
		return File{}, err
	}
	f, old, err := s.saved(ctx, q, held, choice)
	if err != nil {
		return f, err
	}
	f.Route = choice.Route(f.Inputs)
	f.Doubts = doubts(choice.Policy, f.Route)
	fresh := checklist(choice.Policy, f.Route)
	f.Steps = old
	if f.Version == 0 {
		f.Steps = fresh
	} else {
		f.Outdated = !sameRoute(old, fresh)
		assume(f.Steps, fresh)
	}
	withDeadlines(choice, f.Steps, s.today())
	f.Review, err = review(ctx, q, held.ID, choice.Policy)
	return f, err
}

// saved reads what was saved of a project, and what other parts know of it.
func (s *Store) saved(ctx context.Context, q querier, held program.Held, choice policy.Choice) (File, []Step, error) {
	f := File{Project: held.Code, Asked: choice.Policy.ApprovalInputs, Inputs: map[string]any{}}
	var err error
	if f.Known, err = known(ctx, q, held.ID, choice.Policy); err != nil {
		return f, nil, err
	}
	var inputs []byte
	err = q.QueryRow(ctx, `
		select inputs, policy, to_char(start_on, 'YYYY-MM-DD'), version, by, at from approval where project_id = $1`, held.ID).
		Scan(&inputs, &f.DecidedBy, &f.StartOn, &f.Version, &f.By, &f.At)
	if errors.Is(err, pgx.ErrNoRows) {
		for _, k := range f.Known {
			f.Inputs[k.Input] = k.Value
		}
		return f, nil, nil
	}
	if err == nil {
		err = json.Unmarshal(inputs, &f.Inputs)
	}
	if err != nil {
		return f, nil, fmt.Errorf("read the approval of %s: %w", held.Code, err)
	}
	steps, err := steps(ctx, q, held.ID)
	return f, steps, err
}

func steps(ctx context.Context, q querier, project int64) ([]Step, error) {
	rows, err := q.Query(ctx, `
		select s.key, s.kind, s.place, s.name, s.need, s.outcome, s.clause, s.department, s.department_set, s.milestone, s.days,
		       to_char(s.due_on, 'YYYY-MM-DD') as due_on,
		       to_char(case when s.milestone = '' then s.done_on else m.on_date end, 'YYYY-MM-DD') as done_on,
		       s.document_no, s.note, s.change
		from approval_step s
		left join published_milestone m on m.project_id = s.project_id and m.kind = s.milestone
		where s.project_id = $1
		order by s.place, s.key`, project)
	if err != nil {
		return nil, fmt.Errorf("read the checklist of a project: %w", err)
	}
	all, err := pgx.CollectRows(rows, pgx.RowToStructByNameLax[Step])
	if err != nil {
		return nil, fmt.Errorf("read the checklist of a project: %w", err)
	}
	return all, nil
}

// The inputs that other parts of the product know, by their keys in the policies.
const (
	totalInvestment = "total_investment_wan"
	worksInvestment = "works_investment_wan"
)

// known are the values of inputs that follow from the works, or from the estimate.
func known(ctx context.Context, q querier, project int64, p *policy.Policy) ([]Known, error) {
	var estimate, cost *float64
	err := q.QueryRow(ctx, `
		select p.estimated_wan::float8, (nullif(c.cost_yuan, 0) / 10000)::float8
		from published_project p
		left join published_project_cost c on c.project_id = p.id
		where p.id = $1`, project).Scan(&estimate, &cost)
	if err != nil {
		return nil, fmt.Errorf("read what is known of a project: %w", err)
	}
	out := []Known{}
	take := func(input, source string, value *float64) bool {
		if _, asked := p.ApprovalInput(input); !asked || value == nil {
			return false
		}
		out = append(out, Known{input, *value, source})
		return true
	}
	if !take(totalInvestment, "cost", cost) {
		take(totalInvestment, "estimate", estimate)
	}
	take(worksInvestment, "cost", cost)
	return out, nil
}

// assume says again whose departments are the product's own choice, which is not
// kept.
func assume(steps, fresh []Step) {
	for i := range steps {
		if is, ok := find(fresh, steps[i].Key); ok && !steps[i].DepartmentSet {
			steps[i].Assumed = is.Assumed
		}
	}
}

// doubts are the ambiguities that the tables of a route touch.
func doubts(p *policy.Policy, route policy.Route) []policy.Ambiguity {
	touched := map[string]bool{}
	for _, t := range route.Tables {
		for _, r := range t.Rows {
			for _, id := range r.Ambiguities {
				touched[id] = true
			}
		}
	}
	out := []policy.Ambiguity{}
	for _, a := range p.Ambiguities {
		if touched[a.ID] {
			out = append(out, a)
		}
	}
	return out
}

// deadline is the due date that the policy sets for a task, from the end of
// another.
func deadline(c policy.Choice, t policy.StepTask, from Step) (*string, string) {
	if from.DoneOn == nil {
		d, err := c.Deadline(t.Deadline, time.Time{})
		if err != nil {
			return nil, ""
		}
		return nil, d.Clause + "：" + d.Text
	}
	end, err := time.Parse(time.DateOnly, *from.DoneOn)
	if err != nil {
		return nil, ""
	}
	d, err := c.Deadline(t.Deadline, end)
	if err != nil {
		return nil, ""
	}
	due := d.Due.Format(time.DateOnly)
	return &due, d.Clause + "：" + d.Text
}

// review sums the opinions of a project up by department.
func review(ctx context.Context, q querier, project int64, p *policy.Policy) (Review, error) {
	r := Review{Departments: []DepartmentView{}}
	for _, t := range p.Tasks() {
		if t.Kind == policy.TaskReview {
			for _, name := range t.Departments {
				r.Departments = append(r.Departments, DepartmentView{Name: name, Called: true})
			}
		}
	}
	rows, err := q.Query(ctx, `
		select department, (array_agg(verdict order by open desc, case when open then sternness end desc, at desc))[1],
		       count(*) filter (where open), count(*) filter (where open and verdict = 'object')
		from (select department, verdict, at, verdict <> 'agree' and resolved is null as open,
		             case verdict when 'object' then 2 when 'agree_if' then 1 else 0 end as sternness
		      from review_opinion where project_id = $1) o
		group by department order by min(at)`, project)
	if err != nil {
		return r, fmt.Errorf("sum the review up: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var name, verdict string
		var open, objections int
		if err := rows.Scan(&name, &verdict, &open, &objections); err != nil {
			return r, fmt.Errorf("sum the review up: %w", err)
		}
		at := slices.IndexFunc(r.Departments, func(d DepartmentView) bool { return d.Name == name })
		if at < 0 {
			at = len(r.Departments)
			r.Departments = append(r.Departments, DepartmentView{Name: name})
		}
		r.Departments[at].Verdict, r.Departments[at].Open = &verdict, open
		r.Open, r.Objections = r.Open+open, r.Objections+objections
	}
	return r, rows.Err()
}
