package monitor_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/internal/monitor"
	"github.com/hongyan-go/hongyan/outbox"
	"github.com/hongyan-go/hongyan/store"
)

// lost is a send of which nothing came back.
func lost() error { return &api.Error{Endpoint: "/message/postText"} }

func TestAnAccountThatIsHeardOfIsOnline(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	assert.Equal(t, monitor.Unknown, w.StateOf(app))
	w.callback()
	w.Review(t.Context())
	assert.Equal(t, monitor.Online, w.StateOf(app))
	assert.Zero(t, w.asked, "there was nothing to ask")
	assert.Equal(t, monitor.Unknown, w.StateOf("wx_nobody"))
}

// TestQuestionsArePaced lets an account be quiet in the night: no alarm is raised, and the service
// is asked now and then.
func TestQuestionsArePaced(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.now = w.now.Add(11 * time.Hour) // 23:00
	w.pass(9 * time.Hour)             // 08:00
	assert.Equal(t, 18, w.asked, "every half hour")
	assert.Equal(t, monitor.Online, w.StateOf(app))
	assert.Empty(t, w.told())
}

func TestSilence(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.callback()
	w.pass(14 * time.Minute)
	assert.Equal(t, monitor.Online, w.StateOf(app))
	w.pass(time.Minute)
	assert.Equal(t, monitor.Zombie, w.StateOf(app))
	assert.True(t, w.paused, "its sending is paused")
	assert.Equal(t, 1, w.reconnect)
	require.Equal(t, []string{"incident zombie"}, w.told())
	n := w.alerts[0]
	assert.Equal(t, []any{app, monitor.CauseSilence, true, "failed"}, []any{n.Account, n.Cause, n.Paused, n.Reconnection})
	assert.Contains(t, n.Text, "The last one came at 12:00.")
	assert.Contains(t, n.Text, "log in again, with the same appId: hongyan login --app-id "+app)
	assert.Contains(t, n.TextZH, "假在线")

	w.pass(5 * time.Hour)
	assert.Len(t, w.told(), 1, "one notice for an incident")
	assert.Equal(t, 1, w.reconnect, "never a login loop")

	w.callback()
	w.pass(time.Minute)
	assert.Equal(t, monitor.Online, w.StateOf(app))
	assert.False(t, w.paused)
	assert.Equal(t, []string{"incident zombie", "recovery zombie"}, w.told())
	assert.Equal(t, n.ID, w.alerts[1].ID)
	w.pass(14 * time.Minute)
	assert.Len(t, w.told(), 2)
}

func TestSilenceCounts(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*monitor.Config)
		before func(*world)
		pass   time.Duration
		want   monitor.State
	}{
		"by day": {pass: 20 * time.Minute, want: monitor.Zombie},
		"not by night": {before: func(w *world) { w.now = w.now.Add(12 * time.Hour) }, pass: 7 * time.Hour,
			want: monitor.Online},
		"from the morning on": {before: func(w *world) { w.now = w.now.Add(12 * time.Hour) }, pass: 8*time.Hour + 15*time.Minute,
			want: monitor.Zombie},
		"not if it is switched off": {change: func(c *monitor.Config) { c.Silence = -1 }, pass: 5 * time.Hour, want: monitor.Online},
		"after its own time": {change: func(c *monitor.Config) { c.Silence = 2 * time.Hour }, pass: 119 * time.Minute,
			want: monitor.Online},
		"in its own part of the day": {change: func(c *monitor.Config) {
			c.Daytime = outbox.Window{From: 13 * time.Hour, To: 14 * time.Hour}
		}, pass: 74 * time.Minute, want: monitor.Online},
		"in its own zone": {change: func(c *monitor.Config) { c.Daytime.Zone = "Etc/GMT+5" }, pass: 5 * time.Hour,
			want: monitor.Online},
		"not if others are quiet, too": {before: func(w *world) { // usually one callback in 10 minutes
			for range 20 {
				w.callback()
				w.pass(10 * time.Minute)
			}
		}, pass: 80 * time.Minute, want: monitor.Online},
		"but not for ever": {before: func(w *world) {
			for range 20 {
				w.callback()
				w.pass(10 * time.Minute)
			}
		}, pass: 100 * time.Minute, want: monitor.Zombie},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, func(config *monitor.Config) {
				if c.change != nil {
					c.change(config)
				}
			})
			w.callback()
			if c.before != nil {
				c.before(w)
			}
			w.pass(c.pass)
			assert.Equal(t, c.want, w.StateOf(app))
		})
	}
}

func TestOffline(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		happens func(*world)
	}{
		"by a callback":           {func(w *world) { w.Arrived(app); w.LoggedOut(app, w.clock()) }},
		"by the answer to a send": {func(w *world) { w.sends(offline(t), alice) }},
		"by checkOnline": {func(w *world) {
			w.mu.Lock()
			w.online = false
			w.mu.Unlock()
			for range 3 {
				w.sends(lost(), alice)
			}
		}},
		"by the error of checkOnline": {func(w *world) {
			w.mu.Lock()
			w.askErr = offline(t)
			w.mu.Unlock()
			for range 3 {
				w.sends(lost(), alice)
			}
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.callback()
			w.pass(time.Minute)
			c.happens(w)
			w.mu.Lock()
			w.online, w.now = false, w.now.Add(time.Second)
			w.mu.Unlock()
			w.Review(t.Context())
			assert.Equal(t, monitor.Offline, w.StateOf(app))
			assert.True(t, w.paused)
			w.pass(10 * time.Minute)
			assert.Equal(t, []string{"incident offline"}, w.told())
			assert.Equal(t, 1, w.reconnect)

			w.mu.Lock()
			w.online, w.askErr = true, nil // a person has logged it in
			w.mu.Unlock()
			w.pass(6 * time.Minute)
			assert.Equal(t, monitor.Online, w.StateOf(app))
			assert.Equal(t, []string{"incident offline", "recovery offline"}, w.told())
			assert.False(t, w.paused)
		})
	}
}

