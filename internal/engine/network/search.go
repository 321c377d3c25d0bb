package network

import (
	"math"
)

// Route is the shortest way from one place to another.
type Route struct {
	Metres float64 // from place to place; infinite where there is no way within the limit

	from, to int32 // feet
	node     int32 // the last one; -1 where both feet are on one edge
}

// Found tells whether there is a way.
func (r Route) Found() bool { return !math.IsInf(r.Metres, 1) }

// Searcher searches a graph. It keeps its memory from search to search and is
// for one goroutine.
type Searcher struct {
	g     *Graph
	round uint32 // what is marked with another round is of an earlier search

	reached []uint32 // by node
	done    []uint32
	dist    []float64
	back    []arc // the node before and the edge from it; edge -1: by a foot of the start, whose number is in to

	queue []queued

	from   Feet
	to     []Feet
	lead   []uint32 // by node: has doors of targets
	head   []int32  // their list
	leads  []lead
	routes []Route
}

type queued struct {
	dist float64
	node int32
}

// lead is a door of a target at a node.
type lead struct {
	target, foot, next int32
	cost               float64
}

// Searcher returns a new one.
func (g *Graph) Searcher() *Searcher {
	n := len(g.node)
	return &Searcher{
		g: g, reached: make([]uint32, n), done: make([]uint32, n), dist: make([]float64, n), back: make([]arc, n),
		lead: make([]uint32, n), head: make([]int32, n),
	}
}

// ToMany finds the shortest ways from a place to each of several others, of up
// to limit metres. They are the same whatever else is searched for with them,
// and end as soon as all are known. The routes hold until the next search.
func (s *Searcher) ToMany(from Feet, to []Feet, limit float64) []Route {
	s.start(from, to, limit)
	worst := s.worst(limit)
	for len(s.queue) > 0 {
		next := s.pop()
		if next.dist >= worst {
			break
		}
		n := next.node
		if s.done[n] == s.round {
			continue
		}
		s.done[n] = s.round
		if s.lead[n] == s.round {
			better := false
			for i := s.head[n]; i >= 0; i = s.leads[i].next {
				l := &s.leads[i]
				if r := &s.routes[l.target]; next.dist+l.cost < r.Metres && next.dist+l.cost <= limit {
					*r = Route{next.dist + l.cost, -1, l.foot, n}
					better = true
				}
			}
			if better {
				worst = s.worst(limit)
			}
		}
		for _, a := range s.g.arc[s.g.first[n]:s.g.first[n+1]] {
			s.reach(a.to, next.dist+s.g.edge[a.edge].length, arc{n, a.edge}, limit)
		}
	}
	for i := range s.routes {
		if r := &s.routes[i]; r.Found() && r.node >= 0 {
			r.from = s.startOf(r.node)
		}
	}
	return s.routes
}

// start forgets the search before and lays out the next one.
func (s *Searcher) start(from Feet, to []Feet, limit float64) {
	s.round++
	if s.round == 0 { // after four billion searches marks would repeat
		clear(s.reached)
		clear(s.done)
		clear(s.lead)
		s.round = 1
	}
	s.from, s.to = from, to
	s.queue, s.leads = s.queue[:0], s.leads[:0]
	s.routes = make([]Route, len(to))
	onEdge := map[int][]int32{}
	for i, foot := range from.foot {
		onEdge[foot.Edge] = append(onEdge[foot.Edge], int32(i))
	}
	for t, feet := range to {
		best := Route{Metres: math.Inf(1), node: -1}
		for i, foot := range feet.foot {
			for _, k := range onEdge[foot.Edge] {
				start := &from.foot[k]
				if m := start.Cost + math.Abs(start.At-foot.At) + foot.Cost; m < best.Metres && m <= limit {
					best = Route{m, k, int32(i), -1}
				}
			}
		}
		s.routes[t] = best
		for _, d := range feet.door {
			if s.lead[d.node] != s.round {
				s.lead[d.node], s.head[d.node] = s.round, -1
			}
			s.leads = append(s.leads, lead{int32(t), d.foot, s.head[d.node], d.cost})
			s.head[d.node] = int32(len(s.leads) - 1)
		}
	}
	for _, d := range from.door {
		s.reach(d.node, d.cost, arc{d.foot, -1}, limit)
	}
}

// worst is how far the search still has to look: the longest of the routes found
// so far, or the limit while one is missing.
func (s *Searcher) worst(limit float64) float64 {
	worst := 0.0
	for _, r := range s.routes {
		if !r.Found() {
			return math.Nextafter(limit, math.Inf(1))
		}
		worst = max(worst, r.Metres)
	}
	return worst
}

func (s *Searcher) reach(n int32, dist float64, by arc, limit float64) {
	if dist > limit || s.reached[n] == s.round && dist >= s.dist[n] {
		return
	}
	s.reached[n], s.dist[n], s.back[n] = s.round, dist, by
	s.push(queued{dist, n})
}

// startOf returns the foot of the start that the way to a node began with.
func (s *Searcher) startOf(n int32) int32 {
	for s.back[n].edge >= 0 {
		n = s.back[n].to
	}
	return s.back[n].to
}

// The queue is a binary heap; of equals the node of the smaller number is first,
// so that the same search takes the same ways.
func (a queued) before(b queued) bool {
	return a.dist < b.dist || a.dist == b.dist && a.node < b.node
}

func (s *Searcher) push(q queued) {
	s.queue = append(s.queue, q)
	i := len(s.queue) - 1
	for i > 0 {
		parent := (i - 1) / 2
		if !s.queue[i].before(s.queue[parent]) {
			break
		}
		s.queue[i], s.queue[parent] = s.queue[parent], s.queue[i]
		i = parent
	}
}

func (s *Searcher) pop() queued {
	top := s.queue[0]
	last := len(s.queue) - 1
	s.queue[0] = s.queue[last]
	s.queue = s.queue[:last]
	for i := 0; ; {
		child := 2*i + 1
		if child >= last {
			break
		}
		if child+1 < last && s.queue[child+1].before(s.queue[child]) {
			child++
		}
		if !s.queue[child].before(s.queue[i]) {
			break
		}
		s.queue[i], s.queue[child] = s.queue[child], s.queue[i]
		i = child
	}
	return top
}
