package doctor

import (
	"context"
	"fmt"
	"math"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/geo"
	"github.com/lianpian/lianpian/internal/geofile"
	"github.com/lianpian/lianpian/internal/postgis"
)

// measuredFar is how far around the file's shapes the register is looked at, in
// metres: shifts of Chinese web maps stay below a kilometre and a half.
const measuredFar = 2000.0

// shift measures whether a layer is shifted, and settles how it is read.
func (x *examination) shift(ctx context.Context, w *layerWork) error {
	if w.profile.placed == 0 || w.target.Name == "" {
		return nil
	}
	found, err := x.measure(ctx, w, w.ref)
	if err != nil {
		return err
	}
	if !w.diag.CRS.Sure && !w.diag.CRS.Decided {
		if found, err = x.resolve(ctx, w, found); err != nil {
			return err
		}
	}
	w.diag.Shift = found
	datum, offset := datumNone, (*[2]float64)(nil)
	if found != nil && found.Clear {
		datum, offset = found.Proposed, found.Offset
	} else if said := datumSaid(w.source.CRSText); said != "" {
		if w.diag.Shift == nil {
			w.diag.Shift = &ShiftDiagnosis{Against: "buildings", Proposed: said, Clear: true, Reason: "文件标明坐标是" + datumNames[said]}
		}
		datum = said
	}
	if x.i.Remembered && found != nil && found.Clear && contradicts(w.decided, found) {
		w.decided.Datum, w.decided.Offset = "", nil // the source has changed: ask again
	}
	if w.decided.Datum != "" {
		datum, offset = w.decided.Datum, w.decided.Offset
		if w.diag.Shift != nil {
			w.diag.Shift.Decided = true
		}
	}
	w.move = unshift(datum, offset)
	return nil
}

// contradicts tells whether clear evidence speaks against what was decided about
// an earlier file.
func contradicts(was LayerDecision, found *ShiftDiagnosis) bool {
	switch {
	case was.Datum == "":
		return false
	case was.Datum != found.Proposed:
		return true
	case was.Datum == datumOffset && was.Offset != nil && found.Offset != nil:
		return math.Hypot(was.Offset[0]-found.Offset[0], was.Offset[1]-found.Offset[1]) > 5
	}
	return false
}

// datumSaid is the shift that the file itself names.
func datumSaid(text string) string {
	if text == "" {
		return ""
	}
	switch _, _, datum, _ := geo.ReadWKT(text); datum {
	case geo.DatumGCJ02:
		return datumGCJ02
	case geo.DatumBD09:
		return datumBD09
	}
	return ""
}

// resolve decides between ways to read the coordinates that the district holds
// alike, by which of them agrees with what the register has.
func (x *examination) resolve(ctx context.Context, w *layerWork, first *ShiftDiagnosis) (*ShiftDiagnosis, error) {
	declared, _ := understood(w.source.CRS, w.source.CRSText)
	list := candidates(w.profile.points, declared, x.region)
	best, bestRef := first, w.ref
	for _, c := range list[:min(len(list), 6)] {
		if c.reference == w.ref || c.inside < 0.3 {
			continue
		}
		other, err := x.measure(ctx, w, c.reference)
		if err != nil {
			return first, err
		}
		// A whole shift fits any of two projections: only places as they are count.
		if other != nil && other.Clear && other.Proposed != datumOffset && (best == nil || !best.Clear || best.Proposed == datumOffset || pairsOf(other) > 2*pairsOf(best)) {
			best, bestRef = other, c.reference
		}
	}
	if best == nil || !best.Clear || best.Proposed == datumOffset {
		return first, nil
	}
	w.ref = bestRef
	c := &w.diag.CRS
	c.Chosen, c.Axes, c.Unit, c.Sure = bestRef.crs.String(), bestRef.axes(), bestRef.unit(), true
	c.Reason += "；按" + bestRef.crs.Name() + "读取时与已有数据相符，据此确定"
	return best, nil
}

func pairsOf(s *ShiftDiagnosis) int {
	for _, h := range s.Hypotheses {
		if h.Datum == s.Proposed {
			return h.Pairs
		}
	}
	return 0
}

