package zone

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/postgis"
)

// snapshot is what the trail keeps of a scenario.
func (sc Scenario) snapshot() map[string]any {
	return map[string]any{
		"name": sc.Name, "note": sc.Note, "main": sc.Main, "rules": sc.Rules,
		"version": sc.Version, "revision": sc.Revision, "zones": sc.Zones,
	}
}

// demandDistrict asks whether the person may draw zones everywhere in the
// district: a scenario is of the whole of it.
func demandDistrict(ctx context.Context, district string) error {
	return account.Demand(ctx, account.DrawZone, account.Place{District: district})
}

// CreateScenario makes a scenario, empty or as a copy of another. A copy has
// zones of its own: what is done to one is not done to the other. Errors:
// *InvalidError, *ScenarioNameTakenError, *account.OutsideError,
// postgis.ErrNotFound for the district or the scenario to copy.
func (s *Store) CreateScenario(ctx context.Context, scope account.Scope, district string, d ScenarioDraft) (Scenario, error) {
	var err error
	if d.Name, d.Note, err = soundScenario(d.Name, d.Note); err != nil {
		return Scenario{}, err
	}
	if !reaches(scope, district) {
		return Scenario{}, fmt.Errorf("district %s: %w", district, postgis.ErrNotFound)
	}
	code, err := uuid.NewV7()
	if err != nil {
		return Scenario{}, fmt.Errorf("make the code of a scenario: %w", err)
	}
	var made Scenario
	err = s.db.Write(ctx, func(ctx context.Context, tx *postgis.Tx) error {
		if err := demandDistrict(ctx, district); err != nil {
			return err
		}
		if err := lockToSave(ctx, tx, district); err != nil {
			return err
		}
		from, err := findScenario(ctx, tx, scope, district, d.CopyOf, "for share of s")
		if err != nil {
			return err
		}
		rules := DefaultRules()
		a := act{"scenario.create", "新建方案"}
		if d.CopyOf != "" {
			rules, a = from.Rules, act{"scenario.copy", "复制方案"}
		}
		err = tx.QueryRow(ctx, `
			insert into scenario (district_code, code, name, note, rules, created_by, updated_by)
			values ($1, $2, $3, $4, $5, $6, $6) returning id`,
			district, code.String(), d.Name, d.Note, rules, account.Name(ctx)).Scan(&made.id)
		if err != nil {
			return saveScenarioError(d.Name, err)
		}
		made.Code = code.String()
		codes := []string{}
		if d.CopyOf != "" {
			if codes, err = copyZones(ctx, tx, district, from.id, made.id); err != nil {
				return err
			}
			for _, follow := range s.copyFollowers {
				if err := follow(ctx, tx, district, from.Code, made.Code); err != nil {
					return err
				}
			}
		}
		if err := noteRevision(ctx, tx, made, 1, a, codes); err != nil {
			return err
		}
		if made, err = findScenario(ctx, tx, scope, district, made.Code, ""); err != nil {
			return err
		}
		after := made.snapshot()
		if d.CopyOf != "" {
			after["copy_of"] = from.Code
		}
		tx.Changed(postgis.Change{District: district, Layer: "scenarios", Everybody: true})
		err = account.Record(ctx, tx, account.Entry{Action: a.name, Entity: "scenario", Code: made.Code, District: district, After: after})
		if err != nil {
			return err
		}
		one := []Scenario{made}
		err = s.total(ctx, tx, scope, district, one)
		made = one[0]
		return err
	})
	return made, err
}

