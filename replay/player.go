package replay

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/callback"
	"github.com/hongyan-go/hongyan/internal/clock"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/store"
	"github.com/hongyan-go/hongyan/store/memory"
)

// Options change a replay. The zero value works.
type Options struct {
	// Names answers how people and groups are called. nil means that they are called by their ids.
	Names router.Names
	// Files downloads and offers files. nil means that an offer succeeds, with a link to nowhere,
	// and a download fails.
	Files router.Files
	// Fail lets all calls of an endpoint fail: "/message/postText".
	Fail map[string]Failure
	// Logger gets the log of the handlers. nil means none.
	Logger *zap.Logger
}

// Player runs bodies through routes, one after the other, and keeps what they would call. Nothing
// leaves the process, nothing waits, and the clock of routes and middleware is the time of the
// event: the same bodies give the same calls, unless a handler has a clock or a random number of
// its own.
//
// It has a bot's rules about repetition: a body that comes twice runs once, and a send with the
// same key goes out once. It has no others: nothing is paced, a handler that fails is not tried
// again, and no schedule runs.
type Player struct {
	service  *service
	client   *api.Client
	services router.Services
	state    store.State
	router   *router.Router
	bot      *bot.DryBot // nil for a bare router

	wxids map[string]string // by appId, for a bare router
	seen  map[string]bool   // keys of the bodies that ran
	count int
	last  time.Time
}

// serviceURL is where calls go: no resolver knows it, and no request leaves.
const serviceURL = "http://service.invalid"

// ForRouter makes a player for a router, without a bot's middleware.
func ForRouter(r *router.Router, o Options) (*Player, error) {
	p := newPlayer(o)
	client, err := api.New(api.Config{BaseURL: serviceURL, Token: "dry", HTTPClient: p.httpClient()})
	if err != nil {
		return nil, fmt.Errorf("replay: %w", err)
	}
	p.use(r, client, o)
	return p, nil
}

// ForBot makes a player with a bot of a configuration, which it closes; see bot.NewDry for what it
// leaves out. Register handlers and plugins on its Bot.
func ForBot(c bot.Config, o Options) (*Player, error) {
	p := newPlayer(o)
	c.Logger = o.Logger
	c.Clock = clock.Func(p.service.clock)
	b, err := bot.NewDry(c, bot.Dry{HTTPClient: p.httpClient()})
	if err != nil {
		return nil, err
	}
	p.bot = b
	p.use(b.Router(), b.Client(), o)
	return p, nil
}

func newPlayer(o Options) *Player {
	service := &service{fail: o.Fail, sent: map[string]*api.SentMessage{}, now: time.Unix(0, 0)}
	back := memory.New(memory.Config{Clock: clock.Func(service.clock)})
	return &Player{
		service: service, state: back.State(), wxids: map[string]string{}, seen: map[string]bool{}, last: time.Unix(0, 0),
	}
}

func (p *Player) httpClient() *http.Client { return &http.Client{Transport: p.service} }

func (p *Player) use(r *router.Router, client *api.Client, o Options) {
	if o.Files == nil {
		o.Files = files{}
	}
	p.router, p.client = r, client
	p.services = router.Services{
		Sender: sender{p.service, client}, Names: o.Names, Client: client, Files: o.Files, Logger: o.Logger, State: p.state,
		Clock: clock.Func(p.service.clock),
	}
}

// Bot is the bot of ForBot; nil for a bare router.
func (p *Player) Bot() *bot.Bot {
	if p.bot == nil {
		return nil
	}
	return p.bot.Bot
}

// Close closes the bot of ForBot. It must be called.
func (p *Player) Close() error {
	if p.bot == nil {
		return nil
	}
	return p.bot.Close()
}

// Calls are all calls so far, in their order, with the handlers that failed between them.
func (p *Player) Calls() []Call { return p.service.list() }

