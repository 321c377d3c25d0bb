package main

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"github.com/peterstace/simplefeatures/geom"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"
)

// ledgerHeader is how a street office heads its ledger.
var ledgerHeader = []string{
	"序号", "小区编号", "小区名称", "镇街", "地址", "建成年份", "户数", "楼栋数", "建筑面积（㎡）", "物业管理",
	"失养失修失管", "市政配套缺失", "公共服务缺失", "同意户数", "同意建筑面积（㎡）", "既往改造",
	"是否棚改", "是否拆除重建", "是否自建房为主", "是否城中村", "居住条件较差", "经度", "纬度", "备注",
}

// Columns of the ledger that the faulty rows spoil.
const (
	colCode = 1
	colYear = 5
	colLon  = 21
	colLat  = 22
	colNote = 23
)

// writeSamples writes the files to try the import with.
func writeSamples(dir string, d *district) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	ledger := d.ledger()
	sheet, err := encodeSheet(ledger)
	if err != nil {
		return fmt.Errorf("encode the ledger as XLSX: %w", err)
	}
	text, err := encodeGBK(ledger)
	if err != nil {
		return fmt.Errorf("encode the ledger as CSV: %w", err)
	}
	points, err := encodeTable(table{"设施示例", d.sampleFacilities()})
	if err != nil {
		return fmt.Errorf("encode the facilities: %w", err)
	}
	for name, body := range map[string][]byte{
		"台账示例.xlsx": sheet, "台账示例.csv": text, "设施示例.geojson": points, "说明.txt": []byte(samplesNote),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), body, 0o644); err != nil {
			return err
		}
	}
	return nil
}

const samplesNote = `导入示例文件（落在“陆家嘴（演示区）”内）

台账示例.xlsx      20 行小区台账，其中 3 行有错：建成年份 1890、坐标在区外、编号与前面重复。
台账示例.csv       同一份台账，GBK 编码。两个文件编号相同，后导入的不会重复新增。
设施示例.geojson   12 个服务设施，位于尚未覆盖的小区内，导入后覆盖率会变化。

全部内容为程序生成的演示数据，不含任何个人信息。位置参照 © OpenStreetMap 贡献者（ODbL 1.0）。
`

// ledger has 17 good rows and three faulty ones. Its cells are written as
// people write them: units behind numbers, "暂无数据" where nothing is known.
func (d *district) ledger() [][]string {
	rows := [][]string{ledgerHeader}
	for i, at := range d.emptyPlaces(20) {
		rows = append(rows, d.ledgerRow(i+1, at))
	}
	rows[6][colYear] = "1890"
	rows[6][colNote] = "示例错误：年份不合理"
	rows[12][colLon], rows[12][colLat] = "116.3974", "39.9087"
	rows[12][colNote] = "示例错误：坐标不在本区"
	rows[18][colCode] = rows[3][colCode]
	rows[18][colNote] = "示例错误：编号重复"
	return rows
}

func (d *district) ledgerRow(n int, at geom.XY) []string {
	r := dice("ledger " + strconv.Itoa(n))
	buildings := between(r, 2, 9)
	households := buildings * between(r, 24, 46)
	area := households * between(r, 52, 64)
	agreed := int(float64(households) * spread(r, 0.45, 0.92))
	year := strconv.Itoa(between(r, 1980, 2003))
	switch n % 5 {
	case 0:
		year += "年"
	case 3:
		year += "年建成"
	}
	count := strconv.Itoa(households)
	if n%4 == 1 {
		count += "户"
	}
	blocks := strconv.Itoa(buildings)
	if n%6 == 2 {
		blocks += "栋"
	}
	pick := func(words ...string) string { return words[r.IntN(len(words))] }
	works := pick("未改造", "未改造", "未改造", "单项改造", "部分改造")
	consent, consentArea := strconv.Itoa(agreed), strconv.Itoa(agreed*area/households)
	if n%7 == 4 {
		consent, consentArea = "暂无数据", "暂无数据"
	}
	p := pointToDegrees(at)
	address := d.streetNear(at) + "附近"
	return []string{
		strconv.Itoa(n), fmt.Sprintf("T%03d", n), fmt.Sprintf("演示台账小区%d", n), d.subdistrictAt(at).name, address,
		year, count, blocks, strconv.Itoa(area), pick("社区物业服务中心", "居民自治", "专业物业", "暂无数据"),
		pick("是", "是", "是", "否"), pick("供水、雨污管网", "道路、照明", "消防设施", "供气、供电、道路", "无"),
		pick("卫生服务站、日间照料", "社区食堂", "托儿所、文化活动站"), consent, consentArea, works,
		pick("否", "否", "否", "否", "是"), "否", "否", "否", pick("是", "否"),
		strconv.FormatFloat(p.X, 'f', 6, 64), strconv.FormatFloat(p.Y, 'f', 6, 64), "演示数据：生成",
	}
}

