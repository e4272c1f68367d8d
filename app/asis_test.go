package app_test

import (
	"fmt"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/hongyan-go/hongyan/app"
	"github.com/hongyan-go/hongyan/plugin/rules"
)

const hours = head + "rules:\n  - {name: a, on: text, keyword: [营业时间], reply: \"早九晚六\"}\n"

// TestEncodings reads files as editors save them.
func TestEncodings(t *testing.T) {
	t.Parallel()
	gbk, err := simplifiedchinese.GBK.NewEncoder().String(hours)
	require.NoError(t, err)
	wide := func(order string, bom bool) string {
		var b strings.Builder
		units := utf16.Encode([]rune(hours))
		if bom {
			units = append([]uint16{0xFEFF}, units...)
		}
		for _, u := range units {
			if order == "le" {
				b.WriteByte(byte(u))
				b.WriteByte(byte(u >> 8))
				continue
			}
			b.WriteByte(byte(u >> 8))
			b.WriteByte(byte(u))
		}
		return b.String()
	}
	for name, test := range map[string]struct{ text, want string }{
		"plain":            {hours, ""},
		"byte order mark":  {"\uFEFF" + hours, ""},
		"CRLF":             {strings.ReplaceAll(hours, "\n", "\r\n"), ""},
		"GBK":              {gbk, "bot.yaml:4: the file is encoded in GBK"},
		"UTF-16 LE":        {wide("le", true), "bot.yaml:1: the file is encoded in UTF-16"},
		"UTF-16 BE":        {wide("be", true), "bot.yaml:1: the file is encoded in UTF-16"},
		"UTF-16 unmarked":  {strings.ReplaceAll(head, "", "\x00")[1:], "bot.yaml:1: the file is encoded in UTF-16 without"},
		"NUL":              {head + "data: a\x00b\n", "bot.yaml:3: a NUL byte"},
		"broken in line 4": {head + "# ok\ndata: a\xff\xfeb\n", "bot.yaml:4: the byte 0xFF is not UTF-8"},
		"cut character":    {head + "data: \"营\xe8\x90\"\n", "bot.yaml:3: "},
		"surrogate":        {head + "data: \xed\xa0\x80\n", "bot.yaml:3: "},
		"noncharacter":     {head + "data: \uFDD0\n", "bot.yaml:3: a noncharacter"},
	} {
		file, err := app.Reader{Lookup: env(nil)}.Parse("bot.yaml", []byte(test.text))
		if test.want == "" {
			require.NoError(t, err, name)
			assert.Equal(t, rules.Text("早九晚六"), file.Rules[0].Reply, name)
			continue
		}
		require.Error(t, err, name)
		assert.True(t, strings.HasPrefix(err.Error(), test.want), "%s: %v", name, err)
		assert.Contains(t, err.Error(), "bot.yaml:", name)
	}
}

func TestVariables(t *testing.T) {
	t.Parallel()
	vars := env(map[string]string{"A": "one", "B_2": `two: "x" #}, [`, "LOUD": "true", "N": "7", "EMPTY": ""})
	file, err := app.Reader{Lookup: vars}.Parse("bot.yaml", []byte(`# ${NOT_SET} in a comment
service: {token: ${A}, token_header: X-${A}-${B_2}}
allow: {everyone: ${LOUD}}
parallel: ${N}
callback: {allow_from: []}
rules:
  - {name: "${EMPTY}r", on: text, keyword: [${A}, "b${A}", 'c${A}', plain], regexp: '^(\w+) \${1}$', reply: "$${A} $$ ${1} ${A}"}
  - name: block
    on: text
    exact: ${A}
    reply: |
      a: ${A}
      b: [${B_2}]
`))
	require.NoError(t, err)
	assert.Equal(t, "one", file.Bot.Token)
	assert.Equal(t, `X-one-two: "x" #}, [`, file.Bot.Provider.TokenHeader)
	assert.True(t, file.Bot.Allow.Everyone)
	assert.Equal(t, 7, file.Bot.Parallel)
	assert.Equal(t, []string{"one", "bone", "cone", "plain"}, file.Rules[0].Keyword)
	assert.Equal(t, `^(\w+) \${1}$`, file.Rules[0].Regexp.String())
	assert.Equal(t, "${A} $$ ${1} one", file.Rules[0].Reply[0].Text)
	assert.Equal(t, "r", file.Rules[0].Name)
	assert.Equal(t, "a: one\nb: [two: \"x\" #}, []\n", file.Rules[1].Reply[0].Text)

	_, err = app.Reader{Lookup: vars}.Parse("bot.yaml", []byte(head+"${A}: x\nrules: [{name: a, on: text, ${A}: b, reply: ${NOPE}}]\n"))
	require.Error(t, err)
	assert.Equal(t, []string{
		`bot.yaml:3: unknown field "${A}"; docs/en/config.md lists the keys`,
		`bot.yaml:4: the environment variable NOPE is not set: set it, or fill in .env and load it: set -a; . ./.env; set +a ` +
			`(for the text itself, write $${NOPE})`,
		`bot.yaml:4: unknown field "${A}"; docs/en/rules.md lists the keys`,
	}, strings.Split(err.Error(), "\n"))
}

