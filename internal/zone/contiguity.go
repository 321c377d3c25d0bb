package zone

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"

	"github.com/lianpian/lianpian/internal/engine/region"
	"github.com/lianpian/lianpian/internal/geo"
)

// Contiguity tells whether communities hang together over the links that count
// under a scenario's rules, and what would make them one.
type Contiguity struct {
	Communities   int            `json:"communities" doc:"how many there are"`
	Parts         []Part         `json:"parts" doc:"smallest first; communities without a place are in none"`
	Contiguous    bool           `json:"contiguous" doc:"there is one part, or none"`
	WithoutPlace  []Named        `json:"without_place"`
	Articulations []Articulation `json:"articulations" doc:"communities without which their part falls apart"`
	Connection    *Connection    `json:"connection" doc:"the cheapest addition that makes one part of them; null where there is one"`
	Links         [][2]string    `json:"links" doc:"certificate: links of a spanning forest, as pairs of community codes"`
	CutLinks      int            `json:"cut_links" doc:"links that count between a community of the set and one outside"`
	Compactness   *Compactness   `json:"compactness" doc:"of the boundary; null where none is known"`
	Stale         int            `json:"stale" doc:"communities of the district whose links are being computed anew"`
}

// Named is a community by code and name.
type Named struct {
	Code string `json:"code"`
	Name string `json:"name"`
}

// Part is a set of communities that hang together.
type Part struct {
	Communities []Named    `json:"communities"`
	Others      int        `json:"others" doc:"communities of the part that lie outside what the person may read"`
	Households  int64      `json:"households"`
	BBox        [4]float64 `json:"bbox" doc:"west, south, east, north"`
}

// Articulation is a community without which its part falls apart.
type Articulation struct {
	Named
	FallsInto int `json:"falls_into" doc:"number of pieces"`
}

// Connection is the cheapest addition that makes one part of several. Costs are
// in metres: of the ways used; double of those that do not count yet, and
// communityCostM for each community added.
type Connection struct {
	Possible    bool             `json:"possible"`
	Communities []ConnectedBy    `json:"communities" doc:"to add"`
	Links       []ConnectionLink `json:"links" doc:"that become used; those that do not count yet have to be declared together"`
	CostM       float64          `json:"cost_m"`
	BoundM      float64          `json:"bound_m" doc:"certificate: no connection costs less"`
	Exact       bool             `json:"exact" doc:"the cost is the least there can be"`
	WhyNot      string           `json:"why_not" doc:"where it is not possible: which part cannot be joined, and what is in the way"`
}

// ConnectedBy is a community that a connection adds.
type ConnectedBy struct {
	Named
	Eligibility string `json:"eligibility"`
	Zone        string `json:"zone" doc:"code of the zone of the scenario that holds it now, if any"`
}

// ConnectionLink is a link that a connection uses.
type ConnectionLink struct {
	A        string            `json:"a" doc:"code of a community"`
	B        string            `json:"b"`
	WalkM    *float64          `json:"walk_m"`
	GapM     float64           `json:"gap_m"`
	Streets  []Street          `json:"streets"`
	Geometry *geojson.Geometry `json:"geometry" doc:"LineString of the way; a straight line where none is known"`
	Counts   bool              `json:"counts" doc:"under the rules as they are"`

	aID, bID int64
}

// Street is how far a way follows a street.
type Street struct {
	Name    string  `json:"name"`
	LengthM float64 `json:"length_m"`
}

// Compactness measures a boundary, each from 0 (a thread) to 1.
type Compactness struct {
	PolsbyPopper float64 `json:"polsby_popper" doc:"area beside that of a circle of the same perimeter"`
	Reock        float64 `json:"reock" doc:"area beside that of the smallest circle around it"`
	HullRatio    float64 `json:"hull_ratio" doc:"area beside that of the convex hull"`
}

// ContiguitySummary is what a person who draws needs to know of contiguity.
type ContiguitySummary struct {
	Parts      int           `json:"parts"`
	Smallest   []SummaryPart `json:"smallest" doc:"smallest first, at most 5; empty where there is one part"`
	Connection *Connection   `json:"connection" doc:"null where there is one part"`
}

// SummaryPart is a part by the codes and names of its communities, in the same
// order.
type SummaryPart struct {
	Codes []string `json:"codes"`
	Names []string `json:"names"`
}

const (
	// communityCostM is what adding a community costs in a connection, in metres;
	// that of one that is not eligible doubled, and of one that another zone
	// would lose, four times.
	communityCostM = 150
	// boughtFactor is how much dearer a way is that does not count yet.
	boughtFactor = 2
	summaryParts = 5
)

