package importer

import (
	"math"
	"regexp"
	"strconv"
	"strings"
)

// subjectKeys are the tags that make a thing worth a place on the map; the
// others only say more about it.
var subjectKeys = map[string]bool{
	"highway": true, "railway": true, "waterway": true, "natural": true, "landuse": true, "leisure": true,
	"building": true, "place": true, "boundary": true, "amenity": true, "shop": true, "office": true,
	"healthcare": true, "public_transport": true, "social_facility": true, "barrier": true,
}

var detailKeys = map[string]bool{
	"type": true, "name": true, "name:zh": true, "name:zh-Hans": true, "name:en": true,
	"area": true, "layer": true, "bridge": true, "tunnel": true, "oneway": true, "junction": true, "water": true,
	"admin_level": true, "station": true, "entrance": true, "bus": true, "subway": true,
	"building:levels": true, "building:flats": true, "height": true, "start_date": true, "indoor": true,
	"addr:housename": true, "addr:housenumber": true, "addr:street": true, "addr:full": true,
	"social_facility:for": true, "isced:level": true, "school": true, "government": true, "vending": true,
	"capacity": true, "sport": true, "community_centre": true, "disused": true, "abandoned": true,
}

// walkingKeys are kept with a road, for what walking needs later.
var walkingKeys = map[string]bool{
	"access": true, "foot": true, "bicycle": true, "surface": true, "smoothness": true, "incline": true, "width": true,
	"sidewalk": true, "sidewalk:left": true, "sidewalk:right": true, "sidewalk:both": true, "motorroad": true,
	"footway": true, "crossing": true, "service": true, "step_count": true, "handrail": true, "ramp": true,
	"ramp:wheelchair": true, "ramp:bicycle": true, "wheelchair": true, "lit": true, "covered": true, "conveying": true,
	"opening_hours": true, "tracktype": true, "segregated": true, "path": true, "cycleway": true, "sac_scale": true,
	"locked": true, "crossing:signals": true, "crossing:markings": true,
}

func wantedKey(key string) bool { return subjectKeys[key] || detailKeys[key] || walkingKeys[key] }

func shown(tags osmTags) bool {
	for _, t := range tags {
		if subjectKeys[t.key] {
			return true
		}
	}
	return false
}

// roadClasses are the highway values that are streets or paths.
var roadClasses = map[string]bool{
	"motorway": true, "motorway_link": true, "trunk": true, "trunk_link": true, "primary": true, "primary_link": true,
	"secondary": true, "secondary_link": true, "tertiary": true, "tertiary_link": true, "unclassified": true,
	"residential": true, "living_street": true, "service": true, "pedestrian": true, "track": true, "busway": true,
	"road": true, "footway": true, "path": true, "cycleway": true, "bridleway": true, "steps": true, "corridor": true,
}

// walkable tells whether people may and can walk along a road. What is said of
// walking outweighs what is said of access, and both outweigh the class: only
// motorways, roads for motor traffic and bus ways are closed without a word.
// Where a pavement is mapped apart (foot=use_sidepath) the road itself is not
// walked, and paths for climbers are nobody's way to the clinic.
func walkable(tags osmTags) bool {
	switch tags.get("foot") {
	case "yes", "designated", "permissive", "official", "destination", "customers", "permit":
		return true
	case "no", "private", "use_sidepath", "discouraged":
		return false
	}
	switch tags.get("access") {
	case "no", "private", "military", "emergency", "agricultural", "forestry", "delivery", "residents":
		return false
	}
	for _, side := range []string{"sidewalk", "sidewalk:both", "sidewalk:left", "sidewalk:right"} {
		switch tags.get(side) {
		case "yes", "both", "left", "right":
			return true
		}
	}
	switch tags.get("highway") {
	case "motorway", "motorway_link", "busway":
		return false
	}
	switch tags.get("sac_scale") {
	case "alpine_hiking", "demanding_alpine_hiking", "difficult_alpine_hiking":
		return false
	}
	return tags.get("motorroad") != "yes"
}

