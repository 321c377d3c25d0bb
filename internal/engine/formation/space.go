package formation

import (
	"cmp"
	"math"
	"slices"
)

// space is the problem prepared for the search. The search moves nodes: a node
// is a unit, or several that must go together and are linked among themselves.
// Links between units that can never share a zone are gone, and so are units
// that can never be placed; what remains falls into components.
type space struct {
	p  Problem
	nT int

	min, max   []float64 // per total; +Inf: no maximum
	floor, cap []float64 // the same with the tolerance of comparisons
	scale      float64   // v̄
	meanLink   float64   // L̄; 0: strings do not count
	meanDist   float64   // d̄
	meanCost   float64   // 0: budget does not count
	target     float64   // 0: balance does not count
	shareBy    int       // total by which nodes share what each zone costs; −1: none

	lockedIn    []int32   // per unit: the first locked zone that has it, or −1
	lockedUnits [][]int32 // ascending, without repeats

	uStart, uAdj, uLink []int32 // all links of every unit: neighbour, link index (shortest of parallel ones)
	uLen                []float64

	groups [][]int32 // units that must go together (closure), two or more, none locked
	reach  []int32   // per unit: component of free units before anything is dropped; −1: locked
	why    []Reason  // per unit: why it can never be placed; Kind "" when it can

	nodeOf           []int32 // per unit: node or −1
	nUnit            []int32 // units of the nodes, by nStart
	nStart           []int32
	aStart, aAdj     []int32 // neighbours of nodes
	aLen             []float64
	nValue           []float64
	nTot             []float64 // node·nT + t
	nCount           []float64
	nX, nY, nQ       []float64 // Σx, Σy, Σ(x²+y²) from the middle of the component
	single           bool      // every node is one unit
	apartOf          [][]int32 // per node, nil when nothing is apart
	mateOf           []int32   // per node: index into mates or −1; nil when there are none
	mates            [][]int32 // nodes that must go together without being linked directly
	comps            [][]int32 // nodes
	compOf           []int32
	lockedLimit      int // zones that are locked
	loZones, hiZones int // for the proposed zones; hiZones MaxInt: free
}

func (s *space) nodes() int { return len(s.nValue) }

func (s *space) unitsOf(node int32) []int32 { return s.nUnit[s.nStart[node]:s.nStart[node+1]] }

func (s *space) around(node int32) []int32 { return s.aAdj[s.aStart[node]:s.aStart[node+1]] }

func newSpace(p Problem) *space {
	s := &space{p: p, nT: len(p.Totals)}
	for _, r := range p.Totals {
		lo, hi := r.Min, r.ceiling()
		s.min, s.max = append(s.min, lo), append(s.max, hi)
		s.floor, s.cap = append(s.floor, lo-slack*math.Max(1, lo)), append(s.cap, hi+slack*math.Max(1, hi))
	}
	s.lock()
	s.link()
	s.measure()
	s.group()
	s.drop()
	s.gather()
	s.shareBy = s.bestShare()
	s.lockedLimit = len(p.Locked)
	s.loZones = max(0, p.MinZones-s.lockedLimit)
	s.hiZones = math.MaxInt
	if p.MaxZones > 0 {
		s.hiZones = max(0, p.MaxZones-s.lockedLimit)
	}
	return s
}

func (s *space) lock() {
	s.lockedIn = make([]int32, len(s.p.Units))
	for i := range s.lockedIn {
		s.lockedIn[i] = -1
	}
	for z, units := range s.p.Locked {
		own := slices.Clone(units)
		slices.Sort(own)
		own = slices.Compact(own)
		s.lockedUnits = append(s.lockedUnits, own)
		for _, u := range own {
			if s.lockedIn[u] < 0 {
				s.lockedIn[u] = int32(z)
			}
		}
	}
}

