package registry

import (
	"slices"
	"time"

	"github.com/paulmach/orb"
)

// IdleBuilding is a building or a part of one that stands empty and may take in
// a service (闲置用房).
type IdleBuilding struct {
	Code            string     `json:"code"`
	Name            string     `json:"name"`
	Address         string     `json:"address"`
	SubdistrictCode string     `json:"subdistrict_code"` // "" where it is not known
	FloorAreaM2     *float64   `json:"floor_area_m2"`
	Storeys         *int       `json:"storeys"`
	OwnerKind       string     `json:"owner_kind" enum:"state,collective,private,mixed,"` // "" is unknown
	UseBefore       string     `json:"use_before"`
	AvailableFrom   *string    `json:"available_from" format:"date"`
	Remark          string     `json:"remark"`
	FootprintM2     *float64   `json:"footprint_m2"` // of the outline, on the ellipsoid
	Location        *orb.Point `json:"location"`     // lon, lat
	BBox            *BBox      `json:"bbox"`         // of the outline; null where there is none
	Generated       []string   `json:"generated"`    // fields whose values are made up for a demo
	Source          string     `json:"source"`
	Version         int        `json:"version"`
	UpdatedAt       time.Time  `json:"updated_at"`
}

// OwnerKinds are the kinds of owners of an idle building.
var OwnerKinds = []string{"state", "collective", "private", "mixed"}

// IdleBuildingPatch changes the fields that it names. In JSON, an absent field
// is left alone and null makes it unknown. A new location takes the place of an
// outline that does not hold it.
type IdleBuildingPatch struct {
	Name            *string    `json:"name,omitempty" maxLength:"200"`
	Address         *string    `json:"address,omitempty" maxLength:"500"`
	SubdistrictCode *string    `json:"subdistrict_code,omitempty"`
	FloorAreaM2     *float64   `json:"floor_area_m2,omitempty"`
	Storeys         *int       `json:"storeys,omitempty"`
	OwnerKind       *string    `json:"owner_kind,omitempty"`
	UseBefore       *string    `json:"use_before,omitempty" maxLength:"200"`
	AvailableFrom   *string    `json:"available_from,omitempty"`
	Remark          *string    `json:"remark,omitempty" maxLength:"2000"`
	Location        *orb.Point `json:"location,omitempty"`
	Clear           []string   `json:"-"`
}

// UnmarshalJSON implements json.Unmarshaler: fields that are null go to Clear.
func (p *IdleBuildingPatch) UnmarshalJSON(data []byte) error {
	type plain IdleBuildingPatch
	return unmarshalPatch(data, (*plain)(p), &p.Clear)
}

// NewIdleBuilding is an idle building to be.
type NewIdleBuilding struct {
	Code            string    `json:"code,omitempty" maxLength:"100"`
	Name            string    `json:"name" maxLength:"200"`
	Address         string    `json:"address,omitempty" maxLength:"500"`
	SubdistrictCode string    `json:"subdistrict_code,omitempty"` // "" is found by place
	FloorAreaM2     *float64  `json:"floor_area_m2,omitempty"`
	Storeys         *int      `json:"storeys,omitempty"`
	OwnerKind       string    `json:"owner_kind,omitempty"`
	UseBefore       string    `json:"use_before,omitempty" maxLength:"200"`
	AvailableFrom   *string   `json:"available_from,omitempty"` // YYYY-MM-DD
	Remark          string    `json:"remark,omitempty" maxLength:"2000"`
	Location        orb.Point `json:"location"` // lon, lat
}

// IdleBuildingFilter narrows and orders a list of idle buildings. Its zero value
// is all of them by name.
type IdleBuildingFilter struct {
	Q      string // part of name, address or former use
	BBox   *BBox
	Sort   string // name | floor_area_m2 | code, with - in front descending; "" is name
	Limit  int    // 1 … 5000; 0 is 100
	Cursor string
}

func (p IdleBuildingPatch) apply(b *IdleBuilding) error {
	v := checker{entity: "idle_building", code: b.Code, row: -1}
	for field, text := range map[string]*string{"name": p.Name, "address": p.Address, "use_before": p.UseBefore, "remark": p.Remark} {
		v.private(field, text)
	}
	if v.fault != nil {
		return v.fault
	}
	g := &b.Generated
	set(&b.Name, p.Name, "name", g)
	set(&b.Address, p.Address, "address", g)
	setFact(&b.FloorAreaM2, p.FloorAreaM2, "floor_area_m2", g)
	setFact(&b.Storeys, p.Storeys, "storeys", g)
	set(&b.OwnerKind, p.OwnerKind, "owner_kind", g)
	set(&b.UseBefore, p.UseBefore, "use_before", g)
	setFact(&b.AvailableFrom, p.AvailableFrom, "available_from", g)
	set(&b.Remark, p.Remark, "remark", g)
	setFact(&b.Location, p.Location, "location", g)
	set(&b.SubdistrictCode, p.SubdistrictCode, "subdistrict_code", g)
	if p.Location != nil && p.SubdistrictCode == nil {
		b.SubdistrictCode = "" // follows the place
	}
	for _, field := range p.Clear {
		if !b.clear(field) {
			return &InvalidError{Entity: "idle_building", Code: b.Code, Field: field, Row: -1, Detail: "此字段不能清空"}
		}
		unmark(field, g)
	}
	return nil
}

// clear makes a field unknown; false for those that cannot be.
func (b *IdleBuilding) clear(field string) bool {
	texts := map[string]*string{
		"name": &b.Name, "address": &b.Address, "subdistrict_code": &b.SubdistrictCode, "owner_kind": &b.OwnerKind,
		"use_before": &b.UseBefore, "remark": &b.Remark,
	}
	if text, ok := texts[field]; ok {
		*text = ""
		return true
	}
	switch field {
	case "floor_area_m2":
		b.FloorAreaM2 = nil
	case "storeys":
		b.Storeys = nil
	case "available_from":
		b.AvailableFrom = nil
	default:
		return false
	}
	return true
}

// idleBuilding refuses values that the register does not take.
func (v *checker) idleBuilding(name, address, ownerKind, useBefore, remark string, floorAreaM2 *float64, storeys *int) {
	v.name("name", name, false)
	v.text("address", address, false)
	v.text("use_before", useBefore, false)
	v.text("remark", remark, false)
	if ownerKind != "" {
		v.oneOf("owner_kind", ownerKind, OwnerKinds...)
	}
	v.area("floor_area_m2", floorAreaM2)
	if storeys != nil && (*storeys < 1 || *storeys > 300) {
		v.refuse("storeys", *storeys, "层数 %d 不在 1–300 之间", *storeys)
	}
}

func (b IdleBuilding) check() error {
	v := checker{entity: "idle_building", code: b.Code, row: -1}
	v.names(b.SubdistrictCode)
	v.idleBuilding(b.Name, b.Address, b.OwnerKind, b.UseBefore, b.Remark, b.FloorAreaM2, b.Storeys)
	if b.AvailableFrom != nil {
		if _, err := time.Parse(time.DateOnly, *b.AvailableFrom); err != nil {
			v.refuse("available_from", *b.AvailableFrom, "日期应写成 2026-01-31")
		}
	}
	v.point("location", *b.Location)
	if v.fault != nil {
		return v.fault
	}
	return nil
}

func (b IdleBuilding) clone() IdleBuilding {
	b.Generated = slices.Clone(b.Generated)
	return b
}
