package zone

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/postgis"
)

// patience is how long a person who saves a zone waits for an import.
const patience = 10 * time.Second

// lock lets one transaction at a time change the membership of a district, so
// that a zone and a community that are saved at the same moment find each other.
func lock(ctx context.Context, tx pgx.Tx, district string) error {
	_, err := tx.Exec(ctx, `select pg_advisory_xact_lock(hashtext('zone membership'), hashtext($1))`, district)
	if err != nil {
		return fmt.Errorf("lock the zones of district %s: %w", district, err)
	}
	return nil
}

// lockToSave is lock for a person, who would rather be told than wait.
func lockToSave(ctx context.Context, tx pgx.Tx, district string) error {
	// An edition's statements take ids and longer to plan than to answer: what a
	// connection has planned once is good for all zones.
	if _, err := tx.Exec(ctx, `
		select set_config('lock_timeout', $1, true), set_config('plan_cache_mode', 'force_generic_plan', true)`,
		strconv.FormatInt(patience.Milliseconds(), 10)); err != nil {
		return fmt.Errorf("limit the wait for a lock, and planning: %w", err)
	}
	err := lock(ctx, tx, district)
	var pg *pgconn.PgError
	if errors.As(err, &pg) && pg.Code == "55P03" { // lock_not_available
		return ErrBusy
	}
	return err
}

// cut renews the pieces of zones whose boundary was written.
func cut(ctx context.Context, tx pgx.Tx, ids []int64) error {
	if _, err := tx.Exec(ctx, `delete from zone_piece where zone_id = any($1)`, ids); err != nil {
		return fmt.Errorf("drop the pieces of zones: %w", err)
	}
	_, err := tx.Exec(ctx, `
		insert into zone_piece (zone_id, geom, district_code)
		select id, ST_Subdivide(geom, 128), district_code from zone where id = any($1)`, ids)
	if err != nil {
		return fmt.Errorf("cut zones into pieces: %w", err)
	}
	return nil
}

// insideBy is how a rule of membership (the SQL expression rule) decides for a
// community with a polygon, given the sum over the pieces of a zone. A degree of
// latitude is about 111,320 m.
func insideBy(rule, zone string) string {
	return `
	case ` + rule + `
	    when 'majority' then sum(area_inside(p.geom, c.geom)) * 2 > ST_Area(c.geom)
	    when 'touched' then sum(area_inside(p.geom, c.geom)) * cos(radians(ST_YMin(c.geom))) * 111320 ^ 2 > 1
	    when 'within' then ST_Covers(` + zone + `, c.geom)
	end`
}

// settle finds anew which communities the zones hold, by the rule of each, and
// in which subdistricts they lie. It returns the ids of the zones where that
// changed.
func settle(ctx context.Context, tx pgx.Tx, ids []int64) ([]int64, error) {
	changed := map[int64]bool{}
	rows, err := tx.Query(ctx, `
		with member as materialized (
		    select z.id as zone_id, c.id as community_id
		    from zone z
		    join zone_piece p on p.zone_id = z.id
		    join published_community c on c.district_code = z.district_code and c.geom && p.geom
		    where z.id = any($1) and z.membership <> 'by_hand'
		    group by z.id, z.district_code, c.id, c.geom
		    having `+insideBy("z.membership", "z.geom")+`
		    union
		    select z.id, c.id
		    from zone z
		    join zone_piece p on p.zone_id = z.id
		    join published_community c on c.district_code = z.district_code and c.geom is null
		                              and c.location && p.geom and ST_Intersects(p.geom, c.location)
		    where z.id = any($1) and z.membership <> 'by_hand'
		),
		gone as (
		    delete from zone_community zc
		    using zone z
		    where zc.zone_id = any($1) and z.id = zc.zone_id and z.membership <> 'by_hand'
		      and not exists (select from member m where m.zone_id = zc.zone_id and m.community_id = zc.community_id)
		    returning zc.zone_id
		),
		new as (
		    insert into zone_community (zone_id, community_id, district_code)
		    select m.zone_id, m.community_id, z.district_code from member m join zone z on z.id = m.zone_id
		    on conflict do nothing
		    returning zone_id
		)
		select zone_id from gone union select zone_id from new`, ids)
	if err := eachID(rows, err, changed); err != nil {
		return nil, fmt.Errorf("find the communities of zones: %w", err)
	}
	// A strip along a border that is less than a hundredth of the zone is the
	// hand of the person who drew it, not ground in the next subdistrict.
	rows, err = tx.Query(ctx, `
		with place as (
		    select z.id, coalesce(
		        (select array_agg(distinct c.subdistrict_code order by c.subdistrict_code)
		         from zone_community zc
		         join published_community c on c.id = zc.community_id
		         where zc.zone_id = z.id and c.subdistrict_code is not null),
		        (select array_agg(s.code order by s.code)
		         from published_subdistrict s
		         where s.district_code = z.district_code
		           and s.geom && z.geom
		           and ST_Intersects(s.geom, z.geom)
		           and ST_Area(ST_Intersection(s.geom, z.geom)) > ST_Area(z.geom) / 100),
		        '{}') as codes
		    from zone z
		    where z.id = any($1)
		)
		update zone z
		set subdistrict_codes = p.codes
		from place p
		where p.id = z.id and z.subdistrict_codes is distinct from p.codes
		returning z.id`, ids)
	if err := eachID(rows, err, changed); err != nil {
		return nil, fmt.Errorf("find the subdistricts of zones: %w", err)
	}
	return slices.Sorted(maps.Keys(changed)), nil
}

func eachID(rows pgx.Rows, err error, seen map[int64]bool) error {
	if err != nil {
		return err
	}
	var id int64
	_, err = pgx.ForEachRow(rows, []any{&id}, func() error {
		seen[id] = true
		return nil
	})
	return err
}

func changesOf(ctx context.Context, tx pgx.Tx, district string, ids []int64) ([]postgis.Change, error) {
	rows, err := tx.Query(ctx, `
		select ST_XMin(geom), ST_YMin(geom), ST_XMax(geom), ST_YMax(geom), subdistrict_codes, array[id]
		from zone where id = any($1) order by id`, ids)
	if err != nil {
		return nil, fmt.Errorf("read the extents of zones: %w", err)
	}
	changes, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (postgis.Change, error) {
		c := postgis.Change{District: district, Layer: "zones"}
		err := row.Scan(&c.Bound.Min[0], &c.Bound.Min[1], &c.Bound.Max[0], &c.Bound.Max[1], &c.Subdistricts, &c.Zones)
		return c, err
	})
	if err != nil {
		return nil, fmt.Errorf("read the extents of zones: %w", err)
	}
	return changes, nil
}

// permit asks whether the person in ctx may write stored zones where they lie.
// A zone with a community of no known subdistrict lies outside every scope that
// is narrower than the district.
func permit(ctx context.Context, tx pgx.Tx, district string, ids []int64) error {
	rows, err := tx.Query(ctx, `
		select z.id, z.subdistrict_codes || array(
		           select distinct '' from zone_community zc
		           join published_community c on c.id = zc.community_id
		           where zc.zone_id = z.id and c.subdistrict_code is null)
		from zone z where z.id = any($1)`, ids)
	if err != nil {
		return fmt.Errorf("find where zones lie: %w", err)
	}
	places, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (account.Place, error) {
		place := account.Place{District: district}
		err := row.Scan(&place.Zone, &place.Subdistricts)
		return place, err
	})
	if err != nil {
		return fmt.Errorf("find where zones lie: %w", err)
	}
	for _, place := range places {
		if err := account.Demand(ctx, account.DrawZone, place); err != nil {
			return err
		}
	}
	return nil
}

// Refresh finds anew which communities belong to the zones that meet bound
// (longitude/latitude; the zero bound is the whole district) or hold a community
// that meets it. Call it last in the transaction that moved communities, with a
// bound that holds their old and new places: nobody can save a zone from here to
// the commit. It does not change the version of a zone: nobody's edit is lost by it.
func (s *Store) Refresh(ctx context.Context, tx *postgis.Tx, district string, bound orb.Bound) error {
	var within postgis.Geom // NULL: the whole district
	if bound != (orb.Bound{}) {
		within.Geometry = bound.Pad(1e-9).ToPolygon() // a bound may be a single point
	}
	return refresh(ctx, tx, district, `
		select id from zone
		where district_code = $1 and ($2::geometry is null or geom && $2)
		union
		select zc.zone_id
		from published_community c
		join zone_community zc on zc.community_id = c.id
		where c.district_code = $1 and (c.geom && $2 or c.location && $2)`, within)
}

// CommunitiesMoved is Refresh for the zones that hold the communities with these
// ids, or where they lie now. It is a registry.Follower.
func (s *Store) CommunitiesMoved(ctx context.Context, tx *postgis.Tx, district string, ids []int64) error {
	return refresh(ctx, tx, district, `
		select z.id
		from published_community c
		join zone z on z.district_code = c.district_code and z.geom && coalesce(c.geom, c.location)
		where c.district_code = $1 and c.id = any($2)
		union
		select zone_id from zone_community where community_id = any($2) and $1 <> ''`, ids)
}

// refresh settles the zones whose ids a query of the district ($1) and of
// something else ($2) selects.
func refresh(ctx context.Context, tx *postgis.Tx, district, sql string, of any) error {
	if err := lock(ctx, tx, district); err != nil {
		return err
	}
	rows, err := tx.Query(ctx, sql, pgx.QueryExecModeCacheDescribe, district, of)
	if err != nil {
		return fmt.Errorf("refresh the zones of district %s: %w", district, err)
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	if err != nil {
		return fmt.Errorf("refresh the zones of district %s: %w", district, err)
	}
	if len(ids) == 0 {
		return nil
	}
	changed, err := settle(ctx, tx, ids)
	if err != nil {
		return fmt.Errorf("refresh the zones of district %s: %w", district, err)
	}
	if len(changed) == 0 {
		return nil
	}
	if err := mirror(ctx, tx, changed); err != nil {
		return err
	}
	if err := restring(ctx, tx, district, changed); err != nil {
		return err
	}
	changes, err := changesOf(ctx, tx, district, changed)
	if err != nil {
		return fmt.Errorf("refresh the zones of district %s: %w", district, err)
	}
	for _, c := range changes {
		tx.Changed(c)
	}
	return nil
}
