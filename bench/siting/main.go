// Command siting measures how good and how quick the answers of siting are,
// beside plain greedy in the same run, the answers that the literature has
// proven, and, where it is installed, Debian's CBC (coinor-cbc) as a child
// process with a time limit.
//
// The method: p-median and p-center on the OR-Library's instances and on larger
// random graphs of the same kind; covering and p-median on generated towns with
// fixed seeds, 20,000 demand points and 600 candidates in 30 × 30 km, one
// goroutine. A gap is measured to the proven bound, so that the true distance to
// the best is smaller. Times are processor times, which other work on the
// machine disturbs less; CBC's are its own.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/lianpian/lianpian/internal/engine/siting"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	b := bench{out: os.Stdout}
	flag.StringVar(&b.cases, "cases", "internal/engine/siting/testdata/pmed", "directory of the OR-Library's instances")
	flag.IntVar(&b.effort, "effort", 0, "effort of an answer; 0 = the usual")
	flag.DurationVar(&b.cbc, "cbc", 0, "time that CBC gets for a covering problem; 0 = leave it out")
	only := flag.String("only", "pmed,graphs,mclp,lscp,median,curve", "parts to run")
	flag.Parse()
	for part := range strings.SplitSeq(*only, ",") {
		if err := b.run(ctx, part); err != nil {
			fmt.Fprintln(os.Stderr, "bench-siting:", err)
			os.Exit(1)
		}
	}
}

type bench struct {
	out    io.Writer
	cases  string
	effort int
	cbc    time.Duration
}

func (b *bench) run(ctx context.Context, part string) error {
	switch part {
	case "pmed":
		return b.library(ctx)
	case "graphs":
		return b.graphs(ctx)
	case "mclp":
		return b.covering(ctx, siting.MCLP)
	case "lscp":
		return b.covering(ctx, siting.LSCP)
	case "median":
		return b.walks(ctx)
	case "curve":
		return b.curves(ctx)
	}
	return fmt.Errorf("there is no part %q", part)
}

// measured is an answer with what it took.
type measured struct {
	*siting.Answer
	wall, processor time.Duration
}

func (b *bench) solve(ctx context.Context, p *siting.Problem, q siting.Question) (measured, error) {
	q.Effort, q.Seed = b.effort, 1
	began, used := time.Now(), processorTime()
	a, err := siting.Solve(ctx, p, q)
	if err != nil {
		return measured{}, fmt.Errorf("%s with n = %d: %w", q.Model, q.N, err)
	}
	return measured{a, time.Since(began), processorTime() - used}, nil
}

func (m measured) verdict() string {
	if m.Proven {
		return "proven"
	}
	return fmt.Sprintf("%.3f %%", 100*m.Gap)
}

// processorTime is what the process has used of all cores.
func processorTime() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// library compares with the optima of the OR-Library.
func (b *bench) library(ctx context.Context) error {
	fmt.Fprintf(b.out, "\n%-22s %5s %10s %10s %10s %10s %10s %9s\n", "OR-Library", "n", "optimum", "answer", "gap", "greedy", "processor", "steps")
	cases, err := readLibrary(b.cases)
	if err != nil {
		return err
	}
	for _, c := range cases {
		for _, model := range []siting.Model{siting.PMedian, siting.PCenter} {
			m, err := b.solve(ctx, c.problem, siting.Question{Model: model, N: c.n})
			if err != nil {
				return err
			}
			best := map[siting.Model]float64{siting.PMedian: c.median, siting.PCenter: c.center}[model]
			fmt.Fprintf(b.out, "%-22s %5d %10.0f %10.0f %10s %10.0f %10v %9d\n", c.name+" "+string(model), c.n, best, m.Value, m.verdict(), greedyWalks(c.problem, c.n, model), m.processor.Round(time.Millisecond), m.Effort)
		}
	}
	return nil
}

// graphs goes up to the size of the OR-Library's largest instances.
func (b *bench) graphs(ctx context.Context) error {
	fmt.Fprintf(b.out, "\n%-22s %5s %10s %10s %10s %10s %9s\n", "random graphs", "n", "answer", "gap", "greedy", "processor", "steps")
	for _, nodes := range []int{300, 500, 700, 900} {
		p := randomGraph(nodes, 1)
		for _, n := range []int{5, 10, nodes / 10, nodes * 2 / 9, nodes / 3} {
			for _, model := range []siting.Model{siting.PMedian, siting.PCenter} {
				m, err := b.solve(ctx, p, siting.Question{Model: model, N: n})
				if err != nil {
					return err
				}
				name := fmt.Sprintf("%d nodes, %s", nodes, model)
				fmt.Fprintf(b.out, "%-22s %5d %10.0f %10s %10.0f %10v %9d\n", name, n, m.Value, m.verdict(), greedyWalks(p, n, model), m.processor.Round(time.Millisecond), m.Effort)
			}
		}
	}
	return nil
}
