package outbox_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"
	"pgregory.net/rapid"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/internal/clock"
	"github.com/hongyan-go/hongyan/outbox"
	"github.com/hongyan-go/hongyan/store"
	"github.com/hongyan-go/hongyan/store/memory"
)

// shanghai is a time of the first days of a bubble.
func shanghai(day, hour, minute int) time.Time {
	return time.Date(2000, 1, day, hour, minute, 0, 0, time.FixedZone("", 8*60*60))
}

// process is an outbox that looks for what waits, as that of a bot does. The function ends it as a
// shutdown does, or a crash.
func process(t *testing.T, c outbox.Config) (b bench, end func()) {
	t.Helper()
	b = newBench(t, c)
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { _ = b.Run(ctx) })
	return b, func() {
		cancel()
		running.Wait()
		assert.NoError(t, b.Close(ctx))
	}
}

// TestANightLosesNoNotice queues in the evening and in the night, with the default pace and the
// default TTL, and restarts in the night.
func TestANightLosesNoNotice(t *testing.T) {
	t.Parallel()
	for _, at := range []time.Time{shanghai(1, 22, 59), shanghai(1, 23, 0), shanghai(1, 23, 5), shanghai(2, 1, 0), shanghai(2, 7, 29)} {
		for _, restart := range []bool{false, true} {
			t.Run(fmt.Sprint(at.Format("15:04"), " restart ", restart), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					config := outbox.Config{Store: durable{memory.New(memory.Config{})}, Pace: outbox.DefaultPace()}
					b, end := process(t, config)
					var before []stamped
					time.Sleep(time.Until(at))
					for i := range 15 { // a new account has 5 chats an hour: it takes until 09:30
						m := proactive("a", fmt.Sprint("x", i))
						m.Key = strconv.Itoa(i)
						_, err := b.Send(t.Context(), m)
						require.NoError(t, err)
					}
					if restart {
						time.Sleep(time.Minute)
						end()
						time.Sleep(time.Until(shanghai(2, 7, 45))) // nothing runs, and the day has begun
						before = b.calls()
						b, end = process(t, config)
					}
					time.Sleep(time.Until(shanghai(2, 20, 0)))
					synctest.Wait()
					for i := range 15 {
						assert.Equal(t, store.Sent, b.entry(strconv.Itoa(i)).State, i)
					}
					assert.Len(t, append(before, b.calls()...), 15)
					end()
				})
			})
		}
	}
}

// TestACapLosesNoNotice queues more than the default pace lets out in two days.
func TestACapLosesNoNotice(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		config := outbox.Config{Store: durable{memory.New(memory.Config{})}, Pace: outbox.DefaultPace()}
		b, end := process(t, config)
		for i := range 45 { // ProactivePerDay is 20
			m := proactive("a", fmt.Sprint("x", i%3))
			m.Key, m.Queued = strconv.Itoa(i), true
			_, err := b.Send(t.Context(), m)
			require.NoError(t, err)
		}
		sent := 0
		for range 4 { // a restart a day
			time.Sleep(24 * time.Hour)
			sent += len(b.calls())
			end()
			b, end = process(t, config)
		}
		assert.Equal(t, 45, sent)
		for i := range 45 {
			assert.Equal(t, store.Sent, b.entry(strconv.Itoa(i)).State, i)
		}
		end()
	})
}

// TestAPauseIsNotWaiting stops sending for longer than any TTL, with a restart inside of it, and by
// each switch.
func TestAPauseIsNotWaiting(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "STOP")
	for name, test := range map[string]struct {
		stop, start func(s store.State) error
		file        string
	}{
		"all": {
			func(s store.State) error { return outbox.Pause(context.Background(), s, "", "r") },
			func(s store.State) error { return outbox.Resume(context.Background(), s, "") }, "",
		},
		"one account": {
			func(s store.State) error { return outbox.Pause(context.Background(), s, "a", "r") },
			func(s store.State) error { return outbox.Resume(context.Background(), s, "a") }, "",
		},
		"a file": {
			func(store.State) error { return os.WriteFile(file, nil, 0o600) },
			func(store.State) error { return os.Remove(file) }, file,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				config := outbox.Config{Store: durable{memory.New(memory.Config{})}, Pace: gap(), PauseFile: test.file}
				b, end := process(t, config)
				require.NoError(t, test.stop(b.back.State()))
				if test.file != "" { // by the clock of the bubble
					require.NoError(t, os.Chtimes(file, time.Now(), time.Now()))
				}
				time.Sleep(time.Second)
				for _, m := range []outbox.Message{keyed("answer", "x"), {Send: text("a", "y"), Key: "notice"}} {
					m.Queued = true
					_, err := b.Send(t.Context(), m)
					require.NoError(t, err)
				}
				time.Sleep(25 * time.Minute)
				end()
				time.Sleep(13 * time.Hour)
				b, end = process(t, config)
				time.Sleep(25 * time.Minute)
				synctest.Wait()
				assert.Empty(t, b.calls())
				require.NoError(t, test.start(b.back.State()))
				time.Sleep(5 * time.Second)
				synctest.Wait()
				assert.Equal(t, []string{"a/x", "a/y"}, b.targets())
				assert.Equal(t, store.Sent, b.entry("answer").State)
				assert.Equal(t, store.Sent, b.entry("notice").State)
				end()
			})
		})
	}
}

