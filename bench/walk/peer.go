package main

import (
	"container/heap"
	"math"
)

// textbook is Dijkstra's algorithm as it is usually written, with a heap and
// arcs in an array: the peer that runs everywhere.
type textbook struct {
	number []int32 // of each crossing: its node
	first  []int32
	to     []int32
	cost   []float64
}

// pass looks at every arc and its end once, in the order in which they lie: no
// search can do with less.
func (t *textbook) pass() (sum float64) {
	seen := make([]float64, len(t.first)-1)
	for n := range seen {
		for k := t.first[n]; k < t.first[n+1]; k++ {
			seen[t.to[k]] += t.cost[k]
		}
	}
	for _, s := range seen {
		sum += s
	}
	return sum
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
