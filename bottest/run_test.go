package bottest_test

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/bottest"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/router/match"
	"github.com/hongyan-go/hongyan/simulator"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// plugin is a plugin of functions.
type plugin struct {
	setup func(h *bot.Handle)
	close func()
}

func (*plugin) Name() string { return "test" }

func (p *plugin) Setup(h *bot.Handle) error {
	p.setup(h)
	return nil
}

func (p *plugin) Close() error {
	if p.close != nil {
		p.close()
	}
	return nil
}

// echo answers texts; "error" with an error, "panic" with a panic.
func echo() (*plugin, error) {
	return &plugin{setup: func(h *bot.Handle) {
		h.Text(func(c *router.Context, m *xmlmsg.Text) error {
			switch m.Body {
			case "error":
				return errors.New("the disk is full")
			case "panic":
				panic("at the disco")
			}
			return c.Reply("re " + m.Body)
		})
		h.MemberJoined(func(c *router.Context, joined *xmlmsg.System) error {
			var names []string
			for _, p := range joined.Joined() {
				names = append(names, p.Nickname)
			}
			return c.Reply("welcome " + strings.Join(names, ", "))
		})
	}}, nil
}

func TestAPluginIsRun(t *testing.T) {
	t.Parallel()
	sim := bottest.Run(t, bottest.Must(echo()))
	a := sim.Group("A")
	a.As("alice").Say("hi")
	a.ExpectText("re hi")
	a.Add("li si", "wang wu")
	a.ExpectContains("Li Si, Wang Wu")
	a.As("li si").Say("thanks")
	a.ExpectText("re thanks")
	sim.Person("bob").Say("hello")
	sim.Person("bob").ExpectText("re hello")
	a.ExpectNothing()
	assert.Equal(t, "10:00:00", sim.Now().Format(time.TimeOnly))
}

func TestATestSeesWhatIsWrong(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		test  func(sim *bottest.Sim)
		fatal []string
		error []string
	}{
		"another text": {
			test:  func(sim *bottest.Sim) { sim.Person("bob").Say("1"); sim.Person("bob").ExpectText("re 2") },
			fatal: []string{`the bot did not send the text "re 2" to Bob (wxid_bob)`, `want "re 2"`, `got  "re 1"`},
		},
		"another chat": {
			test:  func(sim *bottest.Sim) { sim.Person("bob").Say("1"); sim.Group("A").ExpectText("re 1") },
			fatal: []string{"has sent nothing there", `to wxid_bob: 10:00:00 the bot: text "re 1"`},
		},
		"the order": {
			test: func(sim *bottest.Sim) {
				p := sim.Person("bob")
				p.Say("1")
				p.Say("2")
				p.ExpectText("re 2")
				p.ExpectText("re 1")
			},
			fatal: []string{`did not send the text "re 1"`},
		},
		"something instead of nothing": {
			test:  func(sim *bottest.Sim) { sim.Person("bob").Say("1"); sim.Person("bob").ExpectNothing() },
			fatal: []string{"expected to send nothing to Bob", `"re 1"`},
		},
		"a message that was passed over": {
			test: func(sim *bottest.Sim) {
				p := sim.Person("bob")
				p.Say("1")
				p.Say("2")
				p.ExpectText("re 2")
				p.ExpectNothing()
			},
			fatal: []string{"expected to send nothing", `"re 1"`},
		},
		"no error": {
			test:  func(sim *bottest.Sim) { sim.ExpectError("disk") },
			fatal: []string{`no error with the text "disk"`},
		},
		"an error":       {test: func(sim *bottest.Sim) { sim.Person("bob").Say("error") }, error: []string{"the disk is full"}},
		"a panic":        {test: func(sim *bottest.Sim) { sim.Person("bob").Say("panic") }, error: []string{"at the disco"}},
		"no such group":  {test: func(sim *bottest.Sim) { sim.Group("Z") }, fatal: []string{`no group "Z"`}},
		"no such friend": {test: func(sim *bottest.Sim) { sim.Person("zoe") }, fatal: []string{`no person "zoe"`}},
		"no such member": {test: func(sim *bottest.Sim) { sim.Group("A").As("grace") }, fatal: []string{"grace"}},
		"no such time":   {test: func(sim *bottest.Sim) { sim.At("25:00") }, fatal: []string{"25:00"}},
		"a restart without data": {
			test: func(sim *bottest.Sim) { sim.Restart() }, fatal: []string{"Config.Setup"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fatal, errs := fails(t, func(tb bottest.TB) { c.test(bottest.Run(tb, bottest.Must(echo()))) })
			if len(c.fatal) == 0 {
				assert.Empty(t, fatal)
			}
			for _, want := range c.fatal {
				assert.Contains(t, fatal, want)
			}
			assert.Len(t, errs, len(c.error), "%q", errs)
			for _, want := range c.error {
				assert.Contains(t, strings.Join(errs, "\n"), want)
			}
		})
	}
}

