package importer

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/lianpian/lianpian/internal/postgis/postgistest"
)

// features puts GeoJSON features into a collection.
func features(list ...string) string {
	return `{"type":"FeatureCollection","features":[` + strings.Join(list, ",") + `]}`
}

func featureOf(properties, geometry string) string {
	return `{"type":"Feature","properties":` + properties + `,"geometry":` + geometry + `}`
}

// square is a ring of 100 m or so, n steps east of the district's middle.
func square(n int) string {
	x, y := 106.90+float64(n)*0.002, 28.97
	return fmt.Sprintf(`{"type":"Polygon","coordinates":[[[%.6f,%.6f],[%.6f,%.6f],[%.6f,%.6f],[%.6f,%.6f],[%.6f,%.6f]]]}`,
		x, y, x+0.001, y, x+0.001, y+0.001, x, y+0.001, x, y)
}

// zigzagRing is a ring of n points that crosses itself about n²/8 times.
func zigzagRing(n int) string {
	var points []string
	for i := range n {
		points = append(points, fmt.Sprintf("[%.7f,%.7f]", 106.90+0.01*math.Mod(float64(i)*0.6180339887, 1), 28.97+0.01*math.Mod(float64(i)*0.7548776662, 1)))
	}
	points = append(points, points[0])
	return `{"type":"Polygon","coordinates":[[` + strings.Join(points, ",") + `]]}`
}

func TestBuildingsComeOutOfGeoJSONAndTheSameFileChangesNothing(t *testing.T) {
	b := newBench(t)
	postgistest.District(t, b.db)
	file := features(
		featureOf(`{"编码":"B1","名称":"1号楼","层数":"6层","用途":"住宅","建成年份":"1998年","户数":"24户","高度":18.5,"住户电话":"13812345678"}`, square(0)),
		featureOf(`{"floors":7,"name":null}`, square(1)),
		featureOf(`{"floors":0,"use":"纪念碑"}`, square(30)),
	)
	report, err := b.text("buildings.geojson", file, Args{})
	if err != nil {
		t.Fatal(err)
	}
	if report.District != "500110" || report.Inserted != 3 || report.RowsRefused != 0 || report.Layers["buildings"].Inserted != 3 {
		t.Errorf("report %+v", report)
	}
	if n := b.count(`select count(*) from building where code = 'B1' and storeys = 6 and use = 'residential' and built_year = 1998 and households = 24 and height_m = 18.5 and subdistrict_code = '500110001'`); n != 1 {
		t.Error("B1 did not come in as it stands")
	}
	if !strings.Contains(strings.Join(report.Notes, ""), "住户电话") {
		t.Errorf("notes %v", report.Notes)
	}
	before := b.contents()
	again, err := b.text("buildings.geojson", file, Args{})
	if err != nil || again.Unchanged != 3 || again.Inserted+again.Updated != 0 || b.contents() != before {
		t.Errorf("again: %+v, %v", again, err)
	}
}

func TestFacilitiesComeOutOfGeoJSON(t *testing.T) {
	b := newBench(t)
	postgistest.District(t, b.db)
	point := func(n int) string {
		return fmt.Sprintf(`{"type":"Point","coordinates":[%.4f,28.97]}`, 106.9+float64(n)*0.001)
	}
	tests := []struct {
		name, feature string
		taken         string // the type, "" where it is refused
		reason        string
	}{
		{"by key", featureOf(`{"facility_type":"health_station","name":"甲"}`, point(0)), "health_station", ""},
		{"by Chinese name", featureOf(`{"设施类型":"幼儿园","设施名称":"乙"}`, point(1)), "kindergarten", ""},
		{"by OpenStreetMap tags", featureOf(`{"amenity":"pharmacy","name":"丙"}`, point(2)), "community_shop", ""},
		{"as an area", featureOf(`{"facility_type":"wet_market","name":"丁"}`, square(3)), "wet_market", ""},
		{"a gate", featureOf(`{"类型":"通行设施;出入口;门","name":"某某小学西门"}`, point(4)), "", "出入口"},
		{"an unknown type", featureOf(`{"类型":"飞船场"}`, point(5)), "", "飞船场"},
		{"far away", featureOf(`{"facility_type":"health_station"}`, `{"type":"Point","coordinates":[116.4,39.9]}`), "", "公里以外"},
		{"a little beyond the boundary", featureOf(`{"facility_type":"gym"}`, `{"type":"Point","coordinates":[107.11,28.97]}`), "gym", ""},
		{"a line", featureOf(`{"facility_type":"health_station"}`, `{"type":"LineString","coordinates":[[106.9,28.9],[106.91,28.9]]}`), "", "应为面"},
		{"several points", featureOf(`{"facility_type":"health_station"}`, `{"type":"MultiPoint","coordinates":[[106.9,28.9],[106.91,28.9]]}`), "", "应为一个点"},
		{"no geometry", featureOf(`{"facility_type":"health_station"}`, `null`), "", "没有图形"},
		{"swapped", featureOf(`{"facility_type":"nursery"}`, `{"type":"Point","coordinates":[28.97,106.9]}`), "nursery", ""},
	}
	var all []string
	for _, tt := range tests {
		all = append(all, tt.feature)
	}
	report, err := b.text("设施.geojson", features(all...), Args{District: "500110"})
	if err != nil {
		t.Fatal(err)
	}
	for i, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			reason := refusedRow(report, int64(i+1))
			if (reason == "") != (tt.reason == "") || !strings.Contains(reason, tt.reason) {
				t.Errorf("refused: %q", reason)
			}
			if tt.taken != "" && b.count(`select count(*) from facility where facility_type = $1`, tt.taken) != 1 {
				t.Errorf("%s is not there once", tt.taken)
			}
		})
	}
	before := b.contents()
	if again, err := b.text("设施.geojson", features(all...), Args{District: "500110"}); err != nil || again.Inserted+again.Updated != 0 || b.contents() != before {
		t.Errorf("again: %+v, %v", again, err)
	}
}

