package shapefile

import (
	"encoding/binary"
	"fmt"
	"math"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/geofile"
)

// kindOf says what a shape type holds.
type kindOf struct {
	shape    geofile.Shape
	hasZ     bool
	hasM     bool
	readable bool
}

// kinds are the shape types of the technical description, p. 4.
var kinds = map[uint32]kindOf{
	0:  {geofile.NoShape, false, false, true},
	1:  {geofile.Points, false, false, true},
	3:  {geofile.Lines, false, false, true},
	5:  {geofile.Areas, false, false, true},
	8:  {geofile.Points, false, false, true},
	11: {geofile.Points, true, true, true},
	13: {geofile.Lines, true, true, true},
	15: {geofile.Areas, true, true, true},
	18: {geofile.Points, true, true, true},
	21: {geofile.Points, false, true, true},
	23: {geofile.Lines, false, true, true},
	25: {geofile.Areas, false, true, true},
	28: {geofile.Points, false, true, true},
	31: {geofile.Areas, true, true, false},
}

// decoded is a shape of a record. Everything but what can be shown on a plane is
// left away.
type decoded struct {
	geometry orb.Geometry
	kind     uint32
	fault    string
	rewound  bool // rings did not tell shells from holes by their direction
	points   int
}

func le(b []byte) uint32 { return binary.LittleEndian.Uint32(b) }

func point(b []byte) orb.Point {
	return orb.Point{
		math.Float64frombits(binary.LittleEndian.Uint64(b)),
		math.Float64frombits(binary.LittleEndian.Uint64(b[8:])),
	}
}

// decode reads the content of a record. most bounds the points.
func decode(b []byte, most int) decoded {
	if len(b) < 4 {
		return decoded{fault: "图形记录不完整"}
	}
	d := decoded{kind: le(b)}
	switch d.kind {
	case 0:
	case 1, 11, 21:
		if len(b) < 20 {
			d.fault = "点记录不完整"
			break
		}
		d.points = 1
		d.geometry = point(b[4:])
	case 8, 18, 28:
		d.multiPoint(b, most)
	case 3, 13, 23, 5, 15, 25:
		d.parts(b, most)
	case 31:
		d.fault = "三维多面体（MultiPatch）不能作为平面图形读取"
	default:
		d.fault = fmt.Sprintf("图形类型 %d 不认识", d.kind)
	}
	if d.geometry != nil && !finite(d.geometry) {
		d.geometry, d.fault = nil, "坐标不是数字"
	}
	return d
}

func (d *decoded) multiPoint(b []byte, most int) {
	if len(b) < 40 {
		d.fault = "多点记录不完整"
		return
	}
	n := int64(le(b[36:]))
	if !d.countFits(n, most, b, 40) {
		return
	}
	points := make(orb.MultiPoint, n)
	for i := range points {
		points[i] = point(b[40+16*i:])
	}
	if n > 0 {
		d.geometry = points
	}
}

// countFits checks a number of points before memory is taken for them.
func (d *decoded) countFits(n int64, most int, b []byte, from int64) bool {
	switch {
	case n > int64(most):
		d.fault = fmt.Sprintf("图形有 %d 个点，超过 %d 个的上限", n, most)
	case from+16*n > int64(len(b)):
		d.fault = fmt.Sprintf("图形记录不完整：声明有 %d 个点，内容没有那么多", n)
	default:
		d.points = int(n)
		return true
	}
	return false
}

func (d *decoded) parts(b []byte, most int) {
	if len(b) < 44 {
		d.fault = "图形记录不完整"
		return
	}
	parts, n := int64(le(b[36:])), int64(le(b[40:]))
	if parts > n || 44+4*parts > int64(len(b)) {
		if n > int64(most) {
			d.countFits(n, most, b, 44)
			return
		}
		d.fault = fmt.Sprintf("图形记录不完整：声明有 %d 个部分、%d 个点", parts, n)
		return
	}
	if !d.countFits(n, most, b, 44+4*parts) || n == 0 || parts == 0 {
		return
	}
	all := b[44+4*parts:]
	lines := make([]orb.LineString, 0, parts)
	for i := range parts {
		from, to := int64(le(b[44+4*i:])), n
		if i+1 < parts {
			to = int64(le(b[44+4*(i+1):]))
		}
		if i == 0 && from != 0 || from > to || to > n {
			d.fault = "图形各部分的起点编号不合法"
			return
		}
		if from == to {
			continue // an empty part
		}
		line := make(orb.LineString, 0, to-from)
		for j := from; j < to; j++ {
			line = append(line, point(all[16*j:]))
		}
		lines = append(lines, line)
	}
	switch {
	case len(lines) == 0:
	case kinds[d.kind].shape == geofile.Areas:
		d.geometry, d.rewound = geofile.AreasOfRings(lines, true)
	case len(lines) == 1:
		d.geometry = lines[0]
	default:
		d.geometry = orb.MultiLineString(lines)
	}
}

// finite tells whether every coordinate is a number.
func finite(g orb.Geometry) bool {
	ok := true
	geofile.Transform(g, func(p orb.Point) orb.Point {
		if math.IsNaN(p[0]) || math.IsInf(p[0], 0) || math.IsNaN(p[1]) || math.IsInf(p[1], 0) {
			ok = false
		}
		return p
	})
	return ok
}
