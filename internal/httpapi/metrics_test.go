package httpapi

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
)

// tally is a Metrics that remembers.
type tally struct {
	mu    sync.Mutex
	lines []string
}

func (c *tally) Began() func() { return func() {} }

func (c *tally) Answered(method, route string, status int, _ time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.lines = append(c.lines, method+" "+route+" "+http.StatusText(status))
}

func watched(t *testing.T, config Config) *Server {
	t.Helper()
	if config.Log == nil {
		config.Log = slog.New(slog.DiscardHandler)
	}
	s, err := New(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestRequestsAreCountedByRouteAndNeverByWhatTheClientWrote(t *testing.T) {
	counted := &tally{}
	spans := tracetest.NewSpanRecorder()
	provider := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(spans))
	s := watched(t, Config{Metrics: counted, Tracer: provider.Tracer("test")})
	for _, address := range []string{
		"/healthz", "/api/v1/districts/500110/zones/abc", "/api/v1/no/such/address/13800138000",
	} {
		s.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", address, nil))
	}
	want := []string{
		"GET /healthz OK", "GET /api/v1/districts/{district}/zones/{code} Unauthorized", "GET /api/v1/* Not Found",
	}
	for i, line := range want {
		if i >= len(counted.lines) || counted.lines[i] != line {
			t.Fatalf("counted %q, not %q", counted.lines, want)
		}
	}
	for i, span := range spans.Ended() {
		if !strings.HasPrefix(want[i], span.Name()) {
			t.Errorf("span %q, not one of %q", span.Name(), want[i])
		}
	}
}

func TestARequestKeepsTheTraceOfItsCaller(t *testing.T) {
	spans := tracetest.NewSpanRecorder()
	s := watched(t, Config{Tracer: sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(spans)).Tracer("test")})
	r := httptest.NewRequest("GET", "/healthz", nil)
	r.Header.Set("Traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")
	s.ServeHTTP(httptest.NewRecorder(), r)
	if got := spans.Ended()[0].SpanContext().TraceID().String(); got != "4bf92f3577b34da6a3ce929d0e0e4736" {
		t.Errorf("the trace is %s", got)
	}
}

func TestFiguresAreForTheNetworksThatMayReadThem(t *testing.T) {
	figures := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("figures")) })
	s := watched(t, Config{MetricsHandler: figures, MetricsFrom: []string{"127.0.0.0/8", "10.0.0.0/8"}, TrustedProxies: []string{"127.0.0.2"}})
	for _, tt := range []struct {
		name, from, forwarded string
		status                int
	}{
		{"this machine", "127.0.0.1:1000", "", 200},
		{"a network that may", "10.1.2.3:1000", "", 200},
		{"another network", "192.0.2.1:1000", "", 404},
		{"through a proxy that nobody told of", "127.0.0.1:1000", "192.0.2.1", 404},
		{"through a trusted proxy, from outside", "127.0.0.2:1000", "192.0.2.1", 404},
		{"through a trusted proxy, from a network that may", "127.0.0.2:1000", "10.1.1.1", 200},
		{"from outside, pretending", "192.0.2.1:1000", "127.0.0.1", 404},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := httptest.NewRequest("GET", "/metrics", nil)
			r.RemoteAddr = tt.from
			if tt.forwarded != "" {
				r.Header.Set("X-Forwarded-For", tt.forwarded)
			}
			w := httptest.NewRecorder()
			s.ServeHTTP(w, r)
			if w.Code != tt.status {
				t.Errorf("answered %d, not %d", w.Code, tt.status)
			}
		})
	}
}
