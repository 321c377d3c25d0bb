package atlas

import (
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/areaplan"
	"github.com/lianpian/lianpian/internal/atlas/paper"
	"github.com/lianpian/lianpian/internal/geo"
	"github.com/lianpian/lianpian/internal/policy"
)

// recorder keeps what is drawn.
type recorder struct {
	paper.Nowhere
	clip    *orb.Bound
	fills   map[paper.Colour][]paper.Path
	strokes map[paper.Colour][]paper.Path
	texts   []paper.Text
}

func newRecorder() *recorder {
	return &recorder{fills: map[paper.Colour][]paper.Path{}, strokes: map[paper.Colour][]paper.Path{}}
}

func (r *recorder) Fill(p paper.Path, c paper.Colour) { r.fills[c] = append(r.fills[c], p) }
func (r *recorder) Stroke(p paper.Path, s paper.Stroke) {
	r.strokes[s.Colour] = append(r.strokes[s.Colour], p)
}
func (r *recorder) Text(t paper.Text) { r.texts = append(r.texts, t) }
func (r *recorder) Clip(b orb.Bound)  { r.clip = &b }
func (r *recorder) Unclip()           { r.clip = nil }

func eachSheet(t *testing.T, p *areaplan.Plan, o Options, do func(a *atlas, sh sheet, m *mapDrawing, r *recorder)) {
	t.Helper()
	a, err := newAtlas(p, o)
	if err != nil {
		t.Fatal(err)
	}
	for _, sh := range a.sheets {
		if sh.Kind != Index {
			r := newRecorder()
			do(a, sh, a.drawMap(r, sh, a.viewOf(a.layout.inner, sh.content, series), a.typo, false), r)
		}
	}
}

func TestLabelsOverlapNeitherEachOtherNorSymbolsNorTheFrame(t *testing.T) {
	for _, size := range []string{"A4", "A3", "A1"} {
		placed, left := 0, 0
		eachSheet(t, demoPlan(t, 4), Options{Paper: size}, func(_ *atlas, sh sheet, m *mapDrawing, _ *recorder) {
			for i, one := range m.labels.placed {
				if !within(one.tile.bound, m.view.frame) {
					t.Errorf("%s %s: %q leaves the frame", size, sh.Title, one.label.lines)
				}
				for _, other := range m.labels.placed[i+1:] {
					if one.tile.overlaps(other.tile) {
						t.Errorf("%s %s: %q overlaps %q", size, sh.Title, one.label.lines, other.label.lines)
					}
				}
				for _, o := range m.labels.obstacles {
					if one.tile.overlaps(o) {
						t.Errorf("%s %s: %q covers a symbol", size, sh.Title, one.label.lines)
					}
				}
			}
			placed += len(m.labels.placed)
			for _, l := range m.labels.left {
				if l.name != "" {
					left++
				}
			}
		})
		if placed < 300 {
			t.Errorf("%s: only %d labels find a place", size, placed)
		}
		if left > 8 {
			t.Errorf("%s: %d names of zones and communities find no place", size, left)
		}
	}
}

// TestDrawnTextsDoNotOverlap measures the texts as they are drawn, not as the
// placing believes them to be.
func TestDrawnTextsDoNotOverlap(t *testing.T) {
	eachSheet(t, demoPlan(t, 2), Options{}, func(a *atlas, sh sheet, m *mapDrawing, r *recorder) {
		var tiles []tile
		var texts []paper.Text
		for _, x := range r.texts {
			if x.Halo == 0 {
				continue // characters within symbols
			}
			width, sin, cos := a.typo.width(x.String, x.Size), math.Sin(x.Angle*math.Pi/180), math.Cos(x.Angle*math.Pi/180)
			dx, dy := width/2, -x.Size*0.36
			tiles = append(tiles, newTile(orb.Point{x.X + dx*cos + dy*sin, x.Y - dx*sin + dy*cos}, width, x.Size*0.9, x.Angle))
			texts = append(texts, x)
		}
		for i := range tiles {
			for j := range tiles[:i] {
				if tiles[i].overlaps(tiles[j]) {
					t.Errorf("%s: %q overlaps %q", sh.Title, texts[i].String, texts[j].String)
				}
			}
		}
	})
}

