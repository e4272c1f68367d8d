package task

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/hongyan-go/hongyan/internal/clock"
	"github.com/hongyan-go/hongyan/store"
)

// Tasks keeps the tasks of a store. All fields but Clock are required.
type Tasks struct {
	State store.State
	Inbox store.Inbox
	// Clock is the clock; nil means that of the machine.
	Clock clock.Clock
}

// Request asks for a task.
type Request struct {
	Name, Key string
	Delay     time.Duration
	Data      json.RawMessage
	Origin    Origin

	// Merge makes one of the data of a pending task of the same name and key and that of this
	// request. Its ErrFlush has the pending one done now, and this one later. nil replaces.
	Merge func(earlier json.RawMessage) (json.RawMessage, error)
	// Keep leaves a pending task as it is.
	Keep bool
	// Flush has the pending task done now, and this one later.
	Flush bool
	// Most bounds how long later requests may put a task off, from the first. 0 means for ever.
	Most time.Duration
	// Newest keeps earlier tasks of the same name and key from running, if they have not ended.
	Newest bool
	// ID identifies the request: asked again, it changes nothing. Empty means that it is new.
	ID string
}

// busy is how long a task may take from its index entry to its own.
const busy = 20 * time.Second

func (t *Tasks) now() time.Time { return clock.Or(t.Clock).Now() }

// Later makes a task, or changes the one that is pending. It returns when that is due.
func (t *Tasks) Later(ctx context.Context, r Request) (due time.Time, err error) {
	if len(r.Data) > MaxData {
		return due, fmt.Errorf("%w: the data of a task has at most %d bytes, this one has %d", ErrTooLarge, MaxData, len(r.Data))
	}
	for {
		due, done, err := t.tryLater(ctx, r)
		if done || err != nil {
			return due, err
		}
		if err := context.Cause(ctx); err != nil {
			return due, fmt.Errorf("task: %w", err)
		}
	}
}

// tryLater reports false if the entry was changed meanwhile, or must be read again.
func (t *Tasks) tryLater(ctx context.Context, r Request) (due time.Time, done bool, err error) {
	began := t.now()
	e, revision, err := t.load(ctx, entryKey(r.Name, r.Key))
	if err != nil {
		return due, false, err
	}
	if r.ID != "" && slices.Contains(e.IDs, r.ID) {
		if e.Status != over { // the process may have died before it could write this
			err = t.index(ctx, e.Name, e.Key, later(e.Due, began))
		}
		return e.Due, true, err
	}
	next := entry{
		Status: pending, First: began, Last: e.Last, Void: e.Void, IDs: e.IDs,
		Trigger: Trigger{Name: r.Name, Key: r.Key, Due: began.Add(max(r.Delay, 0)), Data: r.Data, Origin: r.Origin},
	}
	switch e.Status {
	case over:
	case firing:
		return due, false, t.finish(ctx, e, revision)
	case pending:
		if next, err = r.onto(e, next); errors.Is(err, ErrFlush) {
			return due, false, t.fire(ctx, e, revision)
		} else if err != nil {
			return due, false, err
		}
	}
	next.Due = next.Due.Round(0).Truncate(time.Millisecond)
	if r.ID != "" {
		next.IDs = append(slices.Clone(next.IDs), r.ID)
		next.IDs = next.IDs[max(0, len(next.IDs)-maxIDs):]
	}
	if r.Newest {
		next.Void = next.Last
	}
	done, err = t.write(ctx, e, next, revision, began)
	return next.Due, done, err
}

// onto is what a request makes of a pending task.
func (r *Request) onto(e, next entry) (entry, error) {
	switch {
	case r.Keep:
		return e, nil
	case r.Flush:
		return e, ErrFlush
	case r.Merge != nil:
		data, err := r.Merge(e.Data)
		if err == nil && len(data) > MaxData {
			err = fmt.Errorf("%w: the merged data of a task has at most %d bytes, this one has %d", ErrTooLarge, MaxData, len(data))
		}
		if err != nil {
			return e, err
		}
		next.Data = data
	}
	next.First = e.First
	if r.Most > 0 {
		if last := e.First.Add(r.Most); next.Due.After(last) {
			next.Due = last
		}
	}
	return next, nil
}

