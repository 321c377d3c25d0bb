package ogc_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/geo"
	"github.com/lianpian/lianpian/internal/ogc"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/postgis/postgistest"
)

const district = "500110" // of postgistest.District

// furnish puts 240 communities with buildings on a grid of a hundredth of a
// degree, some without an outline, a year or households.
func furnish(t *testing.T) (*postgis.DB, *ogc.Store) {
	t.Helper()
	db := postgistest.New(t)
	postgistest.District(t, db)
	exec(t, db, `
		insert into community (district_code, code, name, address, subdistrict_code, built_year, households, floor_area_m2, remark, generated, source, updated_at, geom, location)
		select $1, 'c' || i, case i % 4 when 0 then '红旗小区 ' when 1 then 'Garden ' when 2 then 'it''s 50% ' else '' end || i, '',
		       (select min(code) from subdistrict where district_code = $1),
		       case when i % 7 > 0 then 1970 + i % 50 end, case when i % 5 > 0 then i * 3 end, i * 100.5, '', case when i % 3 = 0 then array['households', 'built_year'] else '{}' end, '',
		       timestamptz '2024-01-01 00:00Z' + i * interval '1 day',
		       case when i % 10 > 0 then ST_Multi(ST_Expand(p, 0.002)) end, case when i % 20 > 0 then p end
		from generate_series(1, 240) i, lateral (select ST_SetSRID(ST_MakePoint(106.8 + (i % 20) * 0.01, 28.9 + (i / 20) * 0.01), 4490) p) at`, district)
	exec(t, db, `
		insert into building (district_code, code, community_id, storeys, households, geom)
		select $1, 'b' || c.code, c.id, 6, 12, c.geom from community c where c.geom is not null and c.district_code = $1`, district)
	return db, ogc.New(db)
}

func exec(t *testing.T, db *postgis.DB, sql string, args ...any) {
	t.Helper()
	if _, err := db.Pool.Exec(context.Background(), sql, args...); err != nil {
		t.Fatal(err)
	}
}

func layer(t *testing.T, name string) ogc.Layer {
	t.Helper()
	l, ok := ogc.Find(name)
	if !ok {
		t.Fatal(name)
	}
	return l
}

func request(t *testing.T, name string, q url.Values) ogc.Request {
	t.Helper()
	r, err := ogc.ParseItems(district, layer(t, name), q)
	if err != nil {
		t.Fatalf("%s %v: %v", name, q, err)
	}
	return r
}

func items(t *testing.T, s *ogc.Store, r ogc.Request) (ids []string, page ogc.Page) {
	t.Helper()
	page, err := s.Items(t.Context(), account.Everything, r, func(f ogc.Feature) error {
		ids = append(ids, f.ID)
		if !json.Valid(f.Properties) || !json.Valid(f.Geometry) {
			t.Errorf("%s: %s %s", f.ID, f.Properties, f.Geometry)
		}
		return nil
	})
	if err != nil {
		t.Fatalf("%+v: %v", r, err)
	}
	return ids, page
}

