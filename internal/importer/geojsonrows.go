package importer

import (
	"context"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/geo"
	"github.com/lianpian/lianpian/internal/registry"
)

// featureReading turns the features of a GeoJSON file into rows of one layer.
type featureReading struct {
	*importRun
	ctx      context.Context
	layer    string
	district region
	near     orb.Bound // facilities count a little beyond the boundary
	mender   mender
	ledger   *ledgerReading

	lines   []int64          // feature numbers of the rows handed out
	seen    map[string]int64 // code or source_ref, to the feature that gave it
	mapped  map[string]columnMapping
	persons *Persons
	err     error // what ended the sequence early
}

// reader prepares the reading of a feature's properties.
func (g *featureReading) reader(n int64, f feature, table *columnTable) *rowReader {
	signature := strings.Join(f.keys, "\x00")
	columns, ok := g.mapped[signature]
	if !ok {
		columns = mapColumns(table, f.keys)
		if len(g.mapped) < 1000 {
			g.mapped[signature] = columns
		}
	}
	if g.persons == nil {
		g.persons = NewPersons("")
	}
	for i, key := range f.keys {
		f.cells[i] = g.persons.Cell(key, f.cells[i])
	}
	return &rowReader{table: table, columns: columns, report: g.report, at: place{row: n, layer: g.layer}, cells: f.cells}
}

// area reads and checks the feature's shape. ok is false where it was refused.
func (g *featureReading) area(r *rowReader, f feature) (area orb.MultiPolygon, ok bool, err error) {
	if f.geometry == nil {
		r.refuseWhole("没有图形", "")
		return nil, false, nil
	}
	shape, fault := geo.ReadGeoJSONGeometry(f.geometry, geo.Limits{MaxPoints: geo.MaxImportPoints})
	if fault != nil {
		r.refuseWhole(Sentence(fault), "")
		return nil, false, nil
	}
	area, merged, reason := areaOf(shape)
	if reason != "" {
		r.refuseWhole(reason, "")
		return nil, false, nil
	}
	swapped := g.swap(area)
	area = g.datum.area(area)
	rings := closeRings(area)
	if !r.bad {
		before := g.report.RowsRefused
		area, ok, err = g.mender.area(g.ctx, r.at, area)
		if r.bad = !ok; err != nil || !ok && g.report.RowsRefused > before {
			return nil, false, err
		}
	}
	if merged {
		g.report.repaired(r.at, "几何集合合并为一个多面图形", "GeometryCollection", fmt.Sprintf("MultiPolygon（%d 个面）", len(area)))
	}
	if swapped {
		g.report.repaired(r.at, "经度与纬度写反，已对调", "纬度, 经度", "经度, 纬度")
	}
	if hasZ(f.geometry) {
		g.report.repaired(r.at, "三维坐标去掉高程", "三维", "二维")
	}
	if rings > 0 {
		g.report.repaired(r.at, "环的首尾相差不到 1 米，已闭合", fmt.Sprintf("%d 个环未闭合", rings), "闭合")
	}
	return area, ok, nil
}

// swap exchanges longitude and latitude where the shape lies in the district only
// that way round.
func (g *featureReading) swap(area orb.MultiPolygon) bool {
	if len(area) == 0 || len(area[0]) == 0 || len(area[0][0]) == 0 {
		return false
	}
	c := area[0][0][0]
	if _, in := g.ledger.inDistrict(c); in {
		return false
	}
	if _, in := g.ledger.inDistrict(orb.Point{c[1], c[0]}); !in {
		return false
	}
	for _, polygon := range area {
		for _, ring := range polygon {
			for i, p := range ring {
				ring[i] = orb.Point{p[1], p[0]}
			}
		}
	}
	return true
}

// insideDistrict refuses an area whose inner point is not in the district.
func (g *featureReading) insideDistrict(r *rowReader, area orb.MultiPolygon) (orb.Point, bool) {
	p, ok := innerPoint(area)
	if !ok || !g.district.holds(p) {
		r.refuseWhole("图形在"+g.district.name+"范围之外", showPoint(p))
		return p, false
	}
	return p, true
}

// once refuses the second feature for one thing; what says which thing that is.
func (g *featureReading) once(r *rowReader, key, what, value string) bool {
	if earlier, taken := g.seen[key]; taken {
		r.refuseWhole(fmt.Sprintf("%s与第 %d 个要素重复", what, earlier), value)
		return false
	}
	g.seen[key] = r.at.row
	return true
}

