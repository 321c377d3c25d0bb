package areaplan

import (
	"fmt"
	"math"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/clip"

	"github.com/lianpian/lianpian/internal/postgis"
)

// Most of each kind that a plan carries around its zones.
const (
	mostAreas = 20_000
	mostLines = 20_000
)

// majorRoads are those that map sheets show between the zones, too.
var majorRoads = []string{
	"motorway", "motorway_link", "trunk", "trunk_link", "primary", "primary_link", "secondary", "secondary_link", "tertiary",
}

// near is the condition that a row t of a view lies in a box around a zone; $1 is
// the district, $2 are the boxes. It asks the view's index for each box.
func near(view string) string {
	return `t.id in (select n.id from unnest($2::geometry[]) box (geom) join ` + view + ` n on n.district_code = $1 and n.geom && box.geom)`
}

// readSurroundings reads the base map. Communities and buildings around the zones
// are those that the scope may read; whoever is limited to zones sees none. The
// largest come first, where there are too many.
func (g *gathering) readSurroundings() error {
	s := &g.Surroundings
	whole := postgis.Geom{Geometry: g.bound.ToPolygon()}
	for _, one := range []struct {
		what string
		into *[]Area
		sql  string
		args []any
	}{
		{"subdistricts", &s.Subdistricts, `
			select t.code, t.name, '', t.geom from published_subdistrict t
			where t.district_code = $1 and t.geom && $2::geometry order by t.code limit $3`, []any{g.code, whole, mostAreas}},
		{"neighborhoods", &s.Neighborhoods, `
			select t.code, t.name, '', t.geom from published_neighborhood t
			where t.district_code = $1 and t.geom && $2::geometry order by t.code limit $3`, []any{g.code, whole, mostAreas}},
		{"communities", &s.Communities, `
			select t.code, t.name, t.eligibility, t.geom from published_community t
			where t.district_code = $1 and t.geom is not null and ` + near("published_community") + `
			  and not t.id = any($4::bigint[]) and ($5::text[] is null or t.subdistrict_code = any($5)) and $6
			order by t.code limit $3`, []any{g.code, g.boxes, mostAreas, g.communities, g.scope.Subdistricts, g.scope.Zones == nil}},
		{"buildings", &s.Buildings, `
			select '', '', t.use, t.geom from published_building t
			where t.district_code = $1 and ` + near("published_building") + `
			  and not t.id = any($4::bigint[]) and ($5::text[] is null or t.subdistrict_code = any($5)) and $6
			order by t.footprint_m2 desc, t.code limit $3`, []any{g.code, g.boxes, mostAreas, g.buildings, g.scope.Subdistricts, g.scope.Zones == nil}},
		{"water", &s.Water, `
			select '', t.name, t.class, t.geom from published_water t
			where t.district_code = $1 and t.geom && $2::geometry order by t.area_m2 desc, t.source_ref limit $3`, []any{g.code, whole, mostAreas}},
		{"green", &s.Green, `
			select '', t.name, t.class, t.geom from published_green t
			where t.district_code = $1 and t.geom && $2::geometry order by t.area_m2 desc, t.source_ref limit $3`, []any{g.code, whole, mostAreas}},
	} {
		rows, err := g.tx.Query(g.ctx, one.sql, one.args...)
		if err != nil {
			return fmt.Errorf("%s: %w", one.what, err)
		}
		list, err := pgx.CollectRows(rows, scanArea)
		if err != nil {
			return fmt.Errorf("%s: %w", one.what, err)
		}
		*one.into = g.cutAreas(list)
	}
	return g.readLines(whole)
}

func (g *gathering) readLines(whole postgis.Geom) error {
	s := &g.Surroundings
	for _, one := range []struct {
		what string
		into *[]Line
		sql  string
		args []any
	}{
		{"roads", &s.Roads, `
			select t.name, t.class, t.geom from published_road t
			where t.district_code = $1 and not t.tunnel
			  and (t.class = any($5) and t.geom && $4::geometry or ` + near("published_road") + `)
			order by array_position($5, t.class), t.source_ref limit $3`, []any{g.code, g.boxes, mostLines, whole, majorRoads}},
		{"railways", &s.Railways, `
			select t.name, t.class, t.geom from published_railway t
			where t.district_code = $1 and t.geom && $2::geometry and not t.tunnel order by t.source_ref limit $3`, []any{g.code, whole, mostLines}},
		{"waterways", &s.Waterways, `
			select t.name, t.class, t.geom from published_waterway t
			where t.district_code = $1 and t.geom && $2::geometry and not t.tunnel order by t.source_ref limit $3`, []any{g.code, whole, mostLines}},
	} {
		rows, err := g.tx.Query(g.ctx, one.sql, one.args...)
		if err != nil {
			return fmt.Errorf("%s: %w", one.what, err)
		}
		list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (l Line, err error) {
			var path postgis.Geom
			err = row.Scan(&l.Name, &l.Class, &path)
			l.Path, _ = path.Geometry.(orb.LineString)
			return l, err
		})
		if err != nil {
			return fmt.Errorf("%s: %w", one.what, err)
		}
		*one.into = g.cutLines(list)
	}
	return nil
}

func scanArea(row pgx.CollectableRow) (a Area, err error) {
	var outline postgis.Geom
	err = row.Scan(&a.Code, &a.Name, &a.Class, &outline)
	a.Outline, _ = outline.Geometry.(orb.MultiPolygon)
	return a, err
}

// cutAreas clips to what map sheets can show, and drops what lies outside.
func (g *gathering) cutAreas(list []Area) []Area {
	kept := make([]Area, 0, len(list))
	for _, a := range list {
		if a.Outline = rounded(clipped(a.Outline, g.bound)); len(a.Outline) > 0 {
			kept = append(kept, a)
		}
	}
	return kept
}

// cutLines is cutAreas for lines; one that leaves the box and comes back is
// several.
func (g *gathering) cutLines(list []Line) []Line {
	kept := make([]Line, 0, len(list))
	for _, l := range list {
		for _, piece := range clip.LineString(g.bound, l.Path) {
			if len(piece) > 1 {
				kept = append(kept, Line{l.Name, l.Class, roundedLine(piece)})
			}
		}
	}
	return kept
}

// rounded keeps a centimetre, which is a hundredth of what any sheet shows and
// halves what a kept plan weighs.
func rounded(m orb.MultiPolygon) orb.MultiPolygon {
	for _, polygon := range m {
		for _, ring := range polygon {
			for i, p := range ring {
				ring[i] = round7(p)
			}
		}
	}
	return m
}

func roundedLine(l orb.LineString) orb.LineString {
	for i, p := range l {
		l[i] = round7(p)
	}
	return l
}

func round7(p orb.Point) orb.Point {
	return orb.Point{math.Round(p[0]*1e7) / 1e7, math.Round(p[1]*1e7) / 1e7}
}
