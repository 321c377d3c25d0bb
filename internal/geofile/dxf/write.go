package dxf

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/geofile"
	"github.com/lianpian/lianpian/internal/geofile/charset"
)

// crsComment begins the comment that says which system a drawing is in.
const crsComment = "CRS "

// WriteOptions say how a drawing is written. The zero value is UTF-8.
type WriteOptions struct {
	// Encoding utf-8 is a drawing of AutoCAD 2007 (AC1021). gbk is one of AutoCAD
	// 2004 (AC1018), for older programs and those built on it; characters that GBK
	// lacks are written as escapes, which all of them know.
	Encoding   string
	TextHeight float64 // of labels, metres; 0 is 2.5, which is 2.5 mm at 1:1000
}

// Write writes layers as one drawing in DXF in metres. Each layer is one of the drawing, named by its title, with a second one for
// its labels. The rings of areas are closed polylines, holes on the same layer. All
// values go along as extended data of LIANPIAN, by which Open brings features back
// whole. The layers have to be in a plane system.
func Write(ctx context.Context, w io.Writer, layers []geofile.Layer, opts WriteOptions) (err error) {
	file, err := os.CreateTemp("", "lianpian-dxf-*")
	if err != nil {
		return fmt.Errorf("make a temporary file: %w", err)
	}
	defer func() { err = errors.Join(err, file.Close(), os.Remove(file.Name())) }()
	if opts.TextHeight <= 0 {
		opts.TextHeight = 2.5
	}
	encode, encoding, ok := charset.Encoder(opts.Encoding)
	if !ok || encoding == charset.GB18030 {
		return fmt.Errorf("write the drawing: encoding %q is not supported", opts.Encoding)
	}
	if encoding == charset.GBK {
		encode = escaped(encode)
	}
	out := &writer{
		out: bufio.NewWriterSize(file, 256<<10), handle: firstHandle, height: opts.TextHeight, encode: encode,
		bound: orb.Bound{Min: orb.Point{math.Inf(1), math.Inf(1)}, Max: orb.Point{math.Inf(-1), math.Inf(-1)}}, names: map[string]bool{},
	}
	for _, l := range layers {
		if l.CRS.Geographic() {
			return geofile.Refuse("DXF 以米为单位，不能用经纬度坐标系，请选择高斯-克吕格坐标系")
		}
		if err := out.layer(ctx, l); err != nil {
			return fmt.Errorf("write the drawing of %s: %w", l.Name, err)
		}
	}
	if err := out.out.Flush(); err != nil {
		return fmt.Errorf("write the drawing: %w", err)
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return fmt.Errorf("read what was written: %w", err)
	}
	crs := ""
	if len(layers) > 0 {
		crs = layers[0].CRS.String()
	}
	final := &writer{out: bufio.NewWriterSize(w, 256<<10), handle: out.handle, bound: out.bound, layers: out.layers, encode: encode, gbk: encoding == charset.GBK}
	final.head(crs)
	if _, err := io.Copy(final.out, bufio.NewReaderSize(file, 256<<10)); err != nil {
		return fmt.Errorf("write the drawing: %w", err)
	}
	final.tail()
	if err := final.out.Flush(); err != nil {
		return fmt.Errorf("write the drawing: %w", err)
	}
	return nil
}

// escaped writes the characters that GBK lacks as \U+ and four digits: two of them
// for one beyond the first plane, as AutoCAD keeps it.
func escaped(encode charset.Encode) charset.Encode {
	return func(s string) ([]byte, int, int) {
		b, wide, lost := encode(s)
		if wide == 0 && lost == 0 {
			return b, 0, 0
		}
		b = b[:0]
		for _, r := range s {
			if one, wide, lost := encode(string(r)); wide == 0 && lost == 0 {
				b = append(b, one...)
				continue
			}
			for _, unit := range utf16.AppendRune(nil, r) {
				b = fmt.Appendf(b, `\U+%04X`, unit)
			}
		}
		return b, 0, 0
	}
}

// outLayer is a layer of the drawing.
type outLayer struct {
	name   string
	colour int // 0xrrggbb
}

type writer struct {
	out     *bufio.Writer
	handle  int64
	height  float64
	encode  charset.Encode
	gbk     bool
	bound   orb.Bound
	layers  []outLayer
	names   map[string]bool
	feature int64 // number of the feature, over all layers
	buf     []byte
}

// text writes a group. Errors of writing stay with the buffer until it is flushed.
func (w *writer) text(code int, value string) {
	w.buf = strconv.AppendInt(w.buf[:0], int64(code), 10)
	w.buf = append(w.buf, "\r\n"...)
	encoded, _, _ := w.encode(value)
	w.buf = append(w.buf, encoded...)
	w.buf = append(w.buf, "\r\n"...)
	_, _ = w.out.Write(w.buf)
}

func (w *writer) int(code int, value int64) { w.text(code, strconv.FormatInt(value, 10)) }

// metres writes a length to a tenth of a millimetre.
func (w *writer) metres(code int, v float64) { w.text(code, strconv.FormatFloat(v, 'f', 4, 64)) }

func (w *writer) newHandle(code int) string {
	h := strconv.FormatInt(w.handle, 16)
	w.handle++
	h = strings.ToUpper(h)
	w.text(code, h)
	return h
}

