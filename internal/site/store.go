package site

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/coverage"
	"github.com/lianpian/lianpian/internal/policy"
	"github.com/lianpian/lianpian/internal/postgis"
)

const keepSitings = 100 // per district; older ones are deleted, once their jobs have ended

// ground is where demand and junctions come from.
type ground interface {
	Demand(ctx context.Context, scope account.Scope, district string, r coverage.Request) (*coverage.Demand, error)
	Junctions(ctx context.Context, district string) ([]orb.Point, error)
}

// Store keeps the questions for sites of one database with their answers, and
// the proposed facilities. Use New.
type Store struct {
	db     *postgis.DB
	lib    *policy.Library
	ground ground
}

// New makes the store of a database.
func New(db *postgis.DB, lib *policy.Library, ground ground) *Store {
	return &Store{db: db, lib: lib, ground: ground}
}

const selectSiting = `
select s.id, s.district_code,
       case when j.id is not null then j.state when s.answer is null then 'failed' else 'done' end,
       coalesce(j.error, ''), s.facility_type, s.request, s.resolved, s.answer, s.notes, s.job_id, s.created_by, s.created_at
from siting s
left join published_job j on j.id = s.job_id
where s.district_code = $1
  and ($2::text[] is null or s.subdistrict_codes <@ $2)
  and $3::bigint[] is null`

// resolved is what a request's settings came to.
type resolved struct {
	Limit    coverage.Limit       `json:"limit"`
	Walker   *coverage.WalkerUsed `json:"walker"`
	Standard *coverage.Standard   `json:"standard"`
}

func (s *Store) scan(row pgx.CollectableRow) (Siting, error) {
	var q Siting
	var kind string
	var request, settled, answer []byte
	err := row.Scan(&q.ID, &q.District, &q.State, &q.Error, &kind, &request, &settled, &answer, &q.Notes, &q.job, &q.CreatedBy, &q.CreatedAt)
	if err != nil {
		return q, err
	}
	var r resolved
	for _, part := range []struct {
		text []byte
		into any
	}{{request, &q.Request}, {settled, &r}, {answer, &q.Answer}} {
		if part.text == nil {
			continue
		}
		if err := json.Unmarshal(part.text, part.into); err != nil {
			return q, fmt.Errorf("read siting %s: %w", q.ID, err)
		}
	}
	q.Limit, q.Walker, q.Standard = r.Limit, r.Walker, r.Standard
	q.FacilityName = s.nameOf(kind)
	return q, nil
}

func (s *Store) nameOf(facilityType string) string {
	if kind, known := s.lib.FacilityType(facilityType); known {
		return kind.Name
	}
	return facilityType
}

// List returns the sitings of a district that the scope may read, newest first.
func (s *Store) List(ctx context.Context, scope account.Scope, district string, limit int) ([]Siting, error) {
	if scope.District != "" && scope.District != district {
		return []Siting{}, nil
	}
	rows, err := s.db.Pool.Query(ctx, selectSiting+` order by s.created_at desc, s.id limit $4`, district, scope.Subdistricts, scope.Zones, limit)
	if err != nil {
		return nil, fmt.Errorf("list the sitings of district %s: %w", district, err)
	}
	list, err := pgx.CollectRows(rows, s.scan)
	if err != nil {
		return nil, fmt.Errorf("list the sitings of district %s: %w", district, err)
	}
	return list, nil
}

// Get returns one siting; postgis.ErrNotFound where there is none in the scope.
func (s *Store) Get(ctx context.Context, scope account.Scope, district string, id uuid.UUID) (Siting, error) {
	if scope.District != "" && scope.District != district {
		return Siting{}, fmt.Errorf("siting %s: %w", id, postgis.ErrNotFound)
	}
	rows, err := s.db.Pool.Query(ctx, selectSiting+` and s.id = $4`, district, scope.Subdistricts, scope.Zones, id)
	if err != nil {
		return Siting{}, fmt.Errorf("read siting %s: %w", id, err)
	}
	q, err := pgx.CollectExactlyOneRow(rows, s.scan)
	if errors.Is(err, pgx.ErrNoRows) {
		return Siting{}, fmt.Errorf("siting %s: %w", id, postgis.ErrNotFound)
	}
	if err != nil {
		return Siting{}, fmt.Errorf("read siting %s: %w", id, err)
	}
	return q, s.accepted(ctx, &q)
}

