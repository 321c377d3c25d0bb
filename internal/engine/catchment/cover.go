package catchment

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"sync"

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

	surveys sync.Pool // of *survey
	once    sync.Once
	indexed *index
}

// NewHomes prices the ways between homes and the net.
func NewHomes(net *network.Net, homes *network.Ties) *Homes {
	return &Homes{net: net, doors: net.Doors(homes)}
}

// Len returns how many homes there are.
func (h *Homes) Len() int { return h.doors.Ties().Len() }

// Question asks how homes are covered by facilities of one type.
type Question struct {
	Facilities *network.Ties
	Limit      float64 // metres or seconds, above 0
	Reach      float64 // how far facilities are looked for; 0: everywhere. Never less than Limit

	// What Ranges lists may be narrowed.
	Below []float64 // by home: ways that cost as much as this or more are left out; nil: none
	Most  int       // how many ways may be listed in all; 0: any number
}

// ErrTooMany is the error of Ranges where there are more ways than may be listed.
var ErrTooMany = errors.New("more ways than may be listed")

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

// Nearest is the nearest facility of a home.
type Nearest struct {
	Facility    int32   // -1: there is none
	There, Back float64 // metres or seconds; +Inf: there is no way
}

// none is nearest where nothing is.
var none = Nearest{-1, math.Inf(1), math.Inf(1)}

// Cost is what counts: the worse of there and back.
func (n Nearest) Cost() float64 { return max(n.There, n.Back) }

// Found tells whether there is a facility.
func (n Nearest) Found() bool { return n.Facility >= 0 }

// better tells whether one is to be preferred to another: the lower cost, of
// equal ones the lower facility.
func (n Nearest) better(than Nearest) bool {
	a, b := n.Cost(), than.Cost()
	return a < b || a == b && n.Found() && (n.Facility < than.Facility || !than.Found())
}

// Cover says for every home which facility is the nearest one: the one with the
// least cost, which is the worse of there and back; of equal ones the lower
// number. It does not change; any number of goroutines may read it.
type Cover struct {
	homes      *Homes
	question   Question
	facilities *network.Doors
	to, from   *network.Field // there and back; the same where the net is symmetric
	nearest    []Nearest      // of each home

	// Where the net is not symmetric: by how much the cost of a home exceeds that
	// of the nearest facility on the way there or back alone, rounded up.
	over  []float32
	slack float64 // the most of it

	once   sync.Once
	domain []domain
}

// Len returns how many homes there are.
func (c *Cover) Len() int { return len(c.nearest) }

// Limit returns the limit that was asked with.
func (c *Cover) Limit() float64 { return c.question.Limit }

// Of returns the nearest facility of a home, also beyond the limit.
func (c *Cover) Of(home int) Nearest { return c.nearest[home] }

// Status returns how a home stands.
func (c *Cover) Status(home int) Status {
	return c.homes.status(home, c.nearest[home], c.question.Limit)
}

func (h *Homes) status(home int, n Nearest, limit float64) Status {
	switch {
	case n.Cost() <= limit:
		return Covered
	case n.Found():
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
	c := &Cover{homes: h, question: q, facilities: h.net.Doors(q.Facilities)}
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
	if err := c.fill(ctx); err != nil {
		return nil, fmt.Errorf("find the nearest of %d facilities for each home: %w", q.Facilities.Len(), err)
	}
	return c, nil
}

// fill finds the nearest facilities of all homes from the fields.
func (c *Cover) fill(ctx context.Context) error {
	homes := c.homes.Len()
	c.nearest = make([]Nearest, homes)
	if c.from != c.to {
		c.over = make([]float32, homes)
	}
	disputes := make([][]dispute, stretches(homes))
	err := shareHomes(ctx, homes, func(stretch, from, to int) {
		for i := from; i < to; i++ {
			switch d, disputed := c.read(i); {
			case disputed:
				disputes[stretch] = append(disputes[stretch], d)
			case c.over != nil:
				c.exceed(d)
			}
		}
	})
	if err != nil {
		return err
	}
	if err := c.settle(ctx, slices.Concat(disputes...)); err != nil {
		return err
	}
	for _, over := range c.over {
		c.slack = max(c.slack, float64(over))
	}
	return nil
}

// exceed notes by how much the cost of a home exceeds that of there or back alone.
func (c *Cover) exceed(d dispute) {
	c.over[d.home] = math.Nextafter32(float32(c.missing(d)), float32(math.Inf(1)))
}

// read reads the nearest facility of a home off the fields, unless it is disputed.
func (c *Cover) read(home int) (d dispute, disputed bool) {
	d = dispute{home: int32(home)}
	c.nearest[home] = none
	d.to, d.there = c.to.Cost(c.homes.doors, home)
	d.from, d.back = d.to, d.there
	if c.from != c.to {
		d.from, d.back = c.from.Cost(c.homes.doors, home)
	}
	if d.to == d.from {
		c.nearest[home] = Nearest{int32(d.to), d.there, d.back}
		return d, false
	}
	return d, d.to >= 0 && d.from >= 0
}

// missing is by how much the cost of a home, as far as it is known, exceeds that
// of the nearest facility on the way there or back alone.
func (c *Cover) missing(d dispute) float64 { return missing(c.nearest[d.home], d, c.question.Reach) }

func missing(n Nearest, d dispute, reach float64) float64 {
	least := min(d.there, d.back)
	if math.IsInf(least, 1) {
		return 0
	}
	return min(n.Cost(), reach) - least
}
