package outbox_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/outbox"
	"github.com/hongyan-go/hongyan/store"
	"github.com/hongyan-go/hongyan/store/memory"
)

// TestOutcomes sends once, and once more under the same key: what a handler gets that runs again.
func TestOutcomes(t *testing.T) {
	t.Parallel()
	said := &api.Error{Endpoint: "/message/postText", Ret: 500, Message: "no"}
	offline := &api.Error{Endpoint: "/message/postText", Ret: 500, Message: "no", Err: api.ErrOffline}
	for name, test := range map[string]struct {
		err    error
		state  store.SendState
		is     error
		calls  int // after the first
		second int // after the second
	}{
		"sent":                         {nil, store.Sent, nil, 1, 1},
		"sent, without a clear answer": {failure(api.ExecutedYes), store.Sent, nil, 1, 1},
		"unknown":                      {failure(api.ExecutedUnknown), store.Unknown, outbox.ErrUnknown, 1, 1},
		"an error that says nothing":   {errors.New("?"), store.Unknown, outbox.ErrUnknown, 1, 1},
		"refused by the service":       {refused{said}, store.Refused, outbox.ErrRefused, 1, 1},
		"the account is offline":       {refused{offline}, store.Refused, api.ErrOffline, 1, 2},
		"never left":                   {failure(api.ExecutedNo), store.Refused, nil, 3, 6},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, outbox.Config{MaxTries: 3}, func(b bench) {
				b.answer = func(int, api.Send) (*api.SentMessage, error) {
					if test.err != nil {
						return nil, test.err
					}
					return &api.SentMessage{To: "x", MsgID: 7, NewMsgID: 1<<63 + 1, CreateTime: 9}, nil
				}
				for i, calls := range []int{test.calls, test.second} {
					sent, err := b.Send(b.t.Context(), keyed("k", "x"))
					switch {
					case test.state == store.Sent:
						require.NoError(b.t, err)
						assert.Equal(b.t, "x", sent.To)
						if test.err == nil {
							assert.Equal(b.t, api.ID(1<<63+1), sent.NewMsgID, "the id that Revoke needs, also from the ledger")
						}
					case test.is != nil:
						require.ErrorIs(b.t, err, test.is)
						if i == 0 {
							require.ErrorIs(b.t, err, test.err, "the first time with its cause")
						}
					default:
						var notSent *outbox.NotSentError
						require.ErrorAs(b.t, err, &notSent)
					}
					assert.Len(b.t, b.calls(), calls)
					e := b.entry("k")
					assert.Equal(b.t, test.state, e.State)
					assert.Equal(b.t, calls, e.Attempts)
					assert.Equal(b.t, test.state == store.Sent, len(e.Body) == 0, "what was sent needs no text any more")
				}
			})
		})
	}
}

// refused is the service's own no. Only package api can make an api.Error that knows so.
type refused struct{ said *api.Error }

func (r refused) Error() string        { return r.said.Error() }
func (refused) Executed() api.Executed { return api.ExecutedNo }
func (r refused) Unwrap() error        { return r.said }

func TestOnlyWhatNeverLeftIsTriedAgain(t *testing.T) {
	t.Parallel()
	inBubble(t, outbox.Config{}, func(b bench) {
		b.answer = func(n int, m api.Send) (*api.SentMessage, error) {
			if n < 4 {
				return nil, failure(api.ExecutedNo)
			}
			return &api.SentMessage{To: api.TargetOf(m)}, nil
		}
		_, err := b.Send(b.t.Context(), keyed("k", "x"))
		require.NoError(b.t, err)
		assert.Equal(b.t, 4, b.entry("k").Attempts)
		assert.Greater(b.t, b.calls()[3].after, 3*time.Second, "with growing rests")
	})
}

func TestAnotherMessageUnderAKnownKey(t *testing.T) {
	t.Parallel()
	inBubble(t, outbox.Config{}, func(b bench) {
		_, err := b.Send(b.t.Context(), keyed("k", "x"))
		require.NoError(b.t, err)
		for _, m := range []api.Send{text("a", "y"), text("b", "x"), api.PostImage{AppID: "a", To: "x", ImageURL: "https://example.com/p.jpg"}} {
			_, err = b.Send(b.t.Context(), outbox.Message{Send: m, Key: "k"})
			var mismatch *outbox.MismatchError
			require.ErrorAs(b.t, err, &mismatch)
			require.ErrorIs(b.t, err, outbox.ErrMismatch)
			assert.Equal(b.t, api.ExecutedNo, mismatch.Executed())
		}
		assert.Len(b.t, b.calls(), 1)
	})
}