func TestFiltersFindWhatHandWrittenSQLFinds(t *testing.T) {
	db, s := furnish(t)
	box := "ST_MakeEnvelope(106.83, 28.93, 106.871, 28.99, 4490)"
	for _, c := range []struct {
		query, where string
		some         bool // finds something, and not everything
	}{
		{"filter=" + url.QueryEscape("name LIKE '红旗%'"), "name like '红旗%'", true},
		{"filter=" + url.QueryEscape("CASEI(name) LIKE CASEI('GARDEN%') AND built_year < 2000"), "name ilike 'garden%' and built_year < 2000", true},
		{"filter=" + url.QueryEscape(`name LIKE '%50\% 2_'`), `name like '%50\% 2_'`, true},
		{"filter=" + url.QueryEscape("NOT (built_year BETWEEN 1980 AND 2000 OR households > 300)"), "not (built_year between 1980 and 2000 or households > 300)", true},
		{"filter=" + url.QueryEscape("built_year IS NULL OR households IS NOT NULL AND households / 3 < 20"), "built_year is null or households is not null and households / 3.0 < 20", true},
		{"filter=" + url.QueryEscape("households % 7 = 2 AND (built_year + 1) * 2 > 3970"), "households % 7 = 2 and (built_year + 1) * 2 > 3970", true},
		{"filter=" + url.QueryEscape("households div 10 = 5 OR households ^ 2 = 81"), "households / 10 = 5 or households = 9", true},
		{"filter=" + url.QueryEscape("code IN ('c3','c77','nothing') OR code = 'c5'"), "code in ('c3', 'c77', 'c5')", true},
		{"filter=" + url.QueryEscape("code NOT IN ('c3','c77')"), "code not in ('c3', 'c77')", true},
		{"filter=" + url.QueryEscape("floor_area_m2 >= 5e3 AND households > built_year - 1700"), "floor_area_m2 >= 5000 and households > built_year - 1700", true},
		{"filter=" + url.QueryEscape("updated_at >= TIMESTAMP('2024-03-01T00:00:00Z')"), "updated_at >= '2024-03-01Z'", true},
		{"filter=" + url.QueryEscape("T_DURING(updated_at, INTERVAL('2024-02-01','2024-03-01T00:00:00Z'))"), "updated_at > '2024-02-01Z' and updated_at < '2024-03-01Z'", true},
		{"filter=" + url.QueryEscape("T_INTERSECTS(updated_at, INTERVAL('..','2024-03-01'))"), "updated_at <= '2024-03-01Z'", true},
		{"filter=" + url.QueryEscape("T_AFTER(updated_at, DATE('2024-05-01')) AND T_EQUALS(updated_at, updated_at)"), "updated_at > '2024-05-01Z'", true},
		{"filter=" + url.QueryEscape("A_CONTAINS(generated, ('households'))"), "'households' = any(generated)", true},
		{"filter=" + url.QueryEscape("A_EQUALS(generated, ())"), "generated = '{}'", true},
		{"filter=" + url.QueryEscape("A_OVERLAPS(generated, ('built_year','x')) AND NOT A_CONTAINEDBY(generated, ('built_year'))"), "'built_year' = any(generated)", true},
		{"filter=" + url.QueryEscape("S_INTERSECTS(geometry, BBOX(106.83,28.93,106.871,28.99))"), "ST_Intersects(geom, " + box + ")", true},
		{"filter=" + url.QueryEscape("S_WITHIN(geometry, BBOX(106.83,28.93,106.871,28.99)) AND built_year > 1980"), "ST_Within(geom, " + box + ") and built_year > 1980", true},
		{"filter=" + url.QueryEscape("S_DISJOINT(geometry, BBOX(106.83,28.93,106.871,28.99))"), "not ST_Intersects(geom, " + box + ")", true},
		{"filter=" + url.QueryEscape("S_CONTAINS(geometry, POINT(106.85 28.95)) OR S_CROSSES(geometry, LINESTRING(106.8 28.94,106.9 28.94))"), "ST_Intersects(geom, ST_SetSRID('LINESTRING(106.8 28.94,106.9 28.94)'::geometry, 4490)) or ST_Contains(geom, ST_SetSRID('POINT(106.85 28.95)'::geometry, 4490))", true},
		{"filter=" + url.QueryEscape("S_OVERLAPS(geometry, POLYGON((106.83 28.93,106.871 28.93,106.871 28.99,106.83 28.99,106.83 28.93)))"), "ST_Overlaps(geom, " + box + ")", true},
		{"filter=" + url.QueryEscape("S_DWITHIN(geometry, POINT(106.85 28.95), 1500)"), "ST_DWithin(geom::geography, ST_SetSRID('POINT(106.85 28.95)'::geometry, 4490)::geography, 1500)", true},
		{"filter-crs=http://www.opengis.net/def/crs/EPSG/0/4326&filter=" + url.QueryEscape("S_INTERSECTS(geometry, BBOX(28.93,106.83,28.99,106.871))"), "ST_Intersects(geom, " + box + ")", true},
		{"bbox=106.83,28.93,106.871,28.99", "ST_Intersects(geom, " + box + ")", true},
		{"bbox=106.83,28.93,0,106.871,28.99,99", "ST_Intersects(geom, " + box + ")", true},
		{"bbox=28.93,106.83,28.99,106.871&bbox-crs=http://www.opengis.net/def/crs/EPSG/0/4490", "ST_Intersects(geom, " + box + ")", true},
		{"bbox=106.85,28.95,106.85,28.95", "ST_Intersects(geom, ST_SetSRID('POINT(106.85 28.95)'::geometry, 4490))", true},
		{"bbox=-180,-90,180,90", "geom is not null", true},
		{"bbox=106.9,28.9,-170,29", "ST_Intersects(geom, ST_MakeEnvelope(106.9, 28.9, 180, 29, 4490))", true},
		{"datetime=2024-02-01T00:00:00Z/2024-03-01T00:00:00Z", "updated_at between '2024-02-01Z' and '2024-03-01Z'", true},
		{"datetime=../2024-03-01T00:00:00Z", "updated_at <= '2024-03-01Z'", true},
		{"datetime=2024-03-01T00:00:00Z/", "updated_at >= '2024-03-01Z'", true},
		{"datetime=2024-03-01T00:00:00Z", "updated_at = '2024-03-01Z'", true},
		{"datetime=2024-03-01", "updated_at = '2024-03-01Z'", true},
		{"name=" + url.QueryEscape("it's 50% 2"), "name = 'it''s 50% 2'", true},
		{"built_year=1985&generated=households", "built_year = 1985 and 'households' = any(generated)", true},
		{"filter=TRUE", "true", false},
		{"filter=" + url.QueryEscape("households / 0 = 1"), "false", false},
	} {
		q, err := url.ParseQuery(c.query)
		if err != nil {
			t.Fatal(err)
		}
		rows, err := db.Pool.Query(t.Context(), `select code from community where district_code = $1 and (`+c.where+`) order by id`, district)
		if err != nil {
			t.Fatalf("%s: %v", c.where, err)
		}
		var want []string
		for rows.Next() {
			var code string
			if err := rows.Scan(&code); err != nil {
				t.Fatal(err)
			}
			want = append(want, code)
		}
		if rows.Err() != nil {
			t.Fatalf("%s: %v", c.where, rows.Err())
		}
		got, page := items(t, s, request(t, "communities", q))
		if !slices.Equal(got, want) || page.Matched != int64(len(want)) || page.Next != "" {
			t.Errorf("%s: %d found, %d by hand (%d matched)", c.query, len(got), len(want), page.Matched)
		}
		if c.some && (len(want) == 0 || len(want) == 240) {
			t.Errorf("%s: the test's data tell nothing: %d", c.query, len(want))
		}
		if len(want) > 2 { // page by page the same
			q.Set("limit", "2")
			if paged := all(t, s, "communities", q, nil); !slices.Equal(paged, want) {
				t.Errorf("%s: %d found page by page, %d by hand", c.query, len(paged), len(want))
			}
		}
	}
}

