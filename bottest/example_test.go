package bottest_test

import (
	"strings"
	"time"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/bottest"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/router/match"
	"github.com/hongyan-go/hongyan/simulator"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// greeter greets new members.
type greeter struct{ text string }

func (*greeter) Name() string { return "greeter" }

func (p *greeter) Setup(h *bot.Handle) error {
	h.MemberJoined(func(c *router.Context, m *xmlmsg.System) error {
		var names []string
		for _, person := range m.Joined() {
			names = append(names, person.Nickname)
		}
		return c.Reply(p.text + " " + strings.Join(names, ", "))
	})
	return nil
}

func (*greeter) Close() error { return nil }

// A test of a plugin.
func ExampleRun() {
	greets := func(t bottest.TB) {
		sim := bottest.Run(t, &greeter{text: "欢迎"})
		a := sim.Group("A")
		a.Add("li si", "wang wu") // whom the world does not know: they are made up
		a.ExpectText("欢迎 Li Si, Wang Wu")
		a.Leave("li si")
		a.ExpectNothing()
	}
	runExample(greets) // in a test file: func TestGreets(t *testing.T)
	// Output: ok
}

// A test of handlers, with what happens when the process starts again.
func ExampleRunWith() {
	signsUp := func(t bottest.TB) {
		sim := bottest.RunWith(t, bottest.Config{Durable: true, Setup: func(b *bot.Bot) error {
			b.Command("报名", func(c *router.Context) error {
				name, err := c.Ask("你的名字？")
				if err != nil {
					return err
				}
				return c.Reply("你好 " + name)
			})
			return b.Install(&greeter{text: "欢迎"}) // a new value for each bot
		}})
		alice := sim.Person("alice")
		alice.Say("报名")
		alice.ExpectText("你的名字？")
		sim.Restart()
		alice.Say("Alice")
		alice.ExpectText("你好 Alice")
	}
	runExample(signsUp)
	// Output: ok
}

// A test that goes through a day.
func ExampleSim_At() {
	saysGoodNight := func(t bottest.TB) {
		sim := bottest.RunWith(t, bottest.Config{Setup: func(b *bot.Bot) error {
			b.Schedule("night", "0 22 * * *", func(j *bot.Job) error { return j.SendText("晚安") },
				bot.At(simulator.DefaultAppID, "10000000001@chatroom"))
			return nil
		}})
		sim.At("21:59")
		sim.Group("A").ExpectNothing()
		sim.At("22:00")
		sim.Group("A").ExpectText("晚安")
	}
	runExample(saysGoodNight)
	// Output: ok
}

// A test with a service that refuses sends.
func ExampleSim_Refuse() {
	triesAgain := func(t bottest.TB) {
		sim := bottest.RunWith(t, bottest.Config{Setup: func(b *bot.Bot) error {
			b.Text(router.Say("9:00-18:00"), match.Keyword("hours"))
			return nil
		}})
		alice := sim.Group("A").As("alice")
		sim.Refuse(sim.Group("A"))
		alice.Say("hours?")
		alice.ExpectNothing()
		sim.ExpectError("refused") // the handler has failed, and the test wants that
		sim.Mend()
		sim.Advance(time.Minute)
		alice.Say("and now, the hours?")
		alice.ExpectText("9:00-18:00")
	}
	runExample(triesAgain)
	// Output: ok
}
