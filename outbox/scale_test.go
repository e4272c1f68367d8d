package outbox_test

import (
	"context"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/outbox"
	"github.com/hongyan-go/hongyan/store/memory"
)

// backlog queues n sends while sending is paused, to as many chats or to one, and returns how long
// each takes from the end of the pause to the last request.
func backlog(t testing.TB, n, chats int) time.Duration {
	t.Helper()
	back := memory.New(memory.Config{})
	var mu sync.Mutex
	sent, last := 0, make(chan struct{})
	o, err := outbox.New(outbox.Config{Store: back, Send: func(_ context.Context, m api.Send) (*api.SentMessage, error) {
		mu.Lock()
		defer mu.Unlock()
		if sent++; sent == n {
			close(last)
		}
		return &api.SentMessage{To: api.TargetOf(m)}, nil
	}})
	require.NoError(t, err)
	require.NoError(t, outbox.Pause(t.Context(), back.State(), "", "the test fills the queue"))
	for i := range n {
		m := answer("a", "wxid_"+strconv.Itoa(i%chats))
		m.Key, m.Queued = strconv.Itoa(i), true
		_, err := o.Send(t.Context(), m)
		require.NoError(t, err)
	}
	require.NoError(t, outbox.Resume(t.Context(), back.State(), ""))
	require.Eventually(t, func() bool { return o.Paused(t.Context(), "a") == "" }, 10*time.Second, time.Millisecond)
	began := time.Now()
	<-last
	took := time.Since(began)
	require.NoError(t, o.Close(t.Context()))
	return took / time.Duration(n)
}

// BenchmarkBacklog is the time of one send of an account with so many in its queue.
func BenchmarkBacklog(b *testing.B) {
	for _, n := range []int{500, 8000} {
		for name, chats := range map[string]int{"one-chat": 1, "all-to-others": n} {
			b.Run(strconv.Itoa(n)+"/"+name, func(b *testing.B) {
				var sum time.Duration
				for range b.N {
					sum += backlog(b, n, chats)
				}
				b.ReportMetric(float64(sum.Microseconds())/float64(b.N), "µs/send")
			})
		}
	}
}

// TestALongQueueIsNoSlower allows a send in a queue of 8,000 four times what it takes in one of
// 500; a scan of the queue takes sixteen times as long.
func TestALongQueueIsNoSlower(t *testing.T) {
	t.Parallel()
	for name, one := range map[string]bool{"to one chat": true, "to as many chats": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			chats := func(n int) int {
				if one {
					return 1
				}
				return n
			}
			for try := 0; ; try++ { // the machine may be busy with something else
				short, long := backlog(t, 500, chats(500)), backlog(t, 8000, chats(8000))
				if long <= 4*short {
					return
				}
				require.Less(t, try, 3, "%v a send with 500 in the queue, %v with 8,000", short, long)
			}
		})
	}
}
