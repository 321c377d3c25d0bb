package telemetry

import (
	"context"
	"fmt"
	"net/url"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"
)

// TracingConfig says where traces go. Its zero value sends none.
type TracingConfig struct {
	Endpoint string  // OTLP over HTTP, such as http://collector:4318; "" is none
	Ratio    float64 // of the requests that are traced, 0 to 1
	Version  string  // of the program
}

// Tracing makes the spans of one process. Use NewTracing, and Close at the end.
type Tracing struct {
	provider trace.TracerProvider
	sdk      *sdktrace.TracerProvider // nil: none are sent
}

// NewTracing makes a Tracing. It does not wait for the collector: spans that
// cannot be delivered are dropped, and the service never waits for them.
func NewTracing(ctx context.Context, c TracingConfig) (*Tracing, error) {
	if c.Endpoint == "" {
		return &Tracing{provider: noop.NewTracerProvider()}, nil
	}
	address, err := url.Parse(c.Endpoint)
	if err != nil || address.Host == "" || address.Scheme != "http" && address.Scheme != "https" {
		return nil, fmt.Errorf("the trace endpoint %q is no http address", c.Endpoint)
	}
	if c.Ratio < 0 || c.Ratio > 1 {
		return nil, fmt.Errorf("the trace ratio %g is not between 0 and 1", c.Ratio)
	}
	if address.Path == "" || address.Path == "/" {
		address.Path = "/v1/traces"
	}
	exporter, err := otlptracehttp.New(ctx, otlptracehttp.WithEndpointURL(address.String()))
	if err != nil {
		return nil, fmt.Errorf("prepare the sending of traces: %w", err)
	}
	// Who calls may say which trace a request is part of, but not how much of the
	// service's work is recorded: the ratio holds for them as well.
	sampler := sdktrace.TraceIDRatioBased(c.Ratio)
	provider := sdktrace.NewTracerProvider(
		sdktrace.WithBatcher(exporter),
		sdktrace.WithSampler(sdktrace.ParentBased(sampler, sdktrace.WithRemoteParentSampled(sampler), sdktrace.WithRemoteParentNotSampled(sampler))),
		sdktrace.WithResource(resource.NewSchemaless(
			attribute.String("service.name", "lianpian"), attribute.String("service.version", c.Version))),
	)
	return &Tracing{provider: provider, sdk: provider}, nil
}

// Tracer makes spans for a part of the service.
func (t *Tracing) Tracer(part string) trace.Tracer { return t.provider.Tracer("lianpian/" + part) }

// Close sends what is left, as long as ctx lasts.
func (t *Tracing) Close(ctx context.Context) error {
	if t.sdk == nil {
		return nil
	}
	if err := t.sdk.Shutdown(ctx); err != nil {
		return fmt.Errorf("send the last traces: %w", err)
	}
	return nil
}
