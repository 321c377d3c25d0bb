package dxf

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/geo"
	"github.com/lianpian/lianpian/internal/geofile"
)

// comment keeps what Write says about the system.
func (d *drawing) comment(text string) {
	if crs, ok := strings.CutPrefix(text, crsComment); ok && d.crsText == "" {
		d.crsText = geofile.Shorten(strings.TrimSpace(crs), 100)
	}
}

// dataset makes layers of what was drawn.
func (d *drawing) dataset() *geofile.Dataset {
	unit := d.measure()
	gap := cmp.Or(d.opts.Gap, defaultGap*unit)
	for _, l := range d.order {
		d.join(l, gap)
		d.close(l, gap)
		l.assemble()
	}
	d.nameAreas()
	data := &geofile.Dataset{Format: "dxf", Close: func() error { return nil }}
	var crs *geo.CRS
	if c, err := geo.ParseCRS(d.crsText); err == nil {
		crs = &c
	}
	for _, l := range d.order {
		for _, s := range l.sources() {
			s.CRS, s.CRSText, s.Encoding = crs, d.crsText, d.encoding
			data.Layers = append(data.Layers, s)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(d.oneNotes)) {
		n := d.oneNotes[key]
		kind, _, _ := strings.Cut(key, "\x00")
		d.findings = append(d.findings, geofile.Finding{Kind: kind, Layer: n.layer, Detail: fmt.Sprintf("%s（%d 处）", n.detail, n.count)})
	}
	if len(data.Layers) == 0 {
		d.findings = append(d.findings, geofile.Finding{Kind: "no_entities", Detail: "图里没有可以读取的图形"})
	}
	data.Findings = d.findings
	return data
}

// measure looks at the coordinates of the middle feature, which strays do not move,
// and returns how many units a metre has.
func (d *drawing) measure() float64 {
	var xs, ys []float64
	for _, l := range d.order {
		for _, features := range l.features {
			for _, f := range features {
				if p, ok := f.anywhere(); ok {
					xs, ys = append(xs, p[0]), append(ys, p[1])
				}
			}
		}
		for _, s := range l.segments {
			xs, ys = append(xs, s.line[0][0]), append(ys, s.line[0][1])
		}
	}
	if len(xs) == 0 {
		return 1
	}
	slices.Sort(xs)
	slices.Sort(ys)
	x, y := xs[len(xs)/2], ys[len(ys)/2]
	find := func(kind, detail string) {
		d.findings = append(d.findings, geofile.Finding{Kind: kind, Detail: detail})
	}
	switch {
	case northing(y):
		if d.units == 4 || d.units == 5 {
			find("units_header", "文件头写的单位是毫米或厘米，但坐标数值像米，按数值应为米")
		}
	case northing(y / 1000):
		find("unit_millimetres", fmt.Sprintf("坐标数值像毫米（如 %.0f，%.0f），换算为米后在高斯-克吕格坐标范围内", x, y))
		return 1000
	case northing(y / 100):
		find("unit_centimetres", fmt.Sprintf("坐标数值像厘米（如 %.0f，%.0f），换算为米后在高斯-克吕格坐标范围内", x, y))
		return 100
	case northing(x) && easting(y):
		find("axes_swapped", "X 像北坐标、Y 像东坐标，图可能按测量坐标系（X 指北）绘制")
	case x >= 73 && x <= 136 && y >= 3 && y <= 54:
	default:
		find("local_coordinates", fmt.Sprintf("坐标（如 %.3f，%.3f）不在高斯-克吕格坐标范围内，可能是地方坐标系，或图没有放在真实位置", x, y))
		if d.units == 4 {
			return 1000
		}
	}
	return 1
}

// Ranges of Gauss-Krüger coordinates within China, in metres.
func northing(v float64) bool { return v >= 1_800_000 && v <= 6_100_000 }

func easting(v float64) bool {
	return v >= 100_000 && v <= 900_000 || v >= 13_100_000 && v <= 46_000_000
}

// anywhere is some point of a feature.
func (f *feature) anywhere() (orb.Point, bool) {
	if len(f.rings) > 0 && len(f.rings[0]) > 0 {
		return f.rings[0][0], true
	}
	switch g := f.geometry.(type) {
	case orb.Point:
		return g, true
	case orb.LineString:
		return g[0], len(g) > 0
	case orb.Polygon:
		return g[0][0], true
	case orb.MultiPolygon:
		return g[0][0][0], true
	}
	return orb.Point{}, false
}

// close makes areas of the lines that are closed, or nearly so.
func (d *drawing) close(l *layer, gap float64) {
	var open []*feature
	for _, f := range l.features[lineKind] {
		line, ok := f.geometry.(orb.LineString)
		if !ok || !ringLike(line) {
			open = append(open, f)
			continue
		}
		missing := distance(line[0], line[len(line)-1])
		switch {
		case missing <= 1e-9*extent(line): // the end of a circle, by calculation
			line[len(line)-1] = line[0]
		case f.closed, missing <= gap && missing < 0.1*extent(line):
			if !f.closed {
				d.note("nearly_closed", l.name, "首尾相差很小、没有闭合的线，已按闭合的面读取")
			}
			line = append(line, line[0])
		default:
			open = append(open, f)
			continue
		}
		f.geometry = orb.Polygon{orb.Ring(line)}
		l.features[areaKind] = append(l.features[areaKind], f)
	}
	l.features[lineKind] = open
}

// ringLike tells whether a line has three corners.
func ringLike(line orb.LineString) bool {
	if len(line) < 3 {
		return false
	}
	other := line[0]
	for _, p := range line[1:] {
		if p != line[0] && other == line[0] {
			other = p
		} else if p != line[0] && p != other {
			return true
		}
	}
	return false
}

func extent(line orb.LineString) float64 {
	b := line.Bound()
	return math.Max(b.Max[0]-b.Min[0], b.Max[1]-b.Min[1])
}

// assemble puts the parts of features together that were written in several.
func (l *layer) assemble() {
	for _, k := range []kind{areaKind, lineKind} {
		for _, f := range l.features[k] {
			switch {
			case len(f.rings) == 0:
			case k == areaKind:
				f.geometry, _ = geofile.AreasOfRings(f.rings, false)
			case len(f.rings) == 1:
				f.geometry = f.rings[0]
			default:
				f.geometry = orb.MultiLineString(f.rings)
			}
			f.rings = nil
		}
	}
}

var kindNames = [kinds]string{"面", "线", "点", "注记"}

// sources are the layer by type of geometry.
func (l *layer) sources() []geofile.Source {
	var out []geofile.Source
	used := 0
	for _, features := range l.features {
		if len(features) > 0 {
			used++
		}
	}
	for k, features := range l.features {
		if len(features) == 0 {
			continue
		}
		s := geofile.Source{Name: l.name, Count: int64(len(features))}
		if used > 1 {
			s.Name += "（" + kindNames[k] + "）"
		}
		s.Shape = [kinds]geofile.Shape{geofile.Areas, geofile.Lines, geofile.Points, geofile.Points}[k]
		t := tableOf(kind(k), features)
		s.Fields = t.fields
		s.Rows = t.rows
		out = append(out, s)
	}
	return out
}

// featureTable gives the features of a source as rows.
type featureTable struct {
	kind     kind
	features []*feature
	fields   []geofile.Field
	extra    map[string]int
}

// The fields that layers have beside extended data and attributes of blocks.
const (
	nameField   = "名称"
	textField   = "文字"
	blockField  = "图块"
	kindField   = "对象类型"
	handleField = "句柄"
)

func tableOf(k kind, features []*feature) *featureTable {
	t := &featureTable{kind: k, features: features, extra: map[string]int{}}
	text := func(name string) { t.fields = append(t.fields, geofile.Field{Name: name, Kind: geofile.Text}) }
	text([kinds]string{nameField, nameField, blockField, textField}[k])
	text(kindField)
	text(handleField)
	for _, f := range features {
		for _, p := range f.extra {
			name := p.name
			if slices.Contains([]string{nameField, textField, blockField, kindField, handleField}, name) {
				name += "_2"
			}
			if _, ok := t.extra[p.name]; !ok && len(t.extra) < maxExtra {
				t.extra[p.name] = len(t.fields)
				text(name)
			}
		}
	}
	return t
}

func (t *featureTable) rows(ctx context.Context, _ func(geofile.Finding), yield func(geofile.Row) error) error {
	for i, f := range t.features {
		if err := ctx.Err(); err != nil {
			return err
		}
		row := geofile.Row{Number: int64(i + 1), Geometry: f.geometry, Fault: f.fault, Values: make([]any, len(t.fields))}
		for k, v := range []string{[kinds]string{f.name, f.name, f.block, f.text}[t.kind], f.entity, f.handle} {
			if v != "" {
				row.Values[k] = v
			}
		}
		for _, p := range f.extra {
			if k, ok := t.extra[p.name]; ok && p.value != "" {
				row.Values[k] = p.value
			}
		}
		if err := yield(row); err != nil {
			return err
		}
	}
	return nil
}
