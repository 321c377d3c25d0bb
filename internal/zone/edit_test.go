package zone_test

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/zone"
)

// seen names zones as they are.
func seen(zones ...zone.Zone) []zone.Seen {
	list := make([]zone.Seen, 0, len(zones))
	for _, z := range zones {
		list = append(list, zone.Seen{Code: z.Code, Version: z.Version})
	}
	return list
}

func (b *bench) get(z zone.Zone) zone.Zone {
	b.t.Helper()
	z, err := b.zones.Get(b.t.Context(), account.Everything, b.district, z.Code)
	if err != nil {
		b.t.Fatal(err)
	}
	return z
}

func (b *bench) split(z zone.Zone, line ...orb.Point) zone.Edit {
	b.t.Helper()
	e, err := b.zones.Split(b.t.Context(), account.Everything, b.district, seen(z)[0], line, "")
	if err != nil {
		b.t.Fatal(err)
	}
	return e
}

func (b *bench) reshape(line orb.LineString, zones ...zone.Zone) zone.Edit {
	b.t.Helper()
	e, err := b.zones.Reshape(b.t.Context(), account.Everything, b.district, seen(zones...), line)
	if err != nil {
		b.t.Fatal(err)
	}
	return e
}

// measure asks the database a number about the zones of a scenario ("" is the
// main one): what is selected of zone z, or of a pair z, n.
func (b *bench) measure(sql string, args ...any) (v float64) {
	b.t.Helper()
	if err := b.db.Pool.QueryRow(b.t.Context(), sql, args...).Scan(&v); err != nil {
		b.t.Fatal(err)
	}
	return v
}

// overlap is the ground, in square degrees, that zones of one scenario share.
func (b *bench) overlap() float64 {
	return b.measure(`select coalesce(sum(ST_Area(ST_Intersection(z.geom, n.geom))), 0)
		from zone z join zone n on n.scenario_id = z.scenario_id and n.id > z.id`)
}

// ground is the ground, in square degrees, of all zones together.
func (b *bench) ground() float64 {
	return b.measure(`select coalesce(ST_Area(ST_Union(geom)), 0) from zone z join scenario s on s.id = z.scenario_id and s.main`)
}

func area(shapes ...orb.MultiPolygon) (sum float64) {
	for _, shape := range shapes {
		for _, polygon := range shape {
			for i, ring := range polygon {
				a := 0.0
				for k := 0; k+1 < len(ring); k++ {
					a += (ring[k][0]-ring[0][0])*(ring[k+1][1]-ring[0][1]) - (ring[k+1][0]-ring[0][0])*(ring[k][1]-ring[0][1])
				}
				if a = math.Abs(a) / 2; i > 0 {
					a = -a
				}
				sum += a
			}
		}
	}
	return sum
}

// unshared lists the vertices that one shape has on the boundary of the other
// and that the other has not.
func unshared(shape, other orb.MultiPolygon) (list []orb.Point) {
	own := map[orb.Point]bool{}
	for _, polygon := range other {
		for _, ring := range polygon {
			for _, p := range ring {
				own[p] = true
			}
		}
	}
	for _, polygon := range shape {
		for _, ring := range polygon {
			for _, p := range ring {
				if !own[p] && onBoundary(p, other) {
					list = append(list, p)
				}
			}
		}
	}
	return list
}

func onBoundary(p orb.Point, shape orb.MultiPolygon) bool {
	for _, polygon := range shape {
		for _, ring := range polygon {
			for k := 0; k+1 < len(ring); k++ {
				a, c := ring[k], ring[k+1]
				t := ((p[0]-a[0])*(c[0]-a[0]) + (p[1]-a[1])*(c[1]-a[1])) / ((c[0]-a[0])*(c[0]-a[0]) + (c[1]-a[1])*(c[1]-a[1]))
				t = math.Max(0, math.Min(1, t))
				if math.Hypot(p[0]-a[0]-t*(c[0]-a[0]), p[1]-a[1]-t*(c[1]-a[1])) < 1e-9 {
					return true
				}
			}
		}
	}
	return false
}

func near(t *testing.T, what string, got, want float64) {
	t.Helper()
	if math.Abs(got-want) > 1e-6*math.Max(math.Abs(want), 1e-6) {
		t.Errorf("%s is %.12g, want %.12g", what, got, want)
	}
}

// holed is a square of 0.01° with a square hole of 0.002° in its middle.
func holed(w, s float64) orb.Polygon {
	hole := box(w+0.004, s+0.004, w+0.006, s+0.006)[0]
	hole.Reverse()
	return orb.Polygon{box(w, s, w+0.01, s+0.01)[0], hole}
}

