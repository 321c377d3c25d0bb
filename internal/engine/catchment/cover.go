package catchment

import (
	"context"
	"fmt"
	"math"

	"github.com/lianpian/lianpian/internal/engine/network"
)

// Status says how a home stands to a type of facility.
type Status uint8

// A home is covered, or its nearest facility is beyond the limit; or it is not
// tied to the network at all; or it is, but no facility is within reach of it
// there.
const (
	Unreached Status = iota
	CutOff
	Beyond
	Covered
)

func (s Status) String() string {
	return [...]string{"unreached", "cut off", "beyond", "covered"}[s]
}

// Homes are buildings on a net. They do not change; any number of goroutines may
// ask about them.
type Homes struct {
	net   *network.Net
	doors *network.Doors
}

// NewHomes prices the ways between homes and the net.
func NewHomes(net *network.Net, homes *network.Ties) *Homes {
	return &Homes{net, net.Doors(homes)}
}

// Len returns how many homes there are.
func (h *Homes) Len() int { return h.doors.Ties().Len() }

// Question asks how homes are covered by facilities of one type.
type Question struct {
	Facilities *network.Ties
	Limit      float64 // metres or seconds, above 0
	Reach      float64 // how far facilities are looked for; 0: everywhere. Never less than Limit
}

func (q Question) check() (Question, error) {
	if !(q.Limit > 0) || math.IsInf(q.Limit, 1) {
		return q, &InputError{"limit", -1, "it must be a number above 0"}
	}
	if !(q.Reach >= 0) {
		return q, &InputError{"reach", -1, "it must be a number from 0 on"}
	}
	if q.Reach == 0 {
		q.Reach = math.Inf(1)
	}
	q.Reach = max(q.Reach, q.Limit)
	return q, nil
}

// Walk is the walk between a home and its nearest facility.
type Walk struct {
	Facility    int32   // -1: there is none
	There, Back float64 // metres or seconds; +Inf: there is no way
	Metres      float64 // of the way of which the cost counts
}

// noWalk is the walk to nowhere.
var noWalk = Walk{-1, math.Inf(1), math.Inf(1), math.Inf(1)}

// Cost is what counts: the worse of there and back.
func (w Walk) Cost() float64 { return max(w.There, w.Back) }

// better tells whether a walk is to be preferred to another one: the lower cost,
// of equal ones the lower facility.
func (w Walk) better(than Walk) bool {
	a, b := w.Cost(), than.Cost()
	return a < b || a == b && w.Facility < than.Facility
}

// Cover says for every home which facility is the nearest one: the one with the
// least cost, which is the worse of there and back; of equal ones the lower
// number. It does not change; any number of goroutines may read it.
type Cover struct {
	homes      *Homes
	question   Question
	facilities *network.Doors
	to, from   *network.Field // there and back; the same where the net is symmetric
	walk       []Walk         // of each home
}

// Len returns how many homes there are.
func (c *Cover) Len() int { return len(c.walk) }

// Limit returns the limit that was asked with.
func (c *Cover) Limit() float64 { return c.question.Limit }

// Walk returns the walk of a home, also beyond the limit.
func (c *Cover) Walk(home int) Walk { return c.walk[home] }

// Status returns how a home stands.
func (c *Cover) Status(home int) Status { return c.homes.status(home, c.walk[home], c.question.Limit) }

func (h *Homes) status(home int, w Walk, limit float64) Status {
	switch {
	case w.Cost() <= limit:
		return Covered
	case w.Facility >= 0:
		return Beyond
	case h.doors.Reached(home):
		return CutOff
	}
	return Unreached
}

// Cover answers one question.
func (h *Homes) Cover(ctx context.Context, q Question) (*Cover, error) {
	q, err := q.check()
	if err != nil {
		return nil, err
	}
	return h.cover(ctx, q)
}

// CoverAll answers questions about several types, on all processors.
func (h *Homes) CoverAll(ctx context.Context, questions []Question) ([]*Cover, error) {
	answers := make([]*Cover, len(questions))
	checked := make([]Question, len(questions))
	for i, q := range questions {
		var err error
		if checked[i], err = q.check(); err != nil {
			return nil, fmt.Errorf("question %d: %w", i, err)
		}
	}
	err := share(ctx, len(questions), func(ctx context.Context, i int) (err error) {
		answers[i], err = h.cover(ctx, checked[i])
		return err
	})
	if err != nil {
		return nil, err
	}
	return answers, nil
}

// cover answers a question that was checked.
func (h *Homes) cover(ctx context.Context, q Question) (*Cover, error) {
	c := &Cover{homes: h, question: q, facilities: h.net.Doors(q.Facilities), walk: make([]Walk, h.Len())}
	var err error
	if c.to, err = h.net.Nearest(ctx, c.facilities, network.ToSource, q.Reach); err != nil {
		return nil, fmt.Errorf("find the nearest of %d facilities: %w", q.Facilities.Len(), err)
	}
	c.from = c.to
	if !h.net.Symmetric() {
		if c.from, err = h.net.Nearest(ctx, c.facilities, network.FromSource, q.Reach); err != nil {
			return nil, fmt.Errorf("find the nearest of %d facilities, walking back: %w", q.Facilities.Len(), err)
		}
	}
	disputed := newMarks(h.Len())
	err = shareHomes(ctx, h.Len(), func(from, to int) {
		for i := from; i < to; i++ {
			walk, settled := c.nearest(i)
			c.walk[i] = walk
			if !settled {
				disputed.set(i)
			}
		}
	})
	if err != nil {
		return nil, fmt.Errorf("find the nearest of %d facilities for each home: %w", q.Facilities.Len(), err)
	}
	return c, c.settle(ctx, disputed)
}

// nearest reads the walk of a home off the fields. Where the nearest facility on
// the way there is not the nearest one on the way back, that is not settled.
func (c *Cover) nearest(home int) (w Walk, settled bool) {
	there := c.to.Of(c.homes.doors, home)
	if c.from == c.to {
		return Walk{int32(there.Source), there.Cost, there.Cost, there.Metres}, true
	}
	back := c.from.Of(c.homes.doors, home)
	if !there.Found() || !back.Found() {
		return noWalk, true
	}
	if there.Source != back.Source {
		return noWalk, false
	}
	w = Walk{int32(there.Source), there.Cost, back.Cost, there.Metres}
	if w.Back > w.There {
		w.Metres = back.Metres
	}
	return w, true
}
