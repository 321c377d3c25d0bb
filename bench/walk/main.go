// Command walk measures the searches of the walking network beside peers in the
// same run: one-to-all over a million nodes beside the textbook's Dijkstra and a
// mere pass over all arcs; searches of one kilometre; a district of 200,000
// nodes and 300,000 places from its roads to what a moved facility changes; and,
// where pgRouting is installed, pgr_drivingDistance on the same graph, whose
// distances must be the same to a centimetre. The towns are generated (see
// town.go), the same every time.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"math"
	"os"
	"os/signal"
	"runtime"
	"slices"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	million := flag.Bool("million", true, "search a million nodes")
	routing := flag.Bool("pgrouting", true, "search beside pgRouting, where it is installed")
	flag.Parse()
	if err := run(ctx, *million, *routing, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "bench-walk:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, million, routing bool, out io.Writer) error {
	if million {
		if err := measureMillion(ctx, out); err != nil {
			return err
		}
	}
	d, err := measureDistrict(ctx, out)
	if err != nil || !routing {
		return err
	}
	return measureRouting(ctx, d, out)
}

// best returns the shortest time of some runs of the same thing: what it takes
// when nothing else is in the way.
func best(runs int, do func()) time.Duration {
	shortest := time.Duration(math.MaxInt64)
	for range runs {
		began := time.Now()
		do()
		shortest = min(shortest, time.Since(began))
	}
	return shortest
}

// Whose processor time getrusage(2) tells.
const (
	process = 0
	thread  = 1
)

func used(whose int) time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(whose, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// processor returns the processor time that something takes on its thread, on
// average: unlike the clock's it is the same on a machine that has much to do.
func processor(runs int, do func()) time.Duration {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	before := used(thread)
	for range runs {
		do()
	}
	return (used(thread) - before) / time.Duration(runs)
}

// once returns the time that something takes, and the processor time of all
// threads.
func once(do func()) (took, processor time.Duration) {
	before, began := used(process), time.Now()
	do()
	return time.Since(began), used(process) - before
}

// median returns the middle one of the times of different runs.
func median(runs int, do func(run int)) time.Duration {
	took := make([]time.Duration, runs)
	for i := range took {
		began := time.Now()
		do(i)
		took[i] = time.Since(began)
	}
	slices.Sort(took)
	return took[runs/2]
}

// memory returns what is in use after a collection, in MiB.
func memory() float64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc) / (1 << 20)
}

func row(out io.Writer, what string, took time.Duration, note string, args ...any) {
	fmt.Fprintf(out, "%-52s %10.3f ms  %s\n", what, float64(took)/1e6, fmt.Sprintf(note, args...))
}
