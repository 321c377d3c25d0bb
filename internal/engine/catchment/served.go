package catchment

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync/atomic"
)

// Metres returns the metres of the walk of every home, in the direction of which
// the cost counts; +Inf where there is none.
func (c *Cover) Metres(ctx context.Context) ([]float64, error) {
	metres := make([]float64, c.Len())
	others := make([][]int32, stretches(c.Len())) // homes of which the field that counts tells of another facility
	err := shareHomes(ctx, c.Len(), func(stretch, from, to int) {
		for i := from; i < to; i++ {
			n := c.nearest[i]
			field := c.to
			if n.Back > n.There {
				field = c.from
			}
			r := field.Of(c.homes.doors, i)
			metres[i] = r.Metres
			if !n.Found() {
				metres[i] = n.Cost()
			} else if r.Source != int(n.Facility) {
				others[stretch] = append(others[stretch], int32(i))
			}
		}
	})
	if err == nil {
		err = c.measure(ctx, slices.Concat(others...), metres)
	}
	if err != nil {
		return nil, fmt.Errorf("measure the walks of homes: %w", err)
	}
	return metres, nil
}

// measure sets the metres of some homes, one facility after the other.
func (c *Cover) measure(ctx context.Context, homes []int32, metres []float64) error {
	slices.SortStableFunc(homes, func(a, b int32) int { return cmp.Compare(c.nearest[a].Facility, c.nearest[b].Facility) })
	var groups [][]int32
	for i, h := range homes {
		if i == 0 || c.nearest[h].Facility != c.nearest[homes[i-1]].Facility {
			groups = append(groups, nil)
		}
		groups[len(groups)-1] = append(groups[len(groups)-1], h)
	}
	return share(ctx, len(groups), func(_ context.Context, i int) error {
		s := c.homes.survey()
		defer c.homes.surveys.Put(s)
		facility := int(c.nearest[groups[i][0]].Facility)
		s.exploreSite(Site{c.facilities, facility}, bands{c.to, c.from, c.question.Reach, c.slack})
		for _, h := range groups[i] {
			explored := s.to
			if n := c.nearest[h]; n.Back > n.There {
				explored = s.from
			}
			metres[h] = explored.Of(c.homes.doors, int(h)).Metres
		}
		return nil
	})
}

// Ranges returns for every home the facilities of a question within its limit,
// there and back, as far as the question wants them listed.
func (h *Homes) Ranges(ctx context.Context, q Question) (*Ranges, error) {
	q, err := q.check()
	if err != nil {
		return nil, err
	}
	if q.Below != nil && len(q.Below) != h.Len() {
		return nil, &InputError{"below", -1, "there must be one for each home"}
	}
	doors := h.net.Doors(q.Facilities)
	var listed atomic.Int64
	found := make([][]Pair, q.Facilities.Len())
	err = share(ctx, len(found), func(_ context.Context, f int) error {
		s := h.survey()
		defer h.surveys.Put(s)
		for _, x := range s.within(Site{doors, f}, q.Limit) {
			cost := max(x.there, x.back)
			if q.Below == nil || cost < q.Below[x.home] {
				found[f] = append(found[f], Pair{x.home, Option{int32(f), cost}})
			}
		}
		if n := listed.Add(int64(len(found[f]))); q.Most > 0 && n > int64(q.Most) {
			return ErrTooMany
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("find the homes in range of %d facilities: %w", len(found), err)
	}
	return NewRanges(h.Len(), len(found), slices.Concat(found...))
}
