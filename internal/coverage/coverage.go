// Package coverage answers which buildings and households a type of facility
// reaches, by a stated method, and keeps every run with what went into it. It
// reads the register and the zones only through the views that they publish,
// and must never answer without saying by which radius and from which standard.
package coverage

import (
	"time"

	"github.com/google/uuid"
	"github.com/paulmach/orb/geojson"
)

// MethodRadius counts a building as covered when the straight line on the
// ellipsoid from its point to a facility is at most the radius.
const MethodRadius = "radius"

// Kinds of an area.
const (
	AreaDistrict    = "district"
	AreaSubdistrict = "subdistrict"
	AreaZone        = "zone"
	AreaPolygon     = "polygon"
)

// Area says which buildings a run looks at. Facilities count wherever they are.
type Area struct {
	Kind     string            `json:"kind" enum:"district,subdistrict,zone,polygon"`
	Code     string            `json:"code,omitempty" doc:"of the subdistrict or zone"`
	Name     string            `json:"name,omitempty" doc:"of the subdistrict or zone when it was run; ignored in requests" readOnly:"true"`
	Geometry *geojson.Geometry `json:"geometry,omitempty" doc:"Polygon or MultiPolygon, longitude/latitude"`
}

// Request asks for a run.
type Request struct {
	FacilityType string   `json:"facility_type" doc:"key of a facility type"`
	RadiusM      *float64 `json:"radius_m,omitempty" doc:"metres, up to 20000; omitted: what the district's standards say"`
	Method       string   `json:"method,omitempty" enum:"radius" doc:"omitted: radius"`
	Area         Area     `json:"area" doc:"omitted: the whole district"`
}

// Standard is the row of the district's profile that a radius was taken from.
type Standard struct {
	Source  string  `json:"source" doc:"standard, e.g. GB 50180-2018"`
	Clause  string  `json:"clause"`
	Mark    string  `json:"mark" doc:"how well the figure was checked: C, P, M or L"`
	RadiusM float64 `json:"radius_m"`
}

// Summary is the answer of a run in figures.
type Summary struct {
	Buildings            int64   `json:"buildings"`
	CoveredBuildings     int64   `json:"covered_buildings"`
	Households           int64   `json:"households"`
	CoveredHouseholds    int64   `json:"covered_households"`
	FloorAreaM2          float64 `json:"floor_area_m2"`
	CoveredFloorAreaM2   float64 `json:"covered_floor_area_m2"`
	Facilities           int64   `json:"facilities" doc:"of the type, in the whole district"`
	Communities          int64   `json:"communities"`
	UncoveredCommunities int64   `json:"uncovered_communities" doc:"communities without a single covered building"`
	Generated            bool    `json:"generated" doc:"some figure rests on generated demo data"`
}

// Inputs say what went into a run, so that it can be repeated and compared.
type Inputs struct {
	Buildings           int64      `json:"buildings"`
	Facilities          int64      `json:"facilities"`
	BuildingsUpdatedAt  *time.Time `json:"buildings_updated_at"`
	FacilitiesUpdatedAt *time.Time `json:"facilities_updated_at"`
	Profile             string     `json:"profile" doc:"profile of standards that the district uses"`
	ZoneVersion         int        `json:"zone_version,omitempty"`
	Digest              string     `json:"digest" doc:"SHA-256 over places and figures of the buildings, places of the facilities, method and radius"`
}

// Run is a stored coverage run. The same inputs give the same summary, byte by byte.
type Run struct {
	ID           uuid.UUID `json:"id"`
	District     string    `json:"district"`
	FacilityType string    `json:"facility_type"`
	FacilityName string    `json:"facility_name"`
	Method       string    `json:"method"`
	RadiusM      float64   `json:"radius_m"`
	Standard     *Standard `json:"standard" doc:"null where a person gave the radius"`
	Area         Area      `json:"area"`
	Summary      Summary   `json:"summary"`
	Inputs       Inputs    `json:"inputs"`
	Notes        []string  `json:"notes" doc:"what the reader of the figures must know"`
	CreatedBy    string    `json:"created_by"`
	CreatedAt    time.Time `json:"created_at"`
}

// CommunityCoverage is the answer for one community, as far as it lies in the area.
type CommunityCoverage struct {
	Code               string  `json:"code"`
	Name               string  `json:"name"`
	SubdistrictName    string  `json:"subdistrict_name"`
	Buildings          int64   `json:"buildings"`
	CoveredBuildings   int64   `json:"covered_buildings"`
	Households         int64   `json:"households"`
	CoveredHouseholds  int64   `json:"covered_households"`
	FloorAreaM2        float64 `json:"floor_area_m2"`
	CoveredFloorAreaM2 float64 `json:"covered_floor_area_m2"`
}

// InvalidError says that a request cannot be answered. Detail is a sentence for
// people.
type InvalidError struct {
	Field  string // facility_type | radius_m | method | area
	Detail string
}

func (e *InvalidError) Error() string { return "coverage, " + e.Field + ": " + e.Detail }
