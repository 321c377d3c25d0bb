package catchment

import (
	"math"
	"slices"

	"github.com/paulmach/orb"
)

// domain is the homes of which a facility is the nearest one, and where and how
// far away they are.
type domain struct {
	homes    []int32
	bound    orb.Bound
	farthest float64 // the highest cost
	slack    float64 // the most by which a cost exceeds that of the nearest facility on the way there or back alone
}

// domains returns those of all facilities, which are made when first asked for.
// The last one is of the homes that have none.
func (c *Cover) domains() []domain {
	c.once.Do(func() {
		last := c.facilities.Ties().Len()
		c.domain = make([]domain, last+1)
		count := make([]int, last+1)
		of := func(n Nearest) int {
			if n.Found() {
				return int(n.Facility)
			}
			return last
		}
		for _, n := range c.nearest {
			count[of(n)]++
		}
		all := make([]int32, 0, c.Len())
		for f, n := range count {
			c.domain[f].homes = slices.Grow(all[len(all):], n)[:0:n]
			all = all[:len(all)+n]
		}
		for h, n := range c.nearest {
			c.domain[of(n)].add(int32(h), c.homes.doors.Ties().Place(h), n.Cost(), c.excess(h))
		}
	})
	return c.domain
}

func (d *domain) add(home int32, at orb.Point, cost, slack float64) {
	if len(d.homes) == 0 {
		d.bound = at.Bound()
	}
	d.homes = append(d.homes, home)
	d.bound = d.bound.Extend(at)
	d.farthest, d.slack = max(d.farthest, cost), max(d.slack, slack)
}

// excess is by how much the cost of a home exceeds that of the nearest facility
// on the way there or back alone.
func (c *Cover) excess(home int) float64 {
	if c.from == c.to {
		return 0
	}
	return float64(c.over[home])
}

// slackNear is the slack with which all homes are found that may be better off by
// something new in a bound: those farther from it, as the crow flies, than from
// their nearest facility are not.
func (c *Cover) slackNear(b orb.Bound) (slack float64) {
	pace := c.homes.net.LeastPace()
	for _, d := range c.domains() {
		if len(d.homes) == 0 {
			continue
		}
		dx := max(0, d.bound.Min[0]-b.Max[0], b.Min[0]-d.bound.Max[0])
		dy := max(0, d.bound.Min[1]-b.Max[1], b.Min[1]-d.bound.Max[1])
		if math.Hypot(dx, dy)*pace <= d.farthest+rounding {
			slack = max(slack, d.slack)
		}
	}
	return slack
}
