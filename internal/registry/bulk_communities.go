package registry

import (
	"context"
	"iter"
	"slices"
	"strings"

	"github.com/lianpian/lianpian/internal/postgis"
)

// UpsertCommunities brings in communities, matched by source_ref, by code or,
// where a row asks for it, by name. It judges the eligibility of those that
// changed and tells the followers of them.
func (s *Store) UpsertCommunities(ctx context.Context, tx *postgis.Tx, district string, rows []CommunityRow) (BulkResult, error) {
	return s.upsertCommunities(ctx, tx, district, slices.Values(rows))
}

func (s *Store) upsertCommunities(ctx context.Context, tx *postgis.Tx, district string, rows iter.Seq[CommunityRow]) (BulkResult, error) {
	b := communityBulk
	keyed := func(yield func(CommunityRow) bool) {
		for r := range rows {
			r.ServiceMissing = s.facilityKeys(r.ServiceMissing)
			if !yield(r) {
				return
			}
		}
	}
	out, err := b.upsert(ctx, tx, district, stageEach(keyed, stageCommunity), true)
	if err != nil || !out.Changed() {
		return out.BulkResult, err
	}
	if _, err := s.rejudge(ctx, tx, district, out.ids, 0); err != nil {
		return out.BulkResult, err
	}
	return out.BulkResult, s.tellMoved(ctx, tx, district, out.ids)
}

// facilityKeys gives facility types that files name as exports do their keys. A name
// may hold the mark that lists are divided by, and then lies in pieces.
func (s *Store) facilityKeys(list *[]string) *[]string {
	if list == nil || len(*list) == 0 {
		return list
	}
	byName := map[string]string{}
	for _, t := range s.lib.FacilityTypes() {
		byName[narrow.Replace(t.Name)] = t.Key
	}
	keys := make([]string, 0, len(*list))
	for at := 0; at < len(*list); {
		took := 1
		key := (*list)[at]
		for n := 1; n <= mostPieces && at+n <= len(*list); n++ {
			if k, known := byName[narrow.Replace(strings.Join((*list)[at:at+n], "、"))]; known {
				key, took = k, n
			}
		}
		keys = append(keys, key)
		at += took
	}
	return &keys
}

// narrow writes names as reading a file does.
var narrow = strings.NewReplacer("（", "(", "）", ")")

// mostPieces is more than the name of any facility type falls into.
const mostPieces = 8

var communityBulk = bulk{
	entity: "community", table: "community", layer: "communities", key: "code", versioned: true,
	columns: []column{
		{"code", "text", replace},
		{"name", "text", replace},
		{"address", "text", keepText},
		{"subdistrict_code", "text", keep},
		{"neighborhood_code", "text", keep},
		{"unit_kind", "text", replace},
		{"built_year", "integer", keep},
		{"households", "integer", keep},
		{"building_count", "integer", keep},
		{"floor_area_m2", "double precision", keep},
		{"management_mode", "text", keepText},
		{"neglected", "boolean", keep},
		{"municipal_missing", "text[]", keep},
		{"service_missing", "text[]", keep},
		{"households_agreed", "integer", keep},
		{"floor_area_agreed_m2", "double precision", keep},
		{"prior_works", "text", keep},
		{"in_shantytown_plan", "boolean", keep},
		{"demolish_rebuild", "boolean", keep},
		{"self_built_majority", "boolean", keep},
		{"urban_village", "boolean", keep},
		{"poor_conditions", "boolean", keep},
		{"geom", "geometry", replace},
		{"location", "geometry", replace},
		{"remark", "text", keepText},
		{"generated", "text[]", replace},
		{"source", "text", keepText},
		{"source_ref", "text", keep},
	},
	extra: []column{
		{"derived", "boolean", replace}, {"match_name", "boolean", replace}, {"given", "text[]", replace}, {"sourced", "boolean", replace},
	},
	place: "coalesce(t.geom, t.location)",
	point: "s.location",
	moved: "(t.geom is distinct from s.geom or t.location is distinct from s.location)",
	names: []reference{namesSubdistrict, namesNeighborhood},

	refuse: agreedAboveTotal,
	identify: []string{
		resolveCode("community", ""),
		// By name, only where it is one row for one community and nothing else
		// of the file stands for that community.
		`with matched as (
			select s.ord, t.code, t.source_ref,
			       count(*) over (partition by s.ord) as communities, count(*) over (partition by t.id) as rows
			from stage s
			join community t on t.district_code = $1 and t.name = s.name
				and (s.subdistrict_code is null or t.subdistrict_code is null or s.subdistrict_code = t.subdistrict_code)
			where s.derived and s.match_name
			  and not exists (select from community o where o.district_code = $1 and o.code = s.code)
		)
		update stage s
		set code = m.code
		from matched m
		where m.ord = s.ord and m.communities = 1 and m.rows = 1
		  and not exists (select from stage o where o.code = m.code)`,
	},
	resolve: []string{
		`update stage s
		set unit_kind = coalesce(nullif(s.unit_kind, ''), t.unit_kind, 'compound'),
		    geom = coalesce(s.geom, t.geom),
		    location = ` + placeInside("coalesce(s.geom, t.geom)", "s.location", "t.location") + `,
		    source_ref = coalesce(t.source_ref, s.source_ref)
		from stage k
		left join community t on t.district_code = $1 and t.code = k.code
		where k.ord = s.ord`,
		resolveSubdistrict("community", "location"),
	},
}

