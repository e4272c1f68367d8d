package app_test

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/app"
)

// staged is a file with plugins that serve pages and ask services; PORT is the address of the
// first.
const staged = `allow: {everyone: true}
rules:
  - {name: weather, on: text, exact: 天气, call: {url: "http://127.0.0.1:5678/hook", reply: true}}
  - {name: once, on: text, exact: 早, cooldown: {per: chat, for: 1h}, reply: 早}
plugins:
  alerts: {listen: PORT, token: secret-of-ci, to: 运维群}
  schedule: {at: "22:00", zone: Asia/Shanghai, to: [运维群], text: 晚安, late: 1h}
  asr: {in: [private], url: "https://api.example.com/v1"}
  collect: {in: [资讯群], csv: links.csv}
  llm: {in: [产品群], url: "https://model.example.com/v1", model: m}
tests:
  - name: 告警
    steps:
      - request: {url: "http://PORT/", token: secret-of-ci, body: '{"text":"disk 91%"}', status: 202, contains: queued}
        wait: 31s
        expect: [{to: 运维群, contains: disk 91%}]
      - {request: {url: "http://PORT/", token: another, body: '{"text":"x"}', status: 401}, wait: 31s, expect: nothing}
      - {request: {url: PORT, status: 401}}
  - name: 外部服务
    steps:
      - {say: 天气, web: {"127.0.0.1:5678": '{"reply": ["晴", "22 度"]}'}, expect: [晴, 22 度]}
      - {say: 天气, web: {"127.0.0.1:5678/hook": {status: 404}}, expect: nothing}
      - {in: 产品群, mention: bot, say: 你好, wait: 10s, web: {"https://model.example.com": 您好}, expect: [{contains: 您好, mention: alice}]}
      - {in: 产品群, say: 你好, wait: 10s, expect: nothing}
      - {voice: 3s, wait: 30s, web: {"api.example.com/v1": 早}, expect: 早}
  - name: 重启
    fresh: true
    steps:
      - {say: 早, expect: 早}
      - {say: 早, restart: true, after: 10m, expect: nothing}
      - {say: 早, after: 51m, expect: 早}
      - {say: 早, at: "21:50", down: 30m, expect: [{to: 运维群, text: 晚安}, 早]}
      - {down: 2h, at: "21:50", expect: nothing}
  - name: 消息
    steps:
      - {in: 资讯群, say: 同意, quote: 晚安, expect: nothing}
      - {in: 资讯群, link: {title: 文章, url: "https://example.com/a"}, expect: nothing}
      - {card: bob, expect: nothing}
`

// TestTheWorldOutside: the tests of a file ask pages of plugins and answer for services, also
// beside a bot that has the port; nothing of that leaves the process, or a file behind.
func TestTheWorldOutside(t *testing.T) {
	t.Chdir(t.TempDir())
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer taken.Close()
	text := strings.ReplaceAll(staged, "PORT", taken.Addr().String())
	text = strings.Replace(text, "say: 同意, quote: 晚安", "say: 同意", 1) // nobody has said that in the group
	require.NoError(t, os.WriteFile("bot.yaml", []byte(text), 0o600))
	code, out, errOut := program(t, "test", "-c", "bot.yaml")
	assert.Zero(t, code, out+errOut)
	assert.Contains(t, out, "4 tests, 0 failed")
	code, out, errOut = program(t, "explain", "-c", "bot.yaml", "--say", "早")
	assert.Zero(t, code, errOut)
	assert.Contains(t, out, `text "早"`)
	code, out, errOut = program(t, "run", "--check", "--sim", "-c", "bot.yaml")
	assert.Zero(t, code, out+errOut)
	entries, err := os.ReadDir(".")
	require.NoError(t, err)
	assert.Len(t, entries, 1, "bot.yaml, and nothing that a plugin has written")
}

// TestTheWorldOutsideFails shows what a page has answered, and which service was not expected.
func TestTheWorldOutsideFails(t *testing.T) {
	t.Parallel()
	for old, want := range map[string][]string{
		`status: 202, contains: queued`: {
			`status: 200, contains: lost`, `- answer 200`, `"state":"queued"}`, `- answer with "lost"`,
		},
		`url: PORT, status`:     {`url: "127.0.0.1:1", status`, `no plugin of the file serves at 127.0.0.1:1`},
		`quote: 晚安`:             {`quote: 谁也没说`, `no message in 资讯群 has the words "谁也没说"`},
		`say: 早, restart: true`: {`say: 早, down: 2h`, `+ to Alice: text "早"`},
		`web: {"https://model.example.com": 您好}, expect: [`: {`expect: [`, `- to 产品群: text with "您好"`},
	} {
		require.Contains(t, staged, old)
		text := strings.ReplaceAll(strings.Replace(staged, old, want[0], 1), "PORT", "127.0.0.1:8090")
		broken := filepath.Join(t.TempDir(), "bot.yaml")
		require.NoError(t, os.WriteFile(broken, []byte(text), 0o600))
		code, out, errOut := program(t, "test", "-c", broken)
		assert.Equal(t, 1, code, old)
		for _, line := range want[1:] {
			assert.Contains(t, out, line, errOut)
		}
	}
	_, err := app.Reader{Sim: true, Lookup: env(nil)}.Parse("bot.yaml", []byte(`rules: [{name: a, on: text, reply: b}]
tests:
  - {name: a, quote: 什么}
  - {name: b, request: {body: x}}
  - {name: c, down: -1s}
`))
	require.Error(t, err)
	for _, line := range []string{"bot.yaml:3: tests[0].quote", "bot.yaml:4: tests[1].request.url", "time does not go back"} {
		assert.ErrorContains(t, err, line)
	}
}
