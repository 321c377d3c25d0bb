package schedule

import "fmt"

// ReasonKind says why a zone is in its year, or in none.
type ReasonKind string

// The kinds of reason.
const (
	HeldByLock   ReasonKind = "held_by_lock"   // a person locked it there
	HeldByBegun  ReasonKind = "held_by_begun"  // work began in that year
	BegunBefore  ReasonKind = "begun_before"   // work began before the plan
	BestYear     ReasonKind = "best_year"      // no other year would add more
	NextBestYear ReasonKind = "next_best_year" // a year that would add more is closed to it: see Others
	OtherBetter  ReasonKind = "other_better"   // another year would do more: only in assignments given to Judge
	NeverReady   ReasonKind = "never_ready"    // not ready in any year of the plan
	NoBudget     ReasonKind = "no_budget"      // every year it is ready for lacks money
	NothingWorth ReasonKind = "nothing_worth"  // it adds nothing in any year
	CouldBeAdded ReasonKind = "could_be_added" // a year has room for it: only in assignments given to Judge
)

// Reason says why a zone is in its year, or in none, as the plan stands: what
// moving this one zone, and nothing else, would meet.
type Reason struct {
	Kind ReasonKind
	// Year of the zone; for NoBudget the year that lacks least, for
	// CouldBeAdded and OtherBetter the year that would do most; 0 = none.
	Year int
	// Adds is what the zone adds to the score in its year (for CouldBeAdded and
	// OtherBetter: would add in Year).
	Adds float64
	// Yuan that Year lacks, for NoBudget.
	Yuan float64
	// Continues are the neighbours in the same or an adjoining year.
	Continues []int
	// Others says of every other year of the plan what stands against it.
	Others []Obstacle
}

// ObstacleKind says what stands against a year for a zone.
type ObstacleKind string

// The kinds of obstacle.
const (
	TooEarly     ObstacleKind = "too_early"     // not ready by then
	LacksMoney   ObstacleKind = "lacks_money"   // the budget lacks Yuan
	MissesTarget ObstacleKind = "misses_target" // targets would be missed by Shortfall more
	AddsLess     ObstacleKind = "adds_less"     // the score would be Score lower, or the same
	Nothing      ObstacleKind = "nothing"       // the year would do better, by Shortfall or Score below 0
)

// Obstacle is what stands against a year for a zone.
type Obstacle struct {
	Kind      ObstacleKind
	Year      int
	Yuan      float64 // that the budget lacks
	Shortfall float64 // by which the targets would be missed more (below 0: less)
	Score     float64 // by which the score would be lower (below 0: higher)
}

// reasons explains an assignment zone by zone.
func (m *model) reasons(p Problem, years []int, pos []int8, s sums) []Reason {
	why := make([]Reason, m.n)
	for i := range why {
		why[i] = m.reason(p.Zones[i], i, years[i], pos, s)
	}
	return why
}

func (m *model) reason(z Zone, i, year int, pos []int8, s sums) Reason {
	at := int(pos[i])
	r := Reason{Year: year}
	if at >= 0 {
		r.Adds = m.gain(pos, i, at)
		for _, j := range m.next[i] {
			if adjoining(pos[i], pos[j]) || at == 0 && m.before[j] {
				r.Continues = append(r.Continues, int(j))
			}
		}
	}
	switch {
	case z.Locked != 0 && year == z.Locked:
		r.Kind = HeldByLock
		return r
	case m.before[i] && year == 0:
		r.Kind, r.Year = BegunBefore, z.Begun
		return r
	case z.Begun != 0 && year == z.Begun:
		r.Kind = HeldByBegun
		return r
	}
	better, least, closed := -1, -1, false
	for t := range m.years {
		if t == at {
			continue
		}
		o := m.obstacle(i, t, pos, s)
		k := len(r.Others)
		r.Others = append(r.Others, o)
		switch {
		case o.Kind == Nothing && (better < 0 || o.lessThan(r.Others[better])):
			better = k
		case o.Kind == LacksMoney && (least < 0 || o.Yuan < r.Others[least].Yuan):
			least = k
		}
		closed = closed || o.Kind != AddsLess && o.Score < -tolerance(r.Adds)
	}
	m.settle(&r, at, better, least, closed)
	return r
}

func (o Obstacle) lessThan(b Obstacle) bool {
	if o.Shortfall != b.Shortfall {
		return o.Shortfall < b.Shortfall
	}
	return o.Score < b.Score
}

