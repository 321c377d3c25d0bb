package registry

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/policy"
	"github.com/lianpian/lianpian/internal/postgis"
)

// CommunityFilter narrows and orders a list of communities. Its zero value is
// all of them by name.
type CommunityFilter struct {
	Q            string // part of name, address or code
	Codes        []string
	Eligibility  []policy.Verdict
	Subdistricts []string
	YearFrom     *int // inclusive; a community of unknown year passes neither bound
	YearTo       *int
	BBox         *BBox
	Sort         string // name | built_year | households | floor_area_m2 | code, with - in front descending; "" is name
	Limit        int    // 1 … 5000; 0 is 100
	Cursor       string
}

var communityOrders = map[string]sortColumn{
	"name":          {`c.name collate "zh-x-icu"`, "text"},
	"built_year":    {`c.built_year`, "integer"},
	"households":    {`c.households`, "integer"},
	"floor_area_m2": {`c.floor_area_m2`, "double precision"},
}

// communityColumns are the columns of Community in a query over
// communityTables, without the proof.
var (
	communityColumns = `
		c.code, c.name, c.address, coalesce(c.subdistrict_code, '') as subdistrict_code,
		coalesce(s.name, '') as subdistrict_name, coalesce(c.neighborhood_code, '') as neighborhood_code, c.unit_kind,
		c.built_year, c.households, c.building_count, c.floor_area_m2, c.land_area_m2, c.management_mode,
		c.neglected, c.municipal_missing, c.service_missing, c.households_agreed, c.floor_area_agreed_m2,
		c.prior_works, c.in_shantytown_plan, c.demolish_rebuild, c.self_built_majority, c.urban_village, c.poor_conditions,
		c.eligibility, c.verdict, c.verdict_policy, c.override_verdict, c.override_reason, c.override_by, c.override_at,
		` + pointOf("c.location") + ` as location, ` + bboxOf("c.geom") + ` as bbox,
		c.remark, c.generated, c.source, c.version, c.updated_at`
	communityTables = `
		community c
		left join subdistrict s on s.district_code = c.district_code and s.code = c.subdistrict_code`
)

// Communities lists the communities of a district that the scope reaches.
func (s *Store) Communities(ctx context.Context, scope account.Scope, district string, f CommunityFilter) (Page[Community], error) {
	if err := inDistrict(scope, district); err != nil {
		return Page[Community]{}, err
	}
	if f.Sort == "" {
		f.Sort = "name"
	}
	o, err := parseOrder(f.Sort, "c.code", communityOrders)
	if err != nil {
		return Page[Community]{}, err
	}
	after, err := parseCursor(f.Cursor, o)
	if err != nil {
		return Page[Community]{}, err
	}
	where, args, err := f.conditions(scope, district)
	if err != nil {
		return Page[Community]{}, err
	}
	var total int64
	if err := s.db.Pool.QueryRow(ctx, `select count(*) from community c where `+where, args).Scan(&total); err != nil {
		return Page[Community]{}, fmt.Errorf("count the communities of %s: %w", district, err)
	}
	size := pageSize(f.Limit)
	args["limit"] = size + 1
	if after != nil {
		args["key_value"], args["key_code"] = after.Value, after.Code
	}
	rows, err := s.db.Pool.Query(ctx, `
		select `+communityColumns+`, `+o.keys()+`
		from `+communityTables+`
		where `+where+` and `+o.after(after)+`
		order by `+o.by()+`
		limit @limit`, args)
	if err != nil {
		return Page[Community]{}, fmt.Errorf("list the communities of %s: %w", district, err)
	}
	type row struct {
		Community
		place
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByNameLax[row])
	if err != nil {
		return Page[Community]{}, fmt.Errorf("list the communities of %s: %w", district, err)
	}
	if !account.SeesCounts(ctx) {
		for i := range list {
			list[i].mask()
		}
	}
	return cut(list, size, o, total, func(r row) (Community, place) { return r.Community, r.place }), nil
}

