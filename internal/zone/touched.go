package zone

import (
	"context"
	"fmt"

	"github.com/lianpian/lianpian/internal/postgis"
)

// Touched tells whether one of the zones lies where the change is: in its bound,
// or where it has none, in one of its subdistricts.
func (s *Store) Touched(ctx context.Context, district string, zones []int64, c postgis.Change) (touched bool, err error) {
	if c.Bound.IsEmpty() {
		return false, nil // what has no place is in no zone
	}
	const margin = 1e-9 // degrees: a bound may be a point
	b := c.Bound.Pad(margin)
	err = s.db.Pool.QueryRow(ctx, `
		select exists (
			select from zone z
			where z.district_code = $1 and z.id = any($2)
			  and case when $3 then z.subdistrict_codes && $4::text[]
			           else ST_Intersects(z.geom, ST_MakeEnvelope($5, $6, $7, $8, 4490)) end)`,
		district, zones, c.Everywhere(), c.Subdistricts, b.Min[0], b.Min[1], b.Max[0], b.Max[1]).Scan(&touched)
	if err != nil {
		return false, fmt.Errorf("find whether zones of %s lie at a change: %w", district, err)
	}
	return touched, nil
}
