package demo_test

import (
	"encoding/json"
	"io"
	"io/fs"
	"math"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/peterstace/simplefeatures/geom"

	"github.com/lianpian/lianpian/demo"
)

// feature is a row as a loader sees it.
type feature struct {
	props map[string]any
	shape geom.Geometry
}

func (f feature) text(key string) string {
	s, _ := f.props[key].(string)
	return s
}

func (f feature) number(key string) float64 {
	n, _ := f.props[key].(float64)
	return n
}

func (f feature) list(key string) []string {
	var out []string
	all, _ := f.props[key].([]any)
	for _, v := range all {
		out = append(out, v.(string))
	}
	return out
}

func (f feature) generated(key string) bool { return slices.Contains(f.list("generated"), key) }

func load(t *testing.T, table string) []feature {
	t.Helper()
	r, err := demo.Open(table)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	body, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Name     string
		Features []struct {
			Properties map[string]any
			Geometry   json.RawMessage
		}
	}
	if err := json.Unmarshal(body, &file); err != nil {
		t.Fatalf("%s: %v", table, err)
	}
	if file.Name != table {
		t.Errorf("the collection in %s is named %q", table, file.Name)
	}
	var out []feature
	for _, f := range file.Features {
		g, err := geom.UnmarshalGeoJSON(f.Geometry) // validates
		if err != nil {
			t.Errorf("%s %v: invalid shape: %v", table, f.Properties["source_ref"], err)
			continue
		}
		out = append(out, feature{f.Properties, g})
	}
	return out
}

func TestEveryTableHasRowsOfItsGeometry(t *testing.T) {
	want := map[string]struct {
		kind     geom.GeometryType
		min, max int
	}{
		"district":     {geom.TypeMultiPolygon, 1, 1},
		"subdistrict":  {geom.TypeMultiPolygon, 4, 12},
		"neighborhood": {geom.TypeMultiPolygon, 10, 30},
		"community":    {geom.TypeMultiPolygon, 60, 120},
		"building":     {geom.TypeMultiPolygon, 1400, 1700},
		"facility":     {geom.TypePoint, 300, 400},
		"road":         {geom.TypeLineString, 900, 1300},
		"waterway":     {geom.TypeLineString, 3, 20},
		"railway":      {geom.TypeLineString, 5, 60},
		"water":        {geom.TypeMultiPolygon, 5, 60},
		"land_use":     {geom.TypeMultiPolygon, 50, 150},
		"green":        {geom.TypeMultiPolygon, 50, 120},
		"place":        {geom.TypePoint, 2, 20},
		"admin_area":   {geom.TypeMultiPolygon, 3, 4},
	}
	if len(want) != len(demo.Tables()) {
		t.Errorf("%d tables, want %d", len(demo.Tables()), len(want))
	}
	for _, table := range demo.Tables() {
		w := want[table]
		rows := load(t, table)
		if len(rows) < w.min || len(rows) > w.max {
			t.Errorf("%s has %d rows, want %d to %d", table, len(rows), w.min, w.max)
		}
		for _, f := range rows {
			if f.shape.Type() != w.kind || f.shape.IsEmpty() {
				t.Errorf("%s %s is a %s, want %s", table, f.text("source_ref"), f.shape.Type(), w.kind)
			}
		}
	}
}

func TestEveryShapeLiesInTheDistrict(t *testing.T) {
	lo, hi, _ := load(t, "district")[0].shape.Envelope().MinMaxXYs()
	for _, table := range demo.Tables() {
		margin := 1e-7
		if table == "building" {
			margin = 0.002 // footprints on the edge stand out, their middle does not
		}
		for _, f := range load(t, table) {
			a, b, ok := f.shape.Envelope().MinMaxXYs()
			if !ok || a.X < lo.X-margin || a.Y < lo.Y-margin || b.X > hi.X+margin || b.Y > hi.Y+margin {
				t.Errorf("%s %s lies outside: %v %v", table, f.text("source_ref"), a, b)
			}
		}
	}
}

func TestEveryRowSaysWhereItIsFrom(t *testing.T) {
	ref := regexp.MustCompile(`^(osm:[nwr][0-9]+(/[0-9]+)?|demo:[\w.-]+)$`)
	for _, table := range demo.Tables() {
		seen := map[string]bool{}
		for _, f := range load(t, table) {
			r := f.text("source_ref")
			if !ref.MatchString(r) {
				t.Errorf("%s has the reference %q", table, r)
			}
			key := r + f.text("facility_type")
			if seen[key] {
				t.Errorf("%s has %s twice", table, r)
			}
			seen[key] = true
			want := "openstreetmap"
			if strings.HasPrefix(r, "demo:") {
				want = "generated"
			}
			if f.text("source") != want {
				t.Errorf("%s %s has the source %q, want %q", table, r, f.text("source"), want)
			}
			if _, ok := f.props["generated"].([]any); !ok {
				t.Errorf("%s %s does not say what is generated", table, r)
			}
		}
	}
}

