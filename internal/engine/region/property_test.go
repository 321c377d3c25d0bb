package region_test

import (
	"cmp"
	"math"
	"math/bits"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/lianpian/lianpian/internal/engine/region"
)

// drawn is a random graph and a set in it: members in any order, some twice.
type drawn struct {
	n       int
	links   []region.Link
	members []int32
	graph   *region.Graph
	inSet   map[int32]bool
}

func draw(t *rapid.T, communities, links int) drawn {
	d := drawn{n: rapid.IntRange(1, communities).Draw(t, "communities"), inSet: map[int32]bool{}}
	if d.n > 1 {
		for range rapid.IntRange(0, links).Draw(t, "links") {
			a := rapid.Int32Range(0, int32(d.n-1)).Draw(t, "a")
			b := rapid.Int32Range(0, int32(d.n-2)).Draw(t, "b")
			if b >= a {
				b++
			}
			d.links = append(d.links, region.Link{
				A: a, B: b, LengthM: float64(rapid.IntRange(0, 12).Draw(t, "length")), Usable: rapid.IntRange(0, 3).Draw(t, "usable") > 0,
			})
		}
	}
	d.members = rapid.SliceOfN(rapid.Int32Range(0, int32(d.n-1)), 0, communities+3).Draw(t, "members")
	for _, c := range d.members {
		d.inSet[c] = true
	}
	var err error
	if d.graph, err = region.NewGraph(d.n, d.links); err != nil {
		t.Fatal(err)
	}
	return d
}

// inner are the links that count: usable, both ends inside.
func (d drawn) inner() []region.Link {
	return slices.DeleteFunc(slices.Clone(d.links), func(l region.Link) bool {
		return !l.Usable || !d.inSet[l.A] || !d.inSet[l.B]
	})
}

// parts by union-find, without some community.
func (d drawn) parts(without int32) [][]int32 {
	s := newSets(d.n)
	for _, l := range d.inner() {
		if l.A != without && l.B != without {
			s.join(l.A, l.B)
		}
	}
	byRoot := map[int][]int32{}
	for c := range int32(d.n) {
		if d.inSet[c] && c != without {
			byRoot[s.root(int(c))] = append(byRoot[s.root(int(c))], c)
		}
	}
	var parts [][]int32
	for _, p := range byRoot {
		parts = append(parts, p)
	}
	slices.SortFunc(parts, func(a, b []int32) int {
		return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a[0], b[0]))
	})
	return parts
}

func TestPartsAreThoseOfUnionFind(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := draw(t, 30, 50)
		want := d.parts(-1)
		if diff := gocmp.Diff(want, d.graph.Parts(d.members)); diff != "" {
			t.Fatalf("-want +got\n%s", diff)
		}
		if d.graph.Contiguous(d.members) != (len(want) < 2) {
			t.Fatalf("contiguous with %d parts: %v", len(want), len(want) >= 2)
		}
	})
}

func TestArticulationsAreThoseOfRemoval(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := draw(t, 20, 26)
		got := d.graph.Articulations(d.members)
		whole := d.parts(-1)
		for c := range int32(d.n) {
			if !d.inSet[c] {
				continue
			}
			// The pieces of the part of c: those without c that lie in it.
			own := whole[slices.IndexFunc(whole, func(p []int32) bool { return slices.Contains(p, c) })]
			want := slices.DeleteFunc(d.parts(c), func(p []int32) bool { return !slices.Contains(own, p[0]) })
			if len(want) < 2 {
				continue
			}
			if len(got) == 0 || got[0].Community != c || got[0].FallsInto != len(want) {
				t.Fatalf("without %d: %v; got %+v", c, want, got)
			}
			if diff := gocmp.Diff(want, got[0].Parts()); diff != "" {
				t.Fatalf("without %d: -want +got\n%s", c, diff)
			}
			got = got[1:]
		}
		if len(got) > 0 {
			t.Fatalf("%d is none", got[0].Community)
		}
	})
}

