package approval

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/program"
)

// Opinions returns those of one project, the newest first, or
// postgis.ErrNotFound.
func (s *Store) Opinions(ctx context.Context, scope account.Scope, district, code string) ([]Opinion, error) {
	held, err := s.projects.Find(ctx, scope, district, code)
	if err != nil {
		return nil, err
	}
	return opinions(ctx, s.db.Pool, `o.project_id = @project`, pgx.NamedArgs{"project": held.ID})
}

// Opinions of a whole district that are shown at once, at most.
const mostOpinions = 2000

// DistrictOpinions returns the opinions on live projects that the scope reaches,
// the sternest and newest first; with open those that are not answered.
func (s *Store) DistrictOpinions(ctx context.Context, scope account.Scope, district string, open bool) ([]Opinion, error) {
	if scope.District != "" && scope.District != district {
		return nil, fmt.Errorf("opinions of %s: %w", district, postgis.ErrNotFound)
	}
	return opinions(ctx, s.db.Pool, `p.district_code = @district and p.live
		and (not @open or o.verdict <> 'agree' and o.resolved is null)
		and `+within, pgx.NamedArgs{"district": district, "open": open, "subdistricts": scope.Subdistricts, "zones": scope.Zones})
}

// within keeps the projects p that a scope reaches.
const within = `(@subdistricts::text[] is null or p.subdistrict_codes && @subdistricts)
	and (@zones::bigint[] is null or p.zone_id = any(@zones))`

func opinions(ctx context.Context, q querier, where string, args pgx.NamedArgs) ([]Opinion, error) {
	rows, err := q.Query(ctx, `
		select o.id, p.code as project, p.name as project_name, o.department, o.verdict, o.text, o.location as at_place,
		       o.resolved, o.by, o.at, o.version
		from review_opinion o
		join published_project p on p.id = o.project_id
		where `+where+`
		order by o.resolved is not null, case o.verdict when 'object' then 0 when 'agree_if' then 1 else 2 end, o.at desc, o.id
		limit `+fmt.Sprint(mostOpinions), args)
	if err != nil {
		return nil, fmt.Errorf("list opinions: %w", err)
	}
	type row struct {
		Opinion
		AtPlace postgis.Geom
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByNameLax[row])
	if err != nil {
		return nil, fmt.Errorf("list opinions: %w", err)
	}
	out := make([]Opinion, len(found))
	for i, r := range found {
		out[i] = r.Opinion
		if at, ok := r.AtPlace.Geometry.(orb.Point); ok {
			out[i].Location = &at
		}
	}
	return out, nil
}

// Opine writes an opinion down. Errors: *InvalidError, *account.OutsideError.
func (s *Store) Opine(ctx context.Context, scope account.Scope, district, code string, d OpinionDraft) (Opinion, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return Opinion{}, fmt.Errorf("make an id: %w", err)
	}
	return s.writeOpinion(ctx, scope, district, code, id, "opinion.create", d, func(ctx context.Context, tx *postgis.Tx, held program.Held) (*Opinion, error) {
		_, err := tx.Exec(ctx, `
			insert into review_opinion (id, project_id, department, verdict, text, location, resolved, by, district_code)
			values ($1, $2, $3, $4, $5, $6, nullif($7, ''), $8, $9)`,
			id, held.ID, d.Department, d.Verdict, d.Text, place(d.Location), d.Resolved, account.Name(ctx), held.District)
		return nil, err
	})
}

// Revise changes an opinion, or answers it, at the version that the person saw.
// Errors: *InvalidError, postgis.ErrNotFound, postgis.ErrVersion.
func (s *Store) Revise(ctx context.Context, scope account.Scope, district, code string, id uuid.UUID, version int, d OpinionDraft) (Opinion, error) {
	return s.writeOpinion(ctx, scope, district, code, id, "opinion.update", d, func(ctx context.Context, tx *postgis.Tx, held program.Held) (*Opinion, error) {
		before, err := opinion(ctx, tx, held, id)
		if err != nil {
			return nil, err
		}
		tag, err := tx.Exec(ctx, `
			update review_opinion
			set department = $4, verdict = $5, text = $6, location = $7, resolved = nullif($8, ''), version = version + 1
			where id = $1 and project_id = $2 and version = $3`,
			id, held.ID, version, d.Department, d.Verdict, d.Text, place(d.Location), d.Resolved)
		if err == nil && tag.RowsAffected() == 0 {
			err = fmt.Errorf("opinion %s: %w", id, postgis.ErrVersion)
		}
		return &before, err
	})
}

// Opinion returns one of a project, or postgis.ErrNotFound.
func (s *Store) Opinion(ctx context.Context, scope account.Scope, district, code string, id uuid.UUID) (Opinion, error) {
	held, err := s.projects.Find(ctx, scope, district, code)
	if err != nil {
		return Opinion{}, err
	}
	return opinion(ctx, s.db.Pool, held, id)
}

