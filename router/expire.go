package router

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/store"
)

// reminders are keys in the order of their time, so that those that are due come first: "form-due/<milliseconds>/<key of the form>".
const (
	reminders     = "form-due/"
	remindersPage = 100
)

// expiringFor is how long a process has to send the text of a time-out before another may.
const expiringFor = 2 * time.Minute

func reminder(key string, at time.Time) string {
	return fmt.Sprintf("%s%015d/%s", reminders, at.UnixMilli(), key)
}

// remind has ExpireForms look at a form at a time.
func remind(ctx context.Context, s Services, key string, at time.Time) error {
	_, err := s.State.Put(ctx, reminder(key, at), nil, keepOpen+max(0, at.Sub(s.now())))
	if err != nil {
		return fmt.Errorf("router: form: %w", err)
	}
	return nil
}

// ExpireForms ends the forms whose time is over, and sends the text that they have for it. The bot calls it every few seconds; several
// processes may do so on one State.
func (r *Router) ExpireForms(ctx context.Context, s Services) error {
	if s.State == nil {
		return nil
	}
	now := s.now().UnixNano()
	setBack := now < r.forms.Load()
	var failed error // one form must not keep the others waiting
	defer func() {
		if failed == nil {
			r.forms.Store(now)
		}
	}()
	for after := ""; ; {
		page, err := s.State.List(ctx, reminders, after, remindersPage)
		if err != nil {
			failed = errors.Join(failed, fmt.Errorf("router: forms: %w", err))
			return failed
		}
		for _, entry := range page {
			do := look
			if entry.Key > reminder("", s.now()) {
				if !setBack {
					return failed
				}
				do = bringForward
			}
			if err := do(ctx, s, entry.Key); err != nil {
				if failed == nil {
					failed = err
				}
				if ctx.Err() != nil || errors.Is(err, store.ErrUnavailable) || errors.Is(err, store.ErrClosed) {
					return failed
				}
			}
			after = entry.Key
		}
		if len(page) < remindersPage {
			return failed
		}
	}
}

// bringForward bounds the time of a form by what its question waits: the clock was ahead when it was asked, or has been set back since.
func bringForward(ctx context.Context, s Services, at string) error {
	_, key, _ := strings.Cut(strings.TrimPrefix(at, reminders), "/")
	var f form
	entry, err := s.State.Get(ctx, key)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("router: forms: %w", err)
	}
	readable := json.Unmarshal(entry.Value, &f) == nil
	if !readable || f.Status != formWaiting && f.Status != formExpiring || reminder(key, f.Deadline) != at {
		return nil // not ours to read, or a reminder of an earlier question
	}
	latest := store.Bound(f.Deadline, s.now(), f.Patience)
	if f.Patience == 0 || latest.Equal(f.Deadline) {
		return nil
	}
	f.Deadline, f.AskedAt = latest, store.Bound(f.AskedAt, s.now(), 0)
	if err := remind(ctx, s, key, latest); err != nil {
		return err
	}
	if _, err := f.save(ctx, s, key, entry.Revision); err != nil && !errors.Is(err, store.ErrConflict) { // an answer, or another process
		return err
	}
	if err := s.State.Delete(ctx, at); err != nil {
		return fmt.Errorf("router: forms: %w", err)
	}
	return nil
}

// look ends the form of a reminder if its time is over, and removes the reminder when it has no more use.
func look(ctx context.Context, s Services, at string) error {
	_, key, _ := strings.Cut(strings.TrimPrefix(at, reminders), "/")
	var f form
	entry, err := s.State.Get(ctx, key)
	if err == nil {
		err = json.Unmarshal(entry.Value, &f)
	} else if !errors.Is(err, store.ErrNotFound) {
		return fmt.Errorf("router: forms: %w", err)
	}
	switch {
	case err != nil: // gone, or not ours to read
	case f.Status == formExpiring && !s.now().After(f.Deadline): // in the hands of another process
		return nil
	case (f.Status == formWaiting || f.Status == formExpiring) && s.now().After(f.Deadline):
		_, err := expire(ctx, s, key, &f, entry.Revision)
		if errors.Is(err, store.ErrConflict) { // an answer, or another process
			return nil
		}
		if err != nil {
			return err
		}
	}
	if err := s.State.Delete(ctx, at); err != nil {
		return fmt.Errorf("router: forms: %w", err)
	}
	return nil
}

// expire ends a form whose time is over. It claims the form first, so that of several processes one sends the text.
func expire(ctx context.Context, s Services, key string, f *form, revision uint64) (uint64, error) {
	f.Status, f.Deadline, f.Patience = formExpiring, s.now().Add(expiringFor), expiringFor
	revision, err := f.save(ctx, s, key, revision)
	if err != nil {
		return 0, err
	}
	if f.OnTimeout != "" {
		if err := sayTimeout(ctx, s, f); ctx.Err() != nil {
			return 0, err // the claim runs out, and another process goes on
		} else if err != nil && s.Logger != nil {
			s.Logger.Error("the text of a time-out was not sent", zap.String("form", f.Route), zap.Error(err))
		}
	}
	f.end()
	return f.save(ctx, s, key, revision)
}

func sayTimeout(ctx context.Context, s Services, f *form) error {
	first, err := f.event(f.Body)
	if err != nil {
		return err
	}
	if s.Sender == nil {
		return ErrNoSender
	}
	m := api.PostText{AppID: first.AppID, To: first.Conversation.ID, Content: f.OnTimeout}
	o := NewOutgoing(m, Key(f.Start+"/"+f.Route+"/timeout"), AsAnswer(), Queued()) // other forms do not wait for its turn
	o.Source, o.Event = f.Route, f.Start
	_, err = s.Sender.Send(ctx, o)
	return err
}
