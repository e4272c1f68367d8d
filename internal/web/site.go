// Package web has what the pages of the simulator and the console share: the frame with its
// language and theme, the embedded files, message cards, charts, security headers, and live
// updates.
//
// A page is HTML that the server renders whole. It works without the script: links are links,
// actions are forms. htmx replaces parts of it, and one stream of server-sent events brings what is
// new. Nothing of a page comes from another host.
package web

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"maps"
	"net/http"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/hongyan-go/hongyan/internal/lang"
)

// Config configures a set of pages.
type Config struct {
	// Base is the path below which the pages are: "/console". Empty means the root.
	Base string
	// Name is the key of the text that names the set of pages, in the title and the header.
	Name string
	// Templates has the templates as NAME.html in its root. A file whose name begins with "_" is
	// shared by all pages. Each other file is a page and defines "main"; it may define more, which
	// Fragment renders. A shared file may define "header", which is shown in the header of all
	// pages, "bars", which is shown above all pages, and "keys", more rows of the list of keys.
	Templates fs.FS
	// Texts are the texts of the pages, beside those of this package.
	Texts []lang.Table
	// Funcs are further functions of the templates, beside those of this package.
	Funcs template.FuncMap
	// Words are further functions whose results are in the language of a page; nil means none.
	Words func(*lang.Printer) template.FuncMap
	// Nav are the pages of the navigation.
	Nav []NavItem
	// Side puts the navigation to the left on a wide screen instead of into the header.
	Side bool
	// Location is the time zone of all times. nil means the local one.
	Location *time.Location
}

// NavItem is an entry of the navigation.
type NavItem struct {
	ID   string // the Page.Nav of the pages that belong to it
	Path string // below Base
	Text string // the key of its text
	Key  string // the second key of "g o"
	// Tab also shows it at the bottom of a phone's screen. Three fit.
	Tab bool
	// Count is the number to show at it; nil or a result of "" means none.
	Count func() string
}

// Site renders a set of pages. It is safe for concurrent use.
//
// Files are compressed, templates parsed and texts joined when the first page is asked for: most
// bots and simulators never show one.
type Site struct {
	config Config
	assets func() *assets
	texts  func() (*lang.Catalogue, error)
	pages  map[lang.Lang]func() (map[string]*template.Template, error) // "" in the result are the shared templates
}

// NewSite returns a site. Check finds mistakes in its templates and texts.
func NewSite(c Config) *Site {
	if c.Location == nil {
		c.Location = time.Local
	}
	s := &Site{config: c, assets: sync.OnceValue(newAssets), pages: map[lang.Lang]func() (map[string]*template.Template, error){}}
	s.texts = sync.OnceValues(func() (*lang.Catalogue, error) { return lang.New(append([]lang.Table{Texts()}, c.Texts...)...) })
	for _, l := range lang.All() {
		s.pages[l] = sync.OnceValues(func() (map[string]*template.Template, error) { return s.parse(l) })
	}
	return s
}

// Check joins the texts and parses the templates for each language. It returns an error for a text
// that lacks a language or is defined twice, for a template that cannot be parsed, and for one that
// uses a text that does not exist.
func (s *Site) Check() error {
	for _, l := range lang.All() {
		if _, err := s.pages[l](); err != nil {
			return fmt.Errorf("web: %w", err)
		}
	}
	return nil
}

// parse parses all templates for a language. The shared ones are "" in the result.
func (s *Site) parse(l lang.Lang) (map[string]*template.Template, error) {
	texts, err := s.texts()
	if err != nil {
		return nil, err
	}
	shared := template.New("").Funcs(s.funcs(texts.In(l))).Funcs(s.config.Funcs)
	if s.config.Words != nil {
		shared.Funcs(s.config.Words(texts.In(l)))
	}
	if _, err := shared.ParseFS(files, "templates/*.html"); err != nil {
		return nil, err
	}
	names, err := fs.Glob(s.config.Templates, "*.html")
	if err != nil {
		return nil, err
	}
	var own []string
	for _, name := range names {
		if strings.HasPrefix(name, "_") {
			own = append(own, name)
		}
	}
	if len(own) > 0 {
		if _, err := shared.ParseFS(s.config.Templates, own...); err != nil {
			return nil, err
		}
	}
	pages := map[string]*template.Template{"": shared}
	for _, name := range names {
		if slices.Contains(own, name) {
			continue
		}
		page, err := shared.Clone()
		if err == nil {
			_, err = page.ParseFS(s.config.Templates, name)
		}
		if err != nil {
			return nil, err
		}
		pages[strings.TrimSuffix(name, ".html")] = page
	}
	var errs []error
	for name, page := range pages {
		for key := range textKeys(page) {
			if !strings.HasSuffix(key, ".") && !texts.Has(key) {
				errs = append(errs, fmt.Errorf("the page %q uses the text %q, which does not exist", name, key))
			}
		}
	}
	return pages, errors.Join(errs...)
}

// UsedTexts returns the keys of the texts that the templates use; one that ends in a dot stands for
// all that begin with it.
func (s *Site) UsedTexts() []string {
	used := map[string]bool{}
	pages, _ := s.pages[lang.Chinese]() // Check returns the error
	for _, page := range pages {
		maps.Copy(used, textKeys(page))
	}
	return slices.Sorted(maps.Keys(used))
}

