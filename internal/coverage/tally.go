package coverage

import "math"

// answer is everything that follows from the outcomes.
type answer struct {
	summary     Summary
	communities []communityAnswer
	split       int // communities whose households were split over buildings by floor area
	byLocation  int // communities judged by their location
}

type communityAnswer struct {
	id          int64
	subdistrict string
	row         CommunityCoverage
}

// sums add up what outcomes mean for households and floor area.
type sums struct {
	figures Figures
	served  float64
	access  float64 // times households
	walked  mean
	capped  bool // capacities count
}

// mean is a mean over households or, where there are none, over buildings.
type mean struct {
	households, buildings     float64
	metres, minutes           float64 // times households
	plainMetres, plainMinutes float64 // times buildings
}

func (m *mean) add(households, metres, seconds float64) {
	m.households += households
	m.buildings++
	m.metres += households * metres
	m.plainMetres += metres
	if !math.IsNaN(seconds) {
		m.minutes += households * seconds / 60
		m.plainMinutes += seconds / 60
	}
}

// of returns the means of metres, to 0.1, and of minutes, to 0.01.
func (m *mean) of() (metres, minutes float64) {
	switch {
	case m.households > 0:
		metres, minutes = m.metres/m.households, m.minutes/m.households
	case m.buildings > 0:
		metres, minutes = m.plainMetres/m.buildings, m.plainMinutes/m.buildings
	}
	return math.Round(metres*10) / 10, cents(minutes)
}

func (m *mean) join(n mean) {
	m.households += n.households
	m.buildings += n.buildings
	m.metres += n.metres
	m.minutes += n.minutes
	m.plainMetres += n.plainMetres
	m.plainMinutes += n.plainMinutes
}

// add counts one subject. building says whether it is one, or a community that
// stands for itself.
func (a *sums) add(households int64, floorArea float64, building bool, o *outcome) {
	f := &a.figures
	h := float64(households)
	f.Households += households
	f.FloorAreaM2 += floorArea
	if building {
		f.Buildings++
	}
	switch o.status {
	case Covered:
		f.CoveredHouseholds += households
		f.CoveredFloorAreaM2 += floorArea
		if building {
			f.CoveredBuildings++
		}
	case Spared:
		f.SparedHouseholds += households
	case Unreached:
		if building {
			f.UnreachedBuildings++
		}
	}
	if !math.IsNaN(o.served) {
		a.capped = true
		a.served += o.served
		a.access += o.access * h
	}
	if o.facility >= 0 {
		a.walked.add(h, o.metres, max(o.there, o.back))
	}
}

// close rounds areas to 0.01 m², below which a sum depends on its order.
func (a *sums) close() Figures {
	f := a.figures
	f.FloorAreaM2, f.CoveredFloorAreaM2 = cents(f.FloorAreaM2), cents(f.CoveredFloorAreaM2)
	f.MeanM, f.MeanMinutes = a.walked.of()
	f.ServedHouseholds = f.CoveredHouseholds
	if a.capped {
		f.ServedHouseholds = whole(a.served)
		if f.Households > 0 {
			f.Access = math.Round(a.access/float64(f.Households)*1e6) / 1e6
		}
	}
	return f
}

// tally sums the outcomes up, in the given order, so that the same inputs give
// the same figures. The summary is the sum of what is shown.
func tally(subjects []subject, outcomes []outcome, communities []community) answer {
	type part struct {
		sums
		met, reached bool
	}
	var a answer
	parts := make([]part, len(communities))
	index := make(map[int64]int, len(communities))
	for i, c := range communities {
		index[c.id] = i
	}
	var loose part
	for i := range subjects {
		s, o := &subjects[i], &outcomes[i]
		p := &loose
		if at, member := index[s.community]; member {
			p = &parts[at]
			a.summary.Generated = a.summary.Generated || communities[at].generated
		}
		a.summary.Generated = a.summary.Generated || s.generated
		p.met = true
		p.reached = p.reached || o.covered() || o.status == Spared
		p.add(s.wholeHouseholds, s.wholeFloorArea, s.id != 0, o)
		if s.id == 0 {
			a.byLocation++
		}
		a.summary.count(s, o)
	}
	var all mean
	addUp := func(p *part) Figures {
		f := p.close()
		all.join(p.walked)
		a.summary.join(f)
		return f
	}
	addUp(&loose)
	for i := range parts {
		p := &parts[i]
		if !p.met {
			continue
		}
		f := addUp(p)
		a.summary.Communities++
		if !p.reached {
			a.summary.UncoveredCommunities++
		}
		c := &communities[i]
		if c.households != nil && value(c.sumHouseholds) == 0 && f.Buildings > 0 {
			a.split++
		}
		row := CommunityCoverage{Code: c.code, Name: c.name, SubdistrictName: c.subdistrictName, Figures: f}
		a.communities = append(a.communities, communityAnswer{c.id, c.subdistrict, row})
	}
	a.summary.FloorAreaM2, a.summary.CoveredFloorAreaM2 = cents(a.summary.FloorAreaM2), cents(a.summary.CoveredFloorAreaM2)
	a.summary.MeanM, a.summary.MeanMinutes = all.of()
	return a
}

// count adds what the figures of a part do not have.
func (s *Summary) count(of *subject, o *outcome) {
	building := int64(0)
	if of.id != 0 {
		building = 1
	}
	switch o.status {
	case Spared:
		s.SparedBuildings += building
	case Unreached:
		s.UnreachedHouseholds += of.wholeHouseholds
	case CutOff:
		s.CutOffBuildings += building
		s.CutOffHouseholds += of.wholeHouseholds
	}
}

// join adds a part's figures.
func (s *Summary) join(f Figures) {
	s.Buildings += f.Buildings
	s.CoveredBuildings += f.CoveredBuildings
	s.Households += f.Households
	s.CoveredHouseholds += f.CoveredHouseholds
	s.FloorAreaM2 += f.FloorAreaM2
	s.CoveredFloorAreaM2 += f.CoveredFloorAreaM2
	s.SparedHouseholds += f.SparedHouseholds
	s.UnreachedBuildings += f.UnreachedBuildings
}
