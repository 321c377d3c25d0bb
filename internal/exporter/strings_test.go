package exporter_test

import (
	"bytes"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"
	"github.com/xuri/excelize/v2"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/exporter"
	"github.com/lianpian/lianpian/internal/zone"
)

// withString adds a link between the two communities of the sample, and the
// string that follows from it.
func (s *sample) withString() {
	s.t.Helper()
	s.Exec(`
		insert into link (district_code, a_id, b_id, gap_m, walk_m, streets, line, path)
		select $1, least(a.id, b.id), greatest(a.id, b.id), 60, 75.5,
		       '[{"name": "", "length_m": 5.5}, {"name": "=青年路", "length_m": 70}]', ST_MakeLine(a.location, b.location),
		       ST_MakeLine(array[a.location, ST_SetSRID(ST_MakePoint(106.92, 28.952), 4490), b.location])
		from community a, community b where a.code = '0012' and b.code = '0013'`, s.District)
	if err := zone.New(s.DB).LinksChanged(s.t.Context(), s.District, orb.Bound{}); err != nil {
		s.t.Fatal(err)
	}
}

func TestStringsAreExported(t *testing.T) {
	s := newSample(t)
	s.withString()
	p := s.plan(account.Everything)

	var out bytes.Buffer
	if err := exporter.GeoJSON(&out, p); err != nil {
		t.Fatal(err)
	}
	collection, err := geojson.UnmarshalFeatureCollection(out.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	at := slices.IndexFunc(collection.Features, func(f *geojson.Feature) bool { return f.Properties["layer"] == "strings" })
	if at < 0 {
		t.Fatal("no string")
	}
	f := collection.Features[at]
	line, ok := f.Geometry.(orb.LineString)
	if !ok || len(line) != 3 || f.Properties["name"] != "=青年路" || f.Properties["length_m"] != 75.5 || f.ID != "string/0012/0013" {
		t.Errorf("%+v", f)
	}
	if collection.BBox[2] < 106.92 {
		t.Errorf("the string reaches out of %v", collection.BBox)
	}

	_, book := workbook(t, p)
	if diff := cmp.Diff([]string{"片区汇总", "片区", "小区", "楼栋", "串线", "服务设施", "覆盖", "覆盖评分", "改造内容", "投资与分摊", "说明", "字段说明"}, book.GetSheetList()); diff != "" {
		t.Error(diff)
	}
	raw := excelize.Options{RawCellValue: true}
	for _, c := range []struct{ row, column, want string }{
		{"=青年路", "小区编号", "0012"},
		{"=青年路", "相邻小区名称", "-2+3"},
		{"=青年路", "长度", "75.5"},
		{"=青年路", "经过的街道", "=青年路 70 米、无名路 5.5 米"},
		{"合计", "长度", "75.5"},
	} {
		cell := find(t, book, "串线", c.row, c.column)
		if got, err := book.GetCellValue("串线", cell, raw); err != nil || got != c.want {
			t.Errorf("%s of %s is %q, want %q; %v", c.column, c.row, got, c.want, err)
		}
		if formula, _ := book.GetCellFormula("串线", cell); formula != "" && c.row != "合计" {
			t.Errorf("%s of %s is a formula: %s", c.column, c.row, formula)
		}
	}
	officer := s.plan(account.Scope{District: s.District, Subdistricts: []string{west}})
	if len(officer.Zones[0].Strings) != 0 {
		t.Errorf("an officer of one side gets %v", officer.Zones[0].Strings)
	}
}
