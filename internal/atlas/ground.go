package atlas

import (
	"math"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/areaplan"
	"github.com/lianpian/lianpian/internal/geo"
	"github.com/lianpian/lianpian/internal/geofile"
)

// ground is the plan's geometry in metres of the district's Gauss-Krüger zone,
// projected once for all sheets. Shapes stand in the order of the plan.
type ground struct {
	plan *areaplan.Plan
	crs  geo.CRS
	gk   geo.GaussKruger

	zones, communities, buildings       []shape
	subdistricts, neighborhoods         []shape
	subdistrictLines, neighborhoodLines []track
	otherCommunities, otherBuildings    []shape
	water, green                        []shape
	roads, railways, waterways          []track
	strings                             [][]track // by zone
	facilities                          []orb.Point
	gaps                                [][]shape // by coverage
	reach                               []shape   // by coverage
	communityAt, zoneAt                 map[string]int
	inZone, buildingOf                  map[string][]int // communities and buildings by the code of a zone
	yearOf                              map[string]*int  // by community
	projectOf                           map[string]int   // by community
	everything                          orb.Bound        // the zones and their communities
	known                               orb.Bound        // the base map
}

// shape is an area or, where only a place is known, a point.
type shape struct {
	parts orb.MultiPolygon
	point *orb.Point
	bound orb.Bound
}

type track struct {
	path  orb.LineString
	bound orb.Bound
}

func newGround(p *areaplan.Plan) *ground {
	g := &ground{plan: p, communityAt: map[string]int{}, zoneAt: map[string]int{}, inZone: map[string][]int{}, buildingOf: map[string][]int{}}
	g.crs = systemOf(p)
	g.gk, _ = g.crs.Zone()
	for i, z := range p.Zones {
		g.zones = append(g.zones, g.shape(z.Outline, nil))
		g.zoneAt[z.Code] = i
		var tracks []track
		for _, s := range z.Strings {
			tracks = append(tracks, g.track(s.Path))
		}
		g.strings = append(g.strings, tracks)
	}
	for i, c := range p.Communities {
		g.communities = append(g.communities, g.shape(c.Outline, c.Location))
		g.communityAt[c.Code] = i
	}
	for _, b := range p.Buildings {
		g.buildings = append(g.buildings, g.shape(b.Outline, nil))
	}
	for _, f := range p.Facilities {
		at := g.crs.Forward(f.Location)
		if !g.drawable(at.Bound()) {
			at = orb.Point{math.Inf(1), math.Inf(1)} // in no frame
		}
		g.facilities = append(g.facilities, at)
	}
	for _, c := range p.Coverage {
		var gaps []shape
		for _, gap := range c.Gaps {
			gaps = append(gaps, g.shape(gap, nil))
		}
		g.gaps = append(g.gaps, gaps)
		g.reach = append(g.reach, g.shape(c.Reach, nil))
	}
	s := p.Surroundings
	g.subdistricts, g.neighborhoods = g.areas(s.Subdistricts), g.areas(s.Neighborhoods)
	drawn := map[[4]float64]bool{}
	g.subdistrictLines = g.borders(s.Subdistricts, drawn)
	g.neighborhoodLines = g.borders(s.Neighborhoods, drawn)
	g.otherCommunities, g.otherBuildings = g.areas(s.Communities), g.areas(s.Buildings)
	g.water, g.green = g.areas(s.Water), g.areas(s.Green)
	g.roads, g.railways, g.waterways = g.tracks(s.Roads), g.tracks(s.Railways), g.tracks(s.Waterways)
	g.known = nothing()
	for _, list := range [][]shape{g.otherBuildings, g.otherCommunities, g.buildings, g.communities} {
		for _, one := range list {
			g.known = g.known.Union(one.bound)
		}
	}
	for _, r := range g.roads {
		g.known = g.known.Union(r.bound)
	}
	g.relate()
	return g
}

// systemOf is the district's zone; where it has none, the one nearest to the
// plan.
func systemOf(p *areaplan.Plan) geo.CRS {
	if c, ok := geo.NewCRS(p.District.SRID); ok {
		if _, plane := c.Zone(); plane {
			return c
		}
	}
	lon := 108.0
	for _, z := range p.Zones {
		if b := z.Outline.Bound(); !b.IsEmpty() {
			lon = b.Center()[0]
			break
		}
	}
	c, _ := geo.NewCRS(geo.ThreeDegreeSRID(lon))
	return c
}

// relate finds what belongs to which zone, and the year of each community: that
// of its project, else that of its zone.
func (g *ground) relate() {
	g.yearOf, g.projectOf = map[string]*int{}, map[string]int{}
	g.everything = nothing()
	zonesOf := map[string][]string{}
	for i, z := range g.plan.Zones {
		g.everything = g.everything.Union(g.zones[i].bound)
		for _, code := range z.Communities {
			if at, known := g.communityAt[code]; known {
				g.inZone[z.Code] = append(g.inZone[z.Code], at)
				zonesOf[code] = append(zonesOf[code], z.Code)
				g.everything = g.everything.Union(g.communities[at].bound)
				if z.Year != nil && g.yearOf[code] == nil {
					g.yearOf[code] = z.Year
				}
			}
		}
	}
	for i, p := range g.plan.Projects {
		for _, code := range p.Communities {
			if _, known := g.projectOf[code]; !known {
				g.projectOf[code] = i
				if p.Year != nil {
					g.yearOf[code] = p.Year
				}
			}
		}
	}
	for i, b := range g.plan.Buildings {
		if codes := zonesOf[b.CommunityCode]; b.CommunityCode != "" {
			for _, code := range codes {
				g.buildingOf[code] = append(g.buildingOf[code], i)
			}
			continue
		}
		for k, z := range g.plan.Zones {
			if g.zones[k].bound.Intersects(g.buildings[i].bound) && g.zones[k].holds(g.buildings[i].middle()) {
				g.buildingOf[z.Code] = append(g.buildingOf[z.Code], i)
			}
		}
	}
}

