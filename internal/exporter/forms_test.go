package exporter_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lianpian/lianpian/internal/areaplan"
	"github.com/lianpian/lianpian/internal/exporter"
	"github.com/lianpian/lianpian/internal/policy"
	"github.com/lianpian/lianpian/internal/progress"
	"github.com/lianpian/lianpian/internal/survey"
)

// forms writes the forms of a plan, by their names.
func forms(t *testing.T, p *areaplan.Plan, in exporter.FormsInput) (names []string, files map[string][]byte) {
	t.Helper()
	list, err := exporter.Forms(p, in)
	if err != nil {
		t.Fatal(err)
	}
	files = map[string][]byte{}
	for _, file := range list {
		var out bytes.Buffer
		if err := file.Write(&out); err != nil {
			t.Fatalf("%s: %v", file.Name, err)
		}
		if files[file.Name] != nil {
			t.Errorf("two files are called %s", file.Name)
		}
		names, files[file.Name] = append(names, file.Name), out.Bytes()
	}
	return names, files
}

// printedForm is a form as the document prints it.
func printedForm(t *testing.T, key string) policy.Form {
	t.Helper()
	document, err := library(t).Policy("wansheng-2020")
	if err != nil {
		t.Fatal(err)
	}
	at := slices.IndexFunc(document.Forms, func(f policy.Form) bool { return f.Key == key })
	if at < 0 {
		t.Fatalf("there is no %s", key)
	}
	return document.Forms[at]
}

// wholeMonth is a frozen report on annex 6 with all its columns.
func wholeMonth(t *testing.T) progress.Snapshot {
	t.Helper()
	document, err := library(t).Policy("wansheng-2020")
	if err != nil {
		t.Fatal(err)
	}
	s := progress.Blank(policy.Choice{Policy: document}, progress.ReportUnit{}, progress.Annex6, 2026)
	s.Month, s.Unit.Name, s.Title = "2026-03", "万盛街道", "2026年1月至2026年3月中央补助资金支持改造项目进展情况表"
	s.SubmittedAt, s.FrozenAt, s.FrozenBy = "2026-03-25 10:00:00", "2026-03-26 09:00:00", "planner"
	one := progress.MonthMeasures{AreaWan: 1.2345, Households: 120, Buildings: 6}
	two := progress.MonthMeasures{AreaWan: 2.469, Households: 240, Buildings: 12}
	for range 2 {
		s.Rows = append(s.Rows, progress.SnapshotRow{
			MonthLineDraft: progress.MonthLineDraft{MonthFigures: progress.MonthFigures{Plan: one, G2: one, InvestmentWan: 800, SpentWan: 12.5}, Remark: "正常推进"},
			Name:           "万盛街道新田社区改造项目",
		})
	}
	s.Totals = progress.MonthFigures{Plan: two, G2: two, InvestmentWan: 1600, SpentWan: 25}
	return s
}

func TestTheFormsOfAPlan(t *testing.T) {
	names, _ := forms(t, areaPlan(), exporter.FormsInput{Months: []exporter.Month{{Snapshot: wholeMonth(t), Digest: "abc"}}})
	want := []string{
		"附件3-征求意见表-崂山五村.xlsx", "附件3-征求意见表-建设小区.xlsx", "附件3-征求意见表--2+3.xlsx", "附件4-征求意见情况统计表.xlsx",
		"附件5-拟纳入中央补助支持项目基本情况表.xlsx", "附件6-2026-03-万盛街道.xlsx", "附件7-空表.xlsx",
	}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Error(diff)
	}
}

func TestNamesOfFormsAreSafeAndDistinct(t *testing.T) {
	p := areaPlan()
	p.Communities[0].Name, p.Communities[1].Name, p.Communities[2].Name = "../甲/乙", "../甲/乙", strings.Repeat("很", 300)
	names, _ := forms(t, p, exporter.FormsInput{})
	if names[0] != "附件3-征求意见表-.._甲_乙.xlsx" || names[1] != "附件3-征求意见表-.._甲_乙 (2).xlsx" || len([]rune(names[2])) > 70 {
		t.Errorf("%q", names[:3])
	}
}

