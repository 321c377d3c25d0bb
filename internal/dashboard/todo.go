package dashboard

import (
	"context"
	"fmt"
	"time"
)

func openSurveys(ctx context.Context, r *reading) (Task, error) {
	things, err := collect[thing](ctx, r, `
		select c.code, c.name, format('已征询 %s／%s 户', s.asked, s.households), s.due_on
		from seen_community c
		join published_survey s on s.community_id = c.id
		where s.state = 'open'
		order by s.due_on nulls last, c.code`)
	t := r.task("survey", "community", "surveys", things, "%d 个征求意见待完成")
	t.Clause = r.choice.Policy.Survey.Clause
	return t, err
}

// unsurveyed are the communities of comprehensive projects that nobody has asked.
func unsurveyed(ctx context.Context, r *reading) (Task, error) {
	things, err := collect[thing](ctx, r, `
		select c.code, c.name, p.code, null::date
		from seen_project p
		join published_project_community pc on pc.project_id = p.id and pc.live
		join seen_community c on c.id = pc.community_id
		where p.library = 'comprehensive' and not exists (select from published_survey s where s.community_id = c.id)
		order by c.code`)
	t := r.task("survey_none", "community", "surveys", things, "%d 个项目小区尚未征求意见")
	t.Clause = r.choice.Policy.Survey.Clause
	return t, err
}

func toAccept(ctx context.Context, r *reading) (Task, error) {
	return r.intake(ctx, "accept", "applied", "%d 个申请待受理")
}

func toConfirm(ctx context.Context, r *reading) (Task, error) {
	return r.intake(ctx, "confirm", "accepted", "%d 个受理项目待确认入库")
}

func (r *reading) intake(ctx context.Context, kind, state, phrase string) (Task, error) {
	things, err := collect[thing](ctx, r, `
		select p.code, p.name, to_char(k.applied_on, 'YYYY-MM-DD') || ' 申请', null::date
		from seen_project p
		join published_project k on k.id = p.id
		where p.state = $4
		order by k.applied_on, p.code`, state)
	t := r.task(kind, "project", "projects", things, phrase)
	if len(r.choice.Policy.Libraries) > 0 {
		t.Clause = r.choice.Policy.Libraries[0].Clause
	}
	return t, err
}

// unchecked are the communities of this and the next years' projects whose
// checklist is not complete.
func unchecked(ctx context.Context, r *reading) (Task, error) {
	wanted := len(r.choice.Policy.Items)
	for _, g := range r.choice.Policy.ManagementChecks {
		wanted += len(g.Checks)
	}
	things, err := collect[thing](ctx, r, `, checked as (
			select c.code, c.name, (select count(*) from published_condition k where k.community_id = c.id and k.policy_key = $5)::integer as checks
			from seen_project p
			join published_project_community pc on pc.project_id = p.id and pc.live
			join seen_community c on c.id = pc.community_id
			where p.library = 'comprehensive' and p.state = 'confirmed' and p.phase in ('plan', 'implement') and p.year >= $6
		)
		select code, name, format('已查 %s／%s 项', checks, $4::integer), null::date
		from checked
		where checks < $4
		order by checks, code`, wanted, r.choice.Policy.Key, r.today.Year())
	return r.task("check", "community", "projects", things, "%d 个项目小区的现状体检未完成"), err
}

// dueReports are the reports that nobody has handed in.
func dueReports(ctx context.Context, r *reading) (Task, error) {
	return r.reports(ctx, "report", func(state string) bool { return state == "" || state == "draft" }, "应报 %d 张月报")
}

func returnedReports(ctx context.Context, r *reading) (Task, error) {
	return r.reports(ctx, "report_returned", func(state string) bool { return state == "returned" }, "%d 张退回的月报待修改")
}

// reports are those of this month and the two before it in a state.
func (r *reading) reports(ctx context.Context, kind string, wanted func(state string) bool, phrase string) (Task, error) {
	var things []thing
	this := time.Date(r.today.Year(), r.today.Month(), 1, 0, 0, 0, 0, time.UTC)
	next, clause := reportDue(r.choice, this)
	for back := 2; back >= 0; back-- {
		month := this.AddDate(0, -back, 0)
		due, _ := reportDue(r.choice, month)
		list, err := reportsOf(ctx, r, month)
		if err != nil {
			return Task{}, err
		}
		for _, o := range list {
			if wanted(o.State) {
				things = append(things, thing{o.Subdistrict, o.Name, fmt.Sprintf("%d月%s，%d个项目", month.Month(), formName(o.Form), o.Projects), &due})
			}
		}
	}
	t := r.task(kind, "subdistrict", "months", things, phrase)
	t.Clause = clause
	if kind == "report" {
		t.phrase = fmt.Sprintf("%d月%d日前", next.Month(), next.Day()) + t.phrase
	}
	t.Text = t.phrase
	return t, nil
}

