package schedule_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/bottest"
	"github.com/hongyan-go/hongyan/plugin"
	"github.com/hongyan-go/hongyan/plugin/schedule"
)

func rss(ids ...int) string {
	var b strings.Builder
	b.WriteString(`<?xml version="1.0"?><rss version="2.0"><channel><title>t</title><link>https://example.com</link>`)
	for _, i := range ids {
		fmt.Fprintf(&b, "<item><title>文章\n %d\u0007</title><guid>g%d</guid><link>https://example.com/%d</link></item>", i, i, i)
	}
	return strings.ReplaceAll(b.String(), "\u0007", "") + "</channel></rss>"
}

// TestFeed tells of new articles, each once, in all chats, over restarts, and of none that were
// there before; and says nothing if there is nothing new.
func TestFeed(t *testing.T) {
	t.Parallel()
	var page atomic.Value
	page.Store(rss(2, 1))
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, page.Load().(string))
	}))
	defer server.Close()
	c := schedule.Config{To: []string{"A", "B"}, Cron: "*/30 * * * *", Fetch: schedule.Fetch{
		URL: server.URL, AllowHosts: []string{strings.TrimPrefix(server.URL, "http://")}, Feed: true, Most: 2, Text: "新文章：\n{{entries}}",
	}}
	sim := bottest.RunWith(t, bottest.Config{Bot: account, Durable: true, Setup: func(b *bot.Bot) error {
		return b.Install(bottest.Must(schedule.New(c)))
	}})
	sim.Advance(31 * time.Minute)
	sim.Group("A").ExpectNothing()
	page.Store(rss(3, 2, 1))
	sim.Advance(30 * time.Minute)
	for _, name := range []string{"A", "B"} {
		sim.Group(name).ExpectText("新文章：\n1. 文章 3\nhttps://example.com/3")
	}
	sim.Restart()
	sim.Advance(2 * time.Hour)
	sim.Group("A").ExpectNothing()
	page.Store(rss(6, 5, 4, 4, 2))
	sim.Advance(30 * time.Minute)
	sim.Group("A").ExpectText("新文章：\n1. 文章 6\nhttps://example.com/6\n2. 文章 5\nhttps://example.com/5\n另有 1 篇。")
	page.Store(rss(6, 3, 1)) // old ones come back
	sim.Advance(30 * time.Minute)
	sim.Group("A").ExpectNothing()
	page.Store(`<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>原子</title><id>urn:1</id>` +
		`<link rel="self" href="https://example.com/self"/><link href="https://example.com/a"/></entry></feed>`)
	sim.Advance(30 * time.Minute)
	sim.Group("A").ExpectText("新文章：\n1. 原子\nhttps://example.com/a")
	page.Store("not a feed")
	sim.Advance(30 * time.Minute)
	sim.ExpectError("is not a feed")
	sim.Group("A").ExpectNothing()
}

// TestPictures sends the picture of the first new article after the text, and the text alone if
// there is none that can be had.
func TestPictures(t *testing.T) {
	t.Parallel()
	picture := []byte("\x89PNG\r\n\x1a\n-")
	var item atomic.Value
	item.Store("")
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/feed":
			_, _ = io.WriteString(w, `<rss xmlns:media="http://search.yahoo.com/mrss/"><channel>`+item.Load().(string)+`</channel></rss>`)
		case "/a.png":
			_, _ = w.Write(picture)
		default:
			_, _ = io.WriteString(w, "<html>")
		}
	}))
	defer server.Close()
	c := schedule.Config{To: []string{"A"}, Cron: "*/30 * * * *", Fetch: schedule.Fetch{
		URL: server.URL + "/feed", AllowHosts: []string{strings.TrimPrefix(server.URL, "http://")}, Feed: true, Picture: true,
	}}
	sim := bottest.RunWith(t, bottest.Config{Bot: account}, bottest.Must(schedule.New(c)))
	sim.Advance(31 * time.Minute)
	for i, test := range []struct{ item, picture string }{
		{`<enclosure url="x.mp3" type="audio/mpeg"/><enclosure url="` + server.URL + `/a.png" type="image/png"/>`, "image"},
		{`<media:content url="` + server.URL + `/a.png" medium="image"/>`, "image"},
		{`<media:thumbnail url="` + server.URL + `/a.png"/>`, "image"},
		{`<description>&lt;p&gt;&lt;img alt="x" src="` + server.URL + `/a.png"&gt;</description>`, "image"},
		{`<enclosure url="` + server.URL + `/page" type="image/png"/>`, ""},
		{`<enclosure url="http://192.0.2.1/a.png" type="image/png"/>`, ""},
		{`<description>text</description>`, ""},
	} {
		item.Store(fmt.Sprintf("<item><title>%d</title><guid>%d</guid>%s</item>", i, i, test.item))
		sim.Advance(30 * time.Minute)
		sent := sim.Group("A").Sent()
		require.NotEmpty(t, sent, test.item)
		assert.Equal(t, fmt.Sprintf("1. %d", i), sent[0].Text)
		if test.picture == "" {
			assert.Len(t, sent, 1, test.item)
			continue
		}
		require.Len(t, sent, 2, test.item)
		assert.Equal(t, test.picture, sent[1].Kind)
	}
}

// TestImage sends a picture of this machine after the text.
func TestImage(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "morning.png")
	require.NoError(t, os.WriteFile(file, []byte("\x89PNG\r\n\x1a\n-"), 0o600))
	var clock plugin.Clock
	require.NoError(t, clock.UnmarshalText([]byte("18:00")))
	sim := bottest.RunWith(t, bottest.Config{Bot: account}, bottest.Must(schedule.New(schedule.Config{
		To: []string{"A"}, At: []plugin.Clock{clock}, Text: "早", Image: file,
	})))
	sim.At("18:00")
	sim.Advance(time.Minute)
	sent := sim.Group("A").Sent()
	require.Len(t, sent, 2)
	assert.Equal(t, []string{"早", "image"}, []string{sent[0].Text, sent[1].Kind})
}

// TestFeedMistakes names the fields.
func TestFeedMistakes(t *testing.T) {
	t.Parallel()
	for field, f := range map[string]schedule.Fetch{
		"fetch.values": {URL: "https://example.com", Feed: true, Values: map[string]string{"a": "b"}},
		"fetch.most":   {URL: "https://example.com", Feed: true, Most: -1},
		"fetch.text":   {URL: "https://example.com", Feed: true, Text: "{{body}}"},
	} {
		_, err := schedule.New(schedule.Config{To: []string{"A"}, Cron: "0 * * * *", Fetch: f})
		require.ErrorContains(t, err, field)
	}
	good := schedule.Fetch{URL: "https://example.com", Feed: true}
	_, err := schedule.New(schedule.Config{To: []string{"A"}, Cron: "0 * * * *", Fetch: good})
	assert.NoError(t, err)
}