// areaStyles are the styles whose fill tells them.
func areaStyles() map[string]style {
	out := map[string]style{}
	for _, s := range []style{waterStyle, greenStyle, otherBuilding, plainBuilding, otherZoneBuilding, ageUnknown, useOther, coveredStyle, missingOne, missingSome, uncoveredStyle, notJudged} {
		out[s.key] = s
	}
	for _, s := range useStyles {
		out[s.key] = s
	}
	for _, s := range eligibilityStyles {
		out[s.key] = s
	}
	for _, s := range ageStyles {
		out[s.style.key] = s.style
	}
	return out
}

func TestLegendHoldsExactlyWhatTheMapShows(t *testing.T) {
	colours := map[string]string{}
	for key, s := range areaStyles() {
		if other, taken := colours[s.fill]; taken && s.fill != "" && s.fill != "#ffffff" {
			t.Fatalf("%s and %s have one colour: the test cannot tell them apart", key, other)
		}
		colours[s.fill] = key
	}
	bare := demoPlan(t, 2)
	bare.Surroundings.Water, bare.Surroundings.Green, bare.Facilities = nil, nil, nil
	single := demoPlan(t, 2)
	single.Coverage = single.Coverage[:1]
	for name, p := range map[string]*areaplan.Plan{"demo": demoPlan(t, 3), "bare": bare, "single": single} {
		eachSheet(t, p, Options{}, func(a *atlas, sh sheet, m *mapDrawing, r *recorder) {
			for key, s := range areaStyles() {
				if s.fill == "#ffffff" {
					continue
				}
				seen := false
				for _, path := range r.fills[paper.Hex(s.fill)] {
					for _, c := range path {
						seen = seen || ringArea(clipRing(c.Points, m.view.frame)) > 0.01
					}
				}
				if _, listed := m.shown[key]; listed != seen {
					t.Errorf("%s, %s: %s is seen: %v, listed: %v", name, sh.Title, s.title, seen, listed)
				}
			}
			shown := newRecorder()
			legend(shown, 0, 0, 80, m.shown, sideEntries, a.legendHeight(), a.typo)
			if listed := slices.DeleteFunc(shown.texts, func(x paper.Text) bool { return len([]rune(x.String)) == 1 }); len(listed) != len(m.shown) {
				t.Errorf("%s, %s: the legend has %d lines for %d styles", name, sh.Title, len(listed), len(m.shown))
			}
		})
	}
}

func TestFacilitiesOfTheLegendAreThoseWithSymbols(t *testing.T) {
	eachSheet(t, demoPlan(t, 2), Options{}, func(a *atlas, sh sheet, m *mapDrawing, _ *recorder) {
		want := map[string]bool{}
		for _, f := range m.marked {
			want[facilityStyle(&a.plan.Facilities[f.facility]).key] = true
		}
		for key, s := range m.shown {
			if s.form == punctual && key != nodeStyle.key && !want[key] {
				t.Errorf("%s: %s is listed without a symbol", sh.Title, s.title)
			}
			delete(want, key)
		}
		if len(want) > 0 {
			t.Errorf("%s: symbols of %v are not in the legend", sh.Title, want)
		}
	})
}

