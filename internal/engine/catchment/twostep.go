package catchment

import "math"

// Accessibility is the answer of the two-step floating catchment area method.
type Accessibility struct {
	Score []float64 // of each home: supply within reach per unit of competing demand
	Ratio []float64 // of each facility: its supply per unit of weighted demand in range; 0: there is none
	Reach []float64 // of each facility: weighted demand in range; what is less than leastDemand is none
}

// leastDemand is far below what any count of homes comes to. Less has too few digits left
// to divide by, and the quotient may be more than a number holds.
const leastDemand = 1e-290

// TwoStep scores homes by the two-step floating catchment area method: first
// each facility's supply is divided by all demand in its range, then each home
// adds up the ratios in its range (Luo & Wang, Measures of spatial accessibility
// to health care in a GIS environment, Environment and Planning B 30, 2003,
// 865–884). With decay, near demand and near facilities weigh more (the enhanced
// method, E2SFCA: Luo & Qi, Health & Place 15, 2009, 1100–1107); nil: all in
// range weigh 1. Over all homes, demand · score adds up to the supply of the
// facilities that have any weighted demand in range.
func TwoStep(r *Ranges, demand, supply []float64, decay func(cost float64) float64) (*Accessibility, error) {
	if err := check("demand", demand, r.Homes(), false); err != nil {
		return nil, err
	}
	if err := check("supply", supply, r.Facilities(), false); err != nil {
		return nil, err
	}
	if decay == nil {
		decay = func(float64) float64 { return 1 }
	}
	weight := make([]float64, len(r.option))
	for i, o := range r.option {
		w := decay(o.Cost)
		if !(w >= 0) || math.IsInf(w, 1) {
			return nil, &InputError{"weight", i, "it must be a number from 0 on"}
		}
		weight[i] = w
	}
	a := &Accessibility{
		Score: make([]float64, r.Homes()), Ratio: make([]float64, r.Facilities()), Reach: make([]float64, r.Facilities()),
	}
	for h := range r.Homes() {
		for e := r.first[h]; e < r.first[h+1]; e++ {
			a.Reach[r.option[e].Facility] += weight[e] * demand[h]
		}
	}
	for j, reach := range a.Reach {
		if reach < leastDemand {
			a.Reach[j] = 0
			continue
		}
		a.Ratio[j] = supply[j] / reach
	}
	for h := range r.Homes() {
		for e := r.first[h]; e < r.first[h+1]; e++ {
			a.Score[h] += weight[e] * a.Ratio[r.option[e].Facility]
		}
	}
	return a, nil
}

// Gaussian is a decay from 1 at no cost to 0 at the limit and beyond (Dai,
// Health & Place 16, 2010, 1038–1052, formula 1).
func Gaussian(limit float64) func(cost float64) float64 {
	end := math.Exp(-0.5)
	return func(cost float64) float64 {
		if cost >= limit {
			return 0
		}
		part := cost / limit
		return (math.Exp(-0.5*part*part) - end) / (1 - end)
	}
}

// Zones is a decay by steps: a cost up to limits[i] weighs weights[i], beyond
// them all 0. Luo & Qi (2009) use 10, 20 and 30 minutes with 1, 0.68 and 0.22.
func Zones(limits, weights []float64) func(cost float64) float64 {
	return func(cost float64) float64 {
		for i, limit := range limits {
			if cost <= limit {
				return weights[i]
			}
		}
		return 0
	}
}
