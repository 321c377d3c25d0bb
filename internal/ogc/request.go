package ogc

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/cql"
	"github.com/lianpian/lianpian/internal/geo"
)

// How many features a page has.
const (
	DefaultLimit = 1_000
	MaxLimit     = 10_000
)

// InvalidError says which parameter of a request is wrong, in both languages.
type InvalidError struct {
	Parameter        string
	Chinese, English string
}

func (e *InvalidError) Error() string { return "parameter " + e.Parameter + ": " + e.English }

func invalid(parameter, chinese, english string) error {
	return &InvalidError{parameter, chinese, english}
}

// Request asks for features of a collection.
type Request struct {
	District string
	Layer    Layer
	ID       string // one feature; "" is a page of them
	Scenario string // code; "" is the main one

	Limit    int
	CRS      CRS
	chosen   []Property // that are told
	cursor   []any      // the keys of the last feature before
	area     orb.Geometry
	from, to *time.Time
	timed    bool
	filters  []*cql.Filter
}

// Parameters that the items of a layer take, besides the names of its properties.
var itemsParameters = []string{"f", "limit", "bbox", "bbox-crs", "crs", "datetime", "properties", "filter", "filter-lang", "filter-crs", "cursor"}

// ParseItems reads the query of a request for features. Errors are *InvalidError.
func ParseItems(district string, l Layer, q url.Values) (Request, error) {
	r := Request{District: district, Layer: l, Limit: DefaultLimit}
	for name, values := range q {
		_, property := l.Property(name)
		if !slices.Contains(itemsParameters, name) && !property && !(name == "scenario" && l.Scenario) {
			return r, UnknownParameter(name)
		}
		if len(values) > 1 {
			return r, invalid(name, "参数只能出现一次", "the parameter may be given only once")
		}
		if !utf8.ValidString(values[0]) || strings.ContainsRune(values[0], 0) {
			return r, invalid(name, "含有不能识别的字符", "some characters can't be read")
		}
	}
	for _, read := range []func(url.Values) error{r.readCommon, r.readLimit, r.readBox, r.readTime, r.readFilters, r.readCursor} {
		if err := read(q); err != nil {
			return r, err
		}
	}
	return r, nil
}

// ParseItem reads the query of a request for one feature.
func ParseItem(district string, l Layer, id string, q url.Values) (Request, error) {
	r := Request{District: district, Layer: l, ID: id, Limit: 1}
	for name := range q {
		if name != "f" && name != "crs" && name != "properties" && !(name == "scenario" && l.Scenario) {
			return r, UnknownParameter(name)
		}
	}
	if !utf8.ValidString(id) || strings.ContainsRune(id, 0) {
		r.ID = "\uFFFD" // which no feature has
	}
	return r, r.readCommon(q)
}

// UnknownParameter refuses a parameter that a resource does not have.
func UnknownParameter(name string) error {
	return invalid(name, "没有这个参数", "there is no such parameter here")
}

func (r *Request) readCommon(q url.Values) error {
	var ok bool
	if r.CRS, ok = ParseCRS(q.Get("crs")); !ok {
		return unknownSystem("crs")
	}
	r.chosen = r.Layer.Properties
	if q.Has("properties") {
		r.chosen = nil
		for name := range strings.SplitSeq(q.Get("properties"), ",") {
			p, known := r.Layer.Property(name)
			if !known && name != "" {
				return invalid("properties", "没有属性“"+shortened(name)+"”", "there is no property "+shortened(name))
			}
			if known {
				r.chosen = append(r.chosen, p)
			}
		}
	}
	scenario := q.Get("scenario") // before property filters: the parameter is the scenario's code
	if !r.Layer.Scenario {
		return nil
	}
	if len(scenario) > 100 || !utf8.ValidString(scenario) || strings.ContainsRune(scenario, 0) {
		return invalid("scenario", "没有这个方案", "there is no such scenario")
	}
	r.Scenario = scenario
	return nil
}

func shortened(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}

func unknownSystem(parameter string) error {
	return invalid(parameter, "不支持这个坐标系，可用的列在集合的 crs 中", "this coordinate reference system is not supported; the collection's crs lists those that are")
}

func (r *Request) readLimit(q url.Values) error {
	if !q.Has("limit") {
		return nil
	}
	n, err := strconv.Atoi(q.Get("limit"))
	if err != nil || n < 1 {
		return invalid("limit", fmt.Sprintf("应为 1 到 %d 的整数", MaxLimit), fmt.Sprintf("it has to be a whole number from 1 to %d", MaxLimit))
	}
	r.Limit = min(n, MaxLimit)
	return nil
}

func (r *Request) readBox(q url.Values) error {
	system, ok := ParseCRS(q.Get("bbox-crs"))
	if !ok {
		return unknownSystem("bbox-crs")
	}
	if !q.Has("bbox") {
		return nil
	}
	wrong := invalid("bbox", "应为四个数：最小两轴，最大两轴", "it has to be four numbers: the least of both axes, then the greatest")
	var v []float64
	for part := range strings.SplitSeq(q.Get("bbox"), ",") {
		n, err := strconv.ParseFloat(strings.TrimSpace(part), 64)
		if err != nil || math.IsNaN(n) || math.IsInf(n, 0) || len(v) == 6 {
			return wrong
		}
		v = append(v, n)
	}
	if len(v) == 6 { // with heights
		v = []float64{v[0], v[1], v[3], v[4]}
	}
	if len(v) != 4 {
		return wrong
	}
	if !system.Geographic() {
		if v[0] > v[2] || v[1] > v[3] {
			return wrong
		}
		shape := cql.Rectangle([4]float64(v), system.point())
		if fault := geo.Check(shape, geo.Limits{}); fault != nil {
			return invalid("bbox", "范围超出坐标系的适用区域或面积为零", "the box is empty or too large for this coordinate reference system")
		}
		r.area = shape
		return nil
	}
	if system.turned {
		v = []float64{v[1], v[0], v[3], v[2]}
	}
	if v[1] > v[3] {
		return wrong
	}
	r.area = degreesBox(v)
	return nil
}

