package bot

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/hongyan-go/hongyan/callback"
	"github.com/hongyan-go/hongyan/outbox"
)

// Health is how a bot is doing, as /readyz tells it.
type Health struct {
	Ready    bool
	Reasons  []string // why it is not ready, in English
	Pending  int      // messages that wait to be handled
	Dead     int      // messages that were given up
	Paused   bool     // all sending is
	Accounts []AccountHealth

	StoreFails bool          // the store does not answer: Pending, Dead and Lag are not known
	Lag        time.Duration // the age of the oldest message that is neither done nor given up
	DiskFree   uint64        // bytes; 0 if there is no data directory
	BadToken   bool          // the service refuses the token
}

// AccountHealth is how an account is doing.
type AccountHealth struct {
	AppID  string
	State  string // as in /readyz: ok, offline …
	Paused bool   // its sending is, by the bot or by a person

	Why         string    // the reason for the pause; empty if it is not paused
	Since       time.Time // since when it has the State
	Callback    time.Time // the last one; zero if none came
	Sent        time.Time // the last send that worked; zero if there was none
	LastSend    string    // outcome of the last send; empty if there was none
	Failures    int       // sends in a row that failed
	Cause       string    // of the incident: offline, sends, service or silence; empty if there is none
	Down        time.Time // when the incident began; zero if there is none
	Reconnected time.Time // when reconnection was tried in it; zero if it was not
}

// Health tells how the bot is doing. It asks the store, and not the service.
func (b *Bot) Health(ctx context.Context) Health {
	r := b.monitor.Ready(ctx)
	h := Health{
		Ready: r.Ready, Reasons: r.Reasons, Pending: r.Store.Pending, Dead: r.Store.Dead, Paused: r.Stopped,
		StoreFails: !r.Store.Reachable, Lag: seconds(r.Store.Lag), BadToken: r.Token == "refused",
	}
	if r.Disk != nil {
		h.DiskFree = r.Disk.Free
	}
	now := b.config.Clock.Now()
	ago := func(age *float64) time.Time {
		if age == nil {
			return time.Time{}
		}
		return now.Add(-seconds(*age))
	}
	at := func(text string) time.Time {
		t, _ := time.Parse(time.RFC3339, text) // zero for an empty text
		return t
	}
	for _, a := range r.Accounts {
		reason, err := b.pauseReason(ctx, a.Account)
		paused := a.Paused || err != nil || reason != ""
		h.Accounts = append(h.Accounts, AccountHealth{
			AppID: a.Account, State: string(a.State), Paused: paused, Why: reason, Since: now.Add(-seconds(a.For)),
			Callback: ago(a.Callback), Sent: ago(a.Sent),
			LastSend: a.Send, Failures: a.Failures, Cause: string(a.Cause), Down: at(a.Since), Reconnected: at(a.Repair),
		})
	}
	return h
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }

// Pause pauses all sending of an account, or of all accounts if it is empty, until Resume, for all
// processes of the store and beyond a restart. Messages are handled as before.
func (b *Bot) Pause(ctx context.Context, account, reason string) error {
	return b.outbox.Pause(ctx, account, reason)
}

// Resume ends a Pause of the same account.
func (b *Bot) Resume(ctx context.Context, account string) error {
	return outbox.Resume(ctx, b.store.State(), account)
}

// ErrNoReload is the error of Reload in a program that has nothing to read again.
var ErrNoReload = errors.New("bot: nothing can be reloaded: this program has set no OnReload")

// OnReload sets what Reload does: to read the configuration file again, for one.
func (b *Bot) OnReload(reload func(context.Context) error) { b.reload.Store(&reload) }

// Reload calls what OnReload has set, or returns ErrNoReload.
func (b *Bot) Reload(ctx context.Context) error {
	reload := b.reload.Load()
	if reload == nil || *reload == nil {
		return ErrNoReload
	}
	return (*reload)(ctx)
}

// RecentError is a run of a handler that ended in an error.
type RecentError struct {
	At    time.Time
	Route string // empty if it was none: a middleware, or a message that cannot be read
	Chat  string // id
	Err   error
}

// maxRecent is how many errors are remembered.
const maxRecent = 50

// recent are the last errors of this process.
type recent struct {
	mu   sync.Mutex
	list []RecentError // the latest last
}

func (r *recent) add(at time.Time, e *callback.Event, route string, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.list) == maxRecent {
		r.list = slices.Delete(r.list, 0, 1)
	}
	r.list = append(r.list, RecentError{At: at, Route: route, Chat: e.Conversation.ID, Err: err})
}

// RecentErrors returns the last errors of handlers since the start of the process, the latest
// first: 50 at most. A message that is tried again and fails again counts each time.
func (b *Bot) RecentErrors() []RecentError {
	b.recent.mu.Lock()
	defer b.recent.mu.Unlock()
	list := slices.Clone(b.recent.list)
	slices.Reverse(list)
	return list
}
