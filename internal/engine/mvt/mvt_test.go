package mvt_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/ewkb"
	orbmvt "github.com/paulmach/orb/encoding/mvt"
	"github.com/paulmach/orb/planar"
	simple "github.com/peterstace/simplefeatures/geom"

	"github.com/lianpian/lianpian/internal/engine/mvt"
)

// frame is a tile of 4096 m, so that a metre is a unit; y runs down from 4096.
var frame = mvt.Frame{West: 0, North: 4096, Side: 4096, Extent: 4096, Margin: 64}

// drawn draws one shape, given in units of the tile, and reads the tile again with
// orb; nil where nothing shows.
func drawn(t *testing.T, g orb.Geometry) orb.Geometry {
	t.Helper()
	raw, err := ewkb.Marshal(flip(orb.Clone(g)), 3857)
	if err != nil {
		t.Fatal(err)
	}
	var l mvt.Layer
	l.Begin("layer", frame, 0)
	shows, err := l.Shape(raw)
	if err != nil {
		t.Fatal(err)
	}
	if !shows {
		return nil
	}
	l.Feature(7)
	layers, err := orbmvt.Unmarshal(l.Append(nil))
	if err != nil {
		t.Fatalf("the tile cannot be read: %v", err)
	}
	if len(layers) != 1 || len(layers[0].Features) != 1 {
		t.Fatalf("the tile has %v", layers)
	}
	return layers[0].Features[0].Geometry
}

// flip turns y around.
func flip(g orb.Geometry) orb.Geometry {
	turn := func(ring []orb.Point) {
		for i := range ring {
			ring[i][1] = 4096 - ring[i][1]
		}
	}
	switch g := g.(type) {
	case orb.Point:
		return orb.Point{g[0], 4096 - g[1]}
	case orb.MultiPoint:
		turn(g)
	case orb.LineString:
		turn(g)
	case orb.MultiLineString:
		for _, l := range g {
			turn(l)
		}
	case orb.Ring:
		turn(g)
	case orb.Polygon:
		for _, r := range g {
			turn(r)
		}
	case orb.MultiPolygon:
		for _, p := range g {
			flip(p)
		}
	case orb.Collection:
		for i := range g {
			g[i] = flip(g[i])
		}
	}
	return g
}

func box(x0, y0, x1, y1 float64) orb.Ring {
	return orb.Ring{{x0, y0}, {x1, y0}, {x1, y1}, {x0, y1}, {x0, y0}}
}

// text writes a shape with its loops begun at their smallest places, so that equal
// ones are written alike.
func text(g orb.Geometry) string {
	ring := func(r []orb.Point) string {
		if len(r) > 3 && r[0] == r[len(r)-1] {
			r = slices.Clone(r[:len(r)-1])
			least := 0
			for i, p := range r {
				if p[0] < r[least][0] || p[0] == r[least][0] && p[1] < r[least][1] {
					least = i
				}
			}
			r = append(r[least:], r[:least]...)
		}
		var places []string
		for _, p := range r {
			places = append(places, fmt.Sprintf("%g %g", p[0], p[1]))
		}
		return "(" + strings.Join(places, ",") + ")"
	}
	polygon := func(p orb.Polygon) string {
		var rings []string
		for _, r := range p {
			rings = append(rings, ring(r))
		}
		return strings.Join(rings, "-")
	}
	switch g := g.(type) {
	case nil:
		return "nothing"
	case orb.Point:
		return ring([]orb.Point{g})
	case orb.MultiPoint:
		return ring(g)
	case orb.LineString:
		return ring(g)
	case orb.MultiLineString:
		var lines []string
		for _, l := range g {
			lines = append(lines, ring(l))
		}
		return strings.Join(lines, " ")
	case orb.Polygon:
		return polygon(g)
	case orb.MultiPolygon:
		var all []string
		for _, p := range g {
			all = append(all, polygon(p))
		}
		slices.Sort(all)
		return strings.Join(all, " ")
	}
	return fmt.Sprintf("%T", g)
}

