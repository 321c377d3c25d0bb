package httpapi

import (
	"bytes"
	"fmt"
	"maps"
	"net/http"
	"sync"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/postgis"
)

const (
	// answersKept is how long an answer is shared at most: the open maps of a bureau
	// ask for the same within moments of an edit.
	answersKept = 2 * time.Second
	// answersBytes is the memory for them.
	answersBytes = 32 << 20
)

// sharedRoutes are those that open maps ask for after every edit, and whose answers
// are the same for everybody of one role and scope.
var sharedRoutes = map[string]bool{
	root + "/districts/{district}":             true,
	root + "/districts/{district}/communities": true,
	root + "/districts/{district}/zones":       true,
}

// question tells requests apart whose answers may differ.
type question struct {
	address string // with the query
	rights  string
	gzip    bool
}

// sharedAnswer is a response that several people get.
type sharedAnswer struct {
	epoch  postgis.Epoch
	until  time.Time
	done   chan struct{}
	header http.Header
	body   []byte // nil: it is nobody else's
}

// answers are shared while nothing has been written since they were begun: every
// request has heard of all that was committed before it came (upToDate), so an answer
// of the same epoch is as new as its own would be.
type answers struct {
	mu    sync.Mutex
	given map[question]*sharedAnswer
	bytes int
}

// take returns an answer to wait for, or a new one to be given by the caller.
func (a *answers) take(q question, epoch postgis.Epoch, now time.Time) (found *sharedAnswer, own bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if found := a.given[q]; found != nil && found.epoch == epoch && now.Before(found.until) {
		return found, false
	}
	if a.given == nil || a.bytes > answersBytes || len(a.given) > 10_000 {
		a.given, a.bytes = map[question]*sharedAnswer{}, 0
	}
	mine := &sharedAnswer{epoch: epoch, until: now.Add(answersKept), done: make(chan struct{})}
	a.given[q] = mine
	return mine, true
}

// give ends the wait for an answer. One that is no success is not shared.
func (a *answers) give(q question, mine *sharedAnswer, recorded *recorder) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if recorded.status == http.StatusOK && recorded.whole && !recorded.lost {
		mine.header, mine.body = recorded.header, recorded.body.Bytes()
		a.bytes += len(mine.body)
	} else if a.given[q] == mine {
		delete(a.given, q)
	}
	close(mine.done)
}

// share lets people of the same rights who ask for the same share one answer.
func (s *Server) share(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p, signedIn := account.From(r.Context())
		if s.DB == nil || !signedIn || r.Method != http.MethodGet || r.Header.Get("If-None-Match") != "" || !sharedRoutes[chi.RouteContext(r.Context()).RoutePattern()] {
			next.ServeHTTP(w, r)
			return
		}
		q := question{
			address: r.URL.RequestURI(), gzip: accepts(r, "gzip"),
			rights: fmt.Sprintf("%s %s %q %q %#v %#v", p.Role, p.Access, p.Scope.District, p.District, p.Scope.Subdistricts, p.Scope.Zones),
		}
		given, own := s.answers.take(q, s.DB.Epoch(), s.now())
		if own {
			recorded := &recorder{ResponseWriter: w, header: http.Header{}}
			defer func() { s.answers.give(q, given, recorded) }()
			next.ServeHTTP(recorded, r)
			recorded.whole = true
			return
		}
		select {
		case <-given.done:
		case <-r.Context().Done():
		}
		if given.body == nil || r.Context().Err() != nil {
			next.ServeHTTP(w, r)
			return
		}
		maps.Copy(w.Header(), given.header)
		_, _ = w.Write(given.body)
	})
}

// recorder sends a response on and remembers it.
type recorder struct {
	http.ResponseWriter
	header http.Header // as it stood when the response began, of what the handler set
	status int
	whole  bool // the handler has come to its end
	lost   bool // too large to be remembered, or not sent to its end
	body   bytes.Buffer
}

func (r *recorder) WriteHeader(status int) {
	if r.status == 0 {
		r.status = status
		for _, name := range []string{"Content-Type", "Content-Encoding", "Vary", "ETag", "Link"} {
			if values := r.Header().Values(name); len(values) > 0 {
				r.header[name] = values
			}
		}
	}
	r.ResponseWriter.WriteHeader(status)
}

func (r *recorder) Write(b []byte) (int, error) {
	if r.status == 0 {
		r.WriteHeader(http.StatusOK)
	}
	if r.lost = r.lost || r.body.Len()+len(b) > answersBytes/8; !r.lost {
		r.body.Write(b)
	}
	n, err := r.ResponseWriter.Write(b)
	r.lost = r.lost || err != nil
	return n, err
}

// Unwrap is for http.ResponseController.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }
