package main

import (
	"cmp"
	"fmt"
	"log/slog"
	"slices"
	"strconv"

	"github.com/peterstace/simplefeatures/geom"
)

const (
	districtCode = "310115"
	districtName = "陆家嘴（演示区）"
	// officeDistrict is the part of the district where nobody lives.
	officeDistrict = "陆家嘴中心片"
	notice         = "演示数据：道路、水系、建筑轮廓、真实小区名称等来自 © OpenStreetMap 贡献者（ODbL 1.0）；" +
		"街道划分、建成年份、户数、面积、居民意愿、房屋状况、部分楼栋与设施等为程序生成，均已逐项标注“演示数据：生成”，" +
		"与实际情况无关，不含任何个人信息。原始数据在陆家嘴中心缺一块（约 0.27 平方公里），地图上为空白。"
)

// district is what the steps build up.
type district struct {
	raw *raw
	log *slog.Logger

	extent   geom.Geometry // where there is data, gaps of the source filled
	hole     geom.Geometry // tiles that the source has lost
	divides  []divide
	admin    []adminArea
	base     map[string][]row // rows of the base map by table
	water    geom.Geometry
	streets  []street
	greenery geom.Geometry

	subdistricts  []subdistrict
	neighborhoods []neighborhood
	areas         []area
	buildings     []*building
	communities   []*community
	facilities    []*facility
}

// street is a drivable, open-air road: what divides street blocks.
type street struct {
	name  string
	shape geom.Geometry
	width float64 // half of it, metres
}

type adminArea struct {
	id    int64
	name  string
	shape geom.Geometry
}

type subdistrict struct {
	code, name, title string // title: the name without （演示）
	shape             geom.Geometry
}

// findExtent takes the union of the land tiles as the district: its envelope is
// the boundary, its holes are tiles that the source has lost.
func (d *district) findExtent() error {
	land, err := unite(shapes(d.raw.layers["earth"]))
	if err != nil {
		return err
	}
	lo, hi, ok := land.Envelope().MinMaxXYs()
	if !ok {
		return fmt.Errorf("the layer earth is empty")
	}
	d.extent = rectangle(lo.X, lo.Y, hi.X, hi.Y)
	d.hole, err = geom.Difference(d.extent, land)
	if err != nil {
		return err
	}
	if a := d.hole.Area(); a > 0 {
		d.log.Warn("the source has lost tiles", "area_m2", int(a))
	}
	d.hole = multi(polygons(d.hole))
	return nil
}

// divide is a line that separates subdistricts: the middle of a real street,
// seen as a function of x (or of y where it runs north to south).
type divide struct {
	street   string
	northing bool // runs north to south
	at, off  []float64
}