func TestShapesAreTakenPutRightOrRefused(t *testing.T) {
	tests := []struct {
		name, geometry string
		refused        string
		repair         string
	}{
		{"good", square(0), "", ""},
		{"not a number", `{"type":"Polygon","coordinates":[[[NaN,28.97],[106.9,28.97],[106.9,28.98],[NaN,28.97]]]}`, "NaN", ""},
		{"too large a number", `{"type":"Polygon","coordinates":[[[1e309,28.97],[106.9,28.97],[106.9,28.98],[1e309,28.97]]]}`, "有限", ""},
		{"texts for numbers", `{"type":"Polygon","coordinates":[[["a",28.97],[106.9,28.97],[106.9,28.98],["a",28.97]]]}`, "坐标", ""},
		{"unclosed", `{"type":"Polygon","coordinates":[[[106.91,28.97],[106.911,28.97],[106.911,28.971],[106.91,28.971]]]}`, "闭合", ""},
		{"unclosed by rounding", `{"type":"Polygon","coordinates":[[[106.92,28.97],[106.921,28.97],[106.921,28.971],[106.92,28.971],[106.920001,28.970001]]]}`, "", "闭合"},
		{"a bow tie", `{"type":"Polygon","coordinates":[[[106.93,28.97],[106.931,28.971],[106.931,28.97],[106.93,28.971],[106.93,28.97]]]}`, "", "自相交"},
		{"3D", `{"type":"Polygon","coordinates":[[[106.94,28.97,300],[106.941,28.97,300],[106.941,28.971,300],[106.94,28.97,300]]]}`, "", "三维"},
		{"a collection of areas", `{"type":"GeometryCollection","geometries":[` + square(25) + `,` + square(26) + `]}`, "", "几何集合"},
		{"a collection with a line", `{"type":"GeometryCollection","geometries":[` + square(27) + `,{"type":"LineString","coordinates":[[106.9,28.9],[106.91,28.9]]}]}`, "不是面", ""},
		{"a point", `{"type":"Point","coordinates":[106.9,28.97]}`, "应为面", ""},
		{"nothing", `null`, "没有图形", ""},
		{"empty", `{"type":"Polygon","coordinates":[]}`, "", ""},
		{"no area", `{"type":"Polygon","coordinates":[[[106.9,28.97],[106.9,28.97],[106.9,28.97],[106.9,28.97]]]}`, "", ""},
		{"swapped", `{"type":"Polygon","coordinates":[[[28.97,106.96],[28.97,106.961],[28.971,106.961],[28.97,106.96]]]}`, "", "写反"},
		{"elsewhere", `{"type":"Polygon","coordinates":[[[116.4,39.9],[116.41,39.9],[116.41,39.91],[116.4,39.9]]]}`, "范围之外", ""},
		{"the same again", square(0), "重复", ""},
		{"no feature", "", "", ""},
	}
	var all []string
	for i, tt := range tests {
		if tt.name == "no feature" {
			all = append(all, `{"type":"Polygon","coordinates":[]}`)
			continue
		}
		all = append(all, featureOf(fmt.Sprintf(`{"floors":%d}`, i+1), tt.geometry))
	}
	b := newBench(t)
	postgistest.District(t, b.db)
	report, err := b.text("buildings.geojson", features(all...), Args{District: "500110", Layer: "buildings"})
	if err != nil {
		t.Fatal(err)
	}
	refusedAnyway := map[string]bool{"empty": true, "no area": true, "no feature": true}
	for i, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			row := int64(i + 1)
			reason, repair := refusedRow(report, row), repairOf(report, row)
			if (reason == "") != (tt.refused == "" && !refusedAnyway[tt.name]) || !strings.Contains(reason, tt.refused) {
				t.Errorf("refused: %q", reason)
			}
			if (repair == "") != (tt.repair == "") || !strings.Contains(repair, tt.repair) {
				t.Errorf("repaired: %q", repair)
			}
			stored := b.count(`select count(*) from building where storeys = $1 and ST_IsValid(geom)`, i+1)
			if (stored == 1) != (reason == "") {
				t.Errorf("%d are stored", stored)
			}
			t.Log(reason, repair)
		})
	}
}

