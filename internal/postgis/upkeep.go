package postgis

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// ErrElsewhere says that another process is at the same work in the background.
var ErrElsewhere = errors.New("another process is at it")

// HoldDistrict lets one transaction at a time do a kind of work in the background on a
// district, until it ends. Where another one is at it, it waits for it, or returns
// ErrElsewhere.
func HoldDistrict(ctx context.Context, tx pgx.Tx, work, district string, wait bool) error {
	held := true
	var err error
	if wait {
		_, err = tx.Exec(ctx, `select pg_advisory_xact_lock(hashtext($1), hashtext($2))`, work, district)
	} else {
		err = tx.QueryRow(ctx, `select pg_try_advisory_xact_lock(hashtext($1), hashtext($2))`, work, district).Scan(&held)
	}
	if err != nil {
		return fmt.Errorf("lock the %s of %s: %w", work, district, err)
	}
	if !held {
		return fmt.Errorf("%s of district %s: %w", work, district, ErrElsewhere)
	}
	return nil
}

// OfData tells whether err comes from the data that a statement looked at, so that
// trying again will not help: the database computed with it and failed.
func OfData(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && len(pg.Code) == 5 && (pg.Code[:2] == "22" || pg.Code[:2] == "XX")
}
