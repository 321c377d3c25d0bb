package exporter

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/coverage"
	"github.com/lianpian/lianpian/internal/policy"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/zone"
)

// Exporter gathers plans.
type Exporter struct {
	db    *postgis.DB
	zones *zone.Store
	runs  *coverage.Store
	lib   *policy.Library
}

// New makes an exporter of the zones of a database.
func New(db *postgis.DB, zones *zone.Store, runs *coverage.Store, lib *policy.Library) *Exporter {
	return &Exporter{db: db, zones: zones, runs: runs, lib: lib}
}

// Gather collects the plan of a zone as the scope may read it at the time now.
// postgis.ErrNotFound where there is no such zone in the scope.
func (e *Exporter) Gather(ctx context.Context, scope account.Scope, district, zoneCode string, now time.Time) (Plan, error) {
	tx, err := e.db.Pool.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
	if err != nil {
		return Plan{}, fmt.Errorf("begin a transaction: %w", err)
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }()
	p := Plan{By: account.Name(ctx), At: now}
	if p.Zone, err = e.zones.GetIn(ctx, tx, scope, district, zoneCode); err != nil {
		return Plan{}, fmt.Errorf("export: %w", err)
	}
	for what, read := range map[string]func() error{
		"subdistricts": func() (err error) {
			p.Subdistricts, err = subdistricts(ctx, tx, district, p.Zone.SubdistrictCodes)
			return err
		},
		"district":    func() (err error) { p.District, err = e.district(ctx, tx, district); return err },
		"communities": func() (err error) { p.Communities, err = communities(ctx, tx, scope, district, zoneCode); return err },
		"buildings":   func() (err error) { p.Buildings, err = buildings(ctx, tx, scope, district, zoneCode); return err },
		"strings":     func() (err error) { p.Strings, err = e.zones.StringsIn(ctx, tx, scope, district, zoneCode); return err },
	} {
		if err := read(); err != nil {
			return Plan{}, fmt.Errorf("export zone %s: read its %s: %w", zoneCode, what, err)
		}
	}
	if p.Runs, err = e.latestRuns(ctx, scope, district, zoneCode); err != nil {
		return Plan{}, fmt.Errorf("export zone %s: %w", zoneCode, err)
	}
	return p, nil
}

func (e *Exporter) district(ctx context.Context, tx pgx.Tx, code string) (District, error) {
	d := District{Code: code}
	var profile string
	err := tx.QueryRow(ctx, `
		select name, demo, notice, policy_key, policy_version, profile_key from published_district where code = $1`, code).
		Scan(&d.Name, &d.Demo, &d.Notice, &d.PolicyKey, &d.PolicyVersion, &profile)
	if err != nil {
		return d, err
	}
	if p, err := e.lib.Policy(d.PolicyKey); err == nil {
		d.PolicyTitle = p.Title
	}
	d.ProfileName = profile
	if p, ok := e.lib.Profile(profile); ok {
		d.ProfileName = p.Name
	}
	return d, nil
}

func subdistricts(ctx context.Context, tx pgx.Tx, district string, codes []string) ([]string, error) {
	rows, err := tx.Query(ctx, `
		select name from published_subdistrict where district_code = $1 and code = any($2) order by code`, district, codes)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[string])
}

