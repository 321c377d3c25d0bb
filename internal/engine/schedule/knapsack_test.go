package schedule

import (
	"math/rand/v2"
	"testing"
)

func TestKnapsackIsExact(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	var k knapsack
	for range 3000 {
		n := rng.IntN(13)
		k.items = k.items[:0]
		costs, profits := make([]int64, n), make([]float64, n)
		for i := range n {
			costs[i], profits[i] = rng.Int64N(40), 0.1+rng.Float64()*30
			k.add(i, costs[i], profits[i])
		}
		room := rng.Int64N(150)
		want := 0.0
		for set := range 1 << n {
			cost, profit := int64(0), 0.0
			for i := range n {
				if set>>i&1 == 1 {
					cost, profit = cost+costs[i], profit+profits[i]
				}
			}
			if cost <= room {
				want = max(want, profit)
			}
		}
		k.drop(room)
		k.solve(room)
		cost, profit := int64(0), 0.0
		for j, it := range k.items {
			if k.chosen[j] {
				cost, profit = cost+it.cost, profit+it.profit
			}
		}
		if !near(profit, want) || !near(k.bound, want) || cost > room || k.dantzig < want-1e-9 {
			t.Fatalf("chosen %v for %d of %d, bound %v, Dantzig %v; want %v", profit, cost, room, k.bound, k.dantzig, want)
		}
	}
}
