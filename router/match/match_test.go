package match_test

import (
	"encoding/json"
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/callback"
	"github.com/hongyan-go/hongyan/internal/matching"
	"github.com/hongyan-go/hongyan/router/match"
)

const group = "100@chatroom"

// event makes a message to the account wxid_me.
func event(t testing.TB, msgType int, from, content, source string) *callback.Event {
	t.Helper()
	body, err := json.Marshal(map[string]any{
		"TypeName": "AddMsg", "Appid": "wx_app", "Wxid": "wxid_me",
		"Data": map[string]any{
			"MsgType": msgType, "NewMsgId": 1, "FromUserName": from, "ToUserName": "wxid_me", "Content": content, "MsgSource": source,
		},
	})
	require.NoError(t, err)
	e, err := callback.Decode(body)
	require.NoError(t, err)
	return e
}

func text(t testing.TB, s string) *callback.Event {
	t.Helper()
	return event(t, 1, "wxid_a", s, "")
}

func inGroup(t testing.TB, s string) *callback.Event {
	t.Helper()
	return event(t, 1, group, "wxid_a:\n"+s, "")
}

func file(t testing.TB, appType, name, ext, size string) *callback.Event {
	t.Helper()
	return event(t, 49, "wxid_a", `<msg><appmsg><title>`+name+`</title><type>`+appType+`</type><appattach><totallen>`+size+
		`</totallen><fileext>`+ext+`</fileext><cdnattachurl>30</cdnattachurl></appattach></appmsg></msg>`, "")
}

func link(t testing.TB, url string) *callback.Event {
	t.Helper()
	return event(t, 49, "wxid_a", `<msg><appmsg><title>a</title><type>5</type><url>`+url+`</url></appmsg></msg>`, "")
}

