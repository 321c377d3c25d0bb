package program

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/postgis"
)

// Filter narrows and orders the list of projects. Its zero value is all of
// them, the newest application first.
type Filter struct {
	Q             string // part of name, code, applicant or the name of a community
	Libraries     []string
	States        []string
	Phases        []string
	Year          *int
	Subdistricts  []string
	Neighborhoods []string
	Zone          string // code; with Scenario
	Scenario      string
	Community     string // code of one of its communities
	Live          *bool
	Strays        bool // only those with communities that left the scope
	Demonstration bool
	Sort          string // a key of sortKeys, with - in front descending
	Limit         int    // 1 … 1000; 0 is 100
	Cursor        string
}

// inScope is the condition that the scope reaches project p; find says the same.
const inScope = `
	p.district_code = @district and (@own_district::text = '' or p.district_code = @own_district)
	and (@own_subdistricts::text[] is null or p.subdistrict_codes && @own_subdistricts)
	and (@own_zones::bigint[] is null or exists (
	    select from published_zone oz
	    where oz.district_code = p.district_code and oz.scenario_code = p.scenario_code and oz.code = p.zone_code
	      and oz.id = any(@own_zones)))`

func scopeArgs(scope account.Scope, district string) pgx.NamedArgs {
	return pgx.NamedArgs{
		"district": district, "own_district": scope.District,
		"own_subdistricts": scope.Subdistricts, "own_zones": scope.Zones,
	}
}

// projectSQL reads projects with the sums of their communities. What a community
// does not say is taken from its buildings.
const projectSQL = `
	select p.id, p.code, p.name, p.library, p.state, p.state_reason, p.live, p.applicant, p.applied_on::text as applied_on,
	       p.phase, p.proposed_phase, p.year, p.owner, p.demonstration, p.central_subsidy,
	       p.estimated_wan::float8 as estimated_wan, p.scenario_code, p.zone_code, coalesce(z.name, '') as zone_name,
	       (select o.code from project o where o.id = p.promoted_from) as promoted_from,
	       (select o.code from project o where o.promoted_from = p.id order by o.live desc, o.id desc limit 1) as promoted_to,
	       (select o.code from project o where o.id = p.follows) as follows,
	       (select o.code from project o where o.follows = p.id order by o.live desc, o.id desc limit 1) as followed_by,
	       p.subdistrict_codes as subdistricts, m.neighborhoods, m.communities, m.households, m.building_count, m.floor_area_m2,
	       m.strays, m.doubtful, p.note, p.generated, p.version, p.updated_by, p.updated_at
	from project p
	left join published_zone z on z.district_code = p.district_code and z.scenario_code = p.scenario_code and z.code = p.zone_code
	cross join lateral (
	    select coalesce(array_agg(c.code order by c.name, c.code), '{}') as communities,
	           coalesce(array_agg(distinct c.neighborhood_code order by c.neighborhood_code)
	                    filter (where c.neighborhood_code <> ''), '{}') as neighborhoods,
	           coalesce(sum(coalesce(c.households, b.households, 0)), 0)::integer as households,
	           coalesce(sum(coalesce(c.building_count, b.buildings, 0)), 0)::integer as building_count,
	           coalesce(sum(coalesce(c.floor_area_m2, b.floor_area_m2, 0)), 0)::float8 as floor_area_m2,
	           (count(*) filter (where p.live and c.eligibility = 'out'))::integer as strays,
	           (count(*) filter (where p.live and c.eligibility = 'borderline'))::integer as doubtful
	    from project_community pc
	    join published_community c on c.id = pc.community_id
	    left join lateral (
	        select count(*) as buildings, sum(households) as households, sum(floor_area_m2) as floor_area_m2
	        from published_building where community_id = c.id
	    ) b on c.households is null or c.floor_area_m2 is null or c.building_count is null
	    where pc.project_id = p.id
	) m`

// record is a project with what only the store needs.
type record struct {
	ID int64
	Project
}

