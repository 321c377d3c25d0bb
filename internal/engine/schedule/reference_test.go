package schedule

import (
	"math"
	"math/rand/v2"
)

// The reference reads Problem as its comments say, and shares no code with
// what it checks.

// verdict of an assignment by year.
type verdict struct {
	score, short float64
	over         map[int]float64 // yuan over the budget by year
	early        []int           // zones before they are ready
}

func referenceVerdict(p Problem, years []int) verdict {
	v := verdict{over: map[int]float64{}}
	place := map[int]int{}
	for k, y := range p.Years {
		place[y.Year] = k
	}
	at := func(i int) (int, bool) { // place in the list; −1 = just before it
		if z := p.Zones[i]; z.Locked == 0 && z.Begun != 0 && z.Begun < p.Years[0].Year {
			return -1, true
		}
		k, ok := place[years[i]]
		return k, ok
	}
	for _, y := range p.Years {
		cost, count, area := 0.0, 0, 0.0
		for i, z := range p.Zones {
			if years[i] == y.Year {
				cost, count, area = cost+z.Cost, count+z.Communities, area+z.FloorAreaM2
				v.score += z.Value / math.Pow(1+p.DiscountRate, float64(y.Year-p.Years[0].Year))
				if !z.Ready && (z.ReadyFrom == 0 || z.ReadyFrom > y.Year) && (z.Begun == 0 || z.Begun > y.Year) {
					v.early = append(v.early, i)
				}
			}
		}
		if y.Budget > 0 && cost > y.Budget+0.004 {
			v.over[y.Year] = cost - y.Budget
		}
		if y.MinCommunities > count {
			v.short += float64(y.MinCommunities-count) / float64(y.MinCommunities)
		}
		if y.MinFloorAreaM2 > area+0.001 {
			v.short += (y.MinFloorAreaM2 - area) / y.MinFloorAreaM2
		}
	}
	joined := map[[2]int]bool{}
	for i, z := range p.Zones {
		for _, j := range z.Neighbours {
			joined[[2]int{min(i, j), max(i, j)}] = true
		}
	}
	for pair := range joined {
		a, inA := at(pair[0])
		b, inB := at(pair[1])
		if inA && inB && (a >= 0 || b >= 0) && a-b <= 1 && b-a <= 1 {
			v.score += p.Continuation
		}
	}
	return v
}

// referenceBest tries every assignment of the free zones and returns the best.
func referenceBest(p Problem) (years []int, best verdict) {
	years = make([]int, len(p.Zones))
	spent := map[int]float64{}
	var open []int
	for i, z := range p.Zones {
		switch {
		case z.Locked != 0:
			years[i] = z.Locked
		case z.Begun != 0 && z.Begun >= p.Years[0].Year:
			years[i] = z.Begun
		case z.Begun == 0:
			open = append(open, i)
		}
		if years[i] != 0 {
			spent[years[i]] += z.Cost
		}
	}
	var top []int
	best.short = math.Inf(1)
	var try func(k int)
	try = func(k int) {
		if k == len(open) {
			v := referenceVerdict(p, years)
			if v.short < best.short-1e-11 || v.short < best.short+1e-11 && v.score > best.score {
				best, top = v, append([]int(nil), years...)
			}
			return
		}
		i := open[k]
		z := p.Zones[i]
		try(k + 1)
		for _, y := range p.Years {
			if !z.Ready && (z.ReadyFrom == 0 || z.ReadyFrom > y.Year) {
				continue
			}
			if y.Budget > 0 && z.Cost > 0 && spent[y.Year]+z.Cost > y.Budget+0.004 {
				continue
			}
			years[i] = y.Year
			spent[y.Year] += z.Cost
			try(k + 1)
			spent[y.Year] -= z.Cost
			years[i] = 0
		}
	}
	try(0)
	return top, best
}

// traits of a random problem.
type traits struct {
	zones, years int
	tight        float64 // budgets as a share of all costs
	targets      bool
	locks        bool
	neighbours   bool
	discount     float64
	likeCosts    bool // values close to costs: the hard knapsacks
}

// district makes a random problem: zones on a jittered grid, costs of 2 to 40
// million yuan, values that follow the cost loosely.
func district(seed uint64, t traits) Problem {
	rng := rand.New(rand.NewPCG(seed, 7))
	p := Problem{DiscountRate: t.discount}
	side := int(math.Ceil(math.Sqrt(float64(t.zones))))
	total, communities, area := 0.0, 0, 0.0
	for i := range t.zones {
		z := Zone{Communities: 1 + rng.IntN(12), Ready: rng.IntN(4) > 0}
		z.FloorAreaM2 = math.Round(float64(z.Communities)*(3000+rng.Float64()*9000)*100) / 100
		z.Households = int(z.FloorAreaM2 / 80)
		z.Cost = math.Round(z.FloorAreaM2*(250+rng.Float64()*400)/1000) * 1000
		if !t.likeCosts {
			z.Cost += float64(rng.IntN(100_000)) / 100
		}
		z.Value = z.Cost / 1e5 * (0.4 + 1.2*rng.Float64())
		if t.likeCosts {
			z.Value = z.Cost/1e5 + 5
		}
		if !z.Ready && rng.IntN(3) > 0 {
			z.ReadyFrom = 2022 + rng.IntN(t.years+1)
		}
		if t.locks {
			switch rng.IntN(10) {
			case 0:
				z.Locked = 2022 + rng.IntN(t.years)
			case 1:
				z.Begun = 2020 + rng.IntN(3)
			}
		}
		if t.neighbours {
			if i%side > 0 && rng.IntN(5) > 0 {
				z.Neighbours = append(z.Neighbours, i-1)
			}
			if i >= side && rng.IntN(5) > 0 {
				z.Neighbours = append(z.Neighbours, i-side)
			}
		}
		total, communities, area = total+z.Cost, communities+z.Communities, area+z.FloorAreaM2
		p.Continuation += z.Value / float64(t.zones) * 0.08
		p.Zones = append(p.Zones, z)
	}
	if !t.neighbours {
		p.Continuation = 0
	}
	for k := range t.years {
		y := Year{Year: 2022 + k, Budget: math.Round(total*t.tight/float64(t.years)*(0.7+0.6*rng.Float64())*100) / 100}
		if rng.IntN(12) == 0 && t.tight < 1 && t.years > 1 && t.zones < 20 {
			y.Budget = 0
		}
		if t.targets {
			y.MinCommunities = int(float64(communities) * t.tight / float64(t.years) * (0.5 + 0.8*rng.Float64()))
			if rng.IntN(2) == 0 {
				y.MinFloorAreaM2 = math.Round(area * t.tight / float64(t.years) * (0.5 + 0.7*rng.Float64()))
			}
		}
		p.Years = append(p.Years, y)
	}
	return p
}
