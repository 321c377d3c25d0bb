package link_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"
	"go.uber.org/goleak"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/link"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/registry"
)

// await waits until the links say what is wanted.
func (p *plan) await(what string, is func() bool) {
	p.t.Helper()
	for began := time.Now(); !is(); time.Sleep(10 * time.Millisecond) {
		if time.Since(began) > 20*time.Second {
			p.t.Fatalf("%s: not within 20 s", what)
		}
	}
}

// keep runs the store in the background until the test ends.
func (p *plan) keep() {
	p.t.Helper()
	ctx, stop := context.WithCancel(p.t.Context())
	ended := make(chan error)
	go func() { ended <- p.links.Run(ctx) }()
	p.t.Cleanup(func() {
		stop()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			p.t.Errorf("the background ended with %v", err)
		}
	})
}

func (p *plan) move(code string, to orb.MultiPolygon) {
	p.t.Helper()
	c, err := p.Community(p.t.Context(), account.Everything, p.district, code)
	p.must(err)
	_, err = p.UpdateCommunity(p.t.Context(), account.Everything, p.district, code, c.Version,
		registry.CommunityPatch{Geometry: p.degrees(to).Geometry.(orb.MultiPolygon)})
	p.must(err)
}

func (p *plan) settled(pairs string) func() bool {
	return func() bool { return p.list(link.Filter{}).Stale == 0 && p.pairs() == pairs }
}

func TestLinksFollowEdits(t *testing.T) {
	p := newPlan(t)
	p.community("A", box(0, 0, 100, 100))
	p.community("B", box(150, 0, 250, 100))
	p.community("C", box(1000, 0, 1100, 100))
	var mu sync.Mutex
	told := []postgis.Change{}
	p.db.OnChange(func(changes []postgis.Change) {
		mu.Lock()
		defer mu.Unlock()
		for _, c := range changes {
			if c.Layer == "links" {
				told = append(told, c)
			}
		}
	})
	p.keep()
	p.await("links from before there was a store", p.settled("A-B "))

	p.move("C", box(350, 0, 450, 100))
	p.await("a community that came near", p.settled("A-B B-C A-C "))
	mu.Lock()
	var around orb.Bound
	for i, c := range told {
		if i == 0 {
			around = c.Bound
		}
		around = around.Union(c.Bound)
	}
	mu.Unlock()
	for _, l := range p.list(link.Filter{}).Items {
		if b := l.Line.Geometry().Bound(); !around.Contains(b.Min) || !around.Contains(b.Max) {
			t.Errorf("told of %v, a link lies in %v", around, b)
		}
	}

	p.move("B", box(150, 2000, 250, 2100))
	p.await("a community that went away", p.settled("A-C "))

	c, err := p.Community(t.Context(), account.Everything, p.district, "C")
	p.must(err)
	mu.Lock()
	told = nil
	mu.Unlock()
	p.must(p.DeleteCommunity(t.Context(), account.Everything, p.district, "C", c.Version))
	mu.Lock()
	if len(told) == 0 {
		t.Error("nobody was told of the links of a deleted community")
	}
	mu.Unlock()
	p.await("a community that was deleted", p.settled(""))
}

func TestLinksFollowTheBaseMapAndBuildings(t *testing.T) {
	p := newPlan(t)
	p.community("A", box(0, 0, 100, 100))
	b := p.community("B", orb.Point{700, 50})
	p.keep()
	p.await("no links", p.settled(""))
	p.building("b1", b, box(300, 40, 320, 60))
	tell := func(layer string) {
		p.must(p.db.Write(t.Context(), func(_ context.Context, tx *postgis.Tx) error {
			tx.Changed(postgis.Change{District: p.district, Layer: layer})
			return nil
		}))
	}
	tell("buildings")
	p.await("a building that came near", p.settled("A-B "))
	p.road("residential", "幸福路", line(0, -10, 400, -10))
	p.road("residential", "支路", line(310, -10, 310, 30))
	tell("base")
	p.await("a street", func() bool {
		l := p.list(link.Filter{}).Items
		return len(l) == 1 && l[0].WalkM != nil
	})
	p.exec(`update road set class = 'footway' where name = '支路'`) // rows of the same number
	p.exec(`delete from road where name = '幸福路'`)
	tell("base")
	p.await("a street that is gone", func() bool {
		l := p.list(link.Filter{}).Items
		return len(l) == 1 && l[0].WalkM == nil
	})
}