func stageCommunity(i int, r CommunityRow) staged {
	fault := r.Check()
	if fault != nil {
		fault.Row = i
	}
	given := givens{}.text("name", r.Name).text("address", r.Address).text("subdistrict_code", r.SubdistrictCode).
		text("neighborhood_code", r.NeighborhoodCode).text("unit_kind", r.UnitKind).
		some("built_year", r.BuiltYear != nil).some("households", r.Households != nil).
		some("building_count", r.BuildingCount != nil).some("floor_area_m2", r.FloorAreaM2 != nil).
		text("management_mode", r.ManagementMode).some("neglected", r.Neglected != nil).
		some("municipal_missing", r.MunicipalMissing != nil).some("service_missing", r.ServiceMissing != nil).
		some("households_agreed", r.HouseholdsAgreed != nil).some("floor_area_agreed_m2", r.FloorAreaAgreedM2 != nil).
		some("prior_works", r.PriorWorks != nil).some("in_shantytown_plan", r.InShantytownPlan != nil).
		some("demolish_rebuild", r.DemolishRebuild != nil).some("self_built_majority", r.SelfBuiltMajority != nil).
		some("urban_village", r.UrbanVillage != nil).some("poor_conditions", r.PoorConditions != nil).
		some("geometry", len(r.Geometry) > 0).some("location", r.Location != nil).text("remark", r.Remark)
	var location postgis.Geom
	if r.Location != nil {
		location.Geometry = *r.Location
	}
	code, derived := codeOf(r.Code, r.SourceRef, "")
	return staged{[]any{
		code, r.Name, r.Address, orNull(r.SubdistrictCode), orNull(r.NeighborhoodCode), r.UnitKind,
		r.BuiltYear, r.Households, r.BuildingCount, r.FloorAreaM2, r.ManagementMode, r.Neglected,
		listed(r.MunicipalMissing), listed(r.ServiceMissing), r.HouseholdsAgreed, r.FloorAreaAgreedM2, r.PriorWorks,
		r.InShantytownPlan, r.DemolishRebuild, r.SelfBuiltMajority, r.UrbanVillage, r.PoorConditions,
		outline(r.Geometry), location, r.Remark, marks(r.Generated), r.Source, orNull(r.SourceRef),
		derived, r.MatchName, given.list(), r.Sourced,
	}, fault}
}

// Check tells what the register does not take of a row, so that a file's row can
// be refused by its number before anything is written. Shapes are geo.Check's.
func (r CommunityRow) Check() *InvalidError {
	c := Community{
		Code: firstOf(r.Code, r.SourceRef, r.Name), Name: r.Name, Address: r.Address, Remark: r.Remark,
		UnitKind: r.UnitKind, ManagementMode: r.ManagementMode, PriorWorks: r.PriorWorks,
		BuiltYear: r.BuiltYear, Households: r.Households, BuildingCount: r.BuildingCount, HouseholdsAgreed: r.HouseholdsAgreed,
		FloorAreaM2: r.FloorAreaM2, FloorAreaAgreedM2: r.FloorAreaAgreedM2,
		MunicipalMissing: r.MunicipalMissing, ServiceMissing: r.ServiceMissing,
	}
	if c.UnitKind == "" {
		c.UnitKind = "compound"
	}
	if fault := c.check(); fault != nil {
		return fault
	}
	v := checker{entity: "community", code: c.Code, row: -1}
	v.agreed(r.HouseholdsAgreed, r.Households, r.FloorAreaAgreedM2, r.FloorAreaM2)
	v.origin(r.Code, r.Source, r.SourceRef)
	if r.Location != nil {
		v.point("location", *r.Location)
	}
	return v.fault
}
