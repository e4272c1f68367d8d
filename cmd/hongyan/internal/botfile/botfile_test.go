package botfile_test

import (
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/cmd/hongyan/internal/botfile"
	"github.com/hongyan-go/hongyan/monitor"
	"github.com/hongyan-go/hongyan/outbox"
	"github.com/hongyan-go/hongyan/plugin/rules"
)

func env(vars map[string]string) func(string) (string, bool) {
	return func(name string) (string, bool) { v, ok := vars[name]; return v, ok }
}

func TestEveryKey(t *testing.T) {
	t.Parallel()
	file, err := botfile.Load("testdata/full.yaml")
	require.Error(t, err, "the variables are not set")
	require.Nil(t, file)

	text, err := os.ReadFile("testdata/full.yaml")
	require.NoError(t, err)
	file, err = botfile.Parse("full.yaml", text, env(map[string]string{"TOKEN": "a: \"quoted\" {token}", "SECRET": "s"}))
	require.NoError(t, err)
	unlimited := outbox.Unlimited()
	provider := api.GeWe()
	provider.TokenHeader = "X-Own"
	assert.Equal(t, bot.Config{
		Provider: provider, BaseURL: "http://127.0.0.1:8900/gewe/v2/api", Token: `a: "quoted" {token}`,
		Accounts: []bot.Account{{AppID: "wx_1", Wxid: "wxid_1"}, {AppID: "wx_2"}}, Listen: "127.0.0.1:8081", Data: "./data",
		Callback: bot.Callback{
			Secret: "x-s", PublicURL: "https://bot.example.com", Path: "/hook", MaxBody: 1 << 20,
			AllowFrom: []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24"), netip.MustParsePrefix("198.51.100.7/32")},
		},
		Pace: &unlimited, Allow: bot.Allow{Groups: []string{"1@chatroom"}, People: []string{"wxid_a"}, Admins: []string{"wxid_b"}},
		Admin: "0.0.0.0:9100", AdminPublic: true, Alarm: bot.Alarm{
			Webhook: "https://hooks.example.com/s", Owner: "wxid_o", Silence: 20 * time.Minute, Zone: time.UTC,
			Daytime: monitor.Window{From: 9 * time.Hour, To: 21 * time.Hour}, Quiet: monitor.Window{From: 23 * time.Hour, To: 7 * time.Hour},
		},
		RateLimit: bot.RateLimit{Events: 5, Per: time.Minute}, KeepSelf: true, Parallel: 8, MaxAttempts: 2,
		Timeout: 90 * time.Second, Grace: 5 * time.Second, LogText: true,
	}, file.Bot)
	require.Len(t, file.Rules, 2)
	assert.Equal(t, `^查单\s*(?P<id>\d+)$`, file.Rules[0].Regexp.String())
	file.Rules[0].Regexp = nil
	assert.Equal(t, []rules.Rule{
		{Name: "order", On: "text", In: []string{"1@chatroom"}, From: []string{"wxid_a"}, Group: true, AtMe: true, Keyword: []string{"单"}, Reply: "订单 {{.id}}"},
		{Name: "sheets", On: "file", Ext: []string{"xlsx", "xls"}, MinSize: 10 << 10, MaxSize: 1 << 30,
			Forward: rules.Forward{To: []string{"3@chatroom"}, Caption: "{{.SenderName}}", Title: "new.xlsx"}},
	}, file.Rules)
}

// head is the start of a file without mistakes, two lines long.
const head = "service: {token: t}\nallow: {everyone: true}\n"

