package proposal

import (
	"fmt"
	"math"
	"slices"
)

// maxSeconds bounds the effort of one proposal.
const maxSeconds = 600

// check refuses what can be refused without looking at data.
func (r Request) check() error {
	seen := map[string]bool{}
	for _, t := range r.Totals {
		switch {
		case !slices.Contains(totalNames, t.Name):
			return &InvalidError{Field: "totals", Detail: fmt.Sprintf("不认识的总量“%s”", t.Name)}
		case seen[t.Name]:
			return &InvalidError{Field: "totals", Detail: fmt.Sprintf("总量“%s”给了两次", labelOf[t.Name])}
		case !finite(t.Min) || !finite(t.Max):
			return &InvalidError{Field: "totals", Detail: fmt.Sprintf("%s的上下限应为不小于 0 的数", labelOf[t.Name])}
		}
		seen[t.Name] = true
	}
	for _, v := range r.Eligibility {
		if !slices.Contains([]string{"in", "out", "borderline"}, v) {
			return &InvalidError{Field: "eligibility", Detail: fmt.Sprintf("不认识的纳入结论“%s”", v)}
		}
	}
	if !slices.Contains([]string{"", withinSubdistrict, withinNeighborhood}, r.KeepWithin) {
		return &InvalidError{Field: "keep_within", Detail: fmt.Sprintf("不认识的范围“%s”", r.KeepWithin)}
	}
	w := r.Weights
	for _, v := range []float64{w.Need, w.Consent, w.Few, w.Compactness, w.Balance, w.Strings, w.Budget} {
		if !finite(v) || v > 10 {
			return &InvalidError{Field: "weights", Detail: "权重应在 0 到 10 之间"}
		}
	}
	switch {
	case !finite(r.MaxDiameterM):
		return &InvalidError{Field: "max_diameter_m", Detail: "步行直径应为不小于 0 的数"}
	case !finite(r.Seconds) || r.Seconds > maxSeconds:
		return &InvalidError{Field: "seconds", Detail: fmt.Sprintf("计算时间应在 0 到 %d 秒之间", maxSeconds)}
	case r.MinZones < 0 || r.MaxZones < 0:
		return &InvalidError{Field: "min_zones", Detail: "片区个数不能为负"}
	case r.Cost != nil && (!finite(r.Cost.PerHouseholdYuan) || !finite(r.Cost.PerFloorAreaYuan)):
		return &InvalidError{Field: "cost", Detail: "造价参数应为不小于 0 的数"}
	}
	return nil
}

// needsCost tells whether the answer depends on what renovation costs.
func (r Request) needsCost() bool {
	return r.Weights.Budget > 0 || slices.ContainsFunc(r.Totals, func(t TotalRange) bool {
		return t.Name == TotalCost && (t.Min > 0 || t.Max > 0)
	})
}

// finite tells whether a figure can be used: not negative, not infinite.
func finite(v float64) bool { return v >= 0 && !math.IsInf(v, 0) }

const (
	withinSubdistrict  = "subdistrict"
	withinNeighborhood = "neighborhood"
)

// labelOf is what people call the totals.
var labelOf = map[string]string{
	TotalCommunities: "小区数",
	TotalHouseholds:  "户数",
	TotalFloorArea:   "建筑面积",
	TotalLandArea:    "用地面积",
	TotalCost:        "估算投资",
}

// unitOf is the unit behind a figure of a total.
var unitOf = map[string]string{
	TotalCommunities: "个",
	TotalHouseholds:  "户",
	TotalFloorArea:   "平方米",
	TotalLandArea:    "平方米",
	TotalCost:        "元",
}
