package zone

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/postgis"
)

// Store keeps the zones of one database. Reads show what the scope holds; writes
// ask the account package whether the person in ctx may write at that place.
type Store struct{ db *postgis.DB }

// New makes the store of a database.
func New(db *postgis.DB) *Store { return &Store{db: db} }

// reaches tells whether a scope holds anything of a district.
func reaches(scope account.Scope, district string) bool {
	return scope.District == "" || scope.District == district
}

// stored is a zone with the key that only the database uses.
type stored struct {
	Zone
	id    int64
	shape orb.MultiPolygon
}

const selectZone = `
select z.id, z.code, z.name, z.note, z.geom, z.version, z.subdistrict_codes,
       z.created_by, z.created_at, z.updated_by, z.updated_at
from zone z
where z.district_code = $1
  and ($2::text[] is null or z.subdistrict_codes && $2)
  and ($3::bigint[] is null or z.id = any($3))`

func scanZone(row pgx.CollectableRow) (stored, error) {
	var z stored
	var geom postgis.Geom
	err := row.Scan(&z.id, &z.Code, &z.Name, &z.Note, &geom, &z.Version, &z.SubdistrictCodes,
		&z.CreatedBy, &z.CreatedAt, &z.UpdatedBy, &z.UpdatedAt)
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

// List returns the zones of a district that the scope may read, by name.
func (s *Store) List(ctx context.Context, scope account.Scope, district string) ([]Zone, error) {
	zones := []Zone{}
	if !reaches(scope, district) {
		return zones, nil
	}
	rows, err := s.db.Pool.Query(ctx, selectZone+` order by z.name, z.id`, district, scope.Subdistricts, scope.Zones)
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
	totals, err := totalsOf(ctx, s.db.Pool, scope, district, ids)
	if err != nil {
		return nil, err
	}
	for _, z := range found {
		z.Totals = totals[z.id]
		zones = append(zones, z.Zone)
	}
	return zones, nil
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
// *account.OutsideError, postgis.ErrNotFound for the district.
func (s *Store) Create(ctx context.Context, scope account.Scope, district string, d Draft) (Zone, error) {
	if !reaches(scope, district) {
		return Zone{}, fmt.Errorf("district %s: %w", district, postgis.ErrNotFound)
	}
	d, shape, err := d.sound()
	if err != nil {
		return Zone{}, err
	}
	code, err := uuid.NewV7()
	if err != nil {
		return Zone{}, fmt.Errorf("make the code of a zone: %w", err)
	}
	var created Zone
	err = s.db.Write(ctx, func(ctx context.Context, tx *postgis.Tx) error {
		if err := meetsDistrict(ctx, tx, district, shape); err != nil {
			return err
		}
		if err := lockToSave(ctx, tx, district); err != nil {
			return err
		}
		var id int64
		err := tx.QueryRow(ctx, `
			insert into zone (district_code, code, name, note, geom, created_by, updated_by)
			values ($1, $2, $3, $4, $5, $6, $6)
			returning id`,
			district, code.String(), d.Name, d.Note, postgis.Geom{Geometry: shape}, account.Name(ctx)).Scan(&id)
		if err != nil {
			return saveError(d, err)
		}
		created, err = s.finish(ctx, tx, scope, district, id, code.String(), "zone.create", nil)
		return err
	})
	return created, err
}

// Update saves a zone that the person saw at version. Besides the errors of
// Create: postgis.ErrNotFound, postgis.ErrVersion. A draft that changes nothing
// writes nothing.
func (s *Store) Update(ctx context.Context, scope account.Scope, district, code string, version int, d Draft) (Zone, error) {
	if _, err := find(ctx, s.db.Pool, scope, district, code, ""); err != nil {
		return Zone{}, err
	}
	d, shape, err := d.sound()
	if err != nil {
		return Zone{}, err
	}
	var updated Zone
	err = s.db.Write(ctx, func(ctx context.Context, tx *postgis.Tx) error {
		if err := lockToSave(ctx, tx, district); err != nil {
			return err
		}
		before, err := s.claim(ctx, tx, scope, district, code, version)
		if err != nil {
			return err
		}
		if before.Name == d.Name && before.Note == d.Note && before.shape.Equal(shape) {
			updated, err = s.GetIn(ctx, tx, scope, district, code)
			return err
		}
		if err := meetsDistrict(ctx, tx, district, shape); err != nil {
			return err
		}
		was, err := snapshotOf(ctx, tx, before)
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `
			update zone
			set name = $2, note = $3, geom = $4, version = version + 1, updated_by = $5, updated_at = now()
			where id = $1`,
			before.id, d.Name, d.Note, postgis.Geom{Geometry: shape}, account.Name(ctx))
		if err != nil {
			return saveError(d, err)
		}
		tx.Changed(postgis.Change{District: district, Layer: "zones", Bound: before.shape.Bound()})
		updated, err = s.finish(ctx, tx, scope, district, before.id, code, "zone.update", was)
		return err
	})
	return updated, err
}

// Delete removes a zone that the person saw at version. Errors:
// postgis.ErrNotFound, postgis.ErrVersion, *account.OutsideError.
func (s *Store) Delete(ctx context.Context, scope account.Scope, district, code string, version int) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *postgis.Tx) error {
		before, err := s.claim(ctx, tx, scope, district, code, version)
		if err != nil {
			return err
		}
		was, err := snapshotOf(ctx, tx, before)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `delete from zone where id = $1`, before.id); err != nil {
			return fmt.Errorf("delete zone %s: %w", code, err)
		}
		tx.Changed(postgis.Change{District: district, Layer: "zones", Bound: before.shape.Bound()})
		return account.Record(ctx, tx, account.Entry{
			Action: "zone.delete", Entity: "zone", Code: code, District: district, Before: was,
		})
	})
}

