// Package lifetime has what the parts of a simulator share: the lock of their state, the signal
// that it has changed, and their end.
package lifetime

import (
	"context"
	"errors"
	"sync"
	"time"
)

// ErrClosed is the error of waits that end because the simulator closes.
var ErrClosed = errors.New("the simulator is closed")

// Lifetime is the lock, the change signal and the end that the parts of a simulator share.
type Lifetime struct {
	mu      sync.Mutex
	closed  bool
	changed chan struct{} // closed and replaced with every change
	ctx     func() context.Context
	cancel  context.CancelFunc
	owned   sync.WaitGroup // goroutines
}

// New returns a lifetime that has begun.
func New() *Lifetime {
	ctx, cancel := context.WithCancelCause(context.Background())
	return &Lifetime{changed: make(chan struct{}), ctx: func() context.Context { return ctx }, cancel: func() { cancel(ErrClosed) }}
}

// Lock takes the lock.
func (l *Lifetime) Lock() { l.mu.Lock() }

// Unlock releases the lock.
func (l *Lifetime) Unlock() { l.mu.Unlock() }

// Broadcast wakes all callers of Wait. The caller holds the lock.
func (l *Lifetime) Broadcast() {
	close(l.changed)
	l.changed = make(chan struct{})
}

// Wait returns nil once done returns true, and an error when ctx or the lifetime ends. It calls
// done with the lock held.
func (l *Lifetime) Wait(ctx context.Context, done func() bool) error {
	for {
		l.mu.Lock()
		ok, changed, closed := done(), l.changed, l.closed
		l.mu.Unlock()
		switch {
		case ok:
			return nil
		case closed:
			return ErrClosed
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// WaitOpen waits until done returns true, or the lifetime ends. It calls done with the lock held.
func (l *Lifetime) WaitOpen(done func() bool) {
	for {
		l.mu.Lock()
		ended, changed := done() || l.closed, l.changed
		l.mu.Unlock()
		if ended {
			return
		}
		<-changed
	}
}

// WaitUntil is Wait that ends with a timer as well; it reports whether done returned true.
func (l *Lifetime) WaitUntil(ctx context.Context, timer <-chan time.Time, done func() bool) bool {
	for {
		l.mu.Lock()
		ok, changed, closed := done(), l.changed, l.closed
		l.mu.Unlock()
		if ok || closed {
			return ok
		}
		select {
		case <-changed:
		case <-timer:
			l.mu.Lock()
			defer l.mu.Unlock()
			return done()
		case <-ctx.Done():
			return false
		}
	}
}

// Closed reports whether Close was called. The caller holds the lock.
func (l *Lifetime) Closed() bool { return l.closed }

// Context returns a context that ends with the lifetime.
func (l *Lifetime) Context() context.Context { return l.ctx() }

// Until returns a context that ends with ctx or with the lifetime.
func (l *Lifetime) Until(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(ctx)
	off := context.AfterFunc(l.ctx(), func() { cancel(ErrClosed) })
	return ctx, func() {
		off()
		cancel(nil)
	}
}

// Go runs f in a goroutine that WaitGoroutines waits for.
func (l *Lifetime) Go(f func()) { l.owned.Go(f) }

// Close ends the lifetime: all waits and contexts end.
func (l *Lifetime) Close() {
	l.mu.Lock()
	l.closed = true
	l.Broadcast()
	l.mu.Unlock()
	l.cancel()
}

// WaitGoroutines waits for the goroutines that Go has started.
func (l *Lifetime) WaitGoroutines() { l.owned.Wait() }