func TestAnnex3OfACommunityWithoutSurveyIsByItsBuildings(t *testing.T) {
	p := areaPlan()
	p.Communities[2].Households = nil
	p.Buildings[3].Households = nil
	_, files := forms(t, p, exporter.FormsInput{Surveys: []survey.Survey{{
		Head:   survey.Head{Community: survey.Place{Code: "C002", Name: "建设小区", Address: "建设路 12 号"}, Contents: []string{"道路平整"}},
		Counts: []survey.Count{{BuildingName: "7栋", Stairwell: "2单元", Households: 2}},
	}}})
	printed := printedForm(t, "annex3")
	columns := make([]string, len(printed.Columns))
	for i, c := range printed.Columns {
		columns[i] = c.Name
	}
	f := opened(t, files["附件3-征求意见表-崂山五村.xlsx"])
	rows, err := f.GetRows("1栋")
	if err != nil {
		t.Fatal(err)
	}
	want := [][]string{
		{printed.Title},
		{`小区（楼栋）名称：崂山五村（1栋）　　地址：=HYPERLINK("http://example.com","x")`},
		{"面积：3000.25平方米　　户数：40户"},
		{"改造和提升的内容：1.供水管网改造　2.电梯加装"},
		columns,
		{"1", "1栋-"},
	}
	if diff := cmp.Diff(want, rows[:6]); diff != "" || len(rows) != 45 {
		t.Errorf("%d rows: %s", len(rows), diff)
	}
	f = opened(t, files["附件3-征求意见表-建设小区.xlsx"]) // asked already: as the survey has it
	if rows, err := f.GetRows("7栋2单元"); err != nil || len(rows) != 7 || rows[3][0] != "改造和提升的内容：1.道路平整" || rows[6][1] != "7栋2单元-" {
		t.Errorf("%v %v", rows, err)
	}
	f = opened(t, files["附件3-征求意见表--2+3.xlsx"]) // nobody knows how many households
	rows, err = f.GetRows("-2+3")
	if err != nil || len(rows) != 25 || rows[2][0] != "面积：2080.5平方米　　户数：　户" || rows[5][0] != "1" {
		t.Errorf("%d rows: %v %v", len(rows), rows, err)
	}
}

func TestACommunityOfManyHouseholdsGetsSheetsToCopy(t *testing.T) {
	p := areaPlan()
	p.Buildings[2].Households = ptr(int64(2_000_000))
	_, files := forms(t, p, exporter.FormsInput{})
	rows, err := opened(t, files["附件3-征求意见表-建设小区.xlsx"]).GetRows("B03")
	if err != nil || len(rows) != 25 {
		t.Errorf("%d rows, %v", len(rows), err)
	}
}

func TestAnnex4HasEveryCommunityOfThePlan(t *testing.T) {
	agreed := 21
	_, files := forms(t, areaPlan(), exporter.FormsInput{Statistics: []survey.Statistic{
		{Community: survey.Place{Code: "C002", Name: "建设小区", SubdistrictCode: "500110001", SubdistrictName: "万盛街道"}, Households: ptr(50), Agreed: &agreed, OwnersCommittee: "有"},
	}})
	f := opened(t, files["附件4-征求意见情况统计表.xlsx"])
	printed := printedForm(t, "annex4")
	for sheet, want := range map[string][]string{"万盛街道": {"崂山五村", "建设小区", "合计"}, "东林街道": {"-2+3", "合计"}} {
		rows, err := f.GetRows(sheet)
		if err != nil {
			t.Fatal(err)
		}
		if title := strings.Replace(printed.Title, "XX街道（镇）", sheet, 1); rows[0][0] != title {
			t.Errorf("the title is %q", rows[0][0])
		}
		for _, field := range printed.Header {
			if !strings.Contains(rows[1][0], field) {
				t.Errorf("%q lacks %q", rows[1][0], field)
			}
		}
		fields := slices.Concat(printed.Blocks[0].Fields, printed.Blocks[1].Fields[:2])
		if diff := cmp.Diff(fields, rows[3]); diff != "" {
			t.Error(diff)
		}
		var names []string
		for _, row := range rows[4:] {
			names = append(names, row[0])
		}
		if diff := cmp.Diff(want, names); diff != "" {
			t.Error(diff)
		}
	}
	rows, _ := f.GetRows("万盛街道")
	// the register says of one who agreed, the survey of the other
	if !strings.HasPrefix(rows[4][8], "需要改造提升的并签名的户数300户，占小区总户数71.4%") || !strings.HasPrefix(rows[5][8], "需要改造提升的并签名的户数21户") {
		t.Errorf("%q, %q", rows[4][8], rows[5][8])
	}
	if rows, _ := f.GetRows("东林街道"); rows[4][8] != "户数过少，不显示" {
		t.Errorf("a small count is shown: %q", rows[4][8])
	}
}

