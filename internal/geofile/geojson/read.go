package geojson

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/lianpian/lianpian/internal/seal"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/geo"
	"github.com/lianpian/lianpian/internal/geofile"
	"github.com/lianpian/lianpian/internal/geofile/charset"
)

const maxFields = 500

// Open reads a file once to learn its fields, their kinds and its shape.
func Open(ctx context.Context, path string, o geofile.Options) (*geofile.Dataset, error) {
	l := &layer{path: path, key: o.Key, limits: o.Limits.Filled(), index: map[string]int{}, inRange: true}
	if err := l.sniff(ctx, o.Encoding); err != nil {
		return nil, err
	}
	meter := geofile.NewMeter(l.limits)
	top, err := scan(ctx, path, l.key, l.encoding, l.limits, func(raw json.RawMessage) error {
		if err := meter.Row(); err != nil {
			return err
		}
		l.count++
		return l.learn(raw)
	})
	if err != nil {
		return nil, err
	}
	l.head(top)
	s := geofile.Source{
		Name: l.name, Shape: l.shape, Fields: l.fields, Count: l.count, CRS: l.crs, CRSText: l.crsText, Encoding: l.encoding, Rows: l.rows,
	}
	return &geofile.Dataset{Format: "geojson", Layers: []geofile.Source{s}, Close: func() error { return nil }}, nil
}

// layer is a file that is read.
type layer struct {
	path     string
	key      *seal.Key
	limits   geofile.Limits
	encoding string
	name     string
	shape    geofile.Shape
	fields   []geofile.Field
	index    map[string]int // of fields by name
	count    int64
	crs      *geo.CRS
	crsText  string
	inRange  bool // every first position could be degrees
}

func (l *layer) sniff(ctx context.Context, encoding string) error {
	file, err := seal.Open(l.path, l.key)
	if err != nil {
		return fmt.Errorf("open GeoJSON: %w", err)
	}
	defer func() { _ = file.Close() }()
	if info, err := file.Stat(); err != nil {
		return fmt.Errorf("open GeoJSON: %w", err)
	} else if info.Size() > l.limits.Bytes {
		return geofile.Refuse("GeoJSON 文件超过 %d MiB 的上限。", l.limits.Bytes>>20)
	}
	if canonical, ok := charset.Lookup(encoding); ok {
		l.encoding = canonical
		return nil
	}
	found, err := charset.Sniff(&geofile.ContextReader{Ctx: ctx, R: file})
	if err != nil {
		return fmt.Errorf("open GeoJSON: %w", err)
	}
	l.encoding = found.Encoding
	return nil
}

// feature is a feature before its parts are understood.
type feature struct {
	Geometry   json.RawMessage `json:"geometry"`
	Properties json.RawMessage `json:"properties"`
}

func (l *layer) learn(raw json.RawMessage) error {
	var f feature
	if json.Unmarshal(raw, &f) != nil {
		return nil // a fault of the row
	}
	l.shape = l.shape.With(shapeOf(f.Geometry))
	if x, y, _, ok := firstPosition(f.Geometry); ok && !(math.Abs(x) <= 360 && math.Abs(y) <= 360) {
		l.inRange = false
	}
	return eachProperty(f.Properties, func(name string, value json.RawMessage) error {
		i, there := l.index[name]
		if !there {
			if len(l.fields) >= maxFields {
				return geofile.Refuse("GeoJSON 超过 %d 个字段的上限。", maxFields)
			}
			i = len(l.fields)
			l.index[name] = i
			l.fields = append(l.fields, geofile.Field{Name: name})
		}
		l.fields[i].Kind = common(l.fields[i].Kind, kindOfValue(value))
		return nil
	})
}

func shapeOf(geometry json.RawMessage) geofile.Shape {
	var g struct {
		Type       string            `json:"type"`
		Geometries []json.RawMessage `json:"geometries"`
	}
	if json.Unmarshal(geometry, &g) != nil {
		return geofile.NoShape
	}
	switch g.Type {
	case "Point", "MultiPoint":
		return geofile.Points
	case "LineString", "MultiLineString":
		return geofile.Lines
	case "Polygon", "MultiPolygon":
		return geofile.Areas
	case "GeometryCollection":
		return geofile.Mixed
	}
	return geofile.NoShape
}

