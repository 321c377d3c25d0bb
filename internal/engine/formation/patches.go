package formation

import (
	"math"
	"math/rand/v2"
)

// mix makes one seed out of two (SplitMix64).
func mix(a, b uint64) uint64 {
	x := a*0x9E3779B97F4A7C15 + b + 0x632BE59BD9B4E019
	x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9
	x = (x ^ (x >> 27)) * 0x94D049BB133111EB
	return x ^ (x >> 31)
}

// patches is one round: it cuts patches, has them improved and puts them back.
func (r *run) patches() {
	r.round++
	rng := rand.New(rand.NewPCG(r.o.Seed, mix(1, r.round)))
	r.open = r.open[:0]
	for c, nodes := range r.s.comps {
		if !r.compDone[c] {
			r.open = append(r.open, nodes...)
		}
	}
	if len(r.open) == 0 {
		r.steps = r.limit
		return
	}
	const most = 32
	var tasks []*task
	for i := range most {
		v := r.open[rng.IntN(len(r.open))]
		t := &task{seed: mix(r.round, uint64(i)), tool: r.choose(rng), comp: int(r.s.compOf[v])}
		if t.tool == byPool && (r.coupled || r.pools[t.comp] == nil) {
			t.tool = byListing
		}
		size := r.size
		switch t.tool {
		case byPool:
			size = r.reach
		case byMoves:
			size = 40
		case byManyMoves:
			size = 160
		}
		if !r.cut(t, rng, v, size) {
			continue
		}
		t.hot = math.Exp(math.Log(0.02) + rng.Float64()*math.Log(15))
		t.moves = 30 * len(t.patch.nodes)
		if t.tool == byManyMoves {
			t.moves *= 2
		}
		tasks = append(tasks, t)
	}
	if len(tasks) == 0 {
		r.steps += 1000
		return
	}
	r.share(tasks)
	before := make([]float64, len(tasks))
	for i, t := range tasks {
		before[i] = t.patch.value()
	}
	r.work(tasks, effortOf{6_000, 20_000, 40, 60_000})
	r.steps += int64(len(tasks)) * 50
	for i, t := range tasks {
		r.apply(t)
		k := &r.tools[t.tool]
		k.gain *= 0.99
		k.effort *= 0.99
		k.effort += float64(t.work + 100)
		if t.better {
			gain := -before[i]
			for _, z := range t.zones {
				gain += z.score
			}
			k.gain += math.Max(0, gain)
		}
		switch t.tool {
		case byPool:
			if t.verdict.complete {
				r.reach = math.Min(400, r.reach*1.01)
			} else {
				r.reach = math.Max(20, r.reach*0.98)
			}
		case byListing:
			switch {
			case !t.listed:
				r.size = math.Max(6, r.size*0.97)
			case t.columns < 2_000:
				r.size = math.Min(80, r.size*1.02)
			}
		}
	}
	r.tell(false)
}

// choose a tool: mostly the one that brought most for its effort lately.
func (r *run) choose(rng *rand.Rand) int {
	if rng.IntN(4) == 0 {
		return rng.IntN(len(r.tools))
	}
	best, rate := 0, -1.0
	for i, k := range r.tools {
		own := math.Inf(1)
		if k.effort > 0 {
			own = k.gain / k.effort
		}
		if own > rate {
			best, rate = i, own
		}
	}
	return best
}

// cut takes whole zones and outside nodes around a random node, as far as no
// other patch of the round has them.
func (r *run) cut(t *task, rng *rand.Rand, v int32, size float64) bool {
	starts := 1
	if r.coupled && rng.IntN(2) == 0 {
		starts = 2 // so that a zone can be given up here for one there
	}
	limit := int(size)
	for k := range starts {
		if k > 0 {
			v = r.open[rng.IntN(len(r.open))]
		}
		if r.claimed[v] == r.round {
			continue
		}
		r.walk(t, v, limit*(k+1)/starts)
	}
	return len(t.patch.nodes) > 1 || (len(t.patch.nodes) == 1 && r.coupled)
}

func (r *run) walk(t *task, v int32, limit int) {
	st := r.st
	p := &t.patch
	take := func(v int32) bool {
		slot := st.zoneOf[v]
		if slot < 0 {
			if len(p.nodes) >= limit {
				return false
			}
			r.claimed[v] = r.round
			p.nodes = append(p.nodes, v)
			return true
		}
		z := st.slots[slot]
		if len(p.nodes) > 0 && len(p.nodes)+len(z.nodes) > limit || (t.tool == byListing || t.tool == byPool) && len(z.nodes) > limit {
			return false
		}
		for _, w := range z.nodes {
			r.claimed[w] = r.round
		}
		p.nodes = append(p.nodes, z.nodes...)
		p.zones = append(p.zones, z)
		return true
	}
	from := len(p.nodes)
	if !take(v) {
		return
	}
	for i := from; i < len(p.nodes); i++ {
		for _, w := range r.s.around(p.nodes[i]) {
			if r.claimed[w] != r.round {
				take(w)
			}
		}
	}
}

// share says how many zones each patch may have, so that all together keep the
// number of zones.
func (r *run) share(tasks []*task) {
	s := r.s
	up, down := math.MaxInt, max(0, r.st.count-s.loZones)
	if s.hiZones < math.MaxInt {
		up = s.hiZones - r.st.count
	}
	short := max(0, s.loZones-r.st.count)
	for i, t := range tasks {
		k := len(t.patch.zones)
		part := func(all int) int {
			own := all / len(tasks)
			if i < all%len(tasks) {
				own++
			}
			return own
		}
		t.patch.hi = math.MaxInt
		if up < math.MaxInt {
			t.patch.hi = k + part(up)
		}
		if s.loZones > 0 {
			t.patch.lo = max(0, k-part(down))
			if short > 0 && t.tool != byListing {
				t.patch.lo = k + max(1, part(short))
				t.patch.hi = max(t.patch.hi, t.patch.lo)
			}
		}
	}
}
