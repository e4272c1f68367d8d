// Package pages is the chat page of the simulator: people and groups, their messages, what a bot
// made of each, and the faults, the world, the logins and the calls. All of it is on the listener
// of the control API, and does nothing that the control API does not do.
package pages

import (
	"context"
	"embed"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/hongyan-go/hongyan/internal/lang"
	"github.com/hongyan-go/hongyan/internal/web"
	"github.com/hongyan-go/hongyan/internal/web/cards"
	"github.com/hongyan-go/hongyan/simulator/internal/delivery"
	"github.com/hongyan-go/hongyan/simulator/internal/endpoint"
	"github.com/hongyan-go/hongyan/simulator/internal/faults"
	"github.com/hongyan-go/hongyan/simulator/internal/replay"
	"github.com/hongyan-go/hongyan/simulator/internal/trace"
	"github.com/hongyan-go/hongyan/simulator/internal/world"
)

//go:embed templates/*.html
var templates embed.FS

// Config is what the pages show.
type Config struct {
	World   *world.World
	API     *endpoint.API
	Faults  *faults.Set
	Out     *delivery.Poster
	Traces  *trace.Book
	Token   string
	BaseURL func() string
	// Reports means that bots of this module report what they make of a message.
	Reports bool
	// Advance moves the clock; nil if it moves by itself.
	Advance func(context.Context, time.Duration) error
	// HideSecret returns a callback URL without its secret.
	HideSecret func(string) string
	// HideCall returns the body of a call without secrets.
	HideCall func(endpoint.Call) []byte
	// Player plays recordings.
	Player *replay.Player
	// EditWorld changes who exists, if what change makes of it is valid. LoadWorld replaces it by a
	// file, SaveWorld returns that file, and ResetWorld brings back what was at first.
	EditWorld  func(change func(*world.Everyone) error) error
	LoadWorld  func(io.Reader) error
	SaveWorld  func() ([]byte, error)
	ResetWorld func() error
}

// Pages are the pages of a simulator.
type Pages struct {
	Config
	site  *web.Site
	hub   *web.Hub
	watch sync.Once
}

// New makes the pages.
func New(c Config) (*Pages, error) {
	root, err := fs.Sub(templates, "templates")
	if err != nil {
		return nil, err
	}
	p := &Pages{Config: c, hub: web.NewHub()}
	p.site = web.NewSite(web.Config{
		Name: "sim.name", Templates: root, Texts: []lang.Table{Texts(), cards.Texts()},
		Nav: []web.NavItem{
			{ID: "chat", Path: "/chat/", Text: "nav.chat", Key: "c", Tab: true},
			{ID: "faults", Path: "/faults", Text: "nav.faults", Key: "f", Tab: true, Count: p.faultCount},
			{ID: "calls", Path: "/calls", Text: "nav.calls", Key: "a", Tab: true},
			{ID: "world", Path: "/world", Text: "nav.world", Key: "w", Tab: true},
			{ID: "login", Path: "/login", Text: "nav.login", Key: "l", Tab: true},
		},
	})
	return p, nil
}

// Close ends the streams of the pages. It must be called before the server is shut down.
func (p *Pages) Close() { p.hub.Close() }

// Routes serves the pages.
func (p *Pages) Routes(r chi.Router) {
	r.Group(func(r chi.Router) {
		r.Use(web.Protect)
		p.routes(r)
	})
}

