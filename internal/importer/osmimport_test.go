package importer

import (
	"bytes"
	"context"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/postgis/postgistest"
)

// street is a small extract near the middle of the test district: a 10 × 10 grid
// of nodes 0 … 99 at 0.001°, with the ways and relations given.
func street(ways []pbfWay, relations ...pbfRelation) []byte {
	var nodes pbfNodes
	for y := range int64(10) {
		for x := range int64(10) {
			nodes = append(nodes, osmNode{10*y + x + 1000, int32(1069000000 + x*10000), int32(289700000 + y*10000), nil})
		}
	}
	nodes = append(nodes, osmNode{5000, 1069050000, 289705000, osmTags{{"amenity", "kindergarten"}, {"name", "红星幼儿园"}}})
	return pbfFile(nodes, ways, relations)
}

var (
	goodRoad     = pbfWay{1, []int64{1000, 1001, 1002}, osmTags{{"highway", "residential"}, {"name", "红星路"}}}
	goodBuilding = pbfWay{2, []int64{1011, 1012, 1022, 1021, 1011}, osmTags{{"building", "apartments"}, {"building:levels", "6"}, {"start_date", "1998"}}}
)

func (b *bench) pbf(data []byte, args Args) (*Report, error) {
	b.t.Helper()
	return b.text("x.osm.pbf", string(data), args)
}

func refusedObject(r *Report, object string) string {
	for _, x := range r.Refused {
		if x.Object == object {
			return x.Reason
		}
	}
	return ""
}

func repairedObject(r *Report, object string) string {
	for _, x := range r.Repairs {
		if x.Object == object {
			return x.What
		}
	}
	return ""
}

func TestAnExtractGoesIntoTheDistrictThatHoldsIt(t *testing.T) {
	b := newBench(t)
	postgistest.District(t, b.db)
	report, err := b.pbf(street([]pbfWay{goodRoad, goodBuilding}), Args{})
	if err != nil {
		t.Fatal(err)
	}
	if report.District != "500110" || report.Inserted != 3 {
		t.Errorf("report %+v", report)
	}
	if n := b.count(`select count(*) from building where storeys = 6 and built_year = 1998 and use = 'residential' and subdistrict_code = '500110001' and source_ref = 'osm:w2'`); n != 1 {
		t.Error("the building did not come in as it stands")
	}
	if n := b.count(`select count(*) from road where walkable and name = '红星路'`); n != 1 {
		t.Error("the road did not come in as it stands")
	}
	if n := b.count(`select count(*) from facility where facility_type = 'kindergarten' and name = '红星幼儿园'`); n != 1 {
		t.Error("the kindergarten did not come in")
	}
}

func TestWhatIsMissingFromAnExtractIsNamed(t *testing.T) {
	ring := func(id int64, refs ...int64) pbfWay { return pbfWay{id: id, refs: refs} }
	b := newBench(t)
	postgistest.District(t, b.db)
	report, err := b.pbf(street([]pbfWay{
		goodRoad, goodBuilding,
		{10, []int64{1030, 1031, 7777, 1033, 1034, 1035}, osmTags{{"highway", "footway"}}},
		{11, []int64{1041, 7777, 1052, 1051, 1041}, osmTags{{"building", "yes"}}},
		{12, []int64{7777, 1033}, osmTags{{"highway", "footway"}}},
		{13, []int64{1061, 1062, 1072, 1071}, osmTags{{"building", "yes"}}},
		ring(20, 1006, 1009, 1039), ring(21, 1039, 1036), // never closed
		ring(22, 1060, 1065, 1085, 1080, 1060),
	},
		pbfRelation{30, []osmMember{{20, true, "outer"}, {21, true, "outer"}}, osmTags{{"type", "multipolygon"}, {"landuse", "residential"}}},
		pbfRelation{31, []osmMember{{22, true, "outer"}, {99, true, "outer"}}, osmTags{{"type", "multipolygon"}, {"landuse", "forest"}}},
		pbfRelation{32, []osmMember{{22, true, "outer"}, {99, true, "outer"}}, osmTags{{"type", "boundary"}, {"boundary", "administrative"}, {"admin_level", "8"}}},
	), Args{District: "500110"})
	if err != nil {
		t.Fatal(err)
	}
	for object, say := range map[string]string{
		"way/11":      "1 个节点不在文件中",
		"way/12":      "画不成线",
		"way/13":      "没有闭合",
		"relation/30": "环没有闭合",
		"relation/32": "way/99",
	} {
		if got := refusedObject(report, object); !strings.Contains(got, say) {
			t.Errorf("%s: refused because %q", object, got)
		}
	}
	for object, say := range map[string]string{"way/10": "1 个节点不在文件中", "relation/31": "way/99"} {
		if got := repairedObject(report, object); !strings.Contains(got, say) {
			t.Errorf("%s: repaired because %q", object, got)
		}
	}
	if n := b.count(`select ST_NPoints(geom) from road where source_ref = 'osm:w10'`); n != 3 {
		t.Errorf("the road with a gap has %d points, want the longest piece of 3", n)
	}
	if n := b.count(`select count(*) from green where source_ref = 'osm:r31'`); n != 1 {
		t.Error("the forest that the extract cuts is gone")
	}
}

