package web_test

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/hongyan-go/hongyan/internal/lang"
	"github.com/hongyan-go/hongyan/internal/web"
	"github.com/hongyan-go/hongyan/internal/web/webtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestTheVendoredFilesAreAsPublished(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile("vendored/README.md")
	require.NoError(t, err)
	rows := regexp.MustCompile("(?m)^\\| `([^`]+)` .* `([0-9a-f]{64})` \\|$").FindAllStringSubmatch(string(readme), -1)
	files, err := filepath.Glob("vendored/*.js")
	require.NoError(t, err)
	require.Len(t, rows, len(files))
	for _, row := range rows {
		content, err := os.ReadFile(filepath.Join("vendored", row[1]))
		require.NoError(t, err)
		sum := sha256.Sum256(content)
		assert.Equal(t, row[2], hex.EncodeToString(sum[:]), row[1])
	}
}

func site(t *testing.T) *web.Site {
	t.Helper()
	return web.NewSite(web.Config{
		Base: "/console", Name: "test.name", Texts: []lang.Table{{"test.name": {ZH: "鸿雁", EN: "Hongyan"}, "test.hi": {ZH: "你好", EN: "Hi"}}},
		Templates: fstest.MapFS{
			"home.html": {Data: []byte(`{{define "main"}}<p>{{t "test.hi"}} {{.Data}}</p>{{end}}`)},
			"all.html":  {Data: []byte(`{{define "main"}}<ol>{{range .Data}}{{template "card" .}}{{end}}</ol>{{end}}`)},
		},
		Nav: []web.NavItem{{ID: "home", Path: "/", Text: "test.hi", Key: "o", Tab: true, Count: func() string { return "7" }}},
	})
}

func get(t *testing.T, h http.HandlerFunc, target string, header ...string) (*httptest.ResponseRecorder, string) {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, target, nil)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h(w, r)
	return w, w.Body.String()
}

func TestAPage(t *testing.T) {
	t.Parallel()
	s := site(t)
	page := func(w http.ResponseWriter, r *http.Request) {
		s.Render(w, r, web.Page{
			Name: "home", Title: `<b>"Home"`, Nav: "home", Stream: "/console/events?topics=a&from=x-1", Data: "<script>alert(1)</script>",
		})
	}
	answer, body := get(t, page, "/console/?q=1&lang=en", "Cookie", "hongyan_theme=dark; hongyan_keys=off")
	assert.Equal(t, "hongyan_lang=en; Path=/console; Max-Age=31536000; HttpOnly; SameSite=Strict", answer.Header().Get("Set-Cookie"))
	for _, want := range []string{
		`<html lang="en" data-theme="dark" data-keys="off" data-live="wait">`, "<p>Hi &lt;script&gt;alert(1)&lt;/script&gt;</p>",
		"&lt;b&gt;&#34;Home&#34;", `href="/console/?lang=zh&amp;q=1"`, `value="/console/?q=1"`, `aria-current="page"`,
		`hx-sse:connect="/console/events?topics=a&amp;from=x-1"`,
	} {
		assert.Contains(t, body, want)
	}
	_, body = get(t, page, "/console/", "Accept-Language", "zh-CN", "Cookie", "hongyan_theme=evil")
	assert.Contains(t, body, `<html lang="zh-CN" data-live="wait">`)
	assert.Contains(t, body, "<p>你好 ")
	assert.Less(t, strings.Index(body, "/static/app."), strings.Index(body, "/static/htmx."), "the order matters")
}

