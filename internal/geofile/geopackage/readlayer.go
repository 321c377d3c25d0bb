package geopackage

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/geofile"
	"github.com/lianpian/lianpian/internal/geofile/wkb"
)

// layer is a table of a file that is read.
type layer struct {
	reader   *reader
	listed   listed
	key      string // the integer primary key, "" for none
	geometry string // "" for none
	columns  []column
	fields   []geofile.Field
}

func isInteger(kind string) bool { return strings.Contains(kind, "INT") }

func fieldKind(declared string) geofile.Kind {
	name, _, _ := strings.Cut(declared, "(")
	switch name = strings.TrimSpace(name); {
	case name == "BOOLEAN":
		return geofile.Boolean
	case isInteger(name):
		return geofile.Integer
	case name == "DATE":
		return geofile.Date
	case name == "FLOAT", name == "DOUBLE", name == "REAL", strings.HasPrefix(name, "DOUBLE"), name == "NUMERIC", name == "DECIMAL":
		return geofile.Real
	}
	return geofile.Text
}

func shapeOf(kind string) geofile.Shape {
	switch kind {
	case "":
		return geofile.NoShape
	case "POINT", "MULTIPOINT":
		return geofile.Points
	case "LINESTRING", "MULTILINESTRING":
		return geofile.Lines
	case "POLYGON", "MULTIPOLYGON":
		return geofile.Areas
	}
	return geofile.Mixed
}

// query asks for the geometry and the values. The expressions keep the driver
// from guessing types from the declared ones.
func (l layer) query() string {
	selected := make([]string, 0, len(l.columns)+1)
	if l.geometry != "" {
		selected = append(selected, "+"+quote(l.geometry))
	}
	for _, c := range l.columns {
		selected = append(selected, "+"+quote(c.name))
	}
	if len(selected) == 0 {
		selected = append(selected, "1")
	}
	order := ""
	if l.key != "" {
		order = " order by " + quote(l.key)
	}
	return "select " + strings.Join(selected, ", ") + " from " + quote(l.listed.name) + order
}

func (l layer) rows(ctx context.Context, find func(geofile.Finding), yield func(geofile.Row) error) error {
	conn, err := l.reader.bounded(ctx)
	if err != nil {
		return l.reader.refusal(ctx, err)
	}
	defer func() { _ = conn.Close() }()
	rows, err := conn.QueryContext(ctx, l.query())
	if err != nil {
		return l.reader.refusal(ctx, err)
	}
	defer func() { _ = rows.Close() }()
	pass := pass{layer: l, meter: geofile.NewMeter(l.reader.limits), find: find}
	if err := pass.over(rows, yield); err != nil {
		return l.reader.refusal(ctx, err)
	}
	return nil
}

// pass is one reading of a layer.
type pass struct {
	layer  layer
	meter  *geofile.Meter
	find   func(geofile.Finding)
	number int64
	extra  wkb.Extra
}

func (p *pass) over(rows *sql.Rows, yield func(geofile.Row) error) error {
	width := max(1, len(p.layer.columns))
	offset := 0
	if p.layer.geometry != "" {
		offset, width = 1, len(p.layer.columns)+1
	}
	cells, targets := make([]any, width), make([]any, width)
	for i := range cells {
		targets[i] = &cells[i]
	}
	for rows.Next() {
		p.number++
		if err := p.meter.Row(); err != nil {
			return err
		}
		if err := rows.Scan(targets...); err != nil {
			return err
		}
		row := geofile.Row{Number: p.number, Values: make([]any, len(p.layer.columns))}
		if offset == 1 {
			row.Geometry, row.Fault = p.shape(cells[0])
			if err := p.meter.Points(geofile.CountPoints(row.Geometry)); err != nil {
				return err
			}
		}
		for i := range p.layer.columns {
			row.Values[i] = p.value(i, cells[i+offset])
		}
		if err := yield(row); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	p.sayExtra()
	return nil
}

func (p *pass) sayExtra() {
	if p.extra.Z || p.extra.M {
		p.find(geofile.Finding{Kind: "dimensions_dropped", Layer: p.layer.listed.name, Detail: "几何含高程（Z）或量测值（M），已舍去。"})
	}
}

// shape reads a geometry of the standard's form (clause 2.1.3), also a bare one
// as some programs write it.
func (p *pass) shape(cell any) (orb.Geometry, string) {
	blob, ok := cell.([]byte)
	if cell == nil || ok && len(blob) == 0 {
		return nil, ""
	}
	if !ok {
		return nil, "几何列的内容不是几何。"
	}
	body, empty, err := strip(blob)
	if err != nil {
		return nil, "几何的 GeoPackage 头部已损坏。"
	}
	if empty && len(body) == 0 {
		return nil, ""
	}
	g, extra, err := wkb.Decode(body, wkb.Limits{Points: p.layer.reader.limits.Points, Depth: p.layer.reader.limits.Depth})
	p.extra.Z, p.extra.M = p.extra.Z || extra.Z, p.extra.M || extra.M
	var unsupported *wkb.UnsupportedError
	switch {
	case errors.As(err, &unsupported):
		return nil, "不支持曲线或曲面类型的几何。"
	case errors.Is(err, wkb.ErrTooManyPoints):
		return nil, fmt.Sprintf("几何超过 %d 个坐标点的上限。", p.layer.reader.limits.Points)
	case err != nil:
		return nil, "几何已损坏，无法读取。"
	case geofile.CountPoints(g) == 0:
		return nil, ""
	}
	if c, ok := g.(orb.Collection); ok {
		return simpler(c)
	}
	return g, ""
}

// simpler is a collection of one member as the member; others are no feature of
// any layer.
func simpler(c orb.Collection) (orb.Geometry, string) {
	if len(c) == 1 {
		if _, nested := c[0].(orb.Collection); !nested {
			return c[0], ""
		}
	}
	return c, "几何集合（GeometryCollection）不能作为一个要素。"
}

var errHeader = errors.New("not the header of a geometry")

// strip takes the standard's header away.
func strip(blob []byte) (body []byte, empty bool, err error) {
	if len(blob) < 8 || blob[0] != 'G' || blob[1] != 'P' {
		if blob[0] <= 1 {
			return blob, false, nil
		}
		return nil, false, errHeader
	}
	flags := blob[3]
	envelope, ok := map[byte]int{0: 0, 1: 32, 2: 48, 3: 48, 4: 64}[flags>>1&7]
	if !ok || blob[2] != 0 || flags&0x20 != 0 || len(blob) < 8+envelope {
		return nil, false, errHeader
	}
	return blob[8+envelope:], flags&0x10 != 0, nil
}

// value is a cell as the field's kind has it; other contents stay as they are.
func (p *pass) value(i int, cell any) any {
	switch v := cell.(type) {
	case []byte:
		return text(v)
	case string:
		if p.layer.fields[i].Kind == geofile.Date {
			if day, err := time.Parse(time.DateOnly, v); err == nil {
				return day
			}
		}
		return strings.ToValidUTF8(v, "�")
	case int64:
		switch p.layer.fields[i].Kind {
		case geofile.Boolean:
			return v != 0
		case geofile.Real:
			return float64(v)
		}
		return v
	case float64:
		if math.IsInf(v, 0) || math.IsNaN(v) {
			return nil
		}
		return v
	}
	return cell
}

// text is a BLOB that holds a text; pictures and the like are left away.
func text(b []byte) any {
	if !utf8.Valid(b) || strings.ContainsRune(string(b), 0) {
		return nil
	}
	return string(b)
}
