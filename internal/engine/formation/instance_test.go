package formation

import (
	"math"
	"math/rand/v2"
)

// small draws a problem of n units with every kind of rule now and then.
func small(rng *rand.Rand, n int) Problem {
	p := Problem{}
	cost := rng.IntN(3) == 0
	p.Totals = []TotalRule{{Name: "communities"}, {Name: "households"}}
	if rng.IntN(2) == 0 {
		p.Totals[0].Min = float64(1 + rng.IntN(3))
	}
	if rng.IntN(3) > 0 {
		p.Totals[0].Max = p.Totals[0].Min + float64(rng.IntN(7)) + 1
	}
	if rng.IntN(3) > 0 {
		p.Totals[1].Min = float64(200 * rng.IntN(6))
	}
	if rng.IntN(4) > 0 {
		p.Totals[1].Max = p.Totals[1].Min + float64(200+200*rng.IntN(8))
	}
	if cost {
		p.Totals = append(p.Totals, TotalRule{Name: "cost", Max: 5 + 20*rng.Float64()})
	}
	reach := 0.9 + 0.9*rng.Float64()
	side := math.Sqrt(float64(n))
	whole := rng.IntN(4) == 0
	for range n {
		u := Unit{Value: rng.Float64(), X: 100 * side * rng.Float64(), Y: 100 * side * rng.Float64(), Within: int32(rng.IntN(3)) - 1}
		if whole {
			u.X, u.Y = math.Round(u.X/100)*100, math.Round(u.Y/100)*100
		}
		if rng.IntN(10) == 0 {
			u.Value = 0
		}
		u.Totals = []float64{1, float64(rng.IntN(500))}
		if cost {
			u.Totals = append(u.Totals, 6*rng.Float64())
		}
		p.Units = append(p.Units, u)
	}
	for a := range n {
		for b := a + 1; b < n; b++ {
			if d := math.Hypot(p.Units[a].X-p.Units[b].X, p.Units[a].Y-p.Units[b].Y); d < 100*reach {
				p.Links = append(p.Links, Link{int32(a), int32(b), d})
			}
		}
	}
	p.KeepWithin = rng.IntN(6) == 0
	if rng.IntN(5) == 0 {
		p.MaxDiameterM = 80 + 300*rng.Float64()
	}
	pick := func() int32 { return int32(rng.IntN(n)) }
	if n > 1 && rng.IntN(4) == 0 {
		for range 1 + rng.IntN(2) {
			p.Together = append(p.Together, [2]int32{pick(), pick()})
		}
	}
	if n > 1 && rng.IntN(4) == 0 {
		for range 1 + rng.IntN(3) {
			if a, b := pick(), pick(); a != b {
				p.Apart = append(p.Apart, [2]int32{a, b})
			}
		}
	}
	if n > 3 && rng.IntN(5) == 0 {
		p.Locked = append(p.Locked, []int32{pick(), pick()})
	}
	switch rng.IntN(8) {
	case 0:
		p.MaxZones = len(p.Locked) + 1 + rng.IntN(3)
	case 1:
		p.MinZones = len(p.Locked) + 1 + rng.IntN(2)
	case 2:
		p.MinZones = len(p.Locked) + 1 + rng.IntN(3)
		p.MaxZones = p.MinZones
	}
	w := &p.Weights
	if rng.IntN(2) == 0 {
		w.Strings = 0.3 * rng.Float64()
	}
	if rng.IntN(2) == 0 {
		w.Compact = 0.5 * rng.Float64()
	}
	if rng.IntN(3) == 0 {
		w.Balance, w.BalanceTotal, w.BalanceTarget = 0.5*rng.Float64(), 1, 100+900*rng.Float64()
	}
	if cost && rng.IntN(2) == 0 {
		w.Budget, w.BudgetTotal = 0.3*rng.Float64(), 2
	}
	if rng.IntN(2) == 0 {
		w.Each = 2 * rng.Float64()
	}
	return p
}
