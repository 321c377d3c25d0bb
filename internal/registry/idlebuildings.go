package registry

import (
	"context"
	"errors"
	"fmt"
	"reflect"

	"github.com/jackc/pgx/v5"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/postgis"
)

const idleInScope = `i.district_code = @district
	and (@subs::text[] is null or i.subdistrict_code = any(@subs))
	and (@zones::bigint[] is null or exists (
		select from published_zone z where z.id = any(@zones) and z.district_code = @district and ST_Intersects(z.geom, i.location)))`

var (
	idleColumns = `
		i.code, i.name, i.address, coalesce(i.subdistrict_code, '') as subdistrict_code, i.floor_area_m2, i.storeys, i.owner_kind,
		i.use_before, i.available_from::text as available_from, i.remark, i.footprint_m2, ` + pointOf("i.location") + ` as location,
		` + bboxOf("i.geom") + ` as bbox, i.generated, i.source, i.version, i.updated_at`
	idleOrders = map[string]sortColumn{
		"name":          {`i.name collate "zh-x-icu"`, "text"},
		"floor_area_m2": {`coalesce(i.floor_area_m2, -1)`, "double precision"},
	}
)

// IdleBuildings lists the idle buildings of a district that the scope reaches.
func (s *Store) IdleBuildings(ctx context.Context, scope account.Scope, district string, filter IdleBuildingFilter) (Page[IdleBuilding], error) {
	var none Page[IdleBuilding]
	if err := inDistrict(scope, district); err != nil {
		return none, err
	}
	if filter.Sort == "" {
		filter.Sort = "name"
	}
	o, err := parseOrder(filter.Sort, "i.code", idleOrders)
	if err != nil {
		return none, err
	}
	after, err := parseCursor(filter.Cursor, o)
	if err != nil {
		return none, err
	}
	where, args := idleInScope, scopeArgs(scope, district)
	if filter.Q != "" {
		if !storable(filter.Q) {
			return none, &InvalidError{Field: "q", Row: -1, Detail: "含有无法查找的字符"}
		}
		where += ` and (i.name ilike @q or i.address ilike @q or i.use_before ilike @q)`
		args["q"] = contains(filter.Q)
	}
	if filter.BBox != nil {
		where += ` and i.location && @bbox`
		args["bbox"] = postgis.Geom{Geometry: filter.BBox.Bound()}
	}
	var total int64
	if err := s.db.Pool.QueryRow(ctx, `select count(*) from idle_building i where `+where, args).Scan(&total); err != nil {
		return none, fmt.Errorf("count the idle buildings of %s: %w", district, err)
	}
	size := pageSize(filter.Limit)
	args["limit"] = size + 1
	if after != nil {
		args["key_value"], args["key_code"] = after.Value, after.Code
	}
	rows, err := s.db.Pool.Query(ctx, `
		select `+idleColumns+`, `+o.keys()+`
		from idle_building i
		where `+where+` and `+o.after(after)+`
		order by `+o.by()+`
		limit @limit`, args)
	if err != nil {
		return none, fmt.Errorf("list the idle buildings of %s: %w", district, err)
	}
	type row struct {
		IdleBuilding
		place
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[row])
	if err != nil {
		return none, fmt.Errorf("list the idle buildings of %s: %w", district, err)
	}
	return cut(list, size, o, total, func(r row) (IdleBuilding, place) { return r.IdleBuilding, r.place }), nil
}

// IdleBuilding returns one idle building, or postgis.ErrNotFound, also where it
// is outside the scope.
func (s *Store) IdleBuilding(ctx context.Context, scope account.Scope, district, code string) (IdleBuilding, error) {
	return readIdle(ctx, s.db.Pool, scope, district, code, "")
}

func readIdle(ctx context.Context, q querier, scope account.Scope, district, code, lock string) (IdleBuilding, error) {
	if err := inDistrict(scope, district); err != nil {
		return IdleBuilding{}, err
	}
	if !storable(code) {
		return IdleBuilding{}, fmt.Errorf("idle building %q of %s: %w", code, district, postgis.ErrNotFound)
	}
	args := scopeArgs(scope, district)
	args["code"] = code
	rows, err := q.Query(ctx, `select `+idleColumns+` from idle_building i where i.code = @code and `+idleInScope+lock, args)
	if err != nil {
		return IdleBuilding{}, fmt.Errorf("read idle building %s of %s: %w", code, district, err)
	}
	b, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[IdleBuilding])
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return IdleBuilding{}, fmt.Errorf("idle building %s of %s: %w", code, district, postgis.ErrNotFound)
	case err != nil:
		return IdleBuilding{}, fmt.Errorf("read idle building %s of %s: %w", code, district, err)
	}
	return b, nil
}

