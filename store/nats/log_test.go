package nats_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/internal/natstest"
	"github.com/hongyan-go/hongyan/store"
)

// TestALogIsShared has two processes append to a log, and both read what the other has.
func TestALogIsShared(t *testing.T) {
	t.Parallel()
	c := fresh(natstest.Start(t, nil).ClientURL())
	one, two := opened(t, c), opened(t, c)
	var last uint64
	for i, s := range []store.Store{one, two, one} {
		line := store.Line{ID: string(rune('a' + i)), Data: []byte{byte('1' + i)}}
		seq, added, err := s.Log().Append(t.Context(), "said", line, time.Hour)
		require.NoError(t, err)
		require.True(t, added)
		assert.Greater(t, seq, last)
		last = seq
	}
	_, added, err := two.Log().Append(t.Context(), "said", store.Line{ID: "a"}, time.Hour)
	require.NoError(t, err)
	assert.False(t, added, "the other process has it")
	for _, s := range []store.Store{one, two} {
		found, err := s.Log().Read(t.Context(), "said", store.LineQuery{})
		require.NoError(t, err)
		var said strings.Builder
		for _, l := range found {
			said.Write(l.Data)
		}
		assert.Equal(t, "123", said.String())
	}
}

// TestTheServersDeleteOldLines waits until a line is gone from the stream, not only from reads.
func TestTheServersDeleteOldLines(t *testing.T) {
	t.Parallel()
	url := natstest.Start(t, nil).ClientURL()
	c := fresh(url)
	s := opened(t, c)
	for _, keep := range []time.Duration{time.Millisecond, time.Hour, 0} {
		_, _, err := s.Log().Append(t.Context(), "said", store.Line{}, keep)
		require.NoError(t, err)
	}
	js, ctx := admin(t, url), t.Context()
	require.EventuallyWithT(t, func(t *assert.CollectT) {
		stream, err := js.Stream(ctx, strings.ToUpper(c.Prefix)+"_LOG")
		require.NoError(t, err)
		assert.Equal(t, uint64(2), stream.CachedInfo().State.Msgs)
	}, 20*time.Second, 50*time.Millisecond)
}
