package app_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/app"
	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/plugin"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/simulator"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// desk is a bot of a file against a simulator.
type desk struct {
	t    *testing.T
	sim  *simulator.Test
	path string
	live *app.Live
	stop func() error

	mu   sync.Mutex
	said []string
}

// probe is a plugin that counts how often it is set up and closed.
type probe struct {
	plugin.Scope
	Text string   `yaml:"text"`
	To   []string `yaml:"to" of:"chats"`
}

type probed struct {
	probe
	built *counts
}

type counts struct {
	mu    sync.Mutex
	setUp map[string]int
	shut  int
}

func (c *counts) at(key string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.setUp[key]
}

func (c *counts) closed() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.shut
}

func (p *probed) Setup(h *bot.Handle) error {
	p.built.mu.Lock()
	defer p.built.mu.Unlock()
	p.built.setUp[p.Text]++
	h.Text(func(c *router.Context, m *xmlmsg.Text) error {
		if m.Body != "probe" {
			return router.Next
		}
		return c.Reply(p.Text + " " + strings.Join(p.To, ","))
	}).Named("probe")
	h.Schedule("hourly", "@hourly", func(*bot.Job) error { return nil })
	return nil
}

func (p *probed) Close() error {
	p.built.mu.Lock()
	defer p.built.mu.Unlock()
	p.built.shut++
	return nil
}

// reader knows the plugin probe.
func reader(built *counts) app.Reader {
	known := app.Builtin()
	known.Register(plugin.Define("probe", "Tests.", func(c probe) (bot.Plugin, error) {
		return c.Bind("probe", &probed{c, built}), nil
	}))
	return app.Reader{Plugins: known, Lookup: env(nil)}
}

// newDesk starts the bot of a file; its head is written before.
func newDesk(t *testing.T, built *counts, text string) *desk {
	t.Helper()
	d := &desk{t: t, sim: simulator.Start(t), path: filepath.Join(t.TempDir(), "bot.yaml")}
	d.write(text)
	var err error
	d.live, err = app.StartLive(t.Context(), d.path, reader(built), func(line string) {
		d.mu.Lock()
		defer d.mu.Unlock()
		d.said = append(d.said, line)
	})
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	ended := make(chan error, 1)
	go func() { ended <- d.live.Run(ctx) }()
	d.stop = sync.OnceValue(func() error { cancel(); return <-ended })
	t.Cleanup(func() { assert.NoError(t, d.stop()) })
	d.sim.ExpectCallback()
	return d
}

// write saves the file as an editor does: another one takes its place.
func (d *desk) write(text string) {
	d.t.Helper()
	head := fmt.Sprintf("service: {base_url: %q, token: %s}\naccounts: [{app_id: %s}]\ncallback: {listen: \"127.0.0.1:0\"}\ndata: %s\n"+
		"admin: 'off'\nowners: [wxid_bob]\n",
		d.sim.BaseURL(), d.sim.Token(), simulator.DefaultAppID, filepath.Join(filepath.Dir(d.path), "data"))
	require.NoError(d.t, os.WriteFile(d.path+"~", []byte(head+text), 0o600))
	require.NoError(d.t, os.Rename(d.path+"~", d.path))
}

func (d *desk) lines() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return strings.Join(d.said, "\n")
}

func newCounts() *counts { return &counts{setUp: map[string]int{}} }

