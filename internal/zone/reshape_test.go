package zone_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/zone"
)

func TestReshapeMovesGroundBetweenNeighbours(t *testing.T) {
	// 甲 is a square of 10 × 10 (in units of 0.001°), 乙 the one to its right, 丙
	// the one above 甲, 丁 above 乙:
	//
	//	丙 丁
	//	甲 乙
	const w, s, u = 106.90, 28.95, 0.001
	at := func(x, y float64) orb.Point { return orb.Point{w + x*u, s + y*u} }
	square := func(x, y float64) orb.Polygon { return box(w+x*u, s+y*u, w+(x+10)*u, s+(y+10)*u) }
	cases := map[string]struct {
		line   orb.LineString
		alone  bool // only 甲 and 乙 are named
		areas  [4]float64
		zones  int // that changed
		ground float64
	}{
		"into the neighbour":          {orb.LineString{at(10, 2), at(12, 2), at(12, 6), at(10, 6)}, false, [4]float64{108, 92, 100, 100}, 2, 400},
		"the same by name":            {orb.LineString{at(10, 2), at(12, 2), at(12, 6), at(10, 6)}, true, [4]float64{108, 92, 100, 100}, 2, 400},
		"out of the neighbour":        {orb.LineString{at(10, 2), at(7, 2), at(7, 6), at(10, 6)}, false, [4]float64{88, 112, 100, 100}, 2, 400},
		"both ways":                   {orb.LineString{at(10, 2), at(12, 2), at(12, 4), at(8, 4), at(8, 6), at(10, 6)}, false, [4]float64{100, 100, 100, 100}, 2, 400},
		"the whole edge":              {orb.LineString{at(10, 0), at(11, 5), at(10, 10)}, false, [4]float64{105, 95, 100, 100}, 2, 400},
		"where nobody is":             {orb.LineString{at(0, 2), at(-3, 2), at(-3, 6), at(0, 6)}, false, [4]float64{112, 100, 100, 100}, 1, 412},
		"away from nobody":            {orb.LineString{at(0, 2), at(3, 2), at(3, 6), at(0, 6)}, false, [4]float64{88, 100, 100, 100}, 1, 388},
		"around a corner of four":     {orb.LineString{at(10, 8), at(12, 8), at(12, 12), at(8, 12), at(8, 10)}, false, [4]float64{112, 96, 96, 96}, 4, 400},
		"off a corner of four":        {orb.LineString{at(10, 7), at(8, 7), at(8, 10)}, false, [4]float64{94, 106, 100, 100}, 2, 400},
		"ends beside the boundary":    {orb.LineString{at(10.01, 2), at(12, 2), at(12, 6), at(9.99, 6)}, false, [4]float64{108, 92, 100, 100}, 2, 400},
		"drawn the other way":         {orb.LineString{at(10, 6), at(12, 6), at(12, 2), at(10, 2)}, false, [4]float64{108, 92, 100, 100}, 2, 400},
		"through the next but one":    {orb.LineString{at(10, 2), at(22, 2), at(22, 6), at(10, 6)}, false, [4]float64{148, 60, 100, 100}, 2, 408},
		"over the edge of two others": {orb.LineString{at(10, 2), at(12, 2), at(12, 14), at(11, 14), at(11, 6), at(10, 6)}, false, [4]float64{100 + 8 + 8, 100 - 8 - 4, 100, 96}, 3, 400},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			zones := []zone.Zone{b.create("甲", square(0, 0)), b.create("乙", square(10, 0)), b.create("丙", square(0, 10)), b.create("丁", square(10, 10))}
			named := zones[:1]
			if c.alone {
				named = zones[:2]
			}
			e := b.reshape(c.line, named...)
			if len(e.Zones) != c.zones || len(e.Removed) != 0 {
				t.Errorf("%d zones, removed %v", len(e.Zones), e.Removed)
			}
			var after []zone.Zone
			for i, z := range zones {
				after = append(after, b.get(z))
				got := area(after[i].Shape()) / (u * u)
				if d := got - c.areas[i]; d > 0.05 || d < -0.05 {
					t.Errorf("%s has %.3f, want %v", z.Name, got, c.areas[i])
				}
				changed := slices.ContainsFunc(e.Zones, func(o zone.Zone) bool { return o.Code == z.Code })
				if changed != (after[i].Version == 2) {
					t.Errorf("%s is at version %d", z.Name, after[i].Version)
				}
			}
			if got := b.ground() / (u * u); got > c.ground+0.05 || got < c.ground-0.05 {
				t.Errorf("ground %.3f, want %v", got, c.ground)
			}
			if o := b.overlap(); o > 1e-15 {
				t.Errorf("overlap %g", o)
			}
			for i, z := range after {
				for j, n := range after {
					if lone := unshared(z.Shape(), n.Shape()); i != j && len(lone) > 0 {
						t.Errorf("%s has vertices on the edge with %s that it has not: %v", z.Name, n.Name, lone)
					}
				}
			}
		})
	}
}

