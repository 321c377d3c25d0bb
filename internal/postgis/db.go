// Package postgis is the way to the database: the pool, transactions that tell
// what they changed, the migrations, the geometry codec, and the private server
// for those who have none. It knows no noun of the product and owns no table.
package postgis

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/multitracer"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

var (
	// ErrNotFound says that the thing asked for does not exist, or not for the
	// person who asks.
	ErrNotFound = errors.New("not found")
	// ErrVersion says that somebody else saved the thing in the meantime.
	ErrVersion = errors.New("version changed")
	// ErrConflict says that a write would break a rule that the database keeps,
	// such as a code that exists already.
	ErrConflict = errors.New("conflict")
)

// DB is one PostGIS database. Use Open to make one.
type DB struct {
	// Pool serves reads, and writes that no open map needs to hear of.
	Pool *pgxpool.Pool

	url      string
	log      *slog.Logger
	watch    Statements
	follower *follower
	written  atomic.Uint64 // writes of this process

	mu          sync.RWMutex
	subscribers []func(int64, []Change)
	full        bool                            // writes are refused
	writes      map[*Tx]context.CancelCauseFunc // that end when the disk runs full

	replicas []*replica
	horizon  horizon
	reader   *Reader
}

// Statements makes what watches the statements of a pool; nil is nothing. The
// pools are "main", "follow", "tiles", and those of replicas, such as
// "main replica 1".
type Statements func(pool string) pgx.QueryTracer

// on has the statements of a pool of that name watched, beside what its tracer
// does already.
func (s Statements) on(config *pgxpool.Config, pool string) {
	switch is := config.ConnConfig.Tracer; {
	case s == nil:
	case is == nil:
		config.ConnConfig.Tracer = s(pool)
	default:
		config.ConnConfig.Tracer = multitracer.New(s(pool), is)
	}
}

// Open connects to the database at address. It waits until the server answers or
// ctx ends. Connections are looked at before use, so that a restart of the
// database costs no request that comes after it.
func Open(ctx context.Context, address string, log *slog.Logger) (*DB, error) {
	return OpenWatched(ctx, address, log, nil)
}

// OpenWatched is Open with every statement watched.
func OpenWatched(ctx context.Context, address string, log *slog.Logger, watch Statements) (*DB, error) {
	config, err := poolConfig(address)
	if err != nil {
		return nil, err
	}
	following := config.Copy()
	watch.on(config, "main")
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("connect to the database: %w", err)
	}
	if err := pool.Ping(ctx); err != nil {
		pool.Close()
		return nil, fmt.Errorf("connect to the database: %w", err)
	}
	watch.on(following, "follow")
	follower, err := newFollower(ctx, following)
	if err != nil {
		pool.Close()
		return nil, err
	}
	db := &DB{
		Pool: pool, url: address, log: log, watch: watch, follower: follower, writes: map[*Tx]context.CancelCauseFunc{}, horizon: horizon{pool: pool},
	}
	db.reader = &Reader{db: db, primary: pool}
	return db, nil
}

func poolConfig(address string) (*pgxpool.Config, error) {
	config, err := pgxpool.ParseConfig(address)
	if err != nil {
		return nil, fmt.Errorf("read the database address: %w", err)
	}
	config.AfterConnect = prepareSession
	config.MaxConnIdleTime = 5 * time.Minute
	config.HealthCheckPeriod = 15 * time.Second
	if config.MaxConns < 12 {
		config.MaxConns = 12
	}
	config.ConnConfig.RuntimeParams["application_name"] = "lianpian"
	config.ConnConfig.RuntimeParams["timezone"] = "UTC"
	config.ConnConfig.RuntimeParams["jit"] = "off" // compiling costs more than our short queries
	watchful(config)
	bePatient(config)
	return config, nil
}

