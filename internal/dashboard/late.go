package dashboard

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/lianpian/lianpian/internal/policy"
)

// shownLate is how many late things are listed; all are counted.
const shownLate = 60

// filingDays is what the product takes where a plan sets no time for the filing.
const filingDays = 15

// filingDue is until when the acceptance report has to be filed.
func filingDue(c policy.Choice, accepted time.Time) (due time.Time, clause string) {
	d, err := c.Deadline("filing", accepted)
	if errors.Is(err, policy.ErrUnknown) || errors.Is(err, policy.ErrNoDay) {
		return accepted.AddDate(0, 0, filingDays), policy.NotInDocument
	}
	return d.Due, d.Clause
}

// reportDue is when a month's report is due, and until which day it counts.
func reportDue(c policy.Choice, month time.Time) (due time.Time, clause string) {
	p, err := c.ReportPeriod(month)
	if err != nil {
		return time.Date(month.Year(), month.Month(), 25, 0, 0, 0, 0, time.UTC), policy.NotInDocument
	}
	return p.ReportDue, p.Clause
}

// late lists what should have been done before today, of live projects.
func late(ctx context.Context, r *reading, b *Board) error {
	var items []LateItem
	for _, find := range []func(context.Context, *reading) ([]LateItem, error){lateFilings, lateSteps, lateReports, lateSurveys} {
		found, err := find(ctx, r)
		if err != nil {
			return err
		}
		items = append(items, found...)
	}
	b.Late = BoardLate{Total: len(items), ByKind: []LateKind{}, Items: []LateItem{}}
	for _, kind := range []string{"filing", "step", "report", "survey"} {
		n := 0
		for _, i := range items {
			if i.Kind == kind {
				n++
			}
		}
		b.Late.ByKind = append(b.Late.ByKind, LateKind{kind, n})
	}
	slices.SortStableFunc(items, func(a, b LateItem) int { return cmp.Or(cmp.Compare(b.Days, a.Days), cmp.Compare(a.Code, b.Code)) })
	b.Late.Items = append(b.Late.Items, items[:min(shownLate, len(items))]...)
	return nil
}

func (r *reading) daysSince(day time.Time) int { return int(r.today.Sub(day).Hours() / 24) }

// waiting is a project that was accepted and whose report is not filed.
type waiting struct {
	Code, Name string
	Accepted   time.Time
}

func unfiled(ctx context.Context, r *reading) ([]waiting, error) {
	return collect[waiting](ctx, r, reached+`
		select p.code, p.name, m.accepted
		from seen_project p
		join reached m on m.id = p.id
		where p.state = 'confirmed' and m.accepted is not null and m.filed is null
		order by m.accepted, p.code`)
}

func lateFilings(ctx context.Context, r *reading) ([]LateItem, error) {
	list, err := unfiled(ctx, r)
	if err != nil {
		return nil, err
	}
	var items []LateItem
	for _, w := range list {
		due, clause := filingDue(r.choice, w.Accepted)
		if r.today.After(due) {
			items = append(items, LateItem{
				Kind: "filing", Code: w.Code, Name: w.Name, What: fmt.Sprintf("%s验收，未备案", w.Accepted.Format(dateForm)),
				DueOn: due.Format(dateForm), Days: r.daysSince(due), Clause: clause,
			})
		}
	}
	return items, nil
}

func lateSteps(ctx context.Context, r *reading) ([]LateItem, error) {
	type step struct {
		Code, Name, Step, Clause, Department string
		DueOn                                time.Time
	}
	steps, err := collect[step](ctx, r, `
		select p.code, p.name, s.name, s.clause, s.department, s.due_on
		from seen_project p
		join published_approval_step s on s.project_id = p.id
		where p.live and s.done_on is null and s.need <> 'exempt' and s.change <> 'dropped' and s.due_on < $4`, r.today)
	if err != nil {
		return nil, err
	}
	items := make([]LateItem, 0, len(steps))
	for _, s := range steps {
		items = append(items, LateItem{
			Kind: "step", Code: s.Code, Name: s.Name, What: s.Step, DueOn: s.DueOn.Format(dateForm), Days: r.daysSince(s.DueOn),
			Department: s.Department, Clause: s.Clause,
		})
	}
	return items, nil
}

