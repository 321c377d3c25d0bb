package kml

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/lianpian/lianpian/internal/seal"

	"github.com/lianpian/lianpian/internal/geo"
	"github.com/lianpian/lianpian/internal/geofile"
	"github.com/lianpian/lianpian/internal/geofile/archive"
	"github.com/lianpian/lianpian/internal/geofile/charset"
)

const (
	maxFields = 500
	maxLayers = 200
)

// Open reads a KML or KMZ once to learn its folders, their fields and shapes: each
// folder with placemarks is a layer.
func Open(ctx context.Context, path string, o geofile.Options) (*geofile.Dataset, error) {
	f := &file{path: path, key: o.Key, limits: o.Limits.Filled(), close: func() error { return nil }}
	set, err := f.dataset(ctx, o.Encoding)
	if err != nil {
		_ = f.close()
		return nil, err
	}
	return set, nil
}

// file is a document that is read as often as it is asked for.
type file struct {
	path     string
	key      *seal.Key
	limits   geofile.Limits
	encoding string
	open     func() (io.ReadCloser, error)
	close    func() error
	findings []geofile.Finding
}

func (f *file) dataset(ctx context.Context, encoding string) (*geofile.Dataset, error) {
	if err := f.locate(); err != nil {
		return nil, err
	}
	if err := f.sniff(ctx, encoding); err != nil {
		return nil, err
	}
	s := &survey{meter: geofile.NewMeter(f.limits), layers: map[int]*layer{}}
	w, err := f.walk(ctx, s.see)
	if err != nil {
		return nil, err
	}
	set := &geofile.Dataset{Format: "kml", Close: f.close, Findings: append(f.findings, leftAway(w.tally)...)}
	for _, l := range s.finish(f, w) {
		set.Layers = append(set.Layers, l.source())
	}
	switch {
	case len(set.Layers) == 0 && w.tally.links > 0:
		return nil, geofile.Refuse("KML 中没有地标，只有指向其他文件的链接（NetworkLink）；请取得链接所指的文件后再导入。")
	case len(set.Layers) == 0:
		return nil, geofile.Refuse("KML 中没有地标（Placemark）。")
	case len(set.Layers) > maxLayers:
		return nil, geofile.Refuse("KML 中有地标的文件夹超过 %d 个的上限。", maxLayers)
	}
	return set, nil
}

func leftAway(t tallies) []geofile.Finding {
	var out []geofile.Finding
	if t.links > 0 {
		out = append(out, geofile.Finding{Kind: "links_ignored", Detail: fmt.Sprintf("%d 个网络链接（NetworkLink）没有读取。", t.links)})
	}
	if t.overlays > 0 {
		out = append(out, geofile.Finding{Kind: "overlays_ignored", Detail: fmt.Sprintf("%d 个图像叠加层没有读取。", t.overlays)})
	}
	return out
}

// locate finds the document: the file itself, or the one in the archive.
func (f *file) locate() error {
	plain, err := seal.Open(f.path, f.key)
	if err != nil {
		return fmt.Errorf("open KML: %w", err)
	}
	defer func() { _ = plain.Close() }()
	head := make([]byte, 4)
	_, _ = io.ReadFull(plain, head)
	if !archive.Is(head) {
		if info, err := plain.Stat(); err == nil && info.Size() > f.limits.Bytes {
			return geofile.Refuse("KML 文件超过 %d MiB 的上限。", f.limits.Bytes>>20)
		}
		f.open = func() (io.ReadCloser, error) { return seal.Open(f.path, f.key) }
		return nil
	}
	pack, err := archive.OpenSealed(f.path, f.key, f.limits)
	if err != nil {
		return err
	}
	f.close = pack.Close
	f.findings = pack.Findings
	documents := slices.DeleteFunc(slices.Clone(pack.Entries), func(e archive.Entry) bool { return e.Ext() != ".kml" })
	if len(documents) == 0 {
		return geofile.Refuse("压缩包里没有 KML 文件。")
	}
	main := documents[0]
	for _, d := range documents {
		if strings.EqualFold(d.Name, "doc.kml") {
			main = d
		}
	}
	if len(documents) > 1 {
		f.findings = append(f.findings, geofile.Finding{Kind: "documents_ignored", Detail: fmt.Sprintf("KMZ 里有 %d 个 KML 文件，只读取 %s。", len(documents), geofile.Shorten(main.Name, 60))})
	}
	f.open = func() (io.ReadCloser, error) { return pack.Open(main) }
	return nil
}

