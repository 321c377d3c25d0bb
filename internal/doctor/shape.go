package doctor

import (
	"fmt"
	"math"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/geo"
	"github.com/lianpian/lianpian/internal/geofile"
	"github.com/lianpian/lianpian/internal/importer"
)

// Kinds of faults of shapes, and what is done about them. Those of geo.FaultKind
// besides.
const (
	faultUnclosed   = "unclosed"         // a ring whose ends differ: closed
	faultRepeated   = "duplicate_points" // points that stand twice: left out
	faultDegenerate = "degenerate_ring"  // a ring that encloses nothing: left out
	faultMixed      = "mixed_types"      // a collection: what fits is taken
	faultLineArea   = "line_as_area"     // a closed line where an area is wanted
	faultCrossing   = "self_crossing"    // put right by PostGIS
	faultHole       = "hole_outside"     // put right by PostGIS
	faultRings      = "rings_cross"      // put right by PostGIS
)

// shapeFaults say in words what is wrong and what is done about it. A fault that
// changes the shape is one that the person has to agree to.
var shapeFaults = map[string]struct {
	detail, repair string
	ask            bool
}{
	faultUnclosed:   {"环的首尾不相接", "用直线闭合", false},
	faultRepeated:   {"有重复的点", "去掉重复的点", false},
	faultDegenerate: {"有面积为零的环", "去掉这些环", true},
	faultMixed:      {"一行里混有不同类型的图形", "只取与图层相符的部分", true},
	faultLineArea:   {"应为面，实为首尾相接的线", "按面读取", false},
	faultCrossing:   {"图形自相交", "按交点重新构面", true},
	faultHole:       {"内环不在外环之内", "重新组织内外环", true},
	faultRings:      {"环之间互相交叉", "重新组织内外环", true},
}

// closedGapM is how far apart the ends of a line may be that is taken for an area.
const closedGapM = 1.0

// fitted is a shape on its way into a layer.
type fitted struct {
	shape   orb.Geometry
	repairs []string         // kinds of faults that were put right
	fault   string           // why it cannot be taken, for people
	kind    string           // of the fault
	crosses bool             // an area that PostGIS has to put right
	before  orb.MultiPolygon // where the repair may change the area
	cross   *geo.Fault
}

func (f *fitted) refuse(kind, detail string) {
	if f.fault == "" {
		f.kind, f.fault, f.shape = kind, detail, nil
	}
}

func (f *fitted) repaired(kind string) { f.repairs = append(f.repairs, kind) }

// fit makes of a shape in lon/lat what a layer takes, as far as that needs no
// overlay. wanted are the shapes of the layer.
func fit(g orb.Geometry, wanted []geofile.Shape) fitted {
	f := fitted{}
	wants := func(s geofile.Shape) bool {
		for _, w := range wanted {
			if w == s {
				return true
			}
		}
		return false
	}
	if n := countPoints(g); n > geo.MaxImportPoints {
		f.refuse("too_many_points", fmt.Sprintf("图形有 %d 个点，超过 %d 个的上限", n, geo.MaxImportPoints))
		return f
	}
	if !finite(g) {
		f.refuse("not_finite", "坐标里有不是数字的值")
		return f
	}
	if c, ok := g.(orb.Collection); ok {
		if g = f.pick(c, wanted); g == nil {
			f.refuse("wrong_type", "几何集合里没有与图层相符的图形")
			return f
		}
	}
	switch g := g.(type) {
	case nil:
	case orb.Point, orb.MultiPoint:
		f.points(g, wants(geofile.Points))
	case orb.LineString:
		f.lines(orb.MultiLineString{g}, wants)
	case orb.MultiLineString:
		f.lines(g, wants)
	case orb.Ring:
		f.areas(orb.MultiPolygon{{g}}, wants(geofile.Areas))
	case orb.Polygon:
		f.areas(orb.MultiPolygon{g}, wants(geofile.Areas))
	case orb.MultiPolygon:
		f.areas(g, wants(geofile.Areas))
	default:
		f.refuse("wrong_type", "不支持的图形类型")
	}
	return f
}

