package router_test

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/hongyan-go/hongyan/callback"
	"github.com/hongyan-go/hongyan/internal/clock"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/store/memory"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// asks are the questions whose answer must be the same in each run of a handler.
func asks() map[string]func(c *router.Context) (any, error) {
	return map[string]func(c *router.Context) (any, error){
		"Claim":    func(c *router.Context) (any, error) { return c.Store().Claim(c, "k", time.Hour) },
		"Cooldown": func(c *router.Context) (any, error) { return c.Store().Cooldown(c, "k", time.Hour) },
		"Window":   func(c *router.Context) (any, error) { return c.Store().Window(c, "k", time.Hour) },
		"Limit":    func(c *router.Context) (any, error) { return c.Store().Limit(c, "k", 1, time.Hour) },
	}
}

// TestARunIsAnsweredAsTheOneBefore has a handler fail after its question, while others ask the
// same, and long after the answer has expired.
func TestARunIsAnsweredAsTheOneBefore(t *testing.T) {
	t.Parallel()
	for name, ask := range asks() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var got any
				failing := true
				r := router.New()
				r.Text(func(c *router.Context, _ *xmlmsg.Text) error {
					var err error
					if got, err = ask(c); err != nil {
						return err
					}
					if failing {
						return errors.New("not yet")
					}
					return nil
				}).Named("asks")
				k := newTalk(t, r)
				serve := func(e *callback.Event) any {
					_, err := k.serve(e)
					if failing {
						require.ErrorContains(t, err, "not yet")
					} else {
						require.NoError(t, err)
					}
					return got
				}
				alice, bob := k.event("wxid_alice", 1, "x"), k.event("wxid_bob", 1, "x")
				first, second := serve(alice), serve(bob)
				assert.NotEqual(t, first, second)
				for range 2 {
					assert.Equal(t, second, serve(bob))
					assert.Equal(t, first, serve(alice))
					time.Sleep(2 * time.Hour) // what was claimed and counted is over
				}
				failing = false
				assert.Equal(t, first, serve(k.event("wxid_carol", 1, "x")), "and for others begins anew")
				assert.Equal(t, second, serve(bob))
				assert.Equal(t, first, serve(alice))
			})
		})
	}
}

// TestARunAfterACrash has lost what the run before was answered: its claims and counts still know
// it.
func TestARunAfterACrash(t *testing.T) {
	t.Parallel()
	for name, ask := range asks() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got any
			r := router.New()
			r.Text(func(c *router.Context, _ *xmlmsg.Text) (err error) {
				got, err = ask(c)
				return err
			}).Named("asks")
			k := newTalk(t, r)
			k.now = func() time.Time { return time.Unix(1_800_000_000, 0) }
			serve := func(e *callback.Event) any {
				_, err := k.serve(e) // without an error, as if the process had died after it
				require.NoError(t, err)
				return got
			}
			alice, bob := k.event("wxid_alice", 1, "x"), k.event("wxid_bob", 1, "x")
			first := serve(alice)
			second := serve(bob)
			assert.Equal(t, first, serve(alice))
			if name == "Cooldown" || name == "Limit" {
				assert.IsType(t, time.Duration(0), second)
				assert.NotZero(t, second)
				return
			}
			assert.Equal(t, second, serve(bob))
		})
	}
}

// TestAHandlerThatAsksIsAnsweredAsBefore claims before a question, which ends the run.
func TestAHandlerThatAsksIsAnsweredAsBefore(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var answers []bool
		r := router.New()
		r.Command("报名", func(c *router.Context) error {
			first, err := c.Store().Claim(c, "place", time.Second)
			if err != nil {
				return err
			}
			answers = append(answers, first)
			_, err = c.Ask("名字？")
			return err
		})
		k := newTalk(t, r)
		k.says("wxid_alice", "报名")
		time.Sleep(time.Minute)
		k.says("wxid_bob", "报名")
		k.says("wxid_alice", "Alice")
		k.says("wxid_bob", "Bob")
		assert.Equal(t, []bool{true, true, true, true}, answers)
	})
}

