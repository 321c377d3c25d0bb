package doctor

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/geo"
	"github.com/lianpian/lianpian/internal/geofile"
	"github.com/lianpian/lianpian/internal/geofile/flatgeobuf"
	filejson "github.com/lianpian/lianpian/internal/geofile/geojson"
	"github.com/lianpian/lianpian/internal/geofile/geopackage"
	"github.com/lianpian/lianpian/internal/geofile/kml"
	"github.com/lianpian/lianpian/internal/geofile/shapefile"
	"github.com/lianpian/lianpian/internal/geofile/table"
	"github.com/lianpian/lianpian/internal/postgis"
)

// some are n of the demo's buildings as a layer in lon/lat.
func some(t testing.TB, n int) geofile.Layer {
	t.Helper()
	features := demo(t, "building")[:n]
	l := geofile.Layer{
		Name: "buildings", Title: "楼栋", Shape: geofile.Areas, Count: int64(n),
		Fields: []geofile.Field{
			{Name: "name", Title: "楼栋名称", Short: "name", Kind: geofile.Text},
			{Name: "storeys", Title: "层数", Short: "storeys", Kind: geofile.Integer},
			{Name: "floor_area_m2", Title: "建筑面积", Short: "floor_area", Kind: geofile.Real},
			{Name: "built_year", Title: "建成年份", Short: "built_year", Kind: geofile.Integer},
		},
		Bound: orb.Bound{Min: orb.Point{1e9, 1e9}, Max: orb.Point{-1e9, -1e9}},
	}
	for _, f := range features {
		l.Bound = l.Bound.Union(f.Geometry.Bound())
	}
	l.Features = func(yield func(geofile.Feature, error) bool) {
		for i, f := range features {
			if !yield(geofile.Feature{ID: int64(i + 1), Geometry: f.Geometry, Values: []any{fmt.Sprintf("龙湖%d栋", i+1), int64(i%9 + 1), float64(i) + 0.5, int64(1980 + i%30)}}, nil) {
				return
			}
		}
	}
	return l
}

type write func(context.Context, io.Writer, []geofile.Layer) error

var writers = map[string]write{
	"gpkg": func(ctx context.Context, w io.Writer, l []geofile.Layer) error {
		return geopackage.Write(ctx, w, l, geopackage.Options{At: time.Unix(0, 0)})
	},
	"geojson": func(ctx context.Context, w io.Writer, l []geofile.Layer) error {
		return filejson.Write(ctx, w, l, filejson.Options{})
	},
	"fgb": func(ctx context.Context, w io.Writer, l []geofile.Layer) error {
		return flatgeobuf.Write(ctx, w, l, flatgeobuf.Options{})
	},
	"kml": func(ctx context.Context, w io.Writer, l []geofile.Layer) error {
		return kml.Write(ctx, w, l, kml.Options{})
	},
	"kmz": func(ctx context.Context, w io.Writer, l []geofile.Layer) error {
		return kml.WriteKMZ(ctx, w, l, kml.Options{})
	},
	"zip": func(ctx context.Context, w io.Writer, l []geofile.Layer) error {
		return shapefile.Write(ctx, w, l, shapefile.WriteOptions{Encoding: "UTF-8"})
	},
	"gbk.zip": func(ctx context.Context, w io.Writer, l []geofile.Layer) error {
		return shapefile.Write(ctx, w, l, shapefile.WriteOptions{Encoding: "GBK"})
	},
	"csv": func(ctx context.Context, w io.Writer, l []geofile.Layer) error {
		return table.Write(ctx, w, l, table.WriteOptions{Encoding: "UTF-8"})
	},
	"gbk.csv": func(ctx context.Context, w io.Writer, l []geofile.Layer) error {
		return table.Write(ctx, w, l, table.WriteOptions{Encoding: "GBK"})
	},
}

