package main

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/peterstace/simplefeatures/geom"
)

// building is a footprint with what is known or generated of it.
type building struct {
	code, ref, name string
	made            bool // the footprint itself is generated
	shape           geom.Geometry
	at              geom.XY // on its surface
	footprint       float64
	height          float64 // metres, 0 unknown
	use             string
	useMade         bool
	storeys         int // 0 unknown
	households      int // residential only
	floorArea       float64
	builtYear       int // 0 unknown
	community       *community
	subdistrict     string
}

func (b *building) residential() bool { return b.use == "residential" }

// usesByKind: what the map says a building is for.
var usesByKind = map[string]string{
	"apartments": "residential", "residential": "residential", "house": "residential",
	"commercial": "commercial", "office": "commercial", "bank": "commercial", "retail": "commercial",
	"mall": "commercial", "shop": "commercial", "hotel": "commercial",
	"school": "public", "arts_centre": "public", "place_of_worship": "public", "embassy": "public",
	"transportation": "public", "attraction": "public", "communications_tower": "public",
	"shed": "other", "construction": "other",
}

var (
	commercialWords = []string{
		"大厦", "中心", "银行", "酒店", "饭店", "商", "广场", "公司", "交易所", "洋行", "海关", "办公", "大楼", "楼宇",
		"Tower", "Building", "Bank", "Plaza", "Hotel", "Mansion", "Center", "Centre", "Finance", "Office", "BFC",
	}
	homeWords   = []string{"公寓", "小区", "新村", "花园", "苑", "弄", "坊", "里", "Apartment"}
	publicWords = []string{"学校", "小学", "中学", "幼儿园", "医院", "博物馆", "馆", "寺", "教堂", "庙", "School", "Museum"}
)

// makeBuildings puts the footprints together and decides what each is for.
// Parts of buildings are no buildings; of those that the edge of the data cuts,
// only what is at least half there is kept.
func (d *district) makeBuildings() error {
	objects, err := merge(d.raw.layers["buildings"], func(p piece) bool { return p.text("kind") == "building" })
	if err != nil {
		return err
	}
	var cut, outside int
	for _, o := range objects {
		at := middle(o.shape)
		switch {
		case o.cut > 0 && o.cut < 0.5:
			cut++
			continue
		case !holds(d.extent, at) || o.shape.Area() < 8:
			outside++
			continue
		}
		b := &building{ref: o.ref, name: o.name(), shape: o.shape, at: at, footprint: o.shape.Area()}
		if h, ok := o.number("height"); ok && h > 0 {
			b.height = h
		}
		b.subdistrict = d.subdistrictAt(at).code
		b.use = usesByKind[o.text("kind_detail")]
		if b.use == "" {
			b.use, b.useMade = d.guessUse(o, b), true
		}
		b.measure()
		d.buildings = append(d.buildings, b)
	}
	d.log.Info("buildings", "kept", len(d.buildings), "left out, cut", cut, "left out, outside or tiny", outside)
	return nil
}

// guessUse is the generated use of a building of which the map says nothing.
func (d *district) guessUse(o object, b *building) string {
	name := b.name + o.text("name:en")
	if containsAny(name, publicWords) {
		return "public"
	}
	if containsAny(name, commercialWords) {
		return "commercial"
	}
	if containsAny(name, homeWords) {
		return "residential"
	}
	switch o.text("landuse_kind") {
	case "residential":
		return "residential"
	case "retail", "commercial", "attraction", "parking":
		return "commercial"
	case "place_of_worship", "hospital", "park", "garden", "forest", "protected_area", "grass", "pedestrian":
		return "public"
	}
	core := strings.HasSuffix(b.subdistrict, "004") || strings.HasSuffix(b.subdistrict, "005")
	slim := slenderness(b.shape)
	switch {
	case b.name != "", b.footprint > 1700, b.height > 70, core && b.height == 0:
		return "commercial"
	case b.height > 32 && slim < 0.6: // a tower of flats is rarely longer than wide
		return "commercial"
	case chance(dice("use "+b.ref), 0.9):
		return "residential"
	}
	return "commercial"
}