// HasText reports whether the site has a text.
func (s *Site) HasText(key string) bool {
	texts, err := s.texts()
	return err == nil && texts.Has(key)
}

// Texts returns the texts of the site in a language. The texts must pass Check.
func (s *Site) Texts(l lang.Lang) *lang.Printer {
	texts, err := s.texts()
	if err != nil {
		panic(err)
	}
	return texts.In(l)
}

// Location returns the time zone of the pages.
func (s *Site) Location() *time.Location { return s.config.Location }

// URL returns the path of a page: its Base and path.
func (s *Site) URL(path string) string { return s.config.Base + path }

// Page is a page to render.
type Page struct {
	// Name is the name of the template.
	Name string
	// Title is the text of the title and, unless Bare, of the heading.
	Title string
	// Bare leaves out the heading: the page has one of its own.
	Bare bool
	// Wide uses the whole width and height of the window.
	Wide bool
	// Nav is the ID of the navigation's entry.
	Nav string
	// Stream is the URL of the page's live updates. Empty means none.
	Stream string
	// Status is the HTTP status. 0 means 200.
	Status int
	// Data is what the template shows, as .Data.
	Data any
	// Site is what "header" and "bars" show, as .Site.
	Site any
}

// view is what the templates of a page see.
type view struct {
	Page
	Lang   lang.Lang
	Theme  string // "", light or dark
	Keys   string // "" or off
	Base   string
	Name   string
	Side   bool
	Items  []navLink
	Here   string // the path with its query, to come back to
	Switch string // the URL of the page in the other language
	Zone   string
}

type navLink struct {
	NavItem
	URL     string
	Current bool
	Badge   string
}

// Render writes a page.
func (s *Site) Render(w http.ResponseWriter, r *http.Request, p Page) {
	l := lang.FromRequest(r)
	lang.Remember(w, r, s.cookiePath())
	v := view{
		Page: p, Lang: l, Theme: preference(r, themeCookie), Keys: preference(r, keysCookie), Base: s.config.Base, Name: s.config.Name,
		Side: s.config.Side, Zone: time.Now().In(s.config.Location).Format("MST"),
	}
	here := *r.URL
	query := here.Query()
	query.Del("lang")
	here.RawQuery = query.Encode()
	v.Here = here.RequestURI()
	query.Set("lang", string(l.Other()))
	here.RawQuery = query.Encode()
	v.Switch = here.RequestURI()
	for _, item := range s.config.Nav {
		link := navLink{NavItem: item, URL: s.URL(item.Path), Current: item.ID == p.Nav}
		if item.Count != nil {
			link.Badge = item.Count()
		}
		v.Items = append(v.Items, link)
	}
	var b bytes.Buffer
	if err := s.execute(&b, l, p.Name, "layout", v); err != nil {
		http.Error(w, "the page could not be rendered: "+err.Error(), http.StatusInternalServerError)
		return
	}
	s.write(w, r, max(p.Status, http.StatusOK), &b)
}

// Fragment writes one template of a page as an answer to htmx.
func (s *Site) Fragment(w http.ResponseWriter, r *http.Request, status int, page, name string, data any) {
	var b bytes.Buffer
	if err := s.execute(&b, lang.FromRequest(r), page, name, data); err != nil {
		http.Error(w, "the page could not be rendered: "+err.Error(), http.StatusInternalServerError)
		return
	}
	s.write(w, r, status, &b)
}

// HTML returns one template of a page, for a Change. page may be empty for a shared template.
func (s *Site) HTML(l lang.Lang, page, name string, data any) (string, error) {
	var b strings.Builder
	err := s.execute(&b, l, page, name, data)
	return b.String(), err
}

func (s *Site) execute(w io.Writer, l lang.Lang, page, name string, data any) error {
	pages, err := s.pages[l]()
	if err != nil {
		return fmt.Errorf("web: %w", err)
	}
	t, ok := pages[page]
	if !ok {
		return fmt.Errorf("web: there is no page %q", page)
	}
	return t.ExecuteTemplate(w, name, data)
}

// write writes HTML, compressed if the browser allows it.
func (s *Site) write(w http.ResponseWriter, r *http.Request, status int, b *bytes.Buffer) {
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("Vary", "Accept-Language, Cookie, Accept-Encoding")
	if b.Len() < 1024 || !acceptsGzip(r) {
		w.WriteHeader(status)
		_, _ = b.WriteTo(w) // the browser is gone
		return
	}
	h.Set("Content-Encoding", "gzip")
	w.WriteHeader(status)
	z, _ := gzip.NewWriterLevel(w, gzip.BestSpeed) // the level is valid
	_, _ = b.WriteTo(z)
	_ = z.Close()
}

// Static serves the files for browsers. It is mounted at Base + "/static/".
func (s *Site) Static() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.assets().ServeHTTP(w, r) })
}

func (s *Site) static(name string) string {
	return path.Join("/", s.config.Base, "static", s.assets().names[name])
}

func (s *Site) cookiePath() string {
	if s.config.Base == "" {
		return "/"
	}
	return s.config.Base
}
