package zone

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/geo"
	"github.com/lianpian/lianpian/internal/postgis"
)

// act is what a person does to the zones of a scenario.
type act struct {
	name  string // e.g. zone.split
	label string // for people; names no zone, because not everybody may know all of them
}

// edition is one act, inside its transaction: it becomes one revision of the
// scenario. Zones are touched (or added) before they are written, so that it is
// known how they were, and that the person may write them.
type edition struct {
	s        *Store
	tx       *postgis.Tx
	scope    account.Scope
	district string
	scenario Scenario // locked, as it was before
	act      act

	touched   map[int64]*snapshot // how the zones were
	added     []int64
	removed   map[int64]bool
	factsOnly bool // neither boundary nor membership is written
	deferred  bool // names may be taken twice until the end
}

// edit does an act on the zones of a scenario, "" being the main one. It begins
// with the lock of the district, so that editions of a district never meet.
func (s *Store) edit(ctx context.Context, scope account.Scope, district, scenario string, a act,
	do func(ctx context.Context, e *edition) error,
) (Edit, error) {
	if !reaches(scope, district) {
		return Edit{}, fmt.Errorf("district %s: %w", district, postgis.ErrNotFound)
	}
	var done Edit
	err := s.db.Write(ctx, func(ctx context.Context, tx *postgis.Tx) error {
		var err error
		done, err = s.editIn(ctx, tx, scope, district, scenario, a, do)
		return err
	})
	return done, tooFine(err)
}

// editIn is edit inside the caller's transaction.
func (s *Store) editIn(ctx context.Context, tx *postgis.Tx, scope account.Scope, district, scenario string, a act,
	do func(ctx context.Context, e *edition) error,
) (Edit, error) {
	if !reaches(scope, district) {
		return Edit{}, fmt.Errorf("district %s: %w", district, postgis.ErrNotFound)
	}
	if err := lockToSave(ctx, tx, district); err != nil {
		return Edit{}, err
	}
	sc, err := findScenario(ctx, tx, scope, district, scenario, "for update of s")
	if err != nil {
		return Edit{}, err
	}
	e := &edition{
		s: s, tx: tx, scope: scope, district: district, scenario: sc, act: a,
		touched: map[int64]*snapshot{}, removed: map[int64]bool{},
	}
	if err := do(ctx, e); err != nil {
		return Edit{}, err
	}
	return e.finish(ctx)
}

// tooFine turns the database's refusal to overlay nearly degenerate shapes into
// a *TopologyError: nothing was written, and another line will do.
func tooFine(err error) error {
	var pg *pgconn.PgError
	if errors.As(err, &pg) && pg.Code == "XX000" && strings.Contains(pg.Message, "TopologyException") {
		return &TopologyError{Detail: "边界在这里过于细碎，无法可靠地计算；请让线离顶点和边稍远一些再试"}
	}
	return err
}

// claim reads and locks the zones that a person named, asks whether they may be
// written, and whether they still are what the person saw. A version of 0 asks
// nothing. The zones come back in the order of seen.
func (e *edition) claim(ctx context.Context, seen ...Seen) ([]stored, error) {
	zones := make([]stored, 0, len(seen))
	for _, want := range seen {
		z, err := find(ctx, e.tx, e.scope, e.district, want.Code, "for update of z")
		if err != nil {
			return nil, err
		}
		if z.scenarioID != e.scenario.id {
			return nil, &InvalidError{Field: "zones", Detail: fmt.Sprintf("片区“%s”属于另一个方案", z.Name)}
		}
		if slices.ContainsFunc(zones, func(other stored) bool { return other.id == z.id }) {
			return nil, &InvalidError{Field: "zones", Detail: fmt.Sprintf("片区“%s”重复出现", z.Name)}
		}
		zones = append(zones, z)
	}
	ids := make([]int64, len(zones))
	for i := range zones {
		ids[i] = zones[i].id
	}
	if err := e.touch(ctx, ids...); err != nil {
		return nil, err
	}
	for i, want := range seen {
		if want.Version != 0 && want.Version != zones[i].Version {
			return nil, &VersionError{Code: want.Code, Seen: want.Version, Now: zones[i].Version}
		}
	}
	return zones, nil
}

