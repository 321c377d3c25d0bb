// Package coverage answers which buildings and households a type of facility
// reaches, by a stated method, and keeps every run with what went into it. It
// reads the register and the zones only through the views that they publish,
// and must never answer without saying by which radius and from which standard.
package coverage

import (
	"time"

	"github.com/google/uuid"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"
)

// The methods. They are never mixed in one figure.
const (
	// MethodRadius counts a building as covered when the straight line on the
	// ellipsoid from its point to a facility is at most the limit.
	MethodRadius = "radius"
	// MethodWalk measures metres along the walking network, with the way from the
	// building's point to the network and from the network to the facility.
	MethodWalk = "walk"
	// MethodWalkSlope measures the time of that walk with slope, stairs and
	// crossings, there and back; the longer of the two counts.
	MethodWalkSlope = "walk_slope"
)

// Kinds of an area.
const (
	AreaDistrict     = "district"
	AreaSubdistrict  = "subdistrict"
	AreaNeighborhood = "neighborhood"
	AreaZone         = "zone"
	AreaPolygon      = "polygon"
	AreaCommunity    = "community" // only for Services
)

// Area says which buildings a run looks at. Facilities count wherever they are.
type Area struct {
	Kind     string            `json:"kind" enum:"district,subdistrict,neighborhood,zone,polygon"`
	Code     string            `json:"code,omitempty" doc:"of the subdistrict, neighborhood or zone"`
	Name     string            `json:"name,omitempty" doc:"of the part when it was run; ignored in requests" readOnly:"true"`
	Geometry *geojson.Geometry `json:"geometry,omitempty" doc:"Polygon or MultiPolygon, longitude/latitude"`
}

// Request asks for a run.
type Request struct {
	FacilityType string // key of a facility type
	Settings
}

// Settings are how coverage is measured, over what, and with which facilities.
// The zero value measures straight lines over the whole district by the
// district's own standards.
type Settings struct {
	Method        string  `json:"method"`              // "": radius
	Limit         Limit   `json:"limit"`               // empty: what the profile says
	Walker        string  `json:"walker"`              // key of a walker; "": elder
	StepFree      bool    `json:"step_free"`           // without stairs and slopes over 1:12
	Profile       string  `json:"profile"`             // key of a profile of standards; "": the district's
	Scenario      string  `json:"scenario"`            // code of the scenario whose proposed facilities count, too; "": none
	UnitsPerHouse float64 `json:"units_per_household"` // capacity that one household needs; 0: 1
	Area          Area    `json:"area"`
}

// Limit is how far a facility may be. One of the two is set in a run; in a
// request neither or one.
type Limit struct {
	Metres  *float64 `json:"metres,omitempty" exclusiveMinimum:"0" maximum:"20000" doc:"along the straight line or the walk"`
	Minutes *float64 `json:"minutes,omitempty" exclusiveMinimum:"0" maximum:"240" doc:"of walking"`
}

// WalkerUsed is how the walker of a run walks.
type WalkerUsed struct {
	Key       string  `json:"key" doc:"adult, elder or frail"`
	Name      string  `json:"name"`
	SpeedMS   float64 `json:"speed_m_s" doc:"on the flat"`
	StairsMS  float64 `json:"stairs_m_s"`
	CrossingS float64 `json:"crossing_s" doc:"seconds lost at a crossing"`
	StepFree  bool    `json:"step_free"`
	Note      string  `json:"note" doc:"where the figures come from"`
}

// Standard is the row of the profile that a limit was taken from.
type Standard struct {
	Source  string   `json:"source" doc:"standard, e.g. GB 50180-2018"`
	Clause  string   `json:"clause"`
	Mark    string   `json:"mark" doc:"how well the figure was checked: C, P, M or L"`
	RadiusM *float64 `json:"radius_m" doc:"service radius of the row; null: it gives none"`
	Minutes *float64 `json:"minutes" doc:"of the row's circle; null: it gives none"`
	Tier    string   `json:"tier" doc:"key of the circle"`
	Basis   string   `json:"basis" doc:"how the limit follows from the row, in words"`
}

