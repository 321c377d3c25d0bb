package coverage

import (
	"github.com/paulmach/orb/geojson"
)

// Proof is the certificate of a building's answer: the walk itself.
type Proof struct {
	Building BuildingCoverage `json:"building"`
	Method   string           `json:"method" enum:"radius,walk,walk_slope"`
	Limit    Limit            `json:"limit"`
	Minutes  *float64         `json:"minutes" doc:"the longer of there and back"`
	// By how much the nearest facility beyond the limit misses it.
	BeyondM       *float64 `json:"beyond_m" doc:"metres over the limit; null where it is kept or counted in minutes"`
	BeyondMinutes *float64 `json:"beyond_minutes" doc:"minutes over the limit; null where it is kept or counted in metres"`
	There         *Walk    `json:"there" doc:"to the facility; null where there is no way"`
	Back          *Walk    `json:"back" doc:"from the facility; null where it is the same way"`
	FirstStep     *Walk    `json:"first_step" doc:"to the facility of the first step, where it spares the building"`
	Sentence      string   `json:"sentence" doc:"the answer in words"`
	Current       bool     `json:"current" doc:"false: the data have changed since the run, and the walk is of today"`
}

// Walk is one way on foot, or a straight line for the method radius.
type Walk struct {
	FacilityCode string            `json:"facility_code"`
	FacilityName string            `json:"facility_name"`
	Line         *geojson.Geometry `json:"line" doc:"LineString, longitude/latitude"`
	DistanceM    float64           `json:"distance_m"`
	Minutes      float64           `json:"minutes" doc:"0 for the method radius"`
	ClimbM       float64           `json:"climb_m"`
	DescentM     float64           `json:"descent_m"`
	StairsM      float64           `json:"stairs_m"`
	Crossings    int               `json:"crossings"`
	AccessM      float64           `json:"access_m" doc:"between building, facility and the network, part of the distance"`
	Streets      []StreetWalked    `json:"streets"`
}

// StreetWalked is what a walk follows of the streets of one name.
type StreetWalked struct {
	Name      string  `json:"name" doc:"\"\": without a name"`
	DistanceM float64 `json:"distance_m"`
}
