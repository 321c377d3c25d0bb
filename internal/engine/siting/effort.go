package siting

import (
	"context"
	"math"
)

// meter counts the effort of one question and says when it is spent. It counts
// costs that were looked at, not seconds, so that the answer does not depend on
// the machine; only the caller's context may cut it short elsewhere.
type meter struct {
	ctx     context.Context
	used    int64
	allowed int64
	asked   int64 // used when the context was last asked
	ended   bool  // the context ended
}

const step = 1000

func newMeter(ctx context.Context, effort int) *meter {
	if effort == 0 {
		effort = UsualEffort
	}
	m := &meter{ctx: ctx, allowed: step * int64(effort)}
	m.ended = ctx.Err() != nil
	return m
}

func (m *meter) add(costs int) { m.used += int64(costs) }

// stopped says whether the search has to end.
func (m *meter) stopped() bool {
	if m.used-m.asked > 200*step {
		m.asked = m.used
		m.ended = m.ended || m.ctx.Err() != nil
	}
	return m.ended || m.used >= m.allowed
}

// share is a part of the effort that is left; what it uses is the whole's.
func (m *meter) share(part float64) *meter {
	s := *m
	s.allowed = min(m.allowed, m.used+int64(part*float64(m.allowed-m.used)))
	return &s
}

// unbounded counts what has to be done whatever it takes.
func (m *meter) unbounded() *meter {
	return &meter{ctx: context.WithoutCancel(m.ctx), allowed: math.MaxInt64}
}

// take books what a share has used.
func (m *meter) take(s *meter) { m.used, m.ended = s.used, s.ended }

func (m *meter) steps() int { return int(m.used / step) }

// why says what stopped the search.
func (m *meter) why() Stop {
	if m.ended {
		return StoppedCaller
	}
	return StoppedEffort
}
