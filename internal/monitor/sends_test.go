package monitor_test

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/internal/monitor"
	"github.com/hongyan-go/hongyan/outbox"
)

// TestSendsThatFail tells what says something about the account from what does not.
func TestSendsThatFail(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		happens func(*world)
		want    monitor.Cause // empty: nothing is wrong
	}{
		"one recipient for ever": {happens: func(w *world) { w.sends(refused(w.t), dead, dead, dead, dead, dead, dead) }},
		"two recipients":         {happens: func(w *world) { w.sends(refused(w.t), dead, bob, dead, bob, dead, bob) }},
		"three recipients":       {happens: func(w *world) { w.sends(refused(w.t), alice, bob, carol) }, want: monitor.CauseSends},
		"recipients that cannot be reached, as the service says": {happens: func(w *world) {
			w.sends(notIn(w.t), alice, bob, carol, dead)
		}},
		"a file that is too large, for all": {happens: func(w *world) {
			w.sends(said(w.t, 200, `{"ret":500,"msg":"发送文件消息失败","data":{"msg":"文件过大"}}`), alice, bob, carol)
			w.sends(said(w.t, 413, `<html>Request Entity Too Large</html>`), alice, bob, carol)
		}},
		"too many requests":          {happens: func(w *world) { w.sends(said(w.t, 429, "slow down"), alice, bob, carol) }},
		"a dead session":             {happens: func(w *world) { w.sends(session(w.t), alice, alice, alice) }, want: monitor.CauseSends},
		"a gateway":                  {happens: func(w *world) { w.sends(gateway(w.t), alice, alice, alice) }, want: monitor.CauseService},
		"no answer":                  {happens: func(w *world) { w.sends(lost(), alice, alice, alice) }, want: monitor.CauseService},
		"no answer, with a dead one": {happens: func(w *world) { w.sends(lost(), alice, alice); w.sends(refused(w.t), dead, dead) }},
		"a success in between": {happens: func(w *world) {
			w.sends(refused(w.t), alice, bob)
			w.sends(gateway(w.t), alice, bob)
			w.sends(session(w.t), alice)
			w.sends(nil, alice)
			w.sends(refused(w.t), carol)
			w.sends(gateway(w.t), alice, bob)
		}},
		"a success whose answer is odd": {happens: func(w *world) {
			w.sends(refused(w.t), alice, bob)
			w.sends(said(w.t, 200, `{"ret":200,"data":[1]}`), carol)
			w.sends(refused(w.t), carol)
		}},
		"what never left": {happens: func(w *world) {
			w.sends(errors.New("outbox: its turn comes too late"), alice, bob, carol)
			w.sends(&outbox.NotSentError{Err: errors.New("no route to host")}, alice, bob, carol)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.t = t
			w.callback()
			c.happens(w)
			w.Review(t.Context())
			if c.want == "" {
				assert.Equal(t, monitor.Online, w.StateOf(app))
				assert.Zero(t, w.asked)
				assert.False(t, w.paused)
				assert.Empty(t, w.told())
				return
			}
			assert.Equal(t, monitor.Zombie, w.StateOf(app))
			assert.Equal(t, 1, w.asked)
			assert.True(t, w.paused)
			require.Len(t, w.alerts, 1)
			assert.Equal(t, c.want, w.alerts[0].Cause)
		})
	}
}

// TestAZombieSendsOnTrial pauses for seconds at first, and never for as long as an answer may wait.
func TestAZombieSendsOnTrial(t *testing.T) {
	t.Parallel()
	for name, fails := range map[string]func(*testing.T) error{"refused": refused, "by a gateway": gateway, "dead": session} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.callback()
			w.sends(fails(t), alice, bob, carol)
			w.Review(t.Context())
			require.True(t, w.paused)
			w.callback()
			w.step(4 * time.Second)
			assert.Equal(t, monitor.Zombie, w.StateOf(app), "a message that arrives does not mean that one can leave")
			assert.True(t, w.paused)

			var rests []time.Duration
			for range 6 {
				began := w.clock()
				for w.paused {
					w.step(time.Second)
				}
				rests = append(rests, w.clock().Sub(began))
				w.sends(notIn(t), dead)
				w.step(time.Second)
				require.False(t, w.paused, "it says nothing")
				w.sends(fails(t), alice)
				w.step(time.Second)
				require.True(t, w.paused, "one failure is enough now")
			}
			assert.LessOrEqual(t, rests[0], 10*time.Second)
			for _, rest := range rests {
				assert.LessOrEqual(t, 4*rest, outbox.DefaultAnswerTTL, "%v", rests)
			}
			assert.Equal(t, 1, w.reconnect)

			w.step(3 * time.Minute)
			w.sends(nil, alice)
			w.step(time.Second)
			assert.Equal(t, monitor.Online, w.StateOf(app))
			assert.False(t, w.paused)
			assert.Equal(t, []string{"incident zombie", "recovery zombie"}, w.told())
		})
	}
}

