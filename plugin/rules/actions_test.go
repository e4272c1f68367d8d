package rules_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/app"
	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/bottest"
	"github.com/hongyan-go/hongyan/plugin/rules"
	"github.com/hongyan-go/hongyan/simulator"
)

// hook is another system that a rule calls.
type hook struct {
	mu     sync.Mutex
	bodies []string
	heads  []http.Header
	fails  int
	answer string
	kind   string
}

func (h *hook) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	h.mu.Lock()
	defer h.mu.Unlock()
	h.bodies, h.heads = append(h.bodies, string(body)), append(h.heads, r.Header)
	if h.fails > 0 {
		h.fails--
		http.Error(w, "later", http.StatusBadGateway)
		return
	}
	w.Header().Set("Content-Type", h.kind)
	_, _ = io.WriteString(w, h.answer)
}

// TestCall posts the event, signed, tries again what fails, and answers with the response.
func TestCall(t *testing.T) {
	t.Parallel()
	h := &hook{fails: 1, kind: "application/json", answer: `{"reply": ["一", "二"]}`}
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	sim := play(t, "  - {name: hook, on: text, reply: 收到, call: {url: "+server.URL+"/a, secret: s3, reply: true}}\n")
	alice := sim.Person("alice")
	alice.Say("天气")
	alice.ExpectText("收到")
	sim.ExpectError("HTTP 502")
	sim.Advance(time.Minute)
	alice.ExpectText("一")
	alice.ExpectText("二")
	alice.ExpectNothing()
	h.mu.Lock()
	defer h.mu.Unlock()
	require.Len(t, h.bodies, 2, "one failed")
	assert.Contains(t, h.bodies[0], "天气")
	head := h.heads[1]
	mac := hmac.New(sha256.New, []byte("s3"))
	_, _ = mac.Write([]byte(head.Get("X-Hongyan-Timestamp") + "." + h.bodies[1]))
	assert.Equal(t, "sha256="+hex.EncodeToString(mac.Sum(nil)), head.Get("X-Hongyan-Signature"))
	assert.Equal(t, h.heads[0].Get("Idempotency-Key"), head.Get("Idempotency-Key"))
}

// TestCallIsGuarded refuses redirects, and a name that leads into a private network without being
// what the file says.
func TestCallIsGuarded(t *testing.T) {
	t.Parallel()
	inner := &hook{kind: "text/plain", answer: "secret"}
	private := httptest.NewServer(inner)
	t.Cleanup(private.Close)
	server := httptest.NewServer(http.RedirectHandler(private.URL, http.StatusTemporaryRedirect))
	t.Cleanup(server.Close)
	sim := play(t, "  - {name: hook, on: text, notify: owners, call: {url: "+server.URL+", reply: true}}\n")
	sim.Person("alice").Say("x")
	sim.Person("alice").ExpectNothing()
	sim.Person("carol").ExpectContains("规则 hook 有动作没有成功")
	sim.ExpectError("HTTP 307")
	inner.mu.Lock()
	defer inner.mu.Unlock()
	assert.Empty(t, inner.bodies)
}

// TestPick answers with one of several, the same when the handler runs again, and goes on to the
// next when one is refused.
func TestPick(t *testing.T) {
	t.Parallel()
	h := &hook{kind: "text/plain", answer: "", fails: 2}
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	sim := play(t, "  - {name: dice, on: text, pick: random, reply: [a, b, c, d, e, f], call: "+server.URL+"}\n")
	alice, seen := sim.Person("alice"), map[string]bool{}
	for i := range 30 {
		alice.Say(strconv.Itoa(i))
		sim.Advance(5 * time.Minute) // the first runs three times
		got := alice.Sent()
		require.Len(t, got, 1)
		if i == 0 {
			sim.ExpectError("HTTP 502")
			sim.ExpectError("HTTP 502")
		}
		seen[got[0].Text] = true
	}
	assert.Greater(t, len(seen), 3)

	path := filepath.Join(t.TempDir(), "a.silk")
	require.NoError(t, os.WriteFile(path, []byte("no voice"), 0o600))
	sim = play(t, fmt.Sprintf("  - {name: first, on: text, pick: first, reply: [{voice: %q}, text, more]}\n", path))
	sim.Person("alice").Say("x")
	sim.Person("alice").ExpectText("text")
	sim.Person("alice").ExpectNothing()
}

// TestParts sends each kind of message that an answer has.
func TestParts(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "list.txt")
	require.NoError(t, os.WriteFile(path, []byte("hello"), 0o600))
	sim := play(t, fmt.Sprintf(`
  - name: all
    on: text
    reply: [{file: %q}, {link: {title: "给 {{.SenderName}}", desc: 详情, url: "https://example.com"}}, {card: wxid_bob}, "完"]
`, path))
	alice := sim.Person("alice")
	alice.Say("x")
	alice.ExpectFile("list.txt")
	alice.Expect("the link", func(m simulator.Message) bool { return m.Kind == simulator.KindLink && m.Text == "给 Alice" })
	alice.Expect("the card", func(m simulator.Message) bool { return m.Kind == simulator.KindCard })
	alice.ExpectText("完")
}

