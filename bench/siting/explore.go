package main

import (
	"context"
	"fmt"
	"time"
	"os"
	"strconv"

	"github.com/lianpian/lianpian/internal/engine/siting"
)

func main() {
	effort := 0
	if len(os.Args) > 1 { effort, _ = strconv.Atoi(os.Args[1]) }
	for _, r := range []float64{300, 500, 800, 1100, 1500} {
		for kind := range 4 {
			t := town{points: 20000, sites: 600, sideM: 30000, centres: 25, spreadM: 1200, limitM: r}
			switch kind {
			case 1: t.centres, t.even = 0, true
			case 2: t.centres, t.spreadM, t.even = 6, 1500, true
			case 3: t.centres, t.sitesEverywhere, t.even = 25, true, true
			}
			p := t.problem(1)
			for _, n := range []int{10, 30, 60} {
				b := time.Now()
				a, err := siting.Solve(context.Background(), p, siting.Question{Model: siting.MCLP, N: n, Limit: r, Effort: effort})
				if err != nil { panic(err) }
				fmt.Printf("r %4.0f kind %d n %2d nnz %7d value %8.0f gap %.4f%% proven %v steps %d %v\n", r, kind, n, len(p.Costs.Site), a.Value, 100*a.Gap, a.Proven, a.Effort, time.Since(b).Round(time.Millisecond))
			}
		}
	}
}

func init() {
	if len(os.Args) > 1 && os.Args[1] == "lp" {
		t := town{points: 20000, sites: 600, sideM: 30000, centres: 25, spreadM: 1200, limitM: 800}
		writeLP("/tmp/w/a.lp", t.problem(1), 60, 800, false)
		t.centres, t.spreadM, t.even = 6, 1500, true
		writeLP("/tmp/w/b.lp", t.problem(1), 30, 800, false)
		os.Exit(0)
	}
}

func init() {
	if len(os.Args) > 1 && os.Args[1] == "mip" {
		t := town{points: 20000, sites: 600, sideM: 30000, centres: 25, spreadM: 1200, limitM: 800}
		writeLP("/tmp/w/am.lp", t.problem(1), 60, 800, true)
		os.Exit(0)
	}
}
