// Package areaplan gathers area plans (片区方案): zones of a scenario with
// everything that is written about them, from one moment of the database and as
// one person may read it. Files and map sheets are made from a Plan alone, so
// that all of them say the same numbers. It must never compute a figure that
// another package has a rule for, and never write.
package areaplan

import (
	"time"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/coverage"
	"github.com/lianpian/lianpian/internal/policy"
	"github.com/lianpian/lianpian/internal/zone"
)

// Plan is an area plan. It is plain data: written as JSON and read back it gives
// the same files. Coordinates are CGCS2000 lon/lat degrees.
type Plan struct {
	District     District     `json:"district"`
	Scenario     Scenario     `json:"scenario"`
	Zones        []Zone       `json:"zones"`        // in the order that was asked for
	Totals       zone.Totals  `json:"totals"`       // of all zones; a community or building of several counts once
	Communities  []Community  `json:"communities"`  // of the zones, each once, by name
	Buildings    []Building   `json:"buildings"`    // of the zones, each once, by community and code; those of no community last
	Facilities   []Facility   `json:"facilities"`   // in and around the zones, existing and proposed in the scenario
	Coverage     []Coverage   `json:"coverage"`     // the newest run of each facility type that holds the zones
	Projects     []Project    `json:"projects"`     // those that hold a community of the zones
	Items        []Item       `json:"items"`        // renovation content of the projects
	Surroundings Surroundings `json:"surroundings"` // what map sheets show around the zones
	Before       string       `json:"before"`       // e.g. 2000年底前, from the policy
	Period       string       `json:"period"`       // plan period: 2026–2028
	By           string       `json:"by"`           // who asks
	At           time.Time    `json:"at"`           // moment of the data
	Title        string       `json:"title"`        // 项目名称
	Author       string       `json:"author"`       // 编制单位
	Versions     Versions     `json:"versions"`
}

// Versions are what the figures rest on.
type Versions struct {
	Software string `json:"software"`
	Policy   string `json:"policy"`  // key@version
	Profile  string `json:"profile"` // of facility standards, key@version
	Scenario int    `json:"scenario_revision"`
}

// District is the district that the plan lies in.
type District struct {
	Code          string           `json:"code"`
	Name          string           `json:"name"`
	Demo          bool             `json:"demo"`
	Notice        string           `json:"notice"` // attribution and what is generated
	SRID          int              `json:"srid"`   // of its CGCS2000 3-degree Gauss-Krüger zone
	PolicyKey     string           `json:"policy_key"`
	PolicyVersion string           `json:"policy_version"`
	PolicyTitle   string           `json:"policy_title"`
	ProfileName   string           `json:"profile_name"`
	Boundary      orb.MultiPolygon `json:"boundary"`
}

// Scenario is the scenario that the zones belong to.
type Scenario struct {
	Code     string `json:"code"`
	Name     string `json:"name"`
	Note     string `json:"note"`
	Revision int    `json:"revision"`
}

// Zone is a zone with its strings and the codes of its communities.
type Zone struct {
	zone.Zone
	Outline     orb.MultiPolygon `json:"outline"`
	Communities []string         `json:"communities"` // codes
	Parts       int              `json:"parts"`       // 1: contiguous
	Strings     []String         `json:"strings"`     // by the name of their street
	CostYuan    float64          `json:"cost_yuan"`   // works of its projects, else the estimate
	CostBasis   string           `json:"cost_basis"`  // items; estimate, where part of it is one; none
}

// String is a link of a zone drawn along real streets.
type String struct {
	Name     string         `json:"name"` // of the street
	From     string         `json:"from"` // codes of the communities
	To       string         `json:"to"`
	LengthM  float64        `json:"length_m"`
	Path     orb.LineString `json:"path"`
	FromName string         `json:"from_name"`
	ToName   string         `json:"to_name"`
	Streets  string         `json:"streets"`  // that it follows, with their lengths, in words
	Straight bool           `json:"straight"` // no way along streets is known
}

// Community is a community of a zone. Households and floor area are the
// figures that the zone's totals count: the community's own, else the sum over
// its buildings. Counts that the person may not see are nil.
type Community struct {
	Code             string           `json:"code"`
	Name             string           `json:"name"`
	Address          string           `json:"address"`
	SubdistrictCode  string           `json:"subdistrict_code"`
	SubdistrictName  string           `json:"subdistrict_name"`
	NeighborhoodName string           `json:"neighborhood_name"`
	Zones            []string         `json:"zones"` // codes
	UnitKind         string           `json:"unit_kind"`
	BuiltYear        *int             `json:"built_year"`
	Buildings        int64            `json:"buildings"`
	Households       *int64           `json:"households"`
	FloorAreaM2      *float64         `json:"floor_area_m2"`
	LandAreaM2       *float64         `json:"land_area_m2"`
	ManagementMode   string           `json:"management_mode"`
	Eligibility      string           `json:"eligibility"`
	Verdict          string           `json:"verdict"`
	Proof            []policy.Reason  `json:"proof"`
	OverrideReason   string           `json:"override_reason"`
	OverrideBy       string           `json:"override_by"`
	MunicipalMissing []string         `json:"municipal_missing"` // nil: not known
	ServiceMissing   []string         `json:"service_missing"`
	PriorWorks       string           `json:"prior_works"`
	InShantytownPlan *bool            `json:"in_shantytown_plan"`
	SelfBuilt        *bool            `json:"self_built_majority"`
	HouseholdsAgreed *int64           `json:"households_agreed"`
	AreaAgreedM2     *float64         `json:"floor_area_agreed_m2"`
	CountsMasked     bool             `json:"counts_masked"`
	Outline          orb.MultiPolygon `json:"outline"` // nil where none is known
	Location         *orb.Point       `json:"location"`
	Remark           string           `json:"remark"`
	Generated        []string         `json:"generated"`
	Source           string           `json:"source"`
	UpdatedAt        time.Time        `json:"updated_at"`
}

