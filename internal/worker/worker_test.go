package worker_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/internal/worker"
	"github.com/hongyan-go/hongyan/store"
	"github.com/hongyan-go/hongyan/store/memory"
)

// inbox is an inbox in memory whose calls can be made to fail.
type inbox struct {
	store.Inbox
	extend, complete func() error // nil works
}

func newInbox(t *testing.T) *inbox {
	t.Helper()
	back := memory.New(memory.Config{})
	t.Cleanup(func() { assert.NoError(t, back.Close()) })
	return &inbox{Inbox: back.Inbox()}
}

func (in *inbox) Extend(ctx context.Context, l store.Lease, ttl time.Duration) error {
	if in.extend != nil {
		if err := in.extend(); err != nil {
			return err
		}
	}
	return in.Inbox.Extend(ctx, l, ttl)
}

func (in *inbox) Complete(ctx context.Context, l store.Lease) error {
	if in.complete != nil {
		if err := in.complete(); err != nil {
			return err
		}
	}
	return in.Inbox.Complete(ctx, l)
}

// add queues items, each the next of its lane.
func (in *inbox) add(t *testing.T, lane string, keys ...string) {
	t.Helper()
	for _, key := range keys {
		added, err := in.Append(t.Context(), store.Item{Key: key, Lane: lane, Received: time.Now()})
		require.NoError(t, err)
		require.True(t, added)
	}
}

// start makes and starts a worker. The function drains it.
func start(t *testing.T, in store.Inbox, h worker.Handler, o worker.Options) (drain func()) {
	t.Helper()
	o.Logger = zap.NewNop()
	w := worker.New(in, h, o)
	w.Start()
	return func() {
		t.Helper()
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		require.NoError(t, w.Drain(ctx))
	}
}

// TestLanes has three lanes of which two may be handled at once.
func TestLanes(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		in := newInbox(t)
		for _, lane := range []string{"a", "b", "c"} {
			in.add(t, lane, lane+"1", lane+"2", lane+"3")
		}
		var mu sync.Mutex
		var done []string
		running, most := 0, 0
		drain := start(t, in, func(_ context.Context, l store.Lease, _ func(string)) worker.Result {
			mu.Lock()
			running++
			most = max(most, running)
			mu.Unlock()
			time.Sleep(time.Second)
			mu.Lock()
			defer mu.Unlock()
			running--
			done = append(done, l.Key)
			return worker.Result{}
		}, worker.Options{Parallel: 2})
		time.Sleep(time.Minute)
		drain()
		assert.Equal(t, 2, most)
		require.Len(t, done, 9)
		for _, lane := range []string{"a", "b", "c"} {
			var got []string
			for _, key := range done {
				if key[:1] == lane {
					got = append(got, key)
				}
			}
			assert.Equal(t, []string{lane + "1", lane + "2", lane + "3"}, got)
		}
	})
}

// TestResults stores each result as the inbox should keep it.
func TestResults(t *testing.T) {
	t.Parallel()
	failed := errors.New("failed")
	for name, c := range map[string]struct {
		result        worker.Result
		runs, retried int
		dead          []string // reason and stack
	}{
		"done":              {worker.Result{}, 1, 0, nil},
		"to be tried again": {worker.Result{Err: failed, Retry: true, Stack: "there"}, 3, 2, []string{"failed there"}},
		"permanent":         {worker.Result{Err: failed, Reported: true}, 1, 0, []string{"failed "}},
		"final":             {worker.Result{Err: failed, Retry: true, Final: true}, 1, 0, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				in := newInbox(t)
				in.add(t, "a", "k")
				runs, retried, buried, before := 0, 0, 0, 0
				drain := start(t, in, func(context.Context, store.Lease, func(string)) worker.Result {
					runs++
					return c.result
				}, worker.Options{
					MaxAttempts: 3, Retried: func() { retried++ }, Dead: func() { buried++ },
					BeforeDead: func(context.Context, store.Lease) error {
						if before++; before == 1 {
							return store.ErrFull
						}
						return nil
					},
				})
				time.Sleep(5 * time.Minute)
				drain()
				assert.Equal(t, c.runs, runs)
				assert.Equal(t, c.retried, retried)
				assert.Equal(t, len(c.dead), buried)
				assert.Equal(t, 2*len(c.dead), before, "it failed once, and was tried again")
				letters, err := in.Dead(t.Context(), 0, 10)
				require.NoError(t, err)
				var dead []string
				for _, d := range letters {
					dead = append(dead, d.Failure.Reason+" "+d.Failure.Stack)
				}
				assert.Equal(t, c.dead, dead)
			})
		})
	}
}