// TestOnlyWaitingCounts has a notice wait for its turn before and after a pause: its TTL is the sum
// of the two.
func TestOnlyWaitingCounts(t *testing.T) {
	t.Parallel()
	hours := outbox.Range{Min: 100 * time.Hour, Max: 100 * time.Hour}
	core, lines := observer.New(zap.WarnLevel)
	config := outbox.Config{Pace: outbox.Pace{New: outbox.Limits{Gap: hours}}, ProactiveTTL: time.Hour, Logger: zap.New(core)}
	inBubble(t, config, func(b bench) {
		_, err := b.Send(b.t.Context(), answer("a", "first"))
		require.NoError(b.t, err)
		_, err = b.Send(b.t.Context(), outbox.Message{Send: text("a", "x"), Key: "k", Queued: true})
		require.NoError(b.t, err)
		time.Sleep(40 * time.Minute)
		require.NoError(b.t, outbox.Pause(b.t.Context(), b.back.State(), "", "r"))
		time.Sleep(3 * time.Hour)
		require.NoError(b.t, outbox.Resume(b.t.Context(), b.back.State(), ""))
		time.Sleep(19 * time.Minute)
		synctest.Wait()
		assert.Equal(b.t, store.Queued, b.entry("k").State)
		assert.Empty(b.t, lines.All())
		time.Sleep(10 * time.Minute) // what a pause moves, it moves in steps
		synctest.Wait()
		assert.Equal(b.t, store.Expired, b.entry("k").State)
		require.Equal(b.t, 1, lines.FilterMessageSnippet("not sent in time").Len(), "its caller was told nothing of it")
	})
}

// TestWhatExpiredBeforeAPauseStaysExpired is found by a process that starts in a pause.
func TestWhatExpiredBeforeAPauseStaysExpired(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		config := outbox.Config{Store: durable{memory.New(memory.Config{})}, Pace: gap()}
		b := newBench(t, config)
		require.NoError(t, outbox.Pause(t.Context(), b.back.State(), "", "r"))
		_, err := b.Send(t.Context(), outbox.Message{Send: text("a", "x"), Key: "k", Queued: true})
		require.NoError(t, err)
		synctest.Wait()
		require.NoError(t, b.Close(t.Context()))
		require.NoError(t, outbox.Resume(t.Context(), b.back.State(), ""))
		time.Sleep(10 * time.Hour) // no bot runs, and nothing forbids to send
		require.NoError(t, outbox.Pause(t.Context(), b.back.State(), "", "r"))
		time.Sleep(time.Hour)
		b, end := process(t, config)
		time.Sleep(time.Minute)
		synctest.Wait()
		assert.Equal(t, store.Expired, b.entry("k").State)
		end()
	})
}

// TestTwoProcessesHoldOneNotice keeps it for as long as one process does that knows why.
func TestTwoProcessesHoldOneNotice(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		config := outbox.Config{Store: durable{memory.New(memory.Config{})}, Shared: true,
			Pace: outbox.Pace{New: outbox.Limits{ProactivePerDay: 1}}}
		one, endOne := process(t, config)
		two, endTwo := process(t, config)
		for i, b := range []bench{one, two} {
			_, err := b.Send(t.Context(), outbox.Message{Send: text("a", "x"), Key: strconv.Itoa(i), Queued: true})
			require.NoError(t, err)
			synctest.Wait()
		}
		time.Sleep(25 * time.Hour)
		synctest.Wait()
		assert.Len(t, append(one.calls(), two.calls()...), 2)
		assert.Equal(t, store.Sent, one.entry("1").State)
		endOne()
		endTwo()
	})
}

// TestAnAnswerIsNotHeldByACap waits for its TTL at most, and its error names the limit.
func TestAnAnswerIsNotHeldByACap(t *testing.T) {
	t.Parallel()
	inBubble(t, outbox.Config{Pace: outbox.Pace{New: outbox.Limits{PerHour: 2}}}, func(b bench) {
		for range 2 {
			_, err := b.Send(b.t.Context(), answer("a", "x"))
			require.NoError(b.t, err)
		}
		time.Sleep(55 * time.Minute) // there is room again in 6 minutes, for two
		var errs [3]error
		var wg sync.WaitGroup
		for i := range errs {
			wg.Go(func() { _, errs[i] = b.Send(context.Background(), answer("a", strconv.Itoa(i))) })
		}
		wg.Wait()
		failed := 0
		for _, err := range errs {
			if err == nil {
				continue
			}
			failed++
			var limit *outbox.LimitError
			require.ErrorAs(b.t, err, &limit)
			assert.Equal(b.t, "Pace.New.PerHour", limit.Limit)
		}
		assert.Equal(b.t, 1, failed)
		assert.LessOrEqual(b.t, time.Since(b.start), 55*time.Minute+outbox.DefaultAnswerTTL)
	})
}

