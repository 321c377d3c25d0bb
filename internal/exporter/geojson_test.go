package exporter_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/exporter"
)

func TestGeoJSONHoldsTheZoneAndAllOfIt(t *testing.T) {
	s := newSample(t)
	p := s.plan(account.Everything)
	var out bytes.Buffer
	if err := exporter.GeoJSON(&out, p); err != nil {
		t.Fatal(err)
	}
	collection, err := geojson.UnmarshalFeatureCollection(out.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	layers := map[string]int{}
	households := map[string]float64{}
	for _, f := range collection.Features {
		layer := f.Properties.MustString("layer")
		layers[layer]++
		if n, ok := f.Properties["households"].(float64); ok {
			households[layer] += n
		}
		if shape, ok := f.Geometry.(orb.MultiPolygon); ok {
			for _, polygon := range shape {
				for i, ring := range polygon {
					if want := map[bool]orb.Orientation{true: orb.CCW, false: orb.CW}[i == 0]; ring.Orientation() != want {
						t.Errorf("%v: ring %d is wound the wrong way", f.ID, i)
					}
				}
			}
		}
	}
	if diff := cmp.Diff(map[string]int{"zone": 1, "communities": 2, "buildings": 5, "strings": 1}, layers); diff != "" {
		t.Error(diff)
	}
	// 420 + 30 of the communities; one household in a building of none
	if households["zone"] != 451 || households["communities"] != 450 {
		t.Errorf("households %v", households)
	}
	var document struct {
		Name     string
		BBox     []float64
		CRS      any
		Metadata map[string]any
	}
	if err := json.Unmarshal(out.Bytes(), &document); err != nil {
		t.Fatal(err)
	}
	if document.CRS != nil || len(document.BBox) != 4 || document.Name != s.Zone.Name {
		t.Errorf("%+v", document)
	}
	m := document.Metadata
	if m["zones"].([]any)[0].(map[string]any)["version"] != 1.0 || m["exported_at"] != "2026-11-23T04:30:00+08:00" || m["exported_by"] != "system" || m["demo"] != true ||
		!strings.Contains(m["attribution"].(string), "OpenStreetMap") || m["generated_note"] == nil || m["notice"] == "" {
		t.Errorf("metadata %v", m)
	}
}

func TestGDALReadsTheGeoJSON(t *testing.T) {
	ogrinfo, err := exec.LookPath("ogrinfo")
	if err != nil {
		t.Skip("ogrinfo (Debian gdal-bin) is not there")
	}
	s := newSample(t)
	name := filepath.Join(t.TempDir(), "zone.geojson")
	file, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(exporter.GeoJSON(file, s.plan(account.Everything)), file.Close()); err != nil {
		t.Fatal(err)
	}
	said, err := exec.CommandContext(t.Context(), ogrinfo, "-al", "-so", name).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	for _, part := range []string{"Feature Count: 9", `WGS 84`, "layer: String", "households: Integer", "updated_at: DateTime"} {
		if !strings.Contains(string(said), part) {
			t.Errorf("ogrinfo does not say %q:\n%s", part, said)
		}
	}
	if strings.Contains(string(said), "Warning") || strings.Contains(string(said), "ERROR") {
		t.Errorf("ogrinfo complains:\n%s", said)
	}
	said, err = exec.CommandContext(t.Context(), ogrinfo, "-dialect", "sqlite", "-sql",
		`select count(*) as valid from "`+s.Zone.Name+`" where ST_IsValid(geometry) = 1`, name).CombinedOutput()
	if err == nil && !strings.Contains(string(said), "= 9") {
		t.Errorf("not every shape is valid:\n%s", said)
	}
}