func TestAnnex5IsAsTheDocumentHasIt(t *testing.T) {
	_, files := forms(t, areaPlan(), exporter.FormsInput{})
	f := opened(t, files["附件5-拟纳入中央补助支持项目基本情况表.xlsx"])
	if diff := cmp.Diff([]string{"万盛街道"}, f.GetSheetList()); diff != "" {
		t.Fatal(diff)
	}
	printed := printedForm(t, "annex5")
	rows, err := f.GetRows("万盛街道")
	if err != nil {
		t.Fatal(err)
	}
	if want := strings.Replace(printed.Title, "xx街道（镇）", "万盛街道", 1); rows[0][0] != want {
		t.Errorf("the title is %q", rows[0][0])
	}
	for _, field := range printed.Header {
		if !strings.Contains(rows[1][0], field) {
			t.Errorf("%q lacks %q", rows[1][0], field)
		}
	}
	columns := make([]string, len(printed.Columns))
	for i, c := range printed.Columns {
		columns[i] = c.Name
	}
	if diff := cmp.Diff(columns, rows[2]); diff != "" {
		t.Error(diff)
	}
	want := []string{
		"1", "万盛街道新田社区、万盛街道建设社区", "崂山五村、建设小区（2个）", "1987年\n1995年", "城镇棚改范围：否，1 个小区未知\n居民自建住房：否，1 个小区未知",
		"470", "3", "3.5101", "供水管网改造1200.5米；电梯加装4部", "350.00", "处于前期手续办理阶段", "另有 1 个小区不在本方案的片区内，未计入",
	}
	if diff := cmp.Diff(want, rows[3]); diff != "" {
		t.Error(diff)
	}
	if last := rows[len(rows)-1][0]; last != "未标明申请中央补助的项目不列入本表，共 1 个：东林街道管理提升。" {
		t.Errorf("the note says %q", last)
	}
}

func TestAnnex6And7AreAsTheDocumentHasThem(t *testing.T) {
	_, files := forms(t, areaPlan(), exporter.FormsInput{Months: []exporter.Month{{Snapshot: wholeMonth(t), Digest: "abc"}}})
	for name, want := range map[string]struct {
		title, third string
		rows, totals int
	}{
		"附件6-2026-03-万盛街道.xlsx": {"2026年1月至2026年3月中央补助资金支持改造项目进展情况表", "全部改造内容已完工的项目", 4, 10},
		"附件7-空表.xlsx":           {"2026年1月至2026年　月未申请中央补助资金支持改造项目进展情况表", "3、全部改造内容已完工的项目", 3, 9},
	} {
		f := opened(t, files[name])
		sheet := f.GetSheetName(0)
		cells := map[string]string{
			"A1": want.title, "A3": "序号", "B3": "改造提升计划", "G3": "改造进展情况", "Q3": "备注",
			"B4": "项目名称", "C4": "面积（万平方米）", "D4": "户数（户）", "E4": "楼栋数（栋）", "F4": "投资额（万元）",
			"G4": "正在开展群众工作、手续办理等前期准备的项目", "J4": "已完成前期准备、施工单位已进场施工的项目", "M4": want.third, "P4": "累计完成投资额（万元）",
			"G5": "面积（万平方米）", "H5": "户数（户）", "I5": "楼栋数（栋）", "O5": "楼栋数（栋）",
			fmt.Sprintf("A%d", want.totals): "合计", fmt.Sprintf("A%d", want.totals+1): "遇到的困难问题及有关意见建议：",
			fmt.Sprintf("A%d", 5+want.rows): fmt.Sprint(want.rows),
		}
		for at, text := range cells {
			if got, err := f.GetCellValue(sheet, at); err != nil || got != text {
				t.Errorf("%s: %s holds %q, want %q; %v", name, at, got, text, err)
			}
		}
		merged, err := f.GetMergeCells(sheet)
		if err != nil {
			t.Fatal(err)
		}
		var ranges []string
		for _, m := range merged {
			ranges = append(ranges, m.GetStartAxis()+":"+m.GetEndAxis())
		}
		for _, want := range []string{"A1:Q1", "A2:Q2", "A3:A5", "B3:F3", "G3:P3", "Q3:Q5", "B4:B5", "G4:I4", "J4:L4", "M4:O4", "P4:P5"} {
			if !slices.Contains(ranges, want) {
				t.Errorf("%s: %s is not merged (%v)", name, want, ranges)
			}
		}
		formula, _ := f.GetCellFormula(sheet, fmt.Sprintf("C%d", want.totals))
		if formula != fmt.Sprintf("SUM(C6:C%d)", want.totals-1) {
			t.Errorf("%s: the sum is %q", name, formula)
		}
		sameAsCalculated(t, files[name], f)
	}
}

