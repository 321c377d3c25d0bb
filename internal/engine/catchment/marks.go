package catchment

import (
	"iter"
	"math/bits"
	"sync/atomic"
)

// marks are a set of numbers below some n. Several goroutines may set marks at a
// time.
type marks []atomic.Uint64

func newMarks(n int) marks { return make(marks, (n+63)/64) }

func (m marks) set(i int) { m[i/64].Or(1 << (i % 64)) }

func (m marks) unset(i int) { m[i/64].And(^uint64(1 << (i % 64))) }

func (m marks) has(i int) bool { return m[i/64].Load()&(1<<(i%64)) != 0 }

// all yields the numbers in order.
func (m marks) all() iter.Seq[int] {
	return func(yield func(int) bool) {
		for w := range m {
			for rest := m[w].Load(); rest != 0; rest &= rest - 1 {
				if !yield(64*w + bits.TrailingZeros64(rest)) {
					return
				}
			}
		}
	}
}
