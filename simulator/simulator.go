package simulator

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"github.com/hongyan-go/hongyan/internal/localhttp"
)

// The defaults of Config.
const (
	DefaultListen          = "127.0.0.1:0"
	DefaultToken           = "sim-token"
	DefaultRetries         = 3
	DefaultRetryDelay      = 100 * time.Millisecond
	DefaultCallbackTimeout = 3 * time.Second
)

// Config of a simulator. The zero value works.
type Config struct {
	// Listen is the address to listen on. Empty means DefaultListen: loopback, a free port.
	Listen string
	// AllowPublic allows a Listen address that is not loopback. The control API has no password.
	AllowPublic bool
	// Token is the API token that calls must carry. Empty means DefaultToken.
	Token string
	// World is who exists. nil means DefaultWorld.
	World *World
	// Retries is how often a callback is posted again that got no HTTP 200. 0 means DefaultRetries, less than 0 never.
	Retries int
	// RetryDelay is the time before each of them. 0 means DefaultRetryDelay, less than 0 none.
	RetryDelay time.Duration
	// CallbackTimeout is how long a bot may take to answer a callback. 0 means DefaultCallbackTimeout.
	CallbackTimeout time.Duration
	// Seed makes other ids, keys and faults. The same seed and the same messages in the same order make the same.
	Seed uint64
	// IDs makes other ids and keys, but leaves the faults as Seed makes them: for a simulator whose messages must not look like those of one before it to a
	// bot that remembers. 0 means Seed.
	IDs uint64
	// Clock is the time that messages are given. nil means time.Now.
	Clock func() time.Time
	// History is how many messages, and how many calls, it remembers. 0 means DefaultHistory.
	History int
	// AutoLogin scans and confirms each login by itself, so that one person can try it without a second hand.
	AutoLogin bool
	// RefuseLocal makes setCallback fail for loopback and private addresses, as the hosted service must.
	RefuseLocal bool
	// AllowRemoteCallback lets callbacks be posted to other machines. The zero value takes URLs of loopback only: what is tried here, with a real
	// configuration by mistake, leaves this machine only if that is wanted.
	AllowRemoteCallback bool
	// Logger gets what happens to callbacks, without their content. nil means nowhere.
	Logger *slog.Logger
}

// Simulator is a running simulator. All methods are safe for concurrent use.
type Simulator struct {
	config  Config
	api     []*endpoint
	handler http.Handler
	server  *http.Server
	url     string
	client  *http.Client
	life    func() context.Context // ends with Close
	cancel  context.CancelFunc
	owned   sync.WaitGroup // goroutines
	closing sync.Once

	mu       sync.Mutex
	closed   bool
	changed  chan struct{} // closed and replaced whenever something happens that somebody may wait for
	people   people
	ids      *generator
	callback string // the registered URL
	messages history[*entry]
	calls    history[Call]
	faults   faults
	devices  devices
	moments  moments
	videos   videos
	lanes    map[laneKey]*lane
	started  []*lane       // those that dispatch has still to run
	waiting  chan struct{} // holds something while there are some
	notices  map[noticeKey]notice
	bodies   map[string]string // the bytes behind objects of the cdn, by cdn id
	cursors  map[string]int64  // conversation → seq of the last message that an Await has seen
}

// New starts a simulator: it listens when New returns, and until Close. A bot's base URL is BaseURL, its token Token.
func New(c Config) (*Simulator, error) {
	if err := c.fill(); err != nil {
		return nil, err
	}
	api, err := endpoints()
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancelCause(context.Background())
	s := &Simulator{
		config:  c,
		api:     api,
		client:  &http.Client{Transport: callbackTransport(), CheckRedirect: noRedirect},
		life:    func() context.Context { return ctx },
		cancel:  func() { cancel(errClosed) },
		changed: make(chan struct{}),
		waiting: make(chan struct{}, 1),
		people:  newPeople(c.World.normal()),
		ids:     newGenerator(cmp.Or(c.IDs, c.Seed)),
		lanes:   map[laneKey]*lane{}, bodies: map[string]string{}, notices: map[noticeKey]notice{}, cursors: map[string]int64{},
	}
	s.faults.seed = c.Seed
	s.messages.most, s.calls.most = c.History, c.History
	s.begin()
	s.handler = s.routes()
	s.server = &http.Server{
		Handler: localhttp.Guard(localhttp.Config{Address: c.Listen, Refused: s.refused}, s.handler), ReadHeaderTimeout: 10 * time.Second,
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", c.Listen)
	if err != nil {
		s.cancel()
		return nil, fmt.Errorf("simulator: %w", err)
	}
	s.url = "http://" + listener.Addr().String()
	s.owned.Go(func() { s.dispatch(ctx) })
	s.owned.Go(func() {
		if err := s.server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			s.log("the simulator stopped serving", "error", err)
		}
	})
	return s, nil
}