func TestFormsArePrintedOnWholePagesInTheFontsOfOfficialDocuments(t *testing.T) {
	_, files := forms(t, areaPlan(), exporter.FormsInput{})
	for name, content := range files {
		f := opened(t, content)
		workbook := partOf(t, content, "xl/workbook.xml")
		for _, sheet := range f.GetSheetList() {
			layout, err := f.GetPageLayout(sheet)
			if err != nil || *layout.Size != 9 || *layout.FitToWidth != 1 {
				t.Errorf("%s, %s: %+v %v", name, sheet, layout, err)
			}
			for at, font := range map[string]string{"A1": "方正小标宋简体", "A2": "仿宋_GB2312"} {
				id, err := f.GetCellStyle(sheet, at)
				if err != nil {
					t.Fatal(err)
				}
				if style, err := f.GetStyle(id); err != nil || style.Font.Family != font {
					t.Errorf("%s, %s!%s is in %v, %v", name, sheet, at, style.Font, err)
				}
			}
		}
		if n := strings.Count(workbook, "_xlnm.Print_Area"); n != len(f.GetSheetList()) || strings.Count(workbook, "_xlnm.Print_Titles") != n {
			t.Errorf("%s: %d print areas on %d sheets", name, n, len(f.GetSheetList()))
		}
	}
}

func TestTheSamePlanMakesTheSameForms(t *testing.T) {
	in := exporter.FormsInput{Months: []exporter.Month{{Snapshot: wholeMonth(t), Digest: "abc"}}}
	_, one := forms(t, areaPlan(), in)
	_, two := forms(t, areaPlan(), in)
	for name := range one {
		if !bytes.Equal(one[name], two[name]) {
			t.Errorf("%s differs", name)
		}
	}
}

func TestAnEmptyPlanHasForms(t *testing.T) {
	names, files := forms(t, &areaplan.Plan{At: areaPlan().At}, exporter.FormsInput{})
	if len(names) != 4 {
		t.Errorf("%v", names)
	}
	f := opened(t, files["附件5-拟纳入中央补助支持项目基本情况表.xlsx"])
	if title, _ := f.GetCellValue(f.GetSheetName(0), "A1"); title != printedForm(t, "annex5").Title {
		t.Errorf("the title is %q", title)
	}
}

func TestLibreOfficeShowsTheForms(t *testing.T) {
	needs(t, "soffice", "pdftotext")
	_, files := forms(t, areaPlan(), exporter.FormsInput{Months: []exporter.Month{{Snapshot: wholeMonth(t), Digest: "abc"}}})
	shown := pdfs(t, files)
	for name, want := range map[string]struct {
		pages int
		words []string
	}{
		"附件3-征求意见表-建设小区.xlsx":       {2, []string{"附件3", "征求意见表（样表）", "户数：50户", "是否需要对小区以上内容进"}},
		"附件4-征求意见情况统计表.xlsx":        {2, []string{"前期工作完成情况", "需要改造提升的并签名的户数", "22,000.25平方米"}},
		"附件5-拟纳入中央补助支持项目基本情况表.xlsx": {1, []string{"万盛街道拟纳入中央补助支持老旧小区改造计划项目基本情况表", "3.5101", "电梯加装4部"}},
		"附件6-2026-03-万盛街道.xlsx":     {1, []string{"累计完成投资", "2.469", "1,600.00", "联系电话："}},
	} {
		pages := shown[name]
		all := squeezed(strings.Join(pages, "\n"))
		if len(pages) != want.pages {
			t.Errorf("%s has %d pages, want %d", name, len(pages), want.pages)
		}
		for _, word := range want.words {
			if !strings.Contains(all, word) {
				t.Errorf("%s does not show %q: %s", name, word, all)
			}
		}
	}
}
