// Package app joins the parts into a running service and into the commands of
// the command line. It holds wiring and configuration; no rule of the product
// and no SQL may live here.
package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/approval"
	"github.com/lianpian/lianpian/internal/areaplan"
	"github.com/lianpian/lianpian/internal/clock"
	"github.com/lianpian/lianpian/internal/coverage"
	"github.com/lianpian/lianpian/internal/dashboard"
	"github.com/lianpian/lianpian/internal/delivery"
	"github.com/lianpian/lianpian/internal/doctor"
	"github.com/lianpian/lianpian/internal/dossier"
	"github.com/lianpian/lianpian/internal/exporter"
	"github.com/lianpian/lianpian/internal/generalisation"
	"github.com/lianpian/lianpian/internal/httpapi"
	"github.com/lianpian/lianpian/internal/importer"
	"github.com/lianpian/lianpian/internal/job"
	"github.com/lianpian/lianpian/internal/link"
	"github.com/lianpian/lianpian/internal/ogc"
	"github.com/lianpian/lianpian/internal/panics"
	"github.com/lianpian/lianpian/internal/phase"
	"github.com/lianpian/lianpian/internal/policy"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/program"
	"github.com/lianpian/lianpian/internal/progress"
	"github.com/lianpian/lianpian/internal/proposal"
	"github.com/lianpian/lianpian/internal/registry"
	"github.com/lianpian/lianpian/internal/site"
	"github.com/lianpian/lianpian/internal/survey"
	"github.com/lianpian/lianpian/internal/tile"
	"github.com/lianpian/lianpian/internal/walking"
	"github.com/lianpian/lianpian/internal/works"
	"github.com/lianpian/lianpian/internal/zone"
	"github.com/lianpian/lianpian/web"
)

// connectPatience is how long a start waits for a configured database that does
// not answer yet, as when both start together.
const (
	connectPatience = 60 * time.Second
	connectAgain    = 250 * time.Millisecond
)

// finishWithin is how long requests under way may still take when the service
// stops.
const finishWithin = 30 * time.Second

// changesKept is how long a client may be away and still be told what it missed.
const changesKept = 24 * time.Hour

// nouns are the parts that own the data, on one database.
type nouns struct {
	db        *postgis.DB
	policies  *policy.Library
	accounts  *account.Store
	registry  *registry.Store
	zones     *zone.Store
	links     *link.Store
	shapes    *generalisation.Store
	proposals *proposal.Store
	phases    *phase.Store
	dossiers  *dossier.Store
	surveys   *survey.Store
	program   *program.Store
	works     *works.Store
	approvals *approval.Store
	progress  *progress.Store
	dashboard *dashboard.Store
	coverage  *coverage.Store
	sites     *site.Store
	walking   *walking.Store
	exporter  *exporter.Exporter
	plans     *areaplan.Gatherer
	delivery  *delivery.Store
	importer  *importer.Importer
	doctor    *doctor.Doctor
}

// openNouns migrates the database and makes the nouns on it. Watch is told of every
// statement; nil is nobody.
func openNouns(ctx context.Context, c Config, sessionIdle time.Duration, url string, watch postgis.Statements, log *slog.Logger) (*nouns, error) {
	if err := awaitDatabase(ctx, url, log); err != nil {
		return nil, err
	}
	if err := postgis.Migrate(ctx, url, log); err != nil {
		return nil, err
	}
	policies, err := policy.Load()
	if err != nil {
		return nil, fmt.Errorf("load the policies and standards: %w", err)
	}
	db, err := postgis.OpenWatched(ctx, url, log, watch)
	if err != nil {
		return nil, err
	}
	accounts, err := account.New(db, account.Config{SessionIdle: sessionIdle})
	if err != nil {
		db.Close()
		return nil, err
	}
	n := &nouns{db: db, policies: policies, accounts: accounts}
	n.registry = registry.New(db, policies)
	n.zones = zone.New(db)
	n.registry.Follow(n.zones.CommunitiesMoved)
	n.registry.FollowUndo(n.zones.UndoImport)
	n.links = link.New(db, log)
	n.registry.Follow(n.links.CommunitiesMoved)
	n.shapes = generalisation.New(db, log)
	n.proposals = proposal.New(db, n.zones)
	n.phases = phase.New(db, policies, clock.Now)
	n.dossiers = dossier.New(db, n.registry, policies, clock.Now)
	n.surveys = survey.New(db, n.registry, clock.Now)
	n.program = program.New(db, n.registry, policies, clock.Now)
	n.registry.Follow(n.program.CommunitiesMoved)
	n.works = works.New(db, n.program, n.registry, policies, clock.Now)
	n.approvals = approval.New(db, n.program, n.registry, policies, clock.Now)
	n.progress = progress.New(db, n.program, n.registry, policies, clock.Now)
	n.dashboard = dashboard.New(db, n.registry, policies, clock.Now)
	n.dashboard.CountTargets(countTargets(n.progress))
	n.walking = walking.New(db, log)
	n.coverage = coverage.New(db, policies, n.walking)
	n.sites = site.New(db, policies, n.coverage)
	n.zones.FollowCopies(n.sites.Copy)
	n.exporter = exporter.New(db, policies)
	n.plans = areaplan.New(db, n.zones, n.coverage, policies, software())
	n.delivery = delivery.New(db, accounts, n.plans, n.surveys, n.progress, delivery.Config{Dir: c.packageDir(), Keep: c.packageKeep(), Software: software()})
	n.importer, err = importer.New(db, n.registry, policies, c.uploadDir())
	if err != nil {
		db.Close()
		return nil, err
	}
	n.importer.AskPeople(accounts)
	n.doctor = doctor.New(db, n.registry, n.zones, n.importer, policies, c.uploadDir(), clock.Now)
	n.registry.FollowUndo(n.doctor.ImportUndone)
	n.doctor.AskPeople(accounts)
	return n, nil
}

