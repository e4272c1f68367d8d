package nats_test

import (
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
