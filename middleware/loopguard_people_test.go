package middleware_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"
	"pgregory.net/rapid"

	"github.com/hongyan-go/hongyan/callback"
	"github.com/hongyan-go/hongyan/internal/clock"
	"github.com/hongyan-go/hongyan/middleware"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// guarded is a bot with the default guard and a virtual clock.
type guarded struct {
	t        testing.TB
	now      time.Time
	router   *router.Router
	handled  int
	observed int
	dropped  int
	lines    *observer.ObservedLogs
	log      *zap.Logger
}

func newGuarded(t testing.TB, handler func(g *guarded, c *router.Context) error) *guarded {
	t.Helper()
	g := &guarded{t: t, now: time.Unix(1_800_000_000, 0), router: router.New()}
	core, lines := observer.New(zap.DebugLevel)
	g.lines, g.log = lines, zap.New(core)
	g.router.Use(middleware.LoopGuard(middleware.LoopGuardConfig{Clock: clock.Func(func() time.Time { return g.now }),
		Count: func(string) { g.dropped++ }}))
	g.router.Observe(func(*router.Context) error { g.observed++; return nil })
	g.router.Any(func(c *router.Context) error { g.handled++; return handler(g, c) })
	return g
}

func (g *guarded) gets(e *callback.Event) {
	g.t.Helper()
	e.Time = g.now.Truncate(time.Second)
	_, err := g.router.Dispatch(g.t.Context(), e, router.Services{Sender: yes{}, Logger: g.log}, router.Run{Received: g.now})
	require.NoError(g.t, err)
}

// inGroup returns a text message of a member.
func inGroup(t testing.TB, from, body string) *callback.Event {
	t.Helper()
	return text(t, group, from+":\n"+body)
}

// aFile returns a complete file of a member.
func aFile(t testing.TB, from, name string) *callback.Event {
	t.Helper()
	return event(t, map[string]any{"TypeName": "AddMsg", "Appid": "wx_app", "Wxid": "wxid_me", "Data": map[string]any{
		"MsgType": 49, "NewMsgId": 1, "FromUserName": group, "ToUserName": "wxid_me",
		"Content": from + ":\n<msg><appmsg><title>" + name +
			"</title><type>6</type><appattach><totallen>63</totallen><fileext>json</fileext>" +
			"<cdnattachurl>3057</cdnattachurl></appattach><md5>" +
			fmt.Sprintf("%032x", name) + "</md5></appmsg></msg>",
	}})
}

// TestPeopleAreNeverMuted has a person write at human pace to bots that repeat, echo, count or are
// slow.
func TestPeopleAreNeverMuted(t *testing.T) {
	t.Parallel()
	bots := map[string]func(n int, said string) string{
		"fixed":   func(int, string) string { return "收到" },
		"echo":    func(_ int, said string) string { return said },
		"counter": func(n int, said string) string { return fmt.Sprintf("%d: %s", n, said) },
		"model":   func(n int, said string) string { return fmt.Sprintf("To %q I say %d things.", said, n) },
	}
	texts := map[string]func(i int, word string) string{
		"words":    func(i int, word string) string { return fmt.Sprintf("%s, and %s no. %d", word, word, i) },
		"numbered": func(i int, _ string) string { return fmt.Sprintf("message %d", i) },
		"short":    func(i int, _ string) string { return string(rune('一' + i)) },
	}
	rapid.Check(t, func(r *rapid.T) {
		bot := bots[rapid.SampledFrom([]string{"fixed", "echo", "counter", "model"}).Draw(r, "bot")]
		say := texts[rapid.SampledFrom([]string{"words", "numbered", "short"}).Draw(r, "texts")]
		thinks := time.Duration(rapid.IntRange(0, 5000).Draw(r, "the bot takes, in ms")) * time.Millisecond
		waits := rapid.Bool().Draw(r, "the person waits for the answer")
		g := newGuarded(t, func(g *guarded, c *router.Context) error {
			if waits {
				g.now = g.now.Add(thinks)
			}
			return c.Reply(bot(g.handled, c.Text()))
		})
		for i := range 100 {
			gap := rapid.IntRange(500, 10_000).Draw(r, "ms")
			g.now = g.now.Add(time.Duration(gap) * time.Millisecond)
			g.gets(inGroup(t, "wxid_a", say(i, rapid.StringMatching(`[a-z]{1,8}`).Draw(r, "word"))))
		}
		if g.handled != 100 || g.dropped != 0 {
			r.Fatalf("%d of 100 handled, %d dropped", g.handled, g.dropped)
		}
	})
}

// TestBotsAreMuted lets two bots of this product talk to each other, each with its own guard.
func TestBotsAreMuted(t *testing.T) {
	t.Parallel()
	paced := func(i int) time.Duration { return time.Duration(2000+i*7919%6000) * time.Millisecond }
	atOnce := func(int) time.Duration { return 40 * time.Millisecond }
	echo := func(_ int, said string) string { return said }
	counter := func(n int, said string) string { return fmt.Sprintf("%s %d", said, n) }
	fixed := func(int, string) string { return "您好，我现在不在，稍后回复您" }
	words := func(n int, _ string) string { return strings.Repeat(string(rune('一'+17*n)), 3+n%5) }
	for name, test := range map[string]struct {
		a, b func(n int, said string) string
		pace func(i int) time.Duration
		most int // messages of both
	}{
		"echo, at once":                {echo, echo, atOnce, 10},
		"echo, paced":                  {echo, echo, paced, 10},
		"echo and counter, at once":    {counter, counter, atOnce, 10},
		"echo and counter, paced":      {counter, counter, paced, 10},
		"fixed, paced":                 {fixed, fixed, paced, 10},
		"fixed and echo, paced":        {fixed, echo, paced, 10},
		"fixed and a model, at once":   {words, fixed, atOnce, 10},
		"fixed and a model, paced":     {words, fixed, paced, 20},
		"two models, at machine speed": {words, words, atOnce, 20},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			said := ""
			answer := func(f func(int, string) string) func(*guarded, *router.Context) error {
				return func(g *guarded, c *router.Context) error {
					said = f(g.handled, c.Text())
					return c.Reply(said)
				}
			}
			bots := []*guarded{newGuarded(t, answer(test.a)), newGuarded(t, answer(test.b))}
			now, count := bots[0].now, 1
			for said = "hi"; said != ""; count++ {
				now = now.Add(test.pace(count))
				body := said
				said = ""
				g := bots[count%2]
				g.now = now
				g.gets(inGroup(t, []string{"wxid_one", "wxid_two"}[count%2], body))
				require.Less(t, count, 100)
			}
			assert.LessOrEqual(t, count-1, test.most)
		})
	}
}

