package coverage_test

import (
	"math"
	"strings"
	"testing"

	"github.com/lianpian/lianpian/internal/coverage"
)

// row is a street with two day-cares and homes of 100 households between them:
//
//	0: A …  200: H1 … 400: H2 … 600: B … 800: H3 … 1500: H4 (out of range)
func row(t *testing.T) *streets {
	s := newStreets(t)
	s.street(0, 0, 1500, 0)
	s.daycare("A", 0, 5)
	s.daycare("B", 600, 5)
	for i, x := range []float64{200, 400, 800, 1450} {
		s.home([]string{"H1", "H2", "H3", "H4"}[i], x, 5, 100)
	}
	return s
}

func TestCapacitiesShareOutTheHouseholds(t *testing.T) {
	cases := map[string]struct {
		a, b              any
		units             float64
		served, full, out int64
	}{
		"enough for all":          {300, 300, 0, 300, 0, 100},
		"one is small":            {40, 260, 0, 300, 0, 100}, // B takes what A has no room for
		"both are small":          {40, 60, 0, 100, 200, 100},
		"none at all":             {0, 0, 0, 0, 300, 100},
		"two units per household": {100, 100, 2, 100, 200, 100},
		"one is not known":        {10, nil, 0, 300, 0, 100}, // H1 is in range of both
		"half a unit":             {20, 30, 0.5, 100, 200, 100},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			s := row(t)
			s.capacity("A", c.a)
			s.capacity("B", c.b)
			o := walk(450)
			o.UnitsPerHouse = c.units
			run := s.ask(daycare, o)
			got := run.Summary.Capacity
			if got == nil || got.ServedHouseholds != c.served || got.FullHouseholds != c.full || got.OutOfRangeHouseholds != c.out {
				t.Fatalf("%+v", got)
			}
			if got.ServedHouseholds+got.FullHouseholds+got.OutOfRangeHouseholds != run.Summary.Households {
				t.Errorf("%+v do not add up to %d", got, run.Summary.Households)
			}
			if said := strings.Contains(strings.Join(run.Notes, ""), "没有服务能力数据"); said != (c.b == nil) || (got.Unknown == 1) != said {
				t.Errorf("unknown %d, notes %q", got.Unknown, run.Notes)
			}
			s.invariant(t, run)
		})
	}
}

// invariant tests on the stored figures that demand times score adds up to the
// supply of the facilities that are in range of somebody (2SFCA).
func (s *streets) invariant(t *testing.T, run coverage.Run) {
	t.Helper()
	units := run.Summary.Capacity.UnitsPerHousehold
	var scored, served, supply float64
	err := s.db.Pool.QueryRow(t.Context(), `
		select coalesce(sum(access * households) filter (where status <> 'spared'), 0), sum(served),
		       (select coalesce(sum(capacity), 0) from facility where facility_type = $2)
		from coverage_building where run_id = $1`, run.ID, run.FacilityType).Scan(&scored, &served, &supply)
	if err != nil {
		t.Fatal(err)
	}
	if math.Abs(scored*units-supply) > 1e-6*math.Max(1, supply) {
		t.Errorf("demand times score is %v, the supply %v", scored*units, supply)
	}
	if math.Abs(served-float64(run.Summary.Capacity.ServedHouseholds)) > 0.5 {
		t.Errorf("rows say %v households served, the summary %d", served, run.Summary.Capacity.ServedHouseholds)
	}
}

func TestCapacitiesWithoutFigures(t *testing.T) {
	s := row(t)
	if run := s.ask(daycare, walk(450)); run.Summary.Capacity != nil {
		t.Errorf("no capacity is known: %+v", run.Summary.Capacity)
	}
}

// By the straight line, too, and on a district at random: every household is
// served, turned away or out of range.
func TestCapacitiesAddUpOnADistrict(t *testing.T) {
	s := grown(t, 11)
	s.exec(`update facility set capacity = 150 + 40 * right(code, 1)::int`)
	s.heights(func(x, y float64) float32 { return float32(300 + 0.05*x) })
	for _, o := range []coverage.Settings{radius(400), walk(500), minutes(9)} {
		run := s.ask(daycare, o)
		c := run.Summary.Capacity
		if c == nil || c.ServedHouseholds+c.FullHouseholds+c.OutOfRangeHouseholds != run.Summary.Households || c.FullHouseholds == 0 || c.OutOfRangeHouseholds == 0 {
			t.Fatalf("%s: %+v of %d", run.Method, c, run.Summary.Households)
		}
		if c.ServedHouseholds+c.FullHouseholds != run.Summary.CoveredHouseholds {
			t.Errorf("%s: %d in range, %d covered", run.Method, c.ServedHouseholds+c.FullHouseholds, run.Summary.CoveredHouseholds)
		}
		s.invariant(t, run)
	}
}

// What the first step serves asks for no place.
func TestSparedHomesTakeNoCapacity(t *testing.T) {
	s := twoSteps(t)
	s.home("spared", 900, 10, 1000)
	s.exec(`update facility set capacity = 70 where code = 'station'`)
	run := s.ask(station, walk(700))
	c := run.Summary.Capacity
	// near (100 m) and between (400 m) are in range, and so would be spared (600 m): it is covered.
	want := map[string]string{"spared": coverage.Covered}
	if got := s.statuses(run)["spared"]; got != want["spared"] {
		t.Errorf("spared: %s", got)
	}
	if c.ServedHouseholds != 70 || c.ServedHouseholds+c.FullHouseholds+c.OutOfRangeHouseholds != run.Summary.Households-run.Summary.SparedHouseholds {
		t.Errorf("%+v of %+v", c, run.Summary)
	}
	s.invariant(t, run)
	near := s.ask(station, walk(300))
	c = near.Summary.Capacity
	if near.Summary.SparedHouseholds != 1010 || c.ServedHouseholds != 20 || c.OutOfRangeHouseholds != 120 || c.FullHouseholds != 0 {
		t.Errorf("%+v of %+v", c, near.Summary)
	}
}
