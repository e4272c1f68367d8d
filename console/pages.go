package console

import (
	"bytes"
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/hongyan-go/hongyan/internal/lang"
	"github.com/hongyan-go/hongyan/internal/web"
	"github.com/hongyan-go/hongyan/internal/web/cards"
	"github.com/hongyan-go/hongyan/outbox"
	"github.com/hongyan-go/hongyan/store"
)

//go:embed templates/*.html
var templates embed.FS

// maxForm bounds the body of a form in bytes: the largest is a configuration file.
const maxForm = 17 << 20

// pages renders and serves the pages.
type pages struct {
	site *web.Site
	hub  *web.Hub
	mux  *http.ServeMux
}

func newPages(c *Console) (pages, error) {
	files, err := fs.Sub(templates, "templates")
	if err != nil {
		return pages{}, err
	}
	site := web.NewSite(web.Config{
		Base: strings.TrimSuffix(root, "/"), Name: "console.name", Templates: files, Texts: append(texts(), cards.Texts()),
		Funcs: funcs(), Words: words,
		Side: true, Location: c.config.Zone,
		Nav: []web.NavItem{
			{ID: "overview", Path: "/", Text: "nav.overview", Key: "o", Tab: true},
			{ID: "accounts", Path: "/accounts", Text: "nav.accounts", Key: "a"},
			{ID: "chats", Path: "/chats", Text: "nav.chats", Key: "c", Tab: true},
			{ID: "queue", Path: "/queue", Text: "nav.queue", Key: "q", Tab: true, Count: c.badge},
			{ID: "rules", Path: "/rules", Text: "nav.rules", Key: "r"},
			{ID: "plugins", Path: "/plugins", Text: "nav.plugins", Key: "p"},
			{ID: "explain", Path: "/explain", Text: "nav.explain", Key: "e"},
			{ID: "tasks", Path: "/tasks", Text: "nav.tasks", Key: "t"},
			{ID: "log", Path: "/log", Text: "nav.log", Key: "l"},
			{ID: "doctor", Path: "/doctor", Text: "nav.doctor", Key: "d"},
			{ID: "gateway", Path: "/gateway", Text: "nav.gateway", Key: "w"},
			{ID: "about", Path: "/about", Text: "nav.about", Key: "b"},
		},
	})
	p := pages{site: site, hub: web.NewHub(), mux: http.NewServeMux()}
	c.register(p)
	return p, nil
}

// handler serves the pages with their security headers.
func (p pages) handler() http.Handler { return web.Protect(p.mux) }

// frame is what all pages show, as .Site.
type frame struct {
	Counts  queueCounts
	Stopped *outbox.ActivePause
	File    bool // the file STOP stops all sending
	Flash   *flash
	In      bool // somebody is in
	Who     string
}

// badge is the number at the queue in the navigation.
func (c *Console) badge() string {
	n, err := c.freshCounts()
	if err != nil || n.Needs() == 0 {
		return ""
	}
	const most = 1000
	if n.Needs() >= most {
		return "1,000+"
	}
	return strconv.Itoa(n.Needs())
}

// counted are the numbers of the queue as they were a moment ago.
type counted struct {
	mu sync.Mutex
	at time.Time
	n  queueCounts
}

// freshCounts are the numbers of the queue, at most a second old.
func (c *Console) freshCounts() (queueCounts, error) {
	c.counted.mu.Lock()
	defer c.counted.mu.Unlock()
	if time.Since(c.counted.at) < time.Second {
		return c.counted.n, nil
	}
	n, err := c.counts(c.running)
	if err == nil {
		c.counted.at, c.counted.n = time.Now(), n
	}
	return n, err
}

type sessionKey struct{}

// sessionOf is who makes a request.
func sessionOf(r *http.Request) *session {
	s, _ := r.Context().Value(sessionKey{}).(*session)
	return s
}

// wantsJSON reports whether a program asks, and not a browser.
func wantsJSON(r *http.Request) bool {
	accept := r.Header.Get("Accept")
	return strings.Contains(accept, "application/json") && !strings.Contains(accept, "text/html")
}

// inside lets only those in who have a session or the token.
func (c *Console) inside(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if err := c.access.check(r); err != nil {
			c.refuse(w, r, http.StatusForbidden, err)
			return
		}
		s := c.access.of(r)
		if s != nil {
			next(w, r.WithContext(context.WithValue(r.Context(), sessionKey{}, s)))
			return
		}
		if wantsJSON(r) || r.Header.Get("Authorization") != "" || strings.Contains(r.Header.Get("Accept"), "text/event-stream") {
			w.Header().Set("WWW-Authenticate", `Bearer realm="hongyan console"`)
			c.refuse(w, r, http.StatusUnauthorized, errOut)
			return
		}
		to := url.Values{}
		if r.Method == http.MethodGet && r.URL.Path != root {
			to.Set("back", r.URL.RequestURI())
		}
		target := root + "login"
		if len(to) > 0 {
			target += "?" + to.Encode()
		}
		http.Redirect(w, r, target, http.StatusSeeOther)
	}
}

// errOut means that somebody is not in.
var errOut = errors.New("console: log in, or send the token as Authorization: Bearer")

// refuse answers with an error.
func (c *Console) refuse(w http.ResponseWriter, r *http.Request, status int, err error) {
	text := c.told(r, err)
	if wantsJSON(r) || r.Header.Get("Authorization") != "" {
		answer(w, status, map[string]any{"ok": false, "error": text})
		return
	}
	c.render(w, r, web.Page{Name: "failed", Title: c.text(r, "failed.title"), Status: status, Data: map[string]any{"Text": text}})
}

