package importer

import (
	"context"
	"fmt"
	"slices"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/geo"
	"github.com/lianpian/lianpian/internal/registry"
)

const sourceOSM = "openstreetmap"

// osmRows are the register's rows of an extract.
type osmRows struct {
	roads      []registry.RoadRow
	waterways  []registry.WaterwayRow
	railways   []registry.RailwayRow
	barriers   []registry.BarrierRow
	gates      []registry.GateRow
	crossings  []registry.CrossingRow
	water      []registry.AreaRow
	landUse    []registry.AreaRow
	green      []registry.AreaRow
	places     []registry.PlaceRow
	adminAreas []registry.AdminAreaRow
	buildings  []registry.BuildingRow
	facilities []registry.FacilityRow
}

func (r *osmRows) total() int {
	return len(r.roads) + len(r.waterways) + len(r.railways) + len(r.barriers) + len(r.gates) + len(r.crossings) +
		len(r.water) + len(r.landUse) + len(r.green) + len(r.places) + len(r.adminAreas) + len(r.buildings) + len(r.facilities)
}

// osmReading turns an extract into rows, and keeps book of what it left out.
type osmReading struct {
	file    *osmFile
	mapping *facilityMapping
	mender  mender
	report  *Report
	// within limits the rows to a district and its surroundings; nil is no limit.
	within *orb.Bound

	rows    osmRows
	outside int64 // objects that lie outside within
	oldYear int64 // buildings from before 1900
	schools int64 // schools of which the tags do not say the kind
}

// read goes over the ways, the relations and the tagged nodes.
func (o *osmReading) read(ctx context.Context, advance func(int64)) error {
	for i, w := range o.file.ways {
		if w.tags == nil {
			continue
		}
		if i%1024 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		if err := o.way(ctx, w); err != nil {
			return err
		}
		advance(1)
	}
	for _, r := range o.file.relations {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err := o.relation(ctx, r); err != nil {
			return err
		}
		advance(1)
	}
	for _, n := range o.file.tagged {
		o.node(n)
		advance(1)
	}
	return nil
}

func (o *osmReading) skip(b orb.Bound) bool {
	if o.within == nil || o.within.Intersects(b) {
		return false
	}
	o.outside++
	return true
}

func (o *osmReading) node(n osmNode) {
	p := lonLat(n.x, n.y)
	name := n.tags.name()
	types := o.mapping.types(n.tags, name, 0)
	o.countSchool(n.tags, types)
	isPlace := placeClasses[n.tags.get("place")] && name != ""
	_, isCrossing := crossingClass(n.tags)
	if !isPlace && !isCrossing && len(types) == 0 && gateClass(n.tags) == "" || o.skip(p.Bound()) {
		return
	}
	o.walkingPoints(n, p)
	ref := fmt.Sprintf("osm:n%d", n.id)
	if isPlace {
		o.rows.places = append(o.rows.places, registry.PlaceRow{
			SourceRef: ref, Class: n.tags.get("place"), Name: name, Geometry: p,
		})
	}
	o.facilities(ref, types, n.tags, name, p)
}

// countSchool counts schools that no rule could place: primary and lower
// secondary schools are told apart by their names or not at all.
func (o *osmReading) countSchool(tags osmTags, types []string) {
	if tags.get("amenity") == "school" && len(types) == 0 {
		o.schools++
	}
}

func (o *osmReading) facilities(ref string, types []string, tags osmTags, name string, p orb.Point) {
	for _, key := range types {
		o.rows.facilities = append(o.rows.facilities, registry.FacilityRow{
			FacilityType: key, Name: name, Address: address(tags), Capacity: wholeNumber(tags.get("capacity"), 1_000_000),
			Geometry: p, Source: sourceOSM, SourceRef: ref,
		})
	}
}

func address(tags osmTags) string {
	if full := tags.get("addr:full"); full != "" {
		return shorten(full, 200)
	}
	return shorten(tags.get("addr:street")+tags.get("addr:housenumber"), 200)
}

