package exporter_test

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/areaplan"
	"github.com/lianpian/lianpian/internal/exporter"
)

func workbook(t *testing.T, p *areaplan.Plan) ([]byte, *excelize.File) {
	t.Helper()
	var out bytes.Buffer
	if err := exporter.Book(&out, p); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(bytes.NewReader(out.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return out.Bytes(), f
}

// find returns the cell of a column whose header starts with title, in the row
// whose first cell is key.
func find(t *testing.T, f *excelize.File, sheet, key, title string) string {
	t.Helper()
	rows, err := f.GetRows(sheet)
	if err != nil {
		t.Fatal(err)
	}
	for c, head := range rows[0] {
		if !strings.HasPrefix(head, title) {
			continue
		}
		for r, row := range rows {
			if row[0] == key {
				name, err := excelize.CoordinatesToCellName(c+1, r+1)
				if err != nil {
					t.Fatal(err)
				}
				return name
			}
		}
	}
	t.Fatalf("%s has no column %q or no row %q", sheet, title, key)
	return ""
}

func TestTheWorkbookHoldsTheZone(t *testing.T) {
	s := newSample(t)
	p := s.plan(account.Everything)
	_, f := workbook(t, p)
	if diff := cmp.Diff([]string{"片区汇总", "片区", "小区", "楼栋", "串线", "服务设施", "覆盖", "覆盖评分", "改造内容", "投资与分摊", "说明", "字段说明"}, f.GetSheetList()); diff != "" {
		t.Error(diff)
	}
	raw := excelize.Options{RawCellValue: true}
	for _, c := range []struct{ sheet, row, column, want string }{
		{"小区", "0012", "户数（户）", "420"},
		{"小区", "0012", "建筑面积", "31200.5"},
		{"小区", "0012", "更新日期", "46083"}, // 2026-03-02, a day that the other side of the world has not reached
		{"小区", "0013", "户数（户）", "30"},
		{"小区", "0013", "建成年份", ""},
		{"小区", "0012", "纳入范围", "纳入"},
		{"小区", "合计", "户数（户）", "451"},
		{"小区", "合计", "楼栋数", "5"},
		{"楼栋", "b2", "户数（户）", ""},
		{"楼栋", "合计", "建筑面积", "5201.75"},
		{"片区汇总", "户数", "数值", "451"},
		{"片区汇总", "楼栋数", "数值", "5"},
		{"片区汇总", "街道（镇）", "数值", "万盛街道、东林街道"},
		{"覆盖", "社区卫生服务站", "限值（米）", "300"},
	} {
		cell := find(t, f, c.sheet, c.row, c.column)
		if got, err := f.GetCellValue(c.sheet, cell, raw); err != nil || got != c.want {
			t.Errorf("%s %s of %s (%s) is %q, want %q; %v", c.sheet, c.column, c.row, cell, got, c.want, err)
		}
	}
	if got, _ := f.GetCellValue("小区", find(t, f, "小区", "0012", "更新日期")); got != "2026-03-02" {
		t.Errorf("a date is shown as %q", got)
	}
	head, _ := f.GetCellValue("小区", find(t, f, "小区", "0012", "户数")[:1]+"1")
	if !strings.Contains(head, "（演示数据：生成）") {
		t.Errorf("the header of generated figures is %q", head)
	}
	for _, row := range []string{"数据来源", "地图数据署名", "演示数据", "坐标系", "实施方案", "导出时间"} {
		find(t, f, "说明", row, "内容")
	}
}

// The cached value of each sum must be what the formula gives, and the sums
// what the zone's totals say.
func TestSumsAreFormulasWithTheirValues(t *testing.T) {
	s := newSample(t)
	p := s.plan(account.Everything)
	_, f := workbook(t, p)
	raw := excelize.Options{RawCellValue: true}
	for _, c := range []struct {
		sheet, column string
		total         float64
	}{
		{"小区", "楼栋数", float64(p.Zones[0].Totals.Buildings)},
		{"小区", "户数", float64(p.Zones[0].Totals.Households)},
		{"小区", "建筑面积", p.Zones[0].Totals.FloorAreaM2},
		{"楼栋", "建筑面积", math.NaN()},
		{"楼栋", "基底面积", math.NaN()},
	} {
		cell := find(t, f, c.sheet, "合计", c.column)
		formula, err := f.GetCellFormula(c.sheet, cell)
		if err != nil || !strings.HasPrefix(formula, "SUM(") {
			t.Errorf("%s!%s has formula %q, %v", c.sheet, cell, formula, err)
		}
		cached, err := f.GetCellValue(c.sheet, cell, raw)
		if err != nil {
			t.Fatal(err)
		}
		computed, err := f.CalcCellValue(c.sheet, cell, raw)
		if err != nil {
			t.Fatal(err)
		}
		x, _ := strconv.ParseFloat(cached, 64)
		y, _ := strconv.ParseFloat(computed, 64)
		if math.Abs(x-y) > 0.011 || !math.IsNaN(c.total) && math.Abs(x-c.total) > 0.011 {
			t.Errorf("%s!%s: cached %s, computed %s, the zone says %v", c.sheet, cell, cached, computed, c.total)
		}
	}
}

func TestTextNeverBecomesAFormula(t *testing.T) {
	s := newSample(t)
	content, f := workbook(t, s.plan(account.Everything))
	for _, c := range []struct{ sheet, row, column, want string }{
		{"小区", "0012", "地址", `=HYPERLINK("http://example.com","x")`},
		{"小区", "0013", "小区名称", "-2+3"},
		{"小区", "0013", "地址", "@SUM(A1)"},
		{"楼栋", "b2", "楼栋名称", "+2栋"},
		{"片区汇总", "备注", "数值", "=cmd|' /C calc'!A0\n第二行"},
		{"小区", "0013", "备注", "含 & < > \"引号\" 与\n换行"},
	} {
		cell := find(t, f, c.sheet, c.row, c.column)
		value, err := f.GetCellValue(c.sheet, cell)
		formula, _ := f.GetCellFormula(c.sheet, cell)
		kind, _ := f.GetCellType(c.sheet, cell)
		if err != nil || value != c.want || formula != "" || (kind != excelize.CellTypeInlineString && kind != excelize.CellTypeSharedString) {
			t.Errorf("%s!%s is %q (type %v, formula %q), want the text %q", c.sheet, cell, value, kind, formula, c.want)
		}
	}
	// every formula in the file is one of our sums
	archive, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range archive.File {
		for _, formula := range formulas(t, part) {
			if !strings.HasPrefix(formula, "SUM(") {
				t.Errorf("%s holds the formula %q", part.Name, formula)
			}
		}
	}
}

// formulas reads a part of the package as XML, to its end, and returns the
// content of its <f> elements.
func formulas(t *testing.T, part *zip.File) []string {
	t.Helper()
	r, err := part.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var found []string
	inside := false
	decoder := xml.NewDecoder(r)
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return found
		}
		if err != nil {
			t.Fatalf("%s is not well-formed: %v", part.Name, err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			inside = token.Name.Local == "f"
		case xml.EndElement:
			inside = false
		case xml.CharData:
			if inside {
				found = append(found, string(token))
			}
		}
	}
}

func TestTheWorkbookPrintsWell(t *testing.T) {
	s := newSample(t)
	_, f := workbook(t, s.plan(account.Everything))
	for sheet, paper := range map[string]int{"片区汇总": 9, "小区": 8, "楼栋": 8, "覆盖": 8, "说明": 9} {
		layout, err := f.GetPageLayout(sheet)
		if err != nil || *layout.Orientation != "landscape" || *layout.Size != paper || *layout.FitToWidth != 1 {
			t.Errorf("%s: %+v %v", sheet, layout, err)
		}
		props, err := f.GetSheetProps(sheet)
		if err != nil || props.FitToPage == nil || !*props.FitToPage {
			t.Errorf("%s is not fitted to the page: %v", sheet, err)
		}
		panes, err := f.GetPanes(sheet)
		if err != nil || !panes.Freeze || panes.YSplit != 1 {
			t.Errorf("%s: the header is not frozen: %+v %v", sheet, panes, err)
		}
		if width, err := f.GetColWidth(sheet, "A"); err != nil || width < 15 {
			t.Errorf("%s: column A is %v wide, %v", sheet, width, err)
		}
	}
}

func TestAnEmptyZoneMakesAWorkbook(t *testing.T) {
	s := newSample(t)
	s.Exec(`delete from project`)
	s.Exec(`delete from building`)
	s.Exec(`delete from community`)
	_, f := workbook(t, s.plan(account.Everything))
	cell := find(t, f, "小区", "合计", "户数")
	if value, err := f.GetCellValue("小区", cell); err != nil || value != "0" {
		t.Errorf("the sum of nothing is %q, %v", value, err)
	}
	if formula, _ := f.GetCellFormula("小区", cell); formula != "" {
		t.Errorf("the sum of nothing adds up %q, itself", formula)
	}
}

// LibreOffice recomputes the workbook and writes each sheet's figures; run where
// it is installed.
func TestLibreOfficeOpensTheWorkbook(t *testing.T) {
	office, err := exec.LookPath("soffice")
	if err != nil {
		t.Skip("LibreOffice (Debian libreoffice-calc-nogui) is not there")
	}
	s := newSample(t)
	content, _ := workbook(t, s.plan(account.Everything))
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "plan.xlsx"), content, 0o600); err != nil {
		t.Fatal(err)
	}
	run := exec.CommandContext(t.Context(), office, "-env:UserInstallation=file://"+filepath.Join(dir, "profile"), "--headless",
		"--convert-to", `csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1`, "--outdir", dir, filepath.Join(dir, "plan.xlsx"))
	if said, err := run.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	csv, err := os.ReadFile(filepath.Join(dir, "plan-小区.csv"))
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{`"=HYPERLINK(""http://example.com"",""x"")"`, "2026-03-02", "合计", ",451,"} {
		if !strings.Contains(string(csv), part) {
			t.Errorf("LibreOffice does not show %q:\n%s", part, csv)
		}
	}
}
