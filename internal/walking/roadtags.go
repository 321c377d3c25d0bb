package walking

import (
	"math"
	"strconv"
	"strings"

	"github.com/lianpian/lianpian/internal/engine/network"
)

// withTags completes a road by what its OpenStreetMap tags say of walking.
func withTags(r network.Road, tags map[string]string) network.Road {
	return r
}

// inclineOf reads an incline: the rise of a road in the direction of its line,
// as a fraction. "up" and "down" say no figure.
func inclineOf(text string) (rise float64, known bool) {
	text = strings.TrimSpace(text)
	degrees := strings.HasSuffix(text, "°")
	percent := strings.HasSuffix(text, "%")
	v, err := strconv.ParseFloat(strings.TrimSpace(strings.TrimRight(text, "%°")), 64)
	switch {
	case err != nil || math.IsNaN(v):
		return 0, false
	case degrees && math.Abs(v) < 60:
		return math.Tan(v * math.Pi / 180), true
	case percent && math.Abs(v) <= 100:
		return v / 100, true
	}
	return 0, false
}