// FirstStep is the facility type that a standard asks to be tested first: what
// it serves needs none of the run's type.
type FirstStep struct {
	FacilityType string `json:"facility_type"`
	FacilityName string `json:"facility_name"`
	Limit        Limit  `json:"limit"`
	Source       string `json:"source"`
	Clause       string `json:"clause"`
	Mark         string `json:"mark"`
	Facilities   int64  `json:"facilities"`
}

// The statuses of a building.
const (
	Covered   = "covered"   // a facility is within the limit
	Spared    = "spared"    // the facility of the first step serves it, so that none of this type is needed
	Uncovered = "uncovered" // the nearest facility is beyond the limit, or there is none
	CutOff    = "cut_off"   // on the network, but no way leads to a facility
	Unreached = "unreached" // no walking network within reach
)

// Summary is the answer of a run in figures.
type Summary struct {
	Buildings            int64            `json:"buildings"`
	CoveredBuildings     int64            `json:"covered_buildings"`
	Households           int64            `json:"households"`
	CoveredHouseholds    int64            `json:"covered_households"`
	FloorAreaM2          float64          `json:"floor_area_m2"`
	CoveredFloorAreaM2   float64          `json:"covered_floor_area_m2"`
	Facilities           int64            `json:"facilities" doc:"of the type, in the whole district"`
	Communities          int64            `json:"communities"`
	UncoveredCommunities int64            `json:"uncovered_communities" doc:"communities without a single covered building"`
	SparedBuildings      int64            `json:"spared_buildings" doc:"not covered, but served by the facility of the first step"`
	SparedHouseholds     int64            `json:"spared_households"`
	UnreachedBuildings   int64            `json:"unreached_buildings" doc:"without a walking network within reach: not covered"`
	UnreachedHouseholds  int64            `json:"unreached_households"`
	CutOffBuildings      int64            `json:"cut_off_buildings" doc:"on the network, without a way to any facility: not covered"`
	CutOffHouseholds     int64            `json:"cut_off_households"`
	UnreachedFacilities  int64            `json:"unreached_facilities" doc:"without a walking network within reach: they serve nobody"`
	MeanM                float64          `json:"mean_m" doc:"to the nearest facility, mean over households with a way"`
	MeanMinutes          float64          `json:"mean_minutes" doc:"0 for the method radius"`
	Capacity             *CapacitySummary `json:"capacity" doc:"null where no facility has a known capacity"`
	Generated            bool             `json:"generated" doc:"some figure rests on generated demo data"`
}

// Inputs say what went into a run, so that it can be repeated and compared.
type Inputs struct {
	Buildings           int64        `json:"buildings"`
	Facilities          int64        `json:"facilities"`
	BuildingsUpdatedAt  *time.Time   `json:"buildings_updated_at"`
	FacilitiesUpdatedAt *time.Time   `json:"facilities_updated_at"`
	Profile             string       `json:"profile" doc:"profile of standards, with its version"`
	ZoneVersion         int          `json:"zone_version,omitempty"`
	Scenario            string       `json:"scenario,omitempty" doc:"code of the scenario whose proposed facilities count"`
	Proposed            int64        `json:"proposed,omitempty" doc:"proposed facilities among the facilities"`
	Network             *NetworkUsed `json:"network,omitempty" doc:"null for the method radius"`
	Software            string       `json:"software" doc:"version of the calculation"`
	Digest              string       `json:"digest" doc:"SHA-256 over places and figures of the buildings, places of the facilities, method and radius"`
}

// NetworkUsed is the walking network that a run walked on.
type NetworkUsed struct {
	Version   string `json:"version" doc:"another one after every change of roads, barriers or heights"`
	Nodes     int    `json:"nodes"`
	Edges     int    `json:"edges"`
	Elevation bool   `json:"elevation" doc:"with heights of the ground"`
}

// CapacitySummary is what becomes of the households when facilities with a known
// capacity take no more than that. A facility without one takes all.
type CapacitySummary struct {
	UnitsPerHousehold    float64 `json:"units_per_household" doc:"capacity that one household needs"`
	Known                int64   `json:"known" doc:"facilities with a known capacity"`
	Unknown              int64   `json:"unknown" doc:"facilities without one: taken as unlimited"`
	Capacity             float64 `json:"capacity" doc:"sum of the known ones"`
	ServedHouseholds     int64   `json:"served_households"`
	FullHouseholds       int64   `json:"full_households" doc:"in range, but no capacity is left"`
	OutOfRangeHouseholds int64   `json:"out_of_range_households"`
	MeanAccess           float64 `json:"mean_access" doc:"2SFCA score, mean over households: capacity units per unit of demand"`
}

