package task_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/internal/task"
	"github.com/hongyan-go/hongyan/store/sqlite"
)

// BenchmarkLater stores tasks from 64 handlers at once.
func BenchmarkLater(b *testing.B) {
	for name, open := range backEnds() {
		b.Run(name, func(b *testing.B) {
			x := newBench(open(b))
			fill(b, x, b.N, 0)
		})
	}
}

// BenchmarkMillion has a million tasks pending over 30 days, opens their store again, and measures
// a look at what is due and one task from Later to the inbox. HONGYAN_BENCH_PENDING is another
// number.
func BenchmarkMillion(b *testing.B) {
	pending := 1_000_000
	if n, err := strconv.Atoi(os.Getenv("HONGYAN_BENCH_PENDING")); err == nil {
		pending = n
	}
	path := filepath.Join(b.TempDir(), sqlite.FileName)
	open := func() (*bench, func() error) {
		back, err := sqlite.Open(b.Context(), sqlite.Config{Path: path})
		require.NoError(b, err)
		return newBench(back), back.Close
	}
	x, closeStore := open()
	began := time.Now()
	fill(b, x, pending, 30*24*time.Hour)
	made := float64(pending) / time.Since(began).Seconds()
	require.NoError(b, closeStore())
	info, err := os.Stat(path)
	require.NoError(b, err)

	before := heap()
	began = time.Now()
	x, closeStore = open()
	r := task.NewRunner(x.Tasks, task.Options{Logger: zap.NewNop()})
	r.Start()
	fire := func(i int) {
		_, err := r.Later(b.Context(), task.Request{Name: "n", Key: "now " + strconv.Itoa(i)})
		require.NoError(b, err)
		leases, err := x.Inbox.Lease(b.Context(), 64, time.Minute)
		require.NoError(b, err)
		for _, l := range leases {
			require.NoError(b, x.Inbox.Complete(b.Context(), l))
		}
	}
	fire(-1)
	started := time.Since(began)
	for i := 0; b.Loop(); i++ {
		fire(i)
	}
	b.ReportMetric(made, "made/s")
	b.ReportMetric(float64(info.Size())/float64(pending), "disk-B/task")
	b.ReportMetric(float64(started.Milliseconds()), "start-ms")
	b.ReportMetric((float64(heap())-float64(before))/(1<<20), "heap-MB")
	r.Stop()
	require.NoError(b, closeStore())
}

// fill stores tasks that are due within a time from an hour from now.
func fill(b *testing.B, x *bench, n int, within time.Duration) {
	b.Helper()
	data, err := json.Marshal([]string{"some", "people", "who", "joined"})
	require.NoError(b, err)
	var workers sync.WaitGroup
	for w := range 64 {
		workers.Go(func() {
			for i := w; i < n; i += 64 {
				_, err := x.Later(b.Context(), task.Request{
					Name: "welcome/greet", Key: fmt.Sprintf("wx_a/%d@chatroom", i), Data: data,
					Delay:  time.Hour + within/time.Duration(max(n, 1))*time.Duration(i),
					Origin: task.Origin{Account: "wx_a", Conversation: fmt.Sprintf("%d@chatroom", i)},
				})
				if err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	workers.Wait()
}

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