// answer writes JSON.
func answer(w http.ResponseWriter, status int, v any) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(v); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes()) // the client is gone
}

func (c *Console) text(r *http.Request, key string, args ...any) string {
	return c.pages.site.Texts(lang.FromRequest(r)).T(key, args...)
}

// told is an error in the language of the reader.
func (c *Console) told(r *http.Request, err error) string {
	for known, key := range map[error]string{
		errWrong: "error.wrong", errTooMany: "error.many", errOutside: "error.outside", errNone: "error.none", errAction: "error.action",
		errWho: "error.who", errLogin: "error.login", errOut: "error.out", errNothing: "error.nothing", errChanged: "error.changed",
		errMistakes: "error.mistakes", errHidden: "error.hidden",
	} {
		if errors.Is(err, known) {
			return c.text(r, key)
		}
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return c.text(r, "error.slow")
	}
	return strings.TrimPrefix(err.Error(), "console: ")
}

// errNothing means that nothing was selected.
var errNothing = errors.New("console: nothing was selected")

// errChanged means that the file was changed meanwhile.
var errChanged = errors.New("console: the file was changed meanwhile: compare, and save again")

// errMistakes means that a text has mistakes, or fails its tests.
var errMistakes = errors.New("console: nothing was saved: the text has mistakes, or its tests fail")

// render writes a page with its frame.
func (c *Console) render(w http.ResponseWriter, r *http.Request, p web.Page) {
	f := frame{}
	if s := sessionOf(r); s != nil {
		f.In, f.Who, f.Flash = true, s.who, s.said()
		if n, err := c.freshCounts(); err == nil {
			f.Counts = n
		}
		if pause, ok := c.stopped(r.Context()); ok {
			f.Stopped = &pause
		} else if h := c.bot.Health(r.Context()); h.Paused {
			f.File = true
		}
	}
	p.Site = f
	c.pages.site.Render(w, r, p)
}

// stream is the URL of the live updates of a page.
func (c *Console) stream(topics string) string {
	return root + "stream?" + url.Values{"topics": {topics}, "from": {c.pages.hub.Position()}}.Encode()
}

// show serves a page: HTML for people, and its Data as JSON for programs.
func (c *Console) show(page func(r *http.Request) (web.Page, error)) http.HandlerFunc {
	return c.inside(func(w http.ResponseWriter, r *http.Request) {
		p, err := page(r)
		switch {
		case errors.Is(err, store.ErrNotFound):
			c.refuse(w, r, http.StatusNotFound, err)
		case errors.Is(err, errHidden):
			c.refuse(w, r, http.StatusForbidden, err)
		case errors.Is(err, errAction), errors.Is(err, errNothing):
			c.refuse(w, r, http.StatusUnprocessableEntity, err)
		case err != nil:
			c.refuse(w, r, http.StatusServiceUnavailable, err)
		case wantsJSON(r):
			answer(w, http.StatusOK, p.Data)
		default:
			c.render(w, r, p)
		}
	})
}

// done is what came of an action.
type done struct {
	on    string // what it was done to, for the audit
	key   string // the text that says what happened
	args  []any
	place string // the page to go to; empty: back
	data  any    // for programs
}

// act serves an action: a form for people, and JSON for programs. What it does is noted.
func (c *Console) act(what string, do func(r *http.Request) (done, error)) http.HandlerFunc {
	return c.inside(func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, maxForm)
		if err := readForm(r); err != nil {
			c.refuse(w, r, http.StatusBadRequest, err)
			return
		}
		d, err := do(r)
		s := sessionOf(r)
		c.note(r, s.who, what, d.on, err)
		c.stale()
		c.news.tell()
		if wantsJSON(r) || s.who == "token" {
			if err != nil {
				status := http.StatusUnprocessableEntity
				if errors.Is(err, store.ErrNotFound) {
					status = http.StatusNotFound
				}
				answer(w, status, map[string]any{"ok": false, "error": c.told(r, err), "result": d.data})
				return
			}
			answer(w, http.StatusOK, map[string]any{"ok": true, "text": c.text(r, d.key, d.args...), "place": d.place, "result": d.data})
			return
		}
		if err != nil {
			s.say(flash{Text: c.text(r, "flash.failed", c.told(r, err)), Bad: true})
		} else if d.key != "" {
			s.say(flash{Text: c.text(r, d.key, d.args...)})
		}
		place := d.place
		if place == "" {
			place = c.pages.site.Back(r.PostForm.Get("back"))
		}
		http.Redirect(w, r, place, http.StatusSeeOther) //nolint:gosec // a path of the console: of the action, or checked by Back
	})
}

// readForm reads the fields of a form, or of a JSON object.
func readForm(r *http.Request) error {
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if kind != "application/json" {
		if err := r.ParseForm(); err != nil {
			return fmt.Errorf("console: the form could not be read: %w", err)
		}
		return nil
	}
	var fields map[string]any
	dec := json.NewDecoder(r.Body)
	dec.UseNumber()
	if err := dec.Decode(&fields); err != nil {
		return fmt.Errorf("console: the body is no JSON object: %w", err)
	}
	r.PostForm = url.Values{}
	for name, value := range fields {
		list, ok := value.([]any)
		if !ok {
			list = []any{value}
		}
		for _, one := range list {
			r.PostForm.Add(name, fmt.Sprint(one))
		}
	}
	r.Form = r.PostForm
	return nil
}

// field is a field of a form, without space around it.
func field(r *http.Request, name string) string { return strings.TrimSpace(r.PostForm.Get(name)) }
