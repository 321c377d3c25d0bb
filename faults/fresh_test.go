package faults

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/mvt"
	"github.com/paulmach/orb/maptile"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/postgis"
)

const (
	readers = 50
	// freshWithin is how long after an edit was answered the other instance may show
	// the state before it; the one that took it may not at all.
	freshWithin = 200 * time.Millisecond
)

// TestNoStaleTileWhileFiftyPeopleLook edits communities, buildings and zones through
// two instances while 50 people ask both for the tiles around them without a pause,
// as browsers do that keep what they have. Every answer is held against what had
// been edited when it was asked for.
func TestNoStaleTileWhileFiftyPeopleLook(t *testing.T) {
	s := rolls(t)
	w, _, a, b := pair(t, "--rate-limit", "0")
	subjects := w.subjects()
	edits := 240
	if *long {
		edits = 4000
	}
	ctx, stop := context.WithTimeout(t.Context(), 10*time.Minute)
	defer stop()

	var figures looked
	var looking sync.WaitGroup
	for n, cookie := range w.people(ctx, readers) {
		r := newReader(w.district, cookie, [2]string{a.Address, b.Address}, rand.New(rand.NewPCG(s, uint64(n))), subjects)
		looking.Go(func() {
			for ctx.Err() == nil {
				if err := r.look(ctx, &figures); err != nil && ctx.Err() == nil {
					t.Error(err)
					stop()
				}
			}
		})
	}
	var l ledger
	ca, cb := w.client(&l, at(a)), w.client(&l, at(b))
	var numbers, made atomic.Int64
	numbers.Store(1000)
	const editors = 4
	done := make([]map[string]int, editors)
	began := time.Now()
	var editing sync.WaitGroup
	for n := range editors {
		e := editor{
			clients: [2]*client{ca, cb}, random: rand.New(rand.NewPCG(s, uint64(1000+n))),
			number: func() int { return int(numbers.Add(1)) }, done: map[string]int{},
		}
		done[n] = e.done
		var own []*subject
		for i := n; i < len(subjects); i += editors {
			own = append(own, subjects[i])
		}
		editing.Go(func() {
			for made.Add(1) <= int64(edits) && ctx.Err() == nil {
				if err := e.edit(ctx, own[e.random.IntN(len(own))]); err != nil {
					if ctx.Err() == nil {
						t.Error(err)
						stop()
					}
					return
				}
				time.Sleep(time.Duration(e.random.IntN(60)) * time.Millisecond)
			}
		})
	}
	editing.Wait()
	took := time.Since(began)
	time.Sleep(2 * freshWithin) // what is old now is told of once more
	stop()
	looking.Wait()

	kinds := map[string]int{}
	total := 0
	for _, of := range done {
		for kind, n := range of {
			kinds[kind] += n
			total += n
		}
	}
	t.Logf("%d edits in %s: %v", total, took.Round(time.Millisecond), kinds)
	t.Logf("%s", &figures)
	for _, complaint := range figures.complaints[:min(len(figures.complaints), 10)] {
		t.Error(complaint)
	}
	if n := len(figures.complaints); n > 0 {
		t.Errorf("%d tiles were stale, want none", n)
	}
	if total < edits || figures.reads.Load() < int64(10*edits) || figures.unchanged.Load() == 0 || figures.kept.Load() == 0 {
		t.Errorf("%d edits and %d reads are too few to tell", total, figures.reads.Load())
	}
}

// subjects are six communities and six zones, which the editors make, and six
// buildings.
func (w *world) subjects() (all []*subject) {
	for n := range 6 {
		west := 106.93 + 0.006*float64(n)
		name := func(kind string) string { return fmt.Sprintf("fresh-%s-%d", kind, n) }
		building := &subject{
			layer: "buildings", name: name("building"), code: name("building"), from: 15, there: true, side: 0.0003, tag: `"1"`,
			homes: [2]orb.Point{{west + 0.0005, 28.975}, {west + 0.0005, 28.975}},
		}
		one[int](w, `
			with made as (
				insert into building (district_code, code, subdistrict_code, storeys, built_year, households, geom)
				values ($1, $2, '500110001', 6, 1990, $3, ST_Multi(ST_Expand(ST_SetSRID(ST_MakePoint($4, $5), 4490), $6)))
				returning 1)
			select count(*) from made`,
			w.district, building.code, n+1, building.homes[0][0]+building.side/2, building.homes[0][1]+building.side/2, building.side/2)
		building.begin(fmt.Sprint(n+1), building.bound(), -1)()
		community := &subject{layer: "communities", name: name("community"), from: 11, side: 0.002, homes: [2]orb.Point{{west, 28.955}, {west, 28.985}}}
		community.begin("", nil, -1)()
		zone := &subject{layer: "zones", name: name("zone"), from: 11, side: 0.004, homes: [2]orb.Point{{west, 28.965}, {west + 0.003, 28.995}}}
		zone.begin("", nil, -1)()
		all = append(all, building, community, zone)
	}
	return all
}