func TestSplitSharesTheGroundOut(t *testing.T) {
	const w, s = 106.90, 28.95
	two := orb.MultiPolygon{box(w, s, w+0.01, s+0.01), box(w+0.02, s, w+0.03, s+0.01)}
	cases := map[string]struct {
		shape         orb.Geometry
		line          orb.LineString
		larger, parts float64 // in squares of 0.001°; polygons of both together
	}{
		"across":                      {box(w, s, w+0.01, s+0.01), orb.LineString{{w + 0.004, s - 0.001}, {w + 0.004, s + 0.011}}, 60, 2},
		"from edge to edge":           {box(w, s, w+0.01, s+0.01), orb.LineString{{w + 0.003, s}, {w + 0.003, s + 0.01}}, 70, 2},
		"ends that stop short":        {box(w, s, w+0.01, s+0.01), orb.LineString{{w + 0.003, s + 0.00001}, {w + 0.003, s + 0.00999}}, 70, 2},
		"from corner to corner":       {box(w, s, w+0.01, s+0.01), orb.LineString{{w, s}, {w + 0.01, s + 0.01}}, 50, 2},
		"a corner, bent":              {box(w, s, w+0.01, s+0.01), orb.LineString{{w + 0.005, s - 0.001}, {w + 0.005, s + 0.005}, {w - 0.001, s + 0.005}}, 75, 2},
		"through a hole":              {holed(w, s), orb.LineString{{w + 0.005, s - 0.001}, {w + 0.005, s + 0.011}}, 48, 2},
		"beside a hole":               {holed(w, s), orb.LineString{{w + 0.002, s - 0.001}, {w + 0.002, s + 0.011}}, 76, 2},
		"one of two parts":            {two, orb.LineString{{w + 0.004, s - 0.001}, {w + 0.004, s + 0.011}}, 160, 3},
		"both of two parts":           {two, orb.LineString{{w - 0.001, s + 0.004}, {w + 0.031, s + 0.004}}, 120, 4},
		"an island":                   {box(w, s, w+0.01, s+0.01), orb.LineString{{w + 0.002, s + 0.002}, {w + 0.004, s + 0.002}, {w + 0.004, s + 0.004}, {w + 0.002, s + 0.004}, {w + 0.002, s + 0.002}}, 96, 2},
		"twice through a horseshoe":   {orb.Polygon{{{w, s}, {w + 0.01, s}, {w + 0.01, s + 0.01}, {w + 0.007, s + 0.01}, {w + 0.007, s + 0.003}, {w + 0.003, s + 0.003}, {w + 0.003, s + 0.01}, {w, s + 0.01}, {w, s}}}, orb.LineString{{w - 0.001, s + 0.005}, {w + 0.011, s + 0.005}}, 38 + 4, 3},
		"a zigzag":                    {box(w, s, w+0.01, s+0.01), orb.LineString{{w + 0.004, s - 0.001}, {w + 0.004, s + 0.005}, {w + 0.006, s + 0.005}, {w + 0.006, s + 0.011}}, 50, 2},
		"in and out on the same side": {box(w, s, w+0.01, s+0.01), orb.LineString{{w + 0.002, s - 0.001}, {w + 0.002, s + 0.002}, {w + 0.004, s + 0.002}, {w + 0.004, s - 0.001}}, 96, 2},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			z := b.create("甲", c.shape)
			e := b.split(z, c.line...)
			if len(e.Zones) != 2 || len(e.Removed) != 0 || e.Revision != 3 {
				t.Fatalf("%d zones, removed %v, revision %d", len(e.Zones), e.Removed, e.Revision)
			}
			i := slices.IndexFunc(e.Zones, func(other zone.Zone) bool { return other.Code == z.Code })
			stays, goes := e.Zones[i], e.Zones[1-i]
			if stays.Version != 2 || goes.Version != 1 || goes.Name != "甲（2）" {
				t.Errorf("versions %d and %d, name %q", stays.Version, goes.Version, goes.Name)
			}
			near(t, "the ground of both", area(stays.Shape(), goes.Shape()), area(z.Shape()))
			if c.larger != 42 { // of the horseshoe
				near(t, "the larger part", area(stays.Shape()), c.larger*1e-6)
			}
			if parts := len(stays.Shape()) + len(goes.Shape()); parts != int(c.parts) {
				t.Errorf("%d polygons", parts)
			}
			if o := b.overlap(); o > 1e-15 {
				t.Errorf("the parts overlap by %g", o)
			}
			if lone := append(unshared(stays.Shape(), goes.Shape()), unshared(goes.Shape(), stays.Shape())...); len(lone) > 0 {
				t.Errorf("vertices at the cut that only one has: %v", lone)
			}
		})
	}
}

