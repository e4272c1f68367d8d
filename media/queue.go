package media

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/hongyan-go/hongyan/internal/clock"
	"github.com/hongyan-go/hongyan/internal/wait"
)

// turn lets one download of an account through at a time, in their order.
type turn struct {
	mu      sync.Mutex
	busy    bool
	waiting []*waiter
	next    time.Time // when the account may download again; of the one whose turn it is
}

// waiter is a download that waits for its turn.
type waiter struct {
	begins chan struct{} // closed when its turn begins
	work   *clock.Work   // parked until then: the download before may be waiting for the clock
}

func (f *Fetcher) turn(appID string) *turn {
	f.mu.Lock()
	defer f.mu.Unlock()
	t := f.turns[appID]
	if t == nil {
		t = &turn{}
		f.turns[appID] = t
	}
	return t
}

func (t *turn) enter(ctx context.Context) error {
	t.mu.Lock()
	if !t.busy {
		t.busy = true
		t.mu.Unlock()
		return nil
	}
	w := &waiter{make(chan struct{}), clock.WorkOf(ctx)}
	w.work.Park()
	t.waiting = append(t.waiting, w)
	t.mu.Unlock()
	select {
	case <-w.begins:
		return nil
	case <-ctx.Done():
	}
	t.mu.Lock()
	i := slices.Index(t.waiting, w)
	if i >= 0 {
		t.waiting = slices.Delete(t.waiting, i, i+1)
		w.work.Unpark()
	}
	t.mu.Unlock()
	if i < 0 { // its turn has begun meanwhile
		t.leave()
	}
	return fmt.Errorf("media: waiting for other downloads of the account: %w", context.Cause(ctx))
}

// leave begins the turn of the next. Its work counts again before this one's ends, so that the
// clock of a test does not move in between.
func (t *turn) leave() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.waiting) == 0 {
		t.busy = false
		return
	}
	w := t.waiting[0]
	t.waiting = t.waiting[1:]
	w.work.Unpark()
	close(w.begins)
}

// rest waits until the account may download again, and reserves the pause after that.
func (f *Fetcher) rest(ctx context.Context, t *turn) error {
	now := f.config.Clock.Now()
	rest := t.next.Sub(now)
	if deadline, ok := ctx.Deadline(); ok && rest > 0 && deadline.Before(now.Add(rest)) {
		return fmt.Errorf("media: the account may download again in %v, after the deadline: %w",
			rest.Round(time.Second), context.DeadlineExceeded)
	}
	if rest > 0 {
		if err := f.config.Wait(ctx, rest); err != nil {
			return err
		}
	}
	if gap := f.config.Gap; gap.Max > 0 {
		t.next = f.config.Clock.Now().Add(gap.Min + time.Duration(f.config.Random()*float64(gap.Max-gap.Min)))
	}
	return nil
}

// pauseBy is the default of Config.Wait.
func pauseBy(c clock.Clock) func(context.Context, time.Duration) error {
	return func(ctx context.Context, d time.Duration) error {
		if !wait.For(ctx, c, d) {
			return fmt.Errorf("media: %w", context.Cause(ctx))
		}
		return nil
	}
}
