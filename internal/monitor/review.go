package monitor

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/internal/wait"
)

// The intervals between probes of the service, and between repairs.
const (
	askTimeout   = 15 * time.Second
	askSuspected = time.Minute      // when something is suspicious
	askOpen      = 5 * time.Minute  // during an incident
	askRoutine   = 30 * time.Minute // when nothing has arrived or been sent for as long
	repairGap    = time.Hour        // between two reconnections of an account, in any case
)

// A paused zombie may try one send soon, and again after rests that grow up to a bound: far less
// than an answer may wait, and long enough that a dead session costs few messages.
const (
	firstTrial = 5 * time.Second
	trialRest  = 2 * time.Minute
)

// restBefore returns the rest before a trial, given the number of trials that failed.
func restBefore(failed int) time.Duration { return wait.Doubled(failed+1, firstTrial, trialRest) }

// Review examines all accounts: it probes those that are suspicious, opens and closes incidents,
// and notifies people. Run calls it.
func (m *Monitor) Review(ctx context.Context) {
	m.reviewing.Lock()
	defer m.reviewing.Unlock()
	m.mu.Lock()
	list := slices.SortedFunc(maps.Values(m.accounts), func(a, b *account) int {
		if a.id < b.id {
			return -1
		}
		return 1
	})
	m.mu.Unlock()
	for _, a := range list {
		if ctx.Err() != nil {
			return
		}
		if err := m.review(ctx, a); err != nil && ctx.Err() == nil {
			m.config.Logger.Error("cannot look after an account, trying again soon", zap.String("account", a.id), zap.Error(err))
		}
	}
	m.reviewFailures(ctx)
}

// view returns a copy of an account for reading.
func (m *Monitor) view(a *account) account {
	m.mu.Lock()
	defer m.mu.Unlock()
	v := *a
	v.refused = maps.Clone(a.refused)
	return v
}

// change changes the conclusions about an account.
func (m *Monitor) change(a *account, f func(*account)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	f(a)
}

// review is Review for one account. After an error the next review tries again.
func (m *Monitor) review(ctx context.Context, a *account) error {
	now := m.config.Clock.Now()
	if err := m.load(ctx, a); err != nil {
		return err
	}
	if err := m.share(ctx, a, now); err != nil {
		return err
	}
	next := m.suspect
	if a.record.Open {
		next = m.attend
	}
	if err := next(ctx, a, now); err != nil {
		return err
	}
	return m.tell(ctx, a, now)
}

// suspect examines an account without an incident.
func (m *Monitor) suspect(ctx context.Context, a *account, now time.Time) error {
	v := m.view(a)
	quiet := now.Sub(v.alive()) >= askRoutine
	cause := m.suspicion(&v, now)
	switch {
	case cause == CauseOffline:
		return m.open(ctx, a, record{State: Offline, Cause: cause}, now)
	case cause != "" && now.Sub(v.asked) >= askSuspected:
		online, err := m.ask(ctx, a, now)
		switch {
		case err != nil:
			return m.open(ctx, a, record{State: Unknown, Cause: cause}, now)
		case online:
			return m.open(ctx, a, record{State: Zombie, Cause: cause}, now)
		}
		return m.open(ctx, a, record{State: Offline, Cause: cause, Denied: true}, now)
	case !quiet:
		m.conclude(a, Online, now)
	case now.Sub(v.added) >= m.config.Interval && now.Sub(v.asked) >= askRoutine:
		online, err := m.ask(ctx, a, now)
		switch {
		case err != nil:
			m.conclude(a, Unknown, now)
		case online:
			m.conclude(a, Online, now)
		default:
			return m.open(ctx, a, record{State: Offline, Cause: CauseOffline, Denied: true}, now)
		}
	}
	return nil
}

// suspicion returns why an account may not work; empty if there is no sign of it.
func (m *Monitor) suspicion(a *account, now time.Time) Cause {
	switch {
	case a.down.After(a.alive()):
		return CauseOffline
	case a.blame(m.config.Failures) != "":
		return a.blame(m.config.Failures)
	case m.silent(a, now):
		return CauseSilence
	}
	return ""
}

// attend handles an account with an open incident.
func (m *Monitor) attend(ctx context.Context, a *account, now time.Time) error {
	v := m.view(a)
	r := v.record
	if over(&v) {
		return m.end(ctx, a, now)
	}
	if now.Sub(v.asked) >= askOpen && !v.asked.IsZero() || v.asked.IsZero() && now.Sub(v.added) >= m.config.Interval {
		online, err := m.ask(ctx, a, now)
		switch {
		case err != nil: // the last answer remains
		case !online:
			r.State, r.Denied = Offline, true
		case r.Denied: // it was not online, and is again
			return m.end(ctx, a, now)
		default:
			r.State = Zombie
		}
		if r.State != v.record.State || r.Denied != v.record.Denied {
			if saved, err := m.save(ctx, a, r); err != nil || !saved {
				return err
			}
			m.conclude(a, r.State, now)
			m.config.Logger.Warn("the account still does not work", zap.String("account", a.id), zap.String("state", string(r.State)))
		}
	}
	return m.contain(ctx, a, now)
}

// over reports whether the reason for an incident is gone.
func over(a *account) bool {
	since := a.record.Since
	switch a.record.Cause {
	case CauseSends, CauseService:
		return a.worked.After(since)
	case CauseSilence:
		return a.heard.After(since) && !a.down.After(a.heard)
	case CauseOffline:
	}
	return a.alive().After(since) && !a.down.After(a.alive())
}

// ask asks the service whether the account is online.
func (m *Monitor) ask(ctx context.Context, a *account, now time.Time) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	online, err := m.config.Online(ctx, a.id)
	if errors.Is(err, api.ErrOffline) {
		online, err = false, nil
	}
	answer := "no"
	m.mu.Lock()
	defer m.mu.Unlock()
	m.judgeToken(err)
	a.asked, a.online = now, &online
	switch {
	case err != nil:
		answer, a.online = "none", nil
	case online:
		answer = "yes"
	}
	m.config.Metrics.probes.WithLabelValues(answer).Inc()
	return online, err
}

// conclude sets the state of an account.
func (m *Monitor) conclude(a *account, s State, now time.Time) {
	m.change(a, func(a *account) {
		if a.state != s {
			a.state, a.since = s, now
		}
	})
}
