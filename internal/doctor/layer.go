package doctor

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"

	"github.com/lianpian/lianpian/internal/geo"
	"github.com/lianpian/lianpian/internal/geofile"
	"github.com/lianpian/lianpian/internal/importer"
	"github.com/lianpian/lianpian/internal/registry"
)

const (
	maxListed   = 100  // rows of a kind that a diagnosis lists
	maxExamples = 20   // of a fault
	shownGiven  = 1000 // first rows that are also kept as the file has them
)

// layerWork is a layer of the file on its way into the register.
type layerWork struct {
	at      int // position in the file
	source  geofile.Source
	profile profile
	decided LayerDecision
	target  registry.ImportLayer // its Name is "" where the layer is left out
	ref     reference
	move    func(orb.Point) orb.Point // nil: no shift
	region  region
	fields  map[string]int // field of the register → column
	reading importer.Reading
	names   *importer.Names
	known   map[string]bool // codes of communities
	types   func(given, name string, texts map[string]string) []string
	check   func(registry.ImportRow) *registry.InvalidError

	diag    LayerDiagnosis
	faults  map[string]*GeometryFault
	seen    map[string]int64 // code, or shape and name, to the number of its first row
	slips   map[float64][]importer.Example
	looked  int
	untyped int64
}

// staged is a row of the file as it would be imported.
type staged struct {
	ord, number  int64
	shape, given orb.Geometry
	cells        map[string]string
	code, name   string
	fault        string
	outside      bool
	repairs      []string
	how          string // file: it repeats an earlier row
	matchCode    string
	action       string
}

// row makes a row ready. The shape may still have to be mended: fitted says so.
func (w *layerWork) row(r geofile.Row, ord int64) (staged, fitted) {
	s := staged{ord: ord, number: r.Number, cells: map[string]string{}, action: "insert"}
	var f fitted
	switch {
	case r.Fault != "":
		f.refuse("unreadable", r.Fault)
	case r.Geometry == nil:
		if !w.target.Bare {
			f.refuse("empty", "没有图形")
		}
	case !finite(r.Geometry):
		f.refuse("not_finite", "坐标里有不是数字的值")
	default:
		placed := geofile.Transform(r.Geometry, w.ref.lonLat)
		s.given = placed
		if w.move != nil {
			placed = geofile.Transform(placed, w.move)
		}
		f = fit(placed, w.target.Shapes)
	}
	for field, column := range w.fields {
		if column < len(r.Values) {
			if text := cellText(r.Values[column]); text != "" {
				s.cells[field] = text
			}
		}
	}
	w.labels(&s, r)
	return s, f
}

// labels finds what names a row for people.
func (w *layerWork) labels(s *staged, r geofile.Row) {
	if v := w.reading.ReadValue("code", s.cells["code"]); v.Is != nil {
		s.code, _ = v.Is.(string)
	}
	if known := storedLayers[w.target.Name].code; known != "" {
		if v := w.reading.ReadValue(known, s.cells[known]); v.Is != nil {
			s.code, _ = v.Is.(string)
		}
	}
	if v := w.reading.ReadValue("name", s.cells["name"]); v.Is != nil {
		s.name, _ = v.Is.(string)
	}
	if w.target.Name == "facilities" && s.cells["facility_type"] == "" {
		w.typed(s, r)
	}
}

// typed finds the type of a facility among the other texts of its row.
func (w *layerWork) typed(s *staged, r geofile.Row) {
	texts := map[string]string{}
	for i, f := range w.source.Fields {
		if i < len(r.Values) && !importer.Personal(f.Name) {
			texts[f.Name] = cellText(r.Values[i])
		}
	}
	switch types := w.types("", s.name, texts); {
	case len(types) > 0:
		s.cells["facility_type"] = strings.Join(types, "、")
	case w.decided.Type != "":
		s.cells["facility_type"] = w.decided.Type
	default:
		w.untyped++
	}
}

// settle looks at a row whose shape is final: its place, values and twins.
func (w *layerWork) settle(s *staged, f fitted) {
	s.shape, s.fault, s.repairs = f.shape, f.fault, f.repairs
	w.count(s, f)
	if s.given != nil && (s.ord >= shownGiven || w.move == nil && len(f.repairs) == 0 && f.fault == "") {
		s.given = nil
	}
	if s.fault == "" && s.shape != nil {
		w.locate(s)
	}
	if s.fault == "" && !s.outside {
		w.values(s)
	}
	if s.fault == "" && !s.outside {
		w.twin(s)
	}
	switch {
	case s.fault != "" || s.outside:
		s.action = "refuse"
		w.refused(s)
	case s.how == "file":
		s.action = "skip"
	}
}

