package registry

import (
	"context"
	"iter"
	"time"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/postgis"
)

// IdleBuildingRow is an idle building as a file gives it.
type IdleBuildingRow struct {
	Code, Name, Address string
	SubdistrictCode     string
	FloorAreaM2         *float64
	Storeys             *int
	OwnerKind           string // one of OwnerKinds; "" is unknown
	UseBefore           string
	AvailableFrom       *time.Time // a day
	Remark              string
	Geometry            orb.MultiPolygon // nil where the source has only a point
	Location            *orb.Point       // used where it lies inside the outline, or there is none
	Generated           []string
	Source, SourceRef   string
	Sourced             bool // Source is what the row itself says
}

// UpsertIdleBuildings brings in idle buildings, matched by source_ref or code.
// The sequence is streamed, never held.
func (s *Store) UpsertIdleBuildings(ctx context.Context, tx *postgis.Tx, district string, rows iter.Seq[IdleBuildingRow]) (BulkResult, error) {
	b := bulk{
		entity: "idle_building", table: "idle_building", layer: "idle_buildings", key: "code", versioned: true,
		columns: []column{
			{"code", "text", replace},
			{"name", "text", keepText},
			{"address", "text", keepText},
			{"subdistrict_code", "text", keep},
			{"floor_area_m2", "double precision", keep},
			{"storeys", "integer", keep},
			{"owner_kind", "text", keepText},
			{"use_before", "text", keepText},
			{"available_from", "date", keep},
			{"remark", "text", keepText},
			{"geom", "geometry", keep},
			{"location", "geometry", replace},
			{"generated", "text[]", replace},
			{"source", "text", keepText},
			{"source_ref", "text", keep},
		},
		extra:    []column{{"derived", "boolean", replace}, {"given", "text[]", replace}, {"sourced", "boolean", replace}},
		place:    "coalesce(t.geom, t.location)",
		point:    "s.location",
		moved:    "(s.geom is not null and t.geom is distinct from s.geom or t.location is distinct from s.location)",
		names:    []reference{namesSubdistrict},
		identify: []string{resolveCode("idle_building", "")},
		resolve: []string{
			`update stage s
			set location = ` + placeInside("coalesce(s.geom, t.geom)", "s.location", "t.location") + `
			from stage k
			left join idle_building t on t.district_code = $1 and t.code = k.code
			where k.ord = s.ord`,
			resolveSubdistrict("idle_building", "location"),
		},
	}
	out, err := b.upsert(ctx, tx, district, stageEach(rows, func(i int, r IdleBuildingRow) staged {
		fault := r.Check()
		if fault != nil {
			fault.Row = i
		}
		given := givens{}.text("name", r.Name).text("address", r.Address).text("subdistrict_code", r.SubdistrictCode).
			some("floor_area_m2", r.FloorAreaM2 != nil).some("storeys", r.Storeys != nil).text("owner_kind", r.OwnerKind).
			text("use_before", r.UseBefore).some("available_from", r.AvailableFrom != nil).text("remark", r.Remark).
			some("geometry", len(r.Geometry) > 0).some("location", r.Location != nil)
		var location postgis.Geom
		if r.Location != nil {
			location.Geometry = *r.Location
		}
		code, derived := codeOf(r.Code, r.SourceRef, "")
		return staged{[]any{
			code, r.Name, r.Address, orNull(r.SubdistrictCode), r.FloorAreaM2, r.Storeys, r.OwnerKind, r.UseBefore,
			r.AvailableFrom, r.Remark, outline(r.Geometry), location, marks(r.Generated), r.Source, orNull(r.SourceRef),
			derived, given.list(), r.Sourced,
		}, fault}
	}), false)
	return out.BulkResult, err
}

// Check is BuildingRow.Check for an idle building.
func (r IdleBuildingRow) Check() *InvalidError {
	v := checker{entity: "idle_building", code: firstOf(r.Code, r.SourceRef, r.Name), row: -1}
	v.idleBuilding(r.Name, r.Address, r.OwnerKind, r.UseBefore, r.Remark, r.FloorAreaM2, r.Storeys)
	v.origin(r.Code, r.Source, r.SourceRef)
	switch {
	case r.Location != nil:
		v.point("location", *r.Location)
	case len(r.Geometry) == 0:
		v.refuse("geometry", nil, "缺少图形")
	}
	return v.fault
}
