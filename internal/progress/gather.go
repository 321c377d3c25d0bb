package progress

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/lianpian/lianpian/internal/account"
)

// about says which projects to look at.
type about struct {
	district string
	month    Month
	cutOff   time.Time
	unit     *string // reporting subdistrict; nil: all
	form     Form    // "": both
	project  *int64  // nil: all
	besides  []int64 // these too, whether or not they are to be reported
	scope    account.Scope
}

// candidate is a project that is, or was, to be reported in a month.
type candidate struct {
	known
	id     int64
	unit   ReportUnit
	form   Form
	listed bool // it is to be reported: implemented, of this year or carried over
	last   bool // not to be reported, but the newest earlier row of it is the unit's
}

// candidates reads what the district's data say of the projects that are to be
// reported: those that are implemented in the month's year, and those of earlier
// years that were not done when the year began. A project that was closed because
// it is done stays in the reports of the year. Order: the year's own first, then by
// code.
func candidates(ctx context.Context, q querier, a about) ([]candidate, error) {
	rows, err := q.Query(ctx, `
		with chosen as (
			select p.id, p.code, p.name, p.central_subsidy, p.estimated_wan, coalesce(p.year < $3, false) as carried, l.listed, cardinality(p.generated) > 0 as generated
			from published_project p
			cross join lateral (
				select coalesce(p.counts and p.batch = 'implement' and (p.year = $3 or p.year < $3 and case
				    when w.done_on is null then p.state = 'confirmed' else w.done_on >= make_date($3, 1, 1) end), false) as listed
				from (select max(m.on_date) as done_on from published_milestone m where m.project_id = p.id and m.kind = 'works_done') w
			) l
			where p.district_code = $1 and (l.listed or p.id = any($8))
			  and ($6 = '' or p.central_subsidy = ($6 = 'annex6') or p.id = any($8))
			  and ($7::bigint is null or p.id = $7)
			  and ($9::bigint[] is null or p.zone_id = any($9))
		), sums as (
			select pc.project_id, sum(c.floor_area_m2) as floor, coalesce(sum(c.households), 0) as households,
			       coalesce(sum(c.building_count), 0) as buildings,
			       min(v.started_on) filter (where v.asked > 0) as asked_on
			from published_project_community pc
			join published_community c on c.id = pc.community_id
			left join lateral (select asked, started_on from published_survey where community_id = pc.community_id) v on true
			where pc.project_id in (select id from chosen)
			group by pc.project_id
		), marks as (
			select m.project_id, min(m.on_date) filter (where m.kind = 'start') as started_on,
			       min(m.on_date) filter (where m.kind = 'works_done') as done_on
			from published_milestone m
			where m.project_id in (select id from chosen)
			group by m.project_id
		), plans as (
			select project_id, planned_on from published_milestone_plan where kind = 'start'
		), steps as (
			select project_id, min(done_on) as done_on from published_approval_step
			where done_on is not null and project_id in (select id from chosen)
			group by project_id
		), earlier as (
			select distinct on (l.project_id) l.*
			from published_month_line l
			where l.district_code = $1 and l.month < $2 and l.month >= make_date($3, 1, 1) and l.project_id in (select id from chosen)
			order by l.project_id, l.month desc
		)
		select c.id, c.code, c.name, c.carried, c.generated, c.listed, case when c.central_subsidy then 'annex6' else 'annex7' end,
		       coalesce(u.subdistrict_code, ''), coalesce(d.name, ''),
		       s.floor, coalesce(s.households, 0), coalesce(s.buildings, 0),
		       case when coalesce(k.items, 0) > 0 then k.cost_yuan / 10000 else coalesce(c.estimated_wan, 0) end,
		       case when m.done_on <= $4 then 3 when m.started_on <= $4 then 2
		            when s.asked_on <= $4 or a.done_on <= $4 then 1 else 0 end,
		       pl.planned_on,
		       to_char(e.month, 'YYYY-MM'), e.plan_area_wan, e.plan_households, e.plan_buildings,
		       e.g1_area_wan, e.g1_households, e.g1_buildings, e.g2_area_wan, e.g2_households, e.g2_buildings,
		       e.g3_area_wan, e.g3_households, e.g3_buildings, e.spent_wan, e.remark, e.starts_on::text
		from chosen c
		left join lateral (select subdistrict_code from published_project_unit where project_id = c.id) u on true
		left join published_subdistrict d on d.district_code = $1 and d.code = u.subdistrict_code
		left join sums s on s.project_id = c.id
		left join marks m on m.project_id = c.id
		left join plans pl on pl.project_id = c.id
		left join steps a on a.project_id = c.id
		left join published_project_cost k on k.project_id = c.id
		left join earlier e on e.project_id = c.id
		where $5::text is null or u.subdistrict_code = $5 or c.id = any($8)
		order by c.carried, c.code`,
		a.district, a.month.Time, a.month.Year(), a.cutOff, a.unit, a.form, a.project, a.besides, a.scope.Zones)
	if err != nil {
		return nil, fmt.Errorf("gather the projects to report: %w", err)
	}
	found, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (candidate, error) { return scanCandidate(row, a) })
	if err != nil {
		return nil, fmt.Errorf("gather the projects to report: %w", err)
	}
	return found, nil
}

