package coverage

import (
	"context"
	"fmt"
	"math"

	"github.com/lianpian/lianpian/internal/engine/catchment"
)

// crowd says what becomes of the households where facilities take no more than
// their capacity, and scores how well each home fares (2SFCA). It writes to the
// outcomes, and returns nil where no facility has a known capacity. A facility
// without one takes all, but has no supply to score. Spared homes ask for
// nothing.
func crowd(ctx context.Context, m measure, subjects []subject, set []facility, limit, units float64, outcomes []outcome) (*CapacitySummary, error) {
	c := &CapacitySummary{UnitsPerHousehold: units}
	capacity, supply := make([]float64, len(set)), make([]float64, len(set))
	for i := range set {
		if set[i].capacity == nil {
			c.Unknown++
			capacity[i] = math.Inf(1)
			continue
		}
		c.Known++
		capacity[i] = float64(*set[i].capacity)
		supply[i] = capacity[i]
		c.Capacity += capacity[i]
	}
	if c.Known == 0 {
		return nil, nil
	}
	ranges, err := m.within(ctx, set, reach{limit: limit})
	if err != nil {
		return nil, err
	}
	demand := make([]float64, len(subjects))
	for i := range subjects {
		if outcomes[i].status != Spared {
			demand[i] = float64(subjects[i].wholeHouseholds) * units
		}
	}
	assigned, err := catchment.Assign(ctx, ranges, demand, capacity)
	if err != nil {
		return nil, fmt.Errorf("assign homes to capacities: %w", err)
	}
	scored, err := catchment.TwoStep(ranges, demand, supply, nil)
	if err != nil {
		return nil, fmt.Errorf("score the access of homes: %w", err)
	}
	served, full, out, access, all := 0.0, 0.0, 0.0, 0.0, 0.0
	for i := range outcomes {
		o, households := &outcomes[i], float64(subjects[i].wholeHouseholds)
		o.access, o.served = scored.Score[i], 0
		if o.status == Spared {
			continue
		}
		all += households
		access += o.access * households
		o.served = assigned.Served[i] / units
		served += o.served
		if len(ranges.Of(i)) > 0 {
			full += households - o.served
		} else {
			out += households
		}
	}
	c.ServedHouseholds, c.OutOfRangeHouseholds = whole(served), whole(out)
	c.FullHouseholds = whole(served+full) - c.ServedHouseholds
	if all > 0 {
		c.MeanAccess = math.Round(access/all*1e6) / 1e6
	}
	return c, nil
}
