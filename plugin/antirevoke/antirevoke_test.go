package antirevoke_test

import (
	"io/fs"
	"math"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/hongyan-go/hongyan/app"
	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/bottest"
	"github.com/hongyan-go/hongyan/plugin"
	"github.com/hongyan-go/hongyan/plugin/antirevoke"
	"github.com/hongyan-go/hongyan/simulator"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func config() antirevoke.Config {
	return antirevoke.Config{Scope: plugin.Scope{In: []string{"A"}}}
}

// run runs the plugin in A, and returns what is downloaded.
func run(t *testing.T, c antirevoke.Config) (sim *bottest.Sim, files func() int) {
	t.Helper()
	dir := t.TempDir()
	sim = bottest.RunWith(t, bottest.Config{
		Owners: []string{"erin"}, Bot: func(b *bot.Config) { b.Files.Dir = dir },
	}, bottest.Must(antirevoke.New(c)))
	return sim, func() (n int) {
		sim.Idle()
		require.NoError(t, filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
			if err == nil && d.Type().IsRegular() && d.Name()[0] != '.' {
				n++
			}
			return err
		}))
		return n
	}
}

// TestStory11 shows text, picture and file to the person in charge alone.
func TestStory11(t *testing.T) {
	t.Parallel()
	sim, files := run(t, config())
	a, erin := sim.Group("A").As("alice"), sim.Person("erin")
	text := a.Say("明天开会")
	image := a.Image()
	file := a.FileWith("报价.pdf", []byte("%PDF-1.7 the price"))
	sim.Advance(time.Minute)
	assert.Equal(t, 2, files())
	a.Revoke(text)
	erin.ExpectText("Alice 在“A”撤回了 10:00 的消息：\n明天开会")
	a.Revoke(image)
	erin.ExpectContains("Alice 在“A”撤回了 10:00 的消息")
	erin.ExpectImage()
	a.Revoke(file)
	erin.ExpectText("Alice 在“A”撤回了 10:00 的消息：\n报价.pdf")
	erin.ExpectFile("报价.pdf")
	sim.Group("A").ExpectNothing()
	sim.Person("alice").ExpectNothing()
	sim.Advance(25 * time.Hour)
	assert.Zero(t, files(), "nothing is kept longer than keep")
	erin.ExpectNothing()
}

// TestNotListed downloads and shows nothing of other chats, private ones included, of corrections,
// of what is too large or too old, and of the owner's own.
func TestNotListed(t *testing.T) {
	t.Parallel()
	c := config()
	c.MaxSize, c.NotFrom = 1000, []string{"Bob"}
	sim, files := run(t, c)
	b, private, a := sim.Group("B").As("alice"), sim.Person("alice"), sim.Group("A")
	var revokes []func()
	for _, said := range []struct {
		by bottest.Person
		m  simulator.Message
	}{
		{b, b.Image()}, {b, b.Say("x")}, {private, private.Say("y")}, {private, private.File("a.pdf", 100)},
		{a.As("alice"), a.As("alice").File("large.pdf", 1001)}, {a.As("bob"), a.As("bob").Say("z")}, {a.Phone(), a.Phone().Say("own")},
	} {
		revokes = append(revokes, func() { said.by.Revoke(said.m) })
	}
	sim.Advance(time.Minute)
	assert.Zero(t, files())
	for _, revoke := range revokes {
		revoke()
	}
	quick := a.As("alice").Say("错字")
	sim.Advance(9 * time.Second)
	a.As("alice").Revoke(quick)
	for _, silent := range []bottest.Chat{sim.Person("erin").Chat, a, b.Chat, private.Chat} {
		silent.ExpectNothing()
	}
}

// TestRestart shows what was said before a restart.
func TestRestart(t *testing.T) {
	t.Parallel()
	sim := bottest.RunWith(t, bottest.Config{Durable: true, Owners: []string{"erin"}, Setup: func(b *bot.Bot) error {
		return b.Install(bottest.Must(antirevoke.New(config())))
	}})
	a := sim.Group("A").As("alice")
	m := a.FileWith("报价.pdf", []byte("%PDF-1.7 the price"))
	sim.Advance(time.Minute)
	sim.Restart()
	a.Revoke(m)
	sim.Person("erin").ExpectFile("报价.pdf")
}

// TestTwoAccounts: of two accounts in a group, one shows what was revoked.
func TestTwoAccounts(t *testing.T) {
	t.Parallel()
	file, err := app.Reader{Sim: true}.Parse("bot.yaml", []byte(`allow: {everyone: true}
owners: [老板]
accounts: [{app_id: wx_one}, {app_id: wx_two}]
plugins: {antirevoke: {in: [项目群]}}
tests:
  - name: once
    in: 项目群
    as: bob
    steps:
      - {say: 价格是 100, wait: 1m, expect: nothing}
      - {revoke: true, wait: 1m, expect: [{to: 老板, contains: 价格是 100}]}
`))
	require.NoError(t, err)
	results, err := file.Test(t.Context(), nil)
	require.NoError(t, err)
	require.Len(t, results, 1)
	assert.True(t, results[0].OK, "%v", results[0].Lines)
}

// TestNoFile says that a file could not be kept.
func TestNoFile(t *testing.T) {
	t.Parallel()
	sim, _ := run(t, config())
	sim.Break(simulator.Fault{Endpoint: "/message/downloadFile", Kind: simulator.FaultRefuse, Count: math.MaxInt},
		simulator.Fault{Endpoint: "/message/downloadCdn", Kind: simulator.FaultRefuse, Count: math.MaxInt})
	a := sim.Group("A").As("alice")
	m := a.FileWith("报价.pdf", []byte("%PDF-1.7 the price"))
	sim.Advance(time.Minute)
	a.Revoke(m)
	sim.Advance(20 * time.Minute)
	sim.Person("erin").ExpectText("Alice 在“A”撤回了 10:00 的消息：\n报价.pdf（内容没能保存下来）")
	sim.ExpectError("refused on order")
}

// TestExamples reads both examples of the manual.
func TestExamples(t *testing.T) {
	t.Parallel()
	for _, text := range []string{antirevoke.Definition().Example, `antirevoke:
  in: [项目群]
  types: [text, image, file]
  max_size: 20MB
  keep: 24h
  ignore_within: 10s
  to: owners
`} {
		file, err := app.Reader{}.Parse("bot.yaml", []byte("service: {sim: true}\nplugins:\n  "+strings.ReplaceAll(text, "\n", "\n  ")))
		require.NoError(t, err)
		require.Len(t, file.Plugins, 1)
	}
}

// TestMistakes names the fields.
func TestMistakes(t *testing.T) {
	t.Parallel()
	for want, change := range map[string]func(*antirevoke.Config){
		"in":       func(c *antirevoke.Config) { c.In = nil },
		"types":    func(c *antirevoke.Config) { c.Types = []string{} },
		"types[0]": func(c *antirevoke.Config) { c.Types = []string{"link"} },
		"keep":     func(c *antirevoke.Config) { c.Keep = -1 },
	} {
		c := config()
		change(&c)
		_, err := antirevoke.New(c)
		var wrong *plugin.FieldError
		require.ErrorAs(t, err, &wrong, want)
		assert.Equal(t, want, wrong.Field)
	}
}
