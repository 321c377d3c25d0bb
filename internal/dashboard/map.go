package dashboard

import (
	"context"
	"fmt"
	"math"
	"strconv"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/postgis"
)

// mapWidth is the width of the board's map in its own units; a unit is about a
// pixel, and finer is not drawn.
const mapWidth = 1000.0

// BoardMap is the district as a picture: paths for SVG, north up, true in shape at
// the district's middle latitude.
type BoardMap struct {
	Width        int        `json:"width"`
	Height       int        `json:"height"`
	Subdistricts []MapPart  `json:"subdistricts"`
	Communities  []MapPlace `json:"communities"`
	Box          [4]float64 `json:"box" doc:"west, south, east, north of the picture"`
}

// MapPart is a subdistrict.
type MapPart struct {
	Code string `json:"code"`
	Name string `json:"name"`
	Path string `json:"path"`
	X    int    `json:"x" doc:"of its middle"`
	Y    int    `json:"y"`
}

// MapPlace is a community and where its project stands.
type MapPlace struct {
	Code        string  `json:"code"`
	Name        string  `json:"name"`
	Path        string  `json:"path" doc:"empty where it is too small to be drawn, or only a place"`
	X           int     `json:"x"`
	Y           int     `json:"y"`
	Eligibility string  `json:"eligibility" enum:"in,out,borderline"`
	Project     string  `json:"project" doc:"code of its live project; empty: none"`
	Library     string  `json:"library" enum:",comprehensive,management"`
	State       string  `json:"state"`
	Phase       *string `json:"phase" enum:"reserve,plan,implement"`
	Year        *int    `json:"year"`
	Stage       string  `json:"stage" enum:",not_started,start,works_done,acceptance,filing,handover"`
}

// Map draws the district for the board.
func (s *Store) Map(ctx context.Context, scope account.Scope, district string) (BoardMap, error) {
	var m BoardMap
	err := s.read(ctx, scope, district, func(r *reading) error {
		var bound postgis.Geom
		if err := r.tx.QueryRow(ctx, `select boundary from published_district where code = $1`, district).Scan(&bound); err != nil {
			return err
		}
		sheet := sheetOf(bound.Geometry)
		m = BoardMap{Width: int(mapWidth), Height: int(math.Ceil(sheet.height)), Subdistricts: []MapPart{}, Communities: []MapPlace{}, Box: sheet.box()}
		if err := m.drawSubdistricts(ctx, r, sheet); err != nil {
			return err
		}
		return m.drawCommunities(ctx, r, sheet)
	})
	if err != nil {
		return m, fmt.Errorf("the map of %s: %w", district, err)
	}
	return m, nil
}

func (m *BoardMap) drawSubdistricts(ctx context.Context, r *reading, s sheet) error {
	rows, err := r.tx.Query(ctx, `
		select code, name, geom from published_subdistrict
		where district_code = $1 and geom is not null and ($2::text[] is null or code = any($2)) order by code`, r.code, r.scope.Subdistricts)
	if err != nil {
		return err
	}
	var p MapPart
	var g postgis.Geom
	_, err = pgx.ForEachRow(rows, []any{&p.Code, &p.Name, &g}, func() error {
		p.Path = s.path(g.Geometry)
		p.X, p.Y = s.at(g.Geometry.Bound().Center())
		m.Subdistricts = append(m.Subdistricts, p)
		return nil
	})
	return err
}

func (m *BoardMap) drawCommunities(ctx context.Context, r *reading, s sheet) error {
	rows, err := r.rows(ctx, reached+`
		select c.code, c.name, c.eligibility, coalesce(p.code, ''), coalesce(p.library, ''), coalesce(p.state, ''), p.phase, p.year,
		       case when p.phase is distinct from 'implement' then '' when m.handed is not null then 'handover' when m.filed is not null then 'filing'
		            when m.accepted is not null then 'acceptance' when m.works_done is not null then 'works_done'
		            when m.started is not null then 'start' else 'not_started' end,
		       g.geom, g.location
		from seen_community c
		join published_community g on g.id = c.id
		left join published_project_community pc on pc.community_id = c.id and pc.live
		left join seen_project p on p.id = pc.project_id
		left join reached m on m.id = p.id
		where g.location is not null
		order by c.code`)
	if err != nil {
		return err
	}
	var p MapPlace
	var area, location *postgis.Geom
	_, err = pgx.ForEachRow(rows, []any{
		&p.Code, &p.Name, &p.Eligibility, &p.Project, &p.Library, &p.State, &p.Phase, &p.Year, &p.Stage, &area, &location,
	}, func() error {
		p.Path = ""
		if area != nil {
			p.Path = s.path(area.Geometry)
		}
		at, _ := location.Geometry.(orb.Point)
		p.X, p.Y = s.at(at)
		m.Communities = append(m.Communities, p)
		return nil
	})
	return err
}

// sheet is the paper that a map is drawn on.
type sheet struct {
	bound         orb.Bound
	scale, height float64 // units a degree of longitude
	stretch       float64 // of a degree of latitude
}

func sheetOf(g orb.Geometry) sheet {
	b := g.Bound()
	s := sheet{bound: b, scale: mapWidth / math.Max(b.Max[0]-b.Min[0], 1e-9)}
	s.stretch = 1 / math.Cos(b.Center()[1]*math.Pi/180)
	s.height = (b.Max[1] - b.Min[1]) * s.scale * s.stretch
	return s
}

func (s sheet) box() [4]float64 {
	return [4]float64{s.bound.Min[0], s.bound.Min[1], s.bound.Max[0], s.bound.Max[1]}
}

func (s sheet) at(p orb.Point) (x, y int) {
	return int(math.Round((p[0] - s.bound.Min[0]) * s.scale)), int(math.Round((s.bound.Max[1] - p[1]) * s.scale * s.stretch))
}

// path writes an area as SVG draws it, without points that fall on each other; a
// ring of which fewer than three are left is not drawn.
func (s sheet) path(g orb.Geometry) string {
	var area orb.MultiPolygon
	switch g := g.(type) {
	case orb.MultiPolygon:
		area = g
	case orb.Polygon:
		area = orb.MultiPolygon{g}
	}
	var b []byte
	for _, polygon := range area {
		for _, ring := range polygon {
			b = s.ring(b, ring)
		}
	}
	return string(b)
}

func (s sheet) ring(b []byte, ring orb.Ring) []byte {
	var points [][2]int
	for _, p := range ring {
		x, y := s.at(p)
		if n := len(points); n == 0 || points[n-1] != [2]int{x, y} {
			points = append(points, [2]int{x, y})
		}
	}
	if len(points) > 1 && points[0] == points[len(points)-1] {
		points = points[:len(points)-1]
	}
	if len(points) < 3 {
		return b
	}
	for i, p := range points {
		b = append(b, "ML"[min(i, 1)])
		b = strconv.AppendInt(b, int64(p[0]), 10)
		b = append(b, ' ')
		b = strconv.AppendInt(b, int64(p[1]), 10)
	}
	return append(b, 'z')
}
