package router

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"pgregory.net/rapid"
)

func TestSplit(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		text  string
		limit int
		want  []string
	}{
		"short":                   {"hello", 10, []string{"hello"}},
		"just fits":               {"一二三四五", 5, []string{"一二三四五"}},
		"Chinese sentences":       {"今天很好。明天也好！后天呢？不知道。", 10, []string{"今天很好。明天也好！", "后天呢？不知道。"}},
		"a closing quote":         {"他说：“走吧。”然后他就走了。", 9, []string{"他说：“走吧。”", "然后他就走了。"}},
		"Latin sentences":         {"It is 3.5 km. Take the bus. Or walk.", 20, []string{"It is 3.5 km.", "Take the bus.", "Or walk."}},
		"several ends":            {"真的吗？！？！是的。", 7, []string{"真的吗？！？！", "是的。"}},
		"a paragraph first":       {"一二三。四五。\n\n六七八。九十。", 12, []string{"一二三。四五。", "六七八。九十。"}},
		"lines":                   {"第一行\n第二行\n第三行", 8, []string{"第一行\n第二行", "第三行"}},
		"clauses":                 {"一二三四五，六七八九十一二", 8, []string{"一二三四五，", "六七八九十一二"}},
		"words":                   {"alpha beta gamma delta", 12, []string{"alpha beta", "gamma delta"}},
		"Chinese, no ends":        {"一二三四五六七八九十", 4, []string{"一二三四", "五六七八", "九十"}},
		"a long word":             {"abcdefghij", 4, []string{"abcd", "efgh", "ij"}},
		"a link stays whole":      {"看这里 https://example.com/a.b?c=d，很好", 27, []string{"看这里", "https://example.com/a.b?c=d", "，很好"}},
		"code stays whole":        {"看：\n```\na := 1\nb := 2\n```\n好。", 24, []string{"看：", "```\na := 1\nb := 2\n```\n好。"}},
		"code that is too long":   {"```\na := 1\nb := 2\nc := 3\n```", 14, []string{"```\na := 1", "b := 2\nc := 3", "```"}},
		"no space is lost inside": {"a  b\n\n\n  c", 20, []string{"a  b\n\n\n  c"}},
		"an accent":               {"eeeee\u0301e", 5, []string{"eeee", "e\u0301e"}},
		"a family":                {"好好👨‍👩‍👧好", 5, []string{"好好", "👨‍👩‍👧", "好"}},
		"flags":                   {"🇨🇳🇩🇪🇫🇷", 3, []string{"🇨🇳", "🇩🇪", "🇫🇷"}},
		"only marks":              {strings.Repeat("\u0301", 7), 3, []string{"\u0301\u0301\u0301", "\u0301\u0301\u0301", "\u0301"}},
		"white space":             {strings.Repeat(" ", 9), 3, []string{strings.Repeat(" ", 9)}},
	} {
		assert.Equal(t, test.want, split(test.text, test.limit), name)
	}
}

// TestSplitKeepsEverything holds for any text: no part is too long or empty, nothing but white
// space at the cuts is lost, and no character is torn.
func TestSplitKeepsEverything(t *testing.T) {
	t.Parallel()
	piece := rapid.OneOf(
		rapid.SampledFrom([]string{
			"。", "！", "”", ". ", "\n", "\n\n", " ", "，", "https://example.com/a?b=c&d=e", "```\n", "e\u0301", "👨‍👩‍👧", "🇨🇳", "👍🏽", "你好",
			"word", "\u2005", "\r\n", "(", "）",
		}),
		rapid.String(),
	)
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOfN(piece, 0, 60).Draw(t, "text"), "")
		limit := rapid.IntRange(1, 60).Draw(t, "limit")
		parts := split(text, limit)
		bare := func(s string) string {
			return strings.Map(func(r rune) rune {
				if unicode.IsSpace(r) {
					return -1
				}
				return r
			}, s)
		}
		if strings.ToValidUTF8(bare(strings.Join(parts, "")), "?") != strings.ToValidUTF8(bare(text), "?") {
			t.Fatalf("%q became %q", text, parts)
		}
		rest := text
		for i, part := range parts {
			at := strings.Index(rest, part)
			if at < 0 || bare(rest[:at]) != "" {
				t.Fatalf("part %d, %q, is not what comes next in %q", i, part, rest)
			}
			rest = rest[at+len(part):]
			if len(parts) == 1 {
				continue
			}
			if n := utf8.RuneCountInString(part); n == 0 || n > limit {
				t.Fatalf("part %d, %q, has %d runes", i, part, n)
			}
			if first, _ := utf8.DecodeRuneInString(part); i > 0 && at == 0 && limit > 10 && unicode.Is(unicode.M, first) &&
				utf8.RuneCountInString(parts[i-1]) < limit {
				t.Fatalf("part %d, %q, begins inside of a character", i, part)
			}
		}
	})
}

func FuzzSplit(f *testing.F) {
	for _, seed := range []string{"今天很好。明天也好！", "It is 3.5 km. Take the bus.", "```\ncode\n```", "https://example.com/", "\xff\xfe",
		"👨‍👩‍👧"} {
		f.Add(seed, 5)
	}
	f.Fuzz(func(t *testing.T, text string, limit int) {
		if limit < 1 {
			return
		}
		for _, part := range split(text, limit) {
			if n := utf8.RuneCountInString(part); n > limit && part != text {
				t.Fatalf("%q has %d runes, more than %d", part, n, limit)
			}
		}
	})
}
