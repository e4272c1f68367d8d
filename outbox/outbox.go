// Package outbox is the way out: every message of every handler and plugin passes here, and is paced.
//
// The service publishes no limits. The default pace is this project's own proposal for an account that
// is new to it, and meant to be slow enough not to draw attention. A send waits for its turn; the turns of an
// account, and of a conversation in it, are given in the order of the calls.
package outbox

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/hongyan-go/hongyan/api"
)

// Range is a span of time from which each gap is drawn at random. A zero range is no gap.
type Range struct{ Min, Max time.Duration }

// Pace says how long an account rests between two sends. The zero value is no pace at all.
type Pace struct {
	Account      Range // between any two sends of an account
	Conversation Range // between two sends to the same group or friend
}

// DefaultPace is for an account of less than a week.
func DefaultPace() Pace {
	return Pace{
		Account:      Range{6 * time.Second, 15 * time.Second},
		Conversation: Range{8 * time.Second, 20 * time.Second},
	}
}

// Unlimited is no pace: for the simulator, and for accounts that one can afford to lose.
func Unlimited() Pace { return Pace{} }

// Config of an outbox. Send is required.
type Config struct {
	// Send does the call.
	Send func(ctx context.Context, m api.Send) (*api.SentMessage, error)
	// Pace is the rest between sends. The zero value is none; see DefaultPace.
	Pace Pace
	// Random draws a number from [0,1); nil means a random one.
	Random func() float64
}

// Outbox paces sends. Make it with New.
type Outbox struct {
	config Config

	mu            sync.Mutex
	accounts      map[string]time.Time // when the account may send next
	conversations map[string]time.Time // the same for a conversation
}

// New makes an outbox.
func New(c Config) *Outbox {
	if c.Random == nil {
		c.Random = rand.Float64
	}
	return &Outbox{config: c, accounts: map[string]time.Time{}, conversations: map[string]time.Time{}}
}

// Send waits for its turn and sends. If ctx ends while it waits, nothing has been sent.
func (o *Outbox) Send(ctx context.Context, m api.Send) (*api.SentMessage, error) {
	if err := o.wait(ctx, m); err != nil {
		return nil, err
	}
	return o.config.Send(ctx, m)
}

func (o *Outbox) wait(ctx context.Context, m api.Send) error {
	turn := o.turn(m, time.Now())
	rest := time.Until(turn)
	if deadline, ok := ctx.Deadline(); ok && deadline.Before(turn) {
		return notSent(m, fmt.Errorf("its turn comes in %v, after the deadline: %w", rest.Round(time.Second), context.DeadlineExceeded))
	}
	if rest <= 0 {
		return nil
	}
	timer := time.NewTimer(rest)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return notSent(m, context.Cause(ctx))
	}
}

// turn takes the next free moment of account and conversation.
func (o *Outbox) turn(m api.Send, now time.Time) time.Time {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.forget(now)
	account := m.Account()
	conversation := account + "/" + m.Target()
	turn := latest(now, o.accounts[account], o.conversations[conversation])
	o.reserve(o.accounts, account, turn, o.config.Pace.Account)
	o.reserve(o.conversations, conversation, turn, o.config.Pace.Conversation)
	return turn
}

func (o *Outbox) reserve(next map[string]time.Time, key string, turn time.Time, gap Range) {
	if gap.Max > 0 {
		next[key] = turn.Add(gap.Min + time.Duration(o.config.Random()*float64(gap.Max-gap.Min)))
	}
}

// maxRemembered bounds how many conversations are remembered before those that may send anyhow are forgotten.
const maxRemembered = 10_000

func (o *Outbox) forget(now time.Time) {
	if len(o.conversations) < maxRemembered {
		return
	}
	for key, next := range o.conversations {
		if !next.After(now) {
			delete(o.conversations, key)
		}
	}
}

func latest(times ...time.Time) time.Time {
	last := times[0]
	for _, t := range times[1:] {
		if t.After(last) {
			last = t
		}
	}
	return last
}

// NotSentError is a send that gave up before its turn: nothing has left the machine.
type NotSentError struct {
	Endpoint string
	Err      error
}

// Error names the call and the cause.
func (e *NotSentError) Error() string {
	return fmt.Sprintf("outbox: %s not sent: %v", e.Endpoint, e.Err)
}

// Unwrap is the cause.
func (e *NotSentError) Unwrap() error { return e.Err }

// Executed is always no.
func (e *NotSentError) Executed() api.Executed { return api.ExecutedNo }

func notSent(m api.Send, err error) error { return &NotSentError{Endpoint: m.Endpoint(), Err: err} }
