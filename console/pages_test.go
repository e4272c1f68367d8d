package console_test

import (
	"html"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/console"
	"github.com/hongyan-go/hongyan/internal/consoletest"
	"github.com/hongyan-go/hongyan/internal/reason"
)

// TestPages renders each page in both languages, in a world full of troubles, without a text that
// is missing and without what people have said.
func TestPages(t *testing.T) {
	t.Parallel()
	w := start(t, console.Config{})
	w.Trouble(t)
	p := person(t, w)
	api := program(t, w)
	paths := []string{
		"", "accounts", "accounts/new", "chats", "chats?view=trouble", "queue", "rules", "rules/hours", "plugins", "plugins/welcome",
		"explain", "explain?say=%E5%87%A0%E7%82%B9%E5%BC%80%E9%97%A8&as=Alice", "tasks", "tasks?view=schedules", "log", "log?q=nothing",
		"doctor", "gateway", "about", "history",
	}
	for _, view := range []string{"unknown", "held", "dead", "failed", "waiting"} {
		paths = append(paths, "queue?view="+view)
		var q queue
		api.json("queue?view="+view, &q)
		for _, x := range q.Items {
			if view == "dead" {
				paths = append(paths, "dead/"+x.Seq, "queue/preview?view=dead&action=retry&ref="+x.Seq)
			} else {
				paths = append(paths, "sends/"+url.PathEscape(x.Key), "queue/preview?view="+view+"&action=drop&ref="+url.QueryEscape(x.Key))
			}
			if x.Event != "" {
				paths = append(paths, "events/"+url.PathEscape(x.Event))
			}
		}
	}
	var chats struct {
		Chats []struct{ Account, ID string }
	}
	api.json("chats", &chats)
	require.Len(t, chats.Chats, 2)
	paths = append(paths, "chats/"+chats.Chats[0].Account+"/"+chats.Chats[0].ID, "accounts/"+chats.Chats[0].Account)
	for _, path := range paths {
		for _, lang := range []string{"zh", "en"} {
			got := p.do(http.MethodGet, path, nil, map[string]string{"Cookie": "hongyan_lang=" + lang})
			assert.Equal(t, http.StatusOK, got.status, path)
			assert.NotContains(t, got.body, "⟦", path)
			assert.NotContains(t, got.body, "could not be rendered", path)
			assert.NotContains(t, got.body, consoletest.Secret, path)
			assert.NotContains(t, got.body, consoletest.Token, path)
			assert.NotContains(t, got.body, w.Token(), path)
			assert.Contains(t, got.header.Get("Content-Security-Policy"), "default-src 'none'", path)
			assert.Less(t, len(got.body), 60<<10, path)
			if lang == "zh" && !strings.HasPrefix(path, "log") { // its lines are English
				assert.Empty(t, english(got.body), path)
			}
		}
		got := api.get(path)
		assert.Equal(t, http.StatusOK, got.status, path)
		assert.Contains(t, got.header.Get("Content-Type"), "application/json", path)
		assert.NotContains(t, got.body, consoletest.Secret, path)
	}
	assert.Equal(t, http.StatusNotFound, p.get("nothing").status)
	assert.Equal(t, http.StatusNotFound, p.get("dead/99999").status)
	assert.Equal(t, http.StatusNotFound, p.get("sends/"+strings.Repeat("x", 2000)).status)
}

// english are the reasons of the framework that a page has in English.
func english(body string) (found []string) {
	for _, code := range reason.Codes() {
		text, _, _ := strings.Cut(code.With("\x00", "\x00", "\x00"), "\x00")
		if len(text) > 12 && strings.Contains(body, html.EscapeString(text)) {
			found = append(found, text)
			if at := strings.Index(body, html.EscapeString(text)); at >= 0 {
				found = append(found, body[max(0, at-60):min(len(body), at+200)])
			}
		}
	}
	return found
}
