package walking

import (
	"testing"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"

	"github.com/lianpian/lianpian/internal/engine/network"
)

// Whatever walls and gates there are: a way is as clear back as there, a further
// wall clears none, a further gate bars none, and a gate right on the way through
// a single wall clears it.
func TestWallsBarAndGatesClear(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		point := rapid.Custom(func(t *rapid.T) orb.Point {
			return orb.Point{float64(rapid.IntRange(0, 60).Draw(t, "x")), float64(rapid.IntRange(0, 60).Draw(t, "y"))}
		})
		m := &material{}
		for range rapid.IntRange(0, 5).Draw(t, "walls") {
			m.bar(rapid.SliceOfN(point, 2, 4).Draw(t, "wall"), wall)
		}
		m.gates = rapid.SliceOfN(point, 0, 6).Draw(t, "gates")
		from, to := point.Draw(t, "from"), point.Draw(t, "to")
		clear := newGround(m).clear(from, to)
		if back := newGround(m).clear(to, from); back != clear {
			t.Fatalf("clear there %v, back %v", clear, back)
		}
		gated := *m
		gated.gates = append(gated.gates[:len(gated.gates):len(gated.gates)], point.Draw(t, "another gate"))
		if clear && !newGround(&gated).clear(from, to) {
			t.Fatal("a gate bars the way")
		}
		more := *m
		more.bar(rapid.SliceOfN(point, 2, 4).Draw(t, "another wall"), rapid.SampledFrom([]barKind{wall, firm}).Draw(t, "kind"))
		if !clear && newGround(&more).clear(from, to) {
			t.Fatal("a wall clears the way")
		}
		if len(m.gates) > 0 {
			return
		}
		var met []orb.Point
		network.IndexLines(m.bars).Met(from, to, func(_ int, a, b orb.Point) bool {
			met = append(met, meeting(from, to, a, b))
			return true
		})
		if clear != (len(met) == 0) {
			t.Fatalf("clear %v, walls met at %v", clear, met)
		}
		m.gates = met
		if !newGround(m).clear(from, to) {
			t.Fatalf("gates at %v, where the walls are met, do not clear the way", met)
		}
	})
}