func (f *fitted) points(g orb.Geometry, wanted bool) {
	p, ok := g.(orb.Point)
	if many, isMany := g.(orb.MultiPoint); isMany && len(many) == 1 {
		p, ok = many[0], true
	}
	switch {
	case !wanted:
		f.refuse("wrong_type", "图形是点，与图层不符")
	case !ok:
		f.refuse("wrong_type", "图形是多个点，应为一个点")
	default:
		f.checked(p)
	}
}

// lines takes lines as they are or, where only areas are wanted, closed ones as
// areas.
func (f *fitted) lines(g orb.MultiLineString, wants func(geofile.Shape) bool) {
	if !wants(geofile.Lines) {
		if !wants(geofile.Areas) {
			f.refuse("wrong_type", "图形是线，应为点")
			return
		}
		area := orb.MultiPolygon{}
		for _, line := range g {
			if len(line) < 4 || (plane{line[0]}).distance(line[0], line[len(line)-1]) > closedGapM {
				f.refuse("wrong_type", "图形是没有闭合的线，应为面")
				return
			}
			area = append(area, orb.Polygon{orb.Ring(line)})
		}
		f.repaired(faultLineArea)
		f.areas(area, true)
		return
	}
	var out orb.MultiLineString
	repeated := false
	for _, line := range g {
		kept, twice := withoutRepeats(line)
		repeated = repeated || twice
		if len(kept) >= 2 {
			out = append(out, kept)
		}
	}
	if len(out) == 0 {
		f.refuse("too_few_points", "线少于两个不同的点")
		return
	}
	if repeated {
		f.repaired(faultRepeated)
	}
	if len(out) == 1 {
		f.checked(out[0])
		return
	}
	f.checked(out)
}

func (f *fitted) areas(g orb.MultiPolygon, wanted bool) {
	if !wanted {
		f.refuse("wrong_type", "图形是面，与图层不符")
		return
	}
	var out orb.MultiPolygon
	var unclosed, repeated, degenerate bool
	for _, polygon := range g {
		var rings orb.Polygon
		for i, ring := range polygon {
			if len(ring) > 1 && ring[0] != ring[len(ring)-1] {
				ring = append(append(orb.Ring{}, ring...), ring[0])
				unclosed = true
			}
			kept, twice := withoutRepeats(orb.LineString(ring))
			repeated = repeated || twice
			if len(kept) < 4 || ringArea(orb.Ring(kept)) == 0 && onLine(orb.Ring(kept)) {
				degenerate = true
				if i == 0 {
					break // a shell that encloses nothing has no holes either
				}
				continue
			}
			rings = append(rings, orb.Ring(kept))
		}
		if len(rings) > 0 {
			out = append(out, rings)
		}
	}
	if len(out) == 0 {
		f.refuse("empty", "图形没有面积")
		return
	}
	for _, r := range []struct {
		is   bool
		kind string
	}{{unclosed, faultUnclosed}, {repeated, faultRepeated}, {degenerate, faultDegenerate}} {
		if r.is {
			f.repaired(r.kind)
		}
	}
	if degenerate {
		f.before = g
	}
	f.shape = out
	fault := geo.Check(out, geo.Limits{MaxPoints: geo.MaxImportPoints})
	if fault == nil {
		f.shape = geo.Rewind(out)
		return
	}
	switch fault.Kind {
	case geo.SelfIntersection:
		f.repaired(faultCrossing)
	case geo.RingsCross:
		f.repaired(faultRings)
	case geo.HoleOutside:
		f.repaired(faultHole)
	default:
		f.refuse(string(fault.Kind), importer.Sentence(fault))
		return
	}
	f.crosses, f.cross, f.before = true, fault, out
}

// checked takes a point or line that geo accepts.
func (f *fitted) checked(g orb.Geometry) {
	if fault := geo.Check(g, geo.Limits{MaxPoints: geo.MaxImportPoints}); fault != nil {
		f.refuse(string(fault.Kind), importer.Sentence(fault))
		return
	}
	f.shape = g
}

