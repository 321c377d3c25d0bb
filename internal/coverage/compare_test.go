package coverage_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/coverage"
	"github.com/lianpian/lianpian/internal/postgis"
)

func (b *bench) compare(earlier, later coverage.Run) coverage.Comparison {
	b.t.Helper()
	c, err := b.runs.Compare(b.t.Context(), account.Everything, b.district, earlier.ID, later.ID)
	if err != nil {
		b.t.Fatal(err)
	}
	return c
}

// The day-care moves from one end of the street to the other.
func TestAComparisonSaysWhoGainsAndWhoLoses(t *testing.T) {
	s := newStreets(t)
	s.street(0, 0, 2000, 0)
	one := s.community("one", west, s.at(100, 10), nil, nil)
	two := s.community("two", west, s.at(1900, 10), nil, nil)
	s.building("A", one, west, s.at(100, 10), 10, nil)
	s.building("B", one, west, s.at(1900, 20), 3, nil)
	s.building("C", two, west, s.at(1900, 10), 40, nil)
	s.building("D", two, west, s.at(1000, 10), 80, nil)
	s.community("empty", west, s.at(1950, 10), 7, nil)
	s.daycare("day", 0, 10)
	before := s.ask(daycare, walk(300))
	s.exec(`update facility set geom = $1`, postgis.Geom{Geometry: s.at(2000, 10)})
	after := s.ask(daycare, walk(300))
	c := s.compare(before, after)
	if c.GainedHouseholds != 50 || c.LostHouseholds != 10 || c.GainedBuildings != 2 || c.LostBuildings != 1 || !c.Comparable {
		t.Errorf("%+v", c)
	}
	if c.GainedHouseholds-c.LostHouseholds != after.Summary.CoveredHouseholds-before.Summary.CoveredHouseholds {
		t.Errorf("gained %d, lost %d; %d were covered, now %d", c.GainedHouseholds, c.LostHouseholds, before.Summary.CoveredHouseholds, after.Summary.CoveredHouseholds)
	}
	want := []coverage.CommunityChange{
		{Code: "two", Name: "小区two", Households: 120, Before: 0, After: 40},
		{Code: "empty", Name: "小区empty", Households: 7, Before: 0, After: 7},
		{Code: "one", Name: "小区one", Households: 13, Before: 10, After: 3},
	}
	if diff := cmp.Diff(want, c.Communities); diff != "" {
		t.Errorf("communities (-want +got):\n%s", diff)
	}
	if len(c.Differences) != 1 || !strings.Contains(c.Differences[0], "数据有修改") {
		t.Errorf("differences %q", c.Differences)
	}
}

func TestAComparisonNamesWhatIsDifferent(t *testing.T) {
	s := island(t)
	s.heights(func(x, y float64) float32 { return 300 })
	first := s.ask(daycare, walk(300))
	with := func(change func(o *coverage.Settings)) coverage.Settings {
		o := walk(300)
		change(&o)
		return o
	}
	var scenario string
	if err := s.db.Pool.QueryRow(t.Context(), `select code from published_scenario where main`).Scan(&scenario); err != nil {
		t.Fatal(err)
	}
	cases := map[string]struct {
		kind       string
		o          coverage.Settings
		says       string
		comparable bool
	}{
		"nothing":               {daycare, walk(300), "", true},
		"the type":              {"nursery", walk(300), "设施类型：老年人日间照料中心（托老所） → ", false},
		"the method":            {daycare, radius(300), "计算方法：步行距离 → 直线距离（两种方法的数值不能直接相比）", false},
		"slopes":                {daycare, minutes(5), "计算方法：步行距离 → 步行时间（计坡度）", false},
		"the limit":             {daycare, walk(301), "限值：300 米 → 301 米", false},
		"the walker":            {daycare, with(func(o *coverage.Settings) { o.Walker = "frail" }), "步行人群：老年人 1 米/秒 → 行动不便者 0.75 米/秒", false},
		"the area":              {daycare, with(func(o *coverage.Settings) { o.Area = coverage.Area{Kind: "subdistrict", Code: west} }), "范围不同", false},
		"the profile":           {daycare, with(func(o *coverage.Settings) { o.Profile = "wzsq" }), "标准组合：gb50180", true},
		"units per household":   {daycare, with(func(o *coverage.Settings) { o.UnitsPerHouse = 2 }), "每户占用的服务能力：1 → 2", true},
		"a scenario's proposed": {daycare, with(func(o *coverage.Settings) { o.Scenario = scenario }), "计入拟建设施的方案：无 → 现行方案", true},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			got := s.compare(first, s.ask(c.kind, c.o))
			says := strings.Join(got.Differences, "\n")
			if got.Comparable != c.comparable || !strings.Contains(says, c.says) || (c.says == "") != (says == "") || strings.Contains(says, "数据有修改") {
				t.Errorf("comparable %v: %q", got.Comparable, got.Differences)
			}
		})
	}
	s.home("new", 200, 10, 1)
	s.daycare("D2", 300, 10)
	s.street(0, 900, 500, 900)
	differences := s.compare(first, s.ask(daycare, walk(300))).Differences
	for _, part := range []string{"楼栋：4 → 5", "设施：1 → 2", "步行网络或地形数据已更新"} {
		if !slices.Contains(differences, part) {
			t.Errorf("%q is not among %q", part, differences)
		}
	}
}

func TestNothingIsComparedWithAStranger(t *testing.T) {
	s := island(t)
	run := s.ask(daycare, walk(300))
	ctx, scope := s.as(account.Officer, account.Scope{Subdistricts: []string{east}})
	for _, err := range []error{
		second(s.runs.Compare(t.Context(), account.Everything, s.district, run.ID, uuid.New())),
		second(s.runs.Compare(t.Context(), account.Everything, s.district, uuid.New(), run.ID)),
		second(s.runs.Compare(ctx, scope, s.district, run.ID, run.ID)),
	} {
		if !errors.Is(err, postgis.ErrNotFound) {
			t.Errorf("got %v", err)
		}
	}
}

func second[T any](_ T, err error) error { return err }
