package zone

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/postgis"
)

// Scenario is a named, versioned set of zones (方案). Every district has one
// that is the main one: those who name no scenario mean it.
type Scenario struct {
	Code      string    `json:"code" doc:"UUID that never changes"`
	Name      string    `json:"name" doc:"unique in the district"`
	Note      string    `json:"note"`
	Main      bool      `json:"main"`
	Revision  int       `json:"revision" doc:"counts what was done to its zones"`
	Rules     Rules     `json:"rules"`
	Version   int       `json:"version" doc:"counts the saves of name, note, rules and main"`
	Zones     int       `json:"zones" doc:"how many zones it has"`
	Totals    Totals    `json:"totals" doc:"of all its zones; a community or building of several zones counts once"`
	CreatedBy string    `json:"created_by"`
	CreatedAt time.Time `json:"created_at"`
	UpdatedBy string    `json:"updated_by"`
	UpdatedAt time.Time `json:"updated_at"`

	id       int64
	district string
}

// ScenarioDraft is what a person says about a new scenario.
type ScenarioDraft struct {
	Name   string
	Note   string
	CopyOf string // code of the scenario whose zones and rules it begins with; "" begins empty
}

// ScenarioPatch is what a person changes of a scenario; nil stays as it is. Main
// can only be true: another scenario takes it over.
type ScenarioPatch struct {
	Name  *string
	Note  *string
	Rules *Rules
	Main  *bool
}

func (p ScenarioPatch) apply(sc Scenario) (Scenario, error) {
	if p.Name != nil {
		sc.Name = *p.Name
	}
	if p.Note != nil {
		sc.Note = *p.Note
	}
	if p.Rules != nil {
		sc.Rules = *p.Rules
		if err := sc.Rules.sound(); err != nil {
			return sc, err
		}
	}
	if p.Main != nil {
		if sc.Main && !*p.Main {
			return sc, &InvalidError{Field: "main", Detail: "请改将另一个方案设为现行方案"}
		}
		sc.Main = *p.Main
	}
	var err error
	sc.Name, sc.Note, err = soundScenario(sc.Name, sc.Note)
	return sc, err
}

func soundScenario(name, note string) (string, string, error) {
	name, note = strings.TrimSpace(name), strings.TrimSpace(note)
	if name == "" {
		return name, note, &InvalidError{Field: "name", Detail: "请填写方案名称"}
	}
	if err := text("name", "方案名称", name, maxName, false); err != nil {
		return name, note, err
	}
	return name, note, text("note", "备注", note, maxNote, true)
}

// ScenarioNameTakenError says that the district has a scenario of that name
// already. It wraps postgis.ErrConflict.
type ScenarioNameTakenError struct{ Name string }

func (e *ScenarioNameTakenError) Error() string {
	return fmt.Sprintf("本区已有名为“%s”的方案", e.Name)
}

// Unwrap makes errors.Is(err, postgis.ErrConflict) true.
func (e *ScenarioNameTakenError) Unwrap() error { return postgis.ErrConflict }

// ErrMainScenario says that the main scenario cannot be deleted. It wraps
// postgis.ErrConflict.
var ErrMainScenario = fmt.Errorf("现行方案不能删除，请先将另一个方案设为现行方案: %w", postgis.ErrConflict)

// Whoever is limited to zones reads the scenarios that hold one of them.
const selectScenario = `
select s.id, s.district_code, s.code, s.name, s.note, s.main, s.revision, s.rules, s.version,
       s.created_by, s.created_at, s.updated_by, s.updated_at,
       (select count(*) from zone z
        where z.scenario_id = s.id
          and ($2::text[] is null or z.subdistrict_codes && $2)
          and ($3::bigint[] is null or z.id = any($3)))
from scenario s
where s.district_code = $1
  and ($3::bigint[] is null or exists (select from zone z where z.scenario_id = s.id and z.id = any($3)))`

func scanScenario(row pgx.CollectableRow) (Scenario, error) {
	var sc Scenario
	err := row.Scan(&sc.id, &sc.district, &sc.Code, &sc.Name, &sc.Note, &sc.Main, &sc.Revision, &sc.Rules, &sc.Version,
		&sc.CreatedBy, &sc.CreatedAt, &sc.UpdatedBy, &sc.UpdatedAt, &sc.Zones)
	return sc, err
}

// findScenario returns a scenario without its totals, locked when lock is "for
// update"; "" is the main one.
func findScenario(ctx context.Context, q reader, scope account.Scope, district, code, lock string) (Scenario, error) {
	missing := fmt.Errorf("scenario %q of district %s: %w", code, district, postgis.ErrNotFound)
	if !reaches(scope, district) {
		return Scenario{}, missing
	}
	rows, err := q.Query(ctx, selectScenario+` and case when $4 = '' then s.main else s.code = $4 end `+lock,
		district, scope.Subdistricts, scope.Zones, code)
	if err != nil {
		return Scenario{}, fmt.Errorf("read scenario %q: %w", code, err)
	}
	sc, err := pgx.CollectExactlyOneRow(rows, scanScenario)
	if errors.Is(err, pgx.ErrNoRows) {
		return Scenario{}, missing
	}
	if err != nil {
		return Scenario{}, fmt.Errorf("read scenario %q: %w", code, err)
	}
	return sc, nil
}

// Scenarios returns the scenarios of a district that the scope may read, the
// main one first, then by name.
func (s *Store) Scenarios(ctx context.Context, scope account.Scope, district string) ([]Scenario, error) {
	if !reaches(scope, district) {
		return []Scenario{}, nil
	}
	rows, err := s.db.Pool.Query(ctx, selectScenario+` order by s.main desc, s.name`, district, scope.Subdistricts, scope.Zones)
	if err != nil {
		return nil, fmt.Errorf("list the scenarios of district %s: %w", district, err)
	}
	scenarios, err := pgx.CollectRows(rows, scanScenario)
	if err != nil {
		return nil, fmt.Errorf("list the scenarios of district %s: %w", district, err)
	}
	return scenarios, s.total(ctx, s.db.Pool, scope, district, scenarios)
}

// Scenario returns one scenario, "" the main one; postgis.ErrNotFound where
// there is none in the scope.
func (s *Store) Scenario(ctx context.Context, scope account.Scope, district, code string) (Scenario, error) {
	sc, err := findScenario(ctx, s.db.Pool, scope, district, code, "")
	if err != nil {
		return sc, err
	}
	one := []Scenario{sc}
	err = s.total(ctx, s.db.Pool, scope, district, one)
	return one[0], err
}

// total fills in the totals of scenarios.
func (s *Store) total(ctx context.Context, q reader, scope account.Scope, district string, scenarios []Scenario) error {
	ids := make([]int64, 0, len(scenarios))
	for _, sc := range scenarios {
		ids = append(ids, sc.id)
	}
	totals, err := readTotals(ctx, q, scenarioTotalsSQL,
		pgx.QueryExecModeCacheDescribe, district, scope.Subdistricts, scope.Zones, ids)
	if err != nil {
		return fmt.Errorf("total the scenarios of district %s: %w", district, err)
	}
	for i := range scenarios {
		scenarios[i].Totals = totals[scenarios[i].id]
	}
	return nil
}