// identify gives a row its code and its identity in the source: the file's code,
// its source_ref, or else the shape itself. more tells apart rows that may share
// a place.
func (g *featureReading) identify(r *rowReader, shape orb.Geometry, more string) (code, ref string, ok bool) {
	code = r.cell(colCode).words(64)
	ref = r.cell(colSourceRef).words(200)
	switch {
	case code != "":
		return code, ref, g.once(r, "code "+code, "编码“"+code+"”", code)
	case ref != "":
		return "", ref, g.once(r, "ref "+ref+more, "来源编号“"+shorten(ref, 60)+"”", ref)
	}
	ref = sourceGeoJSON + ":" + shapeHash(shape)
	if more != "" {
		ref += ":" + shortHash(more)
	}
	return "", ref, g.once(r, "ref "+ref, "图形", "")
}

func (g *featureReading) community(n int64, raw []byte) (row registry.CommunityRow, ok bool, err error) {
	f, fault := decodeFeature(raw)
	r := g.reader(n, f, communityColumns)
	if fault != "" {
		r.refuseWhole(fault, "")
		return row, false, nil
	}
	var area orb.MultiPolygon
	var point *orb.Point
	switch {
	case f.geometry == nil:
	case isPoint(f.geometry):
		if point = g.point(r, f); point != nil && !g.district.holds(*point) {
			r.refuseWhole("坐标在"+g.district.name+"范围之外", showPoint(*point))
		}
	default:
		if area, ok, err = g.area(r, f); err != nil || !ok {
			return row, false, err
		}
		g.insideDistrict(r, area)
	}
	if r.bad {
		return row, false, nil
	}
	unnamed := r.cell(colName).words(200) == ""
	if unnamed && area == nil {
		r.refuseWhole("没有小区名称", "")
		return row, false, nil
	}
	g.ledger.columns = r.columns
	row = g.ledger.fields(r)
	if r.bad {
		return row, false, nil
	}
	row.Source, row.Geometry = sourceGeoJSON, area
	if point != nil {
		row.Location = point
	}
	if row.Code != "" {
		return row, g.once(r, "code "+row.Code, "编码“"+row.Code+"”", row.Code), nil
	}
	if row.SourceRef = r.cell(colSourceRef).words(200); row.SourceRef == "" {
		row.SourceRef = sourceGeoJSON + ":" + shapeHash(area)
		if area == nil {
			row.SourceRef = sourceGeoJSON + ":" + shortHash(row.SubdistrictCode, row.Name)
		}
	}
	if !g.once(r, "ref "+row.SourceRef, "小区“"+row.Name+"”", row.Name) {
		return row, false, nil
	}
	if unnamed {
		row.Name = "未命名小区 " + strings.ToUpper(row.SourceRef[len(row.SourceRef)-min(6, len(row.SourceRef)):])
		g.report.repaired(r.at, "没有小区名称，给了暂名", "", row.Name)
		return row, true, nil
	}
	// Of several outlines with one name only the first may take over a community
	// of that name: the others are parts that the ledger does not tell apart.
	name := "name " + row.SubdistrictCode + "/" + row.Name
	if _, taken := g.seen[name]; !taken {
		g.seen[name], row.MatchName = n, true
	}
	return row, true, nil
}

// buildings is the sequence of the file's buildings.
func (g *featureReading) buildings(yield func(registry.BuildingRow) bool) {
	g.err = g.features(func(n int64, raw []byte) error {
		row, ok, err := g.building(n, raw)
		if err != nil || !ok {
			return err
		}
		g.lines = append(g.lines, n)
		if !yield(row) {
			return errStopped
		}
		return nil
	})
	if g.err == errStopped {
		g.err = nil // the register ended it and says why
	}
}

var errStopped = fmt.Errorf("stopped")

