package doctor

import (
	"strings"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"

	"github.com/lianpian/lianpian/internal/geo"
	"github.com/lianpian/lianpian/internal/geofile"
)

func kinds(i Inspection) string {
	var out []string
	for _, q := range i.Diagnosis.Questions {
		out = append(out, q.Kind)
	}
	return strings.Join(out, " ")
}

func TestShiftedBuildingsAreMovedBackWhenThePersonAgrees(t *testing.T) {
	c := newClinic(t)
	c.furnish("building", "road")
	before := c.count(`select count(*) from building`)
	file := geoJSON(t, scattered(demo(t, "building"), 0.3, 0.3, geo.WGS84ToGCJ02))
	i := c.inspect("新楼栋.geojson", file, Decisions{})
	if i.State != Ready || i.Diagnosis == nil {
		t.Fatalf("state %s: %s", i.State, i.Error)
	}
	l := i.Diagnosis.Layers[0]
	if l.Target.Layer != "buildings" || l.Shift == nil || l.Shift.Proposed != datumGCJ02 || !l.Shift.Clear {
		t.Fatalf("target %+v, shift %+v", l.Target, l.Shift)
	}
	if *l.Shift.Before < 300 || *l.Shift.After > 1 {
		t.Errorf("before %v after %v", *l.Shift.Before, *l.Shift.After)
	}
	if got := kinds(i); got != "datum duplicates" {
		t.Errorf("questions %q", got)
	}
	if _, err := c.bring(i); err == nil {
		t.Error("imported with open questions")
	}
	i = c.answered(i)
	if got := kinds(i); got != "" || !i.Diagnosis.Ready {
		t.Fatalf("questions left: %q", got)
	}
	d := i.Diagnosis.Layers[0]
	if d.Duplicates.ByOverlap < d.Rows*9/10 {
		t.Errorf("duplicates %+v of %d rows", d.Duplicates, d.Rows)
	}
	report, err := c.bring(i)
	if err != nil {
		t.Fatal(err)
	}
	if report.RowsTaken != d.Tally.Insert+d.Tally.Update {
		t.Errorf("taken %d, tally %+v", report.RowsTaken, d.Tally)
	}
	if now := c.count(`select count(*) from building`); int64(now-before) != d.Tally.Insert {
		t.Errorf("%d buildings before, %d after, tally %+v", before, now, d.Tally)
	}
	if off := c.count(`select count(*) from building where storeys = 6 and not ST_DWithin(geom, (select ST_SetSRID(ST_Extent(geom)::geometry, 4490) from building where storeys is null), 0.01)`); off > 0 {
		t.Errorf("%d buildings are not where they should be", off)
	}
	i, err = c.doctor.Inspection(t.Context(), i.ID)
	if err != nil || i.State != Imported || i.Import == nil || len(i.Report) == 0 {
		t.Errorf("afterwards: %s %v %v", i.State, i.Import, err)
	}
	if n := c.count(`select count(*) from inspection_row`); n != 0 {
		t.Errorf("%d staged rows are left", n)
	}
}

func TestNextFileOfASourceNeedsNoAnswers(t *testing.T) {
	c := newClinic(t)
	c.furnish("building")
	features := scattered(demo(t, "building"), 0.3, 0.3, geo.WGS84ToGCJ02)
	i := c.answered(c.inspect("楼栋2024年5月.geojson", geoJSON(t, features[:800]), Decisions{}))
	if _, err := c.bring(i); err != nil {
		t.Fatal(err)
	}
	i = c.inspect("楼栋2024年6月.geojson", geoJSON(t, features[:900]), Decisions{})
	if !i.Remembered || !i.Diagnosis.Ready || kinds(i) != "" {
		t.Fatalf("remembered %v, questions %q", i.Remembered, kinds(i))
	}
	if _, err := c.bring(i); err != nil {
		t.Fatal(err)
	}
	// A file of the same source that is not shifted any more is asked about.
	i = c.inspect("楼栋2024年7月.geojson", geoJSON(t, scattered(demo(t, "building"), 0.2, 0.3, nil)), Decisions{})
	if s := i.Diagnosis.Layers[0].Shift; s.Proposed != datumNone || s.Decided {
		t.Errorf("shift %+v", s)
	}
}

