package zone

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/postgis"
)

// Store keeps the zones of one database. Reads show what the scope holds; writes
// ask the account package whether the person in ctx may write at that place.
type Store struct {
	db    *postgis.DB
	links *linkKeeper // the links of the districts, as long as they do not change

	copyFollowers []CopyFollower
}

// CopyFollower is told, inside the writing transaction, that a scenario was made
// as a copy of another, so that it can copy what it keeps with scenarios.
type CopyFollower func(ctx context.Context, tx *postgis.Tx, district, from, to string) error

// FollowCopies adds a follower. Call it while wiring, before the store is used.
func (s *Store) FollowCopies(f CopyFollower) { s.copyFollowers = append(s.copyFollowers, f) }

// New makes the store of a database.
func New(db *postgis.DB) *Store { return &Store{db: db, links: newLinkKeeper(db)} }

// reaches tells whether a scope holds anything of a district.
func reaches(scope account.Scope, district string) bool {
	return scope.District == "" || scope.District == district
}

// stored is a zone with the key that only the database uses.
type stored struct {
	Zone
	id         int64
	scenarioID int64
	shape      orb.MultiPolygon
}

const selectZone = `
select z.id, z.code, z.name, z.note, z.geom, z.version, z.subdistrict_codes,
       z.created_by, z.created_at, z.updated_by, z.updated_at,
       z.scenario_id, s.code, z.membership, z.boundary_rule, z.year, z.year_locked
from zone z
join scenario s on s.id = z.scenario_id
where z.district_code = $1
  and ($2::text[] is null or z.subdistrict_codes && $2)
  and ($3::bigint[] is null or z.id = any($3))`

func scanZone(row pgx.CollectableRow) (stored, error) {
	var z stored
	var geom postgis.Geom
	err := row.Scan(&z.id, &z.Code, &z.Name, &z.Note, &geom, &z.Version, &z.SubdistrictCodes,
		&z.CreatedBy, &z.CreatedAt, &z.UpdatedBy, &z.UpdatedAt,
		&z.scenarioID, &z.Scenario, &z.Membership, &z.BoundaryRule, &z.Year, &z.YearLocked)
	if err != nil {
		return z, err
	}
	z.shape, _ = geom.Geometry.(orb.MultiPolygon)
	z.Geometry = geojson.NewGeometry(z.shape)
	b := z.shape.Bound()
	z.BBox = [4]float64{b.Min[0], b.Min[1], b.Max[0], b.Max[1]}
	return z, nil
}

// find returns one stored zone without its totals, locked when lock is "for update".
func find(ctx context.Context, q reader, scope account.Scope, district, code, lock string) (stored, error) {
	if !reaches(scope, district) {
		return stored{}, fmt.Errorf("zone %s: %w", code, postgis.ErrNotFound)
	}
	rows, err := q.Query(ctx, selectZone+` and z.code = $4 `+lock, district, scope.Subdistricts, scope.Zones, code)
	if err != nil {
		return stored{}, fmt.Errorf("read zone %s: %w", code, err)
	}
	z, err := pgx.CollectExactlyOneRow(rows, scanZone)
	if errors.Is(err, pgx.ErrNoRows) {
		return stored{}, fmt.Errorf("zone %s: %w", code, postgis.ErrNotFound)
	}
	if err != nil {
		return stored{}, fmt.Errorf("read zone %s: %w", code, err)
	}
	return z, nil
}

// List returns the zones of a scenario, "" being the main one, that the scope
// may read, by name; postgis.ErrNotFound for a named scenario outside the scope.
func (s *Store) List(ctx context.Context, scope account.Scope, district, scenario string) ([]Zone, error) {
	if scenario != "" {
		if _, err := findScenario(ctx, s.db.Pool, scope, district, scenario, ""); err != nil {
			return nil, err
		}
	}
	if !reaches(scope, district) {
		return []Zone{}, nil
	}
	return s.read(ctx, s.db.Pool, scope, district, ` and case when $4 = '' then s.main else s.code = $4 end order by z.name, z.id`, scenario)
}

