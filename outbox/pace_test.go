package outbox_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/internal/clock"
	"github.com/hongyan-go/hongyan/outbox"
	"github.com/hongyan-go/hongyan/store"
	"github.com/hongyan-go/hongyan/store/memory"
)

func TestGaps(t *testing.T) {
	t.Parallel()
	pace := outbox.Pace{New: outbox.Limits{
		Gap: outbox.Range{Min: 2 * time.Second, Max: 4 * time.Second}, ChatGap: outbox.Range{Min: 10 * time.Second, Max: 10 * time.Second},
	}}
	inBubble(t, outbox.Config{Pace: pace}, func(b bench) {
		for _, m := range []outbox.Message{answer("a", "x"), answer("a", "y"), answer("b", "x"), answer("a", "x"), answer("a", "z")} {
			_, err := b.Send(b.t.Context(), m)
			require.NoError(b.t, err)
		}
		assert.Equal(b.t, []stamped{
			{"a/x", 0},
			{"a/y", 3 * time.Second},  // the account rests 3 s, the middle of its range
			{"b/x", 3 * time.Second},  // another account rests for itself
			{"a/x", 10 * time.Second}, // the conversation rests 10 s
			{"a/z", 13 * time.Second},
		}, b.calls())
	})
}

func TestUnlimited(t *testing.T) {
	t.Parallel()
	inBubble(t, outbox.Config{Pace: outbox.Unlimited()}, func(b bench) {
		for range 100 {
			_, err := b.Send(b.t.Context(), proactive("a", "x"))
			require.NoError(b.t, err)
		}
		assert.Equal(b.t, stamped{"a/x", 0}, b.calls()[99])
	})
}

// TestOrder queues for several chats: each keeps its order, and one whose request hangs delays no
// other.
func TestOrder(t *testing.T) {
	t.Parallel()
	inBubble(t, outbox.Config{}, func(b bench) {
		b.answer = func(_ int, m api.Send) (*api.SentMessage, error) {
			if api.TargetOf(m) == "stuck" {
				time.Sleep(time.Minute)
			}
			return nil, nil
		}
		var wg sync.WaitGroup
		for i := range 3 {
			b.aside(&wg, keyed(fmt.Sprint("s", i), "stuck"))
			b.aside(&wg, keyed(fmt.Sprint("f", i), "free"))
		}
		wg.Wait()
		assert.Equal(b.t, []stamped{
			{"a/stuck", 0}, {"a/free", 0}, {"a/free", 0}, {"a/free", 0}, {"a/stuck", time.Minute}, {"a/stuck", 2 * time.Minute},
		}, b.calls())
		assert.Less(b.t, b.entry("s1").Seq, b.entry("s2").Seq)
	})
}

// TestOneRequestAChat keeps a proactive send after the answer that is under way.
func TestOneRequestAChat(t *testing.T) {
	t.Parallel()
	inBubble(t, outbox.Config{}, func(b bench) {
		b.answer = func(int, api.Send) (*api.SentMessage, error) {
			time.Sleep(time.Minute)
			return nil, nil
		}
		var wg sync.WaitGroup
		b.aside(&wg, answer("a", "x"))
		b.aside(&wg, proactive("a", "x"))
		wg.Wait()
		assert.Equal(b.t, []stamped{{"a/x", 0}, {"a/x", time.Minute}}, b.calls())
	})
}

func TestAnswersGoFirst(t *testing.T) {
	t.Parallel()
	inBubble(t, outbox.Config{Pace: gap()}, func(b bench) {
		var wg sync.WaitGroup
		b.aside(&wg, answer("a", "first"))
		for _, m := range []outbox.Message{proactive("a", "n1"), proactive("a", "n2"), answer("a", "a1"), answer("a", "n1"),
			answer("a", "a2")} {
			b.aside(&wg, m)
		}
		wg.Wait()
		assert.Equal(b.t, []string{"a/first", "a/a1", "a/n1", "a/a2", "a/n1", "a/n2"}, b.targets(), "also in one chat")
	})
}

