package nats_test

import (
	"fmt"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/internal/natstest"
	"github.com/hongyan-go/hongyan/store"
	"github.com/hongyan-go/hongyan/store/nats"
)

// BenchmarkWay measures items from Append to Complete, with 64 callers that append, 64 that handle,
// and 500 lanes.
func BenchmarkWay(b *testing.B) {
	for name, open := range map[string]func(*testing.B) nats.Config{
		"one server": func(b *testing.B) nats.Config { b.Helper(); return fresh(natstest.Start(b, nil).ClientURL()) },
		"cluster of three": func(b *testing.B) nats.Config {
			b.Helper()
			return fresh(natstest.URLs(natstest.Cluster(b)...))
		},
	} {
		b.Run(name, func(b *testing.B) {
			c := open(b)
			c.Partitions, c.MaxBytes = 16, 0
			s := opened(b, c)
			var n, done atomic.Int64
			finished := make(chan struct{})
			for range 64 {
				go func() {
					for {
						leases, err := s.Inbox().Lease(b.Context(), 1, time.Minute)
						if err != nil {
							return
						}
						if s.Inbox().Complete(b.Context(), leases[0]) == nil && done.Add(1) == int64(b.N) {
							close(finished)
						}
					}
				}()
			}
			body := make([]byte, 1500)
			b.SetParallelism(32)
			b.ResetTimer()
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					i := n.Add(1)
					_, err := s.Inbox().Append(b.Context(),
						store.Item{Key: strconv.FormatInt(i, 10), Lane: strconv.FormatInt(i%500, 10), Body: body, Received: time.Now()})
					require.NoError(b, err)
				}
			})
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "appends/s")
			<-finished
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "handled/s")
		})
	}
}

// BenchmarkSends measures sends from Reserve to their outcome, with 64 callers.
func BenchmarkSends(b *testing.B) {
	for _, servers := range []int{1, 3} {
		b.Run(fmt.Sprintf("servers=%d", servers), func(b *testing.B) {
			var url string
			if servers == 1 {
				url = natstest.Start(b, nil).ClientURL()
			} else {
				url = natstest.URLs(natstest.Cluster(b)...)
			}
			ledger := opened(b, fresh(url)).Ledger()
			var n atomic.Int64
			b.SetParallelism(32)
			b.ResetTimer()
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					s, _, err := ledger.Reserve(b.Context(), store.Send{
						Key: strconv.FormatInt(n.Add(1), 10), Account: "wx_app", Target: "wxid_alice", Endpoint: "/message/postText",
						Body: []byte(`{"content":"hello"}`), State: store.Queued,
					})
					for _, state := range []store.SendState{store.Sending, store.Sent} {
						if err == nil {
							s.State = state
							s, err = ledger.Update(b.Context(), s)
						}
					}
					if err != nil {
						b.Error(err)
						return
					}
				}
			})
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "sends/s")
		})
	}
}
