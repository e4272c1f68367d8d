package livecode_test

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"regexp"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/hongyan-go/hongyan/app"
	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/bottest"
	"github.com/hongyan-go/hongyan/outbox"
	"github.com/hongyan-go/hongyan/plugin"
	"github.com/hongyan-go/hongyan/plugin/livecode"
	"github.com/hongyan-go/hongyan/simulator"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// free is an address that nobody listens at.
func free(t *testing.T) string {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	return l.Addr().String()
}

// visitor is somebody who opens the page, with the cookies of before.
type visitor struct {
	t       *testing.T
	url     string
	cookies []*http.Cookie
}

// sees returns the picture that the page shows, and the page.
func (v *visitor) sees(host string) (picture, page string, status int) {
	v.t.Helper()
	r, err := http.NewRequestWithContext(v.t.Context(), http.MethodGet, v.url, http.NoBody)
	require.NoError(v.t, err)
	if host != "" {
		r.Host = host
	}
	for _, c := range v.cookies {
		r.AddCookie(c)
	}
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	answer, err := client.Do(r)
	require.NoError(v.t, err)
	defer answer.Body.Close()
	if len(answer.Cookies()) > 0 {
		v.cookies = answer.Cookies()
	}
	body, err := io.ReadAll(answer.Body)
	require.NoError(v.t, err)
	if found := regexp.MustCompile(`src="([^"]+)"`).FindSubmatch(body); found != nil {
		picture = string(found[1])
	}
	return picture, string(body), answer.StatusCode
}

// run runs a bot of erin with a page for the groups A and B, whose first has this many members.
func run(t *testing.T, c livecode.Config, members int, change ...func(a *bot.Account)) (sim *bottest.Sim, address string) {
	t.Helper()
	w := simulator.DefaultWorld()
	i := slices.IndexFunc(w.Groups, func(g simulator.Group) bool { return g.Name == "A" })
	for n := len(w.Groups[i].Members); n < members; n++ {
		p := simulator.Contact{Wxid: fmt.Sprintf("wxid_m%d", n), Nickname: fmt.Sprintf("M%d", n)}
		w.Contacts = append(w.Contacts, p)
		w.Groups[i].Members = append(w.Groups[i].Members, simulator.Member{Wxid: p.Wxid})
	}
	c.Groups, c.Listen = []string{"A", "B"}, free(t)
	sim = bottest.RunWith(t, bottest.Config{World: w, Durable: true, Owners: []string{"erin"}, Setup: func(b *bot.Bot) error {
		return b.Install(bottest.Must(livecode.New(c)))
	}, Bot: func(c *bot.Config) {
		c.Accounts = []bot.Account{{AppID: w.Accounts[0].AppID}}
		for _, f := range change {
			f(&c.Accounts[0])
		}
	}})
	return sim, "http://" + c.Listen + "/join"
}

// TestFull shows the next group when one has 180 members, and a returning visitor the first.
func TestFull(t *testing.T) {
	t.Parallel()
	sim, url := run(t, livecode.Config{}, 179)
	first := visitor{t: t, url: url}
	_, page, _ := first.sees("")
	assert.Contains(t, page, "群都满了", "nothing is fetched yet")
	sim.Advance(10 * time.Minute)
	ofA, page, status := first.sees("")
	assert.Equal(t, http.StatusOK, status)
	assert.Contains(t, page, "长按识别二维码")
	require.Contains(t, ofA, "data:image/png;base64,")
	assert.NotContains(t, page, "@chatroom")

	sim.Group("A").Add("li si")
	sim.Advance(11 * time.Minute)
	next := visitor{t: t, url: url}
	ofB, page, _ := next.sees("")
	require.Contains(t, ofB, "data:image/png;base64,", page)
	assert.NotEqual(t, ofA, ofB)
	sim.Person("erin").Say("/活码")
	assert.Regexp(t, "A：180 人，今天 1 人.*\nB：11 人，今天 1 人", sim.Person("erin").ExpectContains("活码").Text)
	again, _, _ := first.sees("")
	assert.Equal(t, ofA, again)

	calls := len(sim.Simulator().Calls())
	for range 5 {
		(&visitor{t: t, url: url}).sees("")
	}
	assert.Len(t, sim.Simulator().Calls(), calls, "a visit asks nobody")

	sim.Restart()
	again, _, _ = first.sees("")
	assert.Equal(t, ofA, again)
}