func TestCheckFindsAMissingText(t *testing.T) {
	t.Parallel()
	s := web.NewSite(web.Config{
		Name:      "web.nav",
		Templates: fstest.MapFS{"home.html": {Data: []byte(`{{define "main"}}{{with .Data}}{{t "no.such" .}}{{end}}{{end}}`)}},
	})
	require.ErrorContains(t, s.Check(), `"no.such"`)
	w, _ := get(t, func(w http.ResponseWriter, r *http.Request) { s.Render(w, r, web.Page{Name: "home"}) }, "/")
	assert.Equal(t, http.StatusInternalServerError, w.Code)
	s = web.NewSite(web.Config{Texts: []lang.Table{{"half": {EN: "English only"}}}, Templates: fstest.MapFS{}})
	require.ErrorContains(t, s.Check(), `"half" lacks a language`)
}

func TestTheSharedTemplatesAreClean(t *testing.T) {
	t.Parallel()
	webtest.Lint(t, os.DirFS("templates"), ".")
	webtest.Lint(t, os.DirFS("templates"), "static")
	webtest.TextsAreUsed(t, site(t), web.Texts(), ".")
}

func TestStatic(t *testing.T) {
	t.Parallel()
	s := site(t)
	_, body := get(t, func(w http.ResponseWriter, r *http.Request) { s.Render(w, r, web.Page{Name: "home"}) }, "/console/")
	paths := regexp.MustCompile(`(?:src|href)="(/console/static/[^"]+)"`).FindAllStringSubmatch(body, -1)
	require.Len(t, paths, 4)
	size := 0
	for _, p := range paths {
		plain, content := get(t, s.Static().ServeHTTP, p[1])
		assert.Equal(t, http.StatusOK, plain.Code, p[1])
		assert.Contains(t, plain.Header().Get("Cache-Control"), "immutable")
		assert.NotEmpty(t, content)
		packed, content := get(t, s.Static().ServeHTTP, p[1], "Accept-Encoding", "br, gzip")
		assert.Equal(t, "gzip", packed.Header().Get("Content-Encoding"))
		size += len(content)
	}
	assert.Less(t, size, 40<<10, "the files of all pages, compressed")
	missing, _ := get(t, s.Static().ServeHTTP, "/console/static/app.js")
	assert.Equal(t, http.StatusNotFound, missing.Code, "without its hash")
}

func TestPrefs(t *testing.T) {
	t.Parallel()
	s := site(t)
	for name, test := range map[string]struct{ form, cookie, to string }{
		"dark":            {"theme=dark&back=/console/q?a=1", "hongyan_theme=dark", "/console/q?a=1"},
		"of the system":   {"theme=&back=/console/", "hongyan_theme=;", "/console/"},
		"unknown":         {"theme=pink", "", "/console/"},
		"another site":    {"back=https://evil.example/console/", "", "/console/"},
		"another host":    {"back=//evil.example/console/", "", "/console/"},
		"a backslash":     {`back=/console/\evil.example`, "", "/console/"},
		"outside of here": {"keys=off&back=/admin", "hongyan_keys=off", "/console/"},
	} {
		r := httptest.NewRequest(http.MethodPost, "/console/prefs", strings.NewReader(test.form))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		w := httptest.NewRecorder()
		s.Prefs(w, r)
		assert.Equal(t, http.StatusSeeOther, w.Code, name)
		assert.Equal(t, test.to, w.Header().Get("Location"), name)
		assert.True(t, strings.HasPrefix(w.Header().Get("Set-Cookie"), test.cookie), name)
		assert.Equal(t, test.cookie == "", w.Header().Get("Set-Cookie") == "", name)
	}
}

