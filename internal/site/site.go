// Package site looks for the best places for new facilities (选址) and keeps
// what was found, with its proof, and the proposed facilities of scenarios. It
// measures as coverage does and must never show a value without its bound.
package site

import (
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"

	"github.com/lianpian/lianpian/internal/coverage"
)

// JobKind is the kind of the jobs that work on sitings.
const JobKind = "siting"

// The models.
const (
	CoverAll  = "lscp"    // fewest sites that cover all that can be covered
	CoverMost = "mclp"    // most households with n sites
	LeastWalk = "pmedian" // least total walk of all households with n sites
	LeastFar  = "pcenter" // least worst walk with n sites
)

// The kinds of candidate places.
const (
	Stock     = "stock"     // existing stock buildings: public housing, offices of the neighborhood, ground-floor shops
	Buildings = "buildings" // any building
	Junctions = "junctions" // any junction of the walking network
	Points    = "points"    // drawn points
)

// Request asks for new sites.
type Request struct {
	Model         string            `json:"model" enum:"lscp,mclp,pmedian,pcenter"`
	FacilityType  string            `json:"facility_type" maxLength:"100"`
	Method        string            `json:"method,omitempty" enum:"radius,walk,walk_slope" doc:"omitted: radius"`
	Limit         coverage.Limit    `json:"limit,omitempty" doc:"omitted: what the profile says"`
	Walker        string            `json:"walker,omitempty" enum:"adult,elder,frail" doc:"omitted: elder"`
	StepFree      bool              `json:"step_free,omitempty"`
	Profile       string            `json:"profile,omitempty" maxLength:"100" doc:"omitted: the district's"`
	Scenario      string            `json:"scenario,omitempty" maxLength:"100" doc:"its proposed facilities are there already, and it takes accepted sites; omitted: the main one"`
	Area          coverage.Area     `json:"area,omitempty" doc:"the homes that are to be served; omitted: the whole district"`
	N             int               `json:"n,omitempty" minimum:"0" maximum:"500" doc:"new sites; not for lscp"`
	CurveTo       int               `json:"curve_to,omitempty" minimum:"0" maximum:"200" doc:"last n of the curve; 0: n"`
	KeepExisting  *bool             `json:"keep_existing,omitempty" doc:"existing facilities go on serving; omitted: true"`
	Candidates    []string          `json:"candidates" minItems:"1" maxItems:"4" doc:"kinds of places: stock, buildings, junctions, points"`
	Points        []orb.Point       `json:"points,omitempty" maxItems:"5000" doc:"lon, lat, for the kind points"`
	Excluded      *geojson.Geometry `json:"excluded,omitempty" doc:"Polygon or MultiPolygon where no site may be"`
	ApartM        float64           `json:"apart_m,omitempty" minimum:"0" maximum:"20000" doc:"least straight distance between new sites, and between new and existing ones"`
	Capacity      *float64          `json:"capacity,omitempty" minimum:"0" doc:"of each new site; given, the known capacities of existing facilities count, too"`
	UnitsPerHouse float64           `json:"units_per_household,omitempty" minimum:"0" doc:"capacity that one household needs; omitted: 1"`
}

// Siting is a stored question for new sites with its answer.
type Siting struct {
	ID           uuid.UUID            `json:"id"`
	District     string               `json:"district"`
	State        string               `json:"state" enum:"queued,running,done,failed,cancelled"`
	Error        string               `json:"error"`
	Request      Request              `json:"request"`
	FacilityName string               `json:"facility_name"`
	Limit        coverage.Limit       `json:"limit" doc:"that was used"`
	Walker       *coverage.WalkerUsed `json:"walker"`
	Standard     *coverage.Standard   `json:"standard"`
	Answer       *Answer              `json:"answer" doc:"null until there is one"`
	Notes        []string             `json:"notes"`
	CreatedBy    string               `json:"created_by"`
	CreatedAt    time.Time            `json:"created_at"`

	job *uuid.UUID
}

