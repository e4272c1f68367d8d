package alerts_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/app"
	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/bottest"
	"github.com/hongyan-go/hongyan/outbox"
	"github.com/hongyan-go/hongyan/plugin"
	"github.com/hongyan-go/hongyan/plugin/alerts"
	"github.com/hongyan-go/hongyan/simulator"
)

const (
	promToken = "prom-token-0001"
	ciToken   = "ci-token-000002"
)

// gateway is a bot with two senders: prom for A, and erin if it is critical, and ci for B.
type gateway struct {
	*bottest.Sim
	t   *testing.T
	url string
}

func run(t *testing.T, change func(c *alerts.Config)) gateway {
	t.Helper()
	free, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	c := alerts.Config{Listen: free.Addr().String(), Senders: map[string]alerts.Sender{
		"prom": {Token: promToken, Format: "alertmanager", To: alerts.Receivers{Default: []string{"A"}, Critical: []string{"A", "owner"}}},
		"ci":   {Token: ciToken, To: alerts.Receivers{Default: []string{"B"}}},
	}}
	if change != nil {
		change(&c)
	}
	require.NoError(t, free.Close())
	sim := bottest.RunWith(t, bottest.Config{
		Durable: true, Owners: []string{"erin"}, Zone: time.UTC,
		Setup: func(b *bot.Bot) error { return b.Install(bottest.Must(alerts.New(c))) },
		Bot: func(b *bot.Config) {
			pace := outbox.Unlimited()
			pace.Quiet = outbox.Window{From: 22 * time.Hour, To: 8 * time.Hour, Zone: "UTC"}
			b.Pace, b.Accounts = &pace, []bot.Account{{AppID: simulator.DefaultAppID}}
		},
	})
	return gateway{sim, t, "http://" + c.Listen}
}

// post sends a body with a token, and returns the answer.
func (g gateway) post(token, body string, header ...string) (int, string) {
	g.t.Helper()
	return g.do(http.MethodPost, "", token, body, header...)
}

func (g gateway) do(method, path, token, body string, header ...string) (int, string) {
	g.t.Helper()
	r, err := http.NewRequestWithContext(g.t.Context(), method, g.url+path, strings.NewReader(body))
	require.NoError(g.t, err)
	r.Close = true
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	response, err := http.DefaultClient.Do(r)
	require.NoError(g.t, err)
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	require.NoError(g.t, err)
	return response.StatusCode, strings.TrimSpace(string(text))
}

func firing(name, severity string, hosts ...string) string {
	var list []string
	for _, h := range hosts {
		labels := fmt.Sprintf(`{"alertname":%q,"severity":%q,"instance":%q}`, name, severity, h)
		list = append(list, `{"status":"firing","labels":`+labels+`,"annotations":{"summary":"busy"}}`)
	}
	return `{"status":"firing","alerts":[` + strings.Join(list, ",") + `]}`
}

// TestGrouping makes one message of 20 alerts of a name, and repeats none for a while.
func TestGrouping(t *testing.T) {
	t.Parallel()
	g := run(t, nil)
	for i := range 20 {
		status, text := g.post(promToken, firing("DiskFull", "warning", fmt.Sprintf("host%02d", i)))
		require.Equal(t, http.StatusAccepted, status, text)
	}
	g.Group("A").ExpectNothing()
	g.Restart()
	g.Advance(30 * time.Second)
	sent := g.Group("A").Sent()
	require.Len(t, sent, 1)
	assert.True(t, strings.HasPrefix(sent[0].Text, "【告警】DiskFull × 20\nhost00：busy\n"), sent[0].Text)
	for i := range 20 {
		assert.Contains(t, sent[0].Text, fmt.Sprintf("host%02d", i))
	}
	g.Person("erin").ExpectNothing()

	status, text := g.post(promToken, firing("DiskFull", "warning", "host00"))
	assert.Equal(t, http.StatusOK, status)
	assert.Equal(t, "repeated", stateOf(t, text))
	g.Advance(time.Minute)
	g.Group("A").ExpectNothing()
	g.post(promToken, strings.ReplaceAll(firing("DiskFull", "warning", "host00"), "firing", "resolved"))
	g.Advance(time.Minute)
	g.Group("A").ExpectText("【恢复】DiskFull\nhost00：busy")
	g.Advance(10 * time.Minute)
	g.post(promToken, firing("DiskFull", "warning", "host00"))
	g.Advance(time.Minute)
	g.Group("A").ExpectText("【告警】DiskFull\nhost00：busy")
}