func TestExtractsThatCannotBeTakenChangeNothing(t *testing.T) {
	b := newBench(t)
	postgistest.District(t, b.db)
	good := street([]pbfWay{goodRoad, goodBuilding})
	if _, err := b.pbf(good, Args{District: "500110"}); err != nil {
		t.Fatal(err)
	}
	before := b.contents()
	real, err := os.ReadFile(monaco)
	if err != nil {
		t.Fatal(err)
	}
	flipped := bytes.Clone(real)
	flipped[len(flipped)/2] ^= 0xff
	bomb := pbfBlob("OSMData", make([]byte, 31<<20))
	lie := append(pbfBlob("OSMHeader", nil), pbfBlob("OSMData", bytes.Repeat([]byte{0}, 40<<20))...)
	tests := []struct {
		name, file string
		data       []byte
		args       Args
		say        string
	}{
		{"cut off", "x.osm.pbf", real[:len(real)/2], Args{}, "不完整"},
		{"cut off in the last byte", "x.osm.pbf", real[:len(real)-1], Args{}, "不完整"},
		{"only the first bytes", "x.osm.pbf", real[:3], Args{}, "不完整"},
		{"damaged", "x.osm.pbf", flipped, Args{}, "损坏"},
		{"not a PBF", "x.osm.pbf", []byte("小区编码,小区名称\nA01,甲\n"), Args{}, "损坏"},
		{"no header", "x.osm.pbf", bomb, Args{}, "损坏"},
		{"a block that inflates beyond the limit", "x.osm.pbf", lie, Args{}, "损坏"},
		{"elsewhere", "x.osm.pbf", real, Args{District: "500110"}, "公里以外"},
		{"nothing to show", "x.osm.pbf", pbfFile(pbfNodes{{1, 1069000000, 289700000, nil}}, nil, nil), Args{District: "500110"}, "没有地图对象"},
		{"another coordinate system", "x.osm.pbf", good, Args{District: "500110", CRS: "gcj02"}, "WGS 84"},
		{"an unknown district", "x.osm.pbf", good, Args{District: "123456"}, "没有代码"},
		{"XML that is cut off", "x.osm", []byte(smallOSM[:400]), Args{}, "不完整"},
		{"XML that is none", "x.osm", []byte("<html></html>"), Args{}, "损坏"},
		{"gzip that is cut off", "x.osm.gz", []byte{0x1f, 0x8b, 8, 0, 0, 0}, Args{}, "不完整"},
		{"bzip2 that is none", "x.osm.bz2", []byte("BZh9 not really"), Args{}, "损坏"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			started := time.Now()
			_, err := b.text(tt.file, string(tt.data), tt.args)
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

func TestObjectsFarFromTheDistrictAreSkippedAndCounted(t *testing.T) {
	b := newBench(t)
	postgistest.District(t, b.db)
	nodes := pbfNodes{
		{1, 1069000000, 289700000, nil},
		{2, 1069010000, 289700000, nil},
		{3, 1080000000, 289700000, nil},
		{4, 1080010000, 289700000, nil},
		{5, 1071100000, 289700000, osmTags{{"amenity", "pharmacy"}}}, // 1 km beyond the boundary
		{6, 1072000000, 289700000, osmTags{{"amenity", "pharmacy"}}}, // 10 km beyond it
	}
	report, err := b.pbf(pbfFile(nodes, []pbfWay{
		{1, []int64{1, 2}, osmTags{{"highway", "residential"}}},
		{2, []int64{3, 4}, osmTags{{"highway", "residential"}}},
	}, nil), Args{District: "500110"})
	if err != nil {
		t.Fatal(err)
	}
	if report.Inserted != 2 || !strings.Contains(strings.Join(report.Notes, "\n"), "2 个对象在本区范围 2 公里以外") {
		t.Errorf("report %+v", report)
	}
}

func TestAnImportThatIsStoppedLeavesNothing(t *testing.T) {
	b := newBench(t)
	ctx, cancel := context.WithTimeout(t.Context(), 60*time.Millisecond)
	defer cancel()
	path := writeFile(t, "x.osm.pbf", nil)
	real, err := os.ReadFile(monaco)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, real, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Run(ctx, Args{Path: path}, nil); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
	if n := b.count(`select count(*) from district`); n != 0 {
		t.Error("half an import is left")
	}
}

func TestFoundingADistrictNeedsThePermission(t *testing.T) {
	b := newBench(t)
	postgistest.District(t, b.db)
	planner := account.Person{Name: "planner", Role: account.Planner, District: "500110", Scope: account.Scope{District: "500110"}}
	b.AskPeople(personFinder{planner})
	real, err := os.ReadFile(monaco)
	if err != nil {
		t.Fatal(err)
	}
	_, err = b.pbf(real, Args{By: "planner"})
	wantRefusal(t, err, "权限")
	if report, err := b.pbf(street([]pbfWay{goodRoad}), Args{By: "planner"}); err != nil || report.Inserted != 2 {
		t.Errorf("%+v, %v", report, err)
	}
}

func TestNewDistrictsTakeTheNextFreeCode(t *testing.T) {
	b := newBench(t)
	far := func(x int32) []byte {
		return pbfFile(pbfNodes{{1, x, 289700000, nil}, {2, x + 10000, 289710000, nil}}, []pbfWay{{1, []int64{1, 2}, osmTags{{"highway", "residential"}}}}, nil)
	}
	for i, want := range []string{"990001", "990002", "990001"} {
		report, err := b.pbf(far([]int32{1000000000, 1100000000, 1000000000}[i]), Args{})
		if err != nil || report.District != want {
			t.Errorf("import %d: %+v, %v", i, report, err)
		}
	}
}

func TestNamesOfFiles(t *testing.T) {
	for file, want := range map[string]string{
		"delaware-latest.osm.pbf": "delaware", "map.osm": "", "planet_116.3,39.9_116.4,40.0.osm.pbf": "", "万盛.osm.bz2": "万盛", `C:\data\beijing_tsinghua.osm`: "beijing_tsinghua",
	} {
		if got := nameOfFile(file); got != want {
			t.Errorf("%s: %q, want %q", file, got, want)
		}
	}
}