// eachProperty goes through the members of an object in their order.
func eachProperty(raw json.RawMessage, each func(name string, value json.RawMessage) error) error {
	d := json.NewDecoder(bytes.NewReader(raw))
	if token, err := d.Token(); err != nil || token != json.Delim('{') {
		return nil
	}
	for d.More() {
		token, err := d.Token()
		if err != nil {
			return nil
		}
		var value json.RawMessage
		if d.Decode(&value) != nil {
			return nil
		}
		if err := each(token.(string), value); err != nil {
			return err
		}
	}
	return nil
}

// kindOfValue is the kind of one value; "" for null.
func kindOfValue(raw json.RawMessage) geofile.Kind {
	switch raw[0] {
	case 'n':
		return ""
	case 't', 'f':
		return geofile.Boolean
	case '"':
		if len(raw) == len(`"2026-01-02"`) {
			if _, err := time.Parse(time.DateOnly, string(raw[1:len(raw)-1])); err == nil {
				return geofile.Date
			}
		}
		return geofile.Text
	case '{', '[':
		return geofile.Text
	}
	if !bytes.ContainsAny(raw, ".eE") {
		if _, err := strconv.ParseInt(string(raw), 10, 64); err != nil {
			return geofile.Text // an identifier of many digits
		}
		return geofile.Integer
	}
	return geofile.Real
}

// common is the kind that holds values of both.
func common(a, b geofile.Kind) geofile.Kind {
	switch {
	case a == "" || a == b:
		return b
	case b == "":
		return a
	case a == geofile.Integer && b == geofile.Real, a == geofile.Real && b == geofile.Integer:
		return geofile.Real
	}
	return geofile.Text
}

// head reads what stands beside the features.
func (l *layer) head(top members) {
	l.name = strings.TrimSuffix(filepath.Base(l.path), filepath.Ext(l.path))
	var name string
	if json.Unmarshal(top["name"], &name) == nil && name != "" && kindOf(top) == "FeatureCollection" {
		l.name = geofile.Shorten(name, 100)
	}
	l.crs, l.crsText = readCRS(top["crs"])
	if l.crs == nil && l.crsText == "" && l.inRange && l.count > 0 { // RFC 7946, clause 4
		c, _ := geo.NewCRS(geo.SRIDWGS84)
		l.crs = &c
	}
	var said []fieldText
	if json.Unmarshal(top["fields"], &said) == nil {
		l.takeFields(said)
	}
	for i := range l.fields {
		if l.fields[i].Kind == "" {
			l.fields[i].Kind = geofile.Text
		}
	}
}

// takeFields gives fields the names and kinds that Write put beside them, where
// the values agree.
func (l *layer) takeFields(said []fieldText) {
	for _, s := range said[:min(len(said), maxFields)] {
		i, there := l.index[s.Name]
		kind := geofile.Kind(s.Kind)
		if !there {
			if l.count > 0 {
				continue
			}
			l.index[s.Name] = len(l.fields)
			i = len(l.fields)
			l.fields = append(l.fields, geofile.Field{Name: s.Name})
		}
		f := &l.fields[i]
		f.Title, f.Unit, f.Note = geofile.Shorten(s.Title, 100), geofile.Shorten(s.Unit, 20), geofile.Shorten(s.Note, 500)
		known := slices.Contains([]geofile.Kind{geofile.Text, geofile.Integer, geofile.Real, geofile.Boolean, geofile.Date}, kind)
		if known && (f.Kind == "" || common(f.Kind, kind) == kind) {
			f.Kind = kind
		}
	}
}

// readCRS reads the member of the format's first version (clause 3 of GeoJSON 2008).
func readCRS(raw json.RawMessage) (*geo.CRS, string) {
	var said struct {
		Type       string `json:"type"`
		Properties struct {
			Name string `json:"name"`
			Href string `json:"href"`
			Code any    `json:"code"`
		} `json:"properties"`
	}
	if len(raw) == 0 || json.Unmarshal(raw, &said) != nil {
		return nil, ""
	}
	text := said.Properties.Name
	if text == "" {
		text = said.Properties.Href
	}
	if text == "" && said.Properties.Code != nil {
		text = fmt.Sprintf("EPSG:%v", said.Properties.Code)
	}
	if text == "" {
		return nil, ""
	}
	upper := strings.ToUpper(text)
	if strings.HasSuffix(upper, "CRS84") {
		c, _ := geo.NewCRS(geo.SRIDWGS84)
		return &c, text
	}
	if code, isURN := strings.CutPrefix(upper, "URN:OGC:DEF:CRS:EPSG:"); isURN {
		upper = "EPSG:" + code[strings.LastIndexByte(code, ':')+1:]
	}
	if c, err := geo.ParseCRS(upper); err == nil {
		return &c, text
	}
	if c, known, _, err := geo.ReadWKT(text); err == nil && known {
		return &c, text
	}
	return nil, text
}

