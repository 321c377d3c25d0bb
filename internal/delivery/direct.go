package delivery

import (
	"context"
	"fmt"
	"io"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/postgis"
)

// Direct makes a package of an order and writes it to w at once. It is kept by
// whoever asked and not by the store; the audit trail names it. Errors:
// *InvalidError, *zone.InvalidError, postgis.ErrNotFound.
func (s *Store) Direct(ctx context.Context, scope account.Scope, district string, o Order, w io.Writer, progress Progress) (Made, error) {
	o, err := o.checked()
	if err != nil {
		return Made{}, err
	}
	progress.Phase("汇总数据", "", 0)
	content, err := s.gather(ctx, scope, district, o, s.now())
	if err != nil {
		return Made{}, err
	}
	made, err := Make(ctx, w, content, o, "", progress)
	if err != nil {
		return Made{}, err
	}
	err = s.db.Write(ctx, func(ctx context.Context, tx *postgis.Tx) error {
		return account.Record(ctx, tx, account.Entry{
			Action: "package.write", Entity: "package", Code: made.SHA256, District: district,
			After: map[string]any{"zones": o.Zones, "parts": o.Parts, "size": made.Size, "plan_sha256": made.PlanSHA256},
		})
	})
	return made, err
}

// Files lists the files that the packages of the database have, as tx sees it, by
// their names in the folder of packages. The database may be one of a release that
// had no packages.
func Files(ctx context.Context, tx pgx.Tx) ([]string, error) {
	var there bool
	if err := tx.QueryRow(ctx, `select to_regclass('public.package') is not null`).Scan(&there); err != nil || !there {
		return nil, err
	}
	rows, err := tx.Query(ctx, `select id from package where sha256 is not null and expires_at > now() order by id`)
	if err != nil {
		return nil, fmt.Errorf("list the files of packages: %w", err)
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
	if err != nil {
		return nil, fmt.Errorf("list the files of packages: %w", err)
	}
	s := Store{}
	names := make([]string, len(ids))
	for i, id := range ids {
		names[i] = s.path(id)
	}
	return names, nil
}
