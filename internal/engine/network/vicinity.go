package network

// Vicinity searches the surroundings of one place after the other and keeps its
// memory. It is for one goroutine.
type Vicinity struct{ change }

// Vicinity returns a new one, without a place.
func (n *Net) Vicinity() *Vicinity {
	s := &state{n: n, label: append([]label(nil), n.unlabelled()...)}
	return &Vicinity{change{state: s, room: newRoom(n.shift), before: n.unlabelled()}}
}

// Explore finds all nodes within limit (metres or seconds) of a place: on the way
// from it with FromSource, on the way to it with ToSource. The place is the only
// source, number 0, until the next call.
func (v *Vicinity) Explore(d *Doors, i int, dir Direction, limit float64) {
	v.begin(d, i, dir, limit)
	v.spread(nil)
}

func (v *Vicinity) begin(d *Doors, i int, dir Direction, limit float64) {
	for _, node := range v.touched {
		v.label[node] = unlabelled
	}
	v.touched = v.touched[:0]
	v.dir, v.limit = dir, min(farOff-1, toUnits(limit))
	v.added = append(v.added[:0], member{d, i})
	v.seed(0, v.lower)
}

// ExploreNode is Explore from a node of the net.
func (v *Vicinity) ExploreNode(node int, dir Direction, limit float64) {
	for _, n := range v.touched {
		v.label[n] = unlabelled
	}
	v.touched, v.added = v.touched[:0], v.added[:0]
	v.dir, v.limit = dir, min(farOff-1, toUnits(limit))
	v.lower(int32(node), newLabel(0, 0))
	v.spread(nil)
}

// Of returns how far a tied place is from the explored one, in the direction
// explored.
func (v *Vicinity) Of(d *Doors, i int) Reached { return v.reached(d, i, v.metresBack) }

// Nodes returns the nodes that were reached, in no order that means anything.
// They hold until the next search.
func (v *Vicinity) Nodes() []int32 { return v.touched }

// Route returns the walk from one tied place to another.
func (n *Net) Route(from *Doors, i int, to *Doors, j int) (Walk, bool) {
	v, kept := n.walks.Get().(*Vicinity)
	if !kept {
		v = n.Vicinity()
	}
	defer n.walks.Put(v)
	v.begin(from, i, FromSource, fromUnits(farOff-1))
	v.spread(func(cost uint32) bool {
		best, _ := v.best(to, j)
		return costOf(best) <= cost
	})
	return v.Walk(to, j)
}