// layerName is a name that no layer has yet, without what CAD does not allow.
func (w *writer) layerName(l geofile.Layer) string {
	name := l.Title
	if name == "" {
		name = l.Name
	}
	name = strings.TrimSpace(strings.Map(func(r rune) rune {
		if r < ' ' || strings.ContainsRune("<>/\\\":;?*|=`,", r) {
			return '_'
		}
		return r
	}, name))
	if name == "" || name == "0" {
		name = "图层"
	}
	unique := name
	for n := 2; w.names[unique]; n++ {
		unique = fmt.Sprintf("%s_%d", name, n)
	}
	w.names[unique] = true
	return unique
}

// layer writes the entities of a layer.
func (w *writer) layer(ctx context.Context, l geofile.Layer) error {
	name := w.layerName(l)
	style := newStyling(l)
	w.layers = append(w.layers, outLayer{name, style.colour})
	labels := ""
	if style.label >= 0 {
		labels = w.layerName(geofile.Layer{Title: name + "_注记"})
		w.layers = append(w.layers, outLayer{labels, style.colour})
	}
	for f, err := range l.Features {
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return err
		}
		w.feature++
		data, err := w.data(l, f)
		if err != nil {
			return err
		}
		colour := style.of(f)
		for i, part := range partsOf(f.Geometry) {
			if i > 0 {
				data = data[:1]
			}
			w.part(name, colour, part, data)
		}
		if labels != "" && f.Geometry != nil {
			if text := labelText(f, style.label); text != "" {
				w.label(labels, labelPoint(f.Geometry), text)
			}
		}
	}
	return nil
}

// part is a line, ring or point of a feature.
type part struct {
	points orb.LineString
	closed bool
	point  bool
}

func partsOf(g orb.Geometry) []part {
	var out []part
	switch g := g.(type) {
	case orb.Point:
		out = append(out, part{points: orb.LineString{g}, point: true})
	case orb.MultiPoint:
		for _, p := range g {
			out = append(out, partsOf(p)...)
		}
	case orb.LineString:
		if len(g) > 0 {
			out = append(out, part{points: g})
		}
	case orb.MultiLineString:
		for _, l := range g {
			out = append(out, partsOf(l)...)
		}
	case orb.Polygon:
		for _, r := range g {
			points := orb.LineString(r)
			if len(r) > 1 && r[0] == r[len(r)-1] {
				points = points[:len(points)-1]
			}
			if len(points) > 0 {
				out = append(out, part{points: points, closed: true})
			}
		}
	case orb.MultiPolygon:
		for _, p := range g {
			out = append(out, partsOf(p)...)
		}
	}
	return out
}

// entity begins an entity of the model.
func (w *writer) entity(kind, layer string, colour int) {
	w.text(0, kind)
	w.newHandle(5)
	w.text(330, modelHandle)
	w.text(100, "AcDbEntity")
	w.text(8, layer)
	if colour >= 0 {
		w.int(420, int64(colour))
	}
}

func (w *writer) part(layer string, colour int, p part, data []string) {
	for _, q := range p.points {
		w.bound = w.bound.Extend(q)
	}
	if p.point {
		w.entity("POINT", layer, colour)
		w.text(100, "AcDbPoint")
		w.place(10, p.points[0])
	} else {
		w.entity("LWPOLYLINE", layer, colour)
		w.text(100, "AcDbPolyline")
		w.int(90, int64(len(p.points)))
		closed := int64(0)
		if p.closed {
			closed = 1
		}
		w.int(70, closed)
		w.metres(43, 0)
		for _, q := range p.points {
			w.metres(10, q[0])
			w.metres(20, q[1])
		}
	}
	w.text(1001, appName)
	for _, d := range data {
		w.text(1000, d)
	}
}

func (w *writer) place(code int, p orb.Point) {
	w.metres(code, p[0])
	w.metres(code+10, p[1])
	w.metres(code+20, 0)
}

func (w *writer) label(layer string, p orb.Point, text string) {
	w.entity("TEXT", layer, -1)
	w.text(100, "AcDbText")
	w.place(10, p)
	w.metres(40, w.height)
	w.text(1, text)
	w.text(7, styleName)
	w.int(72, 1)
	w.place(11, p)
	w.text(100, "AcDbText")
	w.int(73, 2)
}

const (
	maxData      = 250   // bytes of a string of extended data
	maxDataBytes = 12000 // of all: AutoCAD takes 16 kB
)

// data are the values of a feature as extended data: first its number, by which its
// parts belong together.
func (w *writer) data(l geofile.Layer, f geofile.Feature) ([]string, error) {
	out := []string{groupKey + "=" + strconv.FormatInt(w.feature, 10)}
	left := maxDataBytes
	for i, field := range l.Fields {
		if i >= len(f.Values) || f.Values[i] == nil {
			continue
		}
		text, err := valueText(f.Values[i])
		if err != nil {
			return nil, fmt.Errorf("field %s: %w", field.Name, err)
		}
		if left -= len(field.Name) + len(text) + 10; left < 0 {
			break
		}
		prefix := field.Name + "="
		for text = oneLine(text); ; prefix = "+=" {
			cut := min(len(text), maxData-len(prefix))
			for cut < len(text) && cut > 0 && text[cut]&0xc0 == 0x80 {
				cut--
			}
			out = append(out, prefix+text[:cut])
			if text = text[cut:]; text == "" {
				break
			}
		}
	}
	return out, nil
}

func valueText(v any) (string, error) {
	switch v := v.(type) {
	case string:
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

// oneLine takes out what would end a group, and what reads as an escape.
func oneLine(s string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "\ufffd")))
}

func labelText(f geofile.Feature, field int) string {
	if field >= len(f.Values) || f.Values[field] == nil {
		return ""
	}
	text, err := valueText(f.Values[field])
	if err != nil {
		return ""
	}
	return geofile.Shorten(oneLine(text), 100)
}
