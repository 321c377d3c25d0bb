package doctor

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/geo"
)

func TestTableOfCommunitiesIsReadAsPeopleWriteIt(t *testing.T) {
	c := newClinic(t)
	at := middle(demo(t, "building")[0].Geometry)
	row := func(n int, name, year, households, area string) string {
		p := moved(at, [2]float64{float64(n) * 150, 0})
		return fmt.Sprintf("%s,%s,%s,%s,%.7f,%.7f\n", name, year, households, area, p[0], p[1])
	}
	file := "小区名称,建成年份,户数,建筑面积,经度,纬度\n" +
		row(0, "幸福苑", "1995年", "１２０", "9600") +
		row(1, "和平里", "1995.06", "80户", "0.64万平方米") +
		row(2, "东风院", "36526", "60", "\"4,800㎡\"") +
		row(3, "无名", "一九八〇", "60", "4800") +
		row(4, "朝阳楼", "0", "", "")
	i := c.inspect("小区.csv", []byte(file), Decisions{})
	if i.State != Ready {
		t.Fatal(i.State, i.Error)
	}
	l := i.Diagnosis.Layers[0]
	if l.Target.Layer != "communities" || l.Tally.Insert != 4 || l.Tally.Refuse != 1 || !i.Diagnosis.Ready {
		t.Fatalf("target %+v tally %+v refused %+v questions %+v", l.Target, l.Tally, l.Refused, i.Diagnosis.Questions)
	}
	if _, err := c.bring(i); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string][3]string{
		"幸福苑": {"1995", "120", "9600"}, "和平里": {"1995", "80", "6400"}, "东风院": {"2000", "60", "4800"}, "朝阳楼": {"", "", ""},
	} {
		var got [3]string
		c.must(c.db.Pool.QueryRow(t.Context(), `
			select coalesce(built_year::text, ''), coalesce(households::text, ''), coalesce(floor_area_m2::text, '') from community where name = $1`, name).Scan(&got[0], &got[1], &got[2]))
		if got != want {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
}

func TestAreasInTheWrongUnitAreAskedAbout(t *testing.T) {
	c := newClinic(t)
	at := middle(demo(t, "building")[0].Geometry)
	file := "小区名称,户数,建筑面积,经度,纬度\n"
	for n := range 5 {
		p := moved(at, [2]float64{float64(n) * 150, 0})
		file += fmt.Sprintf("小区%d,100,0.%02d,%.7f,%.7f\n", n+10, n+60, p[0], p[1])
	}
	i := c.inspect("小区.csv", []byte(file), Decisions{})
	if got := kinds(i); got != "area_unit" || i.Diagnosis.Layers[0].AreaUnit.Proposed != "wan_m2" {
		t.Fatalf("questions %q", got)
	}
	i = c.answered(i)
	if kinds(i) != "" {
		t.Fatalf("questions %q", kinds(i))
	}
	if _, err := c.bring(i); err != nil {
		t.Fatal(err)
	}
	if n := c.count(`select count(*) from community where floor_area_m2 between 6000 and 10000`); n != 5 {
		t.Errorf("%d areas are right", n)
	}
}

func TestFacilitiesOfAMapServiceAreTypedMovedAndMatched(t *testing.T) {
	c := newClinic(t)
	c.furnish("facility")
	stored := map[string]int{}
	for _, f := range demo(t, "facility") {
		name, _ := f.Properties["name"].(string)
		stored[name]++
	}
	features := []*geojson.Feature{}
	for n, f := range demo(t, "facility") {
		name, _ := f.Properties["name"].(string)
		if name == "" || stored[name] > 1 || n%2 == 1 {
			continue
		}
		p := geo.WGS84ToBD09(moved(f.Geometry.(orb.Point), [2]float64{float64(n%7) - 3, float64(n%5) - 2}))
		one := geojson.NewFeature(p)
		one.Properties = geojson.Properties{"设施名称": name, "设施类型": f.Properties["facility_type"]}
		features = append(features, one)
	}
	i := c.inspect("设施点.geojson", geoJSON(t, features), Decisions{})
	if i.State != Ready {
		t.Fatal(i.State, i.Error)
	}
	l := i.Diagnosis.Layers[0]
	if l.Target.Layer != "facilities" || l.Shift == nil || l.Shift.Proposed != datumBD09 || l.Shift.Against != "facilities" {
		t.Fatalf("target %+v shift %+v", l.Target, l.Shift)
	}
	t.Log(l.Shift.Reason)
	i = c.answered(i)
	d := i.Diagnosis.Layers[0].Duplicates
	if d.ByName < int64(len(features))*9/10 {
		t.Errorf("%d of %d are matched by name", d.ByName, len(features))
	}
	before := c.count(`select count(*) from facility`)
	if _, err := c.bring(i); err != nil {
		t.Fatal(err)
	}
	if after := c.count(`select count(*) from facility`); int64(after-before) != i.Diagnosis.Layers[0].Tally.Insert {
		t.Errorf("%d → %d, %+v", before, after, i.Diagnosis.Layers[0].Tally)
	}
}

// boxes are communities of 80 m in a row.
func boxes(t testing.TB, names ...string) []*geojson.Feature {
	at := middle(demo(t, "building")[0].Geometry)
	var out []*geojson.Feature
	for n, name := range names {
		p := func(x, y float64) orb.Point { return moved(at, [2]float64{float64(n)*200 + x, y}) }
		f := geojson.NewFeature(orb.Polygon{{p(0, 0), p(80, 0), p(80, 80), p(0, 80), p(0, 0)}})
		f.Properties = geojson.Properties{"小区名称": name, "户数": 100 + n}
		out = append(out, f)
	}
	return out
}

func TestDuplicatesAreSkippedUpdatedOrNewAsDecided(t *testing.T) {
	c := newClinic(t)
	first := c.inspect("小区.geojson", geoJSON(t, boxes(t, "幸福花园", "和平里小区", "东风院")), Decisions{})
	if _, err := c.bring(first); err != nil {
		t.Fatal(err)
	}
	_, err := c.db.Pool.Exec(t.Context(), `delete from import_habit`)
	c.must(err)
	again := boxes(t, "幸福花园（一期）", "和平里", "东风院", "新村")
	for n := range again {
		again[n].Properties["户数"] = 300 + n
	}
	file := geoJSON(t, again)
	for action, want := range map[string]Tally{"skip": {1, 0, 3, 0}, "update": {1, 3, 0, 0}, "new": {4, 0, 0, 0}} {
		i := c.inspect("小区2.geojson", file, Decisions{})
		if kinds(i) != "duplicates" {
			t.Fatalf("questions %q", kinds(i))
		}
		p := i.Diagnosis.Proposal
		p.Layers[0].Duplicates = action
		i, _, err := c.doctor.Decide(t.Context(), i.ID, i.Version, p)
		c.must(err)
		if got := i.Diagnosis.Layers[0].Tally; got != want {
			t.Errorf("%s: %+v, want %+v", action, got, want)
		}
	}
	i := c.inspect("小区2.geojson", file, Decisions{})
	p := i.Diagnosis.Proposal
	p.Layers[0].Duplicates, p.Layers[0].Rows = "update", map[string]string{"1": "skip", "2": "new"}
	i, _, err = c.doctor.Decide(t.Context(), i.ID, i.Version, p)
	c.must(err)
	if got := i.Diagnosis.Layers[0].Tally; got != (Tally{2, 1, 1, 0}) {
		t.Errorf("by row: %+v", got)
	}
	if _, err := c.bring(i); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]int{"幸福花园": 100, "东风院": 302, "新村": 303} {
		if n := c.count(`select households from community where name = $1`, name); n != want {
			t.Errorf("%s: %d households, want %d", name, n, want)
		}
	}
	if n := c.count(`select count(*) from community`); n != 5 {
		t.Errorf("%d communities", n)
	}
}