// fill puts in the defaults and looks for mistakes.
func (c *Config) fill() error {
	if c.Listen == "" {
		c.Listen = DefaultListen
	}
	if !c.AllowPublic {
		if err := mustBeLoopback(c.Listen); err != nil {
			return err
		}
	}
	if c.Token == "" {
		c.Token = DefaultToken
	}
	if c.World == nil {
		c.World = DefaultWorld()
	}
	if err := c.World.check(); err != nil {
		return fmt.Errorf("simulator: world: %w", err)
	}
	switch {
	case c.Retries == 0:
		c.Retries = DefaultRetries
	case c.Retries < 0:
		c.Retries = 0
	}
	switch {
	case c.RetryDelay == 0:
		c.RetryDelay = DefaultRetryDelay
	case c.RetryDelay < 0:
		c.RetryDelay = 0
	}
	if c.CallbackTimeout <= 0 {
		c.CallbackTimeout = DefaultCallbackTimeout
	}
	if c.Clock == nil {
		c.Clock = time.Now
	}
	if c.History <= 0 {
		c.History = DefaultHistory
	}
	return nil
}

func mustBeLoopback(address string) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return fmt.Errorf("simulator: listen on %q: %w", address, err)
	}
	if ip, err := netip.ParseAddr(host); host == "localhost" || err == nil && ip.IsLoopback() {
		return nil
	}
	return fmt.Errorf("simulator: %q is not a loopback address, and whoever reaches the control API may do everything: "+
		"listen on 127.0.0.1, or set AllowPublic", address)
}

// Close stops the simulator and waits for everything that it began. Callbacks that are under way are given up.
func (s *Simulator) Close() error {
	s.closing.Do(func() {
		s.mu.Lock()
		s.closed = true
		s.broadcast()
		s.mu.Unlock()
		s.cancel()
		ctx, cancel := context.WithTimeout(context.Background(), 200*time.Millisecond)
		defer cancel()
		if s.server.Shutdown(ctx) != nil {
			_ = s.server.Close() // a client that holds its connection open is cut off
		}
		s.owned.Wait()
		s.client.CloseIdleConnections()
	})
	return nil
}

// URL is where the simulator listens: "http://127.0.0.1:41234". The control API is below it.
func (s *Simulator) URL() string { return s.url }

// BaseURL is the base URL of the service's API in the flavour of VideosApi. The others are URL()+"/gewe/v2/api" and URL()+"/v2/api".
func (s *Simulator) BaseURL() string { return s.url + "/finder/v2/api" }

// Token is the API token that calls must carry.
func (s *Simulator) Token() string { return s.config.Token }

// refused logs a request that no program on this machine can have meant: a page in a browser, or a name that somebody let point here.
func (s *Simulator) refused(r *http.Request, why error) {
	s.log("a request was refused", "remote", r.RemoteAddr, "why", why)
}

// ServeHTTP serves the service's API and the control API, for a simulator that is mounted in another server as well. That server
// has to keep foreign pages and names away; the simulator's own listener does.
func (s *Simulator) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

// errClosed is what ends everything that waits.
var errClosed = errors.New("the simulator is closed")

// broadcast wakes everybody who waits. The caller holds the lock.
func (s *Simulator) broadcast() {
	close(s.changed)
	s.changed = make(chan struct{})
}

// wait returns when done does, with the lock held, or when ctx ends.
func (s *Simulator) wait(ctx context.Context, done func() bool) error {
	for {
		s.mu.Lock()
		ok, changed, closed := done(), s.changed, s.closed
		s.mu.Unlock()
		switch {
		case ok:
			return nil
		case closed:
			return errClosed
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

func (s *Simulator) log(text string, args ...any) {
	if s.config.Logger != nil {
		s.config.Logger.Info("simulator: "+text, args...)
	}
}

// now is the time of a message: whole seconds, as the service has it.
func (s *Simulator) now() int64 { return s.config.Clock().Unix() }
