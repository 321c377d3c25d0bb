package registry

import "github.com/paulmach/orb"

// The rows that bulk upserts take. They share these rules:
//
//   - Geometries are longitude/latitude in CGCS2000, already checked by geo.Check.
//   - SourceRef is the identity within the source, e.g. "osm:w123". Code is what
//     outsiders keep; where it is empty it is that of the stored thing with the
//     same SourceRef, else derived from SourceRef, else an error.
//   - A nil pointer or an empty string means that the source does not say, and
//     leaves alone what is stored. Generated names the columns (JSON names) whose
//     values in this row are made up for a demo; another value than the stored one
//     takes the mark away, and so does an equal one of a row that names a source of
//     its own (Sourced, and not the stored Source).
//   - SubdistrictCode is found by place where it is empty.
//   - Two rows of one call for the same thing are a *DuplicateError; a value that
//     the register does not take is an *InvalidError with the position of the row.

// CommunityRow is a community as a file gives it.
type CommunityRow struct {
	Code, Name, Address string
	SubdistrictCode     string // must exist
	NeighborhoodCode    string // must exist
	UnitKind            string // compound | single_building | community; "" is compound for a new one
	BuiltYear           *int   // 1900 … 2100
	Households          *int
	BuildingCount       *int
	FloorAreaM2         *float64
	ManagementMode      string // professional | service_centre | self_managed
	Neglected           *bool
	MunicipalMissing    *[]string // nil: not surveyed; empty: nothing is missing
	ServiceMissing      *[]string
	HouseholdsAgreed    *int
	FloorAreaAgreedM2   *float64
	PriorWorks          *string // none | single_item | partial | full
	InShantytownPlan    *bool
	DemolishRebuild     *bool
	SelfBuiltMajority   *bool
	UrbanVillage        *bool
	PoorConditions      *bool
	Geometry            orb.MultiPolygon // nil where the source has no outline
	Location            *orb.Point       // used where it lies inside the outline, or there is none
	Remark              string
	Generated           []string
	Source, SourceRef   string
	Sourced             bool // Source is what the row itself says
	// MatchName lets a row without a Code take over the one stored community of
	// the same name (and subdistrict, where both are known), so that a ledger
	// meets the outlines of a map. Where there are several, none is taken over.
	MatchName bool
}

// BuildingRow is a footprint as a file gives it.
type BuildingRow struct {
	Code, Name        string
	CommunityCode     string // must exist; "" lets AttachBuildings find it by place
	SubdistrictCode   string
	Use               string // residential | commercial | public | …
	Storeys           *int
	HeightM           *float64
	BuiltYear         *int
	Households        *int
	FloorAreaM2       *float64
	Geometry          orb.MultiPolygon
	Generated         []string
	Source, SourceRef string
	Sourced           bool // Source is what the row itself says
}

// FacilityRow is one service at one place. A place that offers two services is
// two rows with the same SourceRef; their derived codes differ by the type.
type FacilityRow struct {
	Code, FacilityType string // the type is a key of policy.Library
	Name, Address      string
	Capacity           *int
	SubdistrictCode    string
	Geometry           orb.Point
	Generated          []string
	Source, SourceRef  string
	Sourced            bool // Source is what the row itself says
}

// SubdistrictRow is a 街道 or 镇. Code and Name are required.
type SubdistrictRow struct {
	Code, Name string
	Geometry   orb.MultiPolygon // may be nil
	Generated  []string
	Source     string
}

// NeighborhoodRow is a 社区. Code and Name are required.
type NeighborhoodRow struct {
	Code, Name, SubdistrictCode string
	Geometry                    orb.MultiPolygon // may be nil
	Generated                   []string
	Source                      string
}

// RoadRow is a street or path of the base map. In the rows of the base map every
// field counts as said but for an empty name and what Unsaid names by its column:
// there, what is stored stays, and the row's value is that of a new thing.
// SourceRef is required.
type RoadRow struct {
	SourceRef, Class, Name string // Class is the OpenStreetMap highway value
	Walkable, Stairs       bool
	Bridge, Tunnel         bool
	Level                  int
	Oneway                 bool
	Tags                   map[string]string // what walking needs later: access, foot, surface, incline …
	Geometry               orb.LineString
	Unsaid                 []string
}

// WaterwayRow is a river or stream drawn as a line.
type WaterwayRow struct {
	SourceRef, Class, Name string
	Tunnel                 bool
	Geometry               orb.LineString
}

// RailwayRow is a track.
type RailwayRow struct {
	SourceRef, Class, Name string
	Bridge, Tunnel         bool
	Level                  int
	Geometry               orb.LineString
}

// BarrierRow is a wall, fence or the like that nobody on foot gets over.
type BarrierRow struct {
	SourceRef, Class, Name string // Class is the OpenStreetMap barrier value
	Geometry               orb.LineString
	Unsaid                 []string
}

// GateRow is a place where a barrier is open, or a road may be closed. Passable
// says that those who live there get through on foot.
type GateRow struct {
	SourceRef, Class, Name string
	Passable               bool
	Geometry               orb.Point
}

// CrossingRow is a place where a street or railway is crossed on foot; Class is
// traffic_signals, marked, unmarked or railway, "" where the source does not say.
type CrossingRow struct {
	SourceRef, Class, Name string
	Geometry               orb.Point
}

// AreaRow is a patch of water, land use or green.
type AreaRow struct {
	SourceRef, Class, Name string
	Geometry               orb.MultiPolygon
}

// PlaceRow is a named place.
type PlaceRow struct {
	SourceRef, Class, Name string
	Geometry               orb.Point
}

// AdminAreaRow is an administrative area; Level is OpenStreetMap's admin_level.
type AdminAreaRow struct {
	SourceRef string
	Level     int
	Name      string
	Geometry  orb.MultiPolygon
}

// BulkResult counts what a bulk upsert did. An unchanged row keeps its version.
type BulkResult struct {
	Inserted  int64 `json:"inserted"`
	Updated   int64 `json:"updated"`
	Unchanged int64 `json:"unchanged"`
}

// Changed tells whether anything was written.
func (r BulkResult) Changed() bool { return r.Inserted+r.Updated > 0 }