// What no map knows must be marked wherever it has a value; what is from the
// map must not.
func TestGeneratedFieldsAreMarked(t *testing.T) {
	always := map[string][]string{
		"subdistrict":  {"code", "name"},
		"neighborhood": {"code", "name"},
		"community": {
			"built_year", "households", "building_count", "floor_area_m2", "management_mode", "neglected",
			"municipal_missing", "service_missing", "households_agreed", "floor_area_agreed_m2", "prior_works",
			"in_shantytown_plan", "demolish_rebuild", "self_built_majority", "urban_village", "poor_conditions", "unit_kind",
			"address", "neighborhood_code", "subdistrict_code",
		},
		"building": {"storeys", "households", "built_year", "floor_area_m2"},
	}
	shape := map[string]string{"community": "geometry", "building": "geometry", "facility": "location"}
	for table, columns := range always {
		for _, f := range load(t, table) {
			for _, c := range columns {
				if _, given := f.props[c]; given != f.generated(c) {
					t.Errorf("%s %s: %s given %v, marked %v", table, f.text("code"), c, given, f.generated(c))
				}
			}
		}
	}
	for table, mark := range shape {
		for _, f := range load(t, table) {
			if made := f.text("source") == "generated"; made != f.generated(mark) {
				t.Errorf("%s %s: shape generated %v, marked %v", table, f.text("code"), made, f.generated(mark))
			}
			if f.generated("height_m") {
				t.Errorf("%s %s: heights are only taken from the map", table, f.text("code"))
			}
			for _, g := range f.list("generated") {
				if _, given := f.props[g]; !given && g != mark {
					t.Errorf("%s %s: %s is marked but not given", table, f.text("code"), g)
				}
			}
		}
	}
	for _, f := range load(t, "community") {
		if f.generated("name") != strings.HasPrefix(f.text("name"), "演示小区") {
			t.Errorf("community %s: the name %s is not marked as what it is", f.text("code"), f.text("name"))
		}
	}
	for _, f := range load(t, "facility") {
		if f.generated("name") != strings.HasPrefix(f.text("name"), "演示") {
			t.Errorf("facility %s: the name %s is not marked as what it is", f.text("code"), f.text("name"))
		}
	}
}

func TestCommunitiesAddUpToTheirBuildings(t *testing.T) {
	type sum struct{ buildings, households, area float64 }
	sums := map[string]sum{}
	for _, b := range load(t, "building") {
		s := sums[b.text("community_code")]
		s.buildings++
		s.households += b.number("households")
		s.area += b.number("floor_area_m2")
		sums[b.text("community_code")] = s
		if (b.number("households") > 0) != (b.text("use") == "residential") {
			t.Errorf("building %s for %q has %v households", b.text("code"), b.text("use"), b.number("households"))
		}
	}
	for _, c := range load(t, "community") {
		got := sum{c.number("building_count"), c.number("households"), c.number("floor_area_m2")}
		if got != sums[c.text("code")] {
			t.Errorf("community %s says %v, its buildings %v", c.text("code"), got, sums[c.text("code")])
		}
		if c.number("households") < 20 || c.number("households") > 2000 {
			t.Errorf("community %s has %v households", c.text("code"), c.number("households"))
		}
		if c.number("households_agreed") > c.number("households") || c.number("floor_area_agreed_m2") > c.number("floor_area_m2") {
			t.Errorf("community %s: more agree than there are", c.text("code"))
		}
	}
}

func TestCodesPointAtRows(t *testing.T) {
	codes := map[string]map[string]bool{}
	for _, table := range []string{"subdistrict", "neighborhood", "community", "building", "facility"} {
		codes[table] = map[string]bool{}
		for _, f := range load(t, table) {
			c := f.text("code")
			if c == "" || codes[table][c] {
				t.Errorf("%s: code %q is empty or there twice", table, c)
			}
			codes[table][c] = true
		}
	}
	for _, link := range []struct {
		from, column, to string
		required         bool
	}{
		{"neighborhood", "subdistrict_code", "subdistrict", true},
		{"community", "subdistrict_code", "subdistrict", true},
		{"community", "neighborhood_code", "neighborhood", true},
		{"building", "subdistrict_code", "subdistrict", true},
		{"building", "community_code", "community", false},
	} {
		for _, f := range load(t, link.from) {
			c, given := f.props[link.column].(string)
			if given && !codes[link.to][c] || !given && link.required {
				t.Errorf("%s %s: %s is %q", link.from, f.text("code"), link.column, c)
			}
		}
	}
}

// square metres of a small shape in degrees, good enough to find overlaps.
func squareMetres(g geom.Geometry) float64 {
	return g.Area() * 111320 * 111320 * math.Cos(31.24*math.Pi/180)
}

