package zone

import (
	"context"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/geo"
	"github.com/lianpian/lianpian/internal/postgis"
)

// soundLine returns an *InvalidError where a line cannot be sent to the database.
func soundLine(line orb.LineString) error {
	fault := geo.Check(line, geo.Limits{MaxPoints: geo.MaxDrawnPoints})
	if fault == nil {
		return nil
	}
	invalid := &InvalidError{Field: "line", Detail: fault.Detail}
	if fault.At != (orb.Point{}) {
		invalid.At = &fault.At
	}
	return invalid
}

// reaching returns the line with its ends on the boundary of the shape where
// they stop short of it by up to reachM, and the shape with vertices there.
func reaching(shape orb.MultiPolygon, line orb.LineString) (orb.MultiPolygon, orb.LineString) {
	if line[0] == line[len(line)-1] { // a closed line has no ends
		return shape, line
	}
	line = line.Clone()
	for range 2 {
		line.Reverse() // twice: the other end, and back
		end := line[len(line)-1]
		place, found := nearest(shape, end, nil)
		if !found || place.metres > reachM {
			continue
		}
		shape, _ = withVertex(shape, place)
		switch {
		case apart(place.at, end) < together:
			line[len(line)-1] = place.at
		case place.at != line[len(line)-2]:
			line = append(line, place.at)
		}
	}
	return shape, line
}

// Split cuts a zone in two along a line from side to side. The part with more
// ground stays the zone, the other one is new; parts of a zone that the line
// does not meet go to the side where they lie. Both get the same vertices along
// the cut, and so do the neighbours where it ends. Of communities chosen by hand
// each goes where more of it lies. Name is that of the new zone, "" adds a number
// to the old one. Errors: *InvalidError where the line does not cut the zone,
// *VersionError, *TopologyError and those of Create.
func (s *Store) Split(ctx context.Context, scope account.Scope, district string, seen Seen, line orb.LineString, name string) (Edit, error) {
	if err := soundLine(line); err != nil {
		return Edit{}, err
	}
	name = strings.TrimSpace(name)
	if err := text("name", "片区名称", name, maxName, false); err != nil {
		return Edit{}, err
	}
	z, err := find(ctx, s.db.Pool, scope, district, seen.Code, "")
	if err != nil {
		return Edit{}, err
	}
	return s.edit(ctx, scope, district, z.Scenario, act{"zone.split", "拆分片区"}, func(ctx context.Context, e *edition) error {
		claimed, err := e.claim(ctx, seen)
		if err != nil {
			return err
		}
		z := claimed[0]
		stays, goes, err := e.halves(ctx, z.shape, line)
		if err != nil {
			return err
		}
		if name == "" {
			if name, err = e.freeName(ctx, z.Name); err != nil {
				return err
			}
		}
		if _, err := e.tx.Exec(ctx, `update zone set geom = $2, boundary_rule = 'drawn' where id = $1`, z.id, postgis.Geom{Geometry: stays}); err != nil {
			return saveError(z.Name, err)
		}
		code, err := uuid.NewV7()
		if err != nil {
			return fmt.Errorf("make the code of a zone: %w", err)
		}
		var id int64
		err = e.tx.QueryRow(ctx, `
			insert into zone (district_code, scenario_id, code, name, note, geom, membership, boundary_rule, year, year_locked, created_by, updated_by)
			select district_code, scenario_id, $2, $3, note, $4, membership, 'drawn', year, year_locked, $5, $5 from zone where id = $1
			returning id`, z.id, code.String(), name, postgis.Geom{Geometry: goes}, account.Name(ctx)).Scan(&id)
		if err != nil {
			return saveError(name, err)
		}
		e.added = append(e.added, id)
		if err := e.shareMembers(ctx, z, id); err != nil {
			return err
		}
		if err := e.stitch(ctx, z.id, id); err != nil {
			return err
		}
		return e.checkApart(ctx)
	})
}

