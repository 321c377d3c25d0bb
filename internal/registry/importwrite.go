package registry

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"iter"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/postgis"
)

// brought runs a typed bulk upsert over the rows of a file. convert makes the
// typed rows of one row of the file (several of a road in parts); positions in
// faults are those of the file's rows again.
func brought[R any](rows iter.Seq[ImportRow], convert func(ImportRow) ([]R, *InvalidError), upsert func(iter.Seq[R]) (BulkResult, error)) (BulkResult, error) {
	var origin []int32
	var fault *InvalidError
	result, err := upsert(func(yield func(R) bool) {
		at := 0
		for row := range rows {
			typed, bad := convert(row)
			if bad != nil {
				bad.Row, fault = at, bad
				return
			}
			for _, r := range typed {
				origin = append(origin, int32(at))
				if !yield(r) {
					return
				}
			}
			at++
		}
	})
	if fault != nil {
		return BulkResult{}, fault
	}
	var invalid *InvalidError
	if errors.As(err, &invalid) && invalid.Row >= 0 && invalid.Row < len(origin) {
		invalid.Row = int(origin[invalid.Row])
	}
	return result, err
}

// one makes a conversion to one typed row fit brought.
func one[R any](convert func(ImportRow) (R, *InvalidError)) func(ImportRow) ([]R, *InvalidError) {
	return func(row ImportRow) ([]R, *InvalidError) {
		r, fault := convert(row)
		return []R{r}, fault
	}
}

// areaNames finds subdistricts and neighborhoods by code, or by a name that is
// there once.
type areaNames struct{ subdistricts, neighborhoods map[string]string }

func readAreaNames(ctx context.Context, tx *postgis.Tx, district string) (areaNames, error) {
	n := areaNames{map[string]string{}, map[string]string{}}
	for table, codes := range map[string]map[string]string{"subdistrict": n.subdistricts, "neighborhood": n.neighborhoods} {
		rows, err := tx.Query(ctx, `
			select name, min(code) from `+table+` where district_code = $1 group by name having count(*) = 1
			union all select code, code from `+table+` where district_code = $1`, district)
		if err != nil {
			return n, fmt.Errorf("read the %ss of %s: %w", table, district, err)
		}
		var name, code string
		if _, err := pgx.ForEachRow(rows, []any{&name, &code}, func() error {
			codes[name] = code // a code comes after the names and wins over them
			return nil
		}); err != nil {
			return n, fmt.Errorf("read the %ss of %s: %w", table, district, err)
		}
	}
	return n, nil
}

func (n areaNames) subdistrict(code *string)  { *code = firstOf(n.subdistricts[*code], *code) }
func (n areaNames) neighborhood(code *string) { *code = firstOf(n.neighborhoods[*code], *code) }

func (s *Store) importCommunities(ctx context.Context, tx *postgis.Tx, district, source string, rows iter.Seq[ImportRow]) (BulkResult, error) {
	names, err := readAreaNames(ctx, tx, district)
	if err != nil {
		return BulkResult{}, err
	}
	convert := func(row ImportRow) (CommunityRow, *InvalidError) {
		r, fault := communityOf(row, source)
		names.subdistrict(&r.SubdistrictCode)
		names.neighborhood(&r.NeighborhoodCode)
		return r, fault
	}
	return brought(rows, one(convert), func(typed iter.Seq[CommunityRow]) (BulkResult, error) {
		return s.upsertCommunities(ctx, tx, district, typed)
	})
}

func communityOf(row ImportRow, source string) (CommunityRow, *InvalidError) {
	v := &rowValues{entity: "community", row: row}
	r := CommunityRow{
		Code: v.text("code"), Name: v.text("name"), Address: v.text("address"),
		SubdistrictCode: v.text("subdistrict_code"), NeighborhoodCode: v.text("neighborhood_code"), UnitKind: v.text("unit_kind"),
		BuiltYear: v.whole("built_year"), Households: v.whole("households"), BuildingCount: v.whole("building_count"),
		FloorAreaM2: v.real("floor_area_m2"), ManagementMode: v.text("management_mode"), Neglected: v.yes("neglected"),
		MunicipalMissing: v.list("municipal_missing"), ServiceMissing: v.list("service_missing"),
		HouseholdsAgreed: v.whole("households_agreed"), FloorAreaAgreedM2: v.real("floor_area_agreed_m2"),
		InShantytownPlan: v.yes("in_shantytown_plan"), DemolishRebuild: v.yes("demolish_rebuild"),
		SelfBuiltMajority: v.yes("self_built_majority"), UrbanVillage: v.yes("urban_village"), PoorConditions: v.yes("poor_conditions"),
		Remark: v.text("remark"),
	}
	r.Source, r.Sourced = v.source(source)
	if works := v.text("prior_works"); works != "" {
		r.PriorWorks = &works
	}
	r.Geometry, r.Location = v.placed()
	if r.SourceRef = v.text("source_ref"); r.SourceRef == "" && r.Code == "" {
		r.SourceRef = v.reference(r.Name)
	}
	return r, v.fault
}

