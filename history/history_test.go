package history_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/bottest"
	"github.com/hongyan-go/hongyan/history"
	"github.com/hongyan-go/hongyan/outbox"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/store"
)

// TestWhatIsSaid has people, the bot and the owner of its account talk.
func TestWhatIsSaid(t *testing.T) {
	t.Parallel()
	f := start(t, history.Config{})
	group := f.Group("A").ID()
	f.Group("A").As("alice").Say("明天下午三点开会")
	f.Group("A").As("alice").Say("hi")
	f.Group("A").ExpectText("hello 你好呀")
	f.Group("A").Phone().Say("我来不了")
	f.Group("A").As("alice").Link("周报", "https://example.com/weekly")
	f.Person("bob").Say("in private")
	assert.Equal(t, []string{"明天下午三点开会", "hi", "hello 你好呀", "我来不了", "周报\nhttps://example.com/weekly"}, f.in(group))
	assert.Equal(t, []string{"in private"}, f.in("wxid_bob"))
	assert.Empty(t, f.in("wxid_carol"))

	p, err := f.h.Messages(t.Context(), history.Query{Chats: []string{group}})
	require.NoError(t, err)
	first, answer, typed := p.Messages[0], p.Messages[2], p.Messages[3]
	assert.Equal(t, history.Person{ID: "wxid_alice", Name: "Alice"}, first.Sender)
	assert.Equal(t, "group", first.Chat.Type)
	assert.NotEmpty(t, first.Chat.Name)
	assert.Equal(t, "text", first.Kind)
	assert.WithinDuration(t, f.Now(), first.Time, time.Minute)
	assert.True(t, answer.Self)
	assert.Equal(t, "sent", answer.State)
	assert.NotContains(t, answer.Key, "send/", "it has the key of the message that was sent")
	assert.True(t, typed.Self)
	assert.Empty(t, typed.State)

	for words, want := range map[string][]string{
		"下午": {"明天下午三点开会"}, "三点开会": {"明天下午三点开会"}, "会": {"明天下午三点开会"}, "HELLO": {"hello 你好呀"}, "hell": {"hello 你好呀"},
		"下午 开会": {"明天下午三点开会"}, "午下": {}, "明天开会": {}, "周报": {"周报\nhttps://example.com/weekly"},
		"weekly example": {"周报\nhttps://example.com/weekly"},
		"ＨＩ":             {"hi"}, "呀": {"hello 你好呀"}, "OR": {}, `"`: nil, "你好 NOT hello": {},
	} {
		if want == nil {
			_, err := f.h.Search(t.Context(), history.Query{Words: words})
			require.ErrorIs(t, err, history.ErrQuery)
			continue
		}
		assert.Equal(t, want, f.found(words), words)
	}
	alice, err := f.h.Search(t.Context(), history.Query{Person: "wxid_alice", Chats: []string{group}})
	require.NoError(t, err)
	assert.Len(t, alice.Messages, 3)
	for _, q := range []history.Query{
		{Words: "会", Chats: []string{"wxid_bob"}}, {Words: "会", Chats: []string{}}, {Words: "会", Accounts: []string{"wx_other"}},
		{Words: "会", Person: "wxid_bob"}, {Words: "会", To: f.Now().Add(-time.Hour)}, {Words: "会", From: f.Now().Add(time.Hour)},
	} {
		p, err := f.h.Search(t.Context(), q)
		require.NoError(t, err)
		assert.Empty(t, p.Messages, "%+v", q)
	}
}

// TestOnlyTheChats keeps the messages of one chat, by its name.
func TestOnlyTheChats(t *testing.T) {
	t.Parallel()
	f := start(t, history.Config{Chats: []string{"A"}})
	f.Group("A").As("alice").Say("hi")
	f.Group("B").As("alice").Say("hi")
	f.Person("bob").Say("hi")
	f.Idle()
	assert.Equal(t, []string{"hi", "hello 你好呀"}, f.in(f.Group("A").ID()))
	assert.Equal(t, []string{"hi"}, f.found("hi"))
	assert.Equal(t, []string{"hello 你好呀"}, f.found("hello"))
}