// TestANoticeIsNotStarved keeps the lane full of answers.
func TestANoticeIsNotStarved(t *testing.T) {
	t.Parallel()
	inBubble(t, outbox.Config{Pace: gap()}, func(b bench) {
		var wg sync.WaitGroup
		for i := range 150 {
			b.aside(&wg, answer("a", fmt.Sprint("a", i)))
		}
		for i := range 3 {
			b.aside(&wg, proactive("a", fmt.Sprint("n", i)))
		}
		wg.Wait()
		var at []int
		for i, to := range b.targets() {
			if strings.HasPrefix(to, "a/n") {
				at = append(at, i)
			}
		}
		assert.Equal(b.t, []int{120, 122, 124}, at, "after two minutes they take turns")
	})
}

func TestQuietHours(t *testing.T) {
	t.Parallel()
	pace := outbox.Pace{New: outbox.Limits{Gap: outbox.Range{Min: 10 * time.Second, Max: 10 * time.Second}},
		Quiet: outbox.DefaultPace().Quiet}
	inBubble(t, outbox.Config{Pace: pace}, func(b bench) { // it is 08:00
		time.Sleep(15*time.Hour - time.Second)
		_, err := b.Send(b.t.Context(), proactive("a", "before"))
		require.NoError(b.t, err)
		time.Sleep(time.Second) // 23:00
		for i := range 3 {
			m := proactive("a", "n")
			m.Key = strconv.Itoa(i)
			sent, err := b.Send(b.t.Context(), m)
			require.NoError(b.t, err, "the handler does not wait for the morning")
			assert.Equal(b.t, &api.SentMessage{To: "n"}, sent)
		}
		_, err = b.Send(b.t.Context(), answer("a", "x"))
		require.NoError(b.t, err, "answers pass")
		time.Sleep(10 * time.Hour)
		synctest.Wait()
		morning := 23*time.Hour + 30*time.Minute // 07:30
		assert.Equal(b.t, []stamped{
			{"a/before", 15*time.Hour - time.Second}, {"a/x", 15*time.Hour + 9*time.Second},
			{"a/n", morning}, {"a/n", morning + 10*time.Second}, {"a/n", morning + 20*time.Second},
		}, b.calls(), "no burst in the morning")
		assert.Equal(b.t, store.Sent, b.entry("2").State)
	})
}

func TestANoticeExpires(t *testing.T) {
	t.Parallel()
	var told []store.Send
	rest := outbox.Range{Min: 7 * time.Hour, Max: 7 * time.Hour}
	config := outbox.Config{Pace: outbox.Pace{New: outbox.Limits{Gap: rest}}, Outcome: func(s store.Send) {
		if s.Key == "k" {
			told = append(told, s)
		}
	}}
	inBubble(t, config, func(b bench) {
		_, err := b.Send(b.t.Context(), proactive("a", "first"))
		require.NoError(b.t, err)
		m := proactive("a", "n")
		m.Key = "k"
		_, err = b.Send(b.t.Context(), m)
		require.ErrorIs(b.t, err, outbox.ErrExpired)
		assert.Equal(b.t, outbox.DefaultProactiveTTL, time.Since(b.start))
		assert.Len(b.t, b.calls(), 1)
		assert.Equal(b.t, store.Expired, b.entry("k").State)
		require.Len(b.t, told, 1)
		assert.Equal(b.t, store.Expired, told[0].State)
		assert.Empty(b.t, told[0].Body, "the text goes to nobody")

		_, err = b.Send(b.t.Context(), m)
		require.NoError(b.t, err)
		assert.Len(b.t, b.calls(), 2, "what has expired may be tried again")
	})
}

func TestQuietHoursThatMakeNoSense(t *testing.T) {
	t.Parallel()
	send := func(context.Context, api.Send) (*api.SentMessage, error) { return nil, nil }
	for want, q := range map[string]outbox.Window{
		"hours since midnight": {From: 25 * time.Hour}, "no times of a day": {To: -time.Second}, "time zone": {Zone: "Nowhere/Land", To: 1},
		"the whole day is quiet": {To: 24 * time.Hour}, "at most 24h": {To: 24*time.Hour + 1},
	} {
		_, err := outbox.New(outbox.Config{Send: send, Pace: outbox.Pace{Quiet: q}})
		require.ErrorContains(t, err, want)
	}
	_, err := outbox.New(outbox.Config{})
	require.ErrorContains(t, err, "Config.Send")
}