// toRollUp are the months of which every report is in, and which are not closed.
func toRollUp(ctx context.Context, r *reading) (Task, error) {
	var things []thing
	this := time.Date(r.today.Year(), r.today.Month(), 1, 0, 0, 0, 0, time.UTC)
	for back := range 3 {
		month := this.AddDate(0, -back, 0)
		list, err := reportsOf(ctx, r, month)
		if err != nil {
			return Task{}, err
		}
		missing, frozen := 0, 0
		for _, o := range list {
			if !handedIn(o.State) {
				missing++
			}
			if o.State == "frozen" {
				frozen++
			}
		}
		if len(list) == 0 || missing > 0 || frozen == len(list) {
			continue
		}
		due := dueOfForm(r, month)
		name := fmt.Sprintf("%d年%d月", month.Year(), month.Month())
		things = append(things, thing{month.Format("2006-01"), name, fmt.Sprintf("%d张已报齐", len(list)), &due})
	}
	return r.task("roll_up", "subdistrict", "months", things, "%d 个月的月报待汇总定稿"), nil
}

func dueOfForm(r *reading, month time.Time) time.Time {
	p, err := r.choice.ReportPeriod(month)
	if err != nil {
		return time.Date(month.Year(), month.Month(), 28, 0, 0, 0, 0, time.UTC)
	}
	return p.FormDue
}

// filings are the accepted projects whose report is to be filed.
func filings(ctx context.Context, r *reading) (Task, error) {
	list, err := unfiled(ctx, r)
	things := make([]thing, 0, len(list))
	clause := ""
	for _, w := range list {
		due, of := filingDue(r.choice, w.Accepted)
		clause = of
		things = append(things, thing{w.Code, w.Name, w.Accepted.Format(dateForm) + " 验收", &due})
	}
	t := r.task("filing", "project", "projects", things, "%d 个验收项目待备案")
	t.Clause = clause
	return t, err
}

func lateStepsTask(ctx context.Context, r *reading) (Task, error) {
	things, err := collect[thing](ctx, r, `
		select p.code, p.name, string_agg(s.name, '、' order by s.due_on), min(s.due_on)
		from seen_project p
		join published_approval_step s on s.project_id = p.id
		where p.live and s.done_on is null and s.need <> 'exempt' and s.change <> 'dropped' and s.due_on <= $4::date + 7
		group by p.id, p.code, p.name
		order by min(s.due_on), p.code`, r.today)
	return r.task("step", "project", "approvals", things, "%d 个项目的审批事项到期"), err
}

func objections(ctx context.Context, r *reading) (Task, error) {
	things, err := collect[thing](ctx, r, `
		select p.code, p.name, string_agg(distinct o.department, '、'), null::date
		from seen_project p
		join published_review_opinion o on o.project_id = p.id
		where p.live and o.resolved is null and o.verdict <> 'agree'
		group by p.id, p.code, p.name
		order by p.code`)
	return r.task("opinion", "project", "approvals", things, "%d 个项目的审查意见待答复"), err
}

// strays are the communities that left the plan's scope while their project runs.
func strays(ctx context.Context, r *reading) (Task, error) {
	things, err := collect[thing](ctx, r, `
		select p.code, p.name, string_agg(c.name, '、' order by c.code), null::date
		from seen_project p
		join published_project_community pc on pc.project_id = p.id and pc.live
		join seen_community c on c.id = pc.community_id
		where c.eligibility = 'out'
		group by p.id, p.code, p.name
		order by p.code`)
	t := r.task("stray", "project", "policy", things, "%d 个在库项目含不在纳入范围的小区")
	t.Clause = r.choice.Policy.Eligibility.Clause
	return t, err
}

// toStart are the projects of this year that have not begun.
func toStart(ctx context.Context, r *reading) (Task, error) {
	things, err := collect[thing](ctx, r, reached+`
		select p.code, p.name, format('%s年实施', p.year), null::date
		from seen_project p
		join reached m on m.id = p.id
		where p.live and p.phase = 'implement' and p.year <= $4 and m.started is null
		order by p.year, p.code`, r.today.Year())
	return r.task("milestone", "project", "projects", things, "%d 个年度项目未开工"), err
}