// ErrUnanswered says that the database gave no answer in time.
var ErrUnanswered = errors.New("the database does not answer")

func awaitDatabase(ctx context.Context, url string, log *slog.Logger) error {
	ctx, cancel := context.WithTimeout(ctx, connectPatience)
	defer cancel()
	told := false
	for {
		err := postgis.Ping(ctx, url)
		if err == nil || !postgis.Unreachable(err) {
			return err
		}
		if !told {
			log.Info("waiting for the database", "error", err)
			told = true
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%w: %w", ErrUnanswered, err)
		case <-time.After(connectAgain):
		}
	}
}

// Serve runs the service until ctx ends, and then ends everything it started,
// also the private database server. What a person needs to know is written to
// out.
func Serve(ctx context.Context, c Config, s ServeConfig, out io.Writer) error {
	log, err := newLogger(c, os.Stderr)
	if err != nil {
		return err
	}
	// Listen first: a port in use must not cost a database start.
	listener, err := net.Listen("tcp", s.Listen)
	if err != nil {
		return fmt.Errorf("listen on %s (choose another address with --listen or LIANPIAN_LISTEN): %w", s.Listen, err)
	}
	defer listener.Close()

	seen, err := newSight(ctx, s)
	if err != nil {
		return err
	}
	defer closeTracing(ctx, seen.tracing, log)
	base, err := openDatabase(ctx, c, false, log)
	if err != nil {
		return err
	}
	defer base.close()
	n, err := openNouns(ctx, c, time.Duration(s.SessionHours)*time.Hour, base.url, seen.statements, log)
	if err != nil {
		return err
	}
	defer n.db.Close()
	if err := n.registry.FollowPolicies(ctx); err != nil {
		return err
	}
	if s.Demo {
		if err := loadDemo(ctx, n, out); err != nil {
			return err
		}
	}
	return n.serve(ctx, c, s, base, listener, seen, log, out)
}

