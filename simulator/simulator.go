// Package simulator is the service without WeChat: virtual accounts, friends and groups, the HTTP
// API of the service, and callbacks to the bot. It needs no account, and connects to no other
// machine.
//
// It runs in its own process (the command "hongyan simulate"), in another program through [New], or
// in a test through [Start]. Tests in any language use its control API under /sim to send messages
// as virtual people, read what was sent, and inject faults; docs/en/simulator.md describes it. Go
// programs have the same as methods:
//
//	sim, err := simulator.New(simulator.Config{})           // listens on a free loopback port
//	defer sim.Close()
//	sim.Group("A").Member("alice").Say("hi")                // (Message, error)
//	sim.Group("A").AwaitText(ctx, "hello, Alice")           // (Message, error)
//
// Tests have methods without the error handling:
//
//	sim := simulator.Start(t)                               // closes itself with the test
//	a := sim.Group("A")
//	a.Member("alice").Says("hi")
//	a.ExpectText("hello, Alice")
//
// The package imports neither testing nor an assertion library, so it can be linked into a program.
package simulator

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/hongyan-go/hongyan/internal/localhttp"
	"github.com/hongyan-go/hongyan/simulator/internal/delivery"
	"github.com/hongyan-go/hongyan/simulator/internal/endpoint"
	"github.com/hongyan-go/hongyan/simulator/internal/faults"
	"github.com/hongyan-go/hongyan/simulator/internal/lifetime"
	"github.com/hongyan-go/hongyan/simulator/internal/pages"
	"github.com/hongyan-go/hongyan/simulator/internal/replay"
	"github.com/hongyan-go/hongyan/simulator/internal/trace"
	"github.com/hongyan-go/hongyan/simulator/internal/world"
)

// Simulator is a running simulator. All methods are safe for concurrent use.
type Simulator struct {
	config  Config
	life    *lifetime.Lifetime
	world   *world.World
	faults  *faults.Set
	out     *delivery.Poster
	api     *endpoint.API
	traces  *trace.Book
	player  *replay.Player
	pages   *pages.Pages
	handler http.Handler
	server  *http.Server
	url     string
	closing sync.Once
	cursors map[string]int64 // conversation → seq of the last message of an Await; guarded by life
}

// New starts a simulator. It listens from when New returns until Close. A bot needs its BaseURL and
// Token.
func New(c Config) (*Simulator, error) {
	if err := c.fill(); err != nil {
		return nil, err
	}
	table, err := endpoint.ReadTable()
	if err != nil {
		return nil, err
	}
	life := lifetime.New()
	s := &Simulator{config: c, life: life, cursors: map[string]int64{}, traces: trace.NewBook(life)}
	s.faults = faults.NewSet(life, c.Clock, c.Seed, table.Has)
	s.out = delivery.New(life, delivery.Config{
		Clock: c.Clock, Retries: c.Retries, RetryDelay: c.RetryDelay, Timeout: c.CallbackTimeout,
		AllowRemote: c.AllowRemoteCallback, Log: s.log, Posted: s.posted,
	})
	s.world = world.New(c.World.begin(world.Config{
		Seed: cmp.Or(c.IDs, c.Seed), History: c.History, Clock: c.Clock, Lifetime: life, Faults: s.faults, Out: s.out,
		Voices: world.Voices(c.Voices),
	}))
	s.api = endpoint.New(table, endpoint.Config{
		World: s.world, Faults: s.faults, Out: s.out, Token: c.Token, AutoLogin: c.AutoLogin, RefuseLocal: c.RefuseLocal,
		History: c.History, Traces: s.traces,
	})
	s.player = replay.NewPlayer(s.world, s.advancer())
	if s.pages, err = s.newPages(); err != nil {
		return nil, err
	}
	s.handler = s.routes()
	s.server = &http.Server{
		Handler:           localhttp.Guard(localhttp.Config{Address: c.Listen, Hosts: c.Hosts, Refused: s.refused}, s.handler),
		ReadHeaderTimeout: 10 * time.Second,
	}
	listener, err := (&net.ListenConfig{}).Listen(life.Context(), "tcp", c.Listen)
	if err != nil {
		life.Close()
		life.WaitGoroutines()
		return nil, fmt.Errorf("simulator: %w", err)
	}
	s.url = "http://" + listener.Addr().String()
	life.Go(func() {
		if err := s.server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			s.log("the simulator stopped serving", "error", err)
		}
	})
	return s, nil
}

// Close stops the simulator and waits for its goroutines. It cancels callbacks that are in
// progress.
func (s *Simulator) Close() error {
	s.closing.Do(func() {
		s.pages.Close()
		s.life.Close()
		ctx, cancel := context.WithTimeout(context.Background(), 200*time.Millisecond)
		defer cancel()
		if s.server.Shutdown(ctx) != nil {
			_ = s.server.Close() // closes the connections that are still open
		}
		s.life.WaitGoroutines()
		s.out.CloseIdleConnections()
	})
	return nil
}

// URL returns the URL of the simulator, such as "http://127.0.0.1:41234". The control API is below
// it.
func (s *Simulator) URL() string { return s.url }

// BaseURL returns the base URL of the API in the flavour of VideosApi. Those of the others are
// URL()+"/gewe/v2/api" and URL()+"/v2/api".
func (s *Simulator) BaseURL() string { return s.url + "/finder/v2/api" }

// Token returns the API token that calls must have.
func (s *Simulator) Token() string { return s.config.Token }

// refused logs a request that the guard has refused: from a page in a browser, or for a foreign
// host name.
func (s *Simulator) refused(r *http.Request, why error) {
	s.log("a request was refused", "remote", r.RemoteAddr, "why", why)
}

// ServeHTTP serves the API and the control API, for a simulator that is mounted in another server.
// That server must refuse foreign origins and host names, as the simulator's own listener does.
func (s *Simulator) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

func (s *Simulator) log(text string, args ...any) {
	if s.config.Logger != nil {
		s.config.Logger.Info("simulator: "+text, args...)
	}
}

// SetCallback registers the callback URL, as the service's console does: after a probe that the bot
// must answer with HTTP 200. An empty URL ends the callbacks.
func (s *Simulator) SetCallback(ctx context.Context, target string) error {
	if err := s.out.Register(ctx, target, s.api.Probe(endpoint.Flavours()[0]), false); err != nil {
		return fmt.Errorf("simulator: callback URL: %w", err)
	}
	return nil
}

// AwaitCallback waits until a bot has registered its callback URL. Messages before that are not
// posted.
func (s *Simulator) AwaitCallback(ctx context.Context) error {
	if err := s.out.Registered(ctx); err != nil {
		return fmt.Errorf("simulator: no bot has registered a callback URL: %w", err)
	}
	return nil
}

// Settle waits until no callback is in progress: each is acknowledged or has failed.
func (s *Simulator) Settle(ctx context.Context) error {
	if err := s.out.Idle(ctx); err != nil {
		return fmt.Errorf("simulator: callbacks are still under way: %w", err)
	}
	return nil
}
