package table

import (
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"github.com/lianpian/lianpian/internal/geofile"
)

// parts are the names of a table's columns, the texts of its rows and the kinds of
// what was found in it.
func parts(t *testing.T, d *geofile.Dataset) (columns, texts, found []string) {
	t.Helper()
	s := d.Layers[0]
	for _, f := range s.Fields {
		columns = append(columns, f.Name)
	}
	for _, r := range rows(t, s) {
		var cells []string
		for _, v := range r.Values {
			text, _ := v.(string)
			cells = append(cells, text)
		}
		texts = append(texts, strings.Join(cells, ","))
	}
	if int(s.Count) != len(texts) {
		t.Errorf("counts %d rows, has %d", s.Count, len(texts))
	}
	for _, f := range d.Findings {
		found = append(found, f.Kind)
	}
	return columns, texts, found
}

func TestRowsThatAreNoDataAreLeftOut(t *testing.T) {
	for name, c := range map[string]struct {
		file                string
		columns, rows, kind string
	}{
		"sums at the end": {
			"小区名称,户数,面积\n甲院,10,100\n乙院,20,200\n合 计：,30,300\n",
			"小区名称 户数 面积", "甲院,10,100 乙院,20,200", totalsRow,
		},
		"sums behind the number of a row": {
			"序号,街道,小区名称,户数\n1,东林街道,甲院,10\n,东林街道小计,,10\n2,万东镇,乙院,20\n合计,,2个,30\n",
			"序号 街道 小区名称 户数", "1,东林街道,甲院,10 2,万东镇,乙院,20", totalsRow,
		},
		"a thing that has a place": {
			"小区名称,经度,纬度\n合计,106.91234,28.91234\n甲院,106.91235,28.91235\n",
			"小区名称 经度 纬度", "合计,106.91234,28.91234 甲院,106.91235,28.91235", "",
		},
		"names that only begin so": {
			"小区名称,户数\n合计里小区,10\n总计委宿舍,20\n", "小区名称 户数", "合计里小区,10 总计委宿舍,20", "",
		},
		"headers on every page": {
			"小区名称,户数\n甲院,10\n小区名称,户数\n乙院,20\n\n小区名称, 户数\n丙院,30\n",
			"小区名称 户数", "甲院,10 乙院,20 丙院,30", repeatedHeader,
		},
		"groups of columns": {
			"小区名称,户数,坐标,\n,,经度,纬度\n甲院,10,106.91234,28.91234\n乙院,20,106.91235,28.91235\n",
			"小区名称 户数 经度 纬度", "甲院,10,106.91234,28.91234 乙院,20,106.91235,28.91235", twoHeaders,
		},
		"groups with columns of one name": {
			"小区名称,改造前,,改造后,,位置,\n,户数,面积,户数,面积,经度,纬度\n甲院,10,1,10,2,106.91234,28.91234\n乙院,20,2,20,3,106.91235,28.91235\n",
			"小区名称 改造前户数 改造前面积 改造后户数 改造后面积 经度 纬度", "甲院,10,1,10,2,106.91234,28.91234 乙院,20,2,20,3,106.91235,28.91235", twoHeaders,
		},
		"units below": {
			"小区名称,户数,建筑面积\n,(户),（万㎡）\n甲院,10,1.5\n乙院,20,2\n",
			"小区名称 户数（户） 建筑面积（万㎡）", "甲院,10,1.5 乙院,20,2", twoHeaders,
		},
		"keys below": {
			"小区名称,户数,建筑面积\nname,households,floor_area_m2\n甲院,10,1500\n乙院,20,2000\n",
			"小区名称 户数 建筑面积", "甲院,10,1500 乙院,20,2000", twoHeaders,
		},
		"a first row of texts": {
			"小区名称,户数,备注\n甲院,不详,待查\n乙院,20,无\n", "小区名称 户数 备注", "甲院,不详,待查 乙院,20,无", "",
		},
		"a column without a name": {
			"小区名称,户数,,备注\n甲院,不详,东,待查\n乙院,20,西,无\n", "小区名称 户数 列3 备注", "甲院,不详,东,待查 乙院,20,西,无", "",
		},
	} {
		t.Run(name, func(t *testing.T) {
			columns, texts, found := parts(t, open(t, save(t, "小区.csv", []byte(c.file)), geofile.Options{}))
			if got := strings.Join(columns, " "); got != c.columns {
				t.Errorf("columns %q, want %q", got, c.columns)
			}
			if got := strings.Join(texts, " "); got != c.rows {
				t.Errorf("rows %q, want %q", got, c.rows)
			}
			if c.kind == "" && len(found) > 0 || c.kind != "" && !slices.Equal(found, []string{c.kind}) {
				t.Errorf("found %q, want %q", found, c.kind)
			}
		})
	}
}

func TestMergedHeadersOfWorkbooks(t *testing.T) {
	f := excelize.NewFile()
	defer f.Close()
	for cell, value := range map[string]any{
		"A1": "万盛经开区老旧小区台账", "A2": "街道", "B2": "小区名称", "C2": "规模", "E2": "坐标",
		"C3": "楼栋数", "D3": "户数", "E3": "经度", "F3": "纬度",
		"A4": "东林街道", "B4": "甲院", "C4": 2, "D4": 10, "E4": 106.91234, "F4": 28.91234,
		"B5": "乙院", "C5": 3, "D5": 20, "E5": 106.91235, "F5": 28.91235,
		"A7": "合计", "C7": 5, "D7": 30,
	} {
		if err := f.SetCellValue("Sheet1", cell, value); err != nil {
			t.Fatal(err)
		}
	}
	for _, m := range [][2]string{{"A1", "F1"}, {"A2", "A3"}, {"B2", "B3"}, {"C2", "D2"}, {"E2", "F2"}, {"A4", "A5"}, {"A7", "B7"}} {
		if err := f.MergeCell("Sheet1", m[0], m[1]); err != nil {
			t.Fatal(err)
		}
	}
	b, err := f.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	d := open(t, save(t, "台账.xlsx", b.Bytes()), geofile.Options{})
	columns, texts, found := parts(t, d)
	if got := strings.Join(columns, " "); got != "街道 小区名称 楼栋数 户数 经度 纬度" {
		t.Errorf("columns %q", got)
	}
	if got := strings.Join(texts, " "); got != "东林街道,甲院,2,10,106.91234,28.91234 东林街道,乙院,3,20,106.91235,28.91235" {
		t.Errorf("rows %q", got)
	}
	slices.Sort(found)
	if !slices.Equal(found, []string{totalsRow, twoHeaders}) || d.Layers[0].Shape != geofile.Points {
		t.Errorf("found %q, %s", found, d.Layers[0].Shape)
	}
}
