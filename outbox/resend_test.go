package outbox_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/outbox"
	"github.com/hongyan-go/hongyan/store/memory"
)

// TestCloseAfterTheStore closes a store that is not durable while sends wait that a person put back
// into the queue: none of them can leave any more, so Close has nothing to wait for.
func TestCloseAfterTheStore(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		back := memory.New(memory.Config{})
		send := func(context.Context, api.Send) (*api.SentMessage, error) { return &api.SentMessage{}, nil }
		o, err := outbox.New(outbox.Config{Store: back, Pace: outbox.DefaultPace(), Send: send})
		require.NoError(t, err)
		for _, key := range []string{"refund/1", "refund/2", "refund/3"} {
			_, err := o.Send(t.Context(), outbox.Message{
				Send: api.PostText{AppID: "wx_a", To: "wxid_a", Content: "refunded"}, Key: key, Class: outbox.Answer, Hold: "money",
			})
			require.NoError(t, err)
			_, err = outbox.Resend(t.Context(), back.Ledger(), key, 0)
			require.NoError(t, err)
		}
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- o.Run(ctx) }()
		synctest.Wait()
		require.NoError(t, back.Close())
		began := time.Now()
		require.NoError(t, o.Close(t.Context()))
		assert.Less(t, time.Since(began), time.Second)
		stop()
		<-ended
	})
}
