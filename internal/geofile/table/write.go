package table

import (
	"archive/zip"
	"bufio"
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/geofile"
	"github.com/lianpian/lianpian/internal/geofile/charset"
)

// WriteOptions say how CSV files are written. The zero value is UTF-8 with a byte
// order mark, by which Excel knows it.
type WriteOptions struct {
	Encoding string                // utf-8, gbk or gb18030; characters that GBK lacks are written in GB18030
	At       time.Time             // of files in an archive; the zero value is 1980-01-01
	Notice   func(geofile.Finding) // is told what could not be kept: characters that GBK lacks
}

// Write writes one layer as a CSV file, and several as a ZIP archive with a CSV file
// each, named for the layers. Behind the fields stand the place: for points two
// columns of coordinates, and for all the geometry as well-known text and the system
// it is in. Degrees have nine decimals, metres four. Texts that a spreadsheet would
// take for a formula stand behind an apostrophe, which Open takes away.
func Write(ctx context.Context, w io.Writer, layers []geofile.Layer, opts WriteOptions) error {
	encode, encoding, ok := charset.Encoder(opts.Encoding)
	if !ok {
		return fmt.Errorf("write CSV: encoding %q is not supported", opts.Encoding)
	}
	if opts.At.IsZero() {
		opts.At = time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	one := func(w io.Writer, l geofile.Layer) error {
		t := &csvWriter{w: bufio.NewWriterSize(w, 64<<10), encode: encode, encoding: encoding}
		if err := t.layer(ctx, l); err != nil {
			return fmt.Errorf("write the CSV of %s: %w", l.Name, err)
		}
		if t.wide > 0 && opts.Notice != nil {
			opts.Notice(geofile.Finding{Kind: "characters_beyond_gbk", Layer: l.Name, Detail: fmt.Sprintf("有 %d 处文字含有 GBK 没有的字，该文件改用 GB18030 编码；只认 GBK 的软件会把这些字显示成乱码", t.wide)})
		}
		if t.lost > 0 && opts.Notice != nil {
			opts.Notice(geofile.Finding{Kind: "characters_lost", Layer: l.Name, Detail: fmt.Sprintf("有 %d 处文字含有无法编码的字符，已用“?”代替", t.lost)})
		}
		return nil
	}
	if len(layers) == 1 {
		return one(w, layers[0])
	}
	archive := zip.NewWriter(w)
	for _, l := range layers {
		entry, err := archive.CreateHeader(&zip.FileHeader{Name: l.Name + ".csv", Method: zip.Deflate, Modified: opts.At})
		if err != nil {
			return fmt.Errorf("write the archive: %w", err)
		}
		if err := one(entry, l); err != nil {
			return err
		}
	}
	if err := archive.Close(); err != nil {
		return fmt.Errorf("close the archive: %w", err)
	}
	return nil
}

type csvWriter struct {
	w        *bufio.Writer
	encode   charset.Encode
	encoding string
	wide     int64 // cells with characters that GBK lacks
	lost     int64 // cells with characters that no encoding has
	cells    []string
}

// Names of the columns of coordinates.
const (
	lonTitle, latTitle     = "经度", "纬度"
	eastTitle, northTitle  = "东坐标", "北坐标"
	geometryTitle, crsName = "WKT", "坐标系"
)

func (t *csvWriter) layer(ctx context.Context, l geofile.Layer) error {
	if t.encoding == charset.UTF8 {
		if _, err := t.w.WriteString("\ufeff"); err != nil {
			return err
		}
	}
	for _, f := range l.Fields {
		t.cells = append(t.cells, header(f))
	}
	if l.Shape == geofile.Points {
		if l.CRS.Geographic() {
			t.cells = append(t.cells, lonTitle, latTitle)
		} else {
			t.cells = append(t.cells, eastTitle, northTitle)
		}
	}
	if l.Shape != geofile.NoShape {
		t.cells = append(t.cells, geometryTitle, crsName)
	}
	if t.encoding != charset.UTF8 {
		for i, title := range t.cells {
			t.cells[i] = charset.Nearest(title) // m² as m2
		}
	}
	if err := t.row(); err != nil {
		return err
	}
	for f, err := range l.Features {
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return err
		}
		if err := t.feature(l, f); err != nil {
			return err
		}
	}
	return t.w.Flush()
}

