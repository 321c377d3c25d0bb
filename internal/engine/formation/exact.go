package formation

import "math"

// verdict is what the exact method found out about a set of nodes.
type verdict struct {
	zones    []zone // a choice better than the incumbent; nil: none found
	bound    float64
	bounded  bool     // the list of zones was complete: bound holds
	complete bool     // the search was, too: the better of zones and incumbent is the best possible
	pool     *packing // where it was not: columns and prices to go on with
}

// effortOf bounds the three stages of the exact method.
type effortOf struct {
	columns int
	sets    int64
	rounds  int
	branch  int64
}

// solver is one worker's memory for the exact method.
type solver struct {
	s    *space
	sc   *scratch
	enum *enumerator
	cols columns
}

func newSolver(s *space) *solver {
	sc := newScratch(s)
	return &solver{s: s, sc: sc, enum: newEnumerator(s, sc)}
}

// exact lists all zones inside the nodes and chooses among them: bound by
// Lagrangian duals, columns that cannot help dropped, then branch and bound.
// value is that of the incumbent; only what is better is searched for.
func (x *solver) exact(nodes []int32, lo, hi int, value float64, limit effortOf) verdict {
	if !x.enum.list(nodes, &x.cols, limit.columns, limit.sets, lo > 0) {
		return verdict{bound: math.Inf(1)}
	}
	hi = min(hi, len(nodes))
	if hi == len(nodes) {
		hi = math.MaxInt
	}
	return x.choose(newPacking(&x.cols, lo, hi, x.sc.stopped), value, limit)
}

// choose picks columns of a packing whose prices are feasible.
func (x *solver) choose(p *packing, value float64, limit effortOf) verdict {
	eps := 1e-9 * x.s.scale
	out := verdict{bounded: true}
	if math.IsInf(value, -1) { // too few zones so far: any choice of enough is better
		worst := 0.0
		for _, score := range p.cols.score {
			worst = math.Min(worst, score)
		}
		value = worst*float64(p.lo) - x.s.scale
	}
	rounds := limit.rounds
	for range 2 {
		before := p.work
		p.subgradient(rounds, value)
		x.sc.work += p.work - before
		if p.bound <= value+eps {
			out.complete, out.bound = true, value+eps
			return out
		}
		p = p.reduce(value)
		x.sc.work += p.work
		p.work = 0
		rounds *= 2
	}
	d := deepening{target: value, eps: eps, left: limit.branch}
	out.complete, out.bound = d.solve(p, rounds, 0)
	x.sc.work += limit.branch - max(d.left, 0)
	if !out.complete {
		out.pool = p
	}
	out.bound = math.Max(out.bound, d.target) + eps // columns that cannot beat it are gone
	for _, c := range d.best {
		z := zone{score: c.score}
		for _, i := range c.members {
			z.nodes = append(z.nodes, p.cols.nodes[i])
		}
		out.zones = append(out.zones, z)
	}
	return out
}
