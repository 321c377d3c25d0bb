package coverage

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"golang.org/x/sync/errgroup"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/panics"
	"github.com/lianpian/lianpian/internal/postgis"
)

// BatchRequest asks for runs of several facility types with one set of settings.
type BatchRequest struct {
	FacilityTypes []string // empty: all of the profile that have a place and a limit
	Settings
}

// Batch is a set of runs that were made together (十五分钟生活圈体检).
type Batch struct {
	ID        uuid.UUID `json:"id"`
	District  string    `json:"district"`
	Method    string    `json:"method" enum:"radius,walk,walk_slope"`
	Profile   string    `json:"profile"`
	Area      Area      `json:"area"`
	Runs      []Run     `json:"runs" doc:"in the order of the standards table"`
	Skipped   []Skipped `json:"skipped"`
	CreatedBy string    `json:"created_by"`
	CreatedAt time.Time `json:"created_at"`
}

// Skipped is a type of the profile that could not be run, and why.
type Skipped struct {
	FacilityType string `json:"facility_type"`
	FacilityName string `json:"facility_name"`
	Reason       string `json:"reason"`
}

// RunBatch answers a request for several types and keeps the answers together.
// Types without a limit are skipped, and said to be. Errors: those of Run.
func (s *Store) RunBatch(ctx context.Context, scope account.Scope, district string, r BatchRequest) (Batch, error) {
	for _, key := range r.FacilityTypes {
		if _, err := s.place(key); err != nil {
			return Batch{}, err
		}
	}
	var err error
	if r.Settings, err = s.checkSettings(r.Settings); err != nil {
		return Batch{}, err
	}
	in, err := s.gather(ctx, scope, account.RunCoverage, district, r.Settings, r.FacilityTypes)
	if err != nil {
		return Batch{}, err
	}
	if len(in.questions) == 0 {
		return Batch{}, &InvalidError{Field: "facility_types", Detail: "所选的设施类型都没有可用的服务半径或步行时间"}
	}
	runs, err := s.answerAll(ctx, in, len(in.subjects)*len(in.questions) <= mostDetailed)
	if err != nil {
		return Batch{}, err
	}
	id, err := uuid.NewV7()
	if err != nil {
		return Batch{}, fmt.Errorf("make an id: %w", err)
	}
	batch := Batch{
		ID: id, District: district, Method: in.settings.Method, Profile: in.profile, Area: in.ground.Area,
		Runs: make([]Run, 0, len(runs)), Skipped: append([]Skipped{}, in.skipped...), CreatedBy: account.Name(ctx),
	}
	if err := s.keep(ctx, &batch, in, runs); err != nil {
		return Batch{}, fmt.Errorf("keep a scorecard of district %s: %w", district, err)
	}
	for _, a := range runs {
		batch.Runs = append(batch.Runs, a.run)
	}
	return batch, nil
}

// mostDetailed is how many answers of buildings a scorecard keeps. A larger one
// keeps sums only: each of its types can be run by itself to see buildings.
const mostDetailed = 1_000_000

