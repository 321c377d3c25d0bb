package survey

import (
	"math"
	"strconv"
)

// figure writes a number as people do: at most two decimals.
func figure(v float64) string { return strconv.FormatFloat(math.Round(v*100)/100, 'f', -1, 64) }
