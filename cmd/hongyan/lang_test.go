package main

import (
	"bytes"
	"testing"
	"unicode"

	"github.com/alecthomas/kong"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/internal/lang"
	"github.com/hongyan-go/hongyan/internal/texts"
	"github.com/hongyan-go/hongyan/internal/usage"
)

// TestHelpTexts finds help texts without Chinese, and Chinese in those in English.
func TestHelpTexts(t *testing.T) {
	t.Parallel()
	parser, err := kong.New(&cli{}, kong.Name("hongyan"), usage.In(texts.In(lang.English)))
	require.NoError(t, err)
	known := texts.Phrases()
	all := usage.Texts(parser)
	require.Greater(t, len(all), 150)
	for _, text := range all {
		_, ok := known[text]
		assert.True(t, ok, "no Chinese for %q", text)
		for _, r := range text {
			assert.False(t, unicode.Is(unicode.Han, r), text)
		}
	}
}

// runIn runs a command in a language.
func runIn(t *testing.T, env map[string]string, args ...string) (code int, out, errOut string) {
	t.Helper()
	var o, e bytes.Buffer
	code = run(console{
		ctx: t.Context(), in: bytes.NewReader(nil), out: &o, errOut: &e,
		env: func(name string) (string, bool) { v, ok := env[name]; return v, ok },
	}, args)
	return code, o.String(), e.String()
}

func TestLanguageOfCommands(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		env  map[string]string
		args []string
		want string
	}{
		{nil, []string{"runn"}, "unexpected argument runn"},
		{map[string]string{"LANG": "zh_CN.UTF-8"}, []string{"runn"}, "不认识 runn，是不是想写"},
		{map[string]string{"LC_MESSAGES": "zh_TW.UTF-8", "LANG": "en_US.UTF-8"}, []string{"runn"}, "不认识 runn"},
		{map[string]string{"HONGYAN_LANG": "en", "LANG": "zh_CN.UTF-8"}, []string{"runn"}, "unexpected argument"},
		{map[string]string{"HONGYAN_LANG": "en"}, []string{"--lang", "zh", "runn"}, "不认识 runn"},
		{map[string]string{"HONGYAN_LANG": "fr"}, []string{"runn"}, `HONGYAN_LANG: "fr" is not a language`},
		{map[string]string{"HONGYAN_LANG": "zh"}, []string{"send", "a", "b", "--limit"}, "没有选项 --limit"},
		{map[string]string{"HONGYAN_LANG": "zh"}, []string{"history", "--limit", "x"}, `--limit: "x" 不是数字`},
		{map[string]string{"HONGYAN_LANG": "zh"}, []string{"dead"}, "需要其中之一"},
	} {
		code, _, said := runIn(t, x.env, x.args...)
		assert.Equal(t, exitWrong, code)
		assert.Contains(t, said, x.want, "%v %v", x.env, x.args)
	}
}
