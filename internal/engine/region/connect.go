package region

import (
	"fmt"
	"math"
	"slices"
)

// Price is what Connect pays. Prices are not below zero and in one unit of the
// caller's choice; math.Inf(1) forbids.
type Price struct {
	// Community is the price of adding a community to the set. It is asked for
	// communities outside the set only. Nil: all are free.
	Community func(community int32) float64
	// Link is the price of using a link, asked for usable links and others
	// alike. Nil: a usable link costs its length, any other is forbidden.
	Link func(link int32) float64
}

func (p Price) community(c int32) (float64, error) {
	if p.Community == nil {
		return 0, nil
	}
	price := p.Community(c)
	if !(price >= 0) {
		return 0, fmt.Errorf("price %g of community %d: %w", price, c, ErrBadPrice)
	}
	return price, nil
}

func (p Price) link(g *Graph, link int32) (float64, error) {
	if p.Link == nil {
		if l := &g.links[link]; l.Usable {
			return l.LengthM, nil
		}
		return math.Inf(1), nil
	}
	price := p.Link(link)
	if !(price >= 0) {
		return 0, fmt.Errorf("price %g of link %d: %w", price, link, ErrBadPrice)
	}
	return price, nil
}

// Connection is an addition to a set that makes it one.
type Connection struct {
	Communities []int32 // to add, lowest first
	Links       []int32 // that become used, lowest first; some may not be usable yet
	Cost        float64 // of both, in the unit of the price
	// LowerBound is the certificate: no connection costs less.
	LowerBound float64
	Exact      bool // the connection is a cheapest one
}

// ApartError says that no connection is allowed that makes the set one.
type ApartError struct {
	Parts [][]int32 // parts of the set, as Graph.Parts returns them
	// Groups are the parts, by index, that can be joined with each other:
	// two groups or more, the one with the lowest part first.
	Groups [][]int
}

func (e *ApartError) Error() string {
	text := "the set can't be made one: nothing allowed leads from"
	for i, group := range e.Groups {
		if i > 0 {
			text += " to"
		}
		if i == 3 {
			return text + fmt.Sprintf(" %d more groups of parts", len(e.Groups)-i)
		}
		text += fmt.Sprintf(" the part of community %d", e.Parts[group[0]][0])
		if len(group) > 1 {
			text += fmt.Sprintf(" and %d more parts", len(group)-1)
		}
	}
	return text
}

// Connect finds the cheapest addition that makes the set one: communities
// outside it and links between them, the set's parts and each other. That is
// the Steiner tree problem with prices on nodes and edges; the terminals are
// the parts of the set, within which moving is free.
//
// The answer is exact for up to exactParts parts (dynamic programming over
// sets of parts: S. E. Dreyfus and R. A. Wagner 1971, in the form of R. E.
// Erickson, C. L. Monma and A. F. Veinott 1987), and mostly beyond, where
// bound and cost are driven together (dual ascent: R. T. Wong, A dual ascent
// approach for Steiner tree problems on a directed graph, Math. Programming
// 28, 1984) and what is left is searched for a bounded time.
//
// Of the same cost, which connection is chosen depends on the input alone. The
// errors are *ApartError, ErrUnknownCommunity and ErrBadPrice.
func (g *Graph) Connect(members []int32, price Price) (Connection, error) {
	w := g.open(members)
	defer g.close(w)
	if len(w.strangers) > 0 {
		return Connection{}, fmt.Errorf("connect community %d of %d: %w", w.strangers[0], g.communities, ErrUnknownCommunity)
	}
	if w.findParts(g) < 2 {
		return Connection{Exact: true}, nil
	}
	net, err := w.steiner.build(g, w, price)
	if err != nil {
		return Connection{}, fmt.Errorf("connect %d parts: %w", len(w.sizes), err)
	}
	s := solver{space: &w.steiner}
	if groups := s.start(net); groups != nil {
		return Connection{}, w.apart(groups)
	}
	s.solve(net)
	c := Connection{
		Communities: slices.Clone(s.best.communities), Links: slices.Clone(s.best.links),
		Cost: s.best.cost, LowerBound: min(s.bound, s.best.cost),
	}
	if c.LowerBound >= c.Cost-s.tolerance {
		c.LowerBound, c.Exact = c.Cost, true
	}
	return c, nil
}

// apart turns groups of terminals, the number of its group for each, into the error.
func (w *workspace) apart(groups []int32) *ApartError {
	parts := w.listParts()
	e := &ApartError{Parts: parts}
	number := map[int32]int{} // of a group in e.Groups
	for i, part := range parts {
		group := groups[w.part[w.at(part[0])]]
		n, known := number[group]
		if !known {
			n = len(e.Groups)
			number[group] = n
			e.Groups = append(e.Groups, nil)
		}
		e.Groups[n] = append(e.Groups[n], i)
	}
	return e
}
