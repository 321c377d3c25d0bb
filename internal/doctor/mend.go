package doctor

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/geo"
	"github.com/lianpian/lianpian/internal/postgis"
)

// The bounds within which a crossing shape is put right. Beyond them it is
// refused: ST_MakeValid on one ring with thousands of crossings takes the
// database down, whatever its time limit says.
const (
	mendPoints    = 10_000
	mendCrossings = 16
	mendRows      = 5_000 // of one file
	mendWithin    = 3 * time.Second
)

// mend has PostGIS put a crossing area right; it is refused where that cannot be
// risked or does not help.
func (d *Doctor) mend(ctx context.Context, f *fitted) error {
	area, _ := f.shape.(orb.MultiPolygon)
	fault := f.cross
	if countPoints(area) > mendPoints || geo.Crossings(area, mendCrossings+1) > mendCrossings {
		f.refuse(string(fault.Kind), sentence(fault)+"；交叉过多，不能自动修复")
		return nil
	}
	mended, err := d.makeValid(ctx, area)
	if err != nil {
		return err
	}
	if len(mended) == 0 || geo.Check(mended, geo.Limits{MaxPoints: geo.MaxImportPoints}) != nil {
		f.refuse(string(fault.Kind), sentence(fault)+"；自动修复没有成功")
		return nil
	}
	f.shape = geo.Rewind(mended)
	return nil
}

func (d *Doctor) makeValid(ctx context.Context, g orb.MultiPolygon) (orb.MultiPolygon, error) {
	var out postgis.Geom
	err := pgx.BeginTxFunc(ctx, d.db.Pool, pgx.TxOptions{AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, fmt.Sprintf(`set local statement_timeout = %d`, mendWithin.Milliseconds())); err != nil {
			return err
		}
		return tx.QueryRow(ctx, `
			select ST_Multi(ST_CollectionExtract(ST_MakeValid($1::geometry, 'method=structure'), 3))`,
			postgis.Geom{Geometry: g}).Scan(&out)
	})
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("repair a shape: %w", err)
	}
	area, _ := out.Geometry.(orb.MultiPolygon)
	return area, nil
}

// sentence is what a fault says, without its full stop: it goes on or into a list.
func sentence(f *geo.Fault) string { return strings.TrimSuffix(f.Detail, "。") }
