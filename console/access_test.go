package console_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/console"
	"github.com/hongyan-go/hongyan/internal/consoletest"
	"github.com/hongyan-go/hongyan/outbox"
	"github.com/hongyan-go/hongyan/simulator"
)

// TestNobodyComesInWithoutASecret tries each way in.
func TestNobodyComesInWithoutASecret(t *testing.T) {
	t.Parallel()
	w := start(t, console.Config{})
	stranger := newClient(t, w.URL)
	got := stranger.get("queue?view=dead")
	assert.Equal(t, "/console/login?back=%2Fconsole%2Fqueue%3Fview%3Ddead", got.place)
	for path, method := range map[string]string{
		"queue": http.MethodGet, "log.txt": http.MethodGet, "stream?topics=log": http.MethodGet, "stop": http.MethodPost,
		"queue/dead/drop": http.MethodPost, "accounts/new/code.png": http.MethodGet,
	} {
		got := stranger.do(method, path, nil, map[string]string{"Accept": "application/json"})
		assert.Equal(t, http.StatusUnauthorized, got.status, path)
		got = stranger.do(method, path, nil, map[string]string{"Authorization": "Bearer wrong"})
		assert.Equal(t, http.StatusUnauthorized, got.status, path)
		got = stranger.do(method, path, nil, map[string]string{"Authorization": "Bearer " + consoletest.Password})
		assert.Equal(t, http.StatusUnauthorized, got.status, "the password is no token: "+path)
		got = stranger.do(method, path, nil, map[string]string{"Cookie": "hongyan_console=guess"})
		assert.Contains(t, got.place, "/console/login", path)
	}
	assert.Equal(t, http.StatusForbidden, stranger.post("login", url.Values{"secret": {"wrong"}}).status)
	assert.Equal(t, http.StatusForbidden, stranger.post("login", url.Values{"secret": {""}}).status)
	got = stranger.post("login", url.Values{"secret": {consoletest.Password}, "back": {"/console/queue?view=held"}})
	assert.Equal(t, []any{http.StatusOK, "/console/queue?view=held"}, []any{got.status, got.place})
	got = stranger.post("logout", nil)
	assert.Equal(t, "/console/login", got.place)
	assert.Contains(t, stranger.get("queue").place, "/console/login")

	for _, back := range []string{"https://evil.example/", "//evil.example/console/", "/other", "/console/../x", `/console/\evil`} {
		other := newClient(t, w.URL)
		got = other.post("login", url.Values{"secret": {consoletest.Password}, "back": {back}})
		assert.True(t, strings.HasPrefix(got.place, "/console/"), "%s → %s", back, got.place)
	}
}

// TestTheSessionCookie is not for scripts, other sites or other paths.
func TestTheSessionCookie(t *testing.T) {
	t.Parallel()
	w := start(t, console.Config{})
	c := newClient(t, w.URL)
	c.http.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	got := c.post("login", url.Values{"secret": {consoletest.Password}})
	require.Equal(t, http.StatusSeeOther, got.status)
	cookie := got.header.Get("Set-Cookie")
	for _, part := range []string{"hongyan_console=", "Path=/console", "HttpOnly", "SameSite=Strict", "Max-Age=43200"} {
		assert.Contains(t, cookie, part)
	}
	assert.NotContains(t, cookie, "Secure", "without TLS the browser would not send it")
	got = c.do(http.MethodPost, "login", url.Values{"secret": {consoletest.Password}}, map[string]string{"X-Forwarded-Proto": "https"})
	assert.Contains(t, got.header.Get("Set-Cookie"), "Secure")
}

// TestGuessesAreSlowed lets an address try five times.
func TestGuessesAreSlowed(t *testing.T) {
	t.Parallel()
	w := start(t, console.Config{})
	c := newClient(t, w.URL)
	for range 5 {
		require.Equal(t, http.StatusForbidden, c.post("login", url.Values{"secret": {"guess"}}).status)
	}
	got := c.post("login", url.Values{"secret": {consoletest.Password}})
	assert.Equal(t, http.StatusTooManyRequests, got.status, "also with the right one")
	assert.NotEmpty(t, got.header.Get("Retry-After"))
}

// TestForeignPages can neither read nor post, whatever they send.
func TestForeignPages(t *testing.T) {
	t.Parallel()
	w := start(t, console.Config{})
	p := person(t, w)
	for name, header := range map[string]map[string]string{
		"another site":      {"Sec-Fetch-Site": "cross-site"},
		"another port":      {"Sec-Fetch-Site": "same-site"},
		"another origin":    {"Origin": "https://evil.example"},
		"a sandbox":         {"Origin": "null"},
		"a rebound name":    {"Host": "evil.example"},
		"a foreign address": {"Host": "192.0.2.1"},
	} {
		got := p.do(http.MethodPost, "stop", url.Values{"reason": {"x"}}, header)
		assert.Equal(t, http.StatusForbidden, got.status, name)
		assert.False(t, w.Bot.Health(t.Context()).Paused, name)
	}
	got := p.do(http.MethodPost, "stop", url.Values{"reason": {"x"}}, map[string]string{"Sec-Fetch-Site": "same-origin"})
	assert.Equal(t, http.StatusOK, got.status)
	assert.True(t, w.Bot.Health(t.Context()).Paused)
}