// TestReloadLosesNothing reloads all the time while messages come: each is answered once, by the
// rules of one version of the file, and schedules are there once.
func TestReloadLosesNothing(t *testing.T) {
	t.Parallel()
	const reloads, messages = 300, 300
	file := func(n int) string {
		var b strings.Builder
		// On a slow machine each message may come right after the answer to the one before, as
		// those of a bot do.
		b.WriteString("loop_guard: off\n")
		fmt.Fprintf(&b, "rules:\n  - {name: all, on: text, regexp: '^(?P<n>\\d+)$', reply: '{{.n}} v%d'}\nplugins:\n  probe:\n", n)
		for _, i := range [][]int{{1, 2}, {2, 1}, {2}}[n%3] {
			fmt.Fprintf(&b, "    - {name: p%d, in: [all], text: p%d}\n", i, i)
		}
		return b.String()
	}
	built := newCounts()
	d := newDesk(t, built, file(0))
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for i := range messages {
			d.sim.Friend([]string{"alice", "bob"}[i%2]).Says(strconv.Itoa(i))
		}
	}()
	for n := 1; n <= reloads; n++ {
		d.write(file(n))
		_, err := d.live.Reload(t.Context())
		require.NoError(t, err)
	}
	<-ended
	require.Eventually(t, func() bool { return d.live.Bot().Stats().Handled == messages }, time.Minute, 10*time.Millisecond)
	require.Eventually(t, func() bool { return d.live.Bot().Stats().Sent == messages }, time.Minute, 10*time.Millisecond)
	stats := d.live.Bot().Stats()
	assert.Zero(t, stats.Unhandled)
	assert.Zero(t, stats.Failed)
	all, err := d.sim.Messages("", 0)
	require.NoError(t, err)
	answers := map[string]int{}
	for _, m := range all {
		if n, _, ok := strings.Cut(m.Text, " v"); ok && m.ByBot() {
			answers[n]++
		}
	}
	assert.Len(t, answers, messages)
	for n, times := range answers {
		assert.Equal(t, 1, times, n)
	}
	assert.Equal(t, 1, built.at("p2"), "what the file says the same of stays as it is")
	assert.Greater(t, built.at("p1"), reloads/4, "it comes and goes")
	assert.Equal(t, built.at("p1")-1, built.closed(), "the last version has it")
	require.NoError(t, d.stop())
	assert.Equal(t, built.at("p1")+1, built.closed())
}

// TestABrokenFileKeepsTheOldSet: the line is named, the people in charge are told once, and nothing
// changes.
func TestABrokenFileKeepsTheOldSet(t *testing.T) {
	t.Parallel()
	const good = "rules:\n  - {name: hi, on: text, regexp: 'hi (?P<n>.*)', reply: '%s {{.n}}'}\n"
	d := newDesk(t, newCounts(), fmt.Sprintf(good, "one"))
	alice, bob := d.sim.Friend("alice"), d.sim.Friend("bob")
	n := 0
	says := func(want string) {
		t.Helper()
		n++
		alice.Says(fmt.Sprint("hi ", n)) // the same text again and again is that of a bot
		alice.ExpectText(fmt.Sprint(want, " ", n))
	}
	says("one")
	for _, broken := range []string{
		"rules:\n  - {name: hi, on: text, keyword: [hi], reply: two}\n  - {name: x, on: txet, reply: y}\n",
		"rules:\n  - {name: hi, on: text, keyword: [hi], reply: two}\nplugins:\n  probe: [{in: [all]}, {in: [all]}]\n",
		"rules:\n  - {name: hi, on: text, keyword: [hi], reply: '{{.nonsense}}'}\n",
		"rules:\n  - {name: hi, on: text, regexp: 'hi (', reply: two}\n",
		"rules:\n  - {name: hi, on: text, regexp: '', reply: two}\n",
		"rules: []\n",
	} {
		d.write(broken)
		lines := d.live.Again(t.Context())
		assert.Regexp(t, `^`+d.path+`:\d+: `, lines[0])
		if strings.Contains(broken, "regexp") {
			assert.Contains(t, lines[0], ": rules[0].regexp: ")
		}
		assert.Contains(t, d.lines(), lines[0])
		d.live.Again(t.Context())
		bob.Expect("the report", func(m simulator.Message) bool { return strings.Contains(m.Text, lines[0]) })
		says("one")
	}
	told := 0
	all, err := d.sim.Messages("wxid_bob", 0)
	require.NoError(t, err)
	for _, m := range all {
		if strings.Contains(m.Text, "was not reloaded") {
			told++
		}
	}
	assert.Equal(t, 6, told, "once for each mistake")
	d.write(fmt.Sprintf(good, "three"))
	d.live.Again(t.Context())
	says("three")
}

