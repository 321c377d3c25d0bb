package registry

import (
	"context"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/postgis"
)

// AttachBuildings gives every building the community whose outline holds its
// point (the smallest one, where several do) and the subdistrict of that
// community or, without one, of its place. What a person or a file named stays.
// Communities and facilities of no known subdistrict get that of their place.
// It returns how many buildings changed. Call it after the rows are in.
func (s *Store) AttachBuildings(ctx context.Context, tx *postgis.Tx, district string) (int64, error) {
	if err := s.placeInSubdistricts(ctx, tx, district); err != nil {
		return 0, err
	}
	count, err := s.attach(ctx, tx, district, attachment{everywhere: true})
	if err != nil || count == 0 {
		return count, err
	}
	return count, account.Record(ctx, tx, account.Entry{
		Action: "building.attach", Entity: "building", District: district,
		After: map[string]int64{"changed": count},
	})
}

// attachment says which buildings to look at: all, or those inside some bounds
// and those of one community.
type attachment struct {
	everywhere bool
	within     []orb.Bound
	community  int64 // 0: none
}

func (s *Store) attach(ctx context.Context, tx *postgis.Tx, district string, which attachment) (int64, error) {
	args := pgx.NamedArgs{"district": district, "community": which.community}
	// All buildings are read through the index on their points, a few are
	// collected first.
	chosen, buildings := "", "building"
	if !which.everywhere {
		condition := "b.community_id = @community"
		for i, bound := range which.within {
			name := fmt.Sprintf("within_%d", i)
			args[name] = postgis.Geom{Geometry: bound.Pad(1e-9)}
			condition += " or b.point && @" + name
		}
		buildings = "chosen"
		chosen = `chosen as materialized (
			select b.id, b.district_code, b.point, b.named, b.community_id, b.subdistrict_code
			from building b
			where b.district_code = @district and (` + condition + `)
		), `
	}
	var count int64
	var e extents
	var lie, lay []string
	err := tx.QueryRow(ctx, `
		with `+chosen+`held as (
			select distinct on (b.id) b.id, c.id as community_id
			from community c
			join `+buildings+` b on b.point && c.geom and ST_Intersects(c.geom, b.point)
			where c.district_code = @district and b.district_code = @district
			order by b.id, c.land_area_m2, c.id
		), placed as (
			select distinct on (b.id) b.id, s.code
			from subdistrict s
			join `+buildings+` b on b.point && s.geom and ST_Intersects(s.geom, b.point)
			where s.district_code = @district and b.district_code = @district
			order by b.id, s.code
		), found as (
			select b.id, b.named, b.subdistrict_code, placed.code as place_code,
			       case when 'community_code' = any(b.named) then b.community_id else held.community_id end as community_id
			from `+buildings+` b
			left join held on held.id = b.id
			left join placed on placed.id = b.id
			where b.district_code = @district
		), settled as (
			select f.id, f.community_id, f.subdistrict_code as lay_in,
			       case when 'subdistrict_code' = any(f.named) then f.subdistrict_code
			            else coalesce(c.subdistrict_code, f.place_code, f.subdistrict_code) end as subdistrict_code
			from found f
			left join community c on c.id = f.community_id
		), changed as (
			update building b
			set community_id = n.community_id, subdistrict_code = n.subdistrict_code,
			    version = b.version + 1, updated_at = now()
			from settled n
			where b.id = n.id
			  and (b.community_id, b.subdistrict_code) is distinct from (n.community_id, n.subdistrict_code)
			returning b.geom, b.subdistrict_code, n.lay_in
		)
		select count(*), `+extentsOf("geom", "changed")+`, `+subdistrictsIn("subdistrict_code")+`, `+subdistrictsIn("lay_in")+` from changed`, args).
		Scan(&count, &e, &lie, &lay)
	if err != nil {
		return 0, fmt.Errorf("attach the buildings of %s: %w", district, violation("building", "", err))
	}
	announce(tx, district, "buildings", slices.Concat(lie, lay), e.bounds()...)
	return count, nil
}

// placeInSubdistricts gives communities and facilities of no known subdistrict
// the one that they lie in.
func (s *Store) placeInSubdistricts(ctx context.Context, tx *postgis.Tx, district string) error {
	for _, t := range []struct{ table, layer, point string }{
		{"community", "communities", "location"},
		{"facility", "facilities", "geom"},
	} {
		var count int64
		var e extents
		var ids []int64
		var subdistricts []string
		err := tx.QueryRow(ctx, fmt.Sprintf(`
			with placed as (
				select distinct on (t.id) t.id, s.code
				from %[1]s t
				join subdistrict s on s.district_code = t.district_code and ST_Intersects(s.geom, t.%[2]s)
				where t.district_code = $1 and t.subdistrict_code is null
				order by t.id, s.code
			), changed as (
				update %[1]s t
				set subdistrict_code = placed.code, version = t.version + 1, updated_at = now()
				from placed
				where t.id = placed.id
				returning t.id, coalesce(t.geom, t.%[2]s) as place, t.subdistrict_code
			)
			select count(*), array_agg(id), %[3]s, %[4]s from changed`, t.table, t.point, extentsOf("place", "changed"), subdistrictsIn("subdistrict_code")), district).
			Scan(&count, &ids, &e, &subdistricts)
		if err != nil {
			return fmt.Errorf("place the %s of %s in subdistricts: %w", t.layer, district, err)
		}
		if count == 0 {
			continue
		}
		announce(tx, district, t.layer, subdistricts, e.bounds()...)
		if t.table == "community" {
			if err := s.tellMoved(ctx, tx, district, ids); err != nil {
				return err
			}
		}
	}
	return nil
}
