// Package gateway lets programs in any language use a bot over HTTP, with the promises that a
// plugin in Go has: a message with a key is sent once, its outcome is known, and no event is
// missed.
//
//	g, err := gateway.New(gateway.Config{Listen: "127.0.0.1:8090"})
//	…
//	err = b.Install(g)
//
// docs/en/gateway.md describes the API; the gateway itself serves it as OpenAPI at /openapi.json.
package gateway

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/internal/localhttp"
	"github.com/hongyan-go/hongyan/store"
)

// pluginName is the name of the plugin, and the prefix of all that it stores.
const pluginName = "gateway"

// Gateway is the plugin. Make it with New.
type Gateway struct {
	now      atomic.Pointer[settings]
	changing sync.Mutex // of Change

	h       *bot.Handle
	back    store.Store
	hooks   *http.Client
	replies replySchema
	uploads uploads
	news    news
	tail    *tail
	places  places

	server   *http.Server
	listener net.Listener
	ending   context.Context //nolint:containedctx // of the requests that wait
	end      context.CancelFunc
	owned    sync.WaitGroup
}

// New makes a gateway. It listens once it is installed in a bot, before that runs. All mistakes of
// the configuration are in the error, each a FieldError.
func New(c Config) (*Gateway, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	g := &Gateway{}
	g.now.Store(newSettings(c, nil))
	return g, nil
}

// config is the configuration that holds now.
func (g *Gateway) config() *Config { return &g.now.Load().config }

// Name implements bot.Plugin.
func (*Gateway) Name() string { return pluginName }

// Address is where the gateway listens; empty unless it is installed.
func (g *Gateway) Address() string {
	if g.listener == nil {
		return ""
	}
	return g.listener.Addr().String()
}

// Setup implements bot.Plugin.
func (g *Gateway) Setup(h *bot.Handle) (err error) {
	g.h, g.back, g.tail = h, h.Back(), newTail()
	g.ending, g.end = context.WithCancel(context.Background())
	defer func() {
		if err != nil {
			err = errors.Join(err, g.Close())
		}
	}()
	if g.uploads, err = openUploads(h, g.config().Uploads); err != nil {
		return err
	}
	h.Observe(g.observe).Named("events")
	h.Task(hookTask, g.deliver)
	g.replies = newReplySchema()
	g.hooks = &http.Client{
		Timeout: hookTimeout, Transport: &http.Transport{Proxy: http.ProxyFromEnvironment},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	if err := g.beginHooks(g.ending, g.config().Webhooks); err != nil {
		return err
	}
	if g.config().Listen == "" { // only webhooks
		return nil
	}
	if err := g.noteTokens(g.ending, g.now.Load().tokens); err != nil {
		return err
	}
	if g.listener, err = (&net.ListenConfig{}).Listen(g.ending, "tcp", g.config().Listen); err != nil {
		return fmt.Errorf("gateway: cannot listen: %w; set gateway.listen to a free address", err)
	}
	g.server = &http.Server{
		Handler: g.handler(), ReadHeaderTimeout: 5 * time.Second, IdleTimeout: time.Minute,
		ErrorLog: zap.NewStdLog(h.Logger()),
	}
	server, listener := g.server, g.listener
	g.owned.Go(func() { // ended by Close
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			h.Logger().Error("the gateway has stopped", zap.Error(err))
		}
	})
	h.Logger().Info("gateway", zap.Stringer("address", listener.Addr()), zap.Int("tokens", len(g.now.Load().tokens)))
	return nil
}

// closeTime is how long requests may take that are under way when the gateway ends.
const closeTime = 5 * time.Second

// Close implements bot.Plugin.
func (g *Gateway) Close() error {
	g.end() // streams and waits
	var errs []error
	if g.server != nil {
		ctx, cancel := context.WithTimeout(context.Background(), closeTime)
		defer cancel()
		if g.server.Shutdown(ctx) != nil {
			errs = append(errs, g.server.Close())
		}
	} else if g.listener != nil {
		errs = append(errs, g.listener.Close())
	}
	g.owned.Wait()
	if g.hooks != nil {
		g.hooks.CloseIdleConnections()
	}
	errs = append(errs, g.uploads.close())
	g.server, g.listener = nil, nil
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("gateway: %w", err)
	}
	return nil
}

// guard refuses requests of browser pages, of names that lead here by DNS rebinding, and of
// tunnels if there are no tokens.
func (g *Gateway) guard(next http.Handler) http.Handler {
	guarded := localhttp.Guard(localhttp.Config{
		Address: g.config().Listen, Direct: true, Refused: func(r *http.Request, why error) {
			g.h.Logger().Warn("gateway request refused", zap.Error(why), zap.String("remote", r.RemoteAddr))
		}, Answer: func(w http.ResponseWriter, _ *http.Request, why error) {
			problem(w, http.StatusForbidden, "origin", why.Error())
		},
	}, next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if len(g.now.Load().tokens) > 0 {
			next.ServeHTTP(w, r)
			return
		}
		guarded.ServeHTTP(w, r)
	})
}

// news wakes those that wait for events.
type news struct {
	mu   sync.Mutex
	next chan struct{}
}

// wait returns a channel that is closed at the next call of tell.
func (n *news) wait() <-chan struct{} {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.next == nil {
		n.next = make(chan struct{})
	}
	return n.next
}

func (n *news) tell() {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.next != nil {
		close(n.next)
		n.next = nil
	}
}
