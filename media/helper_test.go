package media_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/internal/clock"
	"github.com/hongyan-go/hongyan/media"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// service is the API and its files on loopback. An endpoint without a link returns an error.
type service struct {
	*httptest.Server
	client *api.Client

	mu    sync.Mutex
	links map[string]string // by endpoint, or by endpoint and type: "/message/downloadCdn 3"
	calls []string
	pages map[string]http.HandlerFunc // by path
	gets  []*http.Request
}

func newService(t *testing.T) *service {
	t.Helper()
	s := &service{links: map[string]string{}, pages: map[string]http.HandlerFunc{}}
	s.Server = httptest.NewServer(http.HandlerFunc(s.serve))
	t.Cleanup(s.Close)
	client, err := api.New(api.Config{BaseURL: s.URL + "/v2/api", Token: "t"})
	require.NoError(t, err)
	t.Cleanup(client.Close)
	s.client = client
	return s
}

func (s *service) serve(w http.ResponseWriter, r *http.Request) {
	if endpoint, ok := cutPrefix(r.URL.Path, "/v2/api"); ok {
		var body struct {
			Type json.RawMessage `json:"type"`
		}
		_ = json.NewDecoder(r.Body).Decode(&body)
		call := endpoint
		if len(body.Type) > 0 {
			call += " " + string(trim(body.Type))
		}
		s.mu.Lock()
		s.calls = append(s.calls, call)
		link, ok := s.links[call]
		if !ok {
			link, ok = s.links[endpoint]
		}
		s.mu.Unlock()
		if !ok {
			fmt.Fprint(w, `{"ret":500,"msg":"download failed","data":{"code":"500","msg":"no such size"}}`)
			return
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"ret": 200, "msg": "ok", "data": map[string]string{"fileUrl": link}})
		return
	}
	s.mu.Lock()
	s.gets = append(s.gets, r)
	page := s.pages[r.URL.Path]
	s.mu.Unlock()
	if page == nil {
		http.NotFound(w, r)
		return
	}
	page(w, r)
}

func cutPrefix(s, prefix string) (string, bool) {
	if len(s) < len(prefix) || s[:len(prefix)] != prefix {
		return s, false
	}
	return s[len(prefix):], true
}

func trim(raw json.RawMessage) json.RawMessage {
	if len(raw) > 1 && raw[0] == '"' {
		return raw[1 : len(raw)-1]
	}
	return raw
}

// offers makes an endpoint return a link to a page.
func (s *service) offers(endpoint, path string, page http.HandlerFunc) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.links[endpoint] = s.URL + path
	s.pages[path] = page
}

func (s *service) called() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.calls...)
}

func (s *service) got() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.gets)
}

// bytesOf returns a handler that serves content.
func bytesOf(content string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, content) }
}

// manualClock is a clock that advances only by waiting.
type manualClock struct {
	mu    sync.Mutex
	now   time.Time
	waits []time.Duration
}

func newClock() *manualClock {
	return &manualClock{now: time.Date(2126, 11, 25, 12, 0, 0, 0, time.UTC)}
}

func (c *manualClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *manualClock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

func (c *manualClock) Wait(ctx context.Context, d time.Duration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.waits = append(c.waits, d)
	c.now = c.now.Add(d)
	return ctx.Err()
}

func (c *manualClock) waited() []time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]time.Duration(nil), c.waits...)
}

// fetcher returns a fetcher of a service with its own directory and clock, and without pauses.
func fetcher(t *testing.T, s *service, configure ...func(*media.Config)) (*media.Fetcher, string) {
	t.Helper()
	cl := newClock()
	c := media.Config{Dir: filepath.Join(t.TempDir(), "media"), Gap: media.NoGap(), Clock: clock.Func(cl.Now), Wait: cl.Wait}
	if s != nil {
		c.Client = s.client
	}
	for _, f := range configure {
		f(&c)
	}
	f, err := media.New(c)
	require.NoError(t, err)
	return f, c.Dir
}

// fileMessage returns a message with a file.
func fileMessage(f xmlmsg.File) media.Message {
	return media.Message{AppID: "wx_a", Payload: &f, XML: "<msg/>", Key: "wx_a:77"}
}

// listing returns the files in a directory, including partial ones.
func listing(t *testing.T, dir string) []string {
	t.Helper()
	names := []string{}
	require.NoError(t, filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			rel, _ := filepath.Rel(dir, path)
			names = append(names, filepath.ToSlash(rel))
		}
		return nil
	}))
	return names
}

func read(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	require.NoError(t, err)
	return string(b)
}

func assertMode(t *testing.T, path string, mode os.FileMode) {
	t.Helper()
	info, err := os.Stat(path)
	require.NoError(t, err)
	assert.Equal(t, mode, info.Mode().Perm(), path)
}
