package main

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/internal/lang"
	"github.com/hongyan-go/hongyan/simulator"
	"github.com/hongyan-go/hongyan/store"
)

// mistake is something that people do wrong in their first hour. What it prints is in
// testdata/mistakes.LANGUAGE.txt: the cause, the place, and what to do next. place and next are the
// parts that are the same in every language.
type mistake struct {
	name  string
	file  string                                  // bot.yaml; empty if the command has none
	vars  map[string]string                       // beside those of a desk; an empty value unsets one
	args  []string                                // bot.yaml stands for the path of the file
	sim   func(*simulator.Config)                 // nil means the usual simulator
	begin func(t *testing.T, m *mistake, d *desk) // what comes before
	code  int
	place string // a file with its line, a flag, a variable, an address
	next  string // a command, a key, a flag
	zh    string // next in Chinese, if it is a word; empty means next, with the Chinese page for a page
}

const aRule = "rules:\n  - {name: hours, on: text, keyword: [hours], reply: \"9-18\"}\n"

const aService = "service: {token: \"${HONGYAN_TOKEN}\"}\nallow: {people: [wxid_alice]}\n"

func check(extra ...string) []string {
	return append([]string{"run", "--check", "-c", "bot.yaml"}, extra...)
}

func mistakes() []mistake {
	run := []string{"run", "-c", "bot.yaml"}
	words := map[string]string{"spaces": "空格", "move it before": "移到那条规则之前"}
	file := func(name, text, place, next string) mistake {
		return mistake{name: name, file: text, args: check(), code: 1, place: place, next: next, zh: words[next]}
	}
	return []mistake{
		// The service and the account.
		{name: "no token", file: aRule, vars: map[string]string{"HONGYAN_TOKEN": ""}, args: run, code: 1,
			place: "bot.yaml:1", next: "--sim"},
		{name: "no token and no file", vars: map[string]string{"HONGYAN_TOKEN": ""}, args: []string{"status"}, code: 1,
			place: "HONGYAN_TOKEN", next: "--config"},
		{name: "wrong token", vars: map[string]string{"HONGYAN_TOKEN": "wrong"}, args: []string{"status"}, code: 1,
			place: "HONGYAN_TOKEN", next: "hongyan doctor"},
		{name: "wrong port of the service", vars: map[string]string{"HONGYAN_BASE_URL": "http://127.0.0.1:1"},
			args: []string{"status"}, code: 1,
			place: "127.0.0.1:1", next: "hongyan doctor"},
		{name: "wrong provider in the environment", vars: map[string]string{"HONGYAN_PROVIDER": "gewee"}, args: []string{"status"}, code: 1,
			place: "HONGYAN_PROVIDER", next: "videosapi"},
		{name: "a wrong duration in the environment", vars: map[string]string{"HONGYAN_TIMEOUT": "90"}, args: []string{"status"}, code: 1,
			place: "HONGYAN_TIMEOUT", next: "90s"},
		{name: "no account", vars: map[string]string{"HONGYAN_APP_ID": ""}, args: []string{"status"}, code: 1,
			place: "--app-id", next: "hongyan login"},
		{name: "several accounts", vars: map[string]string{"HONGYAN_APP_ID": "wx_a,wx_b"}, args: []string{"status"}, code: 1,
			place: "wx_a, wx_b", next: "--app-id"},
		{name: "an account that the service does not know", args: []string{"status", "--app-id", "wx_nobody"}, code: 1,
			place: "wx_nobody", next: "hongyan login"},
		{name: "offline", args: []string{"status"}, code: 1, place: simulator.DefaultAppID, next: "hongyan login --app-id",
			begin: func(_ *testing.T, _ *mistake, d *desk) { d.offline() }},
		{name: "a callback at which nothing listens", args: []string{"callback", "set", "http://127.0.0.1:1/callback/x"}, code: 1,
			place: "127.0.0.1:1", next: "start the bot", zh: "启动机器人"},
		{name: "a callback that is no URL", args: []string{"callback", "check", "bot.example.com"}, code: 1,
			place: "bot.example.com", next: "https://"},

		// The file.
		{name: "no such file", args: []string{"run", "-c", "DIR/bot.yml"}, code: 1, place: "bot.yml", next: "hongyan init"},
		{name: "a directory for a file", args: []string{"run", "-c", "DIR"}, code: 1, place: "DIR", next: "bot.yaml"},
		file("an empty file", "\n", "bot.yaml", "docs/en/config.md"),
		file("a tab", "service:\n\ttoken: x\n", "bot.yaml:2", "spaces"),
		file("not UTF-8", "service: {token: \"\xc4\xe3\xba\xc3\"}\n", "bot.yaml", "UTF-8"),
		file("a key twice", aService+"data: a\ndata: b\n"+aRule, "bot.yaml:4", "data"),
		file("an unknown key", aService+"rules:\n  - {name: a, on: text, keywrod: [x], reply: y}\n", "bot.yaml:4", "keyword"),
		file("a missing variable", "service: {token: \"${MY_TOKEN}\"}\n"+aRule, "bot.yaml:1", "MY_TOKEN"),
		file("a wrong provider", "service: {token: x, provider: gewee}\n"+aRule, "bot.yaml:1", "videosapi"),
		file("a wrong level of the log", aService+"log: {level: loud}\n"+aRule, "bot.yaml:3", "debug"),
		file("no rules", aService, "bot.yaml", "docs/en/config.md"),
		{name: "nobody is allowed", file: "service: {token: x, base_url: \"http://192.0.2.1\"}\n" + aRule, args: check(),
			place: "bot.yaml", next: "allow:"},
		file("a bad expression", aService+"rules:\n  - {name: a, on: text, if: \"text ===\", reply: y}\n",
			"bot.yaml:4", "docs/en/rules.md"),
		file("a bad regular expression",
			aService+"rules:\n  - {name: a, on: text, regexp: \"(\", reply: y}\n", "bot.yaml:4", "pkg.go.dev/regexp/syntax"),
		file("two rules of one name",
			aService+"rules:\n  - {name: a, on: text, keyword: [x], reply: y}\n"+
				"  - {name: a, on: text, keyword: [z], reply: y}\n", "bot.yaml:5", "name"),
		file("a rule that can never run",
			aService+"rules:\n  - {name: all, on: text, reply: y}\n"+
				"  - {name: b, on: text, keyword: [z], reply: y}\n", "bot.yaml:5", "move it before"),
		file("a cycle of forwards",
			aService+"rules:\n  - {name: ab, on: file, in: [10000000001@chatroom], forward: {to: [20000000002@chatroom]}}\n"+
				"  - {name: ba, on: file, in: [20000000002@chatroom], forward: {to: [10000000001@chatroom]}}\n",
			"bot.yaml:4", "10000000001@chatroom"),
		file("a template that is not closed",
			aService+"rules:\n  - {name: a, on: text, keyword: [x], reply: \"{{SenderName\"}\n", "bot.yaml:4", "{{"),
		file("a bad duration", aService+"max_age: 2 hours\n"+aRule, "bot.yaml:3", "2h"),
		file("a bad size", aService+"files: {max_size: big}\n"+aRule, "bot.yaml:3", "MB"),
		file("a group among people", "service: {token: x}\nallow: {people: [10000000001@chatroom]}\n"+aRule, "bot.yaml:2", "allow.groups"),
		file("an unknown plugin", aService+"plugins: {welcom: {}}\n", "bot.yaml:3", "welcome"),
		file("a plugin with nothing to say", aService+"plugins:\n  welcome: {in: [groups]}\n", "bot.yaml:4", "text"),
		file("a plugin without its time", aService+"plugins:\n  digest: {in: [groups]}\n", "bot.yaml:4", "22:00"),
		file("a wrong value of a plugin", aService+"plugins:\n  guard: {in: [groups], words: [x], then: [shout]}\n", "bot.yaml:4", "warn"),
		file("an unknown key of a plugin", aService+"plugins:\n  welcome: {in: [10000000001@chatroom], txt: hi}\n", "bot.yaml:4", "text"),
		file("a public address without a secret", aService+"callback: {listen: \"0.0.0.0:8080\"}\n"+aRule, "0.0.0.0:8080", "callback.secret"),

		// This machine.
		{name: "the port is taken", file: aService, args: run, code: 1, place: "127.0.0.1:", next: "HONGYAN_LISTEN", begin: takePort},
		{name: "the data directory is a file", file: aService + "data: bot.yaml/data\n" + aRule, args: run, code: 1,
			place: "data", next: "data:",
			begin: func(t *testing.T, m *mistake, _ *desk) {
				t.Helper()
				blocked := filepath.Join(t.TempDir(), "file")
				require.NoError(t, os.WriteFile(blocked, nil, 0o600))
				m.file = strings.Replace(m.file, "bot.yaml/data", filepath.Join(blocked, "data"), 1)
			}},
		{name: "two processes", file: aService + aRule, args: append(run, "--data", "DATA"), code: 1, place: "DATA", next: "--data",
			begin: func(t *testing.T, _ *mistake, d *desk) {
				t.Helper()
				openedStore(t, d.data)
			}},
		{name: "no data yet", args: []string{"dead", "list"}, code: 1, place: "DATA", next: "--config"},
		{name: "the port of the simulator is taken", args: []string{"simulate", "--listen", "SIM"}, code: 1,
			place: "SIM", next: "--listen 127.0.0.1:0"},
		{name: "no such world", args: []string{"simulate", "--seed", "DIR/world.yaml"}, code: 2, place: "world.yaml", next: "--help"},

		// The command line.
		{name: "an unknown command", args: []string{"runn"}, code: 2, place: "runn", next: "hongyan --help"},
		{name: "an unknown flag", args: []string{"run", "--confg", "x"}, code: 2, place: "--confg", next: "--config"},
		{name: "a missing flag", args: []string{"run"}, code: 2, place: "--config", next: "hongyan run --help"},
		{name: "nothing to send", args: []string{"send", "wxid_alice"}, code: 2, place: "--file", next: "hongyan send --help"},
		{name: "a receiver that nobody is", args: []string{"send", "nobody here", "hi"}, code: 1,
			place: "nobody here", next: "hongyan contacts"},
		{name: "a file that is not there", args: []string{"send", "wxid_alice", "--file", "DIR/no.xlsx"}, code: 2,
			place: "no.xlsx", next: "hongyan send --help"},
		{name: "members of a person", args: []string{"members", "wxid_alice"}, code: 1, place: "wxid_alice", next: "hongyan groups"},
		{name: "a dead letter that is none", args: []string{"dead", "show", "99"}, code: 1,
			place: "99", next: "hongyan dead list", begin: emptyStore},
		{name: "a message that nobody knows", args: []string{"explain", "wx_a:1"}, code: 1,
			place: "wx_a:1", next: "hongyan explain", begin: emptyStore},
		{name: "nothing to explain", args: []string{"explain"}, code: 2, place: "KEY", next: "hongyan explain --help"},
		{name: "a plugin that is none", args: []string{"plugins", "show", "welcom"}, code: 1, place: "welcom", next: "welcome"},
		{name: "a bot that is there already", args: []string{"init", "DIR"}, file: aRule, code: 1, place: "bot.yaml", next: "hongyan init"},
	}
}

