package outbox_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/outbox"
	"github.com/hongyan-go/hongyan/store"
)

func TestClassOf(t *testing.T) {
	t.Parallel()
	for stored, want := range map[string]outbox.Class{
		"answer": outbox.Answer, "proactive": outbox.Proactive, "notice": outbox.Proactive, "": outbox.Proactive,
		"broadcast": outbox.Proactive,
	} {
		assert.Equal(t, want, outbox.ClassOf(store.Send{Class: stored}), stored)
	}
}

// TestTheLedgerOfAnOlderVersion has a queued entry of the class "notice" wait for the quiet hours,
// and then in one order with proactive sends of now.
func TestTheLedgerOfAnOlderVersion(t *testing.T) {
	t.Parallel()
	c := outbox.Config{Pace: outbox.Pace{Quiet: outbox.Window{From: 7 * time.Hour, To: 9 * time.Hour}}} // it is 8
	inBubble(t, c, func(b bench) {
		for i, class := range []string{"notice", "proactive", "notice", "answer"} {
			m := api.PostText{AppID: "a", To: "x", Content: "x"}
			body, err := api.EncodeSend(m)
			require.NoError(b.t, err)
			_, _, err = b.back.Ledger().Reserve(b.t.Context(), store.Send{
				Key: fmt.Sprint(class, i), Account: "a", Target: "x", Endpoint: api.EndpointOf(m), Body: body,
				Class: class, State: store.Queued,
			})
			require.NoError(b.t, err)
		}
		ctx, stop := context.WithTimeout(b.t.Context(), 90*time.Minute)
		defer stop()
		require.ErrorIs(b.t, b.Run(ctx), context.DeadlineExceeded)
		require.Len(b.t, b.calls(), 4)
		assert.Less(b.t, b.calls()[0].after, time.Minute, "the answer")
		assert.Equal(b.t, time.Hour, b.calls()[1].after)
		var order []time.Time
		for _, key := range []string{"notice0", "proactive1", "notice2"} {
			assert.Equal(b.t, store.Sent, b.entry(key).State)
			order = append(order, b.entry(key).Updated)
		}
		assert.IsNonDecreasing(b.t, []int64{order[0].UnixNano(), order[1].UnixNano(), order[2].UnixNano()})
	})
}

// TestTheBudgetOfAnOlderVersion counts the proactive sends that an older version has noted.
func TestTheBudgetOfAnOlderVersion(t *testing.T) {
	t.Parallel()
	inBubble(t, outbox.Config{Pace: outbox.Pace{New: outbox.Limits{ProactivePerDay: 2}}, ProactiveTTL: 30 * time.Hour}, func(b bench) {
		step := time.Now().UnixMilli() / (15 * time.Minute).Milliseconds()
		old := fmt.Sprintf(`{"next":0,"hour":{},"day":{"%d":2},"notices":{"%d":2},"told":{"x":%d}}`, step, step, time.Now().UnixMilli())
		_, err := b.back.State().Put(b.t.Context(), "outbox/budget/a", []byte(old), 0)
		require.NoError(b.t, err)
		m := proactive("a", "x")
		m.Key = "k"
		_, err = b.Send(b.t.Context(), m)
		require.NoError(b.t, err)
		assert.Equal(b.t, store.Queued, b.entry("k").State, "two of two were sent today")
		_, err = b.Send(b.t.Context(), answer("a", "y"))
		require.NoError(b.t, err)
		time.Sleep(25 * time.Hour)
		assert.Equal(b.t, store.Sent, b.entry("k").State)
	})
}
