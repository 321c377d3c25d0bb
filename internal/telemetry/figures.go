package telemetry

import (
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/prometheus/client_golang/prometheus"
)

// poolFigures are those that pgxpool counts by itself.
type poolFigures struct {
	pool *pgxpool.Pool
	of   prometheus.Labels
}

func (p *poolFigures) describe(name, help string) *prometheus.Desc {
	return prometheus.NewDesc("lianpian_db_pool_"+name, help, nil, p.of)
}

// Describe implements prometheus.Collector.
func (p *poolFigures) Describe(to chan<- *prometheus.Desc) { prometheus.DescribeByCollect(p, to) }

// Collect implements prometheus.Collector.
func (p *poolFigures) Collect(to chan<- prometheus.Metric) {
	s := p.pool.Stat()
	gauge := func(name, help string, value float64) {
		to <- prometheus.MustNewConstMetric(p.describe(name, help), prometheus.GaugeValue, value)
	}
	counter := func(name, help string, value float64) {
		to <- prometheus.MustNewConstMetric(p.describe(name, help), prometheus.CounterValue, value)
	}
	gauge("connections", "Connections that exist.", float64(s.TotalConns()))
	gauge("connections_in_use", "Connections that somebody holds.", float64(s.AcquiredConns()))
	gauge("connections_most", "Connections that may exist.", float64(s.MaxConns()))
	counter("acquired_total", "How often a connection was taken.", float64(s.AcquireCount()))
	counter("acquire_wait_seconds_total", "How long it was waited for connections, in all.", s.AcquireDuration().Seconds())
	counter("acquire_waited_total", "How often it had to be waited for one.", float64(s.EmptyAcquireCount()))
	counter("acquire_given_up_total", "How often the wait was given up.", float64(s.CanceledAcquireCount()))
	counter("connected_total", "Connections made.", float64(s.NewConnsCount()))
}

// JobsOfKind are jobs that have not ended, of one kind and state.
type JobsOfKind struct {
	Kind, State string
	Count       int
	Oldest      float64 // seconds since the oldest of them was asked for
}

type backlog struct {
	read func() ([]JobsOfKind, error)
}

var (
	jobsWaiting = prometheus.NewDesc("lianpian_jobs", "Jobs that have not ended, of all instances, by kind and state.", []string{"kind", "state"}, nil)
	jobsOldest  = prometheus.NewDesc("lianpian_job_oldest_seconds", "Age of the oldest job of that kind and state.", []string{"kind", "state"}, nil)
)

// Describe implements prometheus.Collector.
func (*backlog) Describe(to chan<- *prometheus.Desc) {
	to <- jobsWaiting
	to <- jobsOldest
}

// Collect implements prometheus.Collector. Without the database these figures are
// missing, the others are not.
func (b *backlog) Collect(to chan<- prometheus.Metric) {
	kinds, err := b.read()
	if err != nil {
		to <- prometheus.NewInvalidMetric(jobsWaiting, err)
		return
	}
	for _, k := range kinds {
		to <- prometheus.MustNewConstMetric(jobsWaiting, prometheus.GaugeValue, float64(k.Count), k.Kind, k.State)
		to <- prometheus.MustNewConstMetric(jobsOldest, prometheus.GaugeValue, k.Oldest, k.Kind, k.State)
	}
}

// Replica is how a replica of the database does.
type Replica struct {
	Name   string // host and port
	Used   bool   // false: left out, as down or behind
	Reads  int64  // that it answered
	Passed int64  // that it was too far behind for
}

type replicas struct {
	read func() []Replica
}

var (
	replicaUsed   = prometheus.NewDesc("lianpian_db_replica_used", "1 while a replica of the database is read from, 0 while it is left out.", []string{"replica"}, nil)
	replicaReads  = prometheus.NewDesc("lianpian_db_replica_reads_total", "Reads that a replica answered.", []string{"replica"}, nil)
	replicaPassed = prometheus.NewDesc("lianpian_db_replica_passed_total", "Reads that the primary answered because a replica was behind or failed.", []string{"replica"}, nil)
)

// Describe implements prometheus.Collector.
func (*replicas) Describe(to chan<- *prometheus.Desc) {
	to <- replicaUsed
	to <- replicaReads
	to <- replicaPassed
}

// Collect implements prometheus.Collector.
func (r *replicas) Collect(to chan<- prometheus.Metric) {
	for _, replica := range r.read() {
		used := 0.0
		if replica.Used {
			used = 1
		}
		to <- prometheus.MustNewConstMetric(replicaUsed, prometheus.GaugeValue, used, replica.Name)
		to <- prometheus.MustNewConstMetric(replicaReads, prometheus.CounterValue, float64(replica.Reads), replica.Name)
		to <- prometheus.MustNewConstMetric(replicaPassed, prometheus.CounterValue, float64(replica.Passed), replica.Name)
	}
}
