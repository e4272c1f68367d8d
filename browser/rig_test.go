package browser_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// patience bounds each wait in a browser: a loaded machine is slow.
const patience = 60 * time.Second

// browser is the browser of all tests.
var browser context.Context //nolint:gochecknoglobals // it is started once

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	path := ""
	for _, name := range []string{"chromium", "chromium-headless-shell", "google-chrome", "chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			path = found
			break
		}
	}
	if path == "" {
		fmt.Println("there is no browser: install chromium, or run make pages-setup")
		if os.Getenv("CI") == "" {
			return 0
		}
		return 1
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox,
		chromedp.Flag("force-prefers-reduced-motion", true))
	alloc, stop := chromedp.NewExecAllocator(context.Background(), options...)
	defer stop()
	ctx, cancel := chromedp.NewContext(alloc)
	defer cancel()
	if err := chromedp.Do(ctx, chromedp.Navigate("about:blank")); err != nil {
		fmt.Println("the browser does not start:", err)
		return 1
	}
	browser = ctx
	return m.Run()
}

// tab is a tab with cookies of its own.
type tab struct {
	*testing.T
	ctx  context.Context
	base string

	mu       sync.Mutex
	messages []string // of the console
}

// open opens a tab. Its URLs are below base.
func open(t *testing.T, base string) *tab {
	t.Helper()
	ctx, cancel := chromedp.NewContext(browser, chromedp.WithNewBrowserContext())
	t.Cleanup(cancel)
	b := &tab{T: t, ctx: ctx, base: base}
	require.NoError(t, chromedp.Do(ctx, chromedp.Navigate("about:blank")))
	messages := chromedp.Console(ctx)
	var reading sync.WaitGroup
	reading.Go(func() {
		for m, err := range messages {
			if err != nil {
				return
			}
			b.mu.Lock()
			b.messages = append(b.messages, m.String())
			b.mu.Unlock()
		}
	})
	t.Cleanup(func() {
		if t.Failed() {
			b.shoot("failed-" + strings.ReplaceAll(t.Name(), "/", "-"))
		}
		cancel()
		reading.Wait()
	})
	b.resize(1280, 900)
	return b
}

// quiet fails the test if the page has written to the console.
func (b *tab) quiet() {
	b.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	require.Empty(b, b.messages, "the console of the browser")
}

func (b *tab) resize(width, height int64) {
	b.Helper()
	_, err := chromedp.Call(b.ctx, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{
		Width: width, Height: height, DeviceScaleFactor: 1, Mobile: width < 720,
	})
	require.NoError(b, err)
}

// do does steps within a time.
func (b *tab) do(steps ...chromedp.Action[chromedp.Void]) {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	require.NoError(b, chromedp.Do(ctx, steps...))
}

// visit opens a page, and waits until it is live if it has a stream.
func (b *tab) visit(path string) {
	b.Helper()
	b.do(chromedp.Navigate(b.base + path))
	b.until(`document.readyState === "complete" && document.documentElement.dataset.live !== "wait"`)
}

// until waits until an expression is true.
func (b *tab) until(expression string) {
	b.Helper()
	require.Eventually(b, func() bool {
		ok, err := chromedp.Run(b.ctx, chromedp.Evaluate[bool]("Boolean("+expression+")"))
		return err == nil && ok
	}, patience, 20*time.Millisecond, expression)
}

// shows waits until the page has a text.
func (b *tab) shows(text string) {
	b.Helper()
	b.until(fmt.Sprintf("document.body.innerText.includes(%q)", text))
}

