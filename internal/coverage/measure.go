package coverage

import (
	"context"
	"fmt"
	"math"

	"github.com/lianpian/lianpian/internal/engine/catchment"
)

// outcome is the answer for one subject.
type outcome struct {
	facility    int     // position among the facilities; -1: none
	cost        float64 // in what the method counts, metres or seconds; +Inf: none
	metres      float64 // of the way
	there, back float64 // seconds; NaN for the method radius
	status      string
	served      float64 // households that capacities leave room for; NaN where none is known
	access      float64 // 2SFCA score; NaN likewise
}

// reach says which ways are listed.
type reach struct {
	limit float64
	below []float64 // by subject: ways that cost as much or more are left out; nil: none
	most  int       // how many ways there may be in all; 0: any number
}

// ErrTooManyWays says that more ways would have to be listed than were asked for.
var ErrTooManyWays = catchment.ErrTooMany

func (o *outcome) covered() bool { return o.status == Covered }

// measure answers for the subjects of one run by one method.
type measure interface {
	// nearest finds the nearest of the facilities for every subject, the first of
	// equals, and says which of them are within a limit.
	nearest(ctx context.Context, set []facility, limit float64) ([]outcome, error)
	// within lists the facilities within reach of every subject, or is
	// ErrTooManyWays.
	within(ctx context.Context, set []facility, r reach) (*catchment.Ranges, error)
	// lost counts the facilities that are not on the network.
	lost(set []facility) int64
	// network says what was walked on; nil for straight lines.
	network() *NetworkUsed
}

// straight measures the geodesic on the ellipsoid.
type straight struct{ at []place }

func newStraight(subjects []subject) straight {
	at := make([]place, 0, len(subjects))
	for i := range subjects {
		at = append(at, subjects[i].at)
	}
	return straight{at}
}

// checkEvery is after how many subjects a long computation looks whether it is
// still wanted.
const checkEvery = 4096

func (m straight) tree(set []facility) *nearest {
	places := make([]place, 0, len(set))
	for i := range set {
		places = append(places, set[i].at)
	}
	b := boundOf(m.at)
	return newNearest(places, b.Min[0], b.Min[1], b.Max[0], b.Max[1])
}

func (m straight) nearest(ctx context.Context, set []facility, limit float64) ([]outcome, error) {
	search := m.tree(set)
	outcomes := make([]outcome, len(m.at))
	for i, p := range m.at {
		if i%checkEvery == 0 && ctx.Err() != nil {
			return nil, fmt.Errorf("compute coverage: %w", ctx.Err())
		}
		f := search.to(p)
		outcomes[i] = outcome{
			facility: f.order, cost: f.metres, metres: f.metres, there: math.NaN(), back: math.NaN(),
			status: Uncovered, served: math.NaN(), access: math.NaN(),
		}
		if f.metres <= limit {
			outcomes[i].status = Covered
		}
	}
	return outcomes, nil
}

func (m straight) within(ctx context.Context, set []facility, r reach) (*catchment.Ranges, error) {
	search := m.tree(set)
	var pairs []catchment.Pair
	for i, p := range m.at {
		if i%checkEvery == 0 && ctx.Err() != nil {
			return nil, fmt.Errorf("compute coverage: %w", ctx.Err())
		}
		search.within(p, r.limit, func(order int, metres float64) {
			if r.below == nil || metres < r.below[i] {
				pairs = append(pairs, catchment.Pair{Home: int32(i), Option: catchment.Option{Facility: int32(order), Cost: metres}})
			}
		})
		if r.most > 0 && len(pairs) > r.most {
			return nil, fmt.Errorf("put facilities in range: %w", ErrTooManyWays)
		}
	}
	ranges, err := catchment.NewRanges(len(m.at), len(set), pairs)
	if err != nil {
		return nil, fmt.Errorf("put facilities in range: %w", err)
	}
	return ranges, nil
}

func (straight) lost([]facility) int64 { return 0 }

func (straight) network() *NetworkUsed { return nil }