// TestTwoClaimsOfOneRun are two claims: the second is not the first time.
func TestTwoClaimsOfOneRun(t *testing.T) {
	t.Parallel()
	k := newTalk(t, nil)
	_, err := router.NewStore(k.services(), "").Claim(t.Context(), "taken", 0)
	require.NoError(t, err)
	var got [][]bool
	for range 2 {
		k.id = 1e12 // the same event again
		k.inside("wxid_alice", func(c *router.Context) {
			var run []bool
			for _, key := range []string{"a", "a", "b", "taken"} {
				first, err := c.Store().Claim(c, key, 0)
				require.NoError(t, err)
				run = append(run, first)
			}
			got = append(got, run)
		})
	}
	assert.Equal(t, [][]bool{{true, false, true, false}, {true, false, true, false}}, got)
}

// TestClaimsAtOnce has many claim one key, in plain contexts, of which each is new.
func TestClaimsAtOnce(t *testing.T) {
	t.Parallel()
	back := memory.New(memory.Config{})
	defer back.Close()
	s := router.NewStore(router.Services{State: back.State()}, "p")
	var won atomic.Int32
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			if first, err := s.Claim(t.Context(), "k", time.Hour); first && assert.NoError(t, err) {
				won.Add(1)
			}
		})
	}
	wg.Wait()
	assert.Equal(t, int32(1), won.Load())
	left, err := s.Cooldown(t.Context(), "k", time.Hour)
	require.NoError(t, err)
	assert.Zero(t, left, "a cool-down is not a claim")
	left, err = s.Cooldown(t.Context(), "k", time.Minute)
	require.NoError(t, err)
	assert.InDelta(t, time.Hour, left, float64(time.Minute))
	first, err := router.NewStore(router.Services{State: back.State()}, "other").Claim(t.Context(), "k", 0)
	require.NoError(t, err)
	assert.True(t, first, "plugins are apart")
}

// TestWork runs something that is not the handler of an event a second time.
func TestWork(t *testing.T) {
	t.Parallel()
	back, rec := memory.New(memory.Config{}), &recorder{}
	defer back.Close()
	s := router.Services{State: back.State(), Log: back.Log(), Sender: rec}
	failure := errors.New("not yet")
	var got []any
	for range 2 {
		w := router.NewWork(t.Context(), router.WorkConfig{Services: s, ID: "task/1", Plugin: "p", Source: "task"})
		first, err := w.Store().Claim(w, "k", time.Nanosecond)
		require.NoError(t, err)
		derived, cancel := context.WithTimeout(w, time.Minute)
		n, err := w.Store().Window(derived, "k", time.Nanosecond)
		require.NoError(t, err)
		require.NoError(t, router.NewLog[int](w.Store(), "l", 0).Append(derived, 1))
		require.NoError(t, router.NewChat(derived, s, "p", "wx_app", groupA).SendText("x"))
		cancel()
		got = append(got, first, n)
		require.ErrorIs(t, w.End(failure), failure)
	}
	assert.Equal(t, []any{true, 1, true, 1}, got)
	lines, err := router.NewLog[int](router.NewStore(s, "p"), "l", 0).Newest(t.Context(), 10)
	require.NoError(t, err)
	assert.Len(t, lines, 1)
	require.Len(t, rec.all, 2, "to send once is the outbox's work")
	assert.Equal(t, "task/1/1", rec.all[0].Key)
	assert.Equal(t, rec.all[0], rec.all[1])
}

