package zone

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/engine/region"
	"github.com/lianpian/lianpian/internal/postgis"
)

// restring finds the strings of zones anew: the minimal tree along real streets
// that ties each zone's communities together, over the links that count under
// the rules of its scenario. Call it after their membership, and when links or
// rules change; hold the lock of the district. Only what differs is written and
// announced (layer "strings").
func restring(ctx context.Context, tx *postgis.Tx, district string, zoneIDs []int64) error {
	if len(zoneIDs) == 0 {
		return nil
	}
	fail := func(err error) error {
		return fmt.Errorf("string the zones of district %s: %w", district, err)
	}
	members, rules, err := zoneMembers(ctx, tx, zoneIDs)
	if err != nil {
		return fail(err)
	}
	links, err := linksInside(ctx, tx, district, zoneIDs)
	if err != nil {
		return fail(err)
	}
	var zones, as, bs []int64
	var lengths []float64
	for _, id := range zoneIDs {
		tree, err := treeOf(members[id], links[id], rules[id])
		if err != nil {
			return fail(err)
		}
		for _, t := range tree {
			zones, as, bs, lengths = append(zones, id), append(as, t.a), append(bs, t.b), append(lengths, t.lengthM)
		}
	}
	var b [4]*float64
	news := postgis.Change{District: district, Layer: "strings"}
	err = tx.QueryRow(ctx, restringSQL, district, zoneIDs, zones, as, bs, lengths).
		Scan(&b[0], &b[1], &b[2], &b[3], &news.Zones, &news.Subdistricts)
	if err != nil {
		return fail(err)
	}
	if b[0] != nil {
		news.Bound = orb.Bound{Min: orb.Point{*b[0], *b[1]}, Max: orb.Point{*b[2], *b[3]}}.Pad(1e-9)
		tx.Changed(news)
	}
	return nil
}

