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
	"github.com/lianpian/lianpian/internal/postgis"
)

// Building is one footprint (楼栋). A null fact is unknown.
type Building struct {
	Code            string     `json:"code"`
	Name            string     `json:"name"`
	CommunityCode   string     `json:"community_code"` // "" belongs to none
	CommunityName   string     `json:"community_name"`
	SubdistrictCode string     `json:"subdistrict_code"`
	Use             string     `json:"use"` // residential | commercial | public | …; "" unknown
	Storeys         *int       `json:"storeys"`
	HeightM         *float64   `json:"height_m"`
	BuiltYear       *int       `json:"built_year"`
	Households      *int       `json:"households"`
	FloorAreaM2     *float64   `json:"floor_area_m2"`
	FootprintM2     float64    `json:"footprint_m2"` // of the outline, on the ellipsoid
	Location        *orb.Point `json:"location"`     // lon, lat, inside the outline
	BBox            *BBox      `json:"bbox"`
	Named           []string   `json:"named"`     // of community_code and subdistrict_code: those that a person or a file named; the others follow the place
	Generated       []string   `json:"generated"` // fields whose values are made up for a demo
	Source          string     `json:"source"`
	Version         int        `json:"version"`
	UpdatedAt       time.Time  `json:"updated_at"`
}

// BuildingPatch changes the fields that it names. In JSON, an absent field is
// left alone and null makes it unknown; a community or subdistrict that becomes
// unknown is found by place again, while "" says that there is none.
type BuildingPatch struct {
	Name            *string  `json:"name,omitempty" maxLength:"200"`
	CommunityCode   *string  `json:"community_code,omitempty"`
	SubdistrictCode *string  `json:"subdistrict_code,omitempty"`
	Use             *string  `json:"use,omitempty" maxLength:"50"`
	Storeys         *int     `json:"storeys,omitempty"`
	HeightM         *float64 `json:"height_m,omitempty"`
	BuiltYear       *int     `json:"built_year,omitempty"`
	Households      *int     `json:"households,omitempty"`
	FloorAreaM2     *float64 `json:"floor_area_m2,omitempty"`
	Clear           []string `json:"-"`
}

// UnmarshalJSON implements json.Unmarshaler: fields that are null go to Clear.
func (p *BuildingPatch) UnmarshalJSON(data []byte) error {
	type plain BuildingPatch
	return unmarshalPatch(data, (*plain)(p), &p.Clear)
}

func (p BuildingPatch) apply(b *Building) error {
	v := checker{entity: "building", code: b.Code, row: -1}
	v.private("name", p.Name)
	v.private("use", p.Use)
	if v.fault != nil {
		return v.fault
	}
	g := &b.Generated
	set(&b.Name, p.Name, "name", g)
	set(&b.Use, p.Use, "use", g)
	setFact(&b.Storeys, p.Storeys, "storeys", g)
	setFact(&b.HeightM, p.HeightM, "height_m", g)
	setFact(&b.BuiltYear, p.BuiltYear, "built_year", g)
	setFact(&b.Households, p.Households, "households", g)
	setFact(&b.FloorAreaM2, p.FloorAreaM2, "floor_area_m2", g)
	name := func(at, value *string, field string) {
		if value != nil {
			*at = *value
			unmark(field, g)
			if !slices.Contains(b.Named, field) {
				b.Named = append(slices.Clone(b.Named), field)
				slices.Sort(b.Named)
			}
		}
	}
	name(&b.CommunityCode, p.CommunityCode, "community_code")
	name(&b.SubdistrictCode, p.SubdistrictCode, "subdistrict_code")
	for _, field := range p.Clear {
		switch field {
		case "name":
			b.Name = ""
		case "use":
			b.Use = ""
		case "storeys":
			b.Storeys = nil
		case "height_m":
			b.HeightM = nil
		case "built_year":
			b.BuiltYear = nil
		case "households":
			b.Households = nil
		case "floor_area_m2":
			b.FloorAreaM2 = nil
		case "community_code", "subdistrict_code":
			b.Named = slices.DeleteFunc(slices.Clone(b.Named), func(n string) bool { return n == field })
		default:
			return &InvalidError{Entity: "building", Code: b.Code, Field: field, Row: -1, Detail: "此字段不能清空"}
		}
		unmark(field, g)
	}
	return nil
}

// building refuses values that the register does not take.
func (v *checker) building(name, use string, storeys *int, heightM *float64, builtYear, households *int, floorAreaM2 *float64) {
	v.name("name", name, false)
	v.text("use", use, false)
	if storeys != nil && (*storeys < 1 || *storeys > 300) {
		v.refuse("storeys", *storeys, "层数 %d 不在 1–300 之间", *storeys)
	}
	v.between("height_m", heightM, 0, 1500)
	v.year("built_year", builtYear)
	v.count("households", households)
	v.area("floor_area_m2", floorAreaM2)
}

