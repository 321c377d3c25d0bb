package registry

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/lianpian/lianpian/internal/postgis"
)

// centimetre is what two areas in m² may differ by for their rounding.
const centimetre = 0.01

// agreed refuses that more households, or more floor area, agreed than there is.
func (v *checker) agreed(households, of *int, area, ofArea *float64) {
	if households != nil && of != nil && *households > *of {
		v.refuse("households_agreed", *households, "同意改造的户数 %d 户多于总户数 %d 户", *households, *of)
	}
	if area != nil && ofArea != nil && *area > *ofArea+centimetre {
		v.refuse("floor_area_agreed_m2", *area, "同意改造的建筑面积 %s 平方米大于总建筑面积 %s 平方米", metres(*area), metres(*ofArea))
	}
}

// checkAgreed is agreed for a community that a person changes. before are its
// figures as they are stored: where they stay, a fault of old is not the change's.
func (c Community) checkAgreed(before Community) error {
	v := checker{entity: "community", code: c.Code, row: -1}
	if !same(c.Households, before.Households) || !same(c.HouseholdsAgreed, before.HouseholdsAgreed) {
		v.agreed(c.HouseholdsAgreed, c.Households, nil, nil)
	}
	if !same(c.FloorAreaM2, before.FloorAreaM2) || !same(c.FloorAreaAgreedM2, before.FloorAreaAgreedM2) {
		v.agreed(nil, nil, c.FloorAreaAgreedM2, c.FloorAreaM2)
	}
	if v.fault != nil {
		return v.fault
	}
	return nil
}

// CheckAgreed tells whether a row says that more agreed than there is.
func (r CommunityRow) CheckAgreed() *InvalidError {
	v := checker{entity: "community", code: firstOf(r.Code, r.SourceRef, r.Name), row: -1}
	v.agreed(r.HouseholdsAgreed, r.Households, r.FloorAreaAgreedM2, r.FloorAreaM2)
	return v.fault
}

func same[T comparable](a, b *T) bool {
	return a == nil && b == nil || a != nil && b != nil && *a == *b
}

func metres(v float64) string { return fmt.Sprintf("%.2f", v) }

// agreedAboveTotal refuses the first staged row whose figures do not go with
// those that are stored and that it leaves alone.
func agreedAboveTotal(ctx context.Context, tx *postgis.Tx, district string) error {
	var ord int
	var code string
	var households, of *int
	var area, ofArea *float64
	err := tx.QueryRow(ctx, `
		select s.ord, s.code, m.households_agreed, m.households, m.area_agreed, m.area
		from stage s
		join community t on t.district_code = $1 and t.code = s.code
		cross join lateral (select
			coalesce(s.households, t.households) as households,
			coalesce(s.households_agreed, t.households_agreed) as households_agreed,
			coalesce(s.floor_area_m2, t.floor_area_m2) as area,
			coalesce(s.floor_area_agreed_m2, t.floor_area_agreed_m2) as area_agreed) m
		where m.households_agreed > m.households
		  and (m.households, m.households_agreed) is distinct from (t.households, t.households_agreed)
		   or m.area_agreed > m.area + $2
		  and (m.area, m.area_agreed) is distinct from (t.floor_area_m2, t.floor_area_agreed_m2)
		order by s.ord
		limit 1`, district, centimetre).Scan(&ord, &code, &households, &of, &area, &ofArea)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("compare who agreed with the communities of %s: %w", district, err)
	}
	v := checker{entity: "community", code: code, row: ord}
	v.agreed(households, of, area, ofArea)
	if v.fault == nil {
		return nil
	}
	return v.fault
}