func TestFaultyShapesAreMendedInTheOpen(t *testing.T) {
	c := newClinic(t)
	at := middle(demo(t, "building")[0].Geometry)
	p := func(x, y float64) orb.Point { return moved(at, [2]float64{x, y}) }
	features := []*geojson.Feature{}
	add := func(name string, g orb.Geometry) {
		f := geojson.NewFeature(g)
		f.Properties = geojson.Properties{"楼栋名称": name, "层数": "6层"}
		features = append(features, f)
	}
	add("好", orb.Polygon{{p(0, 0), p(20, 0), p(20, 10), p(0, 10), p(0, 0)}})
	add("未闭合", orb.Polygon{{p(30, 0), p(50, 0), p(50, 10), p(30, 10)}})
	add("蝴蝶结", orb.Polygon{{p(60, 0), p(80, 10), p(80, 0), p(60, 10), p(60, 0)}})
	add("重复点", orb.Polygon{{p(90, 0), p(110, 0), p(110, 0), p(110, 10), p(90, 10), p(90, 0)}})
	add("集合", orb.Collection{orb.Polygon{{p(120, 0), p(140, 0), p(140, 10), p(120, 10), p(120, 0)}}, p(125, 5)})
	add("闭合线", orb.LineString{p(150, 0), p(170, 0), p(170, 10), p(150, 10), p(150, 0)})
	add("没有面积", orb.Polygon{{p(210, 0), p(220, 0), p(230, 0), p(210, 0)}})
	add("远方", orb.Polygon{{{100, 30}, {100.001, 30}, {100.001, 30.001}, {100, 30}}})
	i := c.inspect("楼栋.geojson", geoJSON(t, features), Decisions{})
	if i.State != Ready {
		t.Fatalf("%s: %s", i.State, i.Error)
	}
	l := i.Diagnosis.Layers[0]
	found := map[string]GeometryFault{}
	for _, g := range l.Geometry {
		found[g.Kind] = g
		t.Logf("%s ×%d: %s → %q, %.1f → %.1f m² %+v", g.Kind, g.Count, g.Detail, g.Repair, g.AreaBefore, g.AreaAfter, g.Examples)
	}
	for _, kind := range []string{faultUnclosed, faultCrossing, faultRepeated, faultLineArea} {
		if g := found[kind]; g.Count != 1 || g.Repair == "" {
			t.Errorf("%s: %+v", kind, g)
		}
	}
	if got := kinds(i); got != "repairs" {
		t.Errorf("questions %q", got)
	}
	if l.Outside.Count != 1 || l.Tally.Refuse != 3 || l.Tally.Insert != 5 {
		t.Errorf("outside %+v tally %+v refused %+v", l.Outside, l.Tally, l.Refused)
	}
	if g := found[faultCrossing]; g.AreaAfter < 99 || g.AreaAfter > 101 {
		t.Errorf("the bow tie has %.1f m²", g.AreaAfter)
	}
	rows, err := c.doctor.Rows(t.Context(), i.ID, RowFilter{Limit: 100, After: -1})
	if err != nil || len(rows.Features) != 8 || rows.Total != 8 {
		t.Fatalf("%d rows of %d: %v", len(rows.Features), rows.Total, err)
	}
	if rows, err = c.doctor.Rows(t.Context(), i.ID, RowFilter{Limit: 100, After: -1, Only: "faulty"}); err != nil || len(rows.Features) != 2 {
		t.Errorf("faulty: %d, %v", len(rows.Features), err)
	}
	// Without repairs the bow tie stays out.
	refused := i.Diagnosis.Proposal
	refused.Layers[0].Repairs = "refuse"
	if i, _, err = c.doctor.Decide(t.Context(), i.ID, i.Version, refused); err != nil || i.Diagnosis.Layers[0].Tally.Insert != 4 {
		t.Errorf("refusing repairs: %+v, %v", i.Diagnosis.Layers[0].Tally, err)
	}
	i = c.answered(i)
	if _, err := c.bring(i); err != nil {
		t.Fatal(err)
	}
	if n := c.count(`select count(*) from building where storeys = 6`); n != 4 {
		t.Errorf("%d buildings", n)
	}
}

func TestFilesThatAreNoneFailInASentence(t *testing.T) {
	c := newClinic(t)
	for name, content := range map[string]string{
		"空.geojson": "", "假.gpkg": "this is no database", "坏.geojson": `{"type": "FeatureCollection", "features": [{`, "图.dwg": "AC1018", "x.bin": "\x00\x01",
	} {
		i := c.inspect(name, []byte(content), Decisions{})
		if i.State != Failed || i.Error == "" || strings.Contains(i.Error, "内部") {
			t.Errorf("%s: %s %q", name, i.State, i.Error)
		}
		t.Log(name, i.Error)
	}
}

func TestPersonalColumnsNeverReachTheDatabase(t *testing.T) {
	c := newClinic(t)
	at := demo(t, "building")[0].Geometry
	f := geojson.NewFeature(at)
	f.Properties = geojson.Properties{"楼栋名称": "1栋 13800138000", "户主姓名": "张三丰", "联系电话": "13912345678"}
	i := c.inspect("楼栋.geojson", geoJSON(t, []*geojson.Feature{f}), Decisions{})
	var stored string
	c.must(c.db.Pool.QueryRow(t.Context(), `
		select (select coalesce(string_agg(to_jsonb(r)::text, ''), '') from inspection_row r) || (select string_agg(diagnosis::text, '') from inspection)`).Scan(&stored))
	for _, secret := range []string{"张三丰", "13912345678", "13800138000"} {
		if strings.Contains(stored, secret) {
			t.Errorf("%s is stored", secret)
		}
	}
	for _, f := range i.Diagnosis.Layers[0].Fields {
		if strings.Contains(f.Name, "户主") && !f.Personal {
			t.Errorf("%+v", f)
		}
	}
	if _, _, err := c.doctor.Decide(t.Context(), i.ID, i.Version, Decisions{Layers: []LayerDecision{{Layer: i.Diagnosis.Layers[0].Name, Fields: map[string]string{"户主姓名": "name"}}}}); err == nil {
		t.Error("a personal column was mapped")
	}
}

var _ = geofile.Text