func TestEveryFormatComesInAsItWentOut(t *testing.T) {
	c := newClinic(t)
	plain := []string{"EPSG:4490"}
	all := []string{"EPSG:4490", "EPSG:4549", "EPSG:4528", "gk:cm=121.5,fe=500000,prefix=0"}
	systems := map[string][]string{"gpkg": all, "geojson": all, "fgb": all, "zip": all, "gbk.zip": {"EPSG:4549"}, "kml": plain, "kmz": plain, "csv": {"EPSG:4490", "EPSG:4549"}, "gbk.csv": plain}
	for _, format := range sortedKeys(systems) {
		for _, system := range systems[format] {
			t.Run(format+" "+system, func(t *testing.T) {
				c.t = t
				_, err := c.db.Pool.Exec(t.Context(), `delete from building; delete from import_habit`)
				c.must(err)
				crs, err := geo.ParseCRS(system)
				c.must(err)
				const n = 40
				layer := some(t, n)
				var file bytes.Buffer
				c.must(writers[format](t.Context(), &file, []geofile.Layer{layer.Projected(crs)}))
				i := c.inspect("导出."+format, file.Bytes(), Decisions{})
				if i.State != Ready {
					t.Fatalf("%s: %s", i.State, i.Error)
				}
				if !i.Diagnosis.Ready {
					t.Fatalf("questions %+v\n%+v", i.Diagnosis.Questions, i.Diagnosis.Layers[0].CRS)
				}
				report, err := c.bring(i)
				c.must(err)
				if report.Inserted != n || report.RowsRefused != 0 {
					t.Fatalf("report %+v", report)
				}
				c.alike(layer)
			})
		}
	}
}

// alike compares the register's buildings with a layer, to a millimetre.
func (c *clinic) alike(l geofile.Layer) {
	c.t.Helper()
	for f, err := range l.Features {
		c.must(err)
		var shape postgis.Geom
		var storeys, year int
		var area float64
		c.must(c.db.Pool.QueryRow(c.t.Context(), `select geom, storeys, floor_area_m2, built_year from building where name = $1`, f.Values[0]).Scan(&shape, &storeys, &area, &year))
		if int64(storeys) != f.Values[1] || area != f.Values[2] || int64(year) != f.Values[3] {
			c.t.Errorf("%v: storeys %d area %v year %d, want %v", f.Values[0], storeys, area, year, f.Values)
		}
		if far := farthest(shape.Geometry, f.Geometry); far > 0.001 {
			c.t.Fatalf("%v is %.4f m off", f.Values[0], far)
		}
	}
}

// farthest is the distance in metres of the point of one shape that is farthest
// from any point of the other.
func farthest(a, b orb.Geometry) float64 {
	worst := 0.0
	eachPoint(a, func(p orb.Point) bool {
		near := math.Inf(1)
		eachPoint(b, func(q orb.Point) bool {
			near = math.Min(near, (plane{p}).distance(p, q))
			return true
		})
		worst = math.Max(worst, near)
		return true
	})
	return worst
}

func TestShapefileWithoutProjectionIsPlacedByItsValues(t *testing.T) {
	c := newClinic(t)
	c.furnish("building")
	for _, system := range []string{"EPSG:4549", "EPSG:4528", "EPSG:32651", "EPSG:3857", "EPSG:4490"} {
		t.Run(system, func(t *testing.T) {
			c.t = t
			crs, err := geo.ParseCRS(system)
			c.must(err)
			var file bytes.Buffer
			c.must(writers["zip"](t.Context(), &file, []geofile.Layer{some(t, 200).Projected(crs)}))
			i := c.inspect("楼栋.zip", without(t, file.Bytes(), ".prj"), Decisions{})
			l := i.Diagnosis.Layers[0]
			t.Logf("%s %+v", l.CRS.Reason, l.CRS.Candidates)
			if l.CRS.Chosen != system || !l.CRS.Sure {
				t.Errorf("chosen %s, sure %v", l.CRS.Chosen, l.CRS.Sure)
			}
			if l.Shift == nil || l.Shift.Proposed != datumNone || *l.Shift.After > 0.01 {
				t.Errorf("shift %+v", l.Shift)
			}
		})
	}
}
