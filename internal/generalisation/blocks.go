package generalisation

import (
	"context"
	"fmt"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/postgis"
)

const (
	// groupsAtOnce are drawn in one transaction, in about a second.
	groupsAtOnce = 200
	// blockZoom is where blocks are drawn; beyond it each building is.
	blockZoom = 13
	// shownM2 is the footprint from which a building is drawn at zoom 13, where a pixel
	// is some 8 m wide. Where a block has none, all are.
	shownM2 = 120
)

// Half a pixel is put around the footprints and taken away again: what is less than a
// pixel apart becomes one. Corners stay corners.
const merged = `
	map_simplify(ST_Buffer(ST_Buffer(coalesce(ST_Collect(geom_3857) filter (where footprint_m2 >= $4), ST_Collect(geom_3857)),
	    $3, 'join=mitre mitre_limit=2'), -$3, 'join=mitre mitre_limit=2'), $3)`

// apart is for footprints that cannot be merged.
const apart = `ST_Collect(map_simplify(geom_3857, $3))`

// blocks draws the groups of buildings of a district that are out of date.
func (s *Store) blocks(ctx context.Context, shift *postgis.Shift) error {
	next := func(ctx context.Context, tx *postgis.Tx, size int, shape string) (groups []int64, err error) {
		groups, marks, err := marked(ctx, tx, shift.District, "blocks", size)
		if err != nil || len(groups) == 0 {
			return nil, err
		}
		if err := drawBlocks(ctx, tx, shift.District, groups, shape); err != nil {
			return groups, err
		}
		return groups, unmark(ctx, tx, shift.District, marks)
	}
	batch := func(ctx context.Context, tx *postgis.Tx, single bool) ([]int64, error) {
		if single {
			return next(ctx, tx, 1, merged)
		}
		return next(ctx, tx, groupsAtOnce, merged)
	}
	return shift.Batches(ctx, batch, func(ctx context.Context, tx *postgis.Tx, group int64, cause error) error {
		s.log.WarnContext(ctx, "the buildings of a group could not be merged", "district", shift.District, "group", group, "error", cause)
		_, err := next(ctx, tx, 1, apart)
		return err
	})
}

// drawBlocks stores the blocks of groups anew, and tells of where they are and were.
func drawBlocks(ctx context.Context, tx *postgis.Tx, district string, groups []int64, shape string) error {
	if err := tellOfBlocks(ctx, tx, district, groups); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `delete from generalised_group where district_code = $1 and group_id = any($2)`, district, groups)
	if err != nil {
		return fmt.Errorf("drop the blocks of %d groups: %w", len(groups), err)
	}
	_, err = tx.Exec(ctx, `
		with place as materialized (
		    select b.* from map_building_place b where b.district_code = $1 and b.community_id = any($2)
		    union all
		    select b.*
		    from (select g as group_id, building_cell(g) as box from unnest($2::bigint[]) g where g < 0) cell
		    cross join lateral ( -- by their place, cell by cell, and not all at once
		        select b.* from map_building_place b
		        where b.district_code = $1 and b.community_id is null and b.point && cell.box and b.group_id = cell.group_id
		        offset 0
		    ) b
		), block as materialized (
		    select min(id) as id, group_id, subdistrict_code, count(*)::integer as buildings, sum(households)::bigint as households,
		           `+shape+` as shape, ST_Collect(geom_3857) as whole
		    from place
		    group by group_id, subdistrict_code
		), grouped as (
		    insert into generalised_group (group_id, district_code, buildings)
		    select group_id, $1, sum(buildings) from block group by group_id
		)
		insert into generalised_block (id, district_code, group_id, subdistrict_code, buildings, households, shape)
		select id, $1, group_id, subdistrict_code, buildings, households, case when ST_IsEmpty(shape) then whole else coalesce(shape, whole) end
		from block`, district, groups, pixel(blockZoom)/2, float64(shownM2))
	if err != nil {
		return fmt.Errorf("merge the buildings of %d groups: %w", len(groups), err)
	}
	return tellOfBlocks(ctx, tx, district, groups)
}

// tellOfBlocks tells that the blocks of groups that there are change.
func tellOfBlocks(ctx context.Context, tx *postgis.Tx, district string, groups []int64) error {
	var b [4]*float64
	var subdistricts []string
	err := tx.QueryRow(ctx, `
		select min(ST_XMin(shape)), min(ST_YMin(shape)), max(ST_XMax(shape)), max(ST_YMax(shape)),
		       array_agg(distinct subdistrict_code) filter (where subdistrict_code is not null)
		from generalised_block
		where district_code = $1 and group_id = any($2)`, district, groups).Scan(&b[0], &b[1], &b[2], &b[3], &subdistricts)
	if err != nil {
		return fmt.Errorf("find where the blocks of %d groups lie: %w", len(groups), err)
	}
	if b[0] != nil {
		tx.Changed(postgis.Change{
			District: district, Layer: "building_blocks", Subdistricts: subdistricts,
			Bound: degrees(orb.Bound{Min: orb.Point{*b[0], *b[1]}, Max: orb.Point{*b[2], *b[3]}}),
		})
	}
	return nil
}
