package importer

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/xuri/excelize/v2"

	"github.com/lianpian/lianpian/internal/job"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/postgis/postgistest"
)

const fullHead = "序号,小区编码,小区名称,街道,建成年份,户数,建筑面积（平方米）,户主姓名,内部编号,备注\n"

// ledgerOf has n rows, of which each tenth is faulty in one of five ways.
func ledgerOf(n int) (text string, faulty map[int]string) {
	var b strings.Builder
	b.WriteString(fullHead)
	faulty = map[int]string{}
	for i := 1; i <= n; i++ {
		year, households, area, street, name := "1988", "96", "7800", "万盛街道", fmt.Sprintf("小区%04d", i)
		if i%10 == 0 {
			switch i / 10 % 5 {
			case 0:
				year, faulty[i+1] = "八十年代", "建成年份"
			case 1:
				households, faulty[i+1] = "九十六", "户数"
			case 2:
				street, faulty[i+1] = "别处街道", "街道"
			case 3:
				name, faulty[i+1] = "", "小区名称"
			case 4:
				area, faulty[i+1] = "0.78", "户均"
			}
		}
		fmt.Fprintf(&b, "%d,C%05d,%s,%s,%s,%s,%s,张三,X%d,电话13812345678\n", i, i, name, street, year, households, area, i)
	}
	return b.String(), faulty
}

// The ledger's reach: 3,000 rows, a tenth of them faulty.
func TestOfAFullLedgerTheGoodRowsGoInAndTheOthersComeBackAsASheet(t *testing.T) {
	b := newBench(t)
	postgistest.District(t, b.db)
	text, faulty := ledgerOf(3000)
	began := time.Now()
	report, err := b.text("台账.csv", text, Args{District: "500110"})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("3,000 rows in %.2f s", time.Since(began).Seconds())
	if report.Inserted != 2700 || report.RowsRefused != 300 || report.FaultySheet == nil || report.FaultySheet.Rows != 300 {
		t.Fatalf("inserted %d, refused %d, sheet %+v", report.Inserted, report.RowsRefused, report.FaultySheet)
	}
	sheet, err := b.Faulty(t.Context(), "500110", report.FaultySheet.ID)
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range sheet.Rows {
		if want := faulty[int(row.Line)]; want == "" || !strings.Contains(row.reason(), want) {
			t.Errorf("row %d: %s, want %q", row.Line, row.reason(), want)
		}
	}
	var book bytes.Buffer
	if err := sheet.WriteXLSX(&book); err != nil {
		t.Fatal(err)
	}
	mended := putRight(t, book.Bytes(), true)
	again, err := b.text("待更正.xlsx", string(mended), Args{District: "500110"})
	if err != nil {
		t.Fatal(err)
	}
	if again.Inserted != 300 || again.RowsRefused != 0 || again.FaultySheet != nil {
		t.Errorf("sent again: inserted %d, refused %v", again.Inserted, again.Refused)
	}
	for _, note := range again.Notes {
		if strings.Contains(note, reasonTitle) {
			t.Errorf("the added column surprises: %s", note)
		}
	}
	if n := b.count(`select count(*) from community where district_code = '500110' and households = 96 and built_year = 1988 and floor_area_m2 = 7800`); n != 3000 {
		t.Errorf("%d communities as they should be", n)
	}
}

