package match_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/callback"
	"github.com/hongyan-go/hongyan/router/match"
)

// names are how the account is called.
type names []string

func (n names) AccountNames() []string { return n }

var goose = names{"小雁", "Xiao Yan", "雁 🪿"}

// mentions is a group message with an at-list.
func mentions(t testing.TB, at, s string) *callback.Event {
	t.Helper()
	return event(t, 1, group, "wxid_a:\n"+s, "<msgsource><atuserlist>"+at+"</atuserlist></msgsource>")
}

func TestSaid(t *testing.T) {
	t.Parallel()
	const both = "wxid_me,wxid_lin"
	for _, test := range []struct{ at, text, want string }{
		// what may follow the name
		{"wxid_me", "@小雁\u2005菜单", "菜单"},
		{"wxid_me", "@小雁 菜单", "菜单"},
		{"wxid_me", "@小雁　菜单", "菜单"},
		{"wxid_me", "@小雁\n菜单", "菜单"},
		{"wxid_me", "菜单@小雁", "菜单"},
		{"wxid_me", "菜单 @小雁\u2005", "菜单"},
		{"wxid_me", "＠小雁 菜单", "菜单"},
		{"wxid_me", "  @小雁 \u2005 菜单 ", "菜单"},
		{"wxid_me", "@小雁", ""},
		// all names, in the writing of the sender
		{"wxid_me", "@Xiao Yan 菜单", "菜单"},
		{"wxid_me", "@xiao yan\u2005菜单", "菜单"},
		{"wxid_me", "@雁 🪿\u2005菜单", "菜单"},
		{"", "@小雁 菜单", "菜单"}, // typed by hand
		// longer names and addresses are others
		{"wxid_me", "@小雁 问 @小雁助手 菜单", "问 @小雁助手 菜单"},
		{"", "a@小雁 菜单", "a@小雁 菜单"},
		{"wxid_me", "hi@小雁 菜单", "hi 菜单"},
		{"wxid_me", "@小雁 发到 a@example.com", "发到 a@example.com"},
		{"wxid_other", "@小雁\u2005菜单", "@小雁\u2005菜单"}, // a namesake
		// anywhere, among others, and more than once
		{both, "请@小雁 看看", "请 看看"},
		{both, "请 @小雁\u2005看看", "请 看看"},
		{both, "第一行@小雁\n第二行", "第一行\n第二行"},
		{both, "第一行 @小雁 \n第二行", "第一行\n第二行"},
		{both, "@林知夏\u2005@小雁\u2005菜单", "@林知夏\u2005菜单"},
		{both, "@林知夏@小雁 菜单", "@林知夏 菜单"},
		{both, "@小雁@林知夏 菜单", "@林知夏 菜单"},
		{both, "@小雁 请转告 @林知夏\u2005报名", "请转告 @林知夏\u2005报名"},
		{both, "@小雁 @小雁 菜单 @小雁", "菜单"},
		{"notify@all,wxid_me", "@所有人\u2005@小雁\u2005菜单", "@所有人\u2005菜单"},
		{"wxid_me", "@小@小雁 雁 菜单", "@小 雁 菜单"},
		// what cannot be seen
		{"", "\u200b菜单\ufeff", "菜单"},
		{"", "\u202a菜单\u202c \u200e\u200f你好\u2069", "菜单 你好"},
		{"wxid_me", "\u200e@小雁\u2068\u2005\u200b菜单", "菜单"},
		{"", "👨\u200d👩\u200d👧", "👨\u200d👩\u200d👧"},
		{"", "\u200d菜单\u200c 好", "菜单 好"},
		// nothing to do
		{"", " 菜单\n第二行 ", "菜单\n第二行"},
		{"", "\u200b \n", ""},
	} {
		s := match.NewSubject(mentions(t, test.at, test.text), goose)
		assert.Equal(t, test.want, s.Said(), "%q mentions %s", test.text, test.at)
		assert.Equal(t, test.text, s.Text(), "the raw text stays")
	}
}

// TestSaidWithoutNames has only the at-list to go by.
func TestSaidWithoutNames(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ at, text, want string }{
		{"wxid_me", "@小雁\u2005菜单", "菜单"},
		{"wxid_me", "@小雁 菜单", "菜单"},
		{"wxid_me", "@Xiao Yan\u2005菜单", "菜单"},
		{"wxid_me", "请@小雁\u2005看看", "请 看看"},
		{"wxid_me", "@小雁 请转告 @林知夏 报名", "请转告 @林知夏 报名"},
		{"wxid_me,wxid_lin", "@小雁 请转告 @林知夏\u2005报名", "请转告 @林知夏\u2005报名"},
		{"wxid_lin,wxid_me", "@林知夏\u2005@小雁\u2005菜单", "@林知夏\u2005菜单"},
		{"notify@all,wxid_me", "@所有人\u2005@小雁\u2005菜单", "@所有人\u2005菜单"},
		{"", "@小雁 菜单", "@小雁 菜单"},
	} {
		assert.Equal(t, test.want, match.NewSubject(mentions(t, test.at, test.text), nil).Said(), "%q mentions %s", test.text, test.at)
		zero := match.Subject{Event: mentions(t, test.at, test.text)}
		assert.Equal(t, test.want, zero.Said(), "a Subject that was made by hand")
	}
}