// read returns the zones that a condition on $4 selects, with their totals.
func (s *Store) read(ctx context.Context, q reader, scope account.Scope, district, condition string, of any) ([]Zone, error) {
	rows, err := q.Query(ctx, selectZone+condition, district, scope.Subdistricts, scope.Zones, of)
	if err != nil {
		return nil, fmt.Errorf("list the zones of district %s: %w", district, err)
	}
	found, err := pgx.CollectRows(rows, scanZone)
	if err != nil {
		return nil, fmt.Errorf("list the zones of district %s: %w", district, err)
	}
	ids := make([]int64, 0, len(found))
	for _, z := range found {
		ids = append(ids, z.id)
	}
	totals, err := totalsOf(ctx, q, scope, district, ids)
	if err != nil {
		return nil, err
	}
	zones := make([]Zone, 0, len(found))
	for _, z := range found {
		z.Totals = totals[z.id]
		zones = append(zones, z.Zone)
	}
	return zones, nil
}

// zonesByID returns zones that the person wrote, by name.
func (s *Store) zonesByID(ctx context.Context, tx pgx.Tx, scope account.Scope, district string, ids []int64) ([]Zone, error) {
	return s.read(ctx, tx, account.Scope{District: scope.District}, district, ` and z.id = any($4) order by z.name, z.id`, ids)
}

// Get returns one zone; postgis.ErrNotFound where there is none in the scope.
func (s *Store) Get(ctx context.Context, scope account.Scope, district, code string) (Zone, error) {
	return s.GetIn(ctx, s.db.Pool, scope, district, code)
}

// GetIn is Get inside the caller's transaction, for those who read more of the
// same state.
func (s *Store) GetIn(ctx context.Context, q reader, scope account.Scope, district, code string) (Zone, error) {
	z, err := find(ctx, q, scope, district, code, "")
	if err != nil {
		return Zone{}, err
	}
	totals, err := totalsOf(ctx, q, scope, district, []int64{z.id})
	if err != nil {
		return Zone{}, err
	}
	z.Totals = totals[z.id]
	return z.Zone, nil
}

// Create saves a new zone. Errors: *InvalidError, *NameTakenError,
// *account.OutsideError, postgis.ErrNotFound for the district or scenario.
func (s *Store) Create(ctx context.Context, scope account.Scope, district string, d Draft) (Zone, error) {
	if !reaches(scope, district) {
		return Zone{}, fmt.Errorf("district %s: %w", district, postgis.ErrNotFound)
	}
	d, shape, err := d.sound()
	if err != nil {
		return Zone{}, err
	}
	done, err := s.edit(ctx, scope, district, d.Scenario, act{"zone.create", "新建片区"}, func(ctx context.Context, e *edition) error {
		_, err := e.add(ctx, d, shape)
		return err
	})
	if err != nil {
		return Zone{}, err
	}
	return done.Zones[0], nil
}

// add inserts a new zone of a sound draft.
func (e *edition) add(ctx context.Context, d Draft, shape orb.MultiPolygon) (int64, error) {
	members, err := communityIDs(ctx, e.tx, e.district, d.Communities)
	if err != nil {
		return 0, err
	}
	rule := Drawn
	if shape == nil {
		rule = Derived
		if shape, err = e.boundary(ctx, 0, members); err != nil {
			return 0, err
		}
	}
	if err := meetsDistrict(ctx, e.tx, e.district, shape); err != nil {
		return 0, err
	}
	if d.Membership == "" {
		d.Membership = Majority
	}
	code, err := uuid.NewV7()
	if err != nil {
		return 0, fmt.Errorf("make the code of a zone: %w", err)
	}
	var id int64
	err = e.tx.QueryRow(ctx, `
		insert into zone (district_code, scenario_id, code, name, note, geom, membership, boundary_rule, created_by, updated_by)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)
		returning id`,
		e.district, e.scenario.id, code.String(), d.Name, d.Note, postgis.Geom{Geometry: shape}, d.Membership, rule, account.Name(ctx)).Scan(&id)
	if err != nil {
		return 0, saveError(d.Name, err)
	}
	e.added = append(e.added, id)
	return id, setMembers(ctx, e.tx, id, members)
}