func (w *layerWork) refused(s *staged) {
	if s.fault != "" && len(w.diag.Refused) < maxListed {
		w.diag.Refused = append(w.diag.Refused, importer.RefusedRow{Row: s.number, Reason: s.fault, Value: s.name})
	}
}

// count notes the faults of a shape.
func (w *layerWork) count(s *staged, f fitted) {
	kinds := f.repairs
	if f.fault != "" {
		kinds = []string{f.kind}
	}
	for _, kind := range kinds {
		g := w.faults[kind]
		if g == nil {
			known := shapeFaults[kind]
			g = &GeometryFault{Kind: kind, Detail: known.detail, Repair: known.repair}
			if f.fault != "" {
				g.Detail, g.Repair = strings.TrimSuffix(f.fault, "。"), ""
			}
			g.Severity = geofile.Warning
			if g.Repair == "" {
				g.Severity = geofile.Error
			}
			w.faults[kind] = g
		}
		g.Count++
		example := FaultyExample{Row: s.number, Before: f.fault}
		if f.cross != nil {
			at := f.cross.At
			example.At, example.Before = &at, importer.Sentence(f.cross)
		} else if s.given != nil {
			if at, ok := somewhere(s.given); ok && lonLatLike(at) {
				example.At = &at
			}
		}
		if f.fault == "" && s.shape != nil && f.before != nil {
			before, after := geo.Area(f.before), geo.Area(s.shape)
			g.AreaBefore, g.AreaAfter = g.AreaBefore+before, g.AreaAfter+after
			example.Before = strings.TrimPrefix(example.Before+fmt.Sprintf("，%.1f 平方米", before), "，")
			example.After = fmt.Sprintf("%.1f 平方米", after)
		}
		if len(g.Examples) < maxExamples {
			g.Examples = append(g.Examples, example)
		}
	}
}

func lonLatLike(p orb.Point) bool { return math.Abs(p[0]) <= 180 && math.Abs(p[1]) <= 90 }

// locate tells whether a row lies in the person's part of the district.
func (w *layerWork) locate(s *staged) {
	far := math.Inf(1)
	if w.target.Base { // lines of the base map run on beyond the boundary
		eachPoint(s.shape, func(p orb.Point) bool {
			if w.region.bound.Contains(p) {
				far = 0
			}
			return far > 0
		})
		if far > 0 {
			p, _ := somewhere(s.shape)
			far = w.region.beyond(p)
		}
	} else {
		far = w.region.beyond(middle(s.shape))
	}
	if far <= marginM {
		return
	}
	s.outside = true
	o := &w.diag.Outside
	o.Count++
	o.Farthest = math.Round(math.Max(o.Farthest, far))
	if len(o.Rows) < maxListed {
		o.Rows = append(o.Rows, s.number)
	}
}

// middle is a point that stands for the place of a shape.
func middle(g orb.Geometry) orb.Point {
	if p, ok := g.(orb.Point); ok {
		return p
	}
	// Of a bow-tie, whose halves cancel out, there is no centroid, or one far away.
	if p, _ := planar.CentroidArea(g); g.Bound().Contains(p) {
		return p
	}
	return g.Bound().Center()
}

// values reads the cells of a row as the register's values.
func (w *layerWork) values(s *staged) {
	row, fault := w.importRow(s, w.noted(s))
	if fault != "" {
		s.fault = fault
		return
	}
	if wrong := w.check(row); wrong != nil {
		s.fault = wrong.Detail
		if title := fieldTitle(w.target, wrong.Field); title != "" && !strings.Contains(s.fault, title) {
			s.fault = title + "：" + s.fault
		}
		return
	}
	w.doubtArea(s, row)
}

// noted lists how a value of a row was read.
func (w *layerWork) noted(s *staged) func(field, text, read string) {
	return func(field, text, read string) {
		w.diag.ValueCount++
		if len(w.diag.Values) < maxListed {
			w.diag.Values = append(w.diag.Values, importer.Repair{
				Row: s.number, What: fieldTitle(w.target, field), Before: geofile.Shorten(text, 60), After: geofile.Shorten(read, 60),
			})
		}
	}
}

