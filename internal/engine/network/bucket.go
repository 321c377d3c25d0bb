package network

import (
	"math/bits"
)

// A label is what a node knows: the cost to the source that is nearest and the
// number of that source. Compared as numbers, the lower cost is less, and of
// equal costs the lower source, so that labels do not depend on the order in
// which they are found.
type label = uint64

const unlabelled label = farOff<<32 | (1<<32 - 1)

func newLabel(cost uint32, source int32) label { return uint64(cost)<<32 | uint64(uint32(source)) }
func costOf(l label) uint32                    { return uint32(l >> 32) }
func sourceOf(l label) int32                   { return int32(uint32(l)) }

// room is the memory of a search: nodes that wait in buckets of about equal cost
// (R. B. Dial, Algorithm 360, Communications of the ACM 12, 1969; with buckets
// wider than the shortest arc nodes of one bucket may be looked at again, as in
// U. Meyer and P. Sanders, Δ-stepping, 2003, and the labels are exact all the
// same).
type room struct {
	shift   uint
	head    []int32  // of each bucket: the first of its list, from 1; 0: empty
	full    []uint64 // a bit for each bucket that is not empty
	waiting []waiting
	free    int32
}

type waiting struct {
	node int32
	cost uint32
	next int32
}

func newRoom(shift uint) *room {
	buckets := farOff >> shift
	return &room{shift: shift, head: make([]int32, buckets+1), full: make([]uint64, buckets/64+1), waiting: make([]waiting, 1, 1024)}
}

// room takes a room from those that the net keeps.
func (n *Net) room() *room {
	if r, ok := n.rooms.Get().(*room); ok {
		return r
	}
	return newRoom(n.shift)
}

func (r *room) push(node int32, cost uint32) {
	b := cost >> r.shift
	i := r.free
	if i != 0 {
		r.free = r.waiting[i].next
		r.waiting[i] = waiting{node, cost, r.head[b]}
	} else {
		i = int32(len(r.waiting))
		r.waiting = append(r.waiting, waiting{node, cost, r.head[b]})
	}
	if r.head[b] == 0 {
		r.full[b/64] |= 1 << (b % 64)
	}
	r.head[b] = i
}

// next returns the first bucket from b on that is not empty, or -1.
func (r *room) next(b int) int {
	word := b / 64
	rest := r.full[word] &^ (1<<(b%64) - 1)
	for rest == 0 {
		if word++; word == len(r.full) {
			return -1
		}
		rest = r.full[word]
	}
	return word*64 + bits.TrailingZeros64(rest)
}

// empty forgets what waits.
func (r *room) empty() {
	for b := r.next(0); b >= 0; b = r.next(b) {
		r.head[b] = 0
		r.full[b/64] &^= 1 << (b % 64)
	}
	r.waiting, r.free = r.waiting[:1], 0
}

// pop takes a node from a bucket that is not empty.
func (r *room) pop(b int) (node int32, cost uint32) {
	i := r.head[b]
	w := r.waiting[i]
	r.head[b] = w.next
	r.waiting[i].next, r.free = r.free, i
	return w.node, w.cost
}