// TestCaps has each limit reached by the third send.
func TestCaps(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		limits outbox.Limits
		third  outbox.Message
		until  time.Duration
		limit  string
	}{
		"an hour":         {outbox.Limits{PerHour: 2}, answer("a", "z"), time.Hour + time.Minute, "Pace.New.PerHour"},
		"a day":           {outbox.Limits{PerDay: 2}, answer("a", "z"), 24*time.Hour + 15*time.Minute, "Pace.New.PerDay"},
		"notices":         {outbox.Limits{ProactivePerDay: 2}, proactive("a", "z"), 24*time.Hour + 15*time.Minute, ""},
		"chats":           {outbox.Limits{ProactiveChatsPerHour: 2}, proactive("a", "z"), time.Hour, ""},
		"no new chat":     {outbox.Limits{ProactiveChatsPerHour: 2}, proactive("a", "x"), 0, ""},
		"answers pass":    {outbox.Limits{ProactiveChatsPerHour: 2, ProactivePerDay: 2}, answer("a", "z"), 0, ""},
		"another account": {outbox.Limits{PerHour: 2, PerDay: 2, ProactivePerDay: 2}, proactive("b", "z"), 0, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, outbox.Config{Pace: outbox.Pace{New: test.limits}, ProactiveTTL: 30 * time.Hour}, func(b bench) {
				for _, to := range []string{"x", "y"} {
					_, err := b.Send(b.t.Context(), proactive("a", to))
					require.NoError(b.t, err)
				}
				test.third.Key = "third"
				_, err := b.Send(b.t.Context(), test.third)
				if test.limit != "" {
					var reached *outbox.LimitError
					require.ErrorAs(b.t, err, &reached)
					assert.Equal(b.t, test.limit, reached.Limit)
					assert.Equal(b.t, test.until, reached.Until.Sub(b.start))
					require.ErrorContains(b.t, err, test.limit+" (2)")
					time.Sleep(test.until)
					_, err = b.Send(b.t.Context(), test.third)
				}
				require.NoError(b.t, err)
				time.Sleep(test.until)
				synctest.Wait()
				calls := b.calls()
				require.Len(b.t, calls, 3)
				assert.Equal(b.t, test.until, calls[2].after)
			})
		})
	}
}

// TestTheAgeOfAnAccount gives it more as it grows older.
func TestTheAgeOfAnAccount(t *testing.T) {
	t.Parallel()
	back := memory.New(memory.Config{})
	pace := outbox.Pace{New: outbox.Limits{PerHour: 1}, Young: outbox.Limits{PerHour: 2}, Old: outbox.Limits{PerHour: 3}}
	synctest.Test(t, func(t *testing.T) {
		for _, test := range []struct {
			age   time.Duration
			since time.Duration // before that, by configuration
			sends int
		}{{0, 0, 1}, {6 * 24 * time.Hour, 0, 1}, {7*24*time.Hour + time.Hour, 0, 2}, {31 * 24 * time.Hour, 0, 3},
			{31*24*time.Hour + 2*time.Hour, 24 * time.Hour, 1}} {
			config := outbox.Config{Store: back, Pace: pace}
			born := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
			time.Sleep(time.Until(born.Add(test.age)))
			if test.since > 0 {
				config.Since = map[string]time.Time{"a": time.Now().Add(-test.since)}
			}
			b := newBench(t, config) // after a restart, too
			for range test.sends {
				_, err := b.Send(t.Context(), answer("a", "x"))
				require.NoError(t, err, "%v", test.age)
			}
			_, err := b.Send(t.Context(), answer("a", "x"))
			var reached *outbox.LimitError
			require.ErrorAs(t, err, &reached, "%v", test.age)
			assert.Equal(t, test.sends, reached.Max)
			require.NoError(t, b.Close(t.Context()))
		}
		e, err := back.State().Get(t.Context(), "account/a/since")
		require.NoError(t, err)
		assert.Equal(t, "2000-01-01T00:00:00Z", string(e.Value))
	})
}