func TestARingOf20000ZigZagPointsNeverReachesARepair(t *testing.T) {
	b := newBench(t)
	postgistest.District(t, b.db)
	for _, n := range []int{200, 20_000} {
		for _, layer := range []string{"buildings", "communities", "facilities"} {
			started := time.Now()
			_, err := b.text("x.geojson", features(featureOf(`{"name":"甲","facility_type":"gym"}`, zigzagRing(n))), Args{District: "500110", Layer: layer})
			wantRefusal(t, err, "")
			if took := time.Since(started); took > 3*time.Second { // the machine may be busy
				t.Errorf("%d points, %s: it took %v", n, layer, took)
			}
		}
	}
	if n := b.count(`select count(*) from pg_stat_database where datname = current_database() and temp_bytes > 0`); n > 0 {
		t.Error("the database wrote temporary files")
	}
}

func TestGeoJSONThatCannotBeTakenChangesNothing(t *testing.T) {
	b := newBench(t)
	postgistest.District(t, b.db)
	good := featureOf(`{"code":"B1","floors":3}`, square(0))
	if _, err := b.text("buildings.geojson", features(good), Args{}); err != nil {
		t.Fatal(err)
	}
	before := b.contents()
	tests := []struct {
		name, file, content string
		args                Args
		say                 string
	}{
		{"cut off", "buildings.geojson", features(good)[:150], Args{District: "500110"}, "不完整"},
		{"cut off after good features", "buildings.geojson", features(featureOf(`{"floors":9}`, square(4)), good)[:400], Args{District: "500110"}, "不完整"},
		{"no JSON", "buildings.geojson", "floors,name\n3,x\n", Args{District: "500110"}, "语法错误"},
		{"a fault in the middle", "buildings.geojson", features(good, featureOf(`{"floors":4}`, square(1))+"}"), Args{District: "500110"}, "语法错误"},
		{"no features", "buildings.geojson", features(), Args{District: "500110"}, "没有要素"},
		{"one geometry", "buildings.geojson", square(0), Args{District: "500110"}, "Polygon"},
		{"JSON of something else", "buildings.geojson", `{"a":[1,2]}`, Args{District: "500110"}, "不是 GeoJSON"},
		{"metres", "buildings.geojson", strings.Replace(features(good), `"features"`, `"crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::4545"}},"features"`, 1), Args{District: "500110"}, "经纬度"},
		{"nobody knows what", "x.geojson", features(featureOf(`{"a":1}`, square(0))), Args{District: "500110"}, "选择图层"},
		{"no district around it", "buildings.geojson", features(featureOf(`{"floors":3}`, `{"type":"Polygon","coordinates":[[[116.4,39.9],[116.41,39.9],[116.41,39.91],[116.4,39.9]]]}`)), Args{}, "请先选择区"},
		{"every feature bad", "buildings.geojson", features(featureOf(`{"floors":3}`, `null`), featureOf(`{"floors":3}`, `null`)), Args{District: "500110"}, "2 个要素都被拒绝"},
		{"a community that nobody knows", "buildings.geojson", features(featureOf(`{"floors":3,"小区编码":"NOPE"}`, square(7))), Args{District: "500110"}, "小区不存在"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			started := time.Now()
			_, err := b.text(tt.file, tt.content, tt.args)
			if took := time.Since(started); postgistest.Late(t, b.db, took, time.Second) {
				t.Errorf("it took %v", took)
			}
			wantRefusal(t, err, tt.say)
			if b.contents() != before {
				t.Error("something changed")
			}
		})
	}
}

