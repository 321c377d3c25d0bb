// Command formation measures the proposing of zones beside plain greedy and
// beside the bound that it proves itself.
//
//	go run ./bench/formation [-sizes 100,626,3000,5000,10000] [-settings 2-8,10-40] [-steps n]
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/lianpian/lianpian/internal/engine/formation"
)

func main() {
	sizes := flag.String("sizes", "100,626,3000,5000,10000", "communities")
	names := flag.String("settings", "2-8,10-40", "members a zone")
	steps := flag.Int64("steps", 0, "effort; 0: the default")
	seed := flag.Uint64("seed", 1, "of the instances and the search")
	workers := flag.Int("workers", 0, "goroutines; 0: one a processor")
	trace := flag.Bool("trace", false, "print every better answer")
	flag.Parse()
	fmt.Println("members      n  plain greedy   first (ms)     2 s     end   (s)    bound   gap %  ratio to greedy  zones outside proven  steps")
	for _, name := range strings.Split(*names, ",") {
		for _, set := range settings {
			if set.name != name {
				continue
			}
			for _, size := range strings.Split(*sizes, ",") {
				n, err := strconv.Atoi(size)
				if err != nil {
					fmt.Fprintln(os.Stderr, err)
					os.Exit(2)
				}
				if err := measure(n, set, *seed, *steps, *workers, *trace); err != nil {
					fmt.Fprintln(os.Stderr, err)
					os.Exit(1)
				}
			}
		}
	}
}

func measure(n int, set setting, seed uint64, steps int64, workers int, trace bool) error {
	p := instance(n, set, seed)
	peer := valueOf(p, plainGreedy(p))
	start := time.Now()
	var first time.Duration
	var atTwo, firstValue float64
	a, err := formation.Solve(context.Background(), p, formation.Options{
		Seed: seed, Steps: steps, Workers: workers,
		Better: func(a formation.Answer) {
			at := time.Since(start)
			if first == 0 {
				first, firstValue = at, a.Value
			}
			if at < 2*time.Second {
				atTwo = a.Value
			}
			if trace {
				fmt.Printf("  %8.2f s  %.2f  bound %.2f  gap %.2f %%\n", at.Seconds(), a.Value, a.Bound, 100*a.Gap)
			}
		},
	})
	if err != nil {
		return fmt.Errorf("solving %d communities, %s members: %w", n, set.name, err)
	}
	fmt.Printf("%7s %6d  %12.2f %7.1f (%4.0f) %7.2f %7.2f %5.1f %8.2f  %6.2f  %15.3f  %5d %7d %6v %6.0fM\n",
		set.name, n, peer, firstValue, float64(first.Milliseconds()), atTwo, a.Value, time.Since(start).Seconds(),
		a.Bound, 100*a.Gap, a.Value/peer, len(a.Zones), len(a.Outside), a.Proven, float64(a.Steps)/1e6)
	return nil
}
