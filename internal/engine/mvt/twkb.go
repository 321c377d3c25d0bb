package mvt

import (
	"encoding/binary"
	"fmt"
	"math"
)

// packed reads a shape in TWKB in place (Tiny Well-known Binary, github.com/TWKB:
// numbers as the difference to the one before, in as few bytes as they need).
type packed struct {
	data []byte
	x, y int64   // of the last place, in units of the shape's precision
	unit float64 // of those, in units of EPSG:3857
}

// What the second byte of TWKB says that matters here.
const (
	packedBox, packedSize, packedIDs, packedMore, packedEmpty = 1, 2, 4, 8, 16
)

// drawPacked makes the commands of an area in TWKB and tells whether anything is to be
// seen.
func (d *drawing) drawPacked(twkb []byte, f *Frame) (bool, error) {
	d.begin(f)
	d.kind = typePolygon
	p := packed{data: twkb}
	areas, err := p.header()
	if err != nil {
		return false, err
	}
	for range areas {
		if err := d.packedPolygon(&p); err != nil {
			return false, err
		}
	}
	return len(d.commands) > 0, nil
}

// header reads the beginning of a shape: how many polygons follow.
func (p *packed) header() (areas int, err error) {
	if len(p.data) < 2 {
		return 0, fmt.Errorf("%w: it ends early", ErrShape)
	}
	kind, says := p.data[0]&15, p.data[1]
	digits := int(p.data[0]>>5) ^ -int(p.data[0]>>4&1) // zigzag
	p.unit = math.Pow10(-digits)
	p.data = p.data[2:]
	switch {
	case kind != kindPolygon && kind != kindMultiPolygon:
		return 0, fmt.Errorf("%w: packed kind %d", ErrShape, kind)
	case says&packedEmpty != 0:
		return 0, nil
	case says&(packedBox|packedSize|packedIDs|packedMore) != 0:
		return 0, fmt.Errorf("%w: packed with more than places", ErrShape)
	case kind == kindPolygon:
		return 1, nil
	}
	return p.count(1)
}

// count reads how many of something follow, each of at least so many bytes.
func (p *packed) count(atLeast int) (int, error) {
	n, size := binary.Uvarint(p.data)
	if size <= 0 {
		return 0, fmt.Errorf("%w: it ends early", ErrShape)
	}
	p.data = p.data[size:]
	if n > uint64(len(p.data)/atLeast) {
		return 0, fmt.Errorf("%w: it says more than it holds", ErrShape)
	}
	return int(n), nil
}

func (d *drawing) packedPolygon(p *packed) error {
	count, err := p.count(1)
	if err != nil {
		return err
	}
	d.open(count)
	shows := true
	for i := range count {
		n, err := p.count(2)
		if err != nil {
			return err
		}
		from := len(d.read.places)
		places, covered, err := p.places(d.read.places, n, d.frame)
		if err != nil {
			return err
		}
		if n > 0 && places[from] != places[len(places)-1] { // rings need not be closed
			places = append(places, places[from])
		}
		d.read.places = places
		switch {
		case i == 0:
			shows = d.ringRead(from, true, covered)
		case shows:
			d.ringRead(from, false, covered)
		default: // read all the same: what follows is told from it
			d.read.places = places[:from]
		}
	}
	d.close()
	return nil
}

// places appends n places in units of the frame, and what they cover.
func (p *packed) places(to []point, n int, f *Frame) ([]point, box, error) {
	scale := float64(f.Extent) / f.Side
	at := func(x, y int64) point {
		return point{(float64(x)*p.unit - f.West) * scale, (f.North - float64(y)*p.unit) * scale}
	}
	data, x, y := p.data, p.x, p.y
	minX, minY, maxX, maxY := int64(math.MaxInt64), int64(math.MaxInt64), int64(math.MinInt64), int64(math.MinInt64)
	for range n {
		dx, size := varint(data)
		if size == 0 {
			return to, nothing, fmt.Errorf("%w: it ends early", ErrShape)
		}
		data = data[size:]
		dy, size := varint(data)
		if size == 0 {
			return to, nothing, fmt.Errorf("%w: it ends early", ErrShape)
		}
		data = data[size:]
		x, y = x+dx, y+dy
		minX, minY, maxX, maxY = min(minX, x), min(minY, y), max(maxX, x), max(maxY, y)
		to = append(to, at(x, y))
	}
	p.data, p.x, p.y = data, x, y
	if n == 0 {
		return to, nothing, nil
	}
	northWest, southEast := at(minX, maxY), at(maxX, minY)
	return to, box{northWest.x, northWest.y, southEast.x, southEast.y}, nil
}

// varint reads a number in zigzag; size is 0 where there is none. Most of those of
// buildings have two or three bytes.
func varint(data []byte) (n int64, size int) {
	var u uint64
	if len(data) >= 4 {
		u = uint64(data[0] & 0x7f)
		if data[0] < 0x80 {
			return int64(u>>1) ^ -int64(u&1), 1
		}
		u |= uint64(data[1]&0x7f) << 7
		if data[1] < 0x80 {
			return int64(u>>1) ^ -int64(u&1), 2
		}
		u |= uint64(data[2]&0x7f) << 14
		if data[2] < 0x80 {
			return int64(u>>1) ^ -int64(u&1), 3
		}
	}
	u, size = binary.Uvarint(data)
	return int64(u>>1) ^ -int64(u&1), max(0, size)
}
