// Package proposal has renovation zones proposed: it gathers the communities
// and links that a planner asks about, lets engine/formation form zones of
// them, and keeps the best answer with its bound, its certificates and the
// reason for every community. It must never change a zone by itself: accepting
// an answer is an edit that the zone package makes.
package proposal

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/lianpian/lianpian/internal/zone"
)

// Request is what a planner asks for.
type Request struct {
	Scenario     string       `json:"scenario,omitempty" maxLength:"100" doc:"code of the scenario; omitted: the main one"`
	Subdistricts []string     `json:"subdistricts,omitempty" maxItems:"500" doc:"codes; omitted: the whole district, as far as the person reaches"`
	Eligibility  []string     `json:"eligibility,omitempty" enum:"in,out,borderline" doc:"which communities may be placed; omitted: in"`
	Rules        *zone.Rules  `json:"rules,omitempty" doc:"which links count; omitted: the scenario's rules"`
	Totals       []TotalRange `json:"totals,omitempty" maxItems:"5" doc:"what every zone has to keep to"`
	KeepWithin   string       `json:"keep_within,omitempty" enum:",subdistrict,neighborhood" doc:"no zone may reach across these"`
	MaxDiameterM float64      `json:"max_diameter_m,omitempty" minimum:"0" doc:"longest way between two communities of a zone over its own links, metres; 0: any"`
	Together     [][2]string  `json:"together,omitempty" maxItems:"1000" doc:"pairs of communities that belong in one zone"`
	Apart        [][2]string  `json:"apart,omitempty" maxItems:"1000" doc:"pairs of communities that must not share a zone"`
	Locked       []string     `json:"locked,omitempty" maxItems:"1000" doc:"codes of zones of the scenario that stay exactly as they are"`
	MinZones     int          `json:"min_zones,omitempty" minimum:"0" maximum:"5000"`
	MaxZones     int          `json:"max_zones,omitempty" minimum:"0" maximum:"5000" doc:"0: any number"`
	Weights      Weights      `json:"weights,omitempty"`
	Cost         *zone.Cost   `json:"cost,omitempty" doc:"estimate of what renovation costs; omitted: the scenario's"`
	CoverageRun  *uuid.UUID   `json:"coverage_run,omitempty" doc:"run whose uncovered households count as need"`
	Seed         uint64       `json:"seed,omitempty" doc:"same request, data and seed give the same answer"`
	Seconds      float64      `json:"seconds,omitempty" minimum:"0" maximum:"600" doc:"effort, as seconds of an ordinary machine; 0 is 10"`
}

// The totals that a request may bound.
const (
	TotalCommunities = "communities"
	TotalHouseholds  = "households"
	TotalFloorArea   = "floor_area_m2"
	TotalLandArea    = "land_area_m2"
	TotalCost        = "cost_yuan"
)

// totalNames are all of them in the order in which the engine has them.
var totalNames = []string{TotalCommunities, TotalHouseholds, TotalFloorArea, TotalLandArea, TotalCost}

// TotalRange bounds one total of every zone.
type TotalRange struct {
	Name string  `json:"name" enum:"communities,households,floor_area_m2,land_area_m2,cost_yuan"`
	Min  float64 `json:"min,omitempty" minimum:"0"`
	Max  float64 `json:"max,omitempty" minimum:"0" doc:"0: none"`
}

// Weights say how much the objectives count, relative to the households that
// are placed. Each is 0 (does not matter) to 10.
type Weights struct {
	Need        float64 `json:"need,omitempty" minimum:"0" maximum:"10" doc:"age, condition, missing items, uncovered services"`
	Consent     float64 `json:"consent,omitempty" minimum:"0" maximum:"10" doc:"share of the households that have agreed"`
	Few         float64 `json:"few,omitempty" minimum:"0" maximum:"10" doc:"few large zones rather than many small ones; 5: a zone costs as much as the mean community is worth"`
	Compactness float64 `json:"compactness,omitempty" minimum:"0" maximum:"10"`
	Balance     float64 `json:"balance,omitempty" minimum:"0" maximum:"10" doc:"zones of like size"`
	Strings     float64 `json:"strings,omitempty" minimum:"0" maximum:"10" doc:"short strings"`
	Budget      float64 `json:"budget,omitempty" minimum:"0" maximum:"10" doc:"little money per household"`
}