// TestRenewal fetches a new code after five days. If that fails, the old one stays until the
// seventh day, the person in charge is told once a day, and no code is shown after that.
func TestRenewal(t *testing.T) {
	t.Parallel()
	sim, url := run(t, livecode.Config{Check: 3 * time.Hour, Warn: -1}, 0)
	v := visitor{t: t, url: url}
	fetched := func() (n int) {
		for _, c := range sim.Simulator().Calls() {
			if c.Endpoint == "/group/getChatroomQrCode" && c.Executed {
				n++
			}
		}
		return n
	}
	pass := func(d time.Duration) { // without a bot, which is quicker, and then with one
		sim.Stop()
		sim.Advance(d)
		sim.Start()
		sim.Advance(3 * time.Hour)
	}
	sim.Advance(3 * time.Hour)
	require.Equal(t, 2, fetched())
	pass(4*24*time.Hour + 20*time.Hour)
	require.Equal(t, 2, fetched())
	pass(time.Hour)
	require.Equal(t, 4, fetched())

	before, _, _ := v.sees("")
	require.NotEmpty(t, before)
	sim.Break(simulator.Fault{Endpoint: "/group/getChatroomQrCode", Kind: simulator.FaultRefuse, Count: 1000})
	pass(5 * 24 * time.Hour)
	sim.Person("erin").ExpectContains("的二维码没有更新，旧的还能用到 01-1")
	picture, _, _ := v.sees("")
	assert.Equal(t, before, picture)
	assert.LessOrEqual(t, len(sim.Person("erin").Sent()), 2)
	pass(36 * time.Hour) // six days and 18 hours old
	picture, _, _ = v.sees("")
	assert.Equal(t, before, picture, "the old one stays")
	pass(3 * time.Hour)
	picture, page, _ := v.sees("")
	assert.Empty(t, picture)
	assert.Contains(t, page, "群都满了")
	sim.Mend()
	sim.Advance(3 * time.Hour)
	picture, _, _ = v.sees("")
	assert.NotEmpty(t, picture)
}

// TestGuarded answers this machine only, and not through a name that anybody can register.
func TestGuarded(t *testing.T) {
	t.Parallel()
	sim, url := run(t, livecode.Config{}, 0)
	v := visitor{t: t, url: url}
	_, _, status := v.sees("evil.example.com")
	assert.Equal(t, http.StatusForbidden, status)
	v.url = url + "ed"
	_, _, status = v.sees("")
	assert.Equal(t, http.StatusNotFound, status)
	require.NoError(t, sim.Bot().Uninstall("livecode"))
	public, publicURL := run(t, livecode.Config{Public: true}, 0)
	v.url = publicURL
	_, _, status = v.sees("join.example.com")
	assert.Equal(t, http.StatusOK, status)
	replaced := bottest.Must(livecode.New(livecode.Config{
		Groups: []string{"A"}, Listen: publicURL[len("http://") : len(publicURL)-len("/join")],
		Public: true, AllFull: livecode.AllFull{Text: "改了"},
	}))
	require.NoError(t, public.Bot().Replace("livecode", replaced))
	_, page, _ := v.sees("")
	assert.Contains(t, page, "改了", "the port is not taken twice")
}

// TestKeyword answers with the address of the page, and tells that few places are left.
func TestKeyword(t *testing.T) {
	t.Parallel()
	sim, _ := run(t, livecode.Config{Keyword: []string{"进群"}, URL: "https://join.example.com/join", Full: 20}, 19)
	sim.Person("alice").Say("怎么进群")
	sim.Person("alice").ExpectText("点这里进群：https://join.example.com/join")
	sim.Group("A").As("alice").Say("怎么进群")
	sim.Group("A").ExpectNothing()
	sim.Advance(time.Hour)
	sim.Person("erin").ExpectContains("个位置")
	sim.Person("erin").ExpectNothing()
}

// TestNewAccount asks for no code in the first three days, and says so; the order may be random,
// and a visitor still sees one group.
func TestNewAccount(t *testing.T) {
	t.Parallel()
	sim, url := run(t, livecode.Config{Order: "random", Check: time.Hour, Warn: -1}, 0, func(a *bot.Account) {
		a.Since = time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC)
	})
	v := visitor{t: t, url: url}
	sim.Advance(2 * time.Hour)
	picture, _, _ := v.sees("")
	assert.Empty(t, picture)
	sim.Person("erin").ExpectContains("不满三天")
	sim.Stop()
	sim.Advance(72 * time.Hour)
	sim.Start()
	sim.Advance(2 * time.Hour)
	first, _, _ := v.sees("")
	require.NotEmpty(t, first)
	seen := map[string]bool{}
	for range 40 {
		again, _, _ := v.sees("")
		assert.Equal(t, first, again)
		other, _, _ := (&visitor{t: t, url: url}).sees("")
		seen[other] = true
	}
	assert.Len(t, seen, 2)
}

