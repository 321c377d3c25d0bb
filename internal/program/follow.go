package program

import (
	"context"
	"fmt"

	"github.com/lianpian/lianpian/internal/postgis"
)

// CommunitiesMoved keeps the subdistricts of projects where the register moves
// their communities; it is a registry.Follower.
func (s *Store) CommunitiesMoved(ctx context.Context, tx *postgis.Tx, district string, ids []int64) error {
	tag, err := tx.Exec(ctx, `
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
		where p.id = n.project_id and p.subdistrict_codes is distinct from n.codes`, ids)
	if err != nil {
		return fmt.Errorf("move the projects of communities of %s: %w", district, err)
	}
	if tag.RowsAffected() > 0 {
		tx.Changed(postgis.Change{District: district, Layer: "projects"})
	}
	return nil
}
