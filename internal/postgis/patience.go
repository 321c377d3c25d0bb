package postgis

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

const (
	// acquireWithin is how long a request waits for a connection of the pool.
	acquireWithin = 5 * time.Second
	// cancelWithin is how long the server may take to end a query that nobody
	// waits for any more, before its connection is given up.
	cancelWithin = 2 * time.Second
	// idleWithin is how long a transaction of a request may do nothing beyond
	// the time of its statements.
	idleWithin = 5 * time.Second
)

type waiterKey struct{}

// Waiter marks the work on a request, which somebody waits for: it gets a
// connection within 5 s or fails with context.DeadlineExceeded, and the server
// itself ends its statements after the given time, also when this process no
// longer can. Work without the mark, such as a job's, has neither limit.
func Waiter(ctx context.Context, statement time.Duration) context.Context {
	return context.WithValue(ctx, waiterKey{}, statement)
}

func waiterOf(ctx context.Context) time.Duration {
	statement, _ := ctx.Value(waiterKey{}).(time.Duration)
	return statement
}

// Overtaken tells whether err says that the server ended a statement because it
// took too long, nobody waited for it any more, or what it needed stayed locked, by
// somebody who waited for this one too.
func Overtaken(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && (pg.Code == "57014" || pg.Code == "55P03" || pg.Code == "25P03" || pg.Code == "40P01")
}

// bePatient sets up a pool so that what Waiter promises holds, and a query whose
// context ends is cancelled at the server and its connection kept.
func bePatient(config *pgxpool.Config) {
	config.ConnConfig.Tracer = acquiring{}
	config.PrepareConn = boundStatements
	config.ConnConfig.BuildContextWatcherHandler = CancelWithin(cancelWithin)
}

// Alive is a PrepareConn of pools that need no more than connections whose server is
// still there.
func Alive(_ context.Context, conn *pgx.Conn) (bool, error) {
	return alive(conn.PgConn().Conn()), nil
}

// boundStatements gives a connection that is about to be used the limits of the
// work it is for. Most work is of one kind, so that this seldom asks the server.
// One that is dead is not used.
func boundStatements(ctx context.Context, conn *pgx.Conn) (bool, error) {
	const name = "lianpian statement_timeout"
	if !alive(conn.PgConn().Conn()) {
		return false, nil
	}
	wanted := waiterOf(ctx)
	is, _ := conn.PgConn().CustomData()[name].(time.Duration)
	if is == wanted {
		return true, nil
	}
	idle := time.Duration(0)
	if wanted > 0 {
		idle = wanted + idleWithin
	}
	set := fmt.Sprintf("set statement_timeout = %d; set idle_in_transaction_session_timeout = %d", wanted.Milliseconds(), idle.Milliseconds())
	if _, err := conn.PgConn().Exec(ctx, set).ReadAll(); err != nil {
		return false, nil // a broken connection: another one is tried
	}
	conn.PgConn().CustomData()[name] = wanted
	return true, nil
}

// acquiring bounds the wait for a connection: the pool asks its tracer for the
// context that it waits with.
type acquiring struct{}

type acquiringKey struct{}

func (acquiring) TraceAcquireStart(ctx context.Context, _ *pgxpool.Pool, _ pgxpool.TraceAcquireStartData) context.Context {
	if waiterOf(ctx) == 0 {
		return ctx
	}
	ctx, cancel := context.WithTimeout(ctx, acquireWithin)
	return context.WithValue(ctx, acquiringKey{}, cancel)
}

func (acquiring) TraceAcquireEnd(ctx context.Context, _ *pgxpool.Pool, _ pgxpool.TraceAcquireEndData) {
	if cancel, ok := ctx.Value(acquiringKey{}).(context.CancelFunc); ok {
		cancel()
	}
}

// TraceQueryStart and TraceQueryEnd make it a tracer; queries are not its business.
func (acquiring) TraceQueryStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceQueryStartData) context.Context {
	return ctx
}

func (acquiring) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}
