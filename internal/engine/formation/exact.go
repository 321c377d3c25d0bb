package formation

import "math"

// verdict is what the exact method found out about a set of nodes.
type verdict struct {
	zones    []zone // a choice better than the incumbent; nil: none found
	bound    float64
	bounded  bool // the list of zones was complete: bound holds
	complete bool // the search was, too: the better of zones and incumbent is the best possible
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
	s := x.s
	if !x.enum.list(nodes, &x.cols, limit.columns, limit.sets, lo > 0) {
		return verdict{bound: math.Inf(1)}
	}
	hi = min(hi, len(nodes))
	if hi == len(nodes) {
		hi = math.MaxInt
	}
	return x.choose(lo, hi, value, limit, 1e-9*s.scale)
}

func (x *solver) choose(lo, hi int, value float64, limit effortOf, eps float64) verdict {
	p := newPacking(&x.cols, lo, hi, x.sc.stopped)
	out := verdict{bounded: true}
	var best []int32
	bestCols := &x.cols
	if math.IsInf(value, -1) { // too few zones so far: any choice of enough is better
		worst := 0.0
		for _, score := range x.cols.score {
			worst = math.Min(worst, score)
		}
		value = worst*float64(lo) - x.s.scale
	}
	target := value
	for pass := range 3 {
		rounds := limit.rounds
		if pass > 0 {
			rounds *= 3
		}
		p.subgradient(rounds, target)
		if p.bound <= target+eps {
			out.complete = true
			break
		}
		before := p.cols.len()
		x.sc.work += p.work
		p = p.reduce(target)
		if pass < 2 && p.cols.len() > before*3/4 && pass > 0 {
			break
		}
	}
	out.bound = math.Max(p.bound, target) // columns that cannot beat target are gone
	if !out.complete {
		best, out.complete = p.branch(target+eps, limit.branch)
		bestCols = p.cols
	}
	x.sc.work += p.work
	if best != nil {
		for _, k := range best {
			z := zone{score: bestCols.score[k]}
			for _, i := range bestCols.members(k) {
				z.nodes = append(z.nodes, bestCols.nodes[i])
			}
			out.zones = append(out.zones, z)
		}
		target = bestCols.sum(best)
	}
	if out.complete {
		out.bound = math.Min(out.bound, target+eps)
	}
	return out
}
