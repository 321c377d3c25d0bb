package delivery

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/lianpian/lianpian/internal/clock"
	"github.com/lianpian/lianpian/internal/exporter"
	"github.com/lianpian/lianpian/internal/geo"
	"github.com/lianpian/lianpian/internal/geofile"
	"github.com/lianpian/lianpian/internal/geofile/dxf"
	"github.com/lianpian/lianpian/internal/geofile/flatgeobuf"
	"github.com/lianpian/lianpian/internal/geofile/geojson"
	"github.com/lianpian/lianpian/internal/geofile/geopackage"
	"github.com/lianpian/lianpian/internal/geofile/kml"
	"github.com/lianpian/lianpian/internal/geofile/shapefile"
	"github.com/lianpian/lianpian/internal/geofile/table"
)

// format is a format of GIS files.
type format struct {
	key, name string
	extension string // with dot
	// single: a file holds one layer, so that a plan takes several.
	single bool
	// tables: it can hold layers without geometry.
	tables bool
	// system is the coordinate system that the format asks for, given the ordered
	// one; nil takes any.
	system func(ordered geo.CRS, district int) geo.CRS
	write  func(ctx context.Context, w io.Writer, layers []geofile.Layer, o writing) error
}

// writing is what writers are told.
type writing struct {
	content  *Content
	encoding string
	dir      string
	note     string
	notice   func(string) // what could not be kept
}

var formats = []format{
	{
		key: "geopackage", name: "GeoPackage", extension: ".gpkg", tables: true,
		write: func(ctx context.Context, w io.Writer, layers []geofile.Layer, o writing) error {
			return geopackage.Write(ctx, w, layers, geopackage.Options{At: o.content.Plan.At, Description: o.note, Dir: o.dir})
		},
	},
	{
		key: "shapefile", name: "Shapefile", extension: "-shp.zip", tables: true,
		write: func(ctx context.Context, w io.Writer, layers []geofile.Layer, o writing) error {
			return shapefile.Write(ctx, w, layers, shapefile.WriteOptions{
				Encoding: o.encoding, At: o.content.Plan.At.In(clock.China), Notice: func(f geofile.Finding) { o.notice(f.Detail) },
			})
		},
	},
	{
		key: "dxf", name: "DXF", extension: ".dxf", system: metric,
		write: func(ctx context.Context, w io.Writer, layers []geofile.Layer, o writing) error {
			return dxf.Write(ctx, w, layers, dxf.WriteOptions{Encoding: o.encoding})
		},
	},
	{
		key: "kml", name: "KML", extension: ".kml", system: degrees,
		write: func(ctx context.Context, w io.Writer, layers []geofile.Layer, o writing) error {
			return kml.Write(ctx, w, layers, kml.Options{Name: o.content.Plan.Title, Description: o.note, At: o.content.Plan.At})
		},
	},
	{
		key: "kmz", name: "KMZ", extension: ".kmz", system: degrees,
		write: func(ctx context.Context, w io.Writer, layers []geofile.Layer, o writing) error {
			return kml.WriteKMZ(ctx, w, layers, kml.Options{Name: o.content.Plan.Title, Description: o.note, At: o.content.Plan.At})
		},
	},
	{
		key: "geojson", name: "GeoJSON", extension: ".geojson", single: true, tables: true,
		write: func(ctx context.Context, w io.Writer, layers []geofile.Layer, o writing) error {
			return geojson.Write(ctx, w, layers, geojson.Options{Description: o.note})
		},
	},
	{
		key: "flatgeobuf", name: "FlatGeobuf", extension: ".fgb", single: true,
		write: func(ctx context.Context, w io.Writer, layers []geofile.Layer, o writing) error {
			return flatgeobuf.Write(ctx, w, layers, flatgeobuf.Options{Description: o.note, Dir: o.dir})
		},
	},
	{
		key: "csv", name: "CSV", extension: ".csv", single: true, tables: true,
		write: func(ctx context.Context, w io.Writer, layers []geofile.Layer, o writing) error {
			return table.Write(ctx, w, layers, table.WriteOptions{
				Encoding: o.encoding, At: o.content.Plan.At.In(clock.China), Notice: func(f geofile.Finding) { o.notice(f.Detail) },
			})
		},
	},
}

func formatOf(key string) (format, error) {
	at := slices.IndexFunc(formats, func(f format) bool { return f.key == key })
	if at < 0 {
		return format{}, &InvalidError{"parts", fmt.Sprintf("不认识的成果内容“%s”", key)}
	}
	return formats[at], nil
}

// metric is the district's Gauss-Krüger zone where degrees are ordered, for
// formats that are drawn in metres.
func metric(ordered geo.CRS, district int) geo.CRS {
	if !ordered.Geographic() {
		return ordered
	}
	if zone, ok := geo.NewCRS(district); ok {
		return zone
	}
	return ordered
}

// degrees is WGS 84, which a format prescribes.
func degrees(geo.CRS, int) geo.CRS {
	c, _ := geo.NewCRS(geo.SRIDWGS84)
	return c
}

// layersFor are the layers of a plan as a format takes them, in its system.
func (f format) layersFor(c *Content, crs geo.CRS) []geofile.Layer {
	if f.system != nil {
		crs = f.system(crs, c.Plan.District.SRID)
	}
	var layers []geofile.Layer
	for _, l := range exporter.Layers(&c.Plan) {
		if l.Shape != geofile.NoShape || f.tables {
			layers = append(layers, l.Projected(crs))
		}
	}
	return layers
}

// data adds the files of a format, and once the dictionary of the fields.
func (m *maker) data(key string) error {
	f, err := formatOf(key)
	if err != nil {
		return err
	}
	const dictionary = folderData + "字段说明.csv"
	if !slices.ContainsFunc(m.made.Files, func(f PackedFile) bool { return f.Name == dictionary }) {
		err := m.file(dictionary, func(w io.Writer) error { return exporter.Dictionary(w, exporter.Layers(&m.content.Plan)) })
		if err != nil {
			return err
		}
	}
	layers := f.layersFor(m.content, m.crs)
	o := writing{content: m.content, encoding: m.order.Encoding, dir: m.dir, note: sourceNote(m.content), notice: m.notice(f.name)}
	if !f.single {
		m.progress.Phase(f.name, "份", 1)
		defer m.progress.Advance(1)
		return m.file(folderData+"片区方案"+f.extension, func(w io.Writer) error { return f.write(m.ctx, w, layers, o) })
	}
	m.progress.Phase(f.name, "图层", int64(len(layers)))
	for _, l := range layers {
		err := m.file(folderData+f.key+"/"+l.Title+f.extension, func(w io.Writer) error {
			return f.write(m.ctx, w, []geofile.Layer{l}, o)
		})
		if err != nil {
			return err
		}
		m.progress.Advance(1)
	}
	return nil
}

// mostNotices is how many notices of one kind of file a package tells.
const mostNotices = 5

// notice returns where a writer tells what it could not keep.
func (m *maker) notice(of string) func(string) {
	told := 0
	return func(detail string) {
		told++
		switch {
		case told <= mostNotices:
			m.made.Notices = append(m.made.Notices, of+"："+detail)
		case told == mostNotices+1:
			m.made.Notices = append(m.made.Notices, of+"：还有其他未能保留的内容")
		}
	}
}

// sourceNote is what files say of their origin.
func sourceNote(c *Content) string { return strings.Join(exporter.Origin(&c.Plan), "；") }
