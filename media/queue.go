package media

import (
	"context"
	"fmt"
	"time"

	"github.com/hongyan-go/hongyan/internal/clock"
	"github.com/hongyan-go/hongyan/internal/wait"
)

// turn lets one download of an account through at a time.
type turn struct {
	busy chan struct{}
	next time.Time // when the account may download again; guarded by busy
}

func (f *Fetcher) turn(appID string) *turn {
	f.mu.Lock()
	defer f.mu.Unlock()
	t := f.turns[appID]
	if t == nil {
		t = &turn{busy: make(chan struct{}, 1)}
		f.turns[appID] = t
	}
	return t
}

func (t *turn) enter(ctx context.Context) error {
	work := clock.WorkOf(ctx)
	work.Park() // the download before may be waiting for the clock
	defer work.Unpark()
	select {
	case t.busy <- struct{}{}:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("media: waiting for other downloads of the account: %w", context.Cause(ctx))
	}
}

func (t *turn) leave() { <-t.busy }

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