// 200 MB in one line, most of it one feature that is too large: the others come in
// and memory stays small.
func TestGeoJSONOf200MegabytesInOneLine(t *testing.T) {
	if testing.Short() {
		t.Skip("200 MB")
	}
	b := newBench(t)
	postgistest.District(t, b.db)
	path := filepath.Join(t.TempDir(), "buildings.geojson")
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	write := func(s string) {
		if _, err := file.WriteString(s); err != nil {
			t.Fatal(err)
		}
	}
	write(`{"type":"FeatureCollection","features":[` + featureOf(`{"code":"B1","floors":3}`, square(0)))
	write(`,{"type":"Feature","properties":{"code":"B2"},"geometry":{"type":"Polygon","coordinates":[[[106.9,28.97]`)
	piece := strings.Repeat(`,[106.912345,28.912345]`, 50_000)
	for size := 0; size < 200<<20; size += len(piece) {
		write(piece)
	}
	write(`]]}},` + featureOf(`{"code":"B3","floors":3}`, square(2)) + `]}`)
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	before := peakMemory(t)
	report, err := b.Run(t.Context(), Args{Path: path}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if report.Inserted != 2 || !strings.Contains(refusedRow(report, 2), "MB") {
		t.Errorf("report %+v", report)
	}
	if grown := peakMemory(t) - before; grown > 200<<20 {
		t.Errorf("memory grew by %d MB", grown>>20)
	}
}

func TestCommunitiesComeOutOfGeoJSON(t *testing.T) {
	b := newBench(t)
	postgistest.District(t, b.db)
	file := features(
		featureOf(`{"code":"C1","name":"红星小区","built_year":"1998年","households":120,"neglected":true,"municipal_missing":["供水","排水"],"service_missing":[]}`, square(0)),
		featureOf(`{"name":"没有编码"}`, square(2)),
		featureOf(`{"households":30}`, square(4)),
		featureOf(`{"code":"C2","name":"只有点"}`, `{"type":"Point","coordinates":[106.95,28.97]}`),
		featureOf(`{"code":"C3","name":"没有位置"}`, `null`),
		featureOf(`{"code":"C1","name":"重复"}`, square(6)),
		featureOf(`{"code":"C4","name":"年份不对","built_year":1890}`, square(8)),
	)
	report, err := b.text("小区.geojson", file, Args{District: "500110"})
	if err != nil {
		t.Fatal(err)
	}
	if report.Inserted != 5 || !strings.Contains(refusedRow(report, 6), "第 1 个要素") || !strings.Contains(refusedRow(report, 7), "1890") {
		t.Errorf("report %+v", report)
	}
	c := b.community("500110", "C1")
	if c.BBox == nil || *c.BuiltYear != 1998 || !*c.Neglected || len(*c.MunicipalMissing) != 2 || c.ServiceMissing == nil || len(*c.ServiceMissing) != 0 {
		t.Errorf("C1 is %+v", c)
	}
	if c := b.community("500110", "C2"); c.Location == nil || c.BBox != nil {
		t.Errorf("C2 is %+v", c)
	}
	if n := b.count(`select count(*) from community where name like '未命名小区%'`); n != 1 {
		t.Errorf("%d without a name", n)
	}
	before := b.contents()
	if again, err := b.text("小区.geojson", file, Args{District: "500110"}); err != nil || again.Unchanged != 5 || b.contents() != before {
		t.Errorf("again: %+v, %v", again, err)
	}
}

func FuzzFeatureRows(f *testing.F) {
	f.Add([]byte(featureOf(`{"code":"B1","floors":"6层","name":"甲"}`, square(0))))
	f.Add([]byte(featureOf(`{"facility_type":"gym"}`, `{"type":"Point","coordinates":[106.9,28.97,5]}`)))
	f.Add([]byte(featureOf(`{"小区名称":"甲","建成年份":"1998年"}`, `{"type":"GeometryCollection","geometries":[]}`)))
	b := newBench(f)
	postgistest.District(f, b.db)
	region, err := loadRegion(f.Context(), b.db.Pool, "500110")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		for _, layer := range []string{"communities", "buildings", "facilities"} {
			run := &importRun{Importer: b.Importer, report: newReport("", "")}
			g := &featureReading{
				importRun: run, ctx: t.Context(), layer: layer, district: region, near: region.around(marginM),
				mender: run.mender(), seen: map[string]int64{}, mapped: map[string]columnMapping{},
				ledger: &ledgerReading{region: region, lastYear: 2027, report: run.report, firstLine: map[string]int64{}, strangers: map[string]int64{}},
			}
			var err error
			switch layer {
			case "communities":
				_, _, err = g.community(1, raw)
			case "buildings":
				_, _, err = g.building(1, raw)
			case "facilities":
				_, err = g.facility(1, raw)
			}
			if err != nil {
				t.Errorf("%s: %v", layer, err)
			}
		}
	})
}
