package region

// heap is a heap of nodes by distance with four children each. A node may be
// in it several times; whoever takes it out skips what has been outdated.
type heap []heapEntry

type heapEntry struct {
	key  float64
	node int32
}

func (h *heap) push(key float64, node int32) {
	s := append(*h, heapEntry{})
	i := len(s) - 1
	for i > 0 {
		parent := (i - 1) / 4
		if key >= s[parent].key {
			break
		}
		s[i] = s[parent]
		i = parent
	}
	s[i] = heapEntry{key, node}
	*h = s
}

func (h *heap) pop() heapEntry {
	s := *h
	top, e := s[0], s[len(s)-1]
	s = s[:len(s)-1]
	*h = s
	if len(s) == 0 {
		return top
	}
	i := 0
	for {
		child := 4*i + 1
		if child >= len(s) {
			break
		}
		least := child
		for other := child + 1; other < min(child+4, len(s)); other++ {
			if s[other].key < s[least].key {
				least = other
			}
		}
		if s[least].key >= e.key {
			break
		}
		s[i] = s[least]
		i = least
	}
	s[i] = e
	return top
}
