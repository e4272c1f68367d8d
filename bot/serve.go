package bot

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strings"
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
// installed, and returns the address that it has got. Call it in Setup. The handler gets the
// requests for the path and what is below it, "/" for all: plugins with different paths may share
// an address, and the longest path that fits decides.
//
// A plugin that takes the place of another of its name may use the same address: the handler of the
// old one serves until the old one is taken out, and no request is refused in between. What guards
// the address is up to the handler: other programs, and pages in browsers, reach loopback, too.
func (h *Handle) Serve(address, path string, handler http.Handler) (string, error) {
	l, remove, err := h.bot.listeners.add(h, address, "/"+strings.Trim(path, "/"), handler)
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

// listener serves the handlers of an address.
type listener struct {
	listener net.Listener
	server   *http.Server
	served   sync.WaitGroup

	mu       sync.Mutex
	handlers []*mount
}

// mount is what a plugin serves. The first of a path serves it: the others are those of plugins
// that wait to take the place of the one before.
type mount struct {
	plugin, path string
	handler      http.Handler
}

// fits reports whether a request for a path is for the handler.
func (m *mount) fits(path string) bool {
	return m.path == "/" || path == m.path || strings.HasPrefix(path, m.path+"/")
}

func (ls *listeners) add(h *Handle, address, path string, handler http.Handler) (*listener, func(), error) {
	ls.mu.Lock()
	defer ls.mu.Unlock()
	l := ls.all[address]
	if l == nil {
		listening, err := h.bot.servesAt(address)
		if err != nil {
			return nil, nil, err
		}
		l = &listener{listener: listening}
		l.start(h)
		if ls.all == nil {
			ls.all = map[string]*listener{}
		}
		ls.all[address] = l
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, other := range l.handlers {
		if other.path == path && other.plugin != h.name {
			return nil, nil, phrase.Errorf("the plugin %s does: give one of them another address", other.plugin)
		}
	}
	entry := &mount{h.name, path, handler}
	l.handlers = append(l.handlers, entry)
	return l, func() { ls.remove(address, l, entry) }, nil
}

// remove takes a handler out, and ends the listener with its last one.
func (ls *listeners) remove(address string, l *listener, entry *mount) {
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
	ended := len(l.handlers) == 0
	var found *mount
	for _, s := range l.handlers {
		if s.fits(r.URL.Path) && (found == nil || len(s.path) > len(found.path)) {
			found = s
		}
	}
	l.mu.Unlock()
	switch {
	case ended:
		http.Error(w, "the plugin has ended", http.StatusServiceUnavailable)
	case found == nil:
		http.NotFound(w, r)
	default:
		found.handler.ServeHTTP(w, r)
	}
}
