package outbox_test

import (
	"context"
	"os"
	"path/filepath"
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

// TestTheKillSwitch stops a lane in full swing, by each of its forms, and starts it again.
func TestTheKillSwitch(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "STOP") // only one of the subtests makes it
	state := func(b bench) store.State { return b.back.State() }
	for name, test := range map[string]struct {
		stop, start func(b bench) error
		says        string
	}{
		"all": {
			func(b bench) error { return outbox.Pause(b.t.Context(), state(b), "", "too much") },
			func(b bench) error { return outbox.Resume(b.t.Context(), state(b), "") }, "too much",
		},
		"one account": {
			func(b bench) error { return outbox.Pause(b.t.Context(), state(b), "a", "too much") },
			func(b bench) error { return outbox.Resume(b.t.Context(), state(b), "a") }, "too much",
		},
		"a file": {
			func(bench) error { return os.WriteFile(file, nil, 0o600) },
			func(bench) error { return os.Remove(file) }, file,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			config := outbox.Config{Pace: gap()}
			if name == "a file" {
				config.PauseFile = file
			}
			inBubble(t, config, func(b bench) {
				var wg sync.WaitGroup
				for range 10 {
					b.aside(&wg, answer("a", "x"))
				}
				time.Sleep(2*time.Second + 100*time.Millisecond)
				require.NoError(b.t, test.stop(b))
				time.Sleep(time.Minute)
				assert.LessOrEqual(b.t, len(b.calls()), 4, "within a second")
				assert.Contains(b.t, b.Paused(b.t.Context(), "a"), test.says)
				require.NoError(b.t, test.start(b))
				wg.Wait()
				assert.Len(b.t, b.calls(), 10)
				assert.Empty(b.t, b.Paused(b.t.Context(), "a"))
			})
		})
	}
}

func TestAPauseOfOneAccountIsNoOthers(t *testing.T) {
	t.Parallel()
	inBubble(t, outbox.Config{}, func(b bench) {
		require.NoError(b.t, outbox.Pause(b.t.Context(), b.back.State(), "a", "r"))
		_, err := b.Send(b.t.Context(), answer("b", "x"))
		require.NoError(b.t, err)
		pauses, err := outbox.Pauses(b.t.Context(), b.back.State())
		require.NoError(b.t, err)
		assert.Equal(b.t, []outbox.ActivePause{{Account: "a", Reason: "r", Since: time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)}}, pauses)

		_, err = b.back.State().Put(b.t.Context(), "outbox/paused", []byte("?"), 0)
		require.NoError(b.t, err)
		time.Sleep(time.Second)
		assert.NotEmpty(b.t, b.Paused(b.t.Context(), "b"), "a switch that cannot be read is on")
	})
}

// TestWhatAnAnswerGetsWhilePaused waits until sending goes on, however long that is, or fails at
// once.
func TestWhatAnAnswerGetsWhilePaused(t *testing.T) {
	t.Parallel()
	for _, fail := range []bool{false, true} {
		inBubble(t, outbox.Config{FailWhenPaused: fail}, func(b bench) {
			require.NoError(b.t, outbox.Pause(b.t.Context(), b.back.State(), "", "r"))
			const long = 4 * outbox.DefaultAnswerTTL
			resume := time.AfterFunc(long, func() { assert.NoError(b.t, outbox.Resume(context.Background(), b.back.State(), "")) })
			defer resume.Stop()
			_, err := b.Send(b.t.Context(), keyed("k", "x"))
			if fail {
				require.ErrorIs(b.t, err, outbox.ErrPaused)
				assert.Zero(b.t, time.Since(b.start))
				assert.Empty(b.t, b.calls())
				time.Sleep(long + time.Second)
				_, err = b.Send(b.t.Context(), keyed("k", "x"))
			}
			require.NoError(b.t, err)
			require.Len(b.t, b.calls(), 1)
			assert.InDelta(b.t, long, b.calls()[0].after, float64(2*time.Second))
		})
	}
}

func TestThePauseSurvivesARestart(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		back := memory.New(memory.Config{})
		require.NoError(t, outbox.Pause(t.Context(), back.State(), "", "r"))
		b := newBench(t, outbox.Config{Store: back})
		_, err := b.Send(t.Context(), outbox.Message{Send: text("a", "x"), Queued: true})
		require.NoError(t, err)
		time.Sleep(time.Hour)
		assert.Empty(t, b.calls())
		require.NoError(t, b.Close(t.Context()), "it does not wait for what cannot go")
	})
}

