package proposal

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/lianpian/lianpian/internal/engine/formation"
	"github.com/lianpian/lianpian/internal/zone"
)

// modelled is a request and its ground as numbers for the engine.
type modelled struct {
	request Request
	ground  ground
	problem formation.Problem

	unitOf []int // community → unit; −1: may not be placed
	atUnit []int // unit → community
	links  []int // link of the problem → tie
	locked []string
}

// The indexes of the totals in the problem, as in totalNames.
const (
	atCommunities = iota
	atHouseholds
	atFloorArea
	atLandArea
	atCost
)

// model turns a request and its ground into a problem. Communities that may not
// be placed (not eligible, without a place) keep the reason why.
func model(g ground, r Request) (*modelled, error) {
	m := &modelled{request: r, ground: g, unitOf: make([]int, len(g.communities))}
	held := make([]bool, len(g.communities)) // by a locked zone
	for _, members := range g.locked {
		for _, at := range members {
			held[at] = true
		}
	}
	within := map[string]int32{}
	for i := range g.communities {
		c := &g.communities[i]
		m.unitOf[i] = -1
		switch {
		case c.place == nil:
			c.outsideReason = kindNoPlace
			continue
		case !held[i] && !slices.Contains(r.Eligibility, c.eligibility):
			c.outsideReason = kindNotEligible
			continue
		}
		m.unitOf[i] = len(m.atUnit)
		m.atUnit = append(m.atUnit, i)
		m.problem.Units = append(m.problem.Units, formation.Unit{
			Value: c.value(r.Weights), X: c.place[0], Y: c.place[1],
			Totals: c.totals(*r.Cost), Within: withinOf(within, c, r.KeepWithin),
		})
	}
	m.problem.KeepWithin = r.KeepWithin != ""
	m.problem.MaxDiameterM = r.MaxDiameterM
	m.problem.MinZones, m.problem.MaxZones = r.MinZones, r.MaxZones
	m.addLinks()
	m.addTotals()
	m.addLocked()
	m.addWeights()
	var err error
	if m.problem.Together, err = m.pairs("together", r.Together); err != nil {
		return nil, err
	}
	if m.problem.Apart, err = m.pairs("apart", r.Apart); err != nil {
		return nil, err
	}
	if err := m.problem.Validate(); err != nil {
		var wrong *formation.InputError
		if errors.As(err, &wrong) && wrong.What == "unit" && wrong.Index < len(m.atUnit) {
			c := g.communities[m.atUnit[wrong.Index]]
			return nil, &InvalidError{Field: "totals", Detail: fmt.Sprintf("小区“%s”的数据无法用于计算：%s", c.name, wrong.Why)}
		}
		return nil, fmt.Errorf("make a problem of a request: %w", err)
	}
	return m, nil
}

func (c community) totals(cost zone.Cost) []float64 {
	t := make([]float64, len(totalNames))
	t[atCommunities] = 1
	t[atHouseholds] = c.households
	t[atFloorArea] = c.floorAreaM2
	t[atLandArea] = c.landAreaM2
	t[atCost] = cost.Of(c.households, c.floorAreaM2)
	return t
}

func withinOf(known map[string]int32, c *community, kind string) int32 {
	var code string
	switch kind {
	case withinSubdistrict:
		code = c.subdistrict
	case withinNeighborhood:
		code = c.neighborhood
	}
	if code == "" {
		return -1
	}
	if _, ok := known[code]; !ok {
		known[code] = int32(len(known))
	}
	return known[code]
}

func (m *modelled) addLinks() {
	for i, t := range m.ground.ties {
		a, b := m.unitOf[t.a], m.unitOf[t.b]
		if a < 0 || b < 0 || !m.request.Rules.Counts(t.link) {
			continue
		}
		m.problem.Links = append(m.problem.Links, formation.Link{A: int32(a), B: int32(b), LengthM: t.link.Length()})
		m.links = append(m.links, i)
	}
}

func (m *modelled) addTotals() {
	for _, name := range totalNames {
		rule := formation.TotalRule{Name: name}
		for _, t := range m.request.Totals {
			if t.Name == name {
				rule.Min, rule.Max = t.Min, t.Max
			}
		}
		m.problem.Totals = append(m.problem.Totals, rule)
	}
}

func (m *modelled) addLocked() {
	for code := range m.ground.locked {
		m.locked = append(m.locked, code)
	}
	slices.Sort(m.locked)
	for _, code := range m.locked {
		var units []int32
		for _, at := range m.ground.locked[code] {
			if u := m.unitOf[at]; u >= 0 {
				units = append(units, int32(u))
			}
		}
		slices.Sort(units)
		m.problem.Locked = append(m.problem.Locked, units)
	}
}