func layerOf(tags osmTags) int {
	level, err := strconv.ParseFloat(tags.get("layer"), 64)
	if err != nil || !(math.Abs(level) <= 20) {
		return 0
	}
	return int(level)
}

func inTunnel(tags osmTags) bool {
	// A passage through a building is no tunnel: it lies on the ground.
	return tags.is("tunnel") && tags.get("tunnel") != "building_passage"
}

// lineLayer says which layer of lines a way belongs to, and its class there.
func lineLayer(tags osmTags) (layer, class string) {
	if class := tags.get("highway"); roadClasses[class] {
		return "road", class
	}
	switch class := tags.get("railway"); class {
	case "rail", "subway", "light_rail", "tram", "monorail", "narrow_gauge", "funicular":
		return "railway", class
	}
	switch class := tags.get("waterway"); class {
	case "river", "canal", "stream", "ditch", "drain":
		return "waterway", class
	}
	return "", ""
}

// areaLayer says which layer of areas a shape belongs to, and its class there.
// The classes are few and fixed, so that the map's style can know them all.
func areaLayer(tags osmTags) (layer, class string) {
	natural, landuse, leisure, amenity := tags.get("natural"), tags.get("landuse"), tags.get("leisure"), tags.get("amenity")
	switch natural {
	case "water":
		switch kind := tags.get("water"); kind {
		case "river", "lake", "pond", "reservoir", "canal", "basin", "stream", "moat", "lagoon":
			return "water", kind
		}
		return "water", "water"
	case "wood":
		return "green", "forest"
	case "scrub", "heath":
		return "green", "scrub"
	case "grassland":
		return "green", "grass"
	case "wetland":
		return "green", "wetland"
	case "sand", "beach", "bare_rock", "scree", "shingle":
		return "land_use", "bare"
	}
	switch tags.get("waterway") {
	case "riverbank":
		return "water", "river"
	case "dock":
		return "water", "dock"
	}
	switch leisure {
	case "park", "garden", "nature_reserve":
		return "green", strings.Replace(leisure, "nature_reserve", "reserve", 1)
	case "golf_course", "dog_park":
		return "green", "grass"
	case "pitch", "track", "sports_centre", "stadium":
		return "land_use", "sports"
	case "playground":
		return "land_use", "playground"
	case "marina":
		return "land_use", "port"
	}
	switch landuse {
	case "reservoir", "basin":
		return "water", landuse
	case "forest":
		return "green", "forest"
	case "grass", "meadow", "village_green", "greenery", "flowerbed", "recreation_ground":
		return "green", "grass"
	case "residential", "commercial", "retail", "industrial", "construction", "farmland", "railway", "cemetery",
		"quarry", "military", "education", "religious", "port", "brownfield", "greenfield":
		return "land_use", landuse
	case "farmyard", "orchard", "vineyard", "greenhouse_horticulture", "plant_nursery", "allotments", "aquaculture":
		return "land_use", "farmland"
	case "institutional":
		return "land_use", "public"
	case "landfill":
		return "land_use", "industrial"
	case "garages":
		return "land_use", "parking"
	}
	if tags.is("building") {
		return "", ""
	}
	switch amenity {
	case "school", "kindergarten", "college", "university":
		return "land_use", "education"
	case "hospital", "clinic":
		return "land_use", "healthcare"
	case "parking":
		return "land_use", "parking"
	}
	return "", ""
}

var placeClasses = map[string]bool{
	"city": true, "town": true, "borough": true, "suburb": true, "quarter": true, "neighbourhood": true,
	"village": true, "hamlet": true, "county": true, "district": true, "island": true,
}