// accepted notes which sites have become proposed facilities: those of the same
// siting at the same place. One in the scenario that was asked about goes before
// those of others, which may be copies of it.
func (s *Store) accepted(ctx context.Context, q *Siting) error {
	if q.Answer == nil {
		return nil
	}
	rows, err := s.db.Pool.Query(ctx, `
		select p.code, p.geom
		from proposed_facility p
		join published_scenario s on s.id = p.scenario_id
		where p.district_code = $1 and p.siting_id = $2
		order by s.code = $3, p.id desc`, q.District, q.ID, q.Request.Scenario)
	if err != nil {
		return fmt.Errorf("read what became of siting %s: %w", q.ID, err)
	}
	var code string
	var at postgis.Geom
	_, err = pgx.ForEachRow(rows, []any{&code, &at}, func() error {
		for i := range q.Answer.Sites {
			if at.Geometry == q.Answer.Sites[i].Location {
				q.Answer.Sites[i].Accepted = code
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("read what became of siting %s: %w", q.ID, err)
	}
	return nil
}

// Ask checks a request against the data and keeps it. Nothing is worked on
// before a job is begun for it. Errors: *InvalidError, *coverage.InvalidError,
// *account.OutsideError, postgis.ErrNotFound.
func (s *Store) Ask(ctx context.Context, scope account.Scope, district string, r Request, begin ...func(ctx context.Context, tx *postgis.Tx, id uuid.UUID) (job uuid.UUID, err error)) (Siting, error) {
	r, err := r.check()
	if err != nil {
		return Siting{}, err
	}
	if r.Scenario == "" {
		if r.Scenario, err = s.mainScenario(ctx, district); err != nil {
			return Siting{}, err
		}
	}
	d, err := s.ground.Demand(ctx, scope, district, r.asked())
	if err != nil {
		return Siting{}, err
	}
	if r.Model != CoverAll && r.CurveTo == 0 {
		r.CurveTo = min(r.N, mostCurve)
	}
	id, err := uuid.NewV7()
	if err != nil {
		return Siting{}, fmt.Errorf("make the id of a siting: %w", err)
	}
	if err := s.record(ctx, scope, id, r, d, begin); err != nil {
		return Siting{}, err
	}
	return s.Get(ctx, scope, district, id)
}

func (s *Store) mainScenario(ctx context.Context, district string) (code string, err error) {
	err = s.db.Pool.QueryRow(ctx, `select code from published_scenario where district_code = $1 and main`, district).Scan(&code)
	if errors.Is(err, pgx.ErrNoRows) {
		return "", fmt.Errorf("district %s: %w", district, postgis.ErrNotFound)
	}
	if err != nil {
		return "", fmt.Errorf("find the main scenario of %s: %w", district, err)
	}
	return code, nil
}

func (s *Store) record(ctx context.Context, scope account.Scope, id uuid.UUID, r Request, d *coverage.Demand, begin []func(context.Context, *postgis.Tx, uuid.UUID) (uuid.UUID, error)) error {
	request, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("encode a request: %w", err)
	}
	settled, err := json.Marshal(resolved{d.Run.Limit, d.Run.Walker, d.Run.Standard})
	if err != nil {
		return fmt.Errorf("encode what was settled: %w", err)
	}
	codes := d.Subdistricts()
	if scope.Subdistricts != nil {
		codes = scope.Subdistricts
	}
	district := d.Run.District
	return s.db.Write(ctx, func(ctx context.Context, tx *postgis.Tx) error {
		_, err := tx.Exec(ctx, `
			insert into siting (id, district_code, scenario_code, facility_type, request, resolved, subdistrict_codes, created_by)
			values ($1, $2, $3, $4, $5, $6, $7, $8)`,
			id, district, r.Scenario, r.FacilityType, request, settled, codes, account.Name(ctx))
		if err != nil {
			return fmt.Errorf("keep a siting of district %s: %w", district, err)
		}
		// One that waits for its job is still to be answered, however many are newer.
		_, err = tx.Exec(ctx, `
			delete from siting s
			where s.id in (select id from siting where district_code = $1 order by created_at desc, id offset $2)
			  and not exists (select from published_job_life j where j.id = s.job_id and j.state in ('queued', 'running'))`,
			district, keepSitings)
		if err != nil {
			return fmt.Errorf("drop old sitings of district %s: %w", district, err)
		}
		for _, ask := range begin {
			work, err := ask(ctx, tx, id)
			if err != nil {
				return err
			}
			if _, err := tx.Exec(ctx, `update siting set job_id = $2 where id = $1`, id, work); err != nil {
				return fmt.Errorf("note the job of siting %s: %w", id, err)
			}
		}
		tx.Changed(postgis.Change{District: district, Layer: "sitings", Subdistricts: codes, Together: true})
		return account.Record(ctx, tx, account.Entry{
			Action: "siting.ask", Entity: "siting", Code: id.String(), District: district, After: r,
		})
	})
}

// keepAnswer writes an answer down and tells open maps. What also writes is
// written with it.
func (s *Store) keepAnswer(ctx context.Context, district string, id uuid.UUID, a *Answer, notes []string, also ...func(ctx context.Context, tx *postgis.Tx) error) error {
	answer, err := json.Marshal(a)
	if err != nil {
		return fmt.Errorf("encode an answer: %w", err)
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *postgis.Tx) error {
		news := postgis.Change{District: district, Layer: "sitings", Together: true}
		err := tx.QueryRow(ctx, `update siting set answer = $2, notes = $3 where id = $1 returning subdistrict_codes`, id, answer, notes).Scan(&news.Subdistricts)
		if err != nil && !errors.Is(err, pgx.ErrNoRows) {
			return fmt.Errorf("keep the answer of siting %s: %w", id, err)
		}
		tx.Changed(news)
		for _, write := range also {
			if err := write(ctx, tx); err != nil {
				return err
			}
		}
		return nil
	})
}
