package bot_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/outbox"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/router/match"
	"github.com/hongyan-go/hongyan/simulator"
	"github.com/hongyan-go/hongyan/store/sqlite"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// noon is when the virtual clocks of these tests begin.
var noon = time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)

// virtual makes a bot with a simulator and one virtual clock.
func virtual(t *testing.T, change ...func(*bot.Config)) *bot.Bot {
	t.Helper()
	c := bot.Config{
		Simulator: true, Logger: zap.NewNop(), Grace: 5 * time.Second,
		SimulatorConfig: simulator.Config{Listen: "127.0.0.1:0", VirtualClock: true, Begins: noon},
	}
	for _, f := range change {
		f(&c)
	}
	b, err := bot.New(c)
	require.NoError(t, err)
	return b
}

// runs starts the bot, and returns the test kit of its simulator.
func runs(t *testing.T, b *bot.Bot) *simulator.Test {
	t.Helper()
	startBare(t, b)
	sim := b.Simulator().Test(t)
	sim.ExpectCallback()
	return sim
}

// stamp is a log of what happened when, by the clock of a simulator.
type stamp struct {
	mu    sync.Mutex
	lines []string
	sim   *simulator.Simulator
}

func (s *stamp) add(what string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lines = append(s.lines, s.sim.Clock().Now().UTC().Format("02 15:04:05 ")+what)
}

func (s *stamp) all() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.lines)
}

// TestAScheduleAtTenPM runs two days in no time.
func TestAScheduleAtTenPM(t *testing.T) {
	t.Parallel()
	b := virtual(t)
	log := stamp{sim: b.Simulator()}
	b.Schedule("digest", "0 22 * * *", func(j *bot.Job) error {
		log.add("digest")
		return j.SendText("晚安")
	}, bot.At(simulator.DefaultAppID, groupA), bot.Zone("UTC"))
	sim := runs(t, b)

	sim.Advance(10*time.Hour - time.Second)
	assert.Empty(t, log.all())
	sim.Advance(time.Second)
	sim.Group("A").ExpectText("晚安")
	sim.Advance(24 * time.Hour)
	assert.Equal(t, []string{"28 22:00:00 digest", "29 22:00:00 digest"}, log.all())
	assert.Equal(t, noon.Add(34*time.Hour), sim.Clock().Now())
}

// TestAFormEndsAfterThreeMinutes of the clock.
func TestAFormEndsAfterThreeMinutes(t *testing.T) {
	t.Parallel()
	b := virtual(t)
	b.Command("报名", func(c *router.Context) error {
		name, err := c.Ask("你的名字？", router.Timeout(3*time.Minute), router.OnTimeout("太久了"))
		if err != nil {
			return err
		}
		return c.Reply("你好 " + name)
	})
	sim := runs(t, b)
	a := sim.Group("A")
	a.Member("alice").Says("报名")
	a.ExpectText("你的名字？")
	sim.Advance(3*time.Minute - time.Second)
	a.ExpectNothing()
	sim.Advance(time.Second)
	a.ExpectText("太久了")
}

// TestGapsOfThePacePass has handlers that wait for their turn: the clock moves on meanwhile, and no
// lease ends.
func TestGapsOfThePacePass(t *testing.T) {
	t.Parallel()
	gap := 50 * time.Second
	b := virtual(t, func(c *bot.Config) {
		limits := outbox.Limits{Gap: outbox.Range{Min: gap, Max: gap}}
		c.Pace = &outbox.Pace{New: limits, Young: limits, Old: limits}
		c.Lease, c.Parallel, c.AnswerTTL = 30*time.Second, 2, time.Hour
	})
	var mu sync.Mutex
	ran := map[string]int{}
	b.Text(func(c *router.Context, m *xmlmsg.Text) error {
		mu.Lock()
		ran[m.Body]++
		mu.Unlock()
		return c.Reply("re " + m.Body)
	})
	sim := runs(t, b)
	for i, who := range []string{"alice", "bob", "carol", "dave"} {
		sim.Friend(who).Says(fmt.Sprint("hi ", i))
	}
	sim.Advance(4 * gap)
	var sent []int64
	messages, err := sim.Messages("", 0)
	require.NoError(t, err)
	for _, m := range messages {
		if m.ByBot() {
			sent = append(sent, m.Time-noon.Unix())
		}
	}
	assert.Equal(t, []int64{0, 50, 100, 150}, sent)
	mu.Lock()
	defer mu.Unlock()
	assert.Equal(t, map[string]int{"hi 0": 1, "hi 1": 1, "hi 2": 1, "hi 3": 1}, ran, "no lease ended meanwhile")
}

