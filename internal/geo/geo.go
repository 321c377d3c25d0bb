// Package geo holds what the product knows about coordinates and shapes:
// checking what may enter, decoding GeoJSON, the Chinese datums and map
// offsets, Gauss-Krüger metres and areas on the ellipsoid. It works on orb
// geometries in memory and must never touch a database, a file or HTTP.
package geo

import (
	"fmt"

	"github.com/paulmach/orb"
)

// Limits on the number of points in one geometry. A person's drawing is
// answered while they wait; an import runs in the background.
const (
	MaxDrawnPoints  = 10_000
	MaxImportPoints = 200_000
)

// Limits bounds what Check accepts.
type Limits struct {
	MaxPoints int // points of the whole geometry; 0 means MaxImportPoints
}

// FaultKind names what is wrong with a geometry. The values are stable: the
// API shows them.
type FaultKind string

// What can be wrong with a geometry.
const (
	NotFinite        FaultKind = "not_finite"        // NaN or infinite coordinate
	OutOfRange       FaultKind = "out_of_range"      // outside ±180° / ±90°
	TooFewPoints     FaultKind = "too_few_points"    // a line under 2 distinct points, a ring under 4
	Unclosed         FaultKind = "unclosed"          // first and last point of a ring differ
	SelfIntersection FaultKind = "self_intersection" // a ring crosses, touches along, or spikes back on itself
	TooManyPoints    FaultKind = "too_many_points"   // over Limits.MaxPoints
	Empty            FaultKind = "empty"             // no coordinates at all
	ZeroArea         FaultKind = "zero_area"         // a ring that encloses nothing
	WrongType        FaultKind = "wrong_type"        // not the type of geometry that is wanted
	HoleOutside      FaultKind = "hole_outside"      // a hole that is not inside its shell, or inside another hole
	RingsCross       FaultKind = "rings_cross"       // two rings cross, share an edge, or cut the interior apart
	Malformed        FaultKind = "malformed"         // the text is not a GeoJSON geometry
)

// Fault is what keeps a geometry out. It is the person's to repair, so Detail
// is a Chinese sentence for them.
type Fault struct {
	Kind   FaultKind
	At     orb.Point // place of the fault in lon/lat; the zero point where there is no place
	Detail string
}

// Error returns the kind and the sentence. A nil *Fault must not be stored in
// an error variable: compare the pointer itself.
func (f *Fault) Error() string {
	return fmt.Sprintf("%s: %s", f.Kind, f.Detail)
}
