package monitor

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/store"
)

// open opens an incident: the sending of the account is paused, a repair is tried, and people are
// notified.
func (m *Monitor) open(ctx context.Context, a *account, r record, now time.Time) error {
	r.ID = fmt.Sprintf("%s-%d", a.id, now.Unix())
	r.Open, r.Since, r.Untold = true, now, m.channels()
	r.Reconnected = a.record.Reconnected
	if saved, err := m.save(ctx, a, r); err != nil || !saved {
		return err // another process has opened it: the next review finds it
	}
	m.config.Metrics.incidents.WithLabelValues(string(r.Cause)).Inc()
	m.conclude(a, r.State, now)
	m.change(a, func(a *account) { a.trial, a.trials, a.due = false, 0, time.Time{} })
	m.config.Logger.Error("the account does not work",
		zap.String("account", a.id), zap.String("state", string(r.State)), zap.String("cause", string(r.Cause)))
	return m.contain(ctx, a, now)
}

// contain pauses the sending of an account that does not work, tries to repair it once, and lets a
// zombie try again.
func (m *Monitor) contain(ctx context.Context, a *account, now time.Time) error {
	if v := m.view(a); v.trial && v.failed {
		m.change(a, func(a *account) { a.trial, a.trials = false, a.trials+1 })
	}
	v := m.view(a)
	dead := v.record.State == Offline || v.record.State == Zombie
	if dead && (!v.trial || v.record.State == Offline) && v.paused.IsZero() {
		if err := m.call(ctx, m.config.Pause, a); err != nil {
			return fmt.Errorf("monitor: the sending could not be paused: %w", err)
		}
		m.change(a, func(a *account) { a.paused, a.due = now, now.Add(restBefore(a.trials)) })
		v = m.view(a)
	}
	if dead && m.mayRepair(&v, now) {
		return m.repair(ctx, a, now)
	}
	if v.record.State == Zombie && !v.paused.IsZero() && !now.Before(v.due) {
		return m.tryOut(ctx, a)
	}
	return nil
}

// mayRepair reports whether it is time to reconnect an account: once in an incident. Where only the
// service failed to answer, a trial comes first: the cause is mostly a gateway, and the session
// works.
func (m *Monitor) mayRepair(a *account, now time.Time) bool {
	r := a.record
	return m.config.Reconnect != nil && r.Reconnected.Before(r.Since) && now.Sub(r.Reconnected) >= repairGap &&
		(r.Cause != CauseService || a.trials > 0 || r.State == Offline)
}

// repair reconnects an account. That is stored before, so that a crash does not lead to a loop of
// reconnections.
func (m *Monitor) repair(ctx context.Context, a *account, now time.Time) error {
	r := a.record
	r.Reconnected = now
	if saved, err := m.save(ctx, a, r); err != nil || !saved {
		return err
	}
	asking, cancel := context.WithTimeout(ctx, 2*askTimeout)
	defer cancel()
	worked, err := m.config.Reconnect(asking, a.id)
	result := "failed"
	if r.Repaired = worked && err == nil; r.Repaired {
		result = "worked"
	}
	m.config.Metrics.reconnects.WithLabelValues(result).Inc()
	m.config.Logger.Warn("reconnection was tried once", zap.String("account", a.id), zap.String("result", result), zap.Error(err))
	if saved, err := m.save(ctx, a, r); err != nil || !saved {
		return err
	}
	if r.Repaired && r.State == Zombie {
		return m.tryOut(ctx, a)
	}
	return nil
}

// tryOut lets a zombie send again until a send fails.
func (m *Monitor) tryOut(ctx context.Context, a *account) error {
	if err := m.call(ctx, m.config.Resume, a); err != nil {
		return fmt.Errorf("monitor: the sending could not be resumed: %w", err)
	}
	m.change(a, func(a *account) {
		a.forgive()
		a.trial, a.paused, a.due = true, time.Time{}, time.Time{}
	})
	return nil
}

