package atlas

import (
	"cmp"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"
	"github.com/paulmach/orb/planar"

	"github.com/lianpian/lianpian/internal/areaplan"
	"github.com/lianpian/lianpian/internal/coverage"
	"github.com/lianpian/lianpian/internal/zone"
)

// demoFeatures reads a layer of the demo district.
func demoFeatures(t testing.TB, layer string) []*geojson.Feature {
	t.Helper()
	if cached, ok := features.Load(layer); ok {
		return slices.Clone(cached.([]*geojson.Feature))
	}
	f, err := os.Open(filepath.Join("..", "..", "demo", "data", layer+".geojson.gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	var c geojson.FeatureCollection
	if err := json.Unmarshal(data, &c); err != nil {
		t.Fatal(err)
	}
	features.Store(layer, c.Features)
	return slices.Clone(c.Features)
}

// features are the layers that were read.
var features sync.Map

func text(f *geojson.Feature, key string) string { return f.Properties.MustString(key, "") }

func whole(f *geojson.Feature, key string) *int {
	if v, ok := f.Properties[key].(float64); ok {
		n := int(v)
		return &n
	}
	return nil
}

func whole64(f *geojson.Feature, key string) *int64 {
	if n := whole(f, key); n != nil {
		v := int64(*n)
		return &v
	}
	return nil
}

func real64(f *geojson.Feature, key string) *float64 {
	if v, ok := f.Properties[key].(float64); ok {
		return &v
	}
	return nil
}

func areaOf(f *geojson.Feature) orb.MultiPolygon {
	switch g := f.Geometry.(type) {
	case orb.MultiPolygon:
		return g
	case orb.Polygon:
		return orb.MultiPolygon{g}
	}
	return nil
}

var typeNames = map[string]string{
	"health_station": "社区卫生服务站", "elder_daycare": "老年人日间照料中心（托老所）", "kindergarten": "幼儿园", "wet_market": "菜市场或生鲜超市",
	"community_canteen": "社区食堂、助餐", "bus_stop": "公交车站", "public_toilet": "公共厕所", "parcel_locker": "邮件和快递送达设施",
	"community_shop": "社区商业网点", "convenience_store": "便利店", "property_office": "物业管理与服务", "outdoor_fitness": "室外综合健身场地（含老年户外活动场地）",
	"car_parking": "居民机动车停车", "community_service_station": "社区服务站", "ev_charging": "充电设施", "nursery": "托儿所", "metro": "轨道交通站点",
}

// demoPlan is a plan made of the demo district: zones of communities that lie
// near each other.
func demoPlan(t testing.TB, zones int) *areaplan.Plan {
	t.Helper()
	p := &areaplan.Plan{
		Title: "陆家嘴（演示区）2026—2028年城镇老旧小区改造", Author: "演示区住房城乡建设委员会", Period: "2026–2028", Before: "2000年底前", By: "张工",
		At:       time.Date(2026, 11, 30, 1, 30, 0, 0, time.UTC),
		Versions: areaplan.Versions{Software: "0.6", Policy: "wansheng-2020@2", Profile: "gb50180@1", Scenario: 7},
		Scenario: areaplan.Scenario{Code: "main", Name: "主方案", Revision: 7},
	}
	d := demoFeatures(t, "district")[0]
	p.District = areaplan.District{
		Code: text(d, "code"), Name: text(d, "name"), Demo: true, Notice: text(d, "notice"), SRID: *whole(d, "gk_srid"),
		PolicyTitle: "万盛经开区城镇老旧小区改造实施方案", Boundary: areaOf(d),
	}
	demoZones(t, p, zones)
	demoBuildings(t, p)
	demoFacilities(t, p)
	demoSurroundings(t, p)
	demoCoverage(p, "health_station", "elder_daycare", "kindergarten", "wet_market", "community_canteen")
	demoProjects(p)
	return p
}

func demoZones(t testing.TB, p *areaplan.Plan, zones int) {
	left := demoFeatures(t, "community")
	const each = 7
	for i := range zones {
		z := areaplan.Zone{Parts: 1, CostYuan: 23_456_700, CostBasis: "estimate"}
		z.Code, z.Name, z.Version = fmt.Sprintf("00000000-0000-0000-0000-%012d", i+1), fmt.Sprintf("%s片区", []string{"崂山", "潍坊", "乳山", "梅园", "源深", "福山"}[i%6]), 3
		if i >= 6 {
			z.Name += fmt.Sprint(i/6 + 1)
		}
		year := 2026 + i%3
		z.Year = &year
		z.Totals = zone.Totals{AreaM2: 214_350.4, Generated: true}
		var corners []orb.Point
		var last *areaplan.Community
		seed := left[len(left)/2].Geometry.Bound().Center()
		slices.SortStableFunc(left, func(a, b *geojson.Feature) int {
			return cmp.Compare(planar.Distance(a.Geometry.Bound().Center(), seed), planar.Distance(b.Geometry.Bound().Center(), seed))
		})
		taken := slices.Clone(left[:each])
		left = left[each:]
		for _, f := range taken {
			c := demoCommunity(f)
			c.Zones = []string{z.Code}
			z.Communities = append(z.Communities, c.Code)
			for _, part := range c.Outline {
				corners = append(corners, part[0]...)
			}
			z.Totals.Communities++
			z.Totals.Buildings += c.Buildings
			z.Totals.Households += *c.Households
			z.Totals.FloorAreaM2 += *c.FloorAreaM2
			if c.Eligibility == "in" {
				z.Totals.EligibleCommunities++
				z.Totals.EligibleHouseholds += *c.Households
			}
			if last != nil {
				z.Strings = append(z.Strings, areaplan.String{Name: "潍坊路", From: last.Code, To: c.Code, Path: orb.LineString{*last.Location, {last.Location[0], c.Location[1]}, *c.Location}, Straight: len(z.Strings) == 3})
			}
			last = &c
			if !slices.ContainsFunc(p.Communities, func(o areaplan.Community) bool { return o.Code == c.Code }) {
				p.Communities = append(p.Communities, c)
			}
		}
		z.Outline = hull(corners)
		p.Zones = append(p.Zones, z)
		p.Totals.AreaM2 += z.Totals.AreaM2
		p.Totals.Communities += z.Totals.Communities
		p.Totals.Buildings += z.Totals.Buildings
		p.Totals.Households += z.Totals.Households
		p.Totals.FloorAreaM2 += z.Totals.FloorAreaM2
		p.Totals.Generated = true
	}
}

func demoCommunity(f *geojson.Feature) areaplan.Community {
	c := areaplan.Community{
		Code: text(f, "code"), Name: text(f, "name"), Address: text(f, "address"), UnitKind: text(f, "unit_kind"), BuiltYear: whole(f, "built_year"),
		Households: whole64(f, "households"), FloorAreaM2: real64(f, "floor_area_m2"), Outline: areaOf(f), Eligibility: "out", Source: text(f, "source"),
	}
	if n := whole64(f, "building_count"); n != nil {
		c.Buildings = *n
	}
	if c.BuiltYear != nil && *c.BuiltYear <= 2000 {
		c.Eligibility = "in"
	} else if c.BuiltYear != nil && *c.BuiltYear <= 2005 {
		c.Eligibility = "borderline"
	}
	at := f.Geometry.Bound().Center()
	if pair, ok := f.Properties["location"].([]any); ok && len(pair) == 2 {
		at = orb.Point{pair[0].(float64), pair[1].(float64)}
	}
	c.Location = &at
	return c
}

func hull(points []orb.Point) orb.MultiPolygon {
	slices.SortFunc(points, func(a, b orb.Point) int { return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1])) })
	half := func(points []orb.Point) []orb.Point {
		var out []orb.Point
		for _, p := range points {
			for len(out) > 1 && (out[len(out)-1][0]-out[len(out)-2][0])*(p[1]-out[len(out)-2][1]) <= (out[len(out)-1][1]-out[len(out)-2][1])*(p[0]-out[len(out)-2][0]) {
				out = out[:len(out)-1]
			}
			out = append(out, p)
		}
		return out[:len(out)-1]
	}
	lower := half(points)
	back := slices.Clone(points)
	slices.Reverse(back)
	ring := append(lower, half(back)...)
	return orb.MultiPolygon{{append(ring, ring[0])}}
}

