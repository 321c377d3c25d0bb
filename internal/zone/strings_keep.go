package zone

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/panics"
	"github.com/lianpian/lianpian/internal/postgis"
)

const (
	// gather is how long changes of links are collected before strings follow: an
	// import announces many.
	gather = 200 * time.Millisecond
	// stringPause is how long to wait after a failure.
	stringPause = 5 * time.Second
)

// Run keeps the strings of all zones in step with the links until ctx ends: it
// looks at every district when it starts, and then at those whose links change.
func (s *Store) Run(ctx context.Context, log *slog.Logger) error {
	heard := make(chan postgis.Change, 64)
	s.db.OnChange(func(changes []postgis.Change) {
		for _, c := range changes {
			if c.Layer != "links" && c.Layer != "" {
				continue
			}
			select {
			case heard <- c:
			default: // full: what is missed is made up for by looking at everything
				select {
				case <-heard:
				default:
				}
				select {
				case heard <- postgis.Change{}:
				default:
				}
			}
		}
	})
	pending := map[string]orb.Bound{"": {}} // "" is every district, no bound all of it
	for {
		if len(pending) == 0 {
			select {
			case <-ctx.Done():
				return ctx.Err()
			case c := <-heard:
				note(pending, c)
			}
			if err := pause(ctx, gather); err != nil {
				return err
			}
		}
		for more := true; more; {
			select {
			case c := <-heard:
				note(pending, c)
			default:
				more = false
			}
		}
		if err := s.followLinks(ctx, pending); err != nil {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			log.WarnContext(ctx, "strings could not follow the links", "error", err)
			if err := pause(ctx, stringPause); err != nil {
				return err
			}
		}
	}
}

func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// note adds a change to what is pending, by district.
func note(pending map[string]orb.Bound, c postgis.Change) {
	old, known := pending[c.District]
	switch {
	case !known:
		pending[c.District] = c.Bound
	case old == orb.Bound{} || c.Everywhere():
		pending[c.District] = orb.Bound{}
	default:
		pending[c.District] = old.Union(c.Bound)
	}
}

// followLinks works off what is pending; what fails stays there.
func (s *Store) followLinks(ctx context.Context, pending map[string]orb.Bound) error {
	if _, all := pending[""]; all {
		rows, err := s.db.Pool.Query(ctx, `select distinct district_code from zone`)
		if err != nil {
			return fmt.Errorf("list the districts with zones: %w", err)
		}
		districts, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			return fmt.Errorf("list the districts with zones: %w", err)
		}
		clear(pending)
		for _, district := range districts {
			pending[district] = orb.Bound{}
		}
	}
	var failures []error
	for district, bound := range pending {
		if err := panics.Contain(func() error { return s.LinksChanged(ctx, district, bound) }); err != nil {
			failures = append(failures, err)
			continue
		}
		delete(pending, district)
	}
	return errors.Join(failures...)
}

// LinksChanged finds the strings anew of the zones with a community that meets
// the bound (longitude/latitude; the zero bound is the whole district).
func (s *Store) LinksChanged(ctx context.Context, district string, bound orb.Bound) error {
	var within postgis.Geom // NULL: the whole district
	if bound != (orb.Bound{}) {
		within.Geometry = bound.Pad(1e-9).ToPolygon()
	}
	err := s.db.Write(ctx, func(ctx context.Context, tx *postgis.Tx) error {
		if err := lock(ctx, tx, district); err != nil {
			return err
		}
		rows, err := tx.Query(ctx, `
			select distinct z.id
			from zone z
			join zone_community zc on zc.zone_id = z.id
			join published_community c on c.id = zc.community_id
			where z.district_code = $1
			  and ($2::geometry is null or c.geom && $2 or c.location && $2)
			order by z.id`, district, within)
		if err != nil {
			return err
		}
		ids, err := pgx.CollectRows(rows, pgx.RowTo[int64])
		if err != nil {
			return err
		}
		return restring(ctx, tx, district, ids)
	})
	if err != nil {
		return fmt.Errorf("strings of district %s: %w", district, err)
	}
	return nil
}