// restringScenario is restring for all zones of a scenario, whose rules changed.
func restringScenario(ctx context.Context, tx *postgis.Tx, district string, scenarioID int64) error {
	rows, err := tx.Query(ctx, `select id from zone where scenario_id = $1 order by id`, scenarioID)
	if err != nil {
		return fmt.Errorf("list the zones of a scenario: %w", err)
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	if err != nil {
		return fmt.Errorf("list the zones of a scenario: %w", err)
	}
	return restring(ctx, tx, district, ids)
}

// A link without a way is drawn as a straight line: across the gap, or between
// the places of communities that touch.
const restringSQL = `
with wanted as materialized (
    select t.zone_id, t.a_id, t.b_id, t.length_m, l.path is null as straight,
           case when l.path is not null then l.path
                when ST_Length(l.line) > 0 or a.location is null or b.location is null then l.line
                else ST_MakeLine(a.location, b.location)
           end as geom,
           coalesce(s.streets, '[]') as streets,
           coalesce(nullif(s.name, ''), l.shared_street, '') as name
    from unnest($3::bigint[], $4::bigint[], $5::bigint[], $6::float8[]) as t (zone_id, a_id, b_id, length_m)
    join published_link l on l.district_code = $1 and l.a_id = t.a_id and l.b_id = t.b_id
    join published_community a on a.id = t.a_id
    join published_community b on b.id = t.b_id
    cross join lateral (
        select jsonb_agg(jsonb_build_object('name', n.name, 'length_m', n.length_m) order by n.length_m desc, n.name) as streets,
               (array_agg(n.name order by n.length_m desc, n.name) filter (where n.name <> ''))[1] as name
        from (select coalesce(e.street ->> 'name', '') as name, sum((e.street ->> 'length_m')::float8) as length_m
              from jsonb_array_elements(l.streets) as e (street)
              group by 1) n) s
),
was as materialized (
    select s.zone_id, s.a_id, s.b_id, s.geom
    from zone_string s
    left join wanted w using (zone_id, a_id, b_id)
    where s.zone_id = any($2::bigint[])
      and (w.zone_id is null
           or (w.geom, w.name, w.length_m, w.streets, w.straight) is distinct from (s.geom, s.name, s.length_m, s.streets, s.straight))
),
gone as (
    delete from zone_string s
    using was w
    where s.zone_id = w.zone_id and s.a_id = w.a_id and s.b_id = w.b_id
      and not exists (select from wanted n where n.zone_id = s.zone_id and n.a_id = s.a_id and n.b_id = s.b_id)
),
written as (
    insert into zone_string as s (zone_id, a_id, b_id, geom, name, length_m, streets, straight, district_code)
    select zone_id, a_id, b_id, geom, name, length_m, streets, straight, $1 from wanted
    on conflict (zone_id, a_id, b_id, district_code) do update
    set geom = excluded.geom, name = excluded.name, length_m = excluded.length_m, streets = excluded.streets, straight = excluded.straight
    where (excluded.geom, excluded.name, excluded.length_m, excluded.streets, excluded.straight)
          is distinct from (s.geom, s.name, s.length_m, s.streets, s.straight)
    returning s.zone_id, s.geom
)
select ST_XMin(e.box), ST_YMin(e.box), ST_XMax(e.box), ST_YMax(e.box), e.zones,
       (select array_agg(distinct part.code) from zone z, unnest(z.subdistrict_codes) part (code) where z.id = any(e.zones))
from (select ST_Extent(geom) as box, array_agg(distinct zone_id) as zones
      from (select zone_id, geom from was union all select zone_id, geom from written) changed) e`

// zoneMembers reads the communities of zones, and the rules of their scenarios.
func zoneMembers(ctx context.Context, tx pgx.Tx, zoneIDs []int64) (map[int64][]int64, map[int64]Rules, error) {
	rows, err := tx.Query(ctx, `
		select z.id, s.rules, array(select community_id from zone_community where zone_id = z.id order by 1)
		from zone z
		join scenario s on s.id = z.scenario_id
		where z.id = any($1)`, zoneIDs)
	if err != nil {
		return nil, nil, err
	}
	members, rules := map[int64][]int64{}, map[int64]Rules{}
	for rows.Next() {
		var id int64
		var r Rules
		var held []int64
		if err := rows.Scan(&id, &r, &held); err != nil {
			rows.Close()
			return nil, nil, err
		}
		members[id], rules[id] = held, r
	}
	return members, rules, rows.Err()
}

// memberLink is a link between two communities by their ids.
type memberLink struct {
	Link
	a, b int64
}

// linksInside reads the links between communities of the same zone.
func linksInside(ctx context.Context, tx pgx.Tx, district string, zoneIDs []int64) (map[int64][]memberLink, error) {
	rows, err := tx.Query(ctx, `
		select za.zone_id, l.a_id, l.b_id, l.gap_m, l.walk_m, l.crossed, l.crossings, l.verdict
		from zone_community za
		join published_link l on l.district_code = $1 and l.a_id = za.community_id
		join zone_community zb on zb.zone_id = za.zone_id and zb.community_id = l.b_id
		where za.zone_id = any($2)
		order by l.a_id, l.b_id`, district, zoneIDs)
	if err != nil {
		return nil, err
	}
	links := map[int64][]memberLink{}
	var id int64
	var l memberLink
	_, err = pgx.ForEachRow(rows, []any{&id, &l.a, &l.b, &l.GapM, &l.WalkM, &l.Crossed, &l.Crossings, &l.Verdict}, func() error {
		links[id] = append(links[id], l)
		l = memberLink{}
		return nil
	})
	return links, err
}

// treeOf returns the minimal tree of communities, or one for each of their parts.
func treeOf(members []int64, links []memberLink, rules Rules) ([]tie, error) {
	position := map[int64]int32{}
	set := make([]int32, 0, len(members))
	for i, id := range members {
		position[id] = int32(i)
		set = append(set, int32(i))
	}
	counted := make([]region.Link, 0, len(links))
	ties := make([]tie, 0, len(links))
	for _, l := range links {
		if !rules.Counts(l.Link) {
			continue
		}
		counted = append(counted, region.Link{A: position[l.a], B: position[l.b], LengthM: l.Length(), Usable: true})
		ties = append(ties, tie{l.a, l.b, l.Length()})
	}
	g, err := region.NewGraph(len(members), counted)
	if err != nil {
		return nil, err
	}
	var tree []tie
	for _, link := range g.Strings(set).Links {
		tree = append(tree, ties[link])
	}
	return tree, nil
}
