package link

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/lianpian/lianpian/internal/postgis"
)

const (
	// batchSize is how many communities are computed in one transaction: enough
	// to share a walking network, few enough to be done in a second or two.
	batchSize = 400
	// fewCommunities are computed one by one, each on the network around it: that
	// is quicker than to build the network of a district.
	fewCommunities = 12
)

// CommunitiesMoved notes, in the writing transaction, that the links of these
// communities are out of date. It is a registry.Follower.
func (s *Store) CommunitiesMoved(ctx context.Context, tx *postgis.Tx, district string, ids []int64) error {
	_, err := tx.Exec(ctx, `
		insert into link_stale (district_code, community_id)
		select district_code, id from published_community where district_code = $1 and id = any($2)`, district, ids)
	if err != nil {
		return fmt.Errorf("mark the links of %d communities of %s: %w", len(ids), district, err)
	}
	// They may be about to be deleted, and their links with them.
	return announceLinks(ctx, tx, district, `district_code = $1 and (a_id = any($2) or b_id = any($2))`, district, ids)
}

// Run keeps the links of all districts up to date until ctx ends. It looks at
// every district when it starts, and then at those that changes are heard of.
func (s *Store) Run(ctx context.Context) error { return s.upkeep.Run(ctx) }

// Refresh computes all links of a district that are out of date, and returns
// when that is done. Where another process is at it, it waits.
func (s *Store) Refresh(ctx context.Context, district string) error {
	return s.upkeep.Refresh(ctx, district)
}

func (s *Store) refresh(ctx context.Context, shift *postgis.Shift) error {
	err := shift.Write(ctx, func(ctx context.Context, tx *postgis.Tx) error { return reconcile(ctx, tx, shift.District) })
	if err != nil {
		return err
	}
	work := &work{district: shift.District}
	batch := func(ctx context.Context, tx *postgis.Tx, single bool) ([]int64, error) {
		return s.batch(ctx, tx, work, single)
	}
	return shift.Batches(ctx, batch, func(ctx context.Context, tx *postgis.Tx, community int64, cause error) error {
		s.log.ErrorContext(ctx, "the links of a community could not be computed", "district", shift.District, "community", community, "error", cause)
		return setAside(ctx, tx, shift.District, community)
	})
}

// work is a refresh of one district under way.
type work struct {
	district string
	ground   *ground // of the whole district; nil while few communities want it
	base     string  // the base map that it was read from
}

// prepare says how many communities the next batch takes, and reads the ground
// of the district where it is for many.
func (w *work) prepare(ctx context.Context, tx pgx.Tx, single bool) (size int, err error) {
	var many bool
	var base string
	err = tx.QueryRow(ctx, `
		select (select count(*) from (select distinct community_id from link_stale where district_code = $1 limit $2) s) >= $2,
		       coalesce((select base_version from link_district where district_code = $1), '')`, w.district, fewCommunities).Scan(&many, &base)
	if err != nil {
		return 0, fmt.Errorf("count the communities of %s whose links are out of date: %w", w.district, err)
	}
	if w.base != base {
		w.ground = nil
	}
	if many && w.ground == nil {
		srid, err := metricSRID(ctx, tx, w.district)
		if err != nil {
			return 0, err
		}
		if w.ground, err = loadGround(ctx, tx, w.district, srid, nil); err != nil {
			return 0, err
		}
		w.base = base
	}
	if w.ground == nil || single {
		return 1, nil
	}
	return batchSize, nil
}

// marks are the communities of a district ($1) with a text that says what their
// footprint is made of: the outline, else the buildings, else the location.
const marks = `
select c.id, c.geom, c.location,
       case when c.geom is not null then 'outline:' || md5(ST_AsBinary(c.geom))
            when b.mark is not null then 'buildings:' || b.mark
            when c.location is not null then 'location:' || md5(ST_AsBinary(c.location))
            else 'none:' end as mark
from published_community c
left join lateral (
    select md5(string_agg(id || '.' || version, ',' order by id)) as mark
    from published_building
    where community_id = c.id and c.geom is null
) b on true
where c.district_code = $1`

// reconcile finds what no follower tells of: another base map, which makes all
// links out of date; buildings that moved below a community without an outline;
// communities from before there were links.
func reconcile(ctx context.Context, tx pgx.Tx, district string) error {
	var other bool
	err := tx.QueryRow(ctx, `
		with now as (
		    select coalesce((select version from published_base_version where district_code = $1), '') as version
		), written as (
		    insert into link_district as d (district_code, base_version)
		    select code, now.version from published_district, now where code = $1
		    on conflict (district_code) do update set base_version = excluded.base_version
		    where d.base_version <> excluded.base_version
		    returning 1
		)
		select exists (select from written)`, district).Scan(&other)
	if err != nil {
		return fmt.Errorf("compare the base map of %s with the one of its links: %w", district, err)
	}
	_, err = tx.Exec(ctx, `
		insert into link_stale (district_code, community_id)
		select $1, now.id
		from (`+marks+`) now
		left join link_footprint f on f.community_id = now.id
		where ($2 or f.mark is distinct from now.mark)
		  and not exists (select from link_stale s where s.community_id = now.id)`, district, other)
	if err != nil {
		return fmt.Errorf("find the communities of %s whose links are out of date: %w", district, err)
	}
	return nil
}

// batch computes the next communities that are out of date. Marks that come meanwhile
// stay for the next one.
func (s *Store) batch(ctx context.Context, tx *postgis.Tx, w *work, single bool) (claimed []int64, err error) {
	size, err := w.prepare(ctx, tx, single)
	if err != nil {
		return nil, err
	}
	claimed, stale, err := claim(ctx, tx, w.district, size)
	if err != nil || len(claimed) == 0 {
		return nil, err
	}
	if err := s.recompute(ctx, tx, w, claimed); err != nil {
		return claimed, err
	}
	if _, err := tx.Exec(ctx, `delete from link_stale where id = any($1)`, stale); err != nil {
		return claimed, fmt.Errorf("unmark communities of %s: %w", w.district, err)
	}
	return claimed, nil
}

// setAside gives a community up that cannot be computed. Without a footprint it is
// tried again when the district changes.
func setAside(ctx context.Context, tx pgx.Tx, district string, community int64) error {
	for _, sql := range []string{
		`delete from link_stale where community_id = $1`,
		`delete from link_footprint where community_id = $1`,
		`delete from link where a_id = $1 or b_id = $1`,
	} {
		if _, err := tx.Exec(ctx, sql, community); err != nil {
			return fmt.Errorf("set a community of %s aside: %w", district, err)
		}
	}
	return nil
}

// claim chooses communities that are out of date, neighbours together, and
// returns them with all their marks.
func claim(ctx context.Context, tx pgx.Tx, district string, size int) (communities, stale []int64, err error) {
	rows, err := tx.Query(ctx, `
		select s.community_id, array_agg(s.id)
		from link_stale s
		join published_community c on c.id = s.community_id
		where s.district_code = $1
		group by s.community_id, c.location
		order by ST_GeoHash(ST_SetSRID(c.location, 4326), 9), s.community_id
		limit $2`, district, size)
	if err != nil {
		return nil, nil, fmt.Errorf("choose communities of %s: %w", district, err)
	}
	var id int64
	var of []int64
	_, err = pgx.ForEachRow(rows, []any{&id, &of}, func() error {
		communities, stale = append(communities, id), append(stale, of...)
		return nil
	})
	if err != nil {
		return nil, nil, fmt.Errorf("choose communities of %s: %w", district, err)
	}
	return communities, stale, nil
}
