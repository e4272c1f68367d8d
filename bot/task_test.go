package bot_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/internal/task"
	"github.com/hongyan-go/hongyan/middleware"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/simulator"
	"github.com/hongyan-go/hongyan/store"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

func TestTaskMistakes(t *testing.T) {
	t.Parallel()
	sim := simulator.Start(t)
	b, err := bot.New(configFor(sim.Simulator))
	require.NoError(t, err)
	run := func(*bot.Task[string]) error { return nil }
	b.Task("there", run)
	var none func(*bot.Task[string]) error
	for want, register := range map[string]func(){
		"the task x at task_test.go:":            func() { b.Task("x", nil) },
		"must be a func(*bot.Task[Data]) error":  func() { b.Task("x", func(bot.Task[string]) error { return nil }) },
		"its function is a func(string) error":   func() { b.Task("x", func(string) error { return nil }) },
		"its function is a func(*bot.Task[int])": func() { b.Task("x", func(*bot.Task[int]) {}) },
		"and not nil":                            func() { b.Task("x", none) },
		"its function is string":                 func() { b.Task("x", "run") },
		"a name must not be empty":               func() { b.Task("", run) },
		"is there already: task_test.go:":        func() { b.Task("there", run) },
	} {
		assert.Contains(t, panicOf(register), want)
	}
	start(t, b, sim.Simulator)
	assert.Contains(t, panicOf(func() { b.Task("late", run) }), "comes after the start")
	ctx := t.Context()
	require.ErrorContains(t, b.Later(ctx, "their", "k", 0, "x"), `there is no task "their"`)
	require.ErrorContains(t, b.Later(ctx, "there", "k", 0, 7), "takes data of the type string, not int")
	require.ErrorContains(t, b.Later(ctx, "there", "k", 0, strings.Repeat("x", 300<<10)), "too large")
	require.NoError(t, b.Later(ctx, "there", "k", time.Hour, nil), "no data is the zero value")
	number := bot.Merge(func(a, _ int) int { return a })
	require.ErrorContains(t, b.Later(ctx, "there", "k", 0, "x", number), "Merge is for data of the type int")
}

// TestLater asks for tasks from a handler that fails once, from another task, and from outside. The
// task fails once, too.
func TestLater(t *testing.T) {
	t.Parallel()
	sim := simulator.Start(t)
	b, err := bot.New(configFor(sim.Simulator))
	require.NoError(t, err)
	fast := bot.Backoff(time.Millisecond, time.Millisecond)
	b.Text(func(c *router.Context, m *xmlmsg.Text) error {
		if m.Body == "cancel" {
			for range 2 {
				found, err := c.CancelTask("say", "never")
				if err := errors.Join(err, c.Reply(fmt.Sprint("cancelled ", found))); err != nil {
					return err
				}
			}
			return nil
		}
		err := errors.Join(
			c.Later("say", c.SenderKey(), 0, m.Body),
			c.Later("say", "never", time.Hour, "never"),
			c.Later("say", "never", 0, "nor this", bot.Keep()),
		)
		if c.Attempt() == 1 {
			return errors.New("it fails after it has asked")
		}
		return err
	})
	b.Task("say", func(t *bot.Task[string]) error {
		err := errors.Join(
			t.Reply(t.Name+" "+t.Data+", asked by "+t.SenderName()),
			t.Later("tell", t.Key, 0, []string{t.Data}, bot.InChat("", groupB)),
			t.To(groupA).SendText("told"),
		)
		if _, askErr := t.Ask("?"); !errors.Is(askErr, router.ErrCannotAsk) {
			return askErr
		}
		if t.Attempt() == 1 {
			panic("it fails after it has sent")
		}
		return err
	}, fast)
	b.Task("tell", func(t *bot.Task[[]string]) error { return t.Reply(strings.Join(t.Data, "+")) })
	start(t, b, sim.Simulator)
	alice := sim.Friend("alice")
	alice.Says("hello")
	alice.ExpectText("say hello, asked by Alice")
	sim.Group("A").ExpectText("told")
	sim.Group("B").ExpectText("hello")
	require.NoError(t, b.Later(t.Context(), "tell", "k", 0, []string{"from", "outside"}, bot.InChat("", groupB)))
	sim.Group("B").ExpectText("from+outside")
	alice.Says("cancel")
	alice.ExpectText("cancelled true")
	alice.ExpectText("cancelled false")
	for _, chat := range []simulator.TestChat{alice.TestChat, sim.Group("A"), sim.Group("B")} {
		chat.ExpectNothing()
	}
}

// TestTaskRetries counts the runs of tasks that fail.
func TestTaskRetries(t *testing.T) {
	t.Parallel()
	sim := simulator.Start(t)
	config := configFor(sim.Simulator)
	config.MaxAttempts = 3
	back := newShared(t)
	config.Store = back
	b, err := bot.New(config)
	require.NoError(t, err)
	fast := bot.Backoff(time.Millisecond, 2*time.Millisecond)
	runs := map[string]*atomic.Int64{}
	for name, options := range map[string][]bot.TaskOption{
		"as often as messages": {fast}, "for long": {fast, bot.RetryFor(time.Hour)},
		"for a moment": {fast, bot.RetryFor(time.Second)}, "too slow": {fast, bot.TaskTimeout(10 * time.Millisecond)},
	} {
		count := &atomic.Int64{}
		runs[name] = count
		b.Task(name, func(t *bot.Task[string]) error {
			if count.Add(1) > 50 && name != "for a moment" {
				return nil
			}
			if name == "too slow" {
				<-t.Done()
				return context.Cause(t)
			}
			return errors.New("it fails")
		}, options...)
	}
	start(t, b, sim.Simulator)
	for name := range runs {
		require.NoError(t, b.Later(t.Context(), name, "k", 0, "x"))
	}
	var dead []store.DeadItem
	require.Eventually(t, func() bool {
		dead, err = back.Inbox().Dead(t.Context(), 0, 10)
		return err == nil && len(dead) == 3 && runs["for long"].Load() == 51
	}, 20*time.Second, 5*time.Millisecond)
	assert.EqualValues(t, 3, runs["as often as messages"].Load())
	assert.EqualValues(t, 3, runs["too slow"].Load())
	assert.Greater(t, runs["for a moment"].Load(), int64(3))
	runs["as often as messages"].Store(50)
	for _, d := range dead {
		if strings.Contains(d.Key, "messages") {
			require.NoError(t, back.Inbox().Revive(t.Context(), d.Seq))
		}
	}
	require.Eventually(t, func() bool { return runs["as often as messages"].Load() == 51 }, 10*time.Second, 5*time.Millisecond)
}

