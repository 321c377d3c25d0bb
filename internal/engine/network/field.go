package network

import (
	"context"
	"fmt"
	"math"
	"sync"
)

// Reached says which source is nearest to a place and how far it is.
type Reached struct {
	Source int     // -1: none within the limit
	Cost   float64 // metres or seconds, with the way over open ground at both ends; infinite where there is none
	Metres float64 // of the same way
}

// Found tells whether there is a way.
func (r Reached) Found() bool { return r.Source >= 0 }

var nowhere = Reached{-1, math.Inf(1), math.Inf(1)}

// Field holds for every node of a net the nearest of some sources and what the
// way between them costs. It does not change; any number of goroutines may read
// it.
type Field struct {
	state

	measure sync.Once
	metres  []float64 // of the ways that the labels tell of; made when first asked for
	group   sync.Once
	first   []int32 // nodes by source: node[first[s]:first[s+1]]
	node    []int32
}

// Nearest finds for every node the nearest source up to limit (metres or
// seconds; infinite: all), and of equally near ones that of the lower number. It
// fails only when the context ends.
func (n *Net) Nearest(ctx context.Context, sources *Doors, dir Direction, limit float64) (*Field, error) {
	f := &Field{state: state{n: n, base: sources, dir: dir, limit: min(farOff-1, toUnits(limit)), label: make([]label, n.nodes)}}
	copy(f.label, n.unlabelled())
	r := n.room()
	defer n.rooms.Put(r)
	for s := range sources.ties.place {
		f.seed(int32(s), func(node int32, l label) {
			if l < f.label[node] && costOf(l) <= f.limit {
				f.label[node] = l
				r.push(node, costOf(l))
			}
		})
	}
	if err := r.spread(ctx, n.arrows(dir), f.label, f.limit); err != nil {
		return nil, fmt.Errorf("search from %d sources: %w", len(sources.ties.place), err)
	}
	return f, nil
}

// unlabelled returns labels that reach nothing.
func (n *Net) unlabelled() []label {
	n.labels.Do(func() {
		n.blank = make([]label, n.nodes)
		for i := range n.blank {
			n.blank[i] = unlabelled
		}
	})
	return n.blank
}

// OneToAll returns the cost from a node to every other one, or to it from every
// other one with ToSource; infinite where there is no way. It fails only when
// the context ends.
func (n *Net) OneToAll(ctx context.Context, node int, dir Direction) ([]float64, error) {
	labels := make([]label, n.nodes)
	copy(labels, n.unlabelled())
	r := n.room()
	defer n.rooms.Put(r)
	labels[node] = newLabel(0, 0)
	r.push(int32(node), 0)
	if err := r.spread(ctx, n.arrows(dir), labels, farOff-1); err != nil {
		return nil, fmt.Errorf("search from node %d: %w", node, err)
	}
	costs := make([]float64, n.nodes)
	for i, l := range labels {
		costs[i] = fromUnits(costOf(l))
	}
	return costs, nil
}

// Sources returns the places that were searched from.
func (f *Field) Sources() *Doors { return f.base }

// Of returns the nearest source of a tied place, the cost of the way and its
// metres.
func (f *Field) Of(d *Doors, i int) Reached {
	return f.reached(d, i, f.metresFrom)
}

// metresFrom returns the metres of the way between a node and its source.
func (f *Field) metresFrom(v int32) float64 {
	if f.n.walker == nil {
		return fromUnits(costOf(f.label[v]))
	}
	f.measure.Do(f.measureAll)
	return f.metres[v]
}

// measureAll measures the ways of all nodes: from each along its way to where the
// metres are known, and back.
func (f *Field) measureAll() {
	f.metres = make([]float64, f.n.nodes)
	for v := range f.metres {
		f.metres[v] = math.NaN()
	}
	var way []link
	for v := range f.metres {
		way = way[:0]
		sum := 0.0
		for u := int32(v); costOf(f.label[u]) < farOff; {
			if !math.IsNaN(f.metres[u]) {
				sum = f.metres[u]
				break
			}
			step := f.before(u)
			way = append(way, step)
			if step.seed {
				break
			}
			u = step.to
		}
		for k := len(way) - 1; k >= 0; k-- {
			sum += way[k].metres()
			f.metres[way[k].at] = sum
		}
	}
}

// nodesOf returns the nodes whose nearest source is one.
func (f *Field) nodesOf(source int32) []int32 {
	f.group.Do(func() {
		f.first = make([]int32, f.baseLen()+1)
		for _, l := range f.label {
			if costOf(l) < farOff {
				f.first[sourceOf(l)+1]++
			}
		}
		for s := range f.baseLen() {
			f.first[s+1] += f.first[s]
		}
		f.node = make([]int32, f.first[f.baseLen()])
		next := append([]int32(nil), f.first...)
		for v, l := range f.label {
			if costOf(l) < farOff {
				f.node[next[sourceOf(l)]] = int32(v)
				next[sourceOf(l)]++
			}
		}
	})
	return f.node[f.first[source]:f.first[source+1]]
}
