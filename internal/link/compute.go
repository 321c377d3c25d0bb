package link

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/postgis"
)

// found is a link as it is computed: metres of the district's Gauss-Krüger zone.
type found struct {
	aID, bID     int64
	gapM         float64
	sharedEdgeM  float64
	sharedStreet string
	line         orb.LineString

	walkM     *float64
	path      orb.LineString
	crossed   []Barrier
	crossings []Crossing
	streets   []Street
}

// recompute computes all links of some communities of a district anew. Links to
// a community that is itself out of date and not among them are left to when it
// is its turn.
func (s *Store) recompute(ctx context.Context, tx *postgis.Tx, w *work, ids []int64) error {
	srid, err := metricSRID(ctx, tx, w.district)
	if err != nil {
		return err
	}
	present, err := secure(ctx, tx, ids)
	if err != nil {
		return err
	}
	ids = slices.DeleteFunc(slices.Clone(ids), func(id int64) bool { return !present[id] })
	if err := renewFootprints(ctx, tx, w.district, srid, ids); err != nil {
		return err
	}
	links, err := measure(ctx, tx, nearPairs, w.district, ids)
	if err != nil {
		return err
	}
	if links, err = join(ctx, tx, w, srid, links); err != nil {
		return err
	}
	if present, err = secure(ctx, tx, ends(links)); err != nil {
		return err
	}
	links = slices.DeleteFunc(links, func(l *found) bool { return !present[l.aID] || !present[l.bID] })
	if err := announceLinks(ctx, tx, w.district, `a_id = any($1) or b_id = any($1)`, ids); err != nil {
		return err
	}
	if err := save(ctx, tx, w.district, srid, ids, links); err != nil {
		return err
	}
	return announceLinks(ctx, tx, w.district, `a_id = any($1) or b_id = any($1)`, ids)
}

// secure keeps communities from being deleted until the transaction ends, and
// returns those that are there. Whoever deletes one locks it before its links:
// without doing the same, the two could wait for each other.
func secure(ctx context.Context, tx pgx.Tx, ids []int64) (present map[int64]bool, err error) {
	rows, err := tx.Query(ctx, `select id from published_community where id = any($1) order by id for key share`, ids)
	if err != nil {
		return nil, fmt.Errorf("lock %d communities: %w", len(ids), err)
	}
	present = make(map[int64]bool, len(ids))
	var id int64
	if _, err = pgx.ForEachRow(rows, []any{&id}, func() error { present[id] = true; return nil }); err != nil {
		return nil, fmt.Errorf("lock %d communities: %w", len(ids), err)
	}
	return present, nil
}

// ends are the communities of some links.
func ends(links []*found) []int64 {
	seen := map[int64]bool{}
	var ids []int64
	for _, l := range links {
		for _, id := range []int64{l.aID, l.bID} {
			if !seen[id] {
				seen[id], ids = true, append(ids, id)
			}
		}
	}
	return ids
}

// computePair computes the link of one pair, whatever its distance.
func (s *Store) computePair(ctx context.Context, tx *postgis.Tx, p pair) error {
	srid, err := metricSRID(ctx, tx, p.district)
	if err != nil {
		return err
	}
	ids := []int64{p.aID, p.bID}
	if err := renewFootprints(ctx, tx, p.district, srid, ids); err != nil {
		return err
	}
	links, err := measure(ctx, tx, onePair, p.district, ids)
	if err != nil {
		return err
	}
	if links, err = join(ctx, tx, &work{district: p.district}, srid, links); err != nil {
		return err
	}
	return save(ctx, tx, p.district, srid, nil, links)
}