func emptyStore(_ *testing.T, _ *mistake, d *desk) { d.state(func(store.State) {}) }

// takePort lets the file of a mistake name a port that is taken.
func takePort(t *testing.T, m *mistake, _ *desk) {
	t.Helper()
	taken, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, taken.Close()) })
	m.file += fmt.Sprintf("callback: {listen: %q}\n%s", taken.Addr().String(), aRule)
}

// print runs the command of a mistake, and returns its exit code and what it says, without what
// differs from run to run.
func (m *mistake) print(t *testing.T, language lang.Lang) (code int, said string) {
	t.Helper()
	var configure []func(*simulator.Config)
	if m.sim != nil {
		configure = append(configure, m.sim)
	}
	d := newDesk(t, configure...)
	if m.begin != nil {
		m.begin(t, m, d)
	}
	dir := t.TempDir()
	path := filepath.Join(dir, "bot.yaml")
	if m.file != "" {
		require.NoError(t, os.WriteFile(path, []byte(m.file), 0o600))
	}
	d.vars[lang.Variable] = string(language)
	for name, value := range m.vars {
		d.vars[name] = value
		if value == "" {
			delete(d.vars, name)
		}
	}
	address := strings.TrimPrefix(d.sim.URL(), "http://")
	replace := strings.NewReplacer("DIR", dir, "DATA", d.data, "SIM", address)
	args := make([]string, len(m.args))
	for i, a := range m.args {
		if args[i] = replace.Replace(a); a == "bot.yaml" {
			args[i] = path
		}
	}
	var out, errOut bytes.Buffer
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	code = run(console{
		ctx: ctx, in: strings.NewReader(""), out: &out, errOut: &errOut, now: d.now,
		env: func(name string) (string, bool) { v, ok := d.vars[name]; return v, ok },
	}, args)
	said = out.String() + errOut.String()
	if at := strings.Index(said, "Usage:"); at >= 0 { // kong's, with all flags
		rest := said[at:]
		if end := strings.LastIndex(strings.TrimSpace(rest), "\n"); end >= 0 {
			said = said[:at] + strings.TrimSpace(rest)[end+1:] + "\n"
		}
	}
	back := strings.NewReplacer(dir, "DIR", d.data, "DATA", address, "SIM")
	said = back.Replace(said)
	said = regexp.MustCompile(`/[^ :"]*/(TestMistakes[^ :"/]*)/\d+/`).ReplaceAllString(said, "TMP/")
	said = regexp.MustCompile(`(?m)^(the console: |控制台：).*\n`).ReplaceAllString(said, "") // it has a code, and may come too late
	said = regexp.MustCompile(`(process|进程) \d+`).ReplaceAllString(said, "$1 PID")
	said = regexp.MustCompile(`127\.0\.0\.1:\d{4,5}`).ReplaceAllString(said, "127.0.0.1:PORT")
	return code, said
}

