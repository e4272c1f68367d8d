package console_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/console"
	"github.com/hongyan-go/hongyan/internal/consoletest"
)

// client is a browser or a program that uses the console.
type client struct {
	t    *testing.T
	base string
	http *http.Client
	add  map[string]string // headers
}

// answer is what the console said.
type answer struct {
	status int
	header http.Header
	body   string
	place  string // where a browser ended
}

func newClient(t *testing.T, base string) *client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	return &client{t: t, base: base, http: &http.Client{Jar: jar, Transport: transport}, add: map[string]string{"Accept": "text/html"}}
}

// program is a client with the token that asks for JSON.
func program(t *testing.T, w *consoletest.World) *client {
	t.Helper()
	c := newClient(t, w.URL)
	c.add = map[string]string{"Accept": "application/json", "Authorization": "Bearer " + consoletest.Token}
	return c
}

// person is a client that has come in with the password.
func person(t *testing.T, w *consoletest.World) *client {
	t.Helper()
	c := newClient(t, w.URL)
	got := c.post("login", url.Values{"secret": {consoletest.Password}})
	require.Equal(t, http.StatusOK, got.status)
	return c
}

func (c *client) do(method, path string, form url.Values, header map[string]string) answer {
	c.t.Helper()
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	if !strings.HasPrefix(path, "http") {
		path = c.base + path
	}
	r, err := http.NewRequestWithContext(c.t.Context(), method, path, body)
	require.NoError(c.t, err)
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for _, headers := range []map[string]string{c.add, header} {
		for k, v := range headers {
			if k == "Host" {
				r.Host = v
				continue
			}
			r.Header.Set(k, v)
		}
	}
	got, err := c.http.Do(r)
	require.NoError(c.t, err)
	defer got.Body.Close()
	text, err := io.ReadAll(got.Body)
	require.NoError(c.t, err)
	return answer{got.StatusCode, got.Header, string(text), got.Request.URL.RequestURI()}
}

// get asks again when the store of a loaded machine takes longer than a page waits for it.
func (c *client) get(path string) answer {
	for began := time.Now(); ; {
		got := c.do(http.MethodGet, path, nil, nil)
		slow := strings.Contains(got.body, "查询时间太长") || strings.Contains(got.body, "That takes too long")
		if !slow || time.Since(began) > time.Minute {
			return got
		}
	}
}

func (c *client) post(path string, form url.Values) answer {
	if form == nil {
		form = url.Values{}
	}
	return c.do(http.MethodPost, path, form, nil)
}

// json reads a document of the console.
func (c *client) json(path string, into any) {
	c.t.Helper()
	got := c.get(path)
	require.Equal(c.t, http.StatusOK, got.status, got.body)
	require.NoError(c.t, json.Unmarshal([]byte(got.body), into), got.body)
}

// queue is the document of the queue.
type queue struct {
	View   string `json:"view"`
	Counts map[string]int
	Groups []struct {
		ID, Reason, Source string
		Count, Chats       int
	}
	Items []struct {
		Seq, Key, State, Reason, Source, Kind, Event, Name string
	}
	Match int
	Next  string
	Upto  string
}

func start(t *testing.T, c console.Config) *consoletest.World {
	t.Helper()
	return consoletest.Start(t, c)
}