// owed is a monthly report that a subdistrict has to hand in.
type owed struct {
	Subdistrict, Name, Form, State string
	Projects                       int
}

// reportsOf are the reports that a month asks for: a form of a subdistrict with
// projects of that year, or of an earlier one that were not done when it began.
// State is ” where nothing was written yet.
func reportsOf(ctx context.Context, r *reading, month time.Time) ([]owed, error) {
	if list, known := r.asked[month]; known {
		return list, nil
	}
	list, err := collect[owed](ctx, r, `
		select t.code, t.name, f.form, coalesce(m.state, ''), f.projects
		from (
			select u.subdistrict_code as code, case when p.central_subsidy then 'annex6' else 'annex7' end as form, count(*)::integer as projects
			from seen_project p
			join published_project_unit u on u.project_id = p.id
			where p.state = 'confirmed' and p.phase = 'implement'
			  and (p.year = $4 or p.year < $4 and not exists (
			      select from published_milestone d where d.project_id = p.id and d.kind = 'works_done' and d.on_date < make_date($4, 1, 1)))
			group by 1, 2
		) f
		join published_subdistrict t on t.district_code = $1 and t.code = f.code
		left join published_month_report m
		       on m.district_code = $1 and m.subdistrict_code = f.code and m.form = f.form and m.month = $5
		where $2::text[] is null or f.code = any($2)
		order by t.code, f.form`, month.Year(), month)
	r.asked[month] = list
	return list, err
}

func handedIn(state string) bool { return state == "submitted" || state == "frozen" }

// lateReports are those of the last months that nobody has handed in.
func lateReports(ctx context.Context, r *reading) ([]LateItem, error) {
	var items []LateItem
	this := time.Date(r.today.Year(), r.today.Month(), 1, 0, 0, 0, 0, time.UTC)
	for back := range 3 {
		month := this.AddDate(0, -back, 0)
		due, clause := reportDue(r.choice, month)
		if !r.today.After(due) {
			continue
		}
		list, err := reportsOf(ctx, r, month)
		if err != nil {
			return nil, err
		}
		for _, o := range list {
			if handedIn(o.State) {
				continue
			}
			what := fmt.Sprintf("%d年%d月月报（%s）未报送", month.Year(), month.Month(), formName(o.Form))
			if o.State == "returned" {
				what = fmt.Sprintf("%d年%d月月报（%s）退回未改", month.Year(), month.Month(), formName(o.Form))
			}
			items = append(items, LateItem{
				Kind: "report", Code: o.Subdistrict, Name: o.Name, What: what, DueOn: due.Format(dateForm), Days: r.daysSince(due), Clause: clause,
			})
		}
	}
	return items, nil
}

func formName(form string) string {
	if form == "annex6" {
		return "附件6"
	}
	return "附件7"
}

func lateSurveys(ctx context.Context, r *reading) ([]LateItem, error) {
	type survey struct {
		Code, Name string
		DueOn      time.Time
	}
	surveys, err := collect[survey](ctx, r, `
		select c.code, c.name, s.due_on
		from seen_community c
		join published_survey s on s.community_id = c.id
		where s.state = 'open' and s.due_on < $4`, r.today)
	if err != nil {
		return nil, err
	}
	items := make([]LateItem, 0, len(surveys))
	for _, s := range surveys {
		items = append(items, LateItem{
			Kind: "survey", Code: s.Code, Name: s.Name, What: "征求意见未完成", DueOn: s.DueOn.Format(dateForm), Days: r.daysSince(s.DueOn),
			Clause: r.choice.Policy.Survey.Clause,
		})
	}
	return items, nil
}
