package importer

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"path"
	"regexp"
	"strings"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/geo"
	"github.com/lianpian/lianpian/internal/job"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/registry"
)

// marginM is how far around a district's bounds the base map is taken: a map
// that ends at the boundary looks broken, and a clinic over the road counts.
const marginM = 2000

// osm imports an OpenStreetMap extract: base map, buildings, facilities.
func (r *importRun) osm(ctx context.Context, f format) error {
	r.report.rows = "个对象"
	if r.datum.convert != nil {
		return refuse("OpenStreetMap 数据的坐标是 WGS 84，不能按 %s 导入", r.datum.name)
	}
	if ownSubdistricts(ctx) != nil {
		return refuse("您没有导入底图的权限")
	}
	file, err := r.readOSM(ctx, f)
	if err != nil {
		return err
	}
	district, found, err := r.osmDistrict(ctx, file)
	if err != nil {
		return err
	}
	within := district.around(marginM)
	reading := &osmReading{file: file, mapping: r.mapping, mender: r.mender(), report: r.report, within: &within}
	r.p.Phase("检查", "个对象", int64(len(file.ways)+len(file.relations)+len(file.tagged)))
	if err := reading.read(ctx, r.p.Advance); err != nil {
		return err
	}
	if reading.rows.total() == 0 {
		if reading.outside > 0 {
			return refuse("文件里的 %d 个对象都在%s范围 %d 公里以外，请选择数据所在的区", reading.outside, district.name, marginM/1000)
		}
		return r.report.nothingLeft("地图对象")
	}
	if !found {
		name := nameOfData(reading.rows, district.boundary, r.args.Name)
		if name != "" {
			district.name = name
		}
	}
	r.noteOSM(reading)
	return r.writeOSM(ctx, &reading.rows, district, found)
}

func (r *importRun) readOSM(ctx context.Context, f format) (*osmFile, error) {
	source, err := r.args.open()
	if err != nil {
		return nil, fmt.Errorf("open the file: %w", err)
	}
	defer source.Close()
	info, err := source.Stat()
	if err != nil {
		return nil, fmt.Errorf("look at the file: %w", err)
	}
	r.p.Phase("读取", "字节", info.Size())
	if f == formatOSMPBF {
		if err := checkPBFFrames(source, info.Size()); err != nil {
			return nil, osmRefusal(err)
		}
	}
	if err := r.hash(ctx); err != nil {
		return nil, err
	}
	return extractOf(ctx, f, source, info.Size(), r.p.Advance)
}

