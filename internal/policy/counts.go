package policy

import "slices"

// WithoutCounts is a proof for people who are not shown how many households
// agreed: the outcome of each line stays, the sentence does not tell the count.
func WithoutCounts(proof []Reason) []Reason {
	proof = slices.Clone(proof)
	for i := range proof {
		r := &proof[i]
		if r.Fact != "households_agreed" && r.Fact != "floor_area_agreed_m2" {
			continue
		}
		r.Text = "居民改造意愿不足或尚不明确；户数不公开。"
		if r.Outcome == Met {
			r.Text = "居民改造意愿强烈；户数不公开。"
		}
	}
	return proof
}
