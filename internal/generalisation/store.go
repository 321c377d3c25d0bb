// Package generalisation keeps what maps of a small scale draw: areas with fewer
// points whose shared edges stay shared, and the buildings of a community as one
// block with their number. It works in the background, after edits, and reads the
// register and the zones only through the views that they publish for maps. It must
// never hold up an edit, and nothing that it has stored is drawn of a feature that
// was edited since: triggers mark those (generalised_stale) in the editing transaction.
package generalisation

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/jackc/pgx/v5"

	"github.com/lianpian/lianpian/internal/postgis"
)

// Store keeps the shapes of one database. It is safe for concurrent use.
type Store struct {
	log    *slog.Logger
	upkeep *postgis.Upkeep
}

// New makes the store of a database. It draws nothing before Run or Refresh.
func New(db *postgis.DB, log *slog.Logger) *Store {
	s := &Store{log: log}
	s.upkeep = postgis.NewUpkeep(db, log, postgis.Duty{
		Work:      "generalisation",
		Layers:    []string{"subdistricts", "communities", "zones", "buildings", "base"},
		Districts: `select distinct district_code from generalised_stale where $1 or district_code = any($2) order by 1`,
		Failed:    "shapes for small scales could not be drawn",
		Refresh:   s.refresh,
	})
	return s
}

// Run keeps the shapes of all districts up to date until ctx ends. It looks at every
// district when it starts, and then at those that changes are heard of.
func (s *Store) Run(ctx context.Context) error { return s.upkeep.Run(ctx) }

// Refresh draws what is out of date in a district, and returns when that is done.
// Where another process is at it, it waits.
func (s *Store) Refresh(ctx context.Context, district string) error {
	return s.upkeep.Refresh(ctx, district)
}

func (s *Store) refresh(ctx context.Context, shift *postgis.Shift) error {
	for _, l := range layers {
		err := shift.Write(ctx, func(ctx context.Context, tx *postgis.Tx) error { return l.refresh(ctx, tx, shift.District) })
		if err != nil {
			return fmt.Errorf("layer %s of %s: %w", l.name, shift.District, err)
		}
	}
	if err := s.blocks(ctx, shift); err != nil {
		return fmt.Errorf("blocks of buildings of %s: %w", shift.District, err)
	}
	return nil
}

// marked returns the features of a layer that are marked as stale, at most limit, and
// the marks. Marks that come later stay.
func marked(ctx context.Context, tx pgx.Tx, district, layer string, limit int) (features, marks []int64, err error) {
	rows, err := tx.Query(ctx, `
		select feature_id, array_agg(id)
		from generalised_stale
		where district_code = $1 and layer = $2
		group by feature_id
		order by feature_id
		limit $3`, district, layer, limit)
	if err != nil {
		return nil, nil, fmt.Errorf("find what is out of date: %w", err)
	}
	var id int64
	var of []int64
	_, err = pgx.ForEachRow(rows, []any{&id, &of}, func() error {
		features, marks = append(features, id), append(marks, of...)
		return nil
	})
	if err != nil {
		return nil, nil, fmt.Errorf("find what is out of date: %w", err)
	}
	return features, marks, nil
}

// unmark takes marks away.
func unmark(ctx context.Context, tx pgx.Tx, district string, marks []int64) error {
	_, err := tx.Exec(ctx, `delete from generalised_stale where district_code = $1 and id = any($2)`, district, marks)
	if err != nil {
		return fmt.Errorf("take the marks away: %w", err)
	}
	return nil
}