// A town of random communities, streets and a river, edited at random: the links
// that were kept up are the links that are computed from nothing.
func TestKeptLinksAreThoseComputedFromNothing(t *testing.T) {
	p := newPlan(t)
	random := rand.New(rand.NewPCG(7, 11))
	for i := range 9 {
		at := float64(i) * 150
		p.road([]string{"residential", "tertiary", "primary"}[i%3], fmt.Sprintf("横%d路", i), grid(0, at, 1200, at, 150))
		p.road("residential", fmt.Sprintf("纵%d路", i), grid(at, 0, at, 1200, 150), []string{"", "bridge"}[i%2])
	}
	p.river("河", line(-100, 400, 700, 520, 1300, 430))
	place := func() orb.MultiPolygon {
		x, y := random.Float64()*1100, random.Float64()*1100
		return box(x, y, x+20+random.Float64()*100, y+20+random.Float64()*100)
	}
	for i := range 30 {
		if i%7 == 0 {
			p.community(fmt.Sprintf("C%02d", i), place().Bound().Center())
		} else {
			p.community(fmt.Sprintf("C%02d", i), place())
		}
	}
	p.refresh()
	_, err := p.links.Override(t.Context(), account.Everything, p.district, "C01", "C02", link.Together, "理由")
	p.must(err)
	for range 4 {
		for range random.IntN(4) + 1 {
			p.move(fmt.Sprintf("C%02d", 1+random.IntN(6)), place())
		}
		p.refresh()
	}
	kept := p.contents()
	p.exec(`delete from link`)
	p.exec(`delete from link_footprint`)
	p.refresh()
	if diff := cmp.Diff(p.contents(), kept); diff != "" || len(kept) < 50 {
		t.Errorf("%d links; from nothing (-), kept (+):\n%s", len(kept), diff)
	}
}

// grid is a line with a vertex every step.
func grid(x0, y0, x1, y1, step float64) orb.LineString {
	var l orb.LineString
	for d := 0.0; d <= max(x1-x0, y1-y0); d += step {
		l = append(l, orb.Point{min(x0+d, x1), min(y0+d, y1)})
	}
	return l
}

// contents are all links with everything that is computed.
func (p *plan) contents() (lines []string) {
	p.t.Helper()
	p.must(p.db.Pool.QueryRow(p.t.Context(), `
		select array_agg(concat_ws(' ', a_code, b_code, gap_m, walk_m, shared_edge_m, shared_street, crossed, crossings, streets, verdict,
			ST_AsText(line, 8), ST_AsText(path, 8)) order by a_code, b_code) from published_link`).Scan(&lines))
	return lines
}

func TestTwoProcessesDoNotDisturbEachOther(t *testing.T) {
	p := newPlan(t)
	for i := range 40 {
		x, y := float64(i%8)*200, float64(i/8)*200
		p.community(fmt.Sprintf("C%02d", i), box(x, y, x+100, y+100))
	}
	other := newLinks(t, p.db)
	var both sync.WaitGroup
	for _, s := range []*link.Store{p.links, other, p.links, other} {
		both.Go(func() {
			if err := s.Refresh(t.Context(), p.district); err != nil {
				t.Error(err)
			}
		})
	}
	both.Wait()
	want := p.contents()
	p.exec(`delete from link_footprint`)
	p.refresh()
	if diff := cmp.Diff(want, p.contents()); diff != "" || len(want) == 0 {
		t.Errorf("%d links\n%s", len(want), diff)
	}
	if stale := p.list(link.Filter{}).Stale; stale != 0 {
		t.Errorf("%d are still out of date", stale)
	}
}