func (n *nouns) serve(ctx context.Context, c Config, s ServeConfig, base database, listener net.Listener, seen sight, log *slog.Logger, out io.Writer) error {
	if err := n.db.UseReplicas(s.ReplicaURLs); err != nil {
		return err
	}
	provider, err := newProvider(n.accounts, s.OIDC)
	if err != nil {
		return err
	}
	tiles, err := tile.New(n.db, tileConfig(s, seen.metrics), log)
	if err != nil {
		return err
	}
	defer tiles.Close()
	moved, err := job.Settle(ctx, n.db, c.filesDir())
	if err != nil {
		return err
	}
	if moved {
		log.Warn("uploads and packages were kept elsewhere before; they are looked for here now", "directory", c.filesDir())
	}
	jobs, err := job.NewRunner(n.db, job.Config{Workers: s.JobWorkers, Silence: s.JobSilence, Handlers: n.handlers(), Ended: seen.metrics.Job}, log)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(c.uploadDir(), 0o700); err != nil {
		return fmt.Errorf("create the upload directory: %w", err)
	}
	running, stop := context.WithCancel(ctx)
	defer stop()
	// What answers depend on goes on until the last request has been answered.
	lasting, end := context.WithCancel(context.WithoutCancel(ctx))
	defer end()
	streams, endStreams := context.WithCancel(lasting)
	defer endStreams()
	handler, err := httpapi.New(streams, httpapi.Config{
		DB:             n.db,
		Accounts:       n.accounts,
		Provider:       provider,
		Registry:       n.registry,
		Zones:          n.zones,
		Coverage:       n.coverage,
		Sites:          n.sites,
		Walking:        n.walking,
		Links:          n.links,
		Proposals:      n.proposals,
		Phases:         n.phases,
		Dossiers:       n.dossiers,
		Surveys:        n.surveys,
		Program:        n.program,
		Works:          n.works,
		Approvals:      n.approvals,
		Progress:       n.progress,
		Dashboard:      n.dashboard,
		Exporter:       n.exporter,
		Delivery:       n.delivery,
		Importer:       n.importer,
		Doctor:         n.doctor,
		Policies:       n.policies,
		Tiles:          tiles,
		Jobs:           jobs,
		OGC:            ogc.New(n.db),
		Web:            web.Dist(),
		UploadDir:      c.uploadDir(),
		UploadLimit:    s.UploadLimitMiB << 20,
		SecureCookies:  s.SecureCookies,
		RatePerSecond:  s.RatePerSecond,
		TrustedProxies: s.TrustedProxies,
		BaseURL:        s.BaseURL,
		Metrics:        seen.metrics,
		MetricsHandler: seen.metrics.Handler(),
		MetricsFrom:    s.MetricsFrom,
		Tracer:         seen.tracing.Tracer("httpapi"),
		Log:            log,
	})
	if err != nil {
		return err
	}
	countParts(running, seen.metrics, n.db, tiles, jobs, handler)
	server := &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
	parts, partsCtx := errgroup.WithContext(running)
	parts.Go(func() error { return ignoreEnd(lasting, n.db.Listen(lasting)) })
	parts.Go(func() error { return ignoreEnd(lasting, n.db.WatchReplicas(lasting)) })
	parts.Go(func() error { return jobs.Run(partsCtx) })
	parts.Go(func() error { return ignoreEnd(partsCtx, n.accounts.RunSeals(partsCtx, log)) })
	parts.Go(func() error { return ignoreEnd(partsCtx, n.links.Run(partsCtx)) })
	parts.Go(func() error { return ignoreEnd(partsCtx, n.shapes.Run(partsCtx)) })
	parts.Go(func() error { return ignoreEnd(partsCtx, n.walking.Run(partsCtx)) })
	parts.Go(func() error { return ignoreEnd(partsCtx, n.zones.Run(partsCtx, log)) })
	parts.Go(func() error { return ignoreEnd(partsCtx, n.sweep(partsCtx, c.uploadDir(), s.ImportUndoDays, log)) })
	if base.server != nil {
		parts.Go(func() error { return ignoreEnd(lasting, base.server.Keep(lasting)) })
		parts.Go(func() error { return ignoreEnd(lasting, base.server.WatchRoom(lasting, n.db, s.DiskReserveMiB<<20)) })
	}
	parts.Go(func() error {
		var err error
		if s.TLSCert != "" || s.TLSKey != "" {
			err = server.ServeTLS(listener, s.TLSCert, s.TLSKey)
		} else {
			err = server.Serve(listener)
		}
		if errors.Is(err, http.ErrServerClosed) {
			return nil
		}
		return fmt.Errorf("serve: %w", err)
	})
	parts.Go(func() error {
		<-partsCtx.Done()
		defer end()
		handler.Leave()
		if ctx.Err() != nil && s.Drain > 0 {
			log.Info("stopping; requests are still answered", "for", s.Drain)
			time.Sleep(s.Drain)
		}
		endStreams() // a graceful shutdown would wait for them
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), finishWithin)
		defer cancel()
		if err := server.Shutdown(ctx); err != nil {
			return server.Close()
		}
		return nil
	})
	if err := n.announce(ctx, s, listener, out); err != nil {
		stop()
		return errors.Join(err, parts.Wait())
	}
	err = parts.Wait()
	fmt.Fprintln(out, "Lianpian has stopped.")
	return err
}