// degreesBox is a box in longitude/latitude, cut to the earth; one that begins
// east of its end goes over the antimeridian. One without area is a sliver.
func degreesBox(v []float64) orb.Geometry {
	const sliver = 1e-9
	hold := func(n, limit float64) float64 { return max(-limit, min(limit, n)) }
	box := func(west, east float64) orb.Polygon {
		b := orb.Bound{
			Min: orb.Point{hold(west, 180), hold(v[1], 90)},
			Max: orb.Point{hold(east, 180), hold(v[3], 90)},
		}
		if b.Min[0] == b.Max[0] || b.Min[1] == b.Max[1] {
			b = b.Pad(sliver)
		}
		return b.ToPolygon()
	}
	if v[0] > v[2] {
		return orb.MultiPolygon{box(v[0], 180), box(-180, v[2])}
	}
	return box(v[0], v[2])
}

func (r *Request) readTime(q url.Values) error {
	if !q.Has("datetime") {
		return nil
	}
	wrong := invalid("datetime", "应为 RFC 3339 的时刻或时段，如 2024-05-01T00:00:00Z/..", "it has to be a time or an interval of RFC 3339, such as 2024-05-01T00:00:00Z/..")
	first, second, stretch := strings.Cut(q.Get("datetime"), "/")
	from, to, ok := instant(first, stretch)
	if !ok {
		return wrong
	}
	if stretch {
		if _, to, ok = instant(second, true); !ok || from == nil && to == nil && (first != second || first == "") && first+second != ".." && first+second != "...." {
			return wrong
		}
	}
	if from != nil && to != nil && to.Before(*from) {
		return wrong
	}
	r.timed, r.from, r.to = true, from, to
	return nil
}

// instant reads one end of a stretch of time: its first and its last moment; a
// day has both. Open ends are nil.
func instant(text string, mayBeOpen bool) (from, to *time.Time, ok bool) {
	if mayBeOpen && (text == "" || text == "..") {
		return nil, nil, true
	}
	if t, err := time.Parse(time.RFC3339Nano, text); err == nil && t.Year() >= 1 && t.Year() <= 9999 {
		return &t, &t, true
	}
	if t, err := time.Parse(time.DateOnly, text); err == nil && t.Year() >= 1 {
		end := t.AddDate(0, 0, 1).Add(-time.Microsecond)
		return &t, &end, true
	}
	return nil, nil, false
}

func (r *Request) readFilters(q url.Values) error {
	lang := q.Get("filter-lang")
	if lang != "" && lang != "cql2-text" && lang != "cql-text" {
		return invalid("filter-lang", "只支持 cql2-text", "only cql2-text is supported")
	}
	system, ok := ParseCRS(q.Get("filter-crs"))
	if !ok {
		return unknownSystem("filter-crs")
	}
	if q.Has("filter") {
		schema := cql.Schema{Properties: r.Layer.queryables(), Point: system.point(), Lenient: lang == "cql-text"}
		f, err := cql.Parse(q.Get("filter"), schema)
		if err != nil {
			return faultyFilter("filter", err)
		}
		r.filters = append(r.filters, f)
	}
	for _, p := range r.Layer.Properties {
		if !q.Has(p.Name) || p.Name == "scenario" {
			continue
		}
		f, err := cql.Equal(p.queryable(), q.Get(p.Name))
		if err != nil {
			return faultyFilter(p.Name, err)
		}
		r.filters = append(r.filters, f)
	}
	return nil
}

func faultyFilter(parameter string, err error) error {
	if fault, is := err.(*cql.Error); is { //nolint:errorlint // it is returned as it is
		return invalid(parameter, fmt.Sprintf("%s（第 %d 字节）", fault.Chinese, fault.At), fmt.Sprintf("%s (at byte %d)", fault.Detail, fault.At))
	}
	return err
}

// The cursor of a page is the keys of the feature before it. Whoever makes one
// up sees nothing but other pages of what they may see.
func (r *Request) readCursor(q url.Values) error {
	if !q.Has("cursor") {
		return nil
	}
	wrong := invalid("cursor", "游标无效，请从第一页重新开始", "the cursor is not valid; begin with the first page again")
	text, err := base64.RawURLEncoding.DecodeString(q.Get("cursor"))
	if err != nil {
		return wrong
	}
	var parts []json.RawMessage
	if json.Unmarshal(text, &parts) != nil || len(parts) != len(r.Layer.keys) {
		return wrong
	}
	for i, k := range r.Layer.keys {
		if k.sqlType == "bigint" {
			var n int64
			if json.Unmarshal(parts[i], &n) != nil {
				return wrong
			}
			r.cursor = append(r.cursor, n)
			continue
		}
		var s string
		if json.Unmarshal(parts[i], &s) != nil || strings.ContainsRune(s, 0) {
			return wrong
		}
		r.cursor = append(r.cursor, s)
	}
	return nil
}

func cursorOf(keys []any) string {
	text, err := json.Marshal(keys)
	if err != nil {
		panic(err) // numbers and texts
	}
	return base64.RawURLEncoding.EncodeToString(text)
}
