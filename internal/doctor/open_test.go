package doctor

import (
	"archive/zip"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/lianpian/lianpian/internal/geofile"
)

func TestEachFileOfAnArchiveIsALayerOfItsName(t *testing.T) {
	const point = `{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"code":"A1"},"geometry":{"type":"Point","coordinates":[106.93,28.96]}}]}`
	for name, c := range map[string]struct {
		files map[string]string
		want  []string
	}{
		"several GeoJSON": {map[string]string{"小区.geojson": point, "楼栋.geojson": point}, []string{"小区", "楼栋"}},
		"CSV and the dictionary of their fields": {
			map[string]string{"csv/小区.csv": "编码,经度,纬度\nA1,106.93,28.96\n", "csv/楼栋.csv": "编码,经度,纬度\nB1,106.93,28.96\n", "字段说明.csv": "字段,说明\n"},
			[]string{"小区", "楼栋"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			path := zipped(t, c.files)
			data, err := openFile(t.Context(), path, geofile.Options{Name: "导出.zip"})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, l := range data.Layers {
				got = append(got, l.Name)
				rows := 0
				err := l.Rows(t.Context(), func(geofile.Finding) {}, func(r geofile.Row) error {
					if r.Geometry != nil {
						rows++
					}
					return nil
				})
				if err != nil || rows != 1 {
					t.Errorf("%s: %d rows, %v", l.Name, rows, err)
				}
			}
			slices.Sort(got)
			if !slices.Equal(got, c.want) {
				t.Errorf("layers %q, want %q", got, c.want)
			}
			if err := data.Close(); err != nil {
				t.Error(err)
			}
		})
	}
}

func zipped(t *testing.T, files map[string]string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "in.zip")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z := zip.NewWriter(f)
	for name, text := range files {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}
