package zone

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/geo"
	"github.com/lianpian/lianpian/internal/postgis"
)

// boundaryOf derives a boundary from a set of communities, so that the rule of
// membership 'majority' finds them in it again. The other zones of the scenario
// (not ownZoneID, 0 is none) keep their ground. Communities without a place are
// not part of it; where none has one the error is an *InvalidError.
func boundaryOf(ctx context.Context, tx pgx.Tx, district string, scenarioID, ownZoneID int64, communityIDs []int64) (orb.MultiPolygon, error) {
	var shape postgis.Geom
	err := tx.QueryRow(ctx, `
		select ST_Multi(ST_Union(case when ST_Area(geom) > 0 then geom
		                              else ST_Buffer(location::geography, 15)::geometry end))
		from published_community
		where district_code = $1 and id = any($2)`, district, communityIDs).Scan(&shape)
	if err != nil {
		return nil, fmt.Errorf("derive a boundary in district %s: %w", district, err)
	}
	derived, _ := shape.Geometry.(orb.MultiPolygon)
	if len(derived) == 0 {
		return nil, &InvalidError{Field: "communities", Detail: "这些小区都没有位置，无法生成边界"}
	}
	return geo.Rewind(derived), nil
}
