package progress

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/policy"
)

// reported sums the monthly reports of a year, by what they are put beside:
// those of the newest month for which all units in the scope have handed in, else
// those of the newest month, which then says how many are missing.
func (s *Store) reported(ctx context.Context, choice policy.Choice, scope account.Scope, district string, year int) (map[string]TargetReported, error) {
	rows, err := s.db.Pool.Query(ctx, `
		select r.month, coalesce(bool_and(r.state_reason = '') filter (where r.subdistrict_code = ''), false)
		from month_report r
		where r.district_code = $1 and extract(year from r.month) = $2 and r.state in ('submitted', 'frozen')
		  and (r.subdistrict_code = '' or $3::text[] is null or r.subdistrict_code = any($3))
		group by r.month
		having count(*) filter (where r.subdistrict_code <> '') > 0
		order by r.month desc`, district, year, scope.Subdistricts)
	if err != nil {
		return nil, fmt.Errorf("find the reports of %d: %w", year, err)
	}
	type found struct {
		month  time.Time
		closed bool // with nothing missing
	}
	months, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (f found, err error) {
		return f, row.Scan(&f.month, &f.closed)
	})
	if err != nil {
		return nil, fmt.Errorf("find the reports of %d: %w", year, err)
	}
	newest, missing := time.Time{}, 0
	for i, m := range months {
		left := 0
		if !m.closed {
			if left, err = s.missingOf(ctx, choice, scope, district, Month{m.month}); err != nil {
				return nil, err
			}
		}
		if i == 0 || left == 0 {
			newest, missing = m.month, left
		}
		if left == 0 {
			break
		}
	}
	if newest.IsZero() {
		return map[string]TargetReported{}, nil
	}
	return s.sumReports(ctx, scope, district, Month{newest}, missing)
}

// missingOf counts the reports of a month that units in the scope still owe.
func (s *Store) missingOf(ctx context.Context, choice policy.Choice, scope account.Scope, district string, m Month) (int, error) {
	calendar, err := calendarOf(choice, m)
	if err != nil {
		return 0, err
	}
	listed, err := candidates(ctx, s.db.Pool, about{district: district, month: m, cutOff: calendar.to, scope: scope})
	if err != nil {
		return 0, err
	}
	rows, err := s.db.Pool.Query(ctx, `
		select form || subdistrict_code from published_month_report
		where district_code = $1 and month = $2 and state in ('submitted', 'frozen')`, district, m.Time)
	if err != nil {
		return 0, fmt.Errorf("find the reports of %s: %w", m, err)
	}
	there, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return 0, fmt.Errorf("find the reports of %s: %w", m, err)
	}
	n := 0
	for _, units := range missingUnits(listed, func(form Form, unit string) bool { return slices.Contains(there, string(form)+unit) }) {
		for _, u := range units {
			if scope.Subdistricts == nil || slices.Contains(scope.Subdistricts, u.Code) {
				n++
			}
		}
	}
	return n, nil
}

// sumReports sums what was handed in of a month: all of it, and of the batch of its
// year.
func (s *Store) sumReports(ctx context.Context, scope account.Scope, district string, m Month, missing int) (map[string]TargetReported, error) {
	rows, err := s.db.Pool.Query(ctx, `
		select coalesce(p.year = $5, false), sum(g3_area_wan), sum(g3_households), sum(g3_buildings),
		       sum(g2_area_wan + g3_area_wan), sum(g2_households + g3_households), sum(g2_buildings + g3_buildings)
		from published_month_line l
		join published_project p on p.id = l.project_id
		where l.district_code = $1 and l.month = $2 and l.state in ('submitted', 'frozen')
		  and ($3::text[] is null or l.subdistrict_code = any($3)) and ($4::bigint[] is null or p.zone_id = any($4))
		group by 1`, district, m.Time, scope.Subdistricts, scope.Zones, m.Year())
	if err != nil {
		return nil, fmt.Errorf("sum the reports of %s: %w", m, err)
	}
	out := map[string]TargetReported{}
	add := func(key string, f TargetReported) {
		sum := MonthMeasures{AreaWan: out[key].AreaWan}.plus(MonthMeasures{AreaWan: f.AreaWan})
		out[key] = TargetReported{
			Month: m.String(), Missing: missing, AreaWan: sum.AreaWan,
			Households: out[key].Households + f.Households, Buildings: out[key].Buildings + f.Buildings,
		}
	}
	_, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (struct{}, error) {
		var own bool
		var completed, started TargetReported
		err := row.Scan(&own, &completed.AreaWan, &completed.Households, &completed.Buildings,
			&started.AreaWan, &started.Households, &started.Buildings)
		for metric, f := range map[string]TargetReported{"completed": completed, "started": started} {
			add(metric, f)
			if own {
				add("batch-"+metric, f)
			}
		}
		return struct{}{}, err
	})
	if err != nil {
		return nil, fmt.Errorf("sum the reports of %s: %w", m, err)
	}
	return out, nil
}
