package catchment

import (
	"context"
	"math"
	"slices"
	"sync"
)

// dispute is a home whose nearest facility on the way there is not the nearest
// one on the way back, with the costs of the two.
type dispute struct {
	home        int32
	to, from    int // the two facilities; -1: there is none
	there, back float64
}

// settle finds the nearest facility of disputed homes. The surroundings of each
// facility are searched both ways, but a place is only passed if the facility is
// farther from it than its nearest one by no more than a slack. That finds every
// home from which the facility is farther than its nearest one by no more than
// the slack: where a way of w to it leads by a place from which d are left, and
// the nearest facility of the home is t away, the nearest one of the place is no
// nearer than t - (w - d). Where the facility found for a home needs more slack,
// there may be a better one, and the search is repeated.
func (c *Cover) settle(ctx context.Context, disputes []dispute) error {
	slack := 0.0
	for _, d := range disputes {
		slack = max(slack, 1.1*apart(d)) // a home needs no less, and mostly little more
	}
	for len(disputes) > 0 {
		if err := c.search(ctx, disputes, slack); err != nil {
			return err
		}
		needed := 0.0
		disputes = slices.DeleteFunc(disputes, func(d dispute) bool {
			missing := c.missing(d)
			if missing > slack && slack < endless {
				needed = max(needed, missing)
				return false
			}
			c.exceed(d)
			return true
		})
		slack = more(slack, needed, c.question.Limit)
	}
	return nil
}

// apart is how far there and back are apart.
func apart(d dispute) float64 { return math.Abs(d.there - d.back) }

// endless is a slack that leaves nothing out: no cost is as high.
const endless = 1e6

// more is the slack to search with where one was not enough: what is known to be
// needed, or a good deal more than before.
func more(slack, needed, limit float64) float64 {
	if !math.IsInf(needed, 1) {
		return max(slack, needed)
	}
	return min(endless, max(4*slack, limit/4))
}

// search looks at disputed homes in the surroundings of every facility.
func (c *Cover) search(ctx context.Context, disputes []dispute, slack float64) error {
	disputed := newMarks(c.Len())
	for _, d := range disputes {
		disputed.set(d.home)
	}
	at := c.homes.index().only(disputed)
	var hand sync.Mutex
	return share(ctx, c.facilities.Ties().Len(), func(_ context.Context, f int) error {
		s := c.homes.survey()
		defer c.homes.surveys.Put(s)
		s.explore(f, bands{c.to, c.from, c.question.Reach, slack})
		found := s.around(at, func(int32) float64 { return c.question.Reach })
		hand.Lock()
		defer hand.Unlock()
		for _, x := range found {
			// Of all that are found the best stays, in whatever order they come.
			if n := x.nearest(f); n.better(c.nearest[x.home]) {
				c.nearest[x.home] = n
			}
		}
		return nil
	})
}
