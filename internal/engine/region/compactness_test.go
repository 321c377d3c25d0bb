package region_test

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/wkb"
	"github.com/paulmach/orb/encoding/wkt"

	"github.com/lianpian/lianpian/internal/engine/region"
	"github.com/lianpian/lianpian/internal/postgis/postgistest"
)

func shape(t testing.TB, text string) orb.Geometry {
	t.Helper()
	g, err := wkt.Unmarshal(text)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return g
}

func near(a, b, relative float64) bool {
	return math.Abs(a-b) <= relative*max(math.Abs(a), math.Abs(b))
}

func TestCompactnessOfKnownShapes(t *testing.T) {
	circle := make(orb.Ring, 0, 721)
	for i := range 721 {
		sin, cos := math.Sincos(float64(i%720) * math.Pi / 360)
		circle = append(circle, orb.Point{36395710 + 400*cos, 3205444 + 400*sin})
	}
	tests := []struct {
		name  string
		shape orb.Geometry
		want  region.Compactness
	}{
		{"a square", shape(t, "POLYGON((0 0,4 0,4 4,0 4,0 0))"), region.Compactness{PolsbyPopper: math.Pi / 4, Reock: 2 / math.Pi, HullRatio: 1}},
		{"a square as a bound", orb.Bound{Max: orb.Point{4, 4}}, region.Compactness{PolsbyPopper: math.Pi / 4, Reock: 2 / math.Pi, HullRatio: 1}},
		{"clockwise", shape(t, "POLYGON((0 0,0 4,4 4,4 0,0 0))"), region.Compactness{PolsbyPopper: math.Pi / 4, Reock: 2 / math.Pi, HullRatio: 1}},
		// 2 × 1: perimeter 6, half a diagonal √5/2.
		{"an oblong", shape(t, "POLYGON((0 0,2 0,2 1,0 1,0 0))"), region.Compactness{PolsbyPopper: 8 * math.Pi / 36, Reock: 8 / (5 * math.Pi), HullRatio: 1}},
		// The circle of an obtuse triangle stands over its longest side.
		{"an obtuse triangle", shape(t, "POLYGON((0 0,10 0,5 1,0 0))"), region.Compactness{
			PolsbyPopper: 4 * math.Pi * 5 / math.Pow(10+2*math.Sqrt(26), 2), Reock: 5 / (25 * math.Pi), HullRatio: 1,
		}},
		// ▉▁ an L of three unit squares: area 3, perimeter 8, hull 3.5.
		{"an L", shape(t, "POLYGON((0 0,2 0,2 1,1 1,1 2,0 2,0 0))"), region.Compactness{PolsbyPopper: 12 * math.Pi / 64, Reock: 3 / (2 * math.Pi), HullRatio: 3 / 3.5}},
		// A hole of 2 × 2: area 12, perimeter 16 + 8.
		{"a hole", shape(t, "POLYGON((0 0,4 0,4 4,0 4,0 0),(1 1,1 3,3 3,3 1,1 1))"), region.Compactness{PolsbyPopper: 48 * math.Pi / (24 * 24), Reock: 12 / (8 * math.Pi), HullRatio: 0.75}},
		// Two unit squares one apart: hull 3 × 1.
		{"two parts", shape(t, "MULTIPOLYGON(((0 0,1 0,1 1,0 1,0 0)),((2 0,3 0,3 1,2 1,2 0)))"), region.Compactness{PolsbyPopper: 8 * math.Pi / 64, Reock: 2 / (2.5 * math.Pi), HullRatio: 2.0 / 3}},
		{"nearly a circle, far from the origin", circle, region.Compactness{PolsbyPopper: 0.99999365, Reock: 0.99998731, HullRatio: 1}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := region.CompactnessOf(test.shape)
			if err != nil {
				t.Fatal(err)
			}
			const tolerance = 1e-8
			if !near(got.PolsbyPopper, test.want.PolsbyPopper, tolerance) || !near(got.Reock, test.want.Reock, tolerance) || !near(got.HullRatio, test.want.HullRatio, tolerance) {
				t.Errorf("%+v, want %+v", got, test.want)
			}
		})
	}
}

func TestCompactnessRefusesWhatIsNoArea(t *testing.T) {
	tests := []struct {
		name  string
		shape orb.Geometry
		want  error
	}{
		{"nothing", nil, region.ErrNotAnArea},
		{"a line", orb.LineString{{0, 0}, {1, 1}}, region.ErrNotAnArea},
		{"no parts", orb.MultiPolygon{}, region.ErrNoArea},
		{"a polygon without rings", orb.Polygon{}, region.ErrNoArea},
		{"a ring without points", orb.Polygon{{}}, region.ErrNoArea},
		{"a point", orb.Polygon{{{1, 1}, {1, 1}, {1, 1}, {1, 1}}}, region.ErrNoArea},
		{"flat", orb.Polygon{{{0, 0}, {2, 2}, {1, 1}, {0, 0}}}, region.ErrNoArea},
		{"a hole as large as the shell", orb.Polygon{{{0, 0}, {1, 0}, {1, 1}, {0, 0}}, {{0, 0}, {1, 1}, {1, 0}, {0, 0}}}, region.ErrNoArea},
		{"no number", orb.Polygon{{{0, 0}, {1, math.NaN()}, {1, 1}, {0, 0}}}, region.ErrBadCoordinate},
		{"infinite", orb.Polygon{{{0, 0}, {1, math.Inf(-1)}, {1, 1}, {0, 0}}}, region.ErrBadCoordinate},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got, err := region.CompactnessOf(test.shape); !errors.Is(err, test.want) || got != (region.Compactness{}) {
				t.Errorf("%v, %v; want %v", got, err, test.want)
			}
		})
	}
}