// prepareSession makes a new connection ours.
func prepareSession(ctx context.Context, conn *pgx.Conn) error {
	// A statement of a service that was killed ends soon, and its locks with it.
	const notice = `select set_config(name, '2s', false) from pg_settings where name = 'client_connection_check_interval'`
	if _, err := conn.Exec(ctx, notice); err != nil {
		return fmt.Errorf("prepare a connection: %w", err)
	}
	return registerGeometry(ctx, conn)
}

// URL is the address that the DB was opened with, for those who need
// connections of their own.
func (db *DB) URL() string { return db.url }

// Close ends all connections.
func (db *DB) Close() {
	db.follower.pool.Close()
	db.reader.Close()
	db.Pool.Close()
}

// Tx is a write transaction that collects what it changes.
type Tx struct {
	pgx.Tx
	changes []Change
}

// Changed notes that features of a layer inside a bound changed. Call it with
// the old extent and with the new one.
func (tx *Tx) Changed(c Change) { tx.changes = append(tx.changes, c) }

// guardKey is where a context carries what Write asks before it commits.
type guardKey struct{}

// Guarded returns a context in which every Write asks guard, inside its
// transaction and at the end of it, whether it may commit. An error of guard
// rolls the transaction back.
func Guarded(ctx context.Context, guard func(ctx context.Context, tx *Tx) error) context.Context {
	return context.WithValue(ctx, guardKey{}, guard)
}

// necessaryKey marks a context whose writes are not refused.
type necessaryKey struct{}

// Necessary returns a context whose writes are made also where room is scarce:
// small ones that end something.
func Necessary(ctx context.Context) context.Context {
	return context.WithValue(ctx, necessaryKey{}, true)
}

// Epoch names a state of the database, as far as this process knows: another one after
// every write of its own, and after whatever it hears of others.
type Epoch struct {
	heard   int64
	written uint64
}

// Epoch is the one that what is read from now on is at least as new as.
func (db *DB) Epoch() Epoch { return Epoch{db.follower.seen.Load(), db.written.Load()} }

// witnessKey marks a context that remembers whether anything was written in it.
type witnessKey struct{}

// Witnessed returns a context of which Committed can be asked.
func Witnessed(ctx context.Context) context.Context {
	return context.WithValue(ctx, witnessKey{}, new(atomic.Bool))
}

// Committed tells whether a Write within a Witnessed context has been made: what
// fails afterwards must not say that nothing was.
func Committed(ctx context.Context) bool {
	made, ok := ctx.Value(witnessKey{}).(*atomic.Bool)
	return ok && made.Load()
}

// Write runs fn in one transaction. When it commits, every subscriber of this
// process has heard of the changes before Write returns, and other processes
// hear of them before they answer what is asked afterwards. An error from fn, or
// a panic, rolls everything back. Where the connection is lost during the commit,
// Write finds out what became of it; where it cannot, the error is ErrUnknown.
func (db *DB) Write(ctx context.Context, fn func(ctx context.Context, tx *Tx) error) error {
	tx := &Tx{}
	working, err := db.admit(ctx, tx)
	if err != nil {
		return err
	}
	defer db.dismiss(tx)
	err = db.write(working, tx, fn)
	if err != nil && errors.Is(context.Cause(working), ErrNoRoom) {
		return fmt.Errorf("%w: %w", ErrNoRoom, err)
	}
	return err
}

// admit lists a write that begins, so that it can be ended when the disk runs
// full. The context's values and deadline are the caller's.
func (db *DB) admit(ctx context.Context, tx *Tx) (context.Context, error) {
	db.mu.Lock()
	defer db.mu.Unlock()
	if needed, _ := ctx.Value(necessaryKey{}).(bool); needed {
		return ctx, nil
	}
	if db.full {
		return nil, fmt.Errorf("begin a transaction: %w", ErrNoRoom)
	}
	working, end := context.WithCancelCause(ctx)
	db.writes[tx] = end
	return working, nil
}

func (db *DB) dismiss(tx *Tx) {
	db.mu.Lock()
	defer db.mu.Unlock()
	if end, ok := db.writes[tx]; ok {
		end(nil)
		delete(db.writes, tx)
	}
}

