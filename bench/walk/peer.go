package main

import (
	"container/heap"
	"math"

	"github.com/lianpian/lianpian/internal/engine/network"
)

// textbook is Dijkstra's algorithm as it is usually written, with a heap, over
// the graph as it was built: the peer that runs everywhere.
type textbook struct {
	first []int32
	to    []int32
	cost  []float64
}

func newTextbook(g *network.Graph) *textbook {
	t := &textbook{first: make([]int32, g.Nodes()+1)}
	for e := range g.Edges() {
		a, b := g.Ends(e)
		t.first[a+1]++
		t.first[b+1]++
	}
	for n := range g.Nodes() {
		t.first[n+1] += t.first[n]
	}
	t.to, t.cost = make([]int32, 2*g.Edges()), make([]float64, 2*g.Edges())
	next := append([]int32(nil), t.first...)
	for e := range g.Edges() {
		a, b := g.Ends(e)
		t.to[next[a]], t.cost[next[a]] = int32(b), g.Length(e)
		t.to[next[b]], t.cost[next[b]] = int32(a), g.Length(e)
		next[a]++
		next[b]++
	}
	return t
}

func (t *textbook) oneToAll(from int) []float64 {
	dist := make([]float64, len(t.first)-1)
	for i := range dist {
		dist[i] = math.Inf(1)
	}
	dist[from] = 0
	queue := &costs{{0, int32(from)}}
	for queue.Len() > 0 {
		next := heap.Pop(queue).(cost)
		if next.dist > dist[next.node] {
			continue
		}
		for k := t.first[next.node]; k < t.first[next.node+1]; k++ {
			if d := next.dist + t.cost[k]; d < dist[t.to[k]] {
				dist[t.to[k]] = d
				heap.Push(queue, cost{d, t.to[k]})
			}
		}
	}
	return dist
}

type cost struct {
	dist float64
	node int32
}

type costs []cost

func (c costs) Len() int           { return len(c) }
func (c costs) Less(i, j int) bool { return c[i].dist < c[j].dist }
func (c costs) Swap(i, j int)      { c[i], c[j] = c[j], c[i] }
func (c *costs) Push(x any)        { *c = append(*c, x.(cost)) }
func (c *costs) Pop() any {
	old := *c
	last := old[len(old)-1]
	*c = old[:len(old)-1]
	return last
}
