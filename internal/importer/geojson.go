package importer

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/registry"
)

const sourceGeoJSON = "geojson"

// geoJSON imports communities, buildings or facilities from a FeatureCollection.
// The file is read twice: once to see that it is whole, what it holds and where,
// once to take it.
func (r *importRun) geoJSON(ctx context.Context) error {
	r.report.rows = "个要素"
	survey, err := r.survey(ctx)
	if err != nil {
		return err
	}
	if err := r.hash(ctx); err != nil {
		return err
	}
	layer := r.args.Layer
	if layer == "" || layer == "auto" {
		if layer = survey.layer(r.args.Name); layer == "" {
			return refuse("看不出文件里是小区、楼栋还是设施，请在导入时选择图层")
		}
	}
	district, err := r.geoJSONDistrict(ctx, survey)
	if err != nil {
		return err
	}
	g := &featureReading{
		importRun: r, ctx: ctx, layer: layer, district: district, near: district.around(marginM),
		mender: r.mender(), seen: map[string]int64{}, mapped: map[string]columnMapping{}, persons: NewPersons(""),
		ledger: &ledgerReading{region: district, datum: r.datum, lastYear: r.now().Year() + 1, report: r.report, firstLine: map[string]int64{}, strangers: map[string]int64{}},
	}
	r.p.Phase("写入", "个要素", survey.features)
	switch layer {
	case "communities":
		err = g.communities()
	case "buildings":
		err = g.stream(func(ctx context.Context, tx *postgis.Tx) (registry.BulkResult, error) {
			return r.reg.UpsertBuildings(ctx, tx, district.code, g.buildings)
		})
	case "facilities":
		err = g.stream(func(ctx context.Context, tx *postgis.Tx) (registry.BulkResult, error) {
			return r.reg.UpsertFacilities(ctx, tx, district.code, g.facilities)
		})
	}
	r.report.dropped(g.persons)
	return err
}

// survey is what a first look over a GeoJSON file tells.
type survey struct {
	collection
	points    []orb.Point // of the features, thinned
	keys      map[string]int
	shapes    map[string]int // by GeoJSON type
	inspected int
}

func (r *importRun) survey(ctx context.Context) (*survey, error) {
	file, err := r.args.open()
	if err != nil {
		return nil, fmt.Errorf("open the file: %w", err)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, fmt.Errorf("look at the file: %w", err)
	}
	r.p.Phase("读取", "字节", info.Size())
	s := &survey{keys: map[string]int{}, shapes: map[string]int{}}
	var places []orb.Point
	s.collection, err = streamFeatures(ctx, &counted{file, r.p.Advance}, func(n int64, raw []byte) error {
		if p, ok := firstPosition(raw); ok && len(places) < 1_000_000 {
			places = append(places, p)
		}
		if s.inspected < 200 {
			s.inspect(raw)
		}
		return nil
	})
	if err != nil {
		return nil, jsonRefusal(err)
	}
	s.points = thin(slices.Values(places), 4000)
	switch {
	case s.features < 0 && s.kind == "":
		return nil, refuse("这个 JSON 文件不是 GeoJSON：没有 type，也没有 features")
	case s.features < 0:
		return nil, refuse("GeoJSON 的类型是“%s”，应为 FeatureCollection", shorten(s.kind, 30))
	case s.features == 0:
		return nil, refuse("GeoJSON 文件里没有要素")
	}
	return s, checkGeoJSONCRS(s.crs)
}

func jsonRefusal(err error) error {
	var bad *formatError
	if !errors.As(err, &bad) {
		return err
	}
	if bad.cut {
		return refuse("GeoJSON 文件不完整：在第 %d 字节处突然结束", bad.at)
	}
	return refuse("文件不是有效的 GeoJSON：第 %d 字节处有语法错误", bad.at)
}

// checkGeoJSONCRS refuses coordinates in metres: old files name their system.
func checkGeoJSONCRS(crs []byte) error {
	if len(crs) == 0 || string(crs) == "null" {
		return nil
	}
	for _, known := range []string{"CRS84", "4326", "4490", "4979"} {
		if bytes.Contains(crs, []byte(known)) {
			return nil
		}
	}
	return refuse("GeoJSON 标明的坐标系不是经纬度（WGS 84 或 CGCS2000），请先转换")
}

