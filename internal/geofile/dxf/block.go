package dxf

import (
	"context"
	"math"
	"slices"
	"strings"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/geofile"
)

// block is a drawing within the drawing, which stands where it is inserted.
type block struct {
	name     string
	base     orb.Point
	entities []*entity
}

// matrix takes coordinates of a block to those of the drawing: a·x + c·y + e.
type matrix struct{ a, b, c, d, e, f float64 }

var identity = matrix{a: 1, d: 1}

func (m matrix) point(p orb.Point) orb.Point {
	return orb.Point{m.a*p[0] + m.c*p[1] + m.e, m.b*p[0] + m.d*p[1] + m.f}
}

// then is the matrix of m and after it n.
func (m matrix) then(n matrix) matrix {
	return matrix{
		a: n.a*m.a + n.c*m.b, b: n.b*m.a + n.d*m.b,
		c: n.a*m.c + n.c*m.d, d: n.b*m.c + n.d*m.d,
		e: n.a*m.e + n.c*m.f + n.e, f: n.b*m.e + n.d*m.f + n.f,
	}
}

// size is how much the matrix may stretch a length.
func (m matrix) size() float64 { return max(math.Hypot(m.a, m.b), math.Hypot(m.c, m.d)) }

// ocs is the matrix of an entity's own coordinate system, from its extrusion
// direction (the arbitrary axis algorithm of the DXF Reference) and elevation.
func (e *entity) ocs() matrix {
	nx, ny, nz := e.number(210, 0), e.number(220, 0), e.number(230, 1)
	length := math.Sqrt(nx*nx + ny*ny + nz*nz)
	if !(length > 0) || nx == 0 && ny == 0 && nz > 0 {
		return identity
	}
	nx, ny, nz = nx/length, ny/length, nz/length
	ax, ay := nz, 0.0 // Wy × N
	az := -nx
	if math.Abs(nx) >= 1.0/64 || math.Abs(ny) >= 1.0/64 {
		ax, ay, az = -ny, nx, 0 // Wz × N
	}
	size := math.Sqrt(ax*ax + ay*ay + az*az)
	ax, ay, az = ax/size, ay/size, az/size
	bx, by := ny*az-nz*ay, nz*ax-nx*az // N × A
	z := e.number(38, 0)
	if z == 0 {
		z = e.number(30, 0)
	}
	return matrix{a: ax, b: ay, c: bx, d: by, e: z * nx, f: z * ny}
}

// readBlocks keeps the blocks of a drawing.
func (d *drawing) readBlocks(s *scanner) error {
	var current *block
	for {
		g, err := s.next()
		if err != nil {
			return err
		}
		if g.code != 0 {
			continue
		}
		switch g.value {
		case "ENDSEC":
			return nil
		case "BLOCK":
			head, err := s.entity("BLOCK")
			if err != nil {
				return err
			}
			name, _ := head.first(2)
			current = &block{name: d.text(name), base: orb.Point{head.number(10, 0), head.number(20, 0)}}
			d.blocks[strings.ToLower(current.name)] = current
		case "ENDBLK":
			current = nil
		default:
			e, err := s.entity(g.value)
			if err != nil {
				return err
			}
			if current != nil {
				if err := d.count(e); err != nil {
					return err
				}
				current.entities = append(current.entities, e)
			}
		}
	}
}

// count bounds the entities of a drawing, and the memory of those that are kept.
func (d *drawing) count(e *entity) error {
	if d.entities++; d.entities > maxEntities {
		return geofile.Refuse("DXF 图形超过 %d 个对象的上限（包括图块展开后的）", maxEntities)
	}
	if d.left -= int64(len(e.groups)/4 + len(e.children)); d.left < 0 {
		return d.tooMany()
	}
	return nil
}

func (d *drawing) tooMany() error {
	return geofile.Refuse("DXF 文件超过 %d 个坐标点的上限", min(d.opts.Limits.AllPoints, maxAllPoints))
}

// place is where entities stand: the matrix of the blocks around them, the layer
// that those give to their layer 0, and the names of the blocks.
type place struct {
	m     matrix
	layer string
	in    []string
}

const maxCopies = 10_000 // of one insertion in rows and columns

// insert draws a block where it is inserted, as often as its rows and columns say,
// and a point for the symbol that it may be.
func (d *drawing) insert(ctx context.Context, e *entity, at place) error {
	name, _ := e.first(2)
	name = d.text(name)
	key := strings.ToLower(name)
	b := d.blocks[key]
	layer := d.layerOf(e, at)
	own := at.m
	m := e.ocs().then(own)
	where := orb.Point{e.number(10, 0), e.number(20, 0)}
	d.point(layer, e, m.point(where), d.symbol(e, name))
	switch {
	case b == nil:
		d.note("missing_block", layer.name, "引用的图块不在文件里（可能是外部参照），没有展开")
		return nil
	case slices.Contains(at.in, key):
		d.note("block_cycle", layer.name, "图块引用了自身，没有继续展开")
		return nil
	case len(at.in) >= d.opts.Limits.Depth:
		d.note("block_depth", layer.name, "图块嵌套过深，没有继续展开")
		return nil
	}
	sx, sy := e.number(41, 1), e.number(42, 1)
	sin, cos := math.Sincos(e.number(50, 0) * math.Pi / 180)
	columns, rows := max(1, e.flags(70)), max(1, e.flags(71))
	if columns > maxCopies || rows > maxCopies || columns*rows > maxCopies {
		d.note("block_copies", layer.name, "图块阵列的行列数过多，只展开一个")
		columns, rows = 1, 1
	}
	inside := append(slices.Clone(at.in), key)
	for row := range rows {
		for column := range columns {
			dx, dy := float64(column)*e.number(44, 0), float64(row)*e.number(45, 0)
			local := matrix{a: 1, d: 1, e: -b.base[0], f: -b.base[1]}.
				then(matrix{a: sx, d: sy, e: dx, f: dy}).
				then(matrix{a: cos, b: sin, c: -sin, d: cos, e: where[0], f: where[1]})
			next := place{m: local.then(m), layer: layer.name, in: inside}
			for _, child := range b.entities {
				if err := d.draw(ctx, child, next); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// symbol are the values of an insertion: the block, and its attributes.
func (d *drawing) symbol(e *entity, name string) attributes {
	a := attributes{block: name}
	for _, c := range e.children {
		tag, _ := c.first(2)
		if value := d.entityText(c); value != "" {
			a.set(d.text(tag), value)
		}
	}
	if e.tooLong {
		a.fault = "图块的属性过多"
	}
	return a
}