// claim locks a zone that is about to be written, and asks whether that may be.
func (s *Store) claim(ctx context.Context, tx pgx.Tx, scope account.Scope, district, code string, version int) (stored, error) {
	z, err := find(ctx, tx, scope, district, code, "for update of z")
	if err != nil {
		return z, err
	}
	if err := permit(ctx, tx, district, z.id); err != nil {
		return z, err
	}
	if z.Version != version {
		return z, fmt.Errorf("zone %s is at version %d, not %d: %w", code, z.Version, version, postgis.ErrVersion)
	}
	return z, nil
}

// finish is what every save ends with: the pieces of the boundary, the
// membership, the permission for the place where the zone now lies, the trail,
// and the news.
func (s *Store) finish(ctx context.Context, tx *postgis.Tx, scope account.Scope, district string, id int64, code, action string, was *snapshot) (Zone, error) {
	if err := cut(ctx, tx, id); err != nil {
		return Zone{}, err
	}
	if _, err := settle(ctx, tx, []int64{id}); err != nil {
		return Zone{}, err
	}
	if err := permit(ctx, tx, district, id); err != nil {
		return Zone{}, err
	}
	z, err := find(ctx, tx, account.Everything, district, code, "")
	if err != nil {
		return Zone{}, err
	}
	is, err := snapshotOf(ctx, tx, z)
	if err != nil {
		return Zone{}, err
	}
	entry := account.Entry{Action: action, Entity: "zone", Code: code, District: district, After: is}
	if was != nil {
		entry.Before = was
	}
	if err := account.Record(ctx, tx, entry); err != nil {
		return Zone{}, err
	}
	tx.Changed(postgis.Change{District: district, Layer: "zones", Bound: z.shape.Bound()})
	totals, err := totalsOf(ctx, tx, scope, district, []int64{id})
	if err != nil {
		return Zone{}, err
	}
	z.Totals = totals[id]
	return z.Zone, nil
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
func saveError(d Draft, err error) error {
	switch constraint, _ := postgis.Violation(err); constraint {
	case "zone_name_once":
		return &NameTakenError{Name: d.Name}
	case "zone_geom_check":
		return &InvalidError{Field: "geometry", Detail: "片区边界无效"}
	}
	return fmt.Errorf("save zone %q: %w", d.Name, err)
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
