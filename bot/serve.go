package bot

import (
	"context"
	"errors"
	"net"
	"net/http"
	"sync"
	"time"

	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/internal/phrase"
)

// The bounds of the HTTP listeners of plugins.
const (
	serveReadTimeout  = 30 * time.Second
	serveCloseTimeout = 2 * time.Second
)

// Serve serves HTTP at an address, such as "127.0.0.1:8090", for as long as the plugin is
// installed, and returns the address that it has got. Call it in Setup.
//
// A plugin that takes the place of another of its name may use the same address: the handler of the
// old one serves until the old one is taken out, and no request is refused in between. What guards
// the address is up to the handler: other programs, and pages in browsers, reach loopback, too.
func (h *Handle) Serve(address string, handler http.Handler) (string, error) {
	l, remove, err := h.bot.listeners.add(h, address, handler)
	if err != nil {
		return "", phrase.Errorf("bot: plugin %s: it cannot listen at %s: %w", h.name, address, err)
	}
	h.gates = append(h.gates, remove)
	return l.listener.Addr().String(), nil
}

// listeners are the HTTP listeners of plugins, by their configured address.
type listeners struct {
	mu  sync.Mutex
	all map[string]*listener
}

// listener serves the first of its handlers: the others are those of plugins that wait to take the
// place of the one before.
type listener struct {
	plugin   string
	listener net.Listener
	server   *http.Server
	served   sync.WaitGroup

	mu       sync.Mutex
	handlers []*http.Handler
}

func (ls *listeners) add(h *Handle, address string, handler http.Handler) (*listener, func(), error) {
	ls.mu.Lock()
	defer ls.mu.Unlock()
	l := ls.all[address]
	switch {
	case l == nil:
		listening, err := h.bot.servesAt(address)
		if err != nil {
			return nil, nil, err
		}
		l = &listener{plugin: h.name, listener: listening}
		l.start(h)
		if ls.all == nil {
			ls.all = map[string]*listener{}
		}
		ls.all[address] = l
	case l.plugin != h.name:
		return nil, nil, phrase.Errorf("the plugin %s does: give one of them another address", l.plugin)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	entry := &handler
	l.handlers = append(l.handlers, entry)
	return l, func() { ls.remove(address, l, entry) }, nil
}

// remove takes a handler out, and ends the listener with its last one.
func (ls *listeners) remove(address string, l *listener, entry *http.Handler) {
	ls.mu.Lock()
	defer ls.mu.Unlock()
	l.mu.Lock()
	for i, other := range l.handlers {
		if other == entry {
			l.handlers = append(l.handlers[:i:i], l.handlers[i+1:]...)
			break
		}
	}
	last := len(l.handlers) == 0
	l.mu.Unlock()
	if !last {
		return
	}
	delete(ls.all, address)
	ctx, cancel := context.WithTimeout(context.Background(), serveCloseTimeout)
	defer cancel()
	if l.server.Shutdown(ctx) != nil {
		_ = l.server.Close() // what has not ended by now is cut off
	}
	l.served.Wait()
}

func (l *listener) start(h *Handle) {
	l.server = &http.Server{
		Handler: http.HandlerFunc(l.serve), ReadTimeout: serveReadTimeout, WriteTimeout: serveReadTimeout, IdleTimeout: time.Minute,
		MaxHeaderBytes: 16 << 10, ErrorLog: zap.NewStdLog(h.Logger()),
	}
	l.served.Go(func() {
		if err := l.server.Serve(l.listener); !errors.Is(err, http.ErrServerClosed) {
			h.Logger().Error("the HTTP listener of the plugin has ended", zap.Error(err))
		}
	})
}

func (l *listener) serve(w http.ResponseWriter, r *http.Request) {
	l.mu.Lock()
	var handler http.Handler
	if len(l.handlers) > 0 {
		handler = *l.handlers[0]
	}
	l.mu.Unlock()
	if handler == nil {
		http.Error(w, "the plugin has ended", http.StatusServiceUnavailable)
		return
	}
	handler.ServeHTTP(w, r)
}