func TestProtect(t *testing.T) {
	t.Parallel()
	reached := 0
	h := web.Protect(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached++ }))
	for name, test := range map[string]struct {
		method string
		header []string
		want   int
	}{
		"own form":        {http.MethodPost, []string{"Sec-Fetch-Site", "same-origin"}, 200},
		"another site":    {http.MethodPost, []string{"Sec-Fetch-Site", "cross-site"}, 403},
		"a sibling":       {http.MethodPost, []string{"Sec-Fetch-Site", "same-site"}, 403},
		"by its origin":   {http.MethodPost, []string{"Origin", "https://evil.example"}, 403},
		"a link":          {http.MethodGet, []string{"Sec-Fetch-Site", "cross-site"}, 200},
		"without browser": {http.MethodPost, nil, 200},
	} {
		r := httptest.NewRequest(test.method, "/", nil)
		for i := 0; i < len(test.header); i += 2 {
			r.Header.Set(test.header[i], test.header[i+1])
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		assert.Equal(t, test.want, w.Code, name)
		assert.Contains(t, w.Header().Get("Content-Security-Policy"), "default-src 'none'", name)
		assert.NotContains(t, w.Header().Get("Content-Security-Policy"), "unsafe", name)
	}
	assert.Equal(t, 3, reached)
}

// events reads the events of a stream as "event|data".
func events(t *testing.T, s *web.Site, h *web.Hub, query string, header ...string) (next func() string, status int) {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.Stream(h, w, r) }))
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(func() { cancel(); server.Close() })
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, server.URL+"?lang=en&"+query, nil)
	require.NoError(t, err)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	answer, err := server.Client().Do(r)
	require.NoError(t, err)
	t.Cleanup(func() { _ = answer.Body.Close() })
	lines := bufio.NewScanner(answer.Body)
	lines.Buffer(nil, 1<<20)
	return func() string {
		var event, data []string
		for lines.Scan() {
			switch name, value, _ := strings.Cut(lines.Text(), ": "); {
			case lines.Text() == "":
				return strings.Join(event, "") + "|" + strings.Join(data, "\n")
			case name == "event":
				event = append(event, value)
			case name == "data":
				data = append(data, value)
			}
		}
		return "end"
	}, answer.StatusCode
}

func change(topic, key, text string) web.Change {
	return web.Change{Topic: topic, Key: key, Render: func(l lang.Lang) string { return string(l) + ":" + text + ";" }}
}

func TestStream(t *testing.T) {
	t.Parallel()
	s, h := site(t), web.NewHub()
	h.Publish(change("a", "", "before"))
	from := h.Position()
	h.Publish(change("a", "", "one\ntwo"))
	h.Publish(change("b", "", "of another topic"))
	h.Publish(change("a", "k", "old state"))
	h.Publish(change("a", "k", "new state"))
	next, _ := events(t, s, h, "topics=a,c&from="+url.QueryEscape(from))
	assert.Equal(t, "beat|", next())
	assert.Equal(t, "|en:one\ntwo;en:new state;", next())
	require.Eventually(t, h.Watched, 30*time.Second, time.Millisecond)
	h.Publish(change("c", "", "later"))
	assert.Equal(t, "|en:later;", next())
	h.Close()
	assert.Equal(t, "end", next())
	_, status := events(t, s, h, "topics=a")
	assert.Equal(t, http.StatusServiceUnavailable, status)
}

func TestAStreamCatchesUp(t *testing.T) {
	t.Parallel()
	s, h := site(t), web.NewHub()
	last := h.Position()
	h.Publish(change("a", "", "missed"))
	next, _ := events(t, s, h, "topics=a&from="+h.Position(), "Last-Event-ID", last)
	next()
	assert.Equal(t, "|en:missed;", next(), "the browser knows better than the page")
	for _, from := range []string{"", "other-1", strings.Split(last, "-")[0] + "-99", "-", strings.Split(last, "-")[0] + "--1"} {
		next, _ = events(t, s, h, "topics=a&from="+url.QueryEscape(from))
		assert.Equal(t, "reset|reload", next(), from)
	}
}

