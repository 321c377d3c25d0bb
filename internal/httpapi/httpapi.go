// Package httpapi is the door for people and programs: the JSON API with its
// OpenAPI document, tiles, uploads, event streams and the web app. It
// translates between HTTP and the nouns; it must never hold a rule of the
// product or any SQL, and no route may exist without saying who may use it.
package httpapi

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"path/filepath"
	"reflect"
	"sync"
	"sync/atomic"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humachi"
	"github.com/go-chi/chi/v5"
	"github.com/klauspost/compress/gzhttp"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/approval"
	"github.com/lianpian/lianpian/internal/clock"
	"github.com/lianpian/lianpian/internal/coverage"
	"github.com/lianpian/lianpian/internal/dashboard"
	"github.com/lianpian/lianpian/internal/delivery"
	"github.com/lianpian/lianpian/internal/doctor"
	"github.com/lianpian/lianpian/internal/dossier"
	"github.com/lianpian/lianpian/internal/exporter"
	"github.com/lianpian/lianpian/internal/importer"
	"github.com/lianpian/lianpian/internal/job"
	"github.com/lianpian/lianpian/internal/link"
	"github.com/lianpian/lianpian/internal/ogc"
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
)

const (
	root = "/api/v1"

	// jsonLimit is the largest JSON body, in bytes. A drawing of the most points
	// that are allowed takes a tenth of it.
	jsonLimit = 8 << 20
	// defaultUploadLimit is the largest upload where none is configured.
	defaultUploadLimit = 2 << 30
	// answerWithin bounds the work on a request that is no stream or upload.
	answerWithin = 30 * time.Second
	// computeWithin bounds the work on a request for a computation over a whole
	// district.
	computeWithin = 5 * time.Minute
)

// Config is what the doors lead to.
type Config struct {
	DB        *postgis.DB
	Accounts  *account.Store
	Provider  *account.Provider // nil: people sign in by password and link only
	Registry  *registry.Store
	Zones     *zone.Store
	Coverage  *coverage.Store
	Sites     *site.Store
	Walking   *walking.Store
	Links     *link.Store
	Proposals *proposal.Store
	Phases    *phase.Store
	Dossiers  *dossier.Store
	Surveys   *survey.Store
	Program   *program.Store
	Works     *works.Store
	Approvals *approval.Store
	Progress  *progress.Store
	Dashboard *dashboard.Store
	Exporter  *exporter.Exporter
	Delivery  *delivery.Store
	Importer  *importer.Importer
	Doctor    *doctor.Doctor
	Policies  *policy.Library
	Tiles     *tile.Server
	Jobs      *job.Runner
	OGC       *ogc.Store
	Web       fs.FS // the built web app; nil serves none

	UploadDir      string
	UploadLimit    int64    // bytes; 0 is 2 GiB
	SecureCookies  string   // auto (by request, also "") | always | never
	RatePerSecond  float64  // API requests of one person, burstSeconds' worth of them at once; 0 is no limit
	TrustedProxies []string // addresses or networks whose X-Forwarded-* are believed
	BaseURL        string   // what people type, for one-time links; "" takes it from the request

	Metrics        Metrics      // nil counts nothing
	MetricsHandler http.Handler // of /metrics; nil serves none
	MetricsFrom    []string     // addresses or networks that may read /metrics; an administrator always may
	Tracer         trace.Tracer // nil traces nothing

	Log *slog.Logger
	Now func() time.Time // nil is clock.Now
}

// Server is the http.Handler of the whole service. Use New to make one.
type Server struct {
	Config
	log         *slog.Logger
	now         func() time.Time
	running     context.Context // ends with the service, and with it every stream
	leaving     atomic.Bool     // nobody is to send more requests here
	proxies     proxies
	metricsFrom proxies
	handler     http.Handler
	router      *chi.Mux
	api         huma.API
	changes     *broker
	routes      map[string]route // by "METHOD /pattern"
	turns       turns
	answers     answers
	rules       rulebook
	webFiles    *webFiles
	document    func() ([]byte, error) // the OpenAPI document, made once

	byPerson, byAddress *pace
}

