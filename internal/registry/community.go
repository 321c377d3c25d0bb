package registry

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/policy"
)

// Community is a residential community (小区) as people and programs see it. A
// null fact is unknown. Areas are in m².
type Community struct {
	Code             string `json:"code"`
	Name             string `json:"name"`
	Address          string `json:"address"`
	SubdistrictCode  string `json:"subdistrict_code"` // "" where it is not known
	SubdistrictName  string `json:"subdistrict_name"`
	NeighborhoodCode string `json:"neighborhood_code"`
	UnitKind         string `json:"unit_kind" enum:"compound,single_building,community"`

	BuiltYear     *int     `json:"built_year"`
	Households    *int     `json:"households"`
	BuildingCount *int     `json:"building_count"`
	FloorAreaM2   *float64 `json:"floor_area_m2"`
	LandAreaM2    *float64 `json:"land_area_m2"` // of its outline, on the ellipsoid

	ManagementMode    string    `json:"management_mode" enum:",professional,service_centre,self_managed"`
	Neglected         *bool     `json:"neglected"`
	MunicipalMissing  *[]string `json:"municipal_missing"`
	ServiceMissing    *[]string `json:"service_missing"`
	HouseholdsAgreed  *int      `json:"households_agreed"`
	FloorAreaAgreedM2 *float64  `json:"floor_area_agreed_m2"`
	CountsMasked      bool      `json:"counts_masked" db:"-" doc:"who agreed is not shown to this person: the counts are small"`
	PriorWorks        *string   `json:"prior_works" enum:"none,single_item,partial,full"`
	InShantytownPlan  *bool     `json:"in_shantytown_plan"`
	DemolishRebuild   *bool     `json:"demolish_rebuild"`
	SelfBuiltMajority *bool     `json:"self_built_majority"`
	UrbanVillage      *bool     `json:"urban_village"`
	PoorConditions    *bool     `json:"poor_conditions"`

	Eligibility     policy.Verdict  `json:"eligibility" enum:"in,out,borderline"` // the override where there is one, else the verdict
	Verdict         policy.Verdict  `json:"verdict" enum:"in,out,borderline"`
	VerdictProof    []policy.Reason `json:"verdict_proof,omitempty"` // not in lists
	VerdictPolicy   string          `json:"verdict_policy"`          // key@version
	OverrideVerdict *policy.Verdict `json:"override_verdict"`
	OverrideReason  *string         `json:"override_reason"`
	OverrideBy      *string         `json:"override_by"`
	OverrideAt      *time.Time      `json:"override_at"`

	Location  *orb.Point `json:"location"` // lon, lat; inside the outline where there is one
	BBox      *BBox      `json:"bbox"`     // of the outline
	Remark    string     `json:"remark"`
	Generated []string   `json:"generated"` // fields whose values are made up for a demo
	Source    string     `json:"source"`
	Version   int        `json:"version"`
	UpdatedAt time.Time  `json:"updated_at"`
}

// Facts are what the community's eligibility is judged by.
func (c Community) Facts() policy.Facts {
	return policy.Facts{
		UnitKind:          c.UnitKind,
		BuiltYear:         c.BuiltYear,
		Neglected:         c.Neglected,
		MunicipalMissing:  c.MunicipalMissing,
		ServiceMissing:    c.ServiceMissing,
		Households:        c.Households,
		HouseholdsAgreed:  c.HouseholdsAgreed,
		FloorAreaM2:       c.FloorAreaM2,
		FloorAreaAgreedM2: c.FloorAreaAgreedM2,
		PriorWorks:        c.PriorWorks,
		InShantytownPlan:  c.InShantytownPlan,
		DemolishRebuild:   c.DemolishRebuild,
		SelfBuiltMajority: c.SelfBuiltMajority,
		UrbanVillage:      c.UrbanVillage,
		PoorConditions:    c.PoorConditions,
	}
}

