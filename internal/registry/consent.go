package registry

import (
	"context"

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

// mask hides how many households agreed where that, or how many did not, is a
// count below five.
func (c *Community) mask() {
	if c.HouseholdsAgreed == nil || !account.SmallCount(*c.HouseholdsAgreed) && (c.Households == nil || !account.SmallCount(*c.Households-*c.HouseholdsAgreed)) {
		return
	}
	c.HouseholdsAgreed, c.FloorAreaAgreedM2, c.CountsMasked = nil, nil, true
	c.VerdictProof = policy.WithoutCounts(c.VerdictProof)
}
