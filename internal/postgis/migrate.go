package postgis

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"

	"github.com/lianpian/lianpian/migrations"
)

// Migrate brings the database at url to the newest schema, under an advisory
// lock, so that two starting services do not step on each other. It installs
// the PostGIS extension when the role may.
func Migrate(ctx context.Context, url string, log *slog.Logger) error {
	config, err := pgx.ParseConfig(url)
	if err != nil {
		return fmt.Errorf("read the database address: %w", err)
	}
	db := stdlib.OpenDB(*config)
	defer db.Close()
	locker, err := lock.NewPostgresSessionLocker()
	if err != nil {
		return fmt.Errorf("prepare the migration lock: %w", err)
	}
	provider, err := goose.NewProvider(goose.DialectPostgres, db, migrations.Files, goose.WithSessionLocker(locker))
	if err != nil {
		return fmt.Errorf("read the migrations: %w", err)
	}
	if err := refuseNewer(ctx, db, provider); err != nil {
		return err
	}
	results, err := provider.Up(ctx)
	if err != nil {
		return fmt.Errorf("migrate the database: %w", err)
	}
	for _, r := range results {
		log.Info("migrated", "migration", r.Source.Path, "duration", r.Duration)
	}
	return migrateQueue(ctx, url)
}

// ErrNewer says that a newer version of the program has been at the database.
var ErrNewer = errors.New("the database was changed by a newer version of Lianpian")

// refuseNewer keeps an old program off a database whose tables it does not know.
func refuseNewer(ctx context.Context, db *sql.DB, provider *goose.Provider) error {
	var there bool
	if err := db.QueryRowContext(ctx, `select to_regclass('goose_db_version') is not null`).Scan(&there); err != nil {
		return fmt.Errorf("read the version of the database: %w", err)
	}
	if !there {
		return nil
	}
	var has int64
	if err := db.QueryRowContext(ctx, `select coalesce(max(version_id) filter (where is_applied), 0) from goose_db_version`).Scan(&has); err != nil {
		return fmt.Errorf("read the version of the database: %w", err)
	}
	sources := provider.ListSources()
	if knows := sources[len(sources)-1].Version; has > knows {
		return fmt.Errorf("%w (its version is %d, this one knows %d): start the newer version", ErrNewer, has, knows)
	}
	return nil
}

// NewestSchema is the number of the newest migration that this program knows.
func NewestSchema() (int64, error) {
	names, err := fs.Glob(migrations.Files, "*.sql")
	if err != nil || len(names) == 0 {
		return 0, fmt.Errorf("list the migrations: %w", err)
	}
	number, _, _ := strings.Cut(names[len(names)-1], "_")
	return strconv.ParseInt(number, 10, 64)
}

// migrateQueue creates the tables of the job queue's library. It is skipped
// when its newest version is there, which is what keeps a second start short.
func migrateQueue(ctx context.Context, url string) error {
	pool, err := pgxpool.New(ctx, url)
	if err != nil {
		return fmt.Errorf("connect to the database: %w", err)
	}
	defer pool.Close()
	migrator, err := rivermigrate.New(riverpgxv5.New(pool), &rivermigrate.Config{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return fmt.Errorf("read the queue's migrations: %w", err)
	}
	if _, err := pool.Exec(ctx, `select pg_advisory_lock(hashtext('lianpian-queue'))`); err != nil {
		return fmt.Errorf("lock the queue's migrations: %w", err)
	}
	if _, err := migrator.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return fmt.Errorf("migrate the queue: %w", err)
	}
	return nil // closing the pool ends the session and with it the lock
}
