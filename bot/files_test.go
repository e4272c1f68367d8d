package bot_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/internal/fetchtest"
	"github.com/hongyan-go/hongyan/media"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/simulator"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// get fetches a link like the service does.
func get(t *testing.T, link string) (int, string) {
	t.Helper()
	answer := fetchtest.Get(t, link)
	return answer.Status, answer.Body
}

// sentTo is a field of the call that the simulator got.
func sentTo(t *testing.T, c simulator.Call, field string) string {
	t.Helper()
	var body map[string]any
	require.NoError(t, json.Unmarshal(c.Body, &body))
	value, _ := body[field].(string)
	return value
}

// mp4 is the head of a video of three seconds.
const mp4 = "\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom" +
	"\x00\x00\x00\x24moov\x00\x00\x00\x1cmvhd\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x03\xe8\x00\x00\x0b\xb8"

func TestFilesOfThisMachine(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := func(name, content string) string {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
		return path
	}
	report, picture := file("报表.csv", "1,2,3"), file("p.jpg", "\xff\xd8\xff")
	video, voice := file("v.mp4", mp4), file("v.silk", "\x02#!SILK_V3\x01\x00a\x02\x00bc")
	sim := simulator.Start(t)
	config := configFor(sim.Simulator)
	config.Files.LinkTTL = time.Hour
	b := newBot(t, config)
	b.Text(func(c *router.Context, m *xmlmsg.Text) error {
		switch m.Body {
		case "file":
			return c.ReplyFile(report)
		case "image":
			return c.ReplyImage(picture)
		case "video":
			return c.ReplyVideo(video, picture)
		}
		return c.To(groupA).SendVoice(voice)
	})
	start(t, b, sim.Simulator)
	for _, c := range []struct{ text, endpoint, field, content string }{
		{"file", "/message/postFile", "fileUrl", "1,2,3"},
		{"image", "/message/postImage", "imgUrl", "\xff\xd8\xff"},
		{"video", "/message/postVideo", "videoUrl", mp4},
		{"voice", "/message/postVoice", "voiceUrl", "\x02#!SILK_V3\x01\x00a\x02\x00bc"},
	} {
		sim.Friend("bob").Says(c.text)
		call := sim.ExpectCall(c.endpoint)
		link := sentTo(t, call, c.field)
		status, body := get(t, link)
		assert.Equal(t, http.StatusOK, status, c.text)
		assert.Equal(t, c.content, body, c.text)
		bad := strings.Replace(link, media.FilesPath, media.FilesPath+"x", 1)
		status, _ = get(t, bad)
		assert.Equal(t, http.StatusNotFound, status, "a link that was not made here")
	}
	assert.Equal(t, "报表.csv", sentTo(t, sim.ExpectCall("/message/postFile"), "fileName"))
	assert.Contains(t, string(sim.ExpectCall("/message/postVoice").Body), `"voiceDuration":40`)
	assert.Contains(t, string(sim.ExpectCall("/message/postVideo").Body), `"videoDuration":3`)
	_, cover := get(t, sentTo(t, sim.ExpectCall("/message/postVideo"), "thumbUrl"))
	assert.Equal(t, "\xff\xd8\xff", cover)
}

// TestLinksOfABotExpire waits for the end of a link's life without waiting: a life so short is over
// when it is looked at.
func TestLinksOfABotExpire(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a.txt")
	require.NoError(t, os.WriteFile(path, []byte("a"), 0o600))
	sim := simulator.Start(t)
	config := configFor(sim.Simulator)
	config.Files.LinkTTL = time.Nanosecond
	b := newBot(t, config)
	b.Text(func(c *router.Context, _ *xmlmsg.Text) error { return c.ReplyFile(path) })
	start(t, b, sim.Simulator)
	sim.Friend("bob").Says("file")
	status, _ := get(t, sentTo(t, sim.ExpectCall("/message/postFile"), "fileUrl"))
	assert.Equal(t, http.StatusGone, status)
}

// TestDownloads brings what the simulator's people send to the disk.
func TestDownloads(t *testing.T) {
	t.Parallel()
	sim := simulator.Start(t)
	config := configFor(sim.Simulator)
	config.Data = t.TempDir()
	b := newBot(t, config)
	got := make(chan *media.File, 2)
	download := func(c *router.Context) error {
		file, err := c.Download(media.Into(c.GroupName()))
		if err == nil {
			got <- file
		}
		return err
	}
	b.File(func(c *router.Context, _ *xmlmsg.File) error { return download(c) })
	b.Image(func(c *router.Context, _ *xmlmsg.Image) error { return download(c) })
	start(t, b, sim.Simulator)
	next := func() *media.File {
		t.Helper()
		select {
		case f := <-got:
			return f
		case <-time.After(10 * time.Second):
			t.Fatal("nothing was downloaded")
			return nil
		}
	}
	alice := sim.Group("A").Member("alice")
	alice.Drops(simulator.File{Name: "../季度.xlsx", Size: 3 << 20})
	file := next()
	assert.Equal(t, filepath.Join(config.Data, "media", "A", "_季度.xlsx"), file.Path)
	assert.Equal(t, int64(3<<20), file.Size)
	info, err := os.Stat(file.Path)
	require.NoError(t, err)
	assert.Equal(t, int64(3<<20), info.Size())
	alice.Shows()
	assert.Equal(t, "image/jpeg", next().Type)
}