// all reads every page and does something between them.
func all(t *testing.T, s *ogc.Store, name string, q url.Values, between func(page int)) []string {
	t.Helper()
	var ids []string
	for n := 0; ; n++ {
		got, page := items(t, s, request(t, name, q))
		ids = append(ids, got...)
		if page.Next == "" {
			return ids
		}
		if n > 1000 {
			t.Fatal("the pages do not end")
		}
		q.Set("cursor", page.Next)
		if between != nil {
			between(n)
		}
	}
}

func TestNoFeatureIsLostOrDoubledWhilePagingUnderEdits(t *testing.T) {
	db, s := furnish(t)
	exec(t, db, `
		insert into coverage_run (id, district_code, facility_type, method, radius_m, area, inputs, summary)
		select gen_random_uuid(), $1, k, 'radius', 300, '{"kind":"district"}', '{}', '{"households": 100}' from unnest(array['clinic', 'market']) k`, district)
	exec(t, db, `
		insert into coverage_building (run_id, building_id, covered, status, households)
		select r.id, b.id, false, 'uncovered', 5 from coverage_run r, building b where r.district_code = $1 and b.district_code = $1`, district)
	edits := map[string]func(page int){
		"communities": func(page int) {
			exec(t, db, `update community set name = name || '改', built_year = 2000 + $2::int, version = version + 1 where district_code = $1 and id % 3 = $2::int % 3`, district, page)
			exec(t, db, `insert into community (district_code, code, name) values ($1, 'new' || $2::int, '新')`, district, page)
			exec(t, db, `delete from community where district_code = $1 and code = 'new' || $2::int`, district, page-3)
		},
		"buildings": func(page int) {
			exec(t, db, `update building set storeys = 1 + $2::int % 30 where district_code = $1`, district, page)
		},
		"gaps": func(page int) {
			exec(t, db, `update building set storeys = 1 + $2::int % 30 where district_code = $1`, district, page)
		},
	}
	for name, edit := range edits {
		before, _ := items(t, s, request(t, name, url.Values{"limit": {"10000"}}))
		if len(before) < 200 {
			t.Fatalf("%s: only %d features", name, len(before))
		}
		seen := map[string]int{}
		for _, id := range all(t, s, name, url.Values{"limit": {"23"}}, edit) {
			seen[id]++
		}
		for _, id := range before {
			if seen[id] != 1 {
				t.Errorf("%s: %s came %d times", name, id, seen[id])
			}
		}
		for id, n := range seen {
			if n > 1 {
				t.Errorf("%s: %s came %d times", name, id, n)
			}
		}
	}
}

