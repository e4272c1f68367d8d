package main

import (
	"bytes"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
)

// wrote is what was written to a terminal since the last take.
type wrote struct {
	mu  sync.Mutex
	all bytes.Buffer
}

func (d *wrote) Write(b []byte) (int, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.all.Write(b)
}

func (d *wrote) take() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	defer d.all.Reset()
	return d.all.String()
}

// TestProgress draws a line that fits the terminal, and clears it; nothing for short work.
func TestProgress(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var out wrote
		var width, done atomic.Int64
		width.Store(100)
		c := console{screen: &screen{to: &out, width: func() int { return int(width.Load()) }}}
		stop := c.progress("backup", megabytes, done.Load, func() int64 { return 30_000_000 })
		time.Sleep(progressAfter - time.Millisecond)
		synctest.Wait()
		assert.Empty(t, out.take(), "short work shows nothing")
		time.Sleep(2 * time.Millisecond)
		synctest.Wait()
		assert.Equal(t, "\rbackup  [........................]   0%  0.0 MB / 30.0 MB  0:00\x1b[K", out.take())
		done.Store(15_000_000)
		width.Store(20)
		time.Sleep(progressEvery)
		synctest.Wait()
		assert.Equal(t, "\rbackup  [##########\x1b[K", strings.TrimSuffix(out.take(), "#"), "a narrow window")
		stop()
		stop()
		assert.Equal(t, "\r\x1b[K", out.take())

		quick := c.progress("replay", count, func() int64 { return 0 }, func() int64 { return 0 })
		quick()
		assert.Empty(t, out.take(), "nothing was drawn, nothing is cleared")
		console{}.progress("replay", count, nil, nil)()
	})
}

// TestProgressLine is right at the edges.
func TestProgressLine(t *testing.T) {
	t.Parallel()
	for want, c := range map[string]struct {
		done, total int64
		took        time.Duration
	}{
		"replay  7  0:09": {7, 0, 9 * time.Second},
		"replay  [############............]  50%  5 / 10  61:01": {5, 10, time.Hour + 61*time.Second},
		"replay  [########################] 100%  10 / 10  0:00": {12, 10, 0},
	} {
		assert.Equal(t, want, progressLine("replay", count, c.done, c.total, c.took))
	}
}
