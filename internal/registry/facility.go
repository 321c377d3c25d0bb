package registry

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/policy"
	"github.com/lianpian/lianpian/internal/postgis"
)

// Facility is one service at one place (服务设施).
type Facility struct {
	Code            string     `json:"code"`
	FacilityType    string     `json:"facility_type"` // key of the standards table
	Name            string     `json:"name"`
	Address         string     `json:"address"`
	Capacity        *int       `json:"capacity"`
	SubdistrictCode string     `json:"subdistrict_code"` // "" where it is not known
	Location        *orb.Point `json:"location"`         // lon, lat
	Generated       []string   `json:"generated"`        // fields whose values are made up for a demo
	Source          string     `json:"source"`
	Version         int        `json:"version"`
	UpdatedAt       time.Time  `json:"updated_at"`
}

// FacilityPatch changes the fields that it names. In JSON, an absent field is
// left alone and null makes it unknown.
type FacilityPatch struct {
	FacilityType    *string    `json:"facility_type,omitempty"`
	Name            *string    `json:"name,omitempty" maxLength:"200"`
	Address         *string    `json:"address,omitempty" maxLength:"500"`
	Capacity        *int       `json:"capacity,omitempty"`
	SubdistrictCode *string    `json:"subdistrict_code,omitempty"`
	Location        *orb.Point `json:"location,omitempty"`
	Clear           []string   `json:"-"`
}

// UnmarshalJSON implements json.Unmarshaler: fields that are null go to Clear.
func (p *FacilityPatch) UnmarshalJSON(data []byte) error {
	type plain FacilityPatch
	return unmarshalPatch(data, (*plain)(p), &p.Clear)
}

// NewFacility is a facility to be: type, name and place.
type NewFacility struct {
	Code            string    `json:"code,omitempty" maxLength:"100"`
	FacilityType    string    `json:"facility_type"`
	Name            string    `json:"name,omitempty" maxLength:"200"`
	Address         string    `json:"address,omitempty" maxLength:"500"`
	Capacity        *int      `json:"capacity,omitempty"`
	SubdistrictCode string    `json:"subdistrict_code,omitempty"` // "" is found by place
	Location        orb.Point `json:"location"`                   // lon, lat
}

func (p FacilityPatch) apply(f *Facility) error {
	v := checker{entity: "facility", code: f.Code, row: -1}
	v.private("name", p.Name)
	v.private("address", p.Address)
	if v.fault != nil {
		return v.fault
	}
	g := &f.Generated
	set(&f.FacilityType, p.FacilityType, "facility_type", g)
	set(&f.Name, p.Name, "name", g)
	set(&f.Address, p.Address, "address", g)
	setFact(&f.Capacity, p.Capacity, "capacity", g)
	setFact(&f.Location, p.Location, "location", g)
	set(&f.SubdistrictCode, p.SubdistrictCode, "subdistrict_code", g)
	if p.Location != nil && p.SubdistrictCode == nil {
		f.SubdistrictCode = "" // follows the place
	}
	for _, field := range p.Clear {
		switch field {
		case "name":
			f.Name = ""
		case "address":
			f.Address = ""
		case "capacity":
			f.Capacity = nil
		case "subdistrict_code":
			f.SubdistrictCode = ""
		default:
			return &InvalidError{Entity: "facility", Code: f.Code, Field: field, Row: -1, Detail: "此字段不能清空"}
		}
		unmark(field, g)
	}
	return nil
}

// facility refuses values that the register does not take.
func (v *checker) facility(lib *policy.Library, facilityType, name, address string, capacity *int, location orb.Point) {
	if _, ok := lib.FacilityType(facilityType); !ok {
		v.refuse("facility_type", facilityType, "设施类型“%s”不存在", facilityType)
	}
	v.name("name", name, false)
	v.text("address", address, false)
	v.count("capacity", capacity)
	v.point("location", location)
}

func (s *Store) checkFacility(f Facility) error {
	v := checker{entity: "facility", code: f.Code, row: -1}
	v.names(f.SubdistrictCode)
	v.facility(s.lib, f.FacilityType, f.Name, f.Address, f.Capacity, *f.Location)
	if v.fault != nil {
		return v.fault
	}
	return nil
}

var (
	facilityColumns = `
		f.code, f.facility_type, f.name, f.address, f.capacity, coalesce(f.subdistrict_code, '') as subdistrict_code,
		` + pointOf("f.geom") + ` as location, f.generated, f.source, f.version, f.updated_at`
	facilityOrders = map[string]sortColumn{
		"name":          {`f.name collate "zh-x-icu"`, "text"},
		"facility_type": {`f.facility_type collate "C"`, "text"},
	}
)