// measure compares a layer, read in one way, with what the register has.
func (x *examination) measure(ctx context.Context, w *layerWork, ref reference) (*ShiftDiagnosis, error) {
	marks, along, bound := w.landmarks(ref)
	if len(marks) == 0 && len(along) == 0 || !lonLatLike(bound.Min) || !lonLatLike(bound.Max) {
		return nil, nil
	}
	bound = padded(bound, measuredFar)
	if len(along) > 0 {
		roads, err := x.storedRoads(ctx, bound)
		if err != nil {
			return nil, err
		}
		return compareRoads(along, roads), nil
	}
	var found *ShiftDiagnosis
	for _, against := range comparedWith[w.target.Name] {
		stored, err := x.stored(ctx, against, bound)
		if err != nil {
			return nil, err
		}
		if against == "buildings" || against == "communities" && w.profile.shape() == geofile.Areas {
			found = compareAreas(marks, withArea(stored))
		}
		if found == nil || !found.Clear {
			if byName := compareNames(marks, stored); byName != nil && (found == nil || byName.Clear) {
				found = byName
			}
		}
		if found != nil {
			found.Against = against
			if found.Clear {
				break
			}
		}
	}
	return found, nil
}

// comparedWith says with which things of the register a layer can be compared.
var comparedWith = map[string][]string{
	"buildings": {"buildings"}, "idle_buildings": {"buildings"}, "communities": {"communities"},
	"facilities": {"facilities", "communities"}, "neighborhoods": {"communities"}, "zones": {"communities"},
}

// landmarks are the sampled shapes of a layer in lon/lat: middles of areas and
// points, or points along lines.
func (w *layerWork) landmarks(ref reference) (marks []landmark, along []orb.Point, bound orb.Bound) {
	name, named := w.fields["name"]
	bound = orb.Bound{Min: orb.Point{1e9, 1e9}, Max: orb.Point{-1e9, -1e9}}
	for _, s := range w.profile.shapes {
		g := geofile.Transform(s.shape, ref.lonLat)
		if !eachPoint(g, lonLatLike) {
			continue
		}
		switch shapeOf(g) {
		case geofile.Areas, geofile.Points:
			m := landmark{at: middle(g), m2: geo.Area(g)}
			if named {
				m.name = normalName(s.cells[name])
			}
			marks = append(marks, m)
			bound = bound.Extend(m.at)
		case geofile.Lines:
			if w.target.Name != "roads" {
				continue
			}
			n := 0
			eachPoint(g, func(p orb.Point) bool {
				along = append(along, p)
				bound = bound.Extend(p)
				n++
				return n < 20
			})
		}
	}
	if len(along) > 4000 {
		along = everyNth(along, 4000)
	}
	return marks, along, bound
}

func withArea(list []landmark) []landmark {
	out := list[:0:0]
	for _, m := range list {
		if m.m2 > 0 {
			out = append(out, m)
		}
	}
	return out
}

var storedLandmarks = map[string]string{
	"buildings":   `select ST_X(c), ST_Y(c), coalesce(footprint_m2, 0), name from published_building, ST_Centroid(geom) c where district_code = $1 and geom && $2`,
	"communities": `select ST_X(c), ST_Y(c), case when geom is null then 0 else ST_Area(geom::geography) end, name from published_community, ST_Centroid(coalesce(geom, location)) c where district_code = $1 and coalesce(geom, location) && $2`,
	"facilities":  `select ST_X(geom), ST_Y(geom), 0, name from published_facility where district_code = $1 and geom && $2`,
}

// stored are things of the register inside a bound.
func (x *examination) stored(ctx context.Context, kind string, bound orb.Bound) ([]landmark, error) {
	rows, err := x.db.Pool.Query(ctx, storedLandmarks[kind]+` limit 400000`, x.region.code, postgis.Geom{Geometry: bound.ToPolygon()})
	if err != nil {
		return nil, fmt.Errorf("read %s to compare with: %w", kind, err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (m landmark, err error) {
		err = row.Scan(&m.at[0], &m.at[1], &m.m2, &m.name)
		m.name = normalName(m.name)
		return m, err
	})
	if err != nil {
		return nil, fmt.Errorf("read %s to compare with: %w", kind, err)
	}
	return list, nil
}

func (x *examination) storedRoads(ctx context.Context, bound orb.Bound) ([]segment, error) {
	rows, err := x.db.Pool.Query(ctx, `select geom from published_road where district_code = $1 and geom && $2 limit 100000`,
		x.region.code, postgis.Geom{Geometry: bound.ToPolygon()})
	if err != nil {
		return nil, fmt.Errorf("read roads to compare with: %w", err)
	}
	defer rows.Close()
	var out []segment
	for rows.Next() {
		var g postgis.Geom
		if err := rows.Scan(&g); err != nil {
			return nil, fmt.Errorf("read roads to compare with: %w", err)
		}
		if line, ok := g.Geometry.(orb.LineString); ok {
			for i := 1; i < len(line); i++ {
				out = append(out, segment{line[i-1], line[i]})
			}
		}
	}
	return out, rows.Err()
}
