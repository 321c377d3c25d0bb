package importer

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/postgis/postgistest"
)

const head = "小区编码,小区名称,街道,建成年份,户数,经度,纬度\n"

// refusedRow is what the report says about a row, "" where it was taken.
func refusedRow(r *Report, row int64) string {
	for _, x := range r.Refused {
		if x.Row == row {
			return x.Reason
		}
	}
	return ""
}

func repairOf(r *Report, row int64) string {
	for _, x := range r.Repairs {
		if x.Row == row {
			return x.What + "：" + x.Before + "→" + x.After
		}
	}
	return ""
}

func TestALedgerFillsTheRegisterAndTheSameFileChangesNothing(t *testing.T) {
	b := newBench(t)
	postgistest.District(t, b.db)
	const ledger = "小区编码|小区名称|镇街|地址|建成时间|总户数|栋数|总建筑面积（万平方米）|物业管理|经度|纬度|备注|单位类型|是否棚改\n" +
		"A01|红星小区|万盛|红星路 1 号|1998年|1124户|5栋|5.23|无|106.90|28.97|电话13812345678|住宅小区|否\n" +
		"A02|东风楼|东林街道办事处|暂无数据|2009年建成|３２|1|0.21|社区物业服务中心|||单栋|单栋住宅楼|是\n" +
		"||||||||||||\n合计||||||6|5.44||||||\n"
	report, err := b.text("台账.csv", ledger, Args{District: "500110"})
	if err != nil {
		t.Fatal(err)
	}
	if report.RowsTaken != 2 || report.Inserted != 2 || report.RowsRefused != 0 {
		t.Fatalf("report %+v", report)
	}
	c := b.community("500110", "A01")
	if c.Name != "红星小区" || c.SubdistrictCode != "500110001" || *c.BuiltYear != 1998 || *c.Households != 1124 || *c.BuildingCount != 5 ||
		*c.FloorAreaM2 != 52300 || c.Location == nil || c.Location[0] != 106.90 || *c.InShantytownPlan || strings.Contains(c.Remark, "138") {
		t.Errorf("A01 is %+v", c)
	}
	c = b.community("500110", "A02")
	if c.SubdistrictCode != "500110002" || *c.BuiltYear != 2009 || *c.Households != 32 || c.UnitKind != "single_building" ||
		c.ManagementMode != "service_centre" || c.Address != "" || c.Location != nil || !*c.InShantytownPlan {
		t.Errorf("A02 is %+v", c)
	}
	if repairOf(report, 2) == "" || repairOf(report, 3) == "" {
		t.Errorf("repairs %+v", report.Repairs)
	}
	notes := strings.Join(report.Notes, "\n")
	if !strings.Contains(notes, "合计") || !strings.Contains(notes, "个人信息") {
		t.Errorf("notes %s", notes)
	}
	before := b.contents()
	again, err := b.text("台账.csv", ledger, Args{}) // the district is found by the coordinates
	if err != nil {
		t.Fatal(err)
	}
	if again.District != "500110" || again.Unchanged != 2 || again.Inserted+again.Updated != 0 || b.contents() != before {
		t.Errorf("the second import: %+v", again)
	}
}

func TestAWorkbookIsReadLikeAText(t *testing.T) {
	b := newBench(t)
	postgistest.District(t, b.db)
	data := workbook(t, map[string][][]any{"台账": {
		{"附件 2：老旧小区数据台账"},
		{"序号", "小区编码", "小区名称", "所属街道", "建成年代", "户数", "建筑面积(㎡)", "联系人", "联系电话"},
		{1, "A01", "红星小区", "万盛街道", 1998, 1124, 52300.5, "张三", "13812345678"},
		{2, "A02", "东风楼", "东林街道", 35947, "32户", "0.2万㎡", "李四", "13912345678"},
	}}, "台账")
	report, err := b.text("台账.xlsx", string(data), Args{District: "500110"})
	if err != nil {
		t.Fatal(err)
	}
	if report.Inserted != 2 || report.Format != "xlsx" {
		t.Fatalf("report %+v", report)
	}
	c := b.community("500110", "A02")
	if *c.BuiltYear != 1998 || *c.FloorAreaM2 != 2000 || *c.Households != 32 {
		t.Errorf("A02 is %+v", c)
	}
	if notes := strings.Join(report.Notes, "\n"); !strings.Contains(notes, "联系人") || !strings.Contains(notes, "联系电话") {
		t.Errorf("the report does not say that personal columns were left out: %s", notes)
	}
	var everything string
	err = b.db.Pool.QueryRow(t.Context(), `select (select string_agg(c::text, ' ') from community c) || (select coalesce(string_agg(a::text, ' '), '') from audit_entry a)`).Scan(&everything)
	if err != nil {
		t.Fatal(err)
	}
	for _, personal := range []string{"张三", "13812345678", "李四"} {
		if strings.Contains(everything, personal) {
			t.Errorf("%s was stored", personal)
		}
	}
}

