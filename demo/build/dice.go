package main

import (
	"hash/fnv"
	"math"
	"math/rand/v2"
)

// seed is fixed: the demo is the same everywhere.
const seed = 20261101

// dice gives the random numbers for one thing. They depend on its key alone,
// so that a change elsewhere in the district does not reshuffle it.
func dice(key string) *rand.Rand {
	h := fnv.New64a()
	h.Write([]byte(key))
	return rand.New(rand.NewPCG(seed, h.Sum64()))
}

// between is a whole number from lo to hi, both included.
func between(r *rand.Rand, lo, hi int) int { return lo + r.IntN(hi-lo+1) }

// spread is a number from lo to hi.
func spread(r *rand.Rand, lo, hi float64) float64 { return lo + r.Float64()*(hi-lo) }

// bell is a number around mean, cut at lo and hi.
func bell(r *rand.Rand, mean, deviation, lo, hi float64) float64 {
	return math.Max(lo, math.Min(hi, mean+r.NormFloat64()*deviation))
}

// chance is true in a share p of all cases.
func chance(r *rand.Rand, p float64) bool { return r.Float64() < p }
