package link_test

import (
	"testing"

	"github.com/lianpian/lianpian/demo"
	"github.com/lianpian/lianpian/internal/importer"
	"github.com/lianpian/lianpian/internal/policy"
	"github.com/lianpian/lianpian/internal/postgis/postgistest"
	"github.com/lianpian/lianpian/internal/registry"
)

// What the database says of a real town by itself, on the ellipsoid where that
// is another way.
func TestLinksOfTheDemoDistrict(t *testing.T) {
	db := postgistest.New(t)
	library, err := policy.Load()
	if err != nil {
		t.Fatal(err)
	}
	register := registry.New(db, library)
	im, err := importer.New(db, register, library, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	links := newLinks(t, db)
	register.Follow(links.CommunitiesMoved)
	if _, err := im.LoadDemo(t.Context(), demo.Open, nil); err != nil {
		t.Fatal(err)
	}
	if err := links.Refresh(t.Context(), demo.DistrictCode); err != nil {
		t.Fatal(err)
	}
	var count int
	if err := db.Pool.QueryRow(t.Context(), `select count(*) from published_link where walk_m is not null`).Scan(&count); err != nil {
		t.Fatal(err)
	}
	if count < 500 {
		t.Errorf("%d links with a path", count)
	}
	for what, sql := range map[string]string{
		"pairs that are near and have no link, or the other way round": `
			with near as (
			    select a.id as a_id, b.id as b_id, ST_Distance(a.geom::geography, b.geom::geography) as m
			    from community a join community b on a.id < b.id)
			select count(*) from near n full join link l using (a_id, b_id)
			where (l.a_id is null) <> (n.m > 400) and abs(n.m - 400) > 0.5`,
		"gaps that are others on the ellipsoid": `
			select count(*) from link l join community a on a.id = a_id join community b on b.id = b_id
			where abs(gap_m - ST_Distance(a.geom::geography, b.geom::geography)) > 0.02 + gap_m * 0.0005`,
		"lines that do not lead from outline to outline": `
			select count(*) from link l join community a on a.id = a_id join community b on b.id = b_id
			where not ST_DWithin(ST_StartPoint(line)::geography, a.geom::geography, 0.01)
			   or not ST_DWithin(ST_EndPoint(line)::geography, b.geom::geography, 0.01)`,
		"paths that do not lead from outline to outline": `
			select count(*) from link l join community a on a.id = a_id join community b on b.id = b_id
			where not ST_DWithin(ST_StartPoint(path)::geography, a.geom::geography, 0.01)
			   or not ST_DWithin(ST_EndPoint(path)::geography, b.geom::geography, 0.01)`,
		"paths of another length": `
			select count(*) from link where abs(walk_m - ST_Length(path::geography)) > 0.1 + walk_m * 0.0005`,
		"walks shorter than the gap or longer than is looked for": `
			select count(*) from link where walk_m < gap_m - 0.06 or walk_m > 1500`,
		"streets longer than the walk": `
			select count(*) from link where (select sum((s->>'length_m')::float8) from jsonb_array_elements(streets) s) > walk_m + 0.5`,
		"rivers said to be crossed that are not, or the other way round": `
			with wet as (
			    select geom from waterway where class in ('river', 'canal') and not tunnel
			    union all
			    select ST_Boundary(geom) from water where class in ('river', 'canal') or class in ('lake', 'reservoir', 'lagoon', 'water', 'basin', 'dock') and area_m2 >= 10000)
			select count(*) from link
			where gap_m > 1 and ('river' = any(crossed)) <> exists (select from wet w where w.geom && line and ST_Intersects(w.geom, line))`,
		"primary roads said to be crossed that are not, or the other way round": `
			select count(*) from link
			where gap_m > 1 and ('primary' = any(crossed)) <> exists (
			    select from road r where r.class = 'primary' and not bridge and not tunnel and r.geom && line and ST_Intersects(r.geom, line))`,
		"barriers that are crossed nobody knows how": `
			select count(*) from link
			where walk_m > 1 and exists (
			    select from unnest(crossed) kind where not exists (select from jsonb_array_elements(crossings) c where c->>'barrier' = kind))`,
		"rivers that are waded": `
			select count(*) from link where crossings @> '[{"barrier": "river", "kind": "level"}]'`,
	} {
		var wrong int
		if err := db.Pool.QueryRow(t.Context(), sql).Scan(&wrong); err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		if wrong > 0 {
			t.Errorf("%d %s", wrong, what)
		}
	}
}
