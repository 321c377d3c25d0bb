package program

import (
	"cmp"
	"slices"
)

// sort puts the counts into the order of libraries and states, the years into
// theirs, those without one last.
func (o *Overview) sort() {
	states := []State{Applied, Accepted, Confirmed, Returned, Withdrawn, Closed}
	slices.SortFunc(o.Counts, func(a, b OverviewCount) int {
		return cmp.Or(cmp.Compare(a.Library, b.Library), cmp.Compare(slices.Index(states, a.State), slices.Index(states, b.State)))
	})
	year := func(y OverviewYear) int {
		if y.Year == nil {
			return 9999
		}
		return *y.Year
	}
	slices.SortFunc(o.Years, func(a, b OverviewYear) int {
		return cmp.Or(
			cmp.Compare(year(a), year(b)),
			cmp.Compare(Phase(b.Phase).rank(), Phase(a.Phase).rank()),
			cmp.Compare(Phase(b.Proposed).rank(), Phase(a.Proposed).rank()),
			cmp.Compare(a.Library, b.Library),
		)
	})
}
