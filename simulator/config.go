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

// DefaultHistory is how many messages and how many calls a simulator remembers.
const DefaultHistory = 1_000_000

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