// link builds the neighbour lists; of parallel links the shortest stays.
func (s *space) link() {
	type end struct{ a, b, link int32 }
	ends := make([]end, 0, 2*len(s.p.Links))
	for i, l := range s.p.Links {
		if l.A != l.B {
			ends = append(ends, end{l.A, l.B, int32(i)}, end{l.B, l.A, int32(i)})
		}
	}
	slices.SortFunc(ends, func(x, y end) int {
		return cmp.Or(cmp.Compare(x.a, y.a), cmp.Compare(x.b, y.b),
			cmp.Compare(s.p.Links[x.link].LengthM, s.p.Links[y.link].LengthM), cmp.Compare(x.link, y.link))
	})
	ends = slices.CompactFunc(ends, func(x, y end) bool { return x.a == y.a && x.b == y.b })
	s.uStart = make([]int32, len(s.p.Units)+1)
	s.uAdj = make([]int32, len(ends))
	s.uLink = make([]int32, len(ends))
	s.uLen = make([]float64, len(ends))
	for i, e := range ends {
		s.uStart[e.a+1]++
		s.uAdj[i], s.uLink[i], s.uLen[i] = e.b, e.link, s.p.Links[e.link].LengthM
	}
	for i := range s.p.Units {
		s.uStart[i+1] += s.uStart[i]
	}
}

// measure takes the figures that make the objective scale-free.
func (s *space) measure() {
	p, w := &s.p, &s.p.Weights
	sum := 0.0
	for _, u := range p.Units {
		sum += u.Value / float64(len(p.Units))
	}
	s.scale = 1
	if sum > 0 {
		s.scale = sum
	}
	for _, l := range p.Links {
		k := float64(len(p.Links))
		s.meanLink += l.LengthM / k
		s.meanDist += math.Hypot(p.Units[l.A].X-p.Units[l.B].X, p.Units[l.A].Y-p.Units[l.B].Y) / k
	}
	if w.Budget > 0 {
		for _, u := range p.Units {
			s.meanCost += u.Totals[w.BudgetTotal] / float64(len(p.Units))
		}
	}
	if w.Balance > 0 {
		s.target = w.BalanceTarget
		if r := p.Totals[w.BalanceTotal]; s.target == 0 && r.Min > 0 && !math.IsInf(r.ceiling(), 1) {
			s.target = (r.Min + r.Max) / 2
		}
	}
}

// usable says whether two linked units may share a zone as far as the link goes.
func (s *space) usable(a, b int32) bool {
	return s.lockedIn[a] < 0 && s.lockedIn[b] < 0 &&
		(!s.p.KeepWithin || (s.p.Units[a].Within >= 0 && s.p.Units[a].Within == s.p.Units[b].Within))
}

// union is a disjoint-set forest.
type union []int32

func newUnion(n int) union {
	u := make(union, n)
	for i := range u {
		u[i] = int32(i)
	}
	return u
}

func (u union) root(a int32) int32 {
	for u[a] != a {
		u[a] = u[u[a]]
		a = u[a]
	}
	return a
}

// join keeps the smaller index as root and reports whether the two were apart.
func (u union) join(a, b int32) bool {
	a, b = u.root(a), u.root(b)
	if a == b {
		return false
	}
	u[max(a, b)] = min(a, b)
	return true
}

func (s *space) group() {
	n := len(s.p.Units)
	tied, reach := newUnion(n), newUnion(n)
	for _, q := range s.p.Together {
		if s.lockedIn[q[0]] < 0 && s.lockedIn[q[1]] < 0 {
			tied.join(q[0], q[1])
		}
	}
	for a := range int32(n) {
		for e := s.uStart[a]; e < s.uStart[a+1]; e++ {
			if s.usable(a, s.uAdj[e]) {
				reach.join(a, s.uAdj[e])
			}
		}
	}
	s.reach = make([]int32, n)
	members := make(map[int32][]int32)
	for u := range int32(n) {
		s.reach[u] = -1
		if s.lockedIn[u] < 0 {
			s.reach[u] = reach.root(u)
			if r := tied.root(u); r != u || len(s.p.Together) > 0 {
				members[r] = append(members[r], u)
			}
		}
	}
	for u := range int32(n) {
		if g := members[u]; len(g) > 1 {
			s.groups = append(s.groups, g)
		}
	}
}

