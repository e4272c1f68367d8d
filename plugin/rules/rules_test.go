package rules_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/callback"
	"github.com/hongyan-go/hongyan/middleware"
	"github.com/hongyan-go/hongyan/plugin/rules"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/simulator"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	groupA = "10000000001@chatroom"
	groupB = "20000000002@chatroom"
	groupC = "30000000003@chatroom"
)

// run runs a bot with rules against a simulator.
func run(t *testing.T, list []rules.Rule) *simulator.Test {
	t.Helper()
	unguarded := &middleware.LoopGuardConfig{Rounds: -1} // the tests play long chats at machine speed
	b, err := bot.New(bot.Config{Simulator: true, LoopGuard: unguarded, Logger: zap.NewNop()})
	require.NoError(t, err)
	plugin, err := rules.New(list)
	require.NoError(t, err)
	require.NoError(t, b.Install(plugin))
	serve(t, b, b.Simulator())
	return b.Simulator().Test(t)
}

// serve runs a bot until the test ends, from the time on that sim calls it.
func serve(t *testing.T, b *bot.Bot, sim *simulator.Simulator) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- b.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		assert.NoError(t, <-ended)
	})
	wait, done := context.WithTimeout(t.Context(), 20*time.Second)
	defer done()
	require.NoError(t, sim.AwaitCallback(wait))
}

func TestRules(t *testing.T) {
	t.Parallel()
	sim := run(t, []rules.Rule{
		{Name: "hours", On: []xmlmsg.Kind{"text"}, Keyword: []string{"营业时间", "几点开门"}, Reply: rules.Text("营业时间 9:00-18:00")},
		{Name: "order", On: []xmlmsg.Kind{"text"}, Regexp: regexp.MustCompile(`^查单\s*(?P<id>\d+)$`), Reply: rules.Text("订单 {{.id}} 查询中…")},
		{Name: "menu", On: []xmlmsg.Kind{"text"}, Exact: []string{"菜单"}, Private: true, Reply: rules.Text("{{.SenderName}}: 1 2 3")},
		{Name: "sheets", On: []xmlmsg.Kind{"file"}, In: []string{groupA}, Ext: []string{"xlsx"}, MinSize: 10 << 10, MaxSize: 1 << 20,
			Forward: rules.Forward{
				To: []string{groupB, groupC}, Caption: "{{.SenderName}} 来自 {{.GroupName}}: {{.FileName}}", Title: "new.xlsx",
			}},
		{Name: "pictures", On: []xmlmsg.Kind{"image"}, From: []string{"wxid_bob"}, Forward: rules.Forward{To: []string{groupC}}},
		{Name: "links", On: []xmlmsg.Kind{"link"}, Group: true, Reply: rules.Text("thanks"),
			Forward: rules.Forward{To: []string{"wxid_carol"}}},
	})
	alice := sim.Friend("alice")
	alice.Says("几点开门")
	alice.ExpectText("营业时间 9:00-18:00")
	alice.Says("查单 42")
	alice.ExpectText("订单 42 查询中…")
	alice.Says("菜单")
	alice.ExpectText("Alice: 1 2 3")

	dropper := sim.Group("A").Member("alice")
	dropper.Drops(simulator.File{Name: "small.xlsx", Size: 1})
	dropper.Drops(simulator.File{Name: "large.xlsx", Size: 2 << 20})
	dropper.Drops(simulator.File{Name: "a.xlsx", Size: 20 << 10})
	for _, name := range []string{"B", "C"} {
		sim.Group(name).ExpectText("Alice 来自 A: a.xlsx")
		sim.Group(name).ExpectFile("new.xlsx")
	}
	sim.Group("B").Member("bob").Shows()
	sim.Group("C").Expect("a picture", func(m simulator.Message) bool { return m.Kind == simulator.KindImage })
	sim.Group("A").Member("bob").Shares(simulator.Link{Title: "Tides", URL: "https://example.com"})
	sim.Group("A").ExpectText("thanks")
	sim.Friend("carol").Expect("the link", func(m simulator.Message) bool { return m.Kind == simulator.KindLink && m.Text == "Tides" })
}

