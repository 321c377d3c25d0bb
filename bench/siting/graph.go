package main

import (
	"math/rand/v2"

	"github.com/lianpian/lianpian/internal/engine/siting"
)

// randomGraph makes an instance in the manner of the OR-Library's p-median
// problems (Beasley 1985): a path through all nodes, then random edges, n²/50 in
// all, of length 1 to 100; every node is a row of weight 1 and a site.
func randomGraph(nodes int, seed uint64) *siting.Problem {
	rng := rand.New(rand.NewPCG(seed, 0x0a11b))
	d := unlinked(nodes)
	join := func(i, j int) { v := float64(1 + rng.IntN(100)); d[i][j], d[j][i] = v, v }
	for i := 1; i < nodes; i++ {
		join(i-1, i)
	}
	for range nodes*nodes/50 - nodes + 1 {
		if i, j := rng.IntN(nodes), rng.IntN(nodes); i != j {
			join(i, j)
		}
	}
	return allToAll(d)
}
