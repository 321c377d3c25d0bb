package phase

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/engine/schedule"
	"github.com/lianpian/lianpian/internal/zone"
)

// Current judges the years that the zones of a scenario have now.
func (s *Store) Current(ctx context.Context, scope account.Scope, district, code string) (Plan, error) {
	sc, settings, saved, err := s.ground(ctx, scope, district, code, nil)
	if err != nil {
		return Plan{}, err
	}
	plan, err := sc.judge(settings, sc.years())
	plan.SettingsSaved = saved
	sc.mask(ctx, &plan)
	return plan, err
}

// Judge says what a given placing breaks: zones that are not named keep their
// years. Settings nil are the scenario's own.
func (s *Store) Judge(ctx context.Context, scope account.Scope, district, code string, given *Settings, placed []Placement) (Plan, error) {
	sc, settings, saved, err := s.ground(ctx, scope, district, code, given)
	if err != nil {
		return Plan{}, err
	}
	years, err := sc.place(placed)
	if err != nil {
		return Plan{}, err
	}
	plan, err := sc.judge(settings, years)
	plan.SettingsSaved = saved
	sc.mask(ctx, &plan)
	return plan, err
}

// Propose puts the zones of a scenario into years. What a person has locked or
// unlocked by hand, and not saved yet, is in placed. Nothing is saved. Errors:
// *InvalidError, *ContradictoryError, postgis.ErrNotFound.
func (s *Store) Propose(ctx context.Context, scope account.Scope, district, code string, given *Settings, placed []Placement, seed uint64) (Plan, error) {
	sc, settings, saved, err := s.ground(ctx, scope, district, code, given)
	if err != nil {
		return Plan{}, err
	}
	if _, err := sc.place(placed); err != nil {
		return Plan{}, err
	}
	problem := sc.problem(settings)
	contradictions := sc.contradictions(problem)
	if slices.ContainsFunc(contradictions, func(c Contradiction) bool { return c.Fatal }) {
		return Plan{}, &ContradictoryError{contradictions}
	}
	solved, err := schedule.Solve(ctx, problem, schedule.Options{Seed: seed})
	if err != nil {
		return Plan{}, fmt.Errorf("phase scenario %s: %w", code, err)
	}
	plan := sc.plan(settings, problem, solved)
	plan.Contradictions, plan.SettingsSaved = contradictions, saved
	sc.mask(ctx, &plan)
	return plan, nil
}

func (s *Store) ground(ctx context.Context, scope account.Scope, district, code string, given *Settings) (scenario, Settings, bool, error) {
	sc, err := s.gather(ctx, scope, district, code)
	if err != nil {
		return sc, Settings{}, false, err
	}
	if given != nil {
		return sc, *given, false, given.check()
	}
	stored, err := s.settings(ctx, district, code)
	return sc, stored.Settings, stored.Version > 0, err
}

// years are those that the zones have now, 0 for none.
func (sc *scenario) years() []int {
	years := make([]int, len(sc.zones))
	for i, z := range sc.zones {
		if z.year != nil {
			years[i] = *z.year
		}
	}
	return years
}

// place takes over what is placed by hand and returns the years that this gives.
// A lock that is not mentioned stays on the year that the zone has, so that
// moving the zone shows that it breaks it.
func (sc *scenario) place(placed []Placement) ([]int, error) {
	position := make(map[string]int, len(sc.zones))
	for i, z := range sc.zones {
		position[z.code] = i
	}
	years := sc.years()
	for _, p := range placed {
		at, known := position[p.Code]
		if !known {
			return nil, &InvalidError{"zones", "方案中没有这个片区：" + p.Code}
		}
		years[at] = 0
		if p.Year != nil {
			years[at] = *p.Year
		}
		if p.Locked != nil {
			sc.zones[at].locked, sc.zones[at].year = *p.Locked, p.Year
		}
	}
	return years, nil
}

// mask hides the shares of consent in which a count is small from people who are
// not shown those.
func (sc *scenario) mask(ctx context.Context, plan *Plan) {
	if account.SeesCounts(ctx) {
		return
	}
	for i := range plan.Zones {
		if sc.zones[i].small {
			plan.Zones[i].ConsentShare, plan.Zones[i].CountsMasked = nil, true
		}
	}
}

func (sc *scenario) judge(settings Settings, years []int) (Plan, error) {
	problem := sc.problem(settings)
	contradictions := sc.contradictions(problem)
	if slices.ContainsFunc(contradictions, func(c Contradiction) bool { return c.Fatal }) {
		return Plan{}, &ContradictoryError{contradictions}
	}
	plan := sc.plan(settings, problem, schedule.Judge(problem, years))
	plan.Contradictions = contradictions
	return plan, nil
}

// consentShare is the share of the asked households that have agreed.
func (z found) consentShare() *float64 {
	if z.agreed == nil || z.asked == 0 {
		return nil
	}
	share := math.Min(1, float64(*z.agreed)/float64(z.asked))
	return &share
}

func (z found) ready(settings Settings) bool {
	share := z.consentShare()
	return share != nil && *share > settings.consentAbove()
}

// begun tells whether work began before the plan: such a zone stays, and those
// next to it continue it.
func (z found) begun(settings Settings) bool {
	return z.locked && z.year != nil && len(settings.Years) > 0 && *z.year < settings.Years[0].Year
}

