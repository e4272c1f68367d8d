package app_test

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
	"github.com/hongyan-go/hongyan/app"
	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/media"
	"github.com/hongyan-go/hongyan/middleware"
	"github.com/hongyan-go/hongyan/outbox"
	"github.com/hongyan-go/hongyan/plugin/rules"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

func env(vars map[string]string) func(string) (string, bool) {
	return func(name string) (string, bool) { v, ok := vars[name]; return v, ok }
}

func TestEveryKey(t *testing.T) {
	t.Parallel()
	file, err := app.Reader{}.Load("testdata/full.yaml")
	require.Error(t, err, "the variables are not set")
	require.Nil(t, file)

	text, err := os.ReadFile("testdata/full.yaml")
	require.NoError(t, err)
	file, err = app.Reader{Lookup: env(map[string]string{"TOKEN": "a: \"quoted\" {token}", "SECRET": "s"})}.Parse("full.yaml", text)
	require.NoError(t, err)
	limits := outbox.Limits{
		Gap: outbox.Range{Min: 2 * time.Second, Max: 5 * time.Second}, ChatGap: outbox.Range{Min: 3 * time.Second, Max: 3 * time.Second},
		PerHour: 60, PerDay: 300, ProactivePerDay: 30, ProactiveChatsPerHour: 6,
	}
	newYork, err := time.LoadLocation("America/New_York")
	require.NoError(t, err)
	provider := api.GeWe()
	provider.TokenHeader = "X-Own"
	assert.Equal(t, bot.Config{
		Provider: provider, BaseURL: "http://127.0.0.1:8900/gewe/v2/api", Token: `a: "quoted" {token}`,
		Accounts: []bot.Account{{AppID: "wx_1", Wxid: "wxid_1", Since: time.Date(2026, 1, 31, 0, 0, 0, 0, time.UTC)}, {AppID: "wx_2"}},
		Listen:   "127.0.0.1:8081", Data: "./data", Zone: newYork,
		Callback: bot.Callback{
			Secret: "x-s", PublicURL: "https://bot.example.com", Path: "/hook", MaxBody: 1 << 20,
			AllowFrom: []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24"), netip.MustParsePrefix("198.51.100.7/32")},
		},
		Files: bot.Files{
			Dir: "./files", MaxSize: 20 << 20, Gap: media.Gap{Min: 3 * time.Second, Max: 8 * time.Second},
			FileBase: "http://10.0.0.5:2532/download/", AllowHosts: []string{"10.0.0.5:9000"}, KeepMismatched: true, LinkTTL: time.Hour,
		},
		Pace: &outbox.Pace{
			New: limits, Young: limits, Old: limits, Quiet: outbox.Window{From: 22*time.Hour + 30*time.Minute, Zone: "Europe/Berlin"},
		},
		Allow: bot.Allow{Groups: []string{"1@chatroom"}, People: []string{"wxid_a"}, Admins: []string{"wxid_b"}, NoRequests: true,
			Listen: bot.Listen{AllGroups: true, People: []string{"wxid_c"}}, Targets: []string{"3@chatroom"}},
		Owners: []string{"wxid_boss"},
		Admin:  "0.0.0.0:9100", AdminPublic: true, AdminHosts: []string{"console.example.com"}, Alarm: bot.Alarm{
			Webhook: "https://hooks.example.com/s", Owner: "wxid_o", Silence: 20 * time.Minute,
			Daytime: outbox.Window{From: 9 * time.Hour, To: 21 * time.Hour, Zone: "UTC"},
			Quiet:   outbox.Window{From: 23 * time.Hour, To: 7 * time.Hour, Zone: "UTC"},
		},
		RateLimit: bot.RateLimit{Events: 5, Per: time.Minute}, KeepSelf: true, AllAnswer: true, MaxAge: 30 * time.Minute,
		Parallel: 8, MaxAttempts: 2, Timeout: 90 * time.Second, Grace: 5 * time.Second, LogText: true,
		AnswerTTL: 4 * time.Minute, ProactiveTTL: 12 * time.Hour,
		StuckAfter: -time.Second, Lease: 2 * time.Minute,
		LoopGuard: &middleware.LoopGuardConfig{Rounds: 20, Pause: 3 * time.Second, Mute: time.Hour},
	}, file.Bot)
	assert.Equal(t, &bot.Recording{
		Dir: "./rec", MaxFile: 1 << 20, MaxTotal: 64 << 20, MaxFiles: 20, MaxAge: 24 * time.Hour, KeepText: true, ForgetKey: true,
	}, file.Record)
	require.Len(t, file.Rules, 2)
	assert.Equal(t, `^查单\s*(?P<id>\d+)$`, file.Rules[0].Regexp.String())
	file.Rules[0].Regexp = nil
	assert.Equal(t, []rules.Rule{
		{Name: "order", On: []xmlmsg.Kind{"text"}, In: []string{"1@chatroom"}, From: []string{"wxid_a"}, Group: true,
			AtMe: true, Watch: true, MaxAge: 5 * time.Minute, Keyword: []string{"单"}, ExactSpelling: true, Reply: rules.Text("订单 {{.id}}")},
		{Name: "sheets", On: []xmlmsg.Kind{"file"}, Ext: []string{"xlsx", "xls"}, MinSize: 10 << 10, MaxSize: 1 << 30,
			MaxAge: router.AnyAge, Forward: rules.Forward{To: []string{"3@chatroom"}, Caption: "{{.SenderName}}", Title: "new.xlsx"}},
	}, file.Rules)
}

