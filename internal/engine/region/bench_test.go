package region_test

import (
	"fmt"
	"testing"

	"github.com/lianpian/lianpian/internal/engine/region"
	"github.com/lianpian/lianpian/internal/engine/region/regiontest"
)

// BenchmarkBrokenZone is what is asked about a drawn zone: whether it is
// contiguous, its parts, what holds them together and the cheapest connection,
// for 500 communities in a district of 10,000. Near parts lie a few communities
// from each other, far ones anywhere in the district.
func BenchmarkBrokenZone(b *testing.B) {
	d, err := regiontest.New(10_000, 1)
	if err != nil {
		b.Fatal(err)
	}
	for _, place := range []struct {
		name  string
		share float64
	}{{"near", 0.35}, {"far", 1}} {
		for _, parts := range []int{2, 6, 8, 12, 20} {
			zones := make([][]int32, 10)
			for i := range zones {
				zones[i] = d.Zone(parts, 500, place.share, uint64(i))
			}
			b.Run(fmt.Sprintf("%s/%d", place.name, parts), func(b *testing.B) {
				gap, exact := 0.0, 0
				for i := range b.N {
					c := ask(b, d, zones[i%len(zones)])
					gap += (c.Cost - c.LowerBound) / c.Cost
					if c.Exact {
						exact++
					}
				}
				b.ReportMetric(100*gap/float64(b.N), "%gap")
				b.ReportMetric(100*float64(exact)/float64(b.N), "%exact")
			})
		}
	}
}

func ask(b *testing.B, d *regiontest.District, zone []int32) region.Connection {
	if d.Graph.Contiguous(zone) || len(d.Graph.Parts(zone)) < 2 {
		b.Fatal("the zone is contiguous")
	}
	d.Graph.Articulations(zone)
	c, err := d.Graph.Connect(zone, d.Price())
	if err != nil {
		b.Fatal(err)
	}
	return c
}

func BenchmarkWalkingDiameter(b *testing.B) {
	d, err := regiontest.New(10_000, 1)
	if err != nil {
		b.Fatal(err)
	}
	zone := d.Zone(1, 500, 0.1, 1)
	for b.Loop() {
		if _, ok := d.Graph.WalkingDiameter(zone); !ok {
			b.Fatal("no diameter")
		}
	}
}