// TestAGatewayIsNoReasonToReconnect unless a trial has failed, too.
func TestAGatewayIsNoReasonToReconnect(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.callback()
	w.sends(gateway(t), alice, alice, alice)
	w.Review(t.Context())
	w.step(6 * time.Second)
	require.False(t, w.paused)
	w.sends(nil, alice)
	w.step(time.Second)
	assert.Equal(t, monitor.Online, w.StateOf(app))
	assert.Zero(t, w.reconnect, "the session was well all the time")
	assert.Contains(t, w.alerts[0].Text, "The last 3 sends had no proper answer.")
}

func TestARepairedZombieMaySendAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.repairs = true
	w.callback()
	w.sends(refused(t), alice, bob, carol)
	w.Review(t.Context())
	assert.Equal(t, monitor.Zombie, w.StateOf(app), "until something works")
	assert.False(t, w.paused)
	require.Len(t, w.alerts, 1)
	assert.Equal(t, "worked", w.alerts[0].Reconnection)
	w.tick()
	w.sends(nil, alice)
	w.Review(t.Context())
	assert.Equal(t, monitor.Online, w.StateOf(app))

	w.pass(10 * time.Minute)
	w.sends(refused(t), alice, bob, carol)
	w.Review(t.Context())
	assert.Equal(t, monitor.Zombie, w.StateOf(app))
	assert.Equal(t, 1, w.reconnect, "at most one reconnection in an hour")
}

// TestARecordOfAnEarlierVersion is that of an account which was silenced for one recipient.
func TestARecordOfAnEarlierVersion(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	record, err := json.Marshal(map[string]any{
		"id": app + "-1", "open": true, "state": "zombie", "cause": "sends", "since": noon().Add(-time.Hour),
		"reconnected": noon().Add(-time.Hour),
	})
	require.NoError(t, err)
	_, err = w.store.State().Put(t.Context(), "monitor/account/"+app, record, 0)
	require.NoError(t, err)
	w.paused = true // by the store
	w.Review(t.Context())
	assert.False(t, w.paused, "the next send shows whether it works")
	w.tick()
	w.sends(refused(t), dead)
	w.Review(t.Context())
	assert.True(t, w.paused, "it may be a zombie indeed")
	w.step(6 * time.Second)
	w.sends(nil, alice)
	w.step(time.Second)
	assert.Equal(t, monitor.Online, w.StateOf(app))
}

// TestSomebodyElseResumes is a person, or another process: the next failure pauses again, and a
// request that was under way does not count.
func TestSomebodyElseResumes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.callback()
	began := w.clock()
	w.tick()
	w.sends(refused(t), alice, bob, carol)
	w.Review(t.Context())
	require.True(t, w.paused)
	w.setPaused(false)
	w.tick()
	w.Sent(app, alice, began, refused(t))
	w.Review(t.Context())
	assert.False(t, w.paused, "it began before the pause")
	w.sends(refused(t), alice)
	w.Review(t.Context())
	assert.True(t, w.paused)
	w.setPaused(false)
	w.tick()
	w.sends(nil, alice)
	w.Review(t.Context())
	assert.Equal(t, monitor.Online, w.StateOf(app))
}

// TestASendThatOutlivesTheIncident was under way when the incident began, and works: that is a
// success like any other.
func TestASendThatOutlivesTheIncident(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.callback()
	began := w.clock()
	w.tick()
	w.sends(gateway(t), alice, bob, carol)
	w.Review(t.Context())
	require.True(t, w.paused)
	w.tick()
	w.Sent(app, alice, began, nil)
	w.Review(t.Context())
	assert.False(t, w.paused)
	assert.Equal(t, monitor.Online, w.StateOf(app))
}

// TestFailuresAreShown to whoever asks whether the bot is ready.
func TestFailuresAreShown(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.sends(refused(t), dead, dead, alice)
	w.sends(lost(), alice)
	assert.Equal(t, 3, w.Ready(t.Context()).Accounts[0].Failures)
	w.sends(nil, alice)
	assert.Zero(t, w.Ready(t.Context()).Accounts[0].Failures)
	w.sends(&api.Error{Endpoint: "/message/postText", Err: api.ErrMissingField}, alice)
	assert.Zero(t, w.Ready(t.Context()).Accounts[0].Failures)
}
