package gateway_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/bottest"
	"github.com/hongyan-go/hongyan/gateway"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/router/match"
)

// events are the documents of all events.
func (f *fixture) events() (list []map[string]any) {
	f.Idle()
	for _, e := range f.get("/v1/events?after=0").JSON["events"].([]any) {
		list = append(list, e.(map[string]any))
	}
	return list
}

// TestMedia gets a file, whole and in parts, by key and by id; the service is asked once.
func TestMedia(t *testing.T) {
	t.Parallel()
	f := start(t, gateway.Config{})
	f.Group("A").As("alice").FileWith("报表.csv", []byte("0123456789"))
	f.Group("A").As("alice").Say("a text")
	var file, text map[string]any
	for _, e := range f.events() {
		switch e["kind"] {
		case "file":
			file = e
		case "text":
			text = e
		}
	}
	require.NotNil(t, file)
	path := "/v1/media/" + file["key"].(string)
	a := f.get(path)
	require.Equal(t, http.StatusOK, a.Status, a.Text)
	assert.Equal(t, "0123456789", a.Text)
	assert.Equal(t, "attachment; filename*=utf-8''%E6%8A%A5%E8%A1%A8.csv", a.Header.Get("Content-Disposition"))
	assert.Equal(t, "bytes", a.Header.Get("Accept-Ranges"))
	calls := len(f.Simulator().Calls())
	part := f.get("/v1/media/"+file["id"].(string), "Range", "bytes=2-4")
	assert.Equal(t, http.StatusPartialContent, part.Status)
	assert.Equal(t, "234", part.Text)
	assert.Equal(t, "bytes 2-4/10", part.Header.Get("Content-Range"))
	assert.Equal(t, http.StatusNotModified, f.get(path, "If-None-Match", a.Header.Get("ETag")).Status)
	beyond := f.get(path, "Range", "bytes=99-")
	assert.Equal(t, http.StatusRequestedRangeNotSatisfiable, beyond.Status)
	assert.Equal(t, "application/problem+json", beyond.Header.Get("Content-Type"))
	assert.Len(t, f.Simulator().Calls(), calls, "it was downloaded once")
	for path, want := range map[string]int{
		"/v1/media/" + text["key"].(string): 404, "/v1/media/nothing": 404, "/v1/media/0": 404,
		"/v1/media/18446744073709551615": 404, "/v1/media/..%2f..%2fetc%2fpasswd": 404, "/v1/media/" + strings.Repeat("x", 600): 422,
	} {
		a := f.get(path)
		assert.Equal(t, want, a.Status, "%s: %s", path, a.Text)
		assert.Equal(t, "application/problem+json", a.Header.Get("Content-Type"), path)
	}
}

// TestExplain tells for each route whether it handles an event.
func TestExplain(t *testing.T) {
	t.Parallel()
	f := start(t, gateway.Config{}, func(c *bottest.Config) {
		setUp := c.Setup
		c.Setup = func(b *bot.Bot) error {
			b.Text(router.Say("9:00-18:00"), match.Keyword("hours")).Named("hours")
			return setUp(b)
		}
	})
	f.Group("A").As("alice").Say("good morning")
	f.Group("A").As("alice").Say("your hours?")
	events := f.events()
	require.Len(t, events, 2)
	for i, handles := range []bool{false, true} {
		a := f.get("/v1/explain?event=" + events[i]["key"].(string))
		require.Equal(t, http.StatusOK, a.Status, a.Text)
		route := a.JSON["routes"].([]any)[0].(map[string]any)
		assert.Equal(t, "hours", route["name"])
		assert.Equal(t, handles, route["handles"])
		if !handles {
			assert.Contains(t, route["reason"], "hours")
		}
	}
	assert.Equal(t, 404, f.get("/v1/explain?event=999").Status)
	assert.Equal(t, 422, f.get("/v1/explain").Status)
}
