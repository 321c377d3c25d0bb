package proposal

import (
	"context"
	"fmt"
	"math"
	"strings"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/engine/formation"
	"github.com/lianpian/lianpian/internal/zone"
)

// Kinds of explanations besides the engine's reasons.
const (
	kindInZone      = "in_zone"
	kindLocked      = "locked"
	kindNotEligible = "not_eligible"
	kindNoPlace     = "no_place"
)

// whyNot ends a sentence that begins with the name of a community.
var whyNot = map[string]string{
	kindNotEligible: "不在所选的纳入范围内",
	kindNoPlace:     "没有图形也没有位置",
}

// explain says for every community why it is in its zone, or in none.
func (m *modelled) explain(a formation.Answer) []Explanation {
	out := make([]Explanation, len(m.ground.communities))
	for i, c := range m.ground.communities {
		out[i] = Explanation{Code: c.code, Name: c.name, Kind: c.outsideReason, Terms: m.terms(c)}
		switch c.outsideReason {
		case kindNoPlace:
			out[i].Detail = "没有图形也没有位置，无法判断与谁相邻；请先在地图上补充"
		case kindNotEligible:
			out[i].Detail = fmt.Sprintf("纳入结论为“%s”，不在所选的纳入范围内", verdictName[c.eligibility])
			if c.excludedBy != "" {
				out[i].Detail += "（" + c.excludedBy + "）"
			}
		}
	}
	tied := m.tied(a)
	for index, z := range a.Zones {
		number := index + 1
		for _, u := range z.Units {
			e := &out[m.atUnit[u]]
			e.Zone, e.Kind, e.Detail = &number, kindInZone, m.whyIn(z, number, u, tied[u])
			if z.Locked {
				e.Kind, e.Detail = kindLocked, "所在片区已锁定，保持不变"
			}
			e.Terms["score_of_zone"] = round(z.Score)
		}
	}
	for _, r := range a.Outside {
		e := &out[m.atUnit[r.Unit]]
		e.Kind, e.Detail = string(r.Kind), m.whyOut(r)
		if r.Delta != 0 {
			e.Terms["delta"] = round(r.Delta)
		}
	}
	return out
}

var verdictName = map[string]string{"in": "纳入", "out": "不纳入", "borderline": "待核"}

// terms are the parts of the objective that come from the community itself.
func (m *modelled) terms(c community) map[string]float64 {
	w := m.request.Weights
	terms := map[string]float64{
		"value": round(c.value(w)), "size": round(c.size()), "need": round(c.condition().Need()), "consent": round(c.consent()),
		"cost_yuan": round(m.request.Cost.Of(c.households, c.floorAreaM2)),
	}
	for _, t := range c.condition().Terms() {
		terms["need_"+t.Name] = round(t.Value)
	}
	return terms
}

// mask leaves out the share of the households that agreed, and what it could be
// worked out from, for people who are not shown small counts.
func (e *Explanation) mask() {
	for _, name := range []string{"consent", "value", "score_of_zone", "delta"} {
		delete(e.Terms, name)
	}
	if e.Kind == string(formation.LowersScore) {
		e.Detail = "并入相邻片区会使目标值减少"
	}
}

// mask takes the scores of zones away from people who are not shown small counts.
func (p *Proposal) mask(ctx context.Context) {
	if p.Answer == nil || account.SeesCounts(ctx) {
		return
	}
	for i := range p.Answer.Zones {
		p.Answer.Zones[i].Score = nil
	}
}

// tied lists for every unit in a zone the links of the certificate that end at it.
func (m *modelled) tied(a formation.Answer) map[int32][]int32 {
	tied := map[int32][]int32{}
	for _, z := range a.Zones {
		for _, l := range z.Links {
			link := m.problem.Links[l]
			tied[link.A] = append(tied[link.A], l)
			tied[link.B] = append(tied[link.B], l)
		}
	}
	return tied
}

func (m *modelled) whyIn(z formation.Zone, number int, u int32, links []int32) string {
	c := m.unit(u)
	var b strings.Builder
	fmt.Fprintf(&b, "归入第 %d 片：计入 %s 户当量", number, figure(m.problem.Units[u].Value))
	if len(z.Units) == 1 {
		b.WriteString("，单独成片")
	}
	for i, l := range links {
		if i == 3 {
			fmt.Fprintf(&b, "等 %d 个小区", len(links))
			break
		}
		link := m.problem.Links[l]
		other := link.A
		if other == u {
			other = link.B
		}
		if i == 0 {
			b.WriteString("；连到")
		} else {
			b.WriteString("、")
		}
		fmt.Fprintf(&b, "“%s”（%s 米）", m.unit(other).name, figure(link.LengthM))
	}
	if c.excludedBy != "" && c.eligibility != "in" {
		fmt.Fprintf(&b, "；纳入结论为“%s”", verdictName[c.eligibility])
	}
	return b.String()
}

