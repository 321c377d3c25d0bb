package exporter_test

import (
	"bytes"
	"encoding/csv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"github.com/lianpian/lianpian/internal/exporter"
	"github.com/lianpian/lianpian/internal/progress"
)

func frozenMonth() progress.Snapshot {
	plan := progress.MonthMeasures{AreaWan: 1.2345, Households: 120, Buildings: 6}
	figures := progress.MonthFigures{Plan: plan, G2: plan, InvestmentWan: 800, SpentWan: 12.5}
	totals := figures
	totals.SpentWan = 13
	return progress.Snapshot{
		Month: "2026-03", Form: progress.Annex6, Title: "2026年1月至2026年3月进展情况表", Unit: progress.ReportUnit{Name: "万盛街道"},
		Columns: []progress.Column{
			{Name: "序号"},
			{Key: "plan_name", Path: []string{"改造提升计划"}, Name: "项目名称"},
			{Key: "plan_area", Path: []string{"改造提升计划"}, Name: "面积（万平方米）"},
			{Key: "g2_households", Path: []string{"改造进展情况", "施工"}, Name: "户数（户）"},
			{Key: "invested", Path: []string{"改造进展情况"}, Name: "累计完成投资额（万元）"},
			{Key: "remark", Name: "备注"},
		},
		Footer: []string{"遇到的困难问题及有关意见建议：", "负责人："},
		Rows:   []progress.SnapshotRow{{MonthLineDraft: progress.MonthLineDraft{MonthFigures: figures, Remark: "=1+1"}, Name: "甲项目"}},
		Totals: totals, FrozenAt: "2026-03-26 09:00:00", FrozenBy: "planner", Difficulties: "缺资金",
	}
}

func TestMonthXLSXIsTheFormAndTheSameEveryTime(t *testing.T) {
	var one, two bytes.Buffer
	for _, w := range []*bytes.Buffer{&one, &two} {
		if err := exporter.MonthXLSX(w, frozenMonth(), "abc"); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(one.Bytes(), two.Bytes()) {
		t.Error("the same snapshot gives other bytes")
	}
	file, err := excelize.OpenReader(&one)
	if err != nil {
		t.Fatal(err)
	}
	sheet := file.GetSheetName(0)
	merged, err := file.GetMergeCells(sheet)
	if err != nil {
		t.Fatal(err)
	}
	heads := map[string]string{}
	for _, m := range merged {
		heads[m.GetStartAxis()+":"+m.GetEndAxis()] = m.GetCellValue()
	}
	for at, want := range map[string]string{
		"A1:F1": "2026年1月至2026年3月进展情况表", "A3:A5": "序号", "B3:C3": "改造提升计划", "B4:B5": "项目名称",
		"D3:E3": "改造进展情况", "E4:E5": "累计完成投资额（万元）", "F3:F5": "备注",
	} {
		if heads[at] != want {
			t.Errorf("%s holds %q, want %q (have %v)", at, heads[at], want, heads)
		}
	}
	for at, want := range map[string]string{"A6": "1", "B6": "甲项目", "C6": "1.2345", "D6": "120", "E6": "12.50", "F6": "=1+1", "A7": "2", "A9": "4", "A10": "合计", "E10": "13.00", "C10": "1.2345", "D10": "120"} {
		if got, err := file.GetCellValue(sheet, at); err != nil || got != want {
			t.Errorf("%s holds %q, want %q (%v)", at, got, want, err)
		}
	}
	if formula, _ := file.GetCellFormula(sheet, "F6"); formula != "" {
		t.Errorf("a remark became the formula %q", formula)
	}
	for at, want := range map[string]string{"C10": "SUM(C6:C9)", "D10": "SUM(D6:D9)", "E10": ""} { // the form's sum is not that of its rows
		if formula, _ := file.GetCellFormula(sheet, at); formula != want {
			t.Errorf("%s is %q, want %q", at, formula, want)
		}
	}
}

func TestMonthCSV(t *testing.T) {
	var out bytes.Buffer
	if err := exporter.MonthCSV(&out, frozenMonth()); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(out.String(), "\ufeff"))).ReadAll()
	if err != nil || len(rows) != 3 {
		t.Fatalf("%v %v", rows, err)
	}
	if rows[0][3] != "改造进展情况／施工／户数（户）" || rows[1][5] != "'=1+1" || rows[2][0] != "合计" || rows[2][2] != "1.2345" {
		t.Errorf("rows %q", rows)
	}
}
