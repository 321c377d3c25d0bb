// Command atlas measures how long an atlas of 40 sheets takes and how large it
// is, on A4, A3 and A1, beside the limit of 20 s; and how long its pictures take.
//
// The method: a generated plan (fixed seed) of 9 zones with 108 communities and
// some 2,000 buildings of their own, in surroundings of 20,000 buildings, 6,000
// pieces of streets and 600 facilities of 12 types, with coverage of two types:
// index, overview, 36 sheets of zones, two of facility types. Each is drawn
// several times and the best time counts, because other work on the machine only
// ever adds. All bytes of one paper must be the same.
package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"text/tabwriter"
	"time"

	"github.com/lianpian/lianpian/internal/areaplan"
	"github.com/lianpian/lianpian/internal/atlas"
)

// limit is what an atlas of 40 sheets may take.
const limit = 20 * time.Second

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	times := flag.Int("times", 3, "times each atlas is drawn")
	seed := flag.Uint64("seed", 1, "of the plan")
	zones := flag.Int("zones", 9, "of the plan: four sheets for each")
	save := flag.String("o", "", "folder to leave the atlases in")
	flag.Parse()
	if err := run(ctx, *times, *zones, *seed, *save, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "bench-atlas:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, times, zones int, seed uint64, save string, out io.Writer) error {
	plan := generate(seed, zones)
	fmt.Fprintf(out, "%d zones, %d communities, %d buildings and %d around them; %d CPUs\n\n",
		len(plan.Zones), len(plan.Communities), len(plan.Buildings), len(plan.Surroundings.Buildings), runtime.GOMAXPROCS(0))
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "what\tsheets\ttime\tof the limit\tper sheet\tsize")
	for _, paper := range []string{"A4", "A3", "A1"} {
		sheets, best, file, err := draw(ctx, plan, paper, times)
		if err != nil {
			return err
		}
		fmt.Fprintf(table, "PDF %s\t%d\t%.2f s\t%.0f %%\t%.0f ms\t%.1f MB\n", paper, sheets, best.Seconds(),
			100*float64(best)/float64(limit), best.Seconds()*1000/float64(sheets), float64(len(file))/1e6)
		if save != "" {
			if err := os.WriteFile(save+"/"+paper+".pdf", file, 0o644); err != nil {
				return err
			}
		}
	}
	began := time.Now()
	pictures, err := atlas.Pictures(ctx, plan, atlas.Options{}, 150, nil)
	if err != nil {
		return err
	}
	size := 0
	for _, p := range pictures {
		size += len(p.PNG)
	}
	took := time.Since(began)
	fmt.Fprintf(table, "PNG, 150 dpi\t%d\t%.2f s\t\t%.0f ms\t%.1f MB\n", len(pictures), took.Seconds(), took.Seconds()*1000/float64(len(pictures)), float64(size)/1e6)
	return table.Flush()
}

func draw(ctx context.Context, plan *areaplan.Plan, paper string, times int) (sheets int, best time.Duration, file []byte, err error) {
	var sum [32]byte
	for i := range times {
		var b bytes.Buffer
		began := time.Now()
		err := atlas.PDF(ctx, &b, plan, atlas.Options{Paper: paper}, func(_, total int) { sheets = total })
		if err != nil {
			return 0, 0, nil, err
		}
		if took := time.Since(began); i == 0 || took < best {
			best = took
		}
		if s := sha256.Sum256(b.Bytes()); i > 0 && s != sum {
			return 0, 0, nil, errors.New("two atlases of one plan differ")
		} else {
			sum = s
		}
		file = b.Bytes()
	}
	return sheets, best, file, nil
}
