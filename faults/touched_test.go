package faults

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/maptile"
)

// TestAnEditTouchesTheTilesThatItShowsInAndNoOthers fills the memory of two
// instances with the tiles in and around the places of an edit, up to zoom 17,
// makes the edit through one of them and asks both again: the tiles of the old and of
// the new extent are made anew, their neighbours are still the kept ones, but for those
// that carry sums of the buildings around.
func TestAnEditTouchesTheTilesThatItShowsInAndNoOthers(t *testing.T) {
	w, _, a, b := pair(t, "--rate-limit", "0")
	var l ledger
	ca, cb := w.client(&l, at(a)), w.client(&l, at(b))
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	box := func(west, south, side float64) orb.Bound {
		return orb.Bound{Min: orb.Point{west, south}, Max: orb.Point{west + side, south + side}}
	}
	polygon := func(b orb.Bound) map[string]any {
		return map[string]any{"type": "Polygon", "coordinates": square(b.Min[0], b.Min[1], b.Max[0]-b.Min[0])}
	}
	root := "/districts/" + w.district
	// what asks for something and returns where it is found and its tag.
	what := func(c *client, method, path string, body any, tag string) (string, string) {
		t.Helper()
		var head []string
		if tag != "" {
			head = []string{"If-Match", tag}
		}
		got, err := c.ask(ctx, method, path, body, head...)
		if err != nil || got.status >= 300 {
			t.Fatalf("%s %s: %d %.300s %v", method, path, got.status, got.body, err)
		}
		return strings.TrimPrefix(got.head.Get("Location"), "/api/v1"), got.head.Get("ETag")
	}
	here, there := box(106.93, 28.955, 0.002), box(106.97, 28.985, 0.003)
	imported, importedToo := box(106.93, 28.915, 0.002), box(106.932, 28.9165, 0.001)
	one[int](w, `
		with made as (
			insert into building (district_code, code, subdistrict_code, storeys, built_year, households, geom)
			select $1, 'touched-' || n, '500110001', 6, 1990, 10, ST_Multi(ST_MakeEnvelope(106.9305 + n * 0.0005, 28.9555, 106.9308 + n * 0.0005, 28.9558, 4490))
			from generate_series(0, 1) n
			returning 1)
		select count(*) from made`, w.district)
	buildings := box(106.9305, 28.9555, 0.0003).Union(box(106.931, 28.9555, 0.0003))
	var path, tag, job string
	for _, step := range []struct {
		name, layers string
		extents      []orb.Bound
		edit         func(c *client)
	}{
		{"a community is made", "communities", []orb.Bound{here}, func(c *client) {
			path, tag = what(c, http.MethodPost, root+"/communities", map[string]any{"code": "touched", "name": "touched", "households": 10, "geometry": polygon(here)}, "")
		}},
		{"its fields change", "communities,community_points", []orb.Bound{here}, func(c *client) {
			_, tag = what(c, http.MethodPatch, path, map[string]any{"households": 11}, tag)
		}},
		{"its verdict turns, and the colour of its buildings", "buildings", []orb.Bound{buildings}, func(c *client) {
			seen, err := c.ask(ctx, http.MethodGet, path, nil)
			var is struct{ Eligibility string }
			if err != nil || json.Unmarshal(seen.body, &is) != nil {
				t.Fatalf("%s %v", seen.body, err)
			}
			verdict := "out"
			if is.Eligibility == "out" {
				verdict = "in"
			}
			_, tag = what(c, http.MethodPut, path+"/eligibility", map[string]any{"verdict": verdict, "reason": "现场核实"}, tag)
		}},
		{"it moves", "communities", []orb.Bound{here, there}, func(c *client) {
			_, tag = what(c, http.MethodPatch, path, map[string]any{"geometry": polygon(there)}, tag)
		}},
		{"it goes", "communities", []orb.Bound{there}, func(c *client) {
			what(c, http.MethodDelete, path, nil, tag)
		}},
		{"a building changes", "buildings", []orb.Bound{box(106.9305, 28.9555, 0.0003)}, func(c *client) {
			one := root + "/buildings/touched-0"
			seen, err := c.ask(ctx, http.MethodGet, one, nil)
			if err != nil {
				t.Fatal(err)
			}
			what(c, http.MethodPatch, one, map[string]any{"storeys": 7}, seen.head.Get("ETag"))
		}},
		{"a community is made around buildings", "buildings", []orb.Bound{buildings}, func(c *client) {
			path, tag = what(c, http.MethodPost, root+"/communities", map[string]any{"code": "around", "name": "around", "built_year": 1990, "geometry": polygon(here)}, "")
		}},
		{"it goes from around them", "buildings", []orb.Bound{buildings}, func(c *client) {
			what(c, http.MethodDelete, path, nil, tag)
		}},
		{"a zone is drawn", "zones,zone_points", []orb.Bound{here}, func(c *client) {
			path, tag = what(c, http.MethodPost, root+"/zones", map[string]any{"name": "touched", "geometry": polygon(here)}, "")
		}},
		{"it is drawn anew elsewhere", "zones", []orb.Bound{here, there}, func(c *client) {
			_, tag = what(c, http.MethodPut, path, map[string]any{"name": "touched", "geometry": polygon(there)}, tag)
		}},
		{"that is taken back", "zones", []orb.Bound{here, there}, func(c *client) { w.undo(ctx, c) }},
		{"taking it back is taken back", "zones", []orb.Bound{here, there}, func(c *client) { w.undo(ctx, c) }},
		{"communities are imported", "communities", []orb.Bound{imported.Union(importedToo)}, func(c *client) {
			job = w.importCommunities(ctx, c, polygon(imported), polygon(importedToo))
		}},
		{"the import is taken back", "communities", []orb.Bound{imported.Union(importedToo)}, func(c *client) {
			w.undoImport(ctx, c, job)
		}},
	} {
		t.Run(step.name, func(t *testing.T) {
			from := maptile.Zoom(11)
			if step.layers == "buildings" {
				from = 13
			}
			touched, around := tilesOf(step.extents, from)
			all := slices.Concat(touched, around)
			for _, tile := range all {
				for _, c := range []*client{ca, cb} {
					c.tile(ctx, t, step.layers, tile)
				}
			}
			editor := ca
			if len(step.name)%2 == 1 { // either of them
				editor = cb
			}
			step.edit(editor)
			for i, tile := range all {
				for name, c := range map[string]*client{"a": ca, "b": cb} {
					kept := c.tile(ctx, t, step.layers, tile)
					if kept && i < len(touched) {
						t.Errorf("instance %s still keeps %v, which the edit touches", name, tile)
					}
					// At zoom 13 buildings are blocks, with numbers that have to be right in
					// every tile that a block reaches into.
					sums := step.layers == "buildings" && tile.Z <= 13
					if !kept && i >= len(touched) && !sums {
						t.Errorf("instance %s has made %v anew, which the edit does not touch", name, tile)
					}
				}
			}
			t.Logf("%d tiles made anew and %d neighbours kept, in two instances", len(touched), len(around))
		})
	}
}

