package region

import (
	"cmp"
	"slices"
)

// Parts returns the connected parts of the set over usable links that have
// both ends in it: smallest first, of equal size the one with the lowest
// community first, each sorted. The parts are the caller's own.
func (g *Graph) Parts(members []int32) [][]int32 {
	w := g.open(members)
	defer g.close(w)
	w.findParts(g)
	return w.listParts()
}

// listParts copies the parts found out of the workspace.
func (w *workspace) listParts() [][]int32 {
	total := len(w.members) + len(w.strangers)
	if total == 0 {
		return nil
	}
	parts := make([][]int32, len(w.sizes), len(w.sizes)+len(w.strangers))
	memory := make([]int32, 0, total)
	for p, size := range w.sizes {
		start := len(memory)
		memory = memory[:start+int(size)]
		parts[p] = memory[start : start : start+int(size)]
	}
	for i, c := range w.members {
		p := w.part[i]
		parts[p] = append(parts[p], c)
	}
	for _, c := range w.strangers {
		memory = append(memory, c)
		parts = append(parts, memory[len(memory)-1:len(memory):len(memory)])
	}
	smallestFirst(parts)
	return parts
}

// smallestFirst sorts parts by size, then by their lowest community.
func smallestFirst(parts [][]int32) {
	slices.SortFunc(parts, func(a, b []int32) int {
		if c := cmp.Compare(len(a), len(b)); c != 0 {
			return c
		}
		return cmp.Compare(a[0], b[0])
	})
}

// Contiguous tells whether every community of the set can be reached from
// every other over usable links inside the set. The empty set is contiguous.
func (g *Graph) Contiguous(members []int32) bool {
	w := g.open(members)
	defer g.close(w)
	if len(w.strangers) > 0 {
		return len(w.members) == 0 && len(w.strangers) == 1
	}
	if len(w.members) < 2 {
		return true
	}
	// One flood, not a numbering of all parts: most questions are about sets
	// that hold together.
	w.part = filled(w.part, len(w.members), -1)
	w.part[0] = 0
	w.queue = append(w.queue[:0], 0)
	for next := 0; next < len(w.queue); next++ {
		c := w.members[w.queue[next]]
		for a := g.first[c]; a < g.others[c]; a++ {
			if j := w.at(g.to[a]); j >= 0 && w.part[j] < 0 {
				w.part[j] = 0
				w.queue = append(w.queue, j)
			}
		}
	}
	return len(w.queue) == len(w.members)
}

// CutLinks counts the usable links that leave the set: one end inside, the
// other outside. Several links between the same two communities count once.
// Fewer cut links for the same set size mean a more compact zone.
func (g *Graph) CutLinks(members []int32) int {
	w := g.open(members)
	defer g.close(w)
	cut := 0
	for _, c := range w.members {
		for a := g.first[c]; a < g.others[c]; a++ {
			if w.at(g.to[a]) < 0 {
				cut++
			}
		}
	}
	return cut
}