func (o *osmReading) way(ctx context.Context, w osmWay) error {
	line, missing := o.file.line(w)
	object := fmt.Sprintf("way/%d", w.id)
	closed := o.file.closed(w)
	asLine, class := lineLayer(w.tags)
	asArea := closed && (asLine == "" || w.tags.get("area") == "yes")
	if asLine == "" && !asArea && !o.areaTags(w.tags) && wallClass(w.tags) == "" {
		return nil
	}
	if len(line) > 0 && o.skip(line.Bound()) {
		return nil
	}
	o.barrier(w, line, missing, object)
	if asLine != "" && w.tags.get("area") != "yes" || asLine == "road" {
		o.line(w, asLine, class, line, missing, object)
	}
	if !asArea {
		if !closed && (w.tags.is("building") || w.tags.is("landuse") || w.tags.get("natural") == "water") {
			o.report.refuse(place{object: object, layer: o.layerName(w.tags)}, "面的边界没有闭合", "")
		}
		return nil
	}
	if missing > 0 {
		if o.areaTags(w.tags) || len(o.mapping.types(w.tags, w.tags.name(), 0)) > 0 {
			o.report.refuse(place{object: object, layer: o.layerName(w.tags)}, fmt.Sprintf("有 %d 个节点不在文件中", missing), "")
		}
		return nil
	}
	return o.area(ctx, object, fmt.Sprintf("osm:w%d", w.id), w.tags, orb.MultiPolygon{{orb.Ring(line)}})
}

// areaTags tells whether the tags ask for a shape and not a line.
func (o *osmReading) areaTags(tags osmTags) bool {
	layer, _ := areaLayer(tags)
	return layer != "" || tags.is("building") || tags.get("boundary") == "administrative"
}

func (o *osmReading) layerName(tags osmTags) string {
	if tags.is("building") {
		return "buildings"
	}
	if tags.get("boundary") == "administrative" {
		return "admin_area"
	}
	layer, _ := areaLayer(tags)
	return layer
}

func (o *osmReading) line(w osmWay, layer, class string, line orb.LineString, missing int, object string) {
	at := place{object: object, layer: layer}
	if len(line) < 2 {
		reason := "不到两个不同的节点，画不成线"
		if missing > 0 {
			reason = fmt.Sprintf("有 %d 个节点不在文件中，剩下的画不成线", missing)
		}
		o.report.refuse(at, reason, "")
		return
	}
	if missing > 0 {
		o.report.repaired(at, fmt.Sprintf("有 %d 个节点不在文件中，取最长的完整一段", missing),
			fmt.Sprintf("%d 个节点", w.to-w.from), fmt.Sprintf("%d 个节点", len(line)))
	}
	ref, name := fmt.Sprintf("osm:w%d", w.id), w.tags.name()
	switch layer {
	case "road":
		oneway, kept := w.tags.get("oneway"), walkingTags(w.tags)
		if oneway == "-1" || oneway == "reverse" {
			slices.Reverse(line)
			oneway = "yes"
			if incline, ok := kept["incline"]; ok {
				kept["incline"] = turned(incline)
			}
		}
		o.rows.roads = append(o.rows.roads, registry.RoadRow{
			SourceRef: ref, Class: class, Name: name,
			Walkable: walkable(w.tags), Stairs: class == "steps",
			Bridge: w.tags.is("bridge"), Tunnel: inTunnel(w.tags), Level: layerOf(w.tags),
			Oneway: oneway == "yes" || oneway == "true" || oneway == "1" || class == "motorway" && oneway == "" || w.tags.get("junction") == "roundabout",
			Tags:   kept, Geometry: line,
		})
	case "railway":
		o.rows.railways = append(o.rows.railways, registry.RailwayRow{
			SourceRef: ref, Class: class, Name: name,
			Bridge: w.tags.is("bridge"), Tunnel: inTunnel(w.tags), Level: layerOf(w.tags), Geometry: line,
		})
	case "waterway":
		o.rows.waterways = append(o.rows.waterways, registry.WaterwayRow{
			SourceRef: ref, Class: class, Name: name, Tunnel: w.tags.is("tunnel"), Geometry: line,
		})
	}
}

