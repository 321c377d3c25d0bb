package zone

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/geo"
	"github.com/lianpian/lianpian/internal/postgis"
)

// How a derived boundary is made. Lengths in metres, areas in square metres.
const (
	// blockShare is the part of a block that members must cover for the whole
	// block to be taken, up to the street centre lines.
	blockShare = 0.3
	// envelopeM is how far the envelope reaches around footprints that stand
	// alone: gaps of less than twice that between them are closed.
	envelopeM = 12
	// discM is the radius of the ground of a community that has a point only.
	discM = 15
	// corridorM is the width of the ground along a string between pieces.
	corridorM = 12
	// passageM is what remains of a corridor where its way leads through the
	// ground of a community that is no member.
	passageM = 3
	// snapM is how near to a member's outline the boundary follows it.
	snapM = 1
	// holeM2 is the area up to which a hole with nobody in it is closed.
	holeM2 = 400
	// neckM is the width up to which ground is a sliver or a neck.
	neckM = 1
	// straightGrid is how far a vertex may lie off a straight line and be left
	// out, in degrees: about 2 mm.
	straightGrid = 2e-8
	// leastOutlineM2 is the area from which an outline is a place of its own; a
	// smaller one is as good as a point.
	leastOutlineM2 = 1
)

// boundaryOf derives a boundary from a set of communities: the blocks that the
// members fill, a tight envelope around members that stand alone, and corridors
// along the strings between those pieces; without the ground of other
// communities and of the other zones of the scenario (ownZoneID, 0 for none, is
// not another). Every step looks only at a member and what is near it, so that one
// community more or less changes the boundary only there.
//
// The rule of membership 'majority' finds the members in it again, except where
// another zone or a community at the same place stands in the way. Communities
// without a place are not part of it; where none has one the error is an
// *InvalidError. Call it in a transaction that may write: it builds the blocks
// of the district where the base map has changed.
func boundaryOf(ctx context.Context, tx pgx.Tx, district string, scenarioID, ownZoneID int64, communityIDs []int64) (orb.MultiPolygon, error) {
	if err := ensureBlocks(ctx, tx, district); err != nil {
		return nil, err
	}
	rules, err := rulesOf(ctx, tx, scenarioID)
	if err != nil {
		return nil, err
	}
	ties, err := tiesAmong(ctx, tx, district, rules, communityIDs)
	if err != nil {
		return nil, err
	}
	a, b := shortTies(ties)
	var srid int
	var shape postgis.Geom
	err = tx.QueryRow(ctx, `select gk_srid from published_district where code = $1`, district).Scan(&srid)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, fmt.Errorf("district %s: %w", district, postgis.ErrNotFound)
	}
	if err != nil {
		return nil, fmt.Errorf("read district %s: %w", district, err)
	}
	err = tx.QueryRow(ctx, boundarySQL, pgx.QueryExecModeCacheDescribe,
		district, communityIDs, scenarioID, ownZoneID, srid, a, b).Scan(&shape)
	if err != nil {
		return nil, fmt.Errorf("derive a boundary in district %s: %w", district, err)
	}
	derived, _ := shape.Geometry.(orb.MultiPolygon)
	if len(derived) == 0 {
		return nil, &InvalidError{Field: "communities", Detail: "这些小区没有位置，或全在其他片区之内，无法生成边界"}
	}
	return geo.Rewind(derived), nil
}

