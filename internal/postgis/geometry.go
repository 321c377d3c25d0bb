package postgis

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/paulmach/orb"
	"github.com/twpayne/go-geom"
	pgxgeom "github.com/twpayne/pgx-geom"
)

// SRID is the coordinate reference system of every stored geometry: CGCS2000
// longitude/latitude in degrees (EPSG:4490).
const SRID = 4490

// Geom carries an orb geometry over the border to the database and back, as
// EWKB in SRID 4490. A Geom without a geometry is SQL NULL, both ways.
//
// It is the one place where orb (the geometry in memory) and go-geom (the
// geometry on the wire) meet.
type Geom struct{ orb.Geometry }

// GeomValue implements pgxgeom.GeomValuer.
func (g Geom) GeomValue() (geom.T, error) { return toWire(g.Geometry) }

// ScanGeom implements pgxgeom.GeomScanner.
func (g *Geom) ScanGeom(v geom.T) error {
	if v == nil {
		g.Geometry = nil
		return nil
	}
	o, err := fromWire(v)
	if err != nil {
		return err
	}
	g.Geometry = o
	return nil
}

// registerGeometry teaches a connection the geometry types, single and in
// arrays, and NULL for a Geom that holds nothing.
func registerGeometry(ctx context.Context, conn *pgx.Conn) error {
	var present bool
	if err := conn.QueryRow(ctx, `select to_regtype('geometry') is not null`).Scan(&present); err != nil {
		return fmt.Errorf("look for the geometry type: %w", err)
	}
	if !present { // before the first migration
		return nil
	}
	if err := pgxgeom.Register(ctx, conn); err != nil {
		return fmt.Errorf("register geometry types: %w", err)
	}
	var arrayOID uint32
	if err := conn.QueryRow(ctx, `select 'geometry[]'::regtype::oid`).Scan(&arrayOID); err != nil {
		return fmt.Errorf("register geometry arrays: %w", err)
	}
	m := conn.TypeMap()
	for _, name := range []string{"geometry", "geography"} {
		t, ok := m.TypeForName(name)
		if !ok {
			return fmt.Errorf("register geometry types: %s is missing", name)
		}
		wrapped := &pgtype.Type{Name: name, OID: t.OID, Codec: nullableCodec{t.Codec}}
		m.RegisterType(wrapped)
		if name == "geometry" {
			m.RegisterType(&pgtype.Type{
				Name: "_geometry", OID: arrayOID,
				Codec: &pgtype.ArrayCodec{ElementType: wrapped},
			})
		}
	}
	return nil
}

// nullableCodec writes a Geom without a geometry as NULL.
type nullableCodec struct{ pgtype.Codec }

func (c nullableCodec) PlanEncode(m *pgtype.Map, oid uint32, format int16, value any) pgtype.EncodePlan {
	next := c.Codec.PlanEncode(m, oid, format, value)
	if _, ok := value.(Geom); ok && next != nil {
		return nullablePlan{next}
	}
	return next
}

type nullablePlan struct{ next pgtype.EncodePlan }

func (p nullablePlan) Encode(value any, buf []byte) ([]byte, error) {
	if g, ok := value.(Geom); ok && g.Geometry == nil {
		return nil, nil
	}
	return p.next.Encode(value, buf)
}

func toWire(g orb.Geometry) (geom.T, error) {
	switch g := g.(type) {
	case orb.Point:
		return geom.NewPointFlat(geom.XY, g[:]).SetSRID(SRID), nil
	case orb.MultiPoint:
		return geom.NewMultiPointFlat(geom.XY, flat(nil, g)).SetSRID(SRID), nil
	case orb.LineString:
		return geom.NewLineStringFlat(geom.XY, flat(nil, g)).SetSRID(SRID), nil
	case orb.MultiLineString:
		var coords []float64
		var ends []int
		for _, l := range g {
			coords = flat(coords, l)
			ends = append(ends, len(coords))
		}
		return geom.NewMultiLineStringFlat(geom.XY, coords, ends).SetSRID(SRID), nil
	case orb.Polygon:
		coords, ends := flatRings(nil, g)
		return geom.NewPolygonFlat(geom.XY, coords, ends).SetSRID(SRID), nil
	case orb.MultiPolygon:
		var coords []float64
		var endss [][]int
		for _, p := range g {
			var ends []int
			coords, ends = flatRings(coords, p)
			endss = append(endss, ends)
		}
		return geom.NewMultiPolygonFlat(geom.XY, coords, endss).SetSRID(SRID), nil
	case orb.Ring:
		return toWire(orb.Polygon{g})
	case orb.Bound:
		return toWire(g.ToPolygon())
	case orb.Collection:
		c := geom.NewGeometryCollection().SetSRID(SRID)
		for _, member := range g {
			w, err := toWire(member)
			if err != nil {
				return nil, err
			}
			if err := c.Push(w); err != nil {
				return nil, fmt.Errorf("geometry collection: %w", err)
			}
		}
		return c, nil
	default:
		return nil, fmt.Errorf("geometry of type %T cannot be stored", g)
	}
}

func flat[P ~[]orb.Point](coords []float64, points P) []float64 {
	for _, p := range points {
		coords = append(coords, p[0], p[1])
	}
	return coords
}

func flatRings(coords []float64, p orb.Polygon) ([]float64, []int) {
	ends := make([]int, 0, len(p))
	for _, r := range p {
		coords = flat(coords, r)
		ends = append(ends, len(coords))
	}
	return coords, ends
}

func fromWire(t geom.T) (orb.Geometry, error) {
	stride := t.Stride()
	switch t := t.(type) {
	case *geom.Point:
		if t.Empty() {
			return orb.MultiPoint{}, nil
		}
		return orb.Point{t.X(), t.Y()}, nil
	case *geom.MultiPoint:
		return orb.MultiPoint(points(t.FlatCoords(), stride)), nil
	case *geom.LineString:
		return orb.LineString(points(t.FlatCoords(), stride)), nil
	case *geom.MultiLineString:
		lines := make(orb.MultiLineString, 0, t.NumLineStrings())
		start := 0
		for _, end := range t.Ends() {
			lines = append(lines, points(t.FlatCoords()[start:end], stride))
			start = end
		}
		return lines, nil
	case *geom.Polygon:
		p, _ := rings(t.FlatCoords(), 0, t.Ends(), stride)
		return p, nil
	case *geom.MultiPolygon:
		polygons := make(orb.MultiPolygon, 0, t.NumPolygons())
		start := 0
		for _, ends := range t.Endss() {
			var p orb.Polygon
			p, start = rings(t.FlatCoords(), start, ends, stride)
			polygons = append(polygons, p)
		}
		return polygons, nil
	case *geom.GeometryCollection:
		c := make(orb.Collection, 0, t.NumGeoms())
		for _, member := range t.Geoms() {
			o, err := fromWire(member)
			if err != nil {
				return nil, err
			}
			c = append(c, o)
		}
		return c, nil
	default:
		return nil, fmt.Errorf("geometry of type %T cannot be read", t)
	}
}

func points(coords []float64, stride int) []orb.Point {
	ps := make([]orb.Point, 0, len(coords)/max(stride, 1))
	for i := 0; i+1 < len(coords); i += stride {
		ps = append(ps, orb.Point{coords[i], coords[i+1]})
	}
	return ps
}

func rings(coords []float64, start int, ends []int, stride int) (orb.Polygon, int) {
	p := make(orb.Polygon, 0, len(ends))
	for _, end := range ends {
		p = append(p, points(coords[start:end], stride))
		start = end
	}
	return p, start
}
