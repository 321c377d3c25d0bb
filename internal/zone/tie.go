package zone

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"
)

// tie is a link that counts, between two communities of a set.
type tie struct {
	a, b    int64 // a < b
	lengthM float64
}

// tiesAmong returns the links that count between communities of a set, shortest
// first and without equals.
func tiesAmong(ctx context.Context, q reader, district string, rules Rules, communityIDs []int64) ([]tie, error) {
	rows, err := q.Query(ctx, `
		select a_id, b_id, gap_m, walk_m, crossed, crossings, verdict
		from published_link
		where district_code = $1 and a_id = any($2) and b_id = any($2)`, district, communityIDs)
	if err != nil {
		return nil, fmt.Errorf("read the links of communities of district %s: %w", district, err)
	}
	var ties []tie
	var t tie
	var l Link
	_, err = pgx.ForEachRow(rows, []any{&t.a, &t.b, &l.GapM, &l.WalkM, &l.Crossed, &l.Crossings, &l.Verdict}, func() error {
		if rules.Counts(l) {
			t.lengthM = l.Length()
			ties = append(ties, t)
		}
		l = Link{}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read the links of communities of district %s: %w", district, err)
	}
	slices.SortFunc(ties, func(x, y tie) int {
		return cmp.Or(cmp.Compare(x.lengthM, y.lengthM), cmp.Compare(x.a, y.a), cmp.Compare(x.b, y.b))
	})
	return ties, nil
}
