package monitor_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/hongyan-go/hongyan/internal/monitor"
	"github.com/hongyan-go/hongyan/outbox"
)

const owner = "wxid_owner"

func ownedBy(c *monitor.Config) { c.Owners = func() []string { return []string{owner} } }

// fall takes the account down, and lift up again.
func (w *world) fall() {
	w.tick()
	w.LoggedOut(app, w.clock())
	w.mu.Lock()
	w.online = false
	w.mu.Unlock()
	w.pass(time.Minute)
}

func (w *world) lift() {
	w.tick()
	w.callback()
	w.mu.Lock()
	w.online = true
	w.mu.Unlock()
	w.pass(time.Minute)
}

// TestTheOwnerIsToldThroughAnAccountThatWorks has two accounts, then one.
func TestTheOwnerIsToldThroughAnAccountThatWorks(t *testing.T) {
	t.Parallel()
	const other = "wx_demo0000000000000002"
	w := newWorld(t, ownedBy)
	w.callback()
	w.fall()
	assert.Empty(t, w.owner, "there is no account to tell it through")
	w.Arrived(other)
	w.Event(other, w.clock())
	w.pass(2 * time.Minute)
	require.Len(t, w.owner, 1)
	assert.Contains(t, w.owner[0], other+">"+owner+" 账号 "+app+" 已离线")
	w.lift()
	require.Len(t, w.owner, 2)
	assert.Contains(t, w.owner[1], "已恢复")
	assert.Len(t, w.told(), 2)
}

// TestQuietHours keep a notice for the morning, when it may be over.
func TestQuietHours(t *testing.T) {
	t.Parallel()
	w := newWorld(t, ownedBy, func(c *monitor.Config) {
		c.Quiet = outbox.Window{From: 23 * time.Hour, To: 7*time.Hour + 30*time.Minute}
	})
	w.now = w.now.Add(12 * time.Hour) // midnight
	w.callback()
	w.fall()
	w.lift()
	assert.Len(t, w.told(), 2, "the webhook has rules of its own")
	assert.Empty(t, w.owner)
	w.pass(7 * time.Hour)
	assert.Empty(t, w.owner)
	w.pass(30 * time.Minute)
	require.Len(t, w.owner, 1, "what happened in the night is one message in the morning")
	assert.Contains(t, w.owner[0], "works again. It did not work for 1m1s (offline).")
}

func TestAWebhookThatFails(t *testing.T) {
	t.Parallel()
	core, logs := observer.New(zap.ErrorLevel)
	w := newWorld(t, func(c *monitor.Config) { c.Logger = zap.New(core) })
	w.refuse = true
	w.callback()
	w.fall()
	w.pass(2 * time.Minute)
	w.mu.Lock()
	w.refuse = false
	w.mu.Unlock()
	w.pass(time.Minute)
	assert.Equal(t, []string{"incident offline"}, w.told())
	for _, l := range logs.All() {
		assert.NotContains(t, l.Message+fmt.Sprint(l.ContextMap()), "secret-path")
	}

	w.lift()
	w.mu.Lock()
	w.refuse = true
	w.mu.Unlock()
	w.fall()
	w.pass(10 * time.Minute)
	w.mu.Lock()
	w.refuse = false
	w.mu.Unlock()
	w.pass(10 * time.Minute)
	assert.Equal(t, []string{"incident offline", "recovery offline"}, w.told(), "after five tries nobody is bothered any more")
	assert.Equal(t, 3+5, logs.FilterMessage("a notice could not be delivered").Len())
}

// TestAMessageThatMayHaveArrivedIsNotRepeated is the owner's.
func TestAMessageThatMayHaveArrivedIsNotRepeated(t *testing.T) {
	t.Parallel()
	w := newWorld(t, ownedBy)
	w.callback()
	w.fall()
	w.sendErr = lost()
	w.lift()
	w.mu.Lock()
	w.sendErr = nil
	w.mu.Unlock()
	w.pass(10 * time.Minute)
	assert.Empty(t, w.owner)
}

func TestPauseThatFails(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	w := newWorld(t)
	w.callback()
	w.lift()
	w.restart(func(c *monitor.Config) {
		pause, resume := c.Pause, c.Resume
		c.Pause = func(ctx context.Context, id string) error {
			if broken != nil {
				return broken
			}
			return pause(ctx, id)
		}
		c.Resume = func(ctx context.Context, id string) error {
			if broken != nil {
				return broken
			}
			return resume(ctx, id)
		}
	})
	w.callback()
	w.fall()
	assert.False(t, w.Paused(app))
	broken = nil
	w.pass(time.Minute)
	assert.True(t, w.Paused(app), "it is tried again")
	assert.Len(t, w.told(), 1)
	broken = errors.New("broken again")
	w.lift()
	assert.Equal(t, monitor.Offline, w.StateOf(app), "it is not called over while its sending is paused")
	broken = nil
	w.pass(time.Minute)
	assert.Equal(t, monitor.Online, w.StateOf(app))
	assert.False(t, w.paused)
}

func TestMistakes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	good := monitor.Config{Store: w.store, Metrics: monitor.NewMetrics(),
		Online: func(context.Context, string) (bool, error) { return true, nil }}
	for want, change := range map[string]func(*monitor.Config){
		"needs a Store":           func(c *monitor.Config) { c.Store = nil },
		"but not Send":            func(c *monitor.Config) { c.Owners = func() []string { return []string{owner} } },
		"is not an http":          func(c *monitor.Config) { c.Webhook = "hooks.example.com/secret" },
		"is not an http or https": func(c *monitor.Config) { c.Webhook = "ftp://hooks.example.com/secret" },
	} {
		c := good
		change(&c)
		_, err := monitor.New(c)
		require.ErrorContains(t, err, want)
		assert.NotContains(t, err.Error(), "secret")
	}
	_, err := monitor.New(good)
	require.NoError(t, err)
	_, err = monitor.New(good)
	require.ErrorContains(t, err, "belong to another Monitor")
}
