package postgis

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

const (
	replicaCheckEvery   = 500 * time.Millisecond
	replicaCheckTimeout = time.Second
)

var (
	errUnchecked = errors.New("not looked at yet")
	errLags      = errors.New("it has not replayed what was written")
	errPromoted  = errors.New("it is no replica any more")
	errForeign   = errors.New("it is a replica of another database")
)

// replica is a streaming replica of the primary: a hot standby. It is in use, or
// left out with a reason until WatchReplicas finds it well.
type replica struct {
	name    string // host and port; an address may hold a password
	config  *pgx.ConnConfig
	address string
	changed func(name string, reason error) // is told of every change of reason

	reads  atomic.Int64 // that it answered
	passed atomic.Int64 // that were the primary's in the end

	mu     sync.Mutex
	reason error           // why it is left out; nil while in use
	up     context.Context // ends when reads under way must not wait for it any longer
	down   context.CancelFunc
}

// ReplicaState says how a replica does.
type ReplicaState struct {
	Name   string // host and port
	Reason error  // why it is left out; nil while it is in use
	Reads  int64  // that it answered
	Passed int64  // that began with it and were answered by the primary
}

// UseReplicas has reads answered by the streaming replicas at addresses, which
// must offer the same database to the same role. Call it before NewReader, and
// run WatchReplicas: a replica is used only once that has found it well.
func (db *DB) UseReplicas(addresses []string) error {
	for _, address := range addresses {
		config, err := pgx.ParseConfig(address)
		if err != nil {
			return fmt.Errorf("read the address of a replica: %w", err)
		}
		config.ConnectTimeout = replicaCheckTimeout
		config.RuntimeParams["application_name"] = "lianpian-watch"
		r := &replica{
			name: net.JoinHostPort(config.Host, strconv.Itoa(int(config.Port))), config: config, address: address,
			reason: errUnchecked,
		}
		r.changed = func(name string, reason error) {
			if reason == nil {
				db.log.Info("a replica is in use", "replica", name)
			} else {
				db.log.Warn("a replica is left out", "replica", name, "reason", reason)
			}
		}
		r.up, r.down = context.WithCancel(context.Background())
		db.replicas = append(db.replicas, r)
	}
	reader, err := db.NewReader("main", func(config *pgxpool.Config) {
		config.ConnConfig.RuntimeParams["default_transaction_read_only"] = "on"
	})
	if err != nil {
		return err
	}
	// What is the primary's goes through the pool that there is.
	reader.primary.Close()
	reader.primary, reader.own = db.Pool, false
	db.reader = reader
	return nil
}

// Replicas says how the replicas do, in the order of their addresses.
func (db *DB) Replicas() []ReplicaState {
	states := make([]ReplicaState, len(db.replicas))
	for i, r := range db.replicas {
		r.mu.Lock()
		states[i] = ReplicaState{r.name, r.reason, r.reads.Load(), r.passed.Load()}
		r.mu.Unlock()
	}
	return states
}

func (db *DB) replicaAddresses() []string {
	addresses := make([]string, len(db.replicas))
	for i, r := range db.replicas {
		addresses[i] = r.address
	}
	return addresses
}

// WatchReplicas looks at every replica twice a second until ctx ends: who does
// not answer is left out, who is well again comes back.
func (db *DB) WatchReplicas(ctx context.Context) error {
	var all sync.WaitGroup
	for _, r := range db.replicas {
		all.Go(func() {
			var conn *pgx.Conn
			for ctx.Err() == nil {
				conn = db.lookAt(ctx, r, conn)
				select {
				case <-ctx.Done():
				case <-time.After(replicaCheckEvery):
				}
			}
			closeSoon(conn)
		})
	}
	all.Wait()
	<-ctx.Done()
	return ctx.Err()
}

// lookAt looks at a replica through a connection that is kept from one look to the
// next.
func (db *DB) lookAt(ctx context.Context, r *replica, conn *pgx.Conn) *pgx.Conn {
	ctx, cancel := context.WithTimeout(ctx, replicaCheckTimeout)
	defer cancel()
	// The primary first: that it cannot be asked says nothing about the replica.
	needed, err := db.horizon.ask(ctx)
	if err != nil {
		return conn
	}
	if conn == nil {
		if conn, err = pgx.ConnectConfig(ctx, r.config); err == nil {
			err = db.sameDatabase(ctx, conn)
		}
	}
	var at uint64
	if err == nil {
		at, err = replayed(ctx, conn)
	}
	switch {
	case err != nil:
		r.leave(err, true)
		closeSoon(conn)
		return nil
	case at >= needed:
		r.join()
	default: // it lags; a read finds out by itself whether it matters
	}
	return conn
}

