package demo_test

import (
	"context"
	"testing"
	"time"

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