// TestOutcomes looks at messages of the bot that do not arrive, may have arrived, or are held.
func TestOutcomes(t *testing.T) {
	t.Parallel()
	f := start(t, history.Config{})
	send := func(chat bottest.Chat, text string, options ...router.SendOption) {
		_ = f.Bot().Chat(t.Context(), "", chat.ID()).SendText(text, options...)
	}
	f.Refuse(f.Group("A"))
	send(f.Group("A"), "refused")
	f.LoseAnswers(f.Group("B"))
	send(f.Group("B"), "unknown")
	f.ExpectError("a message may have been sent")
	f.Mend()
	send(f.Group("C"), "held", router.Hold("look at it"), router.Queued())
	f.Idle()
	assert.Empty(t, f.in(f.Group("A").ID()))
	assert.Equal(t, []string{"unknown"}, f.in(f.Group("B").ID()))
	assert.Empty(t, f.in(f.Group("C").ID()))
	p, err := f.h.Messages(t.Context(), history.Query{Chats: []string{f.Group("B").ID()}})
	require.NoError(t, err)
	assert.Equal(t, "unknown", p.Messages[0].State)

	require.NoError(t, f.Bot().MarkSent(t.Context(), p.Messages[0].Key[len("send/"):]))
	p, err = f.h.Messages(t.Context(), history.Query{Chats: []string{f.Group("B").ID()}})
	require.NoError(t, err)
	assert.Equal(t, "sent", p.Messages[0].State)
	f.Release(f.Held()[0])
	assert.Equal(t, []string{"held"}, f.in(f.Group("C").ID()))
	f.Group("A").ExpectNothing()
	f.Group("B").ExpectText("unknown")
	f.Group("C").ExpectText("held")
}

// TestAWithdrawnMessage is gone from pages and searches.
func TestAWithdrawnMessage(t *testing.T) {
	t.Parallel()
	f := start(t, history.Config{})
	f.Group("A").As("alice").Say("stays")
	m := f.Group("A").As("alice").Say("秘密")
	assert.Len(t, f.found("秘密"), 1)
	f.Group("A").As("alice").Revoke(m)
	assert.Equal(t, []string{"stays", ""}, f.in(f.Group("A").ID()))
	assert.Empty(t, f.found("秘密"))
	p, err := f.h.Messages(t.Context(), history.Query{Chats: []string{f.Group("A").ID()}})
	require.NoError(t, err)
	assert.True(t, p.Messages[1].Revoked)
}

// TestForget takes a person out: also after a restart, and from the log.
func TestForget(t *testing.T) {
	t.Parallel()
	f := start(t, history.Config{}, func(c *bottest.Config) { c.Durable = true })
	f.Group("A").As("alice").Say("hi")
	f.Group("A").As("bob").Say("this is bob")
	f.Person("alice").Say("in private")
	f.Idle()
	require.NoError(t, f.Bot().Chat(t.Context(), "", "wxid_alice").SendText("to alice"))
	f.Idle()
	assert.Equal(t, []string{"in private", "to alice"}, f.in("wxid_alice"))
	n, err := f.h.Forget(t.Context(), "wxid_alice")
	require.NoError(t, err)
	assert.Equal(t, 3, n)
	check := func() {
		t.Helper()
		assert.Equal(t, []string{"hello 你好呀", "this is bob"}, f.in(f.Group("A").ID()))
		assert.Empty(t, f.in("wxid_alice"))
		assert.Empty(t, f.found("private"))
		lines, err := f.back().Log().Read(t.Context(), "history", store.LineQuery{Key: "wxid_alice"})
		require.NoError(t, err)
		assert.Empty(t, lines)
	}
	check()
	f.Restart()
	check()
	f.Group("A").As("alice").Say("again")
	f.Idle()
	assert.Equal(t, []string{"hello 你好呀", "this is bob", "again"}, f.in(f.Group("A").ID()))
	_, err = f.h.Forget(t.Context(), "")
	require.Error(t, err)
}