func TestCoordinatesAreThoseOfTheSystemAskedFor(t *testing.T) {
	db, s := furnish(t)
	at := orb.Point{106.912345678, 29.034567891}
	exec(t, db, `insert into facility (district_code, code, facility_type, geom) values ($1, 'f', 'clinic', ST_SetSRID(ST_MakePoint($2, $3), 4490))`, district, at[0], at[1])
	swap := func(p orb.Point) orb.Point { return orb.Point{p[1], p[0]} }
	for _, c := range ogc.Systems {
		code := strings.TrimPrefix(c.URI, "http://www.opengis.net/def/crs/EPSG/0/")
		want, millimetre := at, 1e-8
		if strings.HasSuffix(code, "CRS84") {
			code = ""
		}
		if code != "" {
			system, err := geo.ParseCRS(code)
			if err != nil {
				t.Fatal(err)
			}
			zone, plane := system.Zone()
			if plane && math.Abs(zone.CentralMeridian-at[0]) > 12 {
				continue // nobody asks for what lies that far outside of a zone
			}
			want = system.Forward(at)
			if !system.Geographic() {
				millimetre = 1e-3
			}
			if code != "3857" { // northing before easting, latitude before longitude
				want = swap(want)
			}
		}
		r, err := ogc.ParseItem(district, layer(t, "facilities"), "f", url.Values{"crs": {c.URI}})
		if err != nil {
			t.Fatal(err)
		}
		f, err := s.Item(t.Context(), account.Everything, r)
		if err != nil {
			t.Fatal(err)
		}
		g, err := geojson.UnmarshalGeometry(f.Geometry)
		if err != nil {
			t.Fatal(err)
		}
		got := g.Geometry().(orb.Point)
		if math.Abs(got[0]-want[0]) > millimetre || math.Abs(got[1]-want[1]) > millimetre {
			t.Errorf("%s: %v, want %v", c.URI, got, want)
		}
		// and back, within a millimetre on the ground
		if back := c.Inverse(got); math.Abs(back[0]-at[0]) > 1e-8 || math.Abs(back[1]-at[1]) > 1e-8 {
			t.Errorf("%s: back at %v, want %v", c.URI, back, at)
		}
		// a box of five metres around it finds it, and no box beside it does
		half := 5.0
		if millimetre < 1e-3 {
			half = 5e-5
		}
		for shift, found := range map[float64]int{0: 1, 4 * half: 0} {
			q := url.Values{"bbox-crs": {c.URI}, "bbox": {fmt.Sprintf("%.9f,%.9f,%.9f,%.9f", got[0]-half+shift, got[1]-half, got[0]+half+shift, got[1]+half)}}
			if ids, _ := items(t, s, request(t, "facilities", q)); len(ids) != found {
				t.Errorf("%s: %v found %v", c.URI, q, ids)
			}
		}
	}
}

