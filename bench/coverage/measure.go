package main

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"syscall"
	"time"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/engine/catchment"
	"github.com/lianpian/lianpian/internal/engine/network"
)

// cover measures one type and all types, and returns what all are covered by.
func (b *bench) cover(ctx context.Context, m method) ([]*catchment.Cover, *catchment.Homes, error) {
	homes := catchment.NewHomes(m.net, b.homes)
	questions := make([]catchment.Question, len(b.types))
	for i, f := range b.types {
		questions[i] = catchment.Question{Facilities: f, Limit: m.limit}
	}
	var covers []*catchment.Cover
	one, err := b.best(func() error {
		_, err := homes.Cover(ctx, questions[0])
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	b.row("one type", one, oneLimit, "")
	all, err := b.best(func() (err error) {
		covers = nil
		covers, err = homes.CoverAll(ctx, questions)
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	covered := 0
	for _, c := range covers {
		for h := range c.Len() {
			if c.Status(h) == catchment.Covered {
				covered++
			}
		}
	}
	b.row(fmt.Sprintf("all %d types", len(b.types)), all, allLimit, fmt.Sprintf("%.1f %% of the homes covered", 100*float64(covered)/float64(len(covers)*homes.Len())))
	return covers, homes, nil
}

// took is what something takes by the clock and in processor time.
type took struct{ clock, processor time.Duration }

// best returns the shortest time of some runs.
func (b *bench) best(do func() error) (took, error) {
	shortest := took{math.MaxInt64, math.MaxInt64}
	for range b.runs {
		runtime.GC()
		t, err := timed(do)
		if err != nil {
			return t, err
		}
		shortest = took{min(shortest.clock, t.clock), min(shortest.processor, t.processor)}
	}
	return shortest, nil
}

func timed(do func() error) (took, error) {
	began, used := time.Now(), processor()
	err := do()
	return took{time.Since(began), processor() - used}, err
}

// processor is the processor time that the program has used on all cores. On a
// machine that has much else to do it tells more than the clock.
func processor() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// limit is how long something may take, on so many cores.
type limit struct {
	most  time.Duration
	cores int
}

// row prints a time beside its limit: by the clock, and as it would be if nobody
// else had work for the machine.
func (b *bench) row(what string, t took, l limit, more string) {
	ms := func(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
	line := fmt.Sprintf("  %-28s %9.2f ms   processor %9.2f ms", what, ms(t.clock), ms(t.processor))
	if l.most > 0 {
		line += fmt.Sprintf("   of the limit of %v: %.2f, by the processor %.2f",
			l.most, float64(t.clock)/float64(l.most), float64(t.processor)/float64(l.cores)/float64(l.most))
	}
	if more != "" {
		line += "   " + more
	}
	fmt.Fprintln(b.out, line)
}

// memory prints what the program holds and has ever held.
func (b *bench) memory() {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	var u syscall.Rusage
	resident := int64(0)
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) == nil {
		resident = u.Maxrss * 1024
	}
	const mib = 1 << 20
	fmt.Fprintf(b.out, "  memory: heap %d MiB, with network, homes and all types; at most resident %d MiB, with the making of them   %.2f of the limit of %d MiB\n",
		m.HeapAlloc/mib, resident/mib, float64(resident)/memoryLimit, memoryLimit/mib)
}

// trials moves facilities, one after the other, and draws paths.
func (b *bench) trials(ctx context.Context, homes *catchment.Homes, c *catchment.Cover) error {
	random := rand.New(rand.NewPCG(b.seed, 7))
	places := b.town.facilities[0]
	trial := c.Trial()
	trial.Move(0, homes.Site(places[0], rules)) // indexes are made when they are first needed
	trial.Effect(b.sizes)
	var moves, draws []took
	changes := 0
	for range b.moves {
		f := random.IntN(len(places))
		p := orb.Point{places[f][0] + 600*(random.Float64()-0.5), places[f][1] + 600*(random.Float64()-0.5)}
		t, err := timed(func() error {
			trial.Reset()
			trial.Move(f, homes.Site(p, rules))
			changes += len(trial.Effect(b.sizes).Changes)
			return ctx.Err()
		})
		if err != nil {
			return err
		}
		moves = append(moves, t)
	}
	b.rows("a facility moved", moves, moveLimit, fmt.Sprintf("%d homes change on average", changes/b.moves))
	var paths []*network.Drawn
	for len(paths) < b.moves/4 {
		p := places[random.IntN(len(places))]
		path, err := b.graph.Draw(orb.LineString{p, {p[0] + 300*(random.Float64()-0.5), p[1] + 300*(random.Float64()-0.5)}}, network.DrawnBridge, rules)
		if err != nil {
			return fmt.Errorf("draw a bridge: %w", err)
		}
		t, err := timed(func() error {
			trial.Reset()
			trial.Draw(path)
			trial.Effect(b.sizes)
			return ctx.Err()
		})
		if err != nil {
			return err
		}
		paths, draws = append(paths, path), append(draws, t)
	}
	b.rows("a bridge drawn", draws, moveLimit, "")
	gains, err := timed(func() error {
		_, _, err := c.Gains(ctx, paths, b.sizes)
		return err
	})
	b.row(fmt.Sprintf("gains of %d bridges", len(paths)), gains, limit{}, "each alone and all together")
	return err
}

// rows prints the median and the worst of some times.
func (b *bench) rows(what string, all []took, l limit, more string) {
	slices.SortFunc(all, func(x, y took) int { return int(x.processor - y.processor) })
	b.row(what+": median", all[len(all)/2], l, more)
	b.row(what+": worst", all[len(all)-1], l, "")
}

// capacities measures ranges, assignment and scores for the first type.
func (b *bench) capacities(ctx context.Context, homes *catchment.Homes, m method) error {
	var r *catchment.Ranges
	ranges, err := timed(func() (err error) {
		r, err = homes.Ranges(ctx, catchment.Question{Facilities: b.types[0], Limit: m.limit})
		return err
	})
	if err != nil {
		return err
	}
	b.row("homes in range of one type", ranges, limit{}, "")
	demand := b.town.households
	random := rand.New(rand.NewPCG(b.seed, 8))
	capacity := make([]float64, r.Facilities())
	all := 0.0
	for _, d := range demand {
		all += d
	}
	for j := range capacity {
		capacity[j] = float64(int(all / float64(len(capacity)) * random.Float64()))
	}
	var a *catchment.Assignment
	assigned, err := timed(func() (err error) {
		a, err = catchment.Assign(ctx, r, demand, capacity)
		return err
	})
	if err != nil {
		return err
	}
	b.row(fmt.Sprintf("%d homes assigned to %d", len(demand), len(capacity)), assigned, limit{},
		fmt.Sprintf("%.1f %% of the demand served, %.2g of the value not proved", 100*a.Taken/a.Demand, 1-a.Bound(r, demand, capacity)/a.Value()))
	scored, err := timed(func() error {
		_, err := catchment.TwoStep(r, demand, capacity, catchment.Gaussian(m.limit))
		return err
	})
	b.row("accessibility scores", scored, limit{}, "")
	return err
}

// shapes measures the patches of the gap and isochrones.
func (b *bench) shapes(ctx context.Context, homes *catchment.Homes, c *catchment.Cover, m method) error {
	var gap []catchment.Uncovered
	for h := range c.Len() {
		if c.Status(h) != catchment.Covered {
			gap = append(gap, catchment.Uncovered{
				Home: int32(h), At: b.town.homes[h], Households: b.sizes[h].Households, FloorArea: b.sizes[h].FloorArea, Excess: c.Of(h).Cost() - m.limit,
			})
		}
	}
	var patches []catchment.Patch
	patched, err := timed(func() (err error) {
		patches, err = catchment.Patches(ctx, gap, catchment.PatchRules{})
		return err
	})
	if err != nil {
		return err
	}
	b.row("patches of the gap", patched, limit{}, fmt.Sprintf("%d of %d homes", len(patches), len(gap)))
	one, err := homes.Cover(ctx, catchment.Question{Facilities: b.graph.Tie(b.town.facilities[0][:1], rules), Limit: m.limit, Reach: 2 * m.limit})
	if err != nil {
		return err
	}
	cell := 0.0
	drawn, err := timed(func() error {
		ground, err := one.Ground(rules, m.limit)
		if err != nil {
			return err
		}
		list, err := catchment.Isochrones(ctx, ground, []float64{m.limit / 3, 2 * m.limit / 3, m.limit})
		if err == nil {
			cell = list[0].Cell
		}
		return err
	})
	b.row("isochrones of one facility", drawn, limit{}, fmt.Sprintf("three, cells of %.1f m", cell))
	return err
}
