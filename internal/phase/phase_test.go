package phase_test

import (
	"context"
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/phase"
	"github.com/lianpian/lianpian/internal/policy"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/postgis/postgistest"
	"github.com/lianpian/lianpian/internal/zone"
)

const (
	west = "500110001" // 万盛街道, 106.80–106.95
	east = "500110002" // 东林街道, 106.95–107.10
	wan  = 10_000.0
)

// desk is a district with three zones of one community each in its main
// scenario. Renovation costs 1 万元 a household.
//
//	甲 100 households, 60 of them agreed     乙 120, nobody asked     丙 100, nobody asked
type desk struct {
	t        *testing.T
	db       *postgis.DB
	phases   *phase.Store
	zones    *zone.Store
	district string
	main     string
	code     map[string]string // of the zones, by name
}

func newDesk(t *testing.T) *desk {
	db := postgistest.New(t)
	lib, err := policy.Load()
	if err != nil {
		t.Fatal(err)
	}
	now := func() time.Time { return time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC) }
	d := &desk{
		t: t, db: db, phases: phase.New(db, lib, now), zones: zone.New(db),
		district: postgistest.District(t, db), code: map[string]string{},
	}
	d.community("A", west, 106.901, 100, 60)
	d.community("B", west, 106.911, 120, nil)
	d.community("C", east, 106.961, 100, nil)
	d.draw("甲", 106.900)
	d.draw("乙", 106.910)
	d.draw("丙", 106.960)
	scenarios, err := d.zones.Scenarios(t.Context(), account.Everything, d.district)
	if err != nil || len(scenarios) != 1 {
		t.Fatal(scenarios, err)
	}
	d.main = scenarios[0].Code
	d.exec(`update scenario set rules = jsonb_set(rules, '{cost}', '{"per_household_yuan": 10000, "per_floor_area_yuan": 0}')`)
	return d
}

func (d *desk) exec(sql string, args ...any) {
	d.t.Helper()
	if _, err := d.db.Pool.Exec(d.t.Context(), sql, args...); err != nil {
		d.t.Fatal(err)
	}
}

func box(w, s, e, n float64) orb.Polygon {
	return orb.Polygon{{{w, s}, {e, s}, {e, n}, {w, n}, {w, s}}}
}

func (d *desk) community(code, subdistrict string, x float64, households int, agreed any) {
	d.t.Helper()
	shape := box(x, 28.951, x+0.002, 28.953)
	d.exec(`
		insert into community (district_code, code, name, subdistrict_code, geom, location, households, households_agreed, floor_area_m2)
		values ($1, $2, '小区' || $2, $3, $4, $5, $6, $7, $6 * 80)`,
		d.district, code, subdistrict, postgis.Geom{Geometry: orb.MultiPolygon{shape}}, postgis.Geom{Geometry: shape.Bound().Center()},
		households, agreed)
}

func (d *desk) draw(name string, x float64) {
	d.t.Helper()
	z, err := d.zones.Create(d.t.Context(), account.Everything, d.district, zone.Draft{Name: name, Geometry: box(x, 28.950, x+0.004, 28.955)})
	if err != nil {
		d.t.Fatal(err)
	}
	d.code[name] = z.Code
}

// as is a context in which a person of the role and scope acts.
func (d *desk) as(role account.Role, scope account.Scope) (context.Context, account.Scope) {
	scope.District = d.district
	return account.With(d.t.Context(), account.Person{
		ID: uuid.New(), Name: string(role), Role: role, District: d.district, Scope: scope,
	}), scope
}

// settings of three years of which each of the first two has room for one zone.
func settings() phase.Settings {
	return phase.Settings{
		Years:        []phase.Year{{Year: 2026, BudgetYuan: 150 * wan}, {Year: 2027, BudgetYuan: 150 * wan}, {Year: 2028}},
		DiscountRate: 0.05,
	}
}

// years of the zones by name; 0 is none.
func years(p phase.Plan) map[string]int {
	out := map[string]int{}
	for _, z := range p.Zones {
		out[z.Name] = 0
		if z.Year != nil {
			out[z.Name] = *z.Year
		}
	}
	return out
}

// kinds of what is broken, with the years.
func kinds(p phase.Plan) []string {
	out := []string{}
	for _, b := range p.Broken {
		out = append(out, b.Kind+" "+b.Detail)
	}
	return out
}

func (d *desk) at(name string, year int, locked ...bool) phase.Placement {
	p := phase.Placement{Code: d.code[name]}
	if year != 0 {
		p.Year = &year
	}
	if len(locked) > 0 {
		p.Locked = &locked[0]
	}
	return p
}

func (d *desk) judge(placed ...phase.Placement) phase.Plan {
	d.t.Helper()
	s := settings()
	plan, err := d.phases.Judge(d.t.Context(), account.Everything, d.district, d.main, &s, placed)
	if err != nil {
		d.t.Fatal(err)
	}
	return plan
}

