package shapefile

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/lianpian/lianpian/internal/geo"
	"github.com/lianpian/lianpian/internal/geofile"
	"github.com/lianpian/lianpian/internal/geofile/charset"
)

// layer is a Shapefile that was opened.
type layer struct {
	name     string
	shapes   *shapes // nil: a table alone
	table    *table  // nil: shapes alone
	pairing  pairing
	fields   []geofile.Field
	crs      *geo.CRS
	crsText  string
	findings []geofile.Finding
	limits   geofile.Limits
}

func openLayer(ctx context.Context, b bundle, opts geofile.Options, titles dictionary) (*layer, error) {
	l := &layer{name: b.name, limits: opts.Limits}
	find := func(kind, detail string) {
		l.findings = append(l.findings, geofile.Finding{Kind: kind, Layer: b.name, Detail: detail})
	}
	var err error
	if shp, ok := b.parts[".shp"]; ok {
		if l.shapes, err = openShapes(ctx, shp, b.parts[".shx"], opts.Limits, find); err != nil {
			return nil, err
		}
		l.findKind(find)
		l.readPRJ(b.parts[".prj"], find)
	}
	if err := l.openTable(b, opts, titles[strings.ToLower(b.name)], find); err != nil {
		return nil, err
	}
	return l, nil
}

func (l *layer) findKind(find func(kind, detail string)) {
	switch k := kinds[l.shapes.kind]; {
	case !k.readable:
		find("multipatch", "图层是三维多面体（MultiPatch），图形不能作为平面图形读取，请在原软件中转为面图层")
	case k.hasZ:
		find("z_dropped", "图形带高程（Z）或量测值（M），只读取平面坐标")
	case k.hasM:
		find("m_dropped", "图形带量测值（M），只读取平面坐标")
	}
}

func (l *layer) readPRJ(prj part, find func(kind, detail string)) {
	raw := prj.text()
	found, mark := charset.Detect(raw, false)
	text, _ := charset.Decode(found.Encoding, raw[mark:])
	l.crsText = strings.TrimSpace(strings.Trim(text, "\x00"))
	if l.crsText == "" {
		find("no_prj", "缺少 .prj 文件，坐标系没有说明")
		return
	}
	c, known, datum, err := geo.ReadWKT(l.crsText)
	switch {
	case err != nil:
		find("unknown_crs", "坐标系不认识："+geofile.Shorten(l.crsText, 120))
	case !known:
		find("foreign_datum", "坐标系的大地基准是“"+cmp.Or(datum, "未知")+"”，不能用公式准确换算到 CGCS2000")
	default:
		l.crs = &c
	}
}

// openTable opens the attributes; without, or with broken ones, the shapes come
// alone.
func (l *layer) openTable(b bundle, opts geofile.Options, titles map[string]string, find func(kind, detail string)) error {
	dbf, ok := b.parts[".dbf"]
	var err error
	if ok {
		l.table, err = openTable(dbf, opts.Limits.Rows, find)
	}
	switch {
	case errors.Is(err, errTooMany), err != nil && l.shapes == nil:
		return err
	case err != nil:
		find("broken_dbf", err.Error()+"，只读取图形")
	case !ok:
		find("no_dbf", "缺少 .dbf 属性表，只读取图形")
	}
	if l.table == nil {
		l.pairing = pairing{shapes: int64(len(l.shapes.records))}
		return nil
	}
	found, erased := l.table.look()
	l.table.encoding = chooseEncoding(opts.Encoding, string(b.parts[".cpg"].text()), l.table.language, found, find)
	l.fields = l.table.fields(titles)
	if erased > 0 {
		find("deleted_rows", fmt.Sprintf("属性表有 %d 行标记为已删除，没有读取", erased))
	}
	l.pairing = l.pair(erased, find)
	return nil
}

func (l *layer) count() int64 {
	var n int64
	if l.shapes != nil {
		n = int64(len(l.shapes.records))
	}
	if l.table != nil {
		n = max(n, l.table.rows)
	}
	return n
}

