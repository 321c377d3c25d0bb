package delivery

import (
	"archive/zip"
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/clock"
	"github.com/lianpian/lianpian/internal/exporter"
	"github.com/lianpian/lianpian/internal/geo"
)

// Single is one file of an area plan, for those who want no package.
type Single struct {
	Name  string // with extension
	Media string // type of the content
	Write func(io.Writer) error
}

// singles are the formats of single files by their short names: part and media
// type.
var singles = map[string]struct{ part, extension, media string }{
	"pdf":     {PartAtlas, ".pdf", "application/pdf"},
	"docx":    {PartReport, ".docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
	"xlsx":    {PartBook, ".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
	"gpkg":    {"geopackage", ".gpkg", "application/geopackage+sqlite3"},
	"shp":     {"shapefile", ".zip", "application/zip"},
	"dxf":     {"dxf", ".dxf", "image/vnd.dxf"},
	"kml":     {"kml", ".kml", "application/vnd.google-earth.kml+xml"},
	"kmz":     {"kmz", ".kmz", "application/vnd.google-earth.kmz"},
	"fgb":     {"flatgeobuf", ".zip", "application/zip"},
	"csv":     {"csv", ".zip", "application/zip"},
	"geojson": {"geojson", ".geojson", "application/geo+json"},
}

// SingleFormats lists the short names of the formats.
func SingleFormats() []string { return slices.Sorted(maps.Keys(singles)) }

// Single gathers the plan of an order's zones and returns how it is written as
// one file of a format. Errors: *InvalidError, *zone.InvalidError,
// postgis.ErrNotFound.
func (s *Store) Single(ctx context.Context, scope account.Scope, district string, o Order, kind string) (Single, error) {
	one, known := singles[kind]
	if !known {
		return Single{}, &InvalidError{"format", fmt.Sprintf("不认识的格式“%s”，应为 %s", kind, strings.Join(SingleFormats(), "、"))}
	}
	o.Parts = []string{one.part}
	o, err := o.checked()
	if err != nil {
		return Single{}, err
	}
	content, err := s.gather(ctx, scope, district, o, s.now())
	if err != nil {
		return Single{}, err
	}
	crs, err := geo.ParseCRS(o.CRS)
	if err != nil {
		return Single{}, err
	}
	if err := suits(crs, content.longitude()); err != nil {
		return Single{}, err
	}
	name := content.Plan.Title
	if len(content.Plan.Zones) == 1 {
		name = content.Plan.Zones[0].Name
	}
	if kind == "geojson" {
		if crs.Geographic() { // all layers in one collection, as maps on the web take it
			write := func(w io.Writer) error { return exporter.GeoJSON(w, &content.Plan) }
			return Single{Name: safe(name) + " " + content.Plan.At.In(clock.China).Format("2006-01-02") + ".geojson", Media: one.media, Write: write}, nil
		}
		one.extension, one.media = ".zip", "application/zip"
	}
	return Single{
		Name: safe(name) + " " + content.Plan.At.In(clock.China).Format("2006-01-02") + one.extension, Media: one.media,
		Write: func(w io.Writer) error { return writeSingle(ctx, w, content, o, crs, s.dir, one.part, one.extension) },
	}, nil
}

// writeSingle writes the one file that a part makes or, of a format that holds
// one layer in a file, all of them in a ZIP.
func writeSingle(ctx context.Context, w io.Writer, c *Content, o Order, crs geo.CRS, dir, part, extension string) error {
	if at := slices.IndexFunc(formats, func(f format) bool { return f.key == part }); at >= 0 && !formats[at].single {
		return formats[at].write(ctx, w, formats[at].layersFor(c, crs), writing{content: c, encoding: o.Encoding, note: sourceNote(c), notice: func(string) {}})
	}
	m := &maker{ctx: ctx, content: c, order: o, crs: crs, dir: dir, at: c.Plan.At.In(clock.China), progress: nobody{}}
	if extension != ".zip" {
		m.only = w
		return m.part(part)
	}
	m.zip = zip.NewWriter(w)
	if err := m.part(part); err != nil {
		return err
	}
	return m.zip.Close()
}

// nobody is told of no progress.
type nobody struct{}

func (nobody) Phase(string, string, int64) {}
func (nobody) Advance(int64)               {}

// straight writes a file that is all there is.
func (m *maker) straight(name string, write func(io.Writer) error) error {
	if err := write(&measured{to: m.only, sum: sha256.New()}); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}
