package task

import (
	"container/heap"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/internal/clock"
	"github.com/hongyan-go/hongyan/internal/wait"
	"github.com/hongyan-go/hongyan/store"
)

// Options of a Runner. Logger is required; the zero values of the others work.
type Options struct {
	// Shared means that other processes have runners on the same store: a task that another one
	// made is left to that one for a moment.
	Shared bool
	Logger *zap.Logger
}

// The times of a runner.
const (
	loadEvery       = 2 * time.Second
	loadEveryShared = 5 * time.Second // each process looks
	restAfter       = 5 * time.Second // an error
	// behind is how far back a runner always looks: another process may write an index entry late.
	behind = 3 * time.Minute
	// patience is how long an index entry without a task is left alone. It is more than busy, and
	// less than behind.
	patience = time.Minute
	// leave is the most that a task of another process is left to that one.
	leave = time.Second
	// remember is how often it is stored up to where nothing is due.
	remember = 10 * time.Minute
)

// The bounds of a runner: how many index entries it knows, and how many it handles at once.
const (
	maxKnown  = 4096
	loadPage  = 128
	maxFiring = 32
)

// cursorKey keeps the time before which there are no index entries.
const cursorKey = "task/cursor"

// Runner hands the tasks that are due to the inbox. Make it with NewRunner, and Start it once.
type Runner struct {
	*Tasks
	options Options

	ctx   context.Context //nolint:containedctx // ends the loop
	stop  context.CancelFunc
	owned sync.WaitGroup
	wake  *wait.Bell

	mu       sync.Mutex
	queue    queue
	nextLoad time.Time

	// These are of the loop.
	cursor, stored time.Time
	more           bool      // there was no room for all index entries
	far            time.Time // when the first task after those of the queue is due; only of a virtual clock
}

// NewRunner makes a runner. Nothing runs before Start.
func NewRunner(t *Tasks, o Options) *Runner {
	r := &Runner{Tasks: t, options: o, wake: wait.NewBell(), queue: queue{known: map[string]bool{}}}
	r.ctx, r.stop = context.WithCancel(context.Background())
	return r
}

// Start starts the runner. Stop ends it.
func (r *Runner) Start() {
	loop := wait.NewLoop(r.ctx, r.Clock)
	loop.Hear(r.wake)
	r.owned.Go(func() {
		defer loop.End()
		r.run(loop)
	})
}

// Stop ends the runner, and returns when it has ended. What is due then stays where it is.
func (r *Runner) Stop() {
	r.stop()
	r.owned.Wait()
}

// Later is Tasks.Later for a task that this process hands to the inbox, to the millisecond.
func (r *Runner) Later(ctx context.Context, q Request) (time.Time, error) {
	due, err := r.Tasks.Later(ctx, q)
	switch {
	case err != nil:
	case due.Before(r.now().Add(behind)):
		r.expect(indexKey(q.Name, q.Key, due), due)
	case !clock.Settable(r.Clock): // it is to know the next time that something is due
		r.mu.Lock()
		defer r.mu.Unlock()
		r.nextLoad = time.Time{}
		r.wake.Ring()
	}
	return due, err
}

// expect has the loop look at an index entry when it is due.
func (r *Runner) expect(key string, due time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.queue.add(key, due)
	if r.queue.items[0].key != key {
		return
	}
	r.wake.Ring()
}

func (r *Runner) run(loop *wait.Loop) {
	every := loadEvery
	if r.options.Shared {
		every = loadEveryShared
	}
	for looked := true; looked; {
		if r.mayLoad(every) {
			if err := r.load(r.ctx); err != nil && r.ctx.Err() == nil {
				r.options.Logger.Error("the tasks that are due cannot be read, trying again", zap.Error(err))
				r.loadIn(restAfter)
			}
		}
		r.fireDue()
		rest, due := r.rests()
		looked = loop.RestToLook(r.ctx, rest, due, nil)
	}
}

// mayLoad reports whether it is time to read the index, which sets the time of the next look.
func (r *Runner) mayLoad(every time.Duration) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.now().Before(r.nextLoad) && (r.far.IsZero() || r.now().Before(r.far)) {
		return false
	}
	r.nextLoad = r.now().Add(every)
	return true
}

func (r *Runner) loadIn(d time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.nextLoad = r.now().Add(d)
}

// rests is the time until the next look at the store, and until the next task that is due, if one
// is known.
func (r *Runner) rests() (look, due time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := r.now()
	if r.more && len(r.queue.items) < maxKnown/2 {
		r.nextLoad = now
	}
	if len(r.queue.items) > 0 {
		due = max(r.queue.items[0].at.Sub(now), time.Nanosecond)
	} else if !r.far.IsZero() {
		due = max(r.far.Sub(now), time.Nanosecond)
	}
	return max(r.nextLoad.Sub(now), time.Nanosecond), due
}

// load reads the index entries up to the end of the next minute, as far as there is room for them.
func (r *Runner) load(ctx context.Context) error {
	now := r.now()
	until := now.Add(2 * time.Minute)
	r.more, r.far = false, time.Time{}
	if !r.options.Shared || !clock.Settable(r.Clock) {
		_, far, err := r.loadBelow(ctx, index, until)
		if !clock.Settable(r.Clock) { // it goes from one known time to the next, and leaves out the looks in between
			r.far = far
		}
		return err
	}
	prefixes, oldest, err := r.from(ctx, now)
	if err != nil {
		return err
	}
	for _, prefix := range prefixes {
		first, _, err := r.loadBelow(ctx, prefix, until)
		if err != nil || r.more {
			return err
		}
		if !first.IsZero() && first.Before(oldest) {
			oldest = first
		}
	}
	r.cursor = oldest
	return r.rememberCursor(ctx)
}