func TestWhatFilesNeed(t *testing.T) {
	t.Parallel()
	sim := simulator.Start(t)
	config := configFor(sim.Simulator)
	config.Listen = "0.0.0.0:0" // it is unknown how it is reached from outside
	config.Callback.Secret = "s"
	b := newBot(t, config)
	errs := make(chan error, 2)
	b.Text(func(c *router.Context, _ *xmlmsg.Text) error {
		errs <- c.ReplyFile("/etc/hostname")
		_, err := c.Download()
		errs <- err
		return nil
	})
	start(t, b, nil)
	post(t, b, "/callback/s", `{"TypeName":"AddMsg","Appid":"wx_a","Wxid":"me","Data":{"MsgType":1,"NewMsgId":1,`+
		`"FromUserName":"wxid_a","Content":"hello"}}`)
	err := <-errs
	require.ErrorIs(t, err, media.ErrNoPublicURL)
	assert.True(t, router.IsPermanent(err), "another try cannot mend it")
	require.ErrorContains(t, <-errs, "HONGYAN_DATA")

	config.Callback.Path = "/files/x"
	b = newBot(t, config)
	require.ErrorContains(t, b.Run(t.Context()), "Callback.Path")
}

// TestFilesAreServedWhileTheBotDrains: the service has to fetch what the last handlers send, but
// nothing new is accepted.
func TestFilesAreServedWhileTheBotDrains(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a.txt")
	require.NoError(t, os.WriteFile(path, []byte("a"), 0o600))
	sim := simulator.Start(t)
	config := configFor(sim.Simulator)
	config.Grace = 5 * time.Minute // as long as the machine needs: the test ends the handler
	b := newBot(t, config)
	began, goOn, fetched := make(chan struct{}), make(chan struct{}), make(chan struct{})
	b.Text(func(c *router.Context, text *xmlmsg.Text) error {
		if text.Body != "file" { // posted below, before the shutdown had begun
			return nil
		}
		close(began)
		<-goOn
		err := c.ReplyFile(path)
		<-fetched
		return err
	})
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- b.Run(ctx) }()
	address, err := b.Address(t.Context())
	require.NoError(t, err)
	require.NoError(t, b.Client().Login.SetCallback(t.Context(), "http://"+address+"/callback"))
	sim.Friend("bob").Says("file")
	<-began
	cancel()
	body := `{"TypeName":"AddMsg","Appid":"wx_a","Wxid":"me","Data":{"MsgType":1,"NewMsgId":1,"FromUserName":"wxid_a","Content":"hello"}}`
	for post(t, b, "/callback", body) != http.StatusServiceUnavailable { // until the shutdown has begun
		runtime.Gosched()
	}
	close(goOn)
	_, content := get(t, sentTo(t, sim.ExpectCall("/message/postFile"), "fileUrl"))
	assert.Equal(t, "a", content)
	close(fetched)
	require.NoError(t, <-ended)
}

// TestAFetchUnderWayGetsTheGracePeriod lets the service fetch a file slowly, while the bot has
// nothing else to do and is stopped.
func TestAFetchUnderWayGetsTheGracePeriod(t *testing.T) {
	t.Parallel()
	const size = 64 << 20 // more than the buffers of a connection take
	path := filepath.Join(t.TempDir(), "a.bin")
	require.NoError(t, os.WriteFile(path, nil, 0o600))
	require.NoError(t, os.Truncate(path, size))
	for name, finish := range map[string]bool{"it ends in time": true, "it does not": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sim := simulator.Start(t)
			config := configFor(sim.Simulator)
			config.Grace = 10 * time.Second
			if !finish {
				config.Grace = 300 * time.Millisecond
			}
			b := newBot(t, config)
			b.Text(func(c *router.Context, _ *xmlmsg.Text) error { return c.ReplyFile(path) })
			stop := start(t, b, nil)
			sim.ExpectCallback()
			sim.Friend("bob").Says("file")
			link := sentTo(t, sim.ExpectCall("/message/postFile"), "fileUrl")
			r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, link, nil)
			require.NoError(t, err)
			client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
			response, err := client.Do(r)
			require.NoError(t, err)
			defer response.Body.Close()
			stopped := make(chan error, 1)
			go func() { stopped <- stop() }()
			if !finish {
				require.NoError(t, <-stopped)
				_, err = io.Copy(io.Discard, response.Body)
				require.Error(t, err, "the grace period is over")
				return
			}
			select {
			case <-stopped:
				t.Fatal("the bot has ended in the middle of a fetch")
			case <-time.After(500 * time.Millisecond): // longer than connections without a request have
			}
			n, err := io.Copy(io.Discard, response.Body)
			require.NoError(t, err)
			assert.Equal(t, int64(size), n)
			require.NoError(t, <-stopped)
		})
	}
}