// join completes measured links on the ground of the work or, where it has none,
// on the ground around them, which holds every path that is short enough. It returns
// those whose communities are both still there: one may have been deleted since they
// were measured.
func join(ctx context.Context, tx pgx.Tx, w *work, srid int32, links []*found) ([]*found, error) {
	if len(links) == 0 {
		return nil, nil
	}
	ids := ends(links)
	rows, err := tx.Query(ctx, `select community_id, metric from link_footprint where community_id = any($1)`, ids)
	if err != nil {
		return nil, fmt.Errorf("read the footprints of %d communities of %s: %w", len(ids), w.district, err)
	}
	footprints := make(map[int64]orb.Geometry, len(ids))
	var id int64
	var metric postgis.Geom
	_, err = pgx.ForEachRow(rows, []any{&id, &metric}, func() error {
		footprints[id] = metric.Geometry
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read the footprints of %d communities of %s: %w", len(ids), w.district, err)
	}
	links = slices.DeleteFunc(links, func(l *found) bool { return footprints[l.aID] == nil || footprints[l.bID] == nil })
	if len(links) == 0 {
		return nil, nil
	}
	g := w.ground
	if g == nil {
		around := footprints[links[0].aID].Bound()
		for _, footprint := range footprints {
			around = around.Union(footprint.Bound())
		}
		around = around.Pad(WalkMetres + 50)
		if g, err = loadGround(ctx, tx, w.district, srid, &around); err != nil {
			return nil, err
		}
	}
	return links, g.join(ctx, links, footprints)
}

// metricSRID is the district's Gauss-Krüger zone.
func metricSRID(ctx context.Context, tx pgx.Tx, district string) (srid int32, err error) {
	if err := tx.QueryRow(ctx, `select gk_srid from published_district where code = $1`, district).Scan(&srid); err != nil {
		return 0, fmt.Errorf("find the metres of %s: %w", district, err)
	}
	return srid, nil
}

// streetClasses are the roads that communities stand at. They are looked for
// within half a thousandth of a degree, which is more than StreetMetres
// everywhere in China.
const streetClasses = `'residential', 'living_street', 'unclassified', 'tertiary', 'secondary', 'primary'`

// renewFootprints writes the footprints of some communities anew.
func renewFootprints(ctx context.Context, tx pgx.Tx, district string, srid int32, ids []int64) error {
	_, err := tx.Exec(ctx, `
		with place as materialized (
		    select now.id, now.mark,
		           coalesce(now.geom,
		               case when now.mark like 'buildings:%' then (select ST_Union(geom) from published_building where community_id = now.id) end,
		               now.location) as geom
		    from (`+marks+` and c.id = any($3)) now
		), metric as materialized (
		    select id, mark, geom, ST_SetSRID(ST_Transform(geom, $2::integer), 0) as metric from place
		)
		insert into link_footprint (community_id, district_code, basis, mark, metric, streets)
		select id, $1, split_part(mark, ':', 1), mark, metric,
		       array(select street.key
		             from (
		                 select case when r.name <> '' then '=' || r.name else r.id || ' ' || r.class end as key,
		                        min(ST_Distance(m.metric, r.metric)) as distance
		                 from (
		                     select id, name, class, ST_SetSRID(ST_Transform(geom, $2::integer), 0) as metric
		                     from published_road
		                     where district_code = $1 and geom && ST_Expand(m.geom, 0.0005)
		                       and class in (`+streetClasses+`) and not bridge and not tunnel
		                 ) r
		                 where ST_DWithin(m.metric, r.metric, $4)
		                 group by 1
		             ) street
		             order by street.distance, street.key)
		from metric m
		on conflict (community_id, district_code) do update
		set basis = excluded.basis, mark = excluded.mark, metric = excluded.metric, streets = excluded.streets`,
		district, srid, ids, float64(StreetMetres))
	if err != nil {
		return fmt.Errorf("find the footprints of %d communities of %s: %w", len(ids), district, err)
	}
	return nil
}

// Which pairs are measured: $1 district, $2 communities, $3 metres.
const (
	nearPairs = `
    select least(f.community_id, o.community_id) as a_id, greatest(f.community_id, o.community_id) as b_id
    from link_footprint f
    join link_footprint o on o.district_code = $1 and o.community_id <> f.community_id
                         and o.metric && ST_Expand(f.metric, $3) and ST_DWithin(f.metric, o.metric, $3)
    where f.community_id = any($2) and (o.community_id = any($2) or o.community_id not in (` + others + `))
    union
    select v.a_id, v.b_id
    from link_override v
    where v.district_code = $1 and (v.a_id = any($2) or v.b_id = any($2))
      and (v.a_id = any($2) or v.a_id not in (` + others + `)) and (v.b_id = any($2) or v.b_id not in (` + others + `))`

	// others are the communities that are out of date and not among $2.
	others = `select community_id from link_stale where district_code = $1 and community_id <> all($2)`

	onePair = `select ($2::bigint[])[1] as a_id, ($2::bigint[])[2] as b_id where $1::text <> '' and $3::float8 > 0`
)

// measure measures pairs of footprints. A corner where two outlines touch has up
// to EdgeMetres of either side near the other: that is taken off each piece that
// they share.
func measure(ctx context.Context, tx pgx.Tx, pairs, district string, ids []int64) ([]*found, error) {
	rows, err := tx.Query(ctx, `
		with pair as materialized (`+pairs+`),
		measured as materialized (
		    select p.a_id, p.b_id, a.metric as a, b.metric as b, a.streets as a_streets, b.streets as b_streets,
		           a.basis = 'outline' and b.basis = 'outline' as outlines, ST_ShortestLine(a.metric, b.metric) as line
		    from pair p
		    join link_footprint a on a.community_id = p.a_id and a.metric is not null
		    join link_footprint b on b.community_id = p.b_id and b.metric is not null
		)
		select a_id, b_id, ST_Length(line), line,
		       case when outlines and ST_Length(line) <= $4 then least(along(a, b, $4), along(b, a, $4)) else 0 end,
		       coalesce((select case when key like '=%' then substr(key, 2) else split_part(key, ' ', 2) end
		                 from unnest(a_streets) with ordinality street (key, nearest)
		                 where key = any(b_streets)
		                 order by key not like '=%', nearest
		                 limit 1), '')
		from measured
		order by a_id, b_id`, pgx.QueryExecModeCacheDescribe, district, ids, float64(GapMetres), float64(EdgeMetres))
	if err != nil {
		return nil, fmt.Errorf("measure the pairs of %d communities of %s: %w", len(ids), district, err)
	}
	links, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (*found, error) {
		l := &found{}
		var line postgis.Geom
		err := row.Scan(&l.aID, &l.bID, &l.gapM, &line, &l.sharedEdgeM, &l.sharedStreet)
		l.line, _ = line.Geometry.(orb.LineString)
		l.gapM, l.sharedEdgeM = rounded(l.gapM, 0.01), rounded(l.sharedEdgeM, 0.1)
		return l, err
	})
	if err != nil {
		return nil, fmt.Errorf("measure the pairs of %d communities of %s: %w", len(ids), district, err)
	}
	return links, nil
}

