package outbox_test

import (
	"context"
	"slices"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/outbox"
	"github.com/hongyan-go/hongyan/store"
	"github.com/hongyan-go/hongyan/store/memory"
)

// says is a gate that always says the same.
func says(v outbox.Verdict) func(context.Context, outbox.Message) outbox.Verdict {
	return func(context.Context, outbox.Message) outbox.Verdict { return v }
}

// TestVerdicts asks several gates about one send: the strictest prevails.
func TestVerdicts(t *testing.T) {
	t.Parallel()
	pass, minute := outbox.Verdict{}, outbox.Verdict{Delay: time.Minute}
	for name, c := range map[string]struct {
		gates  []func(context.Context, outbox.Message) outbox.Verdict
		state  store.SendState
		reason string
		counts string
	}{
		"none":               {nil, store.Sent, "", ""},
		"all pass":           {gatesOf(pass, pass), store.Sent, "", ""},
		"one holds":          {gatesOf(pass, outbox.Verdict{Hold: "look"}), store.Held, "look", "hold"},
		"the first reason":   {gatesOf(outbox.Verdict{Hold: "one"}, outbox.Verdict{Hold: "two"}), store.Held, "one", "hold"},
		"hold before delay":  {gatesOf(minute, outbox.Verdict{Hold: "look"}, minute), store.Held, "look", "hold"},
		"drop before hold":   {gatesOf(outbox.Verdict{Hold: "look"}, outbox.Verdict{Drop: "no"}), store.Refused, "no", "drop"},
		"all in one":         {gatesOf(outbox.Verdict{Drop: "no", Hold: "look", Delay: 1}), store.Refused, "no", "drop"},
		"the longest delay":  {gatesOf(minute, outbox.Verdict{Delay: time.Hour}, minute), store.Queued, "delayed by the gate 1", "delay"},
		"a delay below zero": {gatesOf(outbox.Verdict{Delay: -time.Hour}), store.Sent, "", ""},
		"a gate that panics": {
			append(gatesOf(pass), func(context.Context, outbox.Message) outbox.Verdict { panic("the text of a message") }),
			store.Held, "the gate 1 panicked: a string", "hold",
		},
		"a gate that blocks": {
			append(gatesOf(pass), func(ctx context.Context, _ outbox.Message) outbox.Verdict { <-ctx.Done(); return outbox.Verdict{} }),
			store.Held, "the gate 1 took longer than 5s", "hold",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var counted string
			inBubble(t, outbox.Config{Gated: func(verdict string, _ store.Send) { counted += verdict }}, func(b bench) {
				for i, g := range c.gates {
					b.Gate(strconv.Itoa(i), g)
				}
				sent, err := b.Send(b.t.Context(), keyed("k", "x"))
				switch c.state {
				case store.Refused:
					var refused *outbox.RefusedError
					require.ErrorAs(b.t, err, &refused)
					assert.NotEmpty(b.t, refused.Gate)
					_, again := b.Send(b.t.Context(), keyed("k", "x"))
					require.EqualError(b.t, again, err.Error(), "a run again gets the same answer")
				default:
					require.NoError(b.t, err)
					assert.Equal(b.t, "x", sent.To)
				}
				entry := b.entry("k")
				assert.Equal(b.t, c.state, entry.State)
				assert.Equal(b.t, c.reason, entry.Reason)
				assert.Len(b.t, b.calls(), map[store.SendState]int{store.Sent: 1}[c.state])
			})
			assert.Equal(t, c.counts, counted)
		})
	}
}

// TestReplace lets other words leave than those of the handler, which the ledger keeps: a later run
// is the same send. A gate cannot make another message of it.
func TestReplace(t *testing.T) {
	t.Parallel()
	var left []api.Send
	post := func(_ context.Context, m api.Send) (*api.SentMessage, error) {
		left = append(left, m)
		return &api.SentMessage{To: api.TargetOf(m)}, nil
	}
	inBubble(t, outbox.Config{Send: post}, func(b bench) {
		var heard []string
		b.Gate("stars", says(outbox.Verdict{Replace: api.PostText{AppID: "other", To: "nobody", Content: "**"}}))
		b.Gate("after", func(_ context.Context, m outbox.Message) outbox.Verdict {
			heard = append(heard, m.Send.(api.PostText).Content)
			return outbox.Verdict{}
		})
		for range 2 {
			_, err := b.Send(b.t.Context(), keyed("k", "x"))
			require.NoError(b.t, err)
		}
		assert.Equal(b.t, []api.Send{api.PostText{AppID: "a", To: "x", Content: "**"}}, left)
		assert.Equal(b.t, []string{"**"}, heard)
		b.Gate("wrong", says(outbox.Verdict{Replace: api.PostEmoji{}}))
		_, err := b.Send(b.t.Context(), keyed("l", "x"))
		require.NoError(b.t, err)
		assert.Equal(b.t, store.Held, b.entry("l").State)
	})
}