func TestRowsOfALedgerAreRefusedOrPutRightOneByOne(t *testing.T) {
	tests := []struct {
		name    string
		row     string
		refused string // part of the reason
		repair  string // part of the repair
	}{
		{"good", "X,小区,万盛街道,1998,10,106.9,28.97", "", ""},
		{"a year with its word", "X,小区,万盛街道,1998年,10,106.9,28.97", "", "1998年→1998"},
		{"a year of 1890", "X,小区,万盛街道,1890,10,106.9,28.97", "建成年份“1890”年份不在", ""},
		{"a year that is a decade", "X,小区,万盛街道,80年代,10,106.9,28.97", "80年代", ""},
		{"swapped coordinates", "X,小区,万盛街道,1998,10,28.97,106.9", "", "写反"},
		{"coordinates outside the district", "X,小区,万盛街道,1998,10,116.4,39.9", "范围之外", ""},
		{"coordinates outside the world", "X,小区,万盛街道,1998,10,1069000,2897000", "不是经纬度", ""},
		{"half a coordinate", "X,小区,万盛街道,1998,10,106.9,", "纬度", ""},
		{"a coordinate that is a word", "X,小区,万盛街道,1998,10,东,28.97", "经度", ""},
		{"zero coordinates", "X,小区,万盛街道,1998,10,0,0", "", "没有坐标"},
		{"a subdistrict of elsewhere", "X,小区,桂林街道,1998,10,106.9,28.97", "街道“桂林街道”不在万盛经开区", ""},
		{"no name", "X,,万盛街道,1998,10,106.9,28.97", "没有小区名称", ""},
		{"households in words", "X,小区,万盛街道,1998,许多,106.9,28.97", "户数“许多”不是数字", ""},
		{"nothing known", "X,小区,,暂无数据,不详,,", "", ""},
	}
	var ledger strings.Builder
	ledger.WriteString(head)
	for i, tt := range tests {
		ledger.WriteString(strings.Replace(tt.row, "X", fmt.Sprintf("A%02d", i), 1) + "\n")
	}
	b := newBench(t)
	postgistest.District(t, b.db)
	report, err := b.text("台账.csv", ledger.String(), Args{District: "500110"})
	if err != nil {
		t.Fatal(err)
	}
	for i, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			row := int64(i + 2)
			reason, repair := refusedRow(report, row), repairOf(report, row)
			if (reason == "") != (tt.refused == "") || !strings.Contains(reason, tt.refused) {
				t.Errorf("refused: %q", reason)
			}
			if (repair == "") != (tt.repair == "") || !strings.Contains(repair, tt.repair) {
				t.Errorf("repaired: %q", repair)
			}
			stored := b.count(`select count(*) from community where code = $1`, fmt.Sprintf("A%02d", i))
			if (stored == 1) != (tt.refused == "") {
				t.Errorf("%d are stored", stored)
			}
		})
	}
	if at := b.community("500110", "A04").Location; at == nil || at[0] != 106.9 || at[1] != 28.97 {
		t.Errorf("the swapped community is at %v", at)
	}
}

func TestASecondRowWithACodeIsRefusedAndNamesTheFirst(t *testing.T) {
	b := newBench(t)
	postgistest.District(t, b.db)
	report, err := b.text("台账.csv", head+"A01,甲,,,,,\nA02,乙,,,,,\nA01,丙,,,,,\n", Args{District: "500110"})
	if err != nil {
		t.Fatal(err)
	}
	if reason := refusedRow(report, 4); !strings.Contains(reason, "A01") || !strings.Contains(reason, "第 2 行") {
		t.Errorf("row 4: %q", reason)
	}
	if report.RowsTaken != 2 || b.community("500110", "A01").Name != "甲" {
		t.Errorf("report %+v", report)
	}
}

