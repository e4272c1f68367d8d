package schedule_test

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/plugin/schedule"
)

// TestPick finds parts of answers by their path.
func TestPick(t *testing.T) {
	t.Parallel()
	const body = `{"a":{"b":["x",{"c":"y"},{"c":"z"}]},"n":18446744073709551615,"ok":true}`
	for path, want := range map[string]string{"a.b.0": "x", "a.b.c": "1. y\n2. z", "a.b.2.c": "z", "n": "18446744073709551615"} {
		got, err := schedule.Pick([]byte(body), path)
		require.NoError(t, err, path)
		assert.Equal(t, want, got, path)
	}
	for _, path := range []string{"", "a", "a.b.9", "a.b.-1", "nothing", "n.x"} {
		got, err := schedule.Pick([]byte(body), path)
		if path == "a" || path == "" { // objects have no text
			require.Error(t, err, path)
			continue
		}
		require.Error(t, err, "%s: %s", path, got)
	}
}

// FuzzPick checks that no answer and no path makes it panic, or a text that is none.
func FuzzPick(f *testing.F) {
	for _, path := range []string{"a.b", "a.0.b", "", ".", "a..b", "-1"} {
		f.Add([]byte(`{"a":[{"b":"c\u0000"}]}`), path)
		f.Add([]byte(`[1,[2,[3]]]`), path)
	}
	f.Fuzz(func(t *testing.T, body []byte, path string) {
		text, err := schedule.Pick(body, path)
		if err == nil {
			require.True(t, utf8.ValidString(text))
		}
	})
}

// FuzzFeed checks that no feed makes it panic, or has a link that is more than one.
func FuzzFeed(f *testing.F) {
	for _, body := range []string{
		`<rss><channel><item><title>a</title><link>https://example.com/1</link><guid>1</guid></item></channel></rss>`,
		`<feed><entry><title>a</title><link rel="alternate" href="https://example.com/1"/><id>1</id></entry></feed>`,
		`<RDF><item><link>https://example.com/1 free money</link></item></RDF>`, `<rss`, ``,
	} {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		links, err := schedule.FeedLinks(body)
		if err != nil {
			return
		}
		for _, link := range links {
			require.False(t, strings.ContainsFunc(link, unicode.IsSpace), "%q", link)
			require.True(t, link == "" || strings.HasPrefix(link, "http"), "%q", link)
		}
	})
}