func TestWhatATileShowsOfAShape(t *testing.T) {
	for name, c := range map[string]struct {
		shape orb.Geometry
		want  string
	}{
		"a square":                  {orb.Polygon{box(10, 10, 20, 20)}, "(10 10,20 10,20 20,10 20)"},
		"whichever way it turns":    {orb.Polygon{orb.Ring{{10, 10}, {10, 20}, {20, 20}, {20, 10}, {10, 10}}}, "(10 10,20 10,20 20,10 20)"},
		"with a hole against it":    {orb.Polygon{box(10, 10, 40, 40), box(20, 20, 30, 30)}, "(10 10,40 10,40 40,10 40)-(20 20,20 30,30 30,30 20)"},
		"snapped to even":           {orb.Polygon{box(10.5, 11.5, 20.4, 20.6)}, "(10 12,20 12,20 21,10 21)"},
		"less than half a unit":     {orb.Polygon{box(10.6, 10.6, 11, 11)}, "nothing"},
		"collapses to a line":       {orb.Polygon{box(10.6, 10.6, 11, 100)}, "nothing"},
		"outside":                   {orb.Polygon{box(-200, 10, -100, 20)}, "nothing"},
		"in the margin":             {orb.Polygon{box(-60, 10, -50, 20)}, "(-60 10,-50 10,-50 20,-60 20)"},
		"across the side":           {orb.Polygon{box(4000, 10, 5000, 20)}, "(4000 10,4160 10,4160 20,4000 20)"},
		"across the corner":         {orb.Polygon{box(4000, 4000, 5000, 5000)}, "(4000 4000,4160 4000,4160 4160,4000 4160)"},
		"around the whole tile":     {orb.Polygon{box(-9e6, -9e6, 9e6, 9e6)}, "(-64 -64,4160 -64,4160 4160,-64 4160)"},
		"the tile in its hole":      {orb.Polygon{box(-9e6, -9e6, 9e6, 9e6), box(-9e5, -9e5, 9e5, 9e5)}, "nothing"},
		"a hole across the side":    {orb.Polygon{box(4000, 0, 5000, 100), box(4100, 40, 4900, 60)}, "(4000 0,4160 0,4160 40,4100 40,4100 60,4160 60,4160 100,4000 100)"},
		"a hole outside":            {orb.Polygon{box(4000, 0, 5000, 100), box(4300, 40, 4900, 60)}, "(4000 0,4160 0,4160 100,4000 100)"},
		"a hole that touches":       {orb.Polygon{box(10, 10, 40, 40), orb.Ring{{10, 25}, {20, 30}, {20, 20}, {10, 25}}}, "(10 10,40 10,40 40,10 40)-(10 25,20 30,20 20)"},
		"a comb falls into teeth":   {orb.Polygon{orb.Ring{{5000, 0}, {5000, 50}, {4000, 50}, {4000, 40}, {4900, 40}, {4900, 10}, {4000, 10}, {4000, 0}, {5000, 0}}}, "(4000 0,4160 0,4160 10,4000 10) (4000 40,4160 40,4160 50,4000 50)"},
		"a back of no width":        {orb.Polygon{orb.Ring{{4160, 0}, {4160, 50}, {4000, 50}, {4000, 40}, {4160, 40}, {4160, 10}, {4000, 10}, {4000, 0}, {4160, 0}}}, "(4000 0,4160 0,4160 10,4000 10) (4000 40,4160 40,4160 50,4000 50)"},
		"only its corner touches":   {orb.Polygon{orb.Ring{{4160, 50}, {4300, 0}, {4300, 100}, {4160, 50}}}, "nothing"},
		"a spike of no width":       {orb.Polygon{orb.Ring{{10, 10}, {20, 10}, {20, 15}, {60, 15.2}, {20, 15.4}, {20, 20}, {10, 20}, {10, 10}}}, "(10 10,20 10,20 15,20 20,10 20)"},
		"a waist of no width":       {orb.Polygon{orb.Ring{{0, 0}, {40, 0}, {40, 20.1}, {80, 20.1}, {80, 0}, {120, 0}, {120, 60}, {80, 60}, {80, 20.4}, {40, 20.4}, {40, 60}, {0, 60}, {0, 0}}}, "(0 0,40 0,40 20,40 60,0 60) (80 0,120 0,120 60,80 60,80 20)"},
		"a court reached by a slit": {orb.Polygon{orb.Ring{{0, 0}, {60, 0}, {60, 60}, {30.2, 60}, {30.2, 40}, {40, 40}, {40, 20}, {20, 20}, {20, 40}, {29.9, 40}, {29.9, 60}, {0, 60}, {0, 0}}}, "(0 0,60 0,60 60,30 60,0 60)-(20 20,20 40,30 40,40 40,40 20)"},
		"several":                   {orb.MultiPolygon{{box(10, 10, 20, 20)}, {box(30, 10, 40, 20)}, {box(50, 50, 50.2, 50.2)}}, "(10 10,20 10,20 20,10 20) (30 10,40 10,40 20,30 20)"},
		"the areas of a collection": {orb.Collection{orb.Point{1, 1}, orb.Polygon{box(10, 10, 20, 20)}, orb.LineString{{1, 1}, {2, 2}}, orb.MultiPolygon{{box(30, 10, 40, 20)}}}, "(10 10,20 10,20 20,10 20) (30 10,40 10,40 20,30 20)"},
		"an empty collection":       {orb.Collection{}, "nothing"},
		"no polygon":                {orb.Polygon{}, "nothing"},
		"a point":                   {orb.Point{10.4, 20.6}, "(10 21)"},
		"points outside":            {orb.MultiPoint{{10, 10}, {-65, 3}, {30, 30}, {9e18, 3}}, "(10 10,30 30)"},
		"a line":                    {orb.LineString{{10, 10}, {20, 10.2}, {30, 10}}, "(10 10,30 10)"},
		"a line in and out":         {orb.LineString{{4100, 10}, {4200, 10}, {4200, 50}, {4100, 50}}, "(4100 10,4160 10) (4160 50,4100 50)"},
		"a line through":            {orb.LineString{{-1000, 10}, {9000, 10}}, "(-64 10,4160 10)"},
		"a line around":             {orb.LineString{{-100, -100}, {5000, -100}, {5000, 5000}}, "nothing"},
		"a line of one place":       {orb.LineString{{10, 10}, {10.1, 10.1}}, "nothing"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := text(drawn(t, c.shape)); got != c.want {
				t.Errorf("shows %s\nnot     %s", got, c.want)
			}
		})
	}
}