func (g *featureReading) building(n int64, raw []byte) (row registry.BuildingRow, ok bool, err error) {
	f, fault := decodeFeature(raw)
	r := g.reader(n, f, buildingColumns)
	if fault != "" {
		r.refuseWhole(fault, "")
		return row, false, nil
	}
	area, ok, err := g.area(r, f)
	if err != nil || !ok {
		return row, false, err
	}
	if _, ok := g.insideDistrict(r, area); !ok {
		return row, false, nil
	}
	row = registry.BuildingRow{
		Name: r.text(colName, 200), CommunityCode: r.cell(colCommunity).words(64), Use: r.use(),
		Geometry: area, Source: sourceGeoJSON,
	}
	row.Storeys = take(r, colStoreys, r.storeys(), strconv.Itoa)
	row.HeightM = take(r, colHeight, r.height(), showFloat)
	row.BuiltYear = take(r, colBuiltYear, r.zeroIsUnknown(colBuiltYear, func(c cell) reading[int] { return c.year(g.ledger.lastYear) }), strconv.Itoa)
	row.Households = take(r, colHouseholds, r.cell(colHouseholds).count("户"), strconv.Itoa)
	row.FloorAreaM2 = take(r, colFloorArea, r.cell(colFloorArea).floorArea(r.columns.tenThousands[colFloorArea]), showFloat)
	if name := r.cell(colSubdistrict).words(100); name != "" {
		if row.SubdistrictCode, ok = g.district.subdistrict(name); !ok {
			r.refuse(colSubdistrict, "不在"+g.district.name)
		}
	}
	if r.bad {
		return row, false, nil
	}
	row.Code, row.SourceRef, ok = g.identify(r, area, "")
	return row, ok, nil
}

func (r *rowReader) zeroIsUnknown(c column, read func(cell) reading[int]) reading[int] {
	if s := r.cell(c).plain(); s == "0" || s == "0.0" {
		return reading[int]{}
	}
	return read(r.cell(c))
}

func (r *rowReader) storeys() reading[int] {
	v := r.zeroIsUnknown(colStoreys, func(c cell) reading[int] { return c.count("层", "楼", "f") })
	if v.value != nil && *v.value > 300 {
		return reading[int]{fault: "层数不合理"}
	}
	return v
}

func (r *rowReader) height() reading[float64] {
	v := r.cell(colHeight).number("m", "米")
	switch {
	case v.value == nil:
	case *v.value == 0:
		return reading[float64]{}
	case !(*v.value > 0 && *v.value < 1500):
		return reading[float64]{fault: "高度不合理"}
	}
	return v
}

var uses = []choice{
	{"residential", []string{"居住", "住宅", "宿舍", "公寓", "residential", "apartment"}},
	{"office", []string{"办公", "写字", "office"}},
	{"commercial", []string{"商业", "商铺", "商住", "酒店", "commercial", "retail"}},
	{"education", []string{"学校", "教育", "幼儿园", "education", "school"}},
	{"healthcare", []string{"医疗", "医院", "卫生", "healthcare", "hospital"}},
	{"public", []string{"公共", "公建", "行政", "文化", "体育", "public", "civic"}},
	{"industrial", []string{"工业", "厂房", "仓", "industrial", "warehouse"}},
	{"religious", []string{"宗教", "religious"}},
	{"transport", []string{"交通", "车站", "transport"}},
	{"parking", []string{"停车", "车库", "parking", "garage"}},
	{"other", []string{"其他", "其它", "附属", "other"}},
}

// use reads what a building is for. What nobody knows here is unknown: it decides
// nothing that would be worth refusing a footprint for.
func (r *rowReader) use() string {
	if v := r.cell(colUse).oneOf(uses); v.value != nil {
		return *v.value
	}
	return ""
}

// point reads a Point; nil where it was refused.
func (g *featureReading) point(r *rowReader, f feature) *orb.Point {
	shape, fault := geo.ReadGeoJSONGeometry(f.geometry, geo.Limits{MaxPoints: 16})
	if fault != nil {
		r.refuseWhole(Sentence(fault), "")
		return nil
	}
	p, ok := shape.(orb.Point)
	if many, isMany := shape.(orb.MultiPoint); isMany && len(many) == 1 {
		p, ok = many[0], true
	}
	if !ok {
		r.refuseWhole("图形是"+typeName(shape)+"，应为一个点", "")
		return nil
	}
	converted, in := g.ledger.inDistrict(p)
	if !in {
		if other, in := g.ledger.inDistrict(orb.Point{p[1], p[0]}); in {
			g.report.repaired(r.at, "经度与纬度写反，已对调", showPoint(p), showPoint(orb.Point{p[1], p[0]}))
			converted = other
		}
	}
	if fault := geo.Check(converted, geo.Limits{}); fault != nil {
		r.refuseWhole(Sentence(fault), showPoint(p))
		return nil
	}
	if hasZ(f.geometry) {
		g.report.repaired(r.at, "三维坐标去掉高程", "三维", "二维")
	}
	return &converted
}

var pointType = regexp.MustCompile(`"type"\s*:\s*"(Multi)?Point"`)

func isPoint(geometry []byte) bool { return geometry != nil && pointType.Match(geometry) }