func (g *ground) areas(list []areaplan.Area) []shape {
	out := make([]shape, 0, len(list))
	for _, a := range list {
		out = append(out, g.shape(a.Outline, nil))
	}
	return out
}

// borders are the boundaries of areas as lines. Plans carry areas cut to a box
// around the zones: what runs along its edges is no boundary. What neighbours
// share is drawn once, for two dashed lines on each other are none.
func (g *ground) borders(list []areaplan.Area, drawn map[[4]float64]bool) []track {
	box := nothing()
	for _, areas := range [][]areaplan.Area{g.plan.Surroundings.Subdistricts, g.plan.Surroundings.Neighborhoods} {
		for _, a := range areas {
			if len(a.Outline) > 0 {
				box = box.Union(a.Outline.Bound())
			}
		}
	}
	skipped := func(a, b orb.Point) bool {
		if a[0] > b[0] || a[0] == b[0] && a[1] > b[1] {
			a, b = b, a
		}
		key := [4]float64{a[0], a[1], b[0], b[1]}
		if drawn[key] {
			return true
		}
		drawn[key] = true
		for axis := range 2 {
			if a[axis] == b[axis] && (a[axis] == box.Min[axis] || a[axis] == box.Max[axis]) {
				return true
			}
		}
		return false
	}
	var out []track
	for _, a := range list {
		for _, part := range a.Outline {
			for _, ring := range part {
				var run orb.LineString
				for i := range ring {
					if i > 0 && skipped(ring[i-1], ring[i]) {
						out, run = append(out, g.track(run)), nil
					}
					run = append(run, ring[i])
				}
				out = append(out, g.track(run))
			}
		}
	}
	return out
}

func (g *ground) tracks(list []areaplan.Line) []track {
	out := make([]track, 0, len(list))
	for _, l := range list {
		out = append(out, g.track(l.Path))
	}
	return out
}

func (g *ground) shape(outline orb.MultiPolygon, at *orb.Point) shape {
	if len(outline) == 0 {
		if at == nil {
			return shape{bound: nothing()}
		}
		p := g.crs.Forward(*at)
		if !g.drawable(p.Bound()) {
			return shape{bound: nothing()}
		}
		return shape{point: &p, bound: p.Bound()}
	}
	parts := geofile.Transform(outline, g.crs.Forward).(orb.MultiPolygon)
	if !g.drawable(parts.Bound()) {
		return shape{bound: nothing()}
	}
	return shape{parts: parts, bound: parts.Bound()}
}

func (g *ground) track(path orb.LineString) track {
	if len(path) == 0 {
		return track{bound: nothing()}
	}
	moved := geofile.Transform(path, g.crs.Forward).(orb.LineString)
	if !g.drawable(moved.Bound()) {
		return track{bound: nothing()}
	}
	return track{path: moved, bound: moved.Bound()}
}

// drawable tells whether coordinates are in the part of the world that the
// projection is made for: some 30° from its meridian. What a register has
// elsewhere, or nowhere, is a mistake that must not spoil every sheet.
func (g *ground) drawable(b orb.Bound) bool {
	origin := g.gk.FalseEasting + float64(g.gk.ZonePrefix)*1e6
	return b.Min[0]-origin > -3.5e6 && b.Max[0]-origin < 3.5e6 && b.Min[1] > -1e7 && b.Max[1] < 1e7
}

// nothing is a bound that any union leaves as it is.
func nothing() orb.Bound {
	return orb.Bound{Min: orb.Point{math.Inf(1), math.Inf(1)}, Max: orb.Point{math.Inf(-1), math.Inf(-1)}}
}

func (s shape) known() bool { return s.point != nil || len(s.parts) > 0 }

// middle is a point that stands for the shape: the middle of its largest part's
// box, or its place.
func (s shape) middle() orb.Point {
	if s.point != nil {
		return *s.point
	}
	best, size := orb.Point{}, -1.0
	for _, part := range s.parts {
		if len(part) == 0 {
			continue
		}
		b := part[0].Bound()
		if a := (b.Max[0] - b.Min[0]) * (b.Max[1] - b.Min[1]); a > size {
			best, size = b.Center(), a
		}
	}
	return best
}

// holds tells whether a point lies inside by the even-odd rule over all rings.
func (s shape) holds(p orb.Point) bool {
	in := false
	for _, part := range s.parts {
		for _, ring := range part {
			for i, j := 0, len(ring)-1; i < len(ring); j, i = i, i+1 {
				a, b := ring[i], ring[j]
				if (a[1] > p[1]) != (b[1] > p[1]) && p[0] < (b[0]-a[0])*(p[1]-a[1])/(b[1]-a[1])+a[0] {
					in = !in
				}
			}
		}
	}
	return in
}
