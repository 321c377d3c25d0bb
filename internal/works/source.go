package works

import (
	"slices"

	"github.com/lianpian/lianpian/internal/policy"
)

// Where money comes from. The four of the budget are one source in the plans.
const (
	Residents = "residents"
	Pipelines = "pipelines"
	Society   = "society"
	Central   = "central"
	Municipal = "municipal"
	Own       = "district"
	Bonds     = "bonds"
)

var sourceNames = []struct{ key, name, fund string }{
	{Residents, "居民自筹", "residents"},
	{Pipelines, "管线单位", "pipelines"},
	{Society, "社会资金", "society"},
	{Central, "中央财政", "budget"},
	{Municipal, "市级财政", "budget"},
	{Own, "区级财政", "budget"},
	{Bonds, "地方政府专项债券", "budget"},
}

// sourceName is what people call a source; "" is none.
func sourceName(key string) string {
	for _, s := range sourceNames {
		if s.key == key {
			return s.name
		}
	}
	return ""
}

func fundOf(p *policy.Policy, key string) policy.Fund {
	at := slices.IndexFunc(p.Funding, func(f policy.Fund) bool { return f.Key == key })
	if at < 0 {
		return policy.Fund{}
	}
	return p.Funding[at]
}

func payerOf(p *policy.Policy, source string) (policy.PayerRule, bool) {
	at := slices.IndexFunc(p.Works.Payers, func(r policy.PayerRule) bool { return r.Source == source })
	if at < 0 {
		return policy.PayerRule{}, false
	}
	return p.Works.Payers[at], true
}

// isPublic tells the sources of public money; the others pay by themselves.
func isPublic(source string) bool {
	return source == Central || source == Municipal || source == Own || source == Bonds
}