// earlierRow is what a left join finds of a line of an earlier month.
type earlierRow struct {
	month, remark, startsOn *string
	area                    [4]*float64
	households, buildings   [4]*int
	spent                   *float64
}

func (e earlierRow) measures(i int) MonthMeasures {
	return MonthMeasures{AreaWan: *e.area[i], Households: *e.households[i], Buildings: *e.buildings[i]}
}

func (e earlierRow) before() *MonthBefore {
	if e.month == nil {
		return nil
	}
	f := MonthFigures{Plan: e.measures(0), G1: e.measures(1), G2: e.measures(2), G3: e.measures(3), SpentWan: *e.spent}
	return &MonthBefore{Month: *e.month, G3: f.G3, SpentWan: f.SpentWan, Remark: *e.remark, figures: f, startsOn: e.startsOn}
}

func scanCandidate(row pgx.CollectableRow, a about) (candidate, error) {
	c := candidate{known: known{cutOff: a.cutOff}}
	var households, buildings int
	var planned *time.Time
	var e earlierRow
	targets := []any{
		&c.id, &c.line.Project, &c.line.Name, &c.line.CarriedOver, &c.line.Generated, &c.listed, &c.form, &c.unit.Code, &c.unit.Name,
		&c.floor, &households, &buildings, &c.line.InvestmentWan, &c.stage, &planned, &e.month,
	}
	for i := range 4 {
		targets = append(targets, &e.area[i], &e.households[i], &e.buildings[i])
	}
	if err := row.Scan(append(targets, &e.spent, &e.remark, &e.startsOn)...); err != nil {
		return c, err
	}
	if c.floor != nil {
		c.line.Plan.AreaWan = *c.floor / m2PerWan
	}
	c.line.Plan.Households, c.line.Plan.Buildings = households, buildings
	c.line.MonthFigures = c.line.rounded()
	c.line.Before = e.before()
	c.fillIn(planned)
	return c, nil
}

// fillIn proposes the groups and takes over what the month before said.
func (c *candidate) fillIn(planned *time.Time) {
	var before *MonthFigures
	if b := c.line.Before; b != nil {
		before = &b.figures
		c.line.SpentWan = b.SpentWan
	}
	c.line.G1, c.line.G2, c.line.G3 = propose(c.line.Plan, c.stage, before)
	if c.line.allBegun() {
		return
	}
	c.line.StartsOn = dateText(planned)
	if b := c.line.Before; b != nil {
		c.line.Remark = b.Remark
		if c.line.StartsOn == nil {
			c.line.StartsOn = b.startsOn
		}
	}
}