// drop finds the units that can never be placed, until nothing changes: a unit
// dropped may leave its component under a minimum.
func (s *space) drop() {
	n := len(s.p.Units)
	s.why = make([]Reason, n)
	for i := range s.why {
		s.why[i] = Reason{Unit: int32(i), Zone: -1, Total: -1}
	}
	set := func(u int32, r Reason) { r.Unit, r.Zone = u, -1; s.why[u] = r }
	for u := range int32(n) {
		if s.lockedIn[u] >= 0 {
			continue
		}
		for t, v := range s.p.Units[u].Totals {
			if over(v, s.max[t]) {
				set(u, Reason{Kind: AloneOver, Total: int32(t), Value: v, Limit: s.max[t]})
				break
			}
		}
		if s.p.KeepWithin && s.p.Units[u].Within < 0 {
			set(u, Reason{Kind: NoWithin, Total: -1})
		}
	}
	partner := map[int32]bool{} // free units that must go with a locked one
	for _, q := range s.p.Together {
		if a, b := s.lockedIn[q[0]], s.lockedIn[q[1]]; (a < 0) != (b < 0) {
			partner[q[0]], partner[q[1]] = true, true
		}
	}
	free := func(u int32) bool { return s.lockedIn[u] < 0 && s.why[u].Kind == "" }
	for again := true; again; {
		again = false
		comp := newUnion(n)
		for a := range int32(n) {
			for e := s.uStart[a]; e < s.uStart[a+1]; e++ {
				if b := s.uAdj[e]; free(a) && free(b) && s.usable(a, b) {
					comp.join(a, b)
				}
			}
		}
		sums := make([]float64, n*s.nT)
		size := make([]int32, n)
		for u := range int32(n) {
			if free(u) {
				r := comp.root(u)
				size[r]++
				for t, v := range s.p.Units[u].Totals {
					sums[int(r)*s.nT+t] += v
				}
			}
		}
		for u := range int32(n) {
			if !free(u) {
				continue
			}
			r := comp.root(u)
			for t := range s.nT {
				if sum := sums[int(r)*s.nT+t]; under(sum, s.min[t]) {
					kind := TooSmallPart
					if size[r] == 1 {
						kind = NoLink
					}
					set(u, Reason{Kind: kind, Total: int32(t), Value: sum, Limit: s.min[t]})
					break
				}
			}
		}
		for _, g := range s.groups {
			broken := false
			for _, u := range g {
				broken = broken || !free(u) || partner[u] || comp.root(u) != comp.root(g[0])
			}
			for _, q := range s.p.Apart {
				broken = broken || slices.Contains(g, q[0]) && slices.Contains(g, q[1])
			}
			for t := range s.nT {
				sum := 0.0
				for _, u := range g {
					sum += s.p.Units[u].Totals[t]
				}
				broken = broken || over(sum, s.max[t])
			}
			for _, u := range g {
				if broken && free(u) {
					set(u, Reason{Kind: TogetherBroken, Total: -1})
					again = true
				}
			}
		}
		for u := range partner {
			if free(u) {
				set(u, Reason{Kind: TogetherBroken, Total: -1})
				again = true
			}
		}
	}
}

// gather makes the nodes and components of what can be placed.
func (s *space) gather() {
	n := len(s.p.Units)
	free := func(u int32) bool { return s.lockedIn[u] < 0 && s.why[u].Kind == "" }
	groupOf := make([]int32, n)
	for i := range groupOf {
		groupOf[i] = -1
	}
	for g, units := range s.groups {
		for _, u := range units {
			groupOf[u] = int32(g)
		}
	}
	atom, comp := newUnion(n), newUnion(n)
	for a := range int32(n) {
		for e := s.uStart[a]; e < s.uStart[a+1]; e++ {
			b := s.uAdj[e]
			if !free(a) || !free(b) || !s.usable(a, b) {
				continue
			}
			comp.join(a, b)
			if groupOf[a] >= 0 && groupOf[a] == groupOf[b] {
				atom.join(a, b)
			}
		}
	}
	// Nodes in the order of their components, so that neighbours lie close in memory.
	order := make([]int32, 0, n)
	for u := range int32(n) {
		if free(u) {
			order = append(order, u)
		}
	}
	slices.SortStableFunc(order, func(a, b int32) int {
		return cmp.Or(cmp.Compare(comp.root(a), comp.root(b)), cmp.Compare(atom.root(a), atom.root(b)), cmp.Compare(a, b))
	})
	s.nodeOf = make([]int32, n)
	for i := range s.nodeOf {
		s.nodeOf[i] = -1
	}
	s.single = true
	var x0, y0 float64
	for i, u := range order {
		newComp := i == 0 || comp.root(order[i-1]) != comp.root(u)
		if newComp || atom.root(order[i-1]) != atom.root(u) {
			if newComp {
				s.comps = append(s.comps, nil)
				x0, y0 = s.p.Units[u].X, s.p.Units[u].Y
			}
			node := int32(s.nodes())
			c := len(s.comps) - 1
			s.comps[c] = append(s.comps[c], node)
			s.compOf = append(s.compOf, int32(c))
			s.nStart = append(s.nStart, int32(i))
			s.nValue = append(s.nValue, 0)
			s.nTot = append(s.nTot, make([]float64, s.nT)...)
			s.nCount = append(s.nCount, 0)
			s.nX, s.nY, s.nQ = append(s.nX, 0), append(s.nY, 0), append(s.nQ, 0)
		} else {
			s.single = false
		}
		v := s.nodes() - 1
		s.nodeOf[u] = int32(v)
		unit := &s.p.Units[u]
		s.nValue[v] += unit.Value
		s.nCount[v]++
		x, y := unit.X-x0, unit.Y-y0
		s.nX[v] += x
		s.nY[v] += y
		s.nQ[v] += x*x + y*y
		for t, f := range unit.Totals {
			s.nTot[v*s.nT+t] += f
		}
	}
	s.nStart = append(s.nStart, int32(len(order)))
	s.nUnit = order
	s.neighbours()
	s.pairs(groupOf)
}

