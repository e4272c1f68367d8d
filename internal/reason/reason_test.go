package reason_test

import (
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/hongyan-go/hongyan/internal/reason"
)

// TestASentenceIsReadAgain: what a code writes is read as that code, whatever its arguments are.
func TestASentenceIsReadAgain(t *testing.T) {
	t.Parallel()
	for _, code := range reason.Codes() {
		t.Run(string(code), func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, func(t *rapid.T) {
				args := make([]string, code.Gaps())
				for i := range args {
					args[i] = rapid.StringMatching(`[a-z0-9]{1,8}`).Draw(t, "argument")
				}
				got, ok := reason.Of(code.With(args...))
				require.True(t, ok)
				assert.Equal(t, code, got.Code)
				assert.ElementsMatch(t, args, got.Args)
				chinese := reason.Chinese(code.With(args...))
				assert.True(t, strings.ContainsFunc(chinese, func(r rune) bool { return unicode.Is(unicode.Han, r) }), chinese)
				for _, a := range args {
					assert.Contains(t, chinese, a)
				}
			})
		})
	}
}

// TestChinese has the sentences that stores of today hold, and words that are no reason.
func TestChinese(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"the chat is paused":                                                      "这个会话已暂停",
		"matches, but hours comes first":                                          "符合，但前面的 hours 先处理",
		"sending is stopped: paused: stopped in the console":                      "已停止发送：已暂停：在控制台停止",
		"dry run: would be held: the chat is paused":                              "演练：会等待放行：这个会话已暂停",
		"api: /message/postText failed (ret 500): 你已被移出群聊":                        "接口 /message/postText 失败（ret 500）：你已被移出群聊",
		"it was switched off after 5 failures within 1h0m0s (the last: a (b): c)": "5 次失败（1h0m0s 内）后自动关闭，最近一次：a (b): c",
		"dropped a message: the bot does not listen to its sender; to change that add wxid_a to allow.people; set HONGYAN_ALLOW, " +
			"allow: in the config file, or Config.Allow": "" +
			"丢弃了一条消息：机器人不听这个人；要听就把 wxid_a 加到 allow.people（HONGYAN_ALLOW、配置文件里的 allow:，或 Config.Allow）",
		"工资表要先问过":     "工资表要先问过",
		"sheets: 503": "sheets: 503",
		"":            "",
		"%s":          "%s",
	} {
		assert.Equal(t, want, reason.Chinese(text), text)
	}
}

// FuzzChinese reads anything, and never fails.
func FuzzChinese(f *testing.F) {
	for _, code := range reason.Codes() {
		f.Add(code.With("a", "b", "c"))
	}
	f.Add("paused: paused: paused: paused: paused: paused: x")
	f.Fuzz(func(t *testing.T, text string) {
		r, ok := reason.Of(text)
		if ok && r.Code.With(r.Args...) != text {
			t.Errorf("%q was read as %v %q", text, r.Code, r.Args)
		}
		_ = reason.Chinese(text)
	})
}