// New makes the handler. Event streams end when ctx does.
func New(ctx context.Context, config Config) (*Server, error) {
	s, err := build(ctx, config)
	if err != nil {
		return nil, err
	}
	if config.DB != nil {
		config.DB.OnSequence(s.changes.publish)
	}
	return s, nil
}

// OpenAPI returns the description of the JSON API. It needs no database.
func OpenAPI() ([]byte, error) {
	s, err := build(context.Background(), Config{Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return nil, err
	}
	return s.document()
}

func build(ctx context.Context, config Config) (*Server, error) {
	if config.UploadLimit == 0 {
		config.UploadLimit = defaultUploadLimit
	}
	if config.UploadDir != "" { // jobs are done elsewhere, perhaps from another directory
		dir, err := filepath.Abs(config.UploadDir)
		if err != nil {
			return nil, fmt.Errorf("find the upload directory: %w", err)
		}
		config.UploadDir = dir
	}
	trusted, err := parseProxies(config.TrustedProxies)
	if err != nil {
		return nil, err
	}
	s := &Server{
		Config: config, log: config.Log, now: config.Now, running: ctx,
		proxies: trusted, changes: newBroker(), routes: map[string]route{},
	}
	if s.log == nil {
		s.log = slog.Default()
	}
	if s.now == nil {
		s.now = clock.Now
	}
	s.byPerson, s.byAddress = newPace(config.RatePerSecond, s.now), newPace(config.RatePerSecond*addressShare, s.now)
	if s.Metrics == nil {
		s.Metrics = uncounted{}
	}
	if s.Tracer == nil {
		s.Tracer = noop.NewTracerProvider().Tracer("")
	}
	if s.metricsFrom, err = parseProxies(config.MetricsFrom); err != nil {
		return nil, err
	}
	s.turns = newTurns(config.DB, time.Now)
	if s.rules, err = newRulebook(config.Policies); err != nil {
		return nil, err
	}
	if s.webFiles, err = readWeb(config.Web); err != nil {
		return nil, err
	}
	compress, err := gzhttp.NewWrapper(gzhttp.MinSize(1024), gzhttp.CompressionLevel(5),
		gzhttp.ContentTypes([]string{
			"application/json", "application/problem+json", "application/geo+json", "application/schema+json",
			"application/vnd.oai.openapi+json", "application/vnd.mapbox.style+json", "text/html",
		}))
	if err != nil {
		return nil, fmt.Errorf("prepare compression: %w", err)
	}

	sameOrigin, err := refuseCrossOrigin(config.BaseURL)
	if err != nil {
		return nil, err
	}

	// Every request at a door passes these, in this order.
	door := chi.Middlewares{sameOrigin, privately, s.paceAddress, s.upToDate, s.authenticate, s.pacePerson}
	packed := func(next http.Handler) http.Handler { return compress(next) }
	s.router = chi.NewRouter()
	s.router.Use(s.name)
	s.router.Route(root, func(r chi.Router) {
		r.Use(door...)
		r.Group(func(r chi.Router) { // streams and bodies of any size
			s.streamRoutes(r)
		})
		r.Group(func(r chi.Router) {
			r.Use(s.briefly, s.limitBody)
			s.tileRoutes(r)
		})
		r.Group(func(r chi.Router) {
			r.Use(s.briefly, s.limitBody, s.share, packed)
			s.jsonRoutes(r)
		})
		r.NotFound(func(w http.ResponseWriter, r *http.Request) { writeProblem(w, r, notFound()) })
		r.MethodNotAllowed(methodNotAllowed)
	})
	s.router.Route(ogcDoor, func(r chi.Router) {
		r.Use(door...)
		r.Use(s.briefly, s.limitBody, packed)
		s.ogcRoutes(r)
		r.NotFound(func(w http.ResponseWriter, r *http.Request) { writeProblem(w, r, notFound()) })
		r.MethodNotAllowed(methodNotAllowed)
	})
	s.router.Get("/healthz", s.health)
	s.router.Get("/readyz", s.ready)
	s.router.With(s.authenticate).Get("/metrics", s.metrics)
	s.router.Get("/*", s.webFiles.serve)
	s.router.Head("/*", s.webFiles.serve)
	s.router.MethodNotAllowed(methodNotAllowed)
	s.handler = s.record(s.recoverPanics(s.secureHeaders(contentPolicy(s.webFiles.inlineScripts, s.webFiles.inlineStyles), s.router)))
	return s, nil
}

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if s.leaving.Load() {
		w.Header().Set("Connection", "close") // the next request goes elsewhere
	}
	s.handler.ServeHTTP(w, r)
}

