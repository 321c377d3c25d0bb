package coverage

import (
	"context"
	"fmt"
	"math"

	"github.com/google/uuid"
	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/account"
)

// BeginTrial begins a what-if with a run's settings on today's data. Errors:
// those of Run.
func (s *Store) BeginTrial(ctx context.Context, scope account.Scope, district string, run uuid.UUID) (Trial, error) {
	r, err := s.Get(ctx, scope, district, run)
	if err != nil {
		return Trial{}, err
	}
	o := r.settings
	o.Area.Name = ""
	in, err := s.gather(ctx, scope, account.RunCoverage, district, o, []string{r.FacilityType})
	if err != nil {
		return Trial{}, err
	}
	one := &trial{district: district, by: asker(ctx), in: in, question: in.questions[0]}
	one.limit = one.question.cost(o.Method, in.walker)
	if err := one.begin(ctx); err != nil {
		return Trial{}, err
	}
	id, err := uuid.NewV7()
	if err != nil {
		return Trial{}, fmt.Errorf("make an id: %w", err)
	}
	a := &answered{question: one.question}
	answer := Trial{
		ID: id, Run: run, Facilities: one.facilities(), Base: one.figures, Current: in.digest(a) == r.Inputs.Digest,
	}
	answer.ExpiresAt = s.trials.keep(id, one)
	return answer, nil
}

// begin computes the base.
func (t *trial) begin(ctx context.Context) error {
	var err error
	switch m := t.in.measure.(type) {
	case straight:
		t.base, err = m.nearest(ctx, t.question.set, t.limit)
		t.engine = &straightTrial{m: m, set: t.question.set, limit: t.limit, base: t.base}
	case *walked:
		t.base, t.engine, err = m.trial(ctx, t.question.set, t.limit)
	default:
		err = fmt.Errorf("no trials by %T", m)
	}
	if err != nil {
		return err
	}
	t.spared = make([]bool, len(t.base))
	if t.question.first != nil {
		first, err := t.in.measure.nearest(ctx, t.question.firstSet, t.question.first.cost(t.in.settings.Method, t.in.walker))
		if err != nil {
			return err
		}
		for i := range first {
			t.spared[i] = first[i].status == Covered
		}
	}
	for i := range t.base {
		t.sum.add(&t.in.subjects[i], &t.base[i], 1)
	}
	t.figures = t.shown(t.sum)
	return nil
}

func (t *trial) facilities() []TrialFacility {
	lost := make([]bool, len(t.question.set))
	if m, is := t.in.measure.(*walked); is {
		doors := m.net.Doors(m.tie(t.question.set))
		for i := range lost {
			lost[i] = !doors.Reached(i)
		}
	}
	list := make([]TrialFacility, 0, len(t.question.set))
	for i, f := range t.question.set {
		list = append(list, TrialFacility{
			Code: f.code, Name: f.name, Location: orb.Point{f.at.lon, f.at.lat}, Capacity: f.capacity, Proposed: f.proposed, Reached: !lost[i],
		})
	}
	return list
}

// trialSum adds up what a trial shows, with subjects taken away again.
type trialSum struct {
	f                     TrialFigures
	walked, metres, timed float64 // households with a way, and their ways
}

func (t *trialSum) add(s *subject, o *outcome, sign int64) {
	building := int64(0)
	if s.id != 0 {
		building = sign
	}
	t.f.Buildings += building
	t.f.Households += sign * s.wholeHouseholds
	if o.covered() {
		t.f.CoveredBuildings += building
		t.f.CoveredHouseholds += sign * s.wholeHouseholds
		t.f.CoveredFloorAreaM2 += float64(sign) * s.wholeFloorArea
	}
	if o.facility >= 0 {
		h := float64(sign * s.wholeHouseholds)
		t.walked += h
		if !math.IsNaN(o.metres) {
			t.metres += h * o.metres
		}
		if seconds := max(o.there, o.back); !math.IsNaN(seconds) {
			t.timed += h * seconds / 60
		}
	}
}

// shown are the sums as people see them. What counts minutes does not measure
// the metres of every way again.
func (t *trial) shown(sum trialSum) TrialFigures {
	f := sum.f
	f.CoveredFloorAreaM2 = cents(f.CoveredFloorAreaM2)
	if sum.walked > 0 {
		f.MeanM, f.MeanMinutes = math.Round(sum.metres/sum.walked*10)/10, cents(sum.timed/sum.walked)
	}
	if t.in.settings.Method == MethodWalkSlope {
		f.MeanM = 0
	}
	return f
}

// Try says what changes would make of the coverage. Errors: *InvalidError,
// postgis.ErrNotFound for a trial that has ended.
func (s *Store) Try(ctx context.Context, scope account.Scope, district string, id uuid.UUID, changes []Change) (TrialAnswer, error) {
	one, err := s.trials.find(ctx, district, id)
	if err != nil {
		return TrialAnswer{}, err
	}
	one.mu.Lock()
	defer one.mu.Unlock()
	if err := one.check(changes); err != nil {
		return TrialAnswer{}, err
	}
	began := s.trials.now()
	changed, notes, err := one.engine.try(ctx, changes)
	if err != nil {
		return TrialAnswer{}, err
	}
	a := TrialAnswer{Changed: []TrialChanged{}, Notes: append([]string{}, notes...)}
	sum, needless := one.sum, int64(0)
	for _, c := range changed {
		subject, before := &one.in.subjects[c.subject], &one.base[c.subject]
		sum.add(subject, before, -1)
		sum.add(subject, &c.outcome, 1)
		if c.covered() == before.covered() {
			continue
		}
		if c.covered() {
			a.Gained += subject.wholeHouseholds
		} else {
			a.Lost += subject.wholeHouseholds
		}
		if c.covered() && one.spared[c.subject] {
			needless += subject.wholeHouseholds
		}
		if subject.id != 0 {
			a.Changed = append(a.Changed, TrialChanged{ID: subject.id, Code: subject.code, Covered: c.covered(), Households: float64(subject.wholeHouseholds)})
		}
	}
	if needless > 0 {
		a.Notes = append(a.Notes, fmt.Sprintf("新覆盖的住户中有 %d 户已由%s服务，不要求“%s”。",
			needless, one.question.first.kind.Name, one.question.kind.Name))
	}
	a.Figures = one.shown(sum)
	a.TookMS = math.Round(s.trials.now().Sub(began).Seconds()*1e5) / 100
	return a, nil
}

// EndTrial forgets a trial.
func (s *Store) EndTrial(ctx context.Context, scope account.Scope, district string, id uuid.UUID) error {
	if _, err := s.trials.find(ctx, district, id); err != nil {
		return err
	}
	s.trials.mu.Lock()
	defer s.trials.mu.Unlock()
	delete(s.trials.held, id)
	return nil
}
