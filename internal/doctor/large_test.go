package doctor

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"sync/atomic"
	"testing"
	"time"
)

// BenchmarkThreeHundredThousandRows has the doctor look at a file of 300,000
// buildings, import it, and look at it again when everything is there already. The
// process may not hold more than mostLive at any time, however long the file is.
//
//	go run ./cmd/lianpian with-database -- go test ./internal/doctor -run '^$' -bench ThreeHundred -benchtime 1x -timeout 60m
func BenchmarkThreeHundredThousandRows(b *testing.B) {
	const rows, mostLive = 300_000, 400 << 20
	for b.Loop() {
		c := newClinic(b)
		path := filepath.Join(c.doctor.files, "楼栋.geojson")
		file, err := os.Create(path)
		c.must(err)
		w := bufio.NewWriter(file)
		at := middle(demo(b, "building")[0].Geometry)
		fmt.Fprint(w, `{"type":"FeatureCollection","features":[`)
		for n := range rows {
			if n > 0 {
				fmt.Fprint(w, ",\n")
			}
			p := moved(at, [2]float64{float64(n%600)*25 - 7500, float64(n/600)*25 - 6250})
			q := moved(p, [2]float64{15, 11})
			fmt.Fprintf(w, `{"type":"Feature","properties":{"楼号":"%d栋","层数":%d,"户数":%d,"建成年份":"%d年"},"geometry":{"type":"Polygon","coordinates":[[[%.8f,%.8f],[%.8f,%.8f],[%.8f,%.8f],[%.8f,%.8f],[%.8f,%.8f]]]}}`,
				n+1, n%9+1, n%60+1, 1970+n%40, p[0], p[1], q[0], p[1], q[0], q[1], p[0], q[1], p[0], p[1])
		}
		fmt.Fprint(w, `]}`)
		c.must(w.Flush())
		info, err := file.Stat()
		c.must(err)
		c.must(file.Close())
		b.Logf("%d rows, %d MiB", rows, info.Size()>>20)

		peak := live(b)
		step := func(what string, do func()) {
			began := time.Now()
			peak.Store(0)
			do()
			b.Logf("%s: %.1f s, at most %d MiB live", what, time.Since(began).Seconds(), peak.Load()>>20)
			if peak.Load() > mostLive {
				b.Errorf("%s held %d MiB, want at most %d", what, peak.Load()>>20, mostLive>>20)
			}
		}
		look := func() Inspection {
			i, err := c.doctor.Begin(b.Context(), c.district, Upload{Path: path, Name: "楼栋.geojson", Size: info.Size()})
			c.must(err)
			args, err := json.Marshal(Args{Inspection: i.ID})
			c.must(err)
			_, err = c.doctor.Inspect(b.Context(), args, nil)
			c.must(err)
			i, err = c.doctor.Inspection(b.Context(), i.ID)
			c.must(err)
			return i
		}
		var i Inspection
		step("inspection", func() { i = look() })
		l := i.Diagnosis.Layers[0]
		if l.Target.Layer != "buildings" || l.Tally.Insert+l.Tally.Refuse+l.Outside.Count < rows {
			b.Fatalf("%s %+v", l.Target.Layer, l.Tally)
		}
		inserted := l.Tally.Insert
		step("import", func() {
			if !i.Diagnosis.Ready {
				i = c.answered(i)
			}
			report, err := c.bring(i)
			c.must(err)
			if report.Inserted != inserted {
				b.Errorf("%d came in of %d", report.Inserted, inserted)
			}
		})
		if _, err := os.Stat(path); err == nil {
			step("inspection again", func() { i = look() })
			if l := i.Diagnosis.Layers[0]; l.Duplicates.ByOverlap+l.Duplicates.ByCode+l.Duplicates.ByName < inserted {
				b.Errorf("%+v", l.Duplicates)
			}
		}
	}
}

// live keeps the largest heap seen until the benchmark ends.
func live(b *testing.B) *atomic.Uint64 {
	var peak atomic.Uint64
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		tick := time.NewTicker(100 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
				var m runtime.MemStats
				runtime.ReadMemStats(&m)
				peak.Store(max(peak.Load(), m.HeapInuse))
			}
		}
	}()
	b.Cleanup(func() { stop(); <-ended })
	return &peak
}
