package areaplan

import (
	"encoding/json"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/policy"
	"github.com/lianpian/lianpian/internal/postgis"
)

// The rows and figures are those that the zones' totals count.
func (g *gathering) readCommunities() error {
	rows, err := g.tx.Query(g.ctx, `
		select c.id, c.code, c.name, c.address, coalesce(c.subdistrict_code, ''), coalesce(s.name, ''), coalesce(n.name, ''), h.zones,
		       c.unit_kind, c.built_year,
		       coalesce(b.buildings, 0), coalesce(c.households, b.households), coalesce(c.floor_area_m2, b.floor_area_m2),
		       c.land_area_m2, c.management_mode, c.eligibility, c.verdict, c.verdict_proof,
		       coalesce(c.override_reason, ''), coalesce(c.override_by, ''),
		       k.municipal_missing, k.service_missing,
		       coalesce(p.prior_works, ''), p.in_shantytown_plan, p.self_built_majority,
		       k.households_agreed, k.floor_area_agreed_m2,
		       c.geom, c.location, c.remark,
		       c.generated
		       || case when c.households is null and b.households_generated then array['households'] else '{}' end
		       || case when c.floor_area_m2 is null and b.floor_area_generated then array['floor_area_m2'] else '{}' end,
		       c.source, c.updated_at
		from (select zc.community_id, array_agg(z.code order by array_position($1::bigint[], z.id)) as zones
		      from published_zone_community zc
		      join published_zone z on z.id = zc.zone_id
		      where zc.zone_id = any($1::bigint[])
		      group by zc.community_id) h
		join published_community c on c.id = h.community_id
		left join published_community_condition k on k.id = c.id
		left join published_community_history p on p.id = c.id
		left join published_subdistrict s on s.district_code = c.district_code and s.code = c.subdistrict_code
		left join published_neighborhood n on n.district_code = c.district_code and n.code = c.neighborhood_code
		left join lateral (
		    select count(*) as buildings, sum(households)::bigint as households, sum(floor_area_m2) as floor_area_m2,
		           bool_or('households' = any(generated)) as households_generated,
		           bool_or('floor_area_m2' = any(generated)) as floor_area_generated
		    from published_building where community_id = c.id
		) b on true
		where $2::text[] is null or c.subdistrict_code = any($2)
		order by c.name, c.code`, g.zoneIDs, g.scope.Subdistricts)
	if err != nil {
		return err
	}
	sees := account.SeesCounts(g.ctx)
	g.Communities, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (Community, error) {
		id, c, err := scanCommunity(row)
		g.communities = append(g.communities, id)
		if !sees {
			c.mask()
		}
		return c, err
	})
	if err != nil {
		return err
	}
	at := make(map[string]int, len(g.Zones))
	for i := range g.Zones {
		at[g.Zones[i].Code] = i
	}
	for i := range g.Communities {
		for _, code := range g.Communities[i].Zones {
			if z, ours := at[code]; ours {
				g.Zones[z].Communities = append(g.Zones[z].Communities, g.Communities[i].Code)
			}
		}
	}
	return nil
}

func scanCommunity(row pgx.CollectableRow) (id int64, c Community, err error) {
	var outline, location postgis.Geom
	var proof json.RawMessage
	err = row.Scan(&id, &c.Code, &c.Name, &c.Address, &c.SubdistrictCode, &c.SubdistrictName, &c.NeighborhoodName, &c.Zones,
		&c.UnitKind, &c.BuiltYear,
		&c.Buildings, &c.Households, &c.FloorAreaM2, &c.LandAreaM2, &c.ManagementMode, &c.Eligibility, &c.Verdict, &proof,
		&c.OverrideReason, &c.OverrideBy, &c.MunicipalMissing, &c.ServiceMissing,
		&c.PriorWorks, &c.InShantytownPlan, &c.SelfBuilt, &c.HouseholdsAgreed, &c.AreaAgreedM2,
		&outline, &location, &c.Remark, &c.Generated, &c.Source, &c.UpdatedAt)
	if err != nil {
		return id, c, err
	}
	c.UpdatedAt = c.UpdatedAt.UTC()
	c.Outline, _ = outline.Geometry.(orb.MultiPolygon)
	if point, ok := location.Geometry.(orb.Point); ok {
		c.Location = &point
	}
	if err := json.Unmarshal(proof, &c.Proof); err != nil {
		return id, c, fmt.Errorf("read the proof of community %s: %w", c.Code, err)
	}
	return id, c, nil
}

// mask hides from those who are not shown small counts how many households
// agreed, where that, or how many did not, is one; and what speaks of it.
func (c *Community) mask() {
	c.Proof = policy.WithoutCounts(c.Proof)
	if c.HouseholdsAgreed == nil {
		return
	}
	small := account.SmallCount(int(*c.HouseholdsAgreed)) ||
		c.Households != nil && account.SmallCount(int(*c.Households-*c.HouseholdsAgreed))
	if small {
		c.HouseholdsAgreed, c.AreaAgreedM2, c.CountsMasked = nil, nil, true
	}
}
