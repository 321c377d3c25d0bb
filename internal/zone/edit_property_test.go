package zone_test

import (
	"errors"
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"
	"pgregory.net/rapid"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/zone"
)

// TestEditsKeepZonesApart does acts at random, in any order, on zones that do
// not overlap: they never do. What is refused changes nothing; every revision
// stays what it was when it was made.
func TestEditsKeepZonesApart(t *testing.T) {
	const w, s, u = 106.90, 28.95, 0.001
	b := newBench(t)
	for i := range 36 {
		x, y := w+u*(0.5+3.4*float64(i%6)), s+u*(0.5+3.4*float64(i/6))
		b.community(string(rune('A'+i/6))+string(rune('0'+i%6)), west, box(x, y, x+2*u, y+2*u), 10+i, "in")
	}
	done := map[string]int{}
	rapid.Check(t, func(rt *rapid.T) {
		b.exec(`delete from zone`)
		b.exec(`delete from zone_state`)
		b.exec(`delete from scenario_revision where revision > 1`)
		b.exec(`update scenario set revision = 1`)
		ctx := t.Context()
		place := rapid.Custom(func(rt *rapid.T) orb.Point {
			return orb.Point{w + u*rapid.Float64Range(-1, 21).Draw(rt, "x"), s + u*rapid.Float64Range(-1, 21).Draw(rt, "y")}
		})
		for i, name := range []string{"甲", "乙", "丙", "丁"} {
			x, y := w+float64(i%2)*10*u, s+float64(i/2)*10*u
			shape := orb.Geometry(box(x, y, x+10*u, y+10*u))
			if i == 3 {
				shape = holed(x, y)
			}
			b.create(name, shape)
		}
		states := map[int]map[string]string{5: b.now()}
		var last int
		for range rapid.IntRange(1, 12).Draw(rt, "acts") {
			zones := b.list("")
			if len(zones) == 0 {
				break
			}
			pick := func(label string) zone.Zone { return zones[rapid.IntRange(0, len(zones)-1).Draw(rt, label)] }
			z := pick("zone")
			before := b.now()
			var e zone.Edit
			var err error
			act := rapid.SampledFrom([]string{"split", "split", "merge", "reshape", "reshape", "reshape", "paint", "undo", "restore"}).Draw(rt, "act")
			switch act {
			case "split":
				line := orb.LineString{place.Draw(rt, "from"), place.Draw(rt, "to")}
				if rapid.Bool().Draw(rt, "bent") {
					line = slices.Insert(line, 1, place.Draw(rt, "over"))
				}
				e, err = b.zones.Split(ctx, account.Everything, b.district, seen(z)[0], line, "")
			case "merge":
				other := pick("other")
				if other.Code == z.Code {
					continue
				}
				e, err = b.zones.Merge(ctx, account.Everything, b.district, seen(z, other), "", nil)
			case "reshape":
				polygon := z.Shape()[rapid.IntRange(0, len(z.Shape())-1).Draw(rt, "part")]
				ring := polygon[rapid.IntRange(0, len(polygon)-1).Draw(rt, "ring")]
				on := func(label string) orb.Point {
					k, f := rapid.IntRange(0, len(ring)-2).Draw(rt, label), rapid.Float64Range(0, 1).Draw(rt, label)
					return orb.Point{ring[k][0] + f*(ring[k+1][0]-ring[k][0]), ring[k][1] + f*(ring[k+1][1]-ring[k][1])}
				}
				line := orb.LineString{on("from")}
				for range rapid.IntRange(1, 3).Draw(rt, "corners") {
					line = append(line, place.Draw(rt, "corner"))
				}
				e, err = b.zones.Reshape(ctx, account.Everything, b.district, seen(z), append(line, on("to")))
			case "paint":
				p := zone.Paint{Derive: true, Take: true}
				for range rapid.IntRange(1, 3).Draw(rt, "communities") {
					p.Add = append(p.Add, string(rune('A'+rapid.IntRange(0, 5).Draw(rt, "row")))+string(rune('0'+rapid.IntRange(0, 5).Draw(rt, "column"))))
				}
				e, err = b.zones.Paint(ctx, account.Everything, b.district, seen(z)[0], p)
			case "undo":
				e, err = b.zones.Undo(ctx, account.Everything, b.district, "", rapid.IntRange(2, 5+last).Draw(rt, "revision"))
			case "restore":
				revision := rapid.IntRange(5, 5+last).Draw(rt, "revision")
				e, err = b.zones.Restore(ctx, account.Everything, b.district, "", revision)
				if err == nil {
					if diff := cmp.Diff(states[revision], b.now()); diff != "" {
						rt.Fatalf("revision %d restored:\n%s", revision, diff)
					}
				}
			}
			var invalid *zone.InvalidError
			if err != nil {
				if !errors.As(err, &invalid) && !errors.Is(err, postgis.ErrConflict) {
					rt.Fatalf("%s: %v", act, err)
				}
				if diff := cmp.Diff(before, b.now()); diff != "" {
					rt.Fatalf("a refused %s changed something:\n%s", act, diff)
				}
				continue
			}
			states[e.Revision], last = b.now(), e.Revision-5
			done[act]++
			if o := b.overlap(); o > 1e-11 {
				rt.Fatalf("after %s the zones overlap by %g", act, o)
			}
			if n := b.measure(`select count(*) from zone where not ST_IsValid(geom) or ST_IsEmpty(geom)`); n > 0 {
				rt.Fatalf("after %s %v zones are invalid", act, n)
			}
			if act == "split" {
				var parts []orb.MultiPolygon
				for _, z := range e.Zones {
					parts = append(parts, z.Shape())
				}
				if a := area(parts...); math.Abs(a-area(z.Shape())) > 1e-6*a {
					rt.Fatalf("the parts have %g of %g", a, area(z.Shape()))
				}
			}
			if diff := cmp.Diff(states[e.Revision], b.state("", e.Revision)); diff != "" {
				rt.Fatalf("revision %d after %s:\n%s", e.Revision, act, diff)
			}
		}
		for revision, want := range states {
			if diff := cmp.Diff(want, b.state("", revision)); diff != "" {
				rt.Fatalf("revision %d:\n%s", revision, diff)
			}
		}
	})
	t.Logf("done: %v", done)
	for _, act := range []string{"split", "merge", "reshape", "paint", "undo", "restore"} {
		if done[act] == 0 {
			t.Errorf("no %s was ever accepted", act)
		}
	}
}
