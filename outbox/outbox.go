// Package outbox sends: every message of every handler and plugin passes here.
//
// Each send is written to the ledger before it leaves, under a key that a second run of the handler
// computes again: what was sent is answered from the ledger, and never sent a second time. Entries
// leave in one paced queue per account. WeChat publishes no limits; [DefaultPace] is this project's
// own proposal, meant to be slow enough not to draw attention. docs/en/outbox.md compares it with
// what the vendor of the service recommends.
package outbox

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/cenkalti/backoff/v5"
	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/internal/clock"
	"github.com/hongyan-go/hongyan/store"
	"github.com/hongyan-go/hongyan/store/memory"
)

// The defaults of Config.
const (
	DefaultAnswerTTL    = 10 * time.Minute
	defaultProactiveTTL = 6 * time.Hour
	defaultMaxTries     = 5
	defaultSweep        = 10 * time.Second
	defaultStale        = 3 * time.Minute // longer than the longest call of package api
)

// Config of an outbox. Send is required; the zero values of the others work.
type Config struct {
	// Send makes the call. Its context does not end with the caller's: the outbox waits for a
	// request that has left.
	Send func(ctx context.Context, m api.Send) (*api.SentMessage, error)
	// Store keeps ledger, budget and kill switch. nil means a new memory.Store.
	Store store.Store
	// Shared says that other processes send from the same store. A send that is found in progress
	// then has as long as its request can take; without Shared, a process that died has left it,
	// and it becomes unknown at once.
	Shared bool
	// Timeout is how long Send lets the request of a message take. nil means Stale for all.
	Timeout func(m api.Send) time.Duration

	// Pace bounds the sends. The zero value sets no limits; see DefaultPace.
	Pace Pace
	// Paces replace Pace for some accounts, by appId; their quiet hours, too.
	Paces map[string]Pace
	// Since is when an account began to use the service, by appId. One that is not listed is as old
	// as its first send here.
	Since map[string]time.Time
	// AnswerTTL is how long an answer may wait for its turn, ProactiveTTL a proactive send. 0 means
	// 10 minutes and 6 hours. Time in which sending is stopped does not count, nor, for a proactive
	// send, the quiet hours and the time in which a limit is reached. An answer that a limit would
	// keep longer fails at once, with a *LimitError.
	AnswerTTL, ProactiveTTL time.Duration
	// MaxTries bounds how often one entry is tried whose requests provably never left. 0 means 5.
	MaxTries int
	// DryRun reports whether a send is only rehearsed: everything is done but the request. nil
	// means that none is.
	DryRun func(m Message) bool

	// PauseFile pauses all sending as long as it exists. Empty means none.
	PauseFile string
	// FailWhenPaused refuses answers while sending is paused. Otherwise they wait for the end of
	// the pause.
	FailWhenPaused bool

	// Outcome is called with each send that has its outcome, or is held, without its body. It must
	// not block.
	Outcome func(s store.Send)
	// Gated is called with each send that a gate or a dry run keeps from leaving now: verdict is
	// "delay", "hold", "drop" or "dry run". The body is as secret as the message. It must not
	// block.
	Gated func(verdict string, s store.Send)
	// Turn is called with each request that begins. It must not block.
	Turn func(t Turn)
	// Logger gets what needs attention. nil means none.
	Logger *zap.Logger

	// Sweep is how often Run looks for entries without a caller. 0 means 10 seconds.
	Sweep time.Duration
	// Stale is when a request of another process counts as lost if Timeout is nil. 0 means
	// 3 minutes.
	Stale time.Duration
	// Clock is the clock. nil means that of the machine.
	Clock clock.Clock
	// Random draws from [0,1); nil means a random one.
	Random func() float64
}