func TestZonesGoIntoTheYearsThatAreBest(t *testing.T) {
	d := newDesk(t)
	s := settings()
	plan, err := d.phases.Propose(t.Context(), account.Everything, d.district, d.main, &s, nil, 1)
	if err != nil {
		t.Fatal(err)
	}
	// Only 甲 is ready in 2026; of the others the one of more households comes first.
	if diff := cmp.Diff(map[string]int{"甲": 2026, "乙": 2027, "丙": 2028}, years(plan)); diff != "" {
		t.Error(diff)
	}
	value := map[string]float64{}
	for _, z := range plan.Zones {
		value[z.Name] = z.Value
	}
	want := value["甲"] + value["乙"]/1.05 + value["丙"]/1.05/1.05
	if math.Abs(plan.Score-want) > 0.02 || !plan.Proven || plan.Gap != 0 || plan.Bound < plan.Score {
		t.Errorf("score %v (expected %v), bound %v, gap %v, proven %v", plan.Score, want, plan.Bound, plan.Gap, plan.Proven)
	}
	if len(plan.Broken) != 0 || len(plan.Contradictions) != 0 {
		t.Errorf("broken %v, contradictions %v", plan.Broken, plan.Contradictions)
	}
	if y := plan.Years[1]; y.CostYuan != 120*wan || y.Communities != 1 || y.Households != 120 || y.FloorAreaM2 != 9600 {
		t.Errorf("2027 is %+v", y)
	}
	for _, z := range plan.Zones {
		if !strings.Contains(z.Why, "年") {
			t.Errorf("no reason for %s: %q", z.Name, z.Why)
		}
	}
	now, err := d.phases.Current(t.Context(), account.Everything, d.district, d.main)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]int{"甲": 0, "乙": 0, "丙": 0}, years(now)); diff != "" {
		t.Error("a proposal was saved", diff)
	}
}

func TestMovingAZoneSaysWhatItBreaks(t *testing.T) {
	d := newDesk(t)
	good := []phase.Placement{d.at("甲", 2026), d.at("乙", 2027), d.at("丙", 2028)}
	tests := []struct {
		name   string
		placed []phase.Placement
		want   []string
	}{
		{"nothing", good, []string{}},
		{"too dear and too early", append(good[:2:2], d.at("丙", 2026)), []string{
			"over_budget 2026年超出预算50.00万元。",
			"not_ready “丙”：安排在2026年，但最早2027年才具备条件。",
		}},
		{"a year that the plan has not", append(good[:2:2], d.at("丙", 2031)), []string{"outside_years “丙”：2031年不在计划年份之内。"}},
		{"a lock that moves along", append(good[:2:2], d.at("丙", 2027, true)), []string{"over_budget 2027年超出预算70.00万元。"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, kinds(d.judge(tt.placed...))); diff != "" {
				t.Error(diff)
			}
		})
	}
	s := settings()
	_, err := d.phases.Judge(t.Context(), account.Everything, d.district, d.main, &s, []phase.Placement{{Code: "nobody"}})
	var invalid *phase.InvalidError
	if !errors.As(err, &invalid) {
		t.Errorf("an unknown zone: %v", err)
	}
}

func TestLocksHoldAndWhatWasBegunStays(t *testing.T) {
	d := newDesk(t)
	d.exec(`update zone set year = 2028, year_locked = true where name = '甲'`)
	d.exec(`update zone set year = 2024, year_locked = true where name = '乙'`)
	s := settings()
	plan, err := d.phases.Propose(t.Context(), account.Everything, d.district, d.main, &s, nil, 1)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]int{"甲": 2028, "乙": 2024, "丙": 2027}, years(plan)); diff != "" {
		t.Error(diff)
	}
	for _, z := range plan.Zones {
		if z.Begun != (z.Name == "乙") || z.Locked != (z.Name != "丙") {
			t.Errorf("%+v", z)
		}
	}
	if diff := cmp.Diff([]string{"lock_moved “甲”：该片区锁定在2028年，现安排在2026年。"}, kinds(d.judge(d.at("甲", 2026)))); diff != "" {
		t.Error(diff)
	}
	if got := kinds(d.judge(d.at("甲", 2026, false))); len(got) != 0 {
		t.Errorf("an unlocked zone: %v", got)
	}
	plan, err = d.phases.Propose(t.Context(), account.Everything, d.district, d.main, &s, []phase.Placement{d.at("甲", 2028, false), d.at("丙", 2028, true)}, 1)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]int{"甲": 2026, "乙": 2024, "丙": 2028}, years(plan)); diff != "" {
		t.Error("locks of the trial:", diff)
	}
}