func TestALineThatCutsNothingIsRefused(t *testing.T) {
	const w, s = 106.90, 28.95
	b := newBench(t)
	z := b.create("甲", holed(w, s))
	for name, line := range map[string]orb.LineString{
		"outside":         {{w + 0.02, s}, {w + 0.02, s + 0.01}},
		"half way":        {{w + 0.002, s - 0.001}, {w + 0.002, s + 0.005}},
		"into the hole":   {{w + 0.005, s - 0.001}, {w + 0.005, s + 0.005}},
		"along the edge":  {{w, s}, {w, s + 0.01}},
		"inside":          {{w + 0.002, s + 0.002}, {w + 0.002, s + 0.008}},
		"a point":         {{w, s}, {w, s}},
		"crossing itself": {{w + 0.002, s - 0.001}, {w + 0.002, s + 0.008}, {w + 0.001, s + 0.006}, {w + 0.003, s + 0.006}, {w + 0.003, s + 0.011}},
		"not finite":      {{w, s}, {math.NaN(), s}},
		"nothing":         {},
	} {
		_, err := b.zones.Split(t.Context(), account.Everything, b.district, seen(z)[0], line, "")
		var invalid *zone.InvalidError
		if !errors.As(err, &invalid) || invalid.Field != "line" {
			t.Errorf("%s: %v", name, err)
		}
	}
	if got := b.get(z); got.Version != 1 {
		t.Errorf("version %d", got.Version)
	}
}

func TestSplitLeavesTheNeighboursWhatTheyAre(t *testing.T) {
	const w, s = 106.90, 28.95
	b := newBench(t)
	z := b.create("甲", box(w, s, w+0.01, s+0.01))
	n := b.create("乙", box(w, s+0.01, w+0.01, s+0.02))
	e := b.split(z, orb.Point{w + 0.0037, s}, orb.Point{w + 0.0041, s + 0.01})
	after := b.get(n)
	if after.Version != n.Version || len(e.Zones) != 2 {
		t.Errorf("version %d, zones %d", after.Version, len(e.Zones))
	}
	near(t, "the neighbour's ground", area(after.Shape()), area(n.Shape()))
	for _, part := range e.Zones {
		if lone := append(unshared(part.Shape(), after.Shape()), unshared(after.Shape(), part.Shape())...); len(lone) > 0 {
			t.Errorf("vertices at the shared edge that only one has: %v", lone)
		}
	}
	// Who saw the neighbour before may save it still.
	if _, err := b.zones.Update(t.Context(), account.Everything, b.district, n.Code, n.Version, zone.Draft{Name: "丙", Geometry: n.Shape()}); err != nil {
		t.Error(err)
	}
}