// loadBelow reads the index entries with a prefix until one is due after a time. It returns when
// the first is due, and when that one is.
func (r *Runner) loadBelow(ctx context.Context, prefix string, until time.Time) (first, beyond time.Time, err error) {
	for after := ""; ; {
		page, err := r.State.List(ctx, prefix, after, loadPage)
		if err != nil {
			return first, beyond, fmt.Errorf("task: %w", err)
		}
		for _, stored := range page {
			after = stored.Key
			due, _, _ := indexed(stored.Key)
			switch {
			case due.After(until):
				return first, due, nil
			case first.IsZero():
				first = due
			}
			r.found(stored.Key, due)
		}
		if r.more = r.full(); r.more || len(page) < loadPage {
			return first, beyond, nil
		}
	}
}

// from is where to look for index entries in a store that many processes share, and the time before
// which there are none unless some are found. A list there costs what is below its prefix.
func (r *Runner) from(ctx context.Context, now time.Time) (prefixes []string, oldest time.Time, err error) {
	oldest = now.Add(-behind)
	if r.cursor.IsZero() {
		switch stored, err := r.State.Get(ctx, cursorKey); {
		case errors.Is(err, store.ErrNotFound): // a new store, or one that only was written to
			return []string{index}, oldest, nil
		case err != nil:
			return nil, oldest, fmt.Errorf("task: %w", err)
		case !r.readCursor(stored.Value):
			return []string{index}, oldest, nil
		}
	}
	from := oldest
	if r.cursor.Before(from) {
		from = r.cursor
	}
	return buckets(from, now.Add(time.Minute)), oldest, nil
}

// readCursor reports false if the cursor that was stored cannot be read.
func (r *Runner) readCursor(value []byte) bool { return json.Unmarshal(value, &r.cursor) == nil }

// rememberCursor stores the cursor now and then, so that the next process does not look at all.
func (r *Runner) rememberCursor(ctx context.Context) error {
	if d := r.cursor.Sub(r.stored); d < remember && d > -remember {
		return nil
	}
	value, err := json.Marshal(r.cursor)
	if err == nil {
		_, err = r.State.Put(ctx, cursorKey, value, 0)
	}
	if err != nil {
		return fmt.Errorf("task: %w", err)
	}
	r.stored = r.cursor
	return nil
}

// found takes an index entry that was read.
func (r *Runner) found(key string, due time.Time) {
	if r.options.Shared { // its own tasks are in the queue already
		due = due.Add(leave/2 + rand.N(leave/2)) //nolint:gosec // no secret
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.queue.add(key, due)
}

func (r *Runner) full() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.queue.items) >= maxKnown
}

// fireDue handles the index entries that are due, several at once.
func (r *Runner) fireDue() {
	r.mu.Lock()
	due := r.queue.due(r.now())
	r.mu.Unlock()
	var working sync.WaitGroup
	slots := make(chan struct{}, maxFiring)
	ctx := context.WithoutCancel(r.ctx) // what has begun is finished
	for _, key := range due {
		if r.ctx.Err() != nil {
			break
		}
		slots <- struct{}{}
		working.Go(func() {
			defer func() { <-slots }()
			if err := r.look(ctx, key); err != nil && r.ctx.Err() == nil {
				r.options.Logger.Error("a task that is due could not be handed to the inbox, trying again", zap.Error(err))
			}
		})
	}
	working.Wait()
}

// look handles an index entry that is due. After an error it is found again.
func (t *Tasks) look(ctx context.Context, key string) error {
	due, of, ok := indexed(key)
	if !ok {
		return t.drop(ctx, key)
	}
	e, revision, err := t.load(ctx, of)
	if err != nil {
		return err
	}
	now := t.now()
	switch {
	case e.Status == pending && e.Due.After(now): // it was moved
		if err := t.index(ctx, e.Name, e.Key, e.Due); err != nil {
			return err
		}
	case e.Status != over:
		if err := t.fire(ctx, e, revision); err != nil {
			return err
		}
	case now.Sub(due) < patience: // its task may be about to be written
		return nil
	}
	return t.drop(ctx, key)
}

func (t *Tasks) drop(ctx context.Context, key string) error {
	if err := t.State.Delete(ctx, key); err != nil {
		return fmt.Errorf("task: %w", err)
	}
	return nil
}

// queue is index entries by the time at which to look at them.
type queue struct {
	items []queued
	known map[string]bool
}

type queued struct {
	at  time.Time
	key string
}

func (q *queue) add(key string, at time.Time) {
	if !q.known[key] {
		q.known[key] = true
		heap.Push(q, queued{at, key})
	}
}

// due takes out what is due.
func (q *queue) due(now time.Time) (keys []string) {
	for len(q.items) > 0 && !q.items[0].at.After(now) {
		x := heap.Pop(q).(queued)
		delete(q.known, x.key)
		keys = append(keys, x.key)
	}
	return keys
}

// Len, Less, Swap, Push and Pop implement heap.Interface.
func (q *queue) Len() int           { return len(q.items) }
func (q *queue) Less(i, j int) bool { return q.items[i].at.Before(q.items[j].at) }
func (q *queue) Swap(i, j int)      { q.items[i], q.items[j] = q.items[j], q.items[i] }
func (q *queue) Push(x any)         { q.items = append(q.items, x.(queued)) }

// Pop removes the last item.
func (q *queue) Pop() any {
	n := len(q.items) - 1
	x := q.items[n]
	q.items = q.items[:n]
	return x
}
