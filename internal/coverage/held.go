package coverage

import (
	"context"
	"fmt"
	"math"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/engine/catchment"
	"github.com/lianpian/lianpian/internal/walking"
)

// gapsNear is how far homes of one gap may be from each other, in metres, where
// nobody says otherwise.
const gapsNear = 100

// Part is a part of a district that somebody writes about: zones of a scenario
// with their buildings.
type Part struct {
	Scenario     string
	Zones        []string // codes
	Subdistricts []string // of the zones
	Buildings    []int64  // ids
	Communities  []int64  // ids
}

// Held is what a run says about a part.
type Held struct {
	Run         Run
	Communities []CommunityCoverage // by code; "" are its buildings of no community
	Served      map[int64]bool      // by the id of a building; missing: not judged. True also where the first step's facility serves it
	Gaps        []orb.MultiPolygon  // the patches that its uncovered homes form, the largest first
}

// NewestIn returns the newest run of each facility type that looks at the whole
// of a part, in the order of the types, inside the caller's transaction. Runs
// that count the proposed facilities of another scenario are none of them.
func (s *Store) NewestIn(ctx context.Context, tx pgx.Tx, scope account.Scope, district string, of Part) ([]Run, error) {
	if scope.District != "" && scope.District != district {
		return nil, nil
	}
	rows, err := tx.Query(ctx, selectRun+`
		  and coalesce(r.settings ->> 'scenario', '') in ('', $4)
		  and case r.area ->> 'kind'
		      when 'district' then true
		      when 'zone' then $5::text[] = array[r.area ->> 'code']
		      when 'subdistrict' then $6::text[] = array[r.area ->> 'code']
		      else false end
		order by r.created_at desc, r.id desc`,
		district, scope.Subdistricts, scope.Zones, of.Scenario, of.Zones, of.Subdistricts)
	if err != nil {
		return nil, fmt.Errorf("look for the newest coverage runs of %s: %w", district, err)
	}
	defer rows.Close()
	var newest []Run
	seen := map[string]bool{}
	for rows.Next() {
		r, err := s.scanRun(rows)
		if err != nil {
			return nil, fmt.Errorf("look for the newest coverage runs of %s: %w", district, err)
		}
		if !seen[r.FacilityType] {
			seen[r.FacilityType] = true
			newest = append(newest, r)
		}
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("look for the newest coverage runs of %s: %w", district, err)
	}
	s.sortByType(newest)
	return newest, nil
}

// HeldIn returns what a run says about a part, inside the caller's transaction.
// Where only sums of the run are kept, single buildings are not judged and it has
// no gaps. The run must be one of NewestIn.
func (s *Store) HeldIn(ctx context.Context, tx pgx.Tx, run Run, of Part, plane walking.Plane) (Held, error) {
	held := Held{Run: run, Served: map[int64]bool{}}
	var err error
	if held.Communities, err = heldCommunities(ctx, tx, run, of); err != nil {
		return held, fmt.Errorf("read the communities of run %s: %w", run.ID, err)
	}
	if !run.Detailed {
		return held, nil
	}
	rows, err := tx.Query(ctx, `
		select building_id, status in ('covered', 'spared') from coverage_building where run_id = $1 and building_id = any($2)`,
		run.ID, of.Buildings)
	if err != nil {
		return held, fmt.Errorf("read the buildings of run %s: %w", run.ID, err)
	}
	var id int64
	var served bool
	if _, err := pgx.ForEachRow(rows, []any{&id, &served}, func() error { held.Served[id] = served; return nil }); err != nil {
		return held, fmt.Errorf("read the buildings of run %s: %w", run.ID, err)
	}
	homes, _, err := readOpen(ctx, tx, run, plane, of.subjects())
	if err != nil {
		return held, err
	}
	patches, err := catchment.Patches(ctx, homes, catchment.PatchRules{Gap: gapsNear})
	if err != nil {
		return held, fmt.Errorf("put the uncovered homes of run %s into patches: %w", run.ID, err)
	}
	for _, p := range patches {
		held.Gaps = append(held.Gaps, degrees(p.Outline, plane))
	}
	return held, nil
}

// subjects are the ids of the rows of coverage_building that a part has: its
// buildings, and its communities for themselves.
func (p Part) subjects() []int64 {
	ids := make([]int64, 0, len(p.Buildings)+len(p.Communities))
	ids = append(ids, p.Buildings...)
	for _, c := range p.Communities {
		ids = append(ids, -c)
	}
	return ids
}

