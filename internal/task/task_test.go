package task_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/internal/task"
	"github.com/hongyan-go/hongyan/store"
)

// TestSameKey asks for tasks of one key that is pending.
func TestSameKey(t *testing.T) {
	t.Parallel()
	first := task.Request{Name: "p/greet", Key: "a/b", Delay: time.Hour, Data: data("1"), ID: "m1"}
	for name, c := range map[string]struct {
		then task.Request
		due  time.Duration // of what is pending
		data []string      // of what is done then, in order
	}{
		"replace":         {task.Request{Delay: 2 * time.Hour, Data: data("2"), ID: "m2"}, 2 * time.Hour, []string{"2"}},
		"replace, sooner": {task.Request{Delay: time.Minute, Data: data("2")}, time.Minute, []string{"2"}},
		"keep":            {task.Request{Delay: 2 * time.Hour, Data: data("2"), Keep: true, ID: "m2"}, time.Hour, []string{"1"}},
		"merge":           {task.Request{Delay: 2 * time.Hour, Merge: join("2"), ID: "m2"}, 2 * time.Hour, []string{"12"}},
		"flush":           {task.Request{Delay: 2 * time.Hour, Data: data("2"), Flush: true, ID: "m2"}, 2 * time.Hour, []string{"1", "2"}},
		"at most":         {task.Request{Delay: 2 * time.Hour, Merge: join("2"), Most: 90 * time.Minute}, 90 * time.Minute, []string{"12"}},
		"the same again":  {task.Request{Delay: 2 * time.Hour, Merge: join("2"), ID: "m1"}, time.Hour, []string{"1"}},
		"does not fit": {task.Request{Delay: 2 * time.Hour, Data: data("2"), Merge: func(json.RawMessage) (json.RawMessage, error) {
			return nil, task.ErrFlush
		}}, 2 * time.Hour, []string{"1", "2"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			each(t, func(t *testing.T, b *bench) {
				t.Helper()
				began := time.Now()
				_, err := b.Later(t.Context(), first)
				require.NoError(t, err)
				then := c.then
				then.Name, then.Key = first.Name, first.Key
				for range 2 { // the second is the same again, where it has an ID
					if _, err = b.Later(t.Context(), then); then.ID == "" {
						break
					}
					require.NoError(t, err)
				}
				list, next, err := b.List(t.Context(), "", 10)
				require.NoError(t, err)
				assert.Empty(t, next)
				require.Len(t, list, 1)
				assert.Equal(t, []string{"p/greet", "a/b"}, []string{list[0].Name, list[0].Key})
				assert.WithinDuration(t, began.Add(c.due), list[0].Due, 20*time.Second)
				assert.Len(t, b.index(t), 1)
				ran, err := b.RunNow(t.Context(), first.Name, first.Key)
				require.NoError(t, err)
				assert.True(t, ran)
				var got []string
				for range c.data {
					x := b.take(t)
					var text string
					require.NoError(t, json.Unmarshal(x.Data, &text))
					got = append(got, text)
				}
				assert.Equal(t, c.data, got)
				_, err = b.Later(t.Context(), first)
				require.NoError(t, err, "the same request again, after it was done")
				b.empty(t)
			})
		})
	}
}

// TestCancel cancels what is pending, what has been handed to the inbox, and nothing.
func TestCancel(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bench) {
		t.Helper()
		found, err := b.Cancel(t.Context(), "n", "k")
		require.NoError(t, err)
		assert.False(t, found)
		for range 2 {
			_, err = b.Later(t.Context(), task.Request{Name: "n", Key: "k", Delay: time.Hour})
			require.NoError(t, err)
			found, err = b.Cancel(t.Context(), "n", "k")
			require.NoError(t, err)
			assert.True(t, found)
			b.empty(t)
		}
		for _, newest := range []bool{false, true} {
			_, err = b.Later(t.Context(), task.Request{Name: "n", Key: "k"})
			require.NoError(t, err)
			_, err = b.RunNow(t.Context(), "n", "k")
			require.NoError(t, err)
			x, lease := b.lease(t)
			void, err := b.Void(t.Context(), x)
			require.NoError(t, err)
			assert.False(t, void)
			if newest {
				_, err = b.Later(t.Context(), task.Request{Name: "n", Key: "k", Newest: true})
			} else {
				found, err = b.Cancel(t.Context(), "n", "k")
				assert.False(t, found)
			}
			require.NoError(t, err)
			void, err = b.Void(t.Context(), x)
			require.NoError(t, err)
			assert.True(t, void)
			require.NoError(t, b.back.Inbox().Complete(t.Context(), lease))
		}
		_, err = b.RunNow(t.Context(), "n", "k")
		require.NoError(t, err)
		void, err := b.Void(t.Context(), b.take(t))
		require.NoError(t, err)
		assert.False(t, void, "the newest one runs")
		b.empty(t)
	})
}