// inquiry is a question about a set of communities of a district.
type inquiry struct {
	d        *districtLinks
	rules    Rules
	members  []int32                    // positions of those with a place, each once
	nowhere  []int32                    // and of those without
	readable func(community int32) bool // by the person who asks
	holder   map[int32]string           // code of the zone of the scenario that holds a community outside the set
}

// about makes the lists of members from ids; ids that the district does not
// know are left out.
func (q *inquiry) about(ids []int64) {
	for _, id := range ids {
		at, known := q.d.position[id]
		switch {
		case !known:
		case q.d.communities[at].placed:
			q.members = append(q.members, at)
		default:
			q.nowhere = append(q.nowhere, at)
		}
	}
	for _, list := range []*[]int32{&q.members, &q.nowhere} {
		slices.Sort(*list)
		*list = slices.Compact(*list)
	}
}

func (q *inquiry) named(at int32) Named {
	c := &q.d.communities[at]
	return Named{Code: c.code, Name: c.name}
}

// answer is everything but the compactness and the geometry of links.
func (q *inquiry) answer() (Contiguity, error) {
	g, err := q.d.graph(q.rules)
	if err != nil {
		return Contiguity{}, err
	}
	parts := g.Parts(q.members)
	c := Contiguity{
		Communities: len(q.members) + len(q.nowhere), Contiguous: len(parts) < 2, Stale: q.d.stale,
		Parts: make([]Part, 0, len(parts)), WithoutPlace: []Named{}, Articulations: []Articulation{}, Links: [][2]string{},
	}
	for _, part := range parts {
		c.Parts = append(c.Parts, q.part(part))
	}
	for _, at := range q.nowhere {
		if q.readable(at) {
			c.WithoutPlace = append(c.WithoutPlace, q.named(at))
		}
	}
	for _, a := range g.Articulations(q.members) {
		if q.readable(a.Community) {
			c.Articulations = append(c.Articulations, Articulation{q.named(a.Community), a.FallsInto})
		}
	}
	for _, l := range g.Strings(q.members).Links {
		if a, b := q.d.links[l].a, q.d.links[l].b; q.readable(a) && q.readable(b) {
			c.Links = append(c.Links, [2]string{q.d.communities[a].code, q.d.communities[b].code})
		}
	}
	for _, m := range q.members {
		neighbors, _ := g.Neighbors(m)
		for _, n := range neighbors {
			if _, inside := slices.BinarySearch(q.members, n); !inside {
				c.CutLinks++
			}
		}
	}
	if !c.Contiguous {
		c.Connection, err = q.connection(g)
	}
	return c, err
}

// summary is the answer in short.
func (q *inquiry) summary() (ContiguitySummary, error) {
	g, err := q.d.graph(q.rules)
	if err != nil {
		return ContiguitySummary{}, err
	}
	parts := g.Parts(q.members)
	s := ContiguitySummary{Parts: len(parts), Smallest: []SummaryPart{}}
	if len(parts) < 2 {
		return s, nil
	}
	for _, part := range parts[:min(len(parts), summaryParts)] {
		p := SummaryPart{Codes: []string{}, Names: []string{}}
		for _, at := range part {
			if q.readable(at) {
				p.Codes, p.Names = append(p.Codes, q.d.communities[at].code), append(p.Names, q.d.communities[at].name)
			}
		}
		s.Smallest = append(s.Smallest, p)
	}
	s.Connection, err = q.connection(g)
	return s, err
}

func (q *inquiry) part(members []int32) Part {
	p := Part{Communities: make([]Named, 0, len(members))}
	bound := q.d.communities[members[0]].bound
	for _, at := range members {
		c := &q.d.communities[at]
		bound = bound.Union(c.bound)
		if !q.readable(at) {
			p.Others++
			continue
		}
		p.Households += c.households
		p.Communities = append(p.Communities, q.named(at))
	}
	p.BBox = [4]float64{bound.Min[0], bound.Min[1], bound.Max[0], bound.Max[1]}
	return p
}

// price is what a connection pays for a community outside the set. One that the
// person may not read cannot be added by them.
func (q *inquiry) price(at int32) float64 {
	c := &q.d.communities[at]
	if !c.placed || !q.readable(at) {
		return math.Inf(1)
	}
	price := float64(communityCostM)
	if c.eligibility == "out" {
		price *= 2
	}
	if q.holder[at] != "" {
		price *= 4
	}
	return price
}

