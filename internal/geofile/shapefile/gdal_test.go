package shapefile

import (
	"archive/zip"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/lianpian/lianpian/internal/geofile"
	"github.com/lianpian/lianpian/internal/geofile/geofiletest"
)

// GDAL, and with it QGIS, reads what is written: system, number, types, texts.
func TestGDALReadsWhatIsWritten(t *testing.T) {
	for crs, says := range map[string]string{
		"EPSG:4490": `ID["EPSG",4490]]`, "EPSG:4326": `ID["EPSG",4326]]`, "EPSG:4545": `ID["EPSG",4545]]`,
		"EPSG:4524": `ID["EPSG",4524]]`, "gk:cm=107.25,fe=350000,prefix=36": `PARAMETER["Longitude of natural origin",107.25`,
	} {
		for _, encoding := range []string{"utf-8", "gbk"} {
			for shape, geometry := range map[geofile.Shape]string{
				geofile.Points: "Geometry: Point", geofile.Lines: "Geometry: Line String", geofile.Areas: "Geometry: Polygon", geofile.NoShape: "Geometry: None",
			} {
				t.Run(fmt.Sprintf("%s %s %s", crs, encoding, shape), func(t *testing.T) {
					dump := geofiletest.OGRDump(t, "/vsizip/"+write(t, WriteOptions{Encoding: encoding}, geofiletest.Layer(shape, system(t, crs))))
					wants := []string{
						geometry, "Feature Count: 5", "老旧小区“一号院”", "三号 ＡＢ", "households: Integer", "floor_area: Real", "decided_on: Date",
						"decided_on (Date) = 2026/03/04", "floor_area (Real) = 123456789.125", "eligible (String) = T", "eligible (String) = (null)",
						"households (Integer) = (null)", "floor_area (Real) = (null)",
					}
					if shape != geofile.NoShape {
						wants = append(wants, says)
					}
					for _, want := range wants {
						if !strings.Contains(dump, want) {
							t.Errorf("GDAL does not say %q:\n%s", want, dump)
						}
					}
				})
			}
		}
	}
}

// What GDAL writes is read, with measures and heights too.
func TestWhatGDALWritesIsRead(t *testing.T) {
	for _, encoding := range []string{"UTF-8", "GBK"} {
		for _, dimension := range []string{"XY", "XYZ", "XYM", "XYZM"} {
			t.Run(encoding+" "+dimension, func(t *testing.T) {
				layer := geofiletest.Layer(geofile.Areas, system(t, "EPSG:4545"))
				from := write(t, WriteOptions{}, layer)
				dir := t.TempDir()
				geofiletest.OGR2OGR(t, "-f", "ESRI Shapefile", "-lco", "ENCODING="+encoding, "-dim", dimension, filepath.Join(dir, "out.shp"), "/vsizip/"+from)
				d := open(t, filepath.Join(dir, "out.shp"), geofile.Options{Name: "片区.shp"})
				s := d.Layers[0]
				if s.Name != "片区" || s.CRS == nil || s.CRS.String() != "EPSG:4545" {
					t.Errorf("got %q %v", s.Name, s.CRS)
				}
				kinds := strings.Join(geofiletest.Kinds(d.Findings), " ")
				if want := map[string]string{"XY": "", "XYZ": "z_dropped", "XYM": "m_dropped", "XYZM": "z_dropped"}[dimension]; kinds != want {
					t.Errorf("findings %q, want %q", kinds, want)
				}
				got, _ := rows(t, s)
				i := 0
				for f := range layer.Features {
					if d := geofiletest.Differ(f.Geometry, got[i].Geometry, 0.001); d != "" {
						t.Errorf("row %d: %s", i+1, d)
					}
					// GDAL makes texts of the booleans, and cuts numbers at 15 decimals.
					want := slices.Clone(f.Values)
					if share, ok := want[4].(float64); ok {
						want[4] = math.Round(share*1e15) / 1e15
					}
					if !reflect.DeepEqual(got[i].Values[:5], want[:5]) || !reflect.DeepEqual(got[i].Values[6], want[6]) {
						t.Errorf("row %d: got %v, want %v", i+1, got[i].Values, f.Values)
					}
					i++
				}
			})
		}
	}
}

// unzip unpacks an archive into a folder.
func unzip(t *testing.T, path string) string {
	t.Helper()
	dir := t.TempDir()
	z, err := zip.OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(r)
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, f.Name), content, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return dir
}
