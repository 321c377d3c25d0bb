package doctor

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/registry"
)

// ImportUndone is the registry.UndoFollower for inspections: the file of an
// import that is taken back says so. It takes nothing back itself.
func (d *Doctor) ImportUndone(ctx context.Context, tx *postgis.Tx, _ account.Scope, of registry.Import) (int64, []registry.LeftRow, error) {
	var by string
	err := tx.QueryRow(ctx, `
		update inspection set state = 'undone', version = version + 1, updated_at = $2
		where import_id = $1 and state = 'imported' returning created_by`, of.ID, d.now()).Scan(&by)
	if errors.Is(err, pgx.ErrNoRows) {
		return 0, nil, nil
	}
	if err != nil {
		return 0, nil, fmt.Errorf("note that import %s is taken back: %w", of.ID, err)
	}
	tx.Changed(postgis.Change{District: of.District, Layer: "inspections", Person: by})
	return 0, nil, nil
}