var (
	buildingColumns = `
		b.code, b.name, coalesce(c.code, '') as community_code, coalesce(c.name, '') as community_name,
		coalesce(b.subdistrict_code, '') as subdistrict_code, b.use, b.storeys, b.height_m, b.built_year, b.households,
		b.floor_area_m2, b.footprint_m2, ` + pointOf("b.point") + ` as location, ` + bboxOf("b.geom") + ` as bbox,
		b.named, b.generated, b.source, b.version, b.updated_at`
	buildingTables = `building b left join community c on c.id = b.community_id`
	buildingOrders = map[string]sortColumn{
		"name":          {`b.name collate "zh-x-icu"`, "text"},
		"built_year":    {`b.built_year`, "integer"},
		"households":    {`b.households`, "integer"},
		"storeys":       {`b.storeys`, "integer"},
		"floor_area_m2": {`b.floor_area_m2`, "double precision"},
	}
)

// BuildingFilter narrows and orders a list of buildings. Its zero value is all
// of them by code.
type BuildingFilter struct {
	Community string // code
	Codes     []string
	Sort      string // code | name | built_year | households | storeys | floor_area_m2, with - in front descending
	Limit     int    // 1 … 5000; 0 is 100
	Cursor    string
}

// Buildings lists the buildings of a district that the scope reaches.
func (s *Store) Buildings(ctx context.Context, scope account.Scope, district string, f BuildingFilter) (Page[Building], error) {
	var none Page[Building]
	if err := inDistrict(scope, district); err != nil {
		return none, err
	}
	if f.Sort == "" {
		f.Sort = "code"
	}
	o, err := parseOrder(f.Sort, "b.code", buildingOrders)
	if err != nil {
		return none, err
	}
	after, err := parseCursor(f.Cursor, o)
	if err != nil {
		return none, err
	}
	where, args := buildingInScope, scopeArgs(scope, district)
	if f.Community != "" {
		if !storable(f.Community) {
			return Page[Building]{Items: []Building{}}, nil
		}
		where += ` and b.community_id = (select id from community where district_code = @district and code = @community)`
		args["community"] = f.Community
	}
	if f.Codes != nil {
		where += ` and b.code = any(@codes)`
		args["codes"] = onlyStorable(f.Codes)
	}
	var total int64
	if err := s.db.Pool.QueryRow(ctx, `select count(*) from building b where `+where, args).Scan(&total); err != nil {
		return none, fmt.Errorf("count the buildings of %s: %w", district, err)
	}
	size := pageSize(f.Limit)
	args["limit"] = size + 1
	if after != nil {
		args["key_value"], args["key_code"] = after.Value, after.Code
	}
	rows, err := s.db.Pool.Query(ctx, `
		select `+buildingColumns+`, `+o.keys()+`
		from `+buildingTables+`
		where `+where+` and `+o.after(after)+`
		order by `+o.by()+`
		limit @limit`, args)
	if err != nil {
		return none, fmt.Errorf("list the buildings of %s: %w", district, err)
	}
	type row struct {
		Building
		place
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[row])
	if err != nil {
		return none, fmt.Errorf("list the buildings of %s: %w", district, err)
	}
	return cut(list, size, o, total, func(r row) (Building, place) { return r.Building, r.place }), nil
}

// CommunityBuildings lists all buildings of a community, or postgis.ErrNotFound
// where the scope does not reach the community.
func (s *Store) CommunityBuildings(ctx context.Context, scope account.Scope, district, code string) ([]Building, error) {
	if _, err := s.Community(ctx, scope, district, code); err != nil {
		return nil, err
	}
	rows, err := s.db.Pool.Query(ctx, `
		select `+buildingColumns+`
		from `+buildingTables+`
		where c.district_code = $1 and c.code = $2
		order by b.name collate "zh-x-icu", b.code collate "C"`, district, code)
	if err != nil {
		return nil, fmt.Errorf("list the buildings of community %s: %w", code, err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[Building])
	if err != nil {
		return nil, fmt.Errorf("list the buildings of community %s: %w", code, err)
	}
	return list, nil
}

// Building returns one building, or postgis.ErrNotFound, also where it is
// outside the scope.
func (s *Store) Building(ctx context.Context, scope account.Scope, district, code string) (Building, error) {
	r, err := s.buildingRecord(ctx, s.db.Pool, scope, district, code, "")
	return r.Building, err
}

type buildingRecord struct {
	ID int64
	Building
}

func (s *Store) buildingRecord(ctx context.Context, q querier, scope account.Scope, district, code, lock string) (buildingRecord, error) {
	var none buildingRecord
	if err := inDistrict(scope, district); err != nil {
		return none, err
	}
	if !storable(code) {
		return none, fmt.Errorf("building %q of %s: %w", code, district, postgis.ErrNotFound)
	}
	args := scopeArgs(scope, district)
	args["code"] = code
	rows, err := q.Query(ctx, `
		select b.id, `+buildingColumns+`
		from `+buildingTables+`
		where b.code = @code and `+buildingInScope+lock, args)
	if err != nil {
		return none, fmt.Errorf("read building %s of %s: %w", code, district, err)
	}
	r, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[buildingRecord])
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return none, fmt.Errorf("building %s of %s: %w", code, district, postgis.ErrNotFound)
	case err != nil:
		return none, fmt.Errorf("read building %s of %s: %w", code, district, err)
	}
	return r, nil
}