// TestAllMistakesAtOnce has a mistake in nearly each line.
func TestAllMistakesAtOnce(t *testing.T) {
	t.Parallel()
	_, err := app.Reader{Lookup: env(nil)}.Parse("bot.yaml", []byte(`service: {provider: videosap, token: t}
listen: 127.0.0.1:99999
admin: 127.0.0.1
callback: {public_url: bot.example.com, public_ulr: x}
timeout: soon
parallel: many
allow:
  groups: [社区一群, wxid_alice]
  people: [10000000001@chatroom, "张 三"]
rule_s: []
rules:
  - {name: a, on: txt, from: 张三, reply: "{{.Who}}"}
  - {name: b, on: text, in: [社区一群], from: 张三, repply: x}
  - {name: c, on: file, in: [社区一群], keyword: [x], forward: {to: [汇总群]}}
  - name: d
    on: text
    reply: |
      one
      {{range .Text}}x{{end}}
  - {name: a, on: text, exact: q, reply: "{{.Nobody}}"}
  - {name: a, name: e, on: text, exact: q, reply: "{{printf .Text}}"}
`))
	require.Error(t, err)
	got := strings.Split(err.Error(), "\n")
	for i, want := range []string{
		`bot.yaml:1: service.provider: api: unknown provider`,
		`bot.yaml:2: listen: "127.0.0.1:99999" has no port from 0 to 65535`,
		`bot.yaml:3: admin.listen: "127.0.0.1" is not an address with a port`,
		`bot.yaml:4: unknown field "public_ulr"; did you mean public_url?`,
		`bot.yaml:5: "soon" is not a duration`,
		`bot.yaml:6: `,
		`bot.yaml:8: allow.groups[1]: "wxid_alice" is not the id of a group`,
		`bot.yaml:9: allow.people[0]: "10000000001@chatroom" is the id of a group`,
		`bot.yaml:10: unknown field "rule_s"; did you mean rules?`,
		`bot.yaml:12: rules[0].on: "txt" is not one of text, image, file, link and the other messages of docs/en/messages.md; ` +
			`did you mean text?`,
		`bot.yaml:12: rules[0].reply: router: template: nothing fills {{.Who}}`,
		`bot.yaml:13: unknown field "repply"; did you mean reply?`,
		`bot.yaml:14: rules[2].keyword: only rules on text have words`,
		`bot.yaml:19: rules[3].reply: router: template: line 2: {{range .Text}} is not a placeholder`,
		`bot.yaml:20: rules[4].reply: router: template: nothing fills {{.Nobody}}`,
		`bot.yaml:20: rules[4].name: "a" is the name of rule 1, too: give one another name`,
		`bot.yaml:21: `,
	} {
		if assert.Greater(t, len(got), i, "missing: %s", want) {
			assert.True(t, strings.HasPrefix(got[i], want), "got  %s\nwant %s", got[i], want)
		}
	}
	assert.Len(t, got, 17) // names are looked up when the bot runs
}

// TestBounds reads files that need much memory for their size.
func TestBounds(t *testing.T) {
	t.Parallel()
	var bomb strings.Builder
	bomb.WriteString("a: &a0 [x, x, x, x, x, x, x, x, x, x]\n")
	for i := range 9 {
		n := strconv.Itoa(i)
		fmt.Fprintf(&bomb, "a%s: &a%d [%s*a%s]\n", n, i+1, strings.Repeat("*a"+n+", ", 9), n)
	}
	var steps strings.Builder
	for i := range 400 {
		steps.WriteString(strings.Repeat(" ", i) + "a:\n")
	}
	for name, test := range map[string]struct{ text, want string }{
		"brackets": {strings.Repeat("[", 200<<10), "f:1: more than 64 levels"},
		"braces":   {strings.Repeat("{a: ", 50<<10), "f:1: more than 64 levels"},
		"dashes":   {strings.Repeat("- ", 100<<10), "f:1: more than 64 levels"},
		"keys":     {strings.Repeat("? ", 100<<10), "f:1: more than 64 levels"},
		"steps":    {steps.String(), "f:65: more than 64 levels"},
		"aliases":  {bomb.String(), "f:7: the aliases repeat more than"},
		"size":     {strings.Repeat("# a comment\n", 16<<20/12+1), "f: the file is larger than 16 MB"},
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := app.Reader{Lookup: env(nil)}.Parse("f", []byte(test.text))
		runtime.ReadMemStats(&after)
		require.Error(t, err, name)
		assert.True(t, strings.HasPrefix(err.Error(), test.want), "%s: %.200v", name, err)
		assert.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(400<<20), name)
	}
}

// TestAliases merges what several rules have in common.
func TestAliases(t *testing.T) {
	t.Parallel()
	file, err := app.Reader{Lookup: env(nil)}.Parse("f", []byte(head+`rules:
  - &base {name: a, on: text, in: &groups [1@chatroom], exact: [a], reply: x}
  - {<<: *base, name: b, exact: b}
  - {name: c, on: file, in: *groups, reply: y}
`))
	require.NoError(t, err)
	require.Len(t, file.Rules, 3)
	assert.Equal(t, []string{"b"}, file.Rules[1].Exact)
	assert.Equal(t, []string{"1@chatroom"}, file.Rules[1].In)
	assert.Equal(t, "x", file.Rules[1].Reply[0].Text)
	assert.Equal(t, []string{"1@chatroom"}, file.Rules[2].In)
	_, err = app.Reader{Lookup: env(nil)}.Parse("f", []byte(head+"data: *nowhere\n"))
	assert.ErrorContains(t, err, "f:3: the alias *nowhere has no anchor")
}
