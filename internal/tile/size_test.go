package tile_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/lianpian/lianpian/bench/district"
	"github.com/lianpian/lianpian/internal/postgis/postgistest"
	"github.com/lianpian/lianpian/internal/tile"
)

const mostBytes = 500_000

// TestNoTileIsTooHeavy makes the heaviest tiles of every zoom of the district
// of 300,000 buildings, in the sets in which a map asks for them.
func TestNoTileIsTooHeavy(t *testing.T) {
	if testing.Short() {
		t.Skip("generates 300,000 buildings")
	}
	db := postgistest.New(t)
	ctx := context.Background()
	if err := district.Load(ctx, db, district.New(district.Full, district.Seed)); err != nil {
		t.Fatal(err)
	}
	for _, statement := range []string{
		`insert into coverage_run (id, district_code, facility_type, method, radius_m, area, inputs, summary)
			values ('` + run + `', '` + district.Code + `', 'health_station', 'radius', 300, '{"kind":"district"}', '{}', '{}')`,
		`insert into coverage_building (run_id, building_id, covered, status, distance_m)
			select '` + run + `', id, id % 3 = 0, case when id % 3 = 0 then 'covered' else 'uncovered' end, id % 700 from building`,
		`analyze`,
	} {
		if _, err := db.Pool.Exec(ctx, statement); err != nil {
			t.Fatal(err)
		}
	}
	server := newServer(t, db, tile.Config{CacheBytes: -1, QueryTimeout: time.Minute})
	sets := []string{"base", "subdistricts,subdistrict_points,communities,community_points,buildings", "facilities", "coverage"}
	for zoom := uint32(5); zoom <= 17; zoom++ {
		rows, err := db.Pool.Query(ctx, `
			select x, y
			from (
			    select floor((ST_XMin(geom_3857) / 40075016.685578 + 0.5) * 2 ^ $1)::bigint as x,
			           floor((0.5 - ST_YMin(geom_3857) / 40075016.685578) * 2 ^ $1)::bigint as y
			    from building
			) b
			group by x, y
			order by count(*) desc
			limit 2`, int(zoom))
		if err != nil {
			t.Fatal(err)
		}
		places, err := pgx.CollectRows(rows, pgx.RowToStructByPos[struct{ X, Y uint32 }])
		if err != nil {
			t.Fatal(err)
		}
		for _, place := range places {
			for _, set := range sets {
				made, err := server.Tile(ctx, tile.Request{District: district.Code, Layers: strings.Split(set, ","), Z: zoom, X: place.X, Y: place.Y, Run: run, Takes: tile.Gzip})
				if err != nil {
					t.Fatal(err)
				}
				if len(made.Body) > mostBytes {
					t.Errorf("%s %d/%d/%d has %d bytes compressed", set, zoom, place.X, place.Y, len(made.Body))
				}
			}
		}
	}
}

// TestZigzagShapesAreDrawnInTime guards against simplification in quadratic
// time: every shape that an import may store must be drawn.
func TestZigzagShapesAreDrawnInTime(t *testing.T) {
	s := newStage(t)
	const teeth = 40_000 // four points each
	var comb strings.Builder
	comb.WriteString("106.93 28.96")
	for i := range teeth {
		x, step := 106.93+0.04*float64(i)/teeth, 0.04/teeth
		fmt.Fprintf(&comb, ",%.9f 28.98,%.9f 28.98,%.9f 28.961,%.9f 28.961", x, x+step/2, x+step/2, x+step)
	}
	comb.WriteString(",106.97 28.96,106.93 28.96")
	ctx := context.Background()
	for _, statement := range []string{
		`insert into zone (district_code, code, name, geom) values ($1, 'comb', '梳', ST_Multi(ST_GeomFromText('POLYGON((' || $2 || '))', 4490)))`,
		`insert into green (district_code, source_ref, class, name, geom) values ($1, 'comb', 'park', '梳', ST_Multi(ST_GeomFromText('POLYGON((' || $2 || '))', 4490)))`,
		`insert into road (district_code, source_ref, class, name, walkable, geom) values ($1, 'comb', 'primary', '梳', true, ST_GeomFromText('LINESTRING(' || $2 || ')', 4490))`,
	} {
		if _, err := s.db.Pool.Exec(ctx, statement, s.district, comb.String()); err != nil {
			t.Fatal(err)
		}
	}
	for _, zoom := range []uint32{5, 9, 12, 14, 17} {
		r := s.at(14, "base", "zones", "zone_points")
		r.Takes = tile.Gzip
		r.X, r.Y = r.X>>(14-min(zoom, 14))<<(max(zoom, 14)-14), r.Y>>(14-min(zoom, 14))<<(max(zoom, 14)-14)
		r.Z = zoom
		made := s.tile(t, r) // within the query timeout
		if len(made.Body) > mostBytes {
			t.Errorf("zoom %d has %d bytes compressed", zoom, len(made.Body))
		}
	}
}
