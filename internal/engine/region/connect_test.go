package region_test

import (
	"errors"
	"math"
	"math/bits"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/lianpian/lianpian/internal/engine/region"
)

// problem is a set to connect: a small graph with prices.
type problem struct {
	communities int
	links       []region.Link
	members     []int32
	tolls       []float64 // of communities
	fares       []float64 // of links
}

func (p problem) price() region.Price {
	return region.Price{
		Community: func(c int32) float64 { return p.tolls[c] },
		Link:      func(l int32) float64 { return p.fares[l] },
	}
}

// drawProblem draws a graph of which at most outside communities aren't in
// the set. Prices are small whole numbers, so that ties are common, or any.
func drawProblem(t *rapid.T, members, outside, links int) problem {
	p := problem{communities: rapid.IntRange(2, members).Draw(t, "members")}
	inSet := p.communities
	p.communities += rapid.IntRange(0, outside).Draw(t, "outside")
	amount := rapid.Custom(func(t *rapid.T) float64 {
		switch rapid.IntRange(0, 9).Draw(t, "kind") {
		case 0:
			return math.Inf(1)
		case 1:
			return rapid.Float64Range(0, 5).Draw(t, "any")
		}
		return float64(rapid.IntRange(0, 5).Draw(t, "whole"))
	})
	for c := range p.communities {
		p.tolls = append(p.tolls, amount.Draw(t, "toll"))
		if c < inSet {
			p.members = append(p.members, int32(c))
		}
	}
	for range rapid.IntRange(0, links).Draw(t, "links") {
		a := rapid.Int32Range(0, int32(p.communities-1)).Draw(t, "a")
		b := rapid.Int32Range(0, int32(p.communities-2)).Draw(t, "b")
		if b >= a {
			b++
		}
		// Within the set most links aren't usable, or it would be one part.
		usable := rapid.IntRange(0, 2).Draw(t, "usable") == 0
		// Of several links of a kind only the shortest counts, whatever its price.
		if slices.ContainsFunc(p.links, func(l region.Link) bool {
			return l.Usable == usable && min(l.A, l.B) == min(a, b) && max(l.A, l.B) == max(a, b)
		}) {
			continue
		}
		p.links = append(p.links, region.Link{A: a, B: b, LengthM: rapid.Float64Range(0, 9).Draw(t, "length"), Usable: usable})
		p.fares = append(p.fares, amount.Draw(t, "fare"))
	}
	return p
}

// sets is a union-find of its own.
type sets []int

func newSets(n int) sets {
	s := make(sets, n)
	for i := range s {
		s[i] = i
	}
	return s
}

func (s sets) root(i int) int {
	for s[i] != i {
		i = s[i]
	}
	return i
}

func (s sets) join(a, b int32) bool {
	x, y := s.root(int(a)), s.root(int(b))
	s[max(x, y)] = min(x, y)
	return x != y
}

// cheapest tries every choice of communities outside the set, and spans each
// by the cheapest links.
func (p problem) cheapest() float64 {
	inSet := make([]bool, p.communities)
	for _, c := range p.members {
		inSet[c] = true
	}
	var outside []int32
	for c := range int32(p.communities) {
		if !inSet[c] {
			outside = append(outside, c)
		}
	}
	order := make([]int, len(p.links))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int {
		switch {
		case p.fares[i] < p.fares[j]:
			return -1
		case p.fares[i] > p.fares[j]:
			return 1
		}
		return 0
	})
	best := math.Inf(1)
	for choice := range 1 << len(outside) {
		chosen := slices.Clone(inSet)
		cost := 0.0
		for i, c := range outside {
			if choice>>i&1 == 1 {
				chosen[c] = true
				cost += p.tolls[c]
			}
		}
		s := newSets(p.communities)
		missing := len(p.members) + bits.OnesCount(uint(choice)) - 1
		for _, l := range p.links {
			if l.Usable && inSet[l.A] && inSet[l.B] && s.join(l.A, l.B) {
				missing--
			}
		}
		for _, i := range order {
			if l := p.links[i]; chosen[l.A] && chosen[l.B] && s.join(l.A, l.B) {
				missing--
				cost += p.fares[i]
			}
		}
		if missing == 0 {
			best = min(best, cost)
		}
	}
	return best
}