// Message is a send with what the ledger keeps of it.
type Message struct {
	api.Send
	// Key identifies the send: the same key again is the same send. Empty means that no later Send
	// asks for it.
	Key string
	// Class is Answer or Proactive. Empty means Proactive.
	Class Class
	// Source is the route or plugin that sends, Event the key of the message that it answers. Both
	// are for people to read.
	Source, Event string
	// Hold is why a person has to decide first. Empty means that none has to.
	Hold string
	// Queued returns when the ledger has the send, instead of when it has its outcome.
	Queued bool
	// TTL is how long the send may wait for its turn. 0 means AnswerTTL or ProactiveTTL of Config.
	TTL time.Duration
}

// Turn is a request that begins.
type Turn struct {
	Account, Endpoint string
	Class             Class
	Waited            time.Duration // since the send was put into the ledger
	PerHour, PerDay   int           // the limits; 0 means none
	HourLeft, DayLeft int           // what is left of them
}

// Outbox sends messages. Make it with New, Run it, and Close it. Send works without Run; see Run
// for what it adds.
type Outbox struct {
	config  Config
	ledger  store.Ledger
	state   store.State
	quiet   *Hours
	quietOf map[string]*Hours // of the accounts with a pace of their own

	tracker *clock.Tracker // of the clock; nil if it has none

	calls context.Context //nolint:containedctx // of the calls, which outlive the context of their Send
	abort context.CancelFunc
	owned sync.WaitGroup // queues and calls

	gates    gates
	watchers watchers
	own      own // what was sent lately

	mu      sync.Mutex
	items   map[string]*item  // by key
	queues  map[string]*queue // by account
	kept    int               // bytes of the bodies that are in memory
	pause   pauseState
	drain   bool // no turns after what is queued now
	stopped bool // no more turns
	done    chan struct{}
	began   time.Time // by the clock of this machine
}

// New makes an outbox. It starts no goroutine.
func New(c Config) (*Outbox, error) {
	if c.Send == nil {
		return nil, errors.New("outbox: Config.Send is nil: nothing could be sent")
	}
	quiet, err := quietHours(c.Pace)
	if err != nil {
		return nil, err
	}
	quietOf := map[string]*Hours{}
	for account, pace := range c.Paces {
		if quietOf[account], err = quietHours(pace); err != nil {
			return nil, fmt.Errorf("%w (account %s)", err, account)
		}
	}
	if c.Store == nil {
		c.Store = memory.New(memory.Config{})
	}
	if c.Logger == nil {
		c.Logger = zap.NewNop()
	}
	c.Clock = clock.Or(c.Clock)
	if c.Random == nil {
		c.Random = rand.Float64
	}
	if c.MaxTries == 0 {
		c.MaxTries = defaultMaxTries
	}
	for _, d := range []struct {
		value *time.Duration
		def   time.Duration
		name  string
	}{
		{&c.AnswerTTL, DefaultAnswerTTL, "AnswerTTL"}, {&c.ProactiveTTL, defaultProactiveTTL, "ProactiveTTL"},
		{&c.Sweep, defaultSweep, "Sweep"}, {&c.Stale, defaultStale, "Stale"},
	} {
		if *d.value < 0 {
			return nil, fmt.Errorf("outbox: Config.%s is %v: it must be positive, or 0 for the default", d.name, *d.value)
		}
		if *d.value == 0 {
			*d.value = d.def
		}
	}
	o := &Outbox{
		config: c, ledger: c.Store.Ledger(), state: c.Store.State(), quiet: quiet, quietOf: quietOf,
		items: map[string]*item{}, queues: map[string]*queue{}, done: make(chan struct{}), began: c.Clock.Now(),
		tracker: clock.TrackerOf(c.Clock),
	}
	o.calls, o.abort = context.WithCancel(context.Background())
	return o, nil
}