// TestVisits counts the visitors of each day and each code, each once, shows the group with the
// fewest, and lets a code rest after some visitors; a person in charge sees the numbers.
func TestVisits(t *testing.T) {
	t.Parallel()
	sim, url := run(t, livecode.Config{Order: "least_shown", Scans: 3, Warn: -1}, 0, func(a *bot.Account) { a.Since = time.Time{} })
	sim.Advance(10 * time.Minute)
	visit := func() (v *visitor, picture string) {
		v = &visitor{t: t, url: url}
		picture, _, _ = v.sees("")
		return v, picture
	}
	first, ofA := visit()
	_, ofB := visit()
	assert.NotEqual(t, ofA, ofB, "the one that fewer have seen")
	for range 3 {
		again, _, _ := first.sees("")
		assert.Equal(t, ofA, again)
	}
	sim.Person("erin").Say("/活码")
	sim.Person("erin").ExpectText("活码 /join\nA：11 人，今天 1 人扫码，7 天 1 人，二维码到 01-12 09:10\n" +
		"B：11 人，今天 1 人扫码，7 天 1 人，二维码到 01-12 09:10")
	sim.Person("alice").Say("/活码")
	sim.Person("alice").ExpectNothing()
	sim.Advance(10 * time.Minute)
	sim.Restart()
	for range 4 {
		_, picture := visit()
		assert.NotEmpty(t, picture)
	}
	_, picture := visit()
	assert.Empty(t, picture, "three visitors of each code")
	again, _, _ := first.sees("")
	assert.Equal(t, ofA, again)
	sim.Advance(23 * time.Hour)
	sim.Person("erin").Say("活码")
	sim.Person("erin").ExpectContains("A：11 人，今天 0 人扫码，7 天 3 人")
}

// TestHours shows no code outside of the hours.
func TestHours(t *testing.T) {
	t.Parallel()
	window, err := outbox.ParseWindow("09:00-18:00")
	require.NoError(t, err)
	window.Zone = "UTC"
	sim, url := run(t, livecode.Config{Hours: window, Warn: -1}, 0)
	sim.Advance(10 * time.Minute)
	v := &visitor{t: t, url: url}
	picture, _, _ := v.sees("")
	assert.NotEmpty(t, picture)
	sim.Stop()
	sim.Advance(8 * time.Hour)
	sim.Start()
	picture, page, _ := v.sees("")
	assert.Empty(t, picture)
	assert.Contains(t, page, "现在不开放，请稍后再来")
}

// TestMistakes names the fields.
func TestMistakes(t *testing.T) {
	t.Parallel()
	groups := []string{"A"}
	for field, c := range map[string]livecode.Config{
		"groups":              {},
		"listen":              {Groups: groups, Listen: "0.0.0.0:8092"},
		"path":                {Groups: groups, Path: "join/.."},
		"renew":               {Groups: groups, Renew: 7 * 24 * time.Hour},
		"check":               {Groups: groups, Check: time.Second},
		"full_at":             {Groups: groups, Full: 200},
		"url":                 {Groups: groups, Keyword: []string{"进群"}},
		"when_all_full.image": {Groups: groups, AllFull: livecode.AllFull{Image: "nothing.png"}},
		"answer":              {Groups: groups, Answer: "{{.Nobody}}"},
	} {
		_, err := livecode.New(c)
		var wrong *plugin.FieldError
		require.ErrorAs(t, err, &wrong, field)
		assert.Equal(t, field, wrong.Field)
	}
}

// TestYAML reads a small and a full section.
func TestYAML(t *testing.T) {
	t.Parallel()
	for _, section := range []string{
		"{groups: [产品1群, 产品2群]}",
		`
    - name: product
      path: /join/product
      groups: [产品1群, 产品2群, 产品3群]
      order: in_turn
      full_at: 180
      renew: 120h
      sticky: 24h
      when_all_full: {text: "加我备注 产品"}
      keyword: [进群]
      url: https://join.example.com/join/product
      places_left: 30
      notify: [运营群]`,
	} {
		text := "service: {sim: true}\nallow: {everyone: true}\nplugins:\n  livecode: " + section + "\n"
		_, err := app.Reader{}.Parse("bot.yaml", []byte(text))
		require.NoError(t, err)
	}
}