func gatesOf(verdicts ...outbox.Verdict) (gates []func(context.Context, outbox.Message) outbox.Verdict) {
	for _, v := range verdicts {
		gates = append(gates, says(v))
	}
	return gates
}

// TestGatesAreAskedAtTheTurn of a send, not when it is queued.
func TestGatesAreAskedAtTheTurn(t *testing.T) {
	t.Parallel()
	inBubble(t, outbox.Config{Pace: gap()}, func(b bench) {
		var wg sync.WaitGroup
		b.aside(&wg, answer("a", "x")) // it goes out at once
		b.aside(&wg, keyed("late", "x"))
		remove := b.Gate("hush", says(outbox.Verdict{Hold: "hush"}))
		wg.Wait()
		assert.Len(b.t, b.calls(), 1)
		assert.Equal(b.t, store.Held, b.entry("late").State)
		remove()
		_, err := b.Release(b.t.Context(), "late")
		require.NoError(b.t, err)
		_, err = b.Send(b.t.Context(), answer("a", "y"))
		require.NoError(b.t, err)
		assert.Equal(b.t, []string{"a/x", "a/x", "a/y"}, b.targets(), "a release does not wait for the sweep")
	})
}

// TestADelay keeps its place in the chat if it is short, and lets others pass if it is long; other
// chats never wait. The ledger knows when it ends, also in the next process.
func TestADelay(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		delay time.Duration
		want  []string
	}{
		"short": {30 * time.Second, []string{"first", "second"}},
		"long":  {20 * time.Minute, []string{"second", "first"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				back := durable{memory.New(memory.Config{})}
				open := time.Now().Add(c.delay)
				gate := func(_ context.Context, m outbox.Message) (v outbox.Verdict) {
					if m.Key == "first" {
						v.Delay = time.Until(open)
					}
					return v
				}
				var mu sync.Mutex
				got := map[string][]string{} // by chat
				send := func(_ context.Context, m api.Send) (*api.SentMessage, error) {
					mu.Lock()
					defer mu.Unlock()
					got[api.TargetOf(m)] = append(got[api.TargetOf(m)], m.(api.PostText).Content)
					return nil, nil
				}
				sent := func(to string) []string {
					mu.Lock()
					defer mu.Unlock()
					return slices.Clone(got[to])
				}
				b := newBench(t, outbox.Config{Store: back, Send: send})
				b.Gate("g", gate)
				first, second := keyed("first", "x"), keyed("second", "x")
				first.Send = api.PostText{AppID: "a", To: "x", Content: "first"}
				second.Send, second.Queued = api.PostText{AppID: "a", To: "x", Content: "second"}, true
				_, err := b.Send(t.Context(), first)
				require.NoError(t, err, "its caller does not wait")
				for _, m := range []outbox.Message{second, answer("a", "y")} {
					_, err := b.Send(t.Context(), m)
					require.NoError(t, err)
				}
				synctest.Wait()
				assert.WithinDuration(t, open, b.entry("first").NotBefore, time.Millisecond)
				assert.WithinDuration(t, time.Now().Add(outbox.DefaultAnswerTTL+c.delay), b.entry("first").Expires, time.Second)
				require.NoError(t, b.Close(t.Context()))

				b = newBench(t, outbox.Config{Store: back, Send: send})
				b.Gate("g", gate)
				ctx, stop := context.WithCancel(t.Context())
				var wg sync.WaitGroup
				wg.Go(func() { _ = b.Run(ctx) })
				time.Sleep(c.delay - time.Second)
				synctest.Wait()
				assert.Equal(t, []string{"x"}, sent("y"), "another chat does not wait")
				assert.NotContains(t, sent("x"), "first")
				time.Sleep(2 * time.Second)
				synctest.Wait()
				assert.Equal(t, c.want, sent("x"))
				stop()
				wg.Wait()
				require.NoError(t, b.Close(t.Context()))
			})
		})
	}
}

