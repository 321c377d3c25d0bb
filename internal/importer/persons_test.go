package importer

import (
	"strings"
	"testing"

	"github.com/lianpian/lianpian/internal/postgis/postgistest"
)

func TestColumnsOfPersonsAreKnownByTheirHeaders(t *testing.T) {
	for _, header := range []string{
		"业主", "业主姓名", "户主", "姓 名", "联系人", "联系电话（手机）", "电话", "手机号", "身份证号码", "证件号码", "业主姓", "联系电", "LXDH", "hzxm",
		"SFZH", "Tel", "contact_name", "Phone", "微信号", "负责人", "id_card",
	} {
		if !Personal(header) {
			t.Errorf("%s is not known", header)
		}
	}
	for _, header := range []string{
		"小区名称", "户数", "业主户数", "业主委员会", "名称", "楼栋名称", "物业管理", "hotel", "权属", "产权性质", "建筑面积", "备注", "社区", "序号", "name", "level", "owner_kind",
		"residential", "address", "电梯", "供电",
	} {
		if Personal(header) {
			t.Errorf("%s is taken for a person's", header)
		}
	}
}

func TestCellsWithNumbersOfPersonsAreDroppedAndCounted(t *testing.T) {
	p := NewPersons("小区")
	for _, c := range []struct{ header, text, left string }{
		{"户主姓名", "张三", ""},
		{"户主姓名", " ", ""},
		{"备注", "找张三 138-0013-8000", ""},
		{"备注", "二〇二六年整治，共 12 栋", "二〇二六年整治，共 12 栋"},
		{"户数", "13800138000", ""},
		{"建筑面积", "13800.5", "13800.5"},
		{"小区名称", "红星小区 13800138000", "红星小区 （已略去）"},
		{"地址", "和平路 3 号（500110198001011239）", "和平路 3 号（（已略去））"},
		{"小区编码", "13010200001", "13010200001"},
		{"小区编码", "张三13010200001", ""},
		{"osm_id", "13010200001", "13010200001"},
		{"服务热线", "023-48271234", "023-48271234"},
		{"改造意见", "户主李四同意，王五女士反映漏水", "户主（已略去）同意，（已略去）女士反映漏水"},
		{"改造意见", "联系人：张三 13800138000", ""},
		{"改造意见", "张家湾、王府井路一带积水", "张家湾、王府井路一带积水"},
		{"地址", "和平路 5 号（业主：赵六）", "和平路 5 号（业主：（已略去））"},
		{"设施名称", "张奶奶养老院", "张奶奶养老院"},
		{"小区编码", "户主：李四", "户主：李四"},
	} {
		if got := p.Cell(c.header, c.text); got != c.left {
			t.Errorf("of %q in %s %q is left, want %q", c.text, c.header, got, c.left)
		}
	}
	notes := strings.Join(DroppedNotes(p.Dropped()), "\n")
	for _, want := range []string{"户主姓名（1 格）", "备注（1 格）", "户数（1 格）", "小区编码（1 格）", "改造意见（2 格）", "地址（2 格）", "或姓名"} {
		if !strings.Contains(notes, want) {
			t.Errorf("%s is missing in %s", want, notes)
		}
	}
	p.Again()
	if d := p.Dropped(); len(d) != 1 || d[0].Cells != 0 {
		t.Errorf("after a new beginning %+v", d)
	}
}

func TestFeaturesBringNothingOfPersons(t *testing.T) {
	b := newBench(t)
	postgistest.District(t, b.db)
	report, err := b.text("小区.geojson", `{"type":"FeatureCollection","features":[{"type":"Feature",
		"properties":{"小区编码":"A1","小区名称":"甲 13800138000","户数":"13912345678","户主":"张三丰","备注":"电 15011112222 张三丰"},
		"geometry":{"type":"Point","coordinates":[106.92,28.96]}}]}`, Args{District: "500110", Layer: "communities"})
	if err != nil {
		t.Fatal(err)
	}
	if len(report.Dropped) != 4 || report.Inserted != 1 {
		t.Errorf("%+v", report)
	}
	c := b.community("500110", "A1")
	if c.Name != "甲 （已略去）" || c.Households != nil || c.Remark != "" {
		t.Errorf("%+v", c)
	}
}

func TestAFileWithoutHeadersIsRefusedWithoutItsResidents(t *testing.T) {
	b := newBench(t)
	postgistest.District(t, b.db)
	_, err := b.text("名单.csv", "张三,13800138000,5 栋\n李四,13900139000,6 栋\n", Args{District: "500110"})
	if err == nil || strings.Contains(err.Error(), "张三") || strings.Contains(err.Error(), "138001") || !strings.Contains(err.Error(), "5 栋") {
		t.Errorf("got %v", err)
	}
}
