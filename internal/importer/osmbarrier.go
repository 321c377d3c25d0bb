package importer

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/registry"
)

// walls are the values of barrier that nobody on foot gets over. Kerbs, handrails,
// rows of bollards and the like are left out: people step past them.
var walls = map[string]bool{
	"wall": true, "fence": true, "retaining_wall": true, "city_wall": true, "hedge": true, "guard_rail": true,
	"jersey_barrier": true, "cable_barrier": true, "wire_fence": true, "railing": true, "yes": true,
}

// gates are the values of barrier at a point where a barrier or a road can be
// passed, or is closed. Among them are the walls, which stand for a road that
// they block.
var gates = map[string]bool{
	"gate": true, "lift_gate": true, "swing_gate": true, "sliding_gate": true, "wicket_gate": true, "kissing_gate": true,
	"hampshire_gate": true, "bump_gate": true, "door": true, "entrance": true, "sally_port": true, "border_control": true,
	"turnstile": true, "full-height_turnstile": true, "stile": true, "cattle_grid": true, "cycle_barrier": true,
	"motorcycle_barrier": true, "horse_stile": true, "chicane": true, "bollard": true, "block": true, "planter": true, "log": true,
	"chain": true, "rope": true, "bar": true, "barrier_board": true, "toll_booth": true, "height_restrictor": true,
	"bus_trap": true, "spikes": true, "debris": true, "rising_bollard": true,
}

// lowWallM is how high a wall may be that people step over.
const lowWallM = 0.5

// wallClass is the class of barrier that a way stands for, "" for none. What
// lies on a bridge or below ground bars nobody on the ground.
func wallClass(tags osmTags) string {
	class := tags.get("barrier")
	switch {
	case gates[class] && !openOnFoot(tags): // a gate drawn as a line, and shut
	case !walls[class] || onFoot(tags):
		return ""
	}
	if tags.is("bridge") || inTunnel(tags) || layerOf(tags) != 0 {
		return ""
	}
	if h := heightM(tags); h != nil && *h <= lowWallM {
		return ""
	}
	return class
}

// gateClass is the class of gate that a node stands for, "" for none.
func gateClass(tags osmTags) string {
	class := tags.get("barrier")
	if gates[class] || walls[class] {
		return class
	}
	return ""
}

// openOnFoot tells whether those who live there get through a gate. What is said
// of walking outweighs the lock, which outweighs what is said of access: a gate
// that is locked to cars has foot=yes. A private gate opens to those who live
// behind it, and for them ways are counted. Bollards and blocks stop no one on
// foot whatever access says: that is about cars.
func openOnFoot(tags osmTags) bool {
	switch tags.get("foot") {
	case "no", "discouraged", "use_sidepath":
		return false
	case "":
	default:
		return true
	}
	class := tags.get("barrier")
	if walls[class] && class != "yes" || class == "debris" {
		return false
	}
	switch class {
	case "bollard", "rising_bollard", "block", "planter", "cycle_barrier", "motorcycle_barrier", "height_restrictor", "bus_trap", "cattle_grid", "spikes":
		return true
	}
	if locked := tags.get("locked"); locked == "yes" || locked == "permanent" {
		return false
	}
	switch tags.get("access") {
	case "no", "military", "emergency":
		return false
	}
	return true
}

func onFoot(tags osmTags) bool {
	switch tags.get("foot") {
	case "yes", "designated", "permissive":
		return true
	}
	return false
}

// crossingClass is the class of crossing that a node stands for; ok is false for
// none.
func crossingClass(tags osmTags) (class string, ok bool) {
	switch tags.get("railway") {
	case "crossing", "level_crossing":
		return "railway", true
	}
	switch tags.get("highway") {
	case "traffic_signals":
		return "traffic_signals", true
	case "crossing":
	default:
		return "", false
	}
	kind := tags.get("crossing")
	switch {
	case kind == "no":
		return "", false
	case kind == "traffic_signals" || tags.get("crossing:signals") == "yes":
		return "traffic_signals", true
	case kind == "unmarked" || tags.get("crossing:markings") == "no":
		return "unmarked", true
	case kind != "" || tags.is("crossing:markings"):
		return "marked", true // zebra, uncontrolled, marked …
	}
	return "", true
}

