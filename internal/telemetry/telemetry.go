// Package telemetry is what those who run the service see of it from outside:
// figures for Prometheus and traces for an OpenTelemetry collector. The parts of
// the service tell it what happened through small interfaces of their own; it
// knows no noun, holds no names, texts or coordinates of anybody's data, and never
// counts by anything that a client can invent (routes are patterns, not paths).
package telemetry

import (
	"net/http"
	"runtime"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Metrics are the figures of one process. Use NewMetrics.
type Metrics struct {
	registry  *prometheus.Registry
	requests  *prometheus.HistogramVec
	inFlight  prometheus.Gauge
	tiles     *prometheus.CounterVec
	tileMade  *prometheus.HistogramVec
	tileBytes prometheus.Histogram
	queries   *prometheus.HistogramVec
	jobs      *prometheus.HistogramVec
}

// Seconds of requests, tiles and queries: fine where the goals are (25 ms for a
// kept tile, 150 ms for an edit), coarse above.
var (
	quick = []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .15, .25, .5, 1, 2.5, 5, 10, 30}
	long  = []float64{.1, .5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800}
)

// NewMetrics makes the figures of a program of that version. Beside its own they
// are those of the Go runtime and of the process.
func NewMetrics(version string) *Metrics {
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "lianpian_http_request_seconds", Help: "Time to answer a request, by pattern of its route, method and class of status. Event streams are not in it.", Buckets: quick,
		}, []string{"route", "method", "status"}),
		inFlight: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "lianpian_http_in_flight", Help: "Requests being answered, event streams among them.",
		}),
		tiles: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "lianpian_tiles_total", Help: "Tiles asked for, by how: kept in memory, waited for (made now, perhaps for several), failed.",
		}, []string{"how"}),
		tileMade: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "lianpian_tile_make_seconds", Help: "Time to make a tile that was not kept, by zoom.", Buckets: quick,
		}, []string{"zoom"}),
		tileBytes: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "lianpian_tile_bytes", Help: "Size of tiles made, before compression, in bytes.", Buckets: prometheus.ExponentialBuckets(256, 4, 8),
		}),
		queries: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "lianpian_db_query_seconds", Help: "Time of statements until their rows were read, by how they ended: done, failed, cancelled.", Buckets: quick,
		}, []string{"pool", "ended"}),
		jobs: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "lianpian_job_seconds", Help: "Time of jobs, by kind and how they ended.", Buckets: long,
		}, []string{"kind", "ended"}),
	}
	build := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "lianpian_build_info", Help: "1, with the version as a label.",
		ConstLabels: prometheus.Labels{"version": version, "go": runtime.Version()},
	})
	build.Set(1)
	m.registry.MustRegister(m.requests, m.inFlight, m.tiles, m.tileMade, m.tileBytes, m.queries, m.jobs, build,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// Handler serves the figures in Prometheus's format. What is asked of the
// database for them has 5 s.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{Timeout: 5 * time.Second, ErrorHandling: promhttp.ContinueOnError})
}

// Began notes a request being answered; the function ends it.
func (m *Metrics) Began() (ended func()) {
	m.inFlight.Inc()
	return m.inFlight.Dec
}

// Answered notes a request that was answered.
func (m *Metrics) Answered(method, route string, status int, took time.Duration) {
	m.requests.WithLabelValues(route, knownMethod(method), class(status)).Observe(took.Seconds())
}

// Tile notes a tile that was asked for, and how it was answered.
func (m *Metrics) Tile(how string) { m.tiles.WithLabelValues(how).Inc() }

// TileMade notes a tile that was made.
func (m *Metrics) TileMade(zoom uint32, size int, took time.Duration) {
	m.tileMade.WithLabelValues(strconv.FormatUint(uint64(zoom), 10)).Observe(took.Seconds())
	m.tileBytes.Observe(float64(size))
}

// Job notes a job that ended.
func (m *Metrics) Job(kind, ended string, took time.Duration) {
	m.jobs.WithLabelValues(kind, ended).Observe(took.Seconds())
}

// Gauge adds a figure that is read when somebody asks for it.
func (m *Metrics) Gauge(name, help string, read func() float64) {
	m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, read))
}

// Counter adds a figure that only grows and is read when somebody asks for it.
func (m *Metrics) Counter(name, help string, read func() float64) {
	m.registry.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{Name: name, Help: help}, read))
}

// Pool adds the figures of a pool of database connections.
func (m *Metrics) Pool(name string, pool *pgxpool.Pool) {
	m.registry.MustRegister(&poolFigures{pool: pool, of: prometheus.Labels{"pool": name}})
}

// Replicas adds how the replicas of the database do.
func (m *Metrics) Replicas(read func() []Replica) {
	m.registry.MustRegister(&replicas{read: read})
}

// Backlog adds how many jobs wait and run, by kind, and for how long the oldest
// waiting one has; read asks the database.
func (m *Metrics) Backlog(read func() ([]JobsOfKind, error)) {
	m.registry.MustRegister(&backlog{read: read})
}

// knownMethod keeps invented methods out of the figures.
func knownMethod(method string) string {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return method
	}
	return "other"
}

func class(status int) string {
	if status < 100 || status > 599 {
		return "other"
	}
	return strconv.Itoa(status/100) + "xx"
}
