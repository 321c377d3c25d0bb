package zone

import (
	"context"

	"github.com/jackc/pgx/v5"
)

// What the tests of shapes ask inside a transaction of their own.
var (
	BoundaryOf = boundaryOf
	Restring   = restring
)

// CountParts is in how many parts communities are under a scenario's rules, by
// union and find.
func CountParts(ctx context.Context, tx pgx.Tx, district string, scenarioID int64, ids []int64) (int, error) {
	rules, err := rulesOf(ctx, tx, scenarioID)
	if err != nil {
		return 0, err
	}
	ties, err := tiesAmong(ctx, tx, district, rules, ids)
	if err != nil {
		return 0, err
	}
	part := map[int64]int64{}
	for _, id := range ids {
		part[id] = id
	}
	root := func(id int64) int64 {
		for part[id] != id {
			id = part[id]
		}
		return id
	}
	parts := len(part)
	for _, t := range ties {
		if a, b := root(t.a), root(t.b); a != b {
			part[a] = b
			parts--
		}
	}
	return parts, nil
}
