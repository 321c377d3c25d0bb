package registry

import (
	"context"
	"errors"
	"fmt"
	"regexp"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/geo"
	"github.com/lianpian/lianpian/internal/postgis"
)

// District is the authority that runs a renewal programme (区 / 经开区).
type District struct {
	Code          string    `json:"code"`
	Name          string    `json:"name"`
	BBox          BBox      `json:"bbox"`
	Center        orb.Point `json:"center"`  // lon, lat
	GKSRID        int       `json:"gk_srid"` // EPSG code of its Gauss-Krüger zone
	PolicyKey     string    `json:"policy_key"`
	PolicyVersion string    `json:"policy_version"`
	ProfileKey    string    `json:"profile_key"` // facility standards
	Demo          bool      `json:"demo"`
	Notice        string    `json:"notice"` // attribution and what is generated
	Counts        Counts    `json:"counts" db:"-"`
}

// Counts say how much a district has, as far as the person who asks may see.
type Counts struct {
	Communities int64 `json:"communities"`
	Buildings   int64 `json:"buildings"`
	Facilities  int64 `json:"facilities"`
	Zones       int64 `json:"zones"`
}

// NewDistrict is a district to be.
type NewDistrict struct {
	Code       string // administrative code of 6 or 9 digits
	Name       string
	Boundary   orb.MultiPolygon
	GKSRID     int            // 0 is the 3-degree zone of its centre
	PolicyKey  string         // "" is the library's first
	Params     map[string]any // overrides of the policy's parameters
	ProfileKey string         // "" is the one that goes with the policy
	Demo       bool
	Notice     string
}

var districtCode = regexp.MustCompile(`^[0-9]{6}([0-9]{3})?$`)

// CreateDistrict founds a district. A taken code is a *DuplicateError, a wrong
// value an *InvalidError.
func (s *Store) CreateDistrict(ctx context.Context, n NewDistrict) (District, error) {
	err := s.db.Write(ctx, func(ctx context.Context, tx *postgis.Tx) error { return s.FoundDistrict(ctx, tx, n) })
	if err != nil {
		return District{}, err
	}
	return s.District(ctx, account.Everything, n.Code)
}

