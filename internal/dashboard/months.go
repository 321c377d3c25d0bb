package dashboard

import (
	"context"
	"fmt"
	"time"
)

// months sums up the reports of the year as the subdistricts handed them in.
func months(ctx context.Context, r *reading, b *Board) error {
	type month struct {
		Month                                           time.Time
		Reports, Owed, Frozen, Projects                 int
		Plan, Preparing, Working, Done, Invested, Spent float64
	}
	list, err := collect[month](ctx, r, `
		select l.month, count(distinct l.report_id) filter (where l.state in ('submitted', 'frozen'))::integer,
		       count(distinct l.report_id)::integer, count(distinct l.report_id) filter (where l.state = 'frozen')::integer,
		       count(*)::integer,
		       sum(l.plan_area_wan)::float8 * 1e4, sum(l.g1_area_wan)::float8 * 1e4, sum(l.g2_area_wan)::float8 * 1e4, sum(l.g3_area_wan)::float8 * 1e4,
		       sum(l.investment_wan)::float8 * 1e4, sum(l.spent_wan)::float8 * 1e4
		from published_month_line l
		join seen_project p on p.id = l.project_id
		where l.district_code = $1 and l.subdistrict_code <> '' and l.month between $4 and $5
		group by l.month
		order by l.month`,
		time.Date(r.year, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(r.year, 12, 1, 0, 0, 0, 0, time.UTC))
	if err != nil {
		return err
	}
	b.Months = make([]MonthSum, 0, 12)
	for m := 1; m <= 12; m++ {
		sum := MonthSum{Month: fmt.Sprintf("%d-%02d", r.year, m), State: "none"}
		for _, l := range list {
			if int(l.Month.Month()) != m {
				continue
			}
			sum.Reports, sum.Projects = l.Reports, l.Projects
			sum.PlanM2, sum.PreparingM2, sum.WorkingM2, sum.DoneM2 = l.Plan, l.Preparing, l.Working, l.Done
			sum.InvestedYuan, sum.SpentYuan = l.Invested, l.Spent
			switch {
			case l.Frozen == l.Owed:
				sum.State = "frozen"
			case l.Reports == l.Owed:
				sum.State = "submitted"
			default:
				sum.State = "partial"
			}
		}
		b.Months = append(b.Months, sum)
	}
	return nil
}