// heldCommunities are the answers for the communities of a part, and with code
// "" the sum of its buildings that belong to none.
func heldCommunities(ctx context.Context, tx pgx.Tx, run Run, of Part) ([]CommunityCoverage, error) {
	rows, err := tx.Query(ctx, `
		select code, name, subdistrict_name, `+figureColumns+`
		from coverage_community
		where run_id = $1 and community_id = any($2)
		order by code`, run.ID, of.Communities)
	if err != nil {
		return nil, err
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (CommunityCoverage, error) {
		var c CommunityCoverage
		err := row.Scan(append([]any{&c.Code, &c.Name, &c.SubdistrictName}, c.columns()...)...)
		return c, err
	})
	if err != nil || !run.Detailed {
		return list, err
	}
	var rest CommunityCoverage
	err = tx.QueryRow(ctx, `
		select count(*), count(*) filter (where covered), coalesce(sum(households), 0)::bigint,
		       coalesce(sum(households) filter (where covered), 0)::bigint,
		       coalesce(sum(households) filter (where status = 'spared'), 0)::bigint
		from coverage_building
		where run_id = $1 and building_id = any($2) and community_id is null`, run.ID, of.Buildings).
		Scan(&rest.Buildings, &rest.CoveredBuildings, &rest.Households, &rest.CoveredHouseholds, &rest.SparedHouseholds)
	if err == nil && rest.Buildings > 0 {
		list = append(list, rest)
	}
	return list, err
}

// Reach returns the ground inside a bound (degrees) from which a facility of a
// run is reached within its limit, as Isochrones has it, nil where no facility
// is near.
func (s *Store) Reach(ctx context.Context, run Run, bound orb.Bound, plane walking.Plane) (orb.MultiPolygon, error) {
	limits, err := soundLimits(run, nil)
	if err != nil {
		return nil, err
	}
	var set []facility
	err = s.reading(ctx, func(tx pgx.Tx) (err error) {
		set, err = readFacilities(ctx, tx, run.District, run.FacilityType, run.settings.Scenario)
		return err
	})
	if err != nil {
		return nil, err
	}
	near := metresOf(bound, plane).Pad(1.2*run.farthest() + 50)
	kept := set[:0]
	for i := range set {
		if near.Contains(plane.Metres(orb.Point{set[i].at.lon, set[i].at.lat})) {
			kept = append(kept, set[i])
		}
	}
	if len(kept) == 0 {
		return nil, nil
	}
	f, err := s.field(ctx, run, kept, plane, limits)
	if err != nil {
		return nil, err
	}
	wanted := metresOf(bound, plane)
	// What lies at the edge of the samples is drawn as if nothing went on behind it.
	wanted = wanted.Pad(50 + 3*math.Sqrt((wanted.Max[0]-wanted.Min[0])*(wanted.Max[1]-wanted.Min[1])/reachSamples))
	if !f.ground.Bound.Intersects(wanted) {
		return nil, nil
	}
	f.ground.Bound = intersection(f.ground.Bound, wanted)
	f.ground.Most = reachSamples
	drawn, err := catchment.Isochrones(ctx, f.ground, f.limits)
	if err != nil {
		return nil, fmt.Errorf("draw what run %s reaches: %w", run.ID, err)
	}
	return degrees(drawn[0].Area, plane), nil
}

// reachSamples is how many points the ground of Reach is sampled at: on a map
// sheet they are a millimetre or two apart.
const reachSamples = 40_000

// metresOf is a box of degrees in the plane.
func metresOf(b orb.Bound, plane walking.Plane) orb.Bound {
	return orb.MultiPoint{plane.Metres(b.Min), plane.Metres(b.Max), plane.Metres(b.LeftTop()), plane.Metres(b.RightBottom())}.Bound()
}

func intersection(a, b orb.Bound) orb.Bound {
	return orb.Bound{
		Min: orb.Point{math.Max(a.Min[0], b.Min[0]), math.Max(a.Min[1], b.Min[1])},
		Max: orb.Point{math.Min(a.Max[0], b.Max[0]), math.Min(a.Max[1], b.Max[1])},
	}
}

// farthest is how far one gets within the run's limit at most, in metres.
func (r Run) farthest() float64 {
	if r.Limit.Metres != nil {
		return *r.Limit.Metres
	}
	speed := 1.5 // metres per second
	if r.Walker != nil {
		speed = math.Max(r.Walker.SpeedMS, r.Walker.StairsMS)
	}
	return *r.Limit.Minutes * 60 * speed
}
