package app_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/app"
)

// program runs a command of a program of package app.
func program(t *testing.T, args ...string) (code int, out, errOut string) {
	t.Helper()
	var o, e bytes.Buffer
	code = app.Run(app.Console{Ctx: t.Context(), Out: &o, ErrOut: &e, Lookup: env(nil)}, args)
	return code, o.String(), e.String()
}

// TestTestsOfAFile runs the tests of a file: all pass, without an account or a token.
func TestTestsOfAFile(t *testing.T) {
	t.Parallel()
	code, out, errOut := program(t, "test", "-c", "testdata/community.yaml")
	assert.Zero(t, code, errOut)
	assert.Regexp(t, `(?s)^ok    几点开门\nok    私聊也答\nok    表格转发\nok    别的不转\nok    两步\n5 tests, 0 failed, `, out)
}

// TestATestThatFails shows what was expected, what came, and what each rule said.
func TestATestThatFails(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("testdata/community.yaml")
	require.NoError(t, err)
	for old, want := range map[string][]string{
		`expect: [{reply: "营业时间 9:00-18:00"}]`: {`expect: [{reply: "别的"}]`, `- to 社区一群: text "别的"`, `+ to 社区一群: text "营业时间 9:00-18:00"`},
		`say: 你们几点开门`: {`say: 你好`, `- to 社区一群: text "营业时间 9:00-18:00"`,
			`no  hours: Keyword("几点开门", "营业时间") says no`},
		`file: 报表.pdf, expect: nothing`:          {`file: 报表.xls, expect: nothing`, `+ to 汇总群: text "Alice 来自 社区一群"`, `yes sheets`},
		`- {as: bob, in: 社区二群, file: a.xls, exp`: {`- {as: nobody at all, in: 无此群啊, leave: true, exp`, `in step 1:`},
	} {
		broken := filepath.Join(t.TempDir(), "bot.yaml")
		require.Contains(t, string(text), old)
		require.NoError(t, os.WriteFile(broken, []byte(strings.Replace(string(text), old, want[0], 1)), 0o600))
		code, out, _ := program(t, "test", "-c", broken)
		assert.Equal(t, 1, code)
		for _, line := range want[1:] {
			assert.Contains(t, out, line)
		}
		assert.Contains(t, out, "5 tests, 1 failed")
	}
}

// TestStepsInherit takes from the test who speaks and where, unless a step says so itself; a
// Chinese terminal reads in Chinese why a test failed.
func TestStepsInherit(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "bot.yaml")
	require.NoError(t, os.WriteFile(path, []byte(`service: {sim: true}
allow: {groups: [all], people: [all]}
rules: [{name: who, on: text, keyword: [谁], reply: "{{SenderName}} {{GroupName}}"}]
tests:
  - {name: inherits, as: bob, in: 测试群, steps: [{say: 是谁, expect: Bob 测试群}, {as: alice, say: 谁, expect: Alice 测试群}]}
  - {name: fails, in: 测试群, steps: [{say: 你好}, {say: 谁, expect: [{contains: 别人, mention: [bob]}]}]}
`), 0o600))
	code, out, errOut := program(t, "test", "-c", path)
	assert.Equal(t, 1, code, errOut)
	assert.Contains(t, out, "ok    inherits\n")
	assert.Contains(t, out, "in step 2:\n      - to 测试群: text with \"别人\", mentioning \"bob\"\n"+
		"      + to 测试群: text \"Alice 测试群\"\n        yes who\n")
	code, out, _ = program(t, "test", "-c", path, "--lang", "zh")
	assert.Equal(t, 1, code)
	assert.Contains(t, out, "第 2 步：\n      - 发到 测试群：文字里有 \"别人\"，提到 \"bob\"\n"+
		"      + 发到 测试群：text \"Alice 测试群\"\n        是 who\n")
}

// TestMistakesInTests are found when the file is read.
func TestMistakesInTests(t *testing.T) {
	t.Parallel()
	_, err := app.Reader{Lookup: env(nil)}.Parse("bot.yaml", []byte(head+`rules: [{name: a, on: text, reply: b}]
tests:
  - {say: x}
  - {name: t, join: [bob], expect: nothing}
  - {name: u, say: x, steps: [{say: y}]}
  - {name: v, say: x, at: noon}
  - {name: w, sya: x}
  - {name: x, expect: nothing, steps: [{say: y}]}
`))
	require.EqualError(t, err, `bot.yaml:5: tests[0].name: it is missing: say what the test shows
bot.yaml:6: tests[1].join: in which group? write in:, too
bot.yaml:7: tests[2].steps: say belongs into one of the steps
bot.yaml:8: "noon" is not a time of the day: write 22:00
bot.yaml:9: unknown field "sya"; did you mean say?
bot.yaml:10: tests[5].steps: expect belongs into one of the steps`)
}

// TestExplain says why each rule answers, or does not.
func TestExplain(t *testing.T) {
	t.Parallel()
	code, out, errOut := program(t, "explain", "-c", "testdata/community.yaml", "--say", "几点开门", "--in", "社区一群", "--as", "bob")
	assert.Zero(t, code, errOut)
	assert.Regexp(t, `(?m)^YES .*hours`, out)
	assert.Regexp(t, `(?m)^no .*sheets.*wants file, this is text`, out)
	assert.Contains(t, out, `sends to 社区一群: text "营业时间 9:00-18:00"`)
}
