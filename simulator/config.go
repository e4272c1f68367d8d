package simulator

import (
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"time"

	"github.com/hongyan-go/hongyan/internal/clock"
	"github.com/hongyan-go/hongyan/internal/localhttp"
)

// DefaultToken is the API token of a simulator without Config.Token.
const DefaultToken = "sim-token"

// The other defaults of Config.
const (
	defaultListen          = "127.0.0.1:0"
	defaultRetries         = 3
	defaultRetryDelay      = 100 * time.Millisecond
	defaultCallbackTimeout = 3 * time.Second
	defaultHistory         = 1_000_000
)

// Voices converts voices from and to SILK, the format of WeChat. nil functions convert nothing.
type Voices struct {
	ToSILK func(data []byte) (silk []byte, length time.Duration, err error)
	ToWAV  func(silk []byte) (wav []byte, err error)
}

// Config is the configuration of a simulator. The zero value works.
type Config struct {
	// Listen is the address to listen on. Empty means a free port of loopback.
	Listen string
	// AllowPublic allows a Listen address that is not loopback. The control API has no password.
	AllowPublic bool
	// Hosts are further names by which clients reach the listener, such as that of a reverse proxy.
	// A request for any other name but those of loopback and of Listen is refused, as a page of a
	// stranger can let its own name lead to this machine.
	Hosts []string
	// Token is the API token that calls must have. Empty means DefaultToken.
	Token string
	// World is the virtual world. nil means DefaultWorld.
	World *World
	// Retries is how often a callback without an HTTP 200 is posted again. 0 means 3,
	// less than 0 never.
	Retries int
	// RetryDelay is the time before each retry. 0 means 100 ms, less than 0 none.
	RetryDelay time.Duration
	// CallbackTimeout bounds the time until a bot answers a callback. 0 means
	// 3 s.
	CallbackTimeout time.Duration
	// Seed changes the ids, keys and faults. The same seed and the same messages in the same order
	// give the same ones.
	Seed uint64
	// IDs changes the ids and keys, but not the faults. A bot that remembers the messages of an
	// earlier simulator needs other ids. 0 means Seed.
	IDs uint64
	// Clock is the clock of messages and deliveries; a bot with the same clock waits by it, too.
	// nil means that of the machine, or a virtual one.
	Clock clock.Clock
	// VirtualClock makes a clock that only Advance moves, instead of Clock. It begins with the time
	// Begins; zero means now.
	VirtualClock bool
	Begins       time.Time
	// History is how many messages and how many calls are remembered. 0 means 1,000,000.
	History int
	// AutoLogin scans and confirms each login, so that it needs no POST /sim/login.
	AutoLogin bool
	// RefuseLocal makes setCallback fail for loopback and private addresses, as the hosted service
	// does.
	RefuseLocal bool
	// AllowRemoteCallback allows callback URLs of other machines. Without it, only loopback URLs
	// are accepted: a bot with a real configuration, started by mistake, causes no posts to other
	// machines.
	AllowRemoteCallback bool
	// Reports asks bots of this module to report for each message what they made of it, for the
	// chat page. A bot that runs the simulator in its own process sets it, unless the clock is
	// virtual.
	Reports bool
	// Voices converts the sound of voices: with it, a voice may be sent as MP3 or WAV, and the chat
	// page plays it. Package media/voice has the functions, which add a megabyte to a program.
	Voices Voices
	// Logger logs the callbacks, without their content. nil means no log.
	Logger *slog.Logger
}

// fill sets the defaults and returns an error for an invalid configuration.
func (c *Config) fill() error {
	if c.Listen == "" {
		c.Listen = defaultListen
	}
	if !c.AllowPublic {
		if err := mustBeLoopback(c.Listen); err != nil {
			return err
		}
	}
	if err := localhttp.CheckHosts(c.Hosts); err != nil {
		return fmt.Errorf("simulator: hosts: %w", err)
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
		c.Retries = defaultRetries
	case c.Retries < 0:
		c.Retries = 0
	}
	switch {
	case c.RetryDelay == 0:
		c.RetryDelay = defaultRetryDelay
	case c.RetryDelay < 0:
		c.RetryDelay = 0
	}
	if c.CallbackTimeout <= 0 {
		c.CallbackTimeout = defaultCallbackTimeout
	}
	switch {
	case c.VirtualClock:
		if c.Begins.IsZero() {
			c.Begins = time.Now()
		}
		c.Clock = clock.NewVirtual(c.Begins)
	case c.Clock == nil:
		c.Clock = clock.NewAhead()
	}
	if c.History <= 0 {
		c.History = defaultHistory
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
	return fmt.Errorf("simulator: %q is not a loopback address, and the control API has no password: "+
		"listen on 127.0.0.1, or set AllowPublic", address)
}