// Projects lists the projects of a district that the scope reaches.
func (s *Store) Projects(ctx context.Context, scope account.Scope, district string, f Filter) (ProjectPage, error) {
	o, err := parseOrder(f.Sort)
	if err != nil {
		return ProjectPage{}, err
	}
	after, err := parseCursor(f.Cursor, o)
	if err != nil {
		return ProjectPage{}, err
	}
	where, args, err := f.conditions(scope, district)
	if err != nil {
		return ProjectPage{}, err
	}
	size := pageSize(f.Limit)
	args["limit"] = size + 1
	if after != nil {
		args["key_value"], args["key_code"] = after.Value, after.Code
	}
	rows, err := s.db.Pool.Query(ctx, `
		with q as (`+projectSQL+` where `+where+`)
		select q.*, (`+o.key.expression+`)::text as key_value, (select count(*) from q where `+f.derived()+`) as total
		from q
		where `+f.derived()+` and `+o.after(after)+`
		order by `+o.by()+`
		limit @limit`, args)
	if err != nil {
		return ProjectPage{}, fmt.Errorf("list the projects of %s: %w", district, err)
	}
	type row struct {
		record
		KeyValue *string
		Total    int64
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[row])
	if err != nil {
		return ProjectPage{}, fmt.Errorf("list the projects of %s: %w", district, err)
	}
	page := ProjectPage{Items: make([]Project, 0, min(len(list), size))}
	for i, r := range list {
		page.Total = r.Total
		if i == size {
			page.NextCursor = cursor{o.sort, list[i-1].KeyValue, list[i-1].Code}.String()
			break
		}
		page.Items = append(page.Items, r.Project)
	}
	return page, nil
}

// derived is the part of the filter that needs the sums.
func (f Filter) derived() string {
	if f.Strays {
		return "q.strays > 0"
	}
	return "true"
}

func (f Filter) conditions(scope account.Scope, district string) (string, pgx.NamedArgs, error) {
	where, args := inScope, scopeArgs(scope, district)
	add := func(condition, name string, value any) {
		where += " and " + condition
		args[name] = value
	}
	if !storable(f.Q) {
		return "", nil, &InvalidError{"q", "含有无法查找的字符"}
	}
	if f.Q != "" {
		add(`(p.name ilike @q or p.code ilike @q or p.applicant ilike @q or exists (
			select from project_community pc join published_community c on c.id = pc.community_id
			where pc.project_id = p.id and c.name ilike @q))`, "q", contains(f.Q))
	}
	if f.Libraries != nil {
		add(`p.library = any(@libraries)`, "libraries", f.Libraries)
	}
	if f.States != nil {
		add(`p.state = any(@states)`, "states", f.States)
	}
	if f.Phases != nil {
		add(`p.phase = any(@phases)`, "phases", f.Phases)
	}
	if f.Year != nil {
		add(`p.year = @year`, "year", *f.Year)
	}
	if f.Live != nil {
		add(`p.live = @live`, "live", *f.Live)
	}
	if f.Demonstration {
		where += ` and p.demonstration`
	}
	if f.Subdistricts != nil {
		add(`p.subdistrict_codes && @subdistricts`, "subdistricts", onlyStorable(f.Subdistricts))
	}
	if f.Neighborhoods != nil {
		add(`exists (select from project_community pc join published_community c on c.id = pc.community_id
			where pc.project_id = p.id and c.neighborhood_code = any(@neighborhoods))`, "neighborhoods", onlyStorable(f.Neighborhoods))
	}
	if f.Community != "" && storable(f.Community) {
		add(`exists (select from project_community pc join published_community c on c.id = pc.community_id
			where pc.project_id = p.id and c.code = @community)`, "community", f.Community)
	}
	if f.Zone != "" && storable(f.Zone) && storable(f.Scenario) {
		add(`p.zone_code = @zone`, "zone", f.Zone)
		add(`p.scenario_code = coalesce(nullif(@scenario, ''),
			(select code from published_scenario where district_code = p.district_code and main))`, "scenario", f.Scenario)
	}
	return where, args, nil
}

// Project returns one project, or postgis.ErrNotFound also where it is outside
// the scope.
func (s *Store) Project(ctx context.Context, scope account.Scope, district, code string) (Project, error) {
	r, err := s.read(ctx, s.db.Pool, scope, district, code)
	return r.Project, err
}

func (s *Store) read(ctx context.Context, q querier, scope account.Scope, district, code string) (record, error) {
	if !storable(code) || !storable(district) {
		return record{}, fmt.Errorf("project %q: %w", code, postgis.ErrNotFound)
	}
	args := scopeArgs(scope, district)
	args["code"] = code
	rows, err := q.Query(ctx, projectSQL+` where p.code = @code and `+inScope, args)
	if err != nil {
		return record{}, fmt.Errorf("read project %s: %w", code, err)
	}
	r, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[record])
	if errors.Is(err, pgx.ErrNoRows) {
		return record{}, fmt.Errorf("project %s: %w", code, postgis.ErrNotFound)
	}
	if err != nil {
		return record{}, fmt.Errorf("read project %s: %w", code, err)
	}
	return r, nil
}
