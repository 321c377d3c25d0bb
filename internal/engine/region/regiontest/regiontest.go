// Package regiontest makes districts of communities with links, and zones in
// them that fall into parts. It is for tests and benchmarks only.
package regiontest

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/lianpian/lianpian/internal/engine/region"
)

const (
	spacing = 100 // metres between communities, on the average
	reach   = 165 // metres up to which two communities have a link: some 8 each
)

// District is a square of communities. The same size and seed give the same.
type District struct {
	Graph *region.Graph
	Links []region.Link
	East  []float64 // metres, of each community
	North []float64
	side  int
}

// New makes a district on a jittered grid. A link is as long as the way
// between the communities; one in five is not usable.
func New(communities int, seed uint64) (*District, error) {
	r := rand.New(rand.NewPCG(seed, 8))
	d := &District{side: int(math.Ceil(math.Sqrt(float64(communities))))}
	for i := range communities {
		d.East = append(d.East, spacing*(float64(i%d.side)+0.8*r.Float64()))
		d.North = append(d.North, spacing*(float64(i/d.side)+0.8*r.Float64()))
	}
	for i := range communities {
		for j := i + 1; j < min(communities, i+2*d.side+3); j++ {
			if length := math.Hypot(d.East[i]-d.East[j], d.North[i]-d.North[j]); length < reach {
				d.Links = append(d.Links, region.Link{A: int32(i), B: int32(j), LengthM: length, Usable: r.IntN(5) > 0})
			}
		}
	}
	var err error
	if d.Graph, err = region.NewGraph(communities, d.Links); err != nil {
		return nil, fmt.Errorf("generate a district of %d communities: %w", communities, err)
	}
	return d, nil
}

// Price is what connecting costs in metres: a community 50 to 146, a link its
// length, four times that if it isn't usable.
func (d *District) Price() region.Price {
	return region.Price{
		Community: func(c int32) float64 { return 50 + float64(c%97) },
		Link: func(l int32) float64 {
			if d.Links[l].Usable {
				return d.Links[l].LengthM
			}
			return 4 * d.Links[l].LengthM
		},
	}
}

// Zone grows a set of some size in the given number of parts, whose seeds lie
// in a square in the middle with the given share of the district's side. In a
// narrow square there may be room for less.
func (d *District) Zone(parts, size int, share float64, seed uint64) []int32 {
	r := rand.New(rand.NewPCG(seed, 500))
	owner := make([]int, len(d.East))
	var zone []int32
	inner := share * float64(d.side)
	margin := (float64(d.side) - inner) / 2
	for part := 1; part <= parts; part++ {
		start := int32(-1)
		for range 1000 {
			c := int(margin+inner*r.Float64())*d.side + int(margin+inner*r.Float64())
			if c < len(owner) && d.free(int32(c), owner, part) {
				start = int32(c)
				break
			}
		}
		if start < 0 {
			continue
		}
		queue := []int32{start}
		owner[start] = part
		for next := 0; next < len(queue); next++ {
			to, _ := d.Graph.Neighbors(queue[next])
			for _, c := range to {
				if len(queue) < size/parts && d.free(c, owner, part) {
					owner[c] = part
					queue = append(queue, c)
				}
			}
		}
		zone = append(zone, queue...)
	}
	slices.Sort(zone)
	return zone
}

// free tells whether a community may join a part without touching another.
func (d *District) free(c int32, owner []int, part int) bool {
	if owner[c] != 0 {
		return false
	}
	to, _ := d.Graph.Neighbors(c)
	for _, n := range to {
		if owner[n] != 0 && owner[n] != part {
			return false
		}
	}
	return true
}
