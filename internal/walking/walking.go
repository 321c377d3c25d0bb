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

	Barriers    int `json:"barriers"`     // lines on the ground that bar the way from a door to the street
	Openings    int `json:"openings"`     // places where gates and roads lead through walls
	ClosedGates int `json:"closed_gates"` // that nobody passes
}
