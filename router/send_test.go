package router_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/callback"
	"github.com/hongyan-go/hongyan/outbox"
	"github.com/hongyan-go/hongyan/router"
)

// handle runs f as the handler of an event and returns what was sent.
func handle(t *testing.T, e *callback.Event, f func(*router.Context) error) ([]api.Send, router.Outcome, error) {
	t.Helper()
	rec := &recorder{}
	r := router.New()
	r.Any(f)
	outcome, err := r.Dispatch(t.Context(), e, router.Services{Sender: rec, Names: directory{}}, router.Run{})
	return rec.sent, outcome, err
}

func TestReply(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		event *callback.Event
		reply func(c *router.Context) error
		want  api.Send
	}{
		"private": {text(t, "x"), func(c *router.Context) error { return c.Reply("hi") },
			api.PostText{AppID: "wx_app", To: "wxid_alice", Content: "hi"}},
		"group": {groupText(t, "x"), func(c *router.Context) error { return c.Replyf("%d", 7) },
			api.PostText{AppID: "wx_app", To: groupA, Content: "7"}},
		"with a mention": {groupText(t, "x"), func(c *router.Context) error { return c.ReplyAt("hi") },
			api.PostText{AppID: "wx_app", To: groupA, Content: "@爱丽丝\u2005hi", At: []string{"wxid_alice"}}},
		"a mention already": {groupText(t, "x"), func(c *router.Context) error { return c.ReplyAt("@爱丽丝 hi") },
			api.PostText{AppID: "wx_app", To: groupA, Content: "@爱丽丝\u2005hi", At: []string{"wxid_alice"}}},
		"a wide mention": {groupText(t, "x"), func(c *router.Context) error { return c.ReplyAt(" ＠爱丽丝\u2005hi") },
			api.PostText{AppID: "wx_app", To: groupA, Content: "@爱丽丝\u2005hi", At: []string{"wxid_alice"}}},
		"the name already": {groupText(t, "x"), func(c *router.Context) error { return c.ReplyAt("爱丽丝，hi") },
			api.PostText{AppID: "wx_app", To: groupA, Content: "@爱丽丝\u2005hi", At: []string{"wxid_alice"}}},
		"only the name": {groupText(t, "x"), func(c *router.Context) error { return c.ReplyAt("@爱丽丝") },
			api.PostText{AppID: "wx_app", To: groupA, Content: "@爱丽丝\u2005", At: []string{"wxid_alice"}}},
		"a longer name": {groupText(t, "x"), func(c *router.Context) error { return c.ReplyAt("@爱丽丝丝 hi") },
			api.PostText{AppID: "wx_app", To: groupA, Content: "@爱丽丝\u2005@爱丽丝丝 hi", At: []string{"wxid_alice"}}},
		"mention, private": {text(t, "x"), func(c *router.Context) error { return c.ReplyAt("hi") },
			api.PostText{AppID: "wx_app", To: "wxid_alice", Content: "hi"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sent, outcome, err := handle(t, test.event, test.reply)
			require.NoError(t, err)
			assert.Equal(t, []api.Send{test.want}, sent)
			assert.Equal(t, 1, outcome.Sends)
		})
	}
}

func TestNoAnswerToNowhere(t *testing.T) {
	t.Parallel()
	for _, body := range []string{
		`{"TypeName":"Offline","Appid":"a"}`,
		`{"TypeName":"ModContacts","Appid":"a","Data":{"UserName":{"string":"wxid_a"}}}`,
		// a group message whose group is unknown must not be answered privately
		`{"msgType":"TEXT","appid":"a","wxid":"wxid_me","fromUser":"wxid_a","toUser":"wxid_me","content":"wxid_a:\nhi"}`,
	} {
		e, err := callback.Decode([]byte(body))
		require.NoError(t, err)
		sent, _, err := handle(t, e, func(c *router.Context) error { return c.Reply("hi") })
		require.ErrorIs(t, err, router.ErrNoConversation)
		assert.Empty(t, sent)
	}
}