// Send sends a message and returns its outcome: the answer of the service, or one of the errors of
// this package.
//
// If ctx ends first, a send with a key stays in the queue, and the error is ErrPending: a Send of
// the same key joins it. One without a key is withdrawn unless its request has begun, and the error
// is a *NotSentError.
//
// A message that is held, or Queued, or in a dry run, returns at once, and so does one that a gate
// delays, and a proactive send that has to wait for the end of the quiet hours or of a limit. Their
// ids are not known yet, and 0.
func (o *Outbox) Send(ctx context.Context, m Message) (*api.SentMessage, error) {
	it, sent, err := o.submit(ctx, &m)
	switch {
	case err != nil:
		return nil, err
	case it == nil:
		return sent, nil
	case m.Queued:
		o.leave(it)
		return o.promised(ctx, it.key, m)
	}
	work := clock.WorkOf(ctx)
	o.wait(it, work)
	defer o.unwait(it, work)
	select {
	case <-it.done:
		return it.outcome()
	case <-it.parked:
		o.leave(it)
		return o.promised(ctx, it.key, m)
	case <-ctx.Done():
	}
	if m.Key == "" && o.withdraw(it, context.Cause(ctx)) { //nolint:contextcheck // ctx has ended
		return nil, notSent(m, context.Cause(ctx))
	}
	select {
	case <-it.done: // it was faster
		return it.outcome()
	default:
	}
	return nil, &pendingError{Key: it.key, Endpoint: api.EndpointOf(m), Err: context.Cause(ctx)}
}

// wait parks the work of a caller until its entry has its outcome, or is parked.
func (o *Outbox) wait(it *item, work *clock.Work) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.items[it.key] == it && !it.isParked {
		it.waiting.Park(work)
	}
}

func (o *Outbox) unwait(it *item, work *clock.Work) {
	o.mu.Lock()
	defer o.mu.Unlock()
	it.waiting.Leave(work)
}

// promised is the result for a message that will be sent later. It returns when no crash can lose
// the send.
func (o *Outbox) promised(ctx context.Context, key string, m Message) (*api.SentMessage, error) {
	if err := o.config.Store.Flush(ctx); err != nil {
		return nil, &pendingError{Key: key, Endpoint: api.EndpointOf(m), Err: err}
	}
	return later(m), nil
}

// leave notes that an entry has no caller: its outcome has to be logged.
func (o *Outbox) leave(it *item) {
	o.mu.Lock()
	defer o.mu.Unlock()
	it.left = true
}

// later is the result for a message that will be sent later.
func later(m Message) *api.SentMessage { return &api.SentMessage{To: api.TargetOf(m)} }

// ttl is how long a send may wait.
func (o *Outbox) ttl(class Class) time.Duration {
	if class == Answer {
		return o.config.AnswerTTL
	}
	return o.config.ProactiveTTL
}

// newBackoff spaces the attempts of a request that never left.
func newBackoff() *backoff.ExponentialBackOff {
	b := backoff.NewExponentialBackOff()
	b.InitialInterval, b.MaxInterval, b.Multiplier = time.Second, 30*time.Second, 2
	b.Reset()
	return b
}

// tell logs an outcome, and calls Config.Outcome.
func (o *Outbox) tell(s store.Send) {
	s.Body = nil
	switch s.State {
	case store.Unknown:
		o.config.Logger.Error("a message may have been sent, or not: hongyan outbox list shows it, and a person decides",
			zap.String("key", s.Key), zap.String("endpoint", s.Endpoint), zap.String("reason", s.Reason))
	case store.Held:
		o.config.Logger.Warn("a message waits for a person: hongyan outbox list shows it, then hongyan outbox release or drop",
			zap.String("key", s.Key), zap.String("reason", s.Reason))
	case store.Expired:
		o.config.Logger.Warn("a message was not sent in time", zap.String("key", s.Key), zap.String("reason", s.Reason))
	case store.Queued, store.Sending, store.Sent, store.Refused:
	}
	if o.config.Outcome != nil {
		o.config.Outcome(s)
	}
}

func notSent(m Message, err error) error { return &NotSentError{Endpoint: api.EndpointOf(m), Err: err} }

// errClosed is the error of a Send after Close.
var errClosed = fmt.Errorf("outbox: closed: %w", context.Canceled)
