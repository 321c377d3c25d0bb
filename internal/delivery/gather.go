package delivery

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/areaplan"
	"github.com/lianpian/lianpian/internal/exporter"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/progress"
	"github.com/lianpian/lianpian/internal/survey"
)

// gather collects the content of an order as the person in ctx may read it.
func (s *Store) gather(ctx context.Context, scope account.Scope, district string, o Order, now time.Time) (*Content, error) {
	plan, err := s.plans.Gather(ctx, scope, district, areaplan.Request{
		Scenario: o.Scenario, Zones: o.Zones, Title: o.Title, Author: o.Author, Period: o.Period, Map: o.mapped(),
	}, now)
	if err != nil {
		return nil, err
	}
	c := &Content{Plan: *plan, Notices: []string{}}
	if plan.Totals.Partial {
		c.Notices = append(c.Notices, "片区有一部分在制作人的辖区以外，数字只计其辖区以内的部分")
	}
	if o.has(PartForms) {
		if err := s.gatherForms(ctx, scope, district, o, c); err != nil {
			return nil, fmt.Errorf("gather the forms of an area plan of %s: %w", district, err)
		}
	}
	return c, nil
}

func (s *Store) gatherForms(ctx context.Context, scope account.Scope, district string, o Order, c *Content) error {
	codes := make([]string, len(c.Plan.Communities))
	for i := range c.Plan.Communities {
		codes[i] = c.Plan.Communities[i].Code
	}
	rows, err := s.db.Pool.Query(ctx, `
		select s.id from published_survey s
		join published_community c on c.id = s.community_id
		where c.district_code = $1 and c.code = any($2)
		order by c.name, c.code`, district, codes)
	if err != nil {
		return fmt.Errorf("find the surveys: %w", err)
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
	if err != nil {
		return fmt.Errorf("find the surveys: %w", err)
	}
	c.Forms.Surveys = make([]survey.Survey, 0, len(ids))
	for _, id := range ids {
		one, err := s.surveys.Survey(ctx, scope, district, id)
		switch {
		case errors.Is(err, postgis.ErrNotFound): // removed meanwhile
			continue
		case err != nil:
			return err
		}
		c.Forms.Surveys = append(c.Forms.Surveys, one)
	}
	statistics, err := s.surveys.Statistics(ctx, scope, district, "")
	if err != nil {
		return err
	}
	c.Forms.Statistics = slices.DeleteFunc(statistics, func(r survey.Statistic) bool { return !slices.Contains(codes, r.Community.Code) })
	return s.gatherMonths(ctx, scope, district, o, c)
}

// gatherMonths reads the frozen reports of the ordered month, else of the newest
// one that has any.
func (s *Store) gatherMonths(ctx context.Context, scope account.Scope, district string, o Order, c *Content) error {
	c.Forms.Months = []exporter.Month{}
	rows, err := s.db.Pool.Query(ctx, `
		with frozen as (
		    select id, month, form, subdistrict_code from published_month_report
		    where district_code = $1 and state = 'frozen' and ($2 = '' or to_char(month, 'YYYY-MM') = $2)
		      and ($3::text[] is null or subdistrict_code = any($3)))
		select id, to_char(month, 'YYYY-MM') from frozen
		where month = (select max(month) from frozen)
		  and (subdistrict_code = '' or $3::text[] is not null or not exists (select from frozen f where f.month = frozen.month and f.subdistrict_code = ''))
		order by form, subdistrict_code`, district, o.Month, scope.Subdistricts)
	if err != nil {
		return fmt.Errorf("find the frozen months: %w", err)
	}
	type found struct {
		ID    uuid.UUID
		Month string
	}
	reports, err := pgx.CollectRows(rows, pgx.RowToStructByPos[found])
	if err != nil {
		return fmt.Errorf("find the frozen months: %w", err)
	}
	for _, r := range reports {
		month, err := progress.ParseMonth(r.Month)
		if err != nil {
			return err
		}
		snapshot, digest, err := s.months.Snapshot(ctx, scope, district, month, r.ID)
		if errors.Is(err, postgis.ErrNotFound) {
			continue
		}
		if err != nil {
			return err
		}
		c.Forms.Months = append(c.Forms.Months, exporter.Month{Snapshot: snapshot, Digest: digest})
	}
	if len(c.Forms.Months) == 0 {
		c.Notices = append(c.Notices, "没有已冻结的月报，附件6、附件7为空表")
		if o.Month != "" {
			c.Notices[len(c.Notices)-1] = o.Month + " 没有已冻结的月报，附件6、附件7为空表"
		}
	}
	return nil
}