// TestRest has a handler that says itself when it runs again, more often than MaxAttempts.
func TestRest(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		in := newInbox(t)
		in.add(t, "a", "k")
		began := time.Now()
		var runs []time.Duration
		drain := start(t, in, func(context.Context, store.Lease, func(string)) worker.Result {
			if runs = append(runs, time.Since(began)); len(runs) == 4 {
				return worker.Result{}
			}
			return worker.Result{Err: errors.New("failed"), Retry: true, Rest: time.Minute}
		}, worker.Options{MaxAttempts: 2})
		time.Sleep(time.Hour)
		drain()
		assert.Equal(t, []time.Duration{0, time.Minute, 2 * time.Minute, 3 * time.Minute}, runs)
	})
}

// TestPoison has an item whose leases have ended with the process, and one that has not.
func TestPoison(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		in := newInbox(t)
		in.add(t, "a", "poison", "harmless")
		for range 2 + 5 {
			leases, err := in.Lease(t.Context(), 1, time.Nanosecond)
			require.NoError(t, err)
			require.Equal(t, "poison", leases[0].Key)
			time.Sleep(time.Second)
		}
		var handled []string
		drain := start(t, in, func(_ context.Context, l store.Lease, _ func(string)) worker.Result {
			handled = append(handled, l.Key)
			return worker.Result{}
		}, worker.Options{MaxAttempts: 9, Attempts: func(l store.Lease) int {
			if l.Key == "poison" {
				return 2
			}
			return 0
		}})
		time.Sleep(time.Minute)
		drain()
		assert.Equal(t, []string{"harmless"}, handled)
		dead, err := in.Dead(t.Context(), 0, 10)
		require.NoError(t, err)
		require.Len(t, dead, 1)
		assert.Equal(t, "worker: the process died each time that this message was handled", dead[0].Failure.Reason)
	})
}

// TestLease lets a handler run for far longer than a lease, while the inbox answers, does not
// answer for a moment, for too long, and says that the lease is lost.
func TestLease(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		from, to time.Duration // when the inbox fails
		err      error
		lost     bool
	}{
		"answers":      {},
		"for a moment": {90 * time.Second, 2 * time.Minute, store.ErrUnavailable, false},
		"for too long": {90 * time.Second, 4 * time.Minute, store.ErrUnavailable, true},
		"lost":         {90 * time.Second, 101 * time.Second, store.ErrLeaseLost, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				in := newInbox(t)
				began := time.Now()
				in.extend = func() error {
					if after := time.Since(began); after >= c.from && after < c.to {
						return c.err
					}
					return nil
				}
				in.add(t, "a", "k")
				var runs atomic.Int32
				cause := make(chan error, 1)
				drain := start(t, in, func(ctx context.Context, _ store.Lease, _ func(string)) worker.Result {
					if runs.Add(1) > 1 {
						return worker.Result{}
					}
					select {
					case <-ctx.Done():
					case <-time.After(5 * time.Minute):
					}
					cause <- context.Cause(ctx)
					return worker.Result{Err: ctx.Err(), Retry: true}
				}, worker.Options{Parallel: 2, MaxAttempts: 9})
				time.Sleep(10 * time.Minute)
				drain()
				if c.lost {
					require.ErrorIs(t, <-cause, store.ErrLeaseLost)
					assert.EqualValues(t, 2, runs.Load())
				} else {
					require.NoError(t, <-cause)
					assert.EqualValues(t, 1, runs.Load())
				}
			})
		})
	}
}

// TestTheOutcomeIsStoredLater has an inbox that is full for a moment: the item does not run again.
func TestTheOutcomeIsStoredLater(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		in := newInbox(t)
		stores := 0
		in.complete = func() error {
			if stores++; stores < 4 {
				return store.ErrFull
			}
			return nil
		}
		in.add(t, "a", "k")
		runs := 0
		drain := start(t, in, func(context.Context, store.Lease, func(string)) worker.Result {
			runs++
			return worker.Result{}
		}, worker.Options{Lease: time.Second})
		time.Sleep(time.Minute)
		drain()
		assert.Equal(t, []int{1, 4}, []int{runs, stores})
	})
}