// head is the start of a file without mistakes, two lines long.
const head = "service: {token: t}\nallow: {everyone: true}\n"

func TestMistakesNameTheirLine(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ text, want string }{
		{"", "bot.yaml: the file is empty"},
		{"a: b\n---\nc: d\n", "bot.yaml: more than one document"},
		{"service: {token: t\nrules: []", "bot.yaml:2: "},
		{"- a\n", "bot.yaml:1: "},
		{"allow: {everyone: true}\n", "bot.yaml:1: service.token: it is missing"},
		{head + "answer_ttl: 10\n", `bot.yaml:3: "10" is not a duration`},
		{head + "notice_ttl: -6h\n", "bot.yaml:3: notice_ttl: it is less than nothing"},
		{head + "colour: red\n", `bot.yaml:3: unknown field "colour"`},
		{head + "rules:\n  - name: a\n    on: text\n    repply: x\n", `bot.yaml:6: unknown field "repply"`},
		{head + "rules:\n  - name: a\n    on: text\n    reply: x\n    regexp: '('\n", "bot.yaml:7: rules[0].regexp: error parsing regexp"},
		{
			head + "rules:\n  - {name: a, on: text, reply: x}\n  - {name: b, on: vocie, reply: x}\n",
			`bot.yaml:5: rules[1].on: "vocie" is not one of`,
		},
		{head + "rules:\n  - name: a\n    on: text\n", "bot.yaml:4: rules[0].reply: the rule does nothing"},
		{
			head + "rules:\n  - name: a\n    on: text\n    reply: '{{.nobody}}'\n",
			"bot.yaml:6: rules[0].reply: router: template: nothing fills {{.nobody}}",
		},
		{
			head + "rules:\n  - {name: a, on: file, in: 1@chatroom, forward: {to: [1@chatroom]}}\n",
			"bot.yaml:4: rules[0].forward.to: messages would go in a circle; take one of its chats out of in or to: ",
		},
		{head + "rules:\n  - {name: a, on: text, reply: x}\n  - {name: b, on: text, reply: y}\n", "bot.yaml:5: rules[1].name: "},
		{head + "rules:\n  - name: a\n    on: file\n    min_size: big\n", `bot.yaml:6: `},
		{head + "timeout: soon\n", "bot.yaml:3: "},
		{head + "parallel: many\n", "bot.yaml:3: "},
		{head + "pace: fast\n", `bot.yaml:3: pace: "fast" is neither default nor unlimited`},
		{head + "accounts:\n  - wxid: a\n", "bot.yaml:4: accounts[0].app_id: it is missing"},
		{head + "rate_limit: {events: 3}\n", "bot.yaml:3: rate_limit: events and per"},
		{head + "callback: {allow_from: [nowhere]}\n", `bot.yaml:3: callback.allow_from[0]: "nowhere" is not an address`},
		{head + "callback:\n  secret: ${NOT_SET}\n", "bot.yaml:4: the environment variable NOT_SET is not set"},
		{head + "alarm:\n  quiet: at night\n", `bot.yaml:4: alarm.quiet: outbox: "at night" is not a part of a day`},
		{head + "alarm: {daytime: 8-9}\n", `bot.yaml:3: alarm.daytime: `},
		{head + "alarm: {zone: Nowhere/City}\n", `bot.yaml:3: alarm.zone: "Nowhere/City" is not a time zone`},
		{head + "admin: 127.0.0.1:8080\n", "bot.yaml:3: admin.listen: callback.listen has 127.0.0.1:8080, too: write another port"},
		{
			head + "gateway: {listen: 127.0.0.1:8091}\nplugins:\n  alerts: {token: 0123456789abcdef, to: A}\n",
			"bot.yaml:5: plugins.alerts.listen: gateway.listen has 127.0.0.1:8091/, too: write another port",
		},
		{
			head + "plugins:\n  livecode:\n    - {name: a, groups: [A], path: /a}\n    - {name: b, groups: [B], path: /b}\n" +
				"    - {name: c, groups: [C], path: /b}\n",
			"bot.yaml:7: plugins.livecode[2].listen: plugins.livecode[1].listen has 127.0.0.1:8092/b, too: write another port",
		},
		{head + "alarm: {silence: long}\n", `bot.yaml:3: `},
		{head + "limits: {per_hour: 0}\n", `bot.yaml:3: "0" is not a limit: write a number from 1 on, or off`},
		{head + "limits:\n  per_day: many\n", `bot.yaml:4: "many" is not a limit`},
		{head + "limits:\n  notices: 3\n", `bot.yaml:4: unknown field "notices"`},
		{head + "limits:\n  per_hour: 9\n  gap: 5\n", `bot.yaml:5: "5" is not a gap: write 2s-5s, 3s or off`},
		{head + "limits:\n  chat_gap: -2s\n", `bot.yaml:4: "-2s" is not a gap`},
		{head + "limits:\n  gap: 5s-2s\n", `bot.yaml:4: "5s-2s": the first time is the longer one`},
		{
			head + "limits:\n  quiet_hours: at night\n",
			`bot.yaml:4: limits.quiet_hours: outbox: "at night" is not a part of a day: write 08:00-23:00, or off`,
		},
		{head + "limits:\n  quiet_hours: 00:00-24:00\n", `bot.yaml:4: limits.quiet_hours: the whole day is quiet`},
		{head + "limits:\n  zone: Nowhere/City\n", `bot.yaml:4: limits.zone: "Nowhere/City" is not a time zone`},
		{head + "accounts:\n  - {app_id: a}\n  - {app_id: b, since: yesterday}\n", `bot.yaml:5: "yesterday" is not a day`},
		{head + "accounts: [{app_id: a, since: 9999-01-01}]\n", `bot.yaml:3: accounts[0].since: 9999-01-01 is in the future`},
		{head + "files:\n  maxsize: 3\n", `bot.yaml:4: unknown field "maxsize"`},
		{head + "files:\n  max_size: big\n", `bot.yaml:4: "big" is not a size`},
		{head + "files:\n  gap: soon\n", `bot.yaml:4: "soon" is not a gap`},
		{head + "files:\n  link_ttl: -1s\n", `bot.yaml:4: files.link_ttl: it is negative`},
		{head + "files:\n  file_base: 10.0.0.5:2532\n", `bot.yaml:4: files.file_base: it is not a plain http or https URL`},
		{
			head + "files:\n  allow_hosts:\n    - files.example.com\n    - http://10.0.0.5/\n",
			`bot.yaml:6: files.allow_hosts[1]: "http://10.0.0.5/" is not a host`,
		},
		{head + "record:\n  keep_text: true\n", `bot.yaml:4: record.dir: it is missing`},
		{head + "record: {dir: r, max_files: -1}\n", `bot.yaml:3: record.max_files: it is negative`},
		{head + "record:\n  dir: r\n  max_age: -1h\n", `bot.yaml:5: record.max_age: it is negative`},
		{head + "record:\n  dir: r\n  days: 3\n", `bot.yaml:5: unknown field "days"`},
		{head + "max_age: 0s\n", `bot.yaml:3: "0s" is not an age: write 10m or 2h, or off`},
		{head + "rules:\n  - name: a\n    on: text\n    max_age: old\n    reply: x\n", `bot.yaml:6: "old" is not a duration`},
		{head + "loop_guard: never\n", `bot.yaml:3: "never" is not off`},
		{head + "loop_guard:\n  rounds: 3\n  pauses: 3s\n", `bot.yaml:5: unknown field "pauses"`},
		{head + "loop_guard:\n  rounds: -1\n", `bot.yaml:4: loop_guard: rounds, pause and mute must be positive`},
		{head + "loop_guard:\n  mute: soon\n", `bot.yaml:4: "soon" is not a duration`},
		{head + "lease: 1ms\n", `bot.yaml:3: lease: it is shorter than a second`},
		{head + "stuck_after: soon\n", `bot.yaml:3: "soon" is not a duration`},
		{"service:\n  provider: nobody\n  token: t\n", "bot.yaml:2: service.provider: api: unknown provider"},
	} {
		_, err := app.Reader{Lookup: env(nil)}.Parse("bot.yaml", []byte(test.text))
		require.Error(t, err, test.text)
		assert.True(t, strings.HasPrefix(err.Error(), test.want), "for\n%s\ngot  %v\nwant %s", test.text, err, test.want)
	}
}

