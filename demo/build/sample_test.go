package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"io/fs"
	"strconv"
	"testing"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/lianpian/lianpian/demo"
)

func sample(t *testing.T, name string) []byte {
	t.Helper()
	body, err := fs.ReadFile(demo.Samples(), name)
	if err != nil {
		t.Fatal(err)
	}
	return body
}

func TestTheSampleLedgersSayTheSame(t *testing.T) {
	body := sample(t, "台账示例.csv")
	rows, err := csv.NewReader(simplifiedchinese.GBK.NewDecoder().Reader(bytes.NewReader(body))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	book, err := excelize.OpenReader(bytes.NewReader(sample(t, "台账示例.xlsx")))
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	cells, err := book.GetRows("台账")
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != 21 || len(cells) != 21 {
		t.Fatalf("%d and %d rows, want a header and 20", len(rows), len(cells))
	}
	for i := range rows {
		for j, want := range rows[i] {
			got := cells[i][j]
			a, errA := strconv.ParseFloat(got, 64)
			b, errB := strconv.ParseFloat(want, 64)
			if got != want && (errA != nil || errB != nil || a != b) {
				t.Errorf("row %d %s: %q in XLSX, %q in CSV", i, rows[0][j], got, want)
			}
		}
	}
}

func TestTheSampleLedgerHasThreeFaultyRows(t *testing.T) {
	rows, err := csv.NewReader(simplifiedchinese.GBK.NewDecoder().Reader(bytes.NewReader(sample(t, "台账示例.csv")))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	codes, faults := map[string]bool{}, map[string]int{}
	for _, r := range rows[1:] {
		lon, _ := strconv.ParseFloat(r[colLon], 64)
		lat, _ := strconv.ParseFloat(r[colLat], 64)
		switch {
		case codes[r[colCode]]:
			faults["code twice"]++
		case r[colYear] == "1890":
			faults["year"]++
		case lon < 121.48 || lon > 121.53 || lat < 31.22 || lat > 31.26:
			faults["outside"]++
		}
		codes[r[colCode]] = true
	}
	for _, f := range []string{"code twice", "year", "outside"} {
		if faults[f] != 1 {
			t.Errorf("%d rows with fault %q, want 1", faults[f], f)
		}
	}
}

func TestTheSampleFacilitiesAreNew(t *testing.T) {
	var file struct {
		Features []struct {
			Properties struct {
				Code string `json:"code"`
				Kind string `json:"facility_type"`
				Name string `json:"name"`
			}
		}
	}
	if err := json.Unmarshal(sample(t, "设施示例.geojson"), &file); err != nil {
		t.Fatal(err)
	}
	kinds := map[string]int{}
	for _, f := range file.Features {
		kinds[f.Properties.Kind]++
		if f.Properties.Code == "" || f.Properties.Name == "" {
			t.Errorf("a facility without code or name: %+v", f.Properties)
		}
	}
	for _, k := range []string{"health_station", "elder_daycare", "community_canteen", "nursery"} {
		if kinds[k] != 3 {
			t.Errorf("%d × %s, want 3", kinds[k], k)
		}
	}
}