// back is the store of the bot.
func (f *fixture) back() (back store.Store) {
	f.t.Helper()
	require.NoError(f.t, f.Bot().Install(probe{&back}))
	require.NoError(f.t, f.Bot().Uninstall("probe"))
	return back
}

type probe struct{ back *store.Store }

func (probe) Name() string                { return "probe" }
func (p probe) Setup(h *bot.Handle) error { *p.back = h.Back(); return nil }
func (probe) Close() error                { return nil }

// TestKeep lets messages get old.
func TestKeep(t *testing.T) {
	t.Parallel()
	f := start(t, history.Config{Keep: 2 * time.Hour})
	f.Group("A").As("alice").Say("old")
	f.Advance(90 * time.Minute)
	f.Group("A").As("alice").Say("new")
	assert.Equal(t, []string{"old", "new"}, f.in(f.Group("A").ID()))
	f.Advance(31 * time.Minute)
	assert.Equal(t, []string{"new"}, f.in(f.Group("A").ID()))
	assert.Empty(t, f.found("old"))
	f.Advance(time.Hour)
	assert.Equal(t, 1, f.h.Rows(t), "the schedule has deleted it")
}

// TestPages reads a chat to and fro, and around a message.
func TestPages(t *testing.T) {
	t.Parallel()
	f := start(t, history.Config{})
	const many = 23
	for i := range many {
		f.Group("A").As("alice").Say("m" + string(rune('a'+i)))
		f.Group("B").As("alice").Say("other")
	}
	f.Idle()
	a := f.Group("A").ID()
	read := func(q history.Query) history.Page {
		t.Helper()
		q.Chats = []string{a}
		p, err := f.h.Messages(t.Context(), q)
		require.NoError(t, err)
		return p
	}
	var back []string
	q := history.Query{Limit: 5}
	for {
		p := read(q)
		back = append(texts(p), back...)
		if q.Before = p.Older; q.Before == "" {
			break
		}
	}
	require.Len(t, back, many)
	assert.IsNonDecreasing(t, back)
	first := read(history.Query{}).Messages[0]
	var on []string
	q = history.Query{Limit: 5, After: first.Cursor}
	for {
		p := read(q)
		if len(p.Messages) == 0 {
			break
		}
		on = append(on, texts(p)...)
		q.After = p.Newer
	}
	assert.Equal(t, back[1:], on)
	middle := read(history.Query{}).Messages[10]
	assert.Equal(t, back[8:13], texts(read(history.Query{Around: middle.Key, Limit: 5})))
	assert.Equal(t, back[:3], texts(read(history.Query{Around: first.Key, Limit: 5})))
	for _, q := range []history.Query{{Before: "x"}, {After: "1"}, {After: "-"}, {Around: "a", Before: "1-1"}, {Words: "x"}} {
		_, err := f.h.Messages(t.Context(), q)
		require.ErrorIs(t, err, history.ErrQuery, "%+v", q)
	}
	_, err := f.h.Messages(t.Context(), history.Query{Around: "nothing"})
	require.ErrorIs(t, err, history.ErrNotFound)
}

func TestConfig(t *testing.T) {
	t.Parallel()
	for _, c := range []history.Config{{Keep: -1}, {Chats: []string{}}} {
		_, err := history.New(c)
		require.Error(t, err)
	}
}

// TestWhatLeaves keeps a message as the gates have left it, whichever was installed first.
func TestWhatLeaves(t *testing.T) {
	t.Parallel()
	f := start(t, history.Config{})
	f.Bot().Gate(func(_ context.Context, m outbox.Message) (v outbox.Verdict) {
		if text, ok := m.Send.(api.PostText); ok && text.Content == "the password is 123" {
			text.Content = "the password is ***"
			v.Replace = text
		}
		return v
	})
	require.NoError(t, f.Bot().Chat(t.Context(), "", "wxid_bob").SendText("the password is 123"))
	assert.Equal(t, []string{"the password is ***"}, f.in("wxid_bob"))
	f.Person("bob").ExpectText("the password is ***")
}
