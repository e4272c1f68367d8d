package app

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestSpansAreExported is not parallel: the exporter reads the environment of the process.
func TestSpansAreExported(t *testing.T) {
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "")
	none, flush, err := newTracer(t.Context())
	require.NoError(t, err)
	assert.Nil(t, none, "nobody has asked for spans")
	flush()

	got := make(chan string, 1)
	collector := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got <- r.URL.Path }))
	defer collector.Close()
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.URL)
	tracer, flush, err := newTracer(t.Context())
	require.NoError(t, err)
	_, span := tracer.Tracer("test").Start(t.Context(), "span")
	span.End()
	flush()
	assert.Equal(t, "/v1/traces", <-got)
}
