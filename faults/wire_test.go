package faults

import (
	"context"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/lianpian/lianpian/internal/app/apptest"
	"github.com/lianpian/lianpian/internal/postgis/postgistest"
)

// behindWire is a service whose database is behind a wire.
func behindWire(t *testing.T) (*world, *wire, *apptest.Service, string) {
	t.Helper()
	w := furnish(t, postgistest.New(t))
	p := newWire(t, w.url)
	files := apptest.DataDir(t)
	sut := apptest.New(t, "service", p.url(w.url), files)
	sut.Start()
	return w, p, sut, files
}

func TestSlowDatabaseConnection(t *testing.T) {
	t.Parallel()
	w, p, sut, files := behindWire(t)
	var l ledger
	c := w.client(&l, at(sut))
	p.set(func() { p.delay = 40 * time.Millisecond })
	for n := range 3 {
		begun := time.Now()
		if c.edit(t.Context(), fmt.Sprint("slow-", n), n) != made {
			t.Errorf("an edit failed over a slow connection")
		}
		if took := time.Since(begun); took > 15*time.Second {
			t.Errorf("an edit took %s", took)
		}
	}
	p.set(func() { p.delay = 0 })
	w.compare(&l, files)
}

// TestSilentDatabaseConnection leaves every request without an answer from the
// database: waiting is bounded, and said in a sentence.
func TestSilentDatabaseConnection(t *testing.T) {
	t.Parallel() // it waits most of the time
	w, p, sut, files := behindWire(t)
	var l ledger
	c := w.client(&l, at(sut))
	if c.edit(t.Context(), "before", 0) != made {
		t.Fatal("nothing works")
	}
	p.set(func() { p.silent = true })
	begun := time.Now()
	a, err := c.ask(t.Context(), http.MethodGet, "/districts/"+w.district+"/zones", nil)
	took := time.Since(begun)
	if err != nil || a.status != http.StatusServiceUnavailable || took > 12*time.Second {
		t.Errorf("after %s: %d %s %v", took, a.status, a.body, err)
	}
	if c.judge("read", a, err) != refused {
		t.Errorf("the answer tells nothing: %s", a.body)
	}
	if sut.Ready() {
		t.Error("the service says that it is ready")
	}
	p.set(func() { p.silent = false })
	p.cut()
	back := eventually(t, 20*time.Second, "the service comes back", func() bool { return c.edit(t.Context(), "after-"+time.Now().String(), 1) == made })
	if back > 5*time.Second {
		t.Errorf("back after %s", back)
	}
	t.Logf("told after %s; back %s after the connection", took.Round(time.Millisecond), back.Round(time.Millisecond))
	w.compare(&l, files)
}

// TestCutDatabaseConnections cuts all connections while people work.
func TestCutDatabaseConnections(t *testing.T) {
	s := rolls(t)
	w, p, sut, files := behindWire(t)
	var l ledger
	stop := w.crowd(&l, at(sut), "cut", 4, s)
	times := 5
	if *long {
		times = 60
	}
	for range times {
		time.Sleep(200 * time.Millisecond)
		p.cut()
	}
	stop()
	c := w.client(&l, at(sut))
	took := eventually(t, 20*time.Second, "the service comes back", func() bool { return c.edit(t.Context(), "cut-after-"+time.Now().String(), 1) == made })
	if took > 5*time.Second {
		t.Errorf("the service came back after %s", took)
	}
	t.Logf("%d cuts, back after %s; %d writes acknowledged, %d of unknown outcome, %d refused", times, took.Round(time.Millisecond), l.count(made), l.count(unknown), l.count(refused))
	w.settled(time.Minute)
	w.compare(&l, files)
}

// TestLostAnswersOfCommits takes the answers of commits away. The service finds
// out what became of them: no write that was made is called failed, and none is
// made twice.
func TestLostAnswersOfCommits(t *testing.T) {
	t.Parallel()
	w, p, sut, files := behindWire(t)
	var l ledger
	c := w.client(&l, at(sut))
	times := 8
	if *long {
		times = 60
	}
	for n := range times {
		p.set(func() { p.eat = 1 })
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		if result := c.edit(ctx, fmt.Sprint("lost-", n), n%communities); result != made {
			t.Errorf("edit %d: %v", n, result)
		}
		cancel()
	}
	if p.eaten < times/2 {
		t.Errorf("only %d answers were taken away", p.eaten)
	}
	p.set(func() { p.eat = 0 })
	t.Logf("%d answers of commits were taken away", p.eaten)
	w.compare(&l, files)
}