// TestATargetThatRefuses checks that the file reaches the targets before and after one that refuses
// it, and that the answer goes out, too.
func TestATargetThatRefuses(t *testing.T) {
	t.Parallel()
	const gone = "99000000009@chatroom" // the account is not in it
	sim := run(t, []rules.Rule{{
		Name: "sheets", On: []xmlmsg.Kind{"file"}, Reply: rules.Text("thanks"),
		Forward: rules.Forward{To: []string{gone, groupB, gone, groupC}, Caption: "from {{.SenderName}}"},
	}})
	sim.Group("A").Member("alice").Drops(simulator.File{Name: "a.xlsx", Size: 20 << 10})
	sim.Group("A").ExpectText("thanks")
	for _, name := range []string{"B", "C"} {
		sim.Group(name).ExpectText("from Alice")
		sim.Group(name).ExpectFile("a.xlsx")
	}
	alice := sim.Friend("alice")
	alice.Drops(simulator.File{Name: "b.xlsx", Size: 20 << 10}) // nothing waits for the failure
	alice.ExpectText("thanks")
}

// TestOnlyWhatFailedIsSentAgain has one target that fails once, and one that always fails: only the
// first gets a second request.
func TestOnlyWhatFailedIsSentAgain(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	requests := map[string]int{}
	sim := simulator.Start(t)
	service, err := url.Parse(sim.BaseURL())
	require.NoError(t, err)
	proxy := httputil.NewSingleHostReverseProxy(&url.URL{Scheme: service.Scheme, Host: service.Host})
	gateway := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasSuffix(r.URL.Path, "/message/forwardFile") {
			proxy.ServeHTTP(w, r)
			return
		}
		body, _ := io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(body))
		var call struct {
			To string `json:"toWxid"`
		}
		_ = json.Unmarshal(body, &call)
		mu.Lock()
		requests[call.To]++
		n := requests[call.To]
		mu.Unlock()
		switch {
		case call.To == groupB && n == 1:
			http.Error(w, "<html>no route</html>", http.StatusNotFound)
		case call.To == "99000000009@chatroom":
			_, _ = io.WriteString(w, `{"ret":500,"msg":"not in the group"}`)
		default:
			proxy.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(gateway.Close)
	b, err := bot.New(bot.Config{BaseURL: gateway.URL + service.Path, Token: sim.Token(), Listen: "127.0.0.1:0", Logger: zap.NewNop()})
	require.NoError(t, err)
	plugin, err := rules.New([]rules.Rule{{
		Name: "sheets", On: []xmlmsg.Kind{"file"}, Forward: rules.Forward{To: []string{"99000000009@chatroom", groupB, groupC}},
	}})
	require.NoError(t, err)
	require.NoError(t, b.Install(plugin))
	serve(t, b, sim.Simulator)
	sim.Group("A").Member("alice").Drops(simulator.File{Name: "a.xlsx", Size: 20 << 10})
	sim.Group("C").ExpectFile("a.xlsx")
	sim.Group("B").ExpectFile("a.xlsx")
	mu.Lock()
	defer mu.Unlock()
	assert.Equal(t, map[string]int{"99000000009@chatroom": 1, groupB: 2, groupC: 1}, requests)
}

// TestAnEndlessReply replies to a text that is far too long with itself: nothing is sent, and the
// next message is answered.
func TestAnEndlessReply(t *testing.T) {
	t.Parallel()
	sim := run(t, []rules.Rule{{Name: "echo", On: []xmlmsg.Kind{"text"}, Reply: rules.Text("{{.Text}}")}})
	alice := sim.Friend("alice")
	alice.Says(strings.Repeat("字", 100_000))
	alice.Says("hello")
	alice.ExpectText("hello")
	said, err := sim.Messages("wxid_alice", 0)
	require.NoError(t, err)
	assert.Len(t, said, 3, "what she said, and one answer")
}

