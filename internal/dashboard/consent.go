package dashboard

import (
	"context"

	"github.com/lianpian/lianpian/internal/policy"
)

// smallest count that may be told to who needs no detail.
const smallest = 5

// consent sums up the newest survey of each community.
func consent(ctx context.Context, r *reading, b *Board) error {
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
	k := BoardConsent{Rule: rule.Rule, Clause: rule.Clause, Basis: rule.BasisText, Rounded: !r.counts}
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
		a := answers{or0(s.Households), or0(s.Asked), or0(s.Agreed)}
		if !r.counts {
			a = a.rounded()
		}
		k.Households += a.households
		k.Asked += a.asked
		k.Agreed += a.agreed
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

// answers are counts of the households of one community, each part of the one
// before it.
type answers struct{ households, asked, agreed int }

// rounded makes answers what those may see who need no detail: tens, of which
// nothing follows about a count below five. A remainder that small is added to the
// rest first, so the answer is the same whichever small count there is. Sums are
// made of rounded answers: then no difference of two sums tells more than the
// rounded answers of a community.
func (a answers) rounded() answers {
	asked := near(a.asked, a.households)
	agreed := near(a.agreed, a.asked)
	if agreed == a.asked {
		agreed = asked // all who were asked, however few were not
	}
	return answers{tens(a.households), tens(asked), tens(near(agreed, a.households))}
}

// near takes a count below five for none, and one that lacks fewer than five of
// all for all.
func near(n, all int) int {
	switch {
	case n < smallest:
		return 0
	case all-n < smallest:
		return all
	}
	return n
}

// tens rounds; what is below five is nothing.
func tens(n int) int { return (n + 5) / 10 * 10 }