// TestHeld has a send wait for a person, who sends, drops, or comes too late.
func TestHeld(t *testing.T) {
	t.Parallel()
	hold := func(_ context.Context, m outbox.Message) (v outbox.Verdict) {
		if api.TargetOf(m) == "boss" {
			v.Hold = "the boss is asked first"
		}
		return v
	}
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, outbox.Config{})
		b.Gate("boss", hold)
		ctx, stop := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		wg.Go(func() { _ = b.Run(ctx) })
		byHandler := keyed("h", "x")
		byHandler.Hold = "look first"
		for _, m := range []outbox.Message{byHandler, keyed("p", "boss"), keyed("d", "boss")} {
			sent, err := b.Send(ctx, m)
			require.NoError(t, err)
			assert.Equal(t, &api.SentMessage{To: api.TargetOf(m)}, sent)
		}
		assert.Equal(t, "look first", b.entry("h").Reason)
		assert.Equal(t, "the boss is asked first", b.entry("p").Reason)
		assert.Empty(t, b.calls())

		for _, key := range []string{"h", "p"} {
			_, err := outbox.Resend(ctx, b.back.Ledger(), key, 0)
			require.NoError(t, err)
		}
		_, err := outbox.Drop(ctx, b.back.Ledger(), "d")
		require.NoError(t, err)
		time.Sleep(outbox.DefaultSweep)
		synctest.Wait()
		assert.ElementsMatch(t, []string{"a/x", "a/boss"}, b.targets())

		_, err = b.Send(ctx, keyed("d", "boss"))
		var refused *outbox.RefusedError
		require.ErrorAs(t, err, &refused)
		assert.True(t, refused.Dropped)
		_, err = outbox.Resend(ctx, b.back.Ledger(), "h", 0)
		require.ErrorContains(t, err, "was sent")
		_, err = outbox.Drop(ctx, b.back.Ledger(), "h")
		require.ErrorContains(t, err, "was sent")
		_, err = outbox.Resend(ctx, b.back.Ledger(), "d", 0)
		require.ErrorContains(t, err, "dropped")
		_, err = outbox.Resend(ctx, b.back.Ledger(), "nobody", 0)
		require.ErrorIs(t, err, store.ErrNotFound)
		stop()
		wg.Wait()
		require.NoError(t, b.Close(t.Context()))
	})
}

// TestAPersonDropsOneAndSendsAnother: the numbers of waiting entries agree, and yet one waits that
// nobody here knows.
func TestAPersonDropsOneAndSendsAnother(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, outbox.Config{Pace: outbox.Pace{New: outbox.Limits{ProactiveChatsPerHour: 1}}, AnswerTTL: time.Hour})
		ctx, stop := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		wg.Go(func() { _ = b.Run(ctx) })
		held := answer("a", "z")
		held.Key, held.Hold = "held", "look first"
		parked := proactive("a", "y")
		parked.Key = "parked"
		for _, m := range []outbox.Message{proactive("a", "x"), parked, held} {
			_, err := b.Send(ctx, m)
			require.NoError(t, err)
		}
		_, err := outbox.Drop(ctx, b.back.Ledger(), "parked")
		require.NoError(t, err)
		_, err = outbox.Resend(ctx, b.back.Ledger(), "held", 0)
		require.NoError(t, err)
		time.Sleep(10 * outbox.DefaultSweep)
		synctest.Wait()
		assert.Equal(t, []string{"a/x", "a/z"}, b.targets())
		stop()
		wg.Wait()
		require.NoError(t, b.Close(t.Context()))
	})
}

// TestAPersonDecidesAboutTheUnknown sends again what may have been sent.
func TestAPersonDecidesAboutTheUnknown(t *testing.T) {
	t.Parallel()
	inBubble(t, outbox.Config{}, func(b bench) {
		b.answer = func(n int, _ api.Send) (*api.SentMessage, error) {
			if n == 1 {
				return nil, failure(api.ExecutedUnknown)
			}
			return nil, nil
		}
		_, err := b.Send(b.t.Context(), keyed("k", "x"))
		require.ErrorIs(b.t, err, outbox.ErrUnknown)
		require.ErrorContains(b.t, err, `hongyan outbox resend or drop "k"`)
		_, err = outbox.Resend(b.t.Context(), b.back.Ledger(), "k", time.Hour)
		require.NoError(b.t, err)
		_, err = outbox.Resend(b.t.Context(), b.back.Ledger(), "k", time.Hour)
		require.ErrorContains(b.t, err, "in the queue")
		_, err = b.Send(b.t.Context(), keyed("k", "x"))
		require.NoError(b.t, err)
		assert.Len(b.t, b.calls(), 2)
	})
}

// TestADropReachesAWaitingHandler drops what waits for its turn.
func TestADropReachesAWaitingHandler(t *testing.T) {
	t.Parallel()
	inBubble(t, outbox.Config{Pace: gap()}, func(b bench) {
		_, err := b.Send(b.t.Context(), answer("a", "x"))
		require.NoError(b.t, err)
		var wg sync.WaitGroup
		wg.Go(func() {
			_, err := b.Send(context.Background(), keyed("k", "x"))
			assert.ErrorIs(b.t, err, outbox.ErrRefused)
		})
		synctest.Wait()
		_, err = outbox.Drop(b.t.Context(), b.back.Ledger(), "k")
		require.NoError(b.t, err)
		wg.Wait()
		assert.Len(b.t, b.calls(), 1)
	})
}

// mute is a store whose state does not answer.
type mute struct{ *memory.Store }

func (m mute) State() store.State { return muteState{m.Store.State()} }

type muteState struct{ store.State }

func (muteState) Get(context.Context, string) (store.Entry, error) {
	return store.Entry{}, store.ErrUnavailable
}

func TestNothingIsSentIfTheSwitchCannotBeSeen(t *testing.T) {
	t.Parallel()
	inBubble(t, outbox.Config{Store: mute{memory.New(memory.Config{})}}, func(b bench) {
		_, err := b.Send(b.t.Context(), answer("a", "x"))
		require.ErrorIs(b.t, err, outbox.ErrExpired)
		assert.Empty(b.t, b.calls())
	})
}