// TestTheCode lets one person in, once; the next one is printed where the bot runs.
func TestTheCode(t *testing.T) {
	t.Parallel()
	printed := make(chan string, 10)
	w := start(t, console.Config{Print: func(line string) { printed <- line }})
	next := func() (address, code string) {
		u, err := url.Parse(<-printed)
		require.NoError(t, err)
		return u.Scheme + "://" + u.Host + "/console/", u.Query().Get("code")
	}
	base, code := next()
	assert.Equal(t, w.URL, base)
	require.Len(t, code, 16)
	c := newClient(t, w.URL)
	page := c.get("login?code=" + code)
	assert.Contains(t, page.body, code)
	assert.Contains(t, c.get("queue").place, "login", "to open the URL is not enough: a browser may fetch it in advance")
	got := c.post("login", url.Values{"secret": {code}})
	assert.Equal(t, "/console/", got.place)
	other := newClient(t, w.URL)
	assert.Equal(t, http.StatusForbidden, other.post("login", url.Values{"secret": {code}}).status, "it was used")
	assert.Contains(t, other.post("login/code", nil).place, "printed=1")
	_, second := next()
	assert.NotEqual(t, code, second)
	assert.Equal(t, "/console/", other.post("login", url.Values{"secret": {second}}).place)
	assert.Equal(t, http.StatusOK, c.get("queue").status, "the first person stays in")
}

// TestOffLoopback the console needs a password, and prints no code.
func TestOffLoopback(t *testing.T) {
	t.Parallel()
	public := func(c *bot.Config) { c.Admin, c.AdminPublic = "0.0.0.0:0", true }
	printed := make(chan string, 1)
	w := consoletest.Start(t, console.Config{Print: func(line string) { printed <- line }}, public)
	assert.NotContains(t, <-printed, "code=")
	c := newClient(t, strings.Replace(w.URL, "[::]", "127.0.0.1", 1))
	for _, path := range []string{"", "login", "queue"} {
		assert.Equal(t, http.StatusForbidden, c.get(path).status, path)
	}
	assert.Equal(t, http.StatusForbidden, c.post("login/code", nil).status)

	guarded := consoletest.Start(t, console.Config{}, public)
	c = newClient(t, strings.Replace(guarded.URL, "[::]", "127.0.0.1", 1))
	assert.Equal(t, "/console/", c.post("login", url.Values{"secret": {consoletest.Password}}).place)
}

func TestConfigMistakes(t *testing.T) {
	t.Parallel()
	for want, c := range map[string]console.Config{
		"nobody could come in": {}, "Password has 5 bytes": {Password: "short"}, "Token has 3 bytes": {Token: "abc"},
	} {
		_, err := console.New(c)
		require.ErrorContains(t, err, want)
		assert.NotContains(t, err.Error(), "short")
	}
}

// TestDeedsAreNoted also those that were refused.
func TestDeedsAreNoted(t *testing.T) {
	t.Parallel()
	w := start(t, console.Config{})
	p := person(t, w)
	newClient(t, w.URL).post("login", url.Values{"secret": {"a guess"}})
	p.post("stop", url.Values{"reason": {"fire"}})
	p.post("resume", nil)
	p.post("queue/dead/retry", url.Values{"ref": {"77"}})
	var about struct {
		Audit []struct {
			Time                time.Time
			Who, From, What, On string
			Failed              string
		}
	}
	program(t, w).json("about", &about)
	var got []string
	for _, d := range about.Audit {
		line := d.Who + " " + d.What + " " + d.On
		if d.Failed != "" {
			line += " failed"
		}
		assert.Equal(t, "127.0.0.1", d.From)
		assert.NotContains(t, d.Failed, "guess")
		got = append(got, strings.TrimSpace(line))
	}
	assert.Equal(t, []string{
		"password queue dead retry failed", "password resume", "password stop fire", "nobody login  failed", "person login",
	}, got)
}

// TestAnAlarmLinksTheLogin: the alarm about an account that only a login can mend has the page of
// the console for it, which a person can open.
func TestAnAlarmLinksTheLogin(t *testing.T) {
	t.Parallel()
	alarms := make(chan map[string]any, 10)
	hook := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		var a map[string]any
		if json.NewDecoder(r.Body).Decode(&a) == nil {
			alarms <- a
		}
	}))
	defer hook.Close()
	w := consoletest.Start(t, console.Config{}, func(c *bot.Config) { c.Alarm.Webhook = hook.URL })
	w.Breaks(simulator.Fault{Endpoint: "*", Kind: simulator.FaultZombie})
	for i := range 3 {
		_, err := w.Bot.Send(t.Context(), api.PostText{AppID: simulator.DefaultAppID, To: "wxid_alice", Content: strconv.Itoa(i)})
		require.ErrorIs(t, err, outbox.ErrRefused)
	}
	a := <-alarms
	assert.Equal(t, []any{"failed", w.URL + "accounts/" + simulator.DefaultAppID}, []any{a["reconnection"], a["login"]})
	assert.Contains(t, a["text_zh"], a["login"])
	page := person(t, w).get(fmt.Sprint(a["login"]))
	assert.Equal(t, http.StatusOK, page.status)
	assert.Contains(t, page.body, simulator.DefaultAppID)
}
