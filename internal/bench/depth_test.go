package bench_test

import (
	"context"
	"fmt"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/outbox"
	"github.com/hongyan-go/hongyan/store"
)

// BenchmarkDepth empties the queue of one account in which that many sends wait, each to a chat of
// its own. What one send costs must not depend on how many wait.
func BenchmarkDepth(b *testing.B) {
	for _, back := range stores[:2] {
		for _, depth := range []int{500, 2000, 8000} {
			b.Run(fmt.Sprintf("%s/queued=%d", back.name, depth), func(b *testing.B) {
				for range b.N {
					b.StopTimer()
					start, finish := fill(b, back.open(b), depth)
					b.StartTimer()
					start()
					b.StopTimer()
					finish()
					b.StartTimer()
				}
				b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*depth), "µs/send")
			})
		}
	}
}

// fill queues that many sends whose calls are blocked. start unblocks them and returns when all are
// done.
func fill(b *testing.B, back store.Store, depth int) (start, finish func()) {
	b.Helper()
	gate, all := make(chan struct{}), make(chan struct{})
	var left atomic.Int64
	left.Store(int64(depth))
	o, err := outbox.New(outbox.Config{
		Store: back,
		Send: func(_ context.Context, m api.Send) (*api.SentMessage, error) {
			<-gate
			return &api.SentMessage{To: api.TargetOf(m)}, nil
		},
		Outcome: func(store.Send) {
			if left.Add(-1) == 0 {
				close(all)
			}
		},
	})
	require.NoError(b, err)
	var wg sync.WaitGroup
	var next atomic.Int64
	for range clients {
		wg.Go(func() {
			for n := next.Add(1); n <= int64(depth); n = next.Add(1) {
				_, err := o.Send(b.Context(), outbox.Message{
					Send: api.PostText{AppID: "wx_bench", To: "wxid_" + strconv.FormatInt(n, 10), Content: "hello"}, Queued: true,
				})
				if err != nil {
					b.Error(err)
				}
			}
		})
	}
	wg.Wait()
	start = func() {
		close(gate)
		<-all
	}
	finish = func() {
		require.NoError(b, o.Close(context.WithoutCancel(b.Context())))
		require.NoError(b, back.Close())
	}
	return start, finish
}
