package registry

import (
	"context"
	"slices"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/policy"
	"github.com/lianpian/lianpian/internal/postgis"
)

// Agreed is what a survey of a community's residents found. A nil figure is not
// known.
type Agreed struct {
	Households, Total   int
	AreaM2, TotalAreaM2 *float64
}

const consentAction = "community.consent" // in the audit trail

// RecordConsent makes the counts of a survey the community's facts, inside the
// transaction that changes the survey, and judges the community again. Where the
// register knows no total, the survey's becomes it. Errors: postgis.ErrNotFound,
// *account.OutsideError.
func (s *Store) RecordConsent(ctx context.Context, tx *postgis.Tx, scope account.Scope, district, code string, a Agreed) error {
	_, err := s.changeWithin(ctx, tx, scope, district, code, nil, consentAction, func(r *communityRecord) error {
		g := &r.Generated
		setFact(&r.HouseholdsAgreed, &a.Households, "households_agreed", g)
		r.FloorAreaAgreedM2 = nil
		unmark("floor_area_agreed_m2", g)
		setFact(&r.FloorAreaAgreedM2, a.AreaM2, "floor_area_agreed_m2", g)
		if r.Households == nil {
			setFact(&r.Households, &a.Total, "households", g)
		}
		if r.FloorAreaM2 == nil {
			setFact(&r.FloorAreaM2, a.TotalAreaM2, "floor_area_m2", g)
		}
		return nil
	})
	return err
}

// seesCounts tells whether whoever acts in ctx is shown small counts.
func seesCounts(ctx context.Context) bool {
	p, ok := account.From(ctx)
	return !ok || p.Holds(account.SeeCounts)
}

// mask hides how many households agreed where that, or how many did not, is a
// count below five.
func (c *Community) mask() {
	small := func(n int) bool { return n > 0 && n < 5 }
	if c.HouseholdsAgreed == nil || !small(*c.HouseholdsAgreed) && (c.Households == nil || !small(*c.Households-*c.HouseholdsAgreed)) {
		return
	}
	c.HouseholdsAgreed, c.FloorAreaAgreedM2, c.CountsMasked = nil, nil, true
	c.VerdictProof = slices.Clone(c.VerdictProof)
	for i := range c.VerdictProof {
		if r := &c.VerdictProof[i]; r.Fact == "households_agreed" || r.Fact == "floor_area_agreed_m2" {
			r.Text = map[policy.Outcome]string{policy.Met: "居民改造意愿强烈"}[r.Outcome]
			if r.Text == "" {
				r.Text = "居民改造意愿不足或尚不明确"
			}
			r.Text += "；户数过少，不显示。"
		}
	}
}
