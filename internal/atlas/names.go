package atlas

import (
	"strconv"

	"github.com/paulmach/orb"
)

// names asks for the labels of a sheet.
func (a *atlas) names(m *mapDrawing, sh sheet) {
	switch sh.Kind {
	case Overview:
		a.zoneNames(m)
		a.communityNames(m, all(len(a.plan.Communities)), func(int) string { return "" })
	case Facility:
		a.zoneNames(m)
		a.facilityNames(m, 300)
	case Existing:
		a.communityNames(m, a.ground.inZone[sh.Zone], func(c int) string {
			if y := a.plan.Communities[c].BuiltYear; y != nil {
				return strconv.Itoa(*y) + "年建成"
			}
			return ""
		})
		a.facilityNames(m, 200)
	case Zone:
		a.communityNames(m, a.ground.inZone[sh.Zone], func(c int) string {
			if h := a.plan.Communities[c].Households; h != nil {
				return strconv.FormatInt(*h, 10) + "户"
			}
			return ""
		})
		a.facilityNames(m, 200)
	case Coverage:
		a.communityNames(m, a.ground.inZone[sh.Zone], func(int) string { return "" })
		a.facilityNames(m, 200)
	case Phasing:
		a.communityNames(m, a.ground.inZone[sh.Zone], func(c int) string {
			if y := a.ground.yearOf[a.plan.Communities[c].Code]; y != nil {
				return strconv.Itoa(*y) + "年"
			}
			return ""
		})
	}
	a.baseNames(m)
}