func TestTheBudgetSurvivesARestart(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		back := memory.New(memory.Config{})
		pace := outbox.Pace{New: outbox.Limits{Gap: outbox.Range{Min: time.Hour, Max: time.Hour}}}
		start := time.Now()
		for i := range 2 {
			b := newBench(t, outbox.Config{Store: back, Pace: pace, AnswerTTL: 2 * time.Hour})
			_, err := b.Send(t.Context(), answer("a", "x"))
			require.NoError(t, err)
			assert.Equal(t, time.Duration(i)*time.Hour, time.Since(start))
			require.NoError(t, b.Close(t.Context()))
		}
	})
}

// TestAClockThatIsSetBack was a year ahead when the account sent last.
func TestAClockThatIsSetBack(t *testing.T) {
	t.Parallel()
	var ahead atomic.Int64
	pace := outbox.Pace{New: outbox.Limits{
		Gap: outbox.Range{Min: time.Second, Max: time.Second}, ChatGap: outbox.Range{Min: time.Second, Max: time.Second},
		PerHour: 2, PerDay: 3, ProactiveChatsPerHour: 1,
	}}
	now := func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
	since := map[string]time.Time{"a": time.Now().AddDate(30, 0, 0)}
	inBubble(t, outbox.Config{Pace: pace, Clock: clock.Func(now), Since: since}, func(b bench) {
		ahead.Store(int64(365 * 24 * time.Hour))
		for range 2 {
			_, err := b.Send(b.t.Context(), proactive("a", "x"))
			require.NoError(b.t, err)
		}
		ahead.Store(0)
		back := time.Now()
		_, err := b.Send(b.t.Context(), outbox.Message{Send: text("a", "x"), Class: outbox.Proactive, Queued: true})
		require.NoError(b.t, err)
		time.Sleep(2 * time.Hour)
		require.Len(b.t, b.calls(), 3)
		assert.Less(b.t, b.calls()[2].after-back.Sub(b.start), 65*time.Minute,
			"the two count for an hour, from when the clock was right again")
		assert.Greater(b.t, b.calls()[2].after-back.Sub(b.start), 59*time.Minute)
	})
}

func TestABudgetThatCannotBeReadSendsNothing(t *testing.T) {
	t.Parallel()
	inBubble(t, outbox.Config{Pace: gap()}, func(b bench) {
		_, err := b.back.State().Put(b.t.Context(), "outbox/budget/a", []byte("{"), 0)
		require.NoError(b.t, err)
		_, err = b.Send(b.t.Context(), answer("a", "x"))
		require.ErrorIs(b.t, err, outbox.ErrExpired)
		assert.Empty(b.t, b.calls())
	})
}

