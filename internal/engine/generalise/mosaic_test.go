package generalise

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/wkb"
	"github.com/paulmach/orb/planar"
	"github.com/peterstace/simplefeatures/geom"
)

func through(xy ...float64) orb.Ring {
	var r orb.Ring
	for i := 0; i+1 < len(xy); i += 2 {
		r = append(r, orb.Point{xy[i], xy[i+1]})
	}
	return append(r, r[0])
}

func TestSharedLinesStayShared(t *testing.T) {
	// Two fields along a brook that winds by less than a metre, and further up by four.
	brook := []float64{50, 0, 50.5, 10, 49.5, 20, 50.5, 30, 50, 40, 54, 50, 50, 60, 50, 100}
	east := append(slices.Clone(brook), 100, 100, 100, 0)
	west := append(slices.Clone(brook), 0, 100, 0, 50, 0.5, 40, 0, 0)
	got := New([]orb.MultiPolygon{{{through(west...)}}, {{through(east...)}}}).Simplify(2, 1, 1)
	want := []orb.MultiPolygon{
		{{through(50, 0, 50, 40, 54, 50, 50, 60, 50, 100, 0, 100, 0, 0)}},
		{{through(50, 0, 50, 40, 54, 50, 50, 60, 50, 100, 100, 100, 100, 0)}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestWhatLiesBetweenKeepsALineBent(t *testing.T) {
	// A bay that alone would be cut off: a house stands in it.
	shore := orb.MultiPolygon{{through(0, 0, 100, 0, 100, 50, 60, 50, 50, 45, 40, 50, 0, 50)}}
	house := orb.MultiPolygon{{through(49, 48, 51, 48, 51, 49, 49, 49)}}
	alone := New([]orb.MultiPolygon{shore}).Simplify(1, 10, 1)
	if len(alone[0][0][0]) != 5 {
		t.Errorf("alone: %v", alone)
	}
	both := New([]orb.MultiPolygon{shore, house}).Simplify(2, 10, 1)
	if !slices.Contains(both[0][0][0], orb.Point{50, 45}) {
		t.Errorf("the bay is gone: %v", both[0])
	}
	sound(t, []orb.MultiPolygon{shore, house}, both, 10)
}

func TestSmallPartsAndHolesGo(t *testing.T) {
	shape := orb.MultiPolygon{
		{through(0, 0, 100, 0, 100, 100, 0, 100), through(10, 10, 10, 12, 12, 12, 12, 10), through(20, 20, 20, 40, 40, 40, 40, 20)},
		{through(200, 0, 202, 0, 202, 2, 200, 2)},
	}
	got := New([]orb.MultiPolygon{shape, {{through(10, 10, 12, 10, 12, 12, 10, 12)}}, nil}).Simplify(3, 0.5, 5)
	want := []orb.MultiPolygon{{{shape[0][0], shape[0][2]}}, nil, nil}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestPlacesOnTheEdgeOfAnotherBelongToIt(t *testing.T) {
	// The long edge of the first has no place where the others meet it.
	shapes := []orb.MultiPolygon{
		{{through(0, 0, 100, 0, 100, 10, 0, 10)}},
		{{through(0, 10, 33, 10.004, 33.5, 50, 33, 80, 0, 80)}},
		{{through(33, 10.004, 100, 10, 100, 80, 33, 80, 33.5, 50)}},
	}
	got := New(shapes).Simplify(3, 1, 1)
	want := []orb.MultiPolygon{
		{{through(0, 0, 100, 0, 100, 10, 33, 10.004, 0, 10)}},
		{{through(0, 10, 33, 10.004, 33, 80, 0, 80)}},
		{{through(33, 10.004, 100, 10, 100, 80, 33, 80)}},
	}
	for i := range want {
		if math.Abs(planar.Area(want[i])-planar.Area(got[i])) > 1e-6 || len(want[i][0][0]) != len(got[i][0][0]) {
			t.Errorf("%d: %v", i, got[i])
		}
	}
	sound(t, shapes, got, 1)
}

func TestANarrowAreaStays(t *testing.T) {
	// A lane and the two fields that it parts, and a lane alone.
	shapes := []orb.MultiPolygon{
		{{through(0, 0, 50, 2, 100, 0, 100, 8, 50, 10, 0, 8)}},
		{{through(0, 8, 50, 10, 100, 8, 100, 90, 0, 90)}},
		{{through(0, 0, 0, -90, 100, -90, 100, 0, 50, 2)}},
		{{through(200, 0, 250, 2, 300, 0, 300, 8, 250, 10, 200, 8)}},
	}
	got := New(shapes).Simplify(4, 12, 1)
	for _, i := range []int{0, 3} {
		if got[i] == nil || planar.Area(got[i]) < 100 {
			t.Errorf("of lane %d is left %v", i, got[i])
		}
	}
	sound(t, shapes, got, 12)
}

// town cuts a square into cells with bent borders: every border is bent once and
// belongs to both sides. Some cells are missing, some are joined to the next.
func town(r *rand.Rand, side int, bends int) []orb.MultiPolygon {
	corner := map[[2]int]orb.Point{}
	at := func(x, y int) orb.Point {
		p, known := corner[[2]int{x, y}]
		if !known {
			p = orb.Point{float64(x)*100 + 50*(r.Float64()-0.5), float64(y)*100 + 50*(r.Float64()-0.5)}
			corner[[2]int{x, y}] = p
		}
		return p
	}
	border := map[[4]int][]orb.Point{}
	var line func(x, y, u, v int) []orb.Point // without its last place
	line = func(x, y, u, v int) []orb.Point {
		if x > u || y > v {
			back := append(slices.Clone(line(u, v, x, y)), at(x, y))
			slices.Reverse(back)
			return back[:len(back)-1]
		}
		k := [4]int{x, y, u, v}
		if l, known := border[k]; known {
			return l
		}
		a, b := at(x, y), at(u, v)
		l := []orb.Point{a}
		n := r.IntN(bends + 1)
		for i := 1; i <= n; i++ {
			f := float64(i) / float64(n+1)
			w := 80 * (r.Float64() - 0.5) * math.Min(f, 1-f) * 2
			l = append(l, orb.Point{a[0] + f*(b[0]-a[0]) - w*(b[1]-a[1])/100, a[1] + f*(b[1]-a[1]) + w*(b[0]-a[0])/100})
		}
		border[k] = l
		return l
	}
	var shapes []orb.MultiPolygon
	for y := range side {
		for x := range side {
			if r.IntN(8) == 0 {
				continue
			}
			var cell orb.Ring
			cell = append(cell, line(x, y, x+1, y)...)
			cell = append(cell, line(x+1, y, x+1, y+1)...)
			cell = append(cell, line(x+1, y+1, x, y+1)...)
			cell = append(cell, line(x, y+1, x, y)...)
			cell = append(cell, cell[0])
			shape := orb.MultiPolygon{{cell}}
			if simple(shape) {
				shapes = append(shapes, shape)
			}
		}
	}
	return shapes
}

func simple(shape orb.MultiPolygon) bool {
	_, err := geom.UnmarshalWKB(wkb.MustMarshal(shape))
	return err == nil
}

func TestATownStaysWhole(t *testing.T) {
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 1))
		shapes := town(r, 2+r.IntN(5), 12)
		m := New(shapes)
		for _, tolerance := range []float64{0.5, 3, 10, 40, 200} {
			got := m.Simplify(len(shapes), tolerance, 0)
			sound(t, shapes, got, tolerance)
			if t.Failed() {
				t.Fatalf("seed %d, tolerance %v", seed, tolerance)
			}
		}
	}
}

// sound checks that shapes are valid, near where they were, and do not overlap where they
// did not, but for what it costs to put a place on an edge.
func sound(t *testing.T, was, is []orb.MultiPolygon, tolerance float64) {
	t.Helper()
	var valid []geom.Geometry
	for i, shape := range is {
		if shape == nil {
			valid = append(valid, geom.Geometry{})
			continue
		}
		g, err := geom.UnmarshalWKB(wkb.MustMarshal(shape))
		if err != nil {
			t.Errorf("shape %d is not valid any more: %v: %v", i, err, shape)
			return
		}
		valid = append(valid, g)
		if b, o := shape.Bound(), was[i].Bound().Pad(nodeMetres); !o.Contains(b.Min) || !o.Contains(b.Max) {
			t.Errorf("shape %d reaches out: %v, %v before", i, b, o)
		}
	}
	for i := range is {
		for j := i + 1; j < len(is); j++ {
			if is[i] == nil || is[j] == nil || !is[i].Bound().Intersects(is[j].Bound()) {
				continue
			}
			if over := overlap(t, valid[i], valid[j]); over > 1e-6 {
				a, _ := geom.UnmarshalWKB(wkb.MustMarshal(was[i]))
				b, _ := geom.UnmarshalWKB(wkb.MustMarshal(was[j]))
				if overlap(t, a, b) < 1e-6 && over > 200*nodeMetres {
					t.Errorf("shapes %d and %d overlap by %v m²", i, j, over)
				}
			}
		}
	}
}

func overlap(t *testing.T, a, b geom.Geometry) float64 {
	t.Helper()
	over, err := geom.Intersection(a, b)
	if err != nil {
		t.Logf("intersection: %v", err)
		return 0
	}
	return over.Area()
}

func TestAPartDrawnByItselfIsThePartOfTheWhole(t *testing.T) {
	for seed := range uint64(40) {
		r := rand.New(rand.NewPCG(seed, 2))
		shapes := town(r, 6, 8)
		for _, tolerance := range []float64{2, 12, 60} {
			whole := New(shapes).Simplify(len(shapes), tolerance, tolerance)
			one := r.IntN(len(shapes))
			part := []orb.MultiPolygon{shapes[one]}
			for i := range shapes {
				if i != one && shapes[i].Bound().Pad(2*nodeMetres).Intersects(shapes[one].Bound()) {
					part = append(part, shapes[i])
				}
			}
			r.Shuffle(len(part)-1, func(i, j int) { part[1+i], part[1+j] = part[1+j], part[1+i] })
			alone := New(part).Simplify(1, tolerance, tolerance)
			if diff := cmp.Diff(whole[one], alone[0]); diff != "" {
				t.Fatalf("seed %d, tolerance %v: %s", seed, tolerance, diff)
			}
		}
	}
}

func TestACombTakesNoTime(t *testing.T) {
	var comb orb.Ring
	const teeth = 40_000
	for i := range teeth {
		x, step := 4000*float64(i)/teeth, 4000.0/teeth
		comb = append(comb, orb.Point{x, 2000}, orb.Point{x + step/2, 2000}, orb.Point{x + step/2, 100}, orb.Point{x + step, 100})
	}
	comb = append(comb, orb.Point{4000, 0}, orb.Point{0, 0}, comb[0])
	shapes := []orb.MultiPolygon{{{comb}}}
	m := New(shapes)
	for _, tolerance := range []float64{5, 5000} {
		if got := m.Simplify(1, tolerance, tolerance); got[0] == nil && tolerance < 100 {
			t.Error("nothing is left")
		}
	}
}

// FuzzMosaic draws what bytes say: areas of up to eight places on a small grid.
func FuzzMosaic(f *testing.F) {
	f.Add([]byte{0, 0, 9, 0, 9, 9, 0, 9, 255, 9, 0, 20, 0, 20, 9, 9, 9}, 3.0)
	f.Add([]byte{0, 0, 20, 1, 40, 0, 40, 20, 0, 20, 255, 20, 1, 22, 2, 40, 0}, 10.0)
	f.Fuzz(func(t *testing.T, data []byte, tolerance float64) {
		if !(tolerance >= 0 && tolerance < 1e6) || len(data) > 400 {
			return
		}
		var shapes []orb.MultiPolygon
		var r orb.Ring
		end := func() {
			if len(r) >= 3 {
				if shape := (orb.MultiPolygon{{append(r, r[0])}}); simple(shape) {
					shapes = append(shapes, shape)
				}
			}
			r = nil
		}
		for i := 0; i+1 < len(data); i += 2 {
			if data[i] == 255 {
				end()
				i--
				continue
			}
			r = append(r, orb.Point{float64(data[i] % 64), float64(data[i+1] % 64)})
		}
		end()
		got := New(shapes).Simplify(len(shapes), tolerance, 0)
		// Areas that lie on each other in the first place may do so in other ways.
		for i := range shapes {
			for j := i + 1; j < len(shapes); j++ {
				a, _ := geom.UnmarshalWKB(wkb.MustMarshal(shapes[i]))
				b, _ := geom.UnmarshalWKB(wkb.MustMarshal(shapes[j]))
				if overlap(t, a, b) > 0 {
					return
				}
			}
		}
		sound(t, shapes, got, tolerance)
		if diff := cmp.Diff(fmt.Sprint(got), fmt.Sprint(New(shapes).Simplify(len(shapes), tolerance, 0))); diff != "" {
			t.Error(diff)
		}
	})
}