var declared = regexp.MustCompile(`^\s*<\?xml[^>]*encoding\s*=\s*["']([A-Za-z0-9._-]+)["']`)

// sniff finds the encoding: the one that was asked for, else what the bytes say,
// where they leave a choice what the file declares.
func (f *file) sniff(ctx context.Context, wanted string) error {
	if canonical, ok := charset.Lookup(wanted); ok {
		f.encoding = canonical
		return nil
	}
	r, err := f.open()
	if err != nil {
		return fmt.Errorf("open KML: %w", err)
	}
	defer func() { _ = r.Close() }()
	var head bytes.Buffer
	found, err := charset.Sniff(io.TeeReader(&geofile.ContextReader{Ctx: ctx, R: r}, &headWriter{b: &head, left: 1024}))
	if err != nil {
		return err
	}
	f.encoding = found.Encoding
	if m := declared.FindSubmatch(head.Bytes()); m != nil && found.Encoding == charset.GB18030 {
		if canonical, ok := charset.Lookup(string(m[1])); ok && canonical != charset.UTF8 {
			f.encoding = canonical
		}
	}
	return nil
}

// headWriter keeps the first bytes.
type headWriter struct {
	b    *bytes.Buffer
	left int
}

func (h *headWriter) Write(p []byte) (int, error) {
	n := min(len(p), h.left)
	h.b.Write(p[:n])
	h.left -= n
	return len(p), nil
}

func (f *file) walk(ctx context.Context, each func(placemark) error) (*walker, error) {
	r, err := f.open()
	if err != nil {
		return nil, fmt.Errorf("read KML: %w", err)
	}
	defer func() { _ = r.Close() }()
	w := newWalker(charset.Reader(f.encoding, &geofile.ContextReader{Ctx: ctx, R: r}), f.limits, each)
	return w, w.walk(ctx)
}

// survey is what the first reading learns.
type survey struct {
	meter  *geofile.Meter
	layers map[int]*layer // by folder
}

// layer is a folder with placemarks.
type layer struct {
	file   *file
	folder int
	name   string
	shape  geofile.Shape
	fields []geofile.Field
	index  map[string]int
	dated  []bool // every text of the field is a day
	count  int64
	// what the elements name and description add: fields of their own, unless a
	// value of the same name is there or one always says the same
	named, described bool
	echoes           map[string]bool // names of fields that always say what name says
}

func (s *survey) see(p placemark) error {
	if err := s.meter.Row(); err != nil {
		return err
	}
	l := s.layers[p.folder]
	if l == nil {
		l = &layer{folder: p.folder, index: map[string]int{}}
		s.layers[p.folder] = l
	}
	l.count++
	l.shape = l.shape.With(geofile.ShapeOf(p.geometry))
	l.described = l.described || p.description != nil && *p.description != ""
	l.echo(p)
	for _, d := range p.data {
		i, there := l.index[d.name]
		if !there {
			if len(l.fields) >= maxFields {
				return geofile.Refuse("KML 超过 %d 个字段的上限。", maxFields)
			}
			i = len(l.fields)
			l.index[d.name] = i
			l.fields = append(l.fields, geofile.Field{Name: d.name, Kind: geofile.Text})
			l.dated = append(l.dated, true)
		}
		if _, err := time.Parse(time.DateOnly, d.value); err != nil {
			l.dated[i] = false
		}
	}
	return nil
}

func (l *layer) echo(p placemark) {
	if p.name == nil || *p.name == "" {
		return
	}
	if !l.named {
		l.named, l.echoes = true, map[string]bool{}
		for _, d := range p.data {
			l.echoes[d.name] = true
		}
	}
	said := map[string]bool{}
	for _, d := range p.data {
		said[d.name] = strings.TrimSpace(d.value) == *p.name
	}
	for name := range l.echoes {
		if !said[name] {
			delete(l.echoes, name)
		}
	}
}