// answerAll computes all questions, on all processors. Without details, what is
// known of single buildings is dropped as soon as it is summed up.
func (s *Store) answerAll(ctx context.Context, in *inputs, detailed bool) ([]*answered, error) {
	runs := make([]*answered, len(in.questions))
	group, within := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i, q := range in.questions {
		group.Go(func() error {
			return panics.Contain(func() (err error) {
				runs[i], err = s.answer(within, in, q)
				if err == nil && !detailed {
					runs[i].outcomes, runs[i].run.Detailed = nil, false
				}
				return err
			})
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	return runs, nil
}

func keepBatch(ctx context.Context, tx pgx.Tx, b *Batch, codes []string) error {
	area, err := json.Marshal(b.Area)
	if err != nil {
		return fmt.Errorf("encode the area: %w", err)
	}
	skipped, err := json.Marshal(b.Skipped)
	if err != nil {
		return fmt.Errorf("encode what was skipped: %w", err)
	}
	err = tx.QueryRow(ctx, `
		insert into coverage_batch (id, district_code, method, profile, area, skipped, subdistrict_codes, created_by)
		values ($1, $2, $3, $4, $5, $6, $7, $8)
		returning created_at`,
		b.ID, b.District, b.Method, b.Profile, area, skipped, codes, b.CreatedBy).Scan(&b.CreatedAt)
	if err != nil {
		return fmt.Errorf("insert the scorecard: %w", err)
	}
	return nil
}

const selectBatch = `
select b.id, b.district_code, b.method, b.profile, b.area, b.skipped, b.created_by, b.created_at
from coverage_batch b
where b.district_code = $1
  and ($2::text[] is null or b.subdistrict_codes <@ $2)
  and ($3::bigint[] is null or b.area ->> 'kind' = 'zone' and exists (
      select from published_zone z
      where z.district_code = b.district_code and z.code = b.area ->> 'code' and z.id = any($3)))`

func scanBatch(row pgx.CollectableRow) (Batch, error) {
	b := Batch{Runs: []Run{}}
	var area, skipped json.RawMessage
	if err := row.Scan(&b.ID, &b.District, &b.Method, &b.Profile, &area, &skipped, &b.CreatedBy, &b.CreatedAt); err != nil {
		return b, err
	}
	if err := errors.Join(json.Unmarshal(area, &b.Area), json.Unmarshal(skipped, &b.Skipped)); err != nil {
		return b, fmt.Errorf("read scorecard %s: %w", b.ID, err)
	}
	return b, nil
}

// Batches returns the scorecards of a district that the scope may read, newest
// first, without their runs.
func (s *Store) Batches(ctx context.Context, scope account.Scope, district string, limit int) ([]Batch, error) {
	if scope.District != "" && scope.District != district {
		return []Batch{}, nil
	}
	rows, err := s.db.Pool.Query(ctx, selectBatch+` order by b.created_at desc, b.id desc limit $4`,
		district, scope.Subdistricts, scope.Zones, limit)
	if err != nil {
		return nil, fmt.Errorf("list the scorecards of district %s: %w", district, err)
	}
	list, err := pgx.CollectRows(rows, scanBatch)
	if err != nil {
		return nil, fmt.Errorf("list the scorecards of district %s: %w", district, err)
	}
	return list, nil
}

// Batch returns a scorecard's runs, in the order of the standards table;
// postgis.ErrNotFound where there is none in the scope.
func (s *Store) Batch(ctx context.Context, scope account.Scope, district string, id uuid.UUID) (Batch, error) {
	if scope.District != "" && scope.District != district {
		return Batch{}, fmt.Errorf("scorecard %s: %w", id, postgis.ErrNotFound)
	}
	rows, err := s.db.Pool.Query(ctx, selectBatch+` and b.id = $4`, district, scope.Subdistricts, scope.Zones, id)
	if err != nil {
		return Batch{}, fmt.Errorf("read scorecard %s: %w", id, err)
	}
	b, err := pgx.CollectExactlyOneRow(rows, scanBatch)
	if errors.Is(err, pgx.ErrNoRows) {
		return Batch{}, fmt.Errorf("scorecard %s: %w", id, postgis.ErrNotFound)
	}
	if err != nil {
		return Batch{}, fmt.Errorf("read scorecard %s: %w", id, err)
	}
	rows, err = s.db.Pool.Query(ctx, selectRun+` and r.batch_id = $4`, district, scope.Subdistricts, scope.Zones, id)
	if err != nil {
		return Batch{}, fmt.Errorf("read the runs of scorecard %s: %w", id, err)
	}
	if b.Runs, err = pgx.CollectRows(rows, s.scanRun); err != nil {
		return Batch{}, fmt.Errorf("read the runs of scorecard %s: %w", id, err)
	}
	s.sortByType(b.Runs)
	return b, nil
}
