package exporter_test

import (
	"archive/zip"
	"bytes"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"github.com/lianpian/lianpian/internal/areaplan"
	"github.com/lianpian/lianpian/internal/exporter"
)

var bookSheets = []string{"片区汇总", "片区", "小区", "楼栋", "串线", "服务设施", "覆盖", "覆盖评分", "改造内容", "投资与分摊", "说明", "字段说明"}

func bookOf(t *testing.T, p *areaplan.Plan) ([]byte, *excelize.File) {
	t.Helper()
	var out bytes.Buffer
	if err := exporter.Book(&out, p); err != nil {
		t.Fatal(err)
	}
	return out.Bytes(), opened(t, out.Bytes())
}

func opened(t *testing.T, content []byte) *excelize.File {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

var raw = excelize.Options{RawCellValue: true}

func TestTheBookHoldsThePlan(t *testing.T) {
	_, f := bookOf(t, areaPlan())
	if diff := cmp.Diff(bookSheets, f.GetSheetList()); diff != "" {
		t.Error(diff)
	}
	for _, c := range []struct{ sheet, row, column, want string }{
		{"片区汇总", "户数", "数值", "511"},
		{"片区汇总", "街道（镇）", "数值", "万盛街道、东林街道"},
		{"片区汇总", "规划期限", "数值", "2026–2028年"},
		{"片区", "z1", "实施年度", "2026"},
		{"片区", "z1", "投资（万元）", "350"},
		{"片区", "z2", "投资（万元）", ""}, // nothing is known, which is not nothing
		{"小区", "C001", "户数（户）", "420"},
		{"小区", "C001", "建筑面积", "31200.5"},
		{"小区", "C001", "更新日期", "46349"}, // 2026-11-23, a day that the other side of the world has not reached
		{"小区", "C001", "公共服务缺失", "社区卫生服务站"},
		{"小区", "C002", "市政配套缺失", "无缺失"},
		{"小区", "C003", "市政配套缺失", ""},
		{"小区", "C003", "建成年份", ""},
		{"小区", "合计", "户数（户）", "511"},
		{"楼栋", "B02", "户数（户）", ""},
		{"串线", "=青年路", "长度", "75.5"},
		{"服务设施", "F2", "状态", "规划"},
		{"服务设施", "F1", "经度", "106.902"},
		{"覆盖", "社区卫生服务站", "限值（米）", "300"},
		{"覆盖", "社区卫生服务站", "本方案覆盖户数", "440"},
		{"覆盖评分", "C002", "社区卫生服务站\n≤ 300 米\n覆盖率", "0.4"},
		{"覆盖评分", "合计", "社区卫生服务站\n≤ 300 米\n覆盖户数", "440"},
		{"覆盖评分", "合计", "社区食堂、助餐\n≤ 500 米\n覆盖户数", "511"}, // with the household of no community
		{"改造内容", "合计", "金额（元）", "3500000"},
		{"投资与分摊", "P1", "中央财政（万元）", "150"},
		{"投资与分摊", "合计", "预计投资额（万元）", "420.5"},
		{"说明", "实施方案", "内容", "万盛经开区全面推进城镇老旧小区改造和社区服务提升专项行动实施方案，wansheng-2020@1"},
		{"说明", "软件版本", "内容", "v0.6.0"},
	} {
		cell := find(t, f, c.sheet, c.row, c.column)
		if got, err := f.GetCellValue(c.sheet, cell, raw); err != nil || got != c.want {
			t.Errorf("%s %s of %s (%s) is %q, want %q; %v", c.sheet, c.column, c.row, cell, got, c.want, err)
		}
	}
	head, _ := f.GetCellValue("小区", find(t, f, "小区", "C001", "户数")[:1]+"1")
	if !strings.Contains(head, "（演示数据：生成）") {
		t.Errorf("the header of generated figures is %q", head)
	}
	for _, row := range []string{"数据时间", "导出人", "方案", "片区", "设施标准", "坐标系", "设施覆盖", "数据来源", "地图数据署名", "演示数据", "不显示的数值"} {
		find(t, f, "说明", row, "内容")
	}
}

// Every sum is a formula, its cached value what the formula gives, and the totals
// are the plan's.
func TestTheSumsOfTheBookAreThePlansTotals(t *testing.T) {
	p := areaPlan()
	content, f := bookOf(t, p)
	for _, c := range []struct {
		sheet, row, column string
		total              float64
	}{
		{"片区汇总", "楼栋数", "数值", 6},
		{"片区汇总", "户数", "数值", 511},
		{"片区汇总", "建筑面积", "数值", p.Totals.FloorAreaM2},
		{"小区", "合计", "楼栋数", 6},
		{"小区", "合计", "户数", 511},
		{"小区", "合计", "建筑面积", p.Totals.FloorAreaM2},
		{"小区", "合计", "用地面积", 22_000.25},
		{"楼栋", "合计", "户数", 121},
		{"片区", "合计", "用地面积", p.Totals.AreaM2},
		{"改造内容", "合计", "金额", 3_500_000},
		{"投资与分摊", "合计", "居民自筹", 35},
	} {
		cell := find(t, f, c.sheet, c.row, c.column)
		formula, err := f.GetCellFormula(c.sheet, cell)
		if err != nil || !strings.HasPrefix(formula, "SUM(") {
			t.Errorf("%s!%s has formula %q, %v", c.sheet, cell, formula, err)
		}
		if got := valueAt(t, f, c.sheet, cell); math.Abs(got-c.total) > 0.005 {
			t.Errorf("%s!%s: cached %v, the plan says %v", c.sheet, cell, got, c.total)
		}
	}
	sameAsCalculated(t, content, f)
	// of communities and buildings in both zones the sum counts one, so that it is
	// none of the rows
	cell := find(t, f, "片区", "合计", "小区数")
	formula, _ := f.GetCellFormula("片区", cell)
	if got := valueAt(t, f, "片区", cell); got != 3 || formula != "" {
		t.Errorf("the zones have %v communities by %q, want 3", got, formula)
	}
}

func valueAt(t *testing.T, f *excelize.File, sheet, cell string) float64 {
	t.Helper()
	text, err := f.GetCellValue(sheet, cell, raw)
	if err != nil {
		t.Fatal(err)
	}
	x, err := strconv.ParseFloat(text, 64)
	if err != nil {
		t.Errorf("%s!%s holds %q", sheet, cell, text)
	}
	return x
}

var formulaCell = regexp.MustCompile(`<c r="([A-Z]+[0-9]+)"[^>]*>(?:<f>[^<]*</f>)<v>([^<]*)</v>`)

// sameAsCalculated holds the cached value of every formula against what the
// formula gives, by excelize.
func sameAsCalculated(t *testing.T, content []byte, f *excelize.File) {
	t.Helper()
	sums := 0
	for i, sheet := range f.GetSheetList() {
		part := partOf(t, content, "xl/worksheets/sheet"+strconv.Itoa(i+1)+".xml")
		for _, m := range formulaCell.FindAllStringSubmatch(part, -1) {
			sums++
			got, err := f.CalcCellValue(sheet, m[1], raw)
			if err != nil {
				t.Fatal(err)
			}
			x, _ := strconv.ParseFloat(m[2], 64)
			y, _ := strconv.ParseFloat(got, 64)
			if math.Abs(x-y) > 0.0001 {
				t.Errorf("%s!%s: cached %s, calculated %s", sheet, m[1], m[2], got)
			}
		}
		if strings.Count(part, "<f>") != len(formulaCell.FindAllString(part, -1)) {
			t.Errorf("%s has formulas without a value", sheet)
		}
	}
	if sums == 0 {
		t.Error("there are no formulas")
	}
}

// LibreOffice, which finds no cached values, comes to the same sums.
func TestLibreOfficeCalculatesTheSameSums(t *testing.T) {
	needs(t, "soffice")
	content, f := bookOf(t, areaPlan())
	dir := converted(t, map[string][]byte{"book.xlsx": withoutValues(t, content)}, `csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false,false,false,false,-1`)
	for _, c := range []struct{ sheet, row, column string }{{"小区", "合计", "建筑面积"}, {"小区", "合计", "户数"}, {"改造内容", "合计", "金额"}, {"投资与分摊", "合计", "中央财政"}} {
		cell := find(t, f, c.sheet, c.row, c.column)
		csv, err := os.ReadFile(filepath.Join(dir, "book-"+c.sheet+".csv"))
		if err != nil {
			t.Fatal(err)
		}
		want := strconv.FormatFloat(valueAt(t, f, c.sheet, cell), 'f', -1, 64)
		lines := strings.Split(strings.TrimSpace(string(csv)), "\n")
		if last := strings.ReplaceAll(lines[len(lines)-1], `"`, ""); !strings.Contains(","+last+",", ","+want+",") {
			t.Errorf("%s: LibreOffice does not come to %s: %s", c.sheet, want, last)
		}
	}
}

// withoutValues takes the cached values of formulas out of a workbook.
func withoutValues(t *testing.T, content []byte) []byte {
	t.Helper()
	archive, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, file := range archive.File {
		part := partOf(t, content, file.Name)
		if strings.HasPrefix(file.Name, "xl/worksheets/") {
			part = regexp.MustCompile(`(</f>)<v>[^<]*</v>`).ReplaceAllString(part, "$1")
		}
		entry, err := w.Create(file.Name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := entry.Write([]byte(part)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestTextOfABookNeverBecomesAFormula(t *testing.T) {
	content, f := bookOf(t, areaPlan())
	for _, c := range []struct{ sheet, row, column, want string }{
		{"小区", "C001", "地址", `=HYPERLINK("http://example.com","x")`},
		{"小区", "C003", "小区名称", "-2+3"},
		{"小区", "C003", "地址", "@SUM(A1)"},
		{"楼栋", "B02", "楼栋名称", "+2栋"},
		{"片区汇总", "备注", "数值", "=cmd|' /C calc'!A0\n第二行"},
		{"小区", "C003", "备注", "含 & < > \"引号\" 与\n换行"},
	} {
		cell := find(t, f, c.sheet, c.row, c.column)
		value, err := f.GetCellValue(c.sheet, cell)
		formula, _ := f.GetCellFormula(c.sheet, cell)
		kind, _ := f.GetCellType(c.sheet, cell)
		if err != nil || value != c.want || formula != "" || (kind != excelize.CellTypeInlineString && kind != excelize.CellTypeSharedString) {
			t.Errorf("%s!%s is %q (type %v, formula %q), want the text %q", c.sheet, cell, value, kind, formula, c.want)
		}
	}
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

func TestABookPrintsWellAndCanBeFiltered(t *testing.T) {
	content, f := bookOf(t, areaPlan())
	workbook := partOf(t, content, "xl/workbook.xml")
	for i, sheet := range bookSheets {
		layout, err := f.GetPageLayout(sheet)
		if err != nil || *layout.Orientation != "landscape" || *layout.FitToWidth != 1 || (*layout.Size != 8 && *layout.Size != 9) {
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
		for _, name := range []string{"Print_Titles", "Print_Area"} {
			if !strings.Contains(workbook, `localSheetId="`+strconv.Itoa(i)+`" name="_xlnm.`+name+`"`) {
				t.Errorf("%s has no %s", sheet, name)
			}
		}
		part := partOf(t, content, "xl/worksheets/sheet"+strconv.Itoa(i+1)+".xml")
		if filtered := strings.Contains(part, "<autoFilter"); filtered != (sheet != "片区汇总" && sheet != "说明") {
			t.Errorf("%s can be filtered: %v", sheet, filtered)
		}
	}
}

func TestTheDictionaryNamesEveryColumn(t *testing.T) {
	_, f := bookOf(t, areaPlan())
	rows, err := f.GetRows("字段说明")
	if err != nil {
		t.Fatal(err)
	}
	named := map[string]bool{}
	for _, row := range rows[1:] {
		named[row[0]] = true
		if len(row) < 5 || row[3] == "" || row[4] == "" {
			t.Errorf("%q has no meaning or no source", row)
		}
	}
	for _, sheet := range bookSheets[1:10] {
		if !named[sheet] {
			t.Errorf("%s is not in the dictionary", sheet)
		}
	}
}

func TestAnEmptyPlanMakesABook(t *testing.T) {
	content, f := bookOf(t, &areaplan.Plan{At: areaPlan().At})
	if diff := cmp.Diff(bookSheets, f.GetSheetList()); diff != "" {
		t.Error(diff)
	}
	for sheet, want := range map[string]string{
		"小区": "片区内没有小区。", "覆盖": "片区没有设施覆盖计算结果。", "改造内容": "片区的项目还没有填报改造内容。", "投资与分摊": "片区内没有项目。",
	} {
		if rows, err := f.GetRows(sheet); err != nil || rows[len(rows)-1][0] != want {
			t.Errorf("%s says %v, %v", sheet, rows, err)
		}
	}
	if strings.Contains(partOf(t, content, "xl/worksheets/sheet3.xml"), "<f>") {
		t.Error("the sum of nothing adds up something")
	}
}

func TestTheSamePlanMakesTheSameBook(t *testing.T) {
	one, _ := bookOf(t, areaPlan())
	for range 4 {
		if two, _ := bookOf(t, areaPlan()); !bytes.Equal(one, two) {
			t.Fatal("the bytes differ")
		}
	}
}

// Counts that a person may not see are not in the rows; the totals stay those of
// the plan and do not pretend to add up.
func TestATotalThatTheRowsDoNotGiveIsAFigure(t *testing.T) {
	p := areaPlan()
	p.Communities[2].Households = nil
	_, f := bookOf(t, p)
	cell := find(t, f, "小区", "合计", "户数")
	formula, _ := f.GetCellFormula("小区", cell)
	if got := valueAt(t, f, "小区", cell); got != 511 || formula != "" {
		t.Errorf("the sum is %v by %q", got, formula)
	}
}

func TestLibreOfficeShowsTheBook(t *testing.T) {
	content, _ := bookOf(t, areaPlan())
	pages := pdfPages(t, content, "book.xlsx")
	all := squeezed(strings.Join(pages, "\n"))
	for _, want := range []string{"崂山五村", "37,281.75", "511", "社区卫生服务站", "供水管网改造", "中央财政（万元）", "合计"} {
		if !strings.Contains(all, want) {
			t.Errorf("the PDF does not show %q", want)
		}
	}
}
