package httpapi

import (
	"fmt"
	"net/http"
	"testing"
	"time"
)

func TestThePaceIsKeptPerKey(t *testing.T) {
	now := time.Date(2026, 11, 30, 9, 0, 0, 0, time.UTC)
	p := newPace(5, func() time.Time { return now })
	for i := range 5 * burstSeconds {
		if wait := p.take("a"); wait != 0 {
			t.Fatalf("request %d waits %s", i, wait)
		}
	}
	if wait := p.take("a"); wait != 200*time.Millisecond {
		t.Errorf("after the burst: %s", wait)
	}
	if wait := p.take("b"); wait != 0 {
		t.Errorf("somebody else waits %s", wait)
	}
	now = now.Add(time.Second)
	for i := range 5 {
		if wait := p.take("a"); wait != 0 {
			t.Errorf("a second later, request %d waits %s", i, wait)
		}
	}
	if p.take("a") == 0 {
		t.Error("more than the rate was let through")
	}
	for i := range paceKeys + 10 {
		p.take(fmt.Sprint(i))
	}
	if len(p.buckets) > paceKeys {
		t.Errorf("%d keys are kept", len(p.buckets))
	}
	if off := newPace(0, time.Now); off.take("a") != 0 {
		t.Error("without a rate somebody waits")
	}
}

func TestWhoAsksTooOftenWaitsAndOthersDoNot(t *testing.T) {
	w := newWorld(t)
	w.server.byPerson = newPace(0.1, func() time.Time { return time.Unix(0, 0) }) // one in advance
	q := ask{method: "GET", path: root + "/session"}
	if got := w.as("planner", q); got.status != http.StatusOK {
		t.Fatalf("%d", got.status)
	}
	got := w.as("planner", q)
	if got.status != http.StatusTooManyRequests || got.header.Get("Retry-After") != "10" {
		t.Errorf("%d, Retry-After %q", got.status, got.header.Get("Retry-After"))
	}
	if got.problem(t).Type != "urn:lianpian:problem:throttled" {
		t.Errorf("%s", got.body)
	}
	if got := w.as("viewer", q); got.status != http.StatusOK {
		t.Errorf("somebody else: %d", got.status)
	}
}