func closeSoon(conn *pgx.Conn) {
	if conn == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
	defer cancel()
	_ = conn.Close(ctx)
}

// identity tells a database from every other one, and a copy of it by the same
// log from other copies.
type identity struct {
	system int64
	oid    uint32
}

func identify(ctx context.Context, q interface {
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
},
) (identity, error) {
	var id identity
	err := q.QueryRow(ctx, `
		select (select system_identifier from pg_control_system()),
		       (select oid from pg_database where datname = current_database())`).Scan(&id.system, &id.oid)
	if err != nil {
		return identity{}, fmt.Errorf("ask which database it is: %w", err)
	}
	return id, nil
}

func (db *DB) sameDatabase(ctx context.Context, conn *pgx.Conn) error {
	ours, err := identify(ctx, db.Pool)
	if err != nil {
		return err
	}
	its, err := identify(ctx, conn)
	if err != nil {
		return err
	}
	if its != ours {
		return errForeign
	}
	return nil
}

// replayed says how far a replica has replayed the primary's log, in bytes from
// its beginning.
func replayed(ctx context.Context, conn *pgx.Conn) (uint64, error) {
	var standby bool
	var at int64
	err := conn.QueryRow(ctx, `select pg_is_in_recovery(), pg_wal_lsn_diff(coalesce(pg_last_wal_replay_lsn(), '0/0'), '0/0')::bigint`).Scan(&standby, &at)
	if err != nil {
		return 0, fmt.Errorf("ask the replica how far it is: %w", err)
	}
	if !standby {
		return 0, errPromoted
	}
	return uint64(at), nil
}

func (r *replica) usable() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.reason == nil
}

// leave takes the replica out of use; cut ends reads under way, too.
func (r *replica) leave(reason error, cut bool) {
	r.mu.Lock()
	was := r.reason
	if was == nil || errors.Is(was, errUnchecked) || errors.Is(was, errLags) {
		r.reason = reason
	}
	is, down := r.reason, r.down
	r.mu.Unlock()
	if cut {
		down()
	}
	if !errors.Is(is, was) {
		r.changed(r.name, is)
	}
}

func (r *replica) join() {
	r.mu.Lock()
	was := r.reason
	r.reason = nil
	if was != nil {
		r.down()
		r.up, r.down = context.WithCancel(context.Background())
	}
	r.mu.Unlock()
	if was != nil {
		r.changed(r.name, nil)
	}
}

// while gives a context that ends with ctx, and when the replica is given up.
func (r *replica) while(ctx context.Context) (context.Context, context.CancelFunc) {
	reading, cancel := context.WithCancel(ctx)
	r.mu.Lock()
	stop := context.AfterFunc(r.up, cancel)
	r.mu.Unlock()
	return reading, func() { stop(); cancel() }
}

// horizon asks the primary how far its log is written.
type horizon struct {
	pool *pgxpool.Pool

	mu   sync.Mutex
	busy bool
	next *question // not asked yet
}

type question struct {
	done chan struct{}
	at   uint64
	err  error
}

// ask says how far the log is, in bytes: everything that was acknowledged before
// the call lies before that. Callers who come while a question is under way
// share the next one.
func (h *horizon) ask(ctx context.Context) (uint64, error) {
	h.mu.Lock()
	q := h.next
	if q == nil {
		q = &question{done: make(chan struct{})}
		h.next = q
		if !h.busy {
			h.busy = true
			go h.run()
		}
	}
	h.mu.Unlock()
	select {
	case <-q.done:
		return q.at, q.err
	case <-ctx.Done():
		return 0, ctx.Err()
	}
}

func (h *horizon) run() {
	for {
		h.mu.Lock()
		q := h.next
		h.next = nil
		h.busy = q != nil
		h.mu.Unlock()
		if q == nil {
			return
		}
		q.at, q.err = h.query()
		close(q.done)
	}
}

func (h *horizon) query() (uint64, error) {
	ctx, cancel := context.WithTimeout(context.Background(), replicaCheckTimeout)
	defer cancel()
	var at int64
	// What is acknowledged is on the disk, unless commits do not wait for that.
	err := h.pool.QueryRow(ctx, `
		select pg_wal_lsn_diff(case when current_setting('synchronous_commit') = 'off'
		                            then pg_current_wal_insert_lsn() else pg_current_wal_flush_lsn() end, '0/0')::bigint`).Scan(&at)
	if err != nil {
		return 0, fmt.Errorf("ask the database how far its log is: %w", err)
	}
	return uint64(at), nil
}