// TestASavedFileIsReloaded without anyone asking for it.
func TestASavedFileIsReloaded(t *testing.T) {
	t.Parallel()
	d := newDesk(t, newCounts(), "rules:\n  - {name: hi, on: text, keyword: [hi], reply: one}\n")
	d.write("rules:\n  - {name: hi, on: text, keyword: [hi], reply: two}\n")
	require.Eventually(t, func() bool {
		return strings.Contains(d.lines(), "reloaded: rules has changed")
	}, 20*time.Second, 10*time.Millisecond)
	d.sim.Friend("alice").Says("hi")
	d.sim.Friend("alice").ExpectText("two")
}

// TestAMountOfKubernetesIsFollowed: the file is a link into a directory whose link is exchanged.
func TestAMountOfKubernetesIsFollowed(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	version := func(name, text string) {
		require.NoError(t, os.Mkdir(filepath.Join(dir, name), 0o700))
		require.NoError(t, os.WriteFile(filepath.Join(dir, name, "bot.yaml"), []byte("service: {sim: true}\n"+
			"callback: {listen: \"127.0.0.1:0\"}\ndata: "+filepath.Join(dir, "data")+"\n"+
			"rules: [{name: hi, on: text, reply: "+text+"}]\n"), 0o600))
		require.NoError(t, os.Symlink(name, filepath.Join(dir, "..new")))
		require.NoError(t, os.Rename(filepath.Join(dir, "..new"), filepath.Join(dir, "..data")))
	}
	version("..1", "one")
	path := filepath.Join(dir, "bot.yaml")
	require.NoError(t, os.Symlink("..data/bot.yaml", path))
	said := make(chan string, 100)
	live, err := app.StartLive(t.Context(), path, reader(newCounts()), func(line string) { said <- line })
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- live.Run(ctx) }()
	_, err = live.Bot().Address(t.Context())
	require.NoError(t, err)
	version("..2", "two")
	require.Contains(t, <-said, "reloaded: rules has changed")
	cancel()
	require.NoError(t, <-ended)
}

// TestReloadCommand asks the running bot, and prints what it says.
func TestReloadCommand(t *testing.T) {
	t.Parallel()
	d := newDesk(t, newCounts(), "rules:\n  - {name: hi, on: text, keyword: [hi], reply: one}\n")
	command := func(args ...string) (code int, out, errOut string) {
		var o, e bytes.Buffer
		code = app.Run(app.Console{Ctx: t.Context(), Out: &o, ErrOut: &e, Lookup: env(nil)}, append([]string{"reload"}, args...))
		return code, o.String(), e.String()
	}
	d.write("log_text: true\nallow: {people: [wxid_carol]}\nrules:\n  - {name: hi, on: text, keyword: [hi], reply: two}\n" +
		"plugins: {owner: {}}\n")
	code, out, errOut := command("-c", d.path)
	assert.Zero(t, code, errOut)
	assert.Contains(t, out, d.path+": reloaded: ")
	assert.Contains(t, out, d.path+":7: log_text has changed: that holds after a restart\n")
	assert.Contains(t, d.lines(), d.path+": reloaded: rules has changed, owner is new\n"+d.path+": the allow lists have changed\n")

	d.write("rules:\n  - {name: hi, on: text, keyword: [hi], reply: '{{.bad}}'}\n")
	code, out, errOut = command("--data", filepath.Join(filepath.Dir(d.path), "data"))
	assert.Equal(t, 1, code)
	assert.Contains(t, out, d.path+":8: rules[0].reply: ")
	assert.Contains(t, errOut, "not reloaded")
	code, out, _ = command("--json", "--data", filepath.Join(filepath.Dir(d.path), "data"))
	assert.Equal(t, 1, code)
	var answers []struct {
		OK    bool     `json:"ok"`
		Lines []string `json:"lines"`
	}
	require.NoError(t, json.Unmarshal([]byte(out), &answers), out)
	require.Len(t, answers, 1)
	assert.False(t, answers[0].OK)
	assert.Contains(t, answers[0].Lines[0], d.path+":8: ")
	code, _, errOut = command("-c", d.path)
	assert.Equal(t, 1, code, "the command sees the mistake itself")
	assert.Contains(t, errOut, d.path+":8: ")
	code, _, errOut = command("--data", t.TempDir())
	assert.Equal(t, 1, code)
	assert.Contains(t, errOut, "no bot has kept anything")
	require.NoError(t, d.stop())
	code, _, errOut = command("--data", filepath.Join(filepath.Dir(d.path), "data"), "--timeout", "50ms")
	assert.Equal(t, 1, code)
	assert.Contains(t, errOut, "no bot has answered")
}