// emptyPlaces are n places on land where the demo has no community yet.
func (d *district) emptyPlaces(n int) []geom.XY {
	lo, hi, _ := d.extent.Envelope().MinMaxXYs()
	r := dice("empty places")
	var found []geom.XY
	for range 20000 {
		if len(found) == n {
			break
		}
		p := geom.XY{X: spread(r, lo.X+60, hi.X-60), Y: spread(r, lo.Y+60, hi.Y-60)}
		at := geom.NewPointXY(p.X, p.Y).AsGeometry()
		if s := d.subdistrictAt(p).title; s != "张杨片" && s != "北滨江片" && s != "豫园片" {
			continue
		}
		if holds(d.water, p) || holds(d.greenery, p) || holds(d.hole, p) ||
			slices.ContainsFunc(found, func(q geom.XY) bool { return metres(p, q) < 90 }) ||
			slices.ContainsFunc(d.communities, func(c *community) bool {
				m, ok := geom.Distance(c.shape, at)
				return ok && m < 35
			}) ||
			slices.ContainsFunc(d.buildings, func(b *building) bool { return holds(b.shape, p) }) ||
			slices.ContainsFunc(d.streets, func(s street) bool {
				m, ok := geom.Distance(s.shape, at)
				return ok && m < s.width+8
			}) {
			continue
		}
		found = append(found, p)
	}
	return found
}

// sampleFacilities stand where the demo's own do not reach.
func (d *district) sampleFacilities() []row {
	var rows []row
	for _, want := range []struct{ kind, name string }{
		{"health_station", "社区卫生服务站"},
		{"elder_daycare", "老年人日间照料中心"},
		{"community_canteen", "社区食堂"},
		{"nursery", "托儿所"},
	} {
		stands := slices.Clone(d.facilities)
		for n := 1; n <= 3; n++ {
			c := d.worstServed(want.kind, stands)
			at := d.onLand(c, "sample "+want.kind+strconv.Itoa(n))
			stands = append(stands, &facility{kind: want.kind, at: at})
			rows = append(rows, row{geom.NewPointXY(at.X, at.Y).AsGeometry(), props{
				"code": fmt.Sprintf("S%02d", len(rows)+1), "facility_type": want.kind,
				"name": fmt.Sprintf("示例%s%d", want.name, n), "address": c.address,
			}})
		}
	}
	return rows
}

// worstServed is the community that is farthest from any facility of a kind.
func (d *district) worstServed(kind string, stands []*facility) *community {
	var worst *community
	far := -1.0
	for _, c := range d.communities {
		near := 1e9
		for _, f := range stands {
			if f.kind == kind {
				near = min(near, metres(f.at, c.at))
			}
		}
		if near > far {
			far, worst = near, c
		}
	}
	return worst
}

func encodeGBK(rows [][]string) ([]byte, error) {
	var b bytes.Buffer
	w := csv.NewWriter(simplifiedchinese.GBK.NewEncoder().Writer(&b))
	w.UseCRLF = true // as spreadsheets write it
	if err := w.WriteAll(rows); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

func encodeSheet(rows [][]string) ([]byte, error) {
	f := excelize.NewFile()
	defer f.Close()
	const sheet = "台账"
	if err := f.SetSheetName("Sheet1", sheet); err != nil {
		return nil, err
	}
	for i, cells := range rows {
		for j, text := range cells {
			at, err := excelize.CoordinatesToCellName(j+1, i+1)
			if err != nil {
				return nil, err
			}
			var v any = text
			if n, err := strconv.ParseFloat(text, 64); err == nil && i > 0 {
				v = n // a number as a number, as in a real ledger
			}
			if err := f.SetCellValue(sheet, at, v); err != nil {
				return nil, err
			}
		}
	}
	bold, err := f.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}})
	if err != nil {
		return nil, err
	}
	if err := f.SetRowStyle(sheet, 1, 1, bold); err != nil {
		return nil, err
	}
	if err := f.SetColWidth(sheet, "B", "X", 15); err != nil {
		return nil, err
	}
	if err := f.SetPanes(sheet, &excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return nil, err
	}
	b, err := f.WriteToBuffer()
	if err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}
