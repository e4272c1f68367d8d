package journal

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/hongyan-go/hongyan/store"
)

// Say sends the text OnTimeout of a form. Its error ends nothing: the form ends without the text,
// unless the context is over.
type Say[S any] func(ctx context.Context, f *Form[S]) error

// Reminders are keys in the order of their time, so that those that are due come first:
// "form-due/<milliseconds>/<key of the form>".
const (
	reminders     = "form-due/"
	remindersPage = 100
)

// expiringFor is how long a process has to send the text of a time-out before another may.
const expiringFor = 2 * time.Minute

func reminder(key string, at time.Time) string {
	return fmt.Sprintf("%s%015d/%s", reminders, at.UnixMilli(), key)
}

// reminded is the key of the form that a reminder is for.
func reminded(at string) string {
	_, key, _ := strings.Cut(strings.TrimPrefix(at, reminders), "/")
	return key
}

// remindedAt is the time of a reminder; zero if it cannot be read.
func remindedAt(at string) time.Time {
	ms, _, _ := strings.Cut(strings.TrimPrefix(at, reminders), "/")
	n, err := strconv.ParseInt(ms, 10, 64)
	if err != nil {
		return time.Time{}
	}
	return time.UnixMilli(n)
}

// remind has a Sweeper look at a form at a time.
func (j Journal[S]) remind(ctx context.Context, key string, at time.Time) error {
	if _, err := j.State.Put(ctx, reminder(key, at), nil, j.after(at)); err != nil {
		return fmt.Errorf("journal: reminder: %w", err)
	}
	return nil
}

// Sweeper ends the forms whose time is over. The zero value is ready; it remembers the clock of its
// latest sweep, to see when that was set back.
type Sweeper[S any] struct {
	last atomic.Int64 // Unix nanoseconds; 0 before the first sweep
}

// Sweep looks at the reminders that are due, and has say send the texts of the forms that end.
// Several processes may sweep one state. A form that fails does not keep the others waiting; the
// error is that of the first. next is when the next form ends that is open now; zero if none is.
func (s *Sweeper[S]) Sweep(ctx context.Context, j Journal[S], say Say[S]) (next time.Time, err error) {
	now, last := j.now().UnixNano(), s.last.Load()
	setBack := last == 0 || now < last
	next, err = j.sweep(ctx, setBack, say)
	if err == nil && setBack { // it has looked at all of them, and not for the first that is to come
		next, err = j.sweep(ctx, false, say)
	}
	if err == nil {
		s.last.Store(now)
	}
	return next, err
}

// sweep looks at what is due, and, if the clock was set back, at what is not, too.
func (j Journal[S]) sweep(ctx context.Context, setBack bool, say Say[S]) (next time.Time, failed error) {
	for after := ""; ; {
		page, err := j.State.List(ctx, reminders, after, remindersPage)
		if err != nil {
			return next, errors.Join(failed, fmt.Errorf("journal: reminders: %w", err))
		}
		for _, entry := range page {
			after = entry.Key
			due := entry.Key < reminder("", j.now().Add(time.Millisecond))
			switch {
			case due:
				err = j.look(ctx, entry.Key, say)
			case setBack:
				err = j.bringForward(ctx, entry.Key)
			default:
				return remindedAt(entry.Key), failed
			}
			if err == nil {
				continue
			}
			if failed == nil {
				failed = err
			}
			if ctx.Err() != nil || errors.Is(err, store.ErrUnavailable) || errors.Is(err, store.ErrClosed) {
				return next, failed
			}
		}
		if len(page) < remindersPage {
			return next, failed
		}
	}
}

// bringForward bounds the deadline of a form by the time-out of its question: the clock was ahead
// when it was asked, or has been set back since.
func (j Journal[S]) bringForward(ctx context.Context, at string) error {
	key := reminded(at)
	f, revision, err := j.Load(ctx, key)
	switch {
	case errors.Is(err, store.ErrNotFound), errors.Is(err, ErrUnreadable):
		return nil
	case err != nil:
		return err
	case f.Status != Waiting && f.Status != Expiring || reminder(key, f.Deadline) != at:
		return nil // a reminder of an earlier question
	}
	latest := store.Bound(f.Deadline, j.now(), f.Timeout)
	if f.Timeout == 0 || latest.Equal(f.Deadline) {
		return nil
	}
	f.Deadline, f.AskedAt = latest, store.Bound(f.AskedAt, j.now(), 0)
	if err := j.remind(ctx, key, latest); err != nil {
		return err
	}
	if _, err := j.save(ctx, key, f, revision); err != nil && !errors.Is(err, store.ErrConflict) { // an answer, or another process
		return err
	}
	return j.forget(ctx, at)
}

// look ends the form of a reminder if its time is over, and removes the reminder when it has no
// more use.
func (j Journal[S]) look(ctx context.Context, at string, say Say[S]) error {
	key := reminded(at)
	f, revision, err := j.Load(ctx, key)
	switch {
	case errors.Is(err, store.ErrNotFound), errors.Is(err, ErrUnreadable):
		return j.forget(ctx, at)
	case err != nil:
		return err
	case f.Status != Waiting && f.Status != Expiring:
	case j.now().UnixMilli() >= f.Deadline.UnixMilli(): // as reminders count
		_, err := j.expire(ctx, key, f, revision, say)
		if errors.Is(err, store.ErrConflict) { // an answer, or another process
			return nil
		}
		if err != nil {
			return err
		}
	case f.Status == Expiring: // another process is at it
		return nil
	}
	return j.forget(ctx, at)
}

// forget removes a reminder.
func (j Journal[S]) forget(ctx context.Context, at string) error {
	if err := j.State.Delete(ctx, at); err != nil {
		return fmt.Errorf("journal: reminder: %w", err)
	}
	return nil
}

// expire ends a form whose time is over. It claims the form first, so that of several processes one
// sends the text.
func (j Journal[S]) expire(ctx context.Context, key string, f *Form[S], revision uint64, say Say[S]) (uint64, error) {
	f.Status, f.Deadline, f.Timeout = Expiring, j.now().Add(expiringFor), expiringFor
	revision, err := j.save(ctx, key, f, revision)
	if err != nil {
		return 0, err
	}
	if f.OnTimeout != "" {
		if err := say(ctx, f); ctx.Err() != nil { // the claim runs out, and another process goes on
			return 0, errors.Join(err, context.Cause(ctx))
		}
	}
	f.end()
	return j.save(ctx, key, f, revision)
}