// shortTies are the pairs between which a corridor may be needed: ties that no
// member shortcuts, that is, no third one is nearer to both ends than they are to
// each other (the relative neighbourhood graph: G. T. Toussaint, Pattern
// Recognition 12, 1980). They hold the minimal tree, and other than the tree,
// whether a tie is among them depends on its own neighbours alone.
func shortTies(ties []tie) (a, b []int64) {
	// Ranks order the ties by length without equals, as the minimal tree does.
	near := map[int64]map[int64]int{}
	for rank, t := range ties {
		for _, e := range [2][2]int64{{t.a, t.b}, {t.b, t.a}} {
			if near[e[0]] == nil {
				near[e[0]] = map[int64]int{}
			}
			near[e[0]][e[1]] = rank
		}
	}
	for rank, t := range ties {
		shortcut := false
		for c, first := range near[t.a] {
			if second, ok := near[t.b][c]; ok && first < rank && second < rank {
				shortcut = true
				break
			}
		}
		if !shortcut {
			a, b = append(a, t.a), append(b, t.b)
		}
	}
	return a, b
}

// rulesOf reads the rules of a scenario; 0 is none, with the default rules.
func rulesOf(ctx context.Context, q reader, scenarioID int64) (Rules, error) {
	if scenarioID == 0 {
		return DefaultRules(), nil
	}
	var rules Rules
	err := q.QueryRow(ctx, `select rules from scenario where id = $1`, scenarioID).Scan(&rules)
	if errors.Is(err, pgx.ErrNoRows) {
		return DefaultRules(), nil
	}
	if err != nil {
		return rules, fmt.Errorf("read the rules of a scenario: %w", err)
	}
	return rules, nil
}

// DerivedBoundary is the boundary of communities that nobody has saved.
type DerivedBoundary struct {
	Shape        orb.MultiPolygon
	Totals       Totals
	WithoutPlace []Named // communities that are not part of it
}

// Boundary derives the boundary of communities (codes) beside the zones of a
// scenario ("" is the main one); the zone of code own, "" for none, is not in the
// way. Errors: *InvalidError, postgis.ErrNotFound.
func (s *Store) Boundary(ctx context.Context, scope account.Scope, district, scenario, own string, codes []string) (DerivedBoundary, error) {
	var b DerivedBoundary
	sc, err := findScenario(ctx, s.db.Pool, scope, district, scenario, "")
	if err != nil {
		return b, err
	}
	var ownID int64
	if own != "" {
		z, err := find(ctx, s.db.Pool, scope, district, own, "")
		if err != nil {
			return b, err
		}
		ownID = z.id
	}
	ids, err := readableCommunities(ctx, s.db.Pool, scope, district, codes)
	if err != nil {
		return b, err
	}
	// Deriving may build the blocks of the district.
	err = s.db.Write(ctx, func(ctx context.Context, tx *postgis.Tx) error {
		b.Shape, err = boundaryOf(ctx, tx, district, sc.id, ownID, ids)
		if err != nil {
			return err
		}
		b.Totals, err = totalsAround(ctx, tx, scope, district, b.Shape, ids)
		if err != nil {
			return err
		}
		rows, err := tx.Query(ctx, `
			select code, name from published_community
			where id = any($1) and location is null and (geom is null or ST_IsEmpty(geom)) order by code`, ids)
		if err != nil {
			return fmt.Errorf("find communities without a place: %w", err)
		}
		b.WithoutPlace, err = pgx.CollectRows(rows, pgx.RowToStructByPos[Named])
		return err
	})
	return b, err
}

// totalsAround are the totals of chosen communities with the boundary that was
// derived from them.
func totalsAround(ctx context.Context, q reader, scope account.Scope, district string, shape orb.MultiPolygon, ids []int64) (Totals, error) {
	var m Measurement
	var zone int64
	var members []int64
	var asked, agreed *int64
	var small bool
	columns := append(m.columns(&zone), &members, &asked, &agreed, &small)
	err := q.QueryRow(ctx, chosenMembers+countedTotals+measured, pgx.QueryExecModeCacheDescribe,
		district, scope.Subdistricts, scope.Zones, postgis.Geom{Geometry: shape}, ids).Scan(columns...)
	if err != nil {
		return Totals{}, fmt.Errorf("measure a derived boundary in district %s: %w", district, err)
	}
	m.finish()
	return m.Totals, nil
}