// barrier takes a way that is a wall or the like; of an area, its outline.
func (o *osmReading) barrier(w osmWay, line orb.LineString, missing int, object string) {
	class := wallClass(w.tags)
	if class == "" {
		return
	}
	if len(line) < 2 {
		o.report.refuse(place{object: object, layer: "barrier"}, "不到两个不同的节点，画不成线", "")
		return
	}
	if missing > 0 {
		o.report.repaired(place{object: object, layer: "barrier"}, fmt.Sprintf("有 %d 个节点不在文件中，取最长的完整一段", missing),
			fmt.Sprintf("%d 个节点", w.to-w.from), fmt.Sprintf("%d 个节点", len(line)))
	}
	o.rows.barriers = append(o.rows.barriers, registry.BarrierRow{
		SourceRef: fmt.Sprintf("osm:w%d", w.id), Class: class, Name: o.barrierName(w.tags), Geometry: line,
	})
}

// barrierName is the name of a barrier or gate, and not that of the school or the
// park whose outline it also is.
func (o *osmReading) barrierName(tags osmTags) string {
	if layer, _ := areaLayer(tags); layer != "" || tags.is("amenity") || tags.is("building") {
		return ""
	}
	return tags.name()
}

// walkingPoints takes the nodes that matter to people on foot.
func (o *osmReading) walkingPoints(n osmNode, p orb.Point) {
	ref := fmt.Sprintf("osm:n%d", n.id)
	if class := gateClass(n.tags); class != "" {
		o.rows.gates = append(o.rows.gates, registry.GateRow{
			SourceRef: ref, Class: class, Name: o.barrierName(n.tags), Passable: openOnFoot(n.tags), Geometry: p,
		})
	}
	if class, ok := crossingClass(n.tags); ok {
		o.rows.crossings = append(o.rows.crossings, registry.CrossingRow{SourceRef: ref, Class: class, Name: n.tags.name(), Geometry: p})
	}
}

// square takes the outlines of a square that is drawn as an area of several ways:
// like the squares of one way, it is walked along its edge. Rings that the extract
// cuts through are left out.
func (o *osmReading) square(r osmRelation) {
	layer, class := lineLayer(r.tags)
	if layer != "road" {
		return
	}
	built := assembleArea(o.file, r.members)
	if len(built.area) == 0 || o.skip(built.area.Bound()) {
		return
	}
	n := 0
	for _, polygon := range built.area {
		for _, ring := range polygon {
			n++
			o.rows.roads = append(o.rows.roads, registry.RoadRow{
				SourceRef: fmt.Sprintf("osm:r%d.%d", r.id, n), Class: class, Name: r.tags.name(),
				Walkable: walkable(r.tags), Bridge: r.tags.is("bridge"), Tunnel: inTunnel(r.tags), Level: layerOf(r.tags),
				Tags: walkingTags(r.tags), Geometry: orb.LineString(ring),
			})
		}
	}
}

// turned is what an incline says of the line in the other direction.
func turned(incline string) string {
	incline = strings.TrimSpace(incline)
	switch incline {
	case "up":
		return "down"
	case "down":
		return "up"
	case "":
		return ""
	}
	if rest, negative := strings.CutPrefix(incline, "-"); negative {
		return rest
	}
	figure := strings.TrimRight(strings.TrimPrefix(incline, "+"), " %°")
	if v, err := strconv.ParseFloat(figure, 64); err != nil || v == 0 {
		return incline
	}
	return "-" + strings.TrimPrefix(incline, "+")
}
