package zone

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// What a person said about a link. "" is nothing: the rules decide.
const (
	Together = "together"
	Never    = "never"
)

// How a barrier is treated: a link may not cross it, may cross it where there is
// a crossing (a bridge, an underpass, a level crossing), or freely.
const (
	BarrierNever      = "never"
	BarrierAtCrossing = "at_crossing"
	BarrierFree       = "free"
)

// barriers are the kinds of barrier that links know, how people call them, and
// how they are treated where the rules say nothing.
var barriers = []struct{ kind, label, treated string }{
	{"river", "河流", BarrierAtCrossing},
	{"railway", "铁路", BarrierAtCrossing},
	{"expressway", "快速路", BarrierAtCrossing},
	{"primary", "主干路", BarrierFree},
}

// Rules say which links count as connecting, and what renovation is estimated to
// cost. They belong to a scenario.
type Rules struct {
	MaxGapM  float64           `json:"max_gap_m" doc:"largest gap between the footprints of two communities, in metres"`
	MaxWalkM *float64          `json:"max_walk_m" doc:"longest way along the network between them, in metres; null: no limit"`
	Barriers map[string]string `json:"barriers" doc:"river, railway, expressway, primary: never, at_crossing or free"`
	Cost     Cost              `json:"cost"`
}

// Cost estimates what the renovation of a community costs.
type Cost struct {
	PerHouseholdYuan float64 `json:"per_household_yuan" minimum:"0"`
	PerFloorAreaYuan float64 `json:"per_floor_area_yuan" minimum:"0" doc:"per square metre of floor area"`
}

// Of is the estimate in yuan for households and square metres of floor area.
func (c Cost) Of(households, floorAreaM2 float64) float64 {
	return c.PerHouseholdYuan*households + c.PerFloorAreaYuan*floorAreaM2
}

// DefaultRules are those of a scenario for which nobody has set any.
func DefaultRules() Rules {
	r := Rules{MaxGapM: 150, Barriers: map[string]string{}}
	for _, b := range barriers {
		r.Barriers[b.kind] = b.treated
	}
	return r
}

// sound returns an *InvalidError where the rules make no sense.
func (r Rules) sound() error {
	if !(r.MaxGapM >= 0 && r.MaxGapM <= 5000) {
		return &InvalidError{Field: "rules", Detail: "最大间距应在 0 到 5000 米之间"}
	}
	if r.MaxWalkM != nil && !(*r.MaxWalkM > 0 && *r.MaxWalkM <= 20000) {
		return &InvalidError{Field: "rules", Detail: "最大步行距离应大于 0，且不超过 20000 米"}
	}
	for kind, treated := range r.Barriers {
		if !slices.ContainsFunc(barriers, func(b struct{ kind, label, treated string }) bool { return b.kind == kind }) {
			return &InvalidError{Field: "rules", Detail: fmt.Sprintf("没有名为“%s”的阻隔", kind)}
		}
		if treated != BarrierNever && treated != BarrierAtCrossing && treated != BarrierFree {
			return &InvalidError{Field: "rules", Detail: fmt.Sprintf("阻隔“%s”的处理方式应为 never、at_crossing 或 free", kind)}
		}
	}
	for _, yuan := range []float64{r.Cost.PerHouseholdYuan, r.Cost.PerFloorAreaYuan} {
		if !(yuan >= 0 && yuan <= 1e9) {
			return &InvalidError{Field: "rules", Detail: "造价应为不小于 0 的数"}
		}
	}
	return nil
}

// barrier is how the rules treat a kind of barrier. A kind that nobody has heard
// of may be crossed at crossings only.
func (r Rules) barrier(kind string) string {
	if treated, said := r.Barriers[kind]; said {
		return treated
	}
	for _, b := range barriers {
		if b.kind == kind {
			return b.treated
		}
	}
	return BarrierAtCrossing
}

// Crossing is where a link gets over or under a barrier.
type Crossing struct {
	Barrier string `json:"barrier"`
	Kind    string `json:"kind"`
	Name    string `json:"name"`
}

// Link is what two communities have between them, as far as rules look at it.
type Link struct {
	GapM      float64  // between the footprints
	WalkM     *float64 // along the network; nil where no way is known
	Crossed   []string // kinds of barrier between them
	Crossings []Crossing
	Verdict   string // Together, Never or ""
}

// Length is what the link counts in trees, in metres: the way or, where none is
// known, the gap and a third more. At least 1.
func (l Link) Length() float64 {
	length := l.GapM * 1.3
	if l.WalkM != nil {
		length = *l.WalkM
	}
	if !(length > 1) || math.IsInf(length, 0) {
		return 1
	}
	return length
}

// Counts tells whether the link connects its communities under the rules.
func (r Rules) Counts(l Link) bool { return r.hindrance(l) == hindrance{} }

// Against says in a sentence for people why the link does not count; "" where it
// does.
func (r Rules) Against(l Link) string {
	switch h := r.hindrance(l); {
	case h == hindrance{}:
		return ""
	case h.never:
		return "已人工指定不相连"
	case h.barrier != "" && r.barrier(h.barrier) == BarrierNever:
		return "中间隔着" + barrierLabel(h.barrier) + "，按规则不得跨越"
	case h.barrier != "":
		return "中间隔着" + barrierLabel(h.barrier) + "，附近没有桥梁或通道"
	case h.tooWide:
		return fmt.Sprintf("间距 %.0f 米，超过 %.0f 米", l.GapM, r.MaxGapM)
	default:
		if l.WalkM == nil {
			return "没有步行通路"
		}
		return fmt.Sprintf("步行 %.0f 米，超过 %.0f 米", *l.WalkM, *r.MaxWalkM)
	}
}

// hindrance is what keeps a link from counting; the zero value is nothing.
type hindrance struct {
	never   bool
	barrier string // a kind that may not be crossed there
	tooWide bool
	tooFar  bool
}

// buyable tells whether a person could reasonably declare the link together: it
// is only long, and neither forbidden nor blocked.
func (h hindrance) buyable() bool { return h.tooWide || h.tooFar }

// hindrance is the one place that decides whether a link counts.
func (r Rules) hindrance(l Link) hindrance {
	switch l.Verdict {
	case Together:
		return hindrance{}
	case Never:
		return hindrance{never: true}
	}
	var at hindrance
	for _, kind := range l.Crossed {
		switch r.barrier(kind) {
		case BarrierFree:
		case BarrierNever:
			return hindrance{barrier: kind}
		default:
			if at.barrier == "" && !slices.ContainsFunc(l.Crossings, func(c Crossing) bool { return c.Barrier == kind }) {
				at.barrier = kind
			}
		}
	}
	switch {
	case at.barrier != "":
		return at
	case !(l.GapM <= r.MaxGapM):
		return hindrance{tooWide: true}
	case r.MaxWalkM != nil && (l.WalkM == nil || *l.WalkM > *r.MaxWalkM):
		return hindrance{tooFar: true}
	}
	return hindrance{}
}

func barrierLabel(kind string) string {
	for _, b := range barriers {
		if b.kind == kind {
			return b.label
		}
	}
	return strings.TrimSpace(kind)
}