// TestRetriesPass runs a handler again after its rest.
func TestRetriesPass(t *testing.T) {
	t.Parallel()
	b := virtual(t)
	log := stamp{sim: b.Simulator()}
	b.Text(func(c *router.Context, _ *xmlmsg.Text) error {
		log.add("run")
		if c.Attempt() < 3 {
			return errors.New("not yet")
		}
		return c.Reply("done")
	})
	sim := runs(t, b)
	a := sim.Group("A")
	a.Member("alice").Says("go")
	sim.Idles()
	assert.Len(t, log.all(), 1)
	sim.Advance(time.Minute)
	a.ExpectText("done")
	assert.Len(t, log.all(), 3)
}

// TestTTLsEnd in the state of memory and of a file.
func TestTTLsEnd(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*bot.Config){
		"memory": func(*bot.Config) {},
		"sqlite": func(c *bot.Config) { c.Data = t.TempDir() },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := virtual(t, change)
			b.Text(func(c *router.Context, m *xmlmsg.Text) error {
				var known bool
				if ok, err := c.Store(router.ByChat).Get(c, "known", &known); ok || err != nil {
					return err
				}
				if err := c.Store(router.ByChat).Set(c, "known", true, time.Hour); err != nil {
					return err
				}
				return c.Reply("hello " + m.Body)
			}, match.Private())
			sim := runs(t, b)
			alice := sim.Friend("alice")
			alice.Says("1")
			alice.ExpectText("hello 1")
			sim.Advance(59 * time.Minute)
			alice.Says("2")
			sim.Idles()
			sim.Advance(time.Minute)
			alice.Says("3")
			alice.ExpectText("hello 3")
		})
	}
}

// TestCatchUpByTheClock: the bot was down at 22:00, and starts at 22:30.
func TestCatchUpByTheClock(t *testing.T) {
	t.Parallel()
	sim := simulator.Start(t, func(c *simulator.Config) {
		c.VirtualClock, c.Begins = true, noon.Add(9*time.Hour)
	})
	file := filepath.Join(t.TempDir(), sqlite.FileName)
	log := stamp{sim: sim.Simulator}
	begin := func() (stop func() error) {
		c := configFor(sim.Simulator)
		c.Clock = sim.Clock()
		var err error
		c.Store, err = sqlite.Open(t.Context(), sqlite.Config{Path: file, Clock: sim.Clock()})
		require.NoError(t, err)
		b, err := bot.New(c)
		require.NoError(t, err)
		b.Schedule("digest", "0 22 * * *", func(j *bot.Job) error {
			log.add("for " + j.Due.UTC().Format("15:04"))
			return nil
		}, bot.At(simulator.DefaultAppID, groupA), bot.Zone("UTC"), bot.CatchUp(time.Hour))
		return start(t, b, sim.Simulator)
	}
	stop := begin()
	sim.Advance(30 * time.Minute)
	require.NoError(t, stop())
	sim.Advance(time.Hour)
	assert.Empty(t, log.all())
	begin()
	sim.Idles()
	assert.Equal(t, []string{"28 22:30:00 for 22:00"}, log.all())
}

// TestADelayedCallback comes when the clock says so.
func TestADelayedCallback(t *testing.T) {
	t.Parallel()
	b := virtual(t)
	log := stamp{sim: b.Simulator()}
	b.Text(func(*router.Context, *xmlmsg.Text) error { log.add("heard"); return nil })
	sim := runs(t, b)
	sim.Breaks(simulator.Fault{Endpoint: "callback", Kind: simulator.FaultDelay, Delay: 90 * time.Second})
	sim.Group("A").Member("alice").Says("hi")
	sim.Advance(89 * time.Second)
	assert.Empty(t, log.all())
	sim.Advance(time.Second)
	assert.Equal(t, []string{"28 12:01:30 heard"}, log.all())
}

// TestRealTimeIsNotMoved by mistake.
func TestRealTimeIsNotMoved(t *testing.T) {
	t.Parallel()
	sim := simulator.Start(t)
	require.ErrorIs(t, sim.Simulator.Advance(t.Context(), time.Hour), simulator.ErrRealClock)
	require.NoError(t, sim.Idle(t.Context()))
}