// TestARunThatIsCutOff lets the context of a handler end while its send waits, and runs it again.
func TestARunThatIsCutOff(t *testing.T) {
	t.Parallel()
	inBubble(t, outbox.Config{Pace: gap()}, func(b bench) {
		_, err := b.Send(b.t.Context(), answer("a", "x"))
		require.NoError(b.t, err)
		ctx, stop := context.WithTimeout(b.t.Context(), time.Second/4)
		defer stop()
		_, err = b.Send(ctx, keyed("k", "x"))
		require.ErrorIs(b.t, err, outbox.ErrPending)
		require.ErrorIs(b.t, err, context.DeadlineExceeded)
		assert.Equal(b.t, store.Queued, b.entry("k").State, "it keeps its place")

		var wg sync.WaitGroup
		for range 3 {
			b.aside(&wg, keyed("k", "x"))
		}
		wg.Wait()
		assert.Len(b.t, b.calls(), 2, "all have joined the one send")

		_, err = b.Send(ctx, answer("a", "y"))
		var notSent *outbox.NotSentError
		require.ErrorAs(b.t, err, &notSent, "a context that has ended sends nothing")
		assert.Equal(b.t, "/message/postText", notSent.Endpoint)
	})
}

func TestASendWithoutAKeyIsTakenBack(t *testing.T) {
	t.Parallel()
	inBubble(t, outbox.Config{Pace: gap()}, func(b bench) {
		_, err := b.Send(b.t.Context(), answer("a", "x"))
		require.NoError(b.t, err)
		ctx, stop := context.WithCancelCause(b.t.Context())
		gone := errors.New("gone")
		time.AfterFunc(time.Second/4, func() { stop(gone) })
		_, err = b.Send(ctx, answer("a", "y"))
		require.ErrorIs(b.t, err, gone)
		var notSent *outbox.NotSentError
		require.ErrorAs(b.t, err, &notSent)
		time.Sleep(time.Minute)
		assert.Len(b.t, b.calls(), 1)
	})
}

// TestARequestThatHasLeftIsWaitedFor ends the handler while its request is under way.
func TestARequestThatHasLeftIsWaitedFor(t *testing.T) {
	t.Parallel()
	inBubble(t, outbox.Config{}, func(b bench) {
		b.answer = func(int, api.Send) (*api.SentMessage, error) {
			time.Sleep(time.Minute)
			return &api.SentMessage{NewMsgID: 5}, nil
		}
		for _, m := range []outbox.Message{keyed("k", "x"), answer("a", "y")} {
			ctx, stop := context.WithTimeout(b.t.Context(), time.Second)
			_, err := b.Send(ctx, m)
			stop()
			require.ErrorIs(b.t, err, outbox.ErrPending)
		}
		sent, err := b.Send(b.t.Context(), keyed("k", "x"))
		require.NoError(b.t, err)
		assert.Equal(b.t, api.ID(5), sent.NewMsgID)
		assert.Len(b.t, b.calls(), 2)
	})
}

// TestAfterACrash opens a second outbox on what the first has left behind.
func TestAfterACrash(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		shared  bool
		timeout func(api.Send) time.Duration
		waits   time.Duration
	}{
		"a store of its own":                {},
		"a shared store":                    {shared: true, waits: outbox.DefaultStale},
		"a shared store, and known timeout": {shared: true, timeout: func(api.Send) time.Duration { return 20 * time.Second }, waits: 35 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				back := memory.New(memory.Config{})
				ctx := t.Context()
				for i, state := range []store.SendState{store.Queued, store.Sending, store.Sent, store.Unknown, store.Held} {
					body, err := api.EncodeSend(text("a", "x"))
					require.NoError(t, err)
					_, _, err = back.Ledger().Reserve(ctx, store.Send{
						Key: string(state), Account: "a", Target: "x", Endpoint: "/message/postText", Body: body, Class: string(outbox.Answer), State: state,
						Expires: time.Now().Add(time.Duration(i+1) * time.Hour),
					})
					require.NoError(t, err)
				}
				time.Sleep(time.Second)
				b := newBench(t, outbox.Config{Store: back, Shared: test.shared, Timeout: test.timeout})
				running, stop := context.WithCancel(ctx)
				var wg sync.WaitGroup
				wg.Go(func() { _ = b.Run(running) })
				synctest.Wait()
				assert.Equal(t, []string{"a/x"}, b.targets(), "what was queued is sent, nothing else")
				assert.Equal(t, store.Sent, b.entry("queued").State)

				start := time.Now()
				_, err := b.Send(ctx, keyed("sending", "x"))
				require.ErrorIs(t, err, outbox.ErrUnknown, "what was under way may have arrived")
				assert.InDelta(t, test.waits.Seconds(), time.Since(start).Seconds(), 2, "another process may be at it")
				sent, err := b.Send(ctx, keyed("held", "x"))
				require.NoError(t, err)
				assert.Zero(t, sent.NewMsgID)
				assert.Len(t, b.calls(), 1)
				stop()
				wg.Wait()
				require.NoError(t, b.Close(ctx))
			})
		})
	}
}

