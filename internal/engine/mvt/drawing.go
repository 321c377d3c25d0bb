package mvt

import (
	"encoding/binary"
	"fmt"
)

const (
	moveTo    = 1
	lineTo    = 2
	closePath = 7

	// preclip is from how many places on a ring is clipped before it is
	// simplified, too: what lies outside is not worth the time.
	preclip = 2048

	// pixel is the side of a pixel in units of the tile, as maps show it: a hole
	// smaller than that is left out where it would spoil its shell.
	pixel = 8
)

// drawing makes the commands of one feature.
type drawing struct {
	frame    *Frame
	room     box
	kind     byte // of the feature, as the specification numbers it
	commands []byte
	cursor   cell

	read    rings // as they came
	whole   bool  // the polygon being read lies in the tile with all it has
	alone   bool  // it has one ring
	clip    clipper
	simple  simplifier
	tidy    tidier
	ends    []int
	pieces  []point
	cells   []cell
	ring    []cell
	shells  loops
	holes   loops
	owner   []int32
	scratch []byte
}

// draw makes the commands of a shape and tells whether anything is to be seen.
func (d *drawing) draw(ewkb []byte, f *Frame) (bool, error) {
	d.begin(f)
	r := reader{data: ewkb}
	kind, err := basicKind(ewkb, 0)
	if err != nil {
		return false, err
	}
	switch kind {
	case kindPoint:
		d.kind = typePoint
	case kindLineString:
		d.kind = typeLine
	case kindPolygon:
		d.kind = typePolygon
	default:
		return false, nil // an empty collection
	}
	d.cells = d.cells[:0]
	if err := d.shape(&r, kind, 0); err != nil {
		return false, err
	}
	if d.kind == typePoint {
		d.points()
	}
	return len(d.commands) > 0, nil
}

// begin starts a feature.
func (d *drawing) begin(f *Frame) {
	d.frame, d.room = f, f.room()
	d.commands, d.cursor = d.commands[:0], cell{}
}

// basicKind is what a shape consists of: of a collection, the largest of its
// members' kinds, and 0 of an empty one. As in ST_AsMVTGeom, the others do not show.
func basicKind(ewkb []byte, depth int) (uint32, error) {
	r := reader{data: ewkb}
	kind, _, err := r.header()
	if err != nil {
		return 0, err
	}
	switch kind {
	case kindPoint, kindLineString, kindPolygon:
		return kind, nil
	case kindMultiPoint, kindMultiLineString, kindMultiPolygon:
		return kind - 3, nil
	case kindCollection:
	default:
		return 0, fmt.Errorf("%w: kind %d", ErrShape, kind)
	}
	if depth == deepest {
		return 0, fmt.Errorf("%w: too deep", ErrShape)
	}
	n, err := r.count(9)
	if err != nil {
		return 0, err
	}
	var largest uint32
	for range n {
		member, err := basicKind(r.data, depth+1)
		if err != nil {
			return 0, err
		}
		if largest = max(largest, member); largest == kindPolygon {
			return largest, nil
		}
		if err := r.skip(depth + 1); err != nil {
			return 0, err
		}
	}
	return largest, nil
}

// skip passes over a shape.
func (r *reader) skip(depth int) error {
	kind, stride, err := r.header()
	if err != nil {
		return err
	}
	switch kind {
	case kindPoint:
		if stride > len(r.data) {
			return fmt.Errorf("%w: it ends early", ErrShape)
		}
		r.data = r.data[stride:]
		return nil
	case kindLineString:
		return r.passRings(1, stride)
	case kindPolygon:
		n, err := r.count(4)
		if err != nil {
			return err
		}
		return r.passRings(n, stride)
	case kindMultiPoint, kindMultiLineString, kindMultiPolygon, kindCollection:
		if depth == deepest {
			return fmt.Errorf("%w: too deep", ErrShape)
		}
		n, err := r.count(5)
		if err != nil {
			return err
		}
		for range n {
			if err := r.skip(depth + 1); err != nil {
				return err
			}
		}
		return nil
	}
	return fmt.Errorf("%w: kind %d", ErrShape, kind)
}

// passRings passes over so many lines.
func (r *reader) passRings(n, stride int) error {
	for range n {
		places, err := r.count(stride)
		if err != nil {
			return err
		}
		r.data = r.data[places*stride:]
	}
	return nil
}