func TestGreyAtlasHasNoColour(t *testing.T) {
	a, err := newAtlas(demoPlan(t, 1), Options{Grey: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, sh := range a.sheets {
		r := newRecorder()
		a.drawSheet(a.surface(r), sh)
		for _, kind := range []map[paper.Colour][]paper.Path{r.fills, r.strokes} {
			for c := range kind {
				if c.R != c.G || c.G != c.B {
					t.Fatalf("%s: %v is a colour", sh.Title, c)
				}
			}
		}
		for _, x := range r.texts {
			if c := x.Colour; c.R != c.G || c.G != c.B {
				t.Fatalf("%s: %q is coloured", sh.Title, x.String)
			}
		}
	}
}

// TestClassesCanBeToldApartInGrey holds for every two classes that may stand side
// by side: their lightness differs by a step, or their hatch does.
func TestClassesCanBeToldApartInGrey(t *testing.T) {
	var ages, years []style
	for _, s := range ageStyles {
		ages = append(ages, s.style)
	}
	for _, s := range useStyles {
		ages = append(ages, s)
	}
	for n := range 6 {
		years = append(years, phaseStyle(2026+n, n))
	}
	var eligible []style
	for _, s := range eligibilityStyles {
		eligible = append(eligible, s)
	}
	themes := map[string][]style{
		"existing": append(ages, ageUnknown, useOther, otherBuilding),
		"coverage": {coveredStyle, missingOne, missingSome, uncoveredStyle, notJudged},
		"phasing":  append(years, noYear), "zone": eligible,
	}
	for theme, classes := range themes {
		for i, a := range classes {
			for _, b := range classes[:i] {
				light := math.Abs(float64(paper.Hex(a.fill).Grey().R) - float64(paper.Hex(b.fill).Grey().R))
				if light < 14 && a.hatch == b.hatch {
					t.Errorf("%s: %s and %s look alike in grey: %.0f steps", theme, a.title, b.title, light)
				}
			}
		}
	}
}

// squarePlan is a plan whose zone is a square of 1 km in the plane of the
// district's zone.
func squarePlan(east, north float64) *areaplan.Plan {
	gk, _ := geo.ZoneOfSRID(4545)
	corner := func(dx, dy float64) orb.Point { return gk.Inverse(east+dx, north+dy) }
	p := &areaplan.Plan{District: areaplan.District{Name: "某区", SRID: 4545}}
	z := areaplan.Zone{Outline: orb.MultiPolygon{{{corner(0, 0), corner(1000, 0), corner(1000, 1000), corner(0, 1000), corner(0, 0)}}}}
	z.Name, z.Code = "一片区", "z"
	p.Zones = []areaplan.Zone{z}
	return p
}

var (
	matrixLine = regexp.MustCompile(`(?m)^q ([\d.]+) 0 0 (-[\d.]+) 0 ([\d.]+) cm$`)
	pathLine   = regexp.MustCompile(`(?m)^(?:q )?(-?[\d.]+) (-?[\d.]+) ([ml])$`)
)

// pathsOf reads the paths of a page, in points of paper.
func pathsOf(t *testing.T, page string) [][]orb.Point {
	t.Helper()
	m := matrixLine.FindStringSubmatch(page)
	if m == nil {
		t.Fatal("a page has no matrix")
	}
	num := func(s string) float64 { v, _ := strconv.ParseFloat(s, 64); return v }
	var out [][]orb.Point
	for _, f := range pathLine.FindAllStringSubmatch(page, -1) {
		p := orb.Point{num(m[1]) * num(f[1]), num(m[2])*num(f[2]) + num(m[3])}
		if f[3] == "m" {
			out = append(out, nil)
		}
		out[len(out)-1] = append(out[len(out)-1], p)
	}
	return out
}

func TestScaleIsTrueToTwoThousandths(t *testing.T) {
	for _, size := range []string{"A4", "A3", "A1"} {
		data := string(pdf(t, squarePlan(395_000, 3_205_000), Options{Paper: size, Plain: true}))
		scales := regexp.MustCompile(`q [\d.]+ 0 0`).FindAllStringIndex(data, -1)
		a, err := newAtlas(squarePlan(395_000, 3_205_000), Options{Paper: size})
		if err != nil {
			t.Fatal(err)
		}
		page := data[scales[2][0]:scales[3][0]] // the existing state of the zone
		want := 1000.0 * 1000 / float64(a.sheets[2].scale) / 25.4 * 72
		var square, bar bool
		for _, path := range pathsOf(t, page) {
			b := paper.Ring(path...).Bound()
			w, h := b.Max[0]-b.Min[0], b.Max[1]-b.Min[1]
			square = square || math.Abs(w/want-1) < 0.002 && math.Abs(h/want-1) < 0.002 && len(path) == 4
			bar = bar || math.Abs(w/(100/25.4*72)-1) < 0.002 && h == 0 && len(path) == 2
		}
		if !square || !bar {
			t.Errorf("%s: square of 1 km as %.2f pt: %v, check bar of 100 mm: %v", size, want, square, bar)
		}
		if !strings.Contains(data, "/MediaBox") {
			t.Error("no page size")
		}
	}
}

func TestSheetsTakeTheLargestScaleThatFits(t *testing.T) {
	a, err := newAtlas(squarePlan(395_000, 3_205_000), Options{})
	if err != nil {
		t.Fatal(err)
	}
	// The map of A3 is some 235 mm high: 200 mm at 1:5 000, 500 mm at 1:2 000.
	if got := a.sheets[2].scale; got != 5_000 {
		t.Errorf("1 km on A3: 1:%d", got)
	}
	frame := orb.Bound{Max: orb.Point{300, 200}}
	for size, want := range map[float64]int{10: 500, 95: 500, 97: 1000, 191: 1000, 385: 5000, 960: 5000, 961: 10_000, 1_921: 15_000, 9e4: 500_000} {
		if got := fitting(series, orb.Bound{Max: orb.Point{size, size}}, frame.Max[0]-8, frame.Max[1]-8); got != want {
			t.Errorf("%v m: 1:%d, want 1:%d", size, got, want)
		}
	}
}

func TestViewLeansTowardsWhatIsKnownAndKeepsTheContent(t *testing.T) {
	content := orb.Bound{Min: orb.Point{0, 0}, Max: orb.Point{300, 300}}
	known := orb.Bound{Min: orb.Point{-20, -5000}, Max: orb.Point{5000, 310}}
	v := viewOf(orb.Bound{Max: orb.Point{300, 200}}, content, series, geo.GaussKruger{})
	lean := v.toward(known, content)
	if !(lean.centre[0] > v.centre[0] && lean.centre[1] < v.centre[1]) {
		t.Errorf("from %v to %v", v.centre, lean.centre)
	}
	if !within(content, lean.extent()) {
		t.Errorf("the content leaves the frame: %v", lean.extent())
	}
	if v.toward(nothing(), content) != v {
		t.Error("moves towards nothing")
	}
}

func TestConvergenceFollowsTheFormula(t *testing.T) {
	gk, _ := geo.ZoneOfSRID(4545)
	for _, p := range []orb.Point{{106.93, 28.96}, {108, 29}, {109.4, 18.2}, {108.7, 40}} {
		e, n := gk.Forward(p)
		want := math.Atan(math.Tan((p[0]-108)*math.Pi/180)*math.Sin(p[1]*math.Pi/180)) * 180 / math.Pi
		if got := convergence(gk, e, n); math.Abs(got-want) > 1e-3 {
			t.Errorf("%v: %v°, the formula gives %v°", p, got, want)
		}
	}
	for gamma, want := range map[float64]string{0.5: "+0°30′00″（真北偏西）", -1.2345: "−1°14′04″（真北偏东）", 0: "收敛角 0°"} {
		if got := convergenceText(gamma); !strings.Contains(got, want) {
			t.Errorf("%v: %s", gamma, got)
		}
	}
}

func TestGridOfTheNeatLineStandsAtRoundCoordinates(t *testing.T) {
	a, err := newAtlas(squarePlan(395_130, 3_205_270), Options{})
	if err != nil {
		t.Fatal(err)
	}
	sh := a.sheets[2]
	v := a.viewOf(a.layout.inner, sh.content, series)
	r := newRecorder()
	neatLine(r, a.layout, v, a.typo)
	found := 0
	for _, x := range r.texts {
		value, err := strconv.ParseFloat(x.String, 64)
		if err != nil {
			continue
		}
		found++
		p := v.paper(orb.Point{value * 1000, value * 1000})
		middle := x.X + a.typo.width(x.String, x.Size)/2
		off := math.Abs(middle - p[0])
		if x.Angle != 0 {
			off = math.Abs(x.Y - a.typo.width(x.String, x.Size)/2 - p[1])
		}
		if off > 0.01 {
			t.Errorf("%s stands %.3f mm beside its place", x.String, off)
		}
	}
	if found < 10 {
		t.Errorf("only %d coordinates along the edges", found)
	}
	if got := degrees(121.4860833); got != "121°29′09.9″" {
		t.Errorf("got %s", got)
	}
}

func TestBoundariesAreDrawnOnceAndNotAlongTheEdgesOfTheData(t *testing.T) {
	square := func(x0, y0, x1, y1 float64) areaplan.Area {
		return areaplan.Area{Name: "街道", Outline: orb.MultiPolygon{{{{x0, y0}, {x1, y0}, {x1, y1}, {x0, y1}, {x0, y0}}}}}
	}
	p := squarePlan(395_000, 3_205_000)
	p.Surroundings.Subdistricts = []areaplan.Area{square(106.90, 28.94, 106.93, 28.98), square(106.93, 28.94, 106.97, 28.98)}
	p.Surroundings.Neighborhoods = []areaplan.Area{square(106.90, 28.94, 106.93, 28.96), square(106.90, 28.96, 106.93, 28.98)}
	g := newGround(p)
	count := func(tracks []track) (n int) {
		for _, one := range tracks {
			n += max(0, len(one.path)-1)
		}
		return n
	}
	if got := count(g.subdistrictLines); got != 1 {
		t.Errorf("%d pieces between two subdistricts, want the one that they share", got)
	}
	// The boundary between the neighborhoods, and the halves of the subdistricts'
	// that are pieces of their own.
	if got := count(g.neighborhoodLines); got != 3 {
		t.Errorf("%d pieces of neighborhoods, want 3", got)
	}
}

func TestBuildingsOfNoCommunityHaveARowOfTheirOwn(t *testing.T) {
	p := demoPlan(t, 1)
	p.Zones[0].Totals.Buildings += 8
	p.Zones[0].Totals.Households += 120
	row := func() []string {
		a, err := newAtlas(p, Options{})
		if err != nil {
			t.Fatal(err)
		}
		rows := a.tables(a.sheets[2])[0].rows
		return rows[len(rows)-1]
	}
	if got := row(); !slices.Equal(got[:4], []string{"不属小区的楼栋", "", "8", "120"}) {
		t.Errorf("got %q", got)
	}
	p.Communities[0].Households, p.Communities[0].CountsMasked = nil, true
	if got := row(); got[3] != "—" {
		t.Errorf("a masked count can be worked out: %q", got)
	}
}

func TestPicturesHaveAScaleBarAndNoScaleInFigures(t *testing.T) {
	a, err := newAtlas(demoPlan(t, 1), Options{})
	if err != nil {
		t.Fatal(err)
	}
	r := newRecorder()
	a.drawPicture(r, a.sheets[2])
	bar := false
	for _, x := range r.texts {
		if strings.HasPrefix(x.String, "1:") {
			t.Errorf("a picture says %q, whatever size it will have", x.String)
		}
		bar = bar || strings.HasSuffix(x.String, "00米")
	}
	if !bar {
		t.Error("a picture has no scale bar")
	}
}

func TestEveryFacilityTypeOfTheStandardsHasASymbolOfItsOwn(t *testing.T) {
	taken := map[string]string{}
	for kind, m := range facilityMarks {
		if other, twice := taken[m.char]; twice {
			t.Errorf("%s and %s are both %s", kind, other, m.char)
		}
		taken[m.char] = kind
	}
	lib, err := policy.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range lib.FacilityTypes() {
		if _, known := facilityMarks[f.Key]; !known && (f.Kind == "" || f.Kind == "place") && f.Key != "slow_paths" {
			t.Errorf("%s (%s) has no symbol", f.Key, f.Name)
		}
	}
}

func TestTitlesOfTheLegendAreShort(t *testing.T) {
	for title, want := range map[string]string{
		"老年人日间照料中心（托老所）": "老年人日间照料中心（托老所）", "文化活动中心（含青少年、老年活动中心）": "文化活动中心", "公共绿地（五分钟）": "公共绿地（五分钟）",
		"室外综合健身场地（含老年户外活动场地）（拟建）": "室外综合健身场地（拟建）", "幼儿园": "幼儿园",
	} {
		if got := shortTitle(title); got != want {
			t.Errorf("%s: %s, want %s", title, got, want)
		}
	}
}