// Job is the job that works on it; nil before there is one.
func (s Siting) Job() *uuid.UUID { return s.job }

// Answer is a set of sites with its proof. Value and bound are households for
// mclp, sites for lscp, and for the others metres or minutes (pmedian: mean over
// households, with their sum beside it).
type Answer struct {
	Sites      []Site                `json:"sites" doc:"the one that serves most first"`
	Value      float64               `json:"value"`
	Bound      float64               `json:"bound" doc:"no set of sites is better than this"`
	GapPercent float64               `json:"gap_percent" doc:"at most so far from the best possible"`
	Proven     bool                  `json:"proven" doc:"nothing is better"`
	Unit       string                `json:"unit" enum:"households,sites,metres,minutes"`
	Sentence   string                `json:"sentence" doc:"the proof in words"`
	Demand     float64               `json:"demand_households"`
	Before     float64               `json:"before_households" doc:"covered without new sites"`
	After      float64               `json:"after_households" doc:"covered with them"`
	Hopeless   float64               `json:"hopeless_households" doc:"that no candidate and no facility can cover"`
	Candidates int                   `json:"candidates"`
	Rows       int                   `json:"rows" doc:"homes, those with the same candidates taken together"`
	Curve      []Point               `json:"curve" doc:"households covered against the number of new sites"`
	Digest     string                `json:"digest" doc:"SHA-256 of all that the answer follows from"`
	Network    *coverage.NetworkUsed `json:"network"`
}

// Point is one n of the curve.
type Point struct {
	N          int     `json:"n"`
	Households float64 `json:"households" doc:"covered with the best set found"`
	Bound      float64 `json:"bound" doc:"no n sites cover more"`
}

// Site is a chosen place.
type Site struct {
	Index      int       `json:"index"`
	Kind       string    `json:"kind" enum:"stock,buildings,junctions,points"`
	Code       string    `json:"code" doc:"of the building; \"\" for the others"`
	Name       string    `json:"name"`
	Location   orb.Point `json:"location"`
	Households float64   `json:"households" doc:"that it serves as the nearest within the limit"`
	New        float64   `json:"new_households" doc:"of those, not covered before"`
	Accepted   string    `json:"accepted" doc:"code of the proposed facility that it became; \"\": none"`
}

// Acceptance says which sites become proposed facilities of which scenario.
type Acceptance struct {
	Scenario string `json:"scenario,omitempty" maxLength:"100" doc:"omitted: the one asked about"`
	Sites    []int  `json:"sites,omitempty" maxItems:"500" doc:"indexes; omitted: all"`
}

// Proposed is a proposed facility of a scenario.
type Proposed struct {
	Code         string     `json:"code"`
	Scenario     string     `json:"scenario" doc:"code"`
	FacilityType string     `json:"facility_type"`
	FacilityName string     `json:"facility_name"`
	Name         string     `json:"name"`
	Location     orb.Point  `json:"location"`
	Capacity     *int       `json:"capacity"`
	Siting       *uuid.UUID `json:"siting" doc:"that it was accepted from"`
	Note         string     `json:"note"`
	Version      int        `json:"version"`
	CreatedBy    string     `json:"created_by"`
	CreatedAt    time.Time  `json:"created_at"`

	subdistrict string
}

// NewProposed is a proposed facility to be.
type NewProposed struct {
	FacilityType string    `json:"facility_type" maxLength:"100"`
	Name         string    `json:"name,omitempty" maxLength:"200"`
	Location     orb.Point `json:"location" doc:"lon, lat"`
	Capacity     *int      `json:"capacity,omitempty" minimum:"0"`
	Note         string    `json:"note,omitempty" maxLength:"1000"`
}

// InvalidError says that a question cannot be answered. Detail is a sentence for
// people.
type InvalidError struct {
	Field  string
	Detail string
}

func (e *InvalidError) Error() string { return fmt.Sprintf("siting, %s: %s", e.Field, e.Detail) }