func containsAny(s string, words []string) bool {
	for _, w := range words {
		if strings.Contains(s, w) {
			return true
		}
	}
	return false
}

// slenderness is the short side of the smallest rectangle around g through its
// long side.
func slenderness(g geom.Geometry) float64 {
	s := geom.RotatedMinimumAreaBoundingRectangle(g).DumpCoordinates()
	if s.Length() < 3 {
		return 1
	}
	a, b := metres(s.GetXY(0), s.GetXY(1)), metres(s.GetXY(1), s.GetXY(2))
	if a == 0 || b == 0 {
		return 0
	}
	return math.Min(a, b) / math.Max(a, b)
}

// measure estimates storeys, floor area and households. All three are
// generated, also where they rest on a real height.
func (b *building) measure() {
	r := dice("measure " + b.ref)
	switch {
	case b.height > 0 && b.residential():
		b.storeys = max(1, int(math.Round((b.height-2)/3))) // the map makes heights of storeys this way
	case b.height > 0:
		b.storeys = max(1, int(math.Round(b.height/3.8)))
	case b.residential() && b.footprint < 110:
		b.storeys = between(r, 2, 3) // lane houses
	case b.residential():
		b.storeys = between(r, 4, 7)
	default:
		return // nothing is known of it, and nobody lives there
	}
	b.floorArea = math.Round(b.footprint * float64(b.storeys))
	if b.residential() {
		perHousehold := spread(r, 48, 66)
		if b.storeys > 18 {
			perHousehold = spread(r, 95, 125)
		} else if b.storeys > 8 {
			perHousehold = spread(r, 72, 92)
		} else if b.footprint < 110 {
			perHousehold = spread(r, 38, 50)
		}
		b.households = max(1, int(math.Round(b.floorArea/perHousehold)))
	}
}

func buildingRows(buildings []*building) []row {
	rows := make([]row, 0, len(buildings))
	for i, b := range buildings {
		b.code = fmt.Sprintf("B%04d", i+1)
		p := props{"code": b.code, "source": "openstreetmap", "source_ref": b.ref, "use": b.use}
		made := []string{"code"}
		if b.made {
			p["source"] = "generated"
			made = append(made, "geometry")
		}
		if b.name != "" {
			p["name"] = b.name
		}
		if b.height > 0 {
			p["height_m"] = b.height
		}
		if b.subdistrict != "" {
			p["subdistrict_code"] = b.subdistrict
			made = append(made, "subdistrict_code")
		}
		if b.community != nil {
			p["community_code"] = b.community.code
			if b.community.shapeMade {
				made = append(made, "community_code")
			}
		}
		if b.useMade {
			made = append(made, "use")
		}
		for _, v := range []struct {
			column string
			value  int
		}{{"storeys", b.storeys}, {"households", b.households}, {"built_year", b.builtYear}} {
			if v.value > 0 {
				p[v.column] = v.value
				made = append(made, v.column)
			}
		}
		if b.floorArea > 0 {
			p["floor_area_m2"] = b.floorArea
			made = append(made, "floor_area_m2")
		}
		p["generated"] = sorted(made)
		rows = append(rows, row{b.shape, p})
	}
	return rows
}