// conditions adds a condition and its argument for each part of the filter.
func (f CommunityFilter) conditions(scope account.Scope, district string) (string, pgx.NamedArgs, error) {
	where, args := communityInScope, scopeArgs(scope, district)
	add := func(condition, name string, value any) {
		where += " and " + condition
		args[name] = value
	}
	if f.Q != "" {
		if !storable(f.Q) {
			return "", nil, &InvalidError{Field: "q", Row: -1, Detail: "含有无法查找的字符"}
		}
		add(`(c.name ilike @q or c.address ilike @q or c.code ilike @q)`, "q", contains(f.Q))
	}
	if f.Codes != nil {
		add(`c.code = any(@codes)`, "codes", onlyStorable(f.Codes))
	}
	if f.Eligibility != nil {
		add(`c.eligibility = any(@eligibility)`, "eligibility", f.Eligibility)
	}
	if f.Subdistricts != nil {
		add(`c.subdistrict_code = any(@subdistricts)`, "subdistricts", onlyStorable(f.Subdistricts))
	}
	if f.YearFrom != nil {
		add(`c.built_year >= @year_from::bigint`, "year_from", *f.YearFrom)
	}
	if f.YearTo != nil {
		add(`c.built_year <= @year_to::bigint`, "year_to", *f.YearTo)
	}
	if f.BBox != nil {
		add(`(c.geom && @bbox or c.geom is null and c.location && @bbox)`, "bbox", postgis.Geom{Geometry: f.BBox.Bound()})
	}
	return where, args, nil
}

// Community returns one community with the proof of its verdict, or
// postgis.ErrNotFound, also where it is outside the scope.
func (s *Store) Community(ctx context.Context, scope account.Scope, district, code string) (Community, error) {
	record, err := s.communityRecord(ctx, s.db.Pool, scope, district, code, "")
	if !account.SeesCounts(ctx) {
		record.mask()
	}
	return record.Community, err
}

// communityRecord is a community with what only the store needs.
type communityRecord struct {
	ID int64
	Community
	Geom postgis.Geom
}

// communityRecord reads a community; lock is "" or a locking clause.
func (s *Store) communityRecord(ctx context.Context, q querier, scope account.Scope, district, code, lock string) (communityRecord, error) {
	var none communityRecord
	if err := inDistrict(scope, district); err != nil {
		return none, err
	}
	if !storable(code) {
		return none, fmt.Errorf("community %q of %s: %w", code, district, postgis.ErrNotFound)
	}
	args := scopeArgs(scope, district)
	args["code"] = code
	rows, err := q.Query(ctx, `
		select c.id, `+communityColumns+`, c.verdict_proof, c.geom
		from `+communityTables+`
		where c.code = @code and `+communityInScope+lock, args)
	if err != nil {
		return none, fmt.Errorf("read community %s of %s: %w", code, district, err)
	}
	record, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[communityRecord])
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return none, fmt.Errorf("community %s of %s: %w", code, district, postgis.ErrNotFound)
	case err != nil:
		return none, fmt.Errorf("read community %s of %s: %w", code, district, err)
	}
	return record, nil
}

// CommunityShapes returns the outlines of communities by their codes, or their
// points where they have no outline; nil codes are all that the scope reaches.
func (s *Store) CommunityShapes(ctx context.Context, scope account.Scope, district string, codes []string) (map[string]orb.Geometry, error) {
	if err := inDistrict(scope, district); err != nil {
		return nil, err
	}
	args := scopeArgs(scope, district)
	args["codes"] = onlyStorable(codes)
	return shapes(ctx, s.db.Pool, `
		select c.code, coalesce(c.geom, c.location)
		from community c
		where `+communityInScope+`
		  and (@codes::text[] is null or c.code = any(@codes))
		  and coalesce(c.geom, c.location) is not null`, args)
}

// shapes reads geometries by code.
func shapes(ctx context.Context, q querier, sql string, args pgx.NamedArgs) (map[string]orb.Geometry, error) {
	rows, err := q.Query(ctx, sql, args)
	if err != nil {
		return nil, fmt.Errorf("read shapes: %w", err)
	}
	found := map[string]orb.Geometry{}
	var code string
	var geom postgis.Geom
	_, err = pgx.ForEachRow(rows, []any{&code, &geom}, func() error {
		found[code] = geom.Geometry
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read shapes: %w", err)
	}
	return found, nil
}
