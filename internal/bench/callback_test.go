package bench_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/callback"
	"github.com/hongyan-go/hongyan/store"
)

// BenchmarkCallback posts file messages of 2.4 KB over loopback: to an empty chi handler, and to
// the callback handler with the inbox of each store. The ratio to the first is the figure.
func BenchmarkCallback(b *testing.B) {
	for _, clients := range []int{64, 256} {
		b.Run(fmt.Sprintf("c=%d/empty-chi", clients), func(b *testing.B) {
			r := chi.NewRouter()
			r.Post("/callback", func(http.ResponseWriter, *http.Request) {})
			benchmarkPosts(b, r, clients)
		})
		for _, back := range stores {
			b.Run(fmt.Sprintf("c=%d/%s", clients, back.name), func(b *testing.B) {
				s := back.open(b)
				defer func() { require.NoError(b, s.Close()) }()
				benchmarkPosts(b, into(b, s), clients)
			})
		}
	}
}

// into is the callback handler with a store.
func into(b *testing.B, back store.Store) http.Handler {
	b.Helper()
	h, err := callback.NewHandler(callback.HandlerConfig{Accept: func(ctx context.Context, d callback.Delivery) error {
		_, err := back.Inbox().Append(ctx, store.Item{Key: d.Key, Lane: d.Lane, Body: d.Body, Received: time.Now()})
		return err
	}})
	require.NoError(b, err)
	return h
}

// padding makes a body as long as that of a file message.
var padding = bytes.Repeat([]byte("<des>x</des>"), 160)

func benchmarkPosts(b *testing.B, h http.Handler, clients int) {
	b.Helper()
	server := httptest.NewServer(h)
	defer server.Close()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: clients, DisableCompression: true}}
	defer client.CloseIdleConnections()
	var ids atomic.Uint64
	var mu sync.Mutex
	var times []time.Duration
	b.SetParallelism(max(1, clients/runtime.GOMAXPROCS(0)))
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		var mine []time.Duration
		for pb.Next() {
			started := time.Now()
			n := ids.Add(1)
			body := fmt.Appendf(nil, `{"TypeName":"AddMsg","Appid":"wx_demo","Wxid":"wxid_me","Data":{"MsgId":1,`+
				`"FromUserName":{"string":"wxid_%d"},"ToUserName":{"string":"wxid_me"},"MsgType":49,"Content":{"string":"%s"},`+
				`"CreateTime":1782051117,"NewMsgId":%d}}`, n%500, padding, 1_000_000_000_000_000_000+n)
			request, err := http.NewRequestWithContext(context.Background(), http.MethodPost, server.URL+"/callback", bytes.NewReader(body))
			if err != nil {
				b.Error(err)
				return
			}
			response, err := client.Do(request)
			if err != nil {
				b.Error(err)
				return
			}
			_, _ = io.Copy(io.Discard, response.Body)
			_ = response.Body.Close()
			if response.StatusCode != http.StatusOK {
				b.Errorf("status %d", response.StatusCode)
				return
			}
			mine = append(mine, time.Since(started))
		}
		mu.Lock()
		defer mu.Unlock()
		times = append(times, mine...)
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "req/s")
	if slices.Sort(times); len(times) > 0 {
		b.ReportMetric(float64(times[len(times)*99/100].Microseconds())/1000, "p99-ms")
	}
}
