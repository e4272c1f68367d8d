package router_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/outbox"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// phoneBook is People: group B is called 汇总群. failing fails the next look-up.
type phoneBook struct{ failing error }

func (p *phoneBook) Find(_ context.Context, _, name string) (string, error) {
	if err := p.failing; err != nil {
		p.failing = nil
		return "", err
	}
	if name == "汇总群" {
		return groupB, nil
	}
	return name, nil
}

func (*phoneBook) Members(context.Context, string, string) (*api.ChatroomMemberList, error) {
	return &api.ChatroomMemberList{
		Owner: "wxid_ming", Admins: []string{"wxid_alice"},
		Members: []api.ChatroomMember{{Wxid: "wxid_ming"}, {Wxid: "wxid_alice"}, {Wxid: "wxid_me"}},
	}, nil
}

// inGroup runs f as the handler of a text in group A by Alice.
func inGroup(t *testing.T, s router.Services, f func(c *router.Context) error) error {
	t.Helper()
	r := router.New()
	r.Any(f).Named("r")
	return r.Serve(t.Context(), groupText(t, "hi"), s)
}

func TestChat(t *testing.T) {
	t.Parallel()
	type sent struct {
		m     api.Send
		class outbox.Class
	}
	text := func(to, text string, at ...string) api.PostText {
		return api.PostText{AppID: "wx_app", To: to, Content: text, At: at}
	}
	alice, stranger := xmlmsg.Person{Username: "wxid_alice"}, xmlmsg.Person{Username: "wxid_new", Nickname: "新人"}
	for name, test := range map[string]struct {
		do   func(c *router.Context) error
		want []sent
	}{
		"here": {func(c *router.Context) error { return c.Chat().SendText("x") },
			[]sent{{text(groupA, "x"), outbox.Answer}}},
		"elsewhere": {func(c *router.Context) error { return c.To(groupC).SendText("x") },
			[]sent{{text(groupC, "x"), outbox.Proactive}}},
		"by name": {func(c *router.Context) error { return c.To("汇总群").SendText("x") },
			[]sent{{text(groupB, "x"), outbox.Proactive}}},
		"a name, answered": {func(c *router.Context) error { return c.Forward("汇总群") },
			[]sent{{text(groupB, "hi"), outbox.Answer}}},
		"a forward": {func(c *router.Context) error { return c.To("汇总群").Forward(c.Event) },
			[]sent{{text(groupB, "hi"), outbox.Proactive}}},
		"a forward with a caption": {func(c *router.Context) error {
			return c.To("汇总群").Forward(c.Event, router.Caption("{{.SenderName}} 说"))
		}, []sent{{text(groupB, "爱丽丝 说"), outbox.Proactive}, {text(groupB, "hi"), outbox.Proactive}}},
		"people": {func(c *router.Context) error {
			return c.Chat().Mention([]xmlmsg.Person{alice, stranger, {Nickname: "no id"}}, "欢迎")
		}, []sent{{text(groupA, "@爱丽丝\u2005@新人\u2005欢迎", "wxid_alice", "wxid_new"), outbox.Answer}}},
		"people in private": {func(c *router.Context) error { return c.To("wxid_bob").Mention([]xmlmsg.Person{alice}, "x") },
			[]sent{{text("wxid_bob", "x"), outbox.Proactive}}},
		"any message": {func(c *router.Context) error {
			_, err := c.Chat().Send(api.PostEmoji{AppID: "wx_other", To: "wxid_bob", MD5: "m", Size: 1})
			return err
		}, []sent{{api.PostEmoji{AppID: "wx_app", To: groupA, MD5: "m", Size: 1}, outbox.Answer}}},
		"from elsewhere in the program": {func(c *router.Context) error {
			ctx, cancel := context.WithTimeout(c, time.Minute)
			defer cancel()
			return router.NewChat(ctx, router.Services{}, "p", "wx_other", groupA).SendText("x")
		}, []sent{{api.PostText{AppID: "wx_other", To: groupA, Content: "x"}, outbox.Proactive}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rec := &recorder{}
			require.NoError(t, inGroup(t, router.Services{Sender: rec, Names: directory{}, People: &phoneBook{}}, test.do))
			require.Len(t, rec.all, len(test.want))
			for i, want := range test.want {
				assert.Equal(t, want, sent{rec.all[i].Send, rec.all[i].Class})
				assert.Equal(t, "r", rec.all[i].Source, "the send belongs to the handler")
				assert.NotEmpty(t, rec.all[i].Key)
			}
		})
	}
}