func TestImportIsTakenBackAsAWhole(t *testing.T) {
	c := newClinic(t)
	i := c.inspect("小区.geojson", geoJSON(t, boxes(t, "甲", "乙", "丙")), Decisions{})
	if _, err := c.bring(i); err != nil {
		t.Fatal(err)
	}
	i, err := c.doctor.Inspection(t.Context(), i.ID)
	c.must(err)
	if _, err := c.reg.UndoImport(t.Context(), account.Everything, *i.Import, false); err != nil {
		t.Fatal(err)
	}
	if n := c.count(`select count(*) from community`); n != 0 {
		t.Errorf("%d communities are left", n)
	}
	if i, err = c.doctor.Inspection(t.Context(), i.ID); err != nil || i.State != Undone {
		t.Errorf("state %s, %v", i.State, err)
	}
}

func TestTwoImportsOfOneFileAtOnceBringItInOnce(t *testing.T) {
	c := newClinic(t)
	file := geoJSON(t, boxes(t, "甲", "乙", "丙"))
	one, two := c.inspect("小区.geojson", file, Decisions{}), c.inspect("小区.geojson", file, Decisions{})
	var wait sync.WaitGroup
	errs := make([]error, 2)
	for n, i := range []Inspection{one, two} {
		i, err := c.doctor.AskImport(t.Context(), i.ID, i.Version)
		c.must(err)
		args, err := json.Marshal(Args{Inspection: i.ID})
		c.must(err)
		wait.Go(func() { _, errs[n] = c.doctor.Import(t.Context(), args, nil) })
	}
	wait.Wait()
	if (errs[0] == nil) == (errs[1] == nil) {
		t.Errorf("errors: %v, %v", errs[0], errs[1])
	}
	for _, err := range errs {
		if err != nil && !strings.Contains(err.Error(), "重新诊断") {
			t.Errorf("the other one says %v", err)
		}
	}
	if n := c.count(`select count(*) from community`); n != 3 {
		t.Errorf("%d communities", n)
	}
}