// write stores a task, with its index entry before it. It reports false if the entry was changed
// meanwhile.
func (t *Tasks) write(ctx context.Context, e, next entry, revision uint64, began time.Time) (bool, error) {
	data, err := json.Marshal(next)
	if err != nil {
		return false, fmt.Errorf("task: %w", err)
	}
	if len(data) > maxStored {
		return false, fmt.Errorf("%w: with the message that asked for it, a task has at most %d bytes, this one has %d", ErrTooLarge,
			maxStored, len(data))
	}
	moved := e.Status != pending || !e.Due.Equal(next.Due)
	if moved {
		if err := t.index(ctx, next.Name, next.Key, next.Due); err != nil {
			return false, err
		}
	}
	switch _, err := t.State.Swap(ctx, entryKey(next.Name, next.Key), data, revision, 0); {
	case errors.Is(err, store.ErrConflict):
		return false, nil
	case err != nil:
		return false, fmt.Errorf("task: %w", err)
	}
	if moved && e.Status == pending {
		// Without an error there is one index entry less to look at when its time comes; with one,
		// nothing is lost.
		_ = t.State.Delete(ctx, indexKey(e.Name, e.Key, e.Due))
	}
	if now := t.now(); now.Sub(began) > busy { // the index entry may have been taken for one without a task
		return true, t.index(ctx, next.Name, next.Key, later(next.Due, now))
	}
	return true, nil
}

func (t *Tasks) index(ctx context.Context, name, key string, due time.Time) error {
	if _, err := t.State.Put(ctx, indexKey(name, key, due), nil, 0); err != nil {
		return fmt.Errorf("task: %w", err)
	}
	return nil
}

func later(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}

// load reads an entry; it is over if there is none.
func (t *Tasks) load(ctx context.Context, key string) (e entry, revision uint64, err error) {
	stored, err := t.State.Get(ctx, key)
	if errors.Is(err, store.ErrNotFound) {
		return e, 0, nil
	}
	if err == nil {
		err = json.Unmarshal(stored.Value, &e)
	}
	if err != nil {
		return e, 0, fmt.Errorf("task: %w", err)
	}
	return e, stored.Revision, nil
}

// Cancel takes a pending task away, and keeps a task from running that is due and has not ended. It
// reports whether one was pending.
func (t *Tasks) Cancel(ctx context.Context, name, key string) (bool, error) {
	for {
		e, revision, err := t.load(ctx, entryKey(name, key))
		if err != nil {
			return false, err
		}
		if e.Status == firing {
			if err := t.finish(ctx, e, revision); err != nil {
				return false, err
			}
			continue
		}
		found := e.Status == pending
		if !found && e.Void == e.Last {
			return false, nil
		}
		switch err := t.clear(ctx, e, revision, e.Last); {
		case errors.Is(err, store.ErrConflict):
			continue
		case err != nil:
			return false, err
		}
		if found {
			_ = t.State.Delete(ctx, indexKey(name, key, e.Due)) // a rest of it does no harm
		}
		return found, nil
	}
}

// RunNow makes a pending task due. It reports false if there is none.
func (t *Tasks) RunNow(ctx context.Context, name, key string) (bool, error) {
	e, revision, err := t.load(ctx, entryKey(name, key))
	if err != nil || e.Status == over {
		return false, err
	}
	return true, t.fire(ctx, e, revision)
}

// fire hands a task to the inbox. Nothing happens if its entry was changed meanwhile.
func (t *Tasks) fire(ctx context.Context, e entry, revision uint64) error {
	if e.Status == pending {
		e.Status = firing
		data, err := json.Marshal(e)
		if err == nil {
			revision, err = t.State.Swap(ctx, entryKey(e.Name, e.Key), data, revision, 0)
		}
		switch {
		case errors.Is(err, store.ErrConflict):
			return nil
		case err != nil:
			return fmt.Errorf("task: %w", err)
		}
	}
	return t.finish(ctx, e, revision)
}

// finish goes on with a task that fires, whoever began.
func (t *Tasks) finish(ctx context.Context, e entry, revision uint64) error {
	trigger := e.Trigger
	trigger.Revision = revision
	item, err := trigger.item(t.now())
	if err != nil {
		return err
	}
	if _, err := t.Inbox.Append(ctx, item); err != nil {
		return fmt.Errorf("task: %w", err)
	}
	e.Last = revision
	if err := t.clear(ctx, e, revision, e.Void); err != nil && !errors.Is(err, store.ErrConflict) {
		return err
	}
	_ = t.State.Delete(ctx, indexKey(e.Name, e.Key, e.Due)) // a rest of it does no harm
	return nil
}

// clear leaves of an entry what is known of the past.
func (t *Tasks) clear(ctx context.Context, e entry, revision, void uint64) error {
	data, err := json.Marshal(entry{Trigger: Trigger{Name: e.Name, Key: e.Key}, Last: e.Last, Void: void, IDs: e.IDs})
	if err == nil {
		_, err = t.State.Swap(ctx, entryKey(e.Name, e.Key), data, revision, keepOver)
	}
	if err != nil {
		return fmt.Errorf("task: %w", err)
	}
	return nil
}

// Void reports whether a task must not run any more: it was cancelled, or a newer one takes its
// place.
func (t *Tasks) Void(ctx context.Context, x Trigger) (bool, error) {
	e, _, err := t.load(ctx, entryKey(x.Name, x.Key))
	return x.Revision <= e.Void, err
}
