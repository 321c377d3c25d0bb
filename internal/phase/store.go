package phase

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/policy"
	"github.com/lianpian/lianpian/internal/postgis"
)

// Store plans the phasing of the scenarios of one database. Use New.
type Store struct {
	db  *postgis.DB
	lib *policy.Library
	now func() time.Time
}

// New makes the store of a database. now tells the year in which suggested
// settings begin.
func New(db *postgis.DB, lib *policy.Library, now func() time.Time) *Store {
	return &Store{db: db, lib: lib, now: now}
}

// Settings returns what a scenario's phasing is planned by: the saved settings,
// else what the district's policy asks for in three years from this one. With a
// year in first it is always the policy's, from that year on.
func (s *Store) Settings(ctx context.Context, scope account.Scope, district, scenario string, first int) (Stored, error) {
	if err := s.knows(ctx, scope, district, scenario); err != nil {
		return Stored{}, err
	}
	if first == 0 {
		return s.settings(ctx, district, scenario)
	}
	suggested, err := s.suggested(ctx, district, first)
	return Stored{Settings: suggested}, err
}

// inReach: whoever is limited to zones ($3) reads the scenarios s that hold one of
// them.
const inReach = `($3::bigint[] is null or exists (select from published_zone z where z.scenario_id = s.id and z.id = any($3)))`

func (s *Store) knows(ctx context.Context, scope account.Scope, district, scenario string) error {
	var known bool
	err := s.db.Pool.QueryRow(ctx, `
		select exists (
			select from published_scenario s where district_code = $1 and code = $2 and `+inReach+`)`, district, scenario, scope.Zones).Scan(&known)
	if err != nil {
		return fmt.Errorf("look scenario %s up: %w", scenario, err)
	}
	if !known || scope.District != "" && scope.District != district {
		return fmt.Errorf("scenario %s: %w", scenario, postgis.ErrNotFound)
	}
	return nil
}

func (s *Store) settings(ctx context.Context, district, scenario string) (Stored, error) {
	var stored Stored
	var text []byte
	err := s.db.Pool.QueryRow(ctx, `
		select settings, version, updated_by, updated_at from phasing
		where district_code = $1 and scenario_code = $2`, district, scenario).
		Scan(&text, &stored.Version, &stored.UpdatedBy, &stored.UpdatedAt)
	if errors.Is(err, pgx.ErrNoRows) {
		stored.Settings, err = s.suggested(ctx, district, s.now().Year())
		return stored, err
	}
	if err != nil {
		return stored, fmt.Errorf("read the phasing of scenario %s: %w", scenario, err)
	}
	if err := json.Unmarshal(text, &stored.Settings); err != nil {
		return stored, fmt.Errorf("read the phasing of scenario %s: %w", scenario, err)
	}
	return stored, nil
}

const (
	suggestedYears        = 3
	suggestedDiscount     = 0.05
	suggestedContinuation = 0.1
	m2PerWan              = 10_000
)

// suggested takes the years and targets from the district's policy, as far as
// they lie ahead, and fills up to three years without any.
func (s *Store) suggested(ctx context.Context, district string, first int) (Settings, error) {
	var key string
	err := s.db.Pool.QueryRow(ctx, `select policy_key from published_district where code = $1`, district).Scan(&key)
	if err != nil {
		return Settings{}, fmt.Errorf("read the policy of district %s: %w", district, err)
	}
	out := Settings{DiscountRate: suggestedDiscount, Continuation: suggestedContinuation, ConsentAbove: 0.5}
	for y := first; y < first+suggestedYears; y++ {
		year := Year{Year: y}
		if p, err := s.lib.Policy(key); err == nil {
			year.take(p.Targets)
		}
		out.Years = append(out.Years, year)
	}
	return out, nil
}

// take takes over the largest target that a document sets for the year. A zone
// is put into the year in which it starts, so what is to be started counts before
// what is to be completed: that was started in an earlier year and counted there.
func (y *Year) take(targets []policy.Target) {
	starts := false
	for _, t := range targets {
		if len(t.By) < 4 || t.By[:4] != strconv.Itoa(y.Year) || t.Count == nil {
			continue
		}
		start := t.Metric == "started" || t.Metric == "launched"
		if !start && t.Metric != "completed" || starts && !start || starts == start && *t.Count <= y.MinCommunities {
			continue
		}
		starts = start
		y.MinCommunities, y.MinFloorAreaM2, y.Source = *t.Count, 0, t.Clause+"："+t.Text
		if t.AreaWan != nil {
			y.MinFloorAreaM2 = *t.AreaWan * m2PerWan
		}
	}
}

// Save keeps settings that the person saw at version (0: never saved). Errors:
// *InvalidError, postgis.ErrVersion, *account.OutsideError.
func (s *Store) Save(ctx context.Context, scope account.Scope, district, scenario string, version int, settings Settings) (Stored, error) {
	if err := s.knows(ctx, scope, district, scenario); err != nil {
		return Stored{}, err
	}
	if err := settings.check(); err != nil {
		return Stored{}, err
	}
	if err := account.Demand(ctx, account.DrawZone, account.Place{District: district}); err != nil {
		return Stored{}, err
	}
	text, err := json.Marshal(settings)
	if err != nil {
		return Stored{}, fmt.Errorf("encode a phasing: %w", err)
	}
	before, err := s.settings(ctx, district, scenario)
	if err != nil {
		return Stored{}, err
	}
	err = s.db.Write(ctx, func(ctx context.Context, tx *postgis.Tx) error {
		tag, err := tx.Exec(ctx, `
			insert into phasing as p (district_code, scenario_code, settings, updated_by)
			select $1, $2, $3, $4 where $5 = 0
			on conflict (district_code, scenario_code) do nothing`,
			district, scenario, text, account.Name(ctx), version)
		if err == nil && version > 0 {
			tag, err = tx.Exec(ctx, `
				update phasing set settings = $3, version = version + 1, updated_by = $4, updated_at = now()
				where district_code = $1 and scenario_code = $2 and version = $5`,
				district, scenario, text, account.Name(ctx), version)
		}
		if err != nil {
			return fmt.Errorf("save the phasing of scenario %s: %w", scenario, err)
		}
		if tag.RowsAffected() == 0 {
			return fmt.Errorf("phasing of scenario %s: %w", scenario, postgis.ErrVersion)
		}
		tx.Changed(postgis.Change{District: district, Layer: "scenarios", Everybody: true})
		return account.Record(ctx, tx, account.Entry{
			Action: "phasing.save", Entity: "scenario", Code: scenario, District: district,
			Before: before.Settings, After: settings,
		})
	})
	if err != nil {
		return Stored{}, err
	}
	return s.settings(ctx, district, scenario)
}