// Every choice of links is tried: the strings must be the shortest of those
// that hold together what the inner links hold together.
func TestStringsAreTheShortest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := draw(t, 7, 11)
		inner := d.inner()
		parts := len(d.parts(-1))
		best := math.Inf(1)
		for choice := range 1 << len(inner) {
			if bits.OnesCount(uint(choice)) != len(d.inSet)-parts {
				continue
			}
			s, length, tree := newSets(d.n), 0.0, true
			for i, l := range inner {
				if choice>>i&1 == 1 {
					tree = s.join(l.A, l.B) && tree
					length += l.LengthM
				}
			}
			if tree {
				best = min(best, length)
			}
		}
		got := d.graph.Strings(d.members)
		s, length := newSets(d.n), 0.0
		for i, link := range got.Links {
			l := d.links[link]
			if !l.Usable || !d.inSet[l.A] || !d.inSet[l.B] || !s.join(l.A, l.B) || (i > 0 && got.Links[i-1] >= link) {
				t.Fatalf("link %d of %v", link, got.Links)
			}
			length += l.LengthM
		}
		if len(got.Links) != len(d.inSet)-parts || length != best || got.LengthM != best {
			t.Fatalf("%+v, of %g m; the shortest have %g m", got, length, best)
		}
	})
}

func TestCutLinksLeaveTheSet(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := draw(t, 15, 40)
		pairs := map[[2]int32]bool{}
		for _, l := range d.links {
			if l.Usable && d.inSet[l.A] != d.inSet[l.B] {
				pairs[[2]int32{min(l.A, l.B), max(l.A, l.B)}] = true
			}
		}
		if got := d.graph.CutLinks(d.members); got != len(pairs) {
			t.Fatalf("%d, want %d", got, len(pairs))
		}
	})
}

// walks are all shortest distances (R. W. Floyd 1962).
func (d drawn) walks() (dist [][]float64, farthest float64) {
	dist = make([][]float64, d.n)
	for i := range dist {
		dist[i] = make([]float64, d.n)
		for j := range dist[i] {
			if i != j {
				dist[i][j] = math.Inf(1)
			}
		}
	}
	for _, l := range d.inner() {
		dist[l.A][l.B] = min(dist[l.A][l.B], l.LengthM)
		dist[l.B][l.A] = min(dist[l.B][l.A], l.LengthM)
	}
	for k := range d.n {
		for i := range d.n {
			for j := range d.n {
				dist[i][j] = min(dist[i][j], dist[i][k]+dist[k][j])
			}
		}
	}
	for a := range d.inSet {
		for b := range d.inSet {
			farthest = max(farthest, dist[a][b])
		}
	}
	return dist, farthest
}

func TestWalkingDiameterIsTheFarthestPair(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := draw(t, 14, 60)
		dist, want := d.walks()
		got, ok := d.graph.WalkingDiameter(d.members)
		if ok != (len(d.inSet) > 1) {
			t.Fatalf("ok is %v with %d communities", ok, len(d.inSet))
		}
		check := func(got region.Diameter) {
			t.Helper()
			if got.LengthM != dist[got.From][got.To] || got.From >= got.To || !d.inSet[got.From] || !d.inSet[got.To] {
				t.Fatalf("%+v; the walk is %g m", got, dist[got.From][got.To])
			}
			if math.IsInf(got.LengthM, 1) {
				if got.Path != nil {
					t.Fatalf("a path through nothing: %v", got.Path)
				}
				return
			}
			length := 0.0
			for i, c := range got.Path[1:] {
				step := math.Inf(1)
				for _, l := range d.inner() {
					if (l.A == c && l.B == got.Path[i]) || (l.B == c && l.A == got.Path[i]) {
						step = min(step, l.LengthM)
					}
				}
				length += step
			}
			if length != got.LengthM || got.Path[0] != got.From || got.Path[len(got.Path)-1] != got.To {
				t.Fatalf("path %v of %g m for %+v", got.Path, length, got)
			}
		}
		if ok {
			if got.LengthM != want {
				t.Fatalf("%g m, want %g m", got.LengthM, want)
			}
			check(got)
		}
		limit := rapid.Float64Range(0, 40).Draw(t, "limit")
		if rapid.Bool().Draw(t, "at the diameter") {
			limit = want
		}
		yes, witness := d.graph.DiameterAtMost(d.members, limit)
		if yes != (want <= limit) {
			t.Fatalf("at most %g m: %v; it is %g m", limit, yes, want)
		}
		if !yes {
			if witness.LengthM <= limit {
				t.Fatalf("witness %+v for more than %g m", witness, limit)
			}
			check(witness)
		}
	})
}
