package schedule

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/hongyan-go/hongyan/internal/clock"
	"github.com/hongyan-go/hongyan/internal/phrase"
	"github.com/hongyan-go/hongyan/store"
)

// ErrNone means that there is no such job.
var ErrNone = errors.New("schedule: there is no such schedule: hongyan schedules list shows the names")

// wish is what an operator wants of a job. It has a key of its own, so that it does not take the
// record away from a run that holds it.
type wish struct {
	Paused bool      `json:"paused,omitempty"`
	Since  time.Time `json:"since,omitzero"` // the times before do not count: the job was paused then
	Asked  time.Time `json:"asked,omitzero"` // the latest run that was asked for
}

// operatorTries is how often a wish is written that others change at the same time.
const operatorTries = 10

// Operator changes the jobs of a state. A scheduler that runs in another process follows at its
// next look, within a minute.
type Operator struct {
	State store.State
	Clock clock.Clock // nil means that of the machine
}

const (
	recordPrefix = "schedule/"
	wishPrefix   = "schedule-wish/"
)

func wishKey(job string) string { return wishPrefix + url.PathEscape(job) }

// RunNow has a job run once now, also one that is paused. Its other times stay.
func (o Operator) RunNow(ctx context.Context, name string) error {
	return o.change(ctx, name, func(w *wish, now time.Time) {
		if !now.After(w.Asked) { // each run is for a time of its own
			now = w.Asked.Add(time.Second)
		}
		w.Asked = now
	})
}

// Pause lets a job run no more until Resume. A run that has begun goes on.
func (o Operator) Pause(ctx context.Context, name string) error {
	return o.change(ctx, name, func(w *wish, _ time.Time) { w.Paused = true })
}

// Resume ends a Pause. The times that have passed meanwhile are left out.
func (o Operator) Resume(ctx context.Context, name string) error {
	return o.change(ctx, name, func(w *wish, now time.Time) {
		if w.Paused {
			w.Paused, w.Since = false, now
		}
	})
}

// change changes the wish for a job that has a record.
func (o Operator) change(ctx context.Context, name string, change func(*wish, time.Time)) error {
	_, err := o.State.Get(ctx, key(name))
	switch {
	case errors.Is(err, store.ErrNotFound):
		return ErrNone
	case err != nil:
		return phrase.Errorf("schedule: job %s: %w", name, err)
	}
	for range operatorTries {
		w, revision, err := loadWish(ctx, o.State, name)
		if err != nil {
			return err
		}
		change(&w, clock.Or(o.Clock).Now().UTC().Truncate(time.Second))
		data, err := json.Marshal(w)
		if err == nil {
			_, err = o.State.Swap(ctx, wishKey(name), data, revision, 0)
		}
		if err == nil || !errors.Is(err, store.ErrConflict) {
			return err
		}
	}
	return phrase.Errorf("schedule: job %s: %w", name, store.ErrConflict)
}

// List lists the jobs that the state knows, in the order of their names: also those that no
// program has any more. Next is not known for one whose zone is not known here.
func (o Operator) List(ctx context.Context) ([]Planned, error) {
	now := clock.Or(o.Clock).Now()
	all := []Planned{}
	for after := ""; ; {
		const page = 500
		entries, err := o.State.List(ctx, recordPrefix, after, page)
		if err != nil {
			return nil, fmt.Errorf("schedule: %w", err)
		}
		for _, e := range entries {
			after = e.Key
			var r record
			name, bad := url.PathUnescape(strings.TrimPrefix(e.Key, recordPrefix))
			if bad != nil || json.Unmarshal(e.Value, &r) != nil {
				continue // of another version
			}
			w, _, err := loadWish(ctx, o.State, name)
			if err != nil {
				return nil, err
			}
			all = append(all, plannedOf(name, r, w, nextOf(r.Times, now)))
		}
		if len(entries) < page {
			return all, nil
		}
	}
}

// plannedOf is what is known of a job.
func plannedOf(name string, r record, w wish, next time.Time) Planned {
	if w.Paused {
		next = time.Time{}
	}
	return Planned{Name: name, Times: r.Times, Next: next, Last: r.Last, Due: r.Due, Attempts: r.Attempts, Paused: w.Paused}
}

// nextOf is the next of times as a record has them; zero if they cannot be read here.
func nextOf(times string, now time.Time) time.Time {
	at := strings.LastIndexByte(times, ' ')
	if at < 0 {
		return time.Time{}
	}
	zone, err := time.LoadLocation(times[at+1:])
	if err != nil {
		return time.Time{}
	}
	t, err := Parse(times[:at], zone)
	if err != nil {
		return time.Time{}
	}
	return t.Next(now)
}

func loadWish(ctx context.Context, s store.State, name string) (w wish, revision uint64, err error) {
	e, err := s.Get(ctx, wishKey(name))
	switch {
	case errors.Is(err, store.ErrNotFound):
		return w, 0, nil
	case err != nil:
		return w, 0, phrase.Errorf("schedule: job %s: %w", name, err)
	}
	if err := json.Unmarshal(e.Value, &w); err != nil {
		return w, 0, phrase.Errorf("schedule: job %s: what is wished of it cannot be read: %w", name, err)
	}
	return w, e.Revision, nil
}

// RunNow is Operator.RunNow for a job of this scheduler, which runs at once.
func (s *Scheduler) RunNow(ctx context.Context, name string) error {
	return s.operate(ctx, name, Operator.RunNow)
}

// Pause is Operator.Pause.
func (s *Scheduler) Pause(ctx context.Context, name string) error {
	return s.operate(ctx, name, Operator.Pause)
}

// Resume is Operator.Resume.
func (s *Scheduler) Resume(ctx context.Context, name string) error {
	return s.operate(ctx, name, Operator.Resume)
}

func (s *Scheduler) operate(ctx context.Context, name string, do func(Operator, context.Context, string) error) error {
	s.mu.Lock()
	e := s.jobs[name]
	s.mu.Unlock()
	if e == nil {
		return ErrNone
	}
	if err := do(Operator{s.config.State, s.config.Clock}, ctx, name); err != nil {
		return err
	}
	e.wake.Ring()
	return nil
}