// TestRunner lets tasks become due, some of which were made before it started, or by others.
func TestRunner(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bench) {
		t.Helper()
		testRunner(t, b, true)
	})
}

// TestRunnerAlone is TestRunner for a store that no other process uses.
func TestRunnerAlone(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bench) {
		t.Helper()
		testRunner(t, b, false)
	})
}

func testRunner(t *testing.T, b *bench, shared bool) {
	t.Helper()
	for key, delay := range map[string]time.Duration{"past": 0, "days ago": 40 * 24 * time.Hour, "never": 400 * 24 * time.Hour} {
		_, err := b.Later(t.Context(), task.Request{Name: "n", Key: key, Delay: delay})
		require.NoError(t, err)
	}
	b.ahead = 41*24*time.Hour + 5*time.Hour
	r := b.start(t, shared)
	assert.ElementsMatch(t, []string{"past", "days ago"}, []string{b.take(t).Key, b.take(t).Key})
	due, err := r.Later(t.Context(), task.Request{Name: "n", Key: "soon", Delay: 100 * time.Millisecond})
	require.NoError(t, err)
	x := b.take(t)
	assert.Equal(t, "soon", x.Key)
	assert.True(t, x.Due.Equal(due))
	assert.False(t, b.Now().Before(due))
	r.Stop()

	_, err = b.Later(t.Context(), task.Request{Name: "n", Key: "by another", Delay: 10 * 24 * time.Hour})
	require.NoError(t, err)
	b.ahead += 30 * 24 * time.Hour
	r = b.start(t, shared)
	assert.Equal(t, "by another", b.take(t).Key, "the time at which nothing is due is known")
	r.Stop()
	list, _, err := b.List(t.Context(), "", 10)
	require.NoError(t, err)
	require.Len(t, list, 1)
	assert.Equal(t, "never", list[0].Key)
}

// TestPrecise reads the clock when tasks become due.
func TestPrecise(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench(newMemory(t))
		r := b.start(t, false)
		for _, delay := range []time.Duration{5 * time.Minute, 0, 90 * time.Second, 1234 * time.Millisecond, time.Millisecond} {
			_, err := r.Later(t.Context(), task.Request{Name: "n", Key: delay.String(), Delay: delay})
			require.NoError(t, err)
		}
		for range 5 {
			x := b.wait(t, time.Hour)
			assert.Less(t, time.Since(x.Due), 2*time.Millisecond, x.Key)
		}
		b.empty(t)
	})
}

// TestRunners has several processes on one store: each task is handed over once.
func TestRunners(t *testing.T) {
	t.Parallel()
	const tasks = 60
	each(t, func(t *testing.T, b *bench) {
		t.Helper()
		var runners []*task.Runner
		for range 3 {
			runners = append(runners, newBench(b.back).start(t, true))
		}
		for i := range tasks {
			delay := time.Duration(i) * time.Millisecond
			_, err := runners[i%3].Later(t.Context(), task.Request{Name: "n", Key: strings.Repeat("k", i), Delay: delay})
			require.NoError(t, err)
		}
		seen := map[string]int{}
		for range tasks {
			seen[b.take(t).Key]++
		}
		assert.Len(t, seen, tasks)
		for _, r := range runners {
			r.Stop()
		}
		b.empty(t)
	})
}

