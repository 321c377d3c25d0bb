package site

import (
	"fmt"
	"math"
	"slices"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"

	"github.com/lianpian/lianpian/internal/coverage"
	"github.com/lianpian/lianpian/internal/geo"
)

const (
	mostSites  = 500
	mostCurve  = 200
	mostPoints = 5000
	mostApart  = 20_000 // metres
)

// check refuses what can be refused without looking at data, and fills in what
// was left out.
func (r Request) check() (Request, error) {
	invalid := func(field, format string, args ...any) (Request, error) {
		return r, &InvalidError{Field: field, Detail: fmt.Sprintf(format, args...)}
	}
	if !slices.Contains([]string{CoverAll, CoverMost, LeastWalk, LeastFar}, r.Model) {
		return invalid("model", "不认识的选址模型“%s”", r.Model)
	}
	switch {
	case r.Model != CoverAll && r.N < 1:
		return invalid("n", "新建数量应至少为 1")
	case r.N < 0 || r.N > mostSites:
		return invalid("n", "新建数量不能超过 %d", mostSites)
	case r.CurveTo < 0 || r.CurveTo > mostCurve:
		return invalid("curve_to", "曲线的数量不能超过 %d", mostCurve)
	case !(r.ApartM >= 0 && r.ApartM <= mostApart):
		return invalid("apart_m", "最小间距应在 0 到 %d 米之间", mostApart)
	case r.Capacity != nil && !(*r.Capacity > 0 && !math.IsInf(*r.Capacity, 1)):
		return invalid("capacity", "新设施的服务能力应大于 0")
	case len(r.Candidates) == 0:
		return invalid("candidates", "请选择候选位置的种类")
	}
	for _, kind := range r.Candidates {
		if !slices.Contains([]string{Stock, Buildings, Junctions, Points}, kind) {
			return invalid("candidates", "不认识的候选位置“%s”", kind)
		}
	}
	slices.Sort(r.Candidates)
	r.Candidates = slices.Compact(r.Candidates)
	if err := r.checkPoints(); err != nil {
		return r, err
	}
	if r.Excluded != nil {
		area, fault := geo.AsMultiPolygon(r.Excluded.Geometry())
		if fault == nil {
			fault = geo.Check(area, geo.Limits{MaxPoints: geo.MaxDrawnPoints})
		}
		if fault != nil {
			return invalid("excluded", "%s", fault.Detail)
		}
		r.Excluded = geojson.NewGeometry(geo.Rewind(area))
	}
	return r, nil
}

func (r Request) checkPoints() error {
	if slices.Contains(r.Candidates, Points) != (len(r.Points) > 0) {
		return &InvalidError{Field: "points", Detail: "选择“绘制的点”时请在地图上点出候选位置"}
	}
	if len(r.Points) > mostPoints {
		return &InvalidError{Field: "points", Detail: fmt.Sprintf("绘制的点不能超过 %d 个", mostPoints)}
	}
	for i, p := range r.Points {
		if fault := geo.Check(p, geo.Limits{MaxPoints: 1}); fault != nil {
			return &InvalidError{Field: fmt.Sprintf("points[%d]", i), Detail: fault.Detail}
		}
	}
	return nil
}

// keeps tells whether existing facilities go on serving.
func (r Request) keeps() bool { return r.KeepExisting == nil || *r.KeepExisting }

// asked is the request as coverage knows it.
func (r Request) asked() coverage.Request {
	return coverage.Request{FacilityType: r.FacilityType, Settings: coverage.Settings{
		Method: r.Method, Limit: r.Limit, Walker: r.Walker, StepFree: r.StepFree, Profile: r.Profile, Scenario: r.Scenario,
		UnitsPerHouse: r.UnitsPerHouse, Area: r.Area,
	}}
}

// units is the capacity that one household needs.
func (r Request) units() float64 {
	if r.UnitsPerHouse > 0 {
		return r.UnitsPerHouse
	}
	return 1
}

// excluded tells whether no site may be at a place.
func (r Request) excluded(p orb.Point, contains func(orb.MultiPolygon, orb.Point) bool) bool {
	if r.Excluded == nil {
		return false
	}
	area, _ := r.Excluded.Geometry().(orb.MultiPolygon)
	return contains(area, p)
}
