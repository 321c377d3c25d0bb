package zone

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"
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
	Scenario         string            `json:"scenario"`
	Membership       string            `json:"membership"`
	BoundaryRule     string            `json:"boundary_rule"`
	Year             *int              `json:"year"`
	YearLocked       bool              `json:"year_locked"`
	Act              string            `json:"act,omitempty"` // what was done, e.g. zone.split; only after a write
	Geometry         *geojson.Geometry `json:"geometry"`

	code  string
	shape orb.MultiPolygon
}

// snapshots notes the states of zones by their ids.
func snapshots(ctx context.Context, tx pgx.Tx, ids []int64) (map[int64]*snapshot, error) {
	rows, err := tx.Query(ctx, `
		select z.id, z.code, z.name, z.note, z.version, z.area_m2, z.subdistrict_codes, `+memberCodes+`,
		       s.code, z.membership, z.boundary_rule, z.year, z.year_locked, z.geom
		from zone z
		join scenario s on s.id = z.scenario_id
		where z.id = any($1)`, ids)
	if err != nil {
		return nil, fmt.Errorf("note the states of zones: %w", err)
	}
	found := map[int64]*snapshot{}
	_, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (struct{}, error) {
		var id int64
		var s snapshot
		var geom postgis.Geom
		err := row.Scan(&id, &s.code, &s.Name, &s.Note, &s.Version, &s.AreaM2, &s.SubdistrictCodes, &s.Communities,
			&s.Scenario, &s.Membership, &s.BoundaryRule, &s.Year, &s.YearLocked, &geom)
		s.AreaM2 = cents(s.AreaM2)
		s.shape, _ = geom.Geometry.(orb.MultiPolygon)
		s.Geometry = geojson.NewGeometry(s.shape)
		found[id] = &s
		return struct{}{}, err
	})
	if err != nil {
		return nil, fmt.Errorf("note the states of zones: %w", err)
	}
	return found, nil
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
