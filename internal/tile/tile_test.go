package tile_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/mvt"
	"github.com/paulmach/orb/geojson"
	"github.com/paulmach/orb/maptile"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/postgis/postgistest"
	"github.com/lianpian/lianpian/internal/tile"
)

// The stage: two communities with a building and a facility each, one in either
// subdistrict of the test district, and a zone around the western one. They are
// 300 m apart, so that one tile of zoom 14 shows all of them.
var (
	west = orb.Point{106.948, 28.97}
	east = orb.Point{106.952, 28.97}
	run  = "0190b8a4-0000-7000-8000-000000000001"
)

type stage struct {
	db       *postgis.DB
	server   *tile.Server
	district string
	zone     int64
}

func newStage(t *testing.T) stage {
	t.Helper()
	db := postgistest.New(t)
	s := stage{db: db, district: postgistest.District(t, db)}
	ctx := context.Background()
	exec := func(sql string, args ...any) {
		t.Helper()
		if _, err := db.Pool.Exec(ctx, sql, args...); err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
	}
	for i, place := range []orb.Point{west, east} {
		name, subdistrict := []string{"西", "东"}[i], fmt.Sprintf("50011000%d", i+1)
		exec(`insert into community (district_code, code, name, subdistrict_code, built_year, households, verdict, geom, location)
			values ($1, $2, $3, $4, 1995, 120, 'in', $5, $6)`,
			s.district, "C"+name, name+"小区", subdistrict, square(place, 0.001), postgis.Geom{Geometry: place})
		exec(`insert into building (district_code, code, community_id, subdistrict_code, storeys, built_year, households, generated, geom)
			select $1, $2, id, $3, 6, 1995, 48, '{households}', $4 from community where code = $5`,
			s.district, "B"+name, subdistrict, square(place, 0.0003), "C"+name)
		exec(`insert into facility (district_code, code, facility_type, name, subdistrict_code, geom)
			values ($1, $2, 'health_station', $3, $4, $5)`,
			s.district, "F"+name, name+"卫生站", subdistrict, postgis.Geom{Geometry: place})
		exec(`insert into idle_building (district_code, code, name, owner_kind, subdistrict_code, location)
			values ($1, $2, $3, 'state', $4, $5)`,
			s.district, "I"+name, name+"仓库", subdistrict, postgis.Geom{Geometry: place})
		exec(`insert into zone (district_code, code, name, geom, subdistrict_codes)
			values ($1, $2, $3, $4, array[$5])`,
			s.district, "Z"+name, name+"片区", square(place, 0.0015), subdistrict)
	}
	exec(`insert into zone_community select z.id, c.id from zone z join community c on c.code = replace(z.code, 'Z', 'C')`)
	exec(`insert into road (district_code, source_ref, class, name, walkable, bridge, geom)
		values ($1, 'w1', 'primary', '万盛大道', true, true, $2)`,
		s.district, postgis.Geom{Geometry: orb.LineString{west, east}})
	exec(`insert into water (district_code, source_ref, class, name, geom) values ($1, 'w2', 'lake', '青山湖', $2)`,
		s.district, square(east, 0.0008))
	exec(`insert into coverage_run (id, district_code, facility_type, method, radius_m, area, inputs, summary)
		values ($1, $2, 'health_station', 'radius', 300, '{"kind":"district"}', '{}', '{}')`, run, s.district)
	exec(`insert into coverage_building (run_id, building_id, covered, status, distance_m)
		select $1, id, code = 'B西', case when code = 'B西' then 'covered' else 'uncovered' end, 12.4 from building`, run)
	if err := db.Pool.QueryRow(ctx, `select id from zone where code = 'Z西'`).Scan(&s.zone); err != nil {
		t.Fatal(err)
	}
	s.server = newServer(t, db, tile.Config{})
	return s
}