// touch notes how zones are that the act is about to write, and asks whether
// the person may.
func (e *edition) touch(ctx context.Context, ids ...int64) error {
	ids = slices.DeleteFunc(slices.Clone(ids), func(id int64) bool { return e.touched[id] != nil || slices.Contains(e.added, id) })
	if len(ids) == 0 {
		return nil
	}
	if err := permit(ctx, e.tx, e.district, ids); err != nil {
		return err
	}
	was, err := snapshots(ctx, e.tx, ids)
	if err != nil {
		return err
	}
	maps.Copy(e.touched, was)
	return nil
}

// remove deletes zones that were touched.
func (e *edition) remove(ctx context.Context, ids ...int64) error {
	if _, err := e.tx.Exec(ctx, `delete from zone where id = any($1)`, ids); err != nil {
		return fmt.Errorf("delete zones of scenario %s: %w", e.scenario.Code, err)
	}
	for _, id := range ids {
		e.removed[id] = true
	}
	return nil
}

// deferNames lets zones exchange their names before the edition ends.
func (e *edition) deferNames(ctx context.Context) error {
	if _, err := e.tx.Exec(ctx, `set constraints zone_name_once deferred`); err != nil {
		return fmt.Errorf("defer the names of zones: %w", err)
	}
	e.deferred = true
	return nil
}

// finish is what every edition ends with: pieces of boundaries, membership,
// strings, the permission for the places where the zones now lie, the trail, the
// revision, and the news. An act that touched nothing makes no revision.
func (e *edition) finish(ctx context.Context) (Edit, error) {
	done := Edit{Scenario: e.scenario.Code, Revision: e.scenario.Revision, Zones: []Zone{}, Removed: []string{}}
	if len(e.touched) == 0 && len(e.added) == 0 {
		return done, nil
	}
	if e.deferred {
		if _, err := e.tx.Exec(ctx, `set constraints zone_name_once immediate`); err != nil {
			return done, saveError("", err)
		}
	}
	done.Revision++
	changed := slices.DeleteFunc(slices.Sorted(maps.Keys(e.touched)), func(id int64) bool { return e.removed[id] })
	_, err := e.tx.Exec(ctx, `
		update zone set version = version + 1, updated_by = $2, updated_at = now() where id = any($1)`,
		changed, account.Name(ctx))
	if err != nil {
		return done, fmt.Errorf("count the versions of zones: %w", err)
	}
	live := append(slices.Clone(changed), e.added...)
	if !e.factsOnly {
		if err := e.settle(ctx, live); err != nil {
			return done, err
		}
	}
	if err := permit(ctx, e.tx, e.district, live); err != nil {
		return done, err
	}
	is, err := snapshots(ctx, e.tx, live)
	if err != nil {
		return done, err
	}
	if err := e.record(ctx, done.Revision, is); err != nil {
		return done, err
	}
	for _, id := range slices.Sorted(maps.Keys(e.removed)) {
		done.Removed = append(done.Removed, e.touched[id].code)
	}
	done.Zones, err = e.s.zonesByID(ctx, e.tx, e.scope, e.district, live)
	return done, err
}

// settle follows written boundaries: their pieces, the communities inside, and
// the strings between those.
func (e *edition) settle(ctx context.Context, ids []int64) error {
	var crowded string
	err := e.tx.QueryRow(ctx, `
		select coalesce((select name from zone where id = any($1) and ST_NPoints(geom) > $2 limit 1), '')`,
		ids, geo.MaxDrawnPoints).Scan(&crowded)
	if err != nil {
		return fmt.Errorf("count the points of zones: %w", err)
	}
	if crowded != "" {
		return &InvalidError{Field: "geometry", Detail: fmt.Sprintf("片区“%s”的边界将超过 %d 个点", crowded, geo.MaxDrawnPoints)}
	}
	if err := cut(ctx, e.tx, ids); err != nil {
		return err
	}
	if _, err := settle(ctx, e.tx, ids); err != nil {
		return err
	}
	return restring(ctx, e.tx, e.district, ids)
}

