package progress

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/clock"
	"github.com/lianpian/lianpian/internal/policy"
	"github.com/lianpian/lianpian/internal/postgis"
)

// TargetTally counts communities (个) and their floor area.
type TargetTally struct {
	Count   int     `json:"count"`
	AreaWan float64 `json:"area_wan" doc:"10,000 m²"`
}

// TargetProgress is a figure that is to be reached in a year, with what was.
type TargetProgress struct {
	ID        string          `json:"id"`
	Clause    string          `json:"clause"`
	Year      int             `json:"year"`
	By        string          `json:"by"`
	Metric    string          `json:"metric" enum:"completed,started,launched,demonstration,state"`
	Text      string          `json:"text"`
	Count     *int            `json:"count" doc:"null: the plan gives none"`
	AreaWan   *float64        `json:"area_wan" doc:"null: the plan gives none"`
	Actual    TargetTally     `json:"actual"`
	How       string          `json:"how" doc:"what is counted"`
	Share     *float64        `json:"share" doc:"of the count"`
	AreaShare *float64        `json:"area_share"`
	Reported  *TargetReported `json:"reported" doc:"the same by the reports of the newest month of the year that is complete, else of the newest"`
	Forecast  *TargetForecast `json:"forecast" doc:"to the end of a running year"`
	Places    []TargetPlace   `json:"places" doc:"of a demonstration: the subdistricts that the plan names"`
	LinkedTo  string          `json:"linked_to" doc:"a target that may be of the same communities"`
	Same      bool            `json:"same"`
	SeeAlso   []string        `json:"see_also" doc:"ambiguities"`
}

// TargetReported is what the monthly reports of a month say.
type TargetReported struct {
	Month      string  `json:"month"`
	Missing    int     `json:"missing" doc:"reports that were not handed in: the sum is not complete"`
	AreaWan    float64 `json:"area_wan"`
	Households int     `json:"households"`
	Buildings  int     `json:"buildings"`
}

// TargetForecast is what a year may come to, in two ways.
type TargetForecast struct {
	Pace     TargetTally `json:"pace" doc:"as fast as this year so far"`
	PaceText string      `json:"pace_text"`
	Plan     TargetTally `json:"plan" doc:"by the dates that projects are planned for"`
	PlanText string      `json:"plan_text"`
	Reaches  *bool       `json:"reaches" doc:"whether the planned dates reach the target; null: no figure"`
}

// TargetPlace is a subdistrict that a target names.
type TargetPlace struct {
	Name     string   `json:"name"`
	Projects []string `json:"projects" doc:"codes of its demonstration projects that are being or have been implemented"`
}

