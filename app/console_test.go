package app_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/app"
)

const consoleFile = `# my bot
console: {token: "the token of the console"}
alarm: {webhook: "https://hooks.example.com/very-secret"}
owners: [wxid_owner]
rules:
  - {name: hours, on: text, keyword: [几点开门], reply: "9:00-18:00"} # when
plugins:
  welcome:
    in: [all]
    text: 欢迎 # hello
tests:
  - {name: hours, as: alice, say: 几点开门, expect: "9:00-18:00"}
`

// TestTheConsoleEditsTheFile goes from a form to a bot that does what it says, and back.
func TestTheConsoleEditsTheFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "bot.yaml")
	text := "service: {sim: true}\nadmin: 127.0.0.1:0\ncallback: {listen: \"127.0.0.1:0\"}\n" + consoleFile
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	c := runConsole(t, path)

	var file struct {
		Text, Revision string
		Versions       []struct{ ID string }
		Change         struct {
			Mistakes []string
			Tests    []struct{ OK bool }
			Diff     []struct{ Sign, Text string }
		}
	}
	c.json(http.MethodGet, "file", nil, &file)
	assert.NotContains(t, file.Text, "very-secret")
	assert.NotContains(t, file.Text, "token of the console")
	assert.Contains(t, file.Text, "欢迎 # hello")

	wrong := strings.Replace(file.Text, "keyword:", "keywrod:", 1)
	status, body := c.do(http.MethodPost, "file", url.Values{"do": {"save"}, "revision": {file.Revision}, "text": {wrong}})
	assert.Equal(t, http.StatusUnprocessableEntity, status)
	assert.Contains(t, body, "keywrod")
	failing := strings.Replace(file.Text, `reply: "9:00-18:00"`, `reply: "closed"`, 1)
	status, body = c.do(http.MethodPost, "file", url.Values{"do": {"save"}, "revision": {file.Revision}, "text": {failing}})
	assert.Equal(t, http.StatusUnprocessableEntity, status, body)
	assert.Contains(t, body, `"ok": false`)
	now, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, text, string(now), "nothing was saved")

	good := strings.ReplaceAll(file.Text, "9:00-18:00", "9:00-17:00")
	status, body = c.do(http.MethodPost, "file", url.Values{"do": {"save"}, "revision": {file.Revision}, "text": {good}})
	require.Equal(t, http.StatusOK, status, body)
	now, err = os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, strings.ReplaceAll(text, "9:00-18:00", "9:00-17:00"), string(now), "with its comments and secrets")
	status, body = c.do(http.MethodPost, "file", url.Values{"do": {"save"}, "revision": {file.Revision}, "text": {good}})
	assert.Equal(t, http.StatusUnprocessableEntity, status, "another revision: "+body)

	c.json(http.MethodGet, "file", nil, &file)
	require.Len(t, file.Versions, 1)
	var old struct{ Text, Revision string }
	c.json(http.MethodGet, "file?version="+file.Versions[0].ID, nil, &old)
	status, body = c.do(http.MethodPost, "file", url.Values{"do": {"save"}, "revision": {file.Revision}, "text": {old.Text}})
	require.Equal(t, http.StatusOK, status, body)
	now, err = os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, text, string(now), "rolled back")
	status, _ = c.do(http.MethodGet, "file?version=../bot", nil)
	assert.Equal(t, http.StatusNotFound, status)

	var plugin struct {
		Revision string
		Section  struct{ Fields []struct{ Key, Value string } }
	}
	c.json(http.MethodGet, "plugins/welcome", nil, &plugin)
	values := map[string]string{}
	for _, f := range plugin.Section.Fields {
		values[f.Key] = f.Value
	}
	assert.Equal(t, "欢迎", values["text"])
	status, body = c.do(http.MethodPost, "plugins/welcome/save", url.Values{
		"revision": {plugin.Revision}, "key.text": {"你好，{{Mentions}}"}, "do": {"check"},
	})
	require.Equal(t, http.StatusOK, status, body)
	assert.Contains(t, body, "你好")
}

// consoleClient uses the console of a file that runs.
type consoleClient struct {
	t    *testing.T
	base string
	http *http.Client
}

func runConsole(t *testing.T, path string) *consoleClient {
	t.Helper()
	reader, writer := io.Pipe()
	ended := make(chan int, 1)
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		ended <- app.Run(app.Console{Ctx: ctx, Out: io.Discard, ErrOut: writer, Lookup: func(string) (string, bool) { return "", false }},
			[]string{"run", "-c", path})
		_ = writer.Close()
	}()
	lines := make(chan string, 1000)
	go func() {
		defer close(lines)
		all, buf := "", make([]byte, 4096)
		sent := false
		for {
			n, err := reader.Read(buf)
			all += string(buf[:n])
			if m := regexp.MustCompile(`http://127\.0\.0\.1:\d+/console/`).FindString(all); m != "" && !sent {
				sent = true
				lines <- m
			}
			if err != nil {
				return
			}
		}
	}()
	transport := &http.Transport{}
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		cancel()
		require.Zero(t, <-ended)
		for range lines {
		}
	})
	select {
	case base := <-lines:
		return &consoleClient{t, base, &http.Client{Transport: transport}}
	case <-time.After(time.Minute):
		t.Fatal("the URL of the console was not printed")
		return nil
	}
}

func (c *consoleClient) do(method, path string, form url.Values) (int, string) {
	c.t.Helper()
	r, err := http.NewRequestWithContext(c.t.Context(), method, c.base+path, strings.NewReader(form.Encode()))
	require.NoError(c.t, err)
	r.Header.Set("Accept", "application/json")
	r.Header.Set("Authorization", "Bearer the token of the console")
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	got, err := c.http.Do(r)
	require.NoError(c.t, err)
	defer got.Body.Close()
	body, err := io.ReadAll(got.Body)
	require.NoError(c.t, err)
	return got.StatusCode, string(body)
}

func (c *consoleClient) json(method, path string, form url.Values, into any) {
	c.t.Helper()
	status, body := c.do(method, path, form)
	require.Equal(c.t, http.StatusOK, status, body)
	require.NoError(c.t, json.Unmarshal([]byte(body), into))
}
