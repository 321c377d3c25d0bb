package coverage

import (
	"context"
	"fmt"
	"math"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/engine/network"
)

// Prove returns the walk that the answer for a building rests on. It is walked
// on the network of today; where the answer would be another one by now, the
// proof says so.
func (s *Store) Prove(ctx context.Context, scope account.Scope, district string, id uuid.UUID, code string) (Proof, error) {
	run, err := s.detailed(ctx, scope, district, id)
	if err != nil {
		return Proof{}, err
	}
	b, err := s.building(ctx, district, id, code)
	if err != nil {
		return Proof{}, err
	}
	p := Proof{Building: b.BuildingCoverage, Method: run.Method, Limit: run.Limit, Current: true}
	if b.ThereMinutes != nil && b.BackMinutes != nil {
		minutes := max(*b.ThereMinutes, *b.BackMinutes)
		p.Minutes = &minutes
	}
	p.beyond()
	err = s.reading(ctx, func(tx pgx.Tx) error { return s.walkTo(ctx, tx, run, b, &p) })
	if err != nil {
		return Proof{}, err
	}
	p.Sentence = p.sentence(run)
	return p, nil
}

// beyond says by how much the limit is missed.
func (p *Proof) beyond() {
	switch {
	case p.Limit.Metres != nil && p.Building.DistanceM != nil && *p.Building.DistanceM > *p.Limit.Metres:
		over := *p.Building.DistanceM - *p.Limit.Metres
		p.BeyondM = &over
	case p.Limit.Minutes != nil && p.Minutes != nil && *p.Minutes > *p.Limit.Minutes:
		over := *p.Minutes - *p.Limit.Minutes
		p.BeyondMinutes = &over
	}
}

// walkTo draws the ways to the facility that the run found, and to that of the
// first step where it spares the building.
func (s *Store) walkTo(ctx context.Context, tx pgx.Tx, run Run, b rowOf, p *Proof) error {
	home := b.Location
	if home == nil {
		p.Current = false
		return nil
	}
	q, err := asked(ctx, tx, run)
	if err != nil {
		return err
	}
	in := &inputs{district: run.District, settings: run.settings, walker: run.Walker, subjects: []subject{{at: placeAt(home[0], home[1])}}}
	if in.measure, err = s.measure(ctx, in); err != nil {
		return err
	}
	today, err := in.outcomes(ctx, q)
	if err != nil {
		return err
	}
	p.Current = b.fares(&today[0], q.set)
	if f, known := withCode(q.set, b.FacilityCode); known {
		if p.There, p.Back, err = s.ways(ctx, run, *home, f); err != nil {
			return err
		}
	}
	if b.Status != Spared || q.first == nil {
		return nil
	}
	found, err := in.measure.nearest(ctx, q.firstSet, q.first.cost(run.Method, run.Walker))
	if err != nil {
		return err
	}
	if at := found[0].facility; at >= 0 {
		p.FirstStep, _, err = s.ways(ctx, run, *home, q.firstSet[at])
	}
	return err
}

// asked is the question of a run with the facilities of today.
func asked(ctx context.Context, tx pgx.Tx, run Run) (q question, err error) {
	q.limit = run.Limit
	if q.set, err = readFacilities(ctx, tx, run.District, run.FacilityType, run.settings.Scenario); err != nil {
		return q, err
	}
	if run.FirstStep != nil {
		q.first = &spec{limit: run.FirstStep.Limit}
		q.firstSet, err = readFacilities(ctx, tx, run.District, run.FirstStep.FacilityType, run.settings.Scenario)
	}
	return q, err
}

// fares tells whether an outcome of today is what the run found: to 1 cm and
// 0.1 s.
func (b rowOf) fares(today *outcome, set []facility) bool {
	if today.status != b.Status || today.facility < 0 {
		return today.status == b.Status && b.FacilityCode == ""
	}
	same := func(now float64, then *float64, within float64) bool {
		return then == nil && math.IsNaN(now) || then != nil && math.Abs(now-*then) < within
	}
	const tenth = 0.1 / 60 // of a second, in minutes
	return set[today.facility].code == b.FacilityCode && same(today.metres, b.DistanceM, 0.01) &&
		same(today.there/60, b.ThereMinutes, tenth) && same(today.back/60, b.BackMinutes, tenth)
}

func withCode(set []facility, code string) (facility, bool) {
	for _, f := range set {
		if f.code == code {
			return f, true
		}
	}
	return facility{}, false
}