func TestSplitSharesHandPickedCommunities(t *testing.T) {
	const w, s = 106.90, 28.95
	b := newBench(t)
	b.community("A", west, box(w+0.001, s+0.001, w+0.002, s+0.002), 10, "in")
	b.community("B", west, box(w+0.008, s+0.001, w+0.009, s+0.002), 20, "in")
	b.community("C", west, orb.Point{w + 0.0085, s + 0.005}, 30, "in")
	b.community("D", west, box(w+0.011, s+0.001, w+0.012, s+0.002), 40, "in") // outside, nearer to the right part
	b.community("E", west, box(w+0.002, s+0.005, w+0.003, s+0.006), 50, "in") // inside, but nobody chose it
	z, err := b.zones.Create(t.Context(), account.Everything, b.district, zone.Draft{
		Name: "甲", Geometry: box(w, s, w+0.01, s+0.01), Communities: []string{"D", "C", "B", "A"},
	})
	if err != nil {
		t.Fatal(err)
	}
	if z.Membership != zone.ByHand || z.BoundaryRule != zone.Drawn || b.members(z) != "[A B C D]" {
		t.Errorf("%s, %s, %s", z.Membership, z.BoundaryRule, b.members(z))
	}
	e := b.split(z, orb.Point{w + 0.006, s}, orb.Point{w + 0.006, s + 0.01})
	got := map[string]string{}
	for _, part := range e.Zones {
		got[part.Name] = b.members(part)
	}
	if diff := cmp.Diff(map[string]string{"甲": "[A]", "甲（2）": "[B C D]"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestMergeClosesStreets(t *testing.T) {
	const w, s = 106.90, 28.95
	const m = 1 / 111320.0 // a metre of latitude, in degrees
	lower, upper := box(w, s, w+0.01, s+0.01), func(gap float64) orb.Polygon { return box(w, s+0.01+gap*m, w+0.01, s+0.02) }
	cases := map[string]struct {
		shapes []orb.Geometry
		parts  int
		closed float64 // metres of street between them that are closed
		holes  int
	}{
		"that touch":           {[]orb.Geometry{lower, upper(0)}, 1, 0, 0},
		"a lane apart":         {[]orb.Geometry{lower, upper(6)}, 1, 6, 0},
		"a street apart":       {[]orb.Geometry{lower, upper(18)}, 1, 18, 0},
		"an avenue apart":      {[]orb.Geometry{lower, upper(30)}, 2, 0, 0},
		"with a hole":          {[]orb.Geometry{holed(w, s), upper(6)}, 1, 6, 1},
		"of two parts":         {[]orb.Geometry{orb.MultiPolygon{lower, box(w+0.03, s, w+0.04, s+0.01)}, upper(6)}, 2, 6, 0},
		"with a third between": {[]orb.Geometry{lower, upper(6)}, 2, 3, 0},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			first, second := b.create("甲", c.shapes[0]), b.create("乙", c.shapes[1])
			if name == "with a third between" {
				b.create("丙", box(w, s+0.01+3*m, w+0.01, s+0.01+6*m))
			}
			e, err := b.zones.Merge(t.Context(), account.Everything, b.district, seen(first, second), "大片区", nil)
			if err != nil {
				t.Fatal(err)
			}
			if len(e.Zones) != 1 || e.Zones[0].Code != first.Code || e.Zones[0].Name != "大片区" || !slices.Equal(e.Removed, []string{second.Code}) {
				t.Fatalf("%+v", e)
			}
			shape := e.Zones[0].Shape()
			holes := 0
			for _, polygon := range shape {
				holes += len(polygon) - 1
			}
			if len(shape) != c.parts || holes != c.holes {
				t.Errorf("%d parts, %d holes", len(shape), holes)
			}
			want := area(first.Shape(), second.Shape()) + 0.01*c.closed*m
			if got := area(shape); math.Abs(got-want) > 0.01*0.05*m { // 5 cm along the street
				t.Errorf("ground %g, want %g", got, want)
			}
			if o := b.overlap(); o > 1e-15 {
				t.Errorf("overlap %g", o)
			}
			if _, err := b.zones.Get(t.Context(), account.Everything, b.district, second.Code); !errors.Is(err, postgis.ErrNotFound) {
				t.Errorf("the second: %v", err)
			}
		})
	}
}

func TestMergeKeepsCommunities(t *testing.T) {
	const w, s = 106.90, 28.95
	b := newBench(t)
	b.community("A", west, box(w+0.001, s+0.001, w+0.002, s+0.002), 10, "in")
	b.community("B", west, box(w+0.001, s+0.013, w+0.002, s+0.014), 20, "out")
	b.community("C", west, box(w+0.02, s, w+0.021, s+0.001), 40, "in")
	drawn := b.create("甲", box(w, s, w+0.01, s+0.01))
	chosen, err := b.zones.Create(t.Context(), account.Everything, b.district, zone.Draft{
		Name: "乙", Geometry: box(w, s+0.01, w+0.01, s+0.02), Communities: []string{"B", "C"},
	})
	if err != nil {
		t.Fatal(err)
	}
	e, err := b.zones.Merge(t.Context(), account.Everything, b.district, seen(drawn, chosen), "", nil)
	if err != nil {
		t.Fatal(err)
	}
	if z := e.Zones[0]; z.Name != "甲" || z.Membership != zone.ByHand || b.members(z) != "[A B C]" || z.Totals.Households != 70 {
		t.Errorf("%+v, %s", z, b.members(z))
	}
	for what, err := range map[string]error{
		"one":        second(b.zones.Merge(t.Context(), account.Everything, b.district, seen(e.Zones[0]), "", nil)),
		"itself":     second(b.zones.Merge(t.Context(), account.Everything, b.district, seen(e.Zones[0], e.Zones[0]), "", nil)),
		"a long one": second(b.zones.Merge(t.Context(), account.Everything, b.district, seen(e.Zones[0], e.Zones[0]), strings.Repeat("片", 101), nil)),
	} {
		var invalid *zone.InvalidError
		if !errors.As(err, &invalid) {
			t.Errorf("%s: %v", what, err)
		}
	}
}