// finish names the layers and settles the kinds of their fields.
func (s *survey) finish(f *file, w *walker) []*layer {
	kinds := map[string]field{}
	for _, fields := range w.fields {
		for _, one := range fields {
			kinds[one.name] = one
		}
	}
	for i, d := range w.folders {
		if d.others == 0 && d.children == 0 && s.layers[i] == nil && i > 0 {
			s.layers[i] = &layer{folder: i, index: map[string]int{}} // a folder that waits for content
		}
	}
	if len(s.layers) > 0 && s.meter.Rows() == 0 && w.tally.links > 0 {
		return nil
	}
	var out []*layer
	taken := map[string]int{}
	for i := range w.folders {
		l := s.layers[i]
		if l == nil {
			continue
		}
		l.file = f
		l.name = geofile.Shorten(w.folders[i].name, 100)
		if l.name == "" {
			l.name = strings.TrimSuffix(filepath.Base(f.path), filepath.Ext(f.path))
		}
		if taken[l.name]++; taken[l.name] > 1 {
			l.name += " " + strconv.Itoa(taken[l.name])
		}
		l.settle(kinds)
		out = append(out, l)
	}
	return out
}

func (l *layer) settle(kinds map[string]field) {
	for i := range l.fields {
		f := &l.fields[i]
		said := kinds[f.Name]
		f.Title = geofile.Shorten(said.title, 100)
		switch strings.TrimPrefix(strings.ToLower(said.kind), "xsd:") {
		case "int", "uint", "short", "ushort", "long", "integer":
			f.Kind = geofile.Integer
		case "float", "double":
			f.Kind = geofile.Real
		case "bool", "boolean":
			f.Kind = geofile.Boolean
		default:
			if l.dated[i] {
				f.Kind = geofile.Date
			}
		}
	}
	add := func(name, title string) {
		l.index["\x00"+name] = len(l.fields)
		l.fields = append(l.fields, geofile.Field{Name: name, Title: title, Kind: geofile.Text})
	}
	if _, there := l.index["name"]; l.named && !there && len(l.echoes) == 0 {
		add("name", "名称")
	}
	if _, there := l.index["description"]; l.described && !there {
		add("description", "说明")
	}
}

func (l *layer) source() geofile.Source {
	c, _ := geo.NewCRS(geo.SRIDWGS84)
	return geofile.Source{
		Name: l.name, Shape: l.shape, Fields: l.fields, Count: l.count, CRS: &c, CRSText: "WGS 84", Encoding: l.file.encoding, Rows: l.rows,
	}
}

func (l *layer) rows(ctx context.Context, find func(geofile.Finding), yield func(geofile.Row) error) error {
	meter := geofile.NewMeter(l.file.limits)
	number, heights, labels := int64(0), false, 0
	_, err := l.file.walk(ctx, func(p placemark) error {
		if p.folder != l.folder {
			return nil
		}
		number++
		heights = heights || p.heights
		if p.label {
			labels++
		}
		row := geofile.Row{Number: number, Geometry: empty(p.geometry), Fault: p.fault, Values: make([]any, len(l.fields))}
		if err := meter.Points(geofile.CountPoints(row.Geometry)); err != nil {
			return err
		}
		for _, d := range p.data {
			if i, there := l.index[d.name]; there {
				row.Values[i] = value(d.value, l.fields[i].Kind)
			}
		}
		l.element(row.Values, "name", p.name)
		l.element(row.Values, "description", p.description)
		return yield(row)
	})
	if err != nil {
		return err
	}
	if heights {
		find(geofile.Finding{Kind: "dimensions_dropped", Layer: l.name, Detail: "几何含高程（Z），已舍去。"})
	}
	if labels > 0 {
		find(geofile.Finding{Kind: "label_points_dropped", Layer: l.name, Detail: fmt.Sprintf("%d 个要素带有标注点，已舍去，只读取面或线。", labels)})
	}
	return nil
}

func (l *layer) element(values []any, name string, text *string) {
	if i, there := l.index["\x00"+name]; there && text != nil {
		values[i] = *text
	}
}

// value is a text as the kind of its field has it; what does not fit stays a text.
func value(text string, kind geofile.Kind) any {
	trimmed := strings.TrimSpace(text)
	switch kind {
	case geofile.Integer:
		if n, err := strconv.ParseInt(trimmed, 10, 64); err == nil {
			return n
		}
	case geofile.Real:
		if v, err := strconv.ParseFloat(trimmed, 64); err == nil && v-v == 0 {
			return v
		}
	case geofile.Boolean:
		switch strings.ToLower(trimmed) {
		case "1", "true":
			return true
		case "0", "false":
			return false
		}
	case geofile.Date:
		if day, err := time.Parse(time.DateOnly, trimmed); err == nil {
			return day
		}
	case geofile.Text:
		return text
	}
	if trimmed == "" {
		return nil
	}
	return text
}
