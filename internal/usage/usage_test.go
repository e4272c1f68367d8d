package usage_test

import (
	"strings"
	"testing"

	"github.com/alecthomas/kong"
	"github.com/mattn/go-runewidth"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/internal/lang"
	"github.com/hongyan-go/hongyan/internal/texts"
	"github.com/hongyan-go/hongyan/internal/usage"
)

func TestLanguageOfArguments(t *testing.T) {
	t.Parallel()
	environment := func(string) (string, bool) { return "en", true }
	for line, want := range map[string]string{
		"status": "en", "--lang zh status": "zh", "status --lang=zh": "zh", "send -- --lang zh": "en", "status --lang": "en",
	} {
		word, _ := usage.Lookup(strings.Fields(line), environment)(lang.Variable)
		assert.Equal(t, want, word, line)
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	for word, fine := range map[string]bool{"": true, "zh_TW.UTF-8": true, "en": true, "fr": false, "\x1b[31m": false} {
		err := usage.Check(func(string) (string, bool) { return word, true })
		assert.Equal(t, fine, err == nil, word)
	}
}

// command is a command line with a long text.
type command struct {
	Run struct {
		Config string `help:"The configuration file."`
		Lang   string `placeholder:"zh|en" help:"The language: zh or en. Default: that of the environment (HONGYAN_LANG, LANG)."`
	} `cmd:"" help:"Run the bot of a configuration file."`
}

// page is the help text of arguments.
func page(t *testing.T, language lang.Lang, args ...string) string {
	t.Helper()
	var out strings.Builder
	parser, err := kong.New(&command{}, kong.Name("bot"), kong.Writers(&out, &out), kong.Exit(func(int) {}), usage.In(texts.In(language)))
	require.NoError(t, err)
	_, _ = parser.Parse(append(args, "--help"))
	return out.String()
}

func TestHelp(t *testing.T) {
	t.Parallel()
	zh := page(t, lang.Chinese)
	for _, want := range []string{"用法：bot <command>", "选项：", "命令：", "显示帮助", "按配置文件运行机器人", "查看某个命令的用法"} {
		assert.Contains(t, zh, want)
	}
	assert.NotContains(t, zh, "Flags:")
	en := page(t, lang.English)
	for _, want := range []string{"Usage: bot <command>", "Flags:", "Commands:", "Run the bot of a configuration file."} {
		assert.Contains(t, en, want)
	}
	assert.Contains(t, page(t, lang.Chinese, "run"), "配置文件")
}

// TestFrame breaks lines by the width of their characters, below the last column.
func TestFrame(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	long := "  -h, --help    " + strings.Repeat("很长的说明", 20) + "，完。"
	require.NoError(t, usage.Frame(texts.In(lang.Chinese), &out, long+"\n", 60))
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	assert.Greater(t, len(lines), 3)
	for i, line := range lines {
		assert.LessOrEqual(t, runewidth.StringWidth(line), 60)
		if i > 0 {
			assert.True(t, strings.HasPrefix(line, strings.Repeat(" ", 16)), line)
		}
	}
	out.Reset()
	require.NoError(t, usage.Frame(texts.In(lang.Chinese), &out, long+"\n", 10))
	assert.Contains(t, out.String(), "完", "a terminal that is too narrow loses nothing")
}