func opinion(ctx context.Context, q querier, held program.Held, id uuid.UUID) (Opinion, error) {
	all, err := opinions(ctx, q, `o.project_id = @project and o.id = @id`, pgx.NamedArgs{"project": held.ID, "id": id})
	if err != nil {
		return Opinion{}, err
	}
	if len(all) == 0 {
		return Opinion{}, fmt.Errorf("opinion %s: %w", id, postgis.ErrNotFound)
	}
	return all[0], nil
}

// writeOpinion checks a draft, holds its project and records what do changed.
func (s *Store) writeOpinion(ctx context.Context, scope account.Scope, district, code string, id uuid.UUID, action string, d OpinionDraft,
	do func(ctx context.Context, tx *postgis.Tx, held program.Held) (*Opinion, error),
) (Opinion, error) {
	d.tidy()
	if err := d.check(); err != nil {
		return Opinion{}, err
	}
	var after Opinion
	err := s.db.Write(ctx, func(ctx context.Context, tx *postgis.Tx) error {
		held, err := s.holdLive(ctx, tx, scope, district, code)
		if err != nil {
			return err
		}
		if err := inside(ctx, tx, district, d.Location); err != nil {
			return err
		}
		before, err := do(ctx, tx, held)
		if err != nil {
			return fmt.Errorf("write an opinion on %s: %w", code, err)
		}
		if after, err = opinion(ctx, tx, held, id); err != nil {
			return err
		}
		tx.Changed(held.Change(layer))
		entry := account.Entry{Action: action, Entity: "project", Code: code, District: district, After: after}
		if before != nil {
			entry.Before = *before
		}
		return account.Record(ctx, tx, entry)
	})
	return after, err
}

// Withdraw removes an opinion at the version that the person saw.
func (s *Store) Withdraw(ctx context.Context, scope account.Scope, district, code string, id uuid.UUID, version int) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *postgis.Tx) error {
		held, err := s.holdLive(ctx, tx, scope, district, code)
		if err != nil {
			return err
		}
		before, err := opinion(ctx, tx, held, id)
		if err != nil {
			return err
		}
		tag, err := tx.Exec(ctx, `delete from review_opinion where id = $1 and project_id = $2 and version = $3`, id, held.ID, version)
		if err != nil {
			return fmt.Errorf("remove opinion %s: %w", id, err)
		}
		if tag.RowsAffected() == 0 {
			return fmt.Errorf("opinion %s: %w", id, postgis.ErrVersion)
		}
		tx.Changed(held.Change(layer))
		return account.Record(ctx, tx, account.Entry{Action: "opinion.delete", Entity: "project", Code: code, District: district, Before: before})
	})
}

// holdLive holds a project that may still be worked on.
func (s *Store) holdLive(ctx context.Context, tx *postgis.Tx, scope account.Scope, district, code string) (program.Held, error) {
	held, err := s.projects.Hold(ctx, tx, scope, district, code, account.EditProgram)
	if err == nil && !held.Live {
		err = &InvalidError{"project", "项目已退回或撤回，审批资料不能再改。"}
	}
	return held, err
}

func (d *OpinionDraft) tidy() {
	d.Department, d.Text, d.Resolved = strings.TrimSpace(d.Department), strings.TrimSpace(d.Text), strings.TrimSpace(d.Resolved)
}

func (d *OpinionDraft) check() error {
	fault := firstFault(checkText("department", &d.Department), checkText("text", &d.Text), checkText("resolved", &d.Resolved))
	switch {
	case fault != nil:
		return fault
	case d.Department == "":
		return &InvalidError{"department", "请填写提出意见的部门。"}
	case !slices.Contains([]string{"agree", "agree_if", "object"}, d.Verdict):
		return &InvalidError{"verdict", "意见应为同意、有条件同意或不同意。"}
	case d.Verdict != "agree" && d.Text == "":
		return &InvalidError{"text", "有条件同意或不同意时须写明意见。"}
	}
	return nil
}

// inside refuses a pin outside the district.
func inside(ctx context.Context, q querier, district string, at *orb.Point) error {
	if at == nil {
		return nil
	}
	var in bool
	err := q.QueryRow(ctx, `
		select boundary is null or ST_Intersects(boundary, $2::geometry) from published_district where code = $1`, district, place(at)).Scan(&in)
	if errors.Is(err, pgx.ErrNoRows) {
		return fmt.Errorf("district %s: %w", district, postgis.ErrNotFound)
	}
	if err != nil {
		return fmt.Errorf("place an opinion: %w", err)
	}
	if !in {
		return &InvalidError{"location", "标注的位置不在本区范围内。"}
	}
	return nil
}

func place(at *orb.Point) postgis.Geom {
	if at == nil {
		return postgis.Geom{}
	}
	return postgis.Geom{Geometry: *at}
}
