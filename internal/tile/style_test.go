package tile_test

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/tile"
)

type styleDocument struct {
	Version int
	Glyphs  *string
	Sprite  *string
	Sources map[string]struct {
		Type             string
		Tiles            []string
		MinZoom, MaxZoom uint32
		Bounds           [4]float64
	}
	Layers []struct {
		ID, Type, Source string
		SourceLayer      string `json:"source-layer"`
		MinZoom          *float64
	}
}

func TestStyleIsCompleteAndNeedsNothingFromElsewhere(t *testing.T) {
	s := newStage(t)
	for _, theme := range []tile.Theme{tile.Light, tile.Dark} {
		text, err := s.server.Style(context.Background(), s.district, "http://here", theme)
		if err != nil {
			t.Fatal(err)
		}
		var style styleDocument
		if err := json.Unmarshal(text, &style); err != nil {
			t.Fatal(err)
		}
		if style.Version != 8 || style.Glyphs != nil || style.Sprite != nil || strings.Contains(string(text), `"@`) {
			t.Errorf("%s: version, glyphs, sprite or an unfilled colour", theme)
		}
		fields := map[string]tile.Info{}
		for _, l := range s.server.Layers() {
			fields[l.Name] = l
		}
		drawn := map[string]bool{}
		ids := map[string]bool{}
		for _, l := range style.Layers {
			if ids[l.ID] {
				t.Errorf("layer %s comes twice", l.ID)
			}
			ids[l.ID] = true
			if l.Type == "background" {
				continue
			}
			source, known := style.Sources[l.Source]
			if !known {
				t.Errorf("layer %s has no source %s", l.ID, l.Source)
				continue
			}
			layers := strings.Split(strings.Split(strings.TrimPrefix(source.Tiles[0], "http://here/api/v1/districts/500110/tiles/"), "/")[0], ",")
			if layers, err = s.server.ParseLayers(strings.Join(layers, ",")); err != nil {
				t.Fatal(err)
			}
			if !slices.Contains(layers, l.SourceLayer) {
				t.Errorf("layer %s: source %s does not carry %s", l.ID, l.Source, l.SourceLayer)
			}
			if l.MinZoom == nil || uint32(*l.MinZoom) < fields[l.SourceLayer].MinZoom {
				t.Errorf("layer %s asks for %s before it is there", l.ID, l.SourceLayer)
			}
			drawn[l.SourceLayer] = true
		}
		overlays := []string{"coverage", "links", "projects", "strings"} // the web app draws them when a person asks for them
		for name := range fields {
			if !drawn[name] && !slices.Contains(overlays, name) {
				t.Errorf("%s: nothing draws %s", theme, name)
			}
		}
	}
	if _, err := s.server.Style(context.Background(), s.district, "", "sepia"); !errors.Is(err, tile.ErrNoTheme) {
		t.Errorf("an unknown theme: %v", err)
	}
	if _, err := s.server.Style(context.Background(), "500111", "", tile.Light); !errors.Is(err, postgis.ErrNotFound) {
		t.Errorf("an unknown district: %v", err)
	}
}

func TestTileJSON(t *testing.T) {
	s := newStage(t)
	got, err := s.server.TileJSON(context.Background(), s.district, []string{"zones", "facilities"}, "http://here/")
	if err != nil {
		t.Fatal(err)
	}
	want := tile.TileJSON{
		TileJSON: "3.0.0", Name: "万盛经开区", Scheme: "xyz",
		Tiles:   []string{"http://here/api/v1/districts/500110/tiles/facilities,zones/{z}/{x}/{y}.mvt"},
		MinZoom: 5, MaxZoom: 17,
		Bounds: [4]float64{106.8, 28.9, 107.1, 29.1}, Center: [3]float64{106.95, 29, 11},
		Attribution: "© OpenStreetMap contributors",
		VectorLayers: []tile.VectorLayer{
			{ID: "facilities", Description: "服务设施", MinZoom: 11, MaxZoom: 17, Fields: map[string]string{"code": "String", "facility_type": "String", "name": "String"}},
			{ID: "zones", Description: "片区", MinZoom: 5, MaxZoom: 17, Fields: map[string]string{"code": "String", "name": "String"}},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if _, err := s.server.TileJSON(context.Background(), "500111", []string{"zones"}, ""); !errors.Is(err, postgis.ErrNotFound) {
		t.Errorf("an unknown district: %v", err)
	}
}
