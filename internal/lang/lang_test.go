package lang_test

import (
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/internal/lang"
)

func TestParse(t *testing.T) {
	t.Parallel()
	for word, want := range map[string]lang.Lang{
		"zh": lang.Chinese, "zh_CN.UTF-8": lang.Chinese, "zh-Hans-CN": lang.Chinese, "zh_TW@radical": lang.Chinese, "中文": lang.Chinese,
		"en": lang.English, "en_GB.UTF-8": lang.English, "EN-us": lang.English, "\ten\n": lang.English,
		"": "", "C": "", "C.UTF-8": "", "POSIX": "", "fr": "", "zz-broken-tag-of-too-long-a-word": "", "\x00": "",
	} {
		got, ok := lang.Parse(word)
		assert.Equal(t, want, got, word)
		assert.Equal(t, want != "", ok, word)
	}
}

func TestFromEnvironment(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		env  map[string]string
		want lang.Lang
	}{
		"nothing set":        {nil, lang.English},
		"by LANG":            {map[string]string{"LANG": "zh_CN.UTF-8"}, lang.Chinese},
		"LC_ALL before LANG": {map[string]string{"LANG": "zh_CN.UTF-8", "LC_ALL": "en_US.UTF-8"}, lang.English},
		"ours before all":    {map[string]string{"LANG": "en_US.UTF-8", "LC_ALL": "C", "HONGYAN_LANG": "zh"}, lang.Chinese},
		"C":                  {map[string]string{"LC_ALL": "C", "LANG": "zh_CN.UTF-8"}, lang.English},
		"a third language":   {map[string]string{"LANG": "de_DE.UTF-8"}, lang.English},
	} {
		assert.Equal(t, test.want, lang.FromEnvironment(func(n string) string { return test.env[n] }), name)
	}
}

func TestFromRequest(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		query, cookie, accept string
		want                  lang.Lang
	}{
		"nothing":                {"", "", "", lang.Chinese},
		"the browser's":          {"", "", "en-US,en;q=0.9,zh;q=0.8", lang.English},
		"by weight, not place":   {"", "", "en;q=0.3, zh-CN;q=0.9", lang.Chinese},
		"a third language first": {"", "", "fr, zh;q=0.5", lang.Chinese},
		"only a third language":  {"", "", "fr", lang.English},
		"broken":                 {"", "", "en;q=x;;", lang.Chinese},
		"the cookie wins":        {"", "zh", "en", lang.Chinese},
		"the query wins":         {"en", "zh", "zh", lang.English},
		"a bad query":            {"xx", "en", "zh", lang.English},
	} {
		r := httptest.NewRequest(http.MethodGet, "/?lang="+test.query, nil)
		if test.cookie != "" {
			r.AddCookie(&http.Cookie{Name: lang.Cookie, Value: test.cookie})
		}
		r.Header.Set("Accept-Language", test.accept)
		assert.Equal(t, test.want, lang.FromRequest(r), name)
	}
}

func TestRemember(t *testing.T) {
	t.Parallel()
	w := httptest.NewRecorder()
	lang.Remember(w, httptest.NewRequest(http.MethodGet, "/?lang=en", nil), "/console")
	require.Len(t, w.Result().Cookies(), 1)
	c := w.Result().Cookies()[0]
	assert.Equal(t, []any{"en", "/console", true}, []any{c.Value, c.Path, c.HttpOnly})
	w = httptest.NewRecorder()
	lang.Remember(w, httptest.NewRequest(http.MethodGet, "/?lang=evil", nil), "/")
	assert.Empty(t, w.Result().Cookies())
}

func TestTexts(t *testing.T) {
	t.Parallel()
	c, err := lang.New(lang.Table{
		"hello": {ZH: "你好，%s", EN: "hello, %s"},
		"count": {ZH: "%d 条消息", EN: "%d messages", One: "%d message"},
		"swap":  {ZH: "%[2]s 里有 %[1]d 个", EN: "%d in %s"},
		"share": {ZH: "100%%", EN: "100%%"},
	})
	require.NoError(t, err)
	zh, en := c.In(lang.Chinese), c.In(lang.English)
	assert.Equal(t, "你好，Alice", zh.T("hello", "Alice"))
	assert.Equal(t, "hello, %s", en.T("hello", "%s"), "an argument is not a format")
	assert.Equal(t, "1 message", en.T("count", 1))
	assert.Equal(t, "0 messages", en.T("count", 0))
	assert.Equal(t, "12,345 messages", en.T("count", 12345))
	assert.Equal(t, "12,345 条消息", zh.T("count", 12345))
	assert.Equal(t, "A 里有 3 个", zh.T("swap", 3, "A"))
	assert.Equal(t, "100%", zh.T("share"))
	assert.Equal(t, "⟦none⟧", en.T("none"))
	assert.Equal(t, []string{"count", "hello", "share", "swap"}, c.Keys())

	var wait sync.WaitGroup // with -race: printers are shared by all requests
	for range 8 {
		wait.Go(func() {
			for i := range 100 {
				assert.NotEmpty(t, en.T("count", i)+zh.T("count", i))
			}
		})
	}
	wait.Wait()
}

func TestGaps(t *testing.T) {
	t.Parallel()
	for name, tables := range map[string][]lang.Table{
		"lacks a language": {{"a": {ZH: "一"}}},
		"verbs":            {{"a": {ZH: "%d 个", EN: "%s items"}}},
		"defined twice":    {{"a": {ZH: "一", EN: "one"}}, {"a": {ZH: "二", EN: "two"}}},
	} {
		_, err := lang.New(tables...)
		require.ErrorContains(t, err, name)
	}
}
