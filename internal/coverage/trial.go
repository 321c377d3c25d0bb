package coverage

import (
	"time"

	"github.com/google/uuid"
	"github.com/paulmach/orb"
)

// Trial is a what-if on a run: facilities moved, added and closed and paths
// drawn, without anything being stored. It holds the data of the moment when it
// was begun and ends when nobody has asked it for a while.
type Trial struct {
	ID         uuid.UUID       `json:"id"`
	Run        uuid.UUID       `json:"run"`
	Facilities []TrialFacility `json:"facilities"`
	Base       TrialFigures    `json:"base" doc:"without changes, by today's data"`
	Current    bool            `json:"current" doc:"false: the data have changed since the run"`
	ExpiresAt  time.Time       `json:"expires_at"`
}

// TrialFacility is a facility that can be moved or closed.
type TrialFacility struct {
	Code     string    `json:"code"`
	Name     string    `json:"name"`
	Location orb.Point `json:"location"`
	Capacity *int      `json:"capacity"`
	Proposed bool      `json:"proposed"`
	Reached  bool      `json:"reached" doc:"it is on the network"`
}

// TrialFigures are the sums of a trial.
type TrialFigures struct {
	Buildings          int64   `json:"buildings"`
	CoveredBuildings   int64   `json:"covered_buildings"`
	Households         int64   `json:"households"`
	CoveredHouseholds  int64   `json:"covered_households"`
	CoveredFloorAreaM2 float64 `json:"covered_floor_area_m2"`
	MeanM              float64 `json:"mean_m" doc:"0 for walk_slope, which counts minutes"`
	MeanMinutes        float64 `json:"mean_minutes"`
}

// Change is one thing that is different in a trial.
type Change struct {
	Kind     string         `json:"kind" enum:"move,add,close,path"`
	Facility string         `json:"facility,omitempty" maxLength:"200" doc:"code, for move and close"`
	Location *orb.Point     `json:"location,omitempty" doc:"lon, lat, for move and add"`
	Path     string         `json:"path,omitempty" enum:"footpath,stairs,bridge" doc:"for path"`
	Line     orb.LineString `json:"line,omitempty" doc:"lon, lat, for path"`
	Name     string         `json:"name,omitempty" maxLength:"200"`
}

// TrialAnswer is what changes make of the coverage.
type TrialAnswer struct {
	Figures TrialFigures   `json:"figures"`
	Changed []TrialChanged `json:"changed" doc:"buildings whose status is another one"`
	Gained  int64          `json:"gained_households"`
	Lost    int64          `json:"lost_households"`
	Notes   []string       `json:"notes" doc:"e.g. that a place is not on the network"`
	TookMS  float64        `json:"took_ms"`
}

// TrialChanged is a building whose status is another one than in the base.
type TrialChanged struct {
	ID         int64   `json:"id" doc:"of its feature in the tiles"`
	Code       string  `json:"code"`
	Covered    bool    `json:"covered"`
	Households float64 `json:"households"`
}

// PathGain is what one drawn path gains by itself.
type PathGain struct {
	Index     int     `json:"index" doc:"in the question"`
	Name      string  `json:"name"`
	Path      string  `json:"path" enum:"footpath,stairs,bridge"`
	LengthM   float64 `json:"length_m"`
	Joined    bool    `json:"joined" doc:"it joins the network in at least two places"`
	Gained    int64   `json:"gained_households"`
	Buildings int64   `json:"gained_buildings"`
	Saved     float64 `json:"saved" doc:"sum over households (homes, where no households are known) of what the way to the nearest facility gets shorter: kilometres or hours"`
	Note      string  `json:"note"`
}

// PathGains are drawn paths, the one that gains most first, and all together.
type PathGains struct {
	Paths    []PathGain `json:"paths"`
	Together int64      `json:"together_households" doc:"gained by all of them at once"`
	Unit     string     `json:"unit" enum:"kilometres,hours" doc:"of what is saved"`
}
