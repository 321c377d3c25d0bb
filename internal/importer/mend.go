package importer

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/geo"
	"github.com/lianpian/lianpian/internal/postgis"
)

// The bounds within which a self-crossing shape is put right. Beyond them it is
// refused: ST_MakeValid on one ring with thousands of crossings takes the
// database down, whatever its time limit says.
const (
	maxMendPoints    = 10_000
	maxMendCrossings = 16
	mendTimeout      = 3 * time.Second
)

// mender decides over the shapes of a file: good, put right, or refused.
type mender struct {
	pool   *pgxpool.Pool
	report *Report
}

// area returns the shape as it may be stored. ok is false when it was refused;
// err is for faults that are not the file's.
func (m mender) area(ctx context.Context, at place, g orb.MultiPolygon) (area orb.MultiPolygon, ok bool, err error) {
	fault := geo.Check(g, geo.Limits{MaxPoints: geo.MaxImportPoints})
	if fault == nil {
		return geo.Rewind(g), true, nil
	}
	switch fault.Kind {
	case geo.SelfIntersection, geo.RingsCross, geo.HoleOutside:
	default:
		m.report.refuse(at, Sentence(fault), "")
		return nil, false, nil
	}
	mended, refused, err := Mend(ctx, m.pool, g, fault)
	if err != nil {
		return nil, false, err
	}
	if refused != "" {
		m.report.refuse(at, refused, "")
		return nil, false, nil
	}
	m.report.repaired(at, "图形"+faultName(fault.Kind), describe(g, fault.At), describe(mended, orb.Point{}))
	return mended, true, nil
}

// Mend has PostGIS put right an area (lon/lat) whose fault is a crossing, where
// that can be risked. refused says in a sentence why it is not; err is for faults
// that are not the shape's.
func Mend(ctx context.Context, pool *pgxpool.Pool, g orb.MultiPolygon, fault *geo.Fault) (mended orb.MultiPolygon, refused string, err error) {
	if countPoints(g) > maxMendPoints || geo.Crossings(g, maxMendCrossings+1) > maxMendCrossings {
		return nil, Sentence(fault) + "；交叉过多，不能自动修复", nil
	}
	valid, err := makeValid(ctx, pool, g)
	if err != nil {
		return nil, "", err
	}
	if geo.Check(valid, geo.Limits{MaxPoints: geo.MaxImportPoints}) != nil {
		return nil, Sentence(fault) + "；自动修复没有成功", nil
	}
	return geo.Rewind(valid), "", nil
}

// makeValid has PostGIS put a shape right, on a connection of its own with a
// time limit. A shape that it cannot put right comes back empty.
func makeValid(ctx context.Context, pool *pgxpool.Pool, g orb.MultiPolygon) (orb.MultiPolygon, error) {
	var out postgis.Geom
	err := pgx.BeginTxFunc(ctx, pool, pgx.TxOptions{AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, fmt.Sprintf(`set local statement_timeout = %d`, mendTimeout.Milliseconds())); err != nil {
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

// Sentence is what a fault says, without its full stop: it goes on or into a list.
func Sentence(f *geo.Fault) string { return strings.TrimSuffix(f.Detail, "。") }

func faultName(kind geo.FaultKind) string {
	switch kind {
	case geo.RingsCross:
		return "的环互相交叉"
	case geo.HoleOutside:
		return "的内环不在外环之内"
	default:
		return "自相交"
	}
}

// describe puts a shape in words: people cannot read a list of coordinates.
func describe(g orb.MultiPolygon, at orb.Point) string {
	rings := 0
	for _, p := range g {
		rings += len(p)
	}
	text := fmt.Sprintf("%d 个面、%d 个环、%d 个点", len(g), rings, countPoints(g))
	if at != (orb.Point{}) {
		return fmt.Sprintf("%s，问题在 %.6f, %.6f", text, at[0], at[1])
	}
	return fmt.Sprintf("%s，%.0f 平方米", text, geo.Area(g))
}

func countPoints(g orb.MultiPolygon) int {
	n := 0
	for _, polygon := range g {
		for _, ring := range polygon {
			n += len(ring)
		}
	}
	return n
}