// ways returns the way to a facility and the way back, which is nil where it is
// the same.
func (s *Store) ways(ctx context.Context, run Run, home orb.Point, f facility) (there, back *Walk, err error) {
	if run.Method == MethodRadius {
		there := &Walk{
			FacilityCode: f.code, FacilityName: f.name, DistanceM: metres(placeAt(home[0], home[1]), f.at),
			Line: geojson.NewGeometry(orb.LineString{home, {f.at.lon, f.at.lat}}), Streets: []StreetWalked{},
		}
		return there, nil, nil
	}
	m, err := s.foot(ctx, run.District, run.settings, run.Walker)
	if err != nil {
		return nil, nil, err
	}
	doors := m.net.Doors(m.snap.Tie([]orb.Point{home, {f.at.lon, f.at.lat}}))
	walk := func(from, to int) *Walk {
		w, found := m.net.Route(doors, from, doors, to)
		if !found {
			return nil
		}
		return m.walk(w, f)
	}
	if there = walk(0, 1); !m.net.Symmetric() {
		back = walk(1, 0)
	}
	return there, back, nil
}

func (m *walked) walk(w network.Walk, f facility) *Walk {
	round := func(x float64) float64 { return math.Round(x*100) / 100 }
	on := 0.0
	for _, street := range w.Streets {
		on += street.Metres
	}
	walk := &Walk{
		FacilityCode: f.code, FacilityName: f.name, Line: geojson.NewGeometry(m.snap.Plane.DegreesLine(w.Line)),
		DistanceM: w.Metres, Minutes: round(m.minutes(w.Cost)), ClimbM: round(w.Climb), DescentM: round(w.Descent),
		StairsM: round(w.StairsMetres), Crossings: w.Crossings, AccessM: round(max(0, w.Metres-on)), Streets: []StreetWalked{},
	}
	for _, street := range w.Streets {
		walk.Streets = append(walk.Streets, StreetWalked{street.Name, round(street.Metres)})
	}
	return walk
}

// sentence is the answer in words.
func (p *Proof) sentence(run Run) string {
	b := &p.Building
	limit := p.Limit.Words()
	name := b.FacilityName
	if name == "" {
		name = run.FacilityName
	}
	var how string
	switch {
	case p.Limit.Minutes != nil && p.Minutes != nil && b.DistanceM != nil:
		how = fmt.Sprintf("步行 %s 分钟（%s 米）", tenths(*p.Minutes), tenths(*b.DistanceM))
	case run.Method == MethodRadius && b.DistanceM != nil:
		how = fmt.Sprintf("直线 %s 米", tenths(*b.DistanceM))
	case b.DistanceM != nil && p.Minutes != nil:
		how = fmt.Sprintf("步行 %s 米（约 %s 分钟）", tenths(*b.DistanceM), tenths(*p.Minutes))
	}
	var said strings.Builder
	switch b.Status {
	case Covered:
		fmt.Fprintf(&said, "已覆盖：到“%s”%s，在限值 %s 以内。", name, how, limit)
	case Spared:
		fmt.Fprintf(&said, "不需要：%s已服务到这里（%s）。", run.FirstStep.FacilityName, run.FirstStep.Clause)
		if how != "" {
			fmt.Fprintf(&said, "最近的“%s”%s，超出限值 %s。", name, how, limit)
		}
	case Unreached:
		fmt.Fprintf(&said, "未覆盖：%s。", run.Walker.lacks())
	case CutOff:
		said.WriteString("未覆盖：所在道路与任何设施都不连通。")
	default:
		if how == "" {
			fmt.Fprintf(&said, "未覆盖：没有“%s”。", run.FacilityName)
			break
		}
		fmt.Fprintf(&said, "未覆盖：最近的“%s”%s，", name, how)
		switch {
		case p.BeyondM != nil:
			fmt.Fprintf(&said, "超出限值 %s 共 %s 米。", limit, tenths(*p.BeyondM))
		case p.BeyondMinutes != nil:
			fmt.Fprintf(&said, "超出限值 %s 共 %s 分钟。", limit, tenths(*p.BeyondMinutes))
		default:
			fmt.Fprintf(&said, "超出限值 %s。", limit)
		}
	}
	if !p.Current {
		said.WriteString("数据在计算之后有修改，所示路线为现状。")
	}
	return said.String()
}

// tenths is a figure to 0.1, as exactly as a walk is worth telling.
func tenths(x float64) string { return short(math.Round(x*10) / 10) }