// Update saves a zone that the person saw at version. Besides the errors of
// Create: postgis.ErrNotFound, postgis.ErrVersion. A draft that changes nothing
// writes nothing.
func (s *Store) Update(ctx context.Context, scope account.Scope, district, code string, version int, d Draft) (Zone, error) {
	z, err := find(ctx, s.db.Pool, scope, district, code, "")
	if err != nil {
		return Zone{}, err
	}
	d, shape, err := d.sound()
	if err != nil {
		return Zone{}, err
	}
	done, err := s.edit(ctx, scope, district, z.Scenario, act{"zone.update", "修改片区"}, func(ctx context.Context, e *edition) error {
		claimed, err := e.claim(ctx, Seen{code, version})
		if err != nil {
			return err
		}
		return e.save(ctx, claimed[0], d, shape)
	})
	if err != nil {
		return Zone{}, err
	}
	if len(done.Zones) == 0 { // nothing changed
		return s.Get(ctx, scope, district, code)
	}
	return done.Zones[0], nil
}

// save writes a sound draft over a claimed zone.
func (e *edition) save(ctx context.Context, before stored, d Draft, shape orb.MultiPolygon) error {
	if d.Membership == "" {
		d.Membership = before.Membership
	}
	members, err := communityIDs(ctx, e.tx, e.district, d.Communities)
	if err != nil {
		return err
	}
	rule := before.BoundaryRule
	switch {
	case shape == nil:
		rule = Derived
		if shape, err = e.boundary(ctx, before.id, members); err != nil {
			return err
		}
	case !shape.Equal(before.shape):
		rule = Drawn
	}
	sameMembers := d.Communities == nil || slices.Equal(d.Communities, e.touched[before.id].Communities)
	if before.Name == d.Name && before.Note == d.Note && before.Membership == d.Membership &&
		before.BoundaryRule == rule && before.shape.Equal(shape) && sameMembers {
		delete(e.touched, before.id)
		return nil
	}
	if before.shape.Equal(shape) { // what follows from where the zone lies needs no looking at
		_, err = e.tx.Exec(ctx, `
			update zone set name = $2, note = $3, membership = $4, boundary_rule = $5 where id = $1`,
			before.id, d.Name, d.Note, d.Membership, rule)
	} else {
		if err := meetsDistrict(ctx, e.tx, e.district, shape); err != nil {
			return err
		}
		_, err = e.tx.Exec(ctx, `
			update zone set name = $2, note = $3, geom = $4, membership = $5, boundary_rule = $6 where id = $1`,
			before.id, d.Name, d.Note, postgis.Geom{Geometry: shape}, d.Membership, rule)
	}
	if err != nil {
		return saveError(d.Name, err)
	}
	if d.Communities == nil {
		return nil
	}
	return setMembers(ctx, e.tx, before.id, members)
}

// setMembers writes the communities of a zone whose rule is ByHand.
func setMembers(ctx context.Context, tx pgx.Tx, id int64, communities []int64) error {
	if _, err := tx.Exec(ctx, `
		delete from zone_community where zone_id = $1 and not community_id = any($2)`, id, communities); err != nil {
		return fmt.Errorf("take communities out of a zone: %w", err)
	}
	if _, err := tx.Exec(ctx, `
		insert into zone_community (zone_id, community_id, district_code)
		select z.id, c.id, z.district_code from zone z, unnest($2::bigint[]) c (id) where z.id = $1 on conflict do nothing`, id, communities); err != nil {
		return fmt.Errorf("put communities into a zone: %w", err)
	}
	return nil
}

