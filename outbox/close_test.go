package outbox_test

import (
	"context"
	"sync"
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

// durable is a memory store that claims to outlive the process; it does so in the bubble of a test.
type durable struct{ *memory.Store }

func (durable) Durable() bool { return true }

// TestAShutdown closes while one request is under way and two sends wait.
func TestAShutdown(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		back  store.Store
		grace time.Duration
		sent  []string // by the first process
		then  []string // by the next
	}{
		"a durable store":  {durable{memory.New(memory.Config{})}, time.Minute, []string{"a/x"}, []string{"a/y", "a/z"}},
		"memory":           {memory.New(memory.Config{}), time.Minute, []string{"a/x", "a/y", "a/z"}, nil},
		"memory, in haste": {memory.New(memory.Config{}), 0, []string{"a/x"}, []string{"a/y", "a/z"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				b := newBench(t, outbox.Config{Store: test.back, Pace: gap()})
				b.answer = func(int, api.Send) (*api.SentMessage, error) {
					time.Sleep(500 * time.Millisecond)
					return nil, nil
				}
				var wg sync.WaitGroup
				errs := make(chan error, 3)
				for _, to := range []string{"x", "y", "z"} {
					wg.Go(func() {
						_, err := b.Send(context.Background(), keyed(to, to))
						errs <- err
					})
					synctest.Wait()
				}
				grace, cancel := context.WithTimeout(t.Context(), test.grace)
				defer cancel()
				require.NoError(t, b.Close(grace))
				wg.Wait()
				close(errs)
				pending := 0
				for err := range errs {
					if err != nil {
						require.ErrorIs(t, err, outbox.ErrPending)
						pending++
					}
				}
				assert.Equal(t, test.sent, b.targets())
				assert.Len(t, test.then, pending)
				assert.Equal(t, store.Sent, b.entry("x").State, "what has left is waited for")
				_, err := b.Send(t.Context(), keyed("late", "x"))
				require.ErrorIs(t, err, outbox.ErrPending)
				require.NoError(t, b.Close(t.Context()), "twice")

				next := newBench(t, outbox.Config{Store: test.back, Pace: gap()})
				running, stop := context.WithCancel(t.Context())
				wg.Go(func() { _ = next.Run(running) })
				time.Sleep(time.Minute)
				assert.Equal(t, append(test.then, "a/x"), next.targets(), "in their order")
				stop()
				wg.Wait()
				require.NoError(t, next.Close(t.Context()))
			})
		})
	}
}

// TestAStoreThatIsGone cannot keep a send, so nothing is sent.
func TestAStoreThatIsGone(t *testing.T) {
	t.Parallel()
	inBubble(t, outbox.Config{}, func(b bench) {
		require.NoError(b.t, b.back.Close())
		_, err := b.Send(b.t.Context(), keyed("k", "x"))
		require.ErrorIs(b.t, err, store.ErrClosed)
		var notSent *outbox.NotSentError
		require.ErrorAs(b.t, err, &notSent)
		assert.Empty(b.t, b.calls())
	})
}

// TestAStoreThatGoesAfterTheRequest loses the outcome, and only logs that: the caller gets it.
func TestAStoreThatGoesAfterTheRequest(t *testing.T) {
	t.Parallel()
	inBubble(t, outbox.Config{}, func(b bench) {
		b.answer = func(int, api.Send) (*api.SentMessage, error) {
			return &api.SentMessage{NewMsgID: 3}, b.back.Close()
		}
		sent, err := b.Send(b.t.Context(), keyed("k", "x"))
		require.NoError(b.t, err)
		assert.Equal(b.t, api.ID(3), sent.NewMsgID)
	})
}
