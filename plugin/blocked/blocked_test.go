package blocked_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/hongyan-go/hongyan/app"
	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/bottest"
	"github.com/hongyan-go/hongyan/plugin"
	"github.com/hongyan-go/hongyan/plugin/blocked"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// TestBlocked keeps people from routes, observers and forms of all others, by the file and by the
// commands of the person in charge, also after a restart.
func TestBlocked(t *testing.T) {
	t.Parallel()
	observed := 0
	sim := bottest.RunWith(t, bottest.Config{Durable: true, Owners: []string{"erin"}, Setup: func(b *bot.Bot) error {
		b.Observe(func(c *router.Context) error {
			if c.Event.Kind() == xmlmsg.KindText {
				observed++
			}
			return nil
		})
		if err := b.Install(bottest.Must(blocked.New(blocked.Config{People: []string{"Bob"}}))); err != nil {
			return err
		}
		b.Text(func(c *router.Context, _ *xmlmsg.Text) error {
			name, err := c.Ask("?")
			if err != nil {
				return err
			}
			return c.Reply("hello " + name)
		})
		return nil
	}})
	for _, chat := range []bottest.Person{sim.Group("A").As("bob"), sim.Person("bob")} {
		chat.Say("hi")
		chat.ExpectNothing()
	}
	sim.Idle()
	assert.Zero(t, observed)

	alice := sim.Person("alice")
	alice.Say("hi")
	alice.ExpectText("?")
	sim.Person("erin").Say("/拉黑 Alice")
	sim.Person("erin").ExpectContains("已拉黑 wxid_alice")
	alice.Say("Alice")
	alice.ExpectNothing()
	sim.Restart()
	sim.Person("alice").Say("Alice")
	sim.Person("alice").ExpectNothing()
	sim.Person("erin").Say("/取消拉黑 wxid_alice")
	sim.Person("erin").ExpectContains("已取消拉黑 wxid_alice")
	sim.Advance(time.Second)
	sim.Person("alice").Say("Alice")
	sim.Person("alice").ExpectText("hello Alice")

	sim.Person("erin").Say("/拉黑 Erin")
	sim.Person("erin").ExpectText("负责人不能拉黑。")
	sim.Person("erin").Say("/取消拉黑 wxid_nobody_at_all")
	sim.Person("erin").ExpectContains("wxid_nobody_at_all")
	sim.Person("carol").Say("/拉黑 Alice")
	sim.Person("alice").Say("hi")
	sim.Person("alice").ExpectText("?")

	require.NoError(t, sim.Bot().Uninstall("blocked"))
	sim.Group("A").As("bob").Say("hi")
	sim.Group("A").ExpectContains("?")
}

// TestMistakes names the fields.
func TestMistakes(t *testing.T) {
	t.Parallel()
	_, err := blocked.New(blocked.Config{People: []string{"all"}})
	var wrong *plugin.FieldError
	require.ErrorAs(t, err, &wrong)
	assert.Equal(t, "people[0]", wrong.Field)
}

// TestYAML reads a small and a full section.
func TestYAML(t *testing.T) {
	t.Parallel()
	for _, section := range []string{
		"{people: [wxid_demo_spammer]}",
		"{in: groups, not_in: [同事群], people: [wxid_demo_spammer, 另一个机器人], commands: false}",
	} {
		text := "service: {sim: true}\nallow: {everyone: true}\nplugins:\n  blocked: " + section + "\n"
		_, err := app.Reader{}.Parse("bot.yaml", []byte(text))
		require.NoError(t, err)
	}
}