func newServer(t *testing.T, db *postgis.DB, c tile.Config) *tile.Server {
	t.Helper()
	server, err := tile.New(db, c, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	return server
}

func square(middle orb.Point, half float64) postgis.Geom {
	b := orb.Bound{Min: middle, Max: middle}.Pad(half)
	return postgis.Geom{Geometry: orb.MultiPolygon{b.ToPolygon()}}
}

// at asks for the tile around the stage's middle.
func (s stage) at(zoom maptile.Zoom, layers ...string) tile.Request {
	place := maptile.At(orb.Point{106.9495, 28.97}, zoom)
	return tile.Request{District: s.district, Layers: layers, Z: uint32(place.Z), X: place.X, Y: place.Y}
}

func (s stage) tile(t *testing.T, r tile.Request) tile.Tile {
	t.Helper()
	made, err := s.server.Tile(context.Background(), r)
	if err != nil {
		t.Fatalf("tile %+v: %v", r, err)
	}
	return made
}

func decode(t *testing.T, body []byte) map[string]*mvt.Layer {
	t.Helper()
	layers, err := mvt.Unmarshal(body)
	if err != nil {
		t.Fatalf("decode the tile: %v", err)
	}
	byName := map[string]*mvt.Layer{}
	for _, l := range layers {
		if byName[l.Name] != nil {
			t.Errorf("layer %s comes twice", l.Name)
		}
		if l.Extent != 4096 || l.Version != 2 {
			t.Errorf("layer %s has extent %d and version %d", l.Name, l.Extent, l.Version)
		}
		byName[l.Name] = l
	}
	return byName
}

// codes of a layer's features, sorted.
func codes(l *mvt.Layer) []string {
	found := []string{}
	if l != nil {
		for _, f := range l.Features {
			code, _ := f.Properties["code"].(string)
			found = append(found, code)
		}
	}
	slices.Sort(found)
	return found
}

func TestEveryLayerCarriesWhatTheMapNeeds(t *testing.T) {
	s := newStage(t)
	r := s.at(14, "base", "communities", "community_points", "buildings", "facilities", "idle_buildings", "zones", "zone_points", "subdistricts", "subdistrict_points", "coverage")
	r.Run = run
	layers := decode(t, s.tile(t, r).Body)

	want := map[string]map[string]any{ // of the first feature, in the order of ids
		"communities":      {"code": "C西", "name": "西小区", "eligibility": "in", "built_year": 1995.0, "households": 120.0, "subdistrict_code": "500110001"},
		"community_points": {"code": "C西", "name": "西小区", "eligibility": "in", "built_year": 1995.0, "households": 120.0, "subdistrict_code": "500110001", "has_area": true},
		"buildings":        {"code": "B西", "community_code": "C西", "storeys": 6.0, "eligibility": "in", "generated": true},
		"facilities":       {"code": "F西", "facility_type": "health_station", "name": "西卫生站"},
		"idle_buildings":   {"code": "I西", "name": "西仓库", "owner_kind": "state"},
		"zones":            {"code": "Z西", "name": "西片区"},
		"zone_points":      {"code": "Z西", "name": "西片区"},
		"subdistricts":     {"code": "500110001", "name": "万盛街道"},
		"coverage":         {"code": "B西", "covered": true, "distance_m": 12.0, "status": "covered"},
		"road":             {"class": "primary", "name": "万盛大道", "walkable": true, "bridge": true},
		"water":            {"class": "lake", "name": "青山湖"},
	}
	for name, properties := range want {
		l := layers[name]
		if l == nil || len(l.Features) == 0 {
			t.Errorf("layer %s is missing", name)
			continue
		}
		slices.SortFunc(l.Features, func(a, b *geojson.Feature) int { return int(id(t, a) - id(t, b)) })
		if diff := cmp.Diff(properties, map[string]any(l.Features[0].Properties)); diff != "" {
			t.Errorf("layer %s: %s", name, diff)
		}
	}
}

func TestFeatureIdsAreRowIds(t *testing.T) {
	s := newStage(t)
	for layer, table := range map[string]string{"communities": "community", "buildings": "building", "facilities": "facility", "zones": "zone", "road": "road"} {
		var rows []int64
		if err := s.db.Pool.QueryRow(context.Background(), `select array_agg(id order by id) from `+table).Scan(&rows); err != nil {
			t.Fatal(err)
		}
		var got []int64
		for _, f := range decode(t, s.tile(t, s.at(14, layer)).Body)[layer].Features {
			got = append(got, id(t, f))
		}
		slices.Sort(got)
		if diff := cmp.Diff(rows, got); diff != "" {
			t.Errorf("ids of %s: %s", layer, diff)
		}
	}
}

func TestGeometryIsExactToOneUnitAndClippedToTheBuffer(t *testing.T) {
	s := newStage(t)
	place := maptile.At(west, 17) // smaller than the community: it must be clipped
	r := tile.Request{District: s.district, Layers: []string{"communities", "community_points"}, Z: 17, X: place.X, Y: place.Y}
	layers := decode(t, s.tile(t, r).Body)
	b := layers["communities"].Features[0].Geometry.Bound()
	if b.Min[0] < -64 || b.Min[1] < -64 || b.Max[0] > 4160 || b.Max[1] > 4160 {
		t.Errorf("the polygon reaches to %v, beyond the buffer of 64 units", b)
	}
	var found bool
	layers["community_points"].ProjectToWGS84(place)
	for _, f := range layers["community_points"].Features {
		p := f.Geometry.(orb.Point)
		unit := 360.0 / float64(1<<17) / 4096
		found = found || (abs(p[0]-west[0]) <= unit && abs(p[1]-west[1]) <= unit)
	}
	if !found {
		t.Error("the community's point is not where it should be")
	}
}

func TestPeopleSeeOnlyTheirScope(t *testing.T) {
	s := newStage(t)
	all, onlyWest, onlyEast := []string{"西", "东"}, []string{"西"}, []string{"东"}
	cases := []struct {
		name  string
		scope account.Scope
		want  []string
	}{
		{"the whole service", account.Everything, all},
		{"the whole district", account.Scope{District: s.district}, all},
		{"officer of the west", account.Scope{District: s.district, Subdistricts: []string{"500110001"}}, onlyWest},
		{"officer of the east", account.Scope{District: s.district, Subdistricts: []string{"500110002"}}, onlyEast},
		{"officer of nothing", account.Scope{District: s.district, Subdistricts: []string{}}, nil},
		{"contractor of the western zone", account.Scope{District: s.district, Zones: []int64{s.zone}}, onlyWest},
		{"contractor of nothing", account.Scope{District: s.district, Zones: []int64{}}, nil},
	}
	planning := map[string]string{"communities": "C", "community_points": "C", "buildings": "B", "facilities": "F", "idle_buildings": "I", "zones": "Z", "zone_points": "Z", "coverage": "B"}
	for range 2 { // the second time from memory
		for _, c := range cases {
			for layer, prefix := range planning {
				r := s.at(14, layer)
				r.Scope, r.Run = c.scope, run
				want := []string{}
				for _, name := range c.want {
					want = append(want, prefix+name)
				}
				slices.Sort(want)
				if diff := cmp.Diff(want, codes(decode(t, s.tile(t, r).Body)[layer])); diff != "" {
					t.Errorf("%s, %s: %s", c.name, layer, diff)
				}
			}
			r := s.at(14, "base")
			r.Scope = c.scope
			if decode(t, s.tile(t, r).Body)["road"] == nil {
				t.Errorf("%s sees no base map", c.name)
			}
		}
	}
	r := s.at(14, "communities")
	r.Scope = account.Scope{District: "500111"}
	if _, err := s.server.Tile(context.Background(), r); !errors.Is(err, postgis.ErrNotFound) {
		t.Errorf("a person of another district gets %v", err)
	}
}

func TestContractorsSeeLooseBuildingsInsideTheirZones(t *testing.T) {
	s := newStage(t)
	for code, place := range map[string]orb.Point{"inside": {west[0] + 0.0012, west[1]}, "outside": {west[0] + 0.0018, west[1]}} {
		_, err := s.db.Pool.Exec(context.Background(), `insert into building (district_code, code, geom) values ($1, $2, $3)`,
			s.district, code, square(place, 0.0001))
		if err != nil {
			t.Fatal(err)
		}
	}
	r := s.at(14, "buildings")
	r.Scope = account.Scope{District: s.district, Zones: []int64{s.zone}}
	if diff := cmp.Diff([]string{"B西", "inside"}, codes(decode(t, s.tile(t, r).Body)["buildings"])); diff != "" {
		t.Error(diff)
	}
}

func TestDistrictsDoNotMix(t *testing.T) {
	s := newStage(t)
	r := s.at(14, "base", "communities", "buildings", "facilities", "zones", "subdistricts")
	r.District = "500111"
	if body := s.tile(t, r).Body; len(body) != 0 {
		t.Errorf("the tile of another district has %d bytes", len(body))
	}
}

func TestLowZoomsStandForMany(t *testing.T) {
	s := newStage(t)
	layers := decode(t, s.tile(t, s.at(8, "community_points", "communities", "buildings")).Body)
	points := layers["community_points"]
	if len(layers) != 1 || points == nil || len(points.Features) != 1 {
		t.Fatalf("layers %v", layers)
	}
	want := map[string]any{"buildings": 2.0, "count": 2.0, "eligibility": "in", "households": 240.0}
	if diff := cmp.Diff(want, map[string]any(points.Features[0].Properties)); diff != "" {
		t.Error(diff)
	}
	buildings := decode(t, s.tile(t, s.at(13, "buildings")).Body)["buildings"]
	if len(buildings.Features) != 2 || buildings.Features[0].Properties["code"] != nil {
		t.Errorf("zoom 13 has %d features of buildings", len(buildings.Features))
	}
}

func TestRefusedRequests(t *testing.T) {
	s := newStage(t)
	for _, place := range [][3]string{{"30", "1", "1"}, {"21", "0", "0"}, {"3", "-1", "0"}, {"3", "8", "0"}, {"3", "0", "8"}, {"a", "0", "0"}, {"3", "1.5", "0"}, {"", "", ""}, {"3", "99999999999", "0"}} {
		if _, _, _, err := tile.ParsePlace(place[0], place[1], place[2]); !errors.Is(err, tile.ErrNoTile) {
			t.Errorf("ParsePlace(%v) = %v", place, err)
		}
	}
	if z, x, y, err := tile.ParsePlace("3", "7", "2"); z != 3 || x != 7 || y != 2 || err != nil {
		t.Errorf("ParsePlace(3, 7, 2) = %d, %d, %d, %v", z, x, y, err)
	}
	for _, list := range []string{"", "nothing", "base,nothing", "community", "communities,"} {
		if _, err := s.server.ParseLayers(list); !errors.Is(err, tile.ErrNoLayer) {
			t.Errorf("ParseLayers(%q) = %v", list, err)
		}
	}
	ctx := context.Background()
	if _, err := s.server.Tile(ctx, tile.Request{District: s.district, Layers: []string{"zones"}, Z: 30}); !errors.Is(err, tile.ErrNoTile) {
		t.Errorf("zoom 30: %v", err)
	}
	r := s.at(14, "coverage")
	r.Run = "1'; drop table zone"
	if _, err := s.server.Tile(ctx, r); !errors.Is(err, postgis.ErrNotFound) {
		t.Errorf("a run that is no id: %v", err)
	}
}

func TestLayersInAnyOrderAreTheSameTile(t *testing.T) {
	s := newStage(t)
	one, err := s.server.ParseLayers("zones,communities,zones")
	if err != nil {
		t.Fatal(err)
	}
	two, err := s.server.ParseLayers("communities,zones")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(one, two); diff != "" {
		t.Error(diff)
	}
	if s.tile(t, s.at(14, "zones", "communities")).ETag != s.tile(t, s.at(14, "communities", "zones")).ETag {
		t.Error("the entity tags differ")
	}
}

func TestRepresentations(t *testing.T) {
	s := newStage(t)
	r := s.at(14, "communities", "buildings", "zones", "base")
	plain := s.tile(t, r)
	tags := map[string]bool{plain.ETag: true}
	for _, c := range []struct {
		takes  tile.Encodings
		want   string
		unpack func(io.Reader) (io.Reader, error)
	}{
		{tile.Gzip, "gzip", func(r io.Reader) (io.Reader, error) { return gzip.NewReader(r) }},
		{tile.Zstd, "zstd", func(r io.Reader) (io.Reader, error) { return zstd.NewReader(r) }},
		{tile.Gzip | tile.Zstd, "zstd", func(r io.Reader) (io.Reader, error) { return zstd.NewReader(r) }},
		{0, "", func(r io.Reader) (io.Reader, error) { return r, nil }},
	} {
		r.Takes = c.takes
		for range 2 { // made, and kept
			got := s.tile(t, r)
			if got.Encoding != c.want {
				t.Errorf("to who takes %b the tile comes as %q", c.takes, got.Encoding)
			}
			tags[got.ETag] = true
			reader, err := c.unpack(bytes.NewReader(got.Body))
			if err != nil {
				t.Fatal(err)
			}
			if unpacked, err := io.ReadAll(reader); err != nil || !bytes.Equal(unpacked, plain.Body) {
				t.Errorf("as %q it unpacks to %d bytes instead of %d: %v", c.want, len(unpacked), len(plain.Body), err)
			}
		}
	}
	if len(tags) != 3 {
		t.Errorf("three representations have the tags %v", tags)
	}
	empty := s.at(5, "buildings")
	empty.Takes = tile.Gzip | tile.Zstd
	if got := s.tile(t, empty); len(got.Body) != 0 || got.Encoding != "" || got.ETag == "" {
		t.Errorf("an empty tile: %+v", got)
	}
}

func TestCancelledRequestLeavesTheServerUsable(t *testing.T) {
	s := newStage(t)
	for range 20 {
		ctx, cancel := context.WithCancel(context.Background())
		go cancel()
		if _, err := s.server.Tile(ctx, s.at(12, "base", "communities")); err != nil && !errors.Is(err, context.Canceled) {
			t.Fatalf("a cancelled request ended with %v", err)
		}
		cancel()
	}
	if len(s.tile(t, s.at(14, "communities")).Body) == 0 {
		t.Error("the tile is empty")
	}
}

func TestTileThatTakesTooLongIsBusy(t *testing.T) {
	s := newStage(t)
	ctx := context.Background()
	lock, err := s.db.Pool.Begin(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer lock.Rollback(ctx)
	if _, err := lock.Exec(ctx, `lock table zone in access exclusive mode`); err != nil {
		t.Fatal(err)
	}
	impatient := newServer(t, s.db, tile.Config{QueryTimeout: 50 * time.Millisecond})
	if _, err := impatient.Tile(ctx, s.at(14, "zones")); !errors.Is(err, tile.ErrBusy) {
		t.Errorf("got %v", err)
	}
}

func abs(x float64) float64 { return max(x, -x) }

func id(t *testing.T, f *geojson.Feature) int64 {
	t.Helper()
	switch n := f.ID.(type) {
	case float64:
		return int64(n)
	case uint64:
		return int64(n)
	default:
		t.Fatalf("feature id %v of type %T", f.ID, f.ID)
		return 0
	}
}
