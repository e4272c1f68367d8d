package console_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/console"
	"github.com/hongyan-go/hongyan/internal/consoletest"
)

// TestExplain says which rule takes a text, and why the others do not. Nothing is sent.
func TestExplain(t *testing.T) {
	t.Parallel()
	w := start(t, console.Config{})
	w.Friend("alice").Says("几点开门")
	w.Friend("alice").ExpectText("营业时间 9:00-18:00")
	api := program(t, w)
	explain := func(say, as, in string) (x struct {
		Taken, Error string
		Hears, Asked bool
		Rules        []struct {
			Name, Reason string
			Handles      bool
		}
	}) {
		api.json("explain?"+url.Values{"say": {say}, "as": {as}, "in": {in}}.Encode(), &x)
		return x
	}
	x := explain("几点开门", "Alice", "")
	assert.Equal(t, []any{"hours", true}, []any{x.Taken, x.Hears})
	assert.Contains(t, x.Rules[1].Reason, "says no")
	x = explain("<script>", "wxid_bob", "10000000001@chatroom")
	assert.Equal(t, []any{"", true}, []any{x.Taken, x.Asked})
	assert.Contains(t, explain("x", "nobody at all", "").Error, "nobody")
	assert.NotEmpty(t, explain("x", "", "").Error)
	w.Friend("alice").ExpectNothing()
	page := person(t, w).get("explain?say=" + url.QueryEscape("<script>alert(1)</script>") + "&as=Alice")
	assert.NotContains(t, page.body, "<script>alert")
}

// TestExplainKnowsWhatHolds a message back: a cooldown, a switch, and what would keep an answer
// from going out.
func TestExplainKnowsWhatHolds(t *testing.T) {
	t.Parallel()
	w := start(t, console.Config{})
	p, api := person(t, w), program(t, w)
	type explained struct {
		Taken string
		Waits []string `json:"answer_waits"`
		Rules []struct {
			Name, Reason string
			Handles      bool
		}
	}
	query := "explain?" + url.Values{"say": {"催一下"}, "as": {"Alice"}}.Encode()
	explain := func(rule string) (x explained, why string) {
		api.json(query, &x)
		for _, r := range x.Rules {
			if r.Name == rule {
				why = r.Reason
			}
		}
		return x, why
	}
	w.Friend("alice").Says("催一下")
	w.Friend("alice").ExpectText("在催了")
	x, why := explain("hurry")
	assert.Empty(t, x.Taken)
	assert.Contains(t, why, "its cooldown runs until")
	assert.Empty(t, x.Waits)
	assert.Contains(t, p.do(http.MethodGet, query, nil, map[string]string{"Cookie": "hongyan_lang=zh"}).body, "冷却时间还没过")

	var chats struct {
		Chats []struct{ Account, ID string }
	}
	api.json("chats", &chats)
	chat := "chats/" + chats.Chats[0].Account + "/wxid_alice/"
	p.post(chat+"off", url.Values{"plugin": {"welcome"}})
	_, why = explain("welcome/hello")
	assert.Contains(t, why, "switched off in this chat")
	p.post(chat+"mute", nil)
	p.post("stop", url.Values{"reason": {"holidays"}})
	x, _ = explain("hurry")
	assert.Equal(t, []string{"sending is stopped: holidays", "the chat is muted"}, x.Waits)
	page := p.do(http.MethodGet, query, nil, map[string]string{"Cookie": "hongyan_lang=zh"}).body
	assert.Contains(t, page, "已停止发送：holidays")
}

// TestPluginsAreSwitched everywhere and in a chat.
func TestPluginsAreSwitched(t *testing.T) {
	t.Parallel()
	w := start(t, console.Config{})
	p, api := person(t, w), program(t, w)
	says := func(answer bool) {
		t.Helper()
		w.Friend("alice").Says("你好")
		if answer {
			w.Friend("alice").ExpectText("欢迎！先看群公告。")
			return
		}
		w.Friend("alice").ExpectNothing()
	}
	says(true)
	p.post("plugins/welcome/off", nil)
	says(false)
	p.post("plugins/welcome/on", nil)
	says(true)
	var chats struct {
		Chats []struct{ Account, ID string }
	}
	api.json("chats", &chats)
	require.NotEmpty(t, chats.Chats)
	chat := "chats/" + chats.Chats[0].Account + "/wxid_alice/"
	p.post(chat+"off", url.Values{"plugin": {"welcome"}})
	says(false)
	p.post(chat+"on", url.Values{"plugin": {"welcome"}})
	p.post(chat+"pause", nil)
	says(false)
	p.post(chat+"resume", nil)
	says(true)
	got := api.post(chat+"say", url.Values{"text": {"by hand"}, "key": {"once"}})
	assert.Equal(t, http.StatusOK, got.status, got.body)
	w.Friend("alice").ExpectText("by hand")
	api.post(chat+"say", url.Values{"text": {"by hand"}, "key": {"once"}})
	w.Friend("alice").ExpectNothing()
	assert.Equal(t, http.StatusUnprocessableEntity, api.post("plugins/nobody/off", nil).status)
	assert.Equal(t, http.StatusUnprocessableEntity, api.post(chat+"explode", nil).status)
}

