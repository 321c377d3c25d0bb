package progress

import "math"

// MonthMeasures are what a form counts of a project: area in 10,000 m² (万平方米) to
// four decimals, which is a square metre, households and buildings.
type MonthMeasures struct {
	AreaWan    float64 `json:"area_wan" minimum:"0" maximum:"99999999" doc:"10,000 m², four decimals"`
	Households int     `json:"households" minimum:"0" maximum:"10000000"`
	Buildings  int     `json:"buildings" minimum:"0" maximum:"1000000"`
}

const m2PerWan = 10_000

// m2 is the area in whole square metres, so that sums are exact.
func (m MonthMeasures) m2() int64 { return int64(math.Round(m.AreaWan * m2PerWan)) }

// wan is an area of whole square metres in 10,000 m².
func wan(m2 int64) float64 { return float64(m2) / m2PerWan }

// rounded cuts what is finer than a square metre.
func (m MonthMeasures) rounded() MonthMeasures {
	m.AreaWan = wan(m.m2())
	return m
}

func (m MonthMeasures) plus(o MonthMeasures) MonthMeasures {
	return MonthMeasures{AreaWan: wan(m.m2() + o.m2()), Households: m.Households + o.Households, Buildings: m.Buildings + o.Buildings}
}

// minus is what is left, nowhere below nothing.
func (m MonthMeasures) minus(o MonthMeasures) MonthMeasures {
	return MonthMeasures{
		AreaWan:    wan(max(0, m.m2()-o.m2())),
		Households: max(0, m.Households-o.Households), Buildings: max(0, m.Buildings-o.Buildings),
	}
}

// within is no more than o in any measure.
func (m MonthMeasures) within(o MonthMeasures) MonthMeasures {
	return MonthMeasures{
		AreaWan:    wan(min(m.m2(), o.m2())),
		Households: min(m.Households, o.Households), Buildings: min(m.Buildings, o.Buildings),
	}
}

func (m MonthMeasures) none() bool { return m.m2() == 0 && m.Households == 0 && m.Buildings == 0 }

func (m MonthMeasures) equal(o MonthMeasures) bool {
	return m.m2() == o.m2() && m.Households == o.Households && m.Buildings == o.Buildings
}

// MonthFigures are the figures of a row of the form: the plan, and what of it is in
// preparation (group 1), under construction (2) and all done (3). The groups
// exclude each other.
type MonthFigures struct {
	Plan          MonthMeasures `json:"plan"`
	InvestmentWan float64       `json:"investment_wan" minimum:"0" maximum:"9999999999" doc:"10,000 yuan"`
	G1            MonthMeasures `json:"g1" doc:"正在开展群众工作、手续办理等前期准备"`
	G2            MonthMeasures `json:"g2" doc:"已完成前期准备、施工单位已进场施工"`
	G3            MonthMeasures `json:"g3" doc:"全部改造内容已完工"`
	SpentWan      float64       `json:"spent_wan" minimum:"0" maximum:"9999999999" doc:"累计完成投资额, 10,000 yuan"`
}

// begun is what is in any of the groups.
func (f MonthFigures) begun() MonthMeasures { return f.G1.plus(f.G2).plus(f.G3) }

// allBegun tells whether nothing of the plan waits for its start.
func (f MonthFigures) allBegun() bool { return f.Plan.minus(f.begun()).none() }

func (f MonthFigures) plus(o MonthFigures) MonthFigures {
	return MonthFigures{
		Plan: f.Plan.plus(o.Plan), G1: f.G1.plus(o.G1), G2: f.G2.plus(o.G2), G3: f.G3.plus(o.G3),
		InvestmentWan: money(f.InvestmentWan + o.InvestmentWan), SpentWan: money(f.SpentWan + o.SpentWan),
	}
}

// rounded keeps what the form has room for.
func (f MonthFigures) rounded() MonthFigures {
	return MonthFigures{
		Plan: f.Plan.rounded(), G1: f.G1.rounded(), G2: f.G2.rounded(), G3: f.G3.rounded(),
		InvestmentWan: money(f.InvestmentWan), SpentWan: money(f.SpentWan),
	}
}

// money rounds 10,000 yuan to whole yuan.
func money(wan float64) float64 { return math.Round(wan*10_000) / 10_000 }

// stage is how far a project has got by its milestones on a day.
type stage int

const (
	notBegun stage = iota
	preparing
	building
	done
)

// propose puts a plan into the groups by how far the project has got, keeping
// what the month before had already split between them.
func propose(plan MonthMeasures, at stage, before *MonthFigures) (g1, g2, g3 MonthMeasures) {
	if at == done {
		return MonthMeasures{}, MonthMeasures{}, plan
	}
	var earlier MonthFigures
	if before != nil {
		earlier = *before
	}
	g3 = earlier.G3.within(plan)
	rest := plan.minus(g3)
	switch at {
	case building:
		return MonthMeasures{}, rest, g3
	case preparing:
		g2 = earlier.G2.within(rest)
		return rest.minus(g2), g2, g3
	}
	g2 = earlier.G2.within(rest)
	return earlier.G1.within(rest.minus(g2)), g2, g3
}
