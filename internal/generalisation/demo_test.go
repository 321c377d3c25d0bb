package generalisation_test

import (
	"log/slog"
	"testing"
	"time"

	"github.com/lianpian/lianpian/demo"
	"github.com/lianpian/lianpian/internal/generalisation"
	"github.com/lianpian/lianpian/internal/importer"
	"github.com/lianpian/lianpian/internal/policy"
	"github.com/lianpian/lianpian/internal/postgis/postgistest"
	"github.com/lianpian/lianpian/internal/registry"
)

// What becomes of the shapes of a real town.
func TestShapesOfTheDemoDistrict(t *testing.T) {
	db := postgistest.New(t)
	library, err := policy.Load()
	if err != nil {
		t.Fatal(err)
	}
	im, err := importer.New(db, registry.New(db, library), library, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := im.LoadDemo(t.Context(), demo.Open, nil); err != nil {
		t.Fatal(err)
	}
	store := generalisation.New(db, slog.New(slog.NewTextHandler(testLog{t}, nil)))
	began := time.Now()
	if err := store.Refresh(t.Context(), demo.DistrictCode); err != nil {
		t.Fatal(err)
	}
	t.Logf("drawn in %s", time.Since(began))
	var shapes, places, before int
	err = db.Pool.QueryRow(t.Context(), `
		select count(*), coalesce(sum(ST_NPoints(s.shape)), 0), sum(ST_NPoints(c.geom_3857))
		from map_generalised s join map_community c on c.id = s.feature_id
		where s.layer = 'communities' and s.zoom = 12`).Scan(&shapes, &places, &before)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d communities of zoom 12 are other shapes, with %d places of %d", shapes, places, before)
	for what, sql := range map[string]string{
		"shapes that are not valid": `select count(*) from map_generalised where not ST_IsValid(shape)`,
		"shapes that reach out of what they were": `
			select count(*) from map_generalised s join map_community c on c.id = s.feature_id
			where s.layer = 'communities' and not ST_Expand(c.geom_3857, 0.02) ~ s.shape`,
		"areas of the base map that overlap and did not": `
			with area as (
			    select 'water' as layer, id, geom_3857 from map_water union all select 'green', id, geom_3857 from map_green
			    union all select 'land_use', id, geom_3857 from map_land_use
			)
			select count(*)
			from map_generalised s join map_generalised o on o.layer = s.layer and o.zoom = s.zoom and o.feature_id > s.feature_id and o.shape && s.shape
			join area a on a.layer = s.layer and a.id = s.feature_id join area b on b.layer = s.layer and b.id = o.feature_id
			where ST_Area(ST_Intersection(s.shape, o.shape)) > 2 and ST_Area(ST_Intersection(a.geom_3857, b.geom_3857)) < 0.01`,
		"communities that overlap and did not": `
			select count(*)
			from map_generalised s join map_generalised o on o.layer = s.layer and o.zoom = s.zoom and o.feature_id > s.feature_id and o.shape && s.shape
			join map_community a on a.id = s.feature_id join map_community b on b.id = o.feature_id
			where s.layer = 'communities' and ST_Area(ST_Intersection(s.shape, o.shape)) > 2 and ST_Area(ST_Intersection(a.geom_3857, b.geom_3857)) < 0.01`,
		"groups that are still out of date": `
			select count(*) from map_building_stale`,
		"buildings that no block counts": `
			select (select count(*) from building) - (select sum(buildings) from map_building_block)`,
		"households that no block counts": `
			select (select sum(households) from building) - (select sum(households) from map_building_block)`,
	} {
		var n int
		if err := db.Pool.QueryRow(t.Context(), sql).Scan(&n); err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		if n != 0 {
			t.Errorf("%d %s", n, what)
		}
	}
}
