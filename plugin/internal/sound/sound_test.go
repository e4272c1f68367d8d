package sound_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/hongyan-go/hongyan/plugin/internal/sound"
)

func TestBegins(t *testing.T) {
	t.Parallel()
	for _, x := range []struct{ word, said, want string }{
		{"小鸿", "小红，今天天气怎么样？", "小鸿 今天天气怎么样？"},
		{"小鸿", "嗯哎，小洪帮我查一下", "小鸿 帮我查一下"},
		{"小鸿", "晓虹", "小鸿"},
		{"机器人", "几器人你好", "机器人 你好"},
		{"小林", "小宁你在吗", "小林 你在吗"},
		{"hi bot", "Hi, bot what time is it", "hi bot what time is it"},
		{"音乐", "音乐 播放", "音乐 播放"},
		{"小鸿", "今天我去找小红玩", ""},
		{"小鸿", "今天小红来了", ""},
		{"小鸿", "小", ""},
		{"小鸿", "", ""},
		{"!", "anything", ""},
	} {
		got, ok := sound.Of(x.word).Begins(x.said)
		if x.want == "" {
			assert.False(t, ok, x.said)
			assert.Equal(t, x.said, got)
			continue
		}
		assert.True(t, ok, x.said)
		assert.Equal(t, x.want, got)
	}
	assert.True(t, sound.Of("！？").Silent())
}

func FuzzBegins(f *testing.F) {
	f.Add("小鸿", "小红你好")
	f.Add("a", "\xff\xfe a")
	f.Fuzz(func(t *testing.T, word, text string) {
		if got, ok := sound.Of(word).Begins(text); !ok && got != text {
			t.Errorf("%q became %q", text, got)
		}
	})
}