// linkPrice is what a connection pays for a link: its length, double where it is
// only too long to count. What a person or a barrier forbids is not for sale.
func (q *inquiry) linkPrice(link int32) float64 {
	l := q.d.links[link].Link
	switch h := q.rules.hindrance(l); {
	case h == hindrance{}:
		return l.Length()
	case h.buyable():
		return l.Length() * boughtFactor
	default:
		return math.Inf(1)
	}
}

func (q *inquiry) connection(g *region.Graph) (*Connection, error) {
	c := &Connection{Communities: []ConnectedBy{}, Links: []ConnectionLink{}}
	found, err := g.Connect(q.members, region.Price{Community: q.price, Link: q.linkPrice})
	var apart *region.ApartError
	if errors.As(err, &apart) {
		c.WhyNot = q.whyNot(apart)
		return c, nil
	}
	if err != nil {
		return nil, fmt.Errorf("connect %d communities: %w", len(q.members), err)
	}
	c.Possible, c.Exact = true, found.Exact
	c.CostM, c.BoundM = cents(found.Cost), cents(found.LowerBound)
	for _, at := range found.Communities {
		c.Communities = append(c.Communities, ConnectedBy{q.named(at), q.d.communities[at].eligibility, q.holder[at]})
	}
	for _, link := range found.Links {
		l := &q.d.links[link]
		a, b := &q.d.communities[l.a], &q.d.communities[l.b]
		c.Links = append(c.Links, ConnectionLink{
			A: a.code, B: b.code, WalkM: l.WalkM, GapM: l.GapM, Streets: []Street{},
			Counts: q.rules.Counts(l.Link), aID: a.id, bID: b.id,
		})
	}
	return c, nil
}

// whyNot says which part cannot be joined, and what is in its way: of the links
// that lead out of where it can get, the one over the narrowest gap.
func (q *inquiry) whyNot(apart *region.ApartError) string {
	group, size := 0, math.MaxInt
	for i, parts := range apart.Groups {
		n := 0
		for _, p := range parts {
			n += len(apart.Parts[p])
		}
		if n < size {
			group, size = i, n
		}
	}
	first := apart.Parts[apart.Groups[group][0]][0]
	who := "有些小区"
	if q.readable(first) {
		who = fmt.Sprintf("“%s”", q.d.communities[first].name)
		if size > 1 {
			who += fmt.Sprintf("等 %d 个小区", size)
		}
	}
	within := q.reach(first)
	nearest := -1
	for i, l := range q.d.links {
		if within(l.a) != within(l.b) && (nearest < 0 || l.GapM < q.d.links[nearest].GapM) {
			nearest = i
		}
	}
	if nearest < 0 {
		return who + "周围没有足够近的小区"
	}
	l := q.d.links[nearest]
	other := l.a
	if within(l.a) {
		other = l.b
	}
	said := who + "与其余小区之间没有可用的连线："
	if !q.readable(other) {
		return said + "要经过的小区不在您的管理范围内"
	}
	said += fmt.Sprintf("最近的“%s”相距 %.0f 米", q.d.communities[other].name, l.GapM)
	if why := q.rules.Against(l.Link); why != "" {
		said += "，" + why
	}
	return said
}

// reach tells which communities can be got to from one over what a connection
// may use.
func (q *inquiry) reach(from int32) func(int32) bool {
	set := make([]int32, len(q.d.communities))
	for i := range set {
		set[i] = int32(i)
	}
	root := func(i int32) int32 {
		for set[i] != i {
			set[i] = set[set[i]]
			i = set[i]
		}
		return i
	}
	usable := func(at int32) bool {
		_, member := slices.BinarySearch(q.members, at)
		return member || !math.IsInf(q.price(at), 1)
	}
	for i, l := range q.d.links {
		if usable(l.a) && usable(l.b) && !math.IsInf(q.linkPrice(int32(i)), 1) {
			set[root(l.a)] = root(l.b)
		}
	}
	home := root(from)
	return func(at int32) bool { return root(at) == home }
}

// compactnessOf measures a boundary in the plane of its Gauss-Krüger zone; nil
// where it has no area.
func compactnessOf(shape orb.MultiPolygon, srid int) *Compactness {
	plane, known := geo.ZoneOfSRID(srid)
	if !known {
		plane, _ = geo.ZoneOfSRID(geo.ThreeDegreeSRID(shape.Bound().Center()[0]))
	}
	metric := shape.Clone()
	for _, polygon := range metric {
		for _, ring := range polygon {
			for i, p := range ring {
				ring[i][0], ring[i][1] = plane.Forward(p)
			}
		}
	}
	c, err := region.CompactnessOf(metric)
	if err != nil {
		return nil
	}
	return &Compactness{PolsbyPopper: c.PolsbyPopper, Reock: c.Reock, HullRatio: c.HullRatio}
}