// answer is what a request is answered with.
type answer struct{ ID, State, Error string }

func read(t *testing.T, text string) (a answer) {
	t.Helper()
	require.NoError(t, json.Unmarshal([]byte(text), &a), text)
	return a
}

func stateOf(t *testing.T, text string) string {
	t.Helper()
	return read(t, text).State
}

// asks asks what has become of a request.
func (g gateway) asks(token, id string) (int, answer) {
	g.t.Helper()
	status, text := g.do(http.MethodGet, "/"+id, token, "")
	return status, read(g.t, text)
}

// TestStates: an answer has the id of the request, by which its sender can ask what has become of
// it, and a repetition has that of the first.
func TestStates(t *testing.T) {
	t.Parallel()
	g := run(t, nil)
	status, text := g.post(ciToken, `{"text":"disk 91%"}`)
	require.Equal(t, http.StatusAccepted, status)
	first := read(t, text)
	assert.Equal(t, "queued", first.State)
	require.NotEmpty(t, first.ID)
	_, text = g.post(ciToken, `{"text":"disk 91%"}`)
	assert.Equal(t, answer{ID: first.ID, State: "repeated"}, read(t, text))
	_, now := g.asks(ciToken, first.ID)
	assert.Equal(t, "queued", now.State)
	g.Advance(31 * time.Second)
	g.Group("B").ExpectText("disk 91%")
	_, now = g.asks(ciToken, first.ID)
	assert.Equal(t, "sent", now.State)
	status, _ = g.asks("", first.ID)
	assert.Equal(t, http.StatusUnauthorized, status)
	status, _ = g.asks(ciToken, "another")
	assert.Equal(t, http.StatusNotFound, status)
	status, _ = g.do(http.MethodPut, "/", ciToken, "x")
	assert.Equal(t, http.StatusMethodNotAllowed, status)
}

// TestRate refuses what is more than a sender may send.
func TestRate(t *testing.T) {
	t.Parallel()
	g := run(t, func(c *alerts.Config) {
		ci := c.Senders["ci"]
		ci.Rate, ci.MaxText = plugin.Limit{Most: 2, Per: time.Minute}, 4
		c.Senders["ci"] = ci
	})
	for i, want := range []int{http.StatusAccepted, http.StatusAccepted, http.StatusTooManyRequests} {
		status, text := g.post(ciToken, fmt.Sprintf(`{"text":"%d23456"}`, i))
		assert.Equal(t, want, status, text)
		g.Advance(5 * time.Second)
	}
	status, _ := g.post(promToken, firing("Down", "critical", "db"))
	assert.Equal(t, http.StatusAccepted, status, "each sender has its own")
	g.Advance(time.Minute)
	g.Group("B").ExpectText("0234…\n1234…")
	status, _ = g.post(ciToken, `{"text":"later"}`)
	assert.Equal(t, http.StatusAccepted, status)
}

// TestGroupingByLabels puts alerts together that have the same labels, whatever their names.
func TestGroupingByLabels(t *testing.T) {
	t.Parallel()
	post := func(g gateway) {
		for i, cluster := range []string{"east", "west", "east"} {
			body := strings.ReplaceAll(firing(fmt.Sprintf("Alert%d", i/2), "warning", fmt.Sprintf("host%d", i)), `"severity"`,
				`"cluster":"`+cluster+`","severity"`)
			g.post(promToken, body)
		}
		g.Advance(time.Minute)
	}
	g := run(t, func(c *alerts.Config) { c.Group.By = []string{"cluster"} })
	post(g)
	g.Group("A").ExpectText("【告警】east × 2\nAlert0 host0：busy\nAlert1 host2：busy")
	g.Group("A").ExpectText("【告警】west\nAlert0 host1：busy")
	g = run(t, func(c *alerts.Config) { c.Group.By = []string{"alertname", "cluster"} })
	post(g)
	g.Group("A").ExpectText("【告警】Alert0 east\nhost0：busy")
	g.Group("A").ExpectText("【告警】Alert0 west\nhost1：busy")
	g.Group("A").ExpectText("【告警】Alert1 east\nhost2：busy")
	g = run(t, func(c *alerts.Config) { c.Group.By = []string{"all"} })
	post(g)
	g.Group("A").ExpectText("【告警】Alert0 × 2\nhost0：busy\nhost1：busy\n【告警】Alert1\nhost2：busy")
}

