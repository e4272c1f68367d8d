package replay_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/internal/record"
	"github.com/hongyan-go/hongyan/replay"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/router/match"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// text is a text message of Alice in a group.
func text(id int, at time.Time, words string) replay.Entry {
	return replay.Entry{Body: fmt.Appendf(nil, `{"TypeName":"AddMsg","Appid":"wx_device","Wxid":"wxid_me","Data":{"MsgId":%d,`+
		`"NewMsgId":%d,"MsgType":1,"FromUserName":{"string":"10000000001@chatroom"},"ToUserName":{"string":"wxid_me"},`+
		`"Content":{"string":"wxid_alice:\n%s"},"CreateTime":%d}}`,
		id, 4_000_000_000_000_000+id, words, at.Unix())}
}

func noon() time.Time { return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC) }

func player(t *testing.T, r *router.Router, o replay.Options) *replay.Player {
	t.Helper()
	p, err := replay.ForRouter(r, o)
	require.NoError(t, err)
	return p
}

func TestCallsInOrder(t *testing.T) {
	t.Parallel()
	r := router.New()
	r.Text(func(c *router.Context, m *xmlmsg.Text) error {
		if err := c.Reply("got " + m.Body); err != nil {
			return err
		}
		return c.To("30000000003@chatroom").SendText(c.SenderName() + ": " + m.Body)
	}, match.Prefix("say")).Named("say")
	p := player(t, r, replay.Options{})
	steps := p.Play(t.Context(), text(1, noon(), "say <a>"), text(2, noon(), "nothing"), text(1, noon(), "say <a>"),
		text(3, noon(), "say c"))
	require.Len(t, steps, 4)
	assert.Equal(t, "say", steps[0].Outcome.Route)
	assert.True(t, steps[1].Unhandled())
	assert.True(t, steps[2].Repeated)
	assert.Len(t, steps[3].Calls, 2)
	want := `{"event":"wx_device:4000000000000001","route":"say","endpoint":"/message/postText",` +
		`"body":{"appId":"wx_device","content":"got say <a>","toWxid":"10000000001@chatroom"}}` + "\n" +
		`{"event":"wx_device:4000000000000001","route":"say","endpoint":"/message/postText",` +
		`"body":{"appId":"wx_device","content":"wxid_alice: say <a>","toWxid":"30000000003@chatroom"}}` + "\n" +
		`{"event":"wx_device:4000000000000003","route":"say","endpoint":"/message/postText",` +
		`"body":{"appId":"wx_device","content":"got say c","toWxid":"10000000001@chatroom"}}` + "\n" +
		`{"event":"wx_device:4000000000000003","route":"say","endpoint":"/message/postText",` +
		`"body":{"appId":"wx_device","content":"wxid_alice: say c","toWxid":"30000000003@chatroom"}}` + "\n"
	assert.Equal(t, want, replay.Golden(p.Calls()))
	assert.Contains(t, p.Explain(steps[1].Event).String(), "says no")
}

// TestOtherCalls are those that handlers make past the outbox, and those that it would hold.
func TestOtherCalls(t *testing.T) {
	t.Parallel()
	r := router.New()
	r.Text(func(c *router.Context, _ *xmlmsg.Text) error {
		sent, err := c.ReplySent("oops")
		if err != nil {
			return err
		}
		if err := c.Revoke(sent); err != nil {
			return err
		}
		for range 2 {
			if err := c.Reply("later", router.Key("once"), router.Hold("a person decides")); err != nil {
				return err
			}
		}
		return c.ReplyFile("testdata/report.pdf")
	}).Named("all")
	p := player(t, r, replay.Options{})
	p.Play(t.Context(), text(1, noon(), "x"))
	var got []string
	for _, c := range p.Calls() {
		got = append(got, c.Endpoint+" "+c.Hold+c.Error)
	}
	assert.Equal(t, []string{"/message/postText ", "/message/revokeMsg ", "/message/postText a person decides", "/message/postFile "}, got)
	assert.Contains(t, string(p.Calls()[1].Body), `"createTime":"1772366400"`)
	assert.Contains(t, string(p.Calls()[3].Body), "report.pdf")
}

// TestFailures are lines of their own, and end nothing.
func TestFailures(t *testing.T) {
	t.Parallel()
	r := router.New()
	var got error
	r.Text(func(c *router.Context, m *xmlmsg.Text) error {
		switch m.Body {
		case "panic":
			panic("a bug")
		case "fail":
			return errors.New("no luck")
		}
		got = c.Reply("x")
		return nil
	}).Named("r")
	p := player(t, r, replay.Options{Fail: map[string]replay.Failure{"/message/postText": replay.Unknown}})
	p.Play(t.Context(), replay.Entry{Body: []byte(`{"TypeName":`)}, text(1, noon(), "panic"), text(2, noon(), "fail"),
		text(3, noon(), "send"))
	calls := p.Calls()
	require.Len(t, calls, 4)
	assert.Contains(t, calls[0].Error, "not a JSON object")
	assert.Equal(t, "#1", calls[0].Event)
	assert.Contains(t, calls[1].Error, "a bug")
	assert.Equal(t, "no luck", calls[2].Error)
	assert.Equal(t, "/message/postText", calls[3].Endpoint)
	require.Error(t, got)
	assert.Equal(t, api.ExecutedUnknown, api.ExecutedOf(got))
}