// communityIDs finds communities by their codes; an *InvalidError names those
// that the district does not have.
func communityIDs(ctx context.Context, q reader, district string, codes []string) ([]int64, error) {
	ids := make([]int64, 0, len(codes))
	if len(codes) == 0 {
		return ids, nil
	}
	rows, err := q.Query(ctx, `
		select wanted.code, c.id
		from unnest($2::text[]) wanted (code)
		left join published_community c on c.district_code = $1 and c.code = wanted.code
		order by wanted.code`, district, codes)
	if err != nil {
		return nil, fmt.Errorf("find communities of district %s: %w", district, err)
	}
	var missing []string
	var code string
	var id *int64
	_, err = pgx.ForEachRow(rows, []any{&code, &id}, func() error {
		if id == nil {
			missing = append(missing, code)
			return nil
		}
		ids = append(ids, *id)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("find communities of district %s: %w", district, err)
	}
	if len(missing) > 0 {
		return nil, &InvalidError{Field: "communities", Detail: "本区没有这些小区：" + strings.Join(missing[:min(len(missing), 5)], "、")}
	}
	return ids, nil
}

// Delete removes a zone that the person saw at version. Errors:
// postgis.ErrNotFound, postgis.ErrVersion, *account.OutsideError.
func (s *Store) Delete(ctx context.Context, scope account.Scope, district, code string, version int) error {
	z, err := find(ctx, s.db.Pool, scope, district, code, "")
	if err != nil {
		return err
	}
	_, err = s.edit(ctx, scope, district, z.Scenario, act{"zone.delete", "删除片区"}, func(ctx context.Context, e *edition) error {
		claimed, err := e.claim(ctx, Seen{code, version})
		if err != nil {
			return err
		}
		return e.remove(ctx, claimed[0].id)
	})
	return err
}

// meetsDistrict refuses a boundary that lies wholly outside the district.
func meetsDistrict(ctx context.Context, tx pgx.Tx, district string, shape orb.MultiPolygon) error {
	var meets bool
	err := tx.QueryRow(ctx, `select ST_Intersects(boundary, $2) from published_district where code = $1`,
		district, postgis.Geom{Geometry: shape}).Scan(&meets)
	if errors.Is(err, pgx.ErrNoRows) {
		return fmt.Errorf("district %s: %w", district, postgis.ErrNotFound)
	}
	if err != nil {
		return fmt.Errorf("compare a zone with district %s: %w", district, err)
	}
	if !meets {
		at := shape.Bound().Center()
		return &InvalidError{Field: "geometry", Detail: "片区不在本区范围内", At: &at}
	}
	return nil
}

// saveError tells what the person can do about an error of the database.
func saveError(name string, err error) error {
	switch constraint, _ := postgis.Violation(err); constraint {
	case "zone_name_once":
		return &NameTakenError{Name: name}
	case "zone_geom_check":
		return &InvalidError{Field: "geometry", Detail: "片区边界无效"}
	}
	return fmt.Errorf("save zone %q: %w", name, err)
}

// Communities returns the communities of a zone that the scope may read, by name.
func (s *Store) Communities(ctx context.Context, scope account.Scope, district, code string) ([]Community, error) {
	z, err := find(ctx, s.db.Pool, scope, district, code, "")
	if err != nil {
		return nil, err
	}
	rows, err := s.db.Pool.Query(ctx, `
		select c.code, c.name, coalesce(c.subdistrict_code, ''), coalesce(s.name, ''), c.built_year, c.eligibility,
		       coalesce(b.buildings, 0), coalesce(c.households, b.households, 0),
		       coalesce(c.floor_area_m2, b.floor_area_m2, 0), c.generated
		from zone_community zc
		join published_community c on c.id = zc.community_id
		left join published_subdistrict s on s.district_code = c.district_code and s.code = c.subdistrict_code
		left join lateral (
		    select count(*) as buildings, sum(households) as households, sum(floor_area_m2) as floor_area_m2
		    from published_building where community_id = c.id
		) b on true
		where zc.zone_id = $1
		  and ($2::text[] is null or c.subdistrict_code = any($2))
		order by c.name, c.code`, z.id, scope.Subdistricts)
	if err != nil {
		return nil, fmt.Errorf("list the communities of zone %s: %w", code, err)
	}
	communities, err := pgx.CollectRows(rows, pgx.RowToStructByPos[Community])
	if err != nil {
		return nil, fmt.Errorf("list the communities of zone %s: %w", code, err)
	}
	return slices.Clip(communities), nil
}

// ID returns the key by which scopes name a zone; for who gives a contractor
// theirs.
func (s *Store) ID(ctx context.Context, district, code string) (int64, error) {
	z, err := find(ctx, s.db.Pool, account.Everything, district, code, "")
	return z.id, err
}