// TestQuietHours: what is not urgent waits until the morning, and comes as one message then, each
// alert once.
func TestQuietHours(t *testing.T) {
	t.Parallel()
	g := run(t, func(c *alerts.Config) {
		c.QuietHours.Warning = &outbox.Window{From: 20 * time.Hour, To: 9 * time.Hour, Zone: "UTC"}
	})
	g.At("20:30")
	g.post(promToken, firing("Slow", "warning", "web1"))
	g.post(promToken, firing("Note", "info", "web1"))
	g.Advance(time.Hour)
	g.post(promToken, firing("Slow", "warning", "web1", "web2"))
	g.Group("A").ExpectText("【告警】Note\nweb1：busy")
	g.Group("A").ExpectNothing()
	g.Restart()
	g.At("09:01")
	g.Group("A").ExpectText("【告警】Slow × 2\nweb1：busy\nweb2：busy")
	g.Group("A").ExpectNothing()
}

// TestTokens bind a sender to its chats.
func TestTokens(t *testing.T) {
	t.Parallel()
	g := run(t, nil)
	for _, test := range []struct {
		token, body string
		status      int
	}{
		{"", `{"text":"x"}`, http.StatusUnauthorized},
		{"ci-token-00000", `{"text":"x"}`, http.StatusUnauthorized},
		{ciToken, `{"to":"A","text":"x"}`, http.StatusForbidden},
		{ciToken, `{"to":"Alice","text":"x"}`, http.StatusForbidden},
		{ciToken, `{"to":"没有","text":"x"}`, http.StatusForbidden},
		{ciToken, `not json`, http.StatusBadRequest},
		{ciToken, `{}`, http.StatusBadRequest},
		{ciToken, `{"text":"` + strings.Repeat("x", 1<<20) + `"}`, http.StatusRequestEntityTooLarge},
	} {
		status, text := g.post(test.token, test.body)
		assert.Equal(t, test.status, status, text)
	}
	status, _ := g.post(ciToken, `{"text":"x"}`, "Origin", "https://page.example.com")
	assert.Equal(t, http.StatusForbidden, status, "a page of a browser")
	g.Advance(time.Hour)
	g.Group("A").ExpectNothing()
	g.Group("B").ExpectNothing()
	status, _ = g.post("", `{"to":"B","text":"disk 91%\u0007"}`, "X-Token", ciToken)
	assert.Equal(t, http.StatusAccepted, status)
	g.Advance(30 * time.Second)
	g.Group("B").ExpectText("disk 91%")
}

// TestKeys collapse what has the same key within ten minutes.
func TestKeys(t *testing.T) {
	t.Parallel()
	g := run(t, nil)
	g.post(ciToken, `{"text":"disk 91%","key":"disk"}`)
	g.Advance(time.Minute)
	g.post(ciToken, `{"text":"disk 92%","key":"disk"}`)
	g.post(ciToken, `{"text":"disk 93%"}`, "Idempotency-Key", "disk")
	g.Advance(time.Minute)
	require.Len(t, g.Group("B").Sent(), 1)
	g.Advance(9 * time.Minute)
	g.post(ciToken, `{"text":"disk 94%","key":"disk"}`)
	g.Advance(time.Minute)
	g.Group("B").ExpectText("disk 94%")
}

// TestStorm makes one summary of 30 alerts in a minute.
func TestStorm(t *testing.T) {
	t.Parallel()
	g := run(t, nil)
	for i := range 30 {
		g.post(promToken, firing(fmt.Sprintf("Alert%d", i%3), "warning", fmt.Sprintf("host%d", i)))
	}
	g.Advance(time.Minute)
	g.Group("A").ExpectText("【告警风暴】30 条：\n【告警】Alert0 × 10\n【告警】Alert1 × 10\n【告警】Alert2 × 10\n请直接查看监控系统。")
	g.Group("A").ExpectNothing()
}