// blob is a ring around a place whose radius varies at random.
func blob(r *rand.Rand, x, y, radius float64, places int) orb.Ring {
	ring := orb.Ring{}
	for i := range places {
		a := 2 * math.Pi * float64(i) / float64(places)
		d := radius * (0.2 + 0.8*r.Float64())
		ring = append(ring, orb.Point{x + d*math.Cos(a), y + d*math.Sin(a)})
	}
	return append(ring, ring[0])
}

// TestAreasOfRandomShapes holds the drawn areas against clipping by another
// library, and their loops against the specification.
func TestAreasOfRandomShapes(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 14))
	room, err := simple.UnmarshalWKT("POLYGON((-64 -64,4160 -64,4160 4160,-64 4160,-64 -64))")
	if err != nil {
		t.Fatal(err)
	}
	invalid := 0
	for i := range 3000 {
		size := math.Pow(10, 0.5+3.5*r.Float64())
		middle := orb.Point{r.Float64() * 4096, r.Float64() * 4096}
		if i%2 == 0 { // at a corner
			middle = orb.Point{4160 + (r.Float64()-0.5)*size, -64 + (r.Float64()-0.5)*size}
		}
		p := orb.Polygon{blob(r, middle[0], middle[1], size, 4+r.IntN(60))}
		if i%3 == 0 {
			p = append(p, blob(r, middle[0], middle[1], 0.13*size, 4+r.IntN(10)))
		}
		given, err := simple.UnmarshalWKT(wktOf(p))
		if err != nil {
			t.Fatal(err)
		}
		left, err := simple.Intersection(given, room)
		if err != nil {
			t.Fatal(err)
		}
		want := left.Area()
		got := drawn(t, p)
		// A unit's tolerance for all of the outline.
		allowed := 1.1*left.Boundary().Length() + 2
		if have := area(got); math.Abs(have-want) > allowed {
			t.Errorf("shape %d of size %.0f: area %.0f, want %.0f within %.0f", i, size, have, want, allowed)
		}
		for _, q := range polygons(got) {
			if q[0].Orientation() != orb.CCW { // y runs down: clockwise on the screen
				t.Errorf("shape %d: an outer loop turns the wrong way", i)
			}
			for _, hole := range q[1:] {
				if hole.Orientation() != orb.CW {
					t.Errorf("shape %d: a hole turns the wrong way", i)
				}
			}
			for _, loop := range q {
				if planar.Area(orb.Polygon{loop}) == 0 {
					t.Errorf("shape %d: a loop without area", i)
				}
				if _, err := simple.UnmarshalWKT(wktOf(orb.Polygon{loop})); err != nil {
					t.Errorf("shape %d: a loop is not simple: %v", i, err)
				}
			}
			if _, err := simple.UnmarshalWKT(wktOf(q)); err != nil {
				invalid++
			}
		}
	}
	if invalid > 0 {
		t.Errorf("%d polygons whose holes cross their shells", invalid)
	}
}

func polygons(g orb.Geometry) orb.MultiPolygon {
	switch g := g.(type) {
	case orb.Polygon:
		return orb.MultiPolygon{g}
	case orb.MultiPolygon:
		return g
	}
	return nil
}