func demoBuildings(t testing.TB, p *areaplan.Plan) {
	for _, f := range demoFeatures(t, "building") {
		outline, middle := areaOf(f), f.Geometry.Bound().Center()
		code := ""
		for i := range p.Communities {
			if planar.MultiPolygonContains(p.Communities[i].Outline, middle) {
				code = p.Communities[i].Code
			}
		}
		in := code != "" || slices.ContainsFunc(p.Zones, func(z areaplan.Zone) bool { return planar.MultiPolygonContains(z.Outline, middle) })
		if !in {
			p.Surroundings.Buildings = append(p.Surroundings.Buildings, areaplan.Area{Code: text(f, "code"), Name: text(f, "name"), Outline: outline})
			continue
		}
		b := areaplan.Building{
			Code: text(f, "code"), CommunityCode: code, Use: text(f, "use"), BuiltYear: whole(f, "built_year"),
			Households: whole64(f, "households"), Outline: outline, Source: text(f, "source"),
		}
		if b.BuiltYear == nil && b.Use == "residential" && len(p.Buildings)%9 != 0 {
			y := 1975 + len(p.Buildings)*7%32
			b.BuiltYear = &y
		}
		p.Buildings = append(p.Buildings, b)
	}
}

func demoFacilities(t testing.TB, p *areaplan.Plan) {
	for i, f := range demoFeatures(t, "facility") {
		one := areaplan.Facility{Code: text(f, "code"), Name: text(f, "name"), FacilityType: text(f, "facility_type"), Location: f.Geometry.(orb.Point), Source: text(f, "source")}
		one.TypeName = typeNames[one.FacilityType]
		if one.TypeName == "" {
			one.TypeName = one.FacilityType
		}
		p.Facilities = append(p.Facilities, one)
		if i%40 == 7 {
			one.Code, one.Name, one.FacilityType, one.Proposed = "P"+one.Code, "拟建日间照料中心", "elder_daycare", true
			one.TypeName = typeNames[one.FacilityType]
			one.Location[0] += 0.0008
			p.Facilities = append(p.Facilities, one)
		}
	}
}