func TestTargetsComeFromTheDistrictsPolicy(t *testing.T) {
	d := newDesk(t)
	d.exec(`update district set policy_key = 'tongnan-2021', policy_version = '1'`)
	got, err := d.phases.Settings(t.Context(), account.Everything, d.district, d.main, 2021)
	if err != nil {
		t.Fatal(err)
	}
	want := []phase.Year{
		{Year: 2021, MinCommunities: 99, MinFloorAreaM2: 77.3 * wan, Source: "一(三)：2021年底前新开工99个、77.3万平方米。"},
		{Year: 2022, MinCommunities: 38, MinFloorAreaM2: 62 * wan, Source: "一(三)：2022年启动实施38个、62万平方米。"},
		{Year: 2023},
	}
	if diff := cmp.Diff(want, got.Settings.Years); diff != "" {
		t.Error(diff)
	}
	if got.Version != 0 {
		t.Errorf("suggested settings have version %d", got.Version)
	}
	got, err = d.phases.Settings(t.Context(), account.Everything, d.district, d.main, 0)
	if err != nil || got.Settings.Years[0].Year != 2026 || got.Settings.Years[0].MinCommunities != 0 {
		t.Errorf("from this year on: %+v, %v", got, err)
	}
}

func TestUnreachableTargetsAreNamed(t *testing.T) {
	d := newDesk(t)
	s := settings()
	s.Years[0].MinCommunities = 9
	plan, err := d.phases.Propose(t.Context(), account.Everything, d.district, d.main, &s, nil, 1)
	if err != nil {
		t.Fatal(err)
	}
	if plan.Years[0].MissingCommunities != 8 || plan.Shortfall == 0 || len(plan.Contradictions) == 0 {
		t.Errorf("missing %d, shortfall %v, contradictions %v", plan.Years[0].MissingCommunities, plan.Shortfall, plan.Contradictions)
	}
	d.exec(`update scenario set rules = rules - 'cost'`)
	plan, err = d.phases.Propose(t.Context(), account.Everything, d.district, d.main, &s, nil, 1)
	if err != nil || len(plan.Contradictions) == 0 || plan.Contradictions[0].Kind != "no_cost" {
		t.Errorf("without costs: %+v, %v", plan.Contradictions, err)
	}
}

func TestSettingsAreSavedOnTheVersionThatWasSeen(t *testing.T) {
	d := newDesk(t)
	ctx, scope := d.as(account.Planner, account.Scope{})
	first, err := d.phases.Save(ctx, scope, d.district, d.main, 0, settings())
	if err != nil || first.Version != 1 || first.UpdatedBy != "planner" {
		t.Fatal(first, err)
	}
	if diff := cmp.Diff(settings(), first.Settings); diff != "" {
		t.Error(diff)
	}
	other := settings()
	other.Years = other.Years[:2]
	for _, version := range []int{0, 2} {
		if _, err := d.phases.Save(ctx, scope, d.district, d.main, version, other); !errors.Is(err, postgis.ErrVersion) {
			t.Errorf("saving on version %d: %v", version, err)
		}
	}
	second, err := d.phases.Save(ctx, scope, d.district, d.main, 1, other)
	if err != nil || second.Version != 2 || len(second.Settings.Years) != 2 {
		t.Error(second, err)
	}
	plan, err := d.phases.Current(ctx, scope, d.district, d.main)
	if err != nil || !plan.SettingsSaved || len(plan.Years) != 2 {
		t.Errorf("the plan does not follow: %+v, %v", plan.Settings, err)
	}
	for name, years := range map[string][]phase.Year{"none": nil, "twice": {{Year: 2026}, {Year: 2026}}} {
		var invalid *phase.InvalidError
		if _, err := d.phases.Save(ctx, scope, d.district, d.main, 2, phase.Settings{Years: years}); !errors.As(err, &invalid) {
			t.Errorf("years %s: %v", name, err)
		}
	}
}

func TestNobodySeesOrSavesMoreThanTheirs(t *testing.T) {
	d := newDesk(t)
	officer, own := d.as(account.Officer, account.Scope{Subdistricts: []string{east}})
	plan, err := d.phases.Current(officer, own, d.district, d.main)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]int{"丙": 0}, years(plan)); diff != "" {
		t.Error(diff)
	}
	var outside *account.OutsideError
	if _, err := d.phases.Save(officer, own, d.district, d.main, 0, settings()); !errors.As(err, &outside) {
		t.Errorf("an officer saves: %v", err)
	}
	elsewhere := account.Scope{District: "500152"}
	for what, err := range map[string]error{
		"settings": second(d.phases.Settings(t.Context(), elsewhere, d.district, d.main, 0)),
		"current":  second(d.phases.Current(t.Context(), elsewhere, d.district, d.main)),
		"unknown":  second(d.phases.Current(t.Context(), account.Everything, d.district, "nothing")),
	} {
		if !errors.Is(err, postgis.ErrNotFound) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func second[T any](_ T, err error) error { return err }
