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

// area is a piece of residential land use that the map shows.
type area struct {
	ref, name string
	shape     geom.Geometry
}

// community is one with its buildings; its facts are in facts.go.
type community struct {
	code, ref, name     string
	nameMade, shapeMade bool
	shape               geom.Geometry
	at                  geom.XY
	members             []*building
	subdistrict         subdistrict
	neighborhood        string
	address             string
	facts
}

func (c *community) households() (n int) {
	for _, b := range c.members {
		n += b.households
	}
	return n
}

func (c *community) floorArea() (m2 float64) {
	for _, b := range c.members {
		m2 += b.floorArea
	}
	return m2
}

// makeAreas takes the residential land use, without overlaps, and fills what is
// drawn without its houses with generated ones.
func (d *district) makeAreas() error {
	objects, err := merge(d.raw.layers["landuse"], func(p piece) bool { return p.text("kind") == "residential" })
	if err != nil {
		return err
	}
	slices.SortStableFunc(objects, func(a, b object) int { // named ones keep their shape
		return cmp.Compare(b2i(a.name() == ""), b2i(b.name() == ""))
	})
	var taken geom.Geometry
	for _, o := range objects {
		shape := o.shape
		if !taken.IsEmpty() && intersectionArea(shape, taken) > 1 {
			d.log.Warn("residential areas overlap: the later one is cut", "ref", o.ref, "name", o.name())
			if shape, err = geom.Difference(shape, taken); err != nil {
				return err
			}
			shape = largest(shape)
		}
		if shape.Area() < 1500 {
			continue
		}
		if taken, err = geom.Union(taken, shape); err != nil {
			return err
		}
		d.areas = append(d.areas, area{ref: o.ref, name: o.name(), shape: shape})
	}
	real := len(d.buildings)
	for _, a := range d.areas {
		var built float64
		for _, b := range d.buildings {
			if b.residential() && holds(a.shape, b.at) {
				built += b.footprint
			}
		}
		if built/a.shape.Area() < 0.03 {
			d.buildings = append(d.buildings, d.makeSlabs(a)...)
		}
	}
	d.log.Info("residential areas", "areas", len(d.areas), "generated buildings", len(d.buildings)-real)
	return nil
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// makeCommunities makes one of every named residential area, splits the large
// unnamed ones, and groups the other residential buildings by street block.
func (d *district) makeCommunities() error {
	for _, a := range d.areas {
		if err := d.fromArea(a); err != nil {
			return fmt.Errorf("area %s: %w", a.ref, err)
		}
	}
	blocks, err := d.streetBlocks()
	if err != nil {
		return err
	}
	for _, b := range blocks {
		if err := d.fromBlock(b); err != nil {
			return err
		}
	}
	d.orderCommunities()
	return nil
}

const largeArea = 55000 // m²

func (d *district) fromArea(a area) error {
	homes := d.homesIn(a.shape)
	made := 0
	for _, b := range homes {
		made += b2i(b.made)
	}
	if a.name != "" || a.shape.Area() < largeArea || made == 0 || made < len(homes)/2 {
		if len(homes) > 0 || a.name != "" {
			d.add(&community{ref: a.ref, name: a.name, nameMade: a.name == "", shape: multi(polygons(a.shape))})
		}
		return nil
	}
	k := int(math.Ceil(a.shape.Area() / largeArea * 2))
	centres := centresOf(homes, k)
	for i := range centres {
		shape, err := geom.Intersection(cell(centres, i), a.shape)
		if err != nil {
			return err
		}
		shape, err = d.withoutStreets(shape)
		if err != nil {
			return err
		}
		d.add(&community{
			ref: "demo:" + strings.TrimPrefix(a.ref, "osm:") + "-area-" + strconv.Itoa(i+1), nameMade: true, shapeMade: true,
			shape: multi(polygons(largest(shape))),
		})
	}
	return nil
}

// homesIn are the residential buildings in a shape that no community has.
func (d *district) homesIn(shape geom.Geometry) []*building {
	var homes []*building
	for _, b := range d.buildings {
		if b.community == nil && b.residential() && holds(shape, b.at) {
			homes = append(homes, b)
		}
	}
	return homes
}

// add gives a community its buildings, or drops it when it is too small to be
// one.
func (d *district) add(c *community) bool {
	if c.shape.IsEmpty() || c.shapeMade && c.shape.Area() < 700 {
		return false
	}
	written := toPlane(toDegrees(c.shape)) // as the reader of the file will see it
	homes, households := 0, 0
	for _, b := range d.buildings {
		if b.community == nil && holds(written, b.at) {
			c.members = append(c.members, b)
			homes += b2i(b.residential())
			households += b.households
		}
	}
	if c.shapeMade && (homes < 2 || households < 20) {
		return false
	}
	for _, b := range c.members {
		b.community = c
	}
	c.at = inside(c.shape)
	c.subdistrict = d.subdistrictAt(c.at)
	d.communities = append(d.communities, c)
	return true
}

// streetBlocks are the pieces of land between streets, water and the
// residential areas, in a fixed order.
func (d *district) streetBlocks() ([]geom.Polygon, error) {
	gaps := []geom.Geometry{d.water, d.hole}
	for _, s := range d.streets {
		g, err := geom.Buffer(s.shape, s.width, geom.BufferQuadSegments(3))
		if err != nil {
			return nil, err
		}
		gaps = append(gaps, g)
	}
	for _, a := range d.areas {
		g, err := geom.Buffer(a.shape, 2, geom.BufferQuadSegments(3))
		if err != nil {
			return nil, err
		}
		gaps = append(gaps, g)
	}
	gap, err := geom.UnionMany(gaps)
	if err != nil {
		return nil, err
	}
	land, err := geom.Difference(d.extent, gap)
	if err != nil {
		return nil, err
	}
	return polygons(land), nil
}

func (d *district) withoutStreets(shape geom.Geometry) (geom.Geometry, error) {
	for _, s := range d.streets {
		if !geom.Intersects(shape, s.shape) {
			continue
		}
		g, err := geom.Buffer(s.shape, s.width, geom.BufferEndCapFlat())
		if err != nil {
			return shape, err
		}
		if shape, err = geom.Difference(shape, g); err != nil {
			return shape, err
		}
	}
	return shape, nil
}

// fromBlock groups the homes of one street block into communities of about
// 25 buildings or 450 households. The office towers of the centre have none.
func (d *district) fromBlock(block geom.Polygon) error {
	ground := block.AsGeometry()
	if d.subdistrictAt(inside(ground)).title == officeDistrict {
		return nil
	}
	homes := d.homesIn(ground)
	households := 0
	for _, b := range homes {
		households += b.households
	}
	if len(homes) < 2 || households < 20 {
		return nil
	}
	k := int(math.Ceil(math.Max(float64(len(homes))/28, float64(households)/480)))
	centres := centresOf(homes, min(k, len(homes)/2))
	groups := make([][]*building, len(centres))
	for _, b := range homes {
		i := nearest(centres, b.at)
		groups[i] = append(groups[i], b)
	}
	where := inside(ground)
	for i, group := range groups {
		if len(group) < 2 {
			continue
		}
		shape, err := d.outline(group, ground, cell(centres, i))
		if err != nil {
			return err
		}
		least := 0.22
		if len(group) < 4 {
			least = 0.32
		}
		if density(group, shape) < least { // scattered houses are no compound
			continue
		}
		p := pointToDegrees(where)
		d.add(&community{
			ref:      fmt.Sprintf("demo:block-%.5f-%.5f-%d", p.X, p.Y, i+1),
			nameMade: true, shapeMade: true, shape: multi(polygons(shape)),
		})
	}
	return nil
}

// density is the share of a shape that a group of homes covers.
func density(group []*building, shape geom.Geometry) float64 {
	var covered float64
	for _, b := range group {
		if holds(shape, b.at) {
			covered += b.footprint
		}
	}
	return covered / math.Max(1, shape.Area())
}

// outline draws a compound's wall: the hull of its homes with a margin, inside
// its block and its share of it, around the large buildings that are no homes.
func (d *district) outline(group []*building, ground, share geom.Geometry) (geom.Geometry, error) {
	var gs []geom.Geometry
	for _, b := range group {
		gs = append(gs, b.shape)
	}
	shape, err := geom.Buffer(geom.NewGeometryCollection(gs).ConvexHull(), 5, geom.BufferJoinStyleMitre(2))
	if err != nil {
		return shape, err
	}
	for _, with := range []geom.Geometry{ground, share} {
		if shape, err = geom.Intersection(shape, with); err != nil {
			return shape, err
		}
	}
	for _, b := range d.buildings {
		if b.residential() || b.footprint < 350 || !geom.Intersects(shape, b.shape) {
			continue
		}
		g, err := geom.Buffer(b.shape, 2, geom.BufferJoinStyleMitre(2))
		if err != nil {
			return shape, err
		}
		if shape, err = geom.Difference(shape, g); err != nil {
			return shape, err
		}
	}
	// 0.6 m in and 0 out: neighbours never touch; thin tails go
	mitre := geom.BufferJoinStyleMitre(2)
	if shape, err = geom.Buffer(shape, -2.6, mitre); err != nil {
		return shape, err
	}
	if shape, err = geom.Buffer(largest(shape), 2, mitre); err != nil {
		return shape, err
	}
	return tidy(withoutHoles(shape, 400), 0.4), nil
}

// centresOf finds k places among the buildings that many of them are near to:
// k-means, started from the farthest ones.
func centresOf(homes []*building, k int) []geom.XY {
	k = max(1, k)
	centres := []geom.XY{homes[0].at}
	for len(centres) < k {
		far, at := -1.0, geom.XY{}
		for _, b := range homes {
			if m := metres(centres[nearest(centres, b.at)], b.at); m > far {
				far, at = m, b.at
			}
		}
		centres = append(centres, at)
	}
	for range 30 {
		sum, n := make([]geom.XY, k), make([]float64, k)
		for _, b := range homes {
			i := nearest(centres, b.at)
			sum[i] = geom.XY{X: sum[i].X + b.at.X, Y: sum[i].Y + b.at.Y}
			n[i]++
		}
		for i := range centres {
			if n[i] > 0 {
				centres[i] = geom.XY{X: sum[i].X / n[i], Y: sum[i].Y / n[i]}
			}
		}
	}
	return centres
}

func nearest(centres []geom.XY, p geom.XY) int {
	best := 0
	for i := range centres {
		if metres(centres[i], p) < metres(centres[best], p) {
			best = i
		}
	}
	return best
}

// cell is what lies nearer to centre i than to any other.
func cell(centres []geom.XY, i int) geom.Geometry {
	const far = 10000
	ring := []geom.XY{{X: -far, Y: -far}, {X: far, Y: -far}, {X: far, Y: far}, {X: -far, Y: far}}
	for j, c := range centres {
		if j == i {
			continue
		}
		a := centres[i]
		normal := geom.XY{X: c.X - a.X, Y: c.Y - a.Y}
		middle := geom.XY{X: (a.X + c.X) / 2, Y: (a.Y + c.Y) / 2}
		ring = clip(ring, middle, normal)
	}
	ring = append(ring, ring[0])
	return geom.NewPolygon([]geom.LineString{lineOf(ring).MustAsLineString()}).AsGeometry()
}

// clip keeps the part of a convex ring on the near side of the line through
// middle with the given normal.
func clip(ring []geom.XY, middle, normal geom.XY) []geom.XY {
	side := func(p geom.XY) float64 { return (p.X-middle.X)*normal.X + (p.Y-middle.Y)*normal.Y }
	var out []geom.XY
	for i, p := range ring {
		q := ring[(i+1)%len(ring)]
		a, b := side(p), side(q)
		if a <= 0 {
			out = append(out, p)
		}
		if a < 0 && b > 0 || a > 0 && b < 0 {
			t := a / (a - b)
			out = append(out, geom.XY{X: p.X + t*(q.X-p.X), Y: p.Y + t*(q.Y-p.Y)})
		}
	}
	return out
}

// orderCommunities gives codes and generated names: by subdistrict, then from
// north to south.
func (d *district) orderCommunities() {
	slices.SortStableFunc(d.communities, func(a, b *community) int {
		if c := cmp.Compare(a.subdistrict.code, b.subdistrict.code); c != 0 {
			return c
		}
		if c := cmp.Compare(b.at.Y, a.at.Y); c != 0 {
			return c
		}
		return cmp.Compare(a.at.X, b.at.X)
	})
	made := 0
	for i, c := range d.communities {
		c.code = fmt.Sprintf("C%03d", i+1)
		if c.nameMade {
			made++
			c.name = fmt.Sprintf("演示小区%d", made)
		}
		if s := d.streetNear(c.at); s != "" {
			c.address = s + "附近"
		}
	}
	d.log.Info("communities", "all", len(d.communities), "named by the map", len(d.communities)-made)
}

// streetNear is the nearest named street.
func (d *district) streetNear(p geom.XY) string {
	best, name := math.Inf(1), ""
	at := geom.NewPointXY(p.X, p.Y).AsGeometry()
	for _, s := range d.streets {
		if m, ok := geom.Distance(at, s.shape); ok && hasHan(s.name) && m < best {
			best, name = m, s.name
		}
	}
	return name
}
