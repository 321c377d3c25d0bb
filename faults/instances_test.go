package faults

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/lianpian/lianpian/internal/app/apptest"
	"github.com/lianpian/lianpian/internal/postgis/postgistest"
)

func pair(t *testing.T, args ...string) (w *world, files string, a, b *apptest.Service) {
	t.Helper()
	w = furnish(t, postgistest.New(t))
	files = apptest.DataDir(t)
	a, b = apptest.New(t, "a", w.url, files, args...), apptest.New(t, "b", w.url, files, args...)
	a.Start()
	b.Start()
	return w, files, a, b
}

// tileOf is the address of the tile at a place.
func tileOf(district, layers string, lon, lat float64) string {
	const z = 14
	n := math.Exp2(z)
	rad := lat * math.Pi / 180
	return fmt.Sprintf("/districts/%s/tiles/%s/%d/%d/%d.mvt", district, layers, z, int((lon+180)/360*n), int((1-math.Asinh(math.Tan(rad))/math.Pi)/2*n))
}

// TestTwoInstancesAnswerAsOne edits through one instance and reads through the
// other, at once: tiles, lists and totals are never from before the edit.
func TestTwoInstancesAnswerAsOne(t *testing.T) {
	w, files, a, b := pair(t)
	var l ledger
	ca, cb := w.client(&l, at(a)), w.client(&l, at(b))
	r := rand.New(rand.NewPCG(1, 2))
	times := 40
	if *long {
		times = 400
	}
	tile := tileOf(w.district, "zones", 106.904, 28.954)
	code, _ := ca.zone(t.Context(), "first", r)
	stale := 0
	for n := range times {
		writer, reader := ca, cb
		if n%2 == 1 {
			writer, reader = cb, ca
		}
		// The reader keeps the tile as it was before.
		if got, err := reader.ask(t.Context(), http.MethodGet, tile, nil, "Accept-Encoding", "identity"); err != nil || got.status != 200 {
			t.Fatalf("%d %s %v", got.status, got.body, err)
		}
		name := fmt.Sprintf("zone-%d-%d", n, r.IntN(1e6))
		path := "/districts/" + w.district + "/zones/" + code
		seen, err := writer.ask(t.Context(), http.MethodGet, path, nil)
		if err != nil || seen.status != 200 {
			t.Fatalf("%d %s %v", seen.status, seen.body, err)
		}
		saved, err := writer.ask(t.Context(), http.MethodPut, path, map[string]any{
			"name": name, "geometry": map[string]any{"type": "Polygon", "coordinates": square(106.9, 28.95, 0.008)},
		}, "If-Match", seen.head.Get("ETag"))
		if err != nil || saved.status != 200 {
			t.Fatalf("%d %s %v", saved.status, saved.body, err)
		}
		got, err := reader.ask(t.Context(), http.MethodGet, tile, nil, "Accept-Encoding", "identity")
		if err != nil || got.status != 200 {
			t.Fatalf("%d %s %v", got.status, got.body, err)
		}
		if !bytes.Contains(got.body, []byte(name)) {
			stale++
		}
	}
	if stale > 0 {
		t.Errorf("%d of %d tiles were from before an edit that the other instance had answered", stale, times)
	}
	_ = files
}

// event is one of a stream.
type event struct{ id, name, data string }

// stream reads a district's events until ctx ends.
func (c *client) stream(ctx context.Context, last string) (<-chan event, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, c.base()+"/api/v1/districts/"+c.w.district+"/events", nil)
	if err != nil {
		return nil, err
	}
	r.Header.Set("Cookie", "lianpian_session="+c.w.cookie)
	if last != "" {
		r.Header.Set("Last-Event-ID", last)
	}
	resp, err := c.http.Do(r)
	if err != nil {
		return nil, err
	}
	out := make(chan event, 1000)
	go func() {
		defer close(out)
		defer resp.Body.Close()
		lines := bufio.NewScanner(resp.Body)
		var e event
		for lines.Scan() {
			key, value, _ := strings.Cut(lines.Text(), ": ")
			switch key {
			case "id":
				e.id = value
			case "event":
				e.name = value
			case "data":
				e.data = value
			case "":
				if e != (event{}) {
					out <- e
				}
				e = event{}
			}
		}
	}()
	return out, nil
}

// TestEventsGoOnAtTheOtherInstance has a client hear changes at one instance,
// which is killed, and go on at the other: it hears of every edit.
func TestEventsGoOnAtTheOtherInstance(t *testing.T) {
	w, _, a, b := pair(t)
	var l ledger
	cb := w.client(&l, at(b))
	heard := map[string]bool{}
	last := ""
	listen := func(c *client, patience time.Duration, opened func(), enough func() bool) {
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		defer cancel()
		events, err := c.stream(ctx, last)
		if err != nil {
			t.Error(err)
			return
		}
		opened()
		for !enough() {
			select {
			case e, open := <-events:
				if !open {
					return
				}
				if e.id != "" {
					last = e.id
				}
				var change struct {
					Layer string
					BBox  *[4]float64
				}
				if e.name == "change" && json.Unmarshal([]byte(e.data), &change) == nil && change.BBox != nil {
					heard[fmt.Sprintf("%s %.3f", change.Layer, change.BBox[0])] = true
				}
			case <-ctx.Done():
				return
			}
		}
	}
	zoneAt := func(c *client, west float64) {
		t.Helper()
		got, err := c.ask(t.Context(), http.MethodPost, "/districts/"+w.district+"/zones", map[string]any{
			"name": fmt.Sprintf("at %.3f", west), "geometry": map[string]any{"type": "Polygon", "coordinates": square(west, 28.97, 0.0008)},
		})
		if err != nil || got.status != http.StatusCreated {
			t.Fatalf("%d %s %v", got.status, got.body, err)
		}
	}
	// Through b, heard at a.
	done, opened := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		listen(w.client(&l, at(a)), time.Minute, func() { close(opened) }, func() bool { return heard["zones 106.901"] && last != "" })
	}()
	select {
	case <-opened:
	case <-done:
	}
	zoneAt(cb, 106.901)
	<-done
	if !heard["zones 106.901"] {
		t.Fatal("an edit at one instance was not heard at the other")
	}
	a.Kill()
	for n := range 20 { // nobody listens
		zoneAt(cb, 106.91+float64(n)*0.001)
	}
	missing := func() (n int) {
		for i := range 20 {
			if !heard[fmt.Sprintf("zones %.3f", 106.91+float64(i)*0.001)] {
				n++
			}
		}
		return n
	}
	listen(cb, time.Minute, func() {}, func() bool { return missing() == 0 })
	if n := missing(); n > 0 {
		t.Errorf("%d of 20 edits were missed on the way to the other instance", n)
	}
}

