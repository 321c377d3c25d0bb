package table

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/paulmach/orb"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"
	"pgregory.net/rapid"

	"github.com/lianpian/lianpian/internal/geo"
	"github.com/lianpian/lianpian/internal/geofile"
	"github.com/lianpian/lianpian/internal/geofile/geofiletest"
)

func system(t *testing.T, text string) geo.CRS {
	t.Helper()
	c, err := geo.ParseCRS(text)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func save(t *testing.T, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func open(t *testing.T, path string, opts geofile.Options) *geofile.Dataset {
	t.Helper()
	d, err := Open(t.Context(), path, opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	return d
}

func rows(t *testing.T, s geofile.Source) []geofile.Row {
	t.Helper()
	rows, _, err := geofiletest.Rows(context.Background(), s)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func TestRoundTrip(t *testing.T) {
	for _, shape := range []geofile.Shape{geofile.Points, geofile.Lines, geofile.Areas, geofile.Mixed, geofile.NoShape} {
		for _, crs := range []string{"EPSG:4490", "EPSG:4326", "EPSG:4545", "EPSG:4524", "gk:cm=106.5,fe=100000,prefix=0,fn=-3000000"} {
			for _, encoding := range []string{"utf-8", "gbk"} {
				t.Run(fmt.Sprintf("%s %s %s", shape, crs, encoding), func(t *testing.T) {
					layer := geofiletest.Layer(shape, system(t, crs))
					var b bytes.Buffer
					if err := Write(t.Context(), &b, []geofile.Layer{layer}, WriteOptions{Encoding: encoding}); err != nil {
						t.Fatal(err)
					}
					s := open(t, save(t, "小区.csv", b.Bytes()), geofile.Options{}).Layers[0]
					if s.Name != "小区" || s.Shape != shape || s.Count != 5 {
						t.Errorf("got %q %q %d", s.Name, s.Shape, s.Count)
					}
					if shape != geofile.NoShape && (s.CRS == nil || s.CRS.String() != layer.CRS.String()) {
						t.Errorf("got system %v", s.CRS)
					}
					want := map[string]string{"小区编码": "WS-001", "小区名称": "老旧小区“一号院”", "户数（户）": "1234", "建筑面积（m²）": "45678.91", "符合条件": "是", "决定日期": "2026-03-04"}
					got := rows(t, s)
					for i, f := range s.Fields {
						name := strings.Replace(f.Name, "m2", "m²", 1)
						if v, ok := want[name]; ok && got[0].Values[i] != v {
							t.Errorf("%s: got %v", f.Name, got[0].Values[i])
						}
						delete(want, name)
					}
					if len(want) > 0 {
						t.Errorf("no fields %v among %v", want, s.Fields)
					}
					i := 0
					for f := range layer.Features {
						if d := geofiletest.Differ(f.Geometry, got[i].Geometry, geofiletest.Tolerance(layer.CRS)); d != "" || got[i].Fault != "" {
							t.Errorf("row %d: %s %s", i, d, got[i].Fault)
						}
						i++
					}
				})
			}
		}
	}
}

func TestSeveralLayersBecomeAnArchive(t *testing.T) {
	a, b := geofiletest.Layer(geofile.Points, geo.CRS{}), geofiletest.Layer(geofile.Areas, geo.CRS{})
	b.Name = "zones"
	var out bytes.Buffer
	if err := Write(t.Context(), &out, []geofile.Layer{a, b}, WriteOptions{}); err != nil {
		t.Fatal(err)
	}
	d := open(t, save(t, "x", out.Bytes()), geofile.Options{})
	if len(d.Layers) != 2 || d.Layers[0].Name != "communities" || d.Layers[1].Name != "zones" || d.Layers[1].Shape != geofile.Areas {
		t.Errorf("got %+v", d.Layers)
	}
}

func TestGDALReadsTheCSV(t *testing.T) {
	var b bytes.Buffer
	if err := Write(t.Context(), &b, []geofile.Layer{geofiletest.Layer(geofile.Areas, geo.CRS{})}, WriteOptions{}); err != nil {
		t.Fatal(err)
	}
	dump := geofiletest.OGRDump(t, save(t, "communities.csv", b.Bytes()))
	for _, want := range []string{"Feature Count: 5", "小区名称 (String) = 老旧小区“一号院”", "POLYGON ((106.9303125 28.9651875", "MULTIPOLYGON"} {
		if !strings.Contains(dump, want) {
			t.Errorf("GDAL does not say %q:\n%s", want, dump)
		}
	}
}

func TestColumnsOfCoordinatesAreFound(t *testing.T) {
	for name, tt := range map[string]struct {
		csv     string
		columns geofile.Columns
		told    geofile.Columns
		at      orb.Point
		find    string
	}{
		"Chinese":             {csv: "名称,经度,纬度\n甲,106.93,28.96\n", columns: geofile.Columns{X: "经度", Y: "纬度"}, at: orb.Point{106.93, 28.96}},
		"with units":          {csv: "名称,经度（°）,纬度（°）\n甲,106.93,28.96\n", columns: geofile.Columns{X: "经度（°）", Y: "纬度（°）"}, at: orb.Point{106.93, 28.96}},
		"longer names":        {csv: "小区,中心点经度,中心点纬度\n甲,106.93,28.96\n", columns: geofile.Columns{X: "中心点经度", Y: "中心点纬度"}, at: orb.Point{106.93, 28.96}},
		"English":             {csv: "name,Lng,Lat\na,106.93,28.96\n", columns: geofile.Columns{X: "Lng", Y: "Lat"}, at: orb.Point{106.93, 28.96}},
		"gaode":               {csv: "name;gd_lng;gd_lat\na;106.93;28.96\n", columns: geofile.Columns{X: "gd_lng", Y: "gd_lat"}, at: orb.Point{106.93, 28.96}},
		"latitude first":      {csv: "name\tlat\tlon\na\t28.96\t106.93\n", columns: geofile.Columns{X: "lon", Y: "lat"}, at: orb.Point{106.93, 28.96}},
		"exchanged":           {csv: "name,经度,纬度\na,28.96,106.93\n", columns: geofile.Columns{X: "纬度", Y: "经度"}, at: orb.Point{106.93, 28.96}, find: "axes_swapped"},
		"X is north":          {csv: "点号,X,Y\n1,3205882.2530,395732.6736\n", columns: geofile.Columns{X: "Y", Y: "X"}, at: orb.Point{395732.6736, 3205882.253}, find: "axes_swapped"},
		"X is north, zoned":   {csv: "点号,X坐标(m),Y坐标(m)\n1,3205882.2530,36395732.6736\n", columns: geofile.Columns{X: "Y坐标(m)", Y: "X坐标(m)"}, at: orb.Point{36395732.6736, 3205882.253}, find: "axes_swapped"},
		"X is east":           {csv: "点号,X,Y\n1,395732.6736,3205882.2530\n", columns: geofile.Columns{X: "X", Y: "Y"}, at: orb.Point{395732.6736, 3205882.253}},
		"east and north":      {csv: "点号,北坐标,东坐标\n1,3205882.2530,395732.6736\n", columns: geofile.Columns{X: "东坐标", Y: "北坐标"}, at: orb.Point{395732.6736, 3205882.253}},
		"a town's own":        {csv: "点号,X,Y\n1,50123.4,60234.5\n", columns: geofile.Columns{X: "X", Y: "Y"}, at: orb.Point{50123.4, 60234.5}, find: "axes_unsure"},
		"degrees":             {csv: "名称,东经,北纬\n甲,106°55′48.9″,28°57'54\"\n", columns: geofile.Columns{X: "东经", Y: "北纬"}, at: orb.Point{106 + 55.0/60 + 48.9/3600, 28 + 57.0/60 + 54.0/3600}},
		"degrees in words":    {csv: "名称,经度,纬度\n甲,东经106度55分48.9秒,北纬28度57分54秒\n", columns: geofile.Columns{X: "经度", Y: "纬度"}, at: orb.Point{106 + 55.0/60 + 48.9/3600, 28 + 57.0/60 + 54.0/3600}},
		"degrees and colons":  {csv: "名称,经度,纬度\n甲,E106:55:48.9,N28:57:54\n", columns: geofile.Columns{X: "经度", Y: "纬度"}, at: orb.Point{106 + 55.0/60 + 48.9/3600, 28 + 57.0/60 + 54.0/3600}},
		"degrees and dashes":  {csv: "名称,经度,纬度\n甲,106-55-48.9,28-57-54\n", columns: geofile.Columns{X: "经度", Y: "纬度"}, at: orb.Point{106 + 55.0/60 + 48.9/3600, 28 + 57.0/60 + 54.0/3600}},
		"degrees and minutes": {csv: "名称,经度,纬度\n甲,106°55.815′,28°57.9′\n", columns: geofile.Columns{X: "经度", Y: "纬度"}, at: orb.Point{106 + 55.815/60, 28 + 57.9/60}},
		"full width":          {csv: "名称，经度，纬度\n甲，１０６．９３，２８．９６\n", columns: geofile.Columns{X: "经度", Y: "纬度"}, at: orb.Point{106.93, 28.96}},
		"thousands":           {csv: "n,东坐标,北坐标\na,\"395,732.6736\",\"3,205,882.2530\"\n", columns: geofile.Columns{X: "东坐标", Y: "北坐标"}, at: orb.Point{395732.6736, 3205882.253}},
		"a pair":              {csv: "name,location\na,\"106.93,28.96\"\n", columns: geofile.Columns{Geometry: "location"}, at: orb.Point{106.93, 28.96}},
		"a pair, turned":      {csv: "name|坐标\na|28.96，106.93\n", columns: geofile.Columns{Geometry: "坐标"}, at: orb.Point{106.93, 28.96}},
		"text":                {csv: "name,几何\na,POINT(106.93 28.96)\n", columns: geofile.Columns{Geometry: "几何"}, at: orb.Point{106.93, 28.96}},
		"text, any name":      {csv: "name,foo\na,SRID=4490;point z (106.93 28.96 300)\n", columns: geofile.Columns{Geometry: "foo"}, at: orb.Point{106.93, 28.96}},
		"GeoJSON":             {csv: "name,g\na,\"{\"\"type\"\":\"\"Point\"\",\"\"coordinates\"\":[106.93,28.96,5]}\"\n", columns: geofile.Columns{Geometry: "g"}, at: orb.Point{106.93, 28.96}},
		"by value":            {csv: "甲,106.93011,28.96011\n乙,106.93012,28.96012\n", columns: geofile.Columns{X: "列2", Y: "列3"}, at: orb.Point{106.93011, 28.96011}, find: "no_header columns_guessed"},
		"told":                {csv: "a,b,c\n1,28.5,106.5\n", told: geofile.Columns{X: "c", Y: "B"}, columns: geofile.Columns{X: "c", Y: "b"}, at: orb.Point{106.5, 28.5}},
		"told packed":         {csv: "n,经度,纬度\na,106.55489,28.5754\n", told: geofile.Columns{Angles: geofile.PackedDMS}, columns: geofile.Columns{X: "经度", Y: "纬度", Angles: geofile.PackedDMS}, at: orb.Point{106 + 55.0/60 + 48.9/3600, 28 + 57.0/60 + 54.0/3600}},
		"told what is not":    {csv: "n,经度,纬度\na,106.5,28.5\n", told: geofile.Columns{X: "东", Y: "北"}, columns: geofile.Columns{X: "经度", Y: "纬度"}, at: orb.Point{106.5, 28.5}, find: "no_such_column"},
		"a title above":       {csv: "万盛经开区老旧小区台账,,,\n填报日期：2026年3月,,,\n序号,小区,经度,纬度\n1,甲,106.93,28.96\n", columns: geofile.Columns{X: "经度", Y: "纬度"}, at: orb.Point{106.93, 28.96}},
	} {
		t.Run(name, func(t *testing.T) {
			d := open(t, save(t, "a.csv", []byte(tt.csv)), geofile.Options{Columns: tt.told})
			s := d.Layers[0]
			if s.Columns != tt.columns || s.Shape != geofile.Points {
				t.Errorf("got %+v %q, want %+v", s.Columns, s.Shape, tt.columns)
			}
			if kinds := strings.Join(geofiletest.Kinds(d.Findings), " "); kinds != tt.find {
				t.Errorf("findings %q, want %q", kinds, tt.find)
			}
			got := rows(t, s)
			p, ok := got[0].Geometry.(orb.Point)
			if !ok || math.Hypot(p[0]-tt.at[0], p[1]-tt.at[1]) > 1e-9 {
				t.Errorf("got %v %q, want %v", got[0].Geometry, got[0].Fault, tt.at)
			}
		})
	}
}

func TestTablesWithoutAPlace(t *testing.T) {
	for name, csv := range map[string]string{
		"names alone":           "小区名称,户数\n甲,10\n乙,20\n",
		"a name without values": "小区名称,经度,纬度说明\n甲,有,无\n",
		"told so":               "小区名称,经度,纬度\n甲,106.9,28.9\n",
	} {
		d := open(t, save(t, "a.csv", []byte(csv)), geofile.Options{Columns: geofile.Columns{None: name == "told so"}})
		s := d.Layers[0]
		if got := rows(t, s); s.Shape != geofile.NoShape || got[0].Geometry != nil || got[0].Values[0] != "甲" || got[0].Number != 2 {
			t.Errorf("%s: got %q %+v", name, s.Shape, got[0])
		}
	}
}

func TestPackedDegreesAreSuspectedNotTaken(t *testing.T) {
	var b strings.Builder
	b.WriteString("name,经度,纬度\n")
	for i := range 20 {
		fmt.Fprintf(&b, "%d,106.%02d%02d,28.%02d%02d\n", i, (i*7)%60, (i*11)%60, (i*13)%60, (i*17)%60)
	}
	d := open(t, save(t, "a.csv", []byte(b.String())), geofile.Options{})
	if kinds := geofiletest.Kinds(d.Findings); !slices.Equal(kinds, []string{"maybe_packed"}) {
		t.Errorf("findings %v", d.Findings)
	}
	if got := rows(t, d.Layers[0])[1].Geometry; got != (orb.Point{106.0711, 28.1317}) {
		t.Errorf("got %v", got)
	}
}

func TestRowsThatHaveNoPlaceSayWhy(t *testing.T) {
	csv := "name,经度,纬度\n好,106.9,28.9\n一半,106.9,\n空,,\n错,东边,28.9\n错,106.9,28度61分\n十六进制,0x6A,28.9\n"
	got := rows(t, open(t, save(t, "a.csv", []byte(csv)), geofile.Options{}).Layers[0])
	for i, want := range []string{"", "只有一个坐标", "", "“东边”不是坐标", "“28度61分”不是坐标", "“0x6A”不是坐标"} {
		if got[i].Fault != want || (got[i].Geometry == nil) == (i == 0) {
			t.Errorf("row %d: got %v %q, want %q", i, got[i].Geometry, got[i].Fault, want)
		}
	}
}

func TestGeometriesInCells(t *testing.T) {
	limits := geofile.Limits{Points: 20}.Filled()
	for text, want := range map[string]any{
		"LINESTRING(1 2,3 4)": orb.LineString{{1, 2}, {3, 4}},
		" polygon zm (( 0 0 1 2, 1 0 1 2, 1 1 1 2, 0 0 1 2 ))": orb.Polygon{{{0, 0}, {1, 0}, {1, 1}, {0, 0}}},
		"MULTIPOINT(1 2,3 4)":                  orb.MultiPoint{{1, 2}, {3, 4}},
		"MULTIPOINT M((1 2 9),(3 4 9))":        orb.MultiPoint{{1, 2}, {3, 4}},
		"MULTILINESTRING((1 2,3 4),(5 6,7 8))": orb.MultiLineString{{{1, 2}, {3, 4}}, {{5, 6}, {7, 8}}},
		"MULTIPOLYGON(((0 0,1 0,1 1,0 0)))":    orb.MultiPolygon{{{{0, 0}, {1, 0}, {1, 1}, {0, 0}}}},
		"POLYGON EMPTY":                        nil,
		"POINT(1 2":                            "不是合法",
		"POINT(1)":                             "不是合法",
		"POINT(1 2 3 4 5)":                     "不是合法",
		"POINT(1 2) x":                         "不是合法",
		"POINT(NaN 2)":                         "不是合法",
		"POINT(1e999 2)":                       "不是合法",
		"POLYGON((((((((":                      "不是合法",
		"GEOMETRYCOLLECTION(POINT(1 2))":       "几何集合",
		"LINESTRING(" + strings.Repeat("1 2,", 30) + "1 2)":                                 "上限",
		`{"type":"Point","coordinates":["a"]}`:                                              "GeoJSON",
		`{"type":"GeometryCollection","geometries":[{"type":"Point","coordinates":[1,2]}]}`: "GeoJSON",
		`{"type":"LineString","coordinates":[` + strings.Repeat("[1,2],", 30) + `[1,2]]}`:   "上限",
		"老地方": "不是几何图形",
	} {
		table := &sheet{limits: limits}
		g, fault, _ := table.geometryOf(text)
		if says, ok := want.(string); ok {
			if g != nil || !strings.Contains(fault, says) {
				t.Errorf("%.60s: got %v %q, want %q", text, g, fault, says)
			}
			continue
		}
		if fault != "" || !reflect.DeepEqual(any(g), want) {
			t.Errorf("%.60s: got %v %q", text, g, fault)
		}
	}
}

func TestEncodingsAndDelimiters(t *testing.T) {
	text := "小区名称,说明,经度,纬度\r\n\"一号院\",\"有\"\"引号\"\",逗号\n和换行\",106.9,28.9\r\n二号院,单\"引号\",106.8,28.8"
	gbk, err := simplifiedchinese.GBK.NewEncoder().Bytes([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	utf16 := []byte{0xff, 0xfe}
	for _, r := range text {
		utf16 = append(utf16, byte(r), byte(r>>8))
	}
	for name, tt := range map[string]struct {
		data     []byte
		encoding string
	}{
		"UTF-8": {[]byte(text), "UTF-8"}, "UTF-8 with a mark": {[]byte("\ufeff" + text), "UTF-8"}, "GBK": {gbk, "GB18030"}, "UTF-16": {utf16, "UTF-16LE"},
	} {
		s := open(t, save(t, "a.txt", tt.data), geofile.Options{}).Layers[0]
		got := rows(t, s)
		if s.Encoding != tt.encoding || len(got) != 2 || got[0].Values[0] != "一号院" || got[0].Values[1] != "有\"引号\",逗号\n和换行" || got[1].Values[1] != `单"引号"` {
			t.Errorf("%s: got %s %v", name, s.Encoding, got)
		}
		if got[0].Number != 2 || got[1].Number != 4 {
			t.Errorf("%s: lines %d and %d", name, got[0].Number, got[1].Number)
		}
	}
}

func TestFilesThatAreNoTables(t *testing.T) {
	var refused *geofile.RefusedError
	for name, data := range map[string][]byte{
		"empty": nil, "blank": []byte(" \n\n "), "binary": {1, 2, 0, 3}, "old Excel": {0xd0, 0xcf, 0x11, 0xe0, 0xa1},
		"broken ZIP": []byte("PK\x03\x04 and no more"), "an open quote": []byte("a,b\n\"c,d\n" + strings.Repeat("x", 100)),
		"a long line":  []byte("a,\"" + strings.Repeat("x", maxRecord+10) + "\"\n"),
		"many columns": []byte(strings.Repeat("a,", maxColumns+5) + "a\n"), "endless commas": []byte(strings.Repeat(",", 1<<20)),
	} {
		if _, err := Open(t.Context(), save(t, "a.csv", data), geofile.Options{}); !errors.As(err, &refused) {
			t.Errorf("%s: got %v", name, err)
		}
	}
	if _, err := Open(t.Context(), save(t, "a.csv", []byte("a\n1\n2\n3\n")), geofile.Options{Limits: geofile.Limits{Rows: 2}}); !errors.As(err, &refused) {
		t.Errorf("too many rows: got %v", err)
	}
}

func workbook(t *testing.T, fill func(f *excelize.File)) string {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	fill(f)
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return save(t, "台账.xlsx", b.Bytes())
}

func TestWorkbooks(t *testing.T) {
	path := workbook(t, func(f *excelize.File) {
		for i, row := range [][]any{{"老旧小区台账"}, {"街道", "小区", "经度", "纬度", "建成"}, {"东林街道", "甲", 106.93, 28.96, "1995年"}, {nil, "乙", 106.94, 28.97, 36526}, {nil, "丙", "106°55′48″", "２８．９６", "1995.06"}} {
			if err := f.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &row); err != nil {
				t.Fatal(err)
			}
		}
		if err := f.MergeCell("Sheet1", "A3", "A5"); err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"空表", "隐藏", "点"} {
			if _, err := f.NewSheet(name); err != nil {
				t.Fatal(err)
			}
		}
		_ = f.SetSheetRow("隐藏", "A1", &[]any{"x", "y"})
		_ = f.SetSheetVisible("隐藏", false)
		_ = f.SetSheetRow("点", "A1", &[]any{"x", "y"})
		_ = f.SetSheetRow("点", "A2", &[]any{3205882.25, 395732.67})
	})
	d := open(t, path, geofile.Options{})
	if d.Format != "xlsx" || len(d.Layers) != 2 || d.Layers[1].Name != "点" {
		t.Fatalf("got %s %+v", d.Format, d.Layers)
	}
	got := rows(t, d.Layers[0])
	if len(got) != 3 || got[2].Number != 5 || got[2].Values[0] != "东林街道" || got[1].Values[4] != "36526" || got[0].Values[4] != "1995年" {
		t.Errorf("got %+v", got)
	}
	if got[1].Geometry != (orb.Point{106.94, 28.97}) || got[2].Geometry != (orb.Point{106.93, 28.96}) {
		t.Errorf("got %v and %v", got[1].Geometry, got[2].Geometry)
	}
	if p := rows(t, d.Layers[1])[0].Geometry; p != (orb.Point{395732.67, 3205882.25}) {
		t.Errorf("got %v", p)
	}
}

// A million rows that somebody once gave a colour are no rows.
func TestAMillionEmptyRows(t *testing.T) {
	small, err := zip.OpenReader(workbook(t, func(f *excelize.File) {
		_ = f.SetSheetRow("Sheet1", "A1", &[]any{"小区", "经度", "纬度"})
		_ = f.SetSheetRow("Sheet1", "A2", &[]any{"甲", 106.93, 28.96})
	}))
	if err != nil {
		t.Fatal(err)
	}
	defer small.Close()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, f := range small.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(f.Name, "sheet1.xml") {
			var blank bytes.Buffer
			for i := 3; i <= 1_000_000; i++ {
				fmt.Fprintf(&blank, `<row r="%d"><c r="A%d" s="0"/></row>`, i, i)
			}
			content = bytes.Replace(content, []byte("</sheetData>"), append(blank.Bytes(), "</sheetData>"...), 1)
		}
		w, err := z.Create(f.Name)
		if err == nil {
			_, err = w.Write(content)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	path := save(t, "a.xlsx", b.Bytes())
	d := open(t, path, geofile.Options{})
	if got := rows(t, d.Layers[0]); d.Layers[0].Count != 1 || len(got) != 1 {
		t.Errorf("got %d rows, counted %d", len(got), d.Layers[0].Count)
	}
}

// Any texts and places come back through quotes, line ends and encodings.
func TestAnyTextComesBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		layer := geofile.Layer{Name: "a", Shape: geofile.Lines, Fields: []geofile.Field{{Name: "名称", Kind: geofile.Text}, {Name: "说明", Kind: geofile.Text}}}
		var features []geofile.Feature
		for range rapid.IntRange(1, 5).Draw(t, "rows") {
			text := func(label string) string {
				s := rapid.StringOf(rapid.SampledFrom([]rune("楼栋小区,\"\n =+-@'①㎡ａ1;|\t"))).Draw(t, label)
				return strings.Trim(s, " \t\n")
			}
			line := orb.LineString{}
			for range rapid.IntRange(2, 5).Draw(t, "points") {
				line = append(line, orb.Point{rapid.Float64Range(73, 136).Draw(t, "x"), rapid.Float64Range(3, 54).Draw(t, "y")})
			}
			features = append(features, geofile.Feature{Geometry: line, Values: []any{"甲" + text("name"), text("note")}})
		}
		layer.Features = geofiletest.Features(features)
		var b bytes.Buffer
		if err := Write(context.Background(), &b, []geofile.Layer{layer}, WriteOptions{Encoding: rapid.SampledFrom([]string{"utf-8", "gb18030"}).Draw(t, "encoding")}); err != nil {
			t.Fatal(err)
		}
		file, err := os.CreateTemp("", "any-*.csv")
		if err != nil {
			t.Fatal(err)
		}
		defer os.Remove(file.Name())
		defer file.Close()
		if _, err := file.Write(b.Bytes()); err != nil {
			t.Fatal(err)
		}
		d, err := Open(context.Background(), file.Name(), geofile.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer d.Close()
		got, _, err := geofiletest.Rows(context.Background(), d.Layers[0])
		if err != nil || len(got) != len(features) {
			t.Fatalf("%d rows of %d, %v", len(got), len(features), err)
		}
		for i, f := range features {
			if d := geofiletest.Differ(f.Geometry, got[i].Geometry, 1e-9); d != "" {
				t.Fatalf("row %d: %s", i, d)
			}
			for k, want := range f.Values {
				if v := got[i].Values[k]; v != want && (v != nil || want != "") {
					t.Fatalf("row %d: got %q, want %q", i, v, want)
				}
			}
		}
	})
}

func TestCancelledReadingEnds(t *testing.T) {
	path := save(t, "a.csv", []byte("name,经度,纬度\n甲,106.9,28.9\n"))
	stopped, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Open(stopped, path, geofile.Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	want := errors.New("enough")
	err := open(t, path, geofile.Options{}).Layers[0].Rows(t.Context(), func(geofile.Finding) {}, func(geofile.Row) error { return want })
	if !errors.Is(err, want) {
		t.Errorf("got %v", err)
	}
}

func FuzzOpenTable(f *testing.F) {
	f.Add([]byte("名称,经度,纬度\n甲,106°55′48.9″,28.9\n"))
	f.Add([]byte("a;WKT\n\"x\";\"POLYGON((0 0,1 0,1 1,0 0))\"\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		path := filepath.Join(t.TempDir(), "a")
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		d, err := Open(t.Context(), path, geofile.Options{Limits: geofile.Limits{Rows: 1000, Bytes: 1 << 20}})
		if err != nil {
			return
		}
		defer d.Close()
		for _, s := range d.Layers {
			got, _, err := geofiletest.Rows(t.Context(), s)
			if err == nil && int64(len(got)) != s.Count {
				t.Errorf("%d rows, counted %d", len(got), s.Count)
			}
		}
	})
}