// neighbours lists the nodes around every node, with the shortest link to each.
func (s *space) neighbours() {
	type arm struct {
		to  int32
		len float64
	}
	var arms []arm
	s.aStart = make([]int32, 1, s.nodes()+1)
	for v := range int32(s.nodes()) {
		arms = arms[:0]
		for _, a := range s.unitsOf(v) {
			for e := s.uStart[a]; e < s.uStart[a+1]; e++ {
				if w := s.nodeOf[s.uAdj[e]]; w >= 0 && w != v && s.usable(a, s.uAdj[e]) {
					arms = append(arms, arm{w, s.uLen[e]})
				}
			}
		}
		slices.SortFunc(arms, func(a, b arm) int { return cmp.Or(cmp.Compare(a.to, b.to), cmp.Compare(a.len, b.len)) })
		for i, a := range arms {
			if i == 0 || arms[i-1].to != a.to {
				s.aAdj, s.aLen = append(s.aAdj, a.to), append(s.aLen, a.len)
			}
		}
		s.aStart = append(s.aStart, int32(len(s.aAdj)))
	}
}

func (s *space) pairs(groupOf []int32) {
	for _, q := range s.p.Apart {
		a, b := s.nodeOf[q[0]], s.nodeOf[q[1]]
		if a < 0 || b < 0 || a == b || s.compOf[a] != s.compOf[b] {
			continue
		}
		if s.apartOf == nil {
			s.apartOf = make([][]int32, s.nodes())
		}
		s.apartOf[a] = append(s.apartOf[a], b)
		s.apartOf[b] = append(s.apartOf[b], a)
	}
	byGroup := make([][]int32, len(s.groups))
	for v := range int32(s.nodes()) {
		if g := groupOf[s.unitsOf(v)[0]]; g >= 0 {
			byGroup[g] = append(byGroup[g], v)
		}
	}
	for _, nodes := range byGroup {
		if len(nodes) < 2 {
			continue
		}
		if s.mateOf == nil {
			s.mateOf = make([]int32, s.nodes())
			for i := range s.mateOf {
				s.mateOf[i] = -1
			}
		}
		for _, v := range nodes {
			s.mateOf[v] = int32(len(s.mates))
		}
		s.mates = append(s.mates, nodes)
	}
}

// mostZones is how many zones a component can have at most.
func (s *space) mostZones(c int) int {
	most := float64(len(s.comps[c]))
	for t := range s.nT {
		if s.min[t] <= 0 {
			continue
		}
		sum := 0.0
		for _, v := range s.comps[c] {
			sum += s.nTot[int(v)*s.nT+t]
		}
		most = math.Min(most, math.Floor(sum/s.min[t]*(1+slack)+slack))
	}
	return int(most)
}

// reachTotals sums a total over every component of free units.
func (s *space) reachTotals(t int) []float64 {
	sums := make([]float64, len(s.p.Units))
	for u, r := range s.reach {
		if r >= 0 {
			sums[r] += s.p.Units[u].Totals[t]
		}
	}
	return sums
}