const fileXML = "<?xml version=\"1.0\"?>\n<msg><appmsg appid=\"\" sdkver=\"0\"><title>表.xlsx</title><type>6</type>" +
	"<unknown x='1'><![CDATA[keep]]></unknown><appattach><totallen>12288</totallen><fileext>xlsx</fileext>" +
	"<cdnattachurl>3057</cdnattachurl><aeskey>00</aeskey></appattach></appmsg></msg>"

func TestForward(t *testing.T) {
	t.Parallel()
	inGroup := func(msgType int, content string) *callback.Event {
		return message(t, msgType, groupA, "wxid_alice:\n"+content)
	}
	image := `<msg><img aeskey="00"/></msg>`
	link := "<msg><appmsg><title>t</title><type>5</type><url>https://example.com</url></appmsg></msg>"
	video, music := `<msg><videomsg aeskey="00"/></msg>`, "<msg>\n<appmsg appid=\"\"><title>t</title><type>9999</type></appmsg>\n</msg>"
	for name, test := range map[string]struct {
		event   *callback.Event
		options []router.ForwardOption
		want    []api.Send
	}{
		"text":  {groupText(t, "hi"), nil, []api.Send{api.PostText{AppID: "wx_app", To: groupB, Content: "hi"}}},
		"file":  {inGroup(49, fileXML), nil, []api.Send{api.ForwardFile{AppID: "wx_app", To: groupB, XML: fileXML}}},
		"image": {inGroup(3, image), nil, []api.Send{api.ForwardImage{AppID: "wx_app", To: groupB, XML: image}}},
		"link":  {inGroup(49, link), nil, []api.Send{api.ForwardURL{AppID: "wx_app", To: groupB, XML: link}}},
		"video": {inGroup(43, video), nil, []api.Send{api.ForwardVideo{AppID: "wx_app", To: groupB, XML: video}}},
		"any app message": {inGroup(49, music), nil, []api.Send{
			api.PostAppMsg{AppID: "wx_app", To: groupB, AppMsg: `<appmsg appid=""><title>t</title><type>9999</type></appmsg>`}}},
		"with a caption": {inGroup(49, fileXML), []router.ForwardOption{router.Caption("{{.SenderName}} 来自 {{.GroupName}}: " +
			"{{.FileName}} ({{.FileSize}})")}, []api.Send{
			api.PostText{AppID: "wx_app", To: groupB, Content: "爱丽丝 来自 A 群: 表.xlsx (12 KB)"},
			api.ForwardFile{AppID: "wx_app", To: groupB, XML: fileXML}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sent, _, err := handle(t, test.event, func(c *router.Context) error { return c.Forward(groupB, test.options...) })
			require.NoError(t, err)
			assert.Equal(t, test.want, sent)
		})
	}
}

func TestForwardUnderAnotherName(t *testing.T) {
	t.Parallel()
	sent, _, err := handle(t, message(t, 49, "wxid_alice", fileXML), func(c *router.Context) error {
		return c.Forward(groupB, router.Retitle("新 & 旧.xlsx"))
	})
	require.NoError(t, err)
	require.Len(t, sent, 1)
	xml := sent[0].(api.ForwardFile).XML
	assert.Equal(t, strings.Replace(fileXML, "表.xlsx", "新 &amp; 旧.xlsx", 1), strings.ReplaceAll(xml, `x="1"`, `x='1'`))
}

func TestNotForwardable(t *testing.T) {
	t.Parallel()
	notice := "<msg><appmsg><title>t</title><type>74</type></appmsg></msg>"
	for _, e := range []*callback.Event{
		message(t, 49, "wxid_alice", notice), message(t, 49, "wxid_alice", "<msg><appmsg"), message(t, 50, "wxid_alice", "<voipmsg/>"),
	} {
		sent, outcome, err := handle(t, e, func(c *router.Context) error { return c.Forward(groupB) })
		require.ErrorIs(t, err, router.ErrNotForwardable)
		assert.Empty(t, sent)
		assert.Zero(t, outcome.Sends)
	}
}

