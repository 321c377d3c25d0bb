package dashboard

import (
	"context"
	"fmt"
	"time"
)

// handed sums up the reports of a month that were handed in.
type handed struct {
	Month                                           time.Time
	Projects                                        int
	Plan, Preparing, Working, Done, Invested, Spent float64
}

// handedReport is one of them.
type handedReport struct {
	Month                    time.Time
	Subdistrict, Form, State string
}

// handedLines are the lines of reports that were handed in, in the scope: drafts and
// what was sent back are nobody's figures yet.
const handedLines = `
		from published_month_line l
		join seen_project p on p.id = l.project_id
		where l.district_code = $1 and l.subdistrict_code <> '' and ($2::text[] is null or l.subdistrict_code = any($2))
		  and l.state in ('submitted', 'frozen') and l.month between $4 and $5`

// months sums up the reports of the year as the subdistricts handed them in, and
// says how many of those that are owed they are.
func months(ctx context.Context, r *reading, b *Board) error {
	first, last := r.monthOf(1), r.monthOf(12)
	sums, err := collect[handed](ctx, r, `
		select l.month, count(*)::integer,
		       sum(l.plan_area_wan)::float8 * 1e4, sum(l.g1_area_wan)::float8 * 1e4, sum(l.g2_area_wan)::float8 * 1e4, sum(l.g3_area_wan)::float8 * 1e4,
		       sum(l.investment_wan)::float8 * 1e4, sum(l.spent_wan)::float8 * 1e4`+handedLines+`
		group by l.month`, first, last)
	if err != nil {
		return err
	}
	reports, err := collect[handedReport](ctx, r, `select distinct l.month, l.subdistrict_code, l.form, l.state`+handedLines, first, last)
	if err != nil {
		return err
	}
	b.Months = make([]MonthSum, 0, 12)
	for m := 1; m <= 12; m++ {
		month := r.monthOf(m)
		sum := MonthSum{Month: fmt.Sprintf("%d-%02d", r.year, m)}
		if err := sum.count(ctx, r, month, reports); err != nil {
			return err
		}
		for _, l := range sums {
			if l.Month.Equal(month) {
				sum.Projects = l.Projects
				sum.PlanM2, sum.PreparingM2, sum.WorkingM2, sum.DoneM2 = l.Plan, l.Preparing, l.Working, l.Done
				sum.InvestedYuan, sum.SpentYuan = l.Invested, l.Spent
			}
		}
		b.Months = append(b.Months, sum)
	}
	return nil
}

// monthOf is the first day of a month of the board's year.
func (r *reading) monthOf(m int) time.Time {
	return time.Date(r.year, time.Month(m), 1, 0, 0, 0, 0, time.UTC)
}

// count counts the reports that were handed in beside those that the month asks
// for; one that it would not ask for today was asked for when it was written.
func (s *MonthSum) count(ctx context.Context, r *reading, month time.Time, reports []handedReport) error {
	asked := map[[2]string]bool{}
	if !month.After(r.today) {
		list, err := reportsOf(ctx, r, month)
		if err != nil {
			return err
		}
		for _, o := range list {
			asked[[2]string{o.Subdistrict, o.Form}] = true
		}
	}
	frozen := 0
	for _, h := range reports {
		if !h.Month.Equal(month) {
			continue
		}
		asked[[2]string{h.Subdistrict, h.Form}] = true
		s.Reports++
		if h.State == "frozen" {
			frozen++
		}
	}
	s.Owed = len(asked)
	switch {
	case s.Reports == 0:
		s.State = "none"
	case frozen == s.Owed:
		s.State = "frozen"
	case s.Reports == s.Owed:
		s.State = "submitted"
	default:
		s.State = "partial"
	}
	return nil
}