// record writes the trail, the revision with the states of its zones, and the
// news.
func (e *edition) record(ctx context.Context, revision int, is map[int64]*snapshot) error {
	codes := []string{}
	var closed []string
	for _, id := range slices.Sorted(maps.Keys(e.touched)) {
		was := e.touched[id]
		entry := account.Entry{Action: "zone.update", Entity: "zone", Code: was.code, District: e.district, Before: was}
		if e.removed[id] {
			entry.Action = "zone.delete"
		} else {
			is[id].Act = e.act.name
			entry.After = is[id]
		}
		if err := account.Record(ctx, e.tx, entry); err != nil {
			return err
		}
		e.tx.Changed(was.change(e.district, id))
		closed = append(closed, was.code)
	}
	for _, id := range e.added {
		is[id].Act = e.act.name
		err := account.Record(ctx, e.tx, account.Entry{
			Action: "zone.create", Entity: "zone", Code: is[id].code, District: e.district, After: is[id],
		})
		if err != nil {
			return err
		}
		codes = append(codes, is[id].code)
	}
	codes = append(codes, closed...)
	for _, id := range slices.Sorted(maps.Keys(is)) {
		e.tx.Changed(is[id].change(e.district, id))
	}
	e.tx.Changed(postgis.Change{District: e.district, Layer: "scenarios", Everybody: true})
	if err := keepStates(ctx, e.tx, e.scenario.id, revision, closed, slices.Sorted(maps.Keys(is))); err != nil {
		return err
	}
	return noteRevision(ctx, e.tx, e.scenario, revision, e.act, codes)
}

// keepStates ends the states of the zones of these codes before a revision, and
// keeps those of the zones with these ids from it on.
func keepStates(ctx context.Context, tx pgx.Tx, scenario int64, revision int, codes []string, ids []int64) error {
	_, err := tx.Exec(ctx, `
		update zone_state set until = $2 where scenario_id = $1 and zone_code = any($3) and until is null`,
		scenario, revision, codes)
	if err != nil {
		return fmt.Errorf("end the states of zones: %w", err)
	}
	_, err = tx.Exec(ctx, `
		insert into zone_state (scenario_id, zone_code, since, name, note, geom, membership, boundary_rule, year, year_locked,
		                        version, subdistrict_codes, communities, district_code)
		select z.scenario_id, z.code, $2, z.name, z.note, z.geom, z.membership, z.boundary_rule, z.year, z.year_locked,
		       z.version, z.subdistrict_codes, `+memberCodes+`, z.district_code
		from zone z
		where z.id = any($3) and z.scenario_id = $1`, scenario, revision, ids)
	if err != nil {
		return fmt.Errorf("keep the states of zones: %w", err)
	}
	return nil
}

// memberCodes are the codes of the communities of zone z, in order.
const memberCodes = `array(
    select c.code from zone_community zc
    join published_community c on c.id = zc.community_id
    where zc.zone_id = z.id
    order by c.code)`

// mirror lets the states of zones that stand now follow what the register did to
// the zones.
func mirror(ctx context.Context, tx pgx.Tx, ids []int64) error {
	_, err := tx.Exec(ctx, `
		update zone_state s
		set geom = z.geom, subdistrict_codes = z.subdistrict_codes, communities = `+memberCodes+`
		from zone z
		where z.id = any($1) and s.scenario_id = z.scenario_id and s.zone_code = z.code and s.until is null`, ids)
	if err != nil {
		return fmt.Errorf("let the states of zones follow them: %w", err)
	}
	return nil
}

func noteRevision(ctx context.Context, tx pgx.Tx, sc Scenario, revision int, a act, codes []string) error {
	_, err := tx.Exec(ctx, `
		insert into scenario_revision (scenario_id, revision, by, action, label, detail, district_code)
		select id, $2, $3, $4, $5, jsonb_build_object('zones', $6::text[]), district_code from scenario where id = $1`,
		sc.id, revision, account.Name(ctx), a.name, a.label, codes)
	if err != nil {
		return fmt.Errorf("note revision %d of scenario %s: %w", revision, sc.Code, err)
	}
	_, err = tx.Exec(ctx, `
		update scenario set revision = $2, updated_by = $3, updated_at = now() where id = $1`,
		sc.id, revision, account.Name(ctx))
	if err != nil {
		return fmt.Errorf("count the revisions of scenario %s: %w", sc.Code, err)
	}
	return nil
}

// bound is the extent of the zone in a snapshot.
func (s *snapshot) bound() orb.Bound { return s.shape.Bound() }

// change tells of the zone with the id where it is in the snapshot.
func (s *snapshot) change(district string, id int64) postgis.Change {
	return postgis.Change{District: district, Layer: "zones", Bound: s.bound(), Subdistricts: s.SubdistrictCodes, Zones: []int64{id}}
}