// FoundDistrict is CreateDistrict inside the caller's transaction.
func (s *Store) FoundDistrict(ctx context.Context, tx *postgis.Tx, n NewDistrict) error {
	if err := account.Demand(ctx, account.FoundDistrict, account.Place{District: n.Code}); err != nil {
		return err
	}
	v := checker{entity: "district", code: n.Code, row: -1}
	v.text("name", n.Name, true)
	v.text("notice", n.Notice, false)
	if !districtCode.MatchString(n.Code) {
		v.refuse("code", n.Code, "区划代码必须是 6 位或 9 位数字")
	}
	if fault := geo.Check(n.Boundary, geo.Limits{MaxPoints: geo.MaxImportPoints}); fault != nil {
		v.refuse("boundary", fault.At, "%s", fault.Detail)
	}
	policies := s.lib.Policies()
	if n.PolicyKey == "" && len(policies) > 0 {
		n.PolicyKey = policies[0].Key
	}
	p, err := s.lib.Policy(n.PolicyKey)
	if err != nil {
		v.refuse("policy_key", n.PolicyKey, "实施方案“%s”不存在", n.PolicyKey)
	}
	if v.fault != nil {
		return v.fault
	}
	if err := p.CheckParams(n.Params); err != nil {
		return &InvalidError{Entity: "district", Code: n.Code, Field: "policy_params", Row: -1, Detail: err.Error()}
	}
	if n.ProfileKey == "" {
		n.ProfileKey = p.Profile
	}
	if _, ok := s.lib.Profile(n.ProfileKey); !ok {
		return &InvalidError{Entity: "district", Code: n.Code, Field: "profile_key", Row: -1, Value: n.ProfileKey, Detail: "设施标准不存在"}
	}
	if n.GKSRID == 0 {
		n.GKSRID = geo.ThreeDegreeSRID(n.Boundary.Bound().Center().Lon())
	}
	if n.Params == nil {
		n.Params = map[string]any{}
	}
	_, err = tx.Exec(ctx, `
		insert into district (code, name, boundary, gk_srid, policy_key, policy_version, policy_params, profile_key, demo, notice)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		n.Code, n.Name, postgis.Geom{Geometry: n.Boundary}, n.GKSRID, p.Key, p.Version, n.Params, n.ProfileKey, n.Demo, n.Notice)
	if err != nil {
		return fmt.Errorf("create district %s: %w", n.Code, violation("district", n.Code, err))
	}
	n.Boundary = nil // the audit trail keeps no outlines
	tx.Changed(postgis.Change{District: n.Code, Layer: "base", Everybody: true})
	return account.Record(ctx, tx, account.Entry{
		Action: "district.create", Entity: "district", Code: n.Code, District: n.Code, After: n,
	})
}

const districtColumns = `
	d.code, d.name,
	array[ST_XMin(d.boundary), ST_YMin(d.boundary), ST_XMax(d.boundary), ST_YMax(d.boundary)] as bbox,
	array[(ST_XMin(d.boundary) + ST_XMax(d.boundary)) / 2, (ST_YMin(d.boundary) + ST_YMax(d.boundary)) / 2] as center,
	d.gk_srid, d.policy_key, d.policy_version, d.profile_key, d.demo, d.notice`

// Districts lists the districts that the scope reaches.
func (s *Store) Districts(ctx context.Context, scope account.Scope) ([]District, error) {
	rows, err := s.db.Pool.Query(ctx, `
		select `+districtColumns+` from district d where $1 = '' or d.code = $1 order by d.code`, scope.District)
	if err != nil {
		return nil, fmt.Errorf("list districts: %w", err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[District])
	if err != nil {
		return nil, fmt.Errorf("list districts: %w", err)
	}
	for i := range list {
		if list[i].Counts, err = s.counts(ctx, scope, list[i].Code); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// District returns one district, or postgis.ErrNotFound.
func (s *Store) District(ctx context.Context, scope account.Scope, code string) (District, error) {
	if err := inDistrict(scope, code); err != nil {
		return District{}, err
	}
	rows, err := s.db.Pool.Query(ctx, `select `+districtColumns+` from district d where d.code = $1`, code)
	if err != nil {
		return District{}, fmt.Errorf("read district %s: %w", code, err)
	}
	d, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[District])
	if errors.Is(err, pgx.ErrNoRows) {
		return District{}, fmt.Errorf("district %s: %w", code, postgis.ErrNotFound)
	}
	if err != nil {
		return District{}, fmt.Errorf("read district %s: %w", code, err)
	}
	d.Counts, err = s.counts(ctx, scope, code)
	return d, err
}

func (s *Store) counts(ctx context.Context, scope account.Scope, district string) (Counts, error) {
	var c Counts
	err := s.db.Pool.QueryRow(ctx, `
		select (select count(*) from community c where `+communityInScope+`),
		       (select count(*) from building b where `+buildingInScope+`),
		       (select count(*) from facility f where `+facilityInScope+`),
		       (select count(*) from published_zone z
		        where z.district_code = @district and z.main
		          and (@subs::text[] is null or z.subdistrict_codes && @subs)
		          and (@zones::bigint[] is null or z.id = any(@zones)))`,
		scopeArgs(scope, district)).Scan(&c.Communities, &c.Buildings, &c.Facilities, &c.Zones)
	if err != nil {
		return c, fmt.Errorf("count what %s has: %w", district, err)
	}
	return c, nil
}

// DistrictAround returns the code of the district that holds most of a bound,
// or postgis.ErrNotFound where none touches it.
func (s *Store) DistrictAround(ctx context.Context, bound orb.Bound) (string, error) {
	var code string
	err := s.db.Pool.QueryRow(ctx, `
		select code from district
		where boundary && $1 and ST_Intersects(boundary, $1)
		order by ST_Area(ST_Intersection(ST_Envelope(boundary), $1)) desc, code
		limit 1`, postgis.Geom{Geometry: bound.Pad(1e-9)}).Scan(&code)
	if errors.Is(err, pgx.ErrNoRows) {
		return "", fmt.Errorf("a district around %v: %w", bound.Center(), postgis.ErrNotFound)
	}
	if err != nil {
		return "", fmt.Errorf("find the district around %v: %w", bound.Center(), err)
	}
	return code, nil
}

// Subdistrict is part of a district (街道 / 镇).
type Subdistrict struct {
	Code        string   `json:"code"`
	Name        string   `json:"name"`
	BBox        *BBox    `json:"bbox"`
	Communities int64    `json:"communities"` // as far as the person who asks may see
	Generated   []string `json:"generated"`
}

// Subdistricts lists the subdistricts of a district that the scope reaches; for
// a contractor, those with their communities.
func (s *Store) Subdistricts(ctx context.Context, scope account.Scope, district string) ([]Subdistrict, error) {
	if err := inDistrict(scope, district); err != nil {
		return nil, err
	}
	if _, _, err := s.policyOf(ctx, s.db.Pool, district); err != nil { // is it there?
		return nil, err
	}
	rows, err := s.db.Pool.Query(ctx, `
		select s.code, s.name, `+bboxOf("s.geom")+` as bbox, coalesce(n.communities, 0) as communities, s.generated
		from subdistrict s
		left join (
			select c.subdistrict_code, count(*) as communities
			from community c
			where `+communityInScope+`
			group by c.subdistrict_code
		) n on n.subdistrict_code = s.code
		where s.district_code = @district
		  and (@subs::text[] is null or s.code = any(@subs))
		  and (@zones::bigint[] is null or n.communities > 0)
		order by s.code collate "C"`, scopeArgs(scope, district))
	if err != nil {
		return nil, fmt.Errorf("list the subdistricts of %s: %w", district, err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[Subdistrict])
	if err != nil {
		return nil, fmt.Errorf("list the subdistricts of %s: %w", district, err)
	}
	return list, nil
}