// people are planners with a session each, by their cookies.
func (w *world) people(ctx context.Context, many int) (cookies []string) {
	w.t.Helper()
	db, err := postgis.Open(ctx, w.url, slog.New(slog.DiscardHandler))
	if err != nil {
		w.t.Fatal(err)
	}
	defer db.Close()
	accounts, err := account.New(db, account.Config{})
	if err != nil {
		w.t.Fatal(err)
	}
	for n := range many {
		made, err := accounts.Create(ctx, account.Draft{Name: fmt.Sprintf("reader-%d", n), Role: account.Planner, District: w.district})
		if err != nil {
			w.t.Fatal(err)
		}
		link, err := accounts.IssueLink(ctx, made.ID)
		if err != nil {
			w.t.Fatal(err)
		}
		cookie, _, err := accounts.Redeem(ctx, link, "127.0.0.1", "faults")
		if err != nil {
			w.t.Fatal(err)
		}
		cookies = append(cookies, cookie)
	}
	return cookies
}

// looked is what came of looking.
type looked struct {
	reads, unchanged, kept atomic.Int64
	held                   atomic.Int64 // subjects that an answer was held against

	mu         sync.Mutex
	early      int           // answers of the other instance from before an edit, within the time
	worst      time.Duration // of these
	complaints []string
}

func (f *looked) String() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return fmt.Sprintf("%d reads (%d were what the reader had, %d from the service's memory), held against %d things; from before an edit that had been answered: %d, the latest %s after it",
		f.reads.Load(), f.unchanged.Load(), f.kept.Load(), f.held.Load(), f.early, f.worst.Round(time.Microsecond))
}

// reader is a person who looks at a map and keeps tiles with their tags.
type reader struct {
	district, cookie string
	instances        [2]string
	random           *rand.Rand
	subjects         []*subject
	http             *http.Client
	kept             map[string]keptTile
}

type keptTile struct {
	tag   string
	shown map[string]string
}

func newReader(district, cookie string, instances [2]string, r *rand.Rand, subjects []*subject) *reader {
	return &reader{
		district: district, cookie: cookie, instances: instances, random: r, subjects: subjects,
		http: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 1}, Timeout: 30 * time.Second}, kept: map[string]keptTile{},
	}
}

// look asks one of the instances for a tile around one of the subjects.
func (r *reader) look(ctx context.Context, f *looked) error {
	l := look{instance: r.random.IntN(2)}
	l.tile = maptile.At(r.subjects[r.random.IntN(len(r.subjects))].place(r.random), maptile.Zoom(11+r.random.IntN(7)))
	layers := []string{"communities", "zones", "buildings", "buildings,communities,zones"}[r.random.IntN(4)]
	path := fmt.Sprintf("/districts/%s/tiles/%s/%d/%d/%d.mvt", r.district, layers, l.tile.Z, l.tile.X, l.tile.Y)
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+r.instances[l.instance]+"/api/v1"+path, nil)
	if err != nil {
		return err
	}
	request.Header.Set("Cookie", "lianpian_session="+r.cookie)
	had, has := r.kept[path]
	if has {
		request.Header.Set("If-None-Match", had.tag)
	}
	l.asked = time.Now()
	resp, err := r.http.Do(request)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	l.ended = time.Now()
	f.reads.Add(1)
	if resp.Header.Get("X-Cache") == "hit" {
		f.kept.Add(1)
	}
	switch resp.StatusCode {
	case http.StatusOK:
		if l.shown, err = marksIn(body); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		r.kept[path] = keptTile{resp.Header.Get("ETag"), l.shown}
	case http.StatusNotModified:
		f.unchanged.Add(1)
		l.shown = had.shown
	default:
		return fmt.Errorf("%s: %d %.300s", path, resp.StatusCode, body)
	}
	for _, s := range r.subjects {
		if l.tile.Z < s.from || !slices.Contains(strings.Split(layers, ","), s.layer) {
			continue
		}
		late, own, err := s.lateness(l)
		f.hold(s, l, late, own, err)
	}
	return nil
}

func (f *looked) hold(s *subject, l look, late time.Duration, own bool, err error) {
	f.held.Add(1)
	if err == nil && late == 0 {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	switch {
	case err != nil:
		f.complaints = append(f.complaints, err.Error())
		return
	case own:
		f.complaints = append(f.complaints, fmt.Sprintf("%s in %v: asked %s after the same instance had answered the edit", s.name, l.tile, late))
	case late > freshWithin:
		f.complaints = append(f.complaints, fmt.Sprintf("%s in %v: asked %s after the other instance had answered the edit", s.name, l.tile, late))
	}
	f.early++
	f.worst = max(f.worst, late)
}

// marksIn are the marks of the subjects that a tile shows, by their names.
func marksIn(body []byte) (map[string]string, error) {
	layers, err := mvt.Unmarshal(body)
	if err != nil {
		return nil, fmt.Errorf("read a tile: %w", err)
	}
	marks := map[string]string{}
	for _, layer := range layers {
		for _, feature := range layer.Features {
			p := feature.Properties
			if layer.Name == "zones" {
				name, _ := p["name"].(string)
				if subject, _, ours := strings.Cut(name, "#"); ours {
					marks[subject] = name
				}
				continue
			}
			code, _ := p["code"].(string)
			if strings.HasPrefix(code, "fresh-") {
				marks[code] = fmt.Sprint(p["households"])
			}
		}
	}
	return marks, nil
}