func TestBadCaptionSendsNothing(t *testing.T) {
	t.Parallel()
	for _, caption := range []string{"{{", "{{.Nothing}}"} {
		sent, _, err := handle(t, message(t, 49, "wxid_alice", fileXML), func(c *router.Context) error {
			return c.Forward(groupB, router.Caption(caption))
		})
		require.ErrorContains(t, err, "router: template")
		assert.Empty(t, sent)
	}
}

// notSentError is an error that knows that nothing was sent.
type notSentError struct{}

func (notSentError) Error() string          { return "not sent" }
func (notSentError) Executed() api.Executed { return api.ExecutedNo }

func TestSendsAreCountedUnlessTheyCertainlyFailed(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		err  error
		want int
	}{{nil, 1}, {errors.New("time-out"), 1}, {context.Canceled, 1}, {notSentError{}, 0}} {
		r := router.New()
		r.Any(func(c *router.Context) error { return c.Reply("x") })
		outcome, err := r.Dispatch(t.Context(), text(t, "x"), router.Services{Sender: &recorder{err: test.err}}, router.Run{})
		require.ErrorIs(t, err, test.err)
		assert.Equal(t, test.want, outcome.Sends, "%v", test.err)
	}
	r := router.New()
	r.Any(func(c *router.Context) error { return c.Reply("x") })
	require.ErrorIs(t, r.Serve(t.Context(), text(t, "x"), router.Services{}), router.ErrNoSender)
}

// TestKeys runs a handler twice: what a second run sends has the keys of the first.
func TestKeys(t *testing.T) {
	t.Parallel()
	keys := func(e *callback.Event, run string, f func(*router.Context) error) ([]string, router.Outcome) {
		rec := &recorder{}
		r := router.New()
		r.Any(f).Named("shop")
		outcome, err := r.Dispatch(t.Context(), e, router.Services{Sender: rec, Names: directory{}}, router.Run{Key: run})
		require.NoError(t, err)
		var all []string
		for _, o := range rec.all {
			assert.Equal(t, "shop", o.Source)
			all = append(all, o.Key)
		}
		return all, outcome
	}
	three := func(c *router.Context) error {
		if err := c.Reply("a"); err != nil {
			return err
		}
		if err := c.Reply("b", router.Key("once")); err != nil {
			return err
		}
		return c.Reply("一二三四。五六七八。", router.SplitAt(6))
	}
	for range 2 {
		got, outcome := keys(text(t, "x"), "", three)
		assert.Equal(t, []string{"wx_app:12345678901234/shop/1", "key/wx_app/once", "wx_app:12345678901234/shop/3",
			"wx_app:12345678901234/shop/4"}, got)
		assert.Equal(t, router.Outcome{Route: "shop", Sends: 4}, outcome)
	}
	got, _ := keys(text(t, "x"), "form 7", func(c *router.Context) error { return c.Reply("a") })
	assert.Equal(t, []string{"form 7/shop/1"}, got)

	got, _ = keys(message(t, 49, groupA, "wxid_alice:\n"+fileXML), "", func(c *router.Context) error {
		return c.Forward(groupB, router.Caption("c"), router.Key("sheet"))
	})
	assert.Equal(t, []string{"key/wx_app/sheet#caption", "key/wx_app/sheet"}, got)
	got, _ = keys(text(t, "x"), "", func(c *router.Context) error {
		return c.Reply("一二三四。五六七八。", router.SplitAt(6), router.Key("k"))
	})
	assert.Equal(t, []string{"key/wx_app/k", "key/wx_app/k#2"}, got)

	e := text(t, "x")
	e.NewMsgID = 0
	got, outcome := keys(e, "", three)
	assert.Equal(t, []string{"", "key/wx_app/once", "", ""}, got, "nobody could find them again")
	assert.Equal(t, 4, outcome.Sends)
}

