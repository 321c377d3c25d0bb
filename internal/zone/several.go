package zone

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/postgis"
)

// Several are zones of one scenario, read at one moment for those who write
// about them.
type Several struct {
	Scenario Scenario
	Zones    []Zone // in the order that was asked for
	IDs      []int64
	Totals   Totals              // of all of them; a community or building of several counts once
	Parts    map[string]int      // by code: into how many contiguous parts a zone's communities fall
	Strings  map[string][]String // by code, by the name of their street
}

// SeveralIn reads zones by their codes inside the caller's transaction, as far
// as the scope may know of them. Errors: postgis.ErrNotFound where one is not in
// the scope, *InvalidError where none is asked for, one is asked for twice, or
// they do not all belong to one scenario ("": that of the first).
func (s *Store) SeveralIn(ctx context.Context, tx pgx.Tx, scope account.Scope, district, scenario string, codes []string) (Several, error) {
	var out Several
	if len(codes) == 0 {
		return out, &InvalidError{Field: "zones", Detail: "请至少选择一个片区"}
	}
	if !reaches(scope, district) {
		return out, fmt.Errorf("zones of district %s: %w", district, postgis.ErrNotFound)
	}
	rows, err := tx.Query(ctx, selectZone+` and z.code = any($4)`, district, scope.Subdistricts, scope.Zones, codes)
	if err != nil {
		return out, fmt.Errorf("read zones of district %s: %w", district, err)
	}
	found, err := pgx.CollectRows(rows, scanZone)
	if err != nil {
		return out, fmt.Errorf("read zones of district %s: %w", district, err)
	}
	if err := out.arrange(found, scenario, codes); err != nil {
		return out, err
	}
	if out.Scenario, err = findScenario(ctx, tx, scope, district, out.Zones[0].Scenario, ""); err != nil {
		return out, err
	}
	if err := out.total(ctx, tx, scope, district); err != nil {
		return out, err
	}
	return out, out.tied(ctx, tx, scope)
}

// arrange puts what was found into the order of the codes.
func (m *Several) arrange(found []stored, scenario string, codes []string) error {
	by := make(map[string]*stored, len(found))
	for i := range found {
		by[found[i].Code] = &found[i]
	}
	seen := make(map[string]bool, len(codes))
	for _, code := range codes {
		z, known := by[code]
		if !known {
			return fmt.Errorf("zone %s: %w", code, postgis.ErrNotFound)
		}
		if seen[code] {
			return &InvalidError{Field: "zones", Detail: fmt.Sprintf("片区“%s”选择了两次", z.Name)}
		}
		seen[code] = true
		if scenario == "" {
			scenario = z.Scenario
		}
		if z.Scenario != scenario {
			return &InvalidError{Field: "zones", Detail: fmt.Sprintf("片区“%s”属于另一个方案，请选择同一方案的片区", z.Name)}
		}
		m.Zones, m.IDs = append(m.Zones, z.Zone), append(m.IDs, z.id)
	}
	return nil
}

// unionSQL totals stored zones together: what several hold counts once.
const unionSQL = `
with member as materialized (
    select distinct 0::bigint as zone_id, c.id, c.households, c.floor_area_m2, c.eligibility, c.generated,
           ($2::text[] is null or c.subdistrict_code = any($2)) as readable
    from zone_community zc
    join published_community c on c.id = zc.community_id
    where zc.zone_id = any($4::bigint[])
      and c.district_code = $1
),
loose as materialized (
    select distinct 0::bigint as zone_id, b.id, b.households, b.floor_area_m2, b.generated,
           ($2::text[] is null or b.subdistrict_code = any($2)) as readable
    from published_zone_building zb
    join published_building b on b.id = zb.building_id
    where zb.zone_id = any($4::bigint[])
      and zb.community_id is null
),` + countedTotals + totalColumns + `
from (select 0::bigint as zone_id, coalesce(sum(area_m2), 0) as area_m2 from zone
      where id = any($4::bigint[]) and ($3::bigint[] is null or id = any($3))) g
left join total t using (zone_id)`

func (m *Several) total(ctx context.Context, tx pgx.Tx, scope account.Scope, district string) error {
	each, err := totalsOf(ctx, tx, scope, district, m.IDs)
	if err != nil {
		return err
	}
	for i := range m.Zones {
		m.Zones[i].Totals = each[m.IDs[i]]
	}
	all, err := readTotals(ctx, tx, unionSQL, pgx.QueryExecModeCacheDescribe, district, scope.Subdistricts, scope.Zones, m.IDs)
	if err != nil {
		return fmt.Errorf("total zones of district %s together: %w", district, err)
	}
	m.Totals = all[0]
	return nil
}

// tied reads the strings, and the number of parts from them: they are a minimal
// forest over the zone's communities, so each of them makes one part less.
func (m *Several) tied(ctx context.Context, tx pgx.Tx, scope account.Scope) error {
	m.Parts, m.Strings = make(map[string]int, len(m.Zones)), make(map[string][]String, len(m.Zones))
	rows, err := tx.Query(ctx, `
		select z.code, ((select count(*) from zone_community c where c.zone_id = z.id)
		                - (select count(*) from zone_string s where s.zone_id = z.id))::integer
		from zone z where z.id = any($1)`, m.IDs)
	if err != nil {
		return fmt.Errorf("count the parts of zones: %w", err)
	}
	var code string
	var parts int
	if _, err := pgx.ForEachRow(rows, []any{&code, &parts}, func() error { m.Parts[code] = max(parts, 0); return nil }); err != nil {
		return fmt.Errorf("count the parts of zones: %w", err)
	}
	rows, err = tx.Query(ctx, `
		select z.code, a.code, b.code, a.name, b.name, s.name, s.length_m, s.streets, s.straight, s.geom
		from zone_string s
		join zone z on z.id = s.zone_id
		join published_community a on a.id = s.a_id
		join published_community b on b.id = s.b_id
		where s.zone_id = any($1)
		  and ($2::text[] is null or a.subdistrict_code = any($2) and b.subdistrict_code = any($2))
		order by z.code, s.name = '', s.name, a.code, b.code`, m.IDs, scope.Subdistricts)
	if err != nil {
		return fmt.Errorf("read the strings of zones: %w", err)
	}
	var line String
	var streets []byte
	var geom postgis.Geom
	_, err = pgx.ForEachRow(rows, []any{
		&code, &line.A, &line.B, &line.AName, &line.BName, &line.Name, &line.LengthM, &streets, &line.Straight, &geom,
	}, func() error {
		one := line
		one.Line, _ = geom.Geometry.(orb.LineString)
		one.Streets = nil
		if err := json.Unmarshal(streets, &one.Streets); err != nil {
			return err
		}
		m.Strings[code] = append(m.Strings[code], one)
		return nil
	})
	if err != nil {
		return fmt.Errorf("read the strings of zones: %w", err)
	}
	return nil
}