// pick takes the members of a collection that a layer wants: areas before lines
// before points.
func (f *fitted) pick(c orb.Collection, wanted []geofile.Shape) orb.Geometry {
	var areas orb.MultiPolygon
	var lines orb.MultiLineString
	var points orb.MultiPoint
	f.gather(c, &areas, &lines, &points, 0)
	kinds := 0
	for _, n := range []int{len(areas), len(lines), len(points)} {
		if n > 0 {
			kinds++
		}
	}
	if kinds > 1 {
		f.repaired(faultMixed)
	}
	for _, w := range wanted {
		switch {
		case w == geofile.Areas && len(areas) > 0:
			return areas
		case w == geofile.Lines && len(lines) > 0:
			return lines
		case w == geofile.Points && len(points) > 0:
			return points
		}
	}
	return nil
}

func (f *fitted) gather(c orb.Collection, areas *orb.MultiPolygon, lines *orb.MultiLineString, points *orb.MultiPoint, depth int) {
	if depth > 8 {
		return
	}
	for _, g := range c {
		switch g := g.(type) {
		case orb.Point:
			*points = append(*points, g)
		case orb.MultiPoint:
			*points = append(*points, g...)
		case orb.LineString:
			*lines = append(*lines, g)
		case orb.MultiLineString:
			*lines = append(*lines, g...)
		case orb.Polygon:
			*areas = append(*areas, g)
		case orb.MultiPolygon:
			*areas = append(*areas, g...)
		case orb.Collection:
			f.gather(g, areas, lines, points, depth+1)
		}
	}
}

func withoutRepeats(line orb.LineString) (orb.LineString, bool) {
	kept := make(orb.LineString, 0, len(line))
	for i, p := range line {
		if i == 0 || p != line[i-1] {
			kept = append(kept, p)
		}
	}
	return kept, len(kept) < len(line)
}

// ringArea is in square degrees, which tells nothing from something.
func ringArea(ring orb.Ring) float64 {
	sum := 0.0
	for i := 1; i < len(ring); i++ {
		sum += (ring[i-1][0]-ring[0][0])*(ring[i][1]-ring[0][1]) - (ring[i][0]-ring[0][0])*(ring[i-1][1]-ring[0][1])
	}
	return math.Abs(sum) / 2
}

// onLine tells whether all points of a ring are on one line; a bow tie has no
// area either, but is no line.
func onLine(ring orb.Ring) bool {
	for i := 2; i < len(ring); i++ {
		if (ring[1][0]-ring[0][0])*(ring[i][1]-ring[0][1]) != (ring[i][0]-ring[0][0])*(ring[1][1]-ring[0][1]) {
			return false
		}
	}
	return true
}

func countPoints(g orb.Geometry) int {
	n := 0
	eachPoint(g, func(orb.Point) bool { n++; return true })
	return n
}

func finite(g orb.Geometry) bool {
	ok := true
	eachPoint(g, func(p orb.Point) bool {
		ok = !math.IsNaN(p[0]+p[1]) && !math.IsInf(p[0]+p[1], 0)
		return ok
	})
	return ok
}

// eachPoint runs through the points of a shape until it is told to stop.
func eachPoint(g orb.Geometry, each func(orb.Point) bool) bool {
	list := func(points []orb.Point) bool {
		for _, p := range points {
			if !each(p) {
				return false
			}
		}
		return true
	}
	switch g := g.(type) {
	case orb.Point:
		return each(g)
	case orb.MultiPoint:
		return list(g)
	case orb.LineString:
		return list(g)
	case orb.Ring:
		return list(g)
	case orb.MultiLineString:
		for _, line := range g {
			if !list(line) {
				return false
			}
		}
	case orb.Polygon:
		for _, ring := range g {
			if !list(ring) {
				return false
			}
		}
	case orb.MultiPolygon:
		for _, polygon := range g {
			if !eachPoint(polygon, each) {
				return false
			}
		}
	case orb.Collection:
		for _, member := range g {
			if !eachPoint(member, each) {
				return false
			}
		}
	}
	return true
}