// FacilityFilter narrows and orders a list of facilities. Its zero value is all
// of them by name.
type FacilityFilter struct {
	Types  []string
	Q      string // part of name or address
	BBox   *BBox
	Sort   string // name | facility_type | code, with - in front descending; "" is name
	Limit  int    // 1 … 5000; 0 is 100
	Cursor string
}

// Facilities lists the facilities of a district that the scope reaches.
func (s *Store) Facilities(ctx context.Context, scope account.Scope, district string, filter FacilityFilter) (Page[Facility], error) {
	var none Page[Facility]
	if err := inDistrict(scope, district); err != nil {
		return none, err
	}
	if filter.Sort == "" {
		filter.Sort = "name"
	}
	o, err := parseOrder(filter.Sort, "f.code", facilityOrders)
	if err != nil {
		return none, err
	}
	after, err := parseCursor(filter.Cursor, o)
	if err != nil {
		return none, err
	}
	where, args := facilityInScope, scopeArgs(scope, district)
	if filter.Types != nil {
		where += ` and f.facility_type = any(@types)`
		args["types"] = onlyStorable(filter.Types)
	}
	if filter.Q != "" {
		if !storable(filter.Q) {
			return none, &InvalidError{Field: "q", Row: -1, Detail: "含有无法查找的字符"}
		}
		where += ` and (f.name ilike @q or f.address ilike @q)`
		args["q"] = contains(filter.Q)
	}
	if filter.BBox != nil {
		where += ` and f.geom && @bbox`
		args["bbox"] = postgis.Geom{Geometry: filter.BBox.Bound()}
	}
	var total int64
	if err := s.db.Pool.QueryRow(ctx, `select count(*) from facility f where `+where, args).Scan(&total); err != nil {
		return none, fmt.Errorf("count the facilities of %s: %w", district, err)
	}
	size := pageSize(filter.Limit)
	args["limit"] = size + 1
	if after != nil {
		args["key_value"], args["key_code"] = after.Value, after.Code
	}
	rows, err := s.db.Pool.Query(ctx, `
		select `+facilityColumns+`, `+o.keys()+`
		from facility f
		where `+where+` and `+o.after(after)+`
		order by `+o.by()+`
		limit @limit`, args)
	if err != nil {
		return none, fmt.Errorf("list the facilities of %s: %w", district, err)
	}
	type row struct {
		Facility
		place
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[row])
	if err != nil {
		return none, fmt.Errorf("list the facilities of %s: %w", district, err)
	}
	return cut(list, size, o, total, func(r row) (Facility, place) { return r.Facility, r.place }), nil
}

// Facility returns one facility, or postgis.ErrNotFound, also where it is
// outside the scope.
func (s *Store) Facility(ctx context.Context, scope account.Scope, district, code string) (Facility, error) {
	return s.readFacility(ctx, s.db.Pool, scope, district, code, "")
}

func (s *Store) readFacility(ctx context.Context, q querier, scope account.Scope, district, code, lock string) (Facility, error) {
	if err := inDistrict(scope, district); err != nil {
		return Facility{}, err
	}
	if !storable(code) {
		return Facility{}, fmt.Errorf("facility %q of %s: %w", code, district, postgis.ErrNotFound)
	}
	args := scopeArgs(scope, district)
	args["code"] = code
	rows, err := q.Query(ctx, `
		select `+facilityColumns+` from facility f where f.code = @code and `+facilityInScope+lock, args)
	if err != nil {
		return Facility{}, fmt.Errorf("read facility %s of %s: %w", code, district, err)
	}
	f, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[Facility])
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return Facility{}, fmt.Errorf("facility %s of %s: %w", code, district, postgis.ErrNotFound)
	case err != nil:
		return Facility{}, fmt.Errorf("read facility %s of %s: %w", code, district, err)
	}
	return f, nil
}

// CreateFacility adds a facility; see CreateCommunity for codes and errors.
func (s *Store) CreateFacility(ctx context.Context, scope account.Scope, district string, n NewFacility) (Facility, error) {
	if err := inDistrict(scope, district); err != nil {
		return Facility{}, err
	}
	code, err := newCode("facility", n.Code)
	if err != nil {
		return Facility{}, err
	}
	f := Facility{
		Code: code, FacilityType: n.FacilityType, Name: n.Name, Address: n.Address, Capacity: n.Capacity,
		SubdistrictCode: n.SubdistrictCode, Location: &n.Location, Generated: []string{}, Version: 1,
		Source: "人工录入：" + account.Name(ctx),
	}
	v := checker{entity: "facility", code: code, row: -1}
	v.private("name", &n.Name)
	v.private("address", &n.Address)
	if v.fault != nil {
		return Facility{}, v.fault
	}
	if err := s.checkFacility(f); err != nil {
		return Facility{}, err
	}
	var after Facility
	err = s.db.Write(ctx, func(ctx context.Context, tx *postgis.Tx) error {
		if err := placeFacility(ctx, tx, district, &f); err != nil {
			return err
		}
		if err := mayEdit(ctx, scope, district, f.SubdistrictCode); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `
			insert into facility (district_code, code, facility_type, name, address, capacity, subdistrict_code, geom, source)
			values ($1, $2, $3, $4, $5, $6, nullif($7, ''), $8, $9)`,
			district, f.Code, f.FacilityType, f.Name, f.Address, f.Capacity, f.SubdistrictCode, postgis.Geom{Geometry: *f.Location}, f.Source)
		if err != nil {
			return fmt.Errorf("create facility %s of %s: %w", f.Code, district, violation("facility", f.Code, err))
		}
		if after, err = s.readFacility(ctx, tx, account.Everything, district, f.Code, ""); err != nil {
			return err
		}
		announce(tx, district, "facilities", []string{after.SubdistrictCode}, extentOf(nil, after.Location))
		return account.Record(ctx, tx, account.Entry{
			Action: "facility.create", Entity: "facility", Code: f.Code, District: district, After: after,
		})
	})
	return after, err
}

