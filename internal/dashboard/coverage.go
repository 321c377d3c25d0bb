package dashboard

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// run is a coverage run over all that the person reaches.
type run struct {
	ID           string
	FacilityType string
	Method       string
	Metres       *float64
	Minutes      *float64
	Standard     string
	Scenario     string
	Key          string // runs of one key can be compared
	Households   float64
	Covered      float64
	At           time.Time
}

// coverage compares, for each type of facility, the first run with the newest by
// the same method, limit and area; where there is one with the proposed
// facilities of a scenario, that is what it is to become.
func (s *Store) coverage(ctx context.Context, r *reading, b *Board) error {
	runs, err := collect[run](ctx, r, `
		select r.id::text, r.facility_type, r.method, r.radius_m, r.minutes, r.standard, r.scenario, r.measure,
		       r.households, r.covered_households, r.created_at
		from published_coverage_run r
		where r.district_code = $1 and $3::bigint[] is null
		  and case when $2::text[] is null then r.area_kind = 'district'
		           else r.area_kind = 'subdistrict' and cardinality($2::text[]) = 1 and r.area_code = any($2) end
		  and r.households > 0
		order by r.created_at, r.id`)
	if err != nil {
		return err
	}
	b.Coverage = []BoardCoverage{}
	byType := map[string][]run{}
	var order []string
	for _, one := range runs {
		if byType[one.FacilityType] == nil {
			order = append(order, one.FacilityType)
		}
		byType[one.FacilityType] = append(byType[one.FacilityType], one)
	}
	slices.Sort(order)
	for _, kind := range order {
		c, is := compared(byType[kind])
		if !is {
			continue
		}
		c.FacilityName = kind
		if t, known := s.lib.FacilityType(kind); known {
			c.FacilityName = t.Name
		}
		b.Coverage = append(b.Coverage, c)
	}
	return nil
}

// compared takes the runs of one type, oldest first.
func compared(runs []run) (BoardCoverage, bool) {
	newest := -1 // without proposed facilities
	for i, one := range runs {
		if one.Scenario == "" {
			newest = i
		}
	}
	if newest < 0 {
		return BoardCoverage{}, false
	}
	now := runs[newest]
	first, after, kind := now, now, "same"
	for _, one := range runs {
		if one.Key != now.Key {
			continue
		}
		if one.Scenario == "" && one.At.Before(first.At) {
			first, kind = one, "later"
		}
	}
	for _, one := range runs {
		if one.Key == now.Key && one.Scenario != "" {
			first, after, kind = now, one, "scenario"
		}
	}
	return BoardCoverage{
		FacilityType: now.FacilityType, Method: now.Method, Metres: now.Metres, Minutes: now.Minutes, Standard: now.Standard,
		Before: first.reached(), After: after.reached(), Kind: kind, Scenario: after.Scenario,
	}, true
}

func (one run) reached() Reached {
	return Reached{Run: one.ID, At: one.At, Households: one.Households, Covered: one.Covered, Share: one.Covered / one.Households}
}

// String names the run for a test that fails.
func (one run) String() string { return fmt.Sprintf("%s %s %s", one.FacilityType, one.Method, one.At) }