// TestDrain stops a worker whose handler runs, with an item waiting after it.
func TestDrain(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		durable bool
		takes   time.Duration // of a handler that its context does not end
		runs    int
		pending int
		cut     bool
		err     string
	}{
		"durable, in time":   {true, 10 * time.Second, 1, 1, false, ""},
		"durable, too slow":  {true, time.Hour, 1, 2, true, ""},
		"in memory, in time": {false, 10 * time.Second, 2, 0, false, ""},
		"in memory, too slow": {
			false, time.Hour, 1, 2, true,
			"worker: 2 messages were not handled within the grace period, and are lost with the memory inbox",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				in := newInbox(t)
				in.add(t, "a", "1", "2")
				runs, cut := 0, false
				w := worker.New(in, func(ctx context.Context, _ store.Lease, _ func(string)) worker.Result {
					runs++
					select {
					case <-time.After(c.takes):
						return worker.Result{}
					case <-ctx.Done():
						cut = true
						assert.Contains(t, context.Cause(ctx).Error(), "grace period")
						return worker.Result{Err: ctx.Err(), Retry: true}
					}
				}, worker.Options{Durable: c.durable, MaxAttempts: 2, Logger: zap.NewNop()})
				w.Start()
				time.Sleep(time.Second)
				ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
				defer cancel()
				if err := w.Drain(ctx); c.err != "" {
					require.EqualError(t, err, c.err)
				} else {
					require.NoError(t, err)
				}
				assert.Equal(t, []any{c.runs, c.cut}, []any{runs, cut})
				stats, err := in.Stats(t.Context())
				require.NoError(t, err)
				assert.Equal(t, []int{c.pending, 0}, []int{stats.Pending, stats.Leased})
				if c.durable && c.cut { // it counts no attempt
					leases, err := in.Lease(t.Context(), 1, time.Minute)
					require.NoError(t, err)
					assert.Equal(t, 1, leases[0].Attempt)
				}
			})
		})
	}
}

// beats is a heartbeat that counts.
type beats struct{ beats, ends atomic.Int32 }

func (b *beats) Beat() { b.beats.Add(1) }
func (b *beats) End()  { b.ends.Add(1) }

func TestHeartbeat(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var b beats
		drain := start(t, newInbox(t), nil, worker.Options{Lease: 30 * time.Second, Heartbeat: &b})
		time.Sleep(time.Minute + time.Second)
		assert.EqualValues(t, 7, b.beats.Load())
		assert.Zero(t, b.ends.Load())
		drain()
		assert.EqualValues(t, 1, b.ends.Load())
	})
}

// TestStuck holds two handlers up, one before it has entered a route.
func TestStuck(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		in := newInbox(t)
		for _, key := range []string{"quick", "slow", "lost"} {
			in.add(t, key, key)
		}
		var stuck []worker.Stuck
		drain := start(t, in, func(_ context.Context, l store.Lease, entered func(string)) worker.Result {
			if l.Key != "lost" {
				entered("route of " + l.Key)
			}
			if l.Key != "quick" {
				time.Sleep(10 * time.Minute)
			}
			return worker.Result{}
		}, worker.Options{Parallel: 3, StuckAfter: time.Minute, Stuck: func(s worker.Stuck) { stuck = append(stuck, s) }})
		time.Sleep(11 * time.Minute)
		drain()
		slices.SortFunc(stuck, func(a, b worker.Stuck) int { return len(a.Route) - len(b.Route) })
		assert.Equal(t, []worker.Stuck{{Event: "lost", For: time.Minute}, {Route: "route of slow", Event: "slow", For: time.Minute}}, stuck)
	})
}

func Example() {
	back := memory.New(memory.Config{})
	defer back.Close()
	_, _ = back.Inbox().Append(context.Background(), store.Item{Key: "1", Lane: "a", Body: []byte("hello")})
	w := worker.New(back.Inbox(), func(_ context.Context, l store.Lease, _ func(string)) worker.Result {
		fmt.Println(string(l.Body))
		return worker.Result{}
	}, worker.Options{Logger: zap.NewNop()})
	w.Start()
	fmt.Println(w.Drain(context.Background()))
	// Output:
	// hello
	// <nil>
}
