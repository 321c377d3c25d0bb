package app

import (
	"context"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/lianpian/lianpian/internal/httpapi"
	"github.com/lianpian/lianpian/internal/job"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/privacy"
	"github.com/lianpian/lianpian/internal/telemetry"
	"github.com/lianpian/lianpian/internal/tile"
)

// sight is what is seen of the service from outside.
type sight struct {
	metrics *telemetry.Metrics
	tracing *telemetry.Tracing
}

func newSight(ctx context.Context, s ServeConfig) (sight, error) {
	tracing, err := telemetry.NewTracing(ctx, telemetry.TracingConfig{Endpoint: s.TraceEndpoint, Ratio: s.TraceRatio, Version: software()})
	return sight{telemetry.NewMetrics(software()), tracing}, err
}

// statements watches those of a pool of the database.
func (s sight) statements(pool string) pgx.QueryTracer {
	return s.metrics.Queries(pool, s.tracing)
}

// countParts adds what the parts count by themselves to the figures.
func countParts(ctx context.Context, m *telemetry.Metrics, db *postgis.DB, tiles *tile.Server, jobs *job.Runner, doors *httpapi.Server) {
	m.Pool("main", db.Pool)
	for name, pool := range tiles.Pools() {
		m.Pool(name, pool)
	}
	m.Gauge("lianpian_event_streams", "Event streams that are open.", func() float64 { return float64(doors.Streams()) })
	m.Replicas(func() []telemetry.Replica {
		states := db.Replicas()
		replicas := make([]telemetry.Replica, len(states))
		for i, r := range states {
			replicas[i] = telemetry.Replica{Name: r.Name, Used: r.Reason == nil, Reads: r.Reads, Passed: r.Passed}
		}
		return replicas
	})
	m.Gauge("lianpian_tile_cache_tiles", "Tiles kept in memory.", func() float64 {
		count, _ := tiles.Kept()
		return float64(count)
	})
	m.Gauge("lianpian_tile_cache_bytes", "Memory that kept tiles take.", func() float64 {
		_, bytes := tiles.Kept()
		return float64(bytes)
	})
	m.Backlog(func() ([]telemetry.JobsOfKind, error) {
		ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
		defer cancel()
		waiting, err := jobs.Backlog(ctx)
		if err != nil {
			return nil, err
		}
		kinds := make([]telemetry.JobsOfKind, len(waiting))
		for i, w := range waiting {
			kinds[i] = telemetry.JobsOfKind{Kind: w.Kind, State: string(w.State), Count: w.Count, Oldest: w.Oldest.Seconds()}
		}
		return kinds, nil
	})
}

// closeTracing sends the last spans, which nobody waits for long.
func closeTracing(ctx context.Context, tracing *telemetry.Tracing, log *slog.Logger) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 3*time.Second)
	defer cancel()
	if err := tracing.Close(ctx); err != nil {
		log.Warn("the last traces could not be sent", "error", err)
	}
}

// withoutPersons takes mobile and identity numbers out of what a log line quotes: an
// address that somebody made up, or an error that repeats a value.
func withoutPersons(_ []string, a slog.Attr) slog.Attr {
	switch a.Key {
	case "path", "error", "panic", slog.MessageKey:
		if clean, found := privacy.WithoutPersonalNumbers(a.Value.String()); found {
			a.Value = slog.StringValue(clean)
		}
	}
	return a
}