// BuildingShapes returns the outlines of buildings by their codes; nil codes
// are all that the scope reaches.
func (s *Store) BuildingShapes(ctx context.Context, scope account.Scope, district string, codes []string) (map[string]orb.Geometry, error) {
	if err := inDistrict(scope, district); err != nil {
		return nil, err
	}
	args := scopeArgs(scope, district)
	args["codes"] = onlyStorable(codes)
	return shapes(ctx, s.db.Pool, `
		select b.code, b.geom
		from building b
		where `+buildingInScope+` and (@codes::text[] is null or b.code = any(@codes))`, args)
}

// UpdateBuilding changes the fields that the patch names. version is the one
// that the person saw; another is postgis.ErrVersion. A patch that changes
// nothing leaves the version alone.
func (s *Store) UpdateBuilding(ctx context.Context, scope account.Scope, district, code string, version int, patch BuildingPatch) (Building, error) {
	var after buildingRecord
	err := s.db.Write(ctx, func(ctx context.Context, tx *postgis.Tx) error {
		before, err := s.buildingRecord(ctx, tx, scope, district, code, " for no key update of b")
		if err != nil {
			return err
		}
		if err := mayEdit(ctx, scope, district, before.SubdistrictCode); err != nil {
			return err
		}
		if before.Version != version {
			return fmt.Errorf("building %s is at version %d, not %d: %w", code, before.Version, version, postgis.ErrVersion)
		}
		r := before
		if err := patch.apply(&r.Building); err != nil {
			return err
		}
		v := checker{entity: "building", code: code, row: -1}
		v.names(r.CommunityCode, r.SubdistrictCode)
		v.building(r.Name, r.Use, r.Storeys, r.HeightM, r.BuiltYear, r.Households, r.FloorAreaM2)
		if v.fault != nil {
			return v.fault
		}
		if reflect.DeepEqual(r, before) {
			after = before
			return nil
		}
		if after, err = s.writeBuilding(ctx, tx, district, r); err != nil {
			return err
		}
		if err := mayEdit(ctx, scope, district, after.SubdistrictCode); err != nil {
			return err
		}
		announce(tx, district, "buildings", []string{before.SubdistrictCode, after.SubdistrictCode}, extentOf(after.BBox, after.Location))
		return account.Record(ctx, tx, account.Entry{
			Action: "building.update", Entity: "building", Code: code, District: district,
			Before: before.Building, After: after.Building,
		})
	})
	return after.Building, err
}

// writeBuilding stores a record, lets follow what is not named, and reads back
// what became of it.
func (s *Store) writeBuilding(ctx context.Context, tx *postgis.Tx, district string, r buildingRecord) (buildingRecord, error) {
	var communityID *int64
	if r.CommunityCode != "" {
		err := tx.QueryRow(ctx, `select id from community where district_code = $1 and code = $2`, district, r.CommunityCode).Scan(&communityID)
		if errors.Is(err, pgx.ErrNoRows) {
			return r, &InvalidError{Entity: "building", Code: r.Code, Field: "community_code", Row: -1, Value: r.CommunityCode, Detail: "小区不存在"}
		}
		if err != nil {
			return r, fmt.Errorf("find community %s of building %s: %w", r.CommunityCode, r.Code, err)
		}
	}
	_, err := tx.Exec(ctx, `
		update building set
			name = $2, community_id = $3, subdistrict_code = nullif($4, ''), use = $5, storeys = $6, height_m = $7,
			built_year = $8, households = $9, floor_area_m2 = $10, named = $11, generated = $12, updated_at = now()
		where id = $1`,
		r.ID, r.Name, communityID, r.SubdistrictCode, r.Use, r.Storeys, r.HeightM,
		r.BuiltYear, r.Households, r.FloorAreaM2, r.Named, r.Generated)
	if err != nil {
		return r, fmt.Errorf("store building %s: %w", r.Code, violation("building", r.Code, err))
	}
	if r.Location != nil {
		if _, err := s.attach(ctx, tx, district, attachment{within: []orb.Bound{r.Location.Bound()}}); err != nil {
			return r, err
		}
	}
	// Attaching may have raised the version, too: an edit raises it once.
	if _, err := tx.Exec(ctx, `update building set version = $2 where id = $1`, r.ID, r.Version+1); err != nil {
		return r, fmt.Errorf("store building %s: %w", r.Code, err)
	}
	return s.buildingRecord(ctx, tx, account.Everything, district, r.Code, "")
}