func TestFaultyRequestsAreRefused(t *testing.T) {
	for _, query := range []string{
		"limit=0", "limit=-1", "limit=x", "limit=1&limit=2", "bbox=1,2,3", "bbox=1,2,3,x", "bbox=1,5,3,4", "bbox=1,2,3,NaN", "bbox=1,2,3,4,5,6,7",
		"bbox=5,5,1,1&bbox-crs=http://www.opengis.net/def/crs/EPSG/0/4545", "bbox=-1e9,-1e9,1e9,1e9&bbox-crs=http://www.opengis.net/def/crs/EPSG/0/4545",
		"crs=EPSG:4326", "crs=http://www.opengis.net/def/crs/EPSG/0/2343", "bbox-crs=x", "filter-crs=x", "filter-lang=cql2-json", "filter=name", "unknown=1",
		"datetime=yesterday", "datetime=2024-01-01T00:00:00Z/2023-01-01T00:00:00Z", "datetime=", "datetime=/", "properties=name,unknown", "cursor=x", "cursor=W10", "cursor=WyJhIl0",
		"built_year=old", "name=a%00", "name=%ff", "scenario=x", "filter=" + url.QueryEscape("name = 'a' OR pg_sleep(1) = 1"), "geometry=POINT(1 2)",
	} {
		q, err := url.ParseQuery(query)
		if err != nil {
			t.Fatal(err)
		}
		var wrong *ogc.InvalidError
		if _, err := ogc.ParseItems(district, layer(t, "communities"), q); !errors.As(err, &wrong) || wrong.Chinese == "" || wrong.English == "" {
			t.Errorf("%s: %v", query, err)
		}
	}
	if r := request(t, "communities", url.Values{"limit": {"999999"}}); r.Limit != ogc.MaxLimit {
		t.Errorf("limit %d", r.Limit)
	}
}

func TestWhatCannotBeCalculatedIsTheFiltersFault(t *testing.T) {
	_, s := furnish(t)
	r := request(t, "communities", url.Values{"filter": {"10 ^ households > 1e300 AND 10 ^ (households * 1000) > 0"}})
	_, err := s.Items(t.Context(), account.Everything, r, func(ogc.Feature) error { return nil })
	var wrong *ogc.InvalidError
	if !errors.As(err, &wrong) {
		t.Error(err)
	}
}

func TestOnlyTheChosenPropertiesAreTold(t *testing.T) {
	_, s := furnish(t)
	r, err := ogc.ParseItem(district, layer(t, "communities"), "c4", url.Values{"properties": {"name,built_year"}})
	if err != nil {
		t.Fatal(err)
	}
	f, err := s.Item(t.Context(), account.Everything, r)
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if err := json.Unmarshal(f.Properties, &got); err != nil || len(got) != 2 || got["name"] != "红旗小区 4" || got["built_year"] != 1974.0 {
		t.Errorf("%s", f.Properties)
	}
	for _, id := range []string{"none", "c4' or 'a' = 'a", "\xff", "a\x00"} {
		r, err := ogc.ParseItem(district, layer(t, "communities"), id, nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Item(t.Context(), account.Everything, r); !errors.Is(err, postgis.ErrNotFound) {
			t.Errorf("%q: %v", id, err)
		}
	}
}

// Every layer is read in every part: its columns, order, scopes and boxes.
func TestEveryLayerIsReadInEveryScope(t *testing.T) {
	_, s := furnish(t)
	for _, l := range ogc.Layers() {
		for _, scope := range []account.Scope{
			{}, {District: district}, {District: district, Subdistricts: []string{"none"}}, {District: district, Zones: []int64{1}}, {District: district, Subdistricts: []string{}, Zones: []int64{}},
		} {
			q := url.Values{"bbox": {"106,28,108,30"}, "filter": {"S_INTERSECTS(geometry, BBOX(106,28,108,30)) OR geometry IS NULL"}, "datetime": {"../2100-01-01T00:00:00Z"}}
			var found int
			page, err := s.Items(t.Context(), scope, request(t, l.Name, q), func(f ogc.Feature) error {
				found++
				var properties map[string]any
				if err := json.NewDecoder(bytes.NewReader(f.Properties)).Decode(&properties); err != nil || len(properties) != len(l.Properties) {
					t.Errorf("%s: %s", l.Name, f.Properties)
				}
				return nil
			})
			if err != nil {
				t.Errorf("%s, %+v: %v", l.Name, scope, err)
				continue
			}
			if narrow := scope.Subdistricts != nil || scope.Zones != nil; narrow && l.Name != "roads" && l.Name != "barriers" && page.Matched > 0 {
				t.Errorf("%s, %+v: %d features", l.Name, scope, page.Matched)
			}
		}
		if _, err := s.Items(t.Context(), account.Scope{District: "999999"}, request(t, l.Name, nil), nil); !errors.Is(err, postgis.ErrNotFound) {
			t.Errorf("%s in a foreign district: %v", l.Name, err)
		}
	}
}
