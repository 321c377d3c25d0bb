package main

import (
	"context"
	"fmt"
	"time"

	"github.com/lianpian/lianpian/internal/engine/siting"
)

// towns are the kinds of instances: from spread evenly, where few sites compete
// for the same homes, to all in a few dense quarters, where a hundred do.
var towns = []town{
	{name: "even", even: true},
	{name: "quarters, sites anywhere", centres: 25, spreadM: 1200, sitesEverywhere: true},
	{name: "25 quarters", centres: 25, spreadM: 1200},
	{name: "6 dense quarters", centres: 6, spreadM: 1500, even: true},
}

func (t town) sized(limitM float64) town {
	t.points, t.sites, t.sideM, t.limitM = 20_000, 600, 30_000, limitM
	return t
}

// covering measures MCLP and LSCP on the towns.
func (b *bench) covering(ctx context.Context, model siting.Model) error {
	numbers := []int{10, 30, 60}
	if model == siting.LSCP {
		numbers = []int{0}
	}
	fmt.Fprintf(b.out, "\n%-26s %6s %4s %10s %10s %10s %10s %9s  %s\n", string(model)+", 20,000 × 600", "limit", "n", "answer", "gap", "greedy", "processor", "steps", "CBC")
	for _, kind := range towns {
		for _, limit := range []float64{300, 500, 800, 1100, 1500} {
			p := kind.sized(limit).problem(1)
			for _, n := range numbers {
				m, err := b.solve(ctx, p, siting.Question{Model: model, N: n, Limit: limit})
				if err != nil {
					return err
				}
				peer, err := b.askCBC(ctx, p, model, n, limit)
				if err != nil {
					return err
				}
				fmt.Fprintf(b.out, "%-26s %6.0f %4d %10.0f %10s %10.0f %10v %9d  %s\n", kind.name, limit, n, m.Value, m.verdict(), greedyCover(p, n, limit, model), m.processor.Round(time.Millisecond), m.Effort, peer)
			}
		}
	}
	return nil
}

// walks measures the p-median where every home knows its way to every site.
func (b *bench) walks(ctx context.Context) error {
	fmt.Fprintf(b.out, "\n%-26s %4s %14s %10s %14s %10s %9s\n", "p-median, 20,000 × 600", "n", "answer", "gap", "greedy", "processor", "steps")
	for _, kind := range []town{towns[0], towns[2]} {
		p := kind.sized(1e6).problem(1)
		for _, n := range []int{10, 30, 60} {
			m, err := b.solve(ctx, p, siting.Question{Model: siting.PMedian, N: n})
			if err != nil {
				return err
			}
			fmt.Fprintf(b.out, "%-26s %4d %14.0f %10s %14.0f %10v %9d\n", kind.name, n, m.Value, m.verdict(), greedyWalks(p, n, siting.PMedian), m.processor.Round(time.Millisecond), m.Effort)
		}
	}
	return nil
}

// curves measures the curve of MCLP for 0 to 60 sites.
func (b *bench) curves(ctx context.Context) error {
	fmt.Fprintf(b.out, "\n%-26s %6s %8s %10s %10s\n", "curve 0–60", "limit", "proven", "worst gap", "processor")
	for _, kind := range []town{towns[0], towns[2]} {
		for _, limit := range []float64{500, 800, 1500} {
			p := kind.sized(limit).problem(1)
			used := processorTime()
			points, err := siting.Curve(ctx, p, siting.Question{Model: siting.MCLP, N: 60, Limit: limit, Effort: b.effort, Seed: 1})
			if err != nil {
				return fmt.Errorf("curve of %s: %w", kind.name, err)
			}
			proven, worst := 0, 0.0
			for _, q := range points {
				if q.Proven {
					proven++
				} else {
					worst = max(worst, (q.Bound-q.Value)/q.Bound)
				}
			}
			fmt.Fprintf(b.out, "%-26s %6.0f %4d/%d %8.3f %% %10v\n", kind.name, limit, proven, len(points), 100*worst, (processorTime() - used).Round(time.Millisecond))
		}
	}
	return nil
}
