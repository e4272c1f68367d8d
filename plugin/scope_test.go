package plugin_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/bottest"
	"github.com/hongyan-go/hongyan/plugin"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// config is the config struct of echo.
type config struct {
	plugin.Scope
	Word string        `yaml:"word" default:"echo" help:"What it answers."`
	Wait time.Duration `yaml:"wait,off" default:"2s"`
	Not  bool          `yaml:"loud,not" default:"true"`
	To   []string      `yaml:"to" of:"chats" default:"owners"`
	Deep struct {
		Most int `yaml:"most" default:"3"`
	} `yaml:"deep"`
}

// echo answers with a word.
type echo struct{ c config }

func newEcho(c config) (bot.Plugin, error) {
	plugin.Defaults(&c)
	if err := plugin.Require(map[string][]string{"in": c.In}); err != nil {
		return nil, err
	}
	return c.Bind("echo", &echo{c}), nil
}

func (e *echo) Setup(h *bot.Handle) error {
	h.Text(func(c *router.Context, _ *xmlmsg.Text) error { return c.Reply(e.c.Word) })
	h.Task("tell", func(t *bot.Task[string]) error { return e.c.Tell(t, h, t.Account(), t.Data) })
	h.Image(func(c *router.Context, _ *xmlmsg.Image) error { return c.Later("tell", "k", time.Second, "a picture") })
	return nil
}

func (e *echo) Close() error { return nil }

// TestScope works where and for whom it says, by names, and tells those who are to know.
func TestScope(t *testing.T) {
	t.Parallel()
	sim := bottest.RunWith(t, bottest.Config{Owners: []string{"erin"}}, bottest.Must(newEcho(config{Scope: plugin.Scope{
		In: []string{"A", "private"}, NotIn: []string{"Dave"}, NotFrom: []string{"Bob"},
	}})))
	sim.Group("A").As("alice").Say("hello")
	sim.Group("A").ExpectText("echo")
	sim.Group("A").As("bob").Say("hello")
	sim.Group("A").ExpectNothing()
	sim.Group("B").As("alice").Say("hello")
	sim.Group("B").ExpectNothing()
	sim.Person("carol").Say("hello")
	sim.Person("carol").ExpectText("echo")
	sim.Person("dave").Say("hello")
	sim.Person("dave").ExpectNothing()
	sim.Group("A").As("alice").Image()
	sim.Advance(2 * time.Second)
	sim.Person("erin").ExpectText("a picture")
}

// TestScopeOfAdmins handles only the messages of those who run the group.
func TestScopeOfAdmins(t *testing.T) {
	t.Parallel()
	sim := bottest.RunWith(t, bottest.Config{Owners: []string{"erin"}}, bottest.Must(newEcho(config{Scope: plugin.Scope{
		Name: "second", In: []string{"groups"}, From: []string{"admins"},
	}})))
	sim.Group("A").As("alice").Say("hello") // the owner of A
	sim.Group("A").ExpectText("echo")
	sim.Group("A").As("erin").Say("hello") // in charge of the bot
	sim.Group("A").ExpectText("echo")
	sim.Group("A").As("carol").Say("hello")
	sim.Group("A").ExpectNothing()
	sim.Person("alice").Say("hello")
	sim.Person("alice").ExpectNothing()
}

// TestDefaults fills what is zero, and leaves what is set.
func TestDefaults(t *testing.T) {
	t.Parallel()
	c := config{Word: "hi", Scope: plugin.Scope{Notify: []string{"A"}}}
	plugin.Defaults(&c)
	assert.Equal(t, "hi", c.Word)
	assert.Equal(t, 2*time.Second, c.Wait)
	assert.Equal(t, []string{"owners"}, c.To)
	assert.Equal(t, []string{"A"}, c.Notify)
	assert.Equal(t, 3, c.Deep.Most)
	assert.False(t, c.Not)
	_, err := newEcho(config{})
	var wrong *plugin.FieldError
	require.ErrorAs(t, err, &wrong)
	assert.Equal(t, "in", wrong.Field)
}

// TestRegistry refuses a name twice, and names that no section can have.
func TestRegistry(t *testing.T) {
	t.Parallel()
	r := &plugin.Registry{}
	r.Register(plugin.Define("echo", "Answers with a word.", newEcho).WithExample("echo: {in: [A]}"))
	assert.Equal(t, []string{"echo"}, r.Names())
	d, ok := r.Lookup("echo")
	require.True(t, ok)
	_, err := d.New(d.Config())
	require.Error(t, err)
	assert.Panics(t, func() { r.Register(plugin.Define("echo", "", newEcho)) })
	assert.Panics(t, func() { r.Register(plugin.Define("Echo!", "", newEcho)) })
	r.Register(plugin.Define("sound", "", newEcho).WithOldName("noise"))
	assert.Equal(t, []string{"echo", "sound"}, r.Names())
	d, ok = r.Lookup("noise")
	require.True(t, ok)
	assert.Equal(t, "sound", d.Name)
	assert.Panics(t, func() { r.Register(plugin.Define("noise", "", newEcho)) })
	assert.Panics(t, func() { r.Register(plugin.Define("tone", "", newEcho).WithOldName("echo")) })
}