func TestSendOptions(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		send func(c *router.Context) error
		want outbox.Message
	}{
		"an answer": {func(c *router.Context) error { return c.Reply("x") }, outbox.Message{Class: outbox.Answer}},
		"a notice": {func(c *router.Context) error { return c.To(groupB).SendText("x") },
			outbox.Message{Class: outbox.Proactive}},
		"a forward": {func(c *router.Context) error { return c.Forward(groupB) }, outbox.Message{Class: outbox.Answer}},
		"a forward to many": {func(c *router.Context) error { return c.Forward(groupB, router.AsProactive()) },
			outbox.Message{Class: outbox.Proactive}},
		"an answer elsewhere": {func(c *router.Context) error { return c.To(groupB).SendText("x", router.AsAnswer()) },
			outbox.Message{Class: outbox.Answer}},
		"held": {func(c *router.Context) error { return c.Reply("x", router.Hold("money")) },
			outbox.Message{Class: outbox.Answer, Hold: "money"}},
		"held without a reason": {func(c *router.Context) error { return c.Reply("x", router.Hold("")) },
			outbox.Message{Class: outbox.Answer, Hold: "held by the handler"}},
		"queued": {func(c *router.Context) error { return c.ReplyAt("x", router.Queued()) },
			outbox.Message{Class: outbox.Answer, Queued: true}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rec := &recorder{}
			r := router.New()
			r.Any(test.send).Named("r")
			require.NoError(t, r.Serve(t.Context(), text(t, "x"), router.Services{Sender: rec}))
			require.Len(t, rec.all, 1)
			got := rec.all[0]
			test.want.Send, test.want.Key, test.want.Source, test.want.Event = got.Send, got.Key, "r", "wx_app:12345678901234"
			assert.Equal(t, test.want, got)
		})
	}
	o := router.NewMessage(api.PostText{AppID: "a", To: "b"}, router.Key("k"))
	assert.Equal(t, outbox.Message{Send: api.PostText{AppID: "a", To: "b"}, Key: "key/a/k", Class: outbox.Proactive}, o)
}

func TestALongTextIsSplit(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("好。", 500)
	sent, outcome, err := handle(t, groupText(t, "x"), func(c *router.Context) error { return c.ReplyAt(long) })
	require.NoError(t, err)
	require.Len(t, sent, 2)
	assert.Equal(t, 2, outcome.Sends)
	first, second := sent[0].(api.PostText), sent[1].(api.PostText)
	assert.Equal(t, "@爱丽丝\u2005"+long, first.Content+second.Content)
	assert.Equal(t, api.WxidList{"wxid_alice"}, first.At)
	assert.Empty(t, second.At, "one mention is enough")
	sent, _, err = handle(t, text(t, "x"), func(c *router.Context) error { return c.Reply(long, router.SplitAt(0)) })
	require.NoError(t, err)
	assert.Len(t, sent, 1)
}

func TestOnlyWhatHasIDsIsRevoked(t *testing.T) {
	t.Parallel()
	client, err := api.New(api.Config{Token: "t", BaseURL: "http://127.0.0.1:1"})
	require.NoError(t, err)
	for _, test := range []struct {
		client *api.Client
		sent   *api.SentMessage
		want   error
	}{{client, nil, router.ErrNotRevocable}, {client, &api.SentMessage{To: "x"}, router.ErrNotRevocable},
		{nil, &api.SentMessage{NewMsgID: 1}, router.ErrNoSender}} {
		r := router.New()
		r.Any(func(c *router.Context) error { return c.Revoke(test.sent) })
		require.ErrorIs(t, r.Serve(t.Context(), text(t, "x"), router.Services{Client: test.client}), test.want)
	}
}