// shape draws those parts of a shape that are of the wanted kind.
func (d *drawing) shape(r *reader, wanted uint32, depth int) error {
	start := *r
	kind, stride, err := r.header()
	if err != nil {
		return err
	}
	switch kind {
	case kindPoint, kindLineString, kindPolygon:
		if kind != wanted {
			*r = start
			return r.skip(depth)
		}
	default:
		if depth == deepest {
			return fmt.Errorf("%w: too deep", ErrShape)
		}
		n, err := r.count(5)
		if err != nil {
			return err
		}
		for range n {
			if err := d.shape(r, wanted, depth+1); err != nil {
				return err
			}
		}
		return nil
	}
	switch kind {
	case kindPoint:
		return d.point(r, stride)
	case kindLineString:
		return d.line(r, stride)
	}
	return d.polygon(r, stride)
}

func (d *drawing) point(r *reader, stride int) error {
	if len(r.data) >= stride && empty(r) {
		r.data = r.data[stride:]
		return nil
	}
	places, _, err := r.places(d.read.places[:0], 1, stride, d.frame)
	d.read.places = places
	if err != nil {
		return err
	}
	if d.room.holds(box{places[0].x, places[0].y, places[0].x, places[0].y}) {
		d.cells = append(d.cells, snap(places[0]))
	}
	return nil
}

// empty tells whether a point is none: its coordinates are NaN.
func empty(r *reader) bool {
	const nan = 0x7ff8
	if r.order == binary.LittleEndian {
		return binary.LittleEndian.Uint16(r.data[6:]) == nan && binary.LittleEndian.Uint16(r.data[14:]) == nan
	}
	return binary.BigEndian.Uint16(r.data) == nan && binary.BigEndian.Uint16(r.data[8:]) == nan
}

// points writes the points that have been gathered.
func (d *drawing) points() {
	if len(d.cells) == 0 {
		return
	}
	d.command(moveTo, len(d.cells))
	for _, c := range d.cells {
		d.step(c)
	}
}

// tooSmall tells whether something is not worth drawing: less than half a unit
// wide and high, which is what ST_AsMVTGeom leaves out.
func tooSmall(b box) bool { return b.maxX-b.minX < 0.5 && b.maxY-b.minY < 0.5 }

func (d *drawing) line(r *reader, stride int) error {
	n, err := r.count(stride)
	if err != nil {
		return err
	}
	line, covered, err := r.places(d.read.places[:0], n, stride, d.frame)
	d.read.places = line
	if err != nil || n < 2 || tooSmall(covered) || !covered.meets(d.room) {
		return err
	}
	whole := d.room.holds(covered)
	if n < preclip || whole { // else what is to be cut off is not worth the time
		line = d.simple.simplify(thin(line))
		round(line)
	}
	if whole {
		d.strand(line)
		return nil
	}
	d.pieces, d.ends = clipLine(line, d.room, d.pieces[:0], d.ends[:0])
	from := 0
	for _, to := range d.ends {
		piece := d.pieces[from:to]
		if n >= preclip {
			piece = d.simple.simplify(thin(piece))
		}
		d.strand(piece)
		from = to
	}
	return nil
}

// strand writes a line that lies in the tile.
func (d *drawing) strand(line []point) {
	d.ring = d.ring[:0]
	for _, p := range line {
		if c := snap(p); len(d.ring) == 0 || c != d.ring[len(d.ring)-1] {
			d.ring = append(d.ring, c)
		}
	}
	if len(d.ring) < 2 {
		return
	}
	d.command(moveTo, 1)
	d.step(d.ring[0])
	d.command(lineTo, len(d.ring)-1)
	for _, c := range d.ring[1:] {
		d.step(c)
	}
}

func (d *drawing) command(id, count int) {
	d.commands = binary.AppendUvarint(d.commands, uint64(count)<<3|uint64(id))
}

// step writes the way from the cursor to a place.
func (d *drawing) step(to cell) {
	dx, dy := to.x-d.cursor.x, to.y-d.cursor.y
	d.commands = binary.AppendUvarint(d.commands, uint64(uint32(dx<<1^dx>>31)))
	d.commands = binary.AppendUvarint(d.commands, uint64(uint32(dy<<1^dy>>31)))
	d.cursor = to
}
