package bot_test

import (
	"errors"
	"fmt"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/simulator"
)

// TestScheduleOnce lets two bots on one store share a schedule.
func TestScheduleOnce(t *testing.T) {
	t.Parallel()
	sim := simulator.Start(t)
	back := newShared(t)
	var mu sync.Mutex
	ran := map[time.Time]int{}
	enough := make(chan struct{})
	for range 2 {
		config := configFor(sim.Simulator)
		config.Store = back
		b := newBot(t, config)
		b.Schedule("tick", "@every 1s", func(j *bot.Job) error {
			mu.Lock()
			defer mu.Unlock()
			ran[j.Due]++
			if len(ran) == 3 && ran[j.Due] == 1 {
				close(enough)
			}
			if err := j.Chat().Store().Set(j, "due", j.Due, 0); err != nil {
				return err
			}
			return j.SendText(strconv.FormatInt(j.Due.Unix(), 10))
		}, bot.At(simulator.DefaultAppID, groupA), bot.Zone("Asia/Shanghai"), bot.CatchUpAll(100))
		start(t, b, sim.Simulator)
	}
	<-enough
	sim.Group("A").Expect("a text", func(m simulator.Message) bool { return m.ByBot() })
	mu.Lock()
	defer mu.Unlock()
	for due, n := range ran {
		assert.Equal(t, 1, n, "%v", due)
		assert.Equal(t, "Asia/Shanghai", due.Location().String())
	}
}

// digester is a plugin with a schedule.
type digester struct {
	spec string
	runs chan string
}

func (d *digester) Name() string { return "digester" }

func (d *digester) Setup(h *bot.Handle) error {
	h.Schedule("tick", d.spec, func(j *bot.Job) error {
		select {
		case d.runs <- j.Name + " " + j.Account:
		default:
		}
		return nil
	}, bot.At(simulator.DefaultAppID, ""))
	return nil
}

func (d *digester) Close() error { return nil }

func TestScheduleOfAPlugin(t *testing.T) {
	t.Parallel()
	sim := simulator.Start(t)
	b := newBot(t, configFor(sim.Simulator))
	d := &digester{spec: "@every 1s", runs: make(chan string)}
	require.NoError(t, b.Install(d))
	require.NoError(t, b.Uninstall("digester"))
	require.ErrorContains(t, b.Install(&digester{spec: "now and then"}), "schedule_test.go")
	start(t, b, sim.Simulator)
	require.NoError(t, b.Install(d), "also after the start, and again")
	assert.Equal(t, "digester/tick "+simulator.DefaultAppID, <-d.runs)
}

func TestScheduleMistakes(t *testing.T) {
	t.Parallel()
	sim := simulator.Start(t)
	b := newBot(t, configFor(sim.Simulator))
	nothing := func(*bot.Job) error { return nil }
	b.Schedule("there", "@daily", nothing)
	for want, register := range map[string]func(){
		"the schedule x at schedule_test.go:": func() { b.Schedule("x", "0 25 * * *", nothing) },
		"five fields":                         func() { b.Schedule("x", "0 25 * * *", nothing) },
		"unknown time zone Mars/Olympus":      func() { b.Schedule("x", "@daily", nothing, bot.Zone("Mars/Olympus")) },
		"Run is nil":                          func() { b.Schedule("x", "@daily", nil) },
		"there is a job there already":        func() { b.Schedule("there", "@daily", nothing) },
	} {
		assert.Contains(t, panicOf(register), want)
	}
	got := make(chan error, 2)
	b.Schedule("targetless", "@every 1s", func(j *bot.Job) error {
		select {
		case got <- errors.Join(j.SendText("x"), j.Err()):
		default:
		}
		return nil
	}, bot.At(simulator.DefaultAppID, ""))
	start(t, b, sim.Simulator)
	require.ErrorContains(t, <-got, "name the target in At")
	assert.Contains(t, panicOf(func() { b.Schedule("late", "@daily", nothing) }), "comes after the start")
}

func panicOf(f func()) (text string) {
	defer func() { text = fmt.Sprint(recover()) }()
	f()
	return ""
}