// makeSlabs fills a residential area that the map shows empty with rows of
// slab blocks, as they stand there. They are generated, and marked so.
func (d *district) makeSlabs(a area) []*building {
	free, err := d.freeGround(a)
	if err != nil || free.IsEmpty() {
		return nil
	}
	prepared, err := geom.Prepare(free)
	if err != nil {
		return nil
	}
	r := dice("slabs " + a.ref)
	axis := longAxis(a.shape)
	turn := func(p geom.XY) geom.XY {
		return geom.XY{X: p.X*axis.X + p.Y*axis.Y, Y: -p.X*axis.Y + p.Y*axis.X}
	}
	back := func(p geom.XY) geom.XY {
		return geom.XY{X: p.X*axis.X - p.Y*axis.Y, Y: p.X*axis.Y + p.Y*axis.X}
	}
	lo, hi, ok := a.shape.TransformXY(turn).Envelope().MinMaxXYs()
	if !ok {
		return nil
	}
	usual := between(r, 5, 6)
	var out []*building
	for v := lo.Y + 2; v < hi.Y; {
		depth := spread(r, 10, 11.5)
		placed := false
		for u := lo.X + spread(r, 0, 6); u < hi.X; {
			wish := spread(r, 34, 62)
			var length float64
			var shape geom.Geometry
			for _, k := range []float64{1, 0.7, 0.45} {
				slab := rectangle(u, v, u+wish*k, v+depth).TransformXY(back)
				if ok, err := prepared.Covers(slab); err == nil && ok {
					length, shape = wish*k, slab
					break
				}
			}
			if length == 0 {
				u += 3
				continue
			}
			placed = true
			u += length + spread(r, 7, 11)
			if chance(r, 0.07) { // a yard, a playground
				continue
			}
			b := &building{
				ref: "demo:" + strings.TrimPrefix(a.ref, "osm:") + "-" + strconv.Itoa(len(out)+1), made: true,
				shape: shape, at: middle(shape), footprint: shape.Area(), use: "residential", useMade: true,
			}
			b.measure()
			b.storeys = usual
			if chance(r, 0.2) {
				b.storeys = between(r, 4, 7)
			}
			b.floorArea = math.Round(b.footprint * float64(b.storeys))
			b.households = max(1, int(math.Round(b.floorArea/spread(r, 54, 68))))
			b.subdistrict = d.subdistrictAt(b.at).code
			out = append(out, b)
		}
		if placed {
			v += depth + spread(r, 15, 19)
		} else {
			v += 2
		}
	}
	return out
}

// freeGround is where slabs may stand in an area: away from its edge, from
// roads and paths, real buildings, green and water.
func (d *district) freeGround(a area) (geom.Geometry, error) {
	free, err := geom.Buffer(a.shape, -5)
	if err != nil {
		return free, err
	}
	var taken []geom.Geometry
	near := func(g geom.Geometry, by float64) error {
		if !geom.Intersects(a.shape, g) {
			return nil
		}
		b, err := geom.Buffer(g, by, geom.BufferQuadSegments(4))
		taken = append(taken, b)
		return err
	}
	for _, r := range d.base["road"] {
		if r.props["tunnel"] == true {
			continue
		}
		by := 4.0
		if w, ok := streetWidths[r.props["class"].(string)]; ok {
			by = w
		}
		if err := near(r.shape, by); err != nil {
			return free, err
		}
	}
	for _, b := range d.buildings {
		if err := near(b.shape, 9); err != nil {
			return free, err
		}
	}
	for _, g := range []geom.Geometry{d.greenery, d.water} {
		if err := near(g, 3); err != nil {
			return free, err
		}
	}
	if len(taken) == 0 {
		return free, nil
	}
	all, err := geom.UnionMany(taken)
	if err != nil {
		return free, err
	}
	return geom.Difference(free, all)
}

// longAxis is the direction of the side of g's smallest rectangle that runs
// more east to west: blocks face south.
func longAxis(g geom.Geometry) geom.XY {
	s := geom.RotatedMinimumAreaBoundingRectangle(g).DumpCoordinates()
	best := geom.XY{X: 1}
	steepest := math.Inf(1)
	for i := 1; i < min(s.Length(), 3); i++ {
		a, b := s.GetXY(i-1), s.GetXY(i)
		n := metres(a, b)
		if n == 0 {
			continue
		}
		v := geom.XY{X: (b.X - a.X) / n, Y: (b.Y - a.Y) / n}
		if math.Abs(v.Y) < steepest {
			steepest, best = math.Abs(v.Y), v
		}
	}
	if best.X < 0 {
		best = geom.XY{X: -best.X, Y: -best.Y}
	}
	return best
}