// Targets are the figures of the plan that fall due in a year, and the year's own
// plan by the project libraries, against what was reached in the scope.
func (s *Store) Targets(ctx context.Context, scope account.Scope, district string, year int) ([]TargetProgress, error) {
	if scope.District != "" && scope.District != district {
		return nil, fmt.Errorf("district %s: %w", district, postgis.ErrNotFound)
	}
	choice, err := s.reg.Policy(ctx, district)
	if err != nil {
		return nil, err
	}
	y, err := s.tally(ctx, scope, district, year)
	if err != nil {
		return nil, err
	}
	if y.reported, err = s.reported(ctx, choice, scope, district, year); err != nil {
		return nil, err
	}
	out := []TargetProgress{}
	for _, t := range choice.Targets(year) {
		p := TargetProgress{
			ID: t.ID, Clause: t.Clause, Year: year, By: t.By, Metric: t.Metric, Text: t.Text, Count: t.Count, AreaWan: t.ReadAreaWan,
			LinkedTo: t.LinkedTo, Same: t.Same, SeeAlso: t.SeeAlso, Places: []TargetPlace{},
		}
		if err := s.judge(ctx, scope, district, t.Target, y, &p); err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	return append(out, y.own(choice)...), nil
}

// yearTally is what was reached, or is planned, of a year.
type yearTally struct {
	year                         int
	today                        time.Time
	started, completed, launched TargetTally
	startsAhead, endsAhead       TargetTally // planned from today on, in the year, not reached yet
	batch                        batchTally
	reported                     map[string]TargetReported
}

// batchTally is the same of nothing but the communities of the year's batch.
type batchTally struct{ started, completed, startsAhead, endsAhead TargetTally }

func (s *Store) tally(ctx context.Context, scope account.Scope, district string, year int) (yearTally, error) {
	y := yearTally{year: year, today: clock.Day(s.now())}
	tallies := []*TargetTally{
		&y.started, &y.completed, &y.launched, &y.startsAhead, &y.endsAhead,
		&y.batch.started, &y.batch.completed, &y.batch.startsAhead, &y.batch.endsAhead,
	}
	targets := make([]any, 0, 2*len(tallies))
	for _, t := range tallies {
		targets = append(targets, &t.Count, &t.AreaWan)
	}
	// A community counts once, also where management improvement followed its renovation.
	err := s.db.Pool.QueryRow(ctx, `
		with unit as (
			select pc.community_id, coalesce(c.floor_area_m2, 0) as area, coalesce(p.batch = 'implement' and p.year = $4::integer, false) as own,
			       m.start, m.done, coalesce(n.start, make_date(p.year, 12, 31)) as start_on, n.done as done_on,
			       make_date($4::integer, 12, 31) as last
			from published_project p
			join published_project_community pc on pc.project_id = p.id
			join published_community c on c.id = pc.community_id
			left join (select project_id, max(on_date) filter (where kind = 'start') as start, max(on_date) filter (where kind = 'works_done') as done
			           from milestone group by project_id) m on m.project_id = p.id
			left join (select project_id, max(planned_on) filter (where kind = 'start') as start, max(planned_on) filter (where kind = 'works_done') as done
			           from milestone group by project_id) n on n.project_id = p.id
			where p.district_code = $1 and p.counts
			  and ($2::text[] is null or c.subdistrict_code = any($2)) and ($3::bigint[] is null or p.zone_id = any($3))
		), reached as (
			select area, own, extract(year from start) = $4::integer as started, extract(year from done) = $4::integer as done,
			       start is null and start_on between $5 and last as starts, done is null and done_on between $5 and last as ends,
			       own and start <= last as own_started, own and done <= last as own_done, community_id
			from unit
		), each as (
			select max(area) as area, bool_or(started) as started, bool_or(done) as done, bool_or(own) as own, bool_or(starts) as starts,
			       bool_or(ends) as ends, bool_or(own_started) as own_started, bool_or(own_done) as own_done,
			       bool_or(own and starts) as own_starts, bool_or(own and ends) as own_ends
			from reached group by community_id
		)
		select count(*) filter (where started), coalesce(sum(area) filter (where started), 0),
		       count(*) filter (where done), coalesce(sum(area) filter (where done), 0),
		       count(*) filter (where own), coalesce(sum(area) filter (where own), 0),
		       count(*) filter (where starts), coalesce(sum(area) filter (where starts), 0),
		       count(*) filter (where ends), coalesce(sum(area) filter (where ends), 0),
		       count(*) filter (where own_started), coalesce(sum(area) filter (where own_started), 0),
		       count(*) filter (where own_done), coalesce(sum(area) filter (where own_done), 0),
		       count(*) filter (where own_starts), coalesce(sum(area) filter (where own_starts), 0),
		       count(*) filter (where own_ends), coalesce(sum(area) filter (where own_ends), 0)
		from each`, district, scope.Subdistricts, scope.Zones, year, y.today).Scan(targets...)
	if err != nil {
		return y, fmt.Errorf("count what was reached in %d: %w", year, err)
	}
	for _, t := range tallies {
		t.AreaWan = MonthMeasures{AreaWan: t.AreaWan / m2PerWan}.rounded().AreaWan
	}
	return y, nil
}

func (s *Store) judge(ctx context.Context, scope account.Scope, district string, t policy.Target, y yearTally, p *TargetProgress) error {
	switch t.Metric {
	case "demonstration":
		return s.demonstrations(ctx, scope, district, t, p)
	case "state":
		return s.finished(ctx, scope, district, t, p)
	case "completed":
		if t.Count == nil && t.BuiltTo != nil {
			return s.finished(ctx, scope, district, t, p)
		}
	}
	y.measure(p)
	return nil
}

// measure puts the year's figures to a target.
func (y yearTally) measure(p *TargetProgress) {
	switch p.Metric {
	case "completed":
		p.Actual, p.How = y.completed, fmt.Sprintf("%d年内登记完工的项目所含小区", y.year)
		p.Forecast = y.forecast(y.completed, y.endsAhead, "计划完工日期")
	case "started":
		p.Actual, p.How = y.started, fmt.Sprintf("%d年内登记开工的项目所含小区", y.year)
		p.Forecast = y.forecast(y.started, y.startsAhead, "计划开工日期，没有填的按年底")
	case "launched":
		p.Actual, p.How = y.launched, fmt.Sprintf("列入%d年实施批次的项目所含小区", y.year)
	}
	if r, ok := y.reported[p.Metric]; ok {
		p.Reported = &r
	}
	p.shares()
}

// measureBatch puts the figures of the year's own batch to a target: what is counted
// is a part of what is aimed at.
func (y yearTally) measureBatch(p *TargetProgress) {
	switch p.Metric {
	case "completed":
		p.Actual, p.How = y.batch.completed, fmt.Sprintf("%d年实施批次的小区中，年底前已登记完工的", y.year)
		p.Forecast = y.forecast(y.batch.completed, y.batch.endsAhead, "计划完工日期")
	case "started":
		p.Actual, p.How = y.batch.started, fmt.Sprintf("%d年实施批次的小区中，年底前已登记开工的", y.year)
		p.Forecast = y.forecast(y.batch.started, y.batch.startsAhead, "计划开工日期，没有填的按年底")
	}
	if f := p.Forecast; f != nil {
		f.Pace = TargetTally{Count: min(f.Pace.Count, y.launched.Count), AreaWan: min(f.Pace.AreaWan, y.launched.AreaWan)}
	}
	if r, ok := y.reported["batch-"+p.Metric]; ok {
		p.Reported = &r
	}
	p.shares()
}

func (p *TargetProgress) shares() {
	if p.Count != nil && *p.Count > 0 {
		share := float64(p.Actual.Count) / float64(*p.Count)
		p.Share = &share
	}
	if p.AreaWan != nil && *p.AreaWan > 0 {
		share := p.Actual.AreaWan / *p.AreaWan
		p.AreaShare = &share
	}
	if p.Forecast != nil && p.Count != nil {
		reaches := p.Forecast.Plan.Count >= *p.Count && (p.AreaWan == nil || p.Forecast.Plan.AreaWan >= *p.AreaWan)
		p.Forecast.Reaches = &reaches
	}
}

// forecast carries a running year to its end: as fast as so far, and by the
// dates that projects are planned for. Years that are over or ahead have none.
func (y yearTally) forecast(soFar, ahead TargetTally, dates string) *TargetForecast {
	if y.today.Year() != y.year {
		return nil
	}
	first := time.Date(y.year, 1, 1, 0, 0, 0, 0, time.UTC)
	whole := first.AddDate(1, 0, 0).Sub(first).Hours() / 24
	passed := y.today.Sub(first).Hours()/24 + 1
	times := whole / passed
	return &TargetForecast{
		Pace:     TargetTally{Count: int(float64(soFar.Count)*times + 0.5), AreaWan: MonthMeasures{AreaWan: soFar.AreaWan * times}.rounded().AreaWan},
		PaceText: fmt.Sprintf("按今年前%.0f天的进度推算到年底", passed),
		Plan:     TargetTally{Count: soFar.Count + ahead.Count, AreaWan: MonthMeasures{AreaWan: soFar.AreaWan}.plus(MonthMeasures{AreaWan: ahead.AreaWan}).AreaWan},
		PlanText: "已完成的加上今年内到期的（" + dates + "）",
	}
}

// own are the targets that a year's implementation batch sets by itself.
func (y yearTally) own(c policy.Choice) []TargetProgress {
	if y.launched.Count == 0 {
		return nil
	}
	clause := c.Policy.DocumentNo
	for _, t := range c.Policy.Phases {
		if t.Key == "implement" {
			clause = t.Clause
		}
	}
	out := make([]TargetProgress, 0, 2)
	for _, metric := range []struct{ key, name string }{{"started", "开工"}, {"completed", "完工"}} {
		count, area := y.launched.Count, y.launched.AreaWan
		p := TargetProgress{
			ID: "plan-" + metric.key + "-" + strconv.Itoa(y.year), Clause: clause, Year: y.year, By: strconv.Itoa(y.year), Metric: metric.key,
			Text:  fmt.Sprintf("%d年实施批次（项目库）的小区%s。", y.year, metric.name),
			Count: &count, AreaWan: &area, Places: []TargetPlace{}, SeeAlso: []string{},
		}
		y.measureBatch(&p)
		out = append(out, p)
	}
	return out
}

// demonstrations: one project in each place that the plan names.
func (s *Store) demonstrations(ctx context.Context, scope account.Scope, district string, t policy.Target, p *TargetProgress) error {
	rows, err := s.db.Pool.Query(ctx, `
		select n.name, coalesce(array_agg(p.code order by p.code) filter (where p.code is not null), '{}'),
		       coalesce(sum((select sum(c.floor_area_m2) from published_project_community pc join published_community c on c.id = pc.community_id
		                     where pc.project_id = p.id)), 0)
		from unnest($2::text[]) with ordinality as n (name, place)
		left join published_subdistrict b on b.district_code = $1 and b.name = n.name
		left join published_project_unit u on u.subdistrict_code = b.code
		left join published_project p on p.id = u.project_id and p.district_code = $1 and p.demonstration and p.counts
		     and p.batch = 'implement' and p.year <= $3
		     and ($4::text[] is null or p.subdistrict_codes && $4) and ($5::bigint[] is null or p.zone_id = any($5))
		group by n.name, n.place order by n.place`, district, t.Places, p.Year, scope.Subdistricts, scope.Zones)
	if err != nil {
		return fmt.Errorf("count demonstration projects: %w", err)
	}
	p.Places, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (place TargetPlace, err error) {
		var area float64
		if err = row.Scan(&place.Name, &place.Projects, &area); err == nil && len(place.Projects) > 0 {
			p.Actual.Count++
			p.Actual.AreaWan = wan(MonthMeasures{AreaWan: p.Actual.AreaWan}.m2() + int64(area+0.5))
		}
		return place, err
	})
	if err != nil {
		return fmt.Errorf("count demonstration projects: %w", err)
	}
	p.How = "有示范项目列入实施批次的街道（镇）"
	p.shares()
	return nil
}