// end closes an incident.
func (m *Monitor) end(ctx context.Context, a *account, now time.Time) error {
	if err := m.call(ctx, m.config.Resume, a); err != nil {
		return fmt.Errorf("monitor: the sending could not be resumed: %w", err)
	}
	r := a.record
	r.Open, r.Ended, r.Untold, r.Tries = false, now, m.channels(), 0
	if saved, err := m.save(ctx, a, r); err != nil || !saved {
		return err
	}
	m.conclude(a, Online, now)
	m.change(a, (*account).recover)
	m.config.Logger.Info("the account works again", zap.String("account", a.id), zap.Duration("after", now.Sub(r.Since).Round(time.Second)))
	return nil
}

// recover resets an account whose incident is over.
func (a *account) recover() {
	a.forgive()
	a.trial, a.trials, a.paused, a.due, a.down = false, 0, time.Time{}, time.Time{}, time.Time{}
}

func (m *Monitor) call(ctx context.Context, f func(context.Context, string) error, a *account) error {
	if f == nil {
		return nil
	}
	return f(ctx, a.id)
}

// The prefixes of the keys under which the store keeps the record of an account, and the time of
// its last callback.
const (
	recordKey   = "monitor/account/"
	callbackKey = "monitor/callback/"
	remember    = 7 * 24 * time.Hour
)

// load reads the record of an account: another process may have changed it.
func (m *Monitor) load(ctx context.Context, a *account) error {
	var r record
	e, err := m.config.Store.State().Get(ctx, recordKey+a.id)
	switch {
	case errors.Is(err, store.ErrNotFound):
	case err != nil:
		return fmt.Errorf("monitor: %w", err)
	default:
		if err := json.Unmarshal(e.Value, &r); err != nil {
			m.config.Logger.Error("the record of an account is broken, beginning a new one", zap.String("account", a.id), zap.Error(err))
			r = record{}
		}
		for _, t := range []*time.Time{&r.Since, &r.Reconnected} { // the clock may have been set back since
			*t = store.Bound(*t, m.config.Clock.Now(), 0)
		}
	}
	m.change(a, func(a *account) {
		first, closed := !a.loaded, a.record.Open && !r.Open
		a.loaded, a.record, a.version = true, r, e.Revision
		switch {
		case r.Open:
			if a.state != r.State {
				a.state, a.since = r.State, r.Since
			}
			if first && r.State == Zombie && r.Cause.bySends() {
				// The state may have changed since the process ended, so the trial is due at once.
				// An earlier version may also have called the account a zombie because of a single
				// recipient that cannot be reached.
				a.paused, a.due = r.Since, r.Since
			}
		case closed: // by another process
			a.state, a.since = Online, r.Ended
			a.recover()
		}
	})
	return nil
}

// save writes the record of an account. It returns false if another process was faster.
func (m *Monitor) save(ctx context.Context, a *account, r record) (bool, error) {
	value, err := json.Marshal(r)
	if err != nil {
		return false, fmt.Errorf("monitor: %w", err)
	}
	version, err := m.config.Store.State().Swap(ctx, recordKey+a.id, value, a.version, 0)
	if errors.Is(err, store.ErrConflict) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("monitor: %w", err)
	}
	m.change(a, func(a *account) { a.record, a.version = r, version })
	return true, nil
}

// share stores the time of the last callback for other processes, and reads theirs if none arrives
// here.
func (m *Monitor) share(ctx context.Context, a *account, now time.Time) error {
	v := m.view(a)
	state := m.config.Store.State()
	switch {
	case v.callback.Sub(v.shared) >= m.config.Interval:
		value, err := v.callback.UTC().MarshalText()
		if err == nil {
			_, err = state.Put(ctx, callbackKey+a.id, value, remember)
		}
		if err != nil {
			return fmt.Errorf("monitor: %w", err)
		}
		m.change(a, func(a *account) { a.shared = v.callback })
	case m.silent(&v, now):
		e, err := state.Get(ctx, callbackKey+a.id)
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		var last time.Time
		if err == nil {
			err = last.UnmarshalText(e.Value)
		}
		if err != nil {
			return fmt.Errorf("monitor: %w", err)
		}
		m.change(a, func(a *account) { a.shared = last })
	}
	return nil
}
