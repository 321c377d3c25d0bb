package dashboard

import (
	"context"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/policy"
)

// consent sums up the newest survey of each community. counts tells whether the
// person may see small counts.
func consent(ctx context.Context, r *reading, b *Board, counts bool) error {
	type survey struct {
		State                     *string
		Overdue                   bool
		Eligibility               string
		Households, Asked, Agreed *int
		FloorAreaM2, AgreedAreaM2 *float64
		Small                     bool
	}
	surveys, err := collect[survey](ctx, r, `
		select s.state, coalesce(s.state = 'open' and s.due_on < $4, false), c.eligibility, s.households, s.asked, s.agreed, s.floor_area_m2, s.agreed_area_m2,
		       coalesce(s.small, false)
		from seen_community c
		left join published_survey s on s.community_id = c.id and s.district_code = $1`, r.today)
	if err != nil {
		return err
	}
	rule := r.choice.Consent(policy.Asked{})
	k := BoardConsent{Rule: rule.Rule, Clause: rule.Clause, Basis: rule.BasisText}
	var sums, hidden consentSums // of all, of those whose own counts are not shown to everybody
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
		sums.add(s.Households, s.Asked, s.Agreed)
		if s.Small {
			hidden.add(s.Households, s.Asked, s.Agreed)
		}
	}
	k.Households, k.Asked, k.Agreed = &sums.households, &sums.asked, &sums.agreed
	if !counts {
		k.mask(sums)
		k.mask(hidden)
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

// consentSums are households of several surveys.
type consentSums struct{ households, asked, agreed int }

func (s *consentSums) add(households, asked, agreed *int) {
	s.households += or0(households)
	s.asked += or0(asked)
	s.agreed += or0(agreed)
}

// mask hides sums where they, or those of a part that can be worked out from
// them, tell a small count.
func (k *BoardConsent) mask(of consentSums) {
	small := account.SmallCount
	all := small(of.households)
	asked := all || small(of.asked) || small(of.households-of.asked)
	agreed := all || small(of.agreed) || small(of.asked-of.agreed) || asked && small(of.households-of.agreed)
	if all {
		k.Households = nil
	}
	if asked {
		k.Asked = nil
	}
	if agreed {
		k.Agreed = nil
	}
	k.Masked = k.Masked || asked || agreed
}
