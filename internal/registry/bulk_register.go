package registry

import (
	"context"
	"iter"
	"slices"
	"strings"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/postgis"
)

// UpsertSubdistricts brings in subdistricts, matched by code, and gives those
// communities and facilities a subdistrict that had none.
func (s *Store) UpsertSubdistricts(ctx context.Context, tx *postgis.Tx, district string, rows []SubdistrictRow) (BulkResult, error) {
	b := bulk{
		entity: "subdistrict", table: "subdistrict", layer: "subdistricts", key: "code",
		columns: []column{
			{"code", "text", replace},
			{"name", "text", replace},
			{"geom", "geometry", keep},
			{"generated", "text[]", replace},
			{"source", "text", keepText},
		},
		extra: []column{{"given", "text[]", replace}},
		place: "t.geom",
		moved: "s.geom is not null and t.geom is distinct from s.geom",
	}
	out, err := b.upsert(ctx, tx, district, stageAll(rows, func(i int, r SubdistrictRow) staged {
		v := checker{entity: b.entity, code: r.Code, row: i}
		v.identifier("code", r.Code)
		v.name("name", r.Name, true)
		v.text("source", r.Source, false)
		given := givens{}.text("name", r.Name).some("geometry", r.Geometry != nil)
		return staged{[]any{r.Code, r.Name, outline(r.Geometry), marks(r.Generated), r.Source, given.list()}, v.fault}
	}), false)
	if err != nil || !out.Changed() {
		return out.BulkResult, err
	}
	return out.BulkResult, s.placeInSubdistricts(ctx, tx, district)
}

// UpsertNeighborhoods brings in neighborhoods, matched by code.
func (s *Store) UpsertNeighborhoods(ctx context.Context, tx *postgis.Tx, district string, rows []NeighborhoodRow) (BulkResult, error) {
	return s.upsertNeighborhoods(ctx, tx, district, slices.Values(rows))
}

func (s *Store) upsertNeighborhoods(ctx context.Context, tx *postgis.Tx, district string, rows iter.Seq[NeighborhoodRow]) (BulkResult, error) {
	b := bulk{
		entity: "neighborhood", table: "neighborhood", key: "code",
		columns: []column{
			{"code", "text", replace},
			{"name", "text", replace},
			{"subdistrict_code", "text", keep},
			{"geom", "geometry", keep},
			{"generated", "text[]", replace},
			{"source", "text", keepText},
		},
		extra: []column{{"given", "text[]", replace}},
		place: "t.geom",
		names: []reference{namesSubdistrict},
	}
	out, err := b.upsert(ctx, tx, district, stageEach(rows, func(i int, r NeighborhoodRow) staged {
		v := checker{entity: b.entity, code: r.Code, row: i}
		v.identifier("code", r.Code)
		v.name("name", r.Name, true)
		v.text("source", r.Source, false)
		given := givens{}.text("name", r.Name).text("subdistrict_code", r.SubdistrictCode).some("geometry", r.Geometry != nil)
		return staged{[]any{
			r.Code, r.Name, orNull(r.SubdistrictCode), outline(r.Geometry), marks(r.Generated), r.Source, given.list(),
		}, v.fault}
	}), false)
	return out.BulkResult, err
}