func TestReshapeOfHolesAndParts(t *testing.T) {
	const w, s, u = 106.90, 28.95, 0.001
	at := func(x, y float64) orb.Point { return orb.Point{w + x*u, s + y*u} }
	two := orb.MultiPolygon{box(w, s, w+10*u, s+10*u), box(w+20*u, s, w+30*u, s+10*u)}
	cases := map[string]struct {
		shape       orb.Geometry
		line        orb.LineString
		area        float64
		parts, ring int // polygons, holes
	}{
		"the hole stays":           {holed(w, s), orb.LineString{at(10, 2), at(8, 2), at(8, 6), at(10, 6)}, 88, 1, 1},
		"the hole grows":           {holed(w, s), orb.LineString{at(6, 4.5), at(7, 4.5), at(7, 5.5), at(6, 5.5)}, 95, 1, 1},
		"the hole shrinks":         {holed(w, s), orb.LineString{at(6, 4.5), at(5.5, 4.5), at(5.5, 5.5), at(6, 5.5)}, 96.5, 1, 1},
		"the hole becomes a bay":   {holed(w, s), orb.LineString{at(10, 4.5), at(5, 4.5), at(5, 5.5), at(10, 5.5)}, 92, 1, 0},
		"of the other part":        {two, orb.LineString{at(30, 2), at(32, 2), at(32, 6), at(30, 6)}, 208, 2, 0},
		"one part reaches another": {two, orb.LineString{at(10, 2), at(22, 2), at(22, 6), at(10, 6)}, 240, 1, 0},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			shape := b.reshape(c.line, b.create("甲", c.shape)).Zones[0].Shape()
			holes := 0
			for _, p := range shape {
				holes += len(p) - 1
			}
			near(t, "the ground", area(shape), c.area*u*u)
			if len(shape) != c.parts || holes != c.ring {
				t.Errorf("%d parts, %d holes", len(shape), holes)
			}
		})
	}
}

func TestALineThatReshapesNothingIsRefused(t *testing.T) {
	const w, s, u = 106.90, 28.95, 0.001
	at := func(x, y float64) orb.Point { return orb.Point{w + x*u, s + y*u} }
	b := newBench(t)
	z := b.create("甲", holed(w, s))
	for name, line := range map[string]orb.LineString{
		"begins elsewhere":        {at(12, 2), at(12, 6), at(10, 6)},
		"ends elsewhere":          {at(10, 2), at(12, 2), at(12, 6)},
		"from outside to a hole":  {at(10, 5), at(6, 5)},
		"crosses the other side":  {at(10, 2), at(-2, 2), at(-2, 6), at(10, 6)},
		"crosses itself":          {at(10, 2), at(12, 2), at(12, 6), at(11, 6), at(11, 1), at(13, 1), at(13, 8), at(10, 8)},
		"begins where it ends":    {at(10, 2), at(12, 2), at(12, 6), at(10, 2)},
		"runs along the boundary": {at(10, 2), at(10, 6)},
	} {
		_, err := b.zones.Reshape(t.Context(), account.Everything, b.district, seen(z), line)
		var invalid *zone.InvalidError
		if !errors.As(err, &invalid) || invalid.Field != "line" {
			t.Errorf("%s: %v", name, err)
		}
	}
	if got := b.get(z); got.Version != 1 {
		t.Errorf("version %d", got.Version)
	}
}

