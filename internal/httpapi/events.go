package httpapi

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/google/uuid"
	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/postgis"
)

const (
	eventStream = "text/event-stream"
	// keepAlive is how often a silent stream says that it lives, and looks
	// whether its session still does.
	keepAlive = 15 * time.Second
	// writeWithin is how long one event may take to reach its client.
	writeWithin = 20 * time.Second
	// lookEvery is how often a watched job is looked at.
	lookEvery = 400 * time.Millisecond
	// maxPending is how many changes wait for a slow client; what is more is
	// told as one change of everything.
	maxPending = 64
	// comeBack is the last thing that a stream says when the service stops: where
	// there is another one, the client finds it at once.
	comeBack = "retry: 300\n: stopping\n\n"
)

// broker hands what the database tells of changes to the streams that watch.
type broker struct {
	mu      sync.Mutex
	watches map[*watch]struct{}
}

func newBroker() *broker { return &broker{watches: map[*watch]struct{}{}} }

// watch is one stream's view of a district. Wake is filled when pending is.
type watch struct {
	district string
	wake     chan struct{}

	mu      sync.Mutex
	person  account.Person // who listens, as far as is known
	pending []postgis.Change
	heard   int64 // everything announced up to here has been pending
}

func (b *broker) watch(district string, person account.Person) *watch {
	w := &watch{district: district, person: person, wake: make(chan struct{}, 1)}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.watches[w] = struct{}{}
	return w
}

func (b *broker) leave(w *watch) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.watches, w)
}

const (
	// apart is how far apart streams are told of a change on average, and staggered
	// the longest that one is told after another: maps that are told all at once ask
	// all at once, and everybody else waits.
	apart     = 8 * time.Millisecond
	staggered = 2 * time.Second
)

// stagger is a while that one of the streams waits before it tells of a change: next
// to nothing where there are few.
func (b *broker) stagger() time.Duration {
	b.mu.Lock()
	streams := len(b.watches)
	b.mu.Unlock()
	return rand.N(1 + min(time.Duration(streams-1)*apart, staggered))
}

// pause waits, or until ctx ends.
func pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// publish never waits: a slow client must not hold up a commit.
func (b *broker) publish(seq int64, changes []postgis.Change) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for w := range b.watches {
		w.add(seq, changes)
	}
}

func (w *watch) add(seq int64, changes []postgis.Change) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.heard = max(w.heard, seq)
	added := false
	for _, c := range changes {
		if c.District != w.district && c.District != "" || businessOf(w.person, c) == nobodys {
			continue
		}
		added = true
		again := func(p postgis.Change) bool {
			return p.Layer == c.Layer && p.Bound == c.Bound && reflect.DeepEqual(p, c)
		}
		if slices.ContainsFunc(w.pending, again) {
			continue // it is still to be told
		}
		if len(w.pending) >= maxPending {
			w.pending = append(w.pending[:0], postgis.Change{})
			continue
		}
		w.pending = append(w.pending, c)
	}
	if added {
		select {
		case w.wake <- struct{}{}:
		default:
		}
	}
}

// take returns what is pending, and how far the stream has heard with it.
func (w *watch) take() ([]postgis.Change, int64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	taken := w.pending
	w.pending = nil
	return taken, w.heard
}

// listens says who listens from now on, and whether they see other parts of the
// district than who did before.
func (w *watch) listens(p account.Person) (otherwise bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	otherwise = w.person.Role != p.Role || !reflect.DeepEqual(w.person.Scope, p.Scope)
	w.person = p
	return otherwise
}

// MapChange is an event of a district's stream.
type MapChange struct {
	Layer string      `json:"layer" doc:"empty: every layer"`
	BBox  *[4]float64 `json:"bbox" doc:"west, south, east, north; null: everywhere, or where is not to be told; west over east: on no map, only in lists"`
}

func mapChange(c postgis.Change) MapChange {
	m := MapChange{Layer: c.Layer}
	if c.Bound != (orb.Bound{}) {
		m.BBox = &[4]float64{c.Bound.Min[0], c.Bound.Min[1], c.Bound.Max[0], c.Bound.Max[1]}
	}
	return m
}

// stream writes server-sent events.
type stream struct {
	w       http.ResponseWriter
	control *http.ResponseController
}

func openStream(w http.ResponseWriter) (*stream, error) {
	h := w.Header()
	h.Set("Content-Type", eventStream)
	h.Set("Cache-Control", "no-cache")
	h.Set("X-Accel-Buffering", "no")
	s := &stream{w: w, control: http.NewResponseController(w)}
	w.WriteHeader(http.StatusOK)
	return s, s.write([]byte("retry: 3000\n\n"))
}

func (s *stream) write(text []byte) error {
	_ = s.control.SetWriteDeadline(time.Now().Add(writeWithin))
	if _, err := s.w.Write(text); err != nil {
		return fmt.Errorf("write to an event stream: %w", err)
	}
	if err := s.control.Flush(); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return fmt.Errorf("write to an event stream: %w", err)
	}
	return nil
}

