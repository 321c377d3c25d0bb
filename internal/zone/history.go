package zone

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb/geojson"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/postgis"
)

// snapshot is what the trail keeps of a zone before and after a write.
type snapshot struct {
	Name             string            `json:"name"`
	Note             string            `json:"note"`
	Version          int               `json:"version"`
	AreaM2           float64           `json:"area_m2"`
	SubdistrictCodes []string          `json:"subdistrict_codes"`
	Communities      []string          `json:"communities"` // codes
	Geometry         *geojson.Geometry `json:"geometry"`
}

func snapshotOf(ctx context.Context, tx pgx.Tx, z stored) (*snapshot, error) {
	s := &snapshot{
		Name: z.Name, Note: z.Note, Version: z.Version,
		SubdistrictCodes: z.SubdistrictCodes, Geometry: z.Geometry,
	}
	err := tx.QueryRow(ctx, `
		select z.area_m2, array(
		    select c.code from zone_community zc
		    join published_community c on c.id = zc.community_id
		    where zc.zone_id = z.id
		    order by c.code)
		from zone z where z.id = $1`, z.id).Scan(&s.AreaM2, &s.Communities)
	if err != nil {
		return nil, fmt.Errorf("note the state of zone %s: %w", z.Code, err)
	}
	s.AreaM2 = cents(s.AreaM2)
	return s, nil
}

// History returns what was done to a zone, newest first. It also knows zones
// that have been deleted; those are shown to whose scope holds a subdistrict in
// which they lay. postgis.ErrNotFound where there is nothing to show.
func (s *Store) History(ctx context.Context, scope account.Scope, district, code string) ([]HistoryEntry, error) {
	if !reaches(scope, district) {
		return nil, fmt.Errorf("zone %s: %w", code, postgis.ErrNotFound)
	}
	rows, err := s.db.Pool.Query(ctx, `
		with place as (
		    select id, subdistrict_codes from zone where district_code = $1 and code = $2
		    union all
		    (select null::bigint, array(select jsonb_array_elements_text(a.before -> 'subdistrict_codes'))
		     from published_audit_entry a
		     where a.district_code = $1 and a.entity = 'zone' and a.entity_code = $2 and a.action = 'zone.delete'
		     order by a.id desc limit 1)
		)
		select a.at, a.account_name, a.action, a.before, a.after
		from published_audit_entry a
		where a.district_code = $1 and a.entity = 'zone' and a.entity_code = $2
		  and exists (
		      select from place p
		      where ($3::text[] is null or p.subdistrict_codes && $3)
		        and ($4::bigint[] is null or p.id = any($4)))
		order by a.id desc`, district, code, scope.Subdistricts, scope.Zones)
	if err != nil {
		return nil, fmt.Errorf("read the history of zone %s: %w", code, err)
	}
	entries, err := pgx.CollectRows(rows, pgx.RowToStructByPos[HistoryEntry])
	if err != nil {
		return nil, fmt.Errorf("read the history of zone %s: %w", code, err)
	}
	if len(entries) == 0 {
		return nil, fmt.Errorf("zone %s: %w", code, postgis.ErrNotFound)
	}
	return entries, nil
}
