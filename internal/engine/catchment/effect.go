package catchment

import "cmp"

// Size is how much of a district a home is.
type Size struct {
	Households float64
	FloorArea  float64 // square metres
}

// Amount is a number of homes with their sizes.
type Amount struct {
	Homes int
	Size
}

func (a *Amount) add(s Size) {
	a.Homes++
	a.Households += s.Households
	a.FloorArea += s.FloorArea
}

// Change is a home whose nearest facility, or the way to it, is another one.
type Change struct {
	Home          int32
	Before, After Nearest
}

// Effect is what a trial changes.
type Effect struct {
	Changes         []Change // by number of the home
	Gained, Lost    Amount   // homes that are covered and were not, and the other way round
	Nearer, Farther Amount   // homes with a lower cost, and with a higher one or no way any more
	// Saved is Σ households · cost before less the same after, over homes that
	// have a facility before and after.
	Saved float64
}

// effect sums up changes. Without sizes, every home has one household.
func (c *Cover) effect(changes []Change, sizes []Size) Effect {
	e := Effect{Changes: changes}
	for _, x := range changes {
		size := Size{Households: 1}
		if sizes != nil {
			size = sizes[x.Home]
		}
		before, after := x.Before.Cost(), x.After.Cost()
		limit := c.question.Limit
		switch {
		case before > limit && after <= limit:
			e.Gained.add(size)
		case before <= limit && after > limit:
			e.Lost.add(size)
		}
		switch {
		case after < before:
			e.Nearer.add(size)
		case after > before:
			e.Farther.add(size)
		}
		if x.Before.Found() && x.After.Found() {
			e.Saved += size.Households * (before - after)
		}
	}
	return e
}

// best orders effects, the best first: by households that are covered, then by
// floor area, then by the walk that is saved.
func best(a, b Effect) int {
	return cmp.Or(
		cmp.Compare(b.Gained.Households-b.Lost.Households, a.Gained.Households-a.Lost.Households),
		cmp.Compare(b.Gained.FloorArea-b.Lost.FloorArea, a.Gained.FloorArea-a.Lost.FloorArea),
		cmp.Compare(b.Saved, a.Saved))
}
