package gateway

import (
	"encoding/json"
	"errors"
	"html/template"
	"maps"
	"net/http"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humachi"
	"github.com/go-chi/chi/v5"
	"go.uber.org/zap"
)

// version is that of the API.
const version = "1.0.0"

// handler is the whole gateway.
func (g *Gateway) handler() http.Handler {
	mux := chi.NewRouter()
	mux.Use(g.recover, headers, g.guard)
	config := huma.DefaultConfig("Hongyan gateway", version)
	config.DocsPath, config.SchemasPath, config.CreateHooks = "", "", nil
	config.Info.Description = "Sends messages, and hands out events. Ids are strings, times RFC 3339, errors RFC 9457."
	config.Formats = map[string]huma.Format{
		"application/json": huma.DefaultJSONFormat, "json": huma.DefaultJSONFormat, multipartType: multipartFormat,
	}
	config.DefaultFormat = "application/json"
	config.Transformers = append(config.Transformers, explained)
	if len(g.now.Load().tokens) > 0 {
		config.Components.SecuritySchemes = map[string]*huma.SecurityScheme{"token": {Type: "http", Scheme: "bearer"}}
		config.Security = []map[string][]string{{"token": {}}}
	}
	inner := chi.NewRouter() // for those that are let in
	inner.NotFound(func(w http.ResponseWriter, _ *http.Request) {
		problem(w, http.StatusNotFound, "path", "there is no such path: see /docs")
	})
	inner.MethodNotAllowed(func(w http.ResponseWriter, _ *http.Request) {
		problem(w, http.StatusMethodNotAllowed, "path", "the path has other methods: see /docs")
	})
	api := humachi.New(inner, config)
	g.registerMessages(api)
	g.registerEvents(api)
	g.registerLists(api)
	g.registerMedia(api)
	g.registerExplain(api)
	g.registerHistory(api)
	g.registerAudit(api)
	mux.Handle("/*", paths("/v1/", g.authenticate)(inner))
	mux.Handle(mcpPath, g.authenticate(g.serveMCP(inner)))
	mux.Get("/openapi.json", func(w http.ResponseWriter, r *http.Request) { g.document(w, r, *api.OpenAPI()) })
	mux.Get("/docs", func(w http.ResponseWriter, _ *http.Request) { g.docs(w, api.OpenAPI()) })
	mux.Get("/", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/docs", http.StatusFound) })
	return mux
}

// paths applies a middleware to the paths with a prefix.
func paths(prefix string, use func(http.Handler) http.Handler) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		used := use(next)
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if len(r.URL.Path) >= len(prefix) && r.URL.Path[:len(prefix)] == prefix {
				used.ServeHTTP(w, r)
				return
			}
			next.ServeHTTP(w, r)
		})
	}
}

// operation describes an operation that needs a right.
func (g *Gateway) operation(api huma.API, right, method, path, id, summary, description string, errs ...int) huma.Operation {
	errs = append(errs, http.StatusUnauthorized, http.StatusForbidden, http.StatusTooManyRequests, http.StatusUnprocessableEntity,
		http.StatusServiceUnavailable)
	return huma.Operation{
		OperationID: id, Method: method, Path: path, Summary: summary, Description: description, Errors: errs,
		Middlewares: huma.Middlewares{g.right(api, right)}, MaxBodyBytes: g.config().MaxBody, BodyReadTimeout: time.Minute,
	}
}

// recover answers 500 instead of ending the connection when a handler panics.
func (g *Gateway) recover(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			v := recover()
			if err, ok := v.(error); v == nil || ok && errors.Is(err, http.ErrAbortHandler) {
				return
			}
			g.h.Logger().Error("a request of the gateway panicked", zap.String("path", r.URL.Path), zap.Any("panic", v),
				zap.Stack("stack"))
			problem(w, http.StatusInternalServerError, "internal", "the gateway has failed: its log says more")
		}()
		next.ServeHTTP(w, r)
	})
}

// headers keeps pages from running anything, and caches from keeping anything.
func headers(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Cache-Control", "no-store")
		next.ServeHTTP(w, r)
	})
}

// document is the document of the API, with the address that was asked for it: Dify, for one,
// imports none without.
func (g *Gateway) document(w http.ResponseWriter, r *http.Request, api huma.OpenAPI) {
	scheme := "http"
	if r.TLS != nil || r.Header.Get("X-Forwarded-Proto") == "https" { // of the proxy
		scheme = "https"
	}
	api.Servers = []*huma.Server{{URL: scheme + "://" + r.Host}}
	w.Header().Set("Content-Type", "application/openapi+json")
	text, err := json.Marshal(&api)
	if err == nil {
		_, err = w.Write(text)
	}
	if err != nil {
		g.h.Logger().Debug("the document of the API was not read to its end", zap.Error(err))
	}
}

// documented is an operation on the page.
type documented struct {
	Method, Path string
	*huma.Operation
}

// docs is a page without scripts that lists the operations.
func (g *Gateway) docs(w http.ResponseWriter, api *huma.OpenAPI) {
	var list []documented
	for _, path := range slices.Sorted(maps.Keys(api.Paths)) {
		item := api.Paths[path]
		for _, x := range []documented{{"GET", path, item.Get}, {"POST", path, item.Post}} {
			if x.Operation != nil {
				list = append(list, x)
			}
		}
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	if err := page.Execute(w, struct {
		Title, Description string
		Operations         []documented
	}{api.Info.Title, api.Info.Description, list}); err != nil {
		g.h.Logger().Debug("the page was not read to its end", zap.Error(err))
	}
}

var page = template.Must(template.New("docs").Parse(`<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{{.Title}}</title>
<style>body{font:16px/1.5 sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}code{background:#8883;padding:.1em .3em}
td{padding:.1rem 1rem .1rem 0;vertical-align:top}:root{color-scheme:light dark}</style>
<h1>{{.Title}}</h1><p>{{.Description}} The whole of it is in <a href="/openapi.json">/openapi.json</a>.</p>
{{range .Operations}}<h2 id="{{.OperationID}}"><code>{{.Method}} {{.Path}}</code></h2><p><b>{{.Summary}}.</b>
{{.Description}}</p>
{{with .Parameters}}<table>
{{range .}}<tr><td><code>{{.Name}}</code></td><td>{{.In}}</td><td>{{.Description}}</td></tr>{{end}}</table>{{end}}
{{end}}</html>`)) //nolint:gochecknoglobals // a constant
