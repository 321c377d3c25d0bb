package survey

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/policy"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/registry"
)

// asked is a community that is to be asked.
type asked struct {
	ID          int64
	Code        string
	Subdistrict string
	Households  *int
	FloorAreaM2 *float64
}

func (a asked) place(district string) account.Place { return placeOf(district, a.Subdistrict) }

func placeOf(district, subdistrict string) account.Place {
	at := account.Place{District: district, Subdistricts: []string{}}
	if subdistrict != "" {
		at.Subdistricts = []string{subdistrict}
	}
	return at
}

func (s *Store) community(ctx context.Context, q querier, scope account.Scope, district, code string) (asked, error) {
	args := scopeArgs(scope, district)
	args["code"] = code
	rows, err := q.Query(ctx, `
		select c.id, c.code, coalesce(c.subdistrict_code, '') as subdistrict, c.households, c.floor_area_m2
		from published_community c
		where c.code = @code and `+communityInScope, args)
	if err != nil {
		return asked{}, fmt.Errorf("read community %s: %w", code, err)
	}
	found, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByPos[asked])
	if errors.Is(err, pgx.ErrNoRows) {
		return found, fmt.Errorf("community %s: %w", code, postgis.ErrNotFound)
	}
	if err != nil {
		return found, fmt.Errorf("read community %s: %w", code, err)
	}
	return found, nil
}

// Open begins to ask the residents of a community. The first time, its rows are
// its buildings; later they are those of the time before, with nobody asked.
// Errors: postgis.ErrNotFound, *InvalidError, *StateError while a survey is open,
// *account.OutsideError.
func (s *Store) Open(ctx context.Context, scope account.Scope, district string, d Draft) (Survey, error) {
	choice, err := s.reg.Policy(ctx, district)
	if err != nil {
		return Survey{}, err
	}
	if d.Means == nil {
		d.Means = &choice.Policy.Survey.Means
	}
	n, err := s.newSurvey(d)
	if err != nil {
		return Survey{}, err
	}
	err = s.db.Write(ctx, func(ctx context.Context, tx *postgis.Tx) error {
		c, err := s.community(ctx, tx, scope, district, d.Community)
		if err != nil {
			return err
		}
		if err := account.Demand(ctx, account.EditProgram, c.place(district)); err != nil {
			return err
		}
		rows, err := s.firstRows(ctx, tx, district, c)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `
			insert into survey (id, district_code, community_id, contents, means, started_on, due_on, owners_committee, note, created_by, updated_by)
			values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10)`,
			n.id, district, c.ID, n.contents, n.means, n.started, n.due, d.OwnersCommittee, d.Note, account.Name(ctx)); err != nil {
			return violation(err)
		}
		if err := putCounts(ctx, tx, district, n.id, rows); err != nil {
			return err
		}
		if err := registry.TellOf(ctx, tx, district, "surveys", c.ID); err != nil {
			return err
		}
		return account.Record(ctx, tx, account.Entry{
			Action: "survey.open", Entity: "community", Code: c.Code, District: district,
			After: map[string]any{"survey": n.id, "started_on": n.started.Format(time.DateOnly), "rows": len(rows)},
		})
	})
	if err != nil {
		return Survey{}, err
	}
	return s.Survey(ctx, scope, district, n.id)
}

// newSurvey is a checked draft.
type newSurvey struct {
	id              uuid.UUID
	contents, means []string
	started         time.Time
	due             *time.Time
}

func (s *Store) newSurvey(d Draft) (n newSurvey, err error) {
	if n.id, err = uuid.NewV7(); err != nil {
		return n, fmt.Errorf("make an id: %w", err)
	}
	if n.contents, err = checkTexts("contents", d.Contents); err != nil {
		return n, err
	}
	if n.means, err = checkTexts("means", d.Means); err != nil {
		return n, err
	}
	if err := errors.Join(checkText("note", d.Note, 2000), checkText("owners_committee", d.OwnersCommittee, maxText)); err != nil {
		return n, err
	}
	n.started = s.today()
	started, err := day("started_on", d.StartedOn)
	if err != nil {
		return n, err
	}
	if started != nil {
		n.started = *started
	}
	if n.due, err = day("due_on", d.DueOn); err != nil {
		return n, err
	}
	if n.due != nil && n.due.Before(n.started) {
		return n, &InvalidError{"due_on", "截止日期早于开始日期"}
	}
	return n, nil
}

// firstRows are the rows that a new survey starts with.
func (s *Store) firstRows(ctx context.Context, tx *postgis.Tx, district string, c asked) ([]CountDraft, error) {
	rows, err := tx.Query(ctx, `
		select building_code, stairwell, households, floor_area_m2
		from survey_count
		where survey_id = (select id from survey where community_id = $1 order by created_at desc, id desc limit 1)`, c.ID)
	if err != nil {
		return nil, fmt.Errorf("read the last survey of community %s: %w", c.Code, err)
	}
	last, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (d CountDraft, err error) {
		return d, row.Scan(&d.BuildingCode, &d.Stairwell, &d.Households, &d.FloorAreaM2)
	})
	if err != nil || len(last) > 0 {
		return last, err
	}
	rows, err = tx.Query(ctx, `
		select code, name, use, households, floor_area_m2, weight_m2
		from published_building
		where district_code = $1 and community_id = $2
		order by code`, district, c.ID)
	if err != nil {
		return nil, fmt.Errorf("read the buildings of community %s: %w", c.Code, err)
	}
	homes, err := pgx.CollectRows(rows, pgx.RowToStructByPos[home])
	if err != nil {
		return nil, fmt.Errorf("read the buildings of community %s: %w", c.Code, err)
	}
	return divide(c.Households, c.FloorAreaM2, homes), nil
}

// putCounts replaces all rows of a survey.
func putCounts(ctx context.Context, tx *postgis.Tx, district string, id uuid.UUID, rows []CountDraft) error {
	if _, err := tx.Exec(ctx, `delete from survey_count where survey_id = $1`, id); err != nil {
		return fmt.Errorf("store the counts of survey %s: %w", id, err)
	}
	n := len(rows)
	buildings, stairwells := make([]string, n), make([]string, n)
	households, asked, agreed, disagreed := make([]int, n), make([]int, n), make([]int, n), make([]int, n)
	area, agreedArea := make([]*float64, n), make([]*float64, n)
	for i, r := range rows {
		buildings[i], stairwells[i], households[i], area[i] = r.BuildingCode, r.Stairwell, r.Households, r.FloorAreaM2
		asked[i], agreed[i], disagreed[i], agreedArea[i] = r.Asked, r.Agreed, r.Disagreed, r.AgreedAreaM2
	}
	_, err := tx.Exec(ctx, `
		insert into survey_count (survey_id, building_code, stairwell, households, floor_area_m2, asked, agreed, disagreed, agreed_area_m2, district_code)
		select $1, n.*, $10 from unnest($2::text[], $3::text[], $4::int[], $5::float8[], $6::int[], $7::int[], $8::int[], $9::float8[]) n`,
		id, buildings, stairwells, households, area, asked, agreed, disagreed, agreedArea, district)
	if err != nil {
		return violation(err)
	}
	return nil
}

// hold locks a survey that the person in ctx may change, at the version that
// the person saw.
func (s *Store) hold(ctx context.Context, tx *postgis.Tx, scope account.Scope, district string, id uuid.UUID, version int) (headRow, error) {
	r, err := find(ctx, tx, scope, district, id, " for no key update of s")
	if err != nil {
		return r, err
	}
	if err := account.Demand(ctx, account.EditProgram, placeOf(district, r.Subdistrict)); err != nil {
		return r, err
	}
	if r.Version != version {
		return r, fmt.Errorf("survey %s is at version %d, not %d: %w", id, r.Version, version, postgis.ErrVersion)
	}
	return r, nil
}