// copyZones copies all zones of a scenario into an empty one and returns their
// new codes. Each copy leaves an entry in the trail, where its history begins.
func copyZones(ctx context.Context, tx pgx.Tx, district string, from, to int64) ([]string, error) {
	rows, err := tx.Query(ctx, `
		with pair as materialized (
		    select id as old, nextval(pg_get_serial_sequence('zone', 'id')) as new from zone where scenario_id = $1
		),
		zones as (
		    insert into zone (id, district_code, scenario_id, code, name, note, geom, membership, boundary_rule, year, year_locked,
		                      subdistrict_codes, created_by, updated_by)
		    overriding system value
		    select p.new, z.district_code, $2, gen_random_uuid()::text, z.name, z.note, z.geom, z.membership, z.boundary_rule,
		           z.year, z.year_locked, z.subdistrict_codes, $3, $3
		    from zone z join pair p on p.old = z.id
		),
		members as (
		    insert into zone_community (zone_id, community_id, district_code)
		    select p.new, zc.community_id, zc.district_code from zone_community zc join pair p on p.old = zc.zone_id
		),
		strings as (
		    insert into zone_string (zone_id, a_id, b_id, geom, name, length_m, streets, straight, district_code)
		    select p.new, t.a_id, t.b_id, t.geom, t.name, t.length_m, t.streets, t.straight, t.district_code
		    from zone_string t join pair p on p.old = t.zone_id
		),
		pieces as (
		    insert into zone_piece (zone_id, geom, district_code)
		    select p.new, t.geom, t.district_code from zone_piece t join pair p on p.old = t.zone_id
		)
		select new from pair order by new`, from, to, account.Name(ctx))
	if err != nil {
		return nil, fmt.Errorf("copy the zones of a scenario: %w", err)
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	if err != nil {
		return nil, fmt.Errorf("copy the zones of a scenario: %w", err)
	}
	if err := keepStates(ctx, tx, to, 1, nil, ids); err != nil {
		return nil, err
	}
	is, err := snapshots(ctx, tx, ids)
	if err != nil {
		return nil, err
	}
	codes := make([]string, 0, len(ids))
	for _, id := range ids {
		is[id].Act = "scenario.copy"
		err := account.Record(ctx, tx, account.Entry{
			Action: "zone.create", Entity: "zone", Code: is[id].code, District: district, After: is[id],
		})
		if err != nil {
			return nil, err
		}
		codes = append(codes, is[id].code)
	}
	return codes, nil
}

// UpdateScenario saves a scenario that the person saw at version. Errors: those
// of CreateScenario, postgis.ErrVersion. A patch that changes nothing writes
// nothing.
func (s *Store) UpdateScenario(ctx context.Context, scope account.Scope, district, code string, version int, p ScenarioPatch) (Scenario, error) {
	err := s.db.Write(ctx, func(ctx context.Context, tx *postgis.Tx) error {
		if err := lockToSave(ctx, tx, district); err != nil {
			return err
		}
		before, err := claimScenario(ctx, tx, scope, district, code, version)
		if err != nil {
			return err
		}
		after, err := p.apply(before)
		if err != nil {
			return err
		}
		if after.Name == before.Name && after.Note == before.Note && after.Main == before.Main && p.Rules == nil {
			return nil
		}
		if after.Main && !before.Main {
			_, err := tx.Exec(ctx, `
				update scenario set main = false, version = version + 1 where district_code = $1 and main`, district)
			if err != nil {
				return fmt.Errorf("replace the main scenario of district %s: %w", district, err)
			}
			// Who asks for no scenario sees other zones from now on.
			tx.Changed(postgis.Change{District: district, Layer: "zones", Everybody: true})
		}
		_, err = tx.Exec(ctx, `
			update scenario
			set name = $2, note = $3, rules = $4, main = $5, version = version + 1, updated_by = $6, updated_at = now()
			where id = $1`, before.id, after.Name, after.Note, after.Rules, after.Main, account.Name(ctx))
		if err != nil {
			return saveScenarioError(after.Name, err)
		}
		if p.Rules != nil {
			if err := restringScenario(ctx, tx, district, before.id); err != nil {
				return err
			}
		}
		after.Version++
		tx.Changed(postgis.Change{District: district, Layer: "scenarios", Everybody: true})
		return account.Record(ctx, tx, account.Entry{
			Action: "scenario.update", Entity: "scenario", Code: before.Code, District: district,
			Before: before.snapshot(), After: after.snapshot(),
		})
	})
	if err != nil {
		return Scenario{}, err
	}
	return s.Scenario(ctx, scope, district, code)
}

// DeleteScenario removes a scenario that the person saw at version, with its
// zones. Errors: postgis.ErrNotFound, postgis.ErrVersion, ErrMainScenario,
// *account.OutsideError.
func (s *Store) DeleteScenario(ctx context.Context, scope account.Scope, district, code string, version int) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *postgis.Tx) error {
		if err := lockToSave(ctx, tx, district); err != nil {
			return err
		}
		before, err := claimScenario(ctx, tx, scope, district, code, version)
		if err != nil {
			return err
		}
		if before.Main {
			return ErrMainScenario
		}
		rows, err := tx.Query(ctx, `select id from zone where scenario_id = $1 order by id`, before.id)
		if err != nil {
			return fmt.Errorf("find the zones of scenario %s: %w", code, err)
		}
		ids, err := pgx.CollectRows(rows, pgx.RowTo[int64])
		if err != nil {
			return fmt.Errorf("find the zones of scenario %s: %w", code, err)
		}
		was, err := snapshots(ctx, tx, ids)
		if err != nil {
			return err
		}
		for _, id := range ids {
			err := account.Record(ctx, tx, account.Entry{
				Action: "zone.delete", Entity: "zone", Code: was[id].code, District: district, Before: was[id],
			})
			if err != nil {
				return err
			}
			tx.Changed(was[id].change(district, id))
		}
		if _, err := tx.Exec(ctx, `delete from scenario where id = $1`, before.id); err != nil {
			return fmt.Errorf("delete scenario %s: %w", code, err)
		}
		tx.Changed(postgis.Change{District: district, Layer: "scenarios", Everybody: true})
		return account.Record(ctx, tx, account.Entry{
			Action: "scenario.delete", Entity: "scenario", Code: code, District: district, Before: before.snapshot(),
		})
	})
}

// claimScenario locks a scenario that is about to be written.
func claimScenario(ctx context.Context, tx pgx.Tx, scope account.Scope, district, code string, version int) (Scenario, error) {
	sc, err := findScenario(ctx, tx, scope, district, code, "for update of s")
	if err != nil {
		return sc, err
	}
	if err := demandDistrict(ctx, district); err != nil {
		return sc, err
	}
	if sc.Version != version {
		return sc, fmt.Errorf("scenario %s is at version %d, not %d: %w", code, sc.Version, version, postgis.ErrVersion)
	}
	return sc, nil
}

func saveScenarioError(name string, err error) error {
	if constraint, _ := postgis.Violation(err); constraint == "scenario_name_once" {
		return &ScenarioNameTakenError{Name: name}
	}
	return fmt.Errorf("save scenario %q: %w", name, err)
}