func (s *survey) inspect(raw []byte) {
	f, fault := decodeFeature(raw)
	if fault != "" {
		return
	}
	s.inspected++
	for _, key := range f.keys {
		s.keys[normalHeader(key)]++
	}
	for _, kind := range []string{"Polygon", "Point", "LineString", "GeometryCollection"} {
		if bytes.Contains(f.geometry, []byte(kind+`"`)) {
			s.shapes[kind]++
		}
	}
}

// layer guesses what the features are, from the file's name, from properties that
// only one kind of thing has, and from the shapes; "" where that is not enough.
func (s *survey) layer(file string) string {
	name := strings.ToLower(file)
	hints := []struct {
		layer string
		names []string
		keys  []string
	}{
		{"facilities", []string{"facilit", "设施", "poi"}, []string{"设施类型", "设施名称", "facility_type"}},
		{"buildings", []string{"building", "楼栋", "建筑"}, []string{"楼栋编码", "层数", "地上层数", "建筑高度", "楼号", "storeys", "floors", "height", "height_m"}},
		{"communities", []string{"communit", "小区", "residential"}, []string{"小区名称", "小区编码", "楼栋数", "unit_kind", "building_count", "buildings", "neglected"}},
	}
	for _, h := range hints {
		for _, key := range h.keys {
			if s.keys[normalHeader(key)]*2 > s.inspected {
				return h.layer
			}
		}
	}
	for _, h := range hints {
		for _, n := range h.names {
			if strings.Contains(name, n) {
				return h.layer
			}
		}
	}
	return ""
}

// geoJSONDistrict finds the district that the features go to.
func (r *importRun) geoJSONDistrict(ctx context.Context, s *survey) (region, error) {
	code := r.args.District
	if code == "" {
		points := make([]orb.Point, 0, len(s.points))
		for _, p := range s.points {
			if p[1] > 90 || p[1] < -90 {
				p[0], p[1] = p[1], p[0]
			}
			if p[0] >= -180 && p[0] <= 180 && p[1] >= -90 && p[1] <= 90 {
				points = append(points, r.datum.point(p))
			}
		}
		var err error
		if code, err = regionHolding(ctx, r.db.Pool, slices.Values(points)); err != nil {
			return region{}, err
		}
		if code == "" {
			return region{}, refuse("文件里的数据不在任何一个区的范围内，请先选择区再导入")
		}
	}
	district, err := loadRegion(ctx, r.db.Pool, code)
	if err != nil {
		return region{}, err
	}
	r.settle(code)
	return district, permit(ctx, account.Import, code, "您只能导入本街道的台账，不能导入 GeoJSON")
}

// features reads the file a second time. what each returns as an error ends it.
func (g *featureReading) features(each func(n int64, raw []byte) error) error {
	file, err := g.args.open()
	if err != nil {
		return fmt.Errorf("open the file: %w", err)
	}
	defer file.Close()
	_, err = streamFeatures(g.ctx, file, func(n int64, raw []byte) error {
		g.p.Advance(1)
		return each(n, raw)
	})
	return jsonRefusal(err)
}

// stream runs one bulk call over the features. The rows are made while they are
// written, so that a large file is never held.
func (g *featureReading) stream(upsert func(context.Context, *postgis.Tx) (registry.BulkResult, error)) error {
	return g.write(g.ctx, &g.lines, func(ctx context.Context, tx *postgis.Tx) error {
		result, err := upsert(ctx, tx)
		if g.err != nil {
			return g.err // the sequence ended early: the register must not keep half
		}
		if err != nil {
			return fmt.Errorf("write %s: %w", g.layer, err)
		}
		if len(g.lines) == 0 {
			return g.report.nothingLeft("要素")
		}
		g.report.wrote(g.layer, result)
		if !result.Changed() {
			return nil
		}
		return g.attach(ctx, tx, g.district.code)
	})
}

// communities are few: they are held, and written as those of a ledger are.
func (g *featureReading) communities() error {
	var rows []registry.CommunityRow
	err := g.features(func(n int64, raw []byte) error {
		row, ok, err := g.community(n, raw)
		if ok {
			rows = append(rows, row)
			g.lines = append(g.lines, n)
		}
		return err
	})
	if err != nil {
		return err
	}
	if len(rows) == 0 {
		return g.report.nothingLeft("小区")
	}
	return g.writeCommunities(g.ctx, g.district.code, rows, g.lines)
}