// importRow is a staged row as the register takes it. note is told of values that
// are read as something else than they stand there; fault is why it cannot be
// taken.
func (w *layerWork) importRow(s *staged, note func(field, text, read string)) (row registry.ImportRow, fault string) {
	row = registry.ImportRow{Number: s.number, Geometry: s.shape, Values: map[string]any{}}
	for _, f := range w.target.Fields {
		text, given := s.cells[f.Name]
		if !given {
			continue
		}
		v := w.reading.ReadValue(f.Name, text)
		switch {
		case v.Fault != "" && w.spares(f.Name):
			note(f.Name, text, "看不懂，留空："+v.Fault)
			continue
		case v.Fault != "":
			return row, fmt.Sprintf("%s“%s”%s", f.Title, geofile.Shorten(text, 40), v.Fault)
		case v.Read != "":
			note(f.Name, text, v.Read)
		}
		if v.Is != nil {
			row.Values[f.Name] = v.Is
		}
	}
	return row, w.references(row, note)
}

// spares tells whether a value that cannot be read costs only itself. A footprint
// is worth having without its year; a community without its own would be judged by
// less than the file says, and is refused for people to look at.
func (w *layerWork) spares(field string) bool {
	switch field {
	case "built_year", "storeys", "height_m":
		return w.target.Name == "buildings"
	case "year", "available_from", "level":
		return true
	}
	return false
}

// references finds the codes of what a row names.
func (w *layerWork) references(row registry.ImportRow, note func(field, text, read string)) string {
	subdistrict := ""
	if name, ok := row.Values["subdistrict_code"].(string); ok {
		code, known := w.names.Subdistrict(name)
		if !known {
			return fmt.Sprintf("镇街“%s”不在%s", geofile.Shorten(name, 40), w.region.name)
		}
		if w.region.own != nil && !slices.Contains(w.region.own, code) {
			return fmt.Sprintf("镇街“%s”不在您的管辖范围内", geofile.Shorten(name, 40))
		}
		subdistrict = code
		row.Values["subdistrict_code"] = code
	}
	if name, ok := row.Values["neighborhood_code"].(string); ok {
		code, known := w.names.Neighborhood(name, subdistrict)
		if known {
			row.Values["neighborhood_code"] = code
		} else {
			delete(row.Values, "neighborhood_code")
			note("neighborhood_code", name, "本区没有登记，暂不关联")
		}
	}
	if code, ok := row.Values["community_code"].(string); ok && !w.known[code] {
		delete(row.Values, "community_code")
		note("community_code", code, "没有这个小区，改按位置关联")
	}
	if given, ok := row.Values["facility_type"].(string); ok && w.target.Name == "facilities" {
		types := w.typesOf(given)
		if len(types) == 0 {
			return fmt.Sprintf("设施类型“%s”不认识", geofile.Shorten(given, 40))
		}
		row.Values["facility_type"] = types[0]
	}
	return ""
}

// typesOf are the types that a text names, one or several.
func (w *layerWork) typesOf(given string) []string {
	if types := w.types(given, "", nil); len(types) > 0 {
		return types
	}
	var out []string
	for _, part := range strings.FieldsFunc(given, func(r rune) bool { return strings.ContainsRune("、,，;；|/", r) }) {
		out = append(out, w.types(part, "", nil)...)
	}
	return out
}

// twin finds an earlier row of the file for the same thing.
func (w *layerWork) twin(s *staged) {
	key := ""
	switch {
	case s.code != "":
		key = "code " + s.code
		if w.target.Name == "facilities" {
			key += " " + s.cells["facility_type"]
		}
	case w.target.Name == "zones" || w.target.Name == "neighborhoods":
		key = "name " + s.name + "/" + s.cells["subdistrict_code"]
	default:
		key = "shape " + shapeKey(s.shape) + s.name + s.cells["facility_type"]
		if s.shape == nil {
			key = "name " + s.name + "/" + s.cells["subdistrict_code"]
		}
	}
	first, taken := w.seen[key]
	if !taken {
		w.seen[key] = s.number
		return
	}
	s.how, s.matchCode = "file", fmt.Sprint(first)
	w.diag.Duplicates.InFile++
	if len(w.diag.Duplicates.Examples) < maxListed {
		w.diag.Duplicates.Examples = append(w.diag.Duplicates.Examples, DuplicatePair{
			Row: s.number, Name: s.name, Code: fmt.Sprint(first), How: "file", Share: 1, Action: "skip",
		})
	}
}

// shapeKey tells shapes apart to about a centimetre.
func shapeKey(g orb.Geometry) string {
	var b strings.Builder
	eachPoint(g, func(p orb.Point) bool {
		fmt.Fprintf(&b, "%x %x ", int64(math.Round(p[0]*1e7)), int64(math.Round(p[1]*1e7)))
		return true
	})
	return importer.ShortHash(b.String())
}
