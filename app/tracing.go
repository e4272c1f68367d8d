package app

import (
	"context"
	"fmt"
	"os"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"github.com/hongyan-go/hongyan/internal/otlp"
	"github.com/hongyan-go/hongyan/internal/phrase"
)

// flushTime bounds sending the last spans.
const flushTime = 5 * time.Second

// newTracer makes the tracer provider that the OTEL_ variables configure; nil without an endpoint.
// flush sends the remaining spans.
func newTracer(ctx context.Context) (provider trace.TracerProvider, flush func(), err error) {
	nothing := func() {}
	if !otlp.Asked(os.Getenv) {
		return nil, nothing, nil
	}
	exporter, err := otlp.New(ctx, os.Getenv)
	if err != nil {
		return nil, nothing, err //nolint:wrapcheck // it names the variable
	}
	named, err := resource.New(ctx, resource.WithTelemetrySDK(),
		resource.WithAttributes(attribute.String("service.name", "hongyan")), resource.WithFromEnv())
	if err != nil {
		return nil, nothing, phrase.Errorf("OTEL_RESOURCE_ATTRIBUTES: %w", err)
	}
	spans := sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter), sdktrace.WithResource(named))
	return spans, func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), flushTime)
		defer cancel()
		if err := spans.Shutdown(ctx); err != nil {
			fmt.Fprintln(os.Stderr, "hongyan: the last spans could not be sent:", err)
		}
	}, nil
}