// tilesOf are the tiles up to zoom 17 that draw something of the extents, with their
// margins, and those around these.
func tilesOf(extents []orb.Bound, from maptile.Zoom) (touched, around []maptile.Tile) {
	for z := from; z <= 17; z++ {
		margin := 64.0 / 4096 * 360 / float64(uint32(1)<<z)
		in := map[maptile.Tile]bool{}
		for _, e := range extents {
			// At 29° north a degree of latitude is longer on the map than one of longitude.
			west, south, east, north := e.Min[0]-margin, e.Min[1]-margin*0.8, e.Max[0]+margin, e.Max[1]+margin*0.8
			from, to := maptile.At(orb.Point{west, north}, z), maptile.At(orb.Point{east, south}, z)
			for x := from.X; x <= to.X; x++ {
				for y := from.Y; y <= to.Y; y++ {
					in[maptile.New(x, y, z)] = true
				}
			}
		}
		beside := map[maptile.Tile]bool{}
		for tile := range in {
			touched = append(touched, tile)
			for dx := -1; dx <= 1; dx++ {
				for dy := -1; dy <= 1; dy++ {
					n := maptile.New(uint32(int(tile.X)+dx), uint32(int(tile.Y)+dy), z)
					if !in[n] {
						beside[n] = true
					}
				}
			}
		}
		for tile := range beside {
			around = append(around, tile)
		}
	}
	return touched, around
}

// tile asks for a tile and tells whether the instance had kept it.
func (c *client) tile(ctx context.Context, t *testing.T, layers string, at maptile.Tile) (kept bool) {
	t.Helper()
	got, err := c.ask(ctx, http.MethodGet, fmt.Sprintf("/districts/%s/tiles/%s/%d/%d/%d.mvt", c.w.district, layers, at.Z, at.X, at.Y), nil)
	if err != nil || got.status != http.StatusOK {
		t.Fatalf("%v: %d %.300s %v", at, got.status, got.body, err)
	}
	return got.head.Get("X-Cache") == "hit"
}

// undo takes the last revision of the main scenario back; of an undo that is the redo.
func (w *world) undo(ctx context.Context, c *client) {
	w.t.Helper()
	code := one[string](w, `select code from scenario where district_code = $1 and main`, w.district)
	revision := one[int](w, `
		select max(r.revision)
		from scenario_revision r
		join scenario s on s.id = r.scenario_id
		where s.district_code = $1 and s.main`, w.district)
	got, err := c.ask(ctx, http.MethodPost, fmt.Sprintf("/districts/%s/scenarios/%s/undo", w.district, code), map[string]any{"revision": revision})
	if err != nil || got.status >= 300 {
		w.t.Fatalf("undo revision %d: %d %.300s %v", revision, got.status, got.body, err)
	}
}

// importCommunities imports communities of these shapes and returns the import.
func (w *world) importCommunities(ctx context.Context, c *client, shapes ...map[string]any) (id string) {
	w.t.Helper()
	var features []map[string]any
	for n, shape := range shapes {
		features = append(features, map[string]any{
			"type": "Feature", "geometry": shape,
			"properties": map[string]any{"小区编码": fmt.Sprintf("imported-%d", n), "小区名称": fmt.Sprintf("导入 %d 院", n), "户数": 20 + n},
		})
	}
	text, err := json.Marshal(map[string]any{"type": "FeatureCollection", "features": features})
	if err != nil {
		w.t.Fatal(err)
	}
	got, err := c.ask(ctx, http.MethodPost, "/districts/"+w.district+"/imports", fileForm("小区.geojson", string(text)))
	if err != nil || got.status >= 300 {
		w.t.Fatalf("import: %d %.300s %v", got.status, got.body, err)
	}
	w.settled(time.Minute)
	return one[string](w, `select id::text from register_import where district_code = $1 order by at desc limit 1`, w.district)
}

func (w *world) undoImport(ctx context.Context, c *client, id string) {
	w.t.Helper()
	got, err := c.ask(ctx, http.MethodPost, "/imports/"+id+"/undo", map[string]any{})
	if err != nil || got.status >= 300 {
		w.t.Fatalf("undo import %s: %d %.300s %v", id, got.status, got.body, err)
	}
	w.settled(time.Minute)
	if one[bool](w, `select undone_at is null from register_import where id = $1`, id) {
		w.t.Fatalf("import %s is not taken back", id)
	}
}
