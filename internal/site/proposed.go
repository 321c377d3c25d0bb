package site

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/geo"
	"github.com/lianpian/lianpian/internal/postgis"
)

const selectProposed = `
select p.code, s.code, p.facility_type, p.name, p.geom, p.capacity, p.siting_id, p.note, p.version, p.created_by, p.created_at,
       coalesce(p.subdistrict_code, '')
from proposed_facility p
join published_scenario s on s.id = p.scenario_id
where p.district_code = $1 and s.code = $2
  and ($3::text[] is null or p.subdistrict_code = any($3))
  and ($4::bigint[] is null or exists (
      select from published_zone z where z.id = any($4) and z.district_code = $1 and ST_Intersects(z.geom, p.geom)))`

func (s *Store) scanProposed(row pgx.CollectableRow) (Proposed, error) {
	var p Proposed
	var at postgis.Geom
	err := row.Scan(&p.Code, &p.Scenario, &p.FacilityType, &p.Name, &at, &p.Capacity, &p.Siting, &p.Note, &p.Version, &p.CreatedBy, &p.CreatedAt, &p.subdistrict)
	p.FacilityName = s.nameOf(p.FacilityType)
	p.Location, _ = at.Geometry.(orb.Point)
	return p, err
}

// Proposed returns the proposed facilities of a scenario, by type and name;
// postgis.ErrNotFound where there is no such scenario.
func (s *Store) Proposed(ctx context.Context, scope account.Scope, district, scenario string) ([]Proposed, error) {
	if _, err := s.scenario(ctx, s.db.Pool, scope, district, scenario); err != nil {
		return nil, err
	}
	rows, err := s.db.Pool.Query(ctx, selectProposed+` order by p.facility_type, p.name, p.id`,
		district, scenario, scope.Subdistricts, scope.Zones)
	if err != nil {
		return nil, fmt.Errorf("list the proposed facilities of scenario %s: %w", scenario, err)
	}
	list, err := pgx.CollectRows(rows, s.scanProposed)
	if err != nil {
		return nil, fmt.Errorf("list the proposed facilities of scenario %s: %w", scenario, err)
	}
	return list, nil
}

