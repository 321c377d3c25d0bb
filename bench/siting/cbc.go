package main

import (
	"bufio"
	"fmt"
	"os"
	"strings"

	"github.com/lianpian/lianpian/internal/engine/siting"
)

func writeLP(path string, p *siting.Problem, n int, limit float64, integer bool) {
	f, _ := os.Create(path)
	defer f.Close()
	w := bufio.NewWriter(f)
	defer w.Flush()
	group := map[string]float64{}
	var keys []string
	for i := range p.Weight {
		var b strings.Builder
		for k := p.Costs.First[i]; k < p.Costs.First[i+1]; k++ {
			if p.Costs.Cost[k] <= limit {
				fmt.Fprintf(&b, " + x%d", p.Costs.Site[k])
			}
		}
		if b.Len() == 0 {
			continue
		}
		if _, ok := group[b.String()]; !ok {
			keys = append(keys, b.String())
		}
		group[b.String()] += p.Weight[i]
	}
	fmt.Fprint(w, "Maximize\n obj:")
	for k, key := range keys {
		fmt.Fprintf(w, " + %v z%d\n", group[key], k)
	}
	fmt.Fprint(w, "Subject To\n")
	for k, key := range keys {
		fmt.Fprintf(w, " r%d: z%d%s <= 0\n", k, k, strings.ReplaceAll(key, "+", "-"))
	}
	fmt.Fprint(w, " n:")
	for j := range p.Sites {
		fmt.Fprintf(w, " + x%d\n", j)
	}
	fmt.Fprintf(w, " <= %d\nBounds\n", n)
	for k := range keys {
		fmt.Fprintf(w, " z%d <= 1\n", k)
	}
	for j := range p.Sites {
		fmt.Fprintf(w, " x%d <= 1\n", j)
	}
	if integer {
		fmt.Fprint(w, "Binaries\n")
		for j := range p.Sites {
			fmt.Fprintf(w, " x%d\n", j)
		}
	}
	fmt.Fprint(w, "End\n")
}
