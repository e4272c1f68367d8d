package clock

import (
	"context"
	"slices"
	"sync"
)

// Work is work that a Tracker counts. All methods work on a nil Work.
type Work struct {
	tracker *Tracker
	name    string

	mu     sync.Mutex
	parked int
	ended  bool
}

// Begin begins work. The name says in an error what still runs.
func (t *Tracker) Begin(name string) *Work {
	if t == nil {
		return nil
	}
	t.events.Add(1)
	t.add(name, 1)
	return &Work{tracker: t, name: name}
}

// End ends the work. A second call does nothing.
func (w *Work) End() {
	if w == nil {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.ended {
		return
	}
	w.ended = true
	w.tracker.events.Add(1)
	if w.parked == 0 {
		w.tracker.add(w.name, -1)
	}
}

// Park notes that the work waits for the clock or for other work: it does not count before Unpark.
func (w *Work) Park() { w.park(1) }

// Unpark ends a Park. What the work waits for must not end before.
func (w *Work) Unpark() { w.park(-1) }

func (w *Work) park(n int) {
	if w == nil {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	before := w.parked
	w.parked += n
	switch {
	case w.ended:
	case before == 0:
		w.tracker.add(w.name, -1)
	case w.parked == 0:
		w.tracker.add(w.name, 1)
	}
}

type workKey struct{}

// With returns a context that carries the work, so that what waits with it can park the work.
func (w *Work) With(ctx context.Context) context.Context {
	if w == nil {
		return ctx
	}
	return context.WithValue(ctx, workKey{}, w)
}

// WorkOf returns the work that a context carries; nil if it carries none.
func WorkOf(ctx context.Context) *Work {
	w, _ := ctx.Value(workKey{}).(*Work)
	return w
}

// Lot has the work that waits for one event: who makes it happen unparks all, before the waiting
// goroutines see it. The lock of the event guards the lot.
type Lot struct{ works []*Work }

// Park parks work until Release or Leave.
func (l *Lot) Park(w *Work) {
	if w != nil {
		w.Park()
		l.works = append(l.works, w)
	}
}

// Leave unparks work that does not wait any more; nothing if Release was first.
func (l *Lot) Leave(w *Work) {
	if i := slices.Index(l.works, w); i >= 0 && w != nil {
		l.works = slices.Delete(l.works, i, i+1)
		w.Unpark()
	}
}

// Release unparks all.
func (l *Lot) Release() {
	for _, w := range l.works {
		w.tracker.events.Add(1)
		w.Unpark()
	}
	l.works = nil
}
