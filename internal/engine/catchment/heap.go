package catchment

// push adds to a binary heap with the least on top.
func push[T any](heap []T, x T, before func(a, b T) bool) []T {
	heap = append(heap, x)
	i := len(heap) - 1
	for i > 0 {
		up := (i - 1) / 2
		if !before(x, heap[up]) {
			break
		}
		heap[i] = heap[up]
		i = up
	}
	heap[i] = x
	return heap
}

// pop takes the least off a binary heap that is not empty.
func pop[T any](heap []T, before func(a, b T) bool) ([]T, T) {
	top, last := heap[0], heap[len(heap)-1]
	heap = heap[:len(heap)-1]
	if len(heap) == 0 {
		return heap, top
	}
	i := 0
	for {
		down := 2*i + 1
		if down >= len(heap) {
			break
		}
		if right := down + 1; right < len(heap) && before(heap[right], heap[down]) {
			down = right
		}
		if !before(heap[down], last) {
			break
		}
		heap[i] = heap[down]
		i = down
	}
	heap[i] = last
	return heap, top
}
