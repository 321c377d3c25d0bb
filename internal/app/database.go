package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"

	"github.com/lianpian/lianpian/internal/postgis"
)

// database is where the data lies: an address, and the private server when it
// is ours to stop.
type database struct {
	url    string
	server *postgis.Server // nil with DATABASE_URL, and when another process runs it
}

func (d database) close() {
	if d.server != nil {
		d.server.Stop()
	}
}

// openDatabase finds the database: the configured one, or the private server,
// which is started, or, where attach allows it, shared with the process that
// runs it.
func openDatabase(ctx context.Context, c Config, attach bool, log *slog.Logger) (database, error) {
	if c.DatabaseURL != "" {
		return database{url: c.DatabaseURL}, nil
	}
	if err := os.MkdirAll(c.dataDir(), 0o755); err != nil {
		return database{}, fmt.Errorf("create the data directory: %w", err)
	}
	switch {
	case c.NoArchive:
		if err := postgis.KeepArchive(c.clusterDir(), "", log); err != nil {
			return database{}, err
		}
	case c.WALArchive != "":
		if err := postgis.KeepArchive(c.clusterDir(), c.WALArchive, log); err != nil {
			return database{}, err
		}
	}
	server, err := postgis.StartServer(ctx, c.clusterDir(), log)
	switch {
	case err == nil:
		return database{url: server.URL(), server: server}, nil
	case errors.Is(err, postgis.ErrServerInUse) && attach:
		url, err := postgis.AttachServer(ctx, c.clusterDir(), log)
		if err != nil {
			return database{}, err
		}
		return database{url: url}, nil
	case errors.Is(err, postgis.ErrServerInUse):
		return database{}, fmt.Errorf("the data directory %s is in use by a running service: %w", c.dataDir(), err)
	default:
		return database{}, err
	}
}
