package outbox_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
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

// noticePace is one message every 8 to 25 seconds, from 8:00 to 22:30.
func noticePace() outbox.Pace {
	gap := outbox.Limits{Gap: outbox.Range{Min: 8 * time.Second, Max: 25 * time.Second}}
	return outbox.Pace{New: gap, Young: gap, Old: gap, Quiet: outbox.Window{From: 22*time.Hour + 30*time.Minute, To: 8 * time.Hour}}
}

// notice puts a text to many groups into the queue. Called again, it adds only what is missing.
func notice(ctx context.Context, o *outbox.Outbox, name, text string, groups []string) error {
	for _, g := range groups {
		_, err := o.Send(ctx, outbox.Message{
			Send: api.PostText{AppID: "a", To: g, Content: text}, Key: noticeKey(name, g), Class: outbox.Proactive,
			Source: "notice", Queued: true,
		})
		if err != nil && !errors.Is(err, outbox.ErrRefused) && !errors.Is(err, outbox.ErrUnknown) { // these are in the report
			return fmt.Errorf("%s: %w", g, err)
		}
	}
	return nil
}

func noticeKey(name, group string) string { return outbox.AccountKey("a", name+"/"+group) }

// report counts the messages of a notice by their state.
func report(ctx context.Context, l store.Ledger, name string, groups []string) (map[store.SendState]int, error) {
	counts := map[store.SendState]int{}
	for _, g := range groups {
		s, err := l.Get(ctx, noticeKey(name, g))
		if err != nil {
			return nil, err
		}
		counts[s.State]++
	}
	return counts, nil
}

// TestStory16NoticeToEightyGroups begins at 22:20 after a dry run, rests at night, is paused, is
// restarted twice, and has a send that is refused and one whose answer gets lost.
func TestStory16NoticeToEightyGroups(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(14*time.Hour + 20*time.Minute) // the bubble begins at 8:00 in Shanghai
		ctx, back := t.Context(), durable{memory.New(memory.Config{})}
		groups := make([]string, 80)
		for i := range groups {
			groups[i] = fmt.Sprintf("%d@chatroom", i)
		}
		var mu sync.Mutex // guards times and sent
		var times []time.Time
		sent := map[string]int{}
		calls := func() []time.Time {
			mu.Lock()
			defer mu.Unlock()
			return slices.Clone(times)
		}
		post := func(_ context.Context, m api.Send) (*api.SentMessage, error) {
			mu.Lock()
			defer mu.Unlock()
			times = append(times, time.Now())
			sent[api.TargetOf(m)]++
			switch len(times) {
			case 5:
				return nil, refused{&api.Error{Ret: 500, Endpoint: "/message/postText"}}
			case 6:
				return nil, failure(api.ExecutedUnknown)
			}
			return nil, nil
		}
		dry, rehearsed := true, 0
		run := func(act func(o *outbox.Outbox)) {
			o, err := outbox.New(outbox.Config{
				Send: post, Store: back, Pace: noticePace(), DryRun: func(outbox.Message) bool { return dry },
				Gated: func(string, store.Send) { rehearsed++ }, ProactiveTTL: time.Hour,
			})
			require.NoError(t, err)
			running, stop := context.WithCancel(ctx)
			var wg sync.WaitGroup
			wg.Go(func() { _ = o.Run(running) })
			act(o)
			stop()
			wg.Wait()
			require.NoError(t, o.Close(ctx))
		}
		counts := func() map[store.SendState]int {
			c, err := report(ctx, back.Ledger(), "开学", groups)
			require.NoError(t, err)
			return c
		}
		say := func(o *outbox.Outbox) { require.NoError(t, notice(ctx, o, "开学", "周一开学", groups)) }

		run(say)
		assert.Equal(t, 80, rehearsed)
		assert.Empty(t, calls())
		dry = false
		run(func(o *outbox.Outbox) { say(o); time.Sleep(5 * time.Minute) }) // until 22:25
		run(func(o *outbox.Outbox) { say(o); time.Sleep(6 * time.Hour) })   // the night
		evening := len(calls())
		assert.Greater(t, evening, 15)
		assert.Less(t, calls()[evening-1].In(time.FixedZone("", 8*60*60)).Format("15:04:05"), "22:30:00")
		run(func(*outbox.Outbox) {
			time.Sleep(4 * time.Hour) // to 8:25
			require.NoError(t, outbox.Pause(ctx, back.State(), "", "wait"))
			time.Sleep(time.Second)
			morning := len(calls())
			assert.Greater(t, morning, evening)
			time.Sleep(3 * time.Hour)
			assert.Len(t, calls(), morning, "it is paused, and nothing expires")
			require.NoError(t, outbox.Resume(ctx, back.State(), ""))
			time.Sleep(time.Hour)
		})
		assert.Equal(t, "08:00", calls()[evening].In(time.FixedZone("", 8*60*60)).Format("15:04"))
		assert.Equal(t, map[store.SendState]int{store.Sent: 78, store.Refused: 1, store.Unknown: 1}, counts())
		assert.Len(t, sent, 80)
		assert.Len(t, calls(), 80, "none is repeated")
		for i := 1; i < len(times); i++ {
			assert.GreaterOrEqual(t, times[i].Sub(times[i-1]), 8*time.Second-time.Millisecond)
		}
	})
}
