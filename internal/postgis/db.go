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
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
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

	url    string
	log    *slog.Logger
	origin string // tells this process's own notifications from those of others

	mu          sync.RWMutex
	subscribers []func([]Change)

	replicas []*replica
	horizon  horizon
	reader   *Reader
}

// Open connects to the database at address. It waits until the server answers or
// ctx ends. Connections are checked before use when they have been idle, so
// that a restart of the database costs no request.
func Open(ctx context.Context, address string, log *slog.Logger) (*DB, error) {
	config, err := poolConfig(address)
	if err != nil {
		return nil, err
	}
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("connect to the database: %w", err)
	}
	if err := pool.Ping(ctx); err != nil {
		pool.Close()
		return nil, fmt.Errorf("connect to the database: %w", err)
	}
	db := &DB{Pool: pool, url: address, log: log, origin: uuid.NewString(), horizon: horizon{pool: pool}}
	db.reader = &Reader{db: db, primary: pool}
	return db, nil
}

func poolConfig(address string) (*pgxpool.Config, error) {
	config, err := pgxpool.ParseConfig(address)
	if err != nil {
		return nil, fmt.Errorf("read the database address: %w", err)
	}
	config.AfterConnect = registerGeometry
	config.MaxConnIdleTime = 5 * time.Minute
	config.HealthCheckPeriod = 15 * time.Second
	if config.MaxConns < 12 {
		config.MaxConns = 12
	}
	config.ConnConfig.RuntimeParams["application_name"] = "lianpian"
	config.ConnConfig.RuntimeParams["timezone"] = "UTC"
	config.ConnConfig.RuntimeParams["jit"] = "off" // compiling costs more than our short queries
	bePatient(config)
	return config, nil
}

// URL is the address that the DB was opened with, for those who need
// connections of their own.
func (db *DB) URL() string { return db.url }

// Close ends all connections.
func (db *DB) Close() {
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

// Write runs fn in one transaction. When it commits, every subscriber of this
// process has heard of the changes before Write returns, and other processes
// are notified. An error from fn, or a panic, rolls everything back.
func (db *DB) Write(ctx context.Context, fn func(ctx context.Context, tx *Tx) error) error {
	begun, err := db.Pool.Begin(ctx)
	if err != nil {
		return fmt.Errorf("begin a transaction: %w", err)
	}
	defer func() {
		// After a commit this is a no-op; the caller's context may be gone.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		_ = begun.Rollback(ctx)
	}()
	tx := &Tx{Tx: begun}
	if err := fn(ctx, tx); err != nil {
		return err
	}
	changes := mergeChanges(tx.changes)
	if err := db.notify(ctx, tx, changes); err != nil {
		return err
	}
	if err := begun.Commit(ctx); err != nil {
		// The commit may have reached the server although its answer did not
		// reach us: what was cached of these layers must not be trusted.
		db.tell(changes)
		return fmt.Errorf("commit: %w", err)
	}
	db.tell(changes)
	return nil
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
