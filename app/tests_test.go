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
`))
	require.EqualError(t, err, `bot.yaml:5: tests[0].name: it is missing: say what the test shows
bot.yaml:6: tests[1].join: in which group? write in:, too
bot.yaml:7: tests[2].steps: say belongs into one of the steps
bot.yaml:8: "noon" is not a time of the day: write 22:00
bot.yaml:9: unknown field "sya"; did you mean say?`)
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
