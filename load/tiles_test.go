package load

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/lianpian/lianpian/internal/app/apptest"
)

const (
	tileBudget = 4 << 20 // bytes for kept tiles
	// tilesBeside is what the service may take beside the tiles that it keeps: the
	// program, its other caches, tiles under way, garbage.
	tilesBeside = 192 << 20
	// tilesMayGrow is by how much the last quarter of the time may lie above the
	// second; where the time is short, the heap finds its size only then.
	tilesMayGrow, tilesMayGrowShort = 0.1, 0.25
)

// TestMemoryForTilesStaysFlat asks for ever other tiles, of many times the budget of
// the cache, and for some of them again. Like the others here it asks for being
// asked: LIANPIAN_LOAD is how long it lasts.
func TestMemoryForTilesStaysFlat(t *testing.T) {
	lasts := askedFor(t)
	dir := apptest.DiskDir(t)
	sut := apptest.New(t, "service", "", dir, "--demo", "--rate-limit", "0", "--tile-cache", fmt.Sprint(tileBudget>>20))
	sut.Start()
	defer func(as int) { *people = as }(*people)
	*people = 6
	crowd := gather(t, sut, dir)
	o := &observer{pid: sut.PID(), base: "http://" + sut.Address, dir: filepath.Join(dir, "postgres")}
	o.look(t.Context())
	before := o.seen[0].resident
	o.seen = nil

	ctx, leave := context.WithTimeout(t.Context(), lasts)
	defer leave()
	var made, kept, bytes atomic.Int64
	var asking sync.WaitGroup
	for i, p := range crowd {
		asking.Go(func() {
			random := rand.New(rand.NewPCG(*seed, uint64(i)))
			var last string
			for n := 0; ctx.Err() == nil; n++ {
				path := last
				if n%4 != 3 {
					path = someTile(random)
				}
				last = path
				a := p.ask(context.WithoutCancel(ctx), tileAsked, http.MethodGet, path, nil)
				if a.err != nil || a.status != http.StatusOK {
					t.Errorf("%s: %d %.300s %v", path, a.status, a.body, a.err)
					return
				}
				if a.head.Get("X-Cache") == "hit" {
					kept.Add(1)
					continue
				}
				made.Add(1)
				bytes.Add(int64(len(a.body)))
			}
		})
	}
	most := 0.0
	for ctx.Err() == nil {
		o.look(ctx)
		most = max(most, metric(o.last, "lianpian_tile_cache_bytes"))
		select {
		case <-ctx.Done():
		case <-time.After(500 * time.Millisecond):
		}
	}
	asking.Wait()

	second, last := o.quarter(1), o.quarter(3)
	t.Logf("%d tiles of %.1f MiB were made and %d kept ones sent in %s; at the most %.1f MiB were kept, of a budget of %d; resident before %.0f MiB, in the quarters %.0f %.0f %.0f %.0f",
		made.Load(), float64(bytes.Load())/(1<<20), kept.Load(), lasts, most/(1<<20), tileBudget>>20,
		before/(1<<20), o.quarter(0)/(1<<20), second/(1<<20), o.quarter(2)/(1<<20), last/(1<<20))
	if bytes.Load() < 3*tileBudget {
		t.Errorf("%d bytes of tiles are too few to fill a cache of %d", bytes.Load(), tileBudget)
	}
	// What is beyond the budget goes a moment later.
	if most == 0 || most > 1.1*tileBudget {
		t.Errorf("%.0f bytes of tiles were kept, of a budget of %d", most, tileBudget)
	}
	if last > tileBudget+tilesBeside {
		t.Errorf("the service takes %.0f MiB, want the %d of its tiles and %d beside them at the most", last/(1<<20), tileBudget>>20, tilesBeside>>20)
	}
	mayGrow := tilesMayGrow
	if lasts < longFrom {
		mayGrow = tilesMayGrowShort
	}
	if last > second*(1+mayGrow) {
		t.Errorf("memory grew from %.0f MiB in the second quarter to %.0f MiB in the last", second/(1<<20), last/(1<<20))
	}
}

// someTile is the address of a tile of the demo district with some layers, of which
// there are more than anybody asks for twice.
func someTile(r *rand.Rand) string {
	z := 13 + r.IntN(5)
	n := math.Exp2(float64(z))
	lon, lat := whole[0]+r.Float64()*(whole[2]-whole[0]), whole[1]+r.Float64()*(whole[3]-whole[1])
	s := math.Sin(lat * math.Pi / 180)
	all := []string{"road", "water", "green", "land_use", "railway", "waterway", "area_label", "buildings", "communities", "community_points", "facilities", "zones"}
	r.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return fmt.Sprintf("/tiles/%s/%d/%d/%d.mvt", strings.Join(all[:1+r.IntN(len(all))], ","), z,
		int((lon+180)/360*n), int((0.5-math.Log((1+s)/(1-s))/(4*math.Pi))*n))
}
