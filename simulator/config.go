package simulator

import (
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"time"
)

// The defaults of Config.
const (
	DefaultListen          = "127.0.0.1:0"
	DefaultToken           = "sim-token"
	DefaultRetries         = 3
	DefaultRetryDelay      = 100 * time.Millisecond
	DefaultCallbackTimeout = 3 * time.Second
)

// Config is the configuration of a simulator. The zero value works.
type Config struct {
	// Listen is the address to listen on. Empty means DefaultListen: loopback, a free port.
	Listen string
	// AllowPublic allows a Listen address that is not loopback. The control API has no password.
	AllowPublic bool
	// Token is the API token that calls must have. Empty means DefaultToken.
	Token string
	// World is the virtual world. nil means DefaultWorld.
	World *World
	// Retries is how often a callback without an HTTP 200 is posted again. 0 means DefaultRetries,
	// less than 0 never.
	Retries int
	// RetryDelay is the time before each retry. 0 means DefaultRetryDelay, less than 0 none.
	RetryDelay time.Duration
	// CallbackTimeout bounds the time until a bot answers a callback. 0 means
	// DefaultCallbackTimeout.
	CallbackTimeout time.Duration
	// Seed changes the ids, keys and faults. The same seed and the same messages in the same order
	// give the same ones.
	Seed uint64
	// IDs changes the ids and keys, but not the faults. A bot that remembers the messages of an
	// earlier simulator needs other ids. 0 means Seed.
	IDs uint64
	// Clock returns the time of messages. nil means time.Now.
	Clock func() time.Time
	// History is how many messages and how many calls are remembered. 0 means DefaultHistory.
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
	// Logger logs the callbacks, without their content. nil means no log.
	Logger *slog.Logger
}

// DefaultHistory is the default of Config.History.
const DefaultHistory = 1_000_000

// fill sets the defaults and returns an error for an invalid configuration.
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
	return fmt.Errorf("simulator: %q is not a loopback address, and the control API has no password: "+
		"listen on 127.0.0.1, or set AllowPublic", address)
}