// CommunityPatch changes the fields that it names. In JSON, an absent field is
// left alone and null makes it unknown (JSON merge patch, RFC 7396).
type CommunityPatch struct {
	Name              *string   `json:"name,omitempty" maxLength:"200"`
	Address           *string   `json:"address,omitempty" maxLength:"500"`
	SubdistrictCode   *string   `json:"subdistrict_code,omitempty"`
	NeighborhoodCode  *string   `json:"neighborhood_code,omitempty"`
	UnitKind          *string   `json:"unit_kind,omitempty" enum:"compound,single_building,community"`
	BuiltYear         *int      `json:"built_year,omitempty"`
	Households        *int      `json:"households,omitempty"`
	BuildingCount     *int      `json:"building_count,omitempty"`
	FloorAreaM2       *float64  `json:"floor_area_m2,omitempty"`
	ManagementMode    *string   `json:"management_mode,omitempty" enum:",professional,service_centre,self_managed"`
	Neglected         *bool     `json:"neglected,omitempty"`
	MunicipalMissing  *[]string `json:"municipal_missing,omitempty"`
	ServiceMissing    *[]string `json:"service_missing,omitempty"`
	HouseholdsAgreed  *int      `json:"households_agreed,omitempty"`
	FloorAreaAgreedM2 *float64  `json:"floor_area_agreed_m2,omitempty"`
	PriorWorks        *string   `json:"prior_works,omitempty" enum:"none,single_item,partial,full"`
	InShantytownPlan  *bool     `json:"in_shantytown_plan,omitempty"`
	DemolishRebuild   *bool     `json:"demolish_rebuild,omitempty"`
	SelfBuiltMajority *bool     `json:"self_built_majority,omitempty"`
	UrbanVillage      *bool     `json:"urban_village,omitempty"`
	PoorConditions    *bool     `json:"poor_conditions,omitempty"`
	Remark            *string   `json:"remark,omitempty" maxLength:"5000"`

	// Location is lon, lat. Where the community has an outline that does not
	// hold it, a point inside the outline is taken instead.
	Location *orb.Point `json:"location,omitempty"`
	// Geometry is a new outline, already checked by geo.Check; nil leaves it.
	Geometry orb.MultiPolygon `json:"-"`
	// Clear names the fields (JSON names, also geometry) that become unknown.
	Clear []string `json:"-"`
}

// UnmarshalJSON implements json.Unmarshaler: fields that are null go to Clear.
func (p *CommunityPatch) UnmarshalJSON(data []byte) error {
	type plain CommunityPatch // without this method
	return unmarshalPatch(data, (*plain)(p), &p.Clear)
}

// NewCommunity is a community to be. Code may be empty, Name may not.
type NewCommunity struct {
	Code string `json:"code,omitempty" maxLength:"100"`
	CommunityPatch
}

// UnmarshalJSON implements json.Unmarshaler; without it the patch's would take
// the whole document and lose the code.
func (n *NewCommunity) UnmarshalJSON(data []byte) error {
	var code struct {
		Code string `json:"code"`
	}
	if err := json.Unmarshal(data, &code); err != nil {
		return err
	}
	n.Code = code.Code
	return n.CommunityPatch.UnmarshalJSON(data)
}

