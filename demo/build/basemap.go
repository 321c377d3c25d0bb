package main

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/peterstace/simplefeatures/geom"
)

var landUseClasses = map[string]string{
	"residential": "residential", "commercial": "commercial", "retail": "retail",
	"school": "education", "hospital": "medical", "place_of_worship": "religious",
	"parking": "parking", "fuel": "fuel", "pedestrian": "pedestrian", "footway": "pedestrian", "pier": "pier",
}

var greenClasses = map[string]string{
	"park": "park", "garden": "garden", "grass": "grass", "forest": "forest",
	"natural_wood": "wood", "recreation_ground": "recreation_ground", "pitch": "pitch",
}

// streetWidths is half the width of a street block's gap, by highway class.
var streetWidths = map[string]float64{
	"trunk": 16, "primary": 14, "secondary": 12, "tertiary": 9,
	"residential": 6, "unclassified": 6, "living_street": 5, "pedestrian": 4,
}

func (d *district) makeBaseMap() error {
	d.base = map[string][]row{}
	if err := d.makeLines(); err != nil {
		return err
	}
	if err := d.makeWater(); err != nil {
		return err
	}
	if err := d.makeLand(); err != nil {
		return err
	}
	d.makePlaces()
	return nil
}

func real(ref string, more props) props {
	p := props{"source": "openstreetmap", "source_ref": ref, "generated": []string{}}
	for k, v := range more {
		p[k] = v
	}
	return p
}

