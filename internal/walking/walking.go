// Package walking keeps the walking network of each district in memory: roads
// that may be walked, with what bars the way to them and how high the ground is,
// built from what the registry publishes and rebuilt when that changes. It must
// never decide what counts as served, nor write anything.
package walking

import (
	"errors"
	"time"
)

const (
	// ReachMetres is how far the nearest street may be from a place that is tied
	// to the network. What has none within reach is unreached.
	ReachMetres = 150
	// OpenMetres is how far beside the straight way from a door to the street a
	// gate may be that lets it through a wall.
	OpenMetres = 1.5
	// wideWater is from how many square metres on a lake or pond bars the way.
	wideWater = 10_000
)

// ErrNoElevation says that slopes were asked for where the heights of the ground
// are not known.
var ErrNoElevation = errors.New("the district has no elevation model")

// Status says what a network is made of, for people.
type Status struct {
	Version string    `json:"version"` // of what it was built from
	BuiltAt time.Time `json:"built_at"`
	Seconds float64   `json:"seconds"` // that building took

	Nodes   int     `json:"nodes"`
	Edges   int     `json:"edges"`
	LengthM float64 `json:"length_m"`

	// Islands are parts of the network from which nobody gets to its largest part.
	Islands       int     `json:"islands"`
	IslandsM      float64 `json:"islands_length_m"`
	Cleaned       Cleaned `json:"cleaned"`
	Barriers      int     `json:"barriers"`       // lines on the ground that bar the way from a door to the street
	Openings      int     `json:"openings"`       // places where gates and roads lead through walls
	ClosedGates   int     `json:"closed_gates"`   // that nobody passes
	Elevation     bool    `json:"elevation"`      // there is an elevation model
	KnownHeightsM float64 `json:"known_height_m"` // length of the edges of which the heights of both ends are known
}

// Cleaned counts what was mended in the roads.
type Cleaned struct {
	Roads    int `json:"roads"`     // that may be walked
	LeftOut  int `json:"left_out"`  // of them, without a usable line
	Merged   int `json:"merged"`    // vertices written down twice
	Gaps     int `json:"gaps"`      // ends that were joined to a road nearby
	NoLength int `json:"no_length"` // edges without length
	Twice    int `json:"twice"`     // edges drawn twice
	Closed   int `json:"closed"`    // closed gates on roads, which end there
}
