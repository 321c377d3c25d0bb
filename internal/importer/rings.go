package importer

import (
	"fmt"
	"slices"
	"strings"

	"github.com/paulmach/orb"
)

// assembled is what the ways of a relation make together.
type assembled struct {
	area     orb.MultiPolygon
	absent   []int64    // ways that are not in the file
	unclosed [][2]int64 // first and last node of the chains that did not close
	gaps     []int64    // nodes that are not in the file
}

// whole tells whether nothing of the relation was left out.
func (a assembled) whole() bool { return len(a.absent)+len(a.unclosed)+len(a.gaps) == 0 }

// faults says in words what was left out.
func (a assembled) faults() string {
	var all []string
	if n := len(a.absent); n > 0 {
		all = append(all, fmt.Sprintf("%d 条成员线不在文件中（如 way/%d）", n, a.absent[0]))
	}
	if n := len(a.unclosed); n > 0 {
		all = append(all, fmt.Sprintf("%d 处环没有闭合（如节点 %d 到 %d）", n, a.unclosed[0][0], a.unclosed[0][1]))
	}
	if n := len(a.gaps); n > 0 {
		all = append(all, fmt.Sprintf("%d 个环有节点不在文件中（如 node/%d）", n, a.gaps[0]))
	}
	return strings.Join(all, "，")
}

// assembleArea joins the member ways of a relation into rings and nests them.
// Which ring is a hole follows from where it lies and not from the roles, which
// are wrong often enough. Ways that are not in the file, and chains of ways that
// do not close, are named; the other rings still count.
func assembleArea(f *osmFile, members []osmMember) assembled {
	var out assembled
	var chains [][]int64
	seen := map[int64]bool{}
	for _, m := range members {
		if !m.way || seen[m.ref] {
			continue
		}
		switch m.role {
		case "", "outer", "inner", "exclave", "enclave":
		default:
			continue // label, admin_centre, outline, subarea …
		}
		seen[m.ref] = true
		w, ok := f.wayByID(m.ref)
		if !ok {
			out.absent = append(out.absent, m.ref)
			continue
		}
		if w.to-w.from >= 2 {
			chains = append(chains, f.refs[w.from:w.to])
		}
	}
	closed, open := joinRings(chains)
	for _, chain := range open {
		out.unclosed = append(out.unclosed, [2]int64{chain[0], chain[len(chain)-1]})
	}
	var rings []orb.Ring
	for _, chain := range closed {
		ring := make(orb.Ring, 0, len(chain))
		missing := int64(0)
		for _, id := range chain {
			p, ok := f.at(id)
			if !ok {
				missing = id
				break
			}
			if n := len(ring); n == 0 || ring[n-1] != p {
				ring = append(ring, p)
			}
		}
		if missing != 0 {
			out.gaps = append(out.gaps, missing)
			continue
		}
		if len(ring) >= 4 {
			rings = append(rings, ring)
		}
	}
	out.area = nest(rings)
	return out
}

// joinRings joins chains of node ids at their ends. A chain that comes back to
// a node it has passed gives off the loop as a ring of its own, so that rings
// that touch in a node stay apart. The chains that never close are returned as
// they stand.
func joinRings(chains [][]int64) (closed, open [][]int64) {
	ends := map[int64][]int{}
	used := make([]bool, len(chains))
	for i, c := range chains {
		if c[0] == c[len(c)-1] {
			used[i] = true
			if len(c) >= 4 {
				closed = append(closed, c)
			}
			continue
		}
		ends[c[0]] = append(ends[c[0]], i)
		ends[c[len(c)-1]] = append(ends[c[len(c)-1]], i)
	}
	for i := range chains {
		if used[i] {
			continue
		}
		used[i] = true
		path := slices.Clone(chains[i])
		// joints are the positions in path where one way ends and the next begins.
		joints := []int{0, len(path) - 1}
		for len(path) > 0 {
			tail := path[len(path)-1]
			if at := slices.IndexFunc(joints[:len(joints)-1], func(j int) bool { return path[j] == tail }); at >= 0 {
				if ring := path[joints[at]:]; len(ring) >= 4 {
					closed = append(closed, slices.Clone(ring))
				}
				path = path[:joints[at]+1]
				joints = joints[:at+1]
				if len(joints) == 1 {
					path = nil
				}
				continue
			}
			next := takeUnused(ends[tail], used)
			if next < 0 {
				// A dead end: go back to the last joint with another way on.
				back := len(joints) - 2
				for back > 0 && takeUnused(ends[path[joints[back]]], used) < 0 {
					back--
				}
				if back <= 0 {
					break
				}
				open = append(open, slices.Clone(path[joints[back]:]))
				path = path[:joints[back]+1]
				joints = joints[:back+1]
				continue
			}
			used[next] = true
			piece := slices.Clone(chains[next])
			if piece[0] != tail {
				slices.Reverse(piece)
			}
			path = append(path, piece[1:]...)
			joints = append(joints, len(path)-1)
		}
		if len(path) > 0 {
			open = append(open, path)
		}
	}
	return closed, open
}