// halves cuts a shape along a line. The faces between its boundary and the line
// are on the left or on the right of the line; those of one side are one half. A
// face of less than a square metre stays with what lies across the line.
func (e *edition) halves(ctx context.Context, shape orb.MultiPolygon, line orb.LineString) (larger, smaller orb.MultiPolygon, err error) {
	shape, line = reaching(shape, line)
	var simple bool
	var faces int
	var left, right postgis.Geom
	// Beside the middle of the longest edge that a face has in common with the
	// line, a millimetre to the left, is the face, or it is not. A face that has
	// none lies where it lies seen from the nearest place of the line.
	err = e.tx.QueryRow(ctx, `
		with face as materialized (
		    select d.path[1] as face, d.geom
		    from ST_Dump(ST_Polygonize(array[ST_UnaryUnion(ST_Collect(ST_Boundary($1::geometry), $2::geometry))])) d
		    where ST_Covers($1, ST_PointOnSurface(d.geom))
		),
		edge as (
		    select distinct on (f.face) f.face, p.geom
		    from face f
		    cross join lateral ST_Dump(ST_CollectionExtract(ST_Intersection(ST_Boundary(f.geom), ST_Buffer($2, 1e-9)), 2)) p
		    where ST_Length(p.geom) > 1e-8
		    order by f.face, ST_Length(p.geom) desc
		),
		beside as (
		    select f.face, f.geom, e.face is not null as cut,
		           ST_LineLocatePoint($2, case when e.face is null then ST_ClosestPoint($2, ST_PointOnSurface(f.geom))
		                                       else ST_LineInterpolatePoint(e.geom, 0.5) end) as t
		    from face f left join edge e using (face)
		),
		way as (
		    select b.*, ST_LineInterpolatePoint($2, greatest(t - 1e-6, 0)) as a, ST_LineInterpolatePoint($2, least(t + 1e-6, 1)) as b,
		           ST_LineInterpolatePoint($2, t) as at
		    from beside b
		),
		side as (
		    select face, geom,
		           case when cut and ST_Distance(a, b) = 0 then false -- a line of no length
		                when cut then ST_Intersects(geom, ST_Translate(at,
		                    -1e-8 * (ST_Y(b) - ST_Y(a)) / ST_Distance(a, b), 1e-8 * (ST_X(b) - ST_X(a)) / ST_Distance(a, b)))
		                else (ST_X(b) - ST_X(a)) * (ST_Y(ST_PointOnSurface(geom)) - ST_Y(at))
		                     > (ST_Y(b) - ST_Y(a)) * (ST_X(ST_PointOnSurface(geom)) - ST_X(at))
		           end <> (cut and ST_Area(geom::geography) < 1) as is_left
		    from way
		)
		select ST_IsSimple($2), count(*), ST_Union(geom) filter (where is_left), ST_Union(geom) filter (where not is_left)
		from side`, postgis.Geom{Geometry: shape}, postgis.Geom{Geometry: line}).Scan(&simple, &faces, &left, &right)
	if err != nil {
		return larger, smaller, fmt.Errorf("cut a zone: %w", err)
	}
	at := line[len(line)/2]
	larger, smaller = dusted(left.Geometry), dusted(right.Geometry)
	switch {
	case !simple:
		return nil, nil, &InvalidError{Field: "line", Detail: "分割线自身相交", At: &at}
	case faces <= len(shape) || larger == nil || smaller == nil:
		return nil, nil, &InvalidError{Field: "line", Detail: "分割线没有把片区分成两部分，请从边界的一侧画到另一侧", At: &at}
	}
	if planar.Area(smaller) > planar.Area(larger) {
		larger, smaller = smaller, larger
	}
	return larger, smaller, nil
}

// shareMembers moves those communities of a zone, if they were chosen by hand,
// into a new part of it that lie more in the part than in what is left.
func (e *edition) shareMembers(ctx context.Context, from stored, to int64) error {
	if from.Membership != ByHand {
		return nil
	}
	_, err := e.tx.Exec(ctx, `
		update zone_community zc
		set zone_id = $2
		from published_community c, zone stays, zone goes
		where zc.zone_id = $1 and c.id = zc.community_id and stays.id = $1 and goes.id = $2
		  and case when c.geom is null then ST_Distance(goes.geom, c.location) < ST_Distance(stays.geom, c.location)
		           when ST_Intersects(c.geom, goes.geom) or ST_Intersects(c.geom, stays.geom)
		           then ST_Area(ST_Intersection(goes.geom, c.geom)) > ST_Area(ST_Intersection(stays.geom, c.geom))
		           else ST_Distance(goes.geom, c.geom) < ST_Distance(stays.geom, c.geom) end`, from.id, to)
	if err != nil {
		return fmt.Errorf("share the communities of zone %s: %w", from.Code, err)
	}
	return nil
}

// freeName finds a name like the given one that no zone of the scenario has.
func (e *edition) freeName(ctx context.Context, like string) (string, error) {
	rows, err := e.tx.Query(ctx, `select name from zone where scenario_id = $1`, e.scenario.id)
	if err != nil {
		return "", fmt.Errorf("find a free name for a zone: %w", err)
	}
	taken := map[string]bool{}
	var name string
	_, err = pgx.ForEachRow(rows, []any{&name}, func() error {
		taken[name] = true
		return nil
	})
	if err != nil {
		return "", fmt.Errorf("find a free name for a zone: %w", err)
	}
	free := like
	for i := 2; taken[free]; i++ {
		number := fmt.Sprintf("（%d）", i)
		room := maxName - utf8.RuneCountInString(number)
		runes := []rune(like)
		free = string(runes[:min(len(runes), room)]) + number
	}
	return free, nil
}
