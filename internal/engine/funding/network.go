package funding

import (
	"fmt"
	"slices"
)

// network is the flow of money from funds to classes of parts. Parts that the
// same funds may pay are one class, so that its size follows from how many rules
// there are and not from how many projects.
type network struct {
	problem Problem
	classes []class
	of      [][]int   // class of each part of each project
	paid    [][]int64 // by class and fund
	used    []int64   // by fund
	spent   int64
	admits  []admission
}

type class struct {
	funds []int
	need  int64 // of the parts that have been admitted
}

// admission is what was found out about a project.
type admission struct {
	got []int64 // by part
	cut *Cut
}

func newNetwork(p Problem) *network {
	n := &network{problem: p, used: make([]int64, len(p.Funds))}
	known := map[string]int{}
	for _, parts := range p.Projects {
		of := make([]int, len(parts))
		for k, part := range parts {
			key := fmt.Sprint(part.Funds)
			c, ok := known[key]
			if !ok {
				c = len(n.classes)
				known[key] = c
				n.classes = append(n.classes, class{funds: part.Funds})
				n.paid = append(n.paid, make([]int64, len(p.Funds)))
			}
			of[k] = c
		}
		n.of = append(n.of, of)
	}
	return n
}

// admit gives a project all that it needs, moving the money of those in front
// among the funds where that helps, but never taking any from them. What cannot
// be admitted leaves everything as it was.
func (n *network) admit(project int) {
	parts := n.problem.Projects[project]
	before := n.state()
	a := admission{got: make([]int64, len(parts))}
	var missing int64
	for k, part := range parts {
		a.got[k] = n.push(n.of[project][k], min(part.Need, n.room()))
		missing += part.Need - a.got[k]
	}
	if missing > 0 {
		a.cut = n.cut(project, a.got)
		if !n.problem.Partial {
			n.restore(before)
			clear(a.got)
		}
	}
	for k, got := range a.got {
		n.classes[n.of[project][k]].need += got
	}
	n.admits = append(n.admits, a)
}

// room is what the ceiling leaves.
func (n *network) room() int64 {
	if n.problem.Ceiling == nil {
		var free int64
		for f, holds := range n.problem.Funds {
			free += holds - n.used[f]
		}
		return free
	}
	return max(*n.problem.Ceiling-n.spent, 0)
}

type state struct {
	paid  [][]int64
	used  []int64
	spent int64
}

func (n *network) state() state {
	paid := make([][]int64, len(n.paid))
	for c := range paid {
		paid[c] = slices.Clone(n.paid[c])
	}
	return state{paid, slices.Clone(n.used), n.spent}
}

func (n *network) restore(s state) { n.paid, n.used, n.spent = s.paid, s.used, s.spent }

// push brings as much of a sum to a class as the funds can, and returns it.
func (n *network) push(c int, need int64) int64 {
	var got int64
	for got < need {
		s := n.search([]int{c}, true)
		if s.end < 0 {
			break
		}
		got += n.augment(s, need-got)
	}
	n.spent += got
	return got
}

// search looks from classes for money: in funds that may pay them, and in those
// that may pay other classes in the place of these funds.
type search struct {
	fund    []int // by fund: the class that it was reached from, -1 where it was not
	class   []int // by class: the fund that pays it and would be relieved; -1 not reached, -2 where the search began
	end     int   // a fund with money left, -1 for none
	inFund  []int
	inClass []int
}

func (n *network) search(from []int, stop bool) search {
	s := search{fund: make([]int, len(n.used)), class: make([]int, len(n.classes)), end: -1}
	for i := range s.fund {
		s.fund[i] = -1
	}
	for i := range s.class {
		s.class[i] = -1
	}
	for _, c := range from {
		if s.class[c] == -1 {
			s.class[c] = -2
			s.inClass = append(s.inClass, c)
		}
	}
	for at := 0; at < len(s.inClass); at++ {
		c := s.inClass[at]
		for _, f := range n.classes[c].funds {
			if s.fund[f] >= 0 {
				continue
			}
			s.fund[f] = c
			s.inFund = append(s.inFund, f)
			if stop && n.used[f] < n.problem.Funds[f] {
				s.end = f
				return s
			}
			for other := range n.classes {
				if s.class[other] == -1 && n.paid[other][f] > 0 {
					s.class[other] = f
					s.inClass = append(s.inClass, other)
				}
			}
		}
	}
	return s
}

// augment moves money along the way that was found: its last fund pays more, and
// each fund before it pays the next class instead of the one it paid.
func (n *network) augment(s search, most int64) int64 {
	fen := min(most, n.problem.Funds[s.end]-n.used[s.end])
	for f := s.end; ; {
		c := s.fund[f]
		by := s.class[c]
		if by == -2 {
			break
		}
		fen = min(fen, n.paid[c][by])
		f = by
	}
	n.used[s.end] += fen
	for f := s.end; ; {
		c := s.fund[f]
		n.paid[c][f] += fen
		by := s.class[c]
		if by == -2 {
			return fen
		}
		n.paid[c][by] -= fen
		f = by
	}
}

// cut is called when a project has all that it can get. Either the ceiling is
// reached, or what its unpaid parts can reach is used up.
func (n *network) cut(project int, got []int64) *Cut {
	parts := n.problem.Projects[project]
	var unpaid []int
	for k, part := range parts {
		if got[k] < part.Need {
			unpaid = append(unpaid, n.of[project][k])
		}
	}
	s := n.search(unpaid, true)
	if s.end >= 0 {
		return n.ceilingCut(project)
	}
	s = n.search(unpaid, false)
	slices.Sort(s.inFund)
	cut := &Cut{Funds: s.inFund}
	for _, f := range cut.Funds {
		cut.Money += n.problem.Funds[f]
	}
	for k, part := range parts {
		if s.class[n.of[project][k]] != -1 {
			cut.Parts = append(cut.Parts, k)
			cut.Need += part.Need
		}
	}
	for i, a := range n.admits {
		var need int64
		for k, g := range a.got {
			if s.class[n.of[i][k]] != -1 {
				need += g
			}
		}
		if need > 0 {
			cut.Projects = append(cut.Projects, i)
			cut.Need += need
		}
	}
	return cut
}

func (n *network) ceilingCut(project int) *Cut {
	cut := &Cut{Ceiling: true, Money: *n.problem.Ceiling}
	for f := range n.problem.Funds {
		cut.Funds = append(cut.Funds, f)
	}
	for k, part := range n.problem.Projects[project] {
		cut.Parts = append(cut.Parts, k)
		cut.Need += part.Need
	}
	for i, a := range n.admits {
		var need int64
		for _, g := range a.got {
			need += g
		}
		if need > 0 {
			cut.Projects = append(cut.Projects, i)
			cut.Need += need
		}
	}
	return cut
}

// answer hands the money of each class out to its parts, project by project and
// fund by fund: all parts of a class are paid alike.
func (n *network) answer() Answer {
	left := n.state().paid
	a := Answer{Used: n.used}
	for i, parts := range n.problem.Projects {
		admitted := n.admits[i]
		o := Outcome{Lacking: admitted.cut, Funded: admitted.cut == nil}
		for k := range parts {
			need, c := admitted.got[k], n.of[i][k]
			for _, f := range n.classes[c].funds {
				fen := min(need, left[c][f])
				if fen > 0 {
					o.Pays = append(o.Pays, Payment{f, k, fen})
					left[c][f] -= fen
					need -= fen
					o.Got += fen
				}
			}
		}
		a.Projects = append(a.Projects, o)
	}
	return a
}
