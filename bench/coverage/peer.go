package main

import (
	"container/heap"
	"fmt"
	"math"

	"github.com/lianpian/lianpian/internal/engine/catchment"
	"github.com/lianpian/lianpian/internal/engine/network"
)

// textbook is the walking network as a textbook has it: lists of arcs, and a
// search with a binary heap from one facility after the other.
type textbook struct {
	graph *network.Graph
	arcs  [][]textbookArc
	cost  []float64
	queue textbookQueue
}

type textbookArc struct {
	to     int
	metres float64
}

func newTextbook(g *network.Graph) *textbook {
	t := &textbook{graph: g, arcs: make([][]textbookArc, g.Nodes()), cost: make([]float64, g.Nodes())}
	for e := range g.Edges() {
		from, to := g.Ends(e)
		t.arcs[from] = append(t.arcs[from], textbookArc{to, g.Length(e)})
		t.arcs[to] = append(t.arcs[to], textbookArc{from, g.Length(e)})
	}
	for i := range t.cost {
		t.cost[i] = math.Inf(1)
	}
	return t
}

type textbookQueue []textbookArc

func (q textbookQueue) Len() int           { return len(q) }
func (q textbookQueue) Less(i, j int) bool { return q[i].metres < q[j].metres }
func (q textbookQueue) Swap(i, j int)      { q[i], q[j] = q[j], q[i] }
func (q *textbookQueue) Push(x any)        { *q = append(*q, x.(textbookArc)) }
func (q *textbookQueue) Pop() any {
	last := (*q)[len(*q)-1]
	*q = (*q)[:len(*q)-1]
	return last
}

// within returns the nodes within limit of a facility; their costs hold until
// forget.
func (t *textbook) within(feet []network.Foot, limit float64) (nodes []int) {
	reach := func(node int, metres float64) {
		if metres <= limit && metres < t.cost[node] {
			if math.IsInf(t.cost[node], 1) {
				nodes = append(nodes, node)
			}
			t.cost[node] = metres
			heap.Push(&t.queue, textbookArc{node, metres})
		}
	}
	for _, f := range feet {
		from, to := t.graph.Ends(f.Edge)
		reach(from, f.Cost+f.At)
		reach(to, f.Cost+t.graph.Length(f.Edge)-f.At)
	}
	for t.queue.Len() > 0 {
		a := heap.Pop(&t.queue).(textbookArc)
		if a.metres > t.cost[a.to] {
			continue
		}
		for _, next := range t.arcs[a.to] {
			reach(next.to, a.metres+next.metres)
		}
	}
	return nodes
}

func (t *textbook) forget(nodes []int) {
	for _, n := range nodes {
		t.cost[n] = math.Inf(1)
	}
}

// beside answers who is covered by the first type with the peers and compares.
func (b *bench) beside(c *catchment.Cover, m method) error {
	best := make([]float64, c.Len())
	for i := range best {
		best[i] = math.Inf(1)
	}
	t := newTextbook(b.graph)
	feet := make([][]network.Foot, c.Len())
	at := make([][]int32, b.graph.Nodes())
	for h := range feet {
		feet[h] = b.homes.Feet(h)
		for _, f := range feet[h] {
			from, to := b.graph.Ends(f.Edge)
			at[from], at[to] = append(at[from], int32(h)), append(at[to], int32(h))
		}
	}
	book, err := timed(func() error {
		for f := range b.types[0].Len() {
			own := b.types[0].Feet(f)
			nodes := t.within(own, m.limit)
			look := func(h int32) { best[h] = min(best[h], t.toHome(feet[h], own)) }
			for _, n := range nodes {
				for _, h := range at[n] {
					look(h)
				}
			}
			for _, foot := range own {
				from, _ := b.graph.Ends(foot.Edge)
				for _, h := range at[from] {
					look(h)
				}
			}
			t.forget(nodes)
		}
		return nil
	})
	if err != nil {
		return err
	}
	worst := 0.0
	for h := range best {
		if c.Status(h) == catchment.Covered || best[h] <= m.limit-0.01 {
			worst = max(worst, math.Abs(best[h]-c.Of(h).Cost()))
		}
	}
	b.row("peer: textbook, one type", book, limit{}, fmt.Sprintf("only within the limit; distances differ by %.4f m at most", worst))
	if worst > 0.01 {
		return fmt.Errorf("the textbook finds distances that differ by %v m", worst)
	}
	return b.besideStraight(c, m)
}

// toHome is the walk to a home from the facility that was searched from.
func (t *textbook) toHome(feet, facility []network.Foot) float64 {
	least := math.Inf(1)
	for _, f := range feet {
		from, to := t.graph.Ends(f.Edge)
		least = min(least, f.Cost+f.At+t.cost[from], f.Cost+t.graph.Length(f.Edge)-f.At+t.cost[to])
		for _, o := range facility {
			if o.Edge == f.Edge {
				least = min(least, f.Cost+o.Cost+math.Abs(f.At-o.At))
			}
		}
	}
	return least
}

// besideStraight asks which homes a straight line covers.
func (b *bench) besideStraight(c *catchment.Cover, m method) error {
	var near []float64
	straight, err := b.best(func() error {
		tree := newTree(b.town.facilities[0])
		near = near[:0]
		for _, p := range b.town.homes {
			near = append(near, tree.nearest(p))
		}
		return nil
	})
	wrong := 0
	for h, d := range near {
		if d <= m.limit && c.Status(h) != catchment.Covered {
			wrong++
		}
	}
	b.row("peer: straight lines, k-d tree", straight, limit{}, fmt.Sprintf("cover %.1f %% of the homes that no walk covers", 100*float64(wrong)/float64(max(1, uncovered(c)))))
	return err
}

func uncovered(c *catchment.Cover) (n int) {
	for h := range c.Len() {
		if c.Status(h) != catchment.Covered {
			n++
		}
	}
	return n
}
