package raster

import (
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/paulmach/orb"
)

// GDAL takes a plane of heights to every coordinate system that is accepted, and
// it comes back from there as the same plane. Without GDAL nothing is compared.
func TestModelsThatGDALProjectedComeBackWhereTheyWere(t *testing.T) {
	gdalwarp, err := exec.LookPath("gdalwarp")
	if err != nil {
		t.Skip("gdalwarp is not installed: no comparison")
	}
	const cols, rows = 60, 50
	height := func(p orb.Point) float64 { return 1000 + 5000*(p[0]-106.85) - 3000*(p[1]-29) }
	var grid strings.Builder
	fmt.Fprintf(&grid, "ncols %d\nnrows %d\nxllcorner 106.85\nyllcorner 28.95\ncellsize 0.001\nNODATA_value -9999\n", cols, rows)
	for row := range rows {
		for col := range cols {
			fmt.Fprintf(&grid, "%.3f ", height(orb.Point{106.8505 + 0.001*float64(col), 28.9995 - 0.001*float64(row)}))
		}
		grid.WriteByte('\n')
	}
	source := filepath.Join(t.TempDir(), "plane.asc")
	if err := os.WriteFile(source, []byte(grid.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, epsg := range []int{4326, 4490, 4545, 4524, 4507, 4496, 32648, 3857} {
		path := filepath.Join(t.TempDir(), "x.tif")
		out, err := exec.CommandContext(t.Context(), gdalwarp, "-q", "-s_srs", "EPSG:4326", "-t_srs", fmt.Sprintf("EPSG:%d", epsg),
			"-r", "bilinear", "-et", "0", "-dstnodata", "-9999", "-ot", "Float32", source, path,
			"-co", "COMPRESS=LZW", "-co", "TILED=YES", "-co", "BLOCKXSIZE=16", "-co", "BLOCKYSIZE=16").CombinedOutput()
		if err != nil {
			t.Fatalf("EPSG:%d: %v: %s", epsg, err, out)
		}
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		g := cut(t, mustOpen(t, data, "x.tif"), orb.Bound{Min: orb.Point{106.86, 28.96}, Max: orb.Point{106.9, 28.99}})
		for k := range 100 {
			p := orb.Point{106.8605 + 0.00039*float64(k), 28.9895 - 0.00029*float64(k*37%100)}
			if h, known := g.At(p[0], p[1]); !known || math.Abs(h-height(p)) > 0.05 {
				t.Fatalf("EPSG:%d, %v: %v m, %v; want %v m", epsg, p, h, known, height(p))
			}
		}
	}
}