func TestAStreamIsBounded(t *testing.T) {
	t.Parallel()
	s, h := site(t), web.NewHub()
	from := h.Position()
	for i := range 500 {
		h.Publish(change("a", "", strconv.Itoa(i)))
	}
	next, _ := events(t, s, h, "topics=a&from="+from)
	next()
	assert.Equal(t, "more|300", next())
	rows := next()
	assert.Equal(t, 200, strings.Count(rows, ";"))
	assert.True(t, strings.HasSuffix(rows, "en:499;"))
	for i := range 2000 {
		h.Publish(change("a", "", strconv.Itoa(i)))
	}
	next, _ = events(t, s, h, "topics=a&from="+from)
	assert.Equal(t, "reset|reload", next(), "the ring has forgotten it")
	var statuses []int
	for range 25 {
		_, status := events(t, s, h, "topics=a&from="+from)
		statuses = append(statuses, status)
	}
	assert.Contains(t, statuses, http.StatusServiceUnavailable)
	assert.Equal(t, 200, statuses[0])
}

func TestChart(t *testing.T) {
	t.Parallel()
	s := site(t)
	c := web.Chart{
		ID: "c", Title: "In <and> out", Unit: "s", From: time.Unix(0, 0).UTC(), Step: time.Minute,
		Series: []web.Series{{Name: "in", Look: "a", Values: []float64{0, 1, 3}}, {Name: "out", Look: "b", Values: []float64{2}}},
	}
	html, err := s.HTML(lang.English, "", "chart", c)
	require.NoError(t, err)
	assert.Contains(t, html, `points="0.0,120.0 300.0,96.0 600.0,48.0"`)
	assert.Contains(t, html, "In &lt;and&gt; out")
	assert.Equal(t, 3, strings.Count(html, `<th scope="row">`))
	for top, values := range map[float64][]float64{1: nil, 5: {3}, 100: {60}, 0.2: {0.15}, 10: {10}} {
		assert.InDelta(t, top, web.Chart{Series: []web.Series{{Values: values}}}.Max(), 1e-9, values)
	}
}

func TestCards(t *testing.T) {
	t.Parallel()
	s := site(t)
	evil := `</p><script>alert("x")</script>`
	for _, look := range []string{
		web.LookText, web.LookPicture, web.LookVoice, web.LookFile, web.LookCard, web.LookMoney, web.LookNotice, web.LookRequest,
		web.LookUnknown, web.LookHidden, web.LookRevoked, web.LookAnnounce,
	} {
		html, err := s.HTML(lang.English, "", "card", web.Card{
			ID: "m1", Look: look, Kind: "kind", From: evil, FromID: "a", Head: true, Text: evil, Title: evil, Label: evil, Name: evil,
			Raw: evil, Lines: []string{evil}, Quote: &web.Quote{Name: evil, Text: evil}, URL: "javascript:alert(1)", Host: evil,
			State: evil, Note: evil, Link: "/x", Marks: []web.Mark{{Look: "bad", Text: evil}},
		})
		require.NoError(t, err, look)
		assert.NotContains(t, html, "<script", look)
		assert.NotContains(t, html, `"javascript:`, look)
	}
	link, host := web.SafeURL("https://user:secret@example.com/a?b#c")
	assert.Equal(t, []string{"https://example.com/a?b#c", "example.com"}, []string{link, host})
	for _, bad := range []string{"javascript:alert(1)", "weixin://x", "//x", "http://", "data:text/html,x", ""} {
		link, _ := web.SafeURL(bad)
		assert.Empty(t, link, bad)
	}
}

func TestWords(t *testing.T) {
	t.Parallel()
	for want, bytes := range map[string]int64{
		"0 B": 0, "1 KB": 1024, "1.5 KB": 1536, "238 KB": 243712, "200 MB": 200 << 20, "2 GB": 2 << 30,
	} {
		assert.Equal(t, want, web.Size(bytes))
	}
	for want, d := range map[string]time.Duration{
		"< 1 ms": 1, "3 ms": 3 * time.Millisecond, "1.2 s": 1200 * time.Millisecond, "5 min": 5 * time.Minute,
		"26 h 1 min": 26*time.Hour + time.Minute,
		"-2.0 s":     -2 * time.Second,
	} {
		assert.Equal(t, want, web.Span(d))
	}
}
