package district

import (
	"context"
	"fmt"
	"iter"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/postgis"
)

// source marks every row as generated.
const source = "generated for benchmarks"

// Load writes a district into the database with COPY, past the registry: nobody
// is told of a change. The full district takes about half a minute.
func Load(ctx context.Context, db *postgis.DB, d *District) error {
	return pgx.BeginFunc(ctx, db.Pool, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `
			insert into district (code, name, boundary, gk_srid, policy_key, policy_version, profile_key, demo, notice)
			values ($1, '基准测试区', $2, 4545, 'wansheng-2020', '1', 'gb50180', true, $3)`,
			Code, postgis.Geom{Geometry: d.Boundary}, source)
		if err != nil {
			return fmt.Errorf("insert the district: %w", err)
		}
		ids, err := d.loadRegister(ctx, tx)
		if err != nil {
			return err
		}
		err = write(ctx, tx, "building", []string{
			"district_code", "code", "community_id", "subdistrict_code", "use", "storeys", "height_m",
			"built_year", "households", "geom", "source",
		}, d.Buildings(), func(b Building) []any {
			var community *int64
			if b.Community >= 0 {
				community = &ids[b.Community]
			}
			return []any{
				Code, b.Code, community, b.Subdistrict, b.Use, b.Storeys, float64(b.Storeys) * 3,
				b.BuiltYear, b.Households,
				postgis.Geom{Geometry: b.Area},
				source,
			}
		})
		if err != nil {
			return err
		}
		for _, table := range []string{"subdistrict", "community", "building", "road", "facility"} {
			if _, err := tx.Exec(ctx, `analyze `+table); err != nil {
				return fmt.Errorf("analyze %s: %w", table, err)
			}
		}
		return nil
	})
}

// loadRegister writes all but the buildings and returns the row ids of the
// communities.
func (d *District) loadRegister(ctx context.Context, tx pgx.Tx) ([]int64, error) {
	err := write(ctx, tx, "subdistrict", []string{"district_code", "code", "name", "geom", "source"},
		values(d.Subdistricts), func(s Subdistrict) []any {
			return []any{Code, s.Code, s.Name, postgis.Geom{Geometry: s.Area}, source}
		})
	if err != nil {
		return nil, err
	}
	err = write(ctx, tx, "community", []string{
		"district_code", "code", "name", "subdistrict_code", "built_year", "households", "verdict", "geom", "location", "source",
	}, values(d.Communities), func(c Community) []any {
		return []any{
			Code, c.Code, c.Name, c.Subdistrict, c.BuiltYear, c.Households, c.Verdict,
			postgis.Geom{Geometry: c.Area},
			postgis.Geom{Geometry: c.Location},
			source,
		}
	})
	if err != nil {
		return nil, err
	}
	err = write(ctx, tx, "road", []string{"district_code", "source_ref", "class", "name", "walkable", "geom"},
		values(d.Roads), func(r Road) []any {
			return []any{Code, r.Ref, r.Class, r.Name, true, postgis.Geom{Geometry: r.Line}}
		})
	if err != nil {
		return nil, err
	}
	err = write(ctx, tx, "facility", []string{"district_code", "code", "facility_type", "name", "subdistrict_code", "geom", "source"},
		values(d.Facilities), func(f Facility) []any {
			return []any{Code, f.Code, f.Type, f.Name, f.Subdistrict, postgis.Geom{Geometry: f.Place}, source}
		})
	if err != nil {
		return nil, err
	}
	rows, err := tx.Query(ctx, `select id from community where district_code = $1 order by code`, Code)
	if err != nil {
		return nil, fmt.Errorf("read the communities' ids: %w", err)
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	if err != nil {
		return nil, fmt.Errorf("read the communities' ids: %w", err)
	}
	return ids, nil
}

// write copies rows into a table.
func write[T any](ctx context.Context, tx pgx.Tx, table string, columns []string, rows iter.Seq[T], row func(T) []any) error {
	next, stop := iter.Pull(rows)
	defer stop()
	_, err := tx.CopyFrom(ctx, pgx.Identifier{table}, columns, pgx.CopyFromFunc(func() ([]any, error) {
		r, more := next()
		if !more {
			return nil, nil
		}
		return row(r), nil
	}))
	if err != nil {
		return fmt.Errorf("copy into %s: %w", table, err)
	}
	return nil
}

func values[T any](list []T) iter.Seq[T] {
	return func(yield func(T) bool) {
		for _, v := range list {
			if !yield(v) {
				return
			}
		}
	}
}

// Point returns a place inside the building, longitude/latitude.
func (b Building) Point() orb.Point { return b.Area[0][0].Bound().Center() }
