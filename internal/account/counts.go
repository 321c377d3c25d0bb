package account

import "context"

// SeesCounts tells whether whoever acts in ctx is shown small counts of
// households anywhere. The service itself is.
func SeesCounts(ctx context.Context) bool {
	p, ok := From(ctx)
	return !ok || p.Holds(SeeCounts)
}

// SmallCount tells a count of households that only those are shown who may see
// small counts: from one to four.
func SmallCount(n int) bool { return n > 0 && n < 5 }