// header is the title of a field with its unit.
func header(f geofile.Field) string {
	title := f.Title
	if title == "" {
		title = f.Name
	}
	if f.Unit != "" {
		title += "（" + f.Unit + "）"
	}
	return title
}

func (t *csvWriter) feature(l geofile.Layer, f geofile.Feature) error {
	for i, field := range l.Fields {
		var v any
		if i < len(f.Values) {
			v = f.Values[i]
		}
		text, err := cellText(v)
		if err != nil {
			return fmt.Errorf("field %s: %w", field.Name, err)
		}
		t.cells = append(t.cells, text)
	}
	decimals := 4
	if l.CRS.Geographic() {
		decimals = 9
	}
	if l.Shape == geofile.Points {
		if p, ok := f.Geometry.(orb.Point); ok {
			t.cells = append(t.cells, strconv.FormatFloat(p[0], 'f', decimals, 64), strconv.FormatFloat(p[1], 'f', decimals, 64))
		} else {
			t.cells = append(t.cells, "", "")
		}
	}
	if l.Shape != geofile.NoShape {
		t.cells = append(t.cells, wellKnown(f.Geometry, decimals), l.CRS.String())
	}
	return t.row()
}

// cellText writes a value as people read it.
func cellText(v any) (string, error) {
	switch v := v.(type) {
	case nil:
		return "", nil
	case string:
		if formulaLike(v) {
			return "'" + v, nil
		}
		return v, nil
	case int64:
		return strconv.FormatInt(v, 10), nil
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64), nil
	case bool:
		if v {
			return "是", nil
		}
		return "否", nil
	case time.Time:
		return v.Format("2006-01-02"), nil
	}
	return "", fmt.Errorf("a value of type %T", v)
}

// row writes the cells and begins the next row.
func (t *csvWriter) row() error {
	for i, cell := range t.cells {
		if i > 0 {
			_ = t.w.WriteByte(',')
		}
		if strings.ContainsAny(cell, ",\"\r\n") || strings.HasPrefix(cell, " ") || strings.HasSuffix(cell, " ") {
			cell = `"` + strings.ReplaceAll(cell, `"`, `""`) + `"`
		}
		b, wide, lost := t.encode(cell)
		if wide > 0 {
			t.wide++
		}
		if lost > 0 {
			t.lost++
		}
		_, _ = t.w.Write(b)
	}
	t.cells = t.cells[:0]
	_, err := t.w.WriteString("\r\n")
	return err
}

// wellKnown is a geometry as well-known text.
func wellKnown(g orb.Geometry, decimals int) string {
	b := &wktWriter{decimals: decimals}
	switch g := g.(type) {
	case orb.Point:
		b.WriteString("POINT ")
		b.points([]orb.Point{g})
	case orb.MultiPoint:
		b.WriteString("MULTIPOINT ")
		b.list(len(g), func(i int) { b.points(g[i : i+1]) })
	case orb.LineString:
		b.WriteString("LINESTRING ")
		b.points(g)
	case orb.MultiLineString:
		b.WriteString("MULTILINESTRING ")
		b.list(len(g), func(i int) { b.points(g[i]) })
	case orb.Polygon:
		b.WriteString("POLYGON ")
		b.polygon(g)
	case orb.MultiPolygon:
		b.WriteString("MULTIPOLYGON ")
		b.list(len(g), func(i int) { b.polygon(g[i]) })
	}
	return b.String()
}

type wktWriter struct {
	strings.Builder
	decimals int
	number   []byte
}

func (b *wktWriter) list(n int, item func(i int)) {
	if n == 0 {
		b.WriteString("EMPTY")
		return
	}
	b.WriteByte('(')
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		item(i)
	}
	b.WriteByte(')')
}

func (b *wktWriter) polygon(p orb.Polygon) { b.list(len(p), func(i int) { b.points(p[i]) }) }

func (b *wktWriter) points(points []orb.Point) {
	b.list(len(points), func(i int) {
		b.number = strconv.AppendFloat(b.number[:0], points[i][0], 'f', b.decimals, 64)
		b.number = append(b.number, ' ')
		b.number = strconv.AppendFloat(b.number, points[i][1], 'f', b.decimals, 64)
		b.Write(b.number)
	})
}