func TestMatchers(t *testing.T) {
	t.Parallel()
	xlsx := file(t, "6", "a.xlsx", "xlsx", "20480")
	for _, test := range []struct {
		m    match.Matcher
		yes  []*callback.Event
		no   []*callback.Event
		text string
	}{
		{match.In(group, "wxid_b"), []*callback.Event{inGroup(t, "x")}, []*callback.Event{text(t, "x")}, `In("100@chatroom", "wxid_b")`},
		{match.From("wxid_a"), []*callback.Event{inGroup(t, "x"), text(t, "x")}, []*callback.Event{event(t, 1, "wxid_b", "x", "")},
			`From("wxid_a")`},
		{match.LinkHost("Example.com"), []*callback.Event{link(t, "https://www.example.com/a"), link(t, "http://example.com")},
			[]*callback.Event{link(t, "https://notexample.com/"), link(t, ":"), text(t, "https://example.com")}, `LinkHost("example.com")`},
		{match.FromOfficial(), []*callback.Event{event(t, 1, "gh_1", "x", "")}, []*callback.Event{text(t, "x")}, `FromOfficial()`},
		{match.Private(), []*callback.Event{text(t, "x")}, []*callback.Event{inGroup(t, "x"), event(t, 1, "gh_1", "x", "")}, `Private()`},
		{match.Group(), []*callback.Event{inGroup(t, "x")}, []*callback.Event{text(t, "x")}, `Group()`},
		{match.Account("wx_app"), []*callback.Event{text(t, "x")}, nil, `Account("wx_app")`},
		{match.Account("wx_other"), nil, []*callback.Event{text(t, "x")}, `Account("wx_other")`},
		{match.Kind("file", "image"), []*callback.Event{xlsx}, []*callback.Event{text(t, "x")}, `Kind("file", "image")`},
		{match.AtMe(),
			[]*callback.Event{event(t, 1, group, "wxid_a:\n@bot x", "<msgsource><atuserlist>wxid_b,wxid_me</atuserlist></msgsource>")},
			[]*callback.Event{inGroup(t, "@bot x"), event(t, 1, group, "wxid_a:\nx",
				"<msgsource><atuserlist>notify@all</atuserlist></msgsource>")}, `AtMe()`},
		{match.Self(), []*callback.Event{event(t, 1, "wxid_me", "x", "")}, []*callback.Event{text(t, "x")}, `Self()`},

		{match.Keyword("营业时间", "hours"), []*callback.Event{text(t, "请问营业时间？"), text(t, "hours?")},
			[]*callback.Event{text(t, "营业"), text(t, "ours"), xlsx}, `Keyword("hours", "营业时间")`},
		{match.KeywordExact("Go"), []*callback.Event{text(t, "用Go写的")}, []*callback.Event{text(t, "go"), text(t, "Google")},
			`KeywordExact("Go")`},
		{match.Exact("菜单 "), []*callback.Event{text(t, " 菜单\n")}, []*callback.Event{text(t, "菜单?")}, `Exact("菜单")`},
		{match.Prefix("/"), []*callback.Event{text(t, "/help")}, []*callback.Event{text(t, "a/")}, `Prefix("/")`},
		{match.Regexp(`^查单\s*\d+$`), []*callback.Event{text(t, "查单 12")}, []*callback.Event{text(t, "查单 x"), xlsx},
			"Regexp(`^查单\\s*\\d+$`)"},
		{match.Regexp(`^$`), []*callback.Event{text(t, "")}, []*callback.Event{xlsx}, "Regexp(`^$`)"},

		{match.Ext("XLSX", ".xls"), []*callback.Event{xlsx, file(t, "74", "b.XLS", "", "1"), file(t, "6", "c", "xls", "1")},
			[]*callback.Event{file(t, "6", "xlsx", "", "1"), file(t, "6", "a.xlsx.pdf", "pdf", "1"), text(t, "a.xlsx")},
			`Ext("xls", "xlsx")`},
		{match.MinSize(20480), []*callback.Event{xlsx}, []*callback.Event{file(t, "6", "a", "", "20479"), text(t, "x")}, `MinSize(20480)`},
		{match.MaxSize(20480), []*callback.Event{xlsx}, []*callback.Event{file(t, "6", "a", "", "20481"), text(t, "x")}, `MaxSize(20480)`},

		{match.And(match.Private(), match.Keyword("x")), []*callback.Event{text(t, "x")}, []*callback.Event{text(t, "y"), inGroup(t, "x")},
			`And(Private(), Keyword("x"))`},
		{match.Or(match.Group(), match.Keyword("x")), []*callback.Event{text(t, "x"), inGroup(t, "y")}, []*callback.Event{text(t, "y")},
			`Or(Group(), Keyword("x"))`},
		{match.Or(match.Keyword("y"), match.Keyword("x")), []*callback.Event{text(t, "x"), text(t, "y")}, []*callback.Event{text(t, "z")},
			`Or(Keyword("y"), Keyword("x"))`},
		{match.Not(match.Keyword("x")), []*callback.Event{text(t, "y"), xlsx}, []*callback.Event{text(t, "x")}, `Not(Keyword("x"))`},
		{match.Func("never", func(*match.Subject) bool { return false }), nil, []*callback.Event{text(t, "x")}, `never`},
	} {
		assert.Equal(t, test.text, test.m.String())
		for i, e := range test.yes {
			assert.True(t, test.m.Match(match.NewSubject(e, nil)), "%s must match event %d", test.m, i)
		}
		for i, e := range test.no {
			assert.False(t, test.m.Match(match.NewSubject(e, nil)), "%s must not match event %d", test.m, i)
		}
	}
}

func TestCaptures(t *testing.T) {
	t.Parallel()
	s := match.NewSubject(text(t, "查单 123456"), nil)
	require.True(t, match.Regexp(`^查单\s*(?P<id>\d+)(?P<rest>x)?$`).Match(s))
	assert.Equal(t, "123456", s.Capture("id"))
	assert.Empty(t, s.Capture("rest"), "a group that took no part")
	assert.Empty(t, s.Capture("nothing"))
	assert.Equal(t, map[string]string{"id": "123456", "rest": ""}, s.Captures())
}

