package rules

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/callback"
	"github.com/hongyan-go/hongyan/router/match"
)

// said is the subject of a text that alice says to the bot.
func said(t testing.TB, text string) *match.Subject {
	t.Helper()
	body := fmt.Sprintf(`{"TypeName":"AddMsg","Appid":"wx_1","Wxid":"wxid_bot","Data":{"MsgId":1,"NewMsgId":2,"MsgType":1,`+
		`"FromUserName":{"string":"wxid_alice"},"ToUserName":{"string":"wxid_bot"},"Content":{"string":%q},"CreateTime":1767578400}}`, text)
	e, err := callback.Decode([]byte(body))
	require.NoError(t, err)
	return match.NewSubject(e, nil)
}

// TestExpressions asks about a text that was sent on a Monday at ten in China.
func TestExpressions(t *testing.T) {
	t.Parallel()
	s := said(t, "价格 AB 12")
	for text, want := range map[string]bool{
		`text contains "价格"`: true, `text startsWith "x"`: false, `lower(text) matches "ab \\d+$"`: true,
		`sender == "wxid_alice" && private && !group && !at_me`: true, `kind in ["text", "image"]`: true,
		`hour == 10 and minute == 0 and weekday == 1`: true, `account == "wx_1" and chat == sender`: true, `file_size > 0`: false,
		`int("12") == len("abcdefghijkl")`: true, `int(text) == 1`: false, // that fails
	} {
		x, err := compile(text, time.FixedZone("China", 8*60*60))
		require.NoError(t, err, text)
		assert.Equal(t, want, x.holds(s), text)
	}
}

// TestRefusedExpressions refuses what could take long, reach outside, or is no condition.
func TestRefusedExpressions(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`any([1], {# > 0})`: "loops", `len(1..100000) > 1`: "ranges", `text matches text`: "regular expressions",
		`sum([1, 2]) > 1`: "sum", `repeat(text, 1000) == ""`: "repeat", `now().Year() > 1`: "now", `fromJSON(text) == 1`: "fromJSON",
		`txet == ""`: "did you mean text?", `text`: "a condition is needed", `text matches "("`: "missing", `1 +`: "too early",
		strings.Repeat("true && ", 200) + "true": "more than 300 parts", strings.Repeat(" ", 5000) + "true": "longer than",
		"true &&\n  nobody": "nobody",
	} {
		_, err := compile(text, time.UTC)
		require.ErrorContains(t, err, want, text)
	}
}

// FuzzIf compiles expressions, and asks those that compile about a message.
func FuzzIf(f *testing.F) {
	for _, s := range []string{
		`text == "a"`, `text contains "a" and not group`, `file_size > 10 ? true : false`, `text matches "^a+$"`, `any(1..9, {# > 3})`, "",
		"(((",
		`len(text) ** 9 > 1`, `text matches text`, `"a" in [text, "b"]`, `let x = text; x + x == ""`, `upper(trim(text)) startsWith 'A'`,
		`[1,2,3][hour] == 1`, `min(hour, 3) / minute > 1`,
	} {
		f.Add(s)
	}
	subject := said(f, strings.Repeat("字a", 1000))
	f.Fuzz(func(t *testing.T, text string) {
		begin := time.Now()
		if x, err := compile(text, time.UTC); err == nil {
			x.holds(subject)
		}
		require.Less(t, time.Since(begin), 5*time.Second)
	})
}

// TestDrawn is even, and the same for the same message.
func TestDrawn(t *testing.T) {
	t.Parallel()
	s := said(t, "x")
	sum := 0.0
	for i := range 1000 {
		n := drawn(s.Event, strconv.Itoa(i), "reply")
		assert.InDelta(t, n, drawn(s.Event, strconv.Itoa(i), "reply"), 0)
		assert.True(t, n >= 0 && n < 1)
		sum += n
	}
	assert.InDelta(t, 500, sum, 50)
}

// TestReplies reads what a URL answers.
func TestReplies(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		kind, body string
		want       []string
		fails      bool
	}{
		{"text/plain; charset=utf-8", " 晴 ", []string{"晴"}, false},
		{"application/json", `{"reply": "晴"}`, []string{"晴"}, false},
		{"application/json", `{"reply": ["1","2","3","4","5","6"]}`, []string{"1", "2", "3", "4", "5"}, false},
		{"application/json", `{"ok": true}`, nil, false},
		{"", "", nil, false},
		{"application/json", `{"reply": 3}`, nil, true},
		{"text/html", "<html>", nil, true},
	} {
		got, err := replies(test.kind, []byte(test.body))
		assert.Equal(t, test.want, got, test.body)
		assert.Equal(t, test.fails, err != nil, test.body)
	}
}
