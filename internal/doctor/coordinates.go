package doctor

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/geo"
)

// reference is how coordinates of a file are read: in which order, unit and
// system. It says nothing of a shift.
type reference struct {
	crs     geo.CRS
	swapped bool    // northing or latitude comes first
	metres  float64 // of a unit; 1 also for degrees
}

// lonLat takes a position of the file to lon/lat degrees.
func (r reference) lonLat(p orb.Point) orb.Point {
	if r.swapped {
		p[0], p[1] = p[1], p[0]
	}
	if r.crs.Geographic() {
		return p
	}
	return r.crs.Inverse(orb.Point{p[0] * r.metres, p[1] * r.metres})
}

func (r reference) axes() string {
	if r.swapped {
		return "yx"
	}
	return "xy"
}

func (r reference) unit() string {
	if r.crs.Geographic() {
		return "degree"
	}
	for name, metres := range units {
		if metres == r.metres {
			return name
		}
	}
	return "m"
}

var units = map[string]float64{"m": 1, "mm": 0.001, "cm": 0.01, "km": 1000}

const (
	rankedPoints = 300 // that candidates are judged by
	farM         = 30_000
)

// candidate is a way to read the coordinates, and how well the district then
// holds them.
type candidate struct {
	reference
	inside float64
	prior  int // less is likelier where the district holds both alike
}

func (c candidate) public() CRSCandidate {
	return CRSCandidate{CRS: c.crs.String(), Name: c.crs.Name(), Axes: c.axes(), Unit: c.unit(), Inside: math.Round(c.inside*1000) / 1000}
}

// candidates are the ways to read the points that bring some of them near the
// district, best first. declared is what the file says, nil for nothing.
func candidates(points []orb.Point, declared *geo.CRS, r region) []candidate {
	points = thinned(points, rankedPoints)
	middle, ok := medianPoint(points)
	if !ok {
		return nil
	}
	near := padded(r.bound, farM)
	var found []candidate
	seen := map[string]bool{}
	try := func(crs geo.CRS, prior int) {
		for _, swapped := range []bool{false, true} {
			for _, metres := range units {
				ref := reference{crs: crs, swapped: swapped, metres: metres}
				if crs.Geographic() && metres != 1 {
					continue
				}
				p := ref.lonLat(middle)
				if !near.Contains(p) { // also where it is no number
					continue
				}
				// Zones of 3 and of 6 degrees with one meridian are one projection.
				key := fmt.Sprintf("%.9f %.9f", p[0], p[1])
				if seen[key] {
					continue
				}
				seen[key] = true
				c := candidate{reference: ref, prior: prior}
				if swapped {
					c.prior++
				}
				if metres != 1 {
					c.prior += 2
				}
				c.inside = r.share(points, ref)
				found = append(found, c)
			}
		}
	}
	if declared != nil {
		try(*declared, -10)
	}
	own, _ := geo.NewCRS(r.srid)
	try(own, 0)
	for _, srid := range triedSRIDs() {
		crs, known := geo.NewCRS(srid)
		if known {
			try(crs, 4)
		}
	}
	slices.SortStableFunc(found, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(math.Round(b.inside*20), math.Round(a.inside*20)), cmp.Compare(a.prior, b.prior), cmp.Compare(b.inside, a.inside))
	})
	return found
}

// triedSRIDs are degrees, the zones of 3 degrees before those of 6, with zone
// numbers and without, UTM and the system of web maps.
func triedSRIDs() []int {
	list := []int{geo.SRIDCGCS2000}
	for _, span := range [][2]int{{4534, 4554}, {4513, 4533}, {4502, 4512}, {4491, 4501}, {32643, 32653}} {
		for srid := span[0]; srid <= span[1]; srid++ {
			list = append(list, srid)
		}
	}
	return append(list, geo.SRIDWebMercator)
}

// share is the share of points that the district holds, read in a way.
func (r region) share(points []orb.Point, ref reference) float64 {
	if len(points) == 0 {
		return 0
	}
	in := 0
	for _, p := range points {
		if r.holds(ref.lonLat(p)) {
			in++
		}
	}
	return float64(in) / float64(len(points))
}

// diagnoseCRS says what coordinates are in. decided is what the person said.
func diagnoseCRS(points []orb.Point, declared *geo.CRS, text string, r region, decided LayerDecision) (CRSDiagnosis, reference) {
	out := CRSDiagnosis{Declared: text}
	declared, out.Reason = understood(declared, text)
	list := candidates(points, declared, r)
	for _, c := range list[:min(len(list), 8)] {
		if c.inside > 0 || list[0].inside == 0 {
			out.Candidates = append(out.Candidates, c.public())
		}
	}
	ref, sure, reason := choose(list, declared, points, r)
	out.Sure, out.Reason = sure, strings.TrimPrefix(out.Reason+"；"+reason, "；")
	if decided.CRS != "" || decided.Axes != "" || decided.Unit != "" {
		ref = ref.decided(decided, list)
		out.Decided, out.Sure = decided.CRS != "", out.Sure || decided.CRS != ""
		out.Reason = fmt.Sprintf("按您的选择读取，%s的数据在%s范围内", percent(r.share(thinned(points, rankedPoints), ref)), r.name)
	}
	out.Chosen, out.Axes, out.Unit = ref.crs.String(), ref.axes(), ref.unit()
	return out, ref
}

