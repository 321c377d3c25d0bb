package zone

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/lianpian/lianpian/internal/account"
)

// Year is when a zone is to be done.
type Year struct {
	Code   string `json:"code" maxLength:"100"`
	Year   *int   `json:"year" minimum:"1900" maximum:"2200" doc:"null: in none"`
	Locked bool   `json:"locked" doc:"no proposal may change it"`
}

// SetYears says in which years zones are done. The person saw the scenario at a
// revision: a zone that has changed since is a *VersionError. Years that are so
// already are left alone.
func (s *Store) SetYears(ctx context.Context, scope account.Scope, district, scenario string, seen int, years []Year) (Edit, error) {
	for _, y := range years {
		if y.Year != nil && (*y.Year < 1900 || *y.Year > 2200) {
			return Edit{}, &InvalidError{Field: "zones", Detail: "年份应在 1900 到 2200 之间"}
		}
	}
	return s.edit(ctx, scope, district, scenario, act{"zone.years", "安排年度"}, func(ctx context.Context, e *edition) error {
		e.factsOnly = true
		wanted := make([]Seen, len(years))
		codes := make([]string, len(years))
		for i, y := range years {
			wanted[i], codes[i] = Seen{Code: y.Code}, y.Code
		}
		zones, err := e.claim(ctx, wanted...)
		if err != nil {
			return err
		}
		var late string
		err = e.tx.QueryRow(ctx, `
			select coalesce((select zone_code from zone_state
			                 where scenario_id = $1 and zone_code = any($2) and until is null and since > $3
			                 order by zone_code limit 1), '')`, e.scenario.id, codes, seen).Scan(&late)
		if err != nil {
			return fmt.Errorf("look for changed zones of scenario %s: %w", scenario, err)
		}
		var batch pgx.Batch
		for i, z := range zones {
			if z.Code == late {
				return &VersionError{Code: z.Code, Now: z.Version}
			}
			if same(z.Year, years[i].Year) && z.YearLocked == years[i].Locked {
				delete(e.touched, z.id)
				continue
			}
			batch.Queue(`update zone set year = $2, year_locked = $3 where id = $1`, z.id, years[i].Year, years[i].Locked)
		}
		if err := e.tx.SendBatch(ctx, &batch).Close(); err != nil {
			return fmt.Errorf("save the years of scenario %s: %w", scenario, err)
		}
		return nil
	})
}

func same(a, b *int) bool { return a == b || a != nil && b != nil && *a == *b }