func TestMistakesNameTheirLine(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                              "bot.yaml: the file is empty",
		"a: b\n---\nc: d\n":             "bot.yaml: more than one document",
		"service: {token: t\nrules: []": "bot.yaml:2: ",
		"- a\n":                         "bot.yaml:1: ",
		"allow: {everyone: true}\n":     "bot.yaml:1: service.token: it is missing",
		head + "colour: red\n":          `bot.yaml:3: unknown field "colour"`,
		head + "rules:\n  - name: a\n    on: text\n    repply: x\n":                              `bot.yaml:6: unknown field "repply"`,
		head + "rules:\n  - name: a\n    on: text\n    reply: x\n    regexp: '('\n":              "bot.yaml:7: rules[0].regexp: error parsing regexp",
		head + "rules:\n  - {name: a, on: text, reply: x}\n  - {name: b, on: voice, reply: x}\n": `bot.yaml:5: rules[1].on: "voice" is not one of`,
		head + "rules:\n  - name: a\n    on: text\n":                                             "bot.yaml:4: rules[0].reply: the rule does nothing",
		head + "rules:\n  - name: a\n    on: text\n    reply: '{{.nobody}}'\n":                   "bot.yaml:6: rules[0].reply: router: template: nothing fills {{.nobody}}",
		head + "rules:\n  - {name: a, on: file, in: 1@chatroom, forward: {to: [1@chatroom]}}\n":  "bot.yaml:4: rules[0].forward.to: messages would go in a circle",
		head + "rules:\n  - {name: a, on: text, reply: x}\n  - {name: b, on: text, reply: y}\n":  "bot.yaml:5: rules[1].name: ",
		head + "rules:\n  - name: a\n    on: file\n    min_size: big\n":                          `bot.yaml:6: `,
		head + "timeout: soon\n":                     "bot.yaml:3: ",
		head + "parallel: many\n":                    "bot.yaml:3: ",
		head + "pace: fast\n":                        `bot.yaml:3: pace: "fast" is neither default nor unlimited`,
		head + "accounts:\n  - wxid: a\n":            "bot.yaml:4: accounts[0].app_id: it is missing",
		head + "rate_limit: {events: 3}\n":           "bot.yaml:3: rate_limit: events and per",
		head + "callback: {allow_from: [nowhere]}\n": `bot.yaml:3: callback.allow_from[0]: "nowhere" is no address`,
		head + "callback:\n  secret: ${NOT_SET}\n":   "bot.yaml:4: the environment variable NOT_SET is not set",
		head + "alarm:\n  quiet: at night\n":         `bot.yaml:4: alarm.quiet: monitor: "at night" is no part of a day`,
		head + "alarm: {daytime: 8-9}\n":             `bot.yaml:3: alarm.daytime: `,
		head + "alarm: {zone: Nowhere/City}\n":       `bot.yaml:3: alarm.zone: "Nowhere/City" is no time zone`,
		head + "alarm: {silence: long}\n":            `bot.yaml:3: `,
		"service:\n  provider: nobody\n  token: t\n": "bot.yaml:2: service.provider: api: unknown provider",
	} {
		_, err := botfile.Parse("bot.yaml", []byte(text), env(nil))
		require.Error(t, err, text)
		assert.True(t, strings.HasPrefix(err.Error(), want), "for\n%s\ngot  %v\nwant %s", text, err, want)
	}
}

func TestASecretStaysOutOfErrors(t *testing.T) {
	t.Parallel()
	_, err := botfile.Parse("bot.yaml", []byte("service: {token: \"${T}\", nonsense: 1}\n"), env(map[string]string{"T": "s3cret"}))
	require.Error(t, err)
	assert.NotContains(t, err.Error(), "s3cret")
}

func TestLoad(t *testing.T) {
	t.Parallel()
	_, err := botfile.Load(filepath.Join(t.TempDir(), "nothing.yaml"))
	require.ErrorIs(t, err, os.ErrNotExist)
}

// FuzzParse checks that no file makes the parser panic.
func FuzzParse(f *testing.F) {
	text, err := os.ReadFile("testdata/full.yaml")
	require.NoError(f, err)
	f.Add(text)
	for _, s := range []string{head, "", "a: [", "service: {token: ${X}}", "rules: [{on: text}]", "rules: {a: b}", "*a", "&a [*a]", "rules:\n !0 #x", "a:\n !0 #x"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		file, err := botfile.Parse("f", text, env(map[string]string{"X": "x"}))
		require.Equal(t, file == nil, err != nil)
	})
}
