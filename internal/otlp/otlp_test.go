package otlp_test

import (
	"compress/gzip"
	"encoding/pem"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"

	"github.com/hongyan-go/hongyan/internal/otlp"
)

// arrived is what a collector got.
type arrived struct {
	path, token, spans string
}

// collector answers the statuses in turn, then 200.
func collector(t *testing.T, start func(http.Handler) *httptest.Server, statuses ...int) (*httptest.Server, <-chan arrived) {
	t.Helper()
	got := make(chan arrived, 10)
	server := start(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if len(statuses) > 0 {
			w.Header().Set("Retry-After", "0")
			w.WriteHeader(statuses[0])
			statuses = statuses[1:]
			return
		}
		var body io.Reader = r.Body
		if r.Header.Get("Content-Encoding") == "gzip" {
			var err error
			if body, err = gzip.NewReader(body); !assert.NoError(t, err) {
				return
			}
		}
		b, err := io.ReadAll(body)
		assert.NoError(t, err)
		var traces tracepb.TracesData
		assert.NoError(t, proto.Unmarshal(b, &traces))
		assert.Equal(t, "application/x-protobuf", r.Header.Get("Content-Type"))
		got <- arrived{r.URL.Path, r.Header.Get("X-Token"), traces.GetResourceSpans()[0].GetScopeSpans()[0].GetSpans()[0].GetName()}
	}))
	t.Cleanup(server.Close)
	return server, got
}

// export sends a span as the variables say.
func export(t *testing.T, env map[string]string) error {
	t.Helper()
	exporter, err := otlp.New(t.Context(), func(name string) string { return env[name] })
	if err != nil {
		return err
	}
	provider := sdktrace.NewTracerProvider()
	_, span := provider.Tracer("test").Start(t.Context(), "a span")
	span.End()
	err = exporter.ExportSpans(t.Context(), []sdktrace.ReadOnlySpan{span.(sdktrace.ReadOnlySpan)})
	require.NoError(t, exporter.Shutdown(t.Context()))
	return err
}

func TestExport(t *testing.T) {
	t.Parallel()
	const endpoint, traces = "OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"
	for name, test := range map[string]struct {
		env      func(url string) map[string]string
		statuses []int
		want     arrived
	}{
		"all signals": {func(u string) map[string]string {
			return map[string]string{endpoint: u}
		}, nil, arrived{"/v1/traces", "", "a span"}},
		"under a path": {func(u string) map[string]string {
			return map[string]string{endpoint: u + "/otlp/"}
		}, nil, arrived{"/otlp/v1/traces", "", "a span"}},
		"traces only": {func(u string) map[string]string {
			return map[string]string{traces: u + "/x", endpoint: "no URL"}
		}, nil, arrived{"/x", "", "a span"}},
		"a busy collector": {func(u string) map[string]string {
			return map[string]string{endpoint: u}
		}, []int{503, 429}, arrived{"/v1/traces", "", "a span"}},
		"headers, gzip": {func(u string) map[string]string {
			return map[string]string{
				endpoint: u, "OTEL_EXPORTER_OTLP_HEADERS": "a=b, x-token = s%20t,",
				"OTEL_EXPORTER_OTLP_COMPRESSION": "gzip", "OTEL_EXPORTER_OTLP_TRACES_TIMEOUT": "9000",
			}
		}, nil, arrived{"/v1/traces", "s t", "a span"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, got := collector(t, httptest.NewServer, test.statuses...)
			require.NoError(t, export(t, test.env(server.URL)))
			assert.Equal(t, test.want, <-got)
		})
	}
}

func TestCertificate(t *testing.T) {
	t.Parallel()
	server, got := collector(t, httptest.NewTLSServer)
	file := filepath.Join(t.TempDir(), "ca.pem")
	require.NoError(t, os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}), 0o600))
	env := map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": server.URL, "OTEL_EXPORTER_OTLP_TIMEOUT": "300"}
	require.Error(t, export(t, env), "nobody vouches for the collector")
	env["OTEL_EXPORTER_OTLP_CERTIFICATE"] = file
	env["OTEL_EXPORTER_OTLP_TIMEOUT"] = "9000"
	require.NoError(t, export(t, env))
	assert.Equal(t, "a span", (<-got).spans)
}

func TestRefused(t *testing.T) {
	t.Parallel()
	server, _ := collector(t, httptest.NewServer, 401, 401)
	err := export(t, map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": server.URL})
	require.ErrorContains(t, err, "the collector answered 401 Unauthorized")
}

func TestBadEnvironment(t *testing.T) {
	t.Parallel()
	const prefix = "OTEL_EXPORTER_OTLP_"
	for variable, value := range map[string]string{
		"ENDPOINT": "collector:4318", "PROTOCOL": "grpc", "TIMEOUT": "10s", "COMPRESSION": "zstd",
		"HEADERS": "secret-token", "CERTIFICATE": "/does/not/exist",
		"CLIENT_KEY": "/does/not/exist",
	} {
		env := map[string]string{prefix + "ENDPOINT": "http://localhost:4318"}
		env[prefix+variable] = value
		_, err := otlp.New(t.Context(), func(name string) string { return env[name] })
		require.ErrorContains(t, err, prefix+variable)
		assert.NotContains(t, err.Error(), "secret-token")
	}
}

// TestNoGRPC looks at what the command and a bot link.
func TestNoGRPC(t *testing.T) {
	t.Parallel()
	out, err := exec.CommandContext(t.Context(), "go", "list", "-deps", "../../cmd/hongyan", "../../examples/echo").Output()
	require.NoError(t, err)
	require.Contains(t, string(out), "internal/otlp")
	for _, path := range strings.Fields(string(out)) {
		assert.NotContains(t, path, "grpc", "gRPC is 2.4 MB of a binary that nothing calls")
	}
}