// TestLevels send what is critical to more people, and in the quiet hours.
func TestLevels(t *testing.T) {
	t.Parallel()
	g := run(t, nil)
	g.At("23:00")
	g.post(promToken, firing("Down", "critical", "db"))
	g.post(promToken, firing("Slow", "warning", "db"))
	g.Advance(time.Minute)
	g.Group("A").ExpectText("【告警】Down（严重）\ndb：busy")
	g.Person("erin").ExpectText("【告警】Down（严重）\ndb：busy")
	g.Group("A").ExpectNothing()
	g.At("08:01")
	g.Group("A").ExpectText("【告警】Slow\ndb：busy")
	g.Person("erin").ExpectNothing()
}

// TestFormats reads what other systems send.
func TestFormats(t *testing.T) {
	t.Parallel()
	g := run(t, func(c *alerts.Config) {
		to := alerts.Receivers{Default: []string{"C"}}
		c.Group.Wait, c.OnlyFiring = time.Second, true
		c.Senders["plain"] = alerts.Sender{Token: "plain-token-1", Format: "plain", To: to}
		c.Senders["grafana"] = alerts.Sender{Token: "grafana-token-1", Format: "grafana", To: to}
		c.Senders["kuma"] = alerts.Sender{Token: "kuma-token-01", Format: "uptime_kuma", To: to}
		c.Senders["hub"] = alerts.Sender{Token: "hub-token-001", Format: "github", To: to}
		c.Senders["repo"] = alerts.Sender{Token: "repo-token-001", Text: "{{.repo}} {{status}}", To: to}
	})
	for _, test := range []struct{ token, body, want string }{
		{"plain-token-1", "backup failed\n", "backup failed"},
		{"grafana-token-1", `{"title":"CPU","ruleName":"CPU high","state":"alerting","message":"97%"}`, "【告警】CPU high\n97%"},
		{"grafana-token-1", firing("Mem", "p1", "web"), "【告警】Mem（严重）\nweb：busy"},
		{
			"kuma-token-01", `{"heartbeat":{"status":0,"msg":"timeout"},"monitor":{"name":"官网","url":"https://example.com"},"msg":"x"}`,
			"【告警】官网（严重）\nhttps://example.com：timeout",
		},
		{"kuma-token-01", `{"heartbeat":null,"monitor":null,"msg":"Testing"}`, "【告警】Uptime Kuma\nTesting"},
		{
			"hub-token-001", `{"action":"completed","repository":{"full_name":"a/b"},"sender":{"login":"bob"},"workflow_run":` +
				`{"name":"CI","conclusion":"failure","html_url":"https://github.com/a/b/runs/1"}}`,
			"【告警】a/b\nbob completed workflow run failure CI https://github.com/a/b/runs/1",
		},
		{
			"hub-token-001", `{"ref":"refs/heads/main","repository":{"full_name":"a/b"},"head_commit":{"message":"fix\n\nx"}}`,
			"【告警】a/b\npush main fix",
		},
		{"repo-token-001", `{"repo":"hongyan","status":"passed","id":12345678901234567890}`, "hongyan passed"},
	} {
		status, text := g.post(test.token, test.body)
		require.Equal(t, http.StatusAccepted, status, text)
		g.Advance(2 * time.Second)
		g.Group("C").ExpectText(test.want)
	}
	status, text := g.post("repo-token-001", `{"repo":"hongyan"}`)
	assert.Equal(t, http.StatusBadRequest, status)
	assert.Contains(t, text, "nothing fills {{.status}}")
	status, _ = g.post("grafana-token-1", `{"state":"ok","ruleName":"CPU high"}`)
	assert.Equal(t, http.StatusOK, status)
	g.Advance(time.Minute)
	g.Group("C").ExpectNothing()
}