func takeUnused(candidates []int, used []bool) int {
	for _, c := range candidates {
		if !used[c] {
			return c
		}
	}
	return -1
}

// nest makes polygons of rings: one that lies inside an even number of others is
// a shell, one inside an odd number a hole of the innermost around it.
func nest(rings []orb.Ring) orb.MultiPolygon {
	type node struct {
		ring  orb.Ring
		bound orb.Bound
		size  float64
		depth int
		shell int // position of its polygon
	}
	nodes := make([]node, len(rings))
	for i, r := range rings {
		b := r.Bound()
		nodes[i] = node{ring: r, bound: b, size: (b.Max[0] - b.Min[0]) * (b.Max[1] - b.Min[1])}
	}
	slices.SortStableFunc(nodes, func(a, b node) int {
		switch {
		case a.size > b.size:
			return -1
		case a.size < b.size:
			return 1
		}
		return 0
	})
	var out orb.MultiPolygon
	for i := range nodes {
		parent := -1
		for j := range i {
			if contains(nodes[j].bound, nodes[i].bound) && ringInside(nodes[i].ring, nodes[j].ring) {
				nodes[i].depth++
				parent = j // the smallest so far: nodes are sorted by size
			}
		}
		if nodes[i].depth%2 == 0 {
			nodes[i].shell = len(out)
			out = append(out, orb.Polygon{nodes[i].ring})
			continue
		}
		shell := nodes[parent].shell
		out[shell] = append(out[shell], nodes[i].ring)
		nodes[i].shell = shell
	}
	return out
}

func contains(a, b orb.Bound) bool { return a.Contains(b.Min) && a.Contains(b.Max) }

// ringInside tells whether a lies inside b. Points that both share say nothing;
// where all are shared, the middles of a's edges decide.
func ringInside(a, b orb.Ring) bool {
	corners := make(map[orb.Point]bool, len(b))
	for _, p := range b {
		corners[p] = true
	}
	for _, p := range a {
		if !corners[p] {
			return pointInRing(p, b)
		}
	}
	for i := 1; i < len(a); i++ {
		middle := orb.Point{(a[i-1][0] + a[i][0]) / 2, (a[i-1][1] + a[i][1]) / 2}
		if pointInRing(middle, b) {
			return true
		}
	}
	return false
}

func pointInRing(p orb.Point, r orb.Ring) bool {
	inside := false
	for i, j := 0, len(r)-1; i < len(r); j, i = i, i+1 {
		if (r[i][1] > p[1]) != (r[j][1] > p[1]) &&
			p[0] < (r[j][0]-r[i][0])*(p[1]-r[i][1])/(r[j][1]-r[i][1])+r[i][0] {
			inside = !inside
		}
	}
	return inside
}

// pointInside tells whether a point lies in an area.
func pointInside(p orb.Point, area orb.MultiPolygon) bool {
	for _, polygon := range area {
		in := false
		for _, ring := range polygon {
			if pointInRing(p, ring) {
				in = !in
			}
		}
		if in {
			return true
		}
	}
	return false
}

// innerPoint is a point inside an area, for a thing that is mapped as an area
// and kept as a place: the middle of the longest piece of a line through the
// middle of its largest part.
func innerPoint(area orb.MultiPolygon) (orb.Point, bool) {
	var best orb.Polygon
	var size float64
	for _, polygon := range area {
		if len(polygon) == 0 {
			continue
		}
		b := polygon[0].Bound()
		if s := (b.Max[0] - b.Min[0]) * (b.Max[1] - b.Min[1]); s > size {
			best, size = polygon, s
		}
	}
	if best == nil {
		return orb.Point{}, false
	}
	b := best[0].Bound()
	y := (b.Min[1] + b.Max[1]) / 2
	var xs []float64
	for _, ring := range best {
		for i, j := 0, len(ring)-1; i < len(ring); j, i = i, i+1 {
			if (ring[i][1] > y) != (ring[j][1] > y) {
				xs = append(xs, (ring[j][0]-ring[i][0])*(y-ring[i][1])/(ring[j][1]-ring[i][1])+ring[i][0])
			}
		}
	}
	slices.Sort(xs)
	widest, at := 0.0, b.Center()
	for i := 0; i+1 < len(xs); i += 2 {
		if w := xs[i+1] - xs[i]; w > widest {
			widest, at = w, orb.Point{(xs[i] + xs[i+1]) / 2, y}
		}
	}
	return at, widest > 0
}
