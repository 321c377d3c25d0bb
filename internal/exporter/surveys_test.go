package exporter_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"github.com/lianpian/lianpian/internal/exporter"
	"github.com/lianpian/lianpian/internal/survey"
)

func surveySheets(t *testing.T, s survey.Survey) *excelize.File {
	t.Helper()
	var content bytes.Buffer
	if err := exporter.SurveySheets(&content, s, "officer", time.Unix(0, 0)); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(&content)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

func TestAnnex3IsPrintedAsTheDocumentHasIt(t *testing.T) {
	m2, asked := 1234.5, 30
	f := surveySheets(t, survey.Survey{
		Head: survey.Head{Community: survey.Place{Name: "和平小区", Address: "和平路1号"}, Contents: []string{"道路平整", "电梯加装"}},
		Counts: []survey.Count{
			{BuildingCode: "a", BuildingName: "2幢", Stairwell: "1单元", Households: 3, FloorAreaM2: &m2, Asked: &asked, Agreed: &asked},
			{BuildingCode: "b", BuildingName: "[10]/幢", Households: 0},
		},
	})
	if diff := cmp.Diff([]string{"2幢1单元", "_10__幢"}, f.GetSheetList()); diff != "" {
		t.Fatal(diff)
	}
	rows, err := f.GetRows("2幢1单元")
	if err != nil {
		t.Fatal(err)
	}
	want := [][]string{
		{"老旧小区改造和社区服务提升征求意见表（样表）"},
		{"小区（楼栋）名称：和平小区（2幢1单元）　　地址：和平路1号"},
		{"面积：1234.5平方米　　户数：3户"},
		{"改造和提升的内容：1.道路平整　2.电梯加装"},
		{"序号", "门牌", "户主签字", "身份证号码", "联系电话", "是否需要对小区以上内容进行改造和提升"},
		{"1", "2幢1单元-"},
		{"2", "2幢1单元-"},
		{"3", "2幢1单元-"},
	}
	if diff := cmp.Diff(want, rows); diff != "" {
		t.Error(diff)
	}
}

func TestSheetsOfTheSameNameAreKeptApart(t *testing.T) {
	long := strings.Repeat("很", 40)
	f := surveySheets(t, survey.Survey{Counts: []survey.Count{
		{BuildingName: long, Households: 1},
		{BuildingName: long, Stairwell: "2", Households: 1},
		{Households: 1},
	}})
	if got := len(f.GetSheetList()); got != 3 {
		t.Errorf("%v", f.GetSheetList())
	}
}

func TestAnnex4HasASheetForEachSubdistrict(t *testing.T) {
	agreed, households, share, m2 := 16, 30, 53.3, 1200.5
	list := []survey.Statistic{
		{Community: survey.Place{Name: "=建设小区", SubdistrictCode: "1", SubdistrictName: "东林街道"}, Households: &households, FloorAreaM2: &m2, Agreed: &agreed, AgreedPercent: &share},
		{Community: survey.Place{Name: "小小区", SubdistrictCode: "1", SubdistrictName: "东林街道"}, Masked: true},
		{Community: survey.Place{Name: "和平小区", SubdistrictCode: "2", SubdistrictName: "万盛街道"}},
	}
	var content bytes.Buffer
	if err := exporter.SurveyStatistics(&content, list, "officer", time.Unix(0, 0)); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(&content)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if diff := cmp.Diff([]string{"东林街道", "万盛街道"}, f.GetSheetList()); diff != "" {
		t.Fatal(diff)
	}
	rows, err := f.GetRows("东林街道")
	if err != nil {
		t.Fatal(err)
	}
	want := [][]string{
		{"东林街道老旧小区改造和社区服务提升征求意见情况统计表"},
		{"统计单位（盖章）：东林街道　　　　　　联系人：　　　　　　电话："},
		{"小区基本情况", "", "", "", "", "", "", "前期工作完成情况"},
		{"小区名称", "详细地址", "占地面积", "总建筑面积", "建成时间", "楼栋数", "总户数", "有无业主委员会（名称）", "居民改造意愿"},
		{"=建设小区", "", "", "1,200.50平方米", "", "", "30", "", "需要改造提升的并签名的户数16户，占小区总户数53.3%；面积　平方米，占小区总面积　%。"},
		{"小小区", "", "", "", "", "", "", "", "户数过少，不显示"},
		{"合计", "", "", "1,200.50平方米", "", "", "30"},
	}
	if diff := cmp.Diff(want, rows); diff != "" {
		t.Error(diff)
	}
	if formula, _ := f.GetCellFormula("东林街道", "A5"); formula != "" {
		t.Errorf("a name became the formula %q", formula)
	}
	if formula, _ := f.GetCellFormula("东林街道", "G7"); formula != "SUM(G5:G6)" {
		t.Errorf("the sum of the households is %q", formula)
	}
	merged, err := f.GetMergeCells("东林街道")
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	for _, m := range merged {
		found[m.GetStartAxis()+":"+m.GetEndAxis()] = m.GetCellValue()
	}
	for at, text := range map[string]string{"A1:I1": want[0][0], "A2:I2": want[1][0], "A3:G3": "小区基本情况", "H3:I3": "前期工作完成情况"} {
		if found[at] != text {
			t.Errorf("%s holds %q, want %q", at, found[at], text)
		}
	}
}
