package geo

import (
	"math"
	"testing"

	"github.com/paulmach/orb"
)

// Known answers: psql -c "select ST_Area(ST_GeomFromText('…', 4490)::geography)"
// (PostGIS 3.3.2).
func TestArea(t *testing.T) {
	tests := []struct {
		name string
		wkt  string
		want float64
		tol  float64
	}{
		{"a block", "POLYGON((106.93 28.96,106.931 28.96,106.931 28.961,106.93 28.961,106.93 28.96))", 10803.755703687668, 1e-6},
		{"a building", "POLYGON((106.93 28.96,106.9301 28.96,106.93012 28.96013,106.93001 28.96012,106.93 28.96))", 140.98959163436666, 1e-6},
		{"a district", "POLYGON((106.8 28.9,107.1 28.9,107.1 29.1,106.8 29.1,106.8 28.9))", 647983067.722641, 1e-4},
		{"a square kilometre in 陆家嘴", "POLYGON((121.5 31.23,121.51 31.23,121.51 31.24,121.5 31.24,121.5 31.23))", 1056283.6796298027, 1e-5},
		{"a hole and two parts", "MULTIPOLYGON(((106.93 28.96,106.97 28.96,106.97 29.0,106.93 29,106.93 28.96),(106.94 28.97,106.94 28.98,106.95 28.98,106.95 28.97,106.94 28.97)),((107 29,107.01 29,107 29.01,107 29)))", 16742577.939658642, 1e-5},
		{"clockwise", "POLYGON((106.93 28.96,106.93 28.961,106.931 28.961,106.931 28.96,106.93 28.96))", 10803.755703687668, 1e-6},
		{"a point", "POINT(106 28)", 0, 0},
		{"a line", "LINESTRING(106 28,107 29)", 0, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := Area(parse(t, tt.wkt)); math.Abs(got-tt.want) > tt.tol*tt.want {
				t.Errorf("got %.6f, want %.6f", got, tt.want)
			}
		})
	}
}

// The whole ellipsoid has 510,065,621.7 km² (GRS 80).
func TestAreaOfTheEarth(t *testing.T) {
	var sum float64
	for lat := -90.0; lat < 90; lat += 10 {
		sum += Area(orb.Bound{Min: orb.Point{-180, lat}, Max: orb.Point{180, lat + 10}})
	}
	if want := 510065621.7e6; math.Abs(sum-want) > 1e-8*want {
		t.Errorf("got %.1f km², want %.1f km²", sum/1e6, want/1e6)
	}
}

func TestAreaTakesEveryType(t *testing.T) {
	square := orb.Ring{{106, 28}, {106.01, 28}, {106.01, 28.01}, {106, 28.01}, {106, 28}}
	want := Area(square)
	for _, g := range []orb.Geometry{
		orb.Polygon{square}, orb.MultiPolygon{{square}}, square.Bound(), orb.Collection{square, orb.Point{1, 1}},
	} {
		if got := Area(g); math.Abs(got-want) > 1e-9*want {
			t.Errorf("%T: %v, want %v", g, got, want)
		}
	}
	for _, g := range []orb.Geometry{nil, orb.Ring{}, orb.Polygon{}, orb.MultiPolygon{}, orb.Ring{{1, 1}}} {
		if got := Area(g); got != 0 {
			t.Errorf("%T: %v, want 0", g, got)
		}
	}
}
