package postgis

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/lianpian/lianpian/internal/panics"
)

// ErrElsewhere says that another process is at the same work in the background.
var ErrElsewhere = errors.New("another process is at it")

// Duty is what an Upkeep has to do.
type Duty struct {
	Work   string   // what it is called, for who else would do it
	Layers []string // whose changes make something out of date
	// Districts is a query of the codes of those to look at: where $1, of all that
	// there is something to do for, else of those that are also in the list $2.
	Districts string
	Failed    string // what the log says of a district that the work failed for
	// Refresh brings a district up to date.
	Refresh func(ctx context.Context, s *Shift) error
}

// Upkeep keeps what is computed of districts up to date, in the background and for
// who waits for it. One process at a time works on a district. Use NewUpkeep.
type Upkeep struct {
	db    *DB
	log   *slog.Logger
	duty  Duty
	watch *Watch
}

// NewUpkeep makes the upkeep of a database. It does nothing before Run or Refresh.
func NewUpkeep(db *DB, log *slog.Logger, duty Duty) *Upkeep {
	return &Upkeep{db: db, log: log, duty: duty, watch: NewWatch(duty.Layers...)}
}

// Run looks at every district when it starts, and then at those that changes are
// heard of, until ctx ends. Those that the work failed for, or that another process
// is at, are tried again after a pause that grows.
func (u *Upkeep) Run(ctx context.Context) error {
	u.watch.Look("")
	return u.watch.Run(ctx, u.db, func(ctx context.Context, districts map[string]bool) map[string]error {
		went := u.lookAt(ctx, districts)
		for district, err := range went {
			if err != nil && ctx.Err() == nil && !errors.Is(err, ErrElsewhere) {
				u.log.WarnContext(ctx, u.duty.Failed, "district", district, "error", err)
			}
		}
		return went
	})
}

// lookAt looks at districts ("" is all) and returns how that went for each.
func (u *Upkeep) lookAt(ctx context.Context, wanted map[string]bool) map[string]error {
	districts, err := u.districts(ctx, wanted)
	if err != nil {
		return map[string]error{"": fmt.Errorf("list the districts for the %s: %w", u.duty.Work, err)}
	}
	went := make(map[string]error, len(wanted)+len(districts))
	for district := range wanted {
		went[district] = nil // also of one that is gone, or up to date
	}
	for _, district := range districts {
		went[district] = panics.Contain(func() error { return u.duty.Refresh(ctx, &Shift{District: district, upkeep: u}) })
	}
	return went
}

func (u *Upkeep) districts(ctx context.Context, wanted map[string]bool) ([]string, error) {
	rows, err := u.db.Pool.Query(ctx, u.duty.Districts, wanted[""], slices.Collect(maps.Keys(wanted)))
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[string])
}

// Refresh brings a district up to date and returns when that is done. Where another
// process is at it, it waits. The error is the one of the duty.
func (u *Upkeep) Refresh(ctx context.Context, district string) error {
	return u.duty.Refresh(ctx, &Shift{District: district, upkeep: u, wait: true})
}

// Hold keeps others from working on a district until the transaction ends. It waits
// for who is at it.
func (u *Upkeep) Hold(ctx context.Context, tx pgx.Tx, district string) error {
	return u.hold(ctx, tx, district, true)
}

func (u *Upkeep) hold(ctx context.Context, tx pgx.Tx, district string, wait bool) error {
	held := true
	var err error
	if wait {
		_, err = tx.Exec(ctx, `select pg_advisory_xact_lock(hashtext($1), hashtext($2))`, u.duty.Work, district)
	} else {
		err = tx.QueryRow(ctx, `select pg_try_advisory_xact_lock(hashtext($1), hashtext($2))`, u.duty.Work, district).Scan(&held)
	}
	if err != nil {
		return fmt.Errorf("lock the %s of %s: %w", u.duty.Work, district, err)
	}
	if !held {
		return fmt.Errorf("%s of district %s: %w", u.duty.Work, district, ErrElsewhere)
	}
	return nil
}

// Shift is one refresh of a district.
type Shift struct {
	District string // code

	upkeep *Upkeep
	wait   bool // for another process that is at it
}

// Write is DB.Write with the district held. Where another process is at it and nobody
// waits, the error is ErrElsewhere.
func (s *Shift) Write(ctx context.Context, fn func(ctx context.Context, tx *Tx) error) error {
	return s.upkeep.db.Write(ctx, func(ctx context.Context, tx *Tx) error {
		if err := s.upkeep.hold(ctx, tx, s.District, s.wait); err != nil {
			return err
		}
		return fn(ctx, tx)
	})
}

// Batch brings the next things up to date, or only the next one, and returns which
// they were, also where it fails; none where all are.
type Batch func(ctx context.Context, tx *Tx, single bool) (taken []int64, err error)

// Batches does one batch after another, each in a Write, until there is nothing left.
// Where the data makes one fail, its things are taken one by one from there on, until
// one fails alone: aside, in a Write too, has to take it out of those that are left.
func (s *Shift) Batches(ctx context.Context, batch Batch, aside func(ctx context.Context, tx *Tx, id int64, cause error) error) error {
	single := false
	for {
		var taken []int64
		err := s.Write(ctx, func(ctx context.Context, tx *Tx) (err error) {
			taken, err = batch(ctx, tx, single)
			return err
		})
		switch {
		case err == nil && len(taken) == 0:
			return nil
		case err == nil:
		case len(taken) == 0 || !ofData(err):
			return err
		case len(taken) > 1:
			single = true
		default:
			cause := err
			err := s.Write(ctx, func(ctx context.Context, tx *Tx) error { return aside(ctx, tx, taken[0], cause) })
			if err != nil {
				return err
			}
			single = false
		}
	}
}

// ofData tells whether err comes from the data that a statement looked at, so that
// trying again will not help: the database computed with it and failed.
func ofData(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && len(pg.Code) == 5 && (pg.Code[:2] == "22" || pg.Code[:2] == "XX")
}
