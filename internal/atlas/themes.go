package atlas

import (
	"slices"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/areaplan"
	"github.com/lianpian/lianpian/internal/atlas/paper"
)

// drawExisting draws the existing state: buildings by age and use, facilities.
func (a *atlas) drawExisting(m *mapDrawing, sh sheet) {
	a.otherZones(m, sh)
	for i, b := range a.plan.Buildings {
		m.area(existingStyle(b.Use, b.BuiltYear), a.ground.buildings[i])
	}
	for _, c := range a.ground.inZone[sh.Zone] {
		m.outline(communityLine, a.ground.communities[c])
	}
	a.thisZone(m, sh)
	// Where all of the surroundings would be symbols, only those of the zone are.
	m.facilities(func(f *areaplan.Facility) bool {
		return !f.Proposed && (m.view.scale <= 5_000 && !m.brief || a.ground.zones[sh.zone].holds(a.ground.crs.Forward(f.Location)))
	})
}

// drawZone draws the plan of a zone: communities by eligibility, strings, and
// proposed facilities.
func (a *atlas) drawZone(m *mapDrawing, sh sheet) {
	a.otherZones(m, sh)
	for _, c := range a.ground.inZone[sh.Zone] {
		m.area(eligibilityStyle(a.plan.Communities[c].Eligibility), a.ground.communities[c])
	}
	a.buildings(m, sh, func(int) style { return plainBuilding })
	a.thisZone(m, sh)
	a.strings(m, sh.zone)
	m.facilities(func(f *areaplan.Facility) bool { return f.Proposed })
}

func eligibilityStyle(eligibility string) style {
	if st, known := eligibilityStyles[eligibility]; known {
		return st
	}
	return communityLine
}

// strings draws the links of a zone along real streets, and straight where no way
// along streets is known.
func (a *atlas) strings(m *mapDrawing, zone int) {
	var along, straight []track
	for i, t := range a.ground.strings[zone] {
		if a.plan.Zones[zone].Strings[i].Straight {
			straight = append(straight, t)
		} else {
			along = append(along, t)
		}
	}
	look := []style{straightStyle, stringStyle}
	if m.view.scale > 5_000 { // on overviews they would hide what they tie together
		look[0].width, look[1].width = look[0].width*0.6, look[1].width*0.55
	}
	m.lines(look[0], straight...)
	m.lines(look[1], along...)
	for _, t := range a.ground.strings[zone] {
		for _, end := range ends(t.path) {
			if at := m.view.paper(end); m.view.frame.Contains(at) {
				m.show(nodeStyle)
				node(m, at, look[1].width*0.8*m.typo.k)
			}
		}
	}
}

func ends(path orb.LineString) []orb.Point {
	if len(path) < 2 {
		return nil
	}
	return []orb.Point{path[0], path[len(path)-1]}
}

// drawCoverage draws which buildings of a zone lack services. Of one type alone
// it draws where the services reach, too.
func (a *atlas) drawCoverage(m *mapDrawing, sh sheet) {
	a.otherZones(m, sh)
	a.buildings(m, sh, func(b int) style { return a.coverageStyle(a.plan.Buildings[b].Code) })
	if len(a.plan.Coverage) == 1 {
		m.area(gapStyle, a.ground.gaps[0]...)
		m.outline(reachStyle, a.ground.reach[0])
	}
	a.thisZone(m, sh)
	types := map[string]bool{}
	for _, c := range a.plan.Coverage {
		types[c.Run.FacilityType] = true
	}
	m.facilities(func(f *areaplan.Facility) bool { return types[f.FacilityType] })
}

// coverageStyle is the style of a building by how many facility types do not
// cover it.
func (a *atlas) coverageStyle(code string) style {
	judged, missing := 0, 0
	for _, c := range a.plan.Coverage {
		if covered, known := c.Covered[code]; known {
			judged++
			if !covered {
				missing++
			}
		}
	}
	switch {
	case judged == 0:
		return notJudged
	case missing == 0:
		return coveredStyle
	case len(a.plan.Coverage) == 1:
		return uncoveredStyle
	case missing <= 2:
		return missingOne
	}
	return missingSome
}

// drawPhasing draws communities by the year in which they are done.
func (a *atlas) drawPhasing(m *mapDrawing, sh sheet) {
	a.otherZones(m, sh)
	for _, c := range a.ground.inZone[sh.Zone] {
		m.area(a.yearStyle(a.plan.Communities[c].Code), a.ground.communities[c])
	}
	a.buildings(m, sh, func(int) style { return plainBuilding })
	a.thisZone(m, sh)
}