// TestProbability takes about as many messages as it says; the others go on to the next rule.
func TestProbability(t *testing.T) {
	t.Parallel()
	sim := play(t, "  - {name: a, on: text, probability: 0.3, reply: yes}\n  - {name: b, on: text, reply: no}\n")
	yes := 0
	for i := range 60 {
		alice := sim.Person([]string{"alice", "bob"}[i%2])
		alice.Say(strconv.Itoa(i))
		for _, m := range alice.Sent() {
			if m.Text == "yes" {
				yes++
			}
		}
		sim.Advance(time.Minute)
	}
	assert.InDelta(t, 18, yes, 12)
}

// TestAskingFirst acts when a person has agreed.
func TestAskingFirst(t *testing.T) {
	t.Parallel()
	sim := play(t, "  - {name: a, on: text, ask: {text: '{{.SenderName}} 要退款？', no: 不行}, reply: 已退款, delay: 1s}\n")
	alice, boss := sim.Person("alice"), sim.Person("carol")
	alice.Say("退款")
	boss.ExpectContains("Alice 要退款？")
	alice.ExpectNothing()
	boss.Say("是")
	sim.Advance(time.Second)
	alice.ExpectText("已退款")
	alice.Say("再退")
	boss.ExpectContains("Alice 要退款？")
	boss.Say("否")
	alice.ExpectText("不行")
}

// TestHold keeps what a rule sends until a person releases it; mute ends the talk.
func TestHoldAndMute(t *testing.T) {
	t.Parallel()
	sim := play(t, `
  - {name: held, on: text, exact: 报价, hold: prices are looked at, reply: 100 元}
  - {name: human, on: text, exact: 人工, reply: 正在转接, mute: 30m}
  - {name: echo, on: text, reply: "{{.Text}}"}
`)
	alice := sim.Person("alice")
	alice.Say("报价")
	alice.ExpectNothing()
	held := sim.Held()
	require.Len(t, held, 1)
	sim.Release(held[0])
	alice.ExpectText("100 元")
	alice.Say("人工")
	alice.ExpectText("正在转接")
	alice.Say("喂")
	alice.ExpectNothing()
	sim.Advance(30 * time.Minute)
	alice.Say("在吗")
	alice.ExpectText("在吗")
}

// TestFriendRequests accepts two at once and the third ten minutes later, over a restart.
func TestFriendRequests(t *testing.T) {
	t.Parallel()
	sim := play(t, `
  - name: restart
    on: friend_request
    if: text contains "进群123"
    delay: 20s-90s
    accept: true
    label: 新客户
    remark: "{{.SenderName}}"
    invite: A
    reply: 欢迎
`)
	sim.FriendRequest("li si", "hello")
	for _, name := range []string{"wang wu", "zhao liu", "qian qi"} {
		sim.FriendRequest(name, "进群123")
		sim.Advance(90 * time.Second)
	}
	welcomed := func() (n int) {
		for _, name := range []string{"wang wu", "zhao liu"} {
			for _, m := range sim.Person(name).Sent() {
				if m.Text == "欢迎" {
					n++
				}
			}
		}
		return n
	}
	assert.Equal(t, 2, welcomed())
	sim.Restart()
	sim.Advance(10 * time.Minute)
	sim.Person("qian qi").ExpectText("欢迎")
}

// TestDryRun does nothing but log.
func TestDryRun(t *testing.T) {
	t.Parallel()
	h := &hook{}
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	sim := play(t, "  - {name: a, on: text, dry_run: true, delay: 1s, reply: x, label: y, mute: 1h, append: {csv: a.csv}, call: "+
		server.URL+"}\n")
	sim.Person("alice").Say("x")
	sim.Advance(time.Minute)
	sim.Person("alice").ExpectNothing()
	assert.Empty(t, h.bodies)
}

