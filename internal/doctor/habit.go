package doctor

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/postgis"
)

// Habits returns what is remembered for a district, last used first.
func (d *Doctor) Habits(ctx context.Context, district string) ([]Habit, error) {
	rows, err := d.db.Pool.Query(ctx, `
		select id, name, signature, decisions, used, created_by, updated_at
		from import_habit where district_code = $1 order by updated_at desc limit 500`, district)
	if err != nil {
		return nil, fmt.Errorf("list the import habits of %s: %w", district, err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (h Habit, err error) {
		err = row.Scan(&h.ID, &h.Name, &h.Signature, &h.Decisions, &h.Used, &h.CreatedBy, &h.UpdatedAt)
		return h, err
	})
}

// ForgetHabit makes the next file of a source ask again.
func (d *Doctor) ForgetHabit(ctx context.Context, district string, id uuid.UUID) error {
	return d.db.Write(ctx, func(ctx context.Context, tx *postgis.Tx) error {
		var name string
		err := tx.QueryRow(ctx, `delete from import_habit where district_code = $1 and id = $2 returning name`, district, id).Scan(&name)
		if errors.Is(err, pgx.ErrNoRows) {
			return fmt.Errorf("import habit %s: %w", id, postgis.ErrNotFound)
		}
		if err != nil {
			return fmt.Errorf("forget import habit %s: %w", id, err)
		}
		return account.Record(ctx, tx, account.Entry{
			Action: "import_habit.delete", Entity: "import_habit", Code: id.String(), District: district, Before: map[string]any{"name": name},
		})
	})
}