func (s *Store) importBuildings(ctx context.Context, tx *postgis.Tx, district, source string, rows iter.Seq[ImportRow]) (BulkResult, error) {
	names, err := readAreaNames(ctx, tx, district)
	if err != nil {
		return BulkResult{}, err
	}
	convert := func(row ImportRow) (BuildingRow, *InvalidError) {
		r, fault := buildingOf(row, source)
		names.subdistrict(&r.SubdistrictCode)
		return r, fault
	}
	return brought(rows, one(convert), func(typed iter.Seq[BuildingRow]) (BulkResult, error) {
		return s.UpsertBuildings(ctx, tx, district, typed)
	})
}

func buildingOf(row ImportRow, source string) (BuildingRow, *InvalidError) {
	v := &rowValues{entity: "building", row: row}
	r := BuildingRow{
		Code: v.text("code"), Name: v.text("name"), CommunityCode: v.text("community_code"),
		SubdistrictCode: v.text("subdistrict_code"), Use: v.text("use"), Storeys: v.whole("storeys"), HeightM: v.real("height_m"),
		BuiltYear: v.whole("built_year"), Households: v.whole("households"), FloorAreaM2: v.real("floor_area_m2"),
		Geometry: v.area(),
	}
	r.Source, r.Sourced = v.source(source)
	if r.SourceRef = v.text("source_ref"); r.SourceRef == "" && r.Code == "" {
		r.SourceRef = v.reference(r.Name)
	}
	return r, v.fault
}

func (s *Store) importFacilities(ctx context.Context, tx *postgis.Tx, district, source string, rows iter.Seq[ImportRow]) (BulkResult, error) {
	names, err := readAreaNames(ctx, tx, district)
	if err != nil {
		return BulkResult{}, err
	}
	convert := func(row ImportRow) (FacilityRow, *InvalidError) {
		r, fault := s.facilityOf(row, source)
		names.subdistrict(&r.SubdistrictCode)
		return r, fault
	}
	return brought(rows, one(convert), func(typed iter.Seq[FacilityRow]) (BulkResult, error) {
		return s.UpsertFacilities(ctx, tx, district, typed)
	})
}

// facilityOf takes a type by its key or by its name in the standards.
func (s *Store) facilityOf(row ImportRow, source string) (FacilityRow, *InvalidError) {
	v := &rowValues{entity: "facility", row: row}
	r := FacilityRow{
		Code: v.text("code"), FacilityType: v.text("facility_type"), Name: v.text("name"), Address: v.text("address"),
		Capacity: v.whole("capacity"), SubdistrictCode: v.text("subdistrict_code"), Geometry: v.spot(),
	}
	r.Source, r.Sourced = v.source(source)
	if _, known := s.lib.FacilityType(r.FacilityType); !known {
		for _, t := range s.lib.FacilityTypes() {
			if t.Name == r.FacilityType {
				r.FacilityType = t.Key
			}
		}
	}
	if r.SourceRef = v.text("source_ref"); r.SourceRef == "" && r.Code == "" {
		r.SourceRef = v.reference(r.FacilityType, r.Name)
	}
	return r, v.fault
}

// importNeighborhoods matches rows without a code by name; a new one gets a code
// made from its name.
func (s *Store) importNeighborhoods(ctx context.Context, tx *postgis.Tx, district, source string, rows iter.Seq[ImportRow]) (BulkResult, error) {
	names, err := readAreaNames(ctx, tx, district)
	if err != nil {
		return BulkResult{}, err
	}
	convert := func(row ImportRow) (NeighborhoodRow, *InvalidError) {
		r, fault := neighborhoodOf(row, source)
		names.subdistrict(&r.SubdistrictCode)
		if r.Code == "" {
			sum := sha256.Sum256([]byte(r.SubdistrictCode + "\x00" + r.Name))
			r.Code = firstOf(names.neighborhoods[r.Name], "n-"+hex.EncodeToString(sum[:6]))
		}
		return r, fault
	}
	return brought(rows, one(convert), func(typed iter.Seq[NeighborhoodRow]) (BulkResult, error) {
		return s.upsertNeighborhoods(ctx, tx, district, typed)
	})
}

func neighborhoodOf(row ImportRow, source string) (NeighborhoodRow, *InvalidError) {
	v := &rowValues{entity: "neighborhood", row: row}
	r := NeighborhoodRow{Code: v.text("code"), Name: v.text("name"), SubdistrictCode: v.text("subdistrict_code"), Geometry: v.area(), Source: source}
	c := checker{entity: "neighborhood", code: firstOf(r.Code, r.Name), row: -1, fault: v.fault}
	if r.Code != "" {
		c.identifier("code", r.Code)
	}
	c.name("name", r.Name, true)
	return r, c.fault
}

