package history_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/hongyan-go/hongyan/history"
	"github.com/hongyan-go/hongyan/store"
	"github.com/hongyan-go/hongyan/store/memory"
)

// open opens the file of a store, in memory.
func open(t testing.TB, back store.Store, path string) *history.File {
	t.Helper()
	f, err := history.Open(t.Context(), path, back, 365*24*time.Hour, time.Now)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, f.Close()) })
	return f
}

func newStore(t testing.TB) store.Store {
	t.Helper()
	back := memory.New(memory.Config{})
	t.Cleanup(func() { require.NoError(t, back.Close()) })
	return back
}

// say appends a message to the log, as the plugin does.
func say(t testing.TB, back store.Store, n int, chat, sender, text string) {
	t.Helper()
	at := time.Now().Add(-24 * time.Hour).Add(time.Duration(n) * time.Second)
	data, err := json.Marshal(map[string]any{
		"op": "say", "key": fmt.Sprintf("wx_a:%d", n), "account": "wx_a", "chat": chat, "type": "group", "sender": sender, "kind": "text",
		"time": at.UnixMilli(), "text": text,
	})
	require.NoError(t, err)
	_, _, err = back.Log().Append(context.Background(), "history",
		store.Line{Key: sender, ID: fmt.Sprint("say/", n), Time: at, Data: data}, 0)
	require.NoError(t, err)
}

// TestAPartIsFound searches for parts of Chinese texts: each part of a text is found, and only
// where it is.
func TestAPartIsFound(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		back := memory.New(memory.Config{})
		defer back.Close()
		f, err := history.Open(t.Context(), "", back, 365*24*time.Hour, time.Now)
		require.NoError(t, err)
		defer f.Close()
		texts := rapid.SliceOfN(rapid.StringMatching(`[你好吗在会议室明天한국あい😀]{1,12}`), 1, 8).Draw(r, "texts")
		for i, text := range texts {
			say(t, back, i, "1@chatroom", "wxid_a", text)
		}
		from := []rune(rapid.SampledFrom(texts).Draw(r, "from"))
		a := rapid.IntRange(0, len(from)-1).Draw(r, "a")
		part := string(from[a:rapid.IntRange(a+1, len(from)).Draw(r, "b")])
		p, err := f.Search(t.Context(), history.Query{Words: part})
		require.NoError(r, err)
		var want, got []string
		for _, text := range texts {
			if strings.Contains(text, part) {
				want = append(want, text)
			}
		}
		for _, m := range slices.Backward(p.Messages) {
			got = append(got, m.Text)
		}
		require.Equal(r, want, got, part)
	})
}

// FuzzSearch searches for anything in anything: it fails as a question that is not valid, or finds
// what has all words.
func FuzzSearch(f *testing.F) {
	for _, seed := range [][2]string{
		{"你好，世界", "世界"}, {"hello", `" OR terms:*`}, {"a-b_c", "NEAR(a b)"}, {"ｆｕｌｌ", "full"}, {"e\u0301té", "été"}, {"\xff\x00", "\x00"},
		{strings.Repeat("长", 300), "长长"}, {"İstanbul", "istanbul"}, {"가나다", "나"}, {"^*():{}", "^"},
	} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, text, words string) {
		back, n := newStore(t), 1
		h := open(t, back, "")
		say(t, back, n, "1@chatroom", "wxid_a", strings.ToValidUTF8(text, ""))
		_, err := h.Search(t.Context(), history.Query{Words: words})
		if err != nil {
			require.ErrorIs(t, err, history.ErrQuery)
		}
		p, err := h.Search(t.Context(), history.Query{Words: strings.ToValidUTF8(text, "")})
		if err == nil && len(text) < 100 {
			assert.NotEmpty(t, p.Messages, "a text is found by itself: %q", text)
		}
	})
}
