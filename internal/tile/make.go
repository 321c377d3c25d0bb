package tile

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/lianpian/lianpian/internal/postgis"
)

// connect gives the connections that tiles are read through what they need.
func connect(config *pgxpool.Config, c Config) {
	config.MinConns = 0
	config.MaxConns = int32(c.Workers + c.slowWorkers())
	config.PrepareConn = postgis.Alive // their time is the same for all
	config.ConnConfig.Tracer = nil
	params := config.ConnConfig.RuntimeParams
	params["application_name"] = "lianpian-tiles"
	// A plan with parallel workers is quicker for one person and halves what
	// eight get; compiling a query takes longer than most tiles.
	params["max_parallel_workers_per_gather"] = "0"
	// The rows of a heavy tile are sorted and joined where they are.
	params["work_mem"] = "32MB"
	// What a plan depends on stands in the statements' texts.
	params["plan_cache_mode"] = "force_generic_plan"
	config.ConnConfig.StatementCacheCapacity = 4096
	params["statement_timeout"] = strconv.FormatInt(c.QueryTimeout.Milliseconds(), 10)
	params["default_transaction_read_only"] = "on"
	// People pan: a query nobody waits for any more is cancelled, and its
	// connection kept.
	config.ConnConfig.BuildContextWatcherHandler = postgis.CancelWithin(time.Second)
}

// make draws the layers.
func (s *Server) make(ctx context.Context, layers layerSet, v View) (*sheet, error) {
	body, err := s.drawInTurn(ctx, layers, v)
	if err != nil {
		if errors.Is(ctx.Err(), context.Canceled) { // nobody waits for it any more
			return nil, fmt.Errorf("make a tile: %w", ctx.Err())
		}
		if tookTooLong(err) {
			s.log.Warn("a tile took too long", "district", v.District, "zoom", v.Zoom, "bound", v.Exact, "error", err)
			return nil, fmt.Errorf("%w: %w", ErrBusy, err)
		}
		return nil, err
	}
	return newSheet(body), nil
}

func tookTooLong(err error) bool {
	return postgis.Overtaken(err) || errors.Is(err, context.DeadlineExceeded)
}
