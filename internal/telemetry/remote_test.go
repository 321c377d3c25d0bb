package telemetry_test

import (
	"context"
	"testing"

	"go.opentelemetry.io/otel/propagation"
)

// remoteSampled is the context of a request whose caller says that it is traced.
func remoteSampled(t *testing.T) context.Context {
	t.Helper()
	return propagation.TraceContext{}.Extract(t.Context(), propagation.MapCarrier{
		"traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
	})
}