// teller is a plugin with a task.
type teller struct{ told chan string }

func (p *teller) Name() string { return "teller" }
func (p *teller) Close() error { return nil }

func (p *teller) Setup(h *bot.Handle) error {
	h.Task("tell", func(t *bot.Task[string]) error {
		p.told <- t.Name + " " + t.Key + " " + t.Data + " " + t.Plugin()
		return nil
	})
	h.Text(func(c *router.Context, m *xmlmsg.Text) error { return c.Later("tell", "k", 0, m.Body) })
	return h.Later(context.Background(), "tell", "setup", 0, "at setup")
}

// TestTaskOfAPlugin takes a plugin out while a task of it is pending.
func TestTaskOfAPlugin(t *testing.T) {
	t.Parallel()
	sim := simulator.Start(t)
	config := configFor(sim.Simulator)
	config.Store = newShared(t)
	tasks := task.Tasks{State: config.Store.State(), Inbox: config.Store.Inbox()}
	b, err := bot.New(config)
	require.NoError(t, err)
	p := &teller{told: make(chan string)}
	require.NoError(t, b.Install(p))
	start(t, b, sim.Simulator)
	assert.Equal(t, "teller/tell setup at setup teller", <-p.told)
	sim.Friend("alice").Says("hello")
	assert.Equal(t, "teller/tell k hello teller", <-p.told)
	require.NoError(t, b.Later(t.Context(), "teller/tell", "away", 200*time.Millisecond, "x"))
	require.NoError(t, b.Uninstall("teller"))
	require.ErrorContains(t, b.Later(t.Context(), "teller/tell", "k", 0, "x"), "there is no task")
	require.Eventually(t, func() bool {
		kept, _, err := tasks.List(t.Context(), "", 10)
		return err == nil && len(kept) == 1 && kept[0].Parked
	}, 10*time.Second, 10*time.Millisecond, "it waits for its plugin")
	require.NoError(t, b.Install(p))
	assert.ElementsMatch(t, []string{"teller/tell setup at setup teller", "teller/tell away x teller"}, []string{<-p.told, <-p.told})
}

// TestNewestWinsElsewhere asks for the newer task in another process.
func TestNewestWinsElsewhere(t *testing.T) {
	t.Parallel()
	sim := simulator.Start(t)
	back := newShared(t)
	began, ended := make(chan string, 2), make(chan error, 2)
	var bots []*bot.Bot
	for range 2 {
		config := configFor(sim.Simulator)
		config.Store = back
		b, err := bot.New(config)
		require.NoError(t, err)
		b.Task("think", func(t *bot.Task[string]) error {
			began <- t.Data
			if t.Data != "first" {
				return nil
			}
			<-t.Done()
			ended <- context.Cause(t)
			return t.Err()
		}, bot.NewestWins())
		start(t, b, nil)
		bots = append(bots, b)
	}
	require.NoError(t, bots[0].Later(t.Context(), "think", "k", 0, "first"))
	assert.Equal(t, "first", <-began)
	for _, b := range bots { // one of them has not begun it
		require.NoError(t, b.Later(t.Context(), "think", "k", time.Hour, "second"))
	}
	require.ErrorContains(t, <-ended, "a newer task")
	found, err := bots[1].CancelTask(t.Context(), "think", "k")
	require.NoError(t, err)
	assert.True(t, found)
	stats, err := back.Inbox().Stats(t.Context())
	require.NoError(t, err)
	assert.Zero(t, stats.Dead)
}

// TestTaskLoop has a person who repeats what the bot says: the loop guard counts what tasks and
// turns say.
func TestTaskLoop(t *testing.T) {
	t.Parallel()
	for name, register := range map[string]func(*bot.Bot){
		"task": func(b *bot.Bot) {
			b.Text(func(c *router.Context, m *xmlmsg.Text) error { return c.Later("echo", c.SenderKey(), 0, m.Body) })
			b.Task("echo", func(t *bot.Task[string]) error { return t.Reply(t.Data) })
		},
		"turn": func(b *bot.Bot) {
			b.Batch(router.BySender, time.Millisecond, func(c *router.Context, _ []*router.Context) error { return c.Reply(c.Said()) })
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sim := simulator.Start(t)
			config := configFor(sim.Simulator)
			config.LoopGuard = &middleware.LoopGuardConfig{Rounds: 1}
			b, err := bot.New(config)
			require.NoError(t, err)
			register(b)
			start(t, b, sim.Simulator)
			alice := sim.Friend("alice")
			muted := func() bool { return b.Stats().Dropped["loop"] > 0 }
			for round := 1; !muted(); round++ { // a reaction may come before the task has returned
				require.Less(t, round, 10)
				alice.Says("hello")
				require.Eventually(t, func() bool { return muted() || b.Stats().Sent == round }, 5*time.Second, time.Millisecond)
			}
		})
	}
}