// TestTheLog is filtered, and has neither texts nor tokens.
func TestTheLog(t *testing.T) {
	t.Parallel()
	w := start(t, console.Config{})
	w.Trouble(t)
	api := program(t, w)
	var all, errors, none struct {
		Lines []struct{ Level, Message, Seq string }
	}
	api.json("log", &all)
	api.json("log?level=error&q=dead+letters", &errors)
	api.json("log?q=no-such-word", &none)
	require.NotEmpty(t, errors.Lines)
	assert.Greater(t, len(all.Lines), len(errors.Lines))
	assert.Empty(t, none.Lines)
	for _, l := range errors.Lines {
		assert.Equal(t, "error", l.Level)
	}
	text := api.do(http.MethodGet, "log.txt", nil, map[string]string{"Accept": "*/*"})
	assert.Contains(t, text.header.Get("Content-Disposition"), "attachment")
	assert.NotContains(t, text.body, consoletest.Secret)
	assert.NotContains(t, text.body, w.Token())
}

// TestTheDoctorRuns its checks for a program that waits, and a backup is a file.
func TestTheDoctorRuns(t *testing.T) {
	t.Parallel()
	w := start(t, console.Config{Backups: t.TempDir()})
	w.Friend("alice").Says("几点开门")
	w.Friend("alice").ExpectText("营业时间 9:00-18:00") // now the account is known
	api := program(t, w)
	var d struct {
		Running  bool
		Findings []struct {
			Check string
			OK    bool
		}
	}
	api.json("doctor", &d)
	assert.False(t, d.Running)
	checks := map[string]bool{}
	for _, f := range d.Findings {
		checks[f.Check] = f.OK
	}
	assert.True(t, checks["token"] && checks["account online"] && checks["store"] && checks["session alive"], "%v", checks)
	page := person(t, w).do(http.MethodGet, "doctor", nil, map[string]string{"Cookie": "hongyan_lang=zh"}).body
	assert.Contains(t, page, "账号在线")
	assert.NotContains(t, page, "account online")
	assert.Empty(t, english(page))
	assert.Equal(t, http.StatusOK, api.post("backup", nil).status)
	var about struct{ Backups []string }
	api.json("about", &about)
	require.Len(t, about.Backups, 1)
}

// TestALoginInTheConsole shows a code that a phone scans, and ends.
func TestALoginInTheConsole(t *testing.T) {
	t.Parallel()
	w := start(t, console.Config{})
	p, api := person(t, w), program(t, w)
	got := p.post("accounts/new/login", url.Values{"region": {"310000"}})
	require.Equal(t, http.StatusOK, got.status)
	var account struct {
		Login *struct {
			Stage string
			Ended time.Time
		}
	}
	require.Eventually(t, func() bool {
		api.json("accounts/new", &account)
		return account.Login != nil && account.Login.Stage == "code"
	}, time.Minute, 10*time.Millisecond)
	picture := p.get("accounts/new/code.png")
	assert.Equal(t, "image/png", picture.header.Get("Content-Type"))
	assert.True(t, strings.HasPrefix(picture.body, "\x89PNG"))
	assert.NotContains(t, p.get("accounts/new").body, "code.png", "the code is shown only if it is asked for")
	assert.Contains(t, p.get("accounts/new?code=1").body, "code.png")
	again := api.post("accounts/new/login", url.Values{"region": {"310000"}})
	assert.Equal(t, http.StatusUnprocessableEntity, again.status, "one is under way")
	p.post("accounts/new/cancel", nil)
	require.Eventually(t, func() bool {
		api.json("accounts/new", &account)
		return account.Login != nil && account.Login.Stage == "cancelled"
	}, time.Minute, 10*time.Millisecond)
	assert.Equal(t, http.StatusNotFound, p.get("accounts/new/code.png").status)
}