// refuseWrites sets whether writes are refused, and tells whether that is news.
func (db *DB) refuseWrites(full bool) (news bool) {
	db.mu.Lock()
	defer db.mu.Unlock()
	news = db.full != full
	db.full = full
	if full {
		for _, end := range db.writes {
			end(ErrNoRoom)
		}
	}
	return news
}

func (db *DB) write(ctx context.Context, tx *Tx, fn func(ctx context.Context, tx *Tx) error) error {
	begun, err := db.begin(ctx)
	if err != nil {
		return fmt.Errorf("begin a transaction: %w", err)
	}
	defer func() {
		// After a commit this is a no-op; the caller's context may be gone.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		_ = begun.Rollback(ctx)
	}()
	tx.Tx = begun
	if err := fn(ctx, tx); err != nil {
		return err
	}
	if guard, ok := ctx.Value(guardKey{}).(func(context.Context, *Tx) error); ok {
		if err := guard(ctx, tx); err != nil {
			return err
		}
	}
	changes := mergeChanges(tx.changes)
	t, err := announce(ctx, tx, changes)
	if err != nil {
		return err
	}
	if err := begun.Commit(ctx); err != nil {
		if !unanswered(err) {
			return fmt.Errorf("commit: %w", err)
		}
		if lost := db.outcome(ctx, t); lost != nil {
			db.tell(0, changes) // it may have been made: what was kept of these layers must not be trusted
			return fmt.Errorf("commit: %w", errors.Join(lost, err))
		}
	}
	db.written.Add(1)
	if made, ok := ctx.Value(witnessKey{}).(*atomic.Bool); ok {
		made.Store(true)
	}
	telling, cancel := context.WithTimeout(context.WithoutCancel(ctx), followWithin)
	defer cancel()
	if err := db.CatchUp(telling); err != nil {
		db.tell(0, changes) // what is written is to be heard of; its number comes later
	}
	return nil
}

// begin begins a transaction. A connection that turns out to be dead is replaced
// once: nothing has been done in it.
func (db *DB) begin(ctx context.Context) (pgx.Tx, error) {
	tx, err := db.Pool.Begin(ctx)
	if err != nil && Lost(err) && ctx.Err() == nil {
		tx, err = db.Pool.Begin(ctx)
	}
	return tx, err
}

// Dangling tells whether err says that a row refers to one that is not there: where
// that is no fault of the program, it was deleted after it had been looked up.
func Dangling(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && pg.Code == "23503"
}

// Violation returns the name of the constraint that err says was violated, and
// whether it says so.
func Violation(err error) (constraint string, ok bool) {
	var pg *pgconn.PgError
	if errors.As(err, &pg) && len(pg.Code) == 5 && pg.Code[:2] == "23" {
		return pg.ConstraintName, true
	}
	return "", false
}

// OnDatabase returns the address of another database on the same server. An
// address that is no URL comes back as it is.
func OnDatabase(address, database string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	q := u.Query()
	if q.Has("dbname") {
		q.Set("dbname", database)
		u.RawQuery = q.Encode()
	} else {
		u.Path = "/" + database
	}
	return u.String()
}

// Ping connects to the database at address once, without a pool.
func Ping(ctx context.Context, address string) error {
	conn, err := pgx.Connect(ctx, address)
	if err != nil {
		return fmt.Errorf("connect to the database: %w", err)
	}
	return conn.Close(ctx)
}

// Unreachable tells whether err says that the server does not answer or still
// starts, so that it may be worth waiting; a wrong password or a missing
// database is not.
func Unreachable(err error) bool {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return pg.Code == "57P03" // cannot_connect_now
	}
	var config *pgconn.ParseConfigError
	return err != nil && !errors.As(err, &config)
}

// Unreadable tells whether the database refused a text for its characters: a zero
// byte, or what is not UTF-8.
func Unreadable(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && pg.Code == "22021"
}
