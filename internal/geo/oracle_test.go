package geo_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/wkb"
	"github.com/paulmach/orb/encoding/wkt"
	"github.com/peterstace/simplefeatures/geom"

	"github.com/lianpian/lianpian/internal/geo"
	"github.com/lianpian/lianpian/internal/postgis/postgistest"
)

// randomArea draws a small area whose points lie on a coarse grid, so that
// touches, shared edges, spikes and collinear corners are common. turned puts
// the grid askew: then nothing is exactly collinear any more, but nearly so.
func randomArea(r *rand.Rand, turned bool) orb.MultiPolygon {
	size := 3 + r.IntN(6)
	sin, cos := math.Sincos(float64(r.IntN(90)) * math.Pi / 180)
	point := func() orb.Point {
		p := orb.Point{float64(r.IntN(size)), float64(r.IntN(size))}
		if turned {
			p = orb.Point{100 + p[0]*cos - p[1]*sin, 30 + p[0]*sin + p[1]*cos}
		}
		return p
	}
	ring := func() orb.Ring {
		var ring orb.Ring
		for range 3 + r.IntN(5) {
			p := point()
			ring = append(ring, p)
			if r.IntN(12) == 0 {
				ring = append(ring, p)
			}
		}
		return append(ring, ring[0])
	}
	// Many rings of few points are more often nearly valid than few of many.
	var m orb.MultiPolygon
	for range 1 + r.IntN(3)*r.IntN(2) {
		p := orb.Polygon{ring()}
		if r.IntN(2) == 0 {
			p[0] = orb.Ring{{0, 0}, {float64(size - 1), 0}, {float64(size - 1), float64(size - 1)}, {0, float64(size - 1)}, {0, 0}}
			if turned {
				for i, q := range p[0] {
					p[0][i] = orb.Point{100 + q[0]*cos - q[1]*sin, 30 + q[0]*sin + q[1]*cos}
				}
			}
		}
		for range r.IntN(3) * r.IntN(2) {
			hole := ring()
			if len(hole) > 4 && r.IntN(2) == 0 {
				hole = append(hole[:3:3], hole[0])
			}
			p = append(p, hole)
		}
		m = append(m, p)
	}
	return m
}

func areas(n int, seed uint64) []orb.MultiPolygon {
	r := rand.New(rand.NewPCG(seed, 20))
	out := make([]orb.MultiPolygon, n)
	for i := range out {
		out[i] = randomArea(r, i%4 == 0)
	}
	return out
}

// Every answer of Check must be that of ST_IsValid, or a shape could pass here
// and take the database down there.
func TestCheckAgreesWithPostGIS(t *testing.T) {
	db := postgistest.New(t)
	shapes := areas(60_000, 1)
	valid := 0
	for from := 0; from < len(shapes); from += 5_000 {
		batch := shapes[from : from+5_000]
		encoded := make([][]byte, len(batch))
		for i, m := range batch {
			data, err := wkb.Marshal(m)
			if err != nil {
				t.Fatal(err)
			}
			encoded[i] = data
		}
		rows, err := db.Pool.Query(context.Background(), `
			select coalesce(ST_IsValid(ST_GeomFromWKB(g)), false), coalesce(ST_IsValidReason(ST_GeomFromWKB(g)), '')
			from unnest($1::bytea[]) with ordinality as input (g, n)
			order by n`, encoded)
		if err != nil {
			t.Fatal(err)
		}
		for i := 0; rows.Next(); i++ {
			var want bool
			var reason string
			if err := rows.Scan(&want, &reason); err != nil {
				t.Fatal(err)
			}
			if want {
				valid++
			}
			if f := geo.Check(batch[i], geo.Limits{}); (f == nil) != want {
				t.Errorf("Check: %v; PostGIS: %s\nselect ST_IsValidReason('%s')", f, reason, wkt.MarshalString(batch[i]))
			}
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
		if t.Failed() {
			return
		}
	}
	if valid < len(shapes)/50 {
		t.Errorf("only %d of %d shapes are valid: the test proves little", valid, len(shapes))
	}
	t.Logf("%d of %d valid", valid, len(shapes))
}

func TestCheckAgreesWithSimpleFeatures(t *testing.T) {
	for i, m := range areas(20_000, 2) {
		if i%4 == 0 {
			continue // off the grid simplefeatures rounds the point where rings touch
		}
		g, err := geom.UnmarshalWKT(wkt.MarshalString(m), geom.NoValidate{})
		if err != nil {
			t.Fatal(err)
		}
		want := g.Validate()
		if f := geo.Check(m, geo.Limits{}); (f == nil) != (want == nil) {
			t.Errorf("Check: %v; simplefeatures: %v\n%s", f, want, wkt.MarshalString(m))
		}
	}
}

func TestAreaAgreesWithPostGIS(t *testing.T) {
	db := postgistest.New(t)
	r := rand.New(rand.NewPCG(3, 3))
	for range 200 {
		lon, lat := 75+60*r.Float64(), 18+35*r.Float64()
		size := math.Pow(10, -4+3*r.Float64()) // 10 m to 10 km
		ring := orb.Ring{}
		for i := range 8 {
			sin, cos := math.Sincos(float64(i) * math.Pi / 4)
			d := size * (0.3 + r.Float64())
			ring = append(ring, orb.Point{lon + d*cos, lat + d*sin})
		}
		p := orb.Polygon{append(ring, ring[0])}
		var want float64
		err := db.Pool.QueryRow(context.Background(),
			`select ST_Area(ST_GeomFromText($1, 4490)::geography)`, wkt.MarshalString(p)).Scan(&want)
		if err != nil {
			t.Fatal(err)
		}
		if got := geo.Area(p); math.Abs(got-want) > 1e-4*want {
			t.Errorf("Area = %.6f, PostGIS %.6f\n%s", got, want, wkt.MarshalString(p))
		}
	}
}

func TestGaussKrugerAgreesWithPostGIS(t *testing.T) {
	db := postgistest.New(t)
	r := rand.New(rand.NewPCG(4, 4))
	for range 300 {
		srid := 4491 + r.IntN(4554-4491+1)
		z, ok := geo.ZoneOfSRID(srid)
		if !ok {
			t.Fatalf("no zone for EPSG:%d", srid)
		}
		p := orb.Point{z.CentralMeridian - 3.5 + 7*r.Float64(), 15 + 40*r.Float64()}
		var east, north float64
		err := db.Pool.QueryRow(context.Background(), fmt.Sprintf(`
			select ST_X(g), ST_Y(g) from ST_Transform(ST_SetSRID(ST_MakePoint($1, $2), 4490), %d) as g`, srid),
			p[0], p[1]).Scan(&east, &north)
		if err != nil {
			t.Fatal(err)
		}
		if e, n := z.Forward(p); math.Hypot(e-east, n-north) > 1e-3 {
			t.Errorf("EPSG:%d Forward(%v) = %.4f %.4f, PostGIS %.4f %.4f", srid, p, e, n, east, north)
		}
	}
}