// TestTwoProcesses lets two outboxes work on one store: each entry is sent once, and they share the
// pace.
func TestTwoProcesses(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const sends = 20
		back := memory.New(memory.Config{})
		one := newBench(t, outbox.Config{Store: back, Shared: true, Pace: gap(), Sweep: 3 * time.Second})
		two := newBench(t, outbox.Config{Store: back, Shared: true, Pace: gap(), Sweep: 3 * time.Second, Send: one.post})
		running, stop := context.WithCancel(t.Context())
		var runs, wg sync.WaitGroup
		for _, b := range []bench{one, two} {
			runs.Go(func() { _ = b.Run(running) })
		}
		for i := range sends {
			key := fmt.Sprint("k", i)
			for _, b := range []bench{one, two} { // both run the same handler
				wg.Go(func() {
					_, err := b.Send(context.Background(), keyed(key, "chat"+key))
					assert.NoError(t, err)
				})
			}
		}
		wg.Wait()
		calls := one.calls()
		assert.Len(t, calls, sends)
		for i := 1; i < len(calls); i++ {
			assert.GreaterOrEqual(t, calls[i].after-calls[i-1].after, time.Second)
		}
		stop()
		runs.Wait()
		require.NoError(t, one.Close(t.Context()))
		require.NoError(t, two.Close(t.Context()))
	})
}

// contested is a store in whose state somebody else is faster, the first times.
type contested struct {
	*memory.Store
	left *atomic.Int32
}

func (c contested) State() store.State { return contestedState{c.Store.State(), c.left} }

type contestedState struct {
	store.State
	left *atomic.Int32
}

func (s contestedState) Swap(ctx context.Context, key string, value []byte, revision uint64, ttl time.Duration) (uint64, error) {
	if s.left.Add(-1) >= 0 {
		return 0, store.ErrConflict
	}
	return s.State.Swap(ctx, key, value, revision, ttl)
}

// TestTheBudgetIsContested looks again, at once, when another process has taken a turn.
func TestTheBudgetIsContested(t *testing.T) {
	t.Parallel()
	var left atomic.Int32
	left.Store(7)
	inBubble(t, outbox.Config{Store: contested{memory.New(memory.Config{}), &left}, Pace: gap()}, func(b bench) {
		_, err := b.Send(b.t.Context(), answer("a", "x"))
		require.NoError(b.t, err)
		assert.Equal(b.t, []stamped{{"a/x", 0}}, b.calls())
		assert.Negative(b.t, left.Load())
	})
}

// TestASecondRunBeforeTheFirstLook meets what was under way when the process before died.
func TestASecondRunBeforeTheFirstLook(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		back := memory.New(memory.Config{})
		_, _, err := back.Ledger().Reserve(t.Context(), store.Send{
			Key: "k", Account: "a", Target: "x", Endpoint: "/message/postText", Body: []byte("{}"), Class: string(outbox.Answer), State: store.Sending,
		})
		require.NoError(t, err)
		time.Sleep(time.Second)
		b := newBench(t, outbox.Config{Store: back})
		start := time.Now()
		_, err = b.Send(t.Context(), keyed("k", "x"))
		require.ErrorIs(t, err, outbox.ErrUnknown)
		assert.Zero(t, time.Since(start))
		require.NoError(t, b.Close(t.Context()))
	})
}

// TestALateOutcomeDoesNotHideALaterOne lets a person send again while the first request, long taken
// for lost, still hangs.
func TestALateOutcomeDoesNotHideALaterOne(t *testing.T) {
	t.Parallel()
	inBubble(t, outbox.Config{}, func(b bench) {
		b.answer = func(int, api.Send) (*api.SentMessage, error) {
			s := b.entry("k")
			s.State, s.Attempts, s.Result = store.Sent, s.Attempts+1, []byte(`{"newMsgId":9}`)
			_, err := b.back.Ledger().Update(context.Background(), s)
			if err != nil {
				b.t.Error(err)
			}
			return nil, failure(api.ExecutedUnknown)
		}
		_, err := b.Send(b.t.Context(), keyed("k", "x"))
		require.ErrorIs(b.t, err, outbox.ErrUnknown)
		assert.Equal(b.t, store.Sent, b.entry("k").State)
		sent, err := b.Send(b.t.Context(), keyed("k", "x"))
		require.NoError(b.t, err)
		assert.Equal(b.t, api.ID(9), sent.NewMsgID)
	})
}
