package main

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/peterstace/simplefeatures/geom"
)

// facility is one service at one place; kind is a key of the standards.
type facility struct {
	ref, kind, name string
	made            bool
	capacity        int
	at              geom.XY
}

// facilityKind maps a point of interest to a key of the facility standards, ""
// for none. Gates, entrances and hospitals are none: a hospital is no
// community health centre.
func facilityKind(p piece) string {
	name := p.name() + p.text("name:en")
	switch p.text("kind") {
	case "toilets":
		return "public_toilet"
	case "bus_stop":
		return "bus_stop"
	case "station":
		return "metro"
	case "convenience":
		return "convenience_store"
	case "supermarket":
		return "supermarket"
	case "pharmacy", "bakery":
		return "community_shop"
	case "kindergarten":
		return "kindergarten"
	case "school":
		switch {
		case strings.Contains(name, "小学"), strings.Contains(name, "Primary"):
			return "primary_school"
		case strings.Contains(name, "中学"), strings.Contains(name, "南校"):
			return "middle_school"
		}
	case "mall":
		return "mall"
	case "fitness":
		return "gym"
	case "parking":
		return "car_parking"
	case "park":
		area, _ := p.number("area")
		area *= 0.73 // the source measures in Mercator
		switch {
		case area >= 50000:
			return "park_c15"
		case area >= 10000:
			return "park_c10"
		case area >= 4000:
			return "park_c05"
		}
		return "pocket_park"
	}
	return ""
}

// wanted is what the map lacks and the demo generates: so many, this far apart
// at least, none within keep metres of a real one.
var wanted = []struct {
	kind, name  string
	count       int
	apart, keep float64
	capacity    [2]int
}{
	{"subdistrict_office", "街道办事处", 4, 900, 0, [2]int{}},
	{"street_service_centre", "社区事务受理服务中心", 4, 900, 0, [2]int{}},
	{"health_centre", "社区卫生服务中心", 3, 1100, 0, [2]int{}},
	{"police_station", "派出所", 3, 1000, 0, [2]int{}},
	{"culture_centre", "文化活动中心", 2, 1400, 0, [2]int{}},
	{"nursing_home", "养老院", 2, 1200, 0, [2]int{120, 260}},
	{"health_station", "社区卫生服务站", 9, 430, 0, [2]int{}},
	{"elder_daycare", "老年人日间照料中心", 7, 450, 0, [2]int{20, 60}},
	{"elder_station", "老年服务站", 8, 350, 0, [2]int{15, 40}},
	{"community_canteen", "社区食堂", 7, 450, 0, [2]int{40, 120}},
	{"nursery", "托儿所", 5, 500, 0, [2]int{30, 80}},
	{"kindergarten", "幼儿园", 7, 420, 300, [2]int{120, 300}},
	{"primary_school", "小学", 3, 700, 400, [2]int{500, 1000}},
	{"middle_school", "初级中学", 2, 1200, 600, [2]int{600, 1200}},
	{"community_service_station", "社区服务站", 12, 350, 0, [2]int{}},
	{"culture_station", "文化活动站", 6, 500, 0, [2]int{}},
	{"police_room", "社区警务室", 6, 500, 0, [2]int{}},
	{"outdoor_fitness", "室外健身场地", 16, 280, 0, [2]int{}},
	{"sports_ground_s", "小型运动场地", 5, 500, 0, [2]int{}},
	{"wet_market", "菜市场", 5, 600, 0, [2]int{}},
	{"community_shop", "便民商业网点", 18, 220, 150, [2]int{}},
	{"convenience_store", "便利店", 12, 260, 150, [2]int{}},
	{"parcel_locker", "快递柜", 26, 160, 0, [2]int{60, 180}},
	{"property_office", "物业管理用房", 16, 200, 0, [2]int{}},
	{"waste_station", "垃圾收集站", 5, 600, 0, [2]int{}},
	{"recycling_point", "再生资源回收点", 8, 350, 0, [2]int{}},
	{"ev_charging", "充电设施", 9, 350, 0, [2]int{6, 30}},
	{"public_toilet", "公共厕所", 8, 350, 250, [2]int{}},
	{"housekeeping", "家政服务网点", 5, 500, 0, [2]int{}},
}

func (d *district) makeFacilities() error {
	seen := map[string]bool{}
	for _, layer := range []string{"transit", "pois"} { // a station's area before its label
		for _, p := range d.raw.layers[layer] {
			kind := facilityKind(p)
			if kind == "" || layer == "transit" && kind != "metro" {
				continue
			}
			f := &facility{kind: kind, name: p.name(), ref: pointRef(p), at: inside2(p.shape)}
			if n, ok := p.number("capacity"); ok && kind == "car_parking" {
				f.capacity = int(n)
			}
			same := kind + f.name
			if kind != "metro" {
				same = kind + f.ref
			}
			if seen[same] || !holds(d.extent, f.at) {
				continue
			}
			seen[same] = true
			d.facilities = append(d.facilities, f)
		}
	}
	slices.SortFunc(d.facilities, func(a, b *facility) int { return cmp.Compare(a.kind+a.ref, b.kind+b.ref) })
	real := len(d.facilities)
	for _, w := range wanted {
		d.generateFacilities(w.kind, w.name, w.count, w.apart, w.keep, w.capacity)
	}
	d.log.Info("facilities", "real", real, "generated", len(d.facilities)-real)
	return nil
}

// generateFacilities stands them in communities drawn by lot.
func (d *district) generateFacilities(kind, name string, count int, apart, keep float64, capacity [2]int) {
	order := slices.Clone(d.communities)
	r := dice("draw " + kind)
	r.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
	made := 0
	for _, c := range order {
		if made == count {
			return
		}
		key := kind + " " + c.ref
		at := d.onLand(c, key)
		if slices.ContainsFunc(d.facilities, func(f *facility) bool {
			limit := keep
			if f.made {
				limit = apart
			}
			// two services do not stand on one spot either
			return f.kind == kind && metres(f.at, at) < limit || metres(f.at, at) < 6
		}) {
			continue
		}
		made++
		f := &facility{
			kind: kind, name: fmt.Sprintf("演示%s%d", name, made), made: true, at: at,
			ref: "demo:" + kind + "-" + strconv.Itoa(made),
		}
		if capacity[1] > 0 {
			f.capacity = int(math.Round(float64(between(r, capacity[0], capacity[1]))/10) * 10)
		}
		d.facilities = append(d.facilities, f)
	}
}

func inside2(g geom.Geometry) geom.XY {
	if p, ok := g.AsPoint(); ok {
		xy, _ := p.XY()
		return xy
	}
	return inside(g)
}

// pointRef: a point of interest that has an area is the label of a way.
func pointRef(p piece) string {
	if _, ok := p.number("area"); p.id < 0 || ok || p.shape.Dimension() == 2 {
		return areaRef(p.id)
	}
	return "osm:n" + strconv.FormatInt(p.id, 10)
}

func facilityRows(facilities []*facility) []row {
	var rows []row
	for i, f := range facilities {
		p := props{
			"code": fmt.Sprintf("F%04d", i+1), "facility_type": f.kind, "name": f.name,
			"source": "openstreetmap", "source_ref": f.ref,
		}
		made := []string{"code"}
		if f.made {
			p["source"] = "generated"
			made = append(made, "facility_type", "location", "name")
		}
		if f.capacity > 0 {
			p["capacity"] = f.capacity
			if f.made {
				made = append(made, "capacity")
			}
		}
		p["generated"] = sorted(made)
		rows = append(rows, row{geom.NewPointXY(f.at.X, f.at.Y).AsGeometry(), p})
	}
	return rows
}
