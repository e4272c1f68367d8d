package monitor

import (
	"errors"
	"time"

	"github.com/hongyan-go/hongyan/api"
)

// State is the state of an account as far as it is known.
type State string

// The states. docs/en/metrics.md has the rules.
const (
	Unknown State = "unknown" // nothing has arrived yet, or the service does not answer
	Online  State = "online"
	Offline State = "offline" // logged out
	Zombie  State = "zombie"  // the service calls it online, but nothing works
)

// states are all states.
func states() []State { return []State{Unknown, Online, Offline, Zombie} }

// Cause is the reason for which an account is considered not to work.
type Cause string

// The causes.
const (
	CauseOffline Cause = "offline" // the service said so: by a callback, or as the answer to a call
	CauseSends   Cause = "sends"   // several sends in a row were refused: because of the account, or to different recipients
	CauseService Cause = "service" // several sends in a row had no valid answer: timeouts, the error page of a gateway
	CauseSilence Cause = "silence" // no callback for too long, in daytime
)

// bySends reports whether the cause is failed sends: then only a send that works ends the incident.
func (c Cause) bySends() bool { return c == CauseSends || c == CauseService }

// account is an account under watch.
type account struct {
	id string

	// Observations. Written by the signals, under the lock of Monitor.
	added    time.Time     // when the watch began
	callback time.Time     // the last callback that arrived; zero if none did
	gap      time.Duration // the usual time between two callbacks; 0 if not known
	heard    time.Time     // the last ordinary event, by its arrival
	sent     time.Time     // when the last send began that worked
	worked   time.Time     // when that was known
	down     time.Time     // when the service last said that the account is logged out
	outcome  string        // of the last send that says something about the account

	// The sends that failed since one worked, by their meaning. A refusal whose reason is unknown
	// counts once per recipient: a recipient that cannot be reached may be refused for ever.
	denied     int             // because of the account
	unanswered int             // without a valid answer
	refused    map[string]bool // recipients of the others
	failed     bool            // there was one since the last trial began

	// Conclusions. Written by Review, under the lock as well, since Ready reads them.
	state   State
	since   time.Time
	asked   time.Time // the last question whether it is online
	online  *bool     // the answer; nil if there was none
	paused  time.Time // since when its sending is paused; zero if it is not
	trial   bool      // a zombie may send until a send fails: the session may have been repaired
	trials  int       // of this incident that have failed
	due     time.Time // when the next trial begins; zero if none is planned
	shared  time.Time // the last callback as the store knows it
	loaded  bool      // record has been read
	record  record
	version uint64 // revision of record in the store
}

// alive returns the last time that the session was seen to work.
func (a *account) alive() time.Time {
	if a.sent.After(a.heard) {
		return a.sent
	}
	return a.heard
}

// record is what the store keeps of an account: its incident, and who was notified of it.
type record struct {
	ID    string    `json:"id,omitempty"` // of the incident, the current or the last one
	Open  bool      `json:"open,omitempty"`
	State State     `json:"state,omitempty"`
	Cause Cause     `json:"cause,omitempty"`
	Since time.Time `json:"since,omitzero"`
	Ended time.Time `json:"ended,omitzero"`
	// Denied means that the service has said that the account is not online, so that a later yes is
	// significant.
	Denied bool `json:"denied,omitempty"`
	// Reconnected is when reconnection was last tried, Repaired whether the service reported
	// success.
	Reconnected time.Time `json:"reconnected,omitzero"`
	Repaired    bool      `json:"repaired,omitempty"`
	// Untold are the channels that have not been notified yet that the incident is open, or over.
	// Tries counts the attempts.
	Untold []string `json:"untold,omitempty"`
	Tries  int      `json:"tries,omitempty"`
}

// Arrived records that a callback of an account arrives now.
func (m *Monitor) Arrived(id string) {
	now := m.config.Clock.Now()
	m.mu.Lock()
	defer m.mu.Unlock()
	a := m.watch(id, now)
	if a == nil {
		return
	}
	if !a.callback.IsZero() {
		gap := now.Sub(a.callback)
		if a.gap == 0 {
			a.gap = gap
		}
		a.gap += (gap - a.gap) / gapMemory
	}
	a.callback = now
}

// gapMemory is the number of callbacks over which the usual gap is averaged.
const gapMemory = 16

// Event records an ordinary event of an account and when it arrived: the session is alive. For an
// event that says that the account was logged out, call LoggedOut instead.
func (m *Monitor) Event(id string, arrived time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if a := m.watch(id, arrived); a != nil && arrived.After(a.heard) {
		a.heard = arrived
		if a.state != Online && (!a.record.Open || !a.record.Cause.bySends()) { // which no event can end
			m.poke()
		}
	}
}

