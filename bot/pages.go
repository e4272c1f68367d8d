package bot

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"go.uber.org/zap"
)

const (
	// pageTimeout bounds a request to the pages of plugins.
	pageTimeout = 10 * time.Second
	// pageGrace is how long requests have to finish when the last page of an address is taken away.
	pageGrace = 2 * time.Second
)

// pages are the listeners of plugins, by their addresses. The zero value has none.
type pages struct {
	changing sync.Mutex // an address is opened or closed
	mu       sync.Mutex // guards open and the lists in it
	open     map[string]*pageServer
}

// pageServer is a listener, which all pages of its address share.
type pageServer struct {
	server *http.Server
	ended  chan struct{}
	pages  []page // the last one that fits answers
}

type page struct {
	h       *Handle
	path    string
	handler http.Handler
}

// Serve answers requests to a path, and to all below it, at an address such as "127.0.0.1:8092",
// for as long as the plugin is installed. Plugins may share an address; when a plugin takes the
// place of another, so does its page. It opens the address to whoever can reach it: what guards it
// is up to the handler.
func (h *Handle) Serve(address, path string, handler http.Handler) error {
	ps := &h.bot.pages
	ps.changing.Lock()
	defer ps.changing.Unlock()
	s := ps.at(address)
	if s == nil {
		listener, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", address)
		if err != nil {
			return fmt.Errorf("bot: plugin %s: %w; give it a free address", h.name, err)
		}
		s = &pageServer{ended: make(chan struct{})}
		serve := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { ps.serve(s, w, r) })
		s.server = &http.Server{
			Handler:     http.TimeoutHandler(serve, pageTimeout, ""),
			ReadTimeout: pageTimeout, WriteTimeout: 2 * pageTimeout, IdleTimeout: time.Minute, MaxHeaderBytes: 16 << 10,
		}
		go func() { // ended by remove, which waits for it
			defer close(s.ended)
			if err := s.server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
				h.bot.logger.Error("the pages of plugins ended", zap.String("address", address), zap.Error(err))
			}
		}()
	}
	ps.mu.Lock()
	defer ps.mu.Unlock()
	if ps.open == nil {
		ps.open = map[string]*pageServer{}
	}
	ps.open[address] = s
	s.pages = append(s.pages, page{h, strings.TrimSuffix(path, "/"), handler})
	return nil
}

func (ps *pages) at(address string) *pageServer {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	return ps.open[address]
}

// serve finds the page of a request.
func (ps *pages) serve(s *pageServer, w http.ResponseWriter, r *http.Request) {
	ps.mu.Lock()
	var found http.Handler
	for _, p := range s.pages {
		if r.URL.Path == p.path || strings.HasPrefix(r.URL.Path, p.path+"/") {
			found = p.handler
		}
	}
	ps.mu.Unlock()
	if found == nil {
		http.NotFound(w, r)
		return
	}
	found.ServeHTTP(w, r)
}

// remove takes the pages of a plugin away, and closes the addresses that have none left.
func (ps *pages) remove(h *Handle) {
	ps.changing.Lock()
	defer ps.changing.Unlock()
	var ending []*pageServer
	ps.mu.Lock()
	for address, s := range ps.open {
		s.pages = slices.DeleteFunc(s.pages, func(p page) bool { return p.h == h })
		if len(s.pages) == 0 {
			ending = append(ending, s)
			delete(ps.open, address)
		}
	}
	ps.mu.Unlock()
	for _, s := range ending {
		ctx, cancel := context.WithTimeout(context.Background(), pageGrace)
		if s.server.Shutdown(ctx) != nil {
			_ = s.server.Close()
		}
		cancel()
		<-s.ended
	}
}
