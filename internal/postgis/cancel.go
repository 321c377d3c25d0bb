package postgis

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgconn/ctxwatch"
)

// CancelWithin is a BuildContextWatcherHandler of pools: a query whose context has
// ended is cancelled at the server and its connection kept, where the server takes that
// within a time; else the connection is given up.
func CancelWithin(patience time.Duration) func(*pgconn.PgConn) ctxwatch.Handler {
	return func(conn *pgconn.PgConn) ctxwatch.Handler { return &canceller{conn: conn, patience: patience} }
}

// canceller cancels the query of a connection. Unlike the driver's own, it never lets
// go of the connection while the cancellation is still on its way: that would end the
// next query, which is somebody else's.
type canceller struct {
	conn     *pgconn.PgConn
	patience time.Duration
	taken    chan bool // whether the server has taken the cancellation
}

// HandleCancel is called when the context of a query ends.
func (c *canceller) HandleCancel(context.Context) {
	deadline := time.Now().Add(c.patience)
	_ = c.conn.Conn().SetDeadline(deadline)
	taken := make(chan bool, 1)
	c.taken = taken
	go func() {
		ctx, cancel := context.WithDeadline(context.Background(), deadline)
		defer cancel()
		// It returns when the server has hung up, which it does after it has told the
		// session: before that reads another query, it knows. Or it has lost patience.
		err := c.conn.CancelRequest(ctx)
		taken <- err == nil && ctx.Err() == nil
	}()
}

// HandleUnwatchAfterCancel is called when the query has ended after that.
func (c *canceller) HandleUnwatchAfterCancel() {
	if !<-c.taken {
		_ = c.conn.Conn().Close() // nobody knows whom it would meet
		return
	}
	_ = c.conn.Conn().SetDeadline(time.Time{})
}
