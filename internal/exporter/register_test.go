package exporter_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/exporter"
	"github.com/lianpian/lianpian/internal/geo"
	"github.com/lianpian/lianpian/internal/geofile"
	"github.com/lianpian/lianpian/internal/geofile/geofiletest"
	"github.com/lianpian/lianpian/internal/geofile/geopackage"
	"github.com/lianpian/lianpian/internal/postgis"
)

// registered is a sample with something in every layer.
func registered(t *testing.T) *sample {
	s := newSample(t)
	s.Exec(`update community set households_agreed = 418, floor_area_agreed_m2 = 31000, neglected = true, municipal_missing = array['排水', '照明'],
		prior_works = 'single_item', in_shantytown_plan = false where code = '0012'`)
	s.Exec(`insert into neighborhood (district_code, code, name, subdistrict_code, geom) values
		($1, '500110001001', '和平社区', '500110001', ST_Multi(ST_MakeEnvelope(106.9, 28.95, 106.905, 28.96, 4490)))`, s.District)
	s.Exec(`insert into road (district_code, source_ref, class, name, walkable, geom) values
		($1, 'way/1', 'residential', '和平路', true, ST_GeomFromText('LINESTRING(106.9 28.95, 106.91 28.96)', 4490))`, s.District)
	s.Exec(`insert into barrier (district_code, source_ref, class, name, geom) values
		($1, 'way/2', 'wall', '', ST_GeomFromText('LINESTRING(106.9 28.95, 106.91 28.955)', 4490))`, s.District)
	s.Exec(`insert into idle_building (district_code, code, name, subdistrict_code, floor_area_m2, owner_kind, available_from, geom, location, source) values
		($1, 'i1', '旧粮站', '500110001', 250.5, 'state', '2026-03-01', ST_Multi(ST_MakeEnvelope(106.9031, 28.9531, 106.9033, 28.9532, 4490)), ST_SetSRID(ST_MakePoint(106.9032, 28.95315), 4490), '台账'),
		($1, 'i2', '旧门面', '500110002', null, '', null, null, ST_SetSRID(ST_MakePoint(106.907, 28.957), 4490), '台账')`, s.District)
	return s
}

// features reads the layers of the register as a scope may.
func (s *sample) register(scope account.Scope, names ...string) map[string][]geofile.Feature {
	s.t.Helper()
	r, err := exporter.New(s.DB, s.Lib).OpenRegister(s.t.Context(), scope, s.District, names)
	if err != nil {
		s.t.Fatal(err)
	}
	defer r.Close(s.t.Context())
	out := map[string][]geofile.Feature{}
	for _, l := range r.Layers {
		out[l.Name] = []geofile.Feature{}
		for f, err := range l.Features {
			if err != nil {
				s.t.Fatal(err)
			}
			out[l.Name] = append(out[l.Name], f)
		}
		if int64(len(out[l.Name])) != l.Count {
			s.t.Errorf("layer %s: %d features, said %d", l.Name, len(out[l.Name]), l.Count)
		}
	}
	return out
}

func TestTheWholeRegisterGoesOut(t *testing.T) {
	s := registered(t)
	counts := map[string]int{}
	for name, features := range s.register(account.Everything) {
		counts[name] = len(features)
	}
	want := map[string]int{
		"communities": 3, "community_points": 1, "buildings": 7, "facilities": 2, "idle_buildings": 1, "idle_building_points": 1, "zones": 2,
		"neighborhoods": 1, "subdistricts": 2, "roads": 4, "railways": 0, "waterways": 0, "water": 1, "green": 1, "barriers": 1, "gates": 0, "crossings": 0,
	}
	if fmt.Sprint(counts) != fmt.Sprint(want) {
		t.Errorf("got  %v\nwant %v", counts, want)
	}
	some := s.register(account.Everything, "buildings", "roads")
	if len(some) != 2 || len(some["buildings"]) != 7 {
		t.Errorf("asked for two layers, got %d", len(some))
	}
	community := aCommunity(s.register(account.Everything, "communities"))
	text := fmt.Sprint(community.Values...)
	for _, part := range []string{"0012", "崂山五村", "居民自治管理", "小区", "31200.5", "418", "排水、照明", "单项改造", "纳入", "true", "false", "households、built_year", "2026-03-02 00:00:00 +0000 UTC"} {
		if !strings.Contains(text, part) {
			t.Errorf("the community does not say %q: %s", part, text)
		}
	}
	if geofile.ShapeOf(community.Geometry) != geofile.Areas {
		t.Errorf("the community lies at %v", community.Geometry)
	}
}

