package monitor

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"
	"sync"

	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	noopmetric "go.opentelemetry.io/otel/metric/noop"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
)

// Tracer makes the spans of a bot:
//
//	callback             the request of the service, until it has its answer
//	handle               a run of the event; linked to its callback
//	  route NAME         the handler of a route
//	    send ENDPOINT    a message, with the wait for its turn
//	      POST ENDPOINT  the API call
//
// Between callback and handle lies the inbox, perhaps a crash or another process, so they are two
// traces. A handle is linked to its callback if both happen in one process and not too many events
// apart. Both have the attribute hongyan.event, a hash of the event's key, by which they can always
// be matched.
//
// No span contains the id of a person or an account, message text or a secret. A nil *Tracer makes
// no spans and costs nothing.
type Tracer struct {
	provider trace.TracerProvider
	tracer   trace.Tracer

	mu    sync.Mutex
	spans map[string]trace.SpanContext // of callbacks that wait for their first run, by key
	order []string                     // their keys, the oldest first
}

// maxLinks bounds the number of callbacks that are remembered for links.
const maxLinks = 4096

// instrumentation is the name of the instrumentation library.
const instrumentation = "github.com/hongyan-go/hongyan"

// NewTracer returns a tracer with a provider; nil means no spans.
func NewTracer(p trace.TracerProvider) *Tracer {
	if p == nil {
		return nil
	}
	return &Tracer{provider: p, tracer: p.Tracer(instrumentation), spans: map[string]trace.SpanContext{}}
}

// Span is a span that a method of Tracer began.
type Span struct{ span trace.Span }

// End ends a span. An error is recorded as a failure, without its text, which may contain message
// text.
func (s Span) End(err error, attributes ...string) {
	if s.span == nil {
		return
	}
	for i := 0; i+1 < len(attributes); i += 2 {
		s.span.SetAttributes(attribute.String(attributes[i], attributes[i+1]))
	}
	if err != nil {
		s.span.SetStatus(codes.Error, "failed")
	}
	s.span.End()
}

// Name renames a span whose name is known only at its end.
func (s Span) Name(name string) {
	if s.span != nil {
		s.span.SetName(name)
	}
}

func (t *Tracer) start(ctx context.Context, name string, kind trace.SpanKind, options ...trace.SpanStartOption) (context.Context, Span) {
	if t == nil {
		return ctx, Span{}
	}
	ctx, span := t.tracer.Start(ctx, name, append(options, trace.WithSpanKind(kind))...)
	return ctx, Span{span}
}

// Callback begins the span of a request of the service.
func (t *Tracer) Callback(ctx context.Context) (context.Context, Span) {
	return t.start(ctx, "callback", trace.SpanKindServer)
}

// Accepted records that the callback of ctx put the event with a key into the inbox, for the link
// from its run.
func (t *Tracer) Accepted(ctx context.Context, key string) {
	if t == nil || key == "" {
		return
	}
	span := trace.SpanFromContext(ctx)
	span.SetAttributes(eventAttribute(key))
	if !span.SpanContext().IsSampled() {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.order) == maxLinks {
		delete(t.spans, t.order[0])
		t.order = append(t.order[:0], t.order[1:]...)
	}
	t.spans[key] = span.SpanContext()
	t.order = append(t.order, key)
}

// Handle begins the span of a run of an event.
func (t *Tracer) Handle(ctx context.Context, key string, attempt int) (context.Context, Span) {
	if t == nil {
		return ctx, Span{}
	}
	options := []trace.SpanStartOption{trace.WithAttributes(attribute.Int("hongyan.attempt", attempt))}
	if key != "" {
		options = append(options, trace.WithAttributes(eventAttribute(key)))
	}
	t.mu.Lock()
	callback, known := t.spans[key]
	t.mu.Unlock()
	if known {
		options = append(options, trace.WithLinks(trace.Link{SpanContext: callback}))
	}
	return t.start(ctx, "handle", trace.SpanKindConsumer, options...)
}

// Route begins the span of a handler; Span.Name names it when the route is known.
func (t *Tracer) Route(ctx context.Context) (context.Context, Span) {
	return t.start(ctx, "route", trace.SpanKindInternal)
}

// Send begins the span of a message of the bot.
func (t *Tracer) Send(ctx context.Context, endpoint string) (context.Context, Span) {
	return t.start(ctx, "send "+endpoint, trace.SpanKindProducer)
}

// Transport wraps the transport of the API client with a span for each call. No trace header is
// added to the requests: the service belongs to another company.
func (t *Tracer) Transport(next http.RoundTripper) http.RoundTripper {
	if t == nil {
		return next
	}
	return &traced{next, otelhttp.NewTransport(next,
		otelhttp.WithTracerProvider(t.provider), otelhttp.WithMeterProvider(noopmetric.NewMeterProvider()),
		otelhttp.WithPropagators(propagation.NewCompositeTextMapPropagator()),
		otelhttp.WithSpanNameFormatter(func(_ string, r *http.Request) string { return r.Method + " " + endpointOf(r) }))}
}

// traced is a transport with spans.
type traced struct {
	next http.RoundTripper
	http.RoundTripper
}

// CloseIdleConnections passes on http.Client.CloseIdleConnections.
func (t *traced) CloseIdleConnections() { closeIdle(t.next) }

// endpointOf returns the endpoint of an API call as the catalogue writes it: the last two elements
// of the path.
func endpointOf(r *http.Request) string {
	parts := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	return "/" + strings.Join(parts[max(0, len(parts)-2):], "/")
}

// eventAttribute identifies an event without an id of a person.
func eventAttribute(key string) attribute.KeyValue {
	sum := sha256.Sum256([]byte(key))
	return attribute.String("hongyan.event", hex.EncodeToString(sum[:8]))
}
