package coverage_test

import (
	"encoding/json"
	"errors"
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/coverage"
)

func (b *bench) gaps(run coverage.Run, near float64) coverage.Gaps {
	b.t.Helper()
	gaps, err := b.runs.Gaps(b.t.Context(), account.Everything, b.district, run.ID, near)
	if err != nil {
		b.t.Fatal(err)
	}
	return gaps
}

// The patches are the clusters that PostGIS finds among the uncovered homes, and
// together they have all the households that are not covered.
func TestGapsAreTheClustersOfUncoveredHomes(t *testing.T) {
	s := grown(t, 2)
	for _, o := range []coverage.Settings{radius(250), walk(350)} {
		run := s.ask(daycare, o)
		for _, near := range []float64{40, 60, 100} {
			gaps := s.gaps(run, near)
			rows, err := s.db.Pool.Query(t.Context(), `
				with patch as (
				    select r.households, ST_ClusterDBSCAN(ST_Transform(b.point, 4545), $2, 1) over () as patch
				    from coverage_building r join building b on b.id = r.building_id
				    where r.run_id = $1 and not r.covered
				)
				select sum(households), count(*) from patch group by patch`, run.ID, near)
			if err != nil {
				t.Fatal(err)
			}
			var want, got [][2]int64
			for rows.Next() {
				var households, buildings int64
				if err := rows.Scan(&households, &buildings); err != nil {
					t.Fatal(err)
				}
				want = append(want, [2]int64{-households, -buildings})
			}
			total := int64(0)
			for i, g := range gaps.Items {
				got = append(got, [2]int64{-g.Households, -g.Buildings})
				total += g.Households
				if g.Rank != i+1 || i > 0 && g.Households > gaps.Items[i-1].Households {
					t.Errorf("gap %d has rank %d and %d households", i+1, g.Rank, g.Households)
				}
			}
			order := func(a, b [2]int64) int { return slices.Compare(a[:], b[:]) }
			slices.SortFunc(want, order)
			slices.SortFunc(got, order)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s, %v m (-PostGIS +gaps):\n%s", run.Method, near, diff)
			}
			if open := run.Summary.Households - run.Summary.CoveredHouseholds; total != open || len(got) < 2 {
				t.Errorf("%s, %v m: %d gaps with %d of %d households", run.Method, near, len(got), total, open)
			}
			s.outlined(run, gaps)
		}
	}
}

// outlined tests that every uncovered home lies inside an outline.
func (s *streets) outlined(run coverage.Run, gaps coverage.Gaps) {
	s.t.Helper()
	outlines := []string{}
	for _, g := range gaps.Items {
		text, err := json.Marshal(g.Outline)
		if err != nil {
			s.t.Fatal(err)
		}
		outlines = append(outlines, string(text))
	}
	var homes, lost, invalid int
	err := s.db.Pool.QueryRow(s.t.Context(), `
		with outline as (select ST_SetSRID(ST_GeomFromGeoJSON(o), 4490) as geom from unnest($2::text[]) o)
		select count(*), count(*) filter (where not exists (select from outline where ST_Intersects(geom, b.point))),
		       (select count(*) from outline where not ST_IsValid(geom))
		from coverage_building r join building b on b.id = r.building_id
		where r.run_id = $1 and not r.covered`, run.ID, outlines).Scan(&homes, &lost, &invalid)
	if err != nil || homes == 0 || lost != 0 || invalid != 0 {
		s.t.Errorf("%s: %d of %d homes lie outside the outlines, %d outlines are not valid, %v", run.Method, lost, homes, invalid, err)
	}
}

