package app

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/postgis"
)

// note writes an entry of the audit trail, by the operator of the machine, into a
// database that is open for nothing else.
func (c Config) note(ctx context.Context, address string, e account.Entry) error {
	db, err := postgis.Open(ctx, address, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	defer db.Close()
	return db.Write(account.WithOperator(ctx, c.operator()), func(ctx context.Context, tx *postgis.Tx) error {
		return account.Record(ctx, tx, e)
	})
}

// noteIfCurrent does so where this program knows the schema, which it must not
// change here: a database of an earlier release is backed up without a trace.
func (c Config) noteIfCurrent(ctx context.Context, address string, schema int64, e account.Entry, log *slog.Logger) error {
	known, err := postgis.NewestSchema()
	if err != nil {
		return err
	}
	if schema != known {
		log.Warn("the audit trail of another release's database is left as it is", "action", e.Action, "schema", schema, "known", known)
		return nil
	}
	if err := c.note(ctx, address, e); err != nil {
		return fmt.Errorf("it was done, but not noted in the audit trail: %w", err)
	}
	return nil
}
