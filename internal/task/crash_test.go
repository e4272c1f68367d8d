package task_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/internal/task"
	"github.com/hongyan-go/hongyan/store"
)

// dying is a store as a process sees it that dies at its nth call: before it or after it, as the
// call has been made then. Every later call fails.
type dying struct {
	store.State
	store.Inbox

	mu    sync.Mutex
	left  int
	after bool
}

// call makes a call, if the process lives.
func (d *dying) call(do func() error) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.left--
	switch {
	case d.left > 0:
		return do()
	case d.left == 0 && d.after:
		_ = do()
	}
	return store.ErrUnavailable
}

func (d *dying) Get(ctx context.Context, key string) (e store.Entry, err error) {
	err = d.call(func() error { e, err = d.State.Get(ctx, key); return err })
	return e, err
}

func (d *dying) List(ctx context.Context, prefix, after string, limit int) (list []store.Entry, err error) {
	err = d.call(func() error { list, err = d.State.List(ctx, prefix, after, limit); return err })
	return list, err
}

func (d *dying) Put(ctx context.Context, key string, value []byte, ttl time.Duration) (r uint64, err error) {
	err = d.call(func() error { r, err = d.State.Put(ctx, key, value, ttl); return err })
	return r, err
}

func (d *dying) Swap(ctx context.Context, key string, value []byte, revision uint64, ttl time.Duration) (r uint64, err error) {
	err = d.call(func() error { r, err = d.State.Swap(ctx, key, value, revision, ttl); return err })
	return r, err
}

func (d *dying) Delete(ctx context.Context, key string) error {
	return d.call(func() error { return d.State.Delete(ctx, key) })
}

func (d *dying) Append(ctx context.Context, item store.Item) (added bool, err error) {
	err = d.call(func() error { added, err = d.Inbox.Append(ctx, item); return err })
	return added, err
}

// TestDeath has a process die at each of its calls, and another go on: what was asked for is done
// once. The requests are those of a handler that is run again until it has succeeded.
func TestDeath(t *testing.T) {
	t.Parallel()
	for _, shared := range []bool{false, true} {
		for _, after := range []bool{false, true} {
			t.Run(fmt.Sprintf("shared %v, after the call %v", shared, after), func(t *testing.T) {
				t.Parallel()
				for n, died := 1, true; died; n++ {
					synctest.Test(t, func(t *testing.T) { died = die(t, n, after, shared) })
					require.Less(t, n, 500)
				}
			})
		}
	}
}

// die reports whether the process has died.
func die(t *testing.T, n int, after, shared bool) bool {
	t.Helper()
	b := newBench(newMemory(t))
	process := func(d *dying) (handle func(id string, q task.Request) error, stop func()) {
		d.State, d.Inbox = b.back.State(), b.back.Inbox()
		tasks := &task.Tasks{State: d, Inbox: d, Clock: b}
		r := task.NewRunner(tasks, task.Options{Shared: shared, Logger: zap.NewNop()})
		r.Start()
		return func(id string, q task.Request) error {
			q.Name, q.Key, q.ID, q.Data, q.Delay = "n", "k", id, data(id), 10*time.Second
			_, err := r.Later(t.Context(), q)
			return err
		}, r.Stop
	}
	requests := []struct {
		at time.Duration
		task.Request
	}{{at: 0}, {at: 5 * time.Second, Request: task.Request{Merge: join("b")}}, {at: 8 * time.Second, Request: task.Request{Flush: true}},
		{at: 17999 * time.Millisecond, Request: task.Request{Merge: join("d")}}}
	first := &dying{left: n, after: after}
	handle, stop := process(first)
	began := time.Now()
	for i, q := range requests {
		time.Sleep(q.at - time.Since(began))
		if err := handle(string(rune('a'+i)), q.Request); err != nil {
			require.ErrorIs(t, err, store.ErrUnavailable)
			stop()
			handle, stop = process(&dying{left: 1 << 30})
			require.NoError(t, handle(string(rune('a'+i)), q.Request))
		}
	}
	time.Sleep(20 * time.Second)
	stop()
	_, stop = process(&dying{left: 1 << 30}) // if the runner died alone
	time.Sleep(3 * time.Minute)
	stop()
	var done strings.Builder
	for {
		if stats, err := b.back.Inbox().Stats(t.Context()); err != nil || stats.Pending == 0 {
			require.NoError(t, err)
			break
		}
		var text string
		require.NoError(t, json.Unmarshal(b.take(t).Data, &text))
		done.WriteString(text)
	}
	assert.Equal(t, "abcd", done.String(), "call %d", n)
	b.empty(t)
	return first.left <= 0
}
