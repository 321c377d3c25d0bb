package survey

import (
	"context"
	"math"
	"slices"

	"github.com/google/uuid"

	"github.com/lianpian/lianpian/internal/account"
)

// Try says what counts would amount to, without keeping them.
func (s *Store) Try(ctx context.Context, scope account.Scope, district string, id uuid.UUID, rows []CountDraft) (Survey, error) {
	r, err := find(ctx, s.db.Pool, scope, district, id, "")
	if err != nil {
		return Survey{}, err
	}
	if err := account.Demand(ctx, account.EditProgram, placeOf(district, r.Subdistrict)); err != nil {
		return Survey{}, err
	}
	known, err := knownBuildings(ctx, s.db.Pool, district, r)
	if err != nil {
		return Survey{}, err
	}
	if err := checkRows(rows, known); err != nil {
		return Survey{}, err
	}
	out := Survey{Head: r.head(), Registered: Registered{Households: r.RegHouse, FloorAreaM2: r.RegArea}}
	out.Counts, out.Sums = addUp(rows, known)
	return out, s.finish(ctx, district, &out)
}

// addUp does in memory what the database does with saved rows.
func addUp(rows []CountDraft, known map[string]string) ([]Count, Sums) {
	zero, area := 0, 0.0
	total := Sums{FloorAreaM2: &area, Asked: &zero, Agreed: &zero, Disagreed: &zero, AgreedAreaM2: &area}
	counts := make([]Count, len(rows))
	for i, r := range rows {
		counts[i] = Count{
			BuildingCode: r.BuildingCode, BuildingName: known[r.BuildingCode], Stairwell: r.Stairwell,
			Households: r.Households, FloorAreaM2: r.FloorAreaM2,
			Asked: &r.Asked, Agreed: &r.Agreed, Disagreed: &r.Disagreed, AgreedAreaM2: r.AgreedAreaM2,
		}
		total.Households += r.Households
		total.FloorAreaM2 = sum(total.FloorAreaM2, r.FloorAreaM2)
		total.Asked, total.Agreed, total.Disagreed = sum(total.Asked, &r.Asked), sum(total.Agreed, &r.Agreed), sum(total.Disagreed, &r.Disagreed)
		if r.Agreed > 0 {
			total.AgreedAreaM2 = sum(total.AgreedAreaM2, r.AgreedAreaM2)
		}
	}
	total.FloorAreaM2, total.AgreedAreaM2 = cents(total.FloorAreaM2), cents(total.AgreedAreaM2)
	sortCounts(counts)
	return counts, total
}

// cents rounds an area to the hundredth of a square metre, as the database does.
func cents(v *float64) *float64 {
	if v == nil {
		return nil
	}
	rounded := math.Round(*v*100) / 100
	return &rounded
}

func sortCounts(counts []Count) {
	slices.SortStableFunc(counts, func(a, b Count) int {
		if c := natural(a.BuildingName, b.BuildingName); c != 0 {
			return c
		}
		if c := natural(a.BuildingCode, b.BuildingCode); c != 0 {
			return c
		}
		return natural(a.Stairwell, b.Stairwell)
	})
}
