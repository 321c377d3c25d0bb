package registry

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/lianpian/lianpian/internal/account"
)

// Neighborhood is the basic spatial unit below a subdistrict (社区).
type Neighborhood struct {
	Code            string   `json:"code"`
	Name            string   `json:"name"`
	SubdistrictCode string   `json:"subdistrict_code"` // "" where it is not known
	BBox            *BBox    `json:"bbox"`
	Generated       []string `json:"generated"`
}

// Neighborhoods lists the neighborhoods of a district that the scope reaches, by
// code; for a contractor, those with their communities.
func (s *Store) Neighborhoods(ctx context.Context, scope account.Scope, district string) ([]Neighborhood, error) {
	if err := inDistrict(scope, district); err != nil {
		return nil, err
	}
	rows, err := s.db.Pool.Query(ctx, `
		select n.code, n.name, coalesce(n.subdistrict_code, '') as subdistrict_code, `+bboxOf("n.geom")+` as bbox, n.generated
		from neighborhood n
		where n.district_code = @district
		  and (@subs::text[] is null or n.subdistrict_code = any(@subs))
		  and (@zones::bigint[] is null or exists (
		      select from community c where c.neighborhood_code = n.code and `+communityInScope+`))
		order by n.code collate "C"`, scopeArgs(scope, district))
	if err != nil {
		return nil, fmt.Errorf("list the neighborhoods of %s: %w", district, err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[Neighborhood])
	if err != nil {
		return nil, fmt.Errorf("list the neighborhoods of %s: %w", district, err)
	}
	return list, nil
}