// check fails unless the connection makes the set one at the cost it says.
func (p problem) check(t rapid.TB, c region.Connection) {
	t.Helper()
	members := slices.Concat(p.members, c.Communities)
	if distinct := slices.Compact(slices.Sorted(slices.Values(members))); len(distinct) != len(p.members)+len(c.Communities) {
		t.Fatalf("adds %v to %v", c.Communities, p.members)
	}
	if !slices.IsSorted(c.Links) || len(slices.Compact(slices.Clone(c.Links))) != len(c.Links) {
		t.Fatalf("links %v", c.Links)
	}
	// What is bought becomes usable; of the rest outside the set nothing counts.
	links := slices.Clone(p.links)
	cost := 0.0
	inSet := make([]bool, p.communities)
	for _, m := range p.members {
		inSet[m] = true
	}
	for i := range links {
		links[i].Usable = links[i].Usable && inSet[links[i].A] && inSet[links[i].B]
	}
	for _, l := range c.Links {
		links[l].Usable = true
		cost += p.fares[l]
	}
	for _, m := range c.Communities {
		cost += p.tolls[m]
	}
	g, err := region.NewGraph(p.communities, links)
	if err != nil {
		t.Fatal(err)
	}
	if !g.Contiguous(members) {
		t.Fatalf("with communities %v and links %v the set is not one", c.Communities, c.Links)
	}
	if math.Abs(cost-c.Cost) > 1e-9*(1+cost) {
		t.Fatalf("costs %g, says %g", cost, c.Cost)
	}
	if c.LowerBound > c.Cost || c.Exact != (c.LowerBound == c.Cost) {
		t.Fatalf("cost %g, bound %g, exact %v", c.Cost, c.LowerBound, c.Exact)
	}
}

func TestConnectIsTheCheapest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawProblem(t, 10, 9, 40)
		g, err := region.NewGraph(p.communities, p.links)
		if err != nil {
			t.Fatal(err)
		}
		c, err := g.Connect(p.members, p.price())
		best := p.cheapest()
		if math.IsInf(best, 1) {
			var apart *region.ApartError
			if !errors.As(err, &apart) {
				t.Fatalf("can't be made one, but %v, %v", c, err)
			}
			return
		}
		if err != nil {
			t.Fatalf("costs %g, but %v", best, err)
		}
		p.check(t, c)
		if c.LowerBound > best+1e-9*(1+best) {
			t.Fatalf("bound %g above the optimum %g", c.LowerBound, best)
		}
		parts := len(g.Parts(p.members))
		if parts <= 8 && (!c.Exact || c.Cost > best+1e-9*(1+best)) {
			t.Fatalf("%d parts: cost %g, exact %v; the optimum is %g", parts, c.Cost, c.Exact, best)
		}
		if c.Exact && c.Cost > best+1e-9*(1+best) {
			t.Fatalf("claims %g to be exact; the optimum is %g", c.Cost, best)
		}
	})
}