func (s *stream) send(event string, data []byte) error {
	return s.write(fmt.Appendf(nil, "event: %s\ndata: %s\n\n", event, data))
}

// changesSince is what a client missed that was told everything up to last, by
// this process or another one. What is told twice does no harm.
func (s *Server) changesSince(ctx context.Context, watching *watch, last string) error {
	if last == "" {
		watching.add(s.DB.Heard(), nil) // what came before, it has not asked for
		return nil
	}
	after, err := strconv.ParseInt(last, 10, 64)
	if err != nil {
		after = -1 // not one of ours: it may have missed anything
	}
	missed, seq, err := s.DB.ChangesSince(ctx, after)
	if err != nil {
		return err
	}
	watching.add(seq, missed)
	return nil
}

// watchDistrict streams what changes in a district until the client leaves, the
// session ends, or the service stops. A client that says which event it had last
// (Last-Event-ID, or after in the address) is told first what it has missed.
func (s *Server) watchDistrict(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	watching := s.changes.watch(param(r, "district"), who(ctx))
	defer s.changes.leave(watching)
	last := r.Header.Get("Last-Event-ID")
	if last == "" {
		last = r.URL.Query().Get("after")
	}
	looking, cancel := context.WithTimeout(ctx, lookWithin)
	defer cancel()
	if err := s.changesSince(looking, watching, last); err != nil {
		return err
	}
	out, err := openStream(w)
	if err != nil {
		return nil // the client has gone
	}
	told := int64(0)
	tell := func() error {
		changes, heard := watching.take()
		news, err := s.news(r, watching, changes)
		if err != nil {
			return err // the client asks again, from where it is
		}
		for _, c := range news {
			data, err := json.Marshal(c)
			if err != nil {
				return fmt.Errorf("encode a change: %w", err)
			}
			if err := out.send("change", data); err != nil {
				return err
			}
		}
		if heard == told {
			return nil
		}
		told = heard
		return out.write(fmt.Appendf(nil, "id: %d\n\n", heard))
	}
	if tell() != nil {
		return nil
	}
	alive := time.NewTicker(keepAlive)
	defer alive.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-s.running.Done():
			if tell() == nil {
				_ = out.write([]byte(comeBack))
			}
			return nil
		case <-watching.wake:
			pause(ctx, s.changes.stagger())
			if tell() != nil {
				return nil
			}
		case <-alive.C:
			if !s.stillHeard(r, watching) || tell() != nil || out.write([]byte(": \n\n")) != nil {
				return nil
			}
		}
	}
}

// watchJob streams a job's progress until it has ended.
func (s *Server) watchJob(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	id, err := uuid.Parse(param(r, "id"))
	if err != nil {
		return notFound()
	}
	current, err := s.Jobs.Get(ctx, id)
	if err != nil {
		return err
	}
	out, err := openStream(w)
	if err != nil {
		return nil
	}
	look := time.NewTicker(lookEvery)
	defer look.Stop()
	alive := time.NewTicker(keepAlive)
	defer alive.Stop()
	var told []byte
	for {
		data, err := json.Marshal(current)
		if err != nil {
			s.log.ErrorContext(ctx, "a job could not be encoded", "job", id, "error", err)
			return nil
		}
		if !bytes.Equal(data, told) {
			if out.send("progress", data) != nil {
				return nil
			}
			told = data
		}
		if current.State.Final() {
			return nil
		}
		select {
		case <-ctx.Done():
			return nil
		case <-s.running.Done():
			_ = out.write([]byte(comeBack))
			return nil
		case <-alive.C:
			if _, err := s.listener(r); gone(err) || out.write([]byte(": \n\n")) != nil {
				return nil
			}
		case <-look.C:
		}
		if current, err = s.Jobs.Get(ctx, id); err != nil {
			if ctx.Err() == nil {
				s.log.WarnContext(ctx, "a watched job could not be read", "job", id, "error", err)
			}
			return nil
		}
	}
}

// errGone says that who opened a stream might not open it now.
var errGone = errors.New("the stream may not go on")

func gone(err error) bool { return errors.Is(err, errGone) }

// listener is who opened a stream, as they are now. The error is errGone where they
// might not open it any more, and another one where that is not known.
func (s *Server) listener(r *http.Request) (account.Person, error) {
	looking, cancel := context.WithTimeout(r.Context(), lookWithin)
	defer cancel()
	r = r.WithContext(looking)
	session, err := s.session(looking, s.credentialsOf(r), s.address(r))
	if errors.Is(err, account.ErrNoSession) {
		return account.Person{}, errGone
	}
	if err != nil {
		return account.Person{}, err
	}
	rt, known := s.routes[r.Method+" "+chi.RouteContext(r.Context()).RoutePattern()]
	if !known {
		return account.Person{}, errGone
	}
	err = s.guard(rt, r.WithContext(account.With(r.Context(), session.Person)))
	if err != nil && s.problemOf(r.Context(), err).Status < http.StatusInternalServerError {
		return account.Person{}, errGone
	}
	return session.Person, err
}
