package survey

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/registry"
)

// Update changes what is said about an open survey. Errors as of SaveCounts.
func (s *Store) Update(ctx context.Context, scope account.Scope, district string, id uuid.UUID, version int, p Patch) (Survey, error) {
	return s.change(ctx, scope, district, id, version, "survey.update", func(ctx context.Context, tx *postgis.Tx, r headRow) (any, error) {
		if err := p.apply(&r); err != nil {
			return nil, err
		}
		_, err := tx.Exec(ctx, `
			update survey
			set contents = $2, means = $3, started_on = $4, due_on = $5, publicised_from = $6, publicised_to = $7,
			    owners_committee = $8, note = $9
			where id = $1`,
			id, r.Contents, r.Means, r.StartedOn, r.DueOn, r.PublicFrom, r.PublicTo, r.Committee, r.Note)
		if err != nil {
			return nil, violation(err)
		}
		return p, nil
	})
}

// apply changes r as the patch says.
func (p Patch) apply(r *headRow) (err error) {
	if p.Contents != nil {
		if r.Contents, err = checkTexts("contents", p.Contents); err != nil {
			return err
		}
	}
	if p.Means != nil {
		if r.Means, err = checkTexts("means", p.Means); err != nil {
			return err
		}
	}
	for _, f := range []struct {
		name  string
		value *string
		at    **time.Time
	}{
		{"due_on", p.DueOn, &r.DueOn},
		{"publicised_from", p.PublicisedFrom, &r.PublicFrom},
		{"publicised_to", p.PublicisedTo, &r.PublicTo},
	} {
		if f.value == nil {
			continue
		}
		if *f.at, err = day(f.name, *f.value); err != nil {
			return err
		}
	}
	if p.StartedOn != nil {
		started, err := day("started_on", *p.StartedOn)
		if err != nil {
			return err
		}
		if started == nil {
			return &InvalidError{"started_on", "开始日期必须填写"}
		}
		r.StartedOn = *started
	}
	return p.applyTexts(r)
}

func (p Patch) applyTexts(r *headRow) error {
	for _, f := range []struct {
		name    string
		value   *string
		at      *string
		longest int
	}{
		{"owners_committee", p.OwnersCommittee, &r.Committee, maxText},
		{"note", p.Note, &r.Note, 2000},
	} {
		if f.value == nil {
			continue
		}
		*f.at = strings.TrimSpace(*f.value)
		if err := checkText(f.name, *f.at, f.longest); err != nil {
			return err
		}
	}
	switch {
	case r.DueOn != nil && r.DueOn.Before(r.StartedOn):
		return &InvalidError{"due_on", "截止日期早于开始日期"}
	case r.PublicFrom != nil && r.PublicTo != nil && r.PublicTo.Before(*r.PublicFrom):
		return &InvalidError{"publicised_to", "公示结束日期早于开始日期"}
	}
	return nil
}

// Close ends a survey on a day ("": today); its counts become the community's
// facts. Errors as of SaveCounts.
func (s *Store) Close(ctx context.Context, scope account.Scope, district string, id uuid.UUID, version int, on string) (Survey, error) {
	closed, err := day("closed_on", on)
	if err != nil {
		return Survey{}, err
	}
	if closed == nil {
		today := s.today()
		closed = &today
	}
	return s.change(ctx, scope, district, id, version, "survey.close", func(ctx context.Context, tx *postgis.Tx, r headRow) (any, error) {
		switch {
		case closed.Before(r.StartedOn):
			return nil, &InvalidError{"closed_on", "结束日期早于开始日期"}
		case closed.After(s.today()):
			return nil, &InvalidError{"closed_on", "结束日期不能在今天之后"}
		case r.Households == 0:
			return nil, &InvalidError{"counts", "还没有填写户数，不能结束征询"}
		}
		if _, err := tx.Exec(ctx, `update survey set state = 'closed', closed_on = $2 where id = $1`, id, closed); err != nil {
			return nil, violation(err)
		}
		after := r.digest()
		after["state"], after["closed_on"] = Closed, closed.Format(time.DateOnly)
		return after, nil
	})
}

// Discard removes an open survey in which nobody has been asked yet. Errors as of
// SaveCounts.
func (s *Store) Discard(ctx context.Context, scope account.Scope, district string, id uuid.UUID, version int) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *postgis.Tx) error {
		r, err := s.hold(ctx, tx, scope, district, id, version)
		if err != nil {
			return err
		}
		if r.State != Open || r.Asked > 0 {
			return &StateError{"已有征询结果，不能撤销；可以结束本轮，再开始新一轮"}
		}
		if _, err := tx.Exec(ctx, `delete from survey where id = $1`, id); err != nil {
			return fmt.Errorf("remove survey %s: %w", id, err)
		}
		if err := registry.TellOf(ctx, tx, district, "surveys", r.CommunityID); err != nil {
			return err
		}
		return account.Record(ctx, tx, account.Entry{
			Action: "survey.discard", Entity: "community", Code: r.Code, District: district, Before: r.digest(),
		})
	})
}

// violation says in words which rule of the tables was broken.
func violation(err error) error {
	var pg *pgconn.PgError
	if !errors.As(err, &pg) {
		return fmt.Errorf("store a survey: %w", err)
	}
	switch pg.ConstraintName {
	case "survey_open_once":
		return &StateError{"这个小区正在征询中，结束本轮后才能开始新一轮"}
	case "survey_count_asked":
		return &InvalidError{"counts", "已征询户数多于总户数"}
	case "survey_count_agreed":
		return &InvalidError{"counts", "同意与不同意的户数之和多于已征询户数"}
	case "survey_count_area", "survey_count_nobody":
		return &InvalidError{"counts", "同意面积与总面积或同意户数矛盾"}
	case "survey_count_pkey":
		return &InvalidError{"counts", "同一楼栋单元出现了两次，每户只能统计一次"}
	case "survey_personal", "survey_count_personal":
		return &InvalidError{"note", personal}
	}
	if strings.HasPrefix(pg.Code, "23") && !postgis.Dangling(err) {
		return &InvalidError{"", "数值不在允许的范围内"}
	}
	return fmt.Errorf("store a survey: %w", err)
}
