package coverage

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/lianpian/lianpian/internal/postgis/postgistest"
)

func TestMetresAgreesWithPostGIS(t *testing.T) {
	db := postgistest.New(t)
	random := rand.New(rand.NewPCG(1, 2))
	pairs := [][4]float64{
		{106.9, 28.97, 106.9, 28.97},   // the same point
		{106.9, 28.97, 106.9, 28.98},   // due north
		{106.9, 28.97, 106.91, 28.97},  // due east
		{0, 0, 0.5, 0},                 // along the equator
		{106.9, -28.97, 107.1, -29.02}, // south of it
		{1.5, 42.5, 1.7, 42.6},         // the Pyrenees
		{121.48, 31.2264, 121.5208, 31.251},
	}
	for range 300 {
		lon, lat, span := 73+random.Float64()*62, 18+random.Float64()*35, math.Pow(10, -6+6*random.Float64())
		pairs = append(pairs, [4]float64{lon, lat, lon + span*(random.Float64()-0.5), lat + span*(random.Float64()-0.5)})
	}
	for _, p := range pairs {
		var want float64
		err := db.Pool.QueryRow(t.Context(), `
			select ST_Distance(ST_SetSRID(ST_MakePoint($1, $2), 4490)::geography, ST_SetSRID(ST_MakePoint($3, $4), 4490)::geography)`,
			p[0], p[1], p[2], p[3]).Scan(&want)
		if err != nil {
			t.Fatal(err)
		}
		if got := metres(placeAt(p[0], p[1]), placeAt(p[2], p[3])); math.Abs(got-want) > 1e-4 {
			t.Errorf("from %v: %.6f m, PostGIS says %.6f m", p, got, want)
		}
	}
}

func TestFloorMetricNeverOverstates(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for range 20_000 {
		lon, lat, span := random.Float64()*300-150, random.Float64()*160-80, math.Pow(10, -5+6*random.Float64())
		p := placeAt(lon, lat)
		q := placeAt(lon+span*random.Float64(), math.Max(-85, math.Min(85, lat+span*(random.Float64()-0.5))))
		m := floorFor(p.lon, min(p.lat, q.lat), q.lon, max(p.lat, q.lat))
		flat := math.Hypot(m.perLon*(p.lon-q.lon), m.perLat*(p.lat-q.lat))
		if exact := metres(p, q); flat > exact+rounding {
			t.Fatalf("from %v to %v: %.6f m in the flat metric, %.6f m on the ellipsoid", p, q, flat, exact)
		}
	}
}

// In degrees the first facility is nearer, in metres the second: a degree of
// longitude is shorter than one of latitude.
func TestNearestIsByMetresNotByDegrees(t *testing.T) {
	p := placeAt(106.9, 28.97)
	set := []place{placeAt(106.9, 28.97+0.0030), placeAt(106.9+0.0032, 28.97)}
	if got := newNearest(set, p.lon, p.lat, p.lon, p.lat).to(p); got.order != 1 {
		t.Errorf("nearest is %d at %.1f m", got.order, got.metres)
	}
}

func TestNearestEqualsTryingAll(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	shapes := map[string]func() place{
		"spread":                  func() place { return placeAt(106.8+0.3*random.Float64(), 28.9+0.2*random.Float64()) },
		"one point":               func() place { return placeAt(106.9, 28.97) },
		"a line":                  func() place { return placeAt(106.9, 28.9+0.2*random.Float64()) },
		"a lattice full of ties":  func() place { return placeAt(106.8+0.01*float64(random.IntN(30)), 28.9+0.01*float64(random.IntN(20))) },
		"far north, wide":         func() place { return placeAt(80+20*random.Float64(), 40+13*random.Float64()) },
		"across the equator":      func() place { return placeAt(106+2*random.Float64(), -1+2*random.Float64()) },
		"a cluster far from here": func() place { return placeAt(107.4+1e-5*random.Float64(), 29.3+1e-5*random.Float64()) },
	}
	for name, one := range shapes {
		t.Run(name, func(t *testing.T) {
			for _, n := range []int{0, 1, 2, 3, 17, 300} {
				set := make([]place, n)
				for i := range set {
					set[i] = one()
				}
				questions := make([]place, 200)
				box := [4]float64{180, 90, -180, -90}
				for i := range questions {
					q := placeAt(106.8+0.3*random.Float64(), 28.9+0.2*random.Float64())
					if i%2 == 0 {
						q = one()
					}
					questions[i] = q
					box = [4]float64{min(box[0], q.lon), min(box[1], q.lat), max(box[2], q.lon), max(box[3], q.lat)}
				}
				search := newNearest(set, box[0], box[1], box[2], box[3])
				for _, q := range questions {
					want := found{order: -1, metres: math.Inf(1)}
					for i, p := range set {
						if d := metres(q, p); d < want.metres {
							want = found{i, d}
						}
					}
					if got := search.to(q); got != want {
						t.Fatalf("%d places, from %v: %v, trying all says %v", n, q, got, want)
					}
				}
			}
		})
	}
}

func TestNearestIsQuickForADistrict(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 8))
	one := func() place { return placeAt(106.75+0.3*random.Float64(), 28.87+0.2*random.Float64()) }
	set := make([]place, 2_000)
	for i := range set {
		set[i] = one()
	}
	search := newNearest(set, 106.75, 28.87, 107.05, 29.07)
	calls := testing.Benchmark(func(b *testing.B) {
		for b.Loop() {
			search.to(one())
		}
	})
	if took := calls.NsPerOp() * 300_000; took > 5e9 {
		t.Errorf("300,000 buildings would take %.1f s", float64(took)/1e9)
	} else {
		t.Logf("%d ns each, %.2f s for 300,000", calls.NsPerOp(), float64(took)/1e9)
	}
}
