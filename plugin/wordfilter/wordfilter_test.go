package wordfilter_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/hongyan-go/hongyan/app"
	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/bottest"
	"github.com/hongyan-go/hongyan/plugin"
	"github.com/hongyan-go/hongyan/plugin/wordfilter"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// run runs a bot that repeats what people say, and quotes it if they mention the bot.
func run(t *testing.T, c wordfilter.Config) *bottest.Sim {
	t.Helper()
	return bottest.RunWith(t, bottest.Config{Owners: []string{"erin"}, Setup: func(b *bot.Bot) error {
		b.Text(func(c *router.Context, m *xmlmsg.Text) error {
			if c.AtMe() {
				return c.ReplyQuote(c.Said())
			}
			return c.Reply(m.Body)
		})
		return nil
	}}, bottest.Must(wordfilter.New(c)))
}

func groups() plugin.Scope { return plugin.Scope{In: []string{"groups"}} }

// TestThen holds, drops or replaces what has a word, and lets all else pass.
func TestThen(t *testing.T) {
	t.Parallel()
	for _, then := range []string{"", "hold", "drop", "replace"} {
		sim := run(t, wordfilter.Config{Scope: groups(), Words: []string{"内部价", "VIP"}, Patterns: []string{`1\d{10}`}, Then: then})
		say := func(text string) { sim.Group("A").As("alice").Say(text) }
		say("你好 vips")
		sim.Group("A").ExpectText("你好 vips")
		say("ｖｉｐ 内部价内部价 13800000000！")
		switch then {
		case "replace":
			sim.Group("A").ExpectText("** ** **！")
			sim.Group("A").As("alice").SayAt("内部价") // a quote is XML, and is held
			sim.Group("A").ExpectNothing()
			assert.Len(t, sim.Held(), 1)
		case "drop":
			sim.Group("A").ExpectNothing()
			assert.Equal(t, 1, sim.Bot().Stats().Gated["drop"])
			assert.Empty(t, sim.Held())
		default:
			sim.Group("A").ExpectNothing()
			held := sim.Held()
			require.Len(t, held, 1)
			assert.NotContains(t, held[0].Reason, "内部价")
			sim.Release(held[0])
			sim.Group("A").ExpectContains("内部价")
		}
	}
}

// TestWhere looks only at the chats of the scope, and never at what goes to the people in charge.
func TestWhere(t *testing.T) {
	t.Parallel()
	sim := run(t, wordfilter.Config{Scope: plugin.Scope{In: []string{"all"}, NotIn: []string{"B"}}, Words: []string{"内部价"}, Then: "drop"})
	sim.Group("B").As("alice").Say("内部价")
	sim.Group("B").ExpectText("内部价")
	sim.Person("erin").Say("内部价")
	sim.Person("erin").ExpectText("内部价")
	sim.Person("alice").Say("内部价")
	sim.Person("alice").ExpectNothing()
	assert.Equal(t, 1, sim.Bot().Stats().Gated["drop"])
	require.NoError(t, sim.Bot().Switch(t.Context(), "wordfilter", "wxid_alice", false))
	sim.Person("alice").Say("内部价")
	sim.Person("alice").ExpectText("内部价")
}

// TestDryRun only logs.
func TestDryRun(t *testing.T) {
	t.Parallel()
	scope := groups()
	scope.DryRun = plugin.Always
	sim := run(t, wordfilter.Config{Scope: scope, Words: []string{"内部价"}, Then: "drop"})
	sim.Group("A").As("alice").Say("内部价")
	sim.Group("A").ExpectText("内部价")
}

// TestMistakes names the fields.
func TestMistakes(t *testing.T) {
	t.Parallel()
	for field, c := range map[string]wordfilter.Config{
		"in":          {Words: []string{"a"}},
		"words":       {Scope: groups()},
		"words[0]":    {Scope: groups(), Words: []string{"nothing.txt"}},
		"patterns[0]": {Scope: groups(), Patterns: []string{"("}},
		"patterns[1]": {Scope: groups(), Patterns: []string{"a", "a*"}},
	} {
		_, err := wordfilter.New(c)
		var wrong *plugin.FieldError
		require.ErrorAs(t, err, &wrong, field)
		assert.Equal(t, field, wrong.Field)
	}
}

// TestYAML reads a small and a full section.
func TestYAML(t *testing.T) {
	t.Parallel()
	for _, section := range []string{
		"{in: all, words: [内部价], then: hold}",
		`
    - name: prices
      in: groups
      not_in: [同事群]
      words: [内部价]
      patterns: ['1[0-9]{10}']
      then: replace
      replacement: '**'
      dry_run: true`,
	} {
		text := "service: {sim: true}\nallow: {everyone: true}\nplugins:\n  wordfilter: " + section + "\n"
		_, err := app.Reader{}.Parse("bot.yaml", []byte(text))
		require.NoError(t, err)
	}
}
