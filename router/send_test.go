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
	"github.com/hongyan-go/hongyan/router"
)

// handle runs f as the handler of an event and returns what was sent.
func handle(t *testing.T, e *callback.Event, f func(*router.Context) error) ([]api.Send, router.Outcome, error) {
	t.Helper()
	rec := &recorder{}
	r := router.New()
	r.Any(f)
	outcome, err := r.Dispatch(t.Context(), e, router.Services{Sender: rec, Names: directory{}})
	return rec.sent, outcome, err
}

func TestReply(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		event *callback.Event
		reply func(c *router.Context) error
		want  api.Send
	}{
		"private":          {text(t, "x"), func(c *router.Context) error { return c.Reply("hi") }, api.PostText{AppID: "wx_app", To: "wxid_alice", Content: "hi"}},
		"group":            {groupText(t, "x"), func(c *router.Context) error { return c.Replyf("%d", 7) }, api.PostText{AppID: "wx_app", To: groupA, Content: "7"}},
		"with a mention":   {groupText(t, "x"), func(c *router.Context) error { return c.ReplyAt("hi") }, api.PostText{AppID: "wx_app", To: groupA, Content: "@爱丽丝\u2005hi", At: []string{"wxid_alice"}}},
		"mention, private": {text(t, "x"), func(c *router.Context) error { return c.ReplyAt("hi") }, api.PostText{AppID: "wx_app", To: "wxid_alice", Content: "hi"}},
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
		// a group message of which nobody knows the group must not be answered privately
		`{"msgType":"TEXT","appid":"a","wxid":"wxid_me","fromUser":"wxid_a","toUser":"wxid_me","content":"wxid_a:\nhi"}`,
	} {
		e, err := callback.Decode([]byte(body))
		require.NoError(t, err)
		sent, _, err := handle(t, e, func(c *router.Context) error { return c.Reply("hi") })
		require.ErrorIs(t, err, router.ErrNoConversation)
		assert.Empty(t, sent)
	}
}

const fileXML = "<?xml version=\"1.0\"?>\n<msg><appmsg appid=\"\" sdkver=\"0\"><title>表.xlsx</title><type>6</type><unknown x='1'><![CDATA[keep]]></unknown>" +
	"<appattach><totallen>12288</totallen><fileext>xlsx</fileext><cdnattachurl>3057</cdnattachurl><aeskey>00</aeskey></appattach></appmsg></msg>"

func TestForward(t *testing.T) {
	t.Parallel()
	inGroup := func(msgType int, content string) *callback.Event {
		return message(t, msgType, groupA, "wxid_alice:\n"+content)
	}
	image, link := `<msg><img aeskey="00"/></msg>`, "<msg><appmsg><title>t</title><type>5</type><url>https://example.com</url></appmsg></msg>"
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
		"with a caption": {inGroup(49, fileXML), []router.ForwardOption{router.Caption("{{.SenderName}} 来自 {{.GroupName}}: {{.FileName}} ({{.FileSize}})")}, []api.Send{
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
		outcome, err := r.Dispatch(t.Context(), text(t, "x"), router.Services{Sender: &recorder{err: test.err}})
		require.ErrorIs(t, err, test.err)
		assert.Equal(t, test.want, outcome.Sends, "%v", test.err)
	}
	r := router.New()
	r.Any(func(c *router.Context) error { return c.Reply("x") })
	require.ErrorIs(t, r.Serve(t.Context(), text(t, "x"), router.Services{}), router.ErrNoSender)
}

func TestTemplates(t *testing.T) {
	t.Parallel()
	tmpl, err := router.ParseTemplate(`{{if .GroupName}}{{.GroupName}}{{else}}{{.id}}{{end}} {{with .Sender}}{{.}}{{end}}`)
	require.NoError(t, err)
	require.NoError(t, tmpl.Check("id"))
	require.ErrorContains(t, tmpl.Check(), "nothing fills {{.id}}")
	_, err = router.ParseTemplate("{{.A")
	require.ErrorContains(t, err, "router: template")
}