func demoSurroundings(t testing.TB, p *areaplan.Plan) {
	s := &p.Surroundings
	areas := func(layer string) (out []areaplan.Area) {
		for _, f := range demoFeatures(t, layer) {
			out = append(out, areaplan.Area{Code: text(f, "code"), Name: text(f, "name"), Class: text(f, "class"), Outline: areaOf(f)})
		}
		return out
	}
	lines := func(layer string) (out []areaplan.Line) {
		for _, f := range demoFeatures(t, layer) {
			switch g := f.Geometry.(type) {
			case orb.LineString:
				out = append(out, areaplan.Line{Name: text(f, "name"), Class: text(f, "class"), Path: g})
			case orb.MultiLineString:
				for _, part := range g {
					out = append(out, areaplan.Line{Name: text(f, "name"), Class: text(f, "class"), Path: part})
				}
			}
		}
		return out
	}
	s.Subdistricts, s.Neighborhoods, s.Water, s.Green = areas("subdistrict"), areas("neighborhood"), areas("water"), areas("green")
	s.Roads, s.Railways, s.Waterways = lines("road"), lines("railway"), lines("waterway")
	for _, a := range areas("community") {
		if !slices.ContainsFunc(p.Communities, func(c areaplan.Community) bool { return c.Code == a.Code }) {
			s.Communities = append(s.Communities, a)
		}
	}
}

// demoCoverage judges buildings by the straight line.
func demoCoverage(p *areaplan.Plan, types ...string) {
	limit := 300.0
	for _, kind := range types {
		c := areaplan.Coverage{Covered: map[string]bool{}}
		c.Run = coverage.Run{FacilityType: kind, FacilityName: typeNames[kind], Method: coverage.MethodRadius, Limit: coverage.Limit{Metres: &limit}, Detailed: true, CreatedAt: p.At}
		var reach orb.MultiPolygon
		var places []orb.Point
		for i := range p.Facilities {
			if f := &p.Facilities[i]; f.FacilityType == kind && !f.Proposed {
				places = append(places, f.Location)
				var ring orb.Ring
				for k := range 49 {
					sin, cos := math.Sincos(float64(k%48) / 48 * 2 * math.Pi)
					ring = append(ring, orb.Point{f.Location[0] + limit*cos/95_300, f.Location[1] + limit*sin/110_900})
				}
				reach = append(reach, orb.Polygon{ring})
			}
		}
		c.Reach = reach
		near := func(p orb.Point) float64 {
			least := math.Inf(1)
			for _, q := range places {
				least = math.Min(least, math.Hypot((p[0]-q[0])*95_300, (p[1]-q[1])*110_900))
			}
			return least
		}
		for i := range p.Buildings {
			if b := &p.Buildings[i]; b.Use == "residential" {
				c.Covered[b.Code] = near(b.Outline.Bound().Center()) <= limit
			}
		}
		for i := range p.Communities {
			o := &p.Communities[i]
			d := near(*o.Location)
			share := math.Max(0, math.Min(1, 1.5-d/limit))
			c.Communities = append(c.Communities, areaplan.CommunityCoverage{Code: o.Code, Households: *o.Households, Share: &share, NearestM: &d})
			c.Households += *o.Households
			c.HouseholdsCovered += int64(share * float64(*o.Households))
			if share == 0 {
				c.Gaps = append(c.Gaps, o.Outline)
			}
		}
		p.Coverage = append(p.Coverage, c)
	}
}

func demoProjects(p *areaplan.Plan) {
	for i, z := range p.Zones {
		for k, part := range [][]string{z.Communities[:4], z.Communities[4:6]} {
			year, cost := 2026+(i+k)%3, 1_234.56+float64(100*i+k)
			p.Projects = append(p.Projects, areaplan.Project{
				Code: fmt.Sprintf("X%d%d", i, k), Name: fmt.Sprintf("%s%s综合改造项目", z.Name, []string{"一期", "二期"}[k]), Phase: []string{"implement", "plan"}[k],
				Year: &year, ZoneCode: z.Code, Communities: part, EstimatedWan: &cost,
			})
		}
	}
}
