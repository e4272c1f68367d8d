package callback_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/hongyan-go/hongyan/callback"
)

// server is a handler on loopback and its accepted deliveries.
type server struct {
	*httptest.Server
	mu       sync.Mutex
	accepted []callback.Delivery
	err      error
}

func serve(t *testing.T, c callback.HandlerConfig) *server {
	t.Helper()
	s := &server{}
	c.Accept = func(_ context.Context, d callback.Delivery) error {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.err == nil {
			s.accepted = append(s.accepted, d)
		}
		return s.err
	}
	h, err := callback.NewHandler(c)
	require.NoError(t, err)
	s.Server = httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s
}

func (s *server) do(t *testing.T, method, path, body, authorization string) (int, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, s.URL+path, strings.NewReader(body))
	require.NoError(t, err)
	if authorization != "" {
		r.Header.Set("Authorization", authorization)
	}
	resp, err := s.Client().Do(r)
	require.NoError(t, err)
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return resp.StatusCode, string(answer)
}

const message = `{"TypeName":"AddMsg","Appid":"wx_app","Wxid":"wxid_me","Data":{"MsgType":1,"NewMsgId":1234567890123,` +
	`"FromUserName":{"string":"wxid_a"},"Content":{"string":"hi"}}}`

func TestHandlerAnswers(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		method, path, body string
		status             int
		accepted           int
	}{
		"a message":          {"POST", "/callback", message, 200, 1},
		"a trailing slash":   {"POST", "/callback/", message, 200, 1},
		"an unknown event":   {"POST", "/callback", `{"TypeName":"SomethingNew"}`, 200, 1},
		"an unknown object":  {"POST", "/callback", `{"surprise":1}`, 200, 1},
		"a broken XML":       {"POST", "/callback", `{"TypeName":"AddMsg","Data":{"MsgType":49,"Content":"<msg><app"}}`, 200, 1},
		"a probe":            {"POST", "/callback", `{"testMsg":"x","token":"t"}`, 200, 0},
		"an empty object":    {"POST", "/callback", `{}`, 200, 0},
		"an empty body":      {"POST", "/callback", ``, 200, 0},
		"no JSON":            {"POST", "/callback", `{"TypeName":`, 400, 0},
		"an array":           {"POST", "/callback", `[]`, 400, 0},
		"a form":             {"POST", "/callback", `a=b`, 400, 0},
		"a message, no data": {"POST", "/callback", `{"TypeName":"AddMsg"}`, 400, 0},
		"too long":           {"POST", "/callback", `{"a":"` + strings.Repeat("x", 2000) + `"}`, 413, 0},
		"GET":                {"GET", "/callback", ``, 200, 0},
		"HEAD":               {"HEAD", "/callback", ``, 200, 0},
		"PUT":                {"PUT", "/callback", message, 405, 0},
		"another path":       {"POST", "/", message, 404, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, callback.HandlerConfig{MaxBody: 1000})
			status, answer := s.do(t, test.method, test.path, test.body, "")
			assert.Equal(t, test.status, status)
			assert.Len(t, s.accepted, test.accepted)
			if status == 200 {
				assert.Empty(t, answer)
			}
		})
	}
}

func TestHandlerHandsOver(t *testing.T) {
	t.Parallel()
	s := serve(t, callback.HandlerConfig{})
	s.do(t, "POST", "/callback", message, "")
	assert.Equal(t, []callback.Delivery{{
		Identity: callback.Identity{AppID: "wx_app", Key: "wx_app:1234567890123", Lane: "wx_app/wxid_a"},
		Body:     []byte(message),
	}}, s.accepted)
}

func TestHandlerIsNotAcknowledgingWhatIsNotStored(t *testing.T) {
	t.Parallel()
	s := serve(t, callback.HandlerConfig{})
	s.err = errors.New("the disk is full")
	status, answer := s.do(t, "POST", "/callback", message, "")
	assert.Equal(t, http.StatusServiceUnavailable, status)
	assert.NotContains(t, answer, "disk")
}