// finished: how many of the communities in the scope of the plan that were built
// by a year have been renovated.
func (s *Store) finished(ctx context.Context, scope account.Scope, district string, t policy.Target, p *TargetProgress) error {
	if t.BuiltTo == nil {
		p.How = "文件给出的是状态，没有数字"
		return nil
	}
	var all, done TargetTally
	err := s.db.Pool.QueryRow(ctx, `
		select count(*), coalesce(sum(c.floor_area_m2), 0), count(*) filter (where d.id is not null), coalesce(sum(c.floor_area_m2) filter (where d.id is not null), 0)
		from published_community c
		left join (select distinct pc.community_id as id from published_project_community pc
		           join published_project p on p.id = pc.project_id and p.counts and p.library = 'comprehensive'
		           join published_milestone m on m.project_id = pc.project_id and m.kind = 'works_done' and m.on_date <= make_date($5, 12, 31)) d on d.id = c.id
		where c.district_code = $1 and c.eligibility = 'in' and c.built_year <= $2
		  and ($3::text[] is null or c.subdistrict_code = any($3))
		  and ($4::bigint[] is null or c.id in (select zc.community_id from published_zone_community zc where zc.zone_id = any($4)))`,
		district, *t.BuiltTo, scope.Subdistricts, scope.Zones, p.Year).Scan(&all.Count, &all.AreaWan, &done.Count, &done.AreaWan)
	if err != nil {
		return fmt.Errorf("count finished communities: %w", err)
	}
	area := wan(int64(all.AreaWan + 0.5))
	p.Count, p.AreaWan = &all.Count, &area
	p.Actual = TargetTally{Count: done.Count, AreaWan: wan(int64(done.AreaWan + 0.5))}
	p.How = fmt.Sprintf("%d年底前建成、纳入范围的小区中，综合改造在%d年底前已登记完工的；目标数按台账统计，文件未给出", *t.BuiltTo, p.Year)
	p.shares()
	return nil
}