// LoggedOut records that the service says that an account is logged out.
func (m *Monitor) LoggedOut(id string, arrived time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if a := m.watch(id, arrived); a != nil && arrived.After(a.down) {
		a.down = arrived
		m.poke()
	}
}

// Sent records the result of a send to a recipient, and when the send began: one that was in flight
// when the account was logged out proves nothing. The error decides whether the result says
// anything about the account: a refusal because of the recipient or the content does not.
func (m *Monitor) Sent(id, target string, began time.Time, err error) {
	now := m.config.Clock.Now()
	m.mu.Lock()
	defer m.mu.Unlock()
	a := m.watch(id, now)
	var failed *api.Error
	switch {
	case a == nil:
	case err == nil, errors.As(err, &failed) && failed.Executed() == api.ExecutedYes:
		if a.state != Online || a.failures() > 0 { // a review may be about to call it suspicious
			m.poke()
		}
		a.forgive()
		a.sent, a.worked, a.outcome = began, now, SendSent
		m.token = nil
	case failed == nil, failed.Executed() == api.ExecutedNo && failed.Ret == 0 && failed.HTTPStatus == 0:
		// The request never left the machine: its turn did not come, it was forbidden, or there is
		// no network.
	default:
		a.outcome = OutcomeOf(err)
		m.judgeToken(err)
		if a.fail(failed, target, m.config.Failures) {
			if errors.Is(err, api.ErrOffline) {
				a.down = now
			}
			if a.record.Open && a.paused.Before(began) { // another process has resumed its sending
				a.paused = time.Time{}
			}
			if a.record.Open || a.blame(m.config.Failures) != "" || a.down.Equal(now) {
				m.poke()
			}
		}
	}
}

// forgive resets the counts of failed sends.
func (a *account) forgive() { a.denied, a.unanswered, a.refused, a.failed = 0, 0, nil, false }

// fail counts a failed send. It returns false if the failure says nothing about the account.
func (a *account) fail(e *api.Error, target string, enough int) bool {
	switch e.About() {
	case api.AboutMessage, api.AboutRate:
		return false
	case api.AboutAccount:
		a.denied++
	case api.AboutService:
		a.unanswered++
	case api.AboutUntold:
		if a.refused == nil {
			a.refused = map[string]bool{}
		}
		if len(a.refused) < enough { // more make no difference
			a.refused[target] = true
		}
	}
	a.failed = true
	return true
}

// blame returns why the sends make the account suspicious; empty if they do not.
func (a *account) blame(enough int) Cause {
	switch {
	case max(a.denied, len(a.refused)) >= enough:
		return CauseSends
	case a.denied+a.unanswered >= enough:
		return CauseService
	}
	return ""
}

// failures returns how many sends in a row failed, of those that count.
func (a *account) failures() int { return a.denied + a.unanswered + len(a.refused) }

// judgeToken records whether the service refuses the token. The caller holds the lock.
func (m *Monitor) judgeToken(err error) {
	switch {
	case errors.Is(err, api.ErrTokenInvalid):
		m.token = api.ErrTokenInvalid
	case err == nil, errors.Is(err, api.ErrOffline):
		m.token = nil
	}
}

// maxID bounds the id of an account that comes from outside.
const maxID = 128

// watch returns the account with an id, and begins to watch it if it is new. It returns nil if
// there are too many. The caller holds the lock.
func (m *Monitor) watch(id string, now time.Time) *account {
	a := m.accounts[id]
	if a == nil && id != "" && len(id) <= maxID && len(m.accounts) < maxAccounts {
		a = &account{id: id, added: now, state: Unknown, since: now}
		m.accounts[id] = a
	}
	return a
}

// silent reports whether no callback has arrived for longer than usual, in daytime.
func (m *Monitor) silent(a *account, now time.Time) bool {
	if m.config.Silence < 0 {
		return false
	}
	since, day := m.daytime.Began(now)
	if !day {
		return false
	}
	for _, t := range []time.Time{a.added, a.callback, a.shared, a.record.Ended} {
		if t.After(since) {
			since = t
		}
	}
	return now.Sub(since) >= max(m.config.Silence, min(patience*a.gap, maxPatience))
}

// An account that usually gets few callbacks is given more time: a multiple of its usual gap, up to
// a bound.
const (
	patience    = 10
	maxPatience = 4 * time.Hour
)
