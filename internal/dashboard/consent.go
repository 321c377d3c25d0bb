package dashboard

import (
	"context"

	"github.com/lianpian/lianpian/internal/policy"
)

// smallest count that is shown to who needs no detail.
const smallest = 5

// consent sums up the newest survey of each community. counts tells whether the
// person may see small counts.
func consent(ctx context.Context, r *reading, b *Board, counts bool) error {
	type survey struct {
		State                     *string
		Overdue                   bool
		Eligibility               string
		Households, Asked, Agreed *int
		FloorAreaM2, AgreedAreaM2 *float64
	}
	surveys, err := collect[survey](ctx, r, `
		select s.state, coalesce(s.state = 'open' and s.due_on < $4, false), c.eligibility, s.households, s.asked, s.agreed, s.floor_area_m2, s.agreed_area_m2
		from seen_community c
		left join published_survey s on s.community_id = c.id and s.district_code = $1`, r.today)
	if err != nil {
		return err
	}
	rule := r.choice.Consent(policy.Asked{})
	k := BoardConsent{Rule: rule.Rule, Clause: rule.Clause, Basis: rule.BasisText}
	var households, asked, agreed int
	for _, s := range surveys {
		switch {
		case s.State == nil:
			if s.Eligibility != "out" {
				k.Unasked++
			}
			continue
		case *s.State == "open":
			k.Open++
			if s.Overdue {
				k.Overdue++
			}
		default:
			k.Closed++
			v := r.choice.Consent(policy.Asked{Households: s.Households, Asked: s.Asked, Agreed: s.Agreed, FloorAreaM2: s.FloorAreaM2, AgreedAreaM2: s.AgreedAreaM2})
			if v.Passed {
				k.Passed++
			}
		}
		households += or0(s.Households)
		asked += or0(s.Asked)
		agreed += or0(s.Agreed)
	}
	k.Households, k.Asked, k.Agreed = &households, &asked, &agreed
	if !counts {
		k.mask()
	}
	b.Consent = k
	return nil
}

func or0(n *int) int {
	if n == nil {
		return 0
	}
	return *n
}

// mask hides counts below five, and those that one could be worked out from.
func (k *BoardConsent) mask() {
	small := func(n int) bool { return n > 0 && n < smallest }
	households, asked, agreed := *k.Households, *k.Asked, *k.Agreed
	if small(agreed) || small(asked-agreed) {
		k.Agreed, k.Masked = nil, true
	}
	if small(asked) || small(households-asked) {
		k.Asked, k.Masked = nil, true
	}
	if k.Asked == nil && small(households-agreed) {
		k.Agreed = nil
	}
	if small(households) {
		k.Households, k.Asked, k.Agreed, k.Masked = nil, nil, nil, true
	}
}