func all(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

func (a *atlas) zoneNames(m *mapDrawing) {
	for i, z := range a.plan.Zones {
		m.areaLabel(a.ground.zones[i], label{lines: []string{m.typo.clean(z.Name)}, size: m.typo.head(), colour: "#8f1d14", bold: true, priority: 900, name: m.typo.clean(z.Name)})
	}
}

func (a *atlas) communityNames(m *mapDrawing, list []int, second func(int) string) {
	for _, c := range list {
		name := m.typo.clean(a.plan.Communities[c].Name)
		lines := []string{name}
		if more := second(c); more != "" {
			lines = append(lines, more)
		}
		one := label{lines: lines, size: m.typo.body(), colour: "#1d1d1b", priority: 700, name: name}
		s := a.ground.communities[c]
		if s.point != nil {
			m.pointLabel(m.view.paper(*s.point), 0.6, one)
			continue
		}
		m.areaLabel(s, one)
	}
}

func (a *atlas) facilityNames(m *mapDrawing, priority int) {
	for _, f := range m.marked {
		if name := m.typo.clean(a.plan.Facilities[f.facility].Name); name != "" {
			m.pointLabel(f.at, 1.9*m.typo.k, label{lines: []string{m.typo.fitted(name, m.typo.small(), 30*m.typo.k)}, size: m.typo.small(), colour: facilityStyle(&a.plan.Facilities[f.facility]).mark.colour, priority: priority})
		}
	}
}

// baseNames asks for the names of streets, waters, greens and subdistricts: those
// that find no room are left out.
func (a *atlas) baseNames(m *mapDrawing) {
	s := a.plan.Surroundings
	byName, order := map[string][]track{}, []string{}
	for i, r := range s.Roads {
		if name := m.typo.clean(r.Name); name != "" && meets(a.ground.roads[i].bound, m.view.extent()) {
			if byName[name] == nil {
				order = append(order, name)
			}
			byName[name] = append(byName[name], a.ground.roads[i])
		}
	}
	for _, name := range order {
		m.lineLabel(joined(byName[name]), label{lines: []string{name}, size: m.typo.small(), colour: "#5d5648", priority: 500})
	}
	said := map[string]bool{} // waters are cut into pieces, too
	for i, w := range s.Water {
		if name := m.typo.clean(w.Name); name != "" && !said[name] && meets(a.ground.water[i].bound, m.view.extent()) {
			said[name] = true
			m.insideLabel(a.ground.water[i], label{lines: []string{name}, size: m.typo.body(), colour: "#2f6c8f", priority: 450})
		}
	}
	for i, w := range s.Waterways {
		if name := m.typo.clean(w.Name); name != "" && !said[name] && meets(a.ground.waterways[i].bound, m.view.extent()) {
			said[name] = true
			m.lineLabel([]track{a.ground.waterways[i]}, label{lines: []string{name}, size: m.typo.small(), colour: "#2f6c8f", priority: 450})
		}
	}
	for i, g := range s.Green {
		if name := m.typo.clean(g.Name); name != "" {
			m.insideLabel(a.ground.green[i], label{lines: []string{name}, size: m.typo.small(), colour: "#4b7a33", priority: 350})
		}
	}
	for i, c := range s.Communities {
		if name := m.typo.clean(c.Name); name != "" {
			m.insideLabel(a.ground.otherCommunities[i], label{lines: []string{name}, size: m.typo.small(), colour: "#80807a", priority: 150})
		}
	}
	for i, d := range s.Subdistricts {
		if name := m.typo.clean(d.Name); name != "" {
			m.insideLabel(a.ground.subdistricts[i], label{lines: []string{name}, size: m.typo.head(), colour: "#6f6a7d", priority: 400})
		}
	}
}

// areaLabel asks for a label in or, with a line, beside an area.
func (m *mapDrawing) areaLabel(s shape, one label) {
	t := m.labels.box(one, spot{})
	one.spots, one.leader = m.areaSpots(s, 2*t.halfW, 2*t.halfH)
	if len(one.spots) > 0 {
		m.labels.add(one)
	}
}

// insideLabel asks for a label inside an area or nowhere.
func (m *mapDrawing) insideLabel(s shape, one label) {
	if !meets(s.bound, m.view.extent()) {
		return
	}
	spots, _ := m.areaSpots(s, 0, 0)
	for _, spot := range spots {
		if !spot.leader {
			one.spots = append(one.spots, spot)
		}
	}
	if len(one.spots) > 0 {
		m.labels.add(one)
	}
}

// pointLabel asks for a label beside a symbol.
func (m *mapDrawing) pointLabel(at orb.Point, radius float64, one label) {
	if !m.view.frame.Contains(at) {
		return
	}
	t := m.labels.box(one, spot{})
	one.spots, one.leader = pointSpots(at, radius, 2*t.halfW, 2*t.halfH), &at
	m.labels.add(one)
}

// lineLabel asks for a label along tracks.
func (m *mapDrawing) lineLabel(tracks []track, one label) {
	var runs [][]orb.Point
	for _, t := range tracks {
		if meets(t.bound, m.view.extent()) {
			runs = append(runs, clipLine(m.onPaper(t.path), m.view.frame)...)
		}
	}
	t := m.labels.box(one, spot{})
	if one.spots = lineSpots(runs, 2*t.halfW); len(one.spots) > 0 {
		m.labels.add(one)
	}
}

// joined puts tracks that meet end to end together: maps cut streets into pieces.
func joined(tracks []track) []track {
	var out []track
	used := make([]bool, len(tracks))
	for i := range tracks {
		if used[i] || len(tracks[i].path) < 2 {
			continue
		}
		used[i] = true
		path := append(orb.LineString(nil), tracks[i].path...)
		for grew := true; grew; {
			grew = false
			for j := range tracks {
				if next := tracks[j].path; !used[j] && len(next) > 1 {
					if longer, ok := chained(path, next); ok {
						path, used[j], grew = longer, true, true
					}
				}
			}
		}
		out = append(out, track{path: path, bound: path.Bound()})
	}
	return out
}

func chained(a, b orb.LineString) (orb.LineString, bool) {
	first, last := a[0], a[len(a)-1]
	switch {
	case last == b[0]:
		return append(a, b[1:]...), true
	case last == b[len(b)-1]:
		return append(a, turned(b)[1:]...), true
	case first == b[len(b)-1]:
		return append(append(orb.LineString(nil), b...), a[1:]...), true
	case first == b[0]:
		return append(turned(b), a[1:]...), true
	}
	return a, false
}

func turned(line orb.LineString) orb.LineString {
	out := make(orb.LineString, len(line))
	for i, p := range line {
		out[len(line)-1-i] = p
	}
	return out
}
