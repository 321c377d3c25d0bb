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
// facility that is farther from a home than its nearest one by no more than the
// slack: where a way of w to it leads by a place from which d are left, and the
// nearest facility of the home is t away, the nearest one of the place is no
// nearer than t - (w - d). Where the facility found for a home costs more, there
// may be a better one, and the search is repeated with more slack.
func (c *Cover) settle(ctx context.Context, disputes []dispute) error {
	slack := 0.0
	for _, d := range disputes {
		slack = max(slack, math.Abs(d.there-d.back)) // so much is needed for this home at least
	}
	for slack *= 1.1; len(disputes) > 0; {
		all := slack >= endless
		if err := c.explore(ctx, disputes, slack); err != nil {
			return err
		}
		needed := 0.0
		disputes = slices.DeleteFunc(disputes, func(d dispute) bool {
			missing := c.missing(d)
			if missing > slack && !all {
				needed = max(needed, missing)
				return false
			}
			c.slack = max(c.slack, missing)
			return true
		})
		slack = more(slack, needed, c.question.Limit)
	}
	return nil
}

// endless is a slack that leaves nothing out: no cost is as high.
const endless = 1e6

// more is the slack to search with where one was not enough: as much as is known
// to be needed, or a good deal more than before.
func more(slack, needed, limit float64) float64 {
	if !math.IsInf(needed, 1) {
		return max(slack, needed)
	}
	return max(4*slack, limit/4)
}

// explore looks at disputed homes in the surroundings of every facility.
func (c *Cover) explore(ctx context.Context, disputes []dispute, slack float64) error {
	disputed := newMarks(c.Len())
	for _, d := range disputes {
		disputed.set(d.home)
	}
	var hand sync.Mutex
	return share(ctx, c.facilities.Ties().Len(), func(_ context.Context, f int) error {
		s := c.homes.survey()
		defer c.homes.surveys.Put(s)
		found := s.around(Site{c.facilities, f}, bands{c.to, c.from, c.question.Reach, slack}, disputed.has, anyCost)
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

func anyCost(int32) float64 { return math.Inf(1) }