// settle draws the conclusion from what stands against the other years.
func (m *model) settle(r *Reason, at, better, least int, closed bool) {
	switch {
	case better >= 0:
		r.Kind = OtherBetter
		if at < 0 {
			r.Kind = CouldBeAdded
		}
		r.Year, r.Adds = r.Others[better].Year, r.Adds-r.Others[better].Score
	case at >= 0 && closed:
		r.Kind = NextBestYear
	case at >= 0:
		r.Kind = BestYear
	case least >= 0:
		r.Kind, r.Year, r.Yuan = NoBudget, r.Others[least].Year, r.Others[least].Yuan
	default:
		r.Kind = NothingWorth
		early := len(r.Others) > 0
		for _, o := range r.Others {
			early = early && o.Kind == TooEarly
		}
		if early {
			r.Kind = NeverReady
		}
	}
}

// obstacle says what putting zone i into year t instead would meet.
func (m *model) obstacle(i, t int, pos []int8, s sums) Obstacle {
	at := int(pos[i])
	o := Obstacle{Year: m.calendar[t], Score: -m.gain(pos, i, t)}
	for k := range 2 {
		a := m.amount[k][i]
		o.Shortfall += m.missing(k, t, s.have[k][t]+a) - m.missing(k, t, s.have[k][t])
		if at >= 0 {
			o.Shortfall += m.missing(k, at, s.have[k][at]-a) - m.missing(k, at, s.have[k][at])
		}
	}
	if at >= 0 {
		o.Score += m.gain(pos, i, at)
	}
	lacks := s.cost[t] + m.cost[i] - m.budget[t]
	switch {
	case m.allowed[i]>>t&1 == 0:
		o.Kind = TooEarly
	case m.budget[t] != unlimited && m.cost[i] > 0 && lacks > 0:
		o.Kind, o.Yuan = LacksMoney, float64(lacks)/100
	case o.Shortfall > tiny:
		o.Kind = MissesTarget
	case o.Shortfall > -tiny && o.Score >= -tolerance(o.Score):
		o.Kind = AddsLess
	default:
		o.Kind = Nothing
	}
	return o
}

// tiny is below every share of a target that counts.
const tiny = 1e-12

// tolerance of comparing scores that were summed in different orders.
func tolerance(score float64) float64 {
	return 1e-9 * max(1e-3, max(score, -score))
}

// Sentence says the reason in Chinese. Zones are named by the caller.
func (r Reason) Sentence() string {
	switch r.Kind {
	case HeldByLock:
		return fmt.Sprintf("已锁定在%d年。", r.Year)
	case HeldByBegun:
		return fmt.Sprintf("已于%d年开工，保持不变。", r.Year)
	case BegunBefore:
		return fmt.Sprintf("计划期之前（%d年）已开工，不再安排。", r.Year)
	case BestYear:
		return fmt.Sprintf("安排在%d年：得分贡献%.2f%s，其他年份均不更优。", r.Year, r.Adds, r.continues())
	case NextBestYear:
		return fmt.Sprintf("安排在%d年：得分贡献%.2f%s；%s", r.Year, r.Adds, r.continues(), r.closed())
	case OtherBetter:
		return fmt.Sprintf("改到%d年更优。", r.Year)
	case NeverReady:
		return "未安排：计划期内同意率均未过半。"
	case NoBudget:
		return fmt.Sprintf("未安排：各年预算不足，差额最小的%d年还缺%s。", r.Year, yuan(r.Yuan))
	case NothingWorth:
		return "未安排：放入任何年份都不增加得分。"
	case CouldBeAdded:
		return fmt.Sprintf("未安排，但可放入%d年。", r.Year)
	}
	return ""
}

func (r Reason) continues() string {
	if len(r.Continues) == 0 {
		return ""
	}
	return fmt.Sprintf("，与%d个相邻片区接续", len(r.Continues))
}

// closed says what closes the year that would add most.
func (r Reason) closed() string {
	best := -1
	for k, o := range r.Others {
		if o.Kind != AddsLess && (best < 0 || o.Score < r.Others[best].Score) {
			best = k
		}
	}
	if best < 0 {
		return "其他年份均不更优。"
	}
	return r.Others[best].Sentence()
}

// Sentence says the obstacle in Chinese.
func (o Obstacle) Sentence() string {
	switch o.Kind {
	case TooEarly:
		return fmt.Sprintf("%d年尚不具备条件（同意率未过半）。", o.Year)
	case LacksMoney:
		return fmt.Sprintf("%d年预算还缺%s。", o.Year, yuan(o.Yuan))
	case MissesTarget:
		return fmt.Sprintf("改到%d年会使年度目标缺口增加%.1f%%。", o.Year, o.Shortfall*100)
	case AddsLess:
		return fmt.Sprintf("改到%d年得分不会提高。", o.Year)
	case Nothing:
		return fmt.Sprintf("改到%d年更优。", o.Year)
	}
	return ""
}