// TestARefusalThatNobodyWaitsForIsLogged is about a proactive send whose caller got the answer that
// it will be sent.
func TestARefusalThatNobodyWaitsForIsLogged(t *testing.T) {
	t.Parallel()
	for _, queued := range []bool{false, true} {
		core, lines := observer.New(zap.WarnLevel)
		inBubble(t, outbox.Config{Logger: zap.New(core)}, func(b bench) {
			b.answer = func(int, api.Send) (*api.SentMessage, error) {
				return nil, refused{&api.Error{Endpoint: "/message/postText", Ret: 500, Message: "not in the group"}}
			}
			_, err := b.Send(b.t.Context(), outbox.Message{Send: text("a", "x"), Key: "k", Queued: queued})
			assert.Equal(b.t, queued, err == nil)
			synctest.Wait()
			want := 0
			if queued {
				want = 1
			}
			assert.Equal(b.t, want, lines.FilterMessageSnippet("refused").Len(), "who waits gets the error")
		})
	}
}

// TestADeadlineLeavesTheQuietHoursOut compares the deadline of a notice with a count of the minutes
// that are not quiet.
func TestADeadlineLeavesTheQuietHoursOut(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		minutes := func(name string, most int) time.Duration {
			return time.Duration(rapid.IntRange(0, most).Draw(r, name)) * time.Minute
		}
		quiet := outbox.Window{From: minutes("from", 24*60-1), To: minutes("to", 24*60-1)}
		quiet.Zone = rapid.SampledFrom([]string{"", "Europe/Berlin", "America/New_York"}).Draw(r, "zone")
		checkDeadline(r, quiet, shanghai(1, 0, 0).Add(minutes("now", 365*24*60)), time.Minute+minutes("ttl", 3*24*60))
	})
}

// TestADeadlineOverAChangeOfTheClock has quiet hours that begin in the hour that the summer time
// leaves out, and that end in the one that comes twice.
func TestADeadlineOverAChangeOfTheClock(t *testing.T) {
	t.Parallel()
	for _, now := range []time.Time{
		time.Date(2000, 4, 1, 17, 0, 0, 0, time.UTC), time.Date(2000, 10, 28, 17, 0, 0, 0, time.UTC),
	} {
		for _, quiet := range []outbox.Window{
			{From: 121 * time.Minute, To: 93 * time.Minute}, {From: 93 * time.Minute, To: 121 * time.Minute},
			{From: 23 * time.Hour, To: 90 * time.Minute},
		} {
			quiet.Zone = "America/New_York"
			checkDeadline(t, quiet, now, 30*time.Hour)
		}
	}
}

// checkDeadline compares the deadline of a notice with a count, minute by minute, of the time
// outside of the quiet hours.
func checkDeadline(t require.TestingT, quiet outbox.Window, now time.Time, ttl time.Duration) {
	zone, err := time.LoadLocation(quiet.Zone)
	if quiet.Zone == "" {
		zone, err = time.LoadLocation("Asia/Shanghai")
	}
	require.NoError(t, err)
	back := memory.New(memory.Config{})
	o, err := outbox.New(outbox.Config{
		Store: back, Pace: outbox.Pace{Quiet: quiet}, ProactiveTTL: ttl, Clock: clock.Func(func() time.Time { return now }),
		Send: func(context.Context, api.Send) (*api.SentMessage, error) { return nil, nil },
	})
	require.NoError(t, err)
	_, err = o.Send(context.Background(), outbox.Message{Send: text("a", "x"), Key: "k", Hold: "h"})
	require.NoError(t, err)
	s, err := back.Ledger().Get(context.Background(), "k")
	require.NoError(t, err)

	isQuiet := func(at time.Time) bool {
		local := at.In(zone)
		clock := time.Duration(local.Hour())*time.Hour + time.Duration(local.Minute())*time.Minute
		if quiet.From <= quiet.To {
			return clock >= quiet.From && clock < quiet.To
		}
		return clock >= quiet.From || clock < quiet.To
	}
	open := 0
	for at := now; at.Before(s.Expires); at = at.Add(time.Minute) {
		if !isQuiet(at) {
			open++
		}
	}
	if open != int(ttl/time.Minute) || isQuiet(s.Expires) {
		t.Errorf("from %v the deadline is %v: %d minutes, quiet %v", now.In(zone), s.Expires.In(zone), open, isQuiet(s.Expires))
	}
	require.NoError(t, o.Close(context.Background()))
}

// TestAMessageHasATimeOfItsOwn lets a send expire by its TTL instead of that of its class.
func TestAMessageHasATimeOfItsOwn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		back := memory.New(memory.Config{})
		b, end := process(t, outbox.Config{Store: back})
		defer end()
		for _, ttl := range []time.Duration{0, 90 * time.Second} {
			m := proactive("a", "x")
			m.Key, m.Hold, m.TTL = ttl.String(), "later", ttl
			_, err := b.Send(t.Context(), m)
			require.NoError(t, err)
			s, err := back.Ledger().Get(t.Context(), m.Key)
			require.NoError(t, err)
			if ttl == 0 {
				ttl = 6 * time.Hour
			}
			assert.Equal(t, ttl, time.Until(s.Expires))
		}
	})
}