// TestPark keeps a task whose plugin is not there, twice, and a process that parks it again.
func TestPark(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bench) {
		t.Helper()
		_, err := b.Later(t.Context(), task.Request{Name: "gone/greet", Key: "k", Data: data("x")})
		require.NoError(t, err)
		_, err = b.RunNow(t.Context(), "gone/greet", "k")
		require.NoError(t, err)
		var keys []string
		for range 2 {
			x, lease := b.lease(t)
			keys = append(keys, x.ItemKey())
			require.NoError(t, b.Park(t.Context(), x, lease.Item))
			require.NoError(t, b.back.Inbox().Complete(t.Context(), lease))
			list, _, err := b.List(t.Context(), "", 10)
			require.NoError(t, err)
			require.Len(t, list, 1)
			assert.True(t, list[0].Parked)
			assert.Equal(t, "gone/greet", list[0].Name)

			require.NoError(t, b.Unpark(t.Context(), is("other")))
			require.NoError(t, b.Unpark(t.Context(), is("gone/greet")))
			require.NoError(t, b.Unpark(t.Context(), is("gone/greet")))
			require.NoError(t, b.Park(t.Context(), x, lease.Item), "by a process that was too slow")
			require.NoError(t, b.Unpark(t.Context(), is("gone/greet")))
		}
		found, err := b.CancelParked(t.Context(), "gone/greet", "k")
		require.NoError(t, err)
		assert.False(t, found, "it is in the inbox")
		x, lease := b.lease(t)
		require.NoError(t, b.Park(t.Context(), x, lease.Item))
		require.NoError(t, b.back.Inbox().Complete(t.Context(), lease))
		found, err = b.CancelParked(t.Context(), "gone/greet", "k")
		require.NoError(t, err)
		assert.True(t, found)
		require.NoError(t, b.Unpark(t.Context(), is("gone/greet")))
		assert.Equal(t, []string{x.ItemKey(), x.ItemKey()}, keys, "the run is the same")
		assert.JSONEq(t, `"x"`, string(x.Data))
		b.empty(t)
	})
}

func is(name string) func(string) bool { return func(other string) bool { return other == name } }

// TestList reads many tasks in pages.
func TestList(t *testing.T) {
	t.Parallel()
	b := newBench(newMemory(t))
	const tasks = 1203
	for i := range tasks {
		_, err := b.Later(t.Context(), task.Request{Name: "n", Key: fmt.Sprintf("%04d", i), Delay: time.Hour})
		require.NoError(t, err)
	}
	for _, limit := range []int{99, 500, 600, 1203, 2000} {
		var keys []string
		for after := ""; ; {
			page, next, err := b.List(t.Context(), after, limit)
			require.NoError(t, err)
			require.LessOrEqual(t, len(page), limit)
			for _, x := range page {
				keys = append(keys, x.Key)
			}
			if after = next; next == "" {
				break
			}
		}
		require.Len(t, keys, tasks, "limit %d", limit)
		assert.True(t, slices.IsSorted(keys))
	}
}

// TestTooLarge asks for what cannot be stored.
func TestTooLarge(t *testing.T) {
	t.Parallel()
	huge := data(strings.Repeat("x", task.MaxData))
	large := data(strings.Repeat("x", task.MaxData/2))
	for name, r := range map[string]task.Request{
		"data":    {Data: huge},
		"merged":  {Merge: func(json.RawMessage) (json.RawMessage, error) { return huge, nil }},
		"message": {Data: large, Origin: task.Origin{Body: make([]byte, store.MaxValue)}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(newMemory(t))
			_, err := b.Later(t.Context(), task.Request{Name: "n", Key: name, Delay: time.Hour, Data: data("1")})
			require.NoError(t, err)
			r.Name, r.Key = "n", name
			_, err = b.Later(t.Context(), r)
			require.ErrorIs(t, err, task.ErrTooLarge)
		})
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("hongyan task\n{}"))
	f.Add([]byte(`{"TypeName":"AddMsg"}`))
	f.Add([]byte("hongyan task\n{\"name\":\"n\",\"due\":\"2026-01-02T15:04:05Z\",\"data\":[1],\"revision\":18446744073709551615}"))
	f.Fuzz(func(t *testing.T, body []byte) {
		x, ok, err := task.Parse(body)
		if !ok && (err != nil || x.Name != "") {
			t.Fatalf("a callback: %+v, %v", x, err)
		}
	})
}
