package catchment

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
)

// Service says how a home fares where capacity counts.
type Service uint8

// A home is served by facilities in range, wholly or in part; or there is one in
// range but no capacity for it; or none is in range.
const (
	OutOfRange Service = iota
	Full
	PartlyServed
	Served
)

func (s Service) String() string {
	return [...]string{"out of range", "in range but no capacity", "partly served", "served"}[s]
}

// Part is so much of a home's demand that a facility serves.
type Part struct {
	Facility int32
	Amount   float64
	Cost     float64 // of the walk, metres or seconds
}

// Assignment says who is served by whom. It serves as much demand as can be
// served at all, and with the least total walk among the assignments that do.
type Assignment struct {
	Service []Service // of each home; without demand: served where anything is in range
	Served  []float64 // of each home: demand that is served
	Load    []float64 // of each facility: demand that it serves

	Demand, Taken, Walk float64 // in all: demand, served demand, and Σ amount · cost

	// The certificate. Price is what one more place at a facility would save of
	// the walk; serving one more counts as saving Penalty. No assignment is better
	// than Bound, which Taken and Walk reach (linear programming duality).
	Price   []float64
	Penalty float64

	first []int32
	part  []Part
}

// Parts returns by which facilities a home is served, by their number. It must
// not be changed.
func (a *Assignment) Parts(home int) []Part { return a.part[a.first[home]:a.first[home+1]] }

// Value is what the assignment minimises: the walk, and Penalty for all demand
// that is not served.
func (a *Assignment) Value() float64 {
	return a.Walk + a.Penalty*(a.Demand-a.Taken)
}

// Bound is the least Value that any assignment can have, as the prices prove:
// each home pays no more than its cheapest facility with the price there, or
// Penalty, and what facilities earn with their capacity comes off.
func (a *Assignment) Bound(r *Ranges, demand, capacity []float64) float64 {
	bound := 0.0
	for h := range r.Homes() {
		least := a.Penalty
		for _, o := range r.Of(h) {
			least = min(least, o.Cost+a.Price[o.Facility])
		}
		bound += demand[h] * least
	}
	for j, price := range a.Price {
		if price > 0 {
			bound -= price * capacity[j]
		}
	}
	return bound
}

// Assign shares the capacity of facilities (+Inf: unlimited) among homes: the
// most demand that can be served, and then the least total walk. Homes may be
// split. It is exact: a minimum-cost flow by successive shortest paths, home by
// home, on the graph of the facilities only (Ahuja, Magnanti & Orlin, Network
// Flows, 1993, section 9.7), in which an arc is the cheapest move of somebody
// from one facility to another.
func Assign(ctx context.Context, r *Ranges, demand, capacity []float64) (*Assignment, error) {
	if err := check("demand", demand, r.Homes(), false); err != nil {
		return nil, err
	}
	if err := check("capacity", capacity, r.Facilities(), true); err != nil {
		return nil, err
	}
	f := newFlow(r, capacity)
	for i, h := range r.nearestFirst() {
		if i%256 == 0 && ctx.Err() != nil {
			return nil, fmt.Errorf("assign homes to facilities: %w", context.Cause(ctx))
		}
		f.insert(h, demand[h])
	}
	return f.answer(demand), nil
}

// nearestFirst returns the homes, those with the cheapest option first: they are
// seldom moved for those that come later.
func (r *Ranges) nearestFirst() []int32 {
	least := make([]float64, r.Homes())
	homes := make([]int32, r.Homes())
	for h := range r.Homes() {
		least[h] = math.Inf(1)
		for _, o := range r.Of(h) {
			least[h] = min(least[h], o.Cost)
		}
		homes[h] = int32(h)
	}
	slices.SortStableFunc(homes, func(a, b int32) int { return cmp.Compare(least[a], least[b]) })
	return homes
}

// answer reads the assignment off the flow.
func (f *flow) answer(demand []float64) *Assignment {
	homes, facilities := f.r.Homes(), f.r.Facilities()
	a := &Assignment{
		Service: make([]Service, homes), Served: make([]float64, homes), Load: make([]float64, facilities),
		Price: f.price[:facilities:facilities], Penalty: f.penalty, first: make([]int32, homes+1),
	}
	for h := range homes {
		for e := f.r.first[h]; e < f.r.first[h+1]; e++ {
			o := f.r.option[e]
			if amount := f.amount[e]; amount > 0 {
				a.part = append(a.part, Part{o.Facility, amount, o.Cost})
				a.Served[h] += amount
				a.Load[o.Facility] += amount
				a.Walk += amount * o.Cost
			}
		}
		a.first[h+1] = int32(len(a.part))
		// What is served in parts may miss the whole by rounding.
		if f.unserved[h] == 0 {
			a.Served[h] = demand[h]
		}
		a.Demand += demand[h]
		a.Taken += a.Served[h]
		a.Service[h] = f.service(h, a.Served[h], demand[h])
	}
	for j := range a.Load {
		a.Load[j] = min(a.Load[j], f.capacity[j])
	}
	return a
}

func (f *flow) service(home int, served, demand float64) Service {
	switch {
	case len(f.r.Of(home)) == 0:
		return OutOfRange
	case f.unserved[home] == 0:
		return Served
	case served > 0:
		return PartlyServed
	}
	return Full
}

// penalty is more than any chain of moves can add to the walk, so that whoever
// can be served is.
func penalty(r *Ranges) float64 {
	dearest := 0.0
	for _, o := range r.option {
		dearest = math.Max(dearest, o.Cost)
	}
	return 2 * (dearest + 1) * float64(r.facilities+2)
}