func TestAnEditNeverWaitsForAComputation(t *testing.T) {
	p := newPlan(t)
	p.community("A", box(0, 0, 100, 100))
	p.community("B", box(150, 0, 250, 100))
	p.refresh()
	p.must(p.db.Write(t.Context(), func(ctx context.Context, tx *postgis.Tx) error {
		// A refresh under way holds its lock and has written the links of A.
		for _, sql := range []string{
			`select pg_advisory_xact_lock(hashtext('links'), hashtext('500110'))`,
			`update link set gap_m = gap_m`,
			`insert into link_stale (district_code, community_id) select district_code, id from community`,
			`delete from link_stale`,
		} {
			if _, err := tx.Exec(ctx, sql); err != nil {
				return err
			}
		}
		edited := make(chan struct{})
		go func() {
			p.move("A", box(10, 0, 110, 100))
			close(edited)
		}()
		select {
		case <-edited:
		case <-time.After(10 * time.Second):
			t.Error("an edit waited")
		}
		return nil
	}))
	if l := p.mustFind("A", "B"); l.GapM != 40 {
		t.Errorf("gap %v m", l.GapM)
	}
}

func TestRunLeavesNothingBehind(t *testing.T) {
	p := newPlan(t)
	before := goleak.IgnoreCurrent()
	ctx, stop := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer stop()
	if err := p.links.Run(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("ended with %v", err)
	}
	goleak.VerifyNone(t, before)
}

func TestCommunitiesMayBeDeletedMeanwhile(t *testing.T) {
	p := newPlan(t)
	for i := range 30 {
		x, y := float64(i%6)*150, float64(i/6)*150
		p.community(fmt.Sprintf("C%02d", i), box(x, y, x+100, y+100))
	}
	p.refresh()
	ctx, stop := context.WithCancel(t.Context())
	var all sync.WaitGroup
	for _, s := range []*link.Store{p.links, newLinks(t, p.db)} {
		all.Go(func() {
			for ctx.Err() == nil {
				if err := s.Refresh(t.Context(), p.district); err != nil {
					t.Errorf("a refresh: %v", err)
				}
			}
		})
	}
	for i := range 25 {
		code := fmt.Sprintf("C%02d", i)
		p.move(code, box(float64(i)*40, 0, float64(i)*40+100, 100))
		p.must(p.DeleteCommunity(t.Context(), account.Everything, p.district, code, 2))
	}
	stop()
	all.Wait()
	p.refresh()
	kept := p.contents()
	p.exec(`delete from link`)
	p.exec(`delete from link_footprint`)
	p.refresh()
	if diff := cmp.Diff(p.contents(), kept); diff != "" || len(kept) == 0 {
		t.Errorf("%d links\n%s", len(kept), diff)
	}
}

func TestACommunityMayBeDeletedBetweenMeasuringAndWalking(t *testing.T) {
	for name, of := range map[string]struct {
		deleted []string
		left    int
	}{
		"none":               {nil, 3},
		"one":                {[]string{"B"}, 1},
		"the first":          {[]string{"A"}, 1},
		"all but one":        {[]string{"A", "B"}, 0},
		"all that were near": {[]string{"A", "B", "C"}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPlan(t)
			ids := []int64{
				p.community("A", box(0, 0, 100, 100)),
				p.community("B", box(150, 0, 250, 100)),
				p.community("C", box(300, 0, 400, 100)),
			}
			p.refresh()
			p.must(p.db.Write(t.Context(), func(ctx context.Context, tx *postgis.Tx) error {
				left, err := link.Joined(ctx, tx, p.district, ids, func() {
					for _, code := range of.deleted {
						p.must(p.DeleteCommunity(t.Context(), account.Everything, p.district, code, 1))
					}
				})
				if left != of.left {
					t.Errorf("%d links are left, want %d", left, of.left)
				}
				return err
			}))
		})
	}
}