//	   3               A spider: the three feet 0, 1, 2 meet in the body 3 for 3;
//	 ╱ │ ╲             from foot to foot it is 1.9 or 2, 3.8 in all.
//	1  1  1
//
// ╱   │   ╲
// 0───1───2
func TestConnectFindsAnInnerCommunity(t *testing.T) {
	g := graph(t, 4, on(0, 3, 1), on(1, 3, 1), on(2, 3, 1), off(0, 1, 1.9), off(1, 2, 1.9), off(0, 2, 2))
	price := region.Price{Link: func(l int32) float64 { return g.Link(l).LengthM }}
	c, err := g.Connect([]int32{2, 0, 1}, price)
	if err != nil {
		t.Fatal(err)
	}
	want := region.Connection{Communities: []int32{3}, Links: []int32{0, 1, 2}, Cost: 3, LowerBound: 3, Exact: true}
	if diff := cmp.Diff(want, c); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}

	// With a price of 1 on the body the streets are cheaper.
	price.Community = func(int32) float64 { return 1 }
	c, err = g.Connect([]int32{0, 1, 2}, price)
	if err != nil {
		t.Fatal(err)
	}
	want = region.Connection{Links: []int32{3, 4}, Cost: 3.8, LowerBound: 3.8, Exact: true}
	if diff := cmp.Diff(want, c); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestConnectKnownCases(t *testing.T) {
	inf := math.Inf(1)
	tests := []struct {
		name    string
		members []int32
		price   region.Price
		want    region.Connection
	}{
		{"nothing", nil, region.Price{}, region.Connection{Exact: true}},
		{"one community", []int32{6}, region.Price{}, region.Connection{Exact: true}},
		{"one part", []int32{0, 1, 3}, region.Price{}, region.Connection{Exact: true}},
		{
			"without prices usable links cost their length",
			[]int32{0, 5, 0},
			region.Price{},
			region.Connection{Communities: []int32{1, 2, 4}, Links: []int32{0, 1, 3, 5}, Cost: 40, LowerBound: 40, Exact: true},
		},
		{
			"around a forbidden community",
			[]int32{0, 5},
			region.Price{Community: func(c int32) float64 { return map[bool]float64{true: inf, false: 0}[c == 2] }},
			region.Connection{Communities: []int32{1, 3, 4}, Links: []int32{0, 2, 4, 5}, Cost: 40, LowerBound: 40, Exact: true},
		},
		{
			"a link that isn't usable can be bought",
			[]int32{6, 7},
			region.Price{Link: func(int32) float64 { return 7 }},
			region.Connection{Links: []int32{6}, Cost: 7, LowerBound: 7, Exact: true},
		},
		{
			"for nothing",
			[]int32{6, 7},
			region.Price{Link: func(int32) float64 { return 0 }},
			region.Connection{Links: []int32{6}, Exact: true},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c, err := sketch(t).Connect(test.members, test.price)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, c); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

func TestConnectNamesThePartsThatStayApart(t *testing.T) {
	g := sketch(t)
	_, err := g.Connect([]int32{0, 5, 7, 6, 4}, region.Price{})
	var apart *region.ApartError
	if !errors.As(err, &apart) {
		t.Fatalf("error %v", err)
	}
	if diff := cmp.Diff([][]int32{{0}, {6}, {7}, {4, 5}}, apart.Parts); diff != "" {
		t.Errorf("parts: -want +got\n%s", diff)
	}
	if diff := cmp.Diff([][]int{{0, 3}, {1}, {2}}, apart.Groups); diff != "" {
		t.Errorf("groups: -want +got\n%s", diff)
	}
	if want := "the set can't be made one: nothing allowed leads from the part of community 0 and 1 more parts to the part of community 6 to the part of community 7"; err.Error() != want {
		t.Errorf("message %q", err)
	}
}

func TestConnectRefusesBadInput(t *testing.T) {
	g := sketch(t)
	tests := []struct {
		name    string
		members []int32
		price   region.Price
		want    error
	}{
		{"unknown community", []int32{0, 8}, region.Price{}, region.ErrUnknownCommunity},
		{"negative community", []int32{-1}, region.Price{}, region.ErrUnknownCommunity},
		{"negative price of a community", []int32{0, 5}, region.Price{Community: func(int32) float64 { return -1 }}, region.ErrBadPrice},
		{"price of a link that is no number", []int32{0, 5}, region.Price{Link: func(int32) float64 { return math.NaN() }}, region.ErrBadPrice},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if c, err := g.Connect(test.members, test.price); !errors.Is(err, test.want) {
				t.Errorf("%v, %v; want %v", c, err, test.want)
			}
		})
	}
}

// Two communities at the same place are tied by a link of no length.
func TestConnectOverNoDistance(t *testing.T) {
	g := graph(t, 3, on(0, 1, 0), on(1, 2, 0))
	c, err := g.Connect([]int32{0, 2}, region.Price{})
	want := region.Connection{Communities: []int32{1}, Links: []int32{0, 1}, Exact: true}
	if diff := cmp.Diff(want, c); diff != "" || err != nil {
		t.Errorf("%v: -want +got\n%s", err, diff)
	}
}
