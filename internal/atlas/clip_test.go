package atlas

import (
	"math"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"
	"pgregory.net/rapid"
)

var clipBox = orb.Bound{Min: orb.Point{-10, -5}, Max: orb.Point{10, 5}}

func drawnPoint(t *rapid.T, name string) orb.Point {
	return orb.Point{rapid.Float64Range(-20, 20).Draw(t, name+"x"), rapid.Float64Range(-20, 20).Draw(t, name+"y")}
}

func TestClippedRingIsTheSharedArea(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ring := []orb.Point{drawnPoint(t, "a"), drawnPoint(t, "b"), drawnPoint(t, "c")}
		got := clipRing(ring, clipBox)
		for _, p := range got {
			if !padded(clipBox, 1e-9).Contains(p) {
				t.Fatalf("%v lies outside", p)
			}
		}
		// Counted on a grid: the share of points in both.
		const steps = 60
		hits := 0
		closed := orb.Ring(append(ring[:3:3], ring[0]))
		for i := range steps {
			for j := range steps {
				p := orb.Point{-10 + (float64(i)+0.5)*20/steps, -5 + (float64(j)+0.5)*10/steps}
				if planar.RingContains(closed, p) {
					hits++
				}
			}
		}
		want := float64(hits) / steps / steps * 200
		area := 0.0
		if len(got) > 2 {
			area = ringArea(got)
		}
		if math.Abs(area-want) > 6 {
			t.Fatalf("area %.2f, counted %.2f", area, want)
		}
	})
}

func TestClippedLineIsTheLengthInside(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		line := []orb.Point{drawnPoint(t, "a"), drawnPoint(t, "b"), drawnPoint(t, "c")}
		var got float64
		for _, run := range clipLine(line, clipBox) {
			for _, p := range run {
				if !padded(clipBox, 1e-9).Contains(p) {
					t.Fatalf("%v lies outside", p)
				}
			}
			got += lengthOf(run)
		}
		var want float64
		const steps = 2000
		for i := 1; i < len(line); i++ {
			a, b := line[i-1], line[i]
			d := math.Hypot(b[0]-a[0], b[1]-a[1])
			for k := range steps {
				s := (float64(k) + 0.5) / steps
				if clipBox.Contains(orb.Point{a[0] + s*(b[0]-a[0]), a[1] + s*(b[1]-a[1])}) {
					want += d / steps
				}
			}
		}
		if math.Abs(got-want) > 0.2 {
			t.Fatalf("length %.3f, counted %.3f", got, want)
		}
	})
}

func TestTilesOverlapAsTheirPointsDo(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draw := func(name string) tile {
			return newTile(drawnPoint(t, name), rapid.Float64Range(1, 15).Draw(t, name+"w"), rapid.Float64Range(1, 6).Draw(t, name+"h"), rapid.Float64Range(-90, 90).Draw(t, name+"a"))
		}
		a, b := draw("a"), draw("b")
		if a.overlaps(b) != b.overlaps(a) {
			t.Fatal("overlap is not mutual")
		}
		holds := func(t tile, p orb.Point) bool {
			dx, dy := p[0]-t.at[0], p[1]-t.at[1]
			return math.Abs(dx*t.cos+dy*t.sin) < t.halfW && math.Abs(-dx*t.sin+dy*t.cos) < t.halfH
		}
		for i := range 41 {
			for j := range 41 {
				u, v := (float64(i)/20-1)*a.halfW, (float64(j)/20-1)*a.halfH
				p := orb.Point{a.at[0] + u*a.cos*0.999 - v*a.sin*0.999, a.at[1] + u*a.sin*0.999 + v*a.cos*0.999}
				if holds(a, p) && holds(b, p) && !a.overlaps(b) {
					t.Fatalf("both hold %v, and do not overlap", p)
				}
			}
		}
	})
}

func TestLinesBreakWhereChineseMayBeBroken(t *testing.T) {
	a, err := newAtlas(squarePlan(395_000, 3_205_000), Options{})
	if err != nil {
		t.Fatal(err)
	}
	const text = "2000国家大地坐标系（CGCS2000），高斯-克吕格投影3度带。OpenStreetMap contributors"
	lines := a.typo.wrapped(text, 2, 30)
	joined := ""
	for _, line := range lines {
		if w := a.typo.width(line, 2); w > 30.01+2 { // a closing sign may hang
			t.Errorf("%q is %.1f mm wide", line, w)
		}
		if first := []rune(line)[0]; first == '，' || first == '。' || first == '）' {
			t.Errorf("a line begins with %c", first)
		}
		joined += line
	}
	if len(lines) < 4 || len([]rune(joined)) < len([]rune(text))-2 {
		t.Errorf("got %q", lines)
	}
	if got := a.typo.fitted("很长很长的名字很长很长", 2, 10); a.typo.width(got, 2) > 10 || got[len(got)-3:] != "…" {
		t.Errorf("got %q", got)
	}
}
