package monitor

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"sync"
	"time"

	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/internal/clock"
	"github.com/hongyan-go/hongyan/internal/wait"
	"github.com/hongyan-go/hongyan/outbox"
	"github.com/hongyan-go/hongyan/store"
)

// The defaults of Config.
const (
	DefaultInterval = time.Minute
	DefaultSilence  = 15 * time.Minute
	DefaultFailures = 3
)

// DefaultDaytime is the part of the day in which callbacks are expected.
func DefaultDaytime() outbox.Window { return outbox.Window{From: 8 * time.Hour, To: 23 * time.Hour} }

// Config of a monitor. Store, Metrics and Online are required; the zero values of the others work.
type Config struct {
	Store   store.Store
	Metrics *Metrics
	// Accounts are watched from the start, others from their first callback or send on.
	Accounts []string

	// Online asks the service whether an account is online.
	Online func(ctx context.Context, account string) (bool, error)
	// Reconnect tries to repair a session without a new login. nil means that it is never tried.
	Reconnect func(ctx context.Context, account string) (bool, error)
	// LoginPage returns the page with the QR code by which a person logs an account in; empty if
	// there is none. nil means that there is none.
	LoginPage func(account string) string
	// Pause stops the sending of an account, Resume resumes it. Both must be idempotent. nil means
	// that nothing is paused.
	Pause, Resume func(ctx context.Context, account string) error
	// AllPaused reports whether a person has paused all sending, for /readyz. nil means that it is
	// never paused.
	AllPaused func(ctx context.Context) (bool, error)
	// Reasons returns further reasons for which the bot is not ready, in English, for /readyz. They
	// are about the service, not the process, and do not count with ?accounts=false. nil means that
	// there are none.
	Reasons func() []string

	// Webhook gets a POST with an Alert as JSON when an incident begins and when it is over. Empty
	// means none.
	Webhook string
	// Owners get the same as a text by Send, through an account that works. nil means no one. The
	// key is the same for the same alert to the same owner.
	Owners func() []string
	Send   func(ctx context.Context, account, to, text, key string) error
	// Quiet is the part of the day in which Owners get nothing; what is still true afterwards is
	// sent then. The zero value means none.
	Quiet outbox.Window
	// Failed is called with failures that a person has to see to, when the Webhook and the Owners
	// are notified of them. nil calls nothing.
	Failed func(f Failure)
	// SwitchedOff returns the plugins that were switched off because they failed again and again,
	// and when. nil means that there are none.
	SwitchedOff func() map[string]time.Time
	// Client posts to the webhook. nil means one that waits for 10 seconds.
	Client *http.Client

	// Silence is how long no callback may arrive in Daytime before an account is suspicious. 0
	// means DefaultSilence, less than 0 for ever. An account that usually has longer gaps is given
	// more time.
	Silence time.Duration
	// Failures is the number of sends in a row that must fail before an account is suspicious.
	// Refusals whose reason is unknown count once per recipient, those because of the recipient or
	// the content not at all. 0 means DefaultFailures.
	Failures int
	// Daytime is when silence counts. If From and To are 0, it has those of DefaultDaytime.
	// The texts of alerts have times of this zone.
	Daytime outbox.Window

	// Interval is how often Run reviews all accounts. 0 means DefaultInterval.
	Interval time.Duration
	// Data is the directory whose disk must not be full. Empty means that no disk is checked.
	Data string
	// Clock is the clock. nil means that of the machine.
	Clock clock.Clock
	// Logger gets a line for each change. nil means no log.
	Logger *zap.Logger
}

// Monitor decides whether accounts work. Use New to make one. The signals (Arrived, Event,
// LoggedOut, Sent) only record what happened; Review, which Run calls, probes, decides and
// notifies.
type Monitor struct {
	config  Config
	daytime *outbox.Hours
	quiet   *outbox.Hours
	woken   *wait.Bell

	reviewing sync.Mutex // one Review at a time

	mu         sync.Mutex
	accounts   map[string]*account
	token      error // the service refuses it; nil if it does not
	heartbeats map[string]*Heartbeat
	again      time.Duration // when Run looks again, if before the interval; 0 if not
}

