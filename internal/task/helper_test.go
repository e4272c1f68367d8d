package task_test

import (
	"context"
	"encoding/json"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/internal/natstest"
	"github.com/hongyan-go/hongyan/internal/task"
	"github.com/hongyan-go/hongyan/store"
	"github.com/hongyan-go/hongyan/store/memory"
	"github.com/hongyan-go/hongyan/store/nats"
	"github.com/hongyan-go/hongyan/store/sqlite"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// backEnds are the back ends, each empty.
func backEnds() map[string]func(t testing.TB) store.Store {
	return map[string]func(t testing.TB) store.Store{
		"memory": newMemory,
		"sqlite": func(t testing.TB) store.Store {
			t.Helper()
			back, err := sqlite.Open(t.Context(), sqlite.Config{Path: filepath.Join(t.TempDir(), sqlite.FileName)})
			require.NoError(t, err)
			t.Cleanup(func() { assert.NoError(t, back.Close()) })
			return back
		},
		"nats": func(t testing.TB) store.Store {
			t.Helper()
			server := natstest.Start(t, nil)
			back, err := nats.Open(t.Context(), nats.Config{URL: server.ClientURL(), Replicas: 1, Partitions: 4, MaxBytes: 256 << 20,
				Logger: zap.NewNop()})
			require.NoError(t, err)
			t.Cleanup(func() { assert.NoError(t, back.Close()) })
			return back
		},
	}
}

func newMemory(t testing.TB) store.Store {
	t.Helper()
	back := memory.New(memory.Config{})
	t.Cleanup(func() { assert.NoError(t, back.Close()) })
	return back
}

// each runs a test on each back end.
func each(t *testing.T, f func(t *testing.T, b *bench)) {
	t.Helper()
	for name, open := range backEnds() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f(t, newBench(open(t)))
		})
	}
}

// bench is a store with tasks, whose clock a test may move.
type bench struct {
	*task.Tasks
	back  store.Store
	ahead time.Duration
}

func newBench(back store.Store) *bench {
	b := &bench{back: back}
	b.Tasks = &task.Tasks{State: back.State(), Inbox: back.Inbox(), Clock: b}
	return b
}

func (b *bench) Now() time.Time { return time.Now().Add(b.ahead) }

func (b *bench) NewTimer(d time.Duration) (<-chan time.Time, func() bool) {
	timer := time.NewTimer(d)
	return timer.C, timer.Stop
}

// start starts a runner, until the test ends.
func (b *bench) start(t *testing.T, shared bool) *task.Runner {
	t.Helper()
	r := task.NewRunner(b.Tasks, task.Options{Shared: shared, Logger: zap.NewNop()})
	r.Start()
	t.Cleanup(r.Stop)
	return r
}

// take waits for the next task in the inbox, and is done with it.
func (b *bench) take(t *testing.T) task.Trigger {
	t.Helper()
	return b.wait(t, 20*time.Second)
}

// wait is take that waits for longer.
func (b *bench) wait(t *testing.T, most time.Duration) task.Trigger {
	t.Helper()
	x, lease := b.leaseWithin(t, most)
	require.NoError(t, b.back.Inbox().Complete(t.Context(), lease))
	return x
}

func (b *bench) lease(t *testing.T) (task.Trigger, store.Lease) {
	t.Helper()
	return b.leaseWithin(t, 20*time.Second)
}

func (b *bench) leaseWithin(t *testing.T, most time.Duration) (task.Trigger, store.Lease) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), most)
	defer cancel()
	leases, err := b.back.Inbox().Lease(ctx, 1, time.Minute)
	require.NoError(t, err)
	x, ok, err := task.Parse(leases[0].Body)
	require.NoError(t, err)
	require.True(t, ok)
	return x, leases[0]
}

// empty checks that no task is left, neither in the inbox nor outside.
func (b *bench) empty(t *testing.T) {
	t.Helper()
	stats, err := b.back.Inbox().Stats(t.Context())
	require.NoError(t, err)
	assert.Zero(t, stats.Pending+stats.Leased)
	list, _, err := b.List(t.Context(), "", 10)
	require.NoError(t, err)
	assert.Empty(t, list)
	assert.Empty(t, b.index(t))
}

// index is the index entries.
func (b *bench) index(t *testing.T) []store.Entry {
	t.Helper()
	entries, err := b.back.State().List(t.Context(), "task/due/", "", 100)
	require.NoError(t, err)
	return entries
}

// join merges data that is text.
func join(with string) func(json.RawMessage) (json.RawMessage, error) {
	return func(earlier json.RawMessage) (json.RawMessage, error) {
		var text string
		if err := json.Unmarshal(earlier, &text); err != nil {
			return nil, err
		}
		return data(text + with), nil
	}
}

func data(text string) json.RawMessage { return json.RawMessage(`"` + text + `"`) }
