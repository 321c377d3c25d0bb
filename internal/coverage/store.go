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
	"github.com/lianpian/lianpian/internal/walking"
)

// networks are where the walking networks are kept.
type networks interface {
	Snapshot(ctx context.Context, district string) (*walking.Snapshot, error)
}

// Store makes and keeps the coverage runs of one database. Reads show the runs
// all of whose buildings lie in the scope. Use New.
type Store struct {
	db       *postgis.DB
	lib      *policy.Library
	networks networks
	trials   *trials
}

// New makes the store of a database, with the standards to look limits up in and
// the networks to walk on.
func New(db *postgis.DB, lib *policy.Library, networks networks) *Store {
	return &Store{db: db, lib: lib, networks: networks, trials: newTrials()}
}

const selectRun = `
select r.id, r.batch_id, r.district_code, r.facility_type, r.method, r.radius_m, r.minutes, r.settings, r.walker, r.standard,
       r.first_step, r.area, r.inputs, r.summary, r.items, r.detailed, r.notes, r.created_by, r.created_at
from coverage_run r
where r.district_code = $1
  and ($2::text[] is null or r.subdistrict_codes <@ $2)
  and ($3::bigint[] is null or r.area ->> 'kind' = 'zone' and exists (
      select from published_zone z
      where z.district_code = r.district_code and z.code = r.area ->> 'code' and z.id = any($3)))`

func (s *Store) scanRun(row pgx.CollectableRow) (Run, error) {
	var r Run
	var settings, walker, standard, first, area, inputs, summary, items json.RawMessage
	err := row.Scan(&r.ID, &r.Batch, &r.District, &r.FacilityType, &r.Method, &r.Limit.Metres, &r.Limit.Minutes, &settings, &walker, &standard,
		&first, &area, &inputs, &summary, &items, &r.Detailed, &r.Notes, &r.CreatedBy, &r.CreatedAt)
	if err != nil {
		return r, err
	}
	for _, part := range []struct {
		text json.RawMessage
		into any
	}{
		{settings, &r.settings},
		{walker, &r.Walker},
		{standard, &r.Standard},
		{first, &r.FirstStep},
		{area, &r.Area},
		{inputs, &r.Inputs},
		{summary, &r.Summary},
		{items, &r.Items},
	} {
		if part.text == nil {
			continue
		}
		if err := json.Unmarshal(part.text, part.into); err != nil {
			return r, fmt.Errorf("read run %s: %w", r.ID, err)
		}
	}
	if r.settings.Method == "" { // from before settings were kept
		r.settings = Settings{Method: r.Method, Limit: r.Limit, Area: r.Area, UnitsPerHouse: 1, Walker: walkers[0]}
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

// detailed returns a run whose buildings are kept. Errors: those of Get,
// *InvalidError for one of which only sums are.
func (s *Store) detailed(ctx context.Context, scope account.Scope, district string, id uuid.UUID) (Run, error) {
	run, err := s.Get(ctx, scope, district, id)
	if err == nil && !run.Detailed {
		err = &InvalidError{Field: "id", Detail: "这次体检的范围大，只保留了汇总；要看楼栋、盲区和分区，请对该类设施单独分析一次"}
	}
	return run, err
}

// List returns the runs of a district that the scope may read and that were made
// by themselves, newest first, at most limit of them; 0 is all that are kept.
func (s *Store) List(ctx context.Context, scope account.Scope, district string, limit int) ([]Run, error) {
	if scope.District != "" && scope.District != district {
		return []Run{}, nil
	}
	if limit <= 0 {
		limit = keepRuns
	}
	rows, err := s.db.Pool.Query(ctx, selectRun+` and r.batch_id is null order by r.created_at desc, r.id desc limit $4`,
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

// districtRules returns which profile and which policy a district follows.
func districtRules(ctx context.Context, tx pgx.Tx, district string) (profile, policyKey string, err error) {
	err = tx.QueryRow(ctx, `select profile_key, policy_key from published_district where code = $1`, district).Scan(&profile, &policyKey)
	if errors.Is(err, pgx.ErrNoRows) {
		return "", "", fmt.Errorf("district %s: %w", district, postgis.ErrNotFound)
	}
	if err != nil {
		return "", "", fmt.Errorf("read district %s: %w", district, err)
	}
	return profile, policyKey, nil
}

// findScenario refuses the code of a scenario that there is not; "" is none.
func findScenario(ctx context.Context, tx pgx.Tx, district, code string) error {
	if code == "" {
		return nil
	}
	var found bool
	err := tx.QueryRow(ctx, `select exists (select from published_scenario where district_code = $1 and code = $2)`, district, code).Scan(&found)
	switch {
	case err != nil:
		return fmt.Errorf("find scenario %s: %w", code, err)
	case !found:
		return &InvalidError{Field: "scenario", Detail: "本区没有这个方案"}
	}
	return nil
}
