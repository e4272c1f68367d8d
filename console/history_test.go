package console_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/console"
	"github.com/hongyan-go/hongyan/internal/consoletest"
)

// messages is the page of the history as a program reads it.
type messages struct {
	Messages []struct{ Key, Text, Kind string }
	Error    string
}

// TestTheHistory is hidden until somebody asks for it, which is noted, and can be searched.
func TestTheHistory(t *testing.T) {
	t.Parallel()
	w := start(t, console.Config{})
	p, api := person(t, w), program(t, w)
	for _, text := range []string{"几点开门 <b>" + consoletest.Secret + "</b>", "谢谢", "几点开门 再问一次"} {
		w.Friend("alice").Says(text)
		if strings.HasPrefix(text, "几点") {
			w.Friend("alice").ExpectText("营业时间 9:00-18:00")
		}
	}
	var chats struct {
		Chats []struct{ Account, ID string }
	}
	api.json("chats", &chats)
	where := url.Values{"account": {chats.Chats[0].Account}, "chat": {"wxid_alice"}}
	with := func(name, value string) string {
		more := url.Values{name: {value}}
		for k, v := range where {
			more[k] = v
		}
		return "history?" + more.Encode()
	}
	page := p.get("history?" + where.Encode())
	require.Equal(t, http.StatusOK, page.status)
	assert.NotContains(t, page.body, consoletest.Secret)
	assert.NotContains(t, page.body, "谢谢")
	page = p.get(with("text", "1"))
	assert.Contains(t, page.body, "&lt;b&gt;"+consoletest.Secret)
	assert.NotContains(t, page.body, "<b>"+consoletest.Secret)
	p.get(with("text", "1"))
	var about struct{ Audit []struct{ What, On string } }
	api.json("about", &about)
	noted := 0
	for _, d := range about.Audit {
		if d.What == "show text" && d.On == "history wxid_alice" {
			noted++
		}
	}
	assert.Equal(t, 1, noted, "a session notes a chat once")

	var found messages
	api.json(with("q", "几点"), &found)
	require.Len(t, found.Messages, 2)
	require.Contains(t, found.Messages[0].Text, "几点")
	assert.NotContains(t, p.get(with("q", "几点")).body, "谢谢")
	var around messages
	api.json(with("around", found.Messages[1].Key), &around)
	assert.GreaterOrEqual(t, len(around.Messages), 4, "what was said before and after it")
	assert.Empty(t, around.Messages[0].Text, "a program asks for the text, too")
	api.json(with("around", "none"), &around)
	assert.NotEmpty(t, around.Error)
	api.json(with("before", "%%%"), &around)
	assert.NotEmpty(t, around.Error)

	x := struct{ Taken string }{}
	api.json("explain?"+url.Values{"event": {found.Messages[0].Key}}.Encode(), &x)
	assert.Equal(t, "hours", x.Taken, "a message of the history can be explained")
	assert.Contains(t, p.get("chats/"+chats.Chats[0].Account+"/wxid_alice?text=1").body, "谢谢")
}

// TestTextsAreHidden from everybody, if the file says so.
func TestTextsAreHidden(t *testing.T) {
	t.Parallel()
	w := start(t, console.Config{Password: consoletest.Password, Token: consoletest.Token, HideTexts: true})
	w.Trouble(t)
	p, api := person(t, w), program(t, w)
	var dead struct{ Items []struct{ Seq, Event string } }
	api.json("queue?view=dead", &dead)
	for _, path := range []string{
		"history?text=1", "history?q=" + consoletest.Secret, "dead/" + dead.Items[0].Seq + "?text=1",
		"events/" + url.PathEscape(dead.Items[0].Event) + "?text=1",
	} {
		assert.NotContains(t, strings.ReplaceAll(p.get(path).body, "q="+consoletest.Secret, ""), consoletest.Secret, path)
		assert.NotContains(t, api.get(path).body, consoletest.Secret, path)
	}
	assert.Equal(t, http.StatusForbidden, api.get("history?q=x").status)
}