// Building is a building of a zone.
type Building struct {
	Code            string           `json:"code"`
	Name            string           `json:"name"`
	CommunityCode   string           `json:"community_code"` // "" for none
	CommunityName   string           `json:"community_name"`
	SubdistrictName string           `json:"subdistrict_name"`
	Use             string           `json:"use"`
	Storeys         *int             `json:"storeys"`
	HeightM         *float64         `json:"height_m"`
	BuiltYear       *int             `json:"built_year"`
	Households      *int64           `json:"households"`
	FloorAreaM2     *float64         `json:"floor_area_m2"`
	FootprintM2     *float64         `json:"footprint_m2"`
	Outline         orb.MultiPolygon `json:"outline"`
	Generated       []string         `json:"generated"`
	Source          string           `json:"source"`
	UpdatedAt       time.Time        `json:"updated_at"`
}

// Facility is a service facility in or around the zones.
type Facility struct {
	Code         string    `json:"code"`
	Name         string    `json:"name"`
	FacilityType string    `json:"facility_type"`
	TypeName     string    `json:"type_name"`
	Address      string    `json:"address"`
	Capacity     *int      `json:"capacity"`
	Proposed     bool      `json:"proposed"`
	Inside       bool      `json:"inside"` // of a zone
	Location     orb.Point `json:"location"`
	Generated    []string  `json:"generated"`
	Source       string    `json:"source"`
}

// Coverage is what the newest run of a facility type says about the zones'
// buildings and communities.
type Coverage struct {
	Run               coverage.Run        `json:"run"`
	Communities       []CommunityCoverage `json:"communities"`
	Covered           map[string]bool     `json:"covered"` // by building code; missing: not judged. True also where the first step's facility serves it
	Gaps              []orb.MultiPolygon  `json:"gaps"`    // the patches that uncovered buildings form
	Reach             orb.MultiPolygon    `json:"reach"`   // what lies within the limit, where it can be drawn; else nil
	Households        int64               `json:"households"`
	HouseholdsCovered int64               `json:"households_covered"`
}

// CommunityCoverage is one cell of the scorecard. The share is of the households
// or, where none are known, of the buildings; NearestM is the mean way to the
// nearest facility.
type CommunityCoverage struct {
	Code              string   `json:"code"`
	Households        int64    `json:"households"`
	HouseholdsCovered int64    `json:"households_covered"`
	Share             *float64 `json:"share"`
	NearestM          *float64 `json:"nearest_m"`
}

// Project is a project of the programme that holds communities of the zones.
type Project struct {
	Code         string             `json:"code"`
	Name         string             `json:"name"`
	Library      string             `json:"library"`
	State        string             `json:"state"`
	Phase        string             `json:"phase"`
	Year         *int               `json:"year"`
	ZoneCode     string             `json:"zone_code"`
	Communities  []string           `json:"communities"` // codes
	EstimatedWan *float64           `json:"estimated_wan"`
	CostYuan     *float64           `json:"cost_yuan"`
	Shares       map[string]float64 `json:"shares"`   // yuan by source
	Progress     string             `json:"progress"` // in words, as annex 5 asks
	Central      bool               `json:"central_subsidy"`
	Generated    []string           `json:"generated"`
}

// Item is a line of the renovation content of a project.
type Item struct {
	ProjectCode   string   `json:"project_code"`
	CommunityCode string   `json:"community_code"` // "" for the project as a whole
	No            int      `json:"no"`
	Category      string   `json:"category"`
	Name          string   `json:"name"`
	Nature        string   `json:"nature"`
	Standard      string   `json:"standard"`
	Answer        string   `json:"answer"`
	Reason        string   `json:"reason"`
	Quantity      *float64 `json:"quantity"`
	Unit          string   `json:"unit"`
	PriceYuan     *float64 `json:"price_yuan"`
	AmountYuan    *float64 `json:"amount_yuan"`
	Evidence      string   `json:"evidence"`
}

// Surroundings are the base map in and around the zones.
type Surroundings struct {
	Subdistricts  []Area `json:"subdistricts"`
	Neighborhoods []Area `json:"neighborhoods"`
	Communities   []Area `json:"communities"` // those of no zone of the plan
	Buildings     []Area `json:"buildings"`   // those of no zone of the plan
	Roads         []Line `json:"roads"`
	Railways      []Line `json:"railways"`
	Waterways     []Line `json:"waterways"`
	Water         []Area `json:"water"`
	Green         []Area `json:"green"`
}

// Area is a shape of the base map.
type Area struct {
	Code    string           `json:"code,omitempty"`
	Name    string           `json:"name,omitempty"`
	Class   string           `json:"class,omitempty"`
	Outline orb.MultiPolygon `json:"outline"`
}

// Line is a line of the base map.
type Line struct {
	Name  string         `json:"name,omitempty"`
	Class string         `json:"class,omitempty"`
	Path  orb.LineString `json:"path"`
}
