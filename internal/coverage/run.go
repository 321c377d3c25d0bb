package coverage

import (
	"context"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/postgis"
)

// Run answers a request and keeps the answer. Errors: *InvalidError,
// *account.OutsideError, postgis.ErrNotFound for the district.
func (s *Store) Run(ctx context.Context, scope account.Scope, district string, r Request) (Run, error) {
	var err error
	if _, err := s.place(r.FacilityType); err != nil {
		return Run{}, err
	}
	if r.Settings, err = s.checkSettings(r.Settings); err != nil {
		return Run{}, err
	}
	in, err := s.gather(ctx, scope, account.RunCoverage, district, r.Settings, []string{r.FacilityType})
	if err != nil {
		return Run{}, err
	}
	a, err := s.answer(ctx, in, in.questions[0])
	if err != nil {
		return Run{}, err
	}
	if err := s.keep(ctx, nil, in, []*answered{a}); err != nil {
		return Run{}, fmt.Errorf("keep a coverage run of district %s: %w", district, err)
	}
	return a.run, nil
}

// inputs are what runs are computed from, all of one moment.
type inputs struct {
	district, policy string
	settings         Settings
	ground           ground
	profile          string      // key and version
	subjects         []subject   // by id, then communities without buildings
	communities      []community // by code
	hidden           int         // buildings of the area outside the scope, left out
	questions        []question
	skipped          []Skipped
	measure          measure
	walker           *WalkerUsed
}

// question is a facility type with its facilities.
type question struct {
	spec
	set      []facility // by code, the proposed ones last
	firstSet []facility
}

// gather reads the inputs in one snapshot of the database, for somebody who
// needs a capability over the area ("": what the scope holds may be read). Of
// several types, those that have no limit are skipped.
func (s *Store) gather(ctx context.Context, scope account.Scope, needs account.Capability, district string, o Settings, types []string) (*inputs, error) {
	if scope.District != "" && scope.District != district {
		return nil, fmt.Errorf("district %s: %w", district, postgis.ErrNotFound)
	}
	in := &inputs{district: district, settings: o, walker: s.walkerUsed(o)}
	err := s.reading(ctx, func(tx pgx.Tx) error {
		if err := s.ask(ctx, tx, in, types); err != nil {
			return err
		}
		return in.read(ctx, tx, scope, needs)
	})
	if err != nil {
		return nil, err
	}
	in.measure, err = s.measure(ctx, in)
	return in, err
}

// reading runs a function in one snapshot of the database.
func (s *Store) reading(ctx context.Context, do func(tx pgx.Tx) error) error {
	tx, err := s.db.Pool.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
	if err != nil {
		return fmt.Errorf("begin a transaction: %w", err)
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }()
	return do(tx)
}

// ask finds out what is asked: the limits of the types and their facilities.
func (s *Store) ask(ctx context.Context, tx pgx.Tx, in *inputs, types []string) error {
	key, policy, err := districtRules(ctx, tx, in.district)
	if err != nil {
		return err
	}
	in.policy = policy
	if in.settings.Profile != "" {
		key = in.settings.Profile
	}
	profile, known := s.lib.Profile(key)
	in.profile = key
	if known {
		in.profile = profile.ID()
	} else {
		profile.Key = key
	}
	if err := findScenario(ctx, tx, in.district, in.settings.Scenario); err != nil {
		return err
	}
	single := len(types) == 1
	if len(types) == 0 {
		types = profile.FacilityKeys
	}
	for _, kind := range s.inOrder(types) {
		q, err := s.spec(in.settings, profile, kind)
		if invalid, is := err.(*InvalidError); is && !single {
			if t, known := s.lib.FacilityType(kind); known && (t.Kind == "" || t.Kind == "place") {
				in.skipped = append(in.skipped, Skipped{kind, t.Name, invalid.Detail})
			}
			continue
		}
		if err != nil {
			return err
		}
		one := question{spec: q}
		if one.set, err = readFacilities(ctx, tx, in.district, kind, in.settings.Scenario); err != nil {
			return err
		}
		if q.first != nil {
			if one.firstSet, err = readFacilities(ctx, tx, in.district, q.first.kind.Key, in.settings.Scenario); err != nil {
				return err
			}
		}
		in.questions = append(in.questions, one)
	}
	return nil
}