func TestOnlyTheSenderIsMuted(t *testing.T) {
	t.Parallel()
	g := newGuarded(t, func(_ *guarded, c *router.Context) error { return c.Reply(c.Text()) })
	for range 10 {
		g.now = g.now.Add(time.Second)
		g.gets(inGroup(t, "wxid_bot", "hello there"))
	}
	assert.Equal(t, 4, g.handled)
	assert.Equal(t, 6, g.dropped)
	assert.Equal(t, 10, g.observed, "observers see what is dropped")
	lines := g.lines.FilterMessageSnippet("a sender is muted").All()
	require.Len(t, lines, 1)
	assert.Contains(t, lines[0].Message, "loop_guard")
	fields := lines[0].ContextMap()
	assert.Equal(t, "wxid_bot", fields["sender"])
	assert.Equal(t, group, fields["conversation"])
	assert.Contains(t, fields, "until")

	g.gets(inGroup(t, "wxid_a", "what is going on?"))
	g.gets(text(t, "wxid_bot", "in private"))
	assert.Equal(t, 6, g.handled, "others there, and the sender elsewhere, are heard")
}

// TestFilesAreNotLost has a member post files quickly, some in reply to the acknowledgement of the
// previous one.
func TestFilesAreNotLost(t *testing.T) {
	t.Parallel()
	for name, ack := range map[string]bool{"forwarded elsewhere": false, "acknowledged": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := newGuarded(t, func(_ *guarded, c *router.Context) error {
				if ack {
					if err := c.Reply("已转发"); err != nil {
						return err
					}
				}
				return c.Forward("200@chatroom")
			})
			for i := range 12 {
				g.now = g.now.Add(200 * time.Millisecond)
				g.gets(aFile(t, "wxid_a", fmt.Sprintf("f%d.json", i)))
			}
			assert.Equal(t, 12, g.handled)
			assert.Zero(t, g.dropped)
		})
	}
}

func TestAFileOfAMutedSenderPasses(t *testing.T) {
	t.Parallel()
	var files []string
	g := newGuarded(t, func(_ *guarded, c *router.Context) error {
		if f, ok := c.Payload().(*xmlmsg.File); ok {
			files = append(files, f.Name)
		}
		return c.Reply("ok")
	})
	for range 6 {
		g.now = g.now.Add(time.Second)
		g.gets(inGroup(t, "wxid_a", "hello there"))
	}
	require.Positive(t, g.dropped)
	for _, name := range []string{"one.json", "two.json", "one.json"} {
		g.now = g.now.Add(time.Second)
		g.gets(aFile(t, "wxid_a", name))
	}
	assert.Equal(t, []string{"one.json", "two.json"}, files)
	assert.Equal(t, 1, g.lines.FilterMessageSnippet("a file of a muted sender").Len(), "what is dropped is said")
}

// TestWhoDoesNotWaitIsNoBot sends many messages at once, which are handled one after the other.
func TestWhoDoesNotWaitIsNoBot(t *testing.T) {
	t.Parallel()
	g := newGuarded(t, func(g *guarded, c *router.Context) error {
		g.now = g.now.Add(30 * time.Millisecond)
		return c.Reply("re: " + c.Text())
	})
	written := g.now
	for i := range 30 {
		e := inGroup(t, "wxid_a", strconv.Itoa(i))
		e.Time = written
		run := router.Run{Received: written.Add(time.Duration(i) * 10 * time.Millisecond)}
		_, err := g.router.Dispatch(t.Context(), e, router.Services{Sender: yes{}}, run)
		require.NoError(t, err)
	}
	assert.Equal(t, 30, g.handled)
}

// TestManyAtOneInstant: on a clock that a test moves, messages that are said one after the other
// have the same time. They are not reactions to the answers, however many there are.
func TestManyAtOneInstant(t *testing.T) {
	t.Parallel()
	for people := range 4 {
		g := newGuarded(t, func(_ *guarded, c *router.Context) error { return c.Reply("收到") })
		for i := range 50 {
			g.gets(inGroup(t, fmt.Sprint("wxid_", i%(people+1)), strconv.Itoa(i%3+1)))
		}
		assert.Equal(t, 50, g.handled, "%d people", people+1)
	}
}

// TestTheGuardRemembersNotWithoutEnd has more senders than the guard remembers.
func TestTheGuardRemembersNotWithoutEnd(t *testing.T) {
	t.Parallel()
	g := newGuarded(t, func(_ *guarded, c *router.Context) error { return c.Reply("ok") })
	var names []string
	for i := range 25_000 {
		names = append(names, fmt.Sprint("wxid_", i))
	}
	for name := range slices.Values(names) {
		g.gets(inGroup(t, name, "hi"))
	}
	assert.Equal(t, 25_000, g.handled)
}
