package survey

import (
	"fmt"
	"slices"
	"strings"

	"github.com/lianpian/lianpian/internal/policy"
)

// Verdict is what the policy's rule of consent says to a survey, and where
// residents have not been asked yet.
type Verdict struct {
	policy.ConsentVerdict
	Policy string    `json:"policy" doc:"key@version"`
	Places []Unasked `json:"places" doc:"where most have not been asked, the most first"`
}

// Unasked is a building or stairwell in which households have not been asked.
type Unasked struct {
	BuildingCode string `json:"building_code"`
	BuildingName string `json:"building_name"`
	Stairwell    string `json:"stairwell"`
	Households   int    `json:"households" doc:"that have not been asked"`
}

const (
	placesListed = 20
	placesSaid   = 3
)

// judge says by the district's reading of its policy whether enough agreed, and
// what is missing in words: 按户数还差12户；3单元有9户未征询。
func judge(c policy.Choice, sums Sums, counts []Count) Verdict {
	v := Verdict{ConsentVerdict: c.Consent(sums.asked()), Policy: c.Policy.ID(), Places: unasked(counts)}
	if v.Missing == "" {
		return v
	}
	said := []string{strings.TrimSuffix(v.Missing, "。")}
	for _, p := range v.Places[:min(len(v.Places), placesSaid)] {
		said = append(said, fmt.Sprintf("%s有%d户未征询", where(p.BuildingName, p.Stairwell), p.Households))
	}
	v.Missing = strings.Join(said, "；") + "。"
	return v
}

func (s Sums) asked() policy.Asked {
	return policy.Asked{
		Households: &s.Households, Asked: s.Asked, Agreed: s.Agreed,
		FloorAreaM2: s.FloorAreaM2, AgreedAreaM2: s.AgreedAreaM2,
	}
}

func unasked(counts []Count) []Unasked {
	places := []Unasked{}
	for _, c := range counts {
		if c.Asked != nil && c.Households > *c.Asked {
			places = append(places, Unasked{c.BuildingCode, c.BuildingName, c.Stairwell, c.Households - *c.Asked})
		}
	}
	slices.SortStableFunc(places, func(a, b Unasked) int { return b.Households - a.Households })
	return places[:min(len(places), placesListed)]
}

// compare says where the sums of a survey and the register differ.
func (r *Registered) compare(s Sums) {
	r.Differences = []string{}
	if r.Households != nil && *r.Households != s.Households {
		r.Differences = append(r.Differences, fmt.Sprintf("征询的总户数为%d户，台账为%d户，请核对。", s.Households, *r.Households))
	}
	if r.FloorAreaM2 != nil && s.FloorAreaM2 != nil && diff(*r.FloorAreaM2, *s.FloorAreaM2) > 0.5 {
		r.Differences = append(r.Differences,
			fmt.Sprintf("征询的总面积为%s平方米，台账为%s平方米，请核对。", figure(*s.FloorAreaM2), figure(*r.FloorAreaM2)))
	}
}

func diff(a, b float64) float64 {
	if a > b {
		return a - b
	}
	return b - a
}
