package router_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/callback"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/router/match"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// quote is an answer in a group to a message that says "报名".
func quote(t testing.TB, appType int, answer string) *callback.Event {
	t.Helper()
	return message(t, 49, groupA, fmt.Sprintf("wxid_alice:\n<msg><appmsg><title>%s</title><type>%d</type><refermsg>"+
		"<type>1</type><svrid>7</svrid><fromusr>%s</fromusr><chatusr>wxid_bob</chatusr><content>报名</content></refermsg></appmsg></msg>",
		answer, appType, groupA))
}

// TestQuotesAreTexts takes answers that quote a message to the routes of texts.
func TestQuotesAreTexts(t *testing.T) {
	t.Parallel()
	echo := func(c *router.Context, m *xmlmsg.Text) error { return c.Reply("text: " + m.Body) }
	for name, test := range map[string]struct {
		register func(r *router.Router)
		event    *callback.Event
		want     string // the answer; empty if there is none
		route    string
	}{
		"text":    {func(r *router.Router) { r.Text(echo).Named("t") }, quote(t, 57, "价格"), "text: 价格", "t"},
		"keyword": {func(r *router.Router) { r.Text(echo, match.Keyword("价格")).Named("t") }, quote(t, 57, "问价格"), "text: 问价格", "t"},
		"not by the quoted message": {func(r *router.Router) {
			r.Text(echo, match.Keyword("报名")).Named("t")
			r.Command("报名", func(c *router.Context) error { return c.Reply("command") })
		}, quote(t, 57, "价格"), "", ""},
		"command": {func(r *router.Router) {
			r.Command("查", func(c *router.Context) error { return c.Reply("args: " + c.ArgText()) })
		}, quote(t, 57, "查 1"), "args: 1", "command:查"},
		"template": {func(r *router.Router) {
			r.Kind(xmlmsg.KindText, func(c *router.Context) error {
				tmpl, err := router.ParseTemplate("{{.Text}}!")
				if err != nil {
					return err
				}
				s, err := tmpl.Render(c)
				if err != nil {
					return err
				}
				return c.Reply(s)
			}).Named("t")
		}, quote(t, 57, " 好 "), "好!", "t"},
		"quote goes first": {func(r *router.Router) {
			r.Text(echo).Named("t")
			r.Quote(func(c *router.Context, q *xmlmsg.Quote) error { return c.Reply("quote: " + q.Text) }).Named("q")
		}, quote(t, 57, "价格"), "quote: 价格", "q"},
		"quote passes on": {func(r *router.Router) {
			r.Text(echo).Named("t")
			r.Quote(func(*router.Context, *xmlmsg.Quote) error { return router.Next }).Named("q")
		}, quote(t, 57, "价格"), "text: 价格", "t"},
		"quote wants another": {func(r *router.Router) {
			r.Text(echo).Named("t")
			r.Quote(func(*router.Context, *xmlmsg.Quote) error { return nil }, match.Keyword("没有")).Named("q")
		}, quote(t, 57, "价格"), "text: 价格", "t"},
		"before any": {func(r *router.Router) {
			r.Text(echo).Named("t")
			r.Any(func(c *router.Context) error { return c.Reply("any") }).Named("a")
		}, quote(t, 57, "价格"), "text: 价格", "t"},
		"any keeps its place before quote": {func(r *router.Router) {
			r.Any(func(c *router.Context) error { return c.Reply("any") }, match.Group()).Named("a")
			r.Text(echo).Named("t")
			r.Quote(func(*router.Context, *xmlmsg.Quote) error { return nil }).Named("q")
		}, quote(t, 57, "价格"), "any", "a"},
		"a reaction is not a text": {func(r *router.Router) { r.Text(echo) }, quote(t, 1, "[强]"), "", ""},
		"nothing was said":         {func(r *router.Router) { r.Text(echo) }, quote(t, 57, " "), "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := router.New()
			test.register(r)
			var got string
			sent := serve(t, r, test.event)
			if len(sent) > 0 {
				got = sent[0].(api.PostText).Content
			}
			assert.Equal(t, test.want, got)
			if name == "quote passes on" { // Explain runs no handler
				return
			}
			handles := []string{}
			for _, v := range r.Explain(test.event).Routes {
				if v.Handles {
					handles = append(handles, v.Name)
				}
			}
			assert.Equal(t, test.route, strings.Join(handles, " "), "Explain agrees")
		})
	}
}