// evaluate returns the value of an expression.
func evaluate[T any](b *tab, expression string) T {
	b.Helper()
	v, err := chromedp.Run(b.ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	require.NoError(b, err, expression)
	return v
}

func (b *tab) click(selector string) {
	b.Helper()
	b.do(chromedp.Click(chromedp.CSS(selector)))
}

func (b *tab) keys(keys string, options ...chromedp.KeyOption) {
	b.Helper()
	b.do(chromedp.KeyEvent(keys, options...))
}

// enter presses Enter, as one event: what prevents the key prevents its character, too.
func (b *tab) enter() {
	b.Helper()
	for _, kind := range []input.DispatchKeyEventType{input.DispatchKeyEventTypeKeyDown, input.DispatchKeyEventTypeKeyUp} {
		p := input.DispatchKeyEventParams{Type: kind, Key: "Enter", Code: "Enter", WindowsVirtualKeyCode: 13, NativeVirtualKeyCode: 13}
		if kind == input.DispatchKeyEventTypeKeyDown {
			p.Text, p.UnmodifiedText = "\r", "\r"
		}
		_, err := chromedp.Call(b.ctx, input.DispatchKeyEvent, p)
		require.NoError(b, err)
	}
}

// shoot writes a screenshot.
func (b *tab) shoot(name string) {
	png, err := chromedp.Run(b.ctx, chromedp.CaptureScreenshot())
	if err != nil {
		b.Log("no screenshot:", err)
		return
	}
	folder := os.Getenv("SCREENSHOTS")
	if folder == "" {
		folder = "failures"
	}
	_ = os.MkdirAll(folder, 0o755)
	if err := os.WriteFile(folder+"/"+name+".png", png, 0o644); err != nil {
		b.Log("no screenshot:", err)
	}
}

// axe is what axe-core finds, as lines.
func (b *tab) axe() []string {
	b.Helper()
	source, err := os.ReadFile("node_modules/axe-core/axe.min.js")
	require.NoError(b, err, "run make pages-setup")
	if !evaluate[bool](b, "typeof window.axe === 'object'") {
		_, err = chromedp.Run(b.ctx, chromedp.Evaluate[chromedp.Void](string(source)))
		require.NoError(b, err)
	}
	return evaluate[[]string](b, `axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]}).then((r) =>
		r.violations.map((v) => v.id + ": " + v.help + " " + v.nodes.map((n) => n.target.join(" ") + " " + n.failureSummary).join("; ")))`)
}

// proxy passes on requests, and notes what the policy of the pages refuses and how large they are.
type proxy struct {
	*httptest.Server
	mu      sync.Mutex
	reports []string
	sizes   map[string]int64 // compressed, by path
	refuse  int              // how many streams get a 503 first
	streams map[io.Closer]bool
}

// newProxy makes a proxy in front of a URL.
func newProxy(t *testing.T, target string) *proxy {
	t.Helper()
	to, err := url.Parse(target)
	require.NoError(t, err)
	p := &proxy{sizes: map[string]int64{}, streams: map[io.Closer]bool{}}
	reverse := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(to)
			r.Out.Host = r.In.Host
			r.Out.Header["Accept-Encoding"] = r.In.Header["Accept-Encoding"]
		},
		FlushInterval: -1,
		ModifyResponse: func(r *http.Response) error {
			if policy := r.Header.Get("Content-Security-Policy"); policy != "" {
				r.Header.Set("Content-Security-Policy", policy+"; report-uri /csp-report")
			}
			if r.Header.Get("Content-Type") == "text/event-stream" {
				p.mu.Lock()
				p.streams[r.Body] = true
				p.mu.Unlock()
				return nil
			}
			r.Body = &counted{ReadCloser: r.Body, done: func(n int64) {
				p.mu.Lock()
				p.sizes[r.Request.URL.Path] = n
				p.mu.Unlock()
			}}
			return nil
		},
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, _ error) { w.WriteHeader(http.StatusBadGateway) },
	}
	p.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == "/csp-report":
			body, _ := io.ReadAll(r.Body)
			p.mu.Lock()
			p.reports = append(p.reports, string(body))
			p.mu.Unlock()
		case strings.HasSuffix(r.URL.Path, "/events") && p.refuses():
			http.Error(w, "not yet", http.StatusServiceUnavailable)
		default:
			reverse.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(func() {
		p.cut()
		p.CloseClientConnections()
		p.Close()
		p.mu.Lock()
		defer p.mu.Unlock()
		require.Empty(t, p.reports, "what the policy has refused")
	})
	return p
}

func (p *proxy) refuses() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.refuse--
	return p.refuse >= 0
}

// cut ends all streams.
func (p *proxy) cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for s := range p.streams {
		_ = s.Close()
		delete(p.streams, s)
	}
}

// size is the compressed size of all that was fetched.
func (p *proxy) size(paths ...string) (n int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for path, size := range p.sizes {
		for _, want := range paths {
			if path == want || strings.HasPrefix(path, "/static/") && want == "/static/" {
				n += size
			}
		}
	}
	return n
}

type counted struct {
	io.ReadCloser
	n    int64
	done func(int64)
}

func (c *counted) Read(b []byte) (int, error) {
	n, err := c.ReadCloser.Read(b)
	c.n += int64(n)
	return n, err
}

func (c *counted) Close() error {
	c.done(c.n)
	return c.ReadCloser.Close()
}