func (s *Store) importIdleBuildings(ctx context.Context, tx *postgis.Tx, district, source string, rows iter.Seq[ImportRow]) (BulkResult, error) {
	names, err := readAreaNames(ctx, tx, district)
	if err != nil {
		return BulkResult{}, err
	}
	convert := func(row ImportRow) (IdleBuildingRow, *InvalidError) {
		r, fault := idleBuildingOf(row, source)
		names.subdistrict(&r.SubdistrictCode)
		return r, fault
	}
	return brought(rows, one(convert), func(typed iter.Seq[IdleBuildingRow]) (BulkResult, error) {
		return s.UpsertIdleBuildings(ctx, tx, district, typed)
	})
}

func idleBuildingOf(row ImportRow, source string) (IdleBuildingRow, *InvalidError) {
	v := &rowValues{entity: "idle_building", row: row}
	r := IdleBuildingRow{
		Code: v.text("code"), Name: v.text("name"), Address: v.text("address"), SubdistrictCode: v.text("subdistrict_code"),
		FloorAreaM2: v.real("floor_area_m2"), Storeys: v.whole("storeys"), OwnerKind: v.text("owner_kind"),
		UseBefore: v.text("use_before"), AvailableFrom: v.day("available_from"), Remark: v.text("remark"),
	}
	r.Source, r.Sourced = v.source(source)
	r.Geometry, r.Location = v.placed()
	if r.SourceRef = v.text("source_ref"); r.SourceRef == "" && r.Code == "" {
		r.SourceRef = v.reference(r.Name)
	}
	return r, v.fault
}

func (s *Store) importRoads(ctx context.Context, tx *postgis.Tx, district, _ string, rows iter.Seq[ImportRow]) (BulkResult, error) {
	convert := once(roadsOf, func(r RoadRow) string { return r.SourceRef })
	return brought(rows, convert, func(typed iter.Seq[RoadRow]) (BulkResult, error) {
		return s.UpsertRoads(ctx, tx, district, typed)
	})
}

// carriageways are the classes that nobody walks on, as the base map has it.
var carriageways = map[string]bool{"motorway": true, "motorway_link": true, "trunk": true, "trunk_link": true}

func roadsOf(row ImportRow) ([]RoadRow, *InvalidError) {
	v := &rowValues{entity: "road", row: row}
	class := firstOf(v.text("class"), "unclassified")
	r := RoadRow{
		Class: class, Name: v.text("name"), Walkable: v.is("walkable", !carriageways[class]), Stairs: v.is("stairs", class == "steps"),
		Bridge: v.is("bridge", false), Tunnel: v.is("tunnel", false), Oneway: v.is("oneway", false),
	}
	if level := v.whole("level"); level != nil {
		r.Level = *level
	}
	r.Unsaid = v.unsaid("class", "walkable", "stairs", "bridge", "tunnel", "level", "oneway")
	r.Unsaid = append(r.Unsaid, "tags") // of which no file tells
	var parts []RoadRow
	for _, part := range v.numbered(r.Name) {
		r.SourceRef, r.Geometry = part.ref, part.line
		parts = append(parts, r)
	}
	return parts, v.fault
}

func (s *Store) importBarriers(ctx context.Context, tx *postgis.Tx, district, _ string, rows iter.Seq[ImportRow]) (BulkResult, error) {
	convert := once(barriersOf, func(r BarrierRow) string { return r.SourceRef })
	return brought(rows, convert, func(typed iter.Seq[BarrierRow]) (BulkResult, error) {
		return s.UpsertBarriers(ctx, tx, district, typed)
	})
}

func barriersOf(row ImportRow) ([]BarrierRow, *InvalidError) {
	v := &rowValues{entity: "barrier", row: row}
	r := BarrierRow{Class: firstOf(v.text("class"), "wall"), Name: v.text("name"), Unsaid: v.unsaid("class")}
	var parts []BarrierRow
	for _, part := range v.numbered(r.Name) {
		r.SourceRef, r.Geometry = part.ref, part.line
		parts = append(parts, r)
	}
	return parts, v.fault
}

type numberedLine struct {
	ref  string
	line orb.LineString
}

// numbered are the parts of the row's line, each with an identity of its own.
func (v *rowValues) numbered(name string) []numberedLine {
	ref := v.reference(name)
	var lines []numberedLine
	for i, line := range v.parts() {
		of := ref
		if i > 0 {
			of = fmt.Sprintf("%s#%d", ref, i+1)
		}
		lines = append(lines, numberedLine{of, line})
	}
	return lines
}

// once leaves out rows whose identity came before: two equal lines of a file
// without names are one thing.
func once[R any](convert func(ImportRow) ([]R, *InvalidError), key func(R) string) func(ImportRow) ([]R, *InvalidError) {
	seen := map[string]bool{}
	return func(row ImportRow) ([]R, *InvalidError) {
		rows, fault := convert(row)
		return slices.DeleteFunc(rows, func(r R) bool {
			again := seen[key(r)]
			seen[key(r)] = true
			return again
		}), fault
	}
}
