package importer

import (
	"context"
	"errors"
	"fmt"
	"math"
	"path"
	"regexp"
	"strings"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/engine/terrain"
	"github.com/lianpian/lianpian/internal/importer/raster"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/registry"
)

// elevation imports an elevation model: the heights of the district and of
// marginM around it. A model of the same name takes the place of the one before.
func (r *importRun) elevation(ctx context.Context) error {
	r.report.rows = "个高程模型"
	if r.datum.convert != nil {
		return refuse("高程文件自己说明坐标系，不能按 %s 导入", r.datum.name)
	}
	if ownSubdistricts(ctx) != nil {
		return refuse("您没有导入高程的权限")
	}
	if err := r.hash(ctx); err != nil {
		return err
	}
	file, err := r.args.open()
	if err != nil {
		return fmt.Errorf("open the file: %w", err)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return fmt.Errorf("look at the file: %w", err)
	}
	r.p.Phase("读取", "", 0)
	model, err := raster.Open(file, info.Size(), r.args.Name)
	if err != nil {
		return r.elevationRefusal(err, "")
	}
	district, err := r.elevationDistrict(ctx, model.Bound())
	if err != nil {
		return err
	}
	if err := permit(ctx, account.ImportBase, district.code, "您没有向"+district.name+"导入高程的权限"); err != nil {
		return err
	}
	if has, own := model.Bound(), district.boundary.Bound(); !has.Intersects(own) {
		return r.elevationRefusal(&raster.ElsewhereError{Has: has, Wanted: own}, district.name)
	}
	grid, stepM, err := model.Cut(ctx, district.around(marginM))
	if err != nil {
		return r.elevationRefusal(err, district.name)
	}
	if grid.Known() == 0 {
		return refuse("高程文件在%s范围内没有一个已知的高程（全部是无数据）", district.name)
	}
	r.noteElevation(grid, stepM, district)
	return r.writeElevation(ctx, district.code, registry.ElevationRow{
		SourceRef: elevationRef(r.args.Name), Name: shorten(r.args.Name, 200), Format: model.Format,
		SourceCRS: model.CRS, SourceStepM: stepM, Grid: grid,
	})
}

func (r *importRun) writeElevation(ctx context.Context, district string, row registry.ElevationRow) error {
	return r.write(ctx, nil, func(ctx context.Context, tx *postgis.Tx) error {
		r.p.Phase("写入", "", 0)
		result, err := r.reg.ReplaceElevation(ctx, tx, district, row)
		if err != nil {
			return fmt.Errorf("write the elevation model: %w", err)
		}
		r.report.wrote("elevation", result)
		return nil
	})
}

// elevationDistrict is the district that was named, or else the only one that the
// model has ground in.
func (r *importRun) elevationDistrict(ctx context.Context, has orb.Bound) (region, error) {
	code := r.args.District
	if code == "" {
		rows, err := r.db.Pool.Query(ctx, `select code from published_district where boundary && $1 order by code limit 2`,
			postgis.Geom{Geometry: has})
		if err != nil {
			return region{}, fmt.Errorf("look for the district of the model: %w", err)
		}
		defer rows.Close()
		for rows.Next() {
			if code != "" {
				return region{}, refuse("有不止一个区在高程文件的范围内，请选择要导入的区")
			}
			if err := rows.Scan(&code); err != nil {
				return region{}, fmt.Errorf("look for the district of the model: %w", err)
			}
		}
		if err := rows.Err(); err != nil {
			return region{}, fmt.Errorf("look for the district of the model: %w", err)
		}
	}
	if code == "" {
		return region{}, refuse("没有哪个区在高程文件的范围（%s）内，请先建区", sayBound(has))
	}
	district, err := loadRegion(ctx, r.db.Pool, code)
	if err == nil {
		r.settle(code)
	}
	return district, err
}

// elevationRefusal puts what is wrong with a model into a sentence.
func (r *importRun) elevationRefusal(err error, district string) error {
	var fault *raster.Fault
	var elsewhere *raster.ElsewhereError
	switch {
	case errors.As(err, &fault):
		return refuse("%s", fault.Detail)
	case errors.As(err, &elsewhere):
		return refuse("高程文件的范围是 %s，与%s的范围 %s 不重叠", sayBound(elsewhere.Has), district, sayBound(elsewhere.Wanted))
	}
	return err
}

// sayBound writes an extent the way people read it.
func sayBound(b orb.Bound) string {
	lon := func(v float64) string { return degreesIn(v, "东经", "西经") }
	lat := func(v float64) string { return degreesIn(v, "北纬", "南纬") }
	return fmt.Sprintf("%s–%s、%s–%s", lon(b.Min[0]), lon(b.Max[0]), lat(b.Min[1]), lat(b.Max[1]))
}

func degreesIn(v float64, positive, negative string) string {
	if v < 0 {
		return fmt.Sprintf("%s%.3f°", negative, -v)
	}
	return fmt.Sprintf("%s%.3f°", positive, v)
}

// noteElevation tells what of the district the model knows.
func (r *importRun) noteElevation(grid *terrain.Grid, stepM float64, district region) {
	r.report.note("高程网格 %d × %d 个点，文件的点距约 %.0f 米", grid.Cols, grid.Rows, stepM)
	if voids := len(grid.Heights) - grid.Known(); voids > 0 {
		r.report.note("其中 %d 个点没有高程（无数据），保持未知", voids)
	}
	if share := share(grid.Bound(), district.boundary.Bound()); share < 0.999 {
		r.report.note("文件只覆盖%s范围的 %.0f%%；其余部分可以再导入相邻的文件", district.name, math.Floor(100*share))
	}
}

// share is how much of a bound another one covers.
func share(has, of orb.Bound) float64 {
	side := func(axis int) float64 {
		span := of.Max[axis] - of.Min[axis]
		return math.Max(0, math.Min(has.Max[axis], of.Max[axis])-math.Max(has.Min[axis], of.Min[axis])) / span
	}
	return side(0) * side(1)
}

var elevationEnds = regexp.MustCompile(`(?i)(\.(hgt|zip|gz|tiff?))+$`)

// elevationRef is the identity of a model: what its file is called, without the
// ending, so that a tile is the same one packed and unpacked.
func elevationRef(name string) string {
	name = elevationEnds.ReplaceAllString(path.Base(strings.ReplaceAll(name, `\`, "/")), "")
	name = strings.Map(func(r rune) rune {
		if strings.ContainsRune(`?#%`, r) { // it becomes part of an address
			return '_'
		}
		return r
	}, cleanText(strings.TrimSpace(name)))
	if name = shorten(name, 150); name == "" {
		name = "elevation"
	}
	return "elevation:" + name
}