// The rows and figures are those that the zone's totals count.
func communities(ctx context.Context, tx pgx.Tx, scope account.Scope, district, zoneCode string) ([]Community, error) {
	rows, err := tx.Query(ctx, `
		select c.code, c.name, c.address, coalesce(c.subdistrict_code, ''), coalesce(s.name, ''), c.unit_kind, c.built_year,
		       coalesce(b.buildings, 0), coalesce(c.households, b.households), coalesce(c.floor_area_m2, b.floor_area_m2),
		       c.land_area_m2, c.management_mode, c.eligibility, c.verdict, c.verdict_proof,
		       coalesce(c.override_reason, ''), coalesce(c.override_by, ''), c.geom, c.location, c.remark,
		       c.generated
		       || case when c.households is null and b.households_generated then array['households'] else '{}' end
		       || case when c.floor_area_m2 is null and b.floor_area_generated then array['floor_area_m2'] else '{}' end,
		       c.source, c.updated_at
		from published_zone z
		join published_zone_community zc on zc.zone_id = z.id
		join published_community c on c.id = zc.community_id
		left join published_subdistrict s on s.district_code = c.district_code and s.code = c.subdistrict_code
		left join lateral (
		    select count(*) as buildings, sum(households)::bigint as households, sum(floor_area_m2) as floor_area_m2,
		           bool_or('households' = any(generated)) as households_generated,
		           bool_or('floor_area_m2' = any(generated)) as floor_area_generated
		    from published_building where community_id = c.id
		) b on true
		where z.district_code = $1 and z.code = $2
		  and ($3::text[] is null or c.subdistrict_code = any($3))
		order by c.name, c.code`, district, zoneCode, scope.Subdistricts)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (Community, error) {
		var c Community
		var outline, location postgis.Geom
		var proof json.RawMessage
		err := row.Scan(&c.Code, &c.Name, &c.Address, &c.SubdistrictCode, &c.SubdistrictName, &c.UnitKind, &c.BuiltYear,
			&c.Buildings, &c.Households, &c.FloorAreaM2, &c.LandAreaM2, &c.ManagementMode, &c.Eligibility, &c.Verdict, &proof,
			&c.OverrideReason, &c.OverrideBy, &outline, &location, &c.Remark, &c.Generated, &c.Source, &c.UpdatedAt)
		if err != nil {
			return c, err
		}
		c.Outline, _ = outline.Geometry.(orb.MultiPolygon)
		if point, ok := location.Geometry.(orb.Point); ok {
			c.Location = &point
		}
		if err := json.Unmarshal(proof, &c.Proof); err != nil {
			return c, fmt.Errorf("read the proof of community %s: %w", c.Code, err)
		}
		if !account.SeesCounts(ctx) {
			c.Proof = policy.WithoutCounts(c.Proof)
		}
		return c, nil
	})
}

func buildings(ctx context.Context, tx pgx.Tx, scope account.Scope, district, zoneCode string) ([]Building, error) {
	rows, err := tx.Query(ctx, `
		select b.code, b.name, coalesce(c.code, ''), coalesce(c.name, ''), coalesce(s.name, ''), b.use, b.storeys, b.height_m,
		       b.built_year, b.households::bigint, b.floor_area_m2, b.footprint_m2, b.geom, b.generated, b.source, b.updated_at
		from published_zone_building zb
		join published_building b on b.id = zb.building_id
		left join published_community c on c.id = b.community_id
		left join published_subdistrict s on s.district_code = b.district_code and s.code = b.subdistrict_code
		where zb.zone_id = (select id from published_zone where district_code = $1 and code = $2)
		  and ($3::text[] is null or case when c.id is null then b.subdistrict_code else c.subdistrict_code end = any($3))
		order by c.name nulls last, c.code, b.code`, district, zoneCode, scope.Subdistricts)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (Building, error) {
		var b Building
		var outline postgis.Geom
		err := row.Scan(&b.Code, &b.Name, &b.CommunityCode, &b.CommunityName, &b.SubdistrictName, &b.Use, &b.Storeys, &b.HeightM,
			&b.BuiltYear, &b.Households, &b.FloorAreaM2, &b.FootprintM2, &outline, &b.Generated, &b.Source, &b.UpdatedAt)
		b.Outline, _ = outline.Geometry.(orb.MultiPolygon)
		return b, err
	})
}

// latestRuns returns the newest coverage run over the zone for each facility type.
func (e *Exporter) latestRuns(ctx context.Context, scope account.Scope, district, zoneCode string) ([]coverage.Run, error) {
	runs, err := e.runs.List(ctx, scope, district, 0)
	if err != nil {
		return nil, err
	}
	var latest []coverage.Run
	seen := map[string]bool{}
	for _, r := range runs {
		if r.Area.Kind == coverage.AreaZone && r.Area.Code == zoneCode && !seen[r.FacilityType] {
			seen[r.FacilityType] = true
			latest = append(latest, r)
		}
	}
	return latest, nil
}