// decided is the reference with what the person said put in. Where they named
// only the system, order and unit are those that fit best.
func (ref reference) decided(d LayerDecision, list []candidate) reference {
	if d.CRS != "" {
		crs, err := geo.ParseCRS(d.CRS)
		if err == nil && crs.String() != ref.crs.String() {
			ref = reference{crs: crs, metres: 1}
			for _, c := range list {
				if c.crs.String() == crs.String() {
					ref = c.reference
					break
				}
			}
		}
	}
	if d.Axes != "" {
		ref.swapped = d.Axes == "yx"
	}
	if metres, ok := units[d.Unit]; ok {
		ref.metres = metres
	}
	return ref
}

// understood reads what the file says of its system where the reader of the
// format did not: the older Chinese datums are no systems of ours, but their
// projections lead near the place.
func understood(declared *geo.CRS, text string) (*geo.CRS, string) {
	if declared != nil || text == "" {
		return declared, ""
	}
	crs, known, datum, err := geo.ReadWKT(text)
	switch {
	case err != nil:
		return nil, "文件标明的坐标系认不出来"
	case !known && (datum == geo.DatumXian80 || datum == geo.DatumBeijing54):
		return &crs, "文件标明的是" + datum + "坐标系，没有控制点不能严密换算：先按 CGCS2000 的同名投影读取，再按已有数据量出平移"
	case !known && datum == geo.DatumOther:
		return &crs, "文件标明的大地基准不认识，先按 CGCS2000 读取"
	}
	return &crs, ""
}

// choose takes a way to read the coordinates, and says whether there is a doubt.
func choose(list []candidate, declared *geo.CRS, points []orb.Point, r region) (ref reference, sure bool, reason string) {
	if len(points) == 0 {
		return reference{metres: 1}, true, "没有图形"
	}
	if len(list) == 0 || list[0].inside == 0 {
		if declared != nil {
			return reference{crs: *declared, metres: 1}, false, fmt.Sprintf("按文件标明的坐标系，没有一条数据落在%s范围内", r.name)
		}
		return reference{metres: 1}, false, fmt.Sprintf("常用的坐标系里没有一种使数据落在%s范围内，请指定坐标系", r.name)
	}
	best := list[0]
	said := best.crs.Name()
	if best.swapped {
		said += "，坐标顺序为先北后东"
	}
	if best.metres != 1 {
		said += "，单位是" + map[string]string{"mm": "毫米", "cm": "厘米", "km": "千米"}[best.unit()]
	}
	if declared != nil {
		as := slices.IndexFunc(list, func(c candidate) bool { return c.crs.String() == declared.String() && !c.swapped && c.metres == 1 })
		if as >= 0 && (list[as].inside >= 0.5 || list[as].inside >= best.inside-0.1) {
			return list[as].reference, true, fmt.Sprintf("文件标明%s，%s的数据在%s范围内", declared.Name(), percent(list[as].inside), r.name)
		}
		if best.crs.String() == declared.String() {
			return best.reference, best.inside >= 0.5, fmt.Sprintf("文件标明%s，实际按%s读取时%s的数据在%s范围内", declared.Name(), said, percent(best.inside), r.name)
		}
		return best.reference, false, fmt.Sprintf("文件标明%s，但这样数据落在%s之外；按%s读取时%s在范围内", declared.Name(), r.name, said, percent(best.inside))
	}
	sure = best.inside >= 0.5
	for _, c := range list[1:] {
		if c.inside >= best.inside*0.5 {
			sure = false
		}
	}
	reason = fmt.Sprintf("文件没有标明坐标系；按数值判断为%s，%s的数据在%s范围内", said, percent(best.inside), r.name)
	if !sure {
		reason += "，但还有别的可能"
	}
	return best.reference, sure, reason
}

func percent(share float64) string { return fmt.Sprintf("%.0f%%", share*100) }

// thinned keeps about n points, evenly.
func thinned(points []orb.Point, n int) []orb.Point {
	if len(points) <= n {
		return points
	}
	out := make([]orb.Point, n)
	for i := range out {
		out[i] = points[i*len(points)/n]
	}
	return out
}

// medianPoint is a place that stands for most of the points, whatever a few
// strays do.
func medianPoint(points []orb.Point) (orb.Point, bool) {
	var xs, ys []float64
	for _, p := range points {
		if math.Abs(p[0]) < 1e15 && math.Abs(p[1]) < 1e15 {
			xs, ys = append(xs, p[0]), append(ys, p[1])
		}
	}
	if len(xs) == 0 {
		return orb.Point{}, false
	}
	return orb.Point{median(xs), median(ys)}, true
}

func median(values []float64) float64 {
	slices.Sort(values)
	return values[len(values)/2]
}
