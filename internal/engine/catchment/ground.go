package catchment

import (
	"context"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/engine/network"
)

// Ground returns the ground from which a facility of the cover is within reach
// of some limits, none beyond what the cover looked for. Points of it are tied to
// the network by rules, which should be those of homes: then a home is covered
// where the ground at its place is.
func (c *Cover) Ground(rules network.TieRules, limit float64) (Ground, error) {
	if !(limit > 0) || limit > c.question.Reach {
		return Ground{}, &InputError{"limit", -1, "it must be above 0 and not beyond what was looked for"}
	}
	return Ground{
		Bound: c.extent(limit).Pad(max(0, rules.Reach)),
		Costs: func(ctx context.Context, points []orb.Point, costs []float64) error {
			net := c.homes.net
			at := &Cover{
				homes: NewHomes(net, net.Graph().Tie(points, rules)), facilities: c.facilities, to: c.to, from: c.from,
				// Beyond the limit, but not far, costs tell where the border runs.
				question: Question{Facilities: c.question.Facilities, Limit: limit, Reach: min(c.question.Reach, 2*limit)},
			}
			if err := at.fill(ctx); err != nil {
				return err
			}
			for i, n := range at.nearest {
				costs[i] = n.Cost()
			}
			return nil
		},
	}, nil
}

// extent is the bound of all edges that are reached within a limit, wholly or in
// part.
func (c *Cover) extent(limit float64) orb.Bound {
	graph := c.homes.net.Graph()
	var lines orb.MultiLineString
	near := func(node int) bool {
		_, there := c.to.Node(node)
		_, back := c.from.Node(node)
		return max(there, back) <= limit
	}
	for e := range graph.Edges() {
		if from, to := graph.Ends(e); near(from) || near(to) {
			lines = append(lines, graph.Line(e))
		}
	}
	ties := c.facilities.Ties()
	for f := range ties.Len() {
		for _, foot := range ties.Feet(f) {
			lines = append(lines, graph.Line(foot.Edge))
		}
	}
	if len(lines) == 0 {
		return orb.Bound{} // whatever is there, it is out of reach
	}
	return lines.Bound()
}