// extractOf reads an extract of so many bytes into memory. What it cannot be read
// for is a *job.Refusal.
func extractOf(ctx context.Context, f format, source io.Reader, size int64, advance func(int64)) (*osmFile, error) {
	file := &osmFile{size: size}
	var err error
	if f == formatOSMPBF {
		err = readPBF(ctx, source, file, advance)
	} else {
		var text io.Reader
		if text, err = unpacked(&counted{source, advance}); err == nil {
			err = readOSMXML(ctx, text, file)
		}
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil {
		return nil, osmRefusal(err)
	}
	file.arrange()
	return file, nil
}

// osmRefusal puts what is wrong with a file into a sentence.
func osmRefusal(err error) error {
	var tooLarge *tooLargeError
	switch {
	case errors.As(err, &tooLarge):
		return refuse("%s", tooLarge.what)
	case errors.Is(err, errCutShort), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return refuse("OpenStreetMap 文件不完整（下载或复制时被截断），请重新获取后再导入")
	}
	return refuse("OpenStreetMap 文件已损坏，无法读取（%s）", shorten(err.Error(), 120))
}

// osmDistrict finds the district that the extract goes to. found is false for
// one that is yet to be founded.
func (r *importRun) osmDistrict(ctx context.Context, file *osmFile) (district region, found bool, err error) {
	code := r.args.District
	if code == "" {
		if code, err = regionHolding(ctx, r.db.Pool, file.points()); err != nil {
			return district, false, err
		}
	}
	if code != "" {
		if district, err = loadRegion(ctx, r.db.Pool, code); err != nil {
			return district, false, err
		}
		r.settle(code)
		return district, true, permit(ctx, account.ImportBase, code, "您没有向"+district.name+"导入底图的权限")
	}
	if err := permit(ctx, account.FoundDistrict, "", "数据不在您的区范围内，您也没有新建区的权限"); err != nil {
		return district, false, err
	}
	boundary, ok := hull(file.points())
	if !ok {
		return district, false, refuse("文件里没有可以显示的地图对象")
	}
	if fault := geo.Check(boundary, geo.Limits{}); fault != nil {
		return district, false, refuse("文件里的数据范围无法构成一个区：%s", fault.Detail)
	}
	return region{boundary: boundary, name: "新建区"}, false, nil
}

func (r *importRun) settle(code string) {
	r.report.District = code
	r.p.District(code)
}

// nameOfData names a new district: by the smallest administrative area that
// holds most of the data, by the file, or by the largest place.
func nameOfData(rows osmRows, boundary orb.MultiPolygon, file string) string {
	extent, best, size := geo.Area(boundary), "", 0.0
	for _, a := range rows.adminAreas {
		m2 := geo.Area(a.Geometry)
		if a.Name != "" && m2 >= extent/2 && (best == "" || m2 < size) && pointInside(boundary.Bound().Center(), a.Geometry) {
			best, size = a.Name, m2
		}
	}
	if best != "" {
		return best
	}
	if name := nameOfFile(file); name != "" {
		return name
	}
	rank := map[string]int{"city": 1, "town": 2, "county": 3, "district": 4, "borough": 5, "suburb": 6, "village": 7}
	bestRank := 99
	for _, p := range rows.places {
		if n, ok := rank[p.Class]; ok && n < bestRank {
			best, bestRank = p.Name, n
		}
	}
	return best
}

var (
	fileEnds  = regexp.MustCompile(`(?i)(\.(osm|pbf|bz2|gz|xml))+$`)
	fileNoise = regexp.MustCompile(`(?i)[-_ ]*(latest|extract|export|map|planet|[0-9]{6,})[-_ ]*`)
)

// nameOfFile is what a file's name says about where its data is, "" where it is
// only "map" or a row of coordinates.
func nameOfFile(file string) string {
	name := fileEnds.ReplaceAllString(path.Base(strings.ReplaceAll(file, `\`, "/")), "")
	name = strings.Trim(fileNoise.ReplaceAllString(name, " "), " -_.")
	if strings.Trim(name, "0123456789.,_-+ ") == "" {
		return ""
	}
	return shorten(cleanText(name), 50)
}

func (r *importRun) noteOSM(o *osmReading) {
	if o.outside > 0 {
		r.report.note("%d 个对象在本区范围 %d 公里以外，没有导入", o.outside, marginM/1000)
	}
	if o.oldYear > 0 {
		r.report.note("%d 栋楼建于 1900 年以前，建成年份没有记录", o.oldYear)
	}
	if o.schools > 0 {
		r.report.note("%d 所学校看不出是小学还是初中（或为高中、职校），没有作为设施导入", o.schools)
	}
	r.report.note("地图数据 © OpenStreetMap 贡献者，依 ODbL 许可使用")
}

func (r *importRun) writeOSM(ctx context.Context, rows *osmRows, district region, found bool) error {
	return r.write(ctx, nil, func(ctx context.Context, tx *postgis.Tx) error {
		if !found {
			if err := r.found(ctx, tx, &district); err != nil {
				return err
			}
		}
		r.p.Phase("写入", "个对象", int64(rows.total()))
		if err := r.upsertOSM(ctx, tx, rows, district.code); err != nil {
			return err
		}
		return r.attach(ctx, tx, district.code)
	})
}

// found founds the district of the data.
func (r *importRun) found(ctx context.Context, tx *postgis.Tx, district *region) error {
	code, err := freeCode(ctx, tx)
	if err != nil {
		return err
	}
	district.code = code
	err = r.reg.FoundDistrict(ctx, tx, registry.NewDistrict{
		Code: code, Name: district.name, Boundary: district.boundary,
		PolicyKey: "wansheng-2020", ProfileKey: "gb50180",
		Notice: "地图数据 © OpenStreetMap 贡献者（ODbL）；范围为导入文件 " + shorten(r.args.Name, 100) + " 的数据范围",
	})
	if err != nil {
		return fmt.Errorf("found the district of the data: %w", err)
	}
	r.settle(code)
	if err := r.begin(ctx, tx); err != nil {
		return err
	}
	r.report.note("没有哪个区包含这些数据，已新建区“%s”（代码 %s），边界为数据的范围", district.name, code)
	return nil
}

func (r *importRun) upsertOSM(ctx context.Context, tx *postgis.Tx, rows *osmRows, district string) error {
	steps := []struct {
		layer string
		rows  int
		run   func() (registry.BulkResult, error)
	}{
		{"water", len(rows.water), func() (registry.BulkResult, error) {
			return r.reg.UpsertWater(ctx, tx, district, each(rows.water, r.p))
		}},
		{"land_use", len(rows.landUse), func() (registry.BulkResult, error) {
			return r.reg.UpsertLandUse(ctx, tx, district, each(rows.landUse, r.p))
		}},
		{"green", len(rows.green), func() (registry.BulkResult, error) {
			return r.reg.UpsertGreen(ctx, tx, district, each(rows.green, r.p))
		}},
		{"waterway", len(rows.waterways), func() (registry.BulkResult, error) {
			return r.reg.UpsertWaterways(ctx, tx, district, each(rows.waterways, r.p))
		}},
		{"railway", len(rows.railways), func() (registry.BulkResult, error) {
			return r.reg.UpsertRailways(ctx, tx, district, each(rows.railways, r.p))
		}},
		{"road", len(rows.roads), func() (registry.BulkResult, error) {
			return r.reg.UpsertRoads(ctx, tx, district, each(rows.roads, r.p))
		}},
		{"barrier", len(rows.barriers), func() (registry.BulkResult, error) {
			return r.reg.UpsertBarriers(ctx, tx, district, each(rows.barriers, r.p))
		}},
		{"gate", len(rows.gates), func() (registry.BulkResult, error) {
			return r.reg.UpsertGates(ctx, tx, district, each(rows.gates, r.p))
		}},
		{"crossing", len(rows.crossings), func() (registry.BulkResult, error) {
			return r.reg.UpsertCrossings(ctx, tx, district, each(rows.crossings, r.p))
		}},
		{"place", len(rows.places), func() (registry.BulkResult, error) {
			return r.reg.UpsertPlaces(ctx, tx, district, each(rows.places, r.p))
		}},
		{"admin_area", len(rows.adminAreas), func() (registry.BulkResult, error) {
			return r.reg.UpsertAdminAreas(ctx, tx, district, each(rows.adminAreas, r.p))
		}},
		{"buildings", len(rows.buildings), func() (registry.BulkResult, error) {
			return r.reg.UpsertBuildings(ctx, tx, district, each(rows.buildings, r.p))
		}},
		{"facilities", len(rows.facilities), func() (registry.BulkResult, error) {
			return r.reg.UpsertFacilities(ctx, tx, district, each(rows.facilities, r.p))
		}},
	}
	for _, s := range steps {
		if s.rows == 0 {
			continue
		}
		result, err := s.run()
		if err != nil {
			return fmt.Errorf("write %s: %w", s.layer, err)
		}
		r.report.wrote(s.layer, result)
	}
	return nil
}

// each hands the rows on and counts them.
func each[T any](rows []T, p *job.Progress) iter.Seq[T] {
	return func(yield func(T) bool) {
		for _, row := range rows {
			if !yield(row) {
				return
			}
			p.Advance(1)
		}
	}
}
