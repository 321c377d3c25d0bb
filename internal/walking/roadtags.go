package walking

import (
	"math"
	"strconv"
	"strings"

	"github.com/lianpian/lianpian/internal/engine/network"
)

// withTags completes a road by what its OpenStreetMap tags say of walking.
func withTags(r network.Road, tags map[string]string) network.Road {
	for _, key := range []string{"footway", "path", "cycleway"} {
		r.Crossing = r.Crossing || tags[key] == "crossing"
	}
	r.Barred = tags["wheelchair"] == "no"
	r.Incline = inclineOf(tags["incline"])
	return r
}

// inclineOf reads an incline: the rise of a road over its run in the direction of
// its line. What gives no figure ("up") is 0, which stands for unknown.
func inclineOf(text string) float64 {
	text = strings.TrimSpace(text)
	v, err := strconv.ParseFloat(strings.TrimSpace(strings.TrimRight(text, "%°")), 64)
	switch {
	case err != nil || math.IsNaN(v):
	case strings.HasSuffix(text, "°") && math.Abs(v) < 60:
		return math.Tan(v * math.Pi / 180)
	case strings.HasSuffix(text, "%") && math.Abs(v) <= 100:
		return v / 100
	}
	return 0
}