func (l *layer) rows(ctx context.Context, find func(geofile.Finding), yield func(geofile.Row) error) error {
	meter := geofile.NewMeter(l.limits)
	number := int64(0)
	deep := false
	_, err := scan(ctx, l.path, l.key, l.encoding, l.limits, func(raw json.RawMessage) error {
		number++
		if err := meter.Row(); err != nil {
			return err
		}
		row := geofile.Row{Number: number, Values: make([]any, len(l.fields))}
		var f feature
		if json.Unmarshal(raw, &f) != nil {
			row.Fault = "要素不是 GeoJSON 对象。"
			return yield(row)
		}
		_, _, more, _ := firstPosition(f.Geometry)
		deep = deep || more
		row.Geometry, row.Fault = l.geometry(f.Geometry)
		if err := meter.Points(geofile.CountPoints(row.Geometry)); err != nil {
			return err
		}
		_ = eachProperty(f.Properties, func(name string, value json.RawMessage) error {
			if i, there := l.index[name]; there {
				row.Values[i] = read(value, l.fields[i].Kind)
			}
			return nil
		})
		return yield(row)
	})
	if err == nil && deep {
		find(geofile.Finding{Kind: "dimensions_dropped", Layer: l.name, Detail: "几何含高程（Z）或量测值（M），已舍去。"})
	}
	var refused *geofile.RefusedError
	if err != nil && !errors.As(err, &refused) && ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}

func (l *layer) geometry(raw json.RawMessage) (orb.Geometry, string) {
	if len(raw) == 0 || raw[0] == 'n' {
		return nil, ""
	}
	g, fault := geo.ReadGeoJSONGeometry(raw, geo.Limits{MaxPoints: l.limits.Points})
	switch {
	case fault != nil && fault.Kind == geo.Empty:
		return nil, ""
	case fault != nil:
		return nil, fault.Detail
	case geofile.CountPoints(g) == 0:
		return nil, ""
	}
	if c, ok := g.(orb.Collection); ok {
		if len(c) == 1 && geofile.ShapeOf(c[0]) != geofile.Mixed {
			return c[0], ""
		}
		return g, "几何集合（GeometryCollection）不能作为一个要素。"
	}
	return g, ""
}

// read is a value as the kind of its field has it.
func read(raw json.RawMessage, kind geofile.Kind) any {
	var text string
	switch raw[0] {
	case 'n':
		return nil
	case '"':
		if json.Unmarshal(raw, &text) != nil {
			return nil
		}
		if day, err := time.Parse(time.DateOnly, text); kind == geofile.Date && err == nil {
			return day
		}
		return text
	case '{', '[':
		var compact bytes.Buffer
		if json.Compact(&compact, raw) != nil {
			return nil
		}
		return compact.String()
	}
	switch kind {
	case geofile.Boolean:
		return raw[0] == 't'
	case geofile.Integer:
		n, _ := strconv.ParseInt(string(raw), 10, 64)
		return n
	case geofile.Real:
		v, err := strconv.ParseFloat(string(raw), 64)
		if err != nil {
			return nil
		}
		return v
	}
	return string(raw)
}

// firstPosition finds the first position of a geometry, and whether it has more
// than two numbers.
func firstPosition(raw json.RawMessage) (x, y float64, more, ok bool) {
	at := bytes.Index(raw, []byte(`"coordinates"`))
	if at < 0 {
		return 0, 0, false, false
	}
	rest := raw[at:]
	for i := 0; i < len(rest); i++ {
		if rest[i] != '[' {
			continue
		}
		next := bytes.TrimLeft(rest[i+1:], " \t\r\n")
		if len(next) == 0 || next[0] != '-' && (next[0] < '0' || next[0] > '9') {
			continue
		}
		position, _, _ := bytes.Cut(next, []byte("]"))
		numbers := bytes.SplitN(position, []byte(","), 4)
		if len(numbers) < 2 {
			return 0, 0, false, false
		}
		x, errX := strconv.ParseFloat(string(bytes.TrimSpace(numbers[0])), 64)
		y, errY := strconv.ParseFloat(string(bytes.TrimSpace(numbers[1])), 64)
		return x, y, len(numbers) > 2, errX == nil && errY == nil
	}
	return 0, 0, false, false
}
