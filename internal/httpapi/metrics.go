package httpapi

import (
	"net"
	"net/http"
	"time"

	"github.com/lianpian/lianpian/internal/account"
)

// Metrics is told of every request. Began is called when one comes in and what it
// returns when it has been answered, Answered for all but event streams, with the
// pattern of the route.
type Metrics interface {
	Began() (ended func())
	Answered(method, route string, status int, took time.Duration)
}

// uncounted is the Metrics of who counts nothing.
type uncounted struct{}

func (uncounted) Began() func()                               { return func() {} }
func (uncounted) Answered(string, string, int, time.Duration) {}

// metrics serves the figures to the networks that may read them, and to
// administrators of the whole service. Others learn only that there is nothing.
func (s *Server) metrics(w http.ResponseWriter, r *http.Request) {
	if s.MetricsHandler == nil || !s.mayReadMetrics(r) {
		writeProblem(w, r, notFound())
		return
	}
	w.Header().Set("Cache-Control", "no-store")
	s.MetricsHandler.ServeHTTP(w, r)
}

func (s *Server) mayReadMetrics(r *http.Request) bool {
	if p, signedIn := account.From(r.Context()); signedIn && p.May(account.ManageAccounts, account.Place{}) {
		return true
	}
	peer, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return false
	}
	// A proxy that nobody told us of makes everybody look like itself.
	forwarded := r.Header.Get("X-Forwarded-For") != "" || r.Header.Get("Forwarded") != "" || r.Header.Get("X-Real-Ip") != ""
	if forwarded && !s.proxies.hold(peer) {
		return false
	}
	return s.metricsFrom.hold(s.address(r))
}