func TestAGapSaysHowFarBeyondAndWhose(t *testing.T) {
	s := newStreets(t)
	s.street(0, 0, 2000, 0)
	s.daycare("D", 0, 10)
	one := s.community("one", west, s.at(1000, 10), nil, nil)
	two := s.community("two", west, s.at(1050, 10), nil, nil)
	s.building("A", one, west, s.at(980, 10), 10, 100.0)  // 1000 m to walk
	s.building("B", one, west, s.at(1010, 10), 20, 200.0) // 1030 m
	s.building("C", two, west, s.at(1040, 10), 40, 400.0) // 1060 m
	s.home("lone", 1900, 10, 5)                           // 1920 m
	s.home("off", 1900, 500, 80)
	s.building("shop", two, west, s.at(1045, 10), 0, 900.0) // nobody lives there
	s.home("covered", 100, 10, 1000)
	run := s.ask(daycare, walk(300))
	gaps := s.gaps(run, 50)
	if gaps.Unit != "metres" || len(gaps.Items) != 3 {
		t.Fatalf("%+v", gaps)
	}
	off, patch, lone := gaps.Items[0], gaps.Items[1], gaps.Items[2]
	if off.Households != 80 || off.Unreached != 1 || off.WorstBeyond != nil || off.MeanBeyond != nil || len(off.Communities) != 0 {
		t.Errorf("off the network: %+v", off)
	}
	want := []coverage.GapCommunity{{Code: "two", Name: "小区two", Households: 40, Buildings: 1}, {Code: "one", Name: "小区one", Households: 30, Buildings: 2}}
	if diff := cmp.Diff(want, patch.Communities); diff != "" {
		t.Errorf("communities (-want +got):\n%s", diff)
	}
	mean := (10*700 + 20*730 + 40*760) / 70.0
	if patch.Households != 70 || patch.Buildings != 3 || patch.FloorAreaM2 != 700 || math.Abs(*patch.WorstBeyond-760) > 0.05 || math.Abs(*patch.MeanBeyond-mean) > 0.05 {
		t.Errorf("%+v: worst %v, mean %v, want %v", patch, *patch.WorstBeyond, *patch.MeanBeyond, mean)
	}
	if d := coverage.Metres(patch.Location, s.at(1010, 10)); d > 1 {
		t.Errorf("it lies %v m from where it is", d)
	}
	if lone.Households != 5 || math.Abs(*lone.WorstBeyond-1620) > 0.05 {
		t.Errorf("%+v", lone)
	}
	if len(gaps.Works) != 1 || gaps.Works[0].No != 27 {
		t.Errorf("works %+v", gaps.Works)
	}
}

// A gap links to the item of the policy that fills it.
func TestAGapNamesTheItemOfThePolicy(t *testing.T) {
	s := newStreets(t)
	s.home("H", 0, 0, 1)
	for kind, no := range map[string]int{daycare: 27, station: 34, "community_canteen": 35} {
		works := s.gaps(s.ask(kind, radius(300)), 100).Works
		if len(works) != 1 || works[0].No != no || works[0].Name == "" || works[0].Clause == "" {
			t.Errorf("%s: %+v, want item %d", kind, works, no)
		}
	}
}

func TestGapsWithoutHouseholdsAreOfHomes(t *testing.T) {
	s := newStreets(t)
	s.street(0, 0, 2000, 0)
	c := s.community("one", west, s.at(1000, 10), nil, nil)
	s.building("A", c, west, s.at(980, 10), nil, nil)
	s.home("mall", 1500, 10, nil)
	s.home("house", 1700, 10, nil)
	s.home("unknown", 1900, 10, nil)
	s.exec(`update building set use = 'commercial' where code = 'mall'`)
	s.exec(`update building set use = 'residential' where code = 'house'`)
	gaps := s.gaps(s.ask(daycare, walk(300)), 100)
	if len(gaps.Items) != 3 || gaps.Items[0].Buildings != 1 || gaps.Items[1].Buildings != 1 || gaps.Items[2].Buildings != 1 {
		t.Errorf("%+v", gaps.Items)
	}
}

func TestNearnessHasBounds(t *testing.T) {
	s := island(t)
	run := s.ask(daycare, walk(300))
	for _, near := range []float64{9.9, 1000.1, 0, -5, math.NaN(), math.Inf(1)} {
		_, err := s.runs.Gaps(t.Context(), account.Everything, s.district, run.ID, near)
		var invalid *coverage.InvalidError
		if !errors.As(err, &invalid) || invalid.Field != "near_m" {
			t.Errorf("%v m: %v", near, err)
		}
	}
	if got := s.gaps(run, 10); len(got.Items) != 3 {
		t.Errorf("%+v", got)
	}
	if got := s.gaps(run, 1000); len(got.Items) != 1 || got.Items[0].Households != 90 || got.Items[0].Unreached != 2 {
		t.Errorf("%+v", got)
	}
}