// Proposal is a request with its best answer so far.
type Proposal struct {
	ID        uuid.UUID       `json:"id"`
	District  string          `json:"district"`
	Scenario  string          `json:"scenario"`
	State     string          `json:"state" enum:"queued,running,done,failed,cancelled"`
	Error     string          `json:"error" doc:"a sentence for the person, where the work failed"`
	Request   Request         `json:"request"`
	Inputs    json.RawMessage `json:"inputs" doc:"counts and fingerprint of the data that went in"`
	Answer    *Answer         `json:"answer" doc:"the best so far; null before the first"`
	Curve     []CurvePoint    `json:"curve" doc:"how the answer grew"`
	Warnings  []Contradiction `json:"warnings" doc:"what cannot be satisfied but does not stop the work"`
	CreatedBy string          `json:"created_by"`
	CreatedAt time.Time       `json:"created_at"`

	job *uuid.UUID
}

// Job is the job that works on it; nil before one was found.
func (p Proposal) Job() *uuid.UUID { return p.job }

// Answer is a set of zones with the proof of how good it is.
type Answer struct {
	Zones    []Zone  `json:"zones"`
	Placed   int     `json:"placed" doc:"communities in a zone"`
	Outside  int     `json:"outside" doc:"communities asked about that are in none"`
	Value    float64 `json:"value" doc:"objective; its unit is a household"`
	Bound    float64 `json:"bound" doc:"no answer can reach more"`
	Gap      float64 `json:"gap" doc:"(bound - value) / bound: at most so far from the best"`
	Proven   bool    `json:"proven" doc:"nothing better exists"`
	CutShort bool    `json:"cut_short" doc:"the machine was too busy for the whole effort: asked again, the answer may differ"`
	Steps    int64   `json:"steps"`
	Seconds  float64 `json:"seconds"`
	ShortOf  int     `json:"short_of" doc:"zones that are missing to min_zones"`
}

// Zone is one zone of an answer.
type Zone struct {
	Index       int                `json:"index" doc:"from 1"`
	Communities []string           `json:"communities" doc:"codes"`
	Totals      map[string]float64 `json:"totals"`
	Score       *float64           `json:"score" doc:"null for who is not shown small counts: those who agreed could be worked out from it"`
	Penalties   map[string]float64 `json:"penalties"`
	Links       [][2]string        `json:"links" doc:"certificate: links that tie it together, a spanning tree"`
	LengthM     float64            `json:"length_m" doc:"of those links"`
	BBox        [4]float64         `json:"bbox" doc:"of the communities' places: west, south, east, north"`
	Center      [2]float64         `json:"center" doc:"mean of the communities' places"`
	Locked      string             `json:"locked" doc:"code of the existing zone that it is; empty for a new one"`
	Broken      []string           `json:"broken" doc:"constraints that it cannot satisfy (locked zones only)"`
}

// CurvePoint is one improvement.
type CurvePoint struct {
	Seconds float64 `json:"seconds"`
	Value   float64 `json:"value"`
	Gap     float64 `json:"gap"`
}

// Contradiction is one thing in a request that cannot be.
type Contradiction struct {
	Kind        string   `json:"kind"`
	Detail      string   `json:"detail" doc:"a sentence for people"`
	Communities []string `json:"communities" doc:"codes, where it is about some"`
	Zones       []string `json:"zones" doc:"codes of locked zones, where it is about some"`
	Fatal       bool     `json:"fatal" doc:"no answer can exist"`
}

// Sentence says it to a person.
func (c Contradiction) Sentence() string { return c.Detail }

// ContradictoryError refuses a request before any work.
type ContradictoryError struct{ Contradictions []Contradiction }

func (e *ContradictoryError) Error() string {
	return fmt.Sprintf("the request contradicts itself in %d ways, first: %s", len(e.Contradictions), e.Contradictions[0].Detail)
}

// InvalidError says which field of a request cannot be.
type InvalidError struct{ Field, Detail string }

func (e *InvalidError) Error() string { return "proposal, " + e.Field + ": " + e.Detail }

// Explanation says why a community is in its zone, or in none.
type Explanation struct {
	Code   string             `json:"code"`
	Name   string             `json:"name"`
	Zone   *int               `json:"zone" doc:"index of its zone; null for none"`
	Kind   string             `json:"kind"`
	Detail string             `json:"detail" doc:"a sentence for people"`
	Terms  map[string]float64 `json:"terms" doc:"terms of the objective"`
}
