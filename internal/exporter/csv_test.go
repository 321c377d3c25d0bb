package exporter_test

import (
	"bytes"
	"encoding/csv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lianpian/lianpian/internal/exporter"
	"github.com/lianpian/lianpian/internal/zone"
)

func TestStringsAsATable(t *testing.T) {
	lines := []zone.String{
		{Name: "和平路", A: "A", AName: "=HYPERLINK(1)", B: "B", BName: "小区B", LengthM: 30, Streets: []zone.Street{{Name: "和平路", LengthM: 40}, {Name: "建设路", LengthM: 20}, {LengthM: 5}}},
		{Name: "和平路", A: "A", AName: "小区A", B: "C", BName: "小区C", LengthM: 50},
		{Name: "和平路", A: "C", AName: "小区C", B: "D", BName: "小区D", LengthM: 13, Straight: true},
	}
	var text bytes.Buffer
	if err := exporter.StringsCSV(&text, lines); err != nil {
		t.Fatal(err)
	}
	content, bom := strings.CutPrefix(text.String(), "\ufeff")
	rows, err := csv.NewReader(strings.NewReader(content)).ReadAll()
	if err != nil || !bom || len(rows) != 4 {
		t.Fatalf("%v %v %q", err, bom, text.String())
	}
	if diff := cmp.Diff([]string{"和平路", "A", "'=HYPERLINK(1)", "B", "小区B", "30.0", "和平路 40 米、建设路 20 米、无名路 5.0 米", ""}, rows[1]); diff != "" {
		t.Error(diff)
	}
	if note := rows[3][7]; note != "直线，沿线道路未知" {
		t.Errorf("the straight string is noted %q", note)
	}
}
