package outbox_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/outbox"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// stamped is a send, and when it was done.
type stamped struct {
	to    string
	after time.Duration
}

// sending runs f with an outbox inside a bubble of its own time, and returns what was sent when.
func sending(t *testing.T, pace outbox.Pace, f func(*outbox.Outbox)) []stamped {
	t.Helper()
	var log []stamped
	synctest.Test(t, func(*testing.T) {
		start := time.Now()
		var mu sync.Mutex
		f(outbox.New(outbox.Config{
			Pace: pace, Random: func() float64 { return 0.5 },
			Send: func(_ context.Context, m api.Send) (*api.SentMessage, error) {
				mu.Lock()
				defer mu.Unlock()
				log = append(log, stamped{m.Account() + "/" + m.Target(), time.Since(start)})
				return &api.SentMessage{}, nil
			},
		}))
	})
	return log
}

func text(account, to string) api.Send { return api.PostText{AppID: account, To: to, Content: "x"} }

func TestPace(t *testing.T) {
	t.Parallel()
	pace := outbox.Pace{Account: outbox.Range{Min: 2 * time.Second, Max: 4 * time.Second}, Conversation: outbox.Range{Min: 10 * time.Second, Max: 10 * time.Second}}
	log := sending(t, pace, func(o *outbox.Outbox) {
		for _, m := range []api.Send{text("a", "x"), text("a", "y"), text("b", "x"), text("a", "x"), text("a", "z")} {
			_, err := o.Send(context.Background(), m)
			assert.NoError(t, err)
		}
	})
	assert.Equal(t, []stamped{
		{"a/x", 0},
		{"a/y", 3 * time.Second},  // the account rests 3 s, the middle of its range
		{"b/x", 3 * time.Second},  // another account rests for itself
		{"a/x", 10 * time.Second}, // the conversation rests 10 s
		{"a/z", 13 * time.Second},
	}, log)
}

func TestTurnsAreGivenInOrder(t *testing.T) {
	t.Parallel()
	pace := outbox.Pace{Account: outbox.Range{Min: time.Second, Max: time.Second}}
	log := sending(t, pace, func(o *outbox.Outbox) {
		var wg sync.WaitGroup
		for _, to := range []string{"1", "2", "3", "4"} {
			wg.Go(func() {
				_, err := o.Send(context.Background(), text("a", to))
				assert.NoError(t, err)
			})
			synctest.Wait() // it waits for its turn now
		}
		wg.Wait()
	})
	assert.Equal(t, []stamped{{"a/1", 0}, {"a/2", time.Second}, {"a/3", 2 * time.Second}, {"a/4", 3 * time.Second}}, log)
}

func TestUnlimited(t *testing.T) {
	t.Parallel()
	log := sending(t, outbox.Unlimited(), func(o *outbox.Outbox) {
		for range 100 {
			_, err := o.Send(context.Background(), text("a", "x"))
			assert.NoError(t, err)
		}
	})
	assert.Equal(t, stamped{"a/x", 0}, log[99])
}

func TestASendThatGivesUpHasNotBeenSent(t *testing.T) {
	t.Parallel()
	log := sending(t, outbox.DefaultPace(), func(o *outbox.Outbox) {
		_, err := o.Send(context.Background(), text("a", "x"))
		require.NoError(t, err)

		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		start := time.Now()
		_, err = o.Send(ctx, text("a", "y"))
		require.ErrorIs(t, err, context.DeadlineExceeded)
		assert.Zero(t, time.Since(start), "a turn after the deadline is not waited for")

		ctx, stop := context.WithCancelCause(context.Background())
		gone := errors.New("gone")
		time.AfterFunc(time.Second, func() { stop(gone) })
		_, err = o.Send(ctx, text("a", "y"))
		require.ErrorIs(t, err, gone)
		var notSent *outbox.NotSentError
		require.ErrorAs(t, err, &notSent)
		assert.Equal(t, api.ExecutedNo, notSent.Executed())
		assert.Equal(t, "/message/postText", notSent.Endpoint)
	})
	assert.Len(t, log, 1)
}

func TestErrorsComeBackAsTheyAre(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	o := outbox.New(outbox.Config{Send: func(context.Context, api.Send) (*api.SentMessage, error) { return nil, broken }})
	_, err := o.Send(t.Context(), text("a", "x"))
	assert.Equal(t, broken, err)
}
