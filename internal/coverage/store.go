package coverage

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/policy"
	"github.com/lianpian/lianpian/internal/postgis"
)

// Store makes and keeps the coverage runs of one database. Reads show the runs
// all of whose buildings lie in the scope.
type Store struct {
	db  *postgis.DB
	lib *policy.Library
}

// New makes the store of a database, with the standards to look radii up in.
func New(db *postgis.DB, lib *policy.Library) *Store { return &Store{db: db, lib: lib} }

func copyOutcomes(ctx context.Context, tx pgx.Tx, run [16]byte, in *inputs, outcomes []outcome) error {
	buildings := len(outcomes)
	for buildings > 0 && in.subjects[buildings-1].id == 0 { // communities without buildings come last
		buildings--
	}
	_, err := tx.CopyFrom(ctx, pgx.Identifier{"coverage_building"},
		[]string{"run_id", "building_id", "covered", "facility_id", "distance_m"},
		pgx.CopyFromSlice(buildings, func(i int) ([]any, error) {
			o := outcomes[i]
			if o.facility < 0 {
				return []any{run, in.subjects[i].id, o.covered, nil, nil}, nil
			}
			return []any{run, in.subjects[i].id, o.covered, in.facilities[o.facility].id, o.metres}, nil
		}))
	if err != nil {
		return fmt.Errorf("copy the buildings: %w", err)
	}
	return nil
}

func copyCommunities(ctx context.Context, tx pgx.Tx, run [16]byte, communities []communityAnswer) error {
	_, err := tx.CopyFrom(ctx, pgx.Identifier{"coverage_community"},
		[]string{
			"run_id", "community_id", "code", "name", "subdistrict_code", "subdistrict_name", "buildings", "covered_buildings",
			"households", "covered_households", "floor_area_m2", "covered_floor_area_m2",
		},
		pgx.CopyFromSlice(len(communities), func(i int) ([]any, error) {
			c := communities[i]
			return []any{
				run, c.id, c.row.Code, c.row.Name, c.subdistrict, c.row.SubdistrictName, c.row.Buildings, c.row.CoveredBuildings,
				c.row.Households, c.row.CoveredHouseholds, c.row.FloorAreaM2, c.row.CoveredFloorAreaM2,
			}, nil
		}))
	if err != nil {
		return fmt.Errorf("copy the communities: %w", err)
	}
	return nil
}

const selectRun = `
select r.id, r.district_code, r.facility_type, r.method, r.radius_m, r.standard, r.area, r.inputs, r.summary,
       r.notes, r.created_by, r.created_at
from coverage_run r
where r.district_code = $1
  and ($2::text[] is null or r.subdistrict_codes <@ $2)
  and ($3::bigint[] is null or r.area ->> 'kind' = 'zone' and exists (
      select from published_zone z
      where z.district_code = r.district_code and z.code = r.area ->> 'code' and z.id = any($3)))`

func (s *Store) scanRun(row pgx.CollectableRow) (Run, error) {
	var r Run
	var standard, area, inputs, summary json.RawMessage
	err := row.Scan(&r.ID, &r.District, &r.FacilityType, &r.Method, &r.RadiusM, &standard, &area, &inputs, &summary,
		&r.Notes, &r.CreatedBy, &r.CreatedAt)
	if err != nil {
		return r, err
	}
	for document, into := range map[*json.RawMessage]any{&area: &r.Area, &inputs: &r.Inputs, &summary: &r.Summary} {
		if err := json.Unmarshal(*document, into); err != nil {
			return r, fmt.Errorf("read run %s: %w", r.ID, err)
		}
	}
	if standard != nil {
		if err := json.Unmarshal(standard, &r.Standard); err != nil {
			return r, fmt.Errorf("read run %s: %w", r.ID, err)
		}
	}
	r.FacilityName = r.FacilityType
	if kind, ok := s.lib.FacilityType(r.FacilityType); ok {
		r.FacilityName = kind.Name
	}
	return r, nil
}

// Get returns a run; postgis.ErrNotFound where there is none in the scope.
func (s *Store) Get(ctx context.Context, scope account.Scope, district string, id uuid.UUID) (Run, error) {
	if scope.District != "" && scope.District != district {
		return Run{}, fmt.Errorf("coverage run %s: %w", id, postgis.ErrNotFound)
	}
	rows, err := s.db.Pool.Query(ctx, selectRun+` and r.id = $4`, district, scope.Subdistricts, scope.Zones, id)
	if err != nil {
		return Run{}, fmt.Errorf("read coverage run %s: %w", id, err)
	}
	run, err := pgx.CollectExactlyOneRow(rows, s.scanRun)
	if errors.Is(err, pgx.ErrNoRows) {
		return Run{}, fmt.Errorf("coverage run %s: %w", id, postgis.ErrNotFound)
	}
	if err != nil {
		return Run{}, fmt.Errorf("read coverage run %s: %w", id, err)
	}
	return run, nil
}

// List returns the runs of a district that the scope may read, newest first, at
// most limit of them; 0 is all that are kept.
func (s *Store) List(ctx context.Context, scope account.Scope, district string, limit int) ([]Run, error) {
	if scope.District != "" && scope.District != district {
		return []Run{}, nil
	}
	if limit <= 0 || limit > keepRuns {
		limit = keepRuns
	}
	rows, err := s.db.Pool.Query(ctx, selectRun+` order by r.created_at desc, r.id desc limit $4`,
		district, scope.Subdistricts, scope.Zones, limit)
	if err != nil {
		return nil, fmt.Errorf("list the coverage runs of district %s: %w", district, err)
	}
	runs, err := pgx.CollectRows(rows, s.scanRun)
	if err != nil {
		return nil, fmt.Errorf("list the coverage runs of district %s: %w", district, err)
	}
	return runs, nil
}

// Communities returns a run's answer for every community in its area: the most
// uncovered households first.
func (s *Store) Communities(ctx context.Context, scope account.Scope, district string, id uuid.UUID) ([]CommunityCoverage, error) {
	if _, err := s.Get(ctx, scope, district, id); err != nil {
		return nil, err
	}
	rows, err := s.db.Pool.Query(ctx, `
		select code, name, subdistrict_name, buildings, covered_buildings, households, covered_households,
		       floor_area_m2, covered_floor_area_m2
		from coverage_community
		where run_id = $1
		order by households - covered_households desc, buildings - covered_buildings desc, code`, id)
	if err != nil {
		return nil, fmt.Errorf("list the communities of coverage run %s: %w", id, err)
	}
	communities, err := pgx.CollectRows(rows, pgx.RowToStructByPos[CommunityCoverage])
	if err != nil {
		return nil, fmt.Errorf("list the communities of coverage run %s: %w", id, err)
	}
	return communities, nil
}
