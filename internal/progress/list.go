package progress

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/clock"
	"github.com/lianpian/lianpian/internal/postgis"
)

// ListedProgress is how far a project has got, in one line.
type ListedProgress struct {
	Project      string   `json:"project" doc:"code"`
	Name         string   `json:"name"`
	Year         *int     `json:"year"`
	Phase        *string  `json:"phase"`
	Subdistricts []string `json:"subdistrict_codes"`
	Start        *string  `json:"start" doc:"YYYY-MM-DD"`
	WorksDone    *string  `json:"works_done"`
	Acceptance   *string  `json:"acceptance"`
	Filed        *string  `json:"filing"`
	HandedOver   *string  `json:"handover"`
	Filing       Filing   `json:"filing_state"`
	Generated    []string `json:"generated"`
}

// List returns the progress of the projects that count, in the scope. alerts keeps
// those whose filing is due or late, the latest first.
func (s *Store) List(ctx context.Context, scope account.Scope, district string, alerts bool) ([]ListedProgress, error) {
	if scope.District != "" && scope.District != district {
		return nil, fmt.Errorf("district %s: %w", district, postgis.ErrNotFound)
	}
	choice, err := s.reg.Policy(ctx, district)
	if err != nil {
		return nil, err
	}
	rows, err := s.db.Pool.Query(ctx, `
		select p.code, p.name, p.year, p.batch, p.subdistrict_codes, p.generated, m.start, m.works_done, m.acceptance, m.filing, m.handover
		from published_project p
		left join (
			select project_id, max(on_date) filter (where kind = 'start') as start, max(on_date) filter (where kind = 'works_done') as works_done,
			       max(on_date) filter (where kind = 'acceptance') as acceptance, max(on_date) filter (where kind = 'filing') as filing,
			       max(on_date) filter (where kind = 'handover') as handover
			from milestone group by project_id) m on m.project_id = p.id
		where p.district_code = $1 and p.counts
		  and ($2::text[] is null or p.subdistrict_codes && $2) and ($3::bigint[] is null or p.zone_id = any($3))
		  and (not $4 or m.acceptance is not null and m.filing is null)
		order by case when $4 then m.acceptance end, p.code`,
		district, scope.Subdistricts, scope.Zones, alerts)
	if err != nil {
		return nil, fmt.Errorf("list the progress of %s: %w", district, err)
	}
	today := clock.Day(s.now())
	out, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (ListedProgress, error) {
		var p ListedProgress
		var start, done, accepted, filed, handed *time.Time
		err := row.Scan(&p.Project, &p.Name, &p.Year, &p.Phase, &p.Subdistricts, &p.Generated, &start, &done, &accepted, &filed, &handed)
		p.Start, p.WorksDone, p.Acceptance, p.Filed, p.HandedOver = dateText(start), dateText(done), dateText(accepted), dateText(filed), dateText(handed)
		p.Filing = filing(choice, accepted, filed, today)
		return p, err
	})
	if err != nil {
		return nil, fmt.Errorf("list the progress of %s: %w", district, err)
	}
	return out, nil
}
