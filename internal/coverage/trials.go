package coverage

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/geo"
	"github.com/lianpian/lianpian/internal/postgis"
)

const (
	keepTrial  = 15 * time.Minute // after the last question
	mostTrials = 16               // of all people; the one asked the longest ago goes first
	mostPoints = 500              // of a drawn path
)

// trials are the what-ifs under way in this process.
type trials struct {
	mu   sync.Mutex
	now  func() time.Time
	held map[uuid.UUID]*trial
}

func newTrials() *trials { return &trials{now: time.Now, held: map[uuid.UUID]*trial{}} }

// trial is one of them. Its data are of the moment when it was begun.
type trial struct {
	district, by string
	asked        time.Time // guarded by trials.mu

	mu       sync.Mutex // one question at a time
	in       *inputs
	question question
	limit    float64 // in what the method counts
	base     []outcome
	spared   []bool // by the first step
	figures  TrialFigures
	sum      trialSum
	engine   whatIf
}

// whatIf answers which subjects fare otherwise after changes. It may be asked
// again and again, each time from the base.
type whatIf interface {
	try(ctx context.Context, changes []Change) (changed []otherwise, notes []string, err error)
	// gains says for each of some drawn paths alone which subjects fare otherwise,
	// how long it is and whether it joins the network in two places.
	gains(ctx context.Context, path Change) (changed []otherwise, length float64, joined bool, err error)
}

// otherwise is a subject that fares otherwise.
type otherwise struct {
	subject int
	outcome
}

// keep holds a new trial and drops what is too old or too much.
func (t *trials) keep(id uuid.UUID, one *trial) time.Time {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.now()
	one.asked = now
	t.held[id] = one
	for other, held := range t.held {
		if now.Sub(held.asked) > keepTrial {
			delete(t.held, other)
		}
	}
	for len(t.held) > mostTrials {
		var oldest uuid.UUID
		for other, held := range t.held {
			if o := t.held[oldest]; o == nil || held.asked.Before(o.asked) {
				oldest = other
			}
		}
		delete(t.held, oldest)
	}
	return now.Add(keepTrial)
}

// find returns a trial of the person; others are not told of it.
func (t *trials) find(ctx context.Context, district string, id uuid.UUID) (*trial, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	one := t.held[id]
	if one == nil || one.district != district || one.by != account.Name(ctx) || t.now().Sub(one.asked) > keepTrial {
		return nil, fmt.Errorf("trial %s: %w", id, postgis.ErrNotFound)
	}
	one.asked = t.now()
	return one, nil
}

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
	one := &trial{district: district, by: account.Name(ctx), in: in, question: in.questions[0]}
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
	began := time.Now()
	changed, notes, err := one.engine.try(ctx, changes)
	if err != nil {
		return TrialAnswer{}, err
	}
	a := TrialAnswer{Changed: []TrialChanged{}, Notes: append([]string{}, notes...)}
	sum := one.sum
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
		if subject.id != 0 {
			a.Changed = append(a.Changed, TrialChanged{ID: subject.id, Code: subject.code, Covered: c.covered(), Households: float64(subject.wholeHouseholds)})
		}
	}
	a.Figures = one.shown(sum)
	a.TookMS = math.Round(time.Since(began).Seconds()*1e5) / 100
	return a, nil
}

// check refuses changes that are not sound.
func (t *trial) check(changes []Change) error {
	invalid := func(i int, detail string) error {
		return &InvalidError{Field: fmt.Sprintf("changes[%d]", i), Detail: detail}
	}
	for i, c := range changes {
		switch c.Kind {
		case "move", "close":
			if _, known := withCode(t.question.set, c.Facility); !known {
				return invalid(i, "没有这个设施")
			}
		case "add":
		case "path":
			if t.in.settings.Method == MethodRadius {
				return invalid(i, "直线半径法不沿道路计算，新增步道没有作用；请改用步行方法")
			}
			if !slices.Contains([]string{"footpath", "stairs", "bridge"}, c.Path) {
				return invalid(i, "不认识的步道种类")
			}
			if len(c.Line) < 2 || len(c.Line) > mostPoints {
				return invalid(i, fmt.Sprintf("步道应有 2 到 %d 个点", mostPoints))
			}
			if fault := geo.Check(c.Line, geo.Limits{MaxPoints: mostPoints}); fault != nil {
				return invalid(i, fault.Detail)
			}
			continue
		default:
			return invalid(i, "不认识的改动")
		}
		if c.Kind != "close" {
			if c.Location == nil {
				return invalid(i, "缺少位置")
			}
			if fault := geo.Check(*c.Location, geo.Limits{MaxPoints: 1}); fault != nil {
				return invalid(i, fault.Detail)
			}
		}
	}
	return nil
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

// RankPaths says what each of some drawn paths gains by itself, the best first,
// and all together.
func (s *Store) RankPaths(ctx context.Context, scope account.Scope, district string, id uuid.UUID, paths []Change) (PathGains, error) {
	one, err := s.trials.find(ctx, district, id)
	if err != nil {
		return PathGains{}, err
	}
	one.mu.Lock()
	defer one.mu.Unlock()
	for i, p := range paths {
		if p.Kind != "path" {
			return PathGains{}, &InvalidError{Field: fmt.Sprintf("changes[%d]", i), Detail: "这里只能是步道"}
		}
	}
	if err := one.check(paths); err != nil {
		return PathGains{}, err
	}
	g := PathGains{Paths: []PathGain{}, Unit: "kilometres"}
	if one.in.settings.Method == MethodWalkSlope {
		g.Unit = "hours"
	}
	for i, p := range paths {
		changed, length, joined, err := one.engine.gains(ctx, p)
		if err != nil {
			return g, err
		}
		gain := PathGain{Index: i, Name: p.Name, Path: p.Path, LengthM: math.Round(length*10) / 10, Joined: joined}
		if !joined {
			gain.Note = "没有与步行网络相接，不产生作用"
		}
		gain.Gained, gain.Buildings, gain.Saved = one.gain(changed)
		g.Paths = append(g.Paths, gain)
	}
	all, _, err := one.engine.try(ctx, paths)
	if err != nil {
		return g, err
	}
	g.Together, _, _ = one.gain(all)
	slices.SortStableFunc(g.Paths, func(a, b PathGain) int {
		return cmp.Or(cmp.Compare(b.Gained, a.Gained), cmp.Compare(b.Buildings, a.Buildings), cmp.Compare(b.Saved, a.Saved))
	})
	return g, nil
}

// gain adds up households newly covered, buildings newly covered and what is
// saved of the way, in kilometres or hours: over households or, where none are
// known, over homes.
func (t *trial) gain(changed []otherwise) (households, buildings int64, saved float64) {
	per := 1000.0
	if t.in.settings.Method == MethodWalkSlope {
		per = 3600
	}
	plain := t.in.plain()
	for _, c := range changed {
		s, before := &t.in.subjects[c.subject], &t.base[c.subject]
		if c.covered() && !before.covered() {
			households += s.wholeHouseholds
			if s.id != 0 {
				buildings++
			}
		}
		if before.facility >= 0 && c.facility >= 0 {
			weight := float64(s.wholeHouseholds)
			if plain && s.home() {
				weight = 1
			}
			saved += (before.cost - c.cost) / per * weight
		}
	}
	return households, buildings, math.Round(saved*100) / 100
}