// TestWindowCounts compares a window with all that was counted, and with events that come twice.
func TestWindowCounts(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		back := memory.New(memory.Config{})
		defer back.Close()
		now := time.UnixMilli(1_800_000_000_000)
		s := router.NewStore(router.Services{State: back.State(), Clock: clock.Func(func() time.Time { return now })}, "p")
		d := time.Duration(rapid.IntRange(1, 50).Draw(rt, "window")) * time.Second
		var hits []time.Time
		known := map[int]int{}
		for i := range rapid.IntRange(1, 60).Draw(rt, "events") {
			now = now.Add(time.Duration(rapid.IntRange(0, 20).Draw(rt, "pause")) * time.Second)
			id, again := i, false
			if i > 0 && rapid.IntRange(0, 3).Draw(rt, "again") == 0 {
				id, again = i-1, true
			}
			services := router.Services{State: back.State()}
			w := router.NewWork(context.Background(), router.WorkConfig{Services: services, ID: strconv.Itoa(id)})
			n, err := s.Window(w, "k", d)
			require.NoError(rt, err)
			want, counted := known[id]
			inside := len(hits) > 0 && hits[len(hits)-1].After(now.Add(-d))
			if !again || !counted || !inside {
				hits = append(hits, now)
				hits = slices.DeleteFunc(hits, func(h time.Time) bool { return !h.After(now.Add(-d)) })
				want = len(hits)
				known[id] = want
			}
			require.Equal(rt, want, n, "event %d", id)
		}
	})
}

// TestLimitCountsWhatItAllows: however often somebody asks, as many pass as there are places, and
// the wait that is told is exact.
func TestLimitCountsWhatItAllows(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		back := memory.New(memory.Config{})
		defer back.Close()
		now := time.UnixMilli(1_800_000_000_000)
		s := router.NewStore(router.Services{State: back.State(), Clock: clock.Func(func() time.Time { return now })}, "p")
		most, d := rapid.IntRange(1, 5).Draw(rt, "most"), time.Duration(rapid.IntRange(1, 50).Draw(rt, "time"))*time.Second
		var taken []time.Time
		for range rapid.IntRange(1, 60).Draw(rt, "events") {
			now = now.Add(time.Duration(rapid.IntRange(0, 20_000).Draw(rt, "pause in ms")) * time.Millisecond)
			wait, err := s.Limit(context.Background(), "k", most, d)
			require.NoError(rt, err)
			taken = slices.DeleteFunc(taken, func(at time.Time) bool { return !at.After(now.Add(-d)) })
			if len(taken) >= most {
				require.Equal(rt, taken[len(taken)-most].Add(d).Sub(now), wait)
				if rapid.Bool().Draw(rt, "waits") {
					now = now.Add(wait)
					wait, err = s.Limit(context.Background(), "k", most, d)
					require.NoError(rt, err)
					require.Zero(rt, wait)
					taken = append(taken, now)
				}
				continue
			}
			require.Zero(rt, wait)
			taken = append(taken, now)
		}
	})
	s := router.NewStore(router.Services{State: memory.New(memory.Config{}).State()}, "p")
	for _, wrong := range []int{0, -1, 257} {
		_, err := s.Limit(t.Context(), "k", wrong, time.Hour)
		require.ErrorContains(t, err, "from 1 to 256")
	}
	_, err := s.Limit(t.Context(), "k", 1, 0)
	require.Error(t, err)
}

// TestALargeWindow counts more than it keeps one by one.
func TestALargeWindow(t *testing.T) {
	t.Parallel()
	back := memory.New(memory.Config{})
	defer back.Close()
	now := time.UnixMilli(1_800_000_000_000)
	s := router.NewStore(router.Services{State: back.State(), Clock: clock.Func(func() time.Time { return now })}, "p")
	const events, window = 5_000, 1_000
	for i := range events {
		now = now.Add(time.Second)
		n, err := s.Window(t.Context(), "k", window*time.Second)
		require.NoError(t, err)
		exact := min(i+1, window)
		require.GreaterOrEqual(t, n, exact, "a limit holds")
		if i < 256 {
			assert.Equal(t, exact, n)
		}
		require.LessOrEqual(t, n, exact+exact/50+1)
	}
}
