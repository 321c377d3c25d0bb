package formation

// zone is one proposed zone of the search.
type zone struct {
	nodes []int32
	score float64
}

// state is a set of disjoint zones over nodes.
type state struct {
	zoneOf []int32 // per node: slot or −1
	slots  []zone  // a slot without nodes is free
	free   []int32
	count  int
	value  float64
}

func newState(s *space) *state {
	st := &state{zoneOf: make([]int32, s.nodes())}
	for i := range st.zoneOf {
		st.zoneOf[i] = -1
	}
	return st
}

func (st *state) add(z zone) int32 {
	var slot int32
	if k := len(st.free); k > 0 {
		slot = st.free[k-1]
		st.free = st.free[:k-1]
		st.slots[slot] = z
	} else {
		slot = int32(len(st.slots))
		st.slots = append(st.slots, z)
	}
	for _, v := range z.nodes {
		st.zoneOf[v] = slot
	}
	st.count++
	st.value += z.score
	return slot
}

func (st *state) remove(slot int32) {
	z := st.slots[slot]
	for _, v := range z.nodes {
		st.zoneOf[v] = -1
	}
	st.slots[slot] = zone{}
	st.free = append(st.free, slot)
	st.count--
	st.value -= z.score
}

// better says whether st is to be preferred to other: first as many zones as
// asked for, then the value.
func (st *state) better(other *state, s *space) bool {
	a, b := max(0, s.loZones-st.count), max(0, s.loZones-other.count)
	if a != b {
		return a < b
	}
	return st.value > other.value+1e-12*s.scale
}
