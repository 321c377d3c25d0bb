package demo_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/lianpian/lianpian/demo"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/postgis/postgistest"
)

// What the database finds by place must be what the files say, else a reload
// would move buildings between communities.
func TestTheDatabaseAgrees(t *testing.T) {
	db := postgistest.New(t)
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	conn, err := db.Pool.Acquire(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Release()
	if _, err := conn.Exec(ctx, `create temp table f (t text, code text, community text, subdistrict text, g geometry(Geometry, 4490))`); err != nil {
		t.Fatal(err)
	}
	for _, table := range []string{"district", "subdistrict", "neighborhood", "community", "building", "water", "land_use", "green", "admin_area", "road"} {
		var codes, communities, subdistricts, shapes []string
		for _, f := range load(t, table) {
			codes = append(codes, f.text("code"))
			communities = append(communities, f.text("community_code"))
			subdistricts = append(subdistricts, f.text("subdistrict_code"))
			shapes = append(shapes, f.shape.AsText())
		}
		_, err := conn.Exec(ctx, `
			insert into f
			select $1, r.code, r.community, r.subdistrict, ST_GeomFromText(r.shape, 4490)
			from unnest($2::text[], $3::text[], $4::text[], $5::text[]) as r (code, community, subdistrict, shape)`,
			table, codes, communities, subdistricts, shapes)
		if err != nil {
			t.Fatalf("%s: %v", table, err)
		}
	}
	if _, err := conn.Exec(ctx, `create index on f using gist (g)`); err != nil {
		t.Fatal(err)
	}
	for name, query := range map[string]string{
		"invalid shapes": `select count(*) from f where not ST_IsValid(g) or ST_IsEmpty(g)`,
		"buildings in another community than the file says": `
			select count(*)
			from f as b
			left join f as c on c.t = 'community' and ST_Intersects(c.g, ST_PointOnSurface(b.g))
			where b.t = 'building' and coalesce(c.code, '') <> b.community`,
		"buildings in another subdistrict than the file says": `
			select count(*)
			from f as b
			left join f as s on s.t = 'subdistrict' and ST_Intersects(s.g, ST_PointOnSurface(b.g))
			where b.t = 'building' and coalesce(s.code, '') <> b.subdistrict`,
		"communities of which less than half lies in their subdistrict": `
			select count(*)
			from f as c
			join f as s on s.t = 'subdistrict' and s.code = c.subdistrict
			where c.t = 'community' and ST_Area(ST_Intersection(c.g, s.g)) < ST_Area(c.g) / 2`,
		"pairs of neighborhoods that overlap": `
			select count(*) filter (where ST_Area(ST_Intersection(a.g, b.g)::geography) > 2) -- a hair from rounding to 1 cm is none
			from f as a
			join f as b on b.t = 'neighborhood' and b.code > a.code and ST_Intersects(a.g, b.g)
			where a.t = 'neighborhood'`,
	} {
		var n int
		if err := conn.QueryRow(ctx, query).Scan(&n); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if n != 0 {
			t.Errorf("%s: %d", name, n)
		}
	}
}

// Properties are named as the columns, and every value passes the CHECKs of the
// schema: what a loader needs, without the loader.
func TestEveryRowFitsTheSchema(t *testing.T) {
	db := postgistest.New(t)
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	// on every row, also where the table has no such column (README)
	optional := map[string]bool{"source": true, "source_ref": true, "generated": true, "community_code": true}
	for _, table := range demo.Tables() {
		columns := writable(t, ctx, db, table)
		batch := &pgx.Batch{}
		for _, f := range load(t, table) {
			row := map[string]any{"district_code": demo.DistrictCode}
			if table == "district" {
				delete(row, "district_code")
			}
			for k, v := range f.props {
				switch {
				case columns[k]:
					row[k] = v
				case !optional[k]:
					t.Errorf("%s has no column %s", table, k)
				}
			}
			if at, ok := row["location"].([]any); ok {
				row["location"] = fmt.Sprintf("SRID=4490;POINT(%v %v)", at[0], at[1])
			}
			shape := "geom"
			if table == "district" {
				shape = "boundary"
			}
			row[shape] = "SRID=4490;" + f.shape.AsText()
			names := slices.Sorted(maps.Keys(row))
			list := strings.Join(names, ", ")
			batch.Queue(`insert into `+table+` (`+list+`) select `+list+` from jsonb_populate_record(null::`+table+`, $1)`, row)
		}
		if err := db.Pool.SendBatch(ctx, batch).Close(); err != nil {
			t.Fatalf("%s: %v", table, err)
		}
	}
}

// writable are the columns of a table that a row may give.
func writable(t *testing.T, ctx context.Context, db *postgis.DB, table string) map[string]bool {
	t.Helper()
	rows, err := db.Pool.Query(ctx, `
		select column_name::text
		from information_schema.columns
		where table_schema = 'public' and table_name = $1 and is_generated = 'NEVER' and is_identity = 'NO'`, table)
	if err != nil {
		t.Fatal(err)
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	columns := map[string]bool{}
	for _, n := range names {
		columns[n] = true
	}
	return columns
}