func TestMistakes(t *testing.T) {
	t.Parallel()
	ok := rules.Rule{Name: "ok", On: []xmlmsg.Kind{"text"}, Reply: rules.Text("x")}
	edit := func(f func(*rules.Rule)) rules.Rule {
		r := ok
		f(&r)
		return r
	}
	one := func(f func(*rules.Rule)) []rules.Rule { return []rules.Rule{edit(f)} }
	forward := func(name, from, to string) rules.Rule {
		return rules.Rule{Name: name, On: []xmlmsg.Kind{"file"}, In: []string{from}, Forward: rules.Forward{To: []string{to}}}
	}
	for want, test := range map[string]struct {
		rules []rules.Rule
		index int
		field string
	}{
		"needs a name":               {one(func(r *rules.Rule) { r.Name = "" }), 0, "name"},
		"is the name of rule 1, too": {[]rules.Rule{edit(func(r *rules.Rule) { r.Exact = []string{"a"} }), ok}, 1, "name"},
		`"offline" is not one of`:    {one(func(r *rules.Rule) { r.On = []xmlmsg.Kind{"offline"} }), 0, "on"},
		"about the words of keyword": {one(func(r *rules.Rule) { r.ExactSpelling = true }), 0, "exact_spelling"},
		"cannot forward voice messages": {one(func(r *rules.Rule) {
			r.On, r.Forward.To = []xmlmsg.Kind{"voice"}, []string{"1@chatroom"}
		}), 0, "forward.to"},
		"does nothing": {one(func(r *rules.Rule) { r.Reply = nil }), 0, "reply"},
		"only rules on text have words": {[]rules.Rule{
			ok, edit(func(r *rules.Rule) { r.Name, r.On, r.Keyword = "b", []xmlmsg.Kind{"file"}, []string{"a"} }),
		}, 1, "keyword"},
		"only rules on file have ext":    {one(func(r *rules.Rule) { r.Ext = []string{"a"} }), 0, "ext"},
		"only rules on file have a size": {one(func(r *rules.Rule) { r.MinSize = 1 }), 0, "min_size"},
		"only texts mention":             {one(func(r *rules.Rule) { r.On, r.AtMe = []xmlmsg.Kind{"image"}, true }), 0, "at_me"},
		"below min_size": {one(func(r *rules.Rule) {
			r.On, r.MinSize, r.MaxSize = []xmlmsg.Kind{"file"}, 2, 1
		}), 0, "max_size"},
		"never both":            {one(func(r *rules.Rule) { r.Private, r.Group = true, true }), 0, "group"},
		"an entry is empty":     {one(func(r *rules.Rule) { r.Keyword = []string{"a", " "} }), 0, "keyword"},
		"nothing fills {{.id}}": {one(func(r *rules.Rule) { r.Reply = rules.Text("{{.id}}") }), 0, "reply"},
		"{{ without }}": {one(func(r *rules.Rule) {
			r.Forward = rules.Forward{To: []string{"a"}, Caption: "{{"}
		}), 0, "forward.caption"},
		"100@chatroom → 200@chatroom → 1": {[]rules.Rule{
			forward("there", "100@chatroom", "200@chatroom"), forward("back", "200@chatroom", "100@chatroom"),
		}, 0, "forward.to"},
		"1@chatroom → 1@chatroom": {[]rules.Rule{forward("self", "1@chatroom", "1@chatroom")}, 0, "forward.to"},
		`"late" can never run: rule 1, "ok", comes first`: {[]rules.Rule{
			ok, edit(func(r *rules.Rule) { r.Name, r.Exact = "late", []string{"a"} }),
		}, 1, "name"},
	} {
		_, err := rules.New(test.rules)
		require.ErrorContains(t, err, want)
		var mistake *rules.Error
		require.ErrorAs(t, err, &mistake)
		assert.Equal(t, test.index, mistake.Index, want)
		assert.Equal(t, test.field, mistake.Field, want)
	}
	assert.NoError(t, rules.Check([]rules.Rule{ok, forward("a", "1@chatroom", "2@chatroom"), forward("b", "2@chatroom", "3@chatroom")}))
}