func TestAnExpectedErrorIsNoFailure(t *testing.T) {
	t.Parallel()
	sim := bottest.Run(t, bottest.Must(echo()))
	sim.Person("bob").Say("error")
	sim.ExpectError("the disk is full")
	sim.Advance(time.Hour) // until it is given up
	sim.ExpectError("dead letters")
}

func TestAPluginThatCannotBeMade(t *testing.T) {
	t.Parallel()
	assert.PanicsWithValue(t, "bottest: the plugin was not made: no word list", func() {
		bottest.Must(&plugin{}, errors.New("no word list"))
	})
	f := &fakeTB{tempDir: t.TempDir}
	f.run(func(tb bottest.TB) { bottest.Run(tb, &plugin{setup: func(*bot.Handle) { panic("no word list") }}) })
	assert.Contains(t, f.fatal, "plugin test: no word list")
	assert.Empty(t, f.errors)
}

func TestAGoroutineThatRemains(t *testing.T) {
	t.Parallel()
	stop, ended := make(chan struct{}), make(chan struct{})
	_, errs := fails(t, func(tb bottest.TB) {
		bottest.Run(tb, &plugin{setup: func(*bot.Handle) {
			go func() {
				defer close(ended)
				<-stop
			}()
		}})
	})
	require.Len(t, errs, 1)
	assert.Contains(t, errs[0], "TestAGoroutineThatRemains")
	close(stop)
	<-ended
}

func TestARestart(t *testing.T) {
	t.Parallel()
	bots := 0
	sim := bottest.RunWith(t, bottest.Config{Durable: true, Setup: func(b *bot.Bot) error {
		bots++
		number := bots
		b.Text(func(c *router.Context, _ *xmlmsg.Text) error {
			n := 0
			if _, err := c.Store(router.ByChat).Get(c, "n", &n); err != nil {
				return err
			}
			n++
			if err := c.Store(router.ByChat).Set(c, "n", n, time.Hour); err != nil {
				return err
			}
			return c.Reply(fmt.Sprintf("bot %d, message %d", number, n))
		}, match.Private())
		return nil
	}})
	alice := sim.Person("alice")
	alice.Say("one")
	alice.ExpectText("bot 1, message 1")
	sim.Restart()
	alice.Say("two")
	alice.ExpectText("bot 2, message 2")
	sim.Stop()
	alice.Say("lost")
	sim.Advance(time.Minute)
	sim.Start()
	alice.Say("three")
	alice.ExpectText("bot 3, message 3")
	alice.ExpectNothing()
}

// TestWhatWasSaidBeforeAStop is handled: each message once, in its order, however many there are.
func TestWhatWasSaidBeforeAStop(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	var got []string
	sim := bottest.RunWith(t, bottest.Config{Durable: true, Setup: func(b *bot.Bot) error {
		b.Text(func(_ *router.Context, m *xmlmsg.Text) error {
			mu.Lock()
			defer mu.Unlock()
			got = append(got, m.Body)
			return nil
		})
		return nil
	}})
	var want []string
	for i := range 50 {
		if i == 20 {
			sim.Restart()
		}
		want = append(want, strconv.Itoa(i))
		sim.Group("A").As([]string{"alice", "bob", "carol"}[i%3]).Say(want[i])
	}
	sim.Stop()
	sim.Advance(time.Hour)
	sim.Start()
	sim.Idle()
	mu.Lock()
	defer mu.Unlock()
	assert.Equal(t, want, got)
}

func TestTimesOfDay(t *testing.T) {
	t.Parallel()
	zone := time.FixedZone("there", 3*60*60)
	sim := bottest.RunWith(t, bottest.Config{Zone: zone, Setup: func(b *bot.Bot) error {
		b.Schedule("digest", "0 22 * * *", func(j *bot.Job) error { return j.SendText("晚安") },
			bot.At(simulator.DefaultAppID, sim10), bot.Zone("Etc/GMT-3"))
		return nil
	}})
	a := sim.Group("A")
	sim.At("21:59:59")
	a.ExpectNothing()
	sim.At("22:00")
	a.ExpectText("晚安")
	sim.At("22:00")
	a.ExpectText("晚安")
	assert.Equal(t, time.Date(2026, 1, 6, 22, 0, 0, 0, zone), sim.Now())
}

const sim10 = "10000000001@chatroom"

func TestAPaceIsKept(t *testing.T) {
	t.Parallel()
	p, err := echo()
	sim := bottest.RunWith(t, bottest.Config{Paced: true}, bottest.Must(p, err))
	bob := sim.Person("bob")
	bob.Say("1")
	bob.Say("2")
	sim.Idle()
	bob.ExpectText("re 1")
	bob.ExpectNothing()
	sim.Advance(time.Minute)
	bob.ExpectText("re 2")
}