// putRight fills in what the sheet of faulty rows asks for, after a look at it.
func putRight(t *testing.T, book []byte, look bool) []byte {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(book))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := f.GetRows(faultySheetName)
	if err != nil {
		t.Fatal(err)
	}
	if look {
		if want := "序号 小区编码 小区名称 街道 建成年份 户数 建筑面积（平方米） 户主姓名 内部编号 备注 错误原因"; strings.Join(rows[0], " ") != want {
			t.Errorf("header %v", rows[0])
		}
		comments, err := f.GetComments(faultySheetName)
		if err != nil || len(comments) != 300 {
			t.Errorf("%d comments, %v", len(comments), err)
		}
	}
	at := func(title string) int { return slices.Index(rows[0], title) }
	for i := 1; i < len(rows); i++ {
		for title, value := range map[string]string{"街道": "万盛街道", "建成年份": "1988", "户数": "96", "建筑面积（平方米）": "7800", "小区名称": "更正小区 " + rows[i][at("小区编码")]} {
			cell, _ := excelize.CoordinatesToCellName(at(title)+1, i+1)
			if err := f.SetCellStr(faultySheetName, cell, value); err != nil {
				t.Fatal(err)
			}
		}
		if joined := strings.Join(rows[i], " "); strings.Contains(joined, "张三") || strings.Contains(joined, "138123") {
			t.Errorf("row %d keeps personal data: %s", i, joined)
		}
	}
	var out bytes.Buffer
	if _, err := f.WriteTo(&out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestTheOffendingCellIsColouredAndEveryFaultOfARowIsNamed(t *testing.T) {
	b := newBench(t)
	postgistest.District(t, b.db)
	report, err := b.text("台账.csv", fullHead+"1,A1,红星小区,别处街道,八十年代,九十六,7800,,,\n2,A2,东风小区,万盛街道,1988,96,7800,,,\n", Args{District: "500110"})
	if err != nil {
		t.Fatal(err)
	}
	if report.Inserted != 1 || report.RowsRefused != 1 || len(report.Refused) != 1 {
		t.Fatalf("report %+v", report)
	}
	sheet, err := b.Faulty(t.Context(), "500110", report.FaultySheet.ID)
	if err != nil {
		t.Fatal(err)
	}
	var columns []int
	for _, f := range sheet.Rows[0].Faults {
		columns = append(columns, f.Column)
	}
	slices.Sort(columns)
	// The street is looked up only for rows whose values can be read.
	if !slices.Equal(columns, []int{4, 5}) {
		t.Errorf("faults in columns %v: %s", columns, sheet.Rows[0].reason())
	}
	var book bytes.Buffer
	if err := sheet.WriteXLSX(&book); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(bytes.NewReader(book.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	fill := func(cell string) string {
		id, _ := f.GetCellStyle(faultySheetName, cell)
		s, _ := f.GetStyle(id)
		return strings.Join(s.Fill.Color, "")
	}
	if fill("E2") != "FFEB9C" || fill("F2") != "FFEB9C" || fill("C2") != "" {
		t.Errorf("fills %q %q %q", fill("E2"), fill("F2"), fill("C2"))
	}
}

func TestTheTextTableOfFaultyRowsIsReadAgainAndHoldsNoFormula(t *testing.T) {
	b := newBench(t)
	postgistest.District(t, b.db)
	report, err := b.text("台账.csv", "小区编码,小区名称,户数,备注\nA1,=HYPERLINK(1),很多,-3\nA2,东风,12,\n", Args{District: "500110"})
	if err != nil {
		t.Fatal(err)
	}
	sheet, err := b.Faulty(t.Context(), "500110", report.FaultySheet.ID)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := sheet.WriteCSV(&out); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(out.String(), "\ufeff"))).ReadAll()
	if err != nil || rows[1][1] != `'=HYPERLINK(1)` || rows[1][3] != "-3" || !strings.Contains(rows[1][4], "户数") {
		t.Errorf("rows %v, %v", rows, err)
	}
	again, err := b.text("待更正.csv", strings.Replace(out.String(), "很多", "30", 1), Args{District: "500110"})
	if err != nil || again.Inserted != 1 {
		t.Errorf("sent again: %+v, %v", again, err)
	}
}

func TestWhereNothingCanBeTakenTheSheetIsThereAllTheSame(t *testing.T) {
	b := newBench(t)
	postgistest.District(t, b.db)
	report, err := b.text("台账.csv", "小区编码,小区名称,户数\nA1,红星,很多\n", Args{District: "500110"})
	var refusal *job.Refusal
	if !errors.As(err, &refusal) || report.FaultySheet == nil {
		t.Fatalf("%+v, %v", report, err)
	}
	if _, err := b.Faulty(t.Context(), "500110", report.FaultySheet.ID); err != nil {
		t.Error(err)
	}
	if _, err := b.Faulty(t.Context(), "500152", report.FaultySheet.ID); !errors.Is(err, postgis.ErrNotFound) {
		t.Errorf("another district reads it: %v", err)
	}
	if _, err := b.Faulty(t.Context(), "500110", uuid.New()); !errors.Is(err, postgis.ErrNotFound) {
		t.Errorf("a sheet that there is not: %v", err)
	}
}

func TestFaultyRowsAreForgottenAfterAMonth(t *testing.T) {
	b := newBench(t)
	postgistest.District(t, b.db)
	const bad = "小区编码,小区名称,户数\nA1,红星,很多\nA2,东风,3\n"
	first, err := b.text("台账.csv", bad, Args{District: "500110"})
	if err != nil {
		t.Fatal(err)
	}
	now := b.now()
	b.now = func() time.Time { return now.AddDate(0, 0, 31) }
	if _, err := b.text("台账.csv", bad, Args{District: "500110"}); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Faulty(t.Context(), "500110", first.FaultySheet.ID); !errors.Is(err, postgis.ErrNotFound) {
		t.Errorf("after a month: %v", err)
	}
}

func TestTheTemplateIsReadWithoutASurprise(t *testing.T) {
	b := newBench(t)
	postgistest.District(t, b.db)
	var out bytes.Buffer
	if err := b.WriteTemplate(t.Context(), "500110", &out); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(bytes.NewReader(out.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	header, err := f.GetRows(templateSheet)
	if err != nil {
		t.Fatal(err)
	}
	m := mapColumns(communityColumns, header[0])
	if len(m.unused)+len(m.personal)+len(m.repeated) > 0 || len(m.at) != len(header[0]) {
		t.Errorf("unused %v, personal %v, repeated %v", m.unused, m.personal, m.repeated)
	}
	for cell, value := range map[string]string{"A2": "A1", "B2": "红星小区", "C2": "万盛街道", "F2": "单栋住宅楼", "H2": "96", "J2": "7800", "K2": "居民自治", "Q2": "未改造", "R2": "否"} {
		if err := f.SetCellStr(templateSheet, cell, value); err != nil {
			t.Fatal(err)
		}
	}
	var filled bytes.Buffer
	if _, err := f.WriteTo(&filled); err != nil {
		t.Fatal(err)
	}
	report, err := b.text("台账.xlsx", filled.String(), Args{District: "500110"})
	if err != nil || report.Inserted != 1 || report.RowsRefused != 0 {
		t.Fatalf("%+v, %v", report, err)
	}
	c := b.community("500110", "A1")
	if c.UnitKind != "single_building" || c.ManagementMode != "self_managed" || *c.PriorWorks != "none" || *c.InShantytownPlan || *c.FloorAreaM2 != 7800 {
		t.Errorf("community %+v", c)
	}
}
