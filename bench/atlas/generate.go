package main

import (
	"fmt"
	"math"
	"math/rand/v2"
	"time"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/areaplan"
	"github.com/lianpian/lianpian/internal/coverage"
	"github.com/lianpian/lianpian/internal/geo"
	"github.com/lianpian/lianpian/internal/zone"
)

// town makes shapes in a plane and takes them to degrees.
type town struct {
	gk     geo.GaussKruger
	origin [2]float64
	random *rand.Rand
}

func (t *town) at(x, y float64) orb.Point { return t.gk.Inverse(t.origin[0]+x, t.origin[1]+y) }

// box is a rectangle around a place, turned a little.
func (t *town) box(x, y, width, height, turn float64) orb.MultiPolygon {
	sin, cos := math.Sincos(turn)
	var ring orb.Ring
	for _, c := range [][2]float64{{-1, -1}, {1, -1}, {1, 1}, {-1, 1}, {-1, -1}} {
		dx, dy := c[0]*width/2, c[1]*height/2
		ring = append(ring, t.at(x+dx*cos-dy*sin, y+dx*sin+dy*cos))
	}
	return orb.MultiPolygon{{ring}}
}

var kinds = []string{"health_station", "elder_daycare", "kindergarten", "wet_market", "bus_stop", "public_toilet", "convenience_store", "car_parking", "community_service_station", "outdoor_fitness", "nursery", "parcel_locker"}

// generate makes a plan of zones in a square of streets.
func generate(seed uint64, zones int) *areaplan.Plan {
	gk, _ := geo.ZoneOfSRID(4545)
	t := &town{gk: gk, origin: [2]float64{395_000, 3_205_000}, random: rand.New(rand.NewPCG(seed, 1))}
	p := &areaplan.Plan{
		District: areaplan.District{Code: "500110", Name: "某区", SRID: 4545, Demo: true, Notice: "测试数据：程序生成。"},
		Scenario: areaplan.Scenario{Code: "main", Name: "主方案", Revision: 1},
		Before:   "2000年底前", Period: "2026–2028", Title: "某区城镇老旧小区改造", Author: "某区住房城乡建设委员会",
		At: time.Date(2026, 11, 30, 0, 0, 0, 0, time.UTC),
	}
	side := int(math.Ceil(math.Sqrt(float64(zones))))
	for i := range zones {
		t.zone(p, i, float64(i%side)*700, float64(i/side)*600)
	}
	t.surroundings(p, float64(side)*700, float64(side)*600)
	t.coverage(p, kinds[:2])
	return p
}

func (t *town) zone(p *areaplan.Plan, i int, x, y float64) {
	year := 2026 + i%3
	z := areaplan.Zone{Parts: 1, Outline: t.box(x+250, y+200, 520, 420, 0)}
	z.Code, z.Name, z.Year = fmt.Sprintf("z%d", i), fmt.Sprintf("第%d片区", i+1), &year
	z.Totals = zone.Totals{AreaM2: 520 * 420, Communities: 12, Buildings: 216, Households: 12 * 150, FloorAreaM2: 12 * 12_000}
	for k := range 12 {
		cx, cy := x+60+float64(k%4)*125, y+60+float64(k/4)*130
		built, households, floor := 1975+t.random.IntN(35), int64(150), 12_000.0
		c := areaplan.Community{
			Code: fmt.Sprintf("z%dc%d", i, k), Name: fmt.Sprintf("%s%d小区", []string{"和平", "建设", "团结", "光明"}[k%4], 10*i+k), BuiltYear: &built,
			Households: &households, FloorAreaM2: &floor, Buildings: 18, Eligibility: []string{"in", "borderline", "out"}[t.random.IntN(3)], Outline: t.box(cx, cy, 110, 110, 0),
		}
		place := t.at(cx, cy)
		c.Location = &place
		z.Communities = append(z.Communities, c.Code)
		p.Communities = append(p.Communities, c)
		for b := range 18 {
			year := built + t.random.IntN(4)
			p.Buildings = append(p.Buildings, areaplan.Building{
				Code: fmt.Sprintf("%sb%d", c.Code, b), CommunityCode: c.Code, Use: []string{"residential", "residential", "residential", "commercial", "public"}[t.random.IntN(5)],
				BuiltYear: &year, Outline: t.box(cx-38+float64(b%3)*38, cy-45+float64(b/3)*18, 30, 11, 0.1),
			})
		}
		if k > 0 {
			z.Strings = append(z.Strings, areaplan.String{Name: "解放路", Path: orb.LineString{*p.Communities[len(p.Communities)-2].Location, place}})
		}
	}
	p.Zones = append(p.Zones, z)
	p.Totals.Communities += 12
	p.Totals.Households += z.Totals.Households
}

func (t *town) surroundings(p *areaplan.Plan, width, height float64) {
	s := &p.Surroundings
	anywhere := func() (float64, float64) {
		return -width/2 + t.random.Float64()*2*width, -height/2 + t.random.Float64()*2*height
	}
	for i := range 20_000 {
		x, y := anywhere()
		s.Buildings = append(s.Buildings, areaplan.Area{Code: fmt.Sprint("s", i), Outline: t.box(x, y, 8+t.random.Float64()*30, 8+t.random.Float64()*12, t.random.Float64())})
	}
	for i := range 6_000 {
		x, y := anywhere()
		dx, dy := 120.0, 0.0
		if i%2 == 0 {
			dx, dy = 0, 120
		}
		path := orb.LineString{t.at(x, y), t.at(x+dx/2, y+dy/2+3), t.at(x+dx, y+dy)}
		s.Roads = append(s.Roads, areaplan.Line{Name: []string{"", fmt.Sprintf("解放%d路", i%90)}[i%2], Class: []string{"primary", "tertiary", "residential", "service", "footway"}[i%5], Path: path})
	}
	for i := range 60 {
		x, y := anywhere()
		s.Water = append(s.Water, areaplan.Area{Name: fmt.Sprintf("%d号塘", i), Outline: t.box(x, y, 90, 50, 0.5)})
		x, y = anywhere()
		s.Green = append(s.Green, areaplan.Area{Name: fmt.Sprintf("%d号游园", i), Outline: t.box(x, y, 120, 60, 0.2)})
	}
	for i := range 600 {
		x, y := anywhere()
		kind := kinds[i%len(kinds)]
		p.Facilities = append(p.Facilities, areaplan.Facility{Code: fmt.Sprint("f", i), Name: fmt.Sprintf("设施%d", i), FacilityType: kind, TypeName: kind, Location: t.at(x, y), Proposed: i%20 == 0})
	}
}

func (t *town) coverage(p *areaplan.Plan, types []string) {
	metres := 300.0
	for _, kind := range types {
		c := areaplan.Coverage{Covered: map[string]bool{}}
		c.Run = coverage.Run{FacilityType: kind, FacilityName: kind, Method: coverage.MethodRadius, Limit: coverage.Limit{Metres: &metres}, Detailed: true}
		for i := range p.Buildings {
			c.Covered[p.Buildings[i].Code] = t.random.IntN(3) > 0
		}
		for i := range p.Communities {
			share := t.random.Float64()
			c.Communities = append(c.Communities, areaplan.CommunityCoverage{Code: p.Communities[i].Code, Households: 150, Share: &share})
		}
		for _, f := range p.Facilities {
			if f.FacilityType == kind {
				q := t.gk
				e, n := q.Forward(f.Location)
				c.Reach = append(c.Reach, t.box(e-t.origin[0], n-t.origin[1], 500, 500, 0.7)...)
			}
		}
		p.Coverage = append(p.Coverage, c)
	}
}
