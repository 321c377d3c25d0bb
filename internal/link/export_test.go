package link

import (
	"context"

	"github.com/lianpian/lianpian/internal/postgis"
)

// Joined measures the links of some communities, lets something happen, and returns
// how many of them could then be completed.
func Joined(ctx context.Context, tx *postgis.Tx, district string, ids []int64, meanwhile func()) (int, error) {
	srid, err := metricSRID(ctx, tx, district)
	if err != nil {
		return 0, err
	}
	links, err := measure(ctx, tx, nearPairs, district, ids)
	if err != nil {
		return 0, err
	}
	meanwhile()
	links, err = join(ctx, tx, &work{district: district}, srid, links)
	return len(links), err
}