// TestARelease passes the gates that have held a send, those that hold it later do so, and a gate
// that drops does not ask who has released it.
func TestARelease(t *testing.T) {
	t.Parallel()
	hold := outbox.Verdict{Hold: "look"}
	for name, c := range map[string]struct {
		before, after []outbox.Verdict
		want          store.SendState
	}{
		"the same gates":       {[]outbox.Verdict{hold, hold}, []outbox.Verdict{hold, hold}, store.Sent},
		"one that let it pass": {[]outbox.Verdict{hold, {}}, []outbox.Verdict{hold, hold}, store.Held},
		"one that drops":       {[]outbox.Verdict{hold}, []outbox.Verdict{{Drop: "no"}}, store.Refused},
		"one that delays":      {[]outbox.Verdict{hold}, []outbox.Verdict{{Hold: "look", Delay: time.Hour}}, store.Sent},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, outbox.Config{}, func(b bench) {
				verdicts := c.before
				for i := range c.before {
					b.Gate(strconv.Itoa(i), func(context.Context, outbox.Message) outbox.Verdict { return verdicts[i] })
				}
				b.answer = func(n int, _ api.Send) (*api.SentMessage, error) {
					if n == 1 { // the next try is still released
						return nil, failure(api.ExecutedNo)
					}
					return nil, nil
				}
				_, err := b.Send(b.t.Context(), keyed("k", "x"))
				require.NoError(b.t, err)
				require.Equal(b.t, store.Held, b.entry("k").State)
				verdicts = c.after
				_, err = b.Release(b.t.Context(), "k")
				require.NoError(b.t, err)
				time.Sleep(time.Minute)
				synctest.Wait()
				assert.Equal(b.t, c.want, b.entry("k").State)
				if c.want == store.Held { // the second gate can be passed, too
					_, err = b.Release(b.t.Context(), "k")
					require.NoError(b.t, err)
					time.Sleep(time.Minute)
					assert.Equal(b.t, store.Sent, b.entry("k").State)
				}
				_, err = b.Release(b.t.Context(), "k")
				require.ErrorContains(b.t, err, "not held")
			})
		})
	}
}

// TestAPauseDuringAGate keeps the send.
func TestAPauseDuringAGate(t *testing.T) {
	t.Parallel()
	inBubble(t, outbox.Config{}, func(b bench) {
		b.Gate("slow", func(ctx context.Context, _ outbox.Message) outbox.Verdict {
			if err := outbox.Pause(ctx, b.back.State(), "", "wait"); err != nil {
				return outbox.Verdict{Drop: err.Error()}
			}
			time.Sleep(time.Second)
			return outbox.Verdict{}
		})
		m := keyed("k", "x")
		m.Queued = true
		_, err := b.Send(b.t.Context(), m)
		require.NoError(b.t, err)
		time.Sleep(10 * time.Second)
		assert.Empty(b.t, b.calls())
		assert.Equal(b.t, store.Queued, b.entry("k").State)
	})
}

// TestTheEndDuringAGate leaves the send in the queue.
func TestTheEndDuringAGate(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, outbox.Config{Store: durable{memory.New(memory.Config{})}})
		b.Gate("slow", func(ctx context.Context, _ outbox.Message) outbox.Verdict { <-ctx.Done(); return outbox.Verdict{} })
		m := keyed("k", "x")
		m.Queued = true
		_, err := b.Send(t.Context(), m)
		require.NoError(t, err)
		synctest.Wait()
		require.NoError(t, b.Close(t.Context()))
		assert.Equal(t, store.Queued, b.entry("k").State)
		assert.Empty(t, b.calls())
	})
}