// change is the one way to change an open survey: it holds it, lets fn change
// it, makes the counts the community's where they are to be, and leaves an audit
// entry.
func (s *Store) change(ctx context.Context, scope account.Scope, district string, id uuid.UUID, version int, action string, fn func(context.Context, *postgis.Tx, headRow) (after any, err error)) (Survey, error) {
	choice, err := s.reg.Policy(ctx, district)
	if err != nil {
		return Survey{}, err
	}
	err = s.db.Write(ctx, func(ctx context.Context, tx *postgis.Tx) error {
		before, err := s.hold(ctx, tx, scope, district, id, version)
		if err != nil {
			return err
		}
		if before.State != Open {
			return &StateError{fmt.Sprintf("第%d轮征询已于%s结束，不能再改；需要更正时请开始新一轮征询", before.Round, *date(before.ClosedOn))}
		}
		after, err := fn(ctx, tx, before)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `update survey set version = version + 1, updated_by = $2, updated_at = now() where id = $1`, id, account.Name(ctx)); err != nil {
			return fmt.Errorf("change survey %s: %w", id, err)
		}
		if err := s.record(ctx, tx, scope, district, choice, id); err != nil {
			return err
		}
		if err := registry.TellOf(ctx, tx, district, "surveys", before.CommunityID); err != nil {
			return err
		}
		return account.Record(ctx, tx, account.Entry{
			Action: action, Entity: "community", Code: before.Code, District: district,
			Before: before.digest(), After: after,
		})
	})
	if err != nil {
		return Survey{}, err
	}
	return s.Survey(ctx, scope, district, id)
}

// digest is what the audit trail keeps of a survey.
func (r headRow) digest() map[string]any {
	return map[string]any{
		"survey": r.ID, "state": r.State, "households": r.Households, "asked": r.Asked, "agreed": r.Agreed, "disagreed": r.Disagreed,
	}
}

// record makes the counts of a survey the community's facts: of a closed one, and
// of an open one from the moment on at which enough have agreed. Before that, an
// unfinished survey says nothing of the community.
func (s *Store) record(ctx context.Context, tx *postgis.Tx, scope account.Scope, district string, choice policy.Choice, id uuid.UUID) error {
	r, err := find(ctx, tx, scope, district, id, "")
	if err != nil {
		return err
	}
	if r.State == Open && !r.Recorded && !choice.Consent(r.head().Sums.asked()).Passed {
		return nil
	}
	if r.Households == 0 {
		return nil
	}
	if _, err := tx.Exec(ctx, `update survey set recorded = (id = $2) where community_id = $1 and recorded <> (id = $2)`, r.CommunityID, id); err != nil {
		return fmt.Errorf("record survey %s: %w", id, err)
	}
	return s.reg.RecordConsent(ctx, tx, scope, district, r.Code, registry.Agreed{
		Households: r.Agreed, Total: r.Households, AreaM2: r.AgreedArea, TotalAreaM2: r.FloorArea,
	})
}

// SaveCounts replaces all rows of an open survey. Errors: postgis.ErrNotFound,
// postgis.ErrVersion, *InvalidError, *StateError, *account.OutsideError.
func (s *Store) SaveCounts(ctx context.Context, scope account.Scope, district string, id uuid.UUID, version int, rows []CountDraft) (Survey, error) {
	return s.change(ctx, scope, district, id, version, "survey.count", func(ctx context.Context, tx *postgis.Tx, r headRow) (any, error) {
		known, err := knownBuildings(ctx, tx, district, r)
		if err != nil {
			return nil, err
		}
		if err := checkRows(rows, known); err != nil {
			return nil, err
		}
		if err := putCounts(ctx, tx, district, id, rows); err != nil {
			return nil, err
		}
		if _, err := tx.Exec(ctx, `update survey set generated = array_remove(generated, 'counts') where id = $1`, id); err != nil {
			return nil, fmt.Errorf("store the counts of survey %s: %w", id, err)
		}
		return map[string]any{"survey": id, "rows": rows}, nil
	})
}

// knownBuildings are the names of the buildings that rows of a survey may name:
// those of the community, and those that it has rows of already.
func knownBuildings(ctx context.Context, q querier, district string, r headRow) (map[string]string, error) {
	rows, err := q.Query(ctx, `
		select code, coalesce(nullif(name, ''), code) from published_building where district_code = $1 and community_id = $2
		union
		select n.building_code, coalesce(nullif(b.name, ''), n.building_code)
		from survey_count n
		left join published_building b on b.district_code = $1 and b.code = n.building_code
		where n.survey_id = $3 and n.building_code <> ''`, district, r.CommunityID, r.ID)
	if err != nil {
		return nil, fmt.Errorf("read the buildings of community %s: %w", r.Code, err)
	}
	known := map[string]string{"": ""}
	var code, name string
	_, err = pgx.ForEachRow(rows, []any{&code, &name}, func() error {
		known[code] = name
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read the buildings of community %s: %w", r.Code, err)
	}
	return known, nil
}