func TestASecretStaysOutOfErrors(t *testing.T) {
	t.Parallel()
	reader := app.Reader{Lookup: env(map[string]string{"T": "s3cret"})}
	_, err := reader.Parse("bot.yaml", []byte("service: {token: \"${T}\", nonsense: 1}\n"))
	require.Error(t, err)
	assert.NotContains(t, err.Error(), "s3cret")
}

func TestLoad(t *testing.T) {
	t.Parallel()
	_, err := app.Reader{}.Load(filepath.Join(t.TempDir(), "nothing.yaml"))
	require.ErrorIs(t, err, os.ErrNotExist)
}

// FuzzParse checks that no file makes the parser panic.
func FuzzParse(f *testing.F) {
	text, err := os.ReadFile("testdata/full.yaml")
	require.NoError(f, err)
	f.Add(text)
	for _, s := range []string{
		head, "", "a: [", "service: {token: ${X}}", "rules: [{on: text}]", "rules: {a: b}", "*a", "&a [*a]", "rules:\n !0 #x", "a:\n !0 #x",
		"loop_guard: off", "loop_guard: [off]", "loop_guard: &a {rounds: *a}", "limits: {gap: -, per_hour: off}", "accounts: [{since: 1}]",
		"record: {}",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		file, err := app.Reader{Lookup: env(map[string]string{"X": "x"})}.Parse("f", text)
		require.Equal(t, file == nil, err != nil)
	})
}

