// Command schedule measures how well and how quickly zones are put into years,
// beside the plain ratio greedy (value per yuan, first year with room) and the
// proven bound of the same run.
//
// The method: generated districts with zones on a loose grid, costs of some 1
// to 80 million yuan that follow the floor area, values that follow the cost
// loosely, a quarter of the zones not ready yet, budgets for half of all costs;
// per kind several seeds, the default effort, one goroutine. A gap is measured
// against the proven bound, so that the true distance to the best plan is
// smaller; where targets can't all be met, plans with a smaller shortfall come
// first and a larger score of another plan says nothing.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/lianpian/lianpian/internal/engine/schedule"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	seeds := flag.Int("seeds", 5, "districts of each kind")
	steps := flag.Int("steps", 0, "effort of the search; 0 = the default")
	flag.Parse()
	if err := run(ctx, *seeds, *steps, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "bench-schedule:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, seeds, steps int, out io.Writer) error {
	fmt.Fprintf(out, "%-44s %8s %8s %9s %9s %9s %9s %9s %9s\n", "kind of district", "proved", "mean gap", "worst gap", "greedy", "misses", "greedy's", "mean CPU", "mean time")
	for _, kind := range kinds {
		var sum tally
		for seed := range seeds {
			if err := sum.measure(ctx, kind.district(uint64(seed)), steps); err != nil {
				return fmt.Errorf("measuring %s, seed %d: %w", kind, seed, err)
			}
			if ctx.Err() != nil {
				return ctx.Err()
			}
		}
		sum.print(out, kind.String())
	}
	return nil
}

type tally struct {
	runs, proved         int
	gap, worst, greedy   float64
	misses, greedyMisses float64
	took, computed       time.Duration
}

func (s *tally) measure(ctx context.Context, p schedule.Problem, steps int) error {
	began, used := time.Now(), processorTime()
	plan, err := schedule.Solve(ctx, p, schedule.Options{Seed: 1, Steps: steps})
	if err != nil {
		return err
	}
	s.took += time.Since(began)
	s.computed += processorTime() - used
	s.runs++
	if plan.Proven {
		s.proved++
	}
	s.gap += plan.Gap
	s.worst = max(s.worst, plan.Gap)
	simple := schedule.Judge(p, ratioGreedy(p))
	s.greedy += simple.Score / plan.Bound
	s.misses += plan.Shortfall
	s.greedyMisses += simple.Shortfall
	return nil
}

func (s *tally) print(out io.Writer, kind string) {
	n := float64(s.runs)
	fmt.Fprintf(out, "%-44s %4d/%-3d %7.2f%% %8.2f%% %8.2f%% %9.3f %9.3f %9s %9s\n", kind, s.proved, s.runs,
		s.gap/n*100, s.worst*100, (1-s.greedy/n)*100, s.misses/n, s.greedyMisses/n,
		(s.computed / time.Duration(s.runs)).Round(time.Millisecond), (s.took / time.Duration(s.runs)).Round(time.Millisecond))
}

// processorTime that the process has used: other work on the machine does not
// count.
func processorTime() time.Duration {
	var used syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &used) != nil {
		return 0
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}