// TestMistakesOfActions reports all of them at once, with their lines.
func TestMistakesOfActions(t *testing.T) {
	t.Parallel()
	text := `service: {sim: true}
rules:
  - name: a
    on: [text, fiel]
    reply: x
  - name: b
    on: file
    in: []
    pick: randum
    reply: [{image: nowhere.png}, {text: a, file: b}]
    forward: {to: [A], dedupe: {by: md6}, on_refused: download, hold: -1s}
    append: {csv: ../a.csv}
    call: {url: "file:///etc/passwd"}
  - name: c
    on: text
    if: |
      text == "a" &&
      sendr == "b"
    delay: 5s-1s
  - name: d
    on: text
    stop: true
    continue: true
    probability: 2
    accept: true
    ask: {text: x}
    cooldown: {per: group, for: 3s}
    tell: {to: []}
  - name: e
    on: text
    if: 'any(1..9, {# > 3})'
    append: {jsonl: hongyan.db}
`
	_, err := app.Reader{}.Parse("f", []byte(text))
	require.Error(t, err)
	for _, want := range []string{
		`f:26: rules[3].ask: the file names no owners`, `f:4: rules[0].on: "fiel" is not one of`, "did you mean file?",
		`f:8: rules[1].in: an empty list matches nothing`,
		`f:9:11: rules[1].pick: "randum" is not possible here; there are all, random, first; did you mean random?`,
		`f:10: rules[1].reply[0].image: there is no file "nowhere.png"`, `f:10: rules[1].reply[1]: it is one of text, image`,
		`f:11:37: rules[1].forward.dedupe.by: "md6" is not possible here; there are md5, text`, `f:11: rules[1].forward.hold: it is less`,
		`f:12: rules[1].append.csv: it is a path inside the data directory`, `f:13: rules[1].call.url: it is not a plain http`,
		`f:19: "5s-1s": the first time is the longer one`,
		`f:22: rules[3].stop: it is the opposite`, `f:24: rules[3].probability: it is between`,
		`f:25: rules[3].accept: only friend requests`,
		`f:23: rules[3].continue: a rule that asks`,
		`f:27:21: rules[3].cooldown.per: "group" is not possible here; there are chat, sender, account`,
		`f:28: rules[3].tell.to: it is missing`,
		`f:31: rules[4].if: an expression cannot have ranges`, `f:32: rules[4].append.jsonl: the file ends in .jsonl`,
	} {
		require.ErrorContains(t, err, want)
	}
	_, err = app.Reader{}.Parse("f", []byte("service: {sim: true}\nrules:\n  - name: c\n    on: text\n    reply: x\n"+
		"    if: |\n      text == \"a\" &&\n      sendr == \"b\"\n"))
	require.ErrorContains(t, err, `f:8:7: rules[0].if: there is no "sendr"; did you mean sender?`)
}

// TestOwnersAreNeeded names the rule for which nobody could be asked.
func TestOwnersAreNeeded(t *testing.T) {
	t.Parallel()
	for _, action := range []string{"tell: owners", "ask: ok?", "forward: {to: [A], confirm: {}}", "notify: owner"} {
		list := written(t, "  - {name: tenders, on: text, in: private, reply: x, "+action+"}\n")
		b, err := bot.New(bot.Config{Simulator: true})
		require.NoError(t, err)
		require.ErrorContains(t, b.Install(bottest.Must(rules.New(list))), "rules: tenders: ", action)
		require.NoError(t, b.Close())
	}
}

// TestKinds has one rule for texts and quotes, which sees each message once, and one that is off.
func TestKinds(t *testing.T) {
	t.Parallel()
	sim := play(t, `
  - {name: off, enabled: false, on: text, reply: never}
  - {name: both, on: [quote, text], account: wx_demo0000000000000001, reply: "> {{.Text}}", max_age: off, continue: true}
  - {name: last, on: [text, image], reply: last}
`)
	alice := sim.Person("alice")
	m := alice.Say("a")
	alice.ExpectText("> a")
	alice.ExpectText("last")
	alice.Quote(m, "b")
	alice.ExpectText("> b")
	alice.ExpectText("last")
	alice.Image()
	alice.ExpectText("last")
	alice.ExpectNothing()
}

// TestHiddenKinds names the kind that an earlier rule takes.
func TestHiddenKinds(t *testing.T) {
	t.Parallel()
	_, err := app.Reader{}.Parse("f", []byte("service: {sim: true}\nrules:\n  - {name: a, on: text, reply: x}\n"+
		"  - {name: b, on: [image, text], reply: x}\n"))
	require.ErrorContains(t, err, `f:4: rules[1].on: "b" can never get text: rule 1, "a", comes first`)
}

// TestWhatSucceededIsNotRepeated has a call that works and a label that does not at first, in a
// rule that is put off and needs what its expression has captured.
func TestWhatSucceededIsNotRepeated(t *testing.T) {
	t.Parallel()
	h := &hook{kind: "text/plain", answer: "called"}
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	sim := play(t, "  - {name: a, on: text, delay: 1s, regexp: '^查单 (?P<id>\\d+)$', reply: '{{id}} 查询中', label: vip, call: {url: "+
		server.URL+", reply: true}}\n")
	sim.Break(simulator.Fault{Endpoint: "/label/add", Kind: simulator.FaultDropBefore})
	alice := sim.Person("alice")
	alice.Say("查单 7")
	sim.Advance(time.Second)
	alice.ExpectText("7 查询中")
	alice.ExpectText("called")
	sim.ExpectError("/label/add")
	sim.Mend()
	sim.Advance(time.Minute)
	alice.ExpectNothing()
	h.mu.Lock()
	defer h.mu.Unlock()
	assert.Len(t, h.bodies, 1)
}