func aCommunity(layers map[string][]geofile.Feature) geofile.Feature { return layers["communities"][0] }

func TestTheRegisterKeepsToItsReader(t *testing.T) {
	s := registered(t)
	officer := s.register(account.Scope{District: s.District, Subdistricts: []string{west}})
	if len(officer["communities"]) != 2 || len(officer["community_points"]) != 0 || len(officer["buildings"]) != 4 || len(officer["idle_buildings"]) != 1 ||
		len(officer["idle_building_points"]) != 0 || len(officer["roads"]) != 4 || len(officer["zones"]) != 1 {
		t.Errorf("an officer takes %v", officer)
	}
	if nothing := s.register(account.Scope{District: s.District, Zones: []int64{-1}}); len(nothing["communities"]) != 0 || len(nothing["buildings"]) != 0 || len(nothing["zones"]) != 0 || len(nothing["facilities"]) != 0 {
		t.Errorf("a contractor without zones takes %v", nothing)
	}
	for scope, district := range map[string]string{"500999": s.District, "": "nowhere"} {
		_, err := exporter.New(s.DB, s.Lib).OpenRegister(t.Context(), account.Scope{District: scope}, district, nil)
		if !errors.Is(err, postgis.ErrNotFound) {
			t.Errorf("%q asks for %q: %v", scope, district, err)
		}
	}
	var unknown *exporter.UnknownLayerError
	if _, err := exporter.New(s.DB, s.Lib).OpenRegister(t.Context(), account.Everything, s.District, []string{"people"}); !errors.As(err, &unknown) {
		t.Errorf("got %v", err)
	}
}

func TestSmallCountsStayInTheRegister(t *testing.T) {
	s := registered(t)
	r, err := exporter.New(s.DB, s.Lib).OpenRegister(account.With(t.Context(), account.Person{Name: "v", Role: account.Viewer}), account.Everything, s.District, []string{"communities"})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close(t.Context())
	at := slices.IndexFunc(r.Layers[0].Fields, func(f geofile.Field) bool { return f.Name == "households_agreed" })
	for f := range r.Layers[0].Features {
		if f.Values[at] != nil || f.Values[at+1] != nil { // two of 420 did not agree
			t.Errorf("a viewer reads %v", f.Values)
		}
	}
	whole := aCommunity(s.register(account.Everything))
	if whole.Values[at] != int64(418) || whole.Values[at+1] != 31000.0 {
		t.Errorf("the service itself reads %v", whole.Values)
	}
}

func TestTheRegisterAsAGeoPackage(t *testing.T) {
	s := registered(t)
	r, err := exporter.New(s.DB, s.Lib).OpenRegister(t.Context(), account.Everything, s.District, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close(t.Context())
	zone, _ := geo.NewCRS(4545)
	layers := make([]geofile.Layer, len(r.Layers))
	for i, l := range r.Layers {
		layers[i] = l.Projected(zone)
	}
	var out bytes.Buffer
	if err := geopackage.Write(t.Context(), &out, layers, geopackage.Options{At: now}); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "台账.gpkg")
	if err := os.WriteFile(path, out.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	geofiletest.Says(t, geofiletest.Ogrinfo(t, path), "Layer name: buildings", "Feature Count: 7", "崂山五村", "2026/03/01", `ID["EPSG",4545]]`, "旧粮站", "国有")
	set, err := geopackage.Open(t.Context(), path, geofile.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = set.Close() }()
	for i := range layers {
		geofiletest.Same(t, layers[i], set.Layers[i], geofiletest.Loss{MultiOfOne: layers[i].Shape == geofile.Lines})
	}
}
