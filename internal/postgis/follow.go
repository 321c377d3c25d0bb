package postgis

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

const (
	// followWithin bounds one look at what has changed.
	followWithin = 5 * time.Second
	// followEvery is how often a listener looks without having been told to, and
	// so finds out that its connection is dead.
	followEvery = 5 * time.Second
	// followAtOnce is how many announcements are read in one piece.
	followAtOnce = 500
)

// follower reads the list of changes for a process. Looks are shared: whoever
// asks while one is under way waits for the next one, which begins later than
// they asked and so sees everything that was committed before.
type follower struct {
	pool *pgxpool.Pool // of one connection, so that a busy service never waits here

	mu   sync.Mutex
	next *look // that nobody has begun yet
	turn sync.Mutex
	seen atomic.Int64 // told up to here; changed by whose turn it is
}

type look struct {
	done chan struct{}
	err  error
}

func newFollower(ctx context.Context, config *pgxpool.Config) (*follower, error) {
	config.MinConns, config.MaxConns = 0, 1
	config.AfterConnect = nil
	config.ConnConfig.RuntimeParams["application_name"] = "lianpian-follow"
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("connect to the database: %w", err)
	}
	f := &follower{pool: pool}
	var seen int64
	err = pool.QueryRow(ctx, `select coalesce(max(seq), 0) from change_log`).Scan(&seen)
	f.seen.Store(seen)
	var pg *pgconn.PgError
	if errors.As(err, &pg) && pg.Code == "42P01" { // not migrated yet: the list begins later
		err = nil
	}
	if err != nil {
		pool.Close()
		return nil, fmt.Errorf("read where the list of changes ends: %w", err)
	}
	return f, nil
}

// CatchUp returns when every subscriber has heard of everything that had been
// committed through Write, by any process, when it was called. With it, what a
// process keeps in memory is as fresh as the database at the beginning of a
// request.
func (db *DB) CatchUp(ctx context.Context) error {
	f := db.follower
	f.mu.Lock()
	l := f.next
	if l == nil {
		l = &look{done: make(chan struct{})}
		f.next = l
		go db.fulfil(l)
	}
	f.mu.Unlock()
	select {
	case <-l.done:
		return l.err
	case <-ctx.Done():
		return fmt.Errorf("read what has changed: %w", ctx.Err())
	}
}

func (db *DB) fulfil(l *look) {
	f := db.follower
	f.turn.Lock()
	defer f.turn.Unlock()
	f.mu.Lock()
	f.next = nil // whoever comes from here on has to wait for another one
	f.mu.Unlock()
	defer close(l.done)
	ctx, cancel := context.WithTimeout(context.Background(), followWithin)
	defer cancel()
	for more := true; more && l.err == nil; {
		more, l.err = db.read(ctx)
	}
}

// read tells of the next announcements, and whether there may be more. A
// connection that died while nobody looked is tried once more.
func (db *DB) read(ctx context.Context) (more bool, err error) {
	type announced struct {
		Seq     int64
		Changes []Change
	}
	var list []announced
	for attempt := 0; ; attempt++ {
		var rows pgx.Rows
		rows, err = db.follower.pool.Query(ctx, `select seq, changes from change_log where seq > $1 order by seq limit $2`, db.follower.seen.Load(), followAtOnce)
		if err == nil {
			list, err = pgx.CollectRows(rows, pgx.RowToStructByPos[announced])
		}
		if err == nil || attempt > 0 || !Lost(err) {
			break
		}
	}
	if err != nil {
		return false, fmt.Errorf("read what has changed: %w", err)
	}
	for _, a := range list {
		db.tell(a.Seq, a.Changes)
		db.follower.seen.Store(a.Seq)
	}
	return len(list) == followAtOnce, nil
}

// Listen makes the subscribers hear what other processes commit as it happens,
// until ctx ends. It reconnects by itself and misses nothing meanwhile: where
// this process is in the list of changes does not depend on a connection.
func (db *DB) Listen(ctx context.Context) error {
	for {
		err := db.listenOnce(ctx)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		db.log.Warn("listening for changes was interrupted", "error", err)
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(500 * time.Millisecond):
		}
	}
}

func (db *DB) listenOnce(ctx context.Context) error {
	connecting, cancel := context.WithTimeout(ctx, followWithin)
	defer cancel()
	config := db.follower.pool.Config().ConnConfig
	config.RuntimeParams["application_name"] = listenerName
	conn, err := pgx.ConnectConfig(connecting, config)
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	defer func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		_ = conn.Close(ctx)
	}()
	if _, err := conn.Exec(connecting, `listen `+channel); err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	for {
		if err := db.CatchUp(ctx); err != nil {
			return err
		}
		waiting, cancel := context.WithTimeout(ctx, followEvery)
		_, err := conn.WaitForNotification(waiting)
		quiet := err != nil && waiting.Err() != nil && ctx.Err() == nil
		cancel()
		if quiet {
			asking, cancel := context.WithTimeout(ctx, followWithin)
			err = conn.Ping(asking)
			cancel()
		}
		if err != nil {
			return fmt.Errorf("wait: %w", err)
		}
	}
}

// listenerName is how the connection of a running service is known on the server.
const listenerName = "lianpian-listen"

// Listeners counts the services that run on the database.
func Listeners(ctx context.Context, tx pgx.Tx) (n int, err error) {
	err = tx.QueryRow(ctx, `select count(*) from pg_stat_activity where datname = current_database() and application_name = $1`, listenerName).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("count the services on the database: %w", err)
	}
	return n, nil
}

// Heard is the number up to which the subscribers of this process have been told.
func (db *DB) Heard() int64 { return db.follower.seen.Load() }

// ChangesSince returns what was announced after seq and up to last. Where the
// list does not reach back so far, or seq is of another database, it is one
// change of everything.
func (db *DB) ChangesSince(ctx context.Context, seq int64) (changes []Change, last int64, err error) {
	const most = 2000
	var oldest int64
	err = db.Pool.QueryRow(ctx, `select coalesce(min(seq), 0), coalesce(max(seq), 0) from change_log`).Scan(&oldest, &last)
	if err != nil {
		return nil, 0, fmt.Errorf("read the list of changes: %w", err)
	}
	if seq < oldest || seq > last || last-seq > most {
		return []Change{{}}, last, nil
	}
	rows, err := db.Pool.Query(ctx, `select changes from change_log where seq > $1 and seq <= $2 order by seq`, seq, last)
	if err != nil {
		return nil, 0, fmt.Errorf("read the list of changes: %w", err)
	}
	lists, err := pgx.CollectRows(rows, pgx.RowTo[[]Change])
	if err != nil {
		return nil, 0, fmt.Errorf("read the list of changes: %w", err)
	}
	for _, list := range lists {
		changes = append(changes, list...)
	}
	return changes, last, nil
}

// ForgetChanges shortens the list of changes, and forgets the marks of older commits.
// What is left of the list is whole since its first row.
func (db *DB) ForgetChanges(ctx context.Context, before time.Time) error {
	_, err := db.Pool.Exec(ctx, `delete from change_log where seq < (select max(seq) from change_log where at < $1)`, before)
	if err != nil {
		return fmt.Errorf("shorten the list of changes: %w", err)
	}
	if _, err := db.Pool.Exec(ctx, `delete from commit_mark where at < $1`, before); err != nil {
		return fmt.Errorf("forget the marks of commits: %w", err)
	}
	return nil
}