// TestTheLoginIsLinked: after a reconnection that failed the alarm has the page with the QR code,
// after one that worked it has none.
func TestTheLoginIsLinked(t *testing.T) {
	t.Parallel()
	const page = "http://127.0.0.1:8081/console/accounts/" + app
	for repairs, want := range map[bool]string{false: page, true: ""} {
		w := newWorld(t, func(c *monitor.Config) {
			c.LoginPage = func(account string) string { return "http://127.0.0.1:8081/console/accounts/" + account }
		})
		w.repairs = repairs
		w.callback()
		w.pass(15 * time.Minute)
		require.Len(t, w.told(), 1)
		n := w.alerts[0]
		assert.Equal(t, want, n.Login, n.Reconnection)
		for _, text := range []string{n.Text, n.TextZH} {
			assert.Equal(t, !repairs, strings.HasSuffix(text, page), text)
		}
	}
}

// TestASendUnderWay answers after the account has been logged out.
func TestASendUnderWay(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.callback()
	began := w.clock()
	w.tick()
	w.LoggedOut(app, w.clock())
	w.tick()
	w.Sent(app, alice, began, nil)
	w.Review(t.Context())
	assert.Equal(t, monitor.Offline, w.StateOf(app))
}

// TestOfflineThatIsCalledOnline is what the service does for a while after a logout: its yes proves
// nothing then.
func TestOfflineThatIsCalledOnline(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.callback()
	w.pass(time.Minute)
	w.LoggedOut(app, w.clock())
	w.pass(10 * time.Minute)
	assert.Equal(t, monitor.Zombie, w.StateOf(app))
	assert.Equal(t, []string{"incident offline"}, w.told())
	w.callback()
	w.pass(time.Minute)
	assert.Equal(t, monitor.Online, w.StateOf(app))
}

func TestAServiceThatDoesNotAnswer(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.askErr = errors.New("no route to host")
	w.callback()
	for range 3 {
		w.sends(lost(), alice)
	}
	w.Review(t.Context())
	assert.Equal(t, monitor.Unknown, w.StateOf(app))
	assert.False(t, w.paused)
	assert.Zero(t, w.reconnect, "there is nobody to reconnect to")
	assert.Equal(t, []string{"incident unknown"}, w.told())
	w.tick()
	w.sends(nil, alice)
	w.Review(t.Context())
	assert.Equal(t, []string{"incident unknown", "recovery unknown"}, w.told())
}

// TestARestartSaysNothingTwice restarts a process in the middle of an incident.
func TestARestartSaysNothingTwice(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.callback()
	w.LoggedOut(app, w.clock().Add(time.Second))
	w.online = false
	w.pass(time.Minute)
	require.Len(t, w.told(), 1)

	w.paused = false // the way out is in memory, for one
	w.restart()
	w.pass(10 * time.Minute)
	assert.Equal(t, monitor.Offline, w.StateOf(app))
	assert.True(t, w.paused)
	assert.Len(t, w.told(), 1)
	assert.Equal(t, 1, w.reconnect)

	w.online = true
	w.callback()
	w.pass(time.Minute)
	assert.Equal(t, []string{"incident offline", "recovery offline"}, w.told())
	w.restart()
	w.pass(10 * time.Minute)
	assert.Len(t, w.told(), 2)
	assert.False(t, w.paused)
}

// TestTwoProcesses share an account: one of them tells, and a callback of the other is enough.
func TestTwoProcesses(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.callback()
	first := w.Monitor
	w.restart()
	second := w.Monitor
	both := func(d time.Duration) {
		for range int(d / time.Minute) {
			w.Monitor = first
			w.pass(time.Minute)
			second.Review(t.Context())
		}
	}
	for range 6 { // all callbacks come to the second
		both(10 * time.Minute)
		second.Arrived(app)
		second.Event(app, w.clock())
	}
	both(10 * time.Minute)
	assert.Empty(t, w.told())
	assert.Equal(t, monitor.Online, first.StateOf(app))
	both(2 * time.Hour)
	assert.Equal(t, []string{"incident zombie"}, w.told())
	second.Arrived(app)
	second.Event(app, w.clock())
	second.Review(t.Context())
	first.Review(t.Context())
	assert.Equal(t, []string{"incident zombie", "recovery zombie"}, w.told())
	assert.Equal(t, monitor.Online, first.StateOf(app))
}

// TestAStoreThatFails leaves everything for the next time.
func TestAStoreThatFails(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.callback()
	w.Review(t.Context())
	require.NoError(t, w.store.Close())
	w.sends(refused(t), alice, bob, carol)
	w.pass(time.Minute)
	assert.Empty(t, w.told())
	assert.Zero(t, w.asked)
	report := w.Ready(t.Context())
	assert.False(t, report.Ready)
	assert.Equal(t, []string{"the store fails: " + store.ErrClosed.Error()}, report.Reasons)
}

func TestABrokenRecordIsReplaced(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, err := w.store.State().Put(t.Context(), "monitor/account/"+app, []byte("{"), 0)
	require.NoError(t, err)
	w.callback()
	w.LoggedOut(app, w.clock().Add(time.Second))
	w.pass(time.Minute)
	assert.Len(t, w.told(), 1)
}