// whyOut turns the engine's reason into a sentence.
func (m *modelled) whyOut(r formation.Reason) string {
	var name, unit string
	if r.Total >= 0 {
		key := m.problem.Totals[r.Total].Name
		name, unit = labelOf[key], unitOf[key]
	}
	near := fmt.Sprintf("第 %d 片", r.Zone+1)
	switch r.Kind {
	case formation.AloneOver:
		return fmt.Sprintf("仅它一个，%s %s %s就超过上限 %s %s", name, figure(r.Value), unit, figure(r.Limit), unit)
	case formation.NoWithin:
		if m.request.KeepWithin == withinNeighborhood {
			return "没有登记所属社区，而片区不得跨社区"
		}
		return "没有登记所属街道 / 镇，而片区不得跨街道 / 镇"
	case formation.TogetherBroken:
		return "要求与它同片的小区无法与它同片"
	case formation.NoLink:
		return m.isolated(r)
	case formation.TooSmallPart:
		return fmt.Sprintf("与它连得上的小区合计%s %s %s，达不到下限 %s %s", name, figure(r.Value), unit, figure(r.Limit), unit)
	case formation.KeptApart:
		return fmt.Sprintf("要求它与%s中的小区分开", near)
	case formation.WithMates:
		return fmt.Sprintf("只能与要求同片的小区一起并入%s，一起又放不下", near)
	case formation.BreaksMax:
		return fmt.Sprintf("并入%s后%s为 %s %s，超过上限 %s %s", near, name, figure(r.Value), unit, figure(r.Limit), unit)
	case formation.BreaksDiameter:
		return fmt.Sprintf("并入%s后步行直径为 %s 米，超过上限 %s 米", near, figure(r.Value), figure(r.Limit))
	case formation.LowersScore:
		return fmt.Sprintf("并入%s会使目标值减少 %s", near, figure(-r.Delta))
	case formation.ZonesUsedUp:
		return "不与任何片区相连，而片区个数已达上限"
	case formation.NoZoneNear:
		return "不与任何片区相连，剩下的相邻小区不足以成片"
	case formation.OtherOutside:
		return fmt.Sprintf("可以并入%s，但计算在试到它之前结束了；可延长计算时间", near)
	}
	return string(r.Kind)
}

// isolated says what cuts a community off that has no usable link.
func (m *modelled) isolated(r formation.Reason) string {
	at := m.atUnit[r.Unit]
	best, other := -1, -1
	for i, t := range m.ground.ties {
		if t.a != at && t.b != at {
			continue
		}
		if best < 0 || t.link.GapM < m.ground.ties[best].link.GapM {
			best, other = i, t.a+t.b-at
		}
	}
	if best < 0 {
		return "周边没有足够近的小区"
	}
	l := m.ground.ties[best].link
	neighbour := m.ground.communities[other]
	said := fmt.Sprintf("没有可用的连线：最近的小区“%s”相距 %s 米", neighbour.name, figure(l.GapM))
	switch {
	case m.unitOf[other] < 0:
		return said + "，但" + whyNot[neighbour.outsideReason]
	case l.Verdict == zone.Never:
		return said + "，但已人工指定不相连"
	case !m.request.Rules.Counts(l):
		if why := m.request.Rules.Against(l); why != "" {
			return said + "，" + why
		}
	}
	return said
}