func (p *Pages) routes(r chi.Router) {
	r.Handle("/static/*", p.site.Static())
	r.Post("/prefs", p.site.Prefs)
	r.Get("/events", p.events)
	r.Get("/chat/", p.anyChat)
	r.Get("/chat", p.anyChat)
	r.Get("/chat/{account}", p.chat)
	r.Get("/chat/{account}/{chat}", p.chat)
	r.Post("/chat/{account}/{chat}/say", p.say)
	r.Post("/chat/{account}/{chat}/act", p.act)
	r.Post("/chat/{account}/{chat}/again", p.again)
	r.Get("/chat/{account}/{chat}/save", p.save)
	r.Get("/chat/{account}/{chat}/replay", p.replayPage)
	r.Post("/chat/{account}/{chat}/replay", p.startReplay)
	r.Post("/replay/stop", p.stopReplay)
	r.Get("/media/{seq}", p.bytesOf)
	r.Get("/faults", p.faultsPage)
	r.Post("/faults", p.addFault)
	r.Post("/faults/remove", p.removeFault)
	r.Post("/faults/clear", p.clearFaults)
	r.Post("/clock", p.moveClock)
	r.Get("/world", p.worldPage)
	r.Post("/world/people", p.addPerson)
	r.Post("/world/groups", p.addGroup)
	r.Post("/world/accounts", p.switchAccount)
	r.Get("/world/file", p.worldFile)
	r.Post("/world/file", p.loadWorld)
	r.Post("/world/reset", p.resetWorld)
	r.Get("/world/people/{id}", p.personPage)
	r.Post("/world/people/{id}", p.editPerson)
	r.Get("/world/groups/{id}", p.groupPage)
	r.Post("/world/groups/{id}", p.editGroup)
	r.Get("/world/accounts/{id}", p.accountPage)
	r.Post("/world/accounts/{id}", p.editAccount)
	r.Get("/login", p.loginPage)
	r.Get("/login/{account}", p.loginPage)
	r.Post("/login/{account}", p.loginStep)
	r.Get("/login/{account}/{uuid}.png", p.loginCode)
	r.Get("/calls", p.callsPage)
}

// header is what the header and the bars of all pages show.
type header struct {
	Faults   int
	Bot      string // the callback URL; empty if there is none
	Accounts []accountLink
}

type accountLink struct {
	AppID, Name string
	Online      bool
	Current     bool
	URL         string
}

func (p *Pages) header(current string) header {
	h := header{Faults: p.faultsInForce()}
	p.World.Lock()
	defer p.World.Unlock()
	h.Bot = p.HideSecret(p.Out.URL())
	for _, a := range p.World.People.Accounts {
		h.Accounts = append(h.Accounts, accountLink{
			AppID: a.AppID, Name: a.Nickname, Online: !a.Offline, Current: a.AppID == current, URL: "/chat/" + escape(a.AppID),
		})
	}
	return h
}

// render writes a page with the header of an account; empty for none.
func (p *Pages) render(w http.ResponseWriter, r *http.Request, account string, page web.Page) {
	p.watch.Do(func() { p.World.Go(p.follow) })
	page.Site = p.header(account)
	p.site.Render(w, r, page)
}

// texts returns the texts in the language of a request.
func (p *Pages) texts(r *http.Request) *lang.Printer { return p.site.Texts(lang.FromRequest(r)) }

// stream returns the URL of the stream of a page, from now on. The bar of the faults is on all
// pages.
func (p *Pages) stream(topics string) string { return streamFrom(topics, p.hub.Position()) }

func streamFrom(topics, position string) string {
	return "/events?topics=" + url.QueryEscape(topics+",faults") + "&from=" + url.QueryEscape(position)
}

func (p *Pages) events(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := p.World.Until(r.Context())
	defer cancel()
	p.site.Stream(p.hub, w, r.WithContext(ctx))
}

// oops is what the page "oops" shows: an action that failed, or a page that does not exist.
type oops struct {
	Text, Back string
}

// fail answers a form that could not be done: beside the form if htmx has sent it, else as a page.
func (p *Pages) fail(w http.ResponseWriter, r *http.Request, status int, err error) {
	if r.Header.Get("HX-Request") == "true" {
		p.site.Fragment(w, r, status, "oops", "problem", err.Error())
		return
	}
	p.render(w, r, "", web.Page{
		Name: "oops", Title: p.texts(r).T("oops.title"), Status: status, Data: oops{err.Error(), p.back(r)},
	})
}

// done answers a form that was done: what has changed comes by the stream, or with the page anew.
func (p *Pages) done(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("HX-Request") == "true" {
		p.site.Fragment(w, r, http.StatusOK, "oops", "problem", "")
		return
	}
	http.Redirect(w, r, p.back(r), http.StatusSeeOther) //nolint:gosec // Back stays on this site
}

// back returns where a form came from.
func (p *Pages) back(r *http.Request) string { return p.site.Back(r.FormValue("back")) }

// number returns a number of the query or the form; 0 for none.
func number(r *http.Request, name string) int64 {
	n, _ := strconv.ParseInt(r.FormValue(name), 10, 64) // 0 if it is not a number
	return max(n, 0)
}

// Site returns what renders the pages.
func (p *Pages) Site() *web.Site { return p.site }
