package program

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/lianpian/lianpian/internal/policy"
)

// PriorityFactor is one of the things that the rule of priority asks for.
type PriorityFactor struct {
	Key     string  `json:"key"`
	Text    string  `json:"text"`
	Outcome Outcome `json:"outcome" enum:"holds,fails,unknown"`
	Why     string  `json:"why"`
}

// ProjectPriority says whether a project comes first in its library, and why
// (wansheng-2020 六(一)). Consent and need order those of equal standing.
type ProjectPriority struct {
	First   bool             `json:"first"`
	Clause  string           `json:"clause"`
	Rule    string           `json:"rule" doc:"the provision; empty where the policy has none"`
	Factors []PriorityFactor `json:"factors"`
	Held    int              `json:"held" doc:"number of factors that hold"`
	Consent *float64         `json:"consent" doc:"share of the households that agreed; null: not known, or not to be seen"`
	Need    float64          `json:"need" doc:"0 to 1, from age, condition and missing items, weighed by households"`
	Why     string           `json:"why" doc:"a sentence for people"`
}

// priority judges the project by its library's rule.
func (g ground) priority() ProjectPriority {
	library, _ := g.choice.Policy.Library(string(g.library))
	p := ProjectPriority{Clause: library.First.Clause, Rule: library.Priority, Factors: []PriorityFactor{}, Need: g.need()}
	if g.counts {
		p.Consent = g.share()
	}
	conditions := g.entry(g.library)
	for _, key := range library.First.When {
		f := g.factor(key, conditions)
		if f.Outcome == Holds {
			p.Held++
		}
		p.Factors = append(p.Factors, f)
	}
	p.First = len(p.Factors) > 0 && p.Held == len(p.Factors)
	p.Why = p.sentence()
	return p
}

func (g ground) factor(key string, conditions []EntryCondition) PriorityFactor {
	switch key {
	case policy.NotReady:
		return g.notReady()
	case policy.PoorManagement:
		return g.poorManagement()
	case policy.ModeAgreed:
		return g.modeAgreed()
	}
	for _, c := range conditions {
		if c.Key == key {
			return PriorityFactor{Key: key, Text: c.Text, Outcome: c.Outcome, Why: c.Why}
		}
	}
	return PriorityFactor{Key: key, Outcome: Unknown}
}

// notReady holds where a condition of comprehensive renovation is not met.
func (g ground) notReady() PriorityFactor {
	f := PriorityFactor{Key: policy.NotReady, Text: "尚不具备综合改造条件", Outcome: Fails, Why: "综合改造的入库条件都已具备，可升级为综合改造"}
	if open := unmet(g.entry(Comprehensive)); len(open) > 0 {
		texts := make([]string, 0, len(open))
		for _, c := range open {
			texts = append(texts, c.Text)
		}
		f.Outcome, f.Why = Holds, "尚未具备："+strings.Join(texts, "、")
	}
	return f
}

func (g ground) modeAgreed() PriorityFactor {
	f := PriorityFactor{Key: policy.ModeAgreed, Text: "就管理方式达成一致"}
	f.Outcome, f.Why = g.modes()
	return f
}

func (g ground) poorManagement() PriorityFactor {
	f := PriorityFactor{Key: policy.PoorManagement, Text: "管理较差", Outcome: Unknown, Why: "尚未检查管理状况"}
	var poor []string
	known := false
	for _, e := range g.communities {
		if e.condition.Neglected != nil {
			known = true
		}
		if e.poorManagement() {
			said := "“" + e.name + "”"
			if e.failedChecks > 0 {
				said += fmt.Sprintf("管理检查 %d 项不合格", e.failedChecks)
			} else {
				said += "失养失修失管"
			}
			poor = append(poor, said)
		}
	}
	switch {
	case len(poor) > 0:
		f.Outcome, f.Why = Holds, strings.Join(poor, "；")
	case known:
		f.Outcome, f.Why = Fails, "各小区没有失养失修失管，管理检查没有不合格项"
	}
	return f
}

func (p ProjectPriority) sentence() string {
	switch {
	case len(p.Factors) == 0:
		return "本方案没有规定优先次序，按意愿和需要排列"
	case p.First:
		return "优先：" + strings.TrimSuffix(p.Rule, "。")
	}
	var open []string
	for _, f := range p.Factors {
		if f.Outcome != Holds {
			open = append(open, f.Text)
		}
	}
	return "尚不优先，缺：" + strings.Join(open, "、")
}

// share is the share of the project's households that agreed, as far as known.
func (g ground) share() *float64 {
	agreed, all := 0, 0
	for _, e := range g.communities {
		if e.asked.Agreed != nil && e.asked.Households != nil {
			agreed, all = agreed+*e.asked.Agreed, all+*e.asked.Households
		}
	}
	if all == 0 {
		return nil
	}
	share := float64(agreed) / float64(all)
	return &share
}

// need is the mean need of the communities, weighed by households.
func (g ground) need() float64 {
	sum, weight := 0.0, 0.0
	for _, e := range g.communities {
		w := float64(max(1, e.households))
		sum, weight = sum+w*e.condition.Need(), weight+w
	}
	if weight == 0 {
		return 0
	}
	return math.Round(sum/weight*10_000) / 10_000
}

// PriorityItem is a project in its place among those of its library.
type PriorityItem struct {
	Rank       int             `json:"rank"`
	Code       string          `json:"code"`
	Name       string          `json:"name"`
	Library    Library         `json:"library" enum:"comprehensive,management"`
	State      State           `json:"state" enum:"applied,accepted,confirmed,returned,withdrawn,closed"`
	Phase      *Phase          `json:"phase" enum:"reserve,plan,implement" nullable:"true"`
	Year       *int            `json:"year"`
	Households int             `json:"households"`
	Priority   ProjectPriority `json:"priority"`
}

// sortByPriority puts those that the rule puts first at the head, then those
// with more of its factors, more consent, more need, more households; the code
// decides at last. It numbers them.
func sortByPriority(items []PriorityItem, consent map[string]float64) {
	slices.SortFunc(items, func(a, b PriorityItem) int {
		return cmp.Or(
			compareBool(b.Priority.First, a.Priority.First),
			cmp.Compare(b.Priority.Held, a.Priority.Held),
			cmp.Compare(consent[b.Code], consent[a.Code]),
			cmp.Compare(b.Priority.Need, a.Priority.Need),
			cmp.Compare(b.Households, a.Households),
			cmp.Compare(a.Code, b.Code),
		)
	})
	for i := range items {
		items[i].Rank = i + 1
	}
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}