// sentence says a contradiction or a broken constraint to a person.
func (m *modelled) sentence(c formation.Contradiction) string {
	var name, unit string
	if c.Total >= 0 {
		key := m.problem.Totals[c.Total].Name
		name, unit = labelOf[key], unitOf[key]
	}
	who := m.names(c.Units)
	zoneName := "锁定的片区"
	switch c.Kind {
	case formation.MinOverMax:
		return fmt.Sprintf("%s的下限 %s %s大于上限 %s %s", name, figure(c.Figure), unit, figure(c.Limit), unit)
	case formation.UnitOverMax:
		return fmt.Sprintf("%s仅它一个，%s %s %s就超过上限 %s %s，不会归入任何片区", who, name, figure(c.Figure), unit, figure(c.Limit), unit)
	case formation.NothingReachesMin:
		return fmt.Sprintf("相连的小区合计%s最多 %s %s，都达不到下限 %s %s，不会有任何片区", name, figure(c.Figure), unit, figure(c.Limit), unit)
	case formation.LockedOverMax:
		return fmt.Sprintf("%s的%s %s %s超过上限 %s %s", zoneName, name, figure(c.Figure), unit, figure(c.Limit), unit)
	case formation.LockedUnderMin:
		return fmt.Sprintf("%s的%s %s %s达不到下限 %s %s", zoneName, name, figure(c.Figure), unit, figure(c.Limit), unit)
	case formation.LockedNotContiguous:
		return fmt.Sprintf("%s不连片，分成 %s 个部分，最小的是%s", zoneName, figure(c.Figure), who)
	case formation.LockedSharesUnit:
		return fmt.Sprintf("%s同时属于几个锁定的片区", who)
	case formation.LockedNotWithin:
		return fmt.Sprintf("%s跨了限定的范围：%s不在同一街道 / 社区", zoneName, who)
	case formation.LockedApart:
		return fmt.Sprintf("%s中有要求分开的小区：%s", zoneName, who)
	case formation.LockedOverDiameter:
		return fmt.Sprintf("%s的步行直径 %s 米超过上限 %s 米", zoneName, figure(c.Figure), figure(c.Limit))
	case formation.LockedEmpty:
		return zoneName + "在所选范围内没有小区"
	case formation.TogetherLocked:
		return fmt.Sprintf("要求同片的%s中有一个在锁定的片区里", who)
	case formation.TogetherNotConnected:
		return fmt.Sprintf("要求同片的%s之间没有可用的连线（距离或阻隔）", who)
	case formation.TogetherNotWithin:
		return fmt.Sprintf("要求同片的%s不在同一街道 / 社区", who)
	case formation.TogetherAlsoApart:
		return fmt.Sprintf("%s既要求同片又要求分开", who)
	case formation.TogetherOverMax:
		return fmt.Sprintf("要求同片的%s合计%s %s %s，超过上限 %s %s", who, name, figure(c.Figure), unit, figure(c.Limit), unit)
	case formation.ZonesMinOverMax:
		return fmt.Sprintf("片区个数的下限 %s 大于上限 %s", figure(c.Figure), figure(c.Limit))
	case formation.ZonesTooMany:
		return fmt.Sprintf("要求至少 %s 个片区，最多只可能有 %s 个", figure(c.Figure), figure(c.Limit))
	case formation.ZonesLockedOver:
		return fmt.Sprintf("已锁定 %s 个片区，超过个数上限 %s", figure(c.Figure), figure(c.Limit))
	}
	return string(c.Kind)
}

// names lists a few communities by name.
func (m *modelled) names(units []int32) string {
	var b strings.Builder
	for i, u := range units {
		if i == 4 {
			fmt.Fprintf(&b, "等 %d 个小区", len(units))
			break
		}
		if i > 0 {
			b.WriteString("、")
		}
		fmt.Fprintf(&b, "“%s”", m.unit(u).name)
	}
	return b.String()
}

// contradictions names what contradicts what. Fatal ones are the error.
func (m *modelled) contradictions() ([]Contradiction, error) {
	warnings := []Contradiction{}
	fatal := false
	for _, c := range formation.Check(m.problem) {
		said := Contradiction{
			Kind: string(c.Kind), Detail: m.sentence(c), Fatal: c.Fatal, Communities: []string{}, Zones: []string{},
		}
		for _, u := range c.Units {
			said.Communities = append(said.Communities, m.unit(u).code)
		}
		if c.Zone >= 0 {
			said.Zones = append(said.Zones, m.locked[c.Zone])
		}
		fatal = fatal || c.Fatal
		warnings = append(warnings, said)
	}
	if len(m.problem.Units) == 0 {
		fatal = true
		warnings = append(warnings, Contradiction{
			Kind: "nothing_to_place", Fatal: true, Communities: []string{}, Zones: []string{},
			Detail: "所选范围内没有可以归入片区的小区（纳入结论或位置不符）",
		})
	}
	if fatal {
		return nil, &ContradictoryError{Contradictions: warnings}
	}
	return warnings, nil
}

// figure prints a number as people write it.
func figure(v float64) string {
	if math.Abs(v-math.Round(v)) < 0.05 {
		return fmt.Sprintf("%.0f", v)
	}
	return fmt.Sprintf("%.1f", v)
}
