package lang_test

import (
	"errors"
	"fmt"
	"io/fs"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/internal/lang"
	"github.com/hongyan-go/hongyan/internal/phrase"
)

// phrasebook is a catalogue that describes fs.ErrExist, too.
func phrasebook(t *testing.T) *lang.Catalogue {
	t.Helper()
	c, err := lang.New(lang.Phrases{
		"%q is not a size":         "%q 不是大小",
		"port %d of %s":            "%[2]s 的端口 %[1]d",
		"cannot save: %w":          "无法保存：%w",
		"write ${TOKEN}, or 100%%": "写 ${TOKEN}，或 100%%",
		"the disk is full":         "磁盘已满",
		"; did you mean %s?":       "；是不是想写 %s",
		"no plugin %q%v":           "没有插件 %q%v",
		"%d message":               "%d 条消息",
		"%d messages":              "%d 条消息",
	}.Table())
	require.NoError(t, err)
	return c.Describing(func(_ *lang.Printer, err error) (string, bool) { return "已存在", err == fs.ErrExist }). //nolint:errorlint // itself
															Reading(func(text string) string { return "读：" + text })
}

func TestPhrases(t *testing.T) {
	t.Parallel()
	c := phrasebook(t)
	zh, en := c.In(lang.Chinese), c.In(lang.English)
	full := errors.New("the disk is full")
	for _, x := range []struct {
		text   phrase.Text
		en, zh string
	}{
		{phrase.New("port %d of %s", 18900, "a\x00b"), "port 18900 of a\x00b", "a\x00b 的端口 18900"},
		{phrase.New("write ${TOKEN}, or 100%%"), "write ${TOKEN}, or 100%", "写 ${TOKEN}，或 100%"},
		{phrase.New("no plugin %q%v", "x", phrase.New("; did you mean %s?", "y")), `no plugin "x"; did you mean y?`, `没有插件 "x"；是不是想写 y`},
		{phrase.New("%v: %v", phrase.Word("the disk is full"), full), "the disk is full: the disk is full", "磁盘已满: 磁盘已满"},
		{phrase.Word("100%d"), "100%d", "读：100%d"},
		{phrase.Count(1, "%d message", "%d messages"), "1 message", "1 条消息"},
		{phrase.Count(2000, "%d message", "%d messages"), "2000 messages", "2000 条消息"},
		{phrase.Join([]phrase.Text{phrase.Word("the disk is full"), phrase.New("%d", 1)}, phrase.Word("the disk is full")),
			"the disk is fullthe disk is full1", "磁盘已满磁盘已满1"},
		{phrase.New("unknown %s", "x"), "unknown x", "unknown x"},
		{phrase.Text{}, "", ""},
	} {
		assert.Equal(t, x.en, x.text.String())
		assert.Equal(t, x.en, en.Text(x.text))
		assert.Equal(t, x.zh, zh.Text(x.text))
	}
}

func TestErrors(t *testing.T) {
	t.Parallel()
	c := phrasebook(t)
	full := errors.New("the disk is full")
	for _, x := range []struct {
		err    error
		en, zh string
	}{
		{phrase.Errorf("%q is not a size", "big"), `"big" is not a size`, `"big" 不是大小`},
		{phrase.Errorf("cannot save: %w", full), "cannot save: the disk is full", "无法保存：磁盘已满"},
		{fmt.Errorf("bot.yaml:3: data: %w", phrase.Errorf("%q is not a size", "%w")), `bot.yaml:3: data: "%w" is not a size`,
			`bot.yaml:3: data: "%w" 不是大小`},
		{errors.Join(full, phrase.Errorf("cannot save: %w", fs.ErrExist), full),
			"the disk is full\ncannot save: file already exists\nthe disk is full", "磁盘已满\n无法保存：已存在\n磁盘已满"},
		{fmt.Errorf("%w and %w", full, full), "the disk is full and the disk is full", "磁盘已满 and 磁盘已满"},
		{errors.New("of another library"), "of another library", "of another library"},
	} {
		assert.Equal(t, x.en, x.err.Error())
		assert.Equal(t, x.en, c.In(lang.English).Error(x.err))
		assert.Equal(t, x.zh, c.In(lang.Chinese).Error(x.err))
	}
	require.ErrorIs(t, phrase.Errorf("cannot save: %w", full), full)
	assert.Empty(t, c.In(lang.Chinese).Error(nil))
}
