package network

import (
	"container/heap"
	"math"
)

// mostLandings is how many places where a bridge meets the ground have a say in
// the height of a point of it: the nearest ones.
const mostLandings = 8

// mostDeck bounds the search for them, in nodes.
const mostDeck = 2000

// decks returns the heights of the nodes that only bridges and tunnels lead to,
// where the ground below or above says nothing: the mean of the nearest nodes on
// the ground, weighted by one over how far they are along the deck. Between two
// landings that is the straight line. NaN where no height is known.
func (r *relief) decks() map[int32]float64 {
	g := r.g
	height := map[int32]float64{}
	for n := range int32(len(g.node)) {
		if g.onDeck(n) {
			height[n] = math.NaN()
		}
	}
	for n := range int32(len(g.node)) {
		if _, on := height[n]; on {
			height[n] = r.fromLandings(n)
		}
	}
	return height
}

// onDeck tells whether a node is on bridges or in tunnels only. Where one ends
// in nothing, it is taken to be on the ground.
func (g *Graph) onDeck(n int32) bool {
	arcs := g.arc[g.first[n]:g.first[n+1]]
	for _, a := range arcs {
		if !g.road[g.edge[a.edge].road].aloft() {
			return false
		}
	}
	return len(arcs) > 1
}

// fromLandings searches the deck around a node for places on the ground.
func (r *relief) fromLandings(start int32) float64 {
	g := r.g
	done := map[int32]bool{}
	queue := &deckQueue{{0, start}}
	sum, weights := 0.0, 0.0
	for landings := 0; queue.Len() > 0 && landings < mostLandings && len(done) < mostDeck; {
		next := heap.Pop(queue).(queued)
		if done[next.node] {
			continue
		}
		done[next.node] = true
		if !g.onDeck(next.node) {
			landings++
			if h, known := r.heights.Height(g.node[next.node]); known {
				w := 1 / max(next.dist, 1e-3)
				sum, weights = sum+w*h, weights+w
			}
			continue
		}
		for _, a := range g.arc[g.first[next.node]:g.first[next.node+1]] {
			if !done[a.to] {
				heap.Push(queue, queued{next.dist + g.edge[a.edge].length, a.to})
			}
		}
	}
	if weights == 0 {
		return math.NaN()
	}
	return sum / weights
}

type deckQueue []queued

func (q deckQueue) Len() int           { return len(q) }
func (q deckQueue) Less(i, j int) bool { return q[i].before(q[j]) }
func (q deckQueue) Swap(i, j int)      { q[i], q[j] = q[j], q[i] }
func (q *deckQueue) Push(x any)        { *q = append(*q, x.(queued)) }
func (q *deckQueue) Pop() any {
	old := *q
	last := old[len(old)-1]
	*q = old[:len(old)-1]
	return last
}