// TestTheClockIsTheEvents has a form time out between two messages, in no time.
func TestTheClockIsTheEvents(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		r := router.New()
		r.Command("报名", func(c *router.Context) error {
			name, err := c.Ask("name?", router.OnTimeout("too late"))
			if err != nil {
				return err
			}
			return c.Replyf("%s at %s", name, c.Age())
		}).Named("form")
		p := player(t, r, replay.Options{})
		p.Play(t.Context(), text(1, noon(), "/报名"), text(2, noon().Add(time.Minute), "Alice"), text(3, noon().Add(time.Hour), "/报名"),
			text(4, noon().Add(2*time.Hour), "x"))
		var texts []string
		for _, c := range p.Calls() {
			texts = append(texts, c.Text()+c.Error)
		}
		assert.Equal(t, []string{"name?", "Alice at 1m0s", "name?", "too late"}, texts)
		assert.Zero(t, time.Since(began))
	})
}

// TestABot has the middleware of its configuration: those who are not allowed are not heard, and
// the clock of its rate is that of the events.
func TestABot(t *testing.T) {
	t.Parallel()
	run := func(c bot.Config) (calls []replay.Call, dropped []string) {
		c.Accounts = []bot.Account{{AppID: "wx_another"}} // a recording has pseudonyms
		p, err := replay.ForBot(c, replay.Options{})
		require.NoError(t, err)
		defer func() { assert.NoError(t, p.Close()) }()
		p.Bot().Text(func(c *router.Context, _ *xmlmsg.Text) error { return c.Reply("hello") })
		for _, s := range p.Play(t.Context(), text(1, noon(), "a"), text(2, noon(), "b"), text(3, noon().Add(time.Hour), "c")) {
			dropped = append(dropped, s.Outcome.Dropped)
		}
		return p.Calls(), dropped
	}
	calls, dropped := run(bot.Config{})
	assert.Empty(t, calls)
	assert.NotContains(t, dropped, "")

	calls, dropped = run(bot.Config{Allow: bot.Allow{Groups: []string{"10000000001@chatroom"}},
		RateLimit: bot.RateLimit{Events: 1, Per: time.Minute}})
	assert.Len(t, calls, 2)
	assert.Equal(t, []string{"", "rate limit", ""}, dropped)
}

// TestTheWholeCorpus runs every body that there is, redacted, twice: the calls are the same.
func TestTheWholeCorpus(t *testing.T) {
	t.Parallel()
	run := func() string {
		r := router.New()
		r.Any(func(c *router.Context) error {
			return c.Forward("30000000003@chatroom", router.Caption("{{.SenderName}} {{.GroupName}}"))
		})
		p := player(t, r, replay.Options{})
		p.Play(t.Context(), recorded(t)...)
		require.NotEmpty(t, p.Calls())
		return replay.Golden(p.Calls())
	}
	first := run()
	assert.Equal(t, first, run())
	assert.Contains(t, first, "/message/forwardFile")
	assert.NotContains(t, first, "wxid_c87aqjxxyl2e21")
}

// recorded is the corpus as a recorder keeps it.
func recorded(t *testing.T) []replay.Entry {
	t.Helper()
	entries, err := replay.Read("../callback/testdata/callbacks")
	require.NoError(t, err)
	r := record.NewRedactor(bytes.Repeat([]byte{7}, record.KeySize))
	for i, e := range entries {
		entries[i].Body = r.Body(e.Body)
	}
	return entries
}

func TestCheckFails(t *testing.T) {
	t.Parallel()
	r := router.New()
	r.Text(func(c *router.Context, _ *xmlmsg.Text) error { return c.Reply("hello 张三") }, match.Exact("hi")).Named("hi")
	for name, test := range map[string]struct {
		do   func(c *replay.Checked)
		want string // empty: passes
	}{
		"one":        {func(c *replay.Checked) { c.ExpectText("10000000001@chatroom", "张三") }, ""},
		"other":      {func(c *replay.Checked) { c.ExpectText("10000000001@chatroom", "李四") }, "李四 is not in"},
		"none":       {func(c *replay.Checked) { c.ExpectText("20000000002@chatroom") }, "0 calls"},
		"nothing":    {func(c *replay.Checked) { c.ExpectNothing() }, "nothing should have been called"},
		"a route":    {func(c *replay.Checked) { c.PlaysEntries(text(2, noon(), "ho")); c.ExpectText("10000000001@chatroom") }, "says no"},
		"no file":    {func(c *replay.Checked) { c.Plays("testdata/none.jsonl") }, "none.jsonl"},
		"a bad body": {func(c *replay.Checked) { c.PlaysBody(`{`); c.ExpectNothing() }, "not a JSON object"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tb := &fake{ctx: t.Context()}
			c := replay.Check(tb, r)
			c.PlaysEntries(text(1, noon(), "hi"))
			test.do(c)
			if test.want == "" {
				assert.Empty(t, tb.said)
				return
			}
			assert.Contains(t, tb.said, test.want)
		})
	}
}

// fake is a test that goes on when it fails.
type fake struct {
	ctx  context.Context
	said string
}

func (f *fake) Helper()                  {}
func (f *fake) Context() context.Context { return f.ctx }
func (f *fake) Fatalf(format string, args ...any) {
	f.said += fmt.Sprintf(format, args...) + "\n"
}

func TestDiff(t *testing.T) {
	t.Parallel()
	assert.Empty(t, replay.Diff("a", "x\n", "b", "x\n"))
	diff := replay.Diff("want.jsonl", "one\ntwo\n", "got", "one\nthree\n")
	assert.True(t, strings.HasPrefix(diff, "--- want.jsonl\n+++ got\n@@"), diff)
	assert.Contains(t, diff, "-two\n+three\n")
}
