package shapefile

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/geofile"
)

// set is one Shapefile while it is written: shapes and their index as they will
// be, the attributes as values, because the widths of their fields show at the end
// only.
type set struct {
	kind      shapeKind
	layer     string
	shp, shx  *spool
	values    *spool
	columns   []*outColumn
	bound     orb.Bound
	empty     bool
	count     int64
	limit     int64
	w         *writer
	scratch   []byte
	recording []byte
}

func newSet(kind shapeKind, l geofile.Layer, w *writer) (*set, error) {
	s := &set{kind: kind, layer: l.Name, empty: true, limit: w.limit, w: w, columns: outColumns(l.Fields)}
	var err error
	for _, file := range []**spool{&s.shp, &s.shx, &s.values} {
		if *file, err = newSpool(); err != nil {
			return nil, errors.Join(err, s.remove())
		}
	}
	head := make([]byte, headBytes)
	_, _ = s.shp.Write(head)
	_, err = s.shx.Write(head)
	return s, err
}

func (s *set) remove() error {
	var err error
	for _, file := range []**spool{&s.shp, &s.shx, &s.values} {
		if *file != nil {
			err = errors.Join(err, (*file).remove())
			*file = nil
		}
	}
	return err
}

var errTooLong = &geofile.RefusedError{Detail: "Shapefile 的单个文件不能超过 2 GB，请改用 GeoPackage，或分批导出"}

// add writes a feature.
func (s *set) add(f geofile.Feature) error {
	s.count++
	if s.kind != noShape {
		content := s.encode(f.Geometry)
		if s.shp.size+recordBytes+int64(len(content)) > s.limit {
			return errTooLong
		}
		var head [recordBytes]byte
		binary.BigEndian.PutUint32(head[:], uint32(s.shp.size/2))
		binary.BigEndian.PutUint32(head[4:], uint32(len(content)/2))
		if _, err := s.shx.Write(head[:]); err != nil {
			return err
		}
		binary.BigEndian.PutUint32(head[:], uint32(s.count))
		if _, err := s.shp.Write(head[:]); err != nil {
			return err
		}
		if _, err := s.shp.Write(content); err != nil {
			return err
		}
	}
	return s.addValues(f)
}

// shapeType is the number of the type in files.
func (k shapeKind) shapeType() uint32 {
	return map[shapeKind]uint32{pointShape: 1, lineShape: 3, areaShape: 5, pointsShape: 8}[k]
}

// encode writes the content of a record. What has no points is a null shape.
func (s *set) encode(g orb.Geometry) []byte {
	b := s.recording[:0]
	switch g := g.(type) {
	case orb.Point:
		b = binary.LittleEndian.AppendUint32(b, 1)
		b = appendPoint(b, g)
		s.extend(g.Bound())
	case orb.MultiPoint:
		if len(g) > 0 {
			b = binary.LittleEndian.AppendUint32(b, 8)
			b = appendBound(b, g.Bound())
			b = binary.LittleEndian.AppendUint32(b, uint32(len(g)))
			for _, p := range g {
				b = appendPoint(b, p)
			}
			s.extend(g.Bound())
		}
	default:
		b = s.encodeParts(b, partsOf(g))
	}
	if len(b) == 0 {
		b = binary.LittleEndian.AppendUint32(b, 0)
	}
	s.recording = b
	return b
}

func (s *set) encodeParts(b []byte, parts []orb.LineString) []byte {
	points := 0
	var bound orb.Bound
	for i, p := range parts {
		points += len(p)
		if i == 0 {
			bound = p.Bound()
		} else {
			bound = bound.Union(p.Bound())
		}
	}
	if points == 0 {
		return b
	}
	b = binary.LittleEndian.AppendUint32(b, s.kind.shapeType())
	b = appendBound(b, bound)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(parts)))
	b = binary.LittleEndian.AppendUint32(b, uint32(points))
	from := 0
	for _, p := range parts {
		b = binary.LittleEndian.AppendUint32(b, uint32(from))
		from += len(p)
	}
	for _, part := range parts {
		for _, p := range part {
			b = appendPoint(b, p)
		}
	}
	s.extend(bound)
	return b
}

// partsOf are the lines of a geometry, and the rings of areas: closed, shells
// clockwise and holes counterclockwise.
func partsOf(g orb.Geometry) []orb.LineString {
	var out []orb.LineString
	switch g := g.(type) {
	case orb.LineString:
		if len(g) > 0 {
			out = append(out, g)
		}
	case orb.MultiLineString:
		for _, l := range g {
			out = append(out, partsOf(l)...)
		}
	case orb.Ring:
		return partsOf(orb.Polygon{g})
	case orb.Polygon:
		for i, r := range g {
			if len(r) > 0 {
				out = append(out, orb.LineString(wound(r, i > 0)))
			}
		}
	case orb.MultiPolygon:
		for _, p := range g {
			out = append(out, partsOf(p)...)
		}
	}
	return out
}

func wound(r orb.Ring, counterclockwise bool) orb.Ring {
	area := geofile.SignedArea(r)
	closed := r[0] == r[len(r)-1]
	turn := area != 0 && (area > 0) != counterclockwise
	if closed && !turn {
		return r
	}
	out := append(make(orb.Ring, 0, len(r)+1), r...)
	if !closed {
		out = append(out, out[0])
	}
	if turn {
		out.Reverse()
	}
	return out
}

func appendPoint(b []byte, p orb.Point) []byte {
	b = binary.LittleEndian.AppendUint64(b, math.Float64bits(p[0]))
	return binary.LittleEndian.AppendUint64(b, math.Float64bits(p[1]))
}

func appendBound(b []byte, o orb.Bound) []byte { return appendPoint(appendPoint(b, o.Min), o.Max) }

func (s *set) extend(b orb.Bound) {
	if s.empty {
		s.bound, s.empty = b, false
		return
	}
	s.bound = s.bound.Union(b)
}

// finish writes the heads of both files, which have their lengths.
func (s *set) finish() error {
	for _, file := range []*spool{s.shp, s.shx} {
		head := make([]byte, 0, headBytes)
		head = binary.BigEndian.AppendUint32(head, 9994)
		head = append(head, make([]byte, 20)...)
		head = binary.BigEndian.AppendUint32(head, uint32(file.size/2))
		head = binary.LittleEndian.AppendUint32(head, 1000)
		head = binary.LittleEndian.AppendUint32(head, s.kind.shapeType())
		head = appendBound(head, s.bound)
		head = append(head, make([]byte, headBytes-len(head))...)
		if err := file.buf.Flush(); err != nil {
			return err
		}
		if _, err := file.file.WriteAt(head, 0); err != nil {
			return fmt.Errorf("write the head: %w", err)
		}
	}
	return nil
}