// announce prints the address and, as long as no administrator has a password,
// a one-time sign-in link.
func (n *nouns) announce(ctx context.Context, s ServeConfig, listener net.Listener, out io.Writer) error {
	address := publicAddress(s, listener)
	patient, cancel := context.WithTimeout(ctx, connectPatience)
	defer cancel()
	token, err := n.accounts.EnsureAdministrator(patient)
	for postgis.Lost(err) && patient.Err() == nil {
		time.Sleep(connectAgain)
		token, err = n.accounts.EnsureAdministrator(patient)
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "\n  Lianpian 连片 is ready:  %s\n", address)
	if token != "" {
		fmt.Fprintf(out, "  First sign-in as administrator 管理员 (this link works once):\n\n    %s/sign-in?token=%s\n", address, token)
	}
	fmt.Fprintf(out, "\n  Press Ctrl-C to stop.\n\n")
	return nil
}

func publicAddress(s ServeConfig, listener net.Listener) string {
	if s.BaseURL != "" {
		return strings.TrimRight(s.BaseURL, "/")
	}
	scheme := "http"
	if s.TLSCert != "" {
		scheme = "https"
	}
	host, port, err := net.SplitHostPort(listener.Addr().String())
	if err != nil {
		return scheme + "://" + listener.Addr().String()
	}
	if ip := net.ParseIP(host); ip == nil || ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return scheme + "://" + net.JoinHostPort(host, port)
}

// uploadKept is how long the file of an import that never ended is kept.
const uploadKept = 7 * 24 * time.Hour

// sweep removes, once an hour, sessions and links that have run out, what is
// kept of imports that can no longer be taken back, and uploads that no import came for.
func (n *nouns) sweep(ctx context.Context, uploads string, undoDays int, log *slog.Logger) error {
	chores := []struct {
		failed string
		do     func() error
	}{
		{"expired sessions could not be removed", func() error { return n.accounts.Sweep(ctx) }},
		{"old imports could not be forgotten", func() error {
			_, err := n.registry.ForgetImports(ctx, time.Now().AddDate(0, 0, -undoDays))
			return err
		}},
		{"the list of changes could not be shortened", func() error { return n.db.ForgetChanges(ctx, time.Now().Add(-changesKept)) }},
		{"old uploads could not be removed", func() error { return sweepUploads(uploads, time.Now().Add(-uploadKept)) }},
		{"old packages could not be removed", func() error { return n.delivery.Sweep(ctx) }},
		{"old inspections could not be removed", func() error { return n.doctor.Sweep(ctx) }},
	}
	ticker := time.NewTicker(time.Hour)
	defer ticker.Stop()
	for {
		for _, chore := range chores {
			if err := panics.Contain(chore.do); err != nil && ctx.Err() == nil {
				log.Warn(chore.failed, "error", err)
			}
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-ticker.C:
		}
	}
}

func sweepUploads(dir string, before time.Time) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("list the uploads: %w", err)
	}
	for _, entry := range entries {
		info, err := entry.Info()
		if err != nil || !info.Mode().IsRegular() || info.ModTime().After(before) {
			continue
		}
		if err := os.Remove(filepath.Join(dir, entry.Name())); err != nil {
			return fmt.Errorf("remove an old upload: %w", err)
		}
	}
	return nil
}

func (n *nouns) handlers() map[string]job.Handler {
	return map[string]job.Handler{
		"import": n.importer.Handle, importer.UndoKind: n.importer.Undo, proposal.JobKind: n.proposals.Handle, site.JobKind: n.sites.Handle,
		delivery.JobKind: n.delivery.Handle, doctor.KindInspect: n.doctor.Inspect, doctor.KindImport: n.doctor.Import,
	}
}

func tileConfig(s ServeConfig, watch tile.Watch) tile.Config {
	cache := s.TileCacheMiB << 20
	if cache == 0 {
		cache = -1
	}
	return tile.Config{CacheBytes: cache, HeldBytes: s.TileHoldMiB << 20, QueryTimeout: s.TileTimeout, Watch: watch}
}

// ignoreEnd drops the error of a part that ended because it was told to.
func ignoreEnd(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return nil
	}
	return err
}

func newLogger(c Config, w io.Writer) (*slog.Logger, error) {
	var level slog.Level
	if err := level.UnmarshalText([]byte(c.LogLevel)); err != nil {
		return nil, fmt.Errorf("log level %q: %w", c.LogLevel, err)
	}
	options := &slog.HandlerOptions{Level: level, ReplaceAttr: withoutPersons}
	if c.LogFormat == "json" {
		return slog.New(slog.NewJSONHandler(w, options)), nil
	}
	return slog.New(slog.NewTextHandler(w, options)), nil
}
