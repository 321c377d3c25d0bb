package httpapi

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/turn"
)

// turns are the queues that requests wait in, by what they cost. A person has a
// place of their own in each: who asks for much waits for themselves.
type turns struct {
	light   *turn.Queue // what is answered from some rows
	heavy   *turn.Queue // computations over a district, exports
	uploads *turn.Queue
	streams *turn.Queue
}

// heavy are the operations that compute over a district or write whole files.
// All other requests are light; tiles have turns of their own.
var heavy = map[string]bool{
	"createCoverageRun": true, "createCoverageBatch": true, "beginCoverageTrial": true, "tryCoverageChanges": true, "rankCoveragePaths": true,
	"exportZone": true, "exportScorecard": true, "exportRegister": true, "exportReport": true,
	"deriveBoundary": true, "matchPools": true, "proposeSchedule": true, "judgeSchedule": true, "diffPolicy": true,
	"compareScenarios": true, "acceptProposal": true, "restoreRevision": true,
	"decideInspection": true, "downloadSurveySheets": true, "downloadSurveyStatistics": true, "getFaultyRows": true,
}

// uploads are the operations that take files in, streams those that stay open.
var (
	uploads = map[string]bool{"createImport": true, "createInspection": true, "attachToCommunity": true, "attachToProject": true}
	streams = map[string]bool{"watchDistrict": true, "watchJob": true}
	// unhurried ask the database for nothing, or take turns elsewhere.
	unhurried = map[string]bool{"getTile": true, "": true}
)

// newTurns shares the pool's connections: a quarter for what is heavy, some kept
// for jobs and for finding out who asks, the rest for what is light.
func newTurns(db *postgis.DB, now func() time.Time) turns {
	connections := 12
	if db != nil {
		connections = int(db.Pool.Config().MaxConns)
	}
	many := max(2, connections/4)
	few := max(2, connections-many-2)
	return turns{
		light:   turn.New(turn.Limits{Places: few, PerPerson: max(2, few/2), Waiting: 64, Patience: 10 * time.Second}, now),
		heavy:   turn.New(turn.Limits{Places: many, PerPerson: max(1, many/2), Waiting: 8, All: 200, Patience: 60 * time.Second}, now),
		uploads: turn.New(turn.Limits{Places: 32, PerPerson: 4, Waiting: 4, Patience: 20 * time.Second}, now),
		streams: turn.New(turn.Limits{Places: 4_000, PerPerson: 32, Waiting: -1}, now),
	}
}

// Streams is how many event streams are open.
func (s *Server) Streams() int { return s.turns.streams.Standing().Taken }

func (t turns) of(rt route) *turn.Queue {
	switch {
	case unhurried[rt.id]:
		return nil
	case streams[rt.id]:
		return t.streams
	case uploads[rt.id]:
		return t.uploads
	case heavy[rt.id]:
		return t.heavy
	}
	return t.light
}

// turn waits for the route's turn of the person who asks, or of the address that
// asks where nobody has signed in.
func (s *Server) turn(ctx context.Context, rt route) (release func(), err error) {
	queue := s.turns.of(rt)
	if queue == nil {
		return func() {}, nil
	}
	who := clientOf(ctx).address
	if p, signedIn := account.From(ctx); signedIn {
		who = p.ID.String()
	}
	return queue.Take(ctx, who)
}

func problemOfTurn(err error) *Problem {
	switch {
	case errors.Is(err, turn.ErrTooMany):
		return newProblem(http.StatusTooManyRequests, kindThrottled, "您的请求过多，请稍后再试", "You have too many requests under way; wait a little.").
			header("Retry-After", "2")
	case errors.Is(err, turn.ErrBusy):
		return busy()
	}
	return nil
}

// within bounds the work on a request, here and at the database.
func within(ctx context.Context, d time.Duration) (context.Context, context.CancelFunc) {
	return context.WithTimeout(postgis.Waiter(ctx, d+time.Second), d)
}

// letsGo gives a turn back with the first byte of the answer: how long a client
// takes to read it keeps nobody waiting.
type letsGo struct {
	http.ResponseWriter
	release func()
}

func (w *letsGo) WriteHeader(status int) {
	w.release()
	w.ResponseWriter.WriteHeader(status)
}

func (w *letsGo) Write(b []byte) (int, error) {
	w.release()
	return w.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach the connection.
func (w *letsGo) Unwrap() http.ResponseWriter { return w.ResponseWriter }