func (l *layer) source() geofile.Source {
	s := geofile.Source{Name: l.name, Fields: l.fields, Count: l.pairing.count(), CRS: l.crs, CRSText: l.crsText, Rows: l.rows}
	if l.shapes != nil {
		s.Shape = kinds[l.shapes.kind].shape
	}
	if l.table != nil {
		s.Encoding = l.table.encoding
	}
	return s
}

// rows reads shapes and attributes side by side.
func (l *layer) rows(ctx context.Context, find func(geofile.Finding), yield func(geofile.Row) error) error {
	r := reading{layer: l, left: l.limits.AllPoints, odd: map[string]*oddity{}}
	if l.shapes != nil {
		r.shp = window{part: l.shapes.part}
	}
	if l.table != nil {
		r.dbf = window{part: l.table.part}
	}
	err := l.pairing.each(l, &r.dbf, func(shape, row int64) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		out, err := r.row(shape, row)
		if err != nil {
			return err
		}
		return yield(out)
	})
	for _, key := range slices.Sorted(maps.Keys(r.odd)) {
		find(r.odd[key].finding(l.name))
	}
	return err
}

// reading is one run through a layer.
type reading struct {
	layer    *layer
	shp, dbf window
	left     int64 // points
	odd      map[string]*oddity
}

// oddity counts what is wrong in many rows the same way.
type oddity struct {
	kind, detail string
	rows         int64
	first        int64
}

func (o *oddity) finding(layer string) geofile.Finding {
	return geofile.Finding{Kind: o.kind, Layer: layer, Row: o.first, Detail: fmt.Sprintf("%s（共 %d 处，首次在第 %d 行）", o.detail, o.rows, o.first)}
}

func (r *reading) note(kind, key, detail string, row int64) {
	o := r.odd[key]
	if o == nil {
		o = &oddity{kind: kind, detail: detail, first: row}
		r.odd[key] = o
	}
	o.rows++
}

// row reads the shape and the attributes with these places, -1 for none. The
// number is that of the shape or row in its file.
func (r *reading) row(shape, row int64) (geofile.Row, error) {
	var out geofile.Row
	if r.layer.table != nil {
		out.Values = make([]any, len(r.layer.fields))
	}
	switch {
	case row >= 0:
		out.Number = row + 1
	case shape >= 0:
		out.Number = shape + 1
	}
	if row >= 0 {
		if err := r.values(row, out); err != nil {
			return out, err
		}
	}
	if shape >= 0 {
		if err := r.shape(shape, &out); err != nil {
			return out, err
		}
	}
	return out, nil
}

func (r *reading) values(row int64, out geofile.Row) error {
	t := r.layer.table
	raw, err := t.read(&r.dbf, row)
	if err != nil {
		return fmt.Errorf("read the attributes: %w", err)
	}
	for i, c := range t.columns {
		v, odd := t.value(c, raw)
		out.Values[i] = v
		if odd != fine {
			r.note(odd, odd+"\x00"+c.name, "字段“"+geofile.Shorten(c.name, 20)+"”："+oddCells[odd], out.Number)
		}
	}
	return nil
}

func (r *reading) shape(i int64, out *geofile.Row) error {
	s := r.layer.shapes
	content, err := s.content(&r.shp, s.records[i], int64(64+40*r.layer.limits.Points))
	if err != nil {
		out.Fault = "图形记录读不出来"
		return nil
	}
	d := decode(content, r.layer.limits.Points)
	if r.left -= int64(d.points); r.left < 0 {
		return geofile.Refuse("文件超过 %d 个坐标点的上限", r.layer.limits.AllPoints)
	}
	out.Geometry, out.Fault = d.geometry, d.fault
	if d.rewound {
		r.note("winding", "winding", "面的环方向不合规范，已按环的包含关系区分外环和洞", out.Number)
	}
	if d.kind != 0 && d.fault == "" && kinds[d.kind].shape != kinds[s.kind].shape {
		r.note("mixed_types", "mixed", "图形类型与图层声明的不同", out.Number)
	}
	if d.geometry == nil && d.fault == "" {
		r.note("null_shapes", "null", "没有图形", out.Number)
	}
	return nil
}
