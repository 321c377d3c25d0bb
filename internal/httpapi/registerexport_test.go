package httpapi

import (
	"archive/zip"
	"bytes"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/lianpian/lianpian/internal/delivery"
	"github.com/lianpian/lianpian/internal/geofile"
	"github.com/lianpian/lianpian/internal/geofile/geopackage"
)

func TestTheRegisterGoesOutInEveryFormat(t *testing.T) {
	w := newWorld(t)
	marks := map[string]string{"gpkg": "SQLite format 3", "kml": "<?xml", "dxf": "999"}
	for _, format := range delivery.RegisterFormats() {
		got := w.as("planner", ask{method: "GET", path: root + "/districts/500110/register/export?crs=EPSG:4545&encoding=gbk&format=" + format})
		if got.status != http.StatusOK || !strings.Contains(got.header.Get("Content-Disposition"), "filename*=UTF-8''") {
			t.Fatalf("%s: %d %v\n%.300s", format, got.status, got.header, got.body)
		}
		mark := marks[format]
		if mark == "" {
			mark = "PK\x03\x04"
		}
		if !bytes.HasPrefix(got.body, []byte(mark)) {
			t.Errorf("%s begins with %.20q", format, got.body)
		}
		if format != "geojson" {
			continue
		}
		pack, err := zip.NewReader(bytes.NewReader(got.body), int64(len(got.body)))
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, f := range pack.File {
			names = append(names, f.Name)
		}
		if text := strings.Join(names, " "); !strings.Contains(text, "字段说明.csv") || !strings.Contains(text, "小区.geojson") || !strings.Contains(text, "楼栋.geojson") {
			t.Errorf("the archive holds %s", text)
		}
	}
}

func TestAnOfficersRegisterIsTheirPart(t *testing.T) {
	w := newWorld(t)
	rows := map[string]int64{}
	for _, person := range []string{"planner", "officer"} {
		got := w.as(person, ask{method: "GET", path: root + "/districts/500110/register/export?format=gpkg&layers=buildings"})
		path := filepath.Join(t.TempDir(), "a.gpkg")
		if err := os.WriteFile(path, got.body, 0o600); err != nil {
			t.Fatal(err)
		}
		set, err := geopackage.Open(t.Context(), path, geofile.Options{})
		if err != nil {
			t.Fatal(err)
		}
		rows[person] = set.Layers[0].Count
		_ = set.Close()
	}
	if rows["officer"] == 0 || rows["officer"] >= rows["planner"] {
		t.Errorf("rows %v", rows)
	}
}

func TestARegisterThatCannotBeMadeIsRefusedInWords(t *testing.T) {
	w := newWorld(t)
	for query, field := range map[string]string{
		"format=docx": "query.format", "": "query.format", "format=gpkg&crs=EPSG:2437": "query.crs", "format=gpkg&crs=gk:cm=120": "query.crs",
		"format=shp&encoding=latin1": "query.encoding", "format=gpkg&layers=people": "query.layers",
	} {
		got := w.as("planner", ask{method: "GET", path: root + "/districts/500110/register/export?" + query})
		if p := got.problem(t); got.status != http.StatusBadRequest || len(p.Errors) != 1 || p.Errors[0].Location != field {
			t.Errorf("%s: %d %+v", query, got.status, p)
		}
	}
}