func (sc *scenario) problem(settings Settings) schedule.Problem {
	p := schedule.Problem{Years: settings.years(), DiscountRate: settings.DiscountRate}
	sum := 0.0
	for _, z := range sc.zones {
		unit := schedule.Zone{
			Value: z.value, Cost: z.costYuan, Communities: z.communities, FloorAreaM2: z.floorAreaM2,
			Households: z.households, Ready: z.ready(settings), ReadyFrom: settings.unreadyFrom(), Neighbours: z.neighbours,
		}
		if z.locked && z.year != nil {
			unit.Locked = *z.year
			if z.begun(settings) {
				unit.Locked, unit.Begun = 0, *z.year
			}
		}
		sum += z.value
		p.Zones = append(p.Zones, unit)
	}
	if len(sc.zones) > 0 {
		p.Continuation = settings.Continuation * sum / float64(len(sc.zones))
	}
	return p
}

func (sc *scenario) contradictions(p schedule.Problem) []Contradiction {
	out := []Contradiction{}
	budgeted := slices.ContainsFunc(p.Years, func(y schedule.Year) bool { return y.Budget > 0 })
	if budgeted && sc.rules.Cost == (zone.Cost{}) {
		out = append(out, Contradiction{
			Kind: "no_cost", Detail: "方案没有造价参数，估算投资都为 0，预算不起作用；请在方案的规则中填写造价",
		})
	}
	for _, c := range schedule.Check(p) {
		said := Contradiction{Kind: string(c.Kind), Detail: c.Sentence(), Year: c.Year, Fatal: c.Fatal}
		if c.Zone >= 0 {
			said.Zone = sc.zones[c.Zone].code
			said.Detail = "“" + sc.zones[c.Zone].name + "”：" + said.Detail
		}
		out = append(out, said)
	}
	return out
}

func (sc *scenario) plan(settings Settings, p schedule.Problem, solved schedule.Plan) Plan {
	plan := Plan{
		Scenario: sc.code, Revision: sc.revision, Settings: settings,
		Years: []YearTotals{}, Zones: []Zone{}, Broken: []Breach{}, Contradictions: []Contradiction{},
		Score: cents(solved.Score), Bound: cents(solved.Bound), Gap: solved.Gap, Proven: solved.Proven,
		Shortfall: solved.Shortfall, ShortfallBound: solved.ShortfallBound,
	}
	for _, y := range solved.Years {
		plan.Years = append(plan.Years, YearTotals{
			Year: y.Year, BudgetYuan: y.Budget, CostYuan: cents(y.Cost), Zones: y.Zones, Communities: y.Communities,
			Households: y.Households, FloorAreaM2: cents(y.FloorAreaM2),
			MissingCommunities: y.MissingCommunities, MissingFloorAreaM2: cents(y.MissingFloorAreaM2),
		})
	}
	for i, z := range sc.zones {
		planned := Zone{
			Code: z.code, Name: z.name, Locked: z.locked, Begun: z.begun(settings), Ready: p.Zones[i].Ready,
			ConsentShare: z.consentShare(), CostYuan: cents(z.costYuan), Communities: z.communities,
			Households: z.households, FloorAreaM2: cents(z.floorAreaM2), Value: cents(z.value),
			Neighbours: sc.codes(z.neighbours), Why: sc.sentence(solved.Why[i]),
		}
		if year := solved.Year[i]; year != 0 {
			planned.Year = &year
		} else if planned.Begun {
			planned.Year = z.year
		}
		plan.Zones = append(plan.Zones, planned)
	}
	for _, b := range solved.Broken {
		said := Breach{Kind: string(b.Kind), Detail: b.Sentence(), Year: b.Year, Zones: sc.codes(b.Zones)}
		if b.Yuan == 0 && len(b.Zones) == 1 { // a budget is broken by the year, not by one zone
			said.Detail = "“" + sc.zones[b.Zones[0]].name + "”：" + said.Detail
		}
		plan.Broken = append(plan.Broken, said)
	}
	return plan
}

func (sc *scenario) codes(positions []int) []string {
	codes := make([]string, 0, len(positions))
	for _, i := range positions {
		codes = append(codes, sc.zones[i].code)
	}
	return codes
}

// sentence says why a zone is in its year, or in none.
func (sc *scenario) sentence(r schedule.Reason) string {
	var said string
	switch r.Kind {
	case schedule.HeldByLock:
		said = fmt.Sprintf("人工锁定在 %d 年", r.Year)
	case schedule.HeldByBegun:
		said = fmt.Sprintf("已于 %d 年开工", r.Year)
	case schedule.BegunBefore:
		said = "在计划年份之前已开工"
	case schedule.BestYear:
		said = fmt.Sprintf("放在 %d 年收益最大", r.Year)
	case schedule.NextBestYear:
		said = fmt.Sprintf("放在 %d 年；更好的年份排不进", r.Year)
	case schedule.OtherBetter:
		said = fmt.Sprintf("改到 %d 年会更好", r.Year)
	case schedule.NeverReady:
		return "同意率未过半，计划年份内都不具备条件"
	case schedule.NoBudget:
		return fmt.Sprintf("各年预算都不够，差得最少的 %d 年也缺 %.2f 万元", r.Year, r.Yuan/10_000)
	case schedule.NothingWorth:
		return "放在哪一年都没有收益"
	case schedule.CouldBeAdded:
		return fmt.Sprintf("%d 年还放得下它", r.Year)
	}
	if len(r.Continues) > 0 {
		names := make([]string, 0, len(r.Continues))
		for _, i := range r.Continues {
			names = append(names, "“"+sc.zones[i].name+"”")
		}
		said += "，与相邻的" + strings.Join(names, "、") + "接续"
	}
	for _, o := range r.Others {
		if o.Kind == schedule.LacksMoney {
			said += fmt.Sprintf("；%d 年预算缺 %.2f 万元", o.Year, o.Yuan/10_000)
		} else if o.Kind == schedule.TooEarly {
			said += fmt.Sprintf("；%d 年同意率尚未过半", o.Year)
		}
	}
	return said
}

func cents(x float64) float64 { return math.Round(x*100) / 100 }