// TestNamesBecomeIDs: names of the file are looked up, kept over a change of the name, and tried
// again if nobody has them yet.
func TestNamesBecomeIDs(t *testing.T) {
	t.Parallel()
	const groupA, groupB = "10000000001@chatroom", "20000000002@chatroom"
	d := newDesk(t, newCounts(), `allow: {groups: [A]}
rules:
  - {name: hi, on: text, in: [A], from: [Alice, a_stranger], reply: heard}
plugins:
  probe: {in: [all], text: to, to: [A, 新群, wxid_bob]}
`)
	alice := d.sim.Group("A").Member("alice")
	alice.Says("hello")
	d.sim.Group("A").ExpectText("heard")
	assert.Contains(t, d.lines(), d.path+`:11: "新群": contacts: `)
	assert.Contains(t, d.lines(), d.path+`:9: "a_stranger": app: no friend and no group has this name; it is taken for an id`)
	assert.NotContains(t, d.lines(), `"A"`)
	alice.Says("probe")
	d.sim.Group("A").ExpectText("heard")

	_, err := d.sim.Act(simulator.Action{Do: simulator.DoRename, Group: groupA, From: simulator.DefaultWxid, Text: "改名"})
	require.NoError(t, err)
	_, err = d.sim.Act(simulator.Action{Do: simulator.DoRename, Group: groupB, From: simulator.DefaultWxid, Text: "新群"})
	require.NoError(t, err)
	require.Eventually(t, func() bool { return d.live.Found(t.Context()) }, 20*time.Second, 10*time.Millisecond)
	_, err = d.live.Reload(t.Context())
	require.NoError(t, err)
	assert.False(t, d.live.Found(t.Context()), "all are known")
	d.sim.Friend("alice").Says("probe")
	alice.Says("again")
	d.sim.Group(groupA).ExpectText("heard")
}

// TestTheLineFollowsTheFile: after a reload the line that has a plugin on or off is that of the new
// text, also if nothing else has changed.
func TestTheLineFollowsTheFile(t *testing.T) {
	t.Parallel()
	const text = "rules: [{name: a, on: text, reply: b}]\nchats:\n  20000000002@chatroom: {not: [rules]}\n"
	built := newCounts()
	d := newDesk(t, built, text)
	at := func() bot.PluginState { return d.live.Bot().Plugins(t.Context(), "", "20000000002@chatroom")[0] }
	off := at()
	assert.False(t, off.On)
	d.write("# a comment\n" + text)
	_, err := d.live.Reload(t.Context())
	require.NoError(t, err)
	assert.Equal(t, []string{"bot.yaml:9", "bot.yaml:10"}, []string{off.Place, at().Place}, "below the six lines of write")
	require.NoError(t, d.stop())
}