func TestMixedShapesBecomeLayersOfTheirOwn(t *testing.T) {
	c := newClinic(t)
	features := boxes(t, "甲小区", "乙小区")
	p := geojson.NewFeature(moved(middle(features[0].Geometry), [2]float64{5, 5}))
	p.Properties = geojson.Properties{"小区名称": "卫生站"}
	i := c.inspect("小区.geojson", geoJSON(t, append(features, p)), Decisions{})
	if len(i.Diagnosis.Layers) != 2 || i.Diagnosis.Layers[0].Rows != 2 || i.Diagnosis.Layers[1].Rows != 1 {
		t.Fatalf("%d layers", len(i.Diagnosis.Layers))
	}
}

func TestWrongSystemIsAskedAbout(t *testing.T) {
	c := newClinic(t)
	features := boxes(t, "甲小区", "乙小区", "丙小区")
	crs, _ := geo.NewCRS(4548) // three degrees away from the district's
	for _, f := range features {
		f.Geometry = transformed(f.Geometry, func(p orb.Point) orb.Point { own, _ := geo.NewCRS(4549); return crs.Inverse(own.Forward(p)) })
	}
	i := c.inspect("小区.geojson", geoJSON(t, features), Decisions{})
	if !strings.Contains(kinds(i), "crs") || i.Diagnosis.Ready {
		t.Errorf("questions %q, %+v", kinds(i), i.Diagnosis.Layers[0].CRS)
	}
}

func TestSwappedAxesAreFound(t *testing.T) {
	c := newClinic(t)
	features := boxes(t, "甲小区", "乙小区", "丙小区")
	for _, f := range features {
		f.Geometry = transformed(f.Geometry, func(p orb.Point) orb.Point { return orb.Point{p[1], p[0]} })
	}
	i := c.inspect("小区.geojson", geoJSON(t, features), Decisions{})
	if l := i.Diagnosis.Layers[0]; l.CRS.Axes != "yx" || !l.CRS.Sure || l.Tally.Insert != 3 {
		t.Errorf("%+v %+v", l.CRS, l.Tally)
	}
}