// randomZone draws a shape of one to three star-shaped parts beside each
// other, some with a hole, on the ground of a Gauss-Krüger plane with zone
// prefix. Some lie on whole metres: then three and more points share a circle
// or a line.
func randomZone(r *rand.Rand) orb.MultiPolygon {
	east, north := 36395710+r.Float64()*5000, 3205444+r.Float64()*5000
	whole := r.IntN(2) == 0
	ring := func(x, y, inner, outer float64, points int) orb.Ring {
		var ring orb.Ring
		for i := range points {
			sin, cos := math.Sincos(2 * math.Pi * (float64(i) + 0.6*r.Float64()) / float64(points))
			d := inner + (outer-inner)*r.Float64()
			p := orb.Point{x + d*cos, y + d*sin}
			if whole {
				p = orb.Point{math.Round(p[0]), math.Round(p[1])}
			}
			ring = append(ring, p)
		}
		return append(ring, ring[0])
	}
	var m orb.MultiPolygon
	for part := range 1 + r.IntN(3) {
		x, y := east+float64(part)*(1300+500*r.Float64()), north+600*r.Float64()
		p := orb.Polygon{ring(x, y, 200+300*r.Float64(), 600, 5+r.IntN(60))}
		if r.IntN(2) == 0 {
			p = append(p, ring(x, y, 20, 90, 4+r.IntN(9)))
		}
		m = append(m, p)
	}
	return m
}

func TestCompactnessAgreesWithPostGIS(t *testing.T) {
	db := postgistest.New(t)
	random := rand.New(rand.NewPCG(7, 3))
	var shapes []orb.MultiPolygon
	for range 2000 {
		shapes = append(shapes, randomZone(random))
	}
	for _, text := range []string{
		"MULTIPOLYGON(((0 0,4 0,4 4,0 4,0 0)))",
		"MULTIPOLYGON(((0 0,4 0,4 4,0 4,0 0),(1 1,1 3,3 3,3 1,1 1)))",
		"MULTIPOLYGON(((0 0,4 0,4 4,0 4,0 0),(1 1,1 3,3 3,3 1,1 1)),((1.5 1.5,2.5 1.5,2 2.5,1.5 1.5)))",
		"MULTIPOLYGON(((0 0,1000 0,1000 0.01,0 0.01,0 0)))",
		"MULTIPOLYGON(((0 0,1 0,0 1,0 0)),((1e5 1e5,100001 1e5,1e5 100001,1e5 1e5)))",
	} {
		shapes = append(shapes, shape(t, text).(orb.MultiPolygon))
	}
	encoded := make([][]byte, len(shapes))
	for i, s := range shapes {
		encoded[i] = wkb.MustMarshal(s)
	}
	rows, err := db.Pool.Query(t.Context(), `
		select ST_IsValid(g),
		       4 * pi() * ST_Area(g) / ST_Perimeter(g) ^ 2,
		       ST_Area(g) / (pi() * (ST_MinimumBoundingRadius(g)).radius ^ 2),
		       ST_Area(g) / ST_Area(ST_ConvexHull(g))
		from unnest($1::bytea[]) with ordinality as s (shape, position), lateral (select ST_GeomFromWKB(shape) as g) as _
		order by position`, encoded)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	compared := 0
	for i := 0; rows.Next(); i++ {
		var valid bool
		var want region.Compactness
		if err := rows.Scan(&valid, &want.PolsbyPopper, &want.Reock, &want.HullRatio); err != nil {
			t.Fatal(err)
		}
		if !valid {
			continue
		}
		compared++
		got, err := region.CompactnessOf(shapes[i])
		if err != nil {
			t.Fatalf("%s: %v", wkt.MarshalString(shapes[i]), err)
		}
		// PostGIS sums areas of a ring near its own first point, too.
		const tolerance = 1e-9
		if !near(got.PolsbyPopper, want.PolsbyPopper, tolerance) || !near(got.Reock, want.Reock, tolerance) || !near(got.HullRatio, want.HullRatio, tolerance) {
			t.Errorf("%s\n%+v, PostGIS says\n%+v", wkt.MarshalString(shapes[i]), got, want)
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	if compared < 1500 {
		t.Errorf("only %d of %d shapes are valid", compared, len(shapes))
	}
}
