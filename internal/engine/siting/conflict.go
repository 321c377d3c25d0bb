package siting

import (
	"cmp"
	"slices"
)

// cliques divides sites into groups within which any two are in conflict, so
// that at most one of each can be open: greedily, those with most conflicts
// first. A site without conflicts is a group of its own.
func cliques(apart [][]int32) (group []int32, groups int) {
	group = make([]int32, len(apart))
	for j := range group {
		group[j] = -1
	}
	order := make([]int32, len(apart))
	for j := range order {
		order[j] = int32(j)
	}
	slices.SortStableFunc(order, func(a, b int32) int { return cmp.Compare(len(apart[b]), len(apart[a])) })
	for _, j := range order {
		if group[j] >= 0 {
			continue
		}
		members := []int32{j}
		for _, o := range apart[j] {
			if group[o] < 0 && inConflictWithAll(apart, o, members) {
				members = append(members, o)
			}
		}
		for _, o := range members {
			group[o] = int32(groups)
		}
		groups++
	}
	return group, groups
}

func inConflictWithAll(apart [][]int32, j int32, members []int32) bool {
	for _, o := range members {
		if _, found := slices.BinarySearch(apart[j], o); !found {
			return false
		}
	}
	return true
}

// together returns the largest number of sites that can be open together, or n
// as soon as that many can; proven is false where the effort was spent before.
func together(apart [][]int32, n int, m *meter) (most int, proven bool) {
	if apart == nil {
		return n, true
	}
	left := make([]int32, len(apart))
	for j := range left {
		left[j] = int32(j)
	}
	s := &independent{apart: apart, wanted: n, meter: m, mark: make([]bool, len(apart))}
	s.search(left, 0)
	return min(s.most, n), s.most >= n || !s.cut
}

// independent is the search for a set of sites without conflicts: the site with
// the fewest conflicts left, or one of those in conflict with it, is in some
// largest set.
type independent struct {
	apart  [][]int32
	wanted int
	most   int
	cut    bool
	meter  *meter
	mark   []bool
}

func (s *independent) search(left []int32, have int) {
	s.most = max(s.most, have)
	if len(left) == 0 || s.most >= s.wanted {
		return
	}
	if s.meter.stopped() {
		s.cut = true
		return
	}
	if have+s.ceiling(left) <= s.most {
		return
	}
	rest := slices.Clone(left)
	choices := s.around(rest)
	for _, j := range choices {
		next := s.without(rest, j)
		s.search(next, have+1)
		rest = slices.DeleteFunc(rest, func(o int32) bool { return o == j })
	}
}

// around returns the site with the fewest conflicts left and those in conflict
// with it.
func (s *independent) around(left []int32) []int32 {
	for _, j := range left {
		s.mark[j] = true
	}
	var best []int32
	for _, j := range left {
		list := []int32{j}
		for _, o := range s.apart[j] {
			if s.mark[o] {
				list = append(list, o)
			}
		}
		s.meter.add(len(s.apart[j]) + 1)
		if best == nil || len(list) < len(best) {
			best = list
		}
	}
	for _, j := range left {
		s.mark[j] = false
	}
	return best
}

func (s *independent) without(left []int32, j int32) []int32 {
	next := make([]int32, 0, len(left))
	for _, o := range left {
		if _, found := slices.BinarySearch(s.apart[j], o); o != j && !found {
			next = append(next, o)
		}
	}
	return next
}

// ceiling is the number of groups in conflict that cover the sites left.
func (s *independent) ceiling(left []int32) int {
	number := make(map[int32]int32, len(left))
	for k, j := range left {
		number[j] = int32(k)
	}
	apart := make([][]int32, len(left))
	for k, j := range left {
		for _, o := range s.apart[j] {
			if n, ok := number[o]; ok {
				apart[k] = append(apart[k], n)
			}
		}
		s.meter.add(len(s.apart[j]))
	}
	_, groups := cliques(apart)
	return groups
}
