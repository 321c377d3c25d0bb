package geofiletest

import (
	"encoding/json"
	"os/exec"
	"strings"
	"testing"
)

// Ogrinfo asks GDAL about all layers of a file: what it says, with their features
// where all of them are asked for. Warnings and errors fail the test.
func Ogrinfo(t testing.TB, path string, arguments ...string) string {
	t.Helper()
	program, err := exec.LookPath("ogrinfo")
	if err != nil {
		t.Skip("ogrinfo (Debian gdal-bin) is not there")
	}
	said, err := exec.CommandContext(t.Context(), program, append(append([]string{"-ro", "-al"}, arguments...), path)...).CombinedOutput()
	text := string(said)
	if err != nil || strings.Contains(text, "Warning") || strings.Contains(text, "ERROR") || strings.Contains(text, "FAILURE") {
		t.Fatalf("ogrinfo %s: %v\n%s", path, err, text)
	}
	return text
}

// Says fails the test where ogrinfo's text lacks a part.
func Says(t testing.TB, text string, parts ...string) {
	t.Helper()
	for _, p := range parts {
		if !strings.Contains(text, p) {
			t.Errorf("ogrinfo does not say %q:\n%s", p, text)
		}
	}
}

// OGRFeatures returns the features of a layer as GDAL reads them, as GeoJSON in
// the file's own coordinates.
func OGRFeatures(t testing.TB, path, layer string) []OGRFeature {
	t.Helper()
	program, err := exec.LookPath("ogr2ogr")
	if err != nil {
		t.Skip("ogr2ogr (Debian gdal-bin) is not there")
	}
	arguments := []string{"-f", "GeoJSON", "-lco", "RFC7946=NO", "-lco", "COORDINATE_PRECISION=15", "/vsistdout/", path}
	if layer != "" {
		arguments = append(arguments, layer)
	}
	said, err := exec.CommandContext(t.Context(), program, arguments...).Output()
	if err != nil {
		t.Fatalf("ogr2ogr %s: %v", path, err)
	}
	var collection struct{ Features []OGRFeature }
	if err := json.Unmarshal(said, &collection); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	return collection.Features
}

// OGRFeature is a feature as GDAL writes it.
type OGRFeature struct {
	Properties map[string]any
	Geometry   json.RawMessage
}