// rounded cuts off what no outline is measured to, so that the same ground gives
// the same figures.
func rounded(x, to float64) float64 { return math.Round(x/to) / math.Round(1/to) }

// save stores links, and drops those of some communities that are no longer
// there.
func save(ctx context.Context, tx pgx.Tx, district string, srid int32, ids []int64, links []*found) error {
	_, err := tx.Exec(ctx, `
		create temp table link_found (
		    a_id bigint, b_id bigint, gap_m float8, shared_edge_m float8, shared_street text, walk_m float8,
		    crossed text[], crossings jsonb, streets jsonb, line geometry, path geometry
		) on commit drop`)
	if err != nil {
		return fmt.Errorf("make room for links of %s: %w", district, err)
	}
	next := 0
	_, err = tx.CopyFrom(ctx, pgx.Identifier{"link_found"},
		[]string{"a_id", "b_id", "gap_m", "shared_edge_m", "shared_street", "walk_m", "crossed", "crossings", "streets", "line", "path"},
		pgx.CopyFromFunc(func() ([]any, error) {
			if next == len(links) {
				return nil, nil
			}
			l := links[next]
			next++
			return l.row()
		}))
	if err != nil {
		return fmt.Errorf("copy links of %s: %w", district, err)
	}
	if _, err := tx.Exec(ctx, `analyze link_found`); err != nil {
		return fmt.Errorf("analyze links of %s: %w", district, err)
	}
	_, err = tx.Exec(ctx, `
		delete from link l
		where l.district_code = $1 and (l.a_id = any($2) or l.b_id = any($2))
		  and not exists (select from link_found f where f.a_id = l.a_id and f.b_id = l.b_id)
		  and not exists (select from link_stale s where s.community_id in (l.a_id, l.b_id) and s.community_id <> all($2))`, district, ids)
	if err != nil {
		return fmt.Errorf("drop links of %s: %w", district, err)
	}
	_, err = tx.Exec(ctx, `
		insert into link as l (district_code, a_id, b_id, gap_m, shared_edge_m, shared_street, walk_m, crossed, crossings, streets, line, path)
		select $1, a_id, b_id, gap_m, shared_edge_m, shared_street, walk_m, crossed, crossings, streets,
		       ST_Transform(ST_SetSRID(line, $2::integer), 4490), ST_Transform(ST_SetSRID(path, $2::integer), 4490)
		from link_found
		on conflict (a_id, b_id, district_code) do update
		set gap_m = excluded.gap_m, shared_edge_m = excluded.shared_edge_m, shared_street = excluded.shared_street,
		    walk_m = excluded.walk_m, crossed = excluded.crossed, crossings = excluded.crossings, streets = excluded.streets,
		    line = excluded.line, path = excluded.path
		where (l.gap_m, l.shared_edge_m, l.shared_street, l.walk_m, l.crossed, l.crossings, l.streets, l.line, l.path)
		      is distinct from
		      (excluded.gap_m, excluded.shared_edge_m, excluded.shared_street, excluded.walk_m, excluded.crossed, excluded.crossings,
		       excluded.streets, excluded.line, excluded.path)`, district, srid)
	if err != nil {
		return fmt.Errorf("store links of %s: %w", district, err)
	}
	if _, err := tx.Exec(ctx, `drop table link_found`); err != nil {
		return fmt.Errorf("drop the computed links of %s: %w", district, err)
	}
	return nil
}

func (l *found) row() ([]any, error) {
	crossed := make([]string, len(l.crossed))
	for i, kind := range l.crossed {
		crossed[i] = string(kind)
	}
	crossings, err := json.Marshal(append([]Crossing{}, l.crossings...))
	if err != nil {
		return nil, fmt.Errorf("encode the crossings of a link: %w", err)
	}
	streets, err := json.Marshal(append([]Street{}, l.streets...))
	if err != nil {
		return nil, fmt.Errorf("encode the streets of a link: %w", err)
	}
	var path postgis.Geom
	if l.path != nil {
		path.Geometry = l.path
	}
	return []any{
		l.aID, l.bID, l.gapM, l.sharedEdgeM, l.sharedStreet, l.walkM,
		crossed, crossings, streets,
		postgis.Geom{Geometry: l.line},
		path,
	}, nil
}