func area(g orb.Geometry) float64 {
	sum := 0.0
	for _, p := range polygons(g) {
		sum += planar.Area(p)
	}
	return sum
}

func wktOf(p orb.Polygon) string {
	var b strings.Builder
	b.WriteString("POLYGON(")
	for i, ring := range p {
		if i > 0 {
			b.WriteByte(',')
		}
		for j, at := range ring {
			b.WriteString(map[bool]string{true: "(", false: ","}[j == 0])
			fmt.Fprintf(&b, "%.17g %.17g", at[0], at[1])
		}
		b.WriteByte(')')
	}
	b.WriteByte(')')
	return b.String()
}

func TestAttributesKeepTheirTypes(t *testing.T) {
	raw, err := ewkb.Marshal(orb.Point{10, 10}, 3857)
	if err != nil {
		t.Fatal(err)
	}
	var l mvt.Layer
	for range 2 { // used again, it forgets
		l.Begin("小区", frame, 2000)
		for i := range 3 {
			if _, err := l.Shape(raw); err != nil {
				t.Fatal(err)
			}
			l.Text(0, "name", []byte("平安里 🏘"))
			l.Int(1, "households", 120)
			l.Int(2, "level", -2)
			l.Double(3, "gap_m", 12.5)
			l.Bool(4, "bridge", i == 0)
			l.Float(5, "share", 0.25)
			for j := 6; j < 2000; j++ {
				l.Int(j, fmt.Sprintf("field_%d", j), int64(j*i))
			}
			l.Feature(int64(i) << 40)
		}
	}
	layers, err := orbmvt.Unmarshal(l.Append(nil))
	if err != nil {
		t.Fatal(err)
	}
	for i, f := range layers[0].Features {
		if f.ID != float64(i<<40) || len(f.Properties) != 2000 {
			t.Errorf("feature %v has %d attributes", f.ID, len(f.Properties))
		}
		for name, want := range map[string]any{
			"name": "平安里 🏘", "households": 120.0, "level": -2.0, "gap_m": 12.5, "bridge": i == 0, "share": 0.25, "field_1999": float64(1999 * i),
		} {
			if f.Properties[name] != want {
				t.Errorf("feature %d has %s %v, want %v", i, name, f.Properties[name], want)
			}
		}
	}
}

func TestCombOf100000PlacesIsDrawnInTime(t *testing.T) {
	ring := orb.Ring{{0, -9000}}
	for i := range 25_000 {
		x := float64(i) * 0.3
		ring = append(ring, orb.Point{x, 9000}, orb.Point{x + 0.1, 9000}, orb.Point{x + 0.1, -8000}, orb.Point{x + 0.3, -8000})
	}
	ring = append(ring, orb.Point{7500, -9000}, ring[0])
	began := time.Now()
	drawn(t, orb.Polygon{ring})
	if took := time.Since(began); took > 3*time.Second {
		t.Errorf("it took %s", took)
	}
}

func TestBadBytesAreRefused(t *testing.T) {
	good, err := ewkb.Marshal(orb.Collection{orb.Polygon{box(1, 1, 9, 9)}, orb.MultiPoint{{1, 1}}}, 3857)
	if err != nil {
		t.Fatal(err)
	}
	var l mvt.Layer
	l.Begin("layer", frame, 0)
	for n := range good {
		if _, err := l.Shape(good[:n]); err == nil {
			t.Errorf("%d of %d bytes are taken", n, len(good))
		}
	}
	nan, err := ewkb.Marshal(orb.LineString{{1, 1}, {math.NaN(), 2}}, 3857)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := l.Shape(nan); err == nil {
		t.Error("NaN is drawn")
	}
}

func FuzzShape(f *testing.F) {
	for _, g := range []orb.Geometry{
		orb.Point{1, 1},
		orb.LineString{{-100, 3}, {9000, 9000}},
		orb.Polygon{box(1, 1, 9000, 90), box(20, 20, 30, 30)},
		orb.Collection{orb.MultiPolygon{{box(1, 1, 9, 9)}}, orb.MultiPoint{{1, 1}}},
	} {
		raw, err := ewkb.Marshal(g, 3857)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	var l mvt.Layer
	f.Fuzz(func(t *testing.T, raw []byte) {
		l.Begin("layer", frame, 0)
		shows, err := l.Shape(raw)
		if err != nil || !shows {
			return
		}
		l.Feature(1)
		if _, err := orbmvt.Unmarshal(l.Append(nil)); err != nil {
			t.Errorf("orb cannot read what was drawn: %v", err)
		}
	})
}