// TestNoScheduleExceedsTheCaps draws limits and sends, some of which fail, and counts what the
// service saw in every hour and every day.
func TestNoScheduleExceedsTheCaps(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		limit := rapid.IntRange(0, 6)
		limits := outbox.Limits{
			PerHour: limit.Draw(r, "hour"), PerDay: limit.Draw(r, "day") * 3,
			ProactivePerDay: limit.Draw(r, "notices"), ProactiveChatsPerHour: limit.Draw(r, "chats"),
			Gap: outbox.Range{Max: time.Duration(rapid.IntRange(0, 300).Draw(r, "gap")) * time.Second},
		}
		type step struct {
			After  int
			Notice bool
			To     int
			Fails  int
		}
		steps := rapid.SliceOfN(rapid.Custom(func(r *rapid.T) step {
			return step{rapid.IntRange(0, 7200).Draw(r, "after"), rapid.Bool().Draw(r, "notice"), rapid.IntRange(0, 9).Draw(r, "to"),
				rapid.IntRange(0, 5).Draw(r, "fails")}
		}), 1, 40).Draw(r, "steps")

		type call struct {
			at     time.Time
			notice bool
			to     string
		}
		var mu sync.Mutex
		var calls []call
		synctest.Test(t, func(t *testing.T) {
			fails := map[string]int{}
			o, err := outbox.New(outbox.Config{
				Pace: outbox.Pace{New: limits, Young: limits, Old: limits}, ProactiveTTL: 30 * time.Hour, AnswerTTL: 2 * time.Hour,
				Random: func() float64 { return rapid.Float64Range(0, 0.999).Example(len(steps)) },
				Send: func(_ context.Context, m api.Send) (*api.SentMessage, error) {
					mu.Lock()
					defer mu.Unlock()
					post := m.(api.PostText)
					calls = append(calls, call{time.Now(), strings.HasPrefix(post.Content, "n"), post.To})
					if fails[post.Content]--; fails[post.Content] >= 0 {
						return nil, failure(api.ExecutedNo)
					}
					return nil, nil
				},
			})
			require.NoError(t, err)
			for i, s := range steps {
				time.Sleep(time.Duration(s.After) * time.Second)
				class, mark := outbox.Answer, "a"
				if s.Notice {
					class, mark = outbox.Proactive, "n"
				}
				content := fmt.Sprint(mark, i)
				mu.Lock()
				fails[content] = s.Fails
				mu.Unlock()
				_, err := o.Send(t.Context(), outbox.Message{
					Send: api.PostText{AppID: "a", To: fmt.Sprint("c", s.To), Content: content}, Class: class, Queued: true,
				})
				require.NoError(t, err)
			}
			time.Sleep(40 * time.Hour)
			require.NoError(t, o.Close(t.Context()))
		})
		within := func(span time.Duration, from int) (all, notices int, chats map[string]bool) {
			chats = map[string]bool{}
			for _, c := range calls[from:] {
				if c.at.Sub(calls[from].at) >= span {
					break
				}
				all++
				if c.notice {
					notices++
					chats[c.to] = true
				}
			}
			return all, notices, chats
		}
		check := func(what string, n, limit int) {
			if limit > 0 && n > limit {
				r.Fatalf("%s: %d, the limit is %d", what, n, limit)
			}
		}
		for i := range calls {
			all, _, chats := within(time.Hour, i)
			check("an hour", all, limits.PerHour)
			check("chats in an hour", len(chats), limits.ProactiveChatsPerHour)
			all, notices, _ := within(24*time.Hour, i)
			check("a day", all, limits.PerDay)
			check("notices in a day", notices, limits.ProactivePerDay)
		}
	})
}

// TestTheBudgetStaysSmall is about the entry that is written before every send.
func TestTheBudgetStaysSmall(t *testing.T) {
	t.Parallel()
	inBubble(t, outbox.Config{Pace: outbox.Pace{New: outbox.Limits{PerHour: 1e6, PerDay: 1e6,
		ChatGap: outbox.Range{Min: time.Minute, Max: time.Minute}}}}, func(b bench) {
		for i := range 400 {
			_, err := b.Send(b.t.Context(), proactive("a", fmt.Sprint("wxid_", i)))
			require.NoError(b.t, err)
			time.Sleep(4 * time.Minute)
		}
		e, err := b.back.State().Get(b.t.Context(), "outbox/budget/a")
		require.NoError(b.t, err)
		assert.Less(b.t, len(e.Value), 8<<10)
		var budget map[string]any
		require.NoError(b.t, json.Unmarshal(e.Value, &budget))
		assert.Subset(b.t, []string{"next", "chats", "hour", "day", "notices", "told"}, slices.Collect(keys(budget)))
	})
}

func keys(m map[string]any) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

// TestProactiveGap keeps sends that are not answers apart, whatever chats they go to, and delays no
// answer.
func TestProactiveGap(t *testing.T) {
	t.Parallel()
	gap := outbox.Range{Min: 10 * time.Second, Max: 10 * time.Second}
	inBubble(t, outbox.Config{Pace: outbox.Pace{New: outbox.Limits{ProactiveGap: gap}}}, func(b bench) {
		for _, m := range []outbox.Message{proactive("a", "x"), answer("a", "y"), proactive("a", "z"), proactive("b", "x"), answer("a", "x")} {
			_, err := b.Send(b.t.Context(), m)
			require.NoError(b.t, err)
		}
		assert.Equal(b.t, []stamped{
			{"a/x", 0}, {"a/y", 0}, {"a/z", 10 * time.Second}, {"b/x", 10 * time.Second}, {"a/x", 10 * time.Second},
		}, b.calls())
	})
}
