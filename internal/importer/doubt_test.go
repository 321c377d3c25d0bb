package importer

import (
	"strings"
	"testing"

	"github.com/lianpian/lianpian/internal/postgis/postgistest"
)

func TestARowInWhichMoreAgreedThanThereAreIsRefused(t *testing.T) {
	b := newBench(t)
	postgistest.District(t, b.db)
	report, err := b.text("台账.csv", `小区编码,小区名称,户数,同意户数,建筑面积（平方米）,同意建筑面积（平方米）
A1,一,100,80,8000,6000
A2,二,100,101,8000,6000
A3,三,100,80,8000,8001
`, Args{District: "500110"})
	if err != nil {
		t.Fatal(err)
	}
	if reason := refusedRow(report, 3); report.Inserted != 1 || !strings.Contains(reason, "101 户多于总户数 100 户") {
		t.Errorf("inserted %d; %s", report.Inserted, reason)
	}
	if reason := refusedRow(report, 4); !strings.Contains(reason, "8001.00 平方米大于总建筑面积 8000.00 平方米") {
		t.Error(reason)
	}
	if report.FaultySheet == nil || report.FaultySheet.Rows != 2 {
		t.Errorf("faulty rows %+v", report.FaultySheet)
	}
	report, err = b.text("小区.geojson", `{"type":"FeatureCollection","features":[
		{"type":"Feature","properties":{"name":"四","code":"A4","households":10,"households_agreed":10},"geometry":null},
		{"type":"Feature","properties":{"name":"五","code":"A5","households":10,"households_agreed":11},"geometry":null}]}`,
		Args{District: "500110", Layer: "communities"})
	if err != nil || report.Inserted != 1 || report.RowsRefused != 1 {
		t.Errorf("%+v, %v", report, err)
	}
}

func TestAFewAreasInTheOtherUnitAreRefusedWithoutHouseholdsToo(t *testing.T) {
	b := newBench(t)
	postgistest.District(t, b.db)
	ledger := strings.ReplaceAll(areas("建筑面积（平方米）", "8000", "9500", "12000", "7000", "0.6", "0.6"), ",100,", ",,")
	report, err := b.text("台账.csv", ledger, Args{District: "500110"})
	if err != nil {
		t.Fatal(err)
	}
	if reason := refusedRow(report, 6); report.Inserted != 4 || report.RowsRefused != 2 || !strings.Contains(reason, "把万平方米填成了平方米？应为 6000 平方米") {
		t.Errorf("inserted %d; %s", report.Inserted, reason)
	}
}

func TestANumberInANameIsNotStored(t *testing.T) {
	b := newBench(t)
	postgistest.District(t, b.db)
	if _, err := b.text("台账.csv", "小区编码,小区名称,户数\nA1,张三 138-0013-8000,100\n", Args{District: "500110"}); err != nil {
		t.Fatal(err)
	}
	if got := b.community("500110", "A1").Name; got != "张三 （已略去）" {
		t.Error(got)
	}
}
