package geopackage

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/geofile/hilbert"
)

// The nodes of SQLite's R*-tree with two dimensions and pages of 4,096 bytes
// (the comment at the head of its rtree.c): 4 bytes of head, then at most 51
// cells of 24 bytes.
const (
	nodeCells = 51
	cellBytes = 24
	nodeBytes = 4 + nodeCells*cellBytes
)

// box is an entry of the index: smallest and largest X, then Y, rounded outward.
type box struct {
	id   int64
	side [4]float32
}

func newBox(id int64, b orb.Bound) box {
	return box{id, [4]float32{below(b.Min[0]), above(b.Max[0]), below(b.Min[1]), above(b.Max[1])}}
}

func below(v float64) float32 {
	f := float32(v)
	if float64(f) > v {
		f = math.Nextafter32(f, float32(math.Inf(-1)))
	}
	return f
}

func above(v float64) float32 { return -below(-v) }

func (b *box) extend(o box) {
	b.side[0], b.side[1] = min(b.side[0], o.side[0]), max(b.side[1], o.side[1])
	b.side[2], b.side[3] = min(b.side[2], o.side[2]), max(b.side[3], o.side[3])
}

// index makes the R-tree of a table: all nodes at once, full and in the order of
// a Hilbert curve, which is far quicker than one insertion after another.
func (p *pack) index(t *table) {
	name := "rtree_" + t.name + "_geom"
	p.exec(fmt.Sprintf(`create virtual table %s using rtree(id, minx, maxx, miny, maxy)`, quote(name)))
	p.exec(`insert into gpkg_extensions values (?, 'geom', 'gpkg_rtree_index', 'http://www.geopackage.org/spec130/#extension_rtree', 'write-only')`, t.name)
	if len(t.boxes) > 0 {
		p.nodes(name, t)
	}
	p.exec(fmt.Sprintf(indexTriggers, quote(t.name), quote(name), escapeInQuotes(name)))
	t.boxes = nil
}

func escapeInQuotes(name string) string { q := quote(name); return q[1 : len(q)-1] }

func (p *pack) nodes(name string, t *table) {
	curve := hilbert.NewOrder(t.bound)
	slices.SortStableFunc(t.boxes, func(a, b box) int {
		return int(int64(curve.Of(a.centre())) - int64(curve.Of(b.centre())))
	})
	levels := [][]box{t.boxes}
	for len(levels[len(levels)-1]) > nodeCells {
		levels = append(levels, parents(levels[len(levels)-1]))
	}
	// nodes are numbered from the root, which is 1, downward
	first := make([]int64, len(levels)) // number of the first node that holds the level's boxes
	number := int64(1)
	for i := len(levels) - 1; i >= 0; i-- {
		first[i] = number
		number += int64(groups(len(levels[i])))
	}
	holder := make([]int64, 0, len(t.boxes))
	for i := len(levels) - 1; i >= 0 && p.err == nil; i-- {
		boxes := levels[i]
		n := groups(len(boxes))
		for g := range n {
			from, to := g*len(boxes)/n, (g+1)*len(boxes)/n
			node := first[i] + int64(g)
			p.exec(`insert or replace into `+quote(name+"_node")+` values (?, ?)`, node, encodeNode(boxes[from:to], rootDepth(i, levels), i, first))
			for j := from; j < to; j++ {
				if i == 0 {
					holder = append(holder, node)
				} else {
					p.exec(`insert into `+quote(name+"_parent")+` values (?, ?)`, first[i-1]+int64(j), node)
				}
			}
		}
	}
	p.rowids(name, t.boxes, holder)
}

func (b box) centre() orb.Point {
	return orb.Point{(float64(b.side[0]) + float64(b.side[1])) / 2, (float64(b.side[2]) + float64(b.side[3])) / 2}
}

func groups(n int) int { return max(1, (n+nodeCells-1)/nodeCells) }

// parents are the boxes of the nodes that hold the given ones.
func parents(boxes []box) []box {
	n := groups(len(boxes))
	out := make([]box, n)
	for g := range n {
		members := boxes[g*len(boxes)/n : (g+1)*len(boxes)/n]
		out[g] = members[0]
		for _, b := range members[1:] {
			out[g].extend(b)
		}
	}
	for g := range out {
		out[g].id = int64(g)
	}
	return out
}

// rootDepth is what the root says of the tree's height; other nodes say 0.
func rootDepth(level int, levels [][]box) uint16 {
	if level == len(levels)-1 {
		return uint16(level)
	}
	return 0
}

func encodeNode(boxes []box, depth uint16, level int, first []int64) []byte {
	node := make([]byte, 0, nodeBytes)
	node = binary.BigEndian.AppendUint16(node, depth)
	node = binary.BigEndian.AppendUint16(node, uint16(len(boxes)))
	for _, b := range boxes {
		id := b.id
		if level > 0 {
			id += first[level-1]
		}
		node = binary.BigEndian.AppendUint64(node, uint64(id))
		for _, s := range b.side {
			node = binary.BigEndian.AppendUint32(node, math.Float32bits(s))
		}
	}
	return node[:nodeBytes]
}

// rowids tells for every row the node that holds it, in the order of the rows,
// so that the table grows at its end.
func (p *pack) rowids(name string, boxes []box, holder []int64) {
	type place struct{ row, node int64 }
	places := make([]place, len(boxes))
	for i, b := range boxes {
		places[i] = place{b.id, holder[i]}
	}
	slices.SortFunc(places, func(a, b place) int { return int(a.row - b.row) })
	const most = 128
	args := make([]any, 0, 2*most)
	for chunk := range slices.Chunk(places, most) {
		args = args[:0]
		for _, at := range chunk {
			args = append(args, at.row, at.node)
		}
		t := table{name: name + "_rowid"}
		p.exec(t.statement(2, len(chunk)), args...)
	}
}
