package delivery

import (
	"archive/zip"
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/lianpian/lianpian/internal/areaplan"
	"github.com/lianpian/lianpian/internal/clock"
	"github.com/lianpian/lianpian/internal/exporter"
	"github.com/lianpian/lianpian/internal/geo"
	"github.com/lianpian/lianpian/internal/geofile"
)

// RegisterOrder says how the register of a district goes out.
type RegisterOrder struct {
	Format   string // one of RegisterFormats
	CRS      string // as Order.CRS; "" is EPSG:4490
	Encoding string // utf-8 or gbk, of Shapefile and CSV texts
}

// RegisterFormats lists the short names of formats that the register goes out in.
func RegisterFormats() []string {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(singles)), func(kind string) bool {
		_, err := formatOf(singles[kind].part)
		return err != nil
	})
}

// Register says how a district's register is written as one file: of a format
// that holds one layer in a file, all of them in a ZIP with what their fields
// mean. dir is where files grow, notice (nil: nobody) hears what could not be
// kept. *InvalidError where the order cannot be met.
func Register(ctx context.Context, r *exporter.Register, o RegisterOrder, at time.Time, dir string, notice func(string)) (Single, error) {
	one, known := singles[o.Format]
	f, err := formatOf(one.part)
	if !known || err != nil {
		return Single{}, &InvalidError{"format", fmt.Sprintf("不认识的格式“%s”，应为 %s", o.Format, strings.Join(RegisterFormats(), "、"))}
	}
	if !slices.Contains([]string{"", "utf-8", "gbk"}, o.Encoding) {
		return Single{}, &InvalidError{"encoding", "应为 utf-8 或 gbk"}
	}
	crs, err := registerCRS(r, o.CRS)
	if err != nil {
		return Single{}, err
	}
	if f.system != nil {
		crs = f.system(crs, r.SRID)
	}
	var layers []geofile.Layer
	for _, l := range r.Layers {
		layers = append(layers, l.Projected(crs))
	}
	if notice == nil {
		notice = func(string) {}
	}
	title := r.District + " 数据台账"
	w := writing{content: &Content{Plan: areaplan.Plan{At: at, Title: title}}, encoding: o.Encoding, dir: dir, note: r.Notice, notice: notice}
	extension, media := one.extension, one.media
	if f.single {
		extension, media = ".zip", "application/zip"
	}
	return Single{
		Name: safe(title) + " " + at.In(clock.China).Format("2006-01-02") + extension, Media: media,
		Write: func(to io.Writer) error {
			if f.single {
				return writeEach(ctx, to, f, layers, w)
			}
			return f.write(ctx, to, layers, w)
		},
	}, nil
}

func registerCRS(r *exporter.Register, text string) (geo.CRS, error) {
	if text == "" {
		text = "EPSG:4490"
	}
	crs, err := geo.ParseCRS(text)
	if err != nil {
		return crs, &InvalidError{"crs", fmt.Sprintf("不支持的坐标系“%s”", geofile.Shorten(text, 60))}
	}
	if zone, ok := geo.ZoneOfSRID(r.SRID); ok {
		return crs, suits(crs, zone.CentralMeridian)
	}
	return crs, nil
}

// writeEach writes every layer as a file of its own into a ZIP.
func writeEach(ctx context.Context, to io.Writer, f format, layers []geofile.Layer, o writing) error {
	pack := zip.NewWriter(to)
	entry := func(name string, write func(io.Writer) error) error {
		w, err := pack.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: o.content.Plan.At.In(clock.China)})
		if err == nil {
			err = write(w)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		return nil
	}
	err := entry("字段说明.csv", func(w io.Writer) error { return exporter.Dictionary(w, layers) })
	for i := 0; i < len(layers) && err == nil; i++ {
		err = entry(safe(layers[i].Title)+f.extension, func(w io.Writer) error { return f.write(ctx, w, layers[i:i+1], o) })
	}
	if err != nil {
		return err
	}
	return pack.Close()
}