// New makes a monitor.
func New(c Config) (*Monitor, error) {
	switch {
	case c.Store == nil || c.Metrics == nil || c.Online == nil:
		return nil, errors.New("monitor: Config needs a Store, Metrics and Online")
	case c.Owners != nil && c.Send == nil:
		return nil, errors.New("monitor: Config.Owners is set, but not Send, which would tell them")
	}
	if c.Webhook != "" {
		if u, err := url.Parse(c.Webhook); err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
			return nil, errors.New("monitor: the webhook is not an http or https URL") // it may contain a secret, so it is not quoted
		}
	}
	if c.Client == nil {
		c.Client = &http.Client{Timeout: webhookTimeout, Transport: &http.Transport{DisableKeepAlives: true,
			Proxy: http.ProxyFromEnvironment}}
	}
	if c.Silence == 0 {
		c.Silence = DefaultSilence
	}
	if c.Failures <= 0 {
		c.Failures = DefaultFailures
	}
	if c.Daytime.From == 0 && c.Daytime.To == 0 {
		c.Daytime.From, c.Daytime.To = DefaultDaytime().From, DefaultDaytime().To
	}
	daytime, err := c.Daytime.Hours()
	if err != nil {
		return nil, fmt.Errorf("monitor: Config.Daytime: %w", err)
	}
	quiet, err := c.Quiet.Hours()
	if err != nil {
		return nil, fmt.Errorf("monitor: Config.Quiet: %w", err)
	}
	if c.Interval == 0 {
		c.Interval = DefaultInterval
	}
	c.Clock = clock.Or(c.Clock)
	if c.Logger == nil {
		c.Logger = zap.NewNop()
	}
	m := &Monitor{
		config: c, daytime: daytime, quiet: quiet, woken: wait.NewBell(),
		accounts: map[string]*account{}, heartbeats: map[string]*Heartbeat{},
	}
	for _, id := range c.Accounts {
		m.watch(id, c.Clock.Now())
	}
	if err := c.Metrics.registry.Register(newGauges(m)); err != nil {
		return nil, fmt.Errorf("monitor: the Metrics belong to another Monitor: %w", err)
	}
	return m, nil
}

// Run reviews all accounts at its start, at each interval, and soon after a signal that something
// is wrong, until ctx ends.
func (m *Monitor) Run(ctx context.Context) {
	heartbeat := m.Heartbeat("monitor", 10*m.config.Interval)
	defer heartbeat.End()
	loop := wait.NewLoop(ctx, m.config.Clock)
	loop.Hear(m.woken)
	defer loop.End()
	for {
		m.Review(ctx)
		heartbeat.Beat()
		rest := m.next()
		if !loop.RestToLook(ctx, rest, rest, nil) { // a review that finds nothing is no event for others
			return
		}
	}
}

// next returns the time until the next review: the interval, or less if a trial is due earlier.
func (m *Monitor) next() time.Duration {
	now := m.config.Clock.Now()
	m.mu.Lock()
	defer m.mu.Unlock()
	wait := m.config.Interval
	if m.again > 0 {
		wait, m.again = min(wait, m.again), 0
	}
	for _, a := range m.accounts {
		if a.record.Open && a.state == Zombie && !a.due.IsZero() {
			wait = min(wait, a.due.Sub(now))
		}
	}
	return max(wait, min(m.config.Interval, time.Second)) // a failed review is not repeated at once
}

// lookAgain makes Run start a review after a time.
func (m *Monitor) lookAgain(after time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.again = after
}

// poke makes Run start a review soon.
func (m *Monitor) poke() { m.woken.Ring() }

// StateOf returns the state of an account; Unknown if the account is not watched.
func (m *Monitor) StateOf(id string) State {
	m.mu.Lock()
	defer m.mu.Unlock()
	if a := m.accounts[id]; a != nil {
		return a.state
	}
	return Unknown
}

// Paused reports whether the sending of an account is paused because the account does not work.
func (m *Monitor) Paused(id string) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	a := m.accounts[id]
	return a != nil && !a.paused.IsZero()
}