// Run is a stored coverage run. The same inputs give the same summary, byte by byte.
type Run struct {
	ID           uuid.UUID       `json:"id"`
	Batch        *uuid.UUID      `json:"batch" doc:"of the scorecard that it belongs to"`
	District     string          `json:"district"`
	FacilityType string          `json:"facility_type"`
	FacilityName string          `json:"facility_name"`
	Method       string          `json:"method" enum:"radius,walk,walk_slope"`
	Limit        Limit           `json:"limit"`
	Walker       *WalkerUsed     `json:"walker" doc:"null for the method radius"`
	Standard     *Standard       `json:"standard" doc:"null where a person gave the limit"`
	FirstStep    *FirstStep      `json:"first_step" doc:"null where the standard asks for none"`
	Area         Area            `json:"area"`
	Summary      Summary         `json:"summary"`
	Inputs       Inputs          `json:"inputs"`
	Detailed     bool            `json:"detailed" doc:"answers of single buildings are kept; false: only sums, as of large scorecards"`
	Items        []CatalogueItem `json:"items" doc:"items of the district's policy that answer a gap of this type"`
	Notes        []string        `json:"notes" doc:"what the reader of the figures must know"`
	CreatedBy    string          `json:"created_by"`
	CreatedAt    time.Time       `json:"created_at"`

	settings Settings // as asked for
}

// CatalogueItem is an item of the district's policy that answers a gap.
type CatalogueItem struct {
	No     int    `json:"no"`
	Name   string `json:"name"`
	Clause string `json:"clause"`
}

// Figures are what is summed up for any part of an area.
type Figures struct {
	Buildings          int64   `json:"buildings"`
	CoveredBuildings   int64   `json:"covered_buildings"`
	Households         int64   `json:"households"`
	CoveredHouseholds  int64   `json:"covered_households"`
	FloorAreaM2        float64 `json:"floor_area_m2"`
	CoveredFloorAreaM2 float64 `json:"covered_floor_area_m2"`
	SparedHouseholds   int64   `json:"spared_households"`
	UnreachedBuildings int64   `json:"unreached_buildings"`
	MeanM              float64 `json:"mean_m" doc:"to the nearest facility, mean over households with a way"`
	MeanMinutes        float64 `json:"mean_minutes"`
	ServedHouseholds   int64   `json:"served_households" doc:"with capacities; as covered where none is known"`
	Access             float64 `json:"access" doc:"2SFCA score, mean over households; 0 where no capacity is known"`
}

// CommunityCoverage is the answer for one community, as far as it lies in the area.
type CommunityCoverage struct {
	Code            string `json:"code"`
	Name            string `json:"name"`
	SubdistrictName string `json:"subdistrict_name"`
	Figures
}

// PartCoverage is the answer for one zone, neighborhood or subdistrict, as far
// as it lies in the area.
type PartCoverage struct {
	Code string `json:"code" doc:"\"\": the buildings of none"`
	Name string `json:"name"`
	Figures
}

// BuildingCoverage is the answer for one building.
type BuildingCoverage struct {
	Code          string     `json:"code"`
	CommunityCode string     `json:"community_code" doc:"\"\": none"`
	CommunityName string     `json:"community_name"`
	Households    float64    `json:"households"`
	Status        string     `json:"status" enum:"covered,spared,uncovered,cut_off,unreached"`
	FacilityCode  string     `json:"facility_code" doc:"nearest one, also where it is too far; \"\": none"`
	FacilityName  string     `json:"facility_name"`
	DistanceM     *float64   `json:"distance_m"`
	ThereMinutes  *float64   `json:"there_minutes" doc:"to the facility"`
	BackMinutes   *float64   `json:"back_minutes"`
	Location      *orb.Point `json:"location" doc:"lon, lat; null where the building is gone"`
}

// InvalidError says that a request cannot be answered. Detail is a sentence for
// people.
type InvalidError struct {
	Field  string // facility_type | limit | method | walker | profile | scenario | area | …
	Detail string
}

func (e *InvalidError) Error() string { return "coverage, " + e.Field + ": " + e.Detail }
