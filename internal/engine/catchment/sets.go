package catchment

// sets are disjoint sets (union-find); the root of a set is its lowest member.
type sets []int32

func newSets(n int) sets {
	s := make(sets, n)
	for i := range s {
		s[i] = int32(i)
	}
	return s
}

// root returns the lowest member of the set of i, which then points to it.
func (s sets) root(i int32) int32 {
	root := i
	for s[root] != root {
		root = s[root]
	}
	for s[i] != root {
		s[i], i = root, s[i]
	}
	return root
}

// join makes one set of two and tells whether they were two.
func (s sets) join(a, b int32) bool {
	a, b = s.root(a), s.root(b)
	if a == b {
		return false
	}
	s[max(a, b)] = min(a, b)
	return true
}