// TestKeysAreNecessary checks the promise that the router relies on: no key, no match.
func TestKeysAreNecessary(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		m     match.Matcher
		field matching.Field
		keys  []string
	}{
		{match.In("b", "a", "b"), matching.Conversation, []string{"a", "b"}},
		{match.From("a"), matching.Sender, []string{"a"}},
		{match.Exact(" a "), matching.Text, []string{"a"}},
		{match.Keyword("a", "b"), matching.Word, []string{"a", "b"}},
		{match.Regexp(`查单\d`), matching.Word, []string{"查单"}},
		{match.Or(match.In("a"), match.In("b")), matching.Conversation, []string{"a", "b"}},
	} {
		indexed, ok := test.m.(matching.Indexed)
		require.True(t, ok, test.m)
		field, keys := indexed.Keys()
		assert.Equal(t, test.field, field, test.m)
		assert.Equal(t, test.keys, keys, test.m)
	}
	for _, m := range []match.Matcher{
		match.Regexp(`(?i)abc`), match.Regexp(`a|b`), match.Not(match.In("a")), match.Private(), match.Prefix("a"),
		match.Or(match.In("a"), match.From("b")), match.Or(match.In("a"), match.Private()),
	} {
		_, ok := m.(matching.Indexed)
		assert.False(t, ok, "%s can match without a key", m)
	}
}

func TestCovers(t *testing.T) {
	t.Parallel()
	list := func(ms ...match.Matcher) []match.Matcher { return ms }
	custom := match.Func("custom", func(*match.Subject) bool { return true })
	for _, test := range []struct {
		wide, narrow []match.Matcher
		want         bool
	}{
		{nil, list(match.Private()), true},
		{list(match.Private()), nil, false},
		{list(match.Private()), list(match.Private(), match.Keyword("a")), true},
		{list(match.In("a", "b")), list(match.In("a")), true},
		{list(match.In("a")), list(match.In("a", "b")), false},
		{list(match.In("a")), list(match.From("a")), false},
		{list(match.Keyword("a", "b")), list(match.Keyword("b")), true},
		{list(match.Keyword("a")), list(match.Exact("a")), false},
		{list(match.Keyword("Go")), list(match.Keyword("GO")), true},
		{list(match.Keyword("Go")), list(match.KeywordExact("GO")), true},
		{list(match.KeywordExact("Go")), list(match.KeywordExact("Go")), true},
		{list(match.KeywordExact("Go")), list(match.KeywordExact("GO")), false},
		{list(match.KeywordExact("Go")), list(match.Keyword("Go")), false},
		{list(match.MinSize(10)), list(match.MinSize(20)), true},
		{list(match.MinSize(20)), list(match.MinSize(10)), false},
		{list(match.MaxSize(20)), list(match.MaxSize(10)), true},
		{list(match.MinSize(10)), list(match.MaxSize(20)), false},
		{list(match.Regexp(`a`)), list(match.Regexp(`a`)), true},
		{list(match.Regexp(`a`)), list(match.Regexp(`b`)), false},
		{list(match.Prefix("a", "b")), list(match.Prefix("b")), true},
		{list(match.And(match.Private(), match.Keyword("a"))), list(match.Keyword("a"), match.Private()), true},
		{list(match.Or(match.Group(), match.Private())), list(match.Private()), true},
		{list(match.Not(match.In("a"))), list(match.Not(match.In("a", "b"))), true},
		{list(match.Not(match.In("a", "b"))), list(match.Not(match.In("a"))), false},
		{list(custom), list(custom), true},
		{list(custom), list(match.Func("custom", func(*match.Subject) bool { return true })), false},
	} {
		assert.Equal(t, test.want, matching.Covers(test.wide, test.narrow), "%v covers %v", test.wide, test.narrow)
	}
}

func TestMisusePanicsWithASentence(t *testing.T) {
	t.Parallel()
	for want, misuse := range map[string]func(){
		"match: In without an argument matches nothing: name at least one":                             func() { match.In() },
		"match: Keyword with an empty word would match every text: leave the word out, or the matcher": func() { match.Keyword("a", " ") },
		"match: Regexp(`(`): error parsing regexp: missing closing ): `(`":                             func() { match.Regexp("(") },
		"match: Pattern(nil): compile an expression first": func() {
			match.Pattern((*regexp.Regexp)(nil))
		},
		`match: Ext("."): an extension is not empty`: func() { match.Ext(".") },
		"match: And without a matcher":               func() { match.And() },
		"match: Not with a nil matcher":              func() { match.Not(nil) },
		"match: Func(mine): the function is nil":     func() { match.Func("mine", nil) },
	} {
		assert.PanicsWithValue(t, want, misuse)
	}
}
