package postgis

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

const (
	// replayPatience is how long a read waits for a replica that has not yet
	// replayed what was acknowledged before the read began.
	replayPatience = 50 * time.Millisecond
	// answerPatience is how long a replica may take to give a connection and to
	// say how far it is; one that takes longer is left out.
	answerPatience = 250 * time.Millisecond
	// replicaCancelWithin is how long a replica, which may hang, may take to end a
	// query that nobody waits for any more.
	replicaCancelWithin = 100 * time.Millisecond
)

// Reader reads from the replicas where there are any that are up to date, and
// from the primary else. Use DB.NewReader, or DB.Read for the one that every DB
// has.
//
// A read sees everything that was acknowledged before it began, by any instance
// of the service: it asks the primary how far its log is, and a replica that has
// not replayed that far after replayPatience is passed over. Reads that begin at
// the same time share the question.
type Reader struct {
	db      *DB
	name    string
	primary *pgxpool.Pool
	own     bool // the primary's pool is the reader's to close
	pools   []*pgxpool.Pool
	turn    atomic.Uint32
}

// NewReader makes a reader with connections of its own, to the primary and to
// every replica, at most config.MaxConns to each. Name is whose they are, for who
// watches the statements. Configure changes what a connection of the DB is made
// with.
func (db *DB) NewReader(name string, configure func(*pgxpool.Config)) (*Reader, error) {
	r := &Reader{db: db, name: name, own: true}
	for i, address := range append([]string{db.url}, db.replicaAddresses()...) {
		config, err := poolConfig(address)
		if err != nil {
			r.Close()
			return nil, err
		}
		configure(config)
		pool := name
		if i > 0 {
			pool = replicaPool(name, i)
			config.ConnConfig.ConnectTimeout = answerPatience
			config.MinConns = 0
			config.ConnConfig.BuildContextWatcherHandler = CancelWithin(replicaCancelWithin)
		}
		db.watch.on(config, pool)
		opened, err := pgxpool.NewWithConfig(context.Background(), config)
		if err != nil {
			r.Close()
			return nil, fmt.Errorf("connect to the database for reading: %w", err)
		}
		if i == 0 {
			r.primary = opened
		} else {
			r.pools = append(r.pools, opened)
		}
	}
	return r, nil
}

func replicaPool(reader string, number int) string {
	return fmt.Sprintf("%s replica %d", reader, number)
}

// Close ends the connections. Reads under way fail.
func (r *Reader) Close() {
	for _, pool := range r.pools {
		pool.Close()
	}
	if r.own && r.primary != nil {
		r.primary.Close()
	}
}

// Read runs fn with a connection for reading. Where a replica fails while fn
// reads from it, fn runs a second time, with the primary: it must begin anew and
// must not have answered anybody before it returns.
func (db *DB) Read(ctx context.Context, fn func(ctx context.Context, conn *pgxpool.Conn) error) error {
	return db.reader.Read(ctx, fn)
}

// Read is DB.Read with the connections of this reader.
func (r *Reader) Read(ctx context.Context, fn func(ctx context.Context, conn *pgxpool.Conn) error) error {
	if replica, pool := r.pick(); replica != nil {
		done, err := r.fromReplica(ctx, replica, pool, fn)
		if done {
			replica.reads.Add(1)
			return err
		}
		replica.passed.Add(1)
	}
	conn, err := r.primary.Acquire(ctx)
	if err != nil {
		return fmt.Errorf("connect to the database: %w", err)
	}
	defer conn.Release()
	return fn(ctx, conn)
}

// pick chooses the replica with the fewest reads under way.
func (r *Reader) pick() (*replica, *pgxpool.Pool) {
	if len(r.pools) == 0 {
		return nil, nil
	}
	var best *replica
	var pool *pgxpool.Pool
	first := int(r.turn.Add(1))
	for i := range r.pools {
		at := (first + i) % len(r.pools)
		candidate := r.db.replicas[at]
		if candidate.usable() && (best == nil || r.pools[at].Stat().AcquiredConns() < pool.Stat().AcquiredConns()) {
			best, pool = candidate, r.pools[at]
		}
	}
	return best, pool
}

// fromReplica tells whether the read is done, well or not; if it is not, it is
// the primary's.
func (r *Reader) fromReplica(ctx context.Context, replica *replica, pool *pgxpool.Pool, fn func(context.Context, *pgxpool.Conn) error) (done bool, err error) {
	reading, end := replica.while(ctx)
	defer end()
	conn, err := r.fresh(reading, replica, pool)
	if err != nil {
		return ctx.Err() != nil, err
	}
	defer conn.Release()
	err = fn(reading, conn)
	switch {
	case err == nil, ctx.Err() != nil:
		return true, err
	case reading.Err() != nil: // left out meanwhile
		return false, err
	case conn.Conn().IsClosed():
		replica.leave(err, true)
		return false, err
	}
	return !replicasFault(err), err
}

// fresh gives a connection to the replica that has replayed what was
// acknowledged before the call.
func (r *Reader) fresh(ctx context.Context, replica *replica, pool *pgxpool.Pool) (*pgxpool.Conn, error) {
	began := time.Now()
	ctx, cancel := context.WithTimeout(ctx, answerPatience)
	defer cancel()
	needed, err := r.db.horizon.ask(ctx)
	if err != nil {
		return nil, err // the primary's fault
	}
	// Where all connections are in use, the primary helps.
	waiting, stop := context.WithTimeout(ctx, replayPatience)
	defer stop()
	conn, err := pool.Acquire(waiting)
	if err != nil {
		if waiting.Err() == nil {
			replica.leave(err, true)
		}
		return nil, fmt.Errorf("connect to the replica: %w", err)
	}
	for pause := time.Millisecond; ; pause = min(2*pause, 8*time.Millisecond) {
		at, err := replayed(ctx, conn.Conn())
		switch {
		case err == nil && at >= needed:
			return conn, nil
		case err != nil && errors.Is(ctx.Err(), context.Canceled): // nobody waits any more
		case err != nil:
			replica.leave(err, true)
		case time.Since(began) > replayPatience:
			err = errLags
			replica.leave(err, false)
		}
		if err != nil {
			conn.Release()
			return nil, err
		}
		select {
		case <-ctx.Done():
		case <-time.After(pause):
		}
	}
}

// replicasFault tells whether err is one that a replica makes where the primary
// may not: what it replays stood in the way, it ends, or it lacks something.
func replicasFault(err error) bool {
	var pg *pgconn.PgError
	if !errors.As(err, &pg) || len(pg.Code) != 5 {
		return false
	}
	if pg.Code == "57014" { // cancelled: the statement took too long
		return false
	}
	switch pg.Code[:2] {
	case "40", "53", "57", "58", "XX":
		return true
	}
	return false
}

// Pools are the connections that are read through, by the names under which
// their statements are watched: the reader's, and that with "replica 1" and so on.
func (r *Reader) Pools() map[string]*pgxpool.Pool {
	pools := map[string]*pgxpool.Pool{r.name: r.primary}
	for i, pool := range r.pools {
		pools[replicaPool(r.name, i+1)] = pool
	}
	return pools
}