// findDivide averages a street's carriageways in steps of 80 m.
func (d *district) findDivide(name string, northing bool) (divide, error) {
	sum, n := map[int]float64{}, map[int]float64{}
	for _, p := range d.raw.layers["roads"] {
		if p.text("name") != name || p.text("kind") != "major_road" || p.flag("is_tunnel") || p.flag("is_link") {
			continue
		}
		s := p.shape.Densify(10).DumpCoordinates()
		for i := range s.Length() {
			at, off := s.GetXY(i).X, s.GetXY(i).Y
			if northing {
				at, off = off, at
			}
			k := int((at + 1e6) / 80)
			sum[k] += off
			n[k]++
		}
	}
	if len(n) < 2 {
		return divide{}, fmt.Errorf("no street %s to divide the district by", name)
	}
	keys := make([]int, 0, len(n))
	for k := range n {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	v := divide{street: name, northing: northing}
	for _, k := range keys {
		v.at = append(v.at, float64(k)*80+40-1e6)
		v.off = append(v.off, sum[k]/n[k])
	}
	return v, nil
}

// value is where the street runs at a place, extended straight beyond its ends.
func (v divide) value(at float64) float64 {
	last := len(v.at) - 1
	i, _ := slices.BinarySearch(v.at, at)
	i = min(max(i, 1), last)
	// beyond an end, the direction of the last 400 m counts, not of the last step
	j := i - 1
	if at > v.at[last] {
		i, j = last, max(0, last-5)
	} else if at < v.at[0] {
		i, j = min(last, 5), 0
	}
	t := (at - v.at[j]) / (v.at[i] - v.at[j])
	return v.off[j] + t*(v.off[i]-v.off[j])
}

// beyond tells whether p lies east of a street that runs north, north of one
// that runs east.
func (v divide) beyond(p geom.XY) bool {
	if v.northing {
		return p.X > v.value(p.Y)
	}
	return p.Y > v.value(p.X)
}

func (v divide) line() geom.Geometry {
	at := append([]float64{v.at[0] - 6000}, v.at...)
	at = append(at, v.at[len(v.at)-1]+6000)
	xy := make([]geom.XY, len(at))
	for i, a := range at {
		xy[i] = geom.XY{X: a, Y: v.value(a)}
		if v.northing {
			xy[i] = geom.XY{X: xy[i].Y, Y: a}
		}
	}
	g, err := lineOf(xy).Simplify(14) // one carriageway alone may be mapped for a while
	if err != nil {
		return lineOf(xy)
	}
	return g
}

// makeSubdistricts cuts the extent along the real boundaries of 虹口, 黄浦 and
// 浦东, and these parts along main roads. The result has no gaps or overlaps.
func (d *district) makeSubdistricts() error {
	borders := []geom.Geometry{d.extent.Boundary()}
	for _, p := range d.raw.layers["boundaries"] {
		borders = append(borders, p.shape)
	}
	parts, err := faces(borders)
	if err != nil {
		return err
	}
	for _, f := range parts {
		d.admin = append(d.admin, d.nameAdmin(f.AsGeometry()))
	}
	slices.SortFunc(d.admin, func(a, b adminArea) int { return cmp.Compare(b.id, a.id) })

	south, err := d.findDivide("浦东南路", true)
	if err != nil {
		return err
	}
	for _, name := range []string{"浦东大道", "世纪大道", "延安东路"} {
		v, err := d.findDivide(name, false)
		if err != nil {
			return err
		}
		d.divides = append(d.divides, v)
	}
	avenue, century, yanan := d.divides[0], d.divides[1], d.divides[2]
	d.divides = append(d.divides, south)

	lines := borders
	for _, v := range d.divides {
		lines = append(lines, v.line())
	}
	if parts, err = faces(lines); err != nil {
		return err
	}
	titles := []string{"北外滩片", "外滩片", "豫园片", officeDistrict, "东昌滨江片", "北滨江片", "崂山片", "张杨片"}
	groups := make([][]geom.Geometry, len(titles))
	for _, f := range parts {
		p := inside(f.AsGeometry())
		var k int
		switch d.adminAt(p) {
		case "黄浦区":
			k = 2
			if yanan.beyond(p) {
				k = 1
			}
		case "浦东新区":
			switch {
			case !south.beyond(p) && century.beyond(p):
				k = 3
			case !south.beyond(p):
				k = 4
			case avenue.beyond(p):
				k = 5
			case century.beyond(p):
				k = 6
			default:
				k = 7
			}
		default: // 虹口区, and the tip of 杨浦区 that lies in the river
			k = 0
		}
		groups[k] = append(groups[k], f.AsGeometry())
	}
	for k, title := range titles {
		shape, err := geom.UnionMany(groups[k])
		if err != nil {
			return err
		}
		d.subdistricts = append(d.subdistricts, subdistrict{
			code: fmt.Sprintf("%s%03d", districtCode, k+1), name: title + "（演示）", title: title,
			shape: multi(polygons(shape)),
		})
	}
	return nil
}

// nameAdmin asks the boundary lines which side of them this part is.
func (d *district) nameAdmin(shape geom.Geometry) adminArea {
	type side struct {
		name string
		id   int64
	}
	votes := map[side]int{}
	for _, p := range d.raw.layers["boundaries"] {
		s := p.shape.DumpCoordinates()
		for i := 1; i < s.Length(); i++ {
			a, b := s.GetXY(i-1), s.GetXY(i)
			if metres(a, b) == 0 {
				continue
			}
			k := 3 / metres(a, b)
			middle := geom.XY{X: (a.X + b.X) / 2, Y: (a.Y + b.Y) / 2}
			left := geom.XY{X: middle.X - (b.Y-a.Y)*k, Y: middle.Y + (b.X-a.X)*k}
			right := geom.XY{X: middle.X + (b.Y-a.Y)*k, Y: middle.Y - (b.X-a.X)*k}
			for key, at := range map[string]geom.XY{"left": left, "right": right} {
				if holds(shape, at) {
					id, _ := p.number("id:" + key)
					votes[side{p.text("name:" + key), int64(id)}]++
				}
			}
		}
	}
	var best side
	for s, n := range votes {
		if n > votes[best] || n == votes[best] && s.id < best.id {
			best = s
		}
	}
	return adminArea{id: best.id, name: best.name, shape: shape}
}

func (d *district) adminAt(p geom.XY) string {
	for _, a := range d.admin {
		if holds(a.shape, p) {
			return a.name
		}
	}
	return ""
}

func (d *district) subdistrictAt(p geom.XY) subdistrict {
	for _, s := range d.subdistricts {
		if holds(s.shape, p) {
			return s
		}
	}
	return subdistrict{}
}

func (d *district) tables() []table {
	ts := []table{{"district", []row{{
		shape: multi(polygons(d.extent)),
		props: props{
			"code": districtCode, "name": districtName, "gk_srid": 4549,
			"policy_key": "wansheng-2020", "policy_version": "2", "profile_key": "gb50180",
			"demo": true, "notice": notice,
			"source": "generated", "source_ref": "demo:district",
			"generated": []string{"boundary", "code", "name", "policy_key", "profile_key"},
		},
	}}}}
	var subs, hoods, admin []row
	for _, s := range d.subdistricts {
		subs = append(subs, row{s.shape, props{
			"code": s.code, "name": s.name, "source": "generated", "source_ref": "demo:s" + s.code,
			"generated": []string{"code", "geometry", "name"},
		}})
	}
	for _, n := range d.neighborhoods {
		hoods = append(hoods, row{n.shape, props{
			"code": n.code, "name": n.name, "subdistrict_code": n.subdistrict,
			"source": "generated", "source_ref": "demo:n" + n.code,
			"generated": []string{"code", "geometry", "name", "subdistrict_code"},
		}})
	}
	for _, a := range d.admin {
		admin = append(admin, row{multi(polygons(a.shape)), props{
			"source_ref": "osm:r" + strconv.FormatInt(-a.id, 10), "level": 6, "name": a.name,
			"source": "openstreetmap", "generated": []string{},
		}})
	}
	ts = append(ts, table{"subdistrict", subs}, table{"neighborhood", hoods},
		table{"community", communityRows(d.communities)},
		table{"building", buildingRows(d.buildings)},
		table{"facility", facilityRows(d.facilities)})
	for _, name := range []string{"road", "waterway", "railway", "water", "land_use", "green", "place"} {
		ts = append(ts, table{name, d.base[name]})
	}
	return append(ts, table{"admin_area", admin})
}