// TestDryRun does everything but the request, at once, and sends when it is over.
func TestDryRun(t *testing.T) {
	t.Parallel()
	dry := true
	var shown []string
	inBubble(t, outbox.Config{
		Pace:   outbox.Pace{New: outbox.Limits{ProactivePerDay: 1, Gap: outbox.Range{Min: time.Hour, Max: time.Hour}}},
		DryRun: func(m outbox.Message) bool { return dry && m.Source == "notice" },
		Gated:  func(verdict string, s store.Send) { shown = append(shown, verdict+" "+s.Target+" "+s.Reason) },
	}, func(b bench) {
		b.Gate("guard", func(_ context.Context, m outbox.Message) (v outbox.Verdict) {
			if api.TargetOf(m) == "y" {
				v.Hold = "look"
			}
			return v
		})
		send := func(to string) error {
			m := proactive("a", to)
			m.Key, m.Source = "notice/"+to, "notice"
			_, err := b.Send(b.t.Context(), m)
			return err
		}
		for _, to := range []string{"x", "y", "x"} { // the last is the handler that runs again
			require.NoError(b.t, send(to))
		}
		assert.Equal(b.t, []string{"dry run x dry run: would be sent", "dry run y dry run: would be held: look"}, shown)
		assert.Empty(b.t, b.calls())
		_, err := b.Send(b.t.Context(), answer("a", "other"))
		require.NoError(b.t, err)
		dry = false
		require.NoError(b.t, send("x"))
		assert.Equal(b.t, []string{"a/other", "a/x"}, b.targets())

		queued := keyed("queued", "z") // before the dry run begins
		queued.Queued, queued.Source = true, "notice"
		_, err = b.Send(b.t.Context(), queued)
		require.NoError(b.t, err)
		dry = true
		time.Sleep(2 * time.Hour)
		assert.Len(b.t, b.calls(), 2)
	})
}

// TestMute keeps a chat silent: answers are dropped, and proactive sends wait for its end.
func TestMute(t *testing.T) {
	t.Parallel()
	inBubble(t, outbox.Config{}, func(b bench) {
		ctx := b.t.Context()
		require.NoError(b.t, outbox.Mute(ctx, b.back.State(), "a", "x", time.Now(), 30*time.Minute))
		_, err := b.Send(ctx, answer("a", "x"))
		require.ErrorContains(b.t, err, "the chat is muted")
		_, err = b.Send(ctx, proactive("a", "x"))
		require.NoError(b.t, err)
		_, err = b.Send(ctx, answer("a", "y"))
		require.NoError(b.t, err)
		assert.Equal(b.t, []string{"a/y"}, b.targets())
		time.Sleep(31 * time.Minute)
		synctest.Wait()
		assert.Equal(b.t, []string{"a/y", "a/x"}, b.targets())
		require.NoError(b.t, outbox.Mute(ctx, b.back.State(), "a", "x", time.Now(), time.Hour))
		require.NoError(b.t, outbox.Mute(ctx, b.back.State(), "a", "x", time.Now(), 0))
		_, err = b.Send(ctx, answer("a", "x"))
		require.NoError(b.t, err)
	})
}

// TestOwn tells what was sent here from what was typed on the phone.
func TestOwn(t *testing.T) {
	t.Parallel()
	inBubble(t, outbox.Config{}, func(b bench) {
		ctx := b.t.Context()
		own := func(id uint64, text string) bool {
			own, err := b.Own(ctx, "a", "x", id, text, time.Now().Add(time.Hour))
			require.NoError(b.t, err)
			return own
		}
		b.answer = func(n int, _ api.Send) (*api.SentMessage, error) {
			switch n {
			case 1:
				assert.True(b.t, own(1, "x"), "the echo is faster than the answer")
				return &api.SentMessage{NewMsgID: 1}, nil
			case 2:
				return nil, failure(api.ExecutedUnknown)
			}
			return nil, failure(api.ExecutedNo)
		}
		_, err := b.Send(ctx, answer("a", "x"))
		require.NoError(b.t, err)
		assert.True(b.t, own(1, "x"))
		assert.False(b.t, own(2, "x"), "a person says the same")
		_, err = b.Send(ctx, keyed("unknown", "x"))
		require.Error(b.t, err)
		assert.True(b.t, own(2, "x"), "its answer got lost")
		assert.False(b.t, own(2, "hello"))
		assert.False(b.t, own(2, ""), "a picture")

		next := newBench(b.t, outbox.Config{Store: b.back}) // another process
		for id, want := range map[uint64]bool{1: true, 9: false} {
			got, err := next.Own(ctx, "a", "x", id, "hello", time.Now())
			require.NoError(b.t, err)
			assert.Equal(b.t, want, got)
		}
		require.NoError(b.t, next.Close(ctx))
	})
}
