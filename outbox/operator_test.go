package outbox_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/outbox"
	"github.com/hongyan-go/hongyan/store"
	"github.com/hongyan-go/hongyan/store/memory"
)

// TestMarkSent answers an unknown send: a handler that runs again gets the answer that it was sent,
// and nothing leaves.
func TestMarkSent(t *testing.T) {
	t.Parallel()
	inBubble(t, outbox.Config{}, func(b bench) {
		b.answer = func(int, api.Send) (*api.SentMessage, error) { return nil, failure(api.ExecutedUnknown) }
		_, err := b.Send(b.t.Context(), keyed("k", "x"))
		require.ErrorIs(b.t, err, outbox.ErrUnknown)
		for range 2 { // saying it again does no harm
			s, err := outbox.MarkSent(b.t.Context(), b.back.Ledger(), "k")
			require.NoError(b.t, err)
			assert.Equal(b.t, store.Sent, s.State)
			assert.Empty(b.t, s.Body, "the text has no use any more")
		}
		sent, err := b.Send(b.t.Context(), keyed("k", "x"))
		require.NoError(b.t, err)
		assert.Equal(b.t, &api.SentMessage{To: "x"}, sent)
		assert.Len(b.t, b.calls(), 1)
		_, err = outbox.Resend(b.t.Context(), b.back.Ledger(), "k", 0)
		require.ErrorContains(b.t, err, "was sent")
	})
	l := memory.New(memory.Config{}).Ledger()
	for _, state := range []store.SendState{store.Queued, store.Held, store.Sending, store.Refused, store.Expired} {
		_, _, err := l.Reserve(t.Context(), store.Send{Key: string(state), State: state})
		require.NoError(t, err)
		_, err = outbox.MarkSent(t.Context(), l, string(state))
		require.ErrorContains(t, err, string(state), "what has not left has not arrived")
		s, err := l.Get(t.Context(), string(state))
		require.NoError(t, err)
		assert.Equal(t, state, s.State)
	}
	_, err := outbox.MarkSent(t.Context(), l, "nobody")
	require.ErrorIs(t, err, store.ErrNotFound)
}

// TestFollow has letters that wait for one send, for two, and for none.
func TestFollow(t *testing.T) {
	t.Parallel()
	back := memory.New(memory.Config{})
	bury := func(key string, errs ...error) {
		_, err := back.Inbox().Append(t.Context(), store.Item{Key: key, Lane: key})
		require.NoError(t, err)
		leases, err := back.Inbox().Lease(t.Context(), 1, time.Minute)
		require.NoError(t, err)
		require.NoError(t, back.Inbox().Bury(t.Context(), leases[0], store.Failure{Reason: errors.Join(errs...).Error()}))
	}
	unknown := func(key string) error {
		_, _, err := back.Ledger().Reserve(t.Context(), store.Send{Key: key, State: store.Unknown})
		require.NoError(t, err)
		return fmt.Errorf("router: send: %w", &outbox.UnknownError{Key: key, Endpoint: "/message/postText", Reason: "?"})
	}
	first, second := unknown("m/route/1"), unknown("m/route/11")
	bury("one", first)
	bury("both", first, second)
	bury("none", errors.New("the shop is closed"))
	waiting, err := outbox.Waiting(t.Context(), back)
	require.NoError(t, err)
	require.Len(t, waiting, 2)

	undecided, err := back.Ledger().Get(t.Context(), "m/route/1")
	require.NoError(t, err)
	done, err := outbox.Follow(t.Context(), back, undecided)
	require.NoError(t, err)
	assert.Equal(t, outbox.Letters{Waiting: 2}, done)

	s, err := outbox.MarkSent(t.Context(), back.Ledger(), "m/route/1")
	require.NoError(t, err)
	done, err = outbox.Follow(t.Context(), back, s)
	require.NoError(t, err)
	assert.Equal(t, outbox.Letters{Revived: 1, Waiting: 1}, done)
	s, err = outbox.Drop(t.Context(), back.Ledger(), "m/route/11")
	require.NoError(t, err)
	done, err = outbox.Follow(t.Context(), back, s)
	require.NoError(t, err)
	assert.Equal(t, outbox.Letters{Dropped: 1}, done)
	dead, err := back.Inbox().Dead(t.Context(), 0, 10)
	require.NoError(t, err)
	require.Len(t, dead, 1)
	assert.Equal(t, "none", dead[0].Key)
	done, err = outbox.Follow(t.Context(), back, s)
	require.NoError(t, err)
	assert.Zero(t, done)
}