func (d *district) makeLines() error {
	groups := map[int64][]piece{}
	for _, layer := range []string{"roads", "water"} {
		for _, p := range d.raw.layers[layer] {
			if p.shape.Dimension() == 1 && !p.flag("boundary") && p.text("kind") != "ferry" {
				groups[p.id] = append(groups[p.id], p)
			}
		}
	}
	ids := make([]int64, 0, len(groups))
	for id := range groups {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	for _, id := range ids {
		p := piece{id: id, props: gather(groups[id])}
		for i, line := range joinLines(shapes(groups[id])) {
			ref := areaRef(id)
			if i > 0 { // a part is missing in between
				ref += "/" + strconv.Itoa(i+1)
			}
			if length(line) < 0.5 {
				continue
			}
			d.addLine(ref, p, lineOf(line))
		}
	}
	return nil
}

func (d *district) addLine(ref string, p piece, line geom.Geometry) {
	tunnel, bridge := p.flag("is_tunnel"), p.flag("is_bridge")
	level := 0
	switch {
	case tunnel:
		level = -1
	case bridge:
		level = 1
	}
	kind, class := p.text("kind"), p.text("kind_detail")
	switch kind {
	case "river", "canal", "stream":
		d.base["waterway"] = append(d.base["waterway"], row{line, real(ref, props{"class": kind, "name": p.name(), "tunnel": tunnel})})
		return
	case "rail":
		d.base["railway"] = append(d.base["railway"], row{line, real(ref, props{
			"class": class, "name": p.name(), "bridge": bridge, "tunnel": tunnel, "level": level,
		})})
		return
	}
	tags := map[string]string{}
	for _, k := range []string{"access", "foot", "bicycle", "footway", "surface", "service", "crossing", "motor_vehicle"} {
		if v := p.text(k); v != "" {
			tags[k] = v
		}
	}
	if class == "pier" { // a jetty that people walk on; not a highway value
		class, tags["man_made"] = "footway", "pier"
	}
	d.base["road"] = append(d.base["road"], row{line, real(ref, props{
		"class": class, "name": p.name(), "walkable": walkable(class, tunnel, tags), "stairs": class == "steps",
		"bridge": bridge, "tunnel": tunnel, "level": level, "oneway": p.text("oneway") == "yes", "tags": tags,
	})})
	if w, ok := streetWidths[strings.TrimSuffix(class, "_link")]; ok && !tunnel {
		d.streets = append(d.streets, street{name: p.name(), shape: line, width: w})
	}
}

// walkable: people may walk unless the map says no. Road tunnels under the
// river and trunk roads are for cars, cycleways for bicycles.
func walkable(class string, tunnel bool, tags map[string]string) bool {
	switch tags["foot"] {
	case "yes", "designated", "permissive":
		return true
	case "no":
		return false
	}
	if a := tags["access"]; a == "no" || a == "private" {
		return false
	}
	switch class {
	case "footway", "steps", "path", "pedestrian":
		return true
	case "motorway", "motorway_link", "trunk", "trunk_link", "cycleway":
		return false
	}
	return !tunnel
}

func (d *district) makeWater() error {
	objects, err := merge(d.raw.layers["water"], func(piece) bool { return true })
	if err != nil {
		return err
	}
	var all []geom.Geometry
	for _, o := range objects {
		class := o.text("kind")
		if class == "riverbank" || strings.HasSuffix(o.name(), "江") || strings.HasSuffix(o.name(), "河") {
			class = "river"
		}
		d.base["water"] = append(d.base["water"], row{o.shape, real(o.ref, props{"class": class, "name": o.name()})})
		all = append(all, o.shape)
	}
	unnamed, err := d.unnamedWater()
	if err != nil {
		return err
	}
	for _, r := range unnamed {
		d.base["water"] = append(d.base["water"], r)
		all = append(all, r.shape)
	}
	d.water, err = geom.UnionMany(all)
	return err
}

// unnamedWater are small ponds: the source has thrown them together per tile
// and lost their ids, but their shore lines still have them.
func (d *district) unnamedWater() ([]row, error) {
	groups := map[int64][]geom.Geometry{}
	for _, p := range d.raw.layers["water"] {
		if p.id != 0 || p.shape.Dimension() != 2 {
			continue
		}
		for _, part := range polygons(p.shape) {
			id := d.shoreOf(part)
			if id == 0 {
				d.log.Warn("a pond without a shore is left out", "area_m2", int(part.Area()))
				continue
			}
			groups[id] = append(groups[id], part.AsGeometry())
		}
	}
	var rows []row
	for id, gs := range groups {
		shape, err := unite(gs)
		if err != nil {
			return nil, fmt.Errorf("unite the parts of pond %d: %w", id, err)
		}
		rows = append(rows, row{shape, real(areaRef(id), props{"class": "water", "name": ""})})
	}
	slices.SortFunc(rows, compareRefs)
	return rows, nil
}

// shoreOf is the id of the shore line that runs along a pond, 0 for none.
func (d *district) shoreOf(pond geom.Polygon) int64 {
	band, err := geom.Buffer(pond.Boundary().AsGeometry(), 0.5, geom.BufferQuadSegments(2))
	if err != nil {
		return 0
	}
	var best int64
	longest := 1.0
	for _, p := range d.raw.layers["water"] {
		if !p.flag("boundary") || p.id == 0 || !geom.Intersects(band, p.shape) {
			continue
		}
		along, err := geom.Intersection(band, p.shape)
		if err == nil && along.Length() > longest {
			longest, best = along.Length(), p.id
		}
	}
	return best
}

func compareRefs(a, b row) int {
	return cmp.Compare(a.props["source_ref"].(string), b.props["source_ref"].(string))
}

func (d *district) makeLand() error {
	objects, err := merge(d.raw.layers["landuse"], func(p piece) bool {
		k := p.text("kind")
		return landUseClasses[k] != "" || greenClasses[k] != ""
	})
	if err != nil {
		return err
	}
	var green []geom.Geometry
	for _, o := range objects {
		kind, table := o.text("kind"), "land_use"
		class := landUseClasses[kind]
		if g := greenClasses[kind]; g != "" {
			class, table = g, "green"
			green = append(green, o.shape)
		}
		d.base[table] = append(d.base[table], row{o.shape, real(o.ref, props{"class": class, "name": o.name()})})
	}
	d.greenery, err = geom.UnionMany(green)
	return err
}

// makePlaces takes OpenStreetMap's places, and names the gaps in the data. The
// places of Who's On First have another licence and no Chinese name.
func (d *district) makePlaces() {
	for _, p := range d.raw.layers["places"] {
		if p.text("source") != "openstreetmap.org" {
			continue
		}
		d.base["place"] = append(d.base["place"], row{p.shape, real("osm:n"+strconv.FormatInt(p.id, 10),
			props{"class": p.text("kind"), "name": p.name()})})
	}
	for i, gap := range polygons(d.hole) { // so that nobody takes the blank for a bug
		at := inside(gap.AsGeometry())
		d.base["place"] = append(d.base["place"], row{geom.NewPointXY(at.X, at.Y).AsGeometry(), props{
			"class": "locality", "name": "（此处原始数据缺失）", "source": "generated",
			"source_ref": "demo:gap-" + strconv.Itoa(i+1), "generated": []string{"class", "geometry", "name"},
		}})
	}
	slices.SortFunc(d.base["place"], compareRefs)
}
