package geo

import (
	"math"

	"github.com/paulmach/orb"
)

// Near tells whether two areas have the same points in the same order, each within
// some degrees of the other's.
func Near(a, b orb.MultiPolygon, degrees float64) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if len(a[i]) != len(b[i]) {
			return false
		}
		for k := range a[i] {
			if !nearRings(a[i][k], b[i][k], degrees) {
				return false
			}
		}
	}
	return true
}

func nearRings(a, b orb.Ring, degrees float64) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if !(math.Hypot(a[i][0]-b[i][0], a[i][1]-b[i][1]) <= degrees) {
			return false
		}
	}
	return true
}
