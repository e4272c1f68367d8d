package collect_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/hongyan-go/hongyan/plugin/collect"
)

func TestCanonical(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]string{
		"http://Example.com:80/a/?utm_source=x&b=2&a=1#top":              "https://example.com/a?a=1&b=2",
		"https://example.com":                                            "https://example.com",
		"https://example.com:8443/":                                      "https://example.com:8443",
		"https://mp.weixin.qq.com/s?__biz=B&mid=1&idx=1&sn=s&chksm=c#rd": "https://mp.weixin.qq.com/s?__biz=B&idx=1&mid=1&sn=s",
		"https://mp.weixin.qq.com/s/AbC?from=groupmessage":               "https://mp.weixin.qq.com/s/AbC",
		"https://example.com/p?ID=7&spm=1.2&share_id=9":                  "https://example.com/p?ID=7",
		"https://[2001:db8::1]/x":                                        "https://[2001:db8::1]/x",
		"https://user:pw@example.com/":                                   "",
		"weixin://dl/business":                                           "",
		"javascript:alert(1)":                                            "",
		"https://":                                                       "",
		"https://example.com/%zz":                                        "",
		"example.com/without-its-scheme":                                 "",
	} {
		assert.Equal(t, want, collect.Canonical(raw), raw)
	}
}

func TestLinks(t *testing.T) {
	t.Parallel()
	assert.Equal(t, []string{"https://a.example/x?y=1", "http://b.example/z"},
		collect.Links("看https://a.example/x?y=1，还有(http://b.example/z). ftp://c.example"))
}

func FuzzCanonical(f *testing.F) {
	for _, seed := range []string{
		"http://Example.com:80/a/?utm_source=x&b=2#top",
		"https://mp.weixin.qq.com/s/A?x", "https://[::1]:1/", "http://%", "https://a//?a=%2F&&",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		once := collect.Canonical(raw)
		if again := collect.Canonical(once); once != "" && len(once) < 1900 && again != once {
			t.Fatalf("%q became %q, and that %q", raw, once, again)
		}
	})
}
