package geo

import (
	"bytes"
	"fmt"
	"math"
	"os/exec"
	"strings"
	"testing"

	"github.com/paulmach/orb"
)

// system reads a definition that the test knows to be right.
func system(t *testing.T, text string) CRS {
	t.Helper()
	c, err := ParseCRS(text)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// GDAL writes the same text for every system that the product knows.
func TestWellKnownTextIsThatOfGDAL(t *testing.T) {
	program, err := exec.LookPath("gdalsrsinfo")
	if err != nil {
		t.Skip("gdalsrsinfo is not installed")
	}
	for _, srid := range []int{4490, 4326, 3857, 4491, 4502, 4513, 4524, 4533, 4534, 4545, 4554, 32643, 32648, 32653} {
		c := system(t, fmt.Sprint(srid))
		for dialect, got := range map[string]string{"wkt1": c.WKT(), "wkt_esri": c.PRJ()} {
			want, err := exec.Command(program, "-o", dialect, "--single-line", fmt.Sprintf("EPSG:%d", srid)).Output()
			if err != nil {
				t.Fatal(err)
			}
			if got != strings.TrimSpace(string(want)) {
				t.Errorf("EPSG:%d %s:\ngot  %s\nwant %s", srid, dialect, got, want)
			}
		}
	}
}

// PROJ puts a point where Forward puts it, given our text of a custom zone.
func TestCustomZonesMeanTheSameToPROJ(t *testing.T) {
	program, err := exec.LookPath("gdaltransform")
	if err != nil {
		t.Skip("gdaltransform is not installed")
	}
	for _, text := range []string{"gk:cm=107.5,fe=500000,prefix=0", "gk:cm=106.9167,fe=350000,prefix=36", "gk:cm=106.5,fe=100000,prefix=0,fn=-3000000", "EPSG:4524", "EPSG:32648"} {
		c := system(t, text)
		p := orb.Point{106.93, 28.965}
		for name, definition := range map[string]string{"WKT": c.WKT(), "PRJ": c.PRJ()} {
			command := exec.Command(program, "-s_srs", c.base(), "-t_srs", definition, "-output_xy")
			command.Stdin = strings.NewReader(fmt.Sprintf("%.12f %.12f\n", p[0], p[1]))
			out, err := command.CombinedOutput()
			if err != nil {
				t.Fatalf("%s: %v %s", text, err, out)
			}
			var got orb.Point
			if _, err := fmt.Fscan(bytes.NewReader(out), &got[0], &got[1]); err != nil {
				t.Fatalf("%s %s: %s", text, name, out)
			}
			if want := c.Forward(p); math.Hypot(got[0]-want[0], got[1]-want[1]) > 1e-3 {
				t.Errorf("%s %s: PROJ %v, here %v", text, name, got, want)
			}
		}
	}
}

// base is the geographic system under a plane one in GDAL's words.
func (c CRS) base() string {
	if strings.Contains(c.WKT(), "WGS 84") {
		return "EPSG:4326"
	}
	return "EPSG:4490"
}

func TestNamesAreReadable(t *testing.T) {
	for text, want := range map[string]string{
		"4490":  "CGCS2000 经纬度",
		"4326":  "WGS 84 经纬度",
		"4545":  "CGCS2000 / 3度带高斯-克吕格 中央经线108°E",
		"4524":  "CGCS2000 / 3度带高斯-克吕格 第36带（坐标含带号）中央经线108°E",
		"4502":  "CGCS2000 / 6度带高斯-克吕格 中央经线75°E",
		"32648": "WGS 84 / UTM 48 带（北）中央经线105°E",
		"gk:cm=107.5,fe=500000,prefix=0,fn=-3000000": "CGCS2000 / 自定义高斯-克吕格 中央经线107.5°E 东偏500000米 北偏-3000000米",
	} {
		if got := system(t, text).Name(); got != want {
			t.Errorf("%s: got %q, want %q", text, got, want)
		}
	}
}

func TestCustomZonesWithAFalseNorthingComeBack(t *testing.T) {
	c := system(t, "gk:cm=106.5,fe=100000,prefix=0,fn=-3000000")
	if got := c.String(); got != "gk:cm=106.5,fe=100000,prefix=0,fn=-3000000" {
		t.Errorf("got %q", got)
	}
	p := orb.Point{106.9, 28.9}
	plane := c.Forward(p)
	if plane[1] > 300_000 || plane[1] < 100_000 {
		t.Errorf("the false northing does not count: %v", plane)
	}
	if back := c.Inverse(plane); math.Hypot(back[0]-p[0], back[1]-p[1]) > 1e-10 {
		t.Errorf("got %v back", back)
	}
	for _, bad := range []string{"gk:cm=108,prefix=3.5", "gk:cm=108,prefix=1e9", "gk:cm=108,fn=1e9", "gk:cm=10", "gk:", "gk:cm=NaN", "4555", "x"} {
		if _, err := ParseCRS(bad); err == nil {
			t.Errorf("%q was taken", bad)
		}
	}
}