// UpsertBuildings brings in buildings, matched by source_ref or code. The
// sequence is streamed, never held. Call AttachBuildings afterwards.
func (s *Store) UpsertBuildings(ctx context.Context, tx *postgis.Tx, district string, rows iter.Seq[BuildingRow]) (BulkResult, error) {
	b := bulk{
		entity: "building", table: "building", layer: "buildings", key: "code", versioned: true,
		columns: []column{
			{"code", "text", replace},
			{"name", "text", keepText},
			{"community_id", "bigint", keep},
			{"subdistrict_code", "text", keep},
			{"use", "text", keepText},
			{"storeys", "integer", keep},
			{"height_m", "double precision", keep},
			{"built_year", "integer", keep},
			{"households", "integer", keep},
			{"floor_area_m2", "double precision", keep},
			{"geom", "geometry", replace},
			{"named", "text[]", replace},
			{"generated", "text[]", replace},
			{"source", "text", keepText},
			{"source_ref", "text", keep},
		},
		extra:    []column{{"derived", "boolean", replace}, {"community_code", "text", replace}, {"given", "text[]", replace}, {"sourced", "boolean", replace}},
		place:    "t.geom",
		point:    "ST_PointOnSurface(s.geom)",
		moved:    "t.geom is distinct from s.geom",
		names:    []reference{namesSubdistrict, namesCommunity},
		identify: []string{resolveCode("building", "")},
		resolve: []string{
			`update stage s set community_id = c.id
			from community c
			where s.community_code is not null and c.district_code = $1 and c.code = s.community_code`,
			// What a row repeats names nothing that was not named before.
			`update stage s
			set named = array(
				select distinct n collate "C" from unnest(t.named || array(
					select n from unnest(s.named) n
					where case n when 'community_code' then s.community_id is distinct from t.community_id
						else s.subdistrict_code is distinct from t.subdistrict_code end)) n order by 1)
			from building t
			where t.district_code = $1 and t.code = s.code`,
		},
	}
	out, err := b.upsert(ctx, tx, district, stageEach(rows, func(i int, r BuildingRow) staged {
		fault := r.Check()
		if fault != nil {
			fault.Row = i
		}
		named := givens{}.text("community_code", r.CommunityCode).text("subdistrict_code", r.SubdistrictCode)
		given := slices.Clone(named).text("name", r.Name).text("use", r.Use).some("storeys", r.Storeys != nil).
			some("height_m", r.HeightM != nil).some("built_year", r.BuiltYear != nil).some("households", r.Households != nil).
			some("floor_area_m2", r.FloorAreaM2 != nil).some("geometry", true)
		code, derived := codeOf(r.Code, r.SourceRef, "")
		return staged{[]any{
			code, r.Name, nil, orNull(r.SubdistrictCode), r.Use, r.Storeys, r.HeightM, r.BuiltYear, r.Households,
			r.FloorAreaM2, outline(r.Geometry), named.list(), marks(r.Generated), r.Source, orNull(r.SourceRef),
			derived, orNull(r.CommunityCode), given.list(), r.Sourced,
		}, fault}
	}), false)
	return out.BulkResult, err
}

// UpsertFacilities brings in facilities, matched by source_ref and type, or by
// code. The sequence is streamed, never held.
func (s *Store) UpsertFacilities(ctx context.Context, tx *postgis.Tx, district string, rows iter.Seq[FacilityRow]) (BulkResult, error) {
	b := bulk{
		entity: "facility", table: "facility", layer: "facilities", key: "code", versioned: true,
		columns: []column{
			{"code", "text", replace},
			{"facility_type", "text", replace},
			{"name", "text", keepText},
			{"address", "text", keepText},
			{"capacity", "integer", keep},
			{"subdistrict_code", "text", keep},
			{"geom", "geometry", replace},
			{"generated", "text[]", replace},
			{"source", "text", keepText},
			{"source_ref", "text", keep},
		},
		extra:    []column{{"derived", "boolean", replace}, {"given", "text[]", replace}, {"sourced", "boolean", replace}},
		place:    "t.geom",
		point:    "s.geom",
		moved:    "t.geom is distinct from s.geom",
		names:    []reference{namesSubdistrict},
		identify: []string{resolveCode("facility", " and t.facility_type = s.facility_type")},
		resolve:  []string{resolveSubdistrict("facility", "geom")},
	}
	out, err := b.upsert(ctx, tx, district, stageEach(rows, func(i int, r FacilityRow) staged {
		fault := s.CheckFacilityRow(r)
		if fault != nil {
			fault.Row = i
		}
		given := givens{}.text("facility_type", r.FacilityType).text("name", r.Name).text("address", r.Address).
			some("capacity", r.Capacity != nil).text("subdistrict_code", r.SubdistrictCode).some("location", true)
		code, derived := codeOf(r.Code, r.SourceRef, r.FacilityType)
		return staged{[]any{
			code, r.FacilityType, r.Name, r.Address, r.Capacity, orNull(r.SubdistrictCode),
			postgis.Geom{Geometry: r.Geometry},
			marks(r.Generated), r.Source, orNull(r.SourceRef), derived, given.list(), r.Sourced,
		}, fault}
	}), false)
	return out.BulkResult, err
}