// buildingUse says what a building is for, ” where the tags do not.
func buildingUse(tags osmTags) string {
	switch tags.get("building") {
	case "apartments", "residential", "house", "dormitory", "detached", "terrace", "semidetached_house", "bungalow", "cabin", "static_caravan", "semi":
		return "residential"
	case "commercial", "retail", "supermarket", "kiosk", "mall", "hotel":
		return "commercial"
	case "office":
		return "office"
	case "school", "kindergarten", "university", "college":
		return "education"
	case "hospital", "clinic":
		return "healthcare"
	case "public", "civic", "government", "community_centre", "fire_station", "library", "museum", "sports_hall", "sports_centre", "stadium", "toilets":
		return "public"
	case "industrial", "warehouse", "factory", "manufacture":
		return "industrial"
	case "church", "cathedral", "chapel", "temple", "mosque", "shrine", "pagoda", "religious", "monastery", "synagogue":
		return "religious"
	case "train_station", "transportation", "hangar":
		return "transport"
	case "garage", "garages", "parking", "carport":
		return "parking"
	case "farm", "farm_auxiliary", "barn", "greenhouse", "stable", "cowshed", "sty", "shed", "hut", "service", "roof", "ruins", "construction", "bunker", "transformer_tower", "water_tower", "silo", "storage_tank":
		return "other"
	}
	switch tags.get("amenity") {
	case "school", "kindergarten", "university", "college":
		return "education"
	case "hospital", "clinic", "doctors":
		return "healthcare"
	case "townhall", "police", "fire_station", "library", "community_centre", "courthouse", "social_facility", "post_office", "theatre", "arts_centre":
		return "public"
	case "place_of_worship":
		return "religious"
	case "parking":
		return "parking"
	case "restaurant", "cafe", "bank", "fast_food", "cinema", "marketplace", "bar", "pub":
		return "commercial"
	}
	switch {
	case tags.is("shop"):
		return "commercial"
	case tags.get("office") == "government":
		return "public"
	case tags.is("office"):
		return "office"
	case tags.is("healthcare"):
		return "healthcare"
	}
	return ""
}

// storeys reads building:levels; half a storey (a loft) does not count.
func storeys(tags osmTags) *int {
	v, err := strconv.ParseFloat(strings.TrimSpace(tags.get("building:levels")), 64)
	if err != nil || !(v >= 1 && v <= 300) {
		return nil
	}
	n := int(v)
	return &n
}

var (
	heightPattern = regexp.MustCompile(`^([0-9]+(?:\.[0-9]+)?)\s*(m|米|)$`)
	feetPattern   = regexp.MustCompile(`^([0-9]+(?:\.[0-9]+)?)\s*(?:'|ft)(?:\s*([0-9]+)")?$`)
)

// heightM reads a height: metres without a unit, feet and inches with theirs.
func heightM(tags osmTags) *float64 {
	s := strings.TrimSpace(tags.get("height"))
	var h float64
	if m := heightPattern.FindStringSubmatch(s); m != nil {
		h, _ = strconv.ParseFloat(m[1], 64)
	} else if m := feetPattern.FindStringSubmatch(s); m != nil {
		h, _ = strconv.ParseFloat(m[1], 64)
		inches, _ := strconv.ParseFloat("0"+m[2], 64)
		h = math.Round((h+inches/12)*30.48) / 100
	}
	if !(h > 0 && h < 1500) {
		return nil
	}
	return &h
}

var startDatePattern = regexp.MustCompile(`^~?\s*([0-9]{4})(?:-[0-9]{1,2}(?:-[0-9]{1,2})?)?$`)

// startYear reads start_date where it gives one year; decades and centuries
// ("1970s", "C19") are no year. old tells of a year before 1900, which the
// register does not keep.
func startYear(tags osmTags) (year *int, old bool) {
	m := startDatePattern.FindStringSubmatch(strings.TrimSpace(tags.get("start_date")))
	if m == nil {
		return nil, false
	}
	y, _ := strconv.Atoi(m[1])
	if y < 1900 || y > 2100 {
		return nil, y < 1900
	}
	return &y, false
}

func wholeNumber(s string, most int) *int {
	n, err := strconv.Atoi(strings.TrimSpace(s))
	if err != nil || n < 0 || n > most {
		return nil
	}
	return &n
}