func walkingTags(tags osmTags) map[string]string {
	kept := map[string]string{}
	for _, t := range tags {
		if walkingKeys[t.key] {
			kept[t.key] = shorten(t.value, 100)
		}
	}
	return kept
}

func (o *osmReading) relation(ctx context.Context, r osmRelation) error {
	object := fmt.Sprintf("relation/%d", r.id)
	o.square(r)
	administrative := r.tags.get("boundary") == "administrative"
	if !o.areaTags(r.tags) && len(o.mapping.types(r.tags, r.tags.name(), 0)) == 0 {
		return nil
	}
	built := assembleArea(o.file, r.members)
	if len(built.area) > 0 && o.skip(built.area.Bound()) {
		return nil
	}
	at := place{object: object, layer: o.layerName(r.tags)}
	// Part of an administrative boundary is a wrong boundary; part of a forest
	// that the extract cuts through is still that part of the forest.
	switch {
	case len(built.area) == 0 && built.whole():
		o.report.refuse(at, "没有闭合的环", "")
		return nil
	case len(built.area) == 0 || administrative && !built.whole():
		o.report.refuse(at, built.faults(), "")
		return nil
	case !built.whole():
		o.report.repaired(at, built.faults()+"，只取闭合的环", fmt.Sprintf("%d 个成员", len(r.members)), fmt.Sprintf("%d 个面", len(built.area)))
	}
	return o.area(ctx, object, fmt.Sprintf("osm:r%d", r.id), r.tags, built.area)
}

func (o *osmReading) area(ctx context.Context, object, ref string, tags osmTags, shape orb.MultiPolygon) error {
	name := tags.name()
	layer, class := areaLayer(tags)
	isBuilding := tags.is("building")
	level := wholeNumber(tags.get("admin_level"), 12)
	isAdmin := tags.get("boundary") == "administrative" && level != nil && *level >= 2
	m2 := 0.0
	types := o.mapping.types(tags, name, m2)
	if layer == "" && !isBuilding && !isAdmin && len(types) == 0 {
		return nil
	}
	at := place{object: object, layer: o.layerName(tags)}
	if at.layer == "" {
		at.layer = "facilities"
	}
	shape, ok, err := o.mender.area(ctx, at, shape)
	if err != nil || !ok {
		return err
	}
	o.countSchool(tags, types)
	if len(types) > 0 {
		types = o.mapping.types(tags, name, geo.Area(shape)) // some depend on the size
		if p, ok := innerPoint(shape); ok {
			o.facilities(ref, types, tags, name, p)
		}
	}
	if isBuilding {
		year, old := startYear(tags)
		if old {
			o.oldYear++
		}
		if name == "" {
			name = shorten(tags.get("addr:housename"), 200)
		}
		o.rows.buildings = append(o.rows.buildings, registry.BuildingRow{
			Name: name, Use: buildingUse(tags), Storeys: storeys(tags), HeightM: heightM(tags), BuiltYear: year,
			Households: wholeNumber(tags.get("building:flats"), 100_000),
			Geometry:   shape, Source: sourceOSM, SourceRef: ref,
		})
	}
	if isAdmin {
		o.rows.adminAreas = append(o.rows.adminAreas, registry.AdminAreaRow{SourceRef: ref, Level: *level, Name: name, Geometry: shape})
	}
	row := registry.AreaRow{SourceRef: ref, Class: class, Name: name, Geometry: shape}
	switch layer {
	case "water":
		o.rows.water = append(o.rows.water, row)
	case "land_use":
		o.rows.landUse = append(o.rows.landUse, row)
	case "green":
		o.rows.green = append(o.rows.green, row)
	}
	return nil
}