// buildings draws the buildings of a zone, and those of the plan's other zones
// without distinction.
func (a *atlas) buildings(m *mapDrawing, sh sheet, look func(building int) style) {
	own := map[int]bool{}
	for _, b := range a.ground.buildingOf[sh.Zone] {
		own[b] = true
	}
	for i := range a.plan.Buildings {
		if own[i] {
			m.area(look(i), a.ground.buildings[i])
		} else {
			m.area(otherZoneBuilding, a.ground.buildings[i])
		}
	}
}

func (a *atlas) yearStyle(community string) style {
	year := a.ground.yearOf[community]
	if year == nil {
		return noYear
	}
	return phaseStyle(*year, slices.Index(a.years, *year))
}

// years are the years in which something of the plan is done, in order.
func (g *ground) years() []int {
	var out []int
	for _, year := range g.yearOf {
		if year != nil {
			out = append(out, *year)
		}
	}
	for i := range g.plan.Zones {
		if year := g.plan.Zones[i].Year; year != nil {
			out = append(out, *year)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// drawOverview draws all zones with their communities and strings.
func (a *atlas) drawOverview(m *mapDrawing) {
	for i := range a.plan.Communities {
		m.area(eligibilityStyle(a.plan.Communities[i].Eligibility), a.ground.communities[i])
	}
	m.area(plainBuilding, a.ground.buildings...)
	for i := range a.ground.zones {
		m.outline(zoneLine, a.ground.zones[i])
	}
	for i := range a.ground.strings {
		a.strings(m, i)
	}
}

// drawFacility draws whom the facilities of one type reach.
func (a *atlas) drawFacility(m *mapDrawing, sh sheet) {
	c := &a.plan.Coverage[sh.coverage]
	for i := range a.plan.Buildings {
		st := notJudged
		if covered, known := c.Covered[a.plan.Buildings[i].Code]; known {
			st = uncoveredStyle
			if covered {
				st = coveredStyle
			}
		}
		m.area(st, a.ground.buildings[i])
	}
	m.area(gapStyle, a.ground.gaps[sh.coverage]...)
	m.outline(reachStyle, a.ground.reach[sh.coverage])
	for i := range a.ground.zones {
		m.outline(zoneLine, a.ground.zones[i])
	}
	m.facilities(func(f *areaplan.Facility) bool { return f.FacilityType == sh.Facility })
}

func (a *atlas) thisZone(m *mapDrawing, sh sheet) { m.outline(zoneLine, a.ground.zones[sh.zone]) }

func (a *atlas) otherZones(m *mapDrawing, sh sheet) {
	for i := range a.ground.zones {
		if i != sh.zone {
			m.outline(otherZoneLine, a.ground.zones[i])
		}
	}
}

// facilities draws the symbols of facilities. Those that would cover another
// stand beside their place, with a line to it.
func (m *mapDrawing) facilities(want func(*areaplan.Facility) bool) {
	radius := 1.9 * m.typo.k
	var taken []orb.Point
	free := func(p orb.Point) bool {
		for _, q := range taken {
			if dx, dy := p[0]-q[0], p[1]-q[1]; dx*dx+dy*dy < 4*radius*radius*1.05 {
				return false
			}
		}
		return padded(m.view.frame, -radius).Contains(p)
	}
	for i := range m.ground.plan.Facilities {
		f := &m.ground.plan.Facilities[i]
		at := m.view.paper(m.ground.facilities[i])
		if !want(f) || !m.view.frame.Contains(at) {
			continue
		}
		spot := at
		for ring := 0; ring < 4 && !free(spot); ring++ {
			for _, d := range around {
				if spot = (orb.Point{at[0] + d[0]*radius*2.2*float64(ring+1), at[1] + d[1]*radius*2.2*float64(ring+1)}); free(spot) {
					break
				}
			}
		}
		st := facilityStyle(f)
		if spot != at {
			m.Stroke(paper.Line(at, spot), paper.Stroke{Width: 0.18, Colour: paper.Hex(st.mark.colour)})
			m.Fill(paper.Circle(at, 0.4*m.typo.k), paper.Hex(st.mark.colour))
		}
		taken = append(taken, spot)
		m.show(st)
		drawMark(m, st.mark, spot, radius)
		m.labels.block(spot, radius*2.1, radius*2.1)
		m.marked = append(m.marked, marked{i, spot})
	}
}

// marked is a facility with the place of its symbol.
type marked struct {
	facility int
	at       orb.Point
}