// querier is a pool or a transaction.
type querier interface {
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

func (s *Store) scenario(ctx context.Context, q querier, scope account.Scope, district, code string) (id int64, err error) {
	if scope.District != "" && scope.District != district {
		return 0, fmt.Errorf("scenario %s: %w", code, postgis.ErrNotFound)
	}
	err = q.QueryRow(ctx, `
		select id from published_scenario s where district_code = $1 and code = $2
		  and ($3::bigint[] is null or exists (select from published_zone z where z.scenario_id = s.id and z.id = any($3)))`,
		district, code, scope.Zones).Scan(&id)
	if errors.Is(err, pgx.ErrNoRows) {
		return 0, fmt.Errorf("scenario %s: %w", code, postgis.ErrNotFound)
	}
	if err != nil {
		return 0, fmt.Errorf("find scenario %s: %w", code, err)
	}
	return id, nil
}

// Propose adds a facility to a scenario. Errors: *InvalidError,
// *account.OutsideError, postgis.ErrNotFound.
func (s *Store) Propose(ctx context.Context, scope account.Scope, district, scenario string, n NewProposed) (Proposed, error) {
	if err := s.checkProposed(n); err != nil {
		return Proposed{}, err
	}
	var made []Proposed
	err := s.db.Write(ctx, func(ctx context.Context, tx *postgis.Tx) (err error) {
		made, err = s.add(ctx, tx, scope, district, scenario, nil, []NewProposed{n})
		return err
	})
	if err != nil {
		return Proposed{}, err
	}
	return made[0], nil
}

func (s *Store) checkProposed(n NewProposed) error {
	kind, known := s.lib.FacilityType(n.FacilityType)
	switch {
	case !known:
		return &InvalidError{Field: "facility_type", Detail: fmt.Sprintf("不认识的设施类型“%s”", n.FacilityType)}
	case kind.Kind != "" && kind.Kind != "place":
		return &InvalidError{Field: "facility_type", Detail: fmt.Sprintf("“%s”不是有位置的设施", kind.Name)}
	case n.Capacity != nil && *n.Capacity < 0:
		return &InvalidError{Field: "capacity", Detail: "服务能力不能为负数"}
	}
	if fault := geo.Check(n.Location, geo.Limits{MaxPoints: 1}); fault != nil {
		return &InvalidError{Field: "location", Detail: fault.Detail}
	}
	return nil
}

// add writes proposed facilities. Each must lie in the district, in a part of it
// where the person may draw.
func (s *Store) add(ctx context.Context, tx *postgis.Tx, scope account.Scope, district, scenario string, siting *uuid.UUID, list []NewProposed) ([]Proposed, error) {
	id, err := s.scenario(ctx, tx, account.Scope{District: scope.District}, district, scenario) // who may is asked below
	if err != nil {
		return nil, err
	}
	made := make([]Proposed, 0, len(list))
	for _, n := range list {
		var inside bool
		var subdistrict *string
		err := tx.QueryRow(ctx, `
			select ST_Intersects(d.boundary, $2),
			       (select code from published_subdistrict s where s.district_code = d.code and ST_Intersects(s.geom, $2) order by code limit 1)
			from published_district d where d.code = $1`, district, postgis.Geom{Geometry: n.Location}).Scan(&inside, &subdistrict)
		if err != nil {
			return nil, fmt.Errorf("place a proposed facility: %w", err)
		}
		if !inside {
			return nil, &InvalidError{Field: "location", Detail: "位置不在本区范围内"}
		}
		place := account.Place{District: district}
		if subdistrict != nil {
			place.Subdistricts = []string{*subdistrict}
		}
		if err := account.Demand(ctx, account.DrawZone, place); err != nil {
			return nil, err
		}
		p, err := s.insert(ctx, tx, district, scenario, id, siting, subdistrict, n)
		if err != nil {
			return nil, err
		}
		made = append(made, p)
	}
	return made, nil
}

func (s *Store) insert(ctx context.Context, tx *postgis.Tx, district, scenario string, id int64, siting *uuid.UUID, subdistrict *string, n NewProposed) (Proposed, error) {
	if n.Name == "" {
		n.Name = "拟建" + s.nameOf(n.FacilityType)
	}
	var code string
	err := tx.QueryRow(ctx, `
		insert into proposed_facility (district_code, scenario_id, facility_type, name, note, capacity, subdistrict_code, geom, siting_id, created_by)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
		returning code`,
		district, id, n.FacilityType, n.Name, n.Note, n.Capacity, subdistrict, postgis.Geom{Geometry: n.Location}, siting, account.Name(ctx)).Scan(&code)
	if err != nil {
		return Proposed{}, fmt.Errorf("keep a proposed facility of scenario %s: %w", scenario, err)
	}
	rows, err := tx.Query(ctx, selectProposed+` and p.code = $5`, district, scenario, nil, nil, code)
	if err != nil {
		return Proposed{}, fmt.Errorf("read proposed facility %s: %w", code, err)
	}
	p, err := pgx.CollectExactlyOneRow(rows, s.scanProposed)
	if err != nil {
		return Proposed{}, fmt.Errorf("read proposed facility %s: %w", code, err)
	}
	tx.Changed(p.change(district))
	return p, account.Record(ctx, tx, account.Entry{
		Action: "site.propose", Entity: "proposed_facility", Code: code, District: district, After: p,
	})
}

// change tells of a proposed facility.
func (p Proposed) change(district string) postgis.Change {
	c := postgis.Change{District: district, Layer: "proposed", Bound: p.Location.Bound()}
	if p.subdistrict != "" {
		c.Subdistricts = []string{p.subdistrict}
	}
	return c
}

// Withdraw takes a proposed facility back that the person saw at version.
// Errors: postgis.ErrNotFound, postgis.ErrVersion, *account.OutsideError.
func (s *Store) Withdraw(ctx context.Context, scope account.Scope, district, scenario, code string, version int) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *postgis.Tx) error {
		if _, err := s.scenario(ctx, tx, account.Scope{District: scope.District}, district, scenario); err != nil {
			return err
		}
		rows, err := tx.Query(ctx, selectProposed+` and p.code = $5 for update of p`,
			district, scenario, scope.Subdistricts, scope.Zones, code)
		if err != nil {
			return fmt.Errorf("read proposed facility %s: %w", code, err)
		}
		p, err := pgx.CollectExactlyOneRow(rows, s.scanProposed)
		if errors.Is(err, pgx.ErrNoRows) {
			return fmt.Errorf("proposed facility %s: %w", code, postgis.ErrNotFound)
		}
		if err != nil {
			return fmt.Errorf("read proposed facility %s: %w", code, err)
		}
		place := account.Place{District: district}
		if p.subdistrict != "" {
			place.Subdistricts = []string{p.subdistrict}
		}
		if err := account.Demand(ctx, account.DrawZone, place); err != nil {
			return err
		}
		if p.Version != version {
			return fmt.Errorf("proposed facility %s is at version %d, not %d: %w", code, p.Version, version, postgis.ErrVersion)
		}
		_, err = tx.Exec(ctx, `
			delete from proposed_facility p using published_scenario s
			where p.district_code = $1 and p.code = $2 and s.id = p.scenario_id and s.code = $3`, district, code, scenario)
		if err != nil {
			return fmt.Errorf("delete proposed facility %s: %w", code, err)
		}
		tx.Changed(p.change(district))
		return account.Record(ctx, tx, account.Entry{
			Action: "site.withdraw", Entity: "proposed_facility", Code: code, District: district, Before: p,
		})
	})
}

// Copy copies the proposed facilities of a scenario into another one that was
// made as its copy, in the transaction that does so.
func (s *Store) Copy(ctx context.Context, tx *postgis.Tx, district, from, to string) error {
	_, err := tx.Exec(ctx, `
		insert into proposed_facility (district_code, scenario_id, facility_type, name, note, capacity, subdistrict_code, geom, siting_id, created_by)
		select p.district_code, t.id, p.facility_type, p.name, p.note, p.capacity, p.subdistrict_code, p.geom, p.siting_id, $4
		from proposed_facility p
		join published_scenario f on f.id = p.scenario_id and f.district_code = $1 and f.code = $2
		join published_scenario t on t.district_code = $1 and t.code = $3
		order by p.id`, district, from, to, account.Name(ctx))
	if err != nil {
		return fmt.Errorf("copy the proposed facilities of scenario %s: %w", from, err)
	}
	return nil
}