func TestReshapeSaysWhereZonesWouldOverlap(t *testing.T) {
	const w, s, u = 106.90, 28.95, 0.001
	at := func(x, y float64) orb.Point { return orb.Point{w + x*u, s + y*u} }
	b := newBench(t)
	left := b.create("甲", box(w, s, w+10*u, s+10*u))
	above := b.create("乙", box(w, s+10*u, w+10*u, s+20*u))
	right := b.create("丙", box(w+10*u, s, w+20*u, s+10*u))
	// Only the zone above is named, and the line goes into the one to the right.
	_, err := b.zones.Reshape(t.Context(), account.Everything, b.district, seen(left, above), orb.LineString{at(10, 2), at(12, 2), at(12, 6), at(10, 6)})
	var topology *zone.TopologyError
	if !errors.As(err, &topology) || !errors.Is(err, postgis.ErrConflict) {
		t.Fatal(err)
	}
	if p := topology.At; p[0] <= at(10, 0)[0] || p[0] >= at(12, 0)[0] || p[1] <= at(0, 2)[1] || p[1] >= at(0, 6)[1] {
		t.Errorf("at %v", p)
	}
	want := 8 * u * u * 111320 * 111320 * 0.875 // cos 28.95°
	if topology.AreaM2 < want*0.98 || topology.AreaM2 > want*1.02 || !slices.Contains(topology.Zones, right.Code) {
		t.Errorf("%+v, want %.0f m²", topology, want)
	}
	if b.get(left).Version != 1 || b.get(right).Version != 1 {
		t.Error("something was written")
	}
}

func TestAnOfficerMayNotMoveTheGroundOfOthers(t *testing.T) {
	// The border of the subdistricts is at 106.95.
	const s, u = 28.95, 0.001
	at := func(x, y float64) orb.Point { return orb.Point{106.95 + x*u, s + y*u} }
	b := newBench(t)
	own := b.create("甲", box(106.94, s, 106.95, s+10*u))
	theirs := b.create("乙", box(106.95, s, 106.96, s+10*u))
	ctx, scope := b.as(account.Officer, account.Scope{Subdistricts: []string{west}})
	into := orb.LineString{at(0, 2), at(2, 2), at(2, 6), at(0, 6)}
	outside := func(what string, err error) {
		t.Helper()
		var out *account.OutsideError
		if !errors.As(err, &out) && !errors.Is(err, postgis.ErrNotFound) {
			t.Errorf("%s: %v", what, err)
		}
	}
	outside("reshape into", second(b.zones.Reshape(ctx, scope, b.district, seen(own), into)))
	outside("give away", second(b.zones.Reshape(ctx, scope, b.district, seen(own), orb.LineString{at(0, 2), at(-2, 2), at(-2, 6), at(0, 6)})))
	outside("merge", second(b.zones.Merge(ctx, scope, b.district, seen(own, theirs), "", nil)))
	outside("split", second(b.zones.Split(ctx, scope, b.district, seen(theirs)[0], orb.LineString{at(5, -1), at(5, 11)}, "")))
	outside("years", second(b.zones.SetYears(ctx, scope, b.district, "", 9, []zone.Year{{Code: theirs.Code}})))
	if _, err := b.zones.Split(ctx, scope, b.district, seen(own)[0], orb.LineString{at(-10, 5), at(0, 5)}, ""); err != nil {
		t.Errorf("split the own zone: %v", err)
	}
	// The neighbour abroad is left exactly as it is, without a vertex more.
	if !b.get(theirs).Shape().Equal(theirs.Shape()) {
		t.Error("the neighbour was written")
	}
	// What the planner does to both the officer may not take back.
	e := b.reshape(orb.LineString{at(0, 6), at(1, 6), at(1, 8), at(0, 8)}, b.get(own))
	outside("undo", second(b.zones.Undo(ctx, scope, b.district, e.Scenario, e.Revision)))
	outside("restore", second(b.zones.Restore(ctx, scope, b.district, e.Scenario, 2)))
}