func TestALedgerWithoutCodesGoesByName(t *testing.T) {
	b := newBench(t)
	postgistest.District(t, b.db)
	const ledger = "小区名称,街道,户数\n甲,万盛街道,10\n乙,万盛街道,20\n甲,东林街道,30\n甲,万盛街道,40\n"
	report, err := b.text("台账.csv", ledger, Args{District: "500110"})
	if err != nil {
		t.Fatal(err)
	}
	if report.Inserted != 3 || !strings.Contains(refusedRow(report, 5), "第 2 行重复") {
		t.Errorf("report %+v", report)
	}
	again, err := b.text("别名.csv", strings.Replace(ledger, "乙,万盛街道,20", "乙,万盛街道,25", 1), Args{District: "500110"})
	if err != nil || again.Updated != 1 || again.Unchanged != 2 || again.Inserted != 0 {
		t.Errorf("again: %+v, %v", again, err)
	}
}

func TestALedgerLeavesAloneWhatItDoesNotSay(t *testing.T) {
	b := newBench(t)
	postgistest.District(t, b.db)
	for _, ledger := range []string{head + "A01,甲,万盛街道,1998,10,106.9,28.97\n", "小区编码,小区名称,户数\nA01,甲,12\n"} {
		if _, err := b.text("台账.csv", ledger, Args{District: "500110"}); err != nil {
			t.Fatal(err)
		}
	}
	c := b.community("500110", "A01")
	if *c.Households != 12 || c.BuiltYear == nil || *c.BuiltYear != 1998 || c.Location == nil {
		t.Errorf("got %+v", c)
	}
}