// in is what to do next, in a language.
func (m *mistake) in(language lang.Lang) string {
	switch {
	case language == lang.English:
		return m.next
	case m.zh != "":
		return m.zh
	}
	return strings.ReplaceAll(m.next, "docs/en/", "docs/zh/")
}

// TestMistakes makes mistakes on purpose, in both languages. HONGYAN_UPDATE=1 writes what they
// print.
func TestMistakes(t *testing.T) {
	t.Parallel()
	for _, language := range lang.All() {
		t.Run(string(language), func(t *testing.T) {
			t.Parallel()
			testMistakes(t, language)
		})
	}
}

func testMistakes(t *testing.T, language lang.Lang) {
	t.Helper()
	golden := "testdata/mistakes." + string(language) + ".txt"
	update := os.Getenv("HONGYAN_UPDATE") != ""
	old, err := os.ReadFile(golden)
	if !update {
		require.NoError(t, err)
	}
	all := mistakes()
	require.GreaterOrEqual(t, len(all), 30)
	texts := make([]string, len(all))
	for i := range all {
		m := all[i]
		t.Run(m.name, func(t *testing.T) {
			code, said := m.print(t, language)
			texts[i] = fmt.Sprintf("## %s\n$ hongyan %s\n%sexit %d\n\n", m.name, strings.Join(m.args, " "), said, code)
			assert.Equal(t, m.code, code, said)
			assert.Contains(t, said, m.place, "the place")
			assert.Contains(t, said, m.in(language), "what to do next")
			if !update {
				_, want, _ := strings.Cut(string(old), "## "+m.name+"\n")
				want, _, _ = strings.Cut(want, "\n## ")
				assert.Equal(t, strings.TrimSpace("## "+m.name+"\n"+want), strings.TrimSpace(texts[i]))
			}
		})
	}
	if update {
		require.NoError(t, os.WriteFile(golden, []byte(strings.Join(texts, "")), 0o600))
	}
}