// addWeights turns weights of 0 to 10 into the engine's, where 1 lets a penalty
// weigh as much as the mean community.
func (m *modelled) addWeights() {
	const full = 10
	w := m.request.Weights
	m.problem.Weights = formation.Weights{
		Each: 2 * w.Few / full, Strings: w.Strings / full, Compact: w.Compactness / full,
		Balance: w.Balance / full, BalanceTotal: atHouseholds,
		Budget: w.Budget / full, BudgetTotal: atCost,
	}
	for i, r := range m.problem.Totals { // the total that the planner bounds is the one to balance
		if r.Min > 0 && r.Max > 0 {
			m.problem.Weights.BalanceTotal = i
			break
		}
	}
}

// pairs finds the units of pairs of communities by their codes.
func (m *modelled) pairs(field string, pairs [][2]string) ([][2]int32, error) {
	if len(pairs) == 0 {
		return nil, nil
	}
	byCode := make(map[string]int, len(m.ground.communities))
	for i, c := range m.ground.communities {
		byCode[c.code] = i
	}
	found := make([][2]int32, 0, len(pairs))
	for _, pair := range pairs {
		var units [2]int32
		for k, code := range pair {
			at, known := byCode[code]
			if !known {
				return nil, &InvalidError{Field: field, Detail: "所选范围内没有这个小区：" + code}
			}
			u := m.unitOf[at]
			if u < 0 {
				c := m.ground.communities[at]
				return nil, &InvalidError{Field: field, Detail: fmt.Sprintf("小区“%s”%s，不能要求它归入或不归入某个片区", c.name, whyNot[c.outsideReason])}
			}
			units[k] = int32(u)
		}
		if units[0] == units[1] {
			return nil, &InvalidError{Field: field, Detail: "一对小区不能是同一个小区：" + pair[0]}
		}
		found = append(found, units)
	}
	return found, nil
}

// inputs are what is kept of the data that went in.
func (m *modelled) inputs() map[string]any {
	return map[string]any{
		"communities": len(m.ground.communities), "placeable": len(m.problem.Units),
		"links": len(m.problem.Links), "ties": len(m.ground.ties), "fingerprint": m.ground.fingerprint,
	}
}

// subdistricts are where the communities lie.
func (m *modelled) subdistricts() []string {
	codes := []string{}
	for _, c := range m.ground.communities {
		if !slices.Contains(codes, c.subdistrict) {
			codes = append(codes, c.subdistrict)
		}
	}
	slices.Sort(codes)
	return codes
}

// answer turns the engine's answer into the planner's words.
func (m *modelled) answer(a formation.Answer) Answer {
	out := Answer{
		Zones: make([]Zone, 0, len(a.Zones)), Outside: len(m.ground.communities),
		Value: round(a.Value), Bound: round(a.Bound), Gap: a.Gap, Proven: a.Proven, ShortOf: a.ShortOf, Steps: a.Steps,
	}
	locked := 0
	for i, z := range a.Zones {
		score := round(z.Score)
		made := Zone{
			Index: i + 1, Communities: make([]string, 0, len(z.Units)), Totals: map[string]float64{},
			Score: &score, LengthM: round(z.StringsM), Links: make([][2]string, 0, len(z.Links)), Broken: []string{},
			Penalties: map[string]float64{
				"few": round(z.Penalties.Each), "strings": round(z.Penalties.Strings), "compactness": round(z.Penalties.Compact),
				"balance": round(z.Penalties.Balance), "budget": round(z.Penalties.Budget),
			},
		}
		for _, u := range z.Units {
			made.Communities = append(made.Communities, m.unit(u).code)
		}
		made.BBox, made.Center = m.extent(z.Units)
		for t, name := range totalNames {
			if t < len(z.Totals) {
				made.Totals[name] = round(z.Totals[t])
			}
		}
		for _, l := range z.Links {
			tie := m.ground.ties[m.links[l]]
			made.Links = append(made.Links, [2]string{m.ground.communities[tie.a].code, m.ground.communities[tie.b].code})
		}
		if z.Locked {
			made.Locked = m.locked[locked]
			locked++
			for _, b := range z.Broken {
				made.Broken = append(made.Broken, m.sentence(b))
			}
		}
		out.Placed += len(z.Units)
		out.Zones = append(out.Zones, made)
	}
	out.Outside -= out.Placed
	return out
}

// extent is the box and the mean of the places of units, in degrees.
func (m *modelled) extent(units []int32) (box [4]float64, center [2]float64) {
	for i, u := range units {
		at := m.unit(u).at
		if i == 0 {
			box = [4]float64{at[0], at[1], at[0], at[1]}
		}
		box = [4]float64{min(box[0], at[0]), min(box[1], at[1]), max(box[2], at[0]), max(box[3], at[1])}
		center[0] += at[0] / float64(len(units))
		center[1] += at[1] / float64(len(units))
	}
	return box, center
}

func (m *modelled) unit(u int32) *community { return &m.ground.communities[m.atUnit[u]] }

// round is to 0.001: finer digits say nothing about households or metres.
func round(x float64) float64 { return math.Round(x*1000) / 1000 }