// TestHardlyMeant warns of a word of one character with its line, and reads the file all the same.
func TestHardlyMeant(t *testing.T) {
	t.Parallel()
	text := head + "rules:\n  - name: a\n    on: text\n    keyword: [营业时间, 价]\n    reply: b\n"
	file, err := app.Reader{}.Parse("bot.yaml", []byte(text))
	require.NoError(t, err)
	require.Len(t, file.Rules, 1)
	assert.Equal(t, []string{`bot.yaml:6: rules[0].keyword: "价" is in many other words and in names: ` +
		"write it in exact or in starts, or a longer word"}, file.Warnings)
}

// TestOldNamesOfKeys reads the keys of the version before, and shows the lines to write in their
// place.
func TestOldNamesOfKeys(t *testing.T) {
	t.Parallel()
	parse := func(text string) (*app.File, error) {
		return app.Reader{Lookup: env(map[string]string{"TTL": "3h"})}.Parse("bot.yaml", []byte(head+text))
	}
	file, err := parse("limits:\n  notices_per_day: 7 # a week\n  notice_chats_per_hour: 'off'\nnotice_ttl: 12h\n")
	require.NoError(t, err)
	assert.Equal(t, 7, file.Bot.Pace.Old.ProactivePerDay)
	assert.Zero(t, file.Bot.Pace.New.ProactiveChatsPerHour)
	assert.Equal(t, 12*time.Hour, file.Bot.ProactiveTTL)
	const tail = ", and the next version will not know the old name: write "
	assert.Equal(t, []string{
		"bot.yaml:4: the key limits.notices_per_day is called proactive_per_day now" + tail + "proactive_per_day: 7",
		"bot.yaml:5: the key limits.notice_chats_per_hour is called proactive_chats_per_hour now" + tail + "proactive_chats_per_hour: off",
		"bot.yaml:6: the key notice_ttl is called proactive_ttl now" + tail + "proactive_ttl: 12h",
	}, file.Warnings)

	file, err = parse("notice_ttl: ${TTL}\n")
	require.NoError(t, err)
	assert.Equal(t, 3*time.Hour, file.Bot.ProactiveTTL)
	require.Len(t, file.Warnings, 1)
	assert.True(t, strings.HasSuffix(file.Warnings[0], tail+"proactive_ttl: ${TTL}"), file.Warnings[0])

	file, err = parse("limits: {proactive_per_day: 7}\nproactive_ttl: 12h\n")
	require.NoError(t, err)
	assert.Empty(t, file.Warnings)

	_, err = parse("limits:\n  proactive_per_day: 7\n  notices_per_day: 8\n")
	require.ErrorContains(t, err, `bot.yaml:5: the key "proactive_per_day" is in line 4, too`)
	_, err = parse("notices_per_day: 8\n")
	require.ErrorContains(t, err, `unknown field "notices_per_day"`)
	_, err = parse("proactive_ttl: -6h\n")
	require.ErrorContains(t, err, "bot.yaml:3: proactive_ttl: it is less than nothing")
}