func TestQuote(t *testing.T) {
	t.Parallel()
	rec := &recorder{}
	require.NoError(t, inGroup(t, router.Services{Sender: rec, Names: directory{}}, func(c *router.Context) error {
		return c.ReplyQuote("一二三。四五六。", router.SplitAt(5))
	}))
	require.Len(t, rec.all, 2)
	m := rec.all[0].Send.(api.PostAppMsg)
	assert.Equal(t, groupA, m.To)
	quote, ok := xmlmsg.Parse(xmlmsg.Message{Type: 49, Content: "<msg>" + m.AppMsg + "</msg>"}).(*xmlmsg.Quote)
	require.True(t, ok, m.AppMsg)
	assert.Equal(t, "一二三。", quote.Text)
	assert.Equal(t, uint64(12345678901234), quote.Refer.NewMsgID)
	assert.Equal(t, groupA, quote.Refer.Chat)
	assert.Equal(t, "wxid_alice", quote.Refer.Sender)
	assert.Equal(t, "爱丽丝", quote.Refer.Name)
	assert.Equal(t, "hi", quote.Refer.Content)
	assert.Equal(t, "四五六。", rec.all[1].Send.(api.PostText).Content)

	rec = &recorder{}
	e := groupText(t, strings.Repeat("长", 5000))
	r := router.New()
	r.Any(func(c *router.Context) error { return c.ReplyQuote("短") })
	require.NoError(t, r.Serve(t.Context(), e, router.Services{Sender: rec}))
	assert.Less(t, len(rec.all[0].Send.(api.PostAppMsg).AppMsg), 5000, "a long text is not quoted whole")
	e = groupText(t, "x")
	e.NewMsgID = 0
	require.NoError(t, r.Serve(t.Context(), e, router.Services{Sender: rec}))
	assert.Equal(t, "短", rec.all[1].Send.(api.PostText).Content, "there is nothing to quote")
}

// TestANameThatIsNotFoundKeepsItsPlace goes on after a send whose name could not be looked up: in
// the next run, each send must have the key that it had.
func TestANameThatIsNotFoundKeepsItsPlace(t *testing.T) {
	t.Parallel()
	const long = "一二三。四五六。"
	for name, do := range map[string]func(c *router.Context) error{
		"a text": func(c *router.Context) error { return c.To("汇总群").SendText(long, router.SplitAt(5)) },
		"a quote": func(c *router.Context) error {
			return c.To("汇总群").Quote(c.Event, long, router.SplitAt(5))
		},
		"a forward": func(c *router.Context) error { return c.Forward("汇总群", router.Caption("x")) },
		"a message": func(c *router.Context) error {
			_, err := c.To("汇总群").Send(api.PostText{Content: "x"})
			return err
		},
		"a file": func(c *router.Context) error { return c.To("汇总群").SendFile("/x/a.txt") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			keys := func(book *phoneBook) string {
				rec := &recorder{}
				s := router.Services{Sender: rec, Names: directory{}, People: book, Files: &cabinet{}}
				require.NoError(t, inGroup(t, s, func(c *router.Context) error {
					first := do(c)
					if book.failing == nil && first != nil {
						require.ErrorContains(t, first, "no network")
						assert.Equal(t, api.ExecutedNo, api.ExecutedOf(first))
					}
					return c.Reply("done")
				}))
				return rec.all[len(rec.all)-1].Key
			}
			assert.Equal(t, keys(&phoneBook{}), keys(&phoneBook{failing: errors.New("no network")}))
		})
	}
}

func TestChatsThatAreNot(t *testing.T) {
	t.Parallel()
	rec := &recorder{}
	s := router.Services{Sender: rec}
	for want, ch := range map[error]*router.Chat{
		router.ErrNoAccount:      router.NewChat(t.Context(), s, "", "", groupA),
		router.ErrNoConversation: router.NewChat(t.Context(), s, "", "wx_app", ""),
		router.ErrNoSender:       router.NewChat(t.Context(), router.Services{}, "", "wx_app", groupA),
	} {
		_, err := ch.Send(api.PostText{Content: "x"})
		for _, err := range []error{err, ch.SendText("x"), ch.Mention(nil, "x"), ch.Quote(nil, "x"), ch.Forward(groupText(t, "x"))} {
			require.ErrorIs(t, err, want)
		}
	}
	s.Account = func() string { return "wx_only" }
	ch := router.NewChat(t.Context(), s, "p", "", groupA)
	require.NoError(t, ch.Err())
	assert.Equal(t, "wx_only", ch.Account())
	for range 2 {
		require.NoError(t, ch.SendText("x"))
	}
	require.Len(t, rec.all, 2)
	assert.Equal(t, outbox.Message{
		Send: api.PostText{AppID: "wx_only", To: groupA, Content: "x"}, Class: outbox.Proactive, Source: "p",
	}, rec.all[0], "each send is a new one")
}

func TestRole(t *testing.T) {
	t.Parallel()
	s := router.Services{People: &phoneBook{}}
	require.NoError(t, inGroup(t, s, func(c *router.Context) error {
		for wxid, want := range map[string]router.Role{
			"wxid_ming": router.RoleOwner, c.Sender(): router.RoleAdmin, c.Event.Wxid: router.RoleMember, "wxid_x": router.RoleNone,
		} {
			role, err := c.Role(wxid)
			require.NoError(t, err)
			assert.Equal(t, want, role, wxid)
		}
		return nil
	}))
	require.NoError(t, inGroup(t, router.Services{}, func(c *router.Context) error {
		_, err := c.Role(c.Sender())
		require.ErrorIs(t, err, router.ErrNoPeople)
		return nil
	}))
	r := router.New()
	r.Any(func(c *router.Context) error {
		role, err := c.Role(c.Sender())
		assert.Equal(t, router.RoleNone, role, "in a private conversation")
		return err
	})
	k := newTalk(t, r)
	_, err := k.serve(k.event("wxid_alice", 1, "x"))
	require.NoError(t, err)
}