// jsonRoutes are those whose shapes are Go types.
func (s *Server) jsonRoutes(r chi.Router) {
	config := huma.DefaultConfig("Lianpian 连片", "1")
	config.Components.Schemas = newRegistry()
	config.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"session": {Type: "apiKey", In: "cookie", Name: cookieName},
		"token":   {Type: "http", Scheme: "bearer", Description: "a personal API token; also as the password of HTTP Basic, with any name"},
	}
	config.Servers = []*huma.Server{{URL: root}}
	config.OpenAPIPath, config.DocsPath, config.SchemasPath = "", "", ""
	config.CreateHooks = nil // no $schema links
	config.Transformers = []huma.Transformer{present}
	s.api = humachi.New(r, config)

	s.sessionRoutes()
	s.providerRoutes(r)
	s.sessionListRoutes()
	s.tokenRoutes()
	s.accountRoutes()
	s.policyRoutes()
	s.policyChoiceRoutes()
	s.districtRoutes()
	s.communityRoutes()
	s.buildingRoutes()
	s.facilityRoutes()
	s.idleRoutes()
	s.zoneRoutes()
	s.contiguityRoutes(r)
	s.proposalRoutes()
	s.sitingRoutes()
	s.phaseRoutes()
	s.dossierRoutes()
	s.surveyRoutes()
	s.projectRoutes()
	s.worksRoutes()
	s.approvalRoutes()
	s.progressRoutes(r)
	s.dashboardRoutes()
	s.coverageRoutes()
	s.linkRoutes()
	s.jobRoutes()
	s.importRoutes()
	s.packageRoutes()
	s.inspectionRoutes()
	s.mapRoutes(r)
	s.describePlainRoutes()
	markNullable(config.Components.Schemas)

	s.document = sync.OnceValues(func() ([]byte, error) {
		document, err := json.MarshalIndent(s.api.OpenAPI(), "", "  ")
		if err != nil {
			return nil, fmt.Errorf("encode the OpenAPI document: %w", err)
		}
		return document, nil
	})
	s.plain(r, route{method: http.MethodGet, path: "/openapi.json", open: true}, s.serveOpenAPI)
}

// present is the last look at a response: problems in the person's language,
// lists that are never null.
func present(ctx huma.Context, _ string, v any) (any, error) {
	if p, ok := v.(*Problem); ok {
		ctx.SetHeader("Cache-Control", "no-store")
		return p.in(ctx.Header("Accept-Language")), nil
	}
	if v == nil {
		return v, nil
	}
	reachable := reflect.New(reflect.TypeOf(v))
	reachable.Elem().Set(reflect.ValueOf(v))
	filled(reachable)
	return reachable.Elem().Interface(), nil
}

func (s *Server) serveOpenAPI(w http.ResponseWriter, r *http.Request) error {
	document, err := s.document()
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(document)
	return nil
}

// health tells that the process runs.
func (s *Server) health(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write([]byte("ok\n"))
}

// Leave makes the service tell that it is not ready, so that a proxy sends
// requests elsewhere. Requests are answered as before.
func (s *Server) Leave() { s.leaving.Store(true) }

// ready tells that the database answers and the service is not about to stop.
func (s *Server) ready(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
	defer cancel()
	w.Header().Set("Cache-Control", "no-store")
	if s.leaving.Load() {
		http.Error(w, "the service is stopping", http.StatusServiceUnavailable)
		return
	}
	if err := s.DB.Pool.Ping(ctx); err != nil {
		s.log.WarnContext(ctx, "the database does not answer", "error", err)
		http.Error(w, "the database does not answer", http.StatusServiceUnavailable)
		return
	}
	_, _ = w.Write([]byte("ready\n"))
}

func methodNotAllowed(w http.ResponseWriter, r *http.Request) {
	writeProblem(w, r, newProblem(http.StatusMethodNotAllowed, "method", "不支持的操作", "This address does not take this method."))
}