// read reads the subjects and their communities, as far as the person may ask
// about them.
func (in *inputs) read(ctx context.Context, tx pgx.Tx, scope account.Scope, needs account.Capability) error {
	var err error
	if in.ground, err = findGround(ctx, tx, scope, in.district, in.settings.Area); err != nil {
		return err
	}
	in.settings.Area = in.ground.Area
	if in.ground.Kind != AreaPolygon && needs != "" {
		if err := account.Demand(ctx, needs, in.ground.place); err != nil {
			return err
		}
	}
	if in.subjects, err = readBuildings(ctx, tx, in.district, in.ground); err != nil {
		return err
	}
	if in.ground.Kind == AreaPolygon {
		in.ground.place.Subdistricts = subdistrictsOf(in.subjects)
		if scope.Subdistricts == nil {
			in.ground.place.Subdistricts = nil
		}
		if err := account.Demand(ctx, needs, in.ground.place); err != nil {
			return err
		}
	}
	outside := func(code string) bool {
		return scope.Subdistricts != nil && !slices.Contains(scope.Subdistricts, code)
	}
	all := len(in.subjects) // a zone's buildings may stand across the border
	in.subjects = slices.DeleteFunc(in.subjects, func(b subject) bool { return outside(b.subdistrict) })
	in.hidden = all - len(in.subjects)
	if in.communities, err = readCommunities(ctx, tx, in.district, in.ground, in.subjects); err != nil {
		return err
	}
	for i := range in.communities {
		c := &in.communities[i]
		if c.buildings > 0 || c.location == nil || outside(c.subdistrict) {
			continue
		}
		in.subjects = append(in.subjects, subject{
			community: c.id, at: placeAt(c.location[0], c.location[1]), subdistrict: c.subdistrict, updatedAt: c.updatedAt,
		})
	}
	return readShares(ctx, tx, in.district, in.ground, in.subjects, in.communities)
}

// measure prepares the method for the subjects.
func (s *Store) measure(ctx context.Context, in *inputs) (measure, error) {
	if in.settings.Method == MethodRadius {
		return newStraight(in.subjects), nil
	}
	return s.walked(ctx, in)
}

// answered is a run with what has to be kept of it.
type answered struct {
	question
	run      Run
	outcomes []outcome
	answer   answer
}

// answer computes a run.
func (s *Store) answer(ctx context.Context, in *inputs, q question) (*answered, error) {
	a := &answered{question: q}
	var err error
	if a.outcomes, err = in.outcomes(ctx, q); err != nil {
		return nil, err
	}
	limit := q.cost(in.settings.Method, in.walker)
	capacity, err := crowd(ctx, in.measure, in.subjects, q.set, limit, in.settings.UnitsPerHouse, a.outcomes)
	if err != nil {
		return nil, err
	}
	a.answer = tally(in.subjects, a.outcomes, in.communities)
	a.run = Run{
		District: in.district, FacilityType: q.kind.Key, FacilityName: q.kind.Name, Method: in.settings.Method, Limit: q.limit,
		Walker: in.walker, Standard: q.standard, FirstStep: q.firstStep(), Area: in.ground.Area, Summary: a.answer.summary,
		Items: s.items(in.policy, q.kind.Key), Notes: []string{}, CreatedBy: account.Name(ctx), Detailed: true,
	}
	sum := &a.run.Summary
	sum.Capacity = capacity
	sum.Facilities = int64(len(q.set))
	sum.UnreachedFacilities = in.measure.lost(q.set)
	for i := range q.set {
		sum.Generated = sum.Generated || q.set[i].generated
	}
	a.run.Inputs = in.describe(a)
	a.run.Notes = append(a.run.Notes, in.notes(a)...)
	return a, nil
}

// outcomes computes the two steps: what the first step's facilities serve is
// spared.
func (in *inputs) outcomes(ctx context.Context, q question) ([]outcome, error) {
	outcomes, err := in.measure.nearest(ctx, q.set, q.cost(in.settings.Method, in.walker))
	if err != nil || q.first == nil {
		return outcomes, err
	}
	first, err := in.measure.nearest(ctx, q.firstSet, q.first.cost(in.settings.Method, in.walker))
	if err != nil {
		return nil, err
	}
	for i := range outcomes {
		if first[i].status == Covered && outcomes[i].status != Covered {
			outcomes[i].status = Spared
		}
	}
	return outcomes, nil
}

func (q question) firstStep() *FirstStep {
	if q.first == nil {
		return nil
	}
	mark := q.rule.OnlyBeyondMark
	if mark == "" {
		mark = q.rule.Mark
	}
	source := q.rule.Source
	if source == "" {
		source = q.rule.Code
	}
	return &FirstStep{
		FacilityType: q.first.kind.Key, FacilityName: q.first.kind.Name, Limit: q.first.limit,
		Source: source, Clause: q.rule.Clause, Mark: mark, Facilities: int64(len(q.firstSet)),
	}
}