// CreateIdleBuilding adds an idle building; see CreateCommunity for codes and
// errors.
func (s *Store) CreateIdleBuilding(ctx context.Context, scope account.Scope, district string, n NewIdleBuilding) (IdleBuilding, error) {
	if err := inDistrict(scope, district); err != nil {
		return IdleBuilding{}, err
	}
	code, err := newCode("idle_building", n.Code)
	if err != nil {
		return IdleBuilding{}, err
	}
	b := IdleBuilding{
		Code: code, Name: n.Name, Address: n.Address, SubdistrictCode: n.SubdistrictCode, FloorAreaM2: n.FloorAreaM2,
		Storeys: n.Storeys, OwnerKind: n.OwnerKind, UseBefore: n.UseBefore, AvailableFrom: n.AvailableFrom, Remark: n.Remark,
		Location: &n.Location, Source: "人工录入：" + account.Name(ctx),
	}
	patch := IdleBuildingPatch{Name: &n.Name, Address: &n.Address, UseBefore: &n.UseBefore, Remark: &n.Remark}
	if err := patch.apply(&IdleBuilding{Code: code}); err != nil { // numbers of persons
		return IdleBuilding{}, err
	}
	if err := b.check(); err != nil {
		return IdleBuilding{}, err
	}
	var after IdleBuilding
	err = s.db.Write(ctx, func(ctx context.Context, tx *postgis.Tx) error {
		if err := placeIdle(ctx, tx, district, &b); err != nil {
			return err
		}
		if err := mayEdit(ctx, scope, district, b.SubdistrictCode); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `
			insert into idle_building (district_code, code, name, address, subdistrict_code, floor_area_m2, storeys, owner_kind,
				use_before, available_from, remark, location, source)
			values ($1, $2, $3, $4, nullif($5, ''), $6, $7, $8, $9, $10::text::date, $11, $12, $13)`,
			district, b.Code, b.Name, b.Address, b.SubdistrictCode, b.FloorAreaM2, b.Storeys, b.OwnerKind,
			b.UseBefore, b.AvailableFrom, b.Remark, postgis.Geom{Geometry: *b.Location}, b.Source)
		if err != nil {
			return fmt.Errorf("create idle building %s of %s: %w", b.Code, district, violation("idle_building", b.Code, err))
		}
		if after, err = readIdle(ctx, tx, account.Everything, district, b.Code, ""); err != nil {
			return err
		}
		announce(tx, district, "idle_buildings", []string{after.SubdistrictCode}, extentOf(nil, after.Location))
		return account.Record(ctx, tx, account.Entry{
			Action: "idle_building.create", Entity: "idle_building", Code: b.Code, District: district, After: after,
		})
	})
	return after, err
}

func placeIdle(ctx context.Context, tx *postgis.Tx, district string, b *IdleBuilding) error {
	if b.SubdistrictCode != "" {
		return nil
	}
	code, err := subdistrictAt(ctx, tx, district, *b.Location)
	if err != nil {
		return fmt.Errorf("place idle building %s: %w", b.Code, err)
	}
	b.SubdistrictCode = code
	return nil
}

// UpdateIdleBuilding changes the fields that the patch names. version is the one
// that the person saw; another is postgis.ErrVersion. An outline that does not
// hold a new location goes.
func (s *Store) UpdateIdleBuilding(ctx context.Context, scope account.Scope, district, code string, version int, patch IdleBuildingPatch) (IdleBuilding, error) {
	var after IdleBuilding
	err := s.db.Write(ctx, func(ctx context.Context, tx *postgis.Tx) error {
		before, err := idleForWrite(ctx, tx, scope, district, code, version)
		if err != nil {
			return err
		}
		b := before.clone()
		if err := patch.apply(&b); err != nil {
			return err
		}
		if err := b.check(); err != nil {
			return err
		}
		if err := placeIdle(ctx, tx, district, &b); err != nil {
			return err
		}
		if err := mayEdit(ctx, scope, district, b.SubdistrictCode); err != nil {
			return err
		}
		if reflect.DeepEqual(b, before) {
			after = before
			return nil
		}
		_, err = tx.Exec(ctx, `
			update idle_building set
				name = $3, address = $4, subdistrict_code = nullif($5, ''), floor_area_m2 = $6, storeys = $7, owner_kind = $8,
				use_before = $9, available_from = $10::text::date, remark = $11, location = $12,
				geom = case when ST_Intersects(geom, $12) then geom end,
				generated = $13, version = version + 1, updated_at = now()
			where district_code = $1 and code = $2`,
			district, code, b.Name, b.Address, b.SubdistrictCode, b.FloorAreaM2, b.Storeys, b.OwnerKind,
			b.UseBefore, b.AvailableFrom, b.Remark, postgis.Geom{Geometry: *b.Location}, b.Generated)
		if err != nil {
			return fmt.Errorf("store idle building %s of %s: %w", code, district, violation("idle_building", code, err))
		}
		if after, err = readIdle(ctx, tx, account.Everything, district, code, ""); err != nil {
			return err
		}
		announce(tx, district, "idle_buildings", []string{before.SubdistrictCode, after.SubdistrictCode}, extentOf(before.BBox, before.Location), extentOf(nil, after.Location))
		return account.Record(ctx, tx, account.Entry{
			Action: "idle_building.update", Entity: "idle_building", Code: code, District: district, Before: before, After: after,
		})
	})
	return after, err
}

// DeleteIdleBuilding removes an idle building.
func (s *Store) DeleteIdleBuilding(ctx context.Context, scope account.Scope, district, code string, version int) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *postgis.Tx) error {
		before, err := idleForWrite(ctx, tx, scope, district, code, version)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `delete from idle_building where district_code = $1 and code = $2`, district, code); err != nil {
			return fmt.Errorf("delete idle building %s of %s: %w", code, district, err)
		}
		announce(tx, district, "idle_buildings", []string{before.SubdistrictCode}, extentOf(before.BBox, before.Location))
		return account.Record(ctx, tx, account.Entry{
			Action: "idle_building.delete", Entity: "idle_building", Code: code, District: district, Before: before,
		})
	})
}

// idleForWrite locks an idle building that the person may edit, at the version
// that they saw.
func idleForWrite(ctx context.Context, tx *postgis.Tx, scope account.Scope, district, code string, version int) (IdleBuilding, error) {
	b, err := readIdle(ctx, tx, scope, district, code, " for update of i")
	if err != nil {
		return b, err
	}
	if err := mayEdit(ctx, scope, district, b.SubdistrictCode); err != nil {
		return b, err
	}
	if b.Version != version {
		return b, fmt.Errorf("idle building %s is at version %d, not %d: %w", code, b.Version, version, postgis.ErrVersion)
	}
	return b, nil
}
