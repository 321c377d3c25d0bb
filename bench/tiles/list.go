package main

import (
	"context"
	"fmt"
	"math/rand/v2"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/maptile"

	"github.com/lianpian/lianpian/bench/district"
	"github.com/lianpian/lianpian/internal/postgis"
)

const shallowest, deepest = 14, 17

// tileList chooses distinct tiles by throwing darts at buildings, so that a
// tile's chance is the number of its buildings. The same district gives the
// same list.
func tileList(ctx context.Context, db *postgis.DB, length int) ([]maptile.Tile, error) {
	places, err := placesOf(ctx, db)
	if err != nil {
		return nil, err
	}
	random := rand.New(rand.NewPCG(district.Seed, 430))
	seen := map[maptile.Tile]bool{}
	list := make([]maptile.Tile, 0, length)
	for throws := 0; len(list) < length; throws++ {
		if throws > 1000*length {
			return nil, fmt.Errorf("the district has only %d tiles", len(list))
		}
		t := maptile.At(places[random.IntN(len(places))], maptile.Zoom(shallowest+throws%(deepest-shallowest+1)))
		if !seen[t] {
			seen[t] = true
			list = append(list, t)
		}
	}
	return list, nil
}

// placesOf are the points of the buildings, in the order of their codes.
func placesOf(ctx context.Context, db *postgis.DB) ([]orb.Point, error) {
	rows, err := db.Pool.Query(ctx, `
		select ST_X(point), ST_Y(point) from building where district_code = $1 order by code`, district.Code)
	if err != nil {
		return nil, fmt.Errorf("read where the buildings are: %w", err)
	}
	places, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (p orb.Point, err error) {
		err = row.Scan(&p[0], &p[1])
		return p, err
	})
	if err != nil {
		return nil, fmt.Errorf("read where the buildings are: %w", err)
	}
	return places, nil
}