// TestRulesGoByWhatWasSaid has rules in a group that speak to the bot by name, type words as people
// do, and quote messages.
func TestRulesGoByWhatWasSaid(t *testing.T) {
	t.Parallel()
	sim := run(t, []rules.Rule{
		{Name: "quotes", On: []xmlmsg.Kind{"quote"}, Keyword: []string{"退货"}, Reply: rules.Text("quote: {{.Text}}")},
		{Name: "called", On: []xmlmsg.Kind{"text"}, AtMe: true, Exact: []string{"在吗"}, Reply: rules.Text("在")},
		{Name: "menu", On: []xmlmsg.Kind{"text"}, Exact: []string{"菜单"}, Reply: rules.Text("1 2 3")},
		{Name: "hi", On: []xmlmsg.Kind{"text"}, Keyword: []string{"hi"}, Reply: rules.Text("hello")},
		{Name: "go", On: []xmlmsg.Kind{"text"}, Keyword: []string{"Go"}, ExactSpelling: true, Reply: rules.Text("gopher")},
		{Name: "order", On: []xmlmsg.Kind{"text"}, Regexp: regexp.MustCompile(`^查单\s*(?P<id>\d+)$`), Reply: rules.Text("{{.id}}")},
		{Name: "echo", On: []xmlmsg.Kind{"text"}, Reply: rules.Text("= {{.Text}}")},
		{Name: "nice voice", On: []xmlmsg.Kind{"voice"}, Reply: rules.Text("a voice")},
	})
	const bot = "@鸿雁"
	group := sim.Group("A")
	members := []simulator.TestPerson{group.Member("alice"), group.Member("bob")} // one at this speed would be taken for a bot
	for i, turn := range []struct{ says, mentions, want string }{
		{bot + "\u2005菜单", "鸿雁", "1 2 3"},
		{bot + " 菜单", "", "1 2 3"},
		{"菜单" + bot, "鸿雁", "1 2 3"},
		{"在吗", "", "= 在吗"},
		{bot + "\u2005在吗", "鸿雁", "在"},
		{"＠鸿雁" + "\n查单 7", "鸿雁", "7"},
		{"nothing", "", "= nothing"},
		{"oh, Hi!", "", "hello"},
		{"let's go", "", "= let's go"},
		{"用Go写", "", "gopher"},
		{"@Bob\u2005菜单", "bob", "= @Bob\u2005菜单"},
	} {
		var at []string
		if turn.mentions != "" {
			at = []string{turn.mentions}
		}
		members[i%len(members)].Says(turn.says, at...)
		group.ExpectText(turn.want)
	}
}

// TestEveryKindCanHaveARule checks each kind, and that rules forward exactly what the router
// forwards.
func TestEveryKindCanHaveARule(t *testing.T) {
	t.Parallel()
	for _, kind := range xmlmsg.Kinds() {
		require.NoError(t, rules.Check([]rules.Rule{{Name: "a", On: []xmlmsg.Kind{kind}, Reply: rules.Text("x")}}), kind)
	}
	bodies, err := filepath.Glob("../../callback/testdata/callbacks/*.json")
	require.NoError(t, err)
	seen := 0
	for _, path := range bodies {
		body, err := os.ReadFile(path)
		require.NoError(t, err)
		e, err := callback.Decode(body)
		if err != nil || !slices.Contains(xmlmsg.Kinds(), e.Kind()) {
			continue
		}
		seen++
		r := router.New()
		r.Any(func(c *router.Context) error { return c.Forward("1@chatroom") })
		err = r.Serve(t.Context(), e, router.Services{})
		refused := rules.Check([]rules.Rule{{Name: "a", On: []xmlmsg.Kind{e.Kind()}, Forward: rules.Forward{To: []string{"1@chatroom"}}}})
		assert.Equal(t, errors.Is(err, router.ErrNotForwardable), refused != nil, "%s: %v", filepath.Base(path), err)
	}
	assert.Greater(t, seen, 50)
}

// TestCautions finds words of one character, which are parts of others.
func TestCautions(t *testing.T) {
	t.Parallel()
	list := []rules.Rule{
		{Keyword: []string{"营业时间", "价"}},
		{Exact: []string{"1"}, Starts: []string{"菜"}},
		{Keyword: []string{"价"}, Disabled: true},
		{Keyword: []string{" a "}},
	}
	var got []string
	for _, e := range rules.Cautions(list) {
		got = append(got, fmt.Sprint(e.Index, " ", e))
	}
	assert.Equal(t, []string{
		`0 rules: keyword: "价" is in many other words and in names: write it in exact or in starts, or a longer word`,
		`3 rules: keyword: " a " is in many other words and in names: write it in exact or in starts, or a longer word`,
	}, got)
}