func placeFacility(ctx context.Context, tx *postgis.Tx, district string, f *Facility) error {
	if f.SubdistrictCode != "" {
		return nil
	}
	code, err := subdistrictAt(ctx, tx, district, *f.Location)
	if err != nil {
		return fmt.Errorf("place facility %s: %w", f.Code, err)
	}
	f.SubdistrictCode = code
	return nil
}

// UpdateFacility changes the fields that the patch names. version is the one
// that the person saw; another is postgis.ErrVersion.
func (s *Store) UpdateFacility(ctx context.Context, scope account.Scope, district, code string, version int, patch FacilityPatch) (Facility, error) {
	var after Facility
	err := s.db.Write(ctx, func(ctx context.Context, tx *postgis.Tx) error {
		before, err := s.facilityForWrite(ctx, tx, scope, district, code, version)
		if err != nil {
			return err
		}
		f := before
		f.Generated = slices.Clone(f.Generated)
		if err := patch.apply(&f); err != nil {
			return err
		}
		if err := s.checkFacility(f); err != nil {
			return err
		}
		if err := placeFacility(ctx, tx, district, &f); err != nil {
			return err
		}
		if err := mayEdit(ctx, scope, district, f.SubdistrictCode); err != nil {
			return err
		}
		if reflect.DeepEqual(f, before) {
			after = before
			return nil
		}
		_, err = tx.Exec(ctx, `
			update facility set
				facility_type = $3, name = $4, address = $5, capacity = $6, subdistrict_code = nullif($7, ''), geom = $8,
				generated = $9, version = version + 1, updated_at = now()
			where district_code = $1 and code = $2`,
			district, code, f.FacilityType, f.Name, f.Address, f.Capacity, f.SubdistrictCode, postgis.Geom{Geometry: *f.Location}, f.Generated)
		if err != nil {
			return fmt.Errorf("store facility %s of %s: %w", code, district, violation("facility", code, err))
		}
		if after, err = s.readFacility(ctx, tx, account.Everything, district, code, ""); err != nil {
			return err
		}
		announce(tx, district, "facilities", []string{before.SubdistrictCode, after.SubdistrictCode}, extentOf(nil, before.Location), extentOf(nil, after.Location))
		return account.Record(ctx, tx, account.Entry{
			Action: "facility.update", Entity: "facility", Code: code, District: district, Before: before, After: after,
		})
	})
	return after, err
}

// DeleteFacility removes a facility.
func (s *Store) DeleteFacility(ctx context.Context, scope account.Scope, district, code string, version int) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *postgis.Tx) error {
		before, err := s.facilityForWrite(ctx, tx, scope, district, code, version)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `delete from facility where district_code = $1 and code = $2`, district, code); err != nil {
			return fmt.Errorf("delete facility %s of %s: %w", code, district, err)
		}
		announce(tx, district, "facilities", []string{before.SubdistrictCode}, extentOf(nil, before.Location))
		return account.Record(ctx, tx, account.Entry{
			Action: "facility.delete", Entity: "facility", Code: code, District: district, Before: before,
		})
	})
}

// facilityForWrite locks a facility that the person may edit, at the version
// that they saw.
func (s *Store) facilityForWrite(ctx context.Context, tx *postgis.Tx, scope account.Scope, district, code string, version int) (Facility, error) {
	f, err := s.readFacility(ctx, tx, scope, district, code, " for update of f")
	if err != nil {
		return f, err
	}
	if err := mayEdit(ctx, scope, district, f.SubdistrictCode); err != nil {
		return f, err
	}
	if f.Version != version {
		return f, fmt.Errorf("facility %s is at version %d, not %d: %w", code, f.Version, version, postgis.ErrVersion)
	}
	return f, nil
}