func TestCommunitiesDoNotOverlap(t *testing.T) {
	all := load(t, "community")
	for i, a := range all {
		for _, b := range all[i+1:] {
			if !geom.Intersects(a.shape, b.shape) {
				continue
			}
			g, err := geom.Intersection(a.shape, b.shape)
			if err != nil {
				t.Fatal(err)
			}
			if m2 := squareMetres(g); m2 > 0.5 {
				t.Errorf("%s and %s overlap by %.1f m²", a.text("name"), b.text("name"), m2)
			}
		}
		at := a.props["location"].([]any)
		p := geom.NewPointXY(at[0].(float64), at[1].(float64)).AsGeometry()
		if !geom.Intersects(a.shape, p) {
			t.Errorf("the location of %s is outside of it", a.text("name"))
		}
	}
}

func TestSubdistrictsFillTheDistrict(t *testing.T) {
	district := load(t, "district")[0].shape
	for _, table := range []string{"subdistrict", "admin_area"} {
		var sum float64
		var shapes []geom.Geometry
		for _, s := range load(t, table) {
			sum += squareMetres(s.shape)
			shapes = append(shapes, s.shape)
		}
		all, err := geom.UnionMany(shapes)
		if err != nil {
			t.Fatal(err)
		}
		if overlap := sum - squareMetres(all); math.Abs(overlap) > 0.5 {
			t.Errorf("%s: parts overlap by %.2f m²", table, overlap)
		}
		if gap := squareMetres(district) - squareMetres(all); math.Abs(gap) > 0.5 {
			t.Errorf("%s: %.2f m² of the district belong to no part", table, gap)
		}
	}
}

// A sliver is a part that is thin for its length; tile edges would leave them.
func TestNoSliversAtTileEdges(t *testing.T) {
	for _, table := range []string{"community", "building", "water", "land_use", "green", "subdistrict"} {
		for _, f := range load(t, table) {
			mp := f.shape.MustAsMultiPolygon()
			for i := range mp.NumPolygons() {
				part := mp.PolygonN(i).AsGeometry()
				m2 := squareMetres(part)
				width := 2 * m2 / (part.Boundary().Length() * 100000)
				if m2 < 1 || width < 0.15 {
					t.Errorf("%s %s has a sliver of %.2f m², %.2f m wide", table, f.text("source_ref"), m2, width)
				}
			}
		}
	}
}

func TestUndergroundRailwaysAreTunnels(t *testing.T) {
	for _, f := range load(t, "railway") {
		if f.text("class") == "subway" && f.props["tunnel"] != true {
			t.Errorf("%s %s would be drawn on the surface", f.text("source_ref"), f.text("name"))
		}
	}
}

// The demo must show every verdict: enough communities of each kind.
func TestFactsAreAHealthyMix(t *testing.T) {
	counts := map[string]int{}
	for _, c := range load(t, "community") {
		year, dated := c.props["built_year"].(float64)
		switch {
		case !dated:
			counts["year unknown"]++
		case year < 2000:
			counts["before 2000"]++
		case year == 2000:
			counts["2000"]++
		default:
			counts["after 2000"]++
		}
		if _, asked := c.props["households_agreed"]; !asked {
			counts["consent unknown"]++
		} else if c.number("households_agreed")*2 <= c.number("households") {
			counts["consent below half"]++
		}
		if slices.Contains(c.list("service_missing"), "health_station") {
			counts["no health station"]++
		}
		if c.text("prior_works") == "full" {
			counts["fully renovated"]++
		}
		for _, k := range []string{"in_shantytown_plan", "demolish_rebuild", "self_built_majority", "urban_village"} {
			if c.props[k] == true {
				counts["excluded"]++
			}
		}
	}
	for what, least := range map[string]int{
		"before 2000": 60, "2000": 3, "after 2000": 10, "year unknown": 2, "consent unknown": 4,
		"consent below half": 4, "no health station": 15, "fully renovated": 2, "excluded": 4,
	} {
		if counts[what] < least {
			t.Errorf("%s: %d communities, want at least %d (all: %v)", what, counts[what], least, counts)
		}
	}
}

func TestNoPersonalData(t *testing.T) {
	personal := regexp.MustCompile(`1[3-9][0-9]{9}|[1-9][0-9]{16}[0-9Xx]|先生|女士|户主|联系人|电话|@`)
	for _, table := range demo.Tables() {
		for _, f := range load(t, table) {
			for k, v := range f.props {
				if s, ok := v.(string); ok && k != "source_ref" && personal.MatchString(s) {
					t.Errorf("%s %s: %s is %q", table, f.text("source_ref"), k, s)
				}
			}
		}
	}
}

func TestNoticeNamesLicenceAndAuthors(t *testing.T) {
	for _, text := range []string{demo.Notice(), load(t, "district")[0].text("notice")} {
		for _, want := range []string{"OpenStreetMap", "ODbL", "生成"} {
			if !strings.Contains(text, want) {
				t.Errorf("the notice does not say %s", want)
			}
		}
	}
}

func TestFilesAreSmall(t *testing.T) {
	var total int64
	for _, dir := range []string{"data", "samples"} {
		err := fs.WalkDir(demo.Files(), dir, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			info, err := d.Info()
			total += info.Size()
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if total == 0 || total > 1_500_000 {
		t.Errorf("the demo weighs %d bytes", total)
	}
}