func TestCommandIsSaidToTheBot(t *testing.T) {
	t.Parallel()
	const me, both = "wxid_me", "wxid_me,wxid_lin"
	for _, test := range []struct{ at, text, word, rest string }{
		{"", "报名 张三", "报名", "张三"},
		{"", "／报名　张三　2", "报名", "张三　2"},
		{"", "\u200b/Help\u200b me", "help", "me"},
		{me, "@小雁\u2005报名 张三", "报名", "张三"},
		{me, "报名@小雁 张三", "报名", "张三"},
		{both, "@林知夏\u2005@小雁\u2005报名", "报名", ""},
		{both, "@小雁\u2005@林知夏\u2005报名", "报名", ""},
		{both, "@小雁 请转告 @林知夏\u2005报名", "请转告", "@林知夏\u2005报名"},
		{both, "@林知夏\u2005报名 @小雁", "@林知夏", "报名"},
		{"wxid_lin", "@林知夏\u2005报名", "@林知夏", "报名"},
	} {
		s := match.NewSubject(mentions(t, test.at, test.text), goose)
		word, rest := s.Command()
		assert.Equal(t, []string{test.word, test.rest}, []string{word, rest}, "%q mentions %s", test.text, test.at)
	}
}

func TestMatchersGoByWhatWasSaid(t *testing.T) {
	t.Parallel()
	for _, m := range []match.Matcher{
		match.Exact("查单 12"), match.Prefix("查单"), match.Regexp(`^查单 \d+$`), match.Keyword("查单"), match.Command("查单"),
	} {
		s := match.NewSubject(mentions(t, "wxid_me", "@小雁\u2005\u200b查单 12"), goose)
		assert.True(t, m.Match(s), m)
	}
	s := match.NewSubject(mentions(t, "wxid_me", "你好@Xiao Yan "), goose)
	assert.False(t, match.Keyword("yan").Match(s), "the word is a part of the name")
}

func TestKeywordsAreWholeWords(t *testing.T) {
	t.Parallel()
	many := []string{"hi"}
	for c := 'A'; c <= 'Z'; c++ {
		many = append(many, "word"+string(c))
	}
	for _, test := range []struct {
		word, text string
		want       bool
	}{
		{"hi", "nothing", false},
		{"hi", "Hi!", true},
		{"HI", "say hi", true},
		{"hi", "你好hi啊", true},
		{"hi", "ｈｉ", true},
		{"hi", "nothing, hi", true},
		{"hi", "hi5", false},
		{"hi", "say_hi", false},
		{"12", "123 12", true},
		{"12", "123", false},
		{"привет", "Приветик", false},
		{"привет", "Привет!", true},
		{"é", "cafe\u0301", false},
		{"报价", "最新报价单", true},
		{"A4纸", "要a4纸张", true},
		{"A4纸", "XA4纸", false},
		{"第9", "第99", false},
		{"c++", "C++ 好学", true},
		{"c++", "c++11", true},
		{".net", "asp.net", true},
		{"open hours", "Open Hours?", true},
	} {
		s := match.NewSubject(text(t, test.text), nil)
		assert.Equal(t, test.want, match.Keyword(test.word).Match(s), "%q in %q", test.word, test.text)
		assert.Equal(t, test.want, match.Keyword(append(many[1:], test.word)...).Match(s), "%q of many in %q", test.word, test.text)
	}
}

func FuzzSaid(f *testing.F) {
	for _, s := range []string{"@小雁\u2005菜单", "@小@小 雁 雁 好", "＠Xiao Yan\n\u200b好", "a\u200d@小雁 b", "a@小雁", "@小雁@小雁", "\xff@\xe2\x80 @小"} {
		for _, at := range []string{"", "wxid_me", "wxid_b", "wxid_b,wxid_me"} {
			f.Add(s, at, "小雁", "小 雁")
		}
	}
	f.Fuzz(func(t *testing.T, s, at, first, second string) {
		if len(s) > 1000 || strings.ContainsAny(at, "<&]") {
			t.Skip()
		}
		called := names{first, second}
		e := mentions(t, at, s)
		heard := match.NewSubject(e, called)
		said := heard.Said()
		require.LessOrEqual(t, len(said), len(heard.Text()))
		require.Equal(t, strings.TrimSpace(said), said)
		heard.Command()
		if e.AtMe() { // a name may have been guessed, from this list and these mentions
			return
		}
		again := match.NewSubject(mentions(t, at, said), called)
		require.Equal(t, said, again.Said(), "of %q", s)
	})
}