// Step is what became of one body.
type Step struct {
	// Event is the body that was read; nil if it cannot be.
	Event *callback.Event
	// Repeated means that a body with the same key ran before: this one did not.
	Repeated bool
	// Outcome tells which route took the event, or which middleware dropped it.
	Outcome router.Outcome
	// Calls are those of this step.
	Calls []Call
	// Err is what the handler returned, or why the body cannot be read. It is also in Calls.
	Err error
}

// Unhandled reports whether the event reached the routes, and none took it.
func (s Step) Unhandled() bool {
	return s.Event != nil && s.Event.Kind() != callback.KindPing && !s.Repeated && s.Outcome.Route == "" && s.Outcome.Dropped == "" &&
		s.Err == nil
}

// Play runs bodies in their order, and returns what became of each. A handler that fails ends
// nothing: the error is in its step. ctx is what the handlers' contexts come from.
func (p *Player) Play(ctx context.Context, entries ...Entry) []Step {
	steps := make([]Step, 0, len(entries))
	for _, e := range entries {
		steps = append(steps, p.step(ctx, e))
	}
	return steps
}

// PlayFiles reads files and plays what is in them.
func (p *Player) PlayFiles(ctx context.Context, paths ...string) ([]Step, error) {
	entries, err := Read(paths...)
	if err != nil {
		return nil, err
	}
	return p.Play(ctx, entries...), nil
}

// Explain tells for each route why it would take an event, or would not. The age of the recording
// is not that of the message.
func (p *Player) Explain(e *callback.Event) router.Explanation {
	services := p.services
	services.Clock = clock.Func(func() time.Time { return e.Time })
	return p.router.ExplainWith(context.Background(), e, services)
}

func (p *Player) step(ctx context.Context, e Entry) (s Step) {
	p.count++
	name := "#" + strconv.Itoa(p.count)
	before := len(p.service.list())
	defer func() { s.Calls = p.service.list()[before:] }()
	defer func() {
		if s.Err != nil {
			p.service.note(Call{Route: s.Outcome.Route, Error: s.Err.Error()})
		}
	}()
	p.service.begin(name, p.last)
	identity, err := callback.Identify(e.Body)
	if err != nil {
		s.Err = err
		return s
	}
	if identity.Key != "" && p.seen[identity.Key] {
		s.Event, s.Err = callback.Decode(e.Body)
		s.Repeated = true
		return s
	}
	p.seen[identity.Key] = true
	if event, err := callback.Decode(e.Body); err == nil {
		p.last = moment(event, e, p.last)
	}
	if identity.Key != "" {
		name = identity.Key
	}
	p.service.begin(name, p.last)
	if _, err := p.router.ExpireForms(ctx, p.services); err != nil {
		s.Err = err
		return s
	}
	s.Event, s.Outcome, s.Err = p.handle(ctx, e.Body, router.Run{Key: identity.Key, Entered: p.service.entered})
	return s
}

// moment is the time of an event: its own, or when it came, or that of the one before. It does not
// go back.
func moment(event *callback.Event, e Entry, last time.Time) time.Time {
	now := event.Time
	if now.IsZero() {
		now = e.Received
	}
	if now.Before(last) {
		return last
	}
	return now
}

// errPanic is the error of a handler that panics where no middleware recovers it.
var errPanic = errors.New("replay: the handler panicked")

func (p *Player) handle(ctx context.Context, body []byte, run router.Run) (e *callback.Event, outcome router.Outcome, err error) {
	if p.bot != nil {
		return p.bot.Try(ctx, body, p.services, run)
	}
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("%w: %v", errPanic, v)
		}
	}()
	decoder := callback.Decoder{Wxid: func(appID string) string { return p.wxids[appID] }}
	if e, err = decoder.Decode(body); err != nil {
		return nil, outcome, err
	}
	if e.Kind() == callback.KindPing {
		return e, outcome, nil
	}
	if e.Wxid != "" {
		p.wxids[e.AppID] = e.Wxid
	}
	outcome, err = p.router.Dispatch(ctx, e, p.services, run)
	return e, outcome, err
}