// TestStoppedServiceHandsItsJobsOver stops an instance while it works on an
// import: the other one does it, once.
func TestStoppedServiceHandsItsJobsOver(t *testing.T) {
	w, files, a, b := pair(t)
	var l ledger
	ca, cb := w.client(&l, at(a)), w.client(&l, at(b))
	for n := range 6 {
		ca.bring(t.Context(), fmt.Sprintf("hand%d", n))
	}
	a.Stop()
	for n := range 3 {
		cb.bring(t.Context(), fmt.Sprintf("over%d", n))
	}
	took := w.settled(2 * time.Minute)
	t.Logf("all jobs had ended %s after the stop", took.Round(time.Millisecond))
	cb.edit(t.Context(), "end", 0)
	w.compare(&l, files)
}

// TestInstancesShareTheirFiles refuses an instance that would look for the files
// of jobs elsewhere.
func TestInstancesShareTheirFiles(t *testing.T) {
	w := furnish(t, postgistest.New(t))
	first := apptest.New(t, "first", w.url, apptest.DataDir(t))
	first.Start()
	eventually(t, time.Minute, "it listens", func() bool {
		return one[int](w, `select count(*) from pg_stat_activity where datname = current_database() and application_name = 'lianpian-listen'`) > 0
	})
	elsewhere := apptest.New(t, "elsewhere", w.url, apptest.DataDir(t))
	elsewhere.Launch()
	select {
	case <-elsewhere.Exited():
	case <-time.After(time.Minute):
		t.Fatal("a service started whose files are elsewhere")
	}
	if !first.Ready() {
		t.Error("the first service is disturbed")
	}
}

// balancer sends requests to those instances that say that they are ready, as a
// proxy in front of several instances does.
type balancer struct {
	services []*apptest.Service
	up       []atomic.Bool
	next     atomic.Uint64
	proxies  []*httputil.ReverseProxy
}

func newBalancer(t *testing.T, services ...*apptest.Service) *balancer {
	b := &balancer{services: services, up: make([]atomic.Bool, len(services))}
	ctx, cancel := context.WithCancel(context.Background())
	var watching sync.WaitGroup
	for i, s := range services {
		target := &url.URL{Scheme: "http", Host: s.Address}
		proxy := httputil.NewSingleHostReverseProxy(target)
		proxy.Transport = &http.Transport{MaxIdleConnsPerHost: 32}
		proxy.ErrorHandler = func(w http.ResponseWriter, _ *http.Request, err error) {
			http.Error(w, "balancer: "+err.Error(), http.StatusBadGateway)
		}
		b.proxies = append(b.proxies, proxy)
		watching.Go(func() {
			for ctx.Err() == nil {
				b.up[i].Store(s.Ready())
				time.Sleep(100 * time.Millisecond)
			}
		})
	}
	t.Cleanup(func() { cancel(); watching.Wait() })
	return b
}

func (b *balancer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	for range len(b.services) {
		i := int(b.next.Add(1)) % len(b.services)
		if b.up[i].Load() {
			b.proxies[i].ServeHTTP(w, r)
			return
		}
	}
	http.Error(w, "balancer: nobody is ready", http.StatusBadGateway)
}

// TestRollingRestart restarts two instances behind a proxy one after the other
// while people work. Not one request fails.
func TestRollingRestart(t *testing.T) {
	s := rolls(t)
	w, files, a, b := pair(t, "--drain", "4s") // many times what the proxy needs to notice, also where nothing is quick
	lb := newBalancer(t, a, b)
	front := &http.Server{Handler: lb}
	listening := apptest.New(t, "front", "", "") // only for its free address
	go func() {
		front.Addr = listening.Address
		_ = front.ListenAndServe()
	}()
	t.Cleanup(func() { front.Close() })
	base := func() string { return "http://" + listening.Address }
	time.Sleep(400 * time.Millisecond)
	var l ledger
	stop := w.crowd(&l, base, "roll", 4, s)
	times := 1
	if *long {
		times = 10
	}
	for range times {
		for i, one := range []*apptest.Service{a, b} {
			time.Sleep(500 * time.Millisecond)
			one.Stop()
			one.Start()
			eventually(t, time.Minute, "the proxy notices", func() bool { return lb.up[i].Load() })
		}
	}
	time.Sleep(300 * time.Millisecond)
	stop()
	if n := l.count(unknown); n > 0 || len(l.odd) > 0 {
		t.Errorf("%d requests failed: %v", n, l.odd)
	}
	t.Logf("%d restarts; %d writes acknowledged, %d refused, %d failed", 2*times, l.count(made), l.count(refused), l.count(unknown))
	w.settled(time.Minute)
	w.compare(&l, files)
}
