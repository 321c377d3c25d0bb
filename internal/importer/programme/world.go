package programme

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"
)

// community is what the programme is about.
type community struct {
	id                    int64
	code, name            string
	subdistrict, around   string // code of the one, name of the neighborhood
	households, buildings int
	area                  float64 // m² of floor
	verdict               string
	municipal, service    []string // missing; nil is unknown
	agreed                *int
	agreedArea            *float64
	prior                 string
	managed               bool // the register knows how
	at                    *orb.Point
	blocks                []block
}

// block is a building with homes.
type block struct {
	code       string
	households int
	area       float64
}

// read takes the communities with their homes out of the register.
func read(ctx context.Context, tx pgx.Tx, district string) ([]*community, error) {
	rows, err := tx.Query(ctx, `
		select c.id, c.code, c.name, coalesce(c.subdistrict_code, ''), coalesce(n.name, ''),
		       c.households, greatest(coalesce(c.building_count, 1), 1), c.floor_area_m2, c.eligibility,
		       c.municipal_missing, c.service_missing, c.households_agreed, c.floor_area_agreed_m2, coalesce(c.prior_works, ''), coalesce(c.management_mode, '') <> '',
		       ST_X(c.location), ST_Y(c.location)
		from community c
		left join neighborhood n on n.district_code = c.district_code and n.code = c.neighborhood_code
		where c.district_code = $1 and c.households > 0 and c.floor_area_m2 > 0
		order by c.subdistrict_code, c.neighborhood_code, ST_GeoHash(c.location), c.code`, district)
	if err != nil {
		return nil, fmt.Errorf("read the communities: %w", err)
	}
	byID := map[int64]*community{}
	towns, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (*community, error) {
		c := &community{}
		var x, y *float64
		err := row.Scan(&c.id, &c.code, &c.name, &c.subdistrict, &c.around, &c.households, &c.buildings, &c.area, &c.verdict,
			&c.municipal, &c.service, &c.agreed, &c.agreedArea, &c.prior, &c.managed, &x, &y)
		if x != nil && y != nil {
			c.at = &orb.Point{*x, *y}
		}
		byID[c.id] = c
		return c, err
	})
	if err != nil {
		return nil, fmt.Errorf("read the communities: %w", err)
	}
	rows, err = tx.Query(ctx, `
		select community_id, code, households, coalesce(floor_area_m2, footprint_m2 * coalesce(storeys, 1))
		from building
		where district_code = $1 and community_id is not null and households > 0
		order by community_id, code`, district)
	if err != nil {
		return nil, fmt.Errorf("read the buildings: %w", err)
	}
	var of int64
	var b block
	_, err = pgx.ForEachRow(rows, []any{&of, &b.code, &b.households, &b.area}, func() error {
		if c := byID[of]; c != nil {
			c.blocks = append(c.blocks, b)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read the buildings: %w", err)
	}
	return towns, nil
}
