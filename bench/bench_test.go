//go:build unix

// Package peers compares Hongyan with frameworks for Telegram bots. Each reads an update of its own
// service, of about the same content, and calls one handler. It is a module of its own, so that
// nothing that imports Hongyan downloads its peers. `make bench-peers` runs it.
package peers_test

import (
	"bytes"
	"fmt"
	"net/http"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// discard is an http.ResponseWriter that keeps nothing.
type discard struct{ header http.Header }

func (d discard) Header() http.Header       { return d.header }
func (discard) Write(b []byte) (int, error) { return len(b), nil }
func (discard) WriteHeader(int)             {}

// BenchmarkWebhook goes from the HTTP request to the handler of the last of 10 routes, in the
// process, and waits until it has run.
func BenchmarkWebhook(b *testing.B) {
	for _, l := range libraries() {
		b.Run("lib="+l.name, func(b *testing.B) {
			handled := make(chan struct{}, 1)
			h, body := l.webhook(b, 10, func() { handled <- struct{}{} }), l.body(text(10))
			measure(b, func() error {
				r, err := http.NewRequestWithContext(b.Context(), http.MethodPost, path, bytes.NewReader(body))
				if err != nil {
					return err
				}
				r.Header[header] = []string{secret}
				h.ServeHTTP(discard{http.Header{}}, r)
				<-handled
				return nil
			})
		})
	}
}

// BenchmarkDispatch decodes an update and takes it to the handler of the last of N routes.
func BenchmarkDispatch(b *testing.B) {
	for _, l := range libraries() {
		for _, n := range []int{10, 100, 1000, 10000} {
			b.Run(fmt.Sprintf("lib=%s/routes=%d", l.name, n), func(b *testing.B) {
				calls, want := 0, 0
				dispatch, body := l.dispatch(b, n, func() { calls++ }), l.body(text(n))
				measure(b, func() error {
					want++
					return dispatch(body)
				})
				require.Equal(b, want, calls)
			})
		}
	}
}

// measure runs f, after a first run that fills caches. It reports the CPU time of the whole
// process, which other processes disturb less than the time.
func measure(b *testing.B, f func() error) {
	b.Helper()
	require.NoError(b, f())
	b.ReportAllocs()
	before, n := cpuTime(), 0
	for b.Loop() {
		if err := f(); err != nil {
			b.Fatal(err)
		}
		n++
	}
	b.ReportMetric(float64((cpuTime()-before).Nanoseconds())/float64(n), "cpu-ns/op")
}

// cpuTime returns the CPU time that this process has used.
func cpuTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