func TestHandlerSecret(t *testing.T) {
	t.Parallel()
	const secret = "s3cret/with slash"
	for name, test := range map[string]struct {
		method, path, body, authorization string
		status                            int
	}{
		"in the path":                    {"POST", "/callback/s3cret%2Fwith%20slash", message, "", 200},
		"in the header":                  {"POST", "/callback", message, secret, 200},
		"wrong in the path":              {"POST", "/callback/wrong", message, "", 401},
		"wrong in the path, right in h.": {"POST", "/callback/wrong", message, secret, 401},
		"wrong in the header":            {"POST", "/callback", message, "wrong", 401},
		"with a Bearer":                  {"POST", "/callback", message, "Bearer " + secret, 401},
		"a part of it":                   {"POST", "/callback/s3cret", message, "", 401},
		"missing":                        {"POST", "/callback", message, "", 401},
		"a probe without the header":     {"POST", "/callback", `{"testMsg":"x"}`, "", 200},
		"an empty probe":                 {"POST", "/callback", ``, "", 200},
		"a probe with a wrong path":      {"POST", "/callback/wrong", `{"testMsg":"x"}`, "", 401},
		"a long probe":                   {"POST", "/callback", `{"testMsg":"` + strings.Repeat("x", 5000) + `"}`, "", 401},
		"GET without":                    {"GET", "/callback", ``, "", 200},
		"GET with":                       {"GET", "/callback/s3cret%2Fwith%20slash", ``, "", 200},
		"GET with a wrong one":           {"GET", "/callback/wrong", ``, "", 401},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			log, lines := observer.New(zap.DebugLevel)
			s := serve(t, callback.HandlerConfig{Secret: secret, Logger: zap.New(log)})
			status, answer := s.do(t, test.method, test.path, test.body, test.authorization)
			assert.Equal(t, test.status, status)
			if status != 200 {
				assert.Empty(t, s.accepted)
				assert.NotContains(t, answer, "s3cret")
				for _, line := range lines.All() {
					assert.NotContains(t, fmt.Sprint(line.Message, line.ContextMap()), "s3cret")
				}
			}
		})
	}
}

func TestHandlerAllowsAddresses(t *testing.T) {
	t.Parallel()
	s := serve(t, callback.HandlerConfig{AllowFrom: []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}})
	for _, method := range []string{"POST", "GET", "HEAD", "PUT"} { // an answered probe would reveal the bot
		status, _ := s.do(t, method, "/callback", message, "")
		assert.Equal(t, http.StatusForbidden, status, "%s: loopback is not in the list", method)
	}

	s = serve(t, callback.HandlerConfig{AllowFrom: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}})
	for _, method := range []string{"POST", "GET", "HEAD"} {
		status, _ := s.do(t, method, "/callback", message, "")
		assert.Equal(t, http.StatusOK, status)
	}
}

// TestHandlerLogsStrangersBySample posts many requests that anybody can make.
func TestHandlerLogsStrangersBySample(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		config     callback.HandlerConfig
		path, body string
		few        bool
	}{
		"wrong secret": {callback.HandlerConfig{Secret: "s"}, "/callback/wrong", message, true},
		"no secret":    {callback.HandlerConfig{Secret: "s"}, "/callback", message, true},
		"not allowed": {callback.HandlerConfig{AllowFrom: []netip.Prefix{netip.MustParsePrefix("198.51.100.0/24")}},
			"/callback", message, true},
		"no JSON, and open":    {callback.HandlerConfig{}, "/callback", "x", true},
		"no JSON of a knowing": {callback.HandlerConfig{Secret: "s"}, "/callback/s", "x", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			log, lines := observer.New(zap.DebugLevel)
			test.config.Logger = zap.New(log)
			test.config.Accept = func(context.Context, callback.Delivery) error { return nil }
			h, err := callback.NewHandler(test.config)
			require.NoError(t, err)
			for range 300 {
				h.ServeHTTP(httptest.NewRecorder(),
					httptest.NewRequestWithContext(t.Context(), http.MethodPost, test.path, strings.NewReader(test.body)))
			}
			if !test.few {
				assert.Equal(t, 300, lines.Len())
				return
			}
			assert.Positive(t, lines.Len())
			assert.LessOrEqual(t, lines.Len(), 20)
		})
	}
}

func TestHandlerRefusesToBeUseless(t *testing.T) {
	t.Parallel()
	_, err := callback.NewHandler(callback.HandlerConfig{})
	require.ErrorContains(t, err, "Accept is not set")
	accept := func(context.Context, callback.Delivery) error { return nil }
	for _, path := range []string{"callback", "/a/{b}", "/*"} {
		_, err = callback.NewHandler(callback.HandlerConfig{Accept: accept, Path: path})
		require.ErrorContains(t, err, path)
	}
}