// Check tells what the register does not take of a row, so that a file's row can
// be refused by its number before anything is written. Shapes are geo.Check's.
func (r BuildingRow) Check() *InvalidError {
	v := checker{entity: "building", code: firstOf(r.Code, r.SourceRef, r.Name), row: -1}
	v.building(r.Name, r.Use, r.Storeys, r.HeightM, r.BuiltYear, r.Households, r.FloorAreaM2)
	v.origin(r.Code, r.Source, r.SourceRef)
	if len(r.Geometry) == 0 {
		v.refuse("geometry", nil, "缺少图形")
	}
	return v.fault
}

// CheckFacilityRow is BuildingRow.Check for a facility.
func (s *Store) CheckFacilityRow(r FacilityRow) *InvalidError {
	v := checker{entity: "facility", code: firstOf(r.Code, r.SourceRef, r.Name), row: -1}
	v.facility(s.lib, r.FacilityType, r.Name, r.Address, r.Capacity, r.Geometry)
	v.origin(r.Code, r.Source, r.SourceRef)
	return v.fault
}

// origin refuses a row that cannot be told from others.
func (v *checker) origin(code, source, sourceRef string) {
	v.text("source", source, false)
	v.name("source_ref", sourceRef, false)
	if code != "" {
		v.identifier("code", code)
	} else if strings.TrimSpace(sourceRef) == "" {
		v.refuse("code", code, "缺少编号")
	}
}

func firstOf(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return strings.ToValidUTF8(t, "?")
		}
	}
	return ""
}

// codeOf is the row's code, or one that is derived from its identity within the
// source (and its kind, where one object of the source can be several things).
func codeOf(code, sourceRef, kind string) (string, bool) {
	if code != "" {
		return code, false
	}
	if kind != "" {
		sourceRef += "-" + kind
	}
	return strings.Map(func(r rune) rune {
		if r <= ' ' || r == 0x7f || strings.ContainsRune(`:/\?#%&`, r) {
			return '-'
		}
		return r
	}, sourceRef), true
}

// givens are the columns, by their JSON names, that a row says something about.
type givens []string

func (g givens) some(field string, given bool) givens {
	if given {
		return append(g, field)
	}
	return g
}

func (g givens) text(field, value string) givens { return g.some(field, value != "") }

func (g givens) list() []string { return marks(g) }

// marks is a set of names in byte order, as stored.
func marks(names []string) []string {
	sorted := append([]string{}, names...)
	slices.Sort(sorted)
	return slices.Compact(sorted)
}

func orNull(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

func outline(shape orb.MultiPolygon) postgis.Geom {
	if len(shape) == 0 {
		return postgis.Geom{}
	}
	return postgis.Geom{Geometry: shape}
}

// listed makes an empty list of one that is known to be empty, where pgx would
// store NULL.
func listed(list *[]string) *[]string {
	if list != nil && *list == nil {
		return &[]string{}
	}
	return list
}

// stageAll and stageEach turn rows into staged ones, with their positions.
func stageAll[R any](rows []R, f func(int, R) staged) iter.Seq[staged] {
	return stageEach(slices.Values(rows), f)
}

func stageEach[R any](rows iter.Seq[R], f func(int, R) staged) iter.Seq[staged] {
	return func(yield func(staged) bool) {
		i := 0
		for r := range rows {
			if !yield(f(i, r)) {
				return
			}
			i++
		}
	}
}