// TestSignatures: GitHub signs with the token, and sends none. The token of another format signs
// nothing.
func TestSignatures(t *testing.T) {
	t.Parallel()
	g := run(t, func(c *alerts.Config) {
		c.Senders["hub"] = alerts.Sender{Token: "hub-token-001", Format: "github", To: alerts.Receivers{Default: []string{"C"}}}
	})
	body := `{"zen":"Keep it logically awesome.","repository":{"full_name":"a/b"}}`
	sign := func(token string) string {
		mac := hmac.New(sha256.New, []byte(token))
		mac.Write([]byte(body))
		return "sha256=" + hex.EncodeToString(mac.Sum(nil))
	}
	for signature, want := range map[string]int{
		sign("hub-token-001"): http.StatusAccepted, sign("hub-token-002"): http.StatusUnauthorized, sign(ciToken): http.StatusUnauthorized,
		"sha256=zz": http.StatusUnauthorized,
	} {
		status, _ := g.post("", body, "X-Hub-Signature-256", signature)
		assert.Equal(t, want, status, signature)
	}
	g.Advance(time.Minute)
	g.Group("C").ExpectText("【告警】a/b\nKeep it logically awesome.")
	g.Group("B").ExpectNothing()
}

// TestMention mentions people of a group in what is critical, and nobody in the rest, or in
// private.
func TestMention(t *testing.T) {
	t.Parallel()
	g := run(t, func(c *alerts.Config) {
		prom := c.Senders["prom"]
		prom.Mention = []string{"Bob", "nobody of the group"}
		c.Senders["prom"] = prom
	})
	g.post(promToken, firing("Down", "critical", "db"))
	g.post(promToken, firing("Slow", "warning", "db"))
	g.Advance(time.Minute)
	m := g.Group("A").ExpectText("@Bob\u2005【告警】Down（严重）\ndb：busy")
	assert.Equal(t, []string{"wxid_bob"}, m.At)
	assert.Empty(t, g.Group("A").ExpectText("【告警】Slow\ndb：busy").At)
	g.Person("erin").ExpectText("【告警】Down（严重）\ndb：busy")
}

// TestReload keeps the port, and what waits.
func TestReload(t *testing.T) {
	t.Parallel()
	var again alerts.Config
	g := run(t, func(c *alerts.Config) { again = *c })
	g.post(ciToken, `{"text":"one"}`)
	require.NoError(t, g.Bot().Replace("alerts", bottest.Must(alerts.New(again))))
	status, _ := g.post(ciToken, `{"text":"two"}`)
	assert.Equal(t, http.StatusAccepted, status)
	g.Advance(time.Minute)
	g.Group("B").ExpectText("one\ntwo")
}

// TestFiles reads the examples of the documentation, and shows mistakes with their fields.
func TestFiles(t *testing.T) {
	t.Parallel()
	r := &plugin.Registry{}
	r.Register(alerts.Definition())
	load := func(text string) error {
		_, err := app.Reader{Plugins: r, Lookup: func(name string) (string, bool) { return "secret-of-" + name, true }}.
			Parse("bot.yaml", []byte("service: {token: t}\nallow: {everyone: true}\nplugins:\n"+text))
		return err
	}
	require.NoError(t, load("  alerts: {token: \"${ALERT_TOKEN}\", to: 运维群}\n"))
	require.NoError(t, load(`  alerts:
    listen: 127.0.0.1:8091
    senders:
      prom: {token: "${PROM_TOKEN}", format: alertmanager, to: {critical: [运维群, owner], default: [运维群]}}
      ci: {token: "${CI_TOKEN}", format: json, to: [研发群], text: "{{.repo}} {{.status}}"}
    group: {by: alertname, wait: 30s, repeat: 10m}
    storm: {over: 30, in: 1m}
    resolved: true
`))
	for text, want := range map[string]string{
		"{to: [A]}":               "alerts.token: it is missing",
		"{token: short, to: [A]}": "alerts.token: it is missing, or shorter than 8",
		"{token: long-enough}":    "alerts.to: it is missing",
		"{senders: {a: {token: long-enough, to: A}, b: {token: long-enough, to: B}}}": "senders.b.token: another sender has the same",
		"{token: long-enough, to: A, listen: '8090'}":                                 "alerts.listen",
		"{token: long-enough, to: A, text: '{{'}":                                     "alerts.text",
		"{token: long-enough, to: A, quiet_hours: {info: 00:00-24:00}}":               "alerts.quiet_hours.info",
		"{token: long-enough, to: A, rate: 0/1m}":                                     "is not a limit",
	} {
		require.ErrorContains(t, load("  alerts: "+text+"\n"), want, text)
	}
}