// unmarshalPatch reads a JSON merge patch into pointers, and the names of the
// fields that are null into clear.
func unmarshalPatch(data []byte, into any, clear *[]string) error {
	if err := json.Unmarshal(data, into); err != nil {
		return err
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(data, &fields); err != nil {
		return err
	}
	for name, value := range fields {
		if string(value) == "null" {
			*clear = append(*clear, name)
		}
	}
	slices.Sort(*clear)
	return nil
}

// set puts a patched value in its place and forgets that the old one was
// generated.
func set[T any](at *T, value *T, field string, generated *[]string) {
	if value != nil {
		*at = *value
		unmark(field, generated)
	}
}

// setFact is set for a fact that may be unknown.
func setFact[T any](at **T, value *T, field string, generated *[]string) {
	if value != nil {
		copied := *value
		*at = &copied
		unmark(field, generated)
	}
}

func unmark(field string, generated *[]string) {
	*generated = slices.DeleteFunc(slices.Clone(*generated), func(g string) bool { return g == field })
}

// apply changes c as the patch says; place and outline are the store's to set.
func (p CommunityPatch) apply(c *Community) error {
	v := checker{entity: "community", code: c.Code, row: -1}
	v.private("name", p.Name)
	v.private("address", p.Address)
	v.private("remark", p.Remark)
	v.allPrivate("municipal_missing", p.MunicipalMissing)
	v.allPrivate("service_missing", p.ServiceMissing)
	if v.fault != nil {
		return v.fault
	}
	g := &c.Generated
	set(&c.Name, p.Name, "name", g)
	set(&c.Address, p.Address, "address", g)
	set(&c.SubdistrictCode, p.SubdistrictCode, "subdistrict_code", g)
	set(&c.NeighborhoodCode, p.NeighborhoodCode, "neighborhood_code", g)
	set(&c.UnitKind, p.UnitKind, "unit_kind", g)
	setFact(&c.BuiltYear, p.BuiltYear, "built_year", g)
	setFact(&c.Households, p.Households, "households", g)
	setFact(&c.BuildingCount, p.BuildingCount, "building_count", g)
	setFact(&c.FloorAreaM2, p.FloorAreaM2, "floor_area_m2", g)
	set(&c.ManagementMode, p.ManagementMode, "management_mode", g)
	setFact(&c.Neglected, p.Neglected, "neglected", g)
	setFact(&c.MunicipalMissing, p.MunicipalMissing, "municipal_missing", g)
	setFact(&c.ServiceMissing, p.ServiceMissing, "service_missing", g)
	setFact(&c.HouseholdsAgreed, p.HouseholdsAgreed, "households_agreed", g)
	setFact(&c.FloorAreaAgreedM2, p.FloorAreaAgreedM2, "floor_area_agreed_m2", g)
	setFact(&c.PriorWorks, p.PriorWorks, "prior_works", g)
	setFact(&c.InShantytownPlan, p.InShantytownPlan, "in_shantytown_plan", g)
	setFact(&c.DemolishRebuild, p.DemolishRebuild, "demolish_rebuild", g)
	setFact(&c.SelfBuiltMajority, p.SelfBuiltMajority, "self_built_majority", g)
	setFact(&c.UrbanVillage, p.UrbanVillage, "urban_village", g)
	setFact(&c.PoorConditions, p.PoorConditions, "poor_conditions", g)
	set(&c.Remark, p.Remark, "remark", g)
	for _, field := range p.Clear {
		if !c.forget(field) {
			return &InvalidError{Entity: "community", Code: c.Code, Field: field, Row: -1, Detail: "此字段不能清空"}
		}
		unmark(field, g)
	}
	return nil
}

// forget makes a field unknown and tells whether that is possible.
func (c *Community) forget(field string) bool {
	switch field {
	case "address":
		c.Address = ""
	case "subdistrict_code":
		c.SubdistrictCode = ""
	case "neighborhood_code":
		c.NeighborhoodCode = ""
	case "built_year":
		c.BuiltYear = nil
	case "households":
		c.Households = nil
	case "building_count":
		c.BuildingCount = nil
	case "floor_area_m2":
		c.FloorAreaM2 = nil
	case "management_mode":
		c.ManagementMode = ""
	case "neglected":
		c.Neglected = nil
	case "municipal_missing":
		c.MunicipalMissing = nil
	case "service_missing":
		c.ServiceMissing = nil
	case "households_agreed":
		c.HouseholdsAgreed = nil
	case "floor_area_agreed_m2":
		c.FloorAreaAgreedM2 = nil
	case "prior_works":
		c.PriorWorks = nil
	case "in_shantytown_plan":
		c.InShantytownPlan = nil
	case "demolish_rebuild":
		c.DemolishRebuild = nil
	case "self_built_majority":
		c.SelfBuiltMajority = nil
	case "urban_village":
		c.UrbanVillage = nil
	case "poor_conditions":
		c.PoorConditions = nil
	case "remark":
		c.Remark = ""
	case "geometry", "location": // the store's to clear
	default:
		return false
	}
	return true
}

// check refuses values that the register does not take.
func (c Community) check() *InvalidError {
	v := checker{entity: "community", code: c.Code, row: -1}
	v.name("name", c.Name, true)
	v.names(c.SubdistrictCode, c.NeighborhoodCode)
	v.text("address", c.Address, false)
	v.text("remark", c.Remark, false)
	v.oneOf("unit_kind", c.UnitKind, "compound", "single_building", "community")
	v.oneOf("management_mode", c.ManagementMode, "", "professional", "service_centre", "self_managed")
	if c.PriorWorks != nil {
		v.oneOf("prior_works", *c.PriorWorks, "none", "single_item", "partial", "full")
	}
	v.year("built_year", c.BuiltYear)
	v.count("households", c.Households)
	v.count("building_count", c.BuildingCount)
	v.count("households_agreed", c.HouseholdsAgreed)
	v.area("floor_area_m2", c.FloorAreaM2)
	v.area("floor_area_agreed_m2", c.FloorAreaAgreedM2)
	v.texts("municipal_missing", c.MunicipalMissing)
	v.texts("service_missing", c.ServiceMissing)
	return v.fault
}

// checker gathers the first fault of a thing's values. Its rules are those of
// the tables' CHECKs, said in words.
type checker struct {
	entity, code string
	row          int
	fault        *InvalidError
}

func (v *checker) refuse(field string, value any, format string, args ...any) {
	if v.fault == nil {
		v.fault = &InvalidError{v.entity, v.code, field, v.row, value, fmt.Sprintf(format, args...)}
	}
}