func TestLedgersThatCannotBeTakenChangeNothing(t *testing.T) {
	b := newBench(t)
	postgistest.District(t, b.db)
	if _, err := b.text("台账.csv", head+"A00,旧,,,,,\n", Args{District: "500110"}); err != nil {
		t.Fatal(err)
	}
	before := b.contents()
	tests := []struct {
		name, file, content string
		args                Args
		say                 string
	}{
		{"no name column", "x.csv", "小区编码,户数\nA01,10\n", Args{District: "500110"}, "缺少必需的列“小区名称”"},
		{"no headers at all", "x.csv", "A01|甲|1124户|5栋|2009年建成\n", Args{District: "500110"}, "没有找到表头"},
		{"a longitude without a latitude", "x.csv", "小区名称,经度\n甲,106.9\n", Args{District: "500110"}, "缺少“纬度”列"},
		{"every row bad", "x.csv", head + "A01,甲,,1890,,,\nA02,乙,,1890,,,\n", Args{District: "500110"}, "2 行都被拒绝"},
		{"one row and it is bad", "x.csv", head + "A01,甲,,1890,,,\n", Args{District: "500110"}, "第 2 行"},
		{"only headers", "x.csv", head, Args{District: "500110"}, "没有小区"},
		{"an unknown district", "x.csv", head + "A01,甲,,,,,\n", Args{District: "999999"}, "没有代码为“999999”的区"},
		{"no district and no coordinates", "x.csv", "小区编码,小区名称\nA01,甲\n", Args{}, "请先选择区"},
		{"no district around the coordinates", "x.csv", head + "A01,甲,,,,116.4,39.9\n", Args{}, "请先选择区"},
		{"an unknown coordinate system", "x.csv", head + "A01,甲,,,,,\n", Args{District: "500110", CRS: "utm"}, "坐标系"},
		{"a workbook that is a text", "x.xlsx", head, Args{District: "500110"}, "不是有效的 .xlsx"},
		{"another format", "x.dwg", "AC1015", Args{District: "500110"}, ".dwg"},
		{"a layer that does not fit", "x.csv", head, Args{District: "500110", Layer: "buildings"}, "buildings"},
		{"an empty file", "x.csv", "", Args{District: "500110"}, "空"},
		{"latin letters that GB18030 lacks", "x.csv", "小区名称\n\x80\xff\xff\n", Args{District: "500110"}, "GBK"},
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

func TestCoordinatesOfMapServicesAreTurnedIntoCGCS2000(t *testing.T) {
	b := newBench(t)
	postgistest.District(t, b.db)
	for crs, want := range map[string]float64{"wgs84": 0, "cgcs2000": 0, "gcj02": 300, "bd09": 900} {
		if _, err := b.text("台账.csv", head+"A01,甲,,,,106.9300,28.9700\n", Args{District: "500110", CRS: crs}); err != nil {
			t.Fatal(err)
		}
		moved := b.count(`select round(ST_Distance(location::geography, ST_SetSRID(ST_MakePoint(106.93, 28.97), 4490)::geography))::bigint from community where code = 'A01'`)
		if want == 0 && moved != 0 || want > 0 && (float64(moved) < want/2 || float64(moved) > want*2) {
			t.Errorf("%s: moved by %d m", crs, moved)
		}
	}
}

func TestAnOfficerBringsInOnlyOwnSubdistricts(t *testing.T) {
	b := newBench(t)
	postgistest.District(t, b.db)
	if _, err := b.text("台账.csv", head+"B01,别街的,东林街道,,,,\nA01,本街的,万盛街道,,,,\n", Args{District: "500110"}); err != nil {
		t.Fatal(err)
	}
	officer := account.Person{Name: "officer", Role: account.Officer, District: "500110", Scope: account.Scope{District: "500110", Subdistricts: []string{"500110001"}}}
	b.AskPeople(personFinder{officer})
	report, err := b.text("台账.csv", head+
		"A01,本街的,万盛街道,,15,,\n"+
		"A02,别街的,东林街道,,,,\n"+
		"A03,没写街道,,,,,\n"+
		"B01,抢过来,万盛街道,,,,\n", Args{District: "500110", By: "officer"})
	if err != nil {
		t.Fatal(err)
	}
	if report.RowsTaken != 1 || report.RowsRefused != 3 {
		t.Errorf("report %+v", report)
	}
	if got := b.community("500110", "B01"); got.Name != "别街的" || got.SubdistrictCode != "500110002" {
		t.Errorf("B01 was taken over: %+v", got)
	}
	if by := b.count(`select count(*) from audit_entry where account_name = 'officer'`); by == 0 {
		t.Error("the audit trail does not name the officer")
	}
	_, err = b.text("map.osm", smallOSM, Args{District: "500110", By: "officer"})
	wantRefusal(t, err, "权限")
	_, err = b.text("台账.csv", head+"A01,甲,,,,,\n", Args{District: "500110", By: "ghost"})
	wantRefusal(t, err, "ghost")
	viewer := account.Person{Name: "viewer", Role: account.Viewer, District: "500110", Scope: account.Scope{District: "500110"}}
	b.AskPeople(personFinder{viewer})
	_, err = b.text("台账.csv", head+"A01,甲,,,,,\n", Args{District: "500110", By: "viewer"})
	wantRefusal(t, err, "权限")
}

// personFinder knows one account.
type personFinder struct{ person account.Person }

func (f personFinder) Person(_ context.Context, name string) (account.Person, error) {
	if name != f.person.Name {
		return account.Person{}, fmt.Errorf("%s: %w", name, postgis.ErrNotFound)
	}
	return f.person, nil
}

func TestHeadersAreKnownByManyNames(t *testing.T) {
	for _, h := range []string{
		"小区编码", "编号", "小区名称", " 小区 名称 ", "街道", "镇街", "所属街道（镇）", "社区", "地址", "建成时间", "建成年份", "建成年代\n(年)", "户数", "总户数（户）",
		"楼栋数", "栋数", "建筑面积", "建筑面积（㎡）", "总建筑面积(万平方米)", "建筑面积万㎡", "物业管理", "经度", "纬度", "备注", "单位类型", "是否棚改", "Longitude", "LAT",
	} {
		if m := mapColumns(communityColumns, []string{h}); len(m.at) != 1 {
			t.Errorf("%q is not known", h)
		}
	}
	m := mapColumns(communityColumns, []string{"户主姓名", "联系电话", "身份证号", "住户手机", "飞船"})
	if len(m.at) != 0 || len(m.personal) != 4 || !slices.Equal(m.unused, []string{"飞船"}) {
		t.Errorf("got %+v", m)
	}
	if m := mapColumns(communityColumns, []string{"建筑面积(万平方米)"}); !m.tenThousands[colFloorArea] {
		t.Error("万平方米 was not seen")
	}
}

func TestTheOutlineOfAMapMeetsTheRowOfALedger(t *testing.T) {
	b := newBench(t)
	postgistest.District(t, b.db)
	if _, err := b.text("台账.csv", head+"A01,红星小区,万盛街道,1998,10,,\n", Args{District: "500110"}); err != nil {
		t.Fatal(err)
	}
	const outline = `{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"小区名称":"红星小区"},"geometry":
		{"type":"Polygon","coordinates":[[[106.90,28.97],[106.901,28.97],[106.901,28.971],[106.90,28.971],[106.90,28.97]]]}}]}`
	report, err := b.text("小区.geojson", outline, Args{District: "500110"})
	if err != nil {
		t.Fatal(err)
	}
	c := b.community("500110", "A01")
	if report.Updated != 1 || report.Inserted != 0 || c.BBox == nil || *c.Households != 10 {
		t.Errorf("report %+v, community %+v", report, c)
	}
}
