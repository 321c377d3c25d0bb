package coverage

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/postgis"
)

// BuildingFilter narrows the list of a run's buildings. Its zero value is the
// first page of all.
type BuildingFilter struct {
	Status []string // empty: all
	Limit  int      // 0 is 100
	Cursor string
}

// BuildingPage is a part of a list. Cursor asks for the next one; "": there is
// none.
type BuildingPage struct {
	Items  []BuildingCoverage
	Total  int64
	Cursor string
}

// What is said of a row r of coverage_building; $2 is the district.
const (
	buildingColumns = `
select r.building_id, coalesce(b.code, ''), coalesce(c.code, ''), coalesce(c.name, ''), r.households::double precision, r.status,
       coalesce(r.facility_code, ''), coalesce(f.name, p.name, ''), r.distance_m, r.there_s / 60, r.back_s / 60,
       coalesce(b.point, case when r.building_id < 0 then c.location end)`
	buildingJoins = `
left join published_building b on b.district_code = $2 and b.id = r.building_id
left join published_community c on c.district_code = $2 and c.id = r.community_id
left join published_facility f on f.district_code = $2 and f.id = r.facility_id
left join published_proposed_facility p on p.district_code = $2 and r.facility_id is null and p.code = r.facility_code`
)

// rowOf is the place of a building in the list of its run.
type rowOf struct {
	id int64
	BuildingCoverage
}

func scanBuilding(row pgx.CollectableRow) (rowOf, error) {
	var b rowOf
	var at postgis.Geom
	err := row.Scan(&b.id, &b.Code, &b.CommunityCode, &b.CommunityName, &b.Households, &b.Status, &b.FacilityCode, &b.FacilityName,
		&b.DistanceM, &b.ThereMinutes, &b.BackMinutes, &at)
	if p, is := at.Geometry.(orb.Point); is {
		b.Location = &p
	}
	return b, err
}

// Buildings lists a run's buildings: those with the most households first.
func (s *Store) Buildings(ctx context.Context, scope account.Scope, district string, id uuid.UUID, filter BuildingFilter) (BuildingPage, error) {
	page := BuildingPage{Items: []BuildingCoverage{}}
	if _, err := s.detailed(ctx, scope, district, id); err != nil {
		return page, err
	}
	all := []string{Covered, Spared, Uncovered, CutOff, Unreached}
	for _, status := range filter.Status {
		if !slices.Contains(all, status) {
			return page, &InvalidError{Field: "status", Detail: fmt.Sprintf("不认识的状态“%s”", status)}
		}
	}
	if len(filter.Status) == 0 {
		filter.Status = all
	}
	if filter.Limit <= 0 {
		filter.Limit = 100
	}
	households, after, err := readCursor(filter.Cursor)
	if err != nil {
		return page, err
	}
	err = s.db.Pool.QueryRow(ctx, `
		select count(*) from coverage_building where run_id = $1 and status = any($2)`, id, filter.Status).Scan(&page.Total)
	if err != nil {
		return page, fmt.Errorf("count the buildings of coverage run %s: %w", id, err)
	}
	// The page is chosen before anything is looked up for it.
	rows, err := s.db.Pool.Query(ctx, buildingColumns+`
		from (
		    select * from coverage_building
		    where run_id = $1 and status = any($3)
		      and ($4::bigint is null or (-households, building_id) > (-$4, $5::bigint))
		    order by -households, building_id
		    limit $6
		) r`+buildingJoins+`
		order by -r.households, r.building_id`, id, district, filter.Status, households, after, filter.Limit+1)
	if err != nil {
		return page, fmt.Errorf("list the buildings of coverage run %s: %w", id, err)
	}
	list, err := pgx.CollectRows(rows, scanBuilding)
	if err != nil {
		return page, fmt.Errorf("list the buildings of coverage run %s: %w", id, err)
	}
	if len(list) > filter.Limit {
		list = list[:filter.Limit]
		last := list[len(list)-1]
		page.Cursor = fmt.Sprintf("%.0f.%d", last.Households, last.id)
	}
	for _, b := range list {
		page.Items = append(page.Items, b.BuildingCoverage)
	}
	return page, nil
}

func readCursor(cursor string) (households, after *int64, err error) {
	if cursor == "" {
		return nil, nil, nil
	}
	h, id, ok := strings.Cut(cursor, ".")
	n, err1 := strconv.ParseInt(h, 10, 64)
	b, err2 := strconv.ParseInt(id, 10, 64)
	if !ok || err1 != nil || err2 != nil {
		return nil, nil, &InvalidError{Field: "cursor", Detail: "翻页位置无效"}
	}
	return &n, &b, nil
}

// building returns the row of one building of a run.
func (s *Store) building(ctx context.Context, district string, id uuid.UUID, code string) (rowOf, error) {
	rows, err := s.db.Pool.Query(ctx, buildingColumns+`
		from coverage_building r`+buildingJoins+`
		where r.run_id = $1 and r.building_id = (select id from published_building where district_code = $2 and code = $3)`, id, district, code)
	if err != nil {
		return rowOf{}, fmt.Errorf("read building %s of coverage run %s: %w", code, id, err)
	}
	b, err := pgx.CollectExactlyOneRow(rows, scanBuilding)
	if errors.Is(err, pgx.ErrNoRows) {
		return b, fmt.Errorf("building %s of coverage run %s: %w", code, id, postgis.ErrNotFound)
	}
	if err != nil {
		return b, fmt.Errorf("read building %s of coverage run %s: %w", code, id, err)
	}
	return b, nil
}
