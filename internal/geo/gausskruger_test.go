package geo

import (
	"math"
	"testing"

	"github.com/paulmach/orb"
)

// Known answers from PROJ 9.1.1 through PostGIS 3.3.2:
//
//	select ST_X(g), ST_Y(g) from ST_Transform(ST_SetSRID(ST_MakePoint(105.84, 30.19), 4490), 4544) as g;
func TestGaussKrugerKnownAnswers(t *testing.T) {
	tests := []struct {
		lon, lat    float64
		srid        int
		east, north float64
	}{
		{105.84, 30.19, 4544, 580895.08094, 3341473.87728}, // 潼南
		{105.84, 30.19, 4545, 291963.25269, 3343148.20644},
		{105.84, 30.19, 4523, 35580895.08094, 3341473.87728},         // with zone prefix
		{105.84, 30.19, 4508, 2747.57311, 3352454.64337},             // 6-degree zone of 111°E
		{104.2, 31.5, 4544, 423997.01279, 3486688.45998},             // west of the meridian
		{106.9301234, 28.9612345, 4545, 395710.27742, 3205444.24742}, // 万盛
		{106.9301234, 28.9612345, 4524, 36395710.27742, 3205444.24742},
		{107.55, 29.05, 4545, 456173.36950, 3214894.70410},
		{108, 29, 4545, 500000, 3209269.32379}, // on the meridian
		{106.5, 28.9, 4544, 646307.78708, 3199111.53040},
		{106.5, 28.9, 4545, 353692.21292, 3199111.53040},
		{121.5, 31.235, 4549, 642911.48487, 3457999.31464}, // 陆家嘴
		{120, 0, 4549, 500000, 0},                          // on the equator
		{109.4, 18.2, 4544, 965824.87839, 2018712.60711},   // far outside its zone
	}
	for _, tt := range tests {
		z, ok := ZoneOfSRID(tt.srid)
		if !ok {
			t.Fatalf("no zone for EPSG:%d", tt.srid)
		}
		east, north := z.Forward(orb.Point{tt.lon, tt.lat})
		if math.Hypot(east-tt.east, north-tt.north) > 1e-4 {
			t.Errorf("EPSG:%d (%v, %v): got %.5f %.5f, want %.5f %.5f", tt.srid, tt.lon, tt.lat, east, north, tt.east, tt.north)
		}
		if p := z.Inverse(tt.east, tt.north); math.Hypot(p[0]-tt.lon, p[1]-tt.lat) > 1e-9 {
			t.Errorf("EPSG:%d inverse of %.5f %.5f: got %v, want (%v, %v)", tt.srid, tt.east, tt.north, p, tt.lon, tt.lat)
		}
	}
}

func TestGaussKrugerThereAndBack(t *testing.T) {
	z := GaussKruger{CentralMeridian: 108, FalseEasting: 500_000}
	for lat := -85.0; lat <= 85; lat += 5 {
		for d := -10.0; d <= 10; d += 2.5 {
			p := orb.Point{108 + d, lat}
			q := z.Inverse(z.Forward(p))
			if math.Hypot((q[0]-p[0])*math.Cos(lat*math.Pi/180), q[1]-p[1]) > 1e-11 {
				t.Errorf("%v came back as %v", p, q)
			}
		}
	}
	if _, north := z.Forward(orb.Point{108, 90}); math.Abs(north-10001965.7293) > 1e-3 {
		t.Errorf("the pole lies at %.4f m, want the quarter meridian 10001965.7293 m", north)
	}
}

func TestThreeDegreeSRID(t *testing.T) {
	tests := []struct {
		lon  float64
		want int
	}{
		{105.84, 4544},
		{104.2, 4544},
		{106.49, 4544},
		{106.51, 4545},
		{106.93, 4545},
		{108, 4545},
		{121.5, 4550},
		{120, 4549},
		{75, 4534},
		{135, 4554},
		{10, 4534},
		{-120, 4534},
		{179, 4554},
	}
	for _, tt := range tests {
		if got := ThreeDegreeSRID(tt.lon); got != tt.want {
			t.Errorf("ThreeDegreeSRID(%v) = %d, want %d", tt.lon, got, tt.want)
		}
	}
}

func TestZoneOfSRID(t *testing.T) {
	tests := []struct {
		srid     int
		meridian float64
		prefix   int
	}{
		{4491, 75, 13},
		{4501, 135, 23},
		{4502, 75, 0},
		{4512, 135, 0},
		{4513, 75, 25},
		{4533, 135, 45},
		{4534, 75, 0},
		{4544, 105, 0},
		{4545, 108, 0},
		{4554, 135, 0},
	}
	for _, tt := range tests {
		z, ok := ZoneOfSRID(tt.srid)
		if want := (GaussKruger{CentralMeridian: tt.meridian, FalseEasting: 500_000, ZonePrefix: tt.prefix}); !ok || z != want {
			t.Errorf("EPSG:%d: got %v, want %v", tt.srid, z, want)
		}
	}
	for _, srid := range []int{0, 4326, 4490, 4555, 3857} {
		if _, ok := ZoneOfSRID(srid); ok {
			t.Errorf("EPSG:%d is no zone", srid)
		}
	}
}
