package program

import (
	"context"
	"fmt"

	"github.com/lianpian/lianpian/internal/postgis"
)

// CommunitiesMoved keeps the subdistricts of projects where the register moves
// their communities; it is a registry.Follower.
func (s *Store) CommunitiesMoved(ctx context.Context, tx *postgis.Tx, district string, ids []int64) error {
	var codes []string
	var zones []int64
	err := tx.QueryRow(ctx, `
		with moved as (
		update project p set subdistrict_codes = n.codes
		from (
		    select pc.project_id,
		           coalesce(array_agg(distinct c.subdistrict_code order by c.subdistrict_code)
		                    filter (where c.subdistrict_code <> ''), '{}') as codes
		    from project_community pc
		    join published_community c on c.id = pc.community_id
		    where pc.project_id in (select project_id from project_community where community_id = any($1))
		    group by pc.project_id
		) n
		join project o on o.id = n.project_id
		where p.id = n.project_id and p.subdistrict_codes is distinct from n.codes
		returning p.district_code, p.scenario_code, p.zone_code, p.subdistrict_codes || o.subdistrict_codes as codes)
		select (select array_agg(distinct part.code) from moved, unnest(codes) part (code)),
		       (select array_agg(distinct z.id) from moved m
		        join published_zone z on z.district_code = m.district_code and z.scenario_code = m.scenario_code and z.code = m.zone_code)`,
		ids).Scan(&codes, &zones)
	if err != nil {
		return fmt.Errorf("move the projects of communities of %s: %w", district, err)
	}
	if codes != nil {
		tx.Changed(postgis.Change{District: district, Layer: "projects", Subdistricts: codes, Zones: zones})
	}
	return nil
}
