package sqlite_test

import (
	"bytes"
	"context"
	"path/filepath"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/store"
	"github.com/hongyan-go/hongyan/store/sqlite"
)

var benchBody = bytes.Repeat([]byte("<des>x</des>"), 200) // 2.4 KB, the size of a file message

func benchItem(n uint64) store.Item {
	key := "wx_demo:" + strconv.FormatUint(n*0x9e3779b97f4a7c15, 10) // spread out, like the ids of messages
	return store.Item{Key: key, Lane: "wx_demo/wxid_" + strconv.FormatUint(n%500, 10), Body: benchBody, Received: time.Unix(1, 0)}
}

// BenchmarkAppend stores messages of 2.4 KB in 500 conversations.
func BenchmarkAppend(b *testing.B) {
	for _, producers := range []int{1, 64} {
		b.Run(strconv.Itoa(producers), func(b *testing.B) {
			in := open(b, sqlite.Config{Path: filepath.Join(b.TempDir(), sqlite.FileName)}).Inbox()
			inParallel(b, producers, func(n uint64) error {
				_, err := in.Append(context.Background(), benchItem(n))
				return err
			})
		})
	}
}

// BenchmarkMessage appends, leases and completes a message.
func BenchmarkMessage(b *testing.B) {
	for _, producers := range []int{1, 64} {
		b.Run(strconv.Itoa(producers), func(b *testing.B) {
			in := open(b, sqlite.Config{Path: filepath.Join(b.TempDir(), sqlite.FileName)}).Inbox()
			inParallel(b, producers, func(n uint64) error {
				if _, err := in.Append(context.Background(), benchItem(n)); err != nil {
					return err
				}
				leases, err := in.Lease(context.Background(), 1, time.Minute)
				if err != nil {
					return err
				}
				return in.Complete(context.Background(), leases[0])
			})
		})
	}
}

// inParallel calls work b.N times from the given number of goroutines, with a new number each time.
func inParallel(b *testing.B, goroutines int, work func(n uint64) error) {
	b.Helper()
	var last atomic.Uint64
	done := make(chan error, goroutines)
	b.ResetTimer()
	for range goroutines {
		go func() {
			for {
				n := last.Add(1)
				if n > uint64(b.N) {
					done <- nil
					return
				}
				if err := work(n); err != nil {
					done <- err
					return
				}
			}
		}()
	}
	for range goroutines {
		require.NoError(b, <-done)
	}
	b.StopTimer()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "msg/s")
}
