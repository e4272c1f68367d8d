// Package otlp sends spans by OTLP over HTTP, in protobuf. It does what
// go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp does with the OTEL_EXPORTER_OTLP_
// variables, without linking gRPC and its gateway, which that package never calls: 2.4 MB of a
// binary.
package otlp

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/cenkalti/backoff/v5"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"
)

// maxAnswer bounds how much of an answer is read, so that its connection can be used again.
const maxAnswer = 64 << 10

// New makes an exporter of spans from the environment: getenv is os.Getenv.
func New(ctx context.Context, getenv func(string) string) (*otlptrace.Exporter, error) {
	c, err := fromEnv(getenv)
	if err != nil {
		return nil, err
	}
	exporter, err := otlptrace.New(ctx, c)
	if err != nil {
		return nil, fmt.Errorf("otlp: %w", err)
	}
	return exporter, nil
}

// client implements otlptrace.Client.
type client struct {
	http     *http.Client
	endpoint string
	headers  http.Header
	timeout  time.Duration // of one batch, with its retries
	gzip     bool
}

// Start implements otlptrace.Client. Connections are made when they are needed.
func (c *client) Start(context.Context) error { return nil }

// Stop implements otlptrace.Client.
func (c *client) Stop(context.Context) error {
	c.http.CloseIdleConnections()
	return nil
}

// UploadTraces sends a batch. What the collector is too busy for is sent again, within the timeout.
func (c *client) UploadTraces(ctx context.Context, spans []*tracepb.ResourceSpans) error {
	// TracesData is an ExportTraceServiceRequest on the wire, whose package would link gRPC.
	body, err := proto.Marshal(&tracepb.TracesData{ResourceSpans: spans})
	if err != nil {
		return fmt.Errorf("otlp: %w", err)
	}
	if c.gzip {
		if body, err = compress(body); err != nil {
			return fmt.Errorf("otlp: %w", err)
		}
	}
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	_, err = backoff.Retry(ctx, func() (struct{}, error) { return struct{}{}, c.post(ctx, body) },
		backoff.WithBackOff(backoff.NewExponentialBackOff()), backoff.WithMaxElapsedTime(c.timeout))
	if err != nil {
		return fmt.Errorf("otlp: the spans were not sent: %w", err)
	}
	return nil
}

func (c *client) post(ctx context.Context, body []byte) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, c.endpoint, bytes.NewReader(body))
	if err != nil {
		return backoff.Permanent(err)
	}
	request.Header = c.headers.Clone()
	response, err := c.http.Do(request)
	if err != nil {
		return err //nolint:wrapcheck // UploadTraces wraps it
	}
	defer response.Body.Close()
	_, _ = io.CopyN(io.Discard, response.Body, maxAnswer)
	switch {
	case response.StatusCode/100 == 2:
		return nil
	case response.StatusCode == http.StatusTooManyRequests, response.StatusCode == http.StatusBadGateway,
		response.StatusCode == http.StatusServiceUnavailable, response.StatusCode == http.StatusGatewayTimeout:
		if seconds, err := strconv.Atoi(response.Header.Get("Retry-After")); err == nil && seconds >= 0 {
			return backoff.RetryAfter(seconds)
		}
		return statusError(response.Status)
	}
	return backoff.Permanent(statusError(response.Status))
}

// statusError is the status of an answer that is not 2xx.
type statusError string

func (e statusError) Error() string { return "the collector answered " + string(e) }

func compress(b []byte) ([]byte, error) {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	if _, err := w.Write(b); err != nil {
		return nil, err //nolint:wrapcheck // UploadTraces wraps it
	}
	if err := w.Close(); err != nil {
		return nil, err //nolint:wrapcheck // UploadTraces wraps it
	}
	return out.Bytes(), nil
}
