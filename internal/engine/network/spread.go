package network

import "context"

// patience is how many nodes are looked at between two looks at the context.
const patience = 1 << 14

// spread carries labels on from the nodes that wait, over arrows, to all nodes
// of up to limit whose label gets less by it.
func (r *room) spread(ctx context.Context, a *arrows, labels []label, limit uint32) error {
	first, arrows := a.first, a.arrow
	seen := 0
	for b := r.next(0); b >= 0; b = r.next(b) {
		for r.head[b] != 0 {
			node, cost := r.pop(b)
			l := labels[node]
			if costOf(l) != cost {
				continue // a better label came after
			}
			if seen++; seen%patience == 0 && ctx.Err() != nil {
				r.empty()
				return ctx.Err()
			}
			for _, arrow := range arrows[first[node]:first[node+1]] {
				next := l + uint64(arrow.cost)<<32
				if next < labels[arrow.to] && costOf(next) <= limit {
					labels[arrow.to] = next
					r.push(arrow.to, costOf(next))
				}
			}
		}
		r.full[b/64] &^= 1 << (b % 64)
	}
	r.empty()
	return nil
}

// change is a search that knows what it changes.
type change struct {
	*state
	room    *room
	before  []label // of the nodes of the net, before all changes
	touched []int32 // nodes of the net whose label changed; one may come twice
}

// lower gives a node a label, if it is less than its own.
func (c *change) lower(node int32, l label) {
	if l >= c.label[node] || costOf(l) > c.limit {
		return
	}
	c.touch(node)
	c.label[node] = l
	c.room.push(node, costOf(l))
}

// touch notes that the label of a node is about to change.
func (c *change) touch(node int32) {
	if int(node) < len(c.before) && c.label[node] == c.before[node] {
		c.touched = append(c.touched, node)
	}
}

// spread carries labels on as room.spread does, over drawn paths, too. It stops
// before the first bucket of which enough says that its least cost is too much.
func (c *change) spread(enough func(cost uint32) bool) {
	r, a := c.room, c.n.arrows(c.dir)
	for b := r.next(0); b >= 0; b = r.next(b) {
		if enough != nil && enough(uint32(b)<<r.shift) {
			break
		}
		for r.head[b] != 0 {
			node, cost := r.pop(b)
			l := c.label[node]
			if costOf(l) != cost {
				continue
			}
			if int(node) < c.n.nodes {
				for _, arrow := range a.of(node) {
					if next := l + uint64(arrow.cost)<<32; next < c.label[arrow.to] {
						c.lower(arrow.to, next)
					}
				}
			}
			if c.drawn != nil {
				for _, hop := range c.drawn.hops[node] {
					c.lower(hop.to, l+uint64(hop.ahead(c.dir))<<32)
				}
			}
		}
		r.full[b/64] &^= 1 << (b % 64)
	}
	r.empty()
}
