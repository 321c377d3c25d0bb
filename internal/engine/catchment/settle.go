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

// court settles disputes. The surroundings of each facility are searched both
// ways, but a place is only passed if the facility is farther from it than its
// nearest one by no more than a slack. That finds every home from which the
// facility is farther than its nearest one by no more than the slack: where a way
// of w to it leads by a place from which d are left, and the nearest facility of
// the home is t away, the nearest one of the place is no nearer than t - (w - d).
// Where the best facility found for a home needs more slack than those had that
// may be better, judged by the crow's flight, these are searched again.
type court struct {
	c        *Cover
	disputes []dispute
	at       *index    // of the homes in dispute
	slack    []float64 // of each facility
	due      []int     // facilities that are to be searched
}

// usual is the share of disputes whose slack every facility gets at once.
const usual = 0.9

// endless is a slack that leaves nothing out: no cost is as high.
const endless = 1e6

func (c *Cover) settle(ctx context.Context, disputes []dispute) error {
	if len(disputes) == 0 {
		return nil
	}
	j := c.court(disputes)
	for len(j.due) > 0 {
		if err := j.search(ctx); err != nil {
			return err
		}
		j.review()
	}
	for _, d := range disputes {
		c.slack = max(c.slack, c.missing(d))
	}
	return nil
}

// court prepares the first search. A home needs no less slack than there and back
// are apart, and mostly little more.
func (c *Cover) court(disputes []dispute) *court {
	j := &court{c: c, disputes: disputes, slack: make([]float64, c.facilities.Ties().Len())}
	disputed, apart := newMarks(c.Len()), make([]float64, len(disputes))
	for i, d := range disputes {
		disputed.set(d.home)
		apart[i] = 1.1 * math.Abs(d.there-d.back)
		j.slack[d.to] = max(j.slack[d.to], apart[i])
		j.slack[d.from] = max(j.slack[d.from], apart[i])
	}
	j.at = c.homes.index().only(disputed)
	slices.Sort(apart)
	for f := range j.slack {
		j.slack[f] = max(j.slack[f], apart[int(usual*float64(len(apart)))])
		j.due = append(j.due, f)
	}
	return j
}

// search looks at the homes in the surroundings of the facilities that are due.
func (j *court) search(ctx context.Context) error {
	c := j.c
	var hand sync.Mutex
	return share(ctx, len(j.due), func(_ context.Context, i int) error {
		s, f := c.homes.survey(), j.due[i]
		defer c.homes.surveys.Put(s)
		s.to.ExploreSource(c.to, f, c.question.Reach, j.slack[f])
		s.from.ExploreSource(c.from, f, c.question.Reach, j.slack[f])
		found := s.around(Site{c.facilities, f}, j.at, func(int32) float64 { return c.question.Reach })
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

// review finds the facilities that must be searched with more slack.
func (j *court) review() {
	j.due = j.due[:0]
	had := slices.Clone(j.slack)
	least := slices.Min(had)
	for _, d := range j.disputes {
		missing := j.c.missing(d)
		switch {
		case missing <= least:
		case !math.IsInf(missing, 1):
			j.summon(d, missing)
		case had[d.to] < endless || had[d.from] < endless:
			j.slack[d.to] = max(j.slack[d.to], more(had[d.to], j.c.question.Limit))
			j.slack[d.from] = max(j.slack[d.from], more(had[d.from], j.c.question.Limit))
		default:
			for f := range j.slack {
				j.slack[f] = endless
			}
		}
	}
	for f := range j.slack {
		if j.slack[f] > had[f] {
			j.due = append(j.due, f)
		}
	}
}

// summon gives the facilities that may be the nearest one of a home as much slack
// as is missing.
func (j *court) summon(d dispute, missing float64) {
	ties, homes := j.c.facilities.Ties(), j.c.homes.doors
	pace, home := homes.Net().LeastPace(), homes.Ties().Place(int(d.home))
	most := min(j.c.nearest[d.home].Cost(), j.c.question.Reach)
	for f := range j.slack {
		if j.slack[f] >= missing {
			continue
		}
		if place := ties.Place(f); math.Hypot(place[0]-home[0], place[1]-home[1])*pace <= most {
			j.slack[f] = missing
		}
	}
}

// more is the slack to go on with where nothing was found.
func more(slack, limit float64) float64 { return min(endless, max(4*slack, limit/4)) }
